/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CHECK_RULES_H
#define IPC_CHECK_RULES_H

#include "check.h"
#include "model.h"

G_BEGIN_DECLS

/*
 * What the files of rules share. A rule is a function over the model that says what it found; it
 * must be silent whenever a correct implementation could have left this history.
 */

typedef struct {
  IpcModel *model;
  GPtrArray *ends;     /* of IpcFlowEnd: those of the model */
  const IpcRule *rule; /* the one that runs */
  GPtrArray *findings; /* of IpcFinding */
  const IpcCheckAllowed *allowed;
} IpcCheck;

/* Adds a finding of the running rule. @requirement: NULL for that of the rule. @record: or IPC_NO_INDEX. */
void ipc_check_found (IpcCheck *check, const gchar *requirement, guint record, const gchar *format, ...)
    G_GNUC_PRINTF (4, 5);

/* rules-frame.c */
void ipc_rule_framing (IpcCheck *check);
void ipc_rule_direction (IpcCheck *check);
void ipc_rule_fields (IpcCheck *check);
void ipc_rule_ids (IpcCheck *check);

/* rules-reply.c */
void ipc_rule_reply_once (IpcCheck *check);
void ipc_rule_reply_kind (IpcCheck *check);
void ipc_rule_no_stray_reply (IpcCheck *check);
void ipc_rule_sticky_failure (IpcCheck *check);

/* rules-extension.c */
void ipc_rule_agreed_first (IpcCheck *check);
void ipc_rule_greeting (IpcCheck *check);
void ipc_rule_returned_greeting (IpcCheck *check);

/* rules-data.c */
void ipc_rule_data_intact (IpcCheck *check);

/* rules-events.c */
void ipc_rule_events_intact (IpcCheck *check);
void ipc_rule_upstream_events_intact (IpcCheck *check);
void ipc_rule_eos_forwarded (IpcCheck *check);
/* Whether an event of @type comes in its turn, in line with buffers. */
gboolean ipc_check_event_is_serialized (const gchar *type);

/* rules-message.c */
void ipc_rule_messages_intact (IpcCheck *check);

/* rules-process.c */
void ipc_rule_no_criticals (IpcCheck *check);
void ipc_rule_no_leaks (IpcCheck *check);
void ipc_rule_null_in_time (IpcCheck *check);
void ipc_rule_no_crash (IpcCheck *check);
void ipc_rule_process_exit (IpcCheck *check);
void ipc_rule_signals_untouched (IpcCheck *check);

G_END_DECLS
#endif
