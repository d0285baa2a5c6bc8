/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A relay is two flows, one per direction. A flow reads from one end into `held`, cuts whole packets off, records
 * them, and hands each to relay_forward_frame(), the one place that every packet passes; from there it goes into
 * the queue of what the other end has still to take. While that queue is full nothing is read: the sender feels it.
 *
 * What cannot be cut into packets is passed on raw: all that follows a header which makes no sense, a packet that is
 * too large to be held, the half packet before the end of the stream. The implementation under test is to see it.
 *
 * Closing: the end of what one end sends is passed on when the queue is empty; an end that takes no more ends the
 * reading of the other one. A file descriptor is closed when neither flow needs it.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib-unix.h>

#include "packet-record.h"
#include "relay.h"

#define READ_SIZE (64 * 1024)
/* Above this many bytes that the other end has not taken, nothing is read. */
#define QUEUE_MAX (256 * 1024)
/* The largest packet that is held until it is whole. */
#define FRAME_MAX (64 * 1024 * 1024)

typedef struct {
  const gchar *name; /* "master", "slave" */
  gint in, out;      /* -1: closed */
  gboolean socket;   /* one stream for both ways */
  gboolean in_ended, out_ended;
  gboolean closed_recorded;
} End;

typedef struct {
  IpcRelay *relay;
  IpcDirection direction;
  End *from, *to;
  GSource *reader, *writer;

  GByteArray *held;    /* read, not yet passed on: begins with a header */
  gsize raw_left;      /* of a packet that is too large to be held */
  gboolean raw;        /* out of sync for good */
  gboolean broken;     /* was recorded */
  gchar *capture_name; /* without the folder */
  gint capture;        /* -1: cannot be written any more */
  guint64 offset;      /* of held's first byte in the capture */

  GQueue queue;  /* of GBytes */
  gsize queued;  /* bytes in it that are not written */
  gsize written; /* of its first */
  gboolean eof;  /* all was read */
  gboolean done; /* ended in both `from` and `to` */
} Flow;

struct _IpcRelay {
  GMainContext *context;
  IpcHistory *history;
  gchar *link;
  guint generation;
  End master, slave;
  Flow down, up;
};

static void flow_update (Flow *flow);

/* {{{ records */

static JsonObject *
link_record (IpcRelay *relay, const gchar *event, const End *end)
{
  JsonObject *record = ipc_history_record ("link");

  json_object_set_string_member (record, "link", relay->link);
  json_object_set_string_member (record, "event", event);
  json_object_set_int_member (record, "generation", relay->generation);
  json_object_set_string_member (record, "end", end->name);
  return record;
}

/* @error: why, or NULL for a plain end. @partial: bytes of the packet that was never completed. */
static void
record_closed (IpcRelay *relay, End *end, const gchar *error, gsize partial)
{
  JsonObject *record;

  if (end->closed_recorded)
    return;
  end->closed_recorded = TRUE;
  record = link_record (relay, "closed", end);
  json_object_set_string_member (record, "how", error ? "error" : "eof");
  if (error)
    json_object_set_string_member (record, "error", error);
  if (partial > 0)
    json_object_set_int_member (record, "partial", (gint64)partial);
  ipc_history_add (relay->history, record);
}

static void
record_broken (Flow *flow, const gchar *text)
{
  JsonObject *record;

  if (flow->broken)
    return;
  flow->broken = TRUE;
  record = link_record (flow->relay, "broken", flow->from);
  json_object_set_string_member (record, "error", text);
  json_object_set_string_member (record, "file", flow->capture_name);
  json_object_set_int_member (record, "capture-offset", (gint64)flow->offset);
  ipc_history_add (flow->relay->history, record);
}

static void
record_packet (Flow *flow, const IpcHeader *header, GBytes *payload)
{
  IpcRelay *relay = flow->relay;
  JsonObject *record = ipc_history_record ("packet");
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (record, "link", relay->link);
  json_object_set_int_member (record, "generation", relay->generation);
  json_object_set_string_member (record, "to", flow->to->name);
  json_object_set_int_member (record, "capture-offset", (gint64)flow->offset);
  json_object_set_string_member (record, "file", flow->capture_name);
  if (payload && ipc_packet_decode (header, payload, &packet, &error)) {
    ipc_packet_record_fill (record, &packet);
  } else {
    ipc_packet_record_fill_header (record, header);
    json_object_set_string_member (record, "error", error ? error->message : "too large to be looked into");
  }
  ipc_history_add (relay->history, record);
  if (error)
    record_broken (flow, error->message);
}

/* }}} */
/* {{{ ends */

static void
end_close_fd (gint *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* With one stream for both ways the other way must go on: it is closed when both have ended. */
static void
end_finish (End *end)
{
  if (!end->socket) {
    if (end->in_ended)
      end_close_fd (&end->in);
    if (end->out_ended)
      end_close_fd (&end->out);
  } else if (end->in_ended && end->out_ended) {
    end_close_fd (&end->in);
    end->out = -1;
  }
}

static void
end_stop_in (End *end)
{
  if (end->in_ended)
    return;
  end->in_ended = TRUE;
  if (end->socket)
    shutdown (end->in, SHUT_RD);
  end_finish (end);
}

static void
end_stop_out (End *end)
{
  if (end->out_ended)
    return;
  end->out_ended = TRUE;
  if (end->socket)
    shutdown (end->out, SHUT_WR);
  end_finish (end);
}

static void
end_init (End *end, const gchar *name, const IpcRelayEnd *fds)
{
  end->name = name;
  end->in = fds->in;
  end->out = fds->out;
  end->socket = fds->in == fds->out;
  g_unix_set_fd_nonblocking (end->in, TRUE, NULL);
  g_unix_set_fd_nonblocking (end->out, TRUE, NULL);
}

/* }}} */
/* {{{ flows */

static void
clear_source (GSource **source)
{
  if (*source) {
    g_source_destroy (*source);
    g_clear_pointer (source, g_source_unref);
  }
}

/* Nothing travels this way any more. */
static void
flow_end (Flow *flow)
{
  clear_source (&flow->reader);
  clear_source (&flow->writer);
  g_queue_clear_full (&flow->queue, (GDestroyNotify)g_bytes_unref);
  g_byte_array_set_size (flow->held, 0);
  flow->queued = 0;
  flow->eof = TRUE;
  flow->done = TRUE;
  end_stop_in (flow->from);
  end_stop_out (flow->to);
}

static void
queue_bytes (Flow *flow, GBytes *bytes)
{
  flow->queued += g_bytes_get_size (bytes);
  g_queue_push_tail (&flow->queue, g_bytes_ref (bytes));
}

/* Every whole packet passes here: what delays, drops or changes packets belongs here. */
static void
relay_forward_frame (Flow *flow, const IpcHeader *header, GBytes *frame)
{
  queue_bytes (flow, frame);
}

/* Passes the first @n bytes that are held on as they are. */
static void
forward_raw (Flow *flow, gsize n)
{
  g_autoptr (GBytes) bytes = g_bytes_new (flow->held->data, n);

  queue_bytes (flow, bytes);
  g_byte_array_remove_range (flow->held, 0, n);
  flow->offset += n;
}

/* A packet that is not held: it is recorded by its header, and its bytes run through. */
static void
begin_large_frame (Flow *flow, const IpcHeader *header)
{
  record_packet (flow, header, NULL);
  flow->raw_left = IPC_HEADER_SIZE + (gsize)header->size;
}

/* Cuts the next packet off. FALSE: more bytes are needed. */
static gboolean
cut_frame (Flow *flow)
{
  IpcHeader header;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) frame = NULL, payload = NULL;
  gsize size;

  if (flow->held->len < IPC_HEADER_SIZE)
    return FALSE;
  if (!ipc_header_read (flow->held->data, flow->direction, G_MAXUINT32, &header, &error)) {
    record_broken (flow, error->message);
    flow->raw = TRUE;
    return FALSE;
  }
  size = IPC_HEADER_SIZE + (gsize)header.size;
  if (size > FRAME_MAX) {
    begin_large_frame (flow, &header);
    return FALSE;
  }
  if (flow->held->len < size)
    return FALSE;
  frame = g_bytes_new (flow->held->data, size);
  payload = g_bytes_new_from_bytes (frame, IPC_HEADER_SIZE, header.size);
  record_packet (flow, &header, payload);
  g_byte_array_remove_range (flow->held, 0, size);
  flow->offset += size;
  relay_forward_frame (flow, &header, frame);
  return TRUE;
}

static void
flow_cut (Flow *flow)
{
  while (flow->held->len > 0) {
    if (flow->raw) {
      forward_raw (flow, flow->held->len);
    } else if (flow->raw_left > 0) {
      gsize n = MIN (flow->raw_left, flow->held->len);

      forward_raw (flow, n);
      flow->raw_left -= n;
    } else if (!cut_frame (flow) && !flow->raw && flow->raw_left == 0) {
      return;
    }
  }
}

static void
capture_write (Flow *flow, const guint8 *data, gsize size)
{
  while (flow->capture >= 0 && size > 0) {
    gssize n = write (flow->capture, data, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      g_autofree gchar *text = g_strdup_printf ("cannot write the capture: %s", g_strerror (errno));

      /* the case goes on without it: a full disk says nothing of the implementation under test */
      record_broken (flow, text);
      end_close_fd (&flow->capture);
      return;
    }
    data += n;
    size -= n;
  }
}

/* Reads once. -1 with errno; 0 for the end. File descriptors that come along are not passed on: that is said. */
static gssize
read_once (Flow *flow, guint8 *data, gsize size)
{
  struct iovec vector = { .iov_base = data, .iov_len = size };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
  gssize n;

  if (!flow->from->socket)
    return read (flow->from->in, data, size);
  n = recvmsg (flow->from->in, &message, MSG_CMSG_CLOEXEC);
  if (n >= 0 && (message.msg_flags & MSG_CTRUNC))
    record_broken (flow, "file descriptors came with the bytes: a relayed link carries none, make it a direct one");
  return n;
}

static void
flow_read_end (Flow *flow, const gchar *error)
{
  record_closed (flow->relay, flow->from, error, flow->raw_left > 0 || flow->raw ? 0 : flow->held->len);
  if (flow->held->len > 0)
    forward_raw (flow, flow->held->len);
  flow->eof = TRUE;
}

/* Reads once and cuts packets off. FALSE when there is nothing (more) to read now. */
static gboolean
flow_pull (Flow *flow)
{
  g_autofree guint8 *chunk = g_malloc (READ_SIZE);
  gssize n = read_once (flow, chunk, READ_SIZE);

  if (n > 0) {
    capture_write (flow, chunk, n);
    g_byte_array_append (flow->held, chunk, n);
    flow_cut (flow);
    return TRUE;
  }
  if (n < 0 && errno == EINTR)
    return TRUE;
  if (n == 0)
    flow_read_end (flow, NULL);
  else if (errno != EAGAIN && errno != EWOULDBLOCK)
    flow_read_end (flow, g_strerror (errno));
  return FALSE;
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer data)
{
  Flow *flow = data;

  if (!flow->eof)
    flow_pull (flow);
  flow_update (flow);
  return G_SOURCE_CONTINUE;
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

/* The receiver takes no more. What it has said until then is read first: how it ended shows there. */
static void
receiver_gone (Flow *flow, const gchar *error)
{
  Flow *back = flow == &flow->relay->down ? &flow->relay->up : &flow->relay->down;

  while (!back->eof && back->queued < QUEUE_MAX && flow_pull (back))
    ;
  record_closed (flow->relay, flow->to, error, 0);
  flow_end (flow);
}

/* Writes what there is room for. FALSE when the receiver is gone. */
static gboolean
flow_write (Flow *flow)
{
  while (!g_queue_is_empty (&flow->queue)) {
    GBytes *bytes = g_queue_peek_head (&flow->queue);
    gsize size;
    const guint8 *data = g_bytes_get_data (bytes, &size);
    gssize n;

    data += flow->written;
    size -= flow->written;
    n = flow->to->socket ? send (flow->to->out, data, size, MSG_NOSIGNAL) : write_pipe (flow->to->out, data, size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return TRUE;
    if (n < 0) {
      receiver_gone (flow, errno == EPIPE ? NULL : g_strerror (errno));
      return FALSE;
    }
    flow->queued -= n;
    flow->written += n;
    if ((gsize)n == size) {
      g_bytes_unref (g_queue_pop_head (&flow->queue));
      flow->written = 0;
    }
  }
  return TRUE;
}

static gboolean
on_writable (gint fd, GIOCondition condition, gpointer data)
{
  Flow *flow = data;

  if (condition & (G_IO_HUP | G_IO_ERR))
    receiver_gone (flow, NULL);
  flow_update (flow);
  return G_SOURCE_CONTINUE;
}

static GSource *
watch (Flow *flow, gint fd, GIOCondition condition, GUnixFDSourceFunc func)
{
  GSource *source = g_unix_fd_source_new (fd, condition);

  g_source_set_callback (source, G_SOURCE_FUNC (func), flow, NULL);
  g_source_attach (source, flow->relay->context);
  return source;
}

/* Writes what can be written, then watches for what is to come next. */
static void
flow_update (Flow *flow)
{
  if (flow->done || !flow_write (flow))
    return;
  if (flow->eof && g_queue_is_empty (&flow->queue)) {
    flow_end (flow);
    return;
  }
  if (flow->eof || flow->queued >= QUEUE_MAX)
    clear_source (&flow->reader);
  else if (!flow->reader)
    flow->reader = watch (flow, flow->from->in, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable);
  /* with nothing to write there is still the hang-up of the receiver to be seen */
  clear_source (&flow->writer);
  flow->writer = watch (flow, flow->to->out, (flow->queued > 0 ? G_IO_OUT : 0) | G_IO_HUP | G_IO_ERR, on_writable);
}

static gboolean
flow_init (Flow *flow, IpcRelay *relay, IpcDirection direction, const gchar *folder, GError **error)
{
  g_autofree gchar *path = NULL;

  flow->capture_name = g_strdup_printf (
      "%s.%u.%s.bin", relay->link, relay->generation, direction == IPC_TO_SLAVE ? "to-slave" : "to-master");
  path = g_build_filename (folder, flow->capture_name, NULL);
  flow->relay = relay;
  flow->direction = direction;
  flow->from = direction == IPC_TO_SLAVE ? &relay->master : &relay->slave;
  flow->to = direction == IPC_TO_SLAVE ? &relay->slave : &relay->master;
  flow->held = g_byte_array_new ();
  g_queue_init (&flow->queue);
  flow->capture = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
  if (flow->capture < 0)
    g_set_error (
        error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot write the capture %s: %s", path, g_strerror (errno));
  return flow->capture >= 0;
}

static void
flow_clear (Flow *flow)
{
  if (!flow->relay)
    return;
  flow_end (flow);
  end_close_fd (&flow->capture);
  g_byte_array_unref (flow->held);
  g_free (flow->capture_name);
}

/* }}} */

/**
 * ipc_relay_new:
 * @context: what drives it; the calling thread runs it
 * @history: what it records to; must outlive it
 * @folder: for the capture files LINK.GENERATION.to-slave.bin and .to-master.bin
 * @link: name of the link
 * @generation: which connection of the link this is, from 1
 * @master: (transfer full): the connection to the master's end
 * @slave: (transfer full): the connection to the slave's end
 * @error: return location of a #GIOErrorEnum error
 *
 * Returns: (transfer full): a relay that is at work, or %NULL when a capture file cannot be written
 */
IpcRelay *
ipc_relay_new (GMainContext *context, IpcHistory *history, const gchar *folder, const gchar *link, guint generation,
    const IpcRelayEnd *master, const IpcRelayEnd *slave, GError **error)
{
  g_autoptr (IpcRelay) relay = g_new0 (IpcRelay, 1);

  relay->context = g_main_context_ref (context);
  relay->history = history;
  relay->link = g_strdup (link);
  relay->generation = generation;
  end_init (&relay->master, "master", master);
  end_init (&relay->slave, "slave", slave);
  if (!flow_init (&relay->down, relay, IPC_TO_SLAVE, folder, error)
      || !flow_init (&relay->up, relay, IPC_TO_MASTER, folder, error))
    return NULL;
  flow_update (&relay->down);
  flow_update (&relay->up);
  return g_steal_pointer (&relay);
}

/**
 * ipc_relay_free:
 * @relay: (transfer full) (nullable): a relay
 */
void
ipc_relay_free (IpcRelay *relay)
{
  if (!relay)
    return;
  flow_clear (&relay->down);
  flow_clear (&relay->up);
  end_stop_in (&relay->master);
  end_stop_out (&relay->master);
  end_stop_in (&relay->slave);
  end_stop_out (&relay->slave);
  g_main_context_unref (relay->context);
  g_free (relay->link);
  g_free (relay);
}

/**
 * ipc_relay_is_done:
 * @relay: a relay
 *
 * Returns: whether both directions have ended and all fds are closed
 */
gboolean
ipc_relay_is_done (IpcRelay *relay)
{
  return relay->down.done && relay->up.done;
}

/**
 * ipc_relay_held:
 * @relay: a relay
 * @to_slave: which direction
 *
 * Returns: bytes that were read and not yet passed on
 */
gsize
ipc_relay_held (IpcRelay *relay, gboolean to_slave)
{
  const Flow *flow = to_slave ? &relay->down : &relay->up;

  return flow->held->len + flow->queued;
}
