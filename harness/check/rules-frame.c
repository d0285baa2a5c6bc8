/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on single packets: bytes that are packets, directions, ranges of fields, numbers. The decoder has refused
 * what does not fit; here is what decodes and still is wrong.
 */
#include "rules.h"

/* A numbering that has gone wrong once is wrong in all that follows: one finding tells. */
#define MAX_ID_FINDINGS 1

void
ipc_rule_framing (IpcCheck *check)
{
  for (guint i = 0; i < check->model->records->len; i++) {
    const IpcModelRecord *record = ipc_model_record (check->model, i);
    JsonObject *json = record->json;
    const gchar *error = NULL;
    if (!ipc_model_record_is (record, "link") || g_strcmp0 (ipc_record_string (json, "event"), "broken") != 0)
      continue;
    error = ipc_record_string (json, "error");
    ipc_check_found (check, NULL, i, "%s: bytes from the %s are not the protocol: %s", ipc_record_string (json, "link"),
        ipc_record_string (json, "end"), error != NULL ? error : "no reason given");
  }
}

/* Calls @func for each packet of each link. */
typedef void (*PacketFunc) (IpcCheck *check, const IpcModelLink *link, const IpcModelPacket *packet);

static void
each_packet (IpcCheck *check, PacketFunc func)
{
  for (guint i = 0; i < check->model->links->len; i++) {
    IpcModelLink *link = g_ptr_array_index (check->model->links, i);
    for (guint j = 0; j < link->packets->len; j++)
      func (check, link, g_ptr_array_index (link->packets, j));
  }
}

static void
check_direction (IpcCheck *check, const IpcModelLink *link, const IpcModelPacket *packet)
{
  g_autofree gchar *name = NULL;
  IpcDirection direction = packet->to_slave ? IPC_TO_SLAVE : IPC_TO_MASTER;

  if (packet->info != NULL && (packet->info->directions & direction) != 0)
    return;
  name = ipc_model_packet_name (link, packet);
  if (packet->info == NULL)
    ipc_check_found (check, "FRAME-1", packet->record, "%s: the protocol has no such packet", name);
  else
    ipc_check_found (check, NULL, packet->record, "%s: a packet that only goes the other way", name);
}

void
ipc_rule_direction (IpcCheck *check)
{
  each_packet (check, check_direction);
}

static void
check_ack_fields (IpcCheck *check, const IpcModelLink *link, const IpcModelPacket *packet)
{
  gint64 result = (gint32)ipc_record_int (packet->json, "result", 0);
  g_autofree gchar *name = ipc_model_packet_name (link, packet);

  if (packet->request == NULL || packet->request->info == NULL)
    return;
  switch (packet->request->info->type) {
  case IPC_PACKET_STATE_CHANGE:
    if (result < GST_STATE_CHANGE_FAILURE || result > GST_STATE_CHANGE_NO_PREROLL)
      ipc_check_found (check, NULL, packet->record, "%s: result %" G_GINT64_FORMAT " is no GstStateChangeReturn (0..3)",
          name, result);
    break;
  case IPC_PACKET_BUFFER:
    if (result < GST_FLOW_CUSTOM_ERROR_2 || result > GST_FLOW_CUSTOM_SUCCESS_2)
      ipc_check_found (
          check, NULL, packet->record, "%s: result %" G_GINT64_FORMAT " is no GstFlowReturn (-102..102)", name, result);
    break;
  default:
    break;
  }
}

static void
check_fields (IpcCheck *check, const IpcModelLink *link, const IpcModelPacket *packet)
{
  g_autofree gchar *name = ipc_model_packet_name (link, packet);

  if (packet->info == NULL)
    return;
  switch (packet->info->type) {
  case IPC_PACKET_ACK:
    check_ack_fields (check, link, packet);
    break;
  case IPC_PACKET_EVENT:
    if (ipc_record_int (packet->json, "seqnum", 1) == GST_SEQNUM_INVALID)
      ipc_check_found (check, NULL, packet->record, "%s: seqnum 0, which no event has", name);
    break;
  case IPC_PACKET_SINK_MESSAGE_EVENT:
    if (ipc_record_int (packet->json, "event-seqnum", 1) == GST_SEQNUM_INVALID
        || ipc_record_int (packet->json, "message-seqnum", 1) == GST_SEQNUM_INVALID)
      ipc_check_found (check, NULL, packet->record, "%s: seqnum 0, which no event and no message has", name);
    break;
  default:
    break;
  }
}

void
ipc_rule_fields (IpcCheck *check)
{
  each_packet (check, check_fields);
}

/* The first generation begins with 1. Later ones go on with the element's own counter when the element
 * is still the same, and it may have used numbers for packets that found no peer. */
static void
check_ids_of (IpcCheck *check, const IpcModelLink *link, gboolean to_slave)
{
  gint64 expected = link->generation == 1 ? 1 : -1;
  guint n_findings = 0;

  for (guint i = 0; i < link->packets->len && n_findings < MAX_ID_FINDINGS; i++) {
    IpcModelPacket *packet = g_ptr_array_index (link->packets, i);
    if (packet->to_slave != to_slave || packet->is_reply)
      continue;
    if (expected >= 0 && packet->id != expected) {
      g_autofree gchar *name = ipc_model_packet_name (link, packet);
      ipc_check_found (check, NULL, packet->record, "%s: expected id %" G_GINT64_FORMAT, name, expected);
      n_findings++;
    }
    expected = packet->id == G_MAXUINT32 ? 0 : packet->id + 1;
  }
}

void
ipc_rule_ids (IpcCheck *check)
{
  for (guint i = 0; i < check->model->links->len; i++) {
    IpcModelLink *link = g_ptr_array_index (check->model->links, i);
    check_ids_of (check, link, TRUE);
    check_ids_of (check, link, FALSE);
  }
}
