/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The clock and the base time of a slave's pipeline, as a scripted master tells them: docs/protocol.md, TIME-1, TIME-2,
 * TIME-4, TIME-5, HOST-2, ELEM-5.
 */

#include "bench.h"

#define SINK "identity ! fakesink name=sink async=false sync=false"
#define ASYNC_SINK "fakesink name=sink sync=false"

/* ---- what the master says ---- */

static void
tell_time (TestPeer *peer, GstClockType clock, GstClockTime base_time, gboolean taken)
{
  const IpcTime time = { clock, base_time };
  IpcPacket packet = { 0 };
  IpcPacket *answer;

  ipc_packet_build_time (&packet, &time);
  answer = peer_await_reply (peer, peer_send (peer, &packet));
  g_assert_true (ipc_packet_is_time (answer));
  g_assert_cmpint (answer->query_result.result, ==, taken);
}

static void
change (TestPeer *peer, GstStateChange transition)
{
  peer_expect_ack (peer, peer_send_state_change (peer, transition), GST_STATE_CHANGE_SUCCESS);
}

/* A base time at which no pipeline starts by itself: @percent of the clock's time ago. In parts and not in seconds: the
 * clock begins when the machine does, which may just have been. */
static GstClockTime
past (guint percent)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  const GstClockTime now = gst_clock_get_time (clock);

  return now - now / 100 * percent;
}

/* ---- what has come of it ---- */

static gboolean
is_on_time (GstElement *element, GstClockType clock, GstClockTime base_time)
{
  g_autoptr (GstClock) present = gst_element_get_clock (element);
  GstClockType type;

  if (present == NULL || G_OBJECT_TYPE (present) != GST_TYPE_SYSTEM_CLOCK)
    return FALSE;
  g_object_get (present, "clock-type", &type, NULL);
  return type == clock && gst_element_get_base_time (element) == base_time;
}

static void
expect_on_time (const GValue *item, gpointer user_data)
{
  const IpcTime *time = user_data;

  g_assert_true (is_on_time (g_value_get_object (item), time->clock, time->base_time));
}

/* The pipeline and everything in it; and what is put in it. */
static void
expect_time (TestBench *bench, GstClockType clock, GstClockTime base_time)
{
  IpcTime time = { clock, base_time };
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (bench->pipeline));
  GstElement *newcomer = gst_element_factory_make ("fakesink", NULL);

  g_assert_true (is_on_time (bench->pipeline, clock, base_time));
  g_assert_cmpint (gst_iterator_foreach (elements, expect_on_time, &time), ==, GST_ITERATOR_DONE);
  gst_bin_add (GST_BIN (bench->pipeline), newcomer);
  g_assert_true (is_on_time (newcomer, clock, base_time));
  gst_bin_remove (GST_BIN (bench->pipeline), newcomer);
}

/* The pipeline chose for itself, and not what it was told. */
static void
expect_own_time (TestBench *bench, GstClockTime told)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (bench->pipeline);

  g_assert_nonnull (clock);
  g_assert_false (GST_OBJECT_FLAG_IS_SET (bench->pipeline, GST_PIPELINE_FLAG_FIXED_CLOCK));
  g_assert_cmpuint (gst_element_get_base_time (bench->pipeline), >, told);
  g_assert_cmpuint (gst_element_get_base_time (bench->pipeline), <=, gst_clock_get_time (clock));
  g_assert_cmpuint (gst_element_get_start_time (bench->pipeline), !=, GST_CLOCK_TIME_NONE);
}

static TestBench *
greeted_bench (const gchar *sink, GstState state)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", sink);

  peer_greet (bench->peer, IPC_FEATURE_TIME, NULL);
  bench_lead (bench, state);
  return bench;
}

/* ---- TIME-1 ---- */

static void
test_the_pipeline_runs_on_the_masters_time (void)
{
  TestBench *bench = greeted_bench (SINK, GST_STATE_PAUSED);
  const GstClockTime told = past (25);

  tell_time (bench->peer, GST_CLOCK_TYPE_MONOTONIC, told, TRUE);
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  expect_time (bench, GST_CLOCK_TYPE_MONOTONIC, told);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_NEW_CLOCK, bench->pipeline), ==, 1);
  bench_free (bench);
}

static GstClockTime base_time_at_start;

/* In the thread that takes the sink to PLAYING. */
static void
note_start (TestBench *bench, GstMessage *message)
{
  GstState state;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_STATE_CHANGED
      || !GST_OBJECT_FLAG_IS_SET (GST_MESSAGE_SRC (message), GST_ELEMENT_FLAG_SINK)
      || GST_IS_BIN (GST_MESSAGE_SRC (message)))
    return;
  gst_message_parse_state_changed (message, NULL, &state, NULL);
  if (state == GST_STATE_PLAYING)
    base_time_at_start = gst_element_get_base_time (GST_ELEMENT (GST_MESSAGE_SRC (message)));
}

/* Not a moment later. */
static void
test_the_sinks_have_it_when_they_begin_to_play (void)
{
  TestBench *bench = greeted_bench (SINK, GST_STATE_PAUSED);
  const GstClockTime told = past (25);

  g_atomic_pointer_set (&bench->on_bus, note_start);
  tell_time (bench->peer, GST_CLOCK_TYPE_MONOTONIC, told, TRUE);
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  log_await (&bench->bus, GST_MESSAGE_STATE_CHANGED, bench->pipeline, 3);
  g_assert_cmpuint (base_time_at_start, ==, told);
  bench_free (bench);
}

/* What tells positions in PAUSED is there again. */
static void
test_the_start_time_stays (void)
{
  TestBench *bench = greeted_bench (SINK, GST_STATE_PAUSED);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (bench->pipeline), "sink");
  const GstClockTime told = past (25);
  const GstClockTime least = past (0) - told;

  tell_time (bench->peer, GST_CLOCK_TYPE_MONOTONIC, told, TRUE);
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  g_assert_cmpuint (gst_element_get_start_time (bench->pipeline), ==, 0);
  g_assert_cmpuint (gst_element_get_start_time (sink), ==, 0);
  change (bench->peer, GST_STATE_CHANGE_PLAYING_TO_PAUSED);
  g_assert_cmpuint (gst_element_get_start_time (sink), >=, least);
  g_assert_cmpuint (gst_element_get_start_time (sink), !=, GST_CLOCK_TIME_NONE);
  bench_free (bench);
}

static void
test_the_pipeline_runs_on_other_clocks_of_the_system (void)
{
  TestBench *bench = greeted_bench (SINK, GST_STATE_PAUSED);

  tell_time (bench->peer, GST_CLOCK_TYPE_REALTIME, 1000, TRUE);
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  expect_time (bench, GST_CLOCK_TYPE_REALTIME, 1000);
  change (bench->peer, GST_STATE_CHANGE_PLAYING_TO_PAUSED);
  tell_time (bench->peer, GST_CLOCK_TYPE_TAI, 2000, TRUE);
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  expect_time (bench, GST_CLOCK_TYPE_TAI, 2000);
  bench_free (bench);
}

/* The master's base time moves with each pause; one that its application keeps stays. */
static void
test_each_change_to_playing_has_its_own_base_time (void)
{
  TestBench *bench = greeted_bench (SINK, GST_STATE_PAUSED);
  const GstClockTime told[] = { past (75), past (50), past (60), past (25) };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (told); i++) {
    tell_time (bench->peer, GST_CLOCK_TYPE_MONOTONIC, told[i / 2], TRUE);
    change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
    expect_time (bench, GST_CLOCK_TYPE_MONOTONIC, told[i / 2]);
    change (bench->peer, GST_STATE_CHANGE_PLAYING_TO_PAUSED);
  }
  bench_free (bench);
}

static void
test_a_pipeline_that_plays_adopts_it_at_once (void)
{
  TestBench *bench = greeted_bench (SINK, GST_STATE_PLAYING);
  const GstClockTime told = past (25);

  expect_own_time (bench, told);
  tell_time (bench->peer, GST_CLOCK_TYPE_MONOTONIC, told, TRUE);
  expect_time (bench, GST_CLOCK_TYPE_MONOTONIC, told);
  tell_time (bench->peer, GST_CLOCK_TYPE_REALTIME, told + 1, TRUE);
  expect_time (bench, GST_CLOCK_TYPE_REALTIME, told + 1);
  g_assert_cmpuint (gst_element_get_start_time (bench->pipeline), ==, 0);
  bench_free (bench);
}

/* The change is made for the first peer that asks; it has questions for all of them, which are answered as they are
 * read. */
static void
change_with_both (TestPeer *peers[2], guint asking, GstStateChange transition)
{
  const guint32 id = peer_send_state_change (peers[asking], transition);

  while (!peer_has_reply (peers[asking], id)) {
    peer_round_trip (peers[0]);
    peer_round_trip (peers[1]);
  }
  peer_expect_ack (peers[asking], id, GST_STATE_CHANGE_SUCCESS);
}

/* SLAVE-4 */
static void
test_several_sources_are_told_the_same (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", SINK);
  GstElement *src = gst_element_factory_make ("ipcpipelinesrc", NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (TestPeer) other = peer_new (TEST_SOCKETPAIR, IPC_TO_MASTER);
  TestPeer *peers[] = { bench->peer, other };
  const GstClockTime told = past (25);

  g_object_set (sink, "async", FALSE, NULL);
  gst_bin_add_many (GST_BIN (bench->pipeline), src, sink, NULL);
  g_assert_true (gst_element_link (src, sink));
  peer_attach (other, src);
  for (guint i = 0; i < 2; i++)
    peer_greet (peers[i], IPC_FEATURE_TIME, NULL);
  for (GstState state = GST_STATE_NULL; state < GST_STATE_PLAYING; state++) {
    for (guint i = 0; i < 2; i++) {
      if (state == GST_STATE_PAUSED)
        tell_time (peers[i], GST_CLOCK_TYPE_MONOTONIC, told, TRUE);
      change_with_both (peers, i, test_transition (state, state + 1));
      if (state == GST_STATE_PAUSED)
        expect_time (bench, GST_CLOCK_TYPE_MONOTONIC, told);
    }
  }
  g_signal_emit_by_name (src, "disconnect");
  bench_free (bench);
}

/* ---- TIME-4 ---- */

static void
preroll (TestBench *bench, guint8 number)
{
  bench_send_segment (bench);
  peer_send_buffer (bench->peer, test_buffer (number));
  while (peer_await (bench->peer, IPC_PACKET_MESSAGE)->message.type != GST_MESSAGE_ASYNC_DONE)
    continue;
}

static void
lead_async_to_playing (TestBench *bench)
{
  bench_lead (bench, GST_STATE_READY);
  peer_expect_ack (
      bench->peer, peer_send_state_change (bench->peer, GST_STATE_CHANGE_READY_TO_PAUSED), GST_STATE_CHANGE_ASYNC);
  bench_send_stream_start (bench);
  preroll (bench, 1);
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
}

static GstState
settled_state (GstElement *pipeline)
{
  GstState state;

  g_assert_cmpint (gst_element_get_state (pipeline, &state, NULL, GST_CLOCK_TIME_NONE), ==, GST_STATE_CHANGE_SUCCESS);
  return state;
}

static void
flush (TestBench *bench)
{
  peer_send_event (bench->peer, gst_event_new_flush_start (), FALSE);
  peer_await (bench->peer, IPC_PACKET_STATE_LOST);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_flush_stop (TRUE), FALSE), TRUE);
  preroll (bench, 2);
}

/* The slave whose sinks are the first to be ready does not run ahead of the others. */
static void
test_after_a_flush_the_pipeline_plays_when_the_master_does (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", ASYNC_SINK);
  const GstClockTime told = past (25);

  peer_greet (bench->peer, IPC_FEATURE_TIME, NULL);
  lead_async_to_playing (bench);
  for (guint i = 0; i < 3; i++) {
    flush (bench);
    g_assert_cmpint (settled_state (bench->pipeline), ==, GST_STATE_PAUSED);
    tell_time (bench->peer, GST_CLOCK_TYPE_MONOTONIC, told + i, TRUE);
    change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
    expect_time (bench, GST_CLOCK_TYPE_MONOTONIC, told + i);
  }
  bench_free (bench);
}

static void
test_after_a_flush_a_legacy_masters_pipeline_plays_by_itself (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", ASYNC_SINK);

  lead_async_to_playing (bench);
  for (guint i = 0; i < 3; i++) {
    flush (bench);
    /* on its way there it has questions about the latency, which the peer answers while it reads */
    while (test_state (bench->pipeline) != GST_STATE_PLAYING)
      peer_round_trip (bench->peer);
  }
  bench_free (bench);
}

/* ---- TIME-2 ---- */

static void
test_without_a_word_about_time_the_pipeline_chooses (void)
{
  TestBench *bench = greeted_bench (SINK, GST_STATE_PAUSED);
  const GstClockTime told = past (25);

  tell_time (bench->peer, GST_CLOCK_TYPE_REALTIME, told, TRUE);
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  change (bench->peer, GST_STATE_CHANGE_PLAYING_TO_PAUSED);
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_READY);
  change (bench->peer, GST_STATE_CHANGE_READY_TO_PAUSED);
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  expect_own_time (bench, told);
  bench_free (bench);
}

/* A word of the old peer's is none of the new one's. */
static void
test_what_another_peer_said_is_forgotten (void)
{
  TestBench *bench = greeted_bench (SINK, GST_STATE_PAUSED);
  const GstClockTime told = past (25);

  tell_time (bench->peer, GST_CLOCK_TYPE_MONOTONIC, told, TRUE);
  bench_replace_peer (bench, TEST_SOCKETPAIR);
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  expect_own_time (bench, told);
  bench_free (bench);
}

static void
test_nothing_is_taken_from_whom_nothing_was_agreed_on_with (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", SINK);
  const GstClockTime told = past (25);

  bench_lead (bench, GST_STATE_PAUSED);
  tell_time (bench->peer, GST_CLOCK_TYPE_MONOTONIC, told, FALSE);
  peer_greet (bench->peer, IPC_FEATURE_OBJECTS, NULL);
  tell_time (bench->peer, GST_CLOCK_TYPE_MONOTONIC, told, FALSE);
  peer_greet (bench->peer, IPC_FEATURE_TIME, "another machine");
  tell_time (bench->peer, GST_CLOCK_TYPE_MONOTONIC, told, FALSE);
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  expect_own_time (bench, told);
  bench_free (bench);
}

/* TIME-5 */
static void
test_the_application_that_gave_a_clock_keeps_it (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", SINK);
  g_autoptr (GstClock) clock = gst_object_ref_sink (g_object_new (GST_TYPE_SYSTEM_CLOCK, NULL));

  gst_pipeline_use_clock (GST_PIPELINE (bench->pipeline), clock);
  peer_greet (bench->peer, IPC_FEATURE_TIME, NULL);
  bench_lead (bench, GST_STATE_PAUSED);
  tell_time (bench->peer, GST_CLOCK_TYPE_MONOTONIC, past (25), FALSE);
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  g_assert_true (GST_ELEMENT_CLOCK (bench->pipeline) == clock);
  bench_free (bench);
}

/* TIME-5 */
static void
test_the_application_that_sets_base_times_keeps_them (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", SINK);

  gst_element_set_start_time (bench->pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (bench->pipeline, 42);
  peer_greet (bench->peer, IPC_FEATURE_TIME, NULL);
  bench_lead (bench, GST_STATE_PAUSED);
  tell_time (bench->peer, GST_CLOCK_TYPE_MONOTONIC, past (25), FALSE);
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  g_assert_cmpuint (gst_element_get_base_time (bench->pipeline), ==, 42);
  bench_free (bench);
}

/* ELEM-5 */
static void
test_a_plain_pipeline_keeps_its_own_time (void)
{
  TestBench *bench = bench_new_src_with_sink ("pipeline", SINK);
  const GstClockTime told = past (25);

  peer_greet (bench->peer, IPC_FEATURE_TIME, NULL);
  bench_lead (bench, GST_STATE_PAUSED);
  tell_time (bench->peer, GST_CLOCK_TYPE_MONOTONIC, told, FALSE);
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  expect_own_time (bench, told);
  bench_free (bench);
}

/* ---- HOST-2, TIME-5 ---- */

static void
test_base_times_that_cannot_be_are_refused (void)
{
  TestBench *bench = greeted_bench (SINK, GST_STATE_PAUSED);
  const GstClockTime good = past (25);
  const GstClockTime days = 3 * 24 * 60 * 60 * GST_SECOND;
  const GstClockTime bad[] = { past (0) + days, G_MAXINT64, G_MAXUINT64 - 1 };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    tell_time (bench->peer, GST_CLOCK_TYPE_MONOTONIC, good, TRUE);
    tell_time (bench->peer, GST_CLOCK_TYPE_MONOTONIC, bad[i], FALSE);
  }
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  expect_own_time (bench, good);
  bench_free (bench);
}

static void
test_what_is_no_time_is_refused (void)
{
  static const gchar *const wrong[] = {
    "gst-ipc-time;",
    "gst-ipc-time, clock=(string)monotonic;",
    "gst-ipc-time, clock=(string)monotonic, base-time=(guint64)18446744073709551615;",
    "gst-ipc-time, clock=(string)monotonic, base-time=(gint)1;",
    "gst-ipc-time, clock=(string)other, base-time=(guint64)1;",
    "gst-ipc-time, base-time=(guint64)1;",
    "gst-ipc-time, clock=",
  };
  TestBench *bench = greeted_bench (SINK, GST_STATE_PAUSED);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    IpcPacket packet = { .header.type = IPC_PACKET_QUERY };

    packet.query.type = GST_QUERY_CUSTOM;
    packet.query.upstream = TRUE;
    packet.query.structure = wrong[i];
    g_assert_false (peer_await_reply (bench->peer, peer_send (bench->peer, &packet))->query_result.result);
  }
  change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  expect_own_time (bench, 1);
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/slave/time/" #name, test_##name)
  ADD (the_pipeline_runs_on_the_masters_time);
  ADD (the_sinks_have_it_when_they_begin_to_play);
  ADD (the_start_time_stays);
  ADD (the_pipeline_runs_on_other_clocks_of_the_system);
  ADD (each_change_to_playing_has_its_own_base_time);
  ADD (a_pipeline_that_plays_adopts_it_at_once);
  ADD (several_sources_are_told_the_same);
  ADD (after_a_flush_the_pipeline_plays_when_the_master_does);
  ADD (after_a_flush_a_legacy_masters_pipeline_plays_by_itself);
  ADD (without_a_word_about_time_the_pipeline_chooses);
  ADD (what_another_peer_said_is_forgotten);
  ADD (nothing_is_taken_from_whom_nothing_was_agreed_on_with);
  ADD (the_application_that_gave_a_clock_keeps_it);
  ADD (the_application_that_sets_base_times_keeps_them);
  ADD (a_plain_pipeline_keeps_its_own_time);
  ADD (base_times_that_cannot_be_are_refused);
  ADD (what_is_no_time_is_refused);
  return g_test_run ();
}
