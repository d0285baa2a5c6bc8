/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects arrive as they were sent; what text cannot carry is not sent; what no element could take is not made. g_test
 * makes every critical and warning fatal.
 */

#include <math.h>
#include <string.h>

#include "test-util.h"
#include "text.h"

static GstEvent *
carry_event (GstEvent *event)
{
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcPacket) received = { 0 };
  g_autoptr (GError) error = NULL;
  GstEvent *arrived;

  ipc_packet_build_event (&packet, event, GST_EVENT_IS_UPSTREAM (event), &error);
  g_assert_no_error (error);
  test_send (&packet, &received);
  arrived = ipc_event_from_packet (&received, &error);
  g_assert_no_error (error);
  return arrived;
}

static void
check_event (GstEvent *event)
{
  g_autoptr (GstEvent) sent = event;
  g_autoptr (GstEvent) arrived = carry_event (event);

  g_assert_cmpint (GST_EVENT_TYPE (arrived), ==, GST_EVENT_TYPE (sent));
  g_assert_cmpuint (gst_event_get_seqnum (arrived), ==, gst_event_get_seqnum (sent));
  if (!gst_event_get_structure (sent))
    g_assert_null (gst_event_get_structure (arrived));
  else
    g_assert_true (gst_structure_is_equal (gst_event_get_structure (arrived), gst_event_get_structure (sent)));
}

static void
test_events (void)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-raw(memory:DMABuf), format=NV12, framerate=30/1, a=<1,2>");
  GstSegment segment;
  GList streams = { (gpointer) "one", NULL, NULL };

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  segment.rate = -0.1;
  segment.start = 7;
  check_event (gst_event_new_flush_start ());
  check_event (gst_event_new_flush_stop (FALSE));
  check_event (gst_event_new_stream_start ("a \"name\" with, all; (sorts)"));
  check_event (gst_event_new_caps (caps));
  check_event (gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "\xc3\xa4", GST_TAG_TRACK_NUMBER, 4, NULL)));
  check_event (gst_event_new_buffer_size (GST_FORMAT_BYTES, 1, 2, TRUE));
  check_event (gst_event_new_stream_group_done (1));
  check_event (gst_event_new_eos ());
  check_event (gst_event_new_segment_done (GST_FORMAT_TIME, 4));
  check_event (gst_event_new_gap (0, GST_CLOCK_TIME_NONE));
  check_event (gst_event_new_instant_rate_change (0.5, GST_SEGMENT_FLAG_TRICKMODE));
  check_event (gst_event_new_qos (GST_QOS_TYPE_OVERFLOW, 1 / 3.0, -1, 1));
  check_event (gst_event_new_seek (
      -1, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_TRICKMODE, GST_SEEK_TYPE_SET, 1, GST_SEEK_TYPE_END, -1));
  check_event (
      gst_event_new_navigation (gst_structure_new ("application/x-gst-navigation", "x", G_TYPE_DOUBLE, 1.5, NULL)));
  check_event (gst_event_new_latency (0));
  check_event (gst_event_new_step (GST_FORMAT_BUFFERS, 1, 1.0, TRUE, TRUE));
  check_event (gst_event_new_reconfigure ());
  check_event (gst_event_new_toc_select ("uid"));
  check_event (gst_event_new_select_streams (&streams));
  check_event (gst_event_new_instant_rate_sync_time (0.5, 1, 2));
  check_event (gst_event_new_custom (GST_EVENT_CUSTOM_BOTH_OOB, NULL));
  check_event (gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, gst_structure_new_empty ("GstForceKeyUnit")));
}

static void
test_event_contents (void)
{
  g_autoptr (GstBuffer) data = gst_buffer_new_memdup ("pssh", 4);
  GstTagList *global = gst_tag_list_new (GST_TAG_TITLE, "t", NULL);
  g_autoptr (GstEvent) tag = NULL;
  g_autoptr (GstEvent) protection = gst_event_new_protection ("id", data, NULL);
  g_autoptr (GstEvent) arrived_tag = NULL;
  g_autoptr (GstEvent) arrived = carry_event (protection);
  GstTagList *tags;
  GstBuffer *carried;

  gst_event_parse_protection (arrived, NULL, &carried, NULL);
  g_assert_cmpint (gst_buffer_memcmp (carried, 0, "pssh", 4), ==, 0);
  gst_tag_list_set_scope (global, GST_TAG_SCOPE_GLOBAL);
  tag = gst_event_new_tag (global);
  arrived_tag = carry_event (tag);
  gst_event_parse_tag (arrived_tag, &tags);
  g_assert_cmpint (gst_tag_list_get_scope (tags), ==, GST_TAG_SCOPE_GLOBAL);
}

static void
test_tag_list_sample (void)
{
  g_autoptr (GstBuffer) image = gst_buffer_new_memdup ("\x89PNG\0\xff", 6);
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("image/png");
  g_autoptr (GstSample) sample = gst_sample_new (image, caps, NULL, gst_structure_new_empty ("info"));
  g_autoptr (GstEvent) event = gst_event_new_tag (gst_tag_list_new (GST_TAG_IMAGE, sample, NULL));
  g_autoptr (GstEvent) arrived = carry_event (event);
  g_autoptr (GstSample) carried = NULL;
  GstTagList *tags;

  gst_event_parse_tag (arrived, &tags);
  g_assert_true (gst_tag_list_get_sample (tags, GST_TAG_IMAGE, &carried));
  g_assert_cmpint (gst_buffer_memcmp (gst_sample_get_buffer (carried), 0, "\x89PNG\0\xff", 6), ==, 0);
  g_assert_true (gst_caps_is_equal (gst_sample_get_caps (carried), caps));
}

/* OBJ-1 */
static void
test_stream_start_without_stream (void)
{
  g_autoptr (GstStream) stream = gst_stream_new ("s", NULL, GST_STREAM_TYPE_AUDIO, GST_STREAM_FLAG_NONE);
  g_autoptr (GstEvent) event = gst_event_new_stream_start ("id");
  g_autoptr (GstEvent) arrived = NULL;
  g_autoptr (GstStream) carried = NULL;
  guint group = 0;

  gst_event_set_stream (event, stream);
  gst_event_set_group_id (event, 9);
  arrived = carry_event (event);
  gst_event_parse_stream (arrived, &carried);
  g_assert_null (carried);
  g_assert_true (gst_event_parse_group_id (arrived, &group));
  g_assert_cmpuint (group, ==, 9);
}

static void
check_not_sent (GstEvent *event)
{
  g_autoptr (GstEvent) owned = event;
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (ipc_packet_build_event (&packet, owned, FALSE, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE);
}

static void
test_objects_are_not_sent (void)
{
  g_autoptr (GstStreamCollection) collection = gst_stream_collection_new (NULL);
  g_autoptr (GstToc) toc = gst_toc_new (GST_TOC_SCOPE_GLOBAL);
  g_autoptr (GstMessage) message = gst_message_new_streams_selected (NULL, collection);
  g_autoptr (GstStructure) inner = gst_structure_new ("b", "p", G_TYPE_POINTER, NULL, NULL);
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;

  check_not_sent (gst_event_new_stream_collection (collection));
  check_not_sent (gst_event_new_toc (toc, FALSE));
  check_not_sent (gst_event_new_custom (
      GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new ("a", "inner", GST_TYPE_STRUCTURE, inner, NULL)));
  check_not_sent (gst_event_new_custom (
      GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new ("a", "tags", GST_TYPE_TAG_LIST, NULL, NULL)));
  check_not_sent (
      gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new ("a", "a name", G_TYPE_INT, 1, NULL)));
  g_assert_false (ipc_packet_build_message (&packet, message, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE);
}

static void
receive_text (IpcPacket *packet, IpcPacketType type, guint32 object_type, const gchar *text)
{
  g_auto (IpcPacket) built = { 0 };

  built.header.type = type;
  if (type == IPC_PACKET_EVENT) {
    built.event.type = object_type;
    built.event.seqnum = 1;
    built.event.upstream = TRUE;
    built.event.structure = text;
  } else if (type == IPC_PACKET_QUERY) {
    built.query.type = object_type;
    built.query.structure = text;
  } else if (type == IPC_PACKET_QUERY_RESULT) {
    built.query_result.type = object_type;
    built.query_result.result = TRUE;
    built.query_result.structure = text;
  } else {
    built.message.type = object_type;
    built.message.structure = text;
  }
  test_send (&built, packet);
}

static GstQuery *
carry_query (GstQuery *query)
{
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcPacket) received = { 0 };
  g_autoptr (GError) error = NULL;
  GstQuery *arrived;

  ipc_packet_build_query (&packet, query, FALSE, &error);
  g_assert_no_error (error);
  test_send (&packet, &received);
  arrived = ipc_query_from_packet (&received, &error);
  g_assert_no_error (error);
  return arrived;
}

/* Sends @answer as the result and lets @query take it over. */
static void
answer_query (GstQuery *query, GstQuery *answer)
{
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcPacket) received = { 0 };
  g_autoptr (GError) error = NULL;

  ipc_packet_build_query_result (&packet, 5, answer, TRUE);
  test_send (&packet, &received);
  g_assert_cmpuint (received.header.id, ==, 5);
  ipc_query_update_from_packet (query, &received, &error);
  g_assert_no_error (error);
}

/* A query without structure, which a custom one may be. */
static void
test_bare_query (void)
{
  g_autoptr (GstQuery) query = gst_query_new_custom (GST_QUERY_CUSTOM, NULL);
  g_autoptr (GstQuery) arrived = carry_query (query);
  g_autoptr (GstQuery) named = gst_query_new_custom (GST_QUERY_CUSTOM, gst_structure_new_empty ("q"));

  g_assert_null (gst_query_get_structure (arrived));
  answer_query (query, named);
  answer_query (named, query);
  g_assert_true (gst_structure_has_name (gst_query_get_structure (named), "q"));
}

static void
test_query_answer (void)
{
  g_autoptr (GstQuery) query = gst_query_new_duration (GST_FORMAT_TIME);
  g_autoptr (GstQuery) asked = carry_query (query);
  g_autoptr (GstQuery) formats = gst_query_new_formats ();
  g_autoptr (GstQuery) many = gst_query_new_formats ();
  GstFormat format;
  gint64 duration;
  guint n;

  gst_query_set_duration (asked, GST_FORMAT_TIME, 77);
  answer_query (query, asked);
  gst_query_parse_duration (query, &format, &duration);
  g_assert_cmpint (duration, ==, 77);
  gst_query_set_formats (many, 2, GST_FORMAT_TIME, GST_FORMAT_BYTES);
  answer_query (formats, many);
  gst_query_parse_n_formats (formats, &n);
  g_assert_cmpuint (n, ==, 2);
}

/* OBJ-2 */
static void
test_caps_queries (void)
{
  g_autoptr (GstCaps) any = gst_caps_new_any ();
  g_autoptr (GstCaps) none = gst_caps_new_empty ();
  g_autoptr (GstCaps) some = gst_caps_from_string ("a/b; c/d, x={ 1, 3 }, y=[ 3, 5 ]");
  g_autoptr (GstQuery) unfiltered = gst_query_new_caps (NULL);
  g_autoptr (GstQuery) with_any = gst_query_new_caps (any);
  g_autoptr (GstQuery) with_none = gst_query_new_caps (none);
  g_autoptr (GstQuery) with_some = gst_query_new_caps (some);
  g_autoptr (GstQuery) arrived = carry_query (unfiltered);
  g_autoptr (GstQuery) arrived_any = carry_query (with_any);
  g_autoptr (GstQuery) arrived_some = carry_query (with_some);
  g_auto (IpcPacket) packet = { 0 };
  GstCaps *caps;

  gst_query_parse_caps (arrived, &caps);
  g_assert_null (caps);
  gst_query_parse_caps (arrived_any, &caps);
  g_assert_null (caps);
  gst_query_parse_caps (arrived_some, &caps);
  g_assert_true (gst_caps_is_equal (caps, some));
  g_assert_false (ipc_packet_build_query (&packet, with_none, FALSE, NULL));
  gst_query_set_caps_result (arrived, none);
  answer_query (unfiltered, arrived);
  gst_query_parse_caps_result (unfiltered, &caps);
  g_assert_true (gst_caps_is_empty (caps));
}

/* OBJ-3 */
static void
test_received_filters (void)
{
  const gchar *const texts[] = { "GstQueryCaps, filter=(GstCaps)ANY, caps=(GstCaps)\"NULL\";",
    "GstQueryCaps, filter=(GstCaps)EMPTY, caps=(GstCaps)\"NULL\";" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_auto (IpcPacket) packet = { 0 };
    g_autoptr (GstQuery) query = NULL;
    GstCaps *filter;

    receive_text (&packet, IPC_PACKET_QUERY, GST_QUERY_CAPS, texts[i]);
    query = ipc_query_from_packet (&packet, NULL);
    g_assert_nonnull (query);
    gst_query_parse_caps (query, &filter);
    g_assert_true (i == 0 ? gst_caps_is_any (filter) : gst_caps_is_empty (filter));
  }
}

static void
test_allocation_answer (void)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("a/b");
  g_autoptr (GstQuery) query = gst_query_new_allocation (caps, TRUE);
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean need_pool;

  gst_query_add_allocation_pool (query, NULL, 10, 1, 2);
  /* what Debian's plugin writes for a pool */
  receive_text (&packet, IPC_PACKET_QUERY_RESULT, GST_QUERY_ALLOCATION,
      "GstQueryAllocation, caps=(GstCaps)a/b, need-pool=(boolean)false, pool=(GArray)NULL;");
  g_assert_true (ipc_query_update_from_packet (query, &packet, &error));
  g_assert_no_error (error);
  gst_query_parse_allocation (query, NULL, &need_pool);
  g_assert_false (need_pool);
  g_assert_cmpuint (gst_query_get_n_allocation_pools (query), ==, 1);
}

static void
test_bad_answers (void)
{
  const struct {
    GstQueryType type;
    const gchar *text;
  } answers[] = {
    { GST_QUERY_POSITION, "GstQueryPosition, format=(GstFormat)time, current=(gint64)1;" },
    { GST_QUERY_DURATION, "GstQueryDuration, format=(GstFormat)time, duration=(int)1;" },
    { GST_QUERY_DURATION, "GstQueryDuration, format=(GstFormat)time;" },
    { GST_QUERY_DURATION, NULL },
    { GST_QUERY_DURATION, "GstQueryDuration, format=" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autoptr (GstQuery) query = gst_query_new_duration (GST_FORMAT_BYTES);
    g_autoptr (GstQuery) before = gst_query_copy (query);
    g_auto (IpcPacket) packet = { 0 };
    g_autoptr (GError) error = NULL;

    receive_text (&packet, IPC_PACKET_QUERY_RESULT, answers[i].type, answers[i].text);
    g_assert_false (ipc_query_update_from_packet (query, &packet, &error));
    g_assert_true (error && error->domain == IPC_WIRE_ERROR);
    g_assert_true (gst_structure_is_equal (gst_query_get_structure (query), gst_query_get_structure (before)));
  }
}

static void
test_impossible_objects (void)
{
  const struct {
    IpcPacketType packet;
    guint32 type;
    const gchar *text;
  } objects[] = {
    { IPC_PACKET_EVENT, 0, NULL },
    { IPC_PACKET_EVENT, 0xffffffff, "a;" },
    { IPC_PACKET_EVENT, GST_EVENT_STREAM_COLLECTION, "stream-collection;" },
    { IPC_PACKET_EVENT, GST_EVENT_CAPS, NULL },
    { IPC_PACKET_EVENT, GST_EVENT_CAPS, "GstEventCaps, caps=(GstCaps)\"NULL\";" },
    { IPC_PACKET_EVENT, GST_EVENT_CAPS, "GstEventCaps, caps=(GstCaps)ANY;" },
    { IPC_PACKET_EVENT, GST_EVENT_CAPS, "GstEventCaps, caps=(GstCaps)\"a/b\\,x\\=\\(int\\)\\[1\\,2\\]\";" },
    { IPC_PACKET_EVENT, GST_EVENT_CAPS, "GstEventCaps, caps=(string)a/b;" },
    { IPC_PACKET_EVENT, GST_EVENT_CAPS,
        "GstEventCaps, "
        "caps=(GstCaps)\"audio/x-raw\\,channels\\=2\\,channel-mask\\=\\(bitmask\\)0x8000000000000001\";" },
    { IPC_PACKET_EVENT, GST_EVENT_CAPS,
        "GstEventCaps, "
        "caps=(GstCaps)\"audio/x-raw\\,channels\\=2\\,channel-mask\\=\\(bitmask\\)0x2\";" },
    { IPC_PACKET_EVENT, GST_EVENT_GAP, "GstEventGap, timestamp=(guint64)18446744073709551615, duration=(guint64)1;" },
    { IPC_PACKET_EVENT, GST_EVENT_STREAM_START, "a, stream-id=(string)NULL;" },
    { IPC_PACKET_EVENT, GST_EVENT_STREAM_START, "a, stream-id=(string)x, group-id=(uint)0;" },
    { IPC_PACKET_EVENT, GST_EVENT_STREAM_GROUP_DONE, "a, group-id=(uint)0;" },
    { IPC_PACKET_EVENT, GST_EVENT_TAG, "a, taglist=(taglist)\"taglist\\, title\\=\\(int\\)1\";" },
    { IPC_PACKET_EVENT, GST_EVENT_SINK_MESSAGE, "a, message=(GstMessage)NULL;" },
    { IPC_PACKET_EVENT, GST_EVENT_SELECT_STREAMS, "a, streams=(int){ 1 };" },
    { IPC_PACKET_QUERY, GST_QUERY_FORMATS, "a, formats=(int){ 1 };" },
    { IPC_PACKET_QUERY, GST_QUERY_FORMATS, "a, formats=(int)1;" },
    { IPC_PACKET_QUERY, 0x7fffffff, "a;" },
    { IPC_PACKET_MESSAGE, GST_MESSAGE_ERROR, "a;" },
    { IPC_PACKET_MESSAGE, GST_MESSAGE_EOS | GST_MESSAGE_TAG, NULL },
    { IPC_PACKET_MESSAGE, GST_MESSAGE_ELEMENT, NULL },
    { IPC_PACKET_MESSAGE, GST_MESSAGE_STREAM_START, "a, group-id=(uint)0;" },
    { IPC_PACKET_MESSAGE, GST_MESSAGE_BUFFERING,
        "a, buffer-percent=(int)101, buffering-mode=(GstBufferingMode)stream, avg-in-rate=(int)-1, "
        "avg-out-rate=(int)-1, buffering-left=(gint64)-1;" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++) {
    g_auto (IpcPacket) packet = { 0 };
    g_autoptr (GError) error = NULL;
    gpointer object;

    receive_text (&packet, objects[i].packet, objects[i].type, objects[i].text);
    if (objects[i].packet == IPC_PACKET_EVENT)
      object = ipc_event_from_packet (&packet, &error);
    else if (objects[i].packet == IPC_PACKET_QUERY)
      object = ipc_query_from_packet (&packet, &error);
    else
      object = ipc_message_from_packet (&packet, NULL, &error);
    g_assert_null (object);
    g_assert_true (error && error->domain == IPC_WIRE_ERROR);
  }
}

/* OBJ-4, OBJ-5 */
static void
test_buffer (void)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_memdup ("the data", 8);
  g_autoptr (GstBuffer) arrived = NULL;
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("a/b");
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcPacket) received = { 0 };
  g_autoptr (GError) error = NULL;
  guint skipped = 0;

  GST_BUFFER_PTS (buffer) = 1;
  GST_BUFFER_DTS (buffer) = 2;
  GST_BUFFER_DURATION (buffer) = 3;
  GST_BUFFER_OFFSET (buffer) = 4;
  GST_BUFFER_OFFSET_END (buffer) = 5;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT | GST_BUFFER_FLAG_DISCONT);
  gst_buffer_add_protection_meta (buffer, gst_structure_new ("p", "iv", G_TYPE_UINT, 8, NULL));
  gst_buffer_add_reference_timestamp_meta (buffer, caps, 1, 2);
  g_assert_true (ipc_packet_build_buffer (&packet, buffer, &error));
  g_assert_cmpuint (packet.buffer.n_metas, ==, 2);
  g_assert_null (packet.buffer.metas[0].text);
  g_assert_nonnull (packet.buffer.metas[1].text);
  packet.buffer.data = (const guint8 *)"the data";
  test_send (&packet, &received);
  arrived = ipc_buffer_from_packet (&received, NULL, &skipped, &error);
  g_assert_no_error (error);
  ipc_packet_clear (&received);
  g_assert_cmpuint (skipped, ==, 1);
  g_assert_cmpuint (GST_BUFFER_PTS (arrived), ==, 1);
  g_assert_cmpuint (GST_BUFFER_DTS (arrived), ==, 2);
  g_assert_cmpuint (GST_BUFFER_DURATION (arrived), ==, 3);
  g_assert_cmpuint (GST_BUFFER_OFFSET (arrived), ==, 4);
  g_assert_cmpuint (GST_BUFFER_OFFSET_END (arrived), ==, 5);
  g_assert_cmpuint (GST_BUFFER_FLAGS (arrived), ==, GST_BUFFER_FLAGS (buffer));
  g_assert_cmpint (gst_buffer_memcmp (arrived, 0, "the data", 8), ==, 0);
  g_assert_cmpuint (gst_buffer_get_size (arrived), ==, 8);
  g_assert_true (gst_structure_is_equal (
      gst_buffer_get_protection_meta (arrived)->info, gst_buffer_get_protection_meta (buffer)->info));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/object/events-arrive-as-they-were", test_events);
  g_test_add_func ("/wire/object/protection-data-and-tag-scope-arrive", test_event_contents);
  g_test_add_func ("/wire/object/images-in-tags-arrive", test_tag_list_sample);
  g_test_add_func ("/wire/object/stream-start-goes-without-stream", test_stream_start_without_stream);
  g_test_add_func ("/wire/object/what-text-cannot-carry-is-not-sent", test_objects_are_not_sent);
  g_test_add_func ("/wire/object/queries-need-no-structure", test_bare_query);
  g_test_add_func ("/wire/object/answer-is-taken-over", test_query_answer);
  g_test_add_func ("/wire/object/caps-filters-arrive", test_caps_queries);
  g_test_add_func ("/wire/object/any-and-empty-filters-are-taken", test_received_filters);
  g_test_add_func ("/wire/object/own-pools-survive-an-allocation-answer", test_allocation_answer);
  g_test_add_func ("/wire/object/bad-answer-leaves-the-query-alone", test_bad_answers);
  g_test_add_func ("/wire/object/impossible-objects-are-not-made", test_impossible_objects);
  g_test_add_func ("/wire/object/buffer-arrives-as-it-was", test_buffer);
  return g_test_run ();
}
