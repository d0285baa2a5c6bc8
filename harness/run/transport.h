/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RUN_TRANSPORT_H
#define IPC_RUN_TRANSPORT_H

#include "relay/relay.h"
#include "scenario/scenario.h"

G_BEGIN_DECLS

/* Connects two ends with new fds (blocking, close-on-exec): what goes into one's `out` comes from the other's `in`.
 * FALSE with @error (G_IO_ERROR) when the system has none to give; nothing is left open then. */
gboolean ipc_transport_connect (IpcTransport transport, IpcRelayEnd *a, IpcRelayEnd *b, GError **error);
void ipc_transport_close (IpcRelayEnd *end);
const gchar *ipc_transport_name (IpcTransport transport);

G_END_DECLS
#endif
