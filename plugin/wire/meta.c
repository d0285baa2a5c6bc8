/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of metas that are known, and the way of a buffer's metas to their texts and back: which meta a text
 * belongs to, how much of it is taken, and what the caps say that all of them have to agree with.
 */

#include <string.h>

#include <gst/video/video-anc.h>

#include "meta.h"
#include "memory.h"

/* A meta that is known. */
typedef struct {
  GType (*api) (void);
  const gchar *name; /* of the API type; the text's structure has it too */
  IpcMetaWriteFunc *write;
  IpcMetaAttachFunc *attach;
  gboolean own_name; /* the structure's name is its own */
} IpcMetaKind;

static const IpcMetaKind kinds[] = {
  { gst_protection_meta_api_get_type, "GstProtectionMetaAPI", ipc_meta_write_protection, ipc_meta_attach_protection,
      TRUE },
  { gst_reference_timestamp_meta_api_get_type, "GstReferenceTimestampMetaAPI", ipc_meta_write_reference,
      ipc_meta_attach_reference },
  { gst_video_meta_api_get_type, "GstVideoMetaAPI", ipc_meta_write_video, ipc_meta_attach_video },
  { gst_video_crop_meta_api_get_type, "GstVideoCropMetaAPI", ipc_meta_write_crop, ipc_meta_attach_crop },
  { gst_video_region_of_interest_meta_api_get_type, "GstVideoRegionOfInterestMetaAPI", ipc_meta_write_region,
      ipc_meta_attach_region },
  { gst_video_time_code_meta_api_get_type, "GstVideoTimeCodeMetaAPI", ipc_meta_write_time_code,
      ipc_meta_attach_time_code },
  { gst_video_caption_meta_api_get_type, "GstVideoCaptionMetaAPI", ipc_meta_write_caption, ipc_meta_attach_caption },
  { gst_video_afd_meta_api_get_type, "GstVideoAFDMetaAPI", ipc_meta_write_afd, ipc_meta_attach_afd },
  { gst_video_bar_meta_api_get_type, "GstVideoBarMetaAPI", ipc_meta_write_bar, ipc_meta_attach_bar },
  { gst_audio_meta_api_get_type, "GstAudioMetaAPI", ipc_meta_write_audio, ipc_meta_attach_audio },
  { gst_audio_clipping_meta_api_get_type, "GstAudioClippingMetaAPI", ipc_meta_write_clipping,
      ipc_meta_attach_clipping },
  { gst_audio_level_meta_api_get_type, "GstAudioLevelMetaAPI", ipc_meta_write_level, ipc_meta_attach_level },
};

/* Custom metas have each an API of its own. */
static const IpcMetaKind custom_kind = { NULL, NULL, ipc_meta_write_custom, ipc_meta_attach_custom, TRUE };

/* Without an agreement on metas they are as they ever were, whatever else was agreed on. */
IpcTextFlags
ipc_meta_text_flags (IpcForm form, IpcTextFlags flags)
{
  return form & IPC_FORM_METAS ? ipc_text_flags (form, flags) : flags;
}

static gboolean
is_in_form (const IpcMetaKind *kind, IpcForm form)
{
  return (form & IPC_FORM_METAS) || kind->api == gst_protection_meta_api_get_type;
}

static const IpcMetaKind *
kind_of_meta (const GstMeta *meta)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (kinds[i].api () == meta->info->api)
      return &kinds[i];
  }
  return gst_meta_info_is_custom (meta->info) ? &custom_kind : NULL;
}

gchar *
ipc_meta_write (const GstMeta *meta, IpcForm form)
{
  const IpcMetaKind *kind = kind_of_meta (meta);
  g_autoptr (GstStructure) structure = NULL;

  if (!kind || !is_in_form (kind, form))
    return NULL;
  structure = kind->write (kind->name, meta, form);
  return structure ? ipc_text_write (structure, ipc_meta_text_flags (form, IPC_TEXT_SKIP_UNCARRIED), NULL) : NULL;
}

/* TRUE when @text is that of a custom meta which this process has registered under an API called @api. */
static gboolean
is_custom (const gchar *api, const gchar *text)
{
  const GstMetaInfo *info;
  g_autofree gchar *name = NULL;
  gsize length = 0;

  while (ipc_text_is_simple (text[length]))
    length++;
  name = g_strndup (text, length);
  info = gst_meta_get_info (name);
  return info && gst_meta_info_is_custom (info) && g_str_equal (g_type_name (info->api), api);
}

static const IpcMetaKind *
kind_of_text (const IpcPacketMeta *meta)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (g_str_equal (kinds[i].name, meta->api))
      return &kinds[i];
  }
  return is_custom (meta->api, meta->text) ? &custom_kind : NULL;
}

/* A meta of a packet, on its way to the buffer. */
typedef struct {
  const IpcMetaKind *kind;
  GstStructure *structure; /* NULL: it is skipped */
} Arrived;

static void
read_meta (Arrived *arrived, const IpcPacketMeta *meta, IpcForm form)
{
  arrived->kind = kind_of_text (meta);
  if (!arrived->kind || !is_in_form (arrived->kind, form))
    return;
  arrived->structure = ipc_text_read (meta->text, ipc_meta_text_flags (form, IPC_TEXT_WHOLE), NULL);
  if (arrived->structure && !arrived->kind->own_name
      && !gst_structure_has_name (arrived->structure, arrived->kind->name))
    g_clear_pointer (&arrived->structure, gst_structure_free);
}

/* Those with a text, as far as the limits go; the rest stays empty. */
static void
read_metas (Arrived *arrived, const IpcPacket *packet)
{
  gsize left = IPC_META_MAX_TEXT_SIZE;
  guint n = 0;

  for (guint i = 0; i < packet->buffer.n_metas && n < IPC_META_MAX_TEXTS; i++) {
    const IpcPacketMeta *meta = &packet->buffer.metas[i];
    gsize size = meta->text ? strlen (meta->text) : 0;

    if (size == 0 || size > left)
      continue;
    left -= size;
    n++;
    read_meta (&arrived[i], meta, packet->form);
  }
}

/* Has done its service: nothing is lost with it. */
static gboolean
is_where_data_is (const IpcPacketMeta *meta, IpcForm form)
{
  return (form & IPC_FORM_MEMORY) && g_str_equal (meta->api, IPC_MEMORY_META);
}

guint
ipc_meta_attach_all (GstBuffer *buffer, IpcMetaStream *stream, const IpcPacket *packet)
{
  const guint n = packet->buffer.n_metas;
  g_autofree Arrived *arrived = g_new0 (Arrived, n);
  guint skipped = 0;

  read_metas (arrived, packet);
  /* rectangles may come before the video meta whose frame they are in */
  for (guint i = 0; i < n; i++) {
    if (arrived[i].structure && arrived[i].kind->attach == ipc_meta_attach_video
        && ipc_meta_look_at_video (buffer, stream, arrived[i].structure))
      break;
  }
  for (guint i = 0; i < n; i++) {
    if (is_where_data_is (&packet->buffer.metas[i], packet->form))
      continue;
    if (!arrived[i].structure || !arrived[i].kind->attach (buffer, stream, arrived[i].structure, packet->form))
      skipped++;
    g_clear_pointer (&arrived[i].structure, gst_structure_free);
  }
  return skipped;
}

void
ipc_meta_stream_init (IpcMetaStream *stream, GstCaps *caps)
{
  memset (stream, 0, sizeof *stream);
  gst_audio_info_init (&stream->audio);
  if (!caps || !gst_caps_is_fixed (caps))
    return;
  ipc_meta_stream_init_video (stream, gst_caps_get_structure (caps, 0));
  ipc_meta_stream_init_audio (stream, caps);
}

void
ipc_meta_set_array (GstStructure *structure, const gchar *field, const guint64 *values, guint n)
{
  GValue array = G_VALUE_INIT;

  gst_value_array_init (&array, n);
  for (guint i = 0; i < n; i++) {
    GValue value = G_VALUE_INIT;

    g_value_init (&value, G_TYPE_UINT64);
    g_value_set_uint64 (&value, values[i]);
    gst_value_array_append_and_take_value (&array, &value);
  }
  gst_structure_take_value (structure, field, &array);
}

gboolean
ipc_meta_get_array (const GstStructure *structure, const gchar *field, guint64 *values, guint n)
{
  const GValue *array = gst_structure_get_value (structure, field);

  if (!array || !GST_VALUE_HOLDS_ARRAY (array) || gst_value_array_get_size (array) != n)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    const GValue *value = gst_value_array_get_value (array, i);

    if (!G_VALUE_HOLDS_UINT64 (value))
      return FALSE;
    values[i] = g_value_get_uint64 (value);
  }
  return TRUE;
}
