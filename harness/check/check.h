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
  const gchar *doc;    /* one sentence */
  gboolean of_process; /* it is about each process by itself */
} IpcRule;

/* What a scenario breaks on purpose; all may be NULL. */
typedef struct {
  const gchar *const *rules; /* names of rules */
  GHashTable *rules_of;      /* process name -> gchar **: names of rules `of_process` that this process breaks */
  GHashTable *log_of;        /* process name -> gchar **: regular expressions of log texts that are expected */
} IpcCheckAllowed;

/* The always-on rules, in order. */
const IpcRule *ipc_check_rules (guint *n_rules);

/* Judges @history. What is @allowed (NULL: nothing) is left out. Returns findings (IpcFinding, free func set), in order
 * of the history. */
GPtrArray *ipc_check_history (IpcHistory *history, const IpcCheckAllowed *allowed);
/* The same for who needs the model too: to sort a history is a good part of the work. */
GPtrArray *ipc_check_model (IpcModel *model, const IpcCheckAllowed *allowed);

G_END_DECLS
#endif
