/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Match objects: checked, without comments, times in nanoseconds. The nodes made here are the caller's.
 */
#include "reader.h"
#include "records.h"
#include "time-text.h"

static const gchar *const conditions[] = { "at-least", "at-most", "matches", "not", "comment", NULL };

/* A scalar to compare @member with. */
static JsonNode *
read_scalar (IpcReader *reader, const gchar *path, const gchar *member, JsonNode *node)
{
  g_autofree gchar *text = NULL;
  gint64 time;

  if (JSON_NODE_HOLDS_NULL (node))
    return json_node_copy (node);
  if (!JSON_NODE_HOLDS_VALUE (node)) {
    ipc_reader_mistake (
        reader, path, "expected a text, a number, true, false or null, found %s", ipc_reader_describe (node));
    return NULL;
  }
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return json_node_copy (node);
  if (!ipc_record_member_is_time (member)) {
    text = ipc_reader_substitute (reader, json_node_get_string (node), FALSE);
    return text ? json_node_init_string (json_node_alloc (), text) : NULL;
  }
  if (g_str_equal (json_node_get_string (node), "none"))
    return json_node_init_null (json_node_alloc ());
  if (ipc_time_parse (json_node_get_string (node), &time))
    return json_node_init_int (json_node_alloc (), time);
  ipc_reader_mistake (reader, path, "\"%s\" is no time: expected nanoseconds, \"none\", or a text such as \"1.5s\"",
      json_node_get_string (node));
  return NULL;
}

/* The value of one condition. */
static JsonNode *
read_condition (IpcReader *reader, const gchar *path, const gchar *member, const gchar *condition, JsonNode *node)
{
  g_autoptr (JsonNode) value = NULL;
  const gchar *text;

  if (g_str_equal (condition, "matches")) {
    text = ipc_reader_text (reader, path, node);
    return text && ipc_reader_check_regex (reader, path, text) ? json_node_copy (node) : NULL;
  }
  value = read_scalar (reader, path, member, node);
  if (!value || g_str_equal (condition, "not"))
    return g_steal_pointer (&value);
  if (!JSON_NODE_HOLDS_VALUE (value) || json_node_get_value_type (value) == G_TYPE_STRING
      || json_node_get_value_type (value) == G_TYPE_BOOLEAN) {
    ipc_reader_mistake (reader, path, "expected a number to compare with, found %s", ipc_reader_describe (node));
    return NULL;
  }
  return g_steal_pointer (&value);
}

static JsonNode *
read_conditions (IpcReader *reader, const gchar *path, const gchar *member, JsonObject *object)
{
  g_autoptr (JsonObject) out = json_object_new ();
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;
  gboolean good = TRUE;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    g_autofree gchar *place = ipc_json_path_member (path, name);
    JsonNode *value;

    if (g_str_equal (name, "comment"))
      continue;
    if (!g_strv_contains (conditions, name)) {
      ipc_reader_unknown (reader, place, "condition", name, conditions);
      good = FALSE;
    } else if (!(value = read_condition (reader, place, member, name, node))) {
      good = FALSE;
    } else {
      json_object_set_member (out, name, value);
    }
  }
  if (good && json_object_get_size (out) == 0) {
    ipc_reader_mistake (reader, path, "no condition: expected some of at-least, at-most, matches, not");
    good = FALSE;
  }
  if (good && json_object_has_member (out, "at-least") && json_object_has_member (out, "at-most")
      && json_object_get_double_member (out, "at-least") > json_object_get_double_member (out, "at-most")) {
    ipc_reader_mistake (reader, path, "\"at-least\" is above \"at-most\": nothing can fulfil both");
    good = FALSE;
  }
  return good ? json_node_init_object (json_node_alloc (), out) : NULL;
}

JsonNode *
ipc_reader_match (IpcReader *reader, const gchar *path, JsonNode *node, const gchar *const *members)
{
  g_autoptr (JsonObject) out = json_object_new ();
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *inner;
  gboolean good = TRUE;

  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    ipc_reader_mistake (reader, path, "expected an object, found %s", ipc_reader_describe (node));
    return NULL;
  }
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &inner)) {
    g_autofree gchar *place = ipc_json_path_member (path, name);
    JsonNode *value = NULL;

    if (g_str_equal (name, "comment"))
      continue;
    if (members && !g_strv_contains (members, name))
      ipc_reader_unknown (reader, place, "member", name, members);
    else if (JSON_NODE_HOLDS_OBJECT (inner))
      value = read_conditions (reader, place, name, json_node_get_object (inner));
    else
      value = read_scalar (reader, place, name, inner);
    if (value)
      json_object_set_member (out, name, value);
    else
      good = FALSE;
  }
  if (good && json_object_get_size (out) == 0) {
    ipc_reader_mistake (reader, path, "nothing to match: name at least one member");
    good = FALSE;
  }
  return good ? json_node_init_object (json_node_alloc (), out) : NULL;
}

/* The members that records of the kind in @node have; with `kind` itself. Caller frees the array. */
static const gchar **
members_of_item (IpcReader *reader, const gchar *path, JsonNode *node)
{
  JsonNode *kind_node = json_object_get_member (json_node_get_object (node), "kind");
  g_autofree gchar *kind_path = ipc_json_path_member (path, "kind");
  const IpcRecordKind *kind;
  GPtrArray *names;

  if (!kind_node) {
    ipc_reader_mistake (reader, path, "\"kind\" is missing");
    return NULL;
  }
  if (!ipc_reader_text (reader, kind_path, kind_node))
    return NULL;
  kind = ipc_record_kind_find (json_node_get_string (kind_node));
  if (!kind) {
    ipc_reader_unknown (reader, kind_path, "kind", json_node_get_string (kind_node), ipc_record_kind_names ());
    return NULL;
  }
  names = g_ptr_array_new ();
  g_ptr_array_add (names, (gpointer) "kind");
  for (guint i = 0; kind->members[i]; i++)
    g_ptr_array_add (names, (gpointer)kind->members[i]);
  g_ptr_array_add (names, NULL);
  return (const gchar **)g_ptr_array_free (names, FALSE);
}

JsonNode *
ipc_reader_match_list (IpcReader *reader, const gchar *path, JsonNode *node)
{
  g_autoptr (JsonArray) out = json_array_new ();
  JsonArray *list;
  gboolean good = TRUE;

  if (!JSON_NODE_HOLDS_ARRAY (node)) {
    ipc_reader_mistake (reader, path, "expected a list, found %s", ipc_reader_describe (node));
    return NULL;
  }
  list = json_node_get_array (node);
  if (json_array_get_length (list) < 2) {
    ipc_reader_mistake (reader, path, "fewer than two items have no order");
    return NULL;
  }
  for (guint i = 0; i < json_array_get_length (list); i++) {
    g_autofree gchar *place = ipc_json_path_element (path, i);
    g_autofree const gchar **members = NULL;
    JsonNode *item = json_array_get_element (list, i), *match = NULL;

    if (!JSON_NODE_HOLDS_OBJECT (item))
      ipc_reader_mistake (reader, place, "expected an object, found %s", ipc_reader_describe (item));
    else if ((members = members_of_item (reader, place, item)))
      match = ipc_reader_match (reader, place, item, members);
    if (match)
      json_array_add_element (out, match);
    else
      good = FALSE;
  }
  return good ? json_node_init_array (json_node_alloc (), out) : NULL;
}
