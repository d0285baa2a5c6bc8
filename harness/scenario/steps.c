/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The list of steps: each object becomes an IpcScenarioStep by the table of step kinds. The case owns the steps; their
 * fields are sealed, so that threads may read them side by side.
 */
#include <string.h>

#include "reader.h"

static const gchar *const verbs[] = { "act", "wait", "check", NULL };

/* The kind's names of @verb, NULL-terminated; caller frees the array. */
static const gchar **
kind_names (const gchar *verb)
{
  const IpcStepKind *kinds = ipc_step_kinds ();
  const gchar **names = g_new0 (const gchar *, IPC_N_STEP_KINDS + 1);
  guint n_names = 0;

  for (guint i = 0; i < IPC_N_STEP_KINDS; i++)
    if (g_str_equal (kinds[i].verb, verb))
      names[n_names++] = kinds[i].name;
  return names;
}

/* The one verb that the step has, or NULL with a mistake. */
static const gchar *
find_verb (IpcReader *reader, const gchar *path, JsonObject *object)
{
  const gchar *found = NULL;
  g_autoptr (GList) members = json_object_get_members (object);

  for (guint i = 0; verbs[i]; i++) {
    if (!json_object_has_member (object, verbs[i]))
      continue;
    if (found) {
      ipc_reader_mistake (
          reader, path, "a step is one of act, wait and check: this has \"%s\" and \"%s\"", found, verbs[i]);
      return NULL;
    }
    found = verbs[i];
  }
  if (found)
    return found;
  for (GList *member = members; member; member = member->next) {
    g_autofree gchar *place = ipc_json_path_member (path, member->data);

    if (ipc_words_nearest (member->data, verbs)) {
      ipc_reader_unknown (reader, place, "member", member->data, verbs);
      return NULL;
    }
  }
  ipc_reader_mistake (reader, path, "a step needs one of \"act\", \"wait\", \"check\"");
  return NULL;
}

static const IpcStepKind *
find_kind (IpcReader *reader, const gchar *path, JsonObject *object)
{
  const gchar *verb = find_verb (reader, path, object), *name;
  g_autofree gchar *place = verb ? ipc_json_path_member (path, verb) : NULL;
  const IpcStepKind *kind;

  name = verb ? ipc_reader_text (reader, place, json_object_get_member (object, verb)) : NULL;
  if (!name)
    return NULL;
  kind = ipc_step_kind_find (verb, name);
  if (kind)
    return kind;
  for (guint i = 0; verbs[i]; i++) {
    if (ipc_step_kind_find (verbs[i], name)) {
      ipc_reader_mistake (reader, place, "\"%s\" is no %s: did you mean {\"%s\": \"%s\"}?", name, verb, verbs[i], name);
      return NULL;
    }
  }
  {
    g_autofree const gchar **names = kind_names (verb);

    ipc_reader_unknown (reader, place, verb, name, names);
  }
  return NULL;
}

static const IpcStepField *
find_field (const IpcStepKind *kind, const gchar *name)
{
  for (guint i = 0; kind->fields[i].name; i++)
    if (g_str_equal (kind->fields[i].name, name))
      return &kind->fields[i];
  return NULL;
}

static void
report_unknown_field (IpcReader *reader, const gchar *path, const IpcStepKind *kind, const gchar *name)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree gchar *what = g_strdup_printf ("member of %s %s", kind->verb, kind->name);

  for (guint i = 0; kind->fields[i].name; i++)
    g_ptr_array_add (names, (gpointer)kind->fields[i].name);
  g_ptr_array_add (names, (gpointer) "comment");
  g_ptr_array_add (names, NULL);
  ipc_reader_unknown (reader, path, what, name, (const gchar *const *)names->pdata);
}

/* The members that stand in the file, in its order. FALSE when one is of no use. */
static gboolean
read_given (IpcReader *reader, const gchar *path, const IpcStepKind *kind, JsonObject *object, JsonObject *fields)
{
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;
  gboolean good = TRUE;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    g_autofree gchar *place = ipc_json_path_member (path, name);
    const IpcStepField *field = find_field (kind, name);
    JsonNode *value = field ? ipc_reader_field (reader, place, field, node) : NULL;

    if (value)
      json_object_set_member (fields, name, value);
    else if (field)
      good = FALSE;
    else if (g_str_equal (name, "comment"))
      ipc_reader_text (reader, place, node);
    else if (!g_str_equal (name, kind->verb))
      report_unknown_field (reader, place, kind, name);
  }
  return good;
}

/* Missing members: the default, or a mistake. */
static void
read_missing (IpcReader *reader, const gchar *path, const IpcStepKind *kind, JsonObject *object, JsonObject *fields)
{
  for (const IpcStepField *field = kind->fields; field->name; field++) {
    g_autoptr (JsonNode) fallback = NULL;

    if (json_object_has_member (object, field->name))
      continue;
    if (field->required) {
      ipc_reader_mistake (reader, path, "%s %s needs \"%s\": %s", kind->verb, kind->name, field->name, field->doc);
    } else if (field->fallback) {
      fallback = json_from_string (field->fallback, NULL);
      json_object_set_member (fields, field->name, ipc_reader_field (reader, path, field, fallback));
    }
  }
}

/* The step in one line: what stands in the file, without comments. */
static gchar *
describe (const IpcStepKind *kind, JsonObject *object)
{
  g_autoptr (GString) text = g_string_new (NULL);
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;

  g_string_printf (text, "%s %s", kind->verb, kind->name);
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    g_autofree gchar *value = NULL;

    if (g_str_equal (name, kind->verb) || g_str_equal (name, "comment"))
      continue;
    if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
      value = g_strdup (json_node_get_string (node));
    else
      value = json_to_string (node, FALSE);
    g_string_append_printf (text, " %s=%s", name, value);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* A step or group that stands at @path, empty. */
static IpcScenarioStep *
step_new (IpcReader *reader, const gchar *path)
{
  g_autofree gchar *source = ipc_reader_source (reader, path);
  IpcScenarioStep *step = g_new0 (IpcScenarioStep, 1);

  step->line = ipc_strict_json_line (reader->json, source);
  step->path = g_strdup (source + strlen ("$."));
  step->place = g_strdup (path);
  return step;
}

static void
read_step (IpcReader *reader, const gchar *path, JsonNode *node, GPtrArray *out)
{
  guint before = reader->mistakes->len;
  const IpcStepKind *kind = find_kind (reader, path, json_node_get_object (node));
  IpcScenarioStep *step;
  gboolean good;

  if (!kind)
    return;
  step = step_new (reader, path);
  step->kind = kind;
  step->fields = json_object_new ();
  step->index = reader->order->len;
  step->text = describe (kind, json_node_get_object (node));
  good = read_given (reader, path, kind, json_node_get_object (node), step->fields);
  read_missing (reader, path, kind, json_node_get_object (node), step->fields);
  g_ptr_array_add (out, step);
  g_ptr_array_add (reader->order, step);
  /* a step that is broken anyway would only give mistakes that follow from the first */
  if (good && reader->mistakes->len == before)
    ipc_reader_check_step (reader, step);
  if (good && reader->mistakes->len == before)
    ipc_reader_note_step (reader, step);
  json_object_seal (step->fields);
}

/* {{{ groups */

static GPtrArray *read_steps (IpcReader *reader, const gchar *path, JsonNode *node);

static IpcScenarioStep *
group_new (IpcReader *reader, const gchar *path, GPtrArray *out)
{
  IpcScenarioStep *group = step_new (reader, path);

  group->lists = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  g_ptr_array_add (out, group);
  return group;
}

static void
read_together (IpcReader *reader, const gchar *path, GHashTable *members, GPtrArray *out)
{
  g_autofree gchar *place = ipc_json_path_member (path, "together");
  JsonArray *lists = json_node_get_array (g_hash_table_lookup (members, "together"));
  IpcScenarioStep *group = group_new (reader, path, out);

  if (json_array_get_length (lists) < 2)
    ipc_reader_mistake (reader, place, "expected at least two lists of steps");
  for (guint i = 0; i < json_array_get_length (lists); i++) {
    g_autofree gchar *inner = ipc_json_path_element (place, i);
    JsonNode *node = json_array_get_element (lists, i);

    if (JSON_NODE_HOLDS_ARRAY (node))
      g_ptr_array_add (group->lists, read_steps (reader, inner, node));
    else
      ipc_reader_mistake (reader, inner, "expected a list of steps, found %s", ipc_reader_describe (node));
  }
}

static void
read_until (IpcReader *reader, const gchar *path, GHashTable *members, GPtrArray *out)
{
  g_autofree gchar *place = ipc_json_path_member (path, "steps");
  JsonNode *steps = g_hash_table_lookup (members, "steps");
  IpcScenarioStep *group;

  if (!steps) /* which is reported */
    return;
  group = group_new (reader, path, out);
  group->fault = json_node_dup_string (g_hash_table_lookup (members, "until"));
  g_ptr_array_add (group->lists, read_steps (reader, place, steps));
}

static const struct {
  const gchar *name;
  const IpcMember *members;
  void (*read) (IpcReader *reader, const gchar *path, GHashTable *members, GPtrArray *out);
} groups[] = {
  { "together", ipc_together_members, read_together },
  { "until", ipc_until_members, read_until },
};

/* Whether it is a group, right or wrong. */
static gboolean
read_group (IpcReader *reader, const gchar *path, JsonNode *node, GPtrArray *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++) {
    g_autoptr (GHashTable) members = NULL;

    if (!json_object_has_member (json_node_get_object (node), groups[i].name))
      continue;
    members = ipc_reader_members (reader, path, node, groups[i].members);
    if (g_hash_table_contains (members, groups[i].name))
      groups[i].read (reader, path, members, out);
    return TRUE;
  }
  return FALSE;
}

/* }}} */

static GPtrArray *
read_steps (IpcReader *reader, const gchar *path, JsonNode *node)
{
  JsonArray *list = json_node_get_array (node);
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_scenario_step_free);

  if (json_array_get_length (list) == 0)
    ipc_reader_mistake (reader, path, "no steps: nothing would be done");
  for (guint i = 0; i < json_array_get_length (list); i++) {
    g_autofree gchar *place = ipc_json_path_element (path, i);
    JsonNode *step = json_array_get_element (list, i);

    if (!JSON_NODE_HOLDS_OBJECT (step))
      ipc_reader_mistake (reader, place, "expected an object, found %s", ipc_reader_describe (step));
    else if (!read_group (reader, place, step, out))
      read_step (reader, place, step, out);
  }
  return out;
}

void
ipc_reader_steps (IpcReader *reader, JsonNode *node)
{
  g_ptr_array_unref (reader->result->steps);
  reader->result->steps = read_steps (reader, "$.steps", node);
}
