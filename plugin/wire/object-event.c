/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events <-> EVENT and SINK_MESSAGE_EVENT.
 */

#include "object.h"
#include "rules.h"
#include "whole.h"

/* What is not in its structure. A stream-start means nothing but what is in it, and must not be lost. */
static gboolean
has_more_than_structure (GstEvent *event)
{
  return GST_EVENT_TYPE (event) != GST_EVENT_STREAM_START
         && (gst_event_get_running_time_offset (event) != 0 || GST_CLOCK_TIME_IS_VALID (GST_EVENT_TIMESTAMP (event)));
}

/* FALSE with @error, or the text, NULL for an event that needs none. */
static gboolean
write_event (GstEvent *event, IpcForm form, gchar **text, GError **error)
{
  const GstStructure *structure = gst_event_get_structure (event);
  /* a stream-start is not lost because of its stream object */
  IpcTextFlags flags = GST_EVENT_TYPE (event) == GST_EVENT_STREAM_START ? IPC_TEXT_SKIP_UNCARRIED : IPC_TEXT_WHOLE;

  *text = NULL;
  if ((form & IPC_FORM_OBJECTS) && structure && gst_structure_has_name (structure, IPC_WHOLE_NAME)) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE,
        "an event called " IPC_WHOLE_NAME " would be taken for something else");
    return FALSE;
  }
  if ((form & IPC_FORM_OBJECTS) && has_more_than_structure (event))
    *text = ipc_text_write_object (GST_TYPE_EVENT, event, error);
  else if (structure)
    *text = ipc_text_write (structure, ipc_text_flags (form, flags), error);
  else
    return TRUE;
  return *text != NULL;
}

/**
 * ipc_packet_build_event:
 * @packet: a zeroed packet, but for its form
 * @event: what to send; a sink-message event has a packet of its own
 * @upstream: which way it goes
 *
 * Returns: TRUE, or FALSE with @error when the event cannot be carried
 */
gboolean
ipc_packet_build_event (IpcPacket *packet, GstEvent *event, gboolean upstream, GError **error)
{
  gchar *text = NULL;

  if (!write_event (event, packet->form, &text, error))
    return FALSE;
  if (text)
    ipc_packet_keep (packet, text);
  packet->header.type = IPC_PACKET_EVENT;
  packet->event.type = GST_EVENT_TYPE (event);
  packet->event.seqnum = gst_event_get_seqnum (event);
  packet->event.upstream = upstream ? TRUE : FALSE;
  packet->event.structure = text;
  return TRUE;
}

/**
 * ipc_packet_build_sink_message:
 * @packet: a zeroed packet, but for its form
 * @event: a sink-message event
 *
 * Returns: TRUE, or FALSE with @error when its message cannot be carried in text form
 */
gboolean
ipc_packet_build_sink_message (IpcPacket *packet, GstEvent *event, GError **error)
{
  g_autoptr (GstMessage) message = NULL;
  gchar *text = NULL;

  g_return_val_if_fail (GST_EVENT_TYPE (event) == GST_EVENT_SINK_MESSAGE, FALSE);
  gst_event_parse_sink_message (event, &message);
  if (!message) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE, "a sink-message event without message");
    return FALSE;
  }
  if (gst_message_get_structure (message)) {
    text = ipc_text_write (gst_message_get_structure (message), ipc_text_flags (packet->form, IPC_TEXT_WHOLE), error);
    if (!text)
      return FALSE;
    ipc_packet_keep (packet, text);
  }
  packet->header.type = IPC_PACKET_SINK_MESSAGE_EVENT;
  packet->sink_message.message_type = GST_MESSAGE_TYPE (message);
  packet->sink_message.event_seqnum = gst_event_get_seqnum (event);
  packet->sink_message.message_seqnum = gst_message_get_seqnum (message);
  /* quarks are for ever, and the packet's strings need not be */
  packet->sink_message.name = g_intern_string (gst_structure_get_name (gst_event_get_structure (event)));
  packet->sink_message.structure = text;
  return TRUE;
}

static gboolean
check_seqnum (guint32 seqnum, const gchar *what, GError **error)
{
  if (seqnum != GST_SEQNUM_INVALID)
    return TRUE;
  g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE, "%s has no seqnum", what);
  return FALSE;
}

/* The text form loses a tag list's scope; the event's name has it. */
static void
restore_tag_scope (GstStructure *structure)
{
  GstTagList *tags = NULL;

  if (!gst_structure_has_name (structure, "GstTagList-global"))
    return;
  if (!gst_structure_get (structure, "taglist", GST_TYPE_TAG_LIST, &tags, NULL))
    return;
  tags = gst_tag_list_make_writable (tags);
  gst_tag_list_set_scope (tags, GST_TAG_SCOPE_GLOBAL);
  gst_structure_set (structure, "taglist", GST_TYPE_TAG_LIST, tags, NULL);
  gst_tag_list_unref (tags);
}

gboolean
ipc_event_type_is_lost_in_text (guint32 type)
{
  return type == GST_EVENT_STREAM_COLLECTION || type == GST_EVENT_TOC;
}

static GstEvent *
read_event_object (const IpcPacket *packet, GError **error)
{
  GValue value = G_VALUE_INIT;
  GstEvent *event;

  if (!ipc_text_read_object (packet->event.structure, GST_TYPE_EVENT, &value, error))
    return NULL;
  event = g_value_dup_boxed (&value);
  g_value_unset (&value);
  if ((guint32)GST_EVENT_TYPE (event) == packet->event.type && gst_event_get_seqnum (event) == packet->event.seqnum)
    return event;
  g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE, "the event in the text is another than that of the packet");
  gst_event_unref (event);
  return NULL;
}

static GstEvent *
read_event (const IpcPacket *packet, GError **error)
{
  g_autoptr (GstStructure) structure = NULL;
  GstEvent *event;

  if (packet->event.structure) {
    if ((packet->form & IPC_FORM_OBJECTS) && ipc_text_is_object (packet->event.structure))
      return read_event_object (packet, error);
    structure = ipc_text_read (packet->event.structure, ipc_text_flags (packet->form, IPC_TEXT_WHOLE), error);
    if (!structure)
      return NULL;
  }
  if (!ipc_rules_check (IPC_RULES_EVENT, packet->event.type, structure, error))
    return NULL;
  if (packet->event.type == GST_EVENT_TAG && !(packet->form & IPC_FORM_OBJECTS))
    restore_tag_scope (structure);
  event = gst_event_new_custom (packet->event.type, g_steal_pointer (&structure));
  gst_event_set_seqnum (event, packet->event.seqnum);
  return event;
}

/**
 * ipc_event_from_packet:
 * @packet: a decoded EVENT, its form set
 *
 * That a downstream event may really travel downstream is checked; an upstream one may be of any type, for an
 * application may send any event to an element.
 *
 * Returns: (transfer full) (nullable): the event, or NULL with @error
 */
GstEvent *
ipc_event_from_packet (const IpcPacket *packet, GError **error)
{
  g_return_val_if_fail (packet->header.type == IPC_PACKET_EVENT, NULL);
  if (!check_seqnum (packet->event.seqnum, "event", error))
    return NULL;
  if (!packet->event.upstream && !(gst_event_type_get_flags (packet->event.type) & GST_EVENT_TYPE_DOWNSTREAM)) {
    g_set_error (
        error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE, "event type 0x%x cannot go downstream", packet->event.type);
    return NULL;
  }
  return read_event (packet, error);
}

/**
 * ipc_sink_message_from_packet:
 * @packet: a decoded SINK_MESSAGE_EVENT, its form set
 * @source: (nullable): the message's source
 *
 * Returns: (transfer full) (nullable): a sink-message event, or NULL with @error
 */
GstEvent *
ipc_sink_message_from_packet (const IpcPacket *packet, GstObject *source, GError **error)
{
  g_autoptr (GstStructure) structure = NULL;
  g_autoptr (GstMessage) message = NULL;
  GstEvent *event;

  g_return_val_if_fail (packet->header.type == IPC_PACKET_SINK_MESSAGE_EVENT, NULL);
  if (!check_seqnum (packet->sink_message.event_seqnum, "sink-message event", error)
      || !check_seqnum (packet->sink_message.message_seqnum, "message", error))
    return NULL;
  if (!ipc_text_name_is_valid (packet->sink_message.name)) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE, "the name of a sink-message event is broken");
    return NULL;
  }
  if (!ipc_text_name_admit (packet->sink_message.name, error))
    return NULL;
  if (packet->sink_message.structure) {
    structure = ipc_text_read (packet->sink_message.structure, ipc_text_flags (packet->form, IPC_TEXT_WHOLE), error);
    if (!structure)
      return NULL;
  }
  if (!ipc_rules_check (IPC_RULES_MESSAGE, packet->sink_message.message_type, structure, error))
    return NULL;
  message = gst_message_new_custom (packet->sink_message.message_type, source, g_steal_pointer (&structure));
  gst_message_set_seqnum (message, packet->sink_message.message_seqnum);
  event = gst_event_new_sink_message (packet->sink_message.name, message);
  gst_event_set_seqnum (event, packet->sink_message.event_seqnum);
  return event;
}
