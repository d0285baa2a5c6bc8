/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The master can write to what is mapped here at any time; that it cannot shrink it, so that reading it would be a
 * SIGBUS, is what the seals are for. A dmabuf never changes its size.
 *
 * A dmabuf's GstMemory goes round like the buffers of a pool: its last user leaves it with the shown memory, from which
 * the next loan of the same stretch takes it. It holds a reference to the shown memory while it is used, and the shown
 * memory one to it while it is not.
 */

#include "gstipcshown.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <gst/allocators/gstdmabuf.h>

#include "gstipcmemory.h"
#include "link/link.h"

struct _GstIpcShown {
  gint refs;
  GstIpcShownTotal *total;
  gsize size;
  gpointer data; /* mapped; NULL for a dmabuf */
  gint fd;       /* of a dmabuf, or -1 */
  GMutex lock;
  GstMemory *idle; /* of a dmabuf: what nobody uses */
  gboolean retired;
};

/* What a GstMemory is used for. */
typedef struct {
  GstIpcShown *shown; /* referenced */
  GDestroyNotify let_go;
  gpointer user_data;
  gboolean is_idle; /* then @shown is not referenced, but has the memory */
} Use;

static GQuark
use_quark (void)
{
  return g_quark_from_static_string ("gst-ipc-shown-use");
}

/* Sets what @fd is mapped as, or its copy. */
static gboolean
open_file (GstIpcShown *self, const IpcMemoryPart *part, gint fd, gboolean is_dmabuf, GError **error)
{
  if (is_dmabuf)
    self->fd = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  else
    self->data = mmap (NULL, self->size, PROT_READ, MAP_SHARED, fd, 0);
  if (is_dmabuf ? self->fd >= 0 : self->data != MAP_FAILED)
    return TRUE;
  self->data = NULL;
  g_set_error (error, IPC_LINK_ERROR, IPC_LINK_ERROR_READ,
      "memory %u of the peer, %" G_GUINT64_FORMAT " bytes, cannot be %s: %s", part->id, part->size,
      is_dmabuf ? "kept" : "mapped", g_strerror (errno));
  return FALSE;
}

/* NULL when memory @part in @fd is as it should be. */
static GError *
find_fault (const IpcMemoryPart *part, gint fd, gboolean dmabufs, GstIpcFileKind *kind)
{
  guint64 size = 0;

  *kind = gst_ipc_file_kind (fd, &size);
  if (*kind == GST_IPC_FILE_OTHER)
    return ipc_link_protocol_error ("memory %u is neither a memfd whose size is sealed nor a dmabuf", part->id);
  if (*kind == GST_IPC_FILE_DMABUF && !dmabufs)
    return ipc_link_protocol_error ("memory %u is a dmabuf, and on those there was no agreement", part->id);
  if (size != part->size || part->size > G_MAXSIZE)
    return ipc_link_protocol_error ("memory %u has another size than %" G_GUINT64_FORMAT, part->id, part->size);
  return NULL;
}

static GError *
find_excess (const IpcMemoryPart *part, gboolean is_dmabuf, GstIpcShownTotal *total)
{
  if (g_atomic_int_get (&total->memories) >= IPC_MEMORY_MAX_MEMORIES
      || part->size > IPC_MEMORY_MAX_BYTES - (gsize)g_atomic_pointer_get (&total->bytes))
    return ipc_link_protocol_error ("it shows more memory than the limits of %u memories, and %" G_GUINT64_FORMAT
                                    " bytes in all of them",
        (guint)IPC_MEMORY_MAX_MEMORIES, (guint64)IPC_MEMORY_MAX_BYTES);
  if (is_dmabuf && g_atomic_int_get (&total->dmabufs) >= IPC_MEMORY_MAX_DMABUFS)
    return ipc_link_protocol_error ("it shows more than %u dmabufs", (guint)IPC_MEMORY_MAX_DMABUFS);
  return NULL;
}

static void
count (GstIpcShown *self, gint sign)
{
  g_atomic_int_add (&self->total->memories, sign);
  g_atomic_int_add (&self->total->dmabufs, self->fd >= 0 ? sign : 0);
  g_atomic_pointer_add (&self->total->bytes, sign * (gssize)self->size);
}

GstIpcShown *
gst_ipc_shown_new (const IpcMemoryPart *part, gint fd, gboolean dmabufs, GstIpcShownTotal *total, GError **error)
{
  GstIpcFileKind kind;
  GError *reason = find_fault (part, fd, dmabufs, &kind);
  GstIpcShown *self;

  if (reason == NULL)
    reason = find_excess (part, kind == GST_IPC_FILE_DMABUF, total);
  if (reason != NULL) {
    g_propagate_error (error, reason);
    return NULL;
  }
  self = g_new0 (GstIpcShown, 1);
  self->refs = 1;
  self->size = (gsize)part->size;
  self->fd = -1;
  if (!open_file (self, part, fd, kind == GST_IPC_FILE_DMABUF, error)) {
    g_free (self);
    return NULL;
  }
  self->total = g_atomic_rc_box_acquire (total);
  g_mutex_init (&self->lock);
  count (self, 1);
  return self;
}

GstIpcShown *
gst_ipc_shown_ref (GstIpcShown *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
gst_ipc_shown_unref (GstIpcShown *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  count (self, -1);
  if (self->data != NULL)
    munmap (self->data, self->size);
  if (self->fd >= 0)
    close (self->fd);
  g_atomic_rc_box_release (self->total);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_ipc_shown_retire (GstIpcShown *self)
{
  GstMemory *idle;

  g_mutex_lock (&self->lock);
  self->retired = TRUE;
  idle = g_steal_pointer (&self->idle);
  g_mutex_unlock (&self->lock);
  if (idle != NULL)
    gst_memory_unref (idle);
  gst_ipc_shown_unref (self);
}

gsize
gst_ipc_shown_get_size (const GstIpcShown *self)
{
  return self->size;
}

/* Mapped files */

static Use *
use_new (GstIpcShown *self, GDestroyNotify let_go, gpointer user_data)
{
  Use *use = g_new (Use, 1);

  *use = (Use){ gst_ipc_shown_ref (self), let_go, user_data, FALSE };
  return use;
}

static void
end_use (gpointer data)
{
  Use *use = data;

  gst_ipc_shown_unref (use->shown);
  use->let_go (use->user_data);
  g_free (use);
}

/* dmabufs */

/* The memory is about to end: nobody uses it any more, or it was idle. FALSE: it lives on, idle. */
static gboolean
leave_idle (GstMiniObject *object)
{
  Use *use = gst_mini_object_get_qdata (object, use_quark ());
  GstIpcShown *self = use->shown;
  GstMemory *former = NULL;
  gboolean was_idle, stays;
  const GDestroyNotify let_go = use->let_go;
  const gpointer user_data = use->user_data;

  g_mutex_lock (&self->lock);
  was_idle = use->is_idle;
  stays = !was_idle && !self->retired;
  if (stays) {
    use->is_idle = TRUE;
    former = self->idle;
    self->idle = GST_MEMORY_CAST (gst_mini_object_ref (object));
  }
  g_mutex_unlock (&self->lock);
  if (was_idle)
    return TRUE;
  if (former != NULL)
    gst_memory_unref (former);
  let_go (user_data);
  if (stays)
    gst_ipc_shown_unref (self);
  return !stays;
}

/* Of a memory that ends. */
static void
free_use (gpointer data)
{
  Use *use = data;

  if (!use->is_idle)
    gst_ipc_shown_unref (use->shown);
  g_free (use);
}

/* The idle one, if it is that stretch. */
static GstMemory *
take_idle (GstIpcShown *self, gsize offset, gsize length, GDestroyNotify let_go, gpointer user_data)
{
  GstMemory *memory = NULL;
  Use *use;

  g_mutex_lock (&self->lock);
  if (self->idle != NULL && self->idle->offset == offset && self->idle->size == length) {
    memory = g_steal_pointer (&self->idle);
    use = gst_mini_object_get_qdata (GST_MINI_OBJECT (memory), use_quark ());
    *use = (Use){ gst_ipc_shown_ref (self), let_go, user_data, FALSE };
  }
  g_mutex_unlock (&self->lock);
  return memory;
}

static GstMemory *
new_dmabuf (GstIpcShown *self, gsize offset, gsize length, Use *use)
{
  g_autoptr (GstAllocator) allocator = gst_dmabuf_allocator_new ();
  GstMemory *memory
      = gst_dmabuf_allocator_alloc_with_flags (allocator, self->fd, self->size, GST_FD_MEMORY_FLAG_DONT_CLOSE);

  gst_memory_resize (memory, (gssize)offset, length);
  GST_MINI_OBJECT_FLAG_SET (memory, GST_MEMORY_FLAG_READONLY);
  gst_mini_object_set_qdata (GST_MINI_OBJECT (memory), use_quark (), use, free_use);
  GST_MINI_OBJECT (memory)->dispose = leave_idle;
  return memory;
}

GstMemory *
gst_ipc_shown_get_memory (GstIpcShown *self, gsize offset, gsize length, GDestroyNotify let_go, gpointer user_data)
{
  GstMemory *memory;

  if (self->data != NULL)
    return gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, (guint8 *)self->data + offset, length, 0, length,
        use_new (self, let_go, user_data), end_use);
  memory = take_idle (self, offset, length, let_go, user_data);
  return memory != NULL ? memory : new_dmabuf (self, offset, length, use_new (self, let_go, user_data));
}
