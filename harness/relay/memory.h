/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RELAY_MEMORY_H
#define IPC_RELAY_MEMORY_H

#include <gio/gunixfdlist.h>

#include "history/history.h"
#include "wire/packet.h"

G_BEGIN_DECLS

/*
 * The memories that a master has shown its slave: where a BUFFER refers to them instead of having its data, the relay
 * looks at that, so that its record says what any BUFFER's says.
 */
typedef struct _IpcRelayMemory IpcRelayMemory;

IpcRelayMemory *ipc_relay_memory_new (void);
void ipc_relay_memory_free (IpcRelayMemory *memory);

/* Takes note of what @packet, sent by the master, shows and gives up, @fds (in order; borrowed) being those that came
 * with it. */
void ipc_relay_memory_note (IpcRelayMemory *memory, const IpcPacket *packet, const gint *fds, guint n_fds);
/* Completes @record, of @packet: adds the `md5` of the data that it refers to, if all of that can be read. */
void ipc_relay_memory_fill (IpcRelayMemory *memory, const IpcPacket *packet, JsonObject *record);

G_END_DECLS
#endif
