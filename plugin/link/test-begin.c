/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests in two parts: several on their way, which end in whatever way and order. */
#include "link-test.h"

static IpcRequest *
begin (TestOwner *owner)
{
  IpcPacket packet = packet_event (FALSE);

  return ipc_link_request_begin (owner->link, &packet, NULL, NULL, IPC_WAIT_SERIALIZED);
}

static void
end_replied (IpcRequest *request, guint32 result)
{
  g_auto (IpcPacket) reply = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (ipc_request_end (request, &reply, &error), ==, IPC_OUTCOME_REPLIED);
  g_assert_no_error (error);
  g_assert_cmpuint (reply.ack.result, ==, result);
}

static void
end_failed (IpcRequest *request, IpcOutcome outcome, IpcLinkError code)
{
  g_auto (IpcPacket) reply = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (ipc_request_is_done (request));
  g_assert_cmpint (ipc_request_end (request, &reply, &error), ==, outcome);
  g_assert_error (error, IPC_LINK_ERROR, (gint)code);
  g_assert_cmpuint (reply.header.type, ==, 0);
}

static gpointer
run_end (gpointer data)
{
  g_auto (IpcPacket) reply = { 0 };
  const IpcOutcome outcome = ipc_request_end (data, &reply, NULL);

  return GINT_TO_POINTER (outcome == IPC_OUTCOME_REPLIED ? (gint)reply.ack.result : -1);
}

/* Nobody waits while they are on their way, and each gets its own reply. */
static void
test_several_are_on_their_way (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  IpcRequest *requests[5];
  GThread *thread;

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    requests[i] = begin (owner);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_EVENT), ==, i + 1);
  g_assert_cmpuint (test_owner_stat (owner, "requests-waiting"), ==, 0);
  g_assert_false (ipc_request_is_done (requests[0]));

  peer_ack (wires.peer_out, 2, 102);
  peer_ack (wires.peer_out, 1, 101);
  round_trip (owner, &wires);
  g_assert_true (ipc_request_is_done (requests[0]) && ipc_request_is_done (requests[1]));
  g_assert_false (ipc_request_is_done (requests[2]));
  end_replied (requests[0], 101);
  end_replied (requests[1], 102);

  /* the last of them is waited for, and the others are answered meanwhile */
  thread = g_thread_new ("end", run_end, requests[4]);
  while (test_owner_stat (owner, "requests-waiting") < 1)
    g_thread_yield ();
  for (guint32 id = 3; id <= 5; id++)
    peer_ack (wires.peer_out, id, 100 + id);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, 105);
  end_replied (requests[2], 103);
  end_replied (requests[3], 104);
  g_assert_cmpuint (test_owner_stat (owner, "requests-waiting"), ==, 0);
  g_assert_cmpuint (test_owner_stat (owner, "stray-replies") + test_owner_stat (owner, "late-replies"), ==, 0);
  end (owner, &wires);
}

static void
test_a_cancel_ends_them_and_their_replies_are_late (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  IpcRequest *first = begin (owner), *second = begin (owner);

  for (guint32 id = 1; id <= 2; id++)
    g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_EVENT), ==, id);
  ipc_link_cancel (owner->link, IPC_WAIT_SERIALIZED);
  end_failed (first, IPC_OUTCOME_CANCELLED, IPC_LINK_ERROR_CANCELLED);
  end_failed (begin (owner), IPC_OUTCOME_CANCELLED, IPC_LINK_ERROR_CANCELLED);
  ipc_link_uncancel (owner->link, IPC_WAIT_SERIALIZED);
  peer_ack (wires.peer_out, 1, 1);
  peer_ack (wires.peer_out, 2, 1);
  round_trip (owner, &wires);
  g_assert_cmpuint (test_owner_stat (owner, "late-replies"), ==, 2);
  end_failed (second, IPC_OUTCOME_CANCELLED, IPC_LINK_ERROR_CANCELLED);
  g_assert_cmpuint (test_owner_stat (owner, "cancelled-requests"), ==, 3);
  end (owner, &wires);
}

static gpointer
run_begin (gpointer data)
{
  return begin (data);
}

/* What has not begun is not sent, and leaves no number out. */
static void
test_a_cancel_while_there_is_no_room (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  GstBuffer *body = patterned_buffer (4 * 1024 * 1024);
  Call *call = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  GThread *thread;
  IpcRequest *request;

  peer_await_readable (wires.peer_in);
  thread = g_thread_new ("begin", run_begin, owner);
  while (test_owner_stat (owner, "requests-waiting") < 2)
    g_thread_yield ();
  ipc_link_cancel (owner->link, IPC_WAIT_SERIALIZED);
  end_failed (g_thread_join (thread), IPC_OUTCOME_CANCELLED, IPC_LINK_ERROR_CANCELLED);
  ipc_link_uncancel (owner->link, IPC_WAIT_SERIALIZED);
  peer_ack (wires.peer_out, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_BUFFER), 0);
  call_expect (call, IPC_OUTCOME_REPLIED);
  request = begin (owner);
  g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_EVENT), ==, 2);
  peer_ack (wires.peer_out, 2, 7);
  end_replied (request, 7);
  end (owner, &wires);
}

/* Those of a peer that is gone do not come back with the next one. */
static void
test_the_peers_end_ends_them (void)
{
  Wires wires, others;
  TestOwner *owner = master_on (&wires);
  IpcRequest *answered = begin (owner), *not_answered = begin (owner), *next;

  for (guint32 id = 1; id <= 2; id++)
    g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_EVENT), ==, id);
  peer_ack (wires.peer_out, 1, 11);
  wires_close_peer (&wires);
  test_owner_await_lost (owner, 1);
  end_failed (begin (owner), IPC_OUTCOME_GONE, IPC_LINK_ERROR_NOT_CONNECTED);

  wires_open (&others, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (owner, &others);
  next = begin (owner);
  peer_ack (others.peer_out, peer_expect (others.peer_in, IPC_TO_SLAVE, IPC_PACKET_EVENT), 12);
  end_replied (next, 12);
  end_replied (answered, 11);
  end_failed (not_answered, IPC_OUTCOME_GONE, IPC_LINK_ERROR_CLOSED);
  wires_close (&wires);
  end (owner, &others);
}

/* Its owner, and with it the link, is gone before the request is ended. */
static void
test_the_link_ends_before_them (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  IpcRequest *request = begin (owner);

  peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_EVENT);
  end (owner, &wires);
  end_failed (request, IPC_OUTCOME_GONE, IPC_LINK_ERROR_NOT_CONNECTED);
}

/* What cannot be sent fails in the same way. */
static void
test_a_body_of_another_size (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  g_autoptr (GstBuffer) body = patterned_buffer (10), other = patterned_buffer (11);
  IpcPacket packet = packet_buffer (body);

  end_failed (ipc_link_request_begin (owner->link, &packet, other, NULL, IPC_WAIT_SERIALIZED), IPC_OUTCOME_GONE,
      IPC_LINK_ERROR_WRITE);
  g_assert_cmpuint (test_owner_stat (owner, "packets-sent"), ==, 0);
  end (owner, &wires);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
#define ADD(name) g_test_add_func ("/link/begin/" #name, test_##name)
  ADD (several_are_on_their_way);
  ADD (a_cancel_ends_them_and_their_replies_are_late);
  ADD (a_cancel_while_there_is_no_room);
  ADD (the_peers_end_ends_them);
  ADD (the_link_ends_before_them);
  ADD (a_body_of_another_size);
  return g_test_run ();
}
