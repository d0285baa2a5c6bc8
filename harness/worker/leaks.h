/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_LEAKS_H
#define IPC_WORKER_LEAKS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * Objects that outlived their pipeline, by GStreamer's own leaks tracer. Without it (GST_TRACERS) nothing is found.
 */

typedef struct {
  gchar *type;        /* GType name */
  gchar *description; /* name, content, reference count */
} IpcLeak;

void ipc_leak_free (IpcLeak *leak);

/* Counts objects from now on: once, after GStreamer's initialisation. */
void ipc_leaks_watch (void);
/* What is still alive of elements, pads, buses, tasks, buffers, events, messages and queries (IpcLeak, free func set).
 * Objects that threads are about to drop are given up to @settle_us microseconds. */
GPtrArray *ipc_leaks_find (gint64 settle_us);

G_END_DECLS
#endif
