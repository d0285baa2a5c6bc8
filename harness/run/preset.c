/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A preset is written behind the name of the element that is made, before everything else that is said of it: of two
 * values the later one holds.
 */

#include "preset.h"

#include <string.h>

#define NAME "[A-Za-z][A-Za-z0-9_-]*"

gboolean
ipc_preset_check (const gchar *preset, GError **error)
{
  if (g_regex_match_simple ("^" NAME "\\." NAME "=.", preset, 0, 0))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "expected ELEMENT.PROPERTY=VALUE, as ipcpipelinesink.memory=copy");
  return FALSE;
}

/* What stands behind the element's name: " PROPERTY="VALUE"". */
static gchar *
assignment (const gchar *property_and_value)
{
  const gchar *value = strchr (property_and_value, '=') + 1;
  GString *text = g_string_new (" ");

  g_string_append_len (text, property_and_value, value - property_and_value);
  g_string_append_c (text, '"');
  for (; *value != '\0'; value++) {
    if (*value == '"' || *value == '\\')
      g_string_append_c (text, '\\');
    g_string_append_c (text, *value);
  }
  g_string_append_c (text, '"');
  return g_string_free (text, FALSE);
}

static gboolean
append_match (const GMatchInfo *match, GString *result, gpointer text)
{
  g_autofree gchar *name = g_match_info_fetch (match, 0);

  g_string_append (result, name);
  g_string_append (result, text);
  return FALSE;
}

gchar *
ipc_presets_apply (const gchar *const *presets, const gchar *description)
{
  gchar *text = g_strdup (description);

  for (guint i = 0; presets != NULL && presets[i] != NULL; i++) {
    const gchar *dot = strchr (presets[i], '.');
    g_autofree gchar *element = g_strndup (presets[i], dot - presets[i]);
    g_autofree gchar *assigned = assignment (dot + 1);
    g_autofree gchar *pattern = g_strdup_printf ("(?<![^\\s!(])%s(?![^\\s!)])", element);
    g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
    gchar *next = g_regex_replace_eval (regex, text, -1, 0, 0, append_match, assigned, NULL);

    g_free (text);
    text = next;
  }
  return text;
}
