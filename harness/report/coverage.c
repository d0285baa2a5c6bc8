/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Coverage of many cases: sets of names, by cell and by requirement. Names are interned, so that equal ones are the
 * same pointer.
 */
#include "coverage.h"

#include <string.h>

#include "coverage-table.h"
#include "text.h"

static GHashTable *
set_of (GHashTable *sets, const gchar *key)
{
  GHashTable *set = g_hash_table_lookup (sets, key);

  if (set == NULL) {
    set = g_hash_table_new (g_str_hash, g_str_equal);
    g_hash_table_insert (sets, g_strdup (key), set);
  }
  return set;
}

IpcCoverage *
ipc_coverage_new (void)
{
  IpcCoverage *coverage = g_new0 (IpcCoverage, 1);

  coverage->cells = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  coverage->requirements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  coverage->runs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return coverage;
}

void
ipc_coverage_free (IpcCoverage *coverage)
{
  if (coverage == NULL)
    return;
  g_hash_table_unref (coverage->cells);
  g_hash_table_unref (coverage->requirements);
  g_hash_table_unref (coverage->runs);
  g_free (coverage);
}

void
ipc_coverage_add (GHashTable *sets, const gchar *key, const gchar *case_name)
{
  g_hash_table_add (set_of (sets, key), (gpointer)g_intern_string (case_name));
}

void
ipc_coverage_add_run (IpcCoverage *coverage, const IpcRunReport *run)
{
  const gchar *master = run->master.name != NULL ? run->master.name : "?";
  const gchar *slave = run->slave.name != NULL ? run->slave.name : "?";

  g_hash_table_add (coverage->runs,
      g_str_equal (master, slave) ? g_strdup (master) : g_strdup_printf ("master %s, slave %s", master, slave));
  for (guint i = 0; i < run->results->len; i++) {
    const IpcResult *result = g_ptr_array_index (run->results, i);
    for (guint j = 0; result->cells != NULL && result->cells[j] != NULL; j++)
      ipc_coverage_add (coverage->cells, result->cells[j], result->name);
    for (guint j = 0; result->verdict == IPC_VERDICT_PASS && result->requirements[j] != NULL; j++)
      ipc_coverage_add (coverage->requirements, result->requirements[j], result->name);
  }
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *)a, *(const gchar *const *)b);
}

GPtrArray *
ipc_coverage_sorted_keys (GHashTable *table)
{
  GPtrArray *keys = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;

  if (table == NULL)
    return keys;
  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (keys, key);
  g_ptr_array_sort (keys, compare_names);
  return keys;
}

GPtrArray *
ipc_coverage_cases (const IpcCoverage *coverage, const gchar *cell)
{
  return ipc_coverage_sorted_keys (g_hash_table_lookup (coverage->cells, cell));
}

/* {{{ over the table */

typedef void (*CellFunc) (const IpcCoverageGroup *group, const gchar *cell, gpointer data);

static void
foreach_cell (const gchar *only, CellFunc func, gpointer data)
{
  GPtrArray *groups = ipc_coverage_groups ();

  for (guint i = 0; i < groups->len; i++) {
    const IpcCoverageGroup *group = g_ptr_array_index (groups, i);
    if (only != NULL && !g_str_equal (only, group->name))
      continue;
    for (guint row = 0; row < group->rows->len; row++) {
      for (guint column = 0; group->columns[column] != NULL; column++) {
        g_autofree gchar *cell
            = ipc_coverage_cell (group, g_ptr_array_index (group->rows, row), group->columns[column]);
        func (group, cell, data);
      }
    }
  }
}

typedef struct {
  const IpcCoverage *coverage;
  IpcCoverageCount count;
  GPtrArray *missing; /* or NULL */
} Walk;

/* What was seen can occur, whatever the table says. */
static void
count_cell (const IpcCoverageGroup *group, const gchar *cell, gpointer data)
{
  Walk *walk = data;
  gboolean covered = g_hash_table_contains (walk->coverage->cells, cell);

  if (!covered && ipc_coverage_impossible (cell) != NULL)
    return;
  walk->count.possible++;
  walk->count.covered += covered;
  if (!covered && walk->missing != NULL)
    g_ptr_array_add (walk->missing, g_strdup (cell));
}

IpcCoverageCount
ipc_coverage_count (const IpcCoverage *coverage, const gchar *group)
{
  Walk walk = { .coverage = coverage };

  foreach_cell (group, count_cell, &walk);
  return walk.count;
}

GPtrArray *
ipc_coverage_missing (const IpcCoverage *coverage)
{
  Walk walk = { .coverage = coverage, .missing = g_ptr_array_new_with_free_func (g_free) };

  foreach_cell (NULL, count_cell, &walk);
  return walk.missing;
}

/* }}} */
/* {{{ as text */

gchar *
ipc_coverage_count_text (IpcCoverageCount count)
{
  gdouble percent = count.possible > 0 ? 100.0 * count.covered / count.possible : 100.0;

  return g_strdup_printf ("%u of %u (%.1f %%)", count.covered, count.possible, percent);
}

/* The group's line, and below it what it lacks, without the group's name. */
static void
append_group (GString *text, const IpcCoverage *coverage, const IpcCoverageGroup *group, const GPtrArray *missing)
{
  IpcCoverageCount count = ipc_coverage_count (coverage, group->name);
  g_autofree gchar *prefix = g_strconcat (group->name, "/", NULL);
  g_autoptr (GString) list = g_string_new (NULL);

  g_string_append_printf (text, "%4u/%-4u %-18s %s\n", count.covered, count.possible, group->name, group->title);
  for (guint i = 0; i < missing->len; i++) {
    const gchar *cell = g_ptr_array_index (missing, i);
    if (g_str_has_prefix (cell, prefix))
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", cell + strlen (prefix));
  }
  if (list->len > 0)
    ipc_text_wrapped (text, 10, "missing: ", list->str);
}

gchar *
ipc_coverage_text (const IpcCoverage *coverage)
{
  GString *text = g_string_new (NULL);
  GPtrArray *groups = ipc_coverage_groups ();
  g_autoptr (GPtrArray) missing = ipc_coverage_missing (coverage);
  g_autofree gchar *count = ipc_coverage_count_text (ipc_coverage_count (coverage, NULL));

  for (guint i = 0; i < groups->len; i++)
    append_group (text, coverage, g_ptr_array_index (groups, i), missing);
  g_string_append_printf (text, "protocol coverage: %s of the cells that can occur\n", count);
  return g_string_free (text, FALSE);
}

/* }}} */
