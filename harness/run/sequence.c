/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists of steps, played one step after the other, and groups of lists. A sequence owns the step or the sequences under
 * way; what it gives up is freed, and what that has asked for is still answered into the history.
 */

#include "sequence.h"

struct _IpcSequence {
  IpcCase *owner;
  GPtrArray *steps;
  guint next;      /* index of the step to start next */
  guint act_start; /* of this list: lists side by side have an act each */
  gint64 begun;    /* when the step or group under way was started */

  IpcStep *step;                /* under way, or the one that failed */
  const IpcScenarioStep *group; /* under way, or NULL */
  GPtrArray *inner;             /* of IpcSequence: its lists */
  guint looked;                 /* records that were looked at for the fault of an `until` */
  IpcStepStatus status;
};

IpcSequence *
ipc_sequence_new (IpcCase *owner, GPtrArray *steps)
{
  IpcSequence *sequence = g_new0 (IpcSequence, 1);

  sequence->owner = owner;
  sequence->steps = steps;
  sequence->act_start = owner->act_start;
  sequence->inner = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_sequence_free);
  return sequence;
}

void
ipc_sequence_free (IpcSequence *sequence)
{
  if (!sequence)
    return;
  ipc_step_free (sequence->step);
  g_ptr_array_unref (sequence->inner);
  g_free (sequence);
}

/* {{{ one step */

/* Reads what workers have sent already. Each has a socket of its own: the master's word that all is over may come
 * before that of a slave about the last buffers, though it was sent after it, and what counts them would miss some. */
static void
catch_up (IpcCase *owner)
{
  for (guint i = 0; i < owner->processes->len; i++) {
    IpcProcess *process = g_ptr_array_index (owner->processes, i);

    if (process->control)
      ipc_control_drain (process->control);
  }
}

static void
start_step (IpcSequence *sequence, const IpcScenarioStep *spec)
{
  IpcCase *owner = sequence->owner;

  catch_up (owner);
  /* `since` of a step is told by the acts of its own list */
  owner->act_start = sequence->act_start;
  sequence->step = ipc_step_new (owner, spec);
  sequence->act_start = owner->act_start;
  ipc_case_record_step (owner, sequence->step, "started");
  ipc_step_start (sequence->step);
}

/* 0: never. */
static void
wake_at (IpcCase *owner, gint64 time)
{
  if (time && (!owner->wake || time < owner->wake))
    owner->wake = time;
}

/* Who says how long a command may take gives it that time, whether or not anything is observed meanwhile. */
static void
be_patient (IpcSequence *sequence)
{
  IpcCase *owner = sequence->owner;
  gint64 within = ipc_step_int (sequence->step, "within", 0);

  if (within > 0)
    owner->silent_until = MAX (owner->silent_until, sequence->begun + ipc_case_time (owner, (gdouble)within / 1e9));
}

static void
poll_step (IpcSequence *sequence)
{
  IpcStep *step = sequence->step;
  gint64 deadline = step->deadline;
  IpcStepStatus status = ipc_step_poll (step);

  if (status == IPC_STEP_RUNNING && deadline && ipc_history_now () >= deadline)
    status = ipc_step_expire (step);
  if (status == IPC_STEP_DONE) {
    ipc_case_record_step (sequence->owner, step, "done");
    g_clear_pointer (&sequence->step, ipc_step_free);
  } else if (status == IPC_STEP_FAILED) {
    sequence->status = IPC_STEP_FAILED;
  } else {
    wake_at (sequence->owner, deadline);
    wake_at (sequence->owner, step->wake);
    be_patient (sequence);
  }
}

/* }}} */
/* {{{ groups */

static void
start_group (IpcSequence *sequence, const IpcScenarioStep *spec)
{
  sequence->group = spec;
  sequence->looked = 0;
  sequence->act_start = sequence->owner->act_start = ipc_history_length (sequence->owner->host.history);
  for (guint i = 0; i < spec->lists->len; i++)
    g_ptr_array_add (sequence->inner, ipc_sequence_new (sequence->owner, spec->lists->pdata[i]));
}

static void
end_group (IpcSequence *sequence)
{
  g_ptr_array_set_size (sequence->inner, 0);
  sequence->group = NULL;
}

static void
poll_together (IpcSequence *sequence)
{
  gboolean all = TRUE;

  for (guint i = 0; i < sequence->inner->len; i++) {
    IpcStepStatus status = ipc_sequence_poll (sequence->inner->pdata[i]);

    if (status == IPC_STEP_FAILED)
      sequence->status = IPC_STEP_FAILED;
    all = all && status == IPC_STEP_DONE;
  }
  if (all)
    end_group (sequence);
}

static gboolean
has_struck (IpcSequence *sequence)
{
  IpcHistory *history = sequence->owner->host.history;

  for (; sequence->looked < ipc_history_length (history); sequence->looked++) {
    JsonObject *record = ipc_history_get (history, sequence->looked);

    if (ipc_record_is (record, "fault") && g_strcmp0 (ipc_record_string (record, "event"), "struck") == 0
        && g_strcmp0 (ipc_record_string (record, "name"), sequence->group->fault) == 0)
      return TRUE;
  }
  return FALSE;
}

/* The step that is under way is given up; so says the history. */
static void
record_given_up (IpcSequence *sequence)
{
  if (sequence->step)
    ipc_case_record_step (sequence->owner, sequence->step, "given-up");
  for (guint i = 0; i < sequence->inner->len; i++)
    record_given_up (sequence->inner->pdata[i]);
}

/* A step that fails, and steps that have ended, wait for the fault that may be under way: until nothing is observed
 * any more. */
static void
poll_until (IpcSequence *sequence)
{
  IpcSequence *inner = sequence->inner->pdata[0];

  if (!has_struck (sequence)) {
    ipc_sequence_poll (inner);
    return;
  }
  record_given_up (inner);
  end_group (sequence);
}

static void
poll_group (IpcSequence *sequence)
{
  if (sequence->group->fault)
    poll_until (sequence);
  else
    poll_together (sequence);
}

/* }}} */

static void
start_next (IpcSequence *sequence)
{
  const IpcScenarioStep *spec = g_ptr_array_index (sequence->steps, sequence->next++);

  sequence->begun = sequence->owner->step_begun = ipc_history_now ();
  if (spec->lists)
    start_group (sequence, spec);
  else
    start_step (sequence, spec);
}

IpcStepStatus
ipc_sequence_poll (IpcSequence *sequence)
{
  while (sequence->status == IPC_STEP_RUNNING) {
    if (sequence->step)
      poll_step (sequence);
    else if (sequence->group)
      poll_group (sequence);
    if (sequence->step || sequence->group || sequence->status != IPC_STEP_RUNNING)
      break;
    if (sequence->next == sequence->steps->len)
      sequence->status = IPC_STEP_DONE;
    else
      start_next (sequence);
  }
  return sequence->status;
}

IpcStep *
ipc_sequence_current (IpcSequence *sequence)
{
  IpcStep *current = sequence->step;

  /* one that failed comes first */
  for (guint i = 0; i < sequence->inner->len; i++) {
    IpcSequence *inner = sequence->inner->pdata[i];
    IpcStep *step = ipc_sequence_current (inner);

    if (step && (!current || (inner->status == IPC_STEP_FAILED && current->status != IPC_STEP_FAILED)))
      current = step;
  }
  return current;
}

const gchar *
ipc_sequence_fault (IpcSequence *sequence)
{
  for (guint i = 0; i < sequence->inner->len; i++) {
    const gchar *fault = ipc_sequence_fault (sequence->inner->pdata[i]);

    if (fault)
      return fault;
  }
  return sequence->group ? sequence->group->fault : NULL;
}
