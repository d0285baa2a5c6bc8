/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The options of `run`: parsed by GOption, checked, completed; and put together again into the command that repeats
 * one case in the same way.
 */
#include "run-options.h"

#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "run/preset.h"
#include "shard.h"

#define MAX_JOBS 1024
/* A case mostly waits: for sinks that play in real time, for time-outs. What a core can do beside that was measured
 * (docs/ci.md). */
#define JOBS_PER_CORE 4
#define MAX_DEFAULT_JOBS 32
#define MAX_REPEAT 1000000
#define NOT_GIVEN G_MININT
#define INTERACTIVE_SCALE 10000.0 /* who thinks has hours */

static const gchar description[]
    = "PATTERN is the name of a case (seek/storm), a folder (seek), or a glob over names ('*paused*').\n"
      "Of a file with parameters a name means all cases ('seek/flushing'); name parameters, in any order\n"
      "and not necessarily all, to choose ('seek/flushing[source=wav]'). Without one all cases are played,\n"
      "but for those that are kept for --full. Of these a pattern means those whose value it names\n"
      "('play/tee[slaves=16]').\n"
      "\n"
      "IMPLEMENTATION is reference (the plugin of this build), gst-plugins-bad (the system's), or the\n"
      "folder of a plugin. Per side: --master-implementation, --slave-implementation.\n"
      "\n"
      "--shard I/N plays one of N parts, for N machines that share the work: every case is in just\n"
      "one part, the same on all machines, and parts differ by one case at most. `gst-ipc-harness\n"
      "merge` joins their reports.\n"
      "\n"
      "Known failures are taken from known-failures/ in the scenario folder: NAME.json for one\n"
      "implementation on both sides, MASTER-to-SLAVE.json for two; none for the reference.\n"
      "\n"
      "Examples:\n"
      "  gst-ipc-harness run\n"
      "  gst-ipc-harness run seek --repeat 20\n"
      "  gst-ipc-harness run --implementation gst-plugins-bad --junit report.xml\n"
      "  gst-ipc-harness run --shard 2/4 --output shard-2\n"
      "  gst-ipc-harness run failure/slave-killed --wrap-slave 'valgrind -q' --timeout-scale 20\n"
      "  gst-ipc-harness run failure/slave-killed --wrap-master 'gdb --args' --interactive\n"
      "  gst-ipc-harness run seek/segment --slave-debug '2,ipc*:6,fakesink:5'\n";

/* GOption's callback has no place for two values but the options themselves. */
static gboolean
on_shuffle (const gchar *name, const gchar *value, gpointer data, GError **error)
{
  IpcRunOptions *options = data;
  guint64 seed = g_random_int ();

  if (value != NULL && !g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT32, &seed, NULL)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--shuffle=%s: expected a number from 0 to %u", value,
        G_MAXUINT32);
    return FALSE;
  }
  options->shuffle = TRUE;
  options->seed = seed;
  return TRUE;
}

static gboolean
on_shard (const gchar *name, const gchar *value, gpointer data, GError **error)
{
  IpcRunOptions *options = data;

  return ipc_shard_parse (value, &options->shard, &options->n_shards, error);
}

static gboolean
parse (IpcRunOptions *o, gchar **argv)
{
  const GOptionEntry entries[] = {
    { "implementation", 'i', 0, G_OPTION_ARG_STRING, &o->implementation,
        "On both sides: reference (default), gst-plugins-bad, a folder", "NAME|DIR" },
    { "master-implementation", 0, 0, G_OPTION_ARG_STRING, &o->master, "In the master only", "NAME|DIR" },
    { "slave-implementation", 0, 0, G_OPTION_ARG_STRING, &o->slave, "In the slaves only", "NAME|DIR" },
    { "jobs", 'j', 0, G_OPTION_ARG_INT, &o->jobs, "Cases side by side (four for each core)", "N" },
    { "full", 0, 0, G_OPTION_ARG_NONE, &o->full, "Also the cases that scenarios keep for it: sweeps at full width",
        NULL },
    { "repeat", 0, 0, G_OPTION_ARG_INT, &o->repeat, "Play everything N times (1)", "N" },
    { "until-fail", 0, 0, G_OPTION_ARG_NONE, &o->until_fail, "Again and again until a case is bad (or --repeat times)",
        NULL },
    { "shuffle", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, on_shuffle, "In random order", "SEED" },
    { "shard", 0, 0, G_OPTION_ARG_CALLBACK, on_shard, "Play only the I-th of N parts of the cases", "I/N" },
    { "timeout-scale", 0, 0, G_OPTION_ARG_DOUBLE, &o->timeout_scale, "Multiply all limits of time by X (1)", "X" },
    { "known-failures", 0, 0, G_OPTION_ARG_FILENAME, &o->known, "List of known failures", "FILE|none" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, "Report folder (conformance-report)", "DIR" },
    { "tap", 0, 0, G_OPTION_ARG_NONE, &o->tap, "Write TAP to standard output", NULL },
    { "junit", 0, 0, G_OPTION_ARG_FILENAME, &o->junit, "Write JUnit XML to FILE too (always in the folder)", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &o->json, "Write result.json to FILE too (always in the folder)", "FILE" },
    { "html", 0, 0, G_OPTION_ARG_FILENAME, &o->html,
        "Write the report as a page to FILE too (index.html in the folder)", "FILE" },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &o->verbose, "Also print what steps have measured", NULL },
    { "list", 'l', 0, G_OPTION_ARG_NONE, &o->list, "Only name the cases that would be played", NULL },
    { "keep", 0, 0, G_OPTION_ARG_NONE, &o->keep, "Keep the captures of cases that pass", NULL },
    { "cores", 0, 0, G_OPTION_ARG_NONE, &o->cores, "Keep the core of a crash, and let gdb write its backtraces", NULL },
    { "interactive", 0, 0, G_OPTION_ARG_NONE, &o->interactive, "Wrapped processes have the terminal, and time", NULL },
    { "master-debug", 0, 0, G_OPTION_ARG_STRING, &o->master_debug, "GST_DEBUG of masters (2)", "SPEC" },
    { "slave-debug", 0, 0, G_OPTION_ARG_STRING, &o->slave_debug, "GST_DEBUG of slaves (2)", "SPEC" },
    { "preset", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->presets,
        "All elements of that name begin with this property; may be given again", "ELEMENT.PROPERTY=VALUE" },
    { "scenarios", 0, 0, G_OPTION_ARG_FILENAME, &o->scenarios, "Folder of scenarios", "DIR" },
    { "media", 0, 0, G_OPTION_ARG_FILENAME, &o->media, "What ${media} stands for", "DIR" },
    { "worker", 0, 0, G_OPTION_ARG_STRING, &o->worker, "The worker's command", "CMD" },
    { "master-worker", 0, 0, G_OPTION_ARG_STRING, &o->master_worker, "That of masters only", "CMD" },
    { "slave-worker", 0, 0, G_OPTION_ARG_STRING, &o->slave_worker, "That of slaves only", "CMD" },
    { "wrap-master", 0, 0, G_OPTION_ARG_STRING, &o->wrap_master, "Start masters through CMD", "CMD" },
    { "wrap-slave", 0, 0, G_OPTION_ARG_STRING, &o->wrap_slave, "Start slaves through CMD", "CMD" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->patterns, NULL, NULL },
    { NULL },
  };
  const IpcCliHelp help = { "run", "[PATTERN...]",
    "Plays cases on real processes and says whether the implementation kept its promises.", description };

  return ipc_cli_parse (argv, &help, entries, o);
}

static gboolean
is_in_range (const gchar *name, gint value, gint maximum)
{
  if (value >= 1 && value <= maximum)
    return TRUE;
  ipc_cli_complain ("--%s %d: expected a number from 1 to %d", name, value, maximum);
  return FALSE;
}

static gboolean
is_command (const gchar *name, const gchar *command)
{
  g_autoptr (GError) error = NULL;

  if (command == NULL || g_shell_parse_argv (command, NULL, NULL, &error))
    return TRUE;
  ipc_cli_complain ("--%s %s: %s", name, command, error->message);
  return FALSE;
}

static gboolean
are_presets (gchar **presets)
{
  for (guint i = 0; presets != NULL && presets[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;

    if (!ipc_preset_check (presets[i], &error)) {
      ipc_cli_complain ("--preset %s: %s", presets[i], error->message);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check (const IpcRunOptions *o)
{
  if (!is_in_range ("jobs", o->jobs, MAX_JOBS)
      || (o->repeat != NOT_GIVEN && !is_in_range ("repeat", o->repeat, MAX_REPEAT)))
    return FALSE;
  if (o->interactive && (!isatty (STDIN_FILENO) || (o->wrap_master == NULL && o->wrap_slave == NULL))) {
    ipc_cli_complain ("--interactive: expected --wrap-master or --wrap-slave, and a terminal");
    return FALSE;
  }
  if (!(o->timeout_scale >= 0.01 && o->timeout_scale <= 10000)) {
    ipc_cli_complain ("--timeout-scale %g: expected a number from 0.01 to 10000", o->timeout_scale);
    return FALSE;
  }
  return are_presets (o->presets) && is_command ("worker", o->worker) && is_command ("master-worker", o->master_worker)
         && is_command ("slave-worker", o->slave_worker) && is_command ("wrap-master", o->wrap_master)
         && is_command ("wrap-slave", o->wrap_slave);
}

static void
set_default (gchar **option, gchar *value)
{
  if (*option == NULL)
    *option = value;
  else
    g_free (value);
}

static void
make_absolute (gchar **path)
{
  gchar *absolute = *path != NULL ? g_canonicalize_filename (*path, NULL) : NULL;
  g_free (*path);
  *path = absolute;
}

static void
append_option (GString *command, const gchar *name, const gchar *value, const gchar *usual)
{
  g_autofree gchar *quoted = NULL;

  if (value == NULL || g_strcmp0 (value, usual) == 0)
    return;
  quoted = g_shell_quote (value);
  g_string_append_printf (command, " --%s %s", name, quoted);
}

/* Everything that changes what a case does, and nothing else. */
static gchar *
make_repeat_command (const IpcRunOptions *o)
{
  g_autofree gchar *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree gchar *quoted = g_shell_quote (program != NULL ? program : "gst-ipc-harness");
  g_autofree gchar *scenarios = ipc_cli_default_scenarios (), *media = ipc_cli_default_media ();
  g_autofree gchar *worker = ipc_cli_default_worker ();
  GString *command = g_string_new (quoted);

  g_string_append (command, " run");
  if (g_str_equal (o->master, o->slave)) {
    append_option (command, "implementation", o->master, "reference");
  } else {
    append_option (command, "master-implementation", o->master, "reference");
    append_option (command, "slave-implementation", o->slave, "reference");
  }
  if (o->timeout_scale != 1.0) {
    gchar scale[G_ASCII_DTOSTR_BUF_SIZE];
    append_option (command, "timeout-scale", g_ascii_formatd (scale, sizeof scale, "%g", o->timeout_scale), NULL);
  }
  append_option (command, "scenarios", o->scenarios, scenarios);
  append_option (command, "media", o->media, media);
  if (g_str_equal (o->master_worker, o->slave_worker)) {
    append_option (command, "worker", o->master_worker, worker);
  } else {
    append_option (command, "master-worker", o->master_worker, worker);
    append_option (command, "slave-worker", o->slave_worker, worker);
  }
  append_option (command, "wrap-master", o->wrap_master, NULL);
  append_option (command, "wrap-slave", o->wrap_slave, NULL);
  for (guint i = 0; o->presets != NULL && o->presets[i] != NULL; i++)
    append_option (command, "preset", o->presets[i], NULL);
  append_option (command, "known-failures", o->known, NULL);
  return g_string_free (command, FALSE);
}

static void
complete (IpcRunOptions *o)
{
  if (o->interactive) {
    o->jobs = 1;
    o->timeout_scale = MAX (o->timeout_scale, INTERACTIVE_SCALE);
  }
  if (o->repeat == NOT_GIVEN)
    o->repeat = o->until_fail ? 0 : 1;
  set_default (&o->implementation, g_strdup ("reference"));
  set_default (&o->master, g_strdup (o->implementation));
  set_default (&o->slave, g_strdup (o->implementation));
  set_default (&o->output, g_strdup ("conformance-report"));
  set_default (&o->scenarios, ipc_cli_default_scenarios ());
  set_default (&o->media, ipc_cli_default_media ());
  set_default (&o->worker, ipc_cli_default_worker ());
  set_default (&o->master_worker, g_strdup (o->worker));
  set_default (&o->slave_worker, g_strdup (o->worker));
  make_absolute (&o->scenarios);
  make_absolute (&o->media);
  if (o->known != NULL && !g_str_equal (o->known, "none"))
    make_absolute (&o->known);
  o->repeat_command = make_repeat_command (o);
}

/* The command as it was given. */
static gchar *
shell_words (gchar **argv)
{
  GString *command = g_string_new ("gst-ipc-harness");

  for (guint i = 0; argv[i] != NULL; i++) {
    g_autofree gchar *quoted = g_shell_quote (argv[i]);
    g_string_append_printf (command, " %s", quoted);
  }
  return g_string_free (command, FALSE);
}

IpcRunOptions *
ipc_run_options_new (gint argc, gchar **argv)
{
  g_autoptr (IpcRunOptions) options = g_new0 (IpcRunOptions, 1);

  options->timeout_scale = 1.0;
  options->jobs = MIN (JOBS_PER_CORE * g_get_num_processors (), MAX_DEFAULT_JOBS);
  options->shard = options->n_shards = 1;
  options->repeat = NOT_GIVEN;
  options->command = shell_words (argv);
  if (!parse (options, argv))
    return NULL;
  if (!check (options))
    return NULL;
  complete (options);
  return g_steal_pointer (&options);
}

void
ipc_run_options_free (IpcRunOptions *o)
{
  if (o == NULL)
    return;
  g_strfreev (o->patterns);
  g_free (o->implementation);
  g_free (o->master);
  g_free (o->slave);
  g_free (o->known);
  g_free (o->output);
  g_free (o->junit);
  g_free (o->json);
  g_free (o->html);
  g_free (o->scenarios);
  g_free (o->media);
  g_free (o->worker);
  g_free (o->master_worker);
  g_free (o->slave_worker);
  g_free (o->wrap_master);
  g_free (o->wrap_slave);
  g_free (o->master_debug);
  g_free (o->slave_debug);
  g_strfreev (o->presets);
  g_free (o->repeat_command);
  g_free (o->command);
  g_free (o);
}
