/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RELAY_CAPTURE_H
#define IPC_RELAY_CAPTURE_H

#include "wire/packet.h"

G_BEGIN_DECLS

/*
 * A capture, taken apart: the raw bytes that one end of a link has sent. Bytes may be damaged, or be no capture at all;
 * what can be read is read. Pure: any thread.
 */

typedef enum {
  IPC_CAPTURE_PACKET, /* is as it should be */
  IPC_CAPTURE_ODD,   /* framed like a packet, since another follows or the end, but its content or direction is wrong */
  IPC_CAPTURE_NOISE, /* bytes that are no packets, up to the next that are */
  IPC_CAPTURE_CUT    /* a packet that was begun and never completed: the end */
} IpcCaptureKind;

typedef struct {
  IpcCaptureKind kind;
  gsize offset, length; /* of all its bytes; the items follow each other without a gap */
  IpcHeader header;     /* of PACKET, ODD, and of CUT when it is complete */
  gchar *why;           /* what is wrong, NULL for PACKET */
} IpcCaptureItem;

/* Array of IpcCaptureItem, in order; empty for no bytes. */
GPtrArray *ipc_capture_read (GBytes *bytes, IpcDirection direction);
/* The packet of an item of kind PACKET; end with ipc_packet_clear(). */
void ipc_capture_packet (GBytes *bytes, const IpcCaptureItem *item, IpcPacket *packet);

G_END_DECLS
#endif
