/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_PROCESS_H
#define IPC_BENCH_PROCESS_H

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "run/run.h"

G_BEGIN_DECLS

/*
 * A gst-ipc-bench-worker. Commands are sent without waiting, so that many processes work at once; waiting is for all
 * that one was told. One thread, that of the default main context.
 */
typedef struct _IpcBenchProcess IpcBenchProcess;

/* Starts @worker (shell words) with the plugin of @implementation; its output goes to the file @name.log in @folder. */
IpcBenchProcess *ipc_bench_process_new (const IpcImplementation *implementation, const gchar *worker,
    const gchar *folder, const gchar *name, GError **error);
/* Kills and reaps it, if it has not ended. */
void ipc_bench_process_free (IpcBenchProcess *process);

GPid ipc_bench_process_pid (const IpcBenchProcess *process);
/* Sends @command with @members (taken; NULL: none) and @fd (taken; -1: none). */
void ipc_bench_process_send (IpcBenchProcess *process, const gchar *command, JsonObject *members, gint fd);
/* Waits until it has answered all. The answer to the last (the process's), or NULL with @error: what went wrong first
 * with it or with one of @others (of IpcBenchProcess; NULL for none), nothing for @patience ns, or @cancellable. */
JsonObject *ipc_bench_process_wait (
    IpcBenchProcess *process, GPtrArray *others, gint64 patience, GCancellable *cancellable, GError **error);
/* The same for what it says first, before any command. */
JsonObject *ipc_bench_process_hello (
    IpcBenchProcess *process, gint64 patience, GCancellable *cancellable, GError **error);

/* CPU time that all its threads have used so far, in ns, and memory, its share of what it shares counted, in bytes. */
gint64 ipc_bench_process_cpu (const IpcBenchProcess *process);
gint64 ipc_bench_process_memory (const IpcBenchProcess *process);

G_END_DECLS
#endif
