/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The control socket. The channel owns the fd. Reading is one thread's business and needs no lock; sending is
 * serialised by one mutex, held over the write: reports have to be whole lines, and the harness always reads.
 * Descriptors that arrive belong to the line they came with until somebody takes them out of it. */

#include "channel.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* SCM_MAX_FD of the kernel: with room for so many none is ever cut off. */
#define MAX_FDS_PER_READ 253

#define READ_SIZE (64 * 1024)

struct _IpcChannel {
  gint fd;
  GMutex write_lock;

  /* of the reading thread */
  GQueue lines;        /* IpcLine, complete */
  IpcLine *unfinished; /* what came after the last line end */
};

static IpcLine *
line_new (void)
{
  IpcLine *line = g_new0 (IpcLine, 1);

  line->text = g_string_new (NULL);
  line->fds = g_array_new (FALSE, FALSE, sizeof (gint));
  return line;
}

void
ipc_fd_close (gint fd)
{
  if (close (fd) < 0 && errno == EBADF)
    g_warning ("fd %d is closed already: who was given it must leave that to its owner", fd);
}

void
ipc_fds_free (GArray *fds)
{
  for (guint i = 0; i < fds->len; i++)
    ipc_fd_close (g_array_index (fds, gint, i));
  g_array_unref (fds);
}

void
ipc_line_free (IpcLine *line)
{
  g_string_free (line->text, TRUE);
  g_clear_pointer (&line->fds, ipc_fds_free);
  g_free (line);
}

/**
 * ipc_channel_new:
 * @fd: the control socket; taken, on failure too
 * @error: return location
 *
 * Returns: (transfer full): a channel on @fd, which is closed in programs that the worker may start, or %NULL when
 * @fd is not a stream socket.
 */
IpcChannel *
ipc_channel_new (gint fd, GError **error)
{
  gint type = 0;
  socklen_t size = sizeof type;

  if (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0) {
    gint saved = errno;
    g_set_error (
        error, G_IO_ERROR, g_io_error_from_errno (saved), "control fd %d is not a socket: %s", fd, g_strerror (saved));
    if (saved != EBADF)
      close (fd);
    return NULL;
  }
  if (type != SOCK_STREAM) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "control fd %d is not a stream socket", fd);
    close (fd);
    return NULL;
  }
  if (fcntl (fd, F_SETFD, FD_CLOEXEC) < 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "control fd %d: %s", fd, g_strerror (errno));
    close (fd);
    return NULL;
  }

  IpcChannel *channel = g_new0 (IpcChannel, 1);
  channel->fd = fd;
  g_mutex_init (&channel->write_lock);
  g_queue_init (&channel->lines);
  channel->unfinished = line_new ();
  return channel;
}

/**
 * ipc_channel_free:
 * @channel: (transfer full): a channel that no thread uses any more
 */
void
ipc_channel_free (IpcChannel *channel)
{
  g_queue_clear_full (&channel->lines, (GDestroyNotify)ipc_line_free);
  ipc_line_free (channel->unfinished);
  g_mutex_clear (&channel->write_lock);
  close (channel->fd);
  g_free (channel);
}

static void
wait_for (gint fd, short events)
{
  struct pollfd item = { .fd = fd, .events = events };

  while (poll (&item, 1, -1) < 0 && errno == EINTR)
    continue;
}

static void
append_text (IpcLine *line, const gchar *data, gsize size)
{
  gsize room = IPC_CHANNEL_LINE_MAX - line->text->len;

  if (size > room) {
    line->too_long = TRUE;
    size = room;
  }
  g_string_append_len (line->text, data, size);
}

/* Cuts @data into lines. The kernel ends a read with the bytes that descriptors were attached to, and who sends
 * descriptors sends their line in one piece: they belong to the line that has the last byte of @data. */
static void
split (IpcChannel *channel, const gchar *data, gsize size, GArray *fds)
{
  IpcLine *last = NULL;

  while (size > 0) {
    const gchar *end = memchr (data, '\n', size);
    gsize length = end ? (gsize)(end - data) : size;

    last = channel->unfinished;
    append_text (last, data, length);
    if (end == NULL)
      break;
    g_queue_push_tail (&channel->lines, last);
    channel->unfinished = line_new ();
    data += length + 1;
    size -= length + 1;
  }

  if (last == NULL)
    last = channel->unfinished;
  g_array_append_vals (last->fds, fds->data, fds->len);
  g_array_set_size (fds, 0);
}

static void
collect_fds (struct msghdr *message, GArray *fds)
{
  for (struct cmsghdr *item = CMSG_FIRSTHDR (message); item != NULL; item = CMSG_NXTHDR (message, item)) {
    if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_RIGHTS) {
      gsize n = (item->cmsg_len - CMSG_LEN (0)) / sizeof (gint);
      gsize before = fds->len;

      g_array_set_size (fds, before + n);
      memcpy (&g_array_index (fds, gint, before), CMSG_DATA (item), n * sizeof (gint));
    }
  }
}

/* FALSE: no more will come. */
static gboolean
read_more (IpcChannel *channel)
{
  gchar data[READ_SIZE];
  union {
    gchar data[CMSG_SPACE (MAX_FDS_PER_READ * sizeof (gint))];
    struct cmsghdr align;
  } control;
  struct iovec piece = { .iov_base = data, .iov_len = sizeof data };
  struct msghdr message
      = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };

  gssize size = recvmsg (channel->fd, &message, MSG_CMSG_CLOEXEC);
  if (size < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      wait_for (channel->fd, POLLIN);
    else if (errno != EINTR)
      return FALSE;
    return TRUE;
  }

  GArray *fds = g_array_new (FALSE, FALSE, sizeof (gint));
  collect_fds (&message, fds);
  split (channel, data, size, fds);
  ipc_fds_free (fds);
  return size > 0;
}

/**
 * ipc_channel_read_line:
 * @channel: the channel
 *
 * Waits for the next line. For one thread only.
 *
 * Returns: (transfer full) (nullable): the line, or %NULL when the socket has reached its end or failed; a last line
 * without an end is dropped.
 */
IpcLine *
ipc_channel_read_line (IpcChannel *channel)
{
  while (g_queue_is_empty (&channel->lines)) {
    if (!read_more (channel))
      return NULL;
  }
  return g_queue_pop_head (&channel->lines);
}

/**
 * ipc_channel_stop_reading:
 * @channel: the channel
 *
 * Makes ipc_channel_read_line() return %NULL, also in a thread that waits in it. Sending goes on.
 */
void
ipc_channel_stop_reading (IpcChannel *channel)
{
  shutdown (channel->fd, SHUT_RD);
}

static void
send_all (gint fd, const gchar *data, gsize size)
{
  while (size > 0) {
    gssize sent = send (fd, data, size, MSG_NOSIGNAL);

    if (sent >= 0) {
      data += sent;
      size -= sent;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      wait_for (fd, POLLOUT);
    } else if (errno != EINTR) {
      _exit (IPC_WORKER_EXIT_CONTROL_LOST);
    }
  }
}

/**
 * ipc_channel_send:
 * @channel: the channel
 * @report: (transfer full): a report
 *
 * Sends @report as one line, from any thread. Ends the process when the harness is gone.
 */
void
ipc_channel_send (IpcChannel *channel, JsonObject *report)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (root, report);

  g_autoptr (JsonGenerator) generator = json_generator_new ();
  json_generator_set_root (generator, root);

  g_autoptr (GString) line = g_string_new (NULL);
  json_generator_to_gstring (generator, line);
  g_string_append_c (line, '\n');

  g_mutex_lock (&channel->write_lock);
  send_all (channel->fd, line->str, line->len);
  g_mutex_unlock (&channel->write_lock);
}
