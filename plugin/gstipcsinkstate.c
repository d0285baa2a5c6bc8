/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Our state changes with the peer's: it is asked before our own part is done, and when it answers ASYNC its async-done
 * ends the change; when it loses its state, we lose ours. `serial` tells what it says of one change from what it says
 * of another.
 */

#include "gstipcsinkstate.h"

#include "wire/object.h"

#define GST_CAT_DEFAULT self->peer->debug

void
gst_ipc_sink_state_init (GstIpcSinkState *self, GstIpcPeer *peer)
{
  self->peer = peer;
  gst_ipc_told_time_init (&self->told_time);
}

guint
gst_ipc_sink_state_serial (GstIpcSinkState *self)
{
  return g_atomic_int_get (&self->serial);
}

gboolean
gst_ipc_sink_state_is_stopping (GstIpcSinkState *self)
{
  return g_atomic_int_get (&self->stopping);
}

/* What the peer says */

static void
gst_ipc_sink_state_unlock_states (GPtrArray *elements)
{
  for (guint i = 0; i < elements->len; i++)
    GST_STATE_UNLOCK (elements->pdata[i]);
  g_ptr_array_unref (elements);
}

/* Locks the states of everything above, from the top, and then ours: nothing there is in the middle of a state change
 * until they are unlocked. NULL without @wait, when somebody else holds one of the locks. */
static GPtrArray *
gst_ipc_sink_state_lock_states (GstIpcSinkState *self, gboolean wait)
{
  GPtrArray *elements = g_ptr_array_new_with_free_func (gst_object_unref);

  for (GstObject *object = gst_object_ref (self->peer->element); object != NULL;
       object = gst_object_get_parent (object))
    g_ptr_array_insert (elements, 0, object);
  for (guint i = 0; i < elements->len; i++) {
    if (wait) {
      GST_STATE_LOCK (elements->pdata[i]);
    } else if (!GST_STATE_TRYLOCK (elements->pdata[i])) {
      g_ptr_array_set_size (elements, i);
      gst_ipc_sink_state_unlock_states (elements);
      return NULL;
    }
  }
  return elements;
}

void
gst_ipc_sink_state_note_lost (GstIpcSinkState *self)
{
  /* An async-done from before is of no use any more: there will be another one. */
  g_atomic_int_set (&self->lost_serial, g_atomic_int_add (&self->serial, 1) + 1);
}

/* Loses our state if the peer has lost its own (STATE-10). Not while a bin above us is changing its state (which it may
 * still do for a while when set_state() has returned): it would take no notice, and leave us behind in PAUSED when it
 * is in PLAYING. Without @wait nothing is done then, and the job for the loss will. */
void
gst_ipc_sink_state_follow_lost (GstIpcSinkState *self, gboolean wait)
{
  GPtrArray *locked;
  gint lost;

  if (g_atomic_int_get (&self->lost_serial) == 0)
    return;
  locked = gst_ipc_sink_state_lock_states (self, wait);
  if (locked == NULL)
    return;
  lost = g_atomic_int_exchange (&self->lost_serial, 0);
  if (lost != 0 && lost == g_atomic_int_get (&self->serial) && GST_STATE (self->peer->element) >= GST_STATE_PAUSED) {
    GST_DEBUG_OBJECT (self->peer->element, "the peer lost its state");
    self->async_done_expected = TRUE;
    gst_element_lost_state (self->peer->element);
  }
  gst_ipc_sink_state_unlock_states (locked);
}

/* Whether what contains us is going to take us back to PLAYING. A bin does not that has had an error, or is to stay in
 * PAUSED itself; nor does one that is in PLAYING, and has not gone back to PAUSED with us: it was about to go through
 * its change again (STATE-5), with no lock held yet, and has overlooked that we lost our state. */
static gboolean
gst_ipc_sink_state_is_led (GstIpcSinkState *self)
{
  gboolean is_led = !gst_element_is_locked_state (self->peer->element);
  GstObject *object = gst_object_get_parent (GST_OBJECT (self->peer->element));
  const GstObject *nearest = object;

  while (object != NULL) {
    GstObject *parent = gst_object_get_parent (object);
    GstElement *bin = GST_ELEMENT (object);

    GST_OBJECT_LOCK (bin);
    is_led = is_led && GST_STATE_TARGET (bin) == GST_STATE_PLAYING && GST_STATE_RETURN (bin) != GST_STATE_CHANGE_FAILURE
             && (object != nearest || GST_STATE (bin) != GST_STATE_PLAYING);
    GST_OBJECT_UNLOCK (bin);
    gst_object_unref (object);
    object = parent;
  }
  return is_led;
}

/* A peer that has lost its state in PLAYING waits for us (TIME-4), and must not do so for ever. Call with the state
 * lock. */
static void
gst_ipc_sink_state_resume_alone (GstIpcSinkState *self)
{
  GstElement *element = self->peer->element;

  if (GST_STATE (element) == GST_STATE_PAUSED && GST_STATE_PENDING (element) == GST_STATE_VOID_PENDING
      && GST_STATE_TARGET (element) == GST_STATE_PLAYING && !gst_ipc_sink_state_is_led (self))
    gst_element_set_state (element, GST_STATE_PLAYING);
}

/* The state lock makes this wait until a state change that is under way has got its answer, so that an
 * async-done that overtook the answer is not taken for one that nobody expects. */
void
gst_ipc_sink_state_take_async_done (GstIpcSinkState *self, GstIpcArrival *arrival)
{
  GstElement *element = self->peer->element;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstMessage) message = ipc_message_from_packet (&arrival->packet, GST_OBJECT (element), &error);
  gboolean complete = FALSE;

  if (message == NULL) {
    gst_ipc_peer_note_refused (self->peer, &arrival->packet, error->message);
    return;
  }

  GST_STATE_LOCK (element);
  if (self->async_done_expected && arrival->serial == (guint)g_atomic_int_get (&self->serial)) {
    self->async_done_expected = FALSE;
    gst_element_continue_state (element, GST_STATE_CHANGE_SUCCESS);
    gst_ipc_sink_state_resume_alone (self);
    /* Going on, to PLAYING, may have begun the next wait, with an async-start of its own. */
    complete = !self->async_done_expected;
  } else {
    GST_DEBUG_OBJECT (element, "dropped an async-done that nobody expects");
  }
  GST_STATE_UNLOCK (element);

  if (complete)
    gst_element_post_message (element, g_steal_pointer (&message));
}

/* What we ask of the peer */

static gboolean
gst_ipc_sink_state_goes_up (GstStateChange transition)
{
  return GST_STATE_TRANSITION_NEXT (transition) > GST_STATE_TRANSITION_CURRENT (transition);
}

static gboolean
gst_ipc_sink_state_has_fds (GstIpcSinkState *self)
{
  return ipc_link_get_fdin (self->peer->link) >= 0 && ipc_link_get_fdout (self->peer->link) >= 0;
}

/* Tells the application why a change upwards has failed, unless it has been told of this loss since it left NULL: in
 * any case before it is told that the change has failed. It will look for the reason then; and an error that came while
 * it goes back to NULL, where it is already, would have that fail as well (GstBin). */
static void
gst_ipc_sink_state_post_no_answer (
    GstIpcSinkState *self, GstStateChange transition, IpcOutcome outcome, const GError *error)
{
  const gchar *name = gst_state_change_get_name (transition);

  if (outcome == IPC_OUTCOME_TIMED_OUT)
    GST_ELEMENT_ERROR (
        self->peer->element, RESOURCE, BUSY, ("The peer did not answer in time: %s", error->message), ("%s", name));
  else if (outcome == IPC_OUTCOME_GONE
           && (!gst_ipc_sink_state_has_fds (self) || ipc_link_is_connected (self->peer->link)
               || gst_ipc_peer_claim_loss (self->peer)))
    GST_ELEMENT_ERROR (self->peer->element, RESOURCE, WRITE, ("There is no peer: %s", error->message),
        ("%s; set fdin and fdout to a socket whose other end an ipcpipelinesrc has", name));
  else if (outcome == IPC_OUTCOME_GONE)
    gst_ipc_peer_await_told (self->peer);
}

/* Says what the peer has to know before it is asked for @transition: to a new peer the greeting, on the way to PLAYING
 * the time. Room for that, where there is none, is waited for in the time that the state change has: returns how much
 * of that has passed, microseconds. */
static guint64
gst_ipc_sink_state_prepare_peer (GstIpcSinkState *self, GstStateChange transition)
{
  const guint64 limit = gst_ipc_peer_room_time (self->peer);
  guint64 waited = gst_ipc_peer_greet (self->peer, GST_IPC_TAG_GREETING);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    waited += gst_ipc_told_time_tell (&self->told_time, self->peer, GST_IPC_TAG_TIME, limit - MIN (waited, limit));
  return waited;
}

static IpcOutcome
gst_ipc_sink_state_request_change (GstIpcSinkState *self, GstStateChange transition, IpcPacket *reply, GError **error)
{
  const guint64 waited = gst_ipc_sink_state_prepare_peer (self, transition);
  g_auto (IpcPacket) packet = { 0 };

  ipc_packet_build_state_change (&packet, transition);
  return gst_ipc_peer_request (self->peer, &packet, waited, reply, error);
}

/* Asks the peer to make @transition; FAILURE without an answer. */
static GstStateChangeReturn
gst_ipc_sink_state_ask_peer (GstIpcSinkState *self, GstStateChange transition)
{
  const gboolean up = gst_ipc_sink_state_goes_up (transition);
  g_auto (IpcPacket) reply = { 0 };
  g_autoptr (GError) error = NULL;
  IpcOutcome outcome;

  g_atomic_int_inc (&self->serial);
  /* Going to NULL has flushed the bus, and who tries again from there wants to know why it fails. */
  if (up)
    gst_ipc_peer_begin_change (self->peer, transition == GST_STATE_CHANGE_NULL_TO_READY);
  outcome = gst_ipc_sink_state_request_change (self, transition, &reply, &error);
  if (up && outcome != IPC_OUTCOME_REPLIED)
    gst_ipc_sink_state_post_no_answer (self, transition, outcome, error);
  if (up)
    gst_ipc_peer_end_change (self->peer);
  if (outcome != IPC_OUTCOME_REPLIED) {
    GST_INFO_OBJECT (
        self->peer->element, "%s without the peer: %s", gst_state_change_get_name (transition), error->message);
    return GST_STATE_CHANGE_FAILURE;
  }
  if (reply.ack.result > GST_STATE_CHANGE_NO_PREROLL) {
    gst_ipc_peer_note_refused (self->peer, &reply, "what answers a state change must be a state change return");
    return GST_STATE_CHANGE_FAILURE;
  }
  GST_DEBUG_OBJECT (self->peer->element, "peer, %s: %s", gst_state_change_get_name (transition),
      gst_element_state_change_return_get_name (reply.ack.result));
  return reply.ack.result;
}

GstStateChangeReturn
gst_ipc_sink_state_change (GstIpcSinkState *self, GstStateChange transition, GstIpcOwnChangeFunc change_own)
{
  GstElement *element = self->peer->element;
  const gboolean up = gst_ipc_sink_state_goes_up (transition);
  const gboolean may_be_async = transition == GST_STATE_CHANGE_READY_TO_PAUSED
                                || transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING
                                || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED;
  GstStateChangeReturn peer_ret, ret;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !gst_ipc_sink_state_has_fds (self)) {
    GST_ELEMENT_ERROR (element, RESOURCE, NOT_FOUND, ("There is no peer: fdin or fdout is not set"),
        ("set both to a socket whose other end an ipcpipelinesrc has"));
    return GST_STATE_CHANGE_FAILURE;
  }

  if (may_be_async)
    gst_element_post_message (element, gst_message_new_async_start (GST_OBJECT (element)));

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED || transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    g_atomic_int_set (&self->stopping, !up);
  self->async_done_expected = FALSE;
  peer_ret = gst_ipc_sink_state_ask_peer (self, transition);
  if (!up && peer_ret == GST_STATE_CHANGE_FAILURE)
    peer_ret = GST_STATE_CHANGE_SUCCESS;

  ret = peer_ret;
  if (peer_ret != GST_STATE_CHANGE_FAILURE) {
    self->async_done_expected = may_be_async && peer_ret == GST_STATE_CHANGE_ASYNC;
    if (change_own (element, transition) == GST_STATE_CHANGE_FAILURE) {
      if (up)
        gst_ipc_sink_state_ask_peer (self,
            GST_STATE_TRANSITION (GST_STATE_TRANSITION_NEXT (transition), GST_STATE_TRANSITION_CURRENT (transition)));
      self->async_done_expected = FALSE;
      ret = GST_STATE_CHANGE_FAILURE;
    }
  }

  /* Not after a failure: a bin takes an async-done for the end of the change, goes on from a state that was never
   * reached, and tries the failed change again and again. */
  if (may_be_async && !self->async_done_expected && ret != GST_STATE_CHANGE_FAILURE)
    gst_element_post_message (element, gst_message_new_async_done (GST_OBJECT (element), GST_CLOCK_TIME_NONE));
  return ret;
}
