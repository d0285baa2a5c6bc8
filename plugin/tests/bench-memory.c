/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <gst/allocators/gstfdmemory.h>

static guint8
byte_at (gsize at, guint8 seed)
{
  return (guint8)(at * 7 + at / 251 + seed);
}

gint
memory_new_fd (gsize size, gint seals, guint8 seed)
{
  gint fd = memfd_create ("ipctest", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  g_autofree guint8 *bytes = NULL;

  g_assert_no_errno (fd);
  g_assert_no_errno (ftruncate (fd, (off_t)size));
  /* what is too large to be filled is there to be refused */
  if (size <= 64 * 1024 * 1024) {
    bytes = g_malloc (size);
    for (gsize i = 0; i < size; i++)
      bytes[i] = byte_at (i, seed);
    g_assert_cmpint (pwrite (fd, bytes, size, 0), ==, size);
  }
  g_assert_no_errno (fcntl (fd, F_ADD_SEALS, seals));
  return fd;
}

void
memory_expect (gint fd, gsize offset, gsize size, guint8 seed)
{
  g_autofree guint8 *bytes = g_malloc (size);

  g_assert_cmpint (pread (fd, bytes, size, (off_t)offset), ==, size);
  for (gsize i = 0; i < size; i++)
    g_assert_cmpuint (bytes[i], ==, byte_at (offset + i, seed));
}

GstMemory *
memory_new (gsize size, gint seals, guint8 seed)
{
  g_autoptr (GstAllocator) allocator = gst_fd_allocator_new ();

  return gst_fd_allocator_alloc (allocator, memory_new_fd (size, seals, seed), size, GST_FD_MEMORY_FLAG_NONE);
}

static void
buffer_ended (gpointer user_data, GstMiniObject *where_it_was)
{
  g_atomic_int_set ((gint *)user_data, 0);
}

GstBuffer *
memory_new_buffer (GstMemory *memory, gint *alive)
{
  GstBuffer *buffer = gst_buffer_new ();

  gst_buffer_append_memory (buffer, memory);
  if (alive != NULL) {
    g_atomic_int_set (alive, 1);
    gst_mini_object_weak_ref (GST_MINI_OBJECT (buffer), buffer_ended, alive);
  }
  return buffer;
}

/* Whatever takes it back does so in a thread of its own. meson ends a test that waits for ever. */
void
memory_await_end (gint *alive)
{
  while (g_atomic_int_get (alive))
    g_thread_yield ();
}

guint
memory_count_fds (const gchar *name)
{
  g_autofree gchar *wanted = g_strdup_printf ("/memfd:%s", name);
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const gchar *number;
  guint n = 0;

  while ((number = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename ("/proc/self/fd", number, NULL);
    g_autofree gchar *target = g_file_read_link (path, NULL);

    n += target != NULL && g_str_has_prefix (target, wanted) ? 1 : 0;
  }
  return n;
}

guint
memory_count_mappings (const gchar *name)
{
  g_autofree gchar *wanted = g_strdup_printf ("/memfd:%s", name);
  g_autofree gchar *maps = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    n += strstr (lines[i], wanted) != NULL ? 1 : 0;
  return n;
}
