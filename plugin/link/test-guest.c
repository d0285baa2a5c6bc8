/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Threads that read in the reader's place while they wait. Which they do when they come soon enough; here the reader
 * has the patience to wait for them.
 */
#include "link-test.h"

/* In which thread the handler was called last. */
static GThread *packet_thread;

static void
note_thread (TestOwner *self, IpcPacket *packet)
{
  g_atomic_pointer_set (&packet_thread, g_thread_self ());
}

static Call *
begin_buffer (TestOwner *owner)
{
  GstBuffer *body = patterned_buffer (64);

  return call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
}

static guint32
expect_buffer (Wires *wires)
{
  return peer_expect (wires->peer_in, IPC_TO_SLAVE, IPC_PACKET_BUFFER);
}

static void
be_patient (IpcLink *link)
{
  g_mutex_lock (&link->lock);
  link->patience = G_TIME_SPAN_HOUR;
  g_mutex_unlock (&link->lock);
}

static gboolean
has_guest (IpcLink *link)
{
  gboolean has;

  g_mutex_lock (&link->lock);
  has = link->guest != NULL && link->reading != 0;
  g_mutex_unlock (&link->lock);
  return has;
}

static gboolean
is_parked (IpcLink *link)
{
  gboolean parked;

  g_mutex_lock (&link->lock);
  parked = link->parked;
  g_mutex_unlock (&link->lock);
  return parked;
}

static void
await_parked (IpcLink *link)
{
  while (!is_parked (link))
    g_thread_yield ();
}

static void
await_guest (IpcLink *link)
{
  while (!has_guest (link))
    g_thread_yield ();
}

/* The second buffer of a stream: its thread reads. @id: what it waits for the answer to. */
static Call *
begin_guest (TestOwner *owner, Wires *wires, guint32 *id)
{
  Call *call = begin_buffer (owner);

  be_patient (owner->link);
  peer_ack (wires->peer_out, expect_buffer (wires), 0);
  call_expect (call, IPC_OUTCOME_REPLIED);
  await_parked (owner->link);
  call = begin_buffer (owner);
  *id = expect_buffer (wires);
  await_guest (owner->link);
  return call;
}

static void
test_streamer_reads_its_reply (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcPacket) got = { 0 };
  GThread *thread;
  guint32 id;
  Call *call;

  owner->on_packet = note_thread;
  call = begin_guest (owner, &wires, &id);
  /* in order: what came before the reply is given away by the same thread, and before the call ends */
  packet = packet_state_lost ();
  peer_write_packet (wires.peer_out, &packet);
  thread = call->thread;
  peer_ack (wires.peer_out, id, 0);
  call_expect (call, IPC_OUTCOME_REPLIED);
  g_assert_true (g_atomic_pointer_get (&packet_thread) == thread);
  test_owner_pop (owner, &got);
  end (owner, &wires);
}

/* Nobody comes back: what the peer sends is read all the same. */
static void
test_reader_takes_over (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcPacket) got = { 0 };
  guint32 id;
  Call *call;

  owner->on_packet = note_thread;
  call = begin_guest (owner, &wires, &id);
  peer_ack (wires.peer_out, id, 0);
  call_expect (call, IPC_OUTCOME_REPLIED);
  g_mutex_lock (&owner->link->lock);
  owner->link->patience = 1;
  ipc_link_unpark_locked (owner->link);
  g_mutex_unlock (&owner->link->lock);
  packet = packet_state_lost ();
  peer_write_packet (wires.peer_out, &packet);
  test_owner_pop (owner, &got);
  g_mutex_lock (&owner->link->lock);
  g_assert_true (g_atomic_pointer_get (&packet_thread) == owner->link->reader->thread);
  g_mutex_unlock (&owner->link->lock);
  end (owner, &wires);
}

/* Others wait, too: they get theirs from the guest, and from the reader when the guest has left. */
static void
test_others_wait_too (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  guint32 id, first, second;
  Call *call = begin_guest (owner, &wires, &id);
  Call *one = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  Call *two;

  first = peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
  two = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  second = peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
  peer_ack (wires.peer_out, first, 1);
  call_expect (one, IPC_OUTCOME_REPLIED);
  peer_ack (wires.peer_out, id, 0);
  call_expect (call, IPC_OUTCOME_REPLIED);
  peer_ack (wires.peer_out, second, 1);
  call_expect (two, IPC_OUTCOME_REPLIED);
  end (owner, &wires);
}

/* A reply that waits for room is written by whoever reads. */
static void
test_guest_writes_what_waits_for_room (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  guint32 id, n = 0;
  Call *call = begin_guest (owner, &wires, &id);
  gboolean waits = FALSE;

  while (!waits) {
    IpcPacket ack = packet_ack (++n, 1);

    ipc_link_reply (owner->link, &ack);
    g_mutex_lock (&owner->link->lock);
    waits = owner->link->outgoing.head != NULL && !owner->link->writing;
    g_mutex_unlock (&owner->link->lock);
  }
  for (guint32 i = 1; i <= n; i++)
    g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_ACK), ==, i);
  peer_ack (wires.peer_out, id, 0);
  call_expect (call, IPC_OUTCOME_REPLIED);
  end (owner, &wires);
}

static void
end_by_cancel (TestOwner *owner, Wires *wires)
{
  ipc_link_cancel (owner->link, IPC_WAIT_SERIALIZED);
}

static void
end_by_disconnect (TestOwner *owner, Wires *wires)
{
  ipc_link_disconnect (owner->link);
}

static void
end_by_stop (TestOwner *owner, Wires *wires)
{
  ipc_link_stop (owner->link);
}

static void
end_by_fdin (TestOwner *owner, Wires *wires)
{
  ipc_link_set_fdin (owner->link, -1);
}

static void
end_by_peer (TestOwner *owner, Wires *wires)
{
  wires_close_peer (wires);
}

static void
end_by_nonsense (TestOwner *owner, Wires *wires)
{
  peer_write (wires->peer_out, "\377\0\0\0\0\0\0\0\0", IPC_HEADER_SIZE);
}

static void
end_by_fail (TestOwner *owner, Wires *wires)
{
  ipc_link_fail (
      owner->link, ipc_link_get_peer (owner->link), g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_PROTOCOL, "nonsense"));
}

static const struct {
  const gchar *name;
  void (*func) (TestOwner *owner, Wires *wires);
  IpcOutcome outcome;
  gboolean is_loss;
} ends[] = {
  { "cancel", end_by_cancel, IPC_OUTCOME_CANCELLED, FALSE },
  { "disconnect", end_by_disconnect, IPC_OUTCOME_GONE, FALSE },
  { "stop", end_by_stop, IPC_OUTCOME_GONE, FALSE },
  { "fdin", end_by_fdin, IPC_OUTCOME_GONE, FALSE },
  { "peer", end_by_peer, IPC_OUTCOME_GONE, TRUE },
  { "nonsense", end_by_nonsense, IPC_OUTCOME_GONE, TRUE },
  { "fail", end_by_fail, IPC_OUTCOME_GONE, TRUE },
};

static void
note_lost_thread (TestOwner *self, const GError *error)
{
  self->data = g_thread_self ();
}

/* Whatever ends a wait ends one that reads; of a loss the reader tells, once, and the next peer is read. */
static void
test_end_of_a_guest (gconstpointer data)
{
  const guint way = GPOINTER_TO_UINT (data);
  guint round;

  for (round = 0; round < 50; round++) {
    Wires wires, next;
    TestOwner *owner = master_on (&wires);
    GThread *thread;
    guint32 id;
    Call *call;

    owner->on_lost = note_lost_thread;
    call = begin_guest (owner, &wires, &id);
    thread = call->thread;
    ends[way].func (owner, &wires);
    call_expect (call, ends[way].outcome);
    if (ends[way].is_loss) {
      test_owner_await_lost (owner, 1);
      g_assert_true (owner->data != thread);
    }
    ipc_link_uncancel (owner->link, IPC_WAIT_SERIALIZED);
    ipc_link_start (owner->link);
    wires_open (&next, WIRE_SOCKETPAIR, FALSE);
    test_owner_set_wires (owner, &next);
    round_trip (owner, &next);
    g_assert_cmpuint (test_owner_n_lost (owner), ==, ends[way].is_loss ? 1 : 0);
    wires_close (&wires);
    end (owner, &next);
  }
}

static void
test_guest_has_a_deadline (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  guint32 id;
  gboolean was_guest = FALSE;
  Call *call = begin_guest (owner, &wires, &id);

  peer_ack (wires.peer_out, id, 0);
  call_expect (call, IPC_OUTCOME_REPLIED);
  while (!was_guest) {
    GstBuffer *body = patterned_buffer (64);

    call = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, 50 * 1000);
    expect_buffer (&wires);
    while (test_owner_stat (owner, "requests-waiting") > 0)
      was_guest |= has_guest (owner->link);
    call_expect (call, IPC_OUTCOME_TIMED_OUT);
  }
  end (owner, &wires);
}

/* A thread that reads what its own queue gets, as an ipcpipelinesrc's does. */
typedef struct {
  TestOwner *owner;
  GThread *thread;
  gint quit;    /* atomic */
  guint n_read; /* packets, by itself; for who has joined it */
} Streamer;

static gboolean
wants_more (gpointer data)
{
  Streamer *streamer = data;
  gboolean wants;

  g_mutex_lock (&streamer->owner->lock);
  wants = !g_atomic_int_get (&streamer->quit) && streamer->owner->packets.length == 0;
  g_mutex_unlock (&streamer->owner->lock);
  return wants;
}

static gpointer
run_streamer (gpointer data)
{
  Streamer *streamer = data;
  TestOwner *owner = streamer->owner;

  while (!g_atomic_int_get (&streamer->quit)) {
    IpcPacket *packet;

    ipc_link_read_while (owner->link, wants_more, streamer);
    g_mutex_lock (&owner->lock);
    while (owner->packets.length == 0 && !g_atomic_int_get (&streamer->quit))
      g_cond_wait (&owner->changed, &owner->lock);
    packet = g_queue_pop_head (&owner->packets);
    g_mutex_unlock (&owner->lock);
    if (packet) {
      IpcPacket ack = packet_ack (packet->header.id, 0);

      if (g_atomic_pointer_get (&packet_thread) == g_thread_self ())
        streamer->n_read++;
      ipc_link_reply (owner->link, &ack);
      ipc_packet_clear (packet);
      g_free (packet);
    }
  }
  return NULL;
}

static void
begin_streamer (Streamer *streamer, TestOwner *owner)
{
  *streamer = (Streamer){ .owner = owner };
  owner->on_packet = note_thread;
  streamer->thread = g_thread_new ("streamer", run_streamer, streamer);
}

static void
end_streamer (Streamer *streamer)
{
  g_atomic_int_set (&streamer->quit, TRUE);
  ipc_link_wake (streamer->owner->link);
  g_mutex_lock (&streamer->owner->lock);
  g_cond_broadcast (&streamer->owner->changed);
  g_mutex_unlock (&streamer->owner->lock);
  g_thread_join (streamer->thread);
}

static void
stream_one (Wires *wires, guint32 id)
{
  IpcPacket packet = { .header.type = IPC_PACKET_BUFFER, .header.id = id };

  peer_write_packet (wires->peer_out, &packet);
  g_assert_cmpuint (peer_expect (wires->peer_in, IPC_TO_MASTER, IPC_PACKET_ACK), ==, id);
}

/* A slave's link, which the streamer reads. */
static TestOwner *
slave_with_guest (Wires *wires, Streamer *streamer)
{
  TestOwner *owner;
  guint32 id = 0;

  wires_open (wires, WIRE_SOCKETPAIR, FALSE);
  owner = test_owner_new (IPC_TO_SLAVE, wires);
  be_patient (owner->link);
  begin_streamer (streamer, owner);
  /* it may come too late for the first ones */
  do
    stream_one (wires, ++id);
  while (!has_guest (owner->link));
  return owner;
}

static void
test_src_reads_for_itself (void)
{
  Wires wires;
  Streamer streamer;
  TestOwner *owner = slave_with_guest (&wires, &streamer);

  stream_one (&wires, 1000000);
  end_streamer (&streamer);
  g_assert_cmpuint (streamer.n_read, >, 0);
  end (owner, &wires);
}

/* A thread that reads for itself is told to stop, or its link ends. */
static void
test_src_is_woken (gconstpointer data)
{
  const guint way = GPOINTER_TO_UINT (data);
  guint round;

  for (round = 0; round < 50; round++) {
    Wires wires;
    Streamer streamer;
    TestOwner *owner = slave_with_guest (&wires, &streamer);

    if (way == 1)
      ipc_link_disconnect (owner->link);
    else if (way == 2)
      wires_close_peer (&wires);
    if (way == 2)
      test_owner_await_lost (owner, 1);
    end_streamer (&streamer);
    end (owner, &wires);
  }
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/link/guest/streamer-reads-its-reply", test_streamer_reads_its_reply);
  g_test_add_func ("/link/guest/reader-takes-over", test_reader_takes_over);
  g_test_add_func ("/link/guest/others-wait-too", test_others_wait_too);
  g_test_add_func ("/link/guest/writes-what-waits-for-room", test_guest_writes_what_waits_for_room);
  for (i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree gchar *path = g_strdup_printf ("/link/guest/ends-by/%s", ends[i].name);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_end_of_a_guest);
  }
  g_test_add_func ("/link/guest/has-a-deadline", test_guest_has_a_deadline);
  g_test_add_func ("/link/guest/src-reads-for-itself", test_src_reads_for_itself);
  g_test_add_data_func ("/link/guest/src-is-woken", GUINT_TO_POINTER (0), test_src_is_woken);
  g_test_add_data_func ("/link/guest/src-is-woken-by-disconnect", GUINT_TO_POINTER (1), test_src_is_woken);
  g_test_add_data_func ("/link/guest/src-is-woken-by-a-loss", GUINT_TO_POINTER (2), test_src_is_woken);
  return g_test_run ();
}
