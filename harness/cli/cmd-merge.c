/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `merge`: reports of shards and runs become one report folder, with the artifacts of all cases.
 */
#include "cli.h"
#include "output.h"
#include "report-files.h"
#include "report/coverage.h"
#include "report/merge.h"
#include "report/text.h"

static const gchar description[]
    = "OUT is the new report folder. Each IN is the report folder of a run, or its result.json;\n"
      "with a folder, what its cases have left comes along.\n"
      "\n"
      "Refused is what does not belong together: runs of different implementations, shards of\n"
      "different selections, the same shard twice, a case that two of them have (--rounds: it\n"
      "counts as a further round). A shard that is missing is named, and the whole is a\n"
      "harness-error, never a pass.\n"
      "\n"
      "Examples:\n"
      "  gst-ipc-harness merge all shard-1 shard-2 shard-3 shard-4\n"
      "  gst-ipc-harness merge --rounds month night-*\n";

/* The report at @path, a folder or a file; @folder: the folder, or NULL. NULL after saying what is wrong. */
static IpcRunReport *
load (const gchar *path, gchar **folder)
{
  gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  g_autofree gchar *file = is_folder ? g_build_filename (path, "result.json", NULL) : g_strdup (path);
  g_autoptr (GError) error = NULL;
  IpcRunReport *run = ipc_run_report_load_json (file, &error);

  *folder = is_folder ? g_strdup (path) : NULL;
  if (run == NULL)
    ipc_cli_complain ("%s", error->message);
  return run;
}

/* The folder of a case below that of its report moves with it; one that is not there is none. */
static void
find_case_folders (IpcRunReport *run, const gchar *folder)
{
  for (guint i = 0; i < run->results->len; i++) {
    IpcResult *result = g_ptr_array_index (run->results, i);
    if (folder != NULL) {
      g_free (result->folder);
      result->folder = ipc_output_case_path (folder, result->name, result->round);
    }
    if (result->folder != NULL && !g_file_test (result->folder, G_FILE_TEST_IS_DIR))
      g_clear_pointer (&result->folder, g_free);
  }
}

static GPtrArray *
load_parts (gchar **paths)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_report_part_free);

  for (guint i = 0; paths[i] != NULL; i++) {
    g_autofree gchar *folder = NULL;
    IpcRunReport *run = load (paths[i], &folder);
    if (run == NULL)
      return NULL;
    find_case_folders (run, folder);
    g_ptr_array_add (parts, ipc_report_part_new (paths[i], run));
  }
  return g_steal_pointer (&parts);
}

/* Brings what the cases have left to where the whole has it. */
static gboolean
take_artifacts (IpcRunReport *whole, IpcOutput *output, GError **error)
{
  for (guint i = 0; i < whole->results->len; i++) {
    IpcResult *result = g_ptr_array_index (whole->results, i);
    g_autofree gchar *folder = NULL;
    if (result->folder == NULL)
      continue;
    folder = ipc_output_case_folder (output, result->name, result->round, error);
    if (folder == NULL || !ipc_output_copy_files (result->folder, folder, error))
      return FALSE;
    g_free (result->folder);
    result->folder = g_steal_pointer (&folder);
    result->cells = ipc_coverage_observe_folder (result->folder, result->raw == IPC_VERDICT_PASS);
  }
  return TRUE;
}

static gint
merge (const gchar *out, gchar **paths, gboolean add_rounds)
{
  g_autoptr (GPtrArray) parts = load_parts (paths);
  g_autoptr (IpcRunReport) whole = NULL;
  g_autoptr (IpcOutput) output = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *summary = NULL;
  const IpcReportCopies no_copies = { NULL, NULL, NULL };

  whole = parts != NULL ? ipc_report_merge (parts, add_rounds, &error) : NULL;
  output = whole != NULL ? ipc_output_new (out, &error) : NULL;
  if (output == NULL) {
    if (error != NULL)
      ipc_cli_complain ("%s", error->message);
    return IPC_EXIT_USAGE;
  }
  whole->output = g_strdup (ipc_output_folder (output));
  if (!take_artifacts (whole, output, &error)) {
    ipc_cli_complain ("%s", error->message);
    return IPC_EXIT_HARNESS_ERROR;
  }
  if (!ipc_report_files_save (whole, &no_copies))
    return IPC_EXIT_HARNESS_ERROR;
  summary = ipc_summary_text (whole, FALSE);
  g_print ("%s", summary);
  return ipc_report_exit_code (whole);
}

/* One of the parts in OUT would be emptied before it is read. */
static gboolean
is_apart (const gchar *out, gchar **paths)
{
  g_autofree gchar *target = g_canonicalize_filename (out, NULL);
  g_autofree gchar *below = g_strconcat (target, "/", NULL);

  for (guint i = 0; paths[i] != NULL; i++) {
    g_autofree gchar *path = g_canonicalize_filename (paths[i], NULL);
    if (g_str_equal (path, target) || g_str_has_prefix (path, below)) {
      ipc_cli_complain ("merge: %s lies in OUT, %s, which is made anew", paths[i], out);
      return FALSE;
    }
  }
  return TRUE;
}

gint
ipc_cli_merge (gint argc, gchar **argv)
{
  g_auto (GStrv) paths = NULL;
  gboolean rounds = FALSE;
  const GOptionEntry entries[] = {
    { "rounds", 0, 0, G_OPTION_ARG_NONE, &rounds, "A case that two runs have counts as a further round", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL, NULL },
    { NULL },
  };
  const IpcCliHelp help = { "merge", "OUT IN...", "Puts the reports of shards and runs together.", description };

  if (!ipc_cli_parse (argv, &help, entries, NULL))
    return IPC_EXIT_USAGE;
  if (paths == NULL || g_strv_length (paths) < 2) {
    ipc_cli_complain ("merge: OUT and at least one IN (see gst-ipc-harness merge --help)");
    return IPC_EXIT_USAGE;
  }
  return is_apart (paths[0], paths + 1) ? merge (paths[0], paths + 1, rounds) : IPC_EXIT_USAGE;
}
