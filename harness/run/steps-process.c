/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Processes that end because a step says so, and what stands in their logs. A log is a file that nobody is told of: it
 * is looked at again and again.
 */

#include <gio/gio.h>

#include "step.h"

/* How often a log is looked at; milliseconds. */
#define LOG_INTERVAL 20

/* {{{ exit, finish */

static void
exit_start (IpcStep *step)
{
  static const gchar *const fields[] = { "status", NULL };

  ipc_step_call (step, "exit", fields);
}

static void
exit_poll (IpcStep *step)
{
  IpcProcess *process = ipc_step_process (step);

  if (process->stage != IPC_STAGE_ENDED)
    return;
  if (process->status == ipc_step_int (step, "status", 0))
    ipc_step_done (step);
  else
    ipc_step_fail (step, g_strdup_printf ("%s %s", process->spec->name, process->end_text));
}

static gchar *
exit_expectation (IpcStep *step)
{
  return g_strdup_printf ("%s to exit with the status %" G_GINT64_FORMAT, ipc_step_string (step, "process"),
      ipc_step_int (step, "status", 0));
}

const IpcStepFuncs ipc_act_exit = { exit_start, exit_poll, exit_expectation };

static void
finish_start (IpcStep *step)
{
  ipc_step_call_all (step, "finish");
}

static void
finish_poll (IpcStep *step)
{
  IpcProcess *process = ipc_step_process (step);

  if (!ipc_step_answered (step) || process->stage != IPC_STAGE_ENDED)
    return;
  if (process->status == 0)
    ipc_step_done (step);
  else
    ipc_step_fail (step, g_strdup_printf ("%s %s", process->spec->name, process->end_text));
}

static gchar *
finish_expectation (IpcStep *step)
{
  return g_strdup_printf ("%s to go to NULL and end in order", ipc_step_string (step, "process"));
}

const IpcStepFuncs ipc_act_finish = { finish_start, finish_poll, finish_expectation };

/* }}} */
/* {{{ log */

/* Whether the log of the step's process has a line that matches. */
static gboolean
log_matches (IpcStep *step)
{
  g_autofree gchar *name = g_strconcat (ipc_step_string (step, "process"), ".log", NULL);
  g_autofree gchar *path = g_build_filename (step->owner->folder, name, NULL);
  g_autofree gchar *text = NULL;
  g_autoptr (GRegex) pattern
      = g_regex_new (ipc_step_string (step, "pattern"), G_REGEX_RAW | G_REGEX_MULTILINE, 0, NULL);
  gsize length = 0;

  return pattern && g_file_get_contents (path, &text, &length, NULL)
         && g_regex_match_full (pattern, text, (gssize)length, 0, 0, NULL, NULL);
}

static gchar *
log_expectation (IpcStep *step)
{
  return g_strdup_printf ("%s line of %s.log to match %s", ipc_record_bool (step->fields, "present", TRUE) ? "a" : "no",
      ipc_step_string (step, "process"), ipc_step_string (step, "pattern"));
}

static void
check_log_start (IpcStep *step)
{
  gboolean wanted = ipc_record_bool (step->fields, "present", TRUE);

  if (log_matches (step) == wanted)
    ipc_step_done (step);
  else
    ipc_step_fail (step, g_strdup (wanted ? "none does" : "one does"));
}

static void
poll_nothing (IpcStep *step)
{
}

const IpcStepFuncs ipc_check_log = { check_log_start, poll_nothing, log_expectation };

static void
wait_log_start (IpcStep *step)
{
}

static void
wait_log_poll (IpcStep *step)
{
  IpcProcess *process = ipc_step_process (step);
  gint64 now = ipc_history_now ();
  gboolean ended = !ipc_process_is_alive (process);

  if (now < step->wake && !ended)
    return;
  if (log_matches (step))
    ipc_step_done (step);
  else if (ended)
    ipc_step_fail (step, g_strdup_printf ("%s %s", process->spec->name,
                             process->stage == IPC_STAGE_ENDED ? process->end_text : "was not started"));
  step->wake = now + LOG_INTERVAL * G_GINT64_CONSTANT (1000000);
}

const IpcStepFuncs ipc_wait_log = { wait_log_start, wait_log_poll, log_expectation };

/* }}} */
