/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table, and payloads that are wrong in one place each: what is refused and with which error.
 */

#include <string.h>

#include "test-util.h"

static void
test_table (void)
{
  guint n = 0;
  const IpcPacketInfo *infos = ipc_packet_infos (&n);

  g_assert_cmpuint (n, ==, 11);
  for (guint i = 0; i < n; i++) {
    g_assert_cmpuint (infos[i].type, ==, i + 1);
    g_assert_true (ipc_packet_info (infos[i].type) == &infos[i]);
    g_assert_true (ipc_packet_info_by_name (infos[i].name) == &infos[i]);
  }
  g_assert_null (ipc_packet_info (0));
  g_assert_null (ipc_packet_info (12));
  g_assert_null (ipc_packet_info (255));
  g_assert_null (ipc_packet_info_by_name ("buffer"));
}

static void
test_header (void)
{
  guint8 bytes[IPC_HEADER_SIZE];
  IpcHeader header = { IPC_PACKET_BUFFER, 0x01020304, 100 };
  g_autoptr (GError) error = NULL;

  ipc_header_write (&header, bytes);
  g_assert_cmpmem (bytes, sizeof bytes, "\x03\x04\x03\x02\x01\x64\x00\x00\x00", 9);
  g_assert_true (ipc_header_read (bytes, IPC_TO_SLAVE, 100, &header, &error));
  g_assert_cmpuint (header.id, ==, 0x01020304);
  g_assert_false (ipc_header_read (bytes, IPC_TO_SLAVE, 99, &header, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_false (ipc_header_read (bytes, IPC_TO_MASTER, 100, &header, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_DIRECTION);
  g_clear_error (&error);
  bytes[0] = 12;
  g_assert_false (ipc_header_read (bytes, IPC_TO_SLAVE, 100, &header, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_UNKNOWN_TYPE);
}

typedef struct {
  const gchar *what;
  IpcPacketType type;
  const gchar *payload;
  gsize size;
  gint code; /* -1: is right */
} Case;

#define BYTES(text) text, sizeof (text) - 1
/* pts, dts, duration, offset, offset end, flags */
#define TIMES "123456781234567812345678123456781234567812345678"

static const Case cases[] = {
  { "ack", IPC_PACKET_ACK, BYTES ("\1\0\0\0"), -1 },
  { "ack-short", IPC_PACKET_ACK, BYTES ("\1\0\0"), IPC_WIRE_ERROR_TRUNCATED },
  { "ack-long", IPC_PACKET_ACK, BYTES ("\1\0\0\0\0"), IPC_WIRE_ERROR_TRAILING },
  { "state-lost", IPC_PACKET_STATE_LOST, BYTES (""), -1 },
  { "state-lost-long", IPC_PACKET_STATE_LOST, BYTES ("x"), IPC_WIRE_ERROR_TRAILING },
  { "state-change", IPC_PACKET_STATE_CHANGE, BYTES ("\x0a\0\0\0"), -1 },
  { "state-change-same", IPC_PACKET_STATE_CHANGE, BYTES ("\x24\0\0\0"), -1 },
  { "state-change-skips", IPC_PACKET_STATE_CHANGE, BYTES ("\x0b\0\0\0"), IPC_WIRE_ERROR_VALUE },
  { "state-change-wild", IPC_PACKET_STATE_CHANGE, BYTES ("\x0a\0\0\1"), IPC_WIRE_ERROR_VALUE },
  { "result", IPC_PACKET_QUERY_RESULT, BYTES ("\1\1\0\0\0a;\0"), -1 },
  { "result-no-structure", IPC_PACKET_QUERY_RESULT, BYTES ("\0\1\0\0\0\0"), -1 },
  { "result-boolean", IPC_PACKET_QUERY_RESULT, BYTES ("\2\1\0\0\0a;\0"), IPC_WIRE_ERROR_VALUE },
  { "result-no-text", IPC_PACKET_QUERY_RESULT, BYTES ("\1\1\0\0\0"), IPC_WIRE_ERROR_STRING },
  { "query-no-nul", IPC_PACKET_QUERY, BYTES ("\1\0\0\0\0a;"), IPC_WIRE_ERROR_STRING },
  { "query-nul-inside", IPC_PACKET_QUERY, BYTES ("\1\0\0\0\0a\0;\0"), IPC_WIRE_ERROR_STRING },
  { "query-nul-twice", IPC_PACKET_QUERY, BYTES ("\1\0\0\0\0a;\0\0"), IPC_WIRE_ERROR_STRING },
  { "query-not-utf8", IPC_PACKET_QUERY, BYTES ("\1\0\0\0\0a\xff;\0"), IPC_WIRE_ERROR_STRING },
  { "query-upstream", IPC_PACKET_QUERY,
      BYTES ("\1\0\0\0\xff"
             "a;\0"),
      IPC_WIRE_ERROR_VALUE },
  { "message", IPC_PACKET_MESSAGE, BYTES ("\1\0\0\0\0"), -1 },
  { "sink-message", IPC_PACKET_SINK_MESSAGE_EVENT,
      BYTES ("\1\0\0\0"
             "\2\0\0\0"
             "\3\0\0\0"
             "\2\0\0\0n\0"
             "s;\0"),
      -1 },
  { "sink-message-name-long", IPC_PACKET_SINK_MESSAGE_EVENT,
      BYTES ("\1\0\0\0"
             "\2\0\0\0"
             "\3\0\0\0"
             "\xff\xff\xff\xffn\0"
             "s;\0"),
      IPC_WIRE_ERROR_TRUNCATED },
  { "sink-message-no-name", IPC_PACKET_SINK_MESSAGE_EVENT,
      BYTES ("\1\0\0\0"
             "\2\0\0\0"
             "\3\0\0\0"
             "\0\0\0\0"
             "s;\0"),
      IPC_WIRE_ERROR_STRING },
  { "gerror", IPC_PACKET_GERROR_MESSAGE,
      BYTES ("\2"
             "\2\0\0\0d\0"
             "\5\0\0\0"
             "\0\0\0\0"
             "\0\0\0\0"),
      -1 },
  { "gerror-texts", IPC_PACKET_GERROR_MESSAGE,
      BYTES ("\0"
             "\2\0\0\0d\0"
             "\5\0\0\0"
             "\1\0\0\0\0"
             "\2\0\0\0x\0"),
      -1 },
  { "gerror-kind", IPC_PACKET_GERROR_MESSAGE,
      BYTES ("\3"
             "\2\0\0\0d\0"
             "\5\0\0\0"
             "\0\0\0\0"
             "\0\0\0\0"),
      IPC_WIRE_ERROR_VALUE },
  { "gerror-no-domain", IPC_PACKET_GERROR_MESSAGE,
      BYTES ("\2"
             "\0\0\0\0"
             "\5\0\0\0"
             "\0\0\0\0"
             "\0\0\0\0"),
      IPC_WIRE_ERROR_STRING },
  { "gerror-text-past-end", IPC_PACKET_GERROR_MESSAGE,
      BYTES ("\2"
             "\2\0\0\0d\0"
             "\5\0\0\0"
             "\5\0\0\0"
             "\0\0\0\0"),
      IPC_WIRE_ERROR_TRUNCATED },
  { "memory-release", IPC_PACKET_MEMORY_RELEASE,
      BYTES ("\2\0\0\0"
             "\1\0\0\0"
             "\xff\xff\xff\xff"),
      -1 },
  { "memory-release-of-nothing", IPC_PACKET_MEMORY_RELEASE, BYTES ("\0\0\0\0"), IPC_WIRE_ERROR_VALUE },
  { "memory-release-count-lies", IPC_PACKET_MEMORY_RELEASE,
      BYTES ("\2\0\0\0"
             "\1\0\0\0"),
      IPC_WIRE_ERROR_TRUNCATED },
  { "memory-release-count-is-mad", IPC_PACKET_MEMORY_RELEASE,
      BYTES ("\xff\xff\xff\xff"
             "\1\0\0\0"),
      IPC_WIRE_ERROR_VALUE },
  { "memory-release-more", IPC_PACKET_MEMORY_RELEASE,
      BYTES ("\1\0\0\0"
             "\1\0\0\0x"),
      IPC_WIRE_ERROR_TRAILING },
  { "memory-release-of-number-0", IPC_PACKET_MEMORY_RELEASE,
      BYTES ("\2\0\0\0"
             "\1\0\0\0"
             "\0\0\0\0"),
      IPC_WIRE_ERROR_VALUE },
  { "buffer-empty", IPC_PACKET_BUFFER,
      BYTES (TIMES "\0\0\0\0"
                   "\0\0\0\0"),
      -1 },
  { "buffer", IPC_PACKET_BUFFER,
      BYTES (TIMES "\2\0\0\0xy"
                   "\0\0\0\0"),
      -1 },
  { "buffer-data-lies", IPC_PACKET_BUFFER,
      BYTES (TIMES "\xff\xff\xff\xffxy"
                   "\0\0\0\0"),
      IPC_WIRE_ERROR_TRUNCATED },
  { "buffer-metas-lie", IPC_PACKET_BUFFER,
      BYTES (TIMES "\0\0\0\0"
                   "\xff\xff\xff\xff"),
      IPC_WIRE_ERROR_TRUNCATED },
  { "buffer-meta", IPC_PACKET_BUFFER,
      BYTES (TIMES "\0\0\0\0"
                   "\1\0\0\0"
                   "\x1c\0\0\0"
                   "\0\0\0\0"
                   "\2\0\0\0M\0"
                   "12345678"
                   "\2\0\0\0s\0"),
      -1 },
  { "buffer-meta-no-text", IPC_PACKET_BUFFER,
      BYTES (TIMES "\0\0\0\0"
                   "\1\0\0\0"
                   "\x1a\0\0\0"
                   "\0\0\0\0"
                   "\2\0\0\0M\0"
                   "12345678"
                   "\0\0\0\0"),
      -1 },
  { "buffer-meta-size-lies", IPC_PACKET_BUFFER,
      BYTES (TIMES "\0\0\0\0"
                   "\1\0\0\0"
                   "\x1d\0\0\0"
                   "\0\0\0\0"
                   "\2\0\0\0M\0"
                   "12345678"
                   "\2\0\0\0s\0"),
      IPC_WIRE_ERROR_VALUE },
  { "buffer-meta-text-lies", IPC_PACKET_BUFFER,
      BYTES (TIMES "\0\0\0\0"
                   "\1\0\0\0"
                   "\x1d\0\0\0"
                   "\0\0\0\0"
                   "\2\0\0\0M\0"
                   "12345678"
                   "\3\0\0\0s\0"),
      IPC_WIRE_ERROR_TRUNCATED },
  { "buffer-one-meta-of-two", IPC_PACKET_BUFFER,
      BYTES (TIMES "\0\0\0\0"
                   "\2\0\0\0"
                   "\x1c\0\0\0"
                   "\0\0\0\0"
                   "\2\0\0\0M\0"
                   "12345678"
                   "\2\0\0\0s\0"),
      IPC_WIRE_ERROR_TRUNCATED },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  IpcHeader header = { c->type, 7, (guint32)c->size };
  g_autoptr (GBytes) payload = g_bytes_new (c->payload, c->size);
  g_autoptr (GByteArray) again = g_byte_array_new ();
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;

  if (c->code >= 0) {
    g_assert_false (ipc_packet_decode (&header, payload, &packet, &error));
    g_assert_error (error, IPC_WIRE_ERROR, c->code);
    g_assert_true (strstr (error->message, ipc_packet_info (c->type)->name));
    return;
  }
  ipc_packet_decode (&header, payload, &packet, &error);
  g_assert_no_error (error);
  ipc_packet_encode (&packet, again);
  g_assert_cmpmem (again->data + IPC_HEADER_SIZE, again->len - IPC_HEADER_SIZE, c->payload, c->size);
}

static void
test_parts (void)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  g_autoptr (GByteArray) head = g_byte_array_new ();
  g_autoptr (GByteArray) tail = g_byte_array_new ();
  g_auto (IpcPacket) packet = { 0 };
  guint32 size;

  packet.header.type = IPC_PACKET_BUFFER;
  packet.buffer.data = (const guint8 *)"abc";
  packet.buffer.size = 3;
  ipc_packet_encode (&packet, whole);
  size = packet.header.size;
  packet.buffer.data = NULL;
  ipc_packet_encode_parts (&packet, head, tail);
  g_assert_cmpuint (packet.header.size, ==, size);
  g_byte_array_append (head, (const guint8 *)"abc", 3);
  g_byte_array_append (head, tail->data, tail->len);
  g_assert_cmpmem (head->data, head->len, whole->data, whole->len);
}

static void
test_clear (void)
{
  IpcPacket packet = { 0 };

  ipc_packet_clear (&packet);
  g_assert_nonnull (ipc_packet_keep (&packet, g_strdup ("kept")));
  ipc_packet_clear (&packet);
  ipc_packet_clear (&packet);
  g_assert_null (packet.keep);
}

static void
test_wrong_size (void)
{
  IpcHeader header = { IPC_PACKET_ACK, 1, 5 };
  g_autoptr (GBytes) payload = g_bytes_new ("\0\0\0\0", 4);
  IpcPacket packet;
  g_autoptr (GError) error = NULL;

  g_assert_false (ipc_packet_decode (&header, payload, &packet, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_TRUNCATED);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/packet/table-finds-every-type", test_table);
  g_test_add_func ("/wire/packet/header-is-checked", test_header);
  g_test_add_func ("/wire/packet/parts-make-the-whole", test_parts);
  g_test_add_func ("/wire/packet/clear-twice-is-fine", test_clear);
  g_test_add_func ("/wire/packet/payload-of-another-size-is-refused", test_wrong_size);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path
        = g_strdup_printf ("/wire/packet/%s/%s", cases[i].what, cases[i].code < 0 ? "is-taken" : "is-refused");

    g_test_add_data_func (path, &cases[i], test_case);
  }
  return g_test_run ();
}
