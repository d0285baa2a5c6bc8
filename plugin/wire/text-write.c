/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes structures as text, with gst_structure_to_string(), after a look at the type of each value: what text
 * does not carry (objects, pointers) is refused or left out, for GStreamer would write something that nobody reads, or
 * raise a critical; or it is replaced by what stands for it, between peers that agreed on that. Events in fields are
 * written here for the others: GStreamer itself has no text form for them.
 */

#include <string.h>

#include "text.h"
#include "whole.h"

/* Where a value stands, for those who look at it. */
typedef struct {
  IpcTextFlags flags;
  guint depth;
} Place;

/* Names can be set that the text form would not give back. */
static gboolean
name_is_carried (const gchar *name)
{
  gsize length = 0;

  while (ipc_text_is_simple (name[length]))
    length++;
  return length > 0 && name[length] == '\0' && length <= IPC_TEXT_MAX_NAME;
}

static gboolean
field_is_carried (GQuark field, const GValue *value, gpointer user_data)
{
  const Place *place = user_data;

  return name_is_carried (g_quark_to_string (field)) && ipc_text_is_carried (value, place->flags, place->depth);
}

static gboolean
field_is_comparable (GQuark field, const GValue *value, gpointer user_data)
{
  return ipc_text_is_comparable (value);
}

static gboolean
structure_is_carried (const GstStructure *structure, Place place)
{
  return structure && ipc_text_name_is_valid (gst_structure_get_name (structure))
         && gst_structure_foreach (structure, field_is_carried, &place);
}

/* A peer that reads objects would take it for one. */
static gboolean
is_called_object (const GstStructure *structure, Place place)
{
  return (place.flags & IPC_TEXT_OBJECTS) && structure && gst_structure_has_name (structure, IPC_WHOLE_NAME);
}

/* There are no objects in caps: what is lost there by the text form is lost in both. */
static gboolean
caps_are_carried (const GstCaps *caps, guint depth)
{
  Place place = { IPC_TEXT_WHOLE, depth };

  for (guint i = 0; caps && i < gst_caps_get_size (caps); i++) {
    const GstStructure *structure = gst_caps_get_structure (caps, i);

    if (!structure_is_carried (structure, place) || !gst_structure_foreach (structure, field_is_comparable, NULL))
      return FALSE;
  }
  return TRUE;
}

static gboolean
tags_are_carried (const GstTagList *tags, Place place)
{
  if (!tags || ((place.flags & IPC_TEXT_OBJECTS) && gst_tag_list_get_scope (tags) != GST_TAG_SCOPE_STREAM))
    return FALSE;
  for (gint i = 0; i < gst_tag_list_n_tags (tags); i++) {
    const gchar *tag = gst_tag_list_nth_tag_name (tags, i);

    for (guint j = 0; j < gst_tag_list_get_tag_size (tags, tag); j++) {
      const GValue *value = gst_tag_list_get_value_index (tags, tag, j);

      if (!ipc_text_is_carried (value, place.flags, place.depth) || !ipc_text_is_comparable (value))
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
sample_is_carried (GstSample *sample, Place place)
{
  const GstStructure *info = sample ? gst_sample_get_info (sample) : NULL;

  /* the times of its buffer are lost */
  if (place.flags & IPC_TEXT_OBJECTS)
    return FALSE;
  return sample && gst_sample_get_buffer (sample) && gst_buffer_get_size (gst_sample_get_buffer (sample)) > 0
         && caps_are_carried (gst_sample_get_caps (sample), place.depth)
         && (!info || structure_is_carried (info, place));
}

/* GStreamer writes an empty one as nothing, which it cannot read back. */
static gboolean
buffer_is_carried (GstBuffer *buffer, Place place)
{
  return buffer && gst_buffer_get_size (buffer) > 0
         && (!(place.flags & IPC_TEXT_OBJECTS) || ipc_whole_buffer_is_plain (buffer));
}

/* All of one type: only the first one's is written. */
static gboolean
list_is_carried (const GValue *list, Place place)
{
  gboolean is_array = GST_VALUE_HOLDS_ARRAY (list);
  guint size = is_array ? gst_value_array_get_size (list) : gst_value_list_get_size (list);
  GType type = G_TYPE_INVALID;
  GType basic_type = G_TYPE_INVALID;

  for (guint i = 0; i < size; i++) {
    const GValue *value = is_array ? gst_value_array_get_value (list, i) : gst_value_list_get_value (list, i);

    if (i > 0 && (G_VALUE_TYPE (value) != type || ipc_text_basic_type (value) != basic_type))
      return FALSE;
    if (!ipc_whole_may_be_listed (value) || !ipc_text_is_carried (value, place.flags, place.depth))
      return FALSE;
    type = G_VALUE_TYPE (value);
    basic_type = ipc_text_basic_type (value);
  }
  return TRUE;
}

/**
 * ipc_text_is_carried:
 * @value: any value
 * @flags: with IPC_TEXT_OBJECTS what loses something as text is not carried
 * @depth: structures and lists around it
 *
 * Returns: TRUE when the text that GStreamer writes for @value is one to read it back from
 */
gboolean
ipc_text_is_carried (const GValue *value, IpcTextFlags flags, guint depth)
{
  Place inside = { flags, depth + 1 };

  if (depth >= IPC_TEXT_MAX_DEPTH)
    return FALSE;
  switch (ipc_text_kind (G_VALUE_TYPE (value))) {
  case IPC_TEXT_NONE:
    return FALSE;
  case IPC_TEXT_PLAIN:
  case IPC_TEXT_FRACTION:
  case IPC_TEXT_RANGE:
    return TRUE;
  case IPC_TEXT_ENUM:
    return ipc_text_enum_is_valid (G_VALUE_TYPE (value), g_value_get_enum (value));
  case IPC_TEXT_FLAGS:
    return ipc_text_flags_are_valid (G_VALUE_TYPE (value), g_value_get_flags (value));
  case IPC_TEXT_STRING:
    return !g_value_get_string (value) || g_utf8_validate (g_value_get_string (value), -1, NULL);
  case IPC_TEXT_BUFFER:
    return buffer_is_carried (gst_value_get_buffer (value), inside);
  case IPC_TEXT_SAMPLE:
    return sample_is_carried (gst_value_get_sample (value), inside);
  case IPC_TEXT_STRUCTURE:
    return !is_called_object (gst_value_get_structure (value), inside)
           && structure_is_carried (gst_value_get_structure (value), inside);
  case IPC_TEXT_CAPS:
    return caps_are_carried (gst_value_get_caps (value), inside.depth);
  case IPC_TEXT_TAGS:
    return tags_are_carried (g_value_get_boxed (value), inside);
  case IPC_TEXT_DATE:
  case IPC_TEXT_DATE_TIME:
  case IPC_TEXT_G_DATE_TIME:
  case IPC_TEXT_SEGMENT:
  case IPC_TEXT_FEATURES:
    return g_value_get_boxed (value) != NULL;
  case IPC_TEXT_LIST:
  case IPC_TEXT_ARRAY:
    return list_is_carried (value, inside);
  case IPC_TEXT_EVENT:
    /* in fields of the outermost structure only, see ipc_text_write() */
    return FALSE;
  }
  return FALSE;
}

gchar *
ipc_text_write_event (GstEvent *event, GError **error)
{
  const GstStructure *structure = gst_event_get_structure (event);
  g_autofree gchar *text = NULL;
  g_autofree gchar *base64 = NULL;

  if (!structure) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE,
        "an event without structure has no text form that a peer reads");
    return NULL;
  }
  text = ipc_text_write (structure, IPC_TEXT_WHOLE, error);
  if (!text)
    return NULL;
  base64 = g_base64_encode ((const guchar *)text, strlen (text) + 1);
  g_strdelimit (base64, "=", '_');
  return g_strdup_printf ("%s:%" G_GUINT64_FORMAT ":%u:%" G_GINT64_FORMAT ":%s",
      gst_event_type_get_name (GST_EVENT_TYPE (event)), GST_EVENT_TIMESTAMP (event), gst_event_get_seqnum (event),
      gst_event_get_running_time_offset (event), base64);
}

/* What ipc_text_write() does with the fields of the outermost structure. */
typedef struct {
  IpcTextFlags flags;
  GSList *left_out;      /* names of fields that are not carried */
  GString *events;       /* ", name=(GstEvent)..." of fields that hold one */
  GstStructure *instead; /* values that stand for those of the fields of the same name; NULL: none */
  GError *error;
} Writing;

/* ", name=(GstEvent)..." for a field that holds an event. */
static gboolean
append_event (Writing *writing, const gchar *name, const GValue *value)
{
  g_autofree gchar *text = NULL;

  if (!G_VALUE_HOLDS (value, GST_TYPE_EVENT) || !g_value_get_boxed (value))
    return FALSE;
  text = ipc_text_write_event (g_value_get_boxed (value), &writing->error);
  if (!text)
    return FALSE;
  g_string_append_printf (writing->events, ", %s=(GstEvent)%s", name, text);
  writing->left_out = g_slist_prepend (writing->left_out, (gpointer)name);
  return TRUE;
}

/* @flat: what @value becomes, if that can be written. */
static gboolean
flatten (const GValue *value, GValue *flat)
{
  if (!ipc_whole_flatten (value, 1, flat))
    return FALSE;
  if (ipc_text_is_carried (flat, IPC_TEXT_WHOLE, 1))
    return TRUE;
  g_value_unset (flat);
  return FALSE;
}

static gboolean
replace_value (Writing *writing, const gchar *name, const GValue *value)
{
  GValue flat = G_VALUE_INIT;

  if (!flatten (value, &flat))
    return FALSE;
  if (!writing->instead)
    writing->instead = gst_structure_new_empty ("instead");
  gst_structure_take_value (writing->instead, name, &flat);
  return TRUE;
}

static gboolean
look_at_field (GQuark field, const GValue *value, gpointer user_data)
{
  Writing *writing = user_data;
  const gchar *name = g_quark_to_string (field);

  if (name_is_carried (name)) {
    if (ipc_text_is_carried (value, writing->flags, 1))
      return TRUE;
    if (writing->flags & IPC_TEXT_OBJECTS ? replace_value (writing, name, value) : append_event (writing, name, value))
      return TRUE;
  }
  if (!(writing->flags & IPC_TEXT_SKIP_UNCARRIED)) {
    if (!writing->error)
      g_set_error (&writing->error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE,
          "field %s holds a %s that cannot be carried", name, G_VALUE_TYPE_NAME (value));
    return FALSE;
  }
  g_clear_error (&writing->error);
  writing->left_out = g_slist_prepend (writing->left_out, (gpointer)name);
  return TRUE;
}

static gboolean
set_value (GQuark field, const GValue *value, gpointer structure)
{
  gst_structure_id_set_value (structure, field, value);
  return TRUE;
}

static gchar *
write_looked_at (const GstStructure *structure, Writing *writing)
{
  g_autoptr (GstStructure) copy = NULL;
  g_autofree gchar *text = NULL;

  if (!writing->left_out && !writing->instead)
    return gst_structure_to_string (structure);
  copy = gst_structure_copy (structure);
  for (GSList *name = writing->left_out; name; name = name->next)
    gst_structure_remove_field (copy, name->data);
  if (writing->instead) {
    gst_structure_foreach (writing->instead, set_value, copy);
    return gst_structure_serialize (copy, GST_SERIALIZE_FLAG_NONE);
  }
  text = gst_structure_to_string (copy);
  if (writing->events->len == 0)
    return g_steal_pointer (&text);
  /* before the ';' that ends the text */
  if (g_str_has_suffix (text, ";"))
    text[strlen (text) - 1] = '\0';
  return g_strconcat (text, writing->events->str, ";", NULL);
}

/* Takes @text over; NULL with @error when the peer would not take it. */
static gchar *
refuse_long_text (gchar *text, GError **error)
{
  gsize length = strlen (text);

  if (length <= IPC_TEXT_MAX_SENT)
    return text;
  g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_TOO_LARGE,
      "its text has %" G_GSIZE_FORMAT " bytes, more than the %d that peers are sent", length, IPC_TEXT_MAX_SENT);
  g_free (text);
  return NULL;
}

/**
 * ipc_text_write:
 * @structure: what to write
 * @flags: what to do about values that text does not carry
 *
 * Objects are written in brackets, in which nothing needs one more escape for each level; everything else as legacy
 * peers do.
 *
 * Returns: (transfer full) (nullable): the text, or NULL with @error; with IPC_TEXT_SKIP_UNCARRIED never NULL
 */
gchar *
ipc_text_write (const GstStructure *structure, IpcTextFlags flags, GError **error)
{
  Writing writing = { .flags = flags, .events = g_string_new (NULL) };
  gchar *text = NULL;

  if (gst_structure_foreach (structure, look_at_field, &writing))
    text = write_looked_at (structure, &writing);
  else
    g_propagate_prefixed_error (error, writing.error, "%s: ", gst_structure_get_name (structure));
  g_slist_free (writing.left_out);
  g_string_free (writing.events, TRUE);
  gst_clear_structure (&writing.instead);
  if (text && (flags & IPC_TEXT_OBJECTS) && !(flags & IPC_TEXT_SKIP_UNCARRIED))
    return refuse_long_text (text, error);
  return text;
}

/**
 * ipc_text_is_object:
 * @text: any text of a structure
 *
 * Returns: TRUE when it is that of an object
 */
gboolean
ipc_text_is_object (const gchar *text)
{
  return g_str_has_prefix (text, IPC_WHOLE_NAME) && !ipc_text_is_simple (text[strlen (IPC_WHOLE_NAME)]);
}

/**
 * ipc_text_write_object:
 * @type: a boxed type or one of objects
 * @boxed: what to write
 *
 * Returns: (transfer full) (nullable): the text, or NULL with @error when it cannot be carried
 */
gchar *
ipc_text_write_object (GType type, gconstpointer boxed, GError **error)
{
  g_autoptr (GstStructure) holder = gst_structure_new_empty ("holder");
  const GValue *value;

  if (ipc_whole_add (holder, "value", type, boxed, 0)) {
    value = gst_structure_get_value (holder, "value");
    if (ipc_text_is_carried (value, IPC_TEXT_WHOLE, 0))
      return refuse_long_text (
          gst_structure_serialize (gst_value_get_structure (value), GST_SERIALIZE_FLAG_NONE), error);
  }
  g_set_error (
      error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE, "a %s holds what cannot be carried", g_type_name (type));
  return NULL;
}
