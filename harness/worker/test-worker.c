/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The worker as a process: its start and end, its lines, its descriptors. */

#include "test-client.h"

#include "channel.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAKE_PIPELINE "'command': 'pipeline', 'description': 'fakesrc name=src ! fakesink name=sink'"

static gboolean
list_has (JsonArray *list, const gchar *word)
{
  for (guint i = 0; i < json_array_get_length (list); i++) {
    if (g_str_equal (json_array_get_string_element (list, i), word))
      return TRUE;
  }
  return FALSE;
}

static void
check_hello (JsonObject *hello)
{
  JsonArray *capabilities = json_object_get_array_member (hello, "capabilities");

  g_assert_cmpstr (json_object_get_string_member (hello, "kind"), ==, "hello");
  g_assert_cmpint (json_object_get_int_member (hello, "worker"), ==, 1);
  g_assert_true (g_str_has_prefix (json_object_get_string_member (hello, "gstreamer"), "1."));
  g_assert_true (g_str_has_suffix (json_object_get_string_member (hello, "plugin"), "/libgstipcpipeline.so"));
  g_assert_nonnull (json_object_get_string_member (hello, "plugin-version"));
  g_assert_true (list_has (capabilities, "ipcslavepipeline"));
  g_assert_true (list_has (capabilities, "ipcpipelinesink.fdin"));
  g_assert_true (list_has (capabilities, "ipcpipelinesrc.disconnect()"));
  g_assert_false (list_has (capabilities, "ipcpipelinesink.name"));
  g_assert_true (list_has (capabilities, "ipctestsrc"));
}

static void
test_hello (void)
{
  TestClient *client = test_client_start (NULL);
  JsonObject *hello = g_ptr_array_index (client->reports, 0);

  check_hello (hello);
  g_autofree gchar *pid = g_strdup_printf ("%" G_GINT64_FORMAT, json_object_get_int_member (hello, "pid"));
  g_assert_cmpstr (pid, ==, test_client_pid (client));
  test_client_finish (client);
}

static void
test_probe (void)
{
  const gchar *arguments[] = { "--probe", NULL };
  gint status;
  g_autofree gchar *output = test_client_run (arguments, &status);
  g_autoptr (JsonNode) root = json_from_string (output, NULL);

  g_assert_cmpint (status, ==, 0);
  check_hello (json_node_get_object (root));
}

static void
test_usage (void)
{
  const gchar *const wrong[][3] = { { NULL }, { "--control-fd", "77" }, { "--control-fd", "1" }, { "--nonsense" },
    { "--control-fd", "x" }, { "--probe", "more" } };
  const gchar *version[] = { "--version", NULL };
  gint status;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_free (test_client_run (wrong[i], &status));
    g_assert_cmpint (status, ==, 2);
  }
  g_autofree gchar *output = test_client_run (version, &status);
  g_assert_cmpint (status, ==, 0);
  g_assert_nonnull (strstr (output, "GStreamer 1."));
}

/* Sends @line as it is; its answer has id @id and names @part. */
static void
refuse (TestClient *client, const gchar *line, guint id, const gchar *part)
{
  guint before = client->reports->len;
  g_autofree gchar *wanted = g_strdup_printf ("'kind': 'reply', 'reply': %u, 'ok': false", id);

  test_client_send_text (client, line);
  test_client_send_text (client, "\n");
  const gchar *text = json_object_get_string_member (test_client_wait (client, before, wanted), "error");
  if (strstr (text, part) == NULL)
    g_error ("%s: the error must name \"%s\", but is \"%s\"", line, part, text);
}

static void
test_bad_lines (void)
{
  TestClient *client = test_client_start (NULL);
  g_autofree gchar *brackets = g_strnfill (300000, '[');

  client->next_id = 1000;
  refuse (client, "", 0, "");
  refuse (client, "nonsense", 0, "");
  refuse (client, brackets, 0, "nested more than 100 deep");
  refuse (client, "[1]", 0, "object");
  refuse (client, "{\"id\": 1", 0, "");
  refuse (client, "\xff\xfe", 0, "UTF-8");
  refuse (client, "{\"command\": \"dot\"}", 0, "id");
  refuse (client, "{\"id\": \"1\", \"command\": \"dot\"}", 0, "id");
  refuse (client, "{\"id\": -1, \"command\": \"dot\"}", 0, "id");
  refuse (client, "{\"id\": 1}", 1, "command");
  refuse (client, "{\"id\": 2, \"command\": 2}", 2, "command");
  refuse (client, "{\"id\": 3, \"command\": \"jump\"}", 3, "set-state");
  refuse (client, "{\"id\": 4, \"command\": \"set-state\"}", 4, "\"state\" is missing");
  refuse (client, "{\"id\": 5, \"command\": \"set-state\", \"state\": null}", 5, "\"state\" is missing");
  refuse (client, "{\"id\": 6, \"command\": \"set-state\", \"state\": 4}", 6, "must be a string");
  refuse (client, "{\"id\": 7, \"command\": \"set-state\", \"staat\": 4}", 7, "staat");
  refuse (client, "{\"id\": 8, \"command\": \"get-state\", \"timeout\": -1}", 8, "timeout");
  refuse (client, "{\"id\": 9, \"command\": \"get-state\", \"timeout\": 1.5}", 9, "an integer");
  refuse (client, "{\"id\": 9, \"command\": \"get-state\", \"timeout\": 99999999999999999999}", 0, "64 bits");
  refuse (client, "{\"id\": 9, \"command\": \"get-state\", \"timeout\": 0x10}", 0, "0x10");
  refuse (client, "{\"id\": 9, \"command\": \"get-state\", \"timeout\": 010}", 0, "010");
  refuse (client, "{\"id\": 9, \"command\": \"seek\", \"flags\": [\"flush\", 1]}", 9, "a list of strings");
  refuse (client, "{\"id\": 9, \"command\": \"seek\", \"rate\": 1e999}", 9, "a number");
  refuse (client, "{\"id\": 9, \"command\": \"exit\", \"status\": 256}", 9, "255");
  test_client_ok (client, FAKE_PIPELINE);
  test_client_finish (client);
}

static void
test_long_line (void)
{
  TestClient *client = test_client_start (NULL);
  g_autofree gchar *spaces = g_strnfill (64 * 1024, ' ');

  for (guint sent = 0; sent <= IPC_CHANNEL_LINE_MAX; sent += 64 * 1024)
    test_client_send_text (client, spaces);
  refuse (client, "{}", 0, "longer");
  test_client_finish (client);
}

static void
test_cut_and_joined_lines (void)
{
  TestClient *client = test_client_start (NULL);

  test_client_send_text (client, "{\"id\": 71, \"command\": \"pipe");
  test_client_send_text (client, "line\", \"description\": \"fakesink\"}");
  test_client_send_text (client, "\n{\"id\": 72, \"command\": \"no\"}\n{\"id\": 73, \"command\": \"no\"}\n");
  g_assert_true (json_object_get_boolean_member (test_client_reply (client, 71), "ok"));
  test_client_reply (client, 72);
  test_client_reply (client, 73);
  test_client_finish (client);
}

static gchar *
link_of (TestClient *client, gint64 fd)
{
  g_autofree gchar *path = g_strdup_printf ("/proc/%s/fd/%" G_GINT64_FORMAT, test_client_pid (client), fd);

  return g_file_read_link (path, NULL);
}

static gint64
get_fd (TestClient *client, const gchar *property)
{
  g_autofree gchar *command
      = g_strdup_printf ("'command': 'get-property', 'element': 'end', 'property': '%s'", property);

  return json_object_get_int_member (test_client_ok (client, command), "value");
}

/* The property of the element names, in the worker, the very file of @fd here. */
static void
assert_same_file (TestClient *client, const gchar *property, gint fd)
{
  g_autofree gchar *here = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree gchar *wanted = g_file_read_link (here, NULL);
  g_autofree gchar *got = link_of (client, get_fd (client, property));

  g_assert_cmpstr (got, ==, wanted);
}

static void
assert_closed_on_exec (TestClient *client, const gchar *property)
{
  g_autofree gchar *path
      = g_strdup_printf ("/proc/%s/fdinfo/%" G_GINT64_FORMAT, test_client_pid (client), get_fd (client, property));
  g_autofree gchar *info = NULL;

  g_assert_true (g_file_get_contents (path, &info, NULL, NULL));
  const gchar *flags = strstr (info, "flags:");
  g_assert_nonnull (flags);
  g_assert_cmpint (g_ascii_strtoull (flags + strlen ("flags:\t"), NULL, 8) & O_CLOEXEC, !=, 0);
}

/* Returns our end; the other goes to the worker. */
static gint
link_same (TestClient *client)
{
  gint pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  JsonObject *reply = test_client_reply (
      client, test_client_send_with_fds (client, "'command': 'link', 'element': 'end', 'same': true", &pair[1], 1));
  g_assert_true (json_object_get_boolean_member (reply, "ok"));
  assert_same_file (client, "fdin", pair[1]);
  assert_same_file (client, "fdout", pair[1]);
  assert_closed_on_exec (client, "fdin");
  close (pair[1]);
  return pair[0];
}

static void
assert_eof (gint fd)
{
  gchar byte;

  g_assert_cmpint (read (fd, &byte, 1), ==, 0);
  close (fd);
}

static void
test_link (gconstpointer description)
{
  TestClient *client = test_client_start (NULL);
  gint pipes[2];

  test_client_ok (client, description);
  gint first = link_same (client);
  gint second = link_same (client);
  assert_eof (first);

  g_assert_cmpint (pipe (pipes), ==, 0);
  guint id = test_client_send_with_fds (
      client, "'command': 'link', 'element': 'end', 'fdin': true, 'fdout': true", pipes, 2);
  g_assert_true (json_object_get_boolean_member (test_client_reply (client, id), "ok"));
  assert_eof (second);
  assert_same_file (client, "fdin", pipes[0]);
  assert_same_file (client, "fdout", pipes[1]);
  close (pipes[1]);

  test_client_ok (client, "'command': 'emit-signal', 'element': 'end', 'signal': 'disconnect'");
  g_assert_cmpint (get_fd (client, "fdin"), ==, -1);
  assert_eof (pipes[0]);

  gint last = link_same (client);
  test_client_finish (client);
  assert_eof (last);
}

static guint
open_fds (TestClient *client)
{
  g_autofree gchar *path = g_strdup_printf ("/proc/%s/fd", test_client_pid (client));
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

static void
test_link_errors (void)
{
  TestClient *client = test_client_start (NULL);
  gint fds[2] = { 0, 1 };

  test_client_ok (client, "'command': 'pipeline', 'description': 'fakesrc name=src ! ipcpipelinesink name=end'");
  guint before = open_fds (client);
  const gchar *wrong[]
      = { "'command': 'link', 'element': 'end', 'same': true", "'command': 'link', 'element': 'end', 'fdin': true",
          "'command': 'link', 'element': 'end'", "'command': 'link', 'element': 'src', 'fdin': true, 'fdout': true",
          "'command': 'link', 'element': 'none', 'fdin': true, 'fdout': true", "'command': 'dot'", "'command': 'no'" };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    JsonObject *reply = test_client_reply (client, test_client_send_with_fds (client, wrong[i], fds, 2));
    g_assert_false (json_object_get_boolean_member (reply, "ok"));
  }
  test_client_error (client, "'command': 'link', 'element': 'end', 'same': true", "1 file descriptor");
  /* refused descriptors are not kept */
  g_assert_cmpuint (open_fds (client), ==, before);
  g_assert_cmpint (get_fd (client, "fdin"), ==, -1);
  test_client_finish (client);
}

/* A state change that never returns: opening a FIFO that nobody writes to. */
static TestClient *
start_hung (gchar **fifo)
{
  TestClient *client = test_client_start (NULL);

  *fifo = g_build_filename (g_get_tmp_dir (), "ipc-worker-XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (*fifo));
  g_autofree gchar *path = g_build_filename (*fifo, "fifo", NULL);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);

  g_autofree gchar *command = g_strdup_printf (
      "'command': 'pipeline', 'description': 'filesrc name=src location=%s ! fakesink name=sink'", path);
  test_client_ok (client, command);
  test_client_send (client, "'command': 'set-state', 'state': 'paused'");
  /* nothing more is reported: the source is opening its file, or about to */
  test_client_wait (client, 0, "'kind': 'message', 'source': 'pipeline', 'new': 'ready', 'pending': 'paused'");
  return client;
}

static void
remove_fifo (gchar *folder)
{
  g_autofree gchar *path = g_build_filename (folder, "fifo", NULL);

  g_unlink (path);
  g_rmdir (folder);
  g_free (folder);
}

static void
test_lost_harness_ends_a_hung_worker (void)
{
  gchar *fifo;
  TestClient *client = start_hung (&fifo);

  /* while one command hangs, others are answered */
  test_client_ok (client, "'command': 'get-property', 'element': 'sink', 'property': 'sync'");
  close (client->fd);
  client->fd = -1;

  gint status = test_client_end (client);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, IPC_WORKER_EXIT_CONTROL_LOST);
  remove_fifo (fifo);
}

static void
test_signals_have_their_default (void)
{
  gchar *fifo;
  TestClient *client = start_hung (&fifo);
  g_autofree gchar *path = g_strdup_printf ("/proc/%s/status", test_client_pid (client));
  g_autofree gchar *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  const gchar *ignored = strstr (text, "SigIgn:\t");
  const gchar *caught = strstr (text, "SigCgt:\t");
  guint64 pipe_and_term = (1 << (SIGPIPE - 1)) | (1 << (SIGTERM - 1));
  g_assert_cmphex (g_ascii_strtoull (ignored + strlen ("SigIgn:\t"), NULL, 16) & pipe_and_term, ==, 0);
  g_assert_cmphex (g_ascii_strtoull (caught + strlen ("SigCgt:\t"), NULL, 16) & pipe_and_term, ==, 0);

  g_subprocess_send_signal (client->process, SIGTERM);
  gint status = test_client_end (client);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGTERM);
  remove_fifo (fifo);
}

static void
test_exit (void)
{
  TestClient *client = test_client_start (NULL);

  test_client_send (client, "'command': 'exit', 'status': 42");
  gint status = test_client_end (client);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 42);
}

static void
test_finish_ends_waiting_commands (void)
{
  TestClient *client = test_client_start (NULL);

  /* nothing comes from appsrc, so PAUSED is never reached */
  test_client_ok (client, "'command': 'pipeline', 'description': 'appsrc ! fakesink'");
  test_client_ok (client, "'command': 'set-state', 'state': 'paused'");
  guint waiting = test_client_send (client, "'command': 'get-state', 'timeout': 9223372036854775807");
  test_client_ok (client, "'command': 'dot'");
  guint finish = test_client_send (client, "'command': 'finish'");

  g_assert_true (json_object_get_boolean_member (test_client_reply (client, waiting), "ok"));
  g_assert_true (json_object_get_boolean_member (test_client_reply (client, finish), "ok"));
  g_assert_cmpint (test_client_end (client), ==, 0);
}

static void
test_nothing_starts_after_finish (void)
{
  gchar *fifo;
  TestClient *client = start_hung (&fifo);
  gboolean accepted = TRUE;

  /* it hangs behind the state change, so that there is time to ask for more; nothing tells when it has begun */
  test_client_send (client, "'command': 'finish'");
  while (accepted) {
    guint id = test_client_send (client, "'command': 'get-property', 'element': 'sink', 'property': 'sync'");
    accepted = json_object_get_boolean_member (test_client_reply (client, id), "ok");
  }
  test_client_error (client, "'command': 'finish'", "finishing");
  g_subprocess_force_exit (client->process);
  test_client_end (client);
  remove_fifo (fifo);
}

static void
test_finish_without_pipeline (void)
{
  test_client_finish (test_client_start (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker/says-who-it-is-first", test_hello);
  g_test_add_func ("/worker/probe-prints-hello", test_probe);
  g_test_add_func ("/worker/wrong-usage-is-status-2", test_usage);
  g_test_add_func ("/worker/line/mistakes-are-named-and-survived", test_bad_lines);
  g_test_add_func ("/worker/line/too-long-is-refused", test_long_line);
  g_test_add_func ("/worker/line/cut-and-joined-lines-are-read", test_cut_and_joined_lines);
  g_test_add_data_func ("/worker/link/sink-gets-the-files-and-old-ones-are-closed",
      "'command': 'pipeline', 'description': 'fakesrc ! ipcpipelinesink name=end'", test_link);
  g_test_add_data_func ("/worker/link/src-gets-the-files-and-old-ones-are-closed",
      "'command': 'pipeline', 'container': 'ipcslavepipeline', 'description': 'ipcpipelinesrc name=end ! fakesink'",
      test_link);
  g_test_add_func ("/worker/link/wrong-descriptors-are-refused-and-closed", test_link_errors);
  g_test_add_func ("/worker/end/lost-harness-ends-a-hung-worker", test_lost_harness_ends_a_hung_worker);
  g_test_add_func ("/worker/end/signals-have-their-default", test_signals_have_their_default);
  g_test_add_func ("/worker/end/exit-is-at-once-with-its-status", test_exit);
  g_test_add_func ("/worker/end/finish-ends-waiting-commands", test_finish_ends_waiting_commands);
  g_test_add_func ("/worker/end/nothing-starts-after-finish", test_nothing_starts_after_finish);
  g_test_add_func ("/worker/end/finish-needs-no-pipeline", test_finish_without_pipeline);
  return g_test_run ();
}
