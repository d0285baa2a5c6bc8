/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_IPC_MEMORY_H
#define GST_IPC_MEMORY_H

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * Memory that another process can have as well: memfds, sealed so that neither side can change their size, kept mapped
 * here. Where the kernel can (Linux 5.1), who gets one can only read it. Made of GstFdAllocator's memories. And what
 * other files can be passed so: those of others with the seals, and dmabufs.
 */

/* When buffers are passed by reference. */
typedef enum {
  GST_IPC_PIPELINE_MEMORY_AUTO,     /* when that pays */
  GST_IPC_PIPELINE_MEMORY_COPY,     /* never */
  GST_IPC_PIPELINE_MEMORY_ZERO_COPY /* whenever it is possible */
} GstIpcPipelineMemory;

#define GST_TYPE_IPC_PIPELINE_MEMORY (gst_ipc_pipeline_memory_get_type ())
GType gst_ipc_pipeline_memory_get_type (void);

/* What may be lent is sealed like this. */
#define GST_IPC_MEMORY_SEALS (F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)

/* With @least bytes, 0: any. Smaller memories, and those that there are no more fds for, are ordinary ones. */
GstAllocator *gst_ipc_memory_allocator_new (gsize least);

/* A pool of such memory. Who waits for a buffer of it (all that it may have are lent) gets one of ordinary memory
 * instead, which is not kept: how many buffers the other process keeps is for its elements to say, and an encoder there
 * may need more of them than any pool has before it lets go of the first. How much is under way is bounded by what
 * those elements take, as it is without a pool. */
GstBufferPool *gst_ipc_memory_pool_new (GstAllocator *allocator);
/* How many buffers of @size bytes one should have at most, when @in_flight of them are on their way at once. */
guint gst_ipc_memory_pool_limit (gsize size, guint in_flight);

/* What a file is to whom wants to lend it, or is lent it. */
typedef enum {
  GST_IPC_FILE_OTHER,  /* nothing that can be lent */
  GST_IPC_FILE_SEALED, /* has the seals */
  GST_IPC_FILE_DMABUF  /* (Linux 5.3); never changes its size */
} GstIpcFileKind;

/* @size: bytes, at least 1; untouched, maybe, when it is OTHER. */
GstIpcFileKind gst_ipc_file_kind (gint fd, guint64 *size);
/* The same of @memory's; OTHER when it has none. */
GstIpcFileKind gst_ipc_memory_file_kind (GstMemory *memory, guint64 *size);

G_END_DECLS
#endif
