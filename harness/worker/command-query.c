/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Queries. The answer is told as the query's structure, and by members for those types that scenarios ask about. */

#include "commands.h"

#include "report.h"
#include "words.h"

/* A query of @type as an application would make it; NULL when it needs a structure of the sender's. */
static GstQuery *
default_query (GstQueryType type, GstFormat format)
{
  switch (type) {
  case GST_QUERY_POSITION:
    return gst_query_new_position (format);
  case GST_QUERY_DURATION:
    return gst_query_new_duration (format);
  case GST_QUERY_LATENCY:
    return gst_query_new_latency ();
  case GST_QUERY_SEEKING:
    return gst_query_new_seeking (format);
  case GST_QUERY_SEGMENT:
    return gst_query_new_segment (format);
  case GST_QUERY_BUFFERING:
    return gst_query_new_buffering (format);
  case GST_QUERY_FORMATS:
    return gst_query_new_formats ();
  case GST_QUERY_URI:
    return gst_query_new_uri ();
  case GST_QUERY_CAPS:
    return gst_query_new_caps (NULL);
  case GST_QUERY_SCHEDULING:
    return gst_query_new_scheduling ();
  case GST_QUERY_DRAIN:
    return gst_query_new_drain ();
  case GST_QUERY_BITRATE:
    return gst_query_new_bitrate ();
  case GST_QUERY_SELECTABLE:
    return gst_query_new_selectable ();
  default:
    return NULL;
  }
}

static void
tell_latency (JsonObject *reply, GstQuery *query)
{
  gboolean live;
  GstClockTime minimum, maximum;

  gst_query_parse_latency (query, &live, &minimum, &maximum);
  json_object_set_boolean_member (reply, "live", live);
  ipc_report_set_time (reply, "min-latency", minimum);
  ipc_report_set_time (reply, "max-latency", maximum);
}

static void
tell_seeking (JsonObject *reply, GstQuery *query)
{
  gboolean seekable;
  gint64 start, stop;

  gst_query_parse_seeking (query, NULL, &seekable, &start, &stop);
  json_object_set_boolean_member (reply, "seekable", seekable);
  ipc_report_set_position (reply, "start", start);
  ipc_report_set_position (reply, "stop", stop);
}

static void
tell_segment (JsonObject *reply, GstQuery *query)
{
  gdouble rate;
  gint64 start, stop;

  gst_query_parse_segment (query, &rate, NULL, &start, &stop);
  ipc_report_set_double (reply, "rate", rate);
  ipc_report_set_position (reply, "start", start);
  ipc_report_set_position (reply, "stop", stop);
}

static void
tell_formats (JsonObject *reply, GstQuery *query)
{
  JsonArray *formats = json_array_new ();
  guint n;

  gst_query_parse_n_formats (query, &n);
  for (guint i = 0; i < n; i++) {
    GstFormat format;

    gst_query_parse_nth_format (query, i, &format);
    json_array_add_string_element (formats, ipc_enum_to_word (GST_TYPE_FORMAT, format));
  }
  json_object_set_array_member (reply, "formats", formats);
}

static void
tell_caps (JsonObject *reply, GstQuery *query)
{
  GstCaps *caps;

  gst_query_parse_caps_result (query, &caps);
  ipc_report_take_text (reply, "caps", caps ? gst_caps_to_string (caps) : NULL);
}

static void
tell_uri (JsonObject *reply, GstQuery *query)
{
  gchar *uri;

  gst_query_parse_uri (query, &uri);
  ipc_report_take_text (reply, "uri", uri);
}

static void
tell_answer (JsonObject *reply, GstQuery *query)
{
  gint64 value;

  switch (GST_QUERY_TYPE (query)) {
  case GST_QUERY_POSITION:
    gst_query_parse_position (query, NULL, &value);
    ipc_report_set_position (reply, "position", value);
    break;
  case GST_QUERY_DURATION:
    gst_query_parse_duration (query, NULL, &value);
    ipc_report_set_position (reply, "duration", value);
    break;
  case GST_QUERY_LATENCY:
    tell_latency (reply, query);
    break;
  case GST_QUERY_SEEKING:
    tell_seeking (reply, query);
    break;
  case GST_QUERY_SEGMENT:
    tell_segment (reply, query);
    break;
  case GST_QUERY_FORMATS:
    tell_formats (reply, query);
    break;
  case GST_QUERY_CAPS:
    tell_caps (reply, query);
    break;
  case GST_QUERY_URI:
    tell_uri (reply, query);
    break;
  default:
    break;
  }
}

gboolean
ipc_command_query (IpcCommand *command, GError **error)
{
  const gchar *word = ipc_command_text (command, "query");
  const gchar *format_word = ipc_command_text (command, "format");
  gint type, format = GST_FORMAT_TIME;
  gboolean ok;

  if (!ipc_word_to_enum (GST_TYPE_QUERY_TYPE, word, &type, error)
      || (format_word != NULL && !ipc_word_to_enum (GST_TYPE_FORMAT, format_word, &format, error)))
    return FALSE;
  g_autoptr (GstStructure) structure = ipc_command_structure (command, &ok, error);
  if (!ok)
    return FALSE;
  g_autoptr (GstElement) element = ipc_command_element (command, error);
  if (element == NULL)
    return FALSE;

  gboolean own = structure != NULL;
  g_autoptr (GstQuery) query
      = own ? gst_query_new_custom (type, g_steal_pointer (&structure)) : default_query (type, format);
  if (query == NULL) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "query: \"%s\" needs a \"structure\"", word);
    return FALSE;
  }

  gboolean answered = gst_element_query (element, query);
  json_object_set_boolean_member (command->reply, "result", answered);
  ipc_report_set_structure (command->reply, "structure", gst_query_get_structure (query));
  /* a structure of the sender's need not have what the type's own has */
  if (answered && !own)
    tell_answer (command->reply, query);
  return TRUE;
}
