/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcpipelinesink with several buffers on their way at once: how many, and what upstream is told of them.
 * docs/protocol.md, BUF-9 to BUF-11; with one on its way: test-sink-flow.c.
 */

#include "bench.h"

static TestBench *
playing_sink (guint max_in_flight)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  g_object_set (bench->element, "max-in-flight", max_in_flight, NULL);
  bench_go (bench, GST_STATE_PLAYING);
  bench_start_stream (bench);
  return bench;
}

/* A push that does not wait. */
static void
push_at_once (TestBench *bench, guint8 number, GstFlowReturn flow)
{
  g_assert_cmpint (call_end (call_push (bench->pad->pad, test_buffer (number))), ==, flow);
}

static guint32
expect_number (TestBench *bench, guint8 number)
{
  IpcPacket *packet = peer_expect (bench->peer, IPC_PACKET_BUFFER);

  g_assert_cmpuint (packet->buffer.offset, ==, number);
  return packet->header.id;
}

static void
answer (TestBench *bench, guint32 id, GstFlowReturn flow)
{
  peer_ack (bench->peer, id, (guint32)flow);
}

/* A serialized event, refused or taken; with it every buffer before it has been answered. */
static gboolean
push_event_answered (TestBench *bench, GstEvent *event, gboolean taken)
{
  const GstEventType type = GST_EVENT_TYPE (event);
  TestCall *call = call_push_event (bench->pad->pad, event);

  peer_ack (bench->peer, peer_expect_event (bench->peer, type), taken);
  return call_end (call);
}

/* BUF-9 */
static void
test_no_more_than_the_maximum_are_on_their_way (void)
{
  TestBench *bench = playing_sink (3);
  guint32 ids[4];
  TestCall *third, *fourth;

  push_at_once (bench, 1, GST_FLOW_OK);
  push_at_once (bench, 2, GST_FLOW_OK);
  third = call_push (bench->pad->pad, test_buffer (3));
  for (guint8 i = 0; i < 3; i++)
    ids[i] = expect_number (bench, i + 1);
  peer_round_trip (bench->peer);
  g_assert_false (call_has_ended (third));
  answer (bench, ids[0], GST_FLOW_OK);
  g_assert_cmpint (call_end (third), ==, GST_FLOW_OK);

  fourth = call_push (bench->pad->pad, test_buffer (4));
  ids[3] = expect_number (bench, 4);
  peer_round_trip (bench->peer);
  g_assert_false (call_has_ended (fourth));
  for (guint i = 1; i < 4; i++)
    answer (bench, ids[i], GST_FLOW_OK);
  g_assert_cmpint (call_end (fourth), ==, GST_FLOW_OK);
  bench_free (bench);
}

/* BUF-9: it is one at first, and can be changed at any time. */
static void
test_the_maximum_can_be_changed (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  guint32 ids[3];
  TestCall *call;
  guint max;

  g_object_get (bench->element, "max-in-flight", &max, NULL);
  g_assert_cmpuint (max, ==, 1);
  bench_go (bench, GST_STATE_PLAYING);
  bench_start_stream (bench);
  call = call_push (bench->pad->pad, test_buffer (1));
  ids[0] = expect_number (bench, 1);
  peer_round_trip (bench->peer);
  g_assert_false (call_has_ended (call));
  answer (bench, ids[0], GST_FLOW_OK);
  g_assert_cmpint (call_end (call), ==, GST_FLOW_OK);

  g_object_set (bench->element, "max-in-flight", 3, NULL);
  push_at_once (bench, 2, GST_FLOW_OK);
  push_at_once (bench, 3, GST_FLOW_OK);
  g_object_set (bench->element, "max-in-flight", 1, NULL);
  call = call_push (bench->pad->pad, test_buffer (4));
  ids[0] = expect_number (bench, 2);
  ids[1] = expect_number (bench, 3);
  answer (bench, ids[0], GST_FLOW_OK);
  peer_round_trip (bench->peer);
  peer_expect_silence (bench->peer);
  answer (bench, ids[1], GST_FLOW_OK);
  ids[2] = expect_number (bench, 4);
  peer_round_trip (bench->peer);
  g_assert_false (call_has_ended (call));
  answer (bench, ids[2], GST_FLOW_EOS);
  g_assert_cmpint (call_end (call), ==, GST_FLOW_EOS);
  bench_free (bench);
}

/* BUF-10: and what is pushed then is not sent. */
static void
test_a_failure_is_returned_by_a_later_push (void)
{
  TestBench *bench = playing_sink (4);

  push_at_once (bench, 1, GST_FLOW_OK);
  push_at_once (bench, 2, GST_FLOW_OK);
  answer (bench, expect_number (bench, 1), GST_FLOW_NOT_LINKED);
  answer (bench, expect_number (bench, 2), GST_FLOW_OK);
  peer_round_trip (bench->peer);
  push_at_once (bench, 3, GST_FLOW_NOT_LINKED);
  peer_expect_silence (bench->peer);
  /* once */
  push_at_once (bench, 4, GST_FLOW_OK);
  answer (bench, expect_number (bench, 4), GST_FLOW_OK);
  bench_free (bench);
}

/* BUF-10: the first of several; a special success is no failure, and gives way to one. */
static void
test_the_first_failure_is_returned (void)
{
  TestBench *bench = playing_sink (4);

  for (guint8 i = 1; i <= 3; i++)
    push_at_once (bench, i, GST_FLOW_OK);
  answer (bench, expect_number (bench, 1), GST_FLOW_CUSTOM_SUCCESS);
  answer (bench, expect_number (bench, 2), GST_FLOW_NOT_NEGOTIATED);
  answer (bench, expect_number (bench, 3), GST_FLOW_ERROR);
  peer_round_trip (bench->peer);
  push_at_once (bench, 4, GST_FLOW_NOT_NEGOTIATED);
  peer_expect_silence (bench->peer);

  push_at_once (bench, 5, GST_FLOW_OK);
  answer (bench, expect_number (bench, 5), GST_FLOW_CUSTOM_SUCCESS);
  peer_round_trip (bench->peer);
  push_at_once (bench, 6, GST_FLOW_CUSTOM_SUCCESS);
  answer (bench, expect_number (bench, 6), GST_FLOW_OK);
  bench_free (bench);
}

static void
refuse_tags (TestBench *bench)
{
  peer_ack (bench->peer, peer_expect_event (bench->peer, GST_EVENT_TAG), FALSE);
}

/* BUF-10: an event that is refused because of it does not hide it. (GStreamer pushes a sticky one again before the next
 * buffer, and returns what becomes of that.) */
static void
test_a_failure_is_not_hidden_by_an_event_that_is_refused (void)
{
  TestBench *bench = playing_sink (4);
  TestCall *call;

  push_at_once (bench, 1, GST_FLOW_OK);
  answer (bench, expect_number (bench, 1), GST_FLOW_NOT_SUPPORTED);
  call = call_push_event (bench->pad->pad, gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "t", NULL)));
  refuse_tags (bench);
  call_end (call);
  call = call_push (bench->pad->pad, test_buffer (2));
  refuse_tags (bench);
  g_assert_cmpint (call_end (call), ==, GST_FLOW_NOT_SUPPORTED);
  peer_round_trip (bench->peer);
  peer_expect_silence (bench->peer);
  bench_free (bench);
}

/* BUF-8: the end of a segment is not that of the next. */
static void
test_eos_of_a_segment_ends_with_it (void)
{
  TestBench *bench = playing_sink (4);

  push_at_once (bench, 1, GST_FLOW_OK);
  answer (bench, expect_number (bench, 1), GST_FLOW_EOS);
  g_assert_true (push_event_answered (bench, test_serialized_event ("between"), TRUE));
  push_at_once (bench, 2, GST_FLOW_EOS);

  push_at_once (bench, 3, GST_FLOW_OK);
  answer (bench, expect_number (bench, 3), GST_FLOW_EOS);
  g_assert_true (push_event_answered (bench, test_segment_event (), TRUE));
  push_at_once (bench, 4, GST_FLOW_OK);
  answer (bench, expect_number (bench, 4), GST_FLOW_ERROR);
  g_assert_true (push_event_answered (bench, test_segment_event (), TRUE));
  push_at_once (bench, 5, GST_FLOW_ERROR);
  bench_free (bench);
}

/* BUF-11: answered before the flush-stop, and behind it. */
static void
test_a_flush_leaves_nothing_of_them (void)
{
  TestBench *bench = playing_sink (4);
  guint32 second;

  push_at_once (bench, 1, GST_FLOW_OK);
  push_at_once (bench, 2, GST_FLOW_OK);
  answer (bench, expect_number (bench, 1), GST_FLOW_FLUSHING);
  second = expect_number (bench, 2);
  g_assert_true (call_end (call_push_event (bench->pad->pad, gst_event_new_flush_start ())));
  peer_ack (bench->peer, peer_expect_event (bench->peer, GST_EVENT_FLUSH_START), TRUE);
  g_assert_true (push_event_answered (bench, gst_event_new_flush_stop (TRUE), TRUE));
  answer (bench, second, GST_FLOW_FLUSHING);
  g_assert_true (push_event_answered (bench, test_segment_event (), TRUE));
  push_at_once (bench, 3, GST_FLOW_OK);
  answer (bench, expect_number (bench, 3), GST_FLOW_OK);
  peer_round_trip (bench->peer);
  push_at_once (bench, 4, GST_FLOW_OK);
  answer (bench, expect_number (bench, 4), GST_FLOW_OK);
  bench_free (bench);
}

/* BUF-11, WAIT-5 */
static void
test_a_shut_pad_leaves_nothing_of_them (void)
{
  TestBench *bench = playing_sink (2);
  TestCall *call;

  push_at_once (bench, 1, GST_FLOW_OK);
  call = call_push (bench->pad->pad, test_buffer (2));
  expect_number (bench, 1);
  expect_number (bench, 2);
  bench_go (bench, GST_STATE_READY);
  g_assert_cmpint (call_end (call), ==, GST_FLOW_FLUSHING);

  bench_go (bench, GST_STATE_PAUSED);
  bench_start_stream (bench);
  push_at_once (bench, 3, GST_FLOW_OK);
  answer (bench, expect_number (bench, 3), GST_FLOW_OK);
  bench_free (bench);
}

/* BUF-10: the loss of the peer, told once, to who waits and to who pushes next. */
static void
test_a_lost_peer_ends_them (void)
{
  TestBench *bench = playing_sink (2);
  TestCall *call;

  push_at_once (bench, 1, GST_FLOW_OK);
  call = call_push (bench->pad->pad, test_buffer (2));
  expect_number (bench, 1);
  expect_number (bench, 2);
  peer_close (bench->peer);
  g_assert_cmpint (call_end (call), ==, GST_FLOW_FLUSHING);
  log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1);
  push_at_once (bench, 3, GST_FLOW_FLUSHING);
  bench_go_to_null (bench);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
  bench_free (bench);
}

/* In the pipeline's last moments, too. */
static void
test_the_element_ends_with_some_on_their_way (void)
{
  TestBench *bench = playing_sink (8);

  for (guint8 i = 1; i <= 7; i++)
    push_at_once (bench, i, GST_FLOW_OK);
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/sink/in-flight/" #name, test_##name)
  ADD (no_more_than_the_maximum_are_on_their_way);
  ADD (the_maximum_can_be_changed);
  ADD (a_failure_is_returned_by_a_later_push);
  ADD (the_first_failure_is_returned);
  ADD (a_failure_is_not_hidden_by_an_event_that_is_refused);
  ADD (eos_of_a_segment_ends_with_it);
  ADD (a_flush_leaves_nothing_of_them);
  ADD (a_shut_pad_leaves_nothing_of_them);
  ADD (a_lost_peer_ends_them);
  ADD (the_element_ends_with_some_on_their_way);
  return g_test_run ();
}
