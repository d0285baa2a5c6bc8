/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Both elements in one process, master and slave pipeline connected as they would be in two: whole sessions with data
 * that GStreamer makes and counts. docs/protocol.md, MSG-7, SEEK-1 to SEEK-4, STATE-11, STATE-12, LIFE-4, LIFE-6,
 * LAT-1, CONN-9, CONN-10.
 */

#include "session.h"

#define N_BUFFERS 40
#define RATE 44100
#define SAMPLES 1024

/* The source ends after N_BUFFERS from where it began or was sent to. */
#define SOURCE "audiotestsrc name=source samplesperbuffer=1024"
#define FINITE SOURCE " num-buffers=40"

/* What the slave's sink has shown last. */
static GstClockTime
last_shown (TestSession *session)
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
  TestSession *session = session_new (wires, FINITE " ! ipcpipelinesink name=sink0", "fakesink name=counter", 1);

  session_go (session, GST_STATE_PLAYING);
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
  TestSession *session = session_new (TEST_SOCKETPAIR,
      FINITE " ! tee name=t  t. ! queue ! ipcpipelinesink name=sink0  t. ! queue ! ipcpipelinesink name=sink1  "
             "t. ! queue ! ipcpipelinesink name=sink2  t. ! queue ! ipcpipelinesink name=sink3",
      "fakesink name=counter", 4);

  session_go (session, GST_STATE_PAUSED);
  session_settle_slaves (session, GST_STATE_PAUSED);
  session_go (session, GST_STATE_PLAYING);
  log_await (&session->bus, GST_MESSAGE_EOS, session->master, 1);
  g_assert_cmpuint (log_count (&session->bus, GST_MESSAGE_EOS, NULL), ==, 1);
  session_free (session);
}

/* LIFE-6: buffers that no socket holds, while questions and messages go the other way. */
static void
test_large_buffers_and_many_queries_at_once_do_not_lock_up (void)
{
  TestSession *session = session_new_simple (
      "fakesrc num-buffers=30 sizetype=fixed sizemax=3000000 filltype=zero format=time", "fakesink name=counter");
  guint answered = 0;

  session_go (session, GST_STATE_PLAYING);
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

/* SEEK-2 */
static void
test_seeks_in_paused_preroll_at_the_new_place (void)
{
  TestSession *session = session_new_simple (SOURCE, "fakesink name=counter");

  session_go (session, GST_STATE_PAUSED);
  for (guint i = 1; i <= 20; i++) {
    session_seek (session, i * GST_SECOND, GST_SEEK_FLAG_FLUSH);
    session_settle (session, GST_STATE_PAUSED);
    g_assert_cmpuint (last_shown (session), ==, i * GST_SECOND);
  }
  session_free (session);
}

/* SEEK-1 */
static void
test_seeks_in_playing_continue_at_the_new_place (void)
{
  TestSession *session = session_new_simple (SOURCE, "fakesink name=counter sync=true");

  session_go (session, GST_STATE_PLAYING);
  for (guint i = 1; i <= 20; i++) {
    session_seek (session, i * 1000 * GST_SECOND, GST_SEEK_FLAG_FLUSH);
    session_settle (session, GST_STATE_PLAYING);
    g_assert_cmpuint (last_shown (session), >=, i * 1000 * GST_SECOND);
    g_assert_cmpuint (last_shown (session), <, (i + 1) * 1000 * GST_SECOND);
  }
  session_free (session);
}

/* SEEK-2: the next one before the one before has ended. */
static void
test_a_burst_of_seeks_ends_at_the_last_place (void)
{
  TestSession *session = session_new_simple (SOURCE, "fakesink name=counter");

  session_go (session, GST_STATE_PAUSED);
  for (guint i = 1; i <= 30; i++)
    session_seek (session, i * GST_SECOND, GST_SEEK_FLAG_FLUSH);
  session_settle (session, GST_STATE_PAUSED);
  g_assert_cmpuint (last_shown (session), ==, 30 * GST_SECOND);
  session_free (session);
}

/* SEEK-3 */
static void
test_a_segment_seek_ends_with_one_segment_done (void)
{
  TestSession *session = session_new_simple (SOURCE, "fakesink name=counter");

  session_go (session, GST_STATE_PAUSED);
  g_assert_true (call_end (call_send_event (
      session->master, gst_event_new_seek (1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_SEGMENT,
                           GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_SET, GST_SECOND / 2))));
  session_go (session, GST_STATE_PLAYING);
  log_await (&session->bus, GST_MESSAGE_SEGMENT_DONE, NULL, 1);
  session_go (session, GST_STATE_READY);
  g_assert_cmpuint (log_count (&session->bus, GST_MESSAGE_SEGMENT_DONE, session->master), ==, 1);
  g_assert_cmpuint (log_count (&session->bus, GST_MESSAGE_EOS, NULL), ==, 0);
  session_free (session);
}

/* SEEK-4 */
static void
test_a_seek_that_nobody_can_do_is_false (void)
{
  TestSession *session = session_new_simple ("fakesrc format=time", "fakesink name=counter");

  session_go (session, GST_STATE_PAUSED);
  g_assert_false (call_end (call_send_event (
      session->master, gst_event_new_seek (1.0, GST_FORMAT_DEFAULT, 0, GST_SEEK_TYPE_SET, 1, GST_SEEK_TYPE_NONE, 0))));
  session_free (session);
}

/* ---- states ---- */

/* STATE-11 */
static void
test_a_hundred_times_from_null_to_playing_and_back (void)
{
  TestSession *session = session_new_simple (SOURCE, "fakesink name=counter");

  for (guint i = 0; i < 100; i++) {
    session_go (session, GST_STATE_PLAYING);
    session_settle_slaves (session, GST_STATE_PLAYING);
    session_go (session, i % 2 ? GST_STATE_READY : GST_STATE_NULL);
  }
  session_free (session);
}

static void
test_pausing_and_playing_again_many_times (void)
{
  TestSession *session = session_new_simple (SOURCE, "fakesink name=counter sync=true");

  for (guint i = 0; i < 50; i++) {
    session_go (session, GST_STATE_PAUSED);
    session_settle_slaves (session, GST_STATE_PAUSED);
    session_go (session, GST_STATE_PLAYING);
    session_settle_slaves (session, GST_STATE_PLAYING);
  }
  session_free (session);
}

/* Whatever the state is on its way to. */
static void
test_going_down_in_the_middle_of_an_async_change (void)
{
  TestSession *session = session_new_simple (SOURCE, "fakesink name=counter");

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
  TestSession *session
      = session_new_simple ("audiotestsrc name=source is-live=true num-buffers=10", "fakesink name=counter sync=true");
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
