/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the elements agree on beyond the legacy protocol: docs/protocol.md, EXT-1 to EXT-9. The raw peer plays a
 * reference element, a legacy one, or one that lies.
 */

#include "bench.h"

#define BOTH (IPC_FEATURE_OBJECTS | IPC_FEATURE_METAS)

static void
expect_features (TestBench *bench, const gchar *features)
{
  g_autoptr (GstStructure) stats = NULL;

  g_object_get (bench->element, "stats", &stats, NULL);
  g_assert_cmpstr (gst_structure_get_string (stats, "features"), ==, features);
}

/* ---- the sink greets ---- */

/* A sink that has greeted a peer whose answer is the test's business. */
typedef struct {
  TestBench *bench;
  TestCall *call;
  IpcPacket *greeting; /* the peer's, until the next packet is asked for */
  guint32 id;          /* of the greeting */
} Greeted;

static void
greet (Greeted *greeted)
{
  TestPeer *peer = greeted->bench->peer;

  peer_set_greetings (peer, TEST_GREETINGS_KEPT, 0);
  greeted->call = call_set_state (greeted->bench->pipeline, GST_STATE_READY);
  greeted->greeting = peer_expect (peer, IPC_PACKET_QUERY);
  g_assert_true (ipc_packet_is_greeting (greeted->greeting));
  greeted->id = greeted->greeting->header.id;
}

static void
end_call (Greeted *greeted)
{
  peer_ack (greeted->bench->peer, peer_expect_state_change (greeted->bench->peer, GST_STATE_CHANGE_NULL_TO_READY),
      GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (call_end (greeted->call), ==, GST_STATE_CHANGE_SUCCESS);
}

/* @structure, or NULL for none. */
static void
answer (TestPeer *peer, guint32 id, gboolean result, const gchar *structure)
{
  IpcPacket packet = { .header = { .type = IPC_PACKET_QUERY_RESULT, .id = id } };

  packet.query_result.type = GST_QUERY_CUSTOM;
  packet.query_result.result = result;
  packet.query_result.structure = structure;
  peer_send (peer, &packet);
}

/* EXT-2, EXT-5 */
static void
test_each_peer_is_greeted_once_before_the_first_state_change (void)
{
  Greeted greeted = { .bench = bench_new_sink (TEST_SOCKETPAIR) };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++) {
    g_auto (IpcGreeting) greeting = { 0 };

    greet (&greeted);
    g_assert_cmpuint (greeted.greeting->query.type, ==, GST_QUERY_CUSTOM);
    g_assert_true (greeted.greeting->query.upstream);
    ipc_greeting_from_packet (greeted.greeting, &greeting, &error);
    g_assert_no_error (error);
    g_assert_cmpint (greeting.features & BOTH, ==, BOTH);
    peer_answer_greeting (greeted.bench->peer, greeted.greeting, BOTH);
    end_call (&greeted);
    bench_go (greeted.bench, GST_STATE_PLAYING);
    bench_go (greeted.bench, GST_STATE_NULL);
    bench_go (greeted.bench, GST_STATE_PLAYING);
    bench_go (greeted.bench, GST_STATE_NULL);
    bench_replace_peer (greeted.bench, i % 2 ? TEST_SOCKETPAIR : TEST_PIPES);
  }
  bench_free (greeted.bench);
}

/* EXT-5: what both named. */
static void
test_what_both_named_is_agreed_on (void)
{
  Greeted greeted = { .bench = bench_new_sink (TEST_SOCKETPAIR) };

  expect_features (greeted.bench, "");
  greet (&greeted);
  expect_features (greeted.bench, "");
  peer_answer_greeting (greeted.bench->peer, greeted.greeting, IPC_FEATURE_METAS);
  end_call (&greeted);
  expect_features (greeted.bench, "metas");
  bench_free (greeted.bench);
}

/* EXT-4 */
static void
test_a_late_answer_is_used (void)
{
  Greeted greeted = { .bench = bench_new_sink (TEST_SOCKETPAIR) };
  g_autofree gchar *text = NULL;

  greet (&greeted);
  text = g_strdup (greeted.greeting->query.structure);
  end_call (&greeted);
  bench_go (greeted.bench, GST_STATE_PLAYING);
  expect_features (greeted.bench, "");
  answer (greeted.bench->peer, greeted.id, TRUE, text);
  peer_round_trip (greeted.bench->peer);
  g_assert_cmpuint (bench_stat (greeted.bench, "late-replies"), ==, 0);
  bench_go (greeted.bench, GST_STATE_NULL);
  expect_features (greeted.bench, "objects,metas,time,memory,dmabuf");
  bench_free (greeted.bench);
}

/* EXT-1, EXT-7 */
static void
test_a_peer_that_answers_false_or_nothing_is_a_legacy_one (void)
{
  for (guint i = 0; i < 2; i++) {
    Greeted greeted = { .bench = bench_new_sink (TEST_SOCKETPAIR) };

    greet (&greeted);
    if (i == 1)
      answer (greeted.bench->peer, greeted.id, FALSE, "gst-ipc-greeting;");
    end_call (&greeted);
    bench_go (greeted.bench, GST_STATE_PLAYING);
    peer_round_trip (greeted.bench->peer);
    expect_features (greeted.bench, "");
    bench_free (greeted.bench);
  }
}

#define ANSWER(version, nonce, features, domain)                                                                       \
  "gst-ipc-greeting, version=" version ", nonce=" nonce ", features=" features ", time-domain=" domain ";"
#define GOOD "(string)\"objects,metas\""

/* EXT-6, HOST-7. None of them has the nonce right, but that the greeting has %s in its place. */
static const gchar *const lies[] = {
  NULL,
  "gst-ipc-greeting;",
  "nonsense, version=(uint)1;",
  ANSWER ("(uint)1", "(guint64)7", GOOD, "(string)x"),
  ANSWER ("(uint)2", "(guint64)%s", GOOD, "(string)x"),
  ANSWER ("(int)1", "(guint64)%s", GOOD, "(string)x"),
  ANSWER ("(uint)1", "(string)%s", GOOD, "(string)x"),
  ANSWER ("(uint)1", "(guint64)%s", "(int)1", "(string)x"),
  ANSWER ("(uint)1", "(guint64)%s", GOOD, "(guint64)1"),
  ANSWER ("(uint)1", "(guint64)%s", "(GstStructure)\"x;\"", "(string)x"),
  "gst-ipc-greeting, version=(uint)1, nonce=(guint64)%s;",
};

static void
test_an_answer_that_lies_agrees_on_nothing (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (lies); i++) {
    Greeted greeted = { .bench = bench_new_sink (TEST_SOCKETPAIR) };
    g_auto (IpcGreeting) greeting = { 0 };
    g_auto (GStrv) parts = NULL;
    g_autofree gchar *nonce = NULL, *text = NULL;

    greet (&greeted);
    g_assert_true (ipc_greeting_from_packet (greeted.greeting, &greeting, NULL));
    nonce = g_strdup_printf ("%" G_GUINT64_FORMAT, greeting.nonce);
    if (lies[i] != NULL) {
      parts = g_strsplit (lies[i], "%s", 2);
      text = g_strjoinv (nonce, parts);
    }
    answer (greeted.bench->peer, greeted.id, TRUE, text);
    end_call (&greeted);
    peer_round_trip (greeted.bench->peer);
    expect_features (greeted.bench, "");
    g_assert_cmpuint (log_count (&greeted.bench->bus, GST_MESSAGE_ERROR, NULL), ==, 0);
    bench_free (greeted.bench);
  }
}

/* REPLY-3: the first answer is the answer. */
static void
test_a_second_answer_changes_nothing (void)
{
  Greeted greeted = { .bench = bench_new_sink (TEST_SOCKETPAIR) };
  g_autofree gchar *text = NULL;

  greet (&greeted);
  text = g_strdup (greeted.greeting->query.structure);
  peer_answer_greeting (greeted.bench->peer, greeted.greeting, IPC_FEATURE_METAS);
  end_call (&greeted);
  answer (greeted.bench->peer, greeted.id, TRUE, text);
  peer_round_trip (greeted.bench->peer);
  expect_features (greeted.bench, "metas");
  g_assert_cmpuint (bench_stat (greeted.bench, "stray-replies"), ==, 1);
  bench_free (greeted.bench);
}

/* EXT-5: for this peer and no other. */
static void
test_another_peer_begins_as_a_legacy_one (void)
{
  Greeted greeted = { .bench = bench_new_sink (TEST_SOCKETPAIR) };

  greet (&greeted);
  peer_answer_greeting (greeted.bench->peer, greeted.greeting, BOTH);
  end_call (&greeted);
  expect_features (greeted.bench, "objects,metas");
  bench_replace_peer (greeted.bench, TEST_PIPES);
  expect_features (greeted.bench, "");
  bench_go (greeted.bench, GST_STATE_PAUSED);
  expect_features (greeted.bench, "");
  bench_free (greeted.bench);
}

/* EXT-3, EXT-8: what a legacy slave makes of it, and all else that is not for anybody upstream. */
static void
test_a_greeting_that_comes_back_is_answered_false_and_goes_no_further (void)
{
  const gchar *const names[] = { NULL, "gst-ipc-greeting;", "gst-ipc-time, x=(int)1;", "gst-ipc-anything;" };
  Greeted greeted = { .bench = bench_new_sink (TEST_SOCKETPAIR) };
  g_autofree gchar *own = NULL;

  greet (&greeted);
  own = g_strdup (greeted.greeting->query.structure);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    IpcPacket packet = { .header.type = IPC_PACKET_QUERY }, *reply;

    packet.query.type = GST_QUERY_CUSTOM;
    packet.query.upstream = TRUE;
    packet.query.structure = names[i] != NULL ? names[i] : own;
    reply = peer_await_reply (greeted.bench->peer, peer_send (greeted.bench->peer, &packet));
    g_assert_false (reply->query_result.result);
    /* OBJ-7 */
    g_assert_nonnull (reply->query_result.structure);
  }
  answer (greeted.bench->peer, greeted.id, FALSE, own);
  end_call (&greeted);
  expect_features (greeted.bench, "");
  g_assert_cmpuint (test_pad_count_queries (greeted.bench->pad, GST_QUERY_CUSTOM), ==, 0);
  bench_free (greeted.bench);
}

/* EXT-8 */
static void
test_nobody_else_can_greet_through_the_sink (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  g_autoptr (GstQuery) query = gst_query_new_custom (GST_QUERY_CUSTOM, gst_structure_new_empty ("gst-ipc-greeting"));

  bench_go (bench, GST_STATE_PAUSED);
  peer_set_greetings (bench->peer, TEST_GREETINGS_KEPT, 0);
  g_assert_false (gst_element_query (bench->element, query));
  g_assert_false (gst_pad_peer_query (bench->pad->pad, query));
  peer_expect_silence (bench->peer);
  bench_free (bench);
}

/* ---- the src answers ---- */

static guint32
send_greeting (TestPeer *peer, guint64 nonce, IpcFeatures features)
{
  IpcGreeting greeting = { .nonce = nonce, .features = features, .time_domain = (gchar *)"elsewhere" };
  IpcPacket packet = { 0 };

  ipc_packet_build_greeting (&packet, &greeting);
  return peer_send (peer, &packet);
}

static void
expect_answer (TestPeer *peer, guint32 id, guint64 nonce)
{
  g_auto (IpcGreeting) greeting = { 0 };
  g_autoptr (GError) error = NULL;

  ipc_greeting_from_packet (peer_await_reply (peer, id), &greeting, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (greeting.nonce, ==, nonce);
  g_assert_cmpint (greeting.features & BOTH, ==, BOTH);
}

/* EXT-5 */
static void
test_a_greeting_is_answered_before_what_comes_behind_it (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");
  const guint32 greeting = send_greeting (bench->peer, G_MAXUINT64, IPC_FEATURE_OBJECTS);
  const guint32 change = peer_send_state_change (bench->peer, GST_STATE_CHANGE_NULL_TO_READY);

  g_assert_cmpuint (peer_next (bench->peer)->header.id, ==, greeting);
  peer_expect_ack (bench->peer, change, GST_STATE_CHANGE_SUCCESS);
  expect_features (bench, "objects");
  bench_free (bench);
}

/* LIFE-10: by it the master knows that the slave lives. */
static void
test_a_greeting_is_answered_whatever_the_pipeline_does (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");
  guint32 buffer;

  bench_lead (bench, GST_STATE_PLAYING);
  bench_send_stream_start (bench);
  bench_send_segment (bench);
  test_pad_close (bench->pad);
  buffer = peer_send_buffer (bench->peer, test_buffer (1));
  test_pad_await_waiting (bench->pad);
  peer_send_state_change (bench->peer, GST_STATE_CHANGE_PLAYING_TO_PAUSED);
  peer_send_state_change (bench->peer, GST_STATE_CHANGE_PAUSED_TO_READY);
  for (guint i = 0; i < 10; i++)
    expect_answer (bench->peer, send_greeting (bench->peer, i, BOTH), i);
  g_assert_false (peer_has_reply (bench->peer, buffer));
  test_pad_open (bench->pad);
  bench_free (bench);
}

/* EXT-6, HOST-7 */
static void
test_what_is_no_greeting_is_answered_false (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++) {
    IpcPacket packet = { .header.type = IPC_PACKET_QUERY };
    g_auto (GStrv) parts = g_strsplit (lies[i] != NULL ? lies[i] : "gst-ipc-none;", "%s", 2);
    g_autofree gchar *text = g_strjoinv ("7", parts);
    g_auto (IpcGreeting) good = { 0 };
    IpcPacket *reply;

    packet.query.type = GST_QUERY_CUSTOM;
    packet.query.upstream = TRUE;
    packet.query.structure = text;
    if (ipc_greeting_from_packet (&packet, &good, NULL))
      continue;
    n++;
    reply = peer_await_reply (bench->peer, peer_send (bench->peer, &packet));
    g_assert_cmpuint (reply->header.type, ==, IPC_PACKET_QUERY_RESULT);
    g_assert_false (reply->query_result.result);
    expect_features (bench, "");
  }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (lies) - 1);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 0);
  bench_free (bench);
}

/* EXT-9 */
static void
test_greetings_in_mid_stream_do_no_harm (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");
  const IpcFeatures features[] = { BOTH, BOTH, 0, IPC_FEATURE_METAS, BOTH };
  const gchar *const words[] = { "objects,metas", "objects,metas", "", "metas", "objects,metas" };

  bench_lead (bench, GST_STATE_PLAYING);
  bench_send_stream_start (bench);
  bench_send_segment (bench);
  for (guint i = 0; i < G_N_ELEMENTS (features); i++) {
    const guint32 buffer = peer_send_buffer (bench->peer, test_buffer (i));

    expect_answer (bench->peer, send_greeting (bench->peer, i / 2, features[i]), i / 2);
    peer_round_trip (bench->peer);
    expect_features (bench, words[i]);
    peer_expect_ack (bench->peer, buffer, GST_FLOW_OK);
  }
  bench_free (bench);
}

/* CONN-3: what was answered while there was no fdout yet is still what was agreed on when there is one. */
static void
test_a_greeting_may_come_before_fdout_is_set (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");
  guint32 id;

  g_signal_emit_by_name (bench->element, "disconnect");
  g_object_set (bench->element, "fdin", peer_element_fdin (bench->peer), NULL);
  id = send_greeting (bench->peer, 3, BOTH);
  while (bench_stat (bench, "packets-received") == 0)
    g_thread_yield ();
  g_object_set (bench->element, "fdout", peer_element_fdout (bench->peer), NULL);
  expect_answer (bench->peer, id, 3);
  peer_round_trip (bench->peer);
  expect_features (bench, "objects,metas");
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/greeting/" #name, test_##name)
  ADD (each_peer_is_greeted_once_before_the_first_state_change);
  ADD (what_both_named_is_agreed_on);
  ADD (a_late_answer_is_used);
  ADD (a_peer_that_answers_false_or_nothing_is_a_legacy_one);
  ADD (an_answer_that_lies_agrees_on_nothing);
  ADD (a_second_answer_changes_nothing);
  ADD (another_peer_begins_as_a_legacy_one);
  ADD (a_greeting_that_comes_back_is_answered_false_and_goes_no_further);
  ADD (nobody_else_can_greet_through_the_sink);
  ADD (a_greeting_is_answered_before_what_comes_behind_it);
  ADD (a_greeting_is_answered_whatever_the_pipeline_does);
  ADD (what_is_no_greeting_is_answered_false);
  ADD (greetings_in_mid_stream_do_no_harm);
  ADD (a_greeting_may_come_before_fdout_is_set);
  return g_test_run ();
}
