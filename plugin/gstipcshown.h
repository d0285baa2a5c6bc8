/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_IPC_SHOWN_H
#define GST_IPC_SHOWN_H

#include <gst/gst.h>

#include "wire/memory.h"

G_BEGIN_DECLS

/*
 * A memory that a master has shown, as its slave has it: the file is mapped; of a dmabuf the fd is kept instead, so
 * that elements that know what to do with one get it as it is.
 *
 * Any function may be called from any thread. Those that say so end in code of elements, which may have attached things
 * of their own to a memory: none of these is called under a lock.
 */
typedef struct _GstIpcShown GstIpcShown;

/* What all memories of one link amount to, those too that were given up and are still used. Atomic; of
 * g_atomic_rc_box. */
typedef struct {
  gint memories;
  gint dmabufs; /* of them */
  gsize bytes;
} GstIpcShownTotal;

/* That of @part, which is new, in @fd (which the caller keeps); @dmabufs: whether it may be one. Counted in @total.
 * NULL with @error, an IPC_LINK_ERROR: the peer broke the protocol or its limits (MEM-7), or this process has no room.
 */
GstIpcShown *gst_ipc_shown_new (
    const IpcMemoryPart *part, gint fd, gboolean dmabufs, GstIpcShownTotal *total, GError **error);
GstIpcShown *gst_ipc_shown_ref (GstIpcShown *self);
void gst_ipc_shown_unref (GstIpcShown *self);
/* The master will refer to it no more. Ends one reference; ends in code of elements. */
void gst_ipc_shown_retire (GstIpcShown *self);

/* Bytes. */
gsize gst_ipc_shown_get_size (const GstIpcShown *self);

/* A stretch of it, that nobody can write to (MEM-8), and that is no part of another memory. When nobody uses it any
 * more, @let_go is called with @user_data, by whoever was the last. A stretch of a dmabuf that was used before is the
 * very same memory, if nobody else uses it: what elements have attached to it (as what they imported it) is still
 * there. */
GstMemory *gst_ipc_shown_get_memory (
    GstIpcShown *self, gsize offset, gsize length, GDestroyNotify let_go, gpointer user_data);

G_END_DECLS
#endif
