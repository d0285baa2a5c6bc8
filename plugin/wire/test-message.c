/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages, sink messages, and the packets that carry no object: they arrive as they were sent, or are refused. g_test
 * makes every critical and warning fatal.
 */

#include "test-util.h"

static void
test_sink_message (void)
{
  g_autoptr (GstMessage) message = gst_message_new_element (NULL, gst_structure_new ("in", "n", G_TYPE_INT, 1, NULL));
  g_autoptr (GstEvent) event = gst_event_new_sink_message ("the-name", message);
  g_autoptr (GstEvent) arrived = NULL;
  g_autoptr (GstMessage) carried = NULL;
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcPacket) received = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (ipc_packet_build_sink_message (&packet, event, &error));
  test_send (&packet, &received);
  arrived = ipc_sink_message_from_packet (&received, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (gst_event_has_name (arrived, "the-name"));
  g_assert_cmpuint (gst_event_get_seqnum (arrived), ==, gst_event_get_seqnum (event));
  gst_event_parse_sink_message (arrived, &carried);
  g_assert_cmpuint (gst_message_get_seqnum (carried), ==, gst_message_get_seqnum (message));
  g_assert_true (gst_structure_is_equal (gst_message_get_structure (carried), gst_message_get_structure (message)));
}

static GstMessage *
carry_message (GstMessage *message, GstObject *source)
{
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcPacket) received = { 0 };
  g_autoptr (GError) error = NULL;
  GstMessage *arrived;

  ipc_packet_build_message (&packet, message, &error);
  g_assert_no_error (error);
  test_send (&packet, &received);
  arrived = ipc_message_from_packet (&received, source, &error);
  g_assert_no_error (error);
  return arrived;
}

static void
check_message (GstMessage *message)
{
  g_autoptr (GstMessage) sent = message;
  g_autoptr (GstMessage) arrived = carry_message (message, NULL);

  g_assert_cmpint (GST_MESSAGE_TYPE (arrived), ==, GST_MESSAGE_TYPE (sent));
  if (!gst_message_get_structure (sent))
    g_assert_null (gst_message_get_structure (arrived));
  else
    g_assert_true (gst_structure_is_equal (gst_message_get_structure (arrived), gst_message_get_structure (sent)));
}

static void
test_messages (void)
{
  check_message (gst_message_new_eos (NULL));
  check_message (gst_message_new_tag (NULL, gst_tag_list_new (GST_TAG_ARTIST, "a", NULL)));
  check_message (gst_message_new_buffering (NULL, 100));
  check_message (gst_message_new_state_changed (NULL, GST_STATE_NULL, GST_STATE_READY, GST_STATE_VOID_PENDING));
  check_message (gst_message_new_step_done (NULL, GST_FORMAT_TIME, 1, 1.0, TRUE, FALSE, 2, FALSE));
  check_message (gst_message_new_application (NULL, gst_structure_new_empty ("app")));
  check_message (gst_message_new_segment_start (NULL, GST_FORMAT_TIME, 1));
  check_message (gst_message_new_segment_done (NULL, GST_FORMAT_TIME, 1));
  check_message (gst_message_new_duration_changed (NULL));
  check_message (gst_message_new_latency (NULL));
  check_message (gst_message_new_async_start (NULL));
  check_message (gst_message_new_async_done (NULL, GST_CLOCK_TIME_NONE));
  check_message (gst_message_new_request_state (NULL, GST_STATE_PAUSED));
  check_message (gst_message_new_step_start (NULL, TRUE, GST_FORMAT_TIME, 1, 1.0, TRUE, FALSE));
  check_message (gst_message_new_qos (NULL, TRUE, 1, 2, 3, 4));
  check_message (gst_message_new_progress (NULL, GST_PROGRESS_TYPE_CONTINUE, "code", "some text"));
  check_message (gst_message_new_reset_time (NULL, 4));
  check_message (gst_message_new_stream_start (NULL));
  check_message (gst_message_new_instant_rate_request (NULL, 2.0));
  check_message (
      gst_message_new_redirect (NULL, "http://here", gst_tag_list_new_empty (), gst_structure_new_empty ("x")));
}

static void
test_errors (void)
{
  g_autoptr (GstElement) source = gst_object_ref_sink (gst_bin_new (NULL));
  g_autoptr (GError) reason = g_error_new (g_quark_from_string ("test-domain"), -7, "f\xc3\xa4iled");
  g_autoptr (GstMessage) message = gst_message_new_warning (NULL, reason, "line 1\nline 2");
  g_autoptr (GstMessage) arrived = carry_message (message, GST_OBJECT (source));
  g_autoptr (GError) carried = NULL;
  g_autofree gchar *debug = NULL;

  g_assert_true (GST_MESSAGE_SRC (arrived) == GST_OBJECT (source));
  gst_message_parse_warning (arrived, &carried, &debug);
  g_assert_error (carried, g_quark_from_string ("test-domain"), -7);
  g_assert_cmpstr (carried->message, ==, "f\xc3\xa4iled");
  g_assert_cmpstr (debug, ==, "line 1\nline 2");
}

/* OBJ-8 */
static void
test_nested_event (void)
{
  g_autoptr (GstEvent) inner = gst_event_new_latency (5);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GstMessage) arrived = NULL;
  GstEvent *carried;

  gst_event_set_running_time_offset (inner, -3);
  message = gst_message_new_element (NULL,
      gst_structure_new ("GstNavigationMessage", "type", G_TYPE_STRING, "event", "event", GST_TYPE_EVENT, inner, NULL));
  arrived = carry_message (message, NULL);
  carried = g_value_get_boxed (gst_structure_get_value (gst_message_get_structure (arrived), "event"));
  g_assert_cmpint (GST_EVENT_TYPE (carried), ==, GST_EVENT_LATENCY);
  g_assert_cmpuint (gst_event_get_seqnum (carried), ==, gst_event_get_seqnum (inner));
  g_assert_cmpint (gst_event_get_running_time_offset (carried), ==, -3);
  g_assert_true (gst_structure_is_equal (gst_event_get_structure (carried), gst_event_get_structure (inner)));
}

/* The packets without a structure; and an error that lacks what it may lack. */
static void
test_small_packets (void)
{
  g_auto (IpcPacket) ack = { 0 };
  g_auto (IpcPacket) change = { 0 };
  g_auto (IpcPacket) lost = { 0 };
  g_auto (IpcPacket) received = { 0 };
  g_auto (IpcPacket) gerror = { .header.type = IPC_PACKET_GERROR_MESSAGE, .gerror = { 0, "d", 1, NULL, NULL } };
  g_autoptr (GstMessage) info = ipc_message_from_packet (&gerror, NULL, NULL);

  ipc_packet_build_ack (&ack, 7, 0xfffffffe);
  test_send (&ack, &received);
  g_assert_cmpuint (received.header.id, ==, 7);
  g_assert_cmpuint (received.ack.result, ==, 0xfffffffe);
  ipc_packet_clear (&received);
  ipc_packet_build_state_change (&change, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  test_send (&change, &received);
  g_assert_cmpuint (received.state_change.transition, ==, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  ipc_packet_clear (&received);
  ipc_packet_build_state_lost (&lost);
  test_send (&lost, &received);
  g_assert_cmpuint (received.header.type, ==, IPC_PACKET_STATE_LOST);
  g_assert_cmpint (GST_MESSAGE_TYPE (info), ==, GST_MESSAGE_INFO);
}

/* What has neither seqnum nor structure, or an impossible name. */
static void
test_bad_sink_messages (void)
{
  const struct {
    guint32 event_seqnum, message_seqnum, type;
    const gchar *name, *structure;
  } cases[] = {
    { 0, 1, GST_MESSAGE_EOS, "n", NULL },
    { 1, 0, GST_MESSAGE_EOS, "n", NULL },
    { 1, 1, GST_MESSAGE_EOS, "1", NULL },
    { 1, 1, GST_MESSAGE_EOS, "n", "a, b" },
    { 1, 1, GST_MESSAGE_ELEMENT, "n", NULL },
    { 1, 1, GST_MESSAGE_CLOCK_LOST, "n", NULL },
    { 1, 1, GST_MESSAGE_EOS, "n", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    IpcPacket packet = { .header.type = IPC_PACKET_SINK_MESSAGE_EVENT };
    g_autoptr (GstEvent) event = NULL;
    g_autoptr (GError) error = NULL;

    packet.sink_message.event_seqnum = cases[i].event_seqnum;
    packet.sink_message.message_seqnum = cases[i].message_seqnum;
    packet.sink_message.message_type = cases[i].type;
    packet.sink_message.name = cases[i].name;
    packet.sink_message.structure = cases[i].structure;
    event = ipc_sink_message_from_packet (&packet, NULL, &error);
    g_assert_true (!event == (i < G_N_ELEMENTS (cases) - 1));
    g_assert_true (event || error->domain == IPC_WIRE_ERROR);
  }
}

/* Sink messages that cannot be sent: without a message, or with one that cannot be carried. */
static void
test_sink_messages_not_sent (void)
{
  g_autoptr (GstMessage) bad = gst_message_new_element (NULL, gst_structure_new ("e", "p", G_TYPE_POINTER, NULL, NULL));
  g_autoptr (GstMessage) eos = gst_message_new_eos (NULL);
  g_autoptr (GstEvent) without
      = gst_event_new_custom (GST_EVENT_SINK_MESSAGE, gst_structure_new ("n", "message", GST_TYPE_MESSAGE, NULL, NULL));
  g_autoptr (GstEvent) with_bad = gst_event_new_sink_message ("n", bad);
  g_autoptr (GstEvent) with_eos = gst_event_new_sink_message ("n", eos);
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (ipc_packet_build_sink_message (&packet, without, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE);
  g_assert_false (ipc_packet_build_sink_message (&packet, with_bad, NULL));
  g_assert_true (ipc_packet_build_sink_message (&packet, with_eos, NULL));
  g_assert_null (packet.sink_message.structure);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/message/sink-message-keeps-both-seqnums", test_sink_message);
  g_test_add_func ("/wire/message/messages-arrive-as-they-were", test_messages);
  g_test_add_func ("/wire/message/errors-keep-domain-code-and-texts", test_errors);
  g_test_add_func ("/wire/message/small-packets-arrive", test_small_packets);
  g_test_add_func ("/wire/message/bad-sink-messages-are-refused", test_bad_sink_messages);
  g_test_add_func ("/wire/message/sink-messages-that-cannot-be-carried-stay", test_sink_messages_not_sent);
  g_test_add_func ("/wire/message/event-in-a-message-arrives", test_nested_event);
  return g_test_run ();
}
