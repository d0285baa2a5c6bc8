/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `explain`: the scenario format as people and editors read it.
 */
#include <stdio.h>

#include "cli.h"
#include "scenario/explain.h"

static const gchar description[]
    = "Without WHAT: the list of all step kinds. WHAT is a verb (act, wait, check), a step kind (set-state,\n"
      "\"wait state\"), a group of steps (together, until, repeat), or file, process, link.\n"
      "\n"
      "Examples:\n"
      "  gst-ipc-harness explain\n"
      "  gst-ipc-harness explain seek\n"
      "  gst-ipc-harness explain --schema > scenarios/scenario.schema.json\n";

gint
ipc_cli_explain (gint argc, gchar **argv)
{
  gboolean schema = FALSE, reference = FALSE;
  g_auto (GStrv) words = NULL;
  const GOptionEntry entries[] = {
    { "schema", 0, 0, G_OPTION_ARG_NONE, &schema, "The JSON Schema of scenario files", NULL },
    { "reference", 0, 0, G_OPTION_ARG_NONE, &reference, "The reference of all step kinds, Markdown", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &words, NULL, NULL },
    { NULL },
  };
  const IpcCliHelp help = { "explain", "[WHAT]", "Documents the scenario format.", description };
  g_autofree gchar *what = NULL, *text = NULL;
  g_autoptr (GError) error = NULL;

  if (!ipc_cli_parse (argv, &help, entries, NULL))
    return IPC_EXIT_USAGE;
  what = words != NULL && words[0] != NULL ? g_strjoinv (" ", words) : NULL;
  if ((schema ? 1 : 0) + (reference ? 1 : 0) + (what != NULL ? 1 : 0) > 1) {
    ipc_cli_complain ("explain: one of WHAT, --schema and --reference");
    return IPC_EXIT_USAGE;
  }
  text = schema      ? ipc_scenario_schema ()
         : reference ? ipc_scenario_step_reference ()
                     : ipc_scenario_explain (what, &error);
  if (text == NULL) {
    ipc_cli_complain ("%s", error->message);
    return IPC_EXIT_USAGE;
  }
  fputs (text, stdout);
  return IPC_EXIT_OK;
}
