/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Fields by name and type. Names and texts are borrowed from the caller and the object; only the mistake is owned. */

#include "fields.h"

#include "commands.h"
#include "time-text.h"
#include "words.h"

#include <math.h>

IpcFields *
ipc_fields_new (JsonObject *object, const gchar *what)
{
  IpcFields *fields = g_new0 (IpcFields, 1);

  fields->object = object;
  fields->what = what;
  fields->names = g_ptr_array_new ();
  return fields;
}

void
ipc_fields_free (IpcFields *fields)
{
  g_ptr_array_unref (fields->names);
  g_clear_error (&fields->error);
  g_free (fields);
}

static void
keep_mistake (IpcFields *fields, GError *error)
{
  if (fields->error == NULL)
    fields->error = error;
  else
    g_error_free (error);
}

void
ipc_fields_mistake (IpcFields *fields, const gchar *text)
{
  keep_mistake (fields, g_error_new (IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "\"%s\" of %s", text, fields->what));
}

static void
wrong_type (IpcFields *fields, const gchar *name, const gchar *wanted)
{
  keep_mistake (fields, g_error_new (IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "field \"%s\" of %s must be %s", name,
                            fields->what, wanted));
}

static JsonNode *
get (IpcFields *fields, const gchar *name)
{
  JsonNode *node = fields->object ? json_object_get_member (fields->object, name) : NULL;

  g_ptr_array_add (fields->names, (gpointer)name);
  return node == NULL || JSON_NODE_HOLDS_NULL (node) ? NULL : node;
}

/* The type of a scalar. */
static GType
type_of (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
}

void
ipc_fields_skip (IpcFields *fields, const gchar *name)
{
  g_ptr_array_add (fields->names, (gpointer)name);
}

void
ipc_fields_need (IpcFields *fields, const gchar *name)
{
  JsonNode *node = fields->object ? json_object_get_member (fields->object, name) : NULL;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    keep_mistake (
        fields, g_error_new (IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE,
                    "%s needs the field \"%s\" (or, where that is possible, a \"structure\")", fields->what, name));
}

static void
check_names (IpcFields *fields)
{
  JsonObjectIter iter;
  const gchar *name;

  if (fields->object == NULL)
    return;
  json_object_iter_init (&iter, fields->object);
  while (json_object_iter_next (&iter, &name, NULL)) {
    if (g_ptr_array_find_with_equal_func (fields->names, name, g_str_equal, NULL))
      continue;
    g_autoptr (GString) list = g_string_new (NULL);
    for (guint i = 0; i < fields->names->len; i++)
      g_string_append_printf (list, " %s", (const gchar *)g_ptr_array_index (fields->names, i));
    keep_mistake (fields, g_error_new (IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_UNKNOWN, "%s has no field \"%s\": it has%s",
                              fields->what, name, list->len > 0 ? list->str : " none"));
  }
}

gboolean
ipc_fields_ok (IpcFields *fields)
{
  check_names (fields);
  return fields->error == NULL;
}

gboolean
ipc_fields_finish (IpcFields *fields, GError **error)
{
  if (ipc_fields_ok (fields))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&fields->error));
  return FALSE;
}

const gchar *
ipc_fields_text (IpcFields *fields, const gchar *name, const gchar *fallback)
{
  JsonNode *node = get (fields, name);

  if (node == NULL)
    return fallback;
  if (type_of (node) == G_TYPE_STRING)
    return json_node_get_string (node);
  wrong_type (fields, name, "a string");
  return fallback;
}

gboolean
ipc_fields_bool (IpcFields *fields, const gchar *name, gboolean fallback)
{
  JsonNode *node = get (fields, name);

  if (node == NULL)
    return fallback;
  if (type_of (node) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node);
  wrong_type (fields, name, "true or false");
  return fallback;
}

gdouble
ipc_fields_number (IpcFields *fields, const gchar *name, gdouble fallback)
{
  JsonNode *node = get (fields, name);

  if (node == NULL)
    return fallback;
  if (type_of (node) == G_TYPE_INT64 || (type_of (node) == G_TYPE_DOUBLE && isfinite (json_node_get_double (node))))
    return json_node_get_double (node);
  wrong_type (fields, name, "a number");
  return fallback;
}

gint64
ipc_fields_int (IpcFields *fields, const gchar *name, gint64 minimum, gint64 maximum, gint64 fallback)
{
  JsonNode *node = get (fields, name);

  if (node == NULL)
    return fallback;
  if (type_of (node) == G_TYPE_INT64 && json_node_get_int (node) >= minimum && json_node_get_int (node) <= maximum)
    return json_node_get_int (node);

  g_autofree gchar *wanted
      = g_strdup_printf ("an integer within %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT, minimum, maximum);
  wrong_type (fields, name, wanted);
  return fallback;
}

gint64
ipc_fields_signed_time (IpcFields *fields, const gchar *name, gint64 fallback)
{
  JsonNode *node = get (fields, name);
  gint64 value;

  if (node == NULL)
    return fallback;
  if (type_of (node) == G_TYPE_INT64)
    return json_node_get_int (node);
  if (type_of (node) == G_TYPE_STRING) {
    if (g_str_equal (json_node_get_string (node), "none"))
      return -1;
    if (ipc_time_from_text (json_node_get_string (node), &value))
      return value;
  }
  wrong_type (fields, name, "nanoseconds, a text like \"1.5s\" or \"20ms\", or \"none\"");
  return fallback;
}

GstClockTime
ipc_fields_time (IpcFields *fields, const gchar *name, GstClockTime fallback)
{
  gint64 value = ipc_fields_signed_time (fields, name, fallback);

  if (value >= -1)
    return value;
  wrong_type (fields, name, "a time that is not negative");
  return fallback;
}

gint
ipc_fields_enum (IpcFields *fields, const gchar *name, GType type, gint fallback)
{
  const gchar *word = ipc_fields_text (fields, name, NULL);
  GError *error = NULL;
  gint value = fallback;

  if (word != NULL && !ipc_word_to_enum (type, word, &value, &error))
    keep_mistake (fields, error);
  return value;
}

JsonArray *
ipc_fields_texts (IpcFields *fields, const gchar *name)
{
  JsonNode *node = get (fields, name);
  gboolean texts = node != NULL && JSON_NODE_HOLDS_ARRAY (node);

  if (node == NULL)
    return NULL;
  for (guint i = 0; texts && i < json_array_get_length (json_node_get_array (node)); i++)
    texts = type_of (json_array_get_element (json_node_get_array (node), i)) == G_TYPE_STRING;
  if (texts)
    return json_node_get_array (node);
  wrong_type (fields, name, "a list of strings");
  return NULL;
}

guint
ipc_fields_flags (IpcFields *fields, const gchar *name, GType type)
{
  JsonArray *words = ipc_fields_texts (fields, name);
  GError *error = NULL;
  guint flags = 0;

  if (!ipc_words_to_flags (type, words, &flags, &error))
    keep_mistake (fields, error);
  return flags;
}

GstCaps *
ipc_fields_caps (IpcFields *fields, const gchar *name)
{
  const gchar *text = ipc_fields_text (fields, name, NULL);
  GstCaps *caps = text ? gst_caps_from_string (text) : NULL;

  if (text != NULL && caps == NULL)
    wrong_type (fields, name, "the text of caps");
  return caps;
}
