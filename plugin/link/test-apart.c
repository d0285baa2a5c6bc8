/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is to be kept apart: the packets of two peers on one fdout, and two links in one thread. */
#include "link-test.h"

/* A packet on fdout is never cut; what is behind it, for the peer that was, is not sent. */
static void
test_new_fdin_while_a_write_is_blocked (void)
{
  Wires wires, other;
  TestOwner *owner = master_on (&wires);
  GstBuffer *body = patterned_buffer (4 * 1024 * 1024);
  Call *call = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  IpcPacket reply = packet_ack (9, 1);

  wires_open (&other, WIRE_SOCKETPAIR, FALSE);
  peer_await_readable (wires.peer_in);
  ipc_link_reply (owner->link, &reply);
  ipc_link_set_fdin (owner->link, other.link_in);
  call_expect (call, IPC_OUTCOME_GONE);
  call = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_BUFFER);
  peer_ack (other.peer_out, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE), 1);
  call_expect (call, IPC_OUTCOME_REPLIED);
  test_owner_free (owner);
  wires_close (&wires);
  wires_close (&other);
}

/* As an element does that hands on what it gets: what holds for the reader of one link does not for another's. */
typedef struct {
  IpcLink *link;
  guint64 peer;
} Other;

static void
send_to_the_other_link (TestOwner *self, IpcPacket *packet)
{
  Other *other = self->data;
  IpcPacket event = packet_event (FALSE);

  g_assert_cmpuint (ipc_link_get_peer (other->link), ==, other->peer);
  g_assert_cmpuint (ipc_link_get_peer (self->link), !=, other->peer);
  g_assert_true (ipc_link_send (other->link, &event, IPC_WAIT_FOREVER, NULL));
}

static void
test_from_the_reader_of_another_link (void)
{
  Wires from, to;
  TestOwner *other = master_on (&to), *owner;
  Other data = { other->link, ipc_link_get_peer (other->link) };
  IpcPacket packet = packet_state_lost ();
  g_auto (IpcPacket) got = { 0 };

  wires_open (&from, WIRE_SOCKETPAIR, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, NULL);
  owner->on_packet = send_to_the_other_link;
  owner->data = &data;
  ipc_link_set_fdin (owner->link, from.link_in);
  ipc_link_set_fdin (owner->link, -1); /* so that its peers have other numbers */
  test_owner_set_wires (owner, &from);
  peer_write_packet (from.peer_out, &packet);
  peer_expect (to.peer_in, IPC_TO_SLAVE, IPC_PACKET_EVENT);
  test_owner_pop (owner, &got);
  end (owner, &from);
  end (other, &to);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/link/apart/new-fdin-while-a-write-is-blocked", test_new_fdin_while_a_write_is_blocked);
  g_test_add_func ("/link/apart/from-the-reader-of-another-link", test_from_the_reader_of_another_link);
  return g_test_run ();
}
