/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WIRE_CODEC_H
#define IPC_WIRE_CODEC_H

#include <string.h>

#include "packet.h"

G_BEGIN_DECLS

/*
 * Private to wire/: what the table in packet.c points to. A decoder reads the payload's fields in
 * order and stops at the first that is wrong; an encoder appends the same fields.
 */

/* Integers on the wire are little-endian and lie anywhere; GStreamer's macros read them as if they were aligned. */
static inline guint32
ipc_read_u32 (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_LE (value);
}

static inline guint64
ipc_read_u64 (const guint8 *bytes)
{
  guint64 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT64_FROM_LE (value);
}

static inline void
ipc_write_u32 (guint8 *bytes, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (bytes, &value, sizeof value);
}

static inline void
ipc_write_u64 (guint8 *bytes, guint64 value)
{
  value = GUINT64_TO_LE (value);
  memcpy (bytes, &value, sizeof value);
}

/* What is left of a payload. The first error ends the reading: all further reads fail without touching it. */
typedef struct {
  const guint8 *next;
  gsize left;
  GError **error;
  gboolean failed;
} IpcReader;

/* Where an encoder writes. Only BUFFER has a tail: what lies behind its data. */
typedef struct {
  GByteArray *head;
  GByteArray *tail;
} IpcWriter;

typedef gboolean (*IpcDecodeFunc) (IpcReader *reader, IpcPacket *packet);
typedef void (*IpcEncodeFunc) (IpcWriter *writer, const IpcPacket *packet);

/* The smallest meta block: four u32, one u64 and an API name of only its NUL. */
#define IPC_META_MIN_SIZE 25
/* What a BUFFER has apart from data and metas: six u64, data size, number of metas. */
#define IPC_BUFFER_FIXED_SIZE (6 * 8 + 2 * 4)

/* Bytes of the block of @meta on the wire. */
gsize ipc_packet_meta_size (const IpcPacketMeta *meta);

gboolean ipc_decode_ack (IpcReader *reader, IpcPacket *packet);
gboolean ipc_decode_query_result (IpcReader *reader, IpcPacket *packet);
gboolean ipc_decode_buffer (IpcReader *reader, IpcPacket *packet);
gboolean ipc_decode_event (IpcReader *reader, IpcPacket *packet);
gboolean ipc_decode_sink_message (IpcReader *reader, IpcPacket *packet);
gboolean ipc_decode_query (IpcReader *reader, IpcPacket *packet);
gboolean ipc_decode_state_change (IpcReader *reader, IpcPacket *packet);
gboolean ipc_decode_state_lost (IpcReader *reader, IpcPacket *packet);
gboolean ipc_decode_message (IpcReader *reader, IpcPacket *packet);
gboolean ipc_decode_gerror (IpcReader *reader, IpcPacket *packet);
gboolean ipc_decode_memory_release (IpcReader *reader, IpcPacket *packet);

void ipc_encode_ack (IpcWriter *writer, const IpcPacket *packet);
void ipc_encode_query_result (IpcWriter *writer, const IpcPacket *packet);
void ipc_encode_buffer (IpcWriter *writer, const IpcPacket *packet);
void ipc_encode_event (IpcWriter *writer, const IpcPacket *packet);
void ipc_encode_sink_message (IpcWriter *writer, const IpcPacket *packet);
void ipc_encode_query (IpcWriter *writer, const IpcPacket *packet);
void ipc_encode_state_change (IpcWriter *writer, const IpcPacket *packet);
void ipc_encode_state_lost (IpcWriter *writer, const IpcPacket *packet);
void ipc_encode_message (IpcWriter *writer, const IpcPacket *packet);
void ipc_encode_gerror (IpcWriter *writer, const IpcPacket *packet);
void ipc_encode_memory_release (IpcWriter *writer, const IpcPacket *packet);

G_END_DECLS
#endif
