/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_TEST_CLIENT_H
#define IPC_WORKER_TEST_CLIENT_H

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * The harness's side of the control socket, for tests: starts the worker that the environment variable
 * IPC_TEST_WORKER names, sends commands, keeps every report. What is not as it must be ends the test.
 * Commands are JSON members with ' for ", without id: "'command': 'set-state', 'state': 'playing'".
 */
typedef struct {
  GSubprocess *process;
  gint fd;
  GString *input;
  GPtrArray *reports; /* JsonObject, all so far */
  guint next_id;
} TestClient;

/* @environment: "NAME=VALUE" or NULL. Waits for the hello report, which is reports[0]. */
TestClient *test_client_start (const gchar *environment);
/* Runs the worker with @arguments (NULL-terminated) to its end; (transfer full) text of stdout and the exit status. */
gchar *test_client_run (const gchar *const *arguments, gint *status);

void test_client_send_text (TestClient *client, const gchar *text);
void test_client_send_fds (TestClient *client, const gchar *text, const gint *fds, guint n_fds);
/* Returns the id. */
guint test_client_send (TestClient *client, const gchar *members);
guint test_client_send_with_fds (TestClient *client, const gchar *members, const gint *fds, guint n_fds);
/* Waits for the answer to @id. (transfer none) */
JsonObject *test_client_reply (TestClient *client, guint id);
/* Sends, waits, and insists that it is ok. */
JsonObject *test_client_ok (TestClient *client, const gchar *members);
/* Sends, waits, and insists that it is an error whose text contains @part. */
void test_client_error (TestClient *client, const gchar *members, const gchar *part);

/* Waits for a report that has all of @members (' for "), among the ones from @since on. (transfer none) */
JsonObject *test_client_wait (TestClient *client, guint since, const gchar *members);
/* How many reports so far have all of @members. */
guint test_client_count (TestClient *client, const gchar *members);

/* Process id, for /proc. */
const gchar *test_client_pid (TestClient *client);

/* Ends the worker by `finish`, which must succeed and leave nothing: exit status 0. Frees @client. */
void test_client_finish (TestClient *client);
/* Waits for the worker's end; its status as waitpid() tells it. Frees @client. */
gint test_client_end (TestClient *client);

G_END_DECLS
#endif
