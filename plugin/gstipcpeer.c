/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The part of an element that talks to the other one: properties, signals, and the carrying of events, queries and
 * messages. The link belongs to this part and is reached from any thread; nothing else here has state of its own
 * but two numbers that the element's object lock protects.
 */

#include "gstipcpeer.h"

#include "wire/object.h"

/* What a peer may have us keep at once. An honest one has a handful of requests on their way: it waits for most of
 * the answers. */
#define MAX_JOBS 1024

#define DEFAULT_ACK_TIME (10 * G_USEC_PER_SEC)
/* In place of an ack-time of 0, where something must be waited for all the same: room for a packet that is to be sent
 * (WAIT-7), a sign of life. Microseconds. */
#define LEAST_ROOM_TIME (G_USEC_PER_SEC / 10)
#define LEAST_PING_TIME G_USEC_PER_SEC
#define DEFAULT_MAX_PAYLOAD (256u * 1024 * 1024)
#define MAX_READ_CHUNK (1 << 24)
/* How many times ack-time an upstream event may take; whether the peer lives is asked for one more at most (LIFE-10).
 */
#define EVENT_ACK_TIMES 9

enum {
  PROP_0,
  PROP_FDIN,
  PROP_FDOUT,
  PROP_READ_CHUNK_SIZE,
  PROP_ACK_TIME,
  PROP_MAX_PAYLOAD_SIZE,
  PROP_MEMORY,
  PROP_STATS
};

typedef struct {
  GstElement *element;
  GstIpcJobFunc func;
  GstIpcArrival *arrival;
} GstIpcJob;

/* Properties and signals */

void
gst_ipc_peer_class_init (GstElementClass *klass, guint read_chunk)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  g_object_class_install_property (object_class, PROP_FDIN,
      g_param_spec_int ("fdin", "Input file descriptor",
          "File descriptor to read from: a socket, the reading end of a pipe. It belongs to the application, which may "
          "change it at any time and closes it itself when it has been replaced (-1: none)",
          -1, G_MAXINT, -1, flags));
  g_object_class_install_property (object_class, PROP_FDOUT,
      g_param_spec_int ("fdout", "Output file descriptor",
          "File descriptor to write to; may be the same as fdin. It belongs to the application, which may change it at "
          "any time and closes it itself when it has been replaced (-1: none)",
          -1, G_MAXINT, -1, flags));
  g_object_class_install_property (object_class, PROP_READ_CHUNK_SIZE,
      g_param_spec_uint ("read-chunk-size", "Read chunk size", "Bytes to ask for in one read from fdin", 1,
          MAX_READ_CHUNK, read_chunk, flags));
  g_object_class_install_property (object_class, PROP_ACK_TIME,
      g_param_spec_uint64 ("ack-time", "Ack time",
          "How long the peer may take to answer a state change or a query that is not serialized, in microseconds; "
          "buffers, serialized events and serialized queries are waited for without limit. 0: answers are not waited "
          "for, so no state change upwards succeeds",
          0, G_MAXUINT64, DEFAULT_ACK_TIME, flags));
  g_object_class_install_property (object_class, PROP_MAX_PAYLOAD_SIZE,
      g_param_spec_uint ("max-payload-size", "Maximum payload size",
          "Bytes of the largest packet that is accepted from the peer; a larger one is an error and ends the "
          "connection. Holds for peers that are set afterwards",
          1024, G_MAXUINT32, DEFAULT_MAX_PAYLOAD, flags));
  g_object_class_install_property (object_class, PROP_MEMORY,
      g_param_spec_enum ("memory", "Memory",
          "Whether buffers may be passed by reference, as memory that both processes have, where the peer and the "
          "connection (a local socket) allow it. What is passed so can be changed by the master while the slave reads "
          "it: choose copy in a slave that does not trust its master. Holds for peers that are greeted afterwards",
          GST_TYPE_IPC_PIPELINE_MEMORY, GST_IPC_PIPELINE_MEMORY_AUTO, flags));
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Counters of the traffic with the peer, and what both can do beyond the legacy protocol (features)",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

gboolean
gst_ipc_peer_set_property (GstIpcPeer *peer, guint id, const GValue *value)
{
  switch (id) {
  case PROP_FDIN:
    ipc_link_set_fdin (peer->link, g_value_get_int (value));
    return TRUE;
  case PROP_FDOUT:
    ipc_link_set_fdout (peer->link, g_value_get_int (value));
    return TRUE;
  case PROP_READ_CHUNK_SIZE:
    ipc_link_set_read_chunk (peer->link, g_value_get_uint (value));
    return TRUE;
  case PROP_ACK_TIME:
    GST_OBJECT_LOCK (peer->element);
    peer->ack_time = g_value_get_uint64 (value);
    GST_OBJECT_UNLOCK (peer->element);
    return TRUE;
  case PROP_MAX_PAYLOAD_SIZE:
    GST_OBJECT_LOCK (peer->element);
    peer->max_payload = g_value_get_uint (value);
    GST_OBJECT_UNLOCK (peer->element);
    ipc_link_set_max_payload (peer->link, g_value_get_uint (value));
    return TRUE;
  case PROP_MEMORY:
    GST_OBJECT_LOCK (peer->element);
    peer->memory = g_value_get_enum (value);
    GST_OBJECT_UNLOCK (peer->element);
    gst_ipc_agreement_allow_memory (&peer->agreement, g_value_get_enum (value) != GST_IPC_PIPELINE_MEMORY_COPY);
    return TRUE;
  default:
    return FALSE;
  }
}

/* Those of the link, and what only an element knows (STAT-1). */
GstStructure *
gst_ipc_peer_get_stats (GstIpcPeer *peer)
{
  GstStructure *stats = ipc_link_get_stats (peer->link);
  g_autofree gchar *words = NULL;
  guint64 refused, metas_skipped;
  IpcFeatures features;

  gst_ipc_agreement_get (&peer->agreement, peer->link, &features, NULL);
  words = ipc_features_to_string (features);
  GST_OBJECT_LOCK (peer->element);
  refused = peer->refused;
  metas_skipped = peer->metas_skipped;
  GST_OBJECT_UNLOCK (peer->element);
  gst_structure_set (stats, "refused", G_TYPE_UINT64, refused, "metas-skipped", G_TYPE_UINT64, metas_skipped,
      "features", G_TYPE_STRING, words, NULL);
  return stats;
}

gboolean
gst_ipc_peer_get_property (GstIpcPeer *peer, guint id, GValue *value)
{
  switch (id) {
  case PROP_FDIN:
    g_value_set_int (value, ipc_link_get_fdin (peer->link));
    return TRUE;
  case PROP_FDOUT:
    g_value_set_int (value, ipc_link_get_fdout (peer->link));
    return TRUE;
  case PROP_READ_CHUNK_SIZE:
    g_value_set_uint (value, ipc_link_get_read_chunk (peer->link));
    return TRUE;
  case PROP_ACK_TIME:
    g_value_set_uint64 (value, gst_ipc_peer_ack_time (peer));
    return TRUE;
  case PROP_MAX_PAYLOAD_SIZE:
    GST_OBJECT_LOCK (peer->element);
    g_value_set_uint (value, peer->max_payload);
    GST_OBJECT_UNLOCK (peer->element);
    return TRUE;
  case PROP_MEMORY:
    g_value_set_enum (value, gst_ipc_peer_memory (peer));
    return TRUE;
  default:
    return FALSE;
  }
}

gboolean
gst_ipc_peer_property_is_fd (guint id)
{
  return id == PROP_FDIN || id == PROP_FDOUT;
}

gboolean
gst_ipc_peer_property_is_stats (guint id)
{
  return id == PROP_STATS;
}

GstIpcPipelineMemory
gst_ipc_peer_memory (GstIpcPeer *peer)
{
  GstIpcPipelineMemory memory;

  GST_OBJECT_LOCK (peer->element);
  memory = peer->memory;
  GST_OBJECT_UNLOCK (peer->element);
  return memory;
}

/* Life */

void
gst_ipc_peer_init (GstIpcPeer *peer, GstElement *element, GstDebugCategory *debug, const IpcLinkHandler *handler,
    IpcDirection receives, guint read_chunk)
{
  peer->element = element;
  peer->debug = debug;
  peer->ack_time = DEFAULT_ACK_TIME;
  peer->max_payload = DEFAULT_MAX_PAYLOAD;
  peer->link = ipc_link_new (G_OBJECT (element), handler, receives, G_OBJECT_TYPE_NAME (element));
  ipc_link_set_read_chunk (peer->link, read_chunk);
  ipc_link_set_max_payload (peer->link, peer->max_payload);
  gst_ipc_agreement_init (&peer->agreement);
}

void
gst_ipc_peer_clear (GstIpcPeer *peer)
{
  ipc_link_stop (peer->link);
  g_clear_pointer (&peer->link, ipc_link_unref);
  gst_ipc_agreement_clear (&peer->agreement);
}

void
gst_ipc_peer_parent_changed (GstIpcPeer *peer)
{
  g_autofree gchar *name = gst_object_get_name (GST_OBJECT (peer->element));
  gboolean has_parent;

  ipc_link_set_name (peer->link, name);
  GST_OBJECT_LOCK (peer->element);
  has_parent = GST_OBJECT_PARENT (peer->element) != NULL && GST_ELEMENT_BUS (peer->element) != NULL;
  peer->bus_is_bins = has_parent;
  GST_OBJECT_UNLOCK (peer->element);

  if (has_parent)
    ipc_link_start (peer->link);
  else
    ipc_link_stop (peer->link);
}

guint64
gst_ipc_peer_ack_time (GstIpcPeer *peer)
{
  guint64 ack_time;

  GST_OBJECT_LOCK (peer->element);
  ack_time = peer->ack_time;
  GST_OBJECT_UNLOCK (peer->element);
  return ack_time;
}

/* Jobs */

GstIpcArrival *
gst_ipc_arrival_new (GstIpcPeer *peer, IpcPacket *packet, guint serial)
{
  GstIpcArrival *arrival = g_new0 (GstIpcArrival, 1);

  arrival->packet = *packet;
  memset (packet, 0, sizeof (*packet));
  arrival->from = ipc_link_get_peer (peer->link);
  arrival->serial = serial;
  return arrival;
}

void
gst_ipc_arrival_free (GstIpcArrival *arrival)
{
  g_clear_pointer (&arrival->memories, g_ptr_array_unref);
  ipc_packet_clear (&arrival->packet);
  g_free (arrival);
}

/* What is posted goes up through the bins above, which GStreamer does not hold meanwhile: it relies on threads that end
 * with the state, as lanes do not. They hold the bins, to be released when the job is done. A streaming thread must
 * not: it would be left with the last reference, and with ending itself. */
static GPtrArray *
gst_ipc_hold_bins (GstElement *element)
{
  GPtrArray *bins = g_ptr_array_new_with_free_func (gst_object_unref);
  GstObject *bin = gst_object_get_parent (GST_OBJECT (element));

  for (; bin != NULL; bin = gst_object_get_parent (bin))
    g_ptr_array_add (bins, bin);
  return bins;
}

/* An element that is being removed has lost its bin, and for a moment still has the bus that leads there. */
gboolean
gst_ipc_peer_post_message (
    GstIpcPeer *peer, GstMessage *message, gboolean (*post) (GstElement *element, GstMessage *message))
{
  gboolean leads_nowhere;

  GST_OBJECT_LOCK (peer->element);
  leads_nowhere = peer->bus_is_bins && GST_OBJECT_PARENT (peer->element) == NULL;
  GST_OBJECT_UNLOCK (peer->element);
  if (!leads_nowhere)
    return post (peer->element, message);
  gst_message_unref (message);
  return FALSE;
}

static void
gst_ipc_job_run (gpointer data)
{
  GstIpcJob *job = data;
  GPtrArray *bins = gst_ipc_hold_bins (job->element);

  job->func (job->element, job->arrival);
  g_ptr_array_unref (bins);
}

static void
gst_ipc_job_free (gpointer data)
{
  GstIpcJob *job = data;

  gst_ipc_arrival_free (job->arrival);
  gst_object_unref (job->element);
  g_free (job);
}

void
gst_ipc_peer_fail_flood (GstIpcPeer *peer, guint limit)
{
  ipc_link_fail (peer->link, g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_PROTOCOL,
                                 "the peer sent more than %u packets without waiting for their answers", limit));
}

gboolean
gst_ipc_peer_push_job (GstIpcPeer *peer, IpcLane *lane, GstIpcJobFunc func, GstIpcArrival *arrival)
{
  GstIpcJob *job;

  if (ipc_lane_length (lane) >= MAX_JOBS) {
    gst_ipc_arrival_free (arrival);
    gst_ipc_peer_fail_flood (peer, MAX_JOBS);
    return FALSE;
  }

  job = g_new (GstIpcJob, 1);
  job->element = gst_object_ref (peer->element);
  job->func = func;
  job->arrival = arrival;
  ipc_lane_push (lane, gst_ipc_job_run, job, gst_ipc_job_free);
  return TRUE;
}

/* Requests */

/* Ack-time, or @least when that is 0. */
static guint64
gst_ipc_peer_time (GstIpcPeer *peer, guint64 least)
{
  const guint64 ack_time = gst_ipc_peer_ack_time (peer);

  return ack_time > 0 ? ack_time : least;
}

guint64
gst_ipc_peer_room_time (GstIpcPeer *peer)
{
  return gst_ipc_peer_time (peer, LEAST_ROOM_TIME);
}

gboolean
gst_ipc_peer_send (GstIpcPeer *peer, IpcPacket *packet, GError **error)
{
  return ipc_link_send (peer->link, packet, gst_ipc_peer_room_time (peer), error);
}

guint64
gst_ipc_peer_greet (GstIpcPeer *peer, guint tag)
{
  g_autoptr (GError) error = NULL;
  const guint64 waited
      = gst_ipc_agreement_greet (&peer->agreement, peer->link, tag, gst_ipc_peer_room_time (peer), &error);

  if (error != NULL)
    GST_CAT_INFO_OBJECT (peer->debug, peer->element, "the peer was not greeted: %s", error->message);
  return waited;
}

IpcOutcome
gst_ipc_peer_request (GstIpcPeer *peer, IpcPacket *packet, guint64 waited, IpcPacket *reply, GError **error)
{
  const gchar *name = ipc_packet_info (packet->header.type)->name;
  const guint64 ack_time = gst_ipc_peer_ack_time (peer);
  g_autoptr (GError) reason = NULL;

  if (ack_time > 0)
    return ipc_link_request (peer->link, packet, NULL, IPC_WAIT_CONTROL,
        waited < ack_time / 10 ? ack_time : ack_time - MIN (waited, ack_time), reply, error);
  if (!gst_ipc_peer_send (peer, packet, &reason)) {
    const gboolean timed_out = g_error_matches (reason, IPC_LINK_ERROR, IPC_LINK_ERROR_TIMEOUT);

    g_propagate_error (error, g_steal_pointer (&reason));
    return timed_out ? IPC_OUTCOME_TIMED_OUT : IPC_OUTCOME_GONE;
  }
  g_set_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_TIMEOUT,
      "%s was sent, and its answer is not waited for because ack-time is 0; set ack-time to the microseconds that the "
      "peer may take",
      name);
  return IPC_OUTCOME_TIMED_OUT;
}

static gboolean
gst_ipc_peer_lives (IpcLink *link, gpointer user_data)
{
  GstIpcPeer *peer = user_data;

  return gst_ipc_agreement_ping (&peer->agreement, link, gst_ipc_peer_time (peer, LEAST_PING_TIME));
}

/* Who sends an event to an element has its state locked, and that of the pipeline, which then cannot go to NULL either:
 * a slave that can be asked whether it lives is asked, and nobody is waited for without limit (LIFE-10).
 */
static IpcOutcome
gst_ipc_peer_wait_for_upstream_event (GstIpcPeer *peer, IpcPacket *packet, IpcPacket *reply, GError **error)
{
  const guint64 time = gst_ipc_peer_time (peer, LEAST_PING_TIME);
  const guint64 limit = time < IPC_WAIT_FOREVER / EVENT_ACK_TIMES ? EVENT_ACK_TIMES * time : IPC_WAIT_FOREVER;

  if (gst_ipc_agreement_can_ping (&peer->agreement, peer->link))
    return ipc_link_request_watched (
        peer->link, packet, IPC_WAIT_SERIALIZED, time, limit, gst_ipc_peer_lives, peer, reply, error);
  return ipc_link_request (peer->link, packet, NULL, IPC_WAIT_SERIALIZED, limit, reply, error);
}

/* FALSE when the other side could not make an event of it: then it is not sent, and counts as handled (OBJ-10). */
static gboolean
gst_ipc_peer_build_event (GstIpcPeer *peer, IpcPacket *packet, GstEvent *event, gboolean upstream)
{
  g_autoptr (GError) error = NULL;
  gboolean built;

  packet->form = ipc_link_get_form (peer->link);
  if (GST_EVENT_TYPE (event) == GST_EVENT_SINK_MESSAGE)
    built = ipc_packet_build_sink_message (packet, event, &error);
  else
    built = ipc_packet_build_event (packet, event, upstream, &error);
  if (!built)
    GST_CAT_INFO_OBJECT (
        peer->debug, peer->element, "%s event stays here: %s", GST_EVENT_TYPE_NAME (event), error->message);
  return built;
}

static void
gst_ipc_peer_warn_of_event (GstIpcPeer *peer, GstEvent *event, const GError *error)
{
  GST_CAT_WARNING_OBJECT (peer->debug, peer->element, "%s event to the " GST_IPC_PEER_FORMAT ": %s",
      GST_EVENT_TYPE_NAME (event), GST_IPC_PEER_ARGS (peer), error->message);
}

gboolean
gst_ipc_peer_tell_upstream_event (GstIpcPeer *peer, GstEvent *event)
{
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;

  if (!gst_ipc_peer_build_event (peer, &packet, event, TRUE) || gst_ipc_peer_send (peer, &packet, &error))
    return TRUE;
  gst_ipc_peer_warn_of_event (peer, event, error);
  return FALSE;
}

/* How long the answer is waited for: docs/protocol.md, "Waiting". */
gboolean
gst_ipc_peer_send_event (GstIpcPeer *peer, GstEvent *event, gboolean upstream)
{
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcPacket) reply = { .ack.result = TRUE };
  g_autoptr (GError) error = NULL;
  IpcOutcome outcome;

  if (!gst_ipc_peer_build_event (peer, &packet, event, upstream))
    return TRUE;
  if (upstream)
    outcome = gst_ipc_peer_wait_for_upstream_event (peer, &packet, &reply, &error);
  else if (GST_EVENT_IS_SERIALIZED (event))
    outcome = ipc_link_request (peer->link, &packet, NULL, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER, &reply, &error);
  else if (packet.header.type == IPC_PACKET_SINK_MESSAGE_EVENT)
    outcome = gst_ipc_peer_request (peer, &packet, 0, &reply, &error);
  else
    outcome = gst_ipc_peer_send (peer, &packet, &error) ? IPC_OUTCOME_REPLIED : IPC_OUTCOME_GONE;
  if (outcome != IPC_OUTCOME_REPLIED) {
    gst_ipc_peer_warn_of_event (peer, event, error);
    return FALSE;
  }
  return reply.ack.result != 0;
}

gboolean
gst_ipc_peer_send_query (GstIpcPeer *peer, GstQuery *query, gboolean upstream)
{
  g_auto (IpcPacket) packet = { .form = ipc_link_get_form (peer->link) };
  g_auto (IpcPacket) reply = { 0 };
  g_autoptr (GError) error = NULL;
  const gboolean serialized = GST_QUERY_IS_SERIALIZED (query) && !upstream;
  IpcOutcome outcome;

  if (gst_ipc_agreement_is_reserved_query (query))
    return FALSE;
  if (!ipc_packet_build_query (&packet, query, upstream, &error)) {
    GST_CAT_INFO_OBJECT (
        peer->debug, peer->element, "%s query stays here: %s", GST_QUERY_TYPE_NAME (query), error->message);
    return FALSE;
  }

  if (serialized)
    outcome = ipc_link_request (peer->link, &packet, NULL, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER, &reply, &error);
  else
    outcome = gst_ipc_peer_request (peer, &packet, 0, &reply, &error);
  if (outcome != IPC_OUTCOME_REPLIED) {
    GST_CAT_WARNING_OBJECT (peer->debug, peer->element, "%s query to the " GST_IPC_PEER_FORMAT ": %s",
        GST_QUERY_TYPE_NAME (query), GST_IPC_PEER_ARGS (peer), error->message);
    return FALSE;
  }

  if (!reply.query_result.result)
    return FALSE;
  if (!ipc_query_update_from_packet (query, &reply, &error)) {
    gst_ipc_peer_note_refused (peer, &reply, error->message);
    return FALSE;
  }
  return TRUE;
}

gboolean
gst_ipc_message_type_is_local (GstMessageType type)
{
  switch (type) {
  case GST_MESSAGE_STATE_CHANGED:
  case GST_MESSAGE_ASYNC_START:
  case GST_MESSAGE_CLOCK_PROVIDE:
  case GST_MESSAGE_CLOCK_LOST:
  case GST_MESSAGE_NEW_CLOCK:
  case GST_MESSAGE_STREAM_STATUS:
  case GST_MESSAGE_NEED_CONTEXT:
  case GST_MESSAGE_HAVE_CONTEXT:
  case GST_MESSAGE_STRUCTURE_CHANGE:
    return TRUE;
  default:
    return FALSE;
  }
}

gboolean
gst_ipc_peer_send_message (GstIpcPeer *peer, GstMessage *message)
{
  g_auto (IpcPacket) packet = { .form = ipc_link_get_form (peer->link) };
  g_autoptr (GError) error = NULL;

  if (!ipc_packet_build_message (&packet, message, &error)) {
    GST_CAT_INFO_OBJECT (
        peer->debug, peer->element, "%s message stays here: %s", GST_MESSAGE_TYPE_NAME (message), error->message);
    return FALSE;
  }
  if (!gst_ipc_peer_send (peer, &packet, &error)) {
    GST_CAT_INFO_OBJECT (
        peer->debug, peer->element, "%s message not sent: %s", GST_MESSAGE_TYPE_NAME (message), error->message);
    return FALSE;
  }
  return TRUE;
}

/* Answers */

void
gst_ipc_peer_ack (GstIpcPeer *peer, const GstIpcArrival *request, guint32 result)
{
  g_auto (IpcPacket) packet = { 0 };

  ipc_packet_build_ack (&packet, request->packet.header.id, result);
  ipc_link_reply_to (peer->link, request->from, &packet);
}

void
gst_ipc_peer_answer_query (GstIpcPeer *peer, const GstIpcArrival *request, GstQuery *query, gboolean result)
{
  g_auto (IpcPacket) packet = { .form = request->packet.form };

  ipc_packet_build_query_result (&packet, request->packet.header.id, query, result);
  ipc_link_reply_to (peer->link, request->from, &packet);
}

static void
gst_ipc_peer_refuse_query (GstIpcPeer *peer, const GstIpcArrival *request)
{
  g_auto (IpcPacket) packet = { 0 };

  ipc_packet_build_query_echo (&packet, &request->packet, FALSE);
  ipc_link_reply_to (peer->link, request->from, &packet);
}

void
gst_ipc_peer_refuse (GstIpcPeer *peer, const GstIpcArrival *request, GstFlowReturn flow)
{
  switch (request->packet.header.type) {
  case IPC_PACKET_BUFFER:
    gst_ipc_peer_ack (peer, request, (guint32)flow);
    break;
  case IPC_PACKET_EVENT:
  case IPC_PACKET_SINK_MESSAGE_EVENT:
    gst_ipc_peer_ack (peer, request, FALSE);
    break;
  case IPC_PACKET_QUERY:
    gst_ipc_peer_refuse_query (peer, request);
    break;
  default:
    break;
  }
}

void
gst_ipc_peer_note_refused (GstIpcPeer *peer, const IpcPacket *packet, const gchar *why)
{
  GST_OBJECT_LOCK (peer->element);
  peer->refused++;
  GST_OBJECT_UNLOCK (peer->element);

  if (gst_debug_category_get_threshold (peer->debug) >= GST_LEVEL_WARNING) {
    g_autofree gchar *what = ipc_packet_describe (packet);

    GST_CAT_WARNING_OBJECT (peer->debug, peer->element, "refused what the " GST_IPC_PEER_FORMAT " sent: %s: %s",
        GST_IPC_PEER_ARGS (peer), why, what);
  }
}

void
gst_ipc_peer_note_skipped_metas (GstIpcPeer *peer, const IpcPacket *packet, guint n)
{
  if (n == 0)
    return;
  GST_OBJECT_LOCK (peer->element);
  peer->metas_skipped += n;
  GST_OBJECT_UNLOCK (peer->element);
  GST_CAT_LOG_OBJECT (peer->debug, peer->element, "buffer %u: skipped %u metas", packet->header.id, n);
}

/* The loss of the peer */

typedef struct {
  GstIpcPeer *peer; /* the element's */
  GstElement *element;
  GstDebugCategory *debug;
  guint64 number; /* of the peer that was lost */
  GError *error;
} GstIpcLoss;

#define GST_CAT_DEFAULT loss->debug

static void
gst_ipc_loss_post (gpointer data)
{
  GstIpcLoss *loss = data;
  GPtrArray *bins;

  /* The application has taken the fds away meanwhile, and the next peer may be there: it is not to hear of this one. */
  if (ipc_link_get_peer (loss->peer->link) != loss->number)
    return;
  bins = gst_ipc_hold_bins (loss->element);
  if (g_error_matches (loss->error, IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE))
    GST_ELEMENT_ERROR (loss->element, RESOURCE, WRITE, ("The peer was lost: %s", loss->error->message),
        ("nothing more can be sent to it"));
  else
    GST_ELEMENT_ERROR (loss->element, RESOURCE, READ, ("The peer was lost: %s", loss->error->message),
        ("nothing more will be read from it"));
  g_ptr_array_unref (bins);
}

static void
gst_ipc_loss_free (gpointer data)
{
  GstIpcLoss *loss = data;

  gst_object_unref (loss->element);
  g_error_free (loss->error);
  g_free (loss);
}

void
gst_ipc_peer_report_lost (GstIpcPeer *peer, IpcLane *lane, const GError *error)
{
  const guint64 number = ipc_link_get_peer (peer->link);
  GstIpcLoss *loss;
  gboolean tell;

  GST_CAT_INFO_OBJECT (peer->debug, peer->element, "peer lost: %s", error->message);
  GST_OBJECT_LOCK (peer->element);
  peer->lost = number;
  tell = peer->changing || peer->wanted == number || GST_STATE (peer->element) != GST_STATE_NULL;
  if (tell)
    peer->told = number;
  GST_OBJECT_UNLOCK (peer->element);
  if (!tell)
    return;
  loss = g_new0 (GstIpcLoss, 1);
  loss->peer = peer;
  loss->number = number;
  loss->element = gst_object_ref (peer->element);
  loss->debug = peer->debug;
  loss->error = g_error_copy (error);
  ipc_lane_push (lane, gst_ipc_loss_post, loss, gst_ipc_loss_free);
}

void
gst_ipc_peer_begin_change (GstIpcPeer *peer, gboolean anew)
{
  GST_OBJECT_LOCK (peer->element);
  peer->changing = TRUE;
  if (anew)
    peer->told = 0;
  GST_OBJECT_UNLOCK (peer->element);
}

void
gst_ipc_peer_end_change (GstIpcPeer *peer)
{
  GST_OBJECT_LOCK (peer->element);
  peer->changing = FALSE;
  GST_OBJECT_UNLOCK (peer->element);
}

gboolean
gst_ipc_peer_claim_loss (GstIpcPeer *peer)
{
  const guint64 number = ipc_link_get_peer (peer->link);
  gboolean claimed;

  GST_OBJECT_LOCK (peer->element);
  claimed = peer->lost == number && peer->told != number;
  if (claimed)
    peer->told = number;
  else
    peer->wanted = number;
  GST_OBJECT_UNLOCK (peer->element);
  return claimed;
}
