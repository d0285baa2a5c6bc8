/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RUN_RUN_H
#define IPC_RUN_RUN_H

#include "history/history.h"
#include "scenario/scenario.h"

G_BEGIN_DECLS

/*
 * Plays cases on real processes. ipc_run_case() plays one, in the calling thread with a GMainContext of its own, so
 * that several run side by side on a thread each. What it leaves is a folder with history.ndjson, captures and worker
 * logs: the judgement is another program part's (harness/check/).
 */

typedef struct {
  gchar *name;     /* "reference", "gst-plugins-bad", or the folder as given */
  gchar *folder;   /* plugin folder, absolute: goes to GST_PLUGIN_PATH */
  gchar *registry; /* filled by ipc_run_prepare() */
  gchar *plugin;   /* file that serves the elements, as the probe said */
  gchar *plugin_version;
  gchar *gstreamer; /* version of the worker's GStreamer */
} IpcImplementation;

/* @what: "reference", "gst-plugins-bad" or a folder. NULL with @error when there is no such plugin. */
IpcImplementation *ipc_implementation_new (const gchar *what, GError **error);
void ipc_implementation_free (IpcImplementation *implementation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcImplementation, ipc_implementation_free)

typedef struct {
  const IpcImplementation *master, *slave;
  const gchar *master_worker, *slave_worker; /* commands (shell words) of the workers */
  const gchar *wrap_master, *wrap_slave;     /* commands (shell words) in front of them, or NULL */
  const gchar *const *presets;               /* of preset.h, or NULL */
  gdouble timeout_scale;
  const gchar *master_debug, *slave_debug; /* GST_DEBUG of one side, or NULL */
  gboolean cores;                          /* a crash leaves its core in the case's folder, if the system's core pattern
                                              is a plain name; the processes run in that folder then */
  gboolean interactive;        /* wrapped processes have this program's terminal; one of them at a time can use it */
  const gchar *repeat_command; /* the command that repeats this case, for the history */
  gboolean without_faults;     /* `act fault` installs nothing: the session as it is when nothing goes wrong */
} IpcRunSettings;

/* Fills the registry of @implementation in @folder by starting the worker once (`--probe`), and checks that the
 * elements come from it. FALSE with @error naming the file that serves them instead. */
gboolean ipc_run_prepare (IpcImplementation *implementation, const gchar *worker, const gchar *folder, GError **error);

/* Plays @scenario_case, leaves everything in @folder (made, must be empty or not exist). @cancellable: ends it at once,
 * every process gone. Returns the history, which is the same as the file in @folder; NULL with @error only when the
 * folder or history could not be written: everything else is in the history's `end` record. Caller frees. */
IpcHistory *ipc_run_case (const IpcScenarioCase *scenario_case, const IpcRunSettings *settings, const gchar *folder,
    GCancellable *cancellable, GError **error);

G_END_DECLS
#endif
