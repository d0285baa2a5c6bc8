/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Buffers <-> BUFFER. The data never goes through a packet that is built (the sender writes it from the
 * buffer), and a buffer that is made wraps the payload that was read: no byte of media is copied here.
 */

#include "object.h"
#include "codec.h"
#include "meta.h"

/* Bits below are GstMiniObject's own: locking is not for a peer to say. */
#define BUFFER_FLAGS_MASK (~(guint32)(GST_MINI_OBJECT_FLAG_LAST - 1))

/* What the packet knows of a meta. */
static void
add_meta (IpcPacket *packet, const GstMeta *meta, gchar *text)
{
  IpcPacketMeta *out = &packet->buffer.metas[packet->buffer.n_metas++];

  out->flags = meta->flags;
  out->api = g_type_name (meta->info->api);
  out->struct_size = meta->info->size;
  if (text)
    out->text = ipc_packet_keep (packet, text);
}

/* Legacy peers misread what follows a text: one meta may have one, and it goes last. */
static void
fill_metas (IpcPacket *packet, GstBuffer *buffer)
{
  const gboolean one_text = !(packet->form & IPC_FORM_METAS);
  GstMeta *last = NULL;
  g_autofree gchar *last_text = NULL;
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
    g_autofree gchar *text = last ? NULL : ipc_meta_write (meta, packet->form);

    if (one_text && text) {
      last = meta;
      last_text = g_steal_pointer (&text);
    } else {
      add_meta (packet, meta, g_steal_pointer (&text));
    }
  }
  if (last)
    add_meta (packet, last, g_steal_pointer (&last_text));
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

/* The data of @packet, or of a loan. */
static GstBuffer *
new_buffer (const IpcPacket *packet, GPtrArray *memories)
{
  GstBuffer *buffer;

  if (packet->buffer.size > 0)
    return gst_buffer_new_wrapped_full (0, (gpointer)packet->buffer.data, packet->buffer.size, 0, packet->buffer.size,
        g_bytes_ref (packet->payload), (GDestroyNotify)g_bytes_unref);
  buffer = gst_buffer_new ();
  while (memories && memories->len > 0)
    gst_buffer_append_memory (buffer, g_ptr_array_steal_index (memories, 0));
  return buffer;
}

/**
 * ipc_buffer_from_loan:
 * @packet: a decoded BUFFER
 * @memories: (nullable): what it refers to; emptied
 * @caps: (nullable): as for ipc_buffer_from_packet()
 * @skipped_metas: (out) (optional): how many metas are lost
 *
 * Returns: (transfer full) (nullable): the buffer, or NULL with @error
 */
GstBuffer *
ipc_buffer_from_loan (const IpcPacket *packet, GPtrArray *memories, GstCaps *caps, guint *skipped_metas, GError **error)
{
  g_autoptr (GstBuffer) buffer = NULL;
  IpcMetaStream stream;
  guint skipped;

  g_return_val_if_fail (packet->header.type == IPC_PACKET_BUFFER && packet->payload, NULL);
  buffer = new_buffer (packet, memories);
  GST_BUFFER_PTS (buffer) = packet->buffer.pts;
  GST_BUFFER_DTS (buffer) = packet->buffer.dts;
  GST_BUFFER_DURATION (buffer) = packet->buffer.duration;
  GST_BUFFER_OFFSET (buffer) = packet->buffer.offset;
  GST_BUFFER_OFFSET_END (buffer) = packet->buffer.offset_end;
  ipc_meta_stream_init (&stream, caps);
  skipped = ipc_meta_attach_all (buffer, &stream, packet);
  if (!ipc_meta_complete_audio (buffer, &stream)) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE,
        "audio in planes, of which nothing says where they are: more than %d channels, or broken caps",
        IPC_META_MAX_CHANNELS);
    return NULL;
  }
  GST_BUFFER_FLAGS (buffer)
      = (GST_BUFFER_FLAGS (buffer) & ~BUFFER_FLAGS_MASK) | ((guint32)packet->buffer.flags & BUFFER_FLAGS_MASK);
  if (skipped_metas)
    *skipped_metas = skipped;
  return g_steal_pointer (&buffer);
}

/**
 * ipc_buffer_from_packet:
 * @packet: a decoded BUFFER; its payload's memory becomes the buffer's, to write to once @packet is cleared
 * @caps: (nullable): of the stream that the buffer belongs to; video and audio metas have to agree with them, and are
 *     skipped without
 * @skipped_metas: (out) (optional): how many metas are lost
 *
 * Returns: (transfer full) (nullable): the buffer, or NULL with @error
 */
GstBuffer *
ipc_buffer_from_packet (const IpcPacket *packet, GstCaps *caps, guint *skipped_metas, GError **error)
{
  return ipc_buffer_from_loan (packet, NULL, caps, skipped_metas, error);
}
