/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memories are read as the files that they are: nothing is mapped, and one that is shorter than it is said to be does
 * no harm.
 */

#include "memory.h"

#include <fcntl.h>
#include <unistd.h>

#include "wire/memory.h"

#define CHUNK (256 * 1024)

struct _IpcRelayMemory {
  GHashTable *fds; /* id -> fd, by GINT_TO_POINTER */
};

static void
close_fd (gpointer fd)
{
  close (GPOINTER_TO_INT (fd));
}

IpcRelayMemory *
ipc_relay_memory_new (void)
{
  IpcRelayMemory *memory = g_new0 (IpcRelayMemory, 1);

  memory->fds = g_hash_table_new_full (NULL, NULL, NULL, close_fd);
  return memory;
}

void
ipc_relay_memory_free (IpcRelayMemory *memory)
{
  if (!memory)
    return;
  g_hash_table_unref (memory->fds);
  g_free (memory);
}

static void
note_loan (IpcRelayMemory *memory, const IpcMemoryLoan *loan, const gint *fds, guint n_fds)
{
  guint at = 0;

  for (guint i = 0; i < loan->n_parts && at < n_fds; i++) {
    gint fd;

    if (!loan->parts[i].is_new || g_hash_table_size (memory->fds) >= IPC_MEMORY_MAX_MEMORIES)
      continue;
    fd = fcntl (fds[at++], F_DUPFD_CLOEXEC, 3);
    if (fd >= 0)
      g_hash_table_insert (memory->fds, GUINT_TO_POINTER (loan->parts[i].id), GINT_TO_POINTER (fd));
  }
}

void
ipc_relay_memory_note (IpcRelayMemory *memory, const IpcPacket *packet, const gint *fds, guint n_fds)
{
  IpcMemoryLoan loan;

  if (packet->header.type == IPC_PACKET_MEMORY_RELEASE) {
    for (guint32 i = 0; i < packet->memory_release.n; i++)
      g_hash_table_remove (memory->fds, GUINT_TO_POINTER (packet->memory_release.numbers[i]));
  } else if (ipc_packet_is_loan (packet) && ipc_memory_loan_from_packet (packet, &loan, NULL)) {
    note_loan (memory, &loan, fds, n_fds);
  }
}

static gboolean
sum_part (IpcRelayMemory *memory, const IpcMemoryPart *part, GChecksum *sum)
{
  gpointer fd;
  g_autofree guint8 *bytes = g_malloc (CHUNK);

  if (!g_hash_table_lookup_extended (memory->fds, GUINT_TO_POINTER (part->id), NULL, &fd))
    return FALSE;
  for (guint64 done = 0; done < part->length;) {
    gssize n
        = pread (GPOINTER_TO_INT (fd), bytes, (gsize)MIN (part->length - done, CHUNK), (off_t)(part->offset + done));

    if (n <= 0)
      return FALSE;
    g_checksum_update (sum, bytes, n);
    done += (guint64)n;
  }
  return TRUE;
}

void
ipc_relay_memory_fill (IpcRelayMemory *memory, const IpcPacket *packet, JsonObject *record)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_MD5);
  IpcMemoryLoan loan;

  if (!ipc_packet_is_loan (packet) || !ipc_memory_loan_from_packet (packet, &loan, NULL))
    return;
  for (guint i = 0; i < loan.n_parts; i++) {
    if (!sum_part (memory, &loan.parts[i], sum))
      return;
  }
  json_object_set_string_member (record, "md5", g_checksum_get_string (sum));
}
