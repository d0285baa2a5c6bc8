/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the link counts, and how it tells (STAT-1). */
#include "link-private.h"

void
ipc_link_count_loss_locked (IpcLink *link, const GError *error)
{
  switch ((IpcLinkError)error->code) {
  case IPC_LINK_ERROR_CLOSED:
    link->stats.peers_closed++;
    break;
  case IPC_LINK_ERROR_READ:
    link->stats.read_errors++;
    break;
  case IPC_LINK_ERROR_WRITE:
    link->stats.write_errors++;
    break;
  default:
    link->stats.protocol_errors++;
    break;
  }
}

void
ipc_link_count_outcome_locked (IpcLink *link, const IpcWait *wait)
{
  if (wait->outcome == IPC_OUTCOME_CANCELLED)
    link->stats.cancelled++;
  if (wait->outcome != IPC_OUTCOME_TIMED_OUT)
    return;
  if (wait->type == IPC_PACKET_STATE_CHANGE)
    link->stats.timeouts_state_change++;
  else if (wait->type == IPC_PACKET_QUERY)
    link->stats.timeouts_query++;
  else
    link->stats.timeouts_other++;
}

void
ipc_link_count_reply_locked (IpcLink *link, IpcReplyFate fate)
{
  link->stats.late_replies += fate == IPC_REPLY_LATE;
  link->stats.stray_replies += fate == IPC_REPLY_STRAY;
  link->stats.protocol_errors += fate == IPC_REPLY_WRONG_KIND;
}

void
ipc_link_count_round_trip_locked (IpcLink *link, gint64 begun)
{
  guint64 elapsed = (guint64)(g_get_monotonic_time () - begun);

  link->stats.round_trip_last = elapsed;
  link->stats.round_trip_max = MAX (link->stats.round_trip_max, elapsed);
  link->stats.round_trip_sum += elapsed;
  link->stats.round_trips++;
}

/**
 * ipc_link_get_stats:
 * @link: an #IpcLink
 *
 * Returns: (transfer full): the counters since the link was made, as link.h describes them; all of one moment
 */
GstStructure *
ipc_link_get_stats (IpcLink *link)
{
  IpcLinkStats stats;
  guint64 timeouts;

  g_mutex_lock (&link->lock);
  stats = link->stats;
  g_mutex_unlock (&link->lock);
  timeouts = stats.timeouts_state_change + stats.timeouts_query + stats.timeouts_other;
  return gst_structure_new ("application/x-ipc-pipeline-stats",            //
      "packets-sent", G_TYPE_UINT64, stats.packets_sent,                   //
      "packets-received", G_TYPE_UINT64, stats.packets_received,           //
      "bytes-sent", G_TYPE_UINT64, stats.bytes_sent,                       //
      "bytes-received", G_TYPE_UINT64, stats.bytes_received,               //
      "requests-waiting", G_TYPE_UINT, stats.waiting,                      //
      "timeouts", G_TYPE_UINT64, timeouts,                                 //
      "timeouts-state-change", G_TYPE_UINT64, stats.timeouts_state_change, //
      "timeouts-query", G_TYPE_UINT64, stats.timeouts_query,               //
      "timeouts-other", G_TYPE_UINT64, stats.timeouts_other,               //
      "cancelled-requests", G_TYPE_UINT64, stats.cancelled,                //
      "late-replies", G_TYPE_UINT64, stats.late_replies,                   //
      "stray-replies", G_TYPE_UINT64, stats.stray_replies,                 //
      "protocol-errors", G_TYPE_UINT64, stats.protocol_errors,             //
      "read-errors", G_TYPE_UINT64, stats.read_errors,                     //
      "write-errors", G_TYPE_UINT64, stats.write_errors,                   //
      "peers-closed", G_TYPE_UINT64, stats.peers_closed,                   //
      "round-trip-last", G_TYPE_UINT64, stats.round_trip_last,             //
      "round-trip-max", G_TYPE_UINT64, stats.round_trip_max,               //
      "round-trip-average", G_TYPE_UINT64, stats.round_trips ? stats.round_trip_sum / stats.round_trips : 0, NULL);
}
