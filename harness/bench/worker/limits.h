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

/* The other end of each, until the producer's end is closed. Answers: after each message. */
gboolean ipc_bench_limits_answer (gint fd, gsize size, GError **error);
gboolean ipc_bench_limits_take (gint fd, gsize size, IpcBenchBoard *board, guint slot, GError **error);

typedef struct {
  gint fd;
  gsize size;
  gpointer data, copy; /* of @size and a header more */
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
