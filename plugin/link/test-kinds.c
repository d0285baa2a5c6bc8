/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an fd may be, and what becomes of the link then (CONN-9, CONN-11, CONN-12, LIFE-1): blocking ones that nobody
 * reads, half-closed ones, what is no stream at all, and what was closed behind the link's back. */
#include "link-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- a peer that does not read ---- */

typedef struct {
  const gchar *name;
  WireKind kind;
} Kind;

static const Kind kinds[] = {
  { "socketpair", WIRE_SOCKETPAIR },
  { "pipes", WIRE_PIPES },
  { "tcp", WIRE_TCP },
  { "terminal", WIRE_TERMINAL },
};

static Call *
begin_big_call (TestOwner *owner, guint64 timeout)
{
  GstBuffer *body = patterned_buffer (8 * 1024 * 1024);

  return call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, timeout);
}

/* The fds are blocking: if a write were to wait, so would everything here. */
static void
test_blocking_fd_does_not_block (gconstpointer data)
{
  const Kind *kind = data;
  guint way;

  for (way = 0; way < 6; way++) {
    Wires wires;
    TestOwner *owner;
    Call *call;

    wires_open (&wires, kind->kind, FALSE);
    owner = test_owner_new (IPC_TO_MASTER, &wires);
    call = begin_big_call (owner, way == 0 ? 20000 : IPC_WAIT_FOREVER);
    peer_await_readable (wires.peer_in);
    switch (way) {
    case 0:
      g_assert_cmpint (call_end (call), ==, IPC_OUTCOME_TIMED_OUT);
      call_free (call);
      break;
    case 1:
      ipc_link_cancel (owner->link, IPC_WAIT_SERIALIZED);
      call_expect (call, IPC_OUTCOME_CANCELLED);
      break;
    case 2:
      ipc_link_stop (owner->link);
      call_expect (call, IPC_OUTCOME_GONE);
      break;
    case 3:
      ipc_link_set_fdout (owner->link, -1);
      call_expect (call, IPC_OUTCOME_GONE);
      break;
    case 4: { /* and it still reads */
      g_auto (IpcPacket) packet = packet_state_lost ();

      peer_write_packet (wires.peer_out, &packet);
      test_owner_pop (owner, &packet);
      ipc_link_disconnect (owner->link);
      call_expect (call, IPC_OUTCOME_GONE);
      break;
    }
    default:
      ipc_link_disconnect (owner->link);
      call_expect (call, IPC_OUTCOME_GONE);
      break;
    }
    g_assert_cmpint (fcntl (wires.link_out, F_GETFL) & O_NONBLOCK, ==, 0);
    end (owner, &wires);
  }
}

/* Directly: as it is now, and as on kernels where pipes must be polled. */
static void
test_full_pipe (gconstpointer data)
{
  static guint8 bytes[65536];
  IpcFdKind kind = GPOINTER_TO_INT (data);
  IpcFdFile file;
  struct iovec iov[] = { { bytes, 10000 }, { bytes, 3000 } };
  gsize n, total = 0;
  gint fds[2];

  g_assert_no_errno (pipe2 (fds, O_CLOEXEC));
  ipc_io_identify (fds[1], &file);
  g_assert_cmpint (file.kind, ==, IPC_FD_PIPE);
  file.kind = kind;
  while (ipc_io_write (fds[1], &file, iov, 2, &n) == IPC_IO_OK) {
    g_assert_cmpuint (n, <=, kind == IPC_FD_PIPE ? 13000 : 4096);
    total += n;
  }
  g_assert_cmpuint (total, >=, 60000);
  g_assert_true (peer_read (fds[0], bytes, 8192));
  g_assert_cmpint (ipc_io_write (fds[1], &file, iov, 2, &n), ==, IPC_IO_OK);
  ipc_io_identify (fds[0], &file);
  file.kind = kind;
  g_assert_cmpint (ipc_io_read (fds[0], &file, bytes, 100, &n), ==, IPC_IO_OK);
  g_assert_cmpuint (n, ==, 100);
  close (fds[0]);
  close (fds[1]);
}

/* ---- half-closed ---- */

/* TCP does not tell the sender that nobody reads: what is sent is not answered, and the rest is as always. */
static void
test_tcp_peer_that_reads_no_more (void)
{
  Wires wires;
  TestOwner *owner;
  g_auto (IpcPacket) packet = packet_state_lost ();

  wires_open (&wires, WIRE_TCP, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  g_assert_no_errno (shutdown (wires.peer_in, SHUT_RD));
  call_expect (call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, 1000), IPC_OUTCOME_TIMED_OUT);
  peer_write_packet (wires.peer_out, &packet);
  test_owner_pop (owner, &packet);
  g_assert_cmpuint (test_owner_n_lost (owner), ==, 0);
  end (owner, &wires);
}

/* Our own end, by the application. */
static void
test_own_end_shut_down (gconstpointer data)
{
  WireKind kind = GPOINTER_TO_INT (data);
  Wires wires;
  TestOwner *owner;
  IpcPacket packet = packet_state_lost ();

  wires_open (&wires, kind, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  g_assert_no_errno (shutdown (wires.link_out, SHUT_WR));
  g_assert_false (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, NULL));
  g_assert_error (test_owner_await_lost (owner, 1), IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE);
  ipc_link_disconnect (owner->link);
  wires_close (&wires);

  wires_open (&wires, kind, FALSE);
  test_owner_set_wires (owner, &wires);
  g_assert_no_errno (shutdown (wires.link_in, SHUT_RD));
  g_assert_error (test_owner_await_lost (owner, 2), IPC_LINK_ERROR, IPC_LINK_ERROR_CLOSED);
  end (owner, &wires);
}

/* ---- what is no stream between two ---- */

/* As fdin, with a good fdout; or the other way round, and a packet that is to be written. Returns what is said. */
static const GError *
use_as (TestOwner *owner, Wires *wires, gint fd, gboolean as_fdin)
{
  if (as_fdin) {
    ipc_link_set_fdout (owner->link, wires->link_out);
    ipc_link_set_fdin (owner->link, fd);
  } else {
    IpcPacket packet = packet_state_lost ();

    ipc_link_set_fdout (owner->link, fd);
    ipc_link_set_fdin (owner->link, wires->link_in);
    g_assert_false (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, NULL));
  }
  return test_owner_await_lost (owner, 1);
}

typedef struct {
  const gchar *name;
  gint (*open) (void);
  gboolean as_fdin;
  IpcLinkError code;
  const gchar *text;
} Odd;

static gint
open_directory (void)
{
  return open (".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static gint
open_epoll (void)
{
  return epoll_create1 (EPOLL_CLOEXEC);
}

static gint
open_full (void)
{
  return open ("/dev/full", O_RDWR | O_CLOEXEC);
}

static gint
open_null (void)
{
  return open ("/dev/null", O_RDWR | O_CLOEXEC);
}

static gint
open_zero (void)
{
  return open ("/dev/zero", O_RDONLY | O_CLOEXEC);
}

static gint
open_unconnected (void)
{
  return socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static const Odd odd[] = {
  { "directory", open_directory, TRUE, IPC_LINK_ERROR_READ, "Is a directory (it must be a connected socket, a pipe" },
  { "directory", open_directory, FALSE, IPC_LINK_ERROR_WRITE, "Bad file descriptor (fdin must be open for reading" },
  { "epoll", open_epoll, TRUE, IPC_LINK_ERROR_READ, "Invalid argument (it must be a connected socket, a pipe" },
  { "epoll", open_epoll, FALSE, IPC_LINK_ERROR_WRITE, "Invalid argument (it must be a connected socket, a pipe" },
  { "dev-full", open_full, FALSE, IPC_LINK_ERROR_WRITE, "No space left on device" },
  { "dev-null", open_null, TRUE, IPC_LINK_ERROR_CLOSED, "the peer closed the connection" },
  { "dev-zero", open_zero, TRUE, IPC_LINK_ERROR_PROTOCOL, "the peer broke the protocol" },
  { "unconnected", open_unconnected, TRUE, IPC_LINK_ERROR_READ, "is not connected (it must be a connected socket" },
  { "unconnected", open_unconnected, FALSE, IPC_LINK_ERROR_WRITE, "the peer went away" },
};

static void
test_odd_fd (gconstpointer data)
{
  const Odd *what = data;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  const GError *error;
  Wires wires;
  gint fd = what->open ();

  g_assert_no_errno (fd);
  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  error = use_as (owner, &wires, fd, what->as_fdin);
  g_assert_error (error, IPC_LINK_ERROR, (gint)what->code);
  assert_says (error, what->text);
  ipc_link_disconnect (owner->link);
  test_owner_set_wires (owner, &wires);
  round_trip (owner, &wires);
  close (fd);
  end (owner, &wires);
}

/* Of an eventfd it cannot be said how much there is to read: nothing is heard of what a dead peer may have said. */
static void
test_write_error_with_an_odd_fdin (void)
{
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  IpcPacket packet = packet_state_lost ();
  gint fds[2], in = ipc_poke_new ();

  g_assert_no_errno (pipe2 (fds, O_CLOEXEC));
  close (fds[0]);
  ipc_link_set_fdin (owner->link, in);
  ipc_link_set_fdout (owner->link, fds[1]);
  g_assert_false (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, NULL));
  g_assert_error (test_owner_await_lost (owner, 1), IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE);
  test_owner_free (owner);
  close (in);
  close (fds[1]);
}

/* A file is read to its end, which is the peer's; and it takes all that is said. */
static void
test_regular_file (void)
{
  g_autofree gchar *name = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  IpcPacket packet = packet_query ("text");
  gint fd = g_file_open_tmp (NULL, &name, NULL);
  Wires wires;

  g_assert_no_errno (fd);
  g_unlink (name);
  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  ipc_packet_encode (&packet, bytes);
  ipc_packet_clear (&packet);
  peer_write (fd, bytes->data, bytes->len);
  peer_write (fd, bytes->data, bytes->len - 1);
  g_assert_no_errno (lseek (fd, 0, SEEK_SET));
  assert_says (use_as (owner, &wires, fd, TRUE), "in the middle of a packet: QUERY (id 0, 9 of 10 bytes)");
  test_owner_pop (owner, &packet);
  ipc_packet_clear (&packet);

  ipc_link_disconnect (owner->link);
  g_assert_no_errno (ftruncate (fd, 0));
  g_assert_no_errno (lseek (fd, 0, SEEK_SET));
  ipc_link_set_fdout (owner->link, fd);
  ipc_link_set_fdin (owner->link, wires.link_in);
  call_expect (call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, 1000), IPC_OUTCOME_TIMED_OUT);
  g_assert_no_errno (lseek (fd, 0, SEEK_SET));
  peer_expect (fd, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
  close (fd);
  end (owner, &wires);
}

/* ---- closed behind the link's back ---- */

/* @reused: the number stands for a pipe of somebody else by then, from which nothing is taken. */
static void
closed_fdin (WireKind kind, gboolean reused)
{
  g_auto (IpcPacket) packet = packet_state_lost ();
  TestOwner *owner;
  const GError *error;
  gint other[2], kept;
  Wires wires;

  wires_open (&wires, kind, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  round_trip (owner, &wires);
  kept = fcntl (wires.link_in, F_DUPFD_CLOEXEC, 500); /* so that the peer does not notice */
  g_assert_no_errno (pipe2 (other, O_CLOEXEC));
  peer_write (other[1], "not for the link", 16);
  if (reused)
    g_assert_no_errno (dup3 (other[0], wires.link_in, O_CLOEXEC));
  else
    g_assert_no_errno (close (wires.link_in));

  peer_write_packet (wires.peer_out, &packet);
  error = test_owner_await_lost (owner, 1);
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_READ);
  assert_says (error, reused ? "another file has its number now" : "Bad file descriptor");
  g_assert_cmpint (ipc_io_readable_bytes (other[0]), ==, 16);
  ipc_link_disconnect (owner->link);
  if (!reused)
    g_assert_no_errno (dup3 (kept, wires.link_in, O_CLOEXEC));
  close (kept);
  close (other[0]);
  close (other[1]);
  end (owner, &wires);
}

static void
closed_fdout (WireKind kind, gboolean reused)
{
  TestOwner *owner;
  const GError *error;
  IpcPacket packet;
  gint other[2], kept;
  Wires wires, high;

  wires_open (&wires, kind, FALSE);
  high = wires;
  high.link_out = fcntl (wires.link_out, F_DUPFD_CLOEXEC, 500); /* not also fdin */
  owner = test_owner_new (IPC_TO_MASTER, &high);
  round_trip (owner, &wires);
  g_assert_no_errno (pipe2 (other, O_CLOEXEC));
  kept = high.link_out;
  if (reused)
    g_assert_no_errno (dup3 (other[1], kept, O_CLOEXEC));
  else
    g_assert_no_errno (close (kept));

  packet = packet_state_lost ();
  g_assert_false (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, NULL));
  error = test_owner_await_lost (owner, 1);
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE);
  assert_says (error, reused ? "another file has its number now" : "Bad file descriptor");
  g_assert_cmpint (ipc_io_readable_bytes (other[0]), ==, 0);
  ipc_link_disconnect (owner->link);
  if (reused)
    close (kept);
  close (other[0]);
  close (other[1]);
  end (owner, &wires);
}

static void
test_closed_behind_its_back (gconstpointer data)
{
  const Kind *kind = data;
  guint reused;

  for (reused = 0; reused < 2; reused++) {
    closed_fdin (kind->kind, reused);
    closed_fdout (kind->kind, reused);
  }
}

/* What was not open when it was set, is still not, or has become something: it was not meant. */
static void
test_closed_when_it_was_set (void)
{
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  IpcPacket packet = packet_state_lost ();
  const GError *error;
  gint other[2], number;
  Wires wires;

  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  number = fcntl (wires.link_out, F_DUPFD_CLOEXEC, 600);
  close (number);
  ipc_link_set_fdout (owner->link, number);
  ipc_link_set_fdin (owner->link, wires.link_in);
  g_assert_no_errno (pipe2 (other, O_CLOEXEC));
  g_assert_no_errno (dup3 (other[1], number, O_CLOEXEC));
  g_assert_false (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, NULL));
  error = test_owner_await_lost (owner, 1);
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE);
  g_assert_cmpint (ipc_io_readable_bytes (other[0]), ==, 0);
  close (number);
  close (other[0]);
  close (other[1]);
  end (owner, &wires);
}

static void
add (const gchar *name, const gchar *of, gconstpointer data, GTestDataFunc func)
{
  g_autofree gchar *path = g_strdup_printf ("/link/kinds/%s/%s", name, of);

  g_test_add_data_func (path, data, func);
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (i = 0; i < G_N_ELEMENTS (kinds); i++) {
    add ("blocking-fd-does-not-block", kinds[i].name, &kinds[i], test_blocking_fd_does_not_block);
    add ("closed-behind-its-back", kinds[i].name, &kinds[i], test_closed_behind_its_back);
  }
  add ("full-pipe", "nowait", GINT_TO_POINTER (IPC_FD_PIPE), test_full_pipe);
  add ("full-pipe", "polled", GINT_TO_POINTER (IPC_FD_POLLED_PIPE), test_full_pipe);
  add ("own-end-shut-down", "socketpair", GINT_TO_POINTER (WIRE_SOCKETPAIR), test_own_end_shut_down);
  add ("own-end-shut-down", "tcp", GINT_TO_POINTER (WIRE_TCP), test_own_end_shut_down);
  for (i = 0; i < G_N_ELEMENTS (odd); i++)
    add (odd[i].name, odd[i].as_fdin ? "fdin" : "fdout", &odd[i], test_odd_fd);
  g_test_add_func ("/link/kinds/tcp-peer-that-reads-no-more", test_tcp_peer_that_reads_no_more);
  g_test_add_func ("/link/kinds/regular-file", test_regular_file);
  g_test_add_func ("/link/kinds/write-error-with-an-odd-fdin", test_write_error_with_an_odd_fdin);
  g_test_add_func ("/link/kinds/closed-when-it-was-set", test_closed_when_it_was_set);
  return g_test_run ();
}
