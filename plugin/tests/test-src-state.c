/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the slave's pipeline follows a scripted master: docs/protocol.md, SLAVE-1 to SLAVE-5, STATE-7, STATE-10.
 */

#include "bench.h"

static guint32
change (TestBench *bench, GstStateChange transition)
{
  return peer_send_state_change (bench->peer, transition);
}

static void
expect_change (TestBench *bench, GstStateChange transition, GstStateChangeReturn answer)
{
  peer_expect_ack (bench->peer, change (bench, transition), answer);
}

/* Sends what a sink needs to preroll. Returns the id of the buffer. */
static guint32
send_preroll (TestBench *bench)
{
  bench_send_stream_start (bench);
  bench_send_segment (bench);
  return peer_send_buffer (bench->peer, test_buffer (1));
}

static void
await_async_done (TestPeer *peer)
{
  while (peer_await (peer, IPC_PACKET_MESSAGE)->message.type != GST_MESSAGE_ASYNC_DONE)
    ;
}

/* ---- which pipeline ---- */

/* SLAVE-1, SLAVE-5, ELEM-5 */
static void
test_the_pipeline_follows_the_master (void)
{
  const gchar *const pipelines[] = { "ipcslavepipeline", "pipeline" };
  const GstStateChange changes[]
      = { GST_STATE_CHANGE_NULL_TO_READY, GST_STATE_CHANGE_READY_TO_PAUSED, GST_STATE_CHANGE_PAUSED_TO_PLAYING,
          GST_STATE_CHANGE_PLAYING_TO_PAUSED, GST_STATE_CHANGE_PAUSED_TO_READY, GST_STATE_CHANGE_READY_TO_NULL };

  for (guint i = 0; i < G_N_ELEMENTS (pipelines); i++) {
    TestBench *bench = bench_new_src_with_sink (pipelines[i], "fakesink async=false");

    for (guint k = 0; k < G_N_ELEMENTS (changes); k++) {
      expect_change (bench, changes[k], GST_STATE_CHANGE_SUCCESS);
      g_assert_cmpint (test_state (bench->pipeline), ==, GST_STATE_TRANSITION_NEXT (changes[k]));
      g_assert_cmpint (test_state (bench->element), ==, GST_STATE_TRANSITION_NEXT (changes[k]));
    }
    bench_free (bench);
  }
}

/* SLAVE-1: in a bin, and in a pipeline within the pipeline. */
static void
test_the_nearest_pipeline_is_the_one (void)
{
  const gchar *const containers[] = { "bin", "pipeline" };

  for (guint i = 0; i < G_N_ELEMENTS (containers); i++) {
    TestBench *bench = bench_new_src ("pipeline");
    GstElement *container = gst_element_factory_make (containers[i], NULL);
    const gboolean bin = i == 0;

    gst_object_ref (bench->element);
    gst_bin_remove (GST_BIN (bench->pipeline), bench->element);
    gst_bin_add (GST_BIN (container), bench->element);
    gst_object_unref (bench->element);
    gst_bin_add (GST_BIN (bench->pipeline), container);
    expect_change (bench, GST_STATE_CHANGE_NULL_TO_READY, GST_STATE_CHANGE_SUCCESS);
    g_assert_cmpint (test_state (container), ==, GST_STATE_READY);
    g_assert_cmpint (test_state (bench->pipeline), ==, bin ? GST_STATE_READY : GST_STATE_NULL);
    bench_free (bench);
  }
}

/* ---- already there ---- */

/* SLAVE-2 */
static void
test_where_the_pipeline_is_already_nothing_is_done (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink async=false");
  guint messages;

  bench_lead (bench, GST_STATE_PAUSED);
  messages = log_count (&bench->bus, GST_MESSAGE_STATE_CHANGED, NULL);
  expect_change (bench, GST_STATE_CHANGE_NULL_TO_READY, GST_STATE_CHANGE_SUCCESS);
  expect_change (bench, GST_STATE_CHANGE_READY_TO_PAUSED, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_STATE_CHANGED, NULL), ==, messages);
  expect_change (bench, GST_STATE_CHANGE_PLAYING_TO_PAUSED, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_STATE_CHANGED, NULL), ==, messages);
  g_assert_cmpint (test_state (bench->pipeline), ==, GST_STATE_PAUSED);
  bench_free (bench);
}

/* SLAVE-2 */
static void
test_on_its_way_already_the_answer_is_async_again (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink");

  bench_lead (bench, GST_STATE_READY);
  expect_change (bench, GST_STATE_CHANGE_READY_TO_PAUSED, GST_STATE_CHANGE_ASYNC);
  expect_change (bench, GST_STATE_CHANGE_READY_TO_PAUSED, GST_STATE_CHANGE_ASYNC);
  send_preroll (bench);
  await_async_done (bench->peer);
  expect_change (bench, GST_STATE_CHANGE_READY_TO_PAUSED, GST_STATE_CHANGE_SUCCESS);
  bench_free (bench);
}

/* SLAVE-2, STATE-12 */
static void
test_a_live_pipeline_answers_no_preroll_each_time (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink");
  GstElement *live = gst_parse_bin_from_description ("fakesrc is-live=true ! fakesink", FALSE, NULL);

  gst_bin_add (GST_BIN (bench->pipeline), live);
  bench_lead (bench, GST_STATE_READY);
  expect_change (bench, GST_STATE_CHANGE_READY_TO_PAUSED, GST_STATE_CHANGE_NO_PREROLL);
  expect_change (bench, GST_STATE_CHANGE_READY_TO_PAUSED, GST_STATE_CHANGE_NO_PREROLL);
  bench_free (bench);
}

/* ---- failed ---- */

/* SLAVE-3 */
static void
test_a_failed_pipeline_refuses_to_go_up_and_may_go_down (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink name=f state-error=ready-to-paused");
  g_autoptr (GstElement) fakesink = gst_bin_get_by_name (GST_BIN (bench->pipeline), "f");

  bench_lead (bench, GST_STATE_READY);
  expect_change (bench, GST_STATE_CHANGE_READY_TO_PAUSED, GST_STATE_CHANGE_FAILURE);
  gst_util_set_object_arg (G_OBJECT (fakesink), "state-error", "none");
  expect_change (bench, GST_STATE_CHANGE_READY_TO_PAUSED, GST_STATE_CHANGE_FAILURE);
  expect_change (bench, GST_STATE_CHANGE_PAUSED_TO_READY, GST_STATE_CHANGE_SUCCESS);
  expect_change (bench, GST_STATE_CHANGE_READY_TO_NULL, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (test_state (bench->pipeline), ==, GST_STATE_NULL);
  /* and begins anew */
  expect_change (bench, GST_STATE_CHANGE_NULL_TO_READY, GST_STATE_CHANGE_SUCCESS);
  expect_change (bench, GST_STATE_CHANGE_READY_TO_PAUSED, GST_STATE_CHANGE_ASYNC);
  g_clear_object (&fakesink);
  bench_free (bench);
}

/* SLAVE-3, CONN-8: one that was told of a failure in NULL has not failed. */
static void
test_an_error_in_null_keeps_nobody_from_starting (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink name=f state-error=null-to-ready");
  g_autoptr (GstElement) fakesink = gst_bin_get_by_name (GST_BIN (bench->pipeline), "f");

  GST_ELEMENT_ERROR (bench->element, RESOURCE, READ, ("of before"), (NULL));
  expect_change (bench, GST_STATE_CHANGE_NULL_TO_READY, GST_STATE_CHANGE_FAILURE);
  /* this was a failure of its own, until it is taken to NULL */
  gst_util_set_object_arg (G_OBJECT (fakesink), "state-error", "none");
  expect_change (bench, GST_STATE_CHANGE_NULL_TO_READY, GST_STATE_CHANGE_FAILURE);
  g_assert_cmpint (gst_element_set_state (bench->pipeline, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
  GST_ELEMENT_ERROR (bench->element, RESOURCE, READ, ("of before"), (NULL));
  expect_change (bench, GST_STATE_CHANGE_NULL_TO_READY, GST_STATE_CHANGE_SUCCESS);
  /* nor was that it */
  GST_ELEMENT_ERROR (bench->element, RESOURCE, READ, ("of now"), (NULL));
  expect_change (bench, GST_STATE_CHANGE_READY_TO_PAUSED, GST_STATE_CHANGE_FAILURE);
  g_clear_object (&fakesink);
  bench_free (bench);
}

/* ---- several sources ---- */

/* SLAVE-4, MSG-3 */
static void
test_several_sources_change_their_pipeline_once_and_agree (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink");
  GstElement *src = gst_element_factory_make ("ipcpipelinesrc", NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  TestPeer *first = bench->peer, *second = peer_new (TEST_SOCKETPAIR, IPC_TO_MASTER);
  guint32 buffers[2], ids[2];

  gst_bin_add_many (GST_BIN (bench->pipeline), src, sink, NULL);
  g_assert_true (gst_element_link (src, sink));
  peer_attach (second, src);
  for (GstState state = GST_STATE_NULL; state < GST_STATE_PAUSED; state++) {
    const GstStateChangeReturn answer = state == GST_STATE_NULL ? GST_STATE_CHANGE_SUCCESS : GST_STATE_CHANGE_ASYNC;

    ids[0] = peer_send_state_change (first, test_transition (state, state + 1));
    ids[1] = peer_send_state_change (second, test_transition (state, state + 1));
    peer_expect_ack (first, ids[0], answer);
    peer_expect_ack (second, ids[1], answer);
  }
  buffers[0] = send_preroll (bench);
  bench->peer = second;
  buffers[1] = send_preroll (bench);
  bench->peer = first;
  await_async_done (first);
  await_async_done (second);
  ids[0] = peer_send_state_change (first, GST_STATE_CHANGE_PAUSED_TO_READY);
  ids[1] = peer_send_state_change (second, GST_STATE_CHANGE_PAUSED_TO_READY);
  peer_expect_ack (first, ids[0], GST_STATE_CHANGE_SUCCESS);
  peer_expect_ack (second, ids[1], GST_STATE_CHANGE_SUCCESS);
  peer_await_reply (first, buffers[0]);
  peer_await_reply (second, buffers[1]);
  g_signal_emit_by_name (src, "disconnect");
  bench_free (bench);
  peer_free (second);
}

/* ---- async ---- */

/* WAIT-1, REPLY-5: the buffer that prerolled is answered when it is played. */
static void
test_async_comes_to_its_end_with_an_async_done (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink");
  guint32 buffer;

  bench_lead (bench, GST_STATE_READY);
  expect_change (bench, GST_STATE_CHANGE_READY_TO_PAUSED, GST_STATE_CHANGE_ASYNC);
  buffer = send_preroll (bench);
  await_async_done (bench->peer);
  g_assert_cmpint (gst_element_get_state (bench->pipeline, NULL, NULL, 0), ==, GST_STATE_CHANGE_SUCCESS);
  peer_round_trip (bench->peer);
  g_assert_false (peer_has_reply (bench->peer, buffer));
  expect_change (bench, GST_STATE_CHANGE_PAUSED_TO_PLAYING, GST_STATE_CHANGE_SUCCESS);
  peer_expect_ack (bench->peer, buffer, GST_FLOW_OK);
  bench_free (bench);
}

static struct {
  GMutex lock;
  GCond changed;
  gboolean held, released;
} hold;

/* Holds the thread that changes the state when the src is ready for data and the pipeline is not. */
static void
hold_when_the_src_is_paused (TestBench *bench, GstMessage *message)
{
  GstState new = GST_STATE_NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_STATE_CHANGED
      || GST_MESSAGE_SRC (message) != GST_OBJECT (bench->element))
    return;
  gst_message_parse_state_changed (message, NULL, &new, NULL);
  if (new != GST_STATE_PAUSED)
    return;
  g_mutex_lock (&hold.lock);
  hold.held = TRUE;
  g_cond_broadcast (&hold.changed);
  while (!hold.released)
    g_cond_wait (&hold.changed, &hold.lock);
  g_mutex_unlock (&hold.lock);
}

static void
test_async_done_never_overtakes_the_answer (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink name=f");
  g_autoptr (GstElement) fakesink = gst_bin_get_by_name (GST_BIN (bench->pipeline), "f");
  IpcPacket *packet;
  guint32 id;

  bench_lead (bench, GST_STATE_READY);
  hold.held = hold.released = FALSE;
  g_atomic_pointer_set (&bench->on_bus, hold_when_the_src_is_paused);
  id = change (bench, GST_STATE_CHANGE_READY_TO_PAUSED);
  g_mutex_lock (&hold.lock);
  while (!hold.held)
    g_cond_wait (&hold.changed, &hold.lock);
  g_mutex_unlock (&hold.lock);
  send_preroll (bench);
  /* the sink is there: what it has to say is waiting for the pipeline only */
  g_assert_cmpint (gst_element_get_state (fakesink, NULL, NULL, TEST_DEADLINE * 1000), ==, GST_STATE_CHANGE_SUCCESS);
  g_mutex_lock (&hold.lock);
  hold.released = TRUE;
  g_cond_broadcast (&hold.changed);
  g_mutex_unlock (&hold.lock);

  do {
    packet = peer_next (bench->peer);
    g_assert_false (packet->header.type == IPC_PACKET_MESSAGE && packet->message.type == GST_MESSAGE_ASYNC_DONE);
  } while (packet->header.type != IPC_PACKET_ACK);
  g_assert_cmpuint (packet->header.id, ==, id);
  if (packet->ack.result == GST_STATE_CHANGE_ASYNC)
    await_async_done (bench->peer);
  else
    g_assert_cmpint (packet->ack.result, ==, GST_STATE_CHANGE_SUCCESS);
  g_clear_object (&fakesink);
  bench_free (bench);
}

/* ---- lost state ---- */

/* STATE-10: what is held back until a change is answered told of a state that has been lost since. */
static void
test_an_async_done_is_not_sent_behind_the_loss_of_its_state (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink name=f");
  GstObject *pipeline = GST_OBJECT (bench->pipeline);
  GstMessage *done = gst_message_new_async_done (pipeline, GST_CLOCK_TIME_NONE);
  gboolean taken = FALSE;
  guint32 id;

  bench_lead (bench, GST_STATE_READY);
  hold.held = hold.released = FALSE;
  g_atomic_pointer_set (&bench->on_bus, hold_when_the_src_is_paused);
  id = change (bench, GST_STATE_CHANGE_READY_TO_PAUSED);
  g_mutex_lock (&hold.lock);
  while (!hold.held)
    g_cond_wait (&hold.changed, &hold.lock);
  g_mutex_unlock (&hold.lock);
  g_signal_emit_by_name (bench->element, "forward-message", done, &taken);
  g_assert_true (taken);
  gst_message_unref (done);
  gst_element_post_message (
      bench->pipeline, gst_message_new_state_changed (pipeline, GST_STATE_PAUSED, GST_STATE_PAUSED, GST_STATE_PAUSED));
  peer_await (bench->peer, IPC_PACKET_STATE_LOST);
  g_mutex_lock (&hold.lock);
  hold.released = TRUE;
  g_cond_broadcast (&hold.changed);
  g_mutex_unlock (&hold.lock);
  peer_expect_ack (bench->peer, id, GST_STATE_CHANGE_ASYNC);
  /* what was held back is sent behind the answer, and before the next change is made */
  expect_change (bench, GST_STATE_CHANGE_PAUSED_TO_READY, GST_STATE_CHANGE_SUCCESS);
  peer_expect_silence (bench->peer);
  bench_free (bench);
}

/* STATE-10 */
static void
lose_by_flush (GstState state)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink sync=false");
  guint32 buffer;

  bench_lead (bench, GST_STATE_READY);
  expect_change (bench, GST_STATE_CHANGE_READY_TO_PAUSED, GST_STATE_CHANGE_ASYNC);
  buffer = send_preroll (bench);
  await_async_done (bench->peer);
  if (state == GST_STATE_PLAYING) {
    expect_change (bench, GST_STATE_CHANGE_PAUSED_TO_PLAYING, GST_STATE_CHANGE_SUCCESS);
    peer_expect_ack (bench->peer, buffer, GST_FLOW_OK);
  }
  peer_send_event (bench->peer, gst_event_new_flush_start (), FALSE);
  peer_await (bench->peer, IPC_PACKET_STATE_LOST);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_flush_stop (TRUE), FALSE), TRUE);
  bench_send_segment (bench);
  peer_send_buffer (bench->peer, test_buffer (2));
  await_async_done (bench->peer);
  if (state == GST_STATE_PLAYING) {
    expect_change (bench, GST_STATE_CHANGE_PAUSED_TO_PLAYING, GST_STATE_CHANGE_SUCCESS);
    g_assert_cmpint (test_state (bench->pipeline), ==, GST_STATE_PLAYING);
  }
  bench_free (bench);
}

static void
test_a_flush_in_paused_loses_the_state (void)
{
  lose_by_flush (GST_STATE_PAUSED);
}

static void
test_a_flush_in_playing_loses_the_state (void)
{
  lose_by_flush (GST_STATE_PLAYING);
}

/* ---- end ---- */

static void
test_a_change_to_a_state_that_is_none_harms_nothing (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");
  const guint8 wrong[] = { IPC_PACKET_STATE_CHANGE, 1, 0, 0, 0, 4, 0, 0, 0, 0xff, 0xff, 0xff, 0xff };

  bench_lead (bench, GST_STATE_PAUSED);
  peer_send_bytes (bench->peer, wrong, sizeof wrong);
  log_expect_error (&bench->bus, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ);
  g_assert_cmpint (test_state (bench->pipeline), ==, GST_STATE_PAUSED);
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/src/state/" #name, test_##name)
  ADD (the_pipeline_follows_the_master);
  ADD (the_nearest_pipeline_is_the_one);
  ADD (where_the_pipeline_is_already_nothing_is_done);
  ADD (on_its_way_already_the_answer_is_async_again);
  ADD (a_live_pipeline_answers_no_preroll_each_time);
  ADD (a_failed_pipeline_refuses_to_go_up_and_may_go_down);
  ADD (an_error_in_null_keeps_nobody_from_starting);
  ADD (several_sources_change_their_pipeline_once_and_agree);
  ADD (async_comes_to_its_end_with_an_async_done);
  ADD (async_done_never_overtakes_the_answer);
  ADD (an_async_done_is_not_sent_behind_the_loss_of_its_state);
  ADD (a_flush_in_paused_loses_the_state);
  ADD (a_flush_in_playing_loses_the_state);
  ADD (a_change_to_a_state_that_is_none_harms_nothing);
  return g_test_run ();
}
