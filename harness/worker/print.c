/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A structure is printed as a copy of it in which objects have become structures, with the content that makes them what
 * they are. Copies own their values; nothing that is printed is changed. */

#include "print.h"

static GstStructure *
structure_copy_printable (const GstStructure *structure)
{
  GstStructure *copy = gst_structure_new_empty (gst_structure_get_name (structure));

  for (gint i = 0; i < gst_structure_n_fields (structure); i++) {
    const gchar *field = gst_structure_nth_field_name (structure, i);
    GValue value = G_VALUE_INIT;

    ipc_print_value (gst_structure_get_value (structure, field), &value);
    gst_structure_take_value (copy, field, &value);
  }
  return copy;
}

static void
take_structure (GValue *to, GstStructure *structure)
{
  g_value_init (to, GST_TYPE_STRUCTURE);
  g_value_take_boxed (to, structure);
}

static void
append_structure (GValue *array, GstStructure *structure)
{
  GValue item = G_VALUE_INIT;

  take_structure (&item, structure);
  gst_value_array_append_and_take_value (array, &item);
}

/* No tags and an empty list of them are the same. */
static void
set_tags (GstStructure *structure, GstTagList *tags)
{
  if (tags != NULL && !gst_tag_list_is_empty (tags))
    gst_structure_set (structure, "tags", GST_TYPE_TAG_LIST, tags, NULL);
}

static GstStructure *
stream_to_structure (GstStream *stream)
{
  g_autoptr (GstCaps) caps = gst_stream_get_caps (stream);
  g_autoptr (GstTagList) tags = gst_stream_get_tags (stream);
  GstStructure *structure = gst_structure_new ("GstStream", "stream-id", G_TYPE_STRING,
      gst_stream_get_stream_id (stream), "type", GST_TYPE_STREAM_TYPE, gst_stream_get_stream_type (stream), "flags",
      GST_TYPE_STREAM_FLAGS, gst_stream_get_stream_flags (stream), NULL);

  if (caps != NULL)
    gst_structure_set (structure, "caps", GST_TYPE_CAPS, caps, NULL);
  set_tags (structure, tags);
  return structure;
}

static GstStructure *
collection_to_structure (GstStreamCollection *collection)
{
  GstStructure *structure = gst_structure_new (
      "GstStreamCollection", "upstream-id", G_TYPE_STRING, gst_stream_collection_get_upstream_id (collection), NULL);
  GValue streams = G_VALUE_INIT;

  g_value_init (&streams, GST_TYPE_ARRAY);
  for (guint i = 0; i < gst_stream_collection_get_size (collection); i++)
    append_structure (&streams, stream_to_structure (gst_stream_collection_get_stream (collection, i)));
  gst_structure_take_value (structure, "streams", &streams);
  return structure;
}

static GstStructure *entry_to_structure (GstTocEntry *entry);

static void
set_entries (GstStructure *structure, GList *entries)
{
  GValue array = G_VALUE_INIT;

  g_value_init (&array, GST_TYPE_ARRAY);
  for (; entries != NULL; entries = entries->next)
    append_structure (&array, entry_to_structure (entries->data));
  gst_structure_take_value (structure, "entries", &array);
}

static GstStructure *
entry_to_structure (GstTocEntry *entry)
{
  GstTocLoopType loop = GST_TOC_LOOP_NONE;
  gint64 start = -1, stop = -1;
  gint repeats = 0;
  GstStructure *structure = gst_structure_new ("GstTocEntry", "uid", G_TYPE_STRING, gst_toc_entry_get_uid (entry),
      "type", G_TYPE_STRING, gst_toc_entry_type_get_nick (gst_toc_entry_get_entry_type (entry)), NULL);

  if (gst_toc_entry_get_start_stop_times (entry, &start, &stop))
    gst_structure_set (structure, "start", G_TYPE_INT64, start, "stop", G_TYPE_INT64, stop, NULL);
  if (gst_toc_entry_get_loop (entry, &loop, &repeats))
    gst_structure_set (structure, "loop", GST_TYPE_TOC_LOOP_TYPE, loop, "repeats", G_TYPE_INT, repeats, NULL);
  set_tags (structure, gst_toc_entry_get_tags (entry));
  set_entries (structure, gst_toc_entry_get_sub_entries (entry));
  return structure;
}

static GstStructure *
toc_to_structure (GstToc *toc)
{
  GstStructure *structure = gst_structure_new ("GstToc", "scope", GST_TYPE_TOC_SCOPE, gst_toc_get_scope (toc), NULL);

  set_tags (structure, gst_toc_get_tags (toc));
  set_entries (structure, gst_toc_get_entries (toc));
  return structure;
}

/* Data alone is printed as ever: in hexadecimal digits. */
static gboolean
is_only_data (const GstBuffer *buffer)
{
  return !GST_BUFFER_PTS_IS_VALID (buffer) && !GST_BUFFER_DTS_IS_VALID (buffer)
         && !GST_BUFFER_DURATION_IS_VALID (buffer) && !GST_BUFFER_OFFSET_IS_VALID (buffer)
         && !GST_BUFFER_OFFSET_END_IS_VALID (buffer);
}

static GstStructure *
buffer_to_structure (GstBuffer *buffer)
{
  guint flags = GST_BUFFER_FLAGS (buffer) & ~(GST_MINI_OBJECT_FLAG_LAST - 1) & ~GST_BUFFER_FLAG_TAG_MEMORY;
  g_autoptr (GstBuffer) data = gst_buffer_copy_region (buffer, GST_BUFFER_COPY_MEMORY, 0, -1);

  return gst_structure_new ("GstBuffer", "data", GST_TYPE_BUFFER, data, "pts", G_TYPE_UINT64, GST_BUFFER_PTS (buffer),
      "dts", G_TYPE_UINT64, GST_BUFFER_DTS (buffer), "duration", G_TYPE_UINT64, GST_BUFFER_DURATION (buffer), "offset",
      G_TYPE_UINT64, GST_BUFFER_OFFSET (buffer), "offset-end", G_TYPE_UINT64, GST_BUFFER_OFFSET_END (buffer), "flags",
      G_TYPE_UINT, flags, NULL);
}

static GstStructure *
buffer_list_to_structure (GstBufferList *list)
{
  GstStructure *structure = gst_structure_new_empty ("GstBufferList");
  GValue buffers = G_VALUE_INIT;

  g_value_init (&buffers, GST_TYPE_ARRAY);
  for (guint i = 0; i < gst_buffer_list_length (list); i++)
    append_structure (&buffers, buffer_to_structure (gst_buffer_list_get (list, i)));
  gst_structure_take_value (structure, "buffers", &buffers);
  return structure;
}

static GstStructure *
context_to_structure (GstContext *context)
{
  g_autoptr (GstStructure) content = structure_copy_printable (gst_context_get_structure (context));

  return gst_structure_new ("GstContext", "type", G_TYPE_STRING, gst_context_get_context_type (context), "persistent",
      G_TYPE_BOOLEAN, gst_context_is_persistent (context), "structure", GST_TYPE_STRUCTURE, content, NULL);
}

static GstStructure *
error_to_structure (const GError *error)
{
  return gst_structure_new ("GError", "domain", G_TYPE_STRING, g_quark_to_string (error->domain), "code", G_TYPE_INT,
      error->code, "message", G_TYPE_STRING, error->message, NULL);
}

/* What is within an event or a message: as text, so that nobody's code for printing them is run. */
static void
take_named (GValue *to, const gchar *type, const gchar *name, guint seqnum, const GstStructure *structure)
{
  g_autofree gchar *content = structure != NULL ? ipc_structure_to_text (structure) : g_strdup ("(none)");

  g_value_init (to, G_TYPE_STRING);
  g_value_take_string (to, g_strdup_printf ("(%s)%s seqnum=%u: %s", type, name, seqnum, content));
}

static void
print_event (const GValue *from, GValue *to)
{
  GstEvent *event = g_value_get_boxed (from);

  if (event != NULL)
    take_named (
        to, "GstEvent", GST_EVENT_TYPE_NAME (event), gst_event_get_seqnum (event), gst_event_get_structure (event));
  else
    take_named (to, "GstEvent", "NULL", 0, NULL);
}

static void
print_message (const GValue *from, GValue *to)
{
  GstMessage *message = g_value_get_boxed (from);

  if (message != NULL)
    take_named (to, "GstMessage", GST_MESSAGE_TYPE_NAME (message), gst_message_get_seqnum (message),
        gst_message_get_structure (message));
  else
    take_named (to, "GstMessage", "NULL", 0, NULL);
}

static void
print_list (const GValue *from, GValue *to)
{
  gboolean is_list = GST_VALUE_HOLDS_LIST (from);
  guint size = is_list ? gst_value_list_get_size (from) : gst_value_array_get_size (from);

  g_value_init (to, G_VALUE_TYPE (from));
  for (guint i = 0; i < size; i++) {
    GValue item = G_VALUE_INIT;

    ipc_print_value (is_list ? gst_value_list_get_value (from, i) : gst_value_array_get_value (from, i), &item);
    if (is_list)
      gst_value_list_append_and_take_value (to, &item);
    else
      gst_value_array_append_and_take_value (to, &item);
  }
}

void
ipc_print_value (const GValue *from, GValue *to)
{
  gboolean is_list = GST_VALUE_HOLDS_LIST (from) || GST_VALUE_HOLDS_ARRAY (from);
  gpointer object = g_value_fits_pointer (from) ? g_value_peek_pointer (from) : NULL;

  if (G_VALUE_HOLDS (from, GST_TYPE_EVENT)) {
    print_event (from, to);
  } else if (G_VALUE_HOLDS (from, GST_TYPE_MESSAGE)) {
    print_message (from, to);
  } else if (is_list) {
    print_list (from, to);
  } else if (object != NULL && GST_VALUE_HOLDS_STRUCTURE (from)) {
    take_structure (to, structure_copy_printable (object));
  } else if (object != NULL && G_VALUE_HOLDS (from, GST_TYPE_STREAM)) {
    take_structure (to, stream_to_structure (object));
  } else if (object != NULL && G_VALUE_HOLDS (from, GST_TYPE_STREAM_COLLECTION)) {
    take_structure (to, collection_to_structure (object));
  } else if (object != NULL && G_VALUE_HOLDS (from, GST_TYPE_TOC)) {
    take_structure (to, toc_to_structure (object));
  } else if (object != NULL && G_VALUE_HOLDS (from, GST_TYPE_BUFFER) && !is_only_data (object)) {
    take_structure (to, buffer_to_structure (object));
  } else if (object != NULL && G_VALUE_HOLDS (from, GST_TYPE_BUFFER_LIST)) {
    take_structure (to, buffer_list_to_structure (object));
  } else if (object != NULL && G_VALUE_HOLDS (from, GST_TYPE_CONTEXT)) {
    take_structure (to, context_to_structure (object));
  } else if (object != NULL && G_VALUE_HOLDS (from, G_TYPE_ERROR)) {
    take_structure (to, error_to_structure (object));
  } else {
    g_value_init (to, G_VALUE_TYPE (from));
    g_value_copy (from, to);
  }
}

/**
 * ipc_structure_to_text:
 * @structure: a structure of a message, event or query
 *
 * Prints like gst_structure_to_string(), but streams, collections of streams, tables of contents, buffers with times,
 * lists of buffers, contexts and errors with their content, and an event or message anywhere within as a text
 * "(GstEvent)latency seqnum=5: ...": at least one implementation of ipcpipeline makes printing of events without a
 * structure crash the process.
 *
 * Returns: (transfer full): the text
 */
gchar *
ipc_structure_to_text (const GstStructure *structure)
{
  g_autoptr (GstStructure) copy = structure_copy_printable (structure);

  return gst_structure_to_string (copy);
}
