/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcpipelinesink and a slave that has stopped, or is slow, or is not waited for at all: docs/protocol.md, LIFE-2,
 * LIFE-7, LIFE-10, WAIT-1, WAIT-7.
 */

#include "bench.h"

/* Short enough to be waited for often. */
#define SHORT_ACK_TIME G_GUINT64_CONSTANT (10000)

static void
set_ack_time (TestBench *bench, guint64 ack_time)
{
  g_object_set (bench->element, "ack-time", ack_time, NULL);
}

/* In PLAYING, with a slave that answers greetings or is a legacy one, and from now on only what the test answers. */
static TestBench *
playing_sink (TestGreetings greetings)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  peer_set_greetings (bench->peer, greetings, IPC_FEATURE_OBJECTS);
  bench_go (bench, GST_STATE_PLAYING);
  bench_start_stream (bench);
  peer_set_greetings (bench->peer, TEST_GREETINGS_KEPT, 0);
  set_ack_time (bench, SHORT_ACK_TIME);
  return bench;
}

static void
expect_null (TestBench *bench)
{
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 0);
}

/* ---- an event of the application ---- */

/* LIFE-10 */
static void
test_a_seek_that_a_stopped_slave_does_not_answer_ends (void)
{
  TestBench *bench = playing_sink (TEST_GREETINGS_ANSWERED);
  TestCall *seek = call_send_event (bench->pipeline, test_seek_event ());
  IpcPacket *ping;

  peer_expect_event (bench->peer, GST_EVENT_SEEK);
  ping = peer_expect (bench->peer, IPC_PACKET_QUERY);
  g_assert_true (ipc_packet_is_greeting (ping));
  g_assert_false (call_end (seek));
  g_assert_cmpuint (bench_stat (bench, "timeouts"), ==, 2);
  expect_null (bench);
  bench_free (bench);
}

/* LIFE-10, also when the seek does not even fit into the socket. */
static void
test_a_seek_that_a_stopped_slave_does_not_read_ends (void)
{
  TestBench *bench = playing_sink (TEST_GREETINGS_ANSWERED);
  TestCall *push = call_push (bench->pad->pad, test_large_buffer (4 << 20));
  TestCall *seek;

  peer_await_readable (bench->peer);
  seek = call_send_event (bench->pipeline, test_seek_event ());
  g_assert_false (call_end (seek));
  expect_null (bench);
  g_assert_cmpint (call_end (push), ==, GST_FLOW_FLUSHING);
  bench_free (bench);
}

/* LIFE-10: a slave that lives may take longer. */
static void
test_a_seek_that_a_slow_slave_answers_late_succeeds (void)
{
  TestBench *bench = playing_sink (TEST_GREETINGS_ANSWERED);
  TestCall *seek;
  guint32 id;

  set_ack_time (bench, 50 * SHORT_ACK_TIME);
  seek = call_send_event (bench->pipeline, test_seek_event ());
  id = peer_expect_event (bench->peer, GST_EVENT_SEEK);
  /* from now on the limit for the answer to a ping, not for when one is sent: that one is in time */
  set_ack_time (bench, TEST_DEADLINE);
  for (guint i = 0; i < 3; i++)
    peer_answer_greeting (bench->peer, peer_expect (bench->peer, IPC_PACKET_QUERY), IPC_FEATURE_OBJECTS);
  g_assert_false (call_has_ended (seek));
  peer_ack (bench->peer, id, TRUE);
  g_assert_true (call_end (seek));
  bench_free (bench);
}

/* LIFE-10: it says that it lives, and never answers. */
static void
test_a_seek_that_a_living_slave_never_answers_ends (void)
{
  TestBench *bench = playing_sink (TEST_GREETINGS_ANSWERED);
  TestCall *seek;

  peer_set_greetings (bench->peer, TEST_GREETINGS_ANSWERED, IPC_FEATURE_OBJECTS);
  set_ack_time (bench, 10 * SHORT_ACK_TIME);
  seek = call_send_event (bench->pipeline, test_seek_event ());
  peer_expect_event (bench->peer, GST_EVENT_SEEK);
  while (!call_has_ended (seek))
    peer_round_trip (bench->peer);
  g_assert_false (call_end (seek));
  expect_null (bench);
  bench_free (bench);
}

/* The same of one that cannot be asked whether it lives. */
static void
test_a_seek_that_a_legacy_slave_never_answers_ends (void)
{
  TestBench *bench = playing_sink (TEST_GREETINGS_REFUSED);
  TestCall *seek = call_send_event (bench->pipeline, test_seek_event ());

  peer_expect_event (bench->peer, GST_EVENT_SEEK);
  g_assert_false (call_end (seek));
  g_assert_cmpuint (bench_stat (bench, "timeouts"), ==, 1);
  expect_null (bench);
  bench_free (bench);
}

/* EXT-1: it would not know what to do with a greeting in the middle of a seek. */
static void
test_a_legacy_slave_is_not_asked_whether_it_lives (void)
{
  TestBench *bench = playing_sink (TEST_GREETINGS_REFUSED);
  TestCall *seek;
  guint32 id;

  set_ack_time (bench, 50 * SHORT_ACK_TIME);
  seek = call_send_event (bench->element, test_seek_event ());
  id = peer_expect_event (bench->peer, GST_EVENT_SEEK);
  /* each query takes as long as the seek would have been waited for before a ping */
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GstQuery) query = gst_query_new_position (GST_FORMAT_TIME);

    g_assert_false (gst_pad_peer_query (bench->pad->pad, query));
    g_assert_cmpuint (peer_expect (bench->peer, IPC_PACKET_QUERY)->query.type, ==, GST_QUERY_POSITION);
  }
  g_assert_false (call_has_ended (seek));
  peer_ack (bench->peer, id, TRUE);
  g_assert_true (call_end (seek));
  bench_free (bench);
}

/* ---- NULL is reached ---- */

/* LIFE-2, LIFE-7 */
static void
test_null_is_reached_with_a_buffer_outstanding (void)
{
  TestBench *bench = playing_sink (TEST_GREETINGS_ANSWERED);
  TestCall *push = call_push (bench->pad->pad, test_buffer (1));

  peer_expect_buffer (bench->peer);
  expect_null (bench);
  g_assert_cmpint (call_end (push), ==, GST_FLOW_FLUSHING);
  /* one for each state change */
  g_assert_cmpuint (bench_stat (bench, "timeouts"), ==, 3);
  bench_free (bench);
}

static void
test_null_is_reached_with_a_serialized_query_outstanding (void)
{
  TestBench *bench = playing_sink (TEST_GREETINGS_ANSWERED);
  g_autoptr (GstQuery) query = gst_query_new_drain ();
  TestCall *ask = call_peer_query (bench->pad->pad, query);

  peer_expect (bench->peer, IPC_PACKET_QUERY);
  expect_null (bench);
  g_assert_false (call_end (ask));
  g_assert_cmpuint (bench_stat (bench, "timeouts"), ==, 3);
  bench_free (bench);
}

static void
test_null_is_reached_with_a_serialized_event_outstanding (void)
{
  TestBench *bench = playing_sink (TEST_GREETINGS_ANSWERED);
  TestCall *push = call_push_event (bench->pad->pad, test_serialized_event ("x"));

  peer_expect_event (bench->peer, GST_EVENT_CUSTOM_DOWNSTREAM);
  expect_null (bench);
  g_assert_false (call_end (push));
  bench_free (bench);
}

/* The query is another thread's, and has no lock. */
static void
test_null_is_reached_with_a_query_outstanding (void)
{
  TestBench *bench = playing_sink (TEST_GREETINGS_ANSWERED);
  g_autoptr (GstQuery) element_query = gst_query_new_position (GST_FORMAT_TIME);
  g_autoptr (GstQuery) pad_query = gst_query_new_duration (GST_FORMAT_TIME);
  TestCall *calls[2];

  set_ack_time (bench, 10 * SHORT_ACK_TIME);
  calls[0] = call_element_query (bench->pipeline, element_query);
  calls[1] = call_peer_query (bench->pad->pad, pad_query);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    peer_expect (bench->peer, IPC_PACKET_QUERY);
  set_ack_time (bench, SHORT_ACK_TIME);
  expect_null (bench);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    g_assert_false (call_end (calls[i]));
  bench_free (bench);
}

/* Who goes to NULL waits for the seek, which has the pipeline's state locked. */
static void
test_null_is_reached_with_everything_outstanding (void)
{
  TestBench *bench = playing_sink (TEST_GREETINGS_ANSWERED);
  g_autoptr (GstQuery) query = gst_query_new_position (GST_FORMAT_TIME);
  TestCall *push, *ask, *seek;

  push = call_push (bench->pad->pad, test_buffer (1));
  peer_expect_buffer (bench->peer);
  ask = call_element_query (bench->pipeline, query);
  peer_await (bench->peer, IPC_PACKET_QUERY);
  seek = call_send_event (bench->pipeline, test_seek_event ());
  peer_await_event (bench->peer, GST_EVENT_SEEK);
  expect_null (bench);
  g_assert_false (call_end (seek));
  g_assert_false (call_end (ask));
  g_assert_cmpint (call_end (push), ==, GST_FLOW_FLUSHING);
  bench_free (bench);
}

/* ---- ack-time 0 ---- */

/* WAIT-7 */
static void
test_with_ack_time_0_upward_changes_are_sent_and_fail (void)
{
  for (GstState state = GST_STATE_READY; state <= GST_STATE_PLAYING; state++) {
    TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
    g_autoptr (GError) error = NULL;

    bench_go (bench, state - 1);
    set_ack_time (bench, 0);
    g_assert_cmpint (call_end (call_set_state (bench->pipeline, state)), ==, GST_STATE_CHANGE_FAILURE);
    peer_expect_state_change (bench->peer, test_transition (state - 1, state));
    gst_message_parse_error (log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1), &error, NULL);
    g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY);
    g_assert_nonnull (strstr (error->message, "STATE_CHANGE"));
    g_assert_nonnull (strstr (error->message, "ack-time is 0"));
    g_assert_nonnull (strstr (error->message, "set ack-time to"));
    g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
    bench_free (bench);
  }
}

/* WAIT-7, WAIT-6 */
static void
test_with_ack_time_0_downward_changes_are_sent_and_succeed (void)
{
  TestBench *bench = playing_sink (TEST_GREETINGS_REFUSED);

  set_ack_time (bench, 0);
  expect_null (bench);
  for (GstState state = GST_STATE_PLAYING; state > GST_STATE_NULL; state--)
    peer_ack (bench->peer, peer_expect_state_change (bench->peer, test_transition (state, state - 1)),
        GST_STATE_CHANGE_SUCCESS);
  /* the answers are normal traffic */
  peer_round_trip (bench->peer);
  g_assert_cmpuint (bench_stat (bench, "stray-replies"), ==, 0);
  set_ack_time (bench, TEST_DEADLINE);
  bench_go (bench, GST_STATE_PLAYING);
  bench_free (bench);
}

/* WAIT-7 */
static void
test_with_ack_time_0_queries_and_events_are_sent (void)
{
  TestBench *bench = playing_sink (TEST_GREETINGS_REFUSED);
  g_autoptr (GstQuery) query = gst_query_new_position (GST_FORMAT_TIME);
  TestCall *push;

  set_ack_time (bench, 0);
  g_assert_false (gst_pad_peer_query (bench->pad->pad, query));
  peer_expect (bench->peer, IPC_PACKET_QUERY);
  g_assert_true (gst_pad_push_event (bench->pad->pad, gst_event_new_flush_start ()));
  peer_expect_event (bench->peer, GST_EVENT_FLUSH_START);
  /* what waits without limit does so */
  push = call_push_event (bench->pad->pad, gst_event_new_flush_stop (TRUE));
  peer_ack (bench->peer, peer_expect_event (bench->peer, GST_EVENT_FLUSH_STOP), TRUE);
  g_assert_true (call_end (push));
  bench_free (bench);
}

/* LIFE-10: somebody must be waited for all the same. */
static void
test_with_ack_time_0_a_seek_is_answered (void)
{
  TestBench *bench = playing_sink (TEST_GREETINGS_ANSWERED);
  TestCall *seek;

  set_ack_time (bench, 0);
  peer_set_greetings (bench->peer, TEST_GREETINGS_ANSWERED, IPC_FEATURE_OBJECTS);
  seek = call_send_event (bench->pipeline, test_seek_event ());
  peer_ack (bench->peer, peer_expect_event (bench->peer, GST_EVENT_SEEK), TRUE);
  g_assert_true (call_end (seek));
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/sink/stopped/" #name, test_##name)
  ADD (a_seek_that_a_stopped_slave_does_not_answer_ends);
  ADD (a_seek_that_a_stopped_slave_does_not_read_ends);
  ADD (a_seek_that_a_slow_slave_answers_late_succeeds);
  ADD (a_seek_that_a_living_slave_never_answers_ends);
  ADD (a_seek_that_a_legacy_slave_never_answers_ends);
  ADD (a_legacy_slave_is_not_asked_whether_it_lives);
  ADD (null_is_reached_with_a_buffer_outstanding);
  ADD (null_is_reached_with_a_serialized_query_outstanding);
  ADD (null_is_reached_with_a_serialized_event_outstanding);
  ADD (null_is_reached_with_a_query_outstanding);
  ADD (null_is_reached_with_everything_outstanding);
  ADD (with_ack_time_0_upward_changes_are_sent_and_fail);
  ADD (with_ack_time_0_downward_changes_are_sent_and_succeed);
  ADD (with_ack_time_0_queries_and_events_are_sent);
  ADD (with_ack_time_0_a_seek_is_answered);
  return g_test_run ();
}
