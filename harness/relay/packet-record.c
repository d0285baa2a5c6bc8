/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A decoded packet in the words of the history. Types are written as GStreamer's nicks, those that this GStreamer does
 * not know as numbers; a number that JSON readers would round is written as text.
 */

#include "packet-record.h"

#include "wire/memory.h"

#define EXACT_MAX (G_GUINT64_CONSTANT (1) << 53)

static void
set_u64 (JsonObject *record, const gchar *member, guint64 value)
{
  if (value == G_MAXUINT64) {
    json_object_set_null_member (record, member);
  } else if (value > EXACT_MAX) {
    g_autofree gchar *text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);

    json_object_set_string_member (record, member, text);
  } else {
    json_object_set_int_member (record, member, (gint64)value);
  }
}

static void
set_text (JsonObject *record, const gchar *member, const gchar *text)
{
  if (text)
    json_object_set_string_member (record, member, text);
  else
    json_object_set_null_member (record, member);
}

/* @nick is GStreamer's name, which is "unknown" for what it does not know. */
static void
set_nick (JsonObject *record, const gchar *member, const gchar *nick, guint32 number)
{
  if (nick && !g_str_equal (nick, "unknown"))
    json_object_set_string_member (record, member, nick);
  else
    json_object_set_int_member (record, member, number);
}

static void
set_event (JsonObject *record, const gchar *member, guint32 type)
{
  set_nick (record, member, gst_event_type_get_name ((GstEventType)type), type);
}

static void
set_query (JsonObject *record, const gchar *member, guint32 type)
{
  set_nick (record, member, gst_query_type_get_name ((GstQueryType)type), type);
}

static void
set_message (JsonObject *record, const gchar *member, guint32 type)
{
  set_nick (record, member, gst_message_type_get_name ((GstMessageType)type), type);
}

static void
set_direction (JsonObject *record, gboolean upstream)
{
  json_object_set_string_member (record, "direction", upstream ? "upstream" : "downstream");
}

static void
set_state (JsonObject *record, const gchar *member, guint32 state)
{
  static const gchar *const names[] = { "void-pending", "null", "ready", "paused", "playing" };

  if (state < G_N_ELEMENTS (names))
    json_object_set_string_member (record, member, names[state]);
  else
    json_object_set_int_member (record, member, state);
}

/* The data, or where it is: then its MD5 is for who can see that. */
static void
fill_data (JsonObject *record, const IpcPacket *packet)
{
  g_autofree gchar *md5 = NULL;
  IpcMemoryLoan loan;

  if (ipc_packet_is_loan (packet) && ipc_memory_loan_from_packet (packet, &loan, NULL)) {
    json_object_set_int_member (record, "data-size", (gint64)ipc_memory_loan_length (&loan));
    json_object_set_int_member (record, "loan", loan.number);
    json_object_set_int_member (record, "references", loan.n_parts);
    return;
  }
  md5 = g_compute_checksum_for_data (G_CHECKSUM_MD5, packet->buffer.data, packet->buffer.size);
  json_object_set_int_member (record, "data-size", packet->buffer.size);
  json_object_set_string_member (record, "md5", md5);
}

static void
fill_metas (JsonObject *record, const IpcPacket *packet)
{
  JsonArray *metas = json_array_new (), *texts = json_array_new ();

  for (guint i = 0; i < packet->buffer.n_metas; i++) {
    if (g_str_equal (packet->buffer.metas[i].api, IPC_MEMORY_META))
      continue;
    json_array_add_string_element (metas, packet->buffer.metas[i].api);
    if (packet->buffer.metas[i].text)
      json_array_add_string_element (texts, packet->buffer.metas[i].api);
  }
  json_object_set_array_member (record, "metas", metas);
  json_object_set_array_member (record, "meta-texts", texts);
}

static void
fill_buffer (JsonObject *record, const IpcPacket *packet)
{
  set_u64 (record, "pts", packet->buffer.pts);
  set_u64 (record, "dts", packet->buffer.dts);
  set_u64 (record, "duration", packet->buffer.duration);
  set_u64 (record, "offset", packet->buffer.offset);
  set_u64 (record, "offset-end", packet->buffer.offset_end);
  set_u64 (record, "flags", packet->buffer.flags);
  fill_data (record, packet);
  fill_metas (record, packet);
}

static void
fill_sink_message (JsonObject *record, const IpcPacket *packet)
{
  set_message (record, "message", packet->sink_message.message_type);
  json_object_set_int_member (record, "event-seqnum", packet->sink_message.event_seqnum);
  json_object_set_int_member (record, "message-seqnum", packet->sink_message.message_seqnum);
  set_text (record, "name", packet->sink_message.name);
  set_text (record, "structure", packet->sink_message.structure);
}

static void
fill_gerror (JsonObject *record, const IpcPacket *packet)
{
  static const gchar *const kinds[] = { "info", "warning", "error" };

  set_nick (record, "message", packet->gerror.kind < G_N_ELEMENTS (kinds) ? kinds[packet->gerror.kind] : NULL,
      packet->gerror.kind);
  set_text (record, "domain", packet->gerror.domain);
  json_object_set_int_member (record, "code", packet->gerror.code);
  set_text (record, "text", packet->gerror.text);
  set_text (record, "debug", packet->gerror.debug);
}

static void
fill_numbers (JsonObject *record, const IpcPacket *packet)
{
  JsonArray *numbers = json_array_new ();

  for (guint32 i = 0; i < packet->memory_release.n; i++)
    json_array_add_int_element (numbers, packet->memory_release.numbers[i]);
  json_object_set_array_member (record, "numbers", numbers);
}

/**
 * ipc_packet_record_fill_header:
 * @record: a `packet` record
 * @header: a header whose type is known
 */
void
ipc_packet_record_fill_header (JsonObject *record, const IpcHeader *header)
{
  const IpcPacketInfo *info = ipc_packet_info (header->type);

  json_object_set_string_member (record, "type", info ? info->name : "UNKNOWN");
  json_object_set_int_member (record, "id", header->id);
  json_object_set_int_member (record, "size", header->size);
}

/**
 * ipc_packet_record_fill:
 * @record: a `packet` record
 * @packet: a decoded packet
 */
void
ipc_packet_record_fill (JsonObject *record, const IpcPacket *packet)
{
  ipc_packet_record_fill_header (record, &packet->header);
  switch ((IpcPacketType)packet->header.type) {
  case IPC_PACKET_ACK:
    json_object_set_int_member (record, "result", (gint32)packet->ack.result);
    break;
  case IPC_PACKET_QUERY_RESULT:
    json_object_set_boolean_member (record, "result", packet->query_result.result);
    set_query (record, "query", packet->query_result.type);
    set_text (record, "structure", packet->query_result.structure);
    break;
  case IPC_PACKET_BUFFER:
    fill_buffer (record, packet);
    break;
  case IPC_PACKET_EVENT:
    set_event (record, "event", packet->event.type);
    json_object_set_int_member (record, "seqnum", packet->event.seqnum);
    set_direction (record, packet->event.upstream);
    set_text (record, "structure", packet->event.structure);
    break;
  case IPC_PACKET_SINK_MESSAGE_EVENT:
    fill_sink_message (record, packet);
    break;
  case IPC_PACKET_QUERY:
    set_query (record, "query", packet->query.type);
    set_direction (record, packet->query.upstream);
    set_text (record, "structure", packet->query.structure);
    break;
  case IPC_PACKET_STATE_CHANGE:
    set_state (record, "from", packet->state_change.transition >> 3);
    set_state (record, "to-state", packet->state_change.transition & 7);
    break;
  case IPC_PACKET_STATE_LOST:
    break;
  case IPC_PACKET_MESSAGE:
    set_message (record, "message", packet->message.type);
    set_text (record, "structure", packet->message.structure);
    break;
  case IPC_PACKET_GERROR_MESSAGE:
    fill_gerror (record, packet);
    break;
  case IPC_PACKET_MEMORY_RELEASE:
    fill_numbers (record, packet);
    break;
  }
}
