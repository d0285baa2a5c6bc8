/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WIRE_TEST_PARSE_H
#define IPC_WIRE_TEST_PARSE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Calls the functions with which elements read @event. */
static inline void
test_parse_event (GstEvent *event)
{
  g_autoptr (GstStream) stream = NULL;
  g_autoptr (GstStreamCollection) collection = NULL;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GstToc) toc = NULL;
  g_autofree gchar *uid = NULL;
  const gchar *text;
  GList *streams = NULL;
  GstSegment segment;
  GstTagList *tags;
  GstCaps *caps;
  GstBuffer *buffer;

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_FLUSH_STOP:
    gst_event_parse_flush_stop (event, &(gboolean){ FALSE });
    break;
  case GST_EVENT_STREAM_START:
    gst_event_parse_stream_start (event, &text);
    gst_event_parse_stream_flags (event, &(GstStreamFlags){ 0 });
    gst_event_parse_group_id (event, &(guint){ 0 });
    gst_event_parse_stream (event, &stream);
    break;
  case GST_EVENT_CAPS:
    gst_event_parse_caps (event, &caps);
    g_assert_true (gst_caps_is_fixed (caps));
    break;
  case GST_EVENT_SEGMENT:
    gst_event_copy_segment (event, &segment);
    gst_segment_to_running_time (&segment, segment.format, 5);
    break;
  case GST_EVENT_STREAM_COLLECTION:
    gst_event_parse_stream_collection (event, &collection);
    g_assert_nonnull (collection);
    break;
  case GST_EVENT_TAG:
    gst_event_parse_tag (event, &tags);
    g_assert_true (GST_IS_TAG_LIST (tags));
    break;
  case GST_EVENT_BUFFERSIZE:
    gst_event_parse_buffer_size (event, &(GstFormat){ 0 }, &(gint64){ 0 }, &(gint64){ 0 }, &(gboolean){ FALSE });
    break;
  case GST_EVENT_SINK_MESSAGE:
    gst_event_parse_sink_message (event, &message);
    g_assert_nonnull (message);
    break;
  case GST_EVENT_STREAM_GROUP_DONE:
    gst_event_parse_stream_group_done (event, &(guint){ 0 });
    break;
  case GST_EVENT_TOC:
    gst_event_parse_toc (event, &toc, NULL);
    g_assert_nonnull (toc);
    break;
  case GST_EVENT_PROTECTION:
    gst_event_parse_protection (event, &text, &buffer, &text);
    g_assert_true (GST_IS_BUFFER (buffer));
    break;
  case GST_EVENT_SEGMENT_DONE:
    gst_event_parse_segment_done (event, &(GstFormat){ 0 }, &(gint64){ 0 });
    break;
  case GST_EVENT_GAP:
    gst_event_parse_gap (event, &(GstClockTime){ 0 }, &(GstClockTime){ 0 });
    gst_event_parse_gap_flags (event, &(GstGapFlags){ 0 });
    break;
  case GST_EVENT_INSTANT_RATE_CHANGE:
    gst_event_parse_instant_rate_change (event, &(gdouble){ 0 }, &(GstSegmentFlags){ 0 });
    break;
  case GST_EVENT_QOS:
    gst_event_parse_qos (event, &(GstQOSType){ 0 }, &(gdouble){ 0 }, &(GstClockTimeDiff){ 0 }, &(GstClockTime){ 0 });
    break;
  case GST_EVENT_SEEK:
    gst_event_parse_seek (event, &(gdouble){ 0 }, &(GstFormat){ 0 }, &(GstSeekFlags){ 0 }, &(GstSeekType){ 0 },
        &(gint64){ 0 }, &(GstSeekType){ 0 }, &(gint64){ 0 });
    gst_event_parse_seek_trickmode_interval (event, &(GstClockTime){ 0 });
    break;
  case GST_EVENT_LATENCY:
    gst_event_parse_latency (event, &(GstClockTime){ 0 });
    break;
  case GST_EVENT_STEP:
    gst_event_parse_step (
        event, &(GstFormat){ 0 }, &(guint64){ 0 }, &(gdouble){ 0 }, &(gboolean){ FALSE }, &(gboolean){ FALSE });
    break;
  case GST_EVENT_TOC_SELECT:
    gst_event_parse_toc_select (event, &uid);
    break;
  case GST_EVENT_SELECT_STREAMS:
    gst_event_parse_select_streams (event, &streams);
    g_list_free_full (streams, g_free);
    break;
  case GST_EVENT_INSTANT_RATE_SYNC_TIME:
    gst_event_parse_instant_rate_sync_time (event, &(gdouble){ 0 }, &(GstClockTime){ 0 }, &(GstClockTime){ 0 });
    break;
  default:
    break;
  }
}

/* The same for queries. What only an answer has is read when it is @answered TRUE. */
static inline void
test_parse_query (GstQuery *query, gboolean answered)
{
  g_autofree gchar *uri = NULL;
  g_autofree gchar *redirection = NULL;
  GstFormat format;
  GstContext *context = NULL;
  const gchar *text;
  GstCaps *caps;
  guint n;

  switch (GST_QUERY_TYPE (query)) {
  case GST_QUERY_POSITION:
    gst_query_parse_position (query, &format, &(gint64){ 0 });
    break;
  case GST_QUERY_DURATION:
    gst_query_parse_duration (query, &format, &(gint64){ 0 });
    break;
  case GST_QUERY_LATENCY:
    gst_query_parse_latency (query, &(gboolean){ FALSE }, &(GstClockTime){ 0 }, &(GstClockTime){ 0 });
    break;
  case GST_QUERY_SEGMENT:
    gst_query_parse_segment (query, &(gdouble){ 0 }, &format, &(gint64){ 0 }, &(gint64){ 0 });
    break;
  case GST_QUERY_SEEKING:
    gst_query_parse_seeking (query, &format, &(gboolean){ FALSE }, &(gint64){ 0 }, &(gint64){ 0 });
    break;
  case GST_QUERY_CONVERT:
    gst_query_parse_convert (query, &format, &(gint64){ 0 }, &format, &(gint64){ 0 });
    break;
  case GST_QUERY_FORMATS:
    gst_query_parse_n_formats (query, &n);
    for (guint i = 0; i < n; i++)
      gst_query_parse_nth_format (query, i, &format);
    break;
  case GST_QUERY_BUFFERING:
    gst_query_parse_buffering_percent (query, &(gboolean){ FALSE }, &(gint){ 0 });
    gst_query_parse_buffering_stats (query, &(GstBufferingMode){ 0 }, &(gint){ 0 }, &(gint){ 0 }, &(gint64){ 0 });
    gst_query_parse_buffering_range (query, &format, &(gint64){ 0 }, &(gint64){ 0 }, &(gint64){ 0 });
    gst_query_get_n_buffering_ranges (query);
    break;
  case GST_QUERY_URI:
    gst_query_parse_uri (query, &uri);
    gst_query_parse_uri_redirection (query, &redirection);
    gst_query_parse_uri_redirection_permanent (query, &(gboolean){ FALSE });
    break;
  case GST_QUERY_ALLOCATION:
    gst_query_parse_allocation (query, &caps, &(gboolean){ FALSE });
    gst_query_get_n_allocation_pools (query);
    break;
  case GST_QUERY_SCHEDULING:
    gst_query_parse_scheduling (query, &(GstSchedulingFlags){ 0 }, &(gint){ 0 }, &(gint){ 0 }, &(gint){ 0 });
    gst_query_get_n_scheduling_modes (query);
    break;
  case GST_QUERY_ACCEPT_CAPS:
    gst_query_parse_accept_caps (query, &caps);
    gst_query_parse_accept_caps_result (query, &(gboolean){ FALSE });
    break;
  case GST_QUERY_CAPS:
    gst_query_parse_caps (query, &caps);
    gst_query_parse_caps_result (query, &caps);
    g_assert_true (!answered || GST_IS_CAPS (caps));
    break;
  case GST_QUERY_CONTEXT:
    gst_query_parse_context_type (query, &text);
    gst_query_parse_context (query, &context);
    break;
  case GST_QUERY_BITRATE:
    if (answered)
      gst_query_parse_bitrate (query, &n);
    break;
  case GST_QUERY_SELECTABLE:
    if (answered)
      gst_query_parse_selectable (query, &(gboolean){ FALSE });
    break;
  default:
    break;
  }
}

static inline void
test_parse_streams (GstMessage *message)
{
  g_autoptr (GstStreamCollection) collection = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_STREAM_COLLECTION)
    gst_message_parse_stream_collection (message, &collection);
  else
    gst_message_parse_streams_selected (message, &collection);
  g_assert_nonnull (collection);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_STREAM_COLLECTION)
    return;
  for (guint i = 0; i < gst_message_streams_selected_get_size (message); i++)
    gst_object_unref (gst_message_streams_selected_get_stream (message, i));
}

static inline void
test_parse_failure (GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  const GstStructure *details = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, &debug);
    gst_message_parse_error_details (message, &details);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
    gst_message_parse_warning (message, &error, &debug);
    gst_message_parse_warning_details (message, &details);
  } else {
    gst_message_parse_info (message, &error, &debug);
    gst_message_parse_info_details (message, &details);
  }
  g_assert_nonnull (error);
}

static inline void
test_parse_progress (GstMessage *message)
{
  g_autofree gchar *code = NULL;
  g_autofree gchar *text = NULL;

  gst_message_parse_progress (message, &(GstProgressType){ 0 }, &code, &text);
}

/* The same for messages. */
static inline void
test_parse_message (GstMessage *message)
{
  g_autoptr (GstTagList) tags = NULL;
  g_autoptr (GstToc) toc = NULL;
  g_autoptr (GstContext) context = NULL;
  const gchar *text;
  GstObject *object;
  const GValue *value;
  GstTagList *redirect_tags;
  const GstStructure *redirect_structure;
  GstState state;
  GstFormat format;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ERROR:
  case GST_MESSAGE_WARNING:
  case GST_MESSAGE_INFO:
    test_parse_failure (message);
    break;
  case GST_MESSAGE_TAG:
    gst_message_parse_tag (message, &tags);
    g_assert_nonnull (tags);
    break;
  case GST_MESSAGE_BUFFERING:
    gst_message_parse_buffering (message, &(gint){ 0 });
    gst_message_parse_buffering_stats (message, &(GstBufferingMode){ 0 }, &(gint){ 0 }, &(gint){ 0 }, &(gint64){ 0 });
    break;
  case GST_MESSAGE_STATE_CHANGED:
    gst_message_parse_state_changed (message, &state, &state, &state);
    break;
  case GST_MESSAGE_STEP_DONE:
    gst_message_parse_step_done (message, &format, &(guint64){ 0 }, &(gdouble){ 0 }, &(gboolean){ FALSE },
        &(gboolean){ FALSE }, &(guint64){ 0 }, &(gboolean){ FALSE });
    break;
  case GST_MESSAGE_SEGMENT_START:
    gst_message_parse_segment_start (message, &format, &(gint64){ 0 });
    break;
  case GST_MESSAGE_SEGMENT_DONE:
    gst_message_parse_segment_done (message, &format, &(gint64){ 0 });
    break;
  case GST_MESSAGE_ASYNC_DONE:
    gst_message_parse_async_done (message, &(GstClockTime){ 0 });
    break;
  case GST_MESSAGE_REQUEST_STATE:
    gst_message_parse_request_state (message, &state);
    break;
  case GST_MESSAGE_STEP_START:
    gst_message_parse_step_start (message, &(gboolean){ FALSE }, &format, &(guint64){ 0 }, &(gdouble){ 0 },
        &(gboolean){ FALSE }, &(gboolean){ FALSE });
    break;
  case GST_MESSAGE_QOS:
    gst_message_parse_qos (
        message, &(gboolean){ FALSE }, &(guint64){ 0 }, &(guint64){ 0 }, &(guint64){ 0 }, &(guint64){ 0 });
    gst_message_parse_qos_values (message, &(gint64){ 0 }, &(gdouble){ 0 }, &(gint){ 0 });
    gst_message_parse_qos_stats (message, &format, &(guint64){ 0 }, &(guint64){ 0 });
    break;
  case GST_MESSAGE_PROGRESS:
    test_parse_progress (message);
    break;
  case GST_MESSAGE_RESET_TIME:
    gst_message_parse_reset_time (message, &(GstClockTime){ 0 });
    break;
  case GST_MESSAGE_STREAM_START:
    gst_message_parse_group_id (message, &(guint){ 0 });
    break;
  case GST_MESSAGE_TOC:
    gst_message_parse_toc (message, &toc, NULL);
    g_assert_nonnull (toc);
    break;
  case GST_MESSAGE_NEED_CONTEXT:
    gst_message_parse_context_type (message, &text);
    break;
  case GST_MESSAGE_HAVE_CONTEXT:
    gst_message_parse_have_context (message, &context);
    g_assert_nonnull (context);
    break;
  case GST_MESSAGE_PROPERTY_NOTIFY:
    gst_message_parse_property_notify (message, &object, &text, &value);
    break;
  case GST_MESSAGE_STREAM_COLLECTION:
  case GST_MESSAGE_STREAMS_SELECTED:
    test_parse_streams (message);
    break;
  case GST_MESSAGE_REDIRECT:
    for (gsize i = 0; i < gst_message_get_num_redirect_entries (message); i++)
      gst_message_parse_redirect_entry (message, i, &text, &redirect_tags, &redirect_structure);
    break;
  case GST_MESSAGE_INSTANT_RATE_REQUEST:
    gst_message_parse_instant_rate_request (message, &(gdouble){ 0 });
    break;
  default:
    break;
  }
}

G_END_DECLS
#endif
