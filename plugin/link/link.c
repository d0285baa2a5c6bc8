/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The link itself: its life, its two fds, and the end of a peer. See link-private.h for the lock, the sections and who
 * owns what; reader.c reads, writer.c writes, request.c waits.
 *
 * A peer ends in one of two ways. The application takes the fds away (set, disconnect, stop): then the sections end
 * before the function returns and nobody is told. Or it is lost: whoever finds out notes why (ipc_link_lose_locked),
 * fails who waits, and marks both fds as spent (but not an fdout that may be the next peer's); the reader tells the
 * handler, outside of anybody's call.
 */
#include "link-private.h"

#include <glib/gstdio.h>

G_DEFINE_QUARK (ipc - link - error - quark, ipc_link_error)

GError *
ipc_link_protocol_error (const gchar *format, ...)
{
  g_autofree gchar *how = NULL;
  va_list args;

  va_start (args, format);
  how = g_strdup_vprintf (format, args);
  va_end (args);
  return g_error_new (
      IPC_LINK_ERROR, IPC_LINK_ERROR_PROTOCOL, "the peer broke the protocol, nothing more is read from it: %s", how);
}

/**
 * ipc_link_new:
 * @owner: who is called back; held weakly
 * @handler: what is called; copied
 * @receives: the direction of the packets that arrive here
 * @name: in logs, until ipc_link_set_name()
 *
 * Returns: (transfer full): a link without fds, not started
 */
IpcLink *
ipc_link_new (GObject *owner, const IpcLinkHandler *handler, IpcDirection receives, const gchar *name)
{
  IpcLink *link = g_new0 (IpcLink, 1);

  ipc_link_log_init ();
  link->refs = 1;
  link->holds = 1;
  link->name = g_strdup (name);
  g_weak_ref_init (&link->owner, owner);
  link->handler = *handler;
  link->receives = receives;
  g_mutex_init (&link->lock);
  g_cond_init (&link->section_left);
  g_cond_init (&link->unpark);
  g_cond_init (&link->settled);
  link->in.fd = link->out.fd = -1;
  link->read_chunk = IPC_LINK_READ_CHUNK;
  link->max_payload = IPC_LINK_MAX_PAYLOAD;
  link->drain = -1;
  link->patience = IPC_LINK_PATIENCE;
  ipc_eager_init (&link->eager);
  link->poke_reader = ipc_poke_new ();
  link->poke_writer = ipc_poke_new ();
  link->waits = g_hash_table_new (NULL, NULL);
  link->asked = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  link->past = g_hash_table_new (NULL, NULL);
  g_queue_init (&link->outgoing);
  return link;
}

IpcLink *
ipc_link_ref (IpcLink *link)
{
  g_atomic_int_inc (&link->refs);
  return link;
}

/* The memory; the last to let go is the last user or a reader thread that outlives it. */
void
ipc_link_release_hold (IpcLink *link)
{
  if (!g_atomic_int_dec_and_test (&link->holds))
    return;

  g_weak_ref_clear (&link->owner);
  g_clear_pointer (&link->input.framer, ipc_framer_free);
  ipc_fds_close (&link->fds);
  g_clear_error (&link->loss);
  g_hash_table_unref (link->waits);
  g_hash_table_unref (link->asked);
  g_hash_table_unref (link->past);
  if (link->poke_reader >= 0)
    g_close (link->poke_reader, NULL);
  if (link->poke_writer >= 0)
    g_close (link->poke_writer, NULL);
  g_cond_clear (&link->section_left);
  g_cond_clear (&link->unpark);
  g_cond_clear (&link->settled);
  g_mutex_clear (&link->lock);
  g_free (link->name);
  g_free (link);
}

/**
 * ipc_link_unref:
 * @link: (transfer full): an #IpcLink
 *
 * The last reference disconnects, stops, and waits for the reader thread to end unless it is the caller. (A callback
 * cannot be running then in another thread: it would hold the owner, and the owner this reference.)
 */
void
ipc_link_unref (IpcLink *link)
{
  if (!g_atomic_int_dec_and_test (&link->refs))
    return;
  ipc_link_stop (link);
  ipc_link_disconnect (link);
  ipc_link_join_readers (link, TRUE);
  ipc_link_release_hold (link);
}

void
ipc_link_leave_section_locked (IpcLink *link, guint64 *section)
{
  *section = 0;
  if (link->section_waits > 0)
    g_cond_broadcast (&link->section_left);
}

void
ipc_link_await_sections_locked (IpcLink *link, guint64 reading, guint64 writing)
{
  if (reading)
    ipc_poke (link->poke_reader);
  if (writing)
    ipc_poke (link->poke_writer);
  link->section_waits++;
  while ((reading && link->reading == reading) || (writing && link->writing == writing))
    g_cond_wait (&link->section_left, &link->lock);
  link->section_waits--;
}

static gboolean
is_fresh (const IpcEnd *end)
{
  return end->fd >= 0 && !end->spent;
}

static gboolean
is_connected_locked (IpcLink *link)
{
  return is_fresh (&link->in) && is_fresh (&link->out);
}

gboolean
ipc_link_may_send_locked (IpcLink *link)
{
  return link->started && is_connected_locked (link);
}

/* What happened, and what to do. */
static GError *
with_advice (GError *error)
{
  GError *advised = g_error_new (
      error->domain, error->code, "%s; to go on, disconnect and set the fds of a new peer", error->message);

  g_error_free (error);
  return advised;
}

void
ipc_link_lose_locked (IpcLink *link, GError *error, gssize drain, GQueue *dropped)
{
  if (link->loss) {
    g_error_free (error);
    return;
  }
  ipc_link_count_loss_locked (link, error);
  error = with_advice (error);
  link->loss = error;
  link->drain = drain;
  link->report = TRUE;
  link->in.spent = TRUE;
  /* A new peer is connected by two calls, and the old one may end in between. */
  link->out.spent = !link->out_is_ahead || error->code == IPC_LINK_ERROR_WRITE;
  ipc_link_settle_locked (link);
  ipc_link_fail_waits_locked (link, error);
  ipc_link_drop_outgoing_locked (link, !link->out.spent, dropped);
  if (link->reading)
    ipc_poke (link->poke_reader);
  else
    ipc_link_unpark_locked (link);
  if (link->writing)
    ipc_poke (link->poke_writer);
}

void
ipc_link_lose_input (IpcLink *link, guint64 generation, GError *error)
{
  GQueue dropped = G_QUEUE_INIT;

  g_mutex_lock (&link->lock);
  if (link->in.generation == generation)
    ipc_link_lose_locked (link, error, -1, &dropped);
  else
    g_error_free (error);
  g_mutex_unlock (&link->lock);
  ipc_outgoing_free_all (&dropped);
}

/**
 * ipc_link_fail:
 * @link: an #IpcLink
 * @peer: who it is, of ipc_link_get_peer() or what came with its packet
 * @error: (transfer full): what is wrong with the peer; another domain than #IPC_LINK_ERROR counts as
 *   %IPC_LINK_ERROR_PROTOCOL
 *
 * Gives the peer up. The reader will call `lost` soon; not from within this call. Nothing happens
 * without a peer, or when another has taken its place.
 */
void
ipc_link_fail (IpcLink *link, guint64 peer, GError *error)
{
  GQueue dropped = G_QUEUE_INIT;

  if (error->domain != IPC_LINK_ERROR) {
    GError *mine = g_error_new_literal (IPC_LINK_ERROR, IPC_LINK_ERROR_PROTOCOL, error->message);

    g_error_free (error);
    error = mine;
  }
  g_mutex_lock (&link->lock);
  if (is_fresh (&link->in) && link->in.generation == peer)
    ipc_link_lose_locked (link, error, -1, &dropped);
  else
    g_error_free (error);
  g_mutex_unlock (&link->lock);
  ipc_outgoing_free_all (&dropped);
}

static void
fail_waits_locked (IpcLink *link, const gchar *why)
{
  g_autoptr (GError) error = g_error_new_literal (IPC_LINK_ERROR, IPC_LINK_ERROR_NOT_CONNECTED, why);

  ipc_link_fail_waits_locked (link, error);
}

static void
set_end_locked (IpcLink *link, IpcEnd *end, gint fd, const IpcFdFile *file)
{
  end->fd = MAX (fd, -1);
  end->file = *file;
  end->spent = FALSE;
  end->generation = ++link->generations;
}

/* Another fdin is another peer, which is not lost and for which nothing holds that was agreed on or asked. Another
 * fdout alone brings a lost peer back as little as it makes up for telling of its loss. */
static void
forget_peer_locked (IpcLink *link)
{
  g_clear_error (&link->loss);
  link->report = FALSE;
  link->drain = -1;
  link->form = IPC_FORM_LEGACY;
  link->out_is_ahead = FALSE;
  link->guest_left = 0;
  ipc_link_unpark_locked (link);
  ipc_fds_close (&link->fds);
  ipc_link_forget_replies_locked (link);
}

/* Another fdout, of a peer that has been written to: what is still to come on fdin does not belong to it. */
static void
forget_reader_of_fdout_locked (IpcLink *link)
{
  link->out_is_ahead = is_fresh (&link->in);
  link->form = IPC_FORM_LEGACY;
  ipc_fds_close (&link->fds);
  ipc_link_give_up_asked_locked (link);
}

/* Ends the use of the old fd: the sections that are now, then what is still in the queue for the old peer. */
static void
change_end (IpcLink *link, IpcEnd *end, gint fd)
{
  GQueue dropped = G_QUEUE_INIT;
  gboolean was_fresh, is_in = end == &link->in;
  IpcFdFile file;

  ipc_io_identify (fd, &file);
  g_mutex_lock (&link->lock);
  if (end->fd == MAX (fd, -1) && !end->spent) {
    g_mutex_unlock (&link->lock);
    return;
  }
  was_fresh = is_fresh (end);
  set_end_locked (link, end, fd, &file);
  fail_waits_locked (link, is_in ? "fdin was changed" : "fdout was changed");
  if (is_in)
    forget_peer_locked (link);
  else if (was_fresh)
    forget_reader_of_fdout_locked (link);
  /* Another fdin leaves fdout's stream as it is: no packet on it may be cut. A first fdout is for the replies
   * that have been waiting for it. */
  if (is_in || was_fresh)
    ipc_link_drop_outgoing_locked (link, is_in, &dropped);
  ipc_link_await_sections_locked (link, link->reading, link->writing);
  ipc_link_start_reader_locked (link);
  ipc_link_hand_over_locked (link);
  g_mutex_unlock (&link->lock);
  ipc_outgoing_free_all (&dropped);
  ipc_link_log_connection (link, is_in ? "fdin was changed" : "fdout was changed");
}

/**
 * ipc_link_set_fdin:
 * @link: an #IpcLink
 * @fd: to be read, stays the caller's; -1: none
 *
 * Nobody uses the old fd any more when this returns. Setting the same fd again means a new peer if
 * the old one was lost, else nothing.
 */
void
ipc_link_set_fdin (IpcLink *link, gint fd)
{
  change_end (link, &link->in, fd);
}

void
ipc_link_set_fdout (IpcLink *link, gint fd)
{
  change_end (link, &link->out, fd);
}

/**
 * ipc_link_set_name:
 * @link: an #IpcLink
 * @name: in logs, and of reader threads that are started later
 */
void
ipc_link_set_name (IpcLink *link, const gchar *name)
{
  gchar *old;

  g_mutex_lock (&link->lock);
  old = link->name;
  link->name = g_strdup (name);
  g_mutex_unlock (&link->lock);
  g_free (old);
}

static gint
get_fd (IpcLink *link, const IpcEnd *end)
{
  gint fd;

  g_mutex_lock (&link->lock);
  fd = end->fd;
  g_mutex_unlock (&link->lock);
  return fd;
}

gint
ipc_link_get_fdin (IpcLink *link)
{
  return get_fd (link, &link->in);
}

gint
ipc_link_get_fdout (IpcLink *link)
{
  return get_fd (link, &link->out);
}

void
ipc_link_set_read_chunk (IpcLink *link, guint bytes)
{
  g_mutex_lock (&link->lock);
  link->read_chunk = MAX (bytes, 1);
  g_mutex_unlock (&link->lock);
}

guint
ipc_link_get_read_chunk (IpcLink *link)
{
  guint bytes;

  g_mutex_lock (&link->lock);
  bytes = link->read_chunk;
  g_mutex_unlock (&link->lock);
  return bytes;
}

/* For the peers to come: one that is being read keeps its limit. */
void
ipc_link_set_max_payload (IpcLink *link, guint32 bytes)
{
  g_mutex_lock (&link->lock);
  link->max_payload = bytes;
  g_mutex_unlock (&link->lock);
}

void
ipc_link_set_form (IpcLink *link, guint64 peer, IpcForm form)
{
  g_mutex_lock (&link->lock);
  if (link->in.generation == peer) {
    link->form = form;
    if (!(form & IPC_FORM_MEMORY))
      ipc_fds_close (&link->fds);
  }
  g_mutex_unlock (&link->lock);
}

IpcForm
ipc_link_get_form (IpcLink *link)
{
  IpcForm form;

  g_mutex_lock (&link->lock);
  form = link->form;
  g_mutex_unlock (&link->lock);
  return form;
}

void
ipc_link_start (IpcLink *link)
{
  gboolean was_started;

  ipc_link_join_readers (link, FALSE);
  g_mutex_lock (&link->lock);
  was_started = link->started;
  link->started = TRUE;
  ipc_link_start_reader_locked (link);
  g_mutex_unlock (&link->lock);
  if (!was_started)
    ipc_link_log_connection (link, "started");
}

/* Half-read and half-written packets are kept: the same peer may be read again after another start. */
void
ipc_link_stop (IpcLink *link)
{
  gboolean was_started;

  g_mutex_lock (&link->lock);
  was_started = link->started;
  link->started = FALSE;
  ipc_link_retire_reader_locked (link);
  fail_waits_locked (link, "the link was stopped");
  ipc_link_await_sections_locked (link, link->reading, link->writing);
  g_mutex_unlock (&link->lock);
  if (was_started)
    ipc_link_log_connection (link, "stopped");
}

void
ipc_link_disconnect (IpcLink *link)
{
  GQueue dropped = G_QUEUE_INIT;
  const IpcFdFile none = { .kind = IPC_FD_UNKNOWN };
  gboolean had_fds;

  g_mutex_lock (&link->lock);
  had_fds = link->in.fd >= 0 || link->out.fd >= 0;
  set_end_locked (link, &link->in, -1, &none);
  set_end_locked (link, &link->out, -1, &none);
  fail_waits_locked (link, "disconnected");
  forget_peer_locked (link);
  ipc_link_drop_outgoing_locked (link, FALSE, &dropped);
  ipc_link_await_sections_locked (link, link->reading, link->writing);
  g_mutex_unlock (&link->lock);
  ipc_outgoing_free_all (&dropped);
  if (had_fds)
    ipc_link_log_connection (link, "disconnected");
}

gboolean
ipc_link_is_connected (IpcLink *link)
{
  gboolean connected;

  g_mutex_lock (&link->lock);
  connected = is_connected_locked (link);
  g_mutex_unlock (&link->lock);
  return connected;
}
