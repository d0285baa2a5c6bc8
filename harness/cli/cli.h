/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CLI_CLI_H
#define IPC_CLI_CLI_H

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The command line: one function per subcommand, each with its options and help. Arguments are those behind the
 * subcommand; argv[0] is its name. They return the exit code.
 */

enum {
  IPC_EXIT_OK = 0,
  IPC_EXIT_BAD = 1,           /* some case is bad; `check` found mistakes */
  IPC_EXIT_USAGE = 2,         /* wrong arguments, a scenario with mistakes, nothing selected */
  IPC_EXIT_HARNESS_ERROR = 3, /* the harness itself could not do its work */
  IPC_EXIT_INTERRUPTED = 130
};

gint ipc_cli_run (gint argc, gchar **argv);
gint ipc_cli_check (gint argc, gchar **argv);
gint ipc_cli_coverage (gint argc, gchar **argv);
gint ipc_cli_explain (gint argc, gchar **argv);
gint ipc_cli_list (gint argc, gchar **argv);
gint ipc_cli_judge (gint argc, gchar **argv);
gint ipc_cli_decode (gint argc, gchar **argv);
gint ipc_cli_merge (gint argc, gchar **argv);
gint ipc_cli_requirements (gint argc, gchar **argv);
gint ipc_cli_points (gint argc, gchar **argv);
gint ipc_cli_report (gint argc, gchar **argv);

/* Shared by the subcommands. */

typedef struct {
  const gchar *command;     /* "run" */
  const gchar *parameters;  /* "[PATTERN...]" */
  const gchar *summary;     /* a sentence */
  const gchar *description; /* what stands below the options */
} IpcCliHelp;

/* Parses @argv by @entries; callbacks among them get @data. "-j4" is "-j 4". FALSE with a message on standard error
 * when something is wrong; --help prints and exits. */
gboolean ipc_cli_parse (gchar **argv, const IpcCliHelp *help, const GOptionEntry *entries, gpointer data);
/* "gst-ipc-harness: TEXT" on standard error. */
void ipc_cli_complain (const gchar *format, ...) G_GNUC_PRINTF (1, 2);
/* Prints mistakes (IpcScenarioMistake) to standard error, one a line. */
void ipc_cli_print_mistakes (GPtrArray *mistakes);
/* A list that takes mistakes. */
GPtrArray *ipc_cli_mistakes_new (void);

/* Names of the always-on rules, or of those about each process by itself; NULL-terminated, static. */
const gchar *const *ipc_cli_rule_names (gboolean of_process);
/* IDs of the requirements of docs/protocol.md, NULL-terminated; static. */
const gchar *const *ipc_cli_requirement_ids (void);

/* Defaults, absolute; caller frees. They lie beside this program or in the source tree. */
gchar *ipc_cli_default_scenarios (void);
gchar *ipc_cli_default_media (void);
/* As shell words. */
gchar *ipc_cli_default_worker (void);

G_END_DECLS
#endif
