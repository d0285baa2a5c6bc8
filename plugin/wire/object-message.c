/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages <-> MESSAGE and GERROR_MESSAGE, and the small packets that carry no object: ACK, STATE_CHANGE, STATE_LOST.
 */

#include "object.h"
#include "rules.h"
#include "text.h"

/* As on the wire. */
enum { KIND_INFO = 0, KIND_WARNING = 1, KIND_ERROR = 2 };

/**
 * ipc_packet_build_ack:
 * @packet: a zeroed packet
 * @id: the request that is answered
 * @result: a flow return, a boolean or a state change return
 */
void
ipc_packet_build_ack (IpcPacket *packet, guint32 id, guint32 result)
{
  packet->header.type = IPC_PACKET_ACK;
  packet->header.id = id;
  packet->ack.result = result;
}

/**
 * ipc_packet_build_state_change:
 * @packet: a zeroed packet
 * @transition: what the peer is to do
 */
void
ipc_packet_build_state_change (IpcPacket *packet, GstStateChange transition)
{
  packet->header.type = IPC_PACKET_STATE_CHANGE;
  packet->state_change.transition = transition;
}

/**
 * ipc_packet_build_state_lost:
 * @packet: a zeroed packet
 */
void
ipc_packet_build_state_lost (IpcPacket *packet)
{
  packet->header.type = IPC_PACKET_STATE_LOST;
}

/* Text of an error: the wire has UTF-8 only. */
static const gchar *
keep_text (IpcPacket *packet, const gchar *text)
{
  return text ? ipc_packet_keep (packet, g_utf8_make_valid (text, -1)) : NULL;
}

static void
build_gerror (IpcPacket *packet, GstMessage *message)
{
  g_autoptr (GError) reason = NULL;
  g_autofree gchar *debug = NULL;

  packet->header.type = IPC_PACKET_GERROR_MESSAGE;
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    packet->gerror.kind = KIND_ERROR;
    gst_message_parse_error (message, &reason, &debug);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
    packet->gerror.kind = KIND_WARNING;
    gst_message_parse_warning (message, &reason, &debug);
  } else {
    packet->gerror.kind = KIND_INFO;
    gst_message_parse_info (message, &reason, &debug);
  }
  packet->gerror.domain = g_quark_to_string (reason->domain);
  packet->gerror.code = (guint32)reason->code;
  packet->gerror.text = keep_text (packet, reason->message);
  packet->gerror.debug = keep_text (packet, debug);
}

/* Between peers that carry objects the message goes whole, with its seqnum and timestamp. */
static gchar *
write_message (IpcForm form, GstMessage *message, GError **error)
{
  if (form & IPC_FORM_OBJECTS)
    return ipc_text_write_object (GST_TYPE_MESSAGE, message, error);
  return ipc_text_write (gst_message_get_structure (message), IPC_TEXT_WHOLE, error);
}

/**
 * ipc_packet_build_message:
 * @packet: a zeroed packet, but for its form
 * @message: what to send
 *
 * Returns: TRUE, or FALSE with @error when the message cannot be carried in text form
 */
gboolean
ipc_packet_build_message (IpcPacket *packet, GstMessage *message, GError **error)
{
  gchar *text = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ERROR:
  case GST_MESSAGE_WARNING:
  case GST_MESSAGE_INFO:
    build_gerror (packet, message);
    return TRUE;
  default:
    break;
  }
  if ((packet->form & IPC_FORM_OBJECTS) || gst_message_get_structure (message)) {
    text = write_message (packet->form, message, error);
    if (!text)
      return FALSE;
    ipc_packet_keep (packet, text);
  }
  packet->header.type = IPC_PACKET_MESSAGE;
  packet->message.type = GST_MESSAGE_TYPE (message);
  packet->message.structure = text;
  return TRUE;
}

static GstMessage *
message_from_gerror (const IpcPacket *packet, GstObject *source)
{
  g_autoptr (GError) reason = g_error_new_literal (ipc_text_error_domain (packet->gerror.domain),
      (gint32)packet->gerror.code, packet->gerror.text ? packet->gerror.text : "");

  switch (packet->gerror.kind) {
  case KIND_ERROR:
    return gst_message_new_error (source, reason, packet->gerror.debug);
  case KIND_WARNING:
    return gst_message_new_warning (source, reason, packet->gerror.debug);
  default:
    return gst_message_new_info (source, reason, packet->gerror.debug);
  }
}

static GstMessage *
read_message_object (const IpcPacket *packet, GstObject *source, GError **error)
{
  GValue value = G_VALUE_INIT;
  GstMessage *message;

  if (!ipc_text_read_object (packet->message.structure, GST_TYPE_MESSAGE, &value, error))
    return NULL;
  message = g_value_dup_boxed (&value);
  g_value_unset (&value);
  if ((guint32)GST_MESSAGE_TYPE (message) != packet->message.type) {
    g_set_error (
        error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE, "the message in the text is of another type than the packet's");
    gst_message_unref (message);
    return NULL;
  }
  gst_object_replace (&GST_MESSAGE_SRC (message), source);
  return message;
}

/**
 * ipc_message_from_packet:
 * @packet: a decoded MESSAGE or GERROR_MESSAGE, its form set
 * @source: (nullable): becomes the message's source
 *
 * Returns: (transfer full) (nullable): the message, or NULL with @error
 */
GstMessage *
ipc_message_from_packet (const IpcPacket *packet, GstObject *source, GError **error)
{
  g_autoptr (GstStructure) structure = NULL;

  g_return_val_if_fail (
      packet->header.type == IPC_PACKET_MESSAGE || packet->header.type == IPC_PACKET_GERROR_MESSAGE, NULL);
  if (packet->header.type == IPC_PACKET_GERROR_MESSAGE)
    return message_from_gerror (packet, source);
  if (packet->message.structure) {
    if ((packet->form & IPC_FORM_OBJECTS) && ipc_text_is_object (packet->message.structure))
      return read_message_object (packet, source, error);
    structure = ipc_text_read (packet->message.structure, ipc_text_flags (packet->form, IPC_TEXT_WHOLE), error);
    if (!structure)
      return NULL;
  }
  if (!ipc_rules_check (IPC_RULES_MESSAGE, packet->message.type, structure, error))
    return NULL;
  return gst_message_new_custom (packet->message.type, source, g_steal_pointer (&structure));
}
