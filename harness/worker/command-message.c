/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Messages onto the pipeline's bus. */

#include "commands.h"

#include "make-message.h"
#include "report.h"

GstMessage *
ipc_command_message (IpcCommand *command, GstElement *element, GError **error)
{
  gboolean ok;
  g_autoptr (GstStructure) structure = ipc_command_structure (command, &ok, error);
  IpcMessageWords words = {
    .type = ipc_command_text (command, "type"),
    .domain = ipc_command_text (command, "domain"),
    .code = ipc_command_int (command, "code", 0),
    .text = ipc_command_text (command, "text"),
    .debug = ipc_command_text (command, "debug"),
    .structure = structure,
  };

  return ok ? ipc_message_new (&words, GST_OBJECT (element), error) : NULL;
}

gboolean
ipc_command_post_message (IpcCommand *command, GError **error)
{
  g_autoptr (GstElement) element = ipc_command_element (command, error);
  GstMessage *message = element ? ipc_command_message (command, element, error) : NULL;

  if (message == NULL)
    return FALSE;
  ipc_report_set_uint (command->reply, "seqnum", gst_message_get_seqnum (message));
  json_object_set_boolean_member (command->reply, "result", gst_element_post_message (element, message));
  return TRUE;
}
