/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-ipctestsrc
 * @title: ipctestsrc
 *
 * Gives numbered buffers, each of which can be checked by itself (ipctestsink does). Number, time, size and caps of a
 * buffer follow from each other, so that a seek finds the same buffers again. It has the property `actions` as well, by
 * which it also sends events before a buffer; docs/test-elements.md has the grammar.
 *
 * In a worker: `ipctestsrc length=100 sizes=1,1000 actions="at buffer 5: send tag tags=title=five" ! ipctestsink`
 */

#include "actor.h"
#include "elements.h"
#include "pattern.h"
#include "sizes.h"
#include "test-metas.h"

struct _IpcTestSrc {
  GstPushSrc parent;
  IpcActor actor;

  /* properties; object lock */
  guint64 length;
  GstClockTime duration;
  gchar *sizes_text;
  IpcSizes *sizes;
  GstCaps *caps;
  guint caps_every, gap_every;
  IpcTestMetas metas;
  gboolean seekable;
  GstClockTime min_latency, max_latency;

  gint64 next;   /* number of the next buffer; streaming thread, or none */
  gint caps_now; /* index of the caps that were set, or -1; likewise */
};

G_DEFINE_TYPE (IpcTestSrc, ipc_test_src, GST_TYPE_PUSH_SRC)

enum {
  PROP_0,
  PROP_ACTIONS,
  PROP_MISTAKE,
  PROP_LENGTH,
  PROP_IS_LIVE,
  PROP_BUFFER_DURATION,
  PROP_SIZES,
  PROP_CAPS,
  PROP_CAPS_EVERY,
  PROP_GAP_EVERY,
  PROP_METAS,
  PROP_SEEKABLE,
  PROP_MIN_LATENCY,
  PROP_MAX_LATENCY
};

#define DEFAULT_DURATION (10 * GST_MSECOND)
#define DEFAULT_SIZES "100"
#define DEFAULT_CAPS "application/x-ipctest"

static GstStaticPadTemplate src_template
    = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

/* {{{ data */

static void
send_event (GstElement *element, GstEvent *event)
{
  if (GST_EVENT_IS_DOWNSTREAM (event))
    gst_pad_push_event (GST_BASE_SRC_PAD (element), event);
  else
    gst_event_unref (event);
}

/* Caps of buffer @number, if they have to be set before it. (transfer full) */
static GstCaps *
new_caps (IpcTestSrc *src, gint64 number)
{
  GstCaps *caps = NULL;

  GST_OBJECT_LOCK (src);
  guint n = gst_caps_get_size (src->caps);
  gint index = src->caps_every > 0 ? (number / src->caps_every) % n : 0;
  if (index != src->caps_now)
    caps = gst_caps_copy_nth (src->caps, index);
  src->caps_now = index;
  GST_OBJECT_UNLOCK (src);
  return caps;
}

static gboolean
negotiate (GstBaseSrc *base)
{
  IpcTestSrc *src = IPC_TEST_SRC (base);
  g_autoptr (GstCaps) caps = NULL;

  src->caps_now = -1;
  caps = new_caps (src, MAX (src->next, 0));
  return gst_base_src_set_caps (base, caps);
}

/* As it is, but for the metas. */
static GstBuffer *
make_buffer (IpcTestSrc *src, guint64 number, IpcTestMetas *metas)
{
  GstMapInfo map;

  GST_OBJECT_LOCK (src);
  gsize size = ipc_sizes_of (src->sizes, number);
  GstClockTime duration = src->duration;
  *metas = src->metas;
  GST_OBJECT_UNLOCK (src);

  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  if (gst_buffer_map (buffer, &map, GST_MAP_WRITE)) {
    ipc_pattern_fill (map.data, map.size, number);
    gst_buffer_unmap (buffer, &map);
  }
  GST_BUFFER_PTS (buffer) = number * duration;
  GST_BUFFER_DURATION (buffer) = duration;
  GST_BUFFER_OFFSET (buffer) = number;
  GST_BUFFER_OFFSET_END (buffer) = number + 1;
  return buffer;
}

static GstFlowReturn
create (GstPushSrc *push, GstBuffer **buffer)
{
  IpcTestSrc *src = IPC_TEST_SRC (push);
  IpcTestMetas metas;

  GST_OBJECT_LOCK (src);
  gboolean over = src->next < 0 || (src->length > 0 && (guint64)src->next >= src->length);
  GST_OBJECT_UNLOCK (src);
  if (over)
    return GST_FLOW_EOS;

  g_autoptr (GstCaps) caps = new_caps (src, src->next);
  if (caps != NULL && !gst_base_src_set_caps (GST_BASE_SRC (src), caps))
    return GST_FLOW_NOT_NEGOTIATED;
  *buffer = make_buffer (src, src->next, &metas);
  ipc_test_metas_add (*buffer, metas, src->next);
  src->next += GST_BASE_SRC (src)->segment.rate < 0 ? -1 : 1;
  return GST_FLOW_OK;
}

/* What becomes of a buffer when it leaves: behind the segment that GstBaseSrc has sent for it. */
static GstPadProbeReturn
leave (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  IpcTestSrc *src = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  gint value = GST_FLOW_OK;

  IpcVerdict verdict = ipc_actor_at (&src->actor, IPC_RULE_AT_BUFFER, 0, NULL, &value);
  GST_OBJECT_LOCK (src);
  gboolean gap = src->gap_every > 0 && (GST_BUFFER_OFFSET (buffer) + 1) % src->gap_every == 0;
  GST_OBJECT_UNLOCK (src);
  if (verdict == IPC_VERDICT_PASS && !gap)
    return GST_PAD_PROBE_OK;
  if (verdict == IPC_VERDICT_PASS)
    gst_pad_push_event (pad, gst_event_new_gap (GST_BUFFER_PTS (buffer), GST_BUFFER_DURATION (buffer)));
  if (value == GST_FLOW_OK)
    return GST_PAD_PROBE_DROP;
  gst_buffer_unref (buffer);
  GST_PAD_PROBE_INFO_DATA (info) = NULL;
  GST_PAD_PROBE_INFO_FLOW_RETURN (info) = value;
  return GST_PAD_PROBE_HANDLED;
}

static GstPadProbeReturn
leave_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  IpcTestSrc *src = user_data;
  gint unused;

  IpcVerdict verdict
      = ipc_actor_at (&src->actor, IPC_RULE_AT_EVENT, GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)), NULL, &unused);
  return verdict == IPC_VERDICT_PASS ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* Live sources wait until a buffer's end, when it could have been captured. */
static void
get_times (GstBaseSrc *base, GstBuffer *buffer, GstClockTime *start, GstClockTime *end)
{
  *start = *end = GST_CLOCK_TIME_NONE;
  if (!gst_base_src_is_live (base))
    return;
  *start = GST_BUFFER_PTS (buffer);
  *end = *start + GST_BUFFER_DURATION (buffer);
}

/* GstBaseSrc wants its streaming thread back. */
static gboolean
unlock (GstBaseSrc *base)
{
  ipc_actor_set_flushing (&IPC_TEST_SRC (base)->actor, TRUE);
  return TRUE;
}

static gboolean
unlock_stop (GstBaseSrc *base)
{
  ipc_actor_set_flushing (&IPC_TEST_SRC (base)->actor, FALSE);
  return TRUE;
}

/* }}} */
/* {{{ time */

static GstClockTime
total (IpcTestSrc *src)
{
  GST_OBJECT_LOCK (src);
  GstClockTime time = src->length > 0 ? src->length * src->duration : GST_CLOCK_TIME_NONE;
  GST_OBJECT_UNLOCK (src);
  return time;
}

static gboolean
is_seekable (GstBaseSrc *base)
{
  IpcTestSrc *src = IPC_TEST_SRC (base);

  GST_OBJECT_LOCK (src);
  gboolean seekable = src->seekable;
  GST_OBJECT_UNLOCK (src);
  return seekable && !gst_base_src_is_live (base);
}

static gboolean
do_seek (GstBaseSrc *base, GstSegment *segment)
{
  IpcTestSrc *src = IPC_TEST_SRC (base);
  GstClockTime end = total (src), stop = segment->stop;

  if (segment->rate < 0 && stop == GST_CLOCK_TIME_NONE)
    stop = end;
  if (segment->rate < 0 && stop == GST_CLOCK_TIME_NONE)
    return FALSE;
  GST_OBJECT_LOCK (src);
  if (segment->rate < 0)
    src->next = (gint64)((MIN (stop, end) + src->duration - 1) / src->duration) - 1;
  else
    src->next = segment->position / src->duration;
  GST_OBJECT_UNLOCK (src);
  segment->time = segment->start;
  return TRUE;
}

static gboolean
start (GstBaseSrc *base)
{
  IPC_TEST_SRC (base)->next = 0;
  IPC_TEST_SRC (base)->caps_now = -1;
  return TRUE;
}

static gboolean
answer_duration (IpcTestSrc *src, GstQuery *query)
{
  GstClockTime duration = total (src);
  GstFormat format;

  gst_query_parse_duration (query, &format, NULL);
  if (format != GST_FORMAT_TIME || duration == GST_CLOCK_TIME_NONE)
    return FALSE;
  gst_query_set_duration (query, format, duration);
  return TRUE;
}

static gboolean
answer_latency (IpcTestSrc *src, GstQuery *query)
{
  GST_OBJECT_LOCK (src);
  GstClockTime minimum = src->min_latency, maximum = src->max_latency;
  GST_OBJECT_UNLOCK (src);
  gst_query_set_latency (query, gst_base_src_is_live (GST_BASE_SRC (src)), minimum, maximum);
  return TRUE;
}

static gboolean
query (GstBaseSrc *base, GstQuery *asked)
{
  IpcTestSrc *src = IPC_TEST_SRC (base);
  gint unused;

  IpcVerdict verdict = ipc_actor_at (&src->actor, IPC_RULE_AT_QUERY, GST_QUERY_TYPE (asked), asked, &unused);
  if (verdict != IPC_VERDICT_PASS)
    return verdict == IPC_VERDICT_ANSWERED;
  switch (GST_QUERY_TYPE (asked)) {
  case GST_QUERY_DURATION:
    return answer_duration (src, asked);
  case GST_QUERY_LATENCY:
    return answer_latency (src, asked);
  default:
    return GST_BASE_SRC_CLASS (ipc_test_src_parent_class)->query (base, asked);
  }
}

static gboolean
upstream_event (GstBaseSrc *base, GstEvent *event)
{
  gint unused;

  IpcVerdict verdict
      = ipc_actor_at (&IPC_TEST_SRC (base)->actor, IPC_RULE_AT_EVENT, GST_EVENT_TYPE (event), NULL, &unused);
  if (verdict == IPC_VERDICT_PASS)
    return GST_BASE_SRC_CLASS (ipc_test_src_parent_class)->event (base, event);
  return verdict == IPC_VERDICT_SWALLOW;
}

static GstCaps *
get_caps (GstBaseSrc *base, GstCaps *filter)
{
  IpcTestSrc *src = IPC_TEST_SRC (base);

  GST_OBJECT_LOCK (src);
  GstCaps *caps
      = filter ? gst_caps_intersect_full (filter, src->caps, GST_CAPS_INTERSECT_FIRST) : gst_caps_ref (src->caps);
  GST_OBJECT_UNLOCK (src);
  return caps;
}

/* }}} */
/* {{{ element */

static GstStateChangeReturn
parent_change_state (GstElement *element, GstStateChange transition)
{
  return GST_ELEMENT_CLASS (ipc_test_src_parent_class)->change_state (element, transition);
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  return ipc_actor_change_state (&IPC_TEST_SRC (element)->actor, transition, parent_change_state);
}

static void
set_sizes (IpcTestSrc *src, const gchar *text)
{
  IpcSizes *sizes = ipc_sizes_parse (text);

  ipc_actor_set_mistake (
      &src->actor, "sizes", sizes ? NULL : "must be like \"100\", \"1,2,1000\" or \"10-5000\", up to 1073741824");
  if (sizes == NULL)
    return;
  GST_OBJECT_LOCK (src);
  g_clear_pointer (&src->sizes, ipc_sizes_free);
  src->sizes = sizes;
  g_free (src->sizes_text);
  src->sizes_text = g_strdup (text);
  GST_OBJECT_UNLOCK (src);
}

static void
set_caps (IpcTestSrc *src, const GstCaps *caps)
{
  gboolean fixed = caps != NULL && !gst_caps_is_any (caps) && !gst_caps_is_empty (caps);

  for (guint i = 0; fixed && i < gst_caps_get_size (caps); i++) {
    g_autoptr (GstCaps) each = gst_caps_copy_nth (caps, i);

    fixed = gst_caps_is_fixed (each);
  }
  ipc_actor_set_mistake (&src->actor, "caps", fixed ? NULL : "each of the caps must be fixed");
  if (!fixed)
    return;
  GST_OBJECT_LOCK (src);
  gst_caps_replace (&src->caps, (GstCaps *)caps);
  src->caps_now = -1;
  GST_OBJECT_UNLOCK (src);
}

/* Properties that are no more than a value. */
static void
set_plain (IpcTestSrc *src, guint id, const GValue *value, GParamSpec *spec)
{
  GST_OBJECT_LOCK (src);
  if (id == PROP_LENGTH)
    src->length = g_value_get_uint64 (value);
  else if (id == PROP_BUFFER_DURATION)
    src->duration = g_value_get_uint64 (value);
  else if (id == PROP_CAPS_EVERY)
    src->caps_every = g_value_get_uint (value);
  else if (id == PROP_GAP_EVERY)
    src->gap_every = g_value_get_uint (value);
  else if (id == PROP_METAS)
    src->metas = g_value_get_flags (value);
  else if (id == PROP_SEEKABLE)
    src->seekable = g_value_get_boolean (value);
  else if (id == PROP_MIN_LATENCY)
    src->min_latency = g_value_get_uint64 (value);
  else if (id == PROP_MAX_LATENCY)
    src->max_latency = g_value_get_uint64 (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (src, id, spec);
  GST_OBJECT_UNLOCK (src);
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  IpcTestSrc *src = IPC_TEST_SRC (object);

  if (id == PROP_ACTIONS)
    ipc_actor_set_rules (&src->actor, g_value_get_string (value));
  else if (id == PROP_SIZES)
    set_sizes (src, g_value_get_string (value));
  else if (id == PROP_CAPS)
    set_caps (src, gst_value_get_caps (value));
  else if (id == PROP_IS_LIVE)
    gst_base_src_set_live (GST_BASE_SRC (src), g_value_get_boolean (value));
  else
    set_plain (src, id, value, spec);
}

static void
get_plain (IpcTestSrc *src, guint id, GValue *value, GParamSpec *spec)
{
  GST_OBJECT_LOCK (src);
  if (id == PROP_LENGTH)
    g_value_set_uint64 (value, src->length);
  else if (id == PROP_BUFFER_DURATION)
    g_value_set_uint64 (value, src->duration);
  else if (id == PROP_SIZES)
    g_value_set_string (value, src->sizes_text);
  else if (id == PROP_CAPS)
    gst_value_set_caps (value, src->caps);
  else if (id == PROP_CAPS_EVERY)
    g_value_set_uint (value, src->caps_every);
  else if (id == PROP_GAP_EVERY)
    g_value_set_uint (value, src->gap_every);
  else if (id == PROP_METAS)
    g_value_set_flags (value, src->metas);
  else if (id == PROP_SEEKABLE)
    g_value_set_boolean (value, src->seekable);
  else if (id == PROP_MIN_LATENCY)
    g_value_set_uint64 (value, src->min_latency);
  else if (id == PROP_MAX_LATENCY)
    g_value_set_uint64 (value, src->max_latency);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (src, id, spec);
  GST_OBJECT_UNLOCK (src);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  IpcTestSrc *src = IPC_TEST_SRC (object);

  if (id == PROP_ACTIONS)
    g_value_take_string (value, ipc_actor_get_rules (&src->actor));
  else if (id == PROP_MISTAKE)
    g_value_take_string (value, ipc_actor_mistake (&src->actor));
  else if (id == PROP_IS_LIVE)
    g_value_set_boolean (value, gst_base_src_is_live (GST_BASE_SRC (src)));
  else
    get_plain (src, id, value, spec);
}

static void
finalize (GObject *object)
{
  IpcTestSrc *src = IPC_TEST_SRC (object);

  ipc_actor_clear (&src->actor);
  ipc_sizes_free (src->sizes);
  g_free (src->sizes_text);
  gst_caps_unref (src->caps);
  G_OBJECT_CLASS (ipc_test_src_parent_class)->finalize (object);
}

#define WRITE (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)

static void
install_properties (GObjectClass *klass)
{
  ipc_actor_install (klass, PROP_ACTIONS, PROP_MISTAKE);
  g_object_class_install_property (klass, PROP_LENGTH,
      g_param_spec_uint64 ("length", "Length", "Buffers of the whole stream; 0: without end", 0, G_MAXINT32, 0, WRITE));
  g_object_class_install_property (klass, PROP_IS_LIVE,
      g_param_spec_boolean ("is-live", "Live", "Whether buffers come as time passes", FALSE, WRITE));
  g_object_class_install_property (klass, PROP_BUFFER_DURATION,
      g_param_spec_uint64 ("buffer-duration", "Duration", "Of each buffer, in nanoseconds", 1, 3600 * GST_SECOND,
          DEFAULT_DURATION, WRITE));
  g_object_class_install_property (klass, PROP_SIZES,
      g_param_spec_string (
          "sizes", "Sizes", "Of buffers in bytes: \"100\", \"1,2,1000\" or \"10-5000\"", DEFAULT_SIZES, WRITE));
  g_object_class_install_property (klass, PROP_CAPS,
      g_param_spec_boxed ("caps", "Caps", "Fixed caps, of which there may be several", GST_TYPE_CAPS, WRITE));
  g_object_class_install_property (klass, PROP_CAPS_EVERY,
      g_param_spec_uint ("caps-every", "Caps every", "After so many buffers come the next of the caps; 0: never", 0,
          G_MAXINT, 0, WRITE));
  g_object_class_install_property (klass, PROP_GAP_EVERY,
      g_param_spec_uint (
          "gap-every", "Gap every", "Each so-manieth buffer is a gap event instead; 0: none", 0, G_MAXINT, 0, WRITE));
  g_object_class_install_property (
      klass, PROP_METAS, g_param_spec_flags ("metas", "Metas", "On each buffer", IPC_TYPE_TEST_METAS, 0, WRITE));
  g_object_class_install_property (klass, PROP_SEEKABLE,
      g_param_spec_boolean ("seekable", "Seekable", "Whether it can be sought in, unless live", TRUE, WRITE));
  g_object_class_install_property (klass, PROP_MIN_LATENCY,
      g_param_spec_uint64 ("min-latency", "Minimum latency", "In nanoseconds", 0, G_MAXUINT64, 0, WRITE));
  g_object_class_install_property (klass, PROP_MAX_LATENCY,
      g_param_spec_uint64 (
          "max-latency", "Maximum latency", "In nanoseconds; -1: none", 0, G_MAXUINT64, G_MAXUINT64, WRITE));
}

static void
ipc_test_src_class_init (IpcTestSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *base_class = GST_BASE_SRC_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  install_properties (object_class);
  element_class->change_state = change_state;
  base_class->negotiate = negotiate;
  base_class->get_caps = get_caps;
  base_class->get_times = get_times;
  base_class->unlock = unlock;
  base_class->unlock_stop = unlock_stop;
  base_class->is_seekable = is_seekable;
  base_class->do_seek = do_seek;
  base_class->start = start;
  base_class->query = query;
  base_class->event = upstream_event;
  GST_PUSH_SRC_CLASS (klass)->create = create;
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Test source", "Source/Generic",
      "Numbered buffers of a known pattern, and failing, delaying, blocking ... on command", "gst-ipc-harness");
}

static void
ipc_test_src_init (IpcTestSrc *src)
{
  GstPad *pad = GST_BASE_SRC_PAD (src);

  ipc_actor_init (&src->actor, GST_ELEMENT (src), send_event);
  src->duration = DEFAULT_DURATION;
  src->sizes_text = g_strdup (DEFAULT_SIZES);
  src->sizes = ipc_sizes_parse (DEFAULT_SIZES);
  src->caps = gst_caps_from_string (DEFAULT_CAPS);
  src->seekable = TRUE;
  src->max_latency = GST_CLOCK_TIME_NONE;
  src->caps_now = -1;
  gst_base_src_set_format (GST_BASE_SRC (src), GST_FORMAT_TIME);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, leave, src, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, leave_event, src, NULL);
}

/* }}} */
