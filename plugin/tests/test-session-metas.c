/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Metas from a master's source to a slave's sink, through both elements, which agree on them by themselves: META-1,
 * EXT-5.
 */

#include <gst/audio/audio.h>

#include "session.h"

#define PLANAR "audiotestsrc name=source num-buffers=5 ! audio/x-raw, format=S16LE, channels=2, layout=non-interleaved"

static GstPadProbeReturn
add_metas (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstCustomMeta *custom = gst_buffer_add_custom_meta (buffer, "test-session-meta");

  gst_structure_set (gst_custom_meta_get_structure (custom), "offset", G_TYPE_UINT64, GST_BUFFER_OFFSET (buffer), NULL);
  gst_buffer_add_audio_level_meta (buffer, 30, TRUE);
  info->data = buffer;
  return GST_PAD_PROBE_OK;
}

/* What the slave's sink has shown last has the metas that it had in the master. */
static void
check_metas (GstSample *sample)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  const GstAudioMeta *audio = gst_buffer_get_audio_meta (buffer);
  GstCustomMeta *custom = gst_buffer_get_custom_meta (buffer, "test-session-meta");
  GstAudioInfo info;
  guint64 offset = 0;

  g_assert_nonnull (audio);
  g_assert_true (gst_audio_info_from_caps (&info, gst_sample_get_caps (sample)));
  g_assert_true (gst_audio_info_is_equal (&audio->info, &info));
  g_assert_cmpuint (audio->samples * (guint)GST_AUDIO_INFO_BPF (&info), ==, gst_buffer_get_size (buffer));
  g_assert_nonnull (custom);
  g_assert_true (gst_structure_get_uint64 (gst_custom_meta_get_structure (custom), "offset", &offset));
  g_assert_cmpuint (offset, ==, GST_BUFFER_OFFSET (buffer));
  g_assert_cmpuint (gst_buffer_get_audio_level_meta (buffer)->level, ==, 30);
}

static void
test_metas_go_from_master_to_slave (void)
{
  TestSession *session = session_new_simple (PLANAR, "fakesink name=counter");
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (session->master), "source");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");
  g_autoptr (GstSample) sample = NULL;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, add_metas, NULL, NULL);
  session_go (session, GST_STATE_PLAYING);
  log_await (&session->bus, GST_MESSAGE_EOS, session->master, 1);
  g_object_get (session->slaves[0].sink, "last-sample", &sample, NULL);
  check_metas (sample);
  g_clear_pointer (&sample, gst_sample_unref);
  g_clear_object (&pad);
  g_clear_object (&source);
  session_free (session);
}

gint
main (gint argc, gchar **argv)
{
  static const gchar *tags[] = { NULL };

  test_begin (&argc, &argv);
  gst_meta_register_custom ("test-session-meta", tags, NULL, NULL, NULL);
  g_test_add_func ("/session-metas/go_from_master_to_slave", test_metas_go_from_master_to_slave);
  return g_test_run ();
}
