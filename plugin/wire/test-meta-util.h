/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WIRE_TEST_META_UTIL_H
#define IPC_WIRE_TEST_META_UTIL_H

#include <sys/mman.h>

#include <gst/audio/audio.h>
#include <gst/video/video-anc.h>
#include <gst/video/video.h>

#include "test-util.h"

G_BEGIN_DECLS

/*
 * What the tests of metas share: buffers whose data ends where memory ends, and something that does with a buffer
 * what elements do.
 */

typedef struct {
  gpointer pages;
  gsize size;
} TestPages;

static inline void
test_pages_free (gpointer data)
{
  TestPages *pages = data;

  munmap (pages->pages, pages->size);
  g_free (pages);
}

/* @size bytes of zero, and behind them a page that nobody may touch: what reads on dies, in GStreamer's code too. */
static inline GBytes *
test_guarded_bytes (gsize size)
{
  const gsize page = 4096;
  TestPages *pages = g_new0 (TestPages, 1);

  pages->size = (size + page - 1) / page * page + page;
  pages->pages = mmap (NULL, pages->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_assert_true (pages->pages != MAP_FAILED);
  g_assert_cmpint (mprotect ((guint8 *)pages->pages + pages->size - page, page, PROT_NONE), ==, 0);
  return g_bytes_new_with_free_func ((guint8 *)pages->pages + pages->size - page - size, size, test_pages_free, pages);
}

/* The buffer of @size bytes that a peer sends with one meta; @attached: whether it was taken. */
static inline GstBuffer *
test_receive_meta (gsize size, const gchar *caps_text, const gchar *api, const gchar *text, gboolean *attached)
{
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GstCaps) caps = caps_text ? gst_caps_from_string (caps_text) : NULL;
  g_autoptr (GError) error = NULL;
  GstBuffer *buffer;
  guint skipped = 0;

  packet.header.type = IPC_PACKET_BUFFER;
  packet.form = IPC_FORM_METAS;
  packet.payload = test_guarded_bytes (size);
  packet.buffer.data = g_bytes_get_data (packet.payload, NULL);
  packet.buffer.size = (guint32)size;
  packet.buffer.metas = g_new0 (IpcPacketMeta, 1);
  packet.buffer.n_metas = 1;
  packet.buffer.metas[0].api = api;
  packet.buffer.metas[0].text = text;
  /* the peer's flags of a meta mean nothing here */
  packet.buffer.metas[0].flags = G_MAXUINT32;
  buffer = ipc_buffer_from_packet (&packet, caps, &skipped, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, size);
  g_assert_cmpuint (skipped, <=, 1);
  *attached = skipped == 0;
  return buffer;
}

static inline void
test_touch (volatile guint8 *byte)
{
  *byte = *byte;
}

/* Reads every line as GStreamer's converters do, and touches every pixel's byte. */
static inline void
test_use_frame (GstVideoFrame *frame)
{
  const GstVideoFormatInfo *format = frame->info.finfo;
  const guint width = (guint)GST_VIDEO_FRAME_WIDTH (frame);
  const guint height = (guint)GST_VIDEO_INFO_FIELD_HEIGHT (&frame->info);
  /* as much as the widest format that lines are unpacked to takes */
  g_autofree guint8 *line = g_malloc ((width + 64) * 8);
  /* of an odd number of pixels GStreamer reads a byte more than its own layout has, in this format alone */
  const gboolean reads_on = GST_VIDEO_FORMAT_INFO_FORMAT (format) == GST_VIDEO_FORMAT_UYVP && width % 2 == 1;

  for (guint y = 0; format->unpack_func && !reads_on && y < height; y++)
    format->unpack_func (
        format, GST_VIDEO_PACK_FLAG_NONE, line, frame->data, frame->info.stride, 0, (gint)y, (gint)width);
  if (GST_VIDEO_FORMAT_INFO_IS_TILED (format))
    return;
  for (guint i = 0; i < GST_VIDEO_FRAME_N_COMPONENTS (frame); i++) {
    guint8 *data = GST_VIDEO_FRAME_COMP_DATA (frame, i);
    const gint pixel_stride = GST_VIDEO_FRAME_COMP_PSTRIDE (frame, i);
    const gboolean palette = GST_VIDEO_FORMAT_INFO_HAS_PALETTE (format) && i == GST_VIDEO_COMP_PALETTE;
    const gint n_lines = palette ? 1 : GST_VIDEO_FRAME_COMP_HEIGHT (frame, i);
    const gint n_pixels = palette ? 256 : pixel_stride ? GST_VIDEO_FRAME_COMP_WIDTH (frame, i) : 0;

    for (gint y = 0; y < n_lines; y++) {
      for (gint x = 0; x < n_pixels; x++)
        test_touch (data + (gssize)y * GST_VIDEO_FRAME_COMP_STRIDE (frame, i) + (gssize)x * pixel_stride);
    }
  }
}

/* What elements do with a video meta, a frame of @caps. */
static inline void
test_use_video (GstBuffer *buffer, GstCaps *caps)
{
  GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  gsize plane_sizes[GST_VIDEO_MAX_PLANES];
  GstVideoInfo info;
  GstVideoFrame frame = GST_VIDEO_FRAME_INIT; /* of one without planes GStreamer fills in less than it looks at */

  if (!meta || !gst_video_info_from_caps (&info, caps))
    return;
  if (gst_video_meta_get_plane_size (meta, plane_sizes)) {
    for (guint i = 0; i < meta->n_planes; i++)
      g_assert_cmpuint (plane_sizes[i], <=, gst_buffer_get_size (buffer));
  }
  if (!gst_video_frame_map_id (&frame, &info, buffer, meta->id, GST_MAP_READWRITE))
    g_assert_not_reached ();
  test_use_frame (&frame);
  gst_video_frame_unmap (&frame);
}

static inline void
test_use_audio (GstBuffer *buffer, GstCaps *caps)
{
  GstAudioInfo info;
  GstAudioBuffer audio;

  if (!gst_buffer_get_audio_meta (buffer) || !gst_audio_info_from_caps (&info, caps))
    return;
  if (!gst_audio_buffer_map (&audio, &info, buffer, GST_MAP_READWRITE))
    g_assert_not_reached ();
  for (gint i = 0; i < audio.n_planes; i++) {
    guint8 *plane = audio.planes[i];

    for (gsize j = 0; j < audio.n_samples * (gsize)(info.bpf / audio.n_planes); j++)
      test_touch (plane + j);
  }
  gst_audio_buffer_unmap (&audio);
}

static inline void
test_use_time_code (GstBuffer *buffer)
{
  GstVideoTimeCodeMeta *meta = gst_buffer_get_video_time_code_meta (buffer);
  GstVideoTimeCodeInterval *day;
  GstVideoTimeCode *code;
  GstVideoTimeCode *later;
  GDateTime *date;

  if (!meta)
    return;
  g_free (gst_video_time_code_to_string (&meta->tc));
  gst_video_time_code_nsec_since_daily_jam (&meta->tc);
  gst_video_time_code_frames_since_daily_jam (&meta->tc);
  date = gst_video_time_code_to_date_time (&meta->tc);
  g_assert_true (!date == !meta->tc.config.latest_daily_jam);
  g_clear_pointer (&date, g_date_time_unref);
  code = gst_video_time_code_copy (&meta->tc);
  gst_video_time_code_increment_frame (code);
  gst_video_time_code_compare (code, &meta->tc);
  gst_video_time_code_add_frames (code, -1000);
  day = gst_video_time_code_interval_new (23, 59, 59, 0);
  later = gst_video_time_code_add_interval (&meta->tc, day);
  g_clear_pointer (&later, gst_video_time_code_free);
  gst_video_time_code_interval_free (day);
  gst_video_time_code_free (code);
}

/* A scaler passes metas on to a frame of another size. */
static inline void
test_scale_metas (GstBuffer *buffer)
{
  g_autoptr (GstBuffer) scaled = gst_buffer_new ();
  GstVideoInfo from, to;
  GstVideoMetaTransform scale = { &from, &to };
  GstMeta *meta;
  gpointer state = NULL;

  gst_video_info_set_format (&from, GST_VIDEO_FORMAT_I420, 64, 48);
  gst_video_info_set_format (&to, GST_VIDEO_FORMAT_I420, 1, 4096);
  while ((meta = gst_buffer_iterate_meta (buffer, &state))) {
    if (meta->info->transform_func)
      meta->info->transform_func (scaled, meta, buffer, gst_video_meta_transform_scale_get_quark (), &scale);
  }
}

static inline void
test_copy (GstBuffer *buffer)
{
  g_autoptr (GstBuffer) copy = gst_buffer_copy (buffer);
  g_autoptr (GstBuffer) deep = gst_buffer_copy_deep (buffer);

  g_assert_nonnull (copy);
  g_assert_nonnull (deep);
}

/* Does with @buffer what elements do: nothing of it may complain, or touch what is not the buffer's. Before it is
 * copied: memory that buffers share is mapped as another copy, without the page behind it. */
static inline void
test_use (GstBuffer *buffer, const gchar *caps_text)
{
  g_autoptr (GstCaps) caps = caps_text ? gst_caps_from_string (caps_text) : NULL;
  GstMeta *meta;
  gpointer state = NULL;

  while ((meta = gst_buffer_iterate_meta (buffer, &state)))
    g_assert_cmpuint (meta->flags, ==, GST_META_FLAG_NONE);
  if (caps) {
    test_use_video (buffer, caps);
    test_use_audio (buffer, caps);
  }
  test_use_time_code (buffer);
  test_scale_metas (buffer);
  test_copy (buffer);
}

/* Whether a peer's meta is attached, after it was used. */
static inline gboolean
test_is_attached (gsize size, const gchar *caps, const gchar *api, const gchar *text)
{
  gboolean attached;
  g_autoptr (GstBuffer) buffer = test_receive_meta (size, caps, api, text, &attached);

  test_use (buffer, caps);
  return attached;
}

/* What arrives of @buffer, with everything between peers that agreed on metas. */
static inline GstBuffer *
test_carry_buffer (GstBuffer *buffer, IpcForm form, const gchar *caps_text, guint *skipped)
{
  g_auto (IpcPacket) packet = { .form = form };
  g_auto (IpcPacket) received = { 0 };
  g_autoptr (GstCaps) caps = caps_text ? gst_caps_from_string (caps_text) : NULL;
  g_autoptr (GError) error = NULL;
  GstBuffer *arrived;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  ipc_packet_build_buffer (&packet, buffer, &error);
  g_assert_no_error (error);
  packet.buffer.data = map.data;
  test_send (&packet, &received);
  gst_buffer_unmap (buffer, &map);
  received.form = form;
  arrived = ipc_buffer_from_packet (&received, caps, skipped, &error);
  g_assert_no_error (error);
  return arrived;
}

G_END_DECLS
#endif
