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

#include "gstipcexport.h"
#include "gstipcpeer.h"
#include "gstipcsinkflow.h"
#include "gstipcsinkstate.h"
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

  GstIpcExport *export;
  GstIpcSinkFlow flow;
  GstIpcSinkState state;
  /* Counts the flush-starts that came from upstream. Atomic. */
  gint flush_starts;
};

enum { PROP_MAX_IN_FLIGHT = GST_IPC_PEER_OWN_PROPERTIES };
enum { SIGNAL_DISCONNECT, N_SIGNALS };

static guint signals[N_SIGNALS];

static GstStaticPadTemplate sink_template
    = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_FINAL_TYPE (GstIpcPipelineSink, gst_ipc_pipeline_sink, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE (ipcpipelinesink, "ipcpipelinesink", GST_RANK_NONE, GST_TYPE_IPC_PIPELINE_SINK);

/* Downstream data */

/* What to tell upstream of an event that the peer did not take. A source that pushes a sticky event while the peer is
 * stopped or flushed, or is gone, is to stop and not to post an error of its own. */
static GstFlowReturn
gst_ipc_pipeline_sink_event_refused (GstIpcPipelineSink *sink, GstEventType type, gint flush_starts)
{
  if (gst_ipc_sink_state_is_stopping (&sink->state) || g_atomic_int_get (&sink->flush_starts) != flush_starts
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
  const gboolean serialized = GST_EVENT_IS_SERIALIZED (event);
  GstFlowReturn flow = GST_FLOW_OK;
  gboolean taken;

  if (type == GST_EVENT_FLUSH_STOP)
    gst_ipc_told_time_note_flush_stop (&sink->state.told_time, &sink->peer, event);
  taken = gst_ipc_peer_send_event (&sink->peer, event, FALSE);
  gst_event_unref (event);
  if (serialized)
    flow = gst_ipc_sink_flow_note_event (&sink->flow, type, taken);
  if (taken)
    return GST_FLOW_OK;
  return flow < GST_FLOW_OK ? flow : gst_ipc_pipeline_sink_event_refused (sink, type, flush_starts);
}

static GstFlowReturn
gst_ipc_pipeline_sink_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (parent);
  g_autoptr (GstBuffer) owned = buffer;

  gst_ipc_told_time_tell_moved (&sink->state.told_time, &sink->peer, GST_IPC_TAG_TIME);
  return gst_ipc_sink_flow_push (&sink->flow, owned);
}

static gboolean
gst_ipc_pipeline_sink_pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (parent);
  const GstIpcPipelineMemory memory = gst_ipc_peer_memory (&sink->peer);
  gboolean answered;

  if (GST_QUERY_TYPE (query) == GST_QUERY_CAPS && GST_STATE (sink) == GST_STATE_NULL)
    return FALSE;
  /* Unlike data, a serialized query that had to wait for the pad's stream lock is not told that the pad was shut
   * meanwhile; nobody would end its wait for the peer (LIFE-2). */
  if (GST_QUERY_IS_SERIALIZED (query) && GST_PAD_IS_FLUSHING (pad))
    return FALSE;
  answered = gst_ipc_peer_send_query (&sink->peer, query, FALSE);
  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION || !(ipc_link_get_form (sink->peer.link) & IPC_FORM_MEMORY)
      || memory == GST_IPC_PIPELINE_MEMORY_COPY)
    return answered;
  gst_ipc_export_answer_allocation (sink->export, query);
  return TRUE;
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
  gst_ipc_sink_state_follow_lost (&sink->state, FALSE);
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
gst_ipc_pipeline_sink_on_state_lost (GstElement *element, GstIpcArrival *arrival)
{
  gst_ipc_sink_state_follow_lost (&GST_IPC_PIPELINE_SINK (element)->state, TRUE);
}

static void
gst_ipc_pipeline_sink_on_async_done (GstElement *element, GstIpcArrival *arrival)
{
  gst_ipc_sink_state_take_async_done (&GST_IPC_PIPELINE_SINK (element)->state, arrival);
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

/* A slave that nothing was lent to has nothing to return. */
static void
gst_ipc_pipeline_sink_on_memory_release (GstIpcPipelineSink *sink, GstIpcArrival *arrival)
{
  GError *error = NULL;

  if (!gst_ipc_export_take_back (sink->export, arrival->from, &arrival->packet, &error))
    ipc_link_fail (sink->peer.link, arrival->from, error);
  gst_ipc_arrival_free (arrival);
}

/* Reader thread: nothing here may block. */
static void
gst_ipc_pipeline_sink_on_packet (IpcLink *link, IpcPacket *packet, gpointer owner)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (owner);
  GstIpcArrival *arrival = gst_ipc_arrival_new (&sink->peer, packet, gst_ipc_sink_state_serial (&sink->state));
  IpcLane *lane = sink->message_lane;
  GstIpcJobFunc func = gst_ipc_pipeline_sink_on_message;

  switch (arrival->packet.header.type) {
  case IPC_PACKET_MEMORY_RELEASE:
    gst_ipc_pipeline_sink_on_memory_release (sink, arrival);
    return;
  case IPC_PACKET_STATE_LOST:
    gst_ipc_sink_state_note_lost (&sink->state);
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

  if (tag == GST_IPC_TAG_TIME)
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

  gst_ipc_export_give_up (sink->export, ipc_link_get_peer (link));
  gst_ipc_peer_report_lost (&sink->peer, sink->message_lane, error);
}

/* GObject and GstElement */

/* Our own part of @transition, the peer's being done. */
static GstStateChangeReturn
gst_ipc_pipeline_sink_change_own_state (GstElement *element, GstStateChange transition)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (element);
  GstStateChangeReturn ret;

  /* A streaming thread that waits for the peer must leave before the pad can be shut (LIFE-2). */
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    ipc_link_cancel (sink->peer.link, IPC_WAIT_SERIALIZED | IPC_WAIT_CONTROL);

  ret = GST_ELEMENT_CLASS (gst_ipc_pipeline_sink_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    gst_ipc_sink_flow_reset (&sink->flow);
    ipc_link_uncancel (sink->peer.link, IPC_WAIT_SERIALIZED | IPC_WAIT_CONTROL);
    gst_ipc_export_withdraw (sink->export, sink->peer.link);
  }
  return ret;
}

static GstStateChangeReturn
gst_ipc_pipeline_sink_change_state (GstElement *element, GstStateChange transition)
{
  return gst_ipc_sink_state_change (
      &GST_IPC_PIPELINE_SINK (element)->state, transition, gst_ipc_pipeline_sink_change_own_state);
}

static void
gst_ipc_pipeline_sink_disconnect (GstIpcPipelineSink *sink)
{
  ipc_link_disconnect (sink->peer.link);
  gst_ipc_export_keep_only (sink->export, 0);
}

static void
gst_ipc_pipeline_sink_set_bus (GstElement *element, GstBus *bus)
{
  GST_ELEMENT_CLASS (gst_ipc_pipeline_sink_parent_class)->set_bus (element, bus);
  gst_ipc_peer_parent_changed (&GST_IPC_PIPELINE_SINK (element)->peer);
}

static gboolean
gst_ipc_pipeline_sink_post_message (GstElement *element, GstMessage *message)
{
  return gst_ipc_peer_post_message (&GST_IPC_PIPELINE_SINK (element)->peer, message,
      GST_ELEMENT_CLASS (gst_ipc_pipeline_sink_parent_class)->post_message);
}

static void
gst_ipc_pipeline_sink_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (object);

  if (gst_ipc_peer_set_property (&sink->peer, id, value)) {
    if (gst_ipc_peer_property_is_fd (id))
      gst_ipc_export_keep_only (sink->export, ipc_link_get_peer (sink->peer.link));
  } else if (id == PROP_MAX_IN_FLIGHT) {
    gst_ipc_sink_flow_set_max_in_flight (&sink->flow, g_value_get_uint (value));
    gst_ipc_export_set_in_flight (sink->export, g_value_get_uint (value));
  } else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_ipc_pipeline_sink_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (object);

  if (gst_ipc_peer_property_is_stats (id)) {
    GstStructure *stats = gst_ipc_peer_get_stats (&sink->peer);

    gst_ipc_export_add_stats (sink->export, stats);
    g_value_take_boxed (value, stats);
  } else if (id == PROP_MAX_IN_FLIGHT)
    g_value_set_uint (value, gst_ipc_sink_flow_get_max_in_flight (&sink->flow));
  else if (!gst_ipc_peer_get_property (&sink->peer, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_ipc_pipeline_sink_finalize (GObject *object)
{
  GstIpcPipelineSink *sink = GST_IPC_PIPELINE_SINK (object);

  gst_ipc_sink_flow_clear (&sink->flow);
  gst_ipc_peer_clear (&sink->peer);
  gst_ipc_export_free (sink->export);
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
  element_class->post_message = gst_ipc_pipeline_sink_post_message;
  element_class->change_state = gst_ipc_pipeline_sink_change_state;
  element_class->send_event = gst_ipc_pipeline_sink_send_event;
  element_class->query = gst_ipc_pipeline_sink_element_query;

  gst_ipc_peer_class_init (element_class, DEFAULT_READ_CHUNK);
  g_object_class_install_property (object_class, PROP_MAX_IN_FLIGHT,
      g_param_spec_uint ("max-in-flight", "Maximum in flight",
          "Buffers that may be on their way to the peer at once. 1: upstream waits for each, and is told what became "
          "of "
          "it. With more it is told of a failure when it pushes a later buffer, as by a queue, and the peer may hold "
          "so "
          "many buffers besides those of its elements",
          1, GST_IPC_SINK_FLOW_MAX_IN_FLIGHT, 1, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));

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

  sink->export = gst_ipc_export_new ();
  gst_ipc_sink_flow_init (&sink->flow, &sink->peer, sink->export);
  gst_ipc_sink_state_init (&sink->state, &sink->peer);
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
