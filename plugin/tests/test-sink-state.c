/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What ipcpipelinesink does when its state changes, against a scripted slave: docs/protocol.md, STATE-1 to STATE-9,
 * CONN-1, CONN-2, CONN-6 and LIFE-7, LIFE-8.
 */

#include "bench.h"

/* Short enough to be waited for, and never for an answer that does come. */
#define SHORT_ACK_TIME G_GUINT64_CONSTANT (50000)
#define LONG_ACK_TIME G_GUINT64_CONSTANT (60000000)

/* ---- without a peer ---- */

/* STATE-1 */
static void
test_null_to_ready_without_fds_fails_with_an_error (void)
{
  const gchar *const missing[] = { "fdin", "fdout" };

  for (guint i = 0; i < G_N_ELEMENTS (missing); i++) {
    TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

    g_object_set (bench->element, missing[i], -1, NULL);
    g_assert_cmpint (gst_element_set_state (bench->pipeline, GST_STATE_READY), ==, GST_STATE_CHANGE_FAILURE);
    log_expect_error (&bench->bus, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND);
    g_assert_cmpint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
    bench_free (bench);
  }
}

/* CONN-6 */
static void
test_going_down_without_fds_succeeds (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  bench_go (bench, GST_STATE_PLAYING);
  g_signal_emit_by_name (bench->element, "disconnect");
  for (GstState state = GST_STATE_PAUSED; state >= GST_STATE_NULL; state--)
    g_assert_cmpint (gst_element_set_state (bench->pipeline, state), ==, GST_STATE_CHANGE_SUCCESS);
  bench_free (bench);
}

static void
test_going_up_without_fds_fails (void)
{
  for (GstState state = GST_STATE_READY; state < GST_STATE_PLAYING; state++) {
    TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

    bench_go (bench, state);
    g_signal_emit_by_name (bench->element, "disconnect");
    g_assert_cmpint (gst_element_set_state (bench->pipeline, state + 1), ==, GST_STATE_CHANGE_FAILURE);
    g_assert_cmpint (log_count (&bench->bus, GST_MESSAGE_ERROR, bench->element), ==, 1);
    bench_free (bench);
  }
}

/* CONN-1 */
static void
test_listens_in_null (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  guint32 id = peer_send_event (bench->peer, gst_event_new_reconfigure (), TRUE);

  peer_await_reply (bench->peer, id);
  g_assert_cmpint (test_state (bench->element), ==, GST_STATE_NULL);
  bench_free (bench);
}

/* CONN-2 */
static void
test_without_parent_the_fd_is_not_touched (void)
{
  GstElement *sink = gst_object_ref_sink (gst_element_factory_make ("ipcpipelinesink", NULL));
  g_autoptr (TestPeer) peer = peer_new (TEST_SOCKETPAIR, IPC_TO_SLAVE);
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  guint32 id;

  peer_attach (peer, sink);
  id = peer_send_event (peer, gst_event_new_reconfigure (), TRUE);
  g_assert_cmpint (gst_element_set_state (sink, GST_STATE_READY), ==, GST_STATE_CHANGE_FAILURE);
  gst_element_set_state (sink, GST_STATE_NULL);
  /* What came before it had a parent is all read once it has one. */
  gst_bin_add (GST_BIN (pipeline), sink);
  g_assert_cmpuint (peer_expect (peer, IPC_PACKET_ACK)->header.id, ==, id);
  gst_bin_remove (GST_BIN (pipeline), sink);
  peer_send_event (peer, gst_event_new_reconfigure (), TRUE);
  gst_bin_add (GST_BIN (pipeline), sink);
  peer_expect (peer, IPC_PACKET_ACK);
  g_signal_emit_by_name (sink, "disconnect");
  gst_object_unref (pipeline);
  gst_object_unref (sink);
}

/* ---- with a peer ---- */

/* STATE-2 */
static void
test_the_peer_is_asked_before_the_own_state_changes (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  g_autoptr (GstPad) sinkpad = gst_element_get_static_pad (bench->element, "sink");
  TestCall *call;
  guint32 id;

  bench_go (bench, GST_STATE_READY);
  call = call_set_state (bench->pipeline, GST_STATE_PAUSED);
  id = peer_expect_state_change (bench->peer, GST_STATE_CHANGE_READY_TO_PAUSED);
  g_assert_false (GST_PAD_IS_ACTIVE (sinkpad));
  g_assert_cmpint (test_state (bench->element), ==, GST_STATE_READY);
  peer_ack (bench->peer, id, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (call_end (call), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_true (GST_PAD_IS_ACTIVE (sinkpad));

  call = call_set_state (bench->pipeline, GST_STATE_READY);
  id = peer_expect_state_change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_READY);
  g_assert_true (GST_PAD_IS_ACTIVE (sinkpad));
  peer_ack (bench->peer, id, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (call_end (call), ==, GST_STATE_CHANGE_SUCCESS);
  bench_free (bench);
}

/* STATE-5 */
static void
test_async_start_is_posted_before_the_peer_is_asked (void)
{
  const GstState steps[] = { GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_PAUSED };
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  GstState current = GST_STATE_READY;

  bench_go (bench, GST_STATE_READY);
  g_assert_cmpuint (log_count (&bench->children, GST_MESSAGE_ASYNC_START, bench->element), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    TestCall *call = call_set_state (bench->pipeline, steps[i]);
    guint32 id = peer_expect_state_change (bench->peer, test_transition (current, steps[i]));

    g_assert_cmpuint (log_count (&bench->children, GST_MESSAGE_ASYNC_START, bench->element), ==, i + 1);
    g_assert_cmpuint (log_count (&bench->children, GST_MESSAGE_ASYNC_DONE, bench->element), ==, i);
    peer_ack (bench->peer, id, GST_STATE_CHANGE_SUCCESS);
    g_assert_cmpint (call_end (call), ==, GST_STATE_CHANGE_SUCCESS);
    g_assert_cmpuint (log_count (&bench->children, GST_MESSAGE_ASYNC_DONE, bench->element), ==, i + 1);
    current = steps[i];
  }
  bench_go (bench, GST_STATE_NULL);
  g_assert_cmpuint (log_count (&bench->children, GST_MESSAGE_ASYNC_START, bench->element), ==, 3);
  g_assert_cmpuint (log_count (&bench->children, GST_MESSAGE_ASYNC_DONE, bench->element), ==, 3);
  bench_free (bench);
}

/* STATE-6: of the element itself, a pipeline makes its own of it. */
static void
test_the_result_is_the_peers (void)
{
  const GstStateChangeReturn answers[]
      = { GST_STATE_CHANGE_FAILURE, GST_STATE_CHANGE_SUCCESS, GST_STATE_CHANGE_ASYNC, GST_STATE_CHANGE_NO_PREROLL };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
    TestCall *call;

    bench_go (bench, GST_STATE_READY);
    call = call_set_state (bench->element, GST_STATE_PAUSED);
    peer_ack (bench->peer, peer_expect_state_change (bench->peer, GST_STATE_CHANGE_READY_TO_PAUSED), answers[i]);
    g_assert_cmpint (call_end (call), ==, answers[i]);
    bench_free (bench);
  }
}

static void
test_an_answer_that_is_no_state_change_return_is_a_failure (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  bench_go_answering (bench, GST_STATE_READY, 17, GST_STATE_CHANGE_FAILURE);
  bench_free (bench);
}

/* STATE-3 */
static void
test_a_failure_upwards_fails_the_change (void)
{
  for (GstState state = GST_STATE_READY; state <= GST_STATE_PLAYING; state++) {
    TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

    bench_go (bench, state - 1);
    bench_go_answering (bench, state, GST_STATE_CHANGE_FAILURE, GST_STATE_CHANGE_FAILURE);
    g_assert_cmpint (test_state (bench->element), ==, state - 1);
    g_assert_cmpint (test_state (bench->pipeline), ==, state - 1);
    bench_free (bench);
  }
}

/* A bin takes an async-done for the end of the change that failed: it would go on and try again, for ever. */
static void
test_a_failed_change_is_not_tried_again_by_itself (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  bench_go (bench, GST_STATE_PAUSED);
  bench_go_answering (bench, GST_STATE_PLAYING, GST_STATE_CHANGE_FAILURE, GST_STATE_CHANGE_FAILURE);
  g_assert_cmpuint (log_count (&bench->children, GST_MESSAGE_ASYNC_DONE, bench->element), ==, 1);
  bench_go (bench, GST_STATE_NULL);
  peer_expect_silence (bench->peer);
  bench_free (bench);
}

/* STATE-4 */
static void
test_a_failure_downwards_is_ignored (void)
{
  for (GstState state = GST_STATE_NULL; state < GST_STATE_PLAYING; state++) {
    TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

    bench_go (bench, state + 1);
    bench_go_answering (bench, state, GST_STATE_CHANGE_FAILURE, GST_STATE_CHANGE_SUCCESS);
    g_assert_cmpint (test_state (bench->element), ==, state);
    g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 0);
    bench_free (bench);
  }
}

/* STATE-4 */
static void
test_silence_downwards_is_ignored (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  bench_go (bench, GST_STATE_PLAYING);
  g_object_set (bench->element, "ack-time", SHORT_ACK_TIME, NULL);
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpuint (bench_stat (bench, "timeouts"), ==, 3);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 0);
  bench_free (bench);
}

/* STATE-9. The pad does not let itself be activated. */
static gboolean
refuse_activation (GstPad *pad, GstObject *parent)
{
  return FALSE;
}

static void
test_a_failure_of_its_own_takes_the_peer_back (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  g_autoptr (GstPad) sinkpad = gst_element_get_static_pad (bench->element, "sink");
  TestCall *call;

  bench_go (bench, GST_STATE_READY);
  gst_pad_set_activate_function (sinkpad, refuse_activation);
  call = call_set_state (bench->pipeline, GST_STATE_PAUSED);
  peer_ack (
      bench->peer, peer_expect_state_change (bench->peer, GST_STATE_CHANGE_READY_TO_PAUSED), GST_STATE_CHANGE_ASYNC);
  peer_ack (
      bench->peer, peer_expect_state_change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_READY), GST_STATE_CHANGE_SUCCESS);
  peer_ack (
      bench->peer, peer_expect_state_change (bench->peer, GST_STATE_CHANGE_READY_TO_READY), GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (call_end (call), ==, GST_STATE_CHANGE_FAILURE);
  bench_free (bench);
}

/* ---- async ---- */

static guint32
send_async_done (TestPeer *peer)
{
  return peer_send_message (peer, gst_message_new_async_done (NULL, 7 * GST_SECOND));
}

/* STATE-7 */
static void
test_async_completes_with_the_peers_async_done (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  GstMessage *state_changed, *async_done;
  GstState state;
  GstClockTime running_time;

  bench_go_answering (bench, GST_STATE_PAUSED, GST_STATE_CHANGE_ASYNC, GST_STATE_CHANGE_ASYNC);
  g_assert_cmpint (gst_element_get_state (bench->element, NULL, NULL, 0), ==, GST_STATE_CHANGE_ASYNC);
  g_assert_cmpuint (log_count (&bench->children, GST_MESSAGE_ASYNC_DONE, bench->element), ==, 0);
  send_async_done (bench->peer);
  async_done = log_await (&bench->children, GST_MESSAGE_ASYNC_DONE, bench->element, 1);
  log_await (&bench->bus, GST_MESSAGE_ASYNC_DONE, bench->pipeline, 1);
  g_assert_cmpint (gst_element_get_state (bench->element, &state, NULL, 0), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (state, ==, GST_STATE_PAUSED);
  /* first the state, then the word */
  state_changed = log_await (&bench->children, GST_MESSAGE_STATE_CHANGED, bench->element, 2);
  g_assert_cmpuint (log_index (&bench->children, state_changed), <, log_index (&bench->children, async_done));
  gst_message_parse_async_done (async_done, &running_time);
  g_assert_cmpuint (running_time, ==, 7 * GST_SECOND);
  bench_free (bench);
}

static void
test_an_async_done_before_the_answer_is_not_lost (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  TestCall *call;
  guint32 id;

  bench_go (bench, GST_STATE_READY);
  call = call_set_state (bench->pipeline, GST_STATE_PAUSED);
  id = peer_expect_state_change (bench->peer, GST_STATE_CHANGE_READY_TO_PAUSED);
  send_async_done (bench->peer);
  peer_round_trip (bench->peer);
  peer_ack (bench->peer, id, GST_STATE_CHANGE_ASYNC);
  g_assert_cmpint (call_end (call), !=, GST_STATE_CHANGE_FAILURE);
  log_await (&bench->bus, GST_MESSAGE_ASYNC_DONE, bench->pipeline, 1);
  g_assert_cmpint (gst_element_get_state (bench->element, NULL, NULL, 0), ==, GST_STATE_CHANGE_SUCCESS);
  bench_free (bench);
}

/* STATE-7 */
static void
test_async_in_paused_goes_on_to_playing (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  TestCall *call;

  bench_go (bench, GST_STATE_READY);
  call = call_set_state (bench->pipeline, GST_STATE_PLAYING);
  peer_ack (
      bench->peer, peer_expect_state_change (bench->peer, GST_STATE_CHANGE_READY_TO_PAUSED), GST_STATE_CHANGE_ASYNC);
  g_assert_cmpint (call_end (call), ==, GST_STATE_CHANGE_ASYNC);
  send_async_done (bench->peer);
  peer_ack (
      bench->peer, peer_expect_state_change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING), GST_STATE_CHANGE_ASYNC);
  log_await (&bench->children, GST_MESSAGE_ASYNC_DONE, bench->element, 1);
  send_async_done (bench->peer);
  log_await (&bench->children, GST_MESSAGE_ASYNC_DONE, bench->element, 2);
  g_assert_cmpint (test_state (bench->element), ==, GST_STATE_PLAYING);
  bench_free (bench);
}

/* STATE-8: the stray one would be noticed as one too many, or complete what it does not belong to. */
static void
test_an_async_done_that_nobody_expects_is_dropped (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  bench_go (bench, GST_STATE_PAUSED);
  send_async_done (bench->peer);
  peer_round_trip (bench->peer);
  bench_go_answering (bench, GST_STATE_PLAYING, GST_STATE_CHANGE_ASYNC, GST_STATE_CHANGE_ASYNC);
  g_assert_cmpuint (log_count (&bench->children, GST_MESSAGE_ASYNC_DONE, bench->element), ==, 1);
  send_async_done (bench->peer);
  log_await (&bench->children, GST_MESSAGE_ASYNC_DONE, bench->element, 2);
  send_async_done (bench->peer);
  bench_go (bench, GST_STATE_PAUSED);
  g_assert_cmpuint (log_count (&bench->children, GST_MESSAGE_ASYNC_DONE, bench->element), ==, 3);
  bench_free (bench);
}

/* ---- a peer that is stuck ---- */

/* WAIT-3, LIFE-8 */
static void
test_a_time_out_names_packet_and_time (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  g_autoptr (GError) error = NULL;

  bench_go (bench, GST_STATE_READY);
  g_object_set (bench->element, "ack-time", SHORT_ACK_TIME, NULL);
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_PAUSED)), ==, GST_STATE_CHANGE_FAILURE);
  gst_message_parse_error (log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1), &error, NULL);
  g_assert_false (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE));
  g_assert_nonnull (strstr (error->message, "STATE_CHANGE"));
  g_assert_nonnull (strstr (error->message, "0.05 s"));
  g_assert_null (strstr (error->message, "write"));
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
  /* the pipeline's attempt to take its child back to READY is the other one, and no error */
  g_assert_cmpuint (bench_stat (bench, "timeouts"), ==, 2);
  bench_free (bench);
}

/* REPLY-3 */
static void
test_a_late_answer_is_dropped_and_counted (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  guint32 late;

  g_object_set (bench->element, "ack-time", SHORT_ACK_TIME, NULL);
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_READY)), ==, GST_STATE_CHANGE_FAILURE);
  late = peer_expect_state_change (bench->peer, GST_STATE_CHANGE_NULL_TO_READY);
  peer_expect_state_change (bench->peer, GST_STATE_CHANGE_NULL_TO_NULL);
  peer_ack (bench->peer, late, GST_STATE_CHANGE_SUCCESS);
  peer_round_trip (bench->peer);
  g_assert_cmpuint (bench_stat (bench, "late-replies"), ==, 1);
  g_assert_cmpint (test_state (bench->element), ==, GST_STATE_NULL);
  /* and nobody took it for the next one's */
  g_object_set (bench->element, "ack-time", LONG_ACK_TIME, NULL);
  bench_go (bench, GST_STATE_READY);
  bench_free (bench);
}

/* LIFE-7: neither reads nor answers, with a buffer that does not even fit into the socket. */
static void
test_a_stuck_peer_does_not_keep_it_from_null (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  TestCall *push;

  bench_go (bench, GST_STATE_PLAYING);
  bench_start_stream (bench);
  push = call_push (bench->pad->pad, test_large_buffer (4 << 20));
  g_object_set (bench->element, "ack-time", SHORT_ACK_TIME, NULL);
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (call_end (push), ==, GST_FLOW_FLUSHING);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 0);
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/sink/state/" #name, test_##name)
  ADD (null_to_ready_without_fds_fails_with_an_error);
  ADD (going_down_without_fds_succeeds);
  ADD (going_up_without_fds_fails);
  ADD (listens_in_null);
  ADD (without_parent_the_fd_is_not_touched);
  ADD (the_peer_is_asked_before_the_own_state_changes);
  ADD (async_start_is_posted_before_the_peer_is_asked);
  ADD (the_result_is_the_peers);
  ADD (an_answer_that_is_no_state_change_return_is_a_failure);
  ADD (a_failure_upwards_fails_the_change);
  ADD (a_failed_change_is_not_tried_again_by_itself);
  ADD (a_failure_downwards_is_ignored);
  ADD (silence_downwards_is_ignored);
  ADD (a_failure_of_its_own_takes_the_peer_back);
  ADD (async_completes_with_the_peers_async_done);
  ADD (an_async_done_before_the_answer_is_not_lost);
  ADD (async_in_paused_goes_on_to_playing);
  ADD (an_async_done_that_nobody_expects_is_dropped);
  ADD (a_time_out_names_packet_and_time);
  ADD (a_late_answer_is_dropped_and_counted);
  ADD (a_stuck_peer_does_not_keep_it_from_null);
  return g_test_run ();
}
