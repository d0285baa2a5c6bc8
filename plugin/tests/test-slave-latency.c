/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Latency in a slave's pipeline, as a scripted master configures it: docs/protocol.md, LAT-1, LAT-2, TIME-3.
 */

#include <gst/base/gstbasesink.h>

#include "bench.h"

#define MASTERS (700 * GST_MSECOND)
#define OWN (50 * GST_MSECOND)

/* What the sink's upstream answers: a live source, and something that takes its time. */
static GstPadProbeReturn
answer_own_latency (GstPad *pad, GstPadProbeInfo *info, gpointer unused)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);

  if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY)
    gst_query_set_latency (query, TRUE, OWN, GST_CLOCK_TIME_NONE);
  return GST_PAD_PROBE_OK;
}

static TestBench *
bench_new (gboolean greeted)
{
  TestBench *bench
      = bench_new_src_with_sink ("ipcslavepipeline", "fakesink name=sink async=false sync=true processing-deadline=0");
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (bench->pipeline), "sink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_QUERY_UPSTREAM | GST_PAD_PROBE_TYPE_PULL, answer_own_latency, NULL, NULL);
  if (greeted)
    peer_greet (bench->peer, 0, NULL);
  return bench;
}

static void
configure (TestBench *bench, GstClockTime latency)
{
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_latency (latency), TRUE), TRUE);
}

static void
change (TestBench *bench, GstStateChange transition)
{
  peer_expect_ack (bench->peer, peer_send_state_change (bench->peer, transition), GST_STATE_CHANGE_SUCCESS);
}

static GstClockTime
latency_of (TestBench *bench, const gchar *name)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (bench->pipeline), name);

  return gst_base_sink_get_latency (GST_BASE_SINK (sink));
}

/* LAT-1 */
static void
test_the_sinks_have_the_masters_latency (void)
{
  TestBench *bench = bench_new (TRUE);

  bench_lead (bench, GST_STATE_PAUSED);
  configure (bench, MASTERS);
  g_assert_cmpuint (latency_of (bench, "sink"), ==, MASTERS);
  /* the event goes on, to what is upstream in the master */
  g_assert_cmpuint (peer_last_latency (bench->peer), ==, MASTERS);
  change (bench, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  g_assert_cmpuint (latency_of (bench, "sink"), ==, MASTERS);
  configure (bench, 2 * MASTERS);
  g_assert_cmpuint (latency_of (bench, "sink"), ==, 2 * MASTERS);
  bench_free (bench);
}

static gint recalculated;

static gpointer
do_recalculate (gpointer pipeline)
{
  gst_bin_recalculate_latency (pipeline);
  g_atomic_int_set (&recalculated, TRUE);
  return NULL;
}

/* As the slave's application would do; what that says to the peer is answered meanwhile. */
static void
recalculate (TestBench *bench)
{
  GThread *thread;

  g_atomic_int_set (&recalculated, FALSE);
  thread = g_thread_new ("recalculate", do_recalculate, bench->pipeline);
  while (!g_atomic_int_get (&recalculated))
    peer_round_trip (bench->peer);
  g_thread_join (thread);
}

/* TIME-3: not when it plays, and not when its application has it done. */
static void
test_the_slave_says_nothing_of_its_own_once_the_master_has (void)
{
  TestBench *bench = bench_new (TRUE);

  bench_lead (bench, GST_STATE_PAUSED);
  configure (bench, MASTERS);
  change (bench, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  recalculate (bench);
  g_assert_cmpuint (latency_of (bench, "sink"), ==, MASTERS);
  peer_round_trip (bench->peer);
  g_assert_cmpuint (peer_count_latency_queries (bench->peer), ==, 0);
  g_assert_cmpuint (peer_last_latency (bench->peer), ==, MASTERS);
  bench_free (bench);
}

static void
test_sinks_that_come_later_have_it_too (void)
{
  TestBench *bench = bench_new (TRUE);
  GstElement *late = gst_element_factory_make ("fakesink", "late");

  bench_lead (bench, GST_STATE_PAUSED);
  configure (bench, MASTERS);
  g_object_set (late, "async", FALSE, NULL);
  gst_bin_add (GST_BIN (bench->pipeline), late);
  g_assert_true (gst_element_sync_state_with_parent (late));
  change (bench, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  g_assert_cmpuint (latency_of (bench, "late"), ==, MASTERS);
  bench_free (bench);
}

/* A slave that takes the place of another one in mid-stream would be late with everything. */
static void
test_until_the_master_has_told_the_pipeline_configures_itself (void)
{
  TestBench *bench = bench_new (TRUE);

  bench_lead (bench, GST_STATE_PLAYING);
  g_assert_cmpuint (latency_of (bench, "sink"), ==, OWN);
  configure (bench, MASTERS);
  g_assert_cmpuint (latency_of (bench, "sink"), ==, MASTERS);
  bench_free (bench);
}

static void
test_another_stream_begins_without (void)
{
  TestBench *bench = bench_new (TRUE);

  bench_lead (bench, GST_STATE_PAUSED);
  configure (bench, MASTERS);
  change (bench, GST_STATE_CHANGE_PAUSED_TO_READY);
  change (bench, GST_STATE_CHANGE_READY_TO_PAUSED);
  change (bench, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  g_assert_cmpuint (latency_of (bench, "sink"), ==, OWN);
  bench_free (bench);
}

static void
test_with_a_legacy_master_the_pipeline_configures_itself (void)
{
  TestBench *bench = bench_new (FALSE);

  bench_lead (bench, GST_STATE_PAUSED);
  configure (bench, MASTERS);
  change (bench, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  g_assert_cmpuint (latency_of (bench, "sink"), ==, OWN);
  g_assert_cmpuint (peer_count_latency_queries (bench->peer), >, 0);
  g_assert_cmpuint (peer_last_latency (bench->peer), ==, OWN);
  bench_free (bench);
}

/* LAT-2 */
static void
test_the_masters_question_has_the_slaves_latency_in_its_answer (void)
{
  TestBench *bench = bench_new (TRUE);
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  g_autoptr (GError) error = NULL;
  GstClockTime least;
  gboolean live;

  bench_lead (bench, GST_STATE_PAUSED);
  g_assert_true (ipc_query_update_from_packet (
      query, peer_await_reply (bench->peer, peer_send_query (bench->peer, gst_query_new_latency (), TRUE)), &error));
  g_assert_no_error (error);
  gst_query_parse_latency (query, &live, &least, NULL);
  g_assert_true (live);
  g_assert_cmpuint (least, ==, OWN);
  bench_free (bench);
}

/* MSG-1: the master's application has it done again. */
static void
test_a_latency_message_goes_up (void)
{
  TestBench *bench = bench_new (TRUE);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (bench->pipeline), "sink");
  IpcPacket *packet;

  bench_lead (bench, GST_STATE_PAUSED);
  gst_element_post_message (sink, gst_message_new_latency (GST_OBJECT (sink)));
  do
    packet = peer_await (bench->peer, IPC_PACKET_MESSAGE);
  while (packet->message.type != GST_MESSAGE_LATENCY);
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/slave/latency/" #name, test_##name)
  ADD (the_sinks_have_the_masters_latency);
  ADD (the_slave_says_nothing_of_its_own_once_the_master_has);
  ADD (sinks_that_come_later_have_it_too);
  ADD (until_the_master_has_told_the_pipeline_configures_itself);
  ADD (another_stream_begins_without);
  ADD (with_a_legacy_master_the_pipeline_configures_itself);
  ADD (the_masters_question_has_the_slaves_latency_in_its_answer);
  ADD (a_latency_message_goes_up);
  return g_test_run ();
}
