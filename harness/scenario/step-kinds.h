/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_STEP_KINDS_H
#define IPC_SCENARIO_STEP_KINDS_H

#include <glib.h>

G_BEGIN_DECLS

/* The longest time that anything may be given: an hour; nanoseconds. */
#define IPC_WITHIN_MOST 3600e9

/*
 * The one table of step kinds: parser, `check`, `explain`, the JSON schema and docs/step-reference.md come from it. A
 * new step kind is an entry here and its function in harness/run/.
 */

typedef enum {
  IPC_STEP_ACT_SET_STATE,
  IPC_STEP_ACT_SEEK,
  IPC_STEP_ACT_QUERY,
  IPC_STEP_ACT_SEND_EVENT,
  IPC_STEP_ACT_SET_PROPERTY,
  IPC_STEP_ACT_EMIT_SIGNAL,
  IPC_STEP_ACT_POST_MESSAGE,
  IPC_STEP_ACT_SPAWN,
  IPC_STEP_ACT_CONNECT,
  IPC_STEP_ACT_SIGNAL_PROCESS,
  IPC_STEP_ACT_MARK,
  IPC_STEP_ACT_PUSH_EVENT,
  IPC_STEP_ACT_SEND_SINK_MESSAGE,
  IPC_STEP_ACT_ADD_BRANCH,
  IPC_STEP_ACT_START_BRANCH,
  IPC_STEP_ACT_REMOVE_BRANCH,
  IPC_STEP_ACT_EXIT,
  IPC_STEP_ACT_FINISH,
  IPC_STEP_ACT_ON_MESSAGE,
  IPC_STEP_ACT_RECALCULATE_LATENCY,
  IPC_STEP_ACT_FAULT,
  IPC_STEP_ACT_UNFAULT,
  IPC_STEP_ACT_INJECT,
  IPC_STEP_ACT_CLOSE,
  IPC_STEP_WAIT_MESSAGE,
  IPC_STEP_WAIT_STATE,
  IPC_STEP_WAIT_BUFFERS,
  IPC_STEP_WAIT_RENDER,
  IPC_STEP_WAIT_EVENT,
  IPC_STEP_WAIT_PACKET,
  IPC_STEP_WAIT_EXIT,
  IPC_STEP_WAIT_POSITION,
  IPC_STEP_WAIT_QUIET,
  IPC_STEP_WAIT_LOG,
  IPC_STEP_WAIT_FAULT,
  IPC_STEP_CHECK_STATE,
  IPC_STEP_CHECK_QUERY,
  IPC_STEP_CHECK_PROPERTY,
  IPC_STEP_CHECK_COUNT,
  IPC_STEP_CHECK_ORDER,
  IPC_STEP_CHECK_TIME,
  IPC_STEP_CHECK_DURATION,
  IPC_STEP_CHECK_LOG,
  IPC_N_STEP_KINDS
} IpcStepKindId;

typedef enum {
  IPC_FIELD_STRING,
  IPC_FIELD_ENUM, /* one of `words` */
  IPC_FIELD_INT,  /* within minimum..maximum */
  IPC_FIELD_NUMBER,
  IPC_FIELD_BOOL,
  IPC_FIELD_TIME,       /* nanoseconds as a number, or text with a unit: "1.5s", "20ms", "none" */
  IPC_FIELD_PROCESS,    /* name of a process of the file */
  IPC_FIELD_PROCESSES,  /* list of them, at least two */
  IPC_FIELD_LINK,       /* name of a link of the file */
  IPC_FIELD_MARK,       /* name of an earlier mark, or "start" */
  IPC_FIELD_PAD,        /* "element.pad"; must be observed (ipcpipelinesink/src pads always are) */
  IPC_FIELD_WORDS,      /* list, each one of `words` */
  IPC_FIELD_TEXTS,      /* list of texts */
  IPC_FIELD_OBJECT,     /* any object, for the worker */
  IPC_FIELD_PIPELINE,   /* gst-launch syntax, or a list of it; ${media} is escaped for it */
  IPC_FIELD_REGEX,      /* a regular expression */
  IPC_FIELD_SCALAR,     /* string, number, boolean or null */
  IPC_FIELD_MATCH,      /* object: member -> scalar (equal), or {"at-least","at-most","matches","not"} */
  IPC_FIELD_MATCH_LIST, /* list of match objects over history records, each with "kind" */
  IPC_FIELD_FIELDS      /* object with the fields in `members` */
} IpcFieldType;

typedef struct _IpcStepField IpcStepField;
struct _IpcStepField {
  const gchar *name;
  IpcFieldType type;
  gboolean required;
  const gchar *fallback;     /* JSON text of the default, or NULL for none */
  const gchar *const *words; /* for ENUM and WORDS; for MATCH the members that there are, NULL: told by other fields */
  gdouble minimum, maximum;  /* for INT, NUMBER and TIME; both 0: no limit. A TIME may be "none" (null in the loaded
                                fields) when its minimum is not above 0 */
  const gchar *doc;
  const gchar *pattern, *expected; /* for STRING: a regular expression, and in words what it lets pass; or NULL */
  const IpcStepField *members;     /* for FIELDS, ends with a name of NULL */
};

typedef struct {
  IpcStepKindId id;
  const gchar *verb;          /* "act", "wait" or "check": the member that tells the kind */
  const gchar *name;          /* "set-state" */
  const gchar *doc;           /* first sentence is the summary */
  const gchar *example;       /* a complete step, JSON */
  const IpcStepField *fields; /* ends with a name of NULL; "comment" is allowed everywhere */
} IpcStepKind;

/* The table, IPC_N_STEP_KINDS entries in order of id. */
const IpcStepKind *ipc_step_kinds (void);
const IpcStepKind *ipc_step_kind_find (const gchar *verb, const gchar *name);

G_END_DECLS
#endif
