/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a pipeline goes by: its clock, its base time, and how long its sinks wait. */

#include "commands.h"

#include "report.h"
#include "words.h"

#include <gst/base/gstbasesink.h>

/* Equal texts, equal clocks: a system clock as it is counts the same in all processes of a machine. */
static gchar *
clock_to_text (GstClock *clock)
{
  GstClockTime internal, external, numerator, denominator;
  GstClockType type;

  gst_clock_get_calibration (clock, &internal, &external, &numerator, &denominator);
  if (G_OBJECT_TYPE (clock) != GST_TYPE_SYSTEM_CLOCK)
    return g_strdup_printf ("%s %s", G_OBJECT_TYPE_NAME (clock), GST_OBJECT_NAME (clock));
  if (internal != external || numerator != denominator)
    return g_strdup_printf ("calibrated %s", GST_OBJECT_NAME (clock));
  g_object_get (clock, "clock-type", &type, NULL);
  return g_strdup (ipc_enum_to_word (GST_TYPE_CLOCK_TYPE, type));
}

static void
add_latency (const GValue *item, gpointer latencies)
{
  GstElement *element = g_value_get_object (item);
  g_autofree gchar *name = NULL;

  if (!GST_IS_BASE_SINK (element))
    return;
  name = gst_object_get_name (GST_OBJECT (element));
  ipc_report_set_time (latencies, name, gst_base_sink_get_latency (GST_BASE_SINK (element)));
}

static JsonObject *
latencies_of (GstElement *pipeline)
{
  JsonObject *latencies = json_object_new ();
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (pipeline));

  while (gst_iterator_foreach (elements, add_latency, latencies) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (elements);
  return latencies;
}

gboolean
ipc_command_get_time (IpcCommand *command, GError **error)
{
  g_autoptr (GstElement) pipeline = ipc_worker_pipeline (command->worker, error);
  g_autoptr (GstClock) clock = pipeline != NULL ? gst_element_get_clock (pipeline) : NULL;

  if (pipeline == NULL)
    return FALSE;
  ipc_report_take_text (command->reply, "clock", clock != NULL ? clock_to_text (clock) : NULL);
  ipc_report_set_time (command->reply, "base-time", gst_element_get_base_time (pipeline));
  json_object_set_object_member (command->reply, "latencies", latencies_of (pipeline));
  return TRUE;
}

gboolean
ipc_command_recalculate_latency (IpcCommand *command, GError **error)
{
  g_autoptr (GstElement) pipeline = ipc_worker_pipeline (command->worker, error);

  if (pipeline == NULL)
    return FALSE;
  json_object_set_boolean_member (command->reply, "result", gst_bin_recalculate_latency (GST_BIN (pipeline)));
  return TRUE;
}
