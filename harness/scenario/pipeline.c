/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Words of a gst-launch text. No parser of that syntax: GStreamer's own judges the text later, in the worker. An
 * IpcPipelineNames owns its strings.
 */
#include "pipeline.h"

#include <string.h>

/* Words as gst-launch separates them; its quotes are the shell's. */
static gchar **
split_words (const gchar *pipeline)
{
  gchar **words = NULL;

  if (g_shell_parse_argv (pipeline, NULL, &words, NULL))
    return words;
  return g_strsplit_set (pipeline, " \t\r\n", -1);
}

static gboolean
is_factory (const gchar *word)
{
  return g_regex_match_simple ("^[A-Za-z][A-Za-z0-9_-]*$", word, G_REGEX_DOLLAR_ENDONLY, 0);
}

static void
add_names (IpcPipelineNames *names, const gchar *pipeline)
{
  g_auto (GStrv) words = split_words (pipeline);
  const gchar *factory = "";

  for (guint i = 0; words[i]; i++) {
    if (is_factory (words[i])) {
      factory = words[i];
      names->has_bins |= strstr (factory, "bin") != NULL;
    } else if (g_str_equal (words[i], "!")) {
      factory = "";
    } else if (g_str_has_prefix (words[i], "name=") && words[i][5]) {
      gchar *name = g_strdup (words[i] + 5);

      if (g_hash_table_contains (names->factories, name)) {
        g_free (names->duplicate);
        names->duplicate = name;
        continue;
      }
      g_hash_table_insert (names->factories, name, g_strdup (factory));
      g_ptr_array_add (names->names, name);
    } else if (g_str_has_prefix (words[i], "bin.(") || g_str_has_prefix (words[i], "(")) {
      names->has_bins = TRUE;
    }
  }
}

/**
 * ipc_pipeline_names_new:
 * @pipeline: gst-launch syntax
 *
 * Returns: the names in it; free with ipc_pipeline_names_free()
 */
IpcPipelineNames *
ipc_pipeline_names_new (const gchar *pipeline)
{
  IpcPipelineNames *names = g_new0 (IpcPipelineNames, 1);

  names->factories = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  names->names = g_ptr_array_new ();
  add_names (names, pipeline);
  g_ptr_array_add (names->names, NULL);
  return names;
}

void
ipc_pipeline_names_add (IpcPipelineNames *names, const gchar *pipeline)
{
  names->has_branches = TRUE;
  g_ptr_array_set_size (names->names, (gint)names->names->len - 1); /* the NULL at the end */
  add_names (names, pipeline);
  g_ptr_array_add (names->names, NULL);
}

void
ipc_pipeline_names_free (IpcPipelineNames *names)
{
  if (!names)
    return;
  g_hash_table_unref (names->factories);
  g_ptr_array_unref (names->names);
  g_free (names->duplicate);
  g_free (names);
}

gboolean
ipc_pipeline_names_allow (IpcPipelineNames *names, const gchar *name)
{
  gsize length = strlen (name);

  return names->has_bins || g_hash_table_contains (names->factories, name)
         || (length > 0 && g_ascii_isdigit (name[length - 1]));
}

const gchar *
ipc_pipeline_names_factory (IpcPipelineNames *names, const gchar *name)
{
  return g_hash_table_lookup (names->factories, name);
}
