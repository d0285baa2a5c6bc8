/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_IPC_SINK_STATE_H
#define GST_IPC_SINK_STATE_H

#include "gstipcpeer.h"
#include "gstipctoldtime.h"

G_BEGIN_DECLS

/*
 * The state of an ipcpipelinesink and that of its peer. Embedded in the element. The functions may be called from any
 * thread, unless they say otherwise.
 */
typedef struct {
  GstIpcPeer *peer; /* the element's */

  /* Counts the state changes that the peer was asked for and the losses that it told of; what the peer says of its
   * state is only good for the one that it was said in. Atomic. */
  gint serial;
  /* The serial in which the peer lost its state and we have not followed yet, 0 for none. Atomic. */
  gint lost_serial;
  /* Our state change is to be completed by the peer's async-done. Under the state lock. */
  gboolean async_done_expected;
  /* Between a request to stop and the next start the peer refuses data, and that is no error. Atomic. */
  gint stopping;
  GstIpcToldTime told_time;
} GstIpcSinkState;

/* Of what is asked without waiting for the answer, which goes to the link's `reply`. */
enum { GST_IPC_TAG_GREETING, GST_IPC_TAG_TIME };

/* The element's own part of a change, the peer's being done. */
typedef GstStateChangeReturn (*GstIpcOwnChangeFunc) (GstElement *element, GstStateChange transition);

/* @peer: the element's, not referenced. */
void gst_ipc_sink_state_init (GstIpcSinkState *self, GstIpcPeer *peer);

/* To remember with what arrives now. */
guint gst_ipc_sink_state_serial (GstIpcSinkState *self);
gboolean gst_ipc_sink_state_is_stopping (GstIpcSinkState *self);

/* The element's change_state. May wait for the peer, at most ack-time. */
GstStateChangeReturn gst_ipc_sink_state_change (
    GstIpcSinkState *self, GstStateChange transition, GstIpcOwnChangeFunc change_own);

/* The peer's async-done. Waits for the state lock. */
void gst_ipc_sink_state_take_async_done (GstIpcSinkState *self, GstIpcArrival *arrival);

/* Reader thread: the peer has lost its state. Never blocks; to follow is another thread's business. */
void gst_ipc_sink_state_note_lost (GstIpcSinkState *self);
/* Follows the peer that has lost its state. With @wait for as long as others hold state locks. */
void gst_ipc_sink_state_follow_lost (GstIpcSinkState *self, gboolean wait);

G_END_DECLS
#endif
