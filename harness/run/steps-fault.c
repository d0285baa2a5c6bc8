/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What steps do about faults. The faults belong to the links of the case; the relays make them, and what they cannot do
 * (signals to processes) is done here.
 */

#include <gio/gio.h>

#include "step.h"

static void
record_fault (IpcStep *step, const gchar *event)
{
  JsonObject *record = ipc_history_record ("fault");
  const gchar *what = ipc_step_string (step, "do");

  json_object_set_string_member (record, "link", ipc_step_string (step, "link"));
  json_object_set_string_member (record, "name", ipc_step_string (step, "name"));
  json_object_set_string_member (record, "event", event);
  if (what)
    json_object_set_string_member (record, "do", what);
  ipc_history_add (step->owner->host.history, record);
}

/* Over when it was started. */
static void
poll_nothing (IpcStep *step)
{
}

static void
fault_start (IpcStep *step)
{
  IpcCaseLink *link = ipc_case_link (step->owner, ipc_step_string (step, "link"));
  g_autoptr (GError) error = NULL;

  if (step->owner->host.settings->without_faults) {
    ipc_step_done (step);
    return;
  }
  if (!ipc_fault_set_add (link->faults, step->fields, &error)) {
    ipc_step_fail (step, g_strdup (error->message));
    return;
  }
  record_fault (step, "installed");
  ipc_step_done (step);
}

static gchar *
fault_expectation (IpcStep *step)
{
  return g_strdup_printf (
      "the fault %s to be installed on the link %s", ipc_step_string (step, "name"), ipc_step_string (step, "link"));
}

const IpcStepFuncs ipc_act_fault = { fault_start, poll_nothing, fault_expectation };

static void
unfault_start (IpcStep *step)
{
  IpcCaseLink *link = ipc_case_link (step->owner, ipc_step_string (step, "link"));
  const gchar *name = ipc_step_string (step, "name");

  if (!ipc_fault_set_find (link->faults, name)) {
    ipc_step_fail (step, g_strdup ("there is none of that name"));
    return;
  }
  ipc_fault_set_remove (link->faults, name);
  record_fault (step, "removed");
  for (guint i = 0; i < link->relays->len; i++)
    ipc_relay_release (g_ptr_array_index (link->relays, i), name);
  ipc_step_done (step);
}

static gchar *
unfault_expectation (IpcStep *step)
{
  return g_strdup_printf (
      "the fault %s of the link %s to be removed", ipc_step_string (step, "name"), ipc_step_string (step, "link"));
}

const IpcStepFuncs ipc_act_unfault = { unfault_start, poll_nothing, unfault_expectation };

static void
inject_start (IpcStep *step)
{
  IpcCaseLink *link = ipc_case_link (step->owner, ipc_step_string (step, "link"));
  gboolean to_slave = g_str_equal (ipc_step_string (step, "to"), "slave");
  g_autoptr (GError) error = NULL;

  if (link->relays->len == 0)
    ipc_step_fail (step, g_strdup ("it is not connected"));
  else if (!ipc_relay_inject (g_ptr_array_index (link->relays, link->relays->len - 1), to_slave, step->fields, &error))
    ipc_step_fail (step, g_strdup (error->message));
  else
    ipc_step_done (step);
}

static gchar *
inject_expectation (IpcStep *step)
{
  return g_strdup_printf (
      "something to be sent to the %s of the link %s", ipc_step_string (step, "to"), ipc_step_string (step, "link"));
}

const IpcStepFuncs ipc_act_inject = { inject_start, poll_nothing, inject_expectation };

static void
close_start (IpcStep *step)
{
  IpcCaseLink *link = ipc_case_link (step->owner, ipc_step_string (step, "link"));
  g_autoptr (GError) error = NULL;

  if (link->relays->len == 0)
    ipc_step_fail (step, g_strdup ("it is not connected"));
  else if (!ipc_relay_close (g_ptr_array_index (link->relays, link->relays->len - 1), step->fields, &error))
    ipc_step_fail (step, g_strdup (error->message));
  else
    ipc_step_done (step);
}

static gchar *
close_expectation (IpcStep *step)
{
  return g_strdup_printf ("the link %s to be there, to be closed", ipc_step_string (step, "link"));
}

const IpcStepFuncs ipc_act_close = { close_start, poll_nothing, close_expectation };

static gboolean
is_strike (IpcStep *step, JsonObject *record)
{
  return ipc_record_is (record, "fault") && g_strcmp0 (ipc_record_string (record, "event"), "struck") == 0
         && g_strcmp0 (ipc_record_string (record, "link"), ipc_step_string (step, "link")) == 0
         && g_strcmp0 (ipc_record_string (record, "name"), ipc_step_string (step, "name")) == 0;
}

static void
start_nothing (IpcStep *step)
{
}

static void
wait_fault_poll (IpcStep *step)
{
  IpcHistory *history = step->owner->host.history;

  if (step->owner->host.settings->without_faults) {
    ipc_step_fail (step, g_strdup ("the faults are left out"));
    return;
  }
  for (; step->next < ipc_history_length (history); step->next++)
    step->found += is_strike (step, ipc_history_get (history, step->next));
  if (step->found >= ipc_step_int (step, "count", 1))
    ipc_step_done (step);
}

static gchar *
wait_fault_expectation (IpcStep *step)
{
  return g_strdup_printf ("the fault %s to strike (%u of %" G_GINT64_FORMAT " times until now)",
      ipc_step_string (step, "name"), step->found, ipc_step_int (step, "count", 1));
}

const IpcStepFuncs ipc_wait_fault = { start_nothing, wait_fault_poll, wait_fault_expectation };

/* From a relay: in the middle of a packet. */
static void
on_signal (const gchar *process, const gchar *signal, gpointer data)
{
  IpcCase *self = data;
  IpcProcess *found = ipc_case_process (self, process);

  if (found && ipc_process_is_alive (found))
    ipc_process_signal (found, ipc_signal_number (signal));
}

static void
on_failed (const gchar *text, gpointer data)
{
  IpcCase *self = data;

  if (!self->host.fault)
    self->host.fault = g_strdup (text);
}

/**
 * ipc_case_faults_new:
 * @self: the case
 *
 * Returns: (transfer full): the faults of a link, none yet
 */
IpcFaultSet *
ipc_case_faults_new (IpcCase *self)
{
  return ipc_fault_set_new (on_signal, on_failed, self);
}

/**
 * ipc_case_end_faults:
 * @self: the case
 *
 * No fault strikes any more, and what they hold up goes on.
 */
void
ipc_case_end_faults (IpcCase *self)
{
  for (guint i = 0; i < self->links->len; i++) {
    IpcCaseLink *link = g_ptr_array_index (self->links, i);

    ipc_fault_set_clear (link->faults);
    for (guint j = 0; j < link->relays->len; j++)
      ipc_relay_release (g_ptr_array_index (link->relays, j), NULL);
  }
}
