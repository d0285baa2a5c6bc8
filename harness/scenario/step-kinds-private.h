/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_STEP_KINDS_PRIVATE_H
#define IPC_SCENARIO_STEP_KINDS_PRIVATE_H

#include "step-kinds.h"

G_BEGIN_DECLS

/*
 * The parts of the table of step kinds, one a verb and one for faults, and how their entries are written. Each part
 * ends with a verb of NULL; the order within is the order in which they are documented.
 */

extern const IpcStepKind ipc_step_kinds_act[];
extern const IpcStepKind ipc_step_kinds_wait[];
extern const IpcStepKind ipc_step_kinds_check[];
extern const IpcStepKind ipc_step_kinds_fault[];

/* Words that more than one part has. */
extern const gchar *const ipc_words_states[];
extern const gchar *const ipc_words_formats[];
extern const gchar *const ipc_words_queries[];
extern const gchar *const ipc_words_signals[];
extern const gchar *const ipc_words_ends[];

/* clang-format off: as a table */

#define KIND(ID, VERB, NAME, FIELDS) .id = IPC_STEP_##ID, .verb = VERB, .name = NAME, .fields = FIELDS
#define LAST_KIND                                                                                                      \
  {                                                                                                                    \
    .verb = NULL                                                                                                       \
  }

/* Fields that many kinds have. */

#define END                                                                                                            \
  {                                                                                                                    \
    .name = NULL                                                                                                       \
  }
#define SINCE                                                                                                          \
  {                                                                                                                    \
    .name = "since", .type = IPC_FIELD_MARK,                                                                           \
    .doc = "From where in the history on: the name of an earlier mark, or \"start\" for the beginning. Default: the "  \
           "start of the latest act before this step, so that what happened while it was carried out counts."          \
  }
#define DEADLINE                                                                                                       \
  {                                                                                                                    \
    .name = "deadline", .type = IPC_FIELD_TIME, .minimum = 1, .maximum = IPC_WITHIN_MOST,                              \
    .doc = "A limit of this wait's own, scaled by --timeout-scale. Without it the wait ends only when nothing at all " \
           "is "                                                                                                       \
           "observed any more, or at the case's hard limit."                                                           \
  }
#define WITHIN                                                                                                         \
  {                                                                                                                    \
    .name = "within", .type = IPC_FIELD_TIME, .minimum = 1, .maximum = IPC_WITHIN_MOST,                                \
    .doc = "How long it may take in the process, scaled by --timeout-scale. Default: no limit of its own."             \
  }
/* What is asked, and what of. */
#define QUERY_PARTS                                                                                                    \
  { .name = "element", .type = IPC_FIELD_STRING, .doc = "The element that is asked. Default: the pipeline." },         \
      { .name = "pad",                                                                                                 \
        .type = IPC_FIELD_STRING,                                                                                      \
        .doc = "\"element.pad\": the pad that is asked, in place of an element." },                                    \
      { .name = "peer",                                                                                                \
        .type = IPC_FIELD_BOOL,                                                                                        \
        .fallback = "false",                                                                                           \
        .doc = "true: what `pad` is linked to is asked, as its element would ask." },                                  \
      { .name = "query",                                                                                               \
        .type = IPC_FIELD_ENUM,                                                                                        \
        .required = TRUE,                                                                                              \
        .words = ipc_words_queries,                                                                                    \
        .doc = "What is asked." },                                                                                     \
      { .name = "format",                                                                                              \
        .type = IPC_FIELD_ENUM,                                                                                        \
        .fallback = "\"time\"",                                                                                        \
        .words = ipc_words_formats,                                                                                    \
        .doc = "For queries that have one." },                                                                         \
      { .name = "fields",                                                                                              \
        .type = IPC_FIELD_OBJECT,                                                                                      \
        .doc = "What else the query is made of, by its type: see `query` in control-protocol.md." },                   \
  {                                                                                                                    \
    .name = "structure", .type = IPC_FIELD_STRING,                                                                     \
    .doc = "The query's structure as GStreamer writes it, taken as it is; needed by custom. This or fields."           \
  }
#define PROCESS(text)                                                                                                  \
  {                                                                                                                    \
    .name = "process", .type = IPC_FIELD_PROCESS, .required = TRUE, .doc = text                                        \
  }
#define ELEMENT(text)                                                                                                  \
  {                                                                                                                    \
    .name = "element", .type = IPC_FIELD_STRING, .doc = text                                                           \
  }
#define ELEMENT_REQUIRED                                                                                               \
  {                                                                                                                    \
    .name = "element", .type = IPC_FIELD_STRING, .required = TRUE, .doc = "Name of the element."                       \
  }
#define PAD                                                                                                            \
  {                                                                                                                    \
    .name = "pad", .type = IPC_FIELD_PAD, .required = TRUE,                                                            \
    .doc = "\"element.pad\". Must be in the process's `observe`; the pads of ipcpipelinesink and ipcpipelinesrc "      \
           "always are."                                                                                               \
  }
#define COUNT(text)                                                                                                    \
  {                                                                                                                    \
    .name = "count", .type = IPC_FIELD_INT, .fallback = "1", .minimum = 1, .maximum = 1000000, .doc = text             \
  }
#define MATCH(members, text)                                                                                           \
  {                                                                                                                    \
    .name = "match", .type = IPC_FIELD_MATCH, .words = members, .doc = text                                            \
  }

/* clang-format on */

G_END_DECLS
#endif
