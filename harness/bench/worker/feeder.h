/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_WORKER_FEEDER_H
#define IPC_BENCH_WORKER_FEEDER_H

#include <gst/gst.h>

#include "board.h"

G_BEGIN_DECLS

typedef struct {
  gsize size;
  const gchar *caps; /* text */
  gboolean fill;     /* every byte of each buffer is written */
  gboolean system;   /* ordinary memory, whatever downstream would rather have */
  guint consumers;   /* slots 0 ... of the board */
} IpcBenchFeed;

/*
 * A producer: a source pad without an element, which the calling thread pushes from. So a buffer costs what pushing it
 * costs, and no thread of a source stands in between. Memory comes from a bounded pool: downstream's when it has one,
 * else one of its own with downstream's allocator or ordinary memory. One thread.
 */
typedef struct _IpcBenchFeeder IpcBenchFeeder;

/* @entry: element with the pad "sink", in a pipeline that is under way to PLAYING. NULL with @error. */
IpcBenchFeeder *ipc_bench_feeder_new (
    GstElement *entry, const IpcBenchFeed *feed, IpcBenchBoard *board, GError **error);
void ipc_bench_feeder_free (IpcBenchFeeder *feeder);

/* Pushes marked buffers until each consumer has had the last one: all is connected, and nothing is under way. */
gboolean ipc_bench_feeder_warm (IpcBenchFeeder *feeder, GError **error);
/* Pushes one. */
gboolean ipc_bench_feeder_push_buffer (IpcBenchFeeder *feeder, GError **error);
gboolean ipc_bench_feeder_push_event (IpcBenchFeeder *feeder, GError **error);
/* Waits until everything that was pushed since it was warm has been consumed, by each. */
gboolean ipc_bench_feeder_drain (IpcBenchFeeder *feeder, GError **error);
/* Whether consumers that read all have read what was written. */
gboolean ipc_bench_feeder_check (IpcBenchFeeder *feeder, GError **error);
/* Where memory comes from, for people. */
const gchar *ipc_bench_feeder_memory (const IpcBenchFeeder *feeder);

G_END_DECLS
#endif
