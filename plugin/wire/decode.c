/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The strict readers of the payloads, one for each packet type; the table in packet.c says which is whose.
 * Nothing is copied: strings and data of a packet point into its payload, which the packet owns. Every
 * length is compared with what remains before it is used, as a subtraction-free comparison that cannot wrap.
 */

#include <string.h>

#include "codec.h"
#include "memory.h"

static gboolean reader_fail (IpcReader *reader, IpcWireError code, const gchar *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
reader_fail (IpcReader *reader, IpcWireError code, const gchar *format, ...)
{
  va_list args;

  /* the first thing that was wrong is the one to report */
  if (!reader->failed && reader->error) {
    va_start (args, format);
    *reader->error = g_error_new_valist (IPC_WIRE_ERROR, (gint)code, format, args);
    va_end (args);
  }
  reader->failed = TRUE;
  return FALSE;
}

/* The next @size bytes, or NULL when there are fewer. */
static const guint8 *
read_bytes (IpcReader *reader, gsize size, const gchar *what)
{
  const guint8 *bytes = reader->next;

  if (reader->failed)
    return NULL;
  if (size > reader->left) {
    reader_fail (reader, IPC_WIRE_ERROR_TRUNCATED,
        "%s: %" G_GSIZE_FORMAT " bytes announced, but the payload has only %" G_GSIZE_FORMAT " left", what, size,
        reader->left);
    return NULL;
  }
  reader->next += size;
  reader->left -= size;
  return bytes;
}

static gboolean
read_u8 (IpcReader *reader, guint8 *value, const gchar *what)
{
  const guint8 *bytes = read_bytes (reader, 1, what);

  if (!bytes)
    return FALSE;
  *value = bytes[0];
  return TRUE;
}

static gboolean
read_u32 (IpcReader *reader, guint32 *value, const gchar *what)
{
  const guint8 *bytes = read_bytes (reader, 4, what);

  if (!bytes)
    return FALSE;
  *value = ipc_read_u32 (bytes);
  return TRUE;
}

static gboolean
read_u64 (IpcReader *reader, guint64 *value, const gchar *what)
{
  const guint8 *bytes = read_bytes (reader, 8, what);

  if (!bytes)
    return FALSE;
  *value = ipc_read_u64 (bytes);
  return TRUE;
}

static gboolean
read_boolean (IpcReader *reader, gboolean *value, const gchar *what)
{
  guint8 byte = 0;

  if (!read_u8 (reader, &byte, what))
    return FALSE;
  if (byte > 1)
    return reader_fail (reader, IPC_WIRE_ERROR_VALUE, "%s is %u, must be 0 or 1", what, byte);
  *value = byte;
  return TRUE;
}

/* A string of @size bytes with its NUL, which must be the only one. */
static gboolean
read_text (IpcReader *reader, gsize size, const gchar **text, const gchar *what)
{
  const gchar *bytes = (const gchar *)read_bytes (reader, size, what);

  if (!bytes)
    return FALSE;
  if (size == 0 || bytes[size - 1] != '\0')
    return reader_fail (reader, IPC_WIRE_ERROR_STRING, "%s does not end with a NUL", what);
  /* g_utf8_validate() with a length also refuses a NUL inside */
  if (!g_utf8_validate (bytes, size - 1, NULL))
    return reader_fail (reader, IPC_WIRE_ERROR_STRING, "%s has a NUL inside or is not UTF-8", what);
  *text = bytes;
  return TRUE;
}

/* u32 length including NUL, then the text. */
static gboolean
read_sized_text (IpcReader *reader, const gchar **text, const gchar *what)
{
  guint32 size = 0;

  return read_u32 (reader, &size, what) && read_text (reader, size, text, what);
}

/* The same, where a length of 0 means that there is none. */
static gboolean
read_optional_text (IpcReader *reader, const gchar **text, const gchar *what)
{
  guint32 size = 0;

  *text = NULL;
  return read_u32 (reader, &size, what) && (size == 0 || read_text (reader, size, text, what));
}

/* The rest of the payload is a structure string; a lone NUL is an object without structure. */
static gboolean
read_structure (IpcReader *reader, const gchar **structure)
{
  const gchar *text = NULL;

  if (!read_text (reader, reader->left, &text, "structure string"))
    return FALSE;
  *structure = *text ? text : NULL;
  return TRUE;
}

gboolean
ipc_decode_ack (IpcReader *reader, IpcPacket *packet)
{
  return read_u32 (reader, &packet->ack.result, "result");
}

gboolean
ipc_decode_query_result (IpcReader *reader, IpcPacket *packet)
{
  return read_boolean (reader, &packet->query_result.result, "result")
         && read_u32 (reader, &packet->query_result.type, "query type")
         && read_structure (reader, &packet->query_result.structure);
}

static gboolean
read_meta (IpcReader *reader, IpcPacketMeta *meta)
{
  guint32 size = 0;

  if (!read_u32 (reader, &size, "meta size") || !read_u32 (reader, &meta->flags, "meta flags")
      || !read_sized_text (reader, &meta->api, "meta API name")
      || !read_u64 (reader, &meta->struct_size, "meta struct size")
      || !read_optional_text (reader, &meta->text, "meta string"))
    return FALSE;
  if (size != ipc_packet_meta_size (meta))
    return reader_fail (reader, IPC_WIRE_ERROR_VALUE,
        "meta %s says that it has %u bytes, its parts have %" G_GSIZE_FORMAT, meta->api, size,
        ipc_packet_meta_size (meta));
  return TRUE;
}

static gboolean
read_metas (IpcReader *reader, IpcPacket *packet)
{
  guint32 count = 0;

  if (!read_u32 (reader, &count, "number of metas"))
    return FALSE;
  /* the count can lie: memory is only taken for as many as could lie in the bytes that are there */
  if (count > reader->left / IPC_META_MIN_SIZE)
    return reader_fail (reader, IPC_WIRE_ERROR_TRUNCATED,
        "%u metas announced, but the payload has only %" G_GSIZE_FORMAT " bytes left", count, reader->left);
  if (count == 0)
    return TRUE;
  packet->buffer.metas = g_new0 (IpcPacketMeta, count);
  packet->buffer.n_metas = count;
  for (guint32 i = 0; i < count; i++) {
    if (!read_meta (reader, &packet->buffer.metas[i]))
      return FALSE;
  }
  return TRUE;
}

gboolean
ipc_decode_buffer (IpcReader *reader, IpcPacket *packet)
{
  if (!read_u64 (reader, &packet->buffer.pts, "pts") || !read_u64 (reader, &packet->buffer.dts, "dts")
      || !read_u64 (reader, &packet->buffer.duration, "duration")
      || !read_u64 (reader, &packet->buffer.offset, "offset")
      || !read_u64 (reader, &packet->buffer.offset_end, "offset end")
      || !read_u64 (reader, &packet->buffer.flags, "flags") || !read_u32 (reader, &packet->buffer.size, "data size"))
    return FALSE;
  packet->buffer.data = read_bytes (reader, packet->buffer.size, "data");
  return packet->buffer.data && read_metas (reader, packet);
}

gboolean
ipc_decode_event (IpcReader *reader, IpcPacket *packet)
{
  return read_u32 (reader, &packet->event.type, "event type") && read_u32 (reader, &packet->event.seqnum, "seqnum")
         && read_boolean (reader, &packet->event.upstream, "upstream flag")
         && read_structure (reader, &packet->event.structure);
}

gboolean
ipc_decode_sink_message (IpcReader *reader, IpcPacket *packet)
{
  return read_u32 (reader, &packet->sink_message.message_type, "message type")
         && read_u32 (reader, &packet->sink_message.event_seqnum, "event seqnum")
         && read_u32 (reader, &packet->sink_message.message_seqnum, "message seqnum")
         && read_sized_text (reader, &packet->sink_message.name, "event name")
         && read_structure (reader, &packet->sink_message.structure);
}

gboolean
ipc_decode_query (IpcReader *reader, IpcPacket *packet)
{
  return read_u32 (reader, &packet->query.type, "query type")
         && read_boolean (reader, &packet->query.upstream, "upstream flag")
         && read_structure (reader, &packet->query.structure);
}

gboolean
ipc_decode_state_change (IpcReader *reader, IpcPacket *packet)
{
  guint32 transition = 0;

  if (!read_u32 (reader, &transition, "state change"))
    return FALSE;
  switch (transition) {
  case GST_STATE_CHANGE_NULL_TO_READY:
  case GST_STATE_CHANGE_READY_TO_PAUSED:
  case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
  case GST_STATE_CHANGE_PLAYING_TO_PAUSED:
  case GST_STATE_CHANGE_PAUSED_TO_READY:
  case GST_STATE_CHANGE_READY_TO_NULL:
  case GST_STATE_CHANGE_NULL_TO_NULL:
  case GST_STATE_CHANGE_READY_TO_READY:
  case GST_STATE_CHANGE_PAUSED_TO_PAUSED:
  case GST_STATE_CHANGE_PLAYING_TO_PLAYING:
    packet->state_change.transition = transition;
    return TRUE;
  default:
    return reader_fail (reader, IPC_WIRE_ERROR_VALUE, "0x%x is not a state change that GStreamer has", transition);
  }
}

gboolean
ipc_decode_state_lost (IpcReader *reader, IpcPacket *packet)
{
  return TRUE;
}

gboolean
ipc_decode_message (IpcReader *reader, IpcPacket *packet)
{
  return read_u32 (reader, &packet->message.type, "message type")
         && read_structure (reader, &packet->message.structure);
}

gboolean
ipc_decode_gerror (IpcReader *reader, IpcPacket *packet)
{
  if (!read_u8 (reader, &packet->gerror.kind, "kind"))
    return FALSE;
  if (packet->gerror.kind > 2)
    return reader_fail (
        reader, IPC_WIRE_ERROR_VALUE, "kind is %u, must be 0 (info), 1 (warning) or 2 (error)", packet->gerror.kind);
  return read_sized_text (reader, &packet->gerror.domain, "error domain")
         && read_u32 (reader, &packet->gerror.code, "error code")
         && read_optional_text (reader, &packet->gerror.text, "error text")
         && read_optional_text (reader, &packet->gerror.debug, "debug text");
}

gboolean
ipc_decode_memory_release (IpcReader *reader, IpcPacket *packet)
{
  guint32 count = 0;

  if (!read_u32 (reader, &count, "number of numbers"))
    return FALSE;
  if (count == 0 || count > IPC_MEMORY_MAX_NUMBERS)
    return reader_fail (
        reader, IPC_WIRE_ERROR_VALUE, "%u numbers, must be 1 to %u", count, (guint)IPC_MEMORY_MAX_NUMBERS);
  packet->memory_release.numbers = g_new0 (guint32, count);
  packet->memory_release.n = count;
  for (guint32 i = 0; i < count; i++) {
    if (!read_u32 (reader, &packet->memory_release.numbers[i], "number"))
      return FALSE;
    if (packet->memory_release.numbers[i] == 0)
      return reader_fail (reader, IPC_WIRE_ERROR_VALUE, "number %u of %u is 0, which nothing has", i + 1, count);
  }
  return TRUE;
}
