/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The memory in which consumers count, on two mappings of one file. */
#include <sys/mman.h>
#include <unistd.h>

#include "board.h"

#define MANY 20000
/* Nothing comes for so long: it is what is waited for in vain, and no measure of anything. */
#define A_MOMENT 1000000
#define LONG G_GINT64_CONSTANT (60000000000)

static gint
make_file (gsize size)
{
  gint fd = memfd_create ("test-board", MFD_CLOEXEC);

  g_assert_cmpint (ftruncate (fd, size), ==, 0);
  return fd;
}

static gpointer
count_many (gpointer data)
{
  for (guint i = 0; i < MANY; i++) {
    ipc_bench_board_read (data, 3, 1, i % 100 != 0);
    ipc_bench_board_count (data, 3, 1);
  }
  return NULL;
}

/* Each wait ends, and what a consumer said before it counted is there. */
static void
test_counts_arrive (void)
{
  gint fd = make_file (4096);
  IpcBenchBoard *producer = ipc_bench_board_new (fd, NULL), *consumer = ipc_bench_board_new (fd, NULL);
  GThread *thread = g_thread_new ("consumer", count_many, consumer);

  for (guint32 count = 1; count <= MANY; count++) {
    guint32 got = ipc_bench_board_wait_count (producer, 3, count, LONG);

    g_assert_cmpuint (got, >=, count);
    g_assert_cmpuint (ipc_bench_board_seen (producer, 3).sum, >=, got);
  }
  g_thread_join (thread);
  g_assert_cmpuint (ipc_bench_board_wait_count (producer, 3, MANY + 1, A_MOMENT), ==, MANY);
  g_assert_cmpuint (ipc_bench_board_seen (producer, 3).broken, ==, MANY / 100);
  g_assert_cmpuint (ipc_bench_board_wait_count (producer, 2, 1, A_MOMENT), ==, 0);
  ipc_bench_board_free (producer);
  ipc_bench_board_free (consumer);
  close (fd);
}

static void
test_marks (void)
{
  gint fd = make_file (4096);
  IpcBenchBoard *producer = ipc_bench_board_new (fd, NULL), *consumer = ipc_bench_board_new (fd, NULL);

  g_assert_false (ipc_bench_board_wants_marks (consumer));
  ipc_bench_board_want_marks (producer, TRUE);
  g_assert_true (ipc_bench_board_wants_marks (consumer));
  ipc_bench_board_mark (consumer, 0, 7);
  g_assert_cmpuint (ipc_bench_board_wait_mark (producer, 0, 7, LONG), ==, 7);
  g_assert_cmpuint (ipc_bench_board_wait_mark (producer, 0, 8, A_MOMENT), ==, 7);
  /* what is marked is not counted */
  g_assert_cmpuint (ipc_bench_board_wait_count (producer, 0, 1, A_MOMENT), ==, 0);
  ipc_bench_board_free (producer);
  ipc_bench_board_free (consumer);
  close (fd);
}

static void
test_small_file (void)
{
  gint fd = make_file (100);
  g_autoptr (GError) error = NULL;

  g_assert_null (ipc_bench_board_new (fd, &error));
  g_assert_nonnull (error);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpuint (ipc_bench_board_n_slots (), >=, 16);
  g_test_add_func ("/bench/board/counts-arrive", test_counts_arrive);
  g_test_add_func ("/bench/board/marks", test_marks);
  g_test_add_func ("/bench/board/small-file", test_small_file);
  return g_test_run ();
}
