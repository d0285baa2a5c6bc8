/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A control owns its socket, the bytes of a line that is not complete, and the lines that wait to be sent with
 * their fds. EOF and write errors just end it: that the worker is gone is said by its exit.
 */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib-unix.h>

#include "control.h"
#include "history/json.h"

#define READ_SIZE (64 * 1024)
/* The longest line; a `dot` of a large pipeline has some hundred kilobytes. */
#define LINE_MAX_SIZE (64 * 1024 * 1024)
#define FDS_MAX 2

typedef struct {
  GBytes *bytes;
  gsize sent;
  gint fds[FDS_MAX];
  guint n_fds; /* still to go */
} Outgoing;

struct _IpcControl {
  GMainContext *context;
  gint fd; /* -1: ended */
  IpcControlHandler handler;
  gpointer owner;
  GSource *reader, *writer;
  GByteArray *partial;
  gsize scanned; /* of partial: has no newline */
  GQueue outgoing;
};

static void
outgoing_free (Outgoing *outgoing)
{
  for (guint i = 0; i < outgoing->n_fds; i++)
    close (outgoing->fds[i]);
  g_bytes_unref (outgoing->bytes);
  g_free (outgoing);
}

static void
clear_source (GSource **source)
{
  if (*source) {
    g_source_destroy (*source);
    g_clear_pointer (source, g_source_unref);
  }
}

static void
control_end (IpcControl *control)
{
  clear_source (&control->reader);
  clear_source (&control->writer);
  g_queue_clear_full (&control->outgoing, (GDestroyNotify)outgoing_free);
  if (control->fd >= 0)
    close (control->fd);
  control->fd = -1;
}

static void
control_fault (IpcControl *control, const gchar *text)
{
  control_end (control);
  control->handler.fault (control, text, control->owner);
}

static void
bad_line (IpcControl *control, const gchar *what, const gchar *line, gsize length)
{
  g_autofree gchar *start = g_strndup (line, MIN (length, 200));
  g_autofree gchar *shown = g_strescape (start, "\"");
  g_autofree gchar *text = g_strdup_printf ("sent a line that is %s: %s", what, shown);

  control_fault (control, text);
}

static void
handle_line (IpcControl *control, const gchar *line, gsize length)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = ipc_json_parse (line, length, &error);

  if (object)
    control->handler.line (control, object, control->owner);
  else
    bad_line (control, error->message, line, length);
}

/* Handles the complete lines of `partial`. */
static void
handle_lines (IpcControl *control)
{
  GByteArray *partial = control->partial;
  gsize start = 0;
  guint8 *end;

  while (control->fd >= 0
         && (end = memchr (partial->data + start + control->scanned, '\n', partial->len - start - control->scanned))) {
    gsize length = end - (partial->data + start);

    control->scanned = 0;
    handle_line (control, (const gchar *)partial->data + start, length);
    start += length + 1;
  }
  if (start > 0)
    g_byte_array_remove_range (partial, 0, start);
  control->scanned = partial->len;
  if (control->fd >= 0 && partial->len > LINE_MAX_SIZE)
    control_fault (control, "sent a line without an end");
}

/* FALSE: there is nothing (more) to read now. */
static gboolean
read_some (IpcControl *control)
{
  g_autofree guint8 *chunk = g_malloc (READ_SIZE);
  gssize n;

  do
    n = recv (control->fd, chunk, READ_SIZE, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return FALSE;
  if (n <= 0) {
    control_end (control);
    return FALSE;
  }
  g_byte_array_append (control->partial, chunk, n);
  handle_lines (control);
  return TRUE;
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer data)
{
  read_some (data);
  return G_SOURCE_CONTINUE;
}

/* Sends what there is room for of one line. -1 with errno. The fds go with its first byte. */
static gssize
send_part (IpcControl *control, Outgoing *outgoing)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (outgoing->bytes, &size);
  struct iovec vector = { .iov_base = (gpointer)(data + outgoing->sent), .iov_len = size - outgoing->sent };
  union {
    struct cmsghdr header;
    guint8 space[CMSG_SPACE (sizeof (gint) * FDS_MAX)];
  } ancillary = { 0 };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
  gssize n;

  if (outgoing->n_fds > 0) {
    gsize fds_size = sizeof (gint) * outgoing->n_fds;

    message.msg_control = &ancillary;
    message.msg_controllen = CMSG_SPACE (fds_size);
    ancillary.header.cmsg_level = SOL_SOCKET;
    ancillary.header.cmsg_type = SCM_RIGHTS;
    ancillary.header.cmsg_len = CMSG_LEN (fds_size);
    memcpy (CMSG_DATA (&ancillary.header), outgoing->fds, fds_size);
  }
  do
    n = sendmsg (control->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  return n;
}

static void
send_all (IpcControl *control)
{
  Outgoing *outgoing;

  while (control->fd >= 0 && (outgoing = g_queue_peek_head (&control->outgoing))) {
    gssize n = send_part (control, outgoing);

    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return;
    if (n < 0) {
      /* what it said before is still to be read; that it is gone shows in its exit */
      g_queue_clear_full (&control->outgoing, (GDestroyNotify)outgoing_free);
      return;
    }
    for (guint i = 0; i < outgoing->n_fds; i++)
      close (outgoing->fds[i]);
    outgoing->n_fds = 0;
    outgoing->sent += n;
    if (outgoing->sent == g_bytes_get_size (outgoing->bytes))
      outgoing_free (g_queue_pop_head (&control->outgoing));
  }
}

static gboolean
on_writable (gint fd, GIOCondition condition, gpointer data)
{
  IpcControl *control = data;

  send_all (control);
  if (g_queue_is_empty (&control->outgoing))
    clear_source (&control->writer);
  return G_SOURCE_CONTINUE;
}

static GSource *
watch (IpcControl *control, GIOCondition condition, GUnixFDSourceFunc func)
{
  GSource *source = g_unix_fd_source_new (control->fd, condition);

  g_source_set_callback (source, G_SOURCE_FUNC (func), control, NULL);
  g_source_attach (source, control->context);
  return source;
}

/**
 * ipc_control_new:
 * @context: what drives it
 * @fd: (transfer full): a connected AF_UNIX stream socket
 * @handler: what is called
 * @owner: passed to the handler
 *
 * Returns: (transfer full): a control that reads
 */
IpcControl *
ipc_control_new (GMainContext *context, gint fd, const IpcControlHandler *handler, gpointer owner)
{
  IpcControl *control = g_new0 (IpcControl, 1);

  control->context = g_main_context_ref (context);
  control->fd = fd;
  control->handler = *handler;
  control->owner = owner;
  control->partial = g_byte_array_new ();
  g_queue_init (&control->outgoing);
  control->reader = watch (control, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable);
  return control;
}

/**
 * ipc_control_free:
 * @control: (transfer full) (nullable): a control
 *
 * Closes the socket, at which the worker ends itself.
 */
void
ipc_control_free (IpcControl *control)
{
  if (!control)
    return;
  control_end (control);
  g_byte_array_unref (control->partial);
  g_main_context_unref (control->context);
  g_free (control);
}

/**
 * ipc_control_send:
 * @control: a control
 * @command: the line
 * @fds: (nullable) (array length=n_fds) (transfer full): what goes along
 * @n_fds: how many, at most 2
 */
void
ipc_control_send (IpcControl *control, JsonObject *command, const gint *fds, guint n_fds)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), command);
  g_autofree gchar *text = json_to_string (node, FALSE);
  gchar *line = g_strconcat (text, "\n", NULL);
  Outgoing *outgoing = g_new0 (Outgoing, 1);

  g_assert (n_fds <= FDS_MAX);
  outgoing->bytes = g_bytes_new_take (line, strlen (line));
  for (guint i = 0; i < n_fds; i++)
    outgoing->fds[i] = fds[i];
  outgoing->n_fds = n_fds;
  if (control->fd < 0) {
    outgoing_free (outgoing);
    return;
  }
  g_queue_push_tail (&control->outgoing, outgoing);
  send_all (control);
  if (!g_queue_is_empty (&control->outgoing) && !control->writer)
    control->writer = watch (control, G_IO_OUT | G_IO_HUP | G_IO_ERR, on_writable);
}

/**
 * ipc_control_drain:
 * @control: a control
 */
void
ipc_control_drain (IpcControl *control)
{
  while (control->fd >= 0 && read_some (control))
    ;
}
