/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The scheduling of cases. The main thread hands out jobs, never more than run at a time, so that nothing has to be
 * taken back when the run is to end; a thread plays its case, judges it and gives the result back to the main
 * context. The plan and its cases are only read by the threads.
 */
#include "runner.h"

#include "backtrace.h"
#include "report/html-case.h"
#include "report/html-report.h"
#include "report/verdict.h"
#include "scenario/scenario.h"

typedef struct {
  const IpcRunnerPlan *plan;
  IpcRunReport *run;
  IpcReporter *reporter;
  GCancellable *cancellable;
  GMainLoop *loop;
  guint next, round; /* the case to start next */
  guint n_running;
  gboolean stopped; /* nothing more is started */
} Runner;

typedef struct {
  Runner *runner;
  const IpcScenarioCase *scenario_case;
  guint round;
  GThread *thread;
  IpcResult *result; /* NULL when it was interrupted */
} Job;

static IpcVerdictTerms *
terms_of (const IpcScenarioCase *scenario_case)
{
  IpcVerdictTerms *terms = ipc_verdict_terms_new ();

  terms->shows = g_strdup (scenario_case->shows);
  g_strfreev (terms->requirements);
  terms->requirements = g_strdupv (scenario_case->requirements);
  g_strfreev (terms->allow);
  terms->allow = g_strdupv (scenario_case->allow);
  for (guint i = 0; i < scenario_case->processes->len; i++) {
    const IpcScenarioProcess *process = g_ptr_array_index (scenario_case->processes, i);
    g_hash_table_insert (terms->allow_of, g_strdup (process->name), g_strdupv (process->allow));
    g_hash_table_insert (terms->allow_log, g_strdup (process->name), g_strdupv (process->allow_log));
  }
  return terms;
}

/* For the page. When the run may have more results than that has pictures, it is left to the page to choose. */
static void
draw (const Job *job, IpcResult *result, IpcHistory *history)
{
  const guint n = job->runner->run->n_planned;

  if (n > 0 && n <= IPC_HTML_REPORT_PICTURES)
    ipc_html_case_draw (result, history, ipc_html_report_packets (n, result->verdict != IPC_VERDICT_PASS));
}

/* Plays and judges; FALSE when the case was interrupted. */
static gboolean
play_into (const Job *job, IpcResult *result, const gchar *folder, GError **error)
{
  const IpcRunnerPlan *plan = job->runner->plan;
  IpcRunSettings settings = plan->settings;
  g_autoptr (IpcVerdictTerms) terms = terms_of (job->scenario_case);
  g_autoptr (IpcHistory) history = NULL;

  settings.repeat_command = result->command;
  history = ipc_run_case (job->scenario_case, &settings, folder, job->runner->cancellable, error);
  if (history == NULL)
    return TRUE;
  if (!ipc_verdict_terms_save (terms, folder, error))
    return TRUE;
  if (settings.cores)
    ipc_backtrace_write (folder, settings.master_worker);
  if (!ipc_verdict_judge (result, history, folder, terms))
    return FALSE;
  draw (job, result, history);
  return TRUE;
}

static IpcResult *
play (const Job *job)
{
  const IpcRunnerPlan *plan = job->runner->plan;
  g_autoptr (IpcResult) result = ipc_result_new (job->scenario_case->name, job->round);
  g_autofree gchar *quoted = g_shell_quote (job->scenario_case->name);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *folder = ipc_output_case_folder (plan->output, job->scenario_case->name, job->round, &error);
  gint64 start = g_get_monotonic_time ();

  result->file = g_strdup (job->scenario_case->file);
  result->command = g_strdup_printf ("%s %s", plan->command, quoted);
  if (folder != NULL && !play_into (job, result, folder, &error))
    return NULL;
  if (error != NULL)
    ipc_result_set_error (result, error->message);
  result->seconds = (g_get_monotonic_time () - start) / (gdouble)G_USEC_PER_SEC;
  if (plan->known != NULL)
    ipc_known_failures_apply (plan->known, result);
  if (folder != NULL && result->verdict == IPC_VERDICT_PASS && !plan->keep)
    ipc_output_drop_captures (folder);
  return g_steal_pointer (&result);
}

static void start_jobs (Runner *runner);

/* Main thread. The thread of the job has nothing left to do but return. */
static gboolean
on_done (gpointer data)
{
  Job *job = data;
  Runner *runner = job->runner;

  g_thread_join (job->thread);
  runner->n_running--;
  if (job->result != NULL) {
    IpcResult *result = g_steal_pointer (&job->result);
    g_ptr_array_add (runner->run->results, result);
    runner->reporter->finished (runner->reporter, runner->run, result);
    if (runner->plan->until_fail && ipc_verdict_is_bad (result->verdict))
      runner->stopped = TRUE;
  }
  g_free (job);
  start_jobs (runner);
  return G_SOURCE_REMOVE;
}

/* A thread of its own for each job: its end is the end of whatever processes it may have left (PR_SET_PDEATHSIG). */
static gpointer
run_job (gpointer data)
{
  Job *job = data;

  job->result = play (job);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_done, job, NULL);
  return NULL;
}

static gboolean
is_over (const Runner *runner)
{
  return runner->stopped || g_cancellable_is_cancelled (runner->cancellable)
         || (runner->plan->rounds > 0 && runner->round > runner->plan->rounds);
}

static void
start_job (Runner *runner)
{
  Job *job = g_new0 (Job, 1);
  g_autofree gchar *title = NULL;

  job->runner = runner;
  job->scenario_case = g_ptr_array_index (runner->plan->cases, runner->next);
  job->round = runner->round;
  title = job->round > 1 ? g_strdup_printf ("%s (round %u)", job->scenario_case->name, job->round)
                         : g_strdup (job->scenario_case->name);
  runner->n_running++;
  if (++runner->next == runner->plan->cases->len) {
    runner->next = 0;
    runner->round++;
  }
  runner->reporter->started (runner->reporter, runner->run, title);
  job->thread = g_thread_new ("case", run_job, job);
}

static void
start_jobs (Runner *runner)
{
  while (runner->n_running < runner->plan->jobs && !is_over (runner))
    start_job (runner);
  if (runner->n_running == 0)
    g_main_loop_quit (runner->loop);
}

static gboolean
on_start (gpointer data)
{
  start_jobs (data);
  return G_SOURCE_REMOVE;
}

/**
 * ipc_runner_play:
 * @plan: what to play and how
 * @run: gets the results
 * @reporter: is told of them
 * @cancellable: ends the run: cases that run are ended at once and leave no result
 *
 * Returns when nothing runs any more.
 */
void
ipc_runner_play (const IpcRunnerPlan *plan, IpcRunReport *run, IpcReporter *reporter, GCancellable *cancellable)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Runner runner = { plan, run, reporter, cancellable, loop, 0, 1, 0, FALSE };

  g_idle_add (on_start, &runner);
  g_main_loop_run (loop);
}
