/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What goes from ipcpipelinesink to the slave: buffers, events, queries, and what becomes of the answers.
 * docs/protocol.md, BUF-1, BUF-6, BUF-7, EVT-1, EVT-2, EVT-8, EVT-9, QRY-*, WAIT-1, WAIT-2, WAIT-4, WAIT-5.
 */

#include "bench.h"

static TestBench *
playing_sink (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  bench_go (bench, GST_STATE_PLAYING);
  bench_start_stream (bench);
  return bench;
}

/* ---- buffers ---- */

/* BUF-1 */
static void
test_a_buffer_goes_with_its_fields_and_data (void)
{
  TestBench *bench = playing_sink ();
  GstBuffer *buffer = gst_buffer_new_memdup ("0123456789", 10);
  IpcPacket *packet;
  TestCall *call;

  gst_buffer_append_memory (
      buffer, gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, (gpointer) "abc", 3, 0, 3, NULL, NULL));
  GST_BUFFER_PTS (buffer) = 1001;
  GST_BUFFER_DTS (buffer) = 1002;
  GST_BUFFER_DURATION (buffer) = 1003;
  GST_BUFFER_OFFSET (buffer) = 1004;
  GST_BUFFER_OFFSET_END (buffer) = 1005;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT | GST_BUFFER_FLAG_MARKER);
  call = call_push (bench->pad->pad, buffer);
  packet = peer_expect (bench->peer, IPC_PACKET_BUFFER);
  g_assert_cmpuint (packet->buffer.pts, ==, 1001);
  g_assert_cmpuint (packet->buffer.dts, ==, 1002);
  g_assert_cmpuint (packet->buffer.duration, ==, 1003);
  g_assert_cmpuint (packet->buffer.offset, ==, 1004);
  g_assert_cmpuint (packet->buffer.offset_end, ==, 1005);
  g_assert_cmpuint (packet->buffer.flags & (GST_BUFFER_FLAG_DELTA_UNIT | GST_BUFFER_FLAG_MARKER | GST_BUFFER_FLAG_GAP),
      ==, GST_BUFFER_FLAG_DELTA_UNIT | GST_BUFFER_FLAG_MARKER);
  g_assert_cmpmem (packet->buffer.data, packet->buffer.size, "0123456789abc", 13);
  g_assert_cmpuint (packet->buffer.n_metas, ==, 0);
  peer_ack (bench->peer, packet->header.id, GST_FLOW_OK);
  g_assert_cmpint (call_end (call), ==, GST_FLOW_OK);
  bench_free (bench);
}

/* BUF-7 */
static void
test_an_empty_buffer_goes_as_an_empty_buffer (void)
{
  TestBench *bench = playing_sink ();
  TestCall *call = call_push (bench->pad->pad, gst_buffer_new ());
  IpcPacket *packet = peer_expect (bench->peer, IPC_PACKET_BUFFER);

  g_assert_cmpuint (packet->buffer.size, ==, 0);
  g_assert_cmpuint (packet->buffer.pts, ==, GST_CLOCK_TIME_NONE);
  peer_ack (bench->peer, packet->header.id, GST_FLOW_OK);
  g_assert_cmpint (call_end (call), ==, GST_FLOW_OK);
  bench_free (bench);
}

static GstFlowReturn
push_answered (TestBench *bench, guint32 answer)
{
  TestCall *call = call_push (bench->pad->pad, test_buffer (1));

  peer_ack (bench->peer, peer_expect_buffer (bench->peer), answer);
  return call_end (call);
}

/* BUF-6 */
static void
test_flow_returns_are_the_peers (void)
{
  const GstFlowReturn flows[] = { GST_FLOW_OK, GST_FLOW_EOS, GST_FLOW_NOT_LINKED, GST_FLOW_FLUSHING,
    GST_FLOW_NOT_NEGOTIATED, GST_FLOW_ERROR, GST_FLOW_NOT_SUPPORTED, GST_FLOW_CUSTOM_ERROR, GST_FLOW_CUSTOM_ERROR_2,
    GST_FLOW_CUSTOM_SUCCESS, GST_FLOW_CUSTOM_SUCCESS_1 };
  TestBench *bench = playing_sink ();

  for (guint i = 0; i < G_N_ELEMENTS (flows); i++)
    g_assert_cmpint (push_answered (bench, (guint32)flows[i]), ==, flows[i]);
  bench_free (bench);
}

static void
test_an_answer_that_is_no_flow_return_is_an_error (void)
{
  const gint32 answers[] = { -7, -99, -103, 1, 99, 103, G_MININT32, G_MAXINT32 };
  TestBench *bench = playing_sink ();

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    g_assert_cmpint (push_answered (bench, (guint32)answers[i]), ==, GST_FLOW_ERROR);
  bench_free (bench);
}

/* WAIT-1: whatever ack-time says. */
static void
test_a_buffer_waits_longer_than_ack_time (void)
{
  TestBench *bench = playing_sink ();
  TestCall *call;
  guint32 id;

  g_object_set (bench->element, "ack-time", G_GUINT64_CONSTANT (1000), NULL);
  call = call_push (bench->pad->pad, test_buffer (1));
  id = peer_expect_buffer (bench->peer);
  /* Time has passed when a query has timed out. */
  {
    g_autoptr (GstQuery) query = gst_query_new_position (GST_FORMAT_TIME);

    g_assert_false (gst_element_query (bench->element, query));
  }
  g_assert_false (call_has_ended (call));
  peer_ack (bench->peer, id, GST_FLOW_OK);
  g_assert_cmpint (call_end (call), ==, GST_FLOW_OK);
  bench_free (bench);
}

/* WAIT-5 */
static void
test_a_buffer_that_waits_ends_flushing_when_the_pad_is_shut (void)
{
  TestBench *bench = playing_sink ();
  TestCall *call = call_push (bench->pad->pad, test_buffer (1));

  peer_expect_buffer (bench->peer);
  bench_go (bench, GST_STATE_READY);
  g_assert_cmpint (call_end (call), ==, GST_FLOW_FLUSHING);
  /* and the next one goes as usual */
  bench_go (bench, GST_STATE_PAUSED);
  bench_start_stream (bench);
  g_assert_cmpint (push_answered (bench, GST_FLOW_OK), ==, GST_FLOW_OK);
  bench_free (bench);
}

/* ---- events ---- */

/* EVT-1, EVT-2 */
static void
test_a_serialized_event_waits_for_its_answer (void)
{
  const gboolean answers[] = { TRUE, FALSE };
  TestBench *bench = playing_sink ();

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    GstEvent *event = test_serialized_event ("hello");
    const guint32 seqnum = gst_event_get_seqnum (event);
    TestCall *call = call_push_event (bench->pad->pad, event);
    IpcPacket *packet = peer_expect (bench->peer, IPC_PACKET_EVENT);
    const guint32 id = packet->header.id;

    g_assert_cmpuint (packet->event.type, ==, GST_EVENT_CUSTOM_DOWNSTREAM);
    g_assert_cmpuint (packet->event.seqnum, ==, seqnum);
    g_assert_false (packet->event.upstream);
    g_assert_cmpstr (packet->event.structure, ==, "hello;");
    peer_round_trip (bench->peer);
    g_assert_false (call_has_ended (call));
    peer_ack (bench->peer, id, answers[i]);
    g_assert_cmpint (call_end (call), ==, answers[i]);
  }
  bench_free (bench);
}

/* WAIT-2, EVT-10: with a buffer that is not answered, too. */
static void
test_flush_start_is_not_waited_for (void)
{
  TestBench *bench = playing_sink ();
  TestCall *push = call_push (bench->pad->pad, test_buffer (1));
  const guint32 buffer = peer_expect_buffer (bench->peer);
  TestCall *flush = call_push_event (bench->pad->pad, gst_event_new_flush_start ());
  guint32 id;

  g_assert_true (call_end (flush));
  id = peer_expect_event (bench->peer, GST_EVENT_FLUSH_START);
  peer_ack (bench->peer, buffer, (guint32)GST_FLOW_FLUSHING);
  g_assert_cmpint (call_end (push), ==, GST_FLOW_FLUSHING);
  /* its ACK is normal traffic */
  peer_ack (bench->peer, id, TRUE);
  peer_round_trip (bench->peer);
  g_assert_cmpuint (bench_stat (bench, "late-replies"), ==, 0);
  flush = call_push_event (bench->pad->pad, gst_event_new_flush_stop (TRUE));
  peer_ack (bench->peer, peer_expect_event (bench->peer, GST_EVENT_FLUSH_STOP), TRUE);
  g_assert_true (call_end (flush));
  bench_free (bench);
}

/* A pad tries a sticky event that was refused again, with the next buffer; the answer becomes that of the push. */
static GstFlowReturn
push_behind_a_refused_event (TestBench *bench, void (*meanwhile) (TestBench *bench))
{
  TestCall *call = call_push_event (bench->pad->pad, gst_event_new_stream_start ("test"));
  guint32 id;

  peer_ack (bench->peer, peer_expect_event (bench->peer, GST_EVENT_STREAM_START), TRUE);
  call_end (call);
  call = call_push_event (bench->pad->pad, test_segment_event ());
  peer_ack (bench->peer, peer_expect_event (bench->peer, GST_EVENT_SEGMENT), FALSE);
  call_end (call);
  call = call_push (bench->pad->pad, test_buffer (1));
  id = peer_expect_event (bench->peer, GST_EVENT_SEGMENT);
  meanwhile (bench);
  peer_ack (bench->peer, id, FALSE);
  return call_end (call);
}

static void
nothing (TestBench *bench)
{
}

static void
test_a_refused_sticky_event_is_an_error (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  bench_go (bench, GST_STATE_PAUSED);
  g_assert_cmpint (push_behind_a_refused_event (bench, nothing), ==, GST_FLOW_ERROR);
  bench_free (bench);
}

static void
flush (TestBench *bench)
{
  g_assert_true (call_end (call_push_event (bench->pad->pad, gst_event_new_flush_start ())));
  peer_expect_event (bench->peer, GST_EVENT_FLUSH_START);
}

/* Otherwise the source would post an error of its own in the midst of a seek. */
static void
test_a_sticky_event_that_a_flush_refuses_is_none (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  bench_go (bench, GST_STATE_PAUSED);
  g_assert_cmpint (push_behind_a_refused_event (bench, flush), ==, GST_FLOW_FLUSHING);
  bench_free (bench);
}

static TestCall *stop;

static void
begin_to_stop (TestBench *bench)
{
  stop = call_set_state (bench->pipeline, GST_STATE_READY);
  peer_expect_state_change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_READY);
}

/* The peer is stopped before the sink's own pad is. */
static void
test_a_sticky_event_that_a_peer_refuses_in_stopping_is_none (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  bench_go (bench, GST_STATE_PAUSED);
  g_assert_cmpint (push_behind_a_refused_event (bench, begin_to_stop), ==, GST_FLOW_FLUSHING);
  g_signal_emit_by_name (bench->element, "disconnect");
  g_assert_cmpint (call_end (stop), ==, GST_STATE_CHANGE_SUCCESS);
  bench_free (bench);
}

static void
test_a_sticky_event_without_a_peer_is_none (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  TestCall *call;

  bench_go (bench, GST_STATE_PAUSED);
  call = call_push_event (bench->pad->pad, gst_event_new_stream_start ("test"));
  peer_ack (bench->peer, peer_expect_event (bench->peer, GST_EVENT_STREAM_START), TRUE);
  call_end (call);
  call = call_push_event (bench->pad->pad, test_segment_event ());
  peer_expect_event (bench->peer, GST_EVENT_SEGMENT);
  peer_close (bench->peer);
  call_end (call);
  g_assert_cmpint (call_end (call_push (bench->pad->pad, test_buffer (1))), ==, GST_FLOW_FLUSHING);
  bench_free (bench);
}

/* EVT-9 */
static void
test_a_sink_message_goes_with_both_seqnums (void)
{
  TestBench *bench = playing_sink ();
  GstMessage *message = gst_message_new_application (NULL, gst_structure_new ("what", "n", G_TYPE_INT, 5, NULL));
  GstEvent *event = gst_event_new_sink_message ("my-message", message);
  const guint32 event_seqnum = gst_event_get_seqnum (event), message_seqnum = gst_message_get_seqnum (message);
  TestCall *call = call_push_event (bench->pad->pad, event);
  IpcPacket *packet = peer_expect (bench->peer, IPC_PACKET_SINK_MESSAGE_EVENT);

  gst_message_unref (message);
  g_assert_cmpuint (packet->sink_message.message_type, ==, GST_MESSAGE_APPLICATION);
  g_assert_cmpuint (packet->sink_message.event_seqnum, ==, event_seqnum);
  g_assert_cmpuint (packet->sink_message.message_seqnum, ==, message_seqnum);
  g_assert_cmpstr (packet->sink_message.name, ==, "my-message");
  g_assert_cmpstr (packet->sink_message.structure, ==, "what, n=(int)5;");
  peer_ack (bench->peer, packet->header.id, TRUE);
  g_assert_true (call_end (call));
  bench_free (bench);
}

/* EVT-8 */
static void
test_an_event_to_the_element_goes_as_an_upstream_event (void)
{
  TestBench *bench = playing_sink ();
  TestCall *call = call_send_event (bench->element, test_seek_event ());
  IpcPacket *packet = peer_expect (bench->peer, IPC_PACKET_EVENT);
  const guint32 id = packet->header.id;

  g_assert_cmpuint (packet->event.type, ==, GST_EVENT_SEEK);
  g_assert_true (packet->event.upstream);
  peer_round_trip (bench->peer);
  g_assert_false (call_has_ended (call));
  peer_ack (bench->peer, id, TRUE);
  g_assert_true (call_end (call));
  bench_free (bench);
}

/* OBJ-10 */
static void
test_what_text_cannot_carry_stays_here_and_counts_as_handled (void)
{
  TestBench *bench = playing_sink ();
  GstStreamCollection *collection = gst_stream_collection_new ("up");

  g_assert_true (gst_pad_push_event (bench->pad->pad, gst_event_new_stream_collection (collection)));
  gst_object_unref (collection);
  peer_expect_silence (bench->peer);
  bench_free (bench);
}

/* ---- queries ---- */

static guint32
expect_query (TestBench *bench, GstQueryType type, gboolean upstream)
{
  IpcPacket *packet = peer_expect (bench->peer, IPC_PACKET_QUERY);

  g_assert_cmpuint (packet->query.type, ==, type);
  g_assert_cmpint (packet->query.upstream, ==, upstream);
  return packet->header.id;
}

/* QRY-2, QRY-5 */
static void
test_a_query_of_the_element_is_answered_in_place (void)
{
  TestBench *bench = playing_sink ();
  g_autoptr (GstQuery) query = gst_query_new_position (GST_FORMAT_TIME), answer = gst_query_copy (query);
  TestCall *call = call_element_query (bench->element, query);
  gint64 position = -1;
  guint32 id = expect_query (bench, GST_QUERY_POSITION, TRUE);

  gst_query_set_position (answer, GST_FORMAT_TIME, 3 * GST_SECOND);
  peer_answer_query (bench->peer, id, answer, TRUE);
  g_assert_true (call_end (call));
  gst_query_parse_position (query, NULL, &position);
  g_assert_cmpint (position, ==, 3 * GST_SECOND);
  bench_free (bench);
}

/* QRY-1, QRY-5 */
static void
test_a_query_of_the_pad_goes_downstream (void)
{
  TestBench *bench = playing_sink ();
  g_autoptr (GstCaps) caps = gst_caps_from_string ("audio/x-raw, rate=(int)8000"), got = NULL;
  g_autoptr (GstQuery) query = gst_query_new_caps (NULL), answer = gst_query_copy (query);
  TestCall *call = call_peer_query (bench->pad->pad, query);
  guint32 id = expect_query (bench, GST_QUERY_CAPS, FALSE);

  gst_query_set_caps_result (answer, caps);
  peer_answer_query (bench->peer, id, answer, TRUE);
  g_assert_true (call_end (call));
  gst_query_parse_caps_result (query, &got);
  g_assert_true (gst_caps_is_equal (got, caps));
  gst_caps_ref (got);
  bench_free (bench);
}

static void
test_a_query_that_is_answered_false_is_false (void)
{
  TestBench *bench = playing_sink ();
  g_autoptr (GstQuery) query = gst_query_new_duration (GST_FORMAT_TIME);
  TestCall *call = call_element_query (bench->element, query);

  peer_answer_query (bench->peer, expect_query (bench, GST_QUERY_DURATION, TRUE), query, FALSE);
  g_assert_false (call_end (call));
  bench_free (bench);
}

/* QRY-7 */
static void
test_an_answer_that_does_not_fit_leaves_the_query_as_it_was (void)
{
  TestBench *bench = playing_sink ();
  g_autoptr (GstQuery) query = gst_query_new_duration (GST_FORMAT_TIME);
  g_autoptr (GstQuery) other = gst_query_new_position (GST_FORMAT_TIME);
  g_autofree gchar *before = gst_structure_to_string (gst_query_get_structure (query)), *after = NULL;
  TestCall *call = call_element_query (bench->element, query);

  gst_query_set_position (other, GST_FORMAT_TIME, 1);
  peer_answer_query (bench->peer, expect_query (bench, GST_QUERY_DURATION, TRUE), other, TRUE);
  g_assert_false (call_end (call));
  after = gst_structure_to_string (gst_query_get_structure (query));
  g_assert_cmpstr (after, ==, before);
  bench_free (bench);
}

/* WAIT-4, QRY-6 */
static void
test_a_query_that_times_out_is_false_and_no_error (void)
{
  TestBench *bench = playing_sink ();
  g_autoptr (GstQuery) query = gst_query_new_position (GST_FORMAT_TIME);
  guint32 id;

  g_object_set (bench->element, "ack-time", G_GUINT64_CONSTANT (20000), NULL);
  g_assert_false (call_end (call_element_query (bench->element, query)));
  g_assert_cmpuint (bench_stat (bench, "timeouts"), ==, 1);
  id = expect_query (bench, GST_QUERY_POSITION, TRUE);
  peer_answer_query (bench->peer, id, query, TRUE);
  peer_round_trip (bench->peer);
  g_assert_cmpuint (bench_stat (bench, "late-replies"), ==, 1);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 0);
  bench_free (bench);
}

/* WAIT-1 */
static void
test_a_serialized_query_waits_longer_than_ack_time (void)
{
  TestBench *bench = playing_sink ();
  g_autoptr (GstQuery) drain = gst_query_new_drain ();
  g_autoptr (GstQuery) position = gst_query_new_position (GST_FORMAT_TIME);
  TestCall *call;
  guint32 id;

  g_object_set (bench->element, "ack-time", G_GUINT64_CONSTANT (1000), NULL);
  call = call_peer_query (bench->pad->pad, drain);
  id = expect_query (bench, GST_QUERY_DRAIN, FALSE);
  g_assert_false (gst_element_query (bench->element, position));
  g_assert_false (call_has_ended (call));
  peer_answer_query (bench->peer, id, drain, TRUE);
  g_assert_true (call_end (call));
  bench_free (bench);
}

/* QRY-4 */
static void
test_a_caps_query_in_null_is_refused_without_traffic (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  g_autoptr (GstPad) sinkpad = gst_element_get_static_pad (bench->element, "sink");
  g_autoptr (GstQuery) query = gst_query_new_caps (NULL);

  peer_expect_silence (bench->peer);
  g_assert_false (gst_element_query (bench->element, query));
  g_assert_false (gst_pad_query (sinkpad, query));
  peer_expect_silence (bench->peer);
  bench_free (bench);
}

/* REPLY-4 */
static void
test_answers_in_another_order_find_who_asked (void)
{
  TestBench *bench = playing_sink ();
  g_autoptr (GstQuery) query = gst_query_new_position (GST_FORMAT_TIME), answer = gst_query_copy (query);
  TestCall *push = call_push (bench->pad->pad, test_buffer (1)), *ask, *send;
  guint32 buffer = peer_expect_buffer (bench->peer), question, event;
  gint64 position;

  ask = call_element_query (bench->element, query);
  question = expect_query (bench, GST_QUERY_POSITION, TRUE);
  send = call_send_event (bench->element, test_seek_event ());
  event = peer_expect_event (bench->peer, GST_EVENT_SEEK);
  peer_ack (bench->peer, event, TRUE);
  g_assert_true (call_end (send));
  gst_query_set_position (answer, GST_FORMAT_TIME, 4);
  peer_answer_query (bench->peer, question, answer, TRUE);
  g_assert_true (call_end (ask));
  gst_query_parse_position (query, NULL, &position);
  g_assert_cmpint (position, ==, 4);
  peer_ack (bench->peer, buffer, (guint32)GST_FLOW_EOS);
  g_assert_cmpint (call_end (push), ==, GST_FLOW_EOS);
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/sink/flow/" #name, test_##name)
  ADD (a_buffer_goes_with_its_fields_and_data);
  ADD (an_empty_buffer_goes_as_an_empty_buffer);
  ADD (flow_returns_are_the_peers);
  ADD (an_answer_that_is_no_flow_return_is_an_error);
  ADD (a_buffer_waits_longer_than_ack_time);
  ADD (a_buffer_that_waits_ends_flushing_when_the_pad_is_shut);
  ADD (a_serialized_event_waits_for_its_answer);
  ADD (flush_start_is_not_waited_for);
  ADD (a_refused_sticky_event_is_an_error);
  ADD (a_sticky_event_that_a_flush_refuses_is_none);
  ADD (a_sticky_event_that_a_peer_refuses_in_stopping_is_none);
  ADD (a_sticky_event_without_a_peer_is_none);
  ADD (a_sink_message_goes_with_both_seqnums);
  ADD (an_event_to_the_element_goes_as_an_upstream_event);
  ADD (what_text_cannot_carry_stays_here_and_counts_as_handled);
  ADD (a_query_of_the_element_is_answered_in_place);
  ADD (a_query_of_the_pad_goes_downstream);
  ADD (a_query_that_is_answered_false_is_false);
  ADD (an_answer_that_does_not_fit_leaves_the_query_as_it_was);
  ADD (a_query_that_times_out_is_false_and_no_error);
  ADD (a_serialized_query_waits_longer_than_ack_time);
  ADD (a_caps_query_in_null_is_refused_without_traffic);
  ADD (answers_in_another_order_find_who_asked);
  return g_test_run ();
}
