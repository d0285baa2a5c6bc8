/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What acts do. Most are one command to one process, over when it was answered; what the answer's `result` has to be
 * is the field `expect`.
 */

#include <signal.h>
#include <string.h>

#include <gio/gio.h>

#include "history/match.h"
#include "step.h"

static gchar *
expect_ok (IpcStep *step)
{
  return g_strdup_printf ("%s to carry out %s", ipc_step_string (step, "process"), step->spec->kind->name);
}

/* For commands of which nothing but success is expected. */
static void
poll_answer (IpcStep *step)
{
  if (ipc_step_answered (step))
    ipc_step_done (step);
}

/* {{{ set-state */

static void
set_state_start (IpcStep *step)
{
  ipc_step_call_all (step, "set-state");
}

static gboolean
state_result_fits (const gchar *expect, const gchar *result)
{
  if (g_str_equal (expect, "any"))
    return TRUE;
  if (g_str_equal (expect, "any-success"))
    return !g_str_equal (result, "failure");
  return g_str_equal (expect, result);
}

static void
set_state_poll (IpcStep *step)
{
  const gchar *expect = ipc_step_string (step, "expect");
  const gchar *result;

  if (!ipc_step_answered (step))
    return;
  result = ipc_record_string (step->call->reply, "result");
  if (state_result_fits (expect ? expect : "any-success", result ? result : ""))
    ipc_step_done (step);
  else
    ipc_step_fail (step, g_strdup_printf ("it returned %s", result ? result : "nothing"));
}

static gchar *
set_state_expectation (IpcStep *step)
{
  const gchar *expect = ipc_step_string (step, "expect");

  return g_strdup_printf ("set_state (%s) of %s to return%s %s", ipc_step_string (step, "state"),
      ipc_step_string (step, "process"), expect && g_str_has_prefix (expect, "any") ? "" : " with",
      expect ? expect : "any-success");
}

const IpcStepFuncs ipc_act_set_state = { set_state_start, set_state_poll, set_state_expectation };

/* }}} */
/* {{{ seek, query, send-event */

static void
poll_boolean_result (IpcStep *step)
{
  gboolean expect = ipc_record_bool (step->fields, "expect", TRUE);

  if (!ipc_step_answered (step))
    return;
  if (ipc_record_bool (step->call->reply, "result", FALSE) == expect)
    ipc_step_done (step);
  else
    ipc_step_fail (step, g_strdup (expect ? "it returned FALSE" : "it returned TRUE"));
}

static gchar *
boolean_expectation (IpcStep *step)
{
  return g_strdup_printf ("%s of %s to return %s", step->spec->kind->name, ipc_step_string (step, "process"),
      ipc_record_bool (step->fields, "expect", TRUE) ? "TRUE" : "FALSE");
}

static void
seek_start (IpcStep *step)
{
  ipc_step_call_all (step, "seek");
  if (step->call && ipc_record_bool (step->fields, "background", FALSE))
    ipc_step_done (step);
}

const IpcStepFuncs ipc_act_seek = { seek_start, poll_boolean_result, boolean_expectation };

static void
query_start (IpcStep *step)
{
  ipc_step_call_all (step, "query");
  if (step->call)
    ipc_step_done (step);
}

const IpcStepFuncs ipc_act_query = { query_start, poll_answer, expect_ok };

static void
send_event_start (IpcStep *step)
{
  ipc_step_call_all (step, "send-event");
}

const IpcStepFuncs ipc_act_send_event = { send_event_start, poll_boolean_result, boolean_expectation };

/* }}} */
/* {{{ set-property, emit-signal, post-message */

static void
set_property_start (IpcStep *step)
{
  ipc_step_call_all (step, "set-property");
}

const IpcStepFuncs ipc_act_set_property = { set_property_start, poll_answer, expect_ok };

static void
emit_signal_start (IpcStep *step)
{
  ipc_step_call_all (step, "emit-signal");
}

const IpcStepFuncs ipc_act_emit_signal = { emit_signal_start, poll_answer, expect_ok };

static void
post_message_start (IpcStep *step)
{
  ipc_step_call_all (step, "post-message");
}

const IpcStepFuncs ipc_act_post_message = { post_message_start, poll_answer, expect_ok };

static void
call_by_name (IpcStep *step)
{
  ipc_step_call_all (step, step->spec->kind->name);
}

const IpcStepFuncs ipc_act_on_message = { call_by_name, poll_answer, expect_ok };
const IpcStepFuncs ipc_act_recalculate_latency = { call_by_name, poll_boolean_result, boolean_expectation };
const IpcStepFuncs ipc_act_push_event = { call_by_name, poll_boolean_result, boolean_expectation };
const IpcStepFuncs ipc_act_send_sink_message = { call_by_name, poll_boolean_result, boolean_expectation };
/* One that is not started yet has no result to be told. */
static void
add_branch_poll (IpcStep *step)
{
  if (ipc_record_bool (step->fields, "start", TRUE))
    poll_boolean_result (step);
  else
    poll_answer (step);
}

const IpcStepFuncs ipc_act_add_branch = { call_by_name, add_branch_poll, boolean_expectation };
const IpcStepFuncs ipc_act_start_branch = { call_by_name, poll_boolean_result, boolean_expectation };
const IpcStepFuncs ipc_act_remove_branch = { call_by_name, poll_answer, expect_ok };

/* }}} */
/* {{{ spawn */

static void
spawn_start (IpcStep *step)
{
  IpcProcess *process = ipc_step_process (step);
  g_autoptr (GError) error = NULL;

  if (ipc_process_is_alive (process))
    ipc_step_fail (step, g_strdup_printf ("%s is running already", process->spec->name));
  else if (!ipc_process_spawn (process, &error))
    ipc_step_fail (step, g_strdup (error->message));
}

static void
spawn_poll (IpcStep *step)
{
  IpcProcess *process = ipc_step_process (step);

  if (process->stage == IPC_STAGE_READY) {
    ipc_step_done (step);
  } else if (process->stage == IPC_STAGE_ENDED) {
    ipc_step_fail (step, g_strdup_printf ("%s %s", process->spec->name, process->end_text));
  } else if (process->stage == IPC_STAGE_FAILED) {
    g_autofree gchar *error = ipc_call_error (process->build);

    ipc_step_fail (step, g_strdup_printf ("its pipeline cannot be built: %s", error));
  }
}

static gchar *
spawn_expectation (IpcStep *step)
{
  return g_strdup_printf ("%s to start and build its pipeline", ipc_step_string (step, "process"));
}

const IpcStepFuncs ipc_act_spawn = { spawn_start, spawn_poll, spawn_expectation };

/* }}} */
/* {{{ connect */

/* Whether @process can take part in a connection; fails the step when not. */
static gboolean
can_connect (IpcStep *step, IpcProcess *process)
{
  if (process->stage == IPC_STAGE_READY)
    return TRUE;
  ipc_step_fail (step, process->stage == IPC_STAGE_ENDED
                           ? g_strdup_printf ("%s %s", process->spec->name, process->end_text)
                           : g_strdup_printf ("%s was not started", process->spec->name));
  return FALSE;
}

static void
connect_start (IpcStep *step)
{
  IpcCaseLink *link = ipc_case_link (step->owner, ipc_step_string (step, "link"));
  const gchar *to = ipc_step_string (step, "to");
  const gchar *dot = to ? strchr (to, '.') : NULL;
  g_autofree gchar *name = dot ? g_strndup (to, dot - to) : g_strdup (link->spec->slave);
  const gchar *src = dot ? dot + 1 : link->spec->src;
  IpcProcess *slave = ipc_case_process (step->owner, name);
  g_autoptr (GError) error = NULL;

  if (!slave)
    ipc_step_fail (step, g_strdup_printf ("there is no process %s", name));
  else if (can_connect (step, ipc_case_process (step->owner, link->spec->master)) && can_connect (step, slave)
           && !ipc_case_connect (step->owner, link, slave, src, &step->connection, &error))
    ipc_step_fail (step, g_strdup (error->message));
}

static void
connect_poll (IpcStep *step)
{
  g_autofree gchar *error = NULL;

  if (!ipc_connection_is_over (&step->connection))
    return;
  error = ipc_connection_error (&step->connection);
  if (error)
    ipc_step_fail (step, g_steal_pointer (&error));
  else
    ipc_step_done (step);
}

static gchar *
connect_expectation (IpcStep *step)
{
  return g_strdup_printf ("both ends of the link %s to take new file descriptors", ipc_step_string (step, "link"));
}

const IpcStepFuncs ipc_act_connect = { connect_start, connect_poll, connect_expectation };

/* }}} */
/* {{{ signal-process, mark */

gint
ipc_signal_number (const gchar *name)
{
  static const struct {
    const gchar *name;
    gint number;
  } signals[] = { { "kill", SIGKILL }, { "stop", SIGSTOP }, { "continue", SIGCONT }, { "term", SIGTERM },
    { "abrt", SIGABRT }, { "segv", SIGSEGV } };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    if (g_strcmp0 (signals[i].name, name) == 0)
      return signals[i].number;
  return 0;
}

static void
signal_process_start (IpcStep *step)
{
  IpcProcess *process = ipc_step_process (step);

  if (ipc_process_is_alive (process)) {
    ipc_process_signal (process, ipc_signal_number (ipc_step_string (step, "signal")));
    ipc_step_done (step);
  } else {
    ipc_step_living (step);
  }
}

/* Over when it was started. */
static void
poll_nothing (IpcStep *step)
{
}

static gchar *
signal_process_expectation (IpcStep *step)
{
  return g_strdup_printf ("%s to be alive", ipc_step_string (step, "process"));
}

const IpcStepFuncs ipc_act_signal_process = { signal_process_start, poll_nothing, signal_process_expectation };

static void
mark_start (IpcStep *step)
{
  IpcHistory *history = step->owner->host.history;
  JsonObject *record = ipc_history_record ("mark");
  const gchar *name = ipc_step_string (step, "name");

  json_object_set_string_member (record, "name", name);
  g_hash_table_insert (step->owner->marks, g_strdup (name), GUINT_TO_POINTER (ipc_history_add (history, record)));
  ipc_step_done (step);
}

static gchar *
mark_expectation (IpcStep *step)
{
  return g_strdup ("a mark to be set");
}

const IpcStepFuncs ipc_act_mark = { mark_start, poll_nothing, mark_expectation };

/* }}} */
