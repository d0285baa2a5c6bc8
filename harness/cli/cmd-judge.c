/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `judge`: the checker once more, over what a case left.
 */
#include "cli.h"
#include "report/text.h"
#include "report/verdict.h"

static const gchar description[] = "FOLDER is one that a case left: report folder/cases/NAME. Known failures are not\n"
                                   "applied.\n"
                                   "\n"
                                   "Examples:\n"
                                   "  gst-ipc-harness judge conformance-report/cases/seek/flushing-playing\n";

static void
name_from_folder (IpcResult *result, const gchar *folder)
{
  g_free (result->name);
  result->name = g_path_get_basename (folder);
}

static gint
judge (const gchar *folder)
{
  g_autoptr (IpcResult) result = ipc_result_new ("", 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (IpcVerdictTerms) terms = NULL;
  g_autofree gchar *history = g_build_filename (folder, "history.ndjson", NULL);
  g_autofree gchar *text = NULL;

  if (!g_file_test (history, G_FILE_TEST_EXISTS)) {
    ipc_cli_complain ("%s: expected a folder with history.ndjson, as a case leaves it", folder);
    return IPC_EXIT_USAGE;
  }
  name_from_folder (result, folder);
  terms = ipc_verdict_terms_load (folder, &error);
  if (terms == NULL) {
    ipc_cli_complain ("%s; what the scenario allows is not known, so everything counts", error->message);
    terms = ipc_verdict_terms_new ();
  }
  if (!ipc_verdict_judge_folder (result, folder, terms)) {
    g_print ("%s was interrupted: there is nothing to judge\n", result->name);
    return IPC_EXIT_INTERRUPTED;
  }
  if (result->verdict == IPC_VERDICT_PASS) {
    g_print ("pass %s\n", result->name);
    return IPC_EXIT_OK;
  }
  text = ipc_failure_text (result, FALSE, NULL, NULL);
  g_print ("%s", text);
  return result->verdict == IPC_VERDICT_HARNESS_ERROR ? IPC_EXIT_HARNESS_ERROR : IPC_EXIT_BAD;
}

gint
ipc_cli_judge (gint argc, gchar **argv)
{
  g_auto (GStrv) folders = NULL;
  const GOptionEntry entries[] = {
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &folders, NULL, NULL },
    { NULL },
  };
  const IpcCliHelp help = { "judge", "FOLDER...", "Runs the checker again over what cases left.", description };
  gint code = IPC_EXIT_OK;

  if (!ipc_cli_parse (argv, &help, entries, NULL))
    return IPC_EXIT_USAGE;
  if (folders == NULL || folders[0] == NULL) {
    ipc_cli_complain ("judge: which FOLDER? (see gst-ipc-harness judge --help)");
    return IPC_EXIT_USAGE;
  }
  for (guint i = 0; folders[i] != NULL; i++) {
    gint one = judge (folders[i]);

    code = MAX (code, one);
  }
  return code;
}
