/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_PAGE_H
#define IPC_BENCH_PAGE_H

#include "result.h"

G_BEGIN_DECLS

/* One HTML file that needs nothing else: plots, then all tables. (transfer full) */
gchar *ipc_bench_page (const IpcBenchResult *result);

G_END_DECLS
#endif
