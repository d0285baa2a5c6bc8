/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* gst-ipc-worker: one process with one pipeline, obeying the harness over a control socket
 * (docs/control-protocol.md). It leaves signals at their defaults: what the plugin under test does with SIGPIPE is
 * one of the things to be seen. */

#include "channel.h"
#include "elements/elements.h"
#include "hello.h"
#include "leaks.h"
#include "log.h"
#include "signals.h"
#include "worker.h"

#include <gst/gst.h>

/* As for command line mistakes elsewhere. */
#define EXIT_USAGE 2

typedef struct {
  gint control_fd;
  gchar *name;
  gboolean probe, version;
} Options;

static gboolean
parse_options (Options *options, gint *argc, gchar ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "control-fd", 0, 0, G_OPTION_ARG_INT, &options->control_fd, "Stream socket to the harness", "N" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &options->name, "Name of the process in logs", "PROCESS" },
    { "probe", 0, 0, G_OPTION_ARG_NONE, &options->probe, "Say which plugin serves the elements, and exit", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print versions and exit", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, "Runs one GStreamer pipeline under the orders of gst-ipc-harness.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "unexpected argument \"%s\"", (*argv)[1]);
    return FALSE;
  }
  if (!options->probe && !options->version && options->control_fd < 0) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--control-fd or --probe is needed; see --help");
    return FALSE;
  }
  return TRUE;
}

static void
print_hello (void)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (root, ipc_hello ());
  g_autofree gchar *text = json_to_string (root, FALSE);

  g_print ("%s\n", text);
}

/* The reading thread stays until GStreamer is gone too: a harness that goes away ends a worker that hangs in that. */
static void
work (IpcChannel *channel)
{
  IpcWorker *worker = ipc_worker_new (channel);

  ipc_leaks_watch ();
  ipc_channel_send (channel, ipc_hello ());
  ipc_log_connect (channel);
  ipc_worker_serve (worker);
  ipc_worker_wait_finished (worker);
  gst_deinit ();
  ipc_worker_stop (worker);
  ipc_log_unwatch ();
  ipc_worker_free (worker);
}

int
main (int argc, char **argv)
{
  Options options = { .control_fd = -1 };
  g_autoptr (GError) error = NULL;
  IpcChannel *channel = NULL;

  if (!parse_options (&options, &argc, &argv, &error)) {
    g_printerr ("gst-ipc-worker: %s\n", error->message);
    return EXIT_USAGE;
  }
  g_autofree gchar *name = options.name;
  if (options.version) {
    g_autofree gchar *gstreamer = gst_version_string ();
    g_print ("gst-ipc-worker %s, control protocol %d, %s\n", IPC_VERSION, IPC_WORKER_PROTOCOL_VERSION, gstreamer);
    return 0;
  }
  if (!options.probe) {
    channel = ipc_channel_new (options.control_fd, &error);
    if (channel == NULL) {
      g_printerr ("gst-ipc-worker: %s\n", error->message);
      return EXIT_USAGE;
    }
  }
  if (name != NULL) {
    g_autofree gchar *program = g_strdup_printf ("gst-ipc-worker:%s", name);
    g_set_prgname (program);
  }
  ipc_signals_remember ();
  if (channel != NULL)
    ipc_log_watch ();
  if (!gst_init_check (NULL, NULL, &error)) {
    g_printerr ("gst-ipc-worker: %s\n", error->message);
    g_clear_pointer (&channel, ipc_channel_free);
    return EXIT_USAGE;
  }

  ipc_elements_register ();
  if (options.probe) {
    print_hello ();
    gst_deinit ();
  } else {
    work (channel);
  }
  return 0;
}
