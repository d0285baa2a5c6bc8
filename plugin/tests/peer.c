/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The raw peer of peer.h. It owns both ends of its wires. Its own ends do not block: a poll() with a deadline comes
 * before every read and write. What was read and not asked for yet lies in `pending`.
 */

#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/framer.h"
#include "wire/memory.h"

struct _TestPeer {
  gint in, out; /* ours; the same for a socket */
  gint element_in, element_out;
  IpcDirection plays;
  IpcFramer *framer;
  GQueue pending;     /* of IpcPacket */
  IpcPacket *present; /* the one that was returned last */
  guint32 last_id;
  TestGreetings greetings;
  IpcFeatures features;
  guint latency_queries;
  GstClockTime latency; /* of the last event */
  GArray *fds;          /* gint: those that came along */
};

static void
packet_free (gpointer packet)
{
  ipc_packet_clear (packet);
  g_free (packet);
}

static void
close_pair (gint *a, gint *b)
{
  if (*a >= 0)
    close (*a);
  if (*b >= 0 && *b != *a)
    close (*b);
  *a = *b = -1;
}

TestPeer *
peer_new (TestWires wires, IpcDirection plays)
{
  TestPeer *peer = g_new0 (TestPeer, 1);
  gint there[2], back[2];

  if (wires == TEST_PIPES) {
    g_assert_no_errno (pipe2 (there, O_CLOEXEC));
    g_assert_no_errno (pipe2 (back, O_CLOEXEC));
    peer->element_in = back[0];
    peer->element_out = there[1];
    peer->in = there[0];
    peer->out = back[1];
  } else {
    g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, there));
    peer->element_in = peer->element_out = there[0];
    peer->in = peer->out = there[1];
  }
  g_assert_no_errno (fcntl (peer->in, F_SETFL, O_NONBLOCK));
  g_assert_no_errno (fcntl (peer->out, F_SETFL, O_NONBLOCK));
  peer->plays = plays;
  peer->framer = ipc_framer_new (plays, G_MAXUINT32);
  peer->fds = g_array_new (FALSE, FALSE, sizeof (gint));
  g_queue_init (&peer->pending);
  return peer;
}

void
peer_free (TestPeer *peer)
{
  peer_close (peer);
  close_pair (&peer->element_in, &peer->element_out);
  ipc_framer_free (peer->framer);
  for (guint i = 0; i < peer->fds->len; i++)
    close (g_array_index (peer->fds, gint, i));
  g_array_unref (peer->fds);
  g_queue_clear_full (&peer->pending, packet_free);
  g_clear_pointer (&peer->present, packet_free);
  g_free (peer);
}

void
peer_attach (TestPeer *peer, GstElement *element)
{
  g_object_set (element, "fdin", peer->element_in, "fdout", peer->element_out, NULL);
}

gint
peer_element_fdin (TestPeer *peer)
{
  return peer->element_in;
}

gint
peer_element_fdout (TestPeer *peer)
{
  return peer->element_out;
}

void
peer_close (TestPeer *peer)
{
  close_pair (&peer->in, &peer->out);
}

void
peer_close_input (TestPeer *peer)
{
  g_assert_cmpint (peer->in, !=, peer->out);
  g_assert_no_errno (close (peer->in));
  peer->in = -1;
}

/* ---- saying something ---- */

static void
wait_for (gint fd, gshort events, const gchar *what)
{
  const gint64 deadline = g_get_monotonic_time () + TEST_DEADLINE;
  struct pollfd fds = { .fd = fd, .events = events };
  gint n;

  do {
    const gint64 left = deadline - g_get_monotonic_time ();

    n = poll (&fds, 1, (gint)(MAX (left, 0) / 1000));
  } while (n < 0 && errno == EINTR);
  g_assert_no_errno (n);
  if (n == 0)
    g_error ("the raw peer waited in vain: %s", what);
}

void
peer_send_bytes (TestPeer *peer, gconstpointer bytes, gsize size)
{
  const guint8 *at = bytes;

  while (size > 0) {
    gssize n = write (peer->out, at, size);

    if (n < 0 && errno == EAGAIN) {
      wait_for (peer->out, POLLOUT, "the element does not read");
      continue;
    }
    if (n < 0 && errno == EINTR)
      continue;
    g_assert_no_errno (n);
    at += n;
    size -= n;
  }
}

guint32
peer_send (TestPeer *peer, IpcPacket *packet)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint32 id;

  if (packet->header.type != IPC_PACKET_ACK && packet->header.type != IPC_PACKET_QUERY_RESULT)
    packet->header.id = ++peer->last_id;
  id = packet->header.id;
  ipc_packet_encode (packet, bytes);
  ipc_packet_clear (packet);
  peer_send_bytes (peer, bytes->data, bytes->len);
  return id;
}

/* Bytes that are sent with fds go in one piece: they are few. */
guint32
peer_send_with_fds (TestPeer *peer, IpcPacket *packet, const gint *fds, guint n_fds)
{
  union {
    struct cmsghdr align;
    guint8 space[CMSG_SPACE (64 * sizeof (gint))];
  } control = { .align = { CMSG_LEN (n_fds * sizeof (gint)), SOL_SOCKET, SCM_RIGHTS } };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  struct iovec vector;
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
  const guint32 id = packet->header.id = ++peer->last_id;

  ipc_packet_encode (packet, bytes);
  ipc_packet_clear (packet);
  vector = (struct iovec){ bytes->data, bytes->len };
  if (n_fds > 0) {
    memcpy (CMSG_DATA (&control.align), fds, n_fds * sizeof (gint));
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE (n_fds * sizeof (gint));
  }
  wait_for (peer->out, POLLOUT, "the element does not read");
  g_assert_cmpint (sendmsg (peer->out, &message, MSG_NOSIGNAL), ==, bytes->len);
  return id;
}

guint32
peer_send_memory_release (TestPeer *peer, guint32 number)
{
  IpcPacket packet = { 0 };

  ipc_packet_build_memory_release (&packet, &number, 1);
  return peer_send (peer, &packet);
}

guint32
peer_send_state_change (TestPeer *peer, GstStateChange transition)
{
  IpcPacket packet = { 0 };

  ipc_packet_build_state_change (&packet, transition);
  return peer_send (peer, &packet);
}

guint32
peer_send_state_lost (TestPeer *peer)
{
  IpcPacket packet = { 0 };

  ipc_packet_build_state_lost (&packet);
  return peer_send (peer, &packet);
}

guint32
peer_send_buffer (TestPeer *peer, GstBuffer *buffer)
{
  g_autoptr (GstBuffer) owned = buffer;
  g_autoptr (GError) error = NULL;
  GstMapInfo map;
  IpcPacket packet = { 0 };
  guint32 id;

  ipc_packet_build_buffer (&packet, owned, &error);
  g_assert_no_error (error);
  g_assert_true (gst_buffer_map (owned, &map, GST_MAP_READ));
  packet.buffer.data = map.data;
  id = peer_send (peer, &packet);
  gst_buffer_unmap (owned, &map);
  return id;
}

guint32
peer_send_event (TestPeer *peer, GstEvent *event, gboolean upstream)
{
  g_autoptr (GError) error = NULL;
  IpcPacket packet = { 0 };

  if (GST_EVENT_TYPE (event) == GST_EVENT_SINK_MESSAGE)
    ipc_packet_build_sink_message (&packet, event, &error);
  else
    ipc_packet_build_event (&packet, event, upstream, &error);
  g_assert_no_error (error);
  gst_event_unref (event);
  return peer_send (peer, &packet);
}

guint32
peer_send_query (TestPeer *peer, GstQuery *query, gboolean upstream)
{
  g_autoptr (GError) error = NULL;
  IpcPacket packet = { 0 };

  ipc_packet_build_query (&packet, query, upstream, &error);
  g_assert_no_error (error);
  gst_query_unref (query);
  return peer_send (peer, &packet);
}

guint32
peer_send_message (TestPeer *peer, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  IpcPacket packet = { 0 };

  ipc_packet_build_message (&packet, message, &error);
  g_assert_no_error (error);
  gst_message_unref (message);
  return peer_send (peer, &packet);
}

void
peer_ack (TestPeer *peer, guint32 id, guint32 result)
{
  IpcPacket packet = { 0 };

  ipc_packet_build_ack (&packet, id, result);
  peer_send (peer, &packet);
}

void
peer_answer_query (TestPeer *peer, guint32 id, GstQuery *query, gboolean result)
{
  IpcPacket packet = { 0 };

  ipc_packet_build_query_result (&packet, id, query, result);
  peer_send (peer, &packet);
}

/* ---- hearing something ---- */

static void
note_latency (TestPeer *peer, const IpcPacket *packet)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstEvent) event = ipc_event_from_packet (packet, &error);

  g_assert_no_error (error);
  gst_event_parse_latency (event, &peer->latency);
}

/* A slave pipeline that goes to PLAYING asks for the latency and tells it. Those are of no interest here, but it waits.
 */
static gboolean
answer_latency (TestPeer *peer, const IpcPacket *packet)
{
  g_autoptr (GstQuery) query = NULL;

  if (peer->plays != IPC_TO_MASTER)
    return FALSE;
  if (packet->header.type == IPC_PACKET_EVENT && packet->event.type == GST_EVENT_LATENCY) {
    note_latency (peer, packet);
    peer_ack (peer, packet->header.id, TRUE);
    return TRUE;
  }
  if (packet->header.type != IPC_PACKET_QUERY || packet->query.type != GST_QUERY_LATENCY)
    return FALSE;
  peer->latency_queries++;
  query = gst_query_new_latency ();
  gst_query_set_latency (query, FALSE, 0, GST_CLOCK_TIME_NONE);
  peer_answer_query (peer, packet->header.id, query, TRUE);
  return TRUE;
}

void
peer_set_greetings (TestPeer *peer, TestGreetings greetings, IpcFeatures features)
{
  peer->greetings = greetings;
  peer->features = features;
}

void
peer_answer_greeting (TestPeer *peer, const IpcPacket *question, IpcFeatures features)
{
  g_auto (IpcGreeting) greeting = { 0 };
  g_autoptr (GError) error = NULL;
  IpcPacket packet = { 0 };

  ipc_greeting_from_packet (question, &greeting, &error);
  g_assert_no_error (error);
  greeting.features = features;
  ipc_packet_build_greeting_answer (&packet, question->header.id, &greeting);
  peer_send (peer, &packet);
}

static gchar *
exchange_greetings (TestPeer *peer, IpcFeatures features, const gchar *time_domain)
{
  IpcGreeting greeting = { .nonce = 1, .features = features, .time_domain = (gchar *)time_domain };
  g_auto (IpcGreeting) answer = { 0 };
  g_autoptr (GError) error = NULL;
  IpcPacket packet = { 0 };

  ipc_packet_build_greeting (&packet, &greeting);
  ipc_greeting_from_packet (peer_await_reply (peer, peer_send (peer, &packet)), &answer, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&answer.time_domain);
}

void
peer_greet (TestPeer *peer, IpcFeatures features, const gchar *time_domain)
{
  g_autofree gchar *own = time_domain == NULL ? exchange_greetings (peer, features, "") : g_strdup (time_domain);

  g_free (exchange_greetings (peer, features, own));
}

/* A sink greets before anything else. */
static gboolean
answer_greeting (TestPeer *peer, const IpcPacket *packet)
{
  IpcPacket answer = { 0 };

  if (peer->greetings == TEST_GREETINGS_KEPT || packet->header.type != IPC_PACKET_QUERY
      || !ipc_packet_is_greeting (packet))
    return FALSE;
  if (peer->greetings == TEST_GREETINGS_ANSWERED) {
    peer_answer_greeting (peer, packet, peer->features);
  } else {
    ipc_packet_build_query_echo (&answer, packet, FALSE);
    peer_send (peer, &answer);
  }
  return TRUE;
}

typedef union {
  struct cmsghdr align;
  guint8 space[CMSG_SPACE (64 * sizeof (gint))];
} Control;

static gssize
read_with_fds (TestPeer *peer, guint8 *bytes, gsize room)
{
  Control control;
  struct iovec vector = { bytes, room };
  struct msghdr message
      = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
  gssize n;

  if (peer->in != peer->out)
    return read (peer->in, bytes, room);
  n = recvmsg (peer->in, &message, MSG_CMSG_CLOEXEC);
  if (n < 0)
    return n;
  g_assert_false (message.msg_flags & MSG_CTRUNC);
  for (struct cmsghdr *part = CMSG_FIRSTHDR (&message); part; part = CMSG_NXTHDR (&message, part))
    g_array_append_vals (peer->fds, CMSG_DATA (part), (guint)((part->cmsg_len - CMSG_LEN (0)) / sizeof (gint)));
  return n;
}

gint
peer_take_fd (TestPeer *peer)
{
  gint fd;

  g_assert_cmpuint (peer->fds->len, >, 0);
  fd = g_array_index (peer->fds, gint, 0);
  g_array_remove_index (peer->fds, 0);
  return fd;
}

guint
peer_count_fds (TestPeer *peer)
{
  return peer->fds->len;
}

/* Reads until there is one packet more in `pending`, or something was answered that is of no interest. */
static void
read_packet (TestPeer *peer, const gchar *awaited)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) payload = NULL;
  IpcHeader header;
  IpcPacket *packet;

  while (!ipc_framer_next (peer->framer, &header, &payload, &error)) {
    gsize room;
    guint8 *bytes;
    gssize n;

    g_assert_no_error (error);
    bytes = ipc_framer_reserve (peer->framer, 65536, &room);
    n = read_with_fds (peer, bytes, room);
    if (n < 0 && errno == EAGAIN)
      wait_for (peer->in, POLLIN, awaited);
    else if (n == 0)
      g_error ("end of the stream where there should be: %s", awaited);
    else if (n > 0)
      ipc_framer_commit (peer->framer, n);
    else if (errno != EINTR)
      g_error ("reading, awaiting %s: %s", awaited, g_strerror (errno));
  }
  packet = g_new0 (IpcPacket, 1);
  ipc_packet_decode (&header, payload, packet, &error);
  g_assert_no_error (error);
  if (answer_latency (peer, packet) || answer_greeting (peer, packet))
    packet_free (packet);
  else
    g_queue_push_tail (&peer->pending, packet);
}

typedef gboolean (*Matches) (const IpcPacket *packet, guint32 wanted);

/* The first packet that matches. @next: it must be the very next one. */
static IpcPacket *
take (TestPeer *peer, Matches matches, guint32 wanted, gboolean next, const gchar *awaited)
{
  guint at = 0;

  for (;; at++) {
    IpcPacket *packet;

    while (at == g_queue_get_length (&peer->pending))
      read_packet (peer, awaited);
    packet = g_queue_peek_nth (&peer->pending, at);
    if (matches (packet, wanted))
      break;
    if (next) {
      g_autofree gchar *came = ipc_packet_describe (packet);

      g_error ("%s should come next, but here is: %s", awaited, came);
    }
  }
  g_clear_pointer (&peer->present, packet_free);
  peer->present = g_queue_pop_nth (&peer->pending, at);
  return peer->present;
}

static gboolean
is_of_type (const IpcPacket *packet, guint32 type)
{
  return packet->header.type == type;
}

static gboolean
is_anything (const IpcPacket *packet, guint32 unused)
{
  return TRUE;
}

static gboolean
is_event (const IpcPacket *packet, guint32 type)
{
  return packet->header.type == IPC_PACKET_EVENT && packet->event.type == type;
}

static gboolean
is_reply_to (const IpcPacket *packet, guint32 id)
{
  return (packet->header.type == IPC_PACKET_ACK || packet->header.type == IPC_PACKET_QUERY_RESULT)
         && packet->header.id == id;
}

IpcPacket *
peer_expect (TestPeer *peer, IpcPacketType type)
{
  return take (peer, is_of_type, type, TRUE, ipc_packet_info (type)->name);
}

IpcPacket *
peer_await (TestPeer *peer, IpcPacketType type)
{
  return take (peer, is_of_type, type, FALSE, ipc_packet_info (type)->name);
}

IpcPacket *
peer_next (TestPeer *peer)
{
  return take (peer, is_anything, 0, TRUE, "any packet");
}

IpcPacket *
peer_await_event (TestPeer *peer, GstEventType type)
{
  return take (peer, is_event, type, FALSE, gst_event_type_get_name (type));
}

IpcPacket *
peer_await_reply (TestPeer *peer, guint32 id)
{
  g_autofree gchar *awaited = g_strdup_printf ("the reply to %u", id);

  return take (peer, is_reply_to, id, FALSE, awaited);
}

gboolean
peer_has_reply (TestPeer *peer, guint32 id)
{
  for (GList *item = peer->pending.head; item != NULL; item = item->next) {
    if (is_reply_to (item->data, id))
      return TRUE;
  }
  return FALSE;
}

void
peer_expect_ack (TestPeer *peer, guint32 id, guint32 result)
{
  IpcPacket *packet = peer_await_reply (peer, id);

  g_assert_cmpuint (packet->header.type, ==, IPC_PACKET_ACK);
  g_assert_cmpint ((gint32)packet->ack.result, ==, (gint32)result);
}

guint32
peer_expect_state_change (TestPeer *peer, GstStateChange transition)
{
  IpcPacket *packet = peer_expect (peer, IPC_PACKET_STATE_CHANGE);

  g_assert_cmpstr (
      gst_state_change_get_name (packet->state_change.transition), ==, gst_state_change_get_name (transition));
  return packet->header.id;
}

guint32
peer_expect_event (TestPeer *peer, GstEventType type)
{
  return take (peer, is_event, type, TRUE, gst_event_type_get_name (type))->header.id;
}

guint32
peer_expect_buffer (TestPeer *peer)
{
  return peer_expect (peer, IPC_PACKET_BUFFER)->header.id;
}

guint
peer_count_latency_queries (TestPeer *peer)
{
  return peer->latency_queries;
}

GstClockTime
peer_last_latency (TestPeer *peer)
{
  return peer->latency;
}

void
peer_await_readable (TestPeer *peer)
{
  wait_for (peer->in, POLLIN, "the element writes nothing");
}

void
peer_round_trip (TestPeer *peer)
{
  /* A type that no side knows is answered by the element itself. */
  IpcPacket packet = { .header.type = IPC_PACKET_QUERY };

  packet.query.type = 0xffff01;
  packet.query.upstream = peer->plays == IPC_TO_SLAVE;
  g_assert_cmpuint (peer_await_reply (peer, peer_send (peer, &packet))->header.type, ==, IPC_PACKET_QUERY_RESULT);
}

void
peer_expect_silence (TestPeer *peer)
{
  peer_round_trip (peer);
  if (!g_queue_is_empty (&peer->pending)) {
    g_autofree gchar *came = ipc_packet_describe (g_queue_peek_head (&peer->pending));

    g_error ("nothing should have come, but here is: %s", came);
  }
}
