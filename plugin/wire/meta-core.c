/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Metas of GStreamer's core: protection, reference timestamps, and those that applications register (custom metas).
 */

#include "meta.h"

/* The text is the structure that the meta holds: so did the first version of the protocol. */
GstStructure *
ipc_meta_write_protection (const gchar *name, const GstMeta *meta, IpcForm form)
{
  const GstStructure *info = ((const GstProtectionMeta *)meta)->info;

  return info ? gst_structure_copy (info) : NULL;
}

gboolean
ipc_meta_attach_protection (GstBuffer *buffer, const IpcMetaStream *stream, const GstStructure *structure, IpcForm form)
{
  gst_buffer_add_protection_meta (buffer, gst_structure_copy (structure));
  return TRUE;
}

GstStructure *
ipc_meta_write_reference (const gchar *name, const GstMeta *meta, IpcForm form)
{
  const GstReferenceTimestampMeta *reference = (const GstReferenceTimestampMeta *)meta;

  return gst_structure_new (name, "reference", GST_TYPE_CAPS, reference->reference, "timestamp", G_TYPE_UINT64,
      reference->timestamp, "duration", G_TYPE_UINT64, reference->duration, NULL);
}

gboolean
ipc_meta_attach_reference (GstBuffer *buffer, const IpcMetaStream *stream, const GstStructure *structure, IpcForm form)
{
  g_autoptr (GstCaps) reference = NULL;
  guint64 timestamp, duration;

  if (!gst_structure_get (structure, "reference", GST_TYPE_CAPS, &reference, "timestamp", G_TYPE_UINT64, &timestamp,
          "duration", G_TYPE_UINT64, &duration, NULL)
      || !reference || !GST_CLOCK_TIME_IS_VALID (timestamp))
    return FALSE;
  gst_buffer_add_reference_timestamp_meta (buffer, reference, timestamp, duration);
  return TRUE;
}

GstStructure *
ipc_meta_write_custom (const gchar *name, const GstMeta *meta, IpcForm form)
{
  /* the function takes no const, and does not write */
  return gst_structure_copy (gst_custom_meta_get_structure ((GstCustomMeta *)meta));
}

static gboolean
set_field (GQuark field, const GValue *value, gpointer structure)
{
  gst_structure_set_value (structure, g_quark_to_string (field), value);
  return TRUE;
}

/* That this process has registered such a meta is known: else there was no kind for its text. */
gboolean
ipc_meta_attach_custom (GstBuffer *buffer, const IpcMetaStream *stream, const GstStructure *structure, IpcForm form)
{
  GstCustomMeta *meta = gst_buffer_add_custom_meta (buffer, gst_structure_get_name (structure));

  gst_structure_foreach (structure, set_field, gst_custom_meta_get_structure (meta));
  return TRUE;
}
