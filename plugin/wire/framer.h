/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WIRE_FRAMER_H
#define IPC_WIRE_FRAMER_H

#include "packet.h"

G_BEGIN_DECLS

/*
 * Cuts a stream of bytes into frames. The owner reads straight into the framer's memory
 * and takes complete frames out. Memory for a payload is only taken as its bytes
 * arrive (grown geometrically, so that the work is linear in the bytes whatever the cuts), and never
 * for a header that is refused. After an error the framer stays in error: a stream that has
 * lost sync is not trusted again.
 *
 * Not thread-safe: one reader owns it.
 */
typedef struct _IpcFramer IpcFramer;

/* @direction: the way the bytes travel. @max_payload: bytes, larger payloads are refused. */
IpcFramer *ipc_framer_new (IpcDirection direction, guint32 max_payload);
void ipc_framer_free (IpcFramer *framer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcFramer, ipc_framer_free)

/* Forgets everything that was read, for a new peer. */
void ipc_framer_reset (IpcFramer *framer);

/* Room for the next bytes: returns where to put them, sets @room to how many fit (at least 1,
 * at most @wanted). Small packets that follow each other come with one read. */
guint8 *ipc_framer_reserve (IpcFramer *framer, gsize wanted, gsize *room);
/* Says that @n bytes (at most the room) were written to where reserve pointed. */
void ipc_framer_commit (IpcFramer *framer, gsize n);

/* Takes the next complete frame. TRUE: @header and @payload (transfer full, possibly
 * empty, never NULL; nobody else refers to its memory) are set. FALSE without @error: more bytes are needed.
 * FALSE with @error: the stream is broken for good. */
gboolean ipc_framer_next (IpcFramer *framer, IpcHeader *header, GBytes **payload, GError **error);

/* TRUE when the stream could end here: no header or payload is half read. */
gboolean ipc_framer_at_boundary (IpcFramer *framer);
/* FALSE at a boundary. TRUE: @n bytes of a frame are there, and the rest is not: of its payload if @header has a type,
 * of the header itself if its type is 0. */
gboolean ipc_framer_partial (IpcFramer *framer, IpcHeader *header, gsize *n);

G_END_DECLS
#endif
