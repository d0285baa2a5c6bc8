/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is queued is pushed by the pad's task, flush-start by whoever calls, so two threads push here, and `lock` is
 * held by neither while it does: it protects the queue and the flow.
 */

#include "gstipcsrcflow.h"

#include "wire/object.h"

#define GST_CAT_DEFAULT self->peer->debug

/* An honest master has one buffer, event or query of a pad on its way at a time. */
#define MAX_QUEUED 1024

/* A flush waits for nothing, unless elements downstream do more with it than they should. */
#define MAX_HOLD G_TIME_SPAN_SECOND

void
gst_ipc_src_flow_init (GstIpcSrcFlow *self, GstIpcPeer *peer, GstPad *pad, GstIpcImport *import)
{
  self->peer = peer;
  self->pad = pad;
  self->import = import;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->queue);
  self->last_flow = GST_FLOW_OK;
}

void
gst_ipc_src_flow_clear (GstIpcSrcFlow *self)
{
  g_queue_clear_full (&self->queue, (GDestroyNotify)gst_ipc_arrival_free);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
}

/* The queue */

/* Answers everything that is queued with @flow, without pushing it. Call without the lock, with what was
 * taken out of the queue under it. */
static void
gst_ipc_src_flow_refuse_all (GstIpcSrcFlow *self, GQueue *refused, GstFlowReturn flow)
{
  GstIpcArrival *arrival;

  while ((arrival = g_queue_pop_head (refused)) != NULL) {
    gst_ipc_peer_refuse (self->peer, arrival, flow);
    gst_ipc_arrival_free (arrival);
  }
}

/* Moves everything that is queued to @taken. Call with the lock. */
static void
gst_ipc_src_flow_take_queue (GstIpcSrcFlow *self, GQueue *taken)
{
  *taken = self->queue;
  g_queue_init (&self->queue);
}

static gboolean
arrival_is_event (const GstIpcArrival *arrival, GstEventType type)
{
  return arrival->packet.header.type == IPC_PACKET_EVENT && arrival->packet.event.type == type;
}

/* What arrives while the pad is not started or is flushing is answered at once (BUF-3); a flush-stop is what ends the
 * flushing, so it and everything behind it is queued again. */
void
gst_ipc_src_flow_enqueue (GstIpcSrcFlow *self, GstIpcArrival *arrival)
{
  g_autoptr (GstIpcArrival) refused = NULL;
  gboolean flood = FALSE;

  g_mutex_lock (&self->lock);
  if (arrival_is_event (arrival, GST_EVENT_FLUSH_STOP) && self->started)
    self->flushing = FALSE;
  flood = g_queue_get_length (&self->queue) >= MAX_QUEUED;
  if (!self->started || self->flushing || flood) {
    refused = arrival;
  } else {
    g_queue_push_tail (&self->queue, arrival);
    g_cond_broadcast (&self->changed);
  }
  g_mutex_unlock (&self->lock);

  if (flood)
    gst_ipc_peer_fail_flood (self->peer, refused, MAX_QUEUED);
  else if (refused != NULL)
    gst_ipc_peer_refuse (self->peer, refused, GST_FLOW_FLUSHING);
}

/* Pushing, in the pad's task */

static gboolean
gst_ipc_src_flow_has_event (GstIpcSrcFlow *self, GstEventType type)
{
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (self->pad, type, 0);

  return event != NULL;
}

/* GStreamer logs a warning of data before these, and of one of these behind another that it should precede. No peer may
 * bring that about (LOG-1). */
static gboolean
gst_ipc_src_flow_may_push_data (GstIpcSrcFlow *self)
{
  return gst_ipc_src_flow_has_event (self, GST_EVENT_STREAM_START)
         && gst_ipc_src_flow_has_event (self, GST_EVENT_SEGMENT);
}

static gboolean
gst_ipc_src_flow_may_push_event (GstIpcSrcFlow *self, GstEventType type)
{
  const gboolean behind_caps = type == GST_EVENT_STREAM_START && gst_ipc_src_flow_has_event (self, GST_EVENT_CAPS);

  if ((type != GST_EVENT_STREAM_START && type != GST_EVENT_CAPS) || gst_ipc_src_flow_has_event (self, type))
    return TRUE;
  return !behind_caps && !gst_ipc_src_flow_has_event (self, GST_EVENT_SEGMENT);
}

static GstFlowReturn
gst_ipc_src_flow_push_buffer (GstIpcSrcFlow *self, GstIpcArrival *arrival)
{
  const IpcPacket *packet = &arrival->packet;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (self->pad);
  guint skipped = 0;
  GstBuffer *buffer = ipc_buffer_from_loan (packet, arrival->memories, caps, &skipped, &error);

  gst_ipc_peer_note_skipped_metas (self->peer, packet, skipped);
  if (buffer == NULL) {
    gst_ipc_peer_note_refused (self->peer, packet, error->message);
    return GST_FLOW_ERROR;
  }
  if (!gst_ipc_src_flow_may_push_data (self)) {
    gst_ipc_peer_note_refused (self->peer, packet, "it comes before stream-start or segment");
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }
  return gst_pad_push (self->pad, buffer);
}

/* What of the lent memory was given back meanwhile goes with the answer. */
static void
gst_ipc_src_flow_ack_buffer (GstIpcSrcFlow *self, const GstIpcArrival *arrival, GstFlowReturn flow)
{
  g_auto (IpcPacket) release = { .form = IPC_FORM_MEMORY };

  if (gst_ipc_import_release (self->import, arrival->from, &release))
    gst_ipc_peer_ack_behind (self->peer, arrival, &release, (guint32)flow);
  else
    gst_ipc_peer_ack (self->peer, arrival, (guint32)flow);
}

static GstEvent *
gst_ipc_src_flow_event_from_packet (GstIpcSrcFlow *self, const IpcPacket *packet)
{
  g_autoptr (GError) error = NULL;
  GstEvent *event;

  if (packet->header.type == IPC_PACKET_SINK_MESSAGE_EVENT)
    event = ipc_sink_message_from_packet (packet, GST_OBJECT (self->peer->element), &error);
  else
    event = ipc_event_from_packet (packet, &error);
  if (event == NULL)
    gst_ipc_peer_note_refused (self->peer, packet, error->message);
  return event;
}

void
gst_ipc_src_flow_push_query (GstIpcSrcFlow *self, GstIpcArrival *arrival)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstQuery) query = ipc_query_from_packet (&arrival->packet, &error);
  gboolean ret;

  if (query == NULL) {
    gst_ipc_peer_note_refused (self->peer, &arrival->packet, error->message);
    gst_ipc_peer_refuse (self->peer, arrival, GST_FLOW_ERROR);
    return;
  }
  /* GStreamer logs a warning of one that its type does not let go this way. */
  ret = GST_QUERY_IS_DOWNSTREAM (query) && gst_pad_peer_query (self->pad, query);
  gst_ipc_peer_answer_query (self->peer, arrival, query, ret);
}

/* flush-stop is pushed once every flush-start has been: they are pushed by different threads. FALSE when the pad, or
 * what is downstream, is being shut meanwhile. @alone: there was no flush-start. */
static gboolean
gst_ipc_src_flow_begin_flush_stop (GstIpcSrcFlow *self, gboolean *alone)
{
  gboolean push;

  g_mutex_lock (&self->lock);
  while (self->flush_starts > 0 && self->started && !self->flushes_held)
    g_cond_wait (&self->changed, &self->lock);
  push = self->started && !self->flushes_held;
  self->pushing_stop = push;
  *alone = !self->flush_begun;
  if (push)
    self->flush_begun = FALSE;
  self->last_flow = GST_FLOW_OK;
  g_mutex_unlock (&self->lock);
  return push;
}

static void
gst_ipc_src_flow_end_flush_stop (GstIpcSrcFlow *self)
{
  g_mutex_lock (&self->lock);
  self->pushing_stop = FALSE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
gst_ipc_src_flow_hold_flushes (GstIpcSrcFlow *self)
{
  const gint64 end = g_get_monotonic_time () + MAX_HOLD;

  g_mutex_lock (&self->lock);
  self->flushes_held = TRUE;
  g_cond_broadcast (&self->changed);
  while ((self->pushing_flush || self->pushing_stop || self->steps > 0)
         && g_cond_wait_until (&self->changed, &self->lock, end))
    continue;
  g_mutex_unlock (&self->lock);
}

void
gst_ipc_src_flow_release_flushes (GstIpcSrcFlow *self)
{
  g_mutex_lock (&self->lock);
  self->flushes_held = FALSE;
  g_mutex_unlock (&self->lock);
}

gboolean
gst_ipc_src_flow_begin_step (GstIpcSrcFlow *self)
{
  gboolean begin;

  g_mutex_lock (&self->lock);
  begin = self->started && !self->flushes_held;
  if (begin)
    self->steps++;
  g_mutex_unlock (&self->lock);
  return begin;
}

void
gst_ipc_src_flow_end_step (GstIpcSrcFlow *self)
{
  g_mutex_lock (&self->lock);
  self->steps--;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* @stop would be held up by a sink that keeps a buffer while paused, until that is shut, and so at the worst moment. */
static void
gst_ipc_src_flow_push_missing_flush_start (GstIpcSrcFlow *self, GstEvent *stop)
{
  GstEvent *start = gst_event_new_flush_start ();

  gst_event_set_seqnum (start, gst_event_get_seqnum (stop));
  gst_pad_push_event (self->pad, start);
}

void
gst_ipc_src_flow_push_event (GstIpcSrcFlow *self, GstIpcArrival *arrival)
{
  GstEvent *event = gst_ipc_src_flow_event_from_packet (self, &arrival->packet);
  const gboolean is_stop = event != NULL && GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP;
  gboolean ret = FALSE, alone = FALSE;

  if (is_stop && !gst_ipc_src_flow_begin_flush_stop (self, &alone))
    g_clear_pointer (&event, gst_event_unref);
  if (event != NULL && !gst_ipc_src_flow_may_push_event (self, GST_EVENT_TYPE (event))) {
    gst_ipc_peer_note_refused (self->peer, &arrival->packet, "it comes behind what it should precede");
    g_clear_pointer (&event, gst_event_unref);
  }
  if (event != NULL && alone)
    gst_ipc_src_flow_push_missing_flush_start (self, event);
  if (event != NULL)
    ret = gst_pad_push_event (self->pad, event);
  /* A sticky event that is refused ends the stream of a legacy master, which ours would not have sent (OBJ-12). */
  else if (arrival->packet.header.type == IPC_PACKET_EVENT && !(arrival->packet.form & IPC_FORM_OBJECTS))
    ret = ipc_event_type_is_lost_in_text (arrival->packet.event.type);
  if (is_stop)
    gst_ipc_src_flow_end_flush_stop (self);
  gst_ipc_peer_ack (self->peer, arrival, ret);
}

/* A push that returned EOS has ended its segment, not the stream: as behind a queue, what ends the segment is still for
 * the elements downstream, and what begins another asks them anew (BUF-8). */
static GstFlowReturn
gst_ipc_src_flow_before (GstIpcSrcFlow *self, const GstIpcArrival *arrival)
{
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  if (self->last_flow == GST_FLOW_EOS
      && (arrival_is_event (arrival, GST_EVENT_SEGMENT) || arrival_is_event (arrival, GST_EVENT_STREAM_START)))
    self->last_flow = GST_FLOW_OK;
  flow = self->last_flow;
  g_mutex_unlock (&self->lock);

  if (flow == GST_FLOW_EOS
      && (arrival_is_event (arrival, GST_EVENT_EOS) || arrival_is_event (arrival, GST_EVENT_SEGMENT_DONE)))
    return GST_FLOW_OK;
  return flow;
}

static void
gst_ipc_src_flow_do_queued (GstIpcSrcFlow *self, GstIpcArrival *arrival)
{
  GstFlowReturn flow = gst_ipc_src_flow_before (self, arrival);

  if (arrival->packet.header.type == IPC_PACKET_QUERY) {
    gst_ipc_src_flow_push_query (self, arrival);
  } else if (flow != GST_FLOW_OK && !arrival_is_event (arrival, GST_EVENT_FLUSH_STOP)) {
    gst_ipc_peer_refuse (self->peer, arrival, flow);
  } else if (arrival->packet.header.type == IPC_PACKET_BUFFER) {
    gst_ipc_import_hold (self->import);
    flow = gst_ipc_src_flow_push_buffer (self, arrival);
    if (flow != GST_FLOW_OK) {
      GST_DEBUG_OBJECT (
          self->peer->element, "push of buffer %u: %s", arrival->packet.header.id, gst_flow_get_name (flow));
      g_mutex_lock (&self->lock);
      self->last_flow = flow;
      g_mutex_unlock (&self->lock);
    }
    gst_ipc_src_flow_ack_buffer (self, arrival, flow);
  } else {
    gst_ipc_src_flow_push_event (self, arrival);
  }
}

static gboolean
gst_ipc_src_flow_is_idle (gpointer user_data)
{
  GstIpcSrcFlow *self = user_data;
  gboolean idle;

  g_mutex_lock (&self->lock);
  idle = self->started && g_queue_is_empty (&self->queue);
  g_mutex_unlock (&self->lock);
  return idle;
}

/* The pad's task. With nothing to push it reads what comes next itself, if it may. */
static void
gst_ipc_src_flow_loop (gpointer user_data)
{
  GstIpcSrcFlow *self = user_data;
  GstIpcArrival *arrival;

  if (gst_ipc_src_flow_is_idle (self))
    ipc_link_read_while (self->peer->link, gst_ipc_src_flow_is_idle, self);
  g_mutex_lock (&self->lock);
  while (self->started && g_queue_is_empty (&self->queue))
    g_cond_wait (&self->changed, &self->lock);
  arrival = self->started ? g_queue_pop_head (&self->queue) : NULL;
  g_mutex_unlock (&self->lock);

  if (arrival == NULL) {
    gst_pad_pause_task (self->pad);
    return;
  }
  gst_ipc_src_flow_do_queued (self, arrival);
  gst_ipc_arrival_free (arrival);
}

gboolean
gst_ipc_src_flow_activate (GstIpcSrcFlow *self, gboolean active)
{
  GQueue refused;

  g_mutex_lock (&self->lock);
  self->started = active;
  self->activations++;
  self->flushing = FALSE;
  self->flush_begun = FALSE;
  self->last_flow = GST_FLOW_OK;
  gst_ipc_src_flow_take_queue (self, &refused);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  ipc_link_wake (self->peer->link);

  gst_ipc_src_flow_refuse_all (self, &refused, GST_FLOW_FLUSHING);
  if (active)
    return gst_pad_start_task (self->pad, gst_ipc_src_flow_loop, self, NULL);

  /* What is pushed before the pad is shut must not flush it when it has been opened again. */
  g_mutex_lock (&self->lock);
  while (self->pushing_flush)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
  return gst_pad_stop_task (self->pad);
}

/* Events that overtake */

/* Everything that is queued is answered before the event is even pushed (EVT-6). */
void
gst_ipc_src_flow_begin_flush (GstIpcSrcFlow *self, GstIpcArrival *arrival)
{
  GQueue refused;

  g_mutex_lock (&self->lock);
  arrival->serial = self->activations;
  self->flushing = TRUE;
  self->flush_starts++;
  gst_ipc_src_flow_take_queue (self, &refused);
  g_mutex_unlock (&self->lock);
  gst_ipc_src_flow_refuse_all (self, &refused, GST_FLOW_FLUSHING);
}

void
gst_ipc_src_flow_end_flush (GstIpcSrcFlow *self)
{
  g_mutex_lock (&self->lock);
  self->pushing_flush = FALSE;
  self->flush_starts--;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* One that was meant for the pad before it was shut, and perhaps opened again, is not pushed: no flush-stop would
 * follow it. */
void
gst_ipc_src_flow_push_flush_start (GstIpcSrcFlow *self, GstIpcArrival *arrival)
{
  const gint64 end = g_get_monotonic_time () + MAX_HOLD;
  gboolean push;

  g_mutex_lock (&self->lock);
  /* An honest master has had the flush-stop answered. A queue that gets both at once waits for itself. */
  while (self->pushing_stop && self->started && !self->flushes_held
         && g_cond_wait_until (&self->changed, &self->lock, end))
    continue;
  push = self->started && !self->flushes_held && arrival->serial == self->activations;
  self->pushing_flush = push;
  self->flush_begun |= push;
  g_mutex_unlock (&self->lock);

  if (push)
    gst_ipc_src_flow_push_event (self, arrival);
  else
    gst_ipc_peer_refuse (self->peer, arrival, GST_FLOW_FLUSHING);
  gst_ipc_src_flow_end_flush (self);
}
