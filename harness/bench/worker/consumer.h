/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_WORKER_CONSUMER_H
#define IPC_BENCH_WORKER_CONSUMER_H

#include <gst/gst.h>

#include "board.h"

G_BEGIN_DECLS

/* Counts on @board what arrives at the sink pad of @element: buffers and custom events. @read: every byte of a buffer
 * is looked at, as a display or an encoder would. @board must outlive the element. */
void ipc_bench_consumer_watch (GstElement *element, IpcBenchBoard *board, guint slot, gboolean read);

G_END_DECLS
#endif
