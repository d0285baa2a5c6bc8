/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests and their replies: who gets which, time-outs, cancelling, what is counted. */
#include "link-test.h"

typedef struct {
  const gchar *name;
  WireKind kind;
  gboolean nonblocking;
} Transport;

static const Transport transports[] = {
  { "socketpair", WIRE_SOCKETPAIR, FALSE },
  { "socketpair-nonblocking", WIRE_SOCKETPAIR, TRUE },
  { "pipes", WIRE_PIPES, FALSE },
  { "pipes-nonblocking", WIRE_PIPES, TRUE },
  { "tcp", WIRE_TCP, FALSE },
  { "tcp-nonblocking", WIRE_TCP, TRUE },
  { "terminal", WIRE_TERMINAL, FALSE },
  { "terminal-nonblocking", WIRE_TERMINAL, TRUE },
};

static void
test_reply_reaches_who_asked (gconstpointer data)
{
  const Transport *transport = data;
  Wires wires;
  TestOwner *owner;
  guint32 i;

  wires_open (&wires, transport->kind, transport->nonblocking);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  for (i = 1; i <= 20; i++) {
    GstBuffer *body = patterned_buffer (i * 997);
    Call *call = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
    g_auto (IpcPacket) packet = { 0 };

    g_assert_true (peer_read_packet (wires.peer_in, IPC_TO_SLAVE, &packet));
    g_assert_cmpuint (packet.header.id, ==, i);
    g_assert_cmpuint (packet.buffer.size, ==, i * 997);
    assert_patterned (packet.buffer.data, packet.buffer.size);
    peer_ack (wires.peer_out, i, 1000 + i);
    g_assert_cmpint (call_end (call), ==, IPC_OUTCOME_REPLIED);
    g_assert_cmpuint (call->reply.ack.result, ==, 1000 + i);
    call_free (call);
  }
  g_assert_cmpuint (test_owner_stat (owner, "packets-sent"), ==, 20);
  g_assert_cmpuint (test_owner_stat (owner, "packets-received"), ==, 20);
  g_assert_cmpuint (test_owner_stat (owner, "bytes-received"), ==, 20 * 13);
  g_assert_cmpuint (test_owner_stat (owner, "requests-waiting"), ==, 0);
  g_assert_cmpuint (test_owner_stat (owner, "round-trip-max"), >=, test_owner_stat (owner, "round-trip-average"));
  end (owner, &wires);
}

static void
test_replies_out_of_order (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Call *calls[10];
  guint i;

  for (i = 0; i < G_N_ELEMENTS (calls); i++) {
    calls[i] = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
    g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE), ==, i + 1);
  }
  g_assert_cmpuint (test_owner_stat (owner, "requests-waiting"), ==, G_N_ELEMENTS (calls));
  for (i = G_N_ELEMENTS (calls); i > 0; i--)
    peer_ack (wires.peer_out, i, i - 1);
  for (i = 0; i < G_N_ELEMENTS (calls); i++) {
    g_assert_cmpint (call_end (calls[i]), ==, IPC_OUTCOME_REPLIED);
    g_assert_cmpuint (calls[i]->reply.ack.result, ==, i);
    call_free (calls[i]);
  }
  end (owner, &wires);
}

static void
test_reply_of_wrong_kind_is_dropped (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Call *call = call_begin (owner->link, packet_query ("a"), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  guint32 id = peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_QUERY);
  IpcPacket reply = { .header.type = IPC_PACKET_QUERY_RESULT, .header.id = id };

  peer_ack (wires.peer_out, id, 1);
  reply.query_result.result = TRUE;
  reply.query_result.type = GST_QUERY_CUSTOM;
  reply.query_result.structure = "b, answered=(int)1";
  peer_write_packet (wires.peer_out, &reply);
  g_assert_cmpint (call_end (call), ==, IPC_OUTCOME_REPLIED);
  g_assert_cmpuint (call->reply.header.type, ==, IPC_PACKET_QUERY_RESULT);
  g_assert_cmpstr (call->reply.query_result.structure, ==, "b, answered=(int)1");
  call_free (call);
  g_assert_cmpuint (test_owner_stat (owner, "protocol-errors"), ==, 1);
  end (owner, &wires);
}

static void
test_late_and_stray_replies_are_counted (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Call *call = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, 1);

  g_assert_cmpint (call_end (call), ==, IPC_OUTCOME_TIMED_OUT);
  g_assert_error (call->error, IPC_LINK_ERROR, IPC_LINK_ERROR_TIMEOUT);
  g_assert_nonnull (strstr (call->error->message, "STATE_CHANGE"));
  g_assert_nonnull (strstr (call->error->message, "1e-06 s"));
  call_free (call);
  g_assert_cmpuint (test_owner_stat (owner, "timeouts"), ==, 1);
  peer_ack (wires.peer_out, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE), 1);
  peer_ack (wires.peer_out, 4711, 1);
  round_trip (owner, &wires);
  g_assert_cmpuint (test_owner_stat (owner, "late-replies"), ==, 1);
  g_assert_cmpuint (test_owner_stat (owner, "stray-replies"), ==, 1);
  g_assert_cmpuint (test_owner_n_lost (owner), ==, 0);
  end (owner, &wires);
}

static void
test_reply_that_nobody_waits_for_is_not_late (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  g_autoptr (GError) error = NULL;
  IpcPacket packet = packet_event (FALSE);
  guint32 id;

  g_assert_true (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, &error));
  id = peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_EVENT);
  peer_ack (wires.peer_out, id, 1);
  round_trip (owner, &wires);
  g_assert_cmpuint (test_owner_stat (owner, "late-replies"), ==, 0);
  g_assert_cmpuint (test_owner_stat (owner, "stray-replies"), ==, 0);
  g_assert_cmpuint (test_owner_stat (owner, "protocol-errors"), ==, 0);
  peer_ack (wires.peer_out, id, 1); /* but once is enough */
  round_trip (owner, &wires);
  g_assert_cmpuint (test_owner_stat (owner, "late-replies"), ==, 0);
  g_assert_cmpuint (test_owner_stat (owner, "stray-replies"), ==, 1);
  end (owner, &wires);
}

typedef struct {
  GMutex lock;
  GCond cond;
  gboolean inside, go_on;
} Gate;

/* The end of a buffer's memory, in the thread that wrote it last. */
static void
wait_at_gate (gpointer data)
{
  Gate *gate = data;

  g_mutex_lock (&gate->lock);
  gate->inside = TRUE;
  g_cond_broadcast (&gate->cond);
  while (!gate->go_on)
    g_cond_wait (&gate->cond, &gate->lock);
  g_mutex_unlock (&gate->lock);
}

static gpointer
run_send (gpointer data)
{
  IpcPacket packet = packet_event (FALSE);

  return GINT_TO_POINTER (ipc_link_send (data, &packet, IPC_WAIT_FOREVER, NULL));
}

/* Whether a thread that sends an EVENT is in the writing section. */
static gboolean
event_sender_writes (IpcLink *link)
{
  gboolean writes;

  g_mutex_lock (&link->lock);
  writes = link->writer && link->writer->type == IPC_PACKET_EVENT;
  g_mutex_unlock (&link->lock);
  return writes;
}

/* The sender is held up, its packet is written by the reader, and the reply is there before it returns. */
static void
test_reply_before_the_sender_returns (void)
{
  const gsize size = 4 * 1024 * 1024;
  g_autofree guint8 *memory = g_malloc0 (size);
  Gate gate = { 0 };
  Wires wires;
  TestOwner *owner = master_on (&wires);
  GstBuffer *body = gst_buffer_new_wrapped_full (0, memory, size, 0, size, &gate, wait_at_gate);
  Call *call = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  g_auto (IpcPacket) packet = packet_state_lost ();
  GThread *thread;
  guint i;

  peer_await_readable (wires.peer_in);
  ipc_link_cancel (owner->link, IPC_WAIT_SERIALIZED);
  call_expect (call, IPC_OUTCOME_CANCELLED);
  thread = g_thread_new ("send", run_send, owner->link);
  while (!event_sender_writes (owner->link))
    g_thread_yield ();
  peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_BUFFER);
  g_mutex_lock (&gate.lock);
  while (!gate.inside)
    g_cond_wait (&gate.cond, &gate.lock);
  g_mutex_unlock (&gate.lock);

  for (i = 0; i < 2; i++) { /* the reader looks around, and then has read the reply */
    peer_write_packet (wires.peer_out, &packet);
    test_owner_pop (owner, &packet);
    if (i == 0)
      peer_ack (wires.peer_out, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_EVENT), 1);
  }
  g_assert_cmpuint (test_owner_stat (owner, "protocol-errors"), ==, 0);
  g_assert_cmpuint (test_owner_stat (owner, "late-replies"), ==, 0);
  g_assert_cmpuint (test_owner_stat (owner, "stray-replies"), ==, 0);
  g_mutex_lock (&gate.lock);
  gate.go_on = TRUE;
  g_cond_broadcast (&gate.cond);
  g_mutex_unlock (&gate.lock);
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
  end (owner, &wires);
}

/* What is remembered of them is limited, and the newest are remembered. */
static void
test_packets_that_are_never_answered (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  const guint n = IPC_LINK_MAX_PAST + 10;
  guint i;

  for (i = 1; i <= n; i++) {
    IpcPacket packet = packet_event (FALSE);

    g_assert_true (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, NULL));
    peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_EVENT);
  }
  g_assert_cmpuint (g_hash_table_size (owner->link->past), ==, IPC_LINK_MAX_PAST);
  peer_ack (wires.peer_out, n, 1);
  peer_ack (wires.peer_out, 11, 1);
  round_trip (owner, &wires);
  g_assert_cmpuint (test_owner_stat (owner, "stray-replies"), ==, 0);
  peer_ack (wires.peer_out, 10, 1);
  round_trip (owner, &wires);
  g_assert_cmpuint (test_owner_stat (owner, "stray-replies"), ==, 1);
  end (owner, &wires);
}

/* A peer that guesses ids: what it cannot have seen, it cannot answer. */
static void
test_reply_to_what_is_not_sent_yet (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  GstBuffer *body = patterned_buffer (4 * 1024 * 1024);
  Call *first = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  Call *second;
  g_auto (IpcPacket) packet = packet_state_lost ();

  peer_await_readable (wires.peer_in);
  second = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  while (test_owner_stat (owner, "requests-waiting") < 2)
    g_thread_yield ();
  peer_ack (wires.peer_out, 2, 1);
  peer_write_packet (wires.peer_out, &packet);
  test_owner_pop (owner, &packet);
  g_assert_cmpuint (test_owner_stat (owner, "stray-replies"), ==, 1);

  peer_ack (wires.peer_out, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_BUFFER), 0);
  call_expect (first, IPC_OUTCOME_REPLIED);
  peer_ack (wires.peer_out, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE), 4711);
  g_assert_cmpint (call_end (second), ==, IPC_OUTCOME_REPLIED);
  g_assert_cmpuint (second->reply.ack.result, ==, 4711);
  call_free (second);
  end (owner, &wires);
}

static void
test_timeout_zero_sends_and_does_not_wait (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Call *call = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, 0);

  call_expect (call, IPC_OUTCOME_TIMED_OUT);
  g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE), ==, 1);
  end (owner, &wires);
}

static void
test_cancel_ends_its_class_until_uncancel (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Call *control = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  Call *serialized, *refused;
  guint32 id = peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);

  serialized = call_begin (owner->link, packet_event (FALSE), NULL, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_EVENT);
  ipc_link_cancel (owner->link, IPC_WAIT_SERIALIZED);
  g_assert_cmpint (call_end (serialized), ==, IPC_OUTCOME_CANCELLED);
  g_assert_error (serialized->error, IPC_LINK_ERROR, IPC_LINK_ERROR_CANCELLED);
  call_free (serialized);
  refused = call_begin (owner->link, packet_event (FALSE), NULL, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  call_expect (refused, IPC_OUTCOME_CANCELLED);

  peer_ack (wires.peer_out, id, 1);
  call_expect (control, IPC_OUTCOME_REPLIED);

  ipc_link_uncancel (owner->link, IPC_WAIT_SERIALIZED);
  serialized = call_begin (owner->link, packet_event (FALSE), NULL, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  id = peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_EVENT); /* the refused one was never sent */
  g_assert_cmpuint (id, ==, 3);
  peer_ack (wires.peer_out, id, 1);
  call_expect (serialized, IPC_OUTCOME_REPLIED);
  end (owner, &wires);
}

/* The packet of who gave up in the middle of it still goes out whole, without more help. */
static void
test_half_written_packet_goes_out_whole (gconstpointer data)
{
  gboolean by_timeout = GPOINTER_TO_INT (data);
  Wires wires;
  TestOwner *owner = master_on (&wires);
  const gsize size = 8 * 1024 * 1024;
  GstBuffer *body = patterned_buffer (size);
  g_auto (IpcPacket) packet = { 0 };
  Call *call = call_begin (
      owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, by_timeout ? 20000 : IPC_WAIT_FOREVER);

  peer_await_readable (wires.peer_in);
  if (!by_timeout)
    ipc_link_cancel (owner->link, IPC_WAIT_SERIALIZED);
  call_expect (call, by_timeout ? IPC_OUTCOME_TIMED_OUT : IPC_OUTCOME_CANCELLED);

  g_assert_true (peer_read_packet (wires.peer_in, IPC_TO_SLAVE, &packet));
  g_assert_cmpuint (packet.buffer.size, ==, size);
  assert_patterned (packet.buffer.data, size);
  round_trip (owner, &wires);
  end (owner, &wires);
}

static void
test_packet_not_begun_is_not_sent (gconstpointer data)
{
  gboolean by_timeout = GPOINTER_TO_INT (data);
  Wires wires;
  TestOwner *owner = master_on (&wires);
  GstBuffer *body = patterned_buffer (8 * 1024 * 1024);
  Call *first = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  Call *second;
  guint32 id;

  peer_await_readable (wires.peer_in);
  second
      = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, by_timeout ? 20000 : IPC_WAIT_FOREVER);
  if (!by_timeout)
    ipc_link_cancel (owner->link, IPC_WAIT_CONTROL);
  g_assert_cmpint (call_end (second), ==, by_timeout ? IPC_OUTCOME_TIMED_OUT : IPC_OUTCOME_CANCELLED);
  if (by_timeout)
    g_assert_nonnull (strstr (second->error->message, "could not be sent"));
  call_free (second);
  ipc_link_uncancel (owner->link, IPC_WAIT_CONTROL);

  id = peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_BUFFER);
  peer_ack (wires.peer_out, id, 0);
  call_expect (first, IPC_OUTCOME_REPLIED);
  round_trip (owner, &wires); /* would see a STATE_CHANGE too many */
  g_assert_cmpuint (test_owner_stat (owner, "packets-sent"), ==, 2);
  end (owner, &wires);
}

static void
assert_not_connected (TestOwner *owner, const gchar *text)
{
  g_autoptr (GError) error = NULL;
  g_auto (IpcPacket) reply = { 0 };
  IpcPacket packet = packet_state_change ();

  g_assert_cmpint (ipc_link_request (owner->link, &packet, NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER, &reply, &error),
      ==, IPC_OUTCOME_GONE);
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED);
  if (!strstr (error->message, text))
    g_error ("'%s' does not say '%s'", error->message, text);
  g_clear_error (&error);
  packet = packet_event (FALSE);
  g_assert_false (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, &error));
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED);
}

static void
test_not_connected_fails_at_once (void)
{
  Wires wires;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);

  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  assert_not_connected (owner, "fdin and fdout are");
  ipc_link_set_fdin (owner->link, wires.link_in);
  assert_not_connected (owner, "fdout is");
  g_assert_false (ipc_link_is_connected (owner->link));
  ipc_link_set_fdout (owner->link, wires.link_out);
  g_assert_true (ipc_link_is_connected (owner->link));
  round_trip (owner, &wires);
  ipc_link_set_fdin (owner->link, -1);
  assert_not_connected (owner, "fdin is");
  ipc_link_set_fdin (owner->link, wires.link_in);
  ipc_link_stop (owner->link);
  assert_not_connected (owner, "not started");
  ipc_link_start (owner->link);
  round_trip (owner, &wires);
  end (owner, &wires);
}

static void
test_id_of_a_waiting_request_is_not_used_again (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Call *waiting = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  Call *next;

  g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE), ==, 1);
  g_mutex_lock (&owner->link->lock);
  owner->link->last_id = G_MAXUINT32;
  g_mutex_unlock (&owner->link->lock);
  next = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE), ==, 0);
  peer_ack (wires.peer_out, 0, 1);
  call_expect (next, IPC_OUTCOME_REPLIED);
  next = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE), ==, 2);
  peer_ack (wires.peer_out, 2, 1);
  call_expect (next, IPC_OUTCOME_REPLIED);
  peer_ack (wires.peer_out, 1, 1);
  call_expect (waiting, IPC_OUTCOME_REPLIED);
  end (owner, &wires);
}

static void
test_packets_reach_the_handler_in_order (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  guint32 i;

  for (i = 1; i <= 100; i++) {
    IpcPacket packet = packet_event (TRUE);

    packet.header.id = i;
    packet.event.seqnum = i;
    peer_write_packet (wires.peer_out, &packet);
  }
  for (i = 1; i <= 100; i++) {
    g_auto (IpcPacket) packet = { 0 };
    guint32 id;

    test_owner_pop (owner, &packet);
    g_assert_cmpuint (packet.event.seqnum, ==, i);
    id = packet.header.id;
    ipc_packet_clear (&packet);
    packet = packet_ack (id, 1);
    ipc_link_reply (owner->link, &packet);
    g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_ACK), ==, i);
  }
  end (owner, &wires);
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (i = 0; i < G_N_ELEMENTS (transports); i++) {
    g_autofree gchar *path = g_strconcat ("/link/request/reply-reaches-who-asked/", transports[i].name, NULL);

    g_test_add_data_func (path, &transports[i], test_reply_reaches_who_asked);
  }
  g_test_add_func ("/link/request/replies-out-of-order", test_replies_out_of_order);
  g_test_add_func ("/link/request/reply-of-wrong-kind-is-dropped", test_reply_of_wrong_kind_is_dropped);
  g_test_add_func ("/link/request/late-and-stray-replies-are-counted", test_late_and_stray_replies_are_counted);
  g_test_add_func (
      "/link/request/reply-that-nobody-waits-for-is-not-late", test_reply_that_nobody_waits_for_is_not_late);
  g_test_add_func ("/link/request/reply-before-the-sender-returns", test_reply_before_the_sender_returns);
  g_test_add_func ("/link/request/reply-to-what-is-not-sent-yet", test_reply_to_what_is_not_sent_yet);
  g_test_add_func ("/link/request/packets-that-are-never-answered", test_packets_that_are_never_answered);
  g_test_add_func ("/link/request/timeout-zero-sends-and-does-not-wait", test_timeout_zero_sends_and_does_not_wait);
  g_test_add_func ("/link/request/cancel-ends-its-class-until-uncancel", test_cancel_ends_its_class_until_uncancel);
  g_test_add_data_func ("/link/request/half-written-packet-goes-out-whole/cancelled", GINT_TO_POINTER (FALSE),
      test_half_written_packet_goes_out_whole);
  g_test_add_data_func ("/link/request/half-written-packet-goes-out-whole/timed-out", GINT_TO_POINTER (TRUE),
      test_half_written_packet_goes_out_whole);
  g_test_add_data_func ("/link/request/packet-not-begun-is-not-sent/cancelled", GINT_TO_POINTER (FALSE),
      test_packet_not_begun_is_not_sent);
  g_test_add_data_func ("/link/request/packet-not-begun-is-not-sent/timed-out", GINT_TO_POINTER (TRUE),
      test_packet_not_begun_is_not_sent);
  g_test_add_func ("/link/request/not-connected-fails-at-once", test_not_connected_fails_at_once);
  g_test_add_func (
      "/link/request/id-of-a-waiting-request-is-not-used-again", test_id_of_a_waiting_request_is_not_used_again);
  g_test_add_func ("/link/request/packets-reach-the-handler-in-order", test_packets_reach_the_handler_in_order);
  return g_test_run ();
}
