/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Metas that say something of a picture, other than how its lines lie in memory (meta-frame.c): rectangles in it, its
 * time code, captions and what comes with them.
 */

#include <gst/video/video-anc.h>

#include "meta.h"

/* Above any frame rate there is. With the frames of a day beyond 32 bits, GStreamer's time codes overflow, and abort.
 */
#define MAX_FPS 1000
#define MAX_FPS_D 10000
/* The last year in which a day may be added to a date. */
#define MAX_YEAR 9998

void
ipc_meta_stream_init_video (IpcMetaStream *stream, const GstStructure *caps)
{
  const gchar *name = gst_structure_get_name (caps);
  const gchar *format = gst_structure_get_string (caps, "format");
  gint width = 0;
  gint height = 0;

  if (g_str_equal (name, "video/x-raw"))
    stream->format = format ? gst_video_format_from_string (format) : GST_VIDEO_FORMAT_UNKNOWN;
  else if (g_str_has_prefix (name, "video/") || g_str_has_prefix (name, "image/"))
    stream->format = GST_VIDEO_FORMAT_ENCODED;
  else
    return;
  if (gst_structure_get (caps, "width", G_TYPE_INT, &width, "height", G_TYPE_INT, &height, NULL) && width > 0
      && height > 0) {
    stream->width = stream->frame_width = (guint)width;
    stream->height = stream->frame_height = (guint)height;
  }
}

/* Enums go as numbers: the libraries' own type names are not known here before they are used for the first time. */
static gboolean
is_in_enum (GType type, guint value)
{
  return value <= G_MAXINT && ipc_text_enum_is_valid (type, (gint)value);
}

/* In the frame, or where a frame could be when nobody knows the frame. */
static gboolean
is_in_frame (const IpcMetaStream *stream, guint x, guint y, guint width, guint height)
{
  const guint frame_width = stream->frame_width ? stream->frame_width : IPC_META_MAX_SIDE;
  const guint frame_height = stream->frame_height ? stream->frame_height : IPC_META_MAX_SIDE;

  return x <= frame_width && width <= frame_width - x && y <= frame_height && height <= frame_height - y;
}

GstStructure *
ipc_meta_write_crop (const gchar *name, const GstMeta *meta, IpcForm form)
{
  const GstVideoCropMeta *crop = (const GstVideoCropMeta *)meta;

  return gst_structure_new (name, "x", G_TYPE_UINT, crop->x, "y", G_TYPE_UINT, crop->y, "width", G_TYPE_UINT,
      crop->width, "height", G_TYPE_UINT, crop->height, NULL);
}

gboolean
ipc_meta_attach_crop (GstBuffer *buffer, const IpcMetaStream *stream, const GstStructure *structure, IpcForm form)
{
  GstVideoCropMeta *crop;
  guint x, y, width, height;

  if (!gst_structure_get (structure, "x", G_TYPE_UINT, &x, "y", G_TYPE_UINT, &y, "width", G_TYPE_UINT, &width, "height",
          G_TYPE_UINT, &height, NULL)
      || !is_in_frame (stream, x, y, width, height))
    return FALSE;
  crop = gst_buffer_add_video_crop_meta (buffer);
  crop->x = x;
  crop->y = y;
  crop->width = width;
  crop->height = height;
  return TRUE;
}

/* Each parameter as a text of its own: one that cannot be carried whole takes nothing with it. */
static void
write_params (GstStructure *structure, const GList *params, IpcForm form)
{
  const IpcTextFlags flags = ipc_meta_text_flags (form, IPC_TEXT_SKIP_UNCARRIED);
  GValue array = G_VALUE_INIT;

  gst_value_array_init (&array, 0);
  for (const GList *param = params; param; param = param->next) {
    GValue text = G_VALUE_INIT;

    g_value_init (&text, G_TYPE_STRING);
    g_value_take_string (&text, ipc_text_write (param->data, flags, NULL));
    gst_value_array_append_and_take_value (&array, &text);
  }
  gst_structure_take_value (structure, "params", &array);
}

static void
free_params (GList *params)
{
  g_list_free_full (params, (GDestroyNotify)gst_structure_free);
}

static gboolean
read_params (const GstStructure *structure, GList **params, IpcForm form)
{
  const IpcTextFlags flags = ipc_meta_text_flags (form, IPC_TEXT_WHOLE);
  const GValue *array = gst_structure_get_value (structure, "params");

  *params = NULL;
  if (!array)
    return TRUE;
  if (!GST_VALUE_HOLDS_ARRAY (array))
    return FALSE;
  for (guint i = gst_value_array_get_size (array); i > 0; i--) {
    const GValue *text = gst_value_array_get_value (array, i - 1);
    GstStructure *param = NULL;

    if (G_VALUE_HOLDS_STRING (text) && g_value_get_string (text))
      param = ipc_text_read (g_value_get_string (text), flags, NULL);
    if (!param) {
      free_params (g_steal_pointer (params));
      return FALSE;
    }
    *params = g_list_prepend (*params, param);
  }
  return TRUE;
}

GstStructure *
ipc_meta_write_region (const gchar *name, const GstMeta *meta, IpcForm form)
{
  const GstVideoRegionOfInterestMeta *region = (const GstVideoRegionOfInterestMeta *)meta;
  GstStructure *structure = gst_structure_new (name, "roi-type", G_TYPE_STRING, g_quark_to_string (region->roi_type),
      "id", G_TYPE_INT, region->id, "parent-id", G_TYPE_INT, region->parent_id, "x", G_TYPE_UINT, region->x, "y",
      G_TYPE_UINT, region->y, "width", G_TYPE_UINT, region->w, "height", G_TYPE_UINT, region->h, NULL);

  if (region->params)
    write_params (structure, region->params, form);
  return structure;
}

gboolean
ipc_meta_attach_region (GstBuffer *buffer, const IpcMetaStream *stream, const GstStructure *structure, IpcForm form)
{
  const gchar *type = gst_structure_get_string (structure, "roi-type");
  GstVideoRegionOfInterestMeta *region;
  GList *params;
  gint id, parent_id;
  guint x, y, width, height;

  if (!gst_structure_get (structure, "id", G_TYPE_INT, &id, "parent-id", G_TYPE_INT, &parent_id, "x", G_TYPE_UINT, &x,
          "y", G_TYPE_UINT, &y, "width", G_TYPE_UINT, &width, "height", G_TYPE_UINT, &height, NULL)
      || !is_in_frame (stream, x, y, width, height) || !type || !ipc_text_name_admit (type, NULL)
      || !read_params (structure, &params, form))
    return FALSE;
  region = gst_buffer_add_video_region_of_interest_meta (buffer, type, x, y, width, height);
  region->id = id;
  region->parent_id = parent_id;
  region->params = params;
  return TRUE;
}

GstStructure *
ipc_meta_write_time_code (const gchar *name, const GstMeta *meta, IpcForm form)
{
  const GstVideoTimeCode *code = &((const GstVideoTimeCodeMeta *)meta)->tc;
  GstStructure *structure = gst_structure_new (name, "fps-n", G_TYPE_UINT, code->config.fps_n, "fps-d", G_TYPE_UINT,
      code->config.fps_d, "flags", G_TYPE_UINT, (guint)code->config.flags, "hours", G_TYPE_UINT, code->hours, "minutes",
      G_TYPE_UINT, code->minutes, "seconds", G_TYPE_UINT, code->seconds, "frames", G_TYPE_UINT, code->frames,
      "field-count", G_TYPE_UINT, code->field_count, NULL);

  if (code->config.latest_daily_jam) {
    g_autofree gchar *jam = g_date_time_format_iso8601 (code->config.latest_daily_jam);

    gst_structure_set (structure, "latest-daily-jam", G_TYPE_STRING, jam, NULL);
  }
  return structure;
}

/* TRUE: @jam is set, NULL when there is none. */
static gboolean
read_daily_jam (const GstStructure *structure, GDateTime **jam)
{
  const gchar *text = gst_structure_get_string (structure, "latest-daily-jam");

  *jam = text ? g_date_time_new_from_iso8601 (text, NULL) : NULL;
  if (!*jam)
    return !gst_structure_has_field (structure, "latest-daily-jam");
  if (g_date_time_get_year (*jam) <= MAX_YEAR)
    return TRUE;
  g_clear_pointer (jam, g_date_time_unref);
  return FALSE;
}

static gboolean
time_code_is_sane (const GstVideoTimeCode *code)
{
  return code->config.fps_d >= 1 && code->config.fps_d <= MAX_FPS_D && code->config.fps_n >= 1
         && code->config.fps_n <= MAX_FPS * code->config.fps_d && code->field_count <= 2
         && ipc_text_flags_are_valid (GST_TYPE_VIDEO_TIME_CODE_FLAGS, code->config.flags)
         && gst_video_time_code_is_valid (code);
}

gboolean
ipc_meta_attach_time_code (GstBuffer *buffer, const IpcMetaStream *stream, const GstStructure *structure, IpcForm form)
{
  GstVideoTimeCode code = GST_VIDEO_TIME_CODE_INIT;
  guint flags = 0;
  gboolean sane;

  if (!gst_structure_get (structure, "fps-n", G_TYPE_UINT, &code.config.fps_n, "fps-d", G_TYPE_UINT, &code.config.fps_d,
          "flags", G_TYPE_UINT, &flags, "hours", G_TYPE_UINT, &code.hours, "minutes", G_TYPE_UINT, &code.minutes,
          "seconds", G_TYPE_UINT, &code.seconds, "frames", G_TYPE_UINT, &code.frames, "field-count", G_TYPE_UINT,
          &code.field_count, NULL)
      || !read_daily_jam (structure, &code.config.latest_daily_jam))
    return FALSE;
  code.config.flags = flags;
  sane = time_code_is_sane (&code);
  if (sane)
    gst_buffer_add_video_time_code_meta (buffer, &code);
  gst_video_time_code_clear (&code);
  return sane;
}

GstStructure *
ipc_meta_write_caption (const gchar *name, const GstMeta *meta, IpcForm form)
{
  const GstVideoCaptionMeta *caption = (const GstVideoCaptionMeta *)meta;
  g_autoptr (GstBuffer) data = gst_buffer_new_memdup (caption->data, caption->size);

  return gst_structure_new (
      name, "caption-type", G_TYPE_UINT, (guint)caption->caption_type, "data", GST_TYPE_BUFFER, data, NULL);
}

gboolean
ipc_meta_attach_caption (GstBuffer *buffer, const IpcMetaStream *stream, const GstStructure *structure, IpcForm form)
{
  g_autoptr (GstBuffer) data = NULL;
  GstMapInfo map;
  guint type;
  gboolean attached;

  if (!gst_structure_get (structure, "caption-type", G_TYPE_UINT, &type, "data", GST_TYPE_BUFFER, &data, NULL)
      || type == GST_VIDEO_CAPTION_TYPE_UNKNOWN || !is_in_enum (GST_TYPE_VIDEO_CAPTION_TYPE, type) || !data
      || !gst_buffer_map (data, &map, GST_MAP_READ))
    return FALSE;
  attached = map.size > 0;
  if (attached)
    gst_buffer_add_video_caption_meta (buffer, type, map.data, map.size);
  gst_buffer_unmap (data, &map);
  return attached;
}

GstStructure *
ipc_meta_write_afd (const gchar *name, const GstMeta *meta, IpcForm form)
{
  const GstVideoAFDMeta *afd = (const GstVideoAFDMeta *)meta;

  return gst_structure_new (name, "field", G_TYPE_UINT, (guint)afd->field, "spec", G_TYPE_UINT, (guint)afd->spec, "afd",
      G_TYPE_UINT, (guint)afd->afd, NULL);
}

gboolean
ipc_meta_attach_afd (GstBuffer *buffer, const IpcMetaStream *stream, const GstStructure *structure, IpcForm form)
{
  guint field, spec, afd;

  if (!gst_structure_get (
          structure, "field", G_TYPE_UINT, &field, "spec", G_TYPE_UINT, &spec, "afd", G_TYPE_UINT, &afd, NULL)
      || field > 1 || !is_in_enum (GST_TYPE_VIDEO_AFD_SPEC, spec) || !is_in_enum (GST_TYPE_VIDEO_AFD_VALUE, afd)
      || (spec == GST_VIDEO_AFD_SPEC_DVB_ETSI && afd == GST_VIDEO_AFD_UNAVAILABLE))
    return FALSE;
  gst_buffer_add_video_afd_meta (buffer, (guint8)field, spec, afd);
  return TRUE;
}

GstStructure *
ipc_meta_write_bar (const gchar *name, const GstMeta *meta, IpcForm form)
{
  const GstVideoBarMeta *bar = (const GstVideoBarMeta *)meta;

  return gst_structure_new (name, "field", G_TYPE_UINT, (guint)bar->field, "is-letterbox", G_TYPE_BOOLEAN,
      bar->is_letterbox != FALSE, "bar-data1", G_TYPE_UINT, bar->bar_data1, "bar-data2", G_TYPE_UINT, bar->bar_data2,
      NULL);
}

/* Bars are lines of a letterbox, or columns of a pillarbox, in the frame. */
gboolean
ipc_meta_attach_bar (GstBuffer *buffer, const IpcMetaStream *stream, const GstStructure *structure, IpcForm form)
{
  gboolean is_letterbox;
  guint field, bar_data1, bar_data2;

  if (!gst_structure_get (structure, "field", G_TYPE_UINT, &field, "is-letterbox", G_TYPE_BOOLEAN, &is_letterbox,
          "bar-data1", G_TYPE_UINT, &bar_data1, "bar-data2", G_TYPE_UINT, &bar_data2, NULL)
      || field > 1 || !is_in_frame (stream, is_letterbox ? 0 : bar_data1, is_letterbox ? bar_data1 : 0, 0, 0)
      || !is_in_frame (stream, is_letterbox ? 0 : bar_data2, is_letterbox ? bar_data2 : 0, 0, 0))
    return FALSE;
  gst_buffer_add_video_bar_meta (buffer, (guint8)field, is_letterbox, bar_data1, bar_data2);
  return TRUE;
}
