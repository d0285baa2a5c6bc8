/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bus messages to reports. Bins and pipelines have handled a message before it gets here, so dropping it changes
 * nothing for them, and no message keeps its source alive. */

#include "messages.h"

#include "report.h"
#include "words.h"

static void
set_error (JsonObject *report, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ERROR:
    gst_message_parse_error (message, &error, &debug);
    break;
  case GST_MESSAGE_WARNING:
    gst_message_parse_warning (message, &error, &debug);
    break;
  default:
    gst_message_parse_info (message, &error, &debug);
    break;
  }
  ipc_report_set_text (report, "domain", error ? g_quark_to_string (error->domain) : NULL);
  if (error != NULL)
    ipc_report_set_int (report, "code", error->code);
  else
    json_object_set_null_member (report, "code");
  ipc_report_set_text (report, "text", error ? error->message : NULL);
  ipc_report_set_text (report, "debug", debug);
}

static void
set_states (JsonObject *report, GstMessage *message)
{
  GstState old, new, pending;

  gst_message_parse_state_changed (message, &old, &new, &pending);
  ipc_report_set_text (report, "old", ipc_enum_to_word (GST_TYPE_STATE, old));
  ipc_report_set_text (report, "new", ipc_enum_to_word (GST_TYPE_STATE, new));
  ipc_report_set_text (report, "pending", ipc_enum_to_word (GST_TYPE_STATE, pending));
}

static void
set_tags (JsonObject *report, GstMessage *message)
{
  g_autoptr (GstTagList) tags = NULL;

  gst_message_parse_tag (message, &tags);
  ipc_report_take_text (report, "tags", tags ? gst_tag_list_to_string (tags) : NULL);
}

static void
set_details (JsonObject *report, GstMessage *message)
{
  GstClockTime time;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ERROR:
  case GST_MESSAGE_WARNING:
  case GST_MESSAGE_INFO:
    set_error (report, message);
    break;
  case GST_MESSAGE_STATE_CHANGED:
    set_states (report, message);
    break;
  case GST_MESSAGE_ASYNC_DONE:
    gst_message_parse_async_done (message, &time);
    ipc_report_set_time (report, "running-time", time);
    break;
  case GST_MESSAGE_TAG:
    set_tags (report, message);
    break;
  default:
    break;
  }
}

typedef struct {
  IpcChannel *channel;
  IpcReactions *reactions;
  GstElement *pipeline; /* whose bus it is */
} Watch;

static GstBusSyncReply
see_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  const Watch *watch = user_data;
  GstObject *source = GST_MESSAGE_SRC (message);
  JsonObject *report = ipc_report_new ("message");

  ipc_report_set_text (report, "type", GST_MESSAGE_TYPE_NAME (message));
  ipc_report_take_text (report, "source", source ? gst_object_get_name (source) : NULL);
  ipc_report_take_text (report, "source-path", source ? gst_object_get_path_string (source) : NULL);
  ipc_report_set_uint (report, "seqnum", gst_message_get_seqnum (message));
  ipc_report_set_structure (report, "structure", gst_message_get_structure (message));
  set_details (report, message);
  ipc_channel_send (watch->channel, report);
  ipc_reactions_see (watch->reactions, watch->pipeline, message);

  gst_message_unref (message);
  return GST_BUS_DROP;
}

/**
 * ipc_messages_watch:
 * @channel: where to report
 * @reactions: what is done about messages
 * @pipeline: a pipeline
 *
 * The bus stays open in NULL too, so that the last state change of @pipeline is seen.
 */
void
ipc_messages_watch (IpcChannel *channel, IpcReactions *reactions, GstElement *pipeline)
{
  Watch watch = { channel, reactions, pipeline };
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  if (GST_IS_PIPELINE (pipeline))
    gst_pipeline_set_auto_flush_bus (GST_PIPELINE (pipeline), FALSE);
  gst_bus_set_sync_handler (bus, see_message, g_memdup2 (&watch, sizeof watch), g_free);
}
