/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-ipcpipelinesrc
 * @title: ipcpipelinesrc
 * @see_also: ipcpipelinesink, ipcslavepipeline
 *
 * The slave's end of a pipeline that is split over processes: what the `ipcpipelinesink` in the master
 * receives comes out of the source pad. The slave's pipeline, the nearest #GstPipeline above this element (normally an
 * `ipcslavepipeline`), follows the state of the master's.
 *
 * Threads. The link's reader calls on_packet, which never blocks: buffers, serialized events and serialized
 * queries go to a queue that the pad's task works off in order (gstipcsrcflow.h); everything else is done on lanes:
 * `state_lane` for state changes, `flush_lane` for events that overtake the queue, `seek_lane` for events to the
 * pipeline, `query_lane` for queries. `lock` protects what waits for the answer to a state change; it is never held
 * while sending.
 */

#include "gstipcpipelinesrc.h"

#include "gstipcimport.h"
#include "gstipcpeer.h"
#include "gstipcslavepipeline.h"
#include "gstipcsrcflow.h"
#include "wire/object.h"

GST_DEBUG_CATEGORY_STATIC (ipc_pipeline_src_debug);
#define GST_CAT_DEFAULT ipc_pipeline_src_debug

#define DEFAULT_READ_CHUNK 65536
#define QUERY_LANE_WIDTH 4

struct _GstIpcPipelineSrc {
  GstElement parent;
  GstPad *srcpad;
  GstIpcPeer peer;
  IpcLane *state_lane, *flush_lane, *seek_lane, *query_lane, *message_lane;

  GstIpcSrcFlow flow;
  GstIpcImport *import;

  GMutex lock;
  guint state_changes; /* being made for the master and not answered yet */
  GQueue held_back;    /* of GstMessage: async-done ones that must not overtake that answer */

  /* The peer that told the time to use for the change to PLAYING which it asks for next, 0: none has. On the state
   * lane.
   */
  guint64 time_from;
};

enum { SIGNAL_FORWARD_MESSAGE, SIGNAL_DISCONNECT, N_SIGNALS };

static guint signals[N_SIGNALS];

static GstStaticPadTemplate src_template
    = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_FINAL_TYPE (GstIpcPipelineSrc, gst_ipc_pipeline_src, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE (ipcpipelinesrc, "ipcpipelinesrc", GST_RANK_NONE, GST_TYPE_IPC_PIPELINE_SRC);

/* The nearest pipeline above, or NULL. */
static GstElement *
gst_ipc_pipeline_src_dup_pipeline (GstIpcPipelineSrc *src)
{
  GstObject *object = gst_object_get_parent (GST_OBJECT (src));

  while (object != NULL && !GST_IS_PIPELINE (object)) {
    GstObject *parent = gst_object_get_parent (object);

    gst_object_unref (object);
    object = parent;
  }
  return GST_ELEMENT_CAST (object);
}

/* Past the queue, on lanes */

static void
gst_ipc_pipeline_src_on_flush_start (GstElement *element, GstIpcArrival *arrival)
{
  gst_ipc_src_flow_push_flush_start (&GST_IPC_PIPELINE_SRC (element)->flow, arrival);
}

static void
gst_ipc_pipeline_src_on_overtaking_event (GstElement *element, GstIpcArrival *arrival)
{
  gst_ipc_src_flow_push_event (&GST_IPC_PIPELINE_SRC (element)->flow, arrival);
}

static void
gst_ipc_pipeline_src_on_query (GstElement *element, GstIpcArrival *arrival)
{
  gst_ipc_src_flow_push_query (&GST_IPC_PIPELINE_SRC (element)->flow, arrival);
}

static void
gst_ipc_pipeline_src_on_pipeline_query (GstElement *element, GstIpcArrival *arrival)
{
  GstIpcPipelineSrc *src = GST_IPC_PIPELINE_SRC (element);
  g_autoptr (GstElement) pipeline = gst_ipc_pipeline_src_dup_pipeline (src);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstQuery) query = ipc_query_from_packet (&arrival->packet, &error);
  gboolean ret;

  if (query == NULL) {
    gst_ipc_peer_note_refused (&src->peer, &arrival->packet, error->message);
    gst_ipc_peer_refuse (&src->peer, arrival, GST_FLOW_ERROR);
    return;
  }
  /* GStreamer logs a warning of one that its type does not let go this way. */
  ret = pipeline != NULL && GST_QUERY_IS_UPSTREAM (query) && gst_element_query (pipeline, query);
  gst_ipc_peer_answer_query (&src->peer, arrival, query, ret);
}

static void
gst_ipc_pipeline_src_take_latency (GstElement *pipeline, GstEvent *event)
{
  GstClockTime latency;

  gst_event_parse_latency (event, &latency);
  gst_ipc_slave_pipeline_set_latency (pipeline, latency);
}

/* As an ipcslavepipeline does it by itself (LIFE-11), here for any. */
static gboolean
gst_ipc_pipeline_src_step (GstIpcPipelineSrc *src, GstElement *pipeline, GstEvent *event)
{
  gboolean ret;

  if (!gst_ipc_src_flow_begin_step (&src->flow)) {
    gst_event_unref (event);
    return FALSE;
  }
  ret = gst_element_send_event (pipeline, event);
  gst_ipc_src_flow_end_step (&src->flow);
  return ret;
}

static void
gst_ipc_pipeline_src_on_pipeline_event (GstElement *element, GstIpcArrival *arrival)
{
  GstIpcPipelineSrc *src = GST_IPC_PIPELINE_SRC (element);
  g_autoptr (GstElement) pipeline = gst_ipc_pipeline_src_dup_pipeline (src);
  g_autoptr (GError) error = NULL;
  GstEvent *event = ipc_event_from_packet (&arrival->packet, &error);
  gboolean ret = FALSE;

  if (event == NULL)
    gst_ipc_peer_note_refused (&src->peer, &arrival->packet, error->message);
  if (pipeline != NULL && event != NULL) {
    if (GST_EVENT_TYPE (event) == GST_EVENT_LATENCY)
      gst_ipc_pipeline_src_take_latency (pipeline, event);
    if (GST_EVENT_TYPE (event) == GST_EVENT_STEP)
      ret = gst_ipc_pipeline_src_step (src, pipeline, g_steal_pointer (&event));
    else
      ret = gst_element_send_event (pipeline, g_steal_pointer (&event));
  }
  g_clear_pointer (&event, gst_event_unref);
  gst_ipc_peer_ack (&src->peer, arrival, ret);
}

/* State changes for the master */

static void
gst_ipc_pipeline_src_begin_state_change (GstIpcPipelineSrc *src)
{
  g_mutex_lock (&src->lock);
  src->state_changes++;
  g_mutex_unlock (&src->lock);
}

/* Sends what had to wait for the answer. */
static void
gst_ipc_pipeline_src_end_state_change (GstIpcPipelineSrc *src)
{
  GQueue held_back = G_QUEUE_INIT;
  GstMessage *message;

  g_mutex_lock (&src->lock);
  if (--src->state_changes == 0) {
    held_back = src->held_back;
    g_queue_init (&src->held_back);
  }
  g_mutex_unlock (&src->lock);

  while ((message = g_queue_pop_head (&held_back)) != NULL) {
    gst_ipc_peer_send_message (&src->peer, message);
    gst_message_unref (message);
  }
}

gboolean
gst_ipc_pipeline_src_has_reference_peer (GstIpcPipelineSrc *src)
{
  return gst_ipc_agreement_get (&src->peer.agreement, src->peer.link, NULL, NULL);
}

gboolean
gst_ipc_pipeline_src_has_peer (GstIpcPipelineSrc *src, guint64 peer)
{
  return ipc_link_get_peer (src->peer.link) == peer;
}

/* Before the change to PLAYING (TIME-1). */
static void
gst_ipc_pipeline_src_on_time (GstElement *element, GstIpcArrival *arrival)
{
  GstIpcPipelineSrc *src = GST_IPC_PIPELINE_SRC (element);
  g_autoptr (GstElement) pipeline = gst_ipc_pipeline_src_dup_pipeline (src);
  g_autoptr (GError) error = NULL;
  g_auto (IpcPacket) answer = { 0 };
  IpcFeatures features;
  gboolean shares_time, taken;
  IpcTime time;

  gst_ipc_agreement_get (&src->peer.agreement, src->peer.link, &features, &shares_time);
  if (!ipc_time_from_packet (&arrival->packet, &time, &error))
    gst_ipc_peer_note_refused (&src->peer, &arrival->packet, error->message);
  taken = error == NULL && (features & IPC_FEATURE_TIME) && shares_time && pipeline != NULL
          && gst_ipc_slave_pipeline_set_time (pipeline, &time);
  src->time_from = taken ? arrival->from : 0;
  ipc_packet_build_query_echo (&answer, &arrival->packet, taken);
  ipc_link_reply_to (src->peer.link, arrival->from, &answer);
}

/* Without a word about time in front of it the change to PLAYING is one on a time of the pipeline's own (TIME-2). */
static void
gst_ipc_pipeline_src_settle_time (GstIpcPipelineSrc *src, const GstIpcArrival *arrival, GstElement *pipeline)
{
  if (src->time_from != arrival->from)
    gst_ipc_slave_pipeline_set_time (pipeline, NULL);
  src->time_from = 0;
}

static void
gst_ipc_pipeline_src_on_state_change (GstElement *element, GstIpcArrival *arrival)
{
  GstIpcPipelineSrc *src = GST_IPC_PIPELINE_SRC (element);
  const GstStateChange transition = arrival->packet.state_change.transition;
  g_autoptr (GstElement) pipeline = gst_ipc_pipeline_src_dup_pipeline (src);
  GstStateChangeReturn ret = GST_STATE_CHANGE_FAILURE;

  if (pipeline != NULL && transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    gst_ipc_pipeline_src_settle_time (src, arrival, pipeline);
  if (pipeline != NULL)
    ret = gst_ipc_slave_pipeline_follow (pipeline, transition, src, arrival->from);
  else
    GST_WARNING_OBJECT (src, "no pipeline to change the state of");
  GST_DEBUG_OBJECT (src, "%s for the master: %s", gst_state_change_get_name (transition),
      gst_element_state_change_return_get_name (ret));
  gst_ipc_peer_ack (&src->peer, arrival, ret);
  gst_ipc_pipeline_src_end_state_change (src);
}

/* Messages to the master */

gboolean
gst_ipc_pipeline_src_forward_message (GstIpcPipelineSrc *src, GstMessage *message)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ASYNC_DONE) {
    gboolean held_back;

    g_mutex_lock (&src->lock);
    held_back = src->state_changes > 0;
    if (held_back)
      g_queue_push_tail (&src->held_back, gst_message_ref (message));
    g_mutex_unlock (&src->lock);
    if (held_back)
      return TRUE;
  }
  return gst_ipc_peer_send_message (&src->peer, message);
}

/* An async-done that has not been sent yet told of the state that is lost now: behind this it would be taken for the
 * one that is still to come. */
void
gst_ipc_pipeline_src_state_lost (GstIpcPipelineSrc *src)
{
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&src->lock);
  g_queue_clear_full (&src->held_back, (GDestroyNotify)gst_message_unref);
  g_mutex_unlock (&src->lock);
  ipc_packet_build_state_lost (&packet);
  if (!gst_ipc_peer_send (&src->peer, &packet, &error))
    GST_INFO_OBJECT (src, "master not told of the lost state: %s", error->message);
}

void
gst_ipc_pipeline_src_hold_flushes (GstIpcPipelineSrc *src, gboolean hold)
{
  if (hold)
    gst_ipc_src_flow_hold_flushes (&src->flow);
  else
    gst_ipc_src_flow_release_flushes (&src->flow);
}

gboolean
gst_ipc_pipeline_src_begin_step (GstIpcPipelineSrc *src)
{
  return gst_ipc_src_flow_begin_step (&src->flow);
}

void
gst_ipc_pipeline_src_end_step (GstIpcPipelineSrc *src)
{
  gst_ipc_src_flow_end_step (&src->flow);
}

/* What the master sends. Reader thread: nothing here may block. */

static void
gst_ipc_pipeline_src_on_event (GstIpcPipelineSrc *src, GstIpcArrival *arrival)
{
  const IpcPacket *packet = &arrival->packet;
  const gboolean plain = packet->header.type == IPC_PACKET_EVENT;
  const GstEventType type = plain ? packet->event.type : GST_EVENT_SINK_MESSAGE;

  if (plain && packet->event.upstream) {
    gst_ipc_peer_push_job (&src->peer, src->seek_lane, gst_ipc_pipeline_src_on_pipeline_event, arrival);
  } else if (gst_event_type_get_flags (type) & GST_EVENT_TYPE_SERIALIZED) {
    gst_ipc_src_flow_enqueue (&src->flow, arrival);
  } else if (type == GST_EVENT_FLUSH_START) {
    gst_ipc_src_flow_begin_flush (&src->flow, arrival);
    if (!gst_ipc_peer_push_job (&src->peer, src->flush_lane, gst_ipc_pipeline_src_on_flush_start, arrival))
      gst_ipc_src_flow_end_flush (&src->flow);
  } else {
    gst_ipc_peer_push_job (&src->peer, src->flush_lane, gst_ipc_pipeline_src_on_overtaking_event, arrival);
  }
}

/* What the elements say to each other. The answer to a greeting is there before whatever comes behind it is read
 * (EXT-5). */
static void
gst_ipc_pipeline_src_on_reserved_query (GstIpcPipelineSrc *src, GstIpcArrival *arrival)
{
  g_autoptr (GstIpcArrival) owned = arrival;
  g_autoptr (GError) error = NULL;

  if (ipc_packet_is_time (&owned->packet))
    gst_ipc_peer_push_job (&src->peer, src->state_lane, gst_ipc_pipeline_src_on_time, g_steal_pointer (&owned));
  else if (!ipc_packet_is_greeting (&owned->packet))
    gst_ipc_peer_refuse (&src->peer, owned, GST_FLOW_ERROR);
  else if (!gst_ipc_agreement_answer (&src->peer.agreement, src->peer.link, &owned->packet, &error))
    gst_ipc_peer_note_refused (&src->peer, &owned->packet, error->message);
}

/* What it refers to is found in the order of arrival, also for a buffer that nobody will want (MEM-3). */
static void
gst_ipc_pipeline_src_on_buffer (GstIpcPipelineSrc *src, GstIpcArrival *arrival)
{
  GError *error = NULL;

  if ((arrival->packet.form & IPC_FORM_MEMORY) && ipc_packet_is_loan (&arrival->packet)) {
    arrival->memories = gst_ipc_import_take (src->import, &arrival->packet, &error);
    if (arrival->memories == NULL) {
      ipc_link_fail (src->peer.link, arrival->from, error);
      gst_ipc_arrival_free (arrival);
      return;
    }
  }
  gst_ipc_src_flow_enqueue (&src->flow, arrival);
}

static void
gst_ipc_pipeline_src_on_memory_release (GstIpcPipelineSrc *src, GstIpcArrival *arrival)
{
  GError *error = NULL;

  if (!gst_ipc_import_forget (src->import, &arrival->packet, &error))
    ipc_link_fail (src->peer.link, arrival->from, error);
  gst_ipc_arrival_free (arrival);
}

static void
gst_ipc_pipeline_src_on_packet (IpcLink *link, IpcPacket *packet, gpointer owner)
{
  GstIpcPipelineSrc *src = GST_IPC_PIPELINE_SRC (owner);
  GstIpcArrival *arrival = gst_ipc_arrival_new (&src->peer, packet, 0);

  switch (arrival->packet.header.type) {
  case IPC_PACKET_BUFFER:
    gst_ipc_pipeline_src_on_buffer (src, arrival);
    break;
  case IPC_PACKET_MEMORY_RELEASE:
    gst_ipc_pipeline_src_on_memory_release (src, arrival);
    break;
  case IPC_PACKET_EVENT:
  case IPC_PACKET_SINK_MESSAGE_EVENT:
    gst_ipc_pipeline_src_on_event (src, arrival);
    break;
  case IPC_PACKET_QUERY:
    if (gst_ipc_agreement_is_reserved_packet (&arrival->packet))
      gst_ipc_pipeline_src_on_reserved_query (src, arrival);
    else if (!arrival->packet.query.upstream
             && gst_query_type_get_flags (arrival->packet.query.type) & GST_QUERY_TYPE_SERIALIZED)
      gst_ipc_src_flow_enqueue (&src->flow, arrival);
    else
      gst_ipc_peer_push_job (&src->peer, src->query_lane,
          arrival->packet.query.upstream ? gst_ipc_pipeline_src_on_pipeline_query : gst_ipc_pipeline_src_on_query,
          arrival);
    break;
  case IPC_PACKET_STATE_CHANGE:
    gst_ipc_pipeline_src_begin_state_change (src);
    if (!gst_ipc_peer_push_job (&src->peer, src->state_lane, gst_ipc_pipeline_src_on_state_change, arrival))
      gst_ipc_pipeline_src_end_state_change (src);
    break;
  default:
    gst_ipc_arrival_free (arrival);
    break;
  }
}

static void
gst_ipc_pipeline_src_on_lost (IpcLink *link, const GError *error, gpointer owner)
{
  GstIpcPipelineSrc *src = GST_IPC_PIPELINE_SRC (owner);

  gst_ipc_import_give_up (src->import, ipc_link_get_peer (link));
  gst_ipc_peer_report_lost (&src->peer, src->message_lane, error);
}

/* What the slave's own elements and application ask */

static gboolean
gst_ipc_pipeline_src_activate_mode (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  return gst_ipc_src_flow_activate (&GST_IPC_PIPELINE_SRC (parent)->flow, active);
}

/* The pipeline distributes its latency with its state locked, and could not go to NULL meanwhile; what the master makes
 * of it is the master's affair (LIFE-2). */
static gboolean
gst_ipc_pipeline_src_pad_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstIpcPipelineSrc *src = GST_IPC_PIPELINE_SRC (parent);
  const gboolean ret = GST_EVENT_TYPE (event) == GST_EVENT_LATENCY
                           ? gst_ipc_peer_tell_upstream_event (&src->peer, event)
                           : gst_ipc_peer_send_event (&src->peer, event, TRUE);

  gst_event_unref (event);
  return ret;
}

static gboolean
gst_ipc_pipeline_src_pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstIpcPipelineSrc *src = GST_IPC_PIPELINE_SRC (parent);

  switch (GST_QUERY_TYPE (query)) {
  case GST_QUERY_CONTEXT:
    /* A context is a thing of its process. */
    return FALSE;
  case GST_QUERY_CAPS:
    if (GST_STATE (src) == GST_STATE_NULL)
      return FALSE;
    break;
  case GST_QUERY_SCHEDULING:
    /* Whatever the master's source can do, this pad pushes. */
    gst_query_set_scheduling (query, GST_SCHEDULING_FLAG_SEQUENTIAL, 1, -1, 0);
    gst_query_add_scheduling_mode (query, GST_PAD_MODE_PUSH);
    return TRUE;
  default:
    break;
  }
  return gst_ipc_peer_send_query (&src->peer, query, TRUE);
}

/* GObject and GstElement */

static GstStateChangeReturn
gst_ipc_pipeline_src_change_state (GstElement *element, GstStateChange transition)
{
  GstIpcPipelineSrc *src = GST_IPC_PIPELINE_SRC (element);
  GstStateChangeReturn ret;

  /* A streaming thread that waits for the master must leave before the pad can be shut (LIFE-2). */
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    ipc_link_cancel (src->peer.link, IPC_WAIT_SERIALIZED | IPC_WAIT_CONTROL);
  ret = GST_ELEMENT_CLASS (gst_ipc_pipeline_src_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    ipc_link_uncancel (src->peer.link, IPC_WAIT_SERIALIZED | IPC_WAIT_CONTROL);
  return ret;
}

static void
gst_ipc_pipeline_src_disconnect (GstIpcPipelineSrc *src)
{
  ipc_link_disconnect (src->peer.link);
  gst_ipc_import_keep_only (src->import, 0);
}

static void
gst_ipc_pipeline_src_set_bus (GstElement *element, GstBus *bus)
{
  GST_ELEMENT_CLASS (gst_ipc_pipeline_src_parent_class)->set_bus (element, bus);
  gst_ipc_peer_parent_changed (&GST_IPC_PIPELINE_SRC (element)->peer);
}

static gboolean
gst_ipc_pipeline_src_post_message (GstElement *element, GstMessage *message)
{
  return gst_ipc_peer_post_message (&GST_IPC_PIPELINE_SRC (element)->peer, message,
      GST_ELEMENT_CLASS (gst_ipc_pipeline_src_parent_class)->post_message);
}

static void
gst_ipc_pipeline_src_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstIpcPipelineSrc *src = GST_IPC_PIPELINE_SRC (object);

  if (gst_ipc_peer_set_property (&src->peer, id, value)) {
    if (gst_ipc_peer_property_is_fd (id))
      gst_ipc_import_keep_only (src->import, ipc_link_get_peer (src->peer.link));
  } else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_ipc_pipeline_src_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstIpcPipelineSrc *src = GST_IPC_PIPELINE_SRC (object);

  if (gst_ipc_peer_property_is_stats (id)) {
    GstStructure *stats = gst_ipc_peer_get_stats (&src->peer);

    gst_ipc_import_add_stats (src->import, stats);
    g_value_take_boxed (value, stats);
  } else if (!gst_ipc_peer_get_property (&src->peer, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_ipc_pipeline_src_finalize (GObject *object)
{
  GstIpcPipelineSrc *src = GST_IPC_PIPELINE_SRC (object);

  gst_ipc_import_free (src->import);
  gst_ipc_peer_clear (&src->peer);
  ipc_lane_free (src->state_lane);
  ipc_lane_free (src->flush_lane);
  ipc_lane_free (src->seek_lane);
  ipc_lane_free (src->query_lane);
  ipc_lane_free (src->message_lane);
  gst_ipc_src_flow_clear (&src->flow);
  g_queue_clear_full (&src->held_back, (GDestroyNotify)gst_message_unref);
  g_mutex_clear (&src->lock);
  G_OBJECT_CLASS (gst_ipc_pipeline_src_parent_class)->finalize (object);
}

static void
gst_ipc_pipeline_src_class_init (GstIpcPipelineSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (ipc_pipeline_src_debug, "ipcpipelinesrc", 0, "ipcpipelinesrc element");

  object_class->set_property = gst_ipc_pipeline_src_set_property;
  object_class->get_property = gst_ipc_pipeline_src_get_property;
  object_class->finalize = gst_ipc_pipeline_src_finalize;
  element_class->set_bus = gst_ipc_pipeline_src_set_bus;
  element_class->post_message = gst_ipc_pipeline_src_post_message;
  element_class->change_state = gst_ipc_pipeline_src_change_state;

  gst_ipc_peer_class_init (element_class, DEFAULT_READ_CHUNK);

  /**
   * GstIpcPipelineSrc::forward-message:
   * @message: the #GstMessage to send to the master
   *
   * For slaves whose pipeline is not an `ipcslavepipeline`.
   *
   * Returns: %TRUE when the message was sent
   */
  signals[SIGNAL_FORWARD_MESSAGE]
      = g_signal_new_class_handler ("forward-message", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
          G_CALLBACK (gst_ipc_pipeline_src_forward_message), NULL, NULL, NULL, G_TYPE_BOOLEAN, 1, GST_TYPE_MESSAGE);
  /**
   * GstIpcPipelineSrc::disconnect:
   *
   * Stops reading, forgets both file descriptors and fails everything that waits for the peer. The element can
   * then be given new file descriptors.
   */
  signals[SIGNAL_DISCONNECT]
      = g_signal_new_class_handler ("disconnect", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
          G_CALLBACK (gst_ipc_pipeline_src_disconnect), NULL, NULL, NULL, G_TYPE_NONE, 0);

  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Inter-process Pipeline Source", "Source",
      "Continues a pipeline from another process: what the ipcpipelinesink there receives comes out here, and the "
      "pipeline around this element follows the state of that one",
      "gst-ipc-harness maintainers");
}

static void
gst_ipc_pipeline_src_init (GstIpcPipelineSrc *src)
{
  static const IpcLinkHandler handler
      = { .packet = gst_ipc_pipeline_src_on_packet, .lost = gst_ipc_pipeline_src_on_lost };

  GST_OBJECT_FLAG_SET (src, GST_ELEMENT_FLAG_SOURCE);

  g_mutex_init (&src->lock);
  g_queue_init (&src->held_back);
  src->state_lane = ipc_lane_new ("ipcsrc-state", 1);
  src->flush_lane = ipc_lane_new ("ipcsrc-flush", 1);
  src->seek_lane = ipc_lane_new ("ipcsrc-seek", 1);
  src->query_lane = ipc_lane_new ("ipcsrc-query", QUERY_LANE_WIDTH);
  src->message_lane = ipc_lane_new ("ipcsrc-message", 1);
  gst_ipc_peer_init (&src->peer, GST_ELEMENT (src), ipc_pipeline_src_debug, &handler, IPC_TO_SLAVE, DEFAULT_READ_CHUNK);
  src->import = gst_ipc_import_new (src->peer.link);

  src->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_ipc_src_flow_init (&src->flow, &src->peer, src->srcpad, src->import);
  gst_pad_set_activatemode_function (src->srcpad, gst_ipc_pipeline_src_activate_mode);
  gst_pad_set_event_function (src->srcpad, gst_ipc_pipeline_src_pad_event);
  gst_pad_set_query_function (src->srcpad, gst_ipc_pipeline_src_pad_query);
  gst_element_add_pad (GST_ELEMENT (src), src->srcpad);
}
