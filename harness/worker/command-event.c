/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Events into the pipeline: sent to an element, or pushed from a pad. */

#include "commands.h"

#include "make-event.h"
#include "report.h"

/* Before the event is given away: the number that it will be seen with. */
static void
tell_seqnum (IpcCommand *command, GstEvent *event)
{
  ipc_report_set_uint (command->reply, "seqnum", gst_event_get_seqnum (event));
}

static void
send (IpcCommand *command, GstElement *element, GstEvent *event)
{
  tell_seqnum (command, event);
  json_object_set_boolean_member (command->reply, "result", gst_element_send_event (element, event));
}

static const gchar *
direction_name (GstPad *pad)
{
  return GST_PAD_DIRECTION (pad) == GST_PAD_SRC ? "src" : "sink";
}

/* @event: taken. FALSE when it cannot leave @pad. */
static gboolean
push (IpcCommand *command, GstPad *pad, GstEvent *event, GError **error)
{
  gboolean fits
      = GST_PAD_DIRECTION (pad) == GST_PAD_SRC ? GST_EVENT_IS_DOWNSTREAM (event) : GST_EVENT_IS_UPSTREAM (event);

  if (!fits) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "a %s event does not leave a %s pad",
        GST_EVENT_TYPE_NAME (event), direction_name (pad));
    gst_event_unref (event);
    return FALSE;
  }
  tell_seqnum (command, event);
  json_object_set_boolean_member (command->reply, "result", gst_pad_push_event (pad, event));
  return TRUE;
}

gboolean
ipc_command_seek (IpcCommand *command, GError **error)
{
  g_autoptr (GstElement) element = ipc_command_element (command, error);
  g_autoptr (IpcFields) fields = ipc_fields_new (command->members, "seek");

  if (element == NULL)
    return FALSE;
  ipc_fields_skip (fields, "id");
  ipc_fields_skip (fields, "command");
  ipc_fields_skip (fields, "element");
  GstEvent *event = ipc_event_new_seek (fields);
  if (!ipc_fields_finish (fields, error))
    return FALSE;
  send (command, element, event);
  return TRUE;
}

/* The event that the members of @command describe. */
static GstEvent *
make_event (IpcCommand *command, GError **error)
{
  gint64 seqnum = ipc_command_int (command, "seqnum", GST_SEQNUM_INVALID);
  gboolean ok;
  GstStructure *structure = ipc_command_structure (command, &ok, error);
  GstEvent *event = ok ? ipc_event_new (
                        ipc_command_text (command, "event"), structure, ipc_command_object (command, "fields"), error)
                       : NULL;

  if (event != NULL && seqnum != GST_SEQNUM_INVALID)
    gst_event_set_seqnum (event, seqnum);
  return event;
}

gboolean
ipc_command_send_event (IpcCommand *command, GError **error)
{
  g_autoptr (GstElement) element = ipc_command_element (command, error);
  GstEvent *event = element ? make_event (command, error) : NULL;

  if (event == NULL)
    return FALSE;
  send (command, element, event);
  return TRUE;
}

gboolean
ipc_command_push_event (IpcCommand *command, GError **error)
{
  g_autoptr (GstPad) pad = ipc_command_pad (command, error);
  GstEvent *event = pad ? make_event (command, error) : NULL;

  return event != NULL && push (command, pad, event, error);
}

gboolean
ipc_command_send_sink_message (IpcCommand *command, GError **error)
{
  const gchar *name = ipc_command_text (command, "name");
  gboolean from_pad = ipc_command_text (command, "pad") != NULL;
  g_autoptr (GstElement) element = ipc_command_element (command, error);
  g_autoptr (GstPad) pad = element && from_pad ? ipc_command_pad (command, error) : NULL;

  if (element == NULL || (from_pad && pad == NULL))
    return FALSE;
  g_autoptr (GstMessage) message = ipc_command_message (command, element, error);
  if (message == NULL)
    return FALSE;

  ipc_report_set_uint (command->reply, "message-seqnum", gst_message_get_seqnum (message));
  GstEvent *event = gst_event_new_sink_message (name ? name : "gst-ipc-worker", message);
  if (pad != NULL)
    return push (command, pad, event, error);
  send (command, element, event);
  return TRUE;
}
