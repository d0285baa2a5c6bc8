/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Medians and their kin, on values whose answers can be worked out by hand. */
#include <math.h>

#include "stats.h"

static void
check (const gdouble *values, guint n, IpcBenchSpread expected)
{
  IpcBenchSpread spread = ipc_bench_spread (values, n);

  g_assert_cmpuint (spread.n, ==, n);
  g_assert_cmpfloat_with_epsilon (spread.median, expected.median, 1e-9);
  g_assert_cmpfloat_with_epsilon (spread.low, expected.low, 1e-9);
  g_assert_cmpfloat_with_epsilon (spread.high, expected.high, 1e-9);
  g_assert_cmpfloat_with_epsilon (spread.mad, expected.mad, 1e-9);
}

static void
test_odd (void)
{
  const gdouble values[] = { 5, 1, 4, 2, 3 };

  check (values, 5, (IpcBenchSpread){ 5, 3, 2, 4, 1 });
}

static void
test_even (void)
{
  const gdouble values[] = { 4, 1, 3, 2 };

  check (values, 4, (IpcBenchSpread){ 4, 2.5, 1.75, 3.25, 1 });
}

static void
test_one (void)
{
  const gdouble values[] = { 7 };

  check (values, 1, (IpcBenchSpread){ 1, 7, 7, 7, 0 });
}

static void
test_none (void)
{
  IpcBenchSpread spread = ipc_bench_spread (NULL, 0);

  g_assert_cmpuint (spread.n, ==, 0);
  g_assert_true (isnan (spread.median) && isnan (spread.low) && isnan (spread.high) && isnan (spread.mad));
}

/* What a mean would follow. */
static void
test_far_off (void)
{
  const gdouble values[] = { 10, 11, 9, 10, 1e9 };

  check (values, 5, (IpcBenchSpread){ 5, 10, 10, 11, 1 });
}

static void
test_values_stay (void)
{
  const gdouble values[] = { 3, 1, 2 };
  gdouble copy[] = { 3, 1, 2 };

  ipc_bench_spread (copy, 3);
  g_assert_cmpmem (copy, sizeof copy, values, sizeof values);
}

static void
test_slope (void)
{
  const gdouble slaves[] = { 1, 2, 4, 8, 16 }, values[] = { 103, 106, 112, 124, 148 };

  g_assert_cmpfloat_with_epsilon (ipc_bench_slope (slaves, values, 5), 3, 1e-9);
  g_assert_true (isnan (ipc_bench_slope (slaves, values, 1)));
  g_assert_true (isnan (ipc_bench_slope (NULL, NULL, 0)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/stats/odd", test_odd);
  g_test_add_func ("/bench/stats/even", test_even);
  g_test_add_func ("/bench/stats/one", test_one);
  g_test_add_func ("/bench/stats/none", test_none);
  g_test_add_func ("/bench/stats/far-off", test_far_off);
  g_test_add_func ("/bench/stats/values-stay", test_values_stay);
  g_test_add_func ("/bench/stats/slope", test_slope);
  return g_test_run ();
}
