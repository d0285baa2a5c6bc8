/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* GLib's log to reports. A writer can be set only once and for good, so it looks the channel up; ipc_log_unwatch()
 * is for the end of the process, when no other thread is left. */

#include "log.h"

#include "report.h"

#include <string.h>

/* The leaks tracer's summary at its end; what it found has been reported object by object, without what GStreamer
 * keeps on purpose (leaks.c). */
#define LEAKS_SUMMARY "Leaks detected and logged under GST_DEBUG=GST_TRACER:7"

static GMutex lock;
static IpcChannel *log_channel;
static GQueue held = G_QUEUE_INIT; /* JsonObject: from before there was a channel */
static gboolean unwatched;

/* What is logged while a report is made must not be reported. */
static GPrivate reporting = G_PRIVATE_INIT (NULL);

static gchar *
field_text (const GLogField *fields, gsize n_fields, const gchar *key)
{
  for (gsize i = 0; i < n_fields; i++) {
    if (g_str_equal (fields[i].key, key))
      return fields[i].length < 0 ? g_strdup (fields[i].value) : g_strndup (fields[i].value, fields[i].length);
  }
  return NULL;
}

static const gchar *
level_word (GLogLevelFlags level)
{
  if (level & G_LOG_LEVEL_ERROR)
    return "error";
  return level & G_LOG_LEVEL_CRITICAL ? "critical" : "warning";
}

static void
send_or_hold (JsonObject *report)
{
  g_mutex_lock (&lock);
  IpcChannel *channel = log_channel;
  if (unwatched)
    g_clear_pointer (&report, json_object_unref);
  else if (channel == NULL)
    g_queue_push_tail (&held, g_steal_pointer (&report));
  g_mutex_unlock (&lock);

  if (report != NULL)
    ipc_channel_send (channel, report);
}

static void
report_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  g_autofree gchar *text = field_text (fields, n_fields, "MESSAGE");

  if (g_strcmp0 (text, LEAKS_SUMMARY) == 0)
    return;

  JsonObject *report = ipc_report_new ("log");
  ipc_report_set_text (report, "level", level_word (level));
  ipc_report_take_text (report, "domain", field_text (fields, n_fields, "GLIB_DOMAIN"));
  ipc_report_set_text (report, "text", text);
  send_or_hold (report);
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  gboolean bad = (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) != 0;

  if (bad && g_private_get (&reporting) == NULL) {
    g_private_set (&reporting, &reporting);
    report_log (level, fields, n_fields);
    g_private_set (&reporting, NULL);
  }
  return g_log_writer_default (level, fields, n_fields, NULL);
}

void
ipc_log_watch (void)
{
  g_log_set_writer_func (write_log, NULL, NULL);
}

void
ipc_log_connect (IpcChannel *channel)
{
  JsonObject *report;

  g_mutex_lock (&lock);
  GQueue before = held;
  g_queue_init (&held);
  log_channel = channel;
  g_mutex_unlock (&lock);

  while ((report = g_queue_pop_head (&before)) != NULL)
    ipc_channel_send (channel, report);
}

void
ipc_log_unwatch (void)
{
  g_mutex_lock (&lock);
  unwatched = TRUE;
  g_mutex_unlock (&lock);
}
