/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fork and exec. A child dies with the thread that started it (PR_SET_PDEATHSIG), so that nothing survives a harness
 * that is killed; and it is the leader of a process group, so that what wraps a worker goes with it. Only the child's
 * own descriptors are left open in it.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <gio/gio.h>

#include "spawn.h"

/* Only async-signal-safe calls: it runs between fork and exec. @parent: process id of the harness. */
static void
child_setup (gpointer parent)
{
  sigset_t none;

  setpgid (0, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  /* the parent may be gone since before the line above */
  if (getppid () != GPOINTER_TO_INT (parent))
    _exit (127);
  /* elements must get along with the default dispositions, whatever the harness has, or who started it (nohup) */
  for (gint number = 1; number < NSIG; number++)
    signal (number, SIG_DFL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

/* Whoever is not in the foreground is stopped for trying to get there, unless it ignores that. Only async-signal-safe
 * calls. */
static void
to_foreground (void)
{
  signal (SIGTTOU, SIG_IGN);
  tcsetpgrp (STDIN_FILENO, getpgrp ());
  signal (SIGTTOU, SIG_DFL);
}

static void
child_setup_on_terminal (gpointer parent)
{
  child_setup (parent);
  to_foreground ();
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
  const gint target = IPC_SPAWN_CONTROL_FD;
  gint output = open_log (folder, log, error);
  gboolean good;

  if (output < 0)
    return FALSE;
  good = g_spawn_async_with_pipes_and_fds (NULL, (const gchar *const *)argv, (const gchar *const *)environment,
      G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH, child_setup, GINT_TO_POINTER (getpid ()), -1, output, output,
      &control, &target, control >= 0 ? 1 : 0, pid, NULL, NULL, NULL, error);
  close (output);
  return good;
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
  const gint target = IPC_SPAWN_CONTROL_FD;

  return g_spawn_async_with_pipes_and_fds (NULL, (const gchar *const *)argv, (const gchar *const *)environment,
      G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN, child_setup_on_terminal,
      GINT_TO_POINTER (getpid ()), -1, -1, -1, &control, &target, 1, pid, NULL, NULL, NULL, error);
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
