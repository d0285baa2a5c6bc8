/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Metas of audio. Where the samples lie (the audio meta) has to agree with the caps in everything, for GStreamer maps
 * no buffer whose meta does not: so it is only written where they lie, and the rest is the caps' word.
 */

#include "meta.h"

/* RFC 6464: 0 to -127 dBov. */
#define MAX_LEVEL 127

static guint
channels_of (const GstAudioInfo *info)
{
  return (guint)GST_AUDIO_INFO_CHANNELS (info);
}

gboolean
ipc_meta_places_are_known (const GstStructure *caps)
{
  g_autoptr (GEnumClass) places = g_type_class_ref (GST_TYPE_AUDIO_CHANNEL_POSITION);
  guint64 mask = 0;
  gint channels = 0;
  gint n_places = 0;

  if (!gst_structure_has_name (caps, "audio/x-raw")
      || !gst_structure_get (caps, "channel-mask", GST_TYPE_BITMASK, &mask, NULL) || mask == 0)
    return TRUE;
  for (gint i = 0; i <= places->maximum; i++) {
    n_places += mask & 1;
    mask >>= 1;
  }
  return mask == 0 && gst_structure_get_int (caps, "channels", &channels) && n_places == channels;
}

void
ipc_meta_stream_init_audio (IpcMetaStream *stream, GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  gint channels = 0;

  if (!gst_structure_has_name (structure, "audio/x-raw"))
    return;
  stream->planar = g_strcmp0 (gst_structure_get_string (structure, "layout"), "non-interleaved") == 0;
  /* judged before GStreamer counts bytes with it in an int */
  if (!gst_structure_get_int (structure, "channels", &channels) || channels < 1 || channels > IPC_META_MAX_CHANNELS)
    return;
  if (!ipc_meta_places_are_known (structure) || !gst_audio_info_from_caps (&stream->audio, caps)
      || GST_AUDIO_INFO_BPF (&stream->audio) == 0)
    gst_audio_info_init (&stream->audio);
}

GstStructure *
ipc_meta_write_audio (const gchar *name, const GstMeta *meta, IpcForm form)
{
  const GstAudioMeta *audio = (const GstAudioMeta *)meta;
  const guint channels = channels_of (&audio->info);
  GstStructure *structure = gst_structure_new (name, "format", G_TYPE_STRING,
      gst_audio_format_to_string (GST_AUDIO_INFO_FORMAT (&audio->info)), "rate", G_TYPE_INT,
      GST_AUDIO_INFO_RATE (&audio->info), "channels", G_TYPE_INT, GST_AUDIO_INFO_CHANNELS (&audio->info), "samples",
      G_TYPE_UINT64, (guint64)audio->samples, NULL);

  if (GST_AUDIO_INFO_LAYOUT (&audio->info) == GST_AUDIO_LAYOUT_NON_INTERLEAVED && audio->offsets) {
    g_autofree guint64 *offsets = g_new (guint64, channels);

    for (guint i = 0; i < channels; i++)
      offsets[i] = audio->offsets[i];
    ipc_meta_set_array (structure, "offset", offsets, channels);
  }
  return structure;
}

/* The meta's word on what the caps say as well. */
static gboolean
agrees (const GstAudioInfo *info, const GstStructure *structure)
{
  gint rate = 0;
  gint channels = 0;

  return GST_AUDIO_INFO_FORMAT (info) != GST_AUDIO_FORMAT_UNKNOWN
         && g_strcmp0 (gst_structure_get_string (structure, "format"),
                gst_audio_format_to_string (GST_AUDIO_INFO_FORMAT (info)))
                == 0
         && gst_structure_get (structure, "rate", G_TYPE_INT, &rate, "channels", G_TYPE_INT, &channels, NULL)
         && rate == GST_AUDIO_INFO_RATE (info) && channels == GST_AUDIO_INFO_CHANNELS (info)
         && gst_structure_has_field (structure, "offset")
                == (GST_AUDIO_INFO_LAYOUT (info) == GST_AUDIO_LAYOUT_NON_INTERLEAVED);
}

static gint
compare_offsets (gconstpointer a, gconstpointer b)
{
  const gsize first = *(const gsize *)a;
  const gsize second = *(const gsize *)b;

  return (first > second) - (first < second);
}

/* @n planes of @plane bytes, each not larger than @size, lie within @size bytes, and none in another. */
static gboolean
planes_fit (const gsize *offsets, guint n, gsize plane, gsize size)
{
  g_autofree gsize *sorted = g_memdup2 (offsets, n * sizeof *offsets);
  gboolean fit;

  qsort (sorted, n, sizeof *sorted, compare_offsets);
  fit = sorted[n - 1] <= size - plane;
  for (guint i = 1; fit && i < n; i++)
    fit = sorted[i] - sorted[i - 1] >= plane;
  return fit;
}

gboolean
ipc_meta_attach_audio (GstBuffer *buffer, const IpcMetaStream *stream, const GstStructure *structure, IpcForm form)
{
  const GstAudioInfo *info = &stream->audio;
  const gsize size = gst_buffer_get_size (buffer);
  const guint channels = channels_of (info);
  guint64 values[IPC_META_MAX_CHANNELS];
  gsize offsets[IPC_META_MAX_CHANNELS];
  guint64 samples = 0;

  /* GStreamer finds the first one only */
  if (!agrees (info, structure) || gst_buffer_get_audio_meta (buffer)
      || !gst_structure_get_uint64 (structure, "samples", &samples)
      || samples > size / (guint)GST_AUDIO_INFO_BPF (info))
    return FALSE;
  if (GST_AUDIO_INFO_LAYOUT (info) == GST_AUDIO_LAYOUT_INTERLEAVED)
    return gst_buffer_add_audio_meta (buffer, info, (gsize)samples, NULL) != NULL;
  if (!ipc_meta_get_array (structure, "offset", values, channels))
    return FALSE;
  for (guint i = 0; i < channels; i++)
    offsets[i] = (gsize)MIN (values[i], G_MAXSIZE);
  if (!planes_fit (offsets, channels, (gsize)samples * (guint)GST_AUDIO_INFO_BPS (info), size))
    return FALSE;
  return gst_buffer_add_audio_meta (buffer, info, (gsize)samples, offsets) != NULL;
}

gboolean
ipc_meta_complete_audio (GstBuffer *buffer, const IpcMetaStream *stream)
{
  if (!stream->planar || gst_buffer_get_audio_meta (buffer))
    return TRUE;
  if (GST_AUDIO_INFO_FORMAT (&stream->audio) == GST_AUDIO_FORMAT_UNKNOWN)
    return FALSE;
  return gst_buffer_add_audio_meta (
             buffer, &stream->audio, gst_buffer_get_size (buffer) / (guint)GST_AUDIO_INFO_BPF (&stream->audio), NULL)
         != NULL;
}

GstStructure *
ipc_meta_write_clipping (const gchar *name, const GstMeta *meta, IpcForm form)
{
  const GstAudioClippingMeta *clipping = (const GstAudioClippingMeta *)meta;

  return gst_structure_new (name, "format", GST_TYPE_FORMAT, clipping->format, "start", G_TYPE_UINT64, clipping->start,
      "end", G_TYPE_UINT64, clipping->end, NULL);
}

/* How many samples encoded data will give, nobody knows here; but more than a signed number of them is no count. */
gboolean
ipc_meta_attach_clipping (GstBuffer *buffer, const IpcMetaStream *stream, const GstStructure *structure, IpcForm form)
{
  GstFormat format = GST_FORMAT_UNDEFINED;
  guint64 start, end;

  if (!gst_structure_get (structure, "format", GST_TYPE_FORMAT, &format, "start", G_TYPE_UINT64, &start, "end",
          G_TYPE_UINT64, &end, NULL)
      || (format != GST_FORMAT_DEFAULT && format != GST_FORMAT_TIME && format != GST_FORMAT_BYTES) || start > G_MAXINT64
      || end > G_MAXINT64)
    return FALSE;
  gst_buffer_add_audio_clipping_meta (buffer, format, start, end);
  return TRUE;
}

GstStructure *
ipc_meta_write_level (const gchar *name, const GstMeta *meta, IpcForm form)
{
  const GstAudioLevelMeta *level = (const GstAudioLevelMeta *)meta;

  return gst_structure_new (name, "level", G_TYPE_UINT, (guint)level->level, "voice-activity", G_TYPE_BOOLEAN,
      level->voice_activity != FALSE, NULL);
}

gboolean
ipc_meta_attach_level (GstBuffer *buffer, const IpcMetaStream *stream, const GstStructure *structure, IpcForm form)
{
  guint level;
  gboolean voice_activity;

  if (!gst_structure_get (
          structure, "level", G_TYPE_UINT, &level, "voice-activity", G_TYPE_BOOLEAN, &voice_activity, NULL)
      || level > MAX_LEVEL)
    return FALSE;
  gst_buffer_add_audio_level_meta (buffer, (guint8)level, voice_activity);
  return TRUE;
}
