/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fds are the application's: changing them, stopping and ending, from everywhere and in the middle of everything.
 */
#include "link-test.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static Call *
begin_call (TestOwner *owner)
{
  return call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
}

static Call *
begin_big_call (TestOwner *owner)
{
  GstBuffer *body = patterned_buffer (4 * 1024 * 1024);

  return call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
}

static void
test_new_fds_while_a_request_waits (void)
{
  Wires old, new;
  TestOwner *owner = master_on (&old);
  Call *call = begin_call (owner);

  peer_expect (old.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
  wires_open (&new, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (owner, &new);
  call_expect (call, IPC_OUTCOME_GONE);
  wires_close (&old);
  round_trip (owner, &new);
  g_assert_cmpuint (test_owner_n_lost (owner), ==, 0);
  end (owner, &new);
}

/* The old peer never reads; what was meant for it must not reach the new one. */
static void
test_new_fds_while_a_write_is_blocked (gconstpointer data)
{
  WireKind kind = GPOINTER_TO_INT (data);
  guint round;

  for (round = 0; round < 10; round++) {
    Wires old, new;
    TestOwner *owner;
    Call *call, *queued;

    wires_open (&old, kind, round % 2);
    owner = test_owner_new (IPC_TO_MASTER, &old);
    call = begin_big_call (owner);
    peer_await_readable (old.peer_in);
    queued = begin_call (owner);
    while (test_owner_stat (owner, "requests-waiting") < 2)
      g_thread_yield ();
    wires_open (&new, kind, round % 2);
    test_owner_set_wires (owner, &new);
    wires_close (&old);
    call_expect (call, IPC_OUTCOME_GONE);
    call_expect (queued, IPC_OUTCOME_GONE);
    round_trip (owner, &new);
    end (owner, &new);
  }
}

static void
test_new_fdout_alone (void)
{
  Wires old, new;
  TestOwner *owner;
  Call *call;
  guint32 id;

  wires_open (&old, WIRE_PIPES, FALSE);
  wires_open (&new, WIRE_PIPES, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &old);
  call = begin_big_call (owner);
  peer_await_readable (old.peer_in);
  /* Half a packet comes in; the rest after the change: fdin has not changed, so it is one packet. */
  peer_write (old.peer_out, "\10\0\0\0", 4);
  ipc_link_set_fdout (owner->link, new.link_out);
  call_expect (call, IPC_OUTCOME_GONE);
  peer_write (old.peer_out, "\0\0\0\0\0", 5);
  {
    g_auto (IpcPacket) packet = { 0 };

    test_owner_pop (owner, &packet);
    g_assert_cmpuint (packet.header.type, ==, IPC_PACKET_STATE_LOST);
  }
  call = begin_call (owner);
  id = peer_expect (new.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
  peer_ack (old.peer_out, id, 1);
  call_expect (call, IPC_OUTCOME_REPLIED);
  test_owner_free (owner);
  wires_close (&old);
  wires_close (&new);
}

/* The next peer's fdout is there already when the old peer ends, its fdin comes later. */
static void
test_peer_ends_between_new_fdout_and_new_fdin (gconstpointer data)
{
  gboolean by_way_of_none = GPOINTER_TO_UINT (data);
  Wires old, new;
  TestOwner *owner = master_on (&old);

  round_trip (owner, &old);
  wires_open (&new, WIRE_SOCKETPAIR, FALSE);
  if (by_way_of_none)
    ipc_link_set_fdout (owner->link, -1);
  ipc_link_set_fdout (owner->link, new.link_out);
  wires_close_peer (&old);
  test_owner_await_lost (owner, 1);
  g_assert_false (ipc_link_is_connected (owner->link));
  ipc_link_set_fdin (owner->link, new.link_in);
  g_assert_true (ipc_link_is_connected (owner->link));
  wires_close (&old);
  round_trip (owner, &new);
  /* now it is the present one's, and lost with it */
  wires_close_peer (&new);
  test_owner_await_lost (owner, 2);
  wires_open (&old, WIRE_SOCKETPAIR, FALSE);
  ipc_link_set_fdin (owner->link, old.link_in);
  g_assert_false (ipc_link_is_connected (owner->link));
  wires_close (&new);
  end (owner, &old);
}

/* The same, but nobody reads the next peer's fdout: both fds are to be set anew. */
static void
test_next_peer_ends_before_its_fdin_is_set (void)
{
  Wires old, new;
  TestOwner *owner = master_on (&old);

  round_trip (owner, &old);
  wires_open (&new, WIRE_SOCKETPAIR, FALSE);
  ipc_link_set_fdout (owner->link, new.link_out);
  wires_close_peer (&new);
  ipc_link_reply (owner->link, &(IpcPacket){ .header.type = IPC_PACKET_ACK });
  g_assert_cmpint (test_owner_await_lost (owner, 1)->code, ==, IPC_LINK_ERROR_WRITE);
  wires_close (&new);
  wires_open (&new, WIRE_SOCKETPAIR, FALSE);
  ipc_link_set_fdin (owner->link, new.link_in);
  g_assert_false (ipc_link_is_connected (owner->link));
  ipc_link_set_fdout (owner->link, new.link_out);
  round_trip (owner, &new);
  wires_close (&old);
  end (owner, &new);
}

static void
test_half_read_packet_is_forgotten_with_its_fd (void)
{
  Wires old, new;
  TestOwner *owner = master_on (&old);
  g_auto (IpcPacket) packet = packet_state_lost ();

  peer_write_packet (old.peer_out, &packet);
  peer_write (old.peer_out, "\11\0\0\0\0\377\0\0\0abc", 12);
  test_owner_pop (owner, &packet);
  wires_open (&new, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (owner, &new);
  wires_close (&old);
  ipc_packet_clear (&packet);
  packet = packet_state_lost ();
  peer_write_packet (new.peer_out, &packet);
  test_owner_pop (owner, &packet);
  round_trip (owner, &new);
  end (owner, &new);
}

/* Stopping keeps what was read of a packet: the stream goes on with the next start. */
static void
test_stop_and_start_in_the_middle_of_a_packet (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  g_auto (IpcPacket) packet = packet_state_lost ();

  peer_write_packet (wires.peer_out, &packet);
  peer_write (wires.peer_out, "\10\0\0\0", 4);
  test_owner_pop (owner, &packet);
  ipc_link_stop (owner->link);
  peer_write (wires.peer_out, "\0\0", 2);
  ipc_link_start (owner->link);
  peer_write (wires.peer_out, "\0\0\0", 3);
  test_owner_pop (owner, &packet);
  g_assert_cmpuint (packet.header.type, ==, IPC_PACKET_STATE_LOST);
  round_trip (owner, &wires);
  end (owner, &wires);
}

/* After the change the number belongs to somebody else, whose bytes must stay where they are. */
static void
test_old_fd_is_not_touched_after_the_change (gconstpointer data)
{
  guint way = GPOINTER_TO_UINT (data);
  guint round;

  for (round = 0; round < 300; round++) {
    Wires wires;
    TestOwner *owner = master_on (&wires);
    gint fds[2], fd = wires.link_in;

    if (round % 2)
      round_trip (owner, &wires);
    if (round % 4 > 1) /* the reader is just about to read */
      peer_write (wires.peer_out, "\10", 1);
    if (way == 0)
      ipc_link_set_fdin (owner->link, -1);
    else if (way == 1)
      ipc_link_disconnect (owner->link);
    else if (way == 2)
      ipc_link_stop (owner->link);
    else
      g_clear_object (&owner);
    g_assert_no_errno (pipe2 (fds, O_CLOEXEC));
    g_assert_no_errno (dup3 (fds[0], fd, O_CLOEXEC));
    peer_write (fds[1], "not for the link", 16);
    if (owner)
      ipc_link_reply (owner->link, &(IpcPacket){ .header.type = IPC_PACKET_ACK });
    g_assert_cmpint (ipc_io_readable_bytes (fd), ==, 16);
    close (fds[0]);
    close (fds[1]);
    g_clear_object (&owner);
    wires_close (&wires);
  }
}

/* A peer that never stops talking, until its connection breaks. */
static gpointer
run_talk (gpointer data)
{
  while (send (GPOINTER_TO_INT (data), "\10\0\0\0\0\0\0\0\0", IPC_HEADER_SIZE, MSG_NOSIGNAL) > 0)
    ;
  return NULL;
}

/* The same while the reader is busy reading from it, byte by byte, so that most of the time it has just been told that
 * there is something to read. */
static void
test_old_fd_is_not_touched_while_the_peer_talks (void)
{
  guint round;

  for (round = 0; round < 200; round++) {
    Wires wires;
    TestOwner *owner = master_on (&wires);
    g_auto (IpcPacket) packet = { 0 };
    GThread *thread;
    gint fds[2], fd = wires.link_in;

    ipc_link_set_read_chunk (owner->link, 1);
    thread = g_thread_new ("talk", run_talk, GINT_TO_POINTER (wires.peer_out));
    test_owner_pop (owner, &packet);
    g_assert_no_errno (pipe2 (fds, O_CLOEXEC));
    peer_write (fds[1], "not for the link", 16);
    ipc_link_set_fdin (owner->link, -1);
    g_assert_no_errno (dup3 (fds[0], fd, O_CLOEXEC));
    g_thread_join (thread);
    ipc_link_stop (owner->link);
    g_assert_cmpint (ipc_io_readable_bytes (fd), ==, 16);
    close (fds[0]);
    close (fds[1]);
    end (owner, &wires);
  }
}

static void
answer (TestOwner *self, IpcPacket *packet)
{
  IpcPacket reply = packet_ack (packet->header.id, 1);

  ipc_link_reply (self->link, &reply);
}

static void
test_replies_wait_for_fdout (void)
{
  Wires wires;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  g_auto (IpcPacket) packet = packet_event (TRUE);

  owner->on_packet = answer;
  wires_open (&wires, WIRE_PIPES, FALSE);
  packet.header.id = 7;
  peer_write_packet (wires.peer_out, &packet);
  ipc_link_set_fdin (owner->link, wires.link_in);
  test_owner_pop (owner, &packet);
  ipc_link_set_fdout (owner->link, wires.link_out);
  g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_ACK), ==, 7);
  round_trip (owner, &wires);
  end (owner, &wires);
}

/* A slave dies, the next one takes its place, and one fd after the other is set: no reply goes to the dead one's fd. */
static void
test_replaced_peer_without_disconnect (void)
{
  Wires old, new;
  TestOwner *owner;
  g_auto (IpcPacket) packet = packet_event (TRUE);

  wires_open (&old, WIRE_PIPES, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &old);
  owner->on_packet = answer;
  wires_close_peer (&old);
  test_owner_await_lost (owner, 1);
  wires_open (&new, WIRE_PIPES, FALSE);
  packet.header.id = 9;
  peer_write_packet (new.peer_out, &packet);
  ipc_link_set_fdin (owner->link, new.link_in);
  test_owner_pop (owner, &packet);
  g_assert_false (ipc_link_is_connected (owner->link));
  ipc_link_set_fdout (owner->link, new.link_out);
  g_assert_true (ipc_link_is_connected (owner->link));
  g_assert_cmpuint (peer_expect (new.peer_in, IPC_TO_SLAVE, IPC_PACKET_ACK), ==, 9);
  round_trip (owner, &new);
  g_assert_cmpuint (test_owner_n_lost (owner), ==, 1);
  wires_close (&old);
  end (owner, &new);
}

static void
note_peer (TestOwner *self, IpcPacket *packet)
{
  *(guint64 *)self->data = ipc_link_get_peer (self->link);
}

static void
test_reply_to_an_old_peer_goes_nowhere (void)
{
  Wires old, new;
  guint64 peer = 0;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  g_auto (IpcPacket) packet = packet_event (TRUE);

  owner->on_packet = note_peer;
  owner->data = &peer;
  wires_open (&old, WIRE_SOCKETPAIR, FALSE);
  wires_open (&new, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (owner, &old);
  peer_write_packet (old.peer_out, &packet);
  test_owner_pop (owner, &packet);
  ipc_packet_clear (&packet);
  packet = packet_ack (3, 1);
  ipc_link_reply_to (owner->link, peer, &packet);
  g_assert_cmpuint (peer_expect (old.peer_in, IPC_TO_SLAVE, IPC_PACKET_ACK), ==, 3);
  ipc_link_disconnect (owner->link);
  test_owner_set_wires (owner, &new);
  packet = packet_ack (4, 1);
  ipc_link_reply_to (owner->link, peer, &packet);
  round_trip (owner, &new); /* would see the ACK */
  wires_close (&old);
  end (owner, &new);
}

static gpointer
run_disconnects (gpointer data)
{
  TestOwner *owner = data;
  guint i;

  for (i = 0; i < 200; i++) {
    switch (i % 5) {
    case 0:
      ipc_link_set_fdin (owner->link, -1);
      break;
    case 1:
      ipc_link_set_fdout (owner->link, -1);
      break;
    case 2:
      ipc_link_stop (owner->link);
      ipc_link_start (owner->link);
      break;
    default:
      ipc_link_disconnect (owner->link);
      break;
    }
  }
  return NULL;
}

static gboolean
look_on (IpcLink *link, gpointer user_data)
{
  return TRUE;
}

static gboolean
look_away (IpcLink *link, gpointer user_data)
{
  ipc_link_disconnect (link);
  return FALSE;
}

static gpointer
run_requests (gpointer data)
{
  TestOwner *owner = data;
  guint i;

  for (i = 0; i < 200; i++) {
    g_autoptr (GstBuffer) body = patterned_buffer (1 + (i % 3) * 100000);
    g_auto (IpcPacket) reply = { 0 };
    g_autoptr (GError) error = NULL;
    g_auto (IpcPacket) packet = packet_buffer (body);

    if (i % 11 == 0) {
      IpcPacket query = packet_query ("asked");

      ipc_link_ask (owner->link, &query, i, 1000, &error);
    } else if (i % 5 == 0) {
      IpcPacket event = packet_event (TRUE);

      ipc_link_request_watched (owner->link, &event, IPC_WAIT_SERIALIZED, 50, IPC_WAIT_FOREVER,
          i % 10 ? look_on : look_away, NULL, &reply, &error);
    } else {
      ipc_link_request (
          owner->link, &packet, body, IPC_WAIT_SERIALIZED, i % 7 ? IPC_WAIT_FOREVER : 100, &reply, &error);
    }
  }
  return NULL;
}

/* The fds come and go under everybody's feet; the pair is set again and again so that requests get somewhere. Where
 * packets are cut by that, the two sides lose sync, which is a loss and no more. */
static void
test_many_threads_at_once (void)
{
  Wires wires, other;
  TestOwner *master = test_owner_new (IPC_TO_MASTER, NULL), *slave = test_owner_new (IPC_TO_SLAVE, NULL);
  GThread *threads[6];
  guint i, round;

  slave->on_packet = answer;
  for (round = 0; round < 5; round++) {
    wires_open (&wires, round % 2 ? WIRE_PIPES : WIRE_SOCKETPAIR, round % 3);
    other = (Wires){ wires.peer_in, wires.peer_out, -1, -1 };
    for (i = 0; i < G_N_ELEMENTS (threads); i++)
      threads[i] = g_thread_new ("stress", i < 3 ? run_requests : run_disconnects, i == 5 ? slave : master);
    for (i = 0; i < 100; i++) {
      test_owner_set_wires (master, &wires);
      test_owner_set_wires (slave, &other);
    }
    /* A last request may wait for ever, once the others have left the link alone. */
    for (i = G_N_ELEMENTS (threads); i > 3; i--)
      g_thread_join (threads[i - 1]);
    ipc_link_disconnect (slave->link);
    wires_close_peer (&wires);
    for (i = 0; i < 3; i++)
      g_thread_join (threads[i]);
    ipc_link_disconnect (master->link);
    wires_close (&wires);
  }
  g_assert_cmpuint (test_owner_stat (master, "requests-waiting"), ==, 0);
  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (master, &wires);
  round_trip (master, &wires);
  test_owner_free (slave);
  end (master, &wires);
}

static void
test_fds_above_1023 (void)
{
  struct rlimit limit;
  Wires wires, high;
  TestOwner *owner;

  g_assert_no_errno (getrlimit (RLIMIT_NOFILE, &limit));
  if (limit.rlim_max < 4096) {
    g_test_skip ("no fds above 1023 here");
    return;
  }
  limit.rlim_cur = limit.rlim_max;
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &limit));
  wires_open (&wires, WIRE_PIPES, FALSE);
  high = wires;
  high.link_in = fcntl (wires.link_in, F_DUPFD_CLOEXEC, 2000);
  high.link_out = fcntl (wires.link_out, F_DUPFD_CLOEXEC, 2000);
  close (wires.link_in);
  close (wires.link_out);
  owner = test_owner_new (IPC_TO_MASTER, &high);
  g_assert_cmpint (ipc_link_get_fdin (owner->link), >=, 2000);
  g_assert_cmpint (ipc_link_get_fdout (owner->link), >=, 2000);
  round_trip (owner, &high);
  end (owner, &high);
}

int
main (int argc, char **argv)
{
  static const gchar *ways[] = { "fdin", "disconnect", "stop", "unref" };
  guint i;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/link/fds/new-fds-while-a-request-waits", test_new_fds_while_a_request_waits);
  g_test_add_data_func ("/link/fds/new-fds-while-a-write-is-blocked/socketpair", GINT_TO_POINTER (WIRE_SOCKETPAIR),
      test_new_fds_while_a_write_is_blocked);
  g_test_add_data_func ("/link/fds/new-fds-while-a-write-is-blocked/pipes", GINT_TO_POINTER (WIRE_PIPES),
      test_new_fds_while_a_write_is_blocked);
  g_test_add_func ("/link/fds/new-fdout-alone", test_new_fdout_alone);
  g_test_add_data_func ("/link/fds/peer-ends-between-new-fdout-and-new-fdin/at-once", GINT_TO_POINTER (FALSE),
      test_peer_ends_between_new_fdout_and_new_fdin);
  g_test_add_data_func ("/link/fds/peer-ends-between-new-fdout-and-new-fdin/by-way-of-none", GINT_TO_POINTER (TRUE),
      test_peer_ends_between_new_fdout_and_new_fdin);
  g_test_add_func ("/link/fds/next-peer-ends-before-its-fdin-is-set", test_next_peer_ends_before_its_fdin_is_set);
  g_test_add_func (
      "/link/fds/half-read-packet-is-forgotten-with-its-fd", test_half_read_packet_is_forgotten_with_its_fd);
  g_test_add_func ("/link/fds/stop-and-start-in-the-middle-of-a-packet", test_stop_and_start_in_the_middle_of_a_packet);
  for (i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autofree gchar *path = g_strconcat ("/link/fds/old-fd-is-not-touched-after/", ways[i], NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_old_fd_is_not_touched_after_the_change);
  }
  g_test_add_func (
      "/link/fds/old-fd-is-not-touched-while-the-peer-talks", test_old_fd_is_not_touched_while_the_peer_talks);
  g_test_add_func ("/link/fds/replies-wait-for-fdout", test_replies_wait_for_fdout);
  g_test_add_func ("/link/fds/replaced-peer-without-disconnect", test_replaced_peer_without_disconnect);
  g_test_add_func ("/link/fds/reply-to-an-old-peer-goes-nowhere", test_reply_to_an_old_peer_goes_nowhere);
  g_test_add_func ("/link/fds/many-threads-at-once", test_many_threads_at_once);
  g_test_add_func ("/link/fds/fds-above-1023", test_fds_above_1023);
  return g_test_run ();
}
