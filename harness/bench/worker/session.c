/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The commands, each a JSON object; what they mean is said at their functions. They are carried out one after the
 * other: a process of a measurement does one thing. Who sends them is gst-ipc-bench and nobody else.
 *
 * Nobody reads the bus: messages are dropped when they are posted, but for the first error, which tells why a
 * measurement came to nothing.
 */
#include "session.h"

#include <string.h>
#include <unistd.h>

#include <gio/gio.h>

#include "consumer.h"
#include "fail.h"
#include "limits.h"

#define REACH_TIMEOUT (30 * GST_SECOND)

void
ipc_bench_session_init (IpcBenchSession *session)
{
  memset (session, 0, sizeof *session);
  session->limits_fd = -1;
  session->fds = g_array_new (FALSE, FALSE, sizeof (gint));
  g_mutex_init (&session->lock);
}

void
ipc_bench_session_clear (IpcBenchSession *session)
{
  if (session->pipeline != NULL)
    gst_element_set_state (session->pipeline, GST_STATE_NULL);
  g_clear_pointer (&session->feeder, ipc_bench_feeder_free);
  gst_clear_object (&session->pipeline);
  g_clear_pointer (&session->board, ipc_bench_board_free);
  for (guint i = 0; i < session->fds->len; i++)
    close (g_array_index (session->fds, gint, i));
  g_array_unref (session->fds);
  g_free (session->complaint);
  g_mutex_clear (&session->lock);
}

static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  IpcBenchSession *session = data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;
    g_autofree gchar *debug = NULL;

    gst_message_parse_error (message, &error, &debug);
    g_mutex_lock (&session->lock);
    if (session->complaint == NULL)
      session->complaint
          = g_strdup_printf ("%s: %s (%s)", GST_MESSAGE_SRC_NAME (message), error->message, debug != NULL ? debug : "");
    g_mutex_unlock (&session->lock);
  }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static gint
take_fd (GArray *fds)
{
  gint fd = fds->len > 0 ? g_array_index (fds, gint, 0) : -1;

  if (fds->len > 0)
    g_array_remove_index (fds, 0);
  return fd;
}

/* `board`: its file comes along. */
static gboolean
obey_board (IpcBenchSession *session, JsonObject *command, GArray *fds, JsonObject *reply, GError **error)
{
  if (fds->len != 1)
    return ipc_bench_fail (error, "board: %u fds instead of 1", fds->len);
  session->board = ipc_bench_board_new (g_array_index (fds, gint, 0), error);
  return session->board != NULL;
}

/* `pipeline`: `description` of all of it; `slots` on the board of its elements consumer0 ...; `read` whether they read.
 */
static gboolean
obey_pipeline (IpcBenchSession *session, JsonObject *command, GArray *fds, JsonObject *reply, GError **error)
{
  const gchar *description = json_object_get_string_member (command, "description");
  JsonArray *slots = json_object_get_array_member (command, "slots");
  g_autoptr (GstBus) bus = NULL;

  session->pipeline
      = gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS | GST_PARSE_FLAG_PLACE_IN_BIN, error);
  if (session->pipeline == NULL)
    return FALSE;
  if (!GST_IS_PIPELINE (session->pipeline))
    return ipc_bench_fail (error, "this is no pipeline: %s", description);
  bus = gst_element_get_bus (session->pipeline);
  gst_bus_set_sync_handler (bus, on_message, session, NULL);
  for (guint i = 0; i < json_array_get_length (slots); i++) {
    g_autofree gchar *name = g_strdup_printf ("consumer%u", i);
    g_autoptr (GstElement) consumer = gst_bin_get_by_name (GST_BIN (session->pipeline), name);

    if (consumer == NULL)
      return ipc_bench_fail (error, "there is no %s in %s", name, description);
    ipc_bench_consumer_watch (consumer, session->board, json_array_get_int_element (slots, i),
        json_object_get_boolean_member (command, "read"));
  }
  return TRUE;
}

/* `link`: a socket comes along, for `element`, or for a session without elements. */
static gboolean
obey_link (IpcBenchSession *session, JsonObject *command, GArray *fds, JsonObject *reply, GError **error)
{
  const gchar *name = json_object_get_string_member_with_default (command, "element", NULL);
  g_autoptr (GstElement) element = NULL;
  gint fd = take_fd (fds);

  if (fd < 0)
    return ipc_bench_fail (error, "link: no fd came along");
  g_array_append_val (session->fds, fd);
  if (name == NULL) {
    session->limits_fd = fd;
    return TRUE;
  }
  element = gst_bin_get_by_name (GST_BIN (session->pipeline), name);
  if (element == NULL)
    return ipc_bench_fail (error, "link: there is no %s", name);
  g_object_set (element, "fdout", fd, "fdin", fd, NULL);
  return TRUE;
}

/* `state`: the pipeline begins to go to `state`. */
static gboolean
obey_state (IpcBenchSession *session, JsonObject *command, GArray *fds, JsonObject *reply, GError **error)
{
  GstState state = json_object_get_int_member (command, "state");

  if (gst_element_set_state (session->pipeline, state) == GST_STATE_CHANGE_FAILURE)
    return ipc_bench_fail (error, "the pipeline cannot go to %s", gst_element_state_get_name (state));
  return TRUE;
}

gboolean
ipc_bench_session_reach (IpcBenchSession *session, GstState state, GError **error)
{
  GstStateChangeReturn result = gst_element_set_state (session->pipeline, state);

  if (result == GST_STATE_CHANGE_ASYNC)
    result = gst_element_get_state (session->pipeline, NULL, NULL, REACH_TIMEOUT);
  if (result == GST_STATE_CHANGE_SUCCESS)
    return TRUE;
  return ipc_bench_fail (error, "to %s the pipeline went with %s", gst_element_state_get_name (state),
      gst_element_state_change_return_get_name (result));
}

/* `reach`: the pipeline goes to `state`, and is there. */
static gboolean
obey_reach (IpcBenchSession *session, JsonObject *command, GArray *fds, JsonObject *reply, GError **error)
{
  return ipc_bench_session_reach (session, json_object_get_int_member (command, "state"), error);
}

/* `feed`: buffers go into `entry`, until all `consumers` get them and the pipeline plays; then nothing is under way. */
static gboolean
obey_feed (IpcBenchSession *session, JsonObject *command, GArray *fds, JsonObject *reply, GError **error)
{
  const gchar *name = json_object_get_string_member (command, "entry");
  g_autoptr (GstElement) entry = gst_bin_get_by_name (GST_BIN (session->pipeline), name);
  IpcBenchFeed feed = {
    .size = json_object_get_int_member (command, "size"),
    .caps = json_object_get_string_member (command, "caps"),
    .fill = json_object_get_boolean_member (command, "fill"),
    .system = json_object_get_boolean_member (command, "system"),
    .consumers = json_object_get_int_member (command, "consumers"),
  };

  if (entry == NULL)
    return ipc_bench_fail (error, "feed: there is no %s", name);
  session->feeder = ipc_bench_feeder_new (entry, &feed, session->board, error);
  if (session->feeder == NULL || !ipc_bench_feeder_warm (session->feeder, error))
    return FALSE;
  json_object_set_string_member (reply, "memory", ipc_bench_feeder_memory (session->feeder));
  return ipc_bench_session_reach (session, GST_STATE_PLAYING, error);
}

/* `serve`: until the socket of the session is closed, `how` is `answer` or `take`, messages of `size`. It is
 * answered after that. */
static gboolean
obey_serve (IpcBenchSession *session, JsonObject *command, GArray *fds, JsonObject *reply, GError **error)
{
  gsize size = json_object_get_int_member (command, "size");

  if (g_str_equal (json_object_get_string_member (command, "how"), "answer"))
    return ipc_bench_limits_answer (session->limits_fd, size, error);
  return ipc_bench_limits_take (session->limits_fd, size, session->board, 0, error);
}

static gboolean
obey_measure (IpcBenchSession *session, JsonObject *command, GArray *fds, JsonObject *reply, GError **error)
{
  return ipc_bench_session_measure (session, command, reply, error);
}

static const struct {
  const gchar *name;
  gboolean (*obey) (IpcBenchSession *, JsonObject *, GArray *, JsonObject *, GError **);
} commands[] = {
  { "board", obey_board },
  { "pipeline", obey_pipeline },
  { "link", obey_link },
  { "state", obey_state },
  { "reach", obey_reach },
  { "feed", obey_feed },
  { "serve", obey_serve },
  { "measure", obey_measure },
};

/* What the pipeline has to say says more than what came of it. */
static void
add_complaint (IpcBenchSession *session, GError **error)
{
  g_mutex_lock (&session->lock);
  if (session->complaint != NULL)
    g_prefix_error (error, "%s; ", session->complaint);
  g_mutex_unlock (&session->lock);
}

gboolean
ipc_bench_session_obey (IpcBenchSession *session, JsonObject *command, GArray *fds, JsonObject *reply, GError **error)
{
  const gchar *name = json_object_get_string_member_with_default (command, "command", "");

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (!g_str_equal (commands[i].name, name))
      continue;
    if (commands[i].obey (session, command, fds, reply, error))
      return TRUE;
    add_complaint (session, error);
    return FALSE;
  }
  return ipc_bench_fail (error, "there is no command \"%s\"", name);
}
