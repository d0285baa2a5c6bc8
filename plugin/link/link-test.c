/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Wires, the raw peer, the link's owner and requests in threads, for the tests of the link: see link-test.h.
 */
#include "link-test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* ---- wires ---- */

static void
set_small_buffers (gint fd)
{
  gint size = 16 * 1024;

  g_assert_no_errno (setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size));
  g_assert_no_errno (setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size));
}

/* Segments as on a network: one of the loopback's is larger than the small buffers, and each would wait for TCP's
 * timers of 200 ms. */
static void
open_tcp (gint fds[2])
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  gint segment = 1024;
  gint listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_no_errno (listener);
  g_assert_no_errno (bind (listener, (struct sockaddr *)&address, sizeof address));
  g_assert_no_errno (listen (listener, 1));
  g_assert_no_errno (getsockname (listener, (struct sockaddr *)&address, &length));
  fds[0] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  set_small_buffers (fds[0]);
  g_assert_no_errno (setsockopt (fds[0], IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment));
  g_assert_no_errno (connect (fds[0], (struct sockaddr *)&address, sizeof address));
  fds[1] = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
  g_assert_no_errno (fds[1]);
  set_small_buffers (fds[1]);
  close (listener);
}

/* A serial line, as it were. */
static void
open_terminal (gint fds[2])
{
  struct termios settings;

  fds[1] = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_no_errno (fds[1]);
  g_assert_no_errno (grantpt (fds[1]));
  g_assert_no_errno (unlockpt (fds[1]));
  fds[0] = open (ptsname (fds[1]), O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_no_errno (fds[0]);
  g_assert_no_errno (tcgetattr (fds[0], &settings));
  cfmakeraw (&settings);
  g_assert_no_errno (tcsetattr (fds[0], TCSANOW, &settings));
}

void
wires_open (Wires *wires, WireKind kind, gboolean nonblocking)
{
  gint there[2], back[2];

  if (kind == WIRE_PIPES) {
    g_assert_no_errno (pipe2 (there, O_CLOEXEC));
    g_assert_no_errno (pipe2 (back, O_CLOEXEC));
    *wires = (Wires){ .link_in = back[0], .link_out = there[1], .peer_in = there[0], .peer_out = back[1] };
  } else {
    if (kind == WIRE_TCP) {
      open_tcp (there);
    } else if (kind == WIRE_TERMINAL) {
      open_terminal (there);
    } else {
      g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, there));
      set_small_buffers (there[0]);
      set_small_buffers (there[1]);
    }
    *wires = (Wires){ .link_in = there[0], .link_out = there[0], .peer_in = there[1], .peer_out = there[1] };
  }
  if (nonblocking) {
    g_assert_no_errno (fcntl (wires->link_in, F_SETFL, fcntl (wires->link_in, F_GETFL) | O_NONBLOCK));
    g_assert_no_errno (fcntl (wires->link_out, F_SETFL, fcntl (wires->link_out, F_GETFL) | O_NONBLOCK));
  }
}

static void
close_pair (gint *a, gint *b)
{
  if (*a >= 0)
    g_assert_no_errno (close (*a));
  if (*b >= 0 && *b != *a)
    g_assert_no_errno (close (*b));
  *a = *b = -1;
}

void
wires_close_peer (Wires *wires)
{
  close_pair (&wires->peer_in, &wires->peer_out);
}

void
wires_close (Wires *wires)
{
  wires_close_peer (wires);
  close_pair (&wires->link_in, &wires->link_out);
}

/* ---- the owner ---- */

G_DEFINE_FINAL_TYPE (TestOwner, test_owner, G_TYPE_OBJECT)

static void
on_packet (IpcLink *link, IpcPacket *packet, gpointer owner)
{
  TestOwner *self = owner;
  void (*first) (TestOwner *, IpcPacket *);
  IpcPacket *copy;

  g_mutex_lock (&self->lock);
  first = self->on_packet;
  g_mutex_unlock (&self->lock);
  if (first)
    first (self, packet);
  copy = g_new (IpcPacket, 1);
  *copy = *packet;
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->packets, copy);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
on_reply (IpcLink *link, IpcPacket *packet, guint tag, gpointer owner)
{
  TestOwner *self = owner;
  TestReply *reply = g_new (TestReply, 1);

  if (self->on_reply)
    self->on_reply (self, packet, tag);
  *reply = (TestReply){ *packet, tag };
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->replies, reply);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
on_lost (IpcLink *link, const GError *error, gpointer owner)
{
  TestOwner *self = owner;

  if (self->on_lost)
    self->on_lost (self, error);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->lost, g_error_copy (error));
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
test_owner_finalize (GObject *object)
{
  TestOwner *self = TEST_OWNER (object);
  gboolean in_reader = ipc_link_is_reader_thread (self->link);
  IpcPacket *packet;
  TestReply *reply;

  ipc_link_unref (self->link);
  while ((packet = g_queue_pop_head (&self->packets))) {
    ipc_packet_clear (packet);
    g_free (packet);
  }
  while ((reply = g_queue_pop_head (&self->replies))) {
    ipc_packet_clear (&reply->packet);
    g_free (reply);
  }
  g_ptr_array_unref (self->lost);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  if (self->finalized_in_reader) {
    g_mutex_lock (self->finalized_lock);
    *self->finalized_in_reader = in_reader;
    g_cond_broadcast (self->finalized_cond);
    g_mutex_unlock (self->finalized_lock);
  }
  G_OBJECT_CLASS (test_owner_parent_class)->finalize (object);
}

static void
test_owner_class_init (TestOwnerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_owner_finalize;
}

static void
test_owner_init (TestOwner *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->lost = g_ptr_array_new_with_free_func ((GDestroyNotify)g_error_free);
}

void
test_owner_set_wires (TestOwner *self, const Wires *wires)
{
  ipc_link_set_fdout (self->link, wires->link_out);
  ipc_link_set_fdin (self->link, wires->link_in);
}

TestOwner *
test_owner_new (IpcDirection receives, const Wires *wires)
{
  static const IpcLinkHandler handler = { on_packet, on_lost, on_reply };
  TestOwner *self = g_object_new (TEST_TYPE_OWNER, NULL);

  self->link = ipc_link_new (G_OBJECT (self), &handler, receives, "test");
  ipc_link_start (self->link);
  if (wires)
    test_owner_set_wires (self, wires);
  return self;
}

void
test_owner_free (TestOwner *self)
{
  ipc_link_disconnect (self->link);
  g_object_unref (self);
}

void
test_owner_pop (TestOwner *self, IpcPacket *packet)
{
  g_autofree IpcPacket *popped = NULL;

  g_mutex_lock (&self->lock);
  while (!(popped = g_queue_pop_head (&self->packets)))
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
  ipc_packet_clear (packet);
  *packet = *popped;
}

guint
test_owner_pop_reply (TestOwner *self, IpcPacket *packet)
{
  g_autofree TestReply *popped = NULL;

  g_mutex_lock (&self->lock);
  while (!(popped = g_queue_pop_head (&self->replies)))
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
  ipc_packet_clear (packet);
  *packet = popped->packet;
  return popped->tag;
}

const GError *
test_owner_await_lost (TestOwner *self, guint nth)
{
  const GError *error;

  g_mutex_lock (&self->lock);
  while (self->lost->len < nth)
    g_cond_wait (&self->changed, &self->lock);
  error = g_ptr_array_index (self->lost, nth - 1);
  g_mutex_unlock (&self->lock);
  return error;
}

guint
test_owner_n_lost (TestOwner *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->lost->len;
  g_mutex_unlock (&self->lock);
  return n;
}

guint64
test_owner_n_turns (TestOwner *self)
{
  guint64 n;

  g_mutex_lock (&self->link->lock);
  n = self->link->sections;
  g_mutex_unlock (&self->link->lock);
  return n;
}

guint64
test_owner_stat (TestOwner *self, const gchar *name)
{
  g_autoptr (GstStructure) stats = ipc_link_get_stats (self->link);
  const GValue *value = gst_structure_get_value (stats, name);

  g_assert_nonnull (value);
  return G_VALUE_HOLDS_UINT (value) ? g_value_get_uint (value) : g_value_get_uint64 (value);
}

TestOwner *
master_on (Wires *wires)
{
  wires_open (wires, WIRE_SOCKETPAIR, FALSE);
  return test_owner_new (IPC_TO_MASTER, wires);
}

void
end (TestOwner *self, Wires *wires)
{
  test_owner_free (self);
  wires_close (wires);
}

void
round_trip (TestOwner *self, Wires *wires)
{
  Call *call = call_begin (self->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);

  peer_ack (wires->peer_out, peer_expect (wires->peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE), 1);
  call_expect (call, IPC_OUTCOME_REPLIED);
}

/* ---- the raw peer ---- */

void
peer_write (gint fd, gconstpointer bytes, gsize size)
{
  const guint8 *at = bytes;

  while (size > 0) {
    gssize n = write (fd, at, size);

    if (n < 0 && errno == EINTR)
      continue;
    g_assert_no_errno (n);
    at += n;
    size -= n;
  }
}

gboolean
peer_read (gint fd, gpointer bytes, gsize size)
{
  guint8 *at = bytes;

  while (size > 0) {
    gssize n = read (fd, at, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n == 0 || (n < 0 && errno == ECONNRESET))
      return FALSE;
    g_assert_no_errno (n);
    at += n;
    size -= n;
  }
  return TRUE;
}

gboolean
peer_read_packet (gint fd, IpcDirection direction, IpcPacket *packet)
{
  guint8 bytes[IPC_HEADER_SIZE];
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) payload = NULL;
  IpcHeader header;
  guint8 *memory;

  if (!peer_read (fd, bytes, sizeof bytes))
    return FALSE;
  ipc_header_read (bytes, direction, G_MAXUINT32, &header, &error);
  g_assert_no_error (error);
  memory = g_malloc (header.size + 1);
  g_assert_true (peer_read (fd, memory, header.size));
  payload = g_bytes_new_take (memory, header.size);
  ipc_packet_decode (&header, payload, packet, &error);
  g_assert_no_error (error);
  return TRUE;
}

void
peer_write_packet (gint fd, IpcPacket *packet)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  ipc_packet_encode (packet, bytes);
  peer_write (fd, bytes->data, bytes->len);
  ipc_packet_clear (packet);
}

void
peer_ack (gint fd, guint32 id, guint32 result)
{
  IpcPacket packet = packet_ack (id, result);

  peer_write_packet (fd, &packet);
}

guint32
peer_expect (gint fd, IpcDirection direction, IpcPacketType type)
{
  g_auto (IpcPacket) packet = { 0 };

  g_assert_true (peer_read_packet (fd, direction, &packet));
  g_assert_cmpuint (packet.header.type, ==, type);
  return packet.header.id;
}

void
peer_await_readable (gint fd)
{
  struct pollfd in = { .fd = fd, .events = POLLIN };

  g_assert_cmpint (poll (&in, 1, -1), ==, 1);
}

/* ---- packets ---- */

IpcPacket
packet_state_change (void)
{
  IpcPacket packet = { .header.type = IPC_PACKET_STATE_CHANGE };

  packet.state_change.transition = GST_STATE_CHANGE_NULL_TO_READY;
  return packet;
}

IpcPacket
packet_state_lost (void)
{
  return (IpcPacket){ .header.type = IPC_PACKET_STATE_LOST };
}

IpcPacket
packet_event (gboolean upstream)
{
  IpcPacket packet = { .header.type = IPC_PACKET_EVENT };

  packet.event.type = GST_EVENT_FLUSH_START;
  packet.event.seqnum = 1;
  packet.event.upstream = upstream;
  return packet;
}

IpcPacket
packet_query (const gchar *structure)
{
  IpcPacket packet = { .header.type = IPC_PACKET_QUERY };

  packet.query.type = GST_QUERY_CUSTOM;
  packet.query.structure = ipc_packet_keep (&packet, g_strdup (structure));
  return packet;
}

IpcPacket
packet_ack (guint32 id, guint32 result)
{
  IpcPacket packet = { .header.type = IPC_PACKET_ACK, .header.id = id };

  packet.ack.result = result;
  return packet;
}

IpcPacket
packet_buffer (GstBuffer *body)
{
  IpcPacket packet = { .header.type = IPC_PACKET_BUFFER };

  packet.buffer.size = gst_buffer_get_size (body);
  return packet;
}

GstBuffer *
patterned_buffer (gsize size)
{
  guint8 *bytes = g_malloc (size);
  gsize i;

  for (i = 0; i < size; i++)
    bytes[i] = (i * 131 + (i >> 8)) & 0xff;
  return gst_buffer_new_wrapped (bytes, size);
}

void
assert_patterned (const guint8 *bytes, gsize size)
{
  gsize i;

  for (i = 0; i < size; i++) {
    if (bytes[i] != ((i * 131 + (i >> 8)) & 0xff))
      g_error ("byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " differs", i, size);
  }
}

void
assert_says (const GError *error, const gchar *text)
{
  if (!strstr (error->message, text))
    g_error ("'%s' does not say '%s'", error->message, text);
}

/* ---- requests in threads ---- */

static gpointer
run_call (gpointer data)
{
  Call *call = data;

  if (call->look)
    call->outcome = ipc_link_request_watched (call->link, &call->packet, call->wait_class, call->timeout, call->limit,
        call->look, call->look_data, &call->reply, &call->error);
  else
    call->outcome = ipc_link_request (
        call->link, &call->packet, call->body, call->wait_class, call->timeout, &call->reply, &call->error);
  return NULL;
}

Call *
call_begin (IpcLink *link, IpcPacket packet, GstBuffer *body, IpcWaitClass wait_class, guint64 timeout)
{
  Call *call = g_new0 (Call, 1);

  call->link = ipc_link_ref (link);
  call->packet = packet;
  call->body = body;
  call->wait_class = wait_class;
  call->timeout = timeout;
  call->thread = g_thread_new ("call", run_call, call);
  return call;
}

Call *
call_begin_watched (
    IpcLink *link, IpcPacket packet, guint64 interval, guint64 limit, IpcLookFunc look, gpointer look_data)
{
  Call *call = g_new0 (Call, 1);

  call->link = ipc_link_ref (link);
  call->packet = packet;
  call->wait_class = IPC_WAIT_CONTROL;
  call->timeout = interval;
  call->limit = limit;
  call->look = look;
  call->look_data = look_data;
  call->thread = g_thread_new ("call", run_call, call);
  return call;
}

IpcOutcome
call_end (Call *call)
{
  g_thread_join (g_steal_pointer (&call->thread));
  g_assert_true ((call->outcome == IPC_OUTCOME_REPLIED) == (call->error == NULL));
  return call->outcome;
}

void
call_free (Call *call)
{
  ipc_link_unref (call->link);
  gst_clear_buffer (&call->body);
  ipc_packet_clear (&call->reply);
  g_clear_error (&call->error);
  g_free (call);
}

void
call_expect (Call *call, IpcOutcome outcome)
{
  g_assert_cmpint (call_end (call), ==, outcome);
  call_free (call);
}
