/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_RATIO_H
#define IPC_BENCH_RATIO_H

#include "result.h"

G_BEGIN_DECLS

/*
 * How fast the tested implementation is meant to be, against others and against the machine. A ratio is the median of
 * what was measured over the median of what it is held against, all of one run. Its spread is that of the ratios of the
 * single rounds: what the machine did to a whole round is not in it.
 */
typedef struct {
  const gchar *work, *metric, *against; /* for people */
  gdouble at_most;
  gdouble value;
  IpcBenchSpread spread;
  gboolean reached;
  gchar *missing; /* why there is no value, or NULL */
} IpcBenchRatio;

/* All of the table, of IpcBenchRatio. (transfer full) */
GPtrArray *ipc_bench_ratios (const IpcBenchResult *result);

G_END_DECLS
#endif
