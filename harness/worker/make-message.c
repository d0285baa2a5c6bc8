/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a message of each type cannot be without is asked for; everything else is passed on. */

#include "make-message.h"

#include "commands.h"
#include "words.h"

static GstStructure *
copy_structure (const IpcMessageWords *words)
{
  return words->structure ? gst_structure_copy (words->structure) : NULL;
}

static GstMessage *
new_error (const IpcMessageWords *words, GstMessageType type, GstObject *source, GError **error)
{
  GstStructure *details;

  if (words->domain == NULL || *words->domain == '\0') {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE,
        "a message of this type needs a \"domain\", as \"gst-stream-error-quark\"");
    return NULL;
  }

  g_autoptr (GError) content
      = g_error_new_literal (g_quark_from_string (words->domain), words->code, words->text ? words->text : "");
  details = copy_structure (words);
  if (type == GST_MESSAGE_ERROR)
    return gst_message_new_error_with_details (source, content, words->debug, details);
  if (type == GST_MESSAGE_WARNING)
    return gst_message_new_warning_with_details (source, content, words->debug, details);
  return gst_message_new_info_with_details (source, content, words->debug, details);
}

static GstMessage *
new_selected (const IpcMessageWords *words, GstObject *source)
{
  GstMessage *message = gst_message_new_streams_selected (source, words->collection);

  for (guint i = 0; i < gst_stream_collection_get_size (words->collection); i++)
    gst_message_streams_selected_add (message, gst_stream_collection_get_stream (words->collection, i));
  return message;
}

GstMessage *
ipc_message_new (const IpcMessageWords *words, GstObject *source, GError **error)
{
  guint type;

  if (!ipc_word_to_flag (GST_TYPE_MESSAGE_TYPE, words->type, &type, error))
    return NULL;

  if (words->collection != NULL && type == (guint)GST_MESSAGE_STREAM_COLLECTION)
    return gst_message_new_stream_collection (source, words->collection);
  if (words->collection != NULL && type == (guint)GST_MESSAGE_STREAMS_SELECTED)
    return new_selected (words, source);
  switch (type) {
  case GST_MESSAGE_ERROR:
  case GST_MESSAGE_WARNING:
  case GST_MESSAGE_INFO:
    return new_error (words, type, source, error);
  case GST_MESSAGE_EOS:
  case GST_MESSAGE_LATENCY:
  case GST_MESSAGE_ASYNC_START:
    break;
  case GST_MESSAGE_UNKNOWN:
  case GST_MESSAGE_ANY:
  case GST_MESSAGE_EXTENDED:
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "\"%s\" is not one type of message", words->type);
    return NULL;
  default:
    if (words->structure != NULL)
      break;
    g_set_error (
        error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "a message \"%s\" needs a \"structure\"", words->type);
    return NULL;
  }
  return gst_message_new_custom (type, source, copy_structure (words));
}
