/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each memory that was ever lent has a record, found by the memory, which takes it along when it ends: then the peer is
 * told to forget it, with the next BUFFER. A buffer that is lent is referenced until the peer has returned it, so that
 * nobody writes to it meanwhile.
 *
 * The lock protects everything that is not the streaming thread's alone, and is never held while a buffer, a memory or
 * a pool is unreferenced.
 */

#include "gstipcexport.h"

#include <string.h>

#include <gst/allocators/gstdmabuf.h>
#include <gst/video/video.h>

/* Bytes of a buffer from which it pays, in auto, to refer to memory that can be lent, and to copy other memory into
 * such. Where from: docs/performance.md. */
#define LEND_LEAST (32 * 1024)
#define COPY_LEAST (64 * 1024)
/* Buffers of the pool for other memory, besides those that may be in flight; and how many there are at most. */
#define COPIES 7
#define COPIES_MOST 48

typedef struct {
  GstIpcExport *owner; /* referenced */
  GstMemory *memory;   /* the key; alive for as long as the record is in the table */
  guint64 size;        /* of its file */
  gboolean is_dmabuf;  /* is what that file is */
  guint64 peer;        /* that has it under this id */
  guint32 id;
} Record;

struct _GstIpcExport {
  gint refs;
  GMutex lock;
  GHashTable *records; /* GstMemory -> Record */
  guint64 peer;        /* whose the following is, 0: nobody's */
  GHashTable *loans;   /* number -> GstBuffer */
  guint32 last_loan, last_id;
  GArray *forgotten; /* guint32: ids that the peer is to be told to forget */
  guint n_memories;  /* that the peer has besides */
  guint n_dmabufs;   /* of them */
  guint64 n_bytes;   /* in them */
  guint64 n_loans, bytes_lent;

  GstAllocator *allocator;
  /* Of the streaming thread. */
  GstBufferPool *copies;
  gsize copies_size;
  guint n_copies;
  gint in_flight; /* atomic */
};

static GstIpcExport *
export_ref (GstIpcExport *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

static void
export_unref (GstIpcExport *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  g_hash_table_unref (self->records);
  g_hash_table_unref (self->loans);
  g_array_unref (self->forgotten);
  gst_object_unref (self->allocator);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GstIpcExport *
gst_ipc_export_new (void)
{
  GstIpcExport *self = g_new0 (GstIpcExport, 1);

  self->refs = 1;
  g_mutex_init (&self->lock);
  self->records = g_hash_table_new (NULL, NULL);
  self->loans = g_hash_table_new (NULL, NULL);
  self->forgotten = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->allocator = gst_ipc_memory_allocator_new (LEND_LEAST);
  self->in_flight = 1;
  return self;
}

void
gst_ipc_export_set_in_flight (GstIpcExport *self, guint n)
{
  g_atomic_int_set (&self->in_flight, (gint)n);
}

static void
drop_copies (GstIpcExport *self)
{
  if (self->copies != NULL)
    gst_buffer_pool_set_active (self->copies, FALSE);
  gst_clear_object (&self->copies);
  self->copies_size = 0;
}

void
gst_ipc_export_free (GstIpcExport *self)
{
  gst_ipc_export_keep_only (self, 0);
  drop_copies (self);
  export_unref (self);
}

/* Peers */

/* Moves all that is lent to @returned. */
static void
begin_peer_locked (GstIpcExport *self, guint64 peer, GPtrArray *returned)
{
  GHashTableIter iter;
  gpointer buffer;

  g_hash_table_iter_init (&iter, self->loans);
  while (g_hash_table_iter_next (&iter, NULL, &buffer))
    g_ptr_array_add (returned, buffer);
  g_hash_table_remove_all (self->loans);
  g_array_set_size (self->forgotten, 0);
  self->peer = peer;
  self->last_id = self->last_loan = 0;
  self->n_memories = self->n_dmabufs = 0;
  self->n_bytes = 0;
}

static GPtrArray *
new_buffers (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);
}

void
gst_ipc_export_keep_only (GstIpcExport *self, guint64 peer)
{
  g_autoptr (GPtrArray) returned = new_buffers ();

  g_mutex_lock (&self->lock);
  if (self->peer != peer && self->peer != 0)
    begin_peer_locked (self, 0, returned);
  g_mutex_unlock (&self->lock);
}

void
gst_ipc_export_give_up (GstIpcExport *self, guint64 peer)
{
  g_autoptr (GPtrArray) returned = new_buffers ();

  g_mutex_lock (&self->lock);
  if (self->peer == peer)
    begin_peer_locked (self, 0, returned);
  g_mutex_unlock (&self->lock);
}

gboolean
gst_ipc_export_take_back (GstIpcExport *self, guint64 peer, const IpcPacket *release, GError **error)
{
  g_autoptr (GPtrArray) returned = new_buffers ();
  guint32 wrong = 0;

  g_mutex_lock (&self->lock);
  for (guint32 i = 0; i < release->memory_release.n && wrong == 0 && self->peer == peer; i++) {
    const gpointer number = GUINT_TO_POINTER (release->memory_release.numbers[i]);
    gpointer buffer;

    if (g_hash_table_steal_extended (self->loans, number, NULL, &buffer))
      g_ptr_array_add (returned, buffer);
    else
      wrong = release->memory_release.numbers[i];
  }
  /* nothing was ever lent to it */
  if (self->peer != peer)
    wrong = release->memory_release.numbers[0];
  g_mutex_unlock (&self->lock);
  if (wrong == 0)
    return TRUE;
  g_propagate_error (error, ipc_link_protocol_error ("it returns loan %u, which it does not have", wrong));
  return FALSE;
}

/* Memories */

/* The peer has @record's memory, or (@sign -1) has it no more. */
static void
count_locked (GstIpcExport *self, Record *record, gint sign)
{
  record->peer = sign > 0 ? self->peer : 0;
  self->n_memories += (guint)sign;
  self->n_dmabufs += record->is_dmabuf ? (guint)sign : 0;
  self->n_bytes += (guint64)((gint64)sign * (gint64)record->size);
}

/* @record's memory is no longer one of the peer's, which will be told. */
static void
forget_locked (GstIpcExport *self, Record *record)
{
  g_array_append_val (self->forgotten, record->id);
  count_locked (self, record, -1);
}

static void
memory_ended (gpointer user_data, GstMiniObject *where_it_was)
{
  Record *record = user_data;
  GstIpcExport *self = record->owner;

  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->records, where_it_was);
  if (record->peer != 0 && record->peer == self->peer)
    forget_locked (self, record);
  g_mutex_unlock (&self->lock);
  g_free (record);
  export_unref (self);
}

/* The memory that @memory is, or is a part of. */
static GstMemory *
root_of (GstMemory *memory)
{
  return memory->parent != NULL ? memory->parent : memory;
}

/* That of @memory, which the caller has; NULL when it is none that can be lent. */
static Record *
ensure_record (GstIpcExport *self, GstMemory *memory)
{
  GstMemory *root = root_of (memory);
  GstIpcFileKind kind;
  Record *record;
  guint64 size;

  g_mutex_lock (&self->lock);
  record = g_hash_table_lookup (self->records, root);
  g_mutex_unlock (&self->lock);
  if (record != NULL)
    return record;
  kind = gst_ipc_memory_file_kind (root, &size);
  if (kind == GST_IPC_FILE_OTHER)
    return NULL;
  record = g_new0 (Record, 1);
  record->owner = export_ref (self);
  record->memory = root;
  record->size = size;
  record->is_dmabuf = kind == GST_IPC_FILE_DMABUF;
  /* Nobody else makes records. */
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->records, root, record);
  g_mutex_unlock (&self->lock);
  gst_mini_object_weak_ref (GST_MINI_OBJECT (root), memory_ended, record);
  return record;
}

/* To a peer with which @form was agreed on. */
static gboolean
can_be_lent (GstIpcExport *self, IpcForm form, GstBuffer *buffer)
{
  const guint n = gst_buffer_n_memory (buffer);

  for (guint i = 0; i < n; i++) {
    const Record *record = ensure_record (self, gst_buffer_peek_memory (buffer, i));

    if (record == NULL || (record->is_dmabuf && !(form & IPC_FORM_DMABUF)))
      return FALSE;
  }
  return n > 0 && n <= IPC_MEMORY_MAX_PARTS;
}

/* A copy of @buffer's data, if one of the pool's buffers is not lent. */
static void
ensure_copies (GstIpcExport *self, gsize size)
{
  const guint n = MIN (COPIES + (guint)g_atomic_int_get (&self->in_flight), COPIES_MOST);
  GstStructure *config;

  if (self->copies != NULL && size <= self->copies_size && n <= self->n_copies)
    return;
  drop_copies (self);
  self->n_copies = n;
  self->copies_size = MAX (COPY_LEAST, (gsize)1 << g_bit_storage (size - 1));
  self->copies = gst_ipc_memory_pool_new (self->allocator);
  config = gst_buffer_pool_get_config (self->copies);
  gst_buffer_pool_config_set_params (config, NULL, (guint)self->copies_size, 0, n);
  if (!gst_buffer_pool_set_config (self->copies, config) || !gst_buffer_pool_set_active (self->copies, TRUE))
    drop_copies (self);
}

static GstBuffer *
copy_into_pool (GstIpcExport *self, IpcForm form, GstBuffer *buffer, gsize size)
{
  GstBufferPoolAcquireParams at_once = { .flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT };
  g_autoptr (GstBuffer) copy = NULL;
  GstMapInfo map;
  gboolean whole;

  if (size > G_MAXINT / 2)
    return NULL;
  ensure_copies (self, size);
  if (self->copies == NULL || gst_buffer_pool_acquire_buffer (self->copies, &copy, &at_once) != GST_FLOW_OK
      || !can_be_lent (self, form, copy) || !gst_buffer_map (copy, &map, GST_MAP_WRITE))
    return NULL;
  whole = gst_buffer_extract (buffer, 0, map.data, size) == size;
  gst_buffer_unmap (copy, &map);
  return whole ? g_steal_pointer (&copy) : NULL;
}

/* To copy out of one, whose memory may not be the processor's, is dear, if it can be done at all. */
static gboolean
begins_with_dmabuf (GstBuffer *buffer)
{
  return gst_buffer_n_memory (buffer) > 0 && gst_is_dmabuf_memory (gst_buffer_peek_memory (buffer, 0));
}

/* What is lent for @buffer, or NULL. */
static GstBuffer *
choose (GstIpcExport *self, GstIpcPipelineMemory mode, IpcForm form, GstBuffer *buffer, gsize size)
{
  const gboolean always = mode == GST_IPC_PIPELINE_MEMORY_ZERO_COPY;

  if (mode == GST_IPC_PIPELINE_MEMORY_COPY || size == 0)
    return NULL;
  if ((always || size >= LEND_LEAST || begins_with_dmabuf (buffer)) && can_be_lent (self, form, buffer))
    return gst_buffer_ref (buffer);
  return always || size >= COPY_LEAST ? copy_into_pool (self, form, buffer, size) : NULL;
}

/* Lending */

/* Gives @record an id that the present peer knows, or will. FALSE when it has half of what a peer takes: some may not
 * have been told to be forgotten yet. */
static gboolean
introduce_locked (GstIpcExport *self, Record *record, gboolean *is_new)
{
  *is_new = record->peer != self->peer;
  if (!*is_new)
    return TRUE;
  if (self->n_memories >= IPC_MEMORY_MAX_MEMORIES / 2 || record->size > IPC_MEMORY_MAX_BYTES / 2 - self->n_bytes
      || (record->is_dmabuf && self->n_dmabufs >= IPC_MEMORY_MAX_DMABUFS / 2) || self->last_id == G_MAXUINT32)
    return FALSE;
  record->id = ++self->last_id;
  count_locked (self, record, 1);
  return TRUE;
}

static void
unintroduce_locked (GstIpcExport *self, guint32 id)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->records);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Record *record = value;

    if (record->peer == self->peer && record->id == id) {
      count_locked (self, record, -1);
      return;
    }
  }
}

/* FALSE when it cannot be lent after all; then everything is as it was. */
static gboolean
fill_loan_locked (GstIpcExport *self, gsize size, GstIpcLending *lending, IpcMemoryLoan *loan)
{
  const guint n = gst_buffer_n_memory (lending->buffer);

  loan->n_parts = 0;
  for (guint i = 0; i < n && size > 0; i++) {
    GstMemory *memory = gst_buffer_peek_memory (lending->buffer, i);
    Record *record = g_hash_table_lookup (self->records, root_of (memory));
    IpcMemoryPart *part = &loan->parts[loan->n_parts];
    const gsize length = MIN (memory->size, size);

    if (length == 0)
      continue;
    if (record == NULL || memory->offset > record->size || length > record->size - memory->offset
        || !introduce_locked (self, record, &part->is_new))
      return FALSE;
    if (part->is_new) {
      lending->fds[lending->passing.n_fds] = gst_fd_memory_get_fd (memory);
      lending->new_memories[lending->passing.n_fds++] = record->id;
    }
    part->id = record->id;
    part->size = record->size;
    part->offset = memory->offset;
    part->length = length;
    size -= length;
    loan->n_parts++;
  }
  return size == 0;
}

static void
undo_locked (GstIpcExport *self, const GstIpcLending *lending)
{
  for (guint i = 0; i < lending->passing.n_fds; i++)
    unintroduce_locked (self, lending->new_memories[i]);
}

static void
note_loan_locked (GstIpcExport *self, gsize size, GstIpcLending *lending)
{
  do
    lending->number = ++self->last_loan;
  while (lending->number == 0 || g_hash_table_contains (self->loans, GUINT_TO_POINTER (lending->number)));
  g_hash_table_insert (self->loans, GUINT_TO_POINTER (lending->number), gst_buffer_ref (lending->buffer));
  self->n_loans++;
  self->bytes_lent += size;
}

/* Memories that are gone. */
static void
tell_forgotten (GstIpcExport *self, IpcLink *link, guint64 peer)
{
  g_autofree guint32 *ids = NULL;
  gsize n = 0;

  g_mutex_lock (&self->lock);
  if (self->peer == peer && self->forgotten->len > 0)
    ids = g_array_steal (self->forgotten, &n);
  g_mutex_unlock (&self->lock);
  for (gsize at = 0; at < n; at += IPC_MEMORY_MAX_NUMBERS) {
    IpcPacket packet = { .form = IPC_FORM_MEMORY };

    ipc_packet_build_memory_release (&packet, ids + at, (guint)MIN (n - at, IPC_MEMORY_MAX_NUMBERS));
    ipc_link_post (link, peer, &packet);
  }
}

gboolean
gst_ipc_export_lend (GstIpcExport *self, IpcLink *link, GstIpcPipelineMemory mode, GstBuffer *buffer, IpcPacket *packet,
    GstIpcLending *lending)
{
  const gsize size = gst_buffer_get_size (buffer);
  const guint64 peer = ipc_link_get_peer (link);
  g_autoptr (GPtrArray) returned = new_buffers ();
  IpcMemoryLoan loan;
  gboolean lent;

  lending->buffer = choose (self, mode, packet->form, buffer, size);
  if (lending->buffer == NULL)
    return FALSE;
  tell_forgotten (self, link, peer);
  lending->passing = (IpcPassing){ .peer = peer, .fds = lending->fds };
  g_mutex_lock (&self->lock);
  if (self->peer != peer)
    begin_peer_locked (self, peer, returned);
  lent = fill_loan_locked (self, size, lending, &loan);
  if (lent)
    note_loan_locked (self, size, lending);
  else
    undo_locked (self, lending);
  g_mutex_unlock (&self->lock);
  if (!lent) {
    gst_clear_buffer (&lending->buffer);
    return FALSE;
  }
  loan.number = lending->number;
  ipc_packet_lend (packet, &loan);
  return TRUE;
}

void
gst_ipc_export_end_lending (GstIpcExport *self, GstIpcLending *lending)
{
  gpointer buffer = NULL;

  g_mutex_lock (&self->lock);
  if (!lending->passing.sent && self->peer == lending->passing.peer) {
    g_hash_table_steal_extended (self->loans, GUINT_TO_POINTER (lending->number), NULL, &buffer);
    undo_locked (self, lending);
  }
  g_mutex_unlock (&self->lock);
  if (buffer != NULL)
    gst_buffer_unref (buffer);
  gst_clear_buffer (&lending->buffer);
}

void
gst_ipc_export_withdraw (GstIpcExport *self, IpcLink *link)
{
  const guint64 peer = ipc_link_get_peer (link);
  GHashTableIter iter;
  gpointer value;

  drop_copies (self);
  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->records);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Record *record = value;

    if (record->peer != 0 && record->peer == self->peer)
      forget_locked (self, record);
  }
  g_mutex_unlock (&self->lock);
  tell_forgotten (self, link, peer);
}

/* What a producer is told */

static gsize
size_of_frames (GstCaps *caps)
{
  GstVideoInfo info;

  if (caps == NULL || !gst_caps_is_fixed (caps)
      || !gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-raw")
      || !gst_video_info_from_caps (&info, caps))
    return 0;
  return GST_VIDEO_INFO_SIZE (&info);
}

static void
offer_pool (GstIpcExport *self, GstQuery *query, GstCaps *caps, gsize size, GstAllocationParams *params)
{
  g_autoptr (GstBufferPool) pool = gst_ipc_memory_pool_new (self->allocator);
  const guint most = gst_ipc_memory_pool_limit (size, (guint)g_atomic_int_get (&self->in_flight));
  GstStructure *config = gst_buffer_pool_get_config (pool);

  gst_buffer_pool_config_set_params (config, caps, (guint)size, 0, most);
  gst_buffer_pool_config_set_allocator (config, self->allocator, params);
  if (gst_buffer_pool_set_config (pool, config))
    gst_query_add_allocation_pool (query, pool, (guint)size, 0, most);
}

void
gst_ipc_export_answer_allocation (GstIpcExport *self, GstQuery *query)
{
  GstAllocationParams params;
  GstCaps *caps;
  gboolean need_pool;
  gsize size;

  gst_query_parse_allocation (query, &caps, &need_pool);
  size = size_of_frames (caps);
  gst_allocation_params_init (&params);
  while (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_remove_nth_allocation_pool (query, 0);
  if (gst_query_get_n_allocation_params (query) > 0) {
    gst_query_parse_nth_allocation_param (query, 0, NULL, &params);
    gst_query_set_nth_allocation_param (query, 0, self->allocator, &params);
  } else {
    gst_query_add_allocation_param (query, self->allocator, &params);
  }
  if (need_pool && size >= LEND_LEAST && size <= G_MAXINT)
    offer_pool (self, query, caps, size, &params);
}

void
gst_ipc_export_add_stats (GstIpcExport *self, GstStructure *stats)
{
  g_mutex_lock (&self->lock);
  gst_structure_set (stats, "loans", G_TYPE_UINT64, self->n_loans, "loans-open", G_TYPE_UINT,
      g_hash_table_size (self->loans), "memories", G_TYPE_UINT, self->n_memories, "bytes-by-reference", G_TYPE_UINT64,
      self->bytes_lent, "dmabufs", G_TYPE_UINT, self->n_dmabufs, NULL);
  g_mutex_unlock (&self->lock);
}
