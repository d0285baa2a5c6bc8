/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Slots lie in cache lines of their own. A consumer counts with one atomic addition, and makes a system call only when
 * the producer has said that it waits. Both sides use sequentially consistent operations: either the consumer sees that
 * somebody waits, or the producer sees the count.
 */
#include "board.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <gio/gio.h>

#define N_SLOTS 31
#define CACHE_LINE 64

typedef _Atomic guint32 Word;

typedef struct {
  _Alignas(CACHE_LINE) Word count;
  Word mark;    /* of the last one that had one */
  Word waiting; /* the producer does, for either */
  _Atomic guint64 sum, broken;
} Slot;

struct _IpcBenchBoard {
  _Alignas(CACHE_LINE) Word marks;
  Slot slots[N_SLOTS];
};

/**
 * ipc_bench_board_new:
 * @fd: file of a page or more, zeros at first
 * @error: return location of a #GIOErrorEnum error
 *
 * Returns: (transfer full): the board that all who map this file share, or %NULL
 */
IpcBenchBoard *
ipc_bench_board_new (gint fd, GError **error)
{
  struct stat status;
  IpcBenchBoard *board;

  if (fstat (fd, &status) < 0 || (gsize)status.st_size < sizeof (IpcBenchBoard)) {
    g_set_error (
        error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "the board needs a file of %zu bytes", sizeof (IpcBenchBoard));
    return NULL;
  }
  board = mmap (NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (board == MAP_FAILED) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "the board: %s", g_strerror (errno));
    return NULL;
  }
  return board;
}

void
ipc_bench_board_free (IpcBenchBoard *board)
{
  munmap (board, sizeof *board);
}

guint
ipc_bench_board_n_slots (void)
{
  return N_SLOTS;
}

static void
wake (Slot *slot, Word *word)
{
  if (atomic_load (&slot->waiting))
    syscall (SYS_futex, word, FUTEX_WAKE, G_MAXINT, NULL, NULL, 0);
}

void
ipc_bench_board_mark (IpcBenchBoard *board, guint slot, guint32 mark)
{
  atomic_store (&board->slots[slot].mark, mark);
  wake (&board->slots[slot], &board->slots[slot].mark);
}

void
ipc_bench_board_count (IpcBenchBoard *board, guint slot, guint32 n)
{
  atomic_fetch_add (&board->slots[slot].count, n);
  wake (&board->slots[slot], &board->slots[slot].count);
}

void
ipc_bench_board_read (IpcBenchBoard *board, guint slot, guint8 byte, gboolean whole)
{
  atomic_fetch_add (&board->slots[slot].sum, byte);
  if (!whole)
    atomic_fetch_add (&board->slots[slot].broken, 1);
}

gboolean
ipc_bench_board_wants_marks (IpcBenchBoard *board)
{
  return atomic_load (&board->marks) != 0;
}

void
ipc_bench_board_want_marks (IpcBenchBoard *board, gboolean want)
{
  atomic_store (&board->marks, want);
}

/* Both words only grow. */
static guint32
wait_for (Slot *slot, Word *word, guint32 wanted, gint64 patience)
{
  struct timespec limit = { patience / G_GINT64_CONSTANT (1000000000), patience % G_GINT64_CONSTANT (1000000000) };
  gboolean late = FALSE;
  guint32 now;

  atomic_store (&slot->waiting, 1);
  while ((now = atomic_load (word)) < wanted && !late)
    late = syscall (SYS_futex, word, FUTEX_WAIT, now, &limit, NULL, 0) < 0 && errno == ETIMEDOUT
           && atomic_load (word) == now;
  atomic_store (&slot->waiting, 0);
  return now;
}

guint32
ipc_bench_board_wait_mark (IpcBenchBoard *board, guint slot, guint32 mark, gint64 patience)
{
  return wait_for (&board->slots[slot], &board->slots[slot].mark, mark, patience);
}

guint32
ipc_bench_board_wait_count (IpcBenchBoard *board, guint slot, guint32 count, gint64 patience)
{
  return wait_for (&board->slots[slot], &board->slots[slot].count, count, patience);
}

IpcBenchSeen
ipc_bench_board_seen (IpcBenchBoard *board, guint slot)
{
  return (IpcBenchSeen){ atomic_load (&board->slots[slot].sum), atomic_load (&board->slots[slot].broken) };
}
