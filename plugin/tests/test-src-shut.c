/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Flushes and steps that reach a slave pipeline while it is being shut, and flushes that a paused sink would hold up.
 * docs/protocol.md, LIFE-11, LIFE-12.
 */

#include "bench.h"

static gint flushes; /* atomic: that left the src */

static GstPadProbeReturn
count_flushes (GstPad *pad, GstPadProbeInfo *info, gpointer unused)
{
  g_atomic_int_inc (&flushes);
  return GST_PAD_PROBE_OK;
}

static void
watch_flushes (TestBench *bench)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (bench->element, "src");

  g_atomic_int_set (&flushes, 0);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_FLUSH, count_flushes, NULL, NULL);
}

/* Sinks are shut first: then the src's pad is still open. */
static gboolean
tells_that_a_sink_is (GstMessage *message, GstState state)
{
  GstState now;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_STATE_CHANGED
      || !GST_OBJECT_FLAG_IS_SET (GST_MESSAGE_SRC (message), GST_ELEMENT_FLAG_SINK)
      || GST_IS_BIN (GST_MESSAGE_SRC (message)))
    return FALSE;
  gst_message_parse_state_changed (message, NULL, &now, NULL);
  return now == state;
}

static void
flush_what_is_shut (TestBench *bench)
{
  g_atomic_pointer_set (&bench->on_bus, NULL);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_flush_start (), FALSE), FALSE);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_flush_stop (TRUE), FALSE), FALSE);
}

static void
flush_when_the_sink_is_in_ready (TestBench *bench, GstMessage *message)
{
  if (tells_that_a_sink_is (message, GST_STATE_READY))
    flush_what_is_shut (bench);
}

static void
flush_when_the_sink_is_in_null (TestBench *bench, GstMessage *message)
{
  if (tells_that_a_sink_is (message, GST_STATE_NULL))
    flush_what_is_shut (bench);
}

/* Shuts the pipeline, while the master flushes. */
static void
check_shutting (TestBench *bench, GstState state, void (*on_bus) (TestBench *bench, GstMessage *message))
{
  watch_flushes (bench);
  g_atomic_pointer_set (&bench->on_bus, on_bus);
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, state)), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_null (g_atomic_pointer_get (&bench->on_bus));
  g_assert_cmpint (g_atomic_int_get (&flushes), ==, 0);
}

/* LIFE-11: a flush-stop that reaches a queue while it is shut opens it again, and its task never ends. */
static void
test_no_flush_reaches_what_is_being_shut (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink async=false sync=false");

  bench_lead (bench, GST_STATE_PAUSED);
  check_shutting (bench, GST_STATE_READY, flush_when_the_sink_is_in_ready);

  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_PAUSED)), ==, GST_STATE_CHANGE_SUCCESS);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_flush_start (), FALSE), TRUE);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_flush_stop (TRUE), FALSE), TRUE);
  g_assert_cmpint (g_atomic_int_get (&flushes), ==, 2);
  bench_free (bench);
}

/* LIFE-11: a sink that is flushed when it is in NULL loses its state there, and never gets another one. An error during
 * preroll ends the change of state: the pipeline is in READY then, what is in it further on, and goes to NULL from
 * there. */
static void
test_no_flush_reaches_what_is_shut_after_an_error (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink");

  bench_lead (bench, GST_STATE_READY);
  peer_expect_ack (
      bench->peer, peer_send_state_change (bench->peer, GST_STATE_CHANGE_READY_TO_PAUSED), GST_STATE_CHANGE_ASYNC);
  GST_ELEMENT_ERROR (bench->element, STREAM, FAILED, ("test"), (NULL));
  check_shutting (bench, GST_STATE_NULL, flush_when_the_sink_is_in_null);
  bench_free (bench);
}

/* LIFE-11: a step with a flush in NULL takes away a state that the sink does not have. */
static void
test_a_step_of_what_is_shut_is_refused (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink async=false sync=false");
  GstEvent *step = gst_event_new_step (GST_FORMAT_BUFFERS, 1, 1.0, TRUE, FALSE);

  for (GstState state = GST_STATE_NULL; state <= GST_STATE_READY; state++) {
    if (state == GST_STATE_READY)
      bench_lead (bench, state);
    peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_copy (step), TRUE), FALSE);
    g_assert_false (gst_element_send_event (bench->pipeline, gst_event_copy (step)));
  }
  gst_event_unref (step);
  peer_expect_ack (
      bench->peer, peer_send_state_change (bench->peer, GST_STATE_CHANGE_READY_TO_PAUSED), GST_STATE_CHANGE_SUCCESS);
  bench_free (bench);
}

/* LIFE-12: it would wait for the sink, which lets go of its buffer only when it is shut. */
static void
test_a_flush_stop_alone_is_not_held_up_by_a_paused_sink (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "queue ! fakesink async=false sync=false");

  bench_lead (bench, GST_STATE_PAUSED);
  bench_send_stream_start (bench);
  bench_send_segment (bench);
  /* The sink keeps it, in the queue's task. */
  peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, test_buffer (1)), GST_FLOW_OK);
  watch_flushes (bench);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_flush_stop (TRUE), FALSE), TRUE);
  g_assert_cmpint (g_atomic_int_get (&flushes), ==, 2);
  bench_free (bench);
}

/* An element that keeps a flush-stop until the sink is shut. */
static struct {
  GMutex lock;
  GCond changed;
  gboolean arrived, open;
} gate;

static GstPadProbeReturn
keep_flush_stop (GstPad *pad, GstPadProbeInfo *info, gpointer unused)
{
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_FLUSH_STOP)
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&gate.lock);
  gate.arrived = TRUE;
  g_cond_broadcast (&gate.changed);
  while (!gate.open)
    g_cond_wait (&gate.changed, &gate.lock);
  g_mutex_unlock (&gate.lock);
  return GST_PAD_PROBE_OK;
}

static void
open_gate_when_the_sink_is_shut (TestBench *bench, GstMessage *message)
{
  if (!tells_that_a_sink_is (message, GST_STATE_READY))
    return;
  g_mutex_lock (&gate.lock);
  gate.open = TRUE;
  g_cond_broadcast (&gate.changed);
  g_mutex_unlock (&gate.lock);
}

/* LIFE-2, LIFE-11 */
static void
test_a_flush_that_is_kept_downstream_does_not_keep_the_pipeline (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink async=false sync=false");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (bench->element, "src");

  bench_lead (bench, GST_STATE_PAUSED);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_FLUSH, keep_flush_stop, NULL, NULL);
  g_atomic_pointer_set (&bench->on_bus, open_gate_when_the_sink_is_shut);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_flush_start (), FALSE), TRUE);
  peer_send_event (bench->peer, gst_event_new_flush_stop (TRUE), FALSE);
  g_mutex_lock (&gate.lock);
  while (!gate.arrived)
    g_cond_wait (&gate.changed, &gate.lock);
  g_mutex_unlock (&gate.lock);
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_READY)), ==, GST_STATE_CHANGE_SUCCESS);
  g_atomic_pointer_set (&bench->on_bus, NULL);
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/src/shut/" #name, test_##name)
  ADD (no_flush_reaches_what_is_being_shut);
  ADD (no_flush_reaches_what_is_shut_after_an_error);
  ADD (a_step_of_what_is_shut_is_refused);
  ADD (a_flush_stop_alone_is_not_held_up_by_a_paused_sink);
  ADD (a_flush_that_is_kept_downstream_does_not_keep_the_pipeline);
  return g_test_run ();
}
