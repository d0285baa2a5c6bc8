/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What waits wait for. Most look through the history, each record once, for those of a kind that fit; the
 * others ask for a level: a state, an end, a position.
 */

#include <signal.h>

#include "describe.h"
#include "history/match.h"
#include "step.h"

/* How often the position is asked for; milliseconds. */
#define POSITION_INTERVAL 20

/* {{{ records */

/* Whether the member of @record is what the step's field says, if it says anything. */
static gboolean
field_fits (IpcStep *step, const gchar *field, JsonObject *record, const gchar *member)
{
  const gchar *wanted = ipc_step_string (step, field);

  return !wanted || g_strcmp0 (wanted, ipc_record_string (record, member)) == 0;
}

static gboolean
record_fits (IpcStep *step, const gchar *kind, JsonObject *record)
{
  g_autofree gchar *why = NULL;

  if (!ipc_record_is (record, kind) || !field_fits (step, "process", record, "process")
      || !field_fits (step, "link", record, "link") || !field_fits (step, "type", record, "type")
      || !field_fits (step, "source", record, "source") || !field_fits (step, "pad", record, "pad")
      || !field_fits (step, "direction", record, "direction") || !field_fits (step, "to", record, "to"))
    return FALSE;
  if (ipc_match (ipc_step_object (step, "match"), record, &why))
    return TRUE;
  g_free (step->near_miss);
  step->near_miss = g_steal_pointer (&why);
  return FALSE;
}

/* Looks at the records that are new. TRUE when there were enough. */
static gboolean
find_records (IpcStep *step, const gchar *kind)
{
  IpcHistory *history = step->owner->host.history;
  guint wanted = (guint)ipc_step_int (step, "count", 1);

  for (; step->next < ipc_history_length (history) && step->found < wanted; step->next++)
    if (record_fits (step, kind, ipc_history_get (history, step->next)))
      step->found++;
  return step->found >= wanted;
}

/* What was found instead of what was waited for. */
static gchar *
describe_search (IpcStep *step)
{
  gint64 wanted = ipc_step_int (step, "count", 1);
  GString *text = g_string_new (NULL);

  if (wanted > 1)
    g_string_append_printf (text, "%u of %" G_GINT64_FORMAT " came", step->found, wanted);
  else
    g_string_append (text, "none came");
  if (step->near_miss)
    g_string_append_printf (text, ", the last of that type did not fit: %s", step->near_miss);
  return g_string_free (text, FALSE);
}

/* Fails the step when its process has ended: nothing more will come. */
static void
fail_when_ended (IpcStep *step)
{
  IpcProcess *process = ipc_step_process (step);
  g_autofree gchar *search = NULL;

  if (ipc_process_is_alive (process))
    return;
  search = describe_search (step);
  ipc_step_fail (step, process->stage == IPC_STAGE_ENDED
                           ? g_strdup_printf ("%s %s (%s)", process->spec->name, process->end_text, search)
                           : g_strdup_printf ("%s was not started", process->spec->name));
}

static void
poll_records (IpcStep *step, const gchar *kind)
{
  if (find_records (step, kind))
    ipc_step_done (step);
  else
    fail_when_ended (step);
}

/* "2 x message error of master from sink with {...}" */
static gchar *
records_expectation (IpcStep *step, const gchar *kind)
{
  static const gchar *const said[][2] = { { "type", "" }, { "process", "of " }, { "link", "on " }, { "pad", "at " },
    { "direction", "" }, { "source", "from " }, { "to", "to " } };
  GString *text = g_string_new (NULL);
  JsonObject *match = ipc_step_object (step, "match");

  if (ipc_step_int (step, "count", 1) > 1)
    g_string_append_printf (text, "%" G_GINT64_FORMAT " x ", ipc_step_int (step, "count", 1));
  g_string_append (text, kind);
  for (guint i = 0; i < G_N_ELEMENTS (said); i++) {
    const gchar *value = ipc_step_string (step, said[i][0]);

    if (value)
      g_string_append_printf (text, " %s%s", said[i][1], value);
  }
  if (match && json_object_get_size (match) > 0) {
    g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), match);
    g_autofree gchar *json = json_to_string (node, FALSE);

    g_string_append_printf (text, " with %s", json);
  }
  return g_string_free (text, FALSE);
}

static void
start_nothing (IpcStep *step)
{
}

static void
message_poll (IpcStep *step)
{
  poll_records (step, "message");
}

static gchar *
message_expectation (IpcStep *step)
{
  return records_expectation (step, "message");
}

const IpcStepFuncs ipc_wait_message = { start_nothing, message_poll, message_expectation };

static void
buffers_poll (IpcStep *step)
{
  poll_records (step, "buffer");
}

static gchar *
buffers_expectation (IpcStep *step)
{
  return records_expectation (step, "buffer");
}

const IpcStepFuncs ipc_wait_buffers = { start_nothing, buffers_poll, buffers_expectation };

static void
render_poll (IpcStep *step)
{
  poll_records (step, "render");
}

static gchar *
render_expectation (IpcStep *step)
{
  return records_expectation (step, "render");
}

const IpcStepFuncs ipc_wait_render = { start_nothing, render_poll, render_expectation };

static void
event_poll (IpcStep *step)
{
  poll_records (step, "event");
}

static gchar *
event_expectation (IpcStep *step)
{
  return records_expectation (step, "event");
}

const IpcStepFuncs ipc_wait_event = { start_nothing, event_poll, event_expectation };

/* }}} */
/* {{{ quiet */

/* Of this moment on nothing has come. */
static void
begin_quiet (IpcStep *step)
{
  GPtrArray *processes = step->owner->processes;

  step->quiet = ipc_history_now ();
  g_array_set_size (step->cpu, 0);
  for (guint i = 0; i < processes->len; i++) {
    const gint64 used = ipc_process_cpu_time (g_ptr_array_index (processes, i));
    g_array_append_val (step->cpu, used);
  }
}

/* What the first process that was busy has used since then, in words, or NULL. */
static gchar *
describe_busy (IpcStep *step)
{
  const gint64 limit = ipc_step_int (step, "cpu", G_MAXINT64);
  GPtrArray *processes = step->owner->processes;

  for (guint i = 0; i < processes->len && limit < G_MAXINT64; i++) {
    const IpcProcess *process = g_ptr_array_index (processes, i);
    const gint64 used = ipc_process_cpu_time (process) - g_array_index (step->cpu, gint64, i);

    if (used > ipc_case_time (step->owner, (gdouble)limit / 1e9))
      return g_strdup_printf ("%s used %.3f s of processor time meanwhile", process->spec->name, (gdouble)used / 1e9);
  }
  return NULL;
}

static void
quiet_start (IpcStep *step)
{
  step->cpu = g_array_new (FALSE, FALSE, sizeof (gint64));
  begin_quiet (step);
  step->next = ipc_history_length (step->owner->host.history);
}

static gboolean
is_noise (IpcStep *step, JsonObject *record)
{
  JsonArray *kinds = json_object_get_array_member (step->fields, "kinds");

  for (guint i = 0; i < json_array_get_length (kinds); i++)
    if (record_fits (step, json_array_get_string_element (kinds, i), record))
      return TRUE;
  return FALSE;
}

static void
quiet_poll (IpcStep *step)
{
  IpcHistory *history = step->owner->host.history;
  guint found = step->found;
  gchar *busy;

  for (; step->next < ipc_history_length (history); step->next++)
    if (is_noise (step, ipc_history_get (history, step->next)))
      step->found++;
  if (step->found > found)
    begin_quiet (step);
  step->wake = step->quiet + ipc_case_time (step->owner, (gdouble)ipc_step_int (step, "time", 0) / 1e9);
  if (ipc_history_now () < step->wake)
    return;
  busy = describe_busy (step);
  if (busy != NULL)
    ipc_step_fail (step, busy);
  else
    ipc_step_done (step);
}

static gchar *
quiet_expectation (IpcStep *step)
{
  JsonNode *kinds = json_object_get_member (step->fields, "kinds");
  g_autofree gchar *text = json_to_string (kinds, FALSE);
  const gint64 cpu = ipc_step_int (step, "cpu", -1);
  g_autofree gchar *limit = cpu < 0 ? g_strdup ("")
                                    : g_strdup_printf (", and no process to use more than %.3f s of processor time",
                                        (gdouble)cpu / 1e9 * step->owner->host.settings->timeout_scale);

  return g_strdup_printf (
      "nothing of %s to be observed for %.3f s%s", text, (gdouble)ipc_step_int (step, "time", 0) / 1e9, limit);
}

const IpcStepFuncs ipc_wait_quiet = { quiet_start, quiet_poll, quiet_expectation };

/* }}} */
/* {{{ packet */

/* A link is dead when all its connections have ended. A direct one cannot be looked into: the loader refuses it. */
static gboolean
link_is_dead (IpcCaseLink *link)
{
  for (guint i = 0; i < link->relays->len; i++)
    if (!ipc_relay_is_done (g_ptr_array_index (link->relays, i)))
      return FALSE;
  return TRUE;
}

static void
packet_poll (IpcStep *step)
{
  IpcCaseLink *link = ipc_case_link (step->owner, ipc_step_string (step, "link"));
  g_autofree gchar *search = NULL;

  if (find_records (step, "packet")) {
    ipc_step_done (step);
  } else if (link_is_dead (link)) {
    search = describe_search (step);
    ipc_step_fail (step, g_strdup_printf ("the link is closed at both ends (%s)", search));
  }
}

static gchar *
packet_expectation (IpcStep *step)
{
  return records_expectation (step, "packet");
}

const IpcStepFuncs ipc_wait_packet = { start_nothing, packet_poll, packet_expectation };

/* }}} */
/* {{{ state */

static void
state_poll (IpcStep *step)
{
  IpcProcess *process = ipc_step_process (step);
  const gchar *wanted = ipc_step_string (step, "state");
  guint record;
  const gchar *state = ipc_process_state (process, ipc_step_string (step, "element"), &record);

  if (!ipc_process_is_alive (process)) {
    fail_when_ended (step);
    return;
  }
  /* a level: what was so before counts, unless the step says since when */
  if (ipc_step_string (step, "since") && record < step->since)
    return;
  if (g_strcmp0 (state, wanted) == 0)
    ipc_step_done (step);
}

static gchar *
state_expectation (IpcStep *step)
{
  const gchar *element = ipc_step_string (step, "element");

  return g_strdup_printf ("%s of %s to be in the state %s", element ? element : "the pipeline",
      ipc_step_string (step, "process"), ipc_step_string (step, "state"));
}

const IpcStepFuncs ipc_wait_state = { start_nothing, state_poll, state_expectation };

/* }}} */
/* {{{ exit */

static gint
end_signal_number (const gchar *name)
{
  static const struct {
    const gchar *name;
    gint number;
  } signals[] = { { "kill", SIGKILL }, { "term", SIGTERM }, { "abrt", SIGABRT }, { "segv", SIGSEGV }, { "int", SIGINT },
    { "hup", SIGHUP }, { "pipe", SIGPIPE }, { "bus", SIGBUS }, { "fpe", SIGFPE }, { "ill", SIGILL },
    { "trap", SIGTRAP } };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    if (g_strcmp0 (signals[i].name, name) == 0)
      return signals[i].number;
  return 0;
}

static void
exit_poll (IpcStep *step)
{
  IpcProcess *process = ipc_step_process (step);
  gint64 status = ipc_step_int (step, "status", -1);
  gint number = end_signal_number (ipc_step_string (step, "signal"));

  if (process->stage == IPC_STAGE_ABSENT)
    ipc_step_fail (step, g_strdup_printf ("%s was not started", process->spec->name));
  if (process->stage != IPC_STAGE_ENDED)
    return;
  if ((status >= 0 && process->status != status) || (number && process->signal != number))
    ipc_step_fail (step, g_strdup_printf ("%s %s", process->spec->name, process->end_text));
  else
    ipc_step_done (step);
}

static gchar *
exit_expectation (IpcStep *step)
{
  const gchar *number = ipc_step_string (step, "signal");
  gint64 status = ipc_step_int (step, "status", -1);
  const gchar *name = ipc_step_string (step, "process");

  if (number)
    return g_strdup_printf ("the end of %s by the signal %s", name, number);
  if (status >= 0)
    return g_strdup_printf ("the end of %s with the status %" G_GINT64_FORMAT, name, status);
  return g_strdup_printf ("the end of %s", name);
}

const IpcStepFuncs ipc_wait_exit = { start_nothing, exit_poll, exit_expectation };

/* }}} */
/* {{{ position */

static gboolean
on_due (gpointer data)
{
  IpcStep *step = data;

  step->due = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
ask_position (IpcStep *step)
{
  IpcProcess *process = ipc_step_living (step);
  JsonObject *members;

  step->due = FALSE;
  if (!process)
    return;
  members = json_object_new ();
  json_object_set_string_member (members, "query", "position");
  json_object_set_string_member (members, "format", "time");
  g_clear_pointer (&step->call, ipc_call_unref);
  step->call = ipc_process_call (process, "query", members, NULL, 0);
}

static void
position_start (IpcStep *step)
{
  step->timer = g_timeout_source_new (POSITION_INTERVAL);
  g_source_set_callback (step->timer, on_due, step, NULL);
  g_source_attach (step->timer, step->owner->host.context);
  ask_position (step);
}

static void
position_poll (IpcStep *step)
{
  gboolean answered;

  if (!ipc_call_is_over (step->call))
    return;
  answered = ipc_step_answered (step);
  if (!answered)
    return;
  if (ipc_record_bool (step->call->reply, "result", FALSE)
      && ipc_record_int (step->call->reply, "position", -1) >= ipc_step_int (step, "at-least", 0))
    ipc_step_done (step);
  else if (step->due)
    ask_position (step);
}

static gchar *
position_expectation (IpcStep *step)
{
  return g_strdup_printf ("the position of %s to reach %.3f s", ipc_step_string (step, "process"),
      (gdouble)ipc_step_int (step, "at-least", 0) / 1e9);
}

const IpcStepFuncs ipc_wait_position = { position_start, position_poll, position_expectation };

/* }}} */
