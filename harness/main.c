/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gst-ipc-harness: finds the subcommand and hands over. GStreamer is initialised without plugins of its own: the
 * harness needs names of types only, pipelines live in workers.
 */
#include <gst/gst.h>
#include <locale.h>
#include <stdio.h>

#include "cli/cli.h"
#include "harness-config.h"

static const struct {
  const gchar *name;
  gint (*func) (gint argc, gchar **argv);
  const gchar *summary;
} commands[] = {
  { "run", ipc_cli_run, "play cases and judge them" },
  { "check", ipc_cli_check, "say what is wrong with scenario files" },
  { "explain", ipc_cli_explain, "document the scenario format" },
  { "list", ipc_cli_list, "name the cases" },
  { "judge", ipc_cli_judge, "run the checker again over what a case left" },
  { "coverage", ipc_cli_coverage, "show how much of the protocol runs have reached" },
  { "decode", ipc_cli_decode, "print captures packet by packet" },
  { "merge", ipc_cli_merge, "put the reports of shards and runs together" },
  { "points", ipc_cli_points, "list the packets of a session by name" },
  { "requirements", ipc_cli_requirements, "say which requirement is shown by what" },
  { "report", ipc_cli_report, "make reports from what runs left" },
};

static void
print_usage (FILE *out)
{
  fprintf (out, "Usage: gst-ipc-harness COMMAND [OPTION...]\n\n"
                "A conformance suite for the GStreamer elements ipcpipelinesink, ipcpipelinesrc and\n"
                "ipcslavepipeline, on real processes.\n\nCommands:\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (out, "  %-13s %s\n", commands[i].name, commands[i].summary);
  fprintf (out, "\n`gst-ipc-harness COMMAND --help` tells more. `--version` tells the version.\n\n"
                "Examples:\n"
                "  gst-ipc-harness run\n"
                "  gst-ipc-harness run seek --implementation gst-plugins-bad\n"
                "  gst-ipc-harness check my-scenario.json\n");
}

/* The elements under test must not come into this process by accident. */
static void
init_gstreamer (void)
{
  gst_registry_fork_set_enabled (FALSE);
  g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
  gst_init (NULL, NULL);
  g_unsetenv ("GST_REGISTRY_DISABLE");
}

gint
main (gint argc, gchar **argv)
{
  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C"); /* reasons and reports are the same everywhere */
  if (argc < 2) {
    print_usage (stderr);
    return IPC_EXIT_USAGE;
  }
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h") || g_str_equal (argv[1], "help")) {
    print_usage (stdout);
    return IPC_EXIT_OK;
  }
  if (g_str_equal (argv[1], "--version")) {
    printf ("gst-ipc-harness %s\n", IPC_VERSION);
    return IPC_EXIT_OK;
  }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (!g_str_equal (argv[1], commands[i].name))
      continue;
    init_gstreamer ();
    return commands[i].func (argc - 1, argv + 1);
  }
  ipc_cli_complain ("there is no command \"%s\" (see gst-ipc-harness --help)", argv[1]);
  return IPC_EXIT_USAGE;
}
