/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one table of packet types, and what works on every packet by it: header, decoding, encoding, describing.
 * A packet owns its payload (decoded packets) or the strings that it was built from (`keep`); everything else
 * in it points there.
 */

#include <string.h>

#include "codec.h"

GQuark
ipc_wire_error_quark (void)
{
  return g_quark_from_static_string ("ipc-wire-error-quark");
}

#define BOTH_WAYS (IPC_TO_SLAVE | IPC_TO_MASTER)

/* In order of type: ipc_packet_info() finds an entry by its place. */
static const IpcPacketInfo packet_infos[] = {
  { IPC_PACKET_ACK, "ACK", BOTH_WAYS, IPC_REPLY_NONE, "PKT-ACK", ipc_decode_ack, ipc_encode_ack },
  { IPC_PACKET_QUERY_RESULT, "QUERY_RESULT", BOTH_WAYS, IPC_REPLY_NONE, "PKT-QUERY-RESULT", ipc_decode_query_result,
      ipc_encode_query_result },
  { IPC_PACKET_BUFFER, "BUFFER", IPC_TO_SLAVE, IPC_REPLY_ACK, "PKT-BUFFER", ipc_decode_buffer, ipc_encode_buffer },
  { IPC_PACKET_EVENT, "EVENT", BOTH_WAYS, IPC_REPLY_ACK, "PKT-EVENT", ipc_decode_event, ipc_encode_event },
  { IPC_PACKET_SINK_MESSAGE_EVENT, "SINK_MESSAGE_EVENT", IPC_TO_SLAVE, IPC_REPLY_ACK, "PKT-SINK-MESSAGE-EVENT",
      ipc_decode_sink_message, ipc_encode_sink_message },
  { IPC_PACKET_QUERY, "QUERY", BOTH_WAYS, IPC_REPLY_QUERY_RESULT, "PKT-QUERY", ipc_decode_query, ipc_encode_query },
  { IPC_PACKET_STATE_CHANGE, "STATE_CHANGE", IPC_TO_SLAVE, IPC_REPLY_ACK, "PKT-STATE-CHANGE", ipc_decode_state_change,
      ipc_encode_state_change },
  { IPC_PACKET_STATE_LOST, "STATE_LOST", IPC_TO_MASTER, IPC_REPLY_NONE, "PKT-STATE-LOST", ipc_decode_state_lost,
      ipc_encode_state_lost },
  { IPC_PACKET_MESSAGE, "MESSAGE", IPC_TO_MASTER, IPC_REPLY_NONE, "PKT-MESSAGE", ipc_decode_message,
      ipc_encode_message },
  { IPC_PACKET_GERROR_MESSAGE, "GERROR_MESSAGE", IPC_TO_MASTER, IPC_REPLY_NONE, "PKT-GERROR-MESSAGE", ipc_decode_gerror,
      ipc_encode_gerror },
  { IPC_PACKET_MEMORY_RELEASE, "MEMORY_RELEASE", BOTH_WAYS, IPC_REPLY_NONE, "PKT-MEMORY-RELEASE",
      ipc_decode_memory_release, ipc_encode_memory_release },
};

/**
 * ipc_packet_info:
 * @type: a packet's first byte
 *
 * Returns: (nullable): the entry of @type, NULL for a type that the protocol does not have
 */
const IpcPacketInfo *
ipc_packet_info (guint8 type)
{
  if (type < 1 || type > G_N_ELEMENTS (packet_infos))
    return NULL;
  return &packet_infos[type - 1];
}

/**
 * ipc_packet_info_by_name:
 * @name: a packet's name as the table and captures have it
 *
 * Returns: (nullable): the entry called @name
 */
const IpcPacketInfo *
ipc_packet_info_by_name (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (packet_infos); i++) {
    if (g_strcmp0 (packet_infos[i].name, name) == 0)
      return &packet_infos[i];
  }
  return NULL;
}

/**
 * ipc_packet_infos:
 * @n_infos: (out): how many there are
 *
 * Returns: all entries in order of type
 */
const IpcPacketInfo *
ipc_packet_infos (guint *n_infos)
{
  *n_infos = G_N_ELEMENTS (packet_infos);
  return packet_infos;
}

/**
 * ipc_header_write:
 * @header: what to write
 * @bytes: (out): where to
 */
void
ipc_header_write (const IpcHeader *header, guint8 bytes[IPC_HEADER_SIZE])
{
  bytes[0] = header->type;
  ipc_write_u32 (bytes + 1, header->id);
  ipc_write_u32 (bytes + 5, header->size);
}

/**
 * ipc_header_read:
 * @bytes: nine bytes from the peer
 * @direction: the way that they travelled
 * @max_payload: bytes, larger payloads are refused
 * @header: (out): filled in also when FALSE is returned
 *
 * Returns: TRUE, or FALSE with @error (UNKNOWN_TYPE, DIRECTION, TOO_LARGE)
 */
gboolean
ipc_header_read (
    const guint8 bytes[IPC_HEADER_SIZE], IpcDirection direction, guint32 max_payload, IpcHeader *header, GError **error)
{
  const IpcPacketInfo *info;

  header->type = bytes[0];
  header->id = ipc_read_u32 (bytes + 1);
  header->size = ipc_read_u32 (bytes + 5);
  info = ipc_packet_info (header->type);
  if (!info) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_UNKNOWN_TYPE,
        "packet type %u is not of this protocol: the stream is out of step or the peer is something else",
        header->type);
    return FALSE;
  }
  if (!(info->directions & direction)) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_DIRECTION, "%s (id %u) may not be sent %s", info->name,
        header->id, direction == IPC_TO_SLAVE ? "from master to slave" : "from slave to master");
    return FALSE;
  }
  if (header->size > max_payload) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_TOO_LARGE,
        "%s (id %u) announces %u bytes of payload, the limit is %u: raise the limit if this is meant", info->name,
        header->id, header->size, max_payload);
    return FALSE;
  }
  return TRUE;
}

/**
 * ipc_packet_decode:
 * @header: a header that was read
 * @payload: its payload, referenced by @packet on success
 * @packet: (out): the packet, to be cleared
 *
 * Returns: TRUE, or FALSE with @error and an empty @packet
 */
gboolean
ipc_packet_decode (const IpcHeader *header, GBytes *payload, IpcPacket *packet, GError **error)
{
  const IpcPacketInfo *info = ipc_packet_info (header->type);
  g_autoptr (GError) reason = NULL;
  IpcReader reader = { .error = &reason };
  gsize left = 0;

  memset (packet, 0, sizeof *packet);
  if (!info) {
    g_set_error (
        error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_UNKNOWN_TYPE, "packet type %u is not of this protocol", header->type);
    return FALSE;
  }
  reader.next = g_bytes_get_data (payload, &left);
  reader.left = left;
  /* an empty GBytes may have no data pointer, which must not read as "failed" */
  if (!reader.next)
    reader.next = (const guint8 *)"";
  packet->header = *header;
  if (left != header->size) {
    g_set_error (&reason, IPC_WIRE_ERROR, left < header->size ? IPC_WIRE_ERROR_TRUNCATED : IPC_WIRE_ERROR_TRAILING,
        "the header says %u bytes, the payload has %" G_GSIZE_FORMAT, header->size, left);
  } else if (((IpcDecodeFunc)info->decode) (&reader, packet) && reader.left > 0) {
    g_set_error (&reason, IPC_WIRE_ERROR, IPC_WIRE_ERROR_TRAILING,
        "%" G_GSIZE_FORMAT " bytes are left over behind the last field", reader.left);
  }
  if (reason) {
    ipc_packet_clear (packet);
    g_propagate_prefixed_error (error, g_steal_pointer (&reason), "%s (id %u): ", info->name, header->id);
    return FALSE;
  }
  packet->payload = g_bytes_ref (payload);
  return TRUE;
}

gsize
ipc_packet_meta_size (const IpcPacketMeta *meta)
{
  return 4 + 4 + 4 + strlen (meta->api) + 1 + 8 + 4 + (meta->text ? strlen (meta->text) + 1 : 0);
}

/**
 * ipc_packet_encode_parts:
 * @packet: the packet, header.type and body set; header.size is set here
 * @head: header and payload up to a BUFFER's data are appended here
 * @tail: what follows the data is appended here (nothing for other types)
 */
void
ipc_packet_encode_parts (IpcPacket *packet, GByteArray *head, GByteArray *tail)
{
  const IpcPacketInfo *info = ipc_packet_info (packet->header.type);
  IpcWriter writer = { head, tail };
  guint8 raw[IPC_HEADER_SIZE] = { 0 };
  guint head_start = head->len;
  guint tail_start = tail->len;

  g_return_if_fail (info != NULL);
  g_byte_array_append (head, raw, sizeof raw);
  ((IpcEncodeFunc)info->encode) (&writer, packet);
  packet->header.size = head->len - head_start - IPC_HEADER_SIZE + (tail->len - tail_start);
  if (packet->header.type == IPC_PACKET_BUFFER)
    packet->header.size += packet->buffer.size;
  ipc_header_write (&packet->header, head->data + head_start);
}

/**
 * ipc_packet_encode:
 * @packet: the packet; a BUFFER with its data; header.size is set here
 * @bytes: header and payload are appended here
 */
void
ipc_packet_encode (IpcPacket *packet, GByteArray *bytes)
{
  g_autoptr (GByteArray) tail = g_byte_array_new ();

  g_return_if_fail (packet->header.type != IPC_PACKET_BUFFER || packet->buffer.size == 0 || packet->buffer.data);
  ipc_packet_encode_parts (packet, bytes, tail);
  if (packet->header.type == IPC_PACKET_BUFFER && packet->buffer.size > 0)
    g_byte_array_append (bytes, packet->buffer.data, packet->buffer.size);
  g_byte_array_append (bytes, tail->data, tail->len);
}

/**
 * ipc_packet_clear:
 * @packet: a packet, zeroed ones are fine
 */
void
ipc_packet_clear (IpcPacket *packet)
{
  if (packet->header.type == IPC_PACKET_BUFFER)
    g_free (packet->buffer.metas);
  if (packet->header.type == IPC_PACKET_MEMORY_RELEASE)
    g_free (packet->memory_release.numbers);
  g_clear_pointer (&packet->payload, g_bytes_unref);
  g_clear_pointer (&packet->keep, g_ptr_array_unref);
  memset (packet, 0, sizeof *packet);
}

/**
 * ipc_packet_keep:
 * @packet: a packet that is being built
 * @memory: (transfer full): freed with g_free() when @packet is cleared
 *
 * Returns: @memory
 */
gpointer
ipc_packet_keep (IpcPacket *packet, gpointer memory)
{
  if (!packet->keep)
    packet->keep = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (packet->keep, memory);
  return memory;
}

/* The peer decides how long a structure is; a log line is not. */
static void
append_structure (GString *line, const gchar *structure)
{
  const gsize shown = 160;

  if (!structure)
    g_string_append (line, " no structure");
  else if (strlen (structure) > shown)
    g_string_append_printf (
        line, " %.*s...", (gint)(g_utf8_find_prev_char (structure, structure + shown + 1) - structure), structure);
  else
    g_string_append_printf (line, " %s", structure);
}

static void
describe_buffer (GString *line, const IpcPacket *packet)
{
  g_string_append_printf (line,
      " pts %" GST_TIME_FORMAT " dts %" GST_TIME_FORMAT " duration %" GST_TIME_FORMAT " flags 0x%" G_GINT64_MODIFIER
      "x data %u bytes",
      GST_TIME_ARGS (packet->buffer.pts), GST_TIME_ARGS (packet->buffer.dts), GST_TIME_ARGS (packet->buffer.duration),
      packet->buffer.flags, packet->buffer.size);
  if (packet->buffer.n_metas > 0)
    g_string_append_printf (line, " metas %u", packet->buffer.n_metas);
}

/* gst_event_type_get_name() and its sisters know only what this GStreamer knows. */
static void
append_type (GString *line, const gchar *name, guint32 type)
{
  g_string_append_printf (line, " %s", name && *name ? name : "unknown");
  if (!name || !*name || g_str_equal (name, "unknown"))
    g_string_append_printf (line, "(0x%x)", type);
}

static void
describe_body (GString *line, const IpcPacket *packet)
{
  static const gchar *const kinds[] = { "info", "warning", "error" };

  switch (packet->header.type) {
  case IPC_PACKET_ACK:
    g_string_append_printf (line, " result %d", (gint32)packet->ack.result);
    break;
  case IPC_PACKET_QUERY_RESULT:
    append_type (line, gst_query_type_get_name (packet->query_result.type), packet->query_result.type);
    g_string_append (line, packet->query_result.result ? " TRUE" : " FALSE");
    append_structure (line, packet->query_result.structure);
    break;
  case IPC_PACKET_BUFFER:
    describe_buffer (line, packet);
    break;
  case IPC_PACKET_EVENT:
    append_type (line, gst_event_type_get_name (packet->event.type), packet->event.type);
    g_string_append_printf (line, " seqnum %u%s", packet->event.seqnum, packet->event.upstream ? " upstream" : "");
    append_structure (line, packet->event.structure);
    break;
  case IPC_PACKET_SINK_MESSAGE_EVENT:
    append_type (
        line, gst_message_type_get_name (packet->sink_message.message_type), packet->sink_message.message_type);
    g_string_append_printf (
        line, " seqnums %u/%u", packet->sink_message.event_seqnum, packet->sink_message.message_seqnum);
    append_structure (line, packet->sink_message.structure);
    break;
  case IPC_PACKET_QUERY:
    append_type (line, gst_query_type_get_name (packet->query.type), packet->query.type);
    g_string_append (line, packet->query.upstream ? " upstream" : "");
    append_structure (line, packet->query.structure);
    break;
  case IPC_PACKET_STATE_CHANGE:
    g_string_append_printf (line, " %s->%s",
        gst_element_state_get_name (GST_STATE_TRANSITION_CURRENT (packet->state_change.transition)),
        gst_element_state_get_name (GST_STATE_TRANSITION_NEXT (packet->state_change.transition)));
    break;
  case IPC_PACKET_MESSAGE:
    append_type (line, gst_message_type_get_name (packet->message.type), packet->message.type);
    append_structure (line, packet->message.structure);
    break;
  case IPC_PACKET_GERROR_MESSAGE:
    g_string_append_printf (
        line, " %s %s %d", kinds[MIN (packet->gerror.kind, 2)], packet->gerror.domain, (gint32)packet->gerror.code);
    append_structure (line, packet->gerror.text);
    break;
  case IPC_PACKET_MEMORY_RELEASE:
    g_string_append_printf (
        line, " %u%s", packet->memory_release.numbers[0], packet->memory_release.n > 1 ? " ..." : "");
    g_string_append_printf (line, " (%u in all)", packet->memory_release.n);
    break;
  default:
    break;
  }
}

/**
 * ipc_packet_describe_fields:
 * @packet: a packet, decoded or built
 *
 * Returns: (transfer full): what ipc_packet_describe() says behind type, id and size
 */
gchar *
ipc_packet_describe_fields (const IpcPacket *packet)
{
  GString *line = g_string_new (NULL);

  describe_body (line, packet);
  /* text from a peer may have line breaks and other controls in it */
  for (gsize i = 0; i < line->len; i++) {
    if (g_ascii_iscntrl (line->str[i]))
      line->str[i] = ' ';
  }
  return g_string_free (line, FALSE);
}

/**
 * ipc_packet_describe:
 * @packet: a packet, decoded or built
 *
 * Returns: (transfer full): one line for logs and captures
 */
gchar *
ipc_packet_describe (const IpcPacket *packet)
{
  const IpcPacketInfo *info = ipc_packet_info (packet->header.type);
  g_autofree gchar *fields = NULL;

  if (!info)
    return g_strdup_printf ("packet of unknown type %u", packet->header.type);
  fields = ipc_packet_describe_fields (packet);
  return g_strdup_printf ("%s id %u size %u%s", info->name, packet->header.id, packet->header.size, fields);
}
