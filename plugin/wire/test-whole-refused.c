/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects that are not sent, or not taken (OBJ-14, OBJ-15): what belongs to one process, what is too much, what is no
 * object, and what damage makes of good ones. g_test makes every critical and warning fatal.
 */

#include "test-whole.h"

static void
check_stays (GstEvent *event, IpcForm form)
{
  g_autoptr (GstEvent) owned = event;
  g_auto (IpcPacket) packet = { .form = form };
  g_autoptr (GError) error = NULL;

  g_assert_false (ipc_packet_build_event (&packet, owned, FALSE, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE);
}

static GstStreamCollection *
collection_of (guint size)
{
  GstStreamCollection *collection = gst_stream_collection_new (NULL);

  for (guint i = 0; i < size; i++)
    gst_stream_collection_add_stream (collection, gst_stream_new (NULL, NULL, GST_STREAM_TYPE_TEXT, 0));
  return collection;
}

static GstToc *
toc_of (guint size)
{
  GstToc *toc = gst_toc_new (GST_TOC_SCOPE_GLOBAL);

  for (guint i = 0; i < size; i++)
    gst_toc_append_entry (toc, gst_toc_entry_new (GST_TOC_ENTRY_TYPE_CHAPTER, "c"));
  return toc;
}

static void
test_limits (void)
{
  g_autoptr (GstStreamCollection) most = collection_of (IPC_WHOLE_MAX_STREAMS);
  g_autoptr (GstStreamCollection) too_many = collection_of (IPC_WHOLE_MAX_STREAMS + 1);
  g_autoptr (GstToc) long_toc = toc_of (IPC_WHOLE_MAX_TOC_ENTRIES);
  g_autoptr (GstToc) too_long = toc_of (IPC_WHOLE_MAX_TOC_ENTRIES + 1);
  g_autoptr (GstToc) too_deep = make_toc (IPC_WHOLE_MAX_TOC_DEPTH + 1);
  GstEvent *nested = gst_event_new_eos ();

  gst_event_unref (carry_event (gst_event_new_stream_collection (most)));
  check_stays (gst_event_new_stream_collection (too_many), IPC_FORM_OBJECTS);
  gst_event_unref (carry_event (gst_event_new_toc (long_toc, FALSE)));
  check_stays (gst_event_new_toc (too_long, FALSE), IPC_FORM_OBJECTS);
  check_stays (gst_event_new_toc (too_deep, FALSE), IPC_FORM_OBJECTS);
  /* as deep as can be written can be read */
  for (guint i = 0; i < IPC_TEXT_MAX_DEPTH; i++) {
    g_auto (IpcPacket) packet = { .form = IPC_FORM_OBJECTS };
    GstEvent *outer = custom_event ("x", GST_TYPE_EVENT, nested);

    gst_event_unref (nested);
    nested = outer;
    if (ipc_packet_build_event (&packet, nested, FALSE, NULL))
      gst_event_unref (carry_event (gst_event_ref (nested)));
    else
      g_assert_cmpuint (i, >, IPC_TEXT_MAX_DEPTH / 2 - 2);
  }
  check_stays (nested, IPC_FORM_OBJECTS);
}

static gboolean
build_picture (IpcPacket *packet, gsize size, GError **error)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped (g_malloc0 (size), size);
  g_autoptr (GstSample) sample = NULL;
  g_autoptr (GstMessage) message = NULL;
  GstTagList *tags;

  GST_BUFFER_PTS (buffer) = 1;
  sample = make_sample (buffer);
  tags = gst_tag_list_new (GST_TAG_IMAGE, sample, NULL);
  gst_tag_list_set_scope (tags, GST_TAG_SCOPE_GLOBAL);
  message = gst_message_new_tag (NULL, tags);
  packet->form = IPC_FORM_OBJECTS;
  return ipc_packet_build_message (packet, message, error);
}

/* Pictures lie deepest in the tags of messages: what is sent is taken there too. */
static void
test_size (void)
{
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcPacket) too_large = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GstMessage) arrived = NULL;

  g_assert_true (build_picture (&packet, IPC_TEXT_MAX_SENT / 2 - 4096, &error));
  arrived = ipc_message_from_packet (&packet, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (build_picture (&too_large, IPC_TEXT_MAX_SENT / 2, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_TOO_LARGE);
}

/* What means nothing in another process, and what the other side would take for something else. */
static void
test_not_carried (void)
{
  g_autoptr (GstElement) element = gst_object_ref_sink (gst_bin_new (NULL));
  g_autoptr (GstStructure) fake = gst_structure_new (IPC_WHOLE_NAME, "type", G_TYPE_STRING, "GstBuffer", NULL);
  g_autoptr (GstStructure) pointer = gst_structure_new ("p", "p", G_TYPE_POINTER, element, NULL);
  g_autoptr (GstStream) stream = gst_stream_new ("not \xff UTF-8", NULL, GST_STREAM_TYPE_TEXT, 0);
  GstEvent *start = gst_event_new_stream_start ("id");
  g_autoptr (GstSample) sample = gst_sample_new (NULL, NULL, NULL, gst_structure_copy (pointer));
  GValue list = G_VALUE_INIT;
  GValue value = G_VALUE_INIT;
  GstStructure *with_list = gst_structure_new_empty ("l");
  GstStructure *with_events = NULL;
  g_autoptr (GstEvent) inner = custom_event ("x", GST_TYPE_BIN, element);
  GstEvent *offset = custom_event ("x", GST_TYPE_BIN, element);
  g_autoptr (GstEvent) arrived = NULL;
  g_autoptr (GstStream) carried = NULL;
  g_auto (IpcPacket) packet = { .form = IPC_FORM_OBJECTS };
  g_autoptr (GstMessage) message = gst_message_new_element (NULL, gst_structure_copy (pointer));

  check_stays (custom_event ("x", GST_TYPE_BIN, element), IPC_FORM_OBJECTS);
  check_stays (custom_event ("x", G_TYPE_POINTER, NULL), IPC_FORM_OBJECTS);
  check_stays (gst_event_new_custom (GST_EVENT_CUSTOM_BOTH, gst_structure_new ("c", "x", G_TYPE_CHAR, 'c', NULL)),
      IPC_FORM_OBJECTS);
  check_stays (custom_event ("x", GST_TYPE_STRUCTURE, fake), IPC_FORM_OBJECTS);
  check_stays (gst_event_new_custom (GST_EVENT_CUSTOM_BOTH, gst_structure_copy (fake)), IPC_FORM_OBJECTS);
  check_stays (custom_event ("x", GST_TYPE_STRUCTURE, pointer), IPC_FORM_OBJECTS);
  check_stays (custom_event ("x", GST_TYPE_STREAM, stream), IPC_FORM_OBJECTS);
  check_stays (custom_event ("x", GST_TYPE_SAMPLE, sample), IPC_FORM_OBJECTS);
  check_stays (custom_event ("x", GST_TYPE_SAMPLE, NULL), IPC_FORM_OBJECTS);
  check_stays (custom_event ("x", GST_TYPE_TAG_LIST, NULL), IPC_FORM_OBJECTS);
  check_stays (custom_event ("x", GST_TYPE_STRUCTURE, NULL), IPC_FORM_OBJECTS);
  check_stays (custom_event ("x", GST_TYPE_EVENT, inner), IPC_FORM_OBJECTS);
  gst_event_set_running_time_offset (offset, 1);
  check_stays (offset, IPC_FORM_OBJECTS);
  g_value_init (&list, GST_TYPE_LIST);
  g_value_init (&value, G_TYPE_POINTER);
  gst_value_list_append_and_take_value (&list, &value);
  gst_structure_take_value (with_list, "x", &list);
  check_stays (gst_event_new_custom (GST_EVENT_CUSTOM_BOTH, with_list), IPC_FORM_OBJECTS);
  g_value_init (&list, GST_TYPE_ARRAY);
  g_value_init (&value, GST_TYPE_EVENT);
  g_value_take_boxed (&value, gst_event_new_eos ());
  gst_value_array_append_and_take_value (&list, &value);
  with_events = gst_structure_new_empty ("l");
  gst_structure_take_value (with_events, "x", &list);
  check_stays (gst_event_new_custom (GST_EVENT_CUSTOM_BOTH, with_events), IPC_FORM_OBJECTS);
  g_assert_false (ipc_packet_build_message (&packet, message, NULL));
  /* a stream-start goes without it */
  gst_event_set_stream (start, stream);
  arrived = carry_event (start);
  gst_event_parse_stream (arrived, &carried);
  g_assert_null (carried);
}

/* An object stays when anything in it does. */
static void
test_parts_not_carried (void)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_memdup ("x", 1);
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("a/b", "p", G_TYPE_POINTER, NULL, NULL);
  g_autoptr (GstSample) bad_info
      = gst_sample_new (buffer, NULL, NULL, gst_structure_new ("i", "p", G_TYPE_POINTER, NULL, NULL));
  g_autoptr (GstSample) bad_caps = gst_sample_new (buffer, caps, NULL, NULL);
  g_autoptr (GstTagList) tags = gst_tag_list_new (GST_TAG_IMAGE, bad_info, NULL);
  g_autoptr (GstTagList) many_tags = gst_tag_list_copy (tags);
  g_autoptr (GstStream) with_caps = gst_stream_new ("s", caps, GST_STREAM_TYPE_TEXT, 0);
  g_autoptr (GstStream) with_tags = gst_stream_new ("s", NULL, GST_STREAM_TYPE_TEXT, 0);
  g_autoptr (GstStreamCollection) collection = gst_stream_collection_new (NULL);
  g_autoptr (GstStreamCollection) bad_name = gst_stream_collection_new ("\xff");
  g_autoptr (GstToc) toc = gst_toc_new (GST_TOC_SCOPE_GLOBAL);
  g_autoptr (GstToc) toc_entries = gst_toc_new (GST_TOC_SCOPE_GLOBAL);
  g_autoptr (GstToc) bad_uid = gst_toc_new (GST_TOC_SCOPE_GLOBAL);
  GstTocEntry *entry = gst_toc_entry_new (GST_TOC_ENTRY_TYPE_TITLE, "t");
  g_autoptr (GstContext) bad_type = gst_context_new ("\xff", TRUE);

  gst_tag_list_add (many_tags, GST_TAG_MERGE_APPEND, GST_TAG_IMAGE, bad_caps, NULL);
  gst_stream_set_tags (with_tags, tags);
  gst_stream_collection_add_stream (collection, gst_object_ref (with_caps));
  gst_toc_set_tags (toc, gst_tag_list_ref (tags));
  gst_toc_entry_set_tags (entry, gst_tag_list_ref (tags));
  gst_toc_append_entry (toc_entries, entry);
  gst_toc_append_entry (bad_uid, gst_toc_entry_new (GST_TOC_ENTRY_TYPE_TITLE, "\xff"));
  check_stays (custom_event ("x", GST_TYPE_SAMPLE, bad_caps), IPC_FORM_OBJECTS);
  check_stays (custom_event ("x", GST_TYPE_TAG_LIST, tags), IPC_FORM_OBJECTS);
  check_stays (custom_event ("x", GST_TYPE_TAG_LIST, many_tags), IPC_FORM_OBJECTS);
  check_stays (custom_event ("x", GST_TYPE_STREAM, with_caps), IPC_FORM_OBJECTS);
  check_stays (custom_event ("x", GST_TYPE_STREAM, with_tags), IPC_FORM_OBJECTS);
  check_stays (gst_event_new_stream_collection (collection), IPC_FORM_OBJECTS);
  check_stays (gst_event_new_stream_collection (bad_name), IPC_FORM_OBJECTS);
  check_stays (gst_event_new_toc (toc, FALSE), IPC_FORM_OBJECTS);
  check_stays (gst_event_new_toc (toc_entries, FALSE), IPC_FORM_OBJECTS);
  check_stays (gst_event_new_toc (bad_uid, FALSE), IPC_FORM_OBJECTS);
  check_stays (custom_event ("x", GST_TYPE_CONTEXT, bad_type), IPC_FORM_OBJECTS);
  /* and in the legacy form everything of that kind does */
  check_stays (gst_event_new_stream_collection (collection), IPC_FORM_LEGACY);
  g_assert_true (ipc_event_type_is_lost_in_text (GST_EVENT_STREAM_COLLECTION));
  g_assert_true (ipc_event_type_is_lost_in_text (GST_EVENT_TOC));
  g_assert_false (ipc_event_type_is_lost_in_text (GST_EVENT_TAG));
}

static void
receive_event (IpcPacket *packet, IpcForm form, guint32 type, const gchar *text)
{
  g_auto (IpcPacket) built = { 0 };

  built.header.type = IPC_PACKET_EVENT;
  built.event.type = type;
  built.event.seqnum = 5;
  built.event.upstream = TRUE;
  built.event.structure = text;
  test_send (&built, packet);
  packet->form = form;
}

/* In the legacy form a structure of that name is a structure, and in caps it always is. */
static void
test_not_interpreted (void)
{
  const gchar *text = "a, x=(structure)\"gst-ipc-object\\,\\ type\\=\\(string\\)GstBuffer\\;\";";
  const gchar *caps
      = "GstEventCaps, caps=(GstCaps)\"a/b\\,\\ x\\=\\(structure\\)[gst-ipc-object\\,\\ type\\=GstBuffer]\";";
  g_auto (IpcPacket) legacy = { 0 };
  g_auto (IpcPacket) whole = { 0 };
  g_auto (IpcPacket) outermost = { 0 };
  g_auto (IpcPacket) in_caps = { 0 };
  g_autoptr (GstEvent) legacy_event = NULL;
  g_autoptr (GstEvent) whole_event = NULL;
  g_autoptr (GstEvent) outermost_event = NULL;
  g_autoptr (GstEvent) caps_event = NULL;
  GstCaps *carried;

  receive_event (&legacy, IPC_FORM_LEGACY, GST_EVENT_CUSTOM_UPSTREAM, text);
  legacy_event = ipc_event_from_packet (&legacy, NULL);
  g_assert_true (gst_structure_has_field_typed (gst_event_get_structure (legacy_event), "x", GST_TYPE_STRUCTURE));
  receive_event (&whole, IPC_FORM_OBJECTS, GST_EVENT_CUSTOM_UPSTREAM, text);
  whole_event = ipc_event_from_packet (&whole, NULL);
  g_assert_true (gst_structure_has_field_typed (gst_event_get_structure (whole_event), "x", GST_TYPE_BUFFER));
  receive_event (&outermost, IPC_FORM_METAS, GST_EVENT_CUSTOM_UPSTREAM, "gst-ipc-object, type=GstEvent;");
  outermost_event = ipc_event_from_packet (&outermost, NULL);
  g_assert_true (gst_event_has_name (outermost_event, IPC_WHOLE_NAME));
  receive_event (&in_caps, IPC_FORM_OBJECTS, GST_EVENT_CAPS, caps);
  caps_event = ipc_event_from_packet (&in_caps, NULL);
  gst_event_parse_caps (caps_event, &carried);
  g_assert_true (gst_structure_has_field_typed (gst_caps_get_structure (carried, 0), "x", GST_TYPE_STRUCTURE));
}

#define OBJECT(type, fields) "a, x=(structure)[gst-ipc-object, type=(string)" type fields ";];"
#define SEGMENT                                                                                                        \
  "segment=(GstSegment)\"segment, flags=(GstSegmentFlags)0, rate=(double)1, applied-rate=(double)1, "                  \
  "format=(GstFormat)time, base=(guint64)0, offset=(guint64)0, start=(guint64)0, stop=(guint64)1, time=(guint64)0, "   \
  "position=(guint64)0, duration=(guint64)0;\""
#define SAMPLE "[gst-ipc-object, type=GstSample, buffer=(buffer)00, " SEGMENT "]"
#define STREAM(id)                                                                                                     \
  "[gst-ipc-object, type=GstStream, stream-id=" id ", stream-type=(GstStreamType)1, stream-flags=(GstStreamFlags)0]"
#define ENTRY(parent, more)                                                                                            \
  "[entry, parent=(int)" parent ", entry-type=(GstTocEntryType)chapter, uid=(string)u, start=(gint64)0, "              \
  "stop=(gint64)0, loop-type=(GstTocLoopType)none, repeat-count=(int)0" more "]"
#define TOC(entries) OBJECT ("GstToc", ", scope=(GstTocScope)global, entries=(structure)< " entries " >")
#define EVENT(type, fields) OBJECT ("GstEvent", ", event-type=(uint)" type ", running-time-offset=(gint64)0" fields)

/* Each of these lacks one thing, or has one too many, of the good ones below. */
static const gchar *const bad_objects[] = {
  "a, x=(structure)[gst-ipc-object];",
  "a, x=(structure)[gst-ipc-object, type=(int)1];",
  OBJECT ("GstElement", ""),
  OBJECT ("GstDateTime", ""),
  OBJECT ("GstBin", ", null=(boolean)true"),
  OBJECT ("GstSample", ", null=(boolean)true"),
  OBJECT ("GstTagList", ", null=(boolean)true"),
  OBJECT ("GstStream", ", stream-type=(GstStreamType)1, stream-flags=(GstStreamFlags)0"),
  OBJECT ("GstStream", ", stream-id=(string)NULL, stream-type=(GstStreamType)1, stream-flags=(GstStreamFlags)0"),
  OBJECT ("GstStream", ", stream-id=s, stream-type=(GstStreamType)0, stream-flags=(GstStreamFlags)0"),
  OBJECT ("GstStream", ", stream-id=s, stream-type=(GstStreamType)3, stream-flags=(GstStreamFlags)0"),
  OBJECT ("GstStream", ", stream-id=s, stream-type=(GstStreamType)4096, stream-flags=(GstStreamFlags)0"),
  OBJECT ("GstStream", ", stream-id=s, stream-type=(int)1, stream-flags=(GstStreamFlags)0"),
  OBJECT ("GstStream", ", stream-id=s, stream-type=(GstStreamType)1, stream-flags=(GstStreamFlags)0, caps=(string)a/b"),
  OBJECT (
      "GstStream", ", stream-id=s, stream-type=(GstStreamType)1, stream-flags=(GstStreamFlags)0, caps=(GstCaps)NULL"),
  OBJECT ("GstStream", ", stream-id=\"\\377\", stream-type=(GstStreamType)1, stream-flags=(GstStreamFlags)0"),
  OBJECT ("GstStreamCollection", ", upstream-id=(string)NULL"),
  OBJECT ("GstStreamCollection", ", streams=(structure)< " STREAM ("a") " >"),
  OBJECT ("GstStreamCollection", ", upstream-id=(string)NULL, streams=(structure){ " STREAM ("a") " }"),
  OBJECT ("GstStreamCollection", ", upstream-id=(string)NULL, streams=(structure)< [s] >"),
  OBJECT ("GstStreamCollection", ", upstream-id=(string)NULL, streams=(structure)< " STREAM ("a") ", [s] >"),
  OBJECT ("GstStreamCollection",
      ", upstream-id=(string)NULL, streams=(structure)< [gst-ipc-object, type=GstStream, null=(boolean)true] >"),
  OBJECT ("GstToc", ", scope=(GstTocScope)global"),
  OBJECT ("GstToc", ", entries=(structure)< " ENTRY ("-1", "") " >"),
  OBJECT ("GstToc", ", scope=(GstTocScope)0, entries=(structure)< " ENTRY ("-1", "") " >"),
  TOC (ENTRY ("0", "")),
  TOC (ENTRY ("1", "") ", " ENTRY ("-1", "")),
  TOC (ENTRY ("-2", "")),
  TOC (ENTRY ("-1", "") ", " ENTRY ("2", "") ", " ENTRY ("1", "")),
  TOC (ENTRY ("-1", "") ", " ENTRY ("2147483647", "")),
  TOC (ENTRY ("-1", ", tags=(int)1")),
  TOC ("[entry, parent=(int)-1]"),
  OBJECT ("GstBuffer", ", data=(string)x"),
  OBJECT ("GstBuffer", ", pts=(gint64)1"),
  OBJECT ("GstBuffer", ", data=(structure)[gst-ipc-object, type=GstBuffer, null=(boolean)true]"),
  OBJECT ("GstBufferList", ""),
  OBJECT ("GstBufferList", ", buffers=(int)< 1 >"),
  OBJECT ("GstSample", ""),
  OBJECT ("GstSample", ", segment=(int)1"),
  OBJECT ("GstTagList", ", tags=(structure)[taglist]"),
  OBJECT ("GstTagList", ", scope=(GstTagScope)global, tags=(structure)[no-taglist]"),
  OBJECT ("GstTagList", ", scope=(GstTagScope)global, tags=(structure)[taglist, title=(int)1]"),
  OBJECT ("GstTagList", ", scope=(GstTagScope)7, tags=(structure)[taglist]"),
  OBJECT ("GstTagList",
      ", scope=(GstTagScope)global, tags=(structure)[taglist, image=(structure)[gst-ipc-object, type=GstBuffer]]"),
  OBJECT ("GstTagList", ", scope=(GstTagScope)global, tags=(structure)[taglist, image=(structure)[gst-ipc-object, "
                        "type=GstSample, " SEGMENT "]]"),
  "a, x=(taglist)\"taglist, image=(sample)None:None:None:None;\";",
  OBJECT ("GstContext", ", context-type=c, persistent=(boolean)true"),
  OBJECT ("GstContext", ", context-type=(string)NULL, persistent=(boolean)true, structure=(structure)[context]"),
  EVENT ("2563", ""),
  EVENT ("2563", ", seqnum=(uint)0"),
  EVENT ("1", ", seqnum=(uint)1"),
  EVENT ("12814", ", seqnum=(uint)1"),
  EVENT ("12814", ", seqnum=(uint)1, structure=(structure)[GstEventCaps, caps=(int)1]"),
  OBJECT ("GstMessage", ", message-type=(uint)1, seqnum=(uint)0"),
  OBJECT ("GstMessage", ", message-type=(uint)3, seqnum=(uint)1"),
  OBJECT ("GstMessage", ", message-type=(uint)2, seqnum=(uint)1, structure=(structure)[m, gerror=(int)1]"),
  OBJECT ("GError", ", domain=d, code=(int)1"),
  "a, x=(structure){ [gst-ipc-object, type=GstBuffer, null=(boolean)true] };",
  "a, x=(structure)< [gst-ipc-object, type=GstMessage, message-type=(uint)1, seqnum=(uint)1] >;",
  "a, x=(structure){ " STREAM ("a") ", [gst-ipc-object, type=GstBuffer] };",
  OBJECT ("GError", ", domain=(string)NULL, code=(int)1, message=m"),
  OBJECT ("GError", ", domain=d, code=(uint)1, message=m"),
};

static const gchar *const good_objects[] = {
  OBJECT ("GstDateTime", ", null=(boolean)true"),
  OBJECT ("GstStream", ", stream-id=s, stream-type=(GstStreamType)1, stream-flags=(GstStreamFlags)0"),
  OBJECT (
      "GstStreamCollection", ", upstream-id=(string)NULL, streams=(structure)< " STREAM ("a") ", " STREAM ("b") " >"),
  TOC (ENTRY ("-1", "")),
  TOC (ENTRY ("-1", "") ", " ENTRY ("0", ", tags=(taglist)\"taglist, title=(string)t;\"") ", " ENTRY ("1", "")),
  OBJECT ("GstBuffer", ", pts=(guint64)1"),
  OBJECT ("GstBufferList", ", buffers=(buffer)< 00, 01 >"),
  OBJECT ("GstTagList", ", scope=(GstTagScope)global, tags=(structure)[taglist, title=(string)1]"),
  /* a tag of this name is not known here, and a value of this kind is none for a list */
  OBJECT ("GstTagList",
      ", scope=(GstTagScope)global, tags=(structure)[taglist, odd=(structure)[gst-ipc-object, type=GstBuffer]]"),
  OBJECT ("GstSample", ", " SEGMENT),
  OBJECT ("GstTagList",
      ", scope=(GstTagScope)global, tags=(structure)[taglist, image=(structure){ " SAMPLE ", " SAMPLE " }]"),
  OBJECT ("GstContext", ", context-type=c, persistent=(boolean)true, structure=(structure)[context]"),
  EVENT ("2563", ", seqnum=(uint)1"),
  OBJECT ("GstMessage", ", message-type=(uint)1, seqnum=(uint)1"),
  OBJECT ("GError", ", domain=d, code=(int)1, message=m"),
};

static void
test_bad_objects (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_objects); i++) {
    g_auto (IpcPacket) packet = { 0 };
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", bad_objects[i]);
    receive_event (&packet, IPC_FORM_OBJECTS, GST_EVENT_CUSTOM_UPSTREAM, bad_objects[i]);
    g_assert_null (ipc_event_from_packet (&packet, &error));
    g_assert_true (error && error->domain == IPC_WIRE_ERROR);
  }
  for (guint i = 0; i < G_N_ELEMENTS (good_objects); i++) {
    g_auto (IpcPacket) packet = { 0 };
    g_autoptr (GError) error = NULL;
    g_autoptr (GstEvent) event = NULL;

    receive_event (&packet, IPC_FORM_OBJECTS, GST_EVENT_CUSTOM_UPSTREAM, good_objects[i]);
    event = ipc_event_from_packet (&packet, &error);
    g_assert_no_error (error);
    check_can_be_used (gst_event_get_structure (event));
  }
}

/* An event or message that stands alone must be the one that the packet says. */
static void
test_bad_envelopes (void)
{
  const gchar *const events[] = {
    "gst-ipc-object;",
    "gst-ipc-object, type=GstEvent, event-type=(uint)2563, seqnum=(uint)6, running-time-offset=(gint64)0;",
    "gst-ipc-object, type=GstEvent, event-type=(uint)10254, seqnum=(uint)5, running-time-offset=(gint64)0;",
    "gst-ipc-object, type=GstEvent, null=(boolean)true;",
    "gst-ipc-object, type=GstBuffer;",
    "gst-ipc-object, type=GstMessage, message-type=(uint)1, seqnum=(uint)5;",
  };
  const gchar *const messages[] = {
    "gst-ipc-object, type=GstMessage, message-type=(uint)1, seqnum=(uint)5;",
    "gst-ipc-object, type=GstMessage, null=(boolean)true;",
    "gst-ipc-object, type=GstBuffer;",
  };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
    g_auto (IpcPacket) packet = { 0 };
    g_autoptr (GError) error = NULL;

    receive_event (&packet, IPC_FORM_OBJECTS, GST_EVENT_FLUSH_START, events[i]);
    g_assert_null (ipc_event_from_packet (&packet, &error));
    g_assert_true (error && error->domain == IPC_WIRE_ERROR);
  }
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++) {
    g_auto (IpcPacket) built = { .header.type = IPC_PACKET_MESSAGE };
    g_auto (IpcPacket) packet = { 0 };
    g_autoptr (GError) error = NULL;

    built.message.type = GST_MESSAGE_LATENCY;
    built.message.structure = messages[i];
    test_send (&built, &packet);
    packet.form = IPC_FORM_OBJECTS;
    g_assert_null (ipc_message_from_packet (&packet, NULL, &error));
    g_assert_true (error && error->domain == IPC_WIRE_ERROR);
  }
}

/* @start, then @part @n times, then @end, is not taken. */
static void
check_too_much (const gchar *start, const gchar *part, guint n, const gchar *end)
{
  GString *text = g_string_new (start);
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    g_string_append (text, part);
  g_string_append (text, end);
  receive_event (&packet, IPC_FORM_OBJECTS, GST_EVENT_CUSTOM_UPSTREAM, text->str);
  g_assert_null (ipc_event_from_packet (&packet, &error));
  g_assert_true (error && error->domain == IPC_WIRE_ERROR);
  g_string_free (text, TRUE);
}

static void
test_too_much (void)
{
  GString *deep = g_string_new ("a, x=(structure)[gst-ipc-object, type=GstToc, scope=(GstTocScope)global, "
                                "entries=(structure)< " ENTRY ("-1", ""));
  g_auto (IpcPacket) packet = { 0 };

  check_too_much ("a, x=(structure)[gst-ipc-object, type=GstStreamCollection, upstream-id=(string)NULL, "
                  "streams=(structure)< " STREAM ("a"),
      ", " STREAM ("a"), IPC_WHOLE_MAX_STREAMS, " >];");
  check_too_much (
      "a, x=(structure)[gst-ipc-object, type=GstToc, scope=(GstTocScope)global, entries=(structure)< " ENTRY ("-1", ""),
      ", " ENTRY ("-1", ""), IPC_WHOLE_MAX_TOC_ENTRIES, " >];");
  check_too_much ("a, x=(structure)[gst-ipc-object, type=GstTagList, scope=(GstTagScope)global, "
                  "tags=(structure)[taglist, image=(structure){ " SAMPLE,
      ", " SAMPLE, IPC_WHOLE_MAX_TAG_VALUES, " }]];");
  check_too_much ("a, x=", "(structure)[gst-ipc-object, type=GstContext, context-type=c, structure=", 40, "");
  for (guint i = 0; i < IPC_WHOLE_MAX_TOC_DEPTH; i++)
    g_string_append_printf (deep,
        ", [entry, parent=(int)%u, entry-type=(GstTocEntryType)chapter, uid=(string)u, start=(gint64)0, "
        "stop=(gint64)0, loop-type=(GstTocLoopType)none, repeat-count=(int)0]",
        i);
  g_string_append (deep, " >];");
  receive_event (&packet, IPC_FORM_OBJECTS, GST_EVENT_CUSTOM_UPSTREAM, deep->str);
  g_assert_null (ipc_event_from_packet (&packet, NULL));
  g_string_free (deep, TRUE);
}

/* Reads @text, whatever it is, and uses what comes of it. */
static void
try_text (guint32 type, const gchar *text)
{
  IpcPacket packet = { .form = IPC_FORM_OBJECTS };
  g_autoptr (GstEvent) event = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    return;
  packet.header.type = IPC_PACKET_EVENT;
  packet.event.type = type;
  packet.event.seqnum = 5;
  packet.event.upstream = TRUE;
  packet.event.structure = text;
  event = ipc_event_from_packet (&packet, NULL);
  if (event && gst_event_get_structure (event))
    check_can_be_used (gst_event_get_structure (event));
}

/* HOST-7: every byte of a text changed into what texts are made of, or left out, and every length. */
static void
check_damage (guint32 type, const gchar *text)
{
  const gchar replacements[] = ",=([<\"\\0";
  gsize length = strlen (text);

  for (gsize i = 0; i < length; i++) {
    g_autofree gchar *damaged = g_strdup (text);

    for (guint r = 0; r < sizeof replacements - 1; r++) {
      gchar was = damaged[i];

      damaged[i] = replacements[r];
      try_text (type, damaged);
      damaged[i] = was;
    }
    memmove (damaged + i, damaged + i + 1, length - i);
    try_text (type, damaged);
    damaged[i] = '\0';
    if (i > 0)
      try_text (type, damaged);
  }
}

static void
test_damage (void)
{
  g_autoptr (GstStreamCollection) collection = gst_stream_collection_new ("u");
  g_autoptr (GstToc) toc = make_toc (2);
  g_autoptr (GstBuffer) full = make_buffer ("d", 9);
  g_autoptr (GstSample) sample = make_sample (full);
  g_autoptr (GstEvent) streams = NULL;
  g_autoptr (GstEvent) tocs = gst_event_new_toc (toc, TRUE);
  g_autoptr (GstEvent) tags = gst_event_new_tag (gst_tag_list_new (GST_TAG_IMAGE, sample, NULL));

  gst_stream_collection_add_stream (collection, make_stream ("one"));
  streams = gst_event_new_stream_collection (collection);
  {
    GstEvent *const events[] = { streams, tocs, tags };

    for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
      g_autofree gchar *text = event_text (events[i]);

      check_damage (GST_EVENT_TYPE (events[i]), text);
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (good_objects); i++)
    check_damage (GST_EVENT_CUSTOM_UPSTREAM, good_objects[i]);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/whole-refused/limits-hold-and-reach", test_limits);
  g_test_add_func ("/wire/whole-refused/great-pictures-arrive-and-greater-ones-stay", test_size);
  g_test_add_func ("/wire/whole-refused/what-belongs-to-this-process-stays", test_not_carried);
  g_test_add_func ("/wire/whole-refused/what-holds-something-that-stays-stays", test_parts_not_carried);
  g_test_add_func ("/wire/whole-refused/only-agreed-on-objects-are-objects", test_not_interpreted);
  g_test_add_func ("/wire/whole-refused/bad-objects-are-refused", test_bad_objects);
  g_test_add_func ("/wire/whole-refused/objects-that-stand-alone-must-be-what-was-announced", test_bad_envelopes);
  g_test_add_func ("/wire/whole-refused/too-much-is-refused", test_too_much);
  g_test_add_func ("/wire/whole-refused/damage-is-an-error", test_damage);
  return g_test_run ();
}
