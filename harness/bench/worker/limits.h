/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_WORKER_LIMITS_H
#define IPC_BENCH_WORKER_LIMITS_H

#include "board.h"

G_BEGIN_DECLS

/*
 * What the machine can do at best, without GStreamer: a message over a socket and a short answer, messages one behind
 * the other without answers, a copy in memory. A message is of the size of a packet with that much data, an answer of
 * that of an ACK. The fd stays the caller's.
 */

/* How many buffers of @size a producer has, one after the other: more than any contestant has under way, and of large
 * ones no more than /dev/shm has room for in a container. */
#define IPC_BENCH_POOL_BUFFERS_MAX 64
guint ipc_bench_pool_buffers (gsize size);

/* The other end of each, until the producer's end is closed. Answers: after each message. */
gboolean ipc_bench_limits_answer (gint fd, gsize size, GError **error);
gboolean ipc_bench_limits_take (gint fd, gsize size, IpcBenchBoard *board, guint slot, GError **error);

typedef struct {
  gint fd;
  gsize size;
  guint8 *data, *copy; /* messages: as many as a producer has buffers, and one */
  guint n_messages, next;
} IpcBenchLimits;

void ipc_bench_limits_init (IpcBenchLimits *limits, gint fd, gsize size);
void ipc_bench_limits_clear (IpcBenchLimits *limits);
/* One of each. */
gboolean ipc_bench_limits_ping (IpcBenchLimits *limits, GError **error);
gboolean ipc_bench_limits_send (IpcBenchLimits *limits, GError **error);
/* Several, so that asking for the time is not what is measured; returns how many. */
guint ipc_bench_limits_copy (IpcBenchLimits *limits);

G_END_DECLS
#endif
