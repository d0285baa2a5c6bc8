/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What waits there are: words, fields, kinds. Part of the table of step kinds; static, nothing is owned.
 */
#include "records.h"
#include "step-kinds-private.h"

/* clang-format off: one field a line reads as a table */

static const gchar *const end_signals[]
    = { "kill", "term", "abrt", "segv", "int", "hup", "pipe", "bus", "fpe", "ill", "trap", NULL };
static const gchar *const directions[] = { "downstream", "upstream", NULL };

static const IpcStepField wait_message_fields[] = { PROCESS ("On whose bus."),
  { .name = "type",
      .type = IPC_FIELD_ENUM,
      .required = TRUE,
      .words = ipc_message_types,
      .doc = "Type of the message." },
  { .name = "source", .type = IPC_FIELD_STRING, .doc = "Name of the element or pipeline that posted it." },
  MATCH (ipc_message_members, "What members of the message's record have to be."), COUNT ("How many of them."), SINCE,
  DEADLINE, END };

static const IpcStepField wait_state_fields[]
    = { PROCESS ("Whose pipeline."), ELEMENT ("The element. Default: the pipeline."),
        { .name = "state",
            .type = IPC_FIELD_ENUM,
            .required = TRUE,
            .words = ipc_words_states,
            .doc = "The state to be reached." },
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
  { .name = "to", .type = IPC_FIELD_ENUM, .words = ipc_words_ends, .doc = "Which way it travels. Default: either." },
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

static const gchar *const quiet_kinds[]
    = { "message", "buffer", "event", "packet", "query-seen", "render", "log", NULL };

static const IpcStepField wait_quiet_fields[] = { { .name = "kinds",
                                                      .type = IPC_FIELD_WORDS,
                                                      .required = TRUE,
                                                      .words = quiet_kinds,
                                                      .doc = "Records of which kinds." },
  { .name = "process", .type = IPC_FIELD_PROCESS, .doc = "Of which process. Default: of all." },
  { .name = "link", .type = IPC_FIELD_LINK, .doc = "On which link, for packets. Default: on all." },
  { .name = "type", .type = IPC_FIELD_STRING, .doc = "Type of the message, event, packet or query. Default: any." },
  { .name = "time",
      .type = IPC_FIELD_TIME,
      .required = TRUE,
      .minimum = 50e6,
      .maximum = 10e9,
      .doc = "For how long, scaled by --timeout-scale; 50 ms at least, since less would only show how busy the machine "
             "is." },
  { .name = "cpu",
      .type = IPC_FIELD_TIME,
      .minimum = 10e6,
      .maximum = 10e9,
      .doc
      = "How much processor time each process may use meanwhile, scaled by --timeout-scale. One that has nothing to do "
        "uses next to none; one that spins uses what it can get. Default: not looked at." },
  DEADLINE, END };

static const IpcStepField wait_log_fields[] = { PROCESS ("Whose log."),
  { .name = "pattern",
      .type = IPC_FIELD_REGEX,
      .required = TRUE,
      .doc = "A regular expression, found anywhere in a line. GST_DEBUG in the process's `environment` says what is "
             "logged." },
  DEADLINE, END };

const IpcStepKind ipc_step_kinds_wait[] = {
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
  { KIND (WAIT_QUIET, "wait", "quiet", wait_quiet_fields),
      .doc
      = "Waits until nothing of some kinds has been observed for a time. The only wait for an absence: use it where "
        "nothing else tells that something is over.",
      .example = "{\"wait\": \"quiet\", \"kinds\": [\"buffer\", \"packet\"], \"time\": \"200ms\"}" },
  { KIND (WAIT_LOG, "wait", "log", wait_log_fields), .doc = "Waits until a process's log has a line that matches.",
      .example = "{\"wait\": \"log\", \"process\": \"viewer\", \"pattern\": \"late by [0-9]+\"}" },
  LAST_KIND
};

/* clang-format on */
