/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One field of a step: checked against its type in the table and brought into the form that the run works with.
 * Defaults of the table go the same way. The node that comes out is the caller's.
 */
#include "reader.h"
#include "time-text.h"

static JsonNode *
read_string (IpcReader *reader, const gchar *path, const IpcStepField *field, JsonNode *node)
{
  const gchar *text = ipc_reader_text (reader, path, node);
  g_autofree gchar *full = text ? ipc_reader_substitute (reader, text, FALSE) : NULL;

  if (full && field->pattern && !g_regex_match_simple (field->pattern, full, G_REGEX_DOLLAR_ENDONLY, 0)) {
    ipc_reader_mistake (reader, path, "\"%s\": expected %s", full, field->expected);
    return NULL;
  }
  return full ? json_node_init_string (json_node_alloc (), full) : NULL;
}

static JsonNode *
read_enum (IpcReader *reader, const gchar *path, const IpcStepField *field, JsonNode *node)
{
  const gchar *text = ipc_reader_text (reader, path, node);

  if (!text)
    return NULL;
  if (g_strv_contains (field->words, text))
    return json_node_copy (node);
  ipc_reader_unknown (reader, path, field->name, text, field->words);
  return NULL;
}

/* FALSE with a mistake when @value is outside of the field's limits. */
static gboolean
check_range (IpcReader *reader, const gchar *path, const IpcStepField *field, gdouble value)
{
  if ((field->minimum == 0 && field->maximum == 0) || (value >= field->minimum && value <= field->maximum))
    return TRUE;
  ipc_reader_mistake (
      reader, path, "%.15g is out of range: expected %.15g to %.15g", value, field->minimum, field->maximum);
  return FALSE;
}

static JsonNode *
read_number (IpcReader *reader, const gchar *path, const IpcStepField *field, JsonNode *node)
{
  gboolean integer = field->type == IPC_FIELD_INT;
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
  gdouble value;

  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE) {
    ipc_reader_mistake (
        reader, path, "expected %s, found %s", integer ? "a whole number" : "a number", ipc_reader_describe (node));
    return NULL;
  }
  value = json_node_get_double (node);
  if (integer && type == G_TYPE_DOUBLE && (value < -9e15 || value > 9e15 || value != (gdouble)(gint64)value)) {
    ipc_reader_mistake (reader, path, "expected a whole number, found %.15g", value);
    return NULL;
  }
  if (!check_range (reader, path, field, value))
    return NULL;
  if (integer)
    return json_node_init_int (json_node_alloc (), type == G_TYPE_INT64 ? json_node_get_int (node) : (gint64)value);
  return json_node_init_double (json_node_alloc (), value);
}

static JsonNode *
read_bool (IpcReader *reader, const gchar *path, JsonNode *node)
{
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return json_node_copy (node);
  ipc_reader_mistake (reader, path, "expected true or false, found %s", ipc_reader_describe (node));
  return NULL;
}

/* Nanoseconds as an integer; "none" becomes null where the field may be without a value. */
static JsonNode *
read_time (IpcReader *reader, const gchar *path, const IpcStepField *field, JsonNode *node)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
  gint64 time;

  if (type == G_TYPE_INT64) {
    time = json_node_get_int (node);
  } else if (type != G_TYPE_STRING) {
    ipc_reader_mistake (reader, path, "expected a time (nanoseconds, or a text such as \"1.5s\"), found %s",
        ipc_reader_describe (node));
    return NULL;
  } else if (g_str_equal (json_node_get_string (node), "none")) {
    if (field->minimum <= 0)
      return json_node_init_null (json_node_alloc ());
    ipc_reader_mistake (reader, path, "\"none\" is no time for %s", field->name);
    return NULL;
  } else if (!ipc_time_parse (json_node_get_string (node), &time)) {
    ipc_reader_mistake (reader, path,
        "\"%s\" is no time: expected nanoseconds, or a text such as \"1.5s\", \"20ms\", \"300us\", \"5ns\"",
        json_node_get_string (node));
    return NULL;
  }
  if (!check_range (reader, path, field, (gdouble)time))
    return NULL;
  return json_node_init_int (json_node_alloc (), time);
}

static JsonNode *
read_name (IpcReader *reader, const gchar *path, const IpcStepField *field, JsonNode *node)
{
  const gchar *text = ipc_reader_text (reader, path, node);

  if (!text)
    return NULL;
  if (field->type == IPC_FIELD_PROCESS)
    return ipc_reader_process (reader, path, text) ? json_node_copy (node) : NULL;
  if (field->type == IPC_FIELD_LINK) {
    g_autofree const gchar **names = ipc_reader_link_names (reader);

    if (ipc_scenario_case_find_link (reader->result, text))
      return json_node_copy (node);
    ipc_reader_unknown (reader, path, "link", text, names);
    return NULL;
  }
  for (guint i = 0; i < reader->marks->len; i++)
    if (g_str_equal (reader->marks->pdata[i], text))
      return json_node_copy (node);
  g_ptr_array_add (reader->marks, NULL);
  ipc_reader_unknown (reader, path, "mark", text, (const gchar *const *)reader->marks->pdata);
  g_ptr_array_set_size (reader->marks, (gint)reader->marks->len - 1);
  return NULL;
}

static JsonNode *
read_pad (IpcReader *reader, const gchar *path, JsonNode *node)
{
  const gchar *text = ipc_reader_text (reader, path, node);

  if (!text)
    return NULL;
  if (g_regex_match_simple ("^[^.]+\\.[^.]+$", text, G_REGEX_DOLLAR_ENDONLY, 0))
    return json_node_copy (node);
  ipc_reader_mistake (reader, path, "\"%s\": expected \"element.pad\"", text);
  return NULL;
}

typedef gboolean (*ReadWord) (IpcReader *reader, const gchar *path, const gchar *text, gconstpointer data);

static gboolean
read_process (IpcReader *reader, const gchar *path, const gchar *text, gconstpointer data)
{
  return ipc_reader_process (reader, path, text) != NULL;
}

static gboolean
read_word (IpcReader *reader, const gchar *path, const gchar *text, gconstpointer data)
{
  const IpcStepField *field = data;

  if (g_strv_contains (field->words, text))
    return TRUE;
  ipc_reader_unknown (reader, path, "word", text, field->words);
  return FALSE;
}

/* A list of different texts, each of which @read takes. */
static JsonNode *
read_list (IpcReader *reader, const gchar *path, JsonNode *node, ReadWord read, gconstpointer data)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  JsonArray *list;
  gboolean good = TRUE;

  if (!JSON_NODE_HOLDS_ARRAY (node)) {
    ipc_reader_mistake (reader, path, "expected a list, found %s", ipc_reader_describe (node));
    return NULL;
  }
  list = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (list); i++) {
    g_autofree gchar *place = ipc_json_path_element (path, i);
    const gchar *text = ipc_reader_text (reader, place, json_array_get_element (list, i));

    if (!text || !read (reader, place, text, data)) {
      good = FALSE;
    } else if (!g_hash_table_add (seen, (gpointer)text)) {
      ipc_reader_mistake (reader, place, "\"%s\" is in the list already", text);
      good = FALSE;
    }
  }
  return good ? json_node_copy (node) : NULL;
}

static JsonNode *
read_processes (IpcReader *reader, const gchar *path, JsonNode *node)
{
  g_autoptr (JsonNode) list = read_list (reader, path, node, read_process, NULL);

  if (!list || json_array_get_length (json_node_get_array (list)) > 1)
    return g_steal_pointer (&list);
  ipc_reader_mistake (reader, path, "expected at least two processes");
  return NULL;
}

static JsonNode *
read_scalar (IpcReader *reader, const gchar *path, JsonNode *node)
{
  g_autofree gchar *full = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node) || JSON_NODE_HOLDS_ARRAY (node)) {
    ipc_reader_mistake (
        reader, path, "expected a text, a number, true, false or null, found %s", ipc_reader_describe (node));
    return NULL;
  }
  if (JSON_NODE_HOLDS_NULL (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return json_node_copy (node);
  full = ipc_reader_substitute (reader, json_node_get_string (node), FALSE);
  return full ? json_node_init_string (json_node_alloc (), full) : NULL;
}

static gboolean
read_any (IpcReader *reader, const gchar *path, const gchar *text, gconstpointer data)
{
  return TRUE;
}

static JsonNode *
read_object (IpcReader *reader, const gchar *path, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_node_copy (node);
  ipc_reader_mistake (reader, path, "expected an object, found %s", ipc_reader_describe (node));
  return NULL;
}

/* Joined, with the folder of the media in it. */
static JsonNode *
read_pipeline (IpcReader *reader, const gchar *path, JsonNode *node)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree gchar *full = NULL;
  guint length = JSON_NODE_HOLDS_ARRAY (node) ? json_array_get_length (json_node_get_array (node)) : 1;

  for (guint i = 0; i < length; i++) {
    gboolean list = JSON_NODE_HOLDS_ARRAY (node);
    g_autofree gchar *place = list ? ipc_json_path_element (path, i) : g_strdup (path);
    const gchar *part
        = ipc_reader_text (reader, place, list ? json_array_get_element (json_node_get_array (node), i) : node);

    if (!part)
      return NULL;
    g_string_append_printf (text, "%s%s", i ? " " : "", part);
  }
  full = ipc_reader_substitute (reader, text->str, TRUE);
  return full ? json_node_init_string (json_node_alloc (), full) : NULL;
}

static JsonNode *
read_regex (IpcReader *reader, const gchar *path, JsonNode *node)
{
  const gchar *text = ipc_reader_text (reader, path, node);

  return text && ipc_reader_check_regex (reader, path, text) ? json_node_copy (node) : NULL;
}

JsonNode *
ipc_reader_field (IpcReader *reader, const gchar *path, const IpcStepField *field, JsonNode *node)
{
  switch (field->type) {
  case IPC_FIELD_STRING:
    return read_string (reader, path, field, node);
  case IPC_FIELD_ENUM:
    return read_enum (reader, path, field, node);
  case IPC_FIELD_INT:
  case IPC_FIELD_NUMBER:
    return read_number (reader, path, field, node);
  case IPC_FIELD_BOOL:
    return read_bool (reader, path, node);
  case IPC_FIELD_TIME:
    return read_time (reader, path, field, node);
  case IPC_FIELD_PROCESS:
  case IPC_FIELD_LINK:
  case IPC_FIELD_MARK:
    return read_name (reader, path, field, node);
  case IPC_FIELD_PROCESSES:
    return read_processes (reader, path, node);
  case IPC_FIELD_PAD:
    return read_pad (reader, path, node);
  case IPC_FIELD_WORDS:
    return read_list (reader, path, node, read_word, field);
  case IPC_FIELD_TEXTS:
    return read_list (reader, path, node, read_any, NULL);
  case IPC_FIELD_OBJECT:
    return read_object (reader, path, node);
  case IPC_FIELD_PIPELINE:
    return read_pipeline (reader, path, node);
  case IPC_FIELD_REGEX:
    return read_regex (reader, path, node);
  case IPC_FIELD_SCALAR:
    return read_scalar (reader, path, node);
  case IPC_FIELD_MATCH:
    return ipc_reader_match (reader, path, node, field->words);
  case IPC_FIELD_MATCH_LIST:
    return ipc_reader_match_list (reader, path, node);
  case IPC_FIELD_FIELDS:
    return ipc_reader_object (reader, path, field, node);
  }
  g_return_val_if_reached (NULL);
}
