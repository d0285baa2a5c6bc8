/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bench of bench.h: it owns pipeline, peer and pad. Messages of a master's children are seen by a pipeline of the
 * test's own class; those for the application by the bus's sync handler, which is in the posting thread.
 */

#include "bench.h"

#include <stdlib.h>

/* ---- the program ---- */

static void
load (const gchar *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPlugin) plugin = gst_plugin_load_file (path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (gst_plugin_get_filename (plugin), ==, path);
}

void
test_load_plugin (void)
{
  const gchar *path = g_getenv ("IPC_TEST_PLUGIN");

  if (path == NULL)
    g_error ("IPC_TEST_PLUGIN must be the path of libgstipcpipeline.so: run this by meson test");
  load (path);
}

void
test_begin (gint *argc, gchar ***argv)
{
  g_auto (GStrv) others = NULL;

  g_test_init (argc, argv, NULL);
  gst_init (argc, argv);
  test_load_plugin ();
  others = g_strsplit (g_getenv ("IPC_TEST_GST_PLUGINS"), ":", -1);
  for (guint i = 0; others[i] != NULL; i++)
    load (others[i]);
}

/* Waits for @changed; aborts with @what when the deadline has passed. */
static void
wait_changed (GCond *changed, GMutex *lock, gint64 deadline, const gchar *what)
{
  if (!g_cond_wait_until (changed, lock, deadline))
    g_error ("waited in vain for %s", what);
}

static gint64
deadline_from_now (void)
{
  return g_get_monotonic_time () + TEST_DEADLINE;
}

/* ---- messages ---- */

void
log_init (TestLog *log)
{
  g_mutex_init (&log->lock);
  g_cond_init (&log->changed);
  log->messages = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_message_unref);
}

void
log_clear (TestLog *log)
{
  g_ptr_array_unref (log->messages);
  g_mutex_clear (&log->lock);
  g_cond_clear (&log->changed);
}

void
log_close (TestLog *log)
{
  g_autoptr (GPtrArray) messages = NULL;

  g_mutex_lock (&log->lock);
  log->closed = TRUE;
  messages = g_steal_pointer (&log->messages);
  log->messages = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_message_unref);
  g_mutex_unlock (&log->lock);
}

void
log_add (TestLog *log, GstMessage *message)
{
  g_mutex_lock (&log->lock);
  if (!log->closed)
    g_ptr_array_add (log->messages, gst_message_ref (message));
  g_cond_broadcast (&log->changed);
  g_mutex_unlock (&log->lock);
}

static GstMessage *
find_locked (TestLog *log, GstMessageType type, gpointer source, guint nth, guint *count)
{
  guint n = 0;

  for (guint i = 0; i < log->messages->len; i++) {
    GstMessage *message = log->messages->pdata[i];

    if (GST_MESSAGE_TYPE (message) == type && (source == NULL || GST_MESSAGE_SRC (message) == source) && ++n == nth)
      return message;
  }
  if (count != NULL)
    *count = n;
  return NULL;
}

GstMessage *
log_await (TestLog *log, GstMessageType type, gpointer source, guint nth)
{
  const gint64 deadline = deadline_from_now ();
  GstMessage *message;

  g_mutex_lock (&log->lock);
  while ((message = find_locked (log, type, source, nth, NULL)) == NULL)
    wait_changed (&log->changed, &log->lock, deadline, gst_message_type_get_name (type));
  g_mutex_unlock (&log->lock);
  return message;
}

guint
log_count (TestLog *log, GstMessageType type, gpointer source)
{
  guint count = 0;

  g_mutex_lock (&log->lock);
  find_locked (log, type, source, 0, &count);
  g_mutex_unlock (&log->lock);
  return count;
}

guint
log_index (TestLog *log, GstMessage *message)
{
  guint index = 0;

  g_mutex_lock (&log->lock);
  g_assert_true (g_ptr_array_find (log->messages, message, &index));
  g_mutex_unlock (&log->lock);
  return index;
}

void
log_expect_error (TestLog *log, GQuark domain, gint code)
{
  g_autoptr (GError) error = NULL;

  gst_message_parse_error (log_await (log, GST_MESSAGE_ERROR, NULL, 1), &error, NULL);
  g_assert_error (error, domain, code);
}

/* ---- calls ---- */

struct _TestCall {
  GThread *thread;
  gint (*function) (gpointer object, gpointer argument);
  gpointer object; /* GObject, referenced */
  gpointer argument;
  GMutex lock;
  GCond changed;
  gboolean ended;
  gint result;
  const gchar *name;
};

static gpointer
run_call (gpointer data)
{
  TestCall *call = data;
  gint result = call->function (call->object, call->argument);

  g_mutex_lock (&call->lock);
  call->result = result;
  call->ended = TRUE;
  g_cond_broadcast (&call->changed);
  g_mutex_unlock (&call->lock);
  return NULL;
}

static TestCall *
call_begin (
    const gchar *name, gint (*function) (gpointer object, gpointer argument), gpointer object, gpointer argument)
{
  TestCall *call = g_new0 (TestCall, 1);

  call->name = name;
  call->function = function;
  call->object = g_object_ref (object);
  call->argument = argument;
  g_mutex_init (&call->lock);
  g_cond_init (&call->changed);
  call->thread = g_thread_new ("call", run_call, call);
  return call;
}

gboolean
call_has_ended (TestCall *call)
{
  gboolean ended;

  g_mutex_lock (&call->lock);
  ended = call->ended;
  g_mutex_unlock (&call->lock);
  return ended;
}

gint
call_end (TestCall *call)
{
  const gint64 deadline = deadline_from_now ();
  gint result;

  g_mutex_lock (&call->lock);
  while (!call->ended)
    wait_changed (&call->changed, &call->lock, deadline, call->name);
  result = call->result;
  g_mutex_unlock (&call->lock);
  g_thread_join (call->thread);
  g_object_unref (call->object);
  g_mutex_clear (&call->lock);
  g_cond_clear (&call->changed);
  g_free (call);
  return result;
}

static gint
do_set_state (gpointer element, gpointer state)
{
  return gst_element_set_state (element, GPOINTER_TO_INT (state));
}

TestCall *
call_set_state (GstElement *element, GstState state)
{
  return call_begin ("the end of set_state()", do_set_state, element, GINT_TO_POINTER (state));
}

static gint
do_push (gpointer pad, gpointer buffer)
{
  return gst_pad_push (pad, buffer);
}

TestCall *
call_push (GstPad *pad, GstBuffer *buffer)
{
  return call_begin ("the end of a push", do_push, pad, buffer);
}

static gint
do_push_event (gpointer pad, gpointer event)
{
  return gst_pad_push_event (pad, event);
}

TestCall *
call_push_event (GstPad *pad, GstEvent *event)
{
  return call_begin ("the end of push_event()", do_push_event, pad, event);
}

static gint
do_send_event (gpointer element, gpointer event)
{
  return gst_element_send_event (element, event);
}

TestCall *
call_send_event (GstElement *element, GstEvent *event)
{
  return call_begin ("the end of send_event()", do_send_event, element, event);
}

static gint
do_element_query (gpointer element, gpointer query)
{
  return gst_element_query (element, query);
}

TestCall *
call_element_query (GstElement *element, GstQuery *query)
{
  return call_begin ("the end of an element's query", do_element_query, element, query);
}

static gint
do_peer_query (gpointer pad, gpointer query)
{
  return gst_pad_peer_query (pad, query);
}

TestCall *
call_peer_query (GstPad *pad, GstQuery *query)
{
  return call_begin ("the end of a pad's query", do_peer_query, pad, query);
}

static gint
do_disconnect (gpointer element, gpointer unused)
{
  g_signal_emit_by_name (element, "disconnect");
  return 0;
}

TestCall *
call_disconnect (GstElement *element)
{
  return call_begin ("the end of disconnect", do_disconnect, element, NULL);
}

/* ---- the bench ---- */

/* A pipeline that notes what its children post. */
#define TEST_TYPE_PIPELINE (test_pipeline_get_type ())
G_DECLARE_FINAL_TYPE (TestPipeline, test_pipeline, TEST, PIPELINE, GstPipeline)

struct _TestPipeline {
  GstPipeline parent;
  TestBench *bench; /* set before there are children */
};

G_DEFINE_FINAL_TYPE (TestPipeline, test_pipeline, GST_TYPE_PIPELINE)

static void
test_pipeline_handle_message (GstBin *bin, GstMessage *message)
{
  TestBench *bench = TEST_PIPELINE (bin)->bench;

  log_add (&bench->children, message);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ASYNC_START && g_atomic_int_get (&bench->overlooks)) {
    gst_message_unref (message);
    return;
  }
  GST_BIN_CLASS (test_pipeline_parent_class)->handle_message (bin, message);
}

/* Keeps queries and events of its own out of the conversation. */
static gboolean
test_pipeline_do_latency (GstBin *bin)
{
  return TRUE;
}

static void
test_pipeline_class_init (TestPipelineClass *klass)
{
  GST_BIN_CLASS (klass)->do_latency = test_pipeline_do_latency;
  GST_BIN_CLASS (klass)->handle_message = test_pipeline_handle_message;
}

static void
test_pipeline_init (TestPipeline *pipeline)
{
}

static GstBusSyncReply
on_bus_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  TestBench *bench = user_data;

  void (*on_bus) (TestBench * bench, GstMessage * message) = g_atomic_pointer_get (&bench->on_bus);

  if (on_bus != NULL)
    on_bus (bench, message);
  log_add (&bench->bus, message);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static TestBench *
bench_new (GstElement *pipeline, const gchar *element, TestWires wires, IpcDirection plays)
{
  TestBench *bench = g_new0 (TestBench, 1);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  log_init (&bench->bus);
  log_init (&bench->children);
  bench->pipeline = gst_object_ref_sink (pipeline);
  if (TEST_IS_PIPELINE (pipeline))
    TEST_PIPELINE (pipeline)->bench = bench;
  gst_bus_set_sync_handler (bus, on_bus_message, bench, NULL);
  bench->element = gst_element_factory_make (element, NULL);
  g_assert_nonnull (bench->element);
  g_assert_true (gst_bin_add (GST_BIN (pipeline), bench->element));
  bench->peer = peer_new (wires, plays);
  peer_attach (bench->peer, bench->element);
  return bench;
}

TestBench *
bench_new_sink (TestWires wires)
{
  TestBench *bench = bench_new (g_object_new (TEST_TYPE_PIPELINE, NULL), "ipcpipelinesink", wires, IPC_TO_SLAVE);
  g_autoptr (GstPad) sinkpad = gst_element_get_static_pad (bench->element, "sink");

  bench->pad = test_pad_new (GST_PAD_SRC);
  g_assert_cmpint (gst_pad_link (bench->pad->pad, sinkpad), ==, GST_PAD_LINK_OK);
  return bench;
}

TestBench *
bench_new_src (const gchar *pipeline)
{
  TestBench *bench
      = bench_new (gst_element_factory_make (pipeline, NULL), "ipcpipelinesrc", TEST_SOCKETPAIR, IPC_TO_MASTER);
  g_autoptr (GstPad) srcpad = gst_element_get_static_pad (bench->element, "src");

  bench->pad = test_pad_new (GST_PAD_SINK);
  g_assert_cmpint (gst_pad_link (srcpad, bench->pad->pad), ==, GST_PAD_LINK_OK);
  return bench;
}

TestBench *
bench_new_src_with_sink (const gchar *pipeline, const gchar *sink)
{
  TestBench *bench
      = bench_new (gst_element_factory_make (pipeline, NULL), "ipcpipelinesrc", TEST_SOCKETPAIR, IPC_TO_MASTER);
  g_autoptr (GError) error = NULL;
  GstElement *element
      = gst_parse_bin_from_description_full (sink, TRUE, NULL, GST_PARSE_FLAG_NO_SINGLE_ELEMENT_BINS, &error);

  g_assert_no_error (error);
  g_assert_true (gst_bin_add (GST_BIN (bench->pipeline), element));
  g_assert_true (gst_element_link (bench->element, element));
  return bench;
}

struct _TestGrave {
  GMutex lock;
  GCond changed;
  gboolean gone;
};

static void
on_gone (gpointer data, GObject *object)
{
  TestGrave *grave = data;

  g_mutex_lock (&grave->lock);
  grave->gone = TRUE;
  g_cond_broadcast (&grave->changed);
  g_mutex_unlock (&grave->lock);
}

TestGrave *
grave_new (gpointer object)
{
  TestGrave *grave = g_new0 (TestGrave, 1);

  g_mutex_init (&grave->lock);
  g_cond_init (&grave->changed);
  g_object_weak_ref (object, on_gone, grave);
  return grave;
}

void
grave_await (TestGrave *grave)
{
  const gint64 deadline = deadline_from_now ();

  g_mutex_lock (&grave->lock);
  while (!grave->gone)
    wait_changed (&grave->changed, &grave->lock, deadline, "the object's end: something keeps a reference");
  g_mutex_unlock (&grave->lock);
  g_mutex_clear (&grave->lock);
  g_cond_clear (&grave->changed);
  g_free (grave);
}

void
bench_go_to_null (TestBench *bench)
{
  const gboolean is_there = test_state (bench->pipeline) == GST_STATE_NULL;
  const gint ret = call_end (call_set_state (bench->pipeline, GST_STATE_NULL));

  if (!is_there)
    g_assert_cmpint (ret, ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (test_state (bench->pipeline), ==, GST_STATE_NULL);
}

void
bench_free (TestBench *bench)
{
  TestGrave *grave = grave_new (bench->element);

  if (bench->pad != NULL)
    test_pad_open (bench->pad);
  g_signal_emit_by_name (bench->element, "disconnect");
  bench_go_to_null (bench);
  log_close (&bench->bus);
  log_close (&bench->children);
  g_clear_pointer (&bench->pad, test_pad_free);
  gst_object_unref (bench->pipeline);
  grave_await (grave);
  log_clear (&bench->bus);
  log_clear (&bench->children);
  peer_free (bench->peer);
  g_free (bench);
}

void
bench_replace_peer (TestBench *bench, TestWires wires)
{
  TestPeer *old = bench->peer;

  bench->peer = peer_new (wires, TEST_IS_PIPELINE (bench->pipeline) ? IPC_TO_SLAVE : IPC_TO_MASTER);
  peer_attach (bench->peer, bench->element);
  peer_free (old);
}

guint64
bench_stat (TestBench *bench, const gchar *name)
{
  g_autoptr (GstStructure) stats = NULL;
  const GValue *value;

  g_object_get (bench->element, "stats", &stats, NULL);
  value = gst_structure_get_value (stats, name);
  g_assert_nonnull (value);
  return G_VALUE_HOLDS_UINT (value) ? g_value_get_uint (value) : g_value_get_uint64 (value);
}

GstState
test_state (GstElement *element)
{
  GstState state;

  GST_OBJECT_LOCK (element);
  state = GST_STATE (element);
  GST_OBJECT_UNLOCK (element);
  return state;
}

GstStateChange
test_transition (GstState current, GstState next)
{
  return (GstStateChange)GST_STATE_TRANSITION (current, next);
}

void
bench_go_answering (TestBench *bench, GstState state, GstStateChangeReturn answer, GstStateChangeReturn result)
{
  GstState current = test_state (bench->element);
  TestCall *call = call_set_state (bench->pipeline, state);

  while (current != state) {
    const GstState next = current < state ? current + 1 : current - 1;
    const guint32 id = peer_expect_state_change (bench->peer, test_transition (current, next));

    peer_ack (bench->peer, id, next == state ? answer : GST_STATE_CHANGE_SUCCESS);
    current = next;
  }
  /* After a failure the pipeline takes its children back to where they are. */
  if (result == GST_STATE_CHANGE_FAILURE)
    peer_ack (bench->peer, peer_expect_state_change (bench->peer, test_transition (state - 1, state - 1)),
        GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpstr (gst_element_state_change_return_get_name (call_end (call)), ==,
      gst_element_state_change_return_get_name (result));
}

void
bench_go (TestBench *bench, GstState state)
{
  bench_go_answering (bench, state, GST_STATE_CHANGE_SUCCESS, GST_STATE_CHANGE_SUCCESS);
}

void
bench_start_stream (TestBench *bench)
{
  TestCall *call = call_push_event (bench->pad->pad, gst_event_new_stream_start ("test"));

  peer_ack (bench->peer, peer_expect_event (bench->peer, GST_EVENT_STREAM_START), TRUE);
  g_assert_true (call_end (call));
  call = call_push_event (bench->pad->pad, test_segment_event ());
  peer_ack (bench->peer, peer_expect_event (bench->peer, GST_EVENT_SEGMENT), TRUE);
  g_assert_true (call_end (call));
}

void
bench_lead (TestBench *bench, GstState state)
{
  for (GstState current = GST_STATE_NULL; current < state; current++)
    peer_expect_ack (bench->peer, peer_send_state_change (bench->peer, test_transition (current, current + 1)),
        GST_STATE_CHANGE_SUCCESS);
}

void
bench_send_stream_start (TestBench *bench)
{
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, gst_event_new_stream_start ("test"), FALSE), TRUE);
}

void
bench_send_segment (TestBench *bench)
{
  peer_expect_ack (bench->peer, peer_send_event (bench->peer, test_segment_event (), FALSE), TRUE);
}

/* ---- events and buffers ---- */

GstEvent *
test_segment_event (void)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  return gst_event_new_segment (&segment);
}

GstEvent *
test_serialized_event (const gchar *name)
{
  return gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new_empty (name));
}

GstEvent *
test_seek_event (void)
{
  return gst_event_new_seek (
      1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 5 * GST_SECOND, GST_SEEK_TYPE_NONE, 0);
}

GstBuffer *
test_buffer (guint8 number)
{
  guint8 *data = g_malloc (1);
  GstBuffer *buffer = gst_buffer_new_wrapped (data, 1);

  data[0] = number;
  GST_BUFFER_OFFSET (buffer) = number;
  return buffer;
}

GstBuffer *
test_large_buffer (gsize size)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, 0, size);
  return buffer;
}
