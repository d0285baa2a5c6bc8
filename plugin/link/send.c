/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sending without waiting for the answer: what nobody answers, or whose answer goes to the handler, and replies. How
 * much a peer may leave unread of what is sent without waiting for room is limited.
 */
#include "link-private.h"

/* Puts something into the queue that nobody waits for, and writes at once what there is room for. */
static void
queue_and_try_locked (IpcLink *link, IpcOutgoing *item, GQueue *dropped)
{
  gboolean was_empty = link->outgoing.head == NULL;

  g_queue_push_tail_link (&link->outgoing, &item->node);
  item->is_reply = TRUE;
  link->reply_bytes += item->size;
  if (was_empty && !link->writing && ipc_link_may_send_locked (link))
    ipc_link_write_locked (link, NULL);
  if (link->reply_bytes > IPC_LINK_MAX_REPLIES)
    ipc_link_lose_locked (link,
        g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_PROTOCOL,
            "the peer does not read: %" G_GSIZE_FORMAT
            " bytes of replies wait to be written, more than the limit of %u",
            link->reply_bytes, IPC_LINK_MAX_REPLIES),
        -1, dropped);
}

/* Without waiting, as the reader sends. */
static gboolean
send_from_reader (IpcLink *link, IpcWait *wait, IpcOutgoing *item)
{
  GQueue dropped = G_QUEUE_INIT;
  gboolean may_begin;

  g_mutex_lock (&link->lock);
  may_begin = ipc_link_may_begin_locked (link, wait);
  if (may_begin) {
    ipc_link_number_locked (link, wait, item);
    queue_and_try_locked (link, item, &dropped);
  } else {
    g_queue_push_tail_link (&dropped, &item->node);
  }
  g_mutex_unlock (&link->lock);
  ipc_outgoing_free_all (&dropped);
  ipc_link_log_outcome (link, wait);
  return may_begin;
}

static gboolean
send_with (IpcLink *link, IpcPacket *packet, const guint *tag, guint64 timeout, GError **error)
{
  gint64 begun = g_get_monotonic_time ();
  IpcWait wait = { .type = packet->header.type,
    .form = packet->form,
    .begun = begun,
    .deadline = ipc_link_deadline (begun, timeout),
    .tag = tag };
  IpcOutgoing *item = ipc_outgoing_new (packet, NULL, NULL);

  if (ipc_link_is_reader_thread (link)) {
    if (send_from_reader (link, &wait, item))
      return TRUE;
  } else {
    ipc_link_call (link, &wait, item);
  }
  if (wait.error)
    g_propagate_error (error, wait.error);
  return wait.outcome == IPC_OUTCOME_REPLIED;
}

/**
 * ipc_link_post:
 * @link: an #IpcLink
 * @peer: who it is for, from ipc_link_get_peer()
 * @packet: what to say, something that has no reply; its contents are taken over
 *
 * Sends @packet without ever waiting, from any thread, as replies are sent.
 *
 * Returns: %FALSE when there is no such peer any more, or the link is not connected
 */
gboolean
ipc_link_post (IpcLink *link, guint64 peer, IpcPacket *packet)
{
  IpcWait wait = { .type = packet->header.type, .form = packet->form, .only_for = peer };
  gboolean posted;

  g_return_val_if_fail (ipc_packet_info (wait.type)->reply == IPC_REPLY_NONE, FALSE);
  posted = send_from_reader (link, &wait, ipc_outgoing_new (packet, NULL, NULL));
  g_clear_error (&wait.error);
  return posted;
}

/**
 * ipc_link_send:
 * @link: an #IpcLink
 * @packet: what to say; its contents are taken over
 * @timeout: microseconds to wait for room at most, or %IPC_WAIT_FOREVER. 0: only if there is room now
 * @error: why it was not sent
 *
 * Sends @packet and does not wait for a reply. The reader thread does not wait for room either: what it sends
 * is queued like a reply. A packet of which a part was written in time goes out and counts as sent.
 *
 * Returns: %FALSE if nothing was sent
 */
gboolean
ipc_link_send (IpcLink *link, IpcPacket *packet, guint64 timeout, GError **error)
{
  g_return_val_if_fail (ipc_packet_info (packet->header.type) != NULL, FALSE);
  return send_with (link, packet, NULL, timeout, error);
}

/**
 * ipc_link_ask:
 * @link: an #IpcLink
 * @packet: a request; its contents are taken over
 * @tag: given to the handler with the reply
 * @timeout: as in ipc_link_send()
 * @error: why it was not sent
 *
 * Sends a request whose reply goes to the handler, however late it comes, and once; not when the peer is another one by
 * then. While 64 of them are not answered, further ones are refused, with %IPC_LINK_ERROR_BUSY.
 *
 * Returns: %FALSE if nothing was sent
 */
gboolean
ipc_link_ask (IpcLink *link, IpcPacket *packet, guint tag, guint64 timeout, GError **error)
{
  const IpcPacketInfo *info = ipc_packet_info (packet->header.type);

  g_return_val_if_fail (info && info->reply != IPC_REPLY_NONE, FALSE);
  return send_with (link, packet, &tag, timeout, error);
}

/* @before: NULL for none. */
static void
reply_to (IpcLink *link, guint64 peer, IpcPacket *before, IpcPacket *packet)
{
  GQueue dropped = G_QUEUE_INIT;
  IpcWait wait = { 0 };
  IpcOutgoing *item;

  if (before) {
    wait.type = before->header.type;
    item = ipc_outgoing_new_pair (before, packet);
  } else {
    item = ipc_outgoing_new (packet, NULL, NULL);
  }
  g_mutex_lock (&link->lock);
  if (link->in.generation != peer || link->loss || link->in.fd < 0 || link->in.spent) {
    g_queue_push_tail_link (&dropped, &item->node);
  } else {
    if (before)
      ipc_link_number_locked (link, &wait, item);
    queue_and_try_locked (link, item, &dropped);
  }
  g_mutex_unlock (&link->lock);
  ipc_outgoing_free_all (&dropped);
}

/**
 * ipc_link_reply:
 * @link: an #IpcLink
 * @packet: the reply, with the id of the request in its header; its contents are taken over
 *
 * Sends a reply without ever waiting, from any thread. To a peer that is lost it goes nowhere. While fdin is set and
 * fdout is not yet, it waits for fdout. A peer that leaves more than 16 MiB of replies unread is lost.
 */
void
ipc_link_reply (IpcLink *link, IpcPacket *packet)
{
  ipc_link_reply_to (link, ipc_link_get_peer (link), packet);
}

/**
 * ipc_link_reply_to:
 * @link: an #IpcLink
 * @peer: who is answered, from ipc_link_get_peer()
 * @packet: the reply; its contents are taken over
 *
 * ipc_link_reply() for a job that may have outlived the peer that asked.
 */
void
ipc_link_reply_to (IpcLink *link, guint64 peer, IpcPacket *packet)
{
  reply_to (link, peer, NULL, packet);
}

/**
 * ipc_link_reply_behind:
 * @link: an #IpcLink
 * @peer: who is answered, from ipc_link_get_peer(); it has agreed on the form of @before
 * @before: something that has no reply; its contents are taken over
 * @packet: the reply; its contents are taken over
 *
 * ipc_link_post() and ipc_link_reply_to() in one write, which wakes the peer once.
 */
void
ipc_link_reply_behind (IpcLink *link, guint64 peer, IpcPacket *before, IpcPacket *packet)
{
  g_return_if_fail (ipc_packet_info (before->header.type)->reply == IPC_REPLY_NONE);
  reply_to (link, peer, before, packet);
}
