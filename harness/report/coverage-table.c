/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cells of protocol coverage. A group is an entry below; what cannot occur is an entry of `impossible`, with the
 * reason that reports show. Groups are made once and never freed.
 */
#include "coverage-table.h"

#include "wire/packet.h"

static const gchar *const true_false[] = { "true", "false", NULL };
static const gchar *const both_ways[] = { "to-slave", "to-master", NULL };
static const gchar *const to_slave[] = { "to-slave", NULL };
static const gchar *const seen[] = { "seen", NULL };

/* {{{ rows */

static void
add_words (GPtrArray *rows, const gchar *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    g_ptr_array_add (rows, g_strdup (list[i]));
}

static void
add_events (GPtrArray *rows, GstEventTypeFlags direction)
{
  g_autoptr (GEnumClass) events = g_type_class_ref (GST_TYPE_EVENT_TYPE);

  for (guint i = 0; i < events->n_values; i++) {
    GstEventType type = events->values[i].value;
    if (gst_event_type_get_flags (type) & direction)
      g_ptr_array_add (rows, g_strdup (gst_event_type_get_name (type)));
  }
}

static void
add_downstream_events (GPtrArray *rows)
{
  add_events (rows, GST_EVENT_TYPE_DOWNSTREAM);
}

static void
add_upstream_events (GPtrArray *rows)
{
  add_events (rows, GST_EVENT_TYPE_UPSTREAM);
}

static void
add_queries (GPtrArray *rows, GstQueryTypeFlags direction)
{
  g_autoptr (GEnumClass) queries = g_type_class_ref (GST_TYPE_QUERY_TYPE);

  for (guint i = 0; i < queries->n_values; i++) {
    GstQueryType type = queries->values[i].value;
    if (gst_query_type_get_flags (type) & direction)
      g_ptr_array_add (rows, g_strdup (queries->values[i].value_nick));
  }
}

static void
add_downstream_queries (GPtrArray *rows)
{
  add_queries (rows, GST_QUERY_TYPE_DOWNSTREAM);
}

static void
add_upstream_queries (GPtrArray *rows)
{
  add_queries (rows, GST_QUERY_TYPE_UPSTREAM);
}

static void
add_messages (GPtrArray *rows)
{
  g_autoptr (GFlagsClass) messages = g_type_class_ref (GST_TYPE_MESSAGE_TYPE);

  for (guint i = 0; i < messages->n_values; i++) {
    guint type = messages->values[i].value;
    const gchar *name = gst_message_type_get_name (type);
    if (type != (guint)GST_MESSAGE_UNKNOWN && type != (guint)GST_MESSAGE_EXTENDED && type != (guint)GST_MESSAGE_ANY
        && !g_str_equal (name, "unknown"))
      g_ptr_array_add (rows, g_strdup (name));
  }
}

/* GStreamer names the states of a transition, not the transition. */
static void
add_transitions (GPtrArray *rows)
{
  g_autoptr (GEnumClass) transitions = g_type_class_ref (GST_TYPE_STATE_CHANGE);

  for (guint i = 0; i < transitions->n_values; i++) {
    gint value = transitions->values[i].value;
    g_autofree gchar *from = g_ascii_strdown (gst_element_state_get_name (GST_STATE_TRANSITION_CURRENT (value)), -1);
    g_autofree gchar *to = g_ascii_strdown (gst_element_state_get_name (GST_STATE_TRANSITION_NEXT (value)), -1);
    g_ptr_array_add (rows, g_strdup_printf ("%s-to-%s", from, to));
  }
}

static void
add_packets (GPtrArray *rows)
{
  guint n;
  const IpcPacketInfo *infos = ipc_packet_infos (&n);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (rows, g_strdup (infos[i].name));
}

static void
add_buffer_flags (GPtrArray *rows)
{
  g_autoptr (GFlagsClass) flags = g_type_class_ref (GST_TYPE_BUFFER_FLAGS);

  /* "last" is the first bit behind those that have a meaning */
  for (guint i = 0; i < flags->n_values; i++)
    if (flags->values[i].value != GST_BUFFER_FLAG_LAST)
      g_ptr_array_add (rows, g_strdup (flags->values[i].value_nick));
}

/* }}} */
/* {{{ groups */

static const gchar *const state_columns[] = { "success", "async", "no-preroll", "failure", NULL };
static const gchar *const answer_columns[] = { "answered", NULL };
static const gchar *const wait_columns[]
    = { "taken", "refused", "timed-out", "flushed", "stopped", "disconnected", "peer-gone", NULL };
static const gchar *const message_columns[] = { "sent", "stray", NULL };
static const gchar *const debug_columns[] = { "with-debug", "without-debug", NULL };
static const gchar *const reply_columns[] = { "in-time", "late", "unsolicited", NULL };
static const gchar *const relay_columns[] = { "relayed", "direct", NULL };
static const gchar *const end_columns[] = { "master", "slave", NULL };

/* Rows are those of `add`, and the words of `rows`. */
static const struct {
  const gchar *name, *title, *requirements;
  void (*add) (GPtrArray *rows);
  const gchar *rows;
  const gchar *const *columns;
} groups[] = {
  { "wait", "What became of each kind of packet that wants an answer", "WAIT-1 WAIT-3 WAIT-4 WAIT-5 LIFE-1 CONN-4",
      NULL,
      "buffer event event-out-of-band event-upstream event-to-pipeline sink-message query-serialized query "
      "query-upstream query-to-pipeline state-change",
      wait_columns },
  { "state", "State changes: which, and what the slave answered", "STATE-3 STATE-4 STATE-6 SLAVE-2 SLAVE-3",
      add_transitions, NULL, state_columns },
  { "flow", "Buffers: what the slave's push returned", "BUF-6 REPLY-5", NULL,
      "ok not-linked flushing eos not-negotiated error not-supported custom-success custom-error", answer_columns },
  { "event", "Events that flow down, and their answers", "EVT-1 EVT-3 EVT-5", add_downstream_events, NULL, true_false },
  { "event-upstream", "Events that go up from the src's pad, and their answers", "EVT-4", add_upstream_events, NULL,
      true_false },
  { "event-to-pipeline", "Events that are sent to the slave's pipeline, and their answers", "EVT-8 SEEK-4",
      add_upstream_events, NULL, true_false },
  { "query", "Queries down from the sink's pad, and their answers", "QRY-1", add_downstream_queries, NULL, true_false },
  { "query-upstream", "Queries up from the src's pad, and their answers", "QRY-3", add_upstream_queries, NULL,
      true_false },
  { "query-to-pipeline", "Queries to the slave's pipeline, and their answers", "QRY-2", add_upstream_queries, NULL,
      true_false },
  { "message", "Messages of the slave", "MSG-1 MSG-2 MSG-8", add_messages, NULL, message_columns },
  { "gerror", "Errors, warnings and infos of the slave", "MSG-5", NULL, "error warning info", debug_columns },
  { "sink-message", "Messages that the slave is to post (sink-message events)", "EVT-9", add_messages, NULL, seen },
  { "reply", "When replies came", "REPLY-3 CONN-8", NULL,
      "ack-to-slave ack-to-master query-result-to-slave query-result-to-master", reply_columns },
  { "malformed", "Packets that do not decode", "HOST-1 HOST-2 HOST-6 HOST-7", add_packets, NULL, both_ways },
  { "fault", "Faults that struck in a case that passed", "LIFE-1 LIFE-7 HOST-7 FRAME-6", NULL,
      "delay drop duplicate reorder change flip truncate split coalesce stall close half-close reset signal inject "
      "answer",
      both_ways },
  { "size", "Buffers: bytes of data, up to", "BUF-1 BUF-7", NULL, "0 64 4096 65536 1048576 more", to_slave },
  { "time", "Buffers: times and offsets", "BUF-1", NULL,
      "pts no-pts dts no-dts duration no-duration offset no-offset offset-end no-offset-end", to_slave },
  { "flag", "Buffers: flags", "BUF-1 OBJ-4", add_buffer_flags, "none", to_slave },
  { "meta", "Buffers: metas", "META-1 META-3 OBJ-5 BUF-5", NULL,
      "none GstProtectionMetaAPI GstReferenceTimestampMetaAPI GstVideoMetaAPI GstVideoCropMetaAPI "
      "GstVideoRegionOfInterestMetaAPI GstVideoTimeCodeMetaAPI GstVideoCaptionMetaAPI GstVideoAFDMetaAPI "
      "GstVideoBarMetaAPI GstAudioMetaAPI GstAudioClippingMetaAPI GstAudioLevelMetaAPI custom without-text several",
      to_slave },
  { "memory", "Buffers by reference, and what is given back", "MEM-2 MEM-4", NULL,
      "buffer new-memory loan-returned memory-given-up", seen },
  { "object", "Objects that went whole", "OBJ-11 OBJ-13", NULL,
      "GstStream GstStreamCollection GstToc GstSample GstBuffer GstBufferList GstTagList GstContext GstEvent "
      "GstMessage "
      "GError",
      both_ways },
  { "extension", "What was asked beyond the legacy protocol, and the answer", "EXT-5 TIME-1 TIME-2", NULL,
      "greeting time", true_false },
  { "link", "Transports", "CONN-9", NULL, "socketpair pipes tcp", relay_columns },
  { "slaves", "Slaves of one master, and links to one slave", "CONN-10 SLAVE-4", NULL,
      "slaves-1 slaves-2 slaves-3-to-4 slaves-5-to-8 links-to-one-slave-2 new-peer", seen },
  { "end", "How processes ended, or stood still", "LIFE-3 LIFE-5 LIFE-7 LIFE-9", NULL,
      "told-to killed by-itself stopped", end_columns },
};

/* }}} */
/* {{{ what cannot occur */

#define NO_DATA_FLOW "below PAUSED a pipeline waits for no data"
#define SAME_STATE "asked for the state that it has, a slave does not report a failure of before (SLAVE-2)"
#define TO_SOURCES                                                                                                     \
  "goes downstream as well: a bin sends it to its sources, wants all to take it, and the src among them does not"
#define NO_LIMIT "there is no limit in time to this wait (WAIT-1)"
#define NOT_A_FLOW "a flush ends waits for the flow only (WAIT-5)"
#define NOT_WAITED "nobody waits for it (WAIT-2)"
#define NOBODY_ANSWERS "GStreamer has the name and nothing that asks or answers it"
#define A_DEVICE "a device is a thing of its process, and not carried (OBJ-11)"
#define GERROR "goes as GERROR_MESSAGE"
#define STAYS "stays in the slave (MSG-2)"
#define NOT_STRAY "is meant to be sent"

/* The first that matches counts; cells as globs. */
static const struct {
  const gchar *cells, *why;
} impossible[] = {
  { "state/null-to-ready/async", NO_DATA_FLOW },
  { "state/null-to-ready/no-preroll", NO_DATA_FLOW },
  { "state/ready-to-null/async", NO_DATA_FLOW },
  { "state/ready-to-null/no-preroll", NO_DATA_FLOW },
  { "state/paused-to-ready/async", NO_DATA_FLOW },
  { "state/paused-to-ready/no-preroll", NO_DATA_FLOW },
  { "state/null-to-null/async", NO_DATA_FLOW },
  { "state/null-to-null/no-preroll", NO_DATA_FLOW },
  { "state/ready-to-ready/async", NO_DATA_FLOW },
  { "state/ready-to-ready/no-preroll", NO_DATA_FLOW },
  { "state/null-to-null/failure", SAME_STATE },
  { "state/ready-to-ready/failure", SAME_STATE },
  { "state/paused-to-paused/failure", SAME_STATE },
  { "state/playing-to-playing/failure", SAME_STATE },
  { "state/playing-to-playing/no-preroll", "a live pipeline in PLAYING has its data" },
  { "state/paused-to-playing/no-preroll", "a live pipeline in PLAYING has its data" },

  { "wait/buffer/timed-out", NO_LIMIT },
  { "wait/event/timed-out", NO_LIMIT },
  { "wait/sink-message/timed-out", NO_LIMIT },
  { "wait/query-serialized/timed-out", NO_LIMIT },
  { "wait/event-out-of-band/timed-out", NOT_WAITED },
  { "wait/event-out-of-band/flushed", NOT_WAITED },
  { "wait/event-out-of-band/stopped", NOT_WAITED },
  { "wait/event-out-of-band/disconnected", NOT_WAITED },
  { "wait/event-out-of-band/peer-gone", NOT_WAITED },
  { "wait/event-upstream/flushed", NOT_A_FLOW },
  { "wait/event-upstream/stopped", NOT_A_FLOW },
  { "wait/event-to-pipeline/flushed", NOT_A_FLOW },
  { "wait/event-to-pipeline/stopped", NOT_A_FLOW },
  { "wait/query/flushed", NOT_A_FLOW },
  { "wait/query/stopped", NOT_A_FLOW },
  { "wait/query-upstream/flushed", NOT_A_FLOW },
  { "wait/query-upstream/stopped", NOT_A_FLOW },
  { "wait/query-to-pipeline/flushed", NOT_A_FLOW },
  { "wait/query-to-pipeline/stopped", NOT_A_FLOW },
  { "wait/state-change/flushed", NOT_A_FLOW },
  { "wait/state-change/stopped", NOT_A_FLOW },

  { "event-to-pipeline/flush-start/true", TO_SOURCES },
  { "event-to-pipeline/flush-stop/true", TO_SOURCES },
  { "event-to-pipeline/custom-both/true", TO_SOURCES },
  { "event-to-pipeline/custom-both-oob/true", TO_SOURCES },
  { "event/sink-message/*", "goes as SINK_MESSAGE_EVENT" },
  { "query*/jitter/true", NOBODY_ANSWERS },
  { "query*/rate/true", NOBODY_ANSWERS },
  { "query-to-pipeline/latency/false", "a pipeline answers it whatever its sinks say" },
  { "message/state-dirty/sent", "nothing posts it any more, and bins drop it" },
  { "message/segment-start/sent", "a bin keeps it: it counts them against segment-done" },
  { "message/device-added/sent", A_DEVICE },
  { "message/device-removed/sent", A_DEVICE },
  { "message/device-changed/sent", A_DEVICE },
  { "message/error/*", GERROR },
  { "message/warning/*", GERROR },
  { "message/info/*", GERROR },
  { "message/state-changed/sent", STAYS },
  { "message/async-start/sent", STAYS },
  { "message/clock-provide/sent", STAYS },
  { "message/clock-lost/sent", STAYS },
  { "message/new-clock/sent", STAYS },
  { "message/stream-status/sent", STAYS },
  { "message/need-context/sent", STAYS },
  { "message/have-context/sent", STAYS },
  { "message/structure-change/sent", STAYS },
  { "message/state-changed/stray", NULL },
  { "message/async-start/stray", NULL },
  { "message/clock-provide/stray", NULL },
  { "message/clock-lost/stray", NULL },
  { "message/new-clock/stray", NULL },
  { "message/stream-status/stray", NULL },
  { "message/need-context/stray", NULL },
  { "message/have-context/stray", NULL },
  { "message/structure-change/stray", NULL },
  { "message/*/stray", NOT_STRAY },

  { "malformed/BUFFER/to-master", "travels down only: its header is refused (HOST-5)" },
  { "malformed/SINK_MESSAGE_EVENT/to-master", "travels down only: its header is refused (HOST-5)" },
  { "malformed/STATE_CHANGE/to-master", "travels down only: its header is refused (HOST-5)" },
  { "malformed/STATE_LOST/to-slave", "travels up only: its header is refused (HOST-5)" },
  { "malformed/MESSAGE/to-slave", "travels up only: its header is refused (HOST-5)" },
  { "malformed/GERROR_MESSAGE/to-slave", "travels up only: its header is refused (HOST-5)" },
};

/* }}} */

static gpointer
make_groups (gpointer data)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++) {
    IpcCoverageGroup *group = g_new0 (IpcCoverageGroup, 1);
    group->name = groups[i].name;
    group->title = groups[i].title;
    group->requirements = groups[i].requirements;
    group->columns = groups[i].columns;
    group->rows = g_ptr_array_new ();
    if (groups[i].add != NULL)
      groups[i].add (group->rows);
    if (groups[i].rows != NULL)
      add_words (group->rows, groups[i].rows);
    g_ptr_array_add (list, group);
  }
  return list;
}

GPtrArray *
ipc_coverage_groups (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, make_groups, NULL);
}

gchar *
ipc_coverage_cell (const IpcCoverageGroup *group, const gchar *row, const gchar *column)
{
  return g_strdup_printf ("%s/%s/%s", group->name, row, column);
}

const gchar *
ipc_coverage_impossible (const gchar *cell)
{
  for (guint i = 0; i < G_N_ELEMENTS (impossible); i++) {
    if (g_pattern_match_simple (impossible[i].cells, cell))
      return impossible[i].why;
  }
  return NULL;
}

const gchar *
ipc_coverage_flow_name (gint64 result)
{
  static const gchar *const names[]
      = { "ok", "not-linked", "flushing", "eos", "not-negotiated", "error", "not-supported" };

  if (result <= 0 && result > -(gint64)G_N_ELEMENTS (names))
    return names[-result];
  return result > 0 ? "custom-success" : "custom-error";
}

const gchar *
ipc_coverage_state_return_name (gint64 result)
{
  static const gchar *const names[] = { "failure", "success", "async", "no-preroll" };

  return result >= 0 && result < (gint64)G_N_ELEMENTS (names) ? names[result] : "failure";
}
