/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Marks: some contestants say nothing of who has connected, and give a consumer only what comes after that. So buffers
 * carry a number while the feeder warms up, one is pushed after the other, and it is warm when the same number was the
 * last that each consumer saw. From then on nobody looks at the data who was not asked to.
 */
#include "feeder.h"

#include <string.h>

#include <gio/gio.h>

#include "fail.h"
#include "limits.h"

#define SECOND G_GINT64_CONSTANT (1000000000)
/* Without any progress. */
#define PATIENCE (30 * SECOND)
/* For a consumer that may not have connected yet; twice as long each time, for it may just as well be slow. */
#define A_MOMENT (SECOND / 50)
#define WARM_BUFFERS 8

struct _IpcBenchFeeder {
  IpcBenchFeed feed;
  IpcBenchBoard *board;
  GstPad *pad;
  GstBufferPool *pool;
  gchar *memory;
  guint32 n_pushed;     /* since the beginning */
  guint32 n_counted;    /* buffers and events since it is warm */
  guint64 expected_sum; /* of the bytes that buffers were filled with, since then */
};

/* A pool of downstream's, ready to be started; or NULL. */
static GstBufferPool *
offered_pool (IpcBenchFeeder *feeder, GstQuery *query, GstCaps *caps)
{
  for (guint i = 0; i < gst_query_get_n_allocation_pools (query); i++) {
    g_autoptr (GstBufferPool) pool = NULL;
    guint size, least, most;
    GstStructure *config;

    gst_query_parse_nth_allocation_pool (query, i, &pool, &size, &least, &most);
    if (pool == NULL)
      continue;
    config = gst_buffer_pool_get_config (pool);
    gst_buffer_pool_config_set_params (config, caps, MAX (size, feeder->feed.size), least, most);
    if (!gst_buffer_pool_set_config (pool, config))
      continue;
    feeder->memory = g_strdup_printf ("pool of downstream's (%s)", G_OBJECT_TYPE_NAME (pool));
    return g_steal_pointer (&pool);
  }
  return NULL;
}

/* Our own, with an allocator of downstream's if there is one. */
static GstBufferPool *
own_pool (IpcBenchFeeder *feeder, GstQuery *query, GstCaps *caps)
{
  g_autoptr (GstAllocator) allocator = NULL;
  g_autoptr (GstBufferPool) pool = gst_buffer_pool_new ();
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstAllocationParams params;

  gst_allocation_params_init (&params);
  for (guint i = 0; query != NULL && allocator == NULL && i < gst_query_get_n_allocation_params (query); i++)
    gst_query_parse_nth_allocation_param (query, i, &allocator, &params);
  gst_buffer_pool_config_set_params (config, caps, feeder->feed.size, 0, ipc_bench_pool_buffers (feeder->feed.size));
  gst_buffer_pool_config_set_allocator (config, allocator, &params);
  if (!gst_buffer_pool_set_config (pool, config))
    return NULL;
  feeder->memory = allocator != NULL
                       ? g_strdup_printf ("allocator of downstream's (%s)", G_OBJECT_TYPE_NAME (allocator))
                       : g_strdup ("ordinary");
  return g_steal_pointer (&pool);
}

/* What nobody has written to is no memory yet, and copying it costs next to nothing. */
static gboolean
touch_pool (IpcBenchFeeder *feeder, GError **error)
{
  GstBufferPoolAcquireParams params = { .flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT };
  guint most = ipc_bench_pool_buffers (feeder->feed.size), n = 0;
  GstBuffer *buffers[IPC_BENCH_POOL_BUFFERS_MAX];

  while (n < most && gst_buffer_pool_acquire_buffer (feeder->pool, &buffers[n], &params) == GST_FLOW_OK) {
    gst_buffer_memset (buffers[n], 0, 0, feeder->feed.size);
    n++;
  }
  for (guint i = 0; i < n; i++)
    gst_buffer_unref (buffers[i]);
  return n > 0 || ipc_bench_fail (error, "the pool (%s) has no buffer", feeder->memory);
}

static gboolean
choose_pool (IpcBenchFeeder *feeder, GstCaps *caps, GError **error)
{
  g_autoptr (GstQuery) query = gst_query_new_allocation (caps, TRUE);
  gboolean answered = !feeder->feed.system && gst_pad_peer_query (feeder->pad, query);

  if (answered)
    feeder->pool = offered_pool (feeder, query, caps);
  if (feeder->pool == NULL)
    feeder->pool = own_pool (feeder, answered ? query : NULL, caps);
  if (feeder->pool == NULL || !gst_buffer_pool_set_active (feeder->pool, TRUE))
    return ipc_bench_fail (error, "no pool of buffers of %zu bytes could be made", feeder->feed.size);
  return touch_pool (feeder, error);
}

static gboolean
begin_stream (IpcBenchFeeder *feeder, GError **error)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (feeder->feed.caps);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  if (!gst_pad_push_event (feeder->pad, gst_event_new_stream_start ("bench"))
      || !gst_pad_push_event (feeder->pad, gst_event_new_caps (caps))
      || !gst_pad_push_event (feeder->pad, gst_event_new_segment (&segment)))
    return ipc_bench_fail (error, "stream-start, caps or segment were not taken");
  return choose_pool (feeder, caps, error);
}

IpcBenchFeeder *
ipc_bench_feeder_new (GstElement *entry, const IpcBenchFeed *feed, IpcBenchBoard *board, GError **error)
{
  IpcBenchFeeder *feeder = g_new0 (IpcBenchFeeder, 1);
  g_autoptr (GstPad) sink = gst_element_get_static_pad (entry, "sink");

  feeder->feed = *feed;
  feeder->board = board;
  feeder->pad = gst_object_ref_sink (gst_pad_new ("feeder", GST_PAD_SRC));
  gst_pad_set_active (feeder->pad, TRUE);
  if (GST_PAD_LINK_FAILED (gst_pad_link (feeder->pad, sink)))
    ipc_bench_fail (error, "cannot link to %s", GST_ELEMENT_NAME (entry));
  else if (begin_stream (feeder, error))
    return feeder;
  ipc_bench_feeder_free (feeder);
  return NULL;
}

void
ipc_bench_feeder_free (IpcBenchFeeder *feeder)
{
  gst_pad_set_active (feeder->pad, FALSE);
  if (feeder->pool != NULL)
    gst_buffer_pool_set_active (feeder->pool, FALSE);
  gst_clear_object (&feeder->pool);
  gst_clear_object (&feeder->pad);
  g_free (feeder->memory);
  g_free (feeder);
}

/* @mark: written in front, if not 0. */
static gboolean
write_data (IpcBenchFeeder *feeder, GstBuffer *buffer, guint32 mark)
{
  guint8 byte = feeder->n_pushed;
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_WRITE))
    return FALSE;
  memset (map.data, byte, map.size);
  if (mark != 0)
    memcpy (map.data, &mark, sizeof mark);
  feeder->expected_sum += byte;
  gst_buffer_unmap (buffer, &map);
  return TRUE;
}

static gboolean
push (IpcBenchFeeder *feeder, gboolean fill, guint32 mark, GError **error)
{
  GstBuffer *buffer = NULL;
  GstFlowReturn flow = gst_buffer_pool_acquire_buffer (feeder->pool, &buffer, NULL);

  if (flow != GST_FLOW_OK)
    return ipc_bench_fail (error, "no buffer of the pool: %s", gst_flow_get_name (flow));
  if (gst_buffer_get_size (buffer) != feeder->feed.size)
    gst_buffer_set_size (buffer, feeder->feed.size);
  GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) = feeder->n_pushed * GST_MSECOND;
  GST_BUFFER_DURATION (buffer) = GST_MSECOND;
  if (fill && !write_data (feeder, buffer, mark)) {
    gst_buffer_unref (buffer);
    return ipc_bench_fail (error, "a buffer of %s memory cannot be written", feeder->memory);
  }
  flow = gst_pad_push (feeder->pad, buffer);
  if (flow != GST_FLOW_OK)
    return ipc_bench_fail (
        error, "buffer %" G_GUINT32_FORMAT " was answered %s", feeder->n_pushed, gst_flow_get_name (flow));
  feeder->n_pushed++;
  return TRUE;
}

static gboolean
all_have (IpcBenchFeeder *feeder, guint32 mark, gint64 moment)
{
  for (guint i = 0; i < feeder->feed.consumers; i++)
    if (ipc_bench_board_wait_mark (feeder->board, i, mark, moment) != mark)
      return FALSE;
  return TRUE;
}

gboolean
ipc_bench_feeder_warm (IpcBenchFeeder *feeder, GError **error)
{
  gint64 moment = A_MOMENT;
  guint n_good = 0;

  ipc_bench_board_want_marks (feeder->board, TRUE);
  while (n_good < WARM_BUFFERS) {
    guint32 mark = feeder->n_pushed + 1;

    if (!push (feeder, TRUE, mark, error))
      return FALSE;
    n_good = all_have (feeder, mark, moment) ? n_good + 1 : 0;
    if (n_good == 0)
      moment *= 2;
    if (moment > PATIENCE)
      return ipc_bench_fail (error, "not all of %u consumers got a buffer", feeder->feed.consumers);
  }
  ipc_bench_board_want_marks (feeder->board, FALSE);
  feeder->expected_sum = 0;
  return TRUE;
}

gboolean
ipc_bench_feeder_push_buffer (IpcBenchFeeder *feeder, GError **error)
{
  if (!push (feeder, feeder->feed.fill, 0, error))
    return FALSE;
  feeder->n_counted++;
  return TRUE;
}

gboolean
ipc_bench_feeder_push_event (IpcBenchFeeder *feeder, GError **error)
{
  GstEvent *event = gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new_empty ("bench"));

  if (!gst_pad_push_event (feeder->pad, event))
    return ipc_bench_fail (error, "event %u was not taken", feeder->n_counted);
  feeder->n_counted++;
  return TRUE;
}

gboolean
ipc_bench_feeder_drain (IpcBenchFeeder *feeder, GError **error)
{
  for (guint i = 0; i < feeder->feed.consumers; i++) {
    guint32 count = ipc_bench_board_wait_count (feeder->board, i, feeder->n_counted, PATIENCE);

    if (count != feeder->n_counted)
      return ipc_bench_fail (error, "of %u that were pushed, consumer %u got %u", feeder->n_counted, i, count);
  }
  return TRUE;
}

gboolean
ipc_bench_feeder_check (IpcBenchFeeder *feeder, GError **error)
{
  for (guint i = 0; i < feeder->feed.consumers; i++) {
    IpcBenchSeen seen = ipc_bench_board_seen (feeder->board, i);

    if (seen.broken > 0 || seen.sum != feeder->expected_sum)
      return ipc_bench_fail (error,
          "consumer %u did not read what was written: %" G_GUINT64_FORMAT " of %u buffers are broken", i, seen.broken,
          feeder->n_counted);
  }
  return TRUE;
}

const gchar *
ipc_bench_feeder_memory (const IpcBenchFeeder *feeder)
{
  return feeder->memory;
}
