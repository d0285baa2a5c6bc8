/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must hold of a relay: it is not noticed, it hides nothing, and it writes down what passes. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gstdio.h>

#include "relay/relay.h"
#include "wire/packet.h"

typedef struct {
  gchar *folder;
  GMainContext *context;
  IpcHistory *history;
  IpcRelay *relay;
  IpcRelayEnd master, slave; /* of the processes; non-blocking */
} Fixture;

/* {{{ vocabulary */

static void
make_hop (gboolean pipes, IpcRelayEnd *outside, IpcRelayEnd *inside)
{
  gint fds[2], back[2];

  if (pipes) {
    g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
    g_assert_cmpint (pipe2 (back, O_CLOEXEC), ==, 0);
    *outside = (IpcRelayEnd){ .in = back[0], .out = fds[1] };
    *inside = (IpcRelayEnd){ .in = fds[0], .out = back[1] };
  } else {
    g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
    *outside = (IpcRelayEnd){ fds[0], fds[0] };
    *inside = (IpcRelayEnd){ fds[1], fds[1] };
  }
  g_unix_set_fd_nonblocking (outside->in, TRUE, NULL);
  g_unix_set_fd_nonblocking (outside->out, TRUE, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  gboolean pipes = GPOINTER_TO_INT (data);
  IpcRelayEnd to_master, to_slave;
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("ipc-relay-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->context = g_main_context_new ();
  fixture->history = ipc_history_new (NULL, &error);
  make_hop (pipes, &fixture->master, &to_master);
  make_hop (pipes, &fixture->slave, &to_slave);
  fixture->relay
      = ipc_relay_new (fixture->context, fixture->history, fixture->folder, "link", 1, &to_master, &to_slave, &error);
  g_assert_no_error (error);
}

static void
close_end (IpcRelayEnd *end)
{
  if (end->in >= 0)
    close (end->in);
  if (end->out >= 0 && end->out != end->in)
    close (end->out);
  end->in = end->out = -1;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const gchar *const names[] = { "link.1.to-slave.bin", "link.1.to-master.bin" };

  ipc_relay_free (fixture->relay);
  close_end (&fixture->master);
  close_end (&fixture->slave);
  ipc_history_free (fixture->history);
  g_main_context_unref (fixture->context);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_build_filename (fixture->folder, names[i], NULL);

    g_unlink (path);
  }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

/* Lets the relay do all it can. */
static void
settle (Fixture *fixture)
{
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
}

static void
send_bytes (gint fd, gconstpointer data, gsize size)
{
  g_assert_cmpint (write (fd, data, size), ==, size);
}

/* Appends all that can be read. TRUE at the end of the stream. */
static gboolean
receive (gint fd, GByteArray *bytes)
{
  guint8 chunk[65536];
  gssize n;

  while ((n = read (fd, chunk, sizeof chunk)) > 0)
    g_byte_array_append (bytes, chunk, n);
  g_assert_true (n == 0 || errno == EAGAIN);
  return n == 0;
}

static guint
count_records (Fixture *fixture, const gchar *kind, const gchar *event)
{
  guint count = 0;

  for (guint i = 0; i < ipc_history_length (fixture->history); i++) {
    JsonObject *record = ipc_history_get (fixture->history, i);

    count += ipc_record_is (record, kind) && (!event || g_str_equal (event, ipc_record_string (record, "event")));
  }
  return count;
}

static JsonObject *
find_record (Fixture *fixture, const gchar *kind, const gchar *event, guint nth)
{
  for (guint i = 0; i < ipc_history_length (fixture->history); i++) {
    JsonObject *record = ipc_history_get (fixture->history, i);

    if (ipc_record_is (record, kind) && (!event || g_str_equal (event, ipc_record_string (record, "event")))
        && nth-- == 0)
      return record;
  }
  g_error ("no record %s %s", kind, event ? event : "");
  return NULL;
}

/* A packet with nothing in it but its @size payload bytes, of the right form when @type is STATE_LOST and size 0. */
static void
append_packet (GByteArray *bytes, guint8 type, guint32 id, gconstpointer payload, guint32 size)
{
  IpcHeader header = { .type = type, .id = id, .size = size };
  guint8 raw[IPC_HEADER_SIZE];

  ipc_header_write (&header, raw);
  g_byte_array_append (bytes, raw, sizeof raw);
  if (size > 0)
    g_byte_array_append (bytes, payload, size);
}

/* A BUFFER, a STATE_CHANGE and an ACK. */
static GByteArray *
three_packets (void)
{
  GByteArray *bytes = g_byte_array_new ();
  g_auto (IpcPacket) buffer = { 0 };
  const guint32 transition = GUINT32_TO_LE (GST_STATE_CHANGE_READY_TO_PAUSED), flushing = GUINT32_TO_LE (-2);

  buffer.header.type = IPC_PACKET_BUFFER;
  buffer.header.id = 1;
  buffer.buffer.pts = 5;
  buffer.buffer.dts = buffer.buffer.duration = G_MAXUINT64;
  buffer.buffer.offset = G_GUINT64_CONSTANT (1) << 60;
  buffer.buffer.data = (const guint8 *)"hello";
  buffer.buffer.size = 5;
  ipc_packet_encode (&buffer, bytes);
  append_packet (bytes, IPC_PACKET_STATE_CHANGE, 2, &transition, 4);
  append_packet (bytes, IPC_PACKET_ACK, 3, &flushing, 4);
  return bytes;
}

static void
assert_capture (Fixture *fixture, const gchar *name, const GByteArray *bytes)
{
  g_autofree gchar *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree gchar *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, bytes->data, bytes->len);
}

/* }}} */

static void
assert_three_records (Fixture *fixture)
{
  JsonObject *record = find_record (fixture, "packet", NULL, 0);

  g_assert_cmpuint (count_records (fixture, "packet", NULL), ==, 3);
  g_assert_cmpstr (ipc_record_string (record, "type"), ==, "BUFFER");
  g_assert_cmpstr (ipc_record_string (record, "to"), ==, "slave");
  g_assert_cmpint (ipc_record_int (record, "capture-offset", -1), ==, 0);
  /* the buffer's, above 2^53: text */
  g_assert_cmpstr (ipc_record_string (record, "offset"), ==, "1152921504606846976");
  record = find_record (fixture, "packet", NULL, 1);
  g_assert_cmpstr (ipc_record_string (record, "from"), ==, "ready");
  g_assert_cmpstr (ipc_record_string (record, "to-state"), ==, "paused");
  record = find_record (fixture, "packet", NULL, 2);
  g_assert_cmpint (ipc_record_int (record, "result", 0), ==, -2);
}

static void
test_cut_anywhere (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = three_packets ();

  for (guint cut = 0; cut <= sent->len; cut++) {
    g_autoptr (GByteArray) got = g_byte_array_new ();

    if (cut > 0) {
      tear_down (fixture, data);
      set_up (fixture, data);
    }
    send_bytes (fixture->master.out, sent->data, cut);
    settle (fixture);
    receive (fixture->slave.in, got);
    send_bytes (fixture->master.out, sent->data + cut, sent->len - cut);
    settle (fixture);
    receive (fixture->slave.in, got);
    g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
    assert_three_records (fixture);
    assert_capture (fixture, "link.1.to-slave.bin", sent);
  }
}

static void
test_byte_by_byte_upwards (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  g_autoptr (GByteArray) got = g_byte_array_new ();
  const guint32 result = GUINT32_TO_LE (1);

  append_packet (sent, IPC_PACKET_ACK, 7, &result, 4);
  append_packet (sent, IPC_PACKET_STATE_LOST, 8, NULL, 0);
  for (guint i = 0; i < sent->len; i++) {
    send_bytes (fixture->slave.out, sent->data + i, 1);
    settle (fixture);
  }
  receive (fixture->master.in, got);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_cmpuint (count_records (fixture, "packet", NULL), ==, 2);
  g_assert_cmpstr (ipc_record_string (find_record (fixture, "packet", NULL, 1), "type"), ==, "STATE_LOST");
  g_assert_cmpstr (ipc_record_string (find_record (fixture, "packet", NULL, 1), "to"), ==, "master");
  assert_capture (fixture, "link.1.to-master.bin", sent);
}

static void
test_back_pressure (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  g_autoptr (GByteArray) packet = g_byte_array_new ();
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autofree guint8 *payload = g_malloc0 (1000);
  gsize offset = 0;
  gssize n;
  guint refused = 0;

  append_packet (packet, IPC_PACKET_BUFFER, 1, payload, 1000);
  /* until the sender is refused although the relay did all it could */
  while (refused < 2) {
    n = write (fixture->master.out, packet->data + offset, packet->len - offset);
    if (n > 0) {
      g_byte_array_append (sent, packet->data + offset, n);
      offset = (offset + n) % packet->len;
      refused = 0;
    } else {
      refused++;
    }
    settle (fixture);
    g_assert_cmpuint (sent->len, <, 64 * 1024 * 1024);
  }
  g_assert_cmpuint (ipc_relay_held (fixture->relay, TRUE), >, 0);
  g_assert_cmpuint (ipc_relay_held (fixture->relay, TRUE), <, 1024 * 1024);

  /* the other direction is not held up */
  append_packet (got, IPC_PACKET_STATE_LOST, 1, NULL, 0);
  send_bytes (fixture->slave.out, got->data, got->len);
  settle (fixture);
  g_byte_array_set_size (got, 0);
  receive (fixture->master.in, got);
  g_assert_cmpuint (got->len, ==, IPC_HEADER_SIZE);
  g_byte_array_set_size (got, 0);

  /* and everything arrives once it is taken */
  while (got->len < sent->len - offset) {
    receive (fixture->slave.in, got);
    settle (fixture);
  }
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len - offset);
}

static void
test_half_close (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = three_packets ();
  g_autoptr (GByteArray) got = g_byte_array_new ();
  const guint32 result = GUINT32_TO_LE (1);
  JsonObject *closed;

  send_bytes (fixture->master.out, sent->data, sent->len);
  if (fixture->master.in == fixture->master.out) {
    shutdown (fixture->master.out, SHUT_WR);
  } else {
    close (fixture->master.out);
    fixture->master.out = -1;
  }
  settle (fixture);
  /* all that was sent, then the end */
  g_assert_true (receive (fixture->slave.in, got));
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_false (ipc_relay_is_done (fixture->relay));
  closed = find_record (fixture, "link", "closed", 0);
  g_assert_cmpstr (ipc_record_string (closed, "end"), ==, "master");
  g_assert_cmpstr (ipc_record_string (closed, "how"), ==, "eof");

  /* the other direction still works, and ends the relay when it ends */
  g_byte_array_set_size (sent, 0);
  g_byte_array_set_size (got, 0);
  append_packet (sent, IPC_PACKET_ACK, 7, &result, 4);
  send_bytes (fixture->slave.out, sent->data, sent->len);
  close_end (&fixture->slave);
  settle (fixture);
  g_assert_true (receive (fixture->master.in, got));
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_true (ipc_relay_is_done (fixture->relay));
  g_assert_cmpuint (count_records (fixture, "link", "closed"), ==, 2);
}

static void
test_receiver_gone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = three_packets ();
  g_autoptr (GByteArray) got = g_byte_array_new ();

  close_end (&fixture->slave);
  settle (fixture);
  g_assert_true (receive (fixture->master.in, got));
  g_assert_cmpuint (got->len, ==, 0);
  /* the sender gets what it would get without a relay: EPIPE */
  g_assert_cmpint (write (fixture->master.out, sent->data, sent->len), ==, -1);
  g_assert_cmpint (errno, ==, EPIPE);
  g_assert_true (ipc_relay_is_done (fixture->relay));
  g_assert_cmpstr (ipc_record_string (find_record (fixture, "link", "closed", 0), "end"), ==, "slave");
}

/* With the default disposition a SIGPIPE would end the test here. */
static void
test_no_signal (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = three_packets ();

  signal (SIGPIPE, SIG_DFL);
  send_bytes (fixture->master.out, sent->data, sent->len);
  close_end (&fixture->slave);
  settle (fixture);
  signal (SIGPIPE, SIG_IGN);
  g_assert_true (ipc_relay_is_done (fixture->relay));
  g_assert_cmpuint (count_records (fixture, "packet", NULL), ==, 3);
}

static void
test_receiver_goes_with_full_queue (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) packet = g_byte_array_new ();
  g_autofree guint8 *payload = g_malloc0 (100000);

  append_packet (packet, IPC_PACKET_BUFFER, 1, payload, 100000);
  for (guint i = 0; i < 100; i++) {
    if (write (fixture->master.out, packet->data, packet->len) < 0)
      break;
    settle (fixture);
  }
  g_assert_cmpuint (ipc_relay_held (fixture->relay, TRUE), >, 0);
  close_end (&fixture->slave);
  settle (fixture);
  g_assert_true (ipc_relay_is_done (fixture->relay));
  g_assert_cmpuint (ipc_relay_held (fixture->relay, TRUE), ==, 0);
}

static void
test_garbage_is_passed_on (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = three_packets ();
  g_autoptr (GByteArray) got = g_byte_array_new ();
  const gchar *garbage = "this is not the protocol, and this is not it either";
  guint good = sent->len;
  JsonObject *broken;

  g_byte_array_append (sent, (const guint8 *)garbage, strlen (garbage));
  send_bytes (fixture->master.out, sent->data, sent->len);
  settle (fixture);
  send_bytes (fixture->master.out, garbage, strlen (garbage));
  g_byte_array_append (sent, (const guint8 *)garbage, strlen (garbage));
  settle (fixture);
  receive (fixture->slave.in, got);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  assert_three_records (fixture);
  g_assert_cmpuint (count_records (fixture, "link", "broken"), ==, 1);
  broken = find_record (fixture, "link", "broken", 0);
  g_assert_cmpstr (ipc_record_string (broken, "end"), ==, "master");
  g_assert_nonnull (ipc_record_string (broken, "error"));
  g_assert_cmpint (ipc_record_int (broken, "capture-offset", -1), ==, good);
  assert_capture (fixture, "link.1.to-slave.bin", sent);
}

static void
test_bad_payload_keeps_sync (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  g_autoptr (GByteArray) got = g_byte_array_new ();
  const guint32 result = GUINT32_TO_LE (1);

  append_packet (sent, IPC_PACKET_ACK, 1, "short", 3);
  append_packet (sent, IPC_PACKET_ACK, 2, &result, 4);
  send_bytes (fixture->master.out, sent->data, sent->len);
  settle (fixture);
  receive (fixture->slave.in, got);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_cmpuint (count_records (fixture, "packet", NULL), ==, 2);
  g_assert_nonnull (ipc_record_string (find_record (fixture, "packet", NULL, 0), "error"));
  g_assert_null (ipc_record_string (find_record (fixture, "packet", NULL, 1), "error"));
  g_assert_cmpuint (count_records (fixture, "link", "broken"), ==, 1);
}

static void
test_half_packet_at_the_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = three_packets ();
  g_autoptr (GByteArray) got = g_byte_array_new ();

  send_bytes (fixture->master.out, sent->data, sent->len - 1);
  close_end (&fixture->master);
  settle (fixture);
  g_assert_true (receive (fixture->slave.in, got));
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len - 1);
  g_assert_cmpuint (count_records (fixture, "packet", NULL), ==, 2);
  g_assert_cmpint (ipc_record_int (find_record (fixture, "link", "closed", 0), "partial", 0), ==, IPC_HEADER_SIZE + 3);
}

static void
test_huge_packet_streams (Fixture *fixture, gconstpointer data)
{
  const gsize size = 65 * 1024 * 1024;
  g_autoptr (GByteArray) tail = g_byte_array_new ();
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc0 (32768);
  IpcHeader header = { .type = IPC_PACKET_BUFFER, .id = 1, .size = (guint32)size };
  guint8 raw[IPC_HEADER_SIZE];
  gsize sent = 0, received = 0;

  ipc_header_write (&header, raw);
  send_bytes (fixture->master.out, raw, sizeof raw);
  while (received < size + sizeof raw) {
    gssize n = sent < size ? write (fixture->master.out, chunk, MIN (32768, size - sent)) : 0;

    sent += n > 0 ? n : 0;
    settle (fixture);
    receive (fixture->slave.in, got);
    received += got->len;
    g_byte_array_set_size (got, 0);
    g_assert_cmpuint (ipc_relay_held (fixture->relay, TRUE), <, 1024 * 1024);
  }
  append_packet (tail, IPC_PACKET_STATE_CHANGE, 2, "\x0a\0\0", 4);
  send_bytes (fixture->master.out, tail->data, tail->len);
  settle (fixture);
  receive (fixture->slave.in, got);
  g_assert_cmpmem (got->data, got->len, tail->data, tail->len);
  g_assert_cmpuint (count_records (fixture, "packet", NULL), ==, 2);
  g_assert_cmpuint (count_records (fixture, "link", "broken"), ==, 0);
  g_assert_cmpstr (ipc_record_string (find_record (fixture, "packet", NULL, 1), "type"), ==, "STATE_CHANGE");
}

static void
test_fds_are_said_to_be_lost (Fixture *fixture, gconstpointer data)
{
  guint8 byte = IPC_PACKET_STATE_LOST;
  struct iovec vector = { .iov_base = &byte, .iov_len = 1 };
  union {
    struct cmsghdr header;
    guint8 space[CMSG_SPACE (sizeof (gint))];
  } control = { .header = { CMSG_LEN (sizeof (gint)), SOL_SOCKET, SCM_RIGHTS } };
  struct msghdr message
      = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
  const gint fd = fixture->master.in;

  memcpy (CMSG_DATA (&control.header), &fd, sizeof fd);
  g_assert_cmpint (sendmsg (fixture->slave.out, &message, 0), ==, 1);
  settle (fixture);
  g_assert_nonnull (strstr (
      ipc_record_string (find_record (fixture, "link", "broken", 0), "error"), "file descriptors came with the bytes"));
}

#define PIPES GINT_TO_POINTER (TRUE)
#define ADD(name, transport, func) g_test_add ("/relay/" name, Fixture, transport, set_up, func, tear_down)
#define ADD_BOTH(name, func)                                                                                           \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    ADD ("socket/" name, NULL, func);                                                                                  \
    ADD ("pipes/" name, PIPES, func);                                                                                  \
  }                                                                                                                    \
  G_STMT_END

int
main (int argc, char **argv)
{
  /* the tests themselves write to closed pipes */
  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  ADD_BOTH ("bytes cut anywhere arrive and are recorded the same", test_cut_anywhere);
  ADD_BOTH ("bytes that come singly are recorded as packets", test_byte_by_byte_upwards);
  ADD_BOTH ("who does not take stops the sender", test_back_pressure);
  ADD_BOTH ("a half-closed end is seen as that", test_half_close);
  ADD_BOTH ("a receiver that is gone is felt by the sender", test_receiver_gone);
  ADD_BOTH ("writing to a receiver that is gone raises no signal", test_no_signal);
  ADD_BOTH ("a receiver that goes with a full queue ends all", test_receiver_goes_with_full_queue);
  ADD_BOTH ("garbage is passed on and recorded once", test_garbage_is_passed_on);
  ADD_BOTH ("a payload that does not decode keeps the framing", test_bad_payload_keeps_sync);
  ADD_BOTH ("a half packet before the end is passed on", test_half_packet_at_the_end);
  ADD_BOTH ("a packet too large to be held streams through", test_huge_packet_streams);
  ADD ("file descriptors are not lost in silence", NULL, test_fds_are_said_to_be_lost);
  return g_test_run ();
}
