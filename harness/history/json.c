/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json.h"

#include <gio/gio.h>

gboolean
ipc_json_is_too_deep (const gchar *text, gsize length)
{
  guint depth = 0;
  gboolean quoted = FALSE;

  for (gsize i = 0; i < length; i++) {
    if (quoted && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && (text[i] == '{' || text[i] == '[')) {
      if (++depth > IPC_JSON_MAX_DEPTH)
        return TRUE;
    } else if (!quoted && (text[i] == '}' || text[i] == ']')) {
      depth = depth > 0 ? depth - 1 : 0;
    }
  }
  return FALSE;
}

/**
 * ipc_json_parse:
 * @text: a document
 * @length: bytes
 * @error: return location of an error
 *
 * Returns: (transfer full): the object, or %NULL
 */
JsonObject *
ipc_json_parse (const gchar *text, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonNode *root;

  if (ipc_json_is_too_deep (text, length)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "nested more than %d deep", IPC_JSON_MAX_DEPTH);
    return NULL;
  }
  parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, text, (gssize)length, error)) {
    g_prefix_error (error, "not JSON: ");
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "not a JSON object");
    return NULL;
  }
  return json_object_ref (json_node_get_object (root));
}

/**
 * ipc_json_load:
 * @path: a file
 * @error: return location of an error, which names @path
 *
 * Returns: (transfer full): the object that the file is, or %NULL
 */
JsonObject *
ipc_json_load (const gchar *path, GError **error)
{
  g_autofree gchar *text = NULL;
  gsize length;
  JsonObject *object;

  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  object = ipc_json_parse (text, length, error);
  if (!object)
    g_prefix_error (error, "%s: ", path);
  return object;
}

static JsonNode *copy_node (JsonNode *node);

static JsonArray *
copy_array (JsonArray *array)
{
  const guint n = json_array_get_length (array);
  JsonArray *copy = json_array_sized_new (n);

  for (guint i = 0; i < n; i++)
    json_array_add_element (copy, copy_node (json_array_get_element (array, i)));
  return copy;
}

static JsonNode *
copy_node (JsonNode *node)
{
  JsonNode *copy = json_node_new (JSON_NODE_TYPE (node));
  g_auto (GValue) value = G_VALUE_INIT;

  switch (JSON_NODE_TYPE (node)) {
  case JSON_NODE_OBJECT:
    json_node_take_object (copy, ipc_json_copy (json_node_get_object (node)));
    break;
  case JSON_NODE_ARRAY:
    json_node_take_array (copy, copy_array (json_node_get_array (node)));
    break;
  case JSON_NODE_VALUE:
    json_node_get_value (node, &value);
    json_node_set_value (copy, &value);
    break;
  case JSON_NODE_NULL:
    break;
  }
  return copy;
}

/**
 * ipc_json_copy:
 * @object: an object that other threads may read meanwhile
 *
 * Returns: (transfer full): an object of the same members that shares nothing with @object
 */
JsonObject *
ipc_json_copy (JsonObject *object)
{
  JsonObject *copy = json_object_new ();
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    json_object_set_member (copy, name, copy_node (node));
  return copy;
}
