/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One direction of a relay. A flow reads from one end into `held`, cuts whole packets off, records them, and hands each
 * to forward_frame(), the one place that every packet passes: there faults strike (strike.c). From there it goes as a
 * piece into the queue of what the other end has still to take. While that queue is full nothing is read: the sender
 * feels it.
 *
 * What cannot be cut into packets is passed on raw: all that follows a header which makes no sense, a packet that is
 * too large to be held, the half packet before the end of the stream. The implementation under test is to see it.
 *
 * Closing: the end of what one end sends is passed on when the queue is empty; an end that takes no more ends the
 * reading of the other one. A file descriptor is closed when neither flow needs it.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib-unix.h>

#include "packet-build.h"
#include "relay-private.h"

#define READ_SIZE (64 * 1024)
/* Above this many bytes that the other end has not taken, nothing is read. */
#define QUEUE_MAX (256 * 1024)
/* The largest packet that is held until it is whole. */
#define FRAME_MAX (64 * 1024 * 1024)
/* How often an end is asked whether it has taken all; microseconds. */
#define TAKEN_INTERVAL 100

/* {{{ pieces */

static void
mark_clear (gpointer data)
{
  g_clear_object (&((IpcFdMark *)data)->fds);
}

GArray *
ipc_marks_new (void)
{
  GArray *marks = g_array_new (FALSE, FALSE, sizeof (IpcFdMark));

  g_array_set_clear_func (marks, mark_clear);
  return marks;
}

IpcPiece *
ipc_piece_new (GBytes *bytes)
{
  IpcPiece *piece = g_new0 (IpcPiece, 1);

  piece->bytes = bytes ? g_bytes_ref (bytes) : NULL;
  piece->time = -1;
  return piece;
}

void
ipc_piece_free (IpcPiece *piece)
{
  g_clear_pointer (&piece->bytes, g_bytes_unref);
  g_clear_pointer (&piece->marks, g_array_unref);
  g_free (piece->fault);
  g_free (piece->process);
  g_free (piece->signal);
  g_free (piece);
}

void
ipc_flow_push (IpcFlow *flow, IpcPiece *piece)
{
  if (flow->done || flow->swallowing) {
    ipc_piece_free (piece);
    return;
  }
  flow->queued += piece->bytes ? g_bytes_get_size (piece->bytes) : 0;
  g_queue_push_tail (&flow->queue, piece);
}

/* Takes @marks (or NULL), whose places count from the first of @bytes. */
static void
push_bytes (IpcFlow *flow, GBytes *bytes, GArray *marks)
{
  IpcPiece *piece = ipc_piece_new (bytes);

  piece->marks = marks;
  ipc_flow_push (flow, piece);
}

/* The file descriptors of the next @size bytes of held, or NULL. */
static GArray *
take_marks (IpcFlow *flow, gsize size)
{
  GArray *taken = NULL;

  while (flow->marks->len > 0) {
    IpcFdMark *mark = &g_array_index (flow->marks, IpcFdMark, 0);
    IpcFdMark moved = { mark->at - flow->offset, mark->fds };

    if (mark->at >= flow->offset + size)
      break;
    if (!taken)
      taken = ipc_marks_new ();
    mark->fds = NULL;
    g_array_append_val (taken, moved);
    g_array_remove_index (flow->marks, 0);
  }
  return taken;
}

/* }}} */
/* {{{ reading */

static void
clear_source (GSource **source)
{
  if (*source) {
    g_source_destroy (*source);
    g_clear_pointer (source, g_source_unref);
  }
}

static void
clear_queue (IpcFlow *flow)
{
  g_queue_clear_full (&flow->queue, (GDestroyNotify)ipc_piece_free);
  g_clear_pointer (&flow->batch, ipc_batch_free);
  flow->queued = 0;
}

/* Nothing travels this way any more. */
static void
flow_end (IpcFlow *flow)
{
  clear_source (&flow->reader);
  clear_source (&flow->writer);
  clear_source (&flow->timer);
  clear_queue (flow);
  g_byte_array_set_size (flow->held, 0);
  g_array_set_size (flow->marks, 0);
  flow->eof = TRUE;
  flow->done = TRUE;
  ipc_end_stop_in (flow->from);
  ipc_end_stop_out (flow->to);
}

IpcFlow *
ipc_flow_back (IpcFlow *flow)
{
  return flow == &flow->relay->down ? &flow->relay->up : &flow->relay->down;
}

/* Of a request that a fault has struck nobody can say whether a reply is to come. */
static void
note_request (IpcFlow *flow, const IpcHeader *header)
{
  const IpcPacketInfo *info = ipc_packet_info (header->type);

  if (info && info->reply != IPC_REPLY_NONE)
    g_hash_table_add (flow->asked, GUINT_TO_POINTER (header->id));
}

/* One that is lost on its way has been sent all the same. */
static void
note_reply (IpcFlow *flow, const IpcHeader *header)
{
  if (header->type == IPC_PACKET_ACK || header->type == IPC_PACKET_QUERY_RESULT)
    g_hash_table_remove (ipc_flow_back (flow)->asked, GUINT_TO_POINTER (header->id));
}

/* Every whole packet passes here. Takes @marks. */
static void
forward_frame (IpcFlow *flow, const IpcHeader *header, GBytes *frame, GArray *marks)
{
  JsonObject *record = ipc_flow_packet_record (flow, header, frame, marks);
  IpcFaultSet *faults = flow->relay->faults;
  IpcFault *fault = NULL;

  note_reply (flow, header);
  if (flow->swallowing) {
    json_object_set_string_member (record, "lost", flow->swallowing);
    ipc_flow_add_packet (flow, record);
    g_clear_pointer (&marks, g_array_unref);
    return;
  }
  if (faults)
    fault = ipc_fault_set_pick (faults, record);
  if (fault) {
    ipc_flow_strike (flow, fault, record, header, frame, marks);
    return;
  }
  note_request (flow, header);
  json_object_ref (record);
  ipc_flow_add_packet (flow, record);
  if (!ipc_flow_batch_take (flow, record, frame, marks))
    push_bytes (flow, frame, marks);
  json_object_unref (record);
}

/* Passes the first @n bytes that are held on as they are. */
static void
forward_raw (IpcFlow *flow, gsize n)
{
  g_autoptr (GBytes) bytes = g_bytes_new (flow->held->data, n);

  push_bytes (flow, bytes, take_marks (flow, n));
  g_byte_array_remove_range (flow->held, 0, (guint)n);
  flow->offset += n;
}

/* A packet that is not held: it is recorded by its header, and its bytes run through. */
static void
begin_large_frame (IpcFlow *flow, const IpcHeader *header)
{
  note_request (flow, header);
  ipc_history_add (flow->relay->history, ipc_flow_packet_record (flow, header, NULL, NULL));
  ipc_flow_release_batch (flow);
  flow->raw_left = IPC_HEADER_SIZE + (gsize)header->size;
}

/* Cuts the next packet off. FALSE: more bytes are needed. */
static gboolean
cut_frame (IpcFlow *flow)
{
  IpcHeader header;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) frame = NULL;
  gsize size;

  if (flow->held->len < IPC_HEADER_SIZE)
    return FALSE;
  if (!ipc_header_read (flow->held->data, flow->direction, G_MAXUINT32, &header, &error)) {
    ipc_flow_record_broken (flow, error->message);
    ipc_flow_release_batch (flow);
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
  forward_frame (flow, &header, frame, take_marks (flow, size));
  if (flow->done) /* by a fault */
    return FALSE;
  g_byte_array_remove_range (flow->held, 0, (guint)size);
  flow->offset += size;
  return TRUE;
}

static void
flow_cut (IpcFlow *flow)
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
capture_write (IpcFlow *flow, const guint8 *data, gsize size)
{
  while (flow->capture >= 0 && size > 0) {
    gssize n = write (flow->capture, data, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      g_autofree gchar *text = g_strdup_printf ("cannot write the capture: %s", g_strerror (errno));

      /* the case goes on without it: a full disk says nothing of the implementation under test */
      ipc_flow_record_broken (flow, text);
      ipc_close_fd (&flow->capture);
      return;
    }
    data += n;
    size -= (gsize)n;
  }
}

static void
flow_read_end (IpcFlow *flow, const gchar *error)
{
  ipc_relay_record_closed (flow->relay, flow->from, error, flow->raw_left > 0 || flow->raw ? 0 : flow->held->len);
  ipc_flow_release_batch (flow);
  if (flow->held->len > 0)
    forward_raw (flow, flow->held->len);
  flow->eof = TRUE;
}

/* Reads once and cuts packets off. FALSE when there is nothing (more) to read now. */
static gboolean
flow_pull (IpcFlow *flow)
{
  g_autofree guint8 *chunk = g_malloc (READ_SIZE);
  GUnixFDList *fds;
  gssize n = ipc_end_read (flow->from, chunk, READ_SIZE, &fds);

  if (n > 0) {
    if (fds) {
      IpcFdMark mark = { flow->offset + flow->held->len + (guint64)n - 1, fds };

      g_array_append_val (flow->marks, mark);
    }
    capture_write (flow, chunk, (gsize)n);
    g_byte_array_append (flow->held, chunk, (guint)n);
    flow_cut (flow);
    if (flow->held->len > 0 || flow->raw_left > 0)
      flow->relay->moved += (guint64)n;
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
  IpcFlow *flow = data;

  if (!flow->eof)
    flow_pull (flow);
  ipc_flow_update (flow);
  return G_SOURCE_CONTINUE;
}

/* }}} */
/* {{{ writing */

/* The receiver takes no more. What it has said until then is read first: how it ended shows there. */
static void
receiver_gone (IpcFlow *flow, const gchar *error)
{
  IpcFlow *back = ipc_flow_back (flow);

  while (!back->eof && !back->stalled && back->queued < QUEUE_MAX && flow_pull (back))
    ;
  if (flow->done)
    return;
  ipc_relay_record_closed (flow->relay, flow->to, error, 0);
  flow_end (flow);
}

static gboolean
timer_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSourceFuncs timer_funcs = { .dispatch = timer_dispatch };

static gboolean
on_timer (gpointer data)
{
  IpcFlow *flow = data;

  g_source_set_ready_time (flow->timer, -1);
  ipc_flow_update (flow);
  return G_SOURCE_CONTINUE;
}

/* Looks at the flow again at @time, of g_get_monotonic_time(), or earlier. */
static void
wake_at (IpcFlow *flow, gint64 time)
{
  gint64 set = flow->timer ? g_source_get_ready_time (flow->timer) : -1;

  if (!flow->timer) {
    flow->timer = g_source_new (&timer_funcs, sizeof (GSource));
    g_source_set_callback (flow->timer, on_timer, flow, NULL);
    g_source_attach (flow->timer, flow->relay->context);
  }
  if (set < 0 || time < set)
    g_source_set_ready_time (flow->timer, time);
}

void
ipc_flow_wake (IpcFlow *flow)
{
  if (!flow->done)
    wake_at (flow, 0);
}

/* Whether @piece may go out now; otherwise it is looked at later. */
static gboolean
is_due (IpcFlow *flow, IpcPiece *piece)
{
  gint64 now = g_get_monotonic_time ();

  if (piece->due > now) {
    wake_at (flow, piece->due);
    return FALSE;
  }
  piece->due = 0;
  if (piece->chunk == 0 || ipc_end_took_all (flow->to))
    return TRUE;
  wake_at (flow, now + TAKEN_INTERVAL);
  return FALSE;
}

/* Writes as much of @piece as goes out at once. */
static gssize
write_some (IpcFlow *flow, IpcPiece *piece)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (piece->bytes, &size);
  GUnixFDList *fds = NULL;
  gssize n;

  size -= piece->written;
  if (piece->chunk > 0)
    size = MIN (size, piece->chunk);
  for (guint i = 0; piece->marks && i < piece->marks->len; i++) {
    IpcFdMark *mark = &g_array_index (piece->marks, IpcFdMark, i);

    if (mark->at == piece->written)
      fds = mark->fds;
    else if (mark->at > piece->written)
      size = MIN (size, (gsize)(mark->at - piece->written));
  }
  n = ipc_end_write (flow->to, data + piece->written, size, fds);
  if (n <= 0)
    return n;
  flow->queued -= (gsize)n;
  piece->written += (gsize)n;
  if (piece->written < g_bytes_get_size (piece->bytes))
    flow->relay->moved += (guint64)n;
  piece->due = piece->pause > 0 ? g_get_monotonic_time () + piece->pause : 0;
  return n;
}

static void
run_piece (IpcFlow *flow)
{
  IpcPiece *piece = g_queue_pop_head (&flow->queue);

  if (piece->func)
    piece->func (flow, piece);
  ipc_piece_free (piece);
}

/* Writes what there is room for. FALSE when the receiver is gone. */
static gboolean
flow_write (IpcFlow *flow)
{
  while (!flow->stalled && !g_queue_is_empty (&flow->queue)) {
    IpcPiece *piece = g_queue_peek_head (&flow->queue);
    gssize n;

    if (!is_due (flow, piece))
      return TRUE;
    if (!piece->bytes || piece->written == g_bytes_get_size (piece->bytes)) {
      run_piece (flow);
      if (flow->done)
        return FALSE;
      continue;
    }
    n = write_some (flow, piece);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      if (piece->chunk > 0)
        wake_at (flow, g_get_monotonic_time () + TAKEN_INTERVAL);
      return TRUE;
    }
    if (n < 0) {
      receiver_gone (flow, errno == EPIPE ? NULL : g_strerror (errno));
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
on_writable (gint fd, GIOCondition condition, gpointer data)
{
  IpcFlow *flow = data;

  if (condition & (G_IO_HUP | G_IO_ERR))
    receiver_gone (flow, NULL);
  ipc_flow_update (flow);
  return G_SOURCE_CONTINUE;
}

static GSource *
watch (IpcFlow *flow, gint fd, GIOCondition condition, GUnixFDSourceFunc func)
{
  GSource *source = g_unix_fd_source_new (fd, condition);

  g_source_set_callback (source, G_SOURCE_FUNC (func), flow, NULL);
  g_source_attach (source, flow->relay->context);
  return source;
}

/* Stalls and batches that have lasted long enough. */
static void
end_what_is_due (IpcFlow *flow)
{
  gint64 now = g_get_monotonic_time ();

  if (flow->stalled && flow->stalled_until > 0 && flow->stalled_until <= now)
    ipc_flow_release_stall (flow);
  if (flow->batch && flow->batch->due <= now)
    ipc_flow_release_batch (flow);
}

/* Those that have not. */
static void
wake_for_what_lasts (IpcFlow *flow)
{
  if (flow->stalled && flow->stalled_until > 0)
    wake_at (flow, flow->stalled_until);
  if (flow->batch)
    wake_at (flow, flow->batch->due);
}

static gboolean
is_writable_now (IpcFlow *flow)
{
  IpcPiece *piece = g_queue_peek_head (&flow->queue);

  return piece && !flow->stalled && piece->due == 0 && piece->chunk == 0;
}

void
ipc_flow_update (IpcFlow *flow)
{
  if (flow->done)
    return;
  end_what_is_due (flow);
  if (!flow_write (flow))
    return;
  wake_for_what_lasts (flow);
  if (flow->eof && g_queue_is_empty (&flow->queue) && !flow->stalled) {
    flow_end (flow);
    return;
  }
  if (flow->eof || flow->stalled || flow->queued >= QUEUE_MAX)
    clear_source (&flow->reader);
  else if (!flow->reader)
    flow->reader = watch (flow, flow->from->in, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable);
  /* with nothing to write there is still the hang-up of the receiver to be seen */
  clear_source (&flow->writer);
  if (!flow->swallowing)
    flow->writer
        = watch (flow, flow->to->out, (is_writable_now (flow) ? G_IO_OUT : 0) | G_IO_HUP | G_IO_ERR, on_writable);
}

/* }}} */
/* {{{ ends made by faults */

/* What @flow's sender has sent until now is written down as lost. */
static void
swallow_rest (IpcFlow *flow, const gchar *fault)
{
  if (flow->done)
    return;
  clear_queue (flow);
  g_free (flow->swallowing);
  flow->swallowing = g_strdup (fault);
  while (!flow->eof && flow_pull (flow))
    ;
}

void
ipc_relay_cut (IpcRelay *relay, const gchar *fault, gboolean reset)
{
  /* an end that is not read out is reset and not closed */
  swallow_rest (&relay->down, fault);
  swallow_rest (&relay->up, fault);
  /* a fault is no doing of the processes */
  relay->master.closed_recorded = relay->slave.closed_recorded = TRUE;
  if (reset) {
    ipc_end_arm_reset (&relay->master);
    ipc_end_arm_reset (&relay->slave);
  }
  flow_end (&relay->down);
  flow_end (&relay->up);
}

void
ipc_flow_half_close (IpcFlow *flow, const gchar *fault)
{
  clear_queue (flow);
  g_free (flow->swallowing);
  flow->swallowing = g_strdup (fault);
  clear_source (&flow->writer);
  ipc_end_stop_out (flow->to);
}

/* }}} */
/* {{{ birth and death */

gboolean
ipc_flow_init (IpcFlow *flow, IpcRelay *relay, IpcDirection direction, const gchar *folder, GError **error)
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
  flow->marks = ipc_marks_new ();
  flow->asked = g_hash_table_new (NULL, NULL);
  g_queue_init (&flow->queue);
  flow->capture = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
  if (flow->capture < 0)
    g_set_error (
        error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot write the capture %s: %s", path, g_strerror (errno));
  return flow->capture >= 0;
}

void
ipc_flow_clear (IpcFlow *flow)
{
  if (!flow->relay)
    return;
  flow_end (flow);
  ipc_close_fd (&flow->capture);
  g_byte_array_unref (flow->held);
  g_array_unref (flow->marks);
  g_hash_table_unref (flow->asked);
  g_free (flow->capture_name);
  g_free (flow->stalled);
  g_free (flow->swallowing);
}

/* }}} */
