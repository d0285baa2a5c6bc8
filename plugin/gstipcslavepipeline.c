/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-ipcslavepipeline
 * @title: ipcslavepipeline
 * @see_also: ipcpipelinesink, ipcpipelinesrc
 *
 * The pipeline of a slave process. Its application makes it, puts `ipcpipelinesrc` elements with decoders and
 * sinks behind them into it, and then leaves it alone: the master drives its state, and what is posted on its bus is
 * forwarded to the master as well.
 *
 * Messages are posted by any thread; nothing is kept but whether an async-done is still to come, under the
 * object lock.
 */

#include "gstipcslavepipeline.h"

#include "gstipcpipelinesrc.h"

GST_DEBUG_CATEGORY_STATIC (ipc_slave_pipeline_debug);
#define GST_CAT_DEFAULT ipc_slave_pipeline_debug

struct _GstIpcSlavePipeline {
  GstPipeline parent;
  gboolean async_done_to_come; /* under the object lock */
};

G_DEFINE_FINAL_TYPE (GstIpcSlavePipeline, gst_ipc_slave_pipeline, GST_TYPE_PIPELINE)
GST_ELEMENT_REGISTER_DEFINE (ipcslavepipeline, "ipcslavepipeline", GST_RANK_NONE, GST_TYPE_IPC_SLAVE_PIPELINE);

/* State */

static void
gst_ipc_slave_pipeline_set_async (GstElement *pipeline, gboolean to_come)
{
  if (!GST_IS_IPC_SLAVE_PIPELINE (pipeline))
    return;
  GST_OBJECT_LOCK (pipeline);
  GST_IPC_SLAVE_PIPELINE (pipeline)->async_done_to_come = to_come;
  GST_OBJECT_UNLOCK (pipeline);
}

/* Set before, so that an async-done that comes while the state is being set is not forgotten. */
static GstStateChangeReturn
gst_ipc_slave_pipeline_set_state (GstElement *pipeline, GstState state)
{
  GstStateChangeReturn ret;

  gst_ipc_slave_pipeline_set_async (pipeline, TRUE);
  ret = gst_element_set_state (pipeline, state);
  if (ret != GST_STATE_CHANGE_ASYNC)
    gst_ipc_slave_pipeline_set_async (pipeline, FALSE);
  return ret;
}

GstStateChangeReturn
gst_ipc_slave_pipeline_follow (GstElement *pipeline, GstStateChange transition)
{
  const GstState target = GST_STATE_TRANSITION_NEXT (transition);
  const gboolean up = target > GST_STATE_TRANSITION_CURRENT (transition);
  GstStateChangeReturn present, ret;
  GstState destination;
  gboolean there, settled;

  GST_STATE_LOCK (pipeline);

  GST_OBJECT_LOCK (pipeline);
  present = GST_STATE_RETURN (pipeline);
  destination = GST_STATE_PENDING (pipeline);
  if (destination == GST_STATE_VOID_PENDING)
    destination = GST_STATE (pipeline);
  settled = GST_IS_IPC_SLAVE_PIPELINE (pipeline) && !GST_IPC_SLAVE_PIPELINE (pipeline)->async_done_to_come;
  GST_OBJECT_UNLOCK (pipeline);

  there = up ? destination >= target : destination <= target;
  if (up && present == GST_STATE_CHANGE_FAILURE)
    ret = GST_STATE_CHANGE_FAILURE;
  else if (!there)
    ret = gst_ipc_slave_pipeline_set_state (pipeline, target);
  else if (target <= GST_STATE_READY || present == GST_STATE_CHANGE_FAILURE)
    ret = GST_STATE_CHANGE_SUCCESS;
  else if (present == GST_STATE_CHANGE_ASYNC && settled)
    /* On its way by itself, after an async-done that the master has had: no other will come to complete an ASYNC. */
    ret = GST_STATE_CHANGE_SUCCESS;
  else
    ret = present;

  GST_STATE_UNLOCK (pipeline);
  return ret;
}

/* Messages to the master */

/* For gst_iterator_filter(): 0 for what stays in. */
static gint
gst_ipc_is_source (gconstpointer item, gconstpointer user_data)
{
  return GST_IS_IPC_PIPELINE_SRC (g_value_get_object (item)) ? 0 : 1;
}

static void
gst_ipc_slave_pipeline_add_source (const GValue *item, gpointer user_data)
{
  g_ptr_array_add (user_data, g_value_dup_object (item));
}

/* The sources of the pipeline, at any depth, as they are now. */
static GPtrArray *
gst_ipc_slave_pipeline_list_sources (GstIpcSlavePipeline *pipeline)
{
  g_autoptr (GstIterator) iterator = gst_bin_iterate_recurse (GST_BIN (pipeline));
  g_autoptr (GstIterator) sources = gst_iterator_filter (g_steal_pointer (&iterator), gst_ipc_is_source, NULL);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (gst_object_unref);

  while (gst_iterator_foreach (sources, gst_ipc_slave_pipeline_add_source, list) == GST_ITERATOR_RESYNC) {
    g_ptr_array_set_size (list, 0);
    gst_iterator_resync (sources);
  }
  return g_steal_pointer (&list);
}

static void
gst_ipc_slave_pipeline_forward_lost_state (GstIpcSlavePipeline *pipeline)
{
  g_autoptr (GPtrArray) sources = gst_ipc_slave_pipeline_list_sources (pipeline);

  for (guint i = 0; i < sources->len; i++)
    gst_ipc_pipeline_src_state_lost (sources->pdata[i]);
}

/* EOS and async-done concern each of the master's sinks; one of them is enough for anything else (MSG-3, MSG-4). */
static void
gst_ipc_slave_pipeline_forward (GstIpcSlavePipeline *pipeline, GstMessage *message)
{
  g_autoptr (GPtrArray) sources = gst_ipc_slave_pipeline_list_sources (pipeline);
  const gboolean everywhere
      = GST_MESSAGE_TYPE (message) == GST_MESSAGE_ASYNC_DONE || GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;

  for (guint i = 0; i < sources->len; i++) {
    if (gst_ipc_pipeline_src_forward_message (sources->pdata[i], message) && !everywhere)
      break;
  }
}

static gboolean
gst_ipc_slave_pipeline_is_own_write_error (GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR || !GST_IS_IPC_PIPELINE_SRC (GST_MESSAGE_SRC (message)))
    return FALSE;
  gst_message_parse_error (message, &error, NULL);
  return g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE);
}

/* What is a matter of this process alone (MSG-2). */
static gboolean
gst_ipc_slave_pipeline_keeps (GstMessage *message)
{
  switch (GST_MESSAGE_TYPE (message)) {
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
    return gst_ipc_slave_pipeline_is_own_write_error (message);
  }
}

/* The pipeline says that it lost its state by a change from PAUSED to PAUSED that is pending. */
static gboolean
gst_ipc_slave_pipeline_tells_lost_state (GstIpcSlavePipeline *pipeline, GstMessage *message)
{
  GstState old, new, pending;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_STATE_CHANGED || GST_MESSAGE_SRC (message) != GST_OBJECT (pipeline))
    return FALSE;
  gst_message_parse_state_changed (message, &old, &new, &pending);
  return old == GST_STATE_PAUSED && new == GST_STATE_PAUSED &&pending == GST_STATE_PAUSED;
}

static gboolean
gst_ipc_slave_pipeline_post_message (GstElement *element, GstMessage *message)
{
  GstIpcSlavePipeline *pipeline = GST_IPC_SLAVE_PIPELINE (element);

  if (gst_ipc_slave_pipeline_tells_lost_state (pipeline, message)) {
    gst_ipc_slave_pipeline_set_async (element, TRUE);
    gst_ipc_slave_pipeline_forward_lost_state (pipeline);
  } else if (!gst_ipc_slave_pipeline_keeps (message)) {
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ASYNC_DONE)
      gst_ipc_slave_pipeline_set_async (element, FALSE);
    gst_ipc_slave_pipeline_forward (pipeline, message);
  }
  return GST_ELEMENT_CLASS (gst_ipc_slave_pipeline_parent_class)->post_message (element, message);
}

static void
gst_ipc_slave_pipeline_class_init (GstIpcSlavePipelineClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (ipc_slave_pipeline_debug, "ipcslavepipeline", 0, "ipcslavepipeline element");

  element_class->post_message = gst_ipc_slave_pipeline_post_message;
  gst_element_class_set_static_metadata (element_class, "Inter-process Slave Pipeline", "Generic/Bin/Slave",
      "The pipeline of a slave process, driven by the master", "gst-ipc-harness maintainers");
}

static void
gst_ipc_slave_pipeline_init (GstIpcSlavePipeline *pipeline)
{
}
