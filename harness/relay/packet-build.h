/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RELAY_PACKET_BUILD_H
#define IPC_RELAY_PACKET_BUILD_H

#include <json-glib/json-glib.h>

#include "wire/packet.h"

G_BEGIN_DECLS

/*
 * Packets from JSON: the opposite of packet-record.h. Fields are called as in a `packet` record (docs/history.md);
 * beyond those, what no right packet has: `type` may be a number, `size` is what the header announces whatever follows,
 * `payload` (hexadecimal) stands in place of the fields, `transition` is a state change of any number, `data`
 * (hexadecimal) is the content of a BUFFER, and `overwrite` puts bytes at places ("header:5=00 payload:52=ffffffff").
 */

#define IPC_BUILD_ERROR (ipc_build_error_quark ())
GQuark ipc_build_error_quark (void);
typedef enum { IPC_BUILD_ERROR_FIELD } IpcBuildError;

/* A whole packet of @fields; @id: when they have none. NULL with @error (IPC_BUILD_ERROR). */
GBytes *ipc_packet_build (JsonObject *fields, guint32 id, GError **error);
/* @frame, a packet that decodes, with @fields in place of its own. */
GBytes *ipc_packet_change (GBytes *frame, JsonObject *fields, GError **error);

/* Where in a packet of @size bytes "before", "after", "header:N" or "payload:N" is: never behind its end. FALSE when
 * @text is no such place. */
gboolean ipc_packet_place (const gchar *text, gsize size, gsize *offset);
/* Bytes from hexadecimal digits, or NULL when @text is not a whole number of bytes. */
GBytes *ipc_bytes_from_hex (const gchar *text);

G_END_DECLS
#endif
