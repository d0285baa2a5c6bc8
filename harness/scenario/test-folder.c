/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Folders of scenarios: which files are taken, what the cases are called, and that nothing found is a mistake.
 */
#include <glib/gstdio.h>
#include <unistd.h>

#include "test-util.h"

typedef struct {
  gchar *folder;
  GPtrArray *mistakes;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("ipc-scenario-XXXXXX", NULL);
  fixture->mistakes = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_scenario_mistake_free);
  g_assert_nonnull (fixture->folder);
}

static void
remove_all (const gchar *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree gchar *inner = g_build_filename (path, name, NULL);

    remove_all (inner);
  }
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_all (fixture->folder);
  g_free (fixture->folder);
  g_ptr_array_unref (fixture->mistakes);
}

static void
put (Fixture *fixture, const gchar *name, const gchar *text)
{
  g_autofree gchar *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree gchar *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  static const gchar *const names[] = { "again/known-failures/x", "play", "seek", "seek-again", "seek/flushing" };
  g_autofree gchar *good = ipc_test_scenario (NULL, NULL, NULL);
  g_autofree gchar *circle = g_build_filename (fixture->folder, "seek", "circle", NULL);
  g_autoptr (GPtrArray) cases = NULL;

  put (fixture, "seek/flushing.json", good);
  put (fixture, "seek.json", good);
  put (fixture, "seek-again.json", good);
  put (fixture, "play.json", good);
  put (fixture, "again/known-failures/x.json", good);
  put (fixture, "known-failures/list.json", "broken");
  put (fixture, "scenario.schema.json", "broken");
  put (fixture, "readme.txt", "broken");
  g_assert_true (symlink ("..", circle) == 0);
  cases = ipc_scenario_load_folder (fixture->folder, &ipc_test_world, fixture->mistakes);
  g_assert_cmpuint (fixture->mistakes->len, ==, 0);
  g_assert_cmpuint (cases->len, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < cases->len; i++)
    g_assert_cmpstr (((IpcScenarioCase *)cases->pdata[i])->name, ==, names[i]);
}

/* A scenario with @members in front. Caller frees. */
static gchar *
scenario_with (const gchar *members)
{
  g_autofree gchar *text = ipc_test_scenario (NULL, NULL, NULL);

  return g_strdup_printf ("{%s%s", members, text + 1);
}

/* Values that several scenarios take from one file. */
static void
test_values_from_a_file (Fixture *fixture, gconstpointer data)
{
  static const gchar *const names[] = { "seek/all[s=wav]", "seek/all[s=ogg]", "seek/one[s=ogg]" };
  static const gchar all[]
      = "\"parameters\": {\"s\": {\"values-from\": \"../parameters/s.json\"}}, \"allow\": [\"${s.rule}\"],";
  static const gchar one[]
      = "\"parameters\": {\"s\": {\"values-from\": \"../parameters/s.json\", \"only\": [\"ogg\"]}}, "
        "\"allow\": [\"${s.rule}\"],";
  g_autofree gchar *seek_all = scenario_with (all), *seek_one = scenario_with (one);
  g_autoptr (GPtrArray) cases = NULL;

  put (fixture, "parameters/s.json", "{\"wav\": {\"rule\": \"data-intact\"}, \"ogg\": {\"rule\": \"no-leaks\"}}");
  put (fixture, "seek/all.json", seek_all);
  put (fixture, "seek/one.json", seek_one);
  cases = ipc_scenario_load_folder (fixture->folder, &ipc_test_world, fixture->mistakes);
  g_assert_cmpuint (fixture->mistakes->len, ==, 0);
  g_assert_cmpuint (cases->len, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < cases->len; i++)
    g_assert_cmpstr (((IpcScenarioCase *)cases->pdata[i])->name, ==, names[i]);
  g_assert_cmpstr (((IpcScenarioCase *)cases->pdata[2])->allow[0], ==, "no-leaks");
}

static void
test_mistakes_in_values_from_a_file (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const gchar *members, *shared, *expected;
  } mistakes[] = {
    { "\"values-from\": \"../parameters/none.json\"", "{}", "No such file" },
    { "\"values-from\": \"../parameters/s.json\", \"onyl\": [\"a\"]", "{\"a\": \"no-leaks\"}",
        "did you mean \"only\"" },
    { "\"values-from\": \"../parameters/s.json\", \"only\": [\"aa\"]", "{\"a\": \"no-leaks\"}",
        "unknown label \"aa\"" },
    { "\"values-from\": \"../parameters/s.json\", \"only\": []", "{\"a\": \"no-leaks\"}", "expected a list of labels" },
    { "\"values-from\": \"../parameters/s.json\"", "[\"no-leaks\"]",
        "expected an object of labels and values, found a list" },
    { "\"values-from\": \"../parameters/s.json\"", "{\"a\": 1,}", "s.json:1" },
    { "\"values-from\": 7", "{}", "expected a text, found a number" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (mistakes); i++) {
    g_autofree gchar *head
        = g_strdup_printf ("\"parameters\": {\"s\": {%s}}, \"allow\": [\"${s}\"],", mistakes[i].members);
    g_autofree gchar *text = scenario_with (head), *said = NULL;

    put (fixture, "parameters/s.json", mistakes[i].shared);
    put (fixture, "seek/all.json", text);
    g_ptr_array_set_size (fixture->mistakes, 0);
    g_assert_null (ipc_scenario_load_folder (fixture->folder, &ipc_test_world, fixture->mistakes));
    g_assert_cmpuint (fixture->mistakes->len, >=, 1);
    said = ipc_scenario_mistake_to_string (fixture->mistakes->pdata[0]);
    if (!strstr (said, mistakes[i].expected))
      g_error ("expected \"%s\" in: %s", mistakes[i].expected, said);
  }
}

/* All mistakes of all files, and no cases: a suite that shrinks unnoticed proves nothing. */
static void
test_mistakes_of_all_files (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *good = ipc_test_scenario (NULL, NULL, NULL);
  g_autofree gchar *expected = g_strdup_printf ("%s/one.json:1: $: the file is empty: expected an object\n"
                                                "%s/two/three.json:1: $: expected an object, found a list",
      fixture->folder, fixture->folder);
  g_autofree gchar *seen = NULL;

  put (fixture, "good.json", good);
  put (fixture, "one.json", "");
  put (fixture, "two/three.json", "[]");
  g_assert_null (ipc_scenario_load_folder (fixture->folder, &ipc_test_world, fixture->mistakes));
  seen = ipc_test_mistakes_text (fixture->mistakes);
  g_assert_cmpstr (seen, ==, expected);
}

static void
test_nothing_there (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *missing = g_build_filename (fixture->folder, "missing", NULL);
  g_autofree gchar *empty = g_strdup_printf ("%s: $: no scenario (*.json) in this folder", fixture->folder);
  g_autofree gchar *seen = NULL;

  g_assert_null (ipc_scenario_load_folder (fixture->folder, &ipc_test_world, fixture->mistakes));
  seen = ipc_test_mistakes_text (fixture->mistakes);
  g_assert_cmpstr (seen, ==, empty);
  g_assert_null (ipc_scenario_load_folder (missing, &ipc_test_world, fixture->mistakes));
  g_assert_cmpuint (fixture->mistakes->len, ==, 2);
  g_assert_true (
      g_str_has_prefix (((IpcScenarioMistake *)fixture->mistakes->pdata[1])->text, "Error opening directory"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/folder/names", Fixture, NULL, set_up, test_names, tear_down);
  g_test_add ("/folder/values-from-a-file", Fixture, NULL, set_up, test_values_from_a_file, tear_down);
  g_test_add (
      "/folder/mistakes-in-values-from-a-file", Fixture, NULL, set_up, test_mistakes_in_values_from_a_file, tear_down);
  g_test_add ("/folder/mistakes-of-all-files", Fixture, NULL, set_up, test_mistakes_of_all_files, tear_down);
  g_test_add ("/folder/nothing-there", Fixture, NULL, set_up, test_nothing_there, tear_down);
  return g_test_run ();
}
