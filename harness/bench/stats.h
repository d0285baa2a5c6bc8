/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_STATS_H
#define IPC_BENCH_STATS_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * What is said of several values of one thing. A median and quartiles, not a mean and a deviation: on a machine that
 * does other things too, what is far off is far off on one side.
 */
typedef struct {
  guint n;
  gdouble median;
  gdouble low, high; /* quartiles, interpolated */
  gdouble mad;       /* median of the distances from the median */
} IpcBenchSpread;

/* NAN everywhere when @n is 0. @values are not changed, and none is NAN. */
IpcBenchSpread ipc_bench_spread (const gdouble *values, guint n);

/* Least-squares slope of @y over @x: what one more of x costs. NAN with less than two different x. */
gdouble ipc_bench_slope (const gdouble *x, const gdouble *y, guint n);

G_END_DECLS
#endif
