/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Captures that are whole, and such that were damaged in every way: nothing is lost but what is damaged.
 */
#include <string.h>

#include "relay/capture.h"

static void
append_buffer (GByteArray *bytes, guint32 id, guint32 size)
{
  g_autofree guint8 *data = g_malloc (MAX (size, 1));
  g_auto (IpcPacket) packet = { 0 };

  memset (data, 0xaa, size);
  packet.header.type = IPC_PACKET_BUFFER;
  packet.header.id = id;
  packet.buffer.data = data;
  packet.buffer.size = size;
  ipc_packet_encode (&packet, bytes);
}

static void
append_state (GByteArray *bytes, guint32 id)
{
  g_auto (IpcPacket) packet = { 0 };

  packet.header.type = IPC_PACKET_STATE_CHANGE;
  packet.header.id = id;
  packet.state_change.transition = GST_STATE_CHANGE_NULL_TO_READY;
  ipc_packet_encode (&packet, bytes);
}

/* Five packets; @offsets gets where each begins, and the end. */
static GByteArray *
new_capture (gsize offsets[6])
{
  GByteArray *bytes = g_byte_array_new ();

  offsets[0] = 0;
  append_state (bytes, 1);
  offsets[1] = bytes->len;
  append_buffer (bytes, 2, 100);
  offsets[2] = bytes->len;
  append_buffer (bytes, 3, 0);
  offsets[3] = bytes->len;
  append_buffer (bytes, 4, 50);
  offsets[4] = bytes->len;
  append_state (bytes, 5);
  offsets[5] = bytes->len;
  return bytes;
}

static GPtrArray *
read_all (GByteArray *bytes)
{
  g_autoptr (GBytes) all = g_bytes_new (bytes->data, bytes->len);
  GPtrArray *items = ipc_capture_read (all, IPC_TO_SLAVE);
  gsize offset = 0;

  for (guint i = 0; i < items->len; i++) {
    const IpcCaptureItem *item = g_ptr_array_index (items, i);
    g_assert_cmpuint (item->offset, ==, offset);
    g_assert_cmpuint (item->length, >, 0);
    g_assert_true ((item->why == NULL) == (item->kind == IPC_CAPTURE_PACKET));
    offset += item->length;
  }
  g_assert_cmpuint (offset, ==, bytes->len);
  return items;
}

static const IpcCaptureItem *
get (GPtrArray *items, guint index)
{
  g_assert_cmpuint (index, <, items->len);
  return g_ptr_array_index (items, index);
}

static void
test_whole (void)
{
  gsize offsets[6];
  g_autoptr (GByteArray) bytes = new_capture (offsets), none = g_byte_array_new ();
  g_autoptr (GPtrArray) items = read_all (bytes), nothing = read_all (none);

  g_assert_cmpuint (nothing->len, ==, 0);
  g_assert_cmpuint (items->len, ==, 5);
  for (guint i = 0; i < 5; i++) {
    g_assert_cmpint (get (items, i)->kind, ==, IPC_CAPTURE_PACKET);
    g_assert_cmpuint (get (items, i)->offset, ==, offsets[i]);
    g_assert_cmpuint (get (items, i)->header.id, ==, i + 1);
  }
}

/* Wherever it ends: what is complete is there, the rest is said to be cut. */
static void
test_cut_anywhere (void)
{
  gsize offsets[6];
  g_autoptr (GByteArray) bytes = new_capture (offsets);

  while (bytes->len > 0) {
    g_autoptr (GPtrArray) items = NULL;
    guint n_whole = 0;
    g_byte_array_set_size (bytes, bytes->len - 1);
    while (offsets[n_whole + 1] <= bytes->len)
      n_whole++;
    items = read_all (bytes);
    g_assert_cmpuint (items->len, ==, n_whole + (bytes->len > offsets[n_whole]));
    for (guint i = 0; i < items->len; i++)
      g_assert_cmpint (get (items, i)->kind, ==, i < n_whole ? IPC_CAPTURE_PACKET : IPC_CAPTURE_CUT);
  }
}

static void
expect_noise (GByteArray *bytes, gsize from, gsize to, const gchar *why)
{
  g_autoptr (GPtrArray) items = read_all (bytes);
  const IpcCaptureItem *noise = get (items, 1);

  g_assert_cmpint (get (items, 0)->kind, ==, IPC_CAPTURE_PACKET);
  g_assert_cmpint (noise->kind, ==, IPC_CAPTURE_NOISE);
  g_assert_cmpuint (noise->offset, ==, from);
  g_assert_cmpuint (noise->offset + noise->length, ==, to);
  g_assert_nonnull (strstr (noise->why, why));
  for (guint i = 2; i < items->len; i++)
    g_assert_cmpint (get (items, i)->kind, ==, IPC_CAPTURE_PACKET);
  g_assert_cmpuint (get (items, items->len - 1)->header.id, ==, 5);
}

static void
test_damage (void)
{
  gsize offsets[6];
  g_autoptr (GByteArray) type = new_capture (offsets), large = new_capture (offsets), small = new_capture (offsets);
  g_autoptr (GByteArray) extra = new_capture (offsets), missing = new_capture (offsets);

  type->data[offsets[1]] = 99;
  expect_noise (type, offsets[1], offsets[2], "99");
  large->data[offsets[1] + 8] = 0x7f; /* a length of 2 GiB */
  expect_noise (large, offsets[1], offsets[2], "of which");
  small->data[offsets[1] + 5] -= 1;
  expect_noise (small, offsets[1], offsets[2], "");
  g_byte_array_remove_range (missing, offsets[1] + 50, 10);
  expect_noise (missing, offsets[1], offsets[2] - 10, "");
  g_byte_array_append (extra, (const guint8 *)"garbage", 7);
  memmove (extra->data + offsets[1] + 7, extra->data + offsets[1], offsets[5] - offsets[1]);
  memset (extra->data + offsets[1], 'g', 7);
  expect_noise (extra, offsets[1], offsets[1] + 7, "103");
}

/* What is wrong within a packet does not hide what is behind it. */
static void
test_odd (void)
{
  gsize offsets[6];
  g_autoptr (GByteArray) bytes = new_capture (offsets);
  g_autoptr (GPtrArray) content = NULL, direction = NULL;

  bytes->data[offsets[4] - 4] = 1; /* a meta more than there is */
  content = read_all (bytes);
  g_assert_cmpuint (content->len, ==, 5);
  g_assert_cmpint (get (content, 3)->kind, ==, IPC_CAPTURE_ODD);
  g_assert_cmpuint (get (content, 3)->header.id, ==, 4);
  bytes->data[offsets[4] - 4] = 0;
  bytes->data[offsets[0]] = IPC_PACKET_MESSAGE; /* never goes down */
  direction = read_all (bytes);
  g_assert_cmpuint (direction->len, ==, 5);
  g_assert_cmpint (get (direction, 0)->kind, ==, IPC_CAPTURE_ODD);
}

/* Whatever one byte is, every byte is accounted for. */
static void
test_any_byte (void)
{
  gsize offsets[6];
  g_autoptr (GByteArray) bytes = new_capture (offsets);

  for (guint i = 0; i < bytes->len; i++) {
    guint8 was = bytes->data[i];
    for (guint bit = 0; bit < 8; bit++) {
      g_autoptr (GPtrArray) items = NULL;
      bytes->data[i] = was ^ (1 << bit);
      items = read_all (bytes);
      g_assert_cmpuint (items->len, >=, 4);
    }
    bytes->data[i] = was;
  }
}

gint
main (gint argc, gchar **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/capture/a-whole-one-is-read", test_whole);
  g_test_add_func ("/capture/one-that-ends-anywhere-is-read-up-to-there", test_cut_anywhere);
  g_test_add_func ("/capture/reading-goes-on-behind-damage", test_damage);
  g_test_add_func ("/capture/a-packet-with-wrong-content-is-one", test_odd);
  g_test_add_func ("/capture/every-byte-is-accounted-for", test_any_byte);
  return g_test_run ();
}
