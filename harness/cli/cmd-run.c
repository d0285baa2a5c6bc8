/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `run`: loads and selects cases, prepares implementations, known failures and the report folder, plays, and writes
 * the reports. Everything that can be wrong before the first case is said before anything is replaced.
 */
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "report-files.h"
#include "run-options.h"
#include "runner.h"
#include "scenario/scenario.h"
#include "selection.h"
#include "shard.h"

typedef struct {
  IpcRunOptions *options;
  GPtrArray *cases;                  /* all of them; owner */
  GPtrArray *selected;               /* what is played; borrows */
  guint n_selected;                  /* for all shards together */
  gchar *selection;                  /* their checksum */
  IpcImplementation *master, *slave; /* may be the same */
  IpcKnownFailures *known;
  gchar *known_file;
  IpcOutput *output;
  IpcRunReport *report;
  GCancellable *cancellable;
} Run;

static void
run_clear (Run *run)
{
  ipc_run_options_free (run->options);
  g_clear_pointer (&run->selected, g_ptr_array_unref);
  g_free (run->selection);
  g_clear_pointer (&run->cases, g_ptr_array_unref);
  if (run->slave != run->master)
    ipc_implementation_free (run->slave);
  ipc_implementation_free (run->master);
  ipc_known_failures_free (run->known);
  g_free (run->known_file);
  ipc_output_free (run->output);
  ipc_run_report_free (run->report);
  g_clear_object (&run->cancellable);
}

/* Fisher and Yates, from the seed that is printed, so that an order can be had again. */
static void
shuffle (GPtrArray *cases, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  for (guint i = cases->len; i > 1; i--) {
    guint j = g_rand_int_range (rand, 0, i);
    gpointer other = cases->pdata[j];
    cases->pdata[j] = cases->pdata[i - 1];
    cases->pdata[i - 1] = other;
  }
}

static GPtrArray *
names_of (GPtrArray *cases)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < cases->len; i++)
    g_ptr_array_add (names, ((const IpcScenarioCase *)g_ptr_array_index (cases, i))->name);
  return names;
}

/* Leaves those of this shard. */
static gboolean
take_shard (Run *run)
{
  const IpcRunOptions *o = run->options;
  g_autoptr (GPtrArray) names = names_of (run->selected), own = g_ptr_array_new ();
  g_autofree guint *shards = ipc_shard_assign (names, o->n_shards);

  run->n_selected = names->len;
  run->selection = ipc_run_report_selection (names);
  for (guint i = 0; i < names->len; i++)
    if (shards[i] == o->shard)
      g_ptr_array_add (own, g_ptr_array_index (run->selected, i));
  if (own->len == 0) {
    ipc_cli_complain ("shard %u/%u has no case: only %u are selected", o->shard, o->n_shards, names->len);
    return FALSE;
  }
  g_ptr_array_unref (run->selected);
  run->selected = g_steal_pointer (&own);
  return TRUE;
}

static gboolean
select_cases (Run *run)
{
  const IpcRunOptions *o = run->options;

  run->cases = ipc_selection_load (o->scenarios, o->media, o->full || ipc_selection_names_parameters (o->patterns));
  if (run->cases == NULL)
    return FALSE;
  run->selected = ipc_selection_choose (run->cases, o->patterns, o->full);
  if (run->selected == NULL || !take_shard (run))
    return FALSE;
  if (o->shuffle)
    shuffle (run->selected, o->seed);
  return TRUE;
}

static gboolean
find_implementations (Run *run)
{
  const IpcRunOptions *o = run->options;
  g_autoptr (GError) error = NULL;

  run->master = ipc_implementation_new (o->master, &error);
  if (run->master != NULL && g_str_equal (o->master, o->slave) && g_str_equal (o->master_worker, o->slave_worker))
    run->slave = run->master;
  else if (run->master != NULL)
    run->slave = ipc_implementation_new (o->slave, &error);
  if (run->slave == NULL)
    ipc_cli_complain ("%s", error->message);
  return run->slave != NULL;
}

static gboolean
is_list_of_this_run (const Run *run)
{
  if (g_str_equal (ipc_known_failures_master (run->known), run->master->name)
      && g_str_equal (ipc_known_failures_slave (run->known), run->slave->name))
    return TRUE;
  ipc_cli_complain ("%s lists failures of master %s and slave %s, this run is of %s and %s", run->known_file,
      ipc_known_failures_master (run->known), ipc_known_failures_slave (run->known), run->master->name,
      run->slave->name);
  return FALSE;
}

static gboolean
load_known_failures (Run *run)
{
  const IpcRunOptions *o = run->options;
  g_autoptr (GPtrArray) mistakes = ipc_cli_mistakes_new ();

  if (g_strcmp0 (o->known, "none") == 0)
    return TRUE;
  run->known_file = o->known != NULL
                        ? g_strdup (o->known)
                        : ipc_known_failures_default_file (o->scenarios, run->master->name, run->slave->name);
  if (run->known_file == NULL)
    return TRUE;
  run->known = ipc_known_failures_load (run->known_file, mistakes);
  if (run->known == NULL) {
    ipc_cli_print_mistakes (mistakes);
    ipc_cli_complain ("%u mistake(s) in the list of known failures: nothing was run", mistakes->len);
    return FALSE;
  }
  return is_list_of_this_run (run);
}

static gint
list_selected (const Run *run)
{
  for (guint i = 0; i < run->selected->len; i++) {
    const IpcScenarioCase *scenario_case = g_ptr_array_index (run->selected, i);
    g_print ("%s\n", scenario_case->name);
  }
  return IPC_EXIT_OK;
}

/* Fills the registries, which proves that the plugins are served from where they should be. */
static gboolean
prepare_implementations (Run *run)
{
  const IpcRunOptions *o = run->options;
  g_autofree gchar *folder = g_build_filename (ipc_output_folder (run->output), "registry", NULL);
  g_autofree gchar *master = g_build_filename (folder, "master", NULL),
                   *slave = g_build_filename (folder, "slave", NULL);
  g_autoptr (GError) error = NULL;
  gboolean good = g_mkdir_with_parents (master, 0777) == 0 && g_mkdir_with_parents (slave, 0777) == 0;

  if (!good)
    ipc_cli_complain ("cannot make the folder %s", folder);
  good = good && ipc_run_prepare (run->master, o->master_worker, master, &error)
         && (run->slave == run->master || ipc_run_prepare (run->slave, o->slave_worker, slave, &error));
  if (error != NULL)
    ipc_cli_complain ("%s", error->message);
  return good;
}

static IpcReportSide
describe_side (const IpcImplementation *implementation)
{
  IpcReportSide side
      = { g_strdup (implementation->name), g_strdup (implementation->folder), g_strdup (implementation->plugin),
          g_strdup (implementation->plugin_version), g_strdup (implementation->gstreamer) };
  return side;
}

static void
begin_report (Run *run)
{
  const IpcRunOptions *o = run->options;
  IpcRunReport *report = run->report = ipc_run_report_new ();

  report->master = describe_side (run->master);
  report->slave = describe_side (run->slave);
  report->command = g_strdup (o->command);
  report->output = g_strdup (ipc_output_folder (run->output));
  report->scenarios = g_strdup (o->scenarios);
  report->known_file = g_strdup (run->known_file);
  report->jobs = o->jobs;
  report->timeout_scale = o->timeout_scale;
  report->shuffled = o->shuffle;
  report->seed = o->seed;
  report->shard = o->shard;
  report->n_shards = o->n_shards;
  report->n_selected = run->n_selected;
  report->selection = g_strdup (run->selection);
  report->n_planned = o->until_fail ? 0 : run->selected->len * o->repeat;
  if (run->known != NULL) {
    g_autoptr (GPtrArray) names = names_of (run->cases);
    g_autoptr (GPtrArray) warnings = NULL;
    warnings
        = ipc_known_failures_unmatched (run->known, names, o->full || ipc_selection_names_parameters (o->patterns));
    for (guint i = 0; i < warnings->len; i++)
      g_ptr_array_add (report->warnings, g_strdup (g_ptr_array_index (warnings, i)));
  }
}

/* The first signal ends the cases and leaves a report of what was done; the second ends this program, and with it
 * every worker, whose control socket closes. */
static gboolean
on_signal (gpointer data)
{
  Run *run = data;

  if (g_cancellable_is_cancelled (run->cancellable)) {
    if (isatty (STDOUT_FILENO) && write (STDOUT_FILENO, "\r\033[K", 4) < 0)
      return G_SOURCE_CONTINUE;
    _exit (IPC_EXIT_INTERRUPTED);
  }
  run->report->interrupted = TRUE;
  g_cancellable_cancel (run->cancellable);
  return G_SOURCE_CONTINUE;
}

static void
play (Run *run, IpcReporter *reporter)
{
  const IpcRunOptions *o = run->options;
  static const gint signals[] = { SIGINT, SIGTERM, SIGHUP };
  guint sources[G_N_ELEMENTS (signals)];
  gint64 start = g_get_monotonic_time ();
  IpcRunnerPlan plan = { .cases = run->selected,
    .jobs = o->jobs,
    .until_fail = o->until_fail,
    .keep = o->keep,
    .command = o->repeat_command,
    .output = run->output,
    .known = run->known };

  plan.rounds = o->repeat;
  plan.settings.master = run->master;
  plan.settings.slave = run->slave;
  plan.settings.master_worker = o->master_worker;
  plan.settings.slave_worker = o->slave_worker;
  plan.settings.wrap_master = o->wrap_master;
  plan.settings.wrap_slave = o->wrap_slave;
  plan.settings.presets = (const gchar *const *)o->presets;
  plan.settings.timeout_scale = o->timeout_scale;
  plan.settings.master_debug = o->master_debug;
  plan.settings.slave_debug = o->slave_debug;
  plan.settings.cores = o->cores;
  plan.settings.interactive = o->interactive;
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    sources[i] = g_unix_signal_add (signals[i], on_signal, run);
  ipc_runner_play (&plan, run->report, reporter, run->cancellable);
  run->report->seconds = (g_get_monotonic_time () - start) / (gdouble)G_USEC_PER_SEC;
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_source_remove (sources[i]);
}

static gint
play_and_report (Run *run)
{
  const IpcRunOptions *o = run->options;
  g_autoptr (IpcReporter) reporter = o->tap ? ipc_tap_new () : ipc_terminal_new (o->verbose, o->interactive);
  const IpcReportCopies copies = { o->junit, o->json, o->html };
  gboolean saved;

  begin_report (run);
  reporter->begin (reporter, run->report);
  play (run, reporter);
  saved = ipc_report_files_save (run->report, &copies);
  reporter->end (reporter, run->report);
  if (!saved && !run->report->interrupted)
    return IPC_EXIT_HARNESS_ERROR;
  return ipc_report_exit_code (run->report);
}

static gint
run_main (Run *run)
{
  g_autoptr (GError) error = NULL;

  if (!select_cases (run))
    return IPC_EXIT_USAGE;
  if (run->options->list)
    return list_selected (run);
  if (!find_implementations (run) || !load_known_failures (run))
    return IPC_EXIT_USAGE;
  run->output = ipc_output_new (run->options->output, &error);
  if (run->output == NULL) {
    ipc_cli_complain ("%s", error->message);
    return IPC_EXIT_USAGE;
  }
  if (!prepare_implementations (run))
    return IPC_EXIT_HARNESS_ERROR;
  return play_and_report (run);
}

gint
ipc_cli_run (gint argc, gchar **argv)
{
  Run run = { 0 };
  gint code;

  run.options = ipc_run_options_new (argc, argv);
  if (run.options == NULL)
    return IPC_EXIT_USAGE;
  run.cancellable = g_cancellable_new ();
  code = run_main (&run);
  run_clear (&run);
  return code;
}
