/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bench of bench.h.
 */

#include "bench.h"

#include <gst/audio/audio.h>
#include <gst/video/video.h>

static GMutex grave_lock;
static GCond grave_changed;
static guint n_alive;

static void
on_gone (gpointer unused, GObject *object)
{
  g_mutex_lock (&grave_lock);
  n_alive--;
  g_cond_signal (&grave_changed);
  g_mutex_unlock (&grave_lock);
}

static void
watch (GstElement *element)
{
  g_mutex_lock (&grave_lock);
  n_alive++;
  g_mutex_unlock (&grave_lock);
  g_object_weak_ref (G_OBJECT (element), on_gone, NULL);
}

/* The lock is for ThreadSanitizer, which does not see that the bench outlives the pipeline that posts. */
static void
note_error (FuzzBench *bench, GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  gst_message_parse_error (message, &error, NULL);
  g_mutex_lock (&grave_lock);
  /* a state change that was not answered has the same domain and code, and is no loss */
  if (GST_MESSAGE_SRC (message) == GST_OBJECT (bench->element)
      && g_str_has_prefix (error->message, "The peer was lost"))
    fuzz_session_note_loss (bench->session);
  g_mutex_unlock (&grave_lock);
}

static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    note_error (user_data, message);
  fuzz_use_message (message);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

void
fuzz_bench_init (FuzzBench *bench, GstElement *pipeline, GstElement *element, IpcDirection sends, FuzzStepFunc step)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  bench->pipeline = pipeline;
  bench->element = element;
  watch (pipeline);
  watch (element);
  g_object_set (element, "ack-time", (guint64)G_TIME_SPAN_SECOND, NULL);
  bench->session = fuzz_session_new (sends, element, step, bench);
  gst_bus_set_sync_handler (bus, on_message, bench, NULL);
}

void
fuzz_bench_end (FuzzBench *bench, FuzzEnd end, void (*before_free) (FuzzBench *bench))
{
  fuzz_session_await_calls (bench->session, 1u << FUZZ_APPLICATION, FUZZ_ANSWER_YES);
  if (end == FUZZ_END_HANG_UP)
    fuzz_session_hang_up (bench->session);
  else if (end == FUZZ_END_DISCONNECT)
    g_signal_emit_by_name (bench->element, "disconnect");
  else if (end == FUZZ_END_SILENT)
    g_object_set (bench->element, "ack-time", (guint64)0, NULL);
  fuzz_call_set_state (bench->pipeline, GST_STATE_NULL);
  fuzz_session_await_calls (
      bench->session, 1u << FUZZ_APPLICATION, end == FUZZ_END_SILENT ? FUZZ_ANSWER_EVENTS : FUZZ_ANSWER_YES);
  fuzz_session_await_calls (bench->session, FUZZ_ALL_LANES, FUZZ_ANSWER_YES);
  if (before_free)
    before_free (bench);
  gst_object_unref (bench->pipeline);
  /* A master may have started the pipeline after the application had stopped it, and GStreamer's own thread then waits
   * for the answer to a latency event, ten times ack-time (LIFE-10); nobody reads what is written from here on. */
  fuzz_session_hang_up (bench->session);

  g_mutex_lock (&grave_lock);
  while (n_alive > 0)
    g_cond_wait (&grave_changed, &grave_lock);
  g_mutex_unlock (&grave_lock);
  fuzz_session_free (bench->session);
}

GstElement *
fuzz_add (GstElement *pipeline, const gchar *factory)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  g_assert_nonnull (element);
  g_assert_true (gst_bin_add (GST_BIN (pipeline), element));
  return element;
}

/* Things to send */

GstEvent *
fuzz_upstream_event (guint8 which)
{
  switch (which % 8) {
  case 0:
    return gst_event_new_seek (
        1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, GST_CLOCK_TIME_NONE);
  case 1:
    return gst_event_new_seek (
        2.0, GST_FORMAT_TIME, GST_SEEK_FLAG_SEGMENT, GST_SEEK_TYPE_SET, 5, GST_SEEK_TYPE_SET, 10);
  case 2:
    return gst_event_new_step (GST_FORMAT_BUFFERS, 1, 1.0, TRUE, FALSE);
  case 3:
    return gst_event_new_latency (20 * GST_MSECOND);
  case 4:
    return gst_event_new_qos (GST_QOS_TYPE_UNDERFLOW, 1.1, 10, 20);
  case 5:
    return gst_event_new_navigation (gst_structure_new (
        "application/x-gst-navigation", "event", G_TYPE_STRING, "mouse-move", "pointer_x", G_TYPE_DOUBLE, 0.5, NULL));
  case 6:
    return gst_event_new_reconfigure ();
  default:
    return gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, gst_structure_new_empty ("custom"));
  }
}

static GstEvent *
new_segment_event (void)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  return gst_event_new_segment (&segment);
}

static GstEvent *
new_caps_event (void)
{
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("audio/x-raw", "rate", G_TYPE_INT, 48000, NULL);

  return gst_event_new_caps (caps);
}

static GstEvent *
new_protection_event (void)
{
  g_autoptr (GstBuffer) data = gst_buffer_new_allocate (NULL, 4, NULL);

  gst_buffer_memset (data, 0, 1, 4);
  return gst_event_new_protection ("system", data, "origin");
}

static GstEvent *
new_collection_event (void)
{
  g_autoptr (GstStreamCollection) collection = gst_stream_collection_new ("upstream");

  gst_stream_collection_add_stream (collection, gst_stream_new ("stream", NULL, GST_STREAM_TYPE_AUDIO, 0));
  return gst_event_new_stream_collection (collection);
}

static GstEvent *
new_toc_event (void)
{
  g_autoptr (GstToc) toc = gst_toc_new (GST_TOC_SCOPE_GLOBAL);

  gst_toc_append_entry (toc, gst_toc_entry_new (GST_TOC_ENTRY_TYPE_CHAPTER, "chapter"));
  return gst_event_new_toc (toc, FALSE);
}

static GstEvent *
new_sink_message_event (void)
{
  g_autoptr (GstMessage) message = gst_message_new_element (NULL, gst_structure_new_empty ("told"));

  return gst_event_new_sink_message ("sink-message", message);
}

GstEvent *
fuzz_downstream_event (guint8 which)
{
  switch (which % 16) {
  case 0:
    return gst_event_new_stream_start ("stream");
  case 1:
    return new_caps_event ();
  case 2:
    return new_segment_event ();
  case 3:
    return gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "title", NULL));
  case 4:
    return new_protection_event ();
  case 5:
    return new_collection_event ();
  case 6:
    return new_toc_event ();
  case 7:
    return new_sink_message_event ();
  case 8:
    return gst_event_new_gap (10, 10);
  case 9:
    return gst_event_new_segment_done (GST_FORMAT_TIME, 100);
  case 10:
    return gst_event_new_stream_group_done (1);
  case 11:
    return gst_event_new_instant_rate_change (2.0, GST_SEGMENT_FLAG_NONE);
  case 12:
    return gst_event_new_flush_start ();
  case 13:
    return gst_event_new_flush_stop (TRUE);
  case 14:
    return gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_OOB, gst_structure_new_empty ("custom"));
  default:
    return gst_event_new_eos ();
  }
}

GstQuery *
fuzz_query (guint8 which)
{
  g_autoptr (GstCaps) caps = NULL;

  switch (which % 12) {
  case 0:
    return gst_query_new_position (GST_FORMAT_TIME);
  case 1:
    return gst_query_new_duration (GST_FORMAT_TIME);
  case 2:
    return gst_query_new_latency ();
  case 3:
    return gst_query_new_seeking (GST_FORMAT_TIME);
  case 4:
    return gst_query_new_caps (NULL);
  case 5:
    caps = gst_caps_new_empty_simple ("audio/x-raw");
    return gst_query_new_accept_caps (caps);
  case 6:
    return gst_query_new_formats ();
  case 7:
    return gst_query_new_buffering (GST_FORMAT_PERCENT);
  case 8:
    return gst_query_new_allocation (NULL, TRUE);
  case 9:
    return gst_query_new_drain ();
  case 10:
    return gst_query_new_custom (GST_QUERY_CUSTOM, gst_structure_new_empty ("custom"));
  default:
    return gst_query_new_segment (GST_FORMAT_TIME);
  }
}

static GstMessage *
new_error_message (GstObject *source)
{
  g_autoptr (GError) error = g_error_new_literal (GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "broken");

  return gst_message_new_error (source, error, NULL);
}

/* With an event in it, and with something that never leaves its process. */
static GstMessage *
new_element_message (GstObject *source)
{
  g_autoptr (GstEvent) event = gst_event_new_latency (1);

  return gst_message_new_element (
      source, gst_structure_new ("told", "event", GST_TYPE_EVENT, event, "object", GST_TYPE_OBJECT, source, NULL));
}

GstMessage *
fuzz_message (GstObject *source, guint8 which)
{
  switch (which % 6) {
  case 0:
    return new_element_message (source);
  case 1:
    return new_error_message (source);
  case 2:
    return gst_message_new_tag (source, gst_tag_list_new (GST_TAG_ARTIST, "artist", NULL));
  case 3:
    return gst_message_new_buffering (source, 50);
  case 4:
    return gst_message_new_latency (source);
  default:
    return gst_message_new_application (source, gst_structure_new_empty ("application"));
  }
}

static void
add_video_metas (GstBuffer *buffer, guint8 which)
{
  static const guint8 caption[] = { 0x80, 0x80, 0x41 };
  GstVideoRegionOfInterestMeta *region;

  if (which & 1 && gst_buffer_get_size (buffer) >= 96)
    gst_buffer_add_video_meta (buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 8, 8);
  if (which & 2)
    gst_buffer_add_video_caption_meta (buffer, GST_VIDEO_CAPTION_TYPE_CEA608_RAW, caption, sizeof caption);
  if (which & 4) {
    region = gst_buffer_add_video_region_of_interest_meta (buffer, "face", 1, 1, 4, 4);
    gst_video_region_of_interest_meta_add_param (region, gst_structure_new_empty ("param"));
  }
  if (which & 8)
    gst_buffer_add_video_time_code_meta_full (buffer, 25, 1, NULL, GST_VIDEO_TIME_CODE_FLAGS_NONE, 1, 2, 3, 4, 0);
  if (which & 16) {
    gst_buffer_add_video_afd_meta (buffer, 0, GST_VIDEO_AFD_SPEC_ATSC_A53, GST_VIDEO_AFD_4_3_FULL_16_9_FULL);
    gst_buffer_add_video_bar_meta (buffer, 0, TRUE, 1, 2);
  }
}

static void
add_other_metas (GstBuffer *buffer, guint8 which)
{
  g_autoptr (GstCaps) reference = gst_caps_new_empty_simple ("timestamp/x-ntp");
  GstAudioInfo info;

  if (which & 1)
    gst_buffer_add_protection_meta (buffer, gst_structure_new ("key", "id", G_TYPE_INT, 1, NULL));
  if (which & 2)
    gst_buffer_add_reference_timestamp_meta (buffer, reference, 5, 6);
  if (which & 4)
    gst_buffer_add_audio_clipping_meta (buffer, GST_FORMAT_DEFAULT, 1, 2);
  if (which & 8)
    gst_buffer_add_audio_level_meta (buffer, 20, TRUE);
  if (which & 16 && gst_buffer_get_size (buffer) >= 96) {
    gst_audio_info_set_format (&info, GST_AUDIO_FORMAT_F32LE, 8000, 2, NULL);
    info.layout = GST_AUDIO_LAYOUT_NON_INTERLEAVED;
    gst_buffer_add_audio_meta (buffer, &info, 8, NULL);
  }
}

GstBuffer *
fuzz_buffer (guint8 which, const guint8 *data, gsize size)
{
  GstBuffer *buffer = size > 0 ? gst_buffer_new_memdup (data, size) : gst_buffer_new ();

  GST_BUFFER_PTS (buffer) = which * GST_MSECOND;
  GST_BUFFER_DURATION (buffer) = GST_MSECOND;
  if (which & 0x20)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  if (which & 0x40)
    add_video_metas (buffer, which & 0x1f);
  if (which & 0x80)
    add_other_metas (buffer, which & 0x1f);
  return buffer;
}

/* Calls */

typedef struct {
  gpointer object; /* GstElement or GstPad, referenced */
  gpointer what;   /* GstEvent, GstQuery or GstBuffer, taken over */
  GstState state;
} Call;

static void
call (guint lane, FuzzCallFunc func, gpointer object, gpointer what, GstState state)
{
  Call *data = g_new (Call, 1);

  data->object = gst_object_ref (object);
  data->what = what;
  data->state = state;
  fuzz_call (lane, func, data);
}

static void
end_call (Call *data)
{
  gst_object_unref (data->object);
  g_free (data);
}

static void
do_set_state (gpointer data)
{
  gst_element_set_state (((Call *)data)->object, ((Call *)data)->state);
  end_call (data);
}

static void
do_send_event (gpointer data)
{
  gst_element_send_event (((Call *)data)->object, ((Call *)data)->what);
  end_call (data);
}

static void
do_query (gpointer data)
{
  GstQuery *query = ((Call *)data)->what;

  /* only what may go this way: GStreamer complains of other questions */
  if (GST_QUERY_IS_UPSTREAM (query) && gst_element_query (((Call *)data)->object, query))
    fuzz_use_query (query);
  gst_query_unref (query);
  end_call (data);
}

static gboolean
has_event (GstPad *pad, GstEventType type)
{
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (pad, type, 0);

  return event != NULL;
}

/* A stream begins with these, and GStreamer complains of who forgets them. */
static void
begin_stream (GstPad *pad, gboolean with_segment)
{
  if (!has_event (pad, GST_EVENT_STREAM_START))
    gst_pad_push_event (pad, fuzz_downstream_event (0));
  if (with_segment && !has_event (pad, GST_EVENT_SEGMENT))
    gst_pad_push_event (pad, fuzz_downstream_event (2));
}

static void
do_pad_push (gpointer data)
{
  Call *self = data;

  begin_stream (self->object, TRUE);
  gst_pad_push (self->object, self->what);
  end_call (self);
}

static void
do_pad_event (gpointer data)
{
  Call *self = data;
  const GstEventType type = GST_EVENT_TYPE (self->what);

  if (GST_PAD_IS_SRC (self->object) && GST_EVENT_IS_SERIALIZED (self->what) && type != GST_EVENT_STREAM_START
      && type != GST_EVENT_FLUSH_STOP)
    begin_stream (self->object, type > GST_EVENT_SEGMENT);
  if (type == GST_EVENT_CAPS && !has_event (self->object, type) && has_event (self->object, GST_EVENT_SEGMENT))
    gst_event_unref (self->what);
  else
    gst_pad_push_event (self->object, self->what);
  end_call (self);
}

static void
do_pad_query (gpointer data)
{
  GstQuery *query = ((Call *)data)->what;
  GstPad *pad = ((Call *)data)->object;
  const gboolean may_go = GST_PAD_IS_SRC (pad) ? GST_QUERY_IS_DOWNSTREAM (query) : GST_QUERY_IS_UPSTREAM (query);

  if (may_go && gst_pad_peer_query (pad, query))
    fuzz_use_query (query);
  gst_query_unref (query);
  end_call (data);
}

void
fuzz_call_set_state (GstElement *element, GstState state)
{
  call (FUZZ_APPLICATION, do_set_state, element, NULL, state);
}

void
fuzz_call_send_event (GstElement *element, GstEvent *event)
{
  call (FUZZ_APPLICATION, do_send_event, element, event, GST_STATE_VOID_PENDING);
}

void
fuzz_call_query (GstElement *element, GstQuery *query)
{
  call (FUZZ_APPLICATION, do_query, element, query, GST_STATE_VOID_PENDING);
}

void
fuzz_call_pad_push (GstPad *pad, GstBuffer *buffer)
{
  call (FUZZ_STREAMING, do_pad_push, pad, buffer, GST_STATE_VOID_PENDING);
}

void
fuzz_call_pad_event (guint lane, GstPad *pad, GstEvent *event)
{
  call (lane, do_pad_event, pad, event, GST_STATE_VOID_PENDING);
}

void
fuzz_call_pad_query (guint lane, GstPad *pad, GstQuery *query)
{
  call (lane, do_pad_query, pad, query, GST_STATE_VOID_PENDING);
}
