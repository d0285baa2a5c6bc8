/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A folder of scenario files. Names of cases are paths below the folder, so they stay the same wherever it lies.
 */
#include <gio/gio.h>
#include <string.h>

#include "mistake.h"
#include "scenario.h"

/* In the folder of scenarios: lists of known failures, and what scenarios take values from. */
static const gchar *const no_scenarios[] = { "known-failures", "parameters", NULL };

/* Appends the paths below @folder, without .json, of all scenario files in @folder/@below. */
static void
collect (const gchar *folder, const gchar *below, GPtrArray *found, GPtrArray *mistakes)
{
  g_autofree gchar *path = g_build_filename (folder, below, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  const gchar *name;

  if (!dir) {
    ipc_mistake_add (mistakes, path, 0, NULL, "%s", error->message);
    return;
  }
  while ((name = g_dir_read_name (dir))) {
    g_autofree gchar *inner = *below ? g_build_filename (below, name, NULL) : g_strdup (name);
    g_autofree gchar *full = g_build_filename (folder, inner, NULL);

    /* links to folders are not followed: they may lead in a circle */
    if (g_file_test (full, G_FILE_TEST_IS_DIR)) {
      if (!g_strv_contains (no_scenarios, inner) && !g_file_test (full, G_FILE_TEST_IS_SYMLINK))
        collect (folder, inner, found, mistakes);
    } else if (g_str_has_suffix (name, ".json") && !g_str_equal (inner, "scenario.schema.json")) {
      inner[strlen (inner) - strlen (".json")] = '\0';
      g_ptr_array_add (found, g_steal_pointer (&inner));
    }
  }
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *)a, *(const gchar *const *)b);
}

/**
 * ipc_scenario_load_folder:
 * @folder: where the scenarios lie, with all folders below
 * @world: what files may name that is not in them
 * @mistakes: (element-type IpcScenarioMistake): everything that is wrong in any of the files is appended
 *
 * Returns: (element-type IpcScenarioCase) (nullable): the cases by name, or %NULL with mistakes. Caller unrefs.
 */
GPtrArray *
ipc_scenario_load_folder (const gchar *folder, const IpcScenarioWorld *world, GPtrArray *mistakes)
{
  guint before = mistakes->len;
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_scenario_case_free);

  collect (folder, "", found, mistakes);
  if (found->len == 0 && mistakes->len == before)
    ipc_mistake_add (mistakes, folder, 0, NULL, "no scenario (*.json) in this folder");
  g_ptr_array_sort (found, compare_names);
  for (guint i = 0; i < found->len; i++) {
    const gchar *name = found->pdata[i];
    g_autofree gchar *base = g_strconcat (name, ".json", NULL);
    g_autofree gchar *file = g_build_filename (folder, base, NULL);
    g_autoptr (GPtrArray) cases = ipc_scenario_load_file (file, name, world, mistakes);

    if (cases)
      g_ptr_array_extend_and_steal (all, g_steal_pointer (&cases));
  }
  return mistakes->len == before ? g_steal_pointer (&all) : NULL;
}
