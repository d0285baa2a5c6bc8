/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcpipelinesink with a peer that has replaced another one in mid-stream: it gets the sticky events, in their order,
 * whatever upstream does first and whatever it answers. docs/protocol.md, CONN-5, LOG-1.
 */

#include "bench.h"

static GstCaps *
test_caps (gint rate)
{
  return gst_caps_new_simple ("audio/x-raw", "rate", G_TYPE_INT, rate, NULL);
}

/* A caps event comes behind the question whether it would be taken. */
static void
take_caps (TestBench *bench, GstCaps *caps)
{
  g_autoptr (GstQuery) answer = gst_query_new_accept_caps (caps);
  IpcPacket *packet = peer_expect (bench->peer, IPC_PACKET_QUERY);

  g_assert_cmpuint (packet->query.type, ==, GST_QUERY_ACCEPT_CAPS);
  gst_query_set_accept_caps_result (answer, TRUE);
  peer_answer_query (bench->peer, packet->header.id, answer, TRUE);
  peer_ack (bench->peer, peer_expect_event (bench->peer, GST_EVENT_CAPS), TRUE);
}

/* Upstream has sent all three, to the peer before. */
static TestBench *
sink_with_another_peer (GstCaps *caps)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  GstEvent *const events[] = { gst_event_new_stream_start ("test"), gst_event_new_caps (caps), test_segment_event () };
  TestCall *call;

  bench_go (bench, GST_STATE_PLAYING);
  for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
    const GstEventType type = GST_EVENT_TYPE (events[i]);

    call = call_push_event (bench->pad->pad, events[i]);
    if (type == GST_EVENT_CAPS)
      take_caps (bench, caps);
    else
      peer_ack (bench->peer, peer_expect_event (bench->peer, type), TRUE);
    g_assert_true (call_end (call));
  }

  peer_close (bench->peer);
  log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1);
  g_signal_emit_by_name (bench->element, "disconnect");
  gst_element_set_state (bench->element, GST_STATE_NULL);
  bench_replace_peer (bench, TEST_SOCKETPAIR);
  bench_go (bench, GST_STATE_PLAYING);
  return bench;
}

static void
take (TestBench *bench, GstEventType type, gboolean taken)
{
  peer_ack (bench->peer, peer_expect_event (bench->peer, type), taken);
}

static void
end_with_a_buffer (TestBench *bench, TestCall *call)
{
  peer_ack (bench->peer, peer_expect_buffer (bench->peer), GST_FLOW_OK);
  g_assert_cmpint (call_end (call), ==, GST_FLOW_OK);
  bench_free (bench);
}

/* CONN-5: upstream goes on where it was, and does not send them again. */
static void
test_a_new_peer_in_mid_stream_gets_the_sticky_events (void)
{
  g_autoptr (GstCaps) caps = test_caps (8000);
  TestBench *bench = sink_with_another_peer (caps);
  TestCall *call = call_push (bench->pad->pad, test_buffer (9));
  peer_ack (bench->peer, peer_expect_event (bench->peer, GST_EVENT_STREAM_START), TRUE);
  take_caps (bench, caps);
  peer_ack (bench->peer, peer_expect_event (bench->peer, GST_EVENT_SEGMENT), TRUE);
  peer_ack (bench->peer, peer_expect_buffer (bench->peer), GST_FLOW_OK);
  g_assert_cmpint (call_end (call), ==, GST_FLOW_OK);
  bench_free (bench);
}

/* What upstream begins with keeps its place: the segment of before comes behind the new caps. */
static void
test_new_caps_come_first (void)
{
  g_autoptr (GstCaps) caps = test_caps (8000), others = test_caps (16000);
  TestBench *bench = sink_with_another_peer (caps);
  TestCall *call = call_push_event (bench->pad->pad, gst_event_new_caps (others));

  take (bench, GST_EVENT_STREAM_START, TRUE);
  take_caps (bench, others);
  g_assert_true (call_end (call));
  call = call_push (bench->pad->pad, test_buffer (1));
  take (bench, GST_EVENT_SEGMENT, TRUE);
  end_with_a_buffer (bench, call);
}

static void
test_a_new_segment_comes_first (void)
{
  g_autoptr (GstCaps) caps = test_caps (8000);
  TestBench *bench = sink_with_another_peer (caps);
  TestCall *call = call_push_event (bench->pad->pad, test_segment_event ());

  take (bench, GST_EVENT_STREAM_START, TRUE);
  take_caps (bench, caps);
  take (bench, GST_EVENT_SEGMENT, TRUE);
  g_assert_true (call_end (call));
  end_with_a_buffer (bench, call_push (bench->pad->pad, test_buffer (1)));
}

/* LOG-1: GStreamer would warn of a segment without stream-start when that is taken after all. */
static void
test_one_that_is_refused_keeps_back_what_is_behind_it (void)
{
  g_autoptr (GstCaps) caps = test_caps (8000);
  TestBench *bench = sink_with_another_peer (caps);
  TestCall *call = call_push_event (bench->pad->pad, test_segment_event ());

  take (bench, GST_EVENT_STREAM_START, FALSE);
  call_end (call);
  call = call_push (bench->pad->pad, test_buffer (1));
  take (bench, GST_EVENT_STREAM_START, FALSE);
  g_assert_cmpint (call_end (call), ==, GST_FLOW_ERROR);
  peer_round_trip (bench->peer);
  peer_expect_silence (bench->peer);

  call = call_push (bench->pad->pad, test_buffer (1));
  take (bench, GST_EVENT_STREAM_START, TRUE);
  take_caps (bench, caps);
  take (bench, GST_EVENT_SEGMENT, TRUE);
  end_with_a_buffer (bench, call);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/sink/again/" #name, test_##name)
  ADD (a_new_peer_in_mid_stream_gets_the_sticky_events);
  ADD (new_caps_come_first);
  ADD (a_new_segment_comes_first);
  ADD (one_that_is_refused_keeps_back_what_is_behind_it);
  return g_test_run ();
}
