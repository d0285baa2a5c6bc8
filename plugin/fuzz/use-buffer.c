/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What elements do with a buffer and with what its metas say of it: they read where those point to.
 */

#include <gst/audio/audio.h>
#include <gst/video/video.h>

#include "fuzz.h"

static guint
sum (const guint8 *data, gsize size)
{
  guint total = 0;

  for (gsize i = 0; i < size; i++)
    total += data[i];
  return total;
}

/* Of strides that are not its own GStreamer does not say how large the planes are: up to the last line, then. */
static void
find_plane_sizes (const GstVideoMeta *meta, gsize *sizes)
{
  const GstVideoFormatInfo *format = gst_video_format_get_info (meta->format);

  for (guint i = 0; i < GST_VIDEO_FORMAT_INFO_N_COMPONENTS (format); i++) {
    const guint plane = GST_VIDEO_FORMAT_INFO_PLANE (format, i);
    const guint lines = GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (format, i, meta->height);

    sizes[plane] = GST_VIDEO_FORMAT_INFO_IS_TILED (format) ? 0 : (gsize)(lines - 1) * meta->stride[plane] + 1;
  }
}

static void
use_video_meta (GstBuffer *buffer, GstVideoMeta *meta)
{
  gsize sizes[GST_VIDEO_MAX_PLANES] = { 0 };

  if (!gst_video_meta_get_plane_size (meta, sizes))
    find_plane_sizes (meta, sizes);
  for (guint i = 0; i < meta->n_planes; i++) {
    GstMapInfo map;
    gpointer data;
    gint stride;

    /* the map ends with the buffer's memory, so what there is to read is what the meta says */
    g_assert_true (gst_video_meta_map (meta, i, &map, &data, &stride, GST_MAP_READ));
    sum (data, sizes[i]);
    gst_video_meta_unmap (meta, i, &map);
  }
}

static void
use_params (const GstVideoRegionOfInterestMeta *region)
{
  for (GList *item = region->params; item; item = item->next)
    fuzz_use_structure (item->data);
}

static gboolean
use_meta (GstBuffer *buffer, GstMeta **meta, gpointer unused)
{
  const GType api = (*meta)->info->api;

  if (api == GST_PROTECTION_META_API_TYPE)
    fuzz_use_structure (((GstProtectionMeta *)*meta)->info);
  else if (api == GST_VIDEO_META_API_TYPE)
    use_video_meta (buffer, (GstVideoMeta *)*meta);
  else if (api == GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE)
    use_params ((GstVideoRegionOfInterestMeta *)*meta);
  else if (api == GST_VIDEO_CAPTION_META_API_TYPE)
    sum (((GstVideoCaptionMeta *)*meta)->data, ((GstVideoCaptionMeta *)*meta)->size);
  else if (api == GST_VIDEO_TIME_CODE_META_API_TYPE)
    g_free (gst_video_time_code_to_string (&((GstVideoTimeCodeMeta *)*meta)->tc));
  else if (gst_meta_info_is_custom ((*meta)->info))
    fuzz_use_structure (gst_custom_meta_get_structure ((GstCustomMeta *)*meta));
  return TRUE;
}

void
fuzz_use_buffer (GstBuffer *buffer)
{
  g_autoptr (GstBuffer) copy = gst_buffer_copy_deep (buffer);
  GstMapInfo map;

  gst_buffer_foreach_meta (buffer, use_meta, NULL);
  gst_buffer_foreach_meta (copy, use_meta, NULL);
  g_assert_true (gst_buffer_map (copy, &map, GST_MAP_READ));
  sum (map.data, map.size);
  gst_buffer_unmap (copy, &map);
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, gst_buffer_get_size (copy));
}

static void
use_frame (GstBuffer *buffer, const GstVideoInfo *info)
{
  GstVideoFrame frame, copy;
  GstVideoInfo copy_info;
  g_autoptr (GstBuffer) target = NULL;

  if (!gst_video_frame_map (&frame, info, buffer, GST_MAP_READ))
    return;
  if (gst_video_info_set_format (&copy_info, GST_VIDEO_FRAME_FORMAT (&frame), (guint)GST_VIDEO_FRAME_WIDTH (&frame),
          (guint)GST_VIDEO_FRAME_HEIGHT (&frame))
      && GST_VIDEO_INFO_SIZE (&copy_info) < 16 * 1024 * 1024) {
    target = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&copy_info), NULL);
    if (gst_video_frame_map (&copy, &copy_info, target, GST_MAP_WRITE)) {
      gst_video_frame_copy (&copy, &frame);
      gst_video_frame_unmap (&copy);
    }
  }
  gst_video_frame_unmap (&frame);
}

static void
use_samples (GstBuffer *buffer, const GstAudioInfo *info)
{
  GstAudioBuffer samples;

  if (!gst_audio_buffer_map (&samples, info, buffer, GST_MAP_READ))
    return;
  for (gint i = 0; i < samples.n_planes; i++)
    sum (samples.planes[i], GST_AUDIO_BUFFER_PLANE_SIZE (&samples));
  gst_audio_buffer_unmap (&samples);
}

void
fuzz_use_media (GstBuffer *buffer, const GstCaps *caps)
{
  GstVideoInfo video;
  GstAudioInfo audio;

  if (gst_video_info_from_caps (&video, caps))
    use_frame (buffer, &video);
  else if (gst_audio_info_from_caps (&audio, caps))
    use_samples (buffer, &audio);
}
