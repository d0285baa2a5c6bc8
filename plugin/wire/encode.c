/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The writers of the payloads, one for each packet type; the table in packet.c says which is whose. They append to
 * the caller's arrays and own nothing.
 */

#include <string.h>

#include "codec.h"

static void
append_u8 (GByteArray *bytes, guint8 value)
{
  g_byte_array_append (bytes, &value, 1);
}

static void
append_u32 (GByteArray *bytes, guint32 value)
{
  guint8 raw[4];

  ipc_write_u32 (raw, value);
  g_byte_array_append (bytes, raw, sizeof raw);
}

static void
append_u64 (GByteArray *bytes, guint64 value)
{
  guint8 raw[8];

  ipc_write_u64 (raw, value);
  g_byte_array_append (bytes, raw, sizeof raw);
}

/* @text with its NUL; NULL is written as "". */
static void
append_text (GByteArray *bytes, const gchar *text)
{
  const gchar *written = text ? text : "";

  g_byte_array_append (bytes, (const guint8 *)written, (guint)strlen (written) + 1);
}

static void
append_sized_text (GByteArray *bytes, const gchar *text)
{
  append_u32 (bytes, text ? (guint32)strlen (text) + 1 : 1);
  append_text (bytes, text);
}

static void
append_optional_text (GByteArray *bytes, const gchar *text)
{
  if (text)
    append_sized_text (bytes, text);
  else
    append_u32 (bytes, 0);
}

void
ipc_encode_ack (IpcWriter *writer, const IpcPacket *packet)
{
  append_u32 (writer->head, packet->ack.result);
}

void
ipc_encode_query_result (IpcWriter *writer, const IpcPacket *packet)
{
  append_u8 (writer->head, packet->query_result.result ? 1 : 0);
  append_u32 (writer->head, packet->query_result.type);
  append_text (writer->head, packet->query_result.structure);
}

static void
append_meta (GByteArray *bytes, const IpcPacketMeta *meta)
{
  append_u32 (bytes, (guint32)ipc_packet_meta_size (meta));
  append_u32 (bytes, meta->flags);
  append_sized_text (bytes, meta->api);
  append_u64 (bytes, meta->struct_size);
  append_optional_text (bytes, meta->text);
}

void
ipc_encode_buffer (IpcWriter *writer, const IpcPacket *packet)
{
  append_u64 (writer->head, packet->buffer.pts);
  append_u64 (writer->head, packet->buffer.dts);
  append_u64 (writer->head, packet->buffer.duration);
  append_u64 (writer->head, packet->buffer.offset);
  append_u64 (writer->head, packet->buffer.offset_end);
  append_u64 (writer->head, packet->buffer.flags);
  append_u32 (writer->head, packet->buffer.size);
  append_u32 (writer->tail, packet->buffer.n_metas);
  for (guint32 i = 0; i < packet->buffer.n_metas; i++)
    append_meta (writer->tail, &packet->buffer.metas[i]);
}

void
ipc_encode_event (IpcWriter *writer, const IpcPacket *packet)
{
  append_u32 (writer->head, packet->event.type);
  append_u32 (writer->head, packet->event.seqnum);
  append_u8 (writer->head, packet->event.upstream ? 1 : 0);
  append_text (writer->head, packet->event.structure);
}

void
ipc_encode_sink_message (IpcWriter *writer, const IpcPacket *packet)
{
  append_u32 (writer->head, packet->sink_message.message_type);
  append_u32 (writer->head, packet->sink_message.event_seqnum);
  append_u32 (writer->head, packet->sink_message.message_seqnum);
  append_sized_text (writer->head, packet->sink_message.name);
  append_text (writer->head, packet->sink_message.structure);
}

void
ipc_encode_query (IpcWriter *writer, const IpcPacket *packet)
{
  append_u32 (writer->head, packet->query.type);
  append_u8 (writer->head, packet->query.upstream ? 1 : 0);
  append_text (writer->head, packet->query.structure);
}

void
ipc_encode_state_change (IpcWriter *writer, const IpcPacket *packet)
{
  append_u32 (writer->head, packet->state_change.transition);
}

void
ipc_encode_state_lost (IpcWriter *writer, const IpcPacket *packet)
{
}

void
ipc_encode_message (IpcWriter *writer, const IpcPacket *packet)
{
  append_u32 (writer->head, packet->message.type);
  append_text (writer->head, packet->message.structure);
}

void
ipc_encode_gerror (IpcWriter *writer, const IpcPacket *packet)
{
  append_u8 (writer->head, packet->gerror.kind);
  append_sized_text (writer->head, packet->gerror.domain);
  append_u32 (writer->head, packet->gerror.code);
  append_optional_text (writer->head, packet->gerror.text);
  append_optional_text (writer->head, packet->gerror.debug);
}

void
ipc_encode_memory_release (IpcWriter *writer, const IpcPacket *packet)
{
  append_u32 (writer->head, packet->memory_release.n);
  for (guint32 i = 0; i < packet->memory_release.n; i++)
    append_u32 (writer->head, packet->memory_release.numbers[i]);
}
