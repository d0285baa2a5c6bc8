/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of faults have in common: six small packets down, six up, and what has become of them. */

#include "test-fault-util.h"

IpcFault *
test_fault_add (TestLink *fixture, const gchar *spec)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = g_strdelimit (g_strdup (spec), "'", '"');
  g_autoptr (JsonNode) node = json_from_string (text, &error);
  IpcFault *fault;

  g_assert_no_error (error);
  fault = ipc_fault_set_add (fixture->faults, json_node_get_object (node), &error);
  g_assert_no_error (error);
  return fault;
}

/* STATE_CHANGEs down, ACKs up, of TEST_FAULT_SIZE bytes each; the third is an EVENT-like other one when @mixed. */
GByteArray *
test_fault_packets (gboolean down)
{
  GByteArray *bytes = g_byte_array_new ();
  const guint32 transition = GUINT32_TO_LE (GST_STATE_CHANGE_NULL_TO_READY);

  for (guint i = 0; i < TEST_FAULT_PACKETS; i++) {
    const guint32 result = GUINT32_TO_LE (i + 1);

    test_link_append_packet (
        bytes, down ? IPC_PACKET_STATE_CHANGE : IPC_PACKET_ACK, i + 1, down ? &transition : &result, 4);
  }
  return bytes;
}

/* Sends all of @sent to the slave. */
void
test_fault_send_down (TestLink *fixture, GByteArray *sent)
{
  test_link_send_bytes (fixture->master.out, sent->data, sent->len);
  test_link_settle (fixture);
}

/* Goes on until @n bytes have come. */
void
test_fault_receive_down (TestLink *fixture, GByteArray *got, gsize n)
{
  test_link_receive (fixture->slave.in, got);
  while (got->len < n) {
    g_main_context_iteration (fixture->context, TRUE);
    test_link_receive (fixture->slave.in, got);
  }
}

/* Packets of @sent in the order of @order ("1 3 3 2", from 1). */
GByteArray *
test_fault_in_order (GByteArray *sent, const gchar *order)
{
  GByteArray *bytes = g_byte_array_new ();
  g_auto (GStrv) numbers = g_strsplit (order, " ", -1);

  for (guint i = 0; numbers[i]; i++)
    g_byte_array_append (
        bytes, sent->data + (g_ascii_strtoull (numbers[i], NULL, 10) - 1) * TEST_FAULT_SIZE, TEST_FAULT_SIZE);
  return bytes;
}

/* "2 3" for the packets, counted from 1, whose records have @member. */
gchar *
test_fault_packets_with (TestLink *fixture, const gchar *member)
{
  GString *text = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < ipc_history_length (fixture->history); i++) {
    JsonObject *record = ipc_history_get (fixture->history, i);

    if (!ipc_record_is (record, "packet"))
      continue;
    n++;
    if (json_object_has_member (record, member))
      g_string_append_printf (text, text->len ? " %u" : "%u", n);
  }
  return g_string_free (text, FALSE);
}

const gchar *
test_fault_effect (TestLink *fixture)
{
  return ipc_record_string (test_link_find_record (fixture, "fault", "struck", 0), "effect");
}

void
test_fault_again (TestLink *fixture, gconstpointer data)
{
  test_link_tear_down (fixture, data);
  test_link_set_up (fixture, data);
}
