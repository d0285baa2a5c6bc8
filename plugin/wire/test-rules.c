/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the structure of each type must hold (HOST-2): for each there is one that is taken, and of what is made of it by
 * leaving out or changing any field nothing is taken that GStreamer's own functions, which elements call, complain of.
 * g_test makes every critical and warning fatal.
 */

#include <string.h>

#include "test-parse.h"
#include "test-util.h"

typedef struct {
  IpcPacketType packet;
  guint32 type;
  const gchar *text;
} Object;

#define SEGMENT                                                                                                        \
  "(GstSegment)\"segment, flags=(GstSegmentFlags)0, rate=(double)1, applied-rate=(double)1, format=(GstFormat)time, "  \
  "base=(guint64)0, offset=(guint64)0, start=(guint64)0, stop=(guint64)9, time=(guint64)0, position=(guint64)0, "      \
  "duration=(guint64)0;\""
#define COLLECTION                                                                                                     \
  "(structure)[gst-ipc-object, type=GstStreamCollection, upstream-id=(string)u, streams=(structure)< " STREAM " >]"
#define STREAM                                                                                                         \
  "[gst-ipc-object, type=GstStream, stream-id=(string)s, stream-type=(GstStreamType)1, "                               \
  "stream-flags=(GstStreamFlags)0]"
#define TOC "(structure)[gst-ipc-object, type=GstToc, scope=(GstTocScope)global, entries=(structure)<  >]"
#define CONTEXT                                                                                                        \
  "(structure)[gst-ipc-object, type=GstContext, context-type=(string)c, persistent=(boolean)true, "                    \
  "structure=(structure)[context]]"
#define GERROR "(structure)[gst-ipc-object, type=GError, domain=(string)d, code=(int)1, message=(string)m]"
#define MESSAGE "(structure)[gst-ipc-object, type=GstMessage, message-type=(uint)1, seqnum=(uint)1]"

static const Object objects[] = {
  { IPC_PACKET_EVENT, GST_EVENT_FLUSH_STOP, "e, reset-time=(boolean)true" },
  { IPC_PACKET_EVENT, GST_EVENT_STREAM_START,
      "e, stream-id=(string)s, flags=(GstStreamFlags)0, group-id=(uint)1, stream=(structure)" STREAM },
  { IPC_PACKET_EVENT, GST_EVENT_CAPS, "e, caps=(GstCaps)a/b" },
  { IPC_PACKET_EVENT, GST_EVENT_SEGMENT, "e, segment=" SEGMENT },
  { IPC_PACKET_EVENT, GST_EVENT_STREAM_COLLECTION, "e, collection=" COLLECTION },
  { IPC_PACKET_EVENT, GST_EVENT_TAG, "e, taglist=(taglist)\"taglist, title=(string)t;\"" },
  { IPC_PACKET_EVENT, GST_EVENT_BUFFERSIZE,
      "e, format=(GstFormat)bytes, minsize=(gint64)1, maxsize=(gint64)2, async=(boolean)true" },
  { IPC_PACKET_EVENT, GST_EVENT_SINK_MESSAGE, "e, message=" MESSAGE },
  { IPC_PACKET_EVENT, GST_EVENT_STREAM_GROUP_DONE, "e, group-id=(uint)1" },
  { IPC_PACKET_EVENT, GST_EVENT_TOC, "e, toc=" TOC ", updated=(boolean)true" },
  { IPC_PACKET_EVENT, GST_EVENT_PROTECTION, "e, data=(buffer)00, system_id=(string)s, origin=(string)o" },
  { IPC_PACKET_EVENT, GST_EVENT_SEGMENT_DONE, "e, format=(GstFormat)time, position=(gint64)1" },
  { IPC_PACKET_EVENT, GST_EVENT_GAP, "e, timestamp=(guint64)1, duration=(guint64)2, gap-flags=(GstGapFlags)0" },
  { IPC_PACKET_EVENT, GST_EVENT_INSTANT_RATE_CHANGE, "e, rate=(double)1, flags=(GstSegmentFlags)0" },
  { IPC_PACKET_EVENT, GST_EVENT_QOS,
      "e, type=(GstQOSType)overflow, proportion=(double)1, diff=(gint64)-1, timestamp=(guint64)2" },
  { IPC_PACKET_EVENT, GST_EVENT_SEEK,
      "e, rate=(double)1, format=(GstFormat)time, flags=(GstSeekFlags)1, cur-type=(GstSeekType)set, cur=(gint64)1, "
      "stop-type=(GstSeekType)none, stop=(gint64)2, trickmode-interval=(guint64)1" },
  { IPC_PACKET_EVENT, GST_EVENT_LATENCY, "e, latency=(guint64)1" },
  { IPC_PACKET_EVENT, GST_EVENT_STEP,
      "e, format=(GstFormat)time, amount=(guint64)1, rate=(double)1, flush=(boolean)true, intermediate=(boolean)true" },
  { IPC_PACKET_EVENT, GST_EVENT_TOC_SELECT, "e, uid=(string)u" },
  { IPC_PACKET_EVENT, GST_EVENT_SELECT_STREAMS, "e, streams=(string){ a, b }" },
  { IPC_PACKET_EVENT, GST_EVENT_INSTANT_RATE_SYNC_TIME,
      "e, rate=(double)1, running-time=(guint64)1, upstream-running-time=(guint64)1" },

  { IPC_PACKET_QUERY, GST_QUERY_POSITION, "q, format=(GstFormat)time, current=(gint64)1" },
  { IPC_PACKET_QUERY, GST_QUERY_DURATION, "q, format=(GstFormat)time, duration=(gint64)1" },
  { IPC_PACKET_QUERY, GST_QUERY_LATENCY, "q, live=(boolean)true, min-latency=(guint64)1, max-latency=(guint64)2" },
  { IPC_PACKET_QUERY, GST_QUERY_SEGMENT,
      "q, rate=(double)1, format=(GstFormat)time, start_value=(gint64)1, stop_value=(gint64)2" },
  { IPC_PACKET_QUERY, GST_QUERY_SEEKING,
      "q, format=(GstFormat)time, seekable=(boolean)true, segment-start=(gint64)1, segment-end=(gint64)2" },
  { IPC_PACKET_QUERY, GST_QUERY_CONVERT,
      "q, src_format=(GstFormat)time, src_value=(gint64)1, dest_format=(GstFormat)time, dest_value=(gint64)1" },
  { IPC_PACKET_QUERY, GST_QUERY_FORMATS, "q, formats=(GstFormat){ time, bytes }" },
  { IPC_PACKET_QUERY, GST_QUERY_BUFFERING,
      "q, busy=(boolean)true, buffer-percent=(int)1, buffering-mode=(GstBufferingMode)stream, avg-in-rate=(int)1, "
      "avg-out-rate=(int)1, buffering-left=(gint64)1, estimated-total=(gint64)1, format=(GstFormat)time, "
      "start_value=(gint64)1, stop_value=(gint64)1" },
  { IPC_PACKET_QUERY, GST_QUERY_URI,
      "q, uri=(string)u, uri-redirection=(string)r, uri-redirection-permanent=(boolean)true" },
  { IPC_PACKET_QUERY, GST_QUERY_ALLOCATION, "q, caps=(GstCaps)a/b, need-pool=(boolean)true" },
  { IPC_PACKET_QUERY, GST_QUERY_SCHEDULING,
      "q, flags=(GstSchedulingFlags)0, minsize=(int)1, maxsize=(int)1, align=(int)1" },
  { IPC_PACKET_QUERY, GST_QUERY_ACCEPT_CAPS, "q, caps=(GstCaps)a/b, result=(boolean)true" },
  { IPC_PACKET_QUERY, GST_QUERY_CAPS, "q, filter=(GstCaps)a/b, caps=(GstCaps)a/b" },
  { IPC_PACKET_QUERY, GST_QUERY_CONTEXT, "q, context-type=(string)c, context=" CONTEXT },
  { IPC_PACKET_QUERY, GST_QUERY_BITRATE, "q, nominal-bitrate=(uint)1" },
  { IPC_PACKET_QUERY, GST_QUERY_SELECTABLE, "q, selectable=(boolean)true" },

  { IPC_PACKET_MESSAGE, GST_MESSAGE_ERROR, "m, gerror=" GERROR ", debug=(string)d, details=(structure)[d]" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_WARNING, "m, gerror=" GERROR ", debug=(string)d, details=(structure)[d]" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_INFO, "m, gerror=" GERROR ", debug=(string)d, details=(structure)[d]" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_TAG, "m, taglist=(taglist)\"taglist, title=(string)t;\"" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_BUFFERING,
      "m, buffer-percent=(int)1, buffering-mode=(GstBufferingMode)stream, avg-in-rate=(int)1, avg-out-rate=(int)1, "
      "buffering-left=(gint64)1" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_STATE_CHANGED,
      "m, old-state=(GstState)null, new-state=(GstState)ready, pending-state=(GstState)paused" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_STEP_DONE,
      "m, format=(GstFormat)time, amount=(guint64)1, rate=(double)1, flush=(boolean)true, intermediate=(boolean)true, "
      "duration=(guint64)1, eos=(boolean)true" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_SEGMENT_START, "m, format=(GstFormat)time, position=(gint64)1" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_SEGMENT_DONE, "m, format=(GstFormat)time, position=(gint64)1" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_ASYNC_DONE, "m, running-time=(guint64)1" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_REQUEST_STATE, "m, new-state=(GstState)ready" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_STEP_START,
      "m, active=(boolean)true, format=(GstFormat)time, amount=(guint64)1, rate=(double)1, flush=(boolean)true, "
      "intermediate=(boolean)true" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_QOS,
      "m, live=(boolean)true, running-time=(guint64)1, stream-time=(guint64)1, timestamp=(guint64)1, "
      "duration=(guint64)1, jitter=(gint64)1, proportion=(double)1, quality=(int)1, format=(GstFormat)time, "
      "processed=(guint64)1, dropped=(guint64)1" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_PROGRESS,
      "m, type=(GstProgressType)start, code=(string)c, text=(string)t, percent=(int)1, timeout=(int)1" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_RESET_TIME, "m, running-time=(guint64)1" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_STREAM_START, "m, group-id=(uint)1" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_TOC, "m, toc=" TOC ", updated=(boolean)true" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_NEED_CONTEXT, "m, context-type=(string)c" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_HAVE_CONTEXT, "m, context=" CONTEXT },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_PROPERTY_NOTIFY, "m, property-name=(string)p, property-value=(int)1" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_STREAM_COLLECTION, "m, collection=" COLLECTION },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_STREAMS_SELECTED,
      "m, collection=" COLLECTION ", streams=(structure)< " STREAM " >" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_REDIRECT,
      "m, redirect-entry-locations=(string){ l }, redirect-entry-taglists=(taglist){ \"taglist;\" }, "
      "redirect-entry-structures=(structure){ [s] }" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_INSTANT_RATE_REQUEST, "m, rate=(double)1" },
};

/* Impossible though every field is of its type. */
static const Object impossible[] = {
  { IPC_PACKET_EVENT, GST_EVENT_STREAM_START, "e, stream-id=(string)s, group-id=(uint)0" },
  { IPC_PACKET_EVENT, GST_EVENT_CAPS, "e, caps=(GstCaps)ANY" },
  { IPC_PACKET_EVENT, GST_EVENT_CAPS, "e, caps=(GstCaps)EMPTY" },
  { IPC_PACKET_EVENT, GST_EVENT_STREAM_GROUP_DONE, "e, group-id=(uint)0" },
  { IPC_PACKET_EVENT, GST_EVENT_GAP, "e, timestamp=(guint64)18446744073709551615, duration=(guint64)2" },
  { IPC_PACKET_EVENT, GST_EVENT_INSTANT_RATE_CHANGE, "e, rate=(double)0, flags=(GstSegmentFlags)0" },
  { IPC_PACKET_EVENT, GST_EVENT_INSTANT_RATE_CHANGE, "e, rate=(double)inf, flags=(GstSegmentFlags)0" },
  { IPC_PACKET_EVENT, GST_EVENT_QOS,
      "e, type=(GstQOSType)overflow, proportion=(double)nan, diff=(gint64)1, timestamp=(guint64)2" },
  { IPC_PACKET_EVENT, GST_EVENT_QOS,
      "e, type=(GstQOSType)overflow, proportion=(double)1, diff=(gint64)-3, timestamp=(guint64)2" },
  { IPC_PACKET_EVENT, GST_EVENT_LATENCY, "e, latency=(guint64)18446744073709551615" },
  { IPC_PACKET_EVENT, GST_EVENT_STEP,
      "e, format=(GstFormat)time, amount=(guint64)1, rate=(double)-1, flush=(boolean)true, "
      "intermediate=(boolean)true" },
  { IPC_PACKET_EVENT, GST_EVENT_STEP,
      "e, format=(GstFormat)time, amount=(guint64)1, rate=(double)inf, flush=(boolean)true, "
      "intermediate=(boolean)true" },
  { IPC_PACKET_EVENT, GST_EVENT_SELECT_STREAMS, "e, streams=(string)< a, b >" },
  { IPC_PACKET_EVENT, GST_EVENT_SELECT_STREAMS, "e, streams=(string){ a, NULL }" },
  { IPC_PACKET_QUERY, GST_QUERY_CONTEXT, "q, context-type=(string)other, context=" CONTEXT },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_BUFFERING,
      "m, buffer-percent=(int)-1, buffering-mode=(GstBufferingMode)stream, avg-in-rate=(int)1, avg-out-rate=(int)1, "
      "buffering-left=(gint64)1" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_STREAM_START, "m, group-id=(uint)0" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_STREAMS_SELECTED,
      "m, collection=" COLLECTION ", streams=(structure){ " STREAM " }" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_REDIRECT,
      "m, redirect-entry-locations=(string){ }, redirect-entry-taglists=(taglist){ }, "
      "redirect-entry-structures=(structure){ }" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_REDIRECT,
      "m, redirect-entry-locations=(string){ l, l }, redirect-entry-taglists=(taglist){ \"taglist;\" }, "
      "redirect-entry-structures=(structure){ [s] }" },
  { IPC_PACKET_MESSAGE, GST_MESSAGE_REDIRECT,
      "m, redirect-entry-locations=(string){ l }, redirect-entry-taglists=(taglist){ \"taglist;\" }, "
      "redirect-entry-structures=(structure){ [s], [s] }" },
};

/* Makes an object of what @text says; TRUE when that is taken. It is then read as elements do. */
static gboolean
try_object (IpcPacketType packet_type, guint32 type, const gchar *text)
{
  IpcPacket packet = { .header.type = packet_type, .form = IPC_FORM_OBJECTS };
  g_autoptr (GError) error = NULL;

  g_test_message ("%u 0x%x %s", packet_type, type, text);
  if (packet_type == IPC_PACKET_EVENT) {
    g_autoptr (GstEvent) event = NULL;

    packet.event.type = type;
    packet.event.seqnum = 1;
    packet.event.upstream = TRUE;
    packet.event.structure = text;
    event = ipc_event_from_packet (&packet, &error);
    if (event)
      test_parse_event (event);
  } else if (packet_type == IPC_PACKET_QUERY) {
    g_autoptr (GstQuery) query = NULL;

    packet.query.type = type;
    packet.query.structure = text;
    query = ipc_query_from_packet (&packet, &error);
    if (query)
      test_parse_query (query, FALSE);
  } else {
    g_autoptr (GstMessage) message = NULL;

    packet.message.type = type;
    packet.message.structure = text;
    message = ipc_message_from_packet (&packet, NULL, &error);
    if (message)
      test_parse_message (message);
  }
  g_assert_true (!error || error->domain == IPC_WIRE_ERROR);
  return !error;
}

/* Lets @text answer a query that is as @object says; TRUE when it is taken. */
static gboolean
try_answer (const Object *object, gboolean result, const gchar *text)
{
  IpcPacket question = { .header.type = IPC_PACKET_QUERY, .form = IPC_FORM_OBJECTS };
  IpcPacket answer = { .header.type = IPC_PACKET_QUERY_RESULT, .form = IPC_FORM_OBJECTS };
  g_autoptr (GstQuery) query = NULL;
  gboolean taken;

  question.query.type = object->type;
  question.query.structure = object->text;
  query = ipc_query_from_packet (&question, NULL);
  answer.query_result.type = object->type;
  answer.query_result.result = result;
  answer.query_result.structure = text;
  taken = ipc_query_update_from_packet (query, &answer, NULL);
  test_parse_query (query, taken && result);
  return taken;
}

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    g_assert_true (try_object (objects[i].packet, objects[i].type, objects[i].text));
  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    g_assert_true (objects[i].packet != IPC_PACKET_QUERY || try_answer (&objects[i], TRUE, objects[i].text));
}

static void
test_impossible (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (impossible); i++)
    g_assert_false (try_object (impossible[i].packet, impossible[i].type, impossible[i].text));
}

/* The end of the field that begins at @field: a comma or the end that no bracket or quote is around. */
static const gchar *
find_field_end (const gchar *field)
{
  gint open = 0;
  gboolean quoted = FALSE;

  for (; *field && (open > 0 || quoted || *field != ','); field++) {
    if (*field == '"')
      quoted = !quoted;
    else if (!quoted && strchr ("[{<(", *field))
      open++;
    else if (!quoted && strchr ("]}>)", *field))
      open--;
  }
  return field;
}

/* @text with its field from @field to @end having another value, or none when @value is NULL. */
static void
try_with (const Object *object, const gchar *field, const gchar *end, const gchar *value)
{
  GString *text = g_string_new_len (object->text, field - object->text);

  if (value)
    g_string_append_printf (text, ",%.*s%s", (gint)(strchr (field, '=') - field), field + 1, value);
  g_string_append (text, end);
  try_object (object->packet, object->type, text->str);
  if (object->packet == IPC_PACKET_QUERY) {
    try_answer (object, TRUE, text->str);
    try_answer (object, FALSE, text->str);
  }
  g_string_free (text, TRUE);
}

static void
test_changed_fields (void)
{
  const gchar *const values[] = { NULL, "(int)0", "(int)-1", "(uint)0", "(gint64)-1", "(guint64)18446744073709551615",
    "(double)0", "(double)nan", "(double)inf", "(boolean)false", "(string)NULL", "(string)\"\"", "(GstCaps)NULL",
    "(GstCaps)ANY", "(GstCaps)EMPTY", "(GstFormat)undefined", "(buffer)00", "(structure)[s]", "(taglist)\"taglist;\"",
    "(string){ }", "(string)< >", "(string){ a, NULL }", "(GstCaps){ a/b }", "(int)[ 1, 2 ]", "(GstState)void-pending",
    "(structure)[gst-ipc-object, type=GstBuffer]", "(structure)[gst-ipc-object, type=GstStream, null=(boolean)true]",
    "(structure)[gst-ipc-object, type=GstToc, null=(boolean)true]",
    "(structure)[gst-ipc-object, type=GstContext, null=(boolean)true]",
    "(structure)[gst-ipc-object, type=GstStreamCollection, null=(boolean)true]",
    "(structure)[gst-ipc-object, type=GstMessage, null=(boolean)true]",
    "(structure)[gst-ipc-object, type=GError, null=(boolean)true]" };

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++) {
    const gchar *field = strchr (objects[i].text, ',');

    while (*field) {
      const gchar *end = find_field_end (field + 1);

      for (guint v = 0; v < G_N_ELEMENTS (values); v++)
        try_with (&objects[i], field, end, values[v]);
      field = end;
    }
    try_object (objects[i].packet, objects[i].type, NULL);
  }
}

/* A newer GStreamer may have more of them. */
static void
test_unknown_types (void)
{
  const guint32 types[] = { 0, 1, 2, 3, 0x7fffffff, 0x80000000, 0xffffffff };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_assert_false (try_object (IPC_PACKET_EVENT, types[i], "e"));
    g_assert_false (try_object (IPC_PACKET_QUERY, types[i], "q"));
  }
  g_assert_false (try_object (IPC_PACKET_MESSAGE, GST_MESSAGE_DEVICE_ADDED, "m"));
  g_assert_false (try_object (IPC_PACKET_MESSAGE, GST_MESSAGE_EOS | GST_MESSAGE_TAG, "m"));
  g_assert_false (try_object (IPC_PACKET_MESSAGE, GST_MESSAGE_ANY, "m"));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/rules/each-type-is-taken", test_good);
  g_test_add_func ("/wire/rules/impossible-values-are-refused", test_impossible);
  g_test_add_func ("/wire/rules/what-is-taken-can-be-read", test_changed_fields);
  g_test_add_func ("/wire/rules/unknown-types-are-refused", test_unknown_types);
  return g_test_run ();
}
