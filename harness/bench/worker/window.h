/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_WORKER_WINDOW_H
#define IPC_BENCH_WORKER_WINDOW_H

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * The time between two moments: how long it was, how much CPU each of some processes used in it (all threads, user and
 * system, as the kernel's scheduler counts it, in nanoseconds), and how often their threads went to sleep.
 */
typedef struct _IpcBenchWindow IpcBenchWindow;

/* @pids: array of process ids. NULL with @error when there is no such process. */
IpcBenchWindow *ipc_bench_window_new (JsonArray *pids, GError **error);
void ipc_bench_window_free (IpcBenchWindow *window);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcBenchWindow, ipc_bench_window_free)

void ipc_bench_window_open (IpcBenchWindow *window);
void ipc_bench_window_close (IpcBenchWindow *window);
/* Adds `wall` (ns), `cpu` and `waits` (arrays, one each for a process). */
void ipc_bench_window_report (const IpcBenchWindow *window, JsonObject *report);

/* CLOCK_MONOTONIC, nanoseconds. */
gint64 ipc_bench_now (void);

G_END_DECLS
#endif
