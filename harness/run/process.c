/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starts workers, gives them commands, records what they report and how they end. A process owns its control socket,
 * its child watch and the calls that have no answer yet; the child cannot outlive the thread that started it
 * (PR_SET_PDEATHSIG), which is the case's, nor its control socket.
 */

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>

#include "implementation.h"
#include "preset.h"
#include "process.h"
#include "spawn.h"

/* The version of the control protocol that is spoken here. */
#define WORKER_VERSION 1
/* How workers call their pipeline. */
#define PIPELINE_NAME "pipeline"

/* What a worker may report. */
static const gchar *const report_kinds[]
    = { "hello", "reply", "message", "buffer", "event", "query-seen", "render", "log", "leak", NULL };

typedef struct {
  gchar *state;
  guint record;
} SeenState;

static void
seen_state_free (SeenState *seen)
{
  g_free (seen->state);
  g_free (seen);
}

/* {{{ calls */

static void
call_clear (gpointer data)
{
  IpcCall *call = data;

  g_free (call->command);
  g_clear_pointer (&call->members, json_object_unref);
  g_clear_pointer (&call->reply, json_object_unref);
}

/**
 * ipc_call_ref:
 * @call: a call
 *
 * Returns: (transfer full): @call
 */
IpcCall *
ipc_call_ref (IpcCall *call)
{
  return g_rc_box_acquire (call);
}

/**
 * ipc_call_unref:
 * @call: (transfer full): a call
 */
void
ipc_call_unref (IpcCall *call)
{
  g_rc_box_release_full (call, call_clear);
}

/**
 * ipc_call_is_over:
 * @call: a call
 *
 * Returns: whether it was answered, or never will be
 */
gboolean
ipc_call_is_over (const IpcCall *call)
{
  return call->reply || call->lost;
}

/**
 * ipc_call_error:
 * @call: a call that is over
 *
 * Returns: (transfer full) (nullable): why it failed, %NULL when it did not
 */
gchar *
ipc_call_error (const IpcCall *call)
{
  const gchar *text;

  if (!call->reply)
    return g_strdup ("the process ended before it answered");
  if (ipc_record_bool (call->reply, "ok", FALSE))
    return NULL;
  text = ipc_record_string (call->reply, "error");
  return g_strdup (text ? text : "failed without saying why");
}

static void
lose_calls (IpcProcess *process)
{
  GHashTableIter iter;
  IpcCall *call;

  g_hash_table_iter_init (&iter, process->calls);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&call))
    call->lost = TRUE;
  g_hash_table_remove_all (process->calls);
}

/* }}} */
/* {{{ what the worker says */

static void set_fault (IpcProcess *process, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

static void
set_fault (IpcProcess *process, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  if (process->host->fault)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  process->host->fault = g_strdup_printf ("%s: %s", process->spec->name, text);
}

static const IpcImplementation *
implementation_of (const IpcProcess *process)
{
  const IpcRunSettings *settings = process->host->settings;

  return process->spec->role == IPC_ROLE_MASTER ? settings->master : settings->slave;
}

static const gchar *
worker_of (const IpcProcess *process)
{
  const IpcRunSettings *settings = process->host->settings;

  return process->spec->role == IPC_ROLE_MASTER ? settings->master_worker : settings->slave_worker;
}

static const gchar *
wrap_of (const IpcProcess *process)
{
  const IpcRunSettings *settings = process->host->settings;

  return process->spec->role == IPC_ROLE_MASTER ? settings->wrap_master : settings->wrap_slave;
}

/* Whether its wrapper, a debugger, say, talks with the user. */
static gboolean
has_terminal (const IpcProcess *process)
{
  return process->host->settings->interactive && wrap_of (process);
}

static void
send_pipeline (IpcProcess *process)
{
  JsonObject *members = json_object_new ();
  JsonArray *observe = json_array_new ();

  json_object_set_string_member (members, "description", process->spec->pipeline);
  json_object_set_string_member (
      members, "container", process->spec->role == IPC_ROLE_MASTER ? "pipeline" : "ipcslavepipeline");
  for (guint i = 0; process->spec->observe[i]; i++)
    json_array_add_string_element (observe, process->spec->observe[i]);
  json_object_set_array_member (members, "observe", observe);
  process->build = ipc_process_call (process, "pipeline", members, NULL, 0);
  process->stage = IPC_STAGE_BUILDING;
}

static void
handle_hello (IpcProcess *process, JsonObject *record)
{
  g_autoptr (GError) error = NULL;
  gint64 version = ipc_record_int (record, "worker", -1);

  if (process->stage != IPC_STAGE_STARTING) {
    set_fault (process, "the worker said hello twice");
  } else if (version != WORKER_VERSION) {
    set_fault (process, "the worker speaks version %" G_GINT64_FORMAT " of the control protocol, this is version %d",
        version, WORKER_VERSION);
  } else if (!ipc_implementation_check (implementation_of (process), record, &error)) {
    set_fault (process, "%s", error->message);
  } else {
    send_pipeline (process);
  }
}

static void
note_state (IpcProcess *process, const gchar *element, const gchar *state, guint index)
{
  SeenState *seen = g_new0 (SeenState, 1);

  seen->state = state ? g_ascii_strdown (state, -1) : NULL;
  seen->record = index;
  g_hash_table_insert (process->states, g_strdup (element), seen);
}

/* GStreamer has several spellings for "nothing is pending". */
static gboolean
is_void (const gchar *pending)
{
  return !pending || g_ascii_strncasecmp (pending, "void", 4) == 0;
}

static void
handle_message (IpcProcess *process, JsonObject *record, guint index)
{
  const gchar *source = ipc_record_string (record, "source");

  if (source && g_strcmp0 (ipc_record_string (record, "type"), "state-changed") == 0)
    note_state (process, source,
        is_void (ipc_record_string (record, "pending")) ? ipc_record_string (record, "new") : NULL, index);
}

/* A pipeline's bus is shut when it gets to NULL, so that nothing is heard of it: the answer tells. */
static void
note_null (IpcProcess *process, const IpcCall *call, guint index)
{
  const gchar *element = ipc_record_string (call->members, "element");

  if (g_str_equal (call->command, "set-state") && g_strcmp0 (ipc_record_string (call->members, "state"), "null") == 0
      && g_strcmp0 (ipc_record_string (call->reply, "result"), "success") == 0)
    note_state (process, element ? element : PIPELINE_NAME, "null", index);
}

static void
handle_reply (IpcProcess *process, JsonObject *record, guint index)
{
  gint64 id = ipc_record_int (record, "reply", -1);
  g_autoptr (IpcCall) call = NULL;

  if (!g_hash_table_steal_extended (process->calls, &id, NULL, (gpointer *)&call)) {
    const gchar *text = ipc_record_string (record, "error");

    set_fault (process, "the worker answered command %" G_GINT64_FORMAT ", which it was not given or had answered: %s",
        id, text ? text : "ok");
    return;
  }
  call->reply = json_object_ref (record);
  note_null (process, call, index);
  if (call == process->build)
    process->stage = ipc_record_bool (record, "ok", FALSE) ? IPC_STAGE_READY : IPC_STAGE_FAILED;
}

static void
on_line (IpcControl *control, JsonObject *line, gpointer data)
{
  IpcProcess *process = data;
  g_autoptr (JsonObject) record = line;
  const gchar *kind = ipc_record_string (record, "kind");
  guint index;

  if (!kind || !g_strv_contains (report_kinds, kind)) {
    set_fault (process, "the worker sent a report of the kind \"%s\", which it does not have", kind ? kind : "");
    return;
  }
  json_object_set_string_member (record, "process", process->spec->name);
  index = ipc_history_add (process->host->history, json_object_ref (record));
  if (g_str_equal (kind, "hello"))
    handle_hello (process, record);
  else if (process->stage == IPC_STAGE_STARTING)
    set_fault (process, "the worker's first line is no hello but %s", kind);
  else if (g_str_equal (kind, "reply"))
    handle_reply (process, record, index);
  else if (g_str_equal (kind, "message"))
    handle_message (process, record, index);
}

static void
on_fault (IpcControl *control, const gchar *text, gpointer data)
{
  set_fault (data, "the worker %s", text);
}

/* }}} */
/* {{{ life and death */

static void
set_end_text (IpcProcess *process, gboolean core)
{
  g_free (process->end_text);
  if (process->signal)
    process->end_text = g_strdup_printf (
        "was killed by signal %d (%s)%s", process->signal, g_strsignal (process->signal), core ? ", core dumped" : "");
  else
    process->end_text = g_strdup_printf ("exited with status %d", process->status);
}

static void
record_exited (IpcProcess *process, gboolean core)
{
  JsonObject *record = ipc_history_record ("process");
  gboolean asked = (process->finishing && process->status == 0)
                   || (process->asked_status >= 0 && process->status == process->asked_status);
  gboolean sent = process->signal ? ((process->sent >> process->signal) & 1) != 0 : asked;

  json_object_set_string_member (record, "process", process->spec->name);
  json_object_set_string_member (record, "role", process->spec->role == IPC_ROLE_MASTER ? "master" : "slave");
  json_object_set_string_member (record, "event", "exited");
  if (process->signal)
    json_object_set_int_member (record, "signal", process->signal);
  else
    json_object_set_int_member (record, "status", process->status);
  json_object_set_boolean_member (record, "core", core);
  json_object_set_boolean_member (record, "sent", sent);
  ipc_history_add (process->host->history, record);
}

/* What is left when the child is reaped: its last words come before its end. */
static void
process_ended (IpcProcess *process, gint wait_status)
{
  gboolean core = WIFSIGNALED (wait_status) && WCOREDUMP (wait_status);

  ipc_control_drain (process->control);
  process->signal = WIFSIGNALED (wait_status) ? WTERMSIG (wait_status) : 0;
  process->status = WIFEXITED (wait_status) ? WEXITSTATUS (wait_status) : -1;
  set_end_text (process, core);
  record_exited (process, core);
  if (wrap_of (process))
    kill (-process->pid, SIGKILL);
  if (has_terminal (process))
    ipc_spawn_take_terminal ();
  lose_calls (process);
  g_clear_pointer (&process->control, ipc_control_free);
  g_clear_pointer (&process->build, ipc_call_unref);
  process->stage = IPC_STAGE_ENDED;
}

static void
on_child_exit (GPid pid, gint wait_status, gpointer data)
{
  IpcProcess *process = data;

  g_source_destroy (process->child_watch);
  g_clear_pointer (&process->child_watch, g_source_unref);
  process_ended (process, wait_status);
}

/* What the user asked to see of this side. */
static const gchar *
debug_of (const IpcProcess *process)
{
  const IpcRunSettings *settings = process->host->settings;

  return process->spec->role == IPC_ROLE_MASTER ? settings->master_debug : settings->slave_debug;
}

static gchar **
worker_environment (IpcProcess *process)
{
  gchar **environment = ipc_spawn_environment (implementation_of (process));

  environment = g_environ_setenv (environment, "GST_REGISTRY_UPDATE", "no", TRUE);
  environment = g_environ_setenv (environment, "GST_TRACERS", "leaks", FALSE);
  environment = g_environ_setenv (environment, "GST_DEBUG", "2", FALSE);
  environment = g_environ_setenv (environment, "GST_DEBUG_DUMP_DOT_DIR", process->host->folder, TRUE);
  for (guint i = 0; process->spec->environment[i]; i++) {
    g_auto (GStrv) parts = g_strsplit (process->spec->environment[i], "=", 2);

    if (parts[0] && parts[1])
      environment = g_environ_setenv (environment, parts[0], parts[1], TRUE);
  }
  if (debug_of (process))
    environment = g_environ_setenv (environment, "GST_DEBUG", debug_of (process), TRUE);
  return environment;
}

/* Words that let what follows them leave a core in the case's folder. */
static void
append_cores (GPtrArray *argv, const IpcProcess *process)
{
  const gchar *const words[]
      = { "/bin/sh", "-c", "cd \"$0\" && ulimit -c \"$(ulimit -Hc)\"; exec \"$@\"", process->host->folder };

  for (guint i = 0; process->host->settings->cores && i < G_N_ELEMENTS (words); i++)
    g_ptr_array_add (argv, g_strdup (words[i]));
}

static GStrv
worker_argv (IpcProcess *process, GError **error)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);

  if (!ipc_spawn_append_words (argv, wrap_of (process), error))
    return NULL;
  append_cores (argv, process);
  if (!ipc_spawn_append_words (argv, worker_of (process), error))
    return NULL;
  g_ptr_array_add (argv, g_strdup ("--control-fd"));
  g_ptr_array_add (argv, g_strdup_printf ("%d", IPC_SPAWN_CONTROL_FD));
  g_ptr_array_add (argv, g_strdup ("--name"));
  g_ptr_array_add (argv, g_strdup (process->spec->name));
  g_ptr_array_add (argv, NULL);
  return (GStrv)g_ptr_array_steal (argv, NULL);
}

/* Starts the worker with @control as its control socket. */
static gboolean
launch (IpcProcess *process, gint control, GError **error)
{
  g_auto (GStrv) argv = worker_argv (process, error);
  g_auto (GStrv) environment = worker_environment (process);
  g_autofree gchar *name = g_strconcat (process->spec->name, ".log", NULL);

  if (argv && has_terminal (process))
    return ipc_spawn_on_terminal (argv, environment, control, &process->pid, error);
  return argv && ipc_spawn (argv, environment, process->host->folder, name, control, &process->pid, error);
}

static void
begin_life (IpcProcess *process, gint control)
{
  static const IpcControlHandler handler = { on_line, on_fault };
  JsonObject *record = ipc_history_record ("process");

  json_object_set_string_member (record, "process", process->spec->name);
  json_object_set_string_member (record, "role", process->spec->role == IPC_ROLE_MASTER ? "master" : "slave");
  json_object_set_string_member (record, "event", "spawned");
  json_object_set_int_member (record, "pid", process->pid);
  ipc_history_add (process->host->history, record);
  process->control = ipc_control_new (process->host->context, control, &handler, process);
  process->child_watch = g_child_watch_source_new (process->pid);
  g_source_set_callback (process->child_watch, G_SOURCE_FUNC (on_child_exit), process, NULL);
  g_source_attach (process->child_watch, process->host->context);
  g_hash_table_remove_all (process->states);
  process->stage = IPC_STAGE_STARTING;
  process->finishing = process->suspended = FALSE;
  process->asked_status = -1;
  process->sent = 0;
  g_clear_pointer (&process->end_text, g_free);
}

/**
 * ipc_process_spawn:
 * @process: a process that does not live
 * @error: return location of an error, which names the process
 *
 * Returns: whether it was started. Its hello and its pipeline come later, see `stage`.
 */
gboolean
ipc_process_spawn (IpcProcess *process, GError **error)
{
  gint pair[2];
  gboolean good;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot make the control socket of %s: %s",
        process->spec->name, g_strerror (errno));
    return FALSE;
  }
  good = launch (process, pair[1], error);
  close (pair[1]);
  if (!good) {
    g_prefix_error (error, "cannot start the worker of %s: ", process->spec->name);
    close (pair[0]);
    return FALSE;
  }
  begin_life (process, pair[0]);
  return TRUE;
}

/**
 * ipc_process_new:
 * @host: what it shares with others, must outlive it
 * @spec: what the scenario says of it, must outlive it
 *
 * Returns: (transfer full): a process that was not started
 */
IpcProcess *
ipc_process_new (IpcProcessHost *host, const IpcScenarioProcess *spec)
{
  IpcProcess *process = g_new0 (IpcProcess, 1);

  process->host = host;
  process->spec = spec;
  process->calls = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)ipc_call_unref);
  process->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)seen_state_free);
  return process;
}

static void
kill_and_reap (IpcProcess *process)
{
  gint wait_status = 0;

  ipc_process_signal (process, SIGKILL);
  g_source_destroy (process->child_watch);
  g_clear_pointer (&process->child_watch, g_source_unref);
  while (waitpid (process->pid, &wait_status, 0) < 0 && errno == EINTR)
    ;
  process_ended (process, wait_status);
}

/**
 * ipc_process_free:
 * @process: (transfer full) (nullable): a process; killed and reaped when it lives
 */
void
ipc_process_free (IpcProcess *process)
{
  if (!process)
    return;
  if (ipc_process_is_alive (process))
    kill_and_reap (process);
  g_hash_table_unref (process->calls);
  g_hash_table_unref (process->states);
  g_free (process->end_text);
  g_free (process);
}

/**
 * ipc_process_is_alive:
 * @process: a process
 *
 * Returns: whether it was started and not reaped
 */
gboolean
ipc_process_is_alive (const IpcProcess *process)
{
  return process->stage != IPC_STAGE_ABSENT && process->stage != IPC_STAGE_ENDED;
}

/**
 * ipc_process_cpu_time:
 * @process: a process
 *
 * Returns: the processor time of all its threads since it was started, nanoseconds; 0 when it is not alive
 */
gint64
ipc_process_cpu_time (const IpcProcess *process)
{
  clockid_t clock;
  struct timespec time;

  if (!ipc_process_is_alive (process) || clock_getcpuclockid (process->pid, &clock) != 0
      || clock_gettime (clock, &time) < 0)
    return 0;
  return (gint64)time.tv_sec * G_GINT64_CONSTANT (1000000000) + time.tv_nsec;
}

/* What of @line is a pipeline's text, or a branch's, has the presets in it. */
static void
preset (IpcProcess *process, JsonObject *line)
{
  const gchar *description = ipc_record_string (line, "description");
  g_autofree gchar *text = NULL;

  if (!description)
    return;
  text = ipc_presets_apply (process->host->settings->presets, description);
  json_object_set_string_member (line, "description", text);
}

/**
 * ipc_process_call:
 * @process: a process that is alive
 * @command: name of the command
 * @members: (transfer full) (nullable): its members
 * @fds: (transfer full) (array length=n_fds) (nullable): what goes along
 * @n_fds: how many
 *
 * Returns: (transfer full): the call, whose answer comes while the context runs
 */
IpcCall *
ipc_process_call (IpcProcess *process, const gchar *command, JsonObject *members, const gint *fds, guint n_fds)
{
  IpcCall *call = g_rc_box_new0 (IpcCall);
  JsonObject *line = members ? members : json_object_new ();
  JsonObject *record = ipc_history_record ("command");
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;

  call->id = ++process->host->next_id;
  call->command = g_strdup (command);
  call->members = line;
  preset (process, line);
  json_object_set_int_member (line, "id", call->id);
  json_object_set_string_member (line, "command", command);
  json_object_set_string_member (record, "process", process->spec->name);
  json_object_iter_init (&iter, line);
  while (json_object_iter_next (&iter, &name, &node))
    json_object_set_member (record, name, json_node_copy (node));
  ipc_history_add (process->host->history, record);
  g_hash_table_insert (process->calls, &call->id, ipc_call_ref (call));
  if (g_str_equal (command, "finish"))
    process->finishing = TRUE;
  if (g_str_equal (command, "exit"))
    process->asked_status = (gint)ipc_record_int (call->members, "status", 0);
  ipc_control_send (process->control, line, fds, n_fds);
  return call;
}

/* kill() returns before the threads that run have noticed. */
static void
await_stop (IpcProcess *process)
{
  siginfo_t info;

  while (waitid (P_PID, process->pid, &info, WSTOPPED | WEXITED | WNOWAIT) < 0 && errno == EINTR)
    ;
}

/**
 * ipc_process_signal:
 * @process: a process that is alive
 * @number: the signal
 *
 * SIGSTOP: when this returns the process does nothing any more.
 */
void
ipc_process_signal (IpcProcess *process, gint number)
{
  g_return_if_fail (ipc_process_is_alive (process));

  if (number == SIGSTOP)
    process->suspended = TRUE;
  else if (number == SIGCONT)
    process->suspended = FALSE;
  process->sent |= G_GUINT64_CONSTANT (1) << number;
  kill (-process->pid, number);
  if (number == SIGSTOP)
    await_stop (process);
}

/**
 * ipc_process_state:
 * @process: a process
 * @element: (nullable): name of an element, %NULL for the pipeline
 * @record: (out) (optional): index in the history where it was seen, 0 for the beginning
 *
 * Returns: (transfer none) (nullable): the state, %NULL while one is pending
 */
const gchar *
ipc_process_state (IpcProcess *process, const gchar *element, guint *record)
{
  const SeenState *seen = g_hash_table_lookup (process->states, element ? element : PIPELINE_NAME);

  if (record)
    *record = seen ? seen->record : 0;
  return seen ? seen->state : "null";
}

/* }}} */
