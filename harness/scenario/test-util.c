/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the tests of the loader share: texts are written to a folder of their own, loaded, and removed again.
 */
#include "test-util.h"

#include <glib/gstdio.h>
#include <string.h>

static const gchar *const rules[] = { "data-intact", "no-leaks", NULL };
static const gchar *const process_rules[] = { "no-leaks", NULL };
IpcScenarioWorld ipc_test_world = { "/media", rules, FALSE, NULL, process_rules };

gchar *
ipc_test_mistakes_text (GPtrArray *mistakes)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < mistakes->len; i++) {
    g_autofree gchar *line = ipc_scenario_mistake_to_string (mistakes->pdata[i]);

    g_string_append_printf (text, "%s%s", i ? "\n" : "", line);
  }
  return g_string_free (text, FALSE);
}

GPtrArray *
ipc_test_load (const gchar *text, const gchar *expected)
{
  g_autoptr (GPtrArray) mistakes = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_scenario_mistake_free);
  g_autofree gchar *folder = g_dir_make_tmp ("ipc-scenario-XXXXXX", NULL);
  g_autofree gchar *file = g_build_filename (folder, "scenario.json", NULL);
  g_autofree gchar *prefix = g_strconcat (folder, "/", NULL);
  g_autofree gchar *wanted = g_strdup (expected);
  g_autofree gchar *seen = NULL;
  g_autoptr (GString) relative = NULL;
  GPtrArray *cases;

  g_assert_true (g_file_set_contents (file, text, -1, NULL));
  cases = ipc_scenario_load_file (file, "scenario", &ipc_test_world, mistakes);
  g_unlink (file);
  g_rmdir (folder);
  seen = ipc_test_mistakes_text (mistakes);
  relative = g_string_new (seen);
  g_string_replace (relative, prefix, "", 0);
  /* what follows is a library's own text */
  if (g_str_has_suffix (expected, "*")) {
    wanted[strlen (wanted) - 1] = '\0';
    g_string_truncate (relative, MIN (relative->len, strlen (wanted)));
  }
  g_assert_cmpstr (relative->str, ==, wanted);
  g_assert_true ((cases != NULL) == (*expected == '\0'));
  return cases;
}

gchar *
ipc_test_scenario (const gchar *processes, const gchar *links, const gchar *steps)
{
  return g_strdup_printf ("{\n"
                          "\"shows\": \"something\",\n"
                          "\"requirements\": [\"SEEK-1\"],\n"
                          "\"processes\": {\n"
                          "%s\n"
                          "},\n"
                          "\"links\": {\n"
                          "%s\n"
                          "},\n"
                          "\"steps\": [\n"
                          "%s\n"
                          "]\n"
                          "}\n",
      processes ? processes
                : "\"master\": {\"role\": \"master\", \"pipeline\": \"videotestsrc ! ipcpipelinesink name=video\"},\n"
                  "\"viewer\": {\"role\": \"slave\", \"pipeline\": \"ipcpipelinesrc name=src ! fakesink name=sink\", "
                  "\"observe\": [\"sink.sink\"]},\n"
                  "\"spare\": {\"role\": \"slave\", \"pipeline\": \"ipcpipelinesrc name=src ! fakesink name=sink\", "
                  "\"start\": false}",
      links ? links : "\"video\": {\"from\": \"master.video\", \"to\": \"viewer.src\"}",
      steps ? steps : "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"eos\"}");
}
