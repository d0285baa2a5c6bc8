/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A small synchronous client of the control protocol. It owns its end of the socket and the process. There are no
 * time limits: a worker that does not answer is the test runner's time-out. */

#include "test-client.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The number of the control socket in the worker. */
#define CONTROL_FD 9

static gchar *
to_json (const gchar *text)
{
  return g_strdelimit (g_strdup (text), "'", '"');
}

TestClient *
test_client_start (const gchar *environment)
{
  TestClient *client = g_new0 (TestClient, 1);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  gint pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  g_subprocess_launcher_take_fd (launcher, pair[1], CONTROL_FD);
  if (environment != NULL) {
    g_auto (GStrv) parts = g_strsplit (environment, "=", 2);
    g_subprocess_launcher_setenv (launcher, parts[0], parts[1], TRUE);
  }
  client->process = g_subprocess_launcher_spawn (
      launcher, &error, g_getenv ("IPC_TEST_WORKER"), "--control-fd", G_STRINGIFY (CONTROL_FD), "--name", "test", NULL);
  g_assert_no_error (error);
  /* the launcher keeps its copy otherwise, and the worker's end would not be seen */
  g_subprocess_launcher_close (launcher);

  client->fd = pair[0];
  client->input = g_string_new (NULL);
  client->reports = g_ptr_array_new_with_free_func ((GDestroyNotify)json_object_unref);
  test_client_wait (client, 0, "'kind': 'hello'");
  return client;
}

gchar *
test_client_run (const gchar *const *arguments, gint *status)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  gchar *output = NULL;

  g_ptr_array_add (words, (gpointer)g_getenv ("IPC_TEST_WORKER"));
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (words, (gpointer)arguments[i]);
  g_ptr_array_add (words, NULL);

  g_autoptr (GSubprocess) process
      = g_subprocess_newv ((const gchar *const *)words->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error));
  g_assert_true (g_subprocess_get_if_exited (process));
  *status = g_subprocess_get_exit_status (process);
  return output;
}

void
test_client_send_text (TestClient *client, const gchar *text)
{
  test_client_send_fds (client, text, NULL, 0);
}

void
test_client_send_fds (TestClient *client, const gchar *text, const gint *fds, guint n_fds)
{
  gsize size = strlen (text);
  gchar control[CMSG_SPACE (8 * sizeof (gint))] = { 0 };
  struct iovec piece = { .iov_base = (gpointer)text, .iov_len = size };
  struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };

  if (n_fds > 0) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE (n_fds * sizeof (gint));
    struct cmsghdr *item = CMSG_FIRSTHDR (&message);
    item->cmsg_level = SOL_SOCKET;
    item->cmsg_type = SCM_RIGHTS;
    item->cmsg_len = CMSG_LEN (n_fds * sizeof (gint));
    memcpy (CMSG_DATA (item), fds, n_fds * sizeof (gint));
  }
  g_assert_cmpint (sendmsg (client->fd, &message, MSG_NOSIGNAL), ==, size);
}

guint
test_client_send (TestClient *client, const gchar *members)
{
  return test_client_send_with_fds (client, members, NULL, 0);
}

guint
test_client_send_with_fds (TestClient *client, const gchar *members, const gint *fds, guint n_fds)
{
  g_autofree gchar *json = to_json (members);
  guint id = ++client->next_id;
  g_autofree gchar *line = g_strdup_printf ("{\"id\": %u, %s}\n", id, json);

  test_client_send_fds (client, line, fds, n_fds);
  return id;
}

/* FALSE at the end of the socket. */
static gboolean
read_report (TestClient *client)
{
  gchar *end;

  while ((end = memchr (client->input->str, '\n', client->input->len)) == NULL) {
    gchar data[4096];
    gssize size = read (client->fd, data, sizeof data);

    if (size <= 0)
      return FALSE;
    g_string_append_len (client->input, data, size);
  }

  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  gsize length = end - client->input->str;
  json_parser_load_from_data (parser, client->input->str, length, &error);
  g_assert_no_error (error);
  g_string_erase (client->input, 0, length + 1);

  JsonObject *report = json_node_dup_object (json_parser_get_root (parser));
  g_assert_cmpint (json_object_get_int_member (report, "t"), >, 0);
  g_ptr_array_add (client->reports, report);
  return TRUE;
}

static gboolean
has_members (JsonObject *report, JsonObject *wanted)
{
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *value;

  json_object_iter_init (&iter, wanted);
  while (json_object_iter_next (&iter, &name, &value)) {
    if (!json_object_has_member (report, name) || !json_node_equal (json_object_get_member (report, name), value))
      return FALSE;
  }
  return TRUE;
}

static JsonNode *
parse_members (const gchar *members)
{
  g_autofree gchar *json = to_json (members);
  g_autofree gchar *text = g_strdup_printf ("{%s}", json);
  g_autoptr (GError) error = NULL;
  JsonNode *wanted = json_from_string (text, &error);

  g_assert_no_error (error);
  return wanted;
}

JsonObject *
test_client_wait (TestClient *client, guint since, const gchar *members)
{
  g_autoptr (JsonNode) wanted = parse_members (members);

  for (guint i = since;; i++) {
    while (i >= client->reports->len) {
      if (!read_report (client))
        g_error ("the worker ended before it reported %s", members);
    }
    if (has_members (g_ptr_array_index (client->reports, i), json_node_get_object (wanted)))
      return g_ptr_array_index (client->reports, i);
  }
}

guint
test_client_count (TestClient *client, const gchar *members)
{
  g_autoptr (JsonNode) wanted = parse_members (members);
  guint count = 0;

  for (guint i = 0; i < client->reports->len; i++)
    count += has_members (g_ptr_array_index (client->reports, i), json_node_get_object (wanted));
  return count;
}

JsonObject *
test_client_reply (TestClient *client, guint id)
{
  g_autofree gchar *members = g_strdup_printf ("'kind': 'reply', 'reply': %u", id);

  return test_client_wait (client, 0, members);
}

JsonObject *
test_client_ok (TestClient *client, const gchar *members)
{
  JsonObject *reply = test_client_reply (client, test_client_send (client, members));

  if (!json_object_get_boolean_member (reply, "ok"))
    g_error ("%s: %s", members, json_object_get_string_member (reply, "error"));
  return reply;
}

void
test_client_error (TestClient *client, const gchar *members, const gchar *part)
{
  JsonObject *reply = test_client_reply (client, test_client_send (client, members));

  g_assert_false (json_object_get_boolean_member (reply, "ok"));
  const gchar *text = json_object_get_string_member (reply, "error");
  if (strstr (text, part) == NULL)
    g_error ("%s: the error must name \"%s\", but is \"%s\"", members, part, text);
}

const gchar *
test_client_pid (TestClient *client)
{
  return g_subprocess_get_identifier (client->process);
}

void
test_client_finish (TestClient *client)
{
  JsonObject *reply = test_client_ok (client, "'command': 'finish'");

  g_assert_cmpstr (json_object_get_string_member (reply, "final-state"), ==, "null");
  g_assert_cmpuint (test_client_count (client, "'kind': 'leak'"), ==, 0);
  g_assert_cmpuint (test_client_count (client, "'kind': 'log'"), ==, 0);
  while (read_report (client))
    continue;
  g_assert_cmpint (test_client_end (client), ==, 0);
}

gint
test_client_end (TestClient *client)
{
  g_assert_true (g_subprocess_wait (client->process, NULL, NULL));
  gint status = g_subprocess_get_status (client->process);

  if (client->fd >= 0)
    close (client->fd);
  g_object_unref (client->process);
  g_string_free (client->input, TRUE);
  g_ptr_array_unref (client->reports);
  g_free (client);
  return status;
}
