/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How ipcpipelinesink tells a scripted slave what its pipeline runs on: docs/protocol.md, TIME-1, TIME-2, TIME-4,
 * EXT-7.
 */

#include "bench.h"

/* ---- a clock that is no plain one ---- */

#define TEST_TYPE_CLOCK (test_clock_get_type ())
G_DECLARE_FINAL_TYPE (TestClock, test_clock, TEST, CLOCK, GstSystemClock)

struct _TestClock {
  GstSystemClock parent;
};

G_DEFINE_FINAL_TYPE (TestClock, test_clock, GST_TYPE_SYSTEM_CLOCK)

static void
test_clock_class_init (TestClockClass *klass)
{
}

static void
test_clock_init (TestClock *clock)
{
}

static GstClock *
system_clock_new (GType type, GstClockType counts)
{
  return gst_object_ref_sink (g_object_new (type, "clock-type", counts, NULL));
}

/* ---- master and peer ---- */

static TestBench *
bench_new (GstClock *clock, IpcFeatures features)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  if (clock != NULL)
    gst_pipeline_use_clock (GST_PIPELINE (bench->pipeline), clock);
  peer_set_greetings (bench->peer, TEST_GREETINGS_ANSWERED, features);
  bench_go (bench, GST_STATE_PAUSED);
  return bench;
}

/* The next packet must be what tells the time. Returns its id. */
static guint32
expect_time (TestBench *bench, GstClockType clock)
{
  IpcPacket *packet = peer_expect (bench->peer, IPC_PACKET_QUERY);
  g_autoptr (GError) error = NULL;
  IpcTime time;

  g_assert_true (ipc_time_from_packet (packet, &time, &error));
  g_assert_no_error (error);
  g_assert_cmpint (time.clock, ==, clock);
  g_assert_cmpuint (time.base_time, ==, gst_element_get_base_time (bench->pipeline));
  return packet->header.id;
}

static void
answer_time (TestBench *bench, guint32 id, gboolean taken)
{
  IpcPacket question = { .header.type = IPC_PACKET_QUERY, .header.id = id };
  IpcPacket packet = { 0 };

  question.query.type = GST_QUERY_CUSTOM;
  question.query.structure = "gst-ipc-time;";
  ipc_packet_build_query_echo (&packet, &question, taken);
  peer_send (bench->peer, &packet);
}

/* From PAUSED to PLAYING; the master has told its time. */
static void
play (TestBench *bench, GstClockType clock, gboolean taken)
{
  TestCall *call = call_set_state (bench->pipeline, GST_STATE_PLAYING);

  answer_time (bench, expect_time (bench, clock), taken);
  peer_ack (bench->peer, peer_expect_state_change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING),
      GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (call_end (call), ==, GST_STATE_CHANGE_SUCCESS);
}

/* ---- TIME-1 ---- */

static void
test_clock_and_base_time_go_in_front_of_each_change_to_playing (void)
{
  TestBench *bench = bench_new (NULL, IPC_FEATURE_TIME);

  for (guint i = 0; i < 3; i++) {
    play (bench, GST_CLOCK_TYPE_MONOTONIC, TRUE);
    bench_go (bench, GST_STATE_PAUSED);
  }
  bench_free (bench);
}

static void
test_each_clock_of_the_system_is_told_by_its_name (void)
{
  const GstClockType types[] = { GST_CLOCK_TYPE_MONOTONIC, GST_CLOCK_TYPE_REALTIME, GST_CLOCK_TYPE_TAI };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GstClock) clock = system_clock_new (GST_TYPE_SYSTEM_CLOCK, types[i]);
    TestBench *bench = bench_new (clock, IPC_FEATURE_TIME);

    play (bench, types[i], TRUE);
    bench_free (bench);
  }
}

static void
test_base_times_that_the_application_sets_are_told (void)
{
  TestBench *bench = bench_new (NULL, IPC_FEATURE_TIME);

  gst_element_set_start_time (bench->pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (bench->pipeline, 4711);
  play (bench, GST_CLOCK_TYPE_MONOTONIC, TRUE);
  g_assert_cmpuint (gst_element_get_base_time (bench->element), ==, 4711);
  bench_free (bench);
}

/* ---- a flushing seek ---- */

static void
flush (TestBench *bench)
{
  TestCall *call = call_push_event (bench->pad->pad, gst_event_new_flush_start ());

  peer_ack (bench->peer, peer_expect_event (bench->peer, GST_EVENT_FLUSH_START), TRUE);
  g_assert_true (call_end (call));
  call = call_push_event (bench->pad->pad, gst_event_new_flush_stop (TRUE));
  peer_ack (bench->peer, peer_expect_event (bench->peer, GST_EVENT_FLUSH_STOP), TRUE);
  g_assert_true (call_end (call));
  /* of the slave's sinks */
  peer_send_message (bench->peer, gst_message_new_reset_time (NULL, 0));
  log_await (&bench->children, GST_MESSAGE_RESET_TIME, bench->element, 1);
}

/* A pipeline in which there was an error leaves its children where they are, and has no other base time. What it may be
 * about to do in a thread of its own waits until it is freed. */
static void
stop_pipeline (TestBench *bench)
{
  GST_STATE_LOCK (bench->pipeline);
  GST_ELEMENT_ERROR (bench->element, LIBRARY, FAILED, (NULL), (NULL));
}

static void
stopped_bench_free (TestBench *bench)
{
  GST_STATE_UNLOCK (bench->pipeline);
  bench_free (bench);
}

/* Running time began anew, and the base time is still that of before: it would make everything late. */
static void
test_a_base_time_from_before_a_flush_is_not_told (void)
{
  TestBench *bench = bench_new (NULL, IPC_FEATURE_TIME);
  TestCall *call;

  play (bench, GST_CLOCK_TYPE_MONOTONIC, TRUE);
  stop_pipeline (bench);
  flush (bench);
  call = call_set_state (bench->element, GST_STATE_PAUSED);
  peer_ack (bench->peer, peer_expect_state_change (bench->peer, GST_STATE_CHANGE_PLAYING_TO_PAUSED),
      GST_STATE_CHANGE_SUCCESS);
  call_end (call);
  call = call_set_state (bench->element, GST_STATE_PLAYING);
  peer_ack (bench->peer, peer_expect_state_change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING),
      GST_STATE_CHANGE_SUCCESS);
  call_end (call);
  stopped_bench_free (bench);
}

static void
test_the_base_time_of_after_a_flush_is_told (void)
{
  TestBench *bench = bench_new (NULL, IPC_FEATURE_TIME);

  play (bench, GST_CLOCK_TYPE_MONOTONIC, TRUE);
  flush (bench);
  bench_go (bench, GST_STATE_PAUSED);
  play (bench, GST_CLOCK_TYPE_MONOTONIC, TRUE);
  bench_free (bench);
}

static void
lose_state (TestBench *bench)
{
  flush (bench);
  peer_send_state_lost (bench->peer);
  log_await (&bench->children, GST_MESSAGE_STATE_CHANGED, bench->element, 4);
}

static void
regain_state (TestBench *bench)
{
  peer_send_message (bench->peer, gst_message_new_async_done (NULL, GST_CLOCK_TIME_NONE));
}

/* TIME-4: it waits for that. */
static void
test_a_slave_that_lost_its_state_is_taken_back_to_playing (void)
{
  TestBench *bench = bench_new (NULL, IPC_FEATURE_TIME);

  play (bench, GST_CLOCK_TYPE_MONOTONIC, TRUE);
  lose_state (bench);
  regain_state (bench);
  expect_time (bench, GST_CLOCK_TYPE_MONOTONIC);
  peer_ack (bench->peer, peer_expect_state_change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING),
      GST_STATE_CHANGE_SUCCESS);
  bench_free (bench);
}

static void
test_so_is_one_whose_master_had_an_error (void)
{
  TestBench *bench = bench_new (NULL, IPC_FEATURE_TIME);

  play (bench, GST_CLOCK_TYPE_MONOTONIC, TRUE);
  lose_state (bench);
  stop_pipeline (bench);
  regain_state (bench);
  peer_ack (bench->peer, peer_expect_state_change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING),
      GST_STATE_CHANGE_SUCCESS);
  stopped_bench_free (bench);
}

/* Another branch was flushed, and the pipeline plays on with another base time: children that are in PLAYING are handed
 * it, and nothing else happens to them. */
static void
test_a_base_time_that_moves_in_playing_is_told_with_the_next_buffer (void)
{
  TestBench *bench = bench_new (NULL, IPC_FEATURE_TIME);
  TestCall *call;

  play (bench, GST_CLOCK_TYPE_MONOTONIC, TRUE);
  bench_start_stream (bench);
  GST_STATE_LOCK (bench->pipeline);
  gst_element_set_base_time (bench->pipeline, 4711);
  gst_element_set_base_time (bench->element, 4711);
  for (guint i = 0; i < 2; i++) {
    call = call_push (bench->pad->pad, test_buffer (i));
    if (i == 0)
      answer_time (bench, expect_time (bench, GST_CLOCK_TYPE_MONOTONIC), TRUE);
    peer_ack (bench->peer, peer_expect_buffer (bench->peer), GST_FLOW_OK);
    g_assert_cmpint (call_end (call), ==, GST_FLOW_OK);
  }
  GST_STATE_UNLOCK (bench->pipeline);
  bench_free (bench);
}

/* ---- TIME-2 ---- */

static void
test_a_slave_that_does_not_use_it_plays_all_the_same (void)
{
  TestBench *bench = bench_new (NULL, IPC_FEATURE_TIME);

  play (bench, GST_CLOCK_TYPE_MONOTONIC, FALSE);
  g_assert_cmpint (test_state (bench->pipeline), ==, GST_STATE_PLAYING);
  bench_free (bench);
}

static void
test_nobody_waits_for_the_answer (void)
{
  TestBench *bench = bench_new (NULL, IPC_FEATURE_TIME);
  TestCall *call = call_set_state (bench->pipeline, GST_STATE_PLAYING);

  expect_time (bench, GST_CLOCK_TYPE_MONOTONIC);
  peer_ack (bench->peer, peer_expect_state_change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING),
      GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (call_end (call), ==, GST_STATE_CHANGE_SUCCESS);
  bench_free (bench);
}

/* The next packet is the STATE_CHANGE, and no other clock. */
static void
expect_untold (GstClock *clock, IpcFeatures features)
{
  TestBench *bench = bench_new (clock, features);

  bench_go (bench, GST_STATE_PLAYING);
  peer_expect_silence (bench->peer);
  bench_free (bench);
}

static void
test_clocks_that_show_something_else_are_not_told (void)
{
  g_autoptr (GstClock) other = system_clock_new (TEST_TYPE_CLOCK, GST_CLOCK_TYPE_MONOTONIC);
  g_autoptr (GstClock) shifted = system_clock_new (GST_TYPE_SYSTEM_CLOCK, GST_CLOCK_TYPE_MONOTONIC);
  g_autoptr (GstClock) faster = system_clock_new (GST_TYPE_SYSTEM_CLOCK, GST_CLOCK_TYPE_MONOTONIC);
  g_autoptr (GstClock) following = system_clock_new (GST_TYPE_SYSTEM_CLOCK, GST_CLOCK_TYPE_MONOTONIC);
  GstClock *const clocks[] = { other, shifted, faster, following };

  gst_clock_set_calibration (shifted, 0, GST_SECOND, 1, 1);
  gst_clock_set_calibration (faster, 0, 0, 1001, 1000);
  GST_OBJECT_FLAG_SET (following, GST_CLOCK_FLAG_CAN_SET_MASTER);
  g_assert_true (gst_clock_set_master (following, other));
  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++)
    expect_untold (clocks[i], IPC_FEATURE_TIME);
  gst_clock_set_master (following, NULL);
}

/* EXT-7 */
static void
test_nothing_is_told_that_was_not_agreed_on (void)
{
  expect_untold (NULL, IPC_FEATURE_OBJECTS | IPC_FEATURE_METAS);
  expect_untold (NULL, 0);
}

static void
test_a_legacy_peer_is_told_nothing (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  bench_go (bench, GST_STATE_PLAYING);
  peer_expect_silence (bench->peer);
  bench_free (bench);
}

static void
test_another_machine_is_told_nothing (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  IpcGreeting greeting = { .features = IPC_FEATURE_TIME, .time_domain = (gchar *)"another machine" };
  g_auto (IpcGreeting) asked = { 0 };
  g_autoptr (GError) error = NULL;
  IpcPacket answer = { 0 }, *question;
  TestCall *call;

  peer_set_greetings (bench->peer, TEST_GREETINGS_KEPT, 0);
  call = call_set_state (bench->pipeline, GST_STATE_READY);
  question = peer_expect (bench->peer, IPC_PACKET_QUERY);
  ipc_greeting_from_packet (question, &asked, &error);
  g_assert_no_error (error);
  greeting.nonce = asked.nonce;
  ipc_packet_build_greeting_answer (&answer, question->header.id, &greeting);
  peer_send (bench->peer, &answer);
  peer_ack (
      bench->peer, peer_expect_state_change (bench->peer, GST_STATE_CHANGE_NULL_TO_READY), GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (call_end (call), ==, GST_STATE_CHANGE_SUCCESS);
  bench_go (bench, GST_STATE_PLAYING);
  peer_expect_silence (bench->peer);
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/sink/time/" #name, test_##name)
  ADD (clock_and_base_time_go_in_front_of_each_change_to_playing);
  ADD (each_clock_of_the_system_is_told_by_its_name);
  ADD (base_times_that_the_application_sets_are_told);
  ADD (a_base_time_from_before_a_flush_is_not_told);
  ADD (the_base_time_of_after_a_flush_is_told);
  ADD (a_slave_that_lost_its_state_is_taken_back_to_playing);
  ADD (so_is_one_whose_master_had_an_error);
  ADD (a_base_time_that_moves_in_playing_is_told_with_the_next_buffer);
  ADD (a_slave_that_does_not_use_it_plays_all_the_same);
  ADD (nobody_waits_for_the_answer);
  ADD (clocks_that_show_something_else_are_not_told);
  ADD (nothing_is_told_that_was_not_agreed_on);
  ADD (a_legacy_peer_is_told_nothing);
  ADD (another_machine_is_told_nothing);
  return g_test_run ();
}
