/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RUN_TEST_UTIL_H
#define IPC_RUN_TEST_UTIL_H

#include "history/history.h"
#include "run.h"

G_BEGIN_DECLS

/*
 * A small vocabulary to play a scenario given as text, and to look at what it left. Everything lives in a temporary
 * folder.
 */
typedef struct {
  gchar *folder;    /* temporary: implementation/, registry, artifacts/ */
  gchar *artifacts; /* of the case */
  IpcImplementation *implementation;
  GPtrArray *cases;    /* of the scenario */
  IpcHistory *history; /* after playing */
  IpcRunSettings settings;
} IpcPlay;

/* @worker: command of the worker. @implementation: NULL for a folder with an empty plugin file, for the fake worker. */
void ipc_play_init (IpcPlay *play, const gchar *worker, const gchar *implementation);
/* Reads the scenario. @processes, @links, @steps: the insides of these members. */
void ipc_play_load (IpcPlay *play, const gchar *processes, const gchar *links, const gchar *steps);
/* Plays it and loads the history that it left. */
void ipc_play_run (IpcPlay *play, GCancellable *cancellable);
/* Loads the history that it left. */
void ipc_play_load_history (IpcPlay *play);
void ipc_play_clear (IpcPlay *play);

/* Asserts on the `end` record: its outcome, and a regular expression that its text has to match. */
void ipc_play_assert_end (IpcPlay *play, const gchar *outcome, const gchar *text);
/* The @nth (from 0) record of @kind with that `event` (NULL: any) of @process (NULL: any), or NULL. */
JsonObject *ipc_play_find (IpcPlay *play, const gchar *kind, const gchar *event, const gchar *process, guint nth);

G_END_DECLS
#endif
