/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parameters of a file and their combinations. What is read here are the two members; where the values go is
 * expand.c's.
 */
#include "parameters.h"

#include <string.h>

#include "case-name.h"
#include "expand.h"

static void
value_free (IpcParameterValue *value)
{
  g_free (value->label);
  g_free (value->source);
  g_free (value);
}

static void
parameter_free (IpcParameter *parameter)
{
  g_free (parameter->name);
  g_ptr_array_unref (parameter->values);
  g_free (parameter);
}

void
ipc_parameters_free (IpcParameters *parameters)
{
  if (!parameters)
    return;
  g_ptr_array_unref (parameters->parameters);
  g_ptr_array_unref (parameters->exclusions);
  g_ptr_array_unref (parameters->files);
  g_free (parameters);
}

static void
combination_free (IpcCombination *combination)
{
  g_free (combination->name);
  g_free (combination->values);
  g_free (combination);
}

static const IpcParameter *
find_parameter (IpcParameters *parameters, const gchar *name)
{
  for (guint i = 0; i < parameters->parameters->len; i++) {
    const IpcParameter *parameter = parameters->parameters->pdata[i];

    if (g_str_equal (parameter->name, name))
      return parameter;
  }
  return NULL;
}

static const IpcParameterValue *
find_value (const IpcParameter *parameter, const gchar *label)
{
  for (guint i = 0; i < parameter->values->len; i++) {
    const IpcParameterValue *value = parameter->values->pdata[i];

    if (g_str_equal (value->label, label))
      return value;
  }
  return NULL;
}

/* {{{ parameters */

/* A value under its label; a label that is none is a mistake. */
static void
add_value (
    IpcReader *reader, IpcParameter *parameter, const gchar *path, const gchar *label, JsonNode *node, gboolean full)
{
  IpcParameterValue *value;

  if (!g_regex_match_simple (IPC_LABEL_PATTERN, label, G_REGEX_DOLLAR_ENDONLY, 0)) {
    ipc_reader_mistake (reader, path,
        "\"%s\" cannot be part of a case's name (letters, digits and . _ + - can): give it a label, {\"LABEL\": VALUE}",
        label);
    return;
  }
  if (find_value (parameter, label)) {
    ipc_reader_mistake (reader, path, "%s has a value called \"%s\" already", parameter->name, label);
    return;
  }
  value = g_new0 (IpcParameterValue, 1);
  value->label = g_strdup (label);
  value->value = node;
  value->source = g_strdup (path);
  value->full = full;
  g_ptr_array_add (parameter->values, value);
}

static void
read_list (IpcReader *reader, IpcParameter *parameter, const gchar *path, JsonArray *list, gboolean full)
{
  for (guint i = 0; i < json_array_get_length (list); i++) {
    JsonNode *node = json_array_get_element (list, i);
    g_autofree gchar *place = ipc_json_path_element (path, i);
    g_autofree gchar *label = ipc_reader_scalar_text (node);

    if (label)
      add_value (reader, parameter, place, label, node, full);
    else
      ipc_reader_mistake (reader, place, "%s needs a label: write the values as an object, {\"LABEL\": VALUE, ...}",
          ipc_reader_describe (node));
  }
}

static void
read_labelled (IpcReader *reader, IpcParameter *parameter, const gchar *path, JsonObject *object, gboolean full)
{
  JsonObjectIter iter;
  const gchar *label;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &label, &node)) {
    g_autofree gchar *place = ipc_json_path_member (path, label);

    if (g_str_equal (label, "comment"))
      ipc_reader_text (reader, place, node);
    else
      add_value (reader, parameter, place, label, node, full);
  }
}

/* The labels that are wanted of what a file has: all, or those of `only`. */
static void
keep_only (IpcReader *reader, IpcParameter *parameter, const gchar *path, JsonNode *only)
{
  g_autoptr (GPtrArray) all = parameter->values;
  JsonArray *list = JSON_NODE_HOLDS_ARRAY (only) ? json_node_get_array (only) : NULL;

  parameter->values = g_ptr_array_new_with_free_func ((GDestroyNotify)value_free);
  if (!list || json_array_get_length (list) == 0)
    ipc_reader_mistake (reader, path, "expected a list of labels");
  for (guint i = 0; list && i < json_array_get_length (list); i++) {
    g_autofree gchar *place = ipc_json_path_element (path, i);
    g_autofree const gchar **labels = g_new0 (const gchar *, all->len + 1);
    const gchar *label = ipc_reader_text (reader, place, json_array_get_element (list, i));
    guint found = all->len;

    for (guint j = 0; j < all->len; j++) {
      labels[j] = ((IpcParameterValue *)all->pdata[j])->label;
      if (g_strcmp0 (labels[j], label) == 0)
        found = j;
    }
    if (found < all->len)
      g_ptr_array_add (parameter->values, g_ptr_array_steal_index (all, found));
    else if (label)
      ipc_reader_unknown (reader, place, "label", label, labels);
  }
}

/* {"values-from": FILE, "only": [LABEL, ...]}: what several scenarios have in common is in a file of its own, an object
 * of labels and values. Its path is relative to the scenario's. */
static void
read_values_from (
    IpcReader *reader, IpcParameters *parameters, IpcParameter *parameter, const gchar *path, JsonObject *object)
{
  static const gchar *const members[] = { "values-from", "only", "comment", NULL };
  g_autofree gchar *place = ipc_json_path_member (path, "values-from");
  g_autofree gchar *only = ipc_json_path_member (path, "only");
  g_autofree gchar *parent = g_path_get_dirname (reader->file);
  g_autofree gchar *folder = g_canonicalize_filename (parent, NULL);
  g_autoptr (GList) names = json_object_get_members (object);
  const gchar *name = ipc_reader_text (reader, place, json_object_get_member (object, "values-from"));
  g_autofree gchar *file = name ? g_canonicalize_filename (name, folder) : NULL;
  IpcStrictJson *json = file ? ipc_strict_json_read (file, reader->mistakes) : NULL;

  for (GList *l = names; l; l = l->next) {
    g_autofree gchar *member = ipc_json_path_member (path, l->data);
    if (!g_strv_contains (members, l->data))
      ipc_reader_unknown (reader, member, "member", l->data, members);
  }
  if (!json)
    return;
  g_ptr_array_add (parameters->files, json);
  if (JSON_NODE_HOLDS_OBJECT (json->root))
    read_labelled (reader, parameter, place, json_node_get_object (json->root), FALSE);
  else
    ipc_reader_mistake (
        reader, place, "%s: expected an object of labels and values, found %s", file, ipc_reader_describe (json->root));
  if (json_object_has_member (object, "only"))
    keep_only (reader, parameter, only, json_object_get_member (object, "only"));
}

static void
read_values (IpcReader *reader, IpcParameter *parameter, const gchar *path, JsonNode *node, gboolean full)
{
  guint before = parameter->values->len, mistakes = reader->mistakes->len;

  if (JSON_NODE_HOLDS_ARRAY (node))
    read_list (reader, parameter, path, json_node_get_array (node), full);
  else if (JSON_NODE_HOLDS_OBJECT (node))
    read_labelled (reader, parameter, path, json_node_get_object (node), full);
  else
    ipc_reader_mistake (reader, path, "expected a list of values or an object of labels and values, found %s",
        ipc_reader_describe (node));
  if (parameter->values->len == before && reader->mistakes->len == mistakes)
    ipc_reader_mistake (reader, path, "no values");
}

static gboolean
is_taken_from_file (JsonNode *node)
{
  return JSON_NODE_HOLDS_OBJECT (node) && json_object_has_member (json_node_get_object (node), "values-from");
}

/* Whether it is {"values": ..., "full": ...} and not an object of labels and values. */
static gboolean
is_long_form (JsonNode *node)
{
  return JSON_NODE_HOLDS_OBJECT (node) && json_object_has_member (json_node_get_object (node), "values");
}

static void
read_long_form (IpcReader *reader, IpcParameter *parameter, const gchar *path, JsonObject *object)
{
  static const gchar *const members[] = { "values", "full", "comment", NULL };
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    g_autofree gchar *place = ipc_json_path_member (path, name);

    if (g_str_equal (name, "values") || g_str_equal (name, "full"))
      read_values (reader, parameter, place, node, g_str_equal (name, "full"));
    else if (!g_strv_contains (members, name))
      ipc_reader_unknown (reader, place, "member", name, members);
  }
}

/* Adds the parameter when it has a value. */
static void
read_parameter (IpcReader *reader, IpcParameters *parameters, const gchar *name, JsonNode *node)
{
  g_autofree gchar *path = ipc_json_path_member ("$.parameters", name);
  IpcParameter *parameter;

  if (!g_regex_match_simple (IPC_PARAMETER_PATTERN, name, G_REGEX_DOLLAR_ENDONLY, 0) || g_str_equal (name, "media")) {
    ipc_reader_mistake (reader, path,
        g_str_equal (name, "media")
            ? "\"%s\" is the folder of the media"
            : "\"%s\": a parameter's name has small letters, digits and `-` and begins with a letter",
        name);
    return;
  }
  parameter = g_new0 (IpcParameter, 1);
  parameter->name = g_strdup (name);
  parameter->values = g_ptr_array_new_with_free_func ((GDestroyNotify)value_free);
  if (is_taken_from_file (node))
    read_values_from (reader, parameters, parameter, path, json_node_get_object (node));
  else if (is_long_form (node))
    read_long_form (reader, parameter, path, json_node_get_object (node));
  else
    read_values (reader, parameter, path, node, FALSE);
  g_ptr_array_add (parameters->parameters, parameter);
}

static void
read_parameters (IpcReader *reader, IpcParameters *parameters, JsonNode *node)
{
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *inner;

  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    ipc_reader_mistake (reader, "$.parameters", "expected an object, found %s", ipc_reader_describe (node));
    return;
  }
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &inner)) {
    g_autofree gchar *place = ipc_json_path_member ("$.parameters", name);

    if (g_str_equal (name, "comment"))
      ipc_reader_text (reader, place, inner);
    else
      read_parameter (reader, parameters, name, inner);
  }
}

/* }}} */
/* {{{ exclude */

/* The names or labels there are, NULL-terminated; caller frees the array. */
static const gchar **
names_of (GPtrArray *things)
{
  const gchar **names = g_new0 (const gchar *, things->len + 1);

  /* the name of a parameter and the label of a value both come first */
  for (guint i = 0; i < things->len; i++)
    names[i] = *(gchar **)things->pdata[i];
  return names;
}

static void
add_excluded_label (
    IpcReader *reader, const IpcParameter *parameter, GHashTable *labels, const gchar *path, JsonNode *node)
{
  g_autofree gchar *label = ipc_reader_scalar_text (node);
  const IpcParameterValue *value = label ? find_value (parameter, label) : NULL;

  if (!label) {
    ipc_reader_mistake (reader, path, "expected a label, found %s", ipc_reader_describe (node));
  } else if (!value) {
    g_autofree const gchar **names = names_of (parameter->values);
    g_autofree gchar *what = g_strdup_printf ("label of %s", parameter->name);

    ipc_reader_unknown (reader, path, what, label, names);
  } else {
    g_hash_table_add (labels, value->label);
  }
}

static void
read_excluded_member (IpcReader *reader, IpcParameters *parameters, GHashTable *exclusion, const gchar *path,
    const gchar *name, JsonNode *node)
{
  const IpcParameter *parameter = find_parameter (parameters, name);
  GHashTable *labels;

  if (!parameter) {
    g_autofree const gchar **names = names_of (parameters->parameters);

    ipc_reader_unknown (reader, path, "parameter", name, names);
    return;
  }
  labels = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (exclusion, parameter->name, labels);
  if (!JSON_NODE_HOLDS_ARRAY (node)) {
    add_excluded_label (reader, parameter, labels, path, node);
    return;
  }
  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++) {
    g_autofree gchar *place = ipc_json_path_element (path, i);

    add_excluded_label (reader, parameter, labels, place, json_array_get_element (json_node_get_array (node), i));
  }
}

static void
read_exclusion (IpcReader *reader, IpcParameters *parameters, const gchar *path, JsonNode *node)
{
  GHashTable *exclusion = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_hash_table_unref);
  guint before = reader->mistakes->len;
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *inner;

  g_ptr_array_add (parameters->exclusions, exclusion);
  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    ipc_reader_mistake (reader, path, "expected an object, found %s", ipc_reader_describe (node));
    return;
  }
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &inner)) {
    g_autofree gchar *place = ipc_json_path_member (path, name);

    if (g_str_equal (name, "comment"))
      ipc_reader_text (reader, place, inner);
    else
      read_excluded_member (reader, parameters, exclusion, place, name, inner);
  }
  /* what is broken leaves out nothing, and that is no mistake of its own */
  if (reader->mistakes->len > before)
    g_hash_table_remove_all (exclusion);
}

static void
read_exclude (IpcReader *reader, IpcParameters *parameters, JsonNode *node)
{
  JsonArray *list;

  if (!JSON_NODE_HOLDS_ARRAY (node)) {
    ipc_reader_mistake (reader, "$.exclude", "expected a list, found %s", ipc_reader_describe (node));
    return;
  }
  list = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (list); i++) {
    g_autofree gchar *path = ipc_json_path_element ("$.exclude", i);

    read_exclusion (reader, parameters, path, json_array_get_element (list, i));
  }
}

/* }}} */
/* {{{ used? */

static void
note_used (const gchar *name, gpointer used)
{
  g_hash_table_add (used, g_strdup (name));
}

/* All that is referred to in any text or name below @node. */
static void
collect_used (JsonNode *node, GHashTable *used)
{
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *inner;

  if (JSON_NODE_HOLDS_ARRAY (node)) {
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      collect_used (json_array_get_element (json_node_get_array (node), i), used);
  } else if (JSON_NODE_HOLDS_OBJECT (node)) {
    json_object_iter_init (&iter, json_node_get_object (node));
    while (json_object_iter_next (&iter, &name, &inner)) {
      ipc_expand_references (name, note_used, used);
      if (!g_str_equal (name, "comment"))
        collect_used (inner, used);
    }
  } else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING) {
    ipc_expand_references (json_node_get_string (node), note_used, used);
  }
}

/* A parameter that nothing refers to makes the same case several times. */
static void
check_used (IpcReader *reader, IpcParameters *parameters, JsonNode *root)
{
  g_autoptr (GHashTable) used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  collect_used (root, used);
  for (guint i = 0; i < parameters->parameters->len; i++) {
    const IpcParameter *parameter = parameters->parameters->pdata[i];
    g_autofree gchar *path = ipc_json_path_member ("$.parameters", parameter->name);

    if (!g_hash_table_contains (used, parameter->name))
      ipc_reader_mistake (reader, path, "nothing uses ${%s}: all its cases would be the same", parameter->name);
  }
}

/* }}} */

IpcParameters *
ipc_parameters_read (IpcReader *reader, JsonNode *root)
{
  g_autoptr (IpcParameters) parameters = g_new0 (IpcParameters, 1);
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  gboolean usable = TRUE;

  parameters->parameters = g_ptr_array_new_with_free_func ((GDestroyNotify)parameter_free);
  parameters->exclusions = g_ptr_array_new_with_free_func ((GDestroyNotify)g_hash_table_unref);
  parameters->files = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_strict_json_free);
  if (object && json_object_has_member (object, "parameters"))
    read_parameters (reader, parameters, json_object_get_member (object, "parameters"));
  if (object && json_object_has_member (object, "exclude"))
    read_exclude (reader, parameters, json_object_get_member (object, "exclude"));
  for (guint i = 0; i < parameters->parameters->len; i++)
    usable = usable && ((IpcParameter *)parameters->parameters->pdata[i])->values->len > 0;
  check_used (reader, parameters, root);
  return usable ? g_steal_pointer (&parameters) : NULL;
}

/* {{{ combinations */

static gboolean
is_excluded_by (IpcParameters *parameters, GHashTable *exclusion, const IpcCombination *combination)
{
  if (g_hash_table_size (exclusion) == 0) /* it was wrong, which is reported */
    return FALSE;
  for (guint i = 0; i < parameters->parameters->len; i++) {
    const IpcParameter *parameter = parameters->parameters->pdata[i];
    GHashTable *labels = g_hash_table_lookup (exclusion, parameter->name);

    if (labels && !g_hash_table_contains (labels, combination->values[i]->label))
      return FALSE;
  }
  return TRUE;
}

/* Notes in @hits which of the exclusions leave it out. */
static gboolean
is_excluded (IpcParameters *parameters, const IpcCombination *combination, gboolean *hits)
{
  gboolean excluded = FALSE;

  for (guint i = 0; i < parameters->exclusions->len; i++)
    if (is_excluded_by (parameters, parameters->exclusions->pdata[i], combination))
      excluded = hits[i] = TRUE;
  return excluded;
}

/* Combination number @index: the last parameter counts fastest. */
static IpcCombination *
make_combination (IpcParameters *parameters, guint index)
{
  IpcCombination *combination = g_new0 (IpcCombination, 1);
  GString *name = g_string_new (NULL);
  guint n = parameters->parameters->len;

  combination->values = g_new0 (const IpcParameterValue *, n + 1);
  for (guint i = n; i > 0; i--) {
    const IpcParameter *parameter = parameters->parameters->pdata[i - 1];

    combination->values[i - 1] = parameter->values->pdata[index % parameter->values->len];
    combination->full |= combination->values[i - 1]->full;
    index /= parameter->values->len;
  }
  for (guint i = 0; i < n; i++)
    g_string_append_printf (name, "%c%s=%s", i ? ',' : '[', ((IpcParameter *)parameters->parameters->pdata[i])->name,
        combination->values[i]->label);
  if (n > 0)
    g_string_append_c (name, ']');
  combination->name = g_string_free (name, FALSE);
  return combination;
}

/* How many there are, or 0 with a mistake. */
static guint
count_combinations (IpcReader *reader, IpcParameters *parameters)
{
  guint64 n = 1;

  for (guint i = 0; i < parameters->parameters->len; i++) {
    n *= ((IpcParameter *)parameters->parameters->pdata[i])->values->len;
    if (n > IPC_MAX_CASES) {
      ipc_reader_mistake (reader, "$.parameters", "more than %u combinations", IPC_MAX_CASES);
      return 0;
    }
  }
  return (guint)n;
}

GPtrArray *
ipc_parameters_combine (IpcReader *reader, IpcParameters *parameters)
{
  guint n = count_combinations (reader, parameters);
  g_autofree gboolean *hits = g_new0 (gboolean, parameters->exclusions->len + 1);
  g_autoptr (GPtrArray) combinations = g_ptr_array_new_with_free_func ((GDestroyNotify)combination_free);

  for (guint i = 0; i < n; i++) {
    IpcCombination *combination = make_combination (parameters, i);

    if (is_excluded (parameters, combination, hits))
      combination_free (combination);
    else
      g_ptr_array_add (combinations, combination);
  }
  for (guint i = 0; n > 0 && i < parameters->exclusions->len; i++) {
    g_autofree gchar *path = ipc_json_path_element ("$.exclude", i);

    if (!hits[i] && g_hash_table_size (parameters->exclusions->pdata[i]) > 0)
      ipc_reader_mistake (reader, path, "leaves nothing out: no combination is like this");
  }
  if (n > 0 && combinations->len == 0)
    ipc_reader_mistake (reader, "$.exclude", "leaves out every combination");
  return combinations->len > 0 ? g_steal_pointer (&combinations) : NULL;
}

/* }}} */
