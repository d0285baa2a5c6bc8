/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Helpers that all parts of the loader use: mistakes with their line, texts, names of processes and ends of links. The
 * reader is the loader's; nothing is owned here.
 */
#include "reader.h"

#include <string.h>

/* Of a wrong word, in characters. */
#define LONGEST_SHOWN 64

gchar *
ipc_reader_source (IpcReader *reader, const gchar *path)
{
  g_autofree gchar *outer = g_strdup (path);

  for (gsize length = strlen (outer); reader->sources && length > 0; length--) {
    const gchar *source;

    /* a prefix ends where a member or an element begins: nothing else is in the table */
    if (path[length] != '\0' && path[length] != '.' && path[length] != '[')
      continue;
    outer[length] = '\0';
    source = g_hash_table_lookup (reader->sources, outer);
    if (source)
      return g_strconcat (source, path + length, NULL);
  }
  return g_strdup (path);
}

guint
ipc_reader_line (IpcReader *reader, const gchar *path)
{
  g_autofree gchar *source = ipc_reader_source (reader, path);

  return ipc_strict_json_line (reader->json, source);
}

G_GNUC_PRINTF (3, 0)
static void
add_mistake (IpcReader *reader, const gchar *source, const gchar *format, va_list args)
{
  g_autofree gchar *text = g_strdup_vprintf (format, args);

  ipc_mistake_add (reader->mistakes, reader->file, ipc_strict_json_line (reader->json, source), source, "%s", text);
}

void
ipc_reader_mistake (IpcReader *reader, const gchar *path, const gchar *format, ...)
{
  g_autofree gchar *source = ipc_reader_source (reader, path);
  va_list args;

  va_start (args, format);
  add_mistake (reader, source, format, args);
  va_end (args);
}

void
ipc_reader_source_mistake (IpcReader *reader, const gchar *source, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  add_mistake (reader, source, format, args);
  va_end (args);
}

void
ipc_reader_unknown (
    IpcReader *reader, const gchar *path, const gchar *what, const gchar *word, const gchar *const *words)
{
  g_autofree gchar *hint = ipc_words_hint (word, words);
  gboolean whole = g_utf8_strlen (word, -1) <= LONGEST_SHOWN;
  g_autofree gchar *shown = g_utf8_substring (word, 0, whole ? -1 : LONGEST_SHOWN);

  ipc_reader_mistake (reader, path, "unknown %s \"%s%s\"%s", what, shown, whole ? "" : "...", hint);
}

const gchar *
ipc_reader_describe (JsonNode *node)
{
  switch (json_node_get_node_type (node)) {
  case JSON_NODE_OBJECT:
    return "an object";
  case JSON_NODE_ARRAY:
    return "a list";
  case JSON_NODE_NULL:
    return "null";
  default:
    break;
  }
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return "a text";
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return "true or false";
  return "a number";
}

const gchar *
ipc_reader_text (IpcReader *reader, const gchar *path, JsonNode *node)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING) {
    ipc_reader_mistake (reader, path, "expected a text, found %s", ipc_reader_describe (node));
    return NULL;
  }
  if (!*json_node_get_string (node)) {
    ipc_reader_mistake (reader, path, "the text is empty");
    return NULL;
  }
  return json_node_get_string (node);
}

/* gst-launch takes a backslash before whatever means something to it. */
static void
append_escaped (GString *out, const gchar *text)
{
  for (; *text; text++) {
    if (strchr (" \t\"'\\!()", *text))
      g_string_append_c (out, '\\');
    g_string_append_c (out, *text);
  }
}

gchar *
ipc_reader_scalar_text (JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY (node) || JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_dup_string (node);
  return json_to_string (node, FALSE);
}

gchar *
ipc_reader_substitute (IpcReader *reader, const gchar *text, gboolean pipeline)
{
  static const gchar media[] = "${media}";
  g_autoptr (GString) out = g_string_new (NULL);
  const gchar *open;

  while ((open = strstr (text, "${"))) {
    gboolean escaped = open > text && open[-1] == '$';

    g_string_append_len (out, text, open - text - escaped);
    text = open + strlen (escaped ? "${" : media);
    if (escaped)
      g_string_append (out, "${");
    else if (!g_str_has_prefix (open, media))
      return NULL;
    else if (!reader->world->media)
      g_string_append (out, media);
    else if (pipeline)
      append_escaped (out, reader->world->media);
    else
      g_string_append (out, reader->world->media);
  }
  g_string_append (out, text);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

gboolean
ipc_reader_check_regex (IpcReader *reader, const gchar *path, const gchar *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRegex) regex = g_regex_new (text, 0, 0, &error);

  if (!regex)
    ipc_reader_mistake (reader, path, "not a regular expression: %s", error->message);
  return regex != NULL;
}

const gchar **
ipc_reader_process_names (IpcReader *reader)
{
  GPtrArray *processes = reader->result->processes;
  const gchar **names = g_new0 (const gchar *, processes->len + 1);

  for (guint i = 0; i < processes->len; i++)
    names[i] = ((IpcScenarioProcess *)processes->pdata[i])->name;
  return names;
}

const gchar **
ipc_reader_link_names (IpcReader *reader)
{
  GPtrArray *links = reader->result->links;
  const gchar **names = g_new0 (const gchar *, links->len + 1);

  for (guint i = 0; i < links->len; i++)
    names[i] = ((IpcScenarioLink *)links->pdata[i])->name;
  return names;
}

IpcScenarioProcess *
ipc_reader_process (IpcReader *reader, const gchar *path, const gchar *name)
{
  IpcScenarioProcess *process = ipc_scenario_case_find_process (reader->result, name);

  if (!process) {
    g_autofree const gchar **names = ipc_reader_process_names (reader);

    ipc_reader_unknown (reader, path, "process", name, names);
  }
  return process;
}

/* Whether the pipeline of @process has an element @name that is that end of a link. */
static gboolean
check_end (IpcReader *reader, const gchar *path, IpcScenarioProcess *process, const gchar *name)
{
  const gchar *wanted = process->role == IPC_ROLE_MASTER ? "ipcpipelinesink" : "ipcpipelinesrc";
  IpcPipelineNames *names = g_hash_table_lookup (reader->pipelines, process->name);
  const gchar *factory;

  if (!names) /* its pipeline was wrong, which is reported */
    return TRUE;
  factory = ipc_pipeline_names_factory (names, name);
  if (!factory) {
    g_autofree gchar *hint = ipc_words_hint (name, (const gchar *const *)names->names->pdata);

    ipc_reader_mistake (
        reader, path, "the pipeline of %s has no `name=%s`%s", process->name, name, names->names->len > 1 ? hint : "");
    return FALSE;
  }
  if (*factory && !g_str_equal (factory, wanted)) {
    ipc_reader_mistake (reader, path, "%s.%s is a %s, expected an %s", process->name, name, factory, wanted);
    return FALSE;
  }
  return TRUE;
}

gboolean
ipc_reader_link_end (
    IpcReader *reader, const gchar *path, const gchar *text, IpcRole role, gchar **process, gchar **element)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", -1);
  IpcScenarioProcess *found;

  if (g_strv_length (parts) != 2 || !*parts[0] || !*parts[1]) {
    ipc_reader_mistake (reader, path, "\"%s\": expected \"process.element\"", text);
    return FALSE;
  }
  found = ipc_reader_process (reader, path, parts[0]);
  if (!found)
    return FALSE;
  if (found->role != role) {
    ipc_reader_mistake (reader, path, "process \"%s\" is a %s, expected a %s", found->name,
        found->role == IPC_ROLE_MASTER ? "master" : "slave", role == IPC_ROLE_MASTER ? "master" : "slave");
    return FALSE;
  }
  if (!check_end (reader, path, found, parts[1]))
    return FALSE;
  *process = g_strdup (parts[0]);
  *element = g_strdup (parts[1]);
  return TRUE;
}
