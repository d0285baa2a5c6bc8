/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads single values of the text form: numbers, enums, dates, and what has a text form of its own within a value
 * (buffers, samples, caps, tag lists, segments, nested structures and events). Every value is judged before or after
 * reading so that nothing in GStreamer that takes it for granted meets one that it would complain of.
 */

#include <math.h>
#include <string.h>

#include "text-read-private.h"
#include "rules.h"
#include "whole.h"

static gboolean
bad_value (IpcTextReader *reader, GType type)
{
  return ipc_text_fail (reader, IPC_WIRE_ERROR_VALUE, "not a value of type %s", g_type_name (type));
}

static gboolean
read_plain (IpcTextReader *reader, GType type, const gchar *text, GValue *value)
{
  g_value_init (value, type);
  if (gst_value_deserialize (value, text))
    return TRUE;
  return bad_value (reader, type);
}

static gboolean
read_enum (IpcTextReader *reader, GType type, const gchar *text, GValue *value)
{
  if (!read_plain (reader, type, text, value))
    return FALSE;
  return ipc_text_enum_is_valid (type, g_value_get_enum (value)) ? TRUE : bad_value (reader, type);
}

static gboolean
read_flags (IpcTextReader *reader, GType type, const gchar *text, GValue *value)
{
  if (!read_plain (reader, type, text, value))
    return FALSE;
  return ipc_text_flags_are_valid (type, g_value_get_flags (value)) ? TRUE : bad_value (reader, type);
}

static gboolean
read_string (IpcTextReader *reader, const gchar *text, GValue *value)
{
  /* escapes can spell any byte */
  if (!g_utf8_validate (text, -1, NULL))
    return ipc_text_fail (reader, IPC_WIRE_ERROR_STRING, "a string is not UTF-8");
  g_value_init (value, G_TYPE_STRING);
  g_value_set_string (value, text);
  return TRUE;
}

static gboolean
read_fraction (IpcTextReader *reader, const gchar *text, GValue *value)
{
  gchar *end = NULL;
  gint64 numerator = g_ascii_strtoll (text, &end, 10);
  gint64 denominator = 1;
  gboolean whole = end != text;

  if (whole && *end == '/') {
    const gchar *start = end + 1;

    denominator = g_ascii_strtoll (start, &end, 10);
    whole = end != start;
  }
  if (!whole || *end != '\0' || numerator < -G_MAXINT || numerator > G_MAXINT || denominator < -G_MAXINT
      || denominator > G_MAXINT || denominator == 0)
    return bad_value (reader, GST_TYPE_FRACTION);
  g_value_init (value, GST_TYPE_FRACTION);
  gst_value_set_fraction (value, (gint)numerator, (gint)denominator);
  return TRUE;
}

static gboolean
read_date (IpcTextReader *reader, const gchar *text, GValue *value)
{
  const GDate *date;

  if (!read_plain (reader, G_TYPE_DATE, text, value))
    return FALSE;
  date = g_value_get_boxed (value);
  return date && g_date_valid (date) ? TRUE : bad_value (reader, G_TYPE_DATE);
}

/* What GStreamer writes. Its reader takes much else, and aborts the process on some of it ("2012-1,-01
 * 12:30:59-99230"). */
static gboolean
is_date_time (const gchar *text)
{
  static gsize once;
  static GRegex *form;

  if (g_once_init_enter (&once)) {
    form = g_regex_new ("^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?"
                        "(Z|[-+]([01][0-9]|2[0-3]):?[0-5][0-9]))?)?)?$",
        G_REGEX_OPTIMIZE | G_REGEX_DOLLAR_ENDONLY | G_REGEX_RAW, 0, NULL);
    g_once_init_leave (&once, 1);
  }
  return g_regex_match (form, text, 0, NULL);
}

static gboolean
read_date_time (IpcTextReader *reader, const gchar *text, GValue *value)
{
  GstDateTime *date_time = is_date_time (text) ? gst_date_time_new_from_iso8601_string (text) : NULL;

  if (!date_time)
    return bad_value (reader, GST_TYPE_DATE_TIME);
  g_value_init (value, GST_TYPE_DATE_TIME);
  g_value_take_boxed (value, date_time);
  return TRUE;
}

static gboolean
read_g_date_time (IpcTextReader *reader, const gchar *text, GValue *value)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  GDateTime *date_time = g_date_time_new_from_iso8601 (text, utc);

  if (!date_time)
    return bad_value (reader, G_TYPE_DATE_TIME);
  g_value_init (value, G_TYPE_DATE_TIME);
  g_value_take_boxed (value, date_time);
  return TRUE;
}

/* Two hexadecimal digits a byte. No bytes are not a value: GStreamer does not read that, and it could not be written
 * again, as in the answer to a query with such caps. */
static GstBuffer *
buffer_from_hex (IpcTextReader *reader, const gchar *text)
{
  gsize length = strlen (text);
  g_autofree guint8 *data = g_malloc (length / 2 + 1);

  if (length == 0) {
    bad_value (reader, GST_TYPE_BUFFER);
    return NULL;
  }
  for (gsize i = 0; i < length; i += 2) {
    gint high = g_ascii_xdigit_value (text[i]);
    gint low = g_ascii_xdigit_value (text[i + 1]);

    if (high < 0 || low < 0) {
      bad_value (reader, GST_TYPE_BUFFER);
      return NULL;
    }
    data[i / 2] = (guint8)(high << 4 | low);
  }
  return gst_buffer_new_wrapped (g_steal_pointer (&data), length / 2);
}

/* Base64 in which '=' is written as '_', of a string with its NUL. */
static gchar *
text_from_base64 (IpcTextReader *reader, const gchar *base64)
{
  g_autofree gchar *standard = g_strdelimit (g_strdup (base64), "_", '=');
  g_autofree gchar *text = NULL;
  gsize size = 0;

  text = (gchar *)g_base64_decode (standard, &size);
  if (size == 0 || text[size - 1] != '\0' || !g_utf8_validate (text, (gssize)size - 1, NULL)) {
    ipc_text_fail (reader, IPC_WIRE_ERROR_STRING, "a value in base64 is not a string");
    return NULL;
  }
  return g_steal_pointer (&text);
}

static gboolean
segment_from_structure (const GstStructure *structure, GstSegment *segment)
{
  guint flags = 0;

  if (!gst_structure_get (structure, "flags", GST_TYPE_SEGMENT_FLAGS, &flags, "rate", G_TYPE_DOUBLE, &segment->rate,
          "applied-rate", G_TYPE_DOUBLE, &segment->applied_rate, "format", GST_TYPE_FORMAT, &segment->format, "base",
          G_TYPE_UINT64, &segment->base, "offset", G_TYPE_UINT64, &segment->offset, "start", G_TYPE_UINT64,
          &segment->start, "stop", G_TYPE_UINT64, &segment->stop, "time", G_TYPE_UINT64, &segment->time, "position",
          G_TYPE_UINT64, &segment->position, "duration", G_TYPE_UINT64, &segment->duration, NULL))
    return FALSE;
  segment->flags = flags;
  /* what gst_segment_*() take for granted */
  return isfinite (segment->rate) && segment->rate != 0.0 && isfinite (segment->applied_rate)
         && segment->applied_rate != 0.0 && (segment->stop == GST_CLOCK_TIME_NONE || segment->start <= segment->stop);
}

static gboolean
segment_from_text (IpcTextReader *reader, const gchar *text, GstSegment *segment)
{
  g_autoptr (GstStructure) structure = ipc_text_read_structure (reader, text);

  gst_segment_init (segment, GST_FORMAT_TIME);
  if (!structure)
    return FALSE;
  return segment_from_structure (structure, segment) ? TRUE : bad_value (reader, GST_TYPE_SEGMENT);
}

static gboolean
read_segment (IpcTextReader *reader, const gchar *text, GValue *value)
{
  GstSegment segment;

  if (!segment_from_text (reader, text, &segment))
    return FALSE;
  g_value_init (value, GST_TYPE_SEGMENT);
  g_value_set_boxed (value, &segment);
  return TRUE;
}

/* The parts of a sample behind its buffer, each base64 or "None". */
static gboolean
read_sample_parts (IpcTextReader *reader, gchar **parts, GstCaps **caps, GstSegment *segment, GstStructure **info)
{
  gchar *text[3] = { NULL, NULL, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (text); i++) {
    if (g_str_equal (parts[i], "None"))
      continue;
    text[i] = text_from_base64 (reader, parts[i]);
    if (!text[i])
      break;
  }
  if (!reader->error && text[0])
    ipc_text_read_caps (reader, text[0], caps);
  if (!reader->error && text[1])
    segment_from_text (reader, text[1], segment);
  if (!reader->error && text[2])
    *info = ipc_text_read_structure (reader, text[2]);
  for (guint i = 0; i < G_N_ELEMENTS (text); i++)
    g_clear_pointer (&text[i], g_free);
  return reader->error == NULL;
}

/* BUFFER:CAPS:SEGMENT:INFO */
static gboolean
read_sample (IpcTextReader *reader, const gchar *text, GValue *value)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 5);
  g_autoptr (GstBuffer) buffer = NULL;
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GstStructure) info = NULL;
  GstSegment segment;

  if (g_strv_length (parts) != 4)
    return bad_value (reader, GST_TYPE_SAMPLE);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  if (!g_str_equal (parts[0], "None"))
    buffer = buffer_from_hex (reader, parts[0]);
  if (reader->error || !read_sample_parts (reader, parts + 1, &caps, &segment, &info))
    return FALSE;
  g_value_init (value, GST_TYPE_SAMPLE);
  g_value_take_boxed (value, gst_sample_new (buffer, caps, &segment, g_steal_pointer (&info)));
  return TRUE;
}

/* When tag lists are merged, GStreamer compares samples by their buffers, which must be there. */
static gboolean
fits_tag (GType type, const GValue *value)
{
  return G_VALUE_TYPE (value) == type
         && (type != GST_TYPE_SAMPLE || gst_sample_get_buffer (gst_value_get_sample (value)));
}

/* A tag that this process knows must have the tag's own type, alone or in a list; any other one must be of a type that
 * can be compared, for tag lists are. */
static gboolean
check_tag (GQuark field, const GValue *value, gpointer user_data)
{
  const gchar *tag = g_quark_to_string (field);
  GType type;

  if (!gst_tag_exists (tag))
    return ipc_text_is_comparable (value);
  type = gst_tag_get_type (tag);
  if (!GST_VALUE_HOLDS_LIST (value))
    return fits_tag (type, value);
  for (guint i = 0; i < gst_value_list_get_size (value); i++) {
    if (!fits_tag (type, gst_value_list_get_value (value, i)))
      return FALSE;
  }
  return gst_value_list_get_size (value) > 0;
}

/* Copies into @texts the fields of tags whose values have a text. */
static gboolean
copy_text_tag (GQuark field, const GValue *value, gpointer texts)
{
  if (ipc_text_is_carried (value, IPC_TEXT_OBJECTS, 1))
    gst_structure_id_set_value (texts, field, value);
  return TRUE;
}

/* Adds to @tags the other ones, which a list takes of registered tags alone. */
static gboolean
add_object_tag (GQuark field, const GValue *value, gpointer tags)
{
  const gchar *tag = g_quark_to_string (field);
  guint size = GST_VALUE_HOLDS_LIST (value) ? gst_value_list_get_size (value) : 1;

  if (ipc_text_is_carried (value, IPC_TEXT_OBJECTS, 1) || !gst_tag_exists (tag))
    return TRUE;
  /* each is added to a copy of those that are there */
  if (size > IPC_WHOLE_MAX_TAG_VALUES)
    return FALSE;
  for (guint i = 0; i < size; i++)
    gst_tag_list_add_value (
        tags, GST_TAG_MERGE_APPEND, tag, GST_VALUE_HOLDS_LIST (value) ? gst_value_list_get_value (value, i) : value);
  return TRUE;
}

GstTagList *
ipc_text_make_tags (IpcTextReader *reader, const GstStructure *structure)
{
  g_autoptr (GstStructure) texts = NULL;
  g_autoptr (GstTagList) tags = NULL;
  g_autofree gchar *text = NULL;

  if (gst_structure_has_name (structure, "taglist") && gst_structure_foreach (structure, check_tag, NULL)) {
    /* only by its text can a list hold tags that are not registered here; it is our own text, and every value judged */
    if (reader->flags & IPC_TEXT_OBJECTS) {
      texts = gst_structure_new_empty ("taglist");
      gst_structure_foreach (structure, copy_text_tag, texts);
    }
    text = ipc_text_write (texts ? texts : structure, IPC_TEXT_WHOLE, NULL);
    tags = text ? gst_tag_list_new_from_string (text) : NULL;
  }
  if (!tags || (texts && !gst_structure_foreach (structure, add_object_tag, tags))) {
    bad_value (reader, GST_TYPE_TAG_LIST);
    return NULL;
  }
  return g_steal_pointer (&tags);
}

static gboolean
read_tags (IpcTextReader *reader, const gchar *text, GValue *value)
{
  g_autoptr (GstStructure) structure = ipc_text_read_structure (reader, text);
  GstTagList *tags = structure ? ipc_text_make_tags (reader, structure) : NULL;

  if (!tags)
    return FALSE;
  g_value_init (value, GST_TYPE_TAG_LIST);
  g_value_take_boxed (value, tags);
  return TRUE;
}

/* TYPE:TIMESTAMP:SEQNUM:RUNNING-TIME-OFFSET:BASE64, the last part empty for an event without structure. */
static gboolean
read_event (IpcTextReader *reader, const gchar *text, GValue *value)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 5);
  guint64 timestamp, seqnum;
  gint64 offset;
  GstStructure *structure = NULL;
  GstEvent *event;
  GstEventType type;

  if (g_strv_length (parts) != 5 || !ipc_rules_event_type (parts[0], &type)
      || !g_ascii_string_to_unsigned (parts[1], 10, 0, G_MAXUINT64, &timestamp, NULL)
      || !g_ascii_string_to_unsigned (parts[2], 10, 1, G_MAXUINT32, &seqnum, NULL)
      || !g_ascii_string_to_signed (parts[3], 10, G_MININT64, G_MAXINT64, &offset, NULL))
    return bad_value (reader, GST_TYPE_EVENT);
  if (*parts[4]) {
    g_autofree gchar *inner = text_from_base64 (reader, parts[4]);

    structure = inner ? ipc_text_read_structure (reader, inner) : NULL;
    if (!structure)
      return FALSE;
  }
  if (!ipc_rules_check (IPC_RULES_EVENT, type, structure, &reader->error)) {
    g_clear_pointer (&structure, gst_structure_free);
    return FALSE;
  }
  event = gst_event_new_custom (type, structure);
  GST_EVENT_TIMESTAMP (event) = timestamp;
  gst_event_set_seqnum (event, (guint32)seqnum);
  gst_event_set_running_time_offset (event, offset);
  g_value_init (value, GST_TYPE_EVENT);
  g_value_take_boxed (value, event);
  return TRUE;
}

/* A structure, or what it stands for. */
static gboolean
read_structure_or_object (IpcTextReader *reader, const gchar *text, GValue *value)
{
  GstStructure *structure = ipc_text_read_structure (reader, text);
  gboolean done;

  if (!structure)
    return FALSE;
  if (!(reader->flags & IPC_TEXT_OBJECTS) || !gst_structure_has_name (structure, IPC_WHOLE_NAME)) {
    g_value_init (value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (value, structure);
    return TRUE;
  }
  done = ipc_whole_rebuild (reader, structure, text, value);
  gst_structure_free (structure);
  return done;
}

static gboolean
read_boxed (GType type, gpointer boxed, GValue *value)
{
  if (!boxed)
    return FALSE;
  g_value_init (value, type);
  g_value_take_boxed (value, boxed);
  return TRUE;
}

gboolean
ipc_text_read_scalar (IpcTextReader *reader, GType type, IpcTextKind kind, const gchar *text, GValue *value)
{
  GstCaps *caps = NULL;

  switch (kind) {
  case IPC_TEXT_PLAIN:
    return read_plain (reader, type, text, value);
  case IPC_TEXT_ENUM:
    return read_enum (reader, type, text, value);
  case IPC_TEXT_FLAGS:
    return read_flags (reader, type, text, value);
  case IPC_TEXT_STRING:
    return read_string (reader, text, value);
  case IPC_TEXT_FRACTION:
    return read_fraction (reader, text, value);
  case IPC_TEXT_DATE:
    return read_date (reader, text, value);
  case IPC_TEXT_DATE_TIME:
    return read_date_time (reader, text, value);
  case IPC_TEXT_G_DATE_TIME:
    return read_g_date_time (reader, text, value);
  case IPC_TEXT_BUFFER:
    return read_boxed (type, buffer_from_hex (reader, text), value);
  case IPC_TEXT_SAMPLE:
    return read_sample (reader, text, value);
  case IPC_TEXT_STRUCTURE:
    return read_structure_or_object (reader, text, value);
  case IPC_TEXT_FEATURES:
    return read_boxed (type, ipc_text_read_features (reader, text), value);
  case IPC_TEXT_CAPS:
    if (!ipc_text_read_caps (reader, text, &caps))
      return FALSE;
    g_value_init (value, GST_TYPE_CAPS);
    g_value_take_boxed (value, caps);
    return TRUE;
  case IPC_TEXT_TAGS:
    return read_tags (reader, text, value);
  case IPC_TEXT_SEGMENT:
    return read_segment (reader, text, value);
  case IPC_TEXT_EVENT:
    return read_event (reader, text, value);
  case IPC_TEXT_NONE:
  case IPC_TEXT_RANGE:
  case IPC_TEXT_LIST:
  case IPC_TEXT_ARRAY:
    break;
  }
  return ipc_text_fail (
      reader, IPC_WIRE_ERROR_STRUCTURE, "type %s is not one that text can carry here", g_type_name (type));
}
