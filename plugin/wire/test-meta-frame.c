/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Video metas (META-1, META-2): what they say of planes is followed to the last byte, for every format. Each buffer
 * ends at a page that nobody may touch, and what is accepted is read as GStreamer's converters read it. g_test makes
 * every critical and warning fatal.
 */

#include <string.h>

#include "test-meta-util.h"

#define API "GstVideoMetaAPI"

/* The text of a meta as the sender writes it, of values that no sender would. */
typedef struct {
  const gchar *format;
  guint flags, width, height, n_planes;
  gint64 offset[5], stride[5];
  guint padding[4]; /* top, bottom, left, right */
  guint stride_align[4];
} Frame;

static void
append_array (GString *text, const gchar *field, const gint64 *values, guint n)
{
  g_string_append_printf (text, ", %s=(GstValueArray)< ", field);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s(guint64)%" G_GUINT64_FORMAT, i ? ", " : "", (guint64)values[i]);
  g_string_append (text, " >");
}

static gchar *
frame_text (const Frame *frame)
{
  GString *text = g_string_new (API);
  gint64 padding[4], stride_align[4];
  guint any = 0;

  g_string_append_printf (text, ", format=(string)%s, flags=(uint)%u, id=(int)0, width=(uint)%u, height=(uint)%u",
      frame->format, frame->flags, frame->width, frame->height);
  append_array (text, "offset", frame->offset, frame->n_planes);
  append_array (text, "stride", frame->stride, frame->n_planes);
  for (guint i = 0; i < 4; i++) {
    any |= frame->padding[i] | frame->stride_align[i];
    padding[i] = frame->padding[i];
    stride_align[i] = frame->stride_align[i];
  }
  if (any) {
    append_array (text, "padding", padding, 4);
    append_array (text, "stride-align", stride_align, 4);
  }
  return g_string_free (text, FALSE);
}

static gboolean
frame_fits (const Frame *frame, gsize size, const gchar *caps)
{
  g_autofree gchar *text = frame_text (frame);

  return test_is_attached (size, caps, API, text);
}

static const Frame gray = { "GRAY8", 0, 16, 8, 1, { 0 }, { 16 }, { 0 }, { 0 } };
static const gchar gray_caps[] = "video/x-raw, format=GRAY8, width=16, height=8";

static Frame
own_frame (const GstVideoInfo *info)
{
  Frame frame = { 0 };

  frame.format = GST_VIDEO_INFO_NAME (info);
  frame.width = (guint)GST_VIDEO_INFO_WIDTH (info);
  frame.height = (guint)GST_VIDEO_INFO_HEIGHT (info);
  frame.n_planes = GST_VIDEO_INFO_N_PLANES (info);
  for (guint i = 0; i < frame.n_planes; i++) {
    frame.offset[i] = (gint64)info->offset[i];
    frame.stride[i] = info->stride[i];
  }
  return frame;
}

/* The frame fits @accepted bytes; then as little as is accepted has to be enough to read it. */
static void
check_smallest (const Frame *frame, gsize accepted, const gchar *caps)
{
  gsize refused = 0;

  g_assert_true (frame_fits (frame, accepted, caps));
  while (accepted - refused > 1) {
    const gsize size = refused + (accepted - refused) / 2;

    if (frame_fits (frame, size, caps))
      accepted = size;
    else
      refused = size;
  }
}

/* GStreamer's own layout, and one with more between the lines, in which the planes begin at one place. */
static void
check_layouts (const GstVideoInfo *info, const gchar *caps)
{
  Frame frame = own_frame (info);

  check_smallest (&frame, GST_VIDEO_INFO_SIZE (info), caps);
  if (GST_VIDEO_FORMAT_INFO_IS_TILED (info->finfo))
    return;
  for (guint i = 0; i < frame.n_planes; i++) {
    frame.offset[i] = 0;
    frame.stride[i] += 1000;
  }
  check_smallest (&frame, GST_VIDEO_INFO_SIZE (info) + 1000 * (gsize)GST_VIDEO_INFO_HEIGHT (info), caps);
}

static void
test_formats (void)
{
  static const guint sizes[][2] = { { 1, 1 }, { 2, 2 }, { 7, 5 }, { 65, 33 }, { 128, 4 } };
  guint n_formats = 0;
  const GstVideoFormat *formats = gst_video_formats_raw (&n_formats);

  g_assert_cmpuint (n_formats, >, 100);
  for (guint format = 0; format < n_formats; format++) {
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
      GstVideoInfo info;
      g_autofree gchar *caps = NULL;

      g_assert_true (gst_video_info_set_format (&info, formats[format], sizes[i][0], sizes[i][1]));
      caps = g_strdup_printf (
          "video/x-raw, format=%s, width=%u, height=%u", GST_VIDEO_INFO_NAME (&info), sizes[i][0], sizes[i][1]);
      check_layouts (&info, caps);
    }
  }
}

/* Each plane, not only the first or the last, ends within the buffer: wherever it lies. */
static void
test_planes (void)
{
  GstVideoInfo info;
  const gchar *caps = "video/x-raw, format=I420, width=16, height=16";

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, 16, 16);
  for (guint plane = 0; plane < 3; plane++) {
    Frame frame = own_frame (&info);
    const gint64 own_size = plane == 0 ? 256 : 64;

    frame.offset[plane] = 1000 - own_size;
    g_assert_true (frame_fits (&frame, 1000, caps));
    frame.offset[plane]++;
    g_assert_false (frame_fits (&frame, 1000, caps));
    frame.offset[plane] = -1;
    g_assert_false (frame_fits (&frame, 1000, caps));
    frame.offset[plane] = G_MAXINT64;
    g_assert_false (frame_fits (&frame, 1000, caps));
  }
}

/* A line may not be shorter than its pixels; upside down is refused. */
static void
test_strides (void)
{
  const gint64 bad[] = { 15, 0, -1, -16, G_MAXINT, (gint64)G_MAXINT + 1, G_MAXINT64 };
  Frame frame = gray;

  g_assert_true (frame_fits (&frame, 128, gray_caps));
  g_assert_false (frame_fits (&frame, 127, gray_caps));
  frame.stride[0] = 100;
  g_assert_true (frame_fits (&frame, 716, gray_caps));
  g_assert_false (frame_fits (&frame, 715, gray_caps));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    frame.stride[0] = bad[i];
    g_assert_false (frame_fits (&frame, 1000, gray_caps));
  }
}

static void
test_tiles (void)
{
  const gchar *caps = "video/x-raw, format=NV12_4L4, width=16, height=16";
  GstVideoInfo info;
  Frame frame;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_NV12_4L4, 16, 16);
  frame = own_frame (&info);
  frame.stride[1] = GST_VIDEO_TILE_MAKE_STRIDE (4, 3);
  g_assert_false (frame_fits (&frame, info.size, caps));
  g_assert_true (frame_fits (&frame, info.size + 64, caps));
  frame.stride[1] = GST_VIDEO_TILE_MAKE_STRIDE (3, 4);
  g_assert_false (frame_fits (&frame, info.size + 64, caps));
  frame.stride[1] = GST_VIDEO_TILE_MAKE_STRIDE (4, 1);
  g_assert_false (frame_fits (&frame, info.size + 64, caps));
  frame.stride[1] = GST_VIDEO_TILE_MAKE_STRIDE (0xffff, 0x7fff);
  g_assert_false (frame_fits (&frame, info.size + 64, caps));
}

/* GStreamer raises a critical when it maps a frame whose meta is not that of the caps. */
static void
test_caps (void)
{
  Frame frame = gray;

  frame.width = 17;
  frame.stride[0] = 17;
  g_assert_true (frame_fits (&frame, 1000, gray_caps));
  frame = gray;
  frame.width = 15;
  g_assert_false (frame_fits (&frame, 1000, gray_caps));
  frame = gray;
  frame.height = 7;
  g_assert_false (frame_fits (&frame, 1000, gray_caps));
  g_assert_false (frame_fits (&gray, 1000, "video/x-raw, format=GRAY16_LE, width=16, height=8"));
  g_assert_false (frame_fits (&gray, 1000, "video/x-raw, format=(int)25, width=16, height=8"));
  g_assert_false (frame_fits (&gray, 1000, "video/x-raw, format={ GRAY8, RGB }, width=16, height=8"));
  g_assert_false (frame_fits (&gray, 1000, "video/x-h264"));
  g_assert_false (frame_fits (&gray, 1000, "audio/x-raw, format=S16LE, channels=1, rate=1, layout=interleaved"));
  g_assert_false (frame_fits (&gray, 1000, "ANY"));
  g_assert_false (frame_fits (&gray, 1000, NULL));
}

/* Where a buffer holds one field, the meta speaks of the frame all the same. */
static void
test_alternate (void)
{
  const gchar *caps
      = "video/x-raw(format:Interlaced), format=GRAY8, width=16, height=8, interlace-mode=(string)alternate";

  g_assert_true (frame_fits (&gray, 128, caps));
  g_assert_false (frame_fits (&gray, 64, caps));
}

static void
test_frame_fields (void)
{
  Frame frame = gray;

  frame.n_planes = 0;
  g_assert_false (frame_fits (&frame, 1000, gray_caps));
  frame.n_planes = 2;
  g_assert_false (frame_fits (&frame, 1000, gray_caps));
  frame.n_planes = 5;
  g_assert_false (frame_fits (&frame, 1000, gray_caps));
  frame = gray;
  frame.flags = GST_VIDEO_FRAME_FLAG_INTERLACED | GST_VIDEO_FRAME_FLAG_TFF;
  g_assert_true (frame_fits (&frame, 1000, gray_caps));
  frame.flags = G_MAXUINT;
  g_assert_false (frame_fits (&frame, 1000, gray_caps));
  frame = gray;
  frame.format = "UNKNOWN";
  frame.n_planes = 0;
  g_assert_false (frame_fits (&frame, 1000, "video/x-raw, format=UNKNOWN, width=16, height=8"));
  frame.format = "NONE-SUCH";
  g_assert_false (frame_fits (&frame, 1000, "video/x-raw, format=NONE-SUCH, width=16, height=8"));
}

/* As large as a frame may be, and larger; sizes in bytes that do not fit into an int. */
static void
test_big_frames (void)
{
  const gchar *caps = "video/x-raw, format=GRAY8, width=1, height=1";
  Frame frame = { "GRAY8", 0, 32768, 4, 1, { 0 }, { 32768 }, { 0 }, { 0 } };

  g_assert_true (frame_fits (&frame, 32768 * 4, caps));
  frame.width = 32769;
  frame.stride[0] = 32769;
  g_assert_false (frame_fits (&frame, 32769 * 4, caps));
  frame.width = 4;
  frame.stride[0] = 4;
  frame.height = 32768;
  g_assert_true (frame_fits (&frame, 32768 * 4, caps));
  frame.height = 32769;
  g_assert_false (frame_fits (&frame, 32769 * 4, caps));
  frame.width = frame.height = 32768;
  frame.stride[0] = 32768;
  g_assert_false (frame_fits (&frame, 1000, caps));
  frame.width = frame.height = G_MAXUINT;
  g_assert_false (frame_fits (&frame, 1000, caps));
  frame.width = frame.height = 0;
  g_assert_false (frame_fits (&frame, 1000, "video/x-raw, format=GRAY8"));
}

static gboolean
big_frame_is_attached (guint width, guint height)
{
  const Frame frame = { "GRAY8", 0, width, height, 1, { 0 }, { width }, { 0 }, { 0 } };
  g_autofree gchar *text = frame_text (&frame);
  gboolean attached;
  /* nobody touches its pages */
  g_autoptr (GstBuffer) buffer
      = test_receive_meta ((gsize)width * height, "video/x-raw, format=GRAY8, width=1, height=1", API, text, &attached);

  g_assert_nonnull (buffer);
  return attached;
}

static void
test_most_pixels (void)
{
  g_assert_true (big_frame_is_attached (16384, 8192));
  g_assert_false (big_frame_is_attached (16385, 8192));
  g_assert_false (big_frame_is_attached (16384, 8193));
}

/* Of an encoded buffer, nothing says where its lines are. */
static void
test_encoded (void)
{
  Frame frame = { "ENCODED", 0, 16, 8, 0, { 0 }, { 0 }, { 0 }, { 0 } };

  g_assert_true (frame_fits (&frame, 10, "image/jpeg, width=16, height=8"));
  frame.n_planes = 1;
  g_assert_false (frame_fits (&frame, 10, "image/jpeg, width=16, height=8"));
}

static Frame
padded_frame (GstVideoInfo *info, guint padding)
{
  GstVideoAlignment alignment;
  Frame frame;

  gst_video_info_set_format (info, GST_VIDEO_FORMAT_I420, 16, 16);
  gst_video_alignment_reset (&alignment);
  alignment.padding_top = alignment.padding_left = padding;
  alignment.padding_bottom = padding / 2;
  alignment.stride_align[0] = 31;
  gst_video_info_align (info, &alignment);
  frame = own_frame (info);
  frame.padding[0] = frame.padding[2] = padding;
  frame.padding[1] = padding / 2;
  frame.padding[3] = alignment.padding_right;
  for (guint i = 0; i < 4; i++)
    frame.stride_align[i] = alignment.stride_align[i];
  return frame;
}

/* The planes with what is around them are within the buffer too: elements ask for their sizes. */
static void
test_padding (void)
{
  const gchar *caps = "video/x-raw, format=I420, width=16, height=16";
  GstVideoInfo info;
  Frame frame = padded_frame (&info, 8);
  Frame huge = frame;

  g_assert_true (frame_fits (&frame, info.size, caps));
  g_assert_false (frame_fits (&frame, info.size - 1, caps));
  frame.offset[0]--;
  g_assert_false (frame_fits (&frame, info.size, caps));
  frame = padded_frame (&info, 8);
  frame.padding[3] = 100;
  g_assert_false (frame_fits (&frame, info.size + 10000, caps));
  for (guint i = 0; i < 4; i++) {
    huge.padding[i] = G_MAXUINT - 7;
    g_assert_false (frame_fits (&huge, info.size, caps));
    huge = padded_frame (&info, 8);
  }
  frame = padded_frame (&info, 4096);
  g_assert_true (frame_fits (&frame, info.size, caps));
  frame = padded_frame (&info, 4097);
  g_assert_false (frame_fits (&frame, info.size, caps));
}

static gboolean
aligned_frame_fits (gint stride, guint stride_align)
{
  const Frame frame
      = { "GRAY8", 0, 4096, 1, 1, { 0 }, { stride }, { 0, 0, 0, (guint)stride - 4096 }, { stride_align } };

  return frame_fits (&frame, (gsize)stride, "video/x-raw, format=GRAY8, width=4096, height=1");
}

/* Lines begin at multiples of a power of two. */
static void
test_stride_align (void)
{
  g_assert_true (aligned_frame_fits (4096, 4095));
  g_assert_false (aligned_frame_fits (8192, 8191));
  g_assert_true (aligned_frame_fits (4096, 3));
  g_assert_false (aligned_frame_fits (4096, 5));
}

static void
test_arrives (void)
{
  const gchar *caps = "video/x-raw, format=NV12, width=30, height=20";
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, 20000, NULL);
  g_autoptr (GstBuffer) arrived = NULL;
  GstVideoAlignment alignment;
  GstVideoInfo info;
  GstVideoMeta *sent;
  GstVideoMeta *meta;
  guint skipped = 1;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_NV12, 32, 24);
  gst_video_alignment_reset (&alignment);
  alignment.padding_left = 16;
  alignment.padding_bottom = 4;
  gst_video_info_align (&info, &alignment);
  sent = gst_buffer_add_video_meta_full (
      buffer, GST_VIDEO_FRAME_FLAG_INTERLACED, GST_VIDEO_FORMAT_NV12, 32, 24, 2, info.offset, info.stride);
  sent->id = -3;
  g_assert_true (gst_video_meta_set_alignment (sent, alignment));
  arrived = test_carry_buffer (buffer, IPC_FORM_METAS, caps, &skipped);
  g_assert_cmpuint (skipped, ==, 0);
  test_use (arrived, caps);
  meta = gst_buffer_get_video_meta_id (arrived, -3);
  g_assert_nonnull (meta);
  g_assert_cmpint (meta->format, ==, GST_VIDEO_FORMAT_NV12);
  g_assert_cmpuint (meta->flags, ==, GST_VIDEO_FRAME_FLAG_INTERLACED);
  g_assert_cmpuint (meta->width, ==, 32);
  g_assert_cmpuint (meta->height, ==, 24);
  g_assert_cmpuint (meta->n_planes, ==, 2);
  g_assert_cmpmem (meta->offset, sizeof meta->offset, sent->offset, sizeof sent->offset);
  g_assert_cmpmem (meta->stride, sizeof meta->stride, sent->stride, sizeof sent->stride);
  g_assert_cmpmem (&meta->alignment, sizeof meta->alignment, &sent->alignment, sizeof sent->alignment);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/meta-frame/arrives-with-all-it-says", test_arrives);
  g_test_add_func ("/wire/meta-frame/smallest-buffer-is-enough-for-every-format", test_formats);
  g_test_add_func ("/wire/meta-frame/each-plane-is-in-the-buffer", test_planes);
  g_test_add_func ("/wire/meta-frame/lines-are-long-enough-and-in-the-buffer", test_strides);
  g_test_add_func ("/wire/meta-frame/tiles-are-enough-and-in-the-buffer", test_tiles);
  g_test_add_func ("/wire/meta-frame/agrees-with-the-caps", test_caps);
  g_test_add_func ("/wire/meta-frame/a-field-has-room-for-the-frame", test_alternate);
  g_test_add_func ("/wire/meta-frame/planes-flags-and-format-are-known", test_frame_fields);
  g_test_add_func ("/wire/meta-frame/size-is-bounded", test_big_frames);
  g_test_add_func ("/wire/meta-frame/pixels-are-bounded", test_most_pixels);
  g_test_add_func ("/wire/meta-frame/encoded-has-no-planes", test_encoded);
  g_test_add_func ("/wire/meta-frame/padding-is-in-the-buffer", test_padding);
  g_test_add_func ("/wire/meta-frame/strides-are-aligned-sensibly", test_stride_align);
  return g_test_run ();
}
