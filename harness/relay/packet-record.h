/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RELAY_PACKET_RECORD_H
#define IPC_RELAY_PACKET_RECORD_H

#include <json-glib/json-glib.h>

#include "wire/packet.h"

G_BEGIN_DECLS

/* Adds what a `packet` record says of @packet (docs/history.md) to @record: type, id, size, and the decoded fields. */
void ipc_packet_record_fill (JsonObject *record, const IpcPacket *packet);
/* The same for a packet of which only the header could be read. */
void ipc_packet_record_fill_header (JsonObject *record, const IpcHeader *header);

G_END_DECLS
#endif
