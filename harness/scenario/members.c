/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects that are read by a table of members (format.c). What comes out is borrowed from the tree of the file.
 */
#include "reader.h"

static const gchar **
member_names (const IpcMember *members)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; members[i].name; i++)
    g_ptr_array_add (names, (gpointer)members[i].name);
  g_ptr_array_add (names, (gpointer) "comment");
  g_ptr_array_add (names, NULL);
  return (const gchar **)g_ptr_array_free (names, FALSE);
}

static gboolean
check_text (IpcReader *reader, const gchar *path, const IpcMember *member, JsonNode *node)
{
  const gchar *text = ipc_reader_text (reader, path, node);

  if (!text)
    return FALSE;
  if (member->pattern && !g_regex_match_simple (member->pattern, text, G_REGEX_DOLLAR_ENDONLY, 0)) {
    ipc_reader_mistake (reader, path, "\"%s\": expected %s", text, member->expected);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_list (IpcReader *reader, const gchar *path, const IpcMember *member, JsonNode *node)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  JsonArray *list = json_node_get_array (node);
  gboolean good = TRUE;

  if (member->required && json_array_get_length (list) == 0) {
    ipc_reader_mistake (reader, path, "the list is empty");
    return FALSE;
  }
  for (guint i = 0; i < json_array_get_length (list); i++) {
    g_autofree gchar *place = ipc_json_path_element (path, i);
    JsonNode *element = json_array_get_element (list, i);

    if (!check_text (reader, place, member, element)) {
      good = FALSE;
    } else if (member->type == IPC_MEMBER_LIST && !g_hash_table_add (seen, (gpointer)json_node_get_string (element))) {
      ipc_reader_mistake (reader, place, "\"%s\" is in the list already", json_node_get_string (element));
      good = FALSE;
    }
  }
  return good;
}

static gboolean
check_word (IpcReader *reader, const gchar *path, const IpcMember *member, JsonNode *node)
{
  const gchar *text = ipc_reader_text (reader, path, node);

  if (text && !g_strv_contains (member->words, text)) {
    ipc_reader_unknown (reader, path, member->name, text, member->words);
    return FALSE;
  }
  return text != NULL;
}

static gboolean
check_member (IpcReader *reader, const gchar *path, const IpcMember *member, JsonNode *node)
{
  JsonNodeType wanted = JSON_NODE_VALUE;

  switch (member->type) {
  case IPC_MEMBER_TEXT:
    return check_text (reader, path, member, node);
  case IPC_MEMBER_WORD:
    return check_word (reader, path, member, node);
  case IPC_MEMBER_BOOL:
    if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
      return TRUE;
    ipc_reader_mistake (reader, path, "expected true or false, found %s", ipc_reader_describe (node));
    return FALSE;
  case IPC_MEMBER_TEXT_OR_LIST:
    if (!JSON_NODE_HOLDS_ARRAY (node))
      return check_text (reader, path, member, node);
    return check_list (reader, path, member, node);
  case IPC_MEMBER_NEEDS:
    return JSON_NODE_HOLDS_OBJECT (node) || check_list (reader, path, member, node);
  case IPC_MEMBER_WITHIN: /* read by case.c */
  case IPC_MEMBER_COUNT:  /* written out by expand.c */
    return TRUE;
  case IPC_MEMBER_LIST:
  case IPC_MEMBER_STEPS:
  case IPC_MEMBER_STEP_LISTS:
    wanted = JSON_NODE_ARRAY;
    break;
  case IPC_MEMBER_PROCESSES:
  case IPC_MEMBER_LINKS:
    wanted = JSON_NODE_OBJECT;
    break;
  case IPC_MEMBER_PARAMETERS:
  case IPC_MEMBER_EXCLUDE:
  case IPC_MEMBER_FOR:
    return TRUE; /* read before, by parameters.c and expand.c */
  }
  if (json_node_get_node_type (node) != wanted) {
    ipc_reader_mistake (reader, path, "expected %s, found %s", wanted == JSON_NODE_ARRAY ? "a list" : "an object",
        ipc_reader_describe (node));
    return FALSE;
  }
  return member->type != IPC_MEMBER_LIST || check_list (reader, path, member, node);
}

static const IpcMember *
find_member (const IpcMember *members, const gchar *name)
{
  for (guint i = 0; members[i].name; i++)
    if (g_str_equal (members[i].name, name))
      return &members[i];
  return NULL;
}

GHashTable *
ipc_reader_members (IpcReader *reader, const gchar *path, JsonNode *node, const IpcMember *members)
{
  g_autofree const gchar **names = member_names (members);
  GHashTable *found;
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    ipc_reader_mistake (reader, path, "expected an object, found %s", ipc_reader_describe (node));
    return NULL;
  }
  found = g_hash_table_new (g_str_hash, g_str_equal);
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &value)) {
    g_autofree gchar *place = ipc_json_path_member (path, name);
    const IpcMember *member = find_member (members, name);

    if (member && check_member (reader, place, member, value))
      g_hash_table_insert (found, (gpointer)name, value);
    else if (!member && g_str_equal (name, "comment"))
      ipc_reader_text (reader, place, value);
    else if (!member)
      ipc_reader_unknown (reader, place, "member", name, names);
  }
  for (guint i = 0; members[i].name; i++)
    if (members[i].required && !json_object_has_member (json_node_get_object (node), members[i].name))
      ipc_reader_mistake (reader, path, "\"%s\" is missing", members[i].name);
  return found;
}
