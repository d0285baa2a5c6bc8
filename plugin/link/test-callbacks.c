/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Callbacks that stop or disconnect their link, or that outlive it: nobody waits for one, and it may do anything. */
#include "link-test.h"

#include <unistd.h>

static void
disconnect_in_callback (TestOwner *self, IpcPacket *packet)
{
  ipc_link_disconnect (self->link);
}

static void
stop_in_callback (TestOwner *self, IpcPacket *packet)
{
  ipc_link_stop (self->link);
}

static void
restart_in_callback (TestOwner *self, IpcPacket *packet)
{
  ipc_link_stop (self->link);
  ipc_link_start (self->link);
}

/* A request waits meanwhile; a second packet has been read with the first one. */
static void
test_end_from_a_callback (gconstpointer func)
{
  Wires wires;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_auto (IpcPacket) packet = packet_state_lost ();
  Call *call;

  owner->on_packet = (void (*) (TestOwner *, IpcPacket *))func;
  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (owner, &wires);
  call = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
  ipc_packet_encode (&packet, bytes);
  ipc_packet_encode (&packet, bytes);
  peer_write (wires.peer_out, bytes->data, bytes->len);
  call_expect (call, IPC_OUTCOME_GONE);
  test_owner_pop (owner, &packet);
  if (func == disconnect_in_callback) {
    g_assert_cmpint (ipc_link_get_fdin (owner->link), ==, -1);
    g_assert_cmpint (ipc_link_get_fdout (owner->link), ==, -1);
  }
  g_mutex_lock (&owner->lock);
  owner->on_packet = NULL;
  g_mutex_unlock (&owner->lock);
  if (func != restart_in_callback)
    ipc_link_start (owner->link);
  if (func == disconnect_in_callback) {
    wires_close (&wires);
    wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
    test_owner_set_wires (owner, &wires);
  } else {
    test_owner_pop (owner, &packet); /* nothing of the stream was lost */
  }
  round_trip (owner, &wires);
  end (owner, &wires);
}

typedef struct {
  GMutex lock;
  GCond cond;
  gboolean in_callback, go_on;
} Gate;

static void
wait_at_gate (TestOwner *self, IpcPacket *packet)
{
  Gate *gate = self->data;

  g_mutex_lock (&gate->lock);
  gate->in_callback = TRUE;
  g_cond_broadcast (&gate->cond);
  while (!gate->go_on)
    g_cond_wait (&gate->cond, &gate->lock);
  g_mutex_unlock (&gate->lock);
}

/* The callback waits for something that only happens when disconnect and stop have returned, and a new peer is
 * being served by then. */
static void
test_callback_is_not_waited_for (void)
{
  Gate gate = { 0 };
  Wires old, new;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  g_auto (IpcPacket) packet = packet_state_lost ();

  owner->on_packet = wait_at_gate;
  owner->data = &gate;
  wires_open (&old, WIRE_SOCKETPAIR, FALSE);
  wires_open (&new, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (owner, &old);
  peer_write_packet (old.peer_out, &packet);
  g_mutex_lock (&gate.lock);
  while (!gate.in_callback)
    g_cond_wait (&gate.cond, &gate.lock);
  g_mutex_unlock (&gate.lock);

  ipc_link_disconnect (owner->link);
  ipc_link_stop (owner->link);
  wires_close (&old);
  ipc_link_start (owner->link);
  test_owner_set_wires (owner, &new);
  round_trip (owner, &new);

  g_mutex_lock (&gate.lock);
  gate.go_on = TRUE;
  g_cond_broadcast (&gate.cond);
  g_mutex_unlock (&gate.lock);
  test_owner_pop (owner, &packet);
  round_trip (owner, &new);
  end (owner, &new);
}

/* The callback's reference turns out to be the owner's last, so that the link ends in its own reader. */
static void
test_owner_ends_in_the_reader_thread (gconstpointer data)
{
  gboolean by_loss = GPOINTER_TO_INT (data);
  guint round;

  for (round = 0; round < 20; round++) {
    Gate gate = { 0 };
    gboolean in_reader = FALSE, finalized_in_reader = FALSE;
    Wires wires;
    TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
    g_auto (IpcPacket) packet = packet_state_lost ();

    owner->data = &gate;
    if (by_loss)
      owner->on_lost = (void (*) (TestOwner *, const GError *)) (GCallback)wait_at_gate;
    else
      owner->on_packet = wait_at_gate;
    owner->finalized_in_reader = &finalized_in_reader;
    owner->finalized_lock = &gate.lock;
    owner->finalized_cond = &gate.cond;
    wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
    test_owner_set_wires (owner, &wires);
    if (by_loss)
      wires_close_peer (&wires);
    else
      peer_write_packet (wires.peer_out, &packet);
    g_mutex_lock (&gate.lock);
    while (!gate.in_callback)
      g_cond_wait (&gate.cond, &gate.lock);
    g_object_unref (owner);
    gate.go_on = TRUE;
    g_cond_broadcast (&gate.cond);
    while (!finalized_in_reader)
      g_cond_wait (&gate.cond, &gate.lock);
    in_reader = finalized_in_reader;
    g_mutex_unlock (&gate.lock);
    g_assert_true (in_reader);
    wires_close (&wires);
  }
}

static void
disconnect_in_lost (TestOwner *self, const GError *error)
{
  ipc_link_disconnect (self->link);
}

/* The application that gives a new peer's fds in the callback, as it were. */
static void
test_disconnect_from_lost (void)
{
  Wires old, new;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);

  owner->on_lost = disconnect_in_lost;
  wires_open (&old, WIRE_SOCKETPAIR, FALSE);
  wires_open (&new, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (owner, &old);
  wires_close (&(Wires){ -1, -1, old.peer_in, old.peer_out });
  test_owner_await_lost (owner, 1);
  g_assert_cmpint (ipc_link_get_fdin (owner->link), ==, -1);
  close (old.link_in);
  test_owner_set_wires (owner, &new);
  round_trip (owner, &new);
  g_assert_cmpuint (test_owner_n_lost (owner), ==, 1);
  end (owner, &new);
}

typedef struct {
  Wires *wires; /* of the next peer */
  guint64 named;
} Next;

static void
replace_in_lost (TestOwner *self, const GError *error)
{
  Next *next = self->data;

  ipc_link_disconnect (self->link);
  test_owner_set_wires (self, next->wires);
  next->named = ipc_link_get_peer (self->link);
}

/* As if the application had given a new peer's fds just before the callback. */
static void
test_lost_is_about_who_was_lost (void)
{
  Wires old, new;
  Next next = { &new, 0 };
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  guint64 number;

  owner->on_lost = replace_in_lost;
  owner->data = &next;
  wires_open (&old, WIRE_SOCKETPAIR, FALSE);
  wires_open (&new, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (owner, &old);
  number = ipc_link_get_peer (owner->link);
  wires_close (&(Wires){ -1, -1, old.peer_in, old.peer_out });
  test_owner_await_lost (owner, 1);
  g_assert_cmpuint (next.named, ==, number);
  g_assert_cmpuint (ipc_link_get_peer (owner->link), >, number);
  round_trip (owner, &new);
  close (old.link_in);
  end (owner, &new);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_data_func ("/link/callbacks/disconnect-from-a-callback", disconnect_in_callback, test_end_from_a_callback);
  g_test_add_data_func ("/link/callbacks/stop-from-a-callback", stop_in_callback, test_end_from_a_callback);
  g_test_add_data_func ("/link/callbacks/restart-from-a-callback", restart_in_callback, test_end_from_a_callback);
  g_test_add_func ("/link/callbacks/callback-is-not-waited-for", test_callback_is_not_waited_for);
  g_test_add_data_func ("/link/callbacks/owner-ends-in-the-reader-thread/packet", GINT_TO_POINTER (FALSE),
      test_owner_ends_in_the_reader_thread);
  g_test_add_data_func ("/link/callbacks/owner-ends-in-the-reader-thread/lost", GINT_TO_POINTER (TRUE),
      test_owner_ends_in_the_reader_thread);
  g_test_add_func ("/link/callbacks/disconnect-from-lost", test_disconnect_from_lost);
  g_test_add_func ("/link/callbacks/lost-is-about-who-was-lost", test_lost_is_about_who_was_lost);
  return g_test_run ();
}
