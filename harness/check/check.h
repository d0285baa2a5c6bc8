/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CHECK_CHECK_H
#define IPC_CHECK_CHECK_H

#include "model.h"

G_BEGIN_DECLS

/*
 * History in, findings out. A separate pass: works from the history alone, again at any time later.
 */

typedef struct {
  const gchar *rule;        /* static name: "ack-once", "data-intact", "no-criticals" ... */
  const gchar *requirement; /* ID in docs/protocol.md or NULL */
  gchar *text;              /* one line: what was expected, what was seen, on which link or process */
  guint record;             /* index in the history where it shows, G_MAXUINT for none */
} IpcFinding;

void ipc_finding_free (IpcFinding *finding);

typedef struct {
  const gchar *name;
  const gchar *requirement;
  const gchar *doc; /* one sentence */
} IpcRule;

/* The always-on rules, in order. */
const IpcRule *ipc_check_rules (guint *n_rules);

/* Judges @history; @allow: names of rules that the scenario breaks on purpose (NULL-terminated), findings of those are
 * left out.
 * @allow_log: process name -> NULL-terminated list of regular expressions (gchar **) of log texts that are expected;
 * may be NULL. Returns findings (IpcFinding, free func set), in order of the history. */
GPtrArray *ipc_check_history (IpcHistory *history, const gchar *const *allow, GHashTable *allow_log);
/* The same for who needs the model too: to sort a history is a good part of the work. */
GPtrArray *ipc_check_model (IpcModel *model, const gchar *const *allow, GHashTable *allow_log);

G_END_DECLS
#endif
