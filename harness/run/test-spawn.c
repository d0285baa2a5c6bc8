/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a child is given, and what of it is left to its parent. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "spawn.h"

typedef struct {
  gchar *folder, *log;
  gchar **environment;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("ipc-spawn-XXXXXX", NULL);
  fixture->log = g_build_filename (fixture->folder, "log", NULL);
  fixture->environment = g_get_environ ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->log);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->log);
  g_strfreev (fixture->environment);
}

static GPid
spawn (Fixture *fixture, const gchar *script, gint control)
{
  gchar *argv[] = { "sh", "-c", (gchar *)script, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid = 0;

  g_assert_true (ipc_spawn (argv, fixture->environment, fixture->folder, "log", control, &pid, &error));
  g_assert_no_error (error);
  g_assert_cmpint (pid, >, 0);
  return pid;
}

/* Returns: (transfer full): what @script has written */
static gchar *
play (Fixture *fixture, const gchar *script, gint control)
{
  gchar *text = NULL;
  gint status;
  GPid pid = spawn (fixture, script, control);

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (g_file_get_contents (fixture->log, &text, NULL, NULL));
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  return text;
}

/* Not by a pattern: a shell has the folder open while it looks. */
#define LIST_FDS "for n in $(seq 0 50); do if [ -e /proc/$$/fd/$n ]; then echo $n; fi; done"

static void
test_fds (Fixture *fixture, gconstpointer data)
{
  gint pair[2], other;
  g_autofree gchar *with = NULL, *without = NULL;
  gchar line[8] = "";

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  /* one that whoever started the harness forgot to close */
  other = open ("/dev/null", O_RDONLY);
  g_assert_cmpint (other, >, IPC_SPAWN_CONTROL_FD);

  with = play (fixture, "cat; echo hello >&3; echo problem >&2;" LIST_FDS, pair[1]);
  g_assert_cmpstr (with, ==, "problem\n0\n1\n2\n3\n");
  g_assert_cmpint (read (pair[0], line, sizeof line - 1), ==, 6);
  g_assert_cmpstr (line, ==, "hello\n");
  /* the caller's end is the caller's still */
  g_assert_cmpint (fcntl (pair[1], F_GETFD), >=, 0);

  g_unlink (fixture->log);
  without = play (fixture, LIST_FDS, -1);
  g_assert_cmpstr (without, ==, "0\n1\n2\n");
  close (other);
  close (pair[0]);
  close (pair[1]);
}

/* Descriptors have the numbers that a child needs for others. */
static void
test_without_standard_input (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *text = NULL;
  gint saved = fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, 10), pair[2];
  gchar line[8] = "";

  close (STDIN_FILENO);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  g_assert_cmpint (pair[0], ==, STDIN_FILENO);
  text = play (fixture, "cat; echo hello >&3; echo log", pair[0]);
  g_assert_cmpstr (text, ==, "log\n");
  g_assert_cmpint (read (pair[1], line, sizeof line - 1), ==, 6);
  close (pair[1]);
  g_assert_cmpint (dup2 (saved, STDIN_FILENO), ==, STDIN_FILENO);
  close (saved);
}

static void
test_signals_and_group (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  sigset_t some, before, after;
  void (*previous) (int) = signal (SIGPIPE, SIG_IGN);

  sigemptyset (&some);
  sigaddset (&some, SIGUSR1);
  g_assert_cmpint (pthread_sigmask (SIG_BLOCK, &some, &before), ==, 0);
  text = play (fixture,
      "grep -E 'Sig(Blk|Ign)' /proc/self/status | grep -v '0000000000000000'; cut -d' ' -f5 /proc/$$/stat; "
      "echo $$",
      -1);
  /* the caller's own are as they were */
  g_assert_cmpint (pthread_sigmask (SIG_SETMASK, &before, &after), ==, 0);
  g_assert_true (sigismember (&after, SIGUSR1));
  g_assert_false (sigismember (&after, SIGTERM));
  g_assert_true (signal (SIGPIPE, previous) == SIG_IGN);
  lines = g_strsplit (g_strstrip (text), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
  g_assert_cmpstr (g_strstrip (lines[0]), ==, lines[1]);
}

static void
test_no_program (Fixture *fixture, gconstpointer data)
{
  gchar *argv[] = { "/nowhere/worker", NULL };
  g_autoptr (GError) error = NULL;
  GPid pid = 0;

  g_assert_false (ipc_spawn (argv, fixture->environment, fixture->folder, "log", -1, &pid, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "cannot start /nowhere/worker: No such file or directory");
  /* it is reaped */
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
  g_assert_cmpint (errno, ==, ECHILD);
}

typedef struct {
  Fixture *fixture;
  GPid pid;
} Started;

static gpointer
start_and_end (gpointer data)
{
  Started *started = data;

  /* it does not end by itself before its input does, which it never has */
  started->pid = spawn (started->fixture, "exec sleep 1000", -1);
  return NULL;
}

static void
test_dies_with_its_thread (Fixture *fixture, gconstpointer data)
{
  Started started = { fixture, 0 };
  gint status;

  g_thread_join (g_thread_new ("starter", start_and_end, &started));
  g_assert_cmpint (waitpid (started.pid, &status, 0), ==, started.pid);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/run/spawn/fds", Fixture, NULL, set_up, test_fds, tear_down);
  g_test_add ("/run/spawn/without-standard-input", Fixture, NULL, set_up, test_without_standard_input, tear_down);
  g_test_add ("/run/spawn/signals-and-group", Fixture, NULL, set_up, test_signals_and_group, tear_down);
  g_test_add ("/run/spawn/no-program", Fixture, NULL, set_up, test_no_program, tear_down);
  g_test_add ("/run/spawn/dies-with-its-thread", Fixture, NULL, set_up, test_dies_with_its_thread, tear_down);
  return g_test_run ();
}
