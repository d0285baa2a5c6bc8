/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Replies that something goes in front of, in one write. */
#include "link-test.h"
#include "wire/memory.h"

#include <sys/socket.h>

#define BOTH (IPC_HEADER_SIZE + 8 + IPC_HEADER_SIZE + 4)

static void
reply_behind (TestOwner *owner, guint64 peer, guint32 id)
{
  g_auto (IpcPacket) release = { 0 };
  IpcPacket ack = packet_ack (id, 1);
  const guint32 number = id;

  ipc_packet_build_memory_release (&release, &number, 1);
  ipc_link_reply_behind (owner->link, peer, &release, &ack);
}

static void
expect_both (Wires *wires, guint32 release, guint32 ack)
{
  g_assert_cmpuint (peer_expect (wires->peer_in, IPC_TO_SLAVE, IPC_PACKET_MEMORY_RELEASE), ==, release);
  g_assert_cmpuint (peer_expect (wires->peer_in, IPC_TO_SLAVE, IPC_PACKET_ACK), ==, ack);
}

static gpointer
receive_some (gpointer data)
{
  guint8 bytes[BOTH + 1];

  return GSIZE_TO_POINTER ((gsize)recv (GPOINTER_TO_INT (data), bytes, sizeof bytes, 0));
}

/* Who waits for bytes gets those of both. */
static void
test_one_write (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  const guint64 peer = ipc_link_get_peer (owner->link);

  for (guint i = 1; i <= 100; i++) {
    GThread *receiver = g_thread_new ("receiver", receive_some, GINT_TO_POINTER (wires.peer_in));

    reply_behind (owner, peer, i);
    g_assert_cmpuint (GPOINTER_TO_SIZE (g_thread_join (receiver)), ==, BOTH);
  }
  g_assert_cmpuint (test_owner_stat (owner, "packets-sent"), ==, 200);
  reply_behind (owner, peer, 1234);
  expect_both (&wires, 101, 1234);
  end (owner, &wires);
}

static void
test_for_a_peer_that_is_gone (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  const guint64 peer = ipc_link_get_peer (owner->link);

  reply_behind (owner, peer + 1, 1);
  reply_behind (owner, peer, 2);
  expect_both (&wires, 1, 2);
  end (owner, &wires);
}

/* FRAME-4: it moves up when a request in front of it is not sent. */
static void
test_number_moves_up (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  GstBuffer *body = patterned_buffer (4 * 1024 * 1024);
  Call *first = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER), *second;

  peer_await_readable (wires.peer_in);
  second = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  while (test_owner_stat (owner, "requests-waiting") < 2)
    g_thread_yield ();
  reply_behind (owner, ipc_link_get_peer (owner->link), 77);
  ipc_link_cancel (owner->link, IPC_WAIT_CONTROL);
  call_expect (second, IPC_OUTCOME_CANCELLED);
  ipc_link_uncancel (owner->link, IPC_WAIT_CONTROL);
  g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_BUFFER), ==, 1);
  expect_both (&wires, 2, 77);
  peer_ack (wires.peer_out, 1, 0);
  call_expect (first, IPC_OUTCOME_REPLIED);
  end (owner, &wires);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/link/reply/one-write", test_one_write);
  g_test_add_func ("/link/reply/for-a-peer-that-is-gone", test_for_a_peer_that_is_gone);
  g_test_add_func ("/link/reply/number-moves-up", test_number_moves_up);
  return g_test_run ();
}
