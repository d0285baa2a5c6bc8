/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each kind of fault does to the bytes what it says, to the packets that it selects and to no others, the same way with
 * the same seed, and the history tells what was sent and what arrived.
 */

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib-unix.h>

#include "test-link.h"
#include "wire/packet.h"

/* {{{ vocabulary */

#define N_PACKETS 6
#define SIZE 13 /* of each */

static IpcFault *
add_fault (TestLink *fixture, const gchar *spec)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = g_strdelimit (g_strdup (spec), "'", '"');
  g_autoptr (JsonNode) node = json_from_string (text, &error);
  IpcFault *fault;

  g_assert_no_error (error);
  fault = ipc_fault_set_add (fixture->faults, json_node_get_object (node), &error);
  g_assert_no_error (error);
  return fault;
}

/* STATE_CHANGEs down, ACKs up, of SIZE bytes each; the third is an EVENT-like other one when @mixed. */
static GByteArray *
packets (gboolean down)
{
  GByteArray *bytes = g_byte_array_new ();
  const guint32 transition = GUINT32_TO_LE (GST_STATE_CHANGE_NULL_TO_READY);

  for (guint i = 0; i < N_PACKETS; i++) {
    const guint32 result = GUINT32_TO_LE (i + 1);

    test_link_append_packet (
        bytes, down ? IPC_PACKET_STATE_CHANGE : IPC_PACKET_ACK, i + 1, down ? &transition : &result, 4);
  }
  return bytes;
}

/* Sends all of @sent to the slave. */
static void
send_down (TestLink *fixture, GByteArray *sent)
{
  test_link_send_bytes (fixture->master.out, sent->data, sent->len);
  test_link_settle (fixture);
}

/* Goes on until @n bytes have come. */
static void
receive_down (TestLink *fixture, GByteArray *got, gsize n)
{
  test_link_receive (fixture->slave.in, got);
  while (got->len < n) {
    g_main_context_iteration (fixture->context, TRUE);
    test_link_receive (fixture->slave.in, got);
  }
}

/* Packets of @sent in the order of @order ("1 3 3 2", from 1). */
static GByteArray *
in_order (GByteArray *sent, const gchar *order)
{
  GByteArray *bytes = g_byte_array_new ();
  g_auto (GStrv) numbers = g_strsplit (order, " ", -1);

  for (guint i = 0; numbers[i]; i++)
    g_byte_array_append (bytes, sent->data + (g_ascii_strtoull (numbers[i], NULL, 10) - 1) * SIZE, SIZE);
  return bytes;
}

/* "2 3" for the packets, counted from 1, whose records have @member. */
static gchar *
packets_with (TestLink *fixture, const gchar *member)
{
  GString *text = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < ipc_history_length (fixture->history); i++) {
    JsonObject *record = ipc_history_get (fixture->history, i);

    if (!ipc_record_is (record, "packet"))
      continue;
    n++;
    if (json_object_has_member (record, member))
      g_string_append_printf (text, text->len ? " %u" : "%u", n);
  }
  return g_string_free (text, FALSE);
}

static const gchar *
effect (TestLink *fixture)
{
  return ipc_record_string (test_link_find_record (fixture, "fault", "struck", 0), "effect");
}

static void
again (TestLink *fixture, gconstpointer data)
{
  test_link_tear_down (fixture, data);
  test_link_set_up (fixture, data);
}

/* }}} */
/* {{{ selection */

static const struct {
  const gchar *when, *times, *arrive;
} selections[] = {
  { "{}", "1", "2 3 4 5 6" },
  { "{}", "0", "" },
  { "{}", "2", "3 4 5 6" },
  { "{'nth': 3}", "1", "1 2 4 5 6" },
  { "{'nth': 3}", "0", "1 2" },
  { "{'every': 2}", "0", "2 4 6" },
  { "{'nth': 2, 'every': 3}", "0", "1 3 4 6" },
  { "{'to': 'master'}", "0", "1 2 3 4 5 6" },
  { "{'type': 'STATE_CHANGE', 'nth': 6}", "0", "1 2 3 4 5" },
  { "{'type': 'BUFFER'}", "0", "1 2 3 4 5 6" },
  { "{'id': 4}", "0", "1 2 3 5 6" },
  { "{'match': {'id': {'at-least': 5}}}", "0", "1 2 3 4" },
  { "{'match': {'from': 'null', 'id': 2}}", "0", "1 3 4 5 6" },
  { "{'point': 'to-slave.STATE_CHANGE.null-to-ready.5'}", "1", "1 2 3 4 6" },
};

static void
test_selection (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (selections); i++) {
    g_autoptr (GByteArray) expected
        = *selections[i].arrive ? in_order (sent, selections[i].arrive) : g_byte_array_new ();
    g_autoptr (GByteArray) got = g_byte_array_new ();
    g_autofree gchar *spec = g_strdup_printf (
        "{'name': 'f', 'do': 'drop', 'times': %s, 'when': %s}", selections[i].times, selections[i].when);

    again (fixture, data);
    add_fault (fixture, spec);
    send_down (fixture, sent);
    test_link_receive (fixture->slave.in, got);
    g_assert_cmpmem (got->data, got->len, expected->data, expected->len);
    g_assert_cmpuint (test_link_count_records (fixture, "fault", "struck"), ==, N_PACKETS - got->len / SIZE);
  }
}

/* What @seed leaves of @n packets, one in two being dropped. */
static gchar *
chance (TestLink *fixture, gconstpointer data, guint seed, guint n)
{
  g_autofree gchar *spec
      = g_strdup_printf ("{'name': 'f', 'do': 'drop', 'times': 0, 'when': {'probability': 0.5, 'seed': %u}}", seed);

  again (fixture, data);
  add_fault (fixture, spec);
  for (guint i = 0; i < n; i++) {
    g_autoptr (GByteArray) sent = packets (TRUE);

    send_down (fixture, sent);
  }
  return packets_with (fixture, "lost");
}

static void
test_chance (TestLink *fixture, gconstpointer data)
{
  g_autofree gchar *other = chance (fixture, data, 99, 20);

  for (guint seed = 1; seed < 8; seed++) {
    g_autofree gchar *first = chance (fixture, data, seed, 20), *second = chance (fixture, data, seed, 20);
    guint n_lost = test_link_count_records (fixture, "fault", "struck");

    g_assert_cmpstr (first, ==, second);
    g_assert_cmpstr (first, !=, other);
    g_assert_cmpuint (n_lost, >, 20 * N_PACKETS / 4);
    g_assert_cmpuint (n_lost, <, 20 * N_PACKETS * 3 / 4);
  }
}

static void
test_first_of_several (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (TRUE);
  g_autoptr (GByteArray) expected = in_order (sent, "2 2 4 5 6");
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  /* both select each packet and count it: the first has the first, the second the second of its own count */
  add_fault (fixture, "{'name': 'a', 'do': 'drop', 'times': 2, 'when': {'every': 2}}");
  add_fault (fixture, "{'name': 'b', 'do': 'duplicate', 'when': {'nth': 2}}");
  g_assert_null (ipc_fault_set_add (fixture->faults, ipc_fault_set_find (fixture->faults, "a")->spec, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpmem (got->data, got->len, expected->data, expected->len);
  ipc_fault_set_remove (fixture->faults, "a");
  g_assert_null (ipc_fault_set_find (fixture->faults, "a"));
  g_assert_nonnull (ipc_fault_set_find (fixture->faults, "b"));
}

/* }}} */
/* {{{ order and content */

static const struct {
  const gchar *spec, *arrive, *effect, *lost, *forged;
} orders[] = {
  { "{'name': 'f', 'do': 'drop', 'when': {'nth': 2}}", "1 3 4 5 6", "lost", "2", "" },
  { "{'name': 'f', 'do': 'duplicate', 'when': {'nth': 2}}", "1 2 2 3 4 5 6", "forged", "", "3" },
  { "{'name': 'f', 'do': 'duplicate', 'number': 3, 'when': {'nth': 6}}", "1 2 3 4 5 6 6 6 6", "forged", "", "7 8 9" },
  { "{'name': 'f', 'do': 'reorder', 'when': {'nth': 2}}", "1 3 2 4 5 6", "reordered", "", "" },
  { "{'name': 'f', 'do': 'reorder', 'number': 4, 'when': {'nth': 2}}", "1 5 4 3 2 6", "reordered", "", "" },
  { "{'name': 'f', 'do': 'reorder', 'when': {'match': {'id': {'matches': '[24]'}}}}", "1 3 4 2 5 6", "reordered", "",
      "" },
  /* the second never comes: what waits for it comes all the same */
  { "{'name': 'f', 'do': 'reorder', 'time': 1000000, 'when': {'id': 6}}", "1 2 3 4 5 6", "reordered", "", "" },
  { "{'name': 'f', 'do': 'coalesce', 'number': 3, 'when': {'nth': 2}}", "1 2 3 4 5 6", "coalesced", "", "" },
  { "{'name': 'f', 'do': 'coalesce', 'number': 30, 'time': 1000000}", "1 2 3 4 5 6", "coalesced", "", "" },
  { "{'name': 'f', 'do': 'delay', 'time': 3000000, 'when': {'nth': 2}}", "1 2 3 4 5 6", "delayed", "", "" },
  { "{'name': 'f', 'do': 'split', 'when': {'nth': 2}}", "1 2 3 4 5 6", "split", "", "" },
  { "{'name': 'f', 'do': 'stall', 'time': 1000000, 'when': {'nth': 2}}", "1 2 3 4 5 6", "stalled", "", "" },
};

static void
test_order (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    g_autoptr (GByteArray) expected = in_order (sent, orders[i].arrive);
    g_autoptr (GByteArray) got = g_byte_array_new ();
    g_autofree gchar *lost = NULL, *forged = NULL;

    again (fixture, data);
    g_test_message ("%s", orders[i].spec);
    add_fault (fixture, orders[i].spec);
    send_down (fixture, sent);
    receive_down (fixture, got, expected->len);
    g_assert_cmpmem (got->data, got->len, expected->data, expected->len);
    lost = packets_with (fixture, "lost");
    forged = packets_with (fixture, "forged");
    g_assert_cmpstr (effect (fixture), ==, orders[i].effect);
    g_assert_cmpstr (lost, ==, orders[i].lost);
    g_assert_cmpstr (forged, ==, orders[i].forged);
    g_assert_cmpuint (test_link_count_records (fixture, "link", "broken"), ==, 0);
  }
}

/* Nothing of what is delayed, or behind it, comes early. */
static void
test_delay_holds (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (TRUE);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  add_fault (fixture, "{'name': 'f', 'do': 'delay', 'time': 3600000000000, 'when': {'nth': 2}}");
  send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpmem (got->data, got->len, sent->data, SIZE);
  ipc_relay_release (fixture->relay, "another");
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpuint (got->len, ==, SIZE);
  ipc_relay_release (fixture->relay, "f");
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
}

/* A receiver that reads whenever there is something sees pieces of that size, and no larger ones. */
static void
test_split_pieces (TestLink *fixture, gconstpointer data)
{
  for (guint size = 1; size < SIZE; size += 3) {
    g_autoptr (GByteArray) sent = packets (TRUE);
    g_autofree gchar *spec = g_strdup_printf ("{'name': 'f', 'do': 'split', 'size': %u, 'times': 0, 'when': {}}", size);
    guint received = 0;

    again (fixture, data);
    add_fault (fixture, spec);
    test_link_send_bytes (fixture->master.out, sent->data, sent->len);
    while (received < sent->len) {
      guint8 bytes[256];
      gssize n = read (fixture->slave.in, bytes, sizeof bytes);

      if (n < 0) {
        g_main_context_iteration (fixture->context, TRUE);
        continue;
      }
      g_assert_cmpint (n, <=, size);
      g_assert_cmpmem (bytes, n, sent->data + received, n);
      received += (guint)n;
    }
  }
}

static void
test_change (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (TRUE);
  g_autoptr (GByteArray) got = g_byte_array_new ();
  JsonObject *forged;

  add_fault (fixture,
      "{'name': 'f', 'do': 'change', 'set': {'from': 'paused', 'to-state': 'playing', 'id': 77}, 'when': {'nth': 2}}");
  send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpuint (got->len, ==, sent->len);
  sent->data[SIZE + 1] = 77;
  sent->data[SIZE + IPC_HEADER_SIZE] = 3 << 3 | 4;
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_cmpstr (ipc_record_string (test_link_find_record (fixture, "packet", NULL, 1), "lost"), ==, "f");
  g_assert_cmpstr (ipc_record_string (test_link_find_record (fixture, "packet", NULL, 1), "to-state"), ==, "ready");
  forged = test_link_find_record (fixture, "packet", NULL, 2);
  g_assert_cmpstr (ipc_record_string (forged, "forged"), ==, "f");
  g_assert_cmpstr (ipc_record_string (forged, "to-state"), ==, "playing");
  g_assert_cmpstr (effect (fixture), ==, "forged");
}

/* Lies spoil the stream, which is said; the history has no packet that never was. */
static void
test_lies (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (TRUE);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  add_fault (fixture, "{'name': 'f', 'do': 'change', 'set': {'size': 4294967295}, 'when': {'nth': 2}}");
  send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  memset (sent->data + SIZE + 5, 0xff, 4);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_cmpuint (test_link_count_records (fixture, "packet", NULL), ==, N_PACKETS);
  g_assert_cmpstr (effect (fixture), ==, "spoiled");
}

static void
test_what_cannot_be_done_is_said (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (TRUE);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  add_fault (fixture, "{'name': 'f', 'do': 'change', 'set': {'pts': 1}, 'when': {'nth': 2}}");
  send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_nonnull (strstr (fixture->told, "STATE_CHANGE has no \"pts\""));
}

/* The bytes of packet 2 after a flip with @more in its fault. Caller frees. */
static guint8 *
flipped (TestLink *fixture, gconstpointer data, const gchar *more, GByteArray *sent)
{
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autofree gchar *spec = g_strdup_printf ("{'name': 'f', 'do': 'flip', %s}", more);

  again (fixture, data);
  add_fault (fixture, spec);
  send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpuint (got->len, ==, sent->len);
  g_assert_cmpmem (got->data, SIZE, sent->data, SIZE);
  g_assert_cmpmem (got->data + 2 * SIZE, 4 * SIZE, sent->data + 2 * SIZE, 4 * SIZE);
  return g_memdup2 (got->data + SIZE, SIZE);
}

static guint
differing_bits (const guint8 *a, const guint8 *b)
{
  guint n = 0;

  for (guint i = 0; i < SIZE; i++)
    n += (guint)__builtin_popcount (a[i] ^ b[i]);
  return n;
}

static void
test_flip (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (TRUE);
  guint n_same = 0;

  for (guint seed = 0; seed < 10; seed++) {
    g_autofree gchar *more = g_strdup_printf ("'number': 3, 'when': {'nth': 2, 'seed': %u}", seed);
    g_autofree gchar *next = g_strdup_printf ("'number': 3, 'when': {'nth': 2, 'seed': %u}", seed + 1);
    g_autofree guint8 *first = flipped (fixture, data, more, sent), *second = flipped (fixture, data, more, sent),
                      *other = flipped (fixture, data, next, sent);

    g_assert_cmpmem (first, SIZE, second, SIZE);
    g_assert_cmpuint (differing_bits (first, sent->data + SIZE), ==, 3);
    n_same += memcmp (first, other, SIZE) == 0;
  }
  g_assert_cmpuint (n_same, <, 2);
}

static void
test_flip_at (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (TRUE);

  for (guint i = 0; i < SIZE; i++) {
    const gchar *part = i < IPC_HEADER_SIZE ? "header" : "payload";
    g_autofree gchar *more = g_strdup_printf (
        "'at': '%s:%u', 'bit': 7, 'when': {'nth': 2}", part, i < IPC_HEADER_SIZE ? i : i - IPC_HEADER_SIZE);
    g_autofree guint8 *bytes = flipped (fixture, data, more, sent);

    g_assert_cmpuint (differing_bits (bytes, sent->data + SIZE), ==, 1);
    g_assert_cmpuint (bytes[i] ^ sent->data[SIZE + i], ==, 0x80);
  }
}

/* }}} */
/* {{{ ends */

static const struct {
  const gchar *spec, *effect;
  guint arrive; /* bytes */
} cuts[] = {
  { "{'name': 'f', 'do': 'close', 'when': {'nth': 3}}", "closed", 2 * SIZE },
  { "{'name': 'f', 'do': 'close', 'at': 'after', 'when': {'nth': 3}}", "closed", 3 * SIZE },
  { "{'name': 'f', 'do': 'close', 'at': 'header:4', 'when': {'nth': 3}}", "closed", 2 * SIZE + 4 },
  { "{'name': 'f', 'do': 'close', 'at': 'payload:3', 'when': {'nth': 3}}", "closed", 3 * SIZE - 1 },
  { "{'name': 'f', 'do': 'close', 'at': 'payload:99', 'when': {'nth': 3}}", "closed", 3 * SIZE },
  { "{'name': 'f', 'do': 'truncate', 'when': {'nth': 3}}", "closed", 2 * SIZE + 9 },
  { "{'name': 'f', 'do': 'truncate', 'at': 'after', 'when': {'nth': 3}}", "closed", 3 * SIZE - 1 },
};

static void
test_close (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (TRUE), up = packets (FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++) {
    g_autoptr (GByteArray) got = g_byte_array_new ();
    g_autoptr (GByteArray) back = g_byte_array_new ();

    again (fixture, data);
    add_fault (fixture, cuts[i].spec);
    /* still unread when the other way is cut */
    test_link_send_bytes (fixture->slave.out, up->data, up->len);
    send_down (fixture, sent);
    /* a clean end for both, whatever was still unread */
    g_assert_true (test_link_receive (fixture->slave.in, got));
    g_assert_true (test_link_receive (fixture->master.in, back));
    g_assert_cmpmem (got->data, got->len, sent->data, cuts[i].arrive);
    g_assert_cmpuint (back->len % up->len, ==, 0);
    g_assert_true (ipc_relay_is_done (fixture->relay));
    g_assert_cmpint (write (fixture->master.out, "x", 1), ==, -1);
    g_assert_cmpint (errno, ==, EPIPE);
    g_assert_cmpstr (effect (fixture), ==, cuts[i].effect);
    /* all was sent, and no process has closed anything */
    g_assert_cmpuint (test_link_count_records (fixture, "packet", NULL), ==, 2 * N_PACKETS);
    g_assert_cmpuint (test_link_count_records (fixture, "link", NULL), ==, 0);
  }
}

static void
test_truncate_and_go_on (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (TRUE);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  add_fault (fixture, "{'name': 'f', 'do': 'truncate', 'close': false, 'at': 'payload:1', 'when': {'nth': 3}}");
  send_down (fixture, sent);
  g_assert_false (test_link_receive (fixture->slave.in, got));
  g_byte_array_remove_range (sent, 2 * SIZE + 10, 3);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_cmpstr (effect (fixture), ==, "spoiled");
}

static void
test_half_close (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (TRUE), up = packets (FALSE);
  g_autoptr (GByteArray) got = g_byte_array_new (), back = g_byte_array_new ();
  g_autofree gchar *lost = NULL;

  add_fault (fixture, "{'name': 'f', 'do': 'half-close', 'when': {'nth': 3}}");
  send_down (fixture, sent);
  g_assert_true (test_link_receive (fixture->slave.in, got));
  g_assert_cmpmem (got->data, got->len, sent->data, 2 * SIZE);
  /* the other way goes on, and this one is read and forgotten */
  test_link_send_bytes (fixture->slave.out, up->data, up->len);
  test_link_send_bytes (fixture->master.out, sent->data, SIZE);
  test_link_settle (fixture);
  g_assert_false (test_link_receive (fixture->master.in, back));
  g_assert_cmpmem (back->data, back->len, up->data, up->len);
  lost = packets_with (fixture, "lost");
  g_assert_true (g_str_has_prefix (lost, "3 "));
  test_link_close_end (&fixture->slave);
  test_link_close_end (&fixture->master);
  test_link_settle (fixture);
  g_assert_true (ipc_relay_is_done (fixture->relay));
}

static void
test_stall (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (TRUE), up = packets (FALSE), all = g_byte_array_new ();
  g_autoptr (GByteArray) got = g_byte_array_new (), back = g_byte_array_new ();

  add_fault (fixture, "{'name': 'f', 'do': 'stall', 'at': 'header:2', 'when': {'nth': 3}}");
  send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpmem (got->data, got->len, sent->data, 2 * SIZE + 2);
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
  g_assert_cmpuint (got->len, ==, 2 * SIZE + 2);
  /* the other way goes on */
  test_link_send_bytes (fixture->slave.out, up->data, up->len);
  test_link_settle (fixture);
  test_link_receive (fixture->master.in, back);
  g_assert_cmpmem (back->data, back->len, up->data, up->len);
  /* and all arrives in the end */
  ipc_relay_release (fixture->relay, NULL);
  while (got->len < all->len - all->len % SIZE) {
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
  g_autoptr (GByteArray) sent = packets (TRUE);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  add_fault (fixture, "{'name': 'f', 'do': 'stall', 'when': {'nth': 1}}");
  send_down (fixture, sent);
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
  g_autoptr (GByteArray) sent = packets (TRUE);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  add_fault (
      fixture, "{'name': 'f', 'do': 'signal', 'process': 'p', 'signal': 'kill', 'times': 2, 'when': {'nth': 2}}");
  send_down (fixture, sent);
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
    g_autoptr (GByteArray) sent = packets (TRUE), expected = g_byte_array_new (), got = g_byte_array_new ();
    g_autofree gchar *spec = g_strdup_printf ("{'name': 'f', 'do': 'inject', 'at': '%s', 'packet': {'type': 'ACK', "
                                              "'result': 5}, 'when': {'nth': 3}}",
        places[i]);

    again (fixture, data);
    add_fault (fixture, spec);
    send_down (fixture, sent);
    test_link_receive (fixture->slave.in, got);
    g_byte_array_append (expected, sent->data, (2 + i) * SIZE);
    g_byte_array_append (expected, ack, sizeof ack);
    g_byte_array_append (expected, sent->data + (2 + i) * SIZE, (4 - i) * SIZE);
    g_assert_cmpmem (got->data, got->len, expected->data, expected->len);
    g_assert_cmpstr (ipc_record_string (test_link_find_record (fixture, "packet", NULL, 3), "forged"), ==, "f");
    g_assert_cmpstr (effect (fixture), ==, "forged");
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
  g_assert_cmpstr (effect (fixture), ==, "forged");
  g_assert_cmpstr (ipc_record_string (test_link_find_record (fixture, "fault", "struck", 1), "effect"), ==, "spoiled");
  g_assert_false (ipc_relay_inject (fixture->relay, FALSE, nothing, &error));
  g_clear_error (&error);
  test_link_close_end (&fixture->master);
  test_link_close_end (&fixture->slave);
  test_link_settle (fixture);
  g_assert_false (ipc_relay_inject (fixture->relay, FALSE, packet, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static void
test_answer (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (TRUE), expected = in_order (sent, "1 3 4 5 6");
  g_autoptr (GByteArray) got = g_byte_array_new (), back = g_byte_array_new ();

  add_fault (fixture, "{'name': 'f', 'do': 'answer', 'set': {'result': 2}, 'when': {'nth': 2}}");
  send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  test_link_receive (fixture->master.in, back);
  g_assert_cmpmem (got->data, got->len, expected->data, expected->len);
  g_assert_cmpmem (back->data, back->len, "\1\2\0\0\0\4\0\0\0\2\0\0\0", 13);
}

static void
test_answer_to_no_request (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) up = packets (FALSE);

  add_fault (fixture, "{'name': 'f', 'do': 'answer'}");
  test_link_send_bytes (fixture->slave.out, up->data, up->len);
  test_link_settle (fixture);
  g_assert_nonnull (strstr (fixture->told, "nobody waits for an answer"));
}

/* }}} */
/* {{{ points */

static void
assert_point (TestLink *fixture, guint nth, const gchar *point)
{
  g_assert_cmpstr (ipc_record_string (test_link_find_record (fixture, "packet", NULL, nth), "point"), ==, point);
}

static void
test_points (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (TRUE), up = packets (FALSE), last = g_byte_array_new ();

  send_down (fixture, sent);
  test_link_send_bytes (fixture->slave.out, up->data + SIZE, SIZE);
  test_link_send_bytes (fixture->slave.out, up->data, SIZE);
  test_link_append_packet (last, IPC_PACKET_ACK, 99, "\0\0\0", 4);
  test_link_send_bytes (fixture->slave.out, last->data, last->len);
  test_link_settle (fixture);
  assert_point (fixture, 0, "to-slave.STATE_CHANGE.null-to-ready.1");
  assert_point (fixture, 5, "to-slave.STATE_CHANGE.null-to-ready.6");
  /* answers are called as what they answer, in whichever order they come */
  assert_point (fixture, 6, "to-master.ACK.STATE_CHANGE.null-to-ready.2");
  assert_point (fixture, 7, "to-master.ACK.STATE_CHANGE.null-to-ready.1");
  assert_point (fixture, 8, "to-master.ACK.unasked");
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
  g_autoptr (GByteArray) sent = packets (TRUE);
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
  add_fault (fixture, spec);
  test_link_send_bytes (fixture->master.out, sent->data, sent->len);
  while (!ipc_relay_is_done (fixture->relay))
    g_main_context_iteration (fixture->context, TRUE);
  g_assert_cmpint (end_of (fixture->slave.in), ==, expected);
  g_assert_cmpint (end_of (fixture->master.in), ==, expected);
}

/* }}} */

#define PIPES GINT_TO_POINTER (TRUE)
#define ADD(name, transport, func)                                                                                     \
  g_test_add ("/relay/fault/" name, TestLink, transport, test_link_set_up, func, test_link_tear_down)
#define ADD_BOTH(name, func)                                                                                           \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    ADD ("socket/" name, NULL, func);                                                                                  \
    ADD ("pipes/" name, PIPES, func);                                                                                  \
  }                                                                                                                    \
  G_STMT_END

gint
main (gint argc, gchar **argv)
{
  /* the tests themselves write to closed pipes */
  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  ADD ("strikes what it selects and nothing else", NULL, test_selection);
  ADD ("leaves the same to chance with the same seed", NULL, test_chance);
  ADD ("of several the first strikes", NULL, test_first_of_several);
  ADD_BOTH ("packets arrive in the order that was asked for", test_order);
  ADD ("a delay holds what is behind it", NULL, test_delay_holds);
  ADD_BOTH ("a split is read in pieces", test_split_pieces);
  ADD ("a change changes what was asked for", NULL, test_change);
  ADD ("a lie spoils the stream", NULL, test_lies);
  ADD ("what cannot be done is said", NULL, test_what_cannot_be_done_is_said);
  ADD ("a flip turns over so many bits, by its seed", NULL, test_flip);
  ADD ("a flip hits its byte and bit", NULL, test_flip_at);
  ADD_BOTH ("a close is a clean end for both, at its place", test_close);
  ADD ("a truncated packet may be followed by others", NULL, test_truncate_and_go_on);
  ADD_BOTH ("a half-close leaves the other way open", test_half_close);
  ADD_BOTH ("a stall stops the sender and nobody else", test_stall);
  ADD_BOTH ("behind a stall an end may go away", test_stall_and_end);
  ADD ("a signal is asked for at its packet", NULL, test_signal);
  ADD ("what is injected arrives at its place", NULL, test_inject);
  ADD ("a step injects at once", NULL, test_inject_now);
  ADD ("an answer in the peer's stead", NULL, test_answer);
  ADD ("no answer to what is no request", NULL, test_answer_to_no_request);
  ADD ("points name packets", NULL, test_points);
  g_test_add ("/relay/fault/tcp/a reset", TestLink, "reset", test_link_set_up, test_tcp_end, test_link_tear_down);
  g_test_add ("/relay/fault/tcp/a close", TestLink, "close", test_link_set_up, test_tcp_end, test_link_tear_down);
  return g_test_run ();
}
