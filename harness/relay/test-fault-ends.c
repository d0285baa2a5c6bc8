/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Faults that end a link, hold it up, or send what nobody has sent: each at its place, for the ends that are meant, and
 * the history tells what has become of what was sent.
 */

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib-unix.h>

#include "test-fault-util.h"

/* {{{ ends */

static const struct {
  const gchar *spec, *effect;
  guint arrive; /* bytes */
} cuts[] = {
  { "{'name': 'f', 'do': 'close', 'when': {'nth': 3}}", "closed", 2 * TEST_FAULT_SIZE },
  { "{'name': 'f', 'do': 'close', 'at': 'after', 'when': {'nth': 3}}", "closed", 3 * TEST_FAULT_SIZE },
  { "{'name': 'f', 'do': 'close', 'at': 'header:4', 'when': {'nth': 3}}", "closed", 2 * TEST_FAULT_SIZE + 4 },
  { "{'name': 'f', 'do': 'close', 'at': 'payload:3', 'when': {'nth': 3}}", "closed", 3 * TEST_FAULT_SIZE - 1 },
  { "{'name': 'f', 'do': 'close', 'at': 'payload:99', 'when': {'nth': 3}}", "closed", 3 * TEST_FAULT_SIZE },
  { "{'name': 'f', 'do': 'truncate', 'when': {'nth': 3}}", "closed", 2 * TEST_FAULT_SIZE + 9 },
  { "{'name': 'f', 'do': 'truncate', 'at': 'after', 'when': {'nth': 3}}", "closed", 3 * TEST_FAULT_SIZE - 1 },
};

static void
test_close (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE), up = test_fault_packets (FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++) {
    g_autoptr (GByteArray) got = g_byte_array_new ();
    g_autoptr (GByteArray) back = g_byte_array_new ();

    test_fault_again (fixture, data);
    test_fault_add (fixture, cuts[i].spec);
    /* still unread when the other way is cut */
    test_link_send_bytes (fixture->slave.out, up->data, up->len);
    test_fault_send_down (fixture, sent);
    /* a clean end for both, whatever was still unread */
    g_assert_true (test_link_receive (fixture->slave.in, got));
    g_assert_true (test_link_receive (fixture->master.in, back));
    g_assert_cmpmem (got->data, got->len, sent->data, cuts[i].arrive);
    g_assert_cmpuint (back->len % up->len, ==, 0);
    g_assert_true (ipc_relay_is_done (fixture->relay));
    g_assert_cmpint (write (fixture->master.out, "x", 1), ==, -1);
    g_assert_cmpint (errno, ==, EPIPE);
    g_assert_cmpstr (test_fault_effect (fixture), ==, cuts[i].effect);
    /* all was sent, and no process has closed anything */
    g_assert_cmpuint (test_link_count_records (fixture, "packet", NULL), ==, 2 * TEST_FAULT_PACKETS);
    g_assert_cmpuint (test_link_count_records (fixture, "link", NULL), ==, 0);
  }
}

static void
test_truncate_and_go_on (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  test_fault_add (fixture, "{'name': 'f', 'do': 'truncate', 'close': false, 'at': 'payload:1', 'when': {'nth': 3}}");
  test_fault_send_down (fixture, sent);
  g_assert_false (test_link_receive (fixture->slave.in, got));
  g_byte_array_remove_range (sent, 2 * TEST_FAULT_SIZE + 10, 3);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_cmpstr (test_fault_effect (fixture), ==, "spoiled");
}

static void
test_half_close (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE), up = test_fault_packets (FALSE);
  g_autoptr (GByteArray) got = g_byte_array_new (), back = g_byte_array_new ();
  g_autofree gchar *lost = NULL;

  test_fault_add (fixture, "{'name': 'f', 'do': 'half-close', 'when': {'nth': 3}}");
  test_fault_send_down (fixture, sent);
  g_assert_true (test_link_receive (fixture->slave.in, got));
  g_assert_cmpmem (got->data, got->len, sent->data, 2 * TEST_FAULT_SIZE);
  /* the other way goes on, and this one is read and forgotten */
  test_link_send_bytes (fixture->slave.out, up->data, up->len);
  test_link_send_bytes (fixture->master.out, sent->data, TEST_FAULT_SIZE);
  test_link_settle (fixture);
  g_assert_false (test_link_receive (fixture->master.in, back));
  g_assert_cmpmem (back->data, back->len, up->data, up->len);
  lost = test_fault_packets_with (fixture, "lost");
  g_assert_true (g_str_has_prefix (lost, "3 "));
  test_link_close_end (&fixture->slave);
  test_link_close_end (&fixture->master);
  test_link_settle (fixture);
  g_assert_true (ipc_relay_is_done (fixture->relay));
}

static void
test_stall (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE), up = test_fault_packets (FALSE), all = g_byte_array_new ();
  g_autoptr (GByteArray) got = g_byte_array_new (), back = g_byte_array_new ();

  test_fault_add (fixture, "{'name': 'f', 'do': 'stall', 'at': 'header:2', 'when': {'nth': 3}}");
  test_fault_send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpmem (got->data, got->len, sent->data, 2 * TEST_FAULT_SIZE + 2);
  g_byte_array_append (all, sent->data, sent->len);
  /* nothing is read any more: the sender comes to stand */
  for (;;) {
    gssize n = write (fixture->master.out, sent->data, sent->len);

    if (n < 0)
      break;
    g_byte_array_append (all, sent->data, (guint)n);
    if ((guint)n < sent->len)
      break;
    test_link_settle (fixture);
    g_assert_cmpuint (all->len, <, 16 * 1024 * 1024);
  }
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpuint (got->len, ==, 2 * TEST_FAULT_SIZE + 2);
  /* the other way goes on */
  test_link_send_bytes (fixture->slave.out, up->data, up->len);
  test_link_settle (fixture);
  test_link_receive (fixture->master.in, back);
  g_assert_cmpmem (back->data, back->len, up->data, up->len);
  /* and all arrives in the end */
  ipc_relay_release (fixture->relay, NULL);
  while (got->len < all->len - all->len % TEST_FAULT_SIZE) {
    test_link_settle (fixture);
    test_link_receive (fixture->slave.in, got);
  }
  g_assert_cmpmem (got->data, got->len, all->data, got->len);
  g_assert_cmpuint (test_link_count_records (fixture, "fault", "released"), ==, 1);
}

/* Who goes away behind a stall is seen by nobody, and ends the relay with the other one. */
static void
test_stall_and_end (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  test_fault_add (fixture, "{'name': 'f', 'do': 'stall', 'when': {'nth': 1}}");
  test_fault_send_down (fixture, sent);
  test_link_close_end (&fixture->master);
  test_link_settle (fixture);
  g_assert_false (test_link_receive (fixture->slave.in, got));
  g_assert_cmpuint (got->len, ==, 0);
  test_link_close_end (&fixture->slave);
  test_link_settle (fixture);
  g_assert_true (ipc_relay_is_done (fixture->relay));
}

static void
test_signal (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  test_fault_add (
      fixture, "{'name': 'f', 'do': 'signal', 'process': 'p', 'signal': 'kill', 'times': 2, 'when': {'nth': 2}}");
  test_fault_send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_cmpstr (fixture->told, ==, "p kill;p kill;");
}

/* }}} */
/* {{{ made up */

static void
test_inject (TestLink *fixture, gconstpointer data)
{
  static const guint8 ack[] = { 1, 0, 0, 0, 0x70, 4, 0, 0, 0, 5, 0, 0, 0 };
  static const gchar *const places[] = { "before", "after" };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr (GByteArray) sent = test_fault_packets (TRUE), expected = g_byte_array_new (), got = g_byte_array_new ();
    g_autofree gchar *spec = g_strdup_printf ("{'name': 'f', 'do': 'inject', 'at': '%s', 'packet': {'type': 'ACK', "
                                              "'result': 5}, 'when': {'nth': 3}}",
        places[i]);

    test_fault_again (fixture, data);
    test_fault_add (fixture, spec);
    test_fault_send_down (fixture, sent);
    test_link_receive (fixture->slave.in, got);
    g_byte_array_append (expected, sent->data, (2 + i) * TEST_FAULT_SIZE);
    g_byte_array_append (expected, ack, sizeof ack);
    g_byte_array_append (expected, sent->data + (2 + i) * TEST_FAULT_SIZE, (4 - i) * TEST_FAULT_SIZE);
    g_assert_cmpmem (got->data, got->len, expected->data, expected->len);
    g_assert_cmpstr (ipc_record_string (test_link_find_record (fixture, "packet", NULL, 3), "forged"), ==, "f");
    g_assert_cmpstr (test_fault_effect (fixture), ==, "forged");
  }
}

static JsonObject *
object (const gchar *text)
{
  g_autofree gchar *json = g_strdelimit (g_strdup (text), "'", '"');
  g_autoptr (JsonNode) node = json_from_string (json, NULL);

  return json_node_dup_object (node);
}

static void
test_inject_now (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autoptr (JsonObject) packet = object ("{'name': 'i', 'packet': {'type': 'STATE_LOST', 'id': 1}}");
  g_autoptr (JsonObject) bytes = object ("{'name': 'i', 'bytes': '00ff'}"), nothing = object ("{'name': 'i'}");
  g_autoptr (GError) error = NULL;

  g_assert_true (ipc_relay_inject (fixture->relay, FALSE, packet, &error));
  g_assert_true (ipc_relay_inject (fixture->relay, FALSE, bytes, &error));
  test_link_receive (fixture->master.in, got);
  g_assert_cmpmem (got->data, got->len, "\x08\1\0\0\0\0\0\0\0\0\xff", 11);
  g_assert_cmpstr (test_fault_effect (fixture), ==, "forged");
  g_assert_cmpstr (ipc_record_string (test_link_find_record (fixture, "fault", "struck", 1), "effect"), ==, "spoiled");
  g_assert_false (ipc_relay_inject (fixture->relay, FALSE, nothing, &error));
  g_clear_error (&error);
  test_link_close_end (&fixture->master);
  test_link_close_end (&fixture->slave);
  test_link_settle (fixture);
  g_assert_false (ipc_relay_inject (fixture->relay, FALSE, packet, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

/* What a step closes is closed at once, without any packet. */
static void
test_close_now (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE), got = g_byte_array_new (), back = g_byte_array_new ();
  g_autoptr (JsonObject) spec = object ("{'how': 'close', 'name': 'end'}");
  g_autoptr (GError) error = NULL;

  test_fault_send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  g_assert_true (ipc_relay_close (fixture->relay, spec, &error));
  g_assert_no_error (error);
  g_assert_true (ipc_relay_is_done (fixture->relay));
  g_assert_true (test_link_receive (fixture->slave.in, got));
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_true (test_link_receive (fixture->master.in, back));
  g_assert_cmpuint (back->len, ==, 0);
  g_assert_cmpstr (test_fault_effect (fixture), ==, "closed");
  /* no process has done so */
  for (guint i = 0; i < ipc_history_length (fixture->history); i++)
    g_assert_false (ipc_record_is (ipc_history_get (fixture->history, i), "link"));
  g_assert_false (ipc_relay_close (fixture->relay, spec, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static void
test_half_close_now (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE), up = test_fault_packets (FALSE);
  g_autoptr (GByteArray) got = g_byte_array_new (), back = g_byte_array_new ();
  g_autoptr (JsonObject) spec = object ("{'how': 'half-close', 'to': 'master'}");
  g_autoptr (GError) error = NULL;

  g_assert_true (ipc_relay_close (fixture->relay, spec, &error));
  g_assert_no_error (error);
  g_assert_true (test_link_receive (fixture->master.in, back));
  /* what the slave says is read and forgotten, and it still hears */
  test_link_send_bytes (fixture->slave.out, up->data, up->len);
  test_fault_send_down (fixture, sent);
  g_assert_false (test_link_receive (fixture->slave.in, got));
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_false (ipc_relay_close (fixture->relay, spec, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static void
test_answer (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE), expected = test_fault_in_order (sent, "1 3 4 5 6");
  g_autoptr (GByteArray) got = g_byte_array_new (), back = g_byte_array_new ();

  test_fault_add (fixture, "{'name': 'f', 'do': 'answer', 'set': {'result': 2}, 'when': {'nth': 2}}");
  test_fault_send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  test_link_receive (fixture->master.in, back);
  g_assert_cmpmem (got->data, got->len, expected->data, expected->len);
  g_assert_cmpmem (back->data, back->len, "\1\2\0\0\0\4\0\0\0\2\0\0\0", 13);
}

static void
test_answer_to_no_request (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) up = test_fault_packets (FALSE);

  test_fault_add (fixture, "{'name': 'f', 'do': 'answer'}");
  test_link_send_bytes (fixture->slave.out, up->data, up->len);
  test_link_settle (fixture);
  g_assert_nonnull (strstr (fixture->told, "nobody waits for an answer"));
}

/* }}} */
/* {{{ reset */

/* A TCP connection on loopback: @outside for the test, @inside for the relay. */
static void
make_tcp_hop (IpcRelayEnd *outside, IpcRelayEnd *inside)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { .s_addr = htonl (INADDR_LOOPBACK) } };
  socklen_t length = sizeof address;
  gint listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gint client = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), server;

  g_assert_cmpint (bind (listener, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint (listen (listener, 1), ==, 0);
  g_assert_cmpint (getsockname (listener, (struct sockaddr *)&address, &length), ==, 0);
  g_assert_cmpint (connect (client, (struct sockaddr *)&address, sizeof address), ==, 0);
  server = accept (listener, NULL, NULL);
  g_assert_cmpint (server, >=, 0);
  close (listener);
  *outside = (IpcRelayEnd){ client, client };
  *inside = (IpcRelayEnd){ server, server };
}

/* Waits for the end of @fd, a blocking socket: 0, or the errno that it ends with. */
static gint
end_of (gint fd)
{
  guint8 bytes[256];
  gssize n;

  while ((n = read (fd, bytes, sizeof bytes)) > 0)
    ;
  return n == 0 ? 0 : errno;
}

static void
test_tcp_end (TestLink *fixture, gconstpointer data)
{
  const gchar *what = data;
  g_autofree gchar *spec = g_strdup_printf ("{'name': 'f', 'do': '%s', 'when': {'nth': 2}}", what);
  gint expected = g_str_equal (what, "reset") ? ECONNRESET : 0;
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE);
  IpcRelayEnd to_master, to_slave;
  g_autoptr (GError) error = NULL;

  ipc_relay_free (fixture->relay);
  test_link_close_end (&fixture->master);
  test_link_close_end (&fixture->slave);
  make_tcp_hop (&fixture->master, &to_master);
  make_tcp_hop (&fixture->slave, &to_slave);
  fixture->relay = ipc_relay_new (
      fixture->context, fixture->history, fixture->folder, "link", 1, &to_master, &to_slave, fixture->faults, &error);
  g_assert_no_error (error);
  test_fault_add (fixture, spec);
  test_link_send_bytes (fixture->master.out, sent->data, sent->len);
  while (!ipc_relay_is_done (fixture->relay))
    g_main_context_iteration (fixture->context, TRUE);
  g_assert_cmpint (end_of (fixture->slave.in), ==, expected);
  g_assert_cmpint (end_of (fixture->master.in), ==, expected);
}

/* }}} */

gint
main (gint argc, gchar **argv)
{
  /* the tests themselves write to closed pipes */
  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  TEST_FAULT_ADD_BOTH ("a close is a clean end for both, at its place", test_close);
  TEST_FAULT_ADD ("a truncated packet may be followed by others", NULL, test_truncate_and_go_on);
  TEST_FAULT_ADD_BOTH ("a half-close leaves the other way open", test_half_close);
  TEST_FAULT_ADD_BOTH ("a stall stops the sender and nobody else", test_stall);
  TEST_FAULT_ADD_BOTH ("behind a stall an end may go away", test_stall_and_end);
  TEST_FAULT_ADD ("a signal is asked for at its packet", NULL, test_signal);
  TEST_FAULT_ADD ("what is injected arrives at its place", NULL, test_inject);
  TEST_FAULT_ADD ("a step injects at once", NULL, test_inject_now);
  TEST_FAULT_ADD ("an answer in the peer's stead", NULL, test_answer);
  TEST_FAULT_ADD ("no answer to what is no request", NULL, test_answer_to_no_request);
  g_test_add ("/relay/fault/tcp/a reset", TestLink, "reset", test_link_set_up, test_tcp_end, test_link_tear_down);
  g_test_add ("/relay/fault/tcp/a close", TestLink, "close", test_link_set_up, test_tcp_end, test_link_tear_down);
  TEST_FAULT_ADD_BOTH ("a step closes at once", test_close_now);
  TEST_FAULT_ADD_BOTH ("a step half-closes at once", test_half_close_now);
  return g_test_run ();
}
