/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guests: threads that would wait for what the reader brings, and read in its place, so that a packet is read by the
 * thread that it is for. That saves a hand-over for each packet, half of what a small one costs.
 *
 * The reader steps back ("is parked") behind each packet of a stream, for as long as a stream may need to come back:
 * then it reads again. Only while it is parked somebody else may read; so packets are given away in order, by one
 * thread at a time, as ever. A guest has its turns like the reader, but never tells of a loss: what ends the peer ends
 * the guest, and the reader goes on. With nothing streaming the reader is in poll(), and costs nothing.
 */
#include "link-private.h"

void
ipc_link_settle_locked (IpcLink *link)
{
  if (link->unsettled > 0)
    g_cond_broadcast (&link->settled);
}

void
ipc_link_unpark_locked (IpcLink *link)
{
  if (link->parked)
    g_cond_broadcast (&link->unpark); /* a reader that is retired may be there as well */
}

/* The reader has something to do that no guest does. */
static gboolean
is_wanted_locked (IpcReader *reader)
{
  IpcLink *link = reader->link;

  if (reader->quit)
    return TRUE;
  return !link->guest
         && (link->loss || (link->stats.waiting > 0 && link->unsettled == 0)
             || (link->outgoing.head && !link->writing));
}

void
ipc_link_park_locked (IpcReader *reader)
{
  IpcLink *link = reader->link;
  guint64 guests = link->guests;
  gint64 until;

  if (reader->quit)
    return;
  link->parked = TRUE;
  ipc_link_settle_locked (link);
  while (!is_wanted_locked (reader)) {
    until = link->guest_left + link->patience;
    if (link->guest) {
      /* One that has been there all the time since we looked may stay for ever, and says when it leaves. One that comes
       * and goes is not to wake us each time. */
      link->parked_for_good = link->guests == guests;
      guests = link->guests;
      until = g_get_monotonic_time () + link->patience;
    } else if (until <= g_get_monotonic_time ()) {
      break;
    }
    if (link->parked_for_good)
      g_cond_wait (&link->unpark, &link->lock);
    else
      g_cond_wait_until (&link->unpark, &link->lock, until);
    if (reader->quit)
      return;
    link->parked_for_good = FALSE;
  }
  link->parked = FALSE;
}

void
ipc_link_expect_guest_locked (IpcLink *link)
{
  link->guest_left = g_get_monotonic_time ();
}

static gboolean
may_read_locked (IpcLink *link)
{
  return !link->guest && !link->loss && link->reader && !link->reader->quit && ipc_link_may_send_locked (link)
         && !ipc_link_is_any_reader_thread ();
}

gboolean
ipc_link_may_be_guest_locked (IpcLink *link)
{
  return link->parked && may_read_locked (link);
}

gboolean
ipc_link_await_settled_locked (IpcLink *link, gint64 deadline)
{
  if (link->parked || link->reading || !may_read_locked (link))
    return FALSE;
  link->unsettled++;
  if (deadline == IPC_LINK_NEVER)
    g_cond_wait (&link->settled, &link->lock);
  else
    g_cond_wait_until (&link->settled, &link->lock, deadline);
  link->unsettled--;
  return TRUE;
}

/* The reader quits, and with it a guest: whoever reads next waits for neither. */
void
ipc_link_retire_guest_locked (IpcLink *link)
{
  ipc_link_unpark_locked (link);
  link->parked = link->parked_for_good = FALSE;
  if (link->guest)
    link->guest->quit = TRUE;
  link->guest = NULL;
  link->guest_left = 0;
  ipc_link_settle_locked (link);
}

static void
begin_locked (IpcLink *link, IpcReader *guest)
{
  link->guest = guest;
  link->guests++;
}

/* @comes_back: soon, most likely. */
static void
end_locked (IpcLink *link, const IpcReader *guest, gboolean comes_back)
{
  if (link->guest != guest)
    return;
  link->guest = NULL;
  if (comes_back)
    ipc_link_expect_guest_locked (link);
  if (link->parked_for_good || (link->reader && is_wanted_locked (link->reader)))
    ipc_link_unpark_locked (link);
}

static gboolean
stays_locked (IpcLink *link, const IpcReader *guest)
{
  return !guest->quit && !link->loss;
}

void
ipc_link_read_for_wait_locked (IpcLink *link, IpcWait *wait)
{
  IpcReader guest = { .link = link };

  begin_locked (link, &guest);
  wait->reading = TRUE;
  while (!wait->done && stays_locked (link, &guest) && g_get_monotonic_time () < wait->deadline)
    ipc_link_turn_locked (&guest, wait->deadline);
  wait->reading = FALSE;
  end_locked (link, &guest, wait->type == IPC_PACKET_BUFFER);
}

static gboolean
ask_locked (IpcLink *link, IpcGoesOnFunc goes_on, gpointer user_data)
{
  gboolean wanted;

  g_mutex_unlock (&link->lock);
  wanted = goes_on (user_data);
  g_mutex_lock (&link->lock);
  return wanted;
}

gboolean
ipc_link_read_while (IpcLink *link, IpcGoesOnFunc goes_on, gpointer user_data)
{
  IpcReader guest = { .link = link };
  gboolean reads;

  g_atomic_int_inc (&link->holds);
  g_mutex_lock (&link->lock);
  link->has_stream_reader = TRUE;
  while (ipc_link_await_settled_locked (link, IPC_LINK_NEVER) && ask_locked (link, goes_on, user_data))
    continue;
  reads = ipc_link_may_be_guest_locked (link);
  if (reads) {
    begin_locked (link, &guest);
    while (ask_locked (link, goes_on, user_data) && stays_locked (link, &guest))
      ipc_link_turn_locked (&guest, IPC_LINK_NEVER);
    end_locked (link, &guest, TRUE);
  }
  g_mutex_unlock (&link->lock);
  ipc_link_release_hold (link);
  return reads;
}

void
ipc_link_wake (IpcLink *link)
{
  g_mutex_lock (&link->lock);
  if (link->guest)
    ipc_poke (link->poke_reader);
  ipc_link_settle_locked (link);
  g_mutex_unlock (&link->lock);
}
