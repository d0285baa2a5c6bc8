/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-ipcpipelinesink
 * @title: ipcpipelinesink
 * @see_also: ipcpipelinesrc, ipcslavepipeline
 *
 * Continues a pipeline in another process: what arrives on the sink pad goes over a socket to an
 * `ipcpipelinesrc` there. State changes, events, queries and messages cross as well, so that the
 * application controls this pipeline alone and the other one follows.
 *
 * The file descriptors belong to the application, which makes a socket pair, starts the other process and sets
 * `fdin` and `fdout` on both elements. When the peer goes away the element posts an error; with the `disconnect`
 * signal and new file descriptors it can be given another one.
 *
 * State, threads. The application's threads call change_state, send_event and query; the upstream streaming thread
 * calls chain and the pad's event and query functions; the link's reader calls on_packet, which never blocks and
 * leaves the work to lanes: `state_lane` for what touches the element's state, `message_lane` for messages,
 * `seek_lane` for seeks and `event_lane` for other events that travel upstream (an event sent by the peer's streaming
 * thread must not wait behind a seek, which waits for that thread), `query_lane` for queries.
 */

#include "gstipcpipelinesink.h"

#include "gstipcpeer.h"
#include "gstipctoldtime.h"
#include "wire/object.h"

GST_DEBUG_CATEGORY_STATIC (ipc_pipeline_sink_debug);
#define GST_CAT_DEFAULT ipc_pipeline_sink_debug

#define DEFAULT_READ_CHUNK 4096
#define QUERY_LANE_WIDTH 4

struct _GstIpcPipelineSink {
  GstElement parent;
  GstPad *sinkpad;
  GstIpcPeer peer;
  IpcLane *state_lane, *message_lane, *seek_lane, *event_lane, *query_lane;

  /* Counts the state changes that the peer was asked for and the losses that it told of; what the peer says of its
   * state is only good for the one that it was said in. Atomic. */
  gint serial;
  /* The serial in which the peer lost its state and we have not followed yet, 0 for none. Atomic. */
  gint lost_serial;
  /* Our state change is to be completed by the peer's async-done. Under the state lock. */
  gboolean async_done_expected;
  /* The peer has seen none of the sticky events since it was started. Atomic. */
  gint sticky_events_wanted;
  /* Between a request to stop and the next start the peer refuses data, and that is no error. Atomic. */
  gint stopping;
  /* Counts the flush-starts that came from upstream. Atomic. */
  gint flush_starts;
  GstIpcToldTime told_time;
};

/* Of what is asked and answered later. */
enum { TAG_GREETING, TAG_TIME };

enum { SIGNAL_DISCONNECT, N_SIGNALS };

static guint signals[N_SIGNALS];

static GstStaticPadTemplate sink_template
    = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_FINAL_TYPE (GstIpcPipelineSink, gst_ipc_pipeline_sink, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE (ipcpipelinesink, "ipcpipelinesink", GST_RANK_NONE, GST_TYPE_IPC_PIPELINE_SINK);

/* State: what the peer says */

static void
gst_ipc_pipeline_sink_unlock_states (GPtrArray *elements)
{
  for (guint i = 0; i < elements->len; i++)
    GST_STATE_UNLOCK (elements->pdata[i]);
  g_ptr_array_unref (elements);
}

/* Locks the states of everything above, from the top, and then ours: nothing there is in the middle of a state change
 * until they are unlocked. NULL without @wait, when somebody else holds one of the locks. */
static GPtrArray *
gst_ipc_pipeline_sink_lock_states (GstIpcPipelineSink *sink, gboolean wait)
{
  GPtrArray *elements = g_ptr_array_new_with_free_func (gst_object_unref);

  for (GstObject *object = gst_object_ref (sink); object != NULL; object = gst_object_get_parent (object))
    g_ptr_array_insert (elements, 0, object);
  for (guint i = 0; i < elements->len; i++) {
    if (wait) {
      GST_STATE_LOCK (elements->pdata[i]);
    } else if (!GST_STATE_TRYLOCK (elements->pdata[i])) {
      g_ptr_array_set_size (elements, i);
      gst_ipc_pipeline_sink_unlock_states (elements);
      return NULL;
    }
  }
  return elements;
}

/* Loses our state if the peer has lost its own (STATE-10). Not while a bin above us is changing its state (which it may
 * still do for a while when set_state() has returned): it would take no notice, and leave us behind in PAUSED when it
 * is in PLAYING. Without @wait nothing is done then, and the job for the loss will. */
static void
gst_ipc_pipeline_sink_follow_lost_state (GstIpcPipelineSink *sink, gboolean wait)
{
  GPtrArray *locked;
  gint lost;

  if (g_atomic_int_get (&sink->lost_serial) == 0)
    return;
  locked = gst_ipc_pipeline_sink_lock_states (sink, wait);
  if (locked == NULL)
    return;
  lost = g_atomic_int_exchange (&sink->lost_serial, 0);
  if (lost != 0 && lost == g_atomic_int_get (&sink->serial) && GST_STATE (sink) >= GST_STATE_PAUSED) {
    GST_DEBUG_OBJECT (sink, "the peer lost its state");
    sink->async_done_expected = TRUE;
    gst_element_lost_state (GST_ELEMENT (sink));
  }
  gst_ipc_pipeline_sink_unlock_states (locked);
}

static void
gst_ipc_pipeline_sink_on_state_lost (GstElement *element, GstIpcArrival *arrival)
{
  gst_ipc_pipeline_sink_follow_lost_state (GST_IPC_PIPELINE_SINK (element), TRUE);
}

/* Whether what contains us is going to take us back to PLAYING. A bin does not that has had an error, or is to stay in
 * PAUSED itself. */
static gboolean
gst_ipc_pipeline_sink_is_led (GstIpcPipelineSink *sink)
{
  gboolean is_led = !gst_element_is_locked_state (GST_ELEMENT (sink));
  GstObject *object = gst_object_get_parent (GST_OBJECT (sink));

  while (object != NULL) {
    GstObject *parent = gst_object_get_parent (object);
    GstElement *bin = GST_ELEMENT (object);

    GST_OBJECT_LOCK (bin);
    is_led
        = is_led && GST_STATE_TARGET (bin) == GST_STATE_PLAYING && GST_STATE_RETURN (bin) != GST_STATE_CHANGE_FAILURE;
    GST_OBJECT_UNLOCK (bin);
    gst_object_unref (object);
    object = parent;
  }
  return is_led;
}

/* A peer that has lost its state in PLAYING waits for us (TIME-4), and must not do so for ever. Call with the state
 * lock. */
static void
gst_ipc_pipeline_sink_resume_alone (GstIpcPipelineSink *sink)
{
  GstElement *element = GST_ELEMENT (sink);

  if (GST_STATE (element) == GST_STATE_PAUSED && GST_STATE_PENDING (element) == GST_STATE_VOID_PENDING
      && GST_STATE_TARGET (element) == GST_STATE_PLAYING && !gst_ipc_pipeline_sink_is_led (sink))
    gst_element_set_state (element, GST_STATE_PLAYING);
}

/* The state lock makes this wait until a state change that is under way has got its answer, so that an
 * async-done that overtook the answer is not taken for one that nobody expects. */
static void
gst_ipc_pipeline_sink_on_async_done (GstElement *element, GstIpcArrival *arrival)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (element);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstMessage) message = ipc_message_from_packet (&arrival->packet, GST_OBJECT (element), &error);
  gboolean complete = FALSE;

  if (message == NULL) {
    gst_ipc_peer_note_refused (&sink->peer, &arrival->packet, error->message);
    return;
  }

  GST_STATE_LOCK (element);
  if (sink->async_done_expected && arrival->serial == (guint)g_atomic_int_get (&sink->serial)) {
    sink->async_done_expected = FALSE;
    gst_element_continue_state (element, GST_STATE_CHANGE_SUCCESS);
    gst_ipc_pipeline_sink_resume_alone (sink);
    /* Going on, to PLAYING, may have begun the next wait, with an async-start of its own. */
    complete = !sink->async_done_expected;
  } else {
    GST_DEBUG_OBJECT (sink, "dropped an async-done that nobody expects");
  }
  GST_STATE_UNLOCK (element);

  if (complete)
    gst_element_post_message (element, g_steal_pointer (&message));
}

/* State: what we ask of the peer */

static gboolean
gst_ipc_pipeline_sink_goes_up (GstStateChange transition)
{
  return GST_STATE_TRANSITION_NEXT (transition) > GST_STATE_TRANSITION_CURRENT (transition);
}

static gboolean
gst_ipc_pipeline_sink_has_fds (GstIpcPipelineSink *sink)
{
  return ipc_link_get_fdin (sink->peer.link) >= 0 && ipc_link_get_fdout (sink->peer.link) >= 0;
}

/* Tells the application why a change upwards has failed, once. @was_lost: the peer had been lost before it began. */
static void
gst_ipc_pipeline_sink_post_no_answer (
    GstIpcPipelineSink *sink, GstStateChange transition, IpcOutcome outcome, gboolean was_lost, const GError *error)
{
  const gchar *name = gst_state_change_get_name (transition);

  if (outcome == IPC_OUTCOME_TIMED_OUT)
    GST_ELEMENT_ERROR (sink, RESOURCE, BUSY, ("The peer did not answer in time: %s", error->message), ("%s", name));
  else if (outcome == IPC_OUTCOME_GONE
           && (was_lost || !gst_ipc_pipeline_sink_has_fds (sink) || ipc_link_is_connected (sink->peer.link)
               || gst_ipc_peer_claim_loss (&sink->peer)))
    GST_ELEMENT_ERROR (sink, RESOURCE, WRITE, ("There is no peer: %s", error->message),
        ("%s; set fdin and fdout to a socket whose other end an ipcpipelinesrc has", name));
}

/* Says what the peer has to know before it is asked for @transition: to a new peer the greeting, on the way to PLAYING
 * the time. Room for that, where there is none, is waited for in the time that the state change has: returns how much
 * of that has passed, microseconds. */
static guint64
gst_ipc_pipeline_sink_prepare_peer (GstIpcPipelineSink *sink, GstStateChange transition)
{
  const guint64 limit = gst_ipc_peer_room_time (&sink->peer);
  guint64 waited = gst_ipc_peer_greet (&sink->peer, TAG_GREETING);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    waited += gst_ipc_told_time_tell (&sink->told_time, &sink->peer, TAG_TIME, limit - MIN (waited, limit));
  return waited;
}

static IpcOutcome
gst_ipc_pipeline_sink_request_change (
    GstIpcPipelineSink *sink, GstStateChange transition, IpcPacket *reply, GError **error)
{
  const guint64 waited = gst_ipc_pipeline_sink_prepare_peer (sink, transition);
  g_auto (IpcPacket) packet = { 0 };

  ipc_packet_build_state_change (&packet, transition);
  return gst_ipc_peer_request (&sink->peer, &packet, waited, reply, error);
}

/* Asks the peer to make @transition; FAILURE without an answer. */
static GstStateChangeReturn
gst_ipc_pipeline_sink_ask_peer (GstIpcPipelineSink *sink, GstStateChange transition)
{
  const gboolean up = gst_ipc_pipeline_sink_goes_up (transition);
  const gboolean was_lost = up && gst_ipc_peer_begin_change (&sink->peer);
  g_auto (IpcPacket) reply = { 0 };
  g_autoptr (GError) error = NULL;
  IpcOutcome outcome;

  g_atomic_int_inc (&sink->serial);
  outcome = gst_ipc_pipeline_sink_request_change (sink, transition, &reply, &error);
  if (up && outcome != IPC_OUTCOME_REPLIED)
    gst_ipc_pipeline_sink_post_no_answer (sink, transition, outcome, was_lost, error);
  if (up)
    gst_ipc_peer_end_change (&sink->peer);
  if (outcome != IPC_OUTCOME_REPLIED) {
    GST_INFO_OBJECT (sink, "%s without the peer: %s", gst_state_change_get_name (transition), error->message);
    return GST_STATE_CHANGE_FAILURE;
  }
  if (reply.ack.result > GST_STATE_CHANGE_NO_PREROLL) {
    gst_ipc_peer_note_refused (&sink->peer, &reply, "what answers a state change must be a state change return");
    return GST_STATE_CHANGE_FAILURE;
  }
  GST_DEBUG_OBJECT (sink, "peer, %s: %s", gst_state_change_get_name (transition),
      gst_element_state_change_return_get_name (reply.ack.result));
  return reply.ack.result;
}

/* Our own part of @transition, the peer's being done. */
static GstStateChangeReturn
gst_ipc_pipeline_sink_change_own_state (GstIpcPipelineSink *sink, GstStateChange transition)
{
  GstStateChangeReturn ret;

  /* A streaming thread that waits for the peer must leave before the pad can be shut (LIFE-2). */
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    ipc_link_cancel (sink->peer.link, IPC_WAIT_SERIALIZED | IPC_WAIT_CONTROL);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    g_atomic_int_set (&sink->sticky_events_wanted, TRUE);

  ret = GST_ELEMENT_CLASS (gst_ipc_pipeline_sink_parent_class)->change_state (GST_ELEMENT (sink), transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    ipc_link_uncancel (sink->peer.link, IPC_WAIT_SERIALIZED | IPC_WAIT_CONTROL);
  return ret;
}

static GstStateChangeReturn
gst_ipc_pipeline_sink_change_state (GstElement *element, GstStateChange transition)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (element);
  const gboolean up = gst_ipc_pipeline_sink_goes_up (transition);
  const gboolean may_be_async = transition == GST_STATE_CHANGE_READY_TO_PAUSED
                                || transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING
                                || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED;
  GstStateChangeReturn peer_ret, ret;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !gst_ipc_pipeline_sink_has_fds (sink)) {
    GST_ELEMENT_ERROR (sink, RESOURCE, NOT_FOUND, ("There is no peer: fdin or fdout is not set"),
        ("set both to a socket whose other end an ipcpipelinesrc has"));
    return GST_STATE_CHANGE_FAILURE;
  }

  if (may_be_async)
    gst_element_post_message (element, gst_message_new_async_start (GST_OBJECT (element)));

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED || transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    g_atomic_int_set (&sink->stopping, !up);
  sink->async_done_expected = FALSE;
  peer_ret = gst_ipc_pipeline_sink_ask_peer (sink, transition);
  if (!up && peer_ret == GST_STATE_CHANGE_FAILURE)
    peer_ret = GST_STATE_CHANGE_SUCCESS;

  ret = peer_ret;
  if (peer_ret != GST_STATE_CHANGE_FAILURE) {
    sink->async_done_expected = may_be_async && peer_ret == GST_STATE_CHANGE_ASYNC;
    if (gst_ipc_pipeline_sink_change_own_state (sink, transition) == GST_STATE_CHANGE_FAILURE) {
      if (up)
        gst_ipc_pipeline_sink_ask_peer (sink,
            GST_STATE_TRANSITION (GST_STATE_TRANSITION_NEXT (transition), GST_STATE_TRANSITION_CURRENT (transition)));
      sink->async_done_expected = FALSE;
      ret = GST_STATE_CHANGE_FAILURE;
    }
  }

  /* Not after a failure: a bin takes an async-done for the end of the change, goes on from a state that was never
   * reached, and tries the failed change again and again. */
  if (may_be_async && !sink->async_done_expected && ret != GST_STATE_CHANGE_FAILURE)
    gst_element_post_message (element, gst_message_new_async_done (GST_OBJECT (element), GST_CLOCK_TIME_NONE));
  return ret;
}

/* Downstream data */

static gboolean
gst_ipc_pipeline_sink_collect_sticky (GstPad *pad, GstEvent **event, gpointer user_data)
{
  g_ptr_array_add (user_data, gst_event_ref (*event));
  return TRUE;
}

/* Upstream sends stream-start, caps and segment to a pad once. A peer that replaced another one in mid-stream must have
 * them too (CONN-5): what the upstream pad still has is taken in again, before whatever comes first. @coming: the event
 * that is on its way already, or NULL. In the streaming thread. */
static void
gst_ipc_pipeline_sink_ensure_sticky_events (GstIpcPipelineSink *sink, GstEvent *coming)
{
  g_autoptr (GstPad) upstream = NULL;
  g_autoptr (GPtrArray) events = NULL;

  if (!g_atomic_int_compare_and_exchange (&sink->sticky_events_wanted, TRUE, FALSE))
    return;
  if (coming != NULL && GST_EVENT_TYPE (coming) == GST_EVENT_STREAM_START)
    return;
  upstream = gst_pad_get_peer (sink->sinkpad);
  if (upstream == NULL)
    return;
  events = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_event_unref);
  gst_pad_sticky_events_foreach (upstream, gst_ipc_pipeline_sink_collect_sticky, events);
  for (guint i = 0; i < events->len; i++) {
    if (events->pdata[i] != coming)
      gst_pad_send_event (sink->sinkpad, gst_event_ref (events->pdata[i]));
  }
}

static GstFlowReturn
gst_ipc_pipeline_sink_flow (GstIpcPipelineSink *sink, const IpcPacket *ack)
{
  const GstFlowReturn flow = (GstFlowReturn)(gint32)ack->ack.result;

  if ((flow >= GST_FLOW_NOT_SUPPORTED && flow <= GST_FLOW_OK)
      || (flow >= GST_FLOW_CUSTOM_ERROR_2 && flow <= GST_FLOW_CUSTOM_ERROR)
      || (flow >= GST_FLOW_CUSTOM_SUCCESS && flow <= GST_FLOW_CUSTOM_SUCCESS_2))
    return flow;
  gst_ipc_peer_note_refused (&sink->peer, ack, "what answers a buffer must be a flow return");
  return GST_FLOW_ERROR;
}

static GstFlowReturn
gst_ipc_pipeline_sink_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (parent);
  g_autoptr (GstBuffer) owned = buffer;
  g_auto (IpcPacket) packet = { .form = ipc_link_get_form (sink->peer.link) };
  g_auto (IpcPacket) reply = { 0 };
  g_autoptr (GError) error = NULL;
  IpcOutcome outcome;

  gst_ipc_pipeline_sink_ensure_sticky_events (sink, NULL);
  gst_ipc_told_time_tell_moved (&sink->told_time, &sink->peer, TAG_TIME);
  if (!ipc_packet_build_buffer (&packet, owned, &error)) {
    GST_ELEMENT_ERROR (sink, STREAM, FORMAT, ("A buffer cannot be sent: %s", error->message), (NULL));
    return GST_FLOW_ERROR;
  }
  outcome = ipc_link_request (sink->peer.link, &packet, owned, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER, &reply, &error);
  if (outcome == IPC_OUTCOME_REPLIED)
    return gst_ipc_pipeline_sink_flow (sink, &reply);

  /* The loss of a peer has been told to the application already, once: upstream need only stop. */
  GST_DEBUG_OBJECT (sink, "buffer: %s", error->message);
  return GST_FLOW_FLUSHING;
}

/* What to tell upstream of an event that the peer did not take. A source that pushes a sticky event while the peer is
 * stopped or flushed, or is gone, is to stop and not to post an error of its own. */
static GstFlowReturn
gst_ipc_pipeline_sink_event_refused (GstIpcPipelineSink *sink, GstEventType type, gint flush_starts)
{
  if (g_atomic_int_get (&sink->stopping) || g_atomic_int_get (&sink->flush_starts) != flush_starts
      || GST_PAD_IS_FLUSHING (sink->sinkpad) || !ipc_link_is_connected (sink->peer.link))
    return GST_FLOW_FLUSHING;
  return type == GST_EVENT_CAPS ? GST_FLOW_NOT_NEGOTIATED : GST_FLOW_ERROR;
}

static GstFlowReturn
gst_ipc_pipeline_sink_pad_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (parent);
  const GstEventType type = GST_EVENT_TYPE (event);
  const gint flush_starts = g_atomic_int_add (&sink->flush_starts, type == GST_EVENT_FLUSH_START ? 1 : 0);
  gboolean taken;

  if (type == GST_EVENT_FLUSH_STOP)
    gst_ipc_told_time_note_flush_stop (&sink->told_time, &sink->peer, event);
  else if (GST_EVENT_IS_SERIALIZED (event))
    gst_ipc_pipeline_sink_ensure_sticky_events (sink, event);
  taken = gst_ipc_peer_send_event (&sink->peer, event, FALSE);
  gst_event_unref (event);
  return taken ? GST_FLOW_OK : gst_ipc_pipeline_sink_event_refused (sink, type, flush_starts);
}

static gboolean
gst_ipc_pipeline_sink_pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (parent);

  if (GST_QUERY_TYPE (query) == GST_QUERY_CAPS && GST_STATE (sink) == GST_STATE_NULL)
    return FALSE;
  return gst_ipc_peer_send_query (&sink->peer, query, FALSE);
}

/* The application's events and queries */

/* The slave loses its state in the course of a flushing seek, and says so before it answers: then the same must be
 * true here when the seek returns. Our own state is locked here: the locks above it cannot be waited for. */
static gboolean
gst_ipc_pipeline_sink_send_event (GstElement *element, GstEvent *event)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (element);
  const gboolean ret = gst_ipc_peer_send_event (&sink->peer, event, TRUE);

  gst_event_unref (event);
  gst_ipc_pipeline_sink_follow_lost_state (sink, FALSE);
  return ret;
}

static gboolean
gst_ipc_pipeline_sink_element_query (GstElement *element, GstQuery *query)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (element);

  if (GST_QUERY_TYPE (query) == GST_QUERY_CAPS && GST_STATE (sink) == GST_STATE_NULL)
    return FALSE;
  return gst_ipc_peer_send_query (&sink->peer, query, TRUE);
}

/* What the peer asks */

static void
gst_ipc_pipeline_sink_on_event (GstElement *element, GstIpcArrival *arrival)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (element);
  g_autoptr (GError) error = NULL;
  GstEvent *event = arrival->packet.event.upstream ? ipc_event_from_packet (&arrival->packet, &error) : NULL;
  gboolean ret = FALSE;

  if (event == NULL)
    gst_ipc_peer_note_refused (
        &sink->peer, &arrival->packet, error != NULL ? error->message : "only upstream events travel this way");
  else if (!GST_EVENT_IS_UPSTREAM (event))
    gst_event_unref (event);
  else
    ret = gst_pad_push_event (sink->sinkpad, event);
  gst_ipc_peer_ack (&sink->peer, arrival, ret);
}

static void
gst_ipc_pipeline_sink_on_query (GstElement *element, GstIpcArrival *arrival)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (element);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstQuery) query = arrival->packet.query.upstream ? ipc_query_from_packet (&arrival->packet, &error) : NULL;

  if (query == NULL || !GST_QUERY_IS_UPSTREAM (query)) {
    gst_ipc_peer_note_refused (
        &sink->peer, &arrival->packet, error != NULL ? error->message : "only upstream queries travel this way");
    gst_ipc_peer_refuse (&sink->peer, arrival, GST_FLOW_ERROR);
    return;
  }
  gst_ipc_peer_answer_query (&sink->peer, arrival, query, gst_pad_peer_query (sink->sinkpad, query));
}

static void
gst_ipc_pipeline_sink_on_message (GstElement *element, GstIpcArrival *arrival)
{
  GstIpcPeer *peer = &GST_IPC_PIPELINE_SINK (element)->peer;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstMessage) message = ipc_message_from_packet (&arrival->packet, GST_OBJECT (element), &error);

  if (message == NULL)
    gst_ipc_peer_note_refused (peer, &arrival->packet, error->message);
  else if (gst_ipc_message_type_is_local (GST_MESSAGE_TYPE (message)))
    gst_ipc_peer_note_refused (peer, &arrival->packet, "such messages are a matter of the slave's process alone");
  else
    gst_element_post_message (element, g_steal_pointer (&message));
}

/* Reader thread: nothing here may block. */
static void
gst_ipc_pipeline_sink_on_packet (IpcLink *link, IpcPacket *packet, gpointer owner)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (owner);
  GstIpcArrival *arrival = gst_ipc_arrival_new (&sink->peer, packet, g_atomic_int_get (&sink->serial));
  IpcLane *lane = sink->message_lane;
  GstIpcJobFunc func = gst_ipc_pipeline_sink_on_message;

  switch (arrival->packet.header.type) {
  case IPC_PACKET_STATE_LOST:
    /* An async-done from before is of no use any more: there will be another one. */
    g_atomic_int_set (&sink->lost_serial, g_atomic_int_add (&sink->serial, 1) + 1);
    lane = sink->state_lane;
    func = gst_ipc_pipeline_sink_on_state_lost;
    break;
  case IPC_PACKET_MESSAGE:
    if (arrival->packet.message.type == GST_MESSAGE_ASYNC_DONE) {
      lane = sink->state_lane;
      func = gst_ipc_pipeline_sink_on_async_done;
    } else if (arrival->packet.message.type == GST_MESSAGE_RESET_TIME) {
      /* The base time with which the pipeline plays after the next async-done depends on it. */
      lane = sink->state_lane;
    }
    break;
  case IPC_PACKET_GERROR_MESSAGE:
    break;
  case IPC_PACKET_EVENT:
    lane = arrival->packet.event.type == GST_EVENT_SEEK ? sink->seek_lane : sink->event_lane;
    func = gst_ipc_pipeline_sink_on_event;
    break;
  case IPC_PACKET_QUERY:
    /* From a legacy slave: our own greeting, which went through its pipeline and up again (EXT-3). */
    if (gst_ipc_agreement_is_reserved_packet (&arrival->packet)) {
      gst_ipc_peer_refuse (&sink->peer, arrival, GST_FLOW_ERROR);
      gst_ipc_arrival_free (arrival);
      return;
    }
    lane = sink->query_lane;
    func = gst_ipc_pipeline_sink_on_query;
    break;
  default:
    gst_ipc_arrival_free (arrival);
    return;
  }
  gst_ipc_peer_push_job (&sink->peer, lane, func, arrival);
}

/* Reader thread. */
static void
gst_ipc_pipeline_sink_on_reply (IpcLink *link, IpcPacket *packet, guint tag, gpointer owner)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (owner);
  g_autoptr (GError) error = NULL;

  if (tag == TAG_TIME)
    GST_DEBUG_OBJECT (sink, "the peer %s our time", packet->query_result.result ? "runs on" : "does not use");
  else if (gst_ipc_agreement_take_answer (&sink->peer.agreement, link, packet, &error))
    GST_INFO_OBJECT (sink, "greeting answered: %s", packet->query_result.structure);
  else
    GST_INFO_OBJECT (sink, "the peer has no extensions: %s", error->message);
  ipc_packet_clear (packet);
}

/* Told behind the messages that the peer sent before it went. */
static void
gst_ipc_pipeline_sink_on_lost (IpcLink *link, const GError *error, gpointer owner)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (owner);

  gst_ipc_peer_report_lost (&sink->peer, sink->message_lane, error);
}

/* GObject and GstElement */

static void
gst_ipc_pipeline_sink_disconnect (GstIpcPipelineSink *sink)
{
  ipc_link_disconnect (sink->peer.link);
}

static void
gst_ipc_pipeline_sink_set_bus (GstElement *element, GstBus *bus)
{
  GST_ELEMENT_CLASS (gst_ipc_pipeline_sink_parent_class)->set_bus (element, bus);
  gst_ipc_peer_parent_changed (&GST_IPC_PIPELINE_SINK (element)->peer);
}

static void
gst_ipc_pipeline_sink_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (!gst_ipc_peer_set_property (&GST_IPC_PIPELINE_SINK (object)->peer, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_ipc_pipeline_sink_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (!gst_ipc_peer_get_property (&GST_IPC_PIPELINE_SINK (object)->peer, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_ipc_pipeline_sink_finalize (GObject *object)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (object);

  gst_ipc_peer_clear (&sink->peer);
  ipc_lane_free (sink->state_lane);
  ipc_lane_free (sink->message_lane);
  ipc_lane_free (sink->seek_lane);
  ipc_lane_free (sink->event_lane);
  ipc_lane_free (sink->query_lane);
  G_OBJECT_CLASS (gst_ipc_pipeline_sink_parent_class)->finalize (object);
}

static void
gst_ipc_pipeline_sink_class_init (GstIpcPipelineSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (ipc_pipeline_sink_debug, "ipcpipelinesink", 0, "ipcpipelinesink element");

  object_class->set_property = gst_ipc_pipeline_sink_set_property;
  object_class->get_property = gst_ipc_pipeline_sink_get_property;
  object_class->finalize = gst_ipc_pipeline_sink_finalize;
  element_class->set_bus = gst_ipc_pipeline_sink_set_bus;
  element_class->change_state = gst_ipc_pipeline_sink_change_state;
  element_class->send_event = gst_ipc_pipeline_sink_send_event;
  element_class->query = gst_ipc_pipeline_sink_element_query;

  gst_ipc_peer_class_init (element_class, DEFAULT_READ_CHUNK);

  /**
   * GstIpcPipelineSink::disconnect:
   *
   * Stops reading, forgets both file descriptors and fails everything that waits for the peer. The element can
   * then be given new file descriptors.
   */
  signals[SIGNAL_DISCONNECT]
      = g_signal_new_class_handler ("disconnect", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
          G_CALLBACK (gst_ipc_pipeline_sink_disconnect), NULL, NULL, NULL, G_TYPE_NONE, 0);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "Inter-process Pipeline Sink", "Sink",
      "Continues a pipeline in another process: data, events, queries and state changes go over a socket to an "
      "ipcpipelinesrc there",
      "gst-ipc-harness maintainers");
}

static void
gst_ipc_pipeline_sink_init (GstIpcPipelineSink *sink)
{
  static const IpcLinkHandler handler = {
    .packet = gst_ipc_pipeline_sink_on_packet,
    .lost = gst_ipc_pipeline_sink_on_lost,
    .reply = gst_ipc_pipeline_sink_on_reply,
  };

  GST_OBJECT_FLAG_SET (sink, GST_ELEMENT_FLAG_SINK);

  gst_ipc_told_time_init (&sink->told_time);
  sink->state_lane = ipc_lane_new ("ipcsink-state", 1);
  sink->message_lane = ipc_lane_new ("ipcsink-message", 1);
  sink->seek_lane = ipc_lane_new ("ipcsink-seek", 1);
  sink->event_lane = ipc_lane_new ("ipcsink-event", 1);
  sink->query_lane = ipc_lane_new ("ipcsink-query", QUERY_LANE_WIDTH);
  gst_ipc_peer_init (
      &sink->peer, GST_ELEMENT (sink), ipc_pipeline_sink_debug, &handler, IPC_TO_MASTER, DEFAULT_READ_CHUNK);

  sink->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (sink->sinkpad, gst_ipc_pipeline_sink_chain);
  gst_pad_set_event_full_function (sink->sinkpad, gst_ipc_pipeline_sink_pad_event);
  gst_pad_set_query_function (sink->sinkpad, gst_ipc_pipeline_sink_pad_query);
  gst_element_add_pad (GST_ELEMENT (sink), sink->sinkpad);
}
