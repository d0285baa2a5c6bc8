/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an element carries to its peer: state changes, events, queries and messages, for how long it waits for their
 * answers; and the answers to what the peer asks.
 */

#include "gstipcpeer.h"

#include "wire/object.h"

/* In place of an ack-time of 0, where something must be waited for all the same: room for a packet that is to be sent
 * (WAIT-7), a sign of life. Microseconds. */
#define LEAST_ROOM_TIME (G_USEC_PER_SEC / 10)
#define LEAST_PING_TIME G_USEC_PER_SEC
/* How many times ack-time an upstream event may take; whether the peer lives is asked for one more at most (LIFE-10).
 */
#define EVENT_ACK_TIMES 9

/* Requests */

/* Ack-time, or @least when that is 0. */
static guint64
gst_ipc_peer_time (GstIpcPeer *peer, guint64 least)
{
  const guint64 ack_time = gst_ipc_peer_ack_time (peer);

  return ack_time > 0 ? ack_time : least;
}

guint64
gst_ipc_peer_room_time (GstIpcPeer *peer)
{
  return gst_ipc_peer_time (peer, LEAST_ROOM_TIME);
}

gboolean
gst_ipc_peer_send (GstIpcPeer *peer, IpcPacket *packet, GError **error)
{
  return ipc_link_send (peer->link, packet, gst_ipc_peer_room_time (peer), error);
}

guint64
gst_ipc_peer_greet (GstIpcPeer *peer, guint tag)
{
  g_autoptr (GError) error = NULL;
  const guint64 waited
      = gst_ipc_agreement_greet (&peer->agreement, peer->link, tag, gst_ipc_peer_room_time (peer), &error);

  if (error != NULL)
    GST_CAT_INFO_OBJECT (peer->debug, peer->element, "the peer was not greeted: %s", error->message);
  return waited;
}

IpcOutcome
gst_ipc_peer_request (GstIpcPeer *peer, IpcPacket *packet, guint64 waited, IpcPacket *reply, GError **error)
{
  const gchar *name = ipc_packet_info (packet->header.type)->name;
  const guint64 ack_time = gst_ipc_peer_ack_time (peer);
  g_autoptr (GError) reason = NULL;

  if (ack_time > 0)
    return ipc_link_request (peer->link, packet, NULL, IPC_WAIT_CONTROL,
        waited < ack_time / 10 ? ack_time : ack_time - MIN (waited, ack_time), reply, error);
  if (!gst_ipc_peer_send (peer, packet, &reason)) {
    const gboolean timed_out = g_error_matches (reason, IPC_LINK_ERROR, IPC_LINK_ERROR_TIMEOUT);

    g_propagate_error (error, g_steal_pointer (&reason));
    return timed_out ? IPC_OUTCOME_TIMED_OUT : IPC_OUTCOME_GONE;
  }
  g_set_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_TIMEOUT,
      "%s was sent, and its answer is not waited for because ack-time is 0; set ack-time to the microseconds that the "
      "peer may take",
      name);
  return IPC_OUTCOME_TIMED_OUT;
}

static gboolean
gst_ipc_peer_lives (IpcLink *link, gpointer user_data)
{
  GstIpcPeer *peer = user_data;

  return gst_ipc_agreement_ping (&peer->agreement, link, gst_ipc_peer_time (peer, LEAST_PING_TIME));
}

/* Who sends an event to an element has its state locked, and that of the pipeline, which then cannot go to NULL either:
 * a slave that can be asked whether it lives is asked, and nobody is waited for without limit (LIFE-10).
 */
static IpcOutcome
gst_ipc_peer_wait_for_upstream_event (GstIpcPeer *peer, IpcPacket *packet, IpcPacket *reply, GError **error)
{
  const guint64 time = gst_ipc_peer_time (peer, LEAST_PING_TIME);
  const guint64 limit = time < IPC_WAIT_FOREVER / EVENT_ACK_TIMES ? EVENT_ACK_TIMES * time : IPC_WAIT_FOREVER;

  if (gst_ipc_agreement_can_ping (&peer->agreement, peer->link))
    return ipc_link_request_watched (
        peer->link, packet, IPC_WAIT_SERIALIZED, time, limit, gst_ipc_peer_lives, peer, reply, error);
  return ipc_link_request (peer->link, packet, NULL, IPC_WAIT_SERIALIZED, limit, reply, error);
}

/* FALSE when the other side could not make an event of it: then it is not sent, and counts as handled (OBJ-10). */
static gboolean
gst_ipc_peer_build_event (GstIpcPeer *peer, IpcPacket *packet, GstEvent *event, gboolean upstream)
{
  g_autoptr (GError) error = NULL;
  gboolean built;

  packet->form = ipc_link_get_form (peer->link);
  if (GST_EVENT_TYPE (event) == GST_EVENT_SINK_MESSAGE)
    built = ipc_packet_build_sink_message (packet, event, &error);
  else
    built = ipc_packet_build_event (packet, event, upstream, &error);
  if (!built)
    GST_CAT_INFO_OBJECT (
        peer->debug, peer->element, "%s event stays here: %s", GST_EVENT_TYPE_NAME (event), error->message);
  return built;
}

static void
gst_ipc_peer_warn_of_event (GstIpcPeer *peer, GstEvent *event, const GError *error)
{
  GST_CAT_WARNING_OBJECT (peer->debug, peer->element, "%s event to the " GST_IPC_PEER_FORMAT ": %s",
      GST_EVENT_TYPE_NAME (event), GST_IPC_PEER_ARGS (peer), error->message);
}

gboolean
gst_ipc_peer_tell_upstream_event (GstIpcPeer *peer, GstEvent *event)
{
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;

  if (!gst_ipc_peer_build_event (peer, &packet, event, TRUE) || gst_ipc_peer_send (peer, &packet, &error))
    return TRUE;
  gst_ipc_peer_warn_of_event (peer, event, error);
  return FALSE;
}

/* How long the answer is waited for: docs/protocol.md, "Waiting". */
gboolean
gst_ipc_peer_send_event (GstIpcPeer *peer, GstEvent *event, gboolean upstream)
{
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcPacket) reply = { .ack.result = TRUE };
  g_autoptr (GError) error = NULL;
  IpcOutcome outcome;

  if (!gst_ipc_peer_build_event (peer, &packet, event, upstream))
    return TRUE;
  if (upstream)
    outcome = gst_ipc_peer_wait_for_upstream_event (peer, &packet, &reply, &error);
  else if (GST_EVENT_IS_SERIALIZED (event))
    outcome = ipc_link_request (peer->link, &packet, NULL, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER, &reply, &error);
  else if (packet.header.type == IPC_PACKET_SINK_MESSAGE_EVENT)
    outcome = gst_ipc_peer_request (peer, &packet, 0, &reply, &error);
  else
    outcome = gst_ipc_peer_send (peer, &packet, &error) ? IPC_OUTCOME_REPLIED : IPC_OUTCOME_GONE;
  if (outcome != IPC_OUTCOME_REPLIED) {
    gst_ipc_peer_warn_of_event (peer, event, error);
    return FALSE;
  }
  return reply.ack.result != 0;
}

gboolean
gst_ipc_peer_send_query (GstIpcPeer *peer, GstQuery *query, gboolean upstream)
{
  g_auto (IpcPacket) packet = { .form = ipc_link_get_form (peer->link) };
  g_auto (IpcPacket) reply = { 0 };
  g_autoptr (GError) error = NULL;
  const gboolean serialized = GST_QUERY_IS_SERIALIZED (query) && !upstream;
  IpcOutcome outcome;

  if (gst_ipc_agreement_is_reserved_query (query))
    return FALSE;
  if (!ipc_packet_build_query (&packet, query, upstream, &error)) {
    GST_CAT_INFO_OBJECT (
        peer->debug, peer->element, "%s query stays here: %s", GST_QUERY_TYPE_NAME (query), error->message);
    return FALSE;
  }

  if (serialized)
    outcome = ipc_link_request (peer->link, &packet, NULL, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER, &reply, &error);
  else
    outcome = gst_ipc_peer_request (peer, &packet, 0, &reply, &error);
  if (outcome != IPC_OUTCOME_REPLIED) {
    GST_CAT_WARNING_OBJECT (peer->debug, peer->element, "%s query to the " GST_IPC_PEER_FORMAT ": %s",
        GST_QUERY_TYPE_NAME (query), GST_IPC_PEER_ARGS (peer), error->message);
    return FALSE;
  }

  if (!reply.query_result.result)
    return FALSE;
  if (!ipc_query_update_from_packet (query, &reply, &error)) {
    gst_ipc_peer_note_refused (peer, &reply, error->message);
    return FALSE;
  }
  return TRUE;
}

gboolean
gst_ipc_message_type_is_local (GstMessageType type)
{
  switch (type) {
  case GST_MESSAGE_STATE_CHANGED:
  case GST_MESSAGE_ASYNC_START:
  case GST_MESSAGE_CLOCK_PROVIDE:
  case GST_MESSAGE_CLOCK_LOST:
  case GST_MESSAGE_NEW_CLOCK:
  case GST_MESSAGE_STREAM_STATUS:
  case GST_MESSAGE_NEED_CONTEXT:
  case GST_MESSAGE_HAVE_CONTEXT:
  case GST_MESSAGE_STRUCTURE_CHANGE:
    return TRUE;
  default:
    return FALSE;
  }
}

gboolean
gst_ipc_peer_send_message (GstIpcPeer *peer, GstMessage *message)
{
  g_auto (IpcPacket) packet = { .form = ipc_link_get_form (peer->link) };
  g_autoptr (GError) error = NULL;

  if (!ipc_packet_build_message (&packet, message, &error)) {
    GST_CAT_INFO_OBJECT (
        peer->debug, peer->element, "%s message stays here: %s", GST_MESSAGE_TYPE_NAME (message), error->message);
    return FALSE;
  }
  if (!gst_ipc_peer_send (peer, &packet, &error)) {
    GST_CAT_INFO_OBJECT (
        peer->debug, peer->element, "%s message not sent: %s", GST_MESSAGE_TYPE_NAME (message), error->message);
    return FALSE;
  }
  return TRUE;
}

/* Answers */

void
gst_ipc_peer_ack (GstIpcPeer *peer, const GstIpcArrival *request, guint32 result)
{
  g_auto (IpcPacket) packet = { 0 };

  ipc_packet_build_ack (&packet, request->packet.header.id, result);
  ipc_link_reply_to (peer->link, request->from, &packet);
}

void
gst_ipc_peer_ack_behind (GstIpcPeer *peer, const GstIpcArrival *request, IpcPacket *before, guint32 result)
{
  g_auto (IpcPacket) packet = { 0 };

  ipc_packet_build_ack (&packet, request->packet.header.id, result);
  ipc_link_reply_behind (peer->link, request->from, before, &packet);
}

void
gst_ipc_peer_answer_query (GstIpcPeer *peer, const GstIpcArrival *request, GstQuery *query, gboolean result)
{
  g_auto (IpcPacket) packet = { .form = request->packet.form };

  ipc_packet_build_query_result (&packet, request->packet.header.id, query, result);
  ipc_link_reply_to (peer->link, request->from, &packet);
}

static void
gst_ipc_peer_refuse_query (GstIpcPeer *peer, const GstIpcArrival *request)
{
  g_auto (IpcPacket) packet = { 0 };

  ipc_packet_build_query_echo (&packet, &request->packet, FALSE);
  ipc_link_reply_to (peer->link, request->from, &packet);
}

void
gst_ipc_peer_refuse (GstIpcPeer *peer, const GstIpcArrival *request, GstFlowReturn flow)
{
  switch (request->packet.header.type) {
  case IPC_PACKET_BUFFER:
    gst_ipc_peer_ack (peer, request, (guint32)flow);
    break;
  case IPC_PACKET_EVENT:
  case IPC_PACKET_SINK_MESSAGE_EVENT:
    gst_ipc_peer_ack (peer, request, FALSE);
    break;
  case IPC_PACKET_QUERY:
    gst_ipc_peer_refuse_query (peer, request);
    break;
  default:
    break;
  }
}
