/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * coverage.json and the baseline. In coverage.json cases are named once and cells refer to them by number. What the
 * table says (missing, impossible) is written for readers, and not read back: another GStreamer has another table.
 */
#include <json-glib/json-glib.h>
#include <string.h>

#include "coverage-table.h"
#include "coverage.h"
#include "history/json.h"

#define FORMAT "gst-ipc-harness-coverage"
#define BASELINE_FORMAT "gst-ipc-harness-coverage-baseline"
#define VERSION 1

static JsonArray *
names_to_json (const GPtrArray *names)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < names->len; i++)
    json_array_add_string_element (array, g_ptr_array_index (names, i));
  return array;
}

static gboolean
save (JsonObject *object, const gchar *path, GError **error)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autofree gchar *text = NULL, *lines = NULL;

  json_node_take_object (root, object);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, NULL);
  lines = g_strconcat (text, "\n", NULL);
  return g_file_set_contents (path, lines, -1, error);
}

static JsonObject *
load (const gchar *path, const gchar *format, GError **error)
{
  g_autoptr (JsonObject) object = ipc_json_load (path, error);

  if (object == NULL)
    return NULL;
  if (g_strcmp0 (ipc_record_string (object, "format"), format) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: expected \"format\": \"%s\"", path, format);
    return NULL;
  }
  if (ipc_record_int (object, "format-version", 0) != VERSION) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: expected \"format-version\": %d", path, VERSION);
    return NULL;
  }
  return g_steal_pointer (&object);
}

static JsonObject *
member_object (JsonObject *object, const gchar *member)
{
  JsonNode *node = json_object_get_member (object, member);
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonArray *
member_array (JsonObject *object, const gchar *member)
{
  JsonNode *node = json_object_get_member (object, member);
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static const gchar *
string_element (JsonArray *array, guint i)
{
  JsonNode *node = json_array_get_element (array, i);
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node)
                                                                                          : NULL;
}

/* {{{ coverage.json */

static void
note_names (GHashTable *sets, GHashTable *names)
{
  GHashTableIter iter, inner;
  gpointer set, name;

  g_hash_table_iter_init (&iter, sets);
  while (g_hash_table_iter_next (&iter, NULL, &set)) {
    g_hash_table_iter_init (&inner, set);
    while (g_hash_table_iter_next (&inner, &name, NULL))
      g_hash_table_add (names, name);
  }
}

static JsonObject *
sets_to_json (GHashTable *sets, GHashTable *numbers)
{
  JsonObject *object = json_object_new ();
  g_autoptr (GPtrArray) keys = ipc_coverage_sorted_keys (sets);

  for (guint i = 0; i < keys->len; i++) {
    g_autoptr (GPtrArray) names = ipc_coverage_sorted_keys (g_hash_table_lookup (sets, g_ptr_array_index (keys, i)));
    JsonArray *array = json_array_new ();
    for (guint j = 0; j < names->len; j++)
      json_array_add_int_element (array, GPOINTER_TO_UINT (g_hash_table_lookup (numbers, names->pdata[j])));
    json_object_set_array_member (object, g_ptr_array_index (keys, i), array);
  }
  return object;
}

static JsonObject *
impossible_to_json (const IpcCoverage *coverage)
{
  JsonObject *object = json_object_new ();
  GPtrArray *groups = ipc_coverage_groups ();

  for (guint i = 0; i < groups->len; i++) {
    const IpcCoverageGroup *group = g_ptr_array_index (groups, i);
    for (guint row = 0; row < group->rows->len; row++) {
      for (guint column = 0; group->columns[column] != NULL; column++) {
        g_autofree gchar *cell
            = ipc_coverage_cell (group, g_ptr_array_index (group->rows, row), group->columns[column]);
        const gchar *why = ipc_coverage_impossible (cell);
        if (why != NULL && !g_hash_table_contains (coverage->cells, cell))
          json_object_set_string_member (object, cell, why);
      }
    }
  }
  return object;
}

gboolean
ipc_coverage_save (const IpcCoverage *coverage, const gchar *path, GError **error)
{
  JsonObject *object = json_object_new ();
  IpcCoverageCount count = ipc_coverage_count (coverage, NULL);
  g_autoptr (GPtrArray) missing = ipc_coverage_missing (coverage), runs = ipc_coverage_sorted_keys (coverage->runs),
                        names = NULL;
  g_autoptr (GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);

  note_names (coverage->cells, numbers);
  note_names (coverage->requirements, numbers);
  names = ipc_coverage_sorted_keys (numbers);
  for (guint i = 0; i < names->len; i++)
    g_hash_table_insert (numbers, names->pdata[i], GUINT_TO_POINTER (i));
  json_object_set_string_member (object, "format", FORMAT);
  json_object_set_int_member (object, "format-version", VERSION);
  json_object_set_int_member (object, "possible", count.possible);
  json_object_set_int_member (object, "reached", count.covered);
  json_object_set_array_member (object, "runs", names_to_json (runs));
  json_object_set_array_member (object, "missing", names_to_json (missing));
  json_object_set_object_member (object, "impossible", impossible_to_json (coverage));
  json_object_set_array_member (object, "cases", names_to_json (names));
  json_object_set_object_member (object, "cells", sets_to_json (coverage->cells, numbers));
  json_object_set_object_member (object, "requirements", sets_to_json (coverage->requirements, numbers));
  return save (object, path, error);
}

/* FALSE when something refers to a case that is not named. */
static gboolean
add_sets (GHashTable *sets, JsonObject *object, JsonArray *cases)
{
  g_autoptr (GList) keys = object != NULL ? json_object_get_members (object) : NULL;

  for (GList *l = keys; l != NULL; l = l->next) {
    JsonArray *numbers = member_array (object, l->data);
    for (guint i = 0; numbers != NULL && i < json_array_get_length (numbers); i++) {
      JsonNode *node = json_array_get_element (numbers, i);
      gint64 number = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : -1;
      const gchar *name = NULL;
      if (number >= 0 && number < json_array_get_length (cases))
        name = string_element (cases, number);
      if (name == NULL)
        return FALSE;
      ipc_coverage_add (sets, l->data, name);
    }
  }
  return TRUE;
}

gboolean
ipc_coverage_add_file (IpcCoverage *coverage, const gchar *path, GError **error)
{
  g_autofree gchar *file
      = g_file_test (path, G_FILE_TEST_IS_DIR) ? g_build_filename (path, "coverage.json", NULL) : g_strdup (path);
  g_autoptr (JsonObject) object = load (file, FORMAT, error);
  JsonArray *cases = object != NULL ? member_array (object, "cases") : NULL;
  JsonArray *runs = object != NULL ? member_array (object, "runs") : NULL;

  if (object == NULL)
    return FALSE;
  if (cases == NULL || !add_sets (coverage->cells, member_object (object, "cells"), cases)
      || !add_sets (coverage->requirements, member_object (object, "requirements"), cases)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: expected numbers of \"cases\" in \"cells\"", file);
    return FALSE;
  }
  for (guint i = 0; runs != NULL && i < json_array_get_length (runs); i++)
    if (string_element (runs, i) != NULL)
      g_hash_table_add (coverage->runs, g_strdup (string_element (runs, i)));
  return TRUE;
}

/* }}} */
/* {{{ the baseline */

void
ipc_coverage_change_free (IpcCoverageChange *change)
{
  if (change == NULL)
    return;
  g_ptr_array_unref (change->lost);
  g_free (change);
}

/* Which of @listed @sets lacks. Returns how many of @sets are listed. */
static guint
compare_list (IpcCoverageChange *change, JsonArray *listed, GHashTable *sets, const gchar *prefix)
{
  guint n = 0;

  for (guint i = 0; listed != NULL && i < json_array_get_length (listed); i++) {
    const gchar *key = string_element (listed, i);
    if (key == NULL)
      continue;
    if (g_hash_table_contains (sets, key))
      n++;
    else
      g_ptr_array_add (change->lost, g_strconcat (prefix, key, NULL));
  }
  return n;
}

IpcCoverageChange *
ipc_coverage_compare (const IpcCoverage *coverage, const gchar *path, GError **error)
{
  g_autoptr (JsonObject) object = load (path, BASELINE_FORMAT, error);
  g_autoptr (GList) sometimes = NULL;
  IpcCoverageChange *change;
  JsonObject *luck;
  guint n_listed;

  if (object == NULL)
    return NULL;
  luck = member_object (object, "sometimes");
  sometimes = luck != NULL ? json_object_get_members (luck) : NULL;
  change = g_new0 (IpcCoverageChange, 1);
  change->lost = g_ptr_array_new_with_free_func (g_free);
  n_listed = compare_list (change, member_array (object, "covered"), coverage->cells, "");
  compare_list (change, member_array (object, "requirements"), coverage->requirements, "requirement ");
  for (GList *l = sometimes; l != NULL; l = l->next) {
    if (g_hash_table_contains (coverage->cells, l->data))
      n_listed++;
    else
      change->n_sometimes++;
  }
  change->n_fresh
      = ipc_coverage_count (coverage, NULL).covered - MIN (n_listed, ipc_coverage_count (coverage, NULL).covered);
  return change;
}

/* Covered cells of the table that @luck does not list. */
static JsonArray *
covered_to_json (const IpcCoverage *coverage, JsonObject *luck)
{
  JsonArray *array = json_array_new ();
  GPtrArray *groups = ipc_coverage_groups ();

  for (guint i = 0; i < groups->len; i++) {
    const IpcCoverageGroup *group = g_ptr_array_index (groups, i);
    for (guint row = 0; row < group->rows->len; row++) {
      for (guint column = 0; group->columns[column] != NULL; column++) {
        g_autofree gchar *cell
            = ipc_coverage_cell (group, g_ptr_array_index (group->rows, row), group->columns[column]);
        if (g_hash_table_contains (coverage->cells, cell) && (luck == NULL || !json_object_has_member (luck, cell)))
          json_array_add_string_element (array, cell);
      }
    }
  }
  return array;
}

gboolean
ipc_coverage_save_baseline (const IpcCoverage *coverage, const gchar *path, GError **error)
{
  g_autoptr (JsonObject) before = NULL;
  g_autoptr (GPtrArray) requirements = ipc_coverage_sorted_keys (coverage->requirements);
  JsonObject *object = json_object_new (), *luck = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS)) {
    before = load (path, BASELINE_FORMAT, error);
    if (before == NULL) {
      json_object_unref (object);
      return FALSE;
    }
    luck = member_object (before, "sometimes");
  }
  json_object_set_string_member (object, "format", BASELINE_FORMAT);
  json_object_set_int_member (object, "format-version", VERSION);
  json_object_set_object_member (object, "sometimes", luck != NULL ? json_object_ref (luck) : json_object_new ());
  json_object_set_array_member (object, "covered", covered_to_json (coverage, luck));
  json_object_set_array_member (object, "requirements", names_to_json (requirements));
  return save (object, path, error);
}

/* }}} */
