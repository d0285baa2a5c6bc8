/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Two tables by type: how a query is made, and what of its answer is told. Structures that others have made need not
 * have what the type's own has, so only one's own are read. */

#include "make-query.h"

#include "commands.h"
#include "fields.h"
#include "report.h"
#include "words.h"

/* {{{ made */

static GstQuery *
caps (IpcFields *fields)
{
  g_autoptr (GstCaps) filter = ipc_fields_caps (fields, "filter");

  return ipc_fields_ok (fields) ? gst_query_new_caps (filter) : NULL;
}

static GstQuery *
accept_caps (IpcFields *fields)
{
  ipc_fields_need (fields, "caps");
  g_autoptr (GstCaps) content = ipc_fields_caps (fields, "caps");

  if (content != NULL && !gst_caps_is_fixed (content))
    ipc_fields_mistake (fields, "caps that are not fixed");
  return ipc_fields_ok (fields) ? gst_query_new_accept_caps (content) : NULL;
}

static GstQuery *
allocation (IpcFields *fields)
{
  g_autoptr (GstCaps) content = ipc_fields_caps (fields, "caps");
  gboolean need_pool = ipc_fields_bool (fields, "need-pool", FALSE);

  return ipc_fields_ok (fields) ? gst_query_new_allocation (content, need_pool) : NULL;
}

static GstQuery *
convert (IpcFields *fields)
{
  ipc_fields_need (fields, "value");
  ipc_fields_need (fields, "to");
  gint from = ipc_fields_enum (fields, "from", GST_TYPE_FORMAT, GST_FORMAT_TIME);
  gint64 value = ipc_fields_signed_time (fields, "value", 0);
  gint to = ipc_fields_enum (fields, "to", GST_TYPE_FORMAT, GST_FORMAT_BYTES);

  return ipc_fields_ok (fields) ? gst_query_new_convert (from, value, to) : NULL;
}

static GstQuery *
context (IpcFields *fields)
{
  ipc_fields_need (fields, "context-type");
  const gchar *type = ipc_fields_text (fields, "context-type", NULL);

  return ipc_fields_ok (fields) ? gst_query_new_context (type) : NULL;
}

static const struct {
  GstQueryType type;
  GstQuery *(*make) (IpcFields *fields);
} kinds[] = {
  { GST_QUERY_CAPS, caps },
  { GST_QUERY_ACCEPT_CAPS, accept_caps },
  { GST_QUERY_ALLOCATION, allocation },
  { GST_QUERY_CONVERT, convert },
  { GST_QUERY_CONTEXT, context },
};

/* Those that a format says all about; NULL for others. */
static GstQuery *
plain_query (GstQueryType type, GstFormat format)
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

GstQuery *
ipc_query_new (GstQueryType type, GstFormat format, JsonObject *object, GError **error)
{
  const gchar *name = ipc_enum_to_word (GST_TYPE_QUERY_TYPE, type);
  g_autoptr (IpcFields) fields = ipc_fields_new (object, name);
  GstQuery *query = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (kinds[i].type != type)
      continue;
    query = kinds[i].make (fields);
    return ipc_fields_finish (fields, error) ? query : NULL;
  }
  if (!ipc_fields_finish (fields, error))
    return NULL;
  query = plain_query (type, format);
  if (query == NULL)
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "the query \"%s\" needs a \"structure\"", name);
  return query;
}

/* }}} */
/* {{{ told */

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
tell_flags (JsonObject *reply, const gchar *member, GType type, guint flags)
{
  g_autoptr (GTypeClass) type_class = g_type_class_ref (type);
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < G_FLAGS_CLASS (type_class)->n_values; i++) {
    const GFlagsValue *value = &G_FLAGS_CLASS (type_class)->values[i];

    if (value->value != 0 && (flags & value->value) == value->value)
      json_array_add_string_element (list, value->value_nick);
  }
  json_object_set_array_member (reply, member, list);
}

static void
tell_scheduling (JsonObject *reply, GstQuery *query)
{
  JsonArray *modes = json_array_new ();
  GstSchedulingFlags flags;
  gint minimum, maximum, align;

  gst_query_parse_scheduling (query, &flags, &minimum, &maximum, &align);
  tell_flags (reply, "flags", GST_TYPE_SCHEDULING_FLAGS, flags);
  ipc_report_set_int (reply, "min-size", minimum);
  ipc_report_set_int (reply, "max-size", maximum);
  ipc_report_set_int (reply, "align", align);
  for (guint i = 0; i < gst_query_get_n_scheduling_modes (query); i++)
    json_array_add_string_element (
        modes, ipc_enum_to_word (GST_TYPE_PAD_MODE, gst_query_parse_nth_scheduling_mode (query, i)));
  json_object_set_array_member (reply, "modes", modes);
}

static void
tell_buffering (JsonObject *reply, GstQuery *query)
{
  gboolean busy;
  gint percent;

  gst_query_parse_buffering_percent (query, &busy, &percent);
  json_object_set_boolean_member (reply, "busy", busy);
  ipc_report_set_int (reply, "percent", percent);
}

static void
tell_allocation (JsonObject *reply, GstQuery *query)
{
  JsonArray *metas = json_array_new ();

  for (guint i = 0; i < gst_query_get_n_allocation_metas (query); i++)
    json_array_add_string_element (metas, g_type_name (gst_query_parse_nth_allocation_meta (query, i, NULL)));
  ipc_report_set_int (reply, "pools", gst_query_get_n_allocation_pools (query));
  json_object_set_array_member (reply, "metas", metas);
}

static void
tell_convert (JsonObject *reply, GstQuery *query)
{
  gint64 value;

  gst_query_parse_convert (query, NULL, NULL, NULL, &value);
  ipc_report_set_position (reply, "value", value);
}

static void
tell_context (JsonObject *reply, GstQuery *query)
{
  GstContext *answer;

  gst_query_parse_context (query, &answer);
  ipc_report_set_structure (reply, "context", answer ? gst_context_get_structure (answer) : NULL);
}

static void
tell_bitrate (JsonObject *reply, GstQuery *query)
{
  guint bitrate;

  gst_query_parse_bitrate (query, &bitrate);
  ipc_report_set_uint (reply, "bitrate", bitrate);
}

void
ipc_query_tell (JsonObject *reply, GstQuery *query)
{
  gboolean yes;
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
  case GST_QUERY_ACCEPT_CAPS:
    gst_query_parse_accept_caps_result (query, &yes);
    json_object_set_boolean_member (reply, "accepted", yes);
    break;
  case GST_QUERY_CONVERT:
    tell_convert (reply, query);
    break;
  case GST_QUERY_CONTEXT:
    tell_context (reply, query);
    break;
  case GST_QUERY_SCHEDULING:
    tell_scheduling (reply, query);
    break;
  case GST_QUERY_BUFFERING:
    tell_buffering (reply, query);
    break;
  case GST_QUERY_ALLOCATION:
    tell_allocation (reply, query);
    break;
  case GST_QUERY_BITRATE:
    tell_bitrate (reply, query);
    break;
  case GST_QUERY_SELECTABLE:
    gst_query_parse_selectable (query, &yes);
    json_object_set_boolean_member (reply, "selectable", yes);
    break;
  default:
    break;
  }
}

/* }}} */
