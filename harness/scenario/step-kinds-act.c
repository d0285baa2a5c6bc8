/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What acts there are: words, fields, kinds. Part of the table of step kinds; static, nothing is owned.
 */
#include "records.h"
#include "step-kinds-private.h"

/* clang-format off: one field a line reads as a table */

static const gchar *const state_results[] = { "failure", "success", "async", "no-preroll", "any-success", "any", NULL };
static const gchar *const seek_types[] = { "none", "set", "end", NULL };
static const gchar *const seek_flags[]
    = { "flush", "accurate", "key-unit", "segment", "trickmode", "skip", "snap-before", "snap-after", "snap-nearest",
        "trickmode-key-units", "trickmode-no-audio", "trickmode-forward-predicted", "instant-rate-change", NULL };
static const gchar *const posted_types[] = { "error", "warning", "info", "element", "application", NULL };

#define EVENT_PARTS                                                                                                    \
  { .name = "fields",                                                                                                  \
    .type = IPC_FIELD_OBJECT,                                                                                          \
    .doc = "What the event is made of, by its type: see \"Fields of events\" in control-protocol.md." },               \
      { .name = "structure",                                                                                           \
        .type = IPC_FIELD_STRING,                                                                                      \
        .doc = "The event's structure as GStreamer writes it, taken as it is; this or fields." },                      \
  {                                                                                                                    \
    .name = "seqnum", .type = IPC_FIELD_INT, .minimum = 1, .maximum = G_MAXUINT32, .doc = "Default: a new one."        \
  }

#define MESSAGE_PARTS                                                                                                  \
  { .name = "domain",                                                                                                  \
    .type = IPC_FIELD_STRING,                                                                                          \
    .doc = "Error domain (\"gst-stream-error-quark\"); needed for error, warning and info." },                         \
      { .name = "code",                                                                                                \
        .type = IPC_FIELD_INT,                                                                                         \
        .minimum = G_MININT32,                                                                                         \
        .maximum = G_MAXINT32,                                                                                         \
        .doc = "Error code in its domain; needed for error, warning and info." },                                      \
      { .name = "text", .type = IPC_FIELD_STRING, .doc = "Text for users; needed for error, warning and info." },      \
      { .name = "debug", .type = IPC_FIELD_STRING, .doc = "Text for developers." },                                    \
  {                                                                                                                    \
    .name = "structure", .type = IPC_FIELD_STRING,                                                                     \
    .doc = "The message's structure as GStreamer writes it; needed for element and application."                       \
  }

static const IpcStepField set_state_fields[]
    = { PROCESS ("Whose pipeline."), ELEMENT ("The element whose state is set. Default: the pipeline."),
        { .name = "state",
            .type = IPC_FIELD_ENUM,
            .required = TRUE,
            .words = ipc_words_states,
            .doc = "The state to go to." },
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
            .words = ipc_words_formats,
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

static const IpcStepField query_fields[] = { PROCESS ("Whose pipeline."), QUERY_PARTS, END };

static const IpcStepField send_event_fields[] = { PROCESS ("Whose pipeline."),
  ELEMENT ("The element that gets the event. Default: the pipeline."),
  { .name = "event", .type = IPC_FIELD_ENUM, .required = TRUE, .words = ipc_event_types, .doc = "Type of the event." },
  EVENT_PARTS,
  { .name = "expect", .type = IPC_FIELD_BOOL, .fallback = "true", .doc = "Whether the event has to be handled." },
  END };

static const IpcStepField push_event_fields[] = { PROCESS ("In whose pipeline."),
  { .name = "pad",
      .type = IPC_FIELD_STRING,
      .required = TRUE,
      .doc = "\"element.pad\": a src pad pushes it downstream, a sink pad upstream." },
  { .name = "event", .type = IPC_FIELD_ENUM, .required = TRUE, .words = ipc_event_types, .doc = "Type of the event." },
  EVENT_PARTS,
  { .name = "expect", .type = IPC_FIELD_BOOL, .fallback = "true", .doc = "Whether the event has to be handled." },
  END };

static const IpcStepField send_sink_message_fields[] = { PROCESS ("In whose pipeline."),
  { .name = "element",
      .type = IPC_FIELD_STRING,
      .required = TRUE,
      .doc = "The element that sends it, and that the message is from." },
  { .name = "pad",
      .type = IPC_FIELD_STRING,
      .doc = "\"element.pad\" that it is pushed from, instead of sent to the element." },
  { .name = "name", .type = IPC_FIELD_STRING, .doc = "Name of the event." },
  { .name = "type",
      .type = IPC_FIELD_ENUM,
      .required = TRUE,
      .words = ipc_message_types,
      .doc = "Type of the message." },
  MESSAGE_PARTS,
  { .name = "expect", .type = IPC_FIELD_BOOL, .fallback = "true", .doc = "Whether the event has to be handled." },
  END };

static const IpcStepField add_branch_fields[] = { PROCESS ("To whose pipeline."),
  { .name = "name", .type = IPC_FIELD_STRING, .required = TRUE, .doc = "Name of the bin that it becomes." },
  { .name = "description",
      .type = IPC_FIELD_PIPELINE,
      .required = TRUE,
      .doc = "What it consists of, in gst-launch syntax; a list is joined with spaces. Names of elements must be new "
             "to the pipeline." },
  { .name = "to",
      .type = IPC_FIELD_STRING,
      .doc = "What it is linked to: \"element\" (any free pad, or a new one), \"element.pad\" or \"element.template\" "
             "(\"tee.src_%u\"). Default: nothing, it stands by itself." },
  { .name = "start",
      .type = IPC_FIELD_BOOL,
      .fallback = "true",
      .doc
      = "false: it stays in NULL and unlinked until `start-branch`, so that a link in it can be connected before." },
  { .name = "observe", .type = IPC_FIELD_TEXTS, .doc = "Pads of the branch to observe, each \"element.pad\"." },
  { .name = "expect", .type = IPC_FIELD_BOOL, .fallback = "true", .doc = "Whether it has to start." }, WITHIN, END };

static const IpcStepField start_branch_fields[] = { PROCESS ("In whose pipeline."),
  { .name = "name", .type = IPC_FIELD_STRING, .required = TRUE, .doc = "Of the branch." },
  { .name = "expect", .type = IPC_FIELD_BOOL, .fallback = "true", .doc = "Whether it has to start." }, WITHIN, END };

static const IpcStepField remove_branch_fields[] = { PROCESS ("From whose pipeline."),
  { .name = "name", .type = IPC_FIELD_STRING, .required = TRUE, .doc = "Of the branch." },
  { .name = "at-once",
      .type = IPC_FIELD_BOOL,
      .fallback = "false",
      .doc = "true: without waiting until no data is under way into it." },
  WITHIN, END };

static const IpcStepField exit_fields[] = { PROCESS ("Which one."),
  { .name = "status", .type = IPC_FIELD_INT, .fallback = "0", .minimum = 0, .maximum = 255, .doc = "Its exit status." },
  END };

static const IpcStepField finish_fields[] = { PROCESS ("Which one."), WITHIN, END };

static const IpcStepField on_message_fields[] = { PROCESS ("On whose bus."),
  { .name = "type",
      .type = IPC_FIELD_ENUM,
      .required = TRUE,
      .words = ipc_message_types,
      .doc = "Type of the message." },
  { .name = "source", .type = IPC_FIELD_STRING, .doc = "Name of the element or pipeline that posts it. Default: any." },
  ELEMENT ("The element whose state is set. Default: the pipeline."),
  { .name = "state",
      .type = IPC_FIELD_ENUM,
      .required = TRUE,
      .words = ipc_words_states,
      .doc = "The state to go to." },
  END };

static const IpcStepField recalculate_latency_fields[] = { PROCESS ("Whose pipeline."),
  { .name = "expect", .type = IPC_FIELD_BOOL, .fallback = "true", .doc = "Whether it has to succeed." }, END };

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
  MESSAGE_PARTS, END };

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
      .words = ipc_words_signals,
      .doc = "The signal; stop and continue suspend the process and let it go on." },
  END };

static const IpcStepField mark_fields[]
    = { { .name = "name", .type = IPC_FIELD_STRING, .required = TRUE, .doc = "Name of the mark, for `since`." }, END };

const IpcStepKind ipc_step_kinds_act[] = {
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
  { KIND (ACT_PUSH_EVENT, "act", "push-event", push_event_fields),
      .doc = "Pushes an event from a pad, past the element whose pad it is.",
      .example = "{\"act\": \"push-event\", \"process\": \"viewer\", \"pad\": \"sink.sink\", \"event\": \"qos\", "
                 "\"fields\": {\"proportion\": 1.5, \"diff\": 20000000}}" },
  { KIND (ACT_SEND_SINK_MESSAGE, "act", "send-sink-message", send_sink_message_fields),
      .doc = "Sends a sink-message event: a message that a sink posts when it is the event's turn.",
      .example = "{\"act\": \"send-sink-message\", \"process\": \"master\", \"element\": \"video\", \"type\": "
                 "\"application\", \"structure\": \"hello, number=(int)1;\"}" },
  { KIND (ACT_ADD_BRANCH, "act", "add-branch", add_branch_fields),
      .doc = "Adds elements to a pipeline, also while it plays.",
      .example
      = "{\"act\": \"add-branch\", \"process\": \"viewer\", \"name\": \"more\", \"description\": \"audiotestsrc "
        "num-buffers=10 ! fakesink\"}" },
  { KIND (ACT_START_BRANCH, "act", "start-branch", start_branch_fields),
      .doc = "Starts a branch that was added with \"start\": false, and links it.",
      .example = "{\"act\": \"start-branch\", \"process\": \"viewer\", \"name\": \"more\"}" },
  { KIND (ACT_REMOVE_BRANCH, "act", "remove-branch", remove_branch_fields),
      .doc = "Takes a branch out of the pipeline and to NULL.",
      .example = "{\"act\": \"remove-branch\", \"process\": \"viewer\", \"name\": \"more\"}" },
  { KIND (ACT_EXIT, "act", "exit", exit_fields),
      .doc = "Lets a process exit by itself, at once and without any clean-up. The step ends when it has.",
      .example = "{\"act\": \"exit\", \"process\": \"viewer\", \"status\": 3}" },
  { KIND (ACT_FINISH, "act", "finish", finish_fields),
      .doc
      = "Lets a process take its pipeline to NULL and end in order, as all do at the end. The step ends when it has.",
      .example = "{\"act\": \"finish\", \"process\": \"viewer\"}" },
  { KIND (ACT_ON_MESSAGE, "act", "on-message", on_message_fields),
      .doc
      = "When the next message of a type comes, a state is set, in the thread that posts it and before that goes on: "
        "what an application with a synchronous bus handler does. The step ends when that has been arranged. Done, "
        "the pipeline posts an application message `ipc-reaction` with the `result`.",
      .example
      = "{\"act\": \"on-message\", \"process\": \"master\", \"type\": \"async-done\", \"state\": \"playing\"}" },
  { KIND (ACT_RECALCULATE_LATENCY, "act", "recalculate-latency", recalculate_latency_fields),
      .doc = "Has the latency computed anew and given to the sinks, as an application does that got a latency message.",
      .example = "{\"act\": \"recalculate-latency\", \"process\": \"master\"}" },
  LAST_KIND
};

/* clang-format on */
