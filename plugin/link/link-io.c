/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One try at reading or writing an fd that belongs to the application, and that it may have left in
 * blocking or non-blocking mode, and may share with others: so neither its flags nor the process's signal dispositions
 * are changed. Sockets have MSG_DONTWAIT and MSG_NOSIGNAL for that, pipes RWF_NOWAIT. Everything else (terminals, pipes
 * of older kernels) is polled first and written in pieces that fit when poll() says so. The SIGPIPE of a write is taken
 * back before anybody sees it. Keeps no state: which file an fd stands for is kept by the caller, and compared each
 * time, so that the bytes of somebody who got the number of a closed fd stay where they are.
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
#include <sys/stat.h>
#include <unistd.h>

static IpcIoResult
result_of (gssize n, gsize *n_done)
{
  if (n >= 0) {
    *n_done = n;
    return IPC_IO_OK;
  }
  return (errno == EAGAIN || errno == EWOULDBLOCK) ? IPC_IO_AGAIN : IPC_IO_FAILED;
}

static gboolean
is_local_stream (gint fd)
{
  gint domain = 0, type = 0;
  socklen_t domain_size = sizeof domain, type_size = sizeof type;

  return getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &domain, &domain_size) == 0 && domain == AF_UNIX
         && getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 && type == SOCK_STREAM;
}

void
ipc_io_identify (gint fd, IpcFdFile *file)
{
  struct stat status;

  *file = (IpcFdFile){ .kind = IPC_FD_UNKNOWN };
  if (fd < 0 || fstat (fd, &status) < 0)
    return;
  file->device = status.st_dev;
  file->inode = status.st_ino;
  switch (status.st_mode & S_IFMT) {
  case S_IFSOCK:
    file->kind = IPC_FD_SOCKET;
    file->is_local = is_local_stream (fd);
    break;
  case S_IFIFO:
    file->kind = IPC_FD_PIPE;
    break;
  case S_IFREG:
  case S_IFBLK:
    file->kind = IPC_FD_FILE;
    break;
  default:
    file->kind = IPC_FD_DEVICE;
    break;
  }
}

/* (Who closes it and opens something else right now is not seen.) */
gboolean
ipc_io_is_still (gint fd, const IpcFdFile *file)
{
  struct stat status;

  if (fstat (fd, &status) < 0)
    return FALSE;
  if (status.st_dev == file->device && status.st_ino == file->inode)
    return TRUE;
  errno = ESTALE;
  return FALSE;
}

gboolean
ipc_io_may_read (gint fd)
{
  struct iovec nothing = { NULL, 0 };

  return readv (fd, &nothing, 1) >= 0;
}

gboolean
ipc_io_may_write (gint fd)
{
  struct iovec nothing = { NULL, 0 };

  return writev (fd, &nothing, 1) >= 0;
}

/* Kernels before 6.4 do not have this for pipes. */
static gboolean
lacks_nowait (IpcFdFile *file)
{
  if (errno != EOPNOTSUPP && errno != ENOSYS)
    return FALSE;
  file->kind = IPC_FD_POLLED_PIPE;
  return TRUE;
}

static gssize
read_from (gint fd, IpcFdFile *file, guint8 *bytes, gsize room)
{
  struct iovec iov = { bytes, room };
  gssize n;

  if (file->kind == IPC_FD_SOCKET)
    return recv (fd, bytes, room, MSG_DONTWAIT);
  if (file->kind == IPC_FD_PIPE) {
    n = preadv2 (fd, &iov, 1, -1, RWF_NOWAIT);
    if (n >= 0 || !lacks_nowait (file))
      return n;
  }
  return read (fd, bytes, room);
}

/* Call this only after poll() has reported something. */
IpcIoResult
ipc_io_read (gint fd, IpcFdFile *file, guint8 *bytes, gsize room, gsize *n_read)
{
  gssize n;

  *n_read = 0;
  if (!ipc_io_is_still (fd, file))
    return IPC_IO_FAILED;
  do
    n = read_from (fd, file, bytes, room);
  while (n < 0 && errno == EINTR);

  if (n == 0)
    return IPC_IO_EOF;
  return result_of (n, n_read);
}

/* Leaves in @limited the beginning of @iov, at most @limit bytes. */
static guint
limit_iov (struct iovec *limited, const struct iovec *iov, guint n_iov, gsize limit)
{
  guint i;

  for (i = 0; i < n_iov && i < IPC_LINK_MAX_IOV && limit > 0; i++) {
    limited[i] = iov[i];
    limited[i].iov_len = MIN (iov[i].iov_len, limit);
    limit -= limited[i].iov_len;
  }
  return i;
}

/* How much can be written without waiting after poll() has said that there is room, or -1. */
static gssize
room_of (gint fd, const IpcFdFile *file)
{
  gint flags = fcntl (fd, F_GETFL);

  if (flags < 0)
    return -1;
  if ((flags & O_NONBLOCK) || file->kind == IPC_FD_FILE)
    return G_MAXSSIZE;
  return file->kind == IPC_FD_DEVICE ? 1 : PIPE_BUF;
}

/* What cannot be told not to wait is polled first, and gets no more than it has room for. */
static gssize
write_polled (gint fd, const IpcFdFile *file, const struct iovec *iov, guint n_iov)
{
  struct pollfd poll_room = { .fd = fd, .events = POLLOUT };
  struct iovec limited[IPC_LINK_MAX_IOV];
  gssize room = room_of (fd, file);
  gint n;

  if (room < 0)
    return -1;
  n = ipc_io_poll (&poll_room, 1, 0);
  if (n <= 0) {
    if (n == 0)
      errno = EAGAIN;
    return -1;
  }
  n_iov = limit_iov (limited, iov, n_iov, room);
  return writev (fd, limited, n_iov);
}

static gssize
write_to (gint fd, IpcFdFile *file, const struct iovec *iov, guint n_iov)
{
  gssize n;

  n_iov = MIN (n_iov, IPC_LINK_MAX_IOV);
  if (file->kind == IPC_FD_PIPE) {
    n = pwritev2 (fd, iov, n_iov, -1, RWF_NOWAIT);
    if (n >= 0 || !lacks_nowait (file))
      return n;
  }
  return write_polled (fd, file, iov, n_iov);
}

/* write() raises SIGPIPE in the thread that calls it: there it is blocked, and taken off again if it is
 * ours. One that was pending before stays. */
static gssize
write_without_sigpipe (gint fd, IpcFdFile *file, const struct iovec *iov, guint n_iov)
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

  n = write_to (fd, file, iov, n_iov);
  saved_errno = errno;

  if (n < 0 && saved_errno == EPIPE && !was_pending) {
    while (sigtimedwait (&pipe_set, NULL, &no_time) < 0 && errno == EINTR)
      ;
  }
  pthread_sigmask (SIG_SETMASK, &old_set, NULL);
  errno = saved_errno;
  return n;
}

IpcIoResult
ipc_io_write (gint fd, IpcFdFile *file, const struct iovec *iov, guint n_iov, gsize *n_written)
{
  struct msghdr message = { .msg_iov = (struct iovec *)iov, .msg_iovlen = MIN (n_iov, IPC_LINK_MAX_IOV) };
  gssize n;

  *n_written = 0;
  if (!ipc_io_is_still (fd, file))
    return IPC_IO_FAILED;
  do {
    if (file->kind == IPC_FD_SOCKET)
      n = sendmsg (fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    else
      n = write_without_sigpipe (fd, file, iov, n_iov);
  } while (n < 0 && errno == EINTR);
  return result_of (n, n_written);
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
  case ESTALE:
    return " (another file has its number now: it was closed before it was replaced or disconnected)";
  case EINVAL:
  case EISDIR:
  case ENOTCONN:
    return " (it must be a connected socket, a pipe, or another stream of bytes)";
  default:
    return "";
  }
}

/* Returns what poll() returns: 0 when the deadline has passed, -1 with errno (with more fds than RLIMIT_NOFILE, say).
 */
gint
ipc_io_poll (struct pollfd *fds, guint n_fds, gint64 deadline)
{
  for (;;) {
    struct timespec timeout = { 0, 0 };
    gint n;

    if (deadline != 0 && deadline != IPC_LINK_NEVER) {
      gint64 left = deadline - g_get_monotonic_time ();

      left = MAX (left, 0); /* MAX looks twice */
      timeout.tv_sec = left / G_USEC_PER_SEC;
      timeout.tv_nsec = (left % G_USEC_PER_SEC) * 1000;
    }
    n = ppoll (fds, n_fds, deadline == IPC_LINK_NEVER ? NULL : &timeout, NULL);
    if (n >= 0)
      return n;
    if (errno != EINTR)
      return -1;
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
