/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Packets on their way out: a queue, and one writer at a time. Who has something to send puts it at the end; whoever
 * finds nobody writing writes the head of the queue, be it its own or not. A sender waits in poll() for
 * room; the reader, and who sends a reply, never does: what does not fit stays in the queue, whose head is then the
 * business of the thread that waits for it, or of the reader if nobody does (ipc_link_hand_over_locked()).
 *
 * An item belongs to the queue. A packet of which a byte was written goes out whole, even if its sender has given up.
 */
#include "link-private.h"

#include <errno.h>
#include <poll.h>

static void
ipc_outgoing_free (IpcOutgoing *item)
{
  guint i;

  for (i = 0; i < item->n_maps; i++)
    gst_memory_unmap (item->maps[i].memory, &item->maps[i]);
  g_free (item->maps);
  gst_clear_buffer (&item->body);
  g_clear_pointer (&item->head, g_byte_array_unref);
  g_clear_pointer (&item->tail, g_byte_array_unref);
  if (item->fds)
    ipc_fds_close (item->fds);
  g_free (item->fds);
  g_free (item->fields);
  g_free (item->reply_fields);
  g_free (item->iov);
  g_free (item);
}

void
ipc_outgoing_free_all (GQueue *items)
{
  GList *node;

  while ((node = g_queue_pop_head_link (items)))
    ipc_outgoing_free (node->data);
}

static void
add_part (IpcOutgoing *item, gpointer bytes, gsize size)
{
  if (size == 0)
    return;
  item->iov[item->n_iov].iov_base = bytes;
  item->iov[item->n_iov].iov_len = size;
  item->n_iov++;
  item->size += size;
}

/* Memory by memory: mapping the whole buffer would copy one that has several. */
static gboolean
map_body (IpcOutgoing *item, GstBuffer *body, GError **error)
{
  guint i, n = gst_buffer_n_memory (body);

  item->body = gst_buffer_ref (body);
  item->maps = g_new0 (GstMapInfo, n);
  for (i = 0; i < n; i++) {
    if (!gst_memory_map (gst_buffer_peek_memory (body, i), &item->maps[i], GST_MAP_READ)) {
      g_set_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE,
          "the buffer cannot be sent: its memory (%s) cannot be mapped for reading; put an element before the sink "
          "that "
          "copies it into system memory",
          GST_STR_NULL (gst_buffer_peek_memory (body, i)->allocator->mem_type));
      return FALSE;
    }
    item->n_maps++;
    add_part (item, item->maps[i].data, item->maps[i].size);
  }
  return TRUE;
}

/* Encodes @packet with id 0 (ids are given when it is queued) and clears it. Only a body can make it fail. */
IpcOutgoing *
ipc_outgoing_new (IpcPacket *packet, GstBuffer *body, GError **error)
{
  IpcOutgoing *item = g_new0 (IpcOutgoing, 1);
  gboolean mapped = TRUE;

  item->node.data = item;
  item->head = g_byte_array_new ();
  item->iov = g_new0 (struct iovec, 2 + (body ? gst_buffer_n_memory (body) : 0));
  if (body) {
    item->tail = g_byte_array_new ();
    ipc_packet_encode_parts (packet, item->head, item->tail);
    add_part (item, item->head->data, item->head->len);
    mapped = map_body (item, body, error);
    add_part (item, item->tail->data, item->tail->len);
  } else {
    ipc_packet_encode (packet, item->head);
    add_part (item, item->head->data, item->head->len);
  }

  if (mapped && item->size != (gsize)IPC_HEADER_SIZE + packet->header.size) {
    g_set_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE,
        "the buffer cannot be sent: its packet says %u bytes, it has %" G_GSIZE_FORMAT, packet->header.size,
        item->size);
    mapped = FALSE;
  }
  if (IPC_LINK_LOGS (GST_LEVEL_LOG))
    item->fields = ipc_packet_describe_fields (packet);
  ipc_packet_clear (packet);
  if (!mapped)
    g_clear_pointer (&item, ipc_outgoing_free);
  return item;
}

/* @packet and @reply behind it, to be written at once: who waits for the reply is woken once. @packet is numbered. */
IpcOutgoing *
ipc_outgoing_new_pair (IpcPacket *packet, IpcPacket *reply)
{
  IpcOutgoing *item = ipc_outgoing_new (packet, NULL, NULL);

  item->is_pair = TRUE;
  item->tail = g_byte_array_new ();
  ipc_packet_encode (reply, item->tail);
  add_part (item, item->tail->data, item->tail->len);
  if (IPC_LINK_LOGS (GST_LEVEL_LOG))
    item->reply_fields = ipc_packet_describe_fields (reply);
  ipc_packet_clear (reply);
  return item;
}

static void
detach_wait (IpcOutgoing *item)
{
  if (item->wait) {
    item->wait->item = NULL;
    g_cond_signal (&item->wait->changed);
  }
  item->wait = NULL;
}

/* Takes @item out of the queue and gives it to @dropped, or leaves it to the writing section that uses it. */
void
ipc_link_unqueue_locked (IpcLink *link, IpcOutgoing *item, GQueue *dropped)
{
  g_queue_unlink (&link->outgoing, &item->node);
  detach_wait (item);
  if (item->is_reply)
    link->reply_bytes -= item->size;
  if (item->in_hand)
    item->orphan = TRUE;
  else
    g_queue_push_tail_link (dropped, &item->node);
}

/* @keep_begun: except the packet of which something was written, or is being written. */
void
ipc_link_drop_outgoing_locked (IpcLink *link, gboolean keep_begun, GQueue *dropped)
{
  GList *node, *next;

  for (node = link->outgoing.head; node; node = next) {
    IpcOutgoing *item = node->data;

    next = node->next;
    if (keep_begun && (item->written > 0 || item->in_hand))
      detach_wait (item);
    else
      ipc_link_unqueue_locked (link, item, dropped);
  }
}

static void
advance (IpcOutgoing *item, gsize n)
{
  item->written += n;
  while (n > 0) {
    struct iovec *part = &item->iov[item->at];
    gsize taken = MIN (n, part->iov_len);

    part->iov_base = (guint8 *)part->iov_base + taken;
    part->iov_len -= taken;
    n -= taken;
    if (part->iov_len == 0)
      item->at++;
  }
}

static GError *
write_error (gint code, gint fd)
{
  if (code == EPIPE || code == ECONNRESET)
    return g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE,
        "the peer went away: it has closed its end of the connection (writing to fd %d: %s)", fd, g_strerror (code));
  return g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE, "writing to the peer (fdout %d) failed: %s%s", fd,
      g_strerror (code), ipc_io_hint (code));
}

/* Waits in poll() for room at @fd, for a poke, or until @deadline. Returns an errno if there will never be room. */
static gint
await_room (IpcLink *link, gint fd, gint64 deadline)
{
  struct pollfd fds[] = { { .fd = fd, .events = POLLOUT }, { .fd = link->poke_writer, .events = POLLIN } };

  if (ipc_io_poll (fds, G_N_ELEMENTS (fds), deadline) < 0)
    return errno;
  if (fds[1].revents)
    ipc_poke_clear (link->poke_writer);
  if ((fds[0].revents & (POLLERR | POLLHUP)) && !(fds[0].revents & POLLOUT))
    return EPIPE;
  return 0;
}

/* What one write has done to the head of the queue. */
static void
account_locked (IpcLink *link, IpcOutgoing *item, gsize n, GQueue *dropped)
{
  link->stats.bytes_sent += n;
  advance (item, n);
  item->in_hand = FALSE;
  if (item->orphan) {
    g_queue_push_tail_link (dropped, &item->node);
  } else if (item->written == item->size) {
    link->stats.packets_sent += item->is_pair ? 2 : 1;
    ipc_link_unqueue_locked (link, item, dropped);
  }
}

static IpcOutgoing *
enter_locked (IpcLink *link, IpcWait *wait)
{
  IpcOutgoing *item = g_queue_peek_head (&link->outgoing);

  g_assert (item && !link->writing);
  link->writing = ++link->sections;
  link->writer = wait;
  item->in_hand = TRUE;
  if (link->output.generation != link->out.generation) {
    link->output.generation = link->out.generation;
    link->output.file = link->out.file;
    link->output.checked = FALSE;
  }
  return item;
}

/* The writing section's use of the fd. */
static IpcIoResult
write_once (IpcLink *link, gint fd, const IpcOutgoing *item, gsize *n)
{
  *n = 0;
  if (!link->output.checked && !ipc_io_may_write (fd))
    return IPC_IO_FAILED;
  link->output.checked = TRUE;
  if (item->fds && item->written == 0)
    return ipc_io_write_fds (fd, &link->output.file, item->iov + item->at, item->n_iov - item->at, item->fds, n);
  return ipc_io_write (fd, &link->output.file, item->iov + item->at, item->n_iov - item->at, n);
}

void
ipc_link_write_locked (IpcLink *link, IpcWait *wait)
{
  GQueue dropped = G_QUEUE_INIT;
  IpcOutgoing *item = enter_locked (link, wait);
  guint64 generation = link->out.generation;
  gint fd = link->out.fd, fdin = link->in.fd;
  gint code = 0;
  gsize n;
  IpcIoResult result;

  g_mutex_unlock (&link->lock);
  result = write_once (link, fd, item, &n);
  if (result == IPC_IO_FAILED)
    code = errno;
  g_mutex_lock (&link->lock);
  account_locked (link, item, n, &dropped);

  /* Meanwhile the item is in nobody's hand: who gives up can take it back. */
  if (result == IPC_IO_AGAIN && wait && !wait->done && wait->item && ipc_link_may_send_locked (link)
      && link->out.generation == generation) {
    g_mutex_unlock (&link->lock);
    code = await_room (link, fd, wait->deadline);
    g_mutex_lock (&link->lock);
  }

  /* What the peer said before it went away, perhaps why, is still to be read. */
  if (code != 0 && link->out.generation == generation)
    ipc_link_lose_locked (link, write_error (code, fd), ipc_io_readable_bytes (fdin), &dropped);
  ipc_link_leave_section_locked (link, &link->writing);
  link->writer = NULL;

  if (!wait || wait->done || !wait->item)
    ipc_link_hand_over_locked (link);
  if (dropped.head) {
    g_mutex_unlock (&link->lock);
    ipc_link_log_sent (link, &dropped);
    ipc_outgoing_free_all (&dropped);
    g_mutex_lock (&link->lock);
  }
}

void
ipc_link_hand_over_locked (IpcLink *link)
{
  IpcOutgoing *item = g_queue_peek_head (&link->outgoing);

  if (!item || link->writing)
    return;
  if (item->wait && !item->wait->looking)
    g_cond_signal (&item->wait->changed);
  else if (link->reading)
    ipc_poke (link->poke_reader);
  else
    ipc_link_unpark_locked (link);
}
