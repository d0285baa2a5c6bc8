/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Metas of audio (META-1, META-2, META-4). Each buffer ends at a page that nobody may touch. g_test makes every
 * critical and warning fatal.
 */

#include <string.h>

#include "test-meta-util.h"

#define STEREO "audio/x-raw, format=S16LE, rate=48000, channels=2, channel-mask=(bitmask)0x3"
#define PLANAR STEREO ", layout=non-interleaved"
#define INTERLEAVED STEREO ", layout=interleaved"
#define MANY "audio/x-raw, format=U8, rate=8000, channel-mask=(bitmask)0, layout=non-interleaved, channels="

static gchar *
audio_text (const gchar *format, gint rate, gint channels, guint64 samples)
{
  return g_strdup_printf ("GstAudioMetaAPI, format=(string)%s, rate=(int)%d, channels=(int)%d, "
                          "samples=(guint64)%" G_GUINT64_FORMAT,
      format, rate, channels, samples);
}

static gboolean
samples_fit (guint64 samples, gsize size)
{
  g_autofree gchar *text = audio_text ("S16LE", 48000, 2, samples);

  return test_is_attached (size, INTERLEAVED, "GstAudioMetaAPI", text);
}

/* Whether planes at two places fit; the buffer has a meta in any case, or nobody could map it. */
static gboolean
planes_fit (guint64 samples, guint64 first, guint64 second, gsize size)
{
  g_autofree gchar *start = audio_text ("S16LE", 48000, 2, samples);
  g_autofree gchar *text
      = g_strdup_printf ("%s, offset=(GstValueArray)< (guint64)%" G_GUINT64_FORMAT ", (guint64)%" G_GUINT64_FORMAT " >",
          start, first, second);
  gboolean attached;
  g_autoptr (GstBuffer) buffer = test_receive_meta (size, PLANAR, "GstAudioMetaAPI", text, &attached);

  g_assert_nonnull (gst_buffer_get_audio_meta (buffer));
  test_use (buffer, PLANAR);
  return attached;
}

static void
test_interleaved (void)
{
  g_assert_true (samples_fit (0, 0));
  g_assert_true (samples_fit (100, 400));
  g_assert_true (samples_fit (99, 400));
  g_assert_false (samples_fit (100, 399));
  g_assert_false (samples_fit (1, 0));
  g_assert_false (samples_fit (G_MAXUINT64, 400));
  g_assert_false (samples_fit (G_MAXUINT64 / 4 + 1, 400));
}

static void
test_planes (void)
{
  g_assert_true (planes_fit (100, 0, 200, 400));
  g_assert_true (planes_fit (100, 200, 0, 400));
  g_assert_true (planes_fit (50, 300, 0, 400));
  g_assert_true (planes_fit (0, 0, 0, 0));
  g_assert_true (planes_fit (0, 400, 400, 400));
  g_assert_false (planes_fit (0, 401, 0, 400));
  g_assert_false (planes_fit (50, 301, 0, 400));
  g_assert_false (planes_fit (50, 0, 301, 400));
  g_assert_false (planes_fit (50, 0, 99, 400));
  g_assert_false (planes_fit (50, 99, 0, 400));
  g_assert_false (planes_fit (50, 7, 7, 400));
  g_assert_false (planes_fit (50, G_MAXUINT64, 0, 400));
  g_assert_false (planes_fit (50, G_MAXUINT64 - 99, 0, 400));
  g_assert_false (planes_fit (101, 0, 202, 400));
  g_assert_false (planes_fit (G_MAXUINT64, 0, 200, 400));
}

/* GStreamer warns when it maps a buffer whose meta is not that of the caps. */
static void
test_caps (void)
{
  const struct {
    const gchar *format;
    gint rate, channels;
  } bad[] = { { "S32LE", 48000, 2 }, { "NONE-SUCH", 48000, 2 }, { "S16LE", 44100, 2 }, { "S16LE", 48000, 1 },
    { "S16LE", 48000, 3 }, { "S16LE", -1, 2 }, { "S16LE", 48000, 0 } };
  g_autofree gchar *good = audio_text ("S16LE", 48000, 2, 1);
  g_autofree gchar *planes = g_strconcat (good, ", offset=(GstValueArray)< (guint64)0, (guint64)2 >", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree gchar *text = audio_text (bad[i].format, bad[i].rate, bad[i].channels, 1);

    g_assert_false (test_is_attached (400, INTERLEAVED, "GstAudioMetaAPI", text));
  }
  g_assert_true (test_is_attached (400, INTERLEAVED, "GstAudioMetaAPI", good));
  g_assert_false (test_is_attached (400, INTERLEAVED, "GstAudioMetaAPI", planes));
  g_assert_false (test_is_attached (400, PLANAR, "GstAudioMetaAPI", good));
  g_assert_true (test_is_attached (400, PLANAR, "GstAudioMetaAPI", planes));
  g_assert_false (test_is_attached (400, "audio/mpeg, rate=48000, channels=2", "GstAudioMetaAPI", good));
  g_assert_false (test_is_attached (400, "audio/x-raw", "GstAudioMetaAPI", good));
  g_assert_false (test_is_attached (400, "audio/x-raw, format=(int)7, channels=2", "GstAudioMetaAPI", good));
  g_assert_false (test_is_attached (400, NULL, "GstAudioMetaAPI", good));
}

static GstBuffer *
receive_without_meta (const gchar *caps_text, gsize size, GError **error)
{
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);

  packet.header.type = IPC_PACKET_BUFFER;
  packet.payload = test_guarded_bytes (size);
  packet.buffer.data = g_bytes_get_data (packet.payload, NULL);
  packet.buffer.size = (guint32)size;
  return ipc_buffer_from_packet (&packet, caps, NULL, error);
}

/* META-5: without a meta GStreamer raises a critical when it maps audio in planes, also when a legacy peer sends it. */
static void
test_completed (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBuffer) buffer = receive_without_meta (PLANAR, 403, &error);
  g_autoptr (GstBuffer) interleaved = receive_without_meta (INTERLEAVED, 403, NULL);
  g_autoptr (GstBuffer) refused = NULL;
  GstAudioMeta *meta = gst_buffer_get_audio_meta (buffer);

  g_assert_no_error (error);
  g_assert_cmpuint (meta->samples, ==, 100);
  g_assert_cmpuint (meta->offsets[1], ==, 200);
  test_use (buffer, PLANAR);
  g_assert_null (gst_buffer_get_audio_meta (interleaved));
  refused = receive_without_meta (MANY "257", 1000, &error);
  g_assert_null (refused);
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE);
}

static void
test_many_channels (void)
{
  g_autoptr (GstBuffer) buffer = receive_without_meta (MANY "256", 1000, NULL);
  g_autoptr (GstBuffer) arrived = NULL;
  guint skipped = 1;

  g_assert_cmpuint (gst_buffer_get_audio_meta (buffer)->offsets[255], ==, 255 * 3);
  test_use (buffer, MANY "256");
  arrived = test_carry_buffer (buffer, IPC_FORM_METAS, MANY "256", &skipped);
  g_assert_cmpuint (skipped, ==, 0);
}

static void
test_arrives (void)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (PLANAR);
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, 500, NULL);
  g_autoptr (GstBuffer) arrived = NULL;
  gsize offsets[] = { 300, 10 };
  GstAudioInfo info;
  GstAudioMeta *meta;
  guint skipped = 1;

  g_assert_true (gst_audio_info_from_caps (&info, caps));
  gst_buffer_add_audio_meta (buffer, &info, 64, offsets);
  arrived = test_carry_buffer (buffer, IPC_FORM_METAS, PLANAR, &skipped);
  g_assert_cmpuint (skipped, ==, 0);
  test_use (arrived, PLANAR);
  meta = gst_buffer_get_audio_meta (arrived);
  g_assert_true (gst_audio_info_is_equal (&meta->info, &info));
  g_assert_cmpuint (meta->samples, ==, 64);
  g_assert_cmpmem (meta->offsets, sizeof offsets, offsets, sizeof offsets);
}

/* What maps a buffer sees the first one only. */
static void
test_second_meta (void)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (INTERLEAVED);
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, 400, NULL);
  g_autoptr (GstBuffer) arrived = NULL;
  GstAudioInfo info;
  guint skipped = 0;

  g_assert_true (gst_audio_info_from_caps (&info, caps));
  gst_buffer_add_audio_meta (buffer, &info, 64, NULL);
  gst_buffer_add_audio_meta (buffer, &info, 65, NULL);
  arrived = test_carry_buffer (buffer, IPC_FORM_METAS, INTERLEAVED, &skipped);
  g_assert_cmpuint (skipped, ==, 1);
  g_assert_cmpuint (gst_buffer_get_audio_meta (arrived)->samples, ==, 64);
}

static void
test_clipping_and_level (void)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new ();
  g_autoptr (GstBuffer) arrived = NULL;
  GstAudioClippingMeta *clipping;
  GstAudioLevelMeta *level;
  guint skipped = 3;

  gst_buffer_add_audio_clipping_meta (buffer, GST_FORMAT_DEFAULT, 312, G_MAXINT64);
  gst_buffer_add_audio_level_meta (buffer, 127, TRUE);
  gst_buffer_add_audio_level_meta (buffer, 0, FALSE);
  arrived = test_carry_buffer (buffer, IPC_FORM_METAS, NULL, &skipped);
  g_assert_cmpuint (skipped, ==, 0);
  g_assert_cmpuint (gst_buffer_get_n_meta (arrived, GST_AUDIO_LEVEL_META_API_TYPE), ==, 2);
  clipping = gst_buffer_get_audio_clipping_meta (arrived);
  g_assert_cmpint (clipping->format, ==, GST_FORMAT_DEFAULT);
  g_assert_cmpuint (clipping->start, ==, 312);
  g_assert_cmpuint (clipping->end, ==, G_MAXINT64);
  level = gst_buffer_get_audio_level_meta (arrived);
  g_assert_cmpuint (level->level, ==, 127);
  g_assert_true (level->voice_activity);
}

static void
test_refused (void)
{
  const gchar *texts[][2] = {
    { "GstAudioClippingMetaAPI", "format=(GstFormat)undefined, start=(guint64)1, end=(guint64)1" },
    { "GstAudioClippingMetaAPI", "format=(GstFormat)percent, start=(guint64)1, end=(guint64)1" },
    { "GstAudioClippingMetaAPI", "format=(GstFormat)99, start=(guint64)1, end=(guint64)1" },
    { "GstAudioClippingMetaAPI", "format=(GstFormat)time, start=(guint64)9223372036854775808, end=(guint64)1" },
    { "GstAudioClippingMetaAPI", "format=(GstFormat)time, start=(guint64)1, end=(guint64)9223372036854775808" },
    { "GstAudioClippingMetaAPI", "format=(GstFormat)time, start=(guint64)1" },
    { "GstAudioLevelMetaAPI", "level=(uint)128, voice-activity=(boolean)true" },
    { "GstAudioLevelMetaAPI", "level=(int)1, voice-activity=(boolean)true" },
    { "GstAudioLevelMetaAPI", "level=(uint)1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree gchar *text = g_strdup_printf ("%s, %s", texts[i][0], texts[i][1]);

    g_test_message ("%s", text);
    g_assert_false (test_is_attached (10, NULL, texts[i][0], text));
  }
  g_assert_true (test_is_attached (10, NULL, "GstAudioClippingMetaAPI",
      "GstAudioClippingMetaAPI, format=(GstFormat)time, start=(guint64)9223372036854775807, end=(guint64)0"));
  g_assert_true (test_is_attached (
      10, NULL, "GstAudioLevelMetaAPI", "GstAudioLevelMetaAPI, level=(uint)127, voice-activity=(boolean)true"));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/meta-audio/arrives-with-all-it-says", test_arrives);
  g_test_add_func ("/wire/meta-audio/samples-are-in-the-buffer", test_interleaved);
  g_test_add_func ("/wire/meta-audio/planes-are-in-the-buffer-and-apart", test_planes);
  g_test_add_func ("/wire/meta-audio/agrees-with-the-caps", test_caps);
  g_test_add_func ("/wire/meta-audio/planes-without-meta-get-one", test_completed);
  g_test_add_func ("/wire/meta-audio/as-many-channels-as-there-may-be", test_many_channels);
  g_test_add_func ("/wire/meta-audio/first-one-counts", test_second_meta);
  g_test_add_func ("/wire/meta-audio/clipping-and-levels-arrive", test_clipping_and_level);
  g_test_add_func ("/wire/meta-audio/clipping-and-levels-are-in-their-ranges", test_refused);
  return g_test_run ();
}
