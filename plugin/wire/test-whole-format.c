/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The texts of objects, byte by byte as peers of this version write them and docs/protocol.md has them: whoever changes
 * them breaks with those peers, and needs another feature word.
 */

#include "test-whole.h"

/* Takes @value over. */
static void
check_text (GType type, gpointer value, const gchar *fields)
{
  GstStructure *structure = gst_structure_new ("c", "x", type, value, NULL);
  g_autoptr (GstEvent) event = gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM, structure);
  g_autofree gchar *expected
      = g_strdup_printf ("c, x=(structure)[gst-ipc-object, type=(string)%s, %s;];", g_type_name (type), fields);
  g_autofree gchar *text = event_text (event);

  g_assert_cmpstr (text, ==, expected);
  gst_event_unref (carry_event (gst_event_ref (event)));
  if (G_TYPE_IS_OBJECT (type))
    g_object_unref (value);
  else if (value)
    g_boxed_free (type, value);
}

#define STREAM                                                                                                         \
  "stream-id=(string)id, stream-type=(GstStreamType)GST_STREAM_TYPE_AUDIO+GST_STREAM_TYPE_TEXT, "                      \
  "stream-flags=(GstStreamFlags)GST_STREAM_FLAG_SELECT"
#define SEGMENT                                                                                                        \
  "segment=(GstSegment)\"segment, flags=(GstSegmentFlags)GST_SEGMENT_FLAG_NONE, rate=(double)1, "                      \
  "applied-rate=(double)1, format=(GstFormat)time, base=(guint64)0, offset=(guint64)0, start=(guint64)0, "             \
  "stop=(guint64)18446744073709551615, time=(guint64)0, position=(guint64)0, "                                         \
  "duration=(guint64)18446744073709551615;\""
#define FULL_BUFFER                                                                                                    \
  "pts=(guint64)1, dts=(guint64)2, duration=(guint64)3, offset=(guint64)4, offset-end=(guint64)5, flags=(uint)3072, "  \
  "data=(buffer)78"

static GstStream *
make_small_stream (gboolean with_all)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("a/b");
  g_autoptr (GstTagList) tags = gst_tag_list_new (GST_TAG_TITLE, "t", NULL);
  GstStream *stream = gst_stream_new (
      "id", with_all ? caps : NULL, GST_STREAM_TYPE_AUDIO | GST_STREAM_TYPE_TEXT, GST_STREAM_FLAG_SELECT);

  if (with_all)
    gst_stream_set_tags (stream, tags);
  return stream;
}

static void
test_streams (void)
{
  GstStreamCollection *collection = gst_stream_collection_new (NULL);

  gst_stream_collection_add_stream (collection, make_small_stream (FALSE));
  check_text (GST_TYPE_STREAM, make_small_stream (FALSE), STREAM);
  check_text (GST_TYPE_STREAM, make_small_stream (TRUE),
      STREAM ", caps=(GstCaps)[a/b], tags=(taglist)\"taglist\\,\\ "
             "title\\=\\(string\\)t\\;\"");
  check_text (GST_TYPE_STREAM_COLLECTION, collection,
      "upstream-id=(string)NULL, streams=(structure)< [gst-ipc-object, type=(string)GstStream, " STREAM ";] >");
}

static void
test_tocs (void)
{
  GstToc *toc = gst_toc_new (GST_TOC_SCOPE_GLOBAL);
  GstTocEntry *outer = gst_toc_entry_new (GST_TOC_ENTRY_TYPE_EDITION, "o");
  GstTocEntry *inner = gst_toc_entry_new (GST_TOC_ENTRY_TYPE_CHAPTER, "i");

  gst_toc_entry_set_start_stop_times (inner, 1, 2);
  gst_toc_entry_set_loop (inner, GST_TOC_LOOP_FORWARD, 3);
  gst_toc_entry_append_sub_entry (outer, inner);
  gst_toc_append_entry (toc, outer);
  check_text (GST_TYPE_TOC, toc,
      "scope=(GstTocScope)global, entries=(structure)< [entry, parent=(int)-1, entry-type=(GstTocEntryType)edition, "
      "start=(gint64)-1, stop=(gint64)-1, loop-type=(GstTocLoopType)none, repeat-count=(int)0, uid=(string)o;], "
      "[entry, parent=(int)0, entry-type=(GstTocEntryType)chapter, start=(gint64)1, stop=(gint64)2, "
      "loop-type=(GstTocLoopType)forward, repeat-count=(int)3, uid=(string)i;] >, tags=(taglist)\"taglist\\;\"");
}

static void
test_data (void)
{
  g_autoptr (GstBuffer) full = make_buffer ("x", 1);
  GstBufferList *list = gst_buffer_list_new ();
  GstTagList *tags = gst_tag_list_new (GST_TAG_TITLE, "t", NULL);

  gst_tag_list_set_scope (tags, GST_TAG_SCOPE_GLOBAL);
  gst_buffer_list_add (list, gst_buffer_ref (full));
  check_text (GST_TYPE_BUFFER, gst_buffer_ref (full), FULL_BUFFER);
  check_text (
      GST_TYPE_BUFFER_LIST, list, "buffers=(structure)< [gst-ipc-object, type=(string)GstBuffer, " FULL_BUFFER ";] >");
  check_text (GST_TYPE_SAMPLE, gst_sample_new (full, NULL, NULL, gst_structure_new_empty ("i")),
      SEGMENT ", buffer=(structure)[gst-ipc-object, type=(string)GstBuffer, " FULL_BUFFER ";], info=(structure)[i;]");
  check_text (GST_TYPE_TAG_LIST, tags, "scope=(GstTagScope)global, tags=(structure)[taglist, title=(string)t;]");
}

static void
test_others (void)
{
  GstEvent *event = gst_event_new_flush_stop (TRUE);
  GstMessage *message = gst_message_new_latency (NULL);

  gst_event_set_seqnum (event, 7);
  gst_event_set_running_time_offset (event, -8);
  GST_EVENT_TIMESTAMP (event) = 9;
  gst_message_set_seqnum (message, 7);
  check_text (GST_TYPE_CONTEXT, gst_context_new ("t", TRUE),
      "persistent=(boolean)true, context-type=(string)t, structure=(structure)[context;]");
  check_text (GST_TYPE_EVENT, event,
      "event-type=(uint)5127, seqnum=(uint)7, running-time-offset=(gint64)-8, timestamp=(guint64)9, "
      "structure=(structure)[GstEventFlushStop, reset-time=(boolean)true;]");
  check_text (GST_TYPE_MESSAGE, message, "message-type=(uint)524288, seqnum=(uint)7");
  check_text (G_TYPE_ERROR, g_error_new (g_quark_from_string ("d"), -1, "m"),
      "code=(int)-1, message=(string)m, domain=(string)d");
  check_text (GST_TYPE_BUFFER, NULL, "null=(boolean)true");
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/whole-format/streams", test_streams);
  g_test_add_func ("/wire/whole-format/tables-of-contents", test_tocs);
  g_test_add_func ("/wire/whole-format/buffers-samples-and-tags", test_data);
  g_test_add_func ("/wire/whole-format/contexts-events-messages-errors-and-nothing", test_others);
  return g_test_run ();
}
