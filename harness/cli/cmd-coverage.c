/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `coverage`: what runs have reached of the protocol, together; as text, a page, JSON; and held against the baseline.
 */
#include "cli.h"
#include "harness-config.h"
#include "report/coverage.h"

static const gchar description[]
    = "Each argument is a report folder or a coverage.json; what they reach is taken together: cases, shards, runs,\n"
      "implementations. Without options it is shown as text, with all that is missing.\n"
      "\n"
      "Examples:\n"
      "  gst-ipc-harness coverage conformance-report\n"
      "  gst-ipc-harness coverage --check build/conformance-report\n"
      "  gst-ipc-harness coverage --html coverage.html reference/ debian12/ debian13/\n";

typedef struct {
  gchar **paths;
  gchar *html, *json, *lines, *baseline;
  gboolean check, update;
} Options;

static void
options_clear (Options *options)
{
  g_strfreev (options->paths);
  g_free (options->html);
  g_free (options->json);
  g_free (options->lines);
  g_free (options->baseline);
}

static gboolean
load_all (IpcCoverage *coverage, const Options *options)
{
  if (options->paths == NULL || options->paths[0] == NULL) {
    ipc_cli_complain ("coverage: of which report FOLDER? (see gst-ipc-harness coverage --help)");
    return FALSE;
  }
  for (guint i = 0; options->paths[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    if (ipc_coverage_add_file (coverage, options->paths[i], &error))
      continue;
    ipc_cli_complain ("%s", error->message);
    return FALSE;
  }
  return TRUE;
}

static gboolean
save_all (const IpcCoverage *coverage, const Options *options)
{
  g_autoptr (GError) error = NULL;

  if ((options->html == NULL || ipc_coverage_save_html (coverage, options->html, options->lines, &error))
      && (options->json == NULL || ipc_coverage_save (coverage, options->json, &error))
      && (!options->update || ipc_coverage_save_baseline (coverage, options->baseline, &error)))
    return TRUE;
  ipc_cli_complain ("%s", error->message);
  return FALSE;
}

static gint
check (const IpcCoverage *coverage, const gchar *baseline)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpcCoverageChange) change = ipc_coverage_compare (coverage, baseline, &error);
  g_autofree gchar *count = ipc_coverage_count_text (ipc_coverage_count (coverage, NULL));

  if (change == NULL) {
    ipc_cli_complain ("%s", error->message);
    return IPC_EXIT_USAGE;
  }
  for (guint i = 0; i < change->lost->len; i++)
    g_print ("lost: %s\n", (const gchar *)g_ptr_array_index (change->lost, i));
  g_print ("protocol coverage: %s of the cells that can occur\n", count);
  if (change->n_sometimes > 0)
    g_print ("%u cell(s) that depend on luck were not covered this time\n", change->n_sometimes);
  if (change->n_fresh > 0)
    g_print ("%u cell(s) are covered that are not in the baseline: --update-baseline keeps them\n", change->n_fresh);
  if (change->lost->len == 0)
    return IPC_EXIT_OK;
  g_print ("%u that the baseline has are covered no more (%s)\n", change->lost->len, baseline);
  return IPC_EXIT_BAD;
}

static gint
coverage_main (const Options *options)
{
  g_autoptr (IpcCoverage) coverage = ipc_coverage_new ();

  if (!load_all (coverage, options))
    return IPC_EXIT_USAGE;
  if (!save_all (coverage, options))
    return IPC_EXIT_HARNESS_ERROR;
  if (options->check)
    return check (coverage, options->baseline);
  if (options->html == NULL && options->json == NULL && !options->update) {
    g_autofree gchar *text = ipc_coverage_text (coverage);
    g_print ("%s", text);
  }
  return IPC_EXIT_OK;
}

gint
ipc_cli_coverage (gint argc, gchar **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "html", 0, 0, G_OPTION_ARG_FILENAME, &options.html, "Write a page with a heat map", "FILE" },
    { "lines", 0, 0, G_OPTION_ARG_STRING, &options.lines, "Where the page is to link to for line coverage", "URL" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &options.json, "Write all together as coverage.json", "FILE" },
    { "check", 0, 0, G_OPTION_ARG_NONE, &options.check, "Fail when something that the baseline has is lost", NULL },
    { "update-baseline", 0, 0, G_OPTION_ARG_NONE, &options.update, "Make what is covered now the baseline", NULL },
    { "baseline", 0, 0, G_OPTION_ARG_FILENAME, &options.baseline,
        "The baseline (default: coverage/protocol-baseline.json of the source tree)", "FILE" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.paths, NULL, NULL },
    { NULL },
  };
  const IpcCliHelp help
      = { "coverage", "FOLDER|FILE...", "Shows how much of the protocol runs have reached.", description };
  gint code = IPC_EXIT_USAGE;

  if (ipc_cli_parse (argv, &help, entries, NULL)) {
    if (options.baseline == NULL)
      options.baseline = g_strdup (IPC_COVERAGE_BASELINE);
    code = coverage_main (&options);
  }
  options_clear (&options);
  return code;
}
