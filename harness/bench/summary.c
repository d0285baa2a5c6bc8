/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables by question: were the ratios reached; what does each work cost, by whom; what does one more slave cost; who
 * took no part and what failed.
 */
#include "summary.h"

#include <math.h>
#include <string.h>

#include "format.h"
#include "machine.h"
#include "ratio.h"

static IpcBenchTable *
ratio_table (const IpcBenchResult *result)
{
  static const gchar *const head[] = { "work", "of", "against", "result", "at most", "ratio", "quartiles", NULL };
  IpcBenchTable *table = ipc_bench_table_new ("Ratios to reach", 4, head);
  g_autoptr (GPtrArray) ratios = ipc_bench_ratios (result);

  for (guint i = 0; i < ratios->len; i++) {
    const IpcBenchRatio *ratio = g_ptr_array_index (ratios, i);
    gboolean missing = ratio->missing != NULL;

    ipc_bench_table_add (table, g_strdup (ratio->work));
    ipc_bench_table_add (table, g_strdup (ratio->metric));
    ipc_bench_table_add (table, g_strdup (ratio->against));
    ipc_bench_table_add (table, g_strdup (missing ? "not measured" : ratio->reached ? "reached" : "not reached"));
    ipc_bench_table_add (table, g_strdup_printf ("%.2f", ratio->at_most));
    ipc_bench_table_add (table, missing ? g_strdup ("-") : g_strdup_printf ("%.3f", ratio->value));
    ipc_bench_table_add (
        table, missing ? g_strdup ("-") : g_strdup_printf ("%.3f ... %.3f", ratio->spread.low, ratio->spread.high));
  }
  return table;
}

/* How much data, or how many of it, in a second; "-" where that says nothing. */
static gchar *
rate_text (const IpcBenchWork *work, gdouble wall)
{
  g_autofree gchar *amount = NULL;

  if (work->kind == IPC_BENCH_START || !(wall > 0))
    return g_strdup ("-");
  amount = work->kind == IPC_BENCH_BUFFERS ? ipc_bench_format_bytes (work->size * 1e9 / wall)
                                           : ipc_bench_format_count (1e9 / wall);
  return g_strconcat (amount, "/s", NULL);
}

static void
add_cost_row (IpcBenchTable *table, const IpcBenchResult *result, const IpcBenchWork *work, const gchar *name)
{
  IpcBenchSpread wall = ipc_bench_result_spread (result, name, work->name, IPC_BENCH_WALL);
  IpcBenchSpread cpu = ipc_bench_result_spread (result, name, work->name, IPC_BENCH_CPU);
  IpcBenchSpread master = ipc_bench_result_spread (result, name, work->name, IPC_BENCH_MASTER_CPU);
  IpcBenchSpread waits = ipc_bench_result_spread (result, name, work->name, IPC_BENCH_WAITS);

  if (wall.n == 0)
    return;
  ipc_bench_table_add (table, g_strdup (work->name));
  ipc_bench_table_add (table, g_strdup (name));
  ipc_bench_table_add (table, ipc_bench_format_spread (&wall));
  ipc_bench_table_add (table, ipc_bench_format_spread (&cpu));
  ipc_bench_table_add (table, ipc_bench_format_time (master.median));
  ipc_bench_table_add (table, work->kind == IPC_BENCH_START ? g_strdup ("-") : ipc_bench_format_number (waits.median));
  ipc_bench_table_add (table, rate_text (work, wall.median));
}

static IpcBenchTable *
cost_table (const IpcBenchResult *result, const gchar *group, const gchar *title)
{
  static const gchar *const head[]
      = { "work", "contestant", "wall", "CPU", "of it the master's", "waits", "rate", NULL };
  g_autoptr (GPtrArray) works = ipc_bench_result_works (result, group);
  IpcBenchTable *table;

  if (works->len == 0)
    return NULL;
  table = ipc_bench_table_new (title, 2, head);
  for (guint w = 0; w < works->len; w++)
    for (guint e = 0; e < result->entrants->len; e++)
      add_cost_row (table, result, g_ptr_array_index (works, w),
          ((const IpcBenchEntrant *)g_ptr_array_index (result->entrants, e))->name);
  return table;
}

/* How @metric of @name grows with each slave, over the works "@prefix/N". */
static gdouble
growth (const IpcBenchResult *result, const gchar *prefix, const gchar *name, IpcBenchMetric metric)
{
  g_autoptr (GPtrArray) works = ipc_bench_result_works (result, NULL);
  gdouble slaves[16], values[16];
  guint n = 0;

  for (guint i = 0; i < works->len && n < G_N_ELEMENTS (slaves); i++) {
    const IpcBenchWork *work = g_ptr_array_index (works, i);
    IpcBenchSpread spread = ipc_bench_result_spread (result, name, work->name, metric);

    if (spread.n == 0 || !g_str_has_prefix (work->name, prefix) || strchr (work->name + strlen (prefix), '/') != NULL)
      continue;
    slaves[n] = work->slaves;
    values[n++] = spread.median;
  }
  return ipc_bench_slope (slaves, values, n);
}

static IpcBenchTable *
growth_table (const IpcBenchResult *result)
{
  static const gchar *const head[] = { "work", "contestant", "wall", "CPU", "memory of the master", "of slaves", NULL };
  static const gchar *const prefixes[] = { "fan-out/64B/", "fan-out/1080p/", "start/" };
  IpcBenchTable *table
      = ipc_bench_table_new ("What each further slave costs (slope over the numbers of slaves)", 2, head);

  for (guint p = 0; p < G_N_ELEMENTS (prefixes); p++)
    for (guint e = 0; e < result->entrants->len; e++) {
      const gchar *name = ((const IpcBenchEntrant *)g_ptr_array_index (result->entrants, e))->name;

      if (isnan (growth (result, prefixes[p], name, IPC_BENCH_WALL)))
        continue;
      ipc_bench_table_add (table, g_strconcat (prefixes[p], "N", NULL));
      ipc_bench_table_add (table, g_strdup (name));
      ipc_bench_table_add (table, ipc_bench_format_time (growth (result, prefixes[p], name, IPC_BENCH_WALL)));
      ipc_bench_table_add (table, ipc_bench_format_time (growth (result, prefixes[p], name, IPC_BENCH_CPU)));
      ipc_bench_table_add (table, ipc_bench_format_bytes (growth (result, prefixes[p], name, IPC_BENCH_MASTER_MEMORY)));
      ipc_bench_table_add (table, ipc_bench_format_bytes (growth (result, prefixes[p], name, IPC_BENCH_SLAVE_MEMORY)));
    }
  if (table->rows->len > 1)
    return table;
  ipc_bench_table_free (table);
  return NULL;
}

static IpcBenchTable *
entrant_table (const IpcBenchResult *result)
{
  static const gchar *const head[] = { "contestant", "what it is", "takes no part because", NULL };
  IpcBenchTable *table = ipc_bench_table_new ("Contestants", 3, head);

  for (guint e = 0; e < result->entrants->len; e++) {
    const IpcBenchEntrant *entrant = g_ptr_array_index (result->entrants, e);

    ipc_bench_table_add (table, g_strdup (entrant->name));
    ipc_bench_table_add (table, g_strdup (entrant->what));
    ipc_bench_table_add (table, g_strdup (entrant->unavailable != NULL ? entrant->unavailable : ""));
  }
  return table;
}

static IpcBenchTable *
failure_table (const IpcBenchResult *result)
{
  static const gchar *const head[] = { "work", "contestant", "round", "what happened", NULL };
  IpcBenchTable *table;

  if (ipc_bench_result_n_failures (result) == 0)
    return NULL;
  table = ipc_bench_table_new ("Measurements that failed", 4, head);
  for (guint i = 0; i < result->samples->len; i++) {
    const IpcBenchSample *sample = g_ptr_array_index (result->samples, i);

    if (sample->failure == NULL)
      continue;
    ipc_bench_table_add (table, g_strdup (sample->work));
    ipc_bench_table_add (table, g_strdup (sample->contestant));
    ipc_bench_table_add (table, g_strdup_printf ("%u", sample->round));
    ipc_bench_table_add (table, g_strdelimit (g_strdup (sample->failure), "\n|", ' '));
  }
  return table;
}

static void
add_table (GPtrArray *tables, IpcBenchTable *table)
{
  if (table != NULL)
    g_ptr_array_add (tables, table);
}

GPtrArray *
ipc_bench_summary_tables (const IpcBenchResult *result)
{
  GPtrArray *tables = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_bench_table_free);

  add_table (tables, entrant_table (result));
  add_table (tables, cost_table (result, "buffers", "A buffer, to one slave"));
  add_table (tables, cost_table (result, "fan-out", "A buffer, to each of so many slaves, all together"));
  add_table (tables, cost_table (result, "round-trips", "An event, a query, a state change"));
  add_table (tables, cost_table (result, "start", "From nothing to the first buffers at so many slaves"));
  add_table (tables, growth_table (result));
  add_table (tables, failure_table (result));
  add_table (tables, ratio_table (result));
  return tables;
}

gchar *
ipc_bench_summary_head (const IpcBenchResult *result)
{
  g_autofree gchar *machine = ipc_bench_machine_text (result->machine);
  g_autofree gchar *time
      = ipc_bench_format_time (json_object_get_int_member_with_default (result->settings, "time", 0));

  return g_strdup_printf ("%s%u round(s), %s each%s; GStreamer %s\n"
                          "Times are for one buffer, event ...: median, +- half of what lies between the quartiles\n",
      machine, ipc_bench_result_n_rounds (result), time, result->interrupted ? ", interrupted" : "",
      json_object_get_string_member_with_default (result->settings, "gstreamer", "unknown"));
}

static gchar *
summary (const IpcBenchResult *result, void (*append) (const IpcBenchTable *, GString *))
{
  g_autoptr (GPtrArray) tables = ipc_bench_summary_tables (result);
  g_autofree gchar *head = ipc_bench_summary_head (result);
  GString *out = g_string_new (head);

  for (guint i = 0; i < tables->len; i++)
    append (g_ptr_array_index (tables, i), out);
  return g_string_free (out, FALSE);
}

gchar *
ipc_bench_summary_text (const IpcBenchResult *result)
{
  return summary (result, ipc_bench_table_append_text);
}

gchar *
ipc_bench_summary_markdown (const IpcBenchResult *result)
{
  return summary (result, ipc_bench_table_append_markdown);
}
