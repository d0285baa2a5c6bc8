/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests that are watched while they wait: somebody looks now and then, and everything else goes on meanwhile
 * (LIFE-10). */
#include "link-test.h"

#include <unistd.h>

/* A look that stops where the test wants it. */
typedef struct {
  GMutex lock;
  GCond cond;
  guint looks;
  gboolean hold;   /* at the next look */
  gboolean inside; /* and there it is */
  gboolean verdict;
  void (*act) (IpcLink *link);
} Watch;

static gboolean
look (IpcLink *link, gpointer user_data)
{
  Watch *watch = user_data;
  gboolean verdict;

  if (watch->act)
    watch->act (link);
  g_mutex_lock (&watch->lock);
  watch->looks++;
  watch->inside = TRUE;
  g_cond_broadcast (&watch->cond);
  while (watch->hold)
    g_cond_wait (&watch->cond, &watch->lock);
  watch->inside = FALSE;
  verdict = watch->verdict;
  g_mutex_unlock (&watch->lock);
  return verdict;
}

static void
await_inside (Watch *watch)
{
  g_mutex_lock (&watch->lock);
  while (!watch->inside)
    g_cond_wait (&watch->cond, &watch->lock);
  g_mutex_unlock (&watch->lock);
}

static void
await_looks (Watch *watch, guint n)
{
  g_mutex_lock (&watch->lock);
  while (watch->looks < n)
    g_cond_wait (&watch->cond, &watch->lock);
  g_mutex_unlock (&watch->lock);
}

static void
let_go (Watch *watch, gboolean verdict)
{
  g_mutex_lock (&watch->lock);
  watch->verdict = verdict;
  watch->hold = FALSE;
  g_cond_broadcast (&watch->cond);
  g_mutex_unlock (&watch->lock);
}

static Call *
begin (TestOwner *owner, Wires *wires, Watch *watch)
{
  Call *call = call_begin_watched (owner->link, packet_event (TRUE), 1000, IPC_WAIT_FOREVER, look, watch);

  peer_expect (wires->peer_in, IPC_TO_SLAVE, IPC_PACKET_EVENT);
  return call;
}

static void
test_waits_as_long_as_look_says (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Watch watch = { .verdict = TRUE };
  Call *call = begin (owner, &wires, &watch);

  await_looks (&watch, 5);
  peer_ack (wires.peer_out, 1, 1);
  call_expect (call, IPC_OUTCOME_REPLIED);
  g_assert_cmpuint (test_owner_stat (owner, "timeouts"), ==, 0);
  end (owner, &wires);
}

static void
test_false_ends_it_timed_out (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Watch watch = { .verdict = FALSE };
  Call *call = begin (owner, &wires, &watch);

  g_assert_cmpint (call_end (call), ==, IPC_OUTCOME_TIMED_OUT);
  g_assert_error (call->error, IPC_LINK_ERROR, IPC_LINK_ERROR_TIMEOUT);
  assert_says (call->error, "EVENT 1 was given up after ");
  assert_says (call->error, " s without an answer");
  call_free (call);
  g_assert_cmpuint (watch.looks, ==, 1);
  g_assert_cmpuint (test_owner_stat (owner, "timeouts"), ==, 1);
  peer_ack (wires.peer_out, 1, 1);
  round_trip (owner, &wires);
  g_assert_cmpuint (test_owner_stat (owner, "late-replies"), ==, 1);
  end (owner, &wires);
}

/* LIFE-10: a peer that lives and does not answer. */
static void
test_the_limit_ends_it_whatever_look_says (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Watch watch = { .verdict = TRUE };
  Call *call = call_begin_watched (owner->link, packet_event (TRUE), 1000, 20000, look, &watch);

  g_assert_cmpint (call_end (call), ==, IPC_OUTCOME_TIMED_OUT);
  g_assert_error (call->error, IPC_LINK_ERROR, IPC_LINK_ERROR_TIMEOUT);
  assert_says (call->error, "EVENT 1 was given up after ");
  assert_says (call->error, "signs of life");
  call_free (call);
  g_assert_cmpuint (test_owner_stat (owner, "timeouts"), ==, 1);
  peer_ack (wires.peer_out, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_EVENT), 1);
  round_trip (owner, &wires);
  g_assert_cmpuint (test_owner_stat (owner, "late-replies"), ==, 1);
  end (owner, &wires);
}

/* A limit below the interval leaves nothing to look at. */
static void
test_a_limit_that_comes_before_the_first_look (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Watch watch = { .verdict = TRUE };

  call_expect (call_begin_watched (owner->link, packet_event (TRUE), IPC_WAIT_FOREVER, 1000, look, &watch),
      IPC_OUTCOME_TIMED_OUT);
  g_assert_cmpuint (watch.looks, ==, 0);
  end (owner, &wires);
}

/* Others ask and are answered, are read, and answer. */
static void
test_others_are_served_during_a_look (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Watch watch = { .hold = TRUE };
  Call *call = begin (owner, &wires, &watch);
  g_auto (IpcPacket) packet = packet_event (TRUE);
  guint i;

  await_inside (&watch);
  for (i = 0; i < 10; i++)
    round_trip (owner, &wires);
  peer_write_packet (wires.peer_out, &packet);
  test_owner_pop (owner, &packet);
  ipc_packet_clear (&packet);
  packet = packet_ack (77, 1);
  ipc_link_reply (owner->link, &packet);
  g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_ACK), ==, 77);
  let_go (&watch, TRUE);
  peer_ack (wires.peer_out, 1, 1);
  call_expect (call, IPC_OUTCOME_REPLIED);
  end (owner, &wires);
}

/* What happens during the look counts, not what it says. */
static void
test_end_during_a_look (gconstpointer data)
{
  const gchar *how = data;
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Watch watch = { .hold = TRUE };
  Call *call = begin (owner, &wires, &watch);
  IpcOutcome outcome = IPC_OUTCOME_GONE;

  await_inside (&watch);
  if (g_str_equal (how, "reply")) {
    peer_ack (wires.peer_out, 1, 4711);
    round_trip (owner, &wires);
    outcome = IPC_OUTCOME_REPLIED;
  } else if (g_str_equal (how, "cancel")) {
    ipc_link_cancel (owner->link, IPC_WAIT_CONTROL);
    outcome = IPC_OUTCOME_CANCELLED;
  } else if (g_str_equal (how, "disconnect")) {
    ipc_link_disconnect (owner->link);
  } else if (g_str_equal (how, "stop")) {
    ipc_link_stop (owner->link);
  } else {
    wires_close_peer (&wires);
    test_owner_await_lost (owner, 1);
  }
  let_go (&watch, FALSE);
  g_assert_cmpint (call_end (call), ==, outcome);
  if (outcome == IPC_OUTCOME_REPLIED)
    g_assert_cmpuint (call->reply.ack.result, ==, 4711);
  call_free (call);
  g_assert_cmpuint (test_owner_stat (owner, "timeouts"), ==, 0);
  g_assert_cmpuint (test_owner_stat (owner, "requests-waiting"), ==, 0);
  end (owner, &wires);
}

/* It is given up already, although its thread has not come back. */
static void
test_reply_after_a_cancel_is_late (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Watch watch = { .hold = TRUE };
  Call *call = begin (owner, &wires, &watch);

  await_inside (&watch);
  ipc_link_cancel (owner->link, IPC_WAIT_CONTROL);
  ipc_link_uncancel (owner->link, IPC_WAIT_CONTROL);
  peer_ack (wires.peer_out, 1, 1);
  round_trip (owner, &wires);
  g_assert_cmpuint (test_owner_stat (owner, "late-replies"), ==, 1);
  let_go (&watch, TRUE);
  call_expect (call, IPC_OUTCOME_CANCELLED);
  end (owner, &wires);
}

static void
cancel_all (IpcLink *link)
{
  ipc_link_cancel (link, IPC_WAIT_CONTROL | IPC_WAIT_SERIALIZED);
}

/* The look itself does it. */
static void
test_end_from_the_look (gconstpointer data)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Watch watch = { .verdict = TRUE, .act = (void (*) (IpcLink *))data };

  call_expect (begin (owner, &wires, &watch), data == cancel_all ? IPC_OUTCOME_CANCELLED : IPC_OUTCOME_GONE);
  g_assert_cmpuint (watch.looks, ==, 1);
  end (owner, &wires);
}

static void
unref_link (IpcLink *link)
{
  ipc_link_unref (link);
}

static void
never_called (IpcLink *link, IpcPacket *packet, gpointer owner)
{
  g_assert_not_reached ();
}

static void
never_lost (IpcLink *link, const GError *error, gpointer owner)
{
  g_assert_not_reached ();
}

/* The last reference: the wait ends, and the memory goes when it has. */
static void
test_last_unref_from_the_look (void)
{
  static const IpcLinkHandler handler = { never_called, never_lost, NULL };
  g_autoptr (GObject) owner = g_object_new (G_TYPE_OBJECT, NULL);
  IpcLink *link = ipc_link_new (owner, &handler, IPC_TO_MASTER, "test");
  Watch watch = { .verdict = TRUE, .act = unref_link };
  IpcPacket packet = packet_event (TRUE);
  g_auto (IpcPacket) reply = { 0 };
  g_autoptr (GError) error = NULL;
  Wires wires;

  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  ipc_link_start (link);
  ipc_link_set_fdin (link, wires.link_in);
  ipc_link_set_fdout (link, wires.link_out);
  g_assert_cmpint (
      ipc_link_request_watched (link, &packet, IPC_WAIT_CONTROL, 1000, IPC_WAIT_FOREVER, look, &watch, &reply, &error),
      ==, IPC_OUTCOME_GONE);
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED);
  wires_close (&wires);
}

/* The peer did not read, so that the packet is not even written: it goes out while its thread looks, and so does what
 * is behind it. */
static void
test_packet_not_written_yet (gconstpointer data)
{
  WireKind kind = GPOINTER_TO_INT (data);
  const gsize size = 1024 * 1024;
  g_autofree gchar *text = g_strnfill (size, 'w');
  Watch watch = { .hold = TRUE };
  Wires wires;
  TestOwner *owner;
  Call *call, *behind;

  wires_open (&wires, kind, FALSE);
  owner = test_owner_new (IPC_TO_MASTER, &wires);
  call = call_begin_watched (owner->link, packet_query (text), 1000, IPC_WAIT_FOREVER, look, &watch);
  await_inside (&watch);
  g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_QUERY), ==, 1);
  behind = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  peer_ack (wires.peer_out, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE), 1);
  call_expect (behind, IPC_OUTCOME_REPLIED);
  let_go (&watch, FALSE);
  g_assert_cmpint (call_end (call), ==, IPC_OUTCOME_TIMED_OUT);
  assert_says (call->error, "QUERY 1 was given up after ");
  call_free (call);
  end (owner, &wires);
}

static void
test_packet_never_written (void)
{
  Watch watch = { .verdict = FALSE };
  Wires wires;
  TestOwner *owner = master_on (&wires);
  GstBuffer *body = patterned_buffer (4 * 1024 * 1024);
  Call *stuck = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  Call *call;

  peer_await_readable (wires.peer_in);
  call = call_begin_watched (owner->link, packet_event (TRUE), 1000, IPC_WAIT_FOREVER, look, &watch);
  g_assert_cmpint (call_end (call), ==, IPC_OUTCOME_TIMED_OUT);
  assert_says (call->error, "without an opportunity to send it");
  call_free (call);
  peer_ack (wires.peer_out, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_BUFFER), 0);
  call_expect (stuck, IPC_OUTCOME_REPLIED);
  round_trip (owner, &wires); /* would see the EVENT */
  end (owner, &wires);
}

/* Between two looks it goes on with writing. */
static void
test_slow_reader_gets_all_of_it (void)
{
  const gsize size = 2 * 1024 * 1024;
  g_autofree gchar *text = g_strnfill (size, 'w');
  Watch watch = { .verdict = TRUE };
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Call *call = call_begin_watched (owner->link, packet_query (text), 1000, IPC_WAIT_FOREVER, look, &watch);
  g_auto (IpcPacket) packet = { 0 };
  guint32 id;

  await_looks (&watch, 3);
  g_assert_true (peer_read_packet (wires.peer_in, IPC_TO_SLAVE, &packet));
  g_assert_cmpstr (packet.query.structure, ==, text);
  id = packet.header.id;
  ipc_packet_clear (&packet);
  packet.header.type = IPC_PACKET_QUERY_RESULT;
  packet.header.id = id;
  packet.query_result.type = GST_QUERY_CUSTOM;
  peer_write_packet (wires.peer_out, &packet);
  call_expect (call, IPC_OUTCOME_REPLIED);
  end (owner, &wires);
}

int
main (int argc, char **argv)
{
  static const gchar *ends[] = { "reply", "cancel", "disconnect", "stop", "loss" };
  guint i;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/link/watch/waits-as-long-as-look-says", test_waits_as_long_as_look_says);
  g_test_add_func ("/link/watch/false-ends-it-timed-out", test_false_ends_it_timed_out);
  g_test_add_func ("/link/watch/limit-ends-it", test_the_limit_ends_it_whatever_look_says);
  g_test_add_func ("/link/watch/limit-before-first-look", test_a_limit_that_comes_before_the_first_look);
  g_test_add_func ("/link/watch/others-are-served-during-a-look", test_others_are_served_during_a_look);
  for (i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree gchar *path = g_strconcat ("/link/watch/end-during-a-look/", ends[i], NULL);

    g_test_add_data_func (path, ends[i], test_end_during_a_look);
  }
  g_test_add_func ("/link/watch/reply-after-a-cancel-is-late", test_reply_after_a_cancel_is_late);
  g_test_add_data_func ("/link/watch/end-from-the-look/disconnect", ipc_link_disconnect, test_end_from_the_look);
  g_test_add_data_func ("/link/watch/end-from-the-look/stop", ipc_link_stop, test_end_from_the_look);
  g_test_add_data_func ("/link/watch/end-from-the-look/cancel", cancel_all, test_end_from_the_look);
  g_test_add_func ("/link/watch/last-unref-from-the-look", test_last_unref_from_the_look);
  g_test_add_data_func (
      "/link/watch/packet-not-written-yet/socketpair", GINT_TO_POINTER (WIRE_SOCKETPAIR), test_packet_not_written_yet);
  g_test_add_data_func (
      "/link/watch/packet-not-written-yet/pipes", GINT_TO_POINTER (WIRE_PIPES), test_packet_not_written_yet);
  g_test_add_func ("/link/watch/packet-never-written", test_packet_never_written);
  g_test_add_func ("/link/watch/slow-reader-gets-all-of-it", test_slow_reader_gets_all_of_it);
  return g_test_run ();
}
