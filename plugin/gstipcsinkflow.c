/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The peer answers buffers in their order, so the oldest is the one to wait for.
 */

#include "gstipcsinkflow.h"

#include "wire/object.h"

#define GST_CAT_DEFAULT self->peer->debug

typedef struct {
  IpcRequest *request;
  gboolean past; /* sent before a flush: what becomes of it concerns nobody */
} Flight;

void
gst_ipc_sink_flow_init (GstIpcSinkFlow *self, GstIpcPeer *peer, GstIpcExport *export)
{
  self->peer = peer;
  self->export = export;
  self->flow = GST_FLOW_OK;
  self->max_in_flight = 1;
  g_queue_init (&self->in_flight);
}

void
gst_ipc_sink_flow_set_max_in_flight (GstIpcSinkFlow *self, guint max)
{
  g_atomic_int_set (&self->max_in_flight, (gint)max);
}

guint
gst_ipc_sink_flow_get_max_in_flight (GstIpcSinkFlow *self)
{
  return (guint)g_atomic_int_get (&self->max_in_flight);
}

static GstFlowReturn
flow_of_ack (GstIpcSinkFlow *self, const IpcPacket *ack)
{
  const GstFlowReturn flow = (GstFlowReturn)(gint32)ack->ack.result;

  if ((flow >= GST_FLOW_NOT_SUPPORTED && flow <= GST_FLOW_OK)
      || (flow >= GST_FLOW_CUSTOM_ERROR_2 && flow <= GST_FLOW_CUSTOM_ERROR)
      || (flow >= GST_FLOW_CUSTOM_SUCCESS && flow <= GST_FLOW_CUSTOM_SUCCESS_2))
    return flow;
  gst_ipc_peer_note_refused (self->peer, ack, "what answers a buffer must be a flow return");
  return GST_FLOW_ERROR;
}

/* Waits for the oldest in flight. The first failure stays until upstream is told. */
static void
end_oldest (GstIpcSinkFlow *self)
{
  Flight *flight = g_queue_pop_head (&self->in_flight);
  const gboolean past = flight->past;
  g_auto (IpcPacket) reply = { 0 };
  g_autoptr (GError) error = NULL;
  GstFlowReturn flow = GST_FLOW_FLUSHING;

  /* The loss of a peer has been told to the application already, once: upstream need only stop. */
  if (ipc_request_end (flight->request, &reply, &error) == IPC_OUTCOME_REPLIED)
    flow = flow_of_ack (self, &reply);
  else
    GST_DEBUG_OBJECT (self->peer->element, "buffer: %s", error->message);
  g_free (flight);
  if (!past && (self->flow == GST_FLOW_OK || (self->flow > GST_FLOW_OK && flow < GST_FLOW_OK)))
    self->flow = flow;
}

/* Those whose answer is there, and as many more as it takes until only @n are in flight. */
static void
end_some (GstIpcSinkFlow *self, guint n)
{
  const Flight *oldest;

  while ((oldest = g_queue_peek_head (&self->in_flight)) != NULL
         && (g_queue_get_length (&self->in_flight) > n || ipc_request_is_done (oldest->request)))
    end_oldest (self);
}

static GstFlowReturn
take_flow (GstIpcSinkFlow *self)
{
  const GstFlowReturn flow = self->flow;

  self->flow = GST_FLOW_OK;
  return flow;
}

/* The data goes along, or stays where both sides have it (MEM-2). */
static IpcRequest *
send_buffer (GstIpcSinkFlow *self, IpcPacket *packet, GstBuffer *buffer)
{
  IpcLink *link = self->peer->link;
  GstIpcLending lending;
  IpcRequest *request;

  if (!(packet->form & IPC_FORM_MEMORY)
      || !gst_ipc_export_lend (self->export, link, gst_ipc_peer_memory (self->peer), buffer, packet, &lending))
    return ipc_link_request_begin (link, packet, buffer, NULL, IPC_WAIT_SERIALIZED);
  request = ipc_link_request_begin (link, packet, NULL, &lending.passing, IPC_WAIT_SERIALIZED);
  gst_ipc_export_end_lending (self->export, &lending);
  return request;
}

GstFlowReturn
gst_ipc_sink_flow_push (GstIpcSinkFlow *self, GstBuffer *buffer)
{
  g_auto (IpcPacket) packet = { .form = ipc_link_get_form (self->peer->link) };
  g_autoptr (GError) error = NULL;
  const guint max = gst_ipc_sink_flow_get_max_in_flight (self);
  Flight *flight;

  end_some (self, max - 1); /* there are no more than that, unless the maximum was lowered */
  if (self->flow < GST_FLOW_OK)
    return take_flow (self);
  if (!ipc_packet_build_buffer (&packet, buffer, &error)) {
    GST_ELEMENT_ERROR (self->peer->element, STREAM, FORMAT, ("A buffer cannot be sent: %s", error->message), (NULL));
    return GST_FLOW_ERROR;
  }
  flight = g_new0 (Flight, 1);
  flight->request = send_buffer (self, &packet, buffer);
  g_queue_push_tail (&self->in_flight, flight);
  end_some (self, max - 1);
  return take_flow (self);
}

GstFlowReturn
gst_ipc_sink_flow_note_event (GstIpcSinkFlow *self, GstEventType type, gboolean taken)
{
  if (type == GST_EVENT_FLUSH_STOP) {
    for (GList *node = self->in_flight.head; node != NULL; node = node->next)
      ((Flight *)node->data)->past = TRUE;
    self->flow = GST_FLOW_OK;
    return GST_FLOW_OK;
  }
  end_some (self, G_MAXUINT);
  /* GStreamer keeps what a sticky event's refusal says from who pushes it, until the next buffer is pushed: it is not
   * told yet. */
  if (!taken)
    return self->flow;
  /* BUF-8 */
  if (self->flow == GST_FLOW_EOS && (type == GST_EVENT_SEGMENT || type == GST_EVENT_STREAM_START))
    self->flow = GST_FLOW_OK;
  return GST_FLOW_OK;
}

void
gst_ipc_sink_flow_reset (GstIpcSinkFlow *self)
{
  end_some (self, 0);
  self->flow = GST_FLOW_OK;
}

void
gst_ipc_sink_flow_clear (GstIpcSinkFlow *self)
{
  ipc_link_cancel (self->peer->link, IPC_WAIT_SERIALIZED);
  gst_ipc_sink_flow_reset (self);
}
