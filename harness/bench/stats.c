/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stats.h"

#include <math.h>
#include <stdlib.h>

static gint
compare (gconstpointer a, gconstpointer b)
{
  gdouble first = *(const gdouble *)a, second = *(const gdouble *)b;

  return (first > second) - (first < second);
}

/* @sorted, at least one; between two of them when @share falls between. */
static gdouble
quantile (const gdouble *sorted, guint n, gdouble share)
{
  gdouble place = share * (n - 1);
  guint below = floor (place);
  guint above = MIN (below + 1, n - 1);

  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

static gdouble *
sorted_copy (const gdouble *values, guint n)
{
  gdouble *sorted = g_memdup2 (values, n * sizeof *values);

  qsort (sorted, n, sizeof *sorted, compare);
  return sorted;
}

IpcBenchSpread
ipc_bench_spread (const gdouble *values, guint n)
{
  IpcBenchSpread spread = { n, NAN, NAN, NAN, NAN };
  g_autofree gdouble *sorted = NULL, *distances = NULL, *sorted_distances = NULL;

  if (n == 0)
    return spread;
  sorted = sorted_copy (values, n);
  spread.median = quantile (sorted, n, 0.5);
  spread.low = quantile (sorted, n, 0.25);
  spread.high = quantile (sorted, n, 0.75);
  distances = g_new (gdouble, n);
  for (guint i = 0; i < n; i++)
    distances[i] = fabs (values[i] - spread.median);
  sorted_distances = sorted_copy (distances, n);
  spread.mad = quantile (sorted_distances, n, 0.5);
  return spread;
}

gdouble
ipc_bench_slope (const gdouble *x, const gdouble *y, guint n)
{
  gdouble mean_x = 0, mean_y = 0, both = 0, square = 0;

  for (guint i = 0; i < n; i++) {
    mean_x += x[i] / n;
    mean_y += y[i] / n;
  }
  for (guint i = 0; i < n; i++) {
    both += (x[i] - mean_x) * (y[i] - mean_y);
    square += (x[i] - mean_x) * (x[i] - mean_x);
  }
  return square > 0 ? both / square : NAN;
}
