/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WIRE_TEST_WHOLE_H
#define IPC_WIRE_TEST_WHOLE_H

#include <string.h>

#include "test-util.h"
#include "whole.h"

G_BEGIN_DECLS

/* What arrives must also stand being copied and logged, for any element may do so. */
static inline void
check_can_be_used (const GstStructure *structure)
{
  g_autofree gchar *text = gst_structure_to_string (structure);
  g_autoptr (GstStructure) copy = gst_structure_copy (structure);

  g_assert_nonnull (text);
  g_assert_nonnull (copy);
}

static inline gchar *
event_text (GstEvent *event)
{
  g_auto (IpcPacket) packet = { .form = IPC_FORM_OBJECTS };
  g_autoptr (GError) error = NULL;

  ipc_packet_build_event (&packet, event, GST_EVENT_IS_UPSTREAM (event), &error);
  g_assert_no_error (error);
  return g_strdup (packet.event.structure);
}

/* @event is taken. */
static inline GstEvent *
carry_event (GstEvent *taken)
{
  g_autoptr (GstEvent) event = taken;
  g_auto (IpcPacket) packet = { .form = IPC_FORM_OBJECTS };
  g_auto (IpcPacket) received = { 0 };
  g_autofree gchar *was = event_text (event);
  g_autofree gchar *is = NULL;
  g_autoptr (GError) error = NULL;
  GstEvent *arrived;

  g_test_message ("%.400s", was);
  ipc_packet_build_event (&packet, event, GST_EVENT_IS_UPSTREAM (event), &error);
  g_assert_no_error (error);
  test_send (&packet, &received);
  received.form = IPC_FORM_OBJECTS;
  arrived = ipc_event_from_packet (&received, &error);
  g_assert_no_error (error);
  is = event_text (arrived);
  g_assert_cmpstr (is, ==, was);
  g_assert_cmpint (GST_EVENT_TYPE (arrived), ==, GST_EVENT_TYPE (event));
  g_assert_cmpuint (gst_event_get_seqnum (arrived), ==, gst_event_get_seqnum (event));
  if (gst_event_get_structure (arrived))
    check_can_be_used (gst_event_get_structure (arrived));
  return arrived;
}

/* @message is taken. */
static inline GstMessage *
carry_message (GstMessage *taken)
{
  g_autoptr (GstMessage) message = taken;
  g_autoptr (GstElement) source = gst_object_ref_sink (gst_bin_new (NULL));
  g_auto (IpcPacket) packet = { .form = IPC_FORM_OBJECTS };
  g_auto (IpcPacket) received = { 0 };
  g_autofree gchar *was = NULL;
  g_autoptr (GError) error = NULL;
  GstMessage *arrived;

  ipc_packet_build_message (&packet, message, &error);
  g_assert_no_error (error);
  was = g_strdup (packet.message.structure);
  g_test_message ("%.400s", was);
  test_send (&packet, &received);
  received.form = IPC_FORM_OBJECTS;
  arrived = ipc_message_from_packet (&received, GST_OBJECT (source), &error);
  g_assert_no_error (error);
  g_assert_true (GST_MESSAGE_SRC (arrived) == GST_OBJECT (source));
  g_assert_cmpint (GST_MESSAGE_TYPE (arrived), ==, GST_MESSAGE_TYPE (message));
  g_assert_cmpuint (gst_message_get_seqnum (arrived), ==, gst_message_get_seqnum (message));
  g_assert_cmpuint (GST_MESSAGE_TIMESTAMP (arrived), ==, GST_MESSAGE_TIMESTAMP (message));
  if (gst_message_get_structure (arrived))
    check_can_be_used (gst_message_get_structure (arrived));
  {
    g_auto (IpcPacket) again = { .form = IPC_FORM_OBJECTS };

    g_assert_true (ipc_packet_build_message (&again, arrived, NULL));
    g_assert_cmpstr (again.message.structure, ==, was);
  }
  return arrived;
}

static inline GstEvent *
custom_event (const gchar *field, GType type, gpointer boxed)
{
  return gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new ("custom", field, type, boxed, NULL));
}

static inline GstStream *
make_stream (const gchar *id)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-h264(memory:DMABuf), width=[ 1, 99 ], s=(string)\"a ] b\"");
  g_autoptr (GstTagList) tags = gst_tag_list_new (GST_TAG_LANGUAGE_CODE, "de", GST_TAG_TITLE, "a \"b\", ]\\;", NULL);
  GstStream *stream = gst_stream_new (
      id, caps, GST_STREAM_TYPE_VIDEO | GST_STREAM_TYPE_CONTAINER, GST_STREAM_FLAG_SELECT | GST_STREAM_FLAG_SPARSE);

  gst_stream_set_tags (stream, tags);
  return stream;
}

static inline GstTocEntry *
make_entry (GstTocEntryType type, const gchar *uid, gint64 start)
{
  GstTocEntry *entry = gst_toc_entry_new (type, uid);

  gst_toc_entry_set_start_stop_times (entry, start, start + 10);
  gst_toc_entry_set_loop (entry, GST_TOC_LOOP_PING_PONG, 7);
  gst_toc_entry_set_tags (entry, gst_tag_list_new (GST_TAG_TITLE, uid, NULL));
  return entry;
}

static inline GstToc *
make_toc (guint depth)
{
  GstToc *toc = gst_toc_new (GST_TOC_SCOPE_CURRENT);
  GstTocEntry *outer = make_entry (GST_TOC_ENTRY_TYPE_EDITION, "edition", -5);

  gst_toc_set_tags (toc, gst_tag_list_new (GST_TAG_ALBUM, "all, of \"it\"", NULL));
  gst_toc_append_entry (toc, outer);
  for (guint i = 1; i < depth; i++) {
    g_autofree gchar *uid = g_strdup_printf ("chapter %u", i);
    GstTocEntry *entry = make_entry (GST_TOC_ENTRY_TYPE_CHAPTER, uid, i);

    gst_toc_entry_append_sub_entry (outer, gst_toc_entry_new (GST_TOC_ENTRY_TYPE_ANGLE, "bare"));
    gst_toc_entry_append_sub_entry (outer, entry);
    outer = entry;
  }
  gst_toc_append_entry (toc, make_entry (GST_TOC_ENTRY_TYPE_VERSION, "last", 1));
  return toc;
}

static inline GstBuffer *
make_buffer (const gchar *data, GstClockTime pts)
{
  GstBuffer *buffer = *data ? gst_buffer_new_memdup (data, strlen (data)) : gst_buffer_new ();

  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DTS (buffer) = pts + 1;
  GST_BUFFER_DURATION (buffer) = 3;
  GST_BUFFER_OFFSET (buffer) = 4;
  GST_BUFFER_OFFSET_END (buffer) = 5;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_HEADER | GST_BUFFER_FLAG_GAP);
  return buffer;
}

static inline GstSample *
make_sample (GstBuffer *buffer)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("image/png");
  g_autoptr (GstStream) stream = make_stream ("in the info");
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  segment.start = 3;
  segment.stop = 9;
  return gst_sample_new (buffer, caps, &segment, gst_structure_new ("info", "stream", GST_TYPE_STREAM, stream, NULL));
}

G_END_DECLS
#endif
