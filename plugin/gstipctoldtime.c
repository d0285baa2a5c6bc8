/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When a base time is worth telling. A pipeline hands it to its children before it takes them to PLAYING, and to those
 * that are there already without another word; after a flush it has a new one, unless an error keeps it from playing
 * again, and then the old one would make everything late.
 */

#include "gstipctoldtime.h"

#include "gstipcclock.h"

#define GST_CAT_DEFAULT peer->debug

void
gst_ipc_told_time_init (GstIpcToldTime *time)
{
  time->outdated = time->told = GST_CLOCK_TIME_NONE;
}

/* Where the application sets base times there is no start time, and any may be right. */
static gboolean
get_base_time (GstIpcToldTime *time, GstElement *element, GstClockTime *base_time)
{
  gboolean is_good;

  GST_OBJECT_LOCK (element);
  *base_time = element->base_time;
  is_good = GST_CLOCK_TIME_IS_VALID (*base_time)
            && (*base_time != time->outdated || GST_ELEMENT_START_TIME (element) == GST_CLOCK_TIME_NONE);
  GST_OBJECT_UNLOCK (element);
  return is_good;
}

static gboolean
get_time (GstIpcToldTime *time, GstIpcPeer *peer, IpcTime *present)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (peer->element);
  IpcFeatures features;
  gboolean shares_time;

  gst_ipc_agreement_get (&peer->agreement, peer->link, &features, &shares_time);
  return (features & IPC_FEATURE_TIME) && shares_time && get_base_time (time, peer->element, &present->base_time)
         && gst_ipc_clock_is_plain (clock, &present->clock);
}

guint64
gst_ipc_told_time_tell (GstIpcToldTime *time, GstIpcPeer *peer, guint tag, guint64 timeout)
{
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;
  IpcTime present;
  gint64 begun;

  if (!get_time (time, peer, &present))
    return 0;
  GST_OBJECT_LOCK (peer->element);
  time->told = present.base_time;
  GST_OBJECT_UNLOCK (peer->element);
  ipc_packet_build_time (&packet, &present);
  begun = g_get_monotonic_time ();
  if (!ipc_link_ask (peer->link, &packet, tag, timeout, &error))
    GST_INFO_OBJECT (peer->element, "the peer was not told our time: %s", error->message);
  return (guint64)(g_get_monotonic_time () - begun);
}

void
gst_ipc_told_time_tell_moved (GstIpcToldTime *time, GstIpcPeer *peer, guint tag)
{
  gboolean has_moved;

  GST_OBJECT_LOCK (peer->element);
  has_moved = GST_STATE (peer->element) == GST_STATE_PLAYING && GST_CLOCK_TIME_IS_VALID (time->told)
              && (GstClockTime)peer->element->base_time != time->told;
  GST_OBJECT_UNLOCK (peer->element);
  if (has_moved)
    gst_ipc_told_time_tell (time, peer, tag, gst_ipc_peer_room_time (peer));
}

void
gst_ipc_told_time_note_flush_stop (GstIpcToldTime *time, GstIpcPeer *peer, GstEvent *event)
{
  gboolean reset_time;

  gst_event_parse_flush_stop (event, &reset_time);
  if (!reset_time)
    return;
  GST_OBJECT_LOCK (peer->element);
  time->outdated = peer->element->base_time;
  GST_OBJECT_UNLOCK (peer->element);
}
