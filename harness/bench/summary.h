/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_SUMMARY_H
#define IPC_BENCH_SUMMARY_H

#include "result.h"
#include "table.h"

G_BEGIN_DECLS

/* What there is to see of a result, as tables. (transfer full) (element-type IpcBenchTable) */
GPtrArray *ipc_bench_summary_tables (const IpcBenchResult *result);
/* All of it for a terminal, and as Markdown. (transfer full) */
gchar *ipc_bench_summary_text (const IpcBenchResult *result);
gchar *ipc_bench_summary_markdown (const IpcBenchResult *result);
/* What stands above the tables: where, when, how often. (transfer full) */
gchar *ipc_bench_summary_head (const IpcBenchResult *result);

G_END_DECLS
#endif
