/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Buffers <-> BUFFER. The data never goes through a packet that is built (the sender writes it from the
 * buffer), and a buffer that is made wraps the payload that was read: no byte of media is copied here. Protection is
 * the only meta whose content has a text form.
 */

#include "object.h"
#include "codec.h"
#include "text.h"

/* Bits below are GstMiniObject's own: locking is not for a peer to say. */
#define BUFFER_FLAGS_MASK (~(guint32)(GST_MINI_OBJECT_FLAG_LAST - 1))

/* What the packet knows of a meta; a text only for protection with an info that text carries. */
static void
fill_meta (IpcPacket *packet, IpcPacketMeta *out, const GstMeta *meta, gboolean with_text)
{
  out->flags = meta->flags;
  out->api = g_type_name (meta->info->api);
  out->struct_size = meta->info->size;
  if (with_text) {
    const GstStructure *info = ((const GstProtectionMeta *)meta)->info;

    out->text = ipc_packet_keep (packet, ipc_text_write (info, IPC_TEXT_SKIP_UNCARRIED, NULL));
  }
}

static gboolean
has_text (const GstMeta *meta)
{
  return meta->info->api == GST_PROTECTION_META_API_TYPE && ((const GstProtectionMeta *)meta)->info;
}

/* Legacy peers misread what follows a text: one meta may have one, and it goes last. */
static void
fill_metas (IpcPacket *packet, GstBuffer *buffer)
{
  GstMeta *protection = NULL;
  GstMeta *meta;
  gpointer state = NULL;
  guint n = 0;

  while (gst_buffer_iterate_meta (buffer, &state))
    n++;
  if (n == 0)
    return;
  packet->buffer.metas = g_new0 (IpcPacketMeta, n);
  state = NULL;
  while ((meta = gst_buffer_iterate_meta (buffer, &state))) {
    if (has_text (meta) && !protection)
      protection = meta;
    else
      fill_meta (packet, &packet->buffer.metas[packet->buffer.n_metas++], meta, FALSE);
  }
  if (protection)
    fill_meta (packet, &packet->buffer.metas[packet->buffer.n_metas++], protection, TRUE);
}

/**
 * ipc_packet_build_buffer:
 * @packet: a zeroed packet
 * @buffer: its fields and metas are taken, its data stays where it is
 *
 * Returns: TRUE, or FALSE with @error when it is too large for a packet
 */
gboolean
ipc_packet_build_buffer (IpcPacket *packet, GstBuffer *buffer, GError **error)
{
  guint64 size = gst_buffer_get_size (buffer);
  guint64 total = IPC_BUFFER_FIXED_SIZE + size;

  packet->header.type = IPC_PACKET_BUFFER;
  packet->buffer.pts = GST_BUFFER_PTS (buffer);
  packet->buffer.dts = GST_BUFFER_DTS (buffer);
  packet->buffer.duration = GST_BUFFER_DURATION (buffer);
  packet->buffer.offset = GST_BUFFER_OFFSET (buffer);
  packet->buffer.offset_end = GST_BUFFER_OFFSET_END (buffer);
  packet->buffer.flags = GST_BUFFER_FLAGS (buffer);
  packet->buffer.size = (guint32)size;
  fill_metas (packet, buffer);
  for (guint32 i = 0; i < packet->buffer.n_metas; i++)
    total += ipc_packet_meta_size (&packet->buffer.metas[i]);
  if (total <= G_MAXUINT32)
    return TRUE;
  g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_TOO_LARGE,
      "a buffer of %" G_GUINT64_FORMAT " bytes does not fit into one packet", size);
  ipc_packet_clear (packet);
  return FALSE;
}

static gboolean
add_meta (GstBuffer *buffer, const IpcPacketMeta *meta, guint *skipped, GError **error)
{
  GstStructure *info;

  if (!meta->text || !g_str_equal (meta->api, g_type_name (GST_PROTECTION_META_API_TYPE))) {
    (*skipped)++;
    return TRUE;
  }
  info = ipc_text_read (meta->text, IPC_TEXT_WHOLE, error);
  if (!info)
    return FALSE;
  gst_buffer_add_protection_meta (buffer, info);
  return TRUE;
}

/**
 * ipc_buffer_from_packet:
 * @packet: a decoded BUFFER; its payload's memory becomes the buffer's, to write to once @packet is cleared
 * @skipped_metas: (out) (optional): how many metas are lost
 *
 * Returns: (transfer full) (nullable): the buffer, or NULL with @error
 */
GstBuffer *
ipc_buffer_from_packet (const IpcPacket *packet, guint *skipped_metas, GError **error)
{
  g_autoptr (GstBuffer) buffer = NULL;
  guint skipped = 0;

  g_return_val_if_fail (packet->header.type == IPC_PACKET_BUFFER && packet->payload, NULL);
  if (packet->buffer.size > 0)
    buffer = gst_buffer_new_wrapped_full (0, (gpointer)packet->buffer.data, packet->buffer.size, 0, packet->buffer.size,
        g_bytes_ref (packet->payload), (GDestroyNotify)g_bytes_unref);
  else
    buffer = gst_buffer_new ();
  GST_BUFFER_PTS (buffer) = packet->buffer.pts;
  GST_BUFFER_DTS (buffer) = packet->buffer.dts;
  GST_BUFFER_DURATION (buffer) = packet->buffer.duration;
  GST_BUFFER_OFFSET (buffer) = packet->buffer.offset;
  GST_BUFFER_OFFSET_END (buffer) = packet->buffer.offset_end;
  for (guint32 i = 0; i < packet->buffer.n_metas; i++) {
    if (!add_meta (buffer, &packet->buffer.metas[i], &skipped, error))
      return NULL;
  }
  GST_BUFFER_FLAGS (buffer)
      = (GST_BUFFER_FLAGS (buffer) & ~BUFFER_FLAGS_MASK) | ((guint32)packet->buffer.flags & BUFFER_FLAGS_MASK);
  if (skipped_metas)
    *skipped_metas = skipped;
  return g_steal_pointer (&buffer);
}
