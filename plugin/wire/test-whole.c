/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects between peers that agreed to carry them whole (OBJ-11): all that they were made of arrives, and what arrives
 * is written again as it came. g_test makes every critical and warning fatal.
 */

#include "test-whole.h"

/* What @event's field "x" holds; borrowed. */
static gpointer
get_x (GstEvent *event)
{
  return g_value_peek_pointer (gst_structure_get_value (gst_event_get_structure (event), "x"));
}

static void
check_streams_equal (GstStream *is, GstStream *was)
{
  g_autoptr (GstCaps) is_caps = gst_stream_get_caps (is);
  g_autoptr (GstCaps) was_caps = gst_stream_get_caps (was);
  g_autoptr (GstTagList) is_tags = gst_stream_get_tags (is);
  g_autoptr (GstTagList) was_tags = gst_stream_get_tags (was);

  g_assert_true (is != was);
  g_assert_cmpstr (gst_stream_get_stream_id (is), ==, gst_stream_get_stream_id (was));
  g_assert_cmpint (gst_stream_get_stream_type (is), ==, gst_stream_get_stream_type (was));
  g_assert_cmpint (gst_stream_get_stream_flags (is), ==, gst_stream_get_stream_flags (was));
  g_assert_true (was_caps ? gst_caps_is_strictly_equal (is_caps, was_caps) : !is_caps);
  g_assert_true (was_tags ? gst_tag_list_is_equal (is_tags, was_tags) : !is_tags);
}

static GstStreamCollection *
make_collection (void)
{
  GstStreamCollection *collection = gst_stream_collection_new ("up \"there\"");

  gst_stream_collection_add_stream (collection, make_stream ("one"));
  gst_stream_collection_add_stream (collection, gst_stream_new ("two", NULL, GST_STREAM_TYPE_AUDIO, 0));
  gst_stream_collection_add_stream (collection, make_stream ("three/\xc3\xa4;"));
  return collection;
}

static void
check_collections_equal (GstStreamCollection *is, GstStreamCollection *was)
{
  g_assert_cmpstr (gst_stream_collection_get_upstream_id (is), ==, gst_stream_collection_get_upstream_id (was));
  g_assert_cmpuint (gst_stream_collection_get_size (is), ==, gst_stream_collection_get_size (was));
  for (guint i = 0; i < gst_stream_collection_get_size (was); i++)
    check_streams_equal (gst_stream_collection_get_stream (is, i), gst_stream_collection_get_stream (was, i));
}

static void
test_streams (void)
{
  g_autoptr (GstStream) stream = make_stream ("one");
  g_autoptr (GstStreamCollection) collection = make_collection ();
  g_autoptr (GstStreamCollection) nameless = gst_stream_collection_new (NULL);
  GstEvent *start = gst_event_new_stream_start ("one");
  g_autoptr (GstEvent) arrived = NULL;
  g_autoptr (GstStream) carried = NULL;
  g_autoptr (GstEvent) arrived_collection = carry_event (gst_event_new_stream_collection (collection));
  g_autoptr (GstStreamCollection) carried_collection = NULL;
  g_autoptr (GstEvent) arrived_nameless = carry_event (gst_event_new_stream_collection (nameless));
  g_autoptr (GstStreamCollection) carried_nameless = NULL;

  gst_event_set_stream (start, stream);
  gst_event_set_group_id (start, 5);
  arrived = carry_event (start);
  gst_event_parse_stream (arrived, &carried);
  check_streams_equal (carried, stream);
  gst_event_parse_stream_collection (arrived_collection, &carried_collection);
  check_collections_equal (carried_collection, collection);
  gst_event_parse_stream_collection (arrived_nameless, &carried_nameless);
  check_collections_equal (carried_nameless, nameless);
}

/* Types of which GStreamer has no name: it aborts when it is asked for that of the first. */
static void
test_odd_types_of_streams (void)
{
  static const struct {
    guint sent;
    const gchar *arrives;
  } types[] = { { 0, "unknown" }, { GST_STREAM_TYPE_UNKNOWN | GST_STREAM_TYPE_AUDIO, "audio" } };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GstStream) stream = gst_stream_new ("one", NULL, types[i].sent, 0);
    GstEvent *start = gst_event_new_stream_start ("one");
    g_autoptr (GstEvent) arrived = NULL;
    g_autoptr (GstStream) carried = NULL;

    gst_event_set_stream (start, stream);
    arrived = carry_event (start);
    gst_event_parse_stream (arrived, &carried);
    g_assert_cmpstr (gst_stream_type_get_name (gst_stream_get_stream_type (carried)), ==, types[i].arrives);
  }
}

static void
test_stream_messages (void)
{
  g_autoptr (GstStreamCollection) collection = make_collection ();
  GstMessage *selected = gst_message_new_streams_selected (NULL, collection);
  g_autoptr (GstMessage) arrived = carry_message (gst_message_new_stream_collection (NULL, collection));
  g_autoptr (GstMessage) arrived_selected = NULL;
  g_autoptr (GstMessage) none_selected = carry_message (gst_message_new_streams_selected (NULL, collection));
  g_autoptr (GstStreamCollection) carried = NULL;
  g_autoptr (GstStreamCollection) carried_selected = NULL;
  g_autoptr (GstStream) stream = NULL;

  gst_message_streams_selected_add (selected, gst_stream_collection_get_stream (collection, 2));
  arrived_selected = carry_message (selected);
  gst_message_parse_stream_collection (arrived, &carried);
  check_collections_equal (carried, collection);
  gst_message_parse_streams_selected (arrived_selected, &carried_selected);
  check_collections_equal (carried_selected, collection);
  g_assert_cmpuint (gst_message_streams_selected_get_size (arrived_selected), ==, 1);
  g_assert_cmpuint (gst_message_streams_selected_get_size (none_selected), ==, 0);
  stream = gst_message_streams_selected_get_stream (arrived_selected, 0);
  /* the very object that is in the collection, as it was for the sender */
  g_assert_true (stream == gst_stream_collection_get_stream (carried_selected, 2));
  g_assert_true (stream != gst_stream_collection_get_stream (carried_selected, 0));
}

static void check_entries_equal (GList *is, GList *was);

static void
check_entry_equal (GstTocEntry *is, GstTocEntry *was)
{
  gint64 is_times[2] = { 1, 2 };
  gint64 was_times[2] = { 3, 4 };
  GstTocLoopType is_loop, was_loop;
  gint is_count, was_count;

  g_assert_cmpint (gst_toc_entry_get_entry_type (is), ==, gst_toc_entry_get_entry_type (was));
  g_assert_cmpstr (gst_toc_entry_get_uid (is), ==, gst_toc_entry_get_uid (was));
  gst_toc_entry_get_start_stop_times (is, &is_times[0], &is_times[1]);
  gst_toc_entry_get_start_stop_times (was, &was_times[0], &was_times[1]);
  g_assert_cmpint (is_times[0], ==, was_times[0]);
  g_assert_cmpint (is_times[1], ==, was_times[1]);
  gst_toc_entry_get_loop (is, &is_loop, &is_count);
  gst_toc_entry_get_loop (was, &was_loop, &was_count);
  g_assert_cmpint (is_loop, ==, was_loop);
  g_assert_cmpint (is_count, ==, was_count);
  g_assert_true (gst_toc_entry_get_tags (was)
                     ? gst_tag_list_is_equal (gst_toc_entry_get_tags (is), gst_toc_entry_get_tags (was))
                     : !gst_toc_entry_get_tags (is));
  g_assert_nonnull (gst_toc_entry_get_toc (is));
  check_entries_equal (gst_toc_entry_get_sub_entries (is), gst_toc_entry_get_sub_entries (was));
}

static void
check_entries_equal (GList *is, GList *was)
{
  g_assert_cmpuint (g_list_length (is), ==, g_list_length (was));
  for (; was; is = is->next, was = was->next)
    check_entry_equal (is->data, was->data);
}

static void
check_tocs_equal (const GstToc *is, const GstToc *was)
{
  g_assert_cmpint (gst_toc_get_scope (is), ==, gst_toc_get_scope (was));
  g_assert_true (gst_toc_get_tags (was) ? gst_tag_list_is_equal (gst_toc_get_tags (is), gst_toc_get_tags (was))
                                        : !gst_toc_get_tags (is));
  check_entries_equal (gst_toc_get_entries (is), gst_toc_get_entries (was));
}

static void
test_tocs (void)
{
  g_autoptr (GstToc) toc = make_toc (IPC_WHOLE_MAX_TOC_DEPTH);
  g_autoptr (GstToc) empty = gst_toc_new (GST_TOC_SCOPE_GLOBAL);
  g_autoptr (GstEvent) event = carry_event (gst_event_new_toc (toc, TRUE));
  g_autoptr (GstEvent) empty_event = carry_event (gst_event_new_toc (empty, FALSE));
  g_autoptr (GstMessage) message = carry_message (gst_message_new_toc (NULL, toc, FALSE));
  g_autoptr (GstToc) carried = NULL;
  g_autoptr (GstToc) carried_empty = NULL;
  g_autoptr (GstToc) carried_message = NULL;
  gboolean updated = FALSE;

  gst_event_parse_toc (event, &carried, &updated);
  g_assert_true (updated);
  check_tocs_equal (carried, toc);
  gst_event_parse_toc (empty_event, &carried_empty, &updated);
  g_assert_false (updated);
  check_tocs_equal (carried_empty, empty);
  gst_message_parse_toc (message, &carried_message, &updated);
  check_tocs_equal (carried_message, toc);
}

static void
check_buffers_equal (GstBuffer *is, GstBuffer *was)
{
  GstMapInfo map;

  g_assert_cmpuint (GST_BUFFER_PTS (is), ==, GST_BUFFER_PTS (was));
  g_assert_cmpuint (GST_BUFFER_DTS (is), ==, GST_BUFFER_DTS (was));
  g_assert_cmpuint (GST_BUFFER_DURATION (is), ==, GST_BUFFER_DURATION (was));
  g_assert_cmpuint (GST_BUFFER_OFFSET (is), ==, GST_BUFFER_OFFSET (was));
  g_assert_cmpuint (GST_BUFFER_OFFSET_END (is), ==, GST_BUFFER_OFFSET_END (was));
  g_assert_cmpuint (
      GST_BUFFER_FLAGS (is) & IPC_WHOLE_BUFFER_FLAGS, ==, GST_BUFFER_FLAGS (was) & IPC_WHOLE_BUFFER_FLAGS);
  g_assert_cmpuint (gst_buffer_get_size (is), ==, gst_buffer_get_size (was));
  if (gst_buffer_get_size (was) == 0)
    return;
  g_assert_true (gst_buffer_map (is, &map, GST_MAP_READ));
  g_assert_cmpint (gst_buffer_memcmp (was, 0, map.data, map.size), ==, 0);
  gst_buffer_unmap (is, &map);
}

static void
test_buffers (void)
{
  g_autoptr (GstBuffer) plain = gst_buffer_new_memdup ("\0\xff", 2);
  g_autoptr (GstBuffer) full = make_buffer ("data", 77);
  g_autoptr (GstBuffer) empty = make_buffer ("", 0);
  g_autoptr (GstBuffer) bare = gst_buffer_new ();
  GstBuffer *buffers[] = { plain, full, empty, bare };
  g_autoptr (GstBufferList) list = gst_buffer_list_new ();
  g_autoptr (GstBufferList) empty_list = gst_buffer_list_new ();
  g_autoptr (GstEvent) arrived = NULL;
  g_autoptr (GstEvent) arrived_empty = carry_event (custom_event ("x", GST_TYPE_BUFFER_LIST, empty_list));

  for (guint i = 0; i < G_N_ELEMENTS (buffers); i++) {
    g_autoptr (GstEvent) event = carry_event (custom_event ("x", GST_TYPE_BUFFER, buffers[i]));

    check_buffers_equal (get_x (event), buffers[i]);
    gst_buffer_list_add (list, gst_buffer_ref (buffers[i]));
  }
  for (guint i = 0; i < 6; i++) {
    g_autoptr (GstBuffer) buffer = gst_buffer_copy (plain);
    g_autoptr (GstEvent) event = NULL;

    /* one thing at a time that a text would lose */
    GST_BUFFER_PTS (buffer) = i == 0 ? 1 : GST_CLOCK_TIME_NONE;
    GST_BUFFER_DTS (buffer) = i == 1 ? 1 : GST_CLOCK_TIME_NONE;
    GST_BUFFER_DURATION (buffer) = i == 2 ? 1 : GST_CLOCK_TIME_NONE;
    GST_BUFFER_OFFSET (buffer) = i == 3 ? 1 : GST_BUFFER_OFFSET_NONE;
    GST_BUFFER_OFFSET_END (buffer) = i == 4 ? 1 : GST_BUFFER_OFFSET_NONE;
    if (i == 5)
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_MARKER);
    event = carry_event (custom_event ("x", GST_TYPE_BUFFER, buffer));
    check_buffers_equal (get_x (event), buffer);
  }
  arrived = carry_event (custom_event ("x", GST_TYPE_BUFFER_LIST, list));
  g_assert_cmpuint (gst_buffer_list_length (get_x (arrived)), ==, G_N_ELEMENTS (buffers));
  for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
    check_buffers_equal (gst_buffer_list_get (get_x (arrived), i), buffers[i]);
  g_assert_cmpuint (gst_buffer_list_length (get_x (arrived_empty)), ==, 0);
}

static void
check_samples_equal (GstSample *is, GstSample *was)
{
  g_assert_true (gst_segment_is_equal (gst_sample_get_segment (is), gst_sample_get_segment (was)));
  if (gst_sample_get_buffer (was))
    check_buffers_equal (gst_sample_get_buffer (is), gst_sample_get_buffer (was));
  else
    g_assert_null (gst_sample_get_buffer (is));
  if (gst_sample_get_caps (was))
    g_assert_true (gst_caps_is_equal (gst_sample_get_caps (is), gst_sample_get_caps (was)));
  else
    g_assert_null (gst_sample_get_caps (is));
  g_assert_true (!gst_sample_get_info (is) == !gst_sample_get_info (was));
  g_assert_true (!gst_sample_get_buffer_list (is) == !gst_sample_get_buffer_list (was));
}

static void
check_sample (GstSample *sample)
{
  g_autoptr (GstSample) was = sample;
  g_autoptr (GstEvent) arrived = carry_event (custom_event ("x", GST_TYPE_SAMPLE, was));

  check_samples_equal (get_x (arrived), was);
}

static void
test_samples (void)
{
  g_autoptr (GstBuffer) full = make_buffer ("data", 9);
  g_autoptr (GstBuffer) empty = gst_buffer_new ();
  g_autoptr (GstBuffer) plain = gst_buffer_new_memdup ("x", 1);
  g_autoptr (GstBufferList) list = gst_buffer_list_new ();
  GstSample *listed = gst_sample_new (NULL, NULL, NULL, NULL);

  gst_buffer_list_add (list, gst_buffer_ref (full));
  gst_sample_set_buffer_list (listed, list);
  check_sample (listed);
  check_sample (make_sample (full));
  check_sample (make_sample (empty));
  check_sample (make_sample (plain));
  check_sample (make_sample (NULL));
  check_sample (gst_sample_new (full, NULL, NULL, NULL));
  check_sample (gst_sample_new (NULL, NULL, NULL, NULL));
}

static void
test_tags (void)
{
  g_autoptr (GstBuffer) full = make_buffer ("\x89PNG", 9);
  g_autoptr (GstSample) one = make_sample (full);
  g_autoptr (GstBuffer) empty = make_buffer ("", 1);
  g_autoptr (GstSample) two = make_sample (empty);
  /* a tag that nobody registered can only come by a text */
  GstTagList *tags = gst_tag_list_new_from_string ("taglist, nobodys-tag=(int){ 1, 2 }, title=(string)t;");
  g_autoptr (GstEvent) arrived = NULL;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GstSample) carried_one = NULL;
  g_autoptr (GstSample) carried_two = NULL;
  g_autoptr (GstTagList) posted = NULL;
  GstTagList *carried;

  gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_IMAGE, one, GST_TAG_IMAGE, two, GST_TAG_ATTACHMENT, one, NULL);
  gst_tag_list_set_scope (tags, GST_TAG_SCOPE_GLOBAL);
  message = carry_message (gst_message_new_tag (NULL, gst_tag_list_ref (tags)));
  arrived = carry_event (gst_event_new_tag (tags));
  gst_event_parse_tag (arrived, &carried);
  g_assert_cmpint (gst_tag_list_get_scope (carried), ==, GST_TAG_SCOPE_GLOBAL);
  g_assert_cmpint (gst_tag_list_n_tags (carried), ==, 4);
  g_assert_cmpuint (gst_tag_list_get_tag_size (carried, "nobodys-tag"), ==, 2);
  g_assert_cmpuint (gst_tag_list_get_tag_size (carried, GST_TAG_IMAGE), ==, 2);
  g_assert_true (gst_tag_list_get_sample_index (carried, GST_TAG_IMAGE, 0, &carried_one));
  g_assert_true (gst_tag_list_get_sample_index (carried, GST_TAG_IMAGE, 1, &carried_two));
  check_samples_equal (carried_one, one);
  check_samples_equal (carried_two, two);
  gst_message_parse_tag (message, &posted);
  g_assert_cmpint (gst_tag_list_get_scope (posted), ==, GST_TAG_SCOPE_GLOBAL);
}

static void
test_nothing_in_tags (void)
{
  g_autoptr (GstEvent) arrived = NULL;
  GstTagList *tags = gst_tag_list_new_empty ();
  GstTagList *carried;

  gst_tag_list_set_scope (tags, GST_TAG_SCOPE_GLOBAL);
  arrived = carry_event (gst_event_new_tag (tags));
  gst_event_parse_tag (arrived, &carried);
  g_assert_true (gst_tag_list_is_empty (carried));
}

static void
test_contexts (void)
{
  GstContext *context = gst_context_new ("some.context", TRUE);
  g_autoptr (GstQuery) query = gst_query_new_context ("some.context");
  g_autoptr (GstQuery) answer = gst_query_copy (query);
  g_auto (IpcPacket) packet = { .form = IPC_FORM_OBJECTS };
  g_auto (IpcPacket) received = { 0 };
  g_autoptr (GError) error = NULL;
  GstContext *carried = NULL;
  gint n = 0;

  gst_structure_set (gst_context_writable_structure (context), "n", G_TYPE_INT, 3, NULL);
  gst_query_set_context (answer, context);
  ipc_packet_build_query_result (&packet, 2, answer, TRUE);
  test_send (&packet, &received);
  received.form = IPC_FORM_OBJECTS;
  ipc_query_update_from_packet (query, &received, &error);
  g_assert_no_error (error);
  gst_query_parse_context (query, &carried);
  g_assert_cmpstr (gst_context_get_context_type (carried), ==, "some.context");
  g_assert_true (gst_context_is_persistent (carried));
  g_assert_true (gst_structure_get_int (gst_context_get_structure (carried), "n", &n));
  g_assert_cmpint (n, ==, 3);
  gst_message_unref (carry_message (gst_message_new_have_context (NULL, context)));
}

/* A context of this process alone stays here: the answer is without it. */
static void
test_context_of_this_process (void)
{
  g_autoptr (GstContext) context = gst_context_new ("gst.gl.GLDisplay", TRUE);
  g_autoptr (GstQuery) query = gst_query_new_context ("gst.gl.GLDisplay");
  g_autoptr (GstElement) display = gst_object_ref_sink (gst_bin_new (NULL));
  g_auto (IpcPacket) packet = { .form = IPC_FORM_OBJECTS };
  g_auto (IpcPacket) received = { 0 };
  g_autoptr (GError) error = NULL;
  GstContext *carried = NULL;

  gst_structure_set (gst_context_writable_structure (context), "display", GST_TYPE_BIN, display, NULL);
  gst_query_set_context (query, context);
  ipc_packet_build_query_result (&packet, 2, query, TRUE);
  test_send (&packet, &received);
  received.form = IPC_FORM_OBJECTS;
  {
    g_autoptr (GstQuery) asker = gst_query_new_context ("gst.gl.GLDisplay");

    g_assert_true (ipc_query_update_from_packet (asker, &received, &error));
    gst_query_parse_context (asker, &carried);
    g_assert_null (carried);
  }
}

static void
test_nested_events (void)
{
  GstEvent *inner = gst_event_new_navigation (
      gst_structure_new ("application/x-gst-navigation", "event", G_TYPE_STRING, "mouse-move", NULL));
  g_autoptr (GstMessage) arrived = NULL;
  g_autoptr (GstEvent) deep = NULL;
  g_autoptr (GstStructure) wrapped = NULL;
  GstEvent *carried;

  gst_event_set_running_time_offset (inner, -3);
  GST_EVENT_TIMESTAMP (inner) = 12;
  wrapped = gst_structure_new ("wrapped", "x", GST_TYPE_EVENT, inner, NULL);
  deep = carry_event (custom_event ("inner", GST_TYPE_STRUCTURE, wrapped));
  arrived
      = carry_message (gst_message_new_element (NULL, gst_structure_new ("GstNavigationMessage", "type", G_TYPE_STRING,
                                                          "event", "event", GST_TYPE_EVENT, inner, NULL)));
  carried = g_value_get_boxed (gst_structure_get_value (gst_message_get_structure (arrived), "event"));
  g_assert_cmpint (GST_EVENT_TYPE (carried), ==, GST_EVENT_NAVIGATION);
  g_assert_cmpuint (gst_event_get_seqnum (carried), ==, gst_event_get_seqnum (inner));
  g_assert_cmpint (gst_event_get_running_time_offset (carried), ==, -3);
  g_assert_cmpuint (GST_EVENT_TIMESTAMP (carried), ==, 12);
  g_assert_true (gst_structure_is_equal (gst_event_get_structure (carried), gst_event_get_structure (inner)));
  /* without a structure too, which the text form of events has not */
  gst_event_unref (carry_event (custom_event ("x", GST_TYPE_EVENT, inner)));
  gst_event_unref (inner);
  inner = gst_event_new_eos ();
  gst_event_unref (carry_event (custom_event ("x", GST_TYPE_EVENT, inner)));
  gst_event_unref (inner);
}

/* OBJ-13: what lies outside of the structure. */
static void
test_event_offset (void)
{
  GstEvent *eos = gst_event_new_eos ();
  GstEvent *qos = gst_event_new_qos (GST_QOS_TYPE_OVERFLOW, 0.5, 5, 6);
  g_autoptr (GstEvent) arrived = NULL;
  g_autoptr (GstEvent) arrived_qos = NULL;

  gst_event_set_running_time_offset (eos, G_MININT64);
  arrived = carry_event (eos);
  g_assert_cmpint (gst_event_get_running_time_offset (arrived), ==, G_MININT64);
  g_assert_null (gst_event_get_structure (arrived));
  GST_EVENT_TIMESTAMP (qos) = 0;
  arrived_qos = carry_event (qos);
  g_assert_cmpuint (GST_EVENT_TIMESTAMP (arrived_qos), ==, 0);
}

/* OBJ-13 */
static void
test_messages (void)
{
  GstMessage *eos = gst_message_new_eos (NULL);
  GstMessage *stamped = gst_message_new_application (NULL, gst_structure_new_empty ("app"));
  g_autoptr (GstBuffer) empty = gst_buffer_new ();
  GValue value = G_VALUE_INIT;
  g_autoptr (GstElement) element = gst_object_ref_sink (gst_bin_new (NULL));

  gst_message_set_seqnum (eos, 0xfffffffe);
  gst_message_unref (carry_message (eos));
  GST_MESSAGE_TIMESTAMP (stamped) = 0;
  gst_message_unref (carry_message (stamped));
  gst_message_unref (carry_message (gst_message_new_latency (NULL)));
  gst_message_unref (carry_message (gst_message_new_instant_rate_request (NULL, 1.5)));
  gst_message_unref (carry_message (gst_message_new_segment_done (NULL, GST_FORMAT_TIME, 3)));
  g_value_init (&value, GST_TYPE_BUFFER);
  gst_value_set_buffer (&value, empty);
  gst_message_unref (carry_message (gst_message_new_property_notify (GST_OBJECT (element), "name", &value)));
  gst_message_unref (carry_message (gst_message_new_property_notify (GST_OBJECT (element), "name", NULL)));
}

static void
test_sink_message (void)
{
  g_autoptr (GError) reason = g_error_new (g_quark_from_string ("test-domain"), -7, "failed");
  g_autoptr (GstMessage) message
      = gst_message_new_error_with_details (NULL, reason, "debug", gst_structure_new_empty ("details"));
  g_autoptr (GstEvent) event = gst_event_new_sink_message ("the-name", message);
  g_auto (IpcPacket) packet = { .form = IPC_FORM_OBJECTS };
  g_auto (IpcPacket) received = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) carried_reason = NULL;
  g_autofree gchar *debug = NULL;
  g_autoptr (GstEvent) arrived = NULL;
  g_autoptr (GstMessage) carried = NULL;

  g_assert_true (ipc_packet_build_sink_message (&packet, event, &error));
  test_send (&packet, &received);
  received.form = IPC_FORM_OBJECTS;
  arrived = ipc_sink_message_from_packet (&received, NULL, &error);
  g_assert_no_error (error);
  gst_event_parse_sink_message (arrived, &carried);
  gst_message_parse_error (carried, &carried_reason, &debug);
  g_assert_error (carried_reason, g_quark_from_string ("test-domain"), -7);
  g_assert_cmpstr (carried_reason->message, ==, "failed");
  g_assert_cmpstr (debug, ==, "debug");
  /* and as a value */
  gst_event_unref (carry_event (custom_event ("x", GST_TYPE_MESSAGE, message)));
}

static void
test_nothing (void)
{
  const GType types[] = { GST_TYPE_STREAM, GST_TYPE_STREAM_COLLECTION, GST_TYPE_TOC, GST_TYPE_BUFFER,
    GST_TYPE_BUFFER_LIST, GST_TYPE_CONTEXT, GST_TYPE_EVENT, GST_TYPE_MESSAGE, G_TYPE_ERROR, GST_TYPE_DATE_TIME,
    G_TYPE_DATE, G_TYPE_DATE_TIME, GST_TYPE_CAPS, G_TYPE_STRING };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GstEvent) arrived = carry_event (custom_event ("x", types[i], NULL));
    const GValue *value = gst_structure_get_value (gst_event_get_structure (arrived), "x");

    g_assert_true (value && G_VALUE_TYPE (value) == types[i]);
    g_assert_null (g_value_peek_pointer (value));
  }
}

/* Objects in rows, and rows in rows. */
static void
test_lists (void)
{
  g_autoptr (GstBuffer) plain = gst_buffer_new_memdup ("x", 1);
  g_autoptr (GstBuffer) full = make_buffer ("y", 1);
  g_autoptr (GstBuffer) empty = gst_buffer_new ();
  GstBuffer *buffers[] = { plain, full, empty };
  GstStructure *structure = gst_structure_new_empty ("custom");
  g_autoptr (GstEvent) arrived = NULL;
  GValue list = G_VALUE_INIT;
  GValue rows = G_VALUE_INIT;
  const GValue *carried;

  g_value_init (&list, GST_TYPE_LIST);
  for (guint i = 0; i < G_N_ELEMENTS (buffers); i++) {
    GValue value = G_VALUE_INIT;

    g_value_init (&value, GST_TYPE_BUFFER);
    gst_value_set_buffer (&value, buffers[i]);
    gst_value_list_append_and_take_value (&list, &value);
  }
  g_value_init (&rows, GST_TYPE_ARRAY);
  gst_value_array_append_value (&rows, &list);
  gst_value_array_append_and_take_value (&rows, &list);
  gst_structure_take_value (structure, "x", &rows);
  arrived = carry_event (gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM, structure));
  carried = gst_value_array_get_value (gst_structure_get_value (gst_event_get_structure (arrived), "x"), 1);
  g_assert_cmpuint (gst_value_list_get_size (carried), ==, 3);
  check_buffers_equal (gst_value_get_buffer (gst_value_list_get_value (carried, 1)), full);
  check_buffers_equal (gst_value_get_buffer (gst_value_list_get_value (carried, 2)), empty);
}

/* PROTECTION's data is a plain buffer, a filter of no caps needs no replacement. */
static void
test_other_types (void)
{
  g_autoptr (GstBuffer) data = make_buffer ("pssh", 3);
  g_autoptr (GstEvent) protection = carry_event (gst_event_new_protection ("id", data, "origin"));
  g_autoptr (GstCaps) empty = gst_caps_new_empty ();
  g_autoptr (GstQuery) query = gst_query_new_caps (empty);
  g_auto (IpcPacket) packet = { .form = IPC_FORM_OBJECTS };
  g_auto (IpcPacket) received = { 0 };
  g_autoptr (GstQuery) arrived = NULL;
  GstBuffer *carried;
  GstCaps *filter;

  gst_event_parse_protection (protection, NULL, &carried, NULL);
  check_buffers_equal (carried, data);
  g_assert_true (ipc_packet_build_query (&packet, query, FALSE, NULL));
  test_send (&packet, &received);
  received.form = IPC_FORM_OBJECTS;
  arrived = ipc_query_from_packet (&received, NULL);
  gst_query_parse_caps (arrived, &filter);
  g_assert_true (gst_caps_is_empty (filter));
}

/* What has no objects in it is written as legacy peers do, in both forms. */
static void
test_plain_is_as_ever (void)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("a/b, streamheader=(buffer)< 00, 01 >, x=(structure)[y, z=1]");
  g_autoptr (GstBuffer) header = make_buffer ("header", 0);
  g_autoptr (GstBuffer) plain = gst_buffer_new_memdup ("x", 1);
  g_autoptr (GstStructure) inner = gst_structure_new ("inner", "s", G_TYPE_STRING, "a \"b\"", NULL);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  /* buffers with times in caps lose them, as they ever did: caps get compared, and there is nothing to compare objects
   */
  caps = gst_caps_make_writable (caps);
  gst_caps_set_simple (caps, "codec_data", GST_TYPE_BUFFER, header, NULL);
  {
    GstEvent *events[] = { gst_event_new_caps (caps), gst_event_new_segment (&segment), gst_event_new_flush_stop (TRUE),
      gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "t", NULL)), gst_event_new_protection ("id", plain, NULL),
      custom_event ("x", GST_TYPE_STRUCTURE, inner) };

    for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
      g_auto (IpcPacket) legacy = { 0 };
      g_autofree gchar *whole = event_text (events[i]);

      g_assert_true (ipc_packet_build_event (&legacy, events[i], FALSE, NULL));
      g_assert_cmpstr (whole, ==, legacy.event.structure);
      gst_event_unref (carry_event (events[i]));
    }
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/whole/streams-and-collections-arrive", test_streams);
  g_test_add_func ("/wire/whole/streams-of-odd-types-have-one-with-a-name", test_odd_types_of_streams);
  g_test_add_func ("/wire/whole/streams-in-messages-arrive-and-are-one-object", test_stream_messages);
  g_test_add_func ("/wire/whole/tables-of-contents-arrive", test_tocs);
  g_test_add_func ("/wire/whole/buffers-and-lists-of-them-arrive", test_buffers);
  g_test_add_func ("/wire/whole/samples-arrive", test_samples);
  g_test_add_func ("/wire/whole/tags-arrive-with-samples-and-scope", test_tags);
  g_test_add_func ("/wire/whole/empty-tags-arrive", test_nothing_in_tags);
  g_test_add_func ("/wire/whole/contexts-arrive", test_contexts);
  g_test_add_func ("/wire/whole/contexts-of-this-process-stay", test_context_of_this_process);
  g_test_add_func ("/wire/whole/events-in-structures-arrive", test_nested_events);
  g_test_add_func ("/wire/whole/offset-and-timestamp-of-events-arrive", test_event_offset);
  g_test_add_func ("/wire/whole/messages-arrive-with-seqnum-and-timestamp", test_messages);
  g_test_add_func ("/wire/whole/errors-in-sink-messages-arrive", test_sink_message);
  g_test_add_func ("/wire/whole/null-arrives", test_nothing);
  g_test_add_func ("/wire/whole/lists-of-objects-arrive", test_lists);
  g_test_add_func ("/wire/whole/protection-data-and-empty-filters-arrive", test_other_types);
  g_test_add_func ("/wire/whole/what-has-no-objects-is-written-as-ever", test_plain_is_as_ever);
  return g_test_run ();
}
