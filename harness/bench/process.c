/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sources on the default main context: the control socket, the child's end, the limit of a wait. */
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "history/history.h"
#include "run/control.h"
#include "run/implementation.h"
#include "run/spawn.h"

struct _IpcBenchProcess {
  const IpcImplementation *implementation;
  gchar *name, *log;
  GPid pid;
  guint watch;
  gboolean ended;
  IpcControl *control;
  gint64 n_sent, n_answered;
  JsonObject *hello, *reply;
  gchar *failure; /* the first */
};

static void
note_failure (IpcBenchProcess *process, gchar *text)
{
  if (process->failure == NULL)
    process->failure = text;
  else
    g_free (text);
}

/* The last thing that it printed, for people; "" when there is none. */
static gchar *
last_words (const IpcBenchProcess *process)
{
  g_autofree gchar *text = NULL;
  const gchar *line;

  if (!g_file_get_contents (process->log, &text, NULL, NULL) || *g_strchomp (text) == '\0')
    return g_strdup ("");
  line = strrchr (text, '\n');
  return g_strdup_printf ("; it printed: %s", line != NULL ? line + 1 : text);
}

static void
on_ended (GPid pid, gint status, gpointer data)
{
  IpcBenchProcess *process = data;
  g_autofree gchar *words = last_words (process);

  process->watch = 0;
  process->ended = TRUE;
  /* what it said before it ended may tell why */
  ipc_control_drain (process->control);
  if (WIFSIGNALED (status))
    note_failure (process, g_strdup_printf ("%s was killed by signal %d (%s)%s", process->name, WTERMSIG (status),
                               strsignal (WTERMSIG (status)), words));
  else if (process->n_answered < process->n_sent || process->hello == NULL)
    note_failure (process, g_strdup_printf ("%s exited with status %d%s", process->name, WEXITSTATUS (status), words));
}

static void
on_line (IpcControl *control, JsonObject *record, gpointer data)
{
  IpcBenchProcess *process = data;

  if (ipc_record_is (record, "hello")) {
    g_clear_pointer (&process->hello, json_object_unref);
    process->hello = record;
    return;
  }
  if (ipc_record_is (record, "reply")) {
    process->n_answered++;
    if (!ipc_record_bool (record, "ok", FALSE))
      note_failure (process, g_strdup_printf ("%s: %s", process->name, ipc_record_string (record, "error")));
    g_clear_pointer (&process->reply, json_object_unref);
    process->reply = json_object_ref (record);
  }
  json_object_unref (record);
}

static void
on_fault (IpcControl *control, const gchar *text, gpointer data)
{
  IpcBenchProcess *process = data;

  note_failure (process, g_strdup_printf ("%s %s", process->name, text));
}

static gboolean
spawn (IpcBenchProcess *process, const gchar *worker, const gchar *folder, gint control, GError **error)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) environment = ipc_spawn_environment (process->implementation);
  g_autofree gchar *log = g_strconcat (process->name, ".log", NULL);

  if (!ipc_spawn_append_words (argv, worker, error))
    return FALSE;
  g_ptr_array_add (argv, g_strdup_printf ("--control-fd=%d", IPC_SPAWN_CONTROL_FD));
  g_ptr_array_add (argv, NULL);
  process->log = g_build_filename (folder, log, NULL);
  unlink (process->log);
  return ipc_spawn ((GStrv)argv->pdata, environment, folder, log, control, &process->pid, error);
}

IpcBenchProcess *
ipc_bench_process_new (const IpcImplementation *implementation, const gchar *worker, const gchar *folder,
    const gchar *name, GError **error)
{
  static const IpcControlHandler handler = { on_line, on_fault };
  IpcBenchProcess *process;
  gint ends[2];
  gboolean good;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "no control socket: %s", g_strerror (errno));
    return NULL;
  }
  process = g_new0 (IpcBenchProcess, 1);
  process->implementation = implementation;
  process->name = g_strdup (name);
  process->control = ipc_control_new (g_main_context_default (), ends[0], &handler, process);
  good = spawn (process, worker, folder, ends[1], error);
  close (ends[1]);
  if (good) {
    process->watch = g_child_watch_add (process->pid, on_ended, process);
    return process;
  }
  process->ended = TRUE;
  ipc_bench_process_free (process);
  return NULL;
}

void
ipc_bench_process_free (IpcBenchProcess *process)
{
  if (process->watch != 0)
    g_source_remove (process->watch);
  if (!process->ended) {
    kill (-process->pid, SIGKILL);
    while (waitpid (process->pid, NULL, 0) < 0 && errno == EINTR)
      continue;
  }
  ipc_control_free (process->control);
  g_clear_pointer (&process->hello, json_object_unref);
  g_clear_pointer (&process->reply, json_object_unref);
  g_free (process->failure);
  g_free (process->name);
  g_free (process->log);
  g_free (process);
}

GPid
ipc_bench_process_pid (const IpcBenchProcess *process)
{
  return process->pid;
}

void
ipc_bench_process_send (IpcBenchProcess *process, const gchar *command, JsonObject *members, gint fd)
{
  JsonObject *object = members != NULL ? members : json_object_new ();

  json_object_set_int_member (object, "id", ++process->n_sent);
  json_object_set_string_member (object, "command", command);
  ipc_control_send (process->control, object, &fd, fd >= 0 ? 1 : 0);
  json_object_unref (object);
}

static gboolean
on_late (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_CONTINUE;
}

static gboolean
is_pending (const IpcBenchProcess *process)
{
  return process->failure == NULL && !process->ended
         && (process->hello == NULL || process->n_answered < process->n_sent);
}

/* One of @others that has failed, or NULL. */
static IpcBenchProcess *
find_failed (GPtrArray *others)
{
  for (guint i = 0; others != NULL && i < others->len; i++) {
    IpcBenchProcess *process = g_ptr_array_index (others, i);
    if (process->failure != NULL)
      return process;
  }
  return NULL;
}

/* FALSE with @error when there is nothing to hope for. */
static gboolean
wait_until_answered (
    IpcBenchProcess *process, GPtrArray *others, gint64 patience, GCancellable *cancellable, GError **error)
{
  gboolean late = FALSE;
  guint limit = g_timeout_add (patience / 1000000, on_late, &late);
  const IpcBenchProcess *failed;

  while (is_pending (process) && find_failed (others) == NULL && !late && !g_cancellable_is_cancelled (cancellable))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (is_pending (process) && find_failed (others) == NULL)
    note_failure (process, g_strdup_printf ("%s did not answer within %.0f s", process->name, patience / 1e9));
  failed = process->failure != NULL ? process : find_failed (others);
  if (failed != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, failed->failure);
  return failed == NULL;
}

JsonObject *
ipc_bench_process_wait (
    IpcBenchProcess *process, GPtrArray *others, gint64 patience, GCancellable *cancellable, GError **error)
{
  return wait_until_answered (process, others, patience, cancellable, error) ? process->reply : NULL;
}

JsonObject *
ipc_bench_process_hello (IpcBenchProcess *process, gint64 patience, GCancellable *cancellable, GError **error)
{
  if (!wait_until_answered (process, NULL, patience, cancellable, error)
      || !ipc_implementation_check (process->implementation, process->hello, error))
    return NULL;
  return process->hello;
}

gint64
ipc_bench_process_cpu (const IpcBenchProcess *process)
{
  struct timespec time;
  clockid_t clock;

  if (clock_getcpuclockid (process->pid, &clock) != 0 || clock_gettime (clock, &time) != 0)
    return 0;
  return time.tv_sec * G_GINT64_CONSTANT (1000000000) + time.tv_nsec;
}

gint64
ipc_bench_process_memory (const IpcBenchProcess *process)
{
  static const gchar key[] = "\nPss:";
  g_autofree gchar *path = g_strdup_printf ("/proc/%d/smaps_rollup", process->pid);
  g_autofree gchar *text = NULL;
  const gchar *found;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (found = g_strstr_len (text, -1, key)) == NULL)
    return 0;
  return g_ascii_strtoll (found + sizeof key - 1, NULL, 10) * 1024;
}
