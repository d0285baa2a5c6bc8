/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A stream without marks between its packets has lost sync for good once a length is wrong. What a reader of it must
 * not do, guess, a debugger's tool may: behind damage it looks for the next place from where two packets follow each
 * other that can be read in full, or one that ends where the bytes end.
 */
#include "capture.h"

#define MAX_PAYLOAD G_MAXUINT32

typedef struct {
  GBytes *bytes;
  const guint8 *data;
  gsize length;
  IpcDirection direction;
} Capture;

static void
item_free (gpointer data)
{
  IpcCaptureItem *item = data;

  g_free (item->why);
  g_free (item);
}

static gboolean
read_header (const Capture *capture, gsize offset, IpcHeader *header, GError **error)
{
  return ipc_header_read (capture->data + offset, capture->direction, MAX_PAYLOAD, header, error);
}

/* Whether all bytes of a packet with @header are there. */
static gboolean
fits (const Capture *capture, gsize offset, const IpcHeader *header)
{
  return header->size <= capture->length - offset - IPC_HEADER_SIZE;
}

static gboolean
decodes (const Capture *capture, gsize offset, const IpcHeader *header, GError **error)
{
  g_autoptr (GBytes) payload = g_bytes_new_from_bytes (capture->bytes, offset + IPC_HEADER_SIZE, header->size);
  g_auto (IpcPacket) packet = { 0 };

  return ipc_packet_decode (header, payload, &packet, error);
}

/* A packet at @offset that can be read in full: its end. 0 when there is none. */
static gsize
end_of_packet (const Capture *capture, gsize offset)
{
  IpcHeader header;

  if (capture->length - offset < IPC_HEADER_SIZE || !read_header (capture, offset, &header, NULL)
      || !fits (capture, offset, &header) || !decodes (capture, offset, &header, NULL))
    return 0;
  return offset + IPC_HEADER_SIZE + header.size;
}

/* Whether the packets begin again at @offset. */
static gboolean
makes_sense (const Capture *capture, gsize offset)
{
  gsize end = end_of_packet (capture, offset);

  return end != 0 && (end == capture->length || end_of_packet (capture, end) != 0);
}

static gsize
next_sense (const Capture *capture, gsize offset)
{
  while (offset < capture->length && !makes_sense (capture, offset))
    offset++;
  return offset;
}

static IpcCaptureItem *
item_new (IpcCaptureKind kind, gsize offset, gsize end, gchar *why)
{
  IpcCaptureItem *item = g_new0 (IpcCaptureItem, 1);

  item->kind = kind;
  item->offset = offset;
  item->length = end - offset;
  item->why = why;
  return item;
}

/* What is not followed by anything that makes sense, but begins like a packet, was cut off. @header: NULL when it is
 * not complete itself. */
static IpcCaptureItem *
cut_or_noise (const Capture *capture, gsize offset, const IpcHeader *header)
{
  gsize left = capture->length - offset, next = header != NULL ? next_sense (capture, offset + 1) : capture->length;
  IpcCaptureItem *item;

  if (header == NULL)
    return item_new (IPC_CAPTURE_CUT, offset, capture->length,
        g_strdup_printf ("the capture ends within a header: %" G_GSIZE_FORMAT " of %d bytes", left, IPC_HEADER_SIZE));
  if (next < capture->length)
    return item_new (IPC_CAPTURE_NOISE, offset, next,
        g_strdup_printf ("a header announces %u bytes, of which %" G_GSIZE_FORMAT " are there, and packets among them",
            header->size, left - IPC_HEADER_SIZE));
  item = item_new (IPC_CAPTURE_CUT, offset, capture->length,
      g_strdup_printf ("the capture ends within the packet: %" G_GSIZE_FORMAT " of %u bytes of its payload",
          left - IPC_HEADER_SIZE, header->size));
  item->header = *header;
  return item;
}

/* Whether what ends at @end is one packet, although it is a wrong one: another follows. At the end of the bytes nothing
 * can follow; then there must be no packets within. */
static gboolean
is_framed (const Capture *capture, gsize offset, gsize end)
{
  return end == capture->length ? next_sense (capture, offset + 1) == end : makes_sense (capture, end);
}

/* Something is wrong with the bytes at @offset: @why, taken. */
static IpcCaptureItem *
odd_or_noise (const Capture *capture, gsize offset, const IpcHeader *header, GError *why)
{
  g_autofree gchar *text = g_strdup (why->message);
  gsize end = offset + IPC_HEADER_SIZE + header->size;
  IpcCaptureItem *item;

  g_error_free (why);
  if (ipc_packet_info (header->type) == NULL || !fits (capture, offset, header) || !is_framed (capture, offset, end))
    return item_new (IPC_CAPTURE_NOISE, offset, next_sense (capture, offset + 1), g_steal_pointer (&text));
  item = item_new (IPC_CAPTURE_ODD, offset, end, g_steal_pointer (&text));
  item->header = *header;
  return item;
}

static IpcCaptureItem *
read_item (const Capture *capture, gsize offset)
{
  IpcHeader header;
  GError *error = NULL;
  IpcCaptureItem *item;

  if (capture->length - offset < IPC_HEADER_SIZE)
    return cut_or_noise (capture, offset, NULL);
  if (!read_header (capture, offset, &header, &error))
    return odd_or_noise (capture, offset, &header, error);
  if (!fits (capture, offset, &header))
    return cut_or_noise (capture, offset, &header);
  if (!decodes (capture, offset, &header, &error))
    return odd_or_noise (capture, offset, &header, error);
  item = item_new (IPC_CAPTURE_PACKET, offset, offset + IPC_HEADER_SIZE + header.size, NULL);
  item->header = header;
  return item;
}

GPtrArray *
ipc_capture_read (GBytes *bytes, IpcDirection direction)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (item_free);
  Capture capture = { bytes, NULL, 0, direction };

  capture.data = g_bytes_get_data (bytes, &capture.length);
  for (gsize offset = 0; offset < capture.length;) {
    IpcCaptureItem *item = read_item (&capture, offset);
    g_ptr_array_add (items, item);
    offset += item->length;
  }
  return items;
}

void
ipc_capture_packet (GBytes *bytes, const IpcCaptureItem *item, IpcPacket *packet)
{
  g_autoptr (GBytes) payload
      = g_bytes_new_from_bytes (bytes, item->offset + IPC_HEADER_SIZE, item->length - IPC_HEADER_SIZE);
  gboolean good = ipc_packet_decode (&item->header, payload, packet, NULL);

  g_return_if_fail (good);
}
