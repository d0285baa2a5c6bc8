/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_FORMAT_H
#define IPC_BENCH_FORMAT_H

#include "result.h"

G_BEGIN_DECLS

/* Numbers for people: three digits and a unit. (transfer full) */
gchar *ipc_bench_format_time (gdouble nanoseconds);
gchar *ipc_bench_format_bytes (gdouble bytes);
/* "12.3 k" */
gchar *ipc_bench_format_count (gdouble count);
gchar *ipc_bench_format_number (gdouble value);
/* "12.3 us +-5 %": half of what lies between the quartiles, as a share of the median. */
gchar *ipc_bench_format_spread (const IpcBenchSpread *spread);

G_END_DECLS
#endif
