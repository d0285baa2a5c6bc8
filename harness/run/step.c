/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What all kinds of steps share. A step borrows its case and what the scenario says of it, but for the fields, of which
 * it has a copy; it owns the call and the connection that it made.
 */

#include "step.h"

#include "history/json.h"

static const IpcStepFuncs *const funcs[IPC_N_STEP_KINDS] = {
  [IPC_STEP_ACT_SET_STATE] = &ipc_act_set_state,
  [IPC_STEP_ACT_SEEK] = &ipc_act_seek,
  [IPC_STEP_ACT_QUERY] = &ipc_act_query,
  [IPC_STEP_ACT_SEND_EVENT] = &ipc_act_send_event,
  [IPC_STEP_ACT_SET_PROPERTY] = &ipc_act_set_property,
  [IPC_STEP_ACT_EMIT_SIGNAL] = &ipc_act_emit_signal,
  [IPC_STEP_ACT_POST_MESSAGE] = &ipc_act_post_message,
  [IPC_STEP_ACT_SPAWN] = &ipc_act_spawn,
  [IPC_STEP_ACT_CONNECT] = &ipc_act_connect,
  [IPC_STEP_ACT_SIGNAL_PROCESS] = &ipc_act_signal_process,
  [IPC_STEP_ACT_MARK] = &ipc_act_mark,
  [IPC_STEP_ACT_PUSH_EVENT] = &ipc_act_push_event,
  [IPC_STEP_ACT_SEND_SINK_MESSAGE] = &ipc_act_send_sink_message,
  [IPC_STEP_ACT_ADD_BRANCH] = &ipc_act_add_branch,
  [IPC_STEP_ACT_START_BRANCH] = &ipc_act_start_branch,
  [IPC_STEP_ACT_REMOVE_BRANCH] = &ipc_act_remove_branch,
  [IPC_STEP_ACT_EXIT] = &ipc_act_exit,
  [IPC_STEP_ACT_FINISH] = &ipc_act_finish,
  [IPC_STEP_WAIT_QUIET] = &ipc_wait_quiet,
  [IPC_STEP_WAIT_LOG] = &ipc_wait_log,
  [IPC_STEP_CHECK_DURATION] = &ipc_check_duration,
  [IPC_STEP_CHECK_LOG] = &ipc_check_log,
  [IPC_STEP_ACT_FAULT] = &ipc_act_fault,
  [IPC_STEP_ACT_UNFAULT] = &ipc_act_unfault,
  [IPC_STEP_ACT_INJECT] = &ipc_act_inject,
  [IPC_STEP_ACT_CLOSE] = &ipc_act_close,
  [IPC_STEP_ACT_ON_MESSAGE] = &ipc_act_on_message,
  [IPC_STEP_ACT_RECALCULATE_LATENCY] = &ipc_act_recalculate_latency,
  [IPC_STEP_WAIT_MESSAGE] = &ipc_wait_message,
  [IPC_STEP_WAIT_STATE] = &ipc_wait_state,
  [IPC_STEP_WAIT_BUFFERS] = &ipc_wait_buffers,
  [IPC_STEP_WAIT_RENDER] = &ipc_wait_render,
  [IPC_STEP_WAIT_EVENT] = &ipc_wait_event,
  [IPC_STEP_WAIT_PACKET] = &ipc_wait_packet,
  [IPC_STEP_WAIT_EXIT] = &ipc_wait_exit,
  [IPC_STEP_WAIT_POSITION] = &ipc_wait_position,
  [IPC_STEP_WAIT_FAULT] = &ipc_wait_fault,
  [IPC_STEP_CHECK_STATE] = &ipc_check_state,
  [IPC_STEP_CHECK_QUERY] = &ipc_check_query,
  [IPC_STEP_CHECK_PROPERTY] = &ipc_check_property,
  [IPC_STEP_CHECK_COUNT] = &ipc_check_count,
  [IPC_STEP_CHECK_ORDER] = &ipc_check_order,
  [IPC_STEP_CHECK_TIME] = &ipc_check_time,
};

/**
 * ipc_step_funcs:
 * @id: a kind of step
 *
 * Returns: (transfer none): its functions
 */
const IpcStepFuncs *
ipc_step_funcs (IpcStepKindId id)
{
  return funcs[id];
}

/* From which record on things count. */
static guint
since_of (IpcStep *step)
{
  const gchar *mark = ipc_step_string (step, "since");
  gpointer index = NULL;

  if (!mark)
    return step->owner->act_start;
  if (g_hash_table_lookup_extended (step->owner->marks, mark, NULL, &index))
    return GPOINTER_TO_UINT (index);
  return 0; /* "start"; the loader lets no other name pass */
}

/**
 * ipc_step_new:
 * @owner: the case
 * @spec: what the scenario says
 *
 * Returns: (transfer full): a step that was not started
 */
IpcStep *
ipc_step_new (IpcCase *owner, const IpcScenarioStep *spec)
{
  IpcStep *step = g_new0 (IpcStep, 1);
  gint64 deadline;

  step->owner = owner;
  step->spec = spec;
  step->fields = ipc_json_copy (spec->fields);
  if (g_str_equal (spec->kind->verb, "act"))
    owner->act_start = ipc_history_length (owner->host.history);
  step->since = step->next = since_of (step);
  deadline = ipc_step_int (step, "deadline", 0);
  if (deadline > 0)
    step->deadline = ipc_history_now () + ipc_case_time (owner, (gdouble)deadline / 1e9);
  return step;
}

/**
 * ipc_step_free:
 * @step: (transfer full) (nullable): a step
 */
void
ipc_step_free (IpcStep *step)
{
  if (!step)
    return;
  if (step->timer) {
    g_source_destroy (step->timer);
    g_source_unref (step->timer);
  }
  g_clear_pointer (&step->call, ipc_call_unref);
  g_clear_pointer (&step->calls, g_ptr_array_unref);
  ipc_connection_clear (&step->connection);
  json_object_unref (step->fields);
  g_clear_pointer (&step->cpu, g_array_unref);
  g_free (step->near_miss);
  g_free (step->expected);
  g_free (step->seen);
  g_free (step);
}

/**
 * ipc_step_start:
 * @step: a step
 */
void
ipc_step_start (IpcStep *step)
{
  funcs[step->spec->kind->id]->start (step);
}

/**
 * ipc_step_poll:
 * @step: a step that was started
 *
 * Returns: whether it is over, and how
 */
IpcStepStatus
ipc_step_poll (IpcStep *step)
{
  if (step->status == IPC_STEP_RUNNING)
    funcs[step->spec->kind->id]->poll (step);
  return step->status;
}

/**
 * ipc_step_expire:
 * @step: a step that is under way
 *
 * Returns: %IPC_STEP_FAILED
 */
IpcStepStatus
ipc_step_expire (IpcStep *step)
{
  ipc_step_expectation (step);
  step->expired = TRUE;
  step->status = IPC_STEP_FAILED;
  return step->status;
}

/**
 * ipc_step_expectation:
 * @step: a step
 */
void
ipc_step_expectation (IpcStep *step)
{
  if (!step->expected)
    step->expected = funcs[step->spec->kind->id]->expectation (step);
}

/**
 * ipc_step_done:
 * @step: a step that has what it wants
 */
void
ipc_step_done (IpcStep *step)
{
  step->status = IPC_STEP_DONE;
}

/**
 * ipc_step_fail:
 * @step: a step that cannot get what it wants
 * @seen: (transfer full): what was there instead
 */
void
ipc_step_fail (IpcStep *step, gchar *seen)
{
  ipc_step_expectation (step);
  g_free (step->seen);
  step->seen = seen;
  step->status = IPC_STEP_FAILED;
}

/**
 * ipc_step_string:
 * @step: a step
 * @field: name of a field
 *
 * Returns: (transfer none) (nullable): its text, %NULL when it is not set
 */
const gchar *
ipc_step_string (IpcStep *step, const gchar *field)
{
  return ipc_record_string (step->fields, field);
}

/**
 * ipc_step_int:
 * @step: a step
 * @field: name of a field
 * @fallback: what to return when it is not set
 *
 * Returns: its value; nanoseconds for times
 */
gint64
ipc_step_int (IpcStep *step, const gchar *field, gint64 fallback)
{
  return ipc_record_int (step->fields, field, fallback);
}

/**
 * ipc_step_object:
 * @step: a step
 * @field: name of a field
 *
 * Returns: (transfer none) (nullable): the object
 */
JsonObject *
ipc_step_object (IpcStep *step, const gchar *field)
{
  JsonNode *node = json_object_get_member (step->fields, field);

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * ipc_step_process:
 * @step: a step
 *
 * Returns: (transfer none) (nullable): the process that it names
 */
IpcProcess *
ipc_step_process (IpcStep *step)
{
  return ipc_case_process (step->owner, ipc_step_string (step, "process"));
}

/**
 * ipc_step_living:
 * @step: a step
 *
 * Returns: (transfer none) (nullable): the process that it names, or %NULL when that has no pipeline: the step
 * has failed then
 */
IpcProcess *
ipc_step_living (IpcStep *step)
{
  IpcProcess *process = ipc_step_process (step);

  if (process->stage == IPC_STAGE_READY)
    return process;
  if (process->stage == IPC_STAGE_ENDED)
    ipc_step_fail (step, g_strdup_printf ("%s %s", process->spec->name, process->end_text));
  else
    ipc_step_fail (step, g_strdup_printf ("%s was not started", process->spec->name));
  return NULL;
}

/**
 * ipc_step_call:
 * @step: a step
 * @command: the command
 * @fields: names of the fields that become its members
 */
void
ipc_step_call (IpcStep *step, const gchar *command, const gchar *const *fields)
{
  IpcProcess *process = ipc_step_living (step);
  JsonObject *members;

  if (!process)
    return;
  members = json_object_new ();
  for (guint i = 0; fields[i]; i++)
    if (json_object_has_member (step->fields, fields[i]))
      json_object_set_member (members, fields[i], json_object_dup_member (step->fields, fields[i]));
  g_clear_pointer (&step->call, ipc_call_unref);
  step->asked = ipc_history_now ();
  step->call = ipc_process_call (process, command, members, NULL, 0);
}

/**
 * ipc_step_call_all:
 * @step: a step
 * @command: the command
 */
void
ipc_step_call_all (IpcStep *step, const gchar *command)
{
  static const gchar *const own[] = { "process", "expect", "within", "background", NULL };
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (const IpcStepField *field = step->spec->kind->fields; field->name; field++)
    if (!g_strv_contains (own, field->name))
      g_ptr_array_add (names, (gpointer)field->name);
  g_ptr_array_add (names, NULL);
  ipc_step_call (step, command, (const gchar *const *)names->pdata);
}

/* Until the worker's own stamp: what the harness needs to read the answer is not counted. */
static gboolean
came_in_time (IpcStep *step)
{
  gint64 took = ipc_record_int (step->call->reply, "t", 0) - step->asked, within = ipc_step_int (step, "within", 0);

  if (within == 0 || took <= ipc_case_time (step->owner, (gdouble)within / 1e9))
    return TRUE;
  ipc_step_fail (step, g_strdup_printf ("it took %.3f s, longer than %.3f s", (gdouble)took / 1e9,
                           (gdouble)within / 1e9 * step->owner->host.settings->timeout_scale));
  return FALSE;
}

/**
 * ipc_step_answered:
 * @step: a step with a call
 *
 * Returns: whether the answer is there and good
 */
gboolean
ipc_step_answered (IpcStep *step)
{
  IpcProcess *process = ipc_step_process (step);
  g_autofree gchar *error = NULL;

  if (!ipc_call_is_over (step->call))
    return FALSE;
  if (step->call->lost) {
    ipc_step_fail (step,
        g_strdup_printf ("%s %s before it answered %s", process->spec->name, process->end_text, step->call->command));
    return FALSE;
  }
  error = ipc_call_error (step->call);
  if (error) {
    ipc_step_fail (
        step, g_strdup_printf ("%s answered %s with an error: %s", process->spec->name, step->call->command, error));
    return FALSE;
  }
  return came_in_time (step);
}
