/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Events into the pipeline and messages onto its bus. GStreamer's constructors treat wrong arguments as bugs of the
 * program and answer with criticals; here they come from outside, so they are looked at before. */

#include "commands.h"

#include "report.h"
#include "words.h"

static gboolean
word_or (IpcCommand *command, const gchar *member, GType type, gint fallback, gint *value, GError **error)
{
  const gchar *word = ipc_command_text (command, member);

  *value = fallback;
  return word == NULL || ipc_word_to_enum (type, word, value, error);
}

static GstEvent *
make_seek (IpcCommand *command, GError **error)
{
  gdouble rate = ipc_command_number (command, "rate", 1.0);
  gint format, start_type, stop_type;
  guint flags;

  if (!word_or (command, "format", GST_TYPE_FORMAT, GST_FORMAT_TIME, &format, error)
      || !word_or (command, "start-type", GST_TYPE_SEEK_TYPE, GST_SEEK_TYPE_SET, &start_type, error)
      || !word_or (command, "stop-type", GST_TYPE_SEEK_TYPE, GST_SEEK_TYPE_NONE, &stop_type, error)
      || !ipc_words_to_flags (GST_TYPE_SEEK_FLAGS, ipc_command_texts (command, "flags"), &flags, error))
    return NULL;
  if (rate == 0.0) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "seek: \"rate\" must not be 0");
    return NULL;
  }
  if ((flags & GST_SEEK_FLAG_INSTANT_RATE_CHANGE)
      && (start_type != GST_SEEK_TYPE_NONE || stop_type != GST_SEEK_TYPE_NONE || (flags & GST_SEEK_FLAG_FLUSH))) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE,
        "seek: \"instant-rate-change\" goes without \"flush\", and with \"start-type\" and \"stop-type\" \"none\"");
    return NULL;
  }
  return gst_event_new_seek (rate, format, flags, start_type, ipc_command_int (command, "start", 0), stop_type,
      ipc_command_int (command, "stop", -1));
}

static void
send (IpcCommand *command, GstElement *element, GstEvent *event)
{
  ipc_report_set_uint (command->reply, "seqnum", gst_event_get_seqnum (event));
  json_object_set_boolean_member (command->reply, "result", gst_element_send_event (element, event));
}

gboolean
ipc_command_seek (IpcCommand *command, GError **error)
{
  g_autoptr (GstElement) element = ipc_command_element (command, error);
  GstEvent *event = element ? make_seek (command, error) : NULL;

  if (event == NULL)
    return FALSE;
  send (command, element, event);
  return TRUE;
}

/* What an event of @type is made of when no structure is given; FALSE when it cannot be. */
static gboolean
default_event (GstEventType type, GstEvent **event)
{
  switch (type) {
  case GST_EVENT_FLUSH_STOP:
    *event = gst_event_new_flush_stop (TRUE);
    return TRUE;
  case GST_EVENT_LATENCY:
    *event = gst_event_new_latency (0);
    return TRUE;
  case GST_EVENT_EOS:
  case GST_EVENT_FLUSH_START:
  case GST_EVENT_RECONFIGURE:
  case GST_EVENT_CUSTOM_UPSTREAM:
  case GST_EVENT_CUSTOM_DOWNSTREAM:
  case GST_EVENT_CUSTOM_DOWNSTREAM_OOB:
  case GST_EVENT_CUSTOM_DOWNSTREAM_STICKY:
  case GST_EVENT_CUSTOM_BOTH:
  case GST_EVENT_CUSTOM_BOTH_OOB:
    *event = gst_event_new_custom (type, NULL);
    return TRUE;
  default:
    return FALSE;
  }
}

gboolean
ipc_command_send_event (IpcCommand *command, GError **error)
{
  const gchar *word = ipc_command_text (command, "event");
  gint type;
  gboolean ok;
  GstEvent *event;

  if (!ipc_word_to_enum (GST_TYPE_EVENT_TYPE, word, &type, error))
    return FALSE;
  g_autoptr (GstStructure) structure = ipc_command_structure (command, &ok, error);
  if (!ok)
    return FALSE;
  g_autoptr (GstElement) element = ipc_command_element (command, error);
  if (element == NULL)
    return FALSE;

  if (structure != NULL) {
    event = gst_event_new_custom (type, g_steal_pointer (&structure));
  } else if (!default_event (type, &event)) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "send-event: \"%s\" needs a \"structure\"", word);
    return FALSE;
  }
  send (command, element, event);
  return TRUE;
}

static GstMessage *
make_error_message (
    IpcCommand *command, GstMessageType type, GstElement *element, GstStructure *details, GError **error)
{
  const gchar *domain = ipc_command_text (command, "domain");
  const gchar *text = ipc_command_text (command, "text");
  const gchar *debug = ipc_command_text (command, "debug");
  GstObject *source = GST_OBJECT (element);

  if (domain == NULL || *domain == '\0') {
    gst_clear_structure (&details);
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE,
        "post-message: this type needs a \"domain\", as \"gst-stream-error-quark\"");
    return NULL;
  }

  g_autoptr (GError) content
      = g_error_new_literal (g_quark_from_string (domain), ipc_command_int (command, "code", 0), text ? text : "");
  if (type == GST_MESSAGE_ERROR)
    return gst_message_new_error_with_details (source, content, debug, details);
  if (type == GST_MESSAGE_WARNING)
    return gst_message_new_warning_with_details (source, content, debug, details);
  return gst_message_new_info_with_details (source, content, debug, details);
}

static GstMessage *
make_message (IpcCommand *command, const gchar *word, GstElement *element, GError **error)
{
  guint type;
  gboolean ok;

  if (!ipc_word_to_flag (GST_TYPE_MESSAGE_TYPE, word, &type, error))
    return NULL;
  g_autoptr (GstStructure) structure = ipc_command_structure (command, &ok, error);
  if (!ok)
    return NULL;

  switch (type) {
  case GST_MESSAGE_ERROR:
  case GST_MESSAGE_WARNING:
  case GST_MESSAGE_INFO:
    return make_error_message (command, type, element, g_steal_pointer (&structure), error);
  case GST_MESSAGE_EOS:
  case GST_MESSAGE_LATENCY:
  case GST_MESSAGE_ASYNC_START:
    break;
  case GST_MESSAGE_UNKNOWN:
  case GST_MESSAGE_ANY:
  case GST_MESSAGE_EXTENDED:
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "post-message: \"%s\" is not one type", word);
    return NULL;
  default:
    if (structure != NULL)
      break;
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "post-message: \"%s\" needs a \"structure\"", word);
    return NULL;
  }
  return gst_message_new_custom (type, GST_OBJECT (element), g_steal_pointer (&structure));
}

gboolean
ipc_command_post_message (IpcCommand *command, GError **error)
{
  g_autoptr (GstElement) element = ipc_command_element (command, error);
  GstMessage *message = element ? make_message (command, ipc_command_text (command, "type"), element, error) : NULL;

  if (message == NULL)
    return FALSE;
  ipc_report_set_uint (command->reply, "seqnum", gst_message_get_seqnum (message));
  json_object_set_boolean_member (command->reply, "result", gst_element_post_message (element, message));
  return TRUE;
}
