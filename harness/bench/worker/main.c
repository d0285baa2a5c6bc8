/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gst-ipc-bench-worker: one process of a measurement. It obeys gst-ipc-bench over a control socket, line by line, and
 * has nothing that would be in the way: no probes but the one that counts, no thread but those of its pipeline.
 */
#include <gst/gst.h>

#include "session.h"
#include "worker/channel.h"
#include "worker/hello.h"
#include "worker/report.h"

#define EXIT_USAGE 2

/* Elements of other plugins that measurements may want. */
static const gchar *const others[] = { "queue", "tee", "fakesink", "shmsink", "shmsrc", "unixfdsink", "unixfdsrc" };

static JsonObject *
hello (void)
{
  JsonObject *report = ipc_hello ();
  JsonArray *capabilities = json_object_get_array_member (report, "capabilities");

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (others[i]);

    if (factory != NULL)
      json_array_add_string_element (capabilities, others[i]);
  }
  return report;
}

static void
print_hello (void)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (root, hello ());
  g_autofree gchar *text = json_to_string (root, FALSE);

  g_print ("%s\n", text);
}

/* FALSE when it is to be the last one. */
static gboolean
handle (IpcBenchSession *session, IpcLine *line, JsonObject *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = json_from_string (line->text->str, &error);
  JsonObject *command = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  gboolean good = TRUE, last = FALSE;

  if (command != NULL) {
    last = g_str_equal (json_object_get_string_member_with_default (command, "command", ""), "finish");
    json_object_set_int_member (reply, "reply", json_object_get_int_member_with_default (command, "id", 0));
    good = last || ipc_bench_session_obey (session, command, line->fds, reply, &error);
  } else if (error == NULL) {
    error = g_error_new (G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "not an object: %s", line->text->str);
  }
  json_object_set_boolean_member (reply, "ok", good && error == NULL);
  if (error != NULL)
    json_object_set_string_member (reply, "error", error->message);
  return !last;
}

/* Until it is told to finish; the pipeline is in NULL when that is answered. */
static void
serve (IpcChannel *channel)
{
  IpcBenchSession session;
  gboolean more = TRUE;

  ipc_bench_session_init (&session);
  ipc_channel_send (channel, hello ());
  while (more) {
    g_autoptr (IpcLine) line = ipc_channel_read_line (channel);
    JsonObject *reply;

    if (line == NULL)
      _exit (IPC_WORKER_EXIT_CONTROL_LOST);
    reply = ipc_report_new ("reply");
    more = handle (&session, line, reply);
    if (!more)
      ipc_bench_session_clear (&session);
    ipc_channel_send (channel, reply);
  }
}

int
main (int argc, char **argv)
{
  gint control = -1;
  gboolean probe = FALSE;
  const GOptionEntry entries[] = {
    { "control-fd", 0, 0, G_OPTION_ARG_INT, &control, "Stream socket to gst-ipc-bench", "N" },
    { "probe", 0, 0, G_OPTION_ARG_NONE, &probe, "Say which plugin serves the elements, and exit", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  IpcChannel *channel;

  g_option_context_set_summary (context, "One process of a measurement of gst-ipc-bench, which starts it.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || (!probe && control < 0)) {
    g_printerr (
        "gst-ipc-bench-worker: %s (see --help)\n", error ? error->message : "--control-fd or --probe is needed");
    return EXIT_USAGE;
  }
  gst_init (NULL, NULL);
  if (probe) {
    print_hello ();
    return 0;
  }
  channel = ipc_channel_new (control, &error);
  if (channel == NULL) {
    g_printerr ("gst-ipc-bench-worker: %s\n", error->message);
    return EXIT_USAGE;
  }
  serve (channel);
  ipc_channel_free (channel);
  return 0;
}
