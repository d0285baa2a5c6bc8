/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Faults that leave the link as it is do to the bytes what they say, to the packets that they select and to no others,
 * the same way with the same seed, and the history tells what was sent and what arrived. Those that end it, hold it up
 * or make something up are in test-fault-ends.c.
 */

#include <signal.h>
#include <string.h>

#include "test-fault-util.h"

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
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (selections); i++) {
    g_autoptr (GByteArray) expected
        = *selections[i].arrive ? test_fault_in_order (sent, selections[i].arrive) : g_byte_array_new ();
    g_autoptr (GByteArray) got = g_byte_array_new ();
    g_autofree gchar *spec = g_strdup_printf (
        "{'name': 'f', 'do': 'drop', 'times': %s, 'when': %s}", selections[i].times, selections[i].when);

    test_fault_again (fixture, data);
    test_fault_add (fixture, spec);
    test_fault_send_down (fixture, sent);
    test_link_receive (fixture->slave.in, got);
    g_assert_cmpmem (got->data, got->len, expected->data, expected->len);
    g_assert_cmpuint (
        test_link_count_records (fixture, "fault", "struck"), ==, TEST_FAULT_PACKETS - got->len / TEST_FAULT_SIZE);
  }
}

/* What @seed leaves of @n packets, one in two being dropped. */
static gchar *
chance (TestLink *fixture, gconstpointer data, guint seed, guint n)
{
  g_autofree gchar *spec
      = g_strdup_printf ("{'name': 'f', 'do': 'drop', 'times': 0, 'when': {'probability': 0.5, 'seed': %u}}", seed);

  test_fault_again (fixture, data);
  test_fault_add (fixture, spec);
  for (guint i = 0; i < n; i++) {
    g_autoptr (GByteArray) sent = test_fault_packets (TRUE);

    test_fault_send_down (fixture, sent);
  }
  return test_fault_packets_with (fixture, "lost");
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
    g_assert_cmpuint (n_lost, >, 20 * TEST_FAULT_PACKETS / 4);
    g_assert_cmpuint (n_lost, <, 20 * TEST_FAULT_PACKETS * 3 / 4);
  }
}

static void
test_first_of_several (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE);
  g_autoptr (GByteArray) expected = test_fault_in_order (sent, "2 2 4 5 6");
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  /* both select each packet and count it: the first has the first, the second the second of its own count */
  test_fault_add (fixture, "{'name': 'a', 'do': 'drop', 'times': 2, 'when': {'every': 2}}");
  test_fault_add (fixture, "{'name': 'b', 'do': 'duplicate', 'when': {'nth': 2}}");
  g_assert_null (ipc_fault_set_add (fixture->faults, ipc_fault_set_find (fixture->faults, "a")->spec, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  test_fault_send_down (fixture, sent);
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
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    g_autoptr (GByteArray) expected = test_fault_in_order (sent, orders[i].arrive);
    g_autoptr (GByteArray) got = g_byte_array_new ();
    g_autofree gchar *lost = NULL, *forged = NULL;

    test_fault_again (fixture, data);
    g_test_message ("%s", orders[i].spec);
    test_fault_add (fixture, orders[i].spec);
    test_fault_send_down (fixture, sent);
    test_fault_receive_down (fixture, got, expected->len);
    g_assert_cmpmem (got->data, got->len, expected->data, expected->len);
    lost = test_fault_packets_with (fixture, "lost");
    forged = test_fault_packets_with (fixture, "forged");
    g_assert_cmpstr (test_fault_effect (fixture), ==, orders[i].effect);
    g_assert_cmpstr (lost, ==, orders[i].lost);
    g_assert_cmpstr (forged, ==, orders[i].forged);
    g_assert_cmpuint (test_link_count_records (fixture, "link", "broken"), ==, 0);
  }
}

/* Nothing of what is delayed, or behind it, comes early. */
static void
test_delay_holds (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  test_fault_add (fixture, "{'name': 'f', 'do': 'delay', 'time': 3600000000000, 'when': {'nth': 2}}");
  test_fault_send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpmem (got->data, got->len, sent->data, TEST_FAULT_SIZE);
  ipc_relay_release (fixture->relay, "another");
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpuint (got->len, ==, TEST_FAULT_SIZE);
  ipc_relay_release (fixture->relay, "f");
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
}

/* A receiver that reads whenever there is something sees pieces of that size, and no larger ones. */
static void
test_split_pieces (TestLink *fixture, gconstpointer data)
{
  for (guint size = 1; size < TEST_FAULT_SIZE; size += 3) {
    g_autoptr (GByteArray) sent = test_fault_packets (TRUE);
    g_autofree gchar *spec = g_strdup_printf ("{'name': 'f', 'do': 'split', 'size': %u, 'times': 0, 'when': {}}", size);
    guint received = 0;

    test_fault_again (fixture, data);
    test_fault_add (fixture, spec);
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
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE);
  g_autoptr (GByteArray) got = g_byte_array_new ();
  JsonObject *forged;

  test_fault_add (fixture,
      "{'name': 'f', 'do': 'change', 'set': {'from': 'paused', 'to-state': 'playing', 'id': 77}, 'when': {'nth': 2}}");
  test_fault_send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpuint (got->len, ==, sent->len);
  sent->data[TEST_FAULT_SIZE + 1] = 77;
  sent->data[TEST_FAULT_SIZE + IPC_HEADER_SIZE] = 3 << 3 | 4;
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_cmpstr (ipc_record_string (test_link_find_record (fixture, "packet", NULL, 1), "lost"), ==, "f");
  g_assert_cmpstr (ipc_record_string (test_link_find_record (fixture, "packet", NULL, 1), "to-state"), ==, "ready");
  forged = test_link_find_record (fixture, "packet", NULL, 2);
  g_assert_cmpstr (ipc_record_string (forged, "forged"), ==, "f");
  g_assert_cmpstr (ipc_record_string (forged, "to-state"), ==, "playing");
  g_assert_cmpstr (test_fault_effect (fixture), ==, "forged");
}

/* Lies spoil the stream, which is said; the history has no packet that never was. */
static void
test_lies (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  test_fault_add (fixture, "{'name': 'f', 'do': 'change', 'set': {'size': 4294967295}, 'when': {'nth': 2}}");
  test_fault_send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  memset (sent->data + TEST_FAULT_SIZE + 5, 0xff, 4);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  g_assert_cmpuint (test_link_count_records (fixture, "packet", NULL), ==, TEST_FAULT_PACKETS);
  g_assert_cmpstr (test_fault_effect (fixture), ==, "spoiled");
}

static void
test_what_cannot_be_done_is_said (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  test_fault_add (fixture, "{'name': 'f', 'do': 'change', 'set': {'pts': 1}, 'when': {'nth': 2}}");
  test_fault_send_down (fixture, sent);
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

  test_fault_again (fixture, data);
  test_fault_add (fixture, spec);
  test_fault_send_down (fixture, sent);
  test_link_receive (fixture->slave.in, got);
  g_assert_cmpuint (got->len, ==, sent->len);
  g_assert_cmpmem (got->data, TEST_FAULT_SIZE, sent->data, TEST_FAULT_SIZE);
  g_assert_cmpmem (
      got->data + 2 * TEST_FAULT_SIZE, 4 * TEST_FAULT_SIZE, sent->data + 2 * TEST_FAULT_SIZE, 4 * TEST_FAULT_SIZE);
  return g_memdup2 (got->data + TEST_FAULT_SIZE, TEST_FAULT_SIZE);
}

static guint
differing_bits (const guint8 *a, const guint8 *b)
{
  guint n = 0;

  for (guint i = 0; i < TEST_FAULT_SIZE; i++)
    n += (guint)__builtin_popcount (a[i] ^ b[i]);
  return n;
}

static void
test_flip (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE);
  guint n_same = 0;

  for (guint seed = 0; seed < 10; seed++) {
    g_autofree gchar *more = g_strdup_printf ("'number': 3, 'when': {'nth': 2, 'seed': %u}", seed);
    g_autofree gchar *next = g_strdup_printf ("'number': 3, 'when': {'nth': 2, 'seed': %u}", seed + 1);
    g_autofree guint8 *first = flipped (fixture, data, more, sent), *second = flipped (fixture, data, more, sent),
                      *other = flipped (fixture, data, next, sent);

    g_assert_cmpmem (first, TEST_FAULT_SIZE, second, TEST_FAULT_SIZE);
    g_assert_cmpuint (differing_bits (first, sent->data + TEST_FAULT_SIZE), ==, 3);
    n_same += memcmp (first, other, TEST_FAULT_SIZE) == 0;
  }
  g_assert_cmpuint (n_same, <, 2);
}

static void
test_flip_at (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE);

  for (guint i = 0; i < TEST_FAULT_SIZE; i++) {
    const gchar *part = i < IPC_HEADER_SIZE ? "header" : "payload";
    g_autofree gchar *more = g_strdup_printf (
        "'at': '%s:%u', 'bit': 7, 'when': {'nth': 2}", part, i < IPC_HEADER_SIZE ? i : i - IPC_HEADER_SIZE);
    g_autofree guint8 *bytes = flipped (fixture, data, more, sent);

    g_assert_cmpuint (differing_bits (bytes, sent->data + TEST_FAULT_SIZE), ==, 1);
    g_assert_cmpuint (bytes[i] ^ sent->data[TEST_FAULT_SIZE + i], ==, 0x80);
  }
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
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE), up = test_fault_packets (FALSE), last = g_byte_array_new ();

  test_fault_send_down (fixture, sent);
  test_link_send_bytes (fixture->slave.out, up->data + TEST_FAULT_SIZE, TEST_FAULT_SIZE);
  test_link_send_bytes (fixture->slave.out, up->data, TEST_FAULT_SIZE);
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

/* A request that was struck, and one whose reply was. */
static void
test_what_is_struck_is_not_unanswered (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = test_fault_packets (TRUE), up = test_fault_packets (FALSE);

  test_fault_add (fixture, "{'name': 'f', 'do': 'drop', 'when': {'id': 2, 'to': 'slave'}}");
  test_fault_add (fixture, "{'name': 'g', 'do': 'drop', 'when': {'id': 3, 'to': 'master'}}");
  test_fault_send_down (fixture, sent);
  g_assert_cmpuint (ipc_relay_unanswered (fixture->relay), ==, TEST_FAULT_PACKETS - 1);
  test_link_send_bytes (fixture->slave.out, up->data + 2 * TEST_FAULT_SIZE, TEST_FAULT_SIZE);
  test_link_settle (fixture);
  g_assert_cmpuint (ipc_relay_unanswered (fixture->relay), ==, TEST_FAULT_PACKETS - 2);
}

/* }}} */
gint
main (gint argc, gchar **argv)
{
  /* the tests themselves write to closed pipes */
  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  TEST_FAULT_ADD ("strikes what it selects and nothing else", NULL, test_selection);
  TEST_FAULT_ADD ("leaves the same to chance with the same seed", NULL, test_chance);
  TEST_FAULT_ADD ("of several the first strikes", NULL, test_first_of_several);
  TEST_FAULT_ADD_BOTH ("packets arrive in the order that was asked for", test_order);
  TEST_FAULT_ADD ("a delay holds what is behind it", NULL, test_delay_holds);
  TEST_FAULT_ADD_BOTH ("a split is read in pieces", test_split_pieces);
  TEST_FAULT_ADD ("a change changes what was asked for", NULL, test_change);
  TEST_FAULT_ADD ("a lie spoils the stream", NULL, test_lies);
  TEST_FAULT_ADD ("what cannot be done is said", NULL, test_what_cannot_be_done_is_said);
  TEST_FAULT_ADD ("a flip turns over so many bits, by its seed", NULL, test_flip);
  TEST_FAULT_ADD ("a flip hits its byte and bit", NULL, test_flip_at);
  TEST_FAULT_ADD ("what is struck is not waited for", NULL, test_what_is_struck_is_not_unanswered);
  TEST_FAULT_ADD ("points name packets", NULL, test_points);
  return g_test_run ();
}
