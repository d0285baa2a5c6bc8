/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Structures -> the objects that they stand for. What is in them has been read by then, the inner objects too: here
 * only the fields' types are compared with a table, and what types cannot say is judged. One function a type.
 */

#include "rules.h"
#include "whole.h"

static gpointer
get_boxed (const GstStructure *object, const gchar *field)
{
  const GValue *value = gst_structure_get_value (object, field);

  return value ? g_value_get_boxed (value) : NULL;
}

/* @other when there is no such field. */
static guint64
get_uint64 (const GstStructure *object, const gchar *field, guint64 other)
{
  gst_structure_get_uint64 (object, field, &other);
  return other;
}

static guint
get_uint (const GstStructure *object, const gchar *field)
{
  guint value = 0;

  gst_structure_get_uint (object, field, &value);
  return value;
}

static gpointer
rebuild_stream (IpcTextReader *reader, const GstStructure *object)
{
  GstTagList *tags = get_boxed (object, "tags");
  guint type = 0;
  guint flags = 0;
  GstStream *stream;

  gst_structure_get_flags (object, "stream-type", GST_TYPE_STREAM_TYPE, &type);
  /* GStreamer has no name for others, and aborts when it is asked for that of none. */
  if (type == 0 || ((type & GST_STREAM_TYPE_UNKNOWN) && type != GST_STREAM_TYPE_UNKNOWN)) {
    ipc_text_fail (reader, IPC_WIRE_ERROR_VALUE, "a stream of type %u", type);
    return NULL;
  }
  gst_structure_get_flags (object, "stream-flags", GST_TYPE_STREAM_FLAGS, &flags);
  stream = gst_stream_new (gst_structure_get_string (object, "stream-id"), get_boxed (object, "caps"),
      (GstStreamType)type, (GstStreamFlags)flags);
  if (tags)
    gst_stream_set_tags (stream, tags);
  return stream;
}

static gpointer
rebuild_collection (IpcTextReader *reader, const GstStructure *object)
{
  const GValue *streams = gst_structure_get_value (object, "streams");
  guint size = gst_value_array_get_size (streams);
  GstStreamCollection *collection;

  if (size > IPC_WHOLE_MAX_STREAMS) {
    ipc_text_fail (reader, IPC_WIRE_ERROR_VALUE, "a collection of more than %d streams", IPC_WHOLE_MAX_STREAMS);
    return NULL;
  }
  collection = gst_stream_collection_new (gst_structure_get_string (object, "upstream-id"));
  for (guint i = 0; i < size; i++)
    gst_stream_collection_add_stream (collection, g_value_dup_object (gst_value_array_get_value (streams, i)));
  return collection;
}

static gpointer
rebuild_toc (IpcTextReader *reader, const GstStructure *object)
{
  return ipc_whole_rebuild_toc (reader, object);
}

static gpointer
rebuild_buffer (IpcTextReader *reader, const GstStructure *object)
{
  GstBuffer *data = get_boxed (object, "data");
  GstBuffer *buffer = data ? gst_buffer_copy (data) : gst_buffer_new ();

  GST_BUFFER_PTS (buffer) = get_uint64 (object, "pts", GST_CLOCK_TIME_NONE);
  GST_BUFFER_DTS (buffer) = get_uint64 (object, "dts", GST_CLOCK_TIME_NONE);
  GST_BUFFER_DURATION (buffer) = get_uint64 (object, "duration", GST_CLOCK_TIME_NONE);
  GST_BUFFER_OFFSET (buffer) = get_uint64 (object, "offset", GST_BUFFER_OFFSET_NONE);
  GST_BUFFER_OFFSET_END (buffer) = get_uint64 (object, "offset-end", GST_BUFFER_OFFSET_NONE);
  GST_BUFFER_FLAG_SET (buffer, get_uint (object, "flags") & IPC_WHOLE_BUFFER_FLAGS);
  return buffer;
}

static gpointer
rebuild_buffer_list (IpcTextReader *reader, const GstStructure *object)
{
  const GValue *buffers = gst_structure_get_value (object, "buffers");
  guint size = gst_value_array_get_size (buffers);
  GstBufferList *list = gst_buffer_list_new_sized (MAX (size, 1));

  for (guint i = 0; i < size; i++)
    gst_buffer_list_add (list, g_value_dup_boxed (gst_value_array_get_value (buffers, i)));
  return list;
}

static gpointer
rebuild_sample (IpcTextReader *reader, const GstStructure *object)
{
  const GstStructure *info = get_boxed (object, "info");
  GstBufferList *list = get_boxed (object, "buffer-list");
  GstSample *sample = gst_sample_new (get_boxed (object, "buffer"), get_boxed (object, "caps"),
      get_boxed (object, "segment"), info ? gst_structure_copy (info) : NULL);

  if (list)
    gst_sample_set_buffer_list (sample, list);
  return sample;
}

static gpointer
rebuild_tags (IpcTextReader *reader, const GstStructure *object)
{
  GstTagList *tags = ipc_text_make_tags (reader, get_boxed (object, "tags"));
  gint scope = 0;

  gst_structure_get_enum (object, "scope", GST_TYPE_TAG_SCOPE, &scope);
  if (tags)
    gst_tag_list_set_scope (tags, (GstTagScope)scope);
  return tags;
}

static gboolean
set_field (GQuark field, const GValue *value, gpointer structure)
{
  gst_structure_id_set_value (structure, field, value);
  return TRUE;
}

static gpointer
rebuild_context (IpcTextReader *reader, const GstStructure *object)
{
  const GstStructure *content = get_boxed (object, "structure");
  gboolean persistent = FALSE;
  GstContext *context;
  GstStructure *writable;

  gst_structure_get_boolean (object, "persistent", &persistent);
  context = gst_context_new (gst_structure_get_string (object, "context-type"), persistent);
  writable = gst_context_writable_structure (context);
  gst_structure_set_name (writable, gst_structure_get_name (content));
  gst_structure_foreach (content, set_field, writable);
  return context;
}

/* What an event or a message is made of: its structure, judged, and its seqnum. */
static gboolean
check_content (IpcTextReader *reader, const GstStructure *object, IpcRulesOf of, guint type)
{
  if (get_uint (object, "seqnum") == GST_SEQNUM_INVALID)
    return ipc_text_fail (reader, IPC_WIRE_ERROR_VALUE, "an event or a message without seqnum");
  return ipc_rules_check (of, type, get_boxed (object, "structure"), &reader->error);
}

static gpointer
rebuild_event (IpcTextReader *reader, const GstStructure *object)
{
  const GstStructure *structure = get_boxed (object, "structure");
  guint type = get_uint (object, "event-type");
  gint64 offset = 0;
  GstEvent *event;

  if (!check_content (reader, object, IPC_RULES_EVENT, type))
    return NULL;
  event = gst_event_new_custom (type, structure ? gst_structure_copy (structure) : NULL);
  gst_event_set_seqnum (event, get_uint (object, "seqnum"));
  gst_structure_get_int64 (object, "running-time-offset", &offset);
  gst_event_set_running_time_offset (event, offset);
  GST_EVENT_TIMESTAMP (event) = get_uint64 (object, "timestamp", GST_CLOCK_TIME_NONE);
  return event;
}

static gpointer
rebuild_message (IpcTextReader *reader, const GstStructure *object)
{
  const GstStructure *structure = get_boxed (object, "structure");
  guint type = get_uint (object, "message-type");
  GstMessage *message;

  if (!check_content (reader, object, IPC_RULES_MESSAGE, type))
    return NULL;
  message = gst_message_new_custom (type, NULL, structure ? gst_structure_copy (structure) : NULL);
  gst_message_set_seqnum (message, get_uint (object, "seqnum"));
  GST_MESSAGE_TIMESTAMP (message) = get_uint64 (object, "timestamp", GST_CLOCK_TIME_NONE);
  return message;
}

static gpointer
rebuild_error (IpcTextReader *reader, const GstStructure *object)
{
  gint code = 0;

  gst_structure_get_int (object, "code", &code);
  return g_error_new_literal (ipc_text_error_domain (gst_structure_get_string (object, "domain")), code,
      gst_structure_get_string (object, "message"));
}

typedef struct {
  const gchar *name;
  GType (*type) (void);
  const gchar *required;
  const gchar *optional;
  gpointer (*rebuild) (IpcTextReader *reader, const GstStructure *object); /* NULL with reader->error */
} Whole;

/* Those without a function exist as NULL alone. */
static const Whole wholes[] = {
  { "GstStream", gst_stream_get_type, "stream-id:gchararray stream-type:GstStreamType stream-flags:GstStreamFlags",
      "caps:GstCaps tags:GstTagList", rebuild_stream },
  { "GstStreamCollection", gst_stream_collection_get_type, "upstream-id:gchararray? streams:GstStream#", NULL,
      rebuild_collection },
  { "GstToc", gst_toc_get_type, "scope:GstTocScope entries:GstStructure#", "tags:GstTagList", rebuild_toc },
  { "GstSample", gst_sample_get_type, "segment:GstSegment",
      "buffer:GstBuffer buffer-list:GstBufferList caps:GstCaps info:GstStructure", rebuild_sample },
  { "GstBuffer", gst_buffer_get_type, NULL,
      "data:GstBuffer pts:guint64 dts:guint64 duration:guint64 offset:guint64 offset-end:guint64 flags:guint",
      rebuild_buffer },
  { "GstBufferList", gst_buffer_list_get_type, "buffers:GstBuffer#", NULL, rebuild_buffer_list },
  { "GstTagList", gst_tag_list_get_type, "scope:GstTagScope tags:GstStructure", NULL, rebuild_tags },
  { "GstContext", gst_context_get_type, "context-type:gchararray persistent:gboolean structure:GstStructure", NULL,
      rebuild_context },
  { "GstEvent", gst_event_get_type, "event-type:guint seqnum:guint running-time-offset:gint64",
      "timestamp:guint64 structure:GstStructure", rebuild_event },
  { "GstMessage", gst_message_get_type, "message-type:guint seqnum:guint", "timestamp:guint64 structure:GstStructure",
      rebuild_message },
  { "GError", g_error_get_type, "domain:gchararray code:gint message:gchararray", NULL, rebuild_error },
  { "GstDateTime", gst_date_time_get_type, NULL, NULL, NULL },
  { "GDate", g_date_get_type, NULL, NULL, NULL },
  { "GDateTime", g_date_time_get_type, NULL, NULL, NULL },
};

static const Whole *
find_whole (const GstStructure *object)
{
  const gchar *type = gst_structure_get_string (object, "type");

  for (guint i = 0; i < G_N_ELEMENTS (wholes); i++) {
    if (g_strcmp0 (wholes[i].name, type) == 0)
      return &wholes[i];
  }
  return NULL;
}

/* The stream that was made from the same text before: within one text it is one object, as it was for the sender. */
static gpointer
get_known_stream (IpcTextReader *reader, const Whole *whole, const gchar *text)
{
  if (whole->rebuild != rebuild_stream || !reader->streams)
    return NULL;
  return g_hash_table_lookup (reader->streams, text);
}

static void
keep_stream (IpcTextReader *reader, const gchar *text, GstStream *stream)
{
  if (!reader->streams)
    reader->streams = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, gst_object_unref);
  g_hash_table_insert (reader->streams, g_strdup (text), gst_object_ref (stream));
}

static gboolean
rebuild_value (IpcTextReader *reader, const Whole *whole, const GstStructure *object, const gchar *text, GValue *value)
{
  gpointer made = get_known_stream (reader, whole, text);

  if (made) {
    g_value_init (value, GST_TYPE_STREAM);
    g_value_set_object (value, made);
    return TRUE;
  }
  if (!whole->rebuild)
    return ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "a %s is no object but has a text", whole->name);
  if (!ipc_rules_check_fields (object, whole->required, whole->optional, &reader->error))
    return FALSE;
  made = whole->rebuild (reader, object);
  if (!made)
    return FALSE;
  if (whole->rebuild == rebuild_stream)
    keep_stream (reader, text, made);
  g_value_init (value, whole->type ());
  if (G_VALUE_HOLDS_OBJECT (value))
    g_value_take_object (value, made);
  else
    g_value_take_boxed (value, made);
  return TRUE;
}

/**
 * ipc_whole_rebuild:
 * @reader: what reads the text
 * @object: a structure of name gst-ipc-object
 * @text: the text that it was read from
 * @value: (out): G_VALUE_INIT; becomes what @object stands for
 *
 * Returns: TRUE, or FALSE with reader->error and @value unset
 */
gboolean
ipc_whole_rebuild (IpcTextReader *reader, const GstStructure *object, const gchar *text, GValue *value)
{
  const Whole *whole = find_whole (object);
  gboolean is_null = FALSE;

  if (!whole)
    return ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "an object of a type that is not known");
  gst_structure_get_boolean (object, "null", &is_null);
  if (!is_null)
    return rebuild_value (reader, whole, object, text, value);
  if (!ipc_whole_type_may_be_null (whole->type ()))
    return ipc_text_fail (reader, IPC_WIRE_ERROR_VALUE, "a %s that is NULL", whole->name);
  g_value_init (value, whole->type ());
  return TRUE;
}
