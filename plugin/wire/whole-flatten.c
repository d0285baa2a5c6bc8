/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects -> structures that text carries. One function a type adds the fields; what is in them goes the same way
 * again, so a stream in a collection in a message in an event needs nothing of its own. Whether the result can
 * really be written (strings that are not UTF-8, impossible flags) is looked at once, by text-write.c.
 */

#include "text.h"
#include "whole.h"

/**
 * ipc_whole_buffer_is_plain:
 * @buffer: a buffer in a structure
 *
 * Returns: TRUE when it has data, and neither times nor flags
 */
gboolean
ipc_whole_buffer_is_plain (GstBuffer *buffer)
{
  return gst_buffer_get_size (buffer) > 0 && !GST_BUFFER_PTS_IS_VALID (buffer) && !GST_BUFFER_DTS_IS_VALID (buffer)
         && !GST_BUFFER_DURATION_IS_VALID (buffer) && !GST_BUFFER_OFFSET_IS_VALID (buffer)
         && !GST_BUFFER_OFFSET_END_IS_VALID (buffer) && !(GST_BUFFER_FLAGS (buffer) & IPC_WHOLE_BUFFER_FLAGS);
}

static gboolean
flatten_stream (GstStructure *object, gconstpointer boxed, guint depth)
{
  GstStream *stream = (GstStream *)boxed;
  g_autoptr (GstCaps) caps = gst_stream_get_caps (stream);
  g_autoptr (GstTagList) tags = gst_stream_get_tags (stream);
  GstStreamType type = gst_stream_get_stream_type (stream) & ~GST_STREAM_TYPE_UNKNOWN;

  if (type == 0)
    type = GST_STREAM_TYPE_UNKNOWN;
  if (!ipc_whole_add_text (object, "stream-id", gst_stream_get_stream_id (stream)))
    return FALSE;
  gst_structure_set (object, "stream-type", GST_TYPE_STREAM_TYPE, type, "stream-flags", GST_TYPE_STREAM_FLAGS,
      gst_stream_get_stream_flags (stream), NULL);
  return ipc_whole_add (object, "caps", GST_TYPE_CAPS, caps, depth)
         && ipc_whole_add (object, "tags", GST_TYPE_TAG_LIST, tags, depth);
}

static gboolean
flatten_collection (GstStructure *object, gconstpointer boxed, guint depth)
{
  GstStreamCollection *collection = (GstStreamCollection *)boxed;
  guint size = gst_stream_collection_get_size (collection);
  GValue streams = G_VALUE_INIT;
  GValue flat = G_VALUE_INIT;
  gboolean done;

  if (size > IPC_WHOLE_MAX_STREAMS
      || !ipc_whole_add_text (object, "upstream-id", gst_stream_collection_get_upstream_id (collection)))
    return FALSE;
  g_value_init (&streams, GST_TYPE_ARRAY);
  for (guint i = 0; i < size; i++) {
    GValue stream = G_VALUE_INIT;

    g_value_init (&stream, GST_TYPE_STREAM);
    g_value_set_object (&stream, gst_stream_collection_get_stream (collection, i));
    gst_value_array_append_and_take_value (&streams, &stream);
  }
  done = ipc_whole_flatten (&streams, depth, &flat);
  g_value_unset (&streams);
  if (!done)
    return FALSE;
  gst_structure_take_value (object, "streams", &flat);
  return TRUE;
}

static gboolean
flatten_toc (GstStructure *object, gconstpointer boxed, guint depth)
{
  return ipc_whole_flatten_toc (object, boxed, depth);
}

static void
set_unless (GstStructure *object, const gchar *field, guint64 value, guint64 none)
{
  if (value != none)
    gst_structure_set (object, field, G_TYPE_UINT64, value, NULL);
}

static gboolean
flatten_buffer (GstStructure *object, gconstpointer boxed, guint depth)
{
  GstBuffer *buffer = (GstBuffer *)boxed;
  guint flags = GST_BUFFER_FLAGS (buffer) & IPC_WHOLE_BUFFER_FLAGS;

  set_unless (object, "pts", GST_BUFFER_PTS (buffer), GST_CLOCK_TIME_NONE);
  set_unless (object, "dts", GST_BUFFER_DTS (buffer), GST_CLOCK_TIME_NONE);
  set_unless (object, "duration", GST_BUFFER_DURATION (buffer), GST_CLOCK_TIME_NONE);
  set_unless (object, "offset", GST_BUFFER_OFFSET (buffer), GST_BUFFER_OFFSET_NONE);
  set_unless (object, "offset-end", GST_BUFFER_OFFSET_END (buffer), GST_BUFFER_OFFSET_NONE);
  if (flags)
    gst_structure_set (object, "flags", G_TYPE_UINT, flags, NULL);
  /* of a buffer that is a value text carries the data alone, which is what is wanted here */
  if (gst_buffer_get_size (buffer) > 0)
    gst_structure_set (object, "data", GST_TYPE_BUFFER, buffer, NULL);
  return TRUE;
}

static gboolean
flatten_buffer_list (GstStructure *object, gconstpointer boxed, guint depth)
{
  GstBufferList *list = (GstBufferList *)boxed;
  GValue buffers = G_VALUE_INIT;

  g_value_init (&buffers, GST_TYPE_ARRAY);
  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    GValue value = G_VALUE_INIT;
    GstStructure *part = gst_structure_new (IPC_WHOLE_NAME, "type", G_TYPE_STRING, "GstBuffer", NULL);

    flatten_buffer (part, gst_buffer_list_get (list, i), depth + 1);
    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value, part);
    gst_value_array_append_and_take_value (&buffers, &value);
  }
  gst_structure_take_value (object, "buffers", &buffers);
  return TRUE;
}

static gboolean
flatten_sample (GstStructure *object, gconstpointer boxed, guint depth)
{
  GstSample *sample = (GstSample *)boxed;

  return ipc_whole_add (object, "segment", GST_TYPE_SEGMENT, gst_sample_get_segment (sample), depth)
         && ipc_whole_add (object, "buffer", GST_TYPE_BUFFER, gst_sample_get_buffer (sample), depth)
         && ipc_whole_add (object, "buffer-list", GST_TYPE_BUFFER_LIST, gst_sample_get_buffer_list (sample), depth)
         && ipc_whole_add (object, "caps", GST_TYPE_CAPS, gst_sample_get_caps (sample), depth)
         && ipc_whole_add (object, "info", GST_TYPE_STRUCTURE, gst_sample_get_info (sample), depth);
}

/* A field with the value or the values of @tag. */
static gboolean
flatten_tag (GstStructure *fields, const GstTagList *tags, const gchar *tag, guint depth)
{
  guint size = gst_tag_list_get_tag_size (tags, tag);
  GValue values = G_VALUE_INIT;
  GValue flat = G_VALUE_INIT;
  gboolean done;

  if (size == 1) {
    done = ipc_whole_flatten (gst_tag_list_get_value_index (tags, tag, 0), depth, &flat);
  } else {
    g_value_init (&values, GST_TYPE_LIST);
    for (guint i = 0; i < size; i++)
      gst_value_list_append_value (&values, gst_tag_list_get_value_index (tags, tag, i));
    done = ipc_whole_flatten (&values, depth, &flat);
    g_value_unset (&values);
  }
  if (done)
    gst_structure_take_value (fields, tag, &flat);
  return done;
}

static gboolean
flatten_tags (GstStructure *object, gconstpointer boxed, guint depth)
{
  const GstTagList *tags = boxed;
  g_autoptr (GstStructure) fields = gst_structure_new_empty ("taglist");

  for (gint i = 0; i < gst_tag_list_n_tags (tags); i++) {
    if (!flatten_tag (fields, tags, gst_tag_list_nth_tag_name (tags, (guint)i), depth + 1))
      return FALSE;
  }
  gst_structure_set (
      object, "scope", GST_TYPE_TAG_SCOPE, gst_tag_list_get_scope (tags), "tags", GST_TYPE_STRUCTURE, fields, NULL);
  return TRUE;
}

static gboolean
flatten_context (GstStructure *object, gconstpointer boxed, guint depth)
{
  const GstContext *context = boxed;

  gst_structure_set (object, "persistent", G_TYPE_BOOLEAN, gst_context_is_persistent (context), NULL);
  return ipc_whole_add_text (object, "context-type", gst_context_get_context_type (context))
         && ipc_whole_add (object, "structure", GST_TYPE_STRUCTURE, gst_context_get_structure (context), depth);
}

static gboolean
flatten_event (GstStructure *object, gconstpointer boxed, guint depth)
{
  GstEvent *event = (GstEvent *)boxed;

  gst_structure_set (object, "event-type", G_TYPE_UINT, (guint)GST_EVENT_TYPE (event), "seqnum", G_TYPE_UINT,
      gst_event_get_seqnum (event), "running-time-offset", G_TYPE_INT64, gst_event_get_running_time_offset (event),
      NULL);
  set_unless (object, "timestamp", GST_EVENT_TIMESTAMP (event), GST_CLOCK_TIME_NONE);
  return ipc_whole_add (object, "structure", GST_TYPE_STRUCTURE, gst_event_get_structure (event), depth);
}

static gboolean
flatten_message (GstStructure *object, gconstpointer boxed, guint depth)
{
  GstMessage *message = (GstMessage *)boxed;

  gst_structure_set (object, "message-type", G_TYPE_UINT, (guint)GST_MESSAGE_TYPE (message), "seqnum", G_TYPE_UINT,
      gst_message_get_seqnum (message), NULL);
  set_unless (object, "timestamp", GST_MESSAGE_TIMESTAMP (message), GST_CLOCK_TIME_NONE);
  return ipc_whole_add (object, "structure", GST_TYPE_STRUCTURE, gst_message_get_structure (message), depth);
}

static gboolean
flatten_error (GstStructure *object, gconstpointer boxed, guint depth)
{
  const GError *error = boxed;
  g_autofree gchar *text = g_utf8_make_valid (error->message, -1);

  gst_structure_set (object, "code", G_TYPE_INT, error->code, "message", G_TYPE_STRING, text, NULL);
  return ipc_whole_add_text (object, "domain", g_quark_to_string (error->domain));
}

typedef gboolean (*FlattenFunc) (GstStructure *object, gconstpointer boxed, guint depth);

static FlattenFunc
find_function (GType type)
{
  const struct {
    GType type;
    FlattenFunc function;
  } functions[] = {
    { GST_TYPE_STREAM, flatten_stream },
    { GST_TYPE_STREAM_COLLECTION, flatten_collection },
    { GST_TYPE_TOC, flatten_toc },
    { GST_TYPE_SAMPLE, flatten_sample },
    { GST_TYPE_BUFFER, flatten_buffer },
    { GST_TYPE_BUFFER_LIST, flatten_buffer_list },
    { GST_TYPE_TAG_LIST, flatten_tags },
    { GST_TYPE_CONTEXT, flatten_context },
    { GST_TYPE_EVENT, flatten_event },
    { GST_TYPE_MESSAGE, flatten_message },
    { G_TYPE_ERROR, flatten_error },
  };

  for (guint i = 0; i < G_N_ELEMENTS (functions); i++) {
    if (functions[i].type == type)
      return functions[i].function;
  }
  return NULL;
}

/**
 * ipc_whole_type_may_be_null:
 * @type: any type
 *
 * Returns: TRUE for types of which GStreamer prints and copies values that are NULL without a critical, and whose NULL
 *   has no text form
 */
gboolean
ipc_whole_type_may_be_null (GType type)
{
  if (type == GST_TYPE_DATE_TIME || type == G_TYPE_DATE || type == G_TYPE_DATE_TIME)
    return TRUE;
  return find_function (type) && type != GST_TYPE_SAMPLE && type != GST_TYPE_TAG_LIST;
}

/**
 * ipc_whole_may_be_listed:
 * @value: a value for a list or an array
 *
 * Returns: FALSE when GStreamer complains whenever somebody logs a list with it: it has no text there
 */
gboolean
ipc_whole_may_be_listed (const GValue *value)
{
  GType type = G_VALUE_TYPE (value);

  if (type == GST_TYPE_TOC || type == GST_TYPE_BUFFER_LIST || type == GST_TYPE_CONTEXT || type == GST_TYPE_EVENT
      || type == GST_TYPE_MESSAGE || type == G_TYPE_ERROR)
    return FALSE;
  if (type == G_TYPE_STRING)
    return g_value_get_string (value) != NULL;
  return !ipc_whole_type_may_be_null (type) || g_value_peek_pointer (value);
}

/* Makes @flat the structure that stands for @value. */
static gboolean
flatten_object (const GValue *value, guint depth, GValue *flat)
{
  FlattenFunc function = find_function (G_VALUE_TYPE (value));
  gconstpointer boxed = g_value_fits_pointer (value) ? g_value_peek_pointer (value) : NULL;
  g_autoptr (GstStructure) object = NULL;

  if (boxed ? !function : !ipc_whole_type_may_be_null (G_VALUE_TYPE (value)))
    return FALSE;
  object = gst_structure_new (IPC_WHOLE_NAME, "type", G_TYPE_STRING, G_VALUE_TYPE_NAME (value), NULL);
  if (!boxed)
    gst_structure_set (object, "null", G_TYPE_BOOLEAN, TRUE, NULL);
  else if (!function (object, boxed, depth + 1))
    return FALSE;
  g_value_init (flat, GST_TYPE_STRUCTURE);
  g_value_take_boxed (flat, g_steal_pointer (&object));
  return TRUE;
}

typedef struct {
  GstStructure *flat;
  guint depth;
} FlatFields;

static gboolean
flatten_field (GQuark field, const GValue *value, gpointer user_data)
{
  FlatFields *fields = user_data;
  GValue flat = G_VALUE_INIT;

  if (!ipc_whole_flatten (value, fields->depth, &flat))
    return FALSE;
  gst_structure_id_take_value (fields->flat, field, &flat);
  return TRUE;
}

/* A structure stays one; what would be taken for an object on the other side cannot be sent. */
static gboolean
flatten_structure (const GstStructure *structure, guint depth, GValue *flat)
{
  g_autoptr (GstStructure) copy = NULL;
  FlatFields fields = { .depth = depth + 1 };

  if (!structure || gst_structure_has_name (structure, IPC_WHOLE_NAME))
    return FALSE;
  copy = gst_structure_new_id_empty (gst_structure_get_name_id (structure));
  fields.flat = copy;
  if (!gst_structure_foreach (structure, flatten_field, &fields))
    return FALSE;
  g_value_init (flat, GST_TYPE_STRUCTURE);
  g_value_take_boxed (flat, g_steal_pointer (&copy));
  return TRUE;
}

/* All values in the same way, for text has lists of one type only. */
static gboolean
flatten_list (const GValue *list, guint depth, GValue *flat)
{
  gboolean is_array = GST_VALUE_HOLDS_ARRAY (list);
  guint size = is_array ? gst_value_array_get_size (list) : gst_value_list_get_size (list);

  g_value_init (flat, G_VALUE_TYPE (list));
  for (guint i = 0; i < size; i++) {
    const GValue *value = is_array ? gst_value_array_get_value (list, i) : gst_value_list_get_value (list, i);
    GValue part = G_VALUE_INIT;

    if (!ipc_whole_may_be_listed (value)
        || (find_function (G_VALUE_TYPE (value)) ? !flatten_object (value, depth + 1, &part)
                                                 : !ipc_whole_flatten (value, depth + 1, &part))) {
      g_value_unset (flat);
      return FALSE;
    }
    if (is_array)
      gst_value_array_append_and_take_value (flat, &part);
    else
      gst_value_list_append_and_take_value (flat, &part);
  }
  return TRUE;
}

/**
 * ipc_whole_flatten:
 * @value: any value
 * @depth: how many structures and lists are around it
 * @flat: (out): G_VALUE_INIT; becomes the value that text carries
 *
 * Returns: TRUE, or FALSE when @value cannot be carried at all
 */
gboolean
ipc_whole_flatten (const GValue *value, guint depth, GValue *flat)
{
  if (depth >= IPC_TEXT_MAX_DEPTH)
    return FALSE;
  if (ipc_text_is_carried (value, IPC_TEXT_OBJECTS, depth)) {
    g_value_init (flat, G_VALUE_TYPE (value));
    g_value_copy (value, flat);
    return TRUE;
  }
  if (GST_VALUE_HOLDS_LIST (value) || GST_VALUE_HOLDS_ARRAY (value))
    return flatten_list (value, depth, flat);
  if (GST_VALUE_HOLDS_STRUCTURE (value))
    return flatten_structure (gst_value_get_structure (value), depth, flat);
  return flatten_object (value, depth, flat);
}

/**
 * ipc_whole_add_text:
 * @object: a structure that is being made
 * @field: the field's name
 * @text: (nullable): what to add
 *
 * Returns: FALSE for what is not UTF-8, of which GStreamer would warn
 */
gboolean
ipc_whole_add_text (GstStructure *object, const gchar *field, const gchar *text)
{
  if (text && !g_utf8_validate (text, -1, NULL))
    return FALSE;
  gst_structure_set (object, field, G_TYPE_STRING, text, NULL);
  return TRUE;
}

/**
 * ipc_whole_add:
 * @object: a structure that is being made
 * @field: the field's name
 * @type: a boxed type or one of objects
 * @boxed: (nullable): what to add; nothing is for NULL
 * @depth: how many structures and lists are around the field's value
 *
 * Returns: FALSE when it cannot be carried
 */
gboolean
ipc_whole_add (GstStructure *object, const gchar *field, GType type, gconstpointer boxed, guint depth)
{
  GValue value = G_VALUE_INIT;
  GValue flat = G_VALUE_INIT;
  gboolean done;

  if (!boxed)
    return TRUE;
  g_value_init (&value, type);
  if (G_VALUE_HOLDS_OBJECT (&value))
    g_value_set_object (&value, (gpointer)boxed);
  else
    g_value_set_static_boxed (&value, boxed);
  done = ipc_whole_flatten (&value, depth, &flat);
  g_value_unset (&value);
  if (done)
    gst_structure_take_value (object, field, &flat);
  return done;
}
