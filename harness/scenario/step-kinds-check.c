/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What checks there are: words, fields, kinds. Part of the table of step kinds; static, nothing is owned.
 */
#include "records.h"
#include "step-kinds-private.h"

/* clang-format off: one field a line reads as a table */

static const gchar *const pending_states[] = { "void-pending", "null", "ready", "paused", "playing", NULL };
static const gchar *const counted_kinds[]
    = { "message", "buffer", "event", "packet", "query-seen", "render", "log", NULL };

static const IpcStepField check_state_fields[] = { PROCESS ("Whose pipeline."),
  ELEMENT ("The element. Default: the pipeline."),
  { .name = "state",
      .type = IPC_FIELD_ENUM,
      .required = TRUE,
      .words = ipc_words_states,
      .doc = "The state it has to be in." },
  { .name = "pending", .type = IPC_FIELD_ENUM, .words = pending_states, .doc = "The pending state. Default: any." },
  END };

static const IpcStepField check_query_fields[] = { PROCESS ("Whose pipeline."), QUERY_PARTS,
  { .name = "match",
      .type = IPC_FIELD_MATCH,
      .required = TRUE,
      .words = ipc_query_reply_members,
      .doc = "What members of the answer have to be; `result` says whether there was one." },
  WITHIN, END };

static const IpcStepField check_property_fields[] = { PROCESS ("In whose pipeline."), ELEMENT_REQUIRED,
  { .name = "property", .type = IPC_FIELD_STRING, .required = TRUE, .doc = "Name of the property." },
  { .name = "value", .type = IPC_FIELD_SCALAR, .doc = "What it has to be; this or match." },
  MATCH (ipc_property_reply_members, "What `value` has to be; this or value."), END };

static const IpcStepField check_count_fields[] = { { .name = "kind",
                                                       .type = IPC_FIELD_ENUM,
                                                       .required = TRUE,
                                                       .words = counted_kinds,
                                                       .doc = "Which records are counted." },
  { .name = "process", .type = IPC_FIELD_PROCESS, .doc = "Of which process. Default: of all." },
  { .name = "link", .type = IPC_FIELD_LINK, .doc = "On which link, for packets. Default: on all." },
  { .name = "type", .type = IPC_FIELD_STRING, .doc = "Type of the message, event, packet or query. Default: any." },
  { .name = "pad", .type = IPC_FIELD_PAD, .doc = "\"element.pad\" of the process, for buffers, events and queries." },
  MATCH (NULL, "What members of the record have to be."),
  { .name = "equals", .type = IPC_FIELD_INT, .minimum = 0, .maximum = G_MAXINT32, .doc = "How many there have to be." },
  { .name = "at-least", .type = IPC_FIELD_INT, .minimum = 0, .maximum = G_MAXINT32, .doc = "The least number." },
  { .name = "at-most", .type = IPC_FIELD_INT, .minimum = 0, .maximum = G_MAXINT32, .doc = "The greatest number." },
  SINCE, END };

static const IpcStepField check_order_fields[] = {
  { .name = "items",
      .type = IPC_FIELD_MATCH_LIST,
      .required = TRUE,
      .doc
      = "What happened, in this order: each with `kind` and whatever members of such a record tell it apart. Other "
        "things may have happened in between." },
  SINCE, END
};

static const IpcStepField check_time_fields[]
    = { { .name = "processes", .type = IPC_FIELD_PROCESSES, .required = TRUE, .doc = "Whose pipelines are compared." },
        { .name = "within",
            .type = IPC_FIELD_TIME,
            .minimum = 1,
            .maximum = IPC_WITHIN_MOST,
            .doc = "How far apart they may have rendered the same frames, by the median, scaled by --timeout-scale. "
                   "Default: that is only measured." },
        SINCE, END };

static const IpcStepField check_duration_fields[]
    = { { .name = "from", .type = IPC_FIELD_MARK, .required = TRUE, .doc = "The mark where it began." },
        { .name = "to", .type = IPC_FIELD_MARK, .doc = "The mark where it ended. Default: now." },
        PROCESS ("Whose element."),
        { .name = "element",
            .type = IPC_FIELD_STRING,
            .required = TRUE,
            .doc = "The element with the ack-time that is meant." },
        { .name = "at-least",
            .type = IPC_FIELD_NUMBER,
            .minimum = 0,
            .maximum = 1000000,
            .doc = "So many times the ack-time at least." },
        { .name = "at-most",
            .type = IPC_FIELD_NUMBER,
            .minimum = 0,
            .maximum = 1000000,
            .doc = "So many times the ack-time at most." },
        END };

static const IpcStepField check_log_fields[] = { PROCESS ("Whose log."),
  { .name = "pattern",
      .type = IPC_FIELD_REGEX,
      .required = TRUE,
      .doc = "A regular expression, found anywhere in a line." },
  { .name = "present", .type = IPC_FIELD_BOOL, .fallback = "true", .doc = "false: no line may match." }, END };

const IpcStepKind ipc_step_kinds_check[] = {
  { KIND (CHECK_STATE, "check", "state", check_state_fields), .doc = "Checks the state of an element now.",
      .example = "{\"check\": \"state\", \"process\": \"viewer\", \"state\": \"paused\"}" },
  { KIND (CHECK_QUERY, "check", "query", check_query_fields), .doc = "Asks a query and checks the answer.",
      .example = "{\"check\": \"query\", \"process\": \"master\", \"query\": \"duration\", "
                 "\"match\": {\"result\": true, \"duration\": {\"at-least\": \"4.9s\", \"at-most\": \"5.1s\"}}}" },
  { KIND (CHECK_PROPERTY, "check", "property", check_property_fields), .doc = "Checks a property of an element.",
      .example = "{\"check\": \"property\", \"process\": \"viewer\", \"element\": \"sink\", \"property\": \"sync\", "
                 "\"value\": true}" },
  { KIND (CHECK_COUNT, "check", "count", check_count_fields),
      .doc = "Counts records of the history. At least one of equals, at-least and at-most says how many are right.",
      .example
      = "{\"check\": \"count\", \"kind\": \"message\", \"process\": \"master\", \"type\": \"eos\", \"equals\": 1, "
        "\"since\": \"start\"}" },
  { KIND (CHECK_ORDER, "check", "order", check_order_fields), .doc = "Checks that things happened in an order.",
      .example
      = "{\"check\": \"order\", \"items\": [{\"kind\": \"packet\", \"link\": \"video\", \"type\": \"EVENT\", "
        "\"event\": \"flush-start\"}, {\"kind\": \"packet\", \"link\": \"video\", \"type\": \"EVENT\", \"event\": "
        "\"flush-stop\"}]}" },
  { KIND (CHECK_TIME, "check", "time", check_time_fields),
      .doc
      = "Checks that pipelines go by the same clock and base time, and all their sinks by the same latency. How far "
        "apart they rendered the same running time is measured, and told in the report.",
      .example = "{\"check\": \"time\", \"processes\": [\"master\", \"viewer\"], \"since\": \"start\"}" },
  { KIND (CHECK_DURATION, "check", "duration", check_duration_fields),
      .doc
      = "Checks how long something took, in terms of an element's ack-time. The lower bound is exact, the upper one is "
        "scaled by --timeout-scale.",
      .example = "{\"check\": \"duration\", \"from\": \"start\", \"process\": \"master\", \"element\": \"video\", "
                 "\"at-least\": 0}" },
  { KIND (CHECK_LOG, "check", "log", check_log_fields),
      .doc = "Checks that a process's log has a line that matches, or none.",
      .example = "{\"check\": \"log\", \"process\": \"viewer\", \"pattern\": \"CRITICAL\", \"present\": false}" },
  LAST_KIND
};

/* clang-format on */
