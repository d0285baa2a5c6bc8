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

#include "test-link.h"
#include "wire/packet.h"

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
  test_link_append_packet (bytes, IPC_PACKET_STATE_CHANGE, 2, &transition, 4);
  test_link_append_packet (bytes, IPC_PACKET_ACK, 3, &flushing, 4);
  return bytes;
}

static void
assert_capture (TestLink *fixture, const gchar *name, const GByteArray *bytes)
{
  g_autofree gchar *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree gchar *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, bytes->data, bytes->len);
}

static void
assert_three_records (TestLink *fixture)
{
  JsonObject *record = test_link_find_record (fixture, "packet", NULL, 0);

  g_assert_cmpuint (test_link_count_records (fixture, "packet", NULL), ==, 3);
  g_assert_cmpstr (ipc_record_string (record, "type"), ==, "BUFFER");
  g_assert_cmpstr (ipc_record_string (record, "to"), ==, "slave");
  g_assert_cmpint (ipc_record_int (record, "capture-offset", -1), ==, 0);
  /* the buffer's, above 2^53: text */
  g_assert_cmpstr (ipc_record_string (record, "offset"), ==, "1152921504606846976");
  record = test_link_find_record (fixture, "packet", NULL, 1);
  g_assert_cmpstr (ipc_record_string (record, "from"), ==, "ready");
  g_assert_cmpstr (ipc_record_string (record, "to-state"), ==, "paused");
  record = test_link_find_record (fixture, "packet", NULL, 2);
  g_assert_cmpint (ipc_record_int (record, "result", 0), ==, -2);
}

static void
test_cut_anywhere (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = three_packets ();

  for (guint cut = 0; cut <= sent->len; cut++) {
    g_autoptr (GByteArray) got = g_byte_array_new ();

    if (cut > 0) {
      test_link_tear_down (fixture, data);
      test_link_set_up (fixture, data);
    }
    test_link_send_bytes (fixture->master.out, sent->data, cut);
    test_link_settle (fixture);
    test_link_receive (fixture->slave.in, got);
    test_link_send_bytes (fixture->master.out, sent->data + cut, sent->len - cut);
    test_link_settle (fixture);
    test_link_receive (fixture->slave.in, got);
    g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
    assert_three_records (fixture);
    assert_capture (fixture, "link.1.to-slave.bin", sent);
  }
}

static void
test_byte_by_byte_upwards (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  g_autoptr (GByteArray) got = g_byte_array_new ();
  const guint32 result = GUINT32_TO_LE (1);

  test_link_append_packet (sent, IPC_PACKET_ACK, 7, &result, 4);
  test_link_append_packet (sent, IPC_PACKET_STATE_LOST, 8, NULL, 0);
  for (guint i = 0; i < sent->len; i++) {
    guint64 before = ipc_relay_moved (fixture->relay);
    gboolean completes = i == 12 || i == 21;

    test_link_send_bytes (fixture->slave.out, sent->data + i, 1);
    test_link_settle (fixture);
    /* who waits for a packet can tell that it is under way */
    g_assert_cmpint (ipc_relay_moved (fixture->relay) > before, ==, !completes);
  }
  test_link_receive (fixture->master.in, got);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_cmpuint (test_link_count_records (fixture, "packet", NULL), ==, 2);
  g_assert_cmpstr (ipc_record_string (test_link_find_record (fixture, "packet", NULL, 1), "type"), ==, "STATE_LOST");
  g_assert_cmpstr (ipc_record_string (test_link_find_record (fixture, "packet", NULL, 1), "to"), ==, "master");
  assert_capture (fixture, "link.1.to-master.bin", sent);
}

static void
send_one (TestLink *fixture, const IpcRelayEnd *end, guint8 type, guint32 id)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_auto (IpcPacket) packet = { .header.type = type, .header.id = id };

  if (type == IPC_PACKET_STATE_CHANGE)
    packet.state_change.transition = GST_STATE_CHANGE_READY_TO_PAUSED;
  if (type == IPC_PACKET_QUERY)
    packet.query.type = GST_QUERY_POSITION;
  ipc_packet_encode (&packet, bytes);
  test_link_send_bytes (end->out, bytes->data, bytes->len);
  test_link_settle (fixture);
}

/* Ids of the two ends are apart; a reply may be late, or to nothing. */
static void
test_unanswered_are_counted (TestLink *fixture, gconstpointer data)
{
  const struct {
    gboolean by_master;
    guint8 type;
    guint32 id;
    guint unanswered;
  } sent[] = { { TRUE, IPC_PACKET_STATE_CHANGE, 1, 1 }, { FALSE, IPC_PACKET_STATE_LOST, 1, 1 },
    { FALSE, IPC_PACKET_QUERY, 1, 2 }, { FALSE, IPC_PACKET_ACK, 1, 1 }, { TRUE, IPC_PACKET_QUERY_RESULT, 1, 0 },
    { TRUE, IPC_PACKET_QUERY_RESULT, 1, 0 }, { TRUE, IPC_PACKET_BUFFER, 2, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (sent); i++) {
    send_one (fixture, sent[i].by_master ? &fixture->master : &fixture->slave, sent[i].type, sent[i].id);
    g_assert_cmpuint (ipc_relay_unanswered (fixture->relay), ==, sent[i].unanswered);
  }
  /* who has hung up answers no more */
  test_link_close_end (&fixture->slave);
  test_link_settle (fixture);
  g_assert_cmpuint (ipc_relay_unanswered (fixture->relay), ==, 0);
}

static void
test_back_pressure (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  g_autoptr (GByteArray) packet = g_byte_array_new ();
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autofree guint8 *payload = g_malloc0 (1000);
  gsize offset = 0;
  gssize n;
  guint refused = 0;

  test_link_append_packet (packet, IPC_PACKET_BUFFER, 1, payload, 1000);
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
    test_link_settle (fixture);
    g_assert_cmpuint (sent->len, <, 64 * 1024 * 1024);
  }
  g_assert_cmpuint (ipc_relay_held (fixture->relay, TRUE), >, 0);
  g_assert_cmpuint (ipc_relay_held (fixture->relay, TRUE), <, 1024 * 1024);

  /* the other direction is not held up */
  test_link_append_packet (got, IPC_PACKET_STATE_LOST, 1, NULL, 0);
  test_link_send_bytes (fixture->slave.out, got->data, got->len);
  test_link_settle (fixture);
  g_byte_array_set_size (got, 0);
  test_link_receive (fixture->master.in, got);
  g_assert_cmpuint (got->len, ==, IPC_HEADER_SIZE);
  g_byte_array_set_size (got, 0);

  /* and everything arrives once it is taken */
  while (got->len < sent->len - offset) {
    test_link_receive (fixture->slave.in, got);
    test_link_settle (fixture);
  }
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len - offset);
}

static void
test_half_close (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = three_packets ();
  g_autoptr (GByteArray) got = g_byte_array_new ();
  const guint32 result = GUINT32_TO_LE (1);
  JsonObject *closed;

  test_link_send_bytes (fixture->master.out, sent->data, sent->len);
  if (fixture->master.in == fixture->master.out) {
    shutdown (fixture->master.out, SHUT_WR);
  } else {
    close (fixture->master.out);
    fixture->master.out = -1;
  }
  test_link_settle (fixture);
  /* all that was sent, then the end */
  g_assert_true (test_link_receive (fixture->slave.in, got));
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_false (ipc_relay_is_done (fixture->relay));
  closed = test_link_find_record (fixture, "link", "closed", 0);
  g_assert_cmpstr (ipc_record_string (closed, "end"), ==, "master");
  g_assert_cmpstr (ipc_record_string (closed, "how"), ==, "eof");

  /* the other direction still works, and ends the relay when it ends */
  g_byte_array_set_size (sent, 0);
  g_byte_array_set_size (got, 0);
  test_link_append_packet (sent, IPC_PACKET_ACK, 7, &result, 4);
  test_link_send_bytes (fixture->slave.out, sent->data, sent->len);
  test_link_close_end (&fixture->slave);
  test_link_settle (fixture);
  g_assert_true (test_link_receive (fixture->master.in, got));
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_true (ipc_relay_is_done (fixture->relay));
  g_assert_cmpuint (test_link_count_records (fixture, "link", "closed"), ==, 2);
}

static void
test_receiver_gone (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = three_packets ();
  g_autoptr (GByteArray) got = g_byte_array_new ();

  test_link_close_end (&fixture->slave);
  test_link_settle (fixture);
  g_assert_true (test_link_receive (fixture->master.in, got));
  g_assert_cmpuint (got->len, ==, 0);
  /* the sender gets what it would get without a relay: EPIPE */
  g_assert_cmpint (write (fixture->master.out, sent->data, sent->len), ==, -1);
  g_assert_cmpint (errno, ==, EPIPE);
  g_assert_true (ipc_relay_is_done (fixture->relay));
  g_assert_cmpstr (ipc_record_string (test_link_find_record (fixture, "link", "closed", 0), "end"), ==, "slave");
}

/* With the default disposition a SIGPIPE would end the test here. */
static void
test_no_signal (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = three_packets ();

  signal (SIGPIPE, SIG_DFL);
  test_link_send_bytes (fixture->master.out, sent->data, sent->len);
  test_link_close_end (&fixture->slave);
  test_link_settle (fixture);
  signal (SIGPIPE, SIG_IGN);
  g_assert_true (ipc_relay_is_done (fixture->relay));
  g_assert_cmpuint (test_link_count_records (fixture, "packet", NULL), ==, 3);
}

static void
test_receiver_goes_with_full_queue (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) packet = g_byte_array_new ();
  g_autofree guint8 *payload = g_malloc0 (100000);

  test_link_append_packet (packet, IPC_PACKET_BUFFER, 1, payload, 100000);
  for (guint i = 0; i < 100; i++) {
    if (write (fixture->master.out, packet->data, packet->len) < 0)
      break;
    test_link_settle (fixture);
  }
  g_assert_cmpuint (ipc_relay_held (fixture->relay, TRUE), >, 0);
  test_link_close_end (&fixture->slave);
  test_link_settle (fixture);
  g_assert_true (ipc_relay_is_done (fixture->relay));
  g_assert_cmpuint (ipc_relay_held (fixture->relay, TRUE), ==, 0);
}

static void
test_garbage_is_passed_on (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = three_packets ();
  g_autoptr (GByteArray) got = g_byte_array_new ();
  const gchar *garbage = "this is not the protocol, and this is not it either";
  guint good = sent->len;
  JsonObject *broken;

  g_byte_array_append (sent, (const guint8 *)garbage, strlen (garbage));
  test_link_send_bytes (fixture->master.out, sent->data, sent->len);
  test_link_settle (fixture);
  test_link_send_bytes (fixture->master.out, garbage, strlen (garbage));
  g_byte_array_append (sent, (const guint8 *)garbage, strlen (garbage));
  test_link_settle (fixture);
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  assert_three_records (fixture);
  g_assert_cmpuint (test_link_count_records (fixture, "link", "broken"), ==, 1);
  broken = test_link_find_record (fixture, "link", "broken", 0);
  g_assert_cmpstr (ipc_record_string (broken, "end"), ==, "master");
  g_assert_nonnull (ipc_record_string (broken, "error"));
  g_assert_cmpint (ipc_record_int (broken, "capture-offset", -1), ==, good);
  assert_capture (fixture, "link.1.to-slave.bin", sent);
}

static void
test_bad_payload_keeps_sync (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  g_autoptr (GByteArray) got = g_byte_array_new ();
  const guint32 result = GUINT32_TO_LE (1);

  test_link_append_packet (sent, IPC_PACKET_ACK, 1, "short", 3);
  test_link_append_packet (sent, IPC_PACKET_ACK, 2, &result, 4);
  test_link_send_bytes (fixture->master.out, sent->data, sent->len);
  test_link_settle (fixture);
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_cmpuint (test_link_count_records (fixture, "packet", NULL), ==, 2);
  g_assert_nonnull (ipc_record_string (test_link_find_record (fixture, "packet", NULL, 0), "error"));
  g_assert_null (ipc_record_string (test_link_find_record (fixture, "packet", NULL, 1), "error"));
  g_assert_cmpuint (test_link_count_records (fixture, "link", "broken"), ==, 1);
}

static void
test_half_packet_at_the_end (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = three_packets ();
  g_autoptr (GByteArray) got = g_byte_array_new ();

  test_link_send_bytes (fixture->master.out, sent->data, sent->len - 1);
  test_link_close_end (&fixture->master);
  test_link_settle (fixture);
  g_assert_true (test_link_receive (fixture->slave.in, got));
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len - 1);
  g_assert_cmpuint (test_link_count_records (fixture, "packet", NULL), ==, 2);
  g_assert_cmpint (
      ipc_record_int (test_link_find_record (fixture, "link", "closed", 0), "partial", 0), ==, IPC_HEADER_SIZE + 3);
}

static void
test_huge_packet_streams (TestLink *fixture, gconstpointer data)
{
  const gsize size = 65 * 1024 * 1024;
  g_autoptr (GByteArray) tail = g_byte_array_new ();
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc0 (32768);
  IpcHeader header = { .type = IPC_PACKET_BUFFER, .id = 1, .size = (guint32)size };
  guint8 raw[IPC_HEADER_SIZE];
  gsize sent = 0, received = 0;

  ipc_header_write (&header, raw);
  test_link_send_bytes (fixture->master.out, raw, sizeof raw);
  while (received < size + sizeof raw) {
    gssize n = sent < size ? write (fixture->master.out, chunk, MIN (32768, size - sent)) : 0;

    sent += n > 0 ? n : 0;
    test_link_settle (fixture);
    test_link_receive (fixture->slave.in, got);
    received += got->len;
    g_byte_array_set_size (got, 0);
    g_assert_cmpuint (ipc_relay_held (fixture->relay, TRUE), <, 1024 * 1024);
  }
  test_link_append_packet (tail, IPC_PACKET_STATE_CHANGE, 2, "\x0a\0\0", 4);
  test_link_send_bytes (fixture->master.out, tail->data, tail->len);
  test_link_settle (fixture);
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpmem (got->data, got->len, tail->data, tail->len);
  g_assert_cmpuint (test_link_count_records (fixture, "packet", NULL), ==, 2);
  g_assert_cmpuint (test_link_count_records (fixture, "link", "broken"), ==, 0);
  g_assert_cmpstr (ipc_record_string (test_link_find_record (fixture, "packet", NULL, 1), "type"), ==, "STATE_CHANGE");
}

#define PIPES GINT_TO_POINTER (TRUE)
#define ADD(name, transport, func)                                                                                     \
  g_test_add ("/relay/" name, TestLink, transport, test_link_set_up, func, test_link_tear_down)
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
  ADD_BOTH ("requests without a reply are counted", test_unanswered_are_counted);
  ADD_BOTH ("who does not take stops the sender", test_back_pressure);
  ADD_BOTH ("a half-closed end is seen as that", test_half_close);
  ADD_BOTH ("a receiver that is gone is felt by the sender", test_receiver_gone);
  ADD_BOTH ("writing to a receiver that is gone raises no signal", test_no_signal);
  ADD_BOTH ("a receiver that goes with a full queue ends all", test_receiver_goes_with_full_queue);
  ADD_BOTH ("garbage is passed on and recorded once", test_garbage_is_passed_on);
  ADD_BOTH ("a payload that does not decode keeps the framing", test_bad_payload_keeps_sync);
  ADD_BOTH ("a half packet before the end is passed on", test_half_packet_at_the_end);
  ADD_BOTH ("a packet too large to be held streams through", test_huge_packet_streams);
  return g_test_run ();
}
