/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_IPC_SRC_FLOW_H
#define GST_IPC_SRC_FLOW_H

#include "gstipcimport.h"
#include "gstipcpeer.h"

G_BEGIN_DECLS

/*
 * What comes out of an ipcpipelinesrc's pad: buffers, serialized events and serialized queries go to a queue that the
 * pad's task works off in order; flush-start overtakes it, and empties it. Everything is answered, pushed or not.
 *
 * Embedded in the element. What is said to run in the reader thread never blocks; the rest may take as long as
 * downstream does.
 */
typedef struct {
  GstIpcPeer *peer;     /* the element's */
  GstPad *pad;          /* the element's */
  GstIpcImport *import; /* the element's */

  GMutex lock;
  GCond changed;
  GQueue queue;            /* of GstIpcArrival: what the task has to push, in order */
  gboolean started;        /* the pad is active */
  guint activations;       /* and deactivations of the pad, counted */
  gboolean flushing;       /* between the arrival of flush-start and that of flush-stop */
  guint flush_starts;      /* arrived, but not pushed yet: no flush-stop is pushed before */
  gboolean pushing_flush;  /* one of them is being pushed */
  gboolean pushing_stop;   /* a flush-stop is */
  gboolean flush_begun;    /* a flush-start was pushed, and no flush-stop since */
  guint steps;             /* of sinks, which may flush them, being made */
  gboolean flushes_held;   /* downstream is being shut: none is pushed */
  GstFlowReturn last_flow; /* of the last push; when not OK, the answer until flush-stop or restart */
} GstIpcSrcFlow;

/* @peer, @pad and @import: those of the element, not referenced. */
void gst_ipc_src_flow_init (GstIpcSrcFlow *self, GstIpcPeer *peer, GstPad *pad, GstIpcImport *import);
void gst_ipc_src_flow_clear (GstIpcSrcFlow *self);

/* The pad is activated, or deactivated: starts the task, or stops it and answers what was left. */
gboolean gst_ipc_src_flow_activate (GstIpcSrcFlow *self, gboolean active);

/* Around the time in which downstream is shut, which it is before the pad: no flush is pushed in between, and none is
 * being pushed when hold_flushes() returns, after a second at most. What comes meanwhile is answered instead. (A queue
 * whose task has just been told to stop is opened again by a flush-stop, and whoever shuts it waits for that task for
 * ever.) */
void gst_ipc_src_flow_hold_flushes (GstIpcSrcFlow *self);
void gst_ipc_src_flow_release_flushes (GstIpcSrcFlow *self);

/* Around a step event to the pipeline, which is a flush for its sinks: FALSE when they are shut, or being shut. */
gboolean gst_ipc_src_flow_begin_step (GstIpcSrcFlow *self);
void gst_ipc_src_flow_end_step (GstIpcSrcFlow *self);

/* Reader thread. Queues @arrival, which is taken over; what cannot be pushed now is answered instead. */
void gst_ipc_src_flow_enqueue (GstIpcSrcFlow *self, GstIpcArrival *arrival);

/* Reader thread: a flush-start has arrived, and is to be pushed by another thread. Each begin needs one push, or one
 * end when there will be none. */
void gst_ipc_src_flow_begin_flush (GstIpcSrcFlow *self, GstIpcArrival *arrival);
void gst_ipc_src_flow_push_flush_start (GstIpcSrcFlow *self, GstIpcArrival *arrival);
void gst_ipc_src_flow_end_flush (GstIpcSrcFlow *self);

/* Pushes an event, asks downstream a query, and answers; past the queue. */
void gst_ipc_src_flow_push_event (GstIpcSrcFlow *self, GstIpcArrival *arrival);
void gst_ipc_src_flow_push_query (GstIpcSrcFlow *self, GstIpcArrival *arrival);

G_END_DECLS
#endif
