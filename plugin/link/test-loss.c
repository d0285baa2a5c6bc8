/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of a peer, by whatever it dies or does: everybody who waits fails at once, `lost` comes once, nothing hangs.
 */
#include "link-test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

static Call *
begin_waiting (TestOwner *owner, Wires *wires)
{
  Call *call = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);

  peer_expect (wires->peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
  return call;
}

/* Nobody is busy with what is lost, while another link does a lot. */
static void
assert_at_rest (TestOwner *owner)
{
  Wires wires;
  TestOwner *other;
  guint64 before;

  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  other = test_owner_new (IPC_TO_MASTER, &wires);
  before = test_owner_n_turns (owner);
  for (guint i = 0; i < 100; i++)
    round_trip (other, &wires);
  /* those that were under way, or that somebody had woken the reader for */
  g_assert_cmpuint (test_owner_n_turns (owner) - before, <=, 4);
  end (other, &wires);
}

/* Lost for good: once, and what is sent afterwards fails without blocking. */
static void
assert_gone (TestOwner *owner, IpcLinkError code, const gchar *text)
{
  const GError *lost = test_owner_await_lost (owner, 1);
  g_autoptr (GError) error = NULL;
  IpcPacket packet = packet_event (FALSE);
  g_auto (IpcPacket) reply = { 0 };

  g_assert_error (lost, IPC_LINK_ERROR, (gint)code);
  assert_says (lost, text);
  assert_at_rest (owner);
  g_assert_false (ipc_link_is_connected (owner->link));
  g_assert_cmpint (ipc_link_request (owner->link, &packet, NULL, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER, &reply, &error),
      ==, IPC_OUTCOME_GONE);
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED);
  assert_says (error, lost->message);
  g_clear_error (&error);
  packet = packet_event (FALSE);
  g_assert_false (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, &error));
  packet = packet_ack (1, 1);
  ipc_link_reply (owner->link, &packet);
  ipc_link_stop (owner->link); /* the reader would have had to say more by now, or never will */
  ipc_link_start (owner->link);
  g_assert_cmpuint (test_owner_n_lost (owner), ==, 1);
}

/* A whole packet, then one that ends after each of its bytes in turn. */
static void
test_eof_at_each_byte (gconstpointer data)
{
  WireKind kind = GPOINTER_TO_INT (data);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  IpcPacket packet = packet_event (TRUE);
  gsize cut, size;

  packet.header.id = 12;
  ipc_packet_encode (&packet, bytes);
  size = bytes->len;
  ipc_packet_encode (&packet, bytes);
  ipc_packet_clear (&packet);
  for (cut = 0; cut <= size; cut++) {
    g_autofree gchar *text = NULL;
    Wires wires;
    TestOwner *owner;
    Call *call;

    wires_open (&wires, kind, FALSE);
    owner = test_owner_new (IPC_TO_MASTER, &wires);
    call = begin_waiting (owner, &wires);
    peer_write (wires.peer_out, bytes->data, size + cut);
    wires_close_peer (&wires);
    g_assert_cmpint (call_end (call), ==, IPC_OUTCOME_GONE);
    g_assert_error (call->error, IPC_LINK_ERROR, IPC_LINK_ERROR_CLOSED);
    assert_says (call->error, "STATE_CHANGE 1: the peer closed the connection");
    call_free (call);
    assert_gone (owner, IPC_LINK_ERROR_CLOSED, "the peer closed the connection");
    if (cut % size == 0)
      g_assert_null (strstr (test_owner_await_lost (owner, 1)->message, "in the middle"));
    else if (cut < IPC_HEADER_SIZE)
      text = g_strdup_printf ("in the middle of a packet's header (%" G_GSIZE_FORMAT " of 9 bytes)", cut);
    else
      text = g_strdup_printf ("in the middle of a packet: EVENT (id 12, %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                              " bytes)",
          cut - IPC_HEADER_SIZE, size - IPC_HEADER_SIZE);
    if (text)
      assert_says (test_owner_await_lost (owner, 1), text);
    test_owner_pop (owner, &packet);
    ipc_packet_clear (&packet);
    g_assert_cmpuint (owner->packets.length, ==, cut == size);
    end (owner, &wires);
  }
}

static gboolean
sigpipe_pending (void)
{
  sigset_t pending;

  sigemptyset (&pending);
  sigpending (&pending);
  return sigismember (&pending, SIGPIPE);
}

/* Writes until it fails, with SIGPIPE at its default, which would end the test. */
static void
test_write_to_dead_peer_is_an_error (gconstpointer data)
{
  WireKind kind = GPOINTER_TO_INT (data);
  IpcOutcome outcome;
  Wires wires;
  TestOwner *owner;

  g_assert_true (signal (SIGPIPE, SIG_DFL) != SIG_ERR);
  wires_open (&wires, kind, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  /* Only what the link writes into: EOF must not be quicker. */
  if (kind == WIRE_PIPES) {
    close (wires.peer_in);
    wires.peer_in = -1;
  } else {
    g_assert_no_errno (shutdown (wires.peer_in, SHUT_RD));
  }
  {
    GstBuffer *body = patterned_buffer (1024 * 1024);
    Call *call = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);

    outcome = call_end (call);
    g_assert_error (call->error, IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE);
    call_free (call);
  }
  g_assert_cmpint (outcome, ==, IPC_OUTCOME_GONE);
  assert_gone (owner, IPC_LINK_ERROR_WRITE, "the peer went away");
  g_assert_false (sigpipe_pending ());
  end (owner, &wires);
}

/* The one that was pending already is the application's. */
static void
test_pending_sigpipe_of_others_stays (void)
{
  sigset_t pipe_set, old_set;
  gint fds[2], signal_number;
  IpcFdFile file;
  struct iovec iov = { (gpointer) "x", 1 };
  gsize n;

  sigemptyset (&pipe_set);
  sigaddset (&pipe_set, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &pipe_set, &old_set);
  g_assert_no_errno (pipe2 (fds, O_CLOEXEC));
  close (fds[0]);
  ipc_io_identify (fds[1], &file);
  g_assert_cmpint (ipc_io_write (fds[1], &file, &iov, 1, &n), ==, IPC_IO_FAILED);
  g_assert_false (sigpipe_pending ());
  pthread_kill (pthread_self (), SIGPIPE);
  g_assert_cmpint (ipc_io_write (fds[1], &file, &iov, 1, &n), ==, IPC_IO_FAILED);
  g_assert_true (sigpipe_pending ());
  sigwait (&pipe_set, &signal_number);
  close (fds[1]);
  pthread_sigmask (SIG_SETMASK, &old_set, NULL);
}

/* What it said before it died is heard, also by who finds out by writing. */
static void
test_last_words_are_heard (gconstpointer data)
{
  WireKind kind = GPOINTER_TO_INT (data);
  const guint n = 50;
  Wires wires;
  TestOwner *owner;
  Call *call;
  guint i;
  g_auto (IpcPacket) packet = { 0 };

  wires_open (&wires, kind, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  for (i = 0; i < n; i++) {
    packet = packet_state_lost ();
    peer_write_packet (wires.peer_out, &packet);
  }
  wires_close_peer (&wires);
  call = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  call_expect (call, IPC_OUTCOME_GONE);
  test_owner_await_lost (owner, 1);
  g_assert_cmpuint (owner->packets.length, ==, n);
  end (owner, &wires);
}

typedef struct {
  const gchar *name;
  const gchar *bytes;
  gsize size;
} Nonsense;

#define NONSENSE(name, bytes)                                                                                          \
  {                                                                                                                    \
    name, bytes, sizeof (bytes) - 1                                                                                    \
  }

/* For a master. */
static const Nonsense nonsense[] = {
  NONSENSE ("type-0", "\0\1\0\0\0\0\0\0\0"),
  NONSENSE ("type-11", "\13\1\0\0\0\0\0\0\0"),
  NONSENSE ("http", "HTTP/1.1 400 Bad Request\r\n"),
  NONSENSE ("wrong-direction", "\7\1\0\0\0\4\0\0\0\12\0\0\0"),
  NONSENSE ("payload-above-limit", "\11\1\0\0\0\1\0\0\20"),
  NONSENSE ("payload-of-4-GiB", "\11\1\0\0\0\377\377\377\377"),
  NONSENSE ("ack-without-result", "\1\1\0\0\0\0\0\0\0"),
  NONSENSE ("ack-too-long", "\1\1\0\0\0\5\0\0\0\1\0\0\0\0"),
  NONSENSE ("string-without-nul", "\11\1\0\0\0\7\0\0\0\2\0\0\0abc"),
};

static void
test_nonsense_ends_the_peer (gconstpointer data)
{
  const Nonsense *what = data;
  g_auto (IpcPacket) packet = packet_state_lost ();
  Wires wires;
  TestOwner *owner;
  Call *call;

  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  call = begin_waiting (owner, &wires);
  peer_write (wires.peer_out, what->bytes, what->size);
  call_expect (call, IPC_OUTCOME_GONE);
  assert_gone (owner, IPC_LINK_ERROR_PROTOCOL, "the peer broke the protocol");
  g_assert_cmpuint (test_owner_stat (owner, "protocol-errors"), ==, 1);
  /* It could write perfect packets now. */
  peer_write_packet (wires.peer_out, &packet);
  ipc_link_disconnect (owner->link);
  g_assert_cmpint (ipc_io_readable_bytes (wires.link_in), >=, IPC_HEADER_SIZE);
  g_assert_cmpuint (owner->packets.length, ==, 0);
  end (owner, &wires);
}

static void
test_limit_of_payload (void)
{
  Wires wires;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  IpcPacket packet = packet_query ("abc"); /* 4 + 1 + 4 bytes */

  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  ipc_link_set_max_payload (owner->link, 9);
  test_owner_set_wires (owner, &wires);
  peer_write_packet (wires.peer_out, &packet);
  test_owner_pop (owner, &packet);
  ipc_packet_clear (&packet);
  packet = packet_query ("abcd");
  peer_write_packet (wires.peer_out, &packet);
  assert_gone (owner, IPC_LINK_ERROR_PROTOCOL, "the peer broke the protocol");
  end (owner, &wires);
}

static void
test_fds_of_no_use (void)
{
  gint in[2], out[2], closed;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  GstBuffer *body;

  g_assert_no_errno (pipe2 (in, O_CLOEXEC));
  g_assert_no_errno (pipe2 (out, O_CLOEXEC));
  closed = fcntl (in[0], F_DUPFD_CLOEXEC, 500);
  close (closed);

  ipc_link_set_fdin (owner->link, in[1]); /* the writing end */
  g_assert_error (test_owner_await_lost (owner, 1), IPC_LINK_ERROR, IPC_LINK_ERROR_READ);
  ipc_link_set_fdin (owner->link, closed);
  g_assert_error (test_owner_await_lost (owner, 2), IPC_LINK_ERROR, IPC_LINK_ERROR_READ);

  ipc_link_set_fdin (owner->link, in[0]);
  ipc_link_set_fdout (owner->link, out[0]); /* the reading end */
  body = patterned_buffer (10);
  call_expect (
      call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER), IPC_OUTCOME_GONE);
  g_assert_error (test_owner_await_lost (owner, 3), IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE);

  ipc_link_set_fdin (owner->link, in[0]);
  ipc_link_set_fdout (owner->link, closed);
  body = patterned_buffer (10);
  call_expect (
      call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER), IPC_OUTCOME_GONE);
  g_assert_error (test_owner_await_lost (owner, 4), IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE);
  test_owner_free (owner);
  close (in[0]);
  close (in[1]);
  close (out[0]);
  close (out[1]);
}

/* Under the owner's lock. */
typedef struct {
  gboolean held, released;
} Hold;

static void
hold_the_reader (TestOwner *owner, IpcPacket *packet)
{
  Hold *hold = owner->data;

  g_mutex_lock (&owner->lock);
  hold->held = TRUE;
  g_cond_broadcast (&owner->changed);
  while (!hold->released)
    g_cond_wait (&owner->changed, &owner->lock);
  g_mutex_unlock (&owner->lock);
}

/* LIFE-1: the loss is found while the reader is elsewhere, and before it can tell of it fdout is changed. The peer is
 * that of fdin, and it is gone. */
static void
test_another_fdout_does_not_hide_a_loss (void)
{
  Wires wires;
  TestOwner *owner;
  IpcPacket packet = packet_state_lost ();
  g_autoptr (GError) error = NULL;
  Hold hold = { FALSE, FALSE };
  gint other[2];

  wires_open (&wires, WIRE_PIPES, FALSE);
  g_assert_no_errno (pipe (other));
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  g_mutex_lock (&owner->lock);
  owner->data = &hold;
  owner->on_packet = hold_the_reader;
  peer_write_packet (wires.peer_out, &packet);
  while (!hold.held)
    g_cond_wait (&owner->changed, &owner->lock);
  g_mutex_unlock (&owner->lock);

  close (wires.peer_in);
  wires.peer_in = -1;
  packet = packet_event (FALSE);
  g_assert_false (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, &error));
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE);
  ipc_link_set_fdout (owner->link, other[1]);
  g_mutex_lock (&owner->lock);
  hold.released = TRUE;
  g_cond_broadcast (&owner->changed);
  g_mutex_unlock (&owner->lock);
  g_assert_error (test_owner_await_lost (owner, 1), IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE);
  g_assert_false (ipc_link_is_connected (owner->link));
  end (owner, &wires);
  close (other[0]);
  close (other[1]);
}

/* The peer's writing half is closed, its reading half not. */
static void
test_half_closed_is_closed (gconstpointer data)
{
  Wires wires;
  TestOwner *owner;
  Call *call;

  wires_open (&wires, GPOINTER_TO_INT (data), FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  call = begin_waiting (owner, &wires);
  if (wires.peer_out == wires.peer_in) {
    g_assert_no_errno (shutdown (wires.peer_out, SHUT_WR));
  } else {
    close (wires.peer_out);
    wires.peer_out = -1;
  }
  call_expect (call, IPC_OUTCOME_GONE);
  assert_gone (owner, IPC_LINK_ERROR_CLOSED, "the peer closed the connection");
  end (owner, &wires);
}

/* Many threads find out at the same time, some waiting, some writing. */
static void
test_lost_once_for_many_who_wait (void)
{
  guint round, i;

  for (round = 0; round < 20; round++) {
    Wires wires;
    TestOwner *owner;
    Call *calls[8];

    wires_open (&wires, round % 2 ? WIRE_PIPES : WIRE_SOCKETPAIR, FALSE);
    owner = test_owner_new (IPC_TO_MASTER, &wires);
    for (i = 0; i < G_N_ELEMENTS (calls); i++) {
      GstBuffer *body = patterned_buffer (256 * 1024);

      calls[i] = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
    }
    for (i = 0; i < round % 4; i++)
      peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_BUFFER);
    wires_close_peer (&wires);
    for (i = 0; i < G_N_ELEMENTS (calls); i++)
      call_expect (calls[i], IPC_OUTCOME_GONE);
    test_owner_await_lost (owner, 1);
    ipc_link_stop (owner->link);
    ipc_link_start (owner->link);
    g_assert_cmpuint (test_owner_n_lost (owner), ==, 1);
    end (owner, &wires);
  }
}

static void
test_fail_is_a_loss (void)
{
  Wires wires;
  TestOwner *owner;
  Call *call;
  guint64 peer;

  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  call = begin_waiting (owner, &wires);
  peer = ipc_link_get_peer (owner->link);
  ipc_link_fail (
      owner->link, peer, g_error_new (IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE, "a query without a structure"));
  call_expect (call, IPC_OUTCOME_GONE);
  assert_gone (owner, IPC_LINK_ERROR_PROTOCOL, "a query without a structure");
  ipc_link_fail (owner->link, peer, g_error_new (IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE, "again"));
  g_assert_cmpuint (test_owner_stat (owner, "protocol-errors"), ==, 1);
  ipc_link_disconnect (owner->link);
  ipc_link_fail (owner->link, peer, g_error_new (IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE, "nobody there"));
  g_assert_cmpuint (test_owner_stat (owner, "protocol-errors"), ==, 1);
  end (owner, &wires);
}

/* A link error stays what it is. */
static void
test_fail_with_an_error_of_the_link (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);

  ipc_link_fail (owner->link, ipc_link_get_peer (owner->link),
      g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE, "my own reasons"));
  g_assert_error (test_owner_await_lost (owner, 1), IPC_LINK_ERROR, IPC_LINK_ERROR_WRITE);
  g_assert_cmpuint (test_owner_stat (owner, "write-errors"), ==, 1);
  end (owner, &wires);
}

/* Somebody still looks at what an old peer has sent when another has taken its place. */
static void
test_fail_of_another (void)
{
  Wires wires, other;
  TestOwner *owner = master_on (&wires);
  const guint64 peer = ipc_link_get_peer (owner->link);

  wires_open (&other, WIRE_SOCKETPAIR, FALSE);
  ipc_link_disconnect (owner->link);
  test_owner_set_wires (owner, &other);
  ipc_link_fail (owner->link, peer, g_error_new (IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE, "old nonsense"));
  g_assert_cmpuint (test_owner_stat (owner, "protocol-errors"), ==, 0);
  round_trip (owner, &other);
  g_assert_cmpuint (test_owner_n_lost (owner), ==, 0);
  wires_close (&wires);
  end (owner, &other);
}

/* Between two peers, one fd is the new one's and the other still the lost one's. */
static void
test_half_replaced (gconstpointer data)
{
  gboolean fdin_first = GPOINTER_TO_INT (data);
  Wires wires, other;
  TestOwner *owner = master_on (&wires);
  g_autoptr (GError) error = NULL;
  IpcPacket packet = packet_state_lost ();
  guint64 peer = ipc_link_get_peer (owner->link);

  wires_open (&other, WIRE_SOCKETPAIR, FALSE);
  wires_close_peer (&wires);
  test_owner_await_lost (owner, 1);
  if (fdin_first)
    ipc_link_set_fdin (owner->link, other.link_in);
  else
    ipc_link_set_fdout (owner->link, other.link_out);
  g_assert_false (ipc_link_is_connected (owner->link));
  g_assert_false (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, &error));
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED);
  assert_says (error, fdin_first ? "fdout is still that of a peer that was lost" : "fdin is still that of a peer");
  packet = packet_ack (1, 1);
  ipc_link_reply_to (owner->link, peer, &packet); /* to whom? */
  test_owner_set_wires (owner, &other);
  round_trip (owner, &other);
  wires_close (&wires);
  end (owner, &other);
}

static void
never_packet (IpcLink *link, IpcPacket *packet, gpointer owner)
{
  g_assert_not_reached ();
}

static void
never_lost (IpcLink *link, const GError *error, gpointer owner)
{
  g_assert_not_reached ();
}

/* Until `lost` has been called, or would have been. */
static void
await_reported (IpcLink *link)
{
  gboolean reported = FALSE;

  while (!reported) {
    g_mutex_lock (&link->lock);
    reported = link->loss && !link->report;
    g_mutex_unlock (&link->lock);
  }
}

/* Somebody still has the link when its owner is gone: nobody is called, all else goes on. */
static void
test_owner_gone (void)
{
  static const IpcLinkHandler handler = { never_packet, never_lost, NULL };
  GObject *owner = g_object_new (G_TYPE_OBJECT, NULL);
  IpcLink *link = ipc_link_new (owner, &handler, IPC_TO_MASTER, "test");
  g_auto (IpcPacket) packet = packet_state_lost ();
  Wires wires;
  Call *call;

  g_object_unref (owner);
  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  ipc_link_set_fdout (link, wires.link_out);
  ipc_link_disconnect (link); /* of fdout alone */
  g_assert_cmpint (ipc_link_get_fdout (link), ==, -1);
  ipc_link_set_fdin (link, wires.link_in);
  ipc_link_set_fdout (link, wires.link_out);
  ipc_link_start (link);
  call = call_begin (link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  peer_write_packet (wires.peer_out, &packet);
  peer_ack (wires.peer_out, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE), 1);
  call_expect (call, IPC_OUTCOME_REPLIED);
  call = call_begin (link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  wires_close_peer (&wires);
  call_expect (call, IPC_OUTCOME_GONE);
  await_reported (link);
  ipc_link_unref (link);
  wires_close (&wires);
}

static void
test_replies_left_unread_have_a_limit (void)
{
  Wires wires;
  TestOwner *owner;
  g_autofree gchar *text = g_strnfill (1024 * 1024, 'x');
  guint i;

  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  for (i = 0; i < 15; i++) {
    IpcPacket packet = { .header.type = IPC_PACKET_QUERY_RESULT, .header.id = i };

    packet.query_result.structure = text;
    ipc_link_reply (owner->link, &packet);
  }
  g_assert_true (ipc_link_is_connected (owner->link));
  for (; i < 18; i++) {
    IpcPacket packet = { .header.type = IPC_PACKET_QUERY_RESULT, .header.id = i };

    packet.query_result.structure = text;
    ipc_link_reply (owner->link, &packet);
  }
  assert_gone (owner, IPC_LINK_ERROR_PROTOCOL, "the peer does not read");
  end (owner, &wires);
}

static void
add (const gchar *name, WireKind kind, GTestDataFunc func)
{
  static const gchar *kinds[] = { "socketpair", "pipes", "tcp" };
  g_autofree gchar *path = g_strconcat ("/link/loss/", name, "/", kinds[kind], NULL);

  g_test_add_data_func (path, GINT_TO_POINTER (kind), func);
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (i = WIRE_SOCKETPAIR; i <= WIRE_TCP; i++) {
    add ("eof-at-each-byte", i, test_eof_at_each_byte);
    add ("half-closed-is-closed", i, test_half_closed_is_closed);
    if (i != WIRE_TCP) { /* TCP takes what it is given, and a reset throws away what was not read */
      add ("write-to-dead-peer-is-an-error", i, test_write_to_dead_peer_is_an_error);
      add ("last-words-are-heard", i, test_last_words_are_heard);
    }
  }
  for (i = 0; i < G_N_ELEMENTS (nonsense); i++) {
    g_autofree gchar *path = g_strconcat ("/link/loss/nonsense-ends-the-peer/", nonsense[i].name, NULL);

    g_test_add_data_func (path, &nonsense[i], test_nonsense_ends_the_peer);
  }
  g_test_add_func ("/link/loss/pending-sigpipe-of-others-stays", test_pending_sigpipe_of_others_stays);
  g_test_add_func ("/link/loss/limit-of-payload", test_limit_of_payload);
  g_test_add_func ("/link/loss/fds-of-no-use", test_fds_of_no_use);
  g_test_add_func ("/link/loss/lost-once-for-many-who-wait", test_lost_once_for_many_who_wait);
  g_test_add_func ("/link/loss/another-fdout-does-not-hide-a-loss", test_another_fdout_does_not_hide_a_loss);
  g_test_add_func ("/link/loss/fail-is-a-loss", test_fail_is_a_loss);
  g_test_add_func ("/link/loss/fail-with-an-error-of-the-link", test_fail_with_an_error_of_the_link);
  g_test_add_func ("/link/loss/fail-of-another", test_fail_of_another);
  g_test_add_data_func ("/link/loss/half-replaced/fdin", GINT_TO_POINTER (TRUE), test_half_replaced);
  g_test_add_data_func ("/link/loss/half-replaced/fdout", GINT_TO_POINTER (FALSE), test_half_replaced);
  g_test_add_func ("/link/loss/owner-gone", test_owner_gone);
  g_test_add_func ("/link/loss/replies-left-unread-have-a-limit", test_replies_left_unread_have_a_limit);
  return g_test_run ();
}
