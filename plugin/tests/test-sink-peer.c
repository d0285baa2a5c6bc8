/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the slave says to ipcpipelinesink of its own accord: messages, events and queries that go upstream.
 * docs/protocol.md, MSG-1, MSG-5, MSG-6, EVT-2, EVT-4, QRY-3, HOST-5.
 */

#include "bench.h"

/* ---- messages ---- */

/* MSG-1, MSG-7 */
static void
test_eos_of_the_peer_is_eos_of_the_pipeline (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  bench_go (bench, GST_STATE_PLAYING);
  peer_send_message (bench->peer, gst_message_new_eos (NULL));
  log_await (&bench->children, GST_MESSAGE_EOS, bench->element, 1);
  log_await (&bench->bus, GST_MESSAGE_EOS, bench->pipeline, 1);
  bench_free (bench);
}

/* MSG-5 */
static void
test_errors_keep_domain_code_text_and_debug (void)
{
  static const struct {
    GstMessageType type;
    GstMessage *(*make) (GstObject *source, GError *error, const gchar *debug);
    void (*parse) (GstMessage *message, GError **error, gchar **debug);
  } kinds[] = {
    { GST_MESSAGE_ERROR, gst_message_new_error, gst_message_parse_error },
    { GST_MESSAGE_WARNING, gst_message_new_warning, gst_message_parse_warning },
    { GST_MESSAGE_INFO, gst_message_new_info, gst_message_parse_info },
  };
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (GError) sent = g_error_new (GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "no picture: \"%d\"", i);
    g_autoptr (GError) got = NULL;
    g_autofree gchar *debug = NULL;

    peer_send_message (bench->peer, kinds[i].make (NULL, sent, "line 1\nline 2"));
    kinds[i].parse (log_await (&bench->bus, kinds[i].type, bench->element, 1), &got, &debug);
    g_assert_error (got, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE);
    g_assert_cmpstr (got->message, ==, sent->message);
    g_assert_cmpstr (debug, ==, "line 1\nline 2");
  }
  bench_free (bench);
}

/* MSG-6 */
static void
test_tags_arrive (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  g_autoptr (GstTagList) tags
      = gst_tag_list_new (GST_TAG_TITLE, "Ein Lied; mit \"Gänsefüßchen\"", GST_TAG_TRACK_NUMBER, 7, NULL);
  g_autoptr (GstTagList) got = NULL;

  peer_send_message (bench->peer, gst_message_new_tag (NULL, gst_tag_list_ref (tags)));
  gst_message_parse_tag (log_await (&bench->bus, GST_MESSAGE_TAG, bench->element, 1), &got);
  g_assert_true (gst_tag_list_is_equal (got, tags));
  bench_free (bench);
}

static void
test_messages_arrive_in_order (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  for (gint i = 0; i < 100; i++)
    peer_send_message (
        bench->peer, gst_message_new_application (NULL, gst_structure_new ("n", "n", G_TYPE_INT, i, NULL)));
  for (gint i = 0; i < 100; i++) {
    gint n = -1;

    gst_structure_get_int (
        gst_message_get_structure (log_await (&bench->bus, GST_MESSAGE_APPLICATION, bench->element, i + 1)), "n", &n);
    g_assert_cmpint (n, ==, i);
  }
  bench_free (bench);
}

/* OBJ-9 */
static void
test_a_message_that_does_not_parse_is_dropped (void)
{
  const gchar *const texts[] = { "", "GstMessageTag;", "x, y=(GstNothing)1;", "GstMessageTag, taglist=(GstTagList)!;" };
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    IpcPacket packet = { .header.type = IPC_PACKET_MESSAGE };

    packet.message.type = GST_MESSAGE_TAG;
    packet.message.structure = *texts[i] ? texts[i] : NULL;
    peer_send (bench->peer, &packet);
  }
  peer_send_message (bench->peer, gst_message_new_application (NULL, gst_structure_new_empty ("end")));
  log_await (&bench->bus, GST_MESSAGE_APPLICATION, bench->element, 1);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_TAG, NULL), ==, 0);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 0);
  bench_free (bench);
}

/* MSG-8: an async-start alone would make the master's pipeline wait for an async-done that never comes. */
static void
test_what_a_slave_is_to_keep_is_dropped (void)
{
  GstMessage *kept[] = {
    gst_message_new_async_start (NULL),
    gst_message_new_state_changed (NULL, GST_STATE_PLAYING, GST_STATE_PAUSED, GST_STATE_PLAYING),
    gst_message_new_need_context (NULL, "key"),
  };
  const GstMessageType types[] = { GST_MESSAGE_ASYNC_START, GST_MESSAGE_STATE_CHANGED, GST_MESSAGE_NEED_CONTEXT };
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    peer_send_message (bench->peer, kept[i]);
  peer_send_message (bench->peer, gst_message_new_application (NULL, gst_structure_new_empty ("end")));
  log_await (&bench->children, GST_MESSAGE_APPLICATION, bench->element, 1);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    g_assert_cmpuint (log_count (&bench->children, types[i], bench->element), ==, 0);
  bench_free (bench);
}

/* ---- events and queries that go upstream ---- */

static TestBench *
paused_sink (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  bench_go (bench, GST_STATE_PAUSED);
  return bench;
}

/* EVT-2, EVT-4 */
static void
test_an_upstream_event_comes_out_upstream (void)
{
  const gboolean answers[] = { TRUE, FALSE };
  TestBench *bench = paused_sink ();

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    GstEvent *event = test_seek_event (), *got;
    const guint32 seqnum = gst_event_get_seqnum (event);
    gint64 start;
    guint32 id;

    test_pad_set_answer (bench->pad, answers[i]);
    id = peer_send_event (bench->peer, event, TRUE);
    got = test_pad_await_event (bench->pad, GST_EVENT_SEEK, i + 1);
    gst_event_parse_seek (got, NULL, NULL, NULL, NULL, &start, NULL, NULL);
    g_assert_cmpint (start, ==, 5 * GST_SECOND);
    g_assert_cmpuint (gst_event_get_seqnum (got), ==, seqnum);
    peer_expect_ack (bench->peer, id, answers[i]);
  }
  bench_free (bench);
}

static void
answer_duration (GstQuery *query)
{
  gst_query_set_duration (query, GST_FORMAT_TIME, 60 * GST_SECOND);
}

/* QRY-3 */
static void
test_an_upstream_query_is_answered_upstream (void)
{
  TestBench *bench = paused_sink ();
  g_autoptr (GstQuery) query = gst_query_new_duration (GST_FORMAT_TIME);
  g_autoptr (GError) error = NULL;
  IpcPacket *reply;
  gint64 duration = -1;

  bench->pad->on_query = answer_duration;
  reply = peer_await_reply (bench->peer, peer_send_query (bench->peer, gst_query_ref (query), TRUE));
  g_assert_true (reply->query_result.result);
  g_assert_true (ipc_query_update_from_packet (query, reply, &error));
  gst_query_parse_duration (query, NULL, &duration);
  g_assert_cmpint (duration, ==, 60 * GST_SECOND);

  test_pad_set_answer (bench->pad, FALSE);
  reply = peer_await_reply (bench->peer, peer_send_query (bench->peer, gst_query_ref (query), TRUE));
  g_assert_cmpuint (reply->header.type, ==, IPC_PACKET_QUERY_RESULT);
  g_assert_false (reply->query_result.result);
  /* OBJ-7 */
  g_assert_nonnull (reply->query_result.structure);
  bench_free (bench);
}

/* HOST-5 */
static void
test_what_goes_in_the_wrong_direction_is_answered_false (void)
{
  TestBench *bench = paused_sink ();
  IpcPacket *reply;

  /* flagged as downstream */
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, test_seek_event (), FALSE), FALSE);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, test_serialized_event ("x"), FALSE), FALSE);
  /* of a type that only goes downstream, flagged as upstream */
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_eos (), TRUE), FALSE);
  reply
      = peer_await_reply (bench->peer, peer_send_query (bench->peer, gst_query_new_duration (GST_FORMAT_TIME), FALSE));
  g_assert_false (reply->query_result.result);
  reply = peer_await_reply (bench->peer, peer_send_query (bench->peer, gst_query_new_drain (), TRUE));
  g_assert_false (reply->query_result.result);
  g_assert_cmpuint (test_pad_count_events (bench->pad, GST_EVENT_SEEK), ==, 0);
  g_assert_cmpuint (test_pad_count_queries (bench->pad, GST_QUERY_DURATION), ==, 0);
  bench_free (bench);
}

/* OBJ-9 */
static void
test_an_event_or_query_that_does_not_parse_is_answered_false (void)
{
  TestBench *bench = paused_sink ();
  IpcPacket event = { .header.type = IPC_PACKET_EVENT }, query = { .header.type = IPC_PACKET_QUERY };
  IpcPacket *reply;

  event.event.type = GST_EVENT_SEEK;
  event.event.seqnum = 5;
  event.event.upstream = TRUE;
  event.event.structure = "GstEventSeek, rate=(double)nonsense;";
  peer_expect_ack (bench->peer, peer_send (bench->peer, &event), FALSE);
  query.query.type = GST_QUERY_DURATION;
  query.query.upstream = TRUE;
  query.query.structure = "GstQueryDuration, format=(GstFormat)none-such;";
  reply = peer_await_reply (bench->peer, peer_send (bench->peer, &query));
  g_assert_cmpuint (reply->query_result.type, ==, GST_QUERY_DURATION);
  g_assert_false (reply->query_result.result);
  g_assert_cmpuint (test_pad_count_events (bench->pad, GST_EVENT_SEEK), ==, 0);
  bench_free (bench);
}

/* An event that a thread of the peer's waits for must not be held up by a seek, which may be waiting for that thread.
 */
static gboolean
hold_up_seeks (GstPad *pad, GstObject *parent, GstEvent *event)
{
  TestPad *self = gst_pad_get_element_private (pad);

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->items, event);
  self->waiting++;
  g_cond_broadcast (&self->changed);
  while (GST_EVENT_TYPE (event) == GST_EVENT_SEEK && self->closed)
    g_cond_wait (&self->changed, &self->lock);
  self->waiting--;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
test_a_seek_does_not_hold_up_other_events_and_queries (void)
{
  TestBench *bench = paused_sink ();
  guint32 seek;

  gst_pad_set_event_function (bench->pad->pad, hold_up_seeks);
  test_pad_close (bench->pad);
  seek = peer_send_event (bench->peer, test_seek_event (), TRUE);
  test_pad_await_waiting (bench->pad);
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_reconfigure (), TRUE), TRUE);
  peer_await_reply (bench->peer, peer_send_query (bench->peer, gst_query_new_duration (GST_FORMAT_TIME), TRUE));
  test_pad_open (bench->pad);
  peer_expect_ack (bench->peer, seek, TRUE);
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/sink/peer/" #name, test_##name)
  ADD (eos_of_the_peer_is_eos_of_the_pipeline);
  ADD (errors_keep_domain_code_text_and_debug);
  ADD (tags_arrive);
  ADD (messages_arrive_in_order);
  ADD (a_message_that_does_not_parse_is_dropped);
  ADD (what_a_slave_is_to_keep_is_dropped);
  ADD (an_upstream_event_comes_out_upstream);
  ADD (an_upstream_query_is_answered_upstream);
  ADD (what_goes_in_the_wrong_direction_is_answered_false);
  ADD (an_event_or_query_that_does_not_parse_is_answered_false);
  ADD (a_seek_does_not_hold_up_other_events_and_queries);
  return g_test_run ();
}
