/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Blocking sockets, one thread a side, the fewest system calls that there can be. */
#include "limits.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gio.h>

/* docs/protocol.md: the header of every packet, and the payload of an ACK. */
#define HEADER 9
#define ANSWER (HEADER + 4)

#define POOL_BYTES (56u * 1024 * 1024)
#define POOL_BUFFERS_MIN 4

#define TAKE_AT_ONCE (256u * 1024)
/* Of memory, between two looks at the clock. */
#define COPY_AT_ONCE (64u * 1024)

guint
ipc_bench_pool_buffers (gsize size)
{
  return CLAMP (POOL_BYTES / size, POOL_BUFFERS_MIN, IPC_BENCH_POOL_BUFFERS_MAX);
}

static gboolean
fail (const gchar *what, GError **error)
{
  gint number = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "%s: %s", what, g_strerror (number));
  return FALSE;
}

static gboolean
send_all (gint fd, gconstpointer data, gsize size, GError **error)
{
  const gchar *at = data;

  while (size > 0) {
    gssize n = send (fd, at, size, MSG_NOSIGNAL);

    if (n < 0 && errno != EINTR)
      return fail ("writing to a socket", error);
    at += MAX (n, 0);
    size -= MAX (n, 0);
  }
  return TRUE;
}

/* 1: all is there; 0: the other end was closed before the first byte; -1 with @error. */
static gint
receive_all (gint fd, gpointer data, gsize size, GError **error)
{
  gsize done = 0;

  while (done < size) {
    gssize n = recv (fd, (gchar *)data + done, size - done, 0);

    if (n == 0 && done == 0)
      return 0;
    if (n == 0)
      errno = ECONNRESET;
    if (n == 0 || (n < 0 && errno != EINTR)) {
      fail ("reading from a socket", error);
      return -1;
    }
    done += MAX (n, 0);
  }
  return 1;
}

gboolean
ipc_bench_limits_answer (gint fd, gsize size, GError **error)
{
  g_autofree gpointer data = g_malloc0 (HEADER + size);
  const gchar answer[ANSWER] = { 0 };
  gint got;

  while ((got = receive_all (fd, data, HEADER + size, error)) > 0)
    if (!send_all (fd, answer, sizeof answer, error))
      return FALSE;
  return got == 0;
}

gboolean
ipc_bench_limits_take (gint fd, gsize size, IpcBenchBoard *board, guint slot, GError **error)
{
  g_autofree gpointer data = g_malloc0 (TAKE_AT_ONCE);
  guint64 bytes = 0, counted = 0;
  gssize n;

  while ((n = recv (fd, data, TAKE_AT_ONCE, 0)) != 0) {
    if (n < 0 && errno != EINTR)
      return fail ("reading from a socket", error);
    bytes += MAX (n, 0);
    if (bytes / (HEADER + size) > counted)
      ipc_bench_board_count (board, slot, bytes / (HEADER + size) - counted);
    counted = bytes / (HEADER + size);
  }
  return TRUE;
}

void
ipc_bench_limits_init (IpcBenchLimits *limits, gint fd, gsize size)
{
  guint n = ipc_bench_pool_buffers (size);

  *limits = (IpcBenchLimits){ fd, size, g_malloc (n * (HEADER + size)), g_malloc (HEADER + size), n, 0 };
  /* what nobody has written to is no memory yet */
  memset (limits->data, 1, n * (HEADER + size));
  memset (limits->copy, 2, HEADER + size);
}

static const guint8 *
next_message (IpcBenchLimits *limits)
{
  limits->next = limits->next + 1 < limits->n_messages ? limits->next + 1 : 0;
  return limits->data + limits->next * (HEADER + limits->size);
}

void
ipc_bench_limits_clear (IpcBenchLimits *limits)
{
  g_clear_pointer (&limits->data, g_free);
  g_clear_pointer (&limits->copy, g_free);
}

gboolean
ipc_bench_limits_ping (IpcBenchLimits *limits, GError **error)
{
  gchar answer[ANSWER];
  gint got;

  if (!send_all (limits->fd, next_message (limits), HEADER + limits->size, error))
    return FALSE;
  got = receive_all (limits->fd, answer, sizeof answer, error);
  if (got == 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the other end of a socket was closed");
  return got > 0;
}

gboolean
ipc_bench_limits_send (IpcBenchLimits *limits, GError **error)
{
  return send_all (limits->fd, next_message (limits), HEADER + limits->size, error);
}

guint
ipc_bench_limits_copy (IpcBenchLimits *limits)
{
  guint n = MAX (COPY_AT_ONCE / limits->size, 1);

  for (guint i = 0; i < n; i++) {
    memcpy (limits->copy, next_message (limits), limits->size);
    /* the compiler must not find out that nobody needs it */
    __asm__ volatile("" ::"r"(limits->copy) : "memory");
  }
  return n;
}
