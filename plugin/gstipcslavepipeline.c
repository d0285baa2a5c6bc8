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
 * A master that is a reference peer also has it run on the clock and the base time of its own pipeline, with the
 * latency of that pipeline, and play again after a flushing seek when all of its slaves do. An application that gives
 * the pipeline a clock with gst_pipeline_use_clock(), or no start time, keeps its choice.
 *
 * Messages are posted by any thread. The master's clock and base time change under the state lock, so that none changes
 * while the pipeline goes to PLAYING.
 */

#include "gstipcslavepipeline.h"

#include "gstipcclock.h"
#include "gstipcpeer.h"
#include "gstipcpipelinesrc.h"

GST_DEBUG_CATEGORY_STATIC (ipc_slave_pipeline_debug);
#define GST_CAT_DEFAULT ipc_slave_pipeline_debug

/* How long a pipeline may take to carry on by itself before its master is told that it is still busy. */
#define CARRY_ON_TIME (10 * G_TIME_SPAN_SECOND)

/* A pipeline may begin to run at a moment to come, but not in days. */
#define MAX_BASE_TIME_AHEAD (24 * 60 * 60 * GST_SECOND)

struct _GstIpcSlavePipeline {
  GstPipeline parent;
  gboolean abandoned; /* by its application; under the state lock */
  gboolean failed;    /* to go up for the master, and not been taken to NULL since; under the state lock */
  /* Under the object lock: */
  guint state_changes;    /* counts those of the pipeline and of everything in it */
  GstClock *clock;        /* what the master's pipeline runs on, NULL: that is not known */
  GstClockTime base_time; /* and since when */
  GstClockTime latency;   /* that the master configured, GST_CLOCK_TIME_NONE: not yet */
};

G_DEFINE_FINAL_TYPE (GstIpcSlavePipeline, gst_ipc_slave_pipeline, GST_TYPE_PIPELINE)
GST_ELEMENT_REGISTER_DEFINE (ipcslavepipeline, "ipcslavepipeline", GST_RANK_NONE, GST_TYPE_IPC_SLAVE_PIPELINE);

/* State */

static void
gst_ipc_slave_pipeline_find_async (const GValue *item, gpointer user_data)
{
  GstElement *child = g_value_get_object (item);

  GST_OBJECT_LOCK (child);
  if (GST_STATE_RETURN (child) == GST_STATE_CHANGE_ASYNC)
    *(gboolean *)user_data = TRUE;
  GST_OBJECT_UNLOCK (child);
}

/* Whether something in the pipeline is changing its state asynchronously. Then an async-done of the pipeline will come.
 */
static gboolean
gst_ipc_slave_pipeline_has_async_child (GstElement *pipeline)
{
  g_autoptr (GstIterator) children = gst_bin_iterate_elements (GST_BIN (pipeline));
  gboolean found = FALSE;

  while (gst_iterator_foreach (children, gst_ipc_slave_pipeline_find_async, &found) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (children);
  return found;
}

/* Waits until the state of the pipeline, or of anything in it, is another than at @state_changes. */
static void
gst_ipc_slave_pipeline_await_change (GstIpcSlavePipeline *pipeline, guint state_changes)
{
  const gint64 end = g_get_monotonic_time () + CARRY_ON_TIME;

  GST_OBJECT_LOCK (pipeline);
  while (pipeline->state_changes == state_changes && GST_STATE_RETURN (pipeline) == GST_STATE_CHANGE_ASYNC) {
    if (!GST_STATE_WAIT_UNTIL (pipeline, end))
      break;
  }
  GST_OBJECT_UNLOCK (pipeline);
}

/* What a pipeline answers that is there, or on its way there, already. */
static GstStateChangeReturn
gst_ipc_slave_pipeline_present_result (GstElement *pipeline, GstState target)
{
  const gint64 end = g_get_monotonic_time () + CARRY_ON_TIME;
  GstStateChangeReturn present;
  gboolean carries_on;
  guint state_changes;

  for (;;) {
    /* Children are ASYNC, for a moment, also while somebody sets their state: not while the state lock is ours. */
    GST_STATE_LOCK (pipeline);
    GST_OBJECT_LOCK (pipeline);
    present = GST_STATE_RETURN (pipeline);
    state_changes = GST_IS_IPC_SLAVE_PIPELINE (pipeline) ? GST_IPC_SLAVE_PIPELINE (pipeline)->state_changes : 0;
    GST_OBJECT_UNLOCK (pipeline);
    carries_on = present == GST_STATE_CHANGE_ASYNC && GST_IS_IPC_SLAVE_PIPELINE (pipeline)
                 && !gst_ipc_slave_pipeline_has_async_child (pipeline);
    GST_STATE_UNLOCK (pipeline);

    if (target <= GST_STATE_READY || present == GST_STATE_CHANGE_FAILURE)
      return GST_STATE_CHANGE_SUCCESS;
    if (!carries_on || g_get_monotonic_time () >= end)
      return present;
    /* Preroll is done, and a thread of the bin is about to take it on to PLAYING. The master has had its async-done
     * and must not be told to wait for another one; nor that it is done before it is: a seek that comes in between
     * would not make the pipeline lose its state. */
    gst_ipc_slave_pipeline_await_change (GST_IPC_SLAVE_PIPELINE (pipeline), state_changes);
  }
}

/* GStreamer notes any ERROR as a failure of the pipeline, also one that is posted when it is in NULL already, that of a
 * master who has gone, say. That is not to keep the next master from starting it. Call with the state lock and the
 * object lock. */
static gboolean
gst_ipc_slave_pipeline_has_failed (GstElement *pipeline)
{
  if (GST_STATE_RETURN (pipeline) != GST_STATE_CHANGE_FAILURE)
    return FALSE;
  return !GST_IS_IPC_SLAVE_PIPELINE (pipeline) || GST_STATE (pipeline) != GST_STATE_NULL
         || GST_STATE_PENDING (pipeline) != GST_STATE_VOID_PENDING || GST_IPC_SLAVE_PIPELINE (pipeline)->failed;
}

GstStateChangeReturn
gst_ipc_slave_pipeline_follow (GstElement *pipeline, GstStateChange transition, GstIpcPipelineSrc *src, guint64 peer)
{
  const GstState target = GST_STATE_TRANSITION_NEXT (transition);
  const gboolean up = target > GST_STATE_TRANSITION_CURRENT (transition);
  GstStateChangeReturn ret = GST_STATE_CHANGE_FAILURE;
  gboolean there, refuses;
  GstState destination;

  /* Of several sources that ask at once one does it; the others wait here, and find it done. */
  GST_STATE_LOCK (pipeline);
  GST_OBJECT_LOCK (pipeline);
  destination = GST_STATE_PENDING (pipeline);
  if (destination == GST_STATE_VOID_PENDING)
    destination = GST_STATE (pipeline);
  there = up ? destination >= target : destination <= target;
  refuses = up && gst_ipc_slave_pipeline_has_failed (pipeline);
  GST_OBJECT_UNLOCK (pipeline);
  if (GST_IS_IPC_SLAVE_PIPELINE (pipeline) && GST_IPC_SLAVE_PIPELINE (pipeline)->abandoned)
    refuses = up;
  if (!gst_ipc_pipeline_src_has_peer (src, peer))
    refuses = TRUE;
  if (!there && !refuses)
    ret = gst_element_set_state (pipeline, target);
  if (up && !there && !refuses && ret == GST_STATE_CHANGE_FAILURE && GST_IS_IPC_SLAVE_PIPELINE (pipeline))
    GST_IPC_SLAVE_PIPELINE (pipeline)->failed = TRUE;
  GST_STATE_UNLOCK (pipeline);

  if (there && !refuses)
    ret = gst_ipc_slave_pipeline_present_result (pipeline, target);
  return ret;
}

/* Sources */

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

/* Whether the master is a reference peer. */
static gboolean
gst_ipc_slave_pipeline_has_reference_master (GstIpcSlavePipeline *pipeline)
{
  g_autoptr (GPtrArray) sources = gst_ipc_slave_pipeline_list_sources (pipeline);

  for (guint i = 0; i < sources->len; i++) {
    if (gst_ipc_pipeline_src_has_reference_peer (sources->pdata[i]))
      return TRUE;
  }
  return FALSE;
}

/* Messages to the master */

/* A pipeline that lost its state in PLAYING goes on to PLAYING when it has its preroll: this one alone, before the
 * master's has a base time. Here it stays where it is; the master, which loses its state as well, sends a STATE_CHANGE
 * when all have their preroll. One that has come meanwhile holds. */
static void
gst_ipc_slave_pipeline_wait_for_master (GstIpcSlavePipeline *pipeline)
{
  GST_OBJECT_LOCK (pipeline);
  if (GST_STATE (pipeline) == GST_STATE_PAUSED && GST_STATE_PENDING (pipeline) == GST_STATE_PAUSED)
    GST_STATE_TARGET (pipeline) = GST_STATE_PAUSED;
  GST_OBJECT_UNLOCK (pipeline);
}

static void
gst_ipc_slave_pipeline_on_lost_state (GstIpcSlavePipeline *pipeline)
{
  g_autoptr (GPtrArray) sources = gst_ipc_slave_pipeline_list_sources (pipeline);

  if (gst_ipc_slave_pipeline_has_reference_master (pipeline))
    gst_ipc_slave_pipeline_wait_for_master (pipeline);
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

static gboolean
gst_ipc_slave_pipeline_keeps (GstMessage *message)
{
  return gst_ipc_message_type_is_local (GST_MESSAGE_TYPE (message))
         || gst_ipc_slave_pipeline_is_own_write_error (message);
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

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_STATE_CHANGED) {
    GST_OBJECT_LOCK (pipeline);
    pipeline->state_changes++;
    GST_STATE_BROADCAST (pipeline);
    GST_OBJECT_UNLOCK (pipeline);
  }
  if (gst_ipc_slave_pipeline_tells_lost_state (pipeline, message))
    gst_ipc_slave_pipeline_on_lost_state (pipeline);
  else if (!gst_ipc_slave_pipeline_keeps (message))
    gst_ipc_slave_pipeline_forward (pipeline, message);
  return GST_ELEMENT_CLASS (gst_ipc_slave_pipeline_parent_class)->post_message (element, message);
}

/* Time */

typedef struct {
  GstClockTime base, start;
} GstIpcTimes;

static void
gst_ipc_slave_pipeline_set_times_on (const GValue *item, gpointer user_data)
{
  GstElement *element = g_value_get_object (item);
  const GstIpcTimes *times = user_data;

  gst_element_set_base_time (element, times->base);
  gst_element_set_start_time (element, times->start);
}

/* Sets the times of the pipeline and of everything in it. What is added later has them from its bin. */
static void
gst_ipc_slave_pipeline_set_times (GstElement *pipeline, GstClockTime base, GstClockTime start)
{
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (pipeline));
  GstIpcTimes times = { base, start };

  gst_element_set_base_time (pipeline, base);
  gst_element_set_start_time (pipeline, start);
  while (gst_iterator_foreach (elements, gst_ipc_slave_pipeline_set_times_on, &times) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (elements);
}

static void
gst_ipc_slave_pipeline_change_clock (GstElement *pipeline, GstClock *clock)
{
  g_autoptr (GstClock) present = gst_element_get_clock (pipeline);

  if (clock != present && gst_element_set_clock (pipeline, clock))
    gst_element_post_message (pipeline, gst_message_new_new_clock (GST_OBJECT (pipeline), clock));
}

/* Lets go of the master's clock; with the next change to PLAYING the pipeline chooses one. Call with the state lock.
 */
static void
gst_ipc_slave_pipeline_forget_time (GstIpcSlavePipeline *pipeline)
{
  g_autoptr (GstClock) clock = NULL;

  GST_OBJECT_LOCK (pipeline);
  clock = g_steal_pointer (&pipeline->clock);
  GST_OBJECT_UNLOCK (pipeline);
  if (clock != NULL)
    gst_pipeline_auto_clock (GST_PIPELINE (pipeline));
}

static gboolean
gst_ipc_slave_pipeline_may_take_time (GstIpcSlavePipeline *pipeline, const IpcTime *time, GstClock *clock)
{
  gboolean is_set_by_application;

  GST_OBJECT_LOCK (pipeline);
  is_set_by_application
      = GST_ELEMENT_START_TIME (pipeline) == GST_CLOCK_TIME_NONE
        || (pipeline->clock == NULL && GST_OBJECT_FLAG_IS_SET (pipeline, GST_PIPELINE_FLAG_FIXED_CLOCK));
  GST_OBJECT_UNLOCK (pipeline);
  if (is_set_by_application) {
    GST_INFO_OBJECT (pipeline, "the application chose clock or base time: the master's are not used");
    return FALSE;
  }
  if (!GST_CLOCK_TIME_IS_VALID (time->base_time)
      || time->base_time > gst_clock_get_time (clock) + MAX_BASE_TIME_AHEAD) {
    GST_WARNING_OBJECT (pipeline, "the master's base time cannot be: %" GST_TIME_FORMAT " on %" GST_PTR_FORMAT,
        GST_TIME_ARGS (time->base_time), clock);
    return FALSE;
  }
  return TRUE;
}

/* Call with the state lock. */
static gboolean
gst_ipc_slave_pipeline_take_time (GstIpcSlavePipeline *pipeline, const IpcTime *time)
{
  GstElement *element = GST_ELEMENT (pipeline);
  g_autoptr (GstClock) present = gst_element_get_clock (element);
  g_autoptr (GstClock) clock = gst_ipc_clock_obtain (time->clock, present);
  gboolean is_playing;

  if (!gst_ipc_slave_pipeline_may_take_time (pipeline, time, clock)) {
    gst_ipc_slave_pipeline_forget_time (pipeline);
    return FALSE;
  }
  gst_pipeline_use_clock (GST_PIPELINE (pipeline), clock);
  GST_OBJECT_LOCK (pipeline);
  gst_object_replace ((GstObject **)&pipeline->clock, GST_OBJECT (clock));
  pipeline->base_time = time->base_time;
  is_playing = GST_STATE (pipeline) == GST_STATE_PLAYING;
  GST_OBJECT_UNLOCK (pipeline);
  if (is_playing) {
    gst_ipc_slave_pipeline_change_clock (element, clock);
    gst_ipc_slave_pipeline_set_times (element, time->base_time, gst_element_get_start_time (element));
  }
  return TRUE;
}

gboolean
gst_ipc_slave_pipeline_set_time (GstElement *pipeline, const IpcTime *time)
{
  gboolean ret = FALSE;

  if (!GST_IS_IPC_SLAVE_PIPELINE (pipeline))
    return FALSE;
  GST_STATE_LOCK (pipeline);
  if (time != NULL)
    ret = gst_ipc_slave_pipeline_take_time (GST_IPC_SLAVE_PIPELINE (pipeline), time);
  else
    gst_ipc_slave_pipeline_forget_time (GST_IPC_SLAVE_PIPELINE (pipeline));
  GST_STATE_UNLOCK (pipeline);
  return ret;
}

/* From PAUSED to PLAYING on the master's time. A pipeline without start time leaves its base time alone; everything
 * gets the start time back, which tells positions in PAUSED. */
static GstStateChangeReturn
gst_ipc_slave_pipeline_play_with_master (GstElement *element, GstClock *clock, GstClockTime base_time)
{
  const GstClockTime start_time = gst_element_get_start_time (element);
  GstStateChangeReturn ret;

  gst_ipc_slave_pipeline_change_clock (element, clock);
  gst_ipc_slave_pipeline_set_times (element, base_time, GST_CLOCK_TIME_NONE);
  ret = GST_ELEMENT_CLASS (gst_ipc_slave_pipeline_parent_class)
            ->change_state (element, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  gst_ipc_slave_pipeline_set_times (element, base_time, start_time);
  return ret;
}

/* Latency */

void
gst_ipc_slave_pipeline_set_latency (GstElement *pipeline, GstClockTime latency)
{
  if (!GST_IS_IPC_SLAVE_PIPELINE (pipeline))
    return;
  GST_OBJECT_LOCK (pipeline);
  GST_IPC_SLAVE_PIPELINE (pipeline)->latency = latency;
  GST_OBJECT_UNLOCK (pipeline);
}

/* What the master configured again, for sinks that have come since; of its own only until then (TIME-3). */
static gboolean
gst_ipc_slave_pipeline_do_latency (GstBin *bin)
{
  GstIpcSlavePipeline *pipeline = GST_IPC_SLAVE_PIPELINE (bin);
  GstClockTime latency;

  GST_OBJECT_LOCK (pipeline);
  latency = pipeline->latency;
  GST_OBJECT_UNLOCK (pipeline);
  if (latency == GST_CLOCK_TIME_NONE || !gst_ipc_slave_pipeline_has_reference_master (pipeline))
    return GST_BIN_CLASS (gst_ipc_slave_pipeline_parent_class)->do_latency (bin);
  return gst_element_send_event (GST_ELEMENT (bin), gst_event_new_latency (latency));
}

/* GObject and GstElement */

static void
gst_ipc_slave_pipeline_hold_flushes (GPtrArray *sources, gboolean hold)
{
  for (guint i = 0; i < sources->len; i++)
    gst_ipc_pipeline_src_hold_flushes (sources->pdata[i], hold);
}

/* Elements are shut from the sinks on, and srcs last: the master must not flush what is being shut (LIFE-11). After an
 * error the pipeline may be in READY, and what is in it further on. */
static GstStateChangeReturn
gst_ipc_slave_pipeline_shut (GstElement *element, GstStateChange transition)
{
  g_autoptr (GPtrArray) sources = gst_ipc_slave_pipeline_list_sources (GST_IPC_SLAVE_PIPELINE (element));
  GstStateChangeReturn ret;

  gst_ipc_slave_pipeline_hold_flushes (sources, TRUE);
  ret = GST_ELEMENT_CLASS (gst_ipc_slave_pipeline_parent_class)->change_state (element, transition);
  gst_ipc_slave_pipeline_hold_flushes (sources, FALSE);
  return ret;
}

static GstStateChangeReturn
gst_ipc_slave_pipeline_change_state (GstElement *element, GstStateChange transition)
{
  GstIpcSlavePipeline *pipeline = GST_IPC_SLAVE_PIPELINE (element);
  g_autoptr (GstClock) clock = NULL;
  GstClockTime base_time;

  if (GST_STATE_TRANSITION_NEXT (transition) == GST_STATE_NULL)
    pipeline->failed = FALSE;
  GST_OBJECT_LOCK (pipeline);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    pipeline->latency = GST_CLOCK_TIME_NONE;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING && pipeline->clock != NULL)
    clock = gst_object_ref (pipeline->clock);
  base_time = pipeline->base_time;
  GST_OBJECT_UNLOCK (pipeline);

  if (clock != NULL)
    return gst_ipc_slave_pipeline_play_with_master (element, clock, base_time);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY || transition == GST_STATE_CHANGE_READY_TO_NULL)
    return gst_ipc_slave_pipeline_shut (element, transition);
  return GST_ELEMENT_CLASS (gst_ipc_slave_pipeline_parent_class)->change_state (element, transition);
}

/* A sink that steps with a flush loses its state, in NULL too, and never gets another one there. Whoever asks for the
 * step cannot know what the master has done to the state meanwhile. */
static gboolean
gst_ipc_slave_pipeline_step (GstElement *element, GstEvent *event)
{
  g_autoptr (GPtrArray) sources = gst_ipc_slave_pipeline_list_sources (GST_IPC_SLAVE_PIPELINE (element));
  gboolean ret = FALSE;
  guint n = 0;

  while (n < sources->len && gst_ipc_pipeline_src_begin_step (sources->pdata[n]))
    n++;
  if (n == sources->len)
    ret = GST_ELEMENT_CLASS (gst_ipc_slave_pipeline_parent_class)->send_event (element, event);
  else
    gst_event_unref (event);
  while (n > 0)
    gst_ipc_pipeline_src_end_step (sources->pdata[--n]);
  return ret;
}

static gboolean
gst_ipc_slave_pipeline_send_event (GstElement *element, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_STEP)
    return gst_ipc_slave_pipeline_step (element, event);
  return GST_ELEMENT_CLASS (gst_ipc_slave_pipeline_parent_class)->send_event (element, event);
}

static void
gst_ipc_slave_pipeline_find_own_task (const GValue *item, gpointer user_data)
{
  GstElement *element = g_value_get_object (item);

  GST_OBJECT_LOCK (element);
  for (GList *pad = element->pads; pad != NULL; pad = pad->next) {
    const GstTask *task = GST_PAD_TASK (pad->data);

    if (task != NULL && task->thread == g_thread_self ())
      *(gboolean *)user_data = TRUE;
  }
  GST_OBJECT_UNLOCK (element);
}

/* Whether this thread is one of the pipeline's streaming threads, which end with its state. */
static gboolean
gst_ipc_slave_pipeline_is_streaming_thread (GstIpcSlavePipeline *pipeline)
{
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (pipeline));
  gboolean found = FALSE;

  while (gst_iterator_foreach (elements, gst_ipc_slave_pipeline_find_own_task, &found) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (elements);
  return found;
}

/* The master must not find anything to start, and what it has started goes down. */
static void
gst_ipc_slave_pipeline_abandon (GstIpcSlavePipeline *pipeline)
{
  gboolean runs;

  GST_STATE_LOCK (pipeline);
  runs = !pipeline->abandoned
         && (GST_STATE (pipeline) != GST_STATE_NULL || GST_STATE_PENDING (pipeline) != GST_STATE_VOID_PENDING);
  pipeline->abandoned = TRUE;
  GST_STATE_UNLOCK (pipeline);
  if (runs)
    gst_element_set_state (GST_ELEMENT (pipeline), GST_STATE_NULL);
}

/* The thread whose place this takes may have let go long ago: then the last reference goes without another dispose. */
static void
gst_ipc_slave_pipeline_dispose_elsewhere (GstElement *element, gpointer unused)
{
  gst_ipc_slave_pipeline_abandon (GST_IPC_SLAVE_PIPELINE (element));
  G_OBJECT_CLASS (gst_ipc_slave_pipeline_parent_class)->dispose (G_OBJECT (element));
}

/* Its application has taken the pipeline to NULL and let go of it, but the master may have come in between, and may
 * still do so. A streaming thread that happens to have the last reference cannot take the pipeline down, it would wait
 * for itself; nor for the state lock, whose owner may be waiting for it: another thread does. */
static void
gst_ipc_slave_pipeline_dispose (GObject *object)
{
  GstIpcSlavePipeline *pipeline = GST_IPC_SLAVE_PIPELINE (object);

  if (gst_ipc_slave_pipeline_is_streaming_thread (pipeline)) {
    gst_element_call_async (GST_ELEMENT (pipeline), gst_ipc_slave_pipeline_dispose_elsewhere, NULL, NULL);
    return;
  }
  gst_ipc_slave_pipeline_abandon (pipeline);
  G_OBJECT_CLASS (gst_ipc_slave_pipeline_parent_class)->dispose (object);
}

static void
gst_ipc_slave_pipeline_finalize (GObject *object)
{
  g_clear_object (&GST_IPC_SLAVE_PIPELINE (object)->clock);
  G_OBJECT_CLASS (gst_ipc_slave_pipeline_parent_class)->finalize (object);
}

static void
gst_ipc_slave_pipeline_class_init (GstIpcSlavePipelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (ipc_slave_pipeline_debug, "ipcslavepipeline", 0, "ipcslavepipeline element");

  object_class->dispose = gst_ipc_slave_pipeline_dispose;
  object_class->finalize = gst_ipc_slave_pipeline_finalize;
  GST_BIN_CLASS (klass)->do_latency = gst_ipc_slave_pipeline_do_latency;
  element_class->change_state = gst_ipc_slave_pipeline_change_state;
  element_class->post_message = gst_ipc_slave_pipeline_post_message;
  element_class->send_event = gst_ipc_slave_pipeline_send_event;
  gst_element_class_set_static_metadata (element_class, "Inter-process Slave Pipeline", "Generic/Bin/Slave",
      "The pipeline of a slave process: holds ipcpipelinesrc elements, is driven by the master's pipeline, and "
      "forwards "
      "its messages to it",
      "gst-ipc-harness maintainers");
}

static void
gst_ipc_slave_pipeline_init (GstIpcSlavePipeline *pipeline)
{
  pipeline->latency = GST_CLOCK_TIME_NONE;
}
