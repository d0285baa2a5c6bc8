/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The part of an element that has the other one as its peer: properties and signals, what arrives and is left to lanes,
 * the loss. The link belongs to this part and is reached from any thread; what else there is of state is under the
 * element's object lock. gstipcpeersend.c carries events, queries and messages.
 */

#include "gstipcpeer.h"

/* What a peer may have us keep at once. An honest one has a handful of requests on their way: it waits for most of
 * the answers. */
#define MAX_JOBS 1024
/* How long a state change waits at most for the application to be told why it fails, microseconds. */
#define MAX_WAIT_FOR_TOLD G_USEC_PER_SEC

#define DEFAULT_ACK_TIME (10 * G_USEC_PER_SEC)
#define DEFAULT_MAX_PAYLOAD (256u * 1024 * 1024)
#define MAX_READ_CHUNK (1 << 24)

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
  g_cond_init (&peer->loss_posted);
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
  g_cond_clear (&peer->loss_posted);
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

/* Set in a thread that is running a job. */
static GPrivate gst_ipc_in_job;

static void
gst_ipc_job_run (gpointer data)
{
  GstIpcJob *job = data;
  GPtrArray *bins = gst_ipc_hold_bins (job->element);

  g_private_set (&gst_ipc_in_job, job);
  job->func (job->element, job->arrival);
  g_private_set (&gst_ipc_in_job, NULL);
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
gst_ipc_peer_fail_flood (GstIpcPeer *peer, const GstIpcArrival *arrival, guint limit)
{
  ipc_link_fail (peer->link, arrival->from,
      g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_PROTOCOL,
          "the peer sent more than %u packets without waiting for their answers", limit));
}

gboolean
gst_ipc_peer_push_job (GstIpcPeer *peer, IpcLane *lane, GstIpcJobFunc func, GstIpcArrival *arrival)
{
  GstIpcJob *job;

  if (ipc_lane_length (lane) >= MAX_JOBS) {
    gst_ipc_peer_fail_flood (peer, arrival, MAX_JOBS);
    gst_ipc_arrival_free (arrival);
    return FALSE;
  }

  job = g_new (GstIpcJob, 1);
  job->element = gst_object_ref (peer->element);
  job->func = func;
  job->arrival = arrival;
  ipc_lane_push (lane, gst_ipc_job_run, job, gst_ipc_job_free);
  return TRUE;
}

/* What came makes no sense */

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

/* Object lock. In NULL the end of peer @number is none, but for who is about to leave it. */
static gboolean
gst_ipc_peer_loss_is_news_locked (GstIpcPeer *peer, guint64 number)
{
  return peer->changing || peer->wanted == number || GST_STATE (peer->element) != GST_STATE_NULL;
}

/* Whether it is still to be told: this job may come late, when the application is through with it. An ERROR would be
 * worse than useless to it: GstBin takes one that comes while it is asked for NULL once more for its failure. Nor is
 * it when a change upwards, which tells anew, has told it meanwhile or is about to. */
static gboolean
gst_ipc_loss_is_news (GstIpcLoss *loss)
{
  gboolean is_news;

  GST_OBJECT_LOCK (loss->element);
  is_news = gst_ipc_peer_loss_is_news_locked (loss->peer, loss->number) && loss->peer->told == loss->number
            && loss->peer->posted != loss->number;
  GST_OBJECT_UNLOCK (loss->element);
  return is_news;
}

static void
gst_ipc_loss_post (gpointer data)
{
  GstIpcLoss *loss = data;
  GPtrArray *bins;

  bins = gst_ipc_hold_bins (loss->element);
  g_private_set (&gst_ipc_in_job, loss);
  if (!gst_ipc_loss_is_news (loss))
    GST_CAT_DEBUG_OBJECT (loss->debug, loss->element, "not told, it is no news any more: %s", loss->error->message);
  /* The application has taken the fds away meanwhile, and the next peer may be there: it is not to hear of this one. */
  else if (ipc_link_get_peer (loss->peer->link) != loss->number)
    GST_CAT_DEBUG_OBJECT (loss->debug, loss->element, "not told, there is another peer: %s", loss->error->message);
  else if (g_error_matches (loss->error, IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE))
    GST_ELEMENT_ERROR (loss->element, RESOURCE, WRITE, ("The peer was lost: %s", loss->error->message),
        ("nothing more can be sent to it"));
  else
    GST_ELEMENT_ERROR (loss->element, RESOURCE, READ, ("The peer was lost: %s", loss->error->message),
        ("nothing more will be read from it"));
  g_private_set (&gst_ipc_in_job, NULL);
  GST_OBJECT_LOCK (loss->element);
  loss->peer->posted = loss->number;
  g_cond_broadcast (&loss->peer->loss_posted);
  GST_OBJECT_UNLOCK (loss->element);
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
  tell = gst_ipc_peer_loss_is_news_locked (peer, number);
  if (tell)
    peer->told = number;
  GST_OBJECT_UNLOCK (peer->element);
  if (!tell) {
    GST_CAT_DEBUG_OBJECT (peer->debug, peer->element, "not told, it is in NULL: %s", error->message);
    return;
  }
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
    peer->told = peer->posted = number;
  else
    peer->wanted = number;
  GST_OBJECT_UNLOCK (peer->element);
  return claimed;
}

void
gst_ipc_peer_await_told (GstIpcPeer *peer)
{
  const guint64 number = ipc_link_get_peer (peer->link);
  const gint64 end = g_get_monotonic_time () + MAX_WAIT_FOR_TOLD;

  if (g_private_get (&gst_ipc_in_job) != NULL)
    return;
  GST_OBJECT_LOCK (peer->element);
  while (peer->posted != number && g_cond_wait_until (&peer->loss_posted, GST_OBJECT_GET_LOCK (peer->element), end))
    continue;
  GST_OBJECT_UNLOCK (peer->element);
}
