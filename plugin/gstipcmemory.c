/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The allocator makes a memfd for each memory, which is dear (a file, its pages, a mapping): it is for pools, in which
 * memories go round.
 */

#include "gstipcmemory.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <gst/allocators/gstfdmemory.h>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

/* So many fds of the process are taken at most, by each allocator. */
#define MAX_MEMORIES 128
/* Bytes of all buffers of a pool, as far as the next two allow it: how many there are at least besides those in flight,
 * and at most in all. */
#define POOL_BYTES (128 * 1024 * 1024)
#define POOL_LEAST 5
#define POOL_MOST 48

GType
gst_ipc_pipeline_memory_get_type (void)
{
  static const GEnumValue values[] = {
    { GST_IPC_PIPELINE_MEMORY_AUTO, "By reference where both sides can and it pays, otherwise by copying", "auto" },
    { GST_IPC_PIPELINE_MEMORY_COPY, "Always by copying", "copy" },
    { GST_IPC_PIPELINE_MEMORY_ZERO_COPY, "By reference wherever both sides can", "zero-copy" },
    { 0, NULL, NULL },
  };
  static GType type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstIpcPipelineMemory", values));
  return type;
}

/* The allocator */

#define GST_TYPE_IPC_MEMORY_ALLOCATOR (gst_ipc_memory_allocator_get_type ())
G_DECLARE_FINAL_TYPE (GstIpcMemoryAllocator, gst_ipc_memory_allocator, GST, IPC_MEMORY_ALLOCATOR, GstFdAllocator)

struct _GstIpcMemoryAllocator {
  GstFdAllocator parent;
  gsize least;
  gint n_memories; /* that there are, or about to be; atomic */
};

G_DEFINE_FINAL_TYPE (GstIpcMemoryAllocator, gst_ipc_memory_allocator, GST_TYPE_FD_ALLOCATOR)

/* The mapping that is there stays writable: those to come, of whoever has the fd, are not. */
static gboolean
seal (gint fd)
{
  return fcntl (fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | GST_IPC_MEMORY_SEALS) == 0
         || fcntl (fd, F_ADD_SEALS, GST_IPC_MEMORY_SEALS) == 0;
}

static GstMemory *
new_memory (GstAllocator *allocator, gsize size)
{
  gint fd = memfd_create ("ipcpipeline", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  GstMemory *memory;
  GstMapInfo map;

  if (fd < 0)
    return NULL;
  if (ftruncate (fd, (off_t)size) < 0) {
    close (fd);
    return NULL;
  }
  memory = gst_fd_allocator_alloc (allocator, fd, size, GST_FD_MEMORY_FLAG_KEEP_MAPPED);
  if (memory == NULL) {
    close (fd);
    return NULL;
  }
  g_atomic_int_inc (&GST_IPC_MEMORY_ALLOCATOR (allocator)->n_memories);
  if (!gst_memory_map (memory, &map, GST_MAP_READWRITE)) {
    gst_memory_unref (memory);
    return NULL;
  }
  gst_memory_unmap (memory, &map);
  if (!seal (fd))
    g_clear_pointer (&memory, gst_memory_unref);
  return memory;
}

static GstMemory *
gst_ipc_memory_allocator_alloc (GstAllocator *allocator, gsize size, GstAllocationParams *params)
{
  GstIpcMemoryAllocator *self = GST_IPC_MEMORY_ALLOCATOR (allocator);
  const gsize maxsize = size + params->prefix + params->padding;
  GstMemory *memory = NULL;

  if (size > 0 && size >= self->least && params->align < (gsize)getpagesize () && maxsize >= size
      && maxsize < G_MAXINT64 && g_atomic_int_get (&self->n_memories) < MAX_MEMORIES)
    memory = new_memory (allocator, maxsize);
  if (memory == NULL)
    return gst_allocator_alloc (NULL, size, params);
  gst_memory_resize (memory, (gssize)params->prefix, size);
  return memory;
}

/* Not for the parts that share another's. */
static void
gst_ipc_memory_allocator_free (GstAllocator *allocator, GstMemory *memory)
{
  if (memory->parent == NULL)
    g_atomic_int_add (&GST_IPC_MEMORY_ALLOCATOR (allocator)->n_memories, -1);
  GST_ALLOCATOR_CLASS (gst_ipc_memory_allocator_parent_class)->free (allocator, memory);
}

static void
gst_ipc_memory_allocator_class_init (GstIpcMemoryAllocatorClass *klass)
{
  GST_ALLOCATOR_CLASS (klass)->alloc = gst_ipc_memory_allocator_alloc;
  GST_ALLOCATOR_CLASS (klass)->free = gst_ipc_memory_allocator_free;
}

static void
gst_ipc_memory_allocator_init (GstIpcMemoryAllocator *self)
{
  GST_OBJECT_FLAG_UNSET (self, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
}

GstAllocator *
gst_ipc_memory_allocator_new (gsize least)
{
  GstIpcMemoryAllocator *self = g_object_new (GST_TYPE_IPC_MEMORY_ALLOCATOR, NULL);

  gst_object_ref_sink (self);
  self->least = least;
  return GST_ALLOCATOR (self);
}

/* Files of others */

static gboolean
is_dmabuf (gint fd)
{
  struct statfs status;

  return fstatfs (fd, &status) == 0 && status.f_type == DMA_BUF_MAGIC;
}

static gboolean
is_sealed (gint fd)
{
  const gint seals = fcntl (fd, F_GET_SEALS);

  return seals >= 0 && (seals & GST_IPC_MEMORY_SEALS) == GST_IPC_MEMORY_SEALS;
}

GstIpcFileKind
gst_ipc_file_kind (gint fd, guint64 *size)
{
  struct stat status;

  if (fstat (fd, &status) < 0 || status.st_size <= 0)
    return GST_IPC_FILE_OTHER;
  *size = (guint64)status.st_size;
  if (is_sealed (fd))
    return GST_IPC_FILE_SEALED;
  return is_dmabuf (fd) ? GST_IPC_FILE_DMABUF : GST_IPC_FILE_OTHER;
}

GstIpcFileKind
gst_ipc_memory_file_kind (GstMemory *memory, guint64 *size)
{
  return gst_is_fd_memory (memory) ? gst_ipc_file_kind (gst_fd_memory_get_fd (memory), size) : GST_IPC_FILE_OTHER;
}

/* The pool */

#define GST_TYPE_IPC_MEMORY_POOL (gst_ipc_memory_pool_get_type ())
G_DECLARE_FINAL_TYPE (GstIpcMemoryPool, gst_ipc_memory_pool, GST, IPC_MEMORY_POOL, GstBufferPool)

struct _GstIpcMemoryPool {
  GstBufferPool parent;
  GstAllocator *allocator;
  /* Of the configuration, which does not change while buffers are made. */
  guint size;
  GstAllocationParams params;
};

G_DEFINE_FINAL_TYPE (GstIpcMemoryPool, gst_ipc_memory_pool, GST_TYPE_BUFFER_POOL)

/* Marks what is not one of the pool's. */
static GQuark
extra_quark (void)
{
  return g_quark_from_static_string ("gst-ipc-memory-pool-extra");
}

/* Whatever allocator is wished for, memory is ours. */
static gboolean
gst_ipc_memory_pool_set_config (GstBufferPool *pool, GstStructure *config)
{
  GstIpcMemoryPool *self = GST_IPC_MEMORY_POOL (pool);
  GstAllocationParams params;

  if (!gst_buffer_pool_config_get_params (config, NULL, &self->size, NULL, NULL))
    return FALSE;
  if (!gst_buffer_pool_config_get_allocator (config, NULL, &params))
    gst_allocation_params_init (&params);
  self->params = params;
  gst_buffer_pool_config_set_allocator (config, self->allocator, &params);
  return GST_BUFFER_POOL_CLASS (gst_ipc_memory_pool_parent_class)->set_config (pool, config);
}

static GstFlowReturn
gst_ipc_memory_pool_acquire_buffer (GstBufferPool *pool, GstBuffer **buffer, GstBufferPoolAcquireParams *params)
{
  GstIpcMemoryPool *self = GST_IPC_MEMORY_POOL (pool);
  GstBufferPoolAcquireParams at_once = { 0 };
  GstFlowReturn flow;

  if (params != NULL)
    at_once = *params;
  at_once.flags |= GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT;
  flow = GST_BUFFER_POOL_CLASS (gst_ipc_memory_pool_parent_class)->acquire_buffer (pool, buffer, &at_once);
  if (flow != GST_FLOW_EOS || (params != NULL && (params->flags & GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT)))
    return flow;
  *buffer = gst_buffer_new_allocate (NULL, self->size, &self->params);
  if (*buffer == NULL)
    return GST_FLOW_ERROR;
  gst_mini_object_set_qdata (GST_MINI_OBJECT (*buffer), extra_quark (), pool, NULL);
  return GST_FLOW_OK;
}

static void
gst_ipc_memory_pool_release_buffer (GstBufferPool *pool, GstBuffer *buffer)
{
  if (gst_mini_object_get_qdata (GST_MINI_OBJECT (buffer), extra_quark ()) == pool)
    gst_buffer_unref (buffer);
  else
    GST_BUFFER_POOL_CLASS (gst_ipc_memory_pool_parent_class)->release_buffer (pool, buffer);
}

static void
gst_ipc_memory_pool_finalize (GObject *object)
{
  gst_object_unref (GST_IPC_MEMORY_POOL (object)->allocator);
  G_OBJECT_CLASS (gst_ipc_memory_pool_parent_class)->finalize (object);
}

static void
gst_ipc_memory_pool_class_init (GstIpcMemoryPoolClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_ipc_memory_pool_finalize;
  GST_BUFFER_POOL_CLASS (klass)->set_config = gst_ipc_memory_pool_set_config;
  GST_BUFFER_POOL_CLASS (klass)->acquire_buffer = gst_ipc_memory_pool_acquire_buffer;
  GST_BUFFER_POOL_CLASS (klass)->release_buffer = gst_ipc_memory_pool_release_buffer;
}

static void
gst_ipc_memory_pool_init (GstIpcMemoryPool *self)
{
}

GstBufferPool *
gst_ipc_memory_pool_new (GstAllocator *allocator)
{
  GstIpcMemoryPool *self = g_object_new (GST_TYPE_IPC_MEMORY_POOL, NULL);

  gst_object_ref_sink (self);
  self->allocator = gst_object_ref (allocator);
  return GST_BUFFER_POOL (self);
}

guint
gst_ipc_memory_pool_limit (gsize size, guint in_flight)
{
  return (guint)CLAMP (POOL_BYTES / MAX (size, 1), MIN (POOL_LEAST + in_flight, POOL_MOST), POOL_MOST);
}
