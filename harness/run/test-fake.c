/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test-fake.h"

#include <errno.h>
#include <sys/wait.h>

static gchar *worker;

void
ipc_fake_init (void)
{
  worker = g_shell_quote (g_getenv ("IPC_FAKE_WORKER"));
  g_unsetenv ("FAKE");
}

void
ipc_fake_set_up (IpcPlay *play, gconstpointer data)
{
  ipc_play_init (play, worker, NULL);
}

void
ipc_fake_tear_down (IpcPlay *play, gconstpointer data)
{
  ipc_play_clear (play);
}

void
ipc_fake_load (IpcPlay *play, const gchar *fake, const gchar *steps)
{
  g_autofree gchar *processes = g_strdup_printf (
      "\"master\": {" IPC_FAKE_MASTER ", \"environment\": [\"FAKE=%s\"]}, \"viewer\": {" IPC_FAKE_SLAVE "}", fake);

  ipc_play_load (play, processes, IPC_FAKE_LINKS, steps);
}

void
ipc_fake_assert_all_reaped (IpcPlay *play)
{
  JsonObject *spawned;

  for (guint i = 0; (spawned = ipc_play_find (play, "process", "spawned", NULL, i)); i++) {
    gint64 pid = ipc_record_int (spawned, "pid", 0);

    g_assert_cmpint (pid, >, 1);
    g_assert_nonnull (ipc_play_find (play, "process", "exited", NULL, i));
    g_assert_cmpint (waitpid ((pid_t)pid, NULL, WNOHANG), ==, -1);
    g_assert_cmpint (errno, ==, ECHILD);
  }
}

gint64
ipc_fake_step_index (IpcPlay *play, const gchar *path, const gchar *event)
{
  for (guint i = 0; i < ipc_history_length (play->history); i++) {
    JsonObject *record = ipc_history_get (play->history, i);

    if (ipc_record_is (record, "step") && g_strcmp0 (ipc_record_string (record, "path"), path) == 0
        && g_strcmp0 (ipc_record_string (record, "event"), event) == 0)
      return i;
  }
  return -1;
}
