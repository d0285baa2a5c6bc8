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
memory_count_fds_of (const gchar *prefix)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const gchar *number;
  guint n = 0;

  while ((number = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename ("/proc/self/fd", number, NULL);
    g_autofree gchar *target = g_file_read_link (path, NULL);

    n += target != NULL && g_str_has_prefix (target, prefix) ? 1 : 0;
  }
  return n;
}

guint
memory_count_mappings_of (const gchar *prefix)
{
  g_autofree gchar *wanted = g_strdup_printf (" %s", prefix);
  g_autofree gchar *maps = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    n += strstr (lines[i], wanted) != NULL ? 1 : 0;
  return n;
}

guint
memory_count_fds (const gchar *name)
{
  g_autofree gchar *prefix = g_strdup_printf ("/memfd:%s", name);

  return memory_count_fds_of (prefix);
}

guint
memory_count_mappings (const gchar *name)
{
  g_autofree gchar *prefix = g_strdup_printf ("/memfd:%s", name);

  return memory_count_mappings_of (prefix);
}

guint
memory_stat (TestBench *bench, const gchar *name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint value = G_MAXUINT;

  g_object_get (bench->element, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint (stats, name, &value));
  return value;
}

void
memory_play (TestBench *bench, IpcFeatures features)
{
  peer_set_greetings (bench->peer, TEST_GREETINGS_ANSWERED, features);
  bench_go (bench, GST_STATE_PLAYING);
  bench_start_stream (bench);
}

void
memory_follow (TestBench *bench, IpcFeatures features)
{
  peer_greet (bench->peer, features, "");
  bench_lead (bench, GST_STATE_PLAYING);
  bench_send_stream_start (bench);
  bench_send_segment (bench);
}

const IpcPacket *
memory_push (TestBench *bench, GstBuffer *buffer)
{
  TestCall *call = call_push (bench->pad->pad, buffer);
  IpcPacket *packet = peer_await (bench->peer, IPC_PACKET_BUFFER);

  peer_ack (bench->peer, packet->header.id, GST_FLOW_OK);
  g_assert_cmpint (call_end (call), ==, GST_FLOW_OK);
  return packet;
}

IpcMemoryLoan
memory_push_lent (TestBench *bench, GstBuffer *buffer)
{
  const IpcPacket *packet = memory_push (bench, buffer);
  g_autoptr (GError) error = NULL;
  IpcMemoryLoan loan;

  g_assert_true (ipc_packet_is_loan (packet));
  ipc_memory_loan_from_packet (packet, &loan, &error);
  g_assert_no_error (error);
  return loan;
}

void
memory_give_back (TestBench *bench, guint32 number)
{
  peer_send_memory_release (bench->peer, number);
  peer_round_trip (bench->peer);
}

guint32
memory_send_loan (TestBench *bench, const IpcMemoryLoan *loan, const gint *fds, guint n_fds)
{
  IpcPacket packet = { .header.type = IPC_PACKET_BUFFER, .form = IPC_FORM_MEMORY };

  packet.buffer.pts = packet.buffer.dts = packet.buffer.duration = GST_CLOCK_TIME_NONE;
  ipc_packet_lend (&packet, loan);
  return peer_send_with_fds (bench->peer, &packet, fds, n_fds);
}

void
memory_expect_returned (TestBench *bench, guint32 number)
{
  const IpcPacket *packet = peer_await (bench->peer, IPC_PACKET_MEMORY_RELEASE);

  g_assert_cmpuint (packet->memory_release.n, ==, 1);
  g_assert_cmpuint (packet->memory_release.numbers[0], ==, number);
}

void
memory_let_go_of_all (TestBench *bench)
{
  g_mutex_lock (&bench->pad->lock);
  g_ptr_array_set_size (bench->pad->items, 0);
  g_mutex_unlock (&bench->pad->lock);
}
