/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WIRE_TEST_UTIL_H
#define IPC_WIRE_TEST_UTIL_H

#include "codec.h"
#include "framer.h"
#include "object.h"

G_BEGIN_DECLS

/* Encodes @packet (which is cleared) and decodes it again: what the other side gets. */
static inline void
test_send (IpcPacket *packet, IpcPacket *received)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GError) error = NULL;
  IpcHeader header;

  ipc_packet_encode (packet, bytes);
  ipc_packet_clear (packet);
  header.type = bytes->data[0];
  header.id = ipc_read_u32 (bytes->data + 1);
  header.size = ipc_read_u32 (bytes->data + 5);
  g_assert_cmpuint (header.size, ==, bytes->len - IPC_HEADER_SIZE);
  payload = g_bytes_new (bytes->data + IPC_HEADER_SIZE, header.size);
  ipc_packet_decode (&header, payload, received, &error);
  g_assert_no_error (error);
}

G_END_DECLS
#endif
