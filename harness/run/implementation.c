/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The implementations under test: where their plugin lies, and the proof that a worker's elements come from there. The
 * proof is the worker's hello, which names the file that served them.
 */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <gio/gio.h>

#include "history/history.h"
#include "history/json.h"
#include "implementation.h"
#include "run-config.h"
#include "spawn.h"

/* A worker that only scans plugins and says hello; on a slow machine under valgrind, too. */
#define PROBE_SECONDS 300

/* TRUE when @folder has a file that could be a plugin. */
static gboolean
has_plugin (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".so"))
      return TRUE;
  return FALSE;
}

/* The folder of the plugin that was built with this program: next to it when it is still there, so that a
 * build folder can be moved. */
static gchar *
reference_folder (void)
{
  g_autofree gchar *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree gchar *own = program ? g_path_get_dirname (program) : NULL;
  g_autofree gchar *beside = own ? g_build_filename (own, "..", "plugin", NULL) : NULL;
  g_autofree gchar *file = beside ? g_build_filename (beside, "libgstipcpipeline.so", NULL) : NULL;

  if (file && g_file_test (file, G_FILE_TEST_IS_REGULAR))
    return g_steal_pointer (&beside);
  return g_strdup (IPC_REFERENCE_PLUGIN_FOLDER);
}

/**
 * ipc_implementation_new:
 * @what: "reference", "gst-plugins-bad", or a folder with a plugin
 * @error: return location of a #GIOErrorEnum error
 *
 * Returns: (transfer full): the implementation, not prepared; or %NULL when there is no plugin in its folder
 */
IpcImplementation *
ipc_implementation_new (const gchar *what, GError **error)
{
  g_autoptr (IpcImplementation) implementation = g_new0 (IpcImplementation, 1);
  g_autofree gchar *folder = NULL;

  if (g_str_equal (what, "reference"))
    folder = reference_folder ();
  else if (g_str_equal (what, "gst-plugins-bad"))
    folder = g_strdup (IPC_SYSTEM_PLUGIN_FOLDER);
  else
    folder = g_strdup (what);
  implementation->name = g_strdup (what);
  implementation->folder = realpath (folder, NULL);
  if (!implementation->folder || !g_file_test (implementation->folder, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        "implementation %s: there is no folder %s (expected reference, gst-plugins-bad or a folder with a plugin)",
        what, folder);
    return NULL;
  }
  if (!has_plugin (implementation->folder)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "implementation %s: no plugin (*.so) in %s%s", what,
        implementation->folder, g_str_equal (what, "reference") ? ": build it first" : "");
    return NULL;
  }
  return g_steal_pointer (&implementation);
}

/**
 * ipc_implementation_free:
 * @implementation: (transfer full) (nullable): an implementation
 */
void
ipc_implementation_free (IpcImplementation *implementation)
{
  if (!implementation)
    return;
  g_free (implementation->name);
  free (implementation->folder);
  g_free (implementation->registry);
  g_free (implementation->plugin);
  g_free (implementation->plugin_version);
  g_free (implementation->gstreamer);
  g_free (implementation);
}

/**
 * ipc_implementation_check:
 * @implementation: what was asked for
 * @hello: what the worker said
 * @error: return location of a #GIOErrorEnum error
 *
 * Returns: whether the elements come from a file beneath the implementation's folder
 */
gboolean
ipc_implementation_check (const IpcImplementation *implementation, JsonObject *hello, GError **error)
{
  const gchar *plugin = ipc_record_string (hello, "plugin");
  g_autofree gchar *folder = g_strconcat (implementation->folder, "/", NULL);
  gchar *real;
  gboolean beneath;

  if (!plugin) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        "the worker has no ipcpipelinesink at all, expected the one of %s (%s)", implementation->name,
        implementation->folder);
    return FALSE;
  }
  real = realpath (plugin, NULL);
  beneath = real && g_str_has_prefix (real, folder);
  free (real);
  if (!beneath)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "the elements come from %s, expected a plugin in %s (implementation %s)", plugin, implementation->folder,
        implementation->name);
  return beneath;
}

typedef struct {
  gboolean ended, late;
  gint wait_status;
  gchar *output; /* of stdout and stderr */
} Probe;

static void
on_probe_ended (GPid pid, gint wait_status, gpointer data)
{
  Probe *probe = data;

  probe->ended = TRUE;
  probe->wait_status = wait_status;
}

static gboolean
on_probe_late (gpointer data)
{
  Probe *probe = data;

  probe->late = TRUE;
  return G_SOURCE_REMOVE;
}

/* Waits until @pid has ended, and sees to it that this is soon. */
static void
probe_wait (Probe *probe, GPid pid)
{
  GMainContext *context = g_main_context_new ();
  GSource *watch = g_child_watch_source_new (pid);
  GSource *limit = g_timeout_source_new_seconds (PROBE_SECONDS);
  gboolean killed = FALSE;

  g_source_set_callback (watch, G_SOURCE_FUNC (on_probe_ended), probe, NULL);
  g_source_attach (watch, context);
  g_source_set_callback (limit, on_probe_late, probe, NULL);
  g_source_attach (limit, context);
  while (!probe->ended) {
    g_main_context_iteration (context, TRUE);
    if (probe->late && !probe->ended && !killed)
      killed = kill (-pid, SIGKILL) == 0;
  }
  g_source_destroy (limit);
  g_source_unref (limit);
  g_source_unref (watch);
  g_main_context_unref (context);
}

/* Runs the worker once; its output goes to a log in @folder. */
static gboolean
probe_run (
    Probe *probe, const IpcImplementation *implementation, const gchar *worker, const gchar *folder, GError **error)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) environment = ipc_spawn_environment (implementation);
  g_autofree gchar *name = g_strdelimit (g_strdup_printf ("probe-%s.log", implementation->name), "/", '_');
  g_autofree gchar *path = g_build_filename (folder, name, NULL);
  GPid pid;

  if (!ipc_spawn_append_words (argv, worker, error))
    return FALSE;
  g_ptr_array_add (argv, g_strdup ("--probe"));
  g_ptr_array_add (argv, NULL);
  if (!g_file_set_contents (path, "", 0, error)
      || !ipc_spawn ((GStrv)argv->pdata, environment, folder, name, -1, &pid, error)) {
    g_prefix_error (error, "cannot start the worker: ");
    return FALSE;
  }
  probe_wait (probe, pid);
  return g_file_get_contents (path, &probe->output, NULL, error);
}

/* The hello among what the worker printed: plugins may print lines of their own when they are loaded. */
static JsonObject *
find_hello (const gchar *output)
{
  g_auto (GStrv) lines = g_strsplit (output ? output : "", "\n", -1);

  for (guint i = 0; lines[i]; i++) {
    g_autoptr (JsonObject) hello = lines[i][0] == '{' ? ipc_json_parse (lines[i], strlen (lines[i]), NULL) : NULL;

    if (hello && ipc_record_is (hello, "hello"))
      return g_steal_pointer (&hello);
  }
  return NULL;
}

/* TRUE with @error when it did not end as it should. */
static gboolean
probe_failed (const Probe *probe, const gchar *worker, GError **error)
{
  g_autofree gchar *output = g_strstrip (g_strdup (probe->output));

  if (probe->late)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s --probe did not end within %d s", worker, PROBE_SECONDS);
  else if (WIFSIGNALED (probe->wait_status))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s --probe was killed by signal %d (%s): %s", worker,
        WTERMSIG (probe->wait_status), g_strsignal (WTERMSIG (probe->wait_status)), output);
  else if (WEXITSTATUS (probe->wait_status) != 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s --probe exited with status %d: %s", worker,
        WEXITSTATUS (probe->wait_status), output);
  else
    return FALSE;
  return TRUE;
}

/**
 * ipc_run_prepare:
 * @implementation: what is to be prepared
 * @worker: command of the worker, shell words
 * @folder: where its registry is written, must exist
 * @error: return location of an error
 *
 * Returns: whether its worker starts and has the elements of @implementation
 */
gboolean
ipc_run_prepare (IpcImplementation *implementation, const gchar *worker, const gchar *folder, GError **error)
{
  Probe probe = { 0 };
  g_autoptr (JsonObject) hello = NULL;
  g_autofree gchar *name = NULL;

  /* a folder's name makes a file name without its slashes */
  name = g_strdelimit (g_strdup_printf ("registry-%s.bin", implementation->name), "/", '_');
  g_free (implementation->registry);
  implementation->registry = g_build_filename (folder, name, NULL);
  if (probe_run (&probe, implementation, worker, folder, error) && !probe_failed (&probe, worker, error)) {
    hello = find_hello (probe.output);
    if (!hello)
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s --probe did not print a hello", worker);
  }
  g_free (probe.output);
  if (!hello || !ipc_implementation_check (implementation, hello, error))
    return FALSE;
  g_free (implementation->plugin);
  g_free (implementation->plugin_version);
  g_free (implementation->gstreamer);
  implementation->plugin = g_strdup (ipc_record_string (hello, "plugin"));
  implementation->plugin_version = g_strdup (ipc_record_string (hello, "plugin-version"));
  implementation->gstreamer = g_strdup (ipc_record_string (hello, "gstreamer"));
  return TRUE;
}
