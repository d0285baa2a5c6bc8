/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A field of a step that is an object with fields of its own, by the same tables. The node made here is the caller's.
 */
#include "reader.h"

static const IpcStepField *
find_field (const IpcStepField *fields, const gchar *name)
{
  for (; fields->name; fields++)
    if (g_str_equal (fields->name, name))
      return fields;
  return NULL;
}

static void
report_unknown (IpcReader *reader, const gchar *path, const IpcStepField *fields, const gchar *name)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (; fields->name; fields++)
    g_ptr_array_add (names, (gpointer)fields->name);
  g_ptr_array_add (names, (gpointer) "comment");
  g_ptr_array_add (names, NULL);
  ipc_reader_unknown (reader, path, "member", name, (const gchar *const *)names->pdata);
}

/* FALSE with mistakes when what was given is not right. */
static gboolean
read_given (IpcReader *reader, const gchar *path, const IpcStepField *fields, JsonObject *given, JsonObject *out)
{
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;
  gboolean good = TRUE;

  json_object_iter_init_ordered (&iter, given);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    g_autofree gchar *place = ipc_json_path_member (path, name);
    const IpcStepField *field = find_field (fields, name);
    JsonNode *value = field ? ipc_reader_field (reader, place, field, node) : NULL;

    if (value) {
      json_object_set_member (out, name, value);
    } else if (!field && g_str_equal (name, "comment")) {
      ipc_reader_text (reader, place, node);
    } else {
      good = FALSE;
      if (!field)
        report_unknown (reader, place, fields, name);
    }
  }
  return good;
}

JsonNode *
ipc_reader_object (IpcReader *reader, const gchar *path, const IpcStepField *field, JsonNode *node)
{
  g_autoptr (JsonObject) out = json_object_new ();
  gboolean good;

  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    ipc_reader_mistake (reader, path, "expected an object, found %s", ipc_reader_describe (node));
    return NULL;
  }
  good = read_given (reader, path, field->members, json_node_get_object (node), out);
  for (const IpcStepField *member = field->members; member->name; member++) {
    g_autoptr (JsonNode) fallback = NULL;

    if (json_object_has_member (out, member->name) || !member->fallback)
      continue;
    fallback = json_from_string (member->fallback, NULL);
    json_object_set_member (out, member->name, ipc_reader_field (reader, path, member, fallback));
  }
  return good ? json_node_init_object (json_node_alloc (), out) : NULL;
}
