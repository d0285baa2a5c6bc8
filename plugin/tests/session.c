/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The session of session.h: it owns the pipelines and both ends of each socket. Messages are noted as they are posted.
 */

#include "session.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

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
slave_begin (TestSlave *slave, TestWires wires, const gchar *sink)
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

TestSession *
session_new (TestWires wires, const gchar *source, const gchar *sink, guint n_slaves)
{
  TestSession *session = g_new0 (TestSession, 1);
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

TestSession *
session_new_simple (const gchar *source, const gchar *sink)
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
slave_end (TestSlave *slave)
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
void
session_free (TestSession *session)
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

void
session_settle (TestSession *session, GstState state)
{
  settle_pipeline (session->master, &session->bus, state);
}

void
session_settle_slaves (TestSession *session, GstState state)
{
  for (guint i = 0; i < session->n_slaves; i++)
    settle_pipeline (session->slaves[i].slave, &session->slaves[i].bus, state);
}

void
session_go (TestSession *session, GstState state)
{
  g_assert_cmpint (call_end (call_set_state (session->master, state)), !=, GST_STATE_CHANGE_FAILURE);
  session_settle (session, state);
}

void
session_seek (TestSession *session, GstClockTime where, GstSeekFlags flags)
{
  g_assert_true (call_end (call_send_event (session->master,
      gst_event_new_seek (1.0, GST_FORMAT_TIME, flags, GST_SEEK_TYPE_SET, where, GST_SEEK_TYPE_NONE, 0))));
}
