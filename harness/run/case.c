/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The life of a case: processes are started and build their pipelines, links are connected, the steps are
 * played, everything is torn down, and the history says how it ended. The case owns context, processes and relays; all
 * are gone when ipc_run_case() returns. What is left is the history.
 */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <gio/gio.h>

#include "case.h"
#include "describe.h"
#include "sequence.h"
#include "step.h"

/* Without any observation for so long a case is given up, or a process counts as stuck; seconds. */
#define IDLE_SECONDS 15
/* After a failure the processes have less time to end. */
#define FAILED_IDLE_SECONDS 5

/* {{{ finding and concluding */

/**
 * ipc_case_process:
 * @self: the case
 * @name: name of a process
 *
 * Returns: (transfer none) (nullable): the process
 */
IpcProcess *
ipc_case_process (IpcCase *self, const gchar *name)
{
  for (guint i = 0; i < self->processes->len; i++) {
    IpcProcess *process = g_ptr_array_index (self->processes, i);

    if (g_strcmp0 (process->spec->name, name) == 0)
      return process;
  }
  return NULL;
}

/**
 * ipc_case_link:
 * @self: the case
 * @name: name of a link
 *
 * Returns: (transfer none) (nullable): the link
 */
IpcCaseLink *
ipc_case_link (IpcCase *self, const gchar *name)
{
  for (guint i = 0; i < self->links->len; i++) {
    IpcCaseLink *link = g_ptr_array_index (self->links, i);

    if (g_strcmp0 (link->spec->name, name) == 0)
      return link;
  }
  return NULL;
}

/**
 * ipc_case_conclude:
 * @self: the case
 * @outcome: static, one of docs/history.md
 * @text: (transfer full) (nullable): why, in one line
 * @expected: (transfer full) (nullable): what was expected
 * @seen: (transfer full) (nullable): what was seen instead
 *
 * Only the first conclusion counts: what comes later is a consequence.
 */
void
ipc_case_conclude (IpcCase *self, const gchar *outcome, gchar *text, gchar *expected, gchar *seen)
{
  if (self->outcome) {
    g_free (text);
    g_free (expected);
    g_free (seen);
    return;
  }
  self->outcome = outcome;
  self->text = text;
  self->expected = expected;
  self->seen = seen;
}

/* }}} */
/* {{{ time and waiting */

/**
 * ipc_case_time:
 * @self: the case
 * @seconds: a time
 *
 * Returns: nanoseconds, scaled by --timeout-scale
 */
gint64
ipc_case_time (IpcCase *self, gdouble seconds)
{
  return (gint64)(seconds * self->host.settings->timeout_scale * 1e9);
}

/* Asking for the position again and again is no sign of life of what is tested. */
static gboolean
is_position_query (JsonObject *record, const gchar *kind)
{
  const gchar *query = ipc_record_string (record, g_strcmp0 (kind, "query-seen") == 0 ? "type" : "query");

  return g_strcmp0 (query, "position") == 0;
}

static gboolean
is_observation (JsonObject *record)
{
  static const gchar *const own[] = { "command", "reply", "step", "mark", "measurement", "teardown", NULL };
  const gchar *kind = ipc_record_string (record, "kind");

  return kind == NULL || (!g_strv_contains (own, kind) && !is_position_query (record, kind));
}

static void
look_at_relays (IpcCase *self)
{
  guint64 moved = 0;

  for (guint i = 0; i < self->links->len; i++) {
    const IpcCaseLink *link = g_ptr_array_index (self->links, i);

    for (guint k = 0; k < link->relays->len; k++)
      moved += ipc_relay_moved (g_ptr_array_index (link->relays, k));
  }
  if (moved != self->moved)
    self->progress = ipc_history_now ();
  self->moved = moved;
}

static void
look_at_new_records (IpcCase *self)
{
  guint length = ipc_history_length (self->host.history);

  for (; self->looked < length; self->looked++) {
    if (!is_observation (ipc_history_get (self->host.history, self->looked)))
      continue;
    self->observed = ipc_history_now ();
    self->last_observed = self->looked;
  }
  look_at_relays (self);
}

/**
 * ipc_case_last_seen:
 * @self: the case
 *
 * Returns: (transfer full): what was last observed, and how long ago
 */
gchar *
ipc_case_last_seen (IpcCase *self)
{
  g_autofree gchar *what = NULL;

  if (self->last_observed == G_MAXUINT)
    return g_strdup ("nothing at all");
  what = ipc_record_describe (ipc_history_get (self->host.history, self->last_observed));
  return g_strdup_printf ("%s, %.1f s ago", what, (gdouble)(ipc_history_now () - self->observed) / 1e9);
}

static gboolean
alarm_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  /* that the context woke up is all: ipc_case_wait() looks at the time */
  g_source_set_ready_time (source, -1);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs alarm_funcs = { .dispatch = alarm_dispatch };

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  IpcCase *self = data;

  self->interrupted = TRUE;
  return G_SOURCE_REMOVE;
}

/**
 * ipc_case_wait:
 * @self: the case
 * @question: asked whenever something has happened, and first
 * @data: passed to @question
 * @idle: nanoseconds without any observation, or byte of a packet on its way, after which to give up
 * @limit: when to give up whatever is observed (nanoseconds of ipc_history_now()), or 0
 *
 * Returns: why it ended
 */
IpcCaseWait
ipc_case_wait (IpcCase *self, IpcCaseQuestion question, gpointer data, gint64 idle, gint64 limit)
{
  gint64 begun = ipc_history_now ();

  for (;;) {
    gint64 now, end;

    look_at_new_records (self);
    if (self->interrupted || self->host.fault)
      return IPC_CASE_BROKEN;
    if (question (self, data))
      return IPC_CASE_FULFILLED;
    now = ipc_history_now ();
    end = MAX (MAX (self->observed, self->progress), MAX (self->step_begun, begun)) + idle;
    end = MAX (end, self->silent_until);
    if (now >= end)
      return IPC_CASE_IDLE;
    if (limit && now >= limit)
      return IPC_CASE_LATE;
    if (limit)
      end = MIN (end, limit);
    if (self->wake)
      end = MIN (end, self->wake);
    /* microseconds, rounded up: waking too early would only ask again */
    g_source_set_ready_time (self->alarm, g_get_monotonic_time () + (end - now) / 1000 + 1);
    g_main_context_iteration (self->host.context, TRUE);
  }
}

/* }}} */
/* {{{ setting up */

static gboolean
all_ready (IpcCase *self, gpointer data)
{
  for (guint i = 0; i < self->processes->len; i++) {
    IpcProcess *process = g_ptr_array_index (self->processes, i);

    if (process->spec->start && process->stage < IPC_STAGE_READY)
      return FALSE;
  }
  return TRUE;
}

/* What a wait that was not fulfilled means while things are set up. @what: what was awaited. */
static gboolean
conclude_setup (IpcCase *self, IpcCaseWait wait, const gchar *what)
{
  if (wait == IPC_CASE_FULFILLED)
    return TRUE;
  if (wait != IPC_CASE_BROKEN)
    ipc_case_conclude (self, "timeout", g_strdup_printf ("nothing was observed while waiting for %s", what),
        g_strdup (what), ipc_case_last_seen (self));
  return FALSE;
}

/* A process that did not get as far as its pipeline. */
static gboolean
conclude_start (IpcCase *self)
{
  for (guint i = 0; i < self->processes->len; i++) {
    IpcProcess *process = g_ptr_array_index (self->processes, i);
    const gchar *name = process->spec->name;
    g_autofree gchar *error = NULL;

    if (process->stage == IPC_STAGE_ENDED) {
      ipc_case_conclude (self, process->signal ? "failed" : "harness-error",
          g_strdup_printf ("%s %s while its pipeline was built", name, process->end_text),
          g_strdup_printf ("%s builds its pipeline", name), g_strdup_printf ("%s %s", name, process->end_text));
      return FALSE;
    }
    if (process->stage == IPC_STAGE_FAILED) {
      error = ipc_call_error (process->build);
      ipc_case_conclude (
          self, "harness-error", g_strdup_printf ("the pipeline of %s cannot be built: %s", name, error), NULL, NULL);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
start_processes (IpcCase *self)
{
  for (guint i = 0; i < self->processes->len; i++) {
    IpcProcess *process = g_ptr_array_index (self->processes, i);
    g_autoptr (GError) error = NULL;

    if (process->spec->start && !ipc_process_spawn (process, &error)) {
      ipc_case_conclude (self, "harness-error", g_strdup (error->message), NULL, NULL);
      return FALSE;
    }
  }
  return conclude_setup (self, ipc_case_wait (self, all_ready, NULL, ipc_case_time (self, IDLE_SECONDS), 0),
             "all workers to build their pipelines")
         && ipc_case_check_needs (self) && conclude_start (self);
}

static gboolean
all_connected (IpcCase *self, gpointer data)
{
  GArray *connections = data;

  for (guint i = 0; i < connections->len; i++)
    if (!ipc_connection_is_over (&g_array_index (connections, IpcConnection, i)))
      return FALSE;
  return TRUE;
}

static void
connection_clear (gpointer data)
{
  ipc_connection_clear (data);
}

/* Those links of which both processes were started. */
static gboolean
begin_connections (IpcCase *self, GArray *connections)
{
  for (guint i = 0; i < self->links->len; i++) {
    IpcCaseLink *link = g_ptr_array_index (self->links, i);
    IpcProcess *master = ipc_case_process (self, link->spec->master);
    IpcProcess *slave = ipc_case_process (self, link->spec->slave);
    IpcConnection connection = { 0 };
    g_autoptr (GError) error = NULL;

    if (!link->spec->start || !master->spec->start || !slave->spec->start)
      continue;
    if (!ipc_case_connect (self, link, slave, link->spec->src, &connection, &error)) {
      ipc_case_conclude (
          self, "harness-error", g_strdup_printf ("link %s: %s", link->spec->name, error->message), NULL, NULL);
      return FALSE;
    }
    g_array_append_val (connections, connection);
  }
  return TRUE;
}

static gboolean
connect_links (IpcCase *self)
{
  g_autoptr (GArray) connections = g_array_new (FALSE, FALSE, sizeof (IpcConnection));

  g_array_set_clear_func (connections, connection_clear);
  if (!begin_connections (self, connections)
      || !conclude_setup (self, ipc_case_wait (self, all_connected, connections, ipc_case_time (self, IDLE_SECONDS), 0),
          "all links to be connected"))
    return FALSE;
  for (guint i = 0; i < connections->len; i++) {
    g_autofree gchar *error = ipc_connection_error (&g_array_index (connections, IpcConnection, i));

    if (error) {
      ipc_case_conclude (self, "harness-error", g_strdup_printf ("a link cannot be connected: %s", error), NULL, NULL);
      return FALSE;
    }
  }
  return TRUE;
}

/* }}} */
/* {{{ playing */

void
ipc_case_record_step (IpcCase *self, const IpcStep *step, const gchar *event)
{
  JsonObject *record = ipc_history_record ("step");
  g_autofree gchar *action = g_strdup_printf ("%s %s", step->spec->kind->verb, step->spec->kind->name);

  json_object_set_int_member (record, "index", step->spec->index);
  json_object_set_string_member (record, "path", step->spec->path);
  json_object_set_int_member (record, "line", step->spec->line);
  json_object_set_string_member (record, "action", action);
  json_object_set_string_member (record, "event", event);
  json_object_set_string_member (record, "text", step->spec->text);
  if (step->expected)
    json_object_set_string_member (record, "expected", step->expected);
  if (step->seen)
    json_object_set_string_member (record, "seen", step->seen);
  ipc_history_add (self->host.history, record);
}

static gboolean
is_over (IpcCase *self, gpointer data)
{
  self->wake = self->silent_until = 0;
  return ipc_sequence_poll (data) != IPC_STEP_RUNNING;
}

/* What was waited for, in words, and what came instead; for a step that did not fail by itself. */
static gchar *
describe_wait (const IpcStep *step, IpcCaseWait wait, const gchar *expected)
{
  if (step && step->expired)
    return g_strdup_printf ("the step's deadline passed while waiting for %s", expected);
  if (wait == IPC_CASE_IDLE)
    return g_strdup_printf ("nothing was observed any more while waiting for %s", expected);
  return g_strdup_printf ("the case's time was up while waiting for %s", expected);
}

/* Says why the case ends with this step. */
static void
conclude_step (IpcCase *self, IpcStep *step, IpcCaseWait wait)
{
  gboolean failed = step->status == IPC_STEP_FAILED && !step->expired;
  g_autofree gchar *what = NULL;

  if (failed) {
    what = g_strdup_printf ("expected %s, but %s", step->expected, step->seen);
  } else {
    g_autofree gchar *last = ipc_case_last_seen (self);

    ipc_step_expectation (step);
    g_free (step->seen);
    step->seen = g_strdup_printf ("last seen: %s", last);
    what = describe_wait (step, wait, step->expected);
  }
  ipc_case_record_step (self, step, "failed");
  ipc_case_conclude (self, failed ? "failed" : "timeout",
      g_strdup_printf ("%s (%s): %s", step->spec->path, step->spec->text, what), g_strdup (step->expected),
      g_strdup (step->seen));
}

/* A group has not got the fault that it waits for although its steps have ended. */
static void
conclude_group (IpcCase *self, IpcSequence *steps)
{
  const gchar *fault = ipc_sequence_fault (steps), *packet = ipc_case_packet_not_agreed (self, fault);
  g_autofree gchar *expected = g_strdup_printf ("the fault %s to strike", fault), *last = ipc_case_last_seen (self);

  if (packet) {
    ipc_case_conclude (self, "unsupported",
        g_strdup_printf ("the peers agreed on nothing beyond the legacy protocol: there is no %s", packet), NULL, NULL);
    return;
  }
  ipc_case_conclude (self, "failed",
      g_strdup_printf ("expected %s, but it did not: the steps have ended, and nothing came any more", expected),
      g_strdup (expected), g_strdup_printf ("last seen: %s", last));
}

static void
play (IpcCase *self)
{
  g_autoptr (IpcSequence) steps = NULL;
  IpcCaseWait wait;
  IpcStep *step;

  if (!start_processes (self) || !connect_links (self))
    return;
  steps = ipc_sequence_new (self, self->scenario->steps);
  wait = ipc_case_wait (self, is_over, steps, ipc_case_time (self, IDLE_SECONDS),
      ipc_history_now () + ipc_case_time (self, (gdouble)self->scenario->within / 1e9));
  self->wake = self->silent_until = 0;
  step = ipc_sequence_current (steps);
  if (wait == IPC_CASE_BROKEN)
    return;
  if (wait == IPC_CASE_FULFILLED && ipc_sequence_poll (steps) == IPC_STEP_DONE)
    ipc_case_conclude (self, "done", NULL, NULL, NULL);
  else if (step)
    conclude_step (self, step, wait);
  else
    conclude_group (self, steps);
}

/* A worker that lies, and a user who has enough, end everything at once. */
static gboolean
conclude_broken (IpcCase *self)
{
  if (!self->host.fault && !self->interrupted)
    return FALSE;
  if (self->interrupted)
    ipc_case_conclude (self, "interrupted", g_strdup ("interrupted"), NULL, NULL);
  else
    ipc_case_conclude (self, "harness-error", g_strdup (self->host.fault), NULL, NULL);
  ipc_case_kill_all (self);
  return TRUE;
}

static void
finish (IpcCase *self)
{
  gboolean failed;

  if (conclude_broken (self))
    return;
  failed = !g_str_equal (self->outcome, "done") && !g_str_equal (self->outcome, "skipped")
           && !g_str_equal (self->outcome, "unsupported");
  if (failed)
    ipc_case_write_dots (self);
  ipc_case_teardown (self, failed ? FAILED_IDLE_SECONDS : IDLE_SECONDS);
  conclude_broken (self);
}

/* }}} */
/* {{{ birth and death */

static void
case_link_free (IpcCaseLink *link)
{
  g_ptr_array_unref (link->relays);
  ipc_fault_set_free (link->faults);
  g_free (link);
}

static void
add_case_record (IpcCase *self)
{
  const IpcRunSettings *settings = self->host.settings;
  JsonObject *record = ipc_history_record ("case");

  json_object_set_string_member (record, "case", self->scenario->name);
  json_object_set_string_member (record, "file", self->scenario->file);
  json_object_set_string_member (record, "master-implementation", settings->master->name);
  json_object_set_string_member (record, "slave-implementation", settings->slave->name);
  json_object_set_string_member (record, "gstreamer", settings->master->gstreamer);
  json_object_set_string_member (record, "command", settings->repeat_command);
  json_object_set_double_member (record, "time-scale", settings->timeout_scale);
  ipc_history_add (self->host.history, record);
}

static void
add_end_record (IpcCase *self)
{
  JsonObject *record = ipc_history_record ("end");

  json_object_set_string_member (record, "outcome", self->outcome);
  json_object_set_string_member (record, "text", self->text ? self->text : "");
  if (self->expected)
    json_object_set_string_member (record, "expected", self->expected);
  if (self->seen)
    json_object_set_string_member (record, "seen", self->seen);
  ipc_history_add (self->host.history, record);
}

static void
case_init (IpcCase *self, GCancellable *cancellable)
{
  self->host.context = g_main_context_new ();
  self->alarm = g_source_new (&alarm_funcs, sizeof (GSource));
  g_source_attach (self->alarm, self->host.context);
  if (cancellable) {
    self->cancel = g_cancellable_source_new (cancellable);
    g_source_set_callback (self->cancel, G_SOURCE_FUNC (on_cancelled), self, NULL);
    g_source_attach (self->cancel, self->host.context);
    self->interrupted = g_cancellable_is_cancelled (cancellable);
  }
  self->last_observed = G_MAXUINT;
  self->marks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->processes = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_process_free);
  self->links = g_ptr_array_new_with_free_func ((GDestroyNotify)case_link_free);
  for (guint i = 0; i < self->scenario->processes->len; i++)
    g_ptr_array_add (self->processes, ipc_process_new (&self->host, g_ptr_array_index (self->scenario->processes, i)));
  for (guint i = 0; i < self->scenario->links->len; i++) {
    IpcCaseLink *link = g_new0 (IpcCaseLink, 1);

    link->spec = g_ptr_array_index (self->scenario->links, i);
    link->relays = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_relay_free);
    link->faults = ipc_case_faults_new (self);
    g_ptr_array_add (self->links, link);
  }
}

/* Whoever still lives, because the kernel could not let go of it in time, is waited for: `end` is the last record. */
static void
end_processes (IpcCase *self)
{
  g_ptr_array_set_size (self->processes, 0);
}

/* Closes everything; what relays still hold of dead processes was passed on before. */
static void
case_clear (IpcCase *self)
{
  g_ptr_array_unref (self->processes);
  g_ptr_array_unref (self->links);
  g_hash_table_unref (self->marks);
  g_source_destroy (self->alarm);
  g_source_unref (self->alarm);
  if (self->cancel) {
    g_source_destroy (self->cancel);
    g_source_unref (self->cancel);
  }
  g_main_context_unref (self->host.context);
  g_free (self->host.fault);
  g_free (self->folder);
  g_free (self->text);
  g_free (self->expected);
  g_free (self->seen);
}

/* Makes the folder; one that exists must be empty, so that nothing of another case is taken for this one's. */
static gboolean
make_folder (const gchar *folder, GError **error)
{
  g_autoptr (GDir) dir = NULL;

  if (g_mkdir_with_parents (folder, 0777) < 0) {
    g_set_error (
        error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot make the folder %s: %s", folder, g_strerror (errno));
    return FALSE;
  }
  dir = g_dir_open (folder, 0, error);
  if (!dir)
    return FALSE;
  if (g_dir_read_name (dir)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_EMPTY, "the folder %s is not empty", folder);
    return FALSE;
  }
  return TRUE;
}

/**
 * ipc_run_case:
 * @scenario_case: what to play
 * @settings: with what; both implementations prepared
 * @folder: where everything is left
 * @cancellable: (nullable): ends it at once, from any thread
 * @error: return location of an error
 *
 * Plays a case in the calling thread, which must live until this returns: its processes die with it.
 *
 * Returns: (transfer full) (nullable): the history, complete in @folder too; or %NULL when that failed
 */
IpcHistory *
ipc_run_case (const IpcScenarioCase *scenario_case, const IpcRunSettings *settings, const gchar *folder,
    GCancellable *cancellable, GError **error)
{
  IpcCase self = { .scenario = scenario_case };
  g_autoptr (IpcHistory) history = NULL;
  g_autofree gchar *path = g_build_filename (folder, "history.ndjson", NULL);

  if (!make_folder (folder, error))
    return NULL;
  history = ipc_history_new (path, error);
  if (!history)
    return NULL;
  self.folder = g_canonicalize_filename (folder, NULL);
  self.host.folder = self.folder;
  self.host.history = history;
  self.host.settings = settings;
  case_init (&self, cancellable);
  add_case_record (&self);
  play (&self);
  finish (&self);
  end_processes (&self);
  add_end_record (&self);
  case_clear (&self);
  if (ipc_history_get_error (history)) {
    g_propagate_error (error, g_error_copy (ipc_history_get_error (history)));
    return NULL;
  }
  return g_steal_pointer (&history);
}

/* }}} */
