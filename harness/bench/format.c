/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "format.h"

#include <math.h>

/* Three digits that count, no exponent. */
static gchar *
three_digits (gdouble value)
{
  gdouble size = fabs (value);

  if (size > 0 && size < 0.01)
    return g_strdup_printf ("%.2g", value);
  return g_strdup_printf (size >= 99.95 ? "%.0f" : size >= 9.995 ? "%.1f" : "%.2f", value);
}

static gchar *
with_unit (gdouble value, gdouble step, const gchar *const *units)
{
  guint unit = 0;
  g_autofree gchar *digits = NULL;

  if (!isfinite (value))
    return g_strdup ("-");
  while (units[unit + 1] != NULL && fabs (value) >= step * 0.9995) {
    value /= step;
    unit++;
  }
  digits = three_digits (value);
  return g_strdup_printf ("%s %s", digits, units[unit]);
}

gchar *
ipc_bench_format_time (gdouble nanoseconds)
{
  static const gchar *const units[] = { "ns", "us", "ms", "s", NULL };

  return with_unit (nanoseconds, 1000, units);
}

gchar *
ipc_bench_format_bytes (gdouble bytes)
{
  static const gchar *const units[] = { "B", "KiB", "MiB", "GiB", NULL };

  return with_unit (bytes, 1024, units);
}

gchar *
ipc_bench_format_count (gdouble count)
{
  static const gchar *const units[] = { "", "k", "M", "G", NULL };

  return g_strchomp (with_unit (count, 1000, units));
}

gchar *
ipc_bench_format_number (gdouble value)
{
  return isfinite (value) ? three_digits (value) : g_strdup ("-");
}

gchar *
ipc_bench_format_spread (const IpcBenchSpread *spread)
{
  g_autofree gchar *median = ipc_bench_format_time (spread->median);

  if (spread->n < 2 || !(spread->median > 0))
    return g_steal_pointer (&median);
  return g_strdup_printf ("%s +-%.0f %%", median, 50 * (spread->high - spread->low) / spread->median);
}
