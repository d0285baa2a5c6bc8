/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_WORKER_BOARD_H
#define IPC_BENCH_WORKER_BOARD_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * Memory that all processes of a measurement share: what each consumer has had so far. It is how a producer whose
 * elements do not wait for anything (a queue, shared memory) learns that all has arrived, without a channel of its own
 * that would cost something per buffer. One consumer writes to a slot, the producer reads all.
 */
typedef struct _IpcBenchBoard IpcBenchBoard;

typedef struct {
  guint64 sum;    /* of the bytes that buffers were filled with */
  guint64 broken; /* buffers that were not filled with one byte throughout */
} IpcBenchSeen;

/* Maps @fd, which stays the caller's. NULL with @error. */
IpcBenchBoard *ipc_bench_board_new (gint fd, GError **error);
void ipc_bench_board_free (IpcBenchBoard *board);
guint ipc_bench_board_n_slots (void);

/* Of consumers, each with a slot of its own. Both wake the producer. What is marked is not counted. */
void ipc_bench_board_mark (IpcBenchBoard *board, guint slot, guint32 mark);
/* @n more have been consumed; what was said of them before is seen by whoever sees the count. */
void ipc_bench_board_count (IpcBenchBoard *board, guint slot, guint32 n);
void ipc_bench_board_read (IpcBenchBoard *board, guint slot, guint8 byte, gboolean whole);
gboolean ipc_bench_board_wants_marks (IpcBenchBoard *board);

/* Of the producer. Waiting ends when @slot has come to @mark or @count, or when nothing has happened there for
 * @patience ns; it returns how far it is. */
void ipc_bench_board_want_marks (IpcBenchBoard *board, gboolean want);
guint32 ipc_bench_board_wait_mark (IpcBenchBoard *board, guint slot, guint32 mark, gint64 patience);
guint32 ipc_bench_board_wait_count (IpcBenchBoard *board, guint slot, guint32 count, gint64 patience);
IpcBenchSeen ipc_bench_board_seen (IpcBenchBoard *board, guint slot);

G_END_DECLS
#endif
