/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Queries of an element or a pad. The answer is told as the query's structure, and by members for those types that
 * scenarios ask about. */

#include "commands.h"

#include "make-query.h"
#include "report.h"
#include "words.h"

/* What is asked: @element, or @pad, or what @pad is linked to. */
typedef struct {
  GstElement *element;
  GstPad *pad;
} Asked;

static gboolean
find_asked (IpcCommand *command, Asked *asked, GError **error)
{
  gboolean peer = ipc_command_bool (command, "peer", FALSE);

  *asked = (Asked){ 0 };
  if (ipc_command_text (command, "pad") != NULL && ipc_command_text (command, "element") == NULL)
    asked->pad = ipc_command_pad (command, error);
  else if (ipc_command_text (command, "pad") != NULL || peer)
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE,
        "query: give \"element\" or \"pad\"; \"peer\" goes with \"pad\"");
  else
    asked->element = ipc_command_element (command, error);
  return asked->pad != NULL || asked->element != NULL;
}

static gboolean
ask (IpcCommand *command, GstQuery *query, gboolean *answered, GError **error)
{
  Asked asked;

  if (!find_asked (command, &asked, error))
    return FALSE;
  if (asked.element != NULL)
    *answered = gst_element_query (asked.element, query);
  else if (ipc_command_bool (command, "peer", FALSE))
    *answered = gst_pad_peer_query (asked.pad, query);
  else
    *answered = gst_pad_query (asked.pad, query);
  gst_clear_object (&asked.element);
  gst_clear_object (&asked.pad);
  return TRUE;
}

gboolean
ipc_command_query (IpcCommand *command, GError **error)
{
  const gchar *format_word = ipc_command_text (command, "format");
  JsonObject *fields = ipc_command_object (command, "fields");
  gint type, format = GST_FORMAT_TIME;
  gboolean ok, answered;

  if (!ipc_word_to_enum (GST_TYPE_QUERY_TYPE, ipc_command_text (command, "query"), &type, error)
      || (format_word != NULL && !ipc_word_to_enum (GST_TYPE_FORMAT, format_word, &format, error)))
    return FALSE;
  g_autoptr (GstStructure) structure = ipc_command_structure (command, &ok, error);
  if (!ok)
    return FALSE;
  if (structure != NULL && fields != NULL) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "give \"structure\" or \"fields\", not both");
    return FALSE;
  }

  gboolean own = structure != NULL;
  g_autoptr (GstQuery) query
      = own ? gst_query_new_custom (type, g_steal_pointer (&structure)) : ipc_query_new (type, format, fields, error);
  if (query == NULL || !ask (command, query, &answered, error))
    return FALSE;

  json_object_set_boolean_member (command->reply, "result", answered);
  ipc_report_set_structure (command->reply, "structure", gst_query_get_structure (query));
  /* a structure of the sender's need not have what the type's own has */
  if (answered && !own)
    ipc_query_tell (command->reply, query);
  return TRUE;
}
