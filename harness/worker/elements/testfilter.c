/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-ipctestfilter
 * @title: ipctestfilter
 *
 * Passes everything through, both ways, and does on command what other elements do by accident. The property `actions`
 * says what and when; docs/test-elements.md has the grammar.
 *
 * In a worker: `ipctestsrc ! ipctestfilter actions="at buffer 5: return eos" ! ipctestsink`
 */

#include "actor.h"
#include "elements.h"

struct _IpcTestFilter {
  GstElement parent;
  GstPad *sinkpad, *srcpad;
  IpcActor actor;
};

G_DEFINE_TYPE (IpcTestFilter, ipc_test_filter, GST_TYPE_ELEMENT)

enum { PROP_0, PROP_ACTIONS, PROP_MISTAKE };

static GstStaticPadTemplate sink_template
    = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template
    = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static void
send_event (GstElement *element, GstEvent *event)
{
  IpcTestFilter *filter = IPC_TEST_FILTER (element);

  gst_pad_push_event (GST_EVENT_IS_DOWNSTREAM (event) ? filter->srcpad : filter->sinkpad, event);
}

/* TRUE when @buffer goes on; else it is gone and *result is to be returned. */
static gboolean
passes (IpcTestFilter *filter, GstBuffer *buffer, GstFlowReturn *result)
{
  gint value = GST_FLOW_OK;

  if (ipc_actor_at (&filter->actor, IPC_RULE_AT_BUFFER, 0, NULL, &value) == IPC_VERDICT_PASS)
    return TRUE;
  gst_buffer_unref (buffer);
  *result = value;
  return FALSE;
}

static GstFlowReturn
chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  IpcTestFilter *filter = IPC_TEST_FILTER (parent);
  GstFlowReturn result;

  return passes (filter, buffer, &result) ? gst_pad_push (filter->srcpad, buffer) : result;
}

/* Taken apart only when there is a rule for buffers. */
static GstFlowReturn
chain_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  IpcTestFilter *filter = IPC_TEST_FILTER (parent);
  GstFlowReturn result = GST_FLOW_OK;

  if (!ipc_actor_has_rules (&filter->actor, IPC_RULE_AT_BUFFER))
    return gst_pad_push_list (filter->srcpad, list);
  for (guint i = 0; i < gst_buffer_list_length (list) && result == GST_FLOW_OK; i++)
    result = chain (pad, parent, gst_buffer_ref (gst_buffer_list_get (list, i)));
  gst_buffer_list_unref (list);
  return result;
}

static gboolean
event_function (GstPad *pad, GstObject *parent, GstEvent *event)
{
  IpcTestFilter *filter = IPC_TEST_FILTER (parent);
  gint unused;

  IpcVerdict verdict = ipc_actor_at (&filter->actor, IPC_RULE_AT_EVENT, GST_EVENT_TYPE (event), NULL, &unused);
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START)
    ipc_actor_set_flushing (&filter->actor, TRUE);
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    ipc_actor_set_flushing (&filter->actor, FALSE);
  if (verdict == IPC_VERDICT_PASS)
    return gst_pad_event_default (pad, parent, event);
  gst_event_unref (event);
  return verdict == IPC_VERDICT_SWALLOW;
}

static gboolean
query_function (GstPad *pad, GstObject *parent, GstQuery *query)
{
  IpcTestFilter *filter = IPC_TEST_FILTER (parent);
  gint unused;

  IpcVerdict verdict = ipc_actor_at (&filter->actor, IPC_RULE_AT_QUERY, GST_QUERY_TYPE (query), query, &unused);
  if (verdict == IPC_VERDICT_PASS)
    return gst_pad_query_default (pad, parent, query);
  return verdict == IPC_VERDICT_ANSWERED;
}

static GstStateChangeReturn
parent_change_state (GstElement *element, GstStateChange transition)
{
  return GST_ELEMENT_CLASS (ipc_test_filter_parent_class)->change_state (element, transition);
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  return ipc_actor_change_state (&IPC_TEST_FILTER (element)->actor, transition, parent_change_state);
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  if (id == PROP_ACTIONS)
    ipc_actor_set_rules (&IPC_TEST_FILTER (object)->actor, g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  IpcTestFilter *filter = IPC_TEST_FILTER (object);

  if (id == PROP_ACTIONS)
    g_value_take_string (value, ipc_actor_get_rules (&filter->actor));
  else if (id == PROP_MISTAKE)
    g_value_take_string (value, ipc_actor_mistake (&filter->actor));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
finalize (GObject *object)
{
  ipc_actor_clear (&IPC_TEST_FILTER (object)->actor);
  G_OBJECT_CLASS (ipc_test_filter_parent_class)->finalize (object);
}

static void
ipc_test_filter_class_init (IpcTestFilterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  ipc_actor_install (object_class, PROP_ACTIONS, PROP_MISTAKE);
  element_class->change_state = change_state;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Test filter", "Generic/Filter",
      "Passes everything through, and fails, delays, blocks, crashes ... on command", "gst-ipc-harness");
}

static void
ipc_test_filter_init (IpcTestFilter *filter)
{
  ipc_actor_init (&filter->actor, GST_ELEMENT (filter), send_event);

  filter->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (filter->sinkpad, chain);
  gst_pad_set_chain_list_function (filter->sinkpad, chain_list);
  gst_pad_set_event_function (filter->sinkpad, event_function);
  gst_pad_set_query_function (filter->sinkpad, query_function);
  GST_PAD_SET_PROXY_CAPS (filter->sinkpad);
  GST_PAD_SET_PROXY_ALLOCATION (filter->sinkpad);
  gst_element_add_pad (GST_ELEMENT (filter), filter->sinkpad);

  filter->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_event_function (filter->srcpad, event_function);
  gst_pad_set_query_function (filter->srcpad, query_function);
  GST_PAD_SET_PROXY_CAPS (filter->srcpad);
  GST_PAD_SET_PROXY_ALLOCATION (filter->srcpad);
  gst_element_add_pad (GST_ELEMENT (filter), filter->srcpad);
}
