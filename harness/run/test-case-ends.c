/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ends of cases that do not end by themselves: what hangs is killed, who cancels gets an end, and a harness that is
 * killed leaves no process.
 */

#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <gio/gio.h>

#include "spawn.h"
#include "test-fake.h"

static void
test_stuck_in_finish (IpcPlay *play, gconstpointer data)
{
  JsonObject *stuck, *exited;

  play->settings.timeout_scale = 0.15;
  ipc_fake_load (play, "hang finish", IPC_FAKE_SET_STATE "," IPC_FAKE_WAIT_STATE);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "done", "^$");
  stuck = ipc_play_find (play, "process", "stuck", "master", 0);
  g_assert_cmpstr (ipc_record_string (stuck, "during"), ==, "finish");
  exited = ipc_play_find (play, "process", "exited", "master", 0);
  g_assert_cmpint (ipc_record_int (exited, "signal", 0), ==, SIGKILL);
  g_assert_true (ipc_record_bool (exited, "sent", FALSE));
  ipc_fake_assert_all_reaped (play);
}

/* A master that asks as soon as it is told to play, and a slave that answers or not. */
static void
load_question (IpcPlay *play, const gchar *slave)
{
  g_autofree gchar *processes
      = g_strdup_printf ("\"master\": {" IPC_FAKE_MASTER ", \"environment\": [\"FAKE=speak set-state\"]}, "
                         "\"viewer\": {" IPC_FAKE_SLAVE ", \"environment\": [\"FAKE=%s\"]}",
          slave);

  ipc_play_load (play, processes, IPC_FAKE_LINKS, IPC_FAKE_SET_STATE "," IPC_FAKE_WAIT_STATE);
}

/* What is asked is to be answered before anybody hangs up, however long that takes. */
static void
test_answers_are_awaited (IpcPlay *play, gconstpointer data)
{
  load_question (play, "ponder");
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "done", "^$");
  g_assert_cmpstr (ipc_record_string (ipc_play_find (play, "packet", NULL, NULL, 1), "type"), ==, "ACK");
}

/* ... but not for ever. */
static void
test_missing_answers_end_nothing (IpcPlay *play, gconstpointer data)
{
  play->settings.timeout_scale = 0.05;
  load_question (play, "");
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "done", "^$");
  g_assert_cmpint (ipc_record_int (ipc_play_find (play, "process", "exited", "viewer", 0), "status", -1), ==, 0);
}

static void
test_suspended_goes_on (IpcPlay *play, gconstpointer data)
{
  ipc_fake_load (play, "",
      "{\"act\": \"signal-process\", \"process\": \"viewer\", \"signal\": \"stop\"}," IPC_FAKE_SET_STATE
      "," IPC_FAKE_WAIT_STATE);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "done", "^$");
  g_assert_cmpint (ipc_record_int (ipc_play_find (play, "process", "exited", "viewer", 0), "status", -1), ==, 0);
}

/* Loads a case whose steps never end (but for a limit far away), with workers that hold @fifo open. @how: "run",
 * "suspend" (the slave), "deaf" (both obey nothing). */
static void
load_endless (IpcPlay *play, const gchar *fifo, const gchar *how)
{
  const gchar *fake = g_str_equal (how, "deaf") ? "deaf" : "";
  g_autofree gchar *processes
      = g_strdup_printf ("\"master\": {" IPC_FAKE_MASTER ", \"environment\": [\"FAKE_FIFO=%s\", \"FAKE=%s\"]}, "
                         "\"viewer\": {" IPC_FAKE_SLAVE ", \"environment\": [\"FAKE_FIFO=%s\", \"FAKE=%s\"]}",
          fifo, fake, fifo, fake);

  play->settings.timeout_scale = 1000;
  ipc_play_load (play, processes, IPC_FAKE_LINKS,
      g_str_equal (how, "suspend")
          ? "{\"act\": \"signal-process\", \"process\": \"viewer\", \"signal\": \"stop\"}," IPC_FAKE_WAIT_EOS
          : IPC_FAKE_WAIT_EOS);
}

static gchar *
make_fifo (IpcPlay *play)
{
  gchar *path = g_build_filename (play->folder, "fifo", NULL);

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  return path;
}

static gpointer
cancel_when_running (gpointer data)
{
  gpointer *arguments = data;
  FILE *fifo = fopen (arguments[0], "r");
  gchar line[64];

  g_assert_nonnull (fifo);
  for (guint i = 0; i < 2; i++)
    g_assert_nonnull (fgets (line, sizeof line, fifo));
  g_cancellable_cancel (arguments[1]);
  /* until nobody has it open any more: all workers are gone */
  while (fgets (line, sizeof line, fifo))
    ;
  fclose (fifo);
  return NULL;
}

static void
test_cancelled (IpcPlay *play, gconstpointer data)
{
  g_autofree gchar *fifo = make_fifo (play);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gpointer arguments[] = { fifo, cancellable };
  GThread *thread;

  load_endless (play, fifo, data);
  thread = g_thread_new ("cancel", cancel_when_running, arguments);
  ipc_play_run (play, cancellable);
  g_thread_join (thread);
  ipc_play_assert_end (play, "interrupted", "^interrupted$");
  ipc_fake_assert_all_reaped (play);
}

/* The whole program once more, as a harness to be killed: plays the endless case of a folder. */
static int
play_as_child (const gchar *fifo, const gchar *how)
{
  IpcPlay play;

  ipc_fake_set_up (&play, NULL);
  load_endless (&play, fifo, how);
  ipc_play_run (&play, NULL);
  return 1;
}

static void
test_harness_killed (IpcPlay *play, gconstpointer data)
{
  g_autofree gchar *fifo = make_fifo (play);
  g_auto (GStrv) environment = g_get_environ ();
  gchar *argv[] = { "/proc/self/exe", "--play", fifo, (gchar *)data, NULL };
  g_autoptr (GError) error = NULL;
  FILE *stream;
  gchar line[64];
  gint status;
  GPid pid;

  /* what it leaves is removed with our own folder */
  environment = g_environ_setenv (environment, "TMPDIR", play->folder, TRUE);
  ipc_spawn (argv, environment, play->folder, "harness.log", -1, &pid, &error);
  g_assert_no_error (error);
  stream = fopen (fifo, "r");
  g_assert_nonnull (stream);
  for (guint i = 0; i < 2; i++)
    g_assert_nonnull (fgets (line, sizeof line, stream));
  /* it alone: not its group */
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  /* ends only when both workers are gone */
  while (fgets (line, sizeof line, stream))
    ;
  fclose (stream);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status));
}

static gpointer
play_some (gpointer data)
{
  IpcPlay play;

  for (guint i = 0; i < 3; i++) {
    ipc_fake_set_up (&play, NULL);
    ipc_fake_load (&play, i == 1 ? "die set-state" : "", IPC_FAKE_SET_STATE "," IPC_FAKE_WAIT_STATE);
    ipc_play_run (&play, NULL);
    ipc_play_assert_end (&play, i == 1 ? "failed" : "done", "");
    ipc_fake_assert_all_reaped (&play);
    ipc_play_clear (&play);
  }
  return NULL;
}

static void
test_side_by_side (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("case", play_some, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static const gchar *const endless[] = { "run", "suspend", "deaf" };

#define ADD(name, func) g_test_add ("/case/" name, IpcPlay, NULL, ipc_fake_set_up, func, ipc_fake_tear_down)

static void
add_tests (void)
{
  ADD ("what hangs at the end is stuck and killed", test_stuck_in_finish);
  ADD ("a suspended process ends like others", test_suspended_goes_on);
  ADD ("answers are awaited before anybody hangs up", test_answers_are_awaited);
  ADD ("answers that do not come do not keep it from ending", test_missing_answers_end_nothing);
  for (guint i = 0; i < G_N_ELEMENTS (endless); i++) {
    g_autofree gchar *cancelled = g_strdup_printf ("/case/a cancelled case leaves nobody/%s", endless[i]);
    g_autofree gchar *killed = g_strdup_printf ("/case/a killed harness leaves nobody/%s", endless[i]);

    g_test_add (cancelled, IpcPlay, endless[i], ipc_fake_set_up, test_cancelled, ipc_fake_tear_down);
    g_test_add (killed, IpcPlay, endless[i], ipc_fake_set_up, test_harness_killed, ipc_fake_tear_down);
  }
  g_test_add_func ("/case/several are played side by side", test_side_by_side);
}

int
main (int argc, char **argv)
{
  ipc_fake_init ();
  if (argc == 4 && g_str_equal (argv[1], "--play"))
    return play_as_child (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  add_tests ();
  return g_test_run ();
}
