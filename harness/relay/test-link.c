/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The vocabulary of tests of the relay. */

#include "test-link.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gstdio.h>

#include "wire/packet.h"

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
on_signal (const gchar *process, const gchar *signal, gpointer data)
{
  TestLink *fixture = data;
  gchar *told = g_strdup_printf ("%s%s %s;", fixture->told ? fixture->told : "", process, signal);

  g_free (fixture->told);
  fixture->told = told;
}

static void
on_failed (const gchar *text, gpointer data)
{
  TestLink *fixture = data;

  g_free (fixture->told);
  fixture->told = g_strdup (text);
}

void
test_link_set_up (TestLink *fixture, gconstpointer data)
{
  gboolean pipes = GPOINTER_TO_INT (data);
  IpcRelayEnd to_master, to_slave;
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("ipc-relay-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->context = g_main_context_new ();
  fixture->history = ipc_history_new (NULL, &error);
  fixture->faults = ipc_fault_set_new (on_signal, on_failed, fixture);
  make_hop (pipes, &fixture->master, &to_master);
  make_hop (pipes, &fixture->slave, &to_slave);
  fixture->relay = ipc_relay_new (
      fixture->context, fixture->history, fixture->folder, "link", 1, &to_master, &to_slave, fixture->faults, &error);
  g_assert_no_error (error);
}

void
test_link_close_end (IpcRelayEnd *end)
{
  if (end->in >= 0)
    close (end->in);
  if (end->out >= 0 && end->out != end->in)
    close (end->out);
  end->in = end->out = -1;
}

void
test_link_tear_down (TestLink *fixture, gconstpointer data)
{
  static const gchar *const names[] = { "link.1.to-slave.bin", "link.1.to-master.bin" };

  ipc_relay_free (fixture->relay);
  ipc_fault_set_free (fixture->faults);
  g_free (fixture->told);
  fixture->told = NULL;
  test_link_close_end (&fixture->master);
  test_link_close_end (&fixture->slave);
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
void
test_link_settle (TestLink *fixture)
{
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
}

void
test_link_send_bytes (gint fd, gconstpointer data, gsize size)
{
  g_assert_cmpint (write (fd, data, size), ==, size);
}

/* Appends all that can be read. TRUE at the end of the stream. */
gboolean
test_link_receive (gint fd, GByteArray *bytes)
{
  guint8 chunk[65536];
  gssize n;

  while ((n = read (fd, chunk, sizeof chunk)) > 0)
    g_byte_array_append (bytes, chunk, n);
  g_assert_true (n == 0 || errno == EAGAIN);
  return n == 0;
}

guint
test_link_count_records (TestLink *fixture, const gchar *kind, const gchar *event)
{
  guint count = 0;

  for (guint i = 0; i < ipc_history_length (fixture->history); i++) {
    JsonObject *record = ipc_history_get (fixture->history, i);

    count += ipc_record_is (record, kind) && (!event || g_str_equal (event, ipc_record_string (record, "event")));
  }
  return count;
}

JsonObject *
test_link_find_record (TestLink *fixture, const gchar *kind, const gchar *event, guint nth)
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

void
test_link_append_packet (GByteArray *bytes, guint8 type, guint32 id, gconstpointer payload, guint32 size)
{
  IpcHeader header = { .type = type, .id = id, .size = size };
  guint8 raw[IPC_HEADER_SIZE];

  ipc_header_write (&header, raw);
  g_byte_array_append (bytes, raw, sizeof raw);
  if (size > 0)
    g_byte_array_append (bytes, payload, size);
}
