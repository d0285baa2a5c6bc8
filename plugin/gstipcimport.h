/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_IPC_IMPORT_H
#define GST_IPC_IMPORT_H

#include "link/link.h"
#include "wire/memory.h"

G_BEGIN_DECLS

/*
 * What a slave has been lent by its master: memories, mapped once and read only, and loans of stretches of them
 * (MEM-3). Nothing that the master says of them is taken for granted.
 *
 * Any function may be called from any thread, unless it says otherwise. Memory that was lent may outlive the element
 * and its peer: it stays mapped for as long as anybody has it.
 */
typedef struct _GstIpcImport GstIpcImport;

/* @link: what loans are returned with. */
GstIpcImport *gst_ipc_import_new (IpcLink *link);
/* No loan is returned any more. */
void gst_ipc_import_free (GstIpcImport *self);

/* Reader thread, in the link's `packet`: the memories that @packet, which ipc_packet_is_loan(), refers to, of
 * GstMemory; with the last of them the loan is returned. NULL with @error, an IPC_LINK_ERROR: the peer broke the
 * protocol. */
GPtrArray *gst_ipc_import_take (GstIpcImport *self, const IpcPacket *packet, GError **error);
/* Around a push, by one thread at a time, which has something to send behind it anyway: what that thread returns
 * meanwhile is kept until release(). TRUE: @packet returns it, and is to be sent to @peer; FALSE: there was nothing, or
 * it has been sent. */
void gst_ipc_import_hold (GstIpcImport *self);
gboolean gst_ipc_import_release (GstIpcImport *self, guint64 peer, IpcPacket *packet);
/* Reader thread: the master's MEMORY_RELEASE. FALSE with @error: it names what it has never shown. */
gboolean gst_ipc_import_forget (GstIpcImport *self, const IpcPacket *release, GError **error);
/* Forgets the memories of every peer but @peer (0: of every one). */
void gst_ipc_import_keep_only (GstIpcImport *self, guint64 peer);
/* Forgets the memories of @peer, who is gone. */
void gst_ipc_import_give_up (GstIpcImport *self, guint64 peer);

/* Adds loans, loans-open, memories, dmabufs (that this process has of it), bytes-by-reference. */
void gst_ipc_import_add_stats (GstIpcImport *self, GstStructure *stats);

G_END_DECLS
#endif
