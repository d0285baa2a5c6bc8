/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One try at reading or writing an fd that belongs to the application, and that it may have left in
 * blocking or non-blocking mode, and may share with others: so neither its flags nor the process's signal dispositions
 * are changed. Sockets have MSG_DONTWAIT and MSG_NOSIGNAL for that. Everything else (pipes) is polled first, written in
 * pieces that fit when poll() says so, and the SIGPIPE of a write is taken back before anybody sees it. Keeps no state:
 * the kind of an fd, once found out, is kept by the caller.
 */
#include "link-private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_IOV 64

static IpcIoResult
result_of (gssize n, gsize *n_done)
{
  if (n >= 0) {
    *n_done = n;
    return IPC_IO_OK;
  }
  return (errno == EAGAIN || errno == EWOULDBLOCK) ? IPC_IO_AGAIN : IPC_IO_FAILED;
}

/* For what is no socket, call this only after poll() has reported something. */
IpcIoResult
ipc_io_read (gint fd, IpcFdKind *kind, guint8 *bytes, gsize room, gsize *n_read)
{
  gssize n;

  *n_read = 0;
  do {
    if (*kind == IPC_FD_OTHER) {
      n = read (fd, bytes, room);
    } else {
      n = recv (fd, bytes, room, MSG_DONTWAIT);
      *kind = IPC_FD_SOCKET;
      if (n < 0 && errno == ENOTSOCK) {
        *kind = IPC_FD_OTHER;
        errno = EINTR;
      }
    }
  } while (n < 0 && errno == EINTR);

  return n == 0 ? IPC_IO_EOF : result_of (n, n_read);
}

/* The first parts of @iov, at most @limit bytes. Returns how many parts. */
static guint
limit_iov (struct iovec *limited, const struct iovec *iov, guint n_iov, gsize limit)
{
  guint i;

  for (i = 0; i < n_iov && i < MAX_IOV && limit > 0; i++) {
    limited[i] = iov[i];
    limited[i].iov_len = MIN (iov[i].iov_len, limit);
    limit -= limited[i].iov_len;
  }
  return i;
}

/* write() raises SIGPIPE in the thread that calls it: there it is blocked, and taken off again if it is
 * ours. One that was pending before stays. */
static gssize
writev_without_sigpipe (gint fd, const struct iovec *iov, guint n_iov)
{
  static const struct timespec no_time = { 0, 0 };
  sigset_t pipe_set, old_set, pending;
  gboolean was_pending;
  gssize n;
  gint saved_errno;

  sigemptyset (&pending);
  sigpending (&pending);
  was_pending = sigismember (&pending, SIGPIPE) == 1;
  sigemptyset (&pipe_set);
  sigaddset (&pipe_set, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &pipe_set, &old_set);

  do
    n = writev (fd, iov, n_iov);
  while (n < 0 && errno == EINTR);
  saved_errno = errno;

  if (n < 0 && saved_errno == EPIPE && !was_pending) {
    while (sigtimedwait (&pipe_set, NULL, &no_time) < 0 && errno == EINTR)
      ;
  }
  pthread_sigmask (SIG_SETMASK, &old_set, NULL);
  errno = saved_errno;
  return n;
}

static IpcIoResult
write_other (gint fd, const struct iovec *iov, guint n_iov, gsize *n_written)
{
  struct pollfd room = { .fd = fd, .events = POLLOUT };
  struct iovec limited[MAX_IOV];
  gint flags = fcntl (fd, F_GETFL);

  if (flags < 0)
    return IPC_IO_FAILED;
  /* poll() would never say that a pipe's reading end is writable. */
  if ((flags & O_ACCMODE) == O_RDONLY) {
    errno = EBADF;
    return IPC_IO_FAILED;
  }
  if (ipc_io_poll (&room, 1, 0) == 0)
    return IPC_IO_AGAIN;

  /* POLLOUT promises room for PIPE_BUF bytes; more would block where the mode is blocking. */
  n_iov = limit_iov (limited, iov, n_iov, (flags & O_NONBLOCK) ? G_MAXSSIZE : PIPE_BUF);
  return result_of (writev_without_sigpipe (fd, limited, n_iov), n_written);
}

IpcIoResult
ipc_io_write (gint fd, IpcFdKind *kind, const struct iovec *iov, guint n_iov, gsize *n_written)
{
  struct msghdr message = { .msg_iov = (struct iovec *)iov, .msg_iovlen = MIN (n_iov, MAX_IOV) };
  gssize n;

  *n_written = 0;
  if (*kind == IPC_FD_OTHER)
    return write_other (fd, iov, n_iov, n_written);

  do
    n = sendmsg (fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);

  if (n < 0 && errno == ENOTSOCK) {
    *kind = IPC_FD_OTHER;
    return write_other (fd, iov, n_iov, n_written);
  }
  *kind = IPC_FD_SOCKET;
  return result_of (n, n_written);
}

gboolean
ipc_io_is_readable (gint fd)
{
  gint flags = fcntl (fd, F_GETFL);

  if (flags < 0)
    return FALSE;
  /* poll() would never say that a pipe's writing end is readable. */
  if ((flags & O_ACCMODE) == O_WRONLY) {
    errno = EBADF;
    return FALSE;
  }
  return TRUE;
}

gsize
ipc_io_readable_bytes (gint fd)
{
  gint n = 0;

  if (ioctl (fd, FIONREAD, &n) < 0 || n < 0)
    return 0;
  return n;
}

const gchar *
ipc_io_hint (gint code)
{
  switch (code) {
  case EBADF:
    return " (fdin must be open for reading and fdout for writing, until they are replaced or disconnected)";
  case EINVAL:
  case EISDIR:
  case ENOTCONN:
    return " (it must be a connected socket, a pipe, or another stream of bytes)";
  default:
    return "";
  }
}

/* Returns what poll() returns, 0 when the deadline has passed. */
gint
ipc_io_poll (struct pollfd *fds, guint n_fds, gint64 deadline)
{
  for (;;) {
    struct timespec timeout = { 0, 0 };
    gint n;

    if (deadline != 0 && deadline != IPC_LINK_NEVER) {
      gint64 left = MAX (deadline - g_get_monotonic_time (), 0);

      timeout.tv_sec = left / G_USEC_PER_SEC;
      timeout.tv_nsec = (left % G_USEC_PER_SEC) * 1000;
    }
    n = ppoll (fds, n_fds, deadline == IPC_LINK_NEVER ? NULL : &timeout, NULL);
    if (n >= 0)
      return n;
    if (errno != EINTR)
      return 0; /* no memory: as if nothing had happened yet; the caller looks again */
  }
}

gint
ipc_poke_new (void)
{
  return eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
}

/* Never blocks: a full counter is a poke already. */
void
ipc_poke (gint poke)
{
  while (eventfd_write (poke, 1) < 0 && errno == EINTR)
    ;
}

void
ipc_poke_clear (gint poke)
{
  eventfd_t count;

  while (eventfd_read (poke, &count) < 0 && errno == EINTR)
    ;
}
