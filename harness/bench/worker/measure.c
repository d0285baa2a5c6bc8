/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A measurement does the same thing again and again until its time is over, and counts. What is not waited for each
 * time (a queue takes buffers that its other side gets later) is waited for at the end, within the window.
 */
#include "session.h"

#include <gio/gio.h>

#include "limits.h"
#include "window.h"

/* However slow it is. */
#define COUNT_MIN 5

typedef struct {
  IpcBenchSession *session;
  IpcBenchLimits limits;
  guint64 count;
} Measurement;

static gboolean
do_buffer (Measurement *measurement, GError **error)
{
  measurement->count++;
  return ipc_bench_feeder_push_buffer (measurement->session->feeder, error);
}

static gboolean
do_event (Measurement *measurement, GError **error)
{
  measurement->count++;
  return ipc_bench_feeder_push_event (measurement->session->feeder, error);
}

static gboolean
drain (Measurement *measurement, GError **error)
{
  return ipc_bench_feeder_drain (measurement->session->feeder, error);
}

/* What an application asks to draw its progress bar. */
static gboolean
do_query (Measurement *measurement, GError **error)
{
  gint64 position;

  measurement->count++;
  if (gst_element_query_position (measurement->session->pipeline, GST_FORMAT_TIME, &position))
    return TRUE;
  g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_FAILED, "query %" G_GUINT64_FORMAT " was not answered", measurement->count);
  return FALSE;
}

/* Up and down again. */
static gboolean
do_states (Measurement *measurement, GError **error)
{
  measurement->count += 4;
  return ipc_bench_session_reach (measurement->session, GST_STATE_PAUSED, error)
         && ipc_bench_session_reach (measurement->session, GST_STATE_PLAYING, error)
         && ipc_bench_session_reach (measurement->session, GST_STATE_PAUSED, error)
         && ipc_bench_session_reach (measurement->session, GST_STATE_READY, error);
}

static gboolean
do_ping (Measurement *measurement, GError **error)
{
  measurement->count++;
  return ipc_bench_limits_ping (&measurement->limits, error);
}

static gboolean
do_send (Measurement *measurement, GError **error)
{
  measurement->count++;
  return ipc_bench_limits_send (&measurement->limits, error);
}

static gboolean
drain_sent (Measurement *measurement, GError **error)
{
  guint32 got = ipc_bench_board_wait_count (
      measurement->session->board, 0, measurement->count, G_GINT64_CONSTANT (30000000000));

  if (got == measurement->count)
    return TRUE;
  g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_FAILED, "of %" G_GUINT64_FORMAT " messages %u came", measurement->count, got);
  return FALSE;
}

static gboolean
do_copy (Measurement *measurement, GError **error)
{
  measurement->count += ipc_bench_limits_copy (&measurement->limits);
  return TRUE;
}

typedef gboolean (*Deed) (Measurement *, GError **);

static const struct {
  const gchar *name;
  Deed deed, drain;
  gboolean is_limit;
} kinds[] = {
  { "buffers", do_buffer, drain, FALSE },
  { "events", do_event, drain, FALSE },
  { "queries", do_query, NULL, FALSE },
  { "states", do_states, NULL, FALSE },
  { "ping-pong", do_ping, NULL, TRUE },
  { "stream", do_send, drain_sent, TRUE },
  { "memcpy", do_copy, NULL, TRUE },
};

static gboolean
repeat (Measurement *measurement, Deed deed, gint64 time, GError **error)
{
  gint64 end = ipc_bench_now () + time;

  do {
    if (!deed (measurement, error))
      return FALSE;
  } while (measurement->count < COUNT_MIN || ipc_bench_now () < end);
  return TRUE;
}

static gboolean
run (Measurement *measurement, guint kind, JsonObject *command, JsonObject *reply, GError **error)
{
  g_autoptr (IpcBenchWindow) window = ipc_bench_window_new (json_object_get_array_member (command, "pids"), error);

  if (window == NULL)
    return FALSE;
  ipc_bench_window_open (window);
  if (!repeat (measurement, kinds[kind].deed, json_object_get_int_member (command, "time"), error)
      || (kinds[kind].drain != NULL && !kinds[kind].drain (measurement, error)))
    return FALSE;
  ipc_bench_window_close (window);
  json_object_set_int_member (reply, "count", measurement->count);
  ipc_bench_window_report (window, reply);
  return !json_object_get_boolean_member_with_default (command, "check", FALSE)
         || ipc_bench_feeder_check (measurement->session->feeder, error);
}

/* `measure`: `what`, one of the kinds, for `time` ns, `size` (of limits), CPU of `pids`; `check`: consumers have read
 * what was written. The reply has `count`, `wall`, `cpu`, `waits`. */
gboolean
ipc_bench_session_measure (IpcBenchSession *session, JsonObject *command, JsonObject *reply, GError **error)
{
  const gchar *what = json_object_get_string_member (command, "what");

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    Measurement measurement = { .session = session };
    gboolean good;

    if (!g_str_equal (kinds[i].name, what))
      continue;
    if (kinds[i].is_limit)
      ipc_bench_limits_init (&measurement.limits, session->limits_fd, json_object_get_int_member (command, "size"));
    good = run (&measurement, i, command, reply, error);
    ipc_bench_limits_clear (&measurement.limits);
    return good;
  }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "cannot measure \"%s\"", what);
  return FALSE;
}
