/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pad probes. A probe owns its IpcObserver, which goes with the pad; the channel outlives the pipeline. Nothing is
 * mapped for writing and nothing merged: an observed buffer must reach the next element as if nobody had looked. */

#include "observe.h"

#include "find.h"
#include "report.h"

typedef struct {
  IpcChannel *channel;
  gchar *pad; /* "element.pad" */
} Observer;

static void
observer_free (gpointer data)
{
  Observer *observer = data;

  g_free (observer->pad);
  g_free (observer);
}

static JsonObject *
report_new (Observer *observer, const gchar *kind)
{
  JsonObject *report = ipc_report_new (kind);

  ipc_report_set_text (report, "pad", observer->pad);
  return report;
}

/* Memory by memory: mapping the buffer would merge them. NULL when one cannot be read. */
static gchar *
buffer_checksum (GstBuffer *buffer)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);

  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    GstMapInfo map;

    if (!gst_memory_map (memory, &map, GST_MAP_READ))
      return NULL;
    g_checksum_update (checksum, map.data, map.size);
    gst_memory_unmap (memory, &map);
  }
  return g_strdup (g_checksum_get_string (checksum));
}

static gboolean
append_meta (GstBuffer *buffer, GstMeta **meta, gpointer list)
{
  json_array_add_string_element (list, g_type_name ((*meta)->info->api));
  return TRUE;
}

static void
report_buffer (Observer *observer, GstBuffer *buffer)
{
  JsonObject *report = report_new (observer, "buffer");
  JsonArray *metas = json_array_new ();
  guint flags = GST_BUFFER_FLAGS (buffer) & ~(GST_MINI_OBJECT_FLAG_LAST - 1) & ~GST_BUFFER_FLAG_TAG_MEMORY;

  ipc_report_set_time (report, "pts", GST_BUFFER_PTS (buffer));
  ipc_report_set_time (report, "dts", GST_BUFFER_DTS (buffer));
  ipc_report_set_time (report, "duration", GST_BUFFER_DURATION (buffer));
  ipc_report_set_time (report, "offset", GST_BUFFER_OFFSET (buffer));
  ipc_report_set_time (report, "offset-end", GST_BUFFER_OFFSET_END (buffer));
  ipc_report_set_uint (report, "flags", flags);
  ipc_report_set_uint (report, "size", gst_buffer_get_size (buffer));
  ipc_report_take_text (report, "md5", buffer_checksum (buffer));
  gst_buffer_foreach_meta (buffer, append_meta, metas);
  json_object_set_array_member (report, "metas", metas);
  ipc_channel_send (observer->channel, report);
}

static GstPadProbeReturn
see_data (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  /* in pull mode a probe is also called before there is a buffer */
  if (info->data == NULL)
    return GST_PAD_PROBE_OK;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);

    for (guint i = 0; i < gst_buffer_list_length (list); i++)
      report_buffer (user_data, gst_buffer_list_get (list, i));
  } else {
    report_buffer (user_data, GST_PAD_PROBE_INFO_BUFFER (info));
  }
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
see_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  JsonObject *report = report_new (user_data, "event");
  gboolean upstream = (info->type & GST_PAD_PROBE_TYPE_EVENT_UPSTREAM) != 0;

  ipc_report_set_text (report, "direction", upstream ? "upstream" : "downstream");
  ipc_report_set_text (report, "type", GST_EVENT_TYPE_NAME (event));
  ipc_report_set_uint (report, "seqnum", gst_event_get_seqnum (event));
  json_object_set_boolean_member (report, "serialized", GST_EVENT_IS_SERIALIZED (event));
  ipc_report_set_structure (report, "structure", gst_event_get_structure (event));
  ipc_channel_send (((Observer *)user_data)->channel, report);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
see_query (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);
  const GstStructure *structure = gst_query_get_structure (query);
  JsonObject *report = report_new (user_data, "query-seen");
  gboolean upstream = (info->type & GST_PAD_PROBE_TYPE_QUERY_UPSTREAM) != 0;

  ipc_report_set_text (report, "direction", upstream ? "upstream" : "downstream");
  ipc_report_set_text (report, "type", GST_QUERY_TYPE_NAME (query));
  ipc_report_set_text (report, "name", structure ? gst_structure_get_name (structure) : NULL);
  json_object_set_boolean_member (report, "serialized", GST_QUERY_IS_SERIALIZED (query));
  ipc_channel_send (((Observer *)user_data)->channel, report);
  return GST_PAD_PROBE_OK;
}

static void
add_probe (IpcChannel *channel, GstPad *pad, const gchar *name, GstPadProbeType type, GstPadProbeCallback callback)
{
  Observer *observer = g_new0 (Observer, 1);

  observer->channel = channel;
  observer->pad = g_strdup (name);
  gst_pad_add_probe (pad, type, callback, observer, observer_free);
}

/* A sink has waited for the clock when it says that it hands off a buffer. */
static void
see_render (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  JsonObject *report = report_new (user_data, "render");
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  guint64 running_time = GST_CLOCK_TIME_NONE;
  const GstSegment *segment;

  if (event != NULL) {
    gst_event_parse_segment (event, &segment);
    if (segment->format == GST_FORMAT_TIME)
      running_time = gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  }
  ipc_report_set_time (report, "pts", GST_BUFFER_PTS (buffer));
  ipc_report_set_time (report, "running-time", running_time);
  ipc_channel_send (((Observer *)user_data)->channel, report);
}

static void
observer_closure_free (gpointer data, GClosure *closure)
{
  observer_free (data);
}

static gboolean
hands_off (GstElement *element)
{
  GSignalQuery query = { 0 };

  g_signal_query (g_signal_lookup ("handoff", G_OBJECT_TYPE (element)), &query);
  return GST_OBJECT_FLAG_IS_SET (element, GST_ELEMENT_FLAG_SINK) && query.n_params == 2
         && g_object_class_find_property (G_OBJECT_GET_CLASS (element), "signal-handoffs") != NULL;
}

static void
observe_render (IpcChannel *channel, GstElement *element, const gchar *name)
{
  Observer *observer;

  if (!hands_off (element))
    return;
  observer = g_new0 (Observer, 1);
  observer->channel = channel;
  observer->pad = g_strdup (name);
  g_signal_connect_data (element, "handoff", G_CALLBACK (see_render), observer, observer_closure_free, 0);
  g_object_set (element, "signal-handoffs", TRUE, NULL);
}

typedef struct {
  IpcChannel *channel;
  GHashTable *seen; /* GstPad, not referenced */
} Observation;

static void
observe_pad (Observation *observation, GstElement *element, GstPad *pad)
{
  g_autofree gchar *name = g_strdup_printf ("%s.%s", GST_OBJECT_NAME (element), GST_OBJECT_NAME (pad));
  IpcChannel *channel = observation->channel;

  if (!g_hash_table_add (observation->seen, pad))
    return;
  add_probe (channel, pad, name, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, see_data);
  add_probe (channel, pad, name, GST_PAD_PROBE_TYPE_EVENT_BOTH | GST_PAD_PROBE_TYPE_EVENT_FLUSH, see_event);
  /* on its way there only, not when the answer comes back */
  add_probe (channel, pad, name, GST_PAD_PROBE_TYPE_QUERY_BOTH | GST_PAD_PROBE_TYPE_PUSH, see_query);
  observe_render (channel, element, name);
}

static gboolean
is_end_of_link (GstElement *element)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  const gchar *name = factory ? GST_OBJECT_NAME (factory) : "";

  return g_str_equal (name, "ipcpipelinesink") || g_str_equal (name, "ipcpipelinesrc");
}

static gboolean
observe_own_pad (GstElement *element, GstPad *pad, gpointer user_data)
{
  observe_pad (user_data, element, pad);
  return TRUE;
}

static void
observe_element (const GValue *item, gpointer user_data)
{
  GstElement *element = g_value_get_object (item);

  if (is_end_of_link (element))
    gst_element_foreach_pad (element, observe_own_pad, user_data);
}

gboolean
ipc_observe_pads (IpcChannel *channel, GstBin *pipeline, JsonArray *pads, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GstIterator) iterator = gst_bin_iterate_recurse (pipeline);
  Observation observation = { channel, seen };

  gst_iterator_foreach (iterator, observe_element, &observation);
  for (guint i = 0; pads != NULL && i < json_array_get_length (pads); i++) {
    g_autoptr (GstElement) element = NULL;
    g_autoptr (GstPad) pad = ipc_find_pad (pipeline, json_array_get_string_element (pads, i), &element, error);

    if (pad == NULL) {
      g_prefix_error (error, "observe: ");
      return FALSE;
    }
    observe_pad (&observation, element, pad);
  }
  return TRUE;
}
