/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What reader and writer of the text form agree on: which types are carried, what names look like, and how many
 * new names peers may bring into this process.
 */

#include <string.h>

#include "text.h"

/**
 * ipc_text_flags:
 * @form: how a packet is written
 * @flags: what its kind of object asks for
 *
 * Returns: @flags and what @form adds
 */
IpcTextFlags
ipc_text_flags (IpcForm form, IpcTextFlags flags)
{
  return flags | (form & IPC_FORM_OBJECTS ? IPC_TEXT_OBJECTS : 0);
}

static IpcTextKind
boxed_kind (GType type)
{
  const struct {
    GType type;
    IpcTextKind kind;
  } kinds[] = {
    { GST_TYPE_CAPS, IPC_TEXT_CAPS },
    { GST_TYPE_TAG_LIST, IPC_TEXT_TAGS },
    { GST_TYPE_SEGMENT, IPC_TEXT_SEGMENT },
    { GST_TYPE_STRUCTURE, IPC_TEXT_STRUCTURE },
    { GST_TYPE_EVENT, IPC_TEXT_EVENT },
    { GST_TYPE_BUFFER, IPC_TEXT_BUFFER },
    { GST_TYPE_SAMPLE, IPC_TEXT_SAMPLE },
    { GST_TYPE_CAPS_FEATURES, IPC_TEXT_FEATURES },
    { GST_TYPE_DATE_TIME, IPC_TEXT_DATE_TIME },
    { G_TYPE_DATE, IPC_TEXT_DATE },
    { G_TYPE_DATE_TIME, IPC_TEXT_G_DATE_TIME },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (kinds[i].type == type)
      return kinds[i].kind;
  }
  return IPC_TEXT_NONE;
}

static IpcTextKind
gst_fundamental_kind (GType type)
{
  if (type == GST_TYPE_FRACTION)
    return IPC_TEXT_FRACTION;
  if (type == GST_TYPE_BITMASK || g_type_is_a (type, GST_TYPE_FLAG_SET))
    return IPC_TEXT_PLAIN;
  if (type == GST_TYPE_LIST)
    return IPC_TEXT_LIST;
  if (type == GST_TYPE_ARRAY)
    return IPC_TEXT_ARRAY;
  if (type == GST_TYPE_INT_RANGE || type == GST_TYPE_INT64_RANGE || type == GST_TYPE_DOUBLE_RANGE
      || type == GST_TYPE_FRACTION_RANGE)
    return IPC_TEXT_RANGE;
  return IPC_TEXT_NONE;
}

/**
 * ipc_text_kind:
 * @type: any type
 *
 * Returns: how values of @type are read, or IPC_TEXT_NONE when the text form does not carry them
 */
IpcTextKind
ipc_text_kind (GType type)
{
  switch (G_TYPE_FUNDAMENTAL (type)) {
  case G_TYPE_BOOLEAN:
  case G_TYPE_UCHAR:
  case G_TYPE_INT:
  case G_TYPE_UINT:
  case G_TYPE_LONG:
  case G_TYPE_ULONG:
  case G_TYPE_INT64:
  case G_TYPE_UINT64:
  case G_TYPE_FLOAT:
  case G_TYPE_DOUBLE:
    return G_TYPE_FUNDAMENTAL (type) == type ? IPC_TEXT_PLAIN : IPC_TEXT_NONE;
  case G_TYPE_STRING:
    return type == G_TYPE_STRING ? IPC_TEXT_STRING : IPC_TEXT_NONE;
  case G_TYPE_ENUM:
    return type == G_TYPE_ENUM ? IPC_TEXT_NONE : IPC_TEXT_ENUM;
  case G_TYPE_FLAGS:
    return type == G_TYPE_FLAGS ? IPC_TEXT_NONE : IPC_TEXT_FLAGS;
  case G_TYPE_BOXED:
    return boxed_kind (type);
  case G_TYPE_NONE:
  case G_TYPE_INTERFACE:
  case G_TYPE_POINTER:
  case G_TYPE_PARAM:
  case G_TYPE_OBJECT:
  case G_TYPE_VARIANT:
    return IPC_TEXT_NONE;
  default:
    return gst_fundamental_kind (type);
  }
}

gboolean
ipc_text_is_simple (gchar c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("_-+/:.", c) != NULL);
}

gboolean
ipc_text_name_is_valid (const gchar *name)
{
  gsize length = 0;

  /* the last two are what 0.10 called raw media, of which GStreamer warns */
  if (!g_ascii_isalpha (name[0]) || g_str_has_prefix (name, "video/x-raw-") || g_str_has_prefix (name, "audio/x-raw-"))
    return FALSE;
  while (ipc_text_is_simple (name[length]))
    length++;
  return name[length] == '\0' && length <= IPC_TEXT_MAX_NAME;
}

static gint n_new_names; /* from peers; atomic, never goes down: neither do quarks */

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
void
ipc_text_forget_new_names (void)
{
  g_atomic_int_set (&n_new_names, 0);
}
#endif

/**
 * ipc_text_name_admit:
 * @name: a name from a peer, of a structure, field, feature or error domain
 *
 * Returns: TRUE when @name is a quark, or has become one
 */
gboolean
ipc_text_name_admit (const gchar *name, GError **error)
{
  if (strlen (name) > IPC_TEXT_MAX_NAME) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE, "a name of more than %d bytes", IPC_TEXT_MAX_NAME);
    return FALSE;
  }
  if (g_quark_try_string (name) != 0)
    return TRUE;
  if (g_atomic_int_get (&n_new_names) >= IPC_TEXT_MAX_NEW_NAMES
      || g_atomic_int_add (&n_new_names, 1) >= IPC_TEXT_MAX_NEW_NAMES) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE,
        "'%s' is a new name, and peers have already brought %d new names into this process", name,
        IPC_TEXT_MAX_NEW_NAMES);
    return FALSE;
  }
  /* not new any more, also where GStreamer makes no quarks of names (structures and fields since 1.26) */
  g_quark_from_string (name);
  return TRUE;
}

/* An error must arrive even when its domain is one too many for this process. */
GQuark
ipc_text_error_domain (const gchar *name)
{
  if (!ipc_text_name_admit (name, NULL))
    return g_quark_from_static_string ("ipc-foreign-error-quark");
  return g_quark_from_string (name);
}

gboolean
ipc_text_enum_is_valid (GType type, gint value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);

  if (g_enum_get_value (klass, value))
    return TRUE;
  /* formats can be registered, and are then not in the enum */
  return type == GST_TYPE_FORMAT && gst_format_get_details (value);
}

gboolean
ipc_text_flags_are_valid (GType type, guint value)
{
  g_autoptr (GFlagsClass) klass = g_type_class_ref (type);

  return (value & ~klass->mask) == 0;
}

/**
 * ipc_text_basic_type:
 * @value: any value
 *
 * GStreamer takes into one list or array only values of one basic type: that of the first value in it, for a list; that
 * of its ends, for a range.
 *
 * Returns: the basic type, G_TYPE_INVALID for an empty list or array, which goes with everything
 */
GType
ipc_text_basic_type (const GValue *value)
{
  while (GST_VALUE_HOLDS_LIST (value) || GST_VALUE_HOLDS_ARRAY (value)) {
    gboolean is_array = GST_VALUE_HOLDS_ARRAY (value);

    if ((is_array ? gst_value_array_get_size (value) : gst_value_list_get_size (value)) == 0)
      return G_TYPE_INVALID;
    value = is_array ? gst_value_array_get_value (value, 0) : gst_value_list_get_value (value, 0);
  }
  if (GST_VALUE_HOLDS_INT_RANGE (value))
    return G_TYPE_INT;
  if (GST_VALUE_HOLDS_DOUBLE_RANGE (value))
    return G_TYPE_DOUBLE;
  if (GST_VALUE_HOLDS_FRACTION_RANGE (value))
    return GST_TYPE_FRACTION;
  return G_VALUE_TYPE (value);
}

static gboolean
field_is_comparable (GQuark field, const GValue *value, gpointer user_data)
{
  return ipc_text_is_comparable (value);
}

/**
 * ipc_text_is_comparable:
 * @value: a value that text carries
 *
 * Returns: FALSE when @value is, or has in it, something that gst_value_compare() has no function for. What is in caps
 * and tag lists in it has been judged before.
 */
gboolean
ipc_text_is_comparable (const GValue *value)
{
  const gboolean is_array = GST_VALUE_HOLDS_ARRAY (value);
  const GstStructure *structure;

  if (is_array || GST_VALUE_HOLDS_LIST (value)) {
    const guint size = is_array ? gst_value_array_get_size (value) : gst_value_list_get_size (value);

    for (guint i = 0; i < size; i++) {
      if (!ipc_text_is_comparable (
              is_array ? gst_value_array_get_value (value, i) : gst_value_list_get_value (value, i)))
        return FALSE;
    }
    return TRUE;
  }
  if (GST_VALUE_HOLDS_STRUCTURE (value)) {
    structure = gst_value_get_structure (value);
    return !structure || gst_structure_foreach (structure, field_is_comparable, NULL);
  }
  return !G_VALUE_HOLDS (value, GST_TYPE_SEGMENT) && !G_VALUE_HOLDS (value, GST_TYPE_CAPS_FEATURES)
         && !G_VALUE_HOLDS (value, GST_TYPE_EVENT);
}
