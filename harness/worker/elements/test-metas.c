/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One table: how each kind is made, found and compared. What has arrived is compared with what is made anew for a
 * buffer of the same number and size. */

#include "test-metas.h"

#include <gst/audio/gstaudiometa.h>
#include <gst/video/gstvideometa.h>
#include <gst/video/video-anc.h>

#include <string.h>

#define CUSTOM_NAME "IpcTestMeta"

/* Some place within 100 pixels, and what is left on its right. */
#define PLACE(number) ((guint)((number) % 50))
#define WIDTH(number) (1 + PLACE (number))

/* {{{ made */

static void
add_protection (GstBuffer *buffer, guint64 number)
{
  gst_buffer_add_protection_meta (
      buffer, gst_structure_new ("application/x-ipctest", "number", G_TYPE_UINT64, number, NULL));
}

static void
add_video (GstBuffer *buffer, guint64 number)
{
  GstVideoMeta *meta = gst_buffer_add_video_meta (
      buffer, GST_VIDEO_FRAME_FLAG_TFF, GST_VIDEO_FORMAT_GRAY8, MAX (gst_buffer_get_size (buffer), 1), 1);

  meta->id = 3;
}

static void
add_reference_timestamp (GstBuffer *buffer, guint64 number)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("timestamp/x-ipctest");

  gst_buffer_add_reference_timestamp_meta (buffer, caps, number * GST_MSECOND, GST_MSECOND);
}

void
ipc_test_metas_register (IpcTestMetas metas)
{
  static const gchar *tags[] = { NULL };

  if ((metas & IPC_TEST_META_CUSTOM) && gst_meta_get_info (CUSTOM_NAME) == NULL)
    gst_meta_register_custom (CUSTOM_NAME, tags, NULL, NULL, NULL);
}

static void
add_custom (GstBuffer *buffer, guint64 number)
{
  ipc_test_metas_register (IPC_TEST_META_CUSTOM);
  GstCustomMeta *meta = gst_buffer_add_custom_meta (buffer, CUSTOM_NAME);
  gst_structure_set (gst_custom_meta_get_structure (meta), "number", G_TYPE_UINT64, number, NULL);
}

static void
add_crop (GstBuffer *buffer, guint64 number)
{
  GstVideoCropMeta *meta = gst_buffer_add_video_crop_meta (buffer);

  meta->x = PLACE (number);
  meta->width = WIDTH (number);
  meta->height = 1;
}

static void
add_region (GstBuffer *buffer, guint64 number)
{
  GstVideoRegionOfInterestMeta *meta
      = gst_buffer_add_video_region_of_interest_meta (buffer, "ipctest", PLACE (number), 0, WIDTH (number), 1);

  meta->id = (gint)(number % 1000);
  meta->parent_id = -1;
  gst_video_region_of_interest_meta_add_param (
      meta, gst_structure_new ("ipctest", "number", G_TYPE_UINT64, number, NULL));
}

static void
add_time_code (GstBuffer *buffer, guint64 number)
{
  g_autoptr (GDateTime) jam = g_date_time_new_utc (2020, 2, 29, 12, 0, 0);

  gst_buffer_add_video_time_code_meta_full (
      buffer, 25, 1, jam, GST_VIDEO_TIME_CODE_FLAGS_INTERLACED, 1, 2, (number / 25) % 60, number % 25, 1 + number % 2);
}

static void
add_caption (GstBuffer *buffer, guint64 number)
{
  const guint8 data[3] = { 0xfc, number & 0xff, number >> 8 & 0xff };

  gst_buffer_add_video_caption_meta (buffer, GST_VIDEO_CAPTION_TYPE_CEA708_RAW, data, sizeof data);
}

static void
add_afd (GstBuffer *buffer, guint64 number)
{
  gst_buffer_add_video_afd_meta (buffer, 0, GST_VIDEO_AFD_SPEC_ATSC_A53,
      number % 2 ? GST_VIDEO_AFD_4_3_FULL_16_9_FULL : GST_VIDEO_AFD_14_9_LETTER_14_9_PILLAR);
}

static void
add_bar (GstBuffer *buffer, guint64 number)
{
  gst_buffer_add_video_bar_meta (buffer, 0, FALSE, PLACE (number), 99 - PLACE (number));
}

static void
add_clipping (GstBuffer *buffer, guint64 number)
{
  gst_buffer_add_audio_clipping_meta (buffer, GST_FORMAT_DEFAULT, number, number + 1);
}

static void
add_level (GstBuffer *buffer, guint64 number)
{
  gst_buffer_add_audio_level_meta (buffer, number % 128, number % 2);
}

static void
add_audio (GstBuffer *buffer, guint64 number)
{
  GstAudioInfo info;

  gst_audio_info_set_format (&info, GST_AUDIO_FORMAT_S16LE, 8000, 1, NULL);
  gst_buffer_add_audio_meta (buffer, &info, gst_buffer_get_size (buffer) / 2, NULL);
}

/* The second channel comes first. */
static void
add_audio_planes (GstBuffer *buffer, guint64 number)
{
  const gsize samples = gst_buffer_get_size (buffer) / 2;
  gsize offsets[] = { samples, 0 };
  GstAudioInfo info;

  gst_audio_info_set_format (&info, GST_AUDIO_FORMAT_S8, 8000, 2, NULL);
  info.layout = GST_AUDIO_LAYOUT_NON_INTERLEAVED;
  gst_buffer_add_audio_meta (buffer, &info, samples, offsets);
}

/* }}} */
/* {{{ compared; both metas are of one kind */

static gboolean
same_protection (gconstpointer a, gconstpointer b)
{
  return gst_structure_is_equal (((const GstProtectionMeta *)a)->info, ((const GstProtectionMeta *)b)->info);
}

static gboolean
same_video (gconstpointer a, gconstpointer b)
{
  const GstVideoMeta *one = a, *two = b;

  return one->format == two->format && one->flags == two->flags && one->id == two->id && one->width == two->width
         && one->height == two->height && one->n_planes == two->n_planes
         && memcmp (one->offset, two->offset, one->n_planes * sizeof *one->offset) == 0
         && memcmp (one->stride, two->stride, one->n_planes * sizeof *one->stride) == 0;
}

static gboolean
same_reference_timestamp (gconstpointer a, gconstpointer b)
{
  const GstReferenceTimestampMeta *one = a, *two = b;

  return gst_caps_is_equal (one->reference, two->reference) && one->timestamp == two->timestamp
         && one->duration == two->duration;
}

static gboolean
same_custom (gconstpointer a, gconstpointer b)
{
  return gst_structure_is_equal (
      gst_custom_meta_get_structure ((GstCustomMeta *)a), gst_custom_meta_get_structure ((GstCustomMeta *)b));
}

static gboolean
same_crop (gconstpointer a, gconstpointer b)
{
  const GstVideoCropMeta *one = a, *two = b;

  return one->x == two->x && one->y == two->y && one->width == two->width && one->height == two->height;
}

static gboolean
same_region (gconstpointer a, gconstpointer b)
{
  const GstVideoRegionOfInterestMeta *one = a, *two = b;

  return one->roi_type == two->roi_type && one->id == two->id && one->parent_id == two->parent_id && one->x == two->x
         && one->y == two->y && one->w == two->w && one->h == two->h && g_list_length (one->params) == 1
         && gst_structure_is_equal (one->params->data, two->params->data);
}

static gboolean
same_jam (const GstVideoTimeCode *one, const GstVideoTimeCode *two)
{
  GDateTime *jam = one->config.latest_daily_jam, *other = two->config.latest_daily_jam;

  return jam && other ? g_date_time_equal (jam, other) : jam == other;
}

/* Field by field: gst_video_time_code_compare() takes different ones for the same moment. */
static gboolean
same_time_code (gconstpointer a, gconstpointer b)
{
  const GstVideoTimeCode *one = &((const GstVideoTimeCodeMeta *)a)->tc, *two = &((const GstVideoTimeCodeMeta *)b)->tc;

  return one->config.fps_n == two->config.fps_n && one->config.fps_d == two->config.fps_d
         && one->config.flags == two->config.flags && same_jam (one, two) && one->hours == two->hours
         && one->minutes == two->minutes && one->seconds == two->seconds && one->frames == two->frames
         && one->field_count == two->field_count;
}

static gboolean
same_caption (gconstpointer a, gconstpointer b)
{
  const GstVideoCaptionMeta *one = a, *two = b;

  return one->caption_type == two->caption_type && one->size == two->size
         && memcmp (one->data, two->data, one->size) == 0;
}

static gboolean
same_afd (gconstpointer a, gconstpointer b)
{
  const GstVideoAFDMeta *one = a, *two = b;

  return one->field == two->field && one->spec == two->spec && one->afd == two->afd;
}

static gboolean
same_bar (gconstpointer a, gconstpointer b)
{
  const GstVideoBarMeta *one = a, *two = b;

  return one->field == two->field && one->is_letterbox == two->is_letterbox && one->bar_data1 == two->bar_data1
         && one->bar_data2 == two->bar_data2;
}

static gboolean
same_clipping (gconstpointer a, gconstpointer b)
{
  const GstAudioClippingMeta *one = a, *two = b;

  return one->format == two->format && one->start == two->start && one->end == two->end;
}

static gboolean
same_level (gconstpointer a, gconstpointer b)
{
  const GstAudioLevelMeta *one = a, *two = b;

  return one->level == two->level && one->voice_activity == two->voice_activity;
}

/* Channel positions are the caps'. */
static gboolean
same_audio (gconstpointer a, gconstpointer b)
{
  const GstAudioMeta *one = a, *two = b;
  const gboolean planes = one->info.layout == GST_AUDIO_LAYOUT_NON_INTERLEAVED;

  return one->info.finfo == two->info.finfo && one->info.rate == two->info.rate
         && one->info.channels == two->info.channels && one->info.layout == two->info.layout
         && one->samples == two->samples
         && (!planes || memcmp (one->offsets, two->offsets, (gsize)one->info.channels * sizeof one->offsets[0]) == 0);
}

/* }}} */

static GType
custom_api (void)
{
  ipc_test_metas_register (IPC_TEST_META_CUSTOM);
  return gst_meta_get_info (CUSTOM_NAME)->api;
}

/* `text` is for people who look at the property. */
static const struct {
  IpcTestMetas kind;
  const gchar *nick, *text;
  GType (*api) (void);
  void (*add) (GstBuffer *buffer, guint64 number);
  gboolean (*same) (gconstpointer a, gconstpointer b);
} kinds[] = {
  { IPC_TEST_META_PROTECTION, "protection", "GstProtectionMeta", gst_protection_meta_api_get_type, add_protection,
      same_protection },
  { IPC_TEST_META_VIDEO, "video", "GstVideoMeta: GRAY8, one line", gst_video_meta_api_get_type, add_video, same_video },
  { IPC_TEST_META_REFERENCE_TIMESTAMP, "reference-timestamp", "GstReferenceTimestampMeta",
      gst_reference_timestamp_meta_api_get_type, add_reference_timestamp, same_reference_timestamp },
  { IPC_TEST_META_CUSTOM, "custom", "Custom meta " CUSTOM_NAME, custom_api, add_custom, same_custom },
  { IPC_TEST_META_CROP, "crop", "GstVideoCropMeta", gst_video_crop_meta_api_get_type, add_crop, same_crop },
  { IPC_TEST_META_REGION, "region-of-interest", "GstVideoRegionOfInterestMeta",
      gst_video_region_of_interest_meta_api_get_type, add_region, same_region },
  { IPC_TEST_META_TIME_CODE, "time-code", "GstVideoTimeCodeMeta", gst_video_time_code_meta_api_get_type, add_time_code,
      same_time_code },
  { IPC_TEST_META_CAPTION, "caption", "GstVideoCaptionMeta", gst_video_caption_meta_api_get_type, add_caption,
      same_caption },
  { IPC_TEST_META_AFD, "afd", "GstVideoAFDMeta", gst_video_afd_meta_api_get_type, add_afd, same_afd },
  { IPC_TEST_META_BAR, "bar", "GstVideoBarMeta", gst_video_bar_meta_api_get_type, add_bar, same_bar },
  { IPC_TEST_META_CLIPPING, "audio-clipping", "GstAudioClippingMeta", gst_audio_clipping_meta_api_get_type,
      add_clipping, same_clipping },
  { IPC_TEST_META_LEVEL, "audio-level", "GstAudioLevelMeta", gst_audio_level_meta_api_get_type, add_level, same_level },
  { IPC_TEST_META_AUDIO, "audio", "GstAudioMeta: S16LE, one channel", gst_audio_meta_api_get_type, add_audio,
      same_audio },
  { IPC_TEST_META_AUDIO_PLANES, "audio-planes", "GstAudioMeta: S8, two channels, not interleaved",
      gst_audio_meta_api_get_type, add_audio_planes, same_audio },
};

GType
ipc_test_metas_get_type (void)
{
  static GFlagsValue values[G_N_ELEMENTS (kinds) + 1];
  static gsize type;

  if (g_once_init_enter (&type)) {
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
      values[i] = (GFlagsValue){ kinds[i].kind, kinds[i].text, kinds[i].nick };
    g_once_init_leave (&type, g_flags_register_static ("IpcTestMetas", values));
  }
  return type;
}

void
ipc_test_metas_add (GstBuffer *buffer, IpcTestMetas metas, guint64 number)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (metas & kinds[i].kind)
      kinds[i].add (buffer, number);
}

gchar *
ipc_test_metas_check (GstBuffer *buffer, IpcTestMetas metas, guint64 number)
{
  if (metas == 0)
    return NULL;

  g_autoptr (GstBuffer) wanted = gst_buffer_new_allocate (NULL, gst_buffer_get_size (buffer), NULL);
  ipc_test_metas_add (wanted, metas, number);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if ((metas & kinds[i].kind) == 0)
      continue;
    guint n = gst_buffer_get_n_meta (buffer, kinds[i].api ());
    if (n != 1)
      return g_strdup_printf ("buffer %" G_GUINT64_FORMAT " has %u metas \"%s\", not 1", number, n, kinds[i].nick);
    if (!kinds[i].same (gst_buffer_get_meta (buffer, kinds[i].api ()), gst_buffer_get_meta (wanted, kinds[i].api ())))
      return g_strdup_printf ("the meta \"%s\" of buffer %" G_GUINT64_FORMAT
                              " has other content than ipctestsrc gives it",
          kinds[i].nick, number);
  }
  return NULL;
}
