/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_ELEMENTS_RULE_H
#define IPC_WORKER_ELEMENTS_RULE_H

#include <gst/gst.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * What a test element does, and when: the text of its property `actions` (docs/test-elements.md has the grammar),
 * checked completely when it is read.
 */

typedef enum {
  IPC_RULE_AT_STATE,
  IPC_RULE_AT_BUFFER,
  IPC_RULE_AT_PREROLL,
  IPC_RULE_AT_EVENT,
  IPC_RULE_AT_QUERY
} IpcRulePoint;

typedef enum {
  IPC_RULE_ONCE,  /* the nth time */
  IPC_RULE_EVERY, /* each nth time */
  IPC_RULE_FROM   /* from the nth time on */
} IpcRuleWhen;

typedef enum {
  IPC_RULE_FAIL,
  IPC_RULE_RETURN,
  IPC_RULE_SWALLOW,
  IPC_RULE_DELAY,
  IPC_RULE_BLOCK,
  IPC_RULE_POST,
  IPC_RULE_SEND,
  IPC_RULE_SET_STATE,
  IPC_RULE_ANSWER,
  IPC_RULE_ABORT,
  IPC_RULE_SEGV,
  IPC_RULE_EXIT
} IpcRuleDo;

typedef struct {
  IpcRulePoint point;
  guint kind; /* GstStateChange, GstEventType or GstQueryType */
  IpcRuleWhen when;
  guint64 nth;

  IpcRuleDo action;
  gint value;         /* of return: GstFlowReturn or GstStateChangeReturn; of exit: status; of set-state: GstState */
  GstClockTime time;  /* of delay */
  gchar *word;        /* of post and send: type */
  gchar *text;        /* of post and send: what stood in quotes, or NULL */
  JsonObject *fields; /* of post, send and answer: what stood as name=value */

  gchar *source; /* the rule's own text */
  guint64 count; /* how often its point has come */
} IpcRule;

void ipc_rule_free (IpcRule *rule);

/* Rules of @text, in its order (IpcRule, free func set); none for NULL or only white space. NULL with @error, which
 * names the rule, what is wrong with it and what there is instead. */
GPtrArray *ipc_rules_parse (const gchar *text, GError **error);

/* What the rule posts or sends; it was checked when the rule was read. (transfer full) */
GstMessage *ipc_rule_message (const IpcRule *rule, GstObject *source, GError **error);
GstEvent *ipc_rule_event (const IpcRule *rule, GError **error);
/* Writes what the rule says into @query, which is of its type. */
gboolean ipc_rule_answer (const IpcRule *rule, GstQuery *query, GError **error);

G_END_DECLS
#endif
