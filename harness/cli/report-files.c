/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files of a report folder: the same for a run that was played and for one that was put together.
 */
#include "report-files.h"

#include "cli.h"
#include "report/coverage.h"
#include "report/html-report.h"

typedef gboolean (*SaveFunc) (const IpcRunReport *run, const gchar *path, GError **error);

/* In the report folder under @name, and to @copy too when it is not NULL. */
static gboolean
save (const IpcRunReport *run, SaveFunc func, const gchar *name, const gchar *copy)
{
  g_autofree gchar *path = g_build_filename (run->output, name, NULL);
  g_autoptr (GError) error = NULL;

  if (func (run, path, &error) && (copy == NULL || func (run, copy, &error)))
    return TRUE;
  ipc_cli_complain ("cannot write the report: %s", error->message);
  return FALSE;
}

/* Made of result.json, as it can be made again later. */
static gboolean
save_html (const IpcRunReport *run, const gchar *path, GError **error)
{
  g_autofree gchar *result = g_build_filename (run->output, "result.json", NULL);

  return ipc_html_report_save_run (run, result, path, error);
}

/* As JSON to @path, and as a page beside it. */
static gboolean
save_coverage (const IpcRunReport *run, const gchar *path, GError **error)
{
  g_autoptr (IpcCoverage) coverage = ipc_coverage_new ();
  g_autofree gchar *folder = g_path_get_dirname (path);
  g_autofree gchar *page = g_build_filename (folder, "coverage.html", NULL);

  ipc_coverage_add_run (coverage, run);
  return ipc_coverage_save (coverage, path, error) && ipc_coverage_save_html (coverage, page, NULL, error);
}

gboolean
ipc_report_files_save (const IpcRunReport *run, const IpcReportCopies *copies)
{
  gboolean saved = save (run, ipc_junit_save, "junit.xml", copies->junit);

  saved = save (run, save_coverage, "coverage.json", NULL) && saved;
  return save (run, ipc_run_report_save_json, "result.json", copies->json)
         && save (run, save_html, IPC_HTML_REPORT_NAME, copies->html) && saved;
}

gint
ipc_report_exit_code (const IpcRunReport *run)
{
  if (run->interrupted)
    return IPC_EXIT_INTERRUPTED;
  switch (ipc_run_report_verdict (run)) {
  case IPC_VERDICT_PASS:
    return IPC_EXIT_OK;
  case IPC_VERDICT_HARNESS_ERROR:
    return IPC_EXIT_HARNESS_ERROR;
  default:
    return IPC_EXIT_BAD;
  }
}
