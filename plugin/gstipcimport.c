/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A mapping belongs to the table of memories that the master has shown, and to each part of a loan that lies in it. A
 * loan belongs to its parts, and is returned with the last of them: at once, but by one thread at a time, which takes
 * along what others return meanwhile; or with the answer to a BUFFER by the thread that is about to send that. The fd
 * of a memory is closed as soon as it is mapped.
 *
 * The master can write to what is mapped here at any time; that it cannot shrink it, so that reading it would be a
 * SIGBUS, is what the seals are for.
 */

#include "gstipcimport.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gstipcmemory.h"

typedef struct {
  gint refs;
  GstIpcImport *owner; /* referenced */
  gpointer data;
  gsize size;
} Mapping;

struct _GstIpcImport {
  gint refs;
  GMutex lock;
  IpcLink *link;        /* NULL once the element is gone */
  guint64 peer;         /* whose the following is, 0: nobody's */
  GHashTable *memories; /* id -> Mapping */
  gint n_mappings;      /* that there are, of whatever peer; atomic */
  gsize n_bytes;        /* in them; atomic */
  GHashTable *loans;    /* a set of numbers: those that are not returned yet */
  GArray *returned;     /* guint32: those that are to be told of */
  gboolean returning;   /* by some thread */
  GThread *holder;      /* the thread whose returns wait for what it will send anyway, or NULL */
  guint64 n_loans, bytes_borrowed;
};

typedef struct {
  gint refs; /* the parts */
  GstIpcImport *owner;
  guint64 peer;
  guint32 number;
} Loan;

typedef struct {
  Loan *loan;
  Mapping *mapping;
} Part;

static void
import_unref (GstIpcImport *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  g_hash_table_unref (self->memories);
  g_hash_table_unref (self->loans);
  g_array_unref (self->returned);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* The last user of a mapping has also something else that holds the owner: it does not end in here, whatever lock is
 * held. */
static void
mapping_unref (gpointer data)
{
  Mapping *self = data;

  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  munmap (self->data, self->size);
  g_atomic_int_add (&self->owner->n_mappings, -1);
  g_atomic_pointer_add (&self->owner->n_bytes, -(gssize)self->size);
  import_unref (self->owner);
  g_free (self);
}

static Mapping *
mapping_ref (Mapping *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

GstIpcImport *
gst_ipc_import_new (IpcLink *link)
{
  GstIpcImport *self = g_new0 (GstIpcImport, 1);

  self->refs = 1;
  g_mutex_init (&self->lock);
  self->link = ipc_link_ref (link);
  self->memories = g_hash_table_new_full (NULL, NULL, NULL, mapping_unref);
  self->loans = g_hash_table_new (NULL, NULL);
  self->returned = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

static void
begin_peer_locked (GstIpcImport *self, guint64 peer)
{
  g_hash_table_remove_all (self->memories);
  g_hash_table_remove_all (self->loans);
  g_array_set_size (self->returned, 0);
  self->peer = peer;
}

void
gst_ipc_import_keep_only (GstIpcImport *self, guint64 peer)
{
  g_mutex_lock (&self->lock);
  if (self->peer != peer)
    begin_peer_locked (self, 0);
  g_mutex_unlock (&self->lock);
}

void
gst_ipc_import_give_up (GstIpcImport *self, guint64 peer)
{
  g_mutex_lock (&self->lock);
  if (self->peer == peer)
    begin_peer_locked (self, 0);
  g_mutex_unlock (&self->lock);
}

void
gst_ipc_import_free (GstIpcImport *self)
{
  IpcLink *link;

  g_mutex_lock (&self->lock);
  begin_peer_locked (self, 0);
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
loan_unref (Loan *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  return_loan (self);
  import_unref (self->owner);
  g_free (self);
}

static void
part_free (gpointer data)
{
  Part *part = data;

  mapping_unref (part->mapping);
  loan_unref (part->loan);
  g_free (part);
}

/* Taking */

/* Hands @reason on. */
static gboolean
fail (GError **error, GError *reason)
{
  g_propagate_error (error, reason);
  return FALSE;
}

static Mapping *
map_fd (GstIpcImport *self, const IpcMemoryPart *part, gint fd, GError **error)
{
  const gint seals = fcntl (fd, F_GET_SEALS);
  struct stat status;
  Mapping *mapping;
  gpointer data;

  if (seals < 0 || (seals & GST_IPC_MEMORY_SEALS) != GST_IPC_MEMORY_SEALS) {
    fail (error, ipc_link_protocol_error ("memory %u is not one whose size is sealed (%s)", part->id,
                     seals < 0 ? g_strerror (errno) : "seals are missing"));
    return NULL;
  }
  if (fstat (fd, &status) < 0 || status.st_size < 0 || (guint64)status.st_size != part->size
      || part->size > G_MAXSIZE) {
    fail (error, ipc_link_protocol_error ("memory %u has another size than %" G_GUINT64_FORMAT, part->id, part->size));
    return NULL;
  }
  data = mmap (NULL, (gsize)part->size, PROT_READ, MAP_SHARED, fd, 0);
  if (data == MAP_FAILED) {
    g_set_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_READ,
        "memory %u of the peer, %" G_GUINT64_FORMAT " bytes, cannot be mapped: %s", part->id, part->size,
        g_strerror (errno));
    return NULL;
  }
  mapping = g_new (Mapping, 1);
  *mapping = (Mapping){ 1, self, data, (gsize)part->size };
  g_atomic_int_inc (&self->refs);
  g_atomic_int_inc (&self->n_mappings);
  g_atomic_pointer_add (&self->n_bytes, (gssize)part->size);
  return mapping;
}

static gboolean
register_locked (GstIpcImport *self, const IpcMemoryPart *part, gint fd, GError **error)
{
  Mapping *mapping;

  if (g_hash_table_contains (self->memories, GUINT_TO_POINTER (part->id)))
    return fail (error, ipc_link_protocol_error ("memory %u is shown as new again", part->id));
  if (g_atomic_int_get (&self->n_mappings) >= IPC_MEMORY_MAX_MEMORIES
      || part->size > IPC_MEMORY_MAX_BYTES - (gsize)g_atomic_pointer_get (&self->n_bytes))
    return fail (
        error, ipc_link_protocol_error ("it shows more memory than the limits of %u memories, and %" G_GUINT64_FORMAT
                                        " bytes in all of them",
                   (guint)IPC_MEMORY_MAX_MEMORIES, (guint64)IPC_MEMORY_MAX_BYTES));
  mapping = map_fd (self, part, fd, error);
  if (mapping == NULL)
    return FALSE;
  g_hash_table_insert (self->memories, GUINT_TO_POINTER (part->id), mapping);
  return TRUE;
}

/* Fills in @mappings, one for each part. */
static gboolean
find_parts_locked (GstIpcImport *self, const IpcMemoryLoan *loan, const gint *fds, Mapping **mappings, GError **error)
{
  guint n_fds = 0;

  if (g_hash_table_contains (self->loans, GUINT_TO_POINTER (loan->number)))
    return fail (error, ipc_link_protocol_error ("loan %u is made before it was returned", loan->number));
  for (guint i = 0; i < loan->n_parts; i++) {
    const IpcMemoryPart *part = &loan->parts[i];

    if (part->is_new && !register_locked (self, part, fds[n_fds++], error))
      return FALSE;
    mappings[i] = g_hash_table_lookup (self->memories, GUINT_TO_POINTER (part->id));
    if (mappings[i] == NULL)
      return fail (error, ipc_link_protocol_error ("a BUFFER refers to memory %u, which was never shown", part->id));
    if (mappings[i]->size != part->size)
      return fail (error,
          ipc_link_protocol_error ("memory %u is said to have %" G_GUINT64_FORMAT " bytes, and has %" G_GSIZE_FORMAT,
              part->id, part->size, mappings[i]->size));
  }
  return TRUE;
}

/* Holds the parts of @loan: nothing is made of them yet that would have to be returned. */
static gboolean
open_loan (
    GstIpcImport *self, guint64 peer, const IpcMemoryLoan *loan, const gint *fds, Mapping **mappings, GError **error)
{
  gboolean found;

  g_mutex_lock (&self->lock);
  if (self->peer != peer)
    begin_peer_locked (self, peer);
  found = find_parts_locked (self, loan, fds, mappings, error);
  if (found) {
    for (guint i = 0; i < loan->n_parts; i++)
      mapping_ref (mappings[i]);
    g_hash_table_add (self->loans, GUINT_TO_POINTER (loan->number));
    self->n_loans++;
    self->bytes_borrowed += ipc_memory_loan_length (loan);
  }
  g_mutex_unlock (&self->lock);
  return found;
}

/* Each part is a memory of its own, which ends where the part does, and that nobody can write to: who wants to, copies.
 */
static GPtrArray *
new_memories (GstIpcImport *self, guint64 peer, const IpcMemoryLoan *loan, Mapping **mappings)
{
  GPtrArray *memories = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_memory_unref);
  Loan *shared = g_new (Loan, 1);

  g_atomic_int_inc (&self->refs);
  *shared = (Loan){ (gint)loan->n_parts, self, peer, loan->number };
  for (guint i = 0; i < loan->n_parts; i++) {
    const gsize length = (gsize)loan->parts[i].length;
    Part *part = g_new (Part, 1);

    *part = (Part){ shared, mappings[i] };
    g_ptr_array_add (
        memories, gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, (guint8 *)mappings[i]->data + loan->parts[i].offset,
                      length, 0, length, part, part_free));
  }
  return memories;
}

GPtrArray *
gst_ipc_import_take (GstIpcImport *self, const IpcPacket *packet, GError **error)
{
  Mapping *mappings[IPC_MEMORY_MAX_PARTS];
  gint fds[IPC_MEMORY_MAX_PARTS];
  IpcMemoryLoan loan;
  g_autoptr (GError) reason = NULL;
  const guint64 peer = ipc_link_get_peer (self->link);
  const guint n_fds = ipc_link_take_fds (self->link, fds);
  gboolean opened = FALSE;

  if (!ipc_memory_loan_from_packet (packet, &loan, &reason))
    fail (error, ipc_link_protocol_error ("%s", reason->message));
  else
    opened = open_loan (self, peer, &loan, fds, mappings, error);
  for (guint i = 0; i < n_fds; i++)
    close (fds[i]);
  return opened ? new_memories (self, peer, &loan, mappings) : NULL;
}

gboolean
gst_ipc_import_forget (GstIpcImport *self, const IpcPacket *release, GError **error)
{
  const guint64 peer = ipc_link_get_peer (self->link);
  guint32 wrong = 0;

  g_mutex_lock (&self->lock);
  for (guint32 i = 0; i < release->memory_release.n && wrong == 0; i++) {
    const gpointer id = GUINT_TO_POINTER (release->memory_release.numbers[i]);
    Mapping *mapping = self->peer == peer ? g_hash_table_lookup (self->memories, id) : NULL;

    if (mapping == NULL)
      wrong = release->memory_release.numbers[i];
    else
      g_hash_table_remove (self->memories, id);
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
      "bytes-by-reference", G_TYPE_UINT64, self->bytes_borrowed, NULL);
  g_mutex_unlock (&self->lock);
}
