/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A slave that does what the input says, towards an ipcpipelinesink in a pipeline that an application drives and that a
 * pad of our own feeds. Input: one byte of settings, one for the end, then chunks (session.h).
 */

#include "bench.h"

enum {
  STEP_STATE = FUZZ_STEP, /* u8: the application sets the pipeline's state */
  STEP_EVENT,             /* u8: ... sends an event to it */
  STEP_QUERY,             /* u8: ... asks it */
  STEP_PUSH_EVENT,        /* u8: the stream has an event */
  STEP_PUSH_BUFFER,       /* u8, data */
  STEP_PUSH_QUERY,        /* u8 */
  STEP_FLUSH,             /* u8: flush-start or another event that overtakes; flush-stop */
  STEP_ACK_TIME,          /* u8: milliseconds; 0xff: for ever */
  STEP_MAX_IN_FLIGHT      /* u8: one less; some buffers may be on their way from then on */
};

#define SETTING_UPSTREAM_ANSWERS 0x01

/* What is upstream. */
static GstPad *pad;
static gboolean upstream_answers;

static gboolean
on_event (GstPad *self, GstObject *parent, GstEvent *event)
{
  fuzz_use_event (event);
  gst_event_unref (event);
  return upstream_answers;
}

static gboolean
on_query (GstPad *self, GstObject *parent, GstQuery *query)
{
  fuzz_use_query (query);
  if (upstream_answers && GST_QUERY_TYPE (query) == GST_QUERY_LATENCY)
    gst_query_set_latency (query, TRUE, 10, 20);
  else if (upstream_answers && GST_QUERY_TYPE (query) == GST_QUERY_FORMATS)
    gst_query_set_formats (query, 2, GST_FORMAT_TIME, GST_FORMAT_BYTES);
  else
    return gst_pad_query_default (self, parent, query);
  return TRUE;
}

static void
do_step (FuzzSession *session, guint8 step, FuzzInput *input, gpointer user_data)
{
  FuzzBench *bench = user_data;
  const guint8 which = fuzz_u8 (input);

  switch (step) {
  case STEP_STATE:
    fuzz_call_set_state (bench->pipeline, GST_STATE_NULL + which % 4);
    break;
  case STEP_EVENT:
    fuzz_call_send_event (bench->pipeline, fuzz_upstream_event (which));
    break;
  case STEP_QUERY:
    fuzz_call_query (bench->pipeline, fuzz_query (which));
    break;
  case STEP_PUSH_EVENT:
    fuzz_call_pad_event (FUZZ_STREAMING, pad, fuzz_downstream_event (which));
    break;
  case STEP_PUSH_BUFFER:
    fuzz_call_pad_push (pad, fuzz_buffer (which, input->next, input->left));
    break;
  case STEP_PUSH_QUERY:
    fuzz_call_pad_query (FUZZ_STREAMING, pad, fuzz_query (which));
    break;
  case STEP_FLUSH:
    /* who flushes stops the stream in between: flush-stop comes from where the stream comes from */
    fuzz_call_pad_event (
        which % 3 == 1 ? FUZZ_STREAMING : FUZZ_APPLICATION, pad, fuzz_downstream_event (12 + which % 3));
    break;
  case STEP_ACK_TIME:
    g_object_set (
        bench->element, "ack-time", which == 0xff ? G_MAXUINT64 : which * (guint64)G_TIME_SPAN_MILLISECOND, NULL);
    break;
  case STEP_MAX_IN_FLIGHT:
    g_object_set (bench->element, "max-in-flight", which + 1u, NULL);
    break;
  default:
    break;
  }
}

static void
remove_pad (FuzzBench *bench)
{
  g_autoptr (GstPad) peer = gst_pad_get_peer (pad);

  gst_pad_set_active (pad, FALSE);
  gst_pad_unlink (pad, peer);
  g_clear_object (&pad);
}

static void
add_pad (GstElement *sink)
{
  g_autoptr (GstPad) sinkpad = gst_element_get_static_pad (sink, "sink");

  pad = gst_object_ref_sink (gst_pad_new ("upstream", GST_PAD_SRC));
  gst_pad_set_event_function (pad, on_event);
  gst_pad_set_query_function (pad, on_query);
  gst_pad_set_active (pad, TRUE);
  g_assert_cmpint (gst_pad_link (pad, sinkpad), ==, GST_PAD_LINK_OK);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  const guint8 settings = fuzz_u8 (&input);
  const guint8 end = fuzz_u8 (&input);
  FuzzBench bench;
  GstElement *pipeline, *sink;

  fuzz_begin_input ();
  upstream_answers = (settings & SETTING_UPSTREAM_ANSWERS) != 0;
  pipeline = gst_pipeline_new (NULL);
  sink = fuzz_add (pipeline, "ipcpipelinesink");
  /* a peer that has agreed on memory is lent whatever is pushed */
  gst_util_set_object_arg (G_OBJECT (sink), "memory", "zero-copy");
  add_pad (sink);
  fuzz_bench_init (&bench, pipeline, sink, IPC_TO_MASTER, do_step);
  fuzz_session_play (bench.session, &input);
  fuzz_session_settle (bench.session);
  fuzz_bench_end (&bench, end % FUZZ_N_ENDS, remove_pad);
  return 0;
}
