/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fork and exec. A child dies with the thread that started it (PR_SET_PDEATHSIG), so that nothing survives a harness
 * that is killed; and it is the leader of a process group, so that what wraps a worker goes with it. Only the child's
 * own descriptors are left open in it.
 *
 * By vfork() and not by g_spawn_async(), which forks when there is something to do in the child. The harness has a
 * large heap and many threads: copying its page tables, and then each page that is written to meanwhile, was a quarter
 * of all the time that the suite took.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>

#include "spawn.h"

/* Whoever is not in the foreground is stopped for trying to get there, unless it ignores that. Only async-signal-safe
 * calls. */
static void
to_foreground (void)
{
  signal (SIGTTOU, SIG_IGN);
  tcsetpgrp (STDIN_FILENO, getpgrp ());
  signal (SIGTTOU, SIG_DFL);
}

static gint
open_log (const gchar *folder, const gchar *name, GError **error)
{
  g_autofree gchar *path = g_build_filename (folder, name, NULL);
  gint fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

  if (fd < 0)
    g_set_error (
        error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot write the log %s: %s", path, g_strerror (errno));
  return fd;
}

/* What a child gets. Its descriptors are copies that are closed by exec, above all numbers that it has them at. */
typedef struct {
  GStrv argv;
  GStrv environment;
  pid_t parent;
  gint input;   /* -1: the terminal, as output and errors */
  gint output;  /* also for its errors */
  gint control; /* -1: none */
  gint failure; /* a pipe for errno, if there is no exec */
} Launch;

/* The child, from vfork to exec, in its parent's memory and with all signals blocked. Only async-signal-safe calls. */
static void G_GNUC_NORETURN
run_child (const Launch *launch)
{
  gint first_other = launch->control < 0 ? IPC_SPAWN_CONTROL_FD : IPC_SPAWN_CONTROL_FD + 1;
  sigset_t none;
  gint number;

  setpgid (0, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  /* the parent may be gone since before the line above */
  if (getppid () != launch->parent)
    _exit (127);
  /* elements must get along with the default dispositions, whatever the harness has, or who started it (nohup) */
  for (gint signum = 1; signum < NSIG; signum++)
    signal (signum, SIG_DFL);
  if (launch->input < 0)
    to_foreground ();
  if ((launch->input < 0
          || (dup2 (launch->input, STDIN_FILENO) >= 0 && dup2 (launch->output, STDOUT_FILENO) >= 0
              && dup2 (launch->output, STDERR_FILENO) >= 0))
      && (launch->control < 0 || dup2 (launch->control, IPC_SPAWN_CONTROL_FD) >= 0)
      && close_range (first_other, G_MAXUINT, CLOSE_RANGE_CLOEXEC) == 0) {
    sigemptyset (&none);
    sigprocmask (SIG_SETMASK, &none, NULL);
    execvpe (launch->argv[0], launch->argv, launch->environment);
  }
  number = errno;
  while (write (launch->failure, &number, sizeof number) < 0 && errno == EINTR)
    ;
  _exit (127);
}

/* In a function of its own, which has no variable that the child could change. */
static pid_t
start_child (const Launch *launch)
{
  pid_t pid = vfork ();

  if (pid == 0)
    run_child (launch);
  return pid;
}

/* A copy of @fd that exec closes, at a number that a child has nothing at; -1 of -1, and when there can be none. */
static gint
copy_fd (gint fd)
{
  return fd < 0 ? -1 : fcntl (fd, F_DUPFD_CLOEXEC, IPC_SPAWN_CONTROL_FD + 1);
}

static void
close_fd (gint fd)
{
  if (fd >= 0)
    close (fd);
}

/* @input, @output, @control: -1 for none. Returns: 0, or why there is no child */
static gint
launch (GStrv argv, GStrv environment, gint input, gint output, gint control, GPid *pid)
{
  Launch child = { argv, environment, getpid (), copy_fd (input), copy_fd (output), copy_fd (control), -1 };
  gint report[2] = { -1, -1 };
  gint number = 0;
  sigset_t all, before;
  gssize n;

  if ((input >= 0 && child.input < 0) || (output >= 0 && child.output < 0) || (control >= 0 && child.control < 0)
      || pipe2 (report, O_CLOEXEC) < 0 || (child.failure = copy_fd (report[1])) < 0) {
    number = errno;
  } else {
    /* a handler of the harness must not run in the child, which has its memory */
    sigfillset (&all);
    pthread_sigmask (SIG_SETMASK, &all, &before);
    *pid = start_child (&child);
    if (*pid < 0)
      number = errno;
    pthread_sigmask (SIG_SETMASK, &before, NULL);
  }
  close_fd (child.input);
  close_fd (child.output);
  close_fd (child.control);
  close_fd (child.failure);
  close_fd (report[1]);
  if (number == 0) {
    do
      n = read (report[0], &number, sizeof number);
    while (n < 0 && errno == EINTR);
    if (number != 0)
      waitpid (*pid, NULL, 0);
  }
  close_fd (report[0]);
  return number;
}

static gboolean
set_error (GError **error, const gchar *program, gint number)
{
  if (number != 0)
    g_set_error (
        error, G_IO_ERROR, g_io_error_from_errno (number), "cannot start %s: %s", program, g_strerror (number));
  return number == 0;
}

/**
 * ipc_spawn:
 * @argv: the program, looked up in PATH, and its arguments
 * @environment: its environment
 * @folder: where its log is
 * @log: name of the log
 * @control: its control socket, stays the caller's; or -1
 * @pid: (out): its process id and that of its group
 * @error: return location of an error
 *
 * Returns: whether the program runs
 */
gboolean
ipc_spawn (
    GStrv argv, GStrv environment, const gchar *folder, const gchar *log, gint control, GPid *pid, GError **error)
{
  gint number;
  gint output = open_log (folder, log, error);
  gint input;

  if (output < 0)
    return FALSE;
  input = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  number = input < 0 ? errno : launch (argv, environment, input, output, control, pid);
  close_fd (input);
  close (output);
  return set_error (error, argv[0], number);
}

/**
 * ipc_spawn_on_terminal:
 * @argv: the program, looked up in PATH, and its arguments
 * @environment: its environment
 * @control: its control socket, stays the caller's
 * @pid: (out): its process id and that of its group
 * @error: return location of an error
 *
 * Returns: whether the program runs
 */
gboolean
ipc_spawn_on_terminal (GStrv argv, GStrv environment, gint control, GPid *pid, GError **error)
{
  return set_error (error, argv[0], launch (argv, environment, -1, -1, control, pid));
}

void
ipc_spawn_take_terminal (void)
{
  to_foreground ();
}

/**
 * ipc_spawn_environment:
 * @implementation: whose plugin is to be found
 *
 * Returns: (transfer full): the harness's environment with the variables that choose the plugin
 */
gchar **
ipc_spawn_environment (const IpcImplementation *implementation)
{
  gchar **environment = g_get_environ ();
  const gchar *path = g_environ_getenv (environment, "GST_PLUGIN_PATH_1_0");
  g_autofree gchar *plugin_path = NULL;

  /* the folder comes first and wins; a user's own plugins stay */
  if (!path)
    path = g_environ_getenv (environment, "GST_PLUGIN_PATH");
  plugin_path
      = path && *path ? g_strdup_printf ("%s:%s", implementation->folder, path) : g_strdup (implementation->folder);
  environment = g_environ_unsetenv (environment, "GST_PLUGIN_PATH_1_0");
  environment = g_environ_unsetenv (environment, "GST_REGISTRY_1_0");
  environment = g_environ_setenv (environment, "GST_PLUGIN_PATH", plugin_path, TRUE);
  if (implementation->registry)
    environment = g_environ_setenv (environment, "GST_REGISTRY", implementation->registry, TRUE);
  /* a scanner of its own would not have the sanitizer's library that a plugin may need */
  environment = g_environ_setenv (environment, "GST_REGISTRY_FORK", "no", TRUE);
  environment = g_environ_setenv (environment, "GST_DEBUG_NO_COLOR", "1", TRUE);
  return environment;
}

/**
 * ipc_spawn_append_words:
 * @argv: where to append
 * @command: (nullable): shell words
 * @error: return location of an error, which names the command
 *
 * Returns: whether @command could be taken apart
 */
gboolean
ipc_spawn_append_words (GPtrArray *argv, const gchar *command, GError **error)
{
  g_auto (GStrv) words = NULL;

  if (!command)
    return TRUE;
  if (!g_shell_parse_argv (command, NULL, &words, error)) {
    g_prefix_error (error, "the command \"%s\": ", command);
    return FALSE;
  }
  for (guint i = 0; words[i]; i++)
    g_ptr_array_add (argv, g_strdup (words[i]));
  return TRUE;
}
