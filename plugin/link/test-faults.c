/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the system refuses. The functions that the link calls are interposed here, and fail when told to. */
#include "link-test.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

typedef enum { PPOLL, RECV, SENDMSG, PREADV2, PWRITEV2, EVENTFD, EVENTFD_READ, EVENTFD_WRITE, THREAD, N_CALLS } Faulty;

static gint failures[N_CALLS]; /* atomic: how many more times it fails */
static gint codes[N_CALLS];    /* atomic: with which errno */
static gint polls;             /* atomic: calls of ppoll() by readers of links */

static void
fail (Faulty which, gint code, gint times)
{
  g_atomic_int_set (&codes[which], code);
  g_atomic_int_set (&failures[which], times);
}

/* Whether this call is to fail; errno is set. */
static gboolean
fails (Faulty which)
{
  gint left;

  do {
    left = g_atomic_int_get (&failures[which]);
    if (left == 0)
      return FALSE;
  } while (!g_atomic_int_compare_and_exchange (&failures[which], left, left - 1));
  errno = g_atomic_int_get (&codes[which]);
  return TRUE;
}

#define REAL(name) ((__typeof__ (&name))dlsym (RTLD_NEXT, #name))

int
ppoll (struct pollfd *fds, nfds_t n_fds, const struct timespec *timeout, const sigset_t *mask)
{
  gboolean failing = fails (PPOLL);

  if (n_fds == 3)
    g_atomic_int_inc (&polls);
  return failing ? -1 : REAL (ppoll) (fds, n_fds, timeout, mask);
}

ssize_t
recv (int fd, void *bytes, size_t size, int flags)
{
  return fails (RECV) ? -1 : REAL (recv) (fd, bytes, size, flags);
}

ssize_t
sendmsg (int fd, const struct msghdr *message, int flags)
{
  return fails (SENDMSG) ? -1 : REAL (sendmsg) (fd, message, flags);
}

ssize_t
preadv2 (int fd, const struct iovec *iov, int n_iov, off_t offset, int flags)
{
  return fails (PREADV2) ? -1 : REAL (preadv2) (fd, iov, n_iov, offset, flags);
}

ssize_t
pwritev2 (int fd, const struct iovec *iov, int n_iov, off_t offset, int flags)
{
  return fails (PWRITEV2) ? -1 : REAL (pwritev2) (fd, iov, n_iov, offset, flags);
}

int
eventfd (unsigned int count, int flags)
{
  return fails (EVENTFD) ? -1 : REAL (eventfd) (count, flags);
}

int
eventfd_read (int fd, eventfd_t *value)
{
  return fails (EVENTFD_READ) ? -1 : REAL (eventfd_read) (fd, value);
}

int
eventfd_write (int fd, eventfd_t value)
{
  return fails (EVENTFD_WRITE) ? -1 : REAL (eventfd_write) (fd, value);
}

int
pthread_create (pthread_t *thread, const pthread_attr_t *attributes, void *(*start) (void *), void *data)
{
  if (fails (THREAD))
    return errno;
  return REAL (pthread_create) (thread, attributes, start, data);
}

/* ---- */

static void
test_interrupted_calls_are_made_again (gconstpointer data)
{
  WireKind kind = GPOINTER_TO_INT (data);
  Wires wires;
  TestOwner *owner;
  guint round, which;

  wires_open (&wires, kind, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  for (round = 0; round < 20; round++) {
    for (which = PPOLL; which < EVENTFD; which++)
      fail (which, EINTR, 2);
    fail (EVENTFD_READ, EINTR, 2);
    fail (EVENTFD_WRITE, EINTR, 2);
    round_trip (owner, &wires);
    ipc_link_stop (owner->link);
    ipc_link_start (owner->link);
  }
  for (which = 0; which < N_CALLS; which++)
    fail (which, 0, 0);
  g_assert_cmpuint (test_owner_n_lost (owner), ==, 0);
  end (owner, &wires);
}

/* What RLIMIT_NOFILE of 2 leads to. The link says so, and does not try again and again. */
static void
test_poll_fails (void)
{
  g_auto (IpcPacket) packet = packet_state_lost ();
  Wires wires;
  TestOwner *owner = master_on (&wires);
  const GError *error;
  gboolean retired = FALSE;
  gint before;

  round_trip (owner, &wires);
  fail (PPOLL, EINVAL, -1);
  peer_write_packet (wires.peer_out, &packet); /* ends the poll that was begun, if there is one */
  error = test_owner_await_lost (owner, 1);
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_READ);
  assert_says (error, "poll: Invalid argument (RLIMIT_NOFILE must be 3 at least)");
  while (!retired) {
    g_mutex_lock (&owner->link->lock);
    retired = owner->link->reader == NULL;
    g_mutex_unlock (&owner->link->lock);
  }
  before = g_atomic_int_get (&polls);
  ipc_link_disconnect (owner->link);
  fail (PPOLL, 0, 0);
  g_assert_cmpint (g_atomic_int_get (&polls), ==, before);
  test_owner_set_wires (owner, &wires);
  round_trip (owner, &wires);
  g_assert_cmpuint (test_owner_n_lost (owner), ==, 1);
  end (owner, &wires);
}

/* A link without fds has nothing to lose. */
static void
test_poll_fails_when_idle (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  gboolean retired = FALSE;

  round_trip (owner, &wires);
  ipc_link_disconnect (owner->link);
  fail (PPOLL, EINVAL, -1);
  ipc_link_set_fdout (owner->link, wires.link_out); /* ends the poll that was begun, if there is one */
  while (!retired) {
    g_mutex_lock (&owner->link->lock);
    retired = owner->link->reader == NULL;
    g_mutex_unlock (&owner->link->lock);
  }
  fail (PPOLL, 0, 0);
  g_assert_cmpuint (test_owner_n_lost (owner), ==, 0);
  test_owner_set_wires (owner, &wires);
  round_trip (owner, &wires);
  end (owner, &wires);
}

static void
test_poll_for_room_fails (void)
{
  Wires wires;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  GstBuffer *body = patterned_buffer (4 * 1024 * 1024);
  Call *call;
  gint before;

  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  before = g_atomic_int_get (&polls);
  test_owner_set_wires (owner, &wires);
  while (g_atomic_int_get (&polls) == before) /* the reader is not to be the one */
    g_thread_yield ();
  fail (PPOLL, ENOMEM, 1);
  call = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  call_expect (call, IPC_OUTCOME_GONE);
  g_assert_error (test_owner_await_lost (owner, 1), IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE);
  end (owner, &wires);
}

/* Kernels before 6.4, and sandboxes that do not know the call. */
static void
test_pipes_without_nowait (gconstpointer data)
{
  Wires wires;
  TestOwner *owner;
  GstBuffer *body = patterned_buffer (1024 * 1024);
  g_auto (IpcPacket) packet = { 0 };
  Call *call;

  fail (PREADV2, GPOINTER_TO_INT (data), -1);
  fail (PWRITEV2, GPOINTER_TO_INT (data), -1);
  wires_open (&wires, WIRE_PIPES, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  call = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  g_assert_true (peer_read_packet (wires.peer_in, IPC_TO_SLAVE, &packet));
  assert_patterned (packet.buffer.data, packet.buffer.size);
  peer_ack (wires.peer_out, 1, 0);
  call_expect (call, IPC_OUTCOME_REPLIED);
  body = patterned_buffer (1024 * 1024);
  call = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  peer_await_readable (wires.peer_in);
  ipc_link_disconnect (owner->link);
  call_expect (call, IPC_OUTCOME_GONE);
  fail (PREADV2, 0, 0);
  fail (PWRITEV2, 0, 0);
  end (owner, &wires);
}

static void
test_poll_before_a_write_fails (void)
{
  struct iovec iov = { (gpointer) "x", 1 };
  IpcFdFile file;
  gint fds[2];
  gsize n;

  g_assert_no_errno (pipe (fds));
  ipc_io_identify (fds[1], &file);
  file.kind = IPC_FD_POLLED_PIPE;
  fail (PPOLL, ENOMEM, 1);
  g_assert_cmpint (ipc_io_write (fds[1], &file, &iov, 1, &n), ==, IPC_IO_FAILED);
  g_assert_cmpint (errno, ==, ENOMEM);
  g_assert_cmpint (ipc_io_write (fds[1], &file, &iov, 1, &n), ==, IPC_IO_OK);
  close (fds[0]);
  close (fds[1]);
}

/* poll() has said that there is something, and there is nothing: it is looked again, but not at what has hung up. */
static void
test_nothing_to_read (void)
{
  g_auto (IpcPacket) packet = packet_state_lost ();
  Wires wires;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);

  wires_open (&wires, WIRE_PIPES, FALSE);
  test_owner_set_wires (owner, &wires);
  fail (PREADV2, EAGAIN, 2);
  peer_write_packet (wires.peer_out, &packet);
  test_owner_pop (owner, &packet);
  fail (PREADV2, EAGAIN, 1);
  wires_close_peer (&wires);
  assert_says (test_owner_await_lost (owner, 1), "the peer closed the connection");
  g_assert_cmpint (g_atomic_int_get (&failures[PREADV2]), ==, 0);
  end (owner, &wires);
}

typedef struct {
  const gchar *name;
  Faulty which;
  gint code;
  IpcLinkError error;
  const gchar *text;
} Fault;

static const Fault faults[] = {
  { "recv-econnreset", RECV, ECONNRESET, IPC_LINK_ERROR_CLOSED, "the peer went away without reading everything" },
  { "recv-eio", RECV, EIO, IPC_LINK_ERROR_READ, "failed: Input/output error" },
  { "sendmsg-econnreset", SENDMSG, ECONNRESET, IPC_LINK_ERROR_WRITE, "the peer went away: it has closed its end" },
  { "sendmsg-eio", SENDMSG, EIO, IPC_LINK_ERROR_WRITE, "failed: Input/output error" },
};

static void
test_call_fails (gconstpointer data)
{
  const Fault *fault = data;
  g_auto (IpcPacket) packet = packet_state_lost ();
  Wires wires;
  TestOwner *owner = master_on (&wires);
  const GError *error;

  round_trip (owner, &wires);
  fail (fault->which, fault->code, 1);
  if (fault->which == RECV)
    peer_write_packet (wires.peer_out, &packet);
  else
    g_assert_false (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, NULL));
  error = test_owner_await_lost (owner, 1);
  g_assert_error (error, IPC_LINK_ERROR, (gint)fault->error);
  assert_says (error, fault->text);
  end (owner, &wires);
}

/* Nothing to read with: who sends is told, and the next try may work. */
static void
assert_cannot_start (TestOwner *owner, Wires *wires, const gchar *text)
{
  IpcPacket packet = packet_state_lost ();
  g_autoptr (GError) error = NULL;

  test_owner_set_wires (owner, wires);
  g_assert_false (ipc_link_is_connected (owner->link));
  g_assert_false (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, &error));
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED);
  assert_says (error, text);
  g_assert_cmpuint (test_owner_stat (owner, "read-errors"), ==, 1);
}

static void
test_no_thread (void)
{
  Wires wires;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);

  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  fail (THREAD, EAGAIN, 1);
  assert_cannot_start (owner, &wires, "there is no thread to read with: ");
  test_owner_set_wires (owner, &wires);
  round_trip (owner, &wires);
  end (owner, &wires);
}

static void
test_no_eventfd (gconstpointer data)
{
  const gint times = GPOINTER_TO_INT (data);
  Wires wires;
  TestOwner *owner;

  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  fail (EVENTFD, EMFILE, times);
  owner = test_owner_new (IPC_TO_MASTER, NULL);
  if (times > 2)
    assert_cannot_start (owner, &wires, "there is no eventfd to read with: Too many open files");
  fail (EVENTFD, 0, 0);
  test_owner_set_wires (owner, &wires);
  round_trip (owner, &wires);
  end (owner, &wires);
}

/* And it ends without ever having had one. */
static void
test_never_an_eventfd (void)
{
  TestOwner *owner;

  fail (EVENTFD, EMFILE, -1);
  owner = test_owner_new (IPC_TO_MASTER, NULL);
  test_owner_free (owner);
  fail (EVENTFD, 0, 0);
}

/* Somebody else is writing it: nothing is sent, and the link is as before. */
static void
test_body_that_cannot_be_mapped (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  GstBuffer *body = patterned_buffer (100);
  GstMemory *memory = gst_buffer_get_memory (body, 0);
  GstMapInfo map;
  Call *call;

  g_assert_true (gst_memory_map (memory, &map, GST_MAP_WRITE));
  call = call_begin (owner->link, packet_buffer (body), gst_buffer_ref (body), IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  g_assert_cmpint (call_end (call), ==, IPC_OUTCOME_GONE);
  g_assert_error (call->error, IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE);
  assert_says (call->error, "its memory (SystemMemory) cannot be mapped for reading");
  call_free (call);
  gst_memory_unmap (memory, &map);
  gst_memory_unref (memory);
  gst_buffer_unref (body);
  round_trip (owner, &wires);
  end (owner, &wires);
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_data_func ("/link/faults/interrupted-calls-are-made-again/socketpair", GINT_TO_POINTER (WIRE_SOCKETPAIR),
      test_interrupted_calls_are_made_again);
  g_test_add_data_func ("/link/faults/interrupted-calls-are-made-again/pipes", GINT_TO_POINTER (WIRE_PIPES),
      test_interrupted_calls_are_made_again);
  g_test_add_func ("/link/faults/poll-fails", test_poll_fails);
  g_test_add_func ("/link/faults/poll-fails-when-idle", test_poll_fails_when_idle);
  g_test_add_func ("/link/faults/poll-before-a-write-fails", test_poll_before_a_write_fails);
  g_test_add_func ("/link/faults/nothing-to-read", test_nothing_to_read);
  g_test_add_func ("/link/faults/poll-for-room-fails", test_poll_for_room_fails);
  g_test_add_data_func (
      "/link/faults/pipes-without-nowait/unknown", GINT_TO_POINTER (EOPNOTSUPP), test_pipes_without_nowait);
  g_test_add_data_func (
      "/link/faults/pipes-without-nowait/forbidden", GINT_TO_POINTER (ENOSYS), test_pipes_without_nowait);
  for (i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autofree gchar *path = g_strconcat ("/link/faults/", faults[i].name, NULL);

    g_test_add_data_func (path, &faults[i], test_call_fails);
  }
  g_test_add_func ("/link/faults/no-thread", test_no_thread);
  g_test_add_data_func ("/link/faults/no-eventfd/at-first", GINT_TO_POINTER (2), test_no_eventfd);
  g_test_add_data_func ("/link/faults/no-eventfd/when-needed", GINT_TO_POINTER (3), test_no_eventfd);
  g_test_add_func ("/link/faults/no-eventfd/never", test_never_an_eventfd);
  g_test_add_func ("/link/faults/body-that-cannot-be-mapped", test_body_that_cannot_be_mapped);
  return g_test_run ();
}
