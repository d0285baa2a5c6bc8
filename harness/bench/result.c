/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Samples are a plain list: there are some thousand, and what is asked for is looked for. */
#include "result.h"

#include <math.h>

void
ipc_bench_sample_free (IpcBenchSample *sample)
{
  g_free (sample->contestant);
  g_free (sample->work);
  g_free (sample->memory);
  g_free (sample->failure);
  g_free (sample);
}

static void
entrant_free (IpcBenchEntrant *entrant)
{
  g_free (entrant->name);
  g_free (entrant->role);
  g_free (entrant->what);
  g_free (entrant->unavailable);
  g_free (entrant);
}

IpcBenchResult *
ipc_bench_result_new (void)
{
  IpcBenchResult *result = g_new0 (IpcBenchResult, 1);

  result->entrants = g_ptr_array_new_with_free_func ((GDestroyNotify)entrant_free);
  result->samples = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_bench_sample_free);
  return result;
}

void
ipc_bench_result_free (IpcBenchResult *result)
{
  g_clear_pointer (&result->machine, json_object_unref);
  g_clear_pointer (&result->settings, json_object_unref);
  g_ptr_array_unref (result->entrants);
  g_ptr_array_unref (result->samples);
  g_free (result);
}

void
ipc_bench_result_add_entrant (
    IpcBenchResult *result, const gchar *name, const gchar *role, const gchar *what, const gchar *unavailable)
{
  IpcBenchEntrant *entrant = g_new0 (IpcBenchEntrant, 1);

  *entrant = (IpcBenchEntrant){ g_strdup (name), g_strdup (role), g_strdup (what), g_strdup (unavailable) };
  g_ptr_array_add (result->entrants, entrant);
}

const IpcBenchEntrant *
ipc_bench_result_by_role (const IpcBenchResult *result, const gchar *role)
{
  for (guint i = 0; i < result->entrants->len; i++) {
    const IpcBenchEntrant *entrant = g_ptr_array_index (result->entrants, i);
    if (g_str_equal (entrant->role, role))
      return entrant;
  }
  return NULL;
}

const IpcBenchEntrant *
ipc_bench_result_by_name (const IpcBenchResult *result, const gchar *name)
{
  for (guint i = 0; i < result->entrants->len; i++) {
    const IpcBenchEntrant *entrant = g_ptr_array_index (result->entrants, i);
    if (g_str_equal (entrant->name, name))
      return entrant;
  }
  return NULL;
}

gdouble
ipc_bench_sample_value (const IpcBenchSample *sample, IpcBenchMetric metric)
{
  const IpcBenchWork *work = ipc_bench_work_find (sample->work);
  gdouble count = sample->count;

  switch (metric) {
  case IPC_BENCH_WALL:
    return sample->wall / count;
  case IPC_BENCH_CPU:
    return (sample->master_cpu + sample->slave_cpu) / count;
  case IPC_BENCH_CPU_PER_SLAVE:
    return (sample->master_cpu + sample->slave_cpu) / count / work->slaves;
  case IPC_BENCH_MASTER_CPU:
    return sample->master_cpu / count;
  case IPC_BENCH_SLAVE_CPU:
    return sample->slave_cpu / count;
  case IPC_BENCH_WAITS:
    return sample->waits / count;
  case IPC_BENCH_MASTER_MEMORY:
    return sample->master_memory;
  case IPC_BENCH_SLAVE_MEMORY:
    return sample->slave_memory;
  }
  return NAN;
}

static gboolean
is_of (const IpcBenchSample *sample, const gchar *contestant, const gchar *work)
{
  return g_str_equal (sample->contestant, contestant) && g_str_equal (sample->work, work);
}

IpcBenchSpread
ipc_bench_result_spread (
    const IpcBenchResult *result, const gchar *contestant, const gchar *work, IpcBenchMetric metric)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (gdouble));

  for (guint i = 0; i < result->samples->len; i++) {
    const IpcBenchSample *sample = g_ptr_array_index (result->samples, i);
    gdouble value;

    if (sample->failure != NULL || !is_of (sample, contestant, work))
      continue;
    value = ipc_bench_sample_value (sample, metric);
    g_array_append_val (values, value);
  }
  return ipc_bench_spread ((const gdouble *)values->data, values->len);
}

const IpcBenchSample *
ipc_bench_result_sample (const IpcBenchResult *result, const gchar *contestant, const gchar *work, guint round)
{
  for (guint i = 0; i < result->samples->len; i++) {
    const IpcBenchSample *sample = g_ptr_array_index (result->samples, i);
    if (sample->failure == NULL && sample->round == round && is_of (sample, contestant, work))
      return sample;
  }
  return NULL;
}

const gchar *
ipc_bench_result_failure (const IpcBenchResult *result, const gchar *contestant, const gchar *work)
{
  for (guint i = 0; i < result->samples->len; i++) {
    const IpcBenchSample *sample = g_ptr_array_index (result->samples, i);
    if (sample->failure != NULL && is_of (sample, contestant, work))
      return sample->failure;
  }
  return NULL;
}

guint
ipc_bench_result_n_failures (const IpcBenchResult *result)
{
  guint n = 0;

  for (guint i = 0; i < result->samples->len; i++)
    n += ((const IpcBenchSample *)g_ptr_array_index (result->samples, i))->failure != NULL;
  return n;
}

guint
ipc_bench_result_n_rounds (const IpcBenchResult *result)
{
  guint n = 0;

  for (guint i = 0; i < result->samples->len; i++)
    n = MAX (n, ((const IpcBenchSample *)g_ptr_array_index (result->samples, i))->round);
  return n;
}

static gboolean
has_samples (const IpcBenchResult *result, const gchar *work)
{
  for (guint i = 0; i < result->samples->len; i++)
    if (g_str_equal (((const IpcBenchSample *)g_ptr_array_index (result->samples, i))->work, work))
      return TRUE;
  return FALSE;
}

GPtrArray *
ipc_bench_result_works (const IpcBenchResult *result, const gchar *group)
{
  GPtrArray *all = ipc_bench_works (), *found = g_ptr_array_new ();

  for (guint i = 0; i < all->len; i++) {
    IpcBenchWork *work = g_ptr_array_index (all, i);
    if ((group == NULL || g_str_equal (work->group, group)) && has_samples (result, work->name))
      g_ptr_array_add (found, work);
  }
  return found;
}
