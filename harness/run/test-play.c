/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A master and a slave, real workers and a real plugin: what the harness plays and records. */

#include <signal.h>

#include "test-util.h"

#define PROCESSES(slave)                                                                                               \
  "\"master\": {\"role\": \"master\", \"pipeline\": \"audiotestsrc num-buffers=20 ! ipcpipelinesink name=out\"},"      \
  "\"viewer\": {\"role\": \"slave\", \"pipeline\": \"ipcpipelinesrc name=src ! fakesink name=sink " slave "\","        \
  " \"observe\": [\"sink.sink\"]}"
#define LINKS(more) "\"audio\": {\"from\": \"master.out\", \"to\": \"viewer.src\"" more "}"

static gchar *worker;

static void
set_up (IpcPlay *play, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  ipc_play_init (play, worker, "gst-plugins-bad");
  ipc_run_prepare (play->implementation, worker, play->folder, &error);
  g_assert_no_error (error);
}

static void
tear_down (IpcPlay *play, gconstpointer data)
{
  ipc_play_clear (play);
}

static void
assert_clean_exits (IpcPlay *play)
{
  static const gchar *const names[] = { "master", "viewer" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    JsonObject *exited = ipc_play_find (play, "process", "exited", names[i], 0);

    g_assert_cmpint (ipc_record_int (exited, "status", -1), ==, 0);
    g_assert_true (ipc_record_bool (exited, "sent", FALSE));
  }
}

/* The run-times of sanitizers have handlers of their own, for what is no good signal in any case. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const gboolean is_sanitized = TRUE;
#else
static const gboolean is_sanitized = FALSE;
#endif

static gboolean
is_empty (JsonObject *record)
{
  JsonNode *node = json_object_get_member (record, "signals");

  return node && JSON_NODE_HOLDS_ARRAY (node) && json_array_get_length (json_node_get_array (node)) == 0;
}

/* SIGPIPE above all, which this program ignores: what plugins do about it is to be seen (LIFE-5). */
static void
assert_signals_are_at_their_defaults (IpcPlay *play)
{
  guint looked_at = 0;

  for (guint i = 0; i < ipc_history_length (play->history); i++) {
    JsonObject *record = ipc_history_get (play->history, i);

    if (!ipc_record_is (record, "hello") && !json_object_has_member (record, "final-state"))
      continue;
    g_assert_true (is_sanitized || is_empty (record));
    looked_at++;
  }
  g_assert_cmpuint (looked_at, ==, 4);
}

static void
test_plays_to_eos (IpcPlay *play, gconstpointer data)
{
  const gchar *transport = data;
  g_autofree gchar *links = g_strdup_printf (LINKS (", \"transport\": \"%s\""), transport);
  guint packets = 0, to_master = 0;

  ipc_play_load (play, PROCESSES (""), links,
      "{\"act\": \"set-state\", \"process\": \"master\", \"state\": \"playing\"},"
      "{\"wait\": \"state\", \"process\": \"viewer\", \"state\": \"playing\"},"
      "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"eos\", \"since\": \"start\"},"
      "{\"check\": \"count\", \"kind\": \"buffer\", \"process\": \"viewer\", \"pad\": \"sink.sink\", \"equals\": 20,"
      " \"since\": \"start\"},"
      "{\"check\": \"count\", \"kind\": \"packet\", \"link\": \"audio\", \"type\": \"BUFFER\", \"equals\": 20,"
      " \"since\": \"start\"}");
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "done", "^$");
  assert_clean_exits (play);
  assert_signals_are_at_their_defaults (play);
  for (guint i = 0; i < ipc_history_length (play->history); i++) {
    JsonObject *record = ipc_history_get (play->history, i);

    packets += ipc_record_is (record, "packet");
    to_master += ipc_record_is (record, "packet") && g_str_equal (ipc_record_string (record, "to"), "master");
    g_assert_false (ipc_record_is (record, "link") && g_str_equal (ipc_record_string (record, "event"), "broken"));
  }
  g_assert_cmpuint (packets, >, 40);
  g_assert_cmpuint (to_master, >=, 20);
}

static void
test_direct_link_plays (IpcPlay *play, gconstpointer data)
{
  ipc_play_load (play, PROCESSES (""), LINKS (", \"relay\": false"),
      "{\"act\": \"set-state\", \"process\": \"master\", \"state\": \"playing\"},"
      "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"eos\"}");
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "done", "^$");
  assert_clean_exits (play);
  g_assert_null (ipc_play_find (play, "packet", NULL, NULL, 0));
}

static void
test_killed_slave (IpcPlay *play, gconstpointer data)
{
  ipc_play_load (play, PROCESSES ("sync=true"), LINKS (""),
      "{\"act\": \"set-state\", \"process\": \"master\", \"state\": \"playing\"},"
      "{\"wait\": \"buffers\", \"process\": \"viewer\", \"pad\": \"sink.sink\"},"
      "{\"act\": \"signal-process\", \"process\": \"viewer\", \"signal\": \"kill\"},"
      "{\"wait\": \"exit\", \"process\": \"viewer\", \"signal\": \"kill\"}");
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "done", "^$");
  g_assert_true (ipc_record_bool (ipc_play_find (play, "process", "exited", "viewer", 0), "sent", FALSE));
  g_assert_nonnull (ipc_play_find (play, "link", "closed", NULL, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  /* before any thread: implementation_new() and the workers see this environment */
  g_unsetenv ("GST_PLUGIN_PATH");
  worker = g_shell_quote (g_getenv ("IPC_WORKER"));
  g_test_add ("/play/to EOS over a socket pair", IpcPlay, "socketpair", set_up, test_plays_to_eos, tear_down);
  g_test_add ("/play/to EOS over pipes", IpcPlay, "pipes", set_up, test_plays_to_eos, tear_down);
  g_test_add ("/play/to EOS over TCP", IpcPlay, "tcp", set_up, test_plays_to_eos, tear_down);
  g_test_add ("/play/to EOS over a direct link", IpcPlay, NULL, set_up, test_direct_link_plays, tear_down);
  g_test_add ("/play/a slave that is killed is seen by its link", IpcPlay, NULL, set_up, test_killed_slave, tear_down);
  return g_test_run ();
}
