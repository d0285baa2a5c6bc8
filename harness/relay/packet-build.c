/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets the fields of a decoded packet from JSON and lets the encoder of wire/ write it, so that packets that are made
 * up and packets that are changed have the form that all have. Lies (sizes, types, raw bytes) are put in last.
 */

#include "packet-build.h"

#include <string.h>

#include <gst/gst.h>

G_DEFINE_QUARK (ipc - build - error - quark, ipc_build_error)

/* Members that are not fields of the payload. */
static const gchar *const of_frame[] = { "type", "id", "size", "payload", "overwrite", "comment", NULL };
static const gchar *const of_payload[][12] = {
  [IPC_PACKET_ACK] = { "result" },
  [IPC_PACKET_QUERY_RESULT] = { "result", "query", "structure" },
  [IPC_PACKET_BUFFER] = { "pts", "dts", "duration", "offset", "offset-end", "flags", "data", "data-size" },
  [IPC_PACKET_EVENT] = { "event", "seqnum", "direction", "structure" },
  [IPC_PACKET_SINK_MESSAGE_EVENT] = { "message", "event-seqnum", "message-seqnum", "name", "structure" },
  [IPC_PACKET_QUERY] = { "query", "direction", "structure" },
  [IPC_PACKET_STATE_CHANGE] = { "from", "to-state", "transition" },
  [IPC_PACKET_STATE_LOST] = { NULL },
  [IPC_PACKET_MESSAGE] = { "message", "structure" },
  [IPC_PACKET_GERROR_MESSAGE] = { "message", "domain", "code", "text", "debug" },
  [IPC_PACKET_MEMORY_RELEASE] = { NULL },
};

/* {{{ values */

static gboolean fail (GError **error, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error && !*error)
    *error = g_error_new_valist (IPC_BUILD_ERROR, IPC_BUILD_ERROR_FIELD, format, args);
  va_end (args);
  return FALSE;
}

static JsonNode *
value_of (JsonObject *fields, const gchar *name)
{
  return json_object_get_member (fields, name);
}

static gboolean
is_text (JsonNode *node)
{
  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

/* Numbers above 2^53 are text in records, and G_MAXUINT64 is null. */
static void
set_u64 (JsonObject *fields, const gchar *name, guint64 *value, GError **error)
{
  JsonNode *node = value_of (fields, name);

  if (!node)
    return;
  if (JSON_NODE_HOLDS_NULL (node))
    *value = G_MAXUINT64;
  else if (!is_text (node))
    *value = (guint64)json_node_get_int (node);
  else if (!g_ascii_string_to_unsigned (json_node_get_string (node), 10, 0, G_MAXUINT64, value, NULL))
    fail (error, "%s: \"%s\" is no number", name, json_node_get_string (node));
}

static void
set_u32 (JsonObject *fields, const gchar *name, guint32 *value)
{
  JsonNode *node = value_of (fields, name);

  if (node)
    *value = (guint32)json_node_get_int (node);
}

/* The packet keeps a copy; null is no text at all. */
static void
set_text (IpcPacket *packet, JsonObject *fields, const gchar *name, const gchar **value)
{
  JsonNode *node = value_of (fields, name);

  if (node)
    *value = is_text (node) ? ipc_packet_keep (packet, json_node_dup_string (node)) : NULL;
}

/* A type by its nick or number. */
static void
set_type (JsonObject *fields, const gchar *name, GType type, guint32 *value, GError **error)
{
  JsonNode *node = value_of (fields, name);
  g_autoptr (GTypeClass) class = g_type_class_ref (type);
  const gchar *nick;

  if (!node)
    return;
  if (!is_text (node)) {
    *value = (guint32)json_node_get_int (node);
    return;
  }
  nick = json_node_get_string (node);
  if (G_IS_ENUM_CLASS (class)) {
    GEnumValue *found = g_enum_get_value_by_nick (G_ENUM_CLASS (class), nick);

    if (found)
      *value = (guint32)found->value;
    else
      fail (error, "%s: there is no \"%s\"", name, nick);
  } else {
    GFlagsValue *found = g_flags_get_value_by_nick (G_FLAGS_CLASS (class), nick);

    if (found)
      *value = found->value;
    else
      fail (error, "%s: there is no \"%s\"", name, nick);
  }
}

static void
set_direction (JsonObject *fields, gboolean *upstream)
{
  JsonNode *node = value_of (fields, "direction");

  if (node)
    *upstream = is_text (node) && g_str_equal (json_node_get_string (node), "upstream");
}

static guint32
state_number (const gchar *name, guint32 otherwise)
{
  static const gchar *const names[] = { "void-pending", "null", "ready", "paused", "playing" };

  for (guint i = 0; name && i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], name))
      return i;
  return otherwise;
}

GBytes *
ipc_bytes_from_hex (const gchar *text)
{
  gsize length = strlen (text);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (gsize i = 0; i + 1 < length; i += 2) {
    gint high = g_ascii_xdigit_value (text[i]), low = g_ascii_xdigit_value (text[i + 1]);
    guint8 byte = (guint8)(high << 4 | low);

    if (high < 0 || low < 0)
      return NULL;
    g_byte_array_append (bytes, &byte, 1);
  }
  return length % 2 == 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}

static GBytes *
hex_of (JsonObject *fields, const gchar *name, GError **error)
{
  JsonNode *node = value_of (fields, name);
  GBytes *bytes = is_text (node) ? ipc_bytes_from_hex (json_node_get_string (node)) : NULL;

  if (!bytes)
    fail (error, "%s: expected bytes in hexadecimal digits", name);
  return bytes;
}

/* }}} */
/* {{{ fields */

/* @data: kept alive by the packet. Zeros when only a size is given. */
static void
set_data (IpcPacket *packet, JsonObject *fields, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (json_object_has_member (fields, "data")) {
    bytes = hex_of (fields, "data", error);
  } else if (json_object_has_member (fields, "data-size")) {
    gsize size = (gsize)json_object_get_int_member (fields, "data-size");

    bytes = g_bytes_new_take (g_malloc0 (MAX (size, 1)), size);
  }
  if (!bytes)
    return;
  packet->buffer.size = (guint32)g_bytes_get_size (bytes);
  packet->buffer.data = ipc_packet_keep (packet, g_memdup2 (g_bytes_get_data (bytes, NULL), packet->buffer.size));
}

static void
set_buffer (IpcPacket *packet, JsonObject *fields, GError **error)
{
  set_u64 (fields, "pts", &packet->buffer.pts, error);
  set_u64 (fields, "dts", &packet->buffer.dts, error);
  set_u64 (fields, "duration", &packet->buffer.duration, error);
  set_u64 (fields, "offset", &packet->buffer.offset, error);
  set_u64 (fields, "offset-end", &packet->buffer.offset_end, error);
  set_u64 (fields, "flags", &packet->buffer.flags, error);
  set_data (packet, fields, error);
}

static void
set_state_change (IpcPacket *packet, JsonObject *fields)
{
  guint32 from = packet->state_change.transition >> 3, to = packet->state_change.transition & 7;
  JsonNode *node = value_of (fields, "from");

  from = state_number (is_text (node) ? json_node_get_string (node) : NULL, from);
  node = value_of (fields, "to-state");
  to = state_number (is_text (node) ? json_node_get_string (node) : NULL, to);
  packet->state_change.transition = from << 3 | to;
  set_u32 (fields, "transition", &packet->state_change.transition);
}

static void
set_gerror (IpcPacket *packet, JsonObject *fields, GError **error)
{
  static const gchar *const kinds[] = { "info", "warning", "error" };
  JsonNode *node = value_of (fields, "message");

  for (guint i = 0; is_text (node) && i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i], json_node_get_string (node)))
      packet->gerror.kind = (guint8)i;
  if (node && !is_text (node))
    packet->gerror.kind = (guint8)json_node_get_int (node);
  set_text (packet, fields, "domain", &packet->gerror.domain);
  set_u32 (fields, "code", &packet->gerror.code);
  set_text (packet, fields, "text", &packet->gerror.text);
  set_text (packet, fields, "debug", &packet->gerror.debug);
}

static void
set_boolean (JsonObject *fields, const gchar *name, gboolean *value)
{
  JsonNode *node = value_of (fields, name);

  if (node)
    *value = json_node_get_boolean (node) || json_node_get_int (node) != 0;
}

static void
set_fields (IpcPacket *packet, JsonObject *fields, GError **error)
{
  switch ((IpcPacketType)packet->header.type) {
  case IPC_PACKET_ACK:
    set_u32 (fields, "result", &packet->ack.result);
    break;
  case IPC_PACKET_QUERY_RESULT:
    set_boolean (fields, "result", &packet->query_result.result);
    set_type (fields, "query", GST_TYPE_QUERY_TYPE, &packet->query_result.type, error);
    set_text (packet, fields, "structure", &packet->query_result.structure);
    break;
  case IPC_PACKET_BUFFER:
    set_buffer (packet, fields, error);
    break;
  case IPC_PACKET_EVENT:
    set_type (fields, "event", GST_TYPE_EVENT_TYPE, &packet->event.type, error);
    set_u32 (fields, "seqnum", &packet->event.seqnum);
    set_direction (fields, &packet->event.upstream);
    set_text (packet, fields, "structure", &packet->event.structure);
    break;
  case IPC_PACKET_SINK_MESSAGE_EVENT:
    set_type (fields, "message", GST_TYPE_MESSAGE_TYPE, &packet->sink_message.message_type, error);
    set_u32 (fields, "event-seqnum", &packet->sink_message.event_seqnum);
    set_u32 (fields, "message-seqnum", &packet->sink_message.message_seqnum);
    set_text (packet, fields, "name", &packet->sink_message.name);
    set_text (packet, fields, "structure", &packet->sink_message.structure);
    break;
  case IPC_PACKET_QUERY:
    set_type (fields, "query", GST_TYPE_QUERY_TYPE, &packet->query.type, error);
    set_direction (fields, &packet->query.upstream);
    set_text (packet, fields, "structure", &packet->query.structure);
    break;
  case IPC_PACKET_STATE_CHANGE:
    set_state_change (packet, fields);
    break;
  case IPC_PACKET_STATE_LOST:
  case IPC_PACKET_MEMORY_RELEASE: /* what is made up has a `payload` */
    break;
  case IPC_PACKET_MESSAGE:
    set_type (fields, "message", GST_TYPE_MESSAGE_TYPE, &packet->message.type, error);
    set_text (packet, fields, "structure", &packet->message.structure);
    break;
  case IPC_PACKET_GERROR_MESSAGE:
    set_gerror (packet, fields, error);
    break;
  }
}

/* What a right packet has where nothing is said. */
static void
set_defaults (IpcPacket *packet)
{
  switch ((IpcPacketType)packet->header.type) {
  case IPC_PACKET_BUFFER:
    packet->buffer.pts = packet->buffer.dts = packet->buffer.duration = G_MAXUINT64;
    packet->buffer.offset = packet->buffer.offset_end = G_MAXUINT64;
    break;
  case IPC_PACKET_EVENT:
    packet->event.seqnum = 1;
    break;
  case IPC_PACKET_SINK_MESSAGE_EVENT:
    packet->sink_message.event_seqnum = packet->sink_message.message_seqnum = 1;
    packet->sink_message.name = "GstEventSinkMessage";
    break;
  case IPC_PACKET_STATE_CHANGE:
    packet->state_change.transition = GST_STATE_CHANGE_NULL_TO_READY;
    break;
  case IPC_PACKET_GERROR_MESSAGE:
    packet->gerror.kind = 2;
    packet->gerror.domain = "gst-stream-error-quark";
    packet->gerror.code = 1;
    break;
  default:
    break;
  }
}

/* A member that packets of this type do not have would be left out in silence. */
static gboolean
check_names (JsonObject *fields, const IpcPacketInfo *info, GError **error)
{
  g_autoptr (GList) names = json_object_get_members (fields);

  for (GList *name = names; name; name = name->next) {
    gboolean known = g_strv_contains (of_frame, name->data);

    for (guint i = 0; info && !known && i < G_N_ELEMENTS (of_payload[0]) && of_payload[info->type][i]; i++)
      known = g_str_equal (of_payload[info->type][i], name->data);
    if (!known)
      return fail (error, "a %s has no \"%s\"", info ? info->name : "packet of an unknown type", (gchar *)name->data);
  }
  return TRUE;
}

/* }}} */
/* {{{ frames */

gboolean
ipc_packet_place (const gchar *text, gsize size, gsize *offset)
{
  guint64 n;

  if (g_str_equal (text, "before"))
    *offset = 0;
  else if (g_str_equal (text, "after"))
    *offset = size;
  else if (g_str_has_prefix (text, "header:")
           && g_ascii_string_to_unsigned (text + 7, 10, 0, IPC_HEADER_SIZE, &n, NULL))
    *offset = MIN ((gsize)n, size);
  else if (g_str_has_prefix (text, "payload:") && g_ascii_string_to_unsigned (text + 8, 10, 0, G_MAXUINT32, &n, NULL))
    *offset = MIN (IPC_HEADER_SIZE + (gsize)n, size);
  else
    return FALSE;
  return TRUE;
}

/* @patches: "payload:52=ffffffff header:5=00". Bytes that lie behind the end are left away. */
static gboolean
overwrite (GByteArray *bytes, const gchar *patches, GError **error)
{
  g_auto (GStrv) list = g_strsplit (patches, " ", -1);

  for (guint i = 0; list[i]; i++) {
    g_auto (GStrv) parts = g_strsplit (list[i], "=", 2);
    g_autoptr (GBytes) patch = parts[0] && parts[1] ? ipc_bytes_from_hex (parts[1]) : NULL;
    gsize offset, size;

    if (!patch || !ipc_packet_place (parts[0], bytes->len, &offset))
      return fail (error, "overwrite: \"%s\" is no place and bytes: expected such as \"payload:52=ffffffff\"", list[i]);
    size = MIN (g_bytes_get_size (patch), bytes->len - offset);
    if (size > 0)
      memcpy (bytes->data + offset, g_bytes_get_data (patch, NULL), size);
  }
  return TRUE;
}

/* The type of @fields; @otherwise when they say none. FALSE with @error. */
static gboolean
read_frame_type (JsonObject *fields, guint8 *type, GError **error)
{
  JsonNode *node = value_of (fields, "type");
  const IpcPacketInfo *info;

  if (!node)
    return TRUE;
  if (!is_text (node)) {
    *type = (guint8)json_node_get_int (node);
    return TRUE;
  }
  info = ipc_packet_info_by_name (json_node_get_string (node));
  if (!info)
    return fail (error, "type: there is no packet \"%s\"", json_node_get_string (node));
  *type = (guint8)info->type;
  return TRUE;
}

/* Puts in what the encoder would not write. @bytes: header and payload. */
static GBytes *
finish (GByteArray *bytes, JsonObject *fields, guint8 type, GError **error)
{
  IpcHeader header = { 0 };
  JsonNode *patches = value_of (fields, "overwrite");

  if (json_object_has_member (fields, "payload")) {
    g_autoptr (GBytes) payload = hex_of (fields, "payload", error);

    if (!payload)
      return NULL;
    g_byte_array_set_size (bytes, IPC_HEADER_SIZE);
    g_byte_array_append (bytes, g_bytes_get_data (payload, NULL), (guint)g_bytes_get_size (payload));
  }
  /* any direction will do: only what the header holds is wanted */
  ipc_header_read (bytes->data, IPC_TO_SLAVE, G_MAXUINT32, &header, NULL);
  header.type = type;
  header.size = bytes->len - IPC_HEADER_SIZE;
  set_u32 (fields, "id", &header.id);
  set_u32 (fields, "size", &header.size);
  ipc_header_write (&header, bytes->data);
  if (is_text (patches) && !overwrite (bytes, json_node_get_string (patches), error))
    return NULL;
  return g_bytes_new (bytes->data, bytes->len);
}

/**
 * ipc_packet_build:
 * @fields: what the packet is to have; `type` at least
 * @id: its id unless @fields say another
 * @error: return location of an IPC_BUILD_ERROR
 *
 * Returns: (transfer full) (nullable): header and payload
 */
GBytes *
ipc_packet_build (JsonObject *fields, guint32 id, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) own = NULL;
  g_auto (IpcPacket) packet = { 0 };
  const IpcPacketInfo *info;
  guint8 type = 0;

  if (!json_object_has_member (fields, "type")) {
    fail (error, "a packet needs a \"type\"");
    return NULL;
  }
  if (!read_frame_type (fields, &type, error))
    return NULL;
  info = ipc_packet_info (type);
  if (!check_names (fields, info, error))
    return NULL;
  packet.header.type = type;
  packet.header.id = id;
  if (info) {
    set_defaults (&packet);
    set_fields (&packet, fields, &own);
    if (own) {
      g_propagate_error (error, g_steal_pointer (&own));
      return NULL;
    }
    ipc_packet_encode (&packet, bytes);
  } else {
    g_byte_array_set_size (bytes, IPC_HEADER_SIZE);
    ipc_header_write (&packet.header, bytes->data);
  }
  return finish (bytes, fields, type, error);
}

/**
 * ipc_packet_change:
 * @frame: header and payload
 * @fields: what is to be otherwise
 * @error: return location of an IPC_BUILD_ERROR
 *
 * Returns: (transfer full) (nullable): @frame with @fields; another type leaves the payload as it is
 */
GBytes *
ipc_packet_change (GBytes *frame, JsonObject *fields, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) payload
      = g_bytes_new_from_bytes (frame, IPC_HEADER_SIZE, g_bytes_get_size (frame) - IPC_HEADER_SIZE);
  g_autoptr (GError) own = NULL;
  g_auto (IpcPacket) packet = { 0 };
  IpcHeader header = { 0 };
  guint8 type;

  ipc_header_read (g_bytes_get_data (frame, NULL), IPC_TO_SLAVE, G_MAXUINT32, &header, NULL);
  type = header.type;
  if (!read_frame_type (fields, &type, error) || !check_names (fields, ipc_packet_info (header.type), error))
    return NULL;
  if (ipc_packet_decode (&header, payload, &packet, NULL)) {
    set_fields (&packet, fields, &own);
    if (own) {
      g_propagate_error (error, g_steal_pointer (&own));
      return NULL;
    }
    ipc_packet_encode (&packet, bytes);
  } else {
    g_byte_array_append (bytes, g_bytes_get_data (frame, NULL), (guint)g_bytes_get_size (frame));
  }
  return finish (bytes, fields, type, error);
}

/* }}} */
