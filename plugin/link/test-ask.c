/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests whose reply goes to the handler, and what has been agreed on with the peer: both are that peer's and no
 * other's (EXT-5), also for a late answer (EXT-4). */
#include "link-test.h"

static guint32
ask (TestOwner *owner, Wires *wires, guint tag)
{
  g_autoptr (GError) error = NULL;
  IpcPacket packet = packet_query ("question");

  g_assert_true (ipc_link_ask (owner->link, &packet, tag, IPC_WAIT_FOREVER, &error));
  g_assert_no_error (error);
  return peer_expect (wires->peer_in, IPC_TO_SLAVE, IPC_PACKET_QUERY);
}

static void
answer (Wires *wires, guint32 id, const gchar *structure)
{
  IpcPacket packet = { .header.type = IPC_PACKET_QUERY_RESULT, .header.id = id };

  packet.query_result.result = TRUE;
  packet.query_result.type = GST_QUERY_CUSTOM;
  packet.query_result.structure = structure;
  peer_write_packet (wires->peer_out, &packet);
}

static guint
n_replies (TestOwner *owner)
{
  guint n;

  g_mutex_lock (&owner->lock);
  n = owner->replies.length;
  g_mutex_unlock (&owner->lock);
  return n;
}

static void
test_reply_goes_to_the_handler_once (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  g_auto (IpcPacket) packet = { 0 };
  guint32 first = ask (owner, &wires, 10), second = ask (owner, &wires, 20);

  g_assert_cmpuint (first, ==, 1);
  g_assert_cmpuint (second, ==, 2);
  g_assert_cmpuint (test_owner_stat (owner, "requests-waiting"), ==, 0);
  answer (&wires, second, "b");
  answer (&wires, first, "a");
  g_assert_cmpuint (test_owner_pop_reply (owner, &packet), ==, 20);
  g_assert_cmpstr (packet.query_result.structure, ==, "b");
  g_assert_cmpuint (test_owner_pop_reply (owner, &packet), ==, 10);
  g_assert_cmpstr (packet.query_result.structure, ==, "a");
  g_assert_cmpuint (test_owner_stat (owner, "round-trip-max"), >, 0);

  answer (&wires, first, "again");
  round_trip (owner, &wires);
  g_assert_cmpuint (n_replies (owner), ==, 0);
  g_assert_cmpuint (test_owner_stat (owner, "stray-replies"), ==, 1);
  g_assert_cmpuint (test_owner_stat (owner, "late-replies"), ==, 0);
  end (owner, &wires);
}

/* However late: time-outs of others, cancels, a stop and a start do not end it. */
static void
test_late_reply_is_delivered (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  g_auto (IpcPacket) packet = { 0 };
  guint32 id = ask (owner, &wires, 7);

  call_expect (call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, 0), IPC_OUTCOME_TIMED_OUT);
  peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
  ipc_link_cancel (owner->link, IPC_WAIT_CONTROL | IPC_WAIT_SERIALIZED);
  ipc_link_uncancel (owner->link, IPC_WAIT_CONTROL | IPC_WAIT_SERIALIZED);
  round_trip (owner, &wires);
  ipc_link_stop (owner->link);
  ipc_link_start (owner->link);
  round_trip (owner, &wires);
  answer (&wires, id, "at last");
  g_assert_cmpuint (test_owner_pop_reply (owner, &packet), ==, 7);
  g_assert_cmpuint (test_owner_stat (owner, "late-replies"), ==, 0);
  end (owner, &wires);
}

static void
test_reply_of_another_peer_is_not_delivered (gconstpointer data)
{
  const gchar *how = data;
  Wires old, new;
  TestOwner *owner = master_on (&old);
  guint32 id = ask (owner, &old, 1);

  wires_open (&new, WIRE_SOCKETPAIR, FALSE);
  if (g_str_equal (how, "lost")) {
    wires_close_peer (&old);
    test_owner_await_lost (owner, 1);
  } else if (g_str_equal (how, "disconnect")) {
    ipc_link_disconnect (owner->link);
  }
  test_owner_set_wires (owner, &new);
  answer (&new, id, "not mine");
  round_trip (owner, &new);
  g_assert_cmpuint (n_replies (owner), ==, 0);
  g_assert_cmpuint (test_owner_stat (owner, "stray-replies"), ==, 1);
  wires_close (&old);
  end (owner, &new);
}

/* What was asked at the old fdout is not answered by who reads the new one. */
static void
test_new_fdout_gives_up_what_was_asked (void)
{
  Wires wires, other;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  guint32 id;

  wires_open (&wires, WIRE_PIPES, FALSE);
  wires_open (&other, WIRE_PIPES, FALSE);
  test_owner_set_wires (owner, &wires);
  id = ask (owner, &wires, 1);
  ipc_link_set_form (owner->link, ipc_link_get_peer (owner->link), IPC_FORM_OBJECTS);
  ipc_link_set_fdout (owner->link, other.link_out);
  g_assert_cmpint (ipc_link_get_form (owner->link), ==, IPC_FORM_LEGACY);
  answer (&wires, id, "late");
  wires_close_peer (&wires);
  test_owner_await_lost (owner, 1);
  g_assert_cmpuint (n_replies (owner), ==, 0);
  g_assert_cmpuint (test_owner_stat (owner, "late-replies"), ==, 1);
  test_owner_free (owner);
  wires_close (&wires);
  wires_close (&other);
}

static void
test_reply_of_the_wrong_kind (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  g_auto (IpcPacket) packet = { 0 };
  guint32 id = ask (owner, &wires, 3);

  peer_ack (wires.peer_out, id, 1);
  answer (&wires, id, "right");
  g_assert_cmpuint (test_owner_pop_reply (owner, &packet), ==, 3);
  g_assert_cmpstr (packet.query_result.structure, ==, "right");
  g_assert_cmpuint (test_owner_stat (owner, "protocol-errors"), ==, 1);
  end (owner, &wires);
}

static void
test_questions_without_answer_have_a_limit (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  g_autoptr (GError) error = NULL;
  g_auto (IpcPacket) packet = { 0 };
  IpcPacket query;
  guint32 first = ask (owner, &wires, 1);
  guint i;

  for (i = 2; i <= IPC_LINK_MAX_ASKED; i++)
    ask (owner, &wires, i);
  query = packet_query ("too much");
  g_assert_false (ipc_link_ask (owner->link, &query, 0, IPC_WAIT_FOREVER, &error));
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_BUSY);
  assert_says (error, "QUERY was not sent: the peer has yet to answer 64 requests");
  round_trip (owner, &wires); /* nothing was sent, and other requests are not concerned */
  answer (&wires, first, "room");
  g_assert_cmpuint (test_owner_pop_reply (owner, &packet), ==, 1);
  answer (&wires, ask (owner, &wires, 99), "again");
  g_assert_cmpuint (test_owner_pop_reply (owner, &packet), ==, 99);
  end (owner, &wires);
}

/* The reply must not find its way to the handler when the caller was told that nothing was sent. */
static void
test_question_that_was_not_sent (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  const gsize size = 4 * 1024 * 1024;
  GstBuffer *body = patterned_buffer (size);
  Call *call = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  IpcPacket query = packet_query ("question");
  g_autoptr (GError) error = NULL;

  peer_await_readable (wires.peer_in);
  g_assert_false (ipc_link_ask (owner->link, &query, 1, 1000, &error));
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_TIMEOUT);
  assert_says (error, "QUERY 2 could not be sent within 0.001 s");
  answer (&wires, 2, "never asked");
  peer_ack (wires.peer_out, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_BUFFER), 0);
  call_expect (call, IPC_OUTCOME_REPLIED);
  g_assert_cmpuint (n_replies (owner), ==, 0);
  g_assert_cmpuint (test_owner_stat (owner, "stray-replies"), ==, 1);

  ipc_link_disconnect (owner->link);
  g_clear_error (&error);
  query = packet_query ("question");
  g_assert_false (ipc_link_ask (owner->link, &query, 1, IPC_WAIT_FOREVER, &error));
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED);
  end (owner, &wires);
}

/* An id that is asked for is not used again, whatever the count. */
static void
test_id_of_a_question_is_not_used_again (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  g_auto (IpcPacket) packet = { 0 };

  g_assert_cmpuint (ask (owner, &wires, 1), ==, 1);
  g_mutex_lock (&owner->link->lock);
  owner->link->last_id = 0;
  g_mutex_unlock (&owner->link->lock);
  g_assert_cmpuint (ask (owner, &wires, 2), ==, 2);
  answer (&wires, 1, "first");
  g_assert_cmpuint (test_owner_pop_reply (owner, &packet), ==, 1);
  end (owner, &wires);
}

static void
ask_back (TestOwner *self, IpcPacket *packet)
{
  g_autoptr (GError) error = NULL;
  IpcPacket query = packet_query ("from the reader");

  g_assert_true (ipc_link_ask (self->link, &query, 5, IPC_WAIT_FOREVER, &error));
  g_assert_no_error (error);
}

static void
ask_again (TestOwner *self, IpcPacket *packet, guint tag)
{
  if (tag == 5)
    ask_back (self, NULL);
}

/* In the packet callback, and in the reply's. */
static void
test_ask_from_the_reader (void)
{
  Wires wires;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  g_auto (IpcPacket) packet = packet_state_lost ();

  owner->on_packet = ask_back;
  owner->on_reply = ask_again;
  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (owner, &wires);
  peer_write_packet (wires.peer_out, &packet);
  answer (&wires, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_QUERY), "one");
  g_assert_cmpuint (test_owner_pop_reply (owner, &packet), ==, 5);
  answer (&wires, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_QUERY), "two");
  g_assert_cmpuint (test_owner_pop_reply (owner, &packet), ==, 5);
  g_assert_cmpstr (packet.query_result.structure, ==, "two");
  end (owner, &wires);
}

static void
await_waiting (TestOwner *owner, guint n)
{
  while (test_owner_stat (owner, "requests-waiting") < n)
    g_thread_yield ();
}

/* FRAME-4: what is not sent leaves no number out, and the answers to what was behind it find their way. */
static void
test_number_of_what_is_not_sent_is_given_to_the_next (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  GstBuffer *body = patterned_buffer (4 * 1024 * 1024);
  Call *first = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  Call *not_sent, *waiting;
  IpcPacket event = packet_event (TRUE);
  g_auto (IpcPacket) packet = { 0 };

  peer_await_readable (wires.peer_in);
  not_sent = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  await_waiting (owner, 2);
  waiting = call_begin (owner->link, packet_query ("waited for"), NULL, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  await_waiting (owner, 3);
  g_mutex_lock (&owner->lock);
  owner->on_packet = ask_back;
  g_mutex_unlock (&owner->lock);
  peer_write_packet (wires.peer_out, &event);
  test_owner_pop (owner, &packet);
  ipc_link_cancel (owner->link, IPC_WAIT_CONTROL);
  call_expect (not_sent, IPC_OUTCOME_CANCELLED);

  peer_ack (wires.peer_out, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_BUFFER), 0);
  call_expect (first, IPC_OUTCOME_REPLIED);
  g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_QUERY), ==, 2);
  g_assert_cmpuint (peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_QUERY), ==, 3);
  answer (&wires, 3, "to the handler");
  g_assert_cmpuint (test_owner_pop_reply (owner, &packet), ==, 5);
  answer (&wires, 2, "to who waits");
  call_expect (waiting, IPC_OUTCOME_REPLIED);
  ipc_link_uncancel (owner->link, IPC_WAIT_CONTROL);
  g_assert_cmpuint (ask (owner, &wires, 1), ==, 4);
  end (owner, &wires);
}

static void
disconnect_in_reply (TestOwner *self, IpcPacket *packet, guint tag)
{
  ipc_link_disconnect (self->link);
  ipc_link_set_form (self->link, ipc_link_get_peer (self->link), IPC_FORM_METAS); /* of a peer that is gone */
}

static void
test_disconnect_from_the_reply (void)
{
  Wires wires;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  g_auto (IpcPacket) packet = { 0 };
  Call *call;

  owner->on_reply = disconnect_in_reply;
  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (owner, &wires);
  call = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
  answer (&wires, ask (owner, &wires, 1), "bye");
  call_expect (call, IPC_OUTCOME_GONE);
  test_owner_pop_reply (owner, &packet);
  g_assert_cmpint (ipc_link_get_fdin (owner->link), ==, -1);
  g_assert_cmpint (ipc_link_get_form (owner->link), ==, IPC_FORM_LEGACY);
  end (owner, &wires);
}

static void
drop_packet (IpcLink *link, IpcPacket *packet, gpointer owner)
{
  ipc_packet_clear (packet);
}

static void
ignore_loss (IpcLink *link, const GError *error, gpointer owner)
{
}

static void
test_handler_without_reply (void)
{
  static const IpcLinkHandler handler = { drop_packet, ignore_loss, NULL };
  Wires wires;
  TestOwner *owner = master_on (&wires);
  IpcLink *link = ipc_link_new (G_OBJECT (owner), &handler, IPC_TO_MASTER, "test");
  IpcPacket query = packet_query ("question");
  Call *call;

  /* another link on the owner's wires */
  ipc_link_disconnect (owner->link);
  ipc_link_start (link);
  ipc_link_set_fdin (link, wires.link_in);
  ipc_link_set_fdout (link, wires.link_out);
  g_assert_true (ipc_link_ask (link, &query, 1, IPC_WAIT_FOREVER, NULL));
  answer (&wires, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_QUERY), "to nobody");
  call = call_begin (link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  peer_ack (wires.peer_out, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE), 1);
  call_expect (call, IPC_OUTCOME_REPLIED);
  ipc_link_disconnect (link);
  ipc_link_unref (link);
  end (owner, &wires);
}

/* ---- forms ---- */

static void
agree (TestOwner *self, IpcPacket *packet)
{
  if (packet->header.type == IPC_PACKET_QUERY)
    ipc_link_set_form (self->link, ipc_link_get_peer (self->link), IPC_FORM_OBJECTS | IPC_FORM_METAS);
}

/* All in one write: what is set in the callback of one packet holds for the next one, not for the one itself. */
static void
test_form_holds_from_the_next_packet_on (void)
{
  const IpcForm agreed = IPC_FORM_OBJECTS | IPC_FORM_METAS;
  Wires wires;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_auto (IpcPacket) packet = packet_state_lost ();
  Call *call;
  guint32 id, i;

  owner->on_packet = agree;
  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (owner, &wires);
  call = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
  id = ask (owner, &wires, 1);

  ipc_packet_encode (&packet, bytes);
  packet = packet_query ("greeting");
  ipc_packet_encode (&packet, bytes);
  ipc_packet_clear (&packet);
  packet = packet_state_lost ();
  ipc_packet_encode (&packet, bytes);
  packet = packet_ack (1, 1);
  ipc_packet_encode (&packet, bytes);
  peer_write (wires.peer_out, bytes->data, bytes->len);
  answer (&wires, id, "answer");

  for (i = 0; i < 3; i++) {
    test_owner_pop (owner, &packet);
    g_assert_cmpint (packet.form, ==, i < 2 ? IPC_FORM_LEGACY : agreed);
  }
  g_assert_cmpint (call_end (call), ==, IPC_OUTCOME_REPLIED);
  g_assert_cmpint (call->reply.form, ==, agreed);
  call_free (call);
  test_owner_pop_reply (owner, &packet);
  g_assert_cmpint (packet.form, ==, agreed);
  g_assert_cmpint (ipc_link_get_form (owner->link), ==, agreed);
  end (owner, &wires);
}

static void
test_form_is_forgotten_with_the_peer (gconstpointer data)
{
  const gchar *how = data;
  Wires old, new;
  TestOwner *owner = master_on (&old);
  guint64 peer = ipc_link_get_peer (owner->link);
  g_auto (IpcPacket) packet = packet_state_lost ();

  ipc_link_set_form (owner->link, peer, IPC_FORM_OBJECTS);
  g_assert_cmpint (ipc_link_get_form (owner->link), ==, IPC_FORM_OBJECTS);
  ipc_link_stop (owner->link); /* the same peer is read again */
  ipc_link_start (owner->link);
  g_assert_cmpint (ipc_link_get_form (owner->link), ==, IPC_FORM_OBJECTS);

  wires_open (&new, WIRE_SOCKETPAIR, FALSE);
  if (g_str_equal (how, "lost")) {
    wires_close_peer (&old);
    test_owner_await_lost (owner, 1);
  } else if (g_str_equal (how, "disconnect")) {
    ipc_link_disconnect (owner->link);
  }
  test_owner_set_wires (owner, &new);
  g_assert_cmpint (ipc_link_get_form (owner->link), ==, IPC_FORM_LEGACY);
  ipc_link_set_form (owner->link, peer, IPC_FORM_OBJECTS); /* somebody who has not noticed yet */
  g_assert_cmpint (ipc_link_get_form (owner->link), ==, IPC_FORM_LEGACY);
  peer_write_packet (new.peer_out, &packet);
  test_owner_pop (owner, &packet);
  g_assert_cmpint (packet.form, ==, IPC_FORM_LEGACY);
  wires_close (&old);
  end (owner, &new);
}

/* EXT-1: who wrote a packet for a peer with which more was agreed on, and comes too late. */
static void
test_form_of_a_replaced_peer_is_not_sent (void)
{
  Wires old, new;
  TestOwner *owner = master_on (&old);
  IpcPacket packet = packet_event (TRUE), reply = { 0 };
  g_autoptr (GError) error = NULL;

  ipc_link_set_form (owner->link, ipc_link_get_peer (owner->link), IPC_FORM_OBJECTS);
  packet.form = ipc_link_get_form (owner->link);
  wires_open (&new, WIRE_SOCKETPAIR, FALSE);
  test_owner_set_wires (owner, &new);
  g_assert_cmpint (ipc_link_request (owner->link, &packet, NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER, &reply, &error),
      ==, IPC_OUTCOME_GONE);
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  packet = packet_event (TRUE);
  packet.form = IPC_FORM_METAS;
  g_assert_false (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, &error));
  g_assert_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED);
  /* and no number was taken */
  packet = packet_event (TRUE);
  g_assert_true (ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, NULL));
  g_assert_cmpuint (peer_expect (new.peer_in, IPC_TO_SLAVE, IPC_PACKET_EVENT), ==, 1);
  wires_close (&old);
  end (owner, &new);
}

/* The greeting may come, and be answered, before the application has set fdout: it is the same peer. */
static void
test_form_outlives_a_first_fdout (void)
{
  Wires wires;
  TestOwner *owner = test_owner_new (IPC_TO_MASTER, NULL);
  g_auto (IpcPacket) packet = packet_query ("greeting");

  owner->on_packet = agree;
  wires_open (&wires, WIRE_PIPES, FALSE);
  ipc_link_set_fdin (owner->link, wires.link_in);
  peer_write_packet (wires.peer_out, &packet);
  test_owner_pop (owner, &packet);
  ipc_link_set_fdout (owner->link, wires.link_out);
  g_assert_cmpint (ipc_link_get_form (owner->link), ==, IPC_FORM_OBJECTS | IPC_FORM_METAS);
  end (owner, &wires);
}

int
main (int argc, char **argv)
{
  static const gchar *ends[] = { "lost", "disconnect", "other-fds" };
  guint i;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/link/ask/reply-goes-to-the-handler-once", test_reply_goes_to_the_handler_once);
  g_test_add_func ("/link/ask/late-reply-is-delivered", test_late_reply_is_delivered);
  for (i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree gchar *reply = g_strconcat ("/link/ask/reply-of-another-peer-is-not-delivered/", ends[i], NULL);
    g_autofree gchar *form = g_strconcat ("/link/form/is-forgotten-with-the-peer/", ends[i], NULL);

    g_test_add_data_func (reply, ends[i], test_reply_of_another_peer_is_not_delivered);
    g_test_add_data_func (form, ends[i], test_form_is_forgotten_with_the_peer);
  }
  g_test_add_func ("/link/ask/new-fdout-gives-up-what-was-asked", test_new_fdout_gives_up_what_was_asked);
  g_test_add_func ("/link/ask/reply-of-the-wrong-kind", test_reply_of_the_wrong_kind);
  g_test_add_func ("/link/ask/questions-without-answer-have-a-limit", test_questions_without_answer_have_a_limit);
  g_test_add_func ("/link/ask/question-that-was-not-sent", test_question_that_was_not_sent);
  g_test_add_func ("/link/ask/id-of-a-question-is-not-used-again", test_id_of_a_question_is_not_used_again);
  g_test_add_func ("/link/ask/from-the-reader", test_ask_from_the_reader);
  g_test_add_func ("/link/ask/number-of-what-is-not-sent-is-given-to-the-next",
      test_number_of_what_is_not_sent_is_given_to_the_next);
  g_test_add_func ("/link/ask/disconnect-from-the-reply", test_disconnect_from_the_reply);
  g_test_add_func ("/link/ask/handler-without-reply", test_handler_without_reply);
  g_test_add_func ("/link/form/holds-from-the-next-packet-on", test_form_holds_from_the_next_packet_on);
  g_test_add_func ("/link/form/of-a-replaced-peer-is-not-sent", test_form_of_a_replaced_peer_is_not_sent);
  g_test_add_func ("/link/form/outlives-a-first-fdout", test_form_outlives_a_first_fdout);
  return g_test_run ();
}
