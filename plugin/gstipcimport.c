/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A shown memory belongs to the table of those, and to each part of a loan that lies in it. A loan belongs to its
 * parts, and is returned with the last of them: at once, but by one thread at a time, which takes along what others
 * return meanwhile; or with the answer to a BUFFER by the thread that is about to send that.
 *
 * The lock is never held while a memory is retired, or one of GStreamer's is unreferenced.
 */

#include "gstipcimport.h"

#include <unistd.h>

#include "gstipcshown.h"

struct _GstIpcImport {
  gint refs;
  GMutex lock;
  IpcLink *link;        /* NULL once the element is gone */
  guint64 peer;         /* whose the following is, 0: nobody's */
  GHashTable *memories; /* id -> GstIpcShown */
  GstIpcShownTotal *total;
  GHashTable *loans;  /* a set of numbers: those that are not returned yet */
  GArray *returned;   /* guint32: those that are to be told of */
  gboolean returning; /* by some thread */
  GThread *holder;    /* the thread whose returns wait for what it will send anyway, or NULL */
  guint64 n_loans, bytes_borrowed;
};

typedef struct {
  gint refs; /* the parts */
  GstIpcImport *owner;
  guint64 peer;
  guint32 number;
} Loan;

static void
import_unref (GstIpcImport *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  g_hash_table_unref (self->memories);
  g_hash_table_unref (self->loans);
  g_array_unref (self->returned);
  g_atomic_rc_box_release (self->total);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GstIpcImport *
gst_ipc_import_new (IpcLink *link)
{
  GstIpcImport *self = g_new0 (GstIpcImport, 1);

  self->refs = 1;
  g_mutex_init (&self->lock);
  self->link = ipc_link_ref (link);
  self->memories = g_hash_table_new (NULL, NULL);
  self->total = g_atomic_rc_box_new0 (GstIpcShownTotal);
  self->loans = g_hash_table_new (NULL, NULL);
  self->returned = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

static GPtrArray *
new_retired (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)gst_ipc_shown_retire);
}

/* Moves all memories to @retired. */
static void
begin_peer_locked (GstIpcImport *self, guint64 peer, GPtrArray *retired)
{
  GHashTableIter iter;
  gpointer memory;

  g_hash_table_iter_init (&iter, self->memories);
  while (g_hash_table_iter_next (&iter, NULL, &memory))
    g_ptr_array_add (retired, memory);
  g_hash_table_remove_all (self->memories);
  g_hash_table_remove_all (self->loans);
  g_array_set_size (self->returned, 0);
  self->peer = peer;
}

void
gst_ipc_import_keep_only (GstIpcImport *self, guint64 peer)
{
  g_autoptr (GPtrArray) retired = new_retired ();

  g_mutex_lock (&self->lock);
  if (self->peer != peer)
    begin_peer_locked (self, 0, retired);
  g_mutex_unlock (&self->lock);
}

void
gst_ipc_import_give_up (GstIpcImport *self, guint64 peer)
{
  g_autoptr (GPtrArray) retired = new_retired ();

  g_mutex_lock (&self->lock);
  if (self->peer == peer)
    begin_peer_locked (self, 0, retired);
  g_mutex_unlock (&self->lock);
}

void
gst_ipc_import_free (GstIpcImport *self)
{
  g_autoptr (GPtrArray) retired = new_retired ();
  IpcLink *link;

  g_mutex_lock (&self->lock);
  begin_peer_locked (self, 0, retired);
  link = g_steal_pointer (&self->link);
  g_mutex_unlock (&self->lock);
  ipc_link_unref (link);
  import_unref (self);
}

/* Returning */

/* Some of what is to be returned, and what to return it with; NULL when there is nothing, or nobody, left. */
static IpcLink *
next_returns (GstIpcImport *self, IpcPacket *packet, guint64 *peer)
{
  IpcLink *link = NULL;
  guint n;

  g_mutex_lock (&self->lock);
  n = MIN (self->returned->len, IPC_MEMORY_MAX_NUMBERS);
  if (n > 0 && self->link != NULL) {
    ipc_packet_build_memory_release (packet, (const guint32 *)(gpointer)self->returned->data, n);
    g_array_remove_range (self->returned, 0, n);
    *peer = self->peer;
    link = ipc_link_ref (self->link);
  } else {
    self->returning = FALSE;
  }
  g_mutex_unlock (&self->lock);
  return link;
}

/* Whether it falls to the calling thread to return what there is. */
static gboolean
begin_returning_locked (GstIpcImport *self)
{
  if (self->returning || self->returned->len == 0)
    return FALSE;
  self->returning = TRUE;
  return TRUE;
}

static void
return_all (GstIpcImport *self)
{
  IpcPacket packet = { .form = IPC_FORM_MEMORY };
  IpcLink *link;
  guint64 peer;

  while ((link = next_returns (self, &packet, &peer)) != NULL) {
    ipc_link_post (link, peer, &packet);
    ipc_link_unref (link);
    packet = (IpcPacket){ .form = IPC_FORM_MEMORY };
  }
}

static void
return_loan (Loan *loan)
{
  GstIpcImport *self = loan->owner;
  gboolean is_mine = FALSE;

  g_mutex_lock (&self->lock);
  if (self->peer == loan->peer && g_hash_table_remove (self->loans, GUINT_TO_POINTER (loan->number))) {
    g_array_append_val (self->returned, loan->number);
    is_mine = self->holder != g_thread_self () && begin_returning_locked (self);
  }
  g_mutex_unlock (&self->lock);
  if (is_mine)
    return_all (self);
}

void
gst_ipc_import_hold (GstIpcImport *self)
{
  g_mutex_lock (&self->lock);
  self->holder = g_thread_self ();
  g_mutex_unlock (&self->lock);
}

gboolean
gst_ipc_import_release (GstIpcImport *self, guint64 peer, IpcPacket *packet)
{
  gboolean is_mine, fits;

  g_mutex_lock (&self->lock);
  self->holder = NULL;
  is_mine = begin_returning_locked (self);
  fits = is_mine && self->peer == peer && self->returned->len <= IPC_MEMORY_MAX_NUMBERS;
  if (fits) {
    ipc_packet_build_memory_release (packet, (const guint32 *)(gpointer)self->returned->data, self->returned->len);
    g_array_set_size (self->returned, 0);
    self->returning = FALSE;
  }
  g_mutex_unlock (&self->lock);
  if (is_mine && !fits)
    return_all (self);
  return fits;
}

static void
loan_unref (gpointer data)
{
  Loan *self = data;

  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  return_loan (self);
  import_unref (self->owner);
  g_free (self);
}

/* Taking */

/* Hands @reason on. */
static gboolean
fail (GError **error, GError *reason)
{
  g_propagate_error (error, reason);
  return FALSE;
}

/* What there is to take from, and what is found there. */
typedef struct {
  guint64 peer;
  const IpcMemoryLoan *loan;
  const gint *fds; /* of its new memories, in their order */
  gboolean dmabufs;
  GstIpcShown *memories[IPC_MEMORY_MAX_PARTS]; /* one for each part, referenced */
} Taking;

static gboolean
register_locked (GstIpcImport *self, const Taking *taking, const IpcMemoryPart *part, gint fd, GError **error)
{
  GstIpcShown *memory;

  if (g_hash_table_contains (self->memories, GUINT_TO_POINTER (part->id)))
    return fail (error, ipc_link_protocol_error ("memory %u is shown as new again", part->id));
  memory = gst_ipc_shown_new (part, fd, taking->dmabufs, self->total, error);
  if (memory == NULL)
    return FALSE;
  g_hash_table_insert (self->memories, GUINT_TO_POINTER (part->id), memory);
  return TRUE;
}

static gboolean
find_parts_locked (GstIpcImport *self, Taking *taking, GError **error)
{
  const IpcMemoryLoan *loan = taking->loan;
  guint n_fds = 0;

  if (g_hash_table_contains (self->loans, GUINT_TO_POINTER (loan->number)))
    return fail (error, ipc_link_protocol_error ("loan %u is made before it was returned", loan->number));
  for (guint i = 0; i < loan->n_parts; i++) {
    const IpcMemoryPart *part = &loan->parts[i];
    GstIpcShown *memory;

    if (part->is_new && !register_locked (self, taking, part, taking->fds[n_fds++], error))
      return FALSE;
    memory = g_hash_table_lookup (self->memories, GUINT_TO_POINTER (part->id));
    if (memory == NULL)
      return fail (error, ipc_link_protocol_error ("a BUFFER refers to memory %u, which was never shown", part->id));
    if (gst_ipc_shown_get_size (memory) != part->size)
      return fail (error,
          ipc_link_protocol_error ("memory %u is said to have %" G_GUINT64_FORMAT " bytes, and has %" G_GSIZE_FORMAT,
              part->id, part->size, gst_ipc_shown_get_size (memory)));
    taking->memories[i] = memory;
  }
  return TRUE;
}

/* Holds the parts of the loan: nothing is made of them yet that would have to be returned. */
static gboolean
open_loan (GstIpcImport *self, Taking *taking, GError **error)
{
  g_autoptr (GPtrArray) retired = new_retired ();
  gboolean found;

  g_mutex_lock (&self->lock);
  if (self->peer != taking->peer)
    begin_peer_locked (self, taking->peer, retired);
  found = find_parts_locked (self, taking, error);
  if (found) {
    for (guint i = 0; i < taking->loan->n_parts; i++)
      gst_ipc_shown_ref (taking->memories[i]);
    g_hash_table_add (self->loans, GUINT_TO_POINTER (taking->loan->number));
    self->n_loans++;
    self->bytes_borrowed += ipc_memory_loan_length (taking->loan);
  }
  g_mutex_unlock (&self->lock);
  return found;
}

/* Each part is a memory of its own. */
static GPtrArray *
new_memories (GstIpcImport *self, Taking *taking)
{
  const IpcMemoryLoan *loan = taking->loan;
  GPtrArray *memories = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_memory_unref);
  Loan *shared = g_new (Loan, 1);

  g_atomic_int_inc (&self->refs);
  *shared = (Loan){ (gint)loan->n_parts, self, taking->peer, loan->number };
  for (guint i = 0; i < loan->n_parts; i++) {
    const IpcMemoryPart *part = &loan->parts[i];

    g_ptr_array_add (memories,
        gst_ipc_shown_get_memory (taking->memories[i], (gsize)part->offset, (gsize)part->length, loan_unref, shared));
    gst_ipc_shown_unref (taking->memories[i]);
  }
  return memories;
}

GPtrArray *
gst_ipc_import_take (GstIpcImport *self, const IpcPacket *packet, GError **error)
{
  gint fds[IPC_MEMORY_MAX_PARTS];
  IpcMemoryLoan loan;
  Taking taking = { ipc_link_get_peer (self->link), &loan, fds, (packet->form & IPC_FORM_DMABUF) != 0, { NULL } };
  g_autoptr (GError) reason = NULL;
  const guint n_fds = ipc_link_take_fds (self->link, fds);
  gboolean opened = FALSE;

  if (!ipc_memory_loan_from_packet (packet, &loan, &reason))
    fail (error, ipc_link_protocol_error ("%s", reason->message));
  else
    opened = open_loan (self, &taking, error);
  for (guint i = 0; i < n_fds; i++)
    close (fds[i]);
  return opened ? new_memories (self, &taking) : NULL;
}

gboolean
gst_ipc_import_forget (GstIpcImport *self, const IpcPacket *release, GError **error)
{
  const guint64 peer = ipc_link_get_peer (self->link);
  g_autoptr (GPtrArray) retired = new_retired ();
  guint32 wrong = 0;

  g_mutex_lock (&self->lock);
  for (guint32 i = 0; i < release->memory_release.n && wrong == 0; i++) {
    const gpointer id = GUINT_TO_POINTER (release->memory_release.numbers[i]);
    gpointer memory;

    if (self->peer == peer && g_hash_table_steal_extended (self->memories, id, NULL, &memory))
      g_ptr_array_add (retired, memory);
    else
      wrong = release->memory_release.numbers[i];
  }
  g_mutex_unlock (&self->lock);
  return wrong == 0 || fail (error, ipc_link_protocol_error ("it gives up memory %u, which it has never shown", wrong));
}

void
gst_ipc_import_add_stats (GstIpcImport *self, GstStructure *stats)
{
  g_mutex_lock (&self->lock);
  gst_structure_set (stats, "loans", G_TYPE_UINT64, self->n_loans, "loans-open", G_TYPE_UINT,
      g_hash_table_size (self->loans), "memories", G_TYPE_UINT, g_hash_table_size (self->memories),
      "bytes-by-reference", G_TYPE_UINT64, self->bytes_borrowed, "dmabufs", G_TYPE_UINT,
      (guint)g_atomic_int_get (&self->total->dmabufs), NULL);
  g_mutex_unlock (&self->lock);
}
