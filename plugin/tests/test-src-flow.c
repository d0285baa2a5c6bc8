/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What ipcpipelinesrc does with the master's buffers, events and queries, against a scripted master and a pad of the
 * test's own downstream. docs/protocol.md, BUF-*, EVT-*, QRY-*.
 */

#include "bench.h"

static TestBench *
playing_src (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");

  bench_lead (bench, GST_STATE_PLAYING);
  bench_send_stream_start (bench);
  bench_send_segment (bench);
  return bench;
}

static void
expect_false (TestPeer *peer, guint32 id)
{
  IpcPacket *reply = peer_await_reply (peer, id);

  g_assert_cmpuint (reply->header.type, ==, IPC_PACKET_QUERY_RESULT);
  g_assert_false (reply->query_result.result);
  g_assert_true (reply->query_result.type == GST_QUERY_DRAIN || reply->query_result.structure != NULL);
}

/* ---- buffers ---- */

/* BUF-3 */
static void
test_what_arrives_before_the_start_is_refused (void)
{
  for (GstState state = GST_STATE_NULL; state <= GST_STATE_READY; state++) {
    TestBench *bench = bench_new_src ("ipcslavepipeline");

    bench_lead (bench, state);
    peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, test_buffer (1)), (guint32)GST_FLOW_FLUSHING);
    peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_stream_start ("x"), FALSE), FALSE);
    expect_false (bench->peer, peer_send_query (bench->peer, gst_query_new_drain (), FALSE));
    g_assert_cmpuint (bench->pad->items->len, ==, 0);
    bench_free (bench);
  }
}

/* BUF-1, BUF-5 */
static void
test_a_buffer_arrives_with_its_fields_and_data (void)
{
  TestBench *bench = playing_src ();
  GstBuffer *buffer = gst_buffer_new_memdup ("0123456789", 10), *got;
  GstStructure *info = gst_structure_new ("application/x-cenc", "iv_size", G_TYPE_UINT, 8, NULL);
  guint32 id;

  GST_BUFFER_PTS (buffer) = 1001;
  GST_BUFFER_DTS (buffer) = 1002;
  GST_BUFFER_DURATION (buffer) = 1003;
  GST_BUFFER_OFFSET (buffer) = 1004;
  GST_BUFFER_OFFSET_END (buffer) = 1005;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT | GST_BUFFER_FLAG_DISCONT);
  gst_buffer_add_protection_meta (buffer, info);
  id = peer_send_buffer (bench->peer, buffer);
  got = test_pad_await_buffer (bench->pad, 1);
  peer_expect_ack (bench->peer, id, GST_FLOW_OK);
  g_assert_cmpuint (GST_BUFFER_PTS (got), ==, 1001);
  g_assert_cmpuint (GST_BUFFER_DTS (got), ==, 1002);
  g_assert_cmpuint (GST_BUFFER_DURATION (got), ==, 1003);
  g_assert_cmpuint (GST_BUFFER_OFFSET (got), ==, 1004);
  g_assert_cmpuint (GST_BUFFER_OFFSET_END (got), ==, 1005);
  g_assert_true (GST_BUFFER_FLAG_IS_SET (got, GST_BUFFER_FLAG_DELTA_UNIT | GST_BUFFER_FLAG_DISCONT));
  g_assert_false (GST_BUFFER_FLAG_IS_SET (got, GST_BUFFER_FLAG_GAP));
  g_assert_cmpuint (gst_buffer_get_size (got), ==, 10);
  g_assert_cmpint (gst_buffer_memcmp (got, 0, "0123456789", 10), ==, 0);
  g_assert_nonnull (gst_buffer_get_protection_meta (got));
  g_assert_cmpstr (gst_structure_get_name (gst_buffer_get_protection_meta (got)->info), ==, "application/x-cenc");
  bench_free (bench);
}

/* BUF-7 */
static void
test_an_empty_buffer_arrives_empty (void)
{
  TestBench *bench = playing_src ();

  peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, gst_buffer_new ()), GST_FLOW_OK);
  g_assert_cmpuint (gst_buffer_get_size (test_pad_await_buffer (bench->pad, 1)), ==, 0);
  bench_free (bench);
}

/* BUF-2: without waiting for answers, which a pad that blocks would betray. */
static void
test_buffers_events_and_queries_stay_in_order (void)
{
  TestBench *bench = playing_src ();
  const guint8 n = 20;
  guint last = 0;

  for (guint8 i = 0; i < n; i++) {
    peer_send_buffer (bench->peer, test_buffer (i));
    peer_send_event (bench->peer, test_serialized_event ("between"), FALSE);
    peer_send_query (bench->peer, gst_query_new_drain (), FALSE);
  }
  for (guint8 i = 0; i < n; i++) {
    const gpointer items[] = { test_pad_await_buffer (bench->pad, i + 1),
      test_pad_await_event (bench->pad, GST_EVENT_CUSTOM_DOWNSTREAM, i + 1),
      test_pad_await_query (bench->pad, GST_QUERY_DRAIN, i + 1) };

    g_assert_cmpuint (GST_BUFFER_OFFSET (items[0]), ==, i);
    for (guint k = 0; k < G_N_ELEMENTS (items); k++) {
      g_assert_cmpuint (test_pad_index (bench->pad, items[k]), >, last);
      last = test_pad_index (bench->pad, items[k]);
    }
    peer_expect (bench->peer, IPC_PACKET_ACK);
    peer_expect (bench->peer, IPC_PACKET_ACK);
    peer_expect (bench->peer, IPC_PACKET_QUERY_RESULT);
  }
  bench_free (bench);
}

/* REPLY-5, BUF-6 */
static void
test_a_buffer_is_answered_with_what_the_push_returned (void)
{
  const GstFlowReturn flows[] = { GST_FLOW_EOS, GST_FLOW_ERROR, GST_FLOW_NOT_NEGOTIATED, GST_FLOW_CUSTOM_ERROR };

  for (guint i = 0; i < G_N_ELEMENTS (flows); i++) {
    TestBench *bench = playing_src ();
    guint32 id;

    test_pad_set_flow (bench->pad, flows[i]);
    test_pad_close (bench->pad);
    id = peer_send_buffer (bench->peer, test_buffer (1));
    test_pad_await_waiting (bench->pad);
    peer_expect_silence (bench->peer);
    test_pad_open (bench->pad);
    peer_expect_ack (bench->peer, id, (guint32)flows[i]);
    bench_free (bench);
  }
}

/* BUF-4 */
static void
test_a_failed_push_is_the_answer_until_flush_stop (void)
{
  TestBench *bench = playing_src ();

  test_pad_set_flow (bench->pad, GST_FLOW_EOS);
  peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, test_buffer (1)), (guint32)GST_FLOW_EOS);
  test_pad_set_flow (bench->pad, GST_FLOW_OK);
  peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, test_buffer (2)), (guint32)GST_FLOW_EOS);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, test_serialized_event ("x"), FALSE), FALSE);
  g_assert_cmpuint (test_pad_count_buffers (bench->pad), ==, 1);
  g_assert_cmpuint (test_pad_count_events (bench->pad, GST_EVENT_CUSTOM_DOWNSTREAM), ==, 0);

  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_flush_start (), FALSE), TRUE);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_flush_stop (TRUE), FALSE), TRUE);
  bench_send_segment (bench);
  peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, test_buffer (3)), GST_FLOW_OK);
  g_assert_cmpuint (GST_BUFFER_OFFSET (test_pad_await_buffer (bench->pad, 2)), ==, 3);
  bench_free (bench);
}

/* BUF-8 */
static void
test_eos_of_a_push_ends_the_segment_only (void)
{
  TestBench *bench = playing_src ();

  test_pad_set_flow (bench->pad, GST_FLOW_EOS);
  peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, test_buffer (1)), (guint32)GST_FLOW_EOS);
  test_pad_set_flow (bench->pad, GST_FLOW_OK);
  peer_expect_ack (
      bench->peer, peer_send_event (bench->peer, gst_event_new_segment_done (GST_FORMAT_TIME, 7), FALSE), TRUE);
  peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, test_buffer (2)), (guint32)GST_FLOW_EOS);
  bench_send_segment (bench);
  peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, test_buffer (3)), GST_FLOW_OK);

  test_pad_set_flow (bench->pad, GST_FLOW_EOS);
  peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, test_buffer (4)), (guint32)GST_FLOW_EOS);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_eos (), FALSE), TRUE);
  g_assert_cmpuint (test_pad_count_buffers (bench->pad), ==, 3);
  g_assert_cmpuint (test_pad_count_events (bench->pad, GST_EVENT_SEGMENT_DONE), ==, 1);
  g_assert_cmpuint (test_pad_count_events (bench->pad, GST_EVENT_EOS), ==, 1);
  bench_free (bench);
}

/* BUF-4, BUF-8 */
static void
test_no_segment_goes_on_after_an_error (void)
{
  TestBench *bench = playing_src ();

  test_pad_set_flow (bench->pad, GST_FLOW_ERROR);
  peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, test_buffer (1)), (guint32)GST_FLOW_ERROR);
  test_pad_set_flow (bench->pad, GST_FLOW_OK);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, test_segment_event (), FALSE), FALSE);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_eos (), FALSE), FALSE);
  peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, test_buffer (2)), (guint32)GST_FLOW_ERROR);
  g_assert_cmpuint (test_pad_count_events (bench->pad, GST_EVENT_EOS), ==, 0);
  bench_free (bench);
}

/* BUF-4 */
static void
test_a_failed_push_is_forgotten_after_a_restart (void)
{
  TestBench *bench = playing_src ();
  const GstStateChange changes[]
      = { GST_STATE_CHANGE_PLAYING_TO_PAUSED, GST_STATE_CHANGE_PAUSED_TO_READY, GST_STATE_CHANGE_READY_TO_PAUSED };

  test_pad_set_flow (bench->pad, GST_FLOW_ERROR);
  peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, test_buffer (1)), (guint32)GST_FLOW_ERROR);
  test_pad_set_flow (bench->pad, GST_FLOW_OK);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    peer_expect_ack (bench->peer, peer_send_state_change (bench->peer, changes[i]), GST_STATE_CHANGE_SUCCESS);
  bench_send_stream_start (bench);
  bench_send_segment (bench);
  peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, test_buffer (2)), GST_FLOW_OK);
  bench_free (bench);
}

static void
test_shutting_down_refuses_what_is_queued (void)
{
  TestBench *bench = playing_src ();
  guint32 first, second, event, down;

  test_pad_close (bench->pad);
  first = peer_send_buffer (bench->peer, test_buffer (1));
  test_pad_await_waiting (bench->pad);
  second = peer_send_buffer (bench->peer, test_buffer (2));
  event = peer_send_event (bench->peer, test_serialized_event ("x"), FALSE);
  peer_expect_ack (
      bench->peer, peer_send_state_change (bench->peer, GST_STATE_CHANGE_PLAYING_TO_PAUSED), GST_STATE_CHANGE_SUCCESS);
  down = peer_send_state_change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_READY);
  peer_expect_ack (bench->peer, second, (guint32)GST_FLOW_FLUSHING);
  peer_expect_ack (bench->peer, event, FALSE);
  test_pad_open (bench->pad);
  peer_expect_ack (bench->peer, down, GST_STATE_CHANGE_SUCCESS);
  peer_await_reply (bench->peer, first);
  g_assert_cmpuint (test_pad_count_buffers (bench->pad), ==, 1);
  bench_free (bench);
}

/* ---- flushing ---- */

/* EVT-3, EVT-6, EVT-7 */
static void
test_flush_start_overtakes_and_refuses_what_is_queued (void)
{
  TestBench *bench = playing_src ();
  TestPeer *peer = bench->peer;
  guint32 blocked, buffers[2], event, query, flush;

  test_pad_close (bench->pad);
  blocked = peer_send_buffer (peer, test_buffer (1));
  test_pad_await_waiting (bench->pad);
  buffers[0] = peer_send_buffer (peer, test_buffer (2));
  event = peer_send_event (peer, test_serialized_event ("x"), FALSE);
  query = peer_send_query (peer, gst_query_new_drain (), FALSE);
  buffers[1] = peer_send_buffer (peer, test_buffer (3));
  peer_expect_silence (peer);
  flush = peer_send_event (peer, gst_event_new_flush_start (), FALSE);
  peer_expect_ack (peer, buffers[0], (guint32)GST_FLOW_FLUSHING);
  peer_expect_ack (peer, event, FALSE);
  expect_false (peer, query);
  peer_expect_ack (peer, buffers[1], (guint32)GST_FLOW_FLUSHING);
  peer_expect_ack (peer, flush, TRUE);
  test_pad_await_event (bench->pad, GST_EVENT_FLUSH_START, 1);

  /* the push is still in there, and what comes now is refused at once */
  peer_expect_ack (peer, peer_send_buffer (peer, test_buffer (4)), (guint32)GST_FLOW_FLUSHING);
  peer_expect_ack (peer, peer_send_event (peer, test_serialized_event ("x"), FALSE), FALSE);
  expect_false (peer, peer_send_query (peer, gst_query_new_drain (), FALSE));
  test_pad_open (bench->pad);
  peer_await_reply (peer, blocked);

  peer_expect_ack (peer, peer_send_event (peer, gst_event_new_flush_stop (TRUE), FALSE), TRUE);
  bench_send_segment (bench);
  peer_expect_ack (peer, peer_send_buffer (peer, test_buffer (5)), GST_FLOW_OK);
  g_assert_cmpuint (GST_BUFFER_OFFSET (test_pad_await_buffer (bench->pad, 2)), ==, 5);
  g_assert_cmpuint (test_pad_count_events (bench->pad, GST_EVENT_CUSTOM_DOWNSTREAM), ==, 0);
  bench_free (bench);
}

/* The master waits for none of them. */
static void
test_many_flushes_in_a_row_stay_in_order (void)
{
  TestBench *bench = playing_src ();

  for (guint i = 0; i < 50; i++) {
    guint32 stop, buffer;

    peer_send_buffer (bench->peer, test_buffer (i));
    peer_send_event (bench->peer, gst_event_new_flush_start (), FALSE);
    stop = peer_send_event (bench->peer, gst_event_new_flush_stop (TRUE), FALSE);
    peer_send_event (bench->peer, test_segment_event (), FALSE);
    buffer = peer_send_buffer (bench->peer, test_buffer (100 + i));
    peer_expect_ack (bench->peer, stop, TRUE);
    peer_expect_ack (bench->peer, buffer, GST_FLOW_OK);
    g_assert_cmpuint (test_pad_index (bench->pad, test_pad_await_event (bench->pad, GST_EVENT_FLUSH_START, i + 1)), <,
        test_pad_index (bench->pad, test_pad_await_event (bench->pad, GST_EVENT_FLUSH_STOP, i + 1)));
  }
  bench_free (bench);
}

static struct {
  GMutex lock;
  GCond changed;
  gboolean held, released;
} hold;

/* Holds the thread that pushes an event that overtakes. */
static GstPadProbeReturn
hold_overtaking_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_CUSTOM_DOWNSTREAM_OOB)
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&hold.lock);
  hold.held = TRUE;
  g_cond_broadcast (&hold.changed);
  while (!hold.released)
    g_cond_wait (&hold.changed, &hold.lock);
  g_mutex_unlock (&hold.lock);
  return GST_PAD_PROBE_OK;
}

/* EVT-3, EVT-7: a flush-start that was still under way when the pad was shut must not flush it when it is open again:
 * the flush-stop behind it was refused. */
static void
test_a_flush_start_from_before_a_restart_flushes_nothing (void)
{
  TestBench *bench = playing_src ();
  const GstStateChange changes[]
      = { GST_STATE_CHANGE_PLAYING_TO_PAUSED, GST_STATE_CHANGE_PAUSED_TO_READY, GST_STATE_CHANGE_READY_TO_PAUSED };
  guint32 held, flush;

  hold.held = hold.released = FALSE;
  gst_pad_add_probe (bench->pad->pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, hold_overtaking_event, NULL, NULL);
  held = peer_send_event (
      bench->peer, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_OOB, gst_structure_new_empty ("hold")), FALSE);
  g_mutex_lock (&hold.lock);
  while (!hold.held)
    g_cond_wait (&hold.changed, &hold.lock);
  g_mutex_unlock (&hold.lock);
  flush = peer_send_event (bench->peer, gst_event_new_flush_start (), FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    peer_expect_ack (bench->peer, peer_send_state_change (bench->peer, changes[i]), GST_STATE_CHANGE_SUCCESS);
  g_mutex_lock (&hold.lock);
  hold.released = TRUE;
  g_cond_broadcast (&hold.changed);
  g_mutex_unlock (&hold.lock);
  peer_await_reply (bench->peer, held);
  peer_expect_ack (bench->peer, flush, FALSE);

  bench_send_stream_start (bench);
  bench_send_segment (bench);
  peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, test_buffer (1)), GST_FLOW_OK);
  g_assert_cmpuint (test_pad_count_events (bench->pad, GST_EVENT_FLUSH_START), ==, 0);
  bench_free (bench);
}

/* ---- events ---- */

/* EVT-1, EVT-2 */
static void
test_an_event_arrives_with_seqnum_and_content (void)
{
  TestBench *bench = playing_src ();
  GstEvent *event = gst_event_new_custom (
      GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new ("hello", "n", G_TYPE_INT, 7, "s", G_TYPE_STRING, "a b", NULL));
  const guint32 seqnum = gst_event_get_seqnum (event);
  GstEvent *got;

  gst_event_ref (event);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, event, FALSE), TRUE);
  got = test_pad_await_event (bench->pad, GST_EVENT_CUSTOM_DOWNSTREAM, 1);
  g_assert_cmpuint (gst_event_get_seqnum (got), ==, seqnum);
  g_assert_true (gst_structure_is_equal (gst_event_get_structure (got), gst_event_get_structure (event)));
  gst_event_unref (event);
  bench_free (bench);
}

/* OBJ-12: what a legacy master sends for every MPEG-TS file. */
static void
test_a_stream_collection_in_text_form_counts_as_handled (void)
{
  TestBench *bench = playing_src ();
  IpcPacket packet = { .header.type = IPC_PACKET_EVENT };

  packet.event.type = GST_EVENT_STREAM_COLLECTION;
  packet.event.seqnum = 5;
  packet.event.structure
      = "GstEventStreamCollection, collection=(GstStreamCollection)\"\\(GstStreamCollection\\)\\ x\";";
  peer_expect_ack (bench->peer, peer_send (bench->peer, &packet), TRUE);
  g_assert_cmpuint (test_pad_count_events (bench->pad, GST_EVENT_STREAM_COLLECTION), ==, 0);
  bench_free (bench);
}

/* EVT-9 */
static void
test_a_sink_message_arrives_with_both_seqnums (void)
{
  TestBench *bench = playing_src ();
  g_autoptr (GstMessage) message = gst_message_new_application (NULL, gst_structure_new_empty ("what")), got = NULL;
  GstEvent *event = gst_event_new_sink_message ("my-message", message);
  const guint32 seqnum = gst_event_get_seqnum (event);

  peer_expect_ack (bench->peer, peer_send_event (bench->peer, event, FALSE), TRUE);
  event = test_pad_await_event (bench->pad, GST_EVENT_SINK_MESSAGE, 1);
  g_assert_cmpuint (gst_event_get_seqnum (event), ==, seqnum);
  g_assert_true (gst_event_has_name (event, "my-message"));
  gst_event_parse_sink_message (event, &got);
  g_assert_cmpuint (gst_message_get_seqnum (got), ==, gst_message_get_seqnum (message));
  g_assert_cmpint (GST_MESSAGE_TYPE (got), ==, GST_MESSAGE_APPLICATION);
  /* its source is the element */
  gst_clear_message (&got);
  bench_free (bench);
}

/* EVT-5 */
static void
test_eos_leaves_behind_all_buffers (void)
{
  TestBench *bench = playing_src ();
  guint32 eos;

  test_pad_close (bench->pad);
  peer_send_buffer (bench->peer, test_buffer (1));
  test_pad_await_waiting (bench->pad);
  peer_send_buffer (bench->peer, test_buffer (2));
  eos = peer_send_event (bench->peer, gst_event_new_eos (), FALSE);
  test_pad_open (bench->pad);
  peer_expect_ack (bench->peer, eos, TRUE);
  g_assert_cmpuint (test_pad_index (bench->pad, test_pad_await_event (bench->pad, GST_EVENT_EOS, 1)), >,
      test_pad_index (bench->pad, test_pad_await_buffer (bench->pad, 2)));
  bench_free (bench);
}

/* EVT-4 */
static void
test_an_upstream_event_at_the_pad_goes_to_the_master (void)
{
  const gboolean answers[] = { TRUE, FALSE };
  TestBench *bench = playing_src ();

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    GstEvent *event = test_seek_event ();
    const guint32 seqnum = gst_event_get_seqnum (event);
    TestCall *call = call_push_event (bench->pad->pad, event);
    IpcPacket *packet = peer_expect (bench->peer, IPC_PACKET_EVENT);

    g_assert_cmpuint (packet->event.type, ==, GST_EVENT_SEEK);
    g_assert_cmpuint (packet->event.seqnum, ==, seqnum);
    g_assert_true (packet->event.upstream);
    peer_ack (bench->peer, packet->header.id, answers[i]);
    g_assert_cmpint (call_end (call), ==, answers[i]);
  }
  bench_free (bench);
}

/* ---- queries ---- */

/* QRY-3, QRY-5 */
static void
test_a_query_at_the_pad_is_answered_by_the_master (void)
{
  TestBench *bench = playing_src ();
  g_autoptr (GstQuery) query = gst_query_new_duration (GST_FORMAT_TIME), answer = gst_query_copy (query);
  TestCall *call = call_peer_query (bench->pad->pad, query);
  IpcPacket *packet = peer_expect (bench->peer, IPC_PACKET_QUERY);
  gint64 duration = -1;

  g_assert_cmpuint (packet->query.type, ==, GST_QUERY_DURATION);
  g_assert_true (packet->query.upstream);
  gst_query_set_duration (answer, GST_FORMAT_TIME, 9);
  peer_answer_query (bench->peer, packet->header.id, answer, TRUE);
  g_assert_true (call_end (call));
  gst_query_parse_duration (query, NULL, &duration);
  g_assert_cmpint (duration, ==, 9);
  bench_free (bench);
}

/* QRY-4 */
static void
test_context_and_caps_in_null_are_refused_without_traffic (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");
  g_autoptr (GstPad) srcpad = gst_element_get_static_pad (bench->element, "src");
  g_autoptr (GstQuery) caps = gst_query_new_caps (NULL), context = gst_query_new_context ("gst.some.Context");

  peer_round_trip (bench->peer);
  g_assert_false (gst_pad_query (srcpad, caps));
  g_assert_false (gst_pad_query (srcpad, context));
  bench_lead (bench, GST_STATE_PAUSED);
  g_assert_false (gst_pad_query (srcpad, context));
  peer_expect_silence (bench->peer);
  bench_free (bench);
}

/* ELEM-2 */
static void
test_scheduling_is_push_only (void)
{
  TestBench *bench = playing_src ();
  g_autoptr (GstQuery) query = gst_query_new_scheduling ();

  g_assert_true (gst_pad_peer_query (bench->pad->pad, query));
  g_assert_true (gst_query_has_scheduling_mode (query, GST_PAD_MODE_PUSH));
  g_assert_false (gst_query_has_scheduling_mode (query, GST_PAD_MODE_PULL));
  peer_expect_silence (bench->peer);
  bench_free (bench);
}

/* QRY-1 */
static void
test_a_query_of_the_master_goes_downstream (void)
{
  TestBench *bench = playing_src ();
  g_autoptr (GstCaps) caps = gst_caps_from_string ("audio/x-raw, rate=(int)8000");
  g_autoptr (GstQuery) query = gst_query_new_caps (caps), accept = gst_query_new_accept_caps (caps);
  g_autoptr (GError) error = NULL;
  GstCaps *result;
  gboolean accepted = FALSE;
  IpcPacket *reply;

  reply = peer_await_reply (bench->peer, peer_send_query (bench->peer, gst_query_ref (query), FALSE));
  g_assert_true (ipc_query_update_from_packet (query, reply, &error));
  gst_query_parse_caps_result (query, &result);
  g_assert_true (gst_caps_is_equal (result, caps));

  reply = peer_await_reply (bench->peer, peer_send_query (bench->peer, gst_query_ref (accept), FALSE));
  g_assert_true (ipc_query_update_from_packet (accept, reply, &error));
  gst_query_parse_accept_caps_result (accept, &accepted);
  g_assert_true (accepted);

  reply = peer_await_reply (bench->peer, peer_send_query (bench->peer, gst_query_new_allocation (caps, TRUE), FALSE));
  g_assert_true (reply->query_result.result);
  test_pad_set_answer (bench->pad, FALSE);
  expect_false (bench->peer, peer_send_query (bench->peer, gst_query_new_allocation (caps, TRUE), FALSE));
  bench_free (bench);
}

/* HOST-5 */
static void
test_an_upstream_query_flagged_as_downstream_is_answered_false (void)
{
  TestBench *bench = playing_src ();

  expect_false (bench->peer, peer_send_query (bench->peer, gst_query_new_scheduling (), FALSE));
  bench_free (bench);
}

/* HOST-5: without a warning of GStreamer's */
static void
test_a_downstream_query_flagged_as_upstream_is_answered_false (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink");

  expect_false (bench->peer, peer_send_query (bench->peer, gst_query_new_allocation (NULL, TRUE), TRUE));
  bench_free (bench);
}

/* The pipeline's sinks answer an event or query that is flagged as upstream: it comes up through the pad again. */
static guint32
await_query (TestPeer *peer, GstQueryType type)
{
  IpcPacket *packet = peer_await (peer, IPC_PACKET_QUERY);

  g_assert_cmpuint (packet->query.type, ==, type);
  return packet->header.id;
}

/* EVT-8, QRY-2 */
static void
test_upstream_events_and_queries_of_the_master_go_to_the_pipeline (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink async=false");
  g_autoptr (GstQuery) query = gst_query_new_duration (GST_FORMAT_TIME), answer = gst_query_copy (query);
  g_autoptr (GError) error = NULL;
  GstEvent *event = test_seek_event ();
  const guint32 seqnum = gst_event_get_seqnum (event);
  guint32 id, back;
  IpcPacket *packet;
  gint64 duration;

  bench_lead (bench, GST_STATE_PAUSED);
  id = peer_send_event (bench->peer, event, TRUE);
  packet = peer_await_event (bench->peer, GST_EVENT_SEEK);
  g_assert_true (packet->event.upstream);
  g_assert_cmpuint (packet->event.seqnum, ==, seqnum);
  peer_ack (bench->peer, packet->header.id, TRUE);
  peer_expect_ack (bench->peer, id, TRUE);

  id = peer_send_query (bench->peer, gst_query_ref (query), TRUE);
  back = await_query (bench->peer, GST_QUERY_DURATION);
  gst_query_set_duration (answer, GST_FORMAT_TIME, 11);
  peer_answer_query (bench->peer, back, answer, TRUE);
  g_assert_true (ipc_query_update_from_packet (query, peer_await_reply (bench->peer, id), &error));
  gst_query_parse_duration (query, NULL, &duration);
  g_assert_cmpint (duration, ==, 11);
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/src/flow/" #name, test_##name)
  ADD (what_arrives_before_the_start_is_refused);
  ADD (a_buffer_arrives_with_its_fields_and_data);
  ADD (an_empty_buffer_arrives_empty);
  ADD (buffers_events_and_queries_stay_in_order);
  ADD (a_buffer_is_answered_with_what_the_push_returned);
  ADD (a_failed_push_is_the_answer_until_flush_stop);
  ADD (eos_of_a_push_ends_the_segment_only);
  ADD (no_segment_goes_on_after_an_error);
  ADD (a_failed_push_is_forgotten_after_a_restart);
  ADD (shutting_down_refuses_what_is_queued);
  ADD (flush_start_overtakes_and_refuses_what_is_queued);
  ADD (many_flushes_in_a_row_stay_in_order);
  ADD (a_flush_start_from_before_a_restart_flushes_nothing);
  ADD (an_event_arrives_with_seqnum_and_content);
  ADD (a_stream_collection_in_text_form_counts_as_handled);
  ADD (a_sink_message_arrives_with_both_seqnums);
  ADD (eos_leaves_behind_all_buffers);
  ADD (an_upstream_event_at_the_pad_goes_to_the_master);
  ADD (a_query_at_the_pad_is_answered_by_the_master);
  ADD (context_and_caps_in_null_are_refused_without_traffic);
  ADD (scheduling_is_push_only);
  ADD (a_query_of_the_master_goes_downstream);
  ADD (an_upstream_query_flagged_as_downstream_is_answered_false);
  ADD (a_downstream_query_flagged_as_upstream_is_answered_false);
  ADD (upstream_events_and_queries_of_the_master_go_to_the_pipeline);
  return g_test_run ();
}
