/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * File descriptors that go along with packets, over local sockets (MEM-3). The kernel delivers them with the first byte
 * that they were sent with, and never joins that with what comes behind; which packet they are for is known when that
 * has been read. Until then they wait in a row, in the order in which they came. Whatever happens to a peer, to a
 * packet or to the link: each is given away once, or closed.
 */
#include "link-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Who made the socket may have asked for credentials as well. */
typedef union {
  struct cmsghdr align;
  guint8 space[CMSG_SPACE (IPC_LINK_MAX_FDS * sizeof (gint)) + CMSG_SPACE (sizeof (struct ucred))];
} Control;

void
ipc_fds_close (IpcFds *fds)
{
  for (guint i = 0; i < fds->n; i++)
    close (fds->fds[i]);
  fds->n = 0;
}

gboolean
ipc_fds_dup (IpcFds *fds, const gint *from, guint n)
{
  g_return_val_if_fail (n <= IPC_LINK_MAX_FDS, FALSE);
  fds->n = 0;
  for (guint i = 0; i < n; i++) {
    gint fd = fcntl (from[i], F_DUPFD_CLOEXEC, 3);

    if (fd < 0) {
      ipc_fds_close (fds);
      return FALSE;
    }
    fds->fds[fds->n++] = fd;
  }
  return TRUE;
}

gboolean
ipc_fds_append (IpcFds *fds, IpcFds *more)
{
  if (more->n > IPC_LINK_MAX_FDS - fds->n)
    return FALSE;
  memcpy (fds->fds + fds->n, more->fds, more->n * sizeof (gint));
  fds->n += more->n;
  more->n = 0;
  return TRUE;
}

gboolean
ipc_fds_take (IpcFds *fds, guint n, IpcFds *first)
{
  if (n > fds->n)
    return FALSE;
  memcpy (first->fds, fds->fds, n * sizeof (gint));
  first->n = n;
  fds->n -= n;
  memmove (fds->fds, fds->fds + n, fds->n * sizeof (gint));
  return TRUE;
}

/* Puts what came into @fds. FALSE when there were too many: the control buffer, with room for credentials, holds some
 * more. */
static gboolean
take_received (struct msghdr *message, IpcFds *fds)
{
  gboolean fits = TRUE;

  for (struct cmsghdr *part = CMSG_FIRSTHDR (message); part; part = CMSG_NXTHDR (message, part)) {
    gsize n = (part->cmsg_len - CMSG_LEN (0)) / sizeof (gint);

    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
      continue;
    for (gsize i = 0; i < n; i++) {
      gint fd;

      memcpy (&fd, CMSG_DATA (part) + i * sizeof fd, sizeof fd);
      fits = fds->n < IPC_LINK_MAX_FDS;
      if (fits)
        fds->fds[fds->n++] = fd;
      else
        close (fd);
    }
  }
  return fits;
}

IpcIoResult
ipc_io_read_fds (
    gint fd, const IpcFdFile *file, guint8 *bytes, gsize room, gsize *n_read, IpcFds *fds, gboolean *fds_lost)
{
  Control control;
  struct iovec vector = { bytes, room };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
  gssize n;

  *n_read = 0;
  *fds_lost = FALSE;
  if (!ipc_io_is_still (fd, file))
    return IPC_IO_FAILED;
  do {
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    n = recvmsg (fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  } while (n < 0 && errno == EINTR);
  if (n < 0)
    return (errno == EAGAIN || errno == EWOULDBLOCK) ? IPC_IO_AGAIN : IPC_IO_FAILED;
  *fds_lost = !take_received (&message, fds) || (message.msg_flags & MSG_CTRUNC);
  *n_read = n;
  return n == 0 ? IPC_IO_EOF : IPC_IO_OK;
}

IpcIoResult
ipc_io_write_fds (
    gint fd, const IpcFdFile *file, const struct iovec *iov, guint n_iov, const IpcFds *fds, gsize *n_written)
{
  Control control = { .align = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
  struct msghdr message = { .msg_iov = (struct iovec *)iov, .msg_iovlen = MIN (n_iov, IPC_LINK_MAX_IOV) };
  gssize n;

  *n_written = 0;
  if (!file->is_local) {
    errno = EOPNOTSUPP;
    return IPC_IO_FAILED;
  }
  if (!ipc_io_is_still (fd, file))
    return IPC_IO_FAILED;
  control.align.cmsg_len = CMSG_LEN (fds->n * sizeof (gint));
  memcpy (CMSG_DATA (&control.align), fds->fds, fds->n * sizeof (gint));
  message.msg_control = &control;
  message.msg_controllen = CMSG_SPACE (fds->n * sizeof (gint));
  do
    n = sendmsg (fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return (errno == EAGAIN || errno == EWOULDBLOCK) ? IPC_IO_AGAIN : IPC_IO_FAILED;
  *n_written = n;
  return IPC_IO_OK;
}

/**
 * ipc_link_passes_fds:
 * @link: an #IpcLink
 *
 * Returns: %TRUE when both fds are streams on which file descriptors can be passed
 */
gboolean
ipc_link_passes_fds (IpcLink *link)
{
  gboolean passes;

  g_mutex_lock (&link->lock);
  passes = link->in.fd >= 0 && link->in.file.is_local && link->out.fd >= 0 && link->out.file.is_local;
  g_mutex_unlock (&link->lock);
  return passes;
}
