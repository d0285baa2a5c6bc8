/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The test elements in pipelines of this process. Waits are for messages, without limit: what does not come is the
 * test runner's time-out. */

#include "actor.h"
#include "elements.h"
#include "test-metas.h"

/* {{{ vocabulary */

static GstElement *
make (const gchar *description)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);

  g_assert_no_error (error);
  g_assert_true (ipc_elements_check (GST_BIN (pipeline), &error));
  return pipeline;
}

static GstElement *
play (const gchar *description)
{
  GstElement *pipeline = make (description);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  return pipeline;
}

static void
drop (GstElement *pipeline)
{
  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
  gst_object_unref (pipeline);
}

static GstMessage *
wait_for (GstElement *pipeline, GstMessageType types)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  return gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, types);
}

static void
wait_for_eos (GstElement *pipeline)
{
  g_autoptr (GstMessage) message = wait_for (pipeline, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;
    gst_message_parse_error (message, &error, NULL);
    g_error ("%s", error->message);
  }
}

static void
wait_for_error (GstElement *pipeline, const gchar *part)
{
  g_autoptr (GstMessage) message = wait_for (pipeline, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  if (strstr (error->message, part) == NULL)
    g_error ("the error must name \"%s\", but is \"%s\"", part, error->message);
}

static void
wait_for_element (GstElement *pipeline, const gchar *name)
{
  for (;;) {
    g_autoptr (GstMessage) message = wait_for (pipeline, GST_MESSAGE_ELEMENT);

    if (gst_message_has_name (message, name))
      return;
  }
}

static void
wait_for_held (GstElement *pipeline)
{
  wait_for_element (pipeline, "ipctest-held");
}

static gint64
get_int (GstElement *pipeline, const gchar *name, const gchar *property)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  g_auto (GValue) value = G_VALUE_INIT;
  g_auto (GValue) number = G_VALUE_INIT;

  g_value_init (&number, G_TYPE_INT64);
  g_object_get_property (G_OBJECT (element), property, &value);
  g_assert_true (g_value_transform (&value, &number));
  return g_value_get_int64 (&number);
}

static void
release (GstElement *pipeline, const gchar *name)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), name);

  g_signal_emit_by_name (element, "release");
}

/* Buffers that reach the sink until EOS. */
static void
assert_checked (const gchar *description, gint64 checked)
{
  GstElement *pipeline = play (description);

  wait_for_eos (pipeline);
  g_assert_cmpint (get_int (pipeline, "sink", "checked"), ==, checked);
  drop (pipeline);
}

static void
assert_error (const gchar *description, const gchar *part)
{
  GstElement *pipeline = play (description);

  wait_for_error (pipeline, part);
  drop (pipeline);
}

/* }}} */
/* {{{ source and sink */

static void
test_plain (void)
{
  assert_checked ("ipctestsrc length=50 ! ipctestsink name=sink", 50);
  assert_checked ("ipctestsrc length=50 sizes=0,1,15,16,5000 ! ipctestfilter ! ipctestsink name=sink", 50);
  assert_checked ("ipctestsrc length=50 sizes=1-3000 metas=protection+video+reference-timestamp+custom ! ipctestsink "
                  "name=sink",
      50);
  assert_checked ("ipctestsrc length=10 is-live=true buffer-duration=1000000 ! ipctestsink name=sink", 10);
  /* of each ten buffers one is a gap, which explains what is missing */
  assert_checked ("ipctestsrc length=50 gap-every=10 ! ipctestsink name=sink", 45);
  assert_checked ("ipctestsrc length=50 caps-every=10 caps=\"a/b,n=1;a/b,n=2\" ! ipctestsink name=sink", 50);
}

static GstPadProbeReturn
count_caps (GstPad *pad, GstPadProbeInfo *info, gpointer count)
{
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_CAPS)
    (*(guint *)count)++;
  return GST_PAD_PROBE_OK;
}

static void
test_caps (void)
{
  GstElement *pipeline = make ("ipctestsrc length=50 caps-every=10 caps=\"a/b,n=1;a/b,n=2\" ! ipctestsink name=sink");
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");
  guint count = 0;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, count_caps, &count, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  wait_for_eos (pipeline);
  g_assert_cmpuint (count, ==, 5);
  drop (pipeline);
}

static void
test_sink_sees_wrong_data (void)
{
  assert_error (
      "ipctestsrc length=50 ! ipctestfilter actions=\"at buffer 7: swallow\" ! ipctestsink", "number 7 follows 5");
  assert_error ("fakesrc num-buffers=3 sizetype=fixed sizemax=100 ! ipctestsink", "does not begin");
  assert_error ("fakesrc num-buffers=3 sizetype=fixed sizemax=10 filltype=zero ! ipctestsink", "is wrong");
  /* and looks away when it is told to */
  GstElement *pipeline = play ("fakesrc num-buffers=3 sizetype=fixed sizemax=100 ! ipctestsink check=false");
  wait_for_eos (pipeline);
  drop (pipeline);
}

static void
seek (GstElement *pipeline, gdouble rate, GstSeekFlags flags, gint64 start, gint64 stop)
{
  g_assert_true (gst_element_seek (pipeline, rate, GST_FORMAT_TIME, flags, GST_SEEK_TYPE_SET, start,
      stop < 0 ? GST_SEEK_TYPE_NONE : GST_SEEK_TYPE_SET, stop));
}

static void
test_seeks (void)
{
  GstElement *pipeline = make ("ipctestsrc length=100 ! ipctestsink name=sink");
  gint64 duration;

  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  gst_message_unref (wait_for (pipeline, GST_MESSAGE_ASYNC_DONE));
  g_assert_true (gst_element_query_duration (pipeline, GST_FORMAT_TIME, &duration));
  g_assert_cmpint (duration, ==, GST_SECOND);
  seek (pipeline, 1.0, GST_SEEK_FLAG_FLUSH, 900 * GST_MSECOND, -1);
  gst_message_unref (wait_for (pipeline, GST_MESSAGE_ASYNC_DONE));
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  wait_for_eos (pipeline);
  g_assert_cmpint (get_int (pipeline, "sink", "checked"), ==, 10);
  g_assert_cmpint (get_int (pipeline, "sink", "last"), ==, 99);

  /* backwards, from 0.5 s to 0.4 s */
  seek (pipeline, -1.0, GST_SEEK_FLAG_FLUSH, 400 * GST_MSECOND, 500 * GST_MSECOND);
  wait_for_eos (pipeline);
  g_assert_cmpint (get_int (pipeline, "sink", "checked"), ==, 20);
  g_assert_cmpint (get_int (pipeline, "sink", "last"), ==, 40);

  seek (pipeline, 1.0, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_SEGMENT, 0, 100 * GST_MSECOND);
  gst_message_unref (wait_for (pipeline, GST_MESSAGE_SEGMENT_DONE));
  g_assert_cmpint (get_int (pipeline, "sink", "checked"), ==, 30);
  drop (pipeline);
}

static void
test_latency (void)
{
  GstElement *pipeline = play ("ipctestsrc is-live=true min-latency=30000000 max-latency=50000000 ! ipctestfilter ! "
                               "ipctestsink name=sink sync=true processing-deadline=0");
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  GstClockTime minimum, maximum;
  gboolean live;

  gst_message_unref (wait_for (pipeline, GST_MESSAGE_ASYNC_DONE));
  g_assert_true (gst_element_query (pipeline, query));
  gst_query_parse_latency (query, &live, &minimum, &maximum);
  g_assert_true (live);
  g_assert_cmpuint (minimum, ==, 30 * GST_MSECOND);
  g_assert_cmpuint (maximum, ==, 50 * GST_MSECOND);
  drop (pipeline);
}

/* }}} */
/* {{{ rules at work */

static void
test_mistake_stops (void)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (
      "ipctestsrc sizes=many ! ipctestfilter name=f actions=\"at buffer 1: jump\" ! ipctestsink", NULL);

  g_assert_false (ipc_elements_check (GST_BIN (pipeline), &error));
  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_FAILURE);
  drop (pipeline);
}

static void
test_flow (void)
{
  assert_checked ("ipctestsrc ! ipctestfilter actions=\"at buffer 6: return eos\" ! ipctestsink name=sink", 5);
  assert_checked ("ipctestsrc actions='at buffer 6: return eos' ! ipctestsink name=sink", 5);
  assert_error ("ipctestsrc ! ipctestfilter actions=\"at buffer 6: return not-linked\" ! ipctestsink", "Internal data");
  assert_error ("ipctestsrc ! ipctestsink actions=\"at buffer 6: return error\"", "Internal data");
  assert_error ("ipctestsrc ! ipctestsink actions=\"at preroll: return not-negotiated\"", "");
  assert_error (
      "ipctestsrc ! ipctestfilter actions=\"at buffer 2: post error 'so it is' code=5\" ! ipctestsink", "so it is");
}

static void
test_counting (void)
{
  assert_checked ("ipctestsrc length=30 ! ipctestfilter actions=\"every buffer 10: swallow\" ! ipctestsink check=false "
                  "name=sink",
      0);
  assert_error (
      "ipctestsrc length=30 ! ipctestfilter actions=\"every buffer 10: swallow\" ! ipctestsink", "number 10 follows 8");
  assert_error (
      "ipctestsrc length=30 ! ipctestfilter actions=\"at buffer 9: post error 'end'; from buffer 3: swallow\" ! "
      "ipctestsink name=sink",
      "end");
}

static void
test_states (void)
{
  static const gchar *const changes[] = { "null-to-ready", "ready-to-paused", "paused-to-playing" };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree gchar *text = g_strdup_printf (
        "ipctestsrc is-live=true ! ipctestsink async=false actions=\"at state %s: fail\"", changes[i]);
    GstElement *pipeline = make (text);

    g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_FAILURE);
    /* once: the second time it goes well */
    gst_element_set_state (pipeline, GST_STATE_NULL);
    g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
    drop (pipeline);
  }

  GstElement *pipeline = make ("ipctestsrc ! ipctestsink actions=\"at state ready-to-paused: return no-preroll\"");
  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_NO_PREROLL);
  drop (pipeline);
}

/* From the streaming thread, and from within a change of state of the same thread. */
static void
test_set_state (void)
{
  GstElement *pipeline = play ("ipctestsrc ! ipctestfilter actions=\"at buffer 5: set-state paused\" ! ipctestsink");
  GstState state;

  wait_for_element (pipeline, "ipctest-set-state");
  gst_element_get_state (pipeline, &state, NULL, GST_CLOCK_TIME_NONE);
  g_assert_cmpint (state, ==, GST_STATE_PAUSED);
  drop (pipeline);

  pipeline = make ("ipctestsrc ! ipctestsink actions=\"at state null-to-ready: set-state playing\"");
  gst_element_set_state (pipeline, GST_STATE_READY);
  gst_element_get_state (pipeline, &state, NULL, GST_CLOCK_TIME_NONE);
  g_assert_cmpint (state, ==, GST_STATE_PLAYING);
  drop (pipeline);
}

static gpointer
to_paused (gpointer pipeline)
{
  return GINT_TO_POINTER (gst_element_set_state (pipeline, GST_STATE_PAUSED));
}

static void
test_blocked_state (void)
{
  GstElement *pipeline
      = make ("ipctestsrc ! ipctestfilter name=f actions=\"at state ready-to-paused: block\" ! ipctestsink");
  GThread *thread = g_thread_new ("state", to_paused, pipeline);

  wait_for_held (pipeline);
  release (pipeline, "f");
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, GST_STATE_CHANGE_ASYNC);
  drop (pipeline);
}

/* What is held lets go for a release, a flush, and NULL. */
static void
test_blocked_data (void)
{
  static const gchar *const where[]
      = { "ipctestsrc length=20 actions=\"at buffer 5: block\" name=f ! ipctestsink name=sink",
          "ipctestsrc length=20 ! ipctestfilter name=f actions=\"at buffer 5: block\" ! ipctestsink name=sink",
          "ipctestsrc length=20 ! ipctestsink name=sink actions=\"at buffer 5: block\"" };

  for (guint i = 0; i < G_N_ELEMENTS (where); i++) {
    const gchar *name = i < 2 ? "f" : "sink";
    GstElement *pipeline = play (where[i]);

    wait_for_held (pipeline);
    release (pipeline, name);
    wait_for_eos (pipeline);
    g_assert_cmpint (get_int (pipeline, "sink", "checked"), ==, 20);
    drop (pipeline);

    pipeline = play (where[i]);
    wait_for_held (pipeline);
    seek (pipeline, 1.0, GST_SEEK_FLAG_FLUSH, 100 * GST_MSECOND, -1);
    wait_for_eos (pipeline);
    g_assert_cmpint (get_int (pipeline, "sink", "last"), ==, 19);
    drop (pipeline);

    pipeline = play (where[i]);
    wait_for_held (pipeline);
    drop (pipeline);
  }
}

/* An hour is over at once when somebody says so. */
static gpointer
ask_position (gpointer pipeline)
{
  gint64 position;

  gst_element_query_position (pipeline, GST_FORMAT_TIME, &position);
  return NULL;
}

/* A sink flushes for a moment only when it goes down: that has to be enough for all that it holds. */
static void
test_blocked_queries (void)
{
  GstElement *pipeline = play ("ipctestsrc ! ipctestsink name=sink actions=\"every query position: block\"");
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    threads[i] = g_thread_new ("query", ask_position, pipeline);
    wait_for_held (pipeline);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  drop (pipeline);
}

static void
test_delay (void)
{
  GstElement *pipeline = play ("ipctestsrc length=20 ! ipctestfilter name=f actions=\"at buffer 5: post element "
                               "'ipctest-held'; at buffer 5: delay 3600s\" ! ipctestsink name=sink");

  wait_for_held (pipeline);
  release (pipeline, "f");
  wait_for_eos (pipeline);
  drop (pipeline);
  assert_checked (
      "ipctestsrc length=20 ! ipctestfilter actions=\"every buffer: delay 1us\" ! ipctestsink name=sink", 20);
}

static void
test_events (void)
{
  GstElement *pipeline
      = play ("ipctestsrc length=20 actions=\"at buffer 3: send tag tags=title=hello\" ! ipctestfilter "
              "name=f actions=\"at event tag: post element seen\" ! ipctestsink name=sink");
  GstMessage *message = wait_for (pipeline, GST_MESSAGE_ELEMENT);

  g_assert_true (gst_message_has_name (message, "seen"));
  gst_message_unref (message);
  drop (pipeline);

  pipeline
      = make ("ipctestsrc ! ipctestfilter actions=\"at event seek: fail; at event seek 2: swallow\" ! ipctestsink");
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  gst_message_unref (wait_for (pipeline, GST_MESSAGE_ASYNC_DONE));
  g_assert_false (gst_element_seek_simple (pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0));
  g_assert_true (gst_element_seek_simple (pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0));
  drop (pipeline);

  /* a fabricated EOS */
  assert_checked ("ipctestsrc ! ipctestfilter actions=\"at buffer 4: send eos\" ! ipctestsink name=sink", 3);
}

static void
test_queries (void)
{
  GstElement *pipeline
      = make ("ipctestsrc length=20 ! ipctestfilter actions=\"every query duration: answer duration=7s; at "
              "query seeking: fail\" ! ipctestsink actions=\"at query position: answer position=3s\"");
  g_autoptr (GstQuery) seeking = gst_query_new_seeking (GST_FORMAT_TIME);
  gint64 value;

  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  gst_message_unref (wait_for (pipeline, GST_MESSAGE_ASYNC_DONE));
  g_assert_true (gst_element_query_duration (pipeline, GST_FORMAT_TIME, &value));
  g_assert_cmpint (value, ==, 7 * GST_SECOND);
  g_assert_true (gst_element_query_position (pipeline, GST_FORMAT_TIME, &value));
  g_assert_cmpint (value, ==, 3 * GST_SECOND);
  g_assert_true (gst_element_query_position (pipeline, GST_FORMAT_TIME, &value));
  g_assert_cmpint (value, ==, 0);
  g_assert_false (gst_element_query (pipeline, seeking));
  g_assert_true (gst_element_query (pipeline, seeking));
  drop (pipeline);
}

static GstQuery *
answered (GstElement *filter, const gchar *rule, GstQuery *query)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (filter, "sink");

  g_object_set (filter, "actions", rule, NULL);
  g_assert_true (gst_pad_query (pad, query));
  return query;
}

static void
test_answers (void)
{
  g_autoptr (GstElement) filter = gst_object_ref_sink (gst_element_factory_make ("ipctestfilter", NULL));
  g_autoptr (GstQuery) segment
      = answered (filter, "at query segment: answer rate=2 start=1s stop=3s", gst_query_new_segment (GST_FORMAT_TIME));
  g_autoptr (GstQuery) convert = answered (
      filter, "at query convert: answer value=77", gst_query_new_convert (GST_FORMAT_TIME, 5, GST_FORMAT_BYTES));
  g_autoptr (GstQuery) formats
      = answered (filter, "at query formats: answer formats=[time,bytes]", gst_query_new_formats ());
  g_autoptr (GstQuery) buffering = answered (
      filter, "at query buffering: answer busy=true percent=40", gst_query_new_buffering (GST_FORMAT_PERCENT));
  g_autoptr (GstQuery) selectable = answered (filter, "at query selectable: answer", gst_query_new_selectable ());
  g_autoptr (GstQuery) context = answered (filter, "at query context: answer n=5", gst_query_new_context ("x"));
  gdouble rate;
  gint64 start, value;
  guint n;
  gboolean yes;
  gint percent;
  GstContext *answer = NULL;

  gst_query_parse_segment (segment, &rate, NULL, &start, NULL);
  g_assert_cmpfloat (rate, ==, 2.0);
  g_assert_cmpint (start, ==, GST_SECOND);
  gst_query_parse_convert (convert, NULL, NULL, NULL, &value);
  g_assert_cmpint (value, ==, 77);
  gst_query_parse_n_formats (formats, &n);
  g_assert_cmpuint (n, ==, 2);
  gst_query_parse_buffering_percent (buffering, &yes, &percent);
  g_assert_true (yes);
  g_assert_cmpint (percent, ==, 40);
  gst_query_parse_selectable (selectable, &yes);
  g_assert_true (yes);
  gst_query_parse_context (context, &answer);
  g_assert_cmpstr (gst_context_get_context_type (answer), ==, "x");
  g_assert_true (gst_structure_get_int64 (gst_context_get_structure (answer), "n", &value));
  g_assert_cmpint (value, ==, 5);
}

/* What an application sends to the sink itself. */
static void
test_events_of_the_element (void)
{
  g_autoptr (GstElement) sink = gst_object_ref_sink (gst_element_factory_make ("ipctestsink", NULL));

  g_object_set (sink, "actions", "at event step: fail; at event step 2: swallow", NULL);
  g_assert_false (gst_element_send_event (sink, gst_event_new_step (GST_FORMAT_BUFFERS, 1, 1.0, TRUE, FALSE)));
  g_assert_true (gst_element_send_event (sink, gst_event_new_step (GST_FORMAT_BUFFERS, 1, 1.0, TRUE, FALSE)));
}

static void
test_metas (void)
{
  static const IpcTestMetas changing = IPC_TEST_META_PROTECTION | IPC_TEST_META_REFERENCE_TIMESTAMP
                                       | IPC_TEST_META_CUSTOM | IPC_TEST_META_CROP | IPC_TEST_META_REGION
                                       | IPC_TEST_META_TIME_CODE | IPC_TEST_META_CAPTION | IPC_TEST_META_AFD
                                       | IPC_TEST_META_BAR | IPC_TEST_META_CLIPPING | IPC_TEST_META_LEVEL;
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, 100, NULL);
  g_autoptr (GstBuffer) other = gst_buffer_new ();
  g_autoptr (GstBuffer) planes = gst_buffer_new_allocate (NULL, 100, NULL);

  ipc_test_metas_add (buffer, changing | IPC_TEST_META_VIDEO, 5);
  g_assert_null (ipc_test_metas_check (buffer, changing | IPC_TEST_META_VIDEO, 5));
  ipc_test_metas_add (other, IPC_TEST_META_VIDEO, 5);
  for (guint kind = 1; kind <= IPC_TEST_META_LEVEL; kind <<= 1) {
    g_autofree gchar *content = ipc_test_metas_check (buffer, changing & kind, 6);
    g_autofree gchar *none = ipc_test_metas_check (other, changing & kind, 5);

    g_assert_true ((changing & kind) == 0 || strstr (content, "other content") != NULL);
    g_assert_true ((changing & kind) == 0 || strstr (none, "has 0 metas") != NULL);
  }
  gst_buffer_set_size (buffer, 99);
  g_autofree gchar *line = ipc_test_metas_check (buffer, IPC_TEST_META_VIDEO, 5);
  g_assert_nonnull (strstr (line, "\"video\""));
  ipc_test_metas_add (planes, IPC_TEST_META_AUDIO_PLANES, 5);
  g_assert_null (ipc_test_metas_check (planes, IPC_TEST_META_AUDIO_PLANES, 5));
  g_autofree gchar *interleaved = ipc_test_metas_check (planes, IPC_TEST_META_AUDIO, 5);
  g_assert_nonnull (strstr (interleaved, "other content"));

  assert_checked ("ipctestsrc length=20 metas=crop+afd ! ipctestsink name=sink metas=crop+afd", 20);
  assert_error ("ipctestsrc length=20 metas=crop ! ipctestsink metas=crop+bar", "has 0 metas \"bar\"");
}

static void
test_rules_while_running (void)
{
  GstElement *pipeline
      = play ("ipctestsrc ! ipctestfilter name=f actions=\"at buffer 5: block\" ! ipctestsink name=sink");
  g_autoptr (GstElement) filter = gst_bin_get_by_name (GST_BIN (pipeline), "f");

  wait_for_held (pipeline);
  g_object_set (filter, "actions", "at buffer 3: return eos", NULL);
  wait_for_eos (pipeline);
  /* 5 that came before the block was lifted, and 2 that were counted anew */
  g_assert_cmpint (get_int (pipeline, "sink", "checked"), ==, 7);
  drop (pipeline);
}

/* The end of this process, in another one. */
static void
test_crash (void)
{
  static const gchar *const ends[] = { "abort", "segv", "exit" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree gchar *path = g_strdup_printf ("/elements/rule/dies/subprocess/%s", ends[i]);

    g_test_trap_subprocess (path, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_failed ();
  }
}

static void
die (gconstpointer action)
{
  g_autofree gchar *text
      = g_strdup_printf ("ipctestsrc ! ipctestfilter actions=\"at buffer 2: %s\" ! ipctestsink", (const gchar *)action);

  wait_for_eos (play (text));
}

/* }}} */

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ipc_elements_register ();
  g_test_add_func ("/elements/rules/a-mistake-stops-the-element", test_mistake_stops);
  g_test_add_func ("/elements/src/all-kinds-of-data", test_plain);
  g_test_add_func ("/elements/src/caps-change", test_caps);
  g_test_add_func ("/elements/src/seeks", test_seeks);
  g_test_add_func ("/elements/src/latency", test_latency);
  g_test_add_func ("/elements/sink/sees-wrong-data", test_sink_sees_wrong_data);
  g_test_add_func ("/elements/rule/flow", test_flow);
  g_test_add_func ("/elements/rule/at-every-from", test_counting);
  g_test_add_func ("/elements/rule/states", test_states);
  g_test_add_func ("/elements/rule/the-pipelines-state-is-set", test_set_state);
  g_test_add_func ("/elements/rule/state-is-held", test_blocked_state);
  g_test_add_func ("/elements/rule/data-is-held", test_blocked_data);
  g_test_add_func ("/elements/rule/queries-are-held", test_blocked_queries);
  g_test_add_func ("/elements/rule/delay", test_delay);
  g_test_add_func ("/elements/rule/events", test_events);
  g_test_add_func ("/elements/rule/queries", test_queries);
  g_test_add_func ("/elements/rule/answers", test_answers);
  g_test_add_func ("/elements/rule/events-of-the-element", test_events_of_the_element);
  g_test_add_func ("/elements/metas", test_metas);
  g_test_add_func ("/elements/rule/new-ones-while-running", test_rules_while_running);
  g_test_add_func ("/elements/rule/dies", test_crash);
  g_test_add_data_func ("/elements/rule/dies/subprocess/abort", "abort", die);
  g_test_add_data_func ("/elements/rule/dies/subprocess/segv", "segv", die);
  g_test_add_data_func ("/elements/rule/dies/subprocess/exit", "exit 7", die);
  return g_test_run ();
}
