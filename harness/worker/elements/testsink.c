/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-ipctestsink
 * @title: ipctestsink
 *
 * Checks each buffer against the pattern of ipctestsrc, and that numbers follow each other: a number may be missing
 * only where a flush, a new segment, a gap event or the flag discont says so. What is wrong is an error. It has the
 * property `actions` as well; docs/test-elements.md has the grammar.
 *
 * In a worker: `ipctestsrc num-buffers=100 ! ipctestsink sync=true`
 */

#include "actor.h"
#include "elements.h"
#include "pattern.h"
#include "test-metas.h"

struct _IpcTestSink {
  GstBaseSink parent;
  IpcActor actor;
  gboolean check; /* object lock, as all below */
  IpcTestMetas metas;
  guint64 checked;
  gboolean anything; /* any number may come next */
  guint64 last;
  gboolean reverse;
};

G_DEFINE_TYPE (IpcTestSink, ipc_test_sink, GST_TYPE_BASE_SINK)

enum { PROP_0, PROP_ACTIONS, PROP_MISTAKE, PROP_CHECK, PROP_METAS, PROP_CHECKED, PROP_LAST };

static GstStaticPadTemplate sink_template
    = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static void
send_event (GstElement *element, GstEvent *event)
{
  if (GST_EVENT_IS_UPSTREAM (event))
    gst_pad_push_event (GST_BASE_SINK_PAD (element), event);
  else
    gst_event_unref (event);
}

static void
expect_anything (IpcTestSink *sink)
{
  GST_OBJECT_LOCK (sink);
  sink->anything = TRUE;
  GST_OBJECT_UNLOCK (sink);
}

/* NULL when all is well. */
static gchar *
check_order (IpcTestSink *sink, guint64 number, gboolean discont)
{
  gchar *text = NULL;

  GST_OBJECT_LOCK (sink);
  guint64 expected = sink->reverse ? sink->last - 1 : sink->last + 1;
  if (!sink->anything && !discont && number != expected)
    text = g_strdup_printf (
        "number %" G_GUINT64_FORMAT " follows %" G_GUINT64_FORMAT ", and nothing explains it", number, sink->last);
  sink->anything = FALSE;
  sink->last = number;
  sink->checked++;
  GST_OBJECT_UNLOCK (sink);
  return text;
}

static gchar *
check_buffer (IpcTestSink *sink, GstBuffer *buffer, IpcTestMetas metas)
{
  guint64 number = GST_BUFFER_OFFSET (buffer);
  gchar *text = NULL;
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return g_strdup ("a buffer cannot be read");
  if (!ipc_pattern_check (map.data, map.size, &number, &text)) {
    gchar *reason = g_steal_pointer (&text);
    text = g_strdup_printf ("a buffer %s", reason);
    g_free (reason);
  }
  gst_buffer_unmap (buffer, &map);
  if (text == NULL)
    text = ipc_test_metas_check (buffer, metas, number);
  return text ? text : check_order (sink, number, GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT));
}

static GstFlowReturn
render (GstBaseSink *base, GstBuffer *buffer)
{
  IpcTestSink *sink = IPC_TEST_SINK (base);
  gint value = GST_FLOW_OK;

  GST_OBJECT_LOCK (sink);
  gboolean check = sink->check;
  IpcTestMetas metas = sink->metas;
  GST_OBJECT_UNLOCK (sink);
  g_autofree gchar *text = check ? check_buffer (sink, buffer, metas) : NULL;
  if (text != NULL) {
    GST_ELEMENT_ERROR (sink, STREAM, DECODE, ("%s", text), (NULL));
    return GST_FLOW_ERROR;
  }
  ipc_actor_at (&sink->actor, IPC_RULE_AT_BUFFER, 0, NULL, &value);
  return value;
}

static GstFlowReturn
preroll (GstBaseSink *base, GstBuffer *buffer)
{
  gint value = GST_FLOW_OK;

  ipc_actor_at (&IPC_TEST_SINK (base)->actor, IPC_RULE_AT_PREROLL, 0, NULL, &value);
  return value;
}

/* A sink that is to stop playing must not keep what it renders. */
static gboolean
unlock (GstBaseSink *base)
{
  ipc_actor_set_flushing (&IPC_TEST_SINK (base)->actor, TRUE);
  return TRUE;
}

static gboolean
unlock_stop (GstBaseSink *base)
{
  ipc_actor_set_flushing (&IPC_TEST_SINK (base)->actor, FALSE);
  return TRUE;
}

static void
see_segment (IpcTestSink *sink, GstEvent *event)
{
  const GstSegment *segment;

  gst_event_parse_segment (event, &segment);
  GST_OBJECT_LOCK (sink);
  sink->anything = TRUE;
  sink->reverse = segment->rate < 0;
  GST_OBJECT_UNLOCK (sink);
}

static gboolean
event_function (GstBaseSink *base, GstEvent *event)
{
  IpcTestSink *sink = IPC_TEST_SINK (base);
  gint unused;

  IpcVerdict verdict = ipc_actor_at (&sink->actor, IPC_RULE_AT_EVENT, GST_EVENT_TYPE (event), NULL, &unused);
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START)
    ipc_actor_set_flushing (&sink->actor, TRUE);
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    ipc_actor_set_flushing (&sink->actor, FALSE);
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    see_segment (sink, event);
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP || GST_EVENT_TYPE (event) == GST_EVENT_GAP)
    expect_anything (sink);
  if (verdict == IPC_VERDICT_PASS)
    return GST_BASE_SINK_CLASS (ipc_test_sink_parent_class)->event (base, event);
  gst_event_unref (event);
  return verdict == IPC_VERDICT_SWALLOW;
}

static gboolean
pad_query (GstBaseSink *base, GstQuery *query)
{
  gint unused;

  IpcVerdict verdict
      = ipc_actor_at (&IPC_TEST_SINK (base)->actor, IPC_RULE_AT_QUERY, GST_QUERY_TYPE (query), query, &unused);
  if (verdict == IPC_VERDICT_PASS)
    return GST_BASE_SINK_CLASS (ipc_test_sink_parent_class)->query (base, query);
  return verdict == IPC_VERDICT_ANSWERED;
}

/* What applications ask comes here, not to the pad. */
static gboolean
element_query (GstElement *element, GstQuery *query)
{
  gint unused;

  IpcVerdict verdict
      = ipc_actor_at (&IPC_TEST_SINK (element)->actor, IPC_RULE_AT_QUERY, GST_QUERY_TYPE (query), query, &unused);
  if (verdict == IPC_VERDICT_PASS)
    return GST_ELEMENT_CLASS (ipc_test_sink_parent_class)->query (element, query);
  return verdict == IPC_VERDICT_ANSWERED;
}

/* Nor do events of theirs: what is sent on from here does not come to event_function(). */
static gboolean
element_event (GstElement *element, GstEvent *event)
{
  gint unused;

  IpcVerdict verdict
      = ipc_actor_at (&IPC_TEST_SINK (element)->actor, IPC_RULE_AT_EVENT, GST_EVENT_TYPE (event), NULL, &unused);
  if (verdict == IPC_VERDICT_PASS)
    return GST_ELEMENT_CLASS (ipc_test_sink_parent_class)->send_event (element, event);
  gst_event_unref (event);
  return verdict == IPC_VERDICT_SWALLOW;
}

static GstStateChangeReturn
parent_change_state (GstElement *element, GstStateChange transition)
{
  return GST_ELEMENT_CLASS (ipc_test_sink_parent_class)->change_state (element, transition);
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    expect_anything (IPC_TEST_SINK (element));
  return ipc_actor_change_state (&IPC_TEST_SINK (element)->actor, transition, parent_change_state);
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  IpcTestSink *sink = IPC_TEST_SINK (object);

  if (id == PROP_ACTIONS) {
    ipc_actor_set_rules (&sink->actor, g_value_get_string (value));
    return;
  }
  if (id == PROP_METAS)
    ipc_test_metas_register (g_value_get_flags (value));
  GST_OBJECT_LOCK (sink);
  if (id == PROP_CHECK)
    sink->check = g_value_get_boolean (value);
  else if (id == PROP_METAS)
    sink->metas = g_value_get_flags (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  GST_OBJECT_UNLOCK (sink);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  IpcTestSink *sink = IPC_TEST_SINK (object);

  if (id == PROP_ACTIONS) {
    g_value_take_string (value, ipc_actor_get_rules (&sink->actor));
    return;
  }
  if (id == PROP_MISTAKE) {
    g_value_take_string (value, ipc_actor_mistake (&sink->actor));
    return;
  }
  GST_OBJECT_LOCK (sink);
  if (id == PROP_CHECK)
    g_value_set_boolean (value, sink->check);
  else if (id == PROP_METAS)
    g_value_set_flags (value, sink->metas);
  else if (id == PROP_CHECKED)
    g_value_set_uint64 (value, sink->checked);
  else if (id == PROP_LAST)
    g_value_set_int64 (value, sink->checked > 0 ? (gint64)sink->last : -1);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  GST_OBJECT_UNLOCK (sink);
}

static void
finalize (GObject *object)
{
  ipc_actor_clear (&IPC_TEST_SINK (object)->actor);
  G_OBJECT_CLASS (ipc_test_sink_parent_class)->finalize (object);
}

static void
ipc_test_sink_class_init (IpcTestSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *base_class = GST_BASE_SINK_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  ipc_actor_install (object_class, PROP_ACTIONS, PROP_MISTAKE);
  g_object_class_install_property (object_class, PROP_CHECK,
      g_param_spec_boolean ("check", "Check", "Whether buffers must be ipctestsrc's, in order", TRUE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, PROP_METAS,
      g_param_spec_flags ("metas", "Metas", "That each buffer must have, as ipctestsrc makes them", IPC_TYPE_TEST_METAS,
          0, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, PROP_CHECKED,
      g_param_spec_uint64 ("checked", "Checked", "How many buffers were checked and rendered", 0, G_MAXUINT64, 0,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, PROP_LAST,
      g_param_spec_int64 ("last", "Last", "Number of the last of them, or -1", -1, G_MAXINT64, -1,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  element_class->change_state = change_state;
  element_class->query = element_query;
  element_class->send_event = element_event;
  base_class->render = render;
  base_class->preroll = preroll;
  base_class->unlock = unlock;
  base_class->unlock_stop = unlock_stop;
  base_class->event = event_function;
  base_class->query = pad_query;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "Test sink", "Sink/Generic",
      "Checks the pattern of ipctestsrc, and fails, delays, blocks, crashes ... on command", "gst-ipc-harness");
}

static void
ipc_test_sink_init (IpcTestSink *sink)
{
  ipc_actor_init (&sink->actor, GST_ELEMENT (sink), send_event);
  sink->check = TRUE;
  sink->anything = TRUE;
}
