/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Links that have nothing to do cost nothing, whatever they wait for and however their peer has ended. */
#include "link-test.h"

#include <sys/socket.h>
#include <unistd.h>

/* Links at rest, each in another way. */
typedef struct {
  Wires wires;
  TestOwner *owner;
  Call *call;
} Resting;

static void
rest_idle (Resting *self)
{
  round_trip (self->owner, &self->wires);
}

static void
rest_waiting (Resting *self)
{
  self->call = call_begin (self->owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  peer_expect (self->wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
}

static void
rest_after_eof (Resting *self)
{
  wires_close_peer (&self->wires);
  test_owner_await_lost (self->owner, 1);
}

/* The peer lives; what it has sent is no packet, and stays in front of what may come. */
static void
rest_after_nonsense (Resting *self)
{
  static const guint8 header[IPC_HEADER_SIZE] = { 0xff };

  peer_write (self->wires.peer_out, header, sizeof header);
  test_owner_await_lost (self->owner, 1);
}

static void
rest_after_fail (Resting *self)
{
  ipc_link_fail (self->owner->link, ipc_link_get_peer (self->owner->link),
      g_error_new_literal (IPC_LINK_ERROR, IPC_LINK_ERROR_PROTOCOL, "a packet that makes no sense"));
  test_owner_await_lost (self->owner, 1);
}

/* The peer still reads, and could be written to. */
static void
rest_after_half_eof (Resting *self)
{
  if (self->wires.peer_out == self->wires.peer_in) {
    if (shutdown (self->wires.peer_out, SHUT_WR) < 0)
      return; /* a terminal has no such thing, and is idle */
  } else {
    close (self->wires.peer_out);
    self->wires.peer_out = -1;
  }
  test_owner_await_lost (self->owner, 1);
}

static void
rest_with_full_buffers (Resting *self)
{
  GstBuffer *body = patterned_buffer (4 * 1024 * 1024);

  self->call = call_begin (self->owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  peer_await_readable (self->wires.peer_in);
}

/* Nobody waits for what is left to be written. */
static void
rest_with_replies_left (Resting *self)
{
  g_autofree gchar *text = g_strnfill (4 * 1024 * 1024, 'x');
  IpcPacket packet = { .header.type = IPC_PACKET_QUERY_RESULT, .header.id = 1 };

  packet.query_result.structure = text;
  ipc_link_reply (self->owner->link, &packet);
}

static void
rest_without_fdout (Resting *self)
{
  IpcPacket packet = packet_ack (1, 1);

  ipc_link_set_fdout (self->owner->link, -1);
  ipc_link_reply (self->owner->link, &packet);
}

static void
rest_disconnected (Resting *self)
{
  ipc_link_disconnect (self->owner->link);
}

static void (*const ways_to_rest[]) (Resting *self)
    = { rest_idle, rest_waiting, rest_after_eof, rest_after_half_eof, rest_after_nonsense, rest_after_fail,
        rest_with_full_buffers, rest_with_replies_left, rest_without_fdout, rest_disconnected };

/* What the links have done so far. */
static void
look_at (Resting *resting, guint64 *turns, guint64 *sent)
{
  guint i;

  *turns = *sent = 0;
  for (i = 0; i < G_N_ELEMENTS (ways_to_rest); i++) {
    *turns += test_owner_n_turns (resting[i].owner);
    *sent += test_owner_stat (resting[i].owner, "bytes-sent");
  }
}

/* While another link works, those that have nothing to do make no turn. Before that they fill their buffers, a
 * terminal's byte by byte, and perhaps are told of room that is none; but they cannot go on like that. */
static void
await_rest (Resting *resting, TestOwner *busy, Wires *wires)
{
  guint64 turns, sent, turns_now, sent_now;
  guint round, in_vain = 0;

  look_at (resting, &turns_now, &sent_now);
  do {
    turns = turns_now;
    sent = sent_now;
    for (round = 0; round < 1000; round++)
      round_trip (busy, wires);
    look_at (resting, &turns_now, &sent_now);
    in_vain += turns_now != turns && sent_now == sent;
    if (in_vain == 10)
      g_error ("%" G_GUINT64_FORMAT " turns for nothing", turns_now - turns);
  } while (turns_now != turns);
}

static void
test_idle_link_does_nothing (gconstpointer data)
{
  Resting resting[G_N_ELEMENTS (ways_to_rest)] = { 0 };
  Wires wires;
  TestOwner *busy = master_on (&wires);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (resting); i++) {
    wires_open (&resting[i].wires, GPOINTER_TO_INT (data), FALSE);
    resting[i].owner = test_owner_new (IPC_TO_MASTER, &resting[i].wires);
    ways_to_rest[i](&resting[i]);
  }
  await_rest (resting, busy, &wires);
  for (i = 0; i < G_N_ELEMENTS (resting); i++) {
    ipc_link_disconnect (resting[i].owner->link);
    if (resting[i].call)
      call_expect (resting[i].call, IPC_OUTCOME_GONE);
    end (resting[i].owner, &resting[i].wires);
  }
  end (busy, &wires);
}

int
main (int argc, char **argv)
{
  static const gchar *kinds[] = { "socketpair", "pipes", "tcp", "terminal" };
  guint i;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree gchar *path = g_strconcat ("/link/rest/idle-link-does-nothing/", kinds[i], NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_idle_link_does_nothing);
  }
  return g_test_run ();
}
