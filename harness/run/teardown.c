/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The end of a case's processes, in the order of a well-behaved application: the masters go to NULL and take their
 * slaves along, then the slaves end, then the masters. NULL ends what streams, but nothing ends what a thread of its
 * own is about to answer, a query: those answers are waited for before anybody hangs up. What becomes of one whose peer
 * goes first is a subject of scenarios, not of every teardown. Whoever does not get on is recorded as stuck; everything
 * is reaped.
 */

#include <signal.h>

#include <gio/gio.h>

#include "case.h"

/* A process that was killed is reaped soon, unless the kernel cannot let go of it; seconds, whatever the scale. */
#define REAP_SECONDS 30
/* However much is still observed: so many times the idle limit are enough for an end. */
#define FINISH_IDLE_TIMES 4
/* All are in NULL, and nothing holds an answer back any more: one that does not come now does not come; seconds. */
#define ANSWER_SECONDS 2
/* A graph that does not come at once does not come; seconds. */
#define DOT_SECONDS 2

static gboolean
all_ended (IpcCase *self, gpointer data)
{
  GPtrArray *processes = data;

  for (guint i = 0; i < processes->len; i++)
    if (ipc_process_is_alive (g_ptr_array_index (processes, i)))
      return FALSE;
  return TRUE;
}

static gboolean
all_answered (IpcCase *self, gpointer data)
{
  GPtrArray *calls = data;

  for (guint i = 0; i < calls->len; i++)
    if (!ipc_call_is_over (g_ptr_array_index (calls, i)))
      return FALSE;
  return TRUE;
}

/* Asks @process to finish; one that never came as far as hello is just killed. */
static void
begin_finish (IpcProcess *process)
{
  if (process->suspended)
    ipc_process_signal (process, SIGCONT);
  if (process->stage == IPC_STAGE_STARTING)
    ipc_process_signal (process, SIGKILL);
  else
    ipc_call_unref (ipc_process_call (process, "finish", NULL, NULL, 0));
}

static void
record_stuck (IpcCase *self, IpcProcess *process, const gchar *during)
{
  JsonObject *record = ipc_history_record ("process");

  json_object_set_string_member (record, "process", process->spec->name);
  json_object_set_string_member (record, "role", process->spec->role == IPC_ROLE_MASTER ? "master" : "slave");
  json_object_set_string_member (record, "event", "stuck");
  json_object_set_string_member (record, "during", during);
  ipc_history_add (self->host.history, record);
}

/* Passes on and records what the relays and control sockets of dead processes still have. */
static void
drain (IpcCase *self)
{
  while (g_main_context_iteration (self->host.context, FALSE))
    ;
}

static void
kill_processes (IpcCase *self, GPtrArray *processes)
{
  gint64 limit = ipc_history_now () + REAP_SECONDS * G_GINT64_CONSTANT (1000000000);

  for (guint i = 0; i < processes->len; i++) {
    IpcProcess *process = g_ptr_array_index (processes, i);

    if (ipc_process_is_alive (process))
      ipc_process_signal (process, SIGKILL);
  }
  /* not ipc_case_wait(): nothing interrupts this */
  while (!all_ended (self, processes) && ipc_history_now () < limit) {
    g_source_set_ready_time (self->alarm, g_get_monotonic_time () + (limit - ipc_history_now ()) / 1000 + 1);
    g_main_context_iteration (self->host.context, TRUE);
  }
}

/* Ends all processes of @role. FALSE when that was interrupted. */
static gboolean
finish_role (IpcCase *self, IpcRole role, gint64 idle)
{
  g_autoptr (GPtrArray) living = g_ptr_array_new ();
  IpcCaseWait wait;

  for (guint i = 0; i < self->processes->len; i++) {
    IpcProcess *process = g_ptr_array_index (self->processes, i);

    if (process->spec->role != role || !ipc_process_is_alive (process))
      continue;
    begin_finish (process);
    g_ptr_array_add (living, process);
  }
  wait = ipc_case_wait (self, all_ended, living, idle, ipc_history_now () + FINISH_IDLE_TIMES * idle);
  if (wait == IPC_CASE_BROKEN)
    return FALSE;
  if (wait == IPC_CASE_FULFILLED)
    return TRUE;
  for (guint i = 0; i < living->len; i++)
    if (ipc_process_is_alive (g_ptr_array_index (living, i)))
      record_stuck (self, g_ptr_array_index (living, i), "finish");
  kill_processes (self, living);
  return TRUE;
}

static gboolean
nothing_unanswered (IpcCase *self, gpointer data)
{
  for (guint i = 0; i < self->links->len; i++) {
    const IpcCaseLink *link = g_ptr_array_index (self->links, i);

    for (guint k = 0; k < link->relays->len; k++)
      if (ipc_relay_unanswered (g_ptr_array_index (link->relays, k)) > 0)
        return FALSE;
  }
  return TRUE;
}

/* Whose answer is missing is the checker's to say. FALSE when that was interrupted. */
static gboolean
await_answers (IpcCase *self)
{
  gint64 limit = ipc_case_time (self, ANSWER_SECONDS);

  return ipc_case_wait (self, nothing_unanswered, NULL, limit, ipc_history_now () + limit) != IPC_CASE_BROKEN;
}

/* Takes the masters to NULL, and with them their slaves. FALSE when that was interrupted. */
static gboolean
masters_to_null (IpcCase *self, gint64 idle)
{
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_call_unref);
  g_autoptr (GPtrArray) asked = g_ptr_array_new ();

  for (guint i = 0; i < self->processes->len; i++) {
    IpcProcess *process = g_ptr_array_index (self->processes, i);
    JsonObject *members;

    if (process->spec->role != IPC_ROLE_MASTER || process->stage != IPC_STAGE_READY)
      continue;
    members = json_object_new ();
    json_object_set_string_member (members, "state", "null");
    g_ptr_array_add (asked, process);
    g_ptr_array_add (calls, ipc_process_call (process, "set-state", members, NULL, 0));
  }
  if (ipc_case_wait (self, all_answered, calls, idle, ipc_history_now () + FINISH_IDLE_TIMES * idle) == IPC_CASE_BROKEN)
    return FALSE;
  /* not killed yet: the end of its slave may set it free */
  for (guint i = 0; i < calls->len; i++)
    if (!ipc_call_is_over (g_ptr_array_index (calls, i)))
      record_stuck (self, g_ptr_array_index (asked, i), "set-state null");
  return TRUE;
}

static void
record_teardown (IpcCase *self, const gchar *event)
{
  JsonObject *record = ipc_history_record ("teardown");

  json_object_set_string_member (record, "event", event);
  ipc_history_add (self->host.history, record);
}

/* Processes that are stopped go on: a slave that does not answer would only delay its master's end. */
static void
continue_suspended (IpcCase *self)
{
  for (guint i = 0; i < self->processes->len; i++) {
    IpcProcess *process = g_ptr_array_index (self->processes, i);

    if (ipc_process_is_alive (process) && process->suspended)
      ipc_process_signal (process, SIGCONT);
  }
}

/**
 * ipc_case_teardown:
 * @self: the case
 * @seconds: how long a process may show nothing, unscaled
 */
void
ipc_case_teardown (IpcCase *self, gdouble seconds)
{
  gint64 idle = ipc_case_time (self, seconds);

  record_teardown (self, "started");
  ipc_case_end_faults (self);
  continue_suspended (self);
  if (masters_to_null (self, idle) && await_answers (self) && finish_role (self, IPC_ROLE_SLAVE, idle)
      && finish_role (self, IPC_ROLE_MASTER, idle)) {
    drain (self);
    record_teardown (self, "done");
  }
}

/**
 * ipc_case_kill_all:
 * @self: the case
 */
void
ipc_case_kill_all (IpcCase *self)
{
  kill_processes (self, self->processes);
  drain (self);
}

static void
write_dot (IpcCase *self, IpcProcess *process, IpcCall *call)
{
  const gchar *dot = ipc_record_string (call->reply, "dot");
  g_autofree gchar *name = g_strconcat (process->spec->name, ".dot", NULL);
  g_autofree gchar *path = g_build_filename (self->folder, name, NULL);

  /* an artifact that helps when it is there; the history says that it was asked for */
  if (dot)
    g_file_set_contents (path, dot, -1, NULL);
}

/**
 * ipc_case_write_dots:
 * @self: the case
 */
void
ipc_case_write_dots (IpcCase *self)
{
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_call_unref);
  g_autoptr (GPtrArray) asked = g_ptr_array_new ();

  for (guint i = 0; i < self->processes->len; i++) {
    IpcProcess *process = g_ptr_array_index (self->processes, i);

    if (process->stage != IPC_STAGE_READY || process->suspended)
      continue;
    g_ptr_array_add (asked, process);
    g_ptr_array_add (calls, ipc_process_call (process, "dot", NULL, NULL, 0));
  }
  ipc_case_wait (self, all_answered, calls, ipc_case_time (self, DOT_SECONDS),
      ipc_history_now () + ipc_case_time (self, DOT_SECONDS));
  for (guint i = 0; i < calls->len; i++)
    write_dot (self, g_ptr_array_index (asked, i), g_ptr_array_index (calls, i));
}
