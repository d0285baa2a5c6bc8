/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the slave tells its master, and what becomes of a slave whose master is gone: docs/protocol.md, MSG-1 to MSG-5,
 * ELEM-4, ELEM-5, LIFE-1, LIFE-2, LIFE-5, CONN-4, CONN-5.
 */

#include "bench.h"

/* ---- messages ---- */

static GstMessage *
application_message (const gchar *name)
{
  return gst_message_new_application (NULL, gst_structure_new_empty (name));
}

static void
expect_application_message (TestPeer *peer, const gchar *structure)
{
  IpcPacket *packet = peer_expect (peer, IPC_PACKET_MESSAGE);

  g_assert_cmpuint (packet->message.type, ==, GST_MESSAGE_APPLICATION);
  g_assert_cmpstr (packet->message.structure, ==, structure);
}

/* MSG-1 */
static void
test_messages_of_the_pipeline_and_its_elements_go_to_the_master (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");

  gst_element_post_message (bench->pipeline, application_message ("of-pipeline"));
  expect_application_message (bench->peer, "of-pipeline;");
  gst_element_post_message (bench->element, application_message ("of-element"));
  expect_application_message (bench->peer, "of-element;");
  /* and to the slave's own application */
  log_await (&bench->bus, GST_MESSAGE_APPLICATION, NULL, 2);
  bench_free (bench);
}

/* MSG-2: the first that arrives is the one that was posted behind them all. */
static void
test_what_is_a_matter_of_the_slave_alone_stays_there (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");
  GstObject *element = GST_OBJECT (bench->element);
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  g_autoptr (GError) write_error = g_error_new_literal (GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE, "my own");
  GstMessage *const messages[] = {
    gst_message_new_state_changed (element, GST_STATE_NULL, GST_STATE_READY, GST_STATE_VOID_PENDING),
    gst_message_new_async_start (element),
    gst_message_new_clock_provide (element, clock, TRUE),
    gst_message_new_clock_lost (element, clock),
    gst_message_new_new_clock (element, clock),
    gst_message_new_stream_status (element, GST_STREAM_STATUS_TYPE_CREATE, bench->element),
    gst_message_new_need_context (element, "some.context"),
    gst_message_new_have_context (element, gst_context_new ("some.context", TRUE)),
    gst_message_new_structure_change (
        GST_OBJECT (bench->pad->pad), GST_STRUCTURE_CHANGE_TYPE_PAD_LINK, bench->element, TRUE),
    gst_message_new_error (element, write_error, NULL),
  };

  peer_round_trip (bench->peer);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    gst_element_post_message (bench->pipeline, messages[i]);
  gst_element_post_message (bench->pipeline, application_message ("end"));
  expect_application_message (bench->peer, "end;");
  bench_free (bench);
}

/* MSG-5 */
static void
test_an_error_goes_with_domain_code_text_and_debug (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");
  g_autoptr (GError) error = g_error_new_literal (GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "no picture");
  g_autoptr (GError) foreign = g_error_new_literal (GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE, "disk full");
  IpcPacket *packet;

  gst_element_post_message (bench->pipeline, gst_message_new_error (GST_OBJECT (bench->element), error, "where"));
  packet = peer_expect (bench->peer, IPC_PACKET_GERROR_MESSAGE);
  g_assert_cmpuint (packet->gerror.kind, ==, 2);
  g_assert_cmpstr (packet->gerror.domain, ==, g_quark_to_string (GST_STREAM_ERROR));
  g_assert_cmpuint (packet->gerror.code, ==, GST_STREAM_ERROR_DECODE);
  g_assert_cmpstr (packet->gerror.text, ==, "no picture");
  g_assert_cmpstr (packet->gerror.debug, ==, "where");
  gst_element_post_message (bench->pipeline, gst_message_new_warning (GST_OBJECT (bench->element), error, NULL));
  packet = peer_expect (bench->peer, IPC_PACKET_GERROR_MESSAGE);
  g_assert_cmpuint (packet->gerror.kind, ==, 1);
  g_assert_null (packet->gerror.debug);
  gst_element_post_message (bench->pipeline, gst_message_new_info (GST_OBJECT (bench->element), error, NULL));
  g_assert_cmpuint (peer_expect (bench->peer, IPC_PACKET_GERROR_MESSAGE)->gerror.kind, ==, 0);
  /* MSG-2 is about the src's own */
  gst_element_post_message (bench->pipeline, gst_message_new_error (GST_OBJECT (bench->pipeline), foreign, NULL));
  g_assert_cmpstr (peer_expect (bench->peer, IPC_PACKET_GERROR_MESSAGE)->gerror.text, ==, "disk full");
  bench_free (bench);
}

typedef struct {
  TestBench *bench;
  GstElement *src;
  TestPeer *peer;
} TwoSources;

static void
two_sources_init (TwoSources *two)
{
  two->bench = bench_new_src ("ipcslavepipeline");
  two->peer = peer_new (TEST_SOCKETPAIR, IPC_TO_MASTER);
  two->src = gst_element_factory_make ("ipcpipelinesrc", NULL);
  gst_bin_add (GST_BIN (two->bench->pipeline), two->src);
  peer_attach (two->peer, two->src);
  peer_round_trip (two->peer);
  peer_round_trip (two->bench->peer);
}

static void
two_sources_clear (TwoSources *two)
{
  g_signal_emit_by_name (two->src, "disconnect");
  bench_free (two->bench);
  peer_free (two->peer);
}

/* MSG-3 */
static void
test_eos_and_async_done_go_through_every_source (void)
{
  TwoSources two;
  TestPeer *peers[2];

  two_sources_init (&two);
  peers[0] = two.bench->peer;
  peers[1] = two.peer;
  gst_element_post_message (two.bench->pipeline, gst_message_new_eos (GST_OBJECT (two.bench->pipeline)));
  gst_element_post_message (two.bench->pipeline, gst_message_new_async_done (GST_OBJECT (two.bench->pipeline), 5));
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpuint (peer_expect (peers[i], IPC_PACKET_MESSAGE)->message.type, ==, GST_MESSAGE_EOS);
    g_assert_cmpuint (peer_expect (peers[i], IPC_PACKET_MESSAGE)->message.type, ==, GST_MESSAGE_ASYNC_DONE);
  }
  two_sources_clear (&two);
}

/* MSG-4: each of the two is the only one in its turn. */
static void
test_another_message_goes_through_the_first_source_that_can (void)
{
  for (guint gone = 0; gone < 2; gone++) {
    TwoSources two;

    two_sources_init (&two);
    g_signal_emit_by_name (gone == 0 ? two.bench->element : two.src, "disconnect");
    gst_element_post_message (two.bench->pipeline, application_message ("x"));
    gst_element_post_message (two.bench->pipeline, gst_message_new_reset_time (GST_OBJECT (two.bench->pipeline), 0));
    expect_application_message (gone == 0 ? two.peer : two.bench->peer, "x;");
    two_sources_clear (&two);
  }
}

/* MSG-4: the end shows that nothing went through both. */
static void
test_another_message_goes_up_once (void)
{
  TwoSources two;
  TestPeer *peers[2];
  guint n = 0;

  two_sources_init (&two);
  peers[0] = two.bench->peer;
  peers[1] = two.peer;
  gst_element_post_message (two.bench->pipeline, application_message ("x"));
  gst_element_post_message (two.bench->pipeline, gst_message_new_reset_time (GST_OBJECT (two.bench->pipeline), 0));
  gst_element_post_message (two.bench->pipeline, gst_message_new_eos (GST_OBJECT (two.bench->pipeline)));
  for (guint i = 0; i < 2; i++) {
    while (peer_expect (peers[i], IPC_PACKET_MESSAGE)->message.type != GST_MESSAGE_EOS)
      n++;
  }
  g_assert_cmpuint (n, ==, 2);
  two_sources_clear (&two);
}

/* ELEM-4, ELEM-5 */
static void
test_in_another_pipeline_forward_message_is_the_way (void)
{
  TestBench *bench = bench_new_src ("pipeline");
  GstMessage *message = application_message ("forwarded");
  gboolean sent = FALSE;

  gst_element_post_message (bench->pipeline, application_message ("kept"));
  g_signal_emit_by_name (bench->element, "forward-message", message, &sent);
  g_assert_true (sent);
  expect_application_message (bench->peer, "forwarded;");
  g_signal_emit_by_name (bench->element, "disconnect");
  g_signal_emit_by_name (bench->element, "forward-message", message, &sent);
  g_assert_false (sent);
  gst_message_unref (message);
  bench_free (bench);
}

/* ---- the end of the master ---- */

static TestBench *
playing_src (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");

  bench_lead (bench, GST_STATE_PLAYING);
  bench_send_stream_start (bench);
  bench_send_segment (bench);
  return bench;
}

/* LIFE-1, LIFE-2 */
static void
test_a_master_that_dies_is_one_error_and_null_is_reached (void)
{
  TestBench *bench = playing_src ();
  g_autoptr (GstQuery) query = gst_query_new_duration (GST_FORMAT_TIME);
  g_autoptr (GError) error = NULL;
  TestCall *ask = call_peer_query (bench->pad->pad, query);
  TestCall *seek = call_push_event (bench->pad->pad, test_seek_event ());

  peer_await (bench->peer, IPC_PACKET_QUERY);
  peer_await_event (bench->peer, GST_EVENT_SEEK);
  peer_send_buffer (bench->peer, test_buffer (1));
  peer_close (bench->peer);
  g_assert_false (call_end (ask));
  g_assert_false (call_end (seek));
  /* found by reading, or by writing the answer to the buffer */
  gst_message_parse_error (log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1), &error, NULL);
  if (!g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE))
    g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ);
  g_assert_nonnull (strstr (error->message, "The peer was lost: the peer "));
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
  bench_free (bench);
}

/* What came before the end is still played. */
static void
test_the_last_buffers_of_a_master_that_dies_are_pushed (void)
{
  TestBench *bench = playing_src ();

  for (guint8 i = 0; i < 10; i++)
    peer_send_buffer (bench->peer, test_buffer (i));
  peer_close (bench->peer);
  test_pad_await_buffer (bench->pad, 10);
  log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1);
  bench_free (bench);
}

/* LIFE-2: a thread of the slave's waits for the master when the slave is shut. */
static void
test_a_silent_master_does_not_keep_the_slave_from_null (void)
{
  TestBench *bench = playing_src ();
  TestCall *seek = call_push_event (bench->pad->pad, test_seek_event ());

  peer_await_event (bench->peer, GST_EVENT_SEEK);
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_false (call_end (seek));
  bench_free (bench);
}

/* LIFE-2: who distributes latency has the pipeline's state locked. */
static void
test_nobody_waits_for_the_answer_to_the_slaves_latency (void)
{
  TestBench *bench = playing_src ();

  g_assert_true (call_end (call_push_event (bench->pad->pad, gst_event_new_latency (GST_SECOND))));
  /* the answer, which is given now, is nothing unusual */
  peer_round_trip (bench->peer);
  g_assert_cmpuint (peer_last_latency (bench->peer), ==, GST_SECOND);
  peer_round_trip (bench->peer);
  g_assert_cmpuint (bench_stat (bench, "late-replies"), ==, 0);
  g_assert_cmpuint (bench_stat (bench, "stray-replies"), ==, 0);
  bench_free (bench);
}

/* LIFE-10, LIFE-2: so has an application that seeks in the slave. */
static void
test_a_seek_that_the_master_never_answers_ends (void)
{
  TestBench *bench = bench_new_src_with_sink ("ipcslavepipeline", "fakesink async=false sync=false");
  TestCall *seek;

  bench_lead (bench, GST_STATE_PLAYING);
  g_object_set (bench->element, "ack-time", G_GUINT64_CONSTANT (10000), NULL);
  seek = call_send_event (bench->pipeline, test_seek_event ());
  peer_await_event (bench->peer, GST_EVENT_SEEK);
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_false (call_end (seek));
  bench_free (bench);
}

/* CONN-4 */
static void
test_disconnect_frees_who_waits (void)
{
  TestBench *bench = playing_src ();
  TestCall *seek = call_push_event (bench->pad->pad, test_seek_event ());
  gint in, out;

  peer_await_event (bench->peer, GST_EVENT_SEEK);
  call_end (call_disconnect (bench->element));
  g_assert_false (call_end (seek));
  g_object_get (bench->element, "fdin", &in, "fdout", &out, NULL);
  g_assert_cmpint (in, ==, -1);
  g_assert_cmpint (out, ==, -1);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 0);
  bench_free (bench);
}

static GstPadProbeReturn
disconnect_in_probe (GstPad *pad, GstPadProbeInfo *info, gpointer element)
{
  g_signal_emit_by_name (element, "disconnect");
  return GST_PAD_PROBE_OK;
}

static void
test_disconnect_from_the_streaming_thread_works (void)
{
  TestBench *bench = playing_src ();
  gint fd = 0;

  gst_pad_add_probe (bench->pad->pad, GST_PAD_PROBE_TYPE_BUFFER, disconnect_in_probe, bench->element, NULL);
  peer_send_buffer (bench->peer, test_buffer (1));
  test_pad_await_buffer (bench->pad, 1);
  g_object_get (bench->element, "fdin", &fd, NULL);
  g_assert_cmpint (fd, ==, -1);
  bench_free (bench);
}

static void
disconnect_on_error (TestBench *bench, GstMessage *message)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    g_signal_emit_by_name (bench->element, "disconnect");
}

/* CONN-5, CONN-8: answers to the old master's requests do not go to the new one. */
static void
test_a_new_master_takes_over (void)
{
  TestBench *bench = playing_src ();

  g_atomic_pointer_set (&bench->on_bus, disconnect_on_error);
  test_pad_close (bench->pad);
  peer_send_buffer (bench->peer, test_buffer (1));
  test_pad_await_waiting (bench->pad);
  peer_send_buffer (bench->peer, test_buffer (2));
  peer_close (bench->peer);
  log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1);
  bench_replace_peer (bench, TEST_PIPES);
  peer_round_trip (bench->peer);
  test_pad_open (bench->pad);
  peer_expect_ack (
      bench->peer, peer_send_state_change (bench->peer, GST_STATE_CHANGE_PLAYING_TO_PAUSED), GST_STATE_CHANGE_SUCCESS);
  peer_expect_ack (
      bench->peer, peer_send_state_change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_READY), GST_STATE_CHANGE_SUCCESS);
  peer_expect_silence (bench->peer);
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/src/peer/" #name, test_##name)
  ADD (messages_of_the_pipeline_and_its_elements_go_to_the_master);
  ADD (what_is_a_matter_of_the_slave_alone_stays_there);
  ADD (an_error_goes_with_domain_code_text_and_debug);
  ADD (eos_and_async_done_go_through_every_source);
  ADD (another_message_goes_through_the_first_source_that_can);
  ADD (another_message_goes_up_once);
  ADD (in_another_pipeline_forward_message_is_the_way);
  ADD (a_master_that_dies_is_one_error_and_null_is_reached);
  ADD (the_last_buffers_of_a_master_that_dies_are_pushed);
  ADD (a_silent_master_does_not_keep_the_slave_from_null);
  ADD (nobody_waits_for_the_answer_to_the_slaves_latency);
  ADD (a_seek_that_the_master_never_answers_ends);
  ADD (disconnect_frees_who_waits);
  ADD (disconnect_from_the_streaming_thread_works);
  ADD (a_new_master_takes_over);
  return g_test_run ();
}
