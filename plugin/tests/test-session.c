/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Both elements in one process, master and slave pipeline connected as they would be in two: whole sessions with data
 * that GStreamer makes and counts. docs/protocol.md, MSG-7, SEEK-1 to SEEK-4, STATE-11, STATE-12, LIFE-4, LIFE-6,
 * LAT-1, CONN-9, CONN-10.
 */

#include "bench.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_BUFFERS 40
#define RATE 44100
#define SAMPLES 1024

/* The source ends after N_BUFFERS from where it began or was sent to. */
#define SOURCE "audiotestsrc name=source samplesperbuffer=1024"
#define FINITE SOURCE " num-buffers=40"

typedef struct {
  GstElement *slave, *sink; /* sink: the fakesink that counts */
  gint fds[4];
  TestLog bus;
} Slave;

typedef struct {
  GstElement *master;
  TestLog bus;
  Slave slaves[4];
  guint n_slaves;
} Session;

static GstBusSyncReply
note (GstBus *bus, GstMessage *message, gpointer log)
{
  log_add (log, message);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static void
watch (GstElement *pipeline, TestLog *log)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  log_init (log);
  gst_bus_set_sync_handler (bus, note, log, NULL);
}

static void
slave_begin (Slave *slave, TestWires wires, const gchar *sink)
{
  GstElement *src = gst_element_factory_make ("ipcpipelinesrc", "src");
  g_autoptr (GError) error = NULL;
  GstElement *rest = gst_parse_bin_from_description (sink, TRUE, &error);

  g_assert_no_error (error);
  slave->slave = gst_object_ref_sink (gst_element_factory_make ("ipcslavepipeline", NULL));
  watch (slave->slave, &slave->bus);
  slave->sink = gst_bin_get_by_name (GST_BIN (rest), "counter");
  gst_bin_add_many (GST_BIN (slave->slave), src, rest, NULL);
  g_assert_true (gst_element_link (src, rest));
  if (wires == TEST_PIPES) {
    g_assert_no_errno (pipe2 (slave->fds, O_CLOEXEC));
    g_assert_no_errno (pipe2 (slave->fds + 2, O_CLOEXEC));
  } else {
    g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, slave->fds));
    slave->fds[2] = slave->fds[1];
    slave->fds[3] = slave->fds[0];
  }
  /* 0 -> read by the slave, 1 -> written by the master; 2 -> read by the master, 3 -> written by the slave */
  g_object_set (src, "fdin", slave->fds[0], "fdout", slave->fds[3], NULL);
}

/* @source: a description with an ipcpipelinesink called sink0, sink1 ... for each slave. */
static Session *
session_new (TestWires wires, const gchar *source, const gchar *sink, guint n_slaves)
{
  Session *session = g_new0 (Session, 1);
  g_autoptr (GError) error = NULL;

  session->master = gst_object_ref_sink (gst_parse_launch (source, &error));
  g_assert_no_error (error);
  g_assert_true (GST_IS_PIPELINE (session->master));
  watch (session->master, &session->bus);
  session->n_slaves = n_slaves;
  for (guint i = 0; i < n_slaves; i++) {
    g_autofree gchar *name = g_strdup_printf ("sink%u", i);
    g_autoptr (GstElement) ipcsink = gst_bin_get_by_name (GST_BIN (session->master), name);

    slave_begin (&session->slaves[i], wires, sink);
    g_object_set (ipcsink, "fdin", session->slaves[i].fds[2], "fdout", session->slaves[i].fds[1], NULL);
  }
  return session;
}

static Session *
simple_session (const gchar *source, const gchar *sink)
{
  g_autofree gchar *description = g_strdup_printf ("%s ! ipcpipelinesink name=sink0", source);

  return session_new (TEST_SOCKETPAIR, description, sink, 1);
}

static void
expect_no_error (TestLog *log)
{
  g_autoptr (GError) error = NULL;

  if (log_count (log, GST_MESSAGE_ERROR, NULL) > 0)
    gst_message_parse_error (log_await (log, GST_MESSAGE_ERROR, NULL, 1), &error, NULL);
  g_assert_no_error (error);
}

static void
slave_end (Slave *slave)
{
  TestGrave *grave = grave_new (slave->slave);

  /* It went with the master. */
  g_assert_cmpint (test_state (slave->slave), ==, GST_STATE_NULL);
  expect_no_error (&slave->bus);
  log_close (&slave->bus);
  gst_object_unref (slave->sink);
  gst_object_unref (slave->slave);
  grave_await (grave);
  log_clear (&slave->bus);
}

/* LIFE-4 */
static void
session_free (Session *session)
{
  TestGrave *grave = grave_new (session->master);

  g_assert_cmpint (call_end (call_set_state (session->master, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
  expect_no_error (&session->bus);
  log_close (&session->bus);
  for (guint i = 0; i < session->n_slaves; i++)
    slave_end (&session->slaves[i]);
  gst_object_unref (session->master);
  grave_await (grave);
  for (guint i = 0; i < session->n_slaves; i++) {
    gint *fds = session->slaves[i].fds;

    close (fds[0]);
    close (fds[1]);
    if (fds[2] != fds[1]) {
      close (fds[2]);
      close (fds[3]);
    }
  }
  log_clear (&session->bus);
  g_free (session);
}

/* Waits until @pipeline is in @state and nothing is pending. Other threads that change its state, as a bin's own that
 * takes it on to PLAYING, end a gst_element_get_state() early: that is no failure. */
static void
settle_pipeline (GstElement *pipeline, TestLog *bus, GstState state)
{
  const gint64 deadline = g_get_monotonic_time () + TEST_DEADLINE;
  GstStateChangeReturn ret;
  GstState now;

  do {
    const gint64 left = deadline - g_get_monotonic_time ();

    g_assert_cmpint (left, >, 0);
    ret = gst_element_get_state (pipeline, &now, NULL, left * 1000);
    expect_no_error (bus);
  } while (ret == GST_STATE_CHANGE_FAILURE);
  g_assert_cmpint (ret, ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (now, ==, state);
}

static void
settle (Session *session, GstState state)
{
  settle_pipeline (session->master, &session->bus, state);
}

/* A slave that has told of the end of its change by async-done takes itself on to PLAYING a moment later. */
static void
settle_slaves (Session *session, GstState state)
{
  for (guint i = 0; i < session->n_slaves; i++)
    settle_pipeline (session->slaves[i].slave, &session->slaves[i].bus, state);
}

static void
go (Session *session, GstState state)
{
  g_assert_cmpint (call_end (call_set_state (session->master, state)), !=, GST_STATE_CHANGE_FAILURE);
  settle (session, state);
}

/* What the slave's sink has shown last. */
static GstClockTime
last_shown (Session *session)
{
  g_autoptr (GstSample) sample = NULL;

  g_object_get (session->slaves[0].sink, "last-sample", &sample, NULL);
  return sample != NULL ? GST_BUFFER_PTS (gst_sample_get_buffer (sample)) : GST_CLOCK_TIME_NONE;
}

/* ---- playing ---- */

/* The pipeline's one eos, when everything has been played. */
static void
play (TestWires wires)
{
  Session *session = session_new (wires, FINITE " ! ipcpipelinesink name=sink0", "fakesink name=counter", 1);

  go (session, GST_STATE_PLAYING);
  log_await (&session->bus, GST_MESSAGE_EOS, session->master, 1);
  g_assert_cmpuint (
      last_shown (session), ==, gst_util_uint64_scale_round ((N_BUFFERS - 1) * SAMPLES, GST_SECOND, RATE));
  g_assert_cmpuint (log_count (&session->bus, GST_MESSAGE_EOS, NULL), ==, 1);
  session_free (session);
}

static void
test_a_session_over_a_socket_plays_to_its_end (void)
{
  play (TEST_SOCKETPAIR);
}

static void
test_a_session_over_pipes_plays_to_its_end (void)
{
  play (TEST_PIPES);
}

/* CONN-10 */
static void
test_a_tee_over_several_slaves_plays_to_its_end (void)
{
  Session *session = session_new (TEST_SOCKETPAIR,
      FINITE " ! tee name=t  t. ! queue ! ipcpipelinesink name=sink0  t. ! queue ! ipcpipelinesink name=sink1  "
             "t. ! queue ! ipcpipelinesink name=sink2  t. ! queue ! ipcpipelinesink name=sink3",
      "fakesink name=counter", 4);

  go (session, GST_STATE_PAUSED);
  settle_slaves (session, GST_STATE_PAUSED);
  go (session, GST_STATE_PLAYING);
  log_await (&session->bus, GST_MESSAGE_EOS, session->master, 1);
  g_assert_cmpuint (log_count (&session->bus, GST_MESSAGE_EOS, NULL), ==, 1);
  session_free (session);
}

/* LIFE-6: buffers that no socket holds, while questions and messages go the other way. */
static void
test_large_buffers_and_many_queries_at_once_do_not_lock_up (void)
{
  Session *session = simple_session (
      "fakesrc num-buffers=30 sizetype=fixed sizemax=3000000 filltype=zero format=time", "fakesink name=counter");
  guint answered = 0;

  go (session, GST_STATE_PLAYING);
  for (guint i = 0; i < 200; i++) {
    g_autoptr (GstQuery) up = gst_query_new_duration (GST_FORMAT_BYTES);
    g_autoptr (GstQuery) down = gst_query_new_position (GST_FORMAT_TIME);
    g_autoptr (GstPad) pad = gst_element_get_static_pad (session->slaves[0].sink, "sink");
    TestCall *calls[] = { call_peer_query (pad, up), call_element_query (session->master, down) };

    call_end (calls[0]);
    answered += call_end (calls[1]) != 0;
    gst_element_post_message (session->slaves[0].slave,
        gst_message_new_application (GST_OBJECT (session->slaves[0].slave), gst_structure_new_empty ("noise")));
  }
  g_assert_cmpuint (answered, >, 0);
  log_await (&session->bus, GST_MESSAGE_EOS, session->master, 1);
  log_await (&session->bus, GST_MESSAGE_APPLICATION, NULL, 200);
  session_free (session);
}

/* ---- seeking ---- */

static void
seek_to (Session *session, GstClockTime where, GstSeekFlags flags)
{
  g_assert_true (call_end (call_send_event (session->master,
      gst_event_new_seek (1.0, GST_FORMAT_TIME, flags, GST_SEEK_TYPE_SET, where, GST_SEEK_TYPE_NONE, 0))));
}

/* SEEK-2 */
static void
test_seeks_in_paused_preroll_at_the_new_place (void)
{
  Session *session = simple_session (SOURCE, "fakesink name=counter");

  go (session, GST_STATE_PAUSED);
  for (guint i = 1; i <= 20; i++) {
    seek_to (session, i * GST_SECOND, GST_SEEK_FLAG_FLUSH);
    settle (session, GST_STATE_PAUSED);
    g_assert_cmpuint (last_shown (session), ==, i * GST_SECOND);
  }
  session_free (session);
}

/* SEEK-1 */
static void
test_seeks_in_playing_continue_at_the_new_place (void)
{
  Session *session = simple_session (SOURCE, "fakesink name=counter sync=true");

  go (session, GST_STATE_PLAYING);
  for (guint i = 1; i <= 20; i++) {
    seek_to (session, i * 1000 * GST_SECOND, GST_SEEK_FLAG_FLUSH);
    settle (session, GST_STATE_PLAYING);
    g_assert_cmpuint (last_shown (session), >=, i * 1000 * GST_SECOND);
    g_assert_cmpuint (last_shown (session), <, (i + 1) * 1000 * GST_SECOND);
  }
  session_free (session);
}

/* SEEK-2: the next one before the one before has ended. */
static void
test_a_burst_of_seeks_ends_at_the_last_place (void)
{
  Session *session = simple_session (SOURCE, "fakesink name=counter");

  go (session, GST_STATE_PAUSED);
  for (guint i = 1; i <= 30; i++)
    seek_to (session, i * GST_SECOND, GST_SEEK_FLAG_FLUSH);
  settle (session, GST_STATE_PAUSED);
  g_assert_cmpuint (last_shown (session), ==, 30 * GST_SECOND);
  session_free (session);
}

/* SEEK-3 */
static void
test_a_segment_seek_ends_with_one_segment_done (void)
{
  Session *session = simple_session (SOURCE, "fakesink name=counter");

  go (session, GST_STATE_PAUSED);
  g_assert_true (call_end (call_send_event (
      session->master, gst_event_new_seek (1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_SEGMENT,
                           GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_SET, GST_SECOND / 2))));
  go (session, GST_STATE_PLAYING);
  log_await (&session->bus, GST_MESSAGE_SEGMENT_DONE, NULL, 1);
  go (session, GST_STATE_READY);
  g_assert_cmpuint (log_count (&session->bus, GST_MESSAGE_SEGMENT_DONE, session->master), ==, 1);
  g_assert_cmpuint (log_count (&session->bus, GST_MESSAGE_EOS, NULL), ==, 0);
  session_free (session);
}

/* SEEK-4 */
static void
test_a_seek_that_nobody_can_do_is_false (void)
{
  Session *session = simple_session ("fakesrc format=time", "fakesink name=counter");

  go (session, GST_STATE_PAUSED);
  g_assert_false (call_end (call_send_event (
      session->master, gst_event_new_seek (1.0, GST_FORMAT_DEFAULT, 0, GST_SEEK_TYPE_SET, 1, GST_SEEK_TYPE_NONE, 0))));
  session_free (session);
}

/* ---- states ---- */

/* STATE-11 */
static void
test_a_hundred_times_from_null_to_playing_and_back (void)
{
  Session *session = simple_session (SOURCE, "fakesink name=counter");

  for (guint i = 0; i < 100; i++) {
    go (session, GST_STATE_PLAYING);
    settle_slaves (session, GST_STATE_PLAYING);
    go (session, i % 2 ? GST_STATE_READY : GST_STATE_NULL);
  }
  session_free (session);
}

static void
test_pausing_and_playing_again_many_times (void)
{
  Session *session = simple_session (SOURCE, "fakesink name=counter sync=true");

  for (guint i = 0; i < 50; i++) {
    go (session, GST_STATE_PAUSED);
    settle_slaves (session, GST_STATE_PAUSED);
    go (session, GST_STATE_PLAYING);
    settle_slaves (session, GST_STATE_PLAYING);
  }
  session_free (session);
}

/* Whatever the state is on its way to. */
static void
test_going_down_in_the_middle_of_an_async_change (void)
{
  Session *session = simple_session (SOURCE, "fakesink name=counter");

  for (guint i = 0; i < 50; i++) {
    g_assert_cmpint (call_end (call_set_state (session->master, GST_STATE_PLAYING)), !=, GST_STATE_CHANGE_FAILURE);
    g_assert_cmpint (call_end (call_set_state (session->master, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
    g_assert_cmpint (test_state (session->slaves[0].slave), ==, GST_STATE_NULL);
  }
  session_free (session);
}

/* STATE-12, LAT-1 */
static void
test_a_live_source_plays (void)
{
  Session *session
      = simple_session ("audiotestsrc name=source is-live=true num-buffers=10", "fakesink name=counter sync=true");
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  gboolean live = FALSE;

  g_assert_cmpint (call_end (call_set_state (session->master, GST_STATE_PAUSED)), ==, GST_STATE_CHANGE_NO_PREROLL);
  g_assert_cmpint (call_end (call_set_state (session->master, GST_STATE_PLAYING)), !=, GST_STATE_CHANGE_FAILURE);
  log_await (&session->bus, GST_MESSAGE_EOS, session->master, 1);
  g_assert_true (call_end (call_element_query (session->master, query)));
  gst_query_parse_latency (query, &live, NULL, NULL);
  g_assert_true (live);
  session_free (session);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/session/" #name, test_##name)
  ADD (a_session_over_a_socket_plays_to_its_end);
  ADD (a_session_over_pipes_plays_to_its_end);
  ADD (a_tee_over_several_slaves_plays_to_its_end);
  ADD (large_buffers_and_many_queries_at_once_do_not_lock_up);
  ADD (seeks_in_paused_preroll_at_the_new_place);
  ADD (seeks_in_playing_continue_at_the_new_place);
  ADD (a_burst_of_seeks_ends_at_the_last_place);
  ADD (a_segment_seek_ends_with_one_segment_done);
  ADD (a_seek_that_nobody_can_do_is_false);
  ADD (a_hundred_times_from_null_to_playing_and_back);
  ADD (pausing_and_playing_again_many_times);
  ADD (going_down_in_the_middle_of_an_async_change);
  ADD (a_live_source_plays);
  return g_test_run ();
}
