/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Applications that take their pipeline to NULL and let go of it, as they do with any pipeline, while the peer goes on:
 * an element reads in NULL too (CONN-1), and whatever comes must do no harm (LIFE-3).
 */

#include "bench.h"

static gint freed; /* atomic: the pipeline's memory */

static void
note_freed (gpointer unused)
{
  g_atomic_int_set (&freed, TRUE);
}

static gpointer
let_go (gpointer pipeline)
{
  gst_object_unref (pipeline);
  return NULL;
}

/* The application's thread lets go while another one is posting. */
static void
let_go_meanwhile (TestBench *bench)
{
  g_atomic_pointer_set (&bench->on_bus, NULL);
  g_thread_join (g_thread_new ("application", let_go, bench->pipeline));
  g_assert_false (g_atomic_int_get (&freed));
}

static void
on_element_message (TestBench *bench, GstMessage *message)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT)
    let_go_meanwhile (bench);
}

static void
on_ready (TestBench *bench, GstMessage *message)
{
  GstState state;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_STATE_CHANGED
      || GST_MESSAGE_SRC (message) != GST_OBJECT (bench->pipeline))
    return;
  gst_message_parse_state_changed (message, NULL, &state, NULL);
  if (state == GST_STATE_READY)
    let_go_meanwhile (bench);
}

/* bench_free() without what is gone. */
static void
free_rest (TestBench *bench, TestGrave *grave)
{
  grave_await (grave);
  log_clear (&bench->bus);
  log_clear (&bench->children);
  peer_free (bench->peer);
  g_free (bench);
}

/* Everything that must not keep the pipeline alive goes. */
static TestGrave *
prepare (TestBench *bench, void (*on_bus) (TestBench *bench, GstMessage *message))
{
  g_atomic_int_set (&freed, FALSE);
  g_object_set_data_full (G_OBJECT (bench->pipeline), "test-freed", bench, note_freed);
  log_close (&bench->bus);
  log_close (&bench->children);
  g_clear_pointer (&bench->pad, test_pad_free);
  g_atomic_pointer_set (&bench->on_bus, on_bus);
  return grave_new (bench->element);
}

/* LIFE-3 */
static void
test_a_message_is_posted_while_the_master_lets_go (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  TestGrave *grave;

  g_object_set (bench->pipeline, "auto-flush-bus", FALSE, NULL);
  bench_go (bench, GST_STATE_READY);
  bench_go (bench, GST_STATE_NULL);
  grave = prepare (bench, on_element_message);
  peer_send_message (bench->peer, gst_message_new_element (NULL, gst_structure_new_empty ("late")));
  free_rest (bench, grave);
}

static void (*set_bus) (GstElement *element, GstBus *bus);

/* A bin that removes an element, perhaps because nobody has a reference to the bin any more, takes itself away from it
 * first and its bus afterwards. What another thread posts in between must not go by that bus. */
static void
post_and_set_bus (GstElement *element, GstBus *bus)
{
  if (bus == NULL) {
    g_assert_null (GST_OBJECT_PARENT (element));
    g_assert_nonnull (GST_ELEMENT_BUS (element));
    gst_element_post_message (
        element, gst_message_new_element (GST_OBJECT (element), gst_structure_new_empty ("late")));
  }
  set_bus (element, bus);
}

static void
check_removal (TestBench *bench)
{
  GstElementClass *klass = GST_ELEMENT_GET_CLASS (bench->element);

  set_bus = klass->set_bus;
  klass->set_bus = post_and_set_bus;
  gst_element_post_message (
      bench->element, gst_message_new_element (GST_OBJECT (bench->element), gst_structure_new_empty ("test")));
  gst_object_ref (bench->element);
  gst_bin_remove (GST_BIN (bench->pipeline), bench->element);
  gst_object_unref (bench->element);
  klass->set_bus = set_bus;
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ELEMENT, NULL), ==, 1);
  bench_free (bench);
}

/* LIFE-3 */
static void
test_an_element_that_is_being_removed_posts_nothing (void)
{
  check_removal (bench_new_sink (TEST_SOCKETPAIR));
  check_removal (bench_new_src ("pipeline"));
}

/* LIFE-3: without a warning of elements that are freed in READY */
static void
test_a_slave_lets_go_while_its_master_starts_it (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink");
  TestGrave *grave = prepare (bench, on_ready);

  peer_send_state_change (bench->peer, GST_STATE_CHANGE_NULL_TO_READY);
  free_rest (bench, grave);
}

static GstPadProbeReturn
let_go_in_stream (GstPad *pad, GstPadProbeInfo *info, gpointer pipeline)
{
  gst_object_unref (pipeline);
  return GST_PAD_PROBE_REMOVE;
}

/* LIFE-3: a streaming thread, which has to end before the pipeline does, may have the last reference. */
static void
test_a_streaming_thread_is_the_last_to_let_go (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");
  TestGrave *grave = grave_new (bench->element);
  TestPad *pad = g_steal_pointer (&bench->pad);

  bench_lead (bench, GST_STATE_PLAYING);
  bench_send_stream_start (bench);
  bench_send_segment (bench);
  log_close (&bench->bus);
  log_close (&bench->children);
  gst_pad_add_probe (pad->pad, GST_PAD_PROBE_TYPE_BUFFER, let_go_in_stream, bench->pipeline, NULL);
  peer_send_buffer (bench->peer, test_buffer (1));
  free_rest (bench, grave);
  test_pad_free (pad);
}

/* References to the pipeline while it is being taken down, when a sink has posted and when a streaming thread has. */
static gint refs_of_sink, refs_of_streaming_thread;

static void
note_refs (TestBench *bench, GstMessage *message)
{
  GstStreamStatusType type;

  if (GST_OBJECT_FLAG_IS_SET (GST_MESSAGE_SRC (message), GST_ELEMENT_FLAG_SINK)
      && !GST_IS_BIN (GST_MESSAGE_SRC (message)))
    refs_of_sink = GST_OBJECT_REFCOUNT_VALUE (bench->pipeline);
  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_STREAM_STATUS)
    return;
  gst_message_parse_stream_status (message, &type, NULL);
  if (type == GST_STREAM_STATUS_TYPE_LEAVE)
    refs_of_streaming_thread = GST_OBJECT_REFCOUNT_VALUE (bench->pipeline);
}

/* LIFE-3: a streaming thread that posts, here that it ends, holds nothing: whoever takes the pipeline down is waiting
 * for it, and when the application lets go in that moment it would be the last. */
static void
test_a_streaming_thread_that_posts_holds_no_pipeline (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink async=false");

  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_PAUSED)), ==, GST_STATE_CHANGE_SUCCESS);
  log_close (&bench->bus);
  g_atomic_pointer_set (&bench->on_bus, note_refs);
  g_assert_cmpint (gst_element_set_state (bench->pipeline, GST_STATE_READY), ==, GST_STATE_CHANGE_SUCCESS);
  g_atomic_pointer_set (&bench->on_bus, NULL);
  g_assert_cmpint (refs_of_sink, >, 0);
  g_assert_cmpint (refs_of_streaming_thread, ==, refs_of_sink);
  bench_free (bench);
}

/* CONN-8: an application that disconnects, goes to NULL and lets go finds nothing started again */
static void
test_a_state_change_does_not_outlast_the_connection (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink");

  GST_STATE_LOCK (bench->pipeline);
  peer_send_state_change (bench->peer, GST_STATE_CHANGE_NULL_TO_READY);
  peer_round_trip (bench->peer);
  g_signal_emit_by_name (bench->element, "disconnect");
  GST_STATE_UNLOCK (bench->pipeline);
  bench_replace_peer (bench, TEST_SOCKETPAIR);
  peer_expect_ack (
      bench->peer, peer_send_state_change (bench->peer, GST_STATE_CHANGE_READY_TO_NULL), GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_STATE_CHANGED, bench->pipeline), ==, 0);
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/abandon/" #name, test_##name)
  ADD (a_message_is_posted_while_the_master_lets_go);
  ADD (an_element_that_is_being_removed_posts_nothing);
  ADD (a_slave_lets_go_while_its_master_starts_it);
  ADD (a_streaming_thread_is_the_last_to_let_go);
  ADD (a_streaming_thread_that_posts_holds_no_pipeline);
  ADD (a_state_change_does_not_outlast_the_connection);
  return g_test_run ();
}
