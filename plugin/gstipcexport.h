/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_IPC_EXPORT_H
#define GST_IPC_EXPORT_H

#include "gstipcmemory.h"
#include "link/link.h"
#include "wire/memory.h"

G_BEGIN_DECLS

/*
 * What a master lends its peer: buffers whose memory the peer has as well, each until the peer returns it (MEM-4).
 * Numbers of memories and loans are one peer's; with the peer all of it ends.
 *
 * Any function may be called from any thread, unless it says otherwise. None is called under a lock: buffers end in
 * here, and with that memories and pools of anybody.
 */
typedef struct _GstIpcExport GstIpcExport;

GstIpcExport *gst_ipc_export_new (void);
/* Takes everything back. (Memories that the pipeline still has remember the rest of it.) */
void gst_ipc_export_free (GstIpcExport *self);

/* How many buffers may be on their way at once: pools that are made from now on have some more. */
void gst_ipc_export_set_in_flight (GstIpcExport *self, guint n);

/* A loan that is being made. */
typedef struct {
  IpcPassing passing;
  guint32 number;
  GstBuffer *buffer; /* what is lent */
  gint fds[IPC_MEMORY_MAX_PARTS];
  guint32 new_memories[IPC_MEMORY_MAX_PARTS];
} GstIpcLending;

/* Streaming thread. Makes @packet, that of @buffer and of a form with MEMORY, one that refers to its memory, or to a
 * copy of it in memory that can be lent, and notes the loan. FALSE when it is to go as it is. Otherwise the packet is
 * to be sent as @lending->passing says, and then gst_ipc_export_end_lending() called. */
gboolean gst_ipc_export_lend (GstIpcExport *self, IpcLink *link, GstIpcPipelineMemory mode, GstBuffer *buffer,
    IpcPacket *packet, GstIpcLending *lending);
/* Takes back what was not sent. */
void gst_ipc_export_end_lending (GstIpcExport *self, GstIpcLending *lending);

/* The peer returns loans. FALSE with @error: it does not have one of them. */
gboolean gst_ipc_export_take_back (GstIpcExport *self, guint64 peer, const IpcPacket *release, GError **error);
/* Nothing is lent any more to anybody but @peer (0: to anybody). */
void gst_ipc_export_keep_only (GstIpcExport *self, guint64 peer);
/* Nothing is lent any more to @peer, who is gone. */
void gst_ipc_export_give_up (GstIpcExport *self, guint64 peer);
/* With no streaming thread about: the peer may forget all memories, and will. What is lent stays so until it is
 * returned.
 */
void gst_ipc_export_withdraw (GstIpcExport *self, IpcLink *link);

/* Adds memory that can be lent to what a producer is told. */
void gst_ipc_export_answer_allocation (GstIpcExport *self, GstQuery *query);

/* Adds loans, loans-open, memories, dmabufs (of them), bytes-by-reference. */
void gst_ipc_export_add_stats (GstIpcExport *self, GstStructure *stats);

G_END_DECLS
#endif
