/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is counted, each kind of trouble apart (STAT-1, STAT-2, STAT-3), and what the errors say of it (LIFE-8). */
#include "link-test.h"

#include <sys/socket.h>

static const gchar *const troubles[]
    = { "timeouts", "timeouts-state-change", "timeouts-query", "timeouts-other", "cancelled-requests", "late-replies",
        "stray-replies", "protocol-errors", "read-errors", "write-errors", "peers-closed" };

/* Of all that can go wrong just this did, once; it may be counted under two names. */
static void
assert_only (TestOwner *owner, const gchar *name, const gchar *also)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (troubles); i++) {
    guint64 wanted = g_strcmp0 (troubles[i], name) == 0 || g_strcmp0 (troubles[i], also) == 0;

    if (test_owner_stat (owner, troubles[i]) != wanted)
      g_error ("%s is %" G_GUINT64_FORMAT ", not %" G_GUINT64_FORMAT, troubles[i], test_owner_stat (owner, troubles[i]),
          wanted);
  }
}

static Call *
begin (TestOwner *owner, IpcPacket packet, guint64 timeout)
{
  return call_begin (owner->link, packet, NULL, IPC_WAIT_CONTROL, timeout);
}

static void
test_timeouts (void)
{
  static const struct {
    IpcPacketType type;
    const gchar *name, *text, *text_of_0;
  } kinds[] = {
    { IPC_PACKET_STATE_CHANGE, "timeouts-state-change", "did not answer STATE_CHANGE 1 within 0.001 s",
        "STATE_CHANGE 1 was sent, and its answer not waited for" },
    { IPC_PACKET_QUERY, "timeouts-query", "did not answer QUERY 1 within 0.001 s",
        "QUERY 1 was sent, and its answer not waited for" },
    { IPC_PACKET_EVENT, "timeouts-other", "did not answer EVENT 1 within 0.001 s",
        "EVENT 1 was sent, and its answer not waited for" },
  };
  guint i, limit;

  for (i = 0; i < G_N_ELEMENTS (kinds); i++) {
    for (limit = 0; limit <= 1000; limit += 1000) {
      Wires wires;
      TestOwner *owner = master_on (&wires);
      Call *call = begin (owner,
          i == 0   ? packet_state_change ()
          : i == 1 ? packet_query ("q")
                   : packet_event (FALSE),
          limit);

      g_assert_cmpint (call_end (call), ==, IPC_OUTCOME_TIMED_OUT);
      g_assert_error (call->error, IPC_LINK_ERROR, IPC_LINK_ERROR_TIMEOUT);
      assert_says (call->error, limit ? kinds[i].text : kinds[i].text_of_0);
      call_free (call);
      g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, kinds[i].type), ==, 1);
      assert_only (owner, "timeouts", kinds[i].name);
      end (owner, &wires);
    }
  }
}

/* Sending has a time-out too, while the peer does not read; 0 says that nothing was waited for (WAIT-7). */
static void
test_timeout_of_a_send (gconstpointer data)
{
  guint64 limit = GPOINTER_TO_UINT (data);
  Wires wires;
  TestOwner *owner = master_on (&wires);
  GstBuffer *body = patterned_buffer (4 * 1024 * 1024);
  Call *stuck = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  IpcPacket packet = packet_event (FALSE);
  g_autoptr (GError) error = NULL;

  peer_await_readable (wires.peer_in);
  while (test_owner_stat (owner, "bytes-sent") == 0)
    g_thread_yield ();
  g_assert_false (ipc_link_send (owner->link, &packet, limit, &error));
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_TIMEOUT);
  assert_says (error,
      limit ? "EVENT 2 could not be sent within 0.001 s: the peer does not read" : "EVENT 2 could not be sent at once");
  assert_only (owner, "timeouts", "timeouts-other");
  ipc_link_disconnect (owner->link);
  call_expect (stuck, IPC_OUTCOME_GONE);
  assert_only (owner, "timeouts", "timeouts-other");
  end (owner, &wires);
}

static void
test_cancelled (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Call *call = begin (owner, packet_state_change (), IPC_WAIT_FOREVER);

  peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
  ipc_link_cancel (owner->link, IPC_WAIT_CONTROL);
  g_assert_cmpint (call_end (call), ==, IPC_OUTCOME_CANCELLED);
  assert_says (call->error, "STATE_CHANGE 1 was cancelled");
  call_free (call);
  assert_only (owner, "cancelled-requests", NULL);
  call_expect (begin (owner, packet_state_change (), IPC_WAIT_FOREVER), IPC_OUTCOME_CANCELLED);
  g_assert_cmpuint (test_owner_stat (owner, "cancelled-requests"), ==, 2);
  ipc_link_uncancel (owner->link, IPC_WAIT_CONTROL);
  peer_ack (wires.peer_out, 1, 1);
  round_trip (owner, &wires);
  g_assert_cmpuint (test_owner_stat (owner, "late-replies"), ==, 1);
  g_assert_cmpuint (test_owner_stat (owner, "stray-replies"), ==, 0);
  end (owner, &wires);
}

/* To what a stop gave up the reply is late: it is the same peer. */
static void
test_late_after_a_stop (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Call *call = begin (owner, packet_state_change (), IPC_WAIT_FOREVER);

  peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
  ipc_link_stop (owner->link);
  call_expect (call, IPC_OUTCOME_GONE);
  ipc_link_start (owner->link);
  peer_ack (wires.peer_out, 1, 1);
  round_trip (owner, &wires);
  assert_only (owner, "late-replies", NULL);
  end (owner, &wires);
}

static void
test_stray (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);

  round_trip (owner, &wires);
  peer_ack (wires.peer_out, 4711, 1);
  round_trip (owner, &wires);
  assert_only (owner, "stray-replies", NULL);
  peer_ack (wires.peer_out, 1, 1); /* once more */
  round_trip (owner, &wires);
  g_assert_cmpuint (test_owner_stat (owner, "stray-replies"), ==, 2);
  end (owner, &wires);
}

/* What was given up with one peer is not late when the next one says it. */
static void
test_stray_from_the_next_peer (void)
{
  Wires old, new;
  TestOwner *owner = master_on (&old);
  Call *call = begin (owner, packet_state_change (), 1);

  call_expect (call, IPC_OUTCOME_TIMED_OUT);
  call = begin (owner, packet_state_change (), IPC_WAIT_FOREVER);
  peer_expect (old.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
  peer_expect (old.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
  wires_open (&new, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (owner, &new);
  call_expect (call, IPC_OUTCOME_GONE);
  peer_ack (new.peer_out, 1, 1);
  peer_ack (new.peer_out, 2, 1);
  round_trip (owner, &new);
  g_assert_cmpuint (test_owner_stat (owner, "late-replies"), ==, 0);
  g_assert_cmpuint (test_owner_stat (owner, "stray-replies"), ==, 2);
  wires_close (&old);
  end (owner, &new);
}

static void
test_losses (void)
{
  static const gchar *names[] = { "peers-closed", "protocol-errors", "write-errors", "read-errors" };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    Wires wires;
    TestOwner *owner = master_on (&wires);
    IpcPacket packet = packet_state_lost ();
    const GError *error;

    switch (i) {
    case 0:
      wires_close_peer (&wires);
      break;
    case 1:
      peer_write (wires.peer_out, "HTTP/1.1 400", 12);
      break;
    case 2:
      g_assert_no_errno (shutdown (wires.peer_in, SHUT_RD));
      g_assert_false (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, NULL));
      break;
    default:
      ipc_link_set_fdin (owner->link, 0x7fff0000); /* nobody has that many */
      break;
    }
    error = test_owner_await_lost (owner, 1);
    assert_says (error, "; to go on, disconnect and set the fds of a new peer");
    assert_only (owner, names[i], NULL);
    end (owner, &wires);
  }
}

static void
test_traffic (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  g_auto (IpcPacket) packet = packet_event (TRUE);
  gsize size;

  round_trip (owner, &wires);
  g_assert_cmpuint (test_owner_stat (owner, "packets-sent"), ==, 1);
  g_assert_cmpuint (test_owner_stat (owner, "bytes-sent"), ==, 13);
  g_assert_cmpuint (test_owner_stat (owner, "packets-received"), ==, 1);
  g_assert_cmpuint (test_owner_stat (owner, "bytes-received"), ==, 13);

  peer_write_packet (wires.peer_out, &packet);
  test_owner_pop (owner, &packet);
  size = IPC_HEADER_SIZE + packet.header.size;
  ipc_packet_clear (&packet);
  packet = packet_ack (1, 1);
  ipc_link_reply (owner->link, &packet);
  peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_ACK);
  g_assert_cmpuint (test_owner_stat (owner, "packets-received"), ==, 2);
  g_assert_cmpuint (test_owner_stat (owner, "bytes-received"), ==, 13 + size);
  round_trip (owner, &wires);
  g_assert_cmpuint (test_owner_stat (owner, "packets-sent"), ==, 3);
  g_assert_cmpuint (test_owner_stat (owner, "bytes-sent"), ==, 39);
  g_assert_cmpuint (test_owner_stat (owner, "requests-waiting"), ==, 0);
  assert_only (owner, NULL, NULL);
  end (owner, &wires);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/link/stats/traffic", test_traffic);
  g_test_add_func ("/link/stats/timeouts", test_timeouts);
  g_test_add_data_func ("/link/stats/timeout-of-a-send/1-ms", GUINT_TO_POINTER (1000), test_timeout_of_a_send);
  g_test_add_data_func ("/link/stats/timeout-of-a-send/0", GUINT_TO_POINTER (0), test_timeout_of_a_send);
  g_test_add_func ("/link/stats/cancelled", test_cancelled);
  g_test_add_func ("/link/stats/late-after-a-stop", test_late_after_a_stop);
  g_test_add_func ("/link/stats/stray", test_stray);
  g_test_add_func ("/link/stats/stray-from-the-next-peer", test_stray_from_the_next_peer);
  g_test_add_func ("/link/stats/losses", test_losses);
  return g_test_run ();
}
