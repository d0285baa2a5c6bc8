/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The peer of session.h. All of it but what the header says otherwise of runs in the thread of the target.
 */

#include "session.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gstipcagreement.h"
#include "wire/codec.h"
#include "wire/memory.h"
#include "wire/object.h"

#define MAX_PAYLOAD (1024 * 1024)
/* An element gives up a peer that asks too much at once, which is tested elsewhere. */
#define MAX_PACKETS 400

/* Something that was asked for and not answered. */
typedef struct {
  guint32 id;
  guint8 type;
  IpcReplyKind kind;
  guint32 query_type;
} FuzzRequest;

/* These outlive every session: whoever ends a call wakes the session that may then be gone. */
static gint wake_fd;
static gint calls[FUZZ_LANES]; /* atomic: not ended */

struct _FuzzSession {
  IpcDirection sends;
  GstElement *element;
  FuzzStepFunc step;
  gpointer user_data;

  gint fd, element_fd;
  gint lost; /* atomic */

  IpcFramer *said;    /* what the element reads */
  gboolean nonsense;  /* it was not the protocol: the element does not listen any more */
  gboolean said_all;  /* writing has ended */
  gboolean heard_all; /* reading has */
  gboolean memory;    /* the master has named that feature last; the element does */
  GHashTable *loans;  /* a set of numbers: what the element has lent */
  guint32 next_id;
  guint n_packets;
  gsize piece;
  guint manners;
  GArray *asked; /* of FuzzRequest: by the input */

  IpcFramer *heard;
  GArray *requests; /* of FuzzRequest: by the element */
  guint32 greeting; /* the request that was one */
  guint64 nonce;    /* of it */
};

typedef struct {
  guint lane;
  FuzzCallFunc func;
  gpointer data;
} FuzzCall;

static void
wake (void)
{
  const guint64 one = 1;

  g_assert_cmpint (write (wake_fd, &one, sizeof one), ==, sizeof one);
}

static void
run_call (gpointer data, gpointer unused)
{
  FuzzCall *call = data;

  call->func (call->data);
  g_atomic_int_add (&calls[call->lane], -1);
  wake ();
  g_free (call);
}

static void
open_wires (FuzzSession *session)
{
  gint fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), ==, 0);
  session->fd = fds[0];
  session->element_fd = fds[1];
  session->said = ipc_framer_new (session->sends, MAX_PAYLOAD);
  session->heard = ipc_framer_new (session->sends == IPC_TO_SLAVE ? IPC_TO_MASTER : IPC_TO_SLAVE, G_MAXUINT32);
  session->nonsense = session->said_all = session->heard_all = FALSE;
  session->memory = FALSE;
  g_hash_table_remove_all (session->loans);
  session->next_id = 1;
  g_array_set_size (session->asked, 0);
  g_array_set_size (session->requests, 0);
  g_atomic_int_set (&session->lost, FALSE);
  g_object_set (session->element, "fdin", session->element_fd, "fdout", session->element_fd, NULL);
}

static void
close_wires (FuzzSession *session)
{
  close (session->fd);
  close (session->element_fd);
  g_clear_pointer (&session->said, ipc_framer_free);
  g_clear_pointer (&session->heard, ipc_framer_free);
}

FuzzSession *
fuzz_session_new (IpcDirection sends, GstElement *element, FuzzStepFunc func, gpointer user_data)
{
  FuzzSession *session = g_new0 (FuzzSession, 1);

  if (wake_fd == 0)
    wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  session->sends = sends;
  session->element = element;
  session->step = func;
  session->user_data = user_data;
  session->asked = g_array_new (FALSE, FALSE, sizeof (FuzzRequest));
  session->requests = g_array_new (FALSE, FALSE, sizeof (FuzzRequest));
  session->loans = g_hash_table_new (NULL, NULL);
  open_wires (session);
  return session;
}

void
fuzz_session_free (FuzzSession *session)
{
  close_wires (session);
  g_array_unref (session->asked);
  g_array_unref (session->requests);
  g_hash_table_unref (session->loans);
  g_free (session);
}

void
fuzz_session_note_loss (FuzzSession *session)
{
  g_atomic_int_set (&session->lost, TRUE);
  wake ();
}

void
fuzz_call (guint lane, FuzzCallFunc func, gpointer data)
{
  static GThreadPool *pools[FUZZ_LANES];
  FuzzCall *call = g_new (FuzzCall, 1);

  if (!pools[lane])
    pools[lane] = g_thread_pool_new (run_call, NULL, 1, TRUE, NULL);
  call->lane = lane;
  call->func = func;
  call->data = data;
  g_atomic_int_inc (&calls[lane]);
  g_thread_pool_push (pools[lane], call, NULL);
}

static gboolean
has_calls (guint lanes)
{
  for (guint i = 0; i < FUZZ_LANES; i++) {
    if (lanes & 1u << i && g_atomic_int_get (&calls[i]) > 0)
      return TRUE;
  }
  return FALSE;
}

/* Requests */

static gint
find_request (GArray *requests, guint32 id, IpcReplyKind kind)
{
  for (guint i = 0; i < requests->len; i++) {
    const FuzzRequest *request = &g_array_index (requests, FuzzRequest, i);

    if (request->id == id && request->kind == kind)
      return (gint)i;
  }
  return -1;
}

static gboolean
is_reply (const IpcPacket *packet)
{
  return packet->header.type == IPC_PACKET_ACK || packet->header.type == IPC_PACKET_QUERY_RESULT;
}

static void
note_request (GArray *requests, const IpcPacket *packet)
{
  const FuzzRequest request = { packet->header.id, packet->header.type, ipc_packet_info (packet->header.type)->reply,
    packet->header.type == IPC_PACKET_QUERY ? packet->query.type : 0 };

  if (request.kind != IPC_REPLY_NONE)
    g_array_append_val (requests, request);
}

/* Whether memory is referred to as it may be (MEM-7). No fd ever comes from here: what a slave is lent is what it was
 * never shown. */
static gboolean
note_memory (FuzzSession *session, const IpcPacket *packet)
{
  g_auto (IpcGreeting) greeting = { 0 };

  if (session->sends == IPC_TO_SLAVE) {
    if (ipc_packet_is_greeting (packet) && ipc_greeting_from_packet (packet, &greeting, NULL))
      session->memory = (greeting.features & IPC_FEATURE_MEMORY) != 0;
    return packet->header.type != IPC_PACKET_MEMORY_RELEASE && !(session->memory && ipc_packet_is_loan (packet));
  }
  if (packet->header.type != IPC_PACKET_MEMORY_RELEASE)
    return TRUE;
  for (guint32 i = 0; i < packet->memory_release.n; i++) {
    if (!g_hash_table_remove (session->loans, GUINT_TO_POINTER (packet->memory_release.numbers[i])))
      return FALSE;
  }
  return TRUE;
}

static void
note_loan (FuzzSession *session, const IpcPacket *packet)
{
  IpcMemoryLoan loan;

  if (ipc_packet_is_loan (packet) && ipc_memory_loan_from_packet (packet, &loan, NULL))
    g_hash_table_add (session->loans, GUINT_TO_POINTER (loan.number));
}

/* What the element is about to read. Says whether it will go on reading. */
static gboolean
note_said (FuzzSession *session, const IpcHeader *header, GBytes *payload)
{
  g_auto (IpcPacket) packet = { 0 };
  gint at;

  session->n_packets++;
  if (!ipc_packet_decode (header, payload, &packet, NULL))
    return FALSE;
  at = is_reply (&packet) ? find_request (session->requests, header->id, (IpcReplyKind)header->type) : -1;
  if (at >= 0)
    g_array_remove_index (session->requests, (guint)at);
  note_request (session->asked, &packet);
  return note_memory (session, &packet);
}

static void
note_bytes_said (FuzzSession *session, const guint8 *bytes, gsize size)
{
  while (size > 0 && !session->nonsense) {
    gsize room = 0;
    guint8 *memory = ipc_framer_reserve (session->said, size, &room);
    const gsize n = MIN (room, size);
    IpcHeader header;
    GBytes *payload = NULL;
    g_autoptr (GError) error = NULL;

    memcpy (memory, bytes, n);
    ipc_framer_commit (session->said, n);
    bytes += n;
    size -= n;
    while (!session->nonsense && ipc_framer_next (session->said, &header, &payload, &error)) {
      session->nonsense = !note_said (session, &header, payload);
      g_clear_pointer (&payload, g_bytes_unref);
    }
    if (error)
      session->nonsense = TRUE;
  }
}

/* Reading and writing */

static void say (FuzzSession *session, const guint8 *bytes, gsize size);

static void
say_packet (FuzzSession *session, IpcPacket *packet)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  ipc_packet_encode (packet, bytes);
  ipc_packet_clear (packet);
  say (session, bytes->data, bytes->len);
}

static gboolean
can_say (FuzzSession *session)
{
  return !session->nonsense && !session->said_all && !g_atomic_int_get (&session->lost)
         && ipc_framer_at_boundary (session->said);
}

static void
answer_one (FuzzSession *session, guint at, gboolean well)
{
  const FuzzRequest request = g_array_index (session->requests, FuzzRequest, at);
  const guint32 good = request.type == IPC_PACKET_BUFFER ? GST_FLOW_OK : TRUE;
  g_auto (IpcPacket) packet = { 0 };

  if (request.kind == IPC_REPLY_ACK) {
    /* 1 is TRUE, and the success of a state change */
    ipc_packet_build_ack (&packet, request.id, well ? good : (guint32)GST_FLOW_NOT_LINKED);
  } else {
    packet.header.type = IPC_PACKET_QUERY_RESULT;
    packet.header.id = request.id;
    packet.query_result.type = request.query_type;
  }
  say_packet (session, &packet);
}

/* What the element has asked, as our manners are; the answer takes the request out of the list. */
static void
answer (FuzzSession *session)
{
  const gboolean all = (session->manners & (FUZZ_ANSWER_YES | FUZZ_ANSWER_NO)) != 0;
  guint at = 0;

  if (!all && !(session->manners & FUZZ_ANSWER_EVENTS))
    return;
  while (at < session->requests->len && can_say (session)) {
    const guint before = session->requests->len;

    if (all || g_array_index (session->requests, FuzzRequest, at).type == IPC_PACKET_EVENT)
      answer_one (session, at, !(session->manners & FUZZ_ANSWER_NO));
    if (session->requests->len == before)
      at++;
  }
}

static void
note_greeting (FuzzSession *session, const IpcPacket *packet)
{
  g_auto (IpcGreeting) greeting = { 0 };

  if (!ipc_packet_is_greeting (packet) || !ipc_greeting_from_packet (packet, &greeting, NULL))
    return;
  session->greeting = packet->header.id;
  session->nonce = greeting.nonce;
}

static void
hear_packet (FuzzSession *session, const IpcHeader *header, GBytes *payload)
{
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;
  gint at;

  if (!ipc_packet_decode (header, payload, &packet, &error))
    g_error ("the element broke the protocol: %s", error->message);
  if (!is_reply (&packet)) {
    note_request (session->requests, &packet);
    note_greeting (session, &packet);
    note_loan (session, &packet);
    return;
  }
  at = find_request (session->asked, header->id, (IpcReplyKind)header->type);
  if (at < 0) {
    g_autofree gchar *line = ipc_packet_describe (&packet);

    g_error ("nobody asked for %s", line);
  }
  if (header->type == IPC_PACKET_QUERY_RESULT)
    g_assert_cmpuint (packet.query_result.type, ==, g_array_index (session->asked, FuzzRequest, (guint)at).query_type);
  g_array_remove_index (session->asked, (guint)at);
}

static void
hear (FuzzSession *session)
{
  g_autoptr (GError) error = NULL;
  IpcHeader header;
  GBytes *payload = NULL;
  gsize room = 0;
  guint8 *memory = ipc_framer_reserve (session->heard, 65536, &room);
  const gssize n = read (session->fd, memory, room);

  if (n <= 0) {
    session->heard_all = n == 0 || errno != EAGAIN;
    return;
  }
  ipc_framer_commit (session->heard, (gsize)n);
  while (ipc_framer_next (session->heard, &header, &payload, &error)) {
    hear_packet (session, &header, payload);
    g_clear_pointer (&payload, g_bytes_unref);
  }
  if (error)
    g_error ("the element broke the protocol: %s", error->message);
  answer (session);
}

/* Waits until there is something to do: bytes to read, room to write when @writing, or somebody woke us. TRUE when
 * there is room. */
static gboolean
turn (FuzzSession *session, gboolean writing)
{
  const gboolean reading = !(session->manners & FUZZ_DEAF) && !session->heard_all;
  struct pollfd fds[] = {
    { .fd = wake_fd, .events = POLLIN },
    { .fd = reading || writing ? session->fd : -1,
        .events = (gshort)((reading ? POLLIN : 0) | (writing ? POLLOUT : 0)) },
  };
  guint64 count;

  while (poll (fds, G_N_ELEMENTS (fds), -1) < 0)
    g_assert_cmpint (errno, ==, EINTR);
  if (fds[0].revents && read (wake_fd, &count, sizeof count) < 0)
    g_assert_cmpint (errno, ==, EAGAIN);
  if (fds[1].revents & POLLIN)
    hear (session);
  else if (reading && fds[1].revents & (POLLHUP | POLLERR))
    session->heard_all = TRUE;
  return (fds[1].revents & (POLLOUT | POLLHUP | POLLERR)) != 0;
}

/* An element that was told nonsense does not read on, nor does one that found out that nobody reads what it writes (in
 * NULL it does not even tell): what cannot be written then need not be. */
static void
say (FuzzSession *session, const guint8 *bytes, gsize size)
{
  const guint manners = session->manners;

  /* answers must not come into the middle */
  session->manners &= FUZZ_DEAF;
  while (size > 0 && !session->said_all && session->n_packets < MAX_PACKETS) {
    const gsize wanted = session->piece ? MIN (size, session->piece) : size;
    const gssize n = send (session->fd, bytes, wanted, MSG_NOSIGNAL);

    if (n > 0) {
      note_bytes_said (session, bytes, (gsize)n);
      bytes += n;
      size -= (gsize)n;
    } else if (errno != EAGAIN || session->nonsense || session->heard_all || g_atomic_int_get (&session->lost)) {
      break;
    } else {
      turn (session, TRUE);
    }
  }
  session->manners = manners;
}

/* Chunks */

/* The id of the oldest request that is answered by a packet of @type; waits for it when one may come. */
static guint32
id_to_answer (FuzzSession *session, guint8 type)
{
  const guint manners = session->manners;

  session->manners = 0;
  while (session->requests->len == 0 && has_calls (FUZZ_ALL_LANES) && !session->nonsense
         && !g_atomic_int_get (&session->lost) && !session->heard_all)
    turn (session, FALSE);
  session->manners = manners;
  for (guint i = 0; i < session->requests->len; i++) {
    if (g_array_index (session->requests, FuzzRequest, i).kind == (IpcReplyKind)type)
      return g_array_index (session->requests, FuzzRequest, i).id;
  }
  return session->requests->len > 0 ? g_array_index (session->requests, FuzzRequest, 0).id : 0;
}

static void
say_chunk (FuzzSession *session, guint8 chunk, FuzzInput *input)
{
  const guint8 type = chunk & 0x0f;
  const gboolean reply = type == IPC_PACKET_ACK || type == IPC_PACKET_QUERY_RESULT;
  g_autofree guint8 *bytes = NULL;
  guint32 id;

  if (chunk & FUZZ_EXPLICIT_ID)
    id = fuzz_u32 (input);
  else
    id = reply ? id_to_answer (session, type) : session->next_id++;
  bytes = g_malloc (IPC_HEADER_SIZE + input->left);
  ipc_header_write (&(IpcHeader){ type, id, (guint32)input->left }, bytes);
  memcpy (bytes + IPC_HEADER_SIZE, input->next, input->left);
  say (session, bytes, IPC_HEADER_SIZE + input->left);
}

/* As a reference peer on this machine. */
static void
greet (FuzzSession *session, IpcFeatures features)
{
  GstIpcAgreement agreement;
  g_auto (IpcPacket) packet = { 0 };

  gst_ipc_agreement_init (&agreement);
  agreement.own.features = features;
  if (session->sends == IPC_TO_SLAVE) {
    ipc_packet_build_greeting (&packet, &agreement.own);
    packet.header.id = session->next_id++;
  } else {
    agreement.own.nonce = session->nonce;
    ipc_packet_build_greeting_answer (&packet, session->greeting, &agreement.own);
  }
  if (session->sends == IPC_TO_SLAVE
      || find_request (session->requests, session->greeting, IPC_REPLY_QUERY_RESULT) >= 0)
    say_packet (session, &packet);
  gst_ipc_agreement_clear (&agreement);
}

static void
replace_peer (FuzzSession *session)
{
  g_signal_emit_by_name (session->element, "disconnect");
  close_wires (session);
  open_wires (session);
}

static void
do_chunk (FuzzSession *session, FuzzInput *input)
{
  const guint8 chunk = fuzz_u8 (input);

  if (chunk >= FUZZ_STEP) {
    session->step (session, chunk, input, session->user_data);
    return;
  }
  if (chunk < FUZZ_RAW) {
    say_chunk (session, chunk, input);
    return;
  }
  switch (chunk) {
  case FUZZ_RAW:
    say (session, input->next, input->left);
    break;
  case FUZZ_PIECES:
    session->piece = fuzz_u8 (input);
    break;
  case FUZZ_MANNERS:
    session->manners = fuzz_u8 (input);
    break;
  case FUZZ_SETTLE:
    fuzz_session_settle (session);
    break;
  case FUZZ_END_WRITING:
    shutdown (session->fd, SHUT_WR);
    session->said_all = TRUE;
    break;
  case FUZZ_END_READING:
    shutdown (session->fd, SHUT_RD);
    session->heard_all = TRUE;
    break;
  case FUZZ_GREET:
    greet (session, fuzz_u8 (input));
    break;
  case FUZZ_REPLACE:
    replace_peer (session);
    break;
  default:
    break;
  }
}

void
fuzz_session_play (FuzzSession *session, FuzzInput *input)
{
  while (input->left > 0 && session->n_packets < MAX_PACKETS) {
    const guint8 *end = memmem (input->next, input->left, FUZZ_SEPARATOR, FUZZ_SEPARATOR_SIZE);
    FuzzInput chunk = { input->next, end ? (gsize)(end - input->next) : input->left };
    const gsize used = MIN (chunk.left + FUZZ_SEPARATOR_SIZE, input->left);

    do_chunk (session, &chunk);
    input->next += used;
    input->left -= used;
  }
}

/* The end */

void
fuzz_session_await_calls (FuzzSession *session, guint lanes, guint manners)
{
  session->manners = manners;
  answer (session);
  while (has_calls (lanes)) {
    /* in the middle of a packet nothing can be answered any more, nor after the loss of this peer or (told late)
     * another */
    if (manners & FUZZ_ANSWER_YES && !can_say (session))
      fuzz_session_hang_up (session);
    turn (session, FALSE);
  }
}

/* A type that nobody knows is answered by the element itself. */
void
fuzz_session_settle (FuzzSession *session)
{
  const guint manners = session->manners;
  const guint32 id = session->next_id++;
  g_auto (IpcPacket) packet = { .header = { .type = IPC_PACKET_QUERY, .id = id } };

  session->manners = FUZZ_ANSWER_YES;
  packet.query.type = 0xffff01;
  packet.query.upstream = session->sends == IPC_TO_MASTER;
  answer (session);
  if (can_say (session))
    say_packet (session, &packet);
  while (find_request (session->asked, id, IPC_REPLY_QUERY_RESULT) >= 0 && !session->heard_all && !session->nonsense
         && !g_atomic_int_get (&session->lost))
    turn (session, FALSE);
  session->manners = manners;
}

void
fuzz_session_hang_up (FuzzSession *session)
{
  shutdown (session->fd, SHUT_RDWR);
  session->said_all = session->heard_all = TRUE;
}
