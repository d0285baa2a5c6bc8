/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading from and writing to an end, and closing it. File descriptors that are passed over a local socket stay with
 * their byte. The kernel gives them with the first of the bytes that they were sent with, and others may come with the
 * same read before it: when a look (MSG_PEEK) says that there are some, bytes are read singly until they have come.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib-unix.h>

#include "relay-private.h"

/* SCM_MAX_FD of the kernel. */
#define FDS_MAX 253

typedef union {
  struct cmsghdr header;
  guint8 space[CMSG_SPACE (sizeof (gint) * FDS_MAX)];
} Control;

void
ipc_close_fd (gint *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

static gboolean
is_local (gint fd)
{
  gint domain = 0;
  socklen_t length = sizeof domain;

  return getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_UNIX;
}

void
ipc_end_init (IpcEnd *end, const gchar *name, const IpcRelayEnd *fds)
{
  end->name = name;
  end->in = fds->in;
  end->out = fds->out;
  end->socket = fds->in == fds->out;
  end->local = end->socket && is_local (end->in);
  g_unix_set_fd_nonblocking (end->in, TRUE, NULL);
  g_unix_set_fd_nonblocking (end->out, TRUE, NULL);
}

/* With one stream for both ways the other way must go on: it is closed when both have ended. */
static void
end_finish (IpcEnd *end)
{
  if (!end->socket) {
    if (end->in_ended)
      ipc_close_fd (&end->in);
    if (end->out_ended)
      ipc_close_fd (&end->out);
  } else if (end->in_ended && end->out_ended) {
    ipc_close_fd (&end->in);
    end->out = -1;
  }
}

void
ipc_end_stop_in (IpcEnd *end)
{
  if (end->in_ended)
    return;
  end->in_ended = TRUE;
  if (end->socket)
    shutdown (end->in, SHUT_RD);
  end_finish (end);
}

void
ipc_end_stop_out (IpcEnd *end)
{
  if (end->out_ended)
    return;
  end->out_ended = TRUE;
  if (end->socket)
    shutdown (end->out, SHUT_WR);
  end_finish (end);
}

void
ipc_end_arm_reset (IpcEnd *end)
{
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  /* shutdown() would be a clean end: only close() sends the reset */
  if (end->socket && !end->local && end->in >= 0) {
    setsockopt (end->in, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ipc_close_fd (&end->in);
    end->out = -1;
    end->in_ended = end->out_ended = TRUE;
  }
}

/* How much a read of @size bytes would give. @fds: whether file descriptors are among or right behind them. */
static gssize
look (gint fd, guint8 *data, gsize size, gboolean *fds)
{
  struct iovec vector = { .iov_base = data, .iov_len = size };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
  gssize n = recvmsg (fd, &message, MSG_PEEK);

  *fds = n >= 0 && (message.msg_flags & MSG_CTRUNC);
  return n;
}

static GUnixFDList *
take_fds (struct msghdr *message)
{
  GUnixFDList *list = NULL;

  for (struct cmsghdr *part = CMSG_FIRSTHDR (message); part; part = CMSG_NXTHDR (message, part)) {
    gint fds[FDS_MAX];
    gint n = (gint)((part->cmsg_len - CMSG_LEN (0)) / sizeof (gint));

    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS || n < 1 || n > FDS_MAX || list)
      continue;
    memcpy (fds, CMSG_DATA (part), (gsize)n * sizeof (gint));
    list = g_unix_fd_list_new_from_array (fds, n);
  }
  return list;
}

/* The next byte. */
static gssize
read_byte (gint fd, guint8 *byte, GUnixFDList **fds)
{
  Control control;
  struct iovec vector = { .iov_base = byte, .iov_len = 1 };
  struct msghdr message
      = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
  gssize n = recvmsg (fd, &message, MSG_CMSG_CLOEXEC);

  if (n > 0)
    *fds = take_fds (&message);
  return n;
}

gssize
ipc_end_read (IpcEnd *end, guint8 *data, gsize size, GUnixFDList **fds)
{
  gboolean passed;
  gssize n, got = 0;

  *fds = NULL;
  if (!end->local)
    return read (end->in, data, size);
  n = look (end->in, data, size, &passed);
  if (n <= 0 || !passed)
    return n <= 0 ? n : recv (end->in, data, (gsize)n, 0);
  while (got < n && !*fds && read_byte (end->in, data + got, fds) > 0)
    got++;
  return got > 0 ? got : -1;
}

/* A pipe knows no MSG_NOSIGNAL: the signal is held back in this thread, and taken away when it came. */
static gssize
write_pipe (gint fd, gconstpointer data, gsize size)
{
  const struct timespec at_once = { 0 };
  sigset_t pipe_set, old_set, pending;
  gboolean was_pending;
  gssize n;
  gint error;

  sigpending (&pending);
  was_pending = sigismember (&pending, SIGPIPE);
  sigemptyset (&pipe_set);
  sigaddset (&pipe_set, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &pipe_set, &old_set);
  n = write (fd, data, size);
  error = errno;
  if (n < 0 && error == EPIPE && !was_pending)
    while (sigtimedwait (&pipe_set, NULL, &at_once) < 0 && errno == EINTR)
      ;
  pthread_sigmask (SIG_SETMASK, &old_set, NULL);
  errno = error;
  return n;
}

static gssize
send_with_fds (gint fd, const guint8 *data, gsize size, GUnixFDList *fds)
{
  gint n_fds;
  const gint *numbers = g_unix_fd_list_peek_fds (fds, &n_fds);
  Control control = { .header = { CMSG_LEN (sizeof (gint) * (gsize)n_fds), SOL_SOCKET, SCM_RIGHTS } };
  struct iovec vector = { .iov_base = (gpointer)data, .iov_len = size };
  struct msghdr message = { .msg_iov = &vector,
    .msg_iovlen = 1,
    .msg_control = &control,
    .msg_controllen = CMSG_SPACE (sizeof (gint) * (gsize)n_fds) };

  memcpy (CMSG_DATA (&control.header), numbers, sizeof (gint) * (gsize)n_fds);
  return sendmsg (fd, &message, MSG_NOSIGNAL);
}

gssize
ipc_end_write (IpcEnd *end, const guint8 *data, gsize size, GUnixFDList *fds)
{
  if (!end->socket)
    return write_pipe (end->out, data, size);
  if (end->local && fds)
    return send_with_fds (end->out, data, size, fds);
  return send (end->out, data, size, MSG_NOSIGNAL);
}

/* Of a TCP connection only what has arrived is known, not what was read. */
gboolean
ipc_end_took_all (IpcEnd *end)
{
  gint left = 0;

  if (ioctl (end->out, end->socket ? SIOCOUTQ : FIONREAD, &left) < 0)
    return TRUE;
  return left == 0;
}
