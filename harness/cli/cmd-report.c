/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `report`: pages from what runs left, again or for several runs together.
 */
#include "cli.h"
#include "report/html-report.h"

static const gchar description[]
    = "RESULT is the result.json of a run, or the report folder that it lies in. Of one run the page shows every\n"
      "case; of several it is a table of cases and runs.\n"
      "\n"
      "Examples:\n"
      "  gst-ipc-harness report --html index.html conformance-report\n"
      "  gst-ipc-harness report --html matrix.html --markdown docs/conformance.md reference/ debian-12/ mixed/\n";

/* NULL-terminated; a folder stands for the result.json in it. */
static GPtrArray *
result_files (gchar **arguments)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (files, g_file_test (arguments[i], G_FILE_TEST_IS_DIR)
                                ? g_build_filename (arguments[i], "result.json", NULL)
                                : g_strdup (arguments[i]));
  g_ptr_array_add (files, NULL);
  return files;
}

static gboolean
save_markdown (const gchar *const *files, const gchar *path, GError **error)
{
  g_autofree gchar *text = ipc_markdown_matrix (files, error);
  return text != NULL && g_file_set_contents (path, text, -1, error);
}

gint
ipc_cli_report (gint argc, gchar **argv)
{
  g_auto (GStrv) results = NULL;
  g_autofree gchar *html = NULL, *markdown = NULL;
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "html", 0, 0, G_OPTION_ARG_FILENAME, &html, "Write a page to FILE", "FILE" },
    { "markdown", 0, 0, G_OPTION_ARG_FILENAME, &markdown, "Write the table of cases and runs to FILE", "FILE" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &results, NULL, NULL },
    { NULL },
  };
  const IpcCliHelp help = { "report", "RESULT...", "Makes reports from what runs left.", description };

  if (!ipc_cli_parse (argv, &help, entries, NULL))
    return IPC_EXIT_USAGE;
  if (results == NULL || (html == NULL && markdown == NULL)) {
    ipc_cli_complain ("report: expected %s (see gst-ipc-harness report --help)",
        results == NULL ? "a RESULT" : "--html FILE or --markdown FILE");
    return IPC_EXIT_USAGE;
  }
  files = result_files (results);
  if ((html != NULL && !ipc_html_report_save ((const gchar *const *)files->pdata, html, &error))
      || (markdown != NULL && !save_markdown ((const gchar *const *)files->pdata, markdown, &error))) {
    ipc_cli_complain ("%s", error->message);
    return IPC_EXIT_USAGE;
  }
  return IPC_EXIT_OK;
}
