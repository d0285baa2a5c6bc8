/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes packets of objects that no capture of a usual film has in it, in the form that reference peers use between
 * each other: one stream to the slave, one to the master, for seeds.py.
 */

#include <stdio.h>

#include "bench.h"
#include "wire/object.h"

#define FORM (IPC_FORM_OBJECTS | IPC_FORM_METAS)

/* One value of each type that is carried as a structure. */
static GstSample *
new_sample (void)
{
  g_autoptr (GstBuffer) buffer = fuzz_buffer (3, (const guint8 *)"jpeg", 4);
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("image/jpeg", "width", G_TYPE_INT, 16, NULL);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  return gst_sample_new (buffer, caps, &segment, gst_structure_new_empty ("info"));
}

static GstTagList *
new_tags (void)
{
  g_autoptr (GstSample) sample = new_sample ();
  GstTagList *tags = gst_tag_list_new (GST_TAG_TITLE, "title", GST_TAG_IMAGE, sample, NULL);
  g_autoptr (GstDateTime) date = gst_date_time_new_ymd (2020, 2, 29);

  gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_DATE_TIME, date, NULL);
  gst_tag_list_set_scope (tags, GST_TAG_SCOPE_GLOBAL);
  return tags;
}

static GstStream *
new_stream (void)
{
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/x-h264", "width", G_TYPE_INT, 16, NULL);
  GstStream *stream = gst_stream_new ("stream", caps, GST_STREAM_TYPE_VIDEO, GST_STREAM_FLAG_SELECT);
  g_autoptr (GstTagList) tags = new_tags ();

  gst_stream_set_tags (stream, tags);
  return stream;
}

static GstStreamCollection *
new_collection (void)
{
  GstStreamCollection *collection = gst_stream_collection_new ("upstream");

  gst_stream_collection_add_stream (collection, new_stream ());
  gst_stream_collection_add_stream (collection, gst_stream_new ("text", NULL, GST_STREAM_TYPE_TEXT, 0));
  return collection;
}

static GstToc *
new_toc (void)
{
  GstToc *toc = gst_toc_new (GST_TOC_SCOPE_GLOBAL);
  GstTocEntry *edition = gst_toc_entry_new (GST_TOC_ENTRY_TYPE_EDITION, "edition");
  GstTocEntry *chapter = gst_toc_entry_new (GST_TOC_ENTRY_TYPE_CHAPTER, "chapter");

  gst_toc_entry_set_start_stop_times (chapter, 0, GST_SECOND);
  gst_toc_entry_set_loop (chapter, GST_TOC_LOOP_FORWARD, 2);
  gst_toc_entry_set_tags (chapter, new_tags ());
  gst_toc_entry_append_sub_entry (edition, chapter);
  gst_toc_append_entry (toc, edition);
  gst_toc_set_tags (toc, new_tags ());
  return toc;
}

/* A structure with a bit of everything. */
static GstStructure *
new_structure (void)
{
  g_autoptr (GstStream) stream = new_stream ();
  g_autoptr (GstStreamCollection) collection = new_collection ();
  g_autoptr (GstToc) toc = new_toc ();
  g_autoptr (GstSample) sample = new_sample ();
  g_autoptr (GstTagList) tags = new_tags ();
  g_autoptr (GstBufferList) list = gst_buffer_list_new ();
  g_autoptr (GstContext) context = gst_context_new ("context", TRUE);
  g_autoptr (GstEvent) event = fuzz_downstream_event (3);
  g_autoptr (GstMessage) message = gst_message_new_application (NULL, gst_structure_new_empty ("app"));
  g_autoptr (GError) error = g_error_new_literal (GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "text");

  gst_buffer_list_add (list, fuzz_buffer (0, (const guint8 *)"ab", 2));
  return gst_structure_new ("everything", "stream", GST_TYPE_STREAM, stream, "collection", GST_TYPE_STREAM_COLLECTION,
      collection, "toc", GST_TYPE_TOC, toc, "sample", GST_TYPE_SAMPLE, sample, "tags", GST_TYPE_TAG_LIST, tags, "list",
      GST_TYPE_BUFFER_LIST, list, "context", GST_TYPE_CONTEXT, context, "event", GST_TYPE_EVENT, event, "message",
      GST_TYPE_MESSAGE, message, "error", G_TYPE_ERROR, error, NULL);
}

/* Ends @packet. */
static void
append (GByteArray *bytes, gboolean built, IpcPacket *packet)
{
  if (built)
    ipc_packet_encode (packet, bytes);
  ipc_packet_clear (packet);
}

static void
append_event (GByteArray *bytes, GstEvent *event, gboolean upstream)
{
  IpcPacket packet = { .form = FORM };
  const gboolean built = GST_EVENT_TYPE (event) == GST_EVENT_SINK_MESSAGE
                             ? ipc_packet_build_sink_message (&packet, event, NULL)
                             : ipc_packet_build_event (&packet, event, upstream, NULL);

  append (bytes, built, &packet);
  gst_event_unref (event);
}

static void
append_query (GByteArray *bytes, GstQuery *query, gboolean upstream)
{
  IpcPacket packet = { .form = FORM }, answer = { .form = FORM };

  append (bytes, ipc_packet_build_query (&packet, query, upstream, NULL), &packet);
  ipc_packet_build_query_result (&answer, 1, query, TRUE);
  append (bytes, TRUE, &answer);
  gst_query_unref (query);
}

static void
append_message (GByteArray *bytes, GstMessage *message)
{
  IpcPacket packet = { .form = FORM };

  append (bytes, ipc_packet_build_message (&packet, message, NULL), &packet);
  gst_message_unref (message);
}

static void
append_buffer (GByteArray *bytes, guint8 which, guint32 id)
{
  static const guint8 data[96]; /* a picture of eight by eight, or its like of sound */
  IpcPacket packet = { .form = FORM };
  GstBuffer *buffer = fuzz_buffer (which, data, sizeof data);
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  if (ipc_packet_build_buffer (&packet, buffer, NULL)) {
    packet.buffer.data = map.data;
    packet.header.id = id;
    ipc_packet_encode (&packet, bytes);
  }
  ipc_packet_clear (&packet);
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
}

static void
fill_to_slave (GByteArray *bytes)
{
  g_autoptr (GstMessage) message = gst_message_new_element (NULL, new_structure ());

  for (guint8 i = 0; i < 32; i++) {
    append_event (bytes, fuzz_downstream_event (i), FALSE);
    append_event (bytes, fuzz_upstream_event (i), TRUE);
    append_query (bytes, fuzz_query (i), FALSE);
  }
  /* single metas, and all; for the caps that `packet` chooses by the id */
  for (guint8 bit = 1; bit <= 16; bit *= 2) {
    append_buffer (bytes, 0x40 | bit, 1);
    append_buffer (bytes, 0x80 | bit, 5);
  }
  append_buffer (bytes, 0x5f, 1);
  append_buffer (bytes, 0x9f, 5);
  append_event (bytes, gst_event_new_stream_collection (new_collection ()), FALSE);
  append_event (bytes, gst_event_new_toc (new_toc (), TRUE), FALSE);
  append_event (bytes, gst_event_new_tag (new_tags ()), FALSE);
  append_event (bytes, gst_event_new_sink_message ("told", message), FALSE);
  append_event (bytes, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM, new_structure ()), FALSE);
  append_query (bytes, gst_query_new_custom (GST_QUERY_CUSTOM, new_structure ()), FALSE);
}

static void
fill_to_master (GByteArray *bytes)
{
  g_autoptr (GstObject) source = gst_object_ref_sink (gst_bin_new (NULL));
  g_autoptr (GstStreamCollection) collection = new_collection ();

  for (guint8 i = 0; i < 16; i++)
    append_message (bytes, fuzz_message (source, i));
  append_message (bytes, gst_message_new_stream_collection (source, collection));
  append_message (bytes, gst_message_new_streams_selected (source, collection));
  append_message (bytes, gst_message_new_toc (source, new_toc (), FALSE));
  append_message (bytes, gst_message_new_tag (source, new_tags ()));
  append_message (bytes, gst_message_new_element (source, new_structure ()));
  append_event (bytes, gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, new_structure ()), TRUE);
}

static gboolean
write_stream (const gchar *path, void (*fill) (GByteArray *bytes))
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  fill (bytes);
  if (g_file_set_contents (path, (const gchar *)bytes->data, bytes->len, &error))
    return TRUE;
  fprintf (stderr, "%s\n", error->message);
  return FALSE;
}

int
main (int argc, char **argv)
{
  if (argc != 3) {
    fprintf (stderr, "Usage: %s TO-SLAVE.bin TO-MASTER.bin\n", argv[0]);
    return 2;
  }
  LLVMFuzzerInitialize (&argc, &argv);
  return write_stream (argv[1], fill_to_slave) && write_stream (argv[2], fill_to_master) ? 0 : 1;
}
