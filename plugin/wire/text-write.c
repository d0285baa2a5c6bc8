/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes structures as text, with gst_structure_to_string(), after a look at the type of each value: what text
 * does not carry (objects, pointers) is refused or left out, for GStreamer would write something that nobody reads, or
 * raise a critical. Events in fields are written here: GStreamer itself has no text form for them.
 */

#include <string.h>

#include "text.h"

static gboolean value_is_carried (const GValue *value, guint depth);

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
field_is_carried (GQuark field, const GValue *value, gpointer depth)
{
  return name_is_carried (g_quark_to_string (field)) && value_is_carried (value, GPOINTER_TO_UINT (depth));
}

static gboolean
structure_is_carried (const GstStructure *structure, guint depth)
{
  return structure && ipc_text_name_is_valid (gst_structure_get_name (structure))
         && gst_structure_foreach (structure, field_is_carried, GUINT_TO_POINTER (depth));
}

static gboolean
caps_are_carried (const GstCaps *caps, guint depth)
{
  for (guint i = 0; caps && i < gst_caps_get_size (caps); i++) {
    if (!structure_is_carried (gst_caps_get_structure (caps, i), depth))
      return FALSE;
  }
  return TRUE;
}

static gboolean
tags_are_carried (const GstTagList *tags, guint depth)
{
  if (!tags)
    return FALSE;
  for (gint i = 0; i < gst_tag_list_n_tags (tags); i++) {
    const gchar *tag = gst_tag_list_nth_tag_name (tags, i);

    for (guint j = 0; j < gst_tag_list_get_tag_size (tags, tag); j++) {
      if (!value_is_carried (gst_tag_list_get_value_index (tags, tag, j), depth))
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
sample_is_carried (GstSample *sample, guint depth)
{
  const GstStructure *info = sample ? gst_sample_get_info (sample) : NULL;

  return sample && gst_sample_get_buffer (sample) && gst_buffer_get_size (gst_sample_get_buffer (sample)) > 0
         && caps_are_carried (gst_sample_get_caps (sample), depth) && (!info || structure_is_carried (info, depth));
}

/* All of one type: only the first one's is written. */
static gboolean
list_is_carried (const GValue *list, guint depth)
{
  gboolean is_array = GST_VALUE_HOLDS_ARRAY (list);
  guint size = is_array ? gst_value_array_get_size (list) : gst_value_list_get_size (list);
  GType type = G_TYPE_INVALID;
  GType basic_type = G_TYPE_INVALID;

  for (guint i = 0; i < size; i++) {
    const GValue *value = is_array ? gst_value_array_get_value (list, i) : gst_value_list_get_value (list, i);

    if (i > 0 && (G_VALUE_TYPE (value) != type || ipc_text_basic_type (value) != basic_type))
      return FALSE;
    if (!value_is_carried (value, depth))
      return FALSE;
    type = G_VALUE_TYPE (value);
    basic_type = ipc_text_basic_type (value);
  }
  return TRUE;
}

static gboolean
value_is_carried (const GValue *value, guint depth)
{
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
    /* GStreamer writes an empty one as nothing, which it cannot read back */
    return g_value_get_boxed (value) && gst_buffer_get_size (gst_value_get_buffer (value)) > 0;
  case IPC_TEXT_SAMPLE:
    return sample_is_carried (gst_value_get_sample (value), depth + 1);
  case IPC_TEXT_STRUCTURE:
    return structure_is_carried (gst_value_get_structure (value), depth + 1);
  case IPC_TEXT_CAPS:
    return caps_are_carried (gst_value_get_caps (value), depth + 1);
  case IPC_TEXT_TAGS:
    return tags_are_carried (g_value_get_boxed (value), depth + 1);
  case IPC_TEXT_DATE:
  case IPC_TEXT_DATE_TIME:
  case IPC_TEXT_G_DATE_TIME:
  case IPC_TEXT_SEGMENT:
  case IPC_TEXT_FEATURES:
    return g_value_get_boxed (value) != NULL;
  case IPC_TEXT_LIST:
  case IPC_TEXT_ARRAY:
    return list_is_carried (value, depth + 1);
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
  GSList *left_out; /* names of fields that are not carried */
  GString *events;  /* ", name=(GstEvent)..." of fields that hold one */
  GError *error;
} Writing;

/* ", name=(GstEvent)..." for a field that holds an event. */
static gboolean
append_event (Writing *writing, const gchar *name, GstEvent *event)
{
  g_autofree gchar *text = ipc_text_write_event (event, &writing->error);

  if (!text)
    return FALSE;
  g_string_append_printf (writing->events, ", %s=(GstEvent)%s", name, text);
  return TRUE;
}

static gboolean
look_at_field (GQuark field, const GValue *value, gpointer user_data)
{
  Writing *writing = user_data;
  const gchar *name = g_quark_to_string (field);

  if (field_is_carried (field, value, GUINT_TO_POINTER (1)))
    return TRUE;
  /* an event goes into the text by another way; anything else that is not carried goes only when that is asked for */
  if (!name_is_carried (name) || !G_VALUE_HOLDS (value, GST_TYPE_EVENT) || !g_value_get_boxed (value)
      || !append_event (writing, name, g_value_get_boxed (value))) {
    if (!(writing->flags & IPC_TEXT_SKIP_UNCARRIED)) {
      if (!writing->error)
        g_set_error (&writing->error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE,
            "field %s holds a %s that has no text form to carry it in", name, G_VALUE_TYPE_NAME (value));
      return FALSE;
    }
    g_clear_error (&writing->error);
  }
  writing->left_out = g_slist_prepend (writing->left_out, (gpointer)name);
  return TRUE;
}

static gchar *
write_looked_at (const GstStructure *structure, Writing *writing)
{
  g_autoptr (GstStructure) copy = NULL;
  g_autofree gchar *text = NULL;

  if (!writing->left_out)
    return gst_structure_to_string (structure);
  copy = gst_structure_copy (structure);
  for (GSList *name = writing->left_out; name; name = name->next)
    gst_structure_remove_field (copy, name->data);
  text = gst_structure_to_string (copy);
  if (writing->events->len == 0)
    return g_steal_pointer (&text);
  /* before the ';' that ends the text */
  if (g_str_has_suffix (text, ";"))
    text[strlen (text) - 1] = '\0';
  return g_strconcat (text, writing->events->str, ";", NULL);
}

/**
 * ipc_text_write:
 * @structure: what to write
 * @flags: what to do about values that text does not carry
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
  return text;
}
