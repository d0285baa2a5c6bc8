/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CLI_RUNNER_H
#define IPC_CLI_RUNNER_H

#include "output.h"
#include "report/known-failures.h"
#include "report/reporter.h"
#include "run/run.h"

G_BEGIN_DECLS

/*
 * Plays the selected cases, several at a time, each on a thread of a pool; their results come back to the main
 * context, which must be the caller's. Ends early when the cancellable is cancelled.
 */

typedef struct {
  GPtrArray *cases;        /* of IpcScenarioCase, in the order in which to play them */
  guint jobs;              /* how many at a time */
  guint rounds;            /* 0: until something is bad */
  gboolean until_fail;     /* start nothing more once something is bad */
  gboolean keep;           /* captures of passing cases too */
  IpcRunSettings settings; /* repeat_command is set for each case */
  const gchar *command;    /* what repeats a case, without its name */
  IpcOutput *output;
  IpcKnownFailures *known; /* or NULL */
} IpcRunnerPlan;

/* Fills in the results of @run and tells @reporter of them. */
void ipc_runner_play (const IpcRunnerPlan *plan, IpcRunReport *run, IpcReporter *reporter, GCancellable *cancellable);

G_END_DECLS
#endif
