/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What elements and applications do with objects that came from a peer: GStreamer's own functions for it trust them,
 * and say so with criticals, which end the process here.
 */

#include "fuzz.h"

static void
use_caps (const GstCaps *caps)
{
  g_autoptr (GstCaps) copy = NULL;
  g_autoptr (GstCaps) common = NULL;

  /* intersecting is quadratic in the number of structures, and lists of lists are worse */
  if (!caps || gst_caps_get_size (caps) > 8)
    return;
  copy = gst_caps_copy (caps);
  common = gst_caps_intersect (copy, (GstCaps *)caps);
  gst_caps_is_equal (caps, copy);
  gst_caps_is_subset (caps, copy);
  gst_caps_is_always_compatible (caps, copy);
  if (!gst_caps_is_any (copy) && !gst_caps_is_empty (copy))
    copy = gst_caps_fixate (gst_caps_simplify (copy));
  gst_caps_is_fixed (copy);
}

static gboolean
all_tags_are_known (const GstTagList *tags)
{
  for (gint i = 0; i < gst_tag_list_n_tags (tags); i++) {
    if (!gst_tag_exists (gst_tag_list_nth_tag_name (tags, i)))
      return FALSE;
  }
  return TRUE;
}

static void
use_tags (const GstTagList *tags)
{
  g_autoptr (GstTagList) merged = NULL;

  /* tags of another process that nobody has registered in this one are carried on, but cannot be merged */
  if (!all_tags_are_known (tags))
    return;
  merged = gst_tag_list_merge (tags, tags, GST_TAG_MERGE_APPEND);
  for (gint i = 0; i < gst_tag_list_n_tags (merged); i++) {
    GValue value = G_VALUE_INIT;

    if (gst_tag_list_copy_value (&value, merged, gst_tag_list_nth_tag_name (merged, i)))
      g_value_unset (&value);
  }
}

static void
use_sample (GstSample *sample)
{
  use_caps (gst_sample_get_caps (sample));
  if (gst_sample_get_buffer (sample))
    fuzz_use_buffer (gst_sample_get_buffer (sample));
  if (gst_sample_get_info (sample))
    fuzz_use_structure (gst_sample_get_info (sample));
}

static void
use_segment (const GstSegment *segment)
{
  GstSegment copy;
  guint64 start, stop;

  gst_segment_copy_into (segment, &copy);
  gst_segment_to_running_time (&copy, copy.format, copy.start);
  gst_segment_to_stream_time (&copy, copy.format, copy.position);
  gst_segment_position_from_running_time (&copy, copy.format, 1);
  gst_segment_position_from_stream_time (&copy, copy.format, 1);
  gst_segment_clip (&copy, copy.format, 0, 1000, &start, &stop);
  gst_segment_offset_running_time (&copy, copy.format, 5);
}

static void
use_stream (GstStream *stream)
{
  g_autoptr (GstCaps) caps = gst_stream_get_caps (stream);
  g_autoptr (GstTagList) tags = gst_stream_get_tags (stream);

  gst_stream_get_stream_id (stream);
  gst_stream_type_get_name (gst_stream_get_stream_type (stream));
  use_caps (caps);
  if (tags)
    use_tags (tags);
}

static void
use_collection (GstStreamCollection *collection)
{
  gst_stream_collection_get_upstream_id (collection);
  for (guint i = 0; i < gst_stream_collection_get_size (collection); i++)
    use_stream (gst_stream_collection_get_stream (collection, i));
}

static void
use_toc_entry (GstTocEntry *entry)
{
  gint64 start, stop;

  gst_toc_entry_get_uid (entry);
  gst_toc_entry_is_alternative (entry);
  gst_toc_entry_get_start_stop_times (entry, &start, &stop);
  if (gst_toc_entry_get_tags (entry))
    use_tags (gst_toc_entry_get_tags (entry));
  for (GList *item = gst_toc_entry_get_sub_entries (entry); item; item = item->next)
    use_toc_entry (item->data);
}

static void
use_toc (GstToc *toc)
{
  gst_toc_get_scope (toc);
  if (gst_toc_get_tags (toc))
    use_tags (gst_toc_get_tags (toc));
  for (GList *item = gst_toc_get_entries (toc); item; item = item->next)
    use_toc_entry (item->data);
  gst_toc_find_entry (toc, "nobody");
  gst_toc_dump (toc);
}

static gboolean
use_field (GQuark field, const GValue *value, gpointer unused)
{
  if (GST_VALUE_HOLDS_CAPS (value))
    use_caps (gst_value_get_caps (value));
  else if (G_VALUE_HOLDS (value, GST_TYPE_TAG_LIST) && g_value_get_boxed (value))
    use_tags (g_value_get_boxed (value));
  else if (GST_VALUE_HOLDS_SAMPLE (value) && gst_value_get_sample (value))
    use_sample (gst_value_get_sample (value));
  else if (GST_VALUE_HOLDS_BUFFER (value) && gst_value_get_buffer (value))
    fuzz_use_buffer (gst_value_get_buffer (value));
  else if (GST_VALUE_HOLDS_STRUCTURE (value) && gst_value_get_structure (value))
    fuzz_use_structure (gst_value_get_structure (value));
  else if (G_VALUE_HOLDS (value, GST_TYPE_EVENT) && g_value_get_boxed (value))
    fuzz_use_event (g_value_get_boxed (value));
  else if (G_VALUE_HOLDS (value, GST_TYPE_TOC) && g_value_get_boxed (value))
    use_toc (g_value_get_boxed (value));
  else if (G_VALUE_HOLDS (value, GST_TYPE_STREAM_COLLECTION) && g_value_get_object (value))
    use_collection (g_value_get_object (value));
  else if (G_VALUE_HOLDS (value, GST_TYPE_STREAM) && g_value_get_object (value))
    use_stream (g_value_get_object (value));
  g_free (g_strdup_value_contents (value));
  return TRUE;
}

void
fuzz_use_structure (const GstStructure *structure)
{
  gst_structure_free (gst_structure_copy (structure));
  g_free (gst_structure_to_string (structure));
  gst_structure_foreach (structure, use_field, NULL);
}

static void
use_stream_start (GstEvent *event)
{
  const gchar *id;
  GstStreamFlags flags;
  guint group_id;
  g_autoptr (GstStream) stream = NULL;

  gst_event_parse_stream_start (event, &id);
  gst_event_parse_stream_flags (event, &flags);
  gst_event_parse_group_id (event, &group_id);
  gst_event_parse_stream (event, &stream);
  g_assert_nonnull (id);
  if (stream)
    use_stream (stream);
}

static void
use_seek (GstEvent *event)
{
  gdouble rate;
  GstFormat format;
  GstSeekFlags flags;
  GstSeekType start_type, stop_type;
  gint64 start, stop;
  GstClockTime interval;
  GstSegment segment;

  gst_event_parse_seek (event, &rate, &format, &flags, &start_type, &start, &stop_type, &stop);
  gst_event_parse_seek_trickmode_interval (event, &interval);
  gst_segment_init (&segment, format);
  gst_segment_do_seek (&segment, rate, format, flags, start_type, start, stop_type, stop, NULL);
}

static void
use_sink_message (GstEvent *event)
{
  g_autoptr (GstMessage) message = NULL;

  gst_event_parse_sink_message (event, &message);
  fuzz_use_message (message);
}

static void
use_protection (GstEvent *event)
{
  const gchar *system_id, *origin;
  GstBuffer *data;

  gst_event_parse_protection (event, &system_id, &data, &origin);
  g_assert_nonnull (system_id);
  fuzz_use_buffer (data);
}

static void
use_event_objects (GstEvent *event)
{
  GstCaps *caps;
  GstTagList *tags;
  const GstSegment *segment;
  g_autoptr (GstStreamCollection) collection = NULL;
  g_autoptr (GstToc) toc = NULL;
  gboolean updated;
  GList *streams = NULL;

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_CAPS:
    gst_event_parse_caps (event, &caps);
    use_caps (caps);
    break;
  case GST_EVENT_SEGMENT:
    gst_event_parse_segment (event, &segment);
    use_segment (segment);
    break;
  case GST_EVENT_TAG:
    gst_event_parse_tag (event, &tags);
    use_tags (tags);
    break;
  case GST_EVENT_STREAM_COLLECTION:
    gst_event_parse_stream_collection (event, &collection);
    use_collection (collection);
    break;
  case GST_EVENT_TOC:
    gst_event_parse_toc (event, &toc, &updated);
    use_toc (toc);
    break;
  case GST_EVENT_SELECT_STREAMS:
    gst_event_parse_select_streams (event, &streams);
    g_list_free_full (streams, g_free);
    break;
  default:
    break;
  }
}

static void
use_event_numbers (GstEvent *event)
{
  gdouble rate;
  gint64 signed_number, another;
  guint64 number, second;
  GstFormat format;
  gboolean flag, flag2;
  guint group_id;
  GstQOSType qos_type;
  GstClockTimeDiff diff;
  GstGapFlags gap_flags;
  GstSegmentFlags segment_flags;
  g_autofree gchar *uid = NULL;

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_FLUSH_STOP:
    gst_event_parse_flush_stop (event, &flag);
    break;
  case GST_EVENT_BUFFERSIZE:
    gst_event_parse_buffer_size (event, &format, &signed_number, &another, &flag);
    break;
  case GST_EVENT_STREAM_GROUP_DONE:
    gst_event_parse_stream_group_done (event, &group_id);
    break;
  case GST_EVENT_SEGMENT_DONE:
    gst_event_parse_segment_done (event, &format, &signed_number);
    break;
  case GST_EVENT_GAP:
    gst_event_parse_gap (event, &number, &second);
    gst_event_parse_gap_flags (event, &gap_flags);
    break;
  case GST_EVENT_INSTANT_RATE_CHANGE:
    gst_event_parse_instant_rate_change (event, &rate, &segment_flags);
    break;
  case GST_EVENT_INSTANT_RATE_SYNC_TIME:
    gst_event_parse_instant_rate_sync_time (event, &rate, &number, &second);
    break;
  case GST_EVENT_QOS:
    gst_event_parse_qos (event, &qos_type, &rate, &diff, &number);
    break;
  case GST_EVENT_LATENCY:
    gst_event_parse_latency (event, &number);
    break;
  case GST_EVENT_STEP:
    gst_event_parse_step (event, &format, &number, &rate, &flag, &flag2);
    break;
  case GST_EVENT_TOC_SELECT:
    gst_event_parse_toc_select (event, &uid);
    break;
  default:
    break;
  }
}

void
fuzz_use_event (GstEvent *event)
{
  gst_event_unref (gst_event_copy (event));
  g_assert_cmpuint (gst_event_get_seqnum (event), !=, GST_SEQNUM_INVALID);
  if (gst_event_get_structure (event))
    fuzz_use_structure (gst_event_get_structure (event));
  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_STREAM_START:
    use_stream_start (event);
    break;
  case GST_EVENT_SEEK:
    use_seek (event);
    break;
  case GST_EVENT_SINK_MESSAGE:
    use_sink_message (event);
    break;
  case GST_EVENT_PROTECTION:
    use_protection (event);
    break;
  default:
    use_event_objects (event);
    use_event_numbers (event);
    break;
  }
}

static void
use_allocation (GstQuery *query)
{
  GstCaps *caps;
  gboolean need_pool;

  gst_query_parse_allocation (query, &caps, &need_pool);
  if (caps)
    use_caps (caps);
  g_assert_cmpuint (gst_query_get_n_allocation_params (query), ==, 0);
  g_assert_cmpuint (gst_query_get_n_allocation_pools (query), ==, 0);
  gst_query_get_n_allocation_metas (query);
}

static void
use_caps_query (GstQuery *query)
{
  GstCaps *caps, *filter;

  if (GST_QUERY_TYPE (query) == GST_QUERY_ACCEPT_CAPS) {
    gst_query_parse_accept_caps (query, &caps);
    use_caps (caps);
    return;
  }
  gst_query_parse_caps (query, &filter);
  gst_query_parse_caps_result (query, &caps);
  use_caps (filter);
  use_caps (caps);
}

static void
use_buffering (GstQuery *query)
{
  gboolean busy;
  gint percent, in, out;
  GstBufferingMode mode;
  gint64 left, total, start, stop;
  GstFormat format;

  gst_query_parse_buffering_percent (query, &busy, &percent);
  gst_query_parse_buffering_stats (query, &mode, &in, &out, &left);
  gst_query_parse_buffering_range (query, &format, &start, &stop, &total);
  for (guint i = 0; i < gst_query_get_n_buffering_ranges (query); i++)
    gst_query_parse_nth_buffering_range (query, i, &start, &stop);
}

static void
use_formats (GstQuery *query)
{
  guint n;
  GstFormat format;

  gst_query_parse_n_formats (query, &n);
  for (guint i = 0; i < n; i++)
    gst_query_parse_nth_format (query, i, &format);
}

static void
use_scheduling (GstQuery *query)
{
  GstSchedulingFlags flags;
  gint min, max, align;

  gst_query_parse_scheduling (query, &flags, &min, &max, &align);
  for (guint i = 0; i < gst_query_get_n_scheduling_modes (query); i++)
    gst_query_parse_nth_scheduling_mode (query, i);
  gst_query_has_scheduling_mode (query, GST_PAD_MODE_PUSH);
}

static void
use_uri (GstQuery *query)
{
  g_autofree gchar *uri = NULL, *redirection = NULL;
  gboolean permanent;

  gst_query_parse_uri (query, &uri);
  gst_query_parse_uri_redirection (query, &redirection);
  gst_query_parse_uri_redirection_permanent (query, &permanent);
}

static void
use_query_numbers (GstQuery *query)
{
  GstFormat format, format2;
  gint64 a, b;
  gboolean flag;
  gdouble rate;
  GstClockTime min, max;
  const gchar *text;
  guint bitrate;

  switch (GST_QUERY_TYPE (query)) {
  case GST_QUERY_POSITION:
    gst_query_parse_position (query, &format, &a);
    break;
  case GST_QUERY_DURATION:
    gst_query_parse_duration (query, &format, &a);
    break;
  case GST_QUERY_LATENCY:
    gst_query_parse_latency (query, &flag, &min, &max);
    break;
  case GST_QUERY_SEGMENT:
    gst_query_parse_segment (query, &rate, &format, &a, &b);
    break;
  case GST_QUERY_SEEKING:
    gst_query_parse_seeking (query, &format, &flag, &a, &b);
    break;
  case GST_QUERY_CONVERT:
    gst_query_parse_convert (query, &format, &a, &format2, &b);
    break;
  case GST_QUERY_CONTEXT:
    gst_query_parse_context_type (query, &text);
    break;
  case GST_QUERY_BITRATE:
    gst_query_parse_bitrate (query, &bitrate);
    break;
  default:
    break;
  }
}

void
fuzz_use_query (GstQuery *query)
{
  gst_query_unref (gst_query_copy (query));
  if (gst_query_get_structure (query))
    fuzz_use_structure (gst_query_get_structure (query));
  switch (GST_QUERY_TYPE (query)) {
  case GST_QUERY_ALLOCATION:
    use_allocation (query);
    break;
  case GST_QUERY_ACCEPT_CAPS:
  case GST_QUERY_CAPS:
    use_caps_query (query);
    break;
  case GST_QUERY_BUFFERING:
    use_buffering (query);
    break;
  case GST_QUERY_FORMATS:
    use_formats (query);
    break;
  case GST_QUERY_SCHEDULING:
    use_scheduling (query);
    break;
  case GST_QUERY_URI:
    use_uri (query);
    break;
  default:
    use_query_numbers (query);
    break;
  }
}

static void
use_gerror (GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, &debug);
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
    gst_message_parse_warning (message, &error, &debug);
  else
    gst_message_parse_info (message, &error, &debug);
  g_assert_nonnull (error->message);
}

static void
use_redirect (GstMessage *message)
{
  for (gsize i = 0; i < gst_message_get_num_redirect_entries (message); i++) {
    const gchar *location;
    GstTagList *tags;
    const GstStructure *structure;

    gst_message_parse_redirect_entry (message, i, &location, &tags, &structure);
    if (tags)
      use_tags (tags);
    if (structure)
      fuzz_use_structure (structure);
  }
}

static void
use_qos (GstMessage *message)
{
  gboolean live;
  guint64 times[4], processed, dropped;
  gint64 jitter;
  gdouble proportion;
  gint quality;
  GstFormat format;

  gst_message_parse_qos (message, &live, &times[0], &times[1], &times[2], &times[3]);
  gst_message_parse_qos_values (message, &jitter, &proportion, &quality);
  gst_message_parse_qos_stats (message, &format, &processed, &dropped);
}

static void
use_message_objects (GstMessage *message)
{
  GstTagList *tags;
  g_autoptr (GstStreamCollection) collection = NULL;
  g_autoptr (GstToc) toc = NULL;
  gboolean updated;
  g_autofree gchar *code = NULL;
  g_autofree gchar *text = NULL;
  GstProgressType progress;
  const gchar *name;
  GstObject *object;
  const GValue *value;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_TAG:
    gst_message_parse_tag (message, &tags);
    use_tags (tags);
    gst_tag_list_unref (tags);
    break;
  case GST_MESSAGE_STREAM_COLLECTION:
    gst_message_parse_stream_collection (message, &collection);
    use_collection (collection);
    break;
  case GST_MESSAGE_STREAMS_SELECTED:
    gst_message_parse_streams_selected (message, &collection);
    use_collection (collection);
    for (guint i = 0; i < gst_message_streams_selected_get_size (message); i++)
      gst_object_unref (gst_message_streams_selected_get_stream (message, i));
    break;
  case GST_MESSAGE_TOC:
    gst_message_parse_toc (message, &toc, &updated);
    use_toc (toc);
    break;
  case GST_MESSAGE_PROGRESS:
    gst_message_parse_progress (message, &progress, &code, &text);
    break;
  case GST_MESSAGE_NEED_CONTEXT:
    gst_message_parse_context_type (message, &name);
    break;
  case GST_MESSAGE_PROPERTY_NOTIFY:
    gst_message_parse_property_notify (message, &object, &name, &value);
    break;
  default:
    break;
  }
}

static void
use_message_numbers (GstMessage *message)
{
  GstState states[3];
  GstFormat format;
  guint64 number, second;
  gint64 position;
  gdouble rate;
  gboolean flags[3];
  gint percent, in, out;
  guint group_id;
  GstBufferingMode mode;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_STATE_CHANGED:
    gst_message_parse_state_changed (message, &states[0], &states[1], &states[2]);
    break;
  case GST_MESSAGE_REQUEST_STATE:
    gst_message_parse_request_state (message, &states[0]);
    break;
  case GST_MESSAGE_BUFFERING:
    gst_message_parse_buffering (message, &percent);
    gst_message_parse_buffering_stats (message, &mode, &in, &out, &position);
    break;
  case GST_MESSAGE_STEP_DONE:
    gst_message_parse_step_done (message, &format, &number, &rate, &flags[0], &flags[1], &second, &flags[2]);
    break;
  case GST_MESSAGE_STEP_START:
    gst_message_parse_step_start (message, &flags[0], &format, &number, &rate, &flags[1], &flags[2]);
    break;
  case GST_MESSAGE_SEGMENT_START:
    gst_message_parse_segment_start (message, &format, &position);
    break;
  case GST_MESSAGE_SEGMENT_DONE:
    gst_message_parse_segment_done (message, &format, &position);
    break;
  case GST_MESSAGE_ASYNC_DONE:
    gst_message_parse_async_done (message, &number);
    break;
  case GST_MESSAGE_RESET_TIME:
    gst_message_parse_reset_time (message, &number);
    break;
  case GST_MESSAGE_STREAM_START:
    gst_message_parse_group_id (message, &group_id);
    break;
  case GST_MESSAGE_INSTANT_RATE_REQUEST:
    gst_message_parse_instant_rate_request (message, &rate);
    break;
  default:
    break;
  }
}

void
fuzz_use_message (GstMessage *message)
{
  gst_message_unref (gst_message_copy (message));
  if (gst_message_get_structure (message))
    fuzz_use_structure (gst_message_get_structure (message));
  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ERROR:
  case GST_MESSAGE_WARNING:
  case GST_MESSAGE_INFO:
    use_gerror (message);
    break;
  case GST_MESSAGE_REDIRECT:
    use_redirect (message);
    break;
  case GST_MESSAGE_QOS:
    use_qos (message);
    break;
  default:
    use_message_objects (message);
    use_message_numbers (message);
    break;
  }
}
