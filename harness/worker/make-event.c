/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One function a type of event, and a table of them. What a function must refuse is what GStreamer's constructor would
 * complain of. */

#include "make-event.h"

#include "commands.h"
#include "make-object.h"
#include "words.h"

#include <string.h>

#define MAX_UINT32 G_GINT64_CONSTANT (4294967295)

static GstEvent *
flush_stop (IpcFields *fields)
{
  gboolean reset = ipc_fields_bool (fields, "reset-time", TRUE);

  return ipc_fields_ok (fields) ? gst_event_new_flush_stop (reset) : NULL;
}

static GstEvent *
stream_start (IpcFields *fields)
{
  ipc_fields_need (fields, "stream-id");
  const gchar *id = ipc_fields_text (fields, "stream-id", NULL);
  guint flags = ipc_fields_flags (fields, "flags", GST_TYPE_STREAM_FLAGS);
  guint group = ipc_fields_int (fields, "group-id", 1, MAX_UINT32, 0);

  if (!ipc_fields_ok (fields))
    return NULL;
  GstEvent *event = gst_event_new_stream_start (id);
  gst_event_set_stream_flags (event, flags);
  if (group != 0)
    gst_event_set_group_id (event, group);
  return event;
}

static GstEvent *
caps (IpcFields *fields)
{
  ipc_fields_need (fields, "caps");
  g_autoptr (GstCaps) content = ipc_fields_caps (fields, "caps");

  if (content != NULL && !gst_caps_is_fixed (content))
    ipc_fields_mistake (fields, "caps that are not fixed");
  return ipc_fields_ok (fields) ? gst_event_new_caps (content) : NULL;
}

static GstEvent *
segment (IpcFields *fields)
{
  GstSegment content;

  gst_segment_init (&content, ipc_fields_enum (fields, "format", GST_TYPE_FORMAT, GST_FORMAT_TIME));
  content.flags = ipc_fields_flags (fields, "flags", GST_TYPE_SEGMENT_FLAGS);
  content.rate = ipc_fields_number (fields, "rate", 1.0);
  content.applied_rate = ipc_fields_number (fields, "applied-rate", 1.0);
  content.base = ipc_fields_time (fields, "base", 0);
  content.offset = ipc_fields_time (fields, "offset", 0);
  content.start = ipc_fields_time (fields, "start", 0);
  content.stop = ipc_fields_time (fields, "stop", GST_CLOCK_TIME_NONE);
  content.time = ipc_fields_time (fields, "time", content.start);
  content.position = ipc_fields_time (fields, "position", content.start);
  content.duration = ipc_fields_time (fields, "duration", GST_CLOCK_TIME_NONE);
  if (content.rate == 0.0 || content.applied_rate == 0.0)
    ipc_fields_mistake (fields, "rate 0");
  if (content.format == GST_FORMAT_UNDEFINED)
    ipc_fields_mistake (fields, "format undefined");
  return ipc_fields_ok (fields) ? gst_event_new_segment (&content) : NULL;
}

/* A stream from "video:ID". */
static GstStream *
stream_from_text (IpcFields *fields, const gchar *text)
{
  const gchar *colon = strchr (text, ':');
  g_autofree gchar *word = g_strndup (text, colon ? colon - text : 0);
  guint type = GST_STREAM_TYPE_UNKNOWN;

  if (colon == NULL || !ipc_word_to_flag (GST_TYPE_STREAM_TYPE, word, &type, NULL)) {
    ipc_fields_mistake (fields, "a stream that is not \"audio:ID\", \"video:ID\", \"text:ID\" or \"container:ID\"");
    return NULL;
  }
  return gst_stream_new (colon + 1, NULL, type, GST_STREAM_FLAG_NONE);
}

GstStreamCollection *
ipc_stream_collection_new (IpcFields *fields)
{
  GstStreamCollection *collection
      = gst_stream_collection_new (ipc_fields_text (fields, "upstream-id", "made-by-worker"));
  JsonArray *streams = ipc_fields_texts (fields, "streams");

  for (guint i = 0; streams != NULL && i < json_array_get_length (streams); i++) {
    GstStream *stream = stream_from_text (fields, json_array_get_string_element (streams, i));

    if (stream != NULL)
      gst_stream_collection_add_stream (collection, stream);
  }
  return collection;
}

static GstEvent *
stream_collection (IpcFields *fields)
{
  g_autoptr (GstStreamCollection) collection = ipc_stream_collection_new (fields);

  return ipc_fields_ok (fields) ? gst_event_new_stream_collection (collection) : NULL;
}

static GstEvent *
tag (IpcFields *fields)
{
  ipc_fields_need (fields, "tags");
  const gchar *text = ipc_fields_text (fields, "tags", "");
  gint scope = ipc_fields_enum (fields, "scope", GST_TYPE_TAG_SCOPE, GST_TAG_SCOPE_STREAM);
  g_autofree gchar *whole = g_str_has_prefix (text, "taglist") ? g_strdup (text) : g_strdup_printf ("taglist,%s", text);
  GstTagList *tags = gst_tag_list_new_from_string (whole);

  if (tags == NULL)
    ipc_fields_mistake (fields, "tags that are not like \"title=hello,artist=me\"");
  else
    gst_tag_list_set_scope (tags, scope);
  if (ipc_fields_ok (fields))
    return gst_event_new_tag (tags);
  g_clear_pointer (&tags, gst_tag_list_unref);
  return NULL;
}

static GstEvent *
buffersize (IpcFields *fields)
{
  gint format = ipc_fields_enum (fields, "format", GST_TYPE_FORMAT, GST_FORMAT_BYTES);
  gint64 minimum = ipc_fields_int (fields, "minimum", 0, G_MAXINT64, 0);
  gint64 maximum = ipc_fields_int (fields, "maximum", 0, G_MAXINT64, 0);
  gboolean async = ipc_fields_bool (fields, "async", FALSE);

  return ipc_fields_ok (fields) ? gst_event_new_buffer_size (format, minimum, maximum, async) : NULL;
}

static GstEvent *
stream_group_done (IpcFields *fields)
{
  ipc_fields_need (fields, "group-id");
  guint group = ipc_fields_int (fields, "group-id", 1, MAX_UINT32, 1);

  return ipc_fields_ok (fields) ? gst_event_new_stream_group_done (group) : NULL;
}

/* "ID:START:STOP" */
static gboolean
add_chapter (GstToc *toc, const gchar *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 3);
  g_autoptr (JsonObject) times = json_object_new ();

  if (g_strv_length (parts) != 3 || *parts[0] == '\0')
    return FALSE;
  json_object_set_string_member (times, "start", parts[1]);
  json_object_set_string_member (times, "stop", parts[2]);
  g_autoptr (IpcFields) fields = ipc_fields_new (times, "chapter");
  gint64 start = ipc_fields_signed_time (fields, "start", 0), stop = ipc_fields_signed_time (fields, "stop", 0);
  if (!ipc_fields_ok (fields))
    return FALSE;

  GstTocEntry *entry = gst_toc_entry_new (GST_TOC_ENTRY_TYPE_CHAPTER, parts[0]);
  gst_toc_entry_set_start_stop_times (entry, start, stop);
  gst_toc_append_entry (toc, entry);
  return TRUE;
}

static GstEvent *
toc (IpcFields *fields)
{
  g_autoptr (GstToc) content = gst_toc_new (GST_TOC_SCOPE_GLOBAL);
  JsonArray *chapters = ipc_fields_texts (fields, "chapters");
  gboolean updated = ipc_fields_bool (fields, "updated", FALSE);

  for (guint i = 0; chapters != NULL && i < json_array_get_length (chapters); i++) {
    if (!add_chapter (content, json_array_get_string_element (chapters, i)))
      ipc_fields_mistake (fields, "a chapter that is not like \"one:0s:1.5s\"");
  }
  return ipc_fields_ok (fields) ? gst_event_new_toc (content, updated) : NULL;
}

static GstEvent *
protection (IpcFields *fields)
{
  ipc_fields_need (fields, "system-id");
  const gchar *system = ipc_fields_text (fields, "system-id", NULL);
  const gchar *data = ipc_fields_text (fields, "data", "");
  const gchar *origin = ipc_fields_text (fields, "origin", NULL);

  if (!ipc_fields_ok (fields))
    return NULL;
  g_autoptr (GstBuffer) buffer = gst_buffer_new_memdup (data, strlen (data));
  return gst_event_new_protection (system, buffer, origin);
}

static GstEvent *
segment_done (IpcFields *fields)
{
  gint format = ipc_fields_enum (fields, "format", GST_TYPE_FORMAT, GST_FORMAT_TIME);
  gint64 position = ipc_fields_signed_time (fields, "position", -1);

  return ipc_fields_ok (fields) ? gst_event_new_segment_done (format, position) : NULL;
}

static GstEvent *
gap (IpcFields *fields)
{
  ipc_fields_need (fields, "timestamp");
  GstClockTime timestamp = ipc_fields_time (fields, "timestamp", 0);
  GstClockTime duration = ipc_fields_time (fields, "duration", GST_CLOCK_TIME_NONE);
  guint flags = ipc_fields_flags (fields, "flags", GST_TYPE_GAP_FLAGS);

  if (timestamp == GST_CLOCK_TIME_NONE)
    ipc_fields_mistake (fields, "timestamp none");
  if (!ipc_fields_ok (fields))
    return NULL;
  GstEvent *event = gst_event_new_gap (timestamp, duration);
  if (flags != 0)
    gst_event_set_gap_flags (event, flags);
  return event;
}

static gdouble
rate_multiplier (IpcFields *fields)
{
  ipc_fields_need (fields, "rate-multiplier");
  gdouble rate = ipc_fields_number (fields, "rate-multiplier", 1.0);

  if (rate == 0.0)
    ipc_fields_mistake (fields, "rate-multiplier 0");
  return rate;
}

static GstEvent *
instant_rate_change (IpcFields *fields)
{
  gdouble rate = rate_multiplier (fields);
  guint flags = ipc_fields_flags (fields, "flags", GST_TYPE_SEGMENT_FLAGS);

  return ipc_fields_ok (fields) ? gst_event_new_instant_rate_change (rate, flags) : NULL;
}

static GstEvent *
instant_rate_sync_time (IpcFields *fields)
{
  gdouble rate = rate_multiplier (fields);
  GstClockTime running = ipc_fields_time (fields, "running-time", 0);
  GstClockTime upstream = ipc_fields_time (fields, "upstream-running-time", running);

  if (running == GST_CLOCK_TIME_NONE || upstream == GST_CLOCK_TIME_NONE)
    ipc_fields_mistake (fields, "running time none");
  return ipc_fields_ok (fields) ? gst_event_new_instant_rate_sync_time (rate, running, upstream) : NULL;
}

static GstEvent *
qos (IpcFields *fields)
{
  gint type = ipc_fields_enum (fields, "type", GST_TYPE_QOS_TYPE, GST_QOS_TYPE_UNDERFLOW);
  gdouble proportion = ipc_fields_number (fields, "proportion", 1.0);
  gint64 diff = ipc_fields_signed_time (fields, "diff", 0);
  GstClockTime timestamp = ipc_fields_time (fields, "timestamp", 0);

  if (diff < 0 && timestamp != GST_CLOCK_TIME_NONE && (GstClockTime)-diff > timestamp)
    ipc_fields_mistake (fields, "a negative diff larger than timestamp");
  return ipc_fields_ok (fields) ? gst_event_new_qos (type, proportion, diff, timestamp) : NULL;
}

GstEvent *
ipc_event_new_seek (IpcFields *fields)
{
  gdouble rate = ipc_fields_number (fields, "rate", 1.0);
  gint format = ipc_fields_enum (fields, "format", GST_TYPE_FORMAT, GST_FORMAT_TIME);
  guint flags = ipc_fields_flags (fields, "flags", GST_TYPE_SEEK_FLAGS);
  gint start_type = ipc_fields_enum (fields, "start-type", GST_TYPE_SEEK_TYPE, GST_SEEK_TYPE_SET);
  gint64 start = ipc_fields_signed_time (fields, "start", 0);
  gint stop_type = ipc_fields_enum (fields, "stop-type", GST_TYPE_SEEK_TYPE, GST_SEEK_TYPE_NONE);
  gint64 stop = ipc_fields_signed_time (fields, "stop", -1);

  if (rate == 0.0)
    ipc_fields_mistake (fields, "rate 0");
  if ((flags & GST_SEEK_FLAG_INSTANT_RATE_CHANGE)
      && (start_type != GST_SEEK_TYPE_NONE || stop_type != GST_SEEK_TYPE_NONE || (flags & GST_SEEK_FLAG_FLUSH)))
    ipc_fields_mistake (
        fields, "instant-rate-change, which goes without flush and with start-type and stop-type none,");
  if (!ipc_fields_ok (fields))
    return NULL;
  return gst_event_new_seek (rate, format, flags, start_type, start, stop_type, stop);
}

static GstEvent *
latency (IpcFields *fields)
{
  GstClockTime content = ipc_fields_time (fields, "latency", 0);

  return ipc_fields_ok (fields) ? gst_event_new_latency (content) : NULL;
}

static GstEvent *
step (IpcFields *fields)
{
  gint format = ipc_fields_enum (fields, "format", GST_TYPE_FORMAT, GST_FORMAT_BUFFERS);
  gint64 amount = ipc_fields_signed_time (fields, "amount", 1);
  gdouble rate = ipc_fields_number (fields, "rate", 1.0);
  gboolean flush = ipc_fields_bool (fields, "flush", TRUE);
  gboolean intermediate = ipc_fields_bool (fields, "intermediate", FALSE);

  if (rate <= 0.0)
    ipc_fields_mistake (fields, "a rate that is not above 0");
  return ipc_fields_ok (fields) ? gst_event_new_step (format, amount, rate, flush, intermediate) : NULL;
}

static GstEvent *
toc_select (IpcFields *fields)
{
  ipc_fields_need (fields, "uid");
  const gchar *uid = ipc_fields_text (fields, "uid", NULL);

  return ipc_fields_ok (fields) ? gst_event_new_toc_select (uid) : NULL;
}

static GstEvent *
select_streams (IpcFields *fields)
{
  ipc_fields_need (fields, "streams");
  JsonArray *ids = ipc_fields_texts (fields, "streams");
  GList *list = NULL;

  if (ids != NULL && json_array_get_length (ids) == 0)
    ipc_fields_mistake (fields, "no streams");
  if (!ipc_fields_ok (fields))
    return NULL;
  for (guint i = json_array_get_length (ids); i > 0; i--)
    list = g_list_prepend (list, (gpointer)json_array_get_string_element (ids, i - 1));
  GstEvent *event = gst_event_new_select_streams (list);
  g_list_free (list);
  return event;
}

/* An application message, whose structure @message is, and which a sink posts when it is the event's turn. */
static GstEvent *
sink_message (IpcFields *fields)
{
  ipc_fields_need (fields, "message");
  const gchar *text = ipc_fields_text (fields, "message", NULL);
  GstStructure *structure = text != NULL ? gst_structure_new_from_string (text) : NULL;

  if (text != NULL && structure == NULL)
    ipc_fields_mistake (fields, "a message that is not the text of a GstStructure");
  if (!ipc_fields_ok (fields)) {
    g_clear_pointer (&structure, gst_structure_free);
    return NULL;
  }
  g_autoptr (GstMessage) message = gst_message_new_application (NULL, structure);
  return gst_event_new_sink_message ("ipctest", message);
}

/* Of the custom types: what text cannot have. NULL when nothing is wanted. */
static GstStructure *
objects (IpcFields *fields)
{
  JsonArray *names = ipc_fields_texts (fields, "objects");
  GstStructure *structure = names != NULL ? gst_structure_new_empty ("ipctest-objects") : NULL;

  for (guint i = 0; structure != NULL && i < json_array_get_length (names); i++) {
    const gchar *name = json_array_get_string_element (names, i);
    if (ipc_object_add (structure, name))
      continue;
    g_autofree gchar *known = g_strjoinv (" ", (gchar **)ipc_object_types ());
    g_autofree gchar *text = g_strdup_printf ("%s: there are %s;", name, known);
    ipc_fields_mistake (fields, text);
  }
  return structure;
}

static gboolean
is_custom (GstEventType type)
{
  return type == GST_EVENT_CUSTOM_UPSTREAM || type == GST_EVENT_CUSTOM_DOWNSTREAM
         || type == GST_EVENT_CUSTOM_DOWNSTREAM_OOB || type == GST_EVENT_CUSTOM_DOWNSTREAM_STICKY
         || type == GST_EVENT_CUSTOM_BOTH || type == GST_EVENT_CUSTOM_BOTH_OOB;
}

static const struct {
  GstEventType type;
  GstEvent *(*make) (IpcFields *fields); /* NULL: without any field of its own */
} kinds[] = {
  { GST_EVENT_FLUSH_START },
  { GST_EVENT_FLUSH_STOP, flush_stop },
  { GST_EVENT_STREAM_START, stream_start },
  { GST_EVENT_CAPS, caps },
  { GST_EVENT_SEGMENT, segment },
  { GST_EVENT_STREAM_COLLECTION, stream_collection },
  { GST_EVENT_TAG, tag },
  { GST_EVENT_BUFFERSIZE, buffersize },
  { GST_EVENT_SINK_MESSAGE, sink_message },
  { GST_EVENT_STREAM_GROUP_DONE, stream_group_done },
  { GST_EVENT_EOS },
  { GST_EVENT_TOC, toc },
  { GST_EVENT_PROTECTION, protection },
  { GST_EVENT_SEGMENT_DONE, segment_done },
  { GST_EVENT_GAP, gap },
  { GST_EVENT_INSTANT_RATE_CHANGE, instant_rate_change },
  { GST_EVENT_QOS, qos },
  { GST_EVENT_SEEK, ipc_event_new_seek },
  { GST_EVENT_LATENCY, latency },
  { GST_EVENT_STEP, step },
  { GST_EVENT_RECONFIGURE },
  { GST_EVENT_TOC_SELECT, toc_select },
  { GST_EVENT_SELECT_STREAMS, select_streams },
  { GST_EVENT_INSTANT_RATE_SYNC_TIME, instant_rate_sync_time },
  { GST_EVENT_CUSTOM_UPSTREAM },
  { GST_EVENT_CUSTOM_DOWNSTREAM },
  { GST_EVENT_CUSTOM_DOWNSTREAM_OOB },
  { GST_EVENT_CUSTOM_DOWNSTREAM_STICKY },
  { GST_EVENT_CUSTOM_BOTH },
  { GST_EVENT_CUSTOM_BOTH_OOB },
};

static GstEvent *
make (GstEventType type, const gchar *word, JsonObject *object, GError **error)
{
  g_autoptr (IpcFields) fields = ipc_fields_new (object, word);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (kinds[i].type != type)
      continue;
    g_autoptr (GstStructure) structure = is_custom (type) ? objects (fields) : NULL;
    GstEvent *event = kinds[i].make ? kinds[i].make (fields) : NULL;
    if (!ipc_fields_finish (fields, error))
      return NULL;
    return event ? event : gst_event_new_custom (type, g_steal_pointer (&structure));
  }
  g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "the event \"%s\" needs a \"structure\"", word);
  return NULL;
}

GstEvent *
ipc_event_new (const gchar *word, GstStructure *structure, JsonObject *fields, GError **error)
{
  g_autoptr (GstStructure) taken = structure;
  gint type;

  if (!ipc_word_to_enum (GST_TYPE_EVENT_TYPE, word, &type, error))
    return NULL;
  if (taken == NULL)
    return make (type, word, fields, error);
  if (fields != NULL) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "give \"structure\" or \"fields\", not both");
    return NULL;
  }
  return gst_event_new_custom (type, g_steal_pointer (&taken));
}
