/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Values to JSON. Nothing is owned here. What comes from pipelines is not trusted to be UTF-8, finite or printable:
 * a plugin under test may hand up anything. */

#include "report.h"

#include <math.h>
#include <time.h>

/* Integers up to here are exact in every JSON reader. */
#define EXACT_MAX (G_GINT64_CONSTANT (1) << 53)

gint64
ipc_report_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

JsonObject *
ipc_report_new (const gchar *kind)
{
  JsonObject *report = json_object_new ();

  json_object_set_int_member (report, "t", ipc_report_now ());
  json_object_set_string_member (report, "kind", kind);
  return report;
}

void
ipc_report_set_int (JsonObject *report, const gchar *member, gint64 value)
{
  if (value >= -EXACT_MAX && value <= EXACT_MAX)
    json_object_set_int_member (report, member, value);
  else
    ipc_report_take_text (report, member, g_strdup_printf ("%" G_GINT64_FORMAT, value));
}

void
ipc_report_set_uint (JsonObject *report, const gchar *member, guint64 value)
{
  if (value <= EXACT_MAX)
    json_object_set_int_member (report, member, value);
  else
    ipc_report_take_text (report, member, g_strdup_printf ("%" G_GUINT64_FORMAT, value));
}

void
ipc_report_set_time (JsonObject *report, const gchar *member, guint64 value)
{
  if (value == GST_CLOCK_TIME_NONE)
    json_object_set_null_member (report, member);
  else
    ipc_report_set_uint (report, member, value);
}

void
ipc_report_set_position (JsonObject *report, const gchar *member, gint64 value)
{
  if (value == -1)
    json_object_set_null_member (report, member);
  else
    ipc_report_set_int (report, member, value);
}

void
ipc_report_set_double (JsonObject *report, const gchar *member, gdouble value)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isfinite (value))
    json_object_set_double_member (report, member, value);
  else
    json_object_set_string_member (report, member, g_ascii_dtostr (text, sizeof text, value));
}

void
ipc_report_set_text (JsonObject *report, const gchar *member, const gchar *text)
{
  ipc_report_take_text (report, member, g_strdup (text));
}

void
ipc_report_take_text (JsonObject *report, const gchar *member, gchar *text)
{
  g_autofree gchar *given = text;

  if (given == NULL) {
    json_object_set_null_member (report, member);
  } else {
    g_autofree gchar *valid = g_utf8_make_valid (given, -1);
    json_object_set_string_member (report, member, valid);
  }
}

static void copy_printable (const GValue *from, GValue *to);

static GstStructure *
structure_copy_printable (const GstStructure *structure)
{
  GstStructure *copy = gst_structure_new_empty (gst_structure_get_name (structure));

  for (gint i = 0; i < gst_structure_n_fields (structure); i++) {
    const gchar *field = gst_structure_nth_field_name (structure, i);
    GValue value = G_VALUE_INIT;

    copy_printable (gst_structure_get_value (structure, field), &value);
    gst_structure_take_value (copy, field, &value);
  }
  return copy;
}

static void
copy_event (const GValue *from, GValue *to)
{
  const GstEvent *event = g_value_get_boxed (from);

  g_value_init (to, G_TYPE_STRING);
  g_value_take_string (to, g_strdup_printf ("(GstEvent)%s", event ? GST_EVENT_TYPE_NAME (event) : "NULL"));
}

static void
copy_list (const GValue *from, GValue *to)
{
  gboolean is_list = GST_VALUE_HOLDS_LIST (from);
  guint size = is_list ? gst_value_list_get_size (from) : gst_value_array_get_size (from);

  g_value_init (to, G_VALUE_TYPE (from));
  for (guint i = 0; i < size; i++) {
    GValue item = G_VALUE_INIT;

    copy_printable (is_list ? gst_value_list_get_value (from, i) : gst_value_array_get_value (from, i), &item);
    if (is_list)
      gst_value_list_append_and_take_value (to, &item);
    else
      gst_value_array_append_and_take_value (to, &item);
  }
}

static void
copy_printable (const GValue *from, GValue *to)
{
  if (G_VALUE_HOLDS (from, GST_TYPE_EVENT)) {
    copy_event (from, to);
  } else if (GST_VALUE_HOLDS_STRUCTURE (from) && gst_value_get_structure (from) != NULL) {
    g_value_init (to, GST_TYPE_STRUCTURE);
    g_value_take_boxed (to, structure_copy_printable (gst_value_get_structure (from)));
  } else if (GST_VALUE_HOLDS_LIST (from) || GST_VALUE_HOLDS_ARRAY (from)) {
    copy_list (from, to);
  } else {
    g_value_init (to, G_VALUE_TYPE (from));
    g_value_copy (from, to);
  }
}

/**
 * ipc_structure_to_text:
 * @structure: a structure of a message, event or query
 *
 * Prints like gst_structure_to_string(), but an event anywhere within is only named, "(GstEvent)latency": at least one
 * implementation of ipcpipeline makes printing of events without a structure crash the process.
 *
 * Returns: (transfer full): the text
 */
gchar *
ipc_structure_to_text (const GstStructure *structure)
{
  g_autoptr (GstStructure) copy = structure_copy_printable (structure);

  return gst_structure_to_string (copy);
}

void
ipc_report_set_structure (JsonObject *report, const gchar *member, const GstStructure *structure)
{
  ipc_report_take_text (report, member, structure ? ipc_structure_to_text (structure) : NULL);
}

static gchar *
value_to_text (const GValue *value)
{
  GValue printable = G_VALUE_INIT;

  if (GST_VALUE_HOLDS_STRUCTURE (value)) {
    const GstStructure *structure = gst_value_get_structure (value);
    return structure ? ipc_structure_to_text (structure) : NULL;
  }
  if (G_VALUE_HOLDS_OBJECT (value) || G_VALUE_HOLDS_BOXED (value) || G_VALUE_HOLDS_POINTER (value)) {
    if (g_value_peek_pointer (value) == NULL)
      return NULL;
  }

  /* as people write them, without the quotes that a field of a structure has */
  if (GST_VALUE_HOLDS_CAPS (value))
    return gst_caps_to_string (gst_value_get_caps (value));
  copy_printable (value, &printable);
  gchar *text = gst_value_serialize (&printable);
  g_value_unset (&printable);
  return text ? text : g_strdup_printf ("(%s)", G_VALUE_TYPE_NAME (value));
}

static void
set_enum (JsonObject *report, const gchar *member, const GValue *value)
{
  g_autoptr (GTypeClass) type = g_type_class_ref (G_VALUE_TYPE (value));
  GEnumValue *entry = g_enum_get_value (G_ENUM_CLASS (type), g_value_get_enum (value));

  if (entry != NULL)
    json_object_set_string_member (report, member, entry->value_nick);
  else
    json_object_set_int_member (report, member, g_value_get_enum (value));
}

void
ipc_report_set_value (JsonObject *report, const gchar *member, const GValue *value)
{
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value))) {
  case G_TYPE_BOOLEAN:
    json_object_set_boolean_member (report, member, g_value_get_boolean (value));
    break;
  case G_TYPE_CHAR:
    ipc_report_set_int (report, member, g_value_get_schar (value));
    break;
  case G_TYPE_UCHAR:
    ipc_report_set_uint (report, member, g_value_get_uchar (value));
    break;
  case G_TYPE_INT:
    ipc_report_set_int (report, member, g_value_get_int (value));
    break;
  case G_TYPE_UINT:
    ipc_report_set_uint (report, member, g_value_get_uint (value));
    break;
  case G_TYPE_LONG:
    ipc_report_set_int (report, member, g_value_get_long (value));
    break;
  case G_TYPE_ULONG:
    ipc_report_set_uint (report, member, g_value_get_ulong (value));
    break;
  case G_TYPE_INT64:
    ipc_report_set_int (report, member, g_value_get_int64 (value));
    break;
  case G_TYPE_UINT64:
    ipc_report_set_uint (report, member, g_value_get_uint64 (value));
    break;
  case G_TYPE_FLOAT:
    ipc_report_set_double (report, member, g_value_get_float (value));
    break;
  case G_TYPE_DOUBLE:
    ipc_report_set_double (report, member, g_value_get_double (value));
    break;
  case G_TYPE_STRING:
    ipc_report_set_text (report, member, g_value_get_string (value));
    break;
  case G_TYPE_ENUM:
    set_enum (report, member, value);
    break;
  default:
    ipc_report_take_text (report, member, value_to_text (value));
    break;
  }
}
