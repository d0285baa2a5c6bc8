/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ways in which two ends can be connected: a socket pair, two pipes, TCP on loopback. The caller owns the fds. */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gio.h>

#include "transport.h"

static gboolean
fail (const gchar *what, GError **error)
{
  gint number = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "cannot make a %s: %s", what, g_strerror (number));
  return FALSE;
}

static void
close_two (gint fds[2])
{
  close (fds[0]);
  close (fds[1]);
}

static gboolean
connect_socketpair (IpcRelayEnd *a, IpcRelayEnd *b, GError **error)
{
  gint fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
    return fail ("socket pair", error);
  *a = (IpcRelayEnd){ fds[0], fds[0] };
  *b = (IpcRelayEnd){ fds[1], fds[1] };
  return TRUE;
}

static gboolean
connect_pipes (IpcRelayEnd *a, IpcRelayEnd *b, GError **error)
{
  gint there[2], back[2];

  if (pipe2 (there, O_CLOEXEC) < 0)
    return fail ("pipe", error);
  if (pipe2 (back, O_CLOEXEC) < 0) {
    fail ("pipe", error);
    close_two (there);
    return FALSE;
  }
  *a = (IpcRelayEnd){ .in = back[0], .out = there[1] };
  *b = (IpcRelayEnd){ .in = there[0], .out = back[1] };
  return TRUE;
}

/* Takes the connection that comes from @client, and no other: a port on loopback is open to everybody. */
static gint
accept_from (gint listener, gint client)
{
  struct sockaddr_in own, peer;
  socklen_t length = sizeof own;
  gint fd;

  if (getsockname (client, (struct sockaddr *)&own, &length) < 0)
    return -1;
  for (;;) {
    length = sizeof peer;
    fd = accept4 (listener, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC);
    if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
      continue;
    if (fd < 0 || (peer.sin_port == own.sin_port && peer.sin_addr.s_addr == own.sin_addr.s_addr))
      return fd;
    close (fd);
  }
}

static gboolean
connect_tcp (IpcRelayEnd *a, IpcRelayEnd *b, GError **error)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { .s_addr = htonl (INADDR_LOOPBACK) } };
  socklen_t length = sizeof address;
  gint listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gint client = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gint server = -1, no_delay = 1;

  if (listener >= 0 && client >= 0 && bind (listener, (struct sockaddr *)&address, sizeof address) == 0
      && listen (listener, 1) == 0 && getsockname (listener, (struct sockaddr *)&address, &length) == 0
      && connect (client, (struct sockaddr *)&address, sizeof address) == 0)
    server = accept_from (listener, client);
  if (server < 0)
    fail ("TCP connection on loopback", error);
  if (listener >= 0)
    close (listener);
  if (server < 0) {
    if (client >= 0)
      close (client);
    return FALSE;
  }
  setsockopt (client, IPPROTO_TCP, TCP_NODELAY, &no_delay, sizeof no_delay);
  setsockopt (server, IPPROTO_TCP, TCP_NODELAY, &no_delay, sizeof no_delay);
  *a = (IpcRelayEnd){ client, client };
  *b = (IpcRelayEnd){ server, server };
  return TRUE;
}

/**
 * ipc_transport_connect:
 * @transport: what connects them
 * @a: (out): one end
 * @b: (out): the other
 * @error: return location of a #GIOErrorEnum error
 *
 * Returns: whether they are connected; the caller closes both ends
 */
gboolean
ipc_transport_connect (IpcTransport transport, IpcRelayEnd *a, IpcRelayEnd *b, GError **error)
{
  switch (transport) {
  case IPC_TRANSPORT_PIPES:
    return connect_pipes (a, b, error);
  case IPC_TRANSPORT_TCP:
    return connect_tcp (a, b, error);
  case IPC_TRANSPORT_SOCKETPAIR:
    break;
  }
  return connect_socketpair (a, b, error);
}

/**
 * ipc_transport_close:
 * @end: its fds are closed and forgotten
 */
void
ipc_transport_close (IpcRelayEnd *end)
{
  if (end->in >= 0)
    close (end->in);
  if (end->out >= 0 && end->out != end->in)
    close (end->out);
  end->in = end->out = -1;
}

/**
 * ipc_transport_name:
 * @transport: a transport
 *
 * Returns: its name in scenarios and histories
 */
const gchar *
ipc_transport_name (IpcTransport transport)
{
  static const gchar *const names[] = { "socketpair", "pipes", "tcp" };

  return names[transport];
}
