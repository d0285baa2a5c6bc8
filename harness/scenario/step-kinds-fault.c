/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The steps about faults, and the fields of packets that are made up. Part of the table of step kinds; static,
 * nothing is owned.
 */
#include "records.h"
#include "step-kinds-private.h"

/* clang-format off: one field a line reads as a table */

/* In the order of ipc_fault_names of the relay, which a test compares. */
static const gchar *const ways_to_close[] = { "close", "half-close", "reset", NULL };
static const gchar *const fault_kinds[] = { "delay", "drop", "duplicate", "reorder", "change", "flip", "truncate",
  "split", "coalesce", "stall", "close", "half-close", "reset", "signal", "inject", "answer", NULL };
static const gchar *const directions[] = { "downstream", "upstream", NULL };

#define PLACE_PATTERN "^(before|after|header:[0-9]|payload:[0-9]+)$"
#define POINT_PATTERN "^to-(slave|master)\\.[A-Z_]+(\\.[A-Za-z0-9_-]+)*$"
#define HEX_PATTERN "^([0-9a-fA-F]{2})+$"
#define OVERWRITE_PATTERN                                                                                              \
  "^(header:[0-8]|payload:[0-9]+)=([0-9a-fA-F]{2})+( (header:[0-8]|payload:[0-9]+)=([0-9a-fA-F]{2})+)*$"

#define LINK(text)                                                                                                     \
  {                                                                                                                    \
    .name = "link", .type = IPC_FIELD_LINK, .required = TRUE, .doc = text                                              \
  }
#define TO(is_required, text)                                                                                          \
  {                                                                                                                    \
    .name = "to", .type = IPC_FIELD_ENUM, .required = is_required, .words = ipc_words_ends, .doc = text                \
  }
#define PACKET_FIELDS_OF_FRAME                                                                                         \
  { .name = "type", .type = IPC_FIELD_SCALAR, .doc = "Name of a packet of the protocol, or a number that is none." },  \
      { .name = "id",                                                                                                  \
        .type = IPC_FIELD_INT,                                                                                         \
        .minimum = 0,                                                                                                  \
        .maximum = G_MAXUINT32,                                                                                        \
        .doc = "Default: that of what is changed or answered; for what is made up one that no session comes to." },    \
      { .name = "size",                                                                                                \
        .type = IPC_FIELD_INT,                                                                                         \
        .minimum = 0,                                                                                                  \
        .maximum = G_MAXUINT32,                                                                                        \
        .doc = "What the header announces, whatever follows. Default: the truth." },                                   \
      { .name = "payload",                                                                                             \
        .type = IPC_FIELD_STRING,                                                                                      \
        .pattern = "^([0-9a-fA-F]{2})*$",                                                                              \
        .expected = "bytes in hexadecimal digits",                                                                     \
        .doc = "Stands in place of all fields of the payload." },                                                      \
  {                                                                                                                    \
    .name = "overwrite", .type = IPC_FIELD_STRING, .pattern = OVERWRITE_PATTERN,                                       \
    .expected = "such as \"payload:52=ffffffff\", several with spaces between",                                        \
    .doc = "Bytes that are put into the finished packet at places."                                                    \
  }
#define TIME_OF_BUFFER(member)                                                                                         \
  {                                                                                                                    \
    .name = member, .type = IPC_FIELD_TIME, .minimum = -9e18, .maximum = 9e18,                                         \
    .doc = "Of a BUFFER; \"none\" for none."                                                                           \
  }
#define NUMBER_OF(member, of)                                                                                          \
  {                                                                                                                    \
    .name = member, .type = IPC_FIELD_INT, .minimum = 0, .maximum = G_MAXUINT32, .doc = of                             \
  }
#define TEXT_OF(member, of)                                                                                            \
  {                                                                                                                    \
    .name = member, .type = IPC_FIELD_SCALAR, .doc = of                                                                \
  }

static const IpcStepField packet_fields[] = { PACKET_FIELDS_OF_FRAME,
  { .name = "result",
      .type = IPC_FIELD_SCALAR,
      .doc = "Of an ACK a number: GstFlowReturn, boolean or GstStateChangeReturn, by what was asked; of a QUERY_RESULT "
             "true or false." },
  TEXT_OF ("query", "Of QUERY and QUERY_RESULT: GStreamer's name or a number."),
  TEXT_OF ("structure", "The structure string; null for none."), TIME_OF_BUFFER ("pts"), TIME_OF_BUFFER ("dts"),
  TIME_OF_BUFFER ("duration"),
  { .name = "offset", .type = IPC_FIELD_SCALAR, .doc = "Of a BUFFER: a number, or null for none." },
  { .name = "offset-end", .type = IPC_FIELD_SCALAR, .doc = "Of a BUFFER: a number, or null for none." },
  { .name = "flags", .type = IPC_FIELD_SCALAR, .doc = "Of a BUFFER: a number; above 2^53 as text." },
  { .name = "data",
      .type = IPC_FIELD_STRING,
      .pattern = HEX_PATTERN,
      .expected = "bytes in hexadecimal digits",
      .doc = "What a BUFFER holds." },
  { .name = "data-size",
      .type = IPC_FIELD_INT,
      .minimum = 0,
      .maximum = 64 * 1024 * 1024,
      .doc = "So many zeros are what a BUFFER holds." },
  TEXT_OF ("event", "Of an EVENT: GStreamer's name or a number."), NUMBER_OF ("seqnum", "Of an EVENT."),
  { .name = "direction", .type = IPC_FIELD_ENUM, .words = directions, .doc = "Of EVENT and QUERY." },
  TEXT_OF ("message", "Of MESSAGE, GERROR_MESSAGE and SINK_MESSAGE_EVENT: GStreamer's name or a number."),
  NUMBER_OF ("event-seqnum", "Of a SINK_MESSAGE_EVENT."), NUMBER_OF ("message-seqnum", "Of a SINK_MESSAGE_EVENT."),
  { .name = "name", .type = IPC_FIELD_STRING, .doc = "Of a SINK_MESSAGE_EVENT: name of the event's structure." },
  { .name = "from", .type = IPC_FIELD_ENUM, .words = ipc_words_states, .doc = "Of a STATE_CHANGE." },
  { .name = "to-state", .type = IPC_FIELD_ENUM, .words = ipc_words_states, .doc = "Of a STATE_CHANGE." },
  NUMBER_OF ("transition", "Of a STATE_CHANGE: a number in place of the two states."),
  { .name = "domain", .type = IPC_FIELD_STRING, .doc = "Of a GERROR_MESSAGE." },
  NUMBER_OF ("code", "Of a GERROR_MESSAGE."), TEXT_OF ("text", "Of a GERROR_MESSAGE; null for none."),
  TEXT_OF ("debug", "Of a GERROR_MESSAGE; null for none."), END };

static const IpcStepField when_fields[] = { TO (FALSE, "Which way the packet travels. Default: either."),
  { .name = "type", .type = IPC_FIELD_ENUM, .words = NULL, .doc = "Type of the packet. Default: any." },
  { .name = "point",
      .type = IPC_FIELD_STRING,
      .pattern = POINT_PATTERN,
      .expected = "such as \"to-slave.EVENT.caps.1\" or \"to-master.ACK.BUFFER.3\"",
      .doc = "The `point` of its record: what it is, and how many of that there have been on the connection. "
             "`gst-ipc-harness points CASE` lists those of a case." },
  { .name = "id", .type = IPC_FIELD_INT, .minimum = 0, .maximum = G_MAXUINT32, .doc = "Its id." },
  MATCH (ipc_packet_members, "What members of its record have to be."),
  { .name = "nth",
      .type = IPC_FIELD_INT,
      .fallback = "1",
      .minimum = 1,
      .maximum = 1000000,
      .doc = "The first that is struck, counted from 1 over those that fit since the fault was installed." },
  { .name = "every",
      .type = IPC_FIELD_INT,
      .fallback = "1",
      .minimum = 1,
      .maximum = 1000000,
      .doc = "From there on each so many-th." },
  { .name = "probability",
      .type = IPC_FIELD_NUMBER,
      .fallback = "1.0",
      .minimum = 0.000001,
      .maximum = 1,
      .doc = "Of those only some, by chance." },
  { .name = "seed",
      .type = IPC_FIELD_INT,
      .fallback = "1",
      .minimum = 0,
      .maximum = G_MAXUINT32,
      .doc = "Of all that is left to chance: with the same seed the same is struck in the same way." },
  END };

#define BYTES                                                                                                          \
  {                                                                                                                    \
    .name = "bytes", .type = IPC_FIELD_STRING, .pattern = HEX_PATTERN, .expected = "bytes in hexadecimal digits",      \
    .doc = "What is injected, raw; this or packet."                                                                    \
  }
#define PACKET                                                                                                         \
  {                                                                                                                    \
    .name = "packet", .type = IPC_FIELD_FIELDS, .members = packet_fields,                                              \
    .doc = "What is injected, as a packet with the fields of its record; this or bytes."                               \
  }

static const IpcStepField fault_fields[] = { LINK ("On which link; it must go through the relay."),
  { .name = "name",
      .type = IPC_FIELD_STRING,
      .required = TRUE,
      .doc = "Name of the fault, for wait fault, unfault and until." },
  { .name = "do",
      .type = IPC_FIELD_ENUM,
      .required = TRUE,
      .words = fault_kinds,
      .doc
      = "What is done to the packet. "
        "delay: it arrives `time` later, and what is behind it not before it. "
        "drop: it does not arrive. "
        "duplicate: it arrives `number` times more (1). "
        "reorder: it waits until there are `number` (2) that `when` selects, at most `time` (200 ms); then they "
        "arrive, the last first. "
        "change: it arrives with the fields in `set`. "
        "flip: `number` bits (1) are turned over, anywhere or in the byte `at`, any or the one called `bit`. "
        "truncate: only what is before `at` (payload:0) arrives, then the link is closed, unless `close` is false. "
        "split: it is written in pieces of `size` bytes (1), each when the one before was read and `pause` is over. "
        "coalesce: it and what follows it wait until there are `number` (2), at most `time` (200 ms), and are "
        "written at once. "
        "stall: from `at` (before) on nothing more is passed on this way, nor read, for `time` or until unfault. "
        "close: at `at` (before) the link ends for both, as if the other process had closed it. "
        "half-close: the receiver sees the end of the stream there; the other way goes on. "
        "reset: as close, by a TCP reset. "
        "signal: `process` is sent `signal` when all before `at` (before) was passed on. "
        "inject: `packet` or `bytes`, which nobody has sent, arrive at `at` (before). "
        "answer: it does not arrive, and is answered in the receiver's stead, with `set` in the answer." },
  { .name = "when",
      .type = IPC_FIELD_FIELDS,
      .members = when_fields,
      .doc = "Which packets are struck. Default: any." },
  { .name = "times",
      .type = IPC_FIELD_INT,
      .fallback = "1",
      .minimum = 0,
      .maximum = 1000000,
      .doc = "How often it strikes; 0: without end." },
  { .name = "at",
      .type = IPC_FIELD_STRING,
      .pattern = PLACE_PATTERN,
      .expected = "before, after, header:N (0 to 9) or payload:N",
      .doc = "Where in the packet: behind so many bytes of the header (of 9) or of the payload; of a flip the byte." },
  { .name = "time", .type = IPC_FIELD_TIME, .minimum = 1, .maximum = IPC_WITHIN_MOST, .doc = "How long; see `do`." },
  { .name = "number", .type = IPC_FIELD_INT, .minimum = 1, .maximum = 1000, .doc = "How many; see `do`." },
  { .name = "bit", .type = IPC_FIELD_INT, .minimum = 0, .maximum = 7, .doc = "Which bit a flip turns over." },
  { .name = "size", .type = IPC_FIELD_INT, .minimum = 1, .maximum = 1000000, .doc = "Bytes in a piece of a split." },
  { .name = "pause", .type = IPC_FIELD_TIME, .minimum = 1, .maximum = 60e9, .doc = "Between the pieces of a split." },
  { .name = "close", .type = IPC_FIELD_BOOL, .doc = "Whether a truncate closes the link." },
  { .name = "set",
      .type = IPC_FIELD_FIELDS,
      .members = packet_fields,
      .doc = "Fields of the packet's record, for change and answer." },
  PACKET, BYTES, { .name = "process", .type = IPC_FIELD_PROCESS, .doc = "Who gets the signal." },
  { .name = "signal", .type = IPC_FIELD_ENUM, .words = ipc_words_signals, .doc = "Which signal." }, END };

static const IpcStepField unfault_fields[] = { LINK ("On which link."),
  { .name = "name", .type = IPC_FIELD_STRING, .required = TRUE, .doc = "Name of the fault." }, END };

static const IpcStepField inject_fields[]
    = { LINK ("Into which link; it must go through the relay."), TO (TRUE, "Who gets it."),
        { .name = "name", .type = IPC_FIELD_STRING, .fallback = "\"inject\"", .doc = "What the history calls it." },
        PACKET, BYTES, END };

static const IpcStepField close_fields[] = { LINK ("Which link; it must go through the relay."),
  { .name = "how",
      .type = IPC_FIELD_ENUM,
      .fallback = "\"close\"",
      .words = ways_to_close,
      .doc = "close: both ends see the end of the stream. half-close: only `to` does, what it sends still arrives. "
             "reset: both see a reset, where there is such a thing (TCP)." },
  TO (FALSE, "Who sees the end, of a half-close."),
  { .name = "name", .type = IPC_FIELD_STRING, .fallback = "\"close\"", .doc = "What the history calls it." }, END };

static const IpcStepField wait_fault_fields[] = { LINK ("On which link."),
  { .name = "name", .type = IPC_FIELD_STRING, .required = TRUE, .doc = "Name of the fault." },
  COUNT ("How many times."), SINCE, DEADLINE, END };

const IpcStepKind ipc_step_kinds_fault[] = {
  { KIND (ACT_FAULT, "act", "fault", fault_fields),
      .doc = "Installs a fault on a link: from now on it strikes the packets that `when` selects. It lasts, also over "
             "new connections of the link, until it has struck `times` times or is removed. Of several that select a "
             "packet the one that was installed first strikes.",
      .example = "{\"act\": \"fault\", \"link\": \"video\", \"name\": \"f1\", \"do\": \"close\", \"at\": \"header:4\", "
                 "\"when\": {\"to\": \"slave\", \"type\": \"BUFFER\", \"nth\": 3}}" },
  { KIND (ACT_UNFAULT, "act", "unfault", unfault_fields),
      .doc = "Removes a fault; what it has stalled, delayed or held back goes on.",
      .example = "{\"act\": \"unfault\", \"link\": \"video\", \"name\": \"f1\"}" },
  { KIND (ACT_INJECT, "act", "inject", inject_fields),
      .doc = "Sends a packet or bytes to one end of a link, as if they came from the other.",
      .example = "{\"act\": \"inject\", \"link\": \"video\", \"to\": \"slave\", \"packet\": {\"type\": \"QUERY\", "
                 "\"query\": \"position\", \"direction\": \"downstream\", \"structure\": \"GstQueryPosition;\"}}" },
  { KIND (ACT_CLOSE, "act", "close", close_fields),
      .doc = "Ends a link now, for one end or both. (A fault does so at a packet, or within one.)",
      .example = "{\"act\": \"close\", \"link\": \"video\", \"how\": \"half-close\", \"to\": \"slave\"}" },
  { KIND (WAIT_FAULT, "wait", "fault", wait_fault_fields), .doc = "Waits until a fault has struck.",
      .example = "{\"wait\": \"fault\", \"link\": \"video\", \"name\": \"f1\"}" },
  LAST_KIND
};

/* clang-format on */
