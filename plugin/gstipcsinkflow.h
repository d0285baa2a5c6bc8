/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_IPC_SINK_FLOW_H
#define GST_IPC_SINK_FLOW_H

#include <gst/gst.h>

#include "gstipcexport.h"
#include "gstipcpeer.h"

G_BEGIN_DECLS

/*
 * An ipcpipelinesink's buffers on their way to the peer, and what the peer says of them. As many as `max-in-flight` may
 * be on their way at once. With one, each call returns what became of its own buffer; with more, a failure is returned
 * by a later call, as a queue would (BUF-10).
 *
 * Everything but the maximum belongs to who has the sink pad's stream lock. No call is made under a lock of ours.
 */
typedef struct {
  GstIpcPeer *peer;
  GstIpcExport *export;
  GQueue in_flight;   /* of Flight, the oldest first */
  GstFlowReturn flow; /* what upstream has not been told yet */
  gint max_in_flight; /* atomic */
} GstIpcSinkFlow;

#define GST_IPC_SINK_FLOW_MAX_IN_FLIGHT 256

/* @peer and @export: borrowed, and outlive it. */
void gst_ipc_sink_flow_init (GstIpcSinkFlow *self, GstIpcPeer *peer, GstIpcExport *export);
void gst_ipc_sink_flow_clear (GstIpcSinkFlow *self);

void gst_ipc_sink_flow_set_max_in_flight (GstIpcSinkFlow *self, guint max);
guint gst_ipc_sink_flow_get_max_in_flight (GstIpcSinkFlow *self);

/* Carries @buffer (borrowed) to the peer. Returns what upstream is to be told: of this buffer with one in flight,
 * otherwise of those before it. FLUSHING when the peer cannot be reached. */
GstFlowReturn gst_ipc_sink_flow_push (GstIpcSinkFlow *self, GstBuffer *buffer);
/* What a serialized @event, which has been answered with @taken, means for the buffers before it. Returns what of
 * them upstream is to be told if the event was not taken, or OK. */
GstFlowReturn gst_ipc_sink_flow_note_event (GstIpcSinkFlow *self, GstEventType type, gboolean taken);
/* The pad has been shut: what is in flight, of which nothing is waited for any more, belongs to the past. */
void gst_ipc_sink_flow_reset (GstIpcSinkFlow *self);

G_END_DECLS
#endif
