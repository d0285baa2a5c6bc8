/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A master that does what the input says, towards an ipcpipelinesrc in an ipcslavepipeline. Input: one byte that
 * chooses what is behind the src, one for the end, then chunks (session.h).
 */

#include "bench.h"

#include "gstipcslavepipeline.h"

enum {
  STEP_EVENT = FUZZ_STEP, /* u8: the slave's application sends an event to its pipeline */
  STEP_QUERY,             /* u8: ... asks it */
  STEP_PAD_QUERY,         /* u8: an element asks upstream */
  STEP_MESSAGE,           /* u8: an element posts a message */
  STEP_FORWARD,           /* u8: the application has a message forwarded */
  STEP_PAD_EVENT          /* u8: an element sends upstream */
};

/* Whatever leaves the src is of some use to the elements behind it. */
static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer unused)
{
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    fuzz_use_buffer (GST_PAD_PROBE_INFO_BUFFER (info));
  else if (info->type & GST_PAD_PROBE_TYPE_EVENT_BOTH)
    fuzz_use_event (GST_PAD_PROBE_INFO_EVENT (info));
  return GST_PAD_PROBE_OK;
}

static GstPad *
peer_of (GstElement *element)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");

  return gst_pad_get_peer (pad);
}

static void
do_step (FuzzSession *session, guint8 step, FuzzInput *input, gpointer user_data)
{
  FuzzBench *bench = user_data;
  const guint8 which = fuzz_u8 (input);
  g_autoptr (GstPad) pad = peer_of (bench->element);
  g_autoptr (GstMessage) message = NULL;
  GstEvent *event;
  gboolean sent;

  switch (step) {
  case STEP_EVENT:
    /* GStreamer's own pipeline lets sinks in NULL step, and never ends when it is started again. */
    event = fuzz_upstream_event (which);
    if (GST_IS_IPC_SLAVE_PIPELINE (bench->pipeline) || GST_EVENT_TYPE (event) != GST_EVENT_STEP)
      fuzz_call_send_event (bench->pipeline, event);
    else
      gst_event_unref (event);
    break;
  case STEP_QUERY:
    fuzz_call_query (bench->pipeline, fuzz_query (which));
    break;
  case STEP_PAD_QUERY:
    fuzz_call_pad_query (FUZZ_STREAMING, pad, fuzz_query (which));
    break;
  case STEP_PAD_EVENT:
    fuzz_call_pad_event (FUZZ_STREAMING, pad, fuzz_upstream_event (which));
    break;
  case STEP_MESSAGE:
    gst_element_post_message (bench->element, fuzz_message (GST_OBJECT (bench->element), which));
    break;
  case STEP_FORWARD:
    message = fuzz_message (GST_OBJECT (bench->pipeline), which);
    g_signal_emit_by_name (bench->element, "forward-message", message, &sent);
    break;
  default:
    break;
  }
}

/* Queues are not put into a pipeline that cannot tell the src that it is shut: there a flush of the master's may come
 * while they are, and then they never end (ELEM-5, LIFE-11). */
static GstElement *
new_pipeline (guint8 choice, GstElement **src)
{
  const gboolean plain = (choice & 0x10) && !(choice & 0x08);
  GstElement *pipeline = gst_element_factory_make (plain ? "pipeline" : "ipcslavepipeline", NULL);
  GstElement *sink = fuzz_add (pipeline, "fakesink");
  g_autoptr (GstPad) pad = NULL;

  *src = fuzz_add (pipeline, "ipcpipelinesrc");
  g_object_set (
      sink, "sync", (choice & 1) != 0, "async", (choice & 2) == 0, "qos", TRUE, "enable-last-sample", TRUE, NULL);
  if (choice & 0x0c) {
    static const gchar *const factories[] = { "identity", "queue", "multiqueue" };

    GstElement *between = fuzz_add (pipeline, factories[(choice >> 2 & 3) - 1]);

    g_assert_true (gst_element_link_many (*src, between, sink, NULL));
  } else {
    g_assert_true (gst_element_link (*src, sink));
  }
  pad = gst_element_get_static_pad (*src, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_DATA_BOTH, on_data, NULL, NULL);
  return pipeline;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  const guint8 choice = fuzz_u8 (&input);
  const guint8 end = fuzz_u8 (&input);
  FuzzBench bench;
  GstElement *pipeline, *src;

  fuzz_begin_input ();
  pipeline = new_pipeline (choice, &src);
  fuzz_bench_init (&bench, pipeline, src, IPC_TO_SLAVE, do_step);
  fuzz_session_play (bench.session, &input);
  fuzz_session_settle (bench.session);
  /* only its own kind of pipeline can be let go of while a master may still start it */
  fuzz_bench_end (&bench, GST_IS_IPC_SLAVE_PIPELINE (pipeline) ? end % FUZZ_N_ENDS : FUZZ_END_DISCONNECT, NULL);
  return 0;
}
