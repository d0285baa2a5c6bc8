/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the slaves of one master have in common: clock, base time and latency. docs/protocol.md, TIME-1, TIME-2, LAT-1
 * to LAT-3.
 */

#include <gst/base/gstbasesink.h>

#include "session.h"

#define THREE(source)                                                                                                  \
  source " ! tee name=t  t. ! queue ! ipcpipelinesink name=sink0  t. ! queue ! ipcpipelinesink name=sink1  "           \
         "t. ! queue ! ipcpipelinesink name=sink2"
#define SOURCE "audiotestsrc name=source samplesperbuffer=1024"
#define LIVE SOURCE " is-live=true"
#define SINK "fakesink name=counter sync=true"

static TestSession *
session_of_three (const gchar *source)
{
  return session_new (TEST_SOCKETPAIR, source, SINK, 3);
}

/* ---- time ---- */

/* Goes through all links and back. */
static void
ask_everybody (TestSession *session)
{
  g_autoptr (GstQuery) query = gst_query_new_position (GST_FORMAT_TIME);

  call_end (call_element_query (session->master, query));
}

static gboolean
is_on_masters_time (TestSession *session, GstElement *element)
{
  g_autoptr (GstClock) masters = gst_element_get_clock (session->master);
  g_autoptr (GstClock) own = gst_element_get_clock (element);

  return own == masters && gst_element_get_base_time (element) == gst_element_get_base_time (session->master);
}

/* A slave that played already when the master's pipeline took its last base time has that a buffer later. */
static void
await_one_time (TestSession *session)
{
  session_settle_slaves (session, GST_STATE_PLAYING);
  for (guint i = 0; i < session->n_slaves; i++) {
    while (!is_on_masters_time (session, session->slaves[i].slave)
           || !is_on_masters_time (session, session->slaves[i].sink))
      ask_everybody (session);
  }
}

static void
test_all_slaves_have_the_masters_time (void)
{
  TestSession *session = session_of_three (THREE (SOURCE));

  session_go (session, GST_STATE_PLAYING);
  await_one_time (session);
  session_free (session);
}

static void
test_all_slaves_have_it_after_each_pause (void)
{
  TestSession *session = session_of_three (THREE (SOURCE));

  for (guint i = 0; i < 10; i++) {
    session_go (session, GST_STATE_PLAYING);
    await_one_time (session);
    session_go (session, i % 3 == 2 ? GST_STATE_READY : GST_STATE_PAUSED);
  }
  session_free (session);
}

static void
test_all_slaves_have_it_after_each_seek (void)
{
  TestSession *session = session_of_three (THREE (SOURCE));

  session_go (session, GST_STATE_PLAYING);
  for (guint i = 1; i <= 10; i++) {
    session_seek (session, i * 1000 * GST_SECOND, GST_SEEK_FLAG_FLUSH);
    session_settle (session, GST_STATE_PLAYING);
    await_one_time (session);
  }
  session_free (session);
}

static void
test_all_slaves_of_a_live_master_have_it (void)
{
  TestSession *session = session_of_three (THREE (LIVE));

  for (guint i = 0; i < 5; i++) {
    session_go (session, GST_STATE_PLAYING);
    await_one_time (session);
    g_assert_cmpint (call_end (call_set_state (session->master, GST_STATE_PAUSED)), ==, GST_STATE_CHANGE_NO_PREROLL);
  }
  session_free (session);
}

/* CONN-5: so does one that takes the place of another in mid-stream. */
static void
test_a_slave_that_starts_later_has_it (void)
{
  TestSession *session = session_new (TEST_SOCKETPAIR,
      SOURCE " ! ipcpipelinesink name=sink0  audiotestsrc name=second ! ipcpipelinesink name=sink1", SINK, 2);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (session->master), "sink1");
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (session->master), "second");

  session_go (session, GST_STATE_PLAYING);
  /* the pipeline has no business with them meanwhile */
  gst_element_set_locked_state (sink, TRUE);
  gst_element_set_locked_state (source, TRUE);
  g_assert_cmpint (call_end (call_set_state (sink, GST_STATE_READY)), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (call_end (call_set_state (source, GST_STATE_READY)), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (call_end (call_set_state (sink, GST_STATE_PLAYING)), ==, GST_STATE_CHANGE_ASYNC);
  g_assert_cmpint (call_end (call_set_state (source, GST_STATE_PLAYING)), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (gst_element_get_state (sink, NULL, NULL, GST_CLOCK_TIME_NONE), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (test_state (sink), ==, GST_STATE_PLAYING);
  gst_element_set_locked_state (sink, FALSE);
  gst_element_set_locked_state (source, FALSE);
  session_settle (session, GST_STATE_PLAYING);
  await_one_time (session);
  session_free (session);
}

/* TIME-2 */
static void
test_without_a_plain_clock_the_slaves_choose_and_play (void)
{
  TestSession *session = session_of_three (THREE (SOURCE));
  g_autoptr (GstClock) clock = gst_object_ref_sink (g_object_new (GST_TYPE_SYSTEM_CLOCK, NULL));

  gst_clock_set_calibration (clock, 0, 1000 * GST_SECOND, 1, 1);
  gst_pipeline_use_clock (GST_PIPELINE (session->master), clock);
  session_go (session, GST_STATE_PLAYING);
  session_settle_slaves (session, GST_STATE_PLAYING);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GstClock) own = gst_element_get_clock (session->slaves[i].slave);

    g_assert_nonnull (own);
    g_assert_true (own != clock);
    g_assert_cmpuint (gst_element_get_base_time (session->slaves[i].slave), <=, gst_clock_get_time (own));
  }
  session_free (session);
}

/* ---- latency ---- */

/* As a decoder would that keeps @own nanoseconds. */
static GstPadProbeReturn
add_latency (GstPad *pad, GstPadProbeInfo *info, gpointer own)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);
  GstClockTime least, most;
  gboolean live;

  if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY) {
    gst_query_parse_latency (query, &live, &least, &most);
    gst_query_set_latency (query, live, least + GPOINTER_TO_SIZE (own), most);
  }
  return GST_PAD_PROBE_OK;
}

static void
set_own_latency (TestSession *session, guint slave, GstClockTime own)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (session->slaves[slave].sink, "sink");

  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_QUERY_UPSTREAM | GST_PAD_PROBE_TYPE_PULL, add_latency, GSIZE_TO_POINTER (own), NULL);
}

/* What the pipeline of the master says, which is what everybody has to wait for. */
static GstClockTime
asked_latency (TestSession *session, gboolean *live)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  GstClockTime least;

  g_assert_true (call_end (call_element_query (session->master, query)));
  gst_query_parse_latency (query, live, &least, NULL);
  return least;
}

static GstClockTime
latency_of (TestSession *session, guint slave)
{
  return gst_base_sink_get_latency (GST_BASE_SINK (session->slaves[slave].sink));
}

static void
expect_one_latency (TestSession *session, GstClockTime latency)
{
  for (guint i = 0; i < session->n_slaves; i++)
    g_assert_cmpuint (latency_of (session, i), ==, latency);
}

/* LAT-1, LAT-2, LAT-3 */
static void
test_all_slaves_wait_for_the_slowest (void)
{
  TestSession *session = session_of_three (THREE (LIVE));
  GstClockTime latency;
  gboolean live;

  set_own_latency (session, 0, 10 * GST_MSECOND);
  set_own_latency (session, 1, 300 * GST_MSECOND);
  for (guint i = 0; i < 5; i++) {
    session_go (session, GST_STATE_PLAYING);
    session_settle_slaves (session, GST_STATE_PLAYING);
    latency = asked_latency (session, &live);
    g_assert_true (live);
    /* that of the source, too */
    g_assert_cmpuint (latency, >, 300 * GST_MSECOND);
    expect_one_latency (session, latency);
    g_assert_cmpint (call_end (call_set_state (session->master, GST_STATE_PAUSED)), ==, GST_STATE_CHANGE_NO_PREROLL);
  }
  session_free (session);
}

static void
test_a_slave_that_becomes_slower_slows_all (void)
{
  TestSession *session = session_of_three (THREE (LIVE));
  GstClockTime latency;
  gboolean live;

  session_go (session, GST_STATE_PLAYING);
  session_settle_slaves (session, GST_STATE_PLAYING);
  expect_one_latency (session, asked_latency (session, &live));
  set_own_latency (session, 2, 400 * GST_MSECOND);
  gst_element_post_message (session->slaves[2].sink, gst_message_new_latency (GST_OBJECT (session->slaves[2].sink)));
  log_await (&session->bus, GST_MESSAGE_LATENCY, NULL, 1);
  /* as the application does when it sees that message */
  g_assert_true (gst_bin_recalculate_latency (GST_BIN (session->master)));
  latency = asked_latency (session, &live);
  g_assert_cmpuint (latency, >, 400 * GST_MSECOND);
  expect_one_latency (session, latency);
  session_free (session);
}

static void
test_what_is_not_live_has_no_latency (void)
{
  TestSession *session = session_of_three (THREE (SOURCE));
  gboolean live;

  session_go (session, GST_STATE_PLAYING);
  session_settle_slaves (session, GST_STATE_PLAYING);
  g_assert_cmpuint (asked_latency (session, &live), ==, 0);
  expect_one_latency (session, 0);
  session_free (session);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/session/time/" #name, test_##name)
  ADD (all_slaves_have_the_masters_time);
  ADD (all_slaves_have_it_after_each_pause);
  ADD (all_slaves_have_it_after_each_seek);
  ADD (all_slaves_of_a_live_master_have_it);
  ADD (a_slave_that_starts_later_has_it);
  ADD (without_a_plain_clock_the_slaves_choose_and_play);
  ADD (all_slaves_wait_for_the_slowest);
  ADD (a_slave_that_becomes_slower_slows_all);
  ADD (what_is_not_live_has_no_latency);
  return g_test_run ();
}
