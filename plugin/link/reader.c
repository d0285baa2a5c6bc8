/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The reader thread. It makes turn after turn: look what there is to do, poll and read in the reading section, take at
 * most one packet, leave the section, and give the packet to who waits for it or to the handler. A turn is a
 * function of the link, not of the thread, so that another thread could make one.
 *
 * A reader that is not wanted any more is retired, not waited for: it may be in a callback, which may be waiting for a
 * lock that our caller holds. It ends with its turn and is joined when the link ends (or when it is seen to have
 * finished); one that itself ends the link is detached. It holds the link's memory.
 */
#include "link-private.h"
#include "wire/memory.h"

#include <errno.h>
#include <poll.h>

typedef enum {
  IPC_TURN_NOTHING, /* nothing complete yet, or poked */
  IPC_TURN_PACKET,
  IPC_TURN_LOST
} IpcTurnResult;

/* What a turn is to do, and what it found. */
typedef struct {
  guint64 generation;
  gint fdin;       /* to read, or -1 */
  gint fdout;      /* to look for room at, or -1 */
  IpcFdFile file;  /* that fdin stands for */
  gint64 deadline; /* of polling */
  IpcAwake awake;  /* before that, if it is a guest's */
  gboolean takes;  /* packets, of what was read before, too: not of a peer that is lost */
  gboolean drains; /* what a lost peer has left */
  guint read_chunk;
  guint32 max_payload;
  gboolean takes_fds; /* that come along: otherwise the kernel drops them */

  gboolean blind; /* poll() fails */
  gboolean poked; /* so it has not looked at fdin */
  gboolean room;  /* at fdout */
  gsize n_read;
  IpcFds fds; /* that came; those that leave_locked() does not keep are to be closed */
  gboolean fds_lost;
  IpcHeader header;
  GBytes *payload;
  GError *error;
} IpcTurn;

/* The IpcReader that the thread is. */
static GPrivate this_reader;

gboolean
ipc_link_is_reader_thread (IpcLink *link)
{
  const IpcReader *reader = g_private_get (&this_reader);

  return reader && reader->link == link;
}

gboolean
ipc_link_is_any_reader_thread (void)
{
  return g_private_get (&this_reader) != NULL;
}

guint64
ipc_link_get_peer (IpcLink *link)
{
  const IpcReader *reader = g_private_get (&this_reader);
  guint64 peer;

  if (reader && reader->link == link && reader->peer != 0)
    return reader->peer;
  g_mutex_lock (&link->lock);
  peer = link->in.generation;
  g_mutex_unlock (&link->lock);
  return peer;
}

static IpcTurnResult
read_error (IpcTurn *turn, gint code)
{
  if (code == ECONNRESET)
    turn->error = g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_CLOSED,
        "the peer went away without reading everything that was sent to it (reading from fd %d: %s)", turn->fdin,
        g_strerror (code));
  else
    turn->error = g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_READ, "reading from the peer (fdin %d) failed: %s%s",
        turn->fdin, g_strerror (code), ipc_io_hint (code));
  return IPC_TURN_LOST;
}

static IpcTurnResult
poll_error (IpcTurn *turn, gint code)
{
  turn->blind = TRUE;
  if (turn->fdin < 0)
    return IPC_TURN_NOTHING;
  turn->error = g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_READ,
      "waiting for bytes of the peer (fdin %d) failed: poll: %s (RLIMIT_NOFILE must be 3 at least)", turn->fdin,
      g_strerror (code));
  return IPC_TURN_LOST;
}

static IpcTurnResult
end_of_stream (IpcLink *link, IpcTurn *turn)
{
  IpcHeader header;
  gsize n;

  if (!ipc_framer_partial (link->input.framer, &header, &n))
    turn->error = g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_CLOSED,
        "the peer closed the connection: its process has ended, or it has disconnected");
  else if (header.type == 0)
    turn->error = g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_CLOSED,
        "the peer closed the connection in the middle of a packet's header (%" G_GSIZE_FORMAT
        " of %u bytes): its process has died, most likely",
        n, IPC_HEADER_SIZE);
  else
    turn->error = g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_CLOSED,
        "the peer closed the connection in the middle of a packet: %s (id %u, %" G_GSIZE_FORMAT
        " of %u bytes); its process has died, most likely",
        ipc_packet_info (header.type)->name, header.id, n, header.size);
  return IPC_TURN_LOST;
}

static IpcTurnResult
fds_error (IpcTurn *turn)
{
  turn->error = ipc_link_protocol_error ("it sends file descriptors that no packet declares, or this process cannot "
                                         "have more of them (the limits are %u, and RLIMIT_NOFILE)",
      IPC_LINK_MAX_FDS);
  return IPC_TURN_LOST;
}

static IpcTurnResult
take_packet (IpcLink *link, IpcTurn *turn)
{
  g_autoptr (GError) error = NULL;

  if (ipc_framer_next (link->input.framer, &turn->header, &turn->payload, &error))
    return IPC_TURN_PACKET;
  if (!error)
    return IPC_TURN_NOTHING;
  turn->error = ipc_link_protocol_error ("%s", error->message);
  return IPC_TURN_LOST;
}

static IpcIoResult
read_bytes (IpcLink *link, IpcTurn *turn, guint8 *bytes, gsize room)
{
  if (turn->takes_fds && link->input.file.is_local)
    return ipc_io_read_fds (turn->fdin, &link->input.file, bytes, room, &turn->n_read, &turn->fds, &turn->fds_lost);
  return ipc_io_read (turn->fdin, &link->input.file, bytes, room, &turn->n_read);
}

static IpcTurnResult
read_once (IpcLink *link, IpcTurn *turn, gint revents)
{
  gsize room;
  guint8 *bytes = ipc_framer_reserve (link->input.framer, turn->read_chunk, &room);

  switch (read_bytes (link, turn, bytes, room)) {
  case IPC_IO_OK:
    ipc_framer_commit (link->input.framer, turn->n_read);
    return turn->fds_lost ? fds_error (turn) : take_packet (link, turn);
  case IPC_IO_EOF:
    return end_of_stream (link, turn);
  case IPC_IO_FAILED:
    return read_error (turn, errno);
  case IPC_IO_AGAIN:
    break;
  }
  /* Nothing to read and never will be. */
  if ((revents & (POLLERR | POLLHUP)) && !(revents & POLLIN))
    return end_of_stream (link, turn);
  return IPC_TURN_NOTHING;
}

/* A new fd: nothing of the old one's stream must remain. */
static IpcTurnResult
begin_input (IpcLink *link, IpcTurn *turn)
{
  g_clear_pointer (&link->input.framer, ipc_framer_free);
  link->input.framer = ipc_framer_new (link->receives, turn->max_payload);
  link->input.generation = turn->generation;
  link->input.file = turn->file;
  if (turn->fdin >= 0 && !ipc_io_may_read (turn->fdin))
    return read_error (turn, errno);
  return IPC_TURN_NOTHING;
}

/* The reading section: without the lock, blocks in poll() only, calls nobody. */
static IpcTurnResult
make_turn (IpcLink *link, IpcTurn *turn)
{
  struct pollfd fds[] = {
    { .fd = link->poke_reader, .events = POLLIN },
    { .fd = turn->fdin, .events = POLLIN },
    { .fd = turn->fdout, .events = POLLOUT },
  };
  IpcTurnResult result = IPC_TURN_NOTHING;

  if (link->input.generation != turn->generation)
    result = begin_input (link, turn);
  else if (turn->takes)
    result = take_packet (link, turn);
  if (result != IPC_TURN_NOTHING)
    return result;

  if (ipc_eager_poll (&turn->awake, fds, G_N_ELEMENTS (fds), turn->deadline) < 0)
    return poll_error (turn, errno);
  turn->poked = fds[0].revents != 0;
  if (turn->poked)
    ipc_poke_clear (link->poke_reader);
  turn->room = fds[2].revents != 0;
  if (turn->poked || !fds[1].revents)
    return IPC_TURN_NOTHING;
  return read_once (link, turn, fds[1].revents);
}

static gboolean
draining_locked (IpcLink *link)
{
  return link->loss && link->report && link->drain >= 0;
}

static void
enter_locked (IpcLink *link, IpcTurn *turn)
{
  gboolean draining = draining_locked (link);
  gboolean may_read = draining ? link->drain > 0 : !link->loss && !link->in.spent;

  turn->generation = link->in.generation;
  turn->fdin = may_read ? link->in.fd : -1;
  turn->file = link->in.file;
  turn->fdout = (link->outgoing.head && !link->writing && ipc_link_may_send_locked (link)) ? link->out.fd : -1;
  turn->drains = draining;
  turn->takes = draining || !link->loss;
  if (draining)
    turn->deadline = 0;
  turn->read_chunk = link->read_chunk;
  turn->max_payload = link->max_payload;
  turn->takes_fds = link->receives == IPC_TO_SLAVE && (link->form & IPC_FORM_MEMORY);
  link->reading = ++link->sections;
  ipc_link_settle_locked (link);
}

/* Calls the handler's `lost`, when nobody uses the fds any more, and unless somebody has taken them away meanwhile. */
static void
report_loss_locked (IpcReader *reader)
{
  IpcLink *link = reader->link;
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) owner = NULL;

  ipc_link_await_sections_locked (link, 0, link->writing);
  if (reader->quit || !link->loss || !link->report)
    return;
  link->report = FALSE;
  error = g_error_copy (link->loss);
  ipc_fds_close (&link->fds);
  /* from here on there may be another one */
  reader->peer = link->in.generation;

  g_mutex_unlock (&link->lock);
  ipc_link_log (link, GST_LEVEL_INFO, "peer lost: %s", error->message);
  owner = g_weak_ref_get (&link->owner);
  if (owner)
    link->handler.lost (link, error, owner);
  g_clear_object (&owner);
  reader->peer = 0;
  g_mutex_lock (&link->lock);
}

/* Whether a packet that was read is still wanted. */
static gboolean
count_packet (IpcReader *reader, guint64 generation, guint8 type, IpcForm *form)
{
  IpcLink *link = reader->link;
  gboolean wanted;

  g_mutex_lock (&link->lock);
  wanted = !reader->quit && link->in.generation == generation && (!link->loss || draining_locked (link));
  if (wanted)
    link->stats.packets_received++;
  /* who pushes it comes back for the next one */
  if (wanted && type == IPC_PACKET_BUFFER && link->has_stream_reader)
    ipc_link_expect_guest_locked (link);
  *form = link->form;
  g_mutex_unlock (&link->lock);
  return wanted;
}

/* The fds that came with @packet, out of the row: also of one that nobody gets. FALSE: there are fewer. */
static gboolean
take_fds (IpcReader *reader, guint64 generation, const IpcPacket *packet)
{
  IpcLink *link = reader->link;
  const guint n = ipc_packet_count_fds (packet);
  gboolean taken;

  if (n == 0)
    return TRUE;
  g_mutex_lock (&link->lock);
  taken = link->in.generation != generation || ipc_fds_take (&link->fds, n, &reader->fds);
  g_mutex_unlock (&link->lock);
  return taken;
}

guint
ipc_link_take_fds (IpcLink *link, gint *fds)
{
  IpcReader *reader = g_private_get (&this_reader);
  guint n;

  g_return_val_if_fail (reader && reader->link == link, 0);
  n = reader->fds.n;
  memcpy (fds, reader->fds.fds, n * sizeof (gint));
  reader->fds.n = 0;
  return n;
}

static void
dispatch (IpcReader *reader, IpcTurn *turn)
{
  IpcLink *link = reader->link;
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) owner = NULL;
  g_auto (IpcPacket) packet = { 0 };
  IpcForm form;
  gboolean is_reply, wanted = count_packet (reader, turn->generation, turn->header.type, &form);
  guint tag;

  if (!wanted && !turn->takes_fds)
    return;
  if (!ipc_packet_decode (&turn->header, turn->payload, &packet, &error)) {
    if (wanted)
      ipc_link_lose_input (link, turn->generation, ipc_link_protocol_error ("%s", error->message));
    return;
  }
  if (turn->takes_fds && !take_fds (reader, turn->generation, &packet)) {
    ipc_link_lose_input (link, turn->generation,
        ipc_link_protocol_error ("a BUFFER refers to new memory, whose file descriptor did not come"));
    return;
  }
  if (!wanted)
    return;
  packet.form = form;
  ipc_link_log_received (link, &packet);
  is_reply = packet.header.type == IPC_PACKET_ACK || packet.header.type == IPC_PACKET_QUERY_RESULT;
  if (is_reply) {
    IpcReplyFate fate = ipc_link_take_reply (link, turn->generation, &packet, &tag);

    ipc_link_log_reply (link, &packet, fate);
    if (fate != IPC_REPLY_FOR_HANDLER || !link->handler.reply)
      return;
  }
  owner = g_weak_ref_get (&link->owner);
  if (!owner)
    return;
  reader->peer = turn->generation;
  if (is_reply)
    link->handler.reply (link, &packet, tag, owner);
  else
    link->handler.packet (link, &packet, owner);
  reader->peer = 0;
  /* The contents are the handler's now, whether or not it left a trace in ours. */
  memset (&packet, 0, sizeof packet);
}

/* What the turn has changed. Takes turn->error. Returns what it comes to. */
static IpcTurnResult
leave_locked (IpcLink *link, IpcTurn *turn, IpcTurnResult result, GQueue *dropped)
{
  gboolean same = link->in.generation == turn->generation;

  if (same && !ipc_fds_append (&link->fds, &turn->fds) && result != IPC_TURN_LOST)
    result = fds_error (turn);
  ipc_link_leave_section_locked (link, &link->reading);
  link->stats.bytes_received += turn->n_read;
  if (same && draining_locked (link)) {
    if (turn->drains)
      link->drain = MAX (link->drain - (gssize)turn->n_read, 0);
    if (result == IPC_TURN_LOST || (turn->drains && result == IPC_TURN_NOTHING && turn->n_read == 0 && !turn->poked))
      link->drain = -1;
  } else if (same && result == IPC_TURN_LOST) {
    ipc_link_lose_locked (link, g_steal_pointer (&turn->error), -1, dropped);
  }
  g_clear_error (&turn->error);
  if (turn->room && link->outgoing.head && !link->writing && ipc_link_may_send_locked (link))
    ipc_link_write_locked (link, NULL);
  return result;
}

IpcReader *
ipc_link_become_reader (IpcReader *reader)
{
  IpcReader *before = g_private_get (&this_reader);

  g_private_set (&this_reader, reader);
  return before;
}

void
ipc_link_turn_locked (IpcReader *reader, gint64 deadline)
{
  IpcLink *link = reader->link;
  GQueue dropped = G_QUEUE_INIT;
  IpcTurn turn = { .deadline = deadline };
  IpcTurnResult result;
  IpcReader *before;
  const gboolean is_guest = reader != link->reader;

  if (is_guest)
    turn.awake = ipc_eager_begin (&link->eager);
  enter_locked (link, &turn);
  g_mutex_unlock (&link->lock);

  result = make_turn (link, &turn);

  g_mutex_lock (&link->lock);
  if (is_guest && turn.n_read > 0)
    ipc_eager_learn (&link->eager, &turn.awake);
  result = leave_locked (link, &turn, result, &dropped);
  /* It could only try again and again. When there is something to read, another reader is started. */
  if (turn.blind && reader != link->reader)
    reader->quit = TRUE;
  else if (turn.blind && !link->report && !reader->quit)
    ipc_link_retire_reader_locked (link);
  g_mutex_unlock (&link->lock);
  ipc_outgoing_free_all (&dropped);
  ipc_fds_close (&turn.fds);

  if (result == IPC_TURN_PACKET) {
    before = ipc_link_become_reader (reader);
    dispatch (reader, &turn);
    ipc_link_become_reader (before);
  }
  ipc_fds_close (&reader->fds);
  g_clear_pointer (&turn.payload, g_bytes_unref);
  g_mutex_lock (&link->lock);
}

/* Returns FALSE when the reader is to end. */
static gboolean
reader_turn (IpcReader *reader)
{
  IpcLink *link = reader->link;
  gboolean goes_on;

  g_mutex_lock (&link->lock);
  ipc_link_park_locked (reader);
  if (!reader->quit && link->loss && link->report && link->drain < 0)
    report_loss_locked (reader);
  goes_on = !reader->quit;
  if (goes_on)
    ipc_link_turn_locked (reader, IPC_LINK_NEVER);
  g_mutex_unlock (&link->lock);
  return goes_on;
}

static gpointer
reader_run (gpointer data)
{
  IpcReader *reader = data;
  IpcLink *link = reader->link;
  gboolean detached;

  g_private_set (&this_reader, reader);
  while (reader_turn (reader))
    ;

  g_mutex_lock (&link->lock);
  reader->gone = TRUE;
  detached = reader->detached;
  g_mutex_unlock (&link->lock);
  if (detached)
    g_free (reader);
  ipc_link_release_hold (link);
  return NULL;
}

static gboolean
open_pokes_locked (IpcLink *link)
{
  if (link->poke_reader < 0)
    link->poke_reader = ipc_poke_new ();
  if (link->poke_writer < 0)
    link->poke_writer = ipc_poke_new ();
  return link->poke_reader >= 0 && link->poke_writer >= 0;
}

/* Without a reader nobody can call `lost`: who sends is told. Setting fdin again tries again. */
static void
fail_to_start_locked (IpcLink *link, const gchar *what, const gchar *why)
{
  GQueue dropped = G_QUEUE_INIT;
  g_autofree gchar *text = NULL;

  ipc_link_lose_locked (link,
      g_error_new (IPC_LINK_ERROR, IPC_LINK_ERROR_READ, "there is no %s to read with: %s", what, why), -1, &dropped);
  text = g_strdup (link->loss->message);
  g_mutex_unlock (&link->lock);
  ipc_outgoing_free_all (&dropped);
  ipc_link_log (link, GST_LEVEL_ERROR, "%s", text);
  g_mutex_lock (&link->lock);
}

/* Where there is something to read and nobody who does. The lock is given up if that fails. */
void
ipc_link_start_reader_locked (IpcLink *link)
{
  g_autofree gchar *name = NULL;
  g_autoptr (GError) error = NULL;
  IpcReader *reader;

  if (!link->started || link->reader || link->in.fd < 0)
    return;

  if (!open_pokes_locked (link)) {
    fail_to_start_locked (link, "eventfd", g_strerror (errno));
    return;
  }
  name = g_strdup_printf ("ipc-%s", link->name);
  reader = g_new0 (IpcReader, 1);
  reader->link = link;
  g_atomic_int_inc (&link->holds);
  reader->thread = g_thread_try_new (name, reader_run, reader, &error);
  if (!reader->thread) {
    g_free (reader);
    g_atomic_int_add (&link->holds, -1); /* the caller has another one */
    fail_to_start_locked (link, "thread", error->message);
    return;
  }
  link->reader = reader;
}

void
ipc_link_retire_reader_locked (IpcLink *link)
{
  if (!link->reader)
    return;
  link->reader->quit = TRUE;
  ipc_link_retire_guest_locked (link);
  link->retired = g_slist_prepend (link->retired, g_steal_pointer (&link->reader));
}

void
ipc_link_join_readers (IpcLink *link, gboolean all)
{
  GSList *joined = NULL, *kept = NULL, *item, *next;

  g_mutex_lock (&link->lock);
  for (item = link->retired; item; item = next) {
    IpcReader *reader = item->data;
    GSList **list = (all || reader->gone) ? &joined : &kept;

    next = item->next;
    item->next = *list;
    *list = item;
    if (all && reader->thread == g_thread_self ())
      reader->detached = TRUE;
  }
  link->retired = kept;
  g_mutex_unlock (&link->lock);

  for (item = joined; item; item = item->next) {
    IpcReader *reader = item->data;

    if (reader->thread == g_thread_self ()) {
      g_thread_unref (reader->thread);
    } else {
      g_thread_join (reader->thread);
      g_free (reader);
    }
  }
  g_slist_free (joined);
}
