/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Buffers that refer to memory, and PKT-MEMORY-RELEASE: what is written is read again, and nothing else (MEM-2, MEM-7).
 */

#include <string.h>

#include "memory.h"
#include "test-util.h"

/* A BUFFER as it arrives, with @n_before other metas, @text (NULL: none), and @size bytes of data. */
static void
receive (IpcPacket *packet, guint n_before, const gchar *text, guint size, gboolean again)
{
  g_auto (IpcPacket) sent = { .header.type = IPC_PACKET_BUFFER, .form = IPC_FORM_MEMORY };

  sent.buffer.metas = g_new0 (IpcPacketMeta, n_before + 2);
  for (guint i = 0; i < n_before; i++)
    sent.buffer.metas[i] = (IpcPacketMeta){ .api = "GstOtherMetaAPI", .text = "other" };
  sent.buffer.metas[n_before] = (IpcPacketMeta){ .api = IPC_MEMORY_META, .text = text };
  sent.buffer.metas[n_before + 1] = (IpcPacketMeta){ .api = "GstOtherMetaAPI" };
  sent.buffer.n_metas = n_before + (again ? 2 : 1);
  sent.buffer.data = (const guint8 *)"data";
  sent.buffer.size = size;
  test_send (&sent, packet);
}

static void
assert_same (const IpcMemoryLoan *one, const IpcMemoryLoan *other)
{
  g_assert_cmpuint (one->number, ==, other->number);
  g_assert_cmpuint (one->n_parts, ==, other->n_parts);
  for (guint i = 0; i < one->n_parts; i++) {
    g_assert_cmpuint (one->parts[i].id, ==, other->parts[i].id);
    g_assert_cmpuint (one->parts[i].size, ==, other->parts[i].size);
    g_assert_cmpuint (one->parts[i].offset, ==, other->parts[i].offset);
    g_assert_cmpuint (one->parts[i].length, ==, other->parts[i].length);
    g_assert_cmpint (one->parts[i].is_new, ==, other->parts[i].is_new);
  }
}

static void
test_round_trip (void)
{
  IpcMemoryLoan loan = { .number = G_MAXUINT32, .n_parts = IPC_MEMORY_MAX_PARTS }, read;
  g_auto (IpcPacket) sent = { .form = IPC_FORM_MEMORY }, received = { 0 };
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, 100, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < loan.n_parts; i++)
    loan.parts[i] = (IpcMemoryPart){ G_MAXUINT32 - i, G_MAXINT64 / IPC_MEMORY_MAX_PARTS, i, 1 + i * i, i % 3 == 0 };
  g_assert_true (ipc_packet_build_buffer (&sent, buffer, NULL));
  ipc_packet_lend (&sent, &loan);
  test_send (&sent, &received);
  g_assert_cmpuint (received.buffer.size, ==, 0);
  g_assert_true (ipc_packet_is_loan (&received));
  g_assert_cmpuint (ipc_packet_count_fds (&received), ==, 22);
  ipc_memory_loan_from_packet (&received, &read, &error);
  g_assert_no_error (error);
  assert_same (&loan, &read);
  g_assert_cmpuint (ipc_memory_loan_length (&read), ==, 64 + 63 * 64 * 127 / 6);
}

/* Those that only just are right. */
static const gchar *const right[] = {
  "1;1:1:0:1",
  "1;1:1:0:1+",
  "4294967295;4294967295:9223372036854775807:0:9223372036854775807",
  "1;1:9223372036854775807:9223372036854775806:1",
  "1;1:5:0:5,1:5:4:1+,2:5:0:2",
};

static void
test_right (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (right); i++) {
    g_auto (IpcPacket) packet = { 0 };
    g_autoptr (GError) error = NULL;
    IpcMemoryLoan loan;

    receive (&packet, i, right[i], 0, FALSE);
    ipc_memory_loan_from_packet (&packet, &loan, &error);
    g_assert_no_error (error);
  }
}

static const gchar *const wrong[] = {
  "",
  ";",
  "1",
  "1;",
  ";1:1:0:1",
  "0;1:1:0:1",
  "01;1:1:0:1",
  "+1;1:1:0:1",
  "-1;1:1:0:1",
  " 1;1:1:0:1",
  "1 ;1:1:0:1",
  "1; 1:1:0:1",
  "0x1;1:1:0:1",
  "4294967296;1:1:0:1",
  "18446744073709551617;1:1:0:1",
  "1;0:1:0:1",
  "1;4294967296:1:0:1",
  "1;1:0:0:1",
  "1;1:0:0:0",
  "1;1:1:0:0",
  "1;1:1:0:2",
  "1;1:1:1:1",
  "1;1:1:2:1",
  "1;1:5:5:0",
  "1;1:5:5:3",
  "1;1:9223372036854775808:0:1",
  "1;1:18446744073709551615:0:1",
  "1;1:99999999999999999999999:0:1",
  "1;1:100:99999999999999999999999:1",
  "1;1:100:18446744073709551615:2",
  "1;1:100:0:18446744073709551617",
  "1;1:1:0:1++",
  "1;1:1:0:1-",
  "1;1:1:0:1 ",
  "1;1:1:0:1,",
  "1;1:1:0:1;",
  "1;1:1:0:1,,1:1:0:1",
  "1;,1:1:0:1",
  "1;1:1:0",
  "1;1:1:0:",
  "1;1:1::1",
  "1;1::0:1",
  "1;:1:0:1",
  "1;1:1:0:1:1",
  "1;1:1:00:1",
  "1;1:1:0:01",
  /* of each part the length is right, of both it is not */
  "1;1:9223372036854775807:0:9223372036854775807,1:1:0:1",
};

static void
assert_refused (const IpcPacket *packet)
{
  g_autoptr (GError) error = NULL;
  IpcMemoryLoan loan;

  g_assert_true (ipc_packet_is_loan (packet));
  g_assert_false (ipc_memory_loan_from_packet (packet, &loan, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE);
  g_assert_cmpuint (ipc_packet_count_fds (packet), ==, 0);
}

static void
test_wrong (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_auto (IpcPacket) packet = { 0 };

    g_test_message ("\"%s\"", wrong[i]);
    receive (&packet, 0, wrong[i], 0, FALSE);
    assert_refused (&packet);
  }
}

static void
test_too_many_parts (void)
{
  g_autoptr (GString) text = g_string_new ("1;1:1:0:1+");
  g_auto (IpcPacket) packet = { 0 };
  IpcMemoryLoan loan;

  for (guint i = 1; i < IPC_MEMORY_MAX_PARTS; i++)
    g_string_append (text, ",1:1:0:1+");
  receive (&packet, 0, text->str, 0, FALSE);
  g_assert_true (ipc_memory_loan_from_packet (&packet, &loan, NULL));
  ipc_packet_clear (&packet);
  g_string_append (text, ",1:1:0:1+");
  receive (&packet, 0, text->str, 0, FALSE);
  assert_refused (&packet);
}

/* Every text that differs from a right one in a byte is refused, or says something else. */
static void
test_damage (void)
{
  const gchar *text = right[4];
  IpcMemoryLoan loan = { 0 }; /* what lies between its members is compared, too */
  g_auto (IpcPacket) whole = { 0 };

  receive (&whole, 0, text, 0, FALSE);
  g_assert_true (ipc_memory_loan_from_packet (&whole, &loan, NULL));
  for (guint at = 0; at < strlen (text); at++) {
    for (gchar byte = 1; byte < 127; byte++) {
      g_autofree gchar *damaged = g_strdup (text);
      g_auto (IpcPacket) packet = { 0 };
      IpcMemoryLoan read = { 0 };

      damaged[at] = byte;
      if (g_str_equal (damaged, text))
        continue;
      receive (&packet, 0, damaged, 0, FALSE);
      if (ipc_memory_loan_from_packet (&packet, &read, NULL))
        g_assert_true (memcmp (&loan, &read, G_STRUCT_OFFSET (IpcMemoryLoan, parts[loan.n_parts])) != 0);
    }
  }
}

static void
test_place (void)
{
  g_auto (IpcPacket) without_text = { 0 }, with_data = { 0 }, not_last = { 0 }, plain = { 0 };
  g_auto (IpcPacket) other = { .header.type = IPC_PACKET_STATE_LOST };

  receive (&without_text, 0, NULL, 0, FALSE);
  assert_refused (&without_text);
  receive (&with_data, 0, right[0], 1, FALSE);
  assert_refused (&with_data);
  receive (&not_last, 1, right[0], 0, TRUE);
  assert_refused (&not_last);
  receive (&plain, 1, right[0], 0, FALSE);
  plain.buffer.n_metas--;
  g_assert_false (ipc_packet_is_loan (&plain));
  g_assert_cmpuint (ipc_packet_count_fds (&plain), ==, 0);
  g_assert_false (ipc_packet_is_loan (&other));
}

static void
release_memory (gpointer data)
{
  *(guint *)data += 1;
}

/* The memories are the data, and where it was is no meta of the buffer, nor one that was lost. */
static void
test_buffer (void)
{
  g_autoptr (GPtrArray) memories = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_memory_unref);
  g_auto (IpcPacket) packet = { 0 };
  GstBuffer *buffer;
  guint n_released = 0, skipped = 99;

  receive (&packet, 1, right[0], 0, FALSE);
  packet.form = IPC_FORM_MEMORY;
  for (guint i = 0; i < 2; i++)
    g_ptr_array_add (memories, gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, (gpointer)(i ? "cd" : "ab"), 2, 0, 2,
                                   &n_released, release_memory));
  buffer = ipc_buffer_from_loan (&packet, memories, NULL, &skipped, NULL);
  g_assert_cmpuint (skipped, ==, 1);
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, 4);
  g_assert_cmpint (gst_buffer_memcmp (buffer, 0, "abcd", 4), ==, 0);
  g_assert_cmpuint (memories->len, ==, 0);
  g_assert_cmpuint (n_released, ==, 0);
  gst_buffer_unref (buffer);
  g_assert_cmpuint (n_released, ==, 2);

  /* Without an agreement it is a meta that nobody knows. */
  packet.form = IPC_FORM_METAS;
  buffer = ipc_buffer_from_packet (&packet, NULL, &skipped, NULL);
  g_assert_cmpuint (skipped, ==, 2);
  gst_buffer_unref (buffer);
}

static void
test_release (void)
{
  const guint32 numbers[] = { 1, G_MAXUINT32, 7 };
  g_auto (IpcPacket) sent = { 0 }, received = { 0 };

  ipc_packet_build_memory_release (&sent, numbers, 3);
  test_send (&sent, &received);
  g_assert_cmpuint (received.memory_release.n, ==, 3);
  g_assert_cmpmem (received.memory_release.numbers, 12, numbers, 12);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/memory/a-loan-is-read-as-it-was-written", test_round_trip);
  g_test_add_func ("/wire/memory/what-is-only-just-right-is-taken", test_right);
  g_test_add_func ("/wire/memory/what-is-wrong-is-refused", test_wrong);
  g_test_add_func ("/wire/memory/too-many-parts-are-refused", test_too_many_parts);
  g_test_add_func ("/wire/memory/a-changed-byte-does-not-go-unseen", test_damage);
  g_test_add_func ("/wire/memory/it-stands-alone-and-last", test_place);
  g_test_add_func ("/wire/memory/memories-become-the-data", test_buffer);
  g_test_add_func ("/wire/memory/releases-are-read-as-they-were-written", test_release);
  return g_test_run ();
}
