/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_CONTESTANT_H
#define IPC_BENCH_CONTESTANT_H

#include "run/run.h"
#include "work.h"

G_BEGIN_DECLS

/* By what data goes from producer to consumer. */
typedef enum {
  IPC_BENCH_IPC,    /* ipcpipelinesink and ipcpipelinesrc */
  IPC_BENCH_SHM,    /* shmsink and shmsrc */
  IPC_BENCH_UNIXFD, /* unixfdsink and unixfdsrc */
  IPC_BENCH_QUEUE,  /* a queue, in one process */
  IPC_BENCH_DIRECT, /* nothing, in one process: what measuring itself costs */
  IPC_BENCH_PING_PONG,
  IPC_BENCH_STREAM,
  IPC_BENCH_MEMCPY /* the machine's limits, without GStreamer */
} IpcBenchMeans;

/* An implementation of the three elements, and what its worker said that it has. */
typedef struct {
  gchar *name;
  IpcImplementation *implementation; /* NULL when it is not there */
  gchar **capabilities;
  gchar *unavailable; /* why it is not there, or NULL */
} IpcBenchSide;

/*
 * Who takes part. `role` is what the table of ratios knows it by, whatever the implementations are called:
 * "tested", "legacy", "tested-to-legacy", "legacy-to-tested", "tested PROPERTIES", "shm", "unixfd", "queue", "direct",
 * "ping-pong", "stream", "memcpy".
 */
typedef struct {
  gchar *name, *role, *what;
  IpcBenchMeans means;
  const IpcBenchSide *master, *slave;
  gchar *properties;  /* of the sink, "max-in-flight=16 memory=copy", or NULL */
  gchar *unavailable; /* why it takes no part, or NULL */
} IpcBenchContestant;

void ipc_bench_contestant_free (IpcBenchContestant *contestant);

/* All contestants: @tested and @legacy, also mixed; @tested with each of @properties (texts like "memory=copy"); the
 * others. (transfer full) (element-type IpcBenchContestant) */
GPtrArray *ipc_bench_contestants (
    const IpcBenchSide *tested, const IpcBenchSide *legacy, const gchar *const *properties);

/* Whether this contestant can do this work at all. */
gboolean ipc_bench_contestant_does (const IpcBenchContestant *contestant, const IpcBenchWork *work);

/* Its processes besides the producer's. */
guint ipc_bench_contestant_n_slaves (const IpcBenchContestant *contestant, const IpcBenchWork *work);
/* The pipelines, in gst-launch syntax; @folder is for sockets. NULL where there is none. (transfer full) */
gchar *ipc_bench_contestant_master_pipeline (
    const IpcBenchContestant *contestant, const IpcBenchWork *work, const gchar *folder);
gchar *ipc_bench_contestant_slave_pipeline (
    const IpcBenchContestant *contestant, const IpcBenchWork *work, const gchar *folder);
/* The element that buffers go into. */
const gchar *ipc_bench_contestant_entry (const IpcBenchContestant *contestant, const IpcBenchWork *work);

G_END_DECLS
#endif
