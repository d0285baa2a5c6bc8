/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `list` and `check`: what there is, and whether it is written correctly. Neither starts a process.
 */
#include <string.h>

#include "cli.h"
#include "scenario/scenario.h"
#include "selection.h"

static const gchar list_description[] = "PATTERN is as in `run`.\n"
                                        "\n"
                                        "Examples:\n"
                                        "  gst-ipc-harness list\n"
                                        "  gst-ipc-harness list --verbose failure\n";

static const gchar check_description[] = "Without FILE all files below the scenario folder are checked. All mistakes\n"
                                         "are named at once, as FILE:LINE: PATH: TEXT.\n"
                                         "\n"
                                         "Examples:\n"
                                         "  gst-ipc-harness check\n"
                                         "  gst-ipc-harness check scenarios/seek/mine.json\n";

static void
print_case (const IpcScenarioCase *scenario_case, gboolean verbose)
{
  g_autofree gchar *requirements = NULL;

  if (!verbose) {
    g_print ("%s\n", scenario_case->name);
    return;
  }
  requirements = g_strjoinv (" ", scenario_case->requirements);
  g_print (
      "%s\n    %s\n    %s\n    %s\n", scenario_case->name, scenario_case->shows, requirements, scenario_case->file);
}

gint
ipc_cli_list (gint argc, gchar **argv)
{
  g_autofree gchar *scenarios = NULL, *media = ipc_cli_default_media ();
  g_auto (GStrv) patterns = NULL;
  gboolean verbose = FALSE, full = FALSE;
  const GOptionEntry entries[] = {
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose, "Also what each shows and covers, and its file", NULL },
    { "full", 0, 0, G_OPTION_ARG_NONE, &full, "Also the cases that only run --full plays", NULL },
    { "scenarios", 0, 0, G_OPTION_ARG_FILENAME, &scenarios, "Folder of scenarios", "DIR" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &patterns, NULL, NULL },
    { NULL },
  };
  const IpcCliHelp help = { "list", "[PATTERN...]", "Names the cases that there are.", list_description };
  g_autoptr (GPtrArray) cases = NULL, selected = NULL;

  if (!ipc_cli_parse (argv, &help, entries, NULL))
    return IPC_EXIT_USAGE;
  if (scenarios == NULL)
    scenarios = ipc_cli_default_scenarios ();
  cases = ipc_selection_load (scenarios, media, full || ipc_selection_names_parameters (patterns));
  selected = cases != NULL ? ipc_selection_choose (cases, patterns, full) : NULL;
  if (selected == NULL)
    return IPC_EXIT_USAGE;
  for (guint i = 0; i < selected->len; i++)
    print_case (g_ptr_array_index (selected, i), verbose);
  return IPC_EXIT_OK;
}

static void
count_cases (GPtrArray *cases, guint *n_cases, guint *n_full)
{
  for (guint i = 0; cases != NULL && i < cases->len; i++) {
    const IpcScenarioCase *scenario_case = g_ptr_array_index (cases, i);
    ++*(scenario_case->full ? n_full : n_cases);
  }
}

/* A file that is checked by itself is called after its last part; nothing is run under that name. */
static void
check_files (gchar **files, const IpcScenarioWorld *world, GPtrArray *mistakes, guint *n_cases, guint *n_full)
{
  for (guint i = 0; files[i] != NULL; i++) {
    g_autofree gchar *name = g_path_get_basename (files[i]);
    g_autoptr (GPtrArray) cases = NULL;
    if (g_str_has_suffix (name, ".json"))
      name[strlen (name) - strlen (".json")] = '\0';
    cases = ipc_scenario_load_file (files[i], name, world, mistakes);
    count_cases (cases, n_cases, n_full);
  }
}

gint
ipc_cli_check (gint argc, gchar **argv)
{
  g_autofree gchar *scenarios = NULL, *media = ipc_cli_default_media ();
  g_auto (GStrv) files = NULL;
  const IpcScenarioWorld world
      = { media, ipc_cli_rule_names (FALSE), TRUE, ipc_cli_requirement_ids (), ipc_cli_rule_names (TRUE) };
  g_autoptr (GPtrArray) mistakes = ipc_cli_mistakes_new ();
  const GOptionEntry entries[] = {
    { "scenarios", 0, 0, G_OPTION_ARG_FILENAME, &scenarios, "Folder of scenarios", "DIR" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, NULL },
    { NULL },
  };
  const IpcCliHelp help = { "check", "[FILE...]", "Says what is wrong with scenario files.", check_description };
  guint n_cases = 0, n_full = 0;

  if (!ipc_cli_parse (argv, &help, entries, NULL))
    return IPC_EXIT_USAGE;
  if (scenarios == NULL)
    scenarios = ipc_cli_default_scenarios ();
  for (guint i = 0; files != NULL && files[i] != NULL; i++) {
    if (!g_file_test (files[i], G_FILE_TEST_IS_DIR))
      continue;
    ipc_cli_complain ("check: %s is a folder: `check --scenarios %s` checks all files below it", files[i], files[i]);
    return IPC_EXIT_USAGE;
  }
  if (files != NULL && files[0] != NULL) {
    check_files (files, &world, mistakes, &n_cases, &n_full);
  } else {
    g_autoptr (GPtrArray) cases = NULL;
    if (!g_file_test (scenarios, G_FILE_TEST_IS_DIR)) {
      ipc_cli_complain ("there is no folder of scenarios %s (see --scenarios)", scenarios);
      return IPC_EXIT_USAGE;
    }
    cases = ipc_scenario_load_folder (scenarios, &world, mistakes);
    count_cases (cases, &n_cases, &n_full);
  }
  if (mistakes->len > 0) {
    ipc_cli_print_mistakes (mistakes);
    return IPC_EXIT_BAD;
  }
  if (n_cases + n_full == 0) {
    ipc_cli_complain ("there was nothing to check");
    return IPC_EXIT_USAGE;
  }
  if (n_full > 0)
    g_print ("%u case(s), %u more with --full, no mistakes\n", n_cases, n_full);
  else
    g_print ("%u case(s), no mistakes\n", n_cases);
  return IPC_EXIT_OK;
}
