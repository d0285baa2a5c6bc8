/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plays scenarios in tests. A play owns its temporary folder and removes it. */

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "test-util.h"

static void
print_mistake (gpointer data, gpointer user_data)
{
  g_autofree gchar *text = ipc_scenario_mistake_to_string (data);

  g_test_message ("%s", text);
}

void
ipc_play_init (IpcPlay *play, const gchar *worker, const gchar *implementation)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *plugins = NULL;

  *play = (IpcPlay){ 0 };
  play->folder = g_dir_make_tmp ("ipc-run-XXXXXX", &error);
  g_assert_no_error (error);
  play->artifacts = g_build_filename (play->folder, "artifacts", NULL);
  if (!implementation) {
    g_autofree gchar *file = NULL;

    plugins = g_build_filename (play->folder, "plugins", NULL);
    file = g_build_filename (plugins, "libfake.so", NULL);
    g_assert_cmpint (g_mkdir (plugins, 0777), ==, 0);
    g_assert_true (g_file_set_contents (file, "", 0, &error));
  }
  play->implementation = ipc_implementation_new (implementation ? implementation : plugins, &error);
  g_assert_no_error (error);
  play->settings = (IpcRunSettings){
    .master = play->implementation,
    .slave = play->implementation,
    .master_worker = worker,
    .slave_worker = worker,
    .timeout_scale = 1.0,
    .repeat_command = "gst-ipc-harness run test",
  };
}

void
ipc_play_load (IpcPlay *play, const gchar *processes, const gchar *links, const gchar *steps)
{
  g_autoptr (GPtrArray) mistakes = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_scenario_mistake_free);
  const IpcScenarioWorld world = { play->folder, NULL };
  g_autofree gchar *path = g_build_filename (play->folder, "scenario.json", NULL);
  g_autofree gchar *text = g_strdup_printf (
      "{ \"shows\": \"It is played.\", \"requirements\": [\"TEST-1\"],\n\"processes\": {%s},\n\"links\": {%s},\n"
      "\"steps\": [%s] }\n",
      processes, links, steps);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  play->cases = ipc_scenario_load_file (path, "test", &world, mistakes);
  g_ptr_array_foreach (mistakes, print_mistake, NULL);
  g_assert_nonnull (play->cases);
  g_assert_cmpuint (play->cases->len, ==, 1);
}

void
ipc_play_load_history (IpcPlay *play)
{
  g_autofree gchar *path = g_build_filename (play->artifacts, "history.ndjson", NULL);
  g_autoptr (GError) error = NULL;

  play->history = ipc_history_load (path, &error);
  g_assert_no_error (error);
}

static gchar *
record_text (JsonObject *record)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), record);

  return json_to_string (node, FALSE);
}

/* Who is given the one need not read the other. */
static void
assert_same_history (IpcHistory *played, IpcHistory *loaded)
{
  g_assert_cmpuint (ipc_history_length (played), ==, ipc_history_length (loaded));
  for (guint i = 0; i < ipc_history_length (played); i++) {
    g_autofree gchar *one = record_text (ipc_history_get (played, i)),
                     *other = record_text (ipc_history_get (loaded, i));

    g_assert_cmpstr (one, ==, other);
  }
}

void
ipc_play_run (IpcPlay *play, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpcHistory) history
      = ipc_run_case (g_ptr_array_index (play->cases, 0), &play->settings, play->artifacts, cancellable, &error);

  g_assert_no_error (error);
  ipc_play_load_history (play);
  assert_same_history (history, play->history);
}

static void
remove_folder (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree gchar *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
      remove_folder (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

void
ipc_play_clear (IpcPlay *play)
{
  if (!g_test_failed ())
    remove_folder (play->folder);
  g_clear_pointer (&play->history, ipc_history_free);
  g_clear_pointer (&play->cases, g_ptr_array_unref);
  ipc_implementation_free (play->implementation);
  g_free (play->artifacts);
  g_free (play->folder);
}

void
ipc_play_assert_end (IpcPlay *play, const gchar *outcome, const gchar *text)
{
  JsonObject *end = ipc_history_get (play->history, ipc_history_length (play->history) - 1);

  g_assert_true (ipc_record_is (end, "end"));
  if (g_strcmp0 (ipc_record_string (end, "outcome"), outcome) != 0
      || !g_regex_match_simple (text, ipc_record_string (end, "text"), G_REGEX_DOTALL, 0))
    g_error ("%s: the case ended with %s \"%s\", expected %s matching \"%s\"", play->artifacts,
        ipc_record_string (end, "outcome"), ipc_record_string (end, "text"), outcome, text);
}

JsonObject *
ipc_play_find (IpcPlay *play, const gchar *kind, const gchar *event, const gchar *process, guint nth)
{
  for (guint i = 0; i < ipc_history_length (play->history); i++) {
    JsonObject *record = ipc_history_get (play->history, i);

    if (!ipc_record_is (record, kind) || (event && g_strcmp0 (event, ipc_record_string (record, "event")) != 0)
        || (process && g_strcmp0 (process, ipc_record_string (record, "process")) != 0))
      continue;
    if (nth-- == 0)
      return record;
  }
  return NULL;
}
