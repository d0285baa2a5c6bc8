/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Values to JSON. Nothing is owned here. What comes from pipelines is not trusted to be UTF-8, finite or printable:
 * a plugin under test may hand up anything. */

#include "report.h"

#include "print.h"

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
  ipc_print_value (value, &printable);
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
