/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of step kinds. What is written here is what the loader accepts, `explain` says, and the schema and
 * docs/step-reference.md contain. Static; nothing is owned.
 */
#include "step-kinds.h"

#include "records.h"

/* clang-format off: one field a line reads as a table */

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
    .name = "deadline", .type = IPC_FIELD_TIME, .minimum = 1, .maximum = 3600e9,                                       \
    .doc = "A limit of this wait's own, scaled by --timeout-scale. Without it the wait ends only when nothing at all " \
           "is "                                                                                                       \
           "observed any more, or at the case's hard limit."                                                           \
  }
#define WITHIN                                                                                                         \
  {                                                                                                                    \
    .name = "within", .type = IPC_FIELD_TIME, .minimum = 1, .maximum = 3600e9,                                         \
    .doc = "How long it may take in the process, scaled by --timeout-scale. Default: no limit of its own."             \
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

static const gchar *const states[] = { "null", "ready", "paused", "playing", NULL };
static const gchar *const pending_states[] = { "void-pending", "null", "ready", "paused", "playing", NULL };
static const gchar *const state_results[] = { "failure", "success", "async", "no-preroll", "any-success", "any", NULL };
static const gchar *const formats[] = { "time", "bytes", "default", "buffers", "percent", "undefined", NULL };
static const gchar *const seek_types[] = { "none", "set", "end", NULL };
static const gchar *const seek_flags[]
    = { "flush", "accurate", "key-unit", "segment", "trickmode", "skip", "snap-before", "snap-after", "snap-nearest",
        "trickmode-key-units", "trickmode-no-audio", "trickmode-forward-predicted", "instant-rate-change", NULL };
static const gchar *const posted_types[] = { "error", "warning", "info", "element", "application", NULL };
static const gchar *const sent_signals[] = { "kill", "stop", "continue", "term", "abrt", "segv", NULL };
static const gchar *const end_signals[]
    = { "kill", "term", "abrt", "segv", "int", "hup", "pipe", "bus", "fpe", "ill", "trap", NULL };
static const gchar *const directions[] = { "downstream", "upstream", NULL };
static const gchar *const link_ends[] = { "slave", "master", NULL };
/* those that mean something without a structure of one's own */
static const gchar *const asked_queries[] = { "position", "duration", "latency", "seeking", "segment", "formats",
  "buffering", "uri", "caps", "scheduling", "drain", "bitrate", "selectable", NULL };
static const gchar *const counted_kinds[]
    = { "message", "buffer", "event", "packet", "query-seen", "render", "log", NULL };

static const IpcStepField set_state_fields[]
    = { PROCESS ("Whose pipeline."), ELEMENT ("The element whose state is set. Default: the pipeline."),
        { .name = "state", .type = IPC_FIELD_ENUM, .required = TRUE, .words = states, .doc = "The state to go to." },
        { .name = "expect",
            .type = IPC_FIELD_ENUM,
            .fallback = "\"any-success\"",
            .words = state_results,
            .doc = "What set_state has to return; any-success: anything but failure." },
        WITHIN, END };

static const IpcStepField seek_fields[]
    = { PROCESS ("Whose pipeline."), ELEMENT ("The element that gets the seek. Default: the pipeline."),
        { .name = "rate",
            .type = IPC_FIELD_NUMBER,
            .fallback = "1.0",
            .minimum = -1000,
            .maximum = 1000,
            .doc = "Playback rate, not 0." },
        { .name = "format",
            .type = IPC_FIELD_ENUM,
            .fallback = "\"time\"",
            .words = formats,
            .doc = "Format of start and stop." },
        { .name = "flags",
            .type = IPC_FIELD_WORDS,
            .fallback = "[\"flush\"]",
            .words = seek_flags,
            .doc = "GstSeekFlags; [] for none." },
        { .name = "start-type",
            .type = IPC_FIELD_ENUM,
            .fallback = "\"set\"",
            .words = seek_types,
            .doc = "What start is relative to; none: stays as it is." },
        { .name = "start",
            .type = IPC_FIELD_TIME,
            .fallback = "0",
            .minimum = -9e18,
            .maximum = 9e18,
            .doc = "New start; for other formats than time a plain number." },
        { .name = "stop-type",
            .type = IPC_FIELD_ENUM,
            .fallback = "\"none\"",
            .words = seek_types,
            .doc = "What stop is relative to; none: stays as it is." },
        { .name = "stop",
            .type = IPC_FIELD_TIME,
            .fallback = "\"none\"",
            .minimum = -9e18,
            .maximum = 9e18,
            .doc = "New stop; for other formats than time a plain number." },
        { .name = "expect", .type = IPC_FIELD_BOOL, .fallback = "true", .doc = "Whether the seek has to be accepted." },
        { .name = "background",
            .type = IPC_FIELD_BOOL,
            .fallback = "false",
            .doc = "true: the step ends when the seek has begun, and nothing is expected of it." },
        WITHIN, END };

static const IpcStepField query_fields[]
    = { PROCESS ("Whose pipeline."), ELEMENT ("The element that is asked. Default: the pipeline."),
        { .name = "query", .type = IPC_FIELD_ENUM, .required = TRUE, .words = asked_queries, .doc = "What is asked." },
        { .name = "format",
            .type = IPC_FIELD_ENUM,
            .fallback = "\"time\"",
            .words = formats,
            .doc = "For queries that have one." },
        END };

static const IpcStepField send_event_fields[] = { PROCESS ("Whose pipeline."),
  ELEMENT ("The element that gets the event. Default: the pipeline."),
  { .name = "event", .type = IPC_FIELD_ENUM, .required = TRUE, .words = ipc_event_types, .doc = "Type of the event." },
  { .name = "structure",
      .type = IPC_FIELD_STRING,
      .doc = "The event's structure as GStreamer writes it. Can be left out for custom events and eos, flush-start, "
             "flush-stop, latency, reconfigure." },
  { .name = "expect", .type = IPC_FIELD_BOOL, .fallback = "true", .doc = "Whether the event has to be handled." },
  END };

static const IpcStepField set_property_fields[] = { PROCESS ("In whose pipeline."), ELEMENT_REQUIRED,
  { .name = "property", .type = IPC_FIELD_STRING, .required = TRUE, .doc = "Name of the property." },
  { .name = "value",
      .type = IPC_FIELD_SCALAR,
      .required = TRUE,
      .doc = "The value; a text is read like in gst-launch." },
  END };

static const IpcStepField emit_signal_fields[] = { PROCESS ("In whose pipeline."), ELEMENT_REQUIRED,
  { .name = "signal",
      .type = IPC_FIELD_STRING,
      .required = TRUE,
      .doc = "Name of an action signal without arguments." },
  END };

static const IpcStepField post_message_fields[] = { PROCESS ("In whose pipeline."), ELEMENT_REQUIRED,
  { .name = "type", .type = IPC_FIELD_ENUM, .required = TRUE, .words = posted_types, .doc = "Type of the message." },
  { .name = "domain",
      .type = IPC_FIELD_STRING,
      .doc = "Error domain (\"gst-stream-error-quark\"); needed for error, warning and info." },
  { .name = "code",
      .type = IPC_FIELD_INT,
      .minimum = G_MININT32,
      .maximum = G_MAXINT32,
      .doc = "Error code in its domain; needed for error, warning and info." },
  { .name = "text", .type = IPC_FIELD_STRING, .doc = "Text for users; needed for error, warning and info." },
  { .name = "debug", .type = IPC_FIELD_STRING, .doc = "Text for developers." },
  { .name = "structure",
      .type = IPC_FIELD_STRING,
      .doc = "The message's structure as GStreamer writes it; needed for element and application." },
  END };

static const IpcStepField spawn_fields[] = { PROCESS ("A process with \"start\": false, or one that has ended."), END };

static const IpcStepField connect_fields[]
    = { { .name = "link", .type = IPC_FIELD_LINK, .required = TRUE, .doc = "The link to make anew." },
        { .name = "to",
            .type = IPC_FIELD_STRING,
            .doc = "\"process.element\": the slave's end. Default: the one that the link was written with." },
        END };

static const IpcStepField signal_process_fields[] = { PROCESS ("Which one."),
  { .name = "signal",
      .type = IPC_FIELD_ENUM,
      .required = TRUE,
      .words = sent_signals,
      .doc = "The signal; stop and continue suspend the process and let it go on." },
  END };

static const IpcStepField mark_fields[]
    = { { .name = "name", .type = IPC_FIELD_STRING, .required = TRUE, .doc = "Name of the mark, for `since`." }, END };

static const IpcStepField wait_message_fields[] = { PROCESS ("On whose bus."),
  { .name = "type",
      .type = IPC_FIELD_ENUM,
      .required = TRUE,
      .words = ipc_message_types,
      .doc = "Type of the message." },
  { .name = "source", .type = IPC_FIELD_STRING, .doc = "Name of the element or pipeline that posted it." },
  MATCH (ipc_message_members, "What members of the message's record have to be."), COUNT ("How many of them."), SINCE,
  DEADLINE, END };

static const IpcStepField wait_state_fields[] = { PROCESS ("Whose pipeline."),
  ELEMENT ("The element. Default: the pipeline."),
  { .name = "state", .type = IPC_FIELD_ENUM, .required = TRUE, .words = states, .doc = "The state to be reached." },
  SINCE, DEADLINE, END };

static const IpcStepField wait_buffers_fields[] = { PROCESS ("In whose pipeline."), PAD, COUNT ("How many of them."),
  MATCH (ipc_buffer_members, "What members of the buffer's record have to be."), SINCE, DEADLINE, END };

static const IpcStepField wait_render_fields[] = { PROCESS ("In whose pipeline."), PAD, COUNT ("How many of them."),
  MATCH (ipc_render_members, "What members of the record have to be."), SINCE, DEADLINE, END };

static const IpcStepField wait_event_fields[] = { PROCESS ("In whose pipeline."), PAD,
  { .name = "type", .type = IPC_FIELD_ENUM, .required = TRUE, .words = ipc_event_types, .doc = "Type of the event." },
  { .name = "direction", .type = IPC_FIELD_ENUM, .words = directions, .doc = "Default: either." },
  MATCH (ipc_event_members, "What members of the event's record have to be."), SINCE, DEADLINE, END };

static const IpcStepField wait_packet_fields[] = {
  { .name = "link", .type = IPC_FIELD_LINK, .required = TRUE, .doc = "On which link; it must go through the relay." },
  { .name = "to", .type = IPC_FIELD_ENUM, .words = link_ends, .doc = "Which way it travels. Default: either." },
  { .name = "type", .type = IPC_FIELD_ENUM, .required = TRUE, .words = NULL, .doc = "Type of the packet." },
  MATCH (ipc_packet_members, "What members of the packet's record have to be."), COUNT ("How many of them."), SINCE,
  DEADLINE, END
};

static const IpcStepField wait_exit_fields[] = { PROCESS ("Which one."),
  { .name = "status",
      .type = IPC_FIELD_INT,
      .minimum = 0,
      .maximum = 255,
      .doc = "The exit status that it has to end with." },
  { .name = "signal", .type = IPC_FIELD_ENUM, .words = end_signals, .doc = "The signal that it has to end by." }, SINCE,
  DEADLINE, END };

static const IpcStepField wait_position_fields[] = { PROCESS ("Whose pipeline."),
  { .name = "at-least",
      .type = IPC_FIELD_TIME,
      .required = TRUE,
      .minimum = 1,
      .maximum = 9e18,
      .doc = "The position to be reached, asked for again and again." },
  SINCE, DEADLINE, END };

static const IpcStepField check_state_fields[] = { PROCESS ("Whose pipeline."),
  ELEMENT ("The element. Default: the pipeline."),
  { .name = "state", .type = IPC_FIELD_ENUM, .required = TRUE, .words = states, .doc = "The state it has to be in." },
  { .name = "pending", .type = IPC_FIELD_ENUM, .words = pending_states, .doc = "The pending state. Default: any." },
  END };

static const IpcStepField check_query_fields[]
    = { PROCESS ("Whose pipeline."), ELEMENT ("The element that is asked. Default: the pipeline."),
        { .name = "query", .type = IPC_FIELD_ENUM, .required = TRUE, .words = asked_queries, .doc = "What is asked." },
        { .name = "format",
            .type = IPC_FIELD_ENUM,
            .fallback = "\"time\"",
            .words = formats,
            .doc = "For queries that have one." },
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
            .maximum = 3600e9,
            .doc = "How far apart they may have rendered the same frames, by the median, scaled by --timeout-scale. "
                   "Default: that is only measured." },
        SINCE, END };

#define KIND(ID, VERB, NAME, FIELDS) .id = IPC_STEP_##ID, .verb = VERB, .name = NAME, .fields = FIELDS

static const IpcStepKind kinds[IPC_N_STEP_KINDS] = {
  { KIND (ACT_SET_STATE, "act", "set-state", set_state_fields),
      .doc = "Sets the state of a pipeline. The step ends when set_state returned, which may be before the state is "
             "reached: wait for it.",
      .example = "{\"act\": \"set-state\", \"process\": \"master\", \"state\": \"playing\"}" },
  { KIND (ACT_SEEK, "act", "seek", seek_fields),
      .doc = "Seeks. The step ends when the seek returned; wait for async-done or for buffers to see it done.",
      .example
      = "{\"act\": \"seek\", \"process\": \"master\", \"start\": \"2s\", \"flags\": [\"flush\", \"accurate\"]}" },
  { KIND (ACT_QUERY, "act", "query", query_fields),
      .doc = "Asks a query and goes on without the answer: one that is under way while the next step is played.",
      .example = "{\"act\": \"query\", \"process\": \"master\", \"query\": \"duration\"}" },
  { KIND (ACT_SEND_EVENT, "act", "send-event", send_event_fields), .doc = "Sends an event.",
      .example = "{\"act\": \"send-event\", \"process\": \"master\", \"event\": \"eos\"}" },
  { KIND (ACT_SET_PROPERTY, "act", "set-property", set_property_fields), .doc = "Sets a property of an element.",
      .example = "{\"act\": \"set-property\", \"process\": \"viewer\", \"element\": \"sink\", \"property\": \"sync\", "
                 "\"value\": false}" },
  { KIND (ACT_EMIT_SIGNAL, "act", "emit-signal", emit_signal_fields), .doc = "Emits an action signal of an element.",
      .example
      = "{\"act\": \"emit-signal\", \"process\": \"master\", \"element\": \"video\", \"signal\": \"disconnect\"}" },
  { KIND (ACT_POST_MESSAGE, "act", "post-message", post_message_fields), .doc = "Lets an element post a message.",
      .example = "{\"act\": \"post-message\", \"process\": \"viewer\", \"element\": \"sink\", \"type\": \"error\", "
                 "\"domain\": \"gst-stream-error-quark\", \"code\": 7, \"text\": \"cannot decode\"}" },
  { KIND (ACT_SPAWN, "act", "spawn", spawn_fields),
      .doc = "Starts a process and builds its pipeline. A process can be started again after its end.",
      .example = "{\"act\": \"spawn\", \"process\": \"spare\"}" },
  { KIND (ACT_CONNECT, "act", "connect", connect_fields),
      .doc
      = "Connects a link anew: both elements get new file descriptors. To replace a dead slave, emit `disconnect` on "
        "the sink before.",
      .example = "{\"act\": \"connect\", \"link\": \"video\", \"to\": \"spare.src\"}" },
  { KIND (ACT_SIGNAL_PROCESS, "act", "signal-process", signal_process_fields), .doc = "Sends a signal to a process.",
      .example = "{\"act\": \"signal-process\", \"process\": \"viewer\", \"signal\": \"kill\"}" },
  { KIND (ACT_MARK, "act", "mark", mark_fields), .doc = "Marks this point of the history, for `since` of later steps.",
      .example = "{\"act\": \"mark\", \"name\": \"after-seek\"}" },
  { KIND (WAIT_MESSAGE, "wait", "message", wait_message_fields), .doc = "Waits for a message on a process's bus.",
      .example = "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"eos\"}" },
  { KIND (WAIT_STATE, "wait", "state", wait_state_fields),
      .doc = "Waits until an element is in a state with no other pending. Fulfilled at once when it already is.",
      .example = "{\"wait\": \"state\", \"process\": \"viewer\", \"state\": \"playing\"}" },
  { KIND (WAIT_BUFFERS, "wait", "buffers", wait_buffers_fields), .doc = "Waits for buffers at an observed pad.",
      .example = "{\"wait\": \"buffers\", \"process\": \"viewer\", \"pad\": \"sink.sink\", \"count\": 10, "
                 "\"match\": {\"pts\": {\"at-least\": \"2s\"}}}" },
  { KIND (WAIT_RENDER, "wait", "render", wait_render_fields),
      .doc
      = "Waits for buffers that a sink has rendered, after it has waited for the clock. Told by observed sinks with "
        "a `handoff` signal, such as fakesink.",
      .example = "{\"wait\": \"render\", \"process\": \"viewer\", \"pad\": \"sink.sink\", \"count\": 10}" },
  { KIND (WAIT_EVENT, "wait", "event", wait_event_fields), .doc = "Waits for an event at an observed pad.",
      .example = "{\"wait\": \"event\", \"process\": \"viewer\", \"pad\": \"sink.sink\", \"type\": \"eos\"}" },
  { KIND (WAIT_PACKET, "wait", "packet", wait_packet_fields), .doc = "Waits for a packet on a link.",
      .example = "{\"wait\": \"packet\", \"link\": \"video\", \"to\": \"slave\", \"type\": \"BUFFER\", \"count\": 5}" },
  { KIND (WAIT_EXIT, "wait", "exit", wait_exit_fields),
      .doc = "Waits for the end of a process: any end unless status or signal say which.",
      .example = "{\"wait\": \"exit\", \"process\": \"viewer\", \"signal\": \"kill\"}" },
  { KIND (WAIT_POSITION, "wait", "position", wait_position_fields),
      .doc = "Waits until the position query of a pipeline has reached a time.",
      .example = "{\"wait\": \"position\", \"process\": \"master\", \"at-least\": \"1s\"}" },
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
};

/* clang-format on */

/* The packet types stand in the table of wire/, which cannot be named in a constant. */
static const IpcStepField *
packet_fields_complete (void)
{
  static IpcStepField fields[G_N_ELEMENTS (wait_packet_fields)];

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    fields[i] = wait_packet_fields[i];
    if (g_strcmp0 (fields[i].name, "type") == 0)
      fields[i].words = ipc_packet_types ();
  }
  return fields;
}

/**
 * ipc_step_kinds:
 *
 * Returns: the table, IPC_N_STEP_KINDS entries in order of their id
 */
const IpcStepKind *
ipc_step_kinds (void)
{
  static IpcStepKind complete[IPC_N_STEP_KINDS];
  static gsize once;

  if (g_once_init_enter (&once)) {
    for (guint i = 0; i < IPC_N_STEP_KINDS; i++)
      complete[i] = kinds[i];
    complete[IPC_STEP_WAIT_PACKET].fields = packet_fields_complete ();
    g_once_init_leave (&once, 1);
  }
  return complete;
}

/**
 * ipc_step_kind_find:
 * @verb: "act", "wait" or "check"
 * @name: name of the kind
 *
 * Returns: (nullable): the entry
 */
const IpcStepKind *
ipc_step_kind_find (const gchar *verb, const gchar *name)
{
  const IpcStepKind *table = ipc_step_kinds ();

  for (guint i = 0; i < IPC_N_STEP_KINDS; i++)
    if (g_str_equal (table[i].verb, verb) && g_str_equal (table[i].name, name))
      return &table[i];
  return NULL;
}
