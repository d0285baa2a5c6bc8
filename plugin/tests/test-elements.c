/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the plugin looks like from outside, and that loading it changes nothing for anybody else:
 * docs/protocol.md, ELEM-1 to ELEM-4, STAT-1, STAT-2, PROC-1.
 */

#include "bench.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/socket.h>

/* ELEM-1, ELEM-2 */
static void
test_factories_are_as_documented (void)
{
  static const struct {
    const gchar *name, *klass, *pad;
    GstPadDirection direction;
  } expected[] = {
    { "ipcpipelinesink", "Sink", "sink", GST_PAD_SINK },
    { "ipcpipelinesrc", "Source", "src", GST_PAD_SRC },
    { "ipcslavepipeline", "Generic/Bin/Slave", NULL, GST_PAD_UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (expected[i].name);
    g_autoptr (GstElement) element = NULL;
    g_autoptr (GstPlugin) plugin = NULL;

    g_assert_nonnull (factory);
    g_assert_cmpstr (gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS), ==, expected[i].klass);
    g_assert_cmpint (gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE (factory)), ==, GST_RANK_NONE);
    plugin = gst_plugin_feature_get_plugin (GST_PLUGIN_FEATURE (factory));
    g_assert_cmpstr (gst_plugin_get_name (plugin), ==, "ipcpipeline");
    element = gst_object_ref_sink (gst_element_factory_create (factory, NULL));
    g_assert_cmpint (g_list_length (element->pads), ==, expected[i].pad != NULL ? 1 : 0);
    if (expected[i].pad != NULL) {
      g_autoptr (GstPad) pad = gst_element_get_static_pad (element, expected[i].pad);
      g_autoptr (GstCaps) caps = gst_pad_get_pad_template_caps (pad);

      g_assert_cmpint (GST_PAD_DIRECTION (pad), ==, expected[i].direction);
      g_assert_true (gst_caps_is_any (caps));
    }
  }
}

static GParamSpec *
find_property (GstElement *element, const gchar *name, GType type, GParamFlags access)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), name);

  g_assert_nonnull (pspec);
  g_assert_true (pspec->value_type == type);
  g_assert_cmpint (pspec->flags & G_PARAM_READWRITE, ==, access);
  return pspec;
}

/* ELEM-3 */
static void
test_properties_have_their_types_ranges_and_defaults (void)
{
  const gchar *const names[] = { "ipcpipelinesink", "ipcpipelinesrc" };
  const guint chunks[] = { 4096, 65536 };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GstElement) element = gst_object_ref_sink (gst_element_factory_make (names[i], NULL));
    const gchar *const fds[] = { "fdin", "fdout" };
    guint chunk = 0;
    guint64 ack_time = 0;
    GParamSpec *pspec;

    for (guint k = 0; k < G_N_ELEMENTS (fds); k++) {
      gint fd = 0;

      pspec = find_property (element, fds[k], G_TYPE_INT, G_PARAM_READWRITE);
      g_assert_cmpint (G_PARAM_SPEC_INT (pspec)->minimum, ==, -1);
      g_assert_cmpint (G_PARAM_SPEC_INT (pspec)->default_value, ==, -1);
      g_object_get (element, fds[k], &fd, NULL);
      g_assert_cmpint (fd, ==, -1);
    }
    pspec = find_property (element, "read-chunk-size", G_TYPE_UINT, G_PARAM_READWRITE);
    g_assert_cmpuint (G_PARAM_SPEC_UINT (pspec)->minimum, ==, 1);
    g_assert_cmpuint (G_PARAM_SPEC_UINT (pspec)->maximum, ==, 1 << 24);
    g_assert_cmpuint (G_PARAM_SPEC_UINT (pspec)->default_value, ==, chunks[i]);
    find_property (element, "ack-time", G_TYPE_UINT64, G_PARAM_READWRITE);
    find_property (element, "stats", GST_TYPE_STRUCTURE, G_PARAM_READABLE);
    g_object_get (element, "read-chunk-size", &chunk, "ack-time", &ack_time, NULL);
    g_assert_cmpuint (chunk, ==, chunks[i]);
    g_assert_cmpuint (ack_time, ==, 10000000);
    g_object_set (element, "read-chunk-size", 1, "ack-time", G_MAXUINT64, NULL);
    g_object_get (element, "read-chunk-size", &chunk, "ack-time", &ack_time, NULL);
    g_assert_cmpuint (chunk, ==, 1);
    g_assert_cmpuint (ack_time, ==, G_MAXUINT64);
  }
}

/* ELEM-4 */
static void
test_action_signals_are_there (void)
{
  g_autoptr (GstElement) sink = gst_object_ref_sink (gst_element_factory_make ("ipcpipelinesink", NULL));
  g_autoptr (GstElement) src = gst_object_ref_sink (gst_element_factory_make ("ipcpipelinesrc", NULL));
  GSignalQuery query;

  g_signal_query (g_signal_lookup ("disconnect", G_OBJECT_TYPE (sink)), &query);
  g_assert_true (query.signal_flags & G_SIGNAL_ACTION);
  g_assert_cmpuint (query.n_params, ==, 0);
  g_signal_query (g_signal_lookup ("disconnect", G_OBJECT_TYPE (src)), &query);
  g_assert_true (query.signal_flags & G_SIGNAL_ACTION);
  g_signal_query (g_signal_lookup ("forward-message", G_OBJECT_TYPE (src)), &query);
  g_assert_true (query.signal_flags & G_SIGNAL_ACTION);
  g_assert_true (query.return_type == G_TYPE_BOOLEAN);
  g_assert_cmpuint (query.n_params, ==, 1);
  g_assert_true (query.param_types[0] == GST_TYPE_MESSAGE);
}

/* What gst-inspect-1.0 shows. */
static void
test_everything_is_documented (void)
{
  const gchar *const names[] = { "ipcpipelinesink", "ipcpipelinesrc", "ipcslavepipeline" };
  const gchar *const metadata[]
      = { GST_ELEMENT_METADATA_LONGNAME, GST_ELEMENT_METADATA_DESCRIPTION, GST_ELEMENT_METADATA_AUTHOR };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (names[i]);
    g_autoptr (GstElement) element = gst_object_ref_sink (gst_element_factory_create (factory, NULL));
    g_autofree GParamSpec **pspecs = NULL;
    guint n = 0;

    for (guint k = 0; k < G_N_ELEMENTS (metadata); k++)
      g_assert_cmpuint (strlen (gst_element_factory_get_metadata (factory, metadata[k])), >, 0);
    pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (element), &n);
    for (guint k = 0; k < n; k++) {
      if (pspecs[k]->owner_type != G_OBJECT_TYPE (element))
        continue;
      g_assert_cmpstr (g_param_spec_get_nick (pspecs[k]), !=, g_param_spec_get_name (pspecs[k]));
      g_assert_cmpuint (strlen (g_param_spec_get_blurb (pspecs[k])), >, 20);
    }
  }
}

/* ---- the log ---- */

static void
refuse_an_event (TestBench *bench)
{
  IpcPacket event = { .header.type = IPC_PACKET_EVENT };

  event.event.type = GST_EVENT_SEEK;
  event.event.seqnum = 5;
  event.event.upstream = TRUE;
  event.event.structure = "nonsense=;";
  peer_expect_ack (bench->peer, peer_send (bench->peer, &event), FALSE);
  g_assert_cmpuint (bench_stat (bench, "refused"), ==, 1);
  bench_free (bench);
}

/* Warnings are of the element's own category, and name the peer and the packet. */
static void
test_a_warning_names_peer_and_packet (void)
{
  if (g_test_subprocess ()) {
    refuse_an_event (bench_new_sink (TEST_SOCKETPAIR));
    refuse_an_event (bench_new_src ("ipcslavepipeline"));
    return;
  }
  g_setenv ("GST_DEBUG", "ipcpipelinesink:WARNING,ipcpipelinesrc:WARNING", TRUE);
  g_setenv ("GST_DEBUG_NO_COLOR", "1", TRUE);
  g_test_trap_subprocess (NULL, TEST_DEADLINE, 0);
  g_unsetenv ("GST_DEBUG");
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("* ipcpipelinesink *peer (fdin *, fdout *)*: EVENT id 1 *");
  g_test_trap_assert_stderr ("* ipcpipelinesrc *peer (fdin *, fdout *)*: EVENT id 1 *");
}

/* FRAME-6 */
static void
test_a_read_chunk_of_one_byte_works (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  g_object_set (bench->element, "read-chunk-size", 1, NULL);
  bench_go (bench, GST_STATE_PLAYING);
  peer_round_trip (bench->peer);
  bench_free (bench);
}

/* STAT-1, STAT-2 */
static void
test_stats_tell_what_went_over_the_wire (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  guint64 sent, received;
  TestCall *push;
  guint32 id;

  g_assert_cmpuint (bench_stat (bench, "packets-sent"), ==, 0);
  g_assert_cmpuint (bench_stat (bench, "packets-received"), ==, 0);
  bench_go (bench, GST_STATE_READY);
  /* a greeting, and a change of state */
  g_assert_cmpuint (bench_stat (bench, "packets-sent"), ==, 2);
  g_assert_cmpuint (bench_stat (bench, "packets-received"), ==, 2);
  sent = bench_stat (bench, "bytes-sent");
  received = bench_stat (bench, "bytes-received");
  bench_go (bench, GST_STATE_PLAYING);
  g_assert_cmpuint (bench_stat (bench, "packets-sent"), ==, 4);
  g_assert_cmpuint (bench_stat (bench, "bytes-sent"), ==, sent + 2 * 13);
  g_assert_cmpuint (bench_stat (bench, "packets-received"), ==, 4);
  g_assert_cmpuint (bench_stat (bench, "bytes-received"), ==, received + 2 * 13);
  bench_start_stream (bench);
  push = call_push (bench->pad->pad, test_buffer (1));
  id = peer_expect_buffer (bench->peer);
  g_assert_cmpuint (bench_stat (bench, "requests-waiting"), ==, 1);
  peer_ack (bench->peer, id, GST_FLOW_OK);
  g_assert_cmpint (call_end (push), ==, GST_FLOW_OK);
  g_assert_cmpuint (bench_stat (bench, "requests-waiting"), ==, 0);
  g_assert_cmpuint (bench_stat (bench, "packets-received"), ==, 7);
  g_assert_cmpuint (bench_stat (bench, "round-trip-max"), >=, bench_stat (bench, "round-trip-last"));
  bench_free (bench);
}

/* ---- nothing process-global ---- */

/* What GStreamer makes of structures with an event inside, and the process of signals. */
typedef struct {
  gchar *with_structure, *without_structure, *value;
  struct sigaction pipe_action;
} Surroundings;

static void
look_around (Surroundings *seen)
{
  g_autoptr (GstEvent) eos = gst_event_new_eos ();
  g_autoptr (GstEvent) custom = gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, gst_structure_new_empty ("inner"));
  g_autoptr (GstStructure) without = gst_structure_new ("outer", "event", GST_TYPE_EVENT, eos, NULL);
  g_autoptr (GstStructure) with = gst_structure_new ("outer", "event", GST_TYPE_EVENT, custom, NULL);

  seen->without_structure = gst_structure_to_string (without);
  seen->with_structure = gst_structure_to_string (with);
  seen->value = gst_value_serialize (gst_structure_get_value (with, "event"));
  g_assert_no_errno (sigaction (SIGPIPE, NULL, &seen->pipe_action));
}

/* An address is all that GStreamer has of an event in text, if anything. */
static void
assert_same_form (const gchar *before, const gchar *after)
{
  g_assert_cmpint (before == NULL, ==, after == NULL);
  if (before != NULL) {
    g_assert_cmpint (strcspn (before, "0123456789"), ==, strcspn (after, "0123456789"));
    g_assert_true (strncmp (before, after, strcspn (before, "0123456789")) == 0);
    g_assert_cmpint (strchr (before, ':') == NULL, ==, strchr (after, ':') == NULL);
  }
}

static Surroundings before_loading;

/* PROC-1 */
static void
test_nothing_global_is_changed (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");
  TestBench *other = bench_new_sink (TEST_SOCKETPAIR);
  Surroundings after;

  peer_round_trip (bench->peer);
  bench_go (other, GST_STATE_PLAYING);
  look_around (&after);
  assert_same_form (before_loading.with_structure, after.with_structure);
  assert_same_form (before_loading.without_structure, after.without_structure);
  assert_same_form (before_loading.value, after.value);
  g_assert_true (after.pipe_action.sa_handler == before_loading.pipe_action.sa_handler);
  g_free (after.with_structure);
  g_free (after.without_structure);
  g_free (after.value);
  bench_free (other);
  bench_free (bench);
}

/* CONN-7: the fds of a peer that is replaced, and those of one that is there to the end, stay the application's. */
static void
test_fds_stay_open (void)
{
  static const gchar *const names[] = { "ipcpipelinesink", "ipcpipelinesrc" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    GstElement *pipeline = gst_pipeline_new (NULL);
    GstElement *element = gst_element_factory_make (names[i], NULL);
    gint fds[2][2];

    gst_bin_add (GST_BIN (pipeline), element);
    for (guint j = 0; j < G_N_ELEMENTS (fds); j++) {
      g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds[j]));
      g_object_set (element, "fdin", fds[j][0], "fdout", fds[j][0], NULL);
    }
    g_signal_emit_by_name (element, "disconnect");
    g_object_set (element, "fdin", fds[0][0], "fdout", fds[0][0], NULL);
    gst_object_unref (pipeline);
    for (guint j = 0; j < G_N_ELEMENTS (fds); j++) {
      g_assert_no_errno (fcntl (fds[j][0], F_GETFD));
      g_close (fds[j][0], NULL);
      g_close (fds[j][1], NULL);
    }
  }
}

gint
main (gint argc, gchar **argv)
{
  gint status;

  gst_init (NULL, NULL);
  look_around (&before_loading);
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/elements/" #name, test_##name)
  ADD (factories_are_as_documented);
  ADD (properties_have_their_types_ranges_and_defaults);
  ADD (action_signals_are_there);
  ADD (everything_is_documented);
  ADD (a_warning_names_peer_and_packet);
  ADD (a_read_chunk_of_one_byte_works);
  ADD (stats_tell_what_went_over_the_wire);
  ADD (fds_stay_open);
  ADD (nothing_global_is_changed);
  status = g_test_run ();
  g_free (before_loading.with_structure);
  g_free (before_loading.without_structure);
  g_free (before_loading.value);
  return status;
}
