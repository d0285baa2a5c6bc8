/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the text form of caps and of their features: structures with a semicolon between, each with features in
 * parentheses behind its name.
 */

#include <string.h>

#include "text-read-private.h"

/* Letters, a colon, a letter, letters and digits: GStreamer warns of anything else. */
static gboolean
feature_name_is_valid (const gchar *name)
{
  const gchar *at = name;

  while (g_ascii_isalpha (*at))
    at++;
  if (at == name || at[0] != ':' || !g_ascii_isalpha (at[1]))
    return FALSE;
  for (at += 2; g_ascii_isalnum (*at); at++)
    ;
  return *at == '\0';
}

GstCapsFeatures *
ipc_text_read_features (IpcTextReader *reader, const gchar *text)
{
  g_autoptr (GstCapsFeatures) features = NULL;
  g_auto (GStrv) names = NULL;

  if (g_str_equal (text, "ANY"))
    return gst_caps_features_new_any ();
  features = gst_caps_features_new_empty ();
  names = g_strsplit_set (text, ",+", IPC_TEXT_MAX_FEATURES + 1);
  for (guint i = 0; names[i]; i++) {
    const gchar *name = g_strstrip (names[i]);

    if (i >= IPC_TEXT_MAX_FEATURES || !feature_name_is_valid (name)) {
      ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "too many caps features, or a broken name of one");
      return NULL;
    }
    if (!ipc_text_name_admit (name, &reader->error))
      return NULL;
    gst_caps_features_add (features, name);
  }
  return g_steal_pointer (&features);
}

/* "(memory:DMABuf, meta:Something)" behind a structure's name in caps. */
static GstCapsFeatures *
read_feature_list (IpcTextReader *reader, const gchar **cursor)
{
  const gchar *start = ++(*cursor);
  g_autofree gchar *text = NULL;

  while (ipc_text_is_simple (**cursor) || **cursor == ' ' || **cursor == ',')
    (*cursor)++;
  if (**cursor != ')') {
    ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "caps features do not end");
    return NULL;
  }
  text = g_strndup (start, (gsize)(*cursor - start));
  (*cursor)++;
  return ipc_text_read_features (reader, text);
}

/* What fields of one name hold in structures of one name. */
typedef struct {
  IpcTextReader *reader;
  GHashTable *types; /* of both names' quarks: the first one's basic type */
  GQuark name;
} Fields;

static gboolean
check_field (GQuark field, const GValue *value, gpointer user_data)
{
  Fields *fields = user_data;
  const guint64 names = (guint64)fields->name << 32 | field;
  const GType type = ipc_text_basic_type (value);
  const GType first = GPOINTER_TO_SIZE (g_hash_table_lookup (fields->types, &names));

  if (!ipc_text_is_comparable (value))
    return ipc_text_fail (fields->reader, IPC_WIRE_ERROR_VALUE, "a field of caps holds what cannot be compared");
  if (!first && type != G_TYPE_INVALID)
    g_hash_table_insert (fields->types, g_memdup2 (&names, sizeof names), GSIZE_TO_POINTER (type));
  if (first && type != G_TYPE_INVALID && first != type)
    return ipc_text_fail (fields->reader, IPC_WIRE_ERROR_VALUE, "structures of caps have fields of different types");
  return TRUE;
}

/* GStreamer compares caps with others; and it makes one structure of several when it simplifies them, with lists of
 * what the fields held. It raises criticals when either cannot be. */
static gboolean
check_fields (IpcTextReader *reader, const GstCaps *caps)
{
  Fields fields = { .reader = reader, .types = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL) };
  gboolean good = TRUE;

  for (guint i = 0; good && i < gst_caps_get_size (caps); i++) {
    const GstStructure *structure = gst_caps_get_structure (caps, i);

    fields.name = gst_structure_get_name_id (structure);
    good = gst_structure_foreach (structure, check_field, &fields);
  }
  g_hash_table_unref (fields.types);
  return good;
}

/* Alone and without fields it would be written as what means something else. */
static gboolean
check_name (IpcTextReader *reader, const GstStructure *structure)
{
  static const gchar *const reserved[] = { "ANY", "EMPTY", "NONE", "NULL", NULL };
  const gchar *name = gst_structure_get_name (structure);

  return !g_strv_contains (reserved, name)
         || ipc_text_fail (reader, IPC_WIRE_ERROR_STRUCTURE, "no structure of caps is called %s", name);
}

static gboolean
read_caps_structures (IpcTextReader *reader, const gchar *cursor, GstCaps *caps)
{
  do {
    GstStructure *structure = ipc_text_read_head (reader, &cursor);
    GstCapsFeatures *features = NULL;
    gboolean done = structure && check_name (reader, structure);

    if (done && *cursor == '(') {
      features = read_feature_list (reader, &cursor);
      done = features != NULL;
    }
    if (!done || !ipc_text_read_fields (reader, &cursor, structure)) {
      g_clear_pointer (&structure, gst_structure_free);
      g_clear_pointer (&features, gst_caps_features_free);
      return FALSE;
    }
    gst_caps_append_structure_full (caps, structure, features);
  } while (*cursor != '\0');
  return check_fields (reader, caps);
}

gboolean
ipc_text_read_caps (IpcTextReader *reader, const gchar *text, GstCaps **caps)
{
  g_autoptr (GstCaps) read = NULL;
  IpcTextFlags flags = reader->flags;
  gboolean done;

  *caps = NULL;
  if (g_str_equal (text, "NULL"))
    return TRUE;
  if (g_str_equal (text, "ANY")) {
    *caps = gst_caps_new_any ();
    return TRUE;
  }
  read = gst_caps_new_empty ();
  if (!g_str_equal (text, "EMPTY") && !g_str_equal (text, "NONE")) {
    if (!ipc_text_enter (reader, text))
      return FALSE;
    /* caps get compared, which objects cannot be: there are none in them */
    reader->flags &= ~(guint)IPC_TEXT_OBJECTS;
    done = read_caps_structures (reader, text, read);
    reader->flags = flags;
    reader->depth--;
    if (!done)
      return FALSE;
  }
  *caps = g_steal_pointer (&read);
  return TRUE;
}
