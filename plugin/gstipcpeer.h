/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_IPC_PEER_H
#define GST_IPC_PEER_H

#include <gst/gst.h>

#include "gstipcagreement.h"
#include "gstipcmemory.h"
#include "link/lane.h"
#include "link/link.h"

G_BEGIN_DECLS

/*
 * What ipcpipelinesink and ipcpipelinesrc have in common: the link to the other element, its properties and
 * signals, and how events and queries are carried over it.
 *
 * Embedded in the element, which owns it; set up in the element's init and cleared in its finalize.
 */
typedef struct {
  GstElement *element;     /* the owner, not referenced */
  GstDebugCategory *debug; /* the owner's */
  IpcLink *link;
  GstIpcAgreement agreement;
  /* Under the element's object lock: */
  guint64 ack_time;    /* microseconds */
  guint32 max_payload; /* bytes */
  GstIpcPipelineMemory memory;
  guint64 refused, metas_skipped; /* counters */
  /* Numbers of peers, 0 for none: the link has reported the loss of this one; the application has been, or is being
   * told of it; it is to be told of it, in whatever state the element is then; it has been told of it by a job. */
  guint64 lost, told, wanted, posted;
  GCond loss_posted;
  gboolean changing;    /* the element asks the peer for a change upwards */
  gboolean bus_is_bins; /* the element's bus is that of the bin it is in, or was in until just now */
} GstIpcPeer;

/* Names the present peer in a log: a GstIpcPeer * is the argument. */
#define GST_IPC_PEER_FORMAT "peer (fdin %d, fdout %d)"
#define GST_IPC_PEER_ARGS(peer) ipc_link_get_fdin ((peer)->link), ipc_link_get_fdout ((peer)->link)

/* A packet that arrived, until it is answered. */
typedef struct {
  IpcPacket packet;
  guint64 from;        /* which peer sent it: an answer goes to no other */
  guint serial;        /* whatever the element wants to remember of the moment of arrival */
  GPtrArray *memories; /* of GstMemory, those that a BUFFER refers to; or NULL */
} GstIpcArrival;

/* Something to do for a packet that arrived, on a lane. */
typedef void (*GstIpcJobFunc) (GstElement *element, GstIpcArrival *arrival);

/* Installs the properties and the `disconnect` action signal that both elements have, on @klass. @read_chunk: default
 * of read-chunk-size, bytes. */
void gst_ipc_peer_class_init (GstElementClass *klass, guint read_chunk);

/* @debug: where the element's log goes. @receives: which way packets that arrive here travel. */
void gst_ipc_peer_init (GstIpcPeer *peer, GstElement *element, GstDebugCategory *debug, const IpcLinkHandler *handler,
    IpcDirection receives, guint read_chunk);
void gst_ipc_peer_clear (GstIpcPeer *peer);

/* Properties of an element's own have ids from here on. */
#define GST_IPC_PEER_OWN_PROPERTIES 64
/* FALSE when the property is not one of these. */
gboolean gst_ipc_peer_set_property (GstIpcPeer *peer, guint id, const GValue *value);
gboolean gst_ipc_peer_get_property (GstIpcPeer *peer, guint id, GValue *value);

/* Reads from now on, or stops, as the element has a parent or not (CONN-1). Call from the element's set_bus. */
void gst_ipc_peer_parent_changed (GstIpcPeer *peer);

/* The element's post_message; @post is that of its parent class. Drops @message (taken over) of an element that is
 * being removed from its bin. While jobs run, and while a loss is posted, the bins above are held (LIFE-3):
 * applications let go of a pipeline that its peer still talks to. */
gboolean gst_ipc_peer_post_message (
    GstIpcPeer *peer, GstMessage *message, gboolean (*post) (GstElement *element, GstMessage *message));

/* Whether the property is one with which the element may have got another peer. */
gboolean gst_ipc_peer_property_is_fd (guint id);
/* When buffers are passed by reference. */
GstIpcPipelineMemory gst_ipc_peer_memory (GstIpcPeer *peer);
/* The counters of `stats`, but for those of memory. */
GstStructure *gst_ipc_peer_get_stats (GstIpcPeer *peer);
gboolean gst_ipc_peer_property_is_stats (guint id);

/* Microseconds. */
guint64 gst_ipc_peer_ack_time (GstIpcPeer *peer);

/* Takes over the contents of @packet, in the link's packet callback. */
GstIpcArrival *gst_ipc_arrival_new (GstIpcPeer *peer, IpcPacket *packet, guint serial);
void gst_ipc_arrival_free (GstIpcArrival *arrival);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstIpcArrival, gst_ipc_arrival_free)

/* Runs @func on @lane with @arrival, which is taken over. Never blocks. FALSE: the peer sent more than can be kept, and
 * was given up. */
gboolean gst_ipc_peer_push_job (GstIpcPeer *peer, IpcLane *lane, GstIpcJobFunc func, GstIpcArrival *arrival);
/* Gives up the peer that @arrival is from, because it does not wait for answers as it should. */
void gst_ipc_peer_fail_flood (GstIpcPeer *peer, const GstIpcArrival *arrival, guint limit);

/* How long room for a packet may be waited for, microseconds: ack-time, or a little when that is 0. */
guint64 gst_ipc_peer_room_time (GstIpcPeer *peer);
/* Master: greets a new peer; the answer comes with @tag. Returns for how long room for that was waited for,
 * microseconds. */
guint64 gst_ipc_peer_greet (GstIpcPeer *peer, guint tag);
/* Carries @packet to the peer and waits for its answer for ack-time, of which @waited microseconds have passed already
 * (less than a tenth is not worth counting). With an ack-time of 0 it is sent, and has timed out (WAIT-7). */
IpcOutcome gst_ipc_peer_request (GstIpcPeer *peer, IpcPacket *packet, guint64 waited, IpcPacket *reply, GError **error);
/* Carries @packet to the peer, and waits for nothing but room. */
gboolean gst_ipc_peer_send (GstIpcPeer *peer, IpcPacket *packet, GError **error);
/* Carries @event (borrowed) to the peer and waits for its answer as WAIT-1, WAIT-2 and LIFE-10 say. @upstream: as
 * flagged on the wire. */
gboolean gst_ipc_peer_send_event (GstIpcPeer *peer, GstEvent *event, gboolean upstream);
/* The same for an upstream event whose answer nobody needs: it is not waited for. FALSE when it could not be sent. */
gboolean gst_ipc_peer_tell_upstream_event (GstIpcPeer *peer, GstEvent *event);
/* Carries @query to the peer and updates it in place with the answer. A time-out is FALSE and a warning in the log. */
gboolean gst_ipc_peer_send_query (GstIpcPeer *peer, GstQuery *query, gboolean upstream);
/* TRUE for messages that are a matter of their process alone: a slave keeps them (MSG-2), and a master does not take
 * them from a slave that sends them all the same (MSG-8): its bins would act on them. */
gboolean gst_ipc_message_type_is_local (GstMessageType type);
/* Carries @message to the peer. FALSE when it could not be sent. */
gboolean gst_ipc_peer_send_message (GstIpcPeer *peer, GstMessage *message);

/* The answers. */
void gst_ipc_peer_ack (GstIpcPeer *peer, const GstIpcArrival *request, guint32 result);
/* The same, and with it @before, something that has no answer, whose contents are taken over. */
void gst_ipc_peer_ack_behind (GstIpcPeer *peer, const GstIpcArrival *request, IpcPacket *before, guint32 result);
void gst_ipc_peer_answer_query (GstIpcPeer *peer, const GstIpcArrival *request, GstQuery *query, gboolean result);
/* Answers a BUFFER, EVENT, SINK_MESSAGE_EVENT or QUERY with failure (@flow for a buffer). */
void gst_ipc_peer_refuse (GstIpcPeer *peer, const GstIpcArrival *request, GstFlowReturn flow);

/* What came makes no sense: counts it and warns the operator. Answering is another matter. */
void gst_ipc_peer_note_refused (GstIpcPeer *peer, const IpcPacket *packet, const gchar *why);
/* @n metas of a BUFFER were not understood (META-3). */
void gst_ipc_peer_note_skipped_metas (GstIpcPeer *peer, const IpcPacket *packet, guint n);

/* Begin and end of a state change that is an error without a peer. @anew: whatever was told before is forgotten. */
void gst_ipc_peer_begin_change (GstIpcPeer *peer, gboolean anew);
void gst_ipc_peer_end_change (GstIpcPeer *peer);
/* Within such a change, for who finds the peer lost and has to tell the application, which is told once. TRUE: the
 * caller does it now. FALSE: it has been done, or will be as soon as the link reports the loss. */
gboolean gst_ipc_peer_claim_loss (GstIpcPeer *peer);
/* Then, after FALSE: waits until that has been done, behind what the peer said before. Not for long, since whoever
 * handles one of these messages may be waiting for this state change; and not in a job, which would wait for itself. */
void gst_ipc_peer_await_told (GstIpcPeer *peer);
/* Has the element post, on @lane, the one ERROR that tells the application of a lost peer (LIFE-1). An element that is
 * in NULL and stays there keeps quiet. Never blocks. */
void gst_ipc_peer_report_lost (GstIpcPeer *peer, IpcLane *lane, const GError *error);

G_END_DECLS
#endif
