/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The video meta: how the lines of a picture lie in the buffer. Elements go where it says without a look at the
 * buffer's size, as far as the format and the frame's size make them go; so each plane is followed here to its
 * last byte. A format whose lines are no rows of pixels (tiles, packed groups) takes as much as GStreamer's own layout
 * of it, at least. All lines of the frame have to be there, also where the caps say that a buffer holds one field:
 * there are functions in GStreamer that go by the meta alone.
 */

#include <string.h>

#include "meta.h"

/* Pixels around the picture that a buffer pool may add. */
#define MAX_PADDING 4096
/* The biggest power of two, less one, that lines may be aligned to. */
#define MAX_STRIDE_ALIGN 4095

/* A video meta as it arrived. */
typedef struct {
  GstVideoFormat format;
  guint flags, width, height, n_planes;
  gint id;
  gsize offset[GST_VIDEO_MAX_PLANES];
  gint stride[GST_VIDEO_MAX_PLANES];
  gboolean is_padded;
  GstVideoAlignment alignment;
} Frame;

static void
write_alignment (GstStructure *structure, const GstVideoAlignment *alignment)
{
  const guint64 padding[]
      = { alignment->padding_top, alignment->padding_bottom, alignment->padding_left, alignment->padding_right };
  guint64 stride_align[GST_VIDEO_MAX_PLANES];
  guint64 any = padding[0] | padding[1] | padding[2] | padding[3];

  for (guint i = 0; i < GST_VIDEO_MAX_PLANES; i++)
    any |= stride_align[i] = alignment->stride_align[i];
  if (any == 0)
    return;
  ipc_meta_set_array (structure, "padding", padding, G_N_ELEMENTS (padding));
  ipc_meta_set_array (structure, "stride-align", stride_align, G_N_ELEMENTS (stride_align));
}

GstStructure *
ipc_meta_write_video (const gchar *name, const GstMeta *meta, IpcForm form)
{
  const GstVideoMeta *video = (const GstVideoMeta *)meta;
  const guint n_planes = MIN (video->n_planes, GST_VIDEO_MAX_PLANES);
  guint64 offsets[GST_VIDEO_MAX_PLANES];
  guint64 strides[GST_VIDEO_MAX_PLANES];
  GstStructure *structure = gst_structure_new (name, "format", G_TYPE_STRING,
      gst_video_format_to_string (video->format), "flags", G_TYPE_UINT, (guint)video->flags, "id", G_TYPE_INT,
      video->id, "width", G_TYPE_UINT, video->width, "height", G_TYPE_UINT, video->height, NULL);

  for (guint i = 0; i < n_planes; i++) {
    offsets[i] = video->offset[i];
    strides[i] = (guint64)video->stride[i];
  }
  ipc_meta_set_array (structure, "offset", offsets, n_planes);
  ipc_meta_set_array (structure, "stride", strides, n_planes);
  write_alignment (structure, &video->alignment);
  return structure;
}

static gboolean
read_alignment (const GstStructure *structure, GstVideoAlignment *alignment)
{
  guint64 padding[4];
  guint64 stride_align[GST_VIDEO_MAX_PLANES];

  if (!ipc_meta_get_array (structure, "padding", padding, G_N_ELEMENTS (padding))
      || !ipc_meta_get_array (structure, "stride-align", stride_align, G_N_ELEMENTS (stride_align)))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (padding); i++) {
    if (padding[i] > MAX_PADDING)
      return FALSE;
  }
  gst_video_alignment_reset (alignment);
  alignment->padding_top = (guint)padding[0];
  alignment->padding_bottom = (guint)padding[1];
  alignment->padding_left = (guint)padding[2];
  alignment->padding_right = (guint)padding[3];
  for (guint i = 0; i < G_N_ELEMENTS (stride_align); i++) {
    if (stride_align[i] > MAX_STRIDE_ALIGN || (stride_align[i] & (stride_align[i] + 1)) != 0)
      return FALSE;
    alignment->stride_align[i] = (guint)stride_align[i];
  }
  return TRUE;
}

static gboolean
read_planes (const GstStructure *structure, Frame *frame)
{
  guint64 offsets[GST_VIDEO_MAX_PLANES];
  guint64 strides[GST_VIDEO_MAX_PLANES];

  if (!ipc_meta_get_array (structure, "offset", offsets, frame->n_planes)
      || !ipc_meta_get_array (structure, "stride", strides, frame->n_planes))
    return FALSE;
  for (guint i = 0; i < frame->n_planes; i++) {
    /* a picture that is written upside down, with negative strides, is among them */
    if (offsets[i] > G_MAXSIZE || strides[i] > G_MAXINT)
      return FALSE;
    frame->offset[i] = (gsize)offsets[i];
    frame->stride[i] = (gint)strides[i];
  }
  return TRUE;
}

static gboolean
read_frame (const GstStructure *structure, Frame *frame)
{
  const gchar *format = gst_structure_get_string (structure, "format");

  if (!format
      || !gst_structure_get (structure, "flags", G_TYPE_UINT, &frame->flags, "id", G_TYPE_INT, &frame->id, "width",
          G_TYPE_UINT, &frame->width, "height", G_TYPE_UINT, &frame->height, NULL))
    return FALSE;
  frame->format = gst_video_format_from_string (format);
  if (frame->format == GST_VIDEO_FORMAT_UNKNOWN)
    return FALSE;
  frame->n_planes = GST_VIDEO_FORMAT_INFO_N_PLANES (gst_video_format_get_info (frame->format));
  frame->is_padded = gst_structure_has_field (structure, "padding");
  return read_planes (structure, frame) && (!frame->is_padded || read_alignment (structure, &frame->alignment));
}

/* GStreamer maps no frame whose meta has another format than the caps, or is smaller. */
static gboolean
agrees (const IpcMetaStream *stream, const Frame *frame)
{
  return frame->format == stream->format && frame->width >= stream->width && frame->height >= stream->height
         && frame->width >= 1 && frame->width <= IPC_META_MAX_SIDE && frame->height >= 1
         && frame->height <= IPC_META_MAX_SIDE && frame->width * frame->height <= IPC_META_MAX_PIXELS
         && ipc_text_flags_are_valid (GST_TYPE_VIDEO_FRAME_FLAGS, frame->flags);
}

/* Bytes of a line of @plane, or 0 when its lines are not made of pixels that take whole bytes. */
static guint64
line_size (const GstVideoFormatInfo *format, guint plane, guint width)
{
  guint64 size = 0;

  for (guint i = 0; i < GST_VIDEO_FORMAT_INFO_N_COMPONENTS (format); i++) {
    if (GST_VIDEO_FORMAT_INFO_PLANE (format, i) != plane)
      continue;
    if (GST_VIDEO_FORMAT_INFO_PSTRIDE (format, i) == 0)
      return 0;
    size = MAX (size, (guint64)GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (format, i, width)
                          * (guint)GST_VIDEO_FORMAT_INFO_PSTRIDE (format, i));
  }
  return size;
}

static guint64
n_lines (const GstVideoFormatInfo *format, guint plane, guint height)
{
  guint64 lines = 0;

  for (guint i = 0; i < GST_VIDEO_FORMAT_INFO_N_COMPONENTS (format); i++) {
    if (GST_VIDEO_FORMAT_INFO_PLANE (format, i) == plane)
      lines = MAX (lines, (guint64)GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (format, i, height));
  }
  return lines;
}

/* Bytes of @plane in GStreamer's own layout. */
static guint64
own_plane_size (const GstVideoInfo *own, guint plane)
{
  const gsize end = plane + 1 < GST_VIDEO_INFO_N_PLANES (own) ? own->offset[plane + 1] : GST_VIDEO_INFO_SIZE (own);

  return end - own->offset[plane];
}

/* A stride counts the tiles in both directions; @return: bytes, 0 when there are too few. */
static guint64
tiles_size (const GstVideoInfo *own, guint plane, gint stride)
{
  const guint64 own_x = GST_VIDEO_TILE_X_TILES (own->stride[plane]);
  const guint64 own_y = GST_VIDEO_TILE_Y_TILES (own->stride[plane]);
  const guint64 x = GST_VIDEO_TILE_X_TILES (stride);
  const guint64 y = GST_VIDEO_TILE_Y_TILES (stride);

  return x < own_x || y < own_y ? 0 : own_plane_size (own, plane) / (own_x * own_y) * x * y;
}

/* Bytes that elements may touch behind the offset of @plane; 0: the stride is impossible. */
static guint64
plane_size (const GstVideoInfo *own, guint plane, gint stride)
{
  const GstVideoFormatInfo *format = own->finfo;
  guint64 line;

  if (GST_VIDEO_FORMAT_INFO_IS_TILED (format))
    return tiles_size (own, plane, stride);
  if (GST_VIDEO_FORMAT_INFO_HAS_PALETTE (format)
      && plane == GST_VIDEO_FORMAT_INFO_PLANE (format, GST_VIDEO_COMP_PALETTE))
    return own_plane_size (own, plane);
  line = line_size (format, plane, (guint)GST_VIDEO_INFO_WIDTH (own));
  if (line == 0)
    line = (guint64)own->stride[plane];
  if ((guint64)stride < line)
    return 0;
  return (n_lines (format, plane, (guint)GST_VIDEO_INFO_HEIGHT (own)) - 1) * (guint64)stride + line;
}

static gboolean
planes_fit (const GstVideoInfo *own, const Frame *frame, gsize size)
{
  for (guint i = 0; i < frame->n_planes; i++) {
    const guint64 needed = plane_size (own, i, frame->stride[i]);

    if (needed == 0 || needed > size || frame->offset[i] > size - needed)
      return FALSE;
  }
  return TRUE;
}

/* Bytes between the start of @plane and the picture in it. */
static guint64
lead_size (const GstVideoFormatInfo *format, guint plane, const GstVideoAlignment *alignment, gint stride)
{
  guint i = 0;

  while (i + 1 < GST_VIDEO_FORMAT_INFO_N_COMPONENTS (format) && GST_VIDEO_FORMAT_INFO_PLANE (format, i) != plane)
    i++;
  return (guint64)GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (format, i, alignment->padding_top) * (guint64)stride
         + (guint64)GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (format, i, alignment->padding_left)
               * (guint)GST_VIDEO_FORMAT_INFO_PSTRIDE (format, i);
}

/* When the strides are those of GStreamer's own layout with the padding, gst_video_meta_get_plane_size() tells how
 * large the planes are, with all that is around the picture: that has to be within the buffer too. With other strides
 * it fails, and a padding is none. */
static gboolean
padding_fits (const GstVideoInfo *own, const Frame *frame, gsize size)
{
  GstVideoInfo padded = *own;
  GstVideoAlignment alignment = frame->alignment;
  gsize plane_sizes[GST_VIDEO_MAX_PLANES] = { 0 };

  if (frame->is_padded && GST_VIDEO_FORMAT_INFO_IS_TILED (own->finfo))
    return FALSE;
  if (!gst_video_info_align_full (&padded, &alignment, plane_sizes)
      || memcmp (frame->stride, padded.stride, frame->n_planes * sizeof *frame->stride) != 0)
    return !frame->is_padded;
  for (guint i = 0; i < frame->n_planes; i++) {
    const guint64 lead = lead_size (own->finfo, i, &alignment, frame->stride[i]);

    if (frame->offset[i] < lead || plane_sizes[i] > size || frame->offset[i] - lead > size - plane_sizes[i])
      return FALSE;
  }
  return TRUE;
}

static gboolean
frame_fits (const IpcMetaStream *stream, const Frame *frame, gsize size)
{
  GstVideoInfo own;

  if (!agrees (stream, frame))
    return FALSE;
  /* nothing says where what is in an encoded buffer */
  if (frame->n_planes == 0)
    return !frame->is_padded;
  return gst_video_info_set_format (&own, frame->format, frame->width, frame->height) && planes_fit (&own, frame, size)
         && padding_fits (&own, frame, size);
}

gboolean
ipc_meta_look_at_video (GstBuffer *buffer, IpcMetaStream *stream, const GstStructure *structure)
{
  Frame frame = { 0 };

  if (!read_frame (structure, &frame) || !frame_fits (stream, &frame, gst_buffer_get_size (buffer)))
    return FALSE;
  stream->frame_width = frame.width;
  stream->frame_height = frame.height;
  return TRUE;
}

gboolean
ipc_meta_attach_video (GstBuffer *buffer, const IpcMetaStream *stream, const GstStructure *structure, IpcForm form)
{
  Frame frame = { 0 };
  GstVideoMeta *meta;

  if (!read_frame (structure, &frame) || !frame_fits (stream, &frame, gst_buffer_get_size (buffer)))
    return FALSE;
  meta = gst_buffer_add_video_meta_full (
      buffer, frame.flags, frame.format, frame.width, frame.height, frame.n_planes, frame.offset, frame.stride);
  meta->id = frame.id;
  if (frame.is_padded)
    gst_video_meta_set_alignment (meta, frame.alignment);
  return TRUE;
}
