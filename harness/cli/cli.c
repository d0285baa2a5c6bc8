/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the subcommands have in common: parsing of options, complaints, and where things are by default.
 */
#include "cli.h"

#include <stdlib.h>

#include "check/check.h"
#include "harness-config.h"
#include "report/requirements.h"
#include "scenario/scenario.h"

static const gchar exit_codes[] = "Exit codes:\n"
                                  "  0    all is well\n"
                                  "  1    a case is bad, or a scenario has mistakes (check)\n"
                                  "  2    wrong arguments, a scenario with mistakes, nothing selected\n"
                                  "  3    the harness could not do its work\n"
                                  "  130  interrupted\n";

/* Whether @argument is a short option with its value in one word, "-j4", which GOption does not know. */
static gboolean
has_value_within (const gchar *argument, const GOptionEntry *entries)
{
  if (argument[0] != '-' || argument[1] == '-' || argument[1] == '\0' || argument[2] == '\0')
    return FALSE;
  for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++)
    if (entry->short_name == argument[1])
      return entry->arg != G_OPTION_ARG_NONE && entry->arg != G_OPTION_ARG_CALLBACK;
  return FALSE;
}

/* The arguments, "-j4" as "-j" and "4". */
static GStrv
split_values (gchar **argv, const GOptionEntry *entries)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  gboolean options = TRUE;

  for (guint i = 0; argv[i] != NULL; i++) {
    options = options && !g_str_equal (argv[i], "--");
    if (options && i > 0 && has_value_within (argv[i], entries)) {
      gchar option[] = { '-', argv[i][1], '\0' };

      g_strv_builder_add (words, option);
      g_strv_builder_add (words, argv[i] + 2);
    } else {
      g_strv_builder_add (words, argv[i]);
    }
  }
  return g_strv_builder_end (words);
}

gboolean
ipc_cli_parse (gchar **argv, const IpcCliHelp *help, const GOptionEntry *entries, gpointer data)
{
  g_autoptr (GOptionContext) context = g_option_context_new (help->parameters);
  g_autofree gchar *end = g_strdup_printf ("%s\n%s", help->description, exit_codes);
  g_autofree gchar *program = g_strdup_printf ("gst-ipc-harness %s", help->command);
  g_auto (GStrv) words = split_values (argv, entries);
  g_autoptr (GError) error = NULL;
  GOptionGroup *group = g_option_group_new (help->command, help->command, help->command, data, NULL);

  g_set_prgname (program);
  g_option_group_add_entries (group, entries);
  g_option_context_set_main_group (context, group);
  g_option_context_set_summary (context, help->summary);
  g_option_context_set_description (context, end);
  if (g_option_context_parse_strv (context, &words, &error))
    return TRUE;
  ipc_cli_complain ("%s (see gst-ipc-harness %s --help)", error->message, help->command);
  return FALSE;
}

void
ipc_cli_complain (const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("gst-ipc-harness: %s\n", text);
}

GPtrArray *
ipc_cli_mistakes_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_scenario_mistake_free);
}

void
ipc_cli_print_mistakes (GPtrArray *mistakes)
{
  for (guint i = 0; i < mistakes->len; i++) {
    g_autofree gchar *text = ipc_scenario_mistake_to_string (g_ptr_array_index (mistakes, i));
    g_printerr ("%s\n", text);
  }
}

static const gchar **
rule_names (gboolean of_process)
{
  guint n_rules, n = 0;
  const IpcRule *rules = ipc_check_rules (&n_rules);
  const gchar **names = g_new0 (const gchar *, n_rules + 1);

  for (guint i = 0; i < n_rules; i++)
    if (rules[i].of_process || !of_process)
      names[n++] = rules[i].name;
  return names;
}

const gchar *const *
ipc_cli_rule_names (gboolean of_process)
{
  static const gchar **names[2];
  static gsize once;

  if (g_once_init_enter (&once)) {
    names[FALSE] = rule_names (FALSE);
    names[TRUE] = rule_names (TRUE);
    g_once_init_leave (&once, 1);
  }
  return names[of_process ? TRUE : FALSE];
}

const gchar *const *
ipc_cli_requirement_ids (void)
{
  static const gchar **ids;
  static gsize once;

  if (g_once_init_enter (&once)) {
    guint n;
    const IpcRequirement *requirements = ipc_requirements (&n);

    ids = g_new0 (const gchar *, n + 1);
    for (guint i = 0; i < n; i++)
      ids[i] = requirements[i].id;
    g_once_init_leave (&once, 1);
  }
  return ids;
}

/* What lies at @relative to the folder of this program, or @fallback. */
static gchar *
beside_program (const gchar *relative, const gchar *fallback)
{
  g_autofree gchar *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree gchar *folder = program != NULL ? g_path_get_dirname (program) : NULL;
  g_autofree gchar *path = folder != NULL ? g_canonicalize_filename (relative, folder) : NULL;

  if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  return g_strdup (fallback);
}

gchar *
ipc_cli_default_scenarios (void)
{
  return g_strdup (IPC_SCENARIO_FOLDER);
}

gchar *
ipc_cli_default_media (void)
{
  return beside_program ("../media", IPC_MEDIA_FOLDER);
}

gchar *
ipc_cli_default_worker (void)
{
  g_autofree gchar *path = beside_program ("gst-ipc-worker", IPC_WORKER_FILE);
  return g_shell_quote (path);
}
