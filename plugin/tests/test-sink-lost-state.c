/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A slave whose pipeline loses its state, and what becomes of ipcpipelinesink and its bin: docs/protocol.md, STATE-10.
 */

#include "bench.h"

static guint32
send_async_done (TestPeer *peer)
{
  return peer_send_message (peer, gst_message_new_async_done (NULL, 7 * GST_SECOND));
}

/* STATE-10 */
static void
lose_and_regain (GstState state)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  guint starts, dones, changes;

  bench_go (bench, state);
  starts = log_count (&bench->children, GST_MESSAGE_ASYNC_START, bench->element);
  dones = log_count (&bench->children, GST_MESSAGE_ASYNC_DONE, bench->element);
  changes = log_count (&bench->children, GST_MESSAGE_STATE_CHANGED, bench->element);
  peer_send_state_lost (bench->peer);
  log_await (&bench->children, GST_MESSAGE_ASYNC_START, bench->element, starts + 1);
  g_assert_cmpint (test_state (bench->element), ==, GST_STATE_PAUSED);
  g_assert_cmpint (gst_element_get_state (bench->element, NULL, NULL, 0), ==, GST_STATE_CHANGE_ASYNC);
  send_async_done (bench->peer);
  /* The sink may go on to PLAYING before it posts anything: when its bin has asked for that meanwhile. */
  if (state == GST_STATE_PLAYING)
    peer_ack (bench->peer, peer_expect_state_change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING),
        GST_STATE_CHANGE_SUCCESS);
  log_await (&bench->children, GST_MESSAGE_ASYNC_DONE, bench->element, dones + 1);
  /* one change tells of the loss, one that PAUSED is there again, and one of PLAYING */
  log_await (
      &bench->children, GST_MESSAGE_STATE_CHANGED, bench->element, changes + (state == GST_STATE_PLAYING ? 3 : 2));
  g_assert_cmpint (gst_element_get_state (bench->element, NULL, NULL, 0), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (test_state (bench->element), ==, state);
  bench_free (bench);
}

static void
test_lost_state_in_paused_comes_back_with_async_done (void)
{
  lose_and_regain (GST_STATE_PAUSED);
}

static void
test_lost_state_in_playing_comes_back_with_async_done (void)
{
  lose_and_regain (GST_STATE_PLAYING);
}

/* An element upstream of the sink, whose turn it is in a change of the bin's state when the sink has had its own: there
 * it holds up the bin. */
#define TEST_TYPE_BRAKE (test_brake_get_type ())
G_DECLARE_FINAL_TYPE (TestBrake, test_brake, TEST, BRAKE, GstElement)

struct _TestBrake {
  GstElement parent;
  GMutex lock;
  GCond changed;
  guint changes; /* counts those that begin */
  guint held;    /* which one is held up, 0: none */
};

G_DEFINE_FINAL_TYPE (TestBrake, test_brake, GST_TYPE_ELEMENT)

static GstStateChangeReturn
test_brake_change_state (GstElement *element, GstStateChange transition)
{
  TestBrake *brake = TEST_BRAKE (element);

  g_mutex_lock (&brake->lock);
  brake->changes++;
  g_cond_broadcast (&brake->changed);
  while (brake->changes == brake->held)
    g_cond_wait (&brake->changed, &brake->lock);
  g_mutex_unlock (&brake->lock);
  return GST_ELEMENT_CLASS (test_brake_parent_class)->change_state (element, transition);
}

static void
test_brake_finalize (GObject *object)
{
  TestBrake *brake = TEST_BRAKE (object);

  g_mutex_clear (&brake->lock);
  g_cond_clear (&brake->changed);
  G_OBJECT_CLASS (test_brake_parent_class)->finalize (object);
}

static void
test_brake_class_init (TestBrakeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_brake_finalize;
  GST_ELEMENT_CLASS (klass)->change_state = test_brake_change_state;
}

static void
test_brake_init (TestBrake *brake)
{
  g_mutex_init (&brake->lock);
  g_cond_init (&brake->changed);
  gst_element_add_pad (GST_ELEMENT (brake), gst_pad_new ("src", GST_PAD_SRC));
}

static TestBrake *
bench_add_brake (TestBench *bench)
{
  TestBrake *brake = g_object_new (TEST_TYPE_BRAKE, NULL);
  g_autoptr (GstPad) sinkpad = gst_element_get_static_pad (bench->element, "sink");

  gst_bin_add (GST_BIN (bench->pipeline), GST_ELEMENT (brake));
  gst_pad_unlink (bench->pad->pad, sinkpad);
  g_assert_true (gst_element_link (GST_ELEMENT (brake), bench->element));
  return brake;
}

/* The second time in PLAYING it is the brake's turn only if there is something for it to do. */
static gboolean
put_back_brake (GstBin *bin, TestBrake *brake)
{
  GST_OBJECT_LOCK (brake);
  if (GST_STATE (brake) == GST_STATE_PLAYING)
    GST_STATE (brake) = GST_STATE_PAUSED;
  GST_OBJECT_UNLOCK (brake);
  return TRUE;
}

/* A bin whose children were done quickly with PAUSED and with PLAYING goes twice through its change again, in threads
 * of its own, when set_state() has returned. Here it is held up in the last one. Of a child's loss in the middle of
 * that it takes no notice: the child would stay in PAUSED for good. */
static TestBrake *
bench_play_with_brake (TestBench *bench)
{
  TestBrake *brake = bench_add_brake (bench);

  g_signal_connect (bench->pipeline, "do-latency", G_CALLBACK (put_back_brake), brake);
  brake->held = 5; /* from NULL to PLAYING in three, and two more */
  bench_go (bench, GST_STATE_PLAYING);
  g_mutex_lock (&brake->lock);
  while (brake->changes < brake->held)
    g_cond_wait (&brake->changed, &brake->lock);
  g_mutex_unlock (&brake->lock);
  return brake;
}

/* Returns when the bin has ended its change. */
static void
release_brake (TestBench *bench, TestBrake *brake)
{
  g_mutex_lock (&brake->lock);
  brake->held = 0;
  g_cond_broadcast (&brake->changed);
  g_mutex_unlock (&brake->lock);
  GST_STATE_LOCK (bench->pipeline);
  GST_STATE_UNLOCK (bench->pipeline);
  g_signal_handlers_disconnect_by_func (bench->pipeline, put_back_brake, brake);
}

static void
expect_regained_playing (TestBench *bench, guint changes)
{
  send_async_done (bench->peer);
  peer_ack (bench->peer, peer_expect_state_change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING),
      GST_STATE_CHANGE_SUCCESS);
  /* one change tells of the loss, one that PAUSED is there again, and one of PLAYING */
  log_await (&bench->children, GST_MESSAGE_STATE_CHANGED, bench->element, changes + 3);
  g_assert_cmpint (test_state (bench->element), ==, GST_STATE_PLAYING);
}

/* STATE-10 */
static void
test_a_state_that_is_lost_while_the_bin_is_busy_comes_back_too (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  TestBrake *brake = bench_play_with_brake (bench);
  const guint changes = log_count (&bench->children, GST_MESSAGE_STATE_CHANGED, bench->element);

  peer_send_state_lost (bench->peer);
  /* long enough for who does not wait for the bin */
  for (guint i = 0; i < 100; i++)
    peer_round_trip (bench->peer);
  release_brake (bench, brake);
  expect_regained_playing (bench, changes);
  bench_free (bench);
}

/* As a bin does that is about to go through its change once more, and holds no lock yet. */
static void
test_a_state_that_is_lost_unnoticed_by_the_bin_comes_back_too (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  guint starts, changes;

  bench_go (bench, GST_STATE_PLAYING);
  starts = log_count (&bench->children, GST_MESSAGE_ASYNC_START, bench->element);
  changes = log_count (&bench->children, GST_MESSAGE_STATE_CHANGED, bench->element);
  g_atomic_int_set (&bench->overlooks, TRUE);
  peer_send_state_lost (bench->peer);
  log_await (&bench->children, GST_MESSAGE_ASYNC_START, bench->element, starts + 1);
  g_assert_cmpint (test_state (bench->pipeline), ==, GST_STATE_PLAYING);
  expect_regained_playing (bench, changes);
  bench_free (bench);
}

/* Who seeks on the sink alone has locked its state, and may not wait for that of the bin. */
static void
test_a_seek_on_the_sink_does_not_wait_for_a_bin_that_is_busy (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  TestBrake *brake = bench_play_with_brake (bench);
  const guint changes = log_count (&bench->children, GST_MESSAGE_STATE_CHANGED, bench->element);
  TestCall *seek = call_send_event (bench->element, test_seek_event ());
  const guint32 id = peer_expect_event (bench->peer, GST_EVENT_SEEK);

  peer_send_state_lost (bench->peer);
  peer_ack (bench->peer, id, TRUE);
  g_assert_true (call_end (seek));
  release_brake (bench, brake);
  expect_regained_playing (bench, changes);
  bench_free (bench);
}

/* A burst of seeks: the peer was done with one, and lost its state again by the next, before we could follow. */
static void
test_an_async_done_from_before_the_last_loss_is_dropped (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  GstClockTime running_time = 0;
  TestCall *seek;
  guint32 id;

  bench_go (bench, GST_STATE_PAUSED);
  peer_send_state_lost (bench->peer);
  log_await (&bench->children, GST_MESSAGE_ASYNC_START, bench->element, 2);
  seek = call_send_event (bench->pipeline, test_seek_event ());
  id = peer_expect_event (bench->peer, GST_EVENT_SEEK);
  send_async_done (bench->peer);
  peer_send_state_lost (bench->peer);
  peer_ack (bench->peer, id, TRUE);
  g_assert_true (call_end (seek));
  peer_send_message (bench->peer, gst_message_new_async_done (NULL, 9 * GST_SECOND));
  gst_message_parse_async_done (log_await (&bench->children, GST_MESSAGE_ASYNC_DONE, bench->element, 2), &running_time);
  g_assert_cmpuint (running_time, ==, 9 * GST_SECOND);
  bench_free (bench);
}

static void
test_lost_state_in_ready_means_nothing (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  bench_go (bench, GST_STATE_READY);
  peer_send_state_lost (bench->peer);
  peer_round_trip (bench->peer);
  bench_go (bench, GST_STATE_PAUSED);
  g_assert_cmpuint (log_count (&bench->children, GST_MESSAGE_ASYNC_START, bench->element), ==, 1);
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/sink/lost-state/" #name, test_##name)
  ADD (lost_state_in_paused_comes_back_with_async_done);
  ADD (lost_state_in_playing_comes_back_with_async_done);
  ADD (a_state_that_is_lost_while_the_bin_is_busy_comes_back_too);
  ADD (a_state_that_is_lost_unnoticed_by_the_bin_comes_back_too);
  ADD (a_seek_on_the_sink_does_not_wait_for_a_bin_that_is_busy);
  ADD (an_async_done_from_before_the_last_loss_is_dropped);
  ADD (lost_state_in_ready_means_nothing);
  return g_test_run ();
}
