/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_TESTS_BENCH_DMABUF_H
#define IPC_TESTS_BENCH_DMABUF_H

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * dmabufs: buffers of a graphics device, which any driver makes that has dumb buffers, that of virtual devices (vgem)
 * too. ci/with-dmabuf is for machines that have none.
 */

/* Why there are none here, or NULL. */
const gchar *dmabuf_why_not (void);
/* One with @size bytes, a multiple of 4096, whose bytes are those of memory_new_fd() with @seed. */
gint dmabuf_new_fd (gsize size, guint8 seed);
/* A GstMemory of the like. */
GstMemory *dmabuf_new (gsize size, guint8 seed);

/* File descriptors, and mappings, of dmabufs that this process has. */
guint dmabuf_count_fds (void);
guint dmabuf_count_mappings (void);
/* Whether two fds are the same dmabuf's. */
gboolean dmabuf_is_same (gint one, gint other);

G_END_DECLS
#endif
