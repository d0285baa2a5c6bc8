/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Nicks to values and back. Type classes are taken for the time of a call; those of GStreamer's enumerations are
 * static, so the nicks stay valid. */

#include "words.h"

#include "commands.h"

gboolean
ipc_word_to_enum (GType type, const gchar *word, gint *value, GError **error)
{
  g_autoptr (GTypeClass) type_class = g_type_class_ref (type);
  GEnumClass *words = G_ENUM_CLASS (type_class);
  GEnumValue *entry = g_enum_get_value_by_nick (words, word);

  if (entry != NULL) {
    *value = entry->value;
    return TRUE;
  }

  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; i < words->n_values; i++)
    g_string_append_printf (list, " %s", words->values[i].value_nick);
  g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "\"%s\" is no %s: use one of%s", word,
      g_type_name (type), list->str);
  return FALSE;
}

gboolean
ipc_word_to_flag (GType type, const gchar *word, guint *value, GError **error)
{
  g_autoptr (GTypeClass) type_class = g_type_class_ref (type);
  GFlagsClass *words = G_FLAGS_CLASS (type_class);
  GFlagsValue *entry = g_flags_get_value_by_nick (words, word);

  if (entry != NULL) {
    *value = entry->value;
    return TRUE;
  }

  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; i < words->n_values; i++)
    g_string_append_printf (list, " %s", words->values[i].value_nick);
  g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "\"%s\" is no %s: use one of%s", word,
      g_type_name (type), list->str);
  return FALSE;
}

gboolean
ipc_words_to_flags (GType type, JsonArray *words, guint *flags, GError **error)
{
  *flags = 0;
  for (guint i = 0; words != NULL && i < json_array_get_length (words); i++) {
    guint flag;

    if (!ipc_word_to_flag (type, json_array_get_string_element (words, i), &flag, error))
      return FALSE;
    *flags |= flag;
  }
  return TRUE;
}

const gchar *
ipc_enum_to_word (GType type, gint value)
{
  g_autoptr (GTypeClass) type_class = g_type_class_ref (type);
  GEnumValue *entry = g_enum_get_value (G_ENUM_CLASS (type_class), value);

  return entry ? entry->value_nick : "?";
}
