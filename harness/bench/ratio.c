/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The goals stand in one table: who does what, against the sum of who does what. */
#include "ratio.h"

#include <math.h>

typedef struct {
  const gchar *role, *work;
} Term;

typedef struct {
  const gchar *text, *against;
  IpcBenchMetric metric;
  Term term;
  Term bases[2]; /* their sum */
  gdouble at_most;
} Goal;

static const Goal goals[] = {
  { "64 B buffer", "legacy", IPC_BENCH_WALL, { "tested", "buffers/64B" }, { { "legacy", "buffers/64B" } }, 0.5 },
  { "4 KiB buffer", "legacy", IPC_BENCH_WALL, { "tested", "buffers/4KiB" }, { { "legacy", "buffers/4KiB" } }, 0.5 },
  { "64 B buffer", "bare socket ping-pong", IPC_BENCH_WALL, { "tested", "buffers/64B" },
      { { "ping-pong", "buffers/64B" } }, 2.0 },
  { "64 B buffer, 16 in flight", "legacy", IPC_BENCH_WALL, { "tested max-in-flight=16", "buffers/64B" },
      { { "legacy", "buffers/64B" } }, 0.2 },
  { "1080p, producer does not touch the data", "legacy", IPC_BENCH_WALL, { "tested", "buffers/1080p" },
      { { "legacy", "buffers/1080p" } }, 0.05 },
  { "1080p, producer does not touch the data", "legacy", IPC_BENCH_CPU, { "tested", "buffers/1080p" },
      { { "legacy", "buffers/1080p" } }, 0.05 },
  { "4K, producer does not touch the data", "itself with 1080p", IPC_BENCH_WALL, { "tested", "buffers/4K" },
      { { "tested", "buffers/1080p" } }, 1.3 },
  { "4K, producer does not touch the data", "itself with 1080p", IPC_BENCH_CPU, { "tested", "buffers/4K" },
      { { "tested", "buffers/1080p" } }, 1.3 },
  { "1080p in ordinary memory", "memcpy of it and a 64 B socket ping-pong", IPC_BENCH_WALL,
      { "tested", "buffers/1080p+system" }, { { "memcpy", "buffers/1080p" }, { "ping-pong", "buffers/64B" } }, 1.3 },
  { "1080p, tested master, legacy slave", "legacy", IPC_BENCH_WALL, { "tested-to-legacy", "buffers/1080p" },
      { { "legacy", "buffers/1080p" } }, 0.7 },
  { "1080p, producer does not touch the data", "unixfd", IPC_BENCH_WALL, { "tested", "buffers/1080p" },
      { { "unixfd", "buffers/1080p" } }, 1.0 },
  { "1080p, producer does not touch the data", "unixfd", IPC_BENCH_CPU, { "tested", "buffers/1080p" },
      { { "unixfd", "buffers/1080p" } }, 1.0 },
  { "64 B to each of 16 slaves", "itself with 1 slave", IPC_BENCH_CPU_PER_SLAVE, { "tested", "fan-out/64B/16" },
      { { "tested", "fan-out/64B/1" } }, 1.2 },
  { "1080p to each of 16 slaves", "itself with 1 slave", IPC_BENCH_CPU_PER_SLAVE, { "tested", "fan-out/1080p/16" },
      { { "tested", "fan-out/1080p/1" } }, 1.2 },
};

static void
ratio_free (IpcBenchRatio *ratio)
{
  g_free (ratio->missing);
  g_free (ratio);
}

/* Why there is nothing of @term. */
static gchar *
why_missing (const IpcBenchResult *result, const Term *term)
{
  const IpcBenchEntrant *entrant = ipc_bench_result_by_role (result, term->role);
  const gchar *failure = entrant != NULL ? ipc_bench_result_failure (result, entrant->name, term->work) : NULL;

  if (entrant == NULL)
    return g_strdup_printf ("%s took no part", term->role);
  if (entrant->unavailable != NULL)
    return g_strdup (entrant->unavailable);
  if (failure != NULL)
    return g_strdup_printf ("%s failed with %s: %s", entrant->name, term->work, failure);
  return g_strdup_printf ("%s with %s was not measured", entrant->name, term->work);
}

/* NAN when there is none. */
static gdouble
median_of (const IpcBenchResult *result, const Term *term, IpcBenchMetric metric)
{
  const IpcBenchEntrant *entrant = ipc_bench_result_by_role (result, term->role);

  return entrant != NULL ? ipc_bench_result_spread (result, entrant->name, term->work, metric).median : NAN;
}

static gdouble
value_in_round (const IpcBenchResult *result, const Term *term, IpcBenchMetric metric, guint round)
{
  const IpcBenchEntrant *entrant = ipc_bench_result_by_role (result, term->role);
  const IpcBenchSample *sample
      = entrant != NULL ? ipc_bench_result_sample (result, entrant->name, term->work, round) : NULL;

  return sample != NULL ? ipc_bench_sample_value (sample, metric) : NAN;
}

static guint
n_bases (const Goal *goal)
{
  return goal->bases[1].role != NULL ? 2 : 1;
}

static IpcBenchSpread
spread_of_rounds (const IpcBenchResult *result, const Goal *goal)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (gdouble));
  guint n_rounds = ipc_bench_result_n_rounds (result);

  for (guint round = 1; round <= n_rounds; round++) {
    gdouble base = 0, value;

    for (guint i = 0; i < n_bases (goal); i++)
      base += value_in_round (result, &goal->bases[i], goal->metric, round);
    value = value_in_round (result, &goal->term, goal->metric, round) / base;
    if (isfinite (value))
      g_array_append_val (values, value);
  }
  return ipc_bench_spread ((const gdouble *)values->data, values->len);
}

static const gchar *
metric_name (IpcBenchMetric metric)
{
  switch (metric) {
  case IPC_BENCH_CPU:
    return "CPU";
  case IPC_BENCH_CPU_PER_SLAVE:
    return "CPU per slave";
  default:
    return "wall";
  }
}

static IpcBenchRatio *
ratio_new (const IpcBenchResult *result, const Goal *goal)
{
  IpcBenchRatio *ratio = g_new0 (IpcBenchRatio, 1);
  gdouble value = median_of (result, &goal->term, goal->metric), base = 0;

  ratio->work = goal->text;
  ratio->metric = metric_name (goal->metric);
  ratio->against = goal->against;
  ratio->at_most = goal->at_most;
  if (isnan (value))
    ratio->missing = why_missing (result, &goal->term);
  for (guint i = 0; i < n_bases (goal); i++) {
    gdouble part = median_of (result, &goal->bases[i], goal->metric);

    if (isnan (part) && ratio->missing == NULL)
      ratio->missing = why_missing (result, &goal->bases[i]);
    base += part;
  }
  ratio->value = value / base;
  if (ratio->missing == NULL && !isfinite (ratio->value))
    ratio->missing = g_strdup ("what it is held against took no time");
  ratio->spread = spread_of_rounds (result, goal);
  ratio->reached = ratio->missing == NULL && ratio->value <= goal->at_most;
  return ratio;
}

GPtrArray *
ipc_bench_ratios (const IpcBenchResult *result)
{
  GPtrArray *ratios = g_ptr_array_new_with_free_func ((GDestroyNotify)ratio_free);

  for (guint i = 0; i < G_N_ELEMENTS (goals); i++)
    g_ptr_array_add (ratios, ratio_new (result, &goals[i]));
  return ratios;
}
