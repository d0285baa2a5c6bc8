/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* File descriptors that are passed over a link arrive with the byte that they were sent with, and none is left open. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gunixfdlist.h>

#include "test-link.h"
#include "wire/packet.h"

typedef union {
  struct cmsghdr header;
  guint8 space[CMSG_SPACE (sizeof (gint) * 8)];
} Control;

/* The read ends of pipes in which their number is written. */
static GUnixFDList *
numbered_fds (guint first, guint number)
{
  GUnixFDList *list = g_unix_fd_list_new ();

  for (guint i = first; i < first + number; i++) {
    guint8 byte = (guint8)i;
    gint fds[2];

    g_assert_cmpint (pipe (fds), ==, 0);
    g_assert_cmpint (write (fds[1], &byte, 1), ==, 1);
    close (fds[1]);
    g_assert_cmpint (g_unix_fd_list_append (list, fds[0], NULL), >=, 0);
    close (fds[0]);
  }
  return list;
}

static void
send_with_fds (gint fd, gconstpointer data, gsize size, guint first, guint number)
{
  g_autoptr (GUnixFDList) list = numbered_fds (first, number);
  struct iovec vector = { .iov_base = (gpointer)data, .iov_len = size };
  Control control = { .header = { CMSG_LEN (sizeof (gint) * number), SOL_SOCKET, SCM_RIGHTS } };
  struct msghdr message = {
    .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_SPACE (sizeof (gint) * number)
  };

  memcpy (CMSG_DATA (&control.header), g_unix_fd_list_peek_fds (list, NULL), sizeof (gint) * number);
  g_assert_cmpint (sendmsg (fd, &message, 0), ==, (gssize)size);
}

/* Reads byte by byte: "3:1,2 7:5" for the fds 1 and 2 with byte 3, 5 with byte 7. Appends the bytes. */
static gchar *
receive_with_fds (gint fd, GByteArray *bytes)
{
  GString *text = g_string_new (NULL);

  for (;;) {
    guint8 byte;
    struct iovec vector = { .iov_base = &byte, .iov_len = 1 };
    Control control;
    struct msghdr message
        = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
    gssize n = recvmsg (fd, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *part = n > 0 ? CMSG_FIRSTHDR (&message) : NULL;
    guint n_fds = part ? (guint)((part->cmsg_len - CMSG_LEN (0)) / sizeof (gint)) : 0;

    if (n <= 0)
      break;
    for (guint i = 0; i < n_fds; i++) {
      gint got;
      guint8 number = 0;

      memcpy (&got, CMSG_DATA (part) + i * sizeof (gint), sizeof (gint));
      g_assert_cmpint (read (got, &number, 1), ==, 1);
      close (got);
      g_string_append_printf (text, i ? ",%u" : text->len ? " %2$u:%1$u" : "%2$u:%1$u", number, bytes->len);
    }
    g_byte_array_append (bytes, &byte, 1);
  }
  return g_string_free (text, FALSE);
}

static guint
n_open_fds (void)
{
  guint n = 0;

  for (gint fd = 0; fd < 256; fd++) {
    struct stat info;

    n += fstat (fd, &info) == 0;
  }
  return n;
}

/* STATE_LOST packets: nine bytes each. */
static GByteArray *
packets (guint number)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i < number; i++)
    test_link_append_packet (bytes, IPC_PACKET_STATE_LOST, i + 1, NULL, 0);
  return bytes;
}

static void
add_fault (TestLink *fixture, const gchar *spec)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = g_strdelimit (g_strdup (spec), "'", '"');
  g_autoptr (JsonNode) node = json_from_string (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (ipc_fault_set_add (fixture->faults, json_node_get_object (node), &error));
}

/* Whatever is there before, in between and behind, and however the relay comes to read it. */
static void
test_with_their_byte (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (4);

  for (guint before = 0; before < 20; before++) {
    for (guint between = 1; between < 12; between++) {
      g_autoptr (GByteArray) got = g_byte_array_new ();
      g_autofree gchar *fds = NULL, *expected = g_strdup_printf ("%u:1,2 %u:3", before, before + between);
      guint n_open = n_open_fds ();

      if (before > 0)
        test_link_send_bytes (fixture->slave.out, sent->data, before);
      send_with_fds (fixture->slave.out, sent->data + before, between, 1, 2);
      send_with_fds (fixture->slave.out, sent->data + before + between, sent->len - before - between, 3, 1);
      test_link_settle (fixture);
      fds = receive_with_fds (fixture->master.in, got);
      g_assert_cmpstr (fds, ==, expected);
      g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
      g_assert_cmpuint (n_open_fds (), ==, n_open);
    }
  }
}

static void
test_recorded (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (2);
  JsonObject *record;

  send_with_fds (fixture->slave.out, sent->data, sent->len, 1, 3);
  test_link_settle (fixture);
  record = test_link_find_record (fixture, "packet", NULL, 0);
  g_assert_cmpint (ipc_record_int (record, "fds", 0), ==, 3);
  record = test_link_find_record (fixture, "packet", NULL, 1);
  g_assert_cmpint (ipc_record_int (record, "fds", 0), ==, 0);
}

/* What a fault loses is closed; what it holds back goes on with its fds; a copy has none. */
static void
test_faults (TestLink *fixture, gconstpointer data)
{
  static const struct {
    const gchar *spec, *fds;
  } cases[] = {
    { "{'name': 'f', 'do': 'drop', 'when': {'nth': 1}}", "0:2" },
    { "{'name': 'f', 'do': 'duplicate', 'when': {'nth': 1}}", "0:1 18:2" },
    { "{'name': 'f', 'do': 'coalesce', 'when': {'nth': 1}}", "0:1 9:2" },
    { "{'name': 'f', 'do': 'reorder', 'when': {'nth': 1}}", "0:2 9:1" },
    { "{'name': 'f', 'do': 'close', 'when': {'nth': 2}}", "0:1" },
    { "{'name': 'f', 'do': 'close', 'when': {'nth': 2}, 'at': 'header:3'}", "0:1 9:2" },
    { "{'name': 'f', 'do': 'flip', 'when': {'nth': 1}}", "0:1 9:2" },
  };
  guint n_open = n_open_fds ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) sent = packets (2);
    g_autoptr (GByteArray) got = g_byte_array_new ();
    g_autofree gchar *fds = NULL;

    if (i > 0) {
      test_link_tear_down (fixture, data);
      test_link_set_up (fixture, data);
    }
    g_test_message ("%s", cases[i].spec);
    add_fault (fixture, cases[i].spec);
    send_with_fds (fixture->slave.out, sent->data, 9, 1, 1);
    send_with_fds (fixture->slave.out, sent->data + 9, 9, 2, 1);
    test_link_settle (fixture);
    fds = receive_with_fds (fixture->master.in, got);
    g_assert_cmpstr (fds, ==, cases[i].fds);
  }
  test_link_tear_down (fixture, data);
  test_link_set_up (fixture, data);
  g_assert_cmpuint (n_open_fds (), ==, n_open);
}

static void
test_left_behind (TestLink *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) sent = packets (1);
  guint n_open = n_open_fds ();

  /* half a packet that is never completed */
  send_with_fds (fixture->slave.out, sent->data, 5, 1, 4);
  test_link_settle (fixture);
  test_link_tear_down (fixture, data);
  test_link_set_up (fixture, data);
  g_assert_cmpuint (n_open_fds (), ==, n_open);
}

#define ADD(name, func) g_test_add ("/relay/fds/" name, TestLink, NULL, test_link_set_up, func, test_link_tear_down)

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("arrive with their byte", test_with_their_byte);
  ADD ("are counted in the packet's record", test_recorded);
  ADD ("share the fate of their packet", test_faults);
  ADD ("are closed with the relay", test_left_behind);
  return g_test_run ();
}
