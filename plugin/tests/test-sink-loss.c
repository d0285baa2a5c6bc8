/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipcpipelinesink and a slave that dies, is disconnected, is replaced: docs/protocol.md, LIFE-1, LIFE-2, LIFE-5,
 * CONN-3 to CONN-5, CONN-8.
 */

#include "bench.h"

#include <signal.h>

static TestBench *
playing_sink (TestWires wires)
{
  TestBench *bench = bench_new_sink (wires);

  bench_go (bench, GST_STATE_PLAYING);
  bench_start_stream (bench);
  return bench;
}

/* ---- a peer that dies ---- */

/* LIFE-1, LIFE-2 */
static void
die_with_a_buffer (TestWires wires)
{
  TestBench *bench = playing_sink (wires);
  TestCall *push = call_push (bench->pad->pad, test_buffer (1));
  g_autoptr (GError) error = NULL;

  peer_expect_buffer (bench->peer);
  peer_close (bench->peer);
  g_assert_cmpint (call_end (push), !=, GST_FLOW_OK);
  gst_message_parse_error (log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1), &error, NULL);
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ);
  g_assert_nonnull (strstr (error->message, "The peer was lost: the peer closed the connection"));
  /* what comes later fails without blocking, and is no news */
  g_assert_cmpint (call_end (call_push (bench->pad->pad, test_buffer (2))), !=, GST_FLOW_OK);
  g_assert_false (call_end (call_push_event (bench->pad->pad, test_serialized_event ("late"))));
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
  bench_free (bench);
}

static void
test_a_socket_peer_that_dies_with_a_buffer_hangs_nobody (void)
{
  die_with_a_buffer (TEST_SOCKETPAIR);
}

static void
test_a_pipe_peer_that_dies_with_a_buffer_hangs_nobody (void)
{
  die_with_a_buffer (TEST_PIPES);
}

static void
test_a_peer_that_dies_fails_everything_that_waits (void)
{
  TestBench *bench = playing_sink (TEST_SOCKETPAIR);
  g_autoptr (GstQuery) position = gst_query_new_position (GST_FORMAT_TIME);
  TestCall *push = call_push (bench->pad->pad, test_buffer (1));
  TestCall *query = call_element_query (bench->element, position);
  TestCall *state = call_set_state (bench->pipeline, GST_STATE_PAUSED);

  peer_await (bench->peer, IPC_PACKET_BUFFER);
  peer_await (bench->peer, IPC_PACKET_QUERY);
  peer_await (bench->peer, IPC_PACKET_STATE_CHANGE);
  peer_close (bench->peer);
  g_assert_cmpint (call_end (push), !=, GST_FLOW_OK);
  g_assert_false (call_end (query));
  g_assert_cmpint (call_end (state), ==, GST_STATE_CHANGE_SUCCESS);
  log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1);
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
  bench_free (bench);
}

/* While it waits it holds the state lock (that is gst_element_send_event()): a state change can only follow. */
static void
test_a_peer_that_dies_during_a_seek_ends_it (void)
{
  TestBench *bench = playing_sink (TEST_SOCKETPAIR);
  TestCall *seek = call_send_event (bench->pipeline, test_seek_event ()), *state;

  peer_await_event (bench->peer, GST_EVENT_SEEK);
  state = call_set_state (bench->pipeline, GST_STATE_NULL);
  peer_close (bench->peer);
  g_assert_false (call_end (seek));
  g_assert_cmpint (call_end (state), ==, GST_STATE_CHANGE_SUCCESS);
  bench_free (bench);
}

static void
test_disconnect_ends_a_seek (void)
{
  TestBench *bench = playing_sink (TEST_SOCKETPAIR);
  TestCall *seek = call_send_event (bench->pipeline, test_seek_event ());

  peer_await_event (bench->peer, GST_EVENT_SEEK);
  call_end (call_disconnect (bench->element));
  g_assert_false (call_end (seek));
  bench_free (bench);
}

/* STATE-3, LIFE-1 */
static void
test_a_peer_that_dies_during_a_change_upwards_fails_it (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  TestCall *state;

  bench_go (bench, GST_STATE_READY);
  state = call_set_state (bench->pipeline, GST_STATE_PAUSED);
  peer_await (bench->peer, IPC_PACKET_STATE_CHANGE);
  peer_close (bench->peer);
  g_assert_cmpint (call_end (state), ==, GST_STATE_CHANGE_FAILURE);
  log_expect_error (&bench->bus, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
  bench_free (bench);
}

/* A change upwards that waits, and whether it has ended while the reason for its failure was still being told. */
static TestCall *change_upwards;
static gboolean ended_too_early;

/* There is nothing to wait for: what is looked for is that something does not happen. */
static void
look_whether_it_ends (TestBench *bench, GstMessage *message)
{
  const gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_MILLISECOND;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return;
  while (!ended_too_early && g_get_monotonic_time () < end) {
    ended_too_early = call_has_ended (change_upwards);
    g_thread_yield ();
  }
}

/* LIFE-1, STATE-3: who is told that a change upwards has failed finds the reason on the bus, and no error comes later,
 * while the pipeline goes back to NULL, where it is already: GstBin has that fail then. */
static void
test_a_change_upwards_fails_behind_its_reason (void)
{
  g_autoptr (GError) why = g_error_new (GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, "the reason");

  for (guint i = 0; i < 40; i++) {
    TestBench *bench = bench_new_sink (i % 4 < 2 ? TEST_SOCKETPAIR : TEST_PIPES);
    g_autoptr (GError) first = NULL;
    TestCall *state;

    if (i % 2)
      bench_go (bench, GST_STATE_READY);
    state = change_upwards = call_set_state (bench->pipeline, GST_STATE_PAUSED);
    g_atomic_pointer_set (&bench->on_bus, look_whether_it_ends);
    peer_await (bench->peer, IPC_PACKET_STATE_CHANGE);
    peer_send_message (bench->peer, gst_message_new_error (NULL, why, NULL));
    peer_close (bench->peer);
    g_assert_cmpint (call_end (state), ==, GST_STATE_CHANGE_FAILURE);
    g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 2);
    g_assert_false (ended_too_early);
    gst_message_parse_error (log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1), &first, NULL);
    g_assert_error (first, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED);
    g_assert_cmpint (gst_element_set_state (bench->pipeline, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
    g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 2);
    bench_free (bench);
  }
}

static void
go_to_null_on_error (TestBench *bench, GstMessage *message)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_element_set_state (bench->pipeline, GST_STATE_NULL);
}

/* Whoever handles the reason may wait for the state lock, which the change has while it waits for that. */
static void
test_a_change_upwards_whose_reason_is_answered_with_null_ends (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  TestCall *state;

  g_atomic_pointer_set (&bench->on_bus, go_to_null_on_error);
  state = call_set_state (bench->pipeline, GST_STATE_PAUSED);
  peer_await (bench->peer, IPC_PACKET_STATE_CHANGE);
  peer_close (bench->peer);
  g_assert_cmpint (call_end (state), ==, GST_STATE_CHANGE_FAILURE);
  log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1);
  bench_free (bench);
}

/* LIFE-1: what it still said is heard before it is mourned. */
static void
test_the_last_words_of_a_peer_come_before_its_loss (void)
{
  TestBench *bench = playing_sink (TEST_SOCKETPAIR);
  g_autoptr (GError) why = g_error_new (GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, "the reason");
  g_autoptr (GError) first = NULL, second = NULL;

  peer_send_message (bench->peer, gst_message_new_error (NULL, why, NULL));
  peer_close (bench->peer);
  gst_message_parse_error (log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1), &first, NULL);
  gst_message_parse_error (log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 2), &second, NULL);
  g_assert_error (first, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED);
  g_assert_error (second, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ);
  bench_free (bench);
}

/* LIFE-1, STATE-3: whether it has been noticed in NULL already or not. */
static void
test_a_peer_that_died_in_null_is_one_error_of_the_change_upwards (void)
{
  for (guint i = 0; i < 20; i++) {
    TestBench *bench = bench_new_sink (i % 4 < 2 ? TEST_SOCKETPAIR : TEST_PIPES);

    if (i % 2) {
      bench_go (bench, GST_STATE_READY);
      bench_go (bench, GST_STATE_NULL);
    }
    peer_close (bench->peer);
    g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_READY)), ==, GST_STATE_CHANGE_FAILURE);
    g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
    bench_go_to_null (bench);
    /* told is told, but who tries again is told again */
    g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_READY)), ==, GST_STATE_CHANGE_FAILURE);
    g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 2);
    bench_free (bench);
  }
}

/* LIFE-1: the application has been told, and why the change fails is no news. */
static void
test_a_change_upwards_after_a_loss_that_was_told_is_no_second_error (void)
{
  for (GstState state = GST_STATE_READY; state < GST_STATE_PLAYING; state++) {
    TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

    bench_go (bench, state);
    peer_close (bench->peer);
    log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1);
    g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_PLAYING)), ==, GST_STATE_CHANGE_FAILURE);
    g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
    g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
    g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
    bench_free (bench);
  }
}

static void
test_in_null_the_end_of_the_peer_is_no_error (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  g_autoptr (GstQuery) query = gst_query_new_position (GST_FORMAT_TIME);

  peer_round_trip (bench->peer);
  peer_close (bench->peer);
  /* fails as soon as the loss is known */
  g_assert_false (call_end (call_element_query (bench->element, query)));
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 0);
  bench_free (bench);
}

/* What holds up the lane on which losses are told. */
static struct {
  gint entered, released, noticed, not_told, errors; /* atomic */
} late;

static void
hold_up (TestBench *bench, GstMessage *message)
{
  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ELEMENT)
    return;
  g_atomic_int_set (&late.entered, TRUE);
  while (!g_atomic_int_get (&late.released))
    g_thread_yield ();
}

/* Who tells the loss first goes on when the job that is to tell it has come to that, too. */
static void
hold_up_until_told (TestBench *bench, GstMessage *message)
{
  hold_up (bench, message);
  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return;
  g_atomic_int_inc (&late.errors);
  g_atomic_int_set (&late.released, TRUE);
  while (!g_atomic_int_get (&late.not_told) && g_atomic_int_get (&late.errors) < 2)
    g_thread_yield ();
}

static void
note_loss (GstDebugCategory *category, GstDebugLevel level, const gchar *file, const gchar *function, gint line,
    GObject *object, GstDebugMessage *message, gpointer data)
{
  if (g_str_has_prefix (gst_debug_message_get (message), "peer lost"))
    g_atomic_int_set (&late.noticed, TRUE);
  if (g_str_has_prefix (gst_debug_message_get (message), "not told"))
    g_atomic_int_set (&late.not_told, TRUE);
}

/* A sink in NULL whose peer is lost, which nobody has been told yet: @on_bus holds that up. */
static TestBench *
bench_new_late (void (*on_bus) (TestBench *, GstMessage *))
{
  TestBench *bench = playing_sink (TEST_SOCKETPAIR);

  memset (&late, 0, sizeof late);
  gst_debug_remove_log_function (gst_debug_log_default);
  gst_debug_add_log_function (note_loss, NULL, NULL);
  gst_debug_set_threshold_for_name ("ipcpipelinesink", GST_LEVEL_DEBUG);
  g_atomic_pointer_set (&bench->on_bus, on_bus);
  peer_send_message (bench->peer, gst_message_new_element (NULL, gst_structure_new_empty ("hold")));
  while (!g_atomic_int_get (&late.entered))
    g_thread_yield ();
  peer_close (bench->peer);
  while (!g_atomic_int_get (&late.noticed))
    g_thread_yield ();
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
  return bench;
}

static void
bench_free_late (TestBench *bench)
{
  gst_debug_unset_threshold_for_name ("ipcpipelinesink");
  gst_debug_remove_log_function (note_loss);
  gst_debug_add_log_function (gst_debug_log_default, NULL, NULL);
  g_atomic_pointer_set (&bench->on_bus, NULL);
  bench_free (bench);
}

/* LIFE-1: neither is one that was noticed before, and that there was no time to tell; who goes up again is told. */
static void
test_in_null_a_loss_that_was_not_told_yet_is_no_error (void)
{
  TestBench *bench = bench_new_late (hold_up);

  g_atomic_int_set (&late.released, TRUE);
  while (log_count (&bench->children, GST_MESSAGE_ERROR, NULL) == 0 && !g_atomic_int_get (&late.not_told))
    g_thread_yield ();
  g_assert_cmpuint (log_count (&bench->children, GST_MESSAGE_ERROR, NULL), ==, 0);
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_READY)), ==, GST_STATE_CHANGE_FAILURE);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
  bench_free_late (bench);
}

/* LIFE-1: who goes up again may be quicker than what is late. */
static void
test_a_loss_that_a_change_upwards_tells_first_is_one_error (void)
{
  TestBench *bench = bench_new_late (hold_up_until_told);

  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_READY)), ==, GST_STATE_CHANGE_FAILURE);
  g_assert_cmpint (g_atomic_int_get (&late.errors), ==, 1);
  g_assert_true (g_atomic_int_get (&late.not_told));
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
  bench_free_late (bench);
}

/* LIFE-5: a pipe of which only the reading end is gone is noticed by writing. */
static void
test_writing_to_a_closed_pipe_is_an_error_and_no_signal (void)
{
  TestBench *bench = playing_sink (TEST_PIPES);
  struct sigaction action;

  g_assert_no_errno (sigaction (SIGPIPE, NULL, &action));
  g_assert_true (action.sa_handler == SIG_DFL);
  peer_close_input (bench->peer);
  g_assert_cmpint (call_end (call_push (bench->pad->pad, test_buffer (1))), !=, GST_FLOW_OK);
  log_expect_error (&bench->bus, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE);
  g_assert_no_errno (sigaction (SIGPIPE, NULL, &action));
  g_assert_true (action.sa_handler == SIG_DFL);
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
  bench_free (bench);
}

/* LIFE-1: in the middle of a buffer that the socket cannot hold. */
static void
test_a_peer_that_dies_while_it_is_written_to_hangs_nobody (void)
{
  const TestWires wires[] = { TEST_SOCKETPAIR, TEST_PIPES };

  for (guint i = 0; i < G_N_ELEMENTS (wires); i++) {
    TestBench *bench = playing_sink (wires[i]);
    TestCall *push = call_push (bench->pad->pad, test_large_buffer (8 << 20));

    peer_await_readable (bench->peer);
    peer_close (bench->peer);
    g_assert_cmpint (call_end (push), !=, GST_FLOW_OK);
    log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1);
    g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
    g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
    bench_free (bench);
  }
}

/* ---- disconnect ---- */

static void
expect_disconnected (TestBench *bench)
{
  gint in, out;

  g_object_get (bench->element, "fdin", &in, "fdout", &out, NULL);
  g_assert_cmpint (in, ==, -1);
  g_assert_cmpint (out, ==, -1);
  g_assert_cmpuint (bench_stat (bench, "requests-waiting"), ==, 0);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 0);
}

/* CONN-4 */
static void
test_disconnect_by_the_application_frees_who_waits (void)
{
  TestBench *bench = playing_sink (TEST_SOCKETPAIR);
  g_autoptr (GstQuery) position = gst_query_new_position (GST_FORMAT_TIME);
  TestCall *push = call_push (bench->pad->pad, test_buffer (1));
  TestCall *query = call_element_query (bench->element, position);

  peer_await (bench->peer, IPC_PACKET_BUFFER);
  peer_await (bench->peer, IPC_PACKET_QUERY);
  call_end (call_disconnect (bench->element));
  g_assert_cmpint (call_end (push), !=, GST_FLOW_OK);
  g_assert_false (call_end (query));
  expect_disconnected (bench);
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
  TestBench *bench = playing_sink (TEST_SOCKETPAIR);

  gst_pad_add_probe (bench->pad->pad, GST_PAD_PROBE_TYPE_BUFFER, disconnect_in_probe, bench->element, NULL);
  g_assert_cmpint (call_end (call_push (bench->pad->pad, test_buffer (1))), !=, GST_FLOW_OK);
  expect_disconnected (bench);
  bench_free (bench);
}

static void
disconnect_on_message (TestBench *bench, GstMessage *message)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_APPLICATION)
    g_signal_emit_by_name (bench->element, "disconnect");
}

/* That is a thread which the peer's message came through. */
static void
test_disconnect_from_the_bus_sync_handler_works (void)
{
  TestBench *bench = playing_sink (TEST_SOCKETPAIR);
  TestCall *push = call_push (bench->pad->pad, test_buffer (1));

  g_atomic_pointer_set (&bench->on_bus, disconnect_on_message);
  peer_expect_buffer (bench->peer);
  peer_send_message (bench->peer, gst_message_new_application (NULL, gst_structure_new_empty ("go")));
  g_assert_cmpint (call_end (push), !=, GST_FLOW_OK);
  expect_disconnected (bench);
  bench_free (bench);
}

static void
disconnect_on_error (TestBench *bench, GstMessage *message)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    g_signal_emit_by_name (bench->element, "disconnect");
}

static void
test_disconnect_upon_the_error_of_the_loss_works (void)
{
  TestBench *bench = playing_sink (TEST_SOCKETPAIR);
  gint fd;

  g_atomic_pointer_set (&bench->on_bus, disconnect_on_error);
  peer_close (bench->peer);
  log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1);
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
  g_object_get (bench->element, "fdin", &fd, NULL);
  g_assert_cmpint (fd, ==, -1);
  bench_free (bench);
}

/* ---- another peer ---- */

/* CONN-5, CONN-8 */
static guint64
peers_closed (GstElement *element)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 n = 0;

  g_object_get (element, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "peers-closed", &n);
  return n;
}

/* CONN-8: the thread that is to tell of a loss is kept from it until the next peer is there. */
static void
test_a_loss_is_not_told_when_there_is_another_peer (void)
{
  for (guint i = 0; i < 20; i++) {
    TestBench *bench = playing_sink (TEST_SOCKETPAIR);
    GstMessage *message = gst_message_new_application (NULL, gst_structure_new_empty ("first"));

    g_mutex_lock (&bench->bus.lock); /* nobody can post */
    peer_send_message (bench->peer, message);
    peer_close (bench->peer);
    while (peers_closed (bench->element) == 0)
      g_thread_yield ();
    call_end (call_disconnect (bench->element));
    bench_replace_peer (bench, TEST_SOCKETPAIR);
    g_mutex_unlock (&bench->bus.lock);

    message = gst_message_new_application (NULL, gst_structure_new_empty ("second"));
    peer_send_message (bench->peer, message);
    log_await (&bench->bus, GST_MESSAGE_APPLICATION, NULL, 2);
    g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 0);
    bench_free (bench);
  }
}

static void
test_after_a_loss_it_goes_through_its_states_with_a_new_peer (void)
{
  TestBench *bench = playing_sink (TEST_SOCKETPAIR);
  TestCall *push;

  for (guint i = 0; i < 3; i++) {
    guint8 half[] = { IPC_PACKET_MESSAGE, 1, 0 };

    peer_send_bytes (bench->peer, half, sizeof half);
    peer_close (bench->peer);
    log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, i + 1);
    g_signal_emit_by_name (bench->element, "disconnect");
    g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
    bench_replace_peer (bench, i % 2 ? TEST_SOCKETPAIR : TEST_PIPES);
    bench_go (bench, GST_STATE_PLAYING);
    bench_start_stream (bench);
    push = call_push (bench->pad->pad, test_buffer (1));
    peer_ack (bench->peer, peer_expect_buffer (bench->peer), GST_FLOW_OK);
    g_assert_cmpint (call_end (push), ==, GST_FLOW_OK);
  }
  bench_free (bench);
}

/* CONN-3 */
static void
test_fds_may_be_changed_while_a_buffer_waits (void)
{
  TestBench *bench = playing_sink (TEST_SOCKETPAIR);
  TestCall *push = call_push (bench->pad->pad, test_buffer (1));

  peer_expect_buffer (bench->peer);
  bench_replace_peer (bench, TEST_PIPES);
  g_assert_cmpint (call_end (push), !=, GST_FLOW_OK);
  /* a late answer of the old one is out of the question; the new one is listened to */
  peer_round_trip (bench->peer);
  push = call_push (bench->pad->pad, test_buffer (2));
  peer_ack (bench->peer, peer_expect_buffer (bench->peer), GST_FLOW_OK);
  g_assert_cmpint (call_end (push), ==, GST_FLOW_OK);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 0);
  bench_free (bench);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/sink/loss/" #name, test_##name)
  ADD (a_socket_peer_that_dies_with_a_buffer_hangs_nobody);
  ADD (a_pipe_peer_that_dies_with_a_buffer_hangs_nobody);
  ADD (a_peer_that_dies_fails_everything_that_waits);
  ADD (a_peer_that_dies_during_a_seek_ends_it);
  ADD (disconnect_ends_a_seek);
  ADD (a_peer_that_dies_during_a_change_upwards_fails_it);
  ADD (a_change_upwards_fails_behind_its_reason);
  ADD (a_change_upwards_whose_reason_is_answered_with_null_ends);
  ADD (the_last_words_of_a_peer_come_before_its_loss);
  ADD (a_peer_that_died_in_null_is_one_error_of_the_change_upwards);
  ADD (a_change_upwards_after_a_loss_that_was_told_is_no_second_error);
  ADD (in_null_the_end_of_the_peer_is_no_error);
  ADD (in_null_a_loss_that_was_not_told_yet_is_no_error);
  ADD (a_loss_that_a_change_upwards_tells_first_is_one_error);
  ADD (writing_to_a_closed_pipe_is_an_error_and_no_signal);
  ADD (a_peer_that_dies_while_it_is_written_to_hangs_nobody);
  ADD (disconnect_by_the_application_frees_who_waits);
  ADD (disconnect_from_the_streaming_thread_works);
  ADD (disconnect_from_the_bus_sync_handler_works);
  ADD (disconnect_upon_the_error_of_the_loss_works);
  ADD (a_loss_is_not_told_when_there_is_another_peer);
  ADD (after_a_loss_it_goes_through_its_states_with_a_new_peer);
  ADD (fds_may_be_changed_while_a_buffer_waits);
  return g_test_run ();
}
