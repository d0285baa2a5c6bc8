/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One case for the page: its picture, what was found and where in the picture, ends of logs, the files that it left.
 */
#include "html-case.h"

#include <string.h>

#include "check/check.h"
#include "html-texts.h"
#include "html-timeline.h"
#include "html.h"

#define LOG_TAIL_BYTES 6000
#define LOG_TAIL_LINES 24
#define MAX_FINDINGS 50
#define MAX_FILES 200

/* "cases/NAME" beside result.json, or where the run had it; absolute. */
static gchar *
folder_of (JsonObject *result, const gchar *file)
{
  gint64 round = ipc_record_int (result, "round", 1);
  const gchar *name = ipc_html_or_empty (ipc_record_string (result, "case"));
  g_autofree gchar *leaf = round > 1 ? g_strdup_printf ("%s.round-%" G_GINT64_FORMAT, name, round) : g_strdup (name);
  g_autofree gchar *parent = g_path_get_dirname (file);
  g_autofree gchar *path = g_build_filename (parent, "cases", leaf, NULL);
  g_autofree gchar *absolute = g_canonicalize_filename (path, NULL);

  if (g_file_test (absolute, G_FILE_TEST_IS_DIR) || ipc_record_string (result, "folder") == NULL)
    return g_steal_pointer (&absolute);
  return g_strdup (ipc_record_string (result, "folder"));
}

/* @records: gets the index of each one's record in the history, in the same order. */
static JsonArray *
findings_to_json (JsonObject *result, GArray *records)
{
  JsonNode *node = json_object_get_member (result, "findings");
  JsonArray *findings = json_array_new (),
            *all = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; all != NULL && i < json_array_get_length (all) && i < MAX_FINDINGS; i++) {
    JsonNode *element = json_array_get_element (all, i);
    JsonObject *found, *finding;
    guint record;
    if (!JSON_NODE_HOLDS_OBJECT (element))
      continue;
    found = json_node_get_object (element);
    finding = json_object_new ();
    record = (guint)ipc_record_int (found, "record", G_MAXUINT);
    json_object_set_string_member (finding, "rule", ipc_html_or_empty (ipc_record_string (found, "rule")));
    json_object_set_string_member (finding, "text", ipc_html_or_empty (ipc_record_string (found, "text")));
    if (ipc_record_string (found, "requirement") != NULL)
      json_object_set_string_member (finding, "requirement", ipc_record_string (found, "requirement"));
    json_array_add_object_element (findings, finding);
    g_array_append_val (records, record);
  }
  return findings;
}

/* The last lines of a file, which may be huge and contain anything. */
static gchar *
read_tail (const gchar *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  g_autofree gchar *bytes = g_malloc0 (LOG_TAIL_BYTES + 1), *valid = NULL;
  g_auto (GStrv) lines = NULL;
  gsize n = 0;
  guint n_lines;

  if (stream == NULL)
    return NULL;
  if (g_seekable_seek (G_SEEKABLE (stream), -LOG_TAIL_BYTES, G_SEEK_END, NULL, NULL)
      || g_seekable_seek (G_SEEKABLE (stream), 0, G_SEEK_SET, NULL, NULL))
    g_input_stream_read_all (G_INPUT_STREAM (stream), bytes, LOG_TAIL_BYTES, &n, NULL, NULL);
  valid = g_utf8_make_valid (bytes, n);
  g_strchomp (valid);
  lines = g_strsplit (valid, "\n", -1);
  n_lines = g_strv_length (lines);
  return g_strjoinv ("\n", lines + (n_lines > LOG_TAIL_LINES ? n_lines - LOG_TAIL_LINES : 0));
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *)a, *(const gchar *const *)b);
}

static GPtrArray *
files_in (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL && names->len < MAX_FILES)
    g_ptr_array_add (names, g_utf8_make_valid (name, -1));
  g_ptr_array_sort (names, compare_names);
  return names;
}

static void
add_files (JsonObject *object, const gchar *folder, gboolean with_logs)
{
  g_autoptr (GPtrArray) names = files_in (folder);
  JsonArray *files = json_array_new ();
  JsonObject *logs = json_object_new ();

  for (guint i = 0; i < names->len; i++) {
    const gchar *name = g_ptr_array_index (names, i);
    g_autofree gchar *path = g_build_filename (folder, name, NULL);
    g_autofree gchar *tail = with_logs && g_str_has_suffix (name, ".log") ? read_tail (path) : NULL;
    json_array_add_string_element (files, name);
    if (tail != NULL && *tail != '\0')
      json_object_set_string_member (logs, name, tail);
  }
  json_object_set_array_member (object, "files", files);
  json_object_set_object_member (object, "logs", logs);
}

static void
copy_members (JsonObject *to, JsonObject *from)
{
  static const gchar *const names[] = { "expected", "seen", "command", "file", "measurements", NULL };

  for (guint i = 0; names[i] != NULL; i++)
    if (json_object_has_member (from, names[i]))
      json_object_set_member (to, names[i], json_node_copy (json_object_get_member (from, names[i])));
}

/* Made of the history in @folder. */
static void
add_timeline (JsonObject *object, const gchar *folder, guint max_packets, GArray *records)
{
  g_autofree gchar *path = g_build_filename (folder, "history.ndjson", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (IpcHistory) history = max_packets > 0 ? ipc_history_load (path, &error) : NULL;

  if (history != NULL)
    json_object_set_object_member (object, "timeline", ipc_html_timeline (history, max_packets, records));
  else
    json_object_set_string_member (object, "no-timeline",
        error != NULL ? error->message
                      : "this run has so many results that those which passed last are without one. Its history.ndjson "
                        "has everything");
}

static void
add_history (JsonObject *object, JsonObject *result, const gchar *folder, guint max_packets, const gchar *picture)
{
  g_autoptr (GArray) records = g_array_new (FALSE, FALSE, sizeof (guint));
  JsonNode *timeline = picture != NULL && max_packets > 0 ? json_from_string (picture, NULL) : NULL;

  json_object_set_array_member (object, "findings", findings_to_json (result, records));
  if (timeline != NULL)
    json_object_set_member (object, "timeline", timeline);
  else
    add_timeline (object, folder, max_packets, records);
}

void
ipc_html_case_draw (IpcResult *result, IpcHistory *history, guint max_packets)
{
  g_autoptr (GArray) records = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);

  for (guint i = 0; i < result->findings->len && i < MAX_FINDINGS; i++) {
    const IpcFinding *finding = g_ptr_array_index (result->findings, i);
    g_array_append_val (records, finding->record);
  }
  json_node_take_object (root, ipc_html_timeline (history, max_packets, records));
  g_free (result->picture);
  result->picture = json_to_string (root, FALSE);
  result->picture_packets = max_packets;
}

gchar *
ipc_html_case (JsonObject *result, const gchar *file, const gchar *page_folder, guint max_packets, const gchar *picture)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  g_autofree gchar *folder = folder_of (result, file), *uri = NULL;

  json_node_take_object (root, object);
  copy_members (object, result);
  add_history (object, result, folder, max_packets, picture);
  add_files (object, folder, g_strcmp0 (ipc_record_string (result, "verdict"), "pass") != 0);
  uri = ipc_html_link (folder, page_folder);
  json_object_set_string_member (object, "folder", uri);
  return json_to_string (root, FALSE);
}
