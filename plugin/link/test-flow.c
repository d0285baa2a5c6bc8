/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Full buffers, slow peers, many senders: everything drains, nothing is cut or mixed. */
#include "link-test.h"

#include <sys/socket.h>

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
};

#define BIG (8 * 1024 * 1024)

/* What a well-behaved element does, from the reader. */
static void
answer (TestOwner *self, IpcPacket *packet)
{
  IpcPacket reply = { 0 };

  if (packet->header.type == IPC_PACKET_BUFFER) {
    assert_patterned (packet->buffer.data, packet->buffer.size);
    reply = packet_ack (packet->header.id, packet->buffer.size);
  } else if (packet->header.type == IPC_PACKET_QUERY) {
    reply.header.type = IPC_PACKET_QUERY_RESULT;
    reply.header.id = packet->header.id;
    reply.query_result.result = TRUE;
    reply.query_result.type = packet->query.type;
    reply.query_result.structure = ipc_packet_keep (&reply, g_strdup (packet->query.structure));
  } else {
    reply = packet_ack (packet->header.id, 1);
  }
  ipc_link_reply (self->link, &reply);
}

/* Better red than waiting for ever. */
static void
must_not_be_lost (TestOwner *self, const GError *error)
{
  g_error ("lost: %s", error->message);
}

/* Two links against each other. */
static void
open_both (const Transport *transport, Wires *wires, TestOwner **master, TestOwner **slave)
{
  Wires other;

  wires_open (wires, transport->kind, transport->nonblocking);
  other = (Wires){ .link_in = wires->peer_in, .link_out = wires->peer_out, .peer_in = -1, .peer_out = -1 };
  *master = test_owner_new (IPC_TO_MASTER, NULL);
  *slave = test_owner_new (IPC_TO_SLAVE, NULL);
  (*master)->on_packet = answer;
  (*slave)->on_packet = answer;
  (*master)->on_lost = must_not_be_lost;
  (*slave)->on_lost = must_not_be_lost;
  test_owner_set_wires (*master, wires);
  test_owner_set_wires (*slave, &other);
}

static void
close_both (Wires *wires, TestOwner *master, TestOwner *slave)
{
  g_assert_cmpuint (test_owner_n_lost (master), ==, 0);
  g_assert_cmpuint (test_owner_n_lost (slave), ==, 0);
  test_owner_free (master);
  test_owner_free (slave);
  wires_close (wires);
}

/* The answers to the queries are as large as the queries, and together just below what a peer may leave unread. */
static void
test_both_sides_write_and_it_drains (gconstpointer data)
{
  Wires wires;
  TestOwner *master, *slave;
  g_autofree gchar *text = g_strnfill (5 * 1024 * 1024, 'x');
  Call *down[3], *up[3];
  guint i;

  open_both (data, &wires, &master, &slave);
  for (i = 0; i < G_N_ELEMENTS (down); i++) {
    GstBuffer *body = patterned_buffer (BIG);

    up[i] = call_begin (slave->link, packet_query (text), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
    down[i] = (i == 0) ? call_begin (master->link, packet_query (text), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER)
                       : call_begin (master->link, packet_buffer (body), gst_buffer_ref (body), IPC_WAIT_SERIALIZED,
                           IPC_WAIT_FOREVER);
    gst_buffer_unref (body);
  }
  for (i = 0; i < G_N_ELEMENTS (down); i++) {
    g_assert_cmpint (call_end (up[i]), ==, IPC_OUTCOME_REPLIED);
    g_assert_cmpstr (up[i]->reply.query_result.structure, ==, text);
    call_free (up[i]);
    g_assert_cmpint (call_end (down[i]), ==, IPC_OUTCOME_REPLIED);
    if (i > 0)
      g_assert_cmpuint (down[i]->reply.ack.result, ==, BIG);
    call_free (down[i]);
  }
  close_both (&wires, master, slave);
}

typedef struct {
  TestOwner *owner;
  guint seed;
  gboolean is_master;
} Sender;

/* Requests of all sizes, some with hardly any time. */
static gpointer
run_sender (gpointer data)
{
  Sender *sender = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (sender->seed);
  guint i;

  for (i = 0; i < 150; i++) {
    g_autoptr (GstBuffer) body = NULL;
    g_autoptr (GError) error = NULL;
    g_auto (IpcPacket) reply = { 0 };
    guint size = g_rand_int_range (rand, 1, i % 10 ? 300 : 60000);
    guint64 timeout = g_rand_int_range (rand, 0, 10) ? IPC_WAIT_FOREVER : (guint64)g_rand_int_range (rand, 0, 500);
    g_autofree gchar *text = g_strnfill (size, 'y');
    IpcPacket packet;
    IpcOutcome outcome;

    if (sender->is_master) {
      body = patterned_buffer (size);
      packet = packet_buffer (body);
    } else {
      packet = packet_query (text);
    }
    outcome = ipc_link_request (sender->owner->link, &packet, body, IPC_WAIT_SERIALIZED, timeout, &reply, &error);
    if (outcome == IPC_OUTCOME_REPLIED && sender->is_master)
      g_assert_cmpuint (reply.ack.result, ==, size);
    else if (outcome == IPC_OUTCOME_REPLIED)
      g_assert_cmpstr (reply.query_result.structure, ==, text);
    else if (outcome != IPC_OUTCOME_TIMED_OUT || timeout == IPC_WAIT_FOREVER)
      g_error ("outcome %d: %s", outcome, error->message);
  }
  return NULL;
}

/* FRAME-5 */
static void
test_many_senders_both_ways (gconstpointer data)
{
  Wires wires;
  TestOwner *master, *slave;
  GThread *threads[8];
  Sender senders[G_N_ELEMENTS (threads)];
  guint i;

  open_both (data, &wires, &master, &slave);
  for (i = 0; i < G_N_ELEMENTS (threads); i++) {
    senders[i] = (Sender){ i % 2 ? slave : master, g_test_rand_int (), !(i % 2) };
    threads[i] = g_thread_new ("sender", run_sender, &senders[i]);
  }
  for (i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (test_owner_stat (master, "requests-waiting"), ==, 0);
  g_assert_cmpuint (test_owner_stat (master, "protocol-errors"), ==, 0);
  close_both (&wires, master, slave);
}

/* A sender is stuck in its packet and the peer asks: the reply comes when the peer reads, with nobody else sending. */
static void
test_reply_behind_a_stuck_sender (gconstpointer data)
{
  const Transport *transport = data;
  Wires wires;
  TestOwner *owner;
  GstBuffer *body = patterned_buffer (BIG);
  Call *call;
  IpcPacket packet;
  guint32 id;
  guint i;

  wires_open (&wires, transport->kind, transport->nonblocking);
  owner = test_owner_new (IPC_TO_MASTER, NULL);
  owner->on_packet = answer;
  test_owner_set_wires (owner, &wires);
  call = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  peer_await_readable (wires.peer_in);
  for (i = 0; i < 100; i++) {
    packet = packet_event (TRUE);
    packet.header.id = 100 + i;
    peer_write_packet (wires.peer_out, &packet);
  }
  for (i = 0; i < 100; i++) { /* they are read although we are not */
    test_owner_pop (owner, &packet);
    ipc_packet_clear (&packet);
  }
  id = peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_BUFFER);
  for (i = 0; i < 100; i++)
    g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_ACK), ==, 100 + i);
  peer_ack (wires.peer_out, id, 0);
  call_expect (call, IPC_OUTCOME_REPLIED);
  test_owner_free (owner);
  wires_close (&wires);
}

/* Nobody but the reader is there to write what did not fit. */
static void
test_reader_writes_what_is_left (gconstpointer data)
{
  const Transport *transport = data;
  Wires wires;
  TestOwner *owner;
  g_autofree gchar *text = g_strnfill (1024 * 1024, 'z');
  guint i;

  wires_open (&wires, transport->kind, transport->nonblocking);
  owner = test_owner_new (IPC_TO_MASTER, NULL);
  owner->on_packet = answer;
  test_owner_set_wires (owner, &wires);
  for (i = 1; i <= 3; i++) {
    IpcPacket packet = packet_query (text);

    packet.header.id = i;
    peer_write_packet (wires.peer_out, &packet);
    test_owner_pop (owner, &packet); /* and so the answer is queued */
    ipc_packet_clear (&packet);
  }
  for (i = 1; i <= 3; i++) {
    g_auto (IpcPacket) packet = { 0 };

    g_assert_true (peer_read_packet (wires.peer_in, IPC_TO_SLAVE, &packet));
    g_assert_cmpuint (packet.header.id, ==, i);
    g_assert_cmpstr (packet.query_result.structure, ==, text);
  }
  test_owner_free (owner);
  wires_close (&wires);
}

/* From the reader a send does not wait either. */
static void
send_many (TestOwner *self, IpcPacket *packet)
{
  g_autofree gchar *text = g_strnfill (100 * 1024, 'q');
  g_autoptr (GError) error = NULL;
  guint i;

  for (i = 0; i < 10; i++) {
    IpcPacket query = packet_query (text);

    g_assert_true (ipc_link_send (self->link, &query, IPC_WAIT_FOREVER, &error));
    g_assert_no_error (error);
  }
}

static void
test_send_from_the_reader_does_not_wait (void)
{
  Wires wires;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  g_auto (IpcPacket) packet = packet_state_lost ();
  guint i;

  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  owner->on_packet = send_many;
  test_owner_set_wires (owner, &wires);
  peer_write_packet (wires.peer_out, &packet);
  test_owner_pop (owner, &packet);
  ipc_packet_clear (&packet);
  for (i = 1; i <= 10; i++)
    g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_QUERY), ==, i);
  test_owner_free (owner);
  wires_close (&wires);
}

static void
send_when_gone (TestOwner *self, IpcPacket *packet)
{
  g_autoptr (GError) error = NULL;
  IpcPacket query = packet_query ("too late");

  ipc_link_disconnect (self->link);
  g_assert_false (ipc_link_send (self->link, &query, IPC_WAIT_FOREVER, &error));
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED);
}

static void
test_send_from_the_reader_when_gone (void)
{
  Wires wires;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  g_auto (IpcPacket) packet = packet_state_lost ();

  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  owner->on_packet = send_when_gone;
  test_owner_set_wires (owner, &wires);
  peer_write_packet (wires.peer_out, &packet);
  test_owner_pop (owner, &packet);
  end (owner, &wires);
}

/* A send that is in the middle of its packet when its time is over counts as sent: it goes out whole. */
static void
test_send_that_was_begun_in_time (void)
{
  const gsize size = 4 * 1024 * 1024;
  g_autofree gchar *text = g_strnfill (size, 'q');
  Wires wires;
  TestOwner *owner;
  IpcPacket query = packet_query (text);
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;

  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  g_assert_true (ipc_link_send (owner->link, &query, 1000, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (test_owner_stat (owner, "bytes-sent"), <, size);
  g_assert_cmpuint (test_owner_stat (owner, "timeouts"), ==, 0);
  g_assert_true (peer_read_packet (wires.peer_in, IPC_TO_SLAVE, &packet));
  g_assert_cmpstr (packet.query.structure, ==, text);
  end (owner, &wires);
}

static void
test_peer_that_writes_byte_by_byte (gconstpointer data)
{
  const Transport *transport = data;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Wires wires;
  TestOwner *owner;
  guint i;

  for (i = 0; i < 20; i++) {
    g_auto (IpcPacket) packet = (i % 2) ? packet_state_lost () : packet_query ("some, text=(string)more");

    packet.header.id = i;
    ipc_packet_encode (&packet, bytes);
  }
  wires_open (&wires, transport->kind, transport->nonblocking);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  ipc_link_set_read_chunk (owner->link, 1);
  g_assert_cmpuint (ipc_link_get_read_chunk (owner->link), ==, 1);
  ipc_link_set_read_chunk (owner->link, 0); /* would never read anything */
  g_assert_cmpuint (ipc_link_get_read_chunk (owner->link), ==, 1);
  for (i = 0; i < bytes->len; i++)
    peer_write (wires.peer_out, bytes->data + i, 1);
  for (i = 0; i < 20; i++) {
    g_auto (IpcPacket) packet = { 0 };

    test_owner_pop (owner, &packet);
    g_assert_cmpuint (packet.header.id, ==, i);
  }
  g_assert_cmpuint (test_owner_stat (owner, "bytes-received"), ==, bytes->len);
  test_owner_free (owner);
  wires_close (&wires);
}

/* A buffer of several memories is one body. */
static void
test_body_of_several_memories (void)
{
  Wires wires;
  TestOwner *owner;
  g_autoptr (GstBuffer) whole = patterned_buffer (300000);
  GstBuffer *body = gst_buffer_new ();
  g_auto (IpcPacket) packet = { 0 };
  Call *call;
  guint i;

  for (i = 0; i < 10; i++)
    gst_buffer_append_memory (body, gst_memory_share (gst_buffer_peek_memory (whole, 0), i * 30000, 30000));
  gst_buffer_insert_memory (body, 5, gst_memory_share (gst_buffer_peek_memory (whole, 0), 0, 0));
  g_assert_cmpuint (gst_buffer_n_memory (body), ==, 11);
  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  call = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  g_assert_true (peer_read_packet (wires.peer_in, IPC_TO_SLAVE, &packet));
  g_assert_cmpuint (packet.buffer.size, ==, 300000);
  assert_patterned (packet.buffer.data, packet.buffer.size);
  peer_ack (wires.peer_out, packet.header.id, 0);
  call_expect (call, IPC_OUTCOME_REPLIED);
  test_owner_free (owner);
  wires_close (&wires);
}

static void
test_body_that_is_not_what_the_packet_says (void)
{
  Wires wires;
  TestOwner *owner;
  GstBuffer *body = patterned_buffer (100);
  IpcPacket packet = packet_buffer (body);
  Call *call;

  packet.buffer.size = 99;
  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  call = call_begin (owner->link, packet, body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  g_assert_cmpint (call_end (call), ==, IPC_OUTCOME_GONE);
  g_assert_error (call->error, IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE);
  call_free (call);
  g_assert_true (ipc_link_is_connected (owner->link));
  g_assert_cmpuint (test_owner_stat (owner, "bytes-sent"), ==, 0);
  test_owner_free (owner);
  wires_close (&wires);
}

static void
add_each (const gchar *name, GTestDataFunc func)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (transports); i++) {
    g_autofree gchar *path = g_strconcat ("/link/flow/", name, "/", transports[i].name, NULL);

    g_test_add_data_func (path, &transports[i], func);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  add_each ("both-sides-write-and-it-drains", test_both_sides_write_and_it_drains);
  add_each ("many-senders-both-ways", test_many_senders_both_ways);
  add_each ("reply-behind-a-stuck-sender", test_reply_behind_a_stuck_sender);
  add_each ("reader-writes-what-is-left", test_reader_writes_what_is_left);
  add_each ("peer-that-writes-byte-by-byte", test_peer_that_writes_byte_by_byte);
  g_test_add_func ("/link/flow/send-from-the-reader-does-not-wait", test_send_from_the_reader_does_not_wait);
  g_test_add_func ("/link/flow/send-from-the-reader-when-gone", test_send_from_the_reader_when_gone);
  g_test_add_func ("/link/flow/send-that-was-begun-in-time", test_send_that_was_begun_in_time);
  g_test_add_func ("/link/flow/body-of-several-memories", test_body_of_several_memories);
  g_test_add_func ("/link/flow/body-that-is-not-what-the-packet-says", test_body_that_is_not_what_the_packet_says);
  return g_test_run ();
}
