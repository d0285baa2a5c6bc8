/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What ipcpipelinesink lends: docs/protocol.md, MEM-1 to MEM-9, with a raw peer as the slave.
 */

#include <unistd.h>

#include <gst/allocators/gstfdmemory.h>

#include "bench-memory.h"

#define ALL (IPC_FEATURE_OBJECTS | IPC_FEATURE_METAS | IPC_FEATURE_MEMORY)
#define BIG (200 * 1000)

static TestBench *
lending_bench (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  memory_play (bench, ALL);
  return bench;
}

/* With what is given up on the way. */
static void
go_to_null (TestBench *bench)
{
  bench_go (bench, GST_STATE_READY);
  peer_expect (bench->peer, IPC_PACKET_MEMORY_RELEASE);
  bench_go (bench, GST_STATE_NULL);
}

/* MEM-2, MEM-3: each memory is shown once, and referred to afterwards. */
static void
test_a_memory_is_shown_once (void)
{
  TestBench *bench = lending_bench ();
  GstMemory *memory = memory_new (BIG, TEST_SEALS, 3);
  IpcMemoryLoan first, second;
  gint fd;

  first = memory_push_lent (bench, memory_new_buffer (gst_memory_ref (memory), NULL));
  second = memory_push_lent (bench, memory_new_buffer (gst_memory_share (memory, 1000, 70000), NULL));
  g_assert_cmpuint (peer_count_fds (bench->peer), ==, 1);
  fd = peer_take_fd (bench->peer);
  memory_expect (fd, 0, BIG, 3);
  close (fd);
  g_assert_cmpuint (first.n_parts, ==, 1);
  g_assert_true (first.parts[0].is_new);
  g_assert_cmpuint (first.parts[0].size, ==, BIG);
  g_assert_cmpuint (first.parts[0].length, ==, BIG);
  g_assert_false (second.parts[0].is_new);
  g_assert_cmpuint (second.parts[0].id, ==, first.parts[0].id);
  g_assert_cmpuint (second.parts[0].offset, ==, 1000);
  g_assert_cmpuint (second.parts[0].length, ==, 70000);
  g_assert_cmpuint (second.number, !=, first.number);
  gst_memory_unref (memory);
  bench_free (bench);
  g_assert_cmpuint (memory_count_fds ("ipctest"), ==, 0);
}

/* MEM-4: a buffer is referenced until its loan is returned, in whatever order. */
static void
test_a_buffer_is_kept_until_it_is_returned (void)
{
  TestBench *bench = lending_bench ();
  gint alive[3];
  IpcMemoryLoan loans[3];

  for (guint i = 0; i < 3; i++)
    loans[i] = memory_push_lent (bench, memory_new_buffer (memory_new (BIG, TEST_SEALS, 0), &alive[i]));
  peer_round_trip (bench->peer);
  g_assert_cmpuint (memory_stat (bench, "loans-open"), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_true (g_atomic_int_get (&alive[i]));
  memory_give_back (bench, loans[1].number);
  g_assert_false (g_atomic_int_get (&alive[1]));
  g_assert_true (g_atomic_int_get (&alive[0]));
  g_assert_true (g_atomic_int_get (&alive[2]));
  memory_give_back (bench, loans[2].number);
  memory_give_back (bench, loans[0].number);
  g_assert_false (g_atomic_int_get (&alive[0]));
  g_assert_false (g_atomic_int_get (&alive[2]));
  g_assert_cmpuint (memory_stat (bench, "loans-open"), ==, 0);
  bench_free (bench);
}

/* A memory that has ended is given up, before the next that is shown. */
static void
test_a_memory_that_ends_is_given_up (void)
{
  TestBench *bench = lending_bench ();
  IpcMemoryLoan first = memory_push_lent (bench, memory_new_buffer (memory_new (BIG, TEST_SEALS, 0), NULL)), second;
  const IpcPacket *release;

  memory_give_back (bench, first.number);
  second = memory_push_lent (bench, memory_new_buffer (memory_new (BIG, TEST_SEALS, 1), NULL));
  g_assert_cmpuint (second.parts[0].id, !=, first.parts[0].id);
  g_assert_true (second.parts[0].is_new);
  release = peer_expect (bench->peer, IPC_PACKET_MEMORY_RELEASE);
  g_assert_cmpuint (release->memory_release.n, ==, 1);
  g_assert_cmpuint (release->memory_release.numbers[0], ==, first.parts[0].id);
  g_assert_cmpuint (memory_stat (bench, "memories"), ==, 1);
  bench_free (bench);
}

/* MEM-7 */
static void
test_what_was_never_lent_is_not_returned (gconstpointer data)
{
  const guint which = GPOINTER_TO_UINT (data);
  TestBench *bench = lending_bench ();
  IpcMemoryLoan loan = memory_push_lent (bench, memory_new_buffer (memory_new (BIG, TEST_SEALS, 0), NULL));

  if (which == 1)
    memory_give_back (bench, loan.number);
  peer_send_memory_release (bench->peer, which == 0 ? loan.number + 1 : loan.number);
  if (which == 2)
    peer_send_memory_release (bench->peer, loan.number);
  log_expect_error (&bench->bus, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ);
  g_assert_cmpuint (bench_stat (bench, "protocol-errors"), ==, 1);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
  bench_free (bench);
  g_assert_cmpuint (memory_count_fds ("ipctest"), ==, 0);
}

typedef enum { LOST, DISCONNECTED, REPLACED } HowItEnds;

/* MEM-6 */
static void
test_the_end_of_the_peer_gives_all_back (gconstpointer data)
{
  const HowItEnds how = (HowItEnds)GPOINTER_TO_UINT (data);
  TestBench *bench = lending_bench ();
  GstMemory *memory = memory_new (BIG, TEST_SEALS, 0);
  gint alive;
  IpcMemoryLoan loan = memory_push_lent (bench, memory_new_buffer (gst_memory_ref (memory), &alive));

  g_assert_true (g_atomic_int_get (&alive));
  if (how == LOST)
    peer_close (bench->peer);
  else if (how == DISCONNECTED)
    g_signal_emit_by_name (bench->element, "disconnect");
  if (how != REPLACED)
    memory_await_end (&alive);
  if (how == LOST)
    log_await (&bench->bus, GST_MESSAGE_ERROR, NULL, 1);
  if (how == REPLACED)
    go_to_null (bench);
  else
    bench_go_to_null (bench);
  g_assert_cmpint (g_atomic_int_get (&alive), ==, how == REPLACED);
  bench_replace_peer (bench, TEST_SOCKETPAIR);
  memory_await_end (&alive);

  /* Another peer is shown the same memory again, and its numbers begin anew. */
  memory_play (bench, ALL);
  loan = memory_push_lent (bench, memory_new_buffer (gst_memory_ref (memory), NULL));
  g_assert_true (loan.parts[0].is_new);
  g_assert_cmpuint (loan.parts[0].id, ==, 1);
  g_assert_cmpuint (loan.number, ==, 1);
  g_assert_cmpuint (peer_count_fds (bench->peer), ==, 1);
  gst_memory_unref (memory);
  bench_free (bench);
  g_assert_cmpuint (memory_count_fds ("ipctest"), ==, 0);
}

/* MEM-9, LIFE-2: a peer that returns nothing holds up nothing. */
static void
test_withheld_loans_hold_up_nothing (void)
{
  TestBench *bench = lending_bench ();
  gint alive[20];

  for (guint i = 0; i < G_N_ELEMENTS (alive); i++)
    memory_push_lent (bench, memory_new_buffer (memory_new (BIG, TEST_SEALS, 0), &alive[i]));
  go_to_null (bench);
  for (guint i = 0; i < G_N_ELEMENTS (alive); i++)
    g_assert_true (g_atomic_int_get (&alive[i]));
  bench_free (bench);
  for (guint i = 0; i < G_N_ELEMENTS (alive); i++)
    memory_await_end (&alive[i]);
  g_assert_cmpuint (memory_count_fds ("ipctest"), ==, 0);
}

/* Behind READY the peer need not keep any memory. */
static void
test_ready_gives_up_all_memories (void)
{
  TestBench *bench = lending_bench ();
  GstMemory *memory = memory_new (BIG, TEST_SEALS, 0);
  IpcMemoryLoan first = memory_push_lent (bench, memory_new_buffer (gst_memory_ref (memory), NULL)), second;
  const IpcPacket *release;

  bench_go (bench, GST_STATE_READY);
  release = peer_expect (bench->peer, IPC_PACKET_MEMORY_RELEASE);
  g_assert_cmpuint (release->memory_release.n, ==, 1);
  g_assert_cmpuint (release->memory_release.numbers[0], ==, first.parts[0].id);
  g_assert_cmpuint (memory_stat (bench, "memories"), ==, 0);
  g_assert_cmpuint (memory_stat (bench, "loans-open"), ==, 1);
  memory_give_back (bench, first.number);
  g_assert_cmpuint (memory_stat (bench, "loans-open"), ==, 0);

  bench_go (bench, GST_STATE_PLAYING);
  bench_start_stream (bench);
  second = memory_push_lent (bench, memory_new_buffer (gst_memory_ref (memory), NULL));
  g_assert_true (second.parts[0].is_new);
  g_assert_cmpuint (second.parts[0].id, !=, first.parts[0].id);
  gst_memory_unref (memory);
  bench_free (bench);
}

typedef struct {
  const gchar *name;
  TestWires wires;
  IpcFeatures features;
  const gchar *memory;
} Way;

static const Way ways[] = {
  { "a-peer-that-does-not-name-it", TEST_SOCKETPAIR, IPC_FEATURE_OBJECTS | IPC_FEATURE_METAS, "zero-copy" },
  { "pipes", TEST_PIPES, ALL, "zero-copy" },
  { "copy", TEST_SOCKETPAIR, ALL, "copy" },
};

/* MEM-1 */
static void
test_data_goes_along (gconstpointer data)
{
  const Way *way = data;
  TestBench *bench = bench_new_sink (way->wires);
  g_autoptr (GstStructure) stats = NULL;
  const IpcPacket *packet;
  gint alive;

  gst_util_set_object_arg (G_OBJECT (bench->element), "memory", way->memory);
  memory_play (bench, way->features);
  g_object_get (bench->element, "stats", &stats, NULL);
  g_assert_null (strstr (gst_structure_get_string (stats, "features"), "memory"));
  packet = memory_push (bench, memory_new_buffer (memory_new (BIG, TEST_SEALS, 0), &alive));
  g_assert_false (ipc_packet_is_loan (packet));
  g_assert_cmpuint (packet->buffer.size, ==, BIG);
  g_assert_cmpuint (peer_count_fds (bench->peer), ==, 0);
  memory_await_end (&alive);
  bench_free (bench);
}

static GstBuffer *
ordinary_buffer (gsize size)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, 0x5a, size);
  return buffer;
}

/* Other memory is copied into such that can be lent, if it is large; never waiting for that: what is too much goes
 * along.
 */
static void
test_other_memory_is_copied (void)
{
  TestBench *bench = lending_bench ();
  IpcMemoryLoan loan = memory_push_lent (bench, ordinary_buffer (BIG));
  gint fd = peer_take_fd (bench->peer);
  guint8 bytes[2];
  guint n_lent = 1;

  g_assert_cmpuint (loan.parts[0].length, ==, BIG);
  g_assert_cmpint (pread (fd, bytes, 1, BIG - 1), ==, 1);
  g_assert_cmpuint (bytes[0], ==, 0x5a);
  close (fd);
  while (ipc_packet_is_loan (memory_push (bench, ordinary_buffer (BIG))))
    n_lent++;
  g_assert_cmpuint (n_lent, >=, 2);
  g_assert_cmpuint (n_lent, <=, 64);
  memory_give_back (bench, loan.number);
  memory_push_lent (bench, ordinary_buffer (BIG));
  g_assert_false (ipc_packet_is_loan (memory_push (bench, ordinary_buffer (BIG))));
  bench_free (bench);
  g_assert_cmpuint (memory_count_fds ("ipcpipeline"), ==, 0);
}

static void
test_small_buffers_go_along_unless_told_otherwise (void)
{
  TestBench *bench = lending_bench ();

  g_assert_false (ipc_packet_is_loan (memory_push (bench, ordinary_buffer (1000))));
  g_assert_false (ipc_packet_is_loan (memory_push (bench, memory_new_buffer (memory_new (1000, TEST_SEALS, 0), NULL))));
  gst_util_set_object_arg (G_OBJECT (bench->element), "memory", "zero-copy");
  g_assert_true (ipc_packet_is_loan (memory_push (bench, ordinary_buffer (1))));
  g_assert_true (ipc_packet_is_loan (memory_push (bench, memory_new_buffer (memory_new (1000, TEST_SEALS, 0), NULL))));
  g_assert_false (ipc_packet_is_loan (memory_push (bench, gst_buffer_new ())));
  bench_free (bench);
}

/* Nobody but the slave could be harmed by it: a master's own files are not lent without their seals. */
static void
test_unsealed_memory_is_copied (void)
{
  const gint seals[] = { 0, F_SEAL_GROW | F_SEAL_SHRINK, F_SEAL_SHRINK | F_SEAL_SEAL, F_SEAL_GROW | F_SEAL_SEAL };
  TestBench *bench = lending_bench ();

  for (guint i = 0; i < G_N_ELEMENTS (seals); i++) {
    gint alive;
    IpcMemoryLoan loan = memory_push_lent (bench, memory_new_buffer (memory_new (BIG, seals[i], 9), &alive));

    memory_await_end (&alive);
    g_assert_cmpuint (loan.parts[0].size, !=, BIG);
    g_assert_cmpuint (loan.parts[0].length, ==, BIG);
    if (loan.parts[0].is_new) {
      gint fd = peer_take_fd (bench->peer);

      memory_expect (fd, 0, BIG, 9);
      close (fd);
    }
  }
  bench_free (bench);
}

#define SMALL "video/x-raw,format=I420,width=320,height=240,framerate=25/1"
#define LARGE "video/x-raw,format=NV12,width=3840,height=2160,framerate=25/1"

static GstQuery *
ask_allocation (TestBench *bench, const gchar *frames, gboolean answer)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (frames);
  GstQuery *query = gst_query_new_allocation (caps, TRUE);
  TestCall *call = call_peer_query (bench->pad->pad, query);
  g_autoptr (GstQuery) answered = gst_query_new_allocation (caps, TRUE);

  peer_answer_query (bench->peer, peer_expect (bench->peer, IPC_PACKET_QUERY)->header.id, answered, answer);
  g_assert_true (call_end (call));
  return query;
}

/* MEM-5: a producer is offered such memory; who asks for more than there is gets ordinary memory, and does not wait. */
static void
test_a_pool_is_offered_that_nobody_waits_for (gconstpointer data)
{
  TestBench *bench = lending_bench ();
  g_autoptr (GstQuery) query = ask_allocation (bench, SMALL, GPOINTER_TO_INT (data));
  g_autoptr (GstBufferPool) pool = NULL;
  g_autoptr (GstAllocator) allocator = NULL;
  g_autoptr (GPtrArray) buffers = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);
  GstBufferPoolAcquireParams at_once = { .flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT };
  guint size, least, most;
  GstBuffer *buffer = NULL;

  gst_query_parse_nth_allocation_param (query, 0, &allocator, NULL);
  g_assert_true (GST_IS_FD_ALLOCATOR (allocator));
  gst_query_parse_nth_allocation_pool (query, 0, &pool, &size, &least, &most);
  g_assert_cmpuint (gst_query_get_n_allocation_pools (query), ==, 1);
  g_assert_cmpuint (size, ==, 320 * 240 * 3 / 2);
  g_assert_cmpuint (most, >, 1);
  g_assert_true (gst_buffer_pool_set_active (pool, TRUE));
  for (guint i = 0; i < most; i++) {
    g_assert_cmpint (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), ==, GST_FLOW_OK);
    g_ptr_array_add (buffers, buffer);
  }
  g_assert_cmpint (gst_buffer_pool_acquire_buffer (pool, &buffer, &at_once), ==, GST_FLOW_EOS);
  g_assert_cmpint (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), ==, GST_FLOW_OK);
  g_assert_false (gst_is_fd_memory (gst_buffer_peek_memory (buffer, 0)));
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, size);
  gst_buffer_unref (buffer);
  g_ptr_array_set_size (buffers, 0);
  /* what was not the pool's has not become so */
  for (guint i = 0; i < most; i++) {
    g_assert_cmpint (gst_buffer_pool_acquire_buffer (pool, &buffer, &at_once), ==, GST_FLOW_OK);
    g_assert_true (gst_is_fd_memory (gst_buffer_peek_memory (buffer, 0)));
    g_ptr_array_add (buffers, buffer);
  }
  memory_push_lent (bench, gst_buffer_ref (buffer));
  g_ptr_array_set_size (buffers, 0);
  g_assert_true (gst_buffer_pool_set_active (pool, FALSE));
  bench_free (bench);
}

/* What is on its way is lent; and the producer has one in hand, and the slave a few. */
static void
test_a_pool_is_larger_than_what_is_in_flight (void)
{
  static const struct {
    guint in_flight, least, most;
  } limits[] = { { 1, 2, 12 }, { 16, 18, 24 }, { 256, 40, 64 }, { 1, 2, 12 } };
  TestBench *bench = lending_bench ();

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++) {
    g_autoptr (GstQuery) query = NULL;
    guint most;

    g_object_set (bench->element, "max-in-flight", limits[i].in_flight, NULL);
    query = ask_allocation (bench, LARGE, TRUE);
    gst_query_parse_nth_allocation_pool (query, 0, NULL, NULL, NULL, &most);
    g_assert_cmpuint (most, >=, limits[i].least);
    g_assert_cmpuint (most, <=, limits[i].most);
  }
  bench_free (bench);
}

/* So is the one for copies, also when more may be in flight than when it was made. */
static void
test_copies_are_more_than_what_is_in_flight (void)
{
  TestBench *bench = lending_bench ();
  guint n_lent = 0;

  while (ipc_packet_is_loan (memory_push (bench, ordinary_buffer (BIG))))
    n_lent++;
  g_assert_cmpuint (n_lent, <, 16);
  g_object_set (bench->element, "max-in-flight", 16, NULL);
  for (n_lent = 0; ipc_packet_is_loan (memory_push (bench, ordinary_buffer (BIG))); n_lent++)
    continue;
  g_assert_cmpuint (n_lent, >, 16);
  g_assert_cmpuint (n_lent, <=, 64);
  bench_free (bench);
  g_assert_cmpuint (memory_count_fds ("ipcpipeline"), ==, 0);
}

/* Where memory is not agreed on, the answer is the peer's as it ever was. */
static void
test_no_pool_is_offered_without_an_agreement (void)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);
  g_autoptr (GstQuery) query = NULL;

  memory_play (bench, IPC_FEATURE_OBJECTS);
  query = ask_allocation (bench, SMALL, TRUE);
  g_assert_cmpuint (gst_query_get_n_allocation_pools (query), ==, 0);
  g_assert_cmpuint (gst_query_get_n_allocation_params (query), ==, 0);
  bench_free (bench);
}

int
main (int argc, char **argv)
{
  test_begin (&argc, &argv);
  g_test_add_func ("/sink/memory/a-memory-is-shown-once", test_a_memory_is_shown_once);
  g_test_add_func ("/sink/memory/a-buffer-is-kept-until-it-is-returned", test_a_buffer_is_kept_until_it_is_returned);
  g_test_add_func ("/sink/memory/a-memory-that-ends-is-given-up", test_a_memory_that_ends_is_given_up);
  g_test_add_data_func ("/sink/memory/never-lent", GUINT_TO_POINTER (0), test_what_was_never_lent_is_not_returned);
  g_test_add_data_func ("/sink/memory/returned-twice", GUINT_TO_POINTER (1), test_what_was_never_lent_is_not_returned);
  g_test_add_data_func (
      "/sink/memory/returned-twice-at-once", GUINT_TO_POINTER (2), test_what_was_never_lent_is_not_returned);
  g_test_add_data_func (
      "/sink/memory/the-peer-is-lost", GUINT_TO_POINTER (LOST), test_the_end_of_the_peer_gives_all_back);
  g_test_add_data_func ("/sink/memory/the-peer-is-disconnected", GUINT_TO_POINTER (DISCONNECTED),
      test_the_end_of_the_peer_gives_all_back);
  g_test_add_data_func (
      "/sink/memory/the-peer-is-replaced", GUINT_TO_POINTER (REPLACED), test_the_end_of_the_peer_gives_all_back);
  g_test_add_func ("/sink/memory/withheld-loans-hold-up-nothing", test_withheld_loans_hold_up_nothing);
  g_test_add_func ("/sink/memory/ready-gives-up-all-memories", test_ready_gives_up_all_memories);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autofree gchar *path = g_strdup_printf ("/sink/memory/data-goes-along/%s", ways[i].name);

    g_test_add_data_func (path, &ways[i], test_data_goes_along);
  }
  g_test_add_func ("/sink/memory/other-memory-is-copied", test_other_memory_is_copied);
  g_test_add_func (
      "/sink/memory/small-buffers-go-along-unless-told-otherwise", test_small_buffers_go_along_unless_told_otherwise);
  g_test_add_func ("/sink/memory/unsealed-memory-is-copied", test_unsealed_memory_is_copied);
  g_test_add_func (
      "/sink/memory/a-pool-is-larger-than-what-is-in-flight", test_a_pool_is_larger_than_what_is_in_flight);
  g_test_add_func ("/sink/memory/copies-are-more-than-what-is-in-flight", test_copies_are_more_than_what_is_in_flight);
  g_test_add_data_func (
      "/sink/memory/a-pool-is-offered/answered", GINT_TO_POINTER (TRUE), test_a_pool_is_offered_that_nobody_waits_for);
  g_test_add_data_func ("/sink/memory/a-pool-is-offered/not-answered", GINT_TO_POINTER (FALSE),
      test_a_pool_is_offered_that_nobody_waits_for);
  g_test_add_func (
      "/sink/memory/no-pool-is-offered-without-an-agreement", test_no_pool_is_offered_without_an_agreement);
  return g_test_run ();
}
