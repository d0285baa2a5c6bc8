/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What comes back. A reply goes to the thread that waits for it or, if it was asked for with ipc_link_ask(), to the
 * handler. Any other changes nothing and is counted: one that nobody wanted (of a packet that was only sent) is normal,
 * one that was given up comes late, and one that was never asked for is stray. To tell them apart, the link remembers
 * the ids that may still be answered; how many is limited, so that a peer that never answers takes no memory: the
 * oldest are forgotten, and what answers those is stray.
 */
#include "link-private.h"

/* How the reply to an id is taken that nobody waits for any more. */
void
ipc_link_remember_locked (IpcLink *link, guint32 id, IpcPast past)
{
  guint32 *slot = &link->past_ids[link->n_past_ids % IPC_LINK_MAX_PAST];

  if (link->n_past_ids >= IPC_LINK_MAX_PAST)
    g_hash_table_remove (link->past, GUINT_TO_POINTER (*slot));
  *slot = id;
  link->n_past_ids++;
  g_hash_table_insert (link->past, GUINT_TO_POINTER (id), GUINT_TO_POINTER (past));
}

void
ipc_link_give_up_asked_locked (IpcLink *link)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, link->asked);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    ipc_link_remember_locked (link, GPOINTER_TO_UINT (id), IPC_PAST_GIVEN_UP);
    g_hash_table_iter_remove (&iter);
  }
}

void
ipc_link_forget_replies_locked (IpcLink *link)
{
  g_hash_table_remove_all (link->asked);
  g_hash_table_remove_all (link->past);
  link->n_past_ids = 0;
}

/* Whether the peer may have seen a byte of the packet that @wait is for. */
static gboolean
is_begun (const IpcWait *wait)
{
  return !wait->item || wait->item->in_hand || wait->item->written > 0;
}

/* For the handler: TRUE, and @tag is set. */
static IpcReplyFate
take_asked_locked (IpcLink *link, const IpcAsked *asked, const IpcHeader *header, guint *tag)
{
  if (asked->expects != (IpcReplyKind)header->type)
    return IPC_REPLY_WRONG_KIND;
  *tag = asked->tag;
  ipc_link_count_round_trip_locked (link, asked->begun);
  g_hash_table_remove (link->asked, GUINT_TO_POINTER (header->id));
  return IPC_REPLY_FOR_HANDLER;
}

static IpcReplyFate
take_awaited_locked (IpcLink *link, IpcWait *wait, IpcPacket *packet)
{
  if (wait->done)
    return IPC_REPLY_LATE;
  if (wait->expects != (IpcReplyKind)packet->header.type)
    return IPC_REPLY_WRONG_KIND;
  wait->reply = *packet;
  memset (packet, 0, sizeof *packet);
  ipc_link_count_round_trip_locked (link, wait->begun);
  if (wait->type == IPC_PACKET_BUFFER)
    ipc_link_expect_guest_locked (link);
  ipc_link_finish_wait_locked (link, wait, IPC_OUTCOME_REPLIED, NULL);
  return IPC_REPLY_TAKEN;
}

static IpcReplyFate
take_locked (IpcLink *link, guint64 generation, IpcPacket *packet, guint *tag)
{
  gpointer id = GUINT_TO_POINTER (packet->header.id), past;
  IpcWait *wait = g_hash_table_lookup (link->waits, id);
  IpcAsked *asked = g_hash_table_lookup (link->asked, id);

  if (link->in.generation != generation || link->loss)
    return IPC_REPLY_OF_THE_PAST;
  if (wait && !is_begun (wait))
    return IPC_REPLY_STRAY;
  if (asked)
    return take_asked_locked (link, asked, &packet->header, tag);
  if (wait && wait->expects != IPC_REPLY_NONE)
    return take_awaited_locked (link, wait, packet);
  if (!g_hash_table_steal_extended (link->past, id, NULL, &past))
    return IPC_REPLY_STRAY;
  return GPOINTER_TO_UINT (past) == IPC_PAST_GIVEN_UP ? IPC_REPLY_LATE : IPC_REPLY_UNWANTED;
}

IpcReplyFate
ipc_link_take_reply (IpcLink *link, guint64 generation, IpcPacket *packet, guint *tag)
{
  IpcReplyFate fate;

  g_mutex_lock (&link->lock);
  fate = take_locked (link, generation, packet, tag);
  ipc_link_count_reply_locked (link, fate);
  g_mutex_unlock (&link->lock);
  return fate;
}
