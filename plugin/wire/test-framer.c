/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Frames come out the same however the bytes are cut, memory follows the bytes and not the promises, and a broken
 * stream stays broken.
 */

#include <string.h>

#include "test-util.h"

static void
append_frame (GByteArray *stream, guint8 type, guint32 id, guint32 size)
{
  IpcHeader header = { type, id, size };
  guint8 raw[IPC_HEADER_SIZE];

  ipc_header_write (&header, raw);
  g_byte_array_append (stream, raw, sizeof raw);
  for (guint32 i = 0; i < size; i++) {
    guint8 byte = (guint8)(id + i * 7);

    g_byte_array_append (stream, &byte, 1);
  }
}

static void
check_frame (const IpcHeader *header, GBytes *payload, guint32 id, guint32 size)
{
  const guint8 *bytes = g_bytes_get_data (payload, NULL);

  g_assert_cmpuint (header->id, ==, id);
  g_assert_cmpuint (header->size, ==, size);
  g_assert_cmpuint (g_bytes_get_size (payload), ==, size);
  for (guint32 i = 0; i < size; i++)
    g_assert_cmpuint (bytes[i], ==, (guint8)(id + i * 7));
}

static const guint32 sizes[] = { 4, 0, 1, 70000, 13, 4096, 0, 200001, 65536, 65537, 2 };

/* Feeds the stream in pieces of @piece bytes (0: of changing size), each read asking for @wanted. */
static void
feed (gsize piece, gsize wanted, gboolean drain)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (IpcFramer) framer = ipc_framer_new (IPC_TO_SLAVE, G_MAXUINT32);
  IpcHeader header;
  GBytes *payload;
  g_autoptr (GError) error = NULL;
  gsize at = 0;
  guint taken = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    append_frame (stream, IPC_PACKET_BUFFER, i + 1, sizes[i]);
  while (at < stream->len) {
    gsize room;
    guint8 *to = ipc_framer_reserve (framer, wanted, &room);
    gsize n = MIN (piece ? piece : 1 + at % 1000, stream->len - at);

    g_assert_cmpuint (room, >=, 1);
    g_assert_cmpuint (room, <=, wanted);
    n = MIN (n, room);
    memcpy (to, stream->data + at, n);
    ipc_framer_commit (framer, n);
    at += n;
    while ((drain || at == stream->len) && ipc_framer_next (framer, &header, &payload, &error)) {
      check_frame (&header, payload, taken + 1, sizes[taken]);
      g_bytes_unref (payload);
      taken++;
    }
    g_assert_no_error (error);
    if (drain)
      g_assert_true (ipc_framer_at_boundary (framer) == (at == stream->len) || taken < G_N_ELEMENTS (sizes));
  }
  g_assert_cmpuint (taken, ==, G_N_ELEMENTS (sizes));
  g_assert_true (ipc_framer_at_boundary (framer));
}

static void
test_cuts (void)
{
  const gsize wants[] = { 1, 9, 10, 4096, 65536, 1000000 };

  for (guint i = 0; i < G_N_ELEMENTS (wants); i++) {
    feed (1, wants[i], TRUE);
    feed (0, wants[i], TRUE);
    feed (8, wants[i], TRUE);
    feed (G_MAXSIZE, wants[i], TRUE);
    feed (1000, wants[i], FALSE);
  }
}

static void
commit_bytes (IpcFramer *framer, const guint8 *bytes, gsize size)
{
  while (size > 0) {
    gsize room;
    guint8 *to = ipc_framer_reserve (framer, size, &room);

    memcpy (to, bytes, room);
    ipc_framer_commit (framer, room);
    bytes += room;
    size -= room;
  }
}

static void
test_one_read (void)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (IpcFramer) framer = ipc_framer_new (IPC_TO_SLAVE, 100);
  IpcHeader header;
  GBytes *payload;
  gsize room;
  guint8 *to;

  for (guint i = 0; i < 20; i++)
    append_frame (stream, IPC_PACKET_ACK, i, 4);
  to = ipc_framer_reserve (framer, 4096, &room);
  g_assert_cmpuint (room, >=, stream->len);
  memcpy (to, stream->data, stream->len);
  ipc_framer_commit (framer, stream->len);
  for (guint i = 0; i < 20; i++) {
    g_assert_true (ipc_framer_next (framer, &header, &payload, NULL));
    check_frame (&header, payload, i, 4);
    g_bytes_unref (payload);
  }
  g_assert_false (ipc_framer_next (framer, &header, &payload, NULL));
}

static void
test_broken_stays_broken (void)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (IpcFramer) framer = ipc_framer_new (IPC_TO_SLAVE, 100);
  IpcHeader header;
  GBytes *payload;
  g_autoptr (GError) error = NULL;

  append_frame (stream, IPC_PACKET_ACK, 1, 4);
  append_frame (stream, IPC_PACKET_BUFFER, 2, 101);
  append_frame (stream, IPC_PACKET_ACK, 3, 4);
  commit_bytes (framer, stream->data, stream->len);
  g_assert_true (ipc_framer_next (framer, &header, &payload, &error));
  g_bytes_unref (payload);
  for (guint i = 0; i < 3; i++) {
    g_assert_false (ipc_framer_next (framer, &header, &payload, &error));
    g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_TOO_LARGE);
    g_clear_error (&error);
    commit_bytes (framer, stream->data, IPC_HEADER_SIZE + 4);
  }
  ipc_framer_reset (framer);
  g_assert_true (ipc_framer_at_boundary (framer));
  commit_bytes (framer, stream->data, IPC_HEADER_SIZE + 4);
  g_assert_true (ipc_framer_next (framer, &header, &payload, &error));
  g_bytes_unref (payload);
}

static void
test_direction (void)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (IpcFramer) framer = ipc_framer_new (IPC_TO_MASTER, 100);
  IpcHeader header;
  GBytes *payload;
  g_autoptr (GError) error = NULL;

  append_frame (stream, IPC_PACKET_BUFFER, 1, 4);
  commit_bytes (framer, stream->data, stream->len);
  g_assert_false (ipc_framer_next (framer, &header, &payload, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_DIRECTION);
}

/* HOST-4. Four GiB are announced; what may be read at once shows how much memory there is for it. */
static void
test_memory_follows_bytes (void)
{
  guint8 raw[IPC_HEADER_SIZE];
  IpcHeader header = { IPC_PACKET_BUFFER, 1, G_MAXUINT32 };
  g_autoptr (IpcFramer) framer = ipc_framer_new (IPC_TO_SLAVE, G_MAXUINT32);
  GBytes *payload;
  gsize sent = 0;

  ipc_header_write (&header, raw);
  commit_bytes (framer, raw, sizeof raw);
  g_assert_false (ipc_framer_next (framer, &header, &payload, NULL));
  g_assert_false (ipc_framer_at_boundary (framer));
  while (sent < 2 * 1024 * 1024) {
    gsize room;
    guint8 *to = ipc_framer_reserve (framer, G_MAXUINT32, &room);

    g_assert_cmpuint (room, <=, MAX (sent, 64 * 1024));
    memset (to, 0, room);
    ipc_framer_commit (framer, room);
    sent += room;
    g_assert_false (ipc_framer_next (framer, &header, &payload, NULL));
  }
}

static void
test_partial (void)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (IpcFramer) framer = ipc_framer_new (IPC_TO_SLAVE, G_MAXUINT32);
  IpcHeader header;
  GBytes *payload;
  gsize at, n;

  append_frame (stream, IPC_PACKET_BUFFER, 12, 20);
  g_assert_false (ipc_framer_partial (framer, &header, &n));
  for (at = 1; at < stream->len; at++) {
    commit_bytes (framer, stream->data + at - 1, 1);
    g_assert_false (ipc_framer_next (framer, &header, &payload, NULL));
    g_assert_true (ipc_framer_partial (framer, &header, &n));
    g_assert_cmpuint (header.type, ==, at < IPC_HEADER_SIZE ? 0 : IPC_PACKET_BUFFER);
    g_assert_cmpuint (n, ==, at < IPC_HEADER_SIZE ? at : at - IPC_HEADER_SIZE);
    if (at >= IPC_HEADER_SIZE) {
      g_assert_cmpuint (header.id, ==, 12);
      g_assert_cmpuint (header.size, ==, 20);
    }
  }
  commit_bytes (framer, stream->data + at - 1, 1);
  g_assert_true (ipc_framer_next (framer, &header, &payload, NULL));
  g_bytes_unref (payload);
  g_assert_false (ipc_framer_partial (framer, &header, &n));
}

static void
test_alignment (void)
{
  const guint32 packet_sizes[] = { 100, 200000 };

  for (guint i = 0; i < G_N_ELEMENTS (packet_sizes); i++) {
    g_autoptr (GByteArray) stream = g_byte_array_new ();
    g_autoptr (IpcFramer) framer = ipc_framer_new (IPC_TO_SLAVE, G_MAXUINT32);
    IpcHeader header;
    GBytes *payload = NULL;

    append_frame (stream, IPC_PACKET_BUFFER, 1, packet_sizes[i]);
    for (gsize at = 0; at < stream->len; at += 10000) {
      commit_bytes (framer, stream->data + at, MIN (10000, stream->len - at));
      ipc_framer_next (framer, &header, &payload, NULL);
    }
    g_assert_nonnull (payload);
    /* data of a BUFFER lies behind six u64 and one u32 */
    g_assert_cmpuint (((gsize)g_bytes_get_data (payload, NULL) + 52) % (2 * sizeof (gpointer)), ==, 0);
    g_bytes_unref (payload);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/framer/frames-are-the-same-however-cut", test_cuts);
  g_test_add_func ("/wire/framer/small-frames-come-with-one-read", test_one_read);
  g_test_add_func ("/wire/framer/broken-stays-broken-until-reset", test_broken_stays_broken);
  g_test_add_func ("/wire/framer/wrong-direction-breaks", test_direction);
  g_test_add_func ("/wire/framer/memory-follows-bytes-not-promises", test_memory_follows_bytes);
  g_test_add_func ("/wire/framer/says-what-is-half-read", test_partial);
  g_test_add_func ("/wire/framer/data-of-buffers-is-aligned", test_alignment);
  return g_test_run ();
}
