/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What ipcpipelinesrc is lent: docs/protocol.md, MEM-1 to MEM-9, with a raw peer as the master, honest or not.
 */

#include <sys/socket.h>
#include <unistd.h>

#include "bench-memory.h"

#define ALL (IPC_FEATURE_OBJECTS | IPC_FEATURE_METAS | IPC_FEATURE_MEMORY)
#define SIZE 100000

static TestBench *
borrowing_bench (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");

  memory_follow (bench, ALL);
  return bench;
}

/* One of the whole of a new memory with SIZE bytes. */
static guint32
lend_new (TestBench *bench, guint32 number, guint32 id, guint8 seed)
{
  const IpcMemoryLoan loan = { number, 1, { { id, SIZE, 0, SIZE, TRUE } } };
  gint fd = memory_new_fd (SIZE, TEST_SEALS, seed);
  guint32 packet = memory_send_loan (bench, &loan, &fd, 1);

  close (fd);
  return packet;
}

static void
expect_data (GstBuffer *buffer, gsize offset, gsize size, guint8 seed)
{
  gint fd = memory_new_fd (offset + size, 0, seed);
  g_autofree guint8 *expected = g_malloc (size);

  g_assert_cmpint (pread (fd, expected, size, (off_t)offset), ==, size);
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, size);
  g_assert_cmpint (gst_buffer_memcmp (buffer, 0, expected, size), ==, 0);
  close (fd);
}

/* MEM-2, MEM-4 */
static void
test_a_loan_arrives_and_is_returned_once (void)
{
  TestBench *bench = borrowing_bench ();
  const IpcMemoryLoan again = { 2, 1, { { 7, SIZE, 1000, 50000, FALSE } } };
  guint32 id = lend_new (bench, 1, 7, 5);

  peer_expect_ack (bench->peer, id, GST_FLOW_OK);
  expect_data (test_pad_await_buffer (bench->pad, 1), 0, SIZE, 5);
  peer_expect_ack (bench->peer, memory_send_loan (bench, &again, NULL, 0), GST_FLOW_OK);
  expect_data (test_pad_await_buffer (bench->pad, 2), 1000, 50000, 5);
  g_assert_cmpuint (memory_stat (bench, "loans-open"), ==, 2);
  g_assert_cmpuint (memory_count_fds ("ipctest"), ==, 0);
  g_assert_cmpuint (memory_count_mappings ("ipctest"), ==, 1);
  memory_let_go_of_all (bench);
  memory_expect_returned (bench, 1);
  memory_expect_returned (bench, 2);
  peer_round_trip (bench->peer);
  peer_expect_silence (bench->peer);
  g_assert_cmpuint (memory_stat (bench, "loans-open"), ==, 0);
  bench_free (bench);
  g_assert_cmpuint (memory_count_mappings ("ipctest"), ==, 0);
}

static void
forget_buffers (TestBench *bench)
{
  g_mutex_lock (&bench->pad->lock);
  bench->pad->forgets = TRUE;
  g_mutex_unlock (&bench->pad->lock);
}

/* MEM-4: what was let go of during the push goes with its answer, however long that takes. */
static void
test_what_a_push_lets_go_of_is_returned_with_the_answer (void)
{
  TestBench *bench = borrowing_bench ();
  guint32 id;

  forget_buffers (bench);
  test_pad_close (bench->pad);
  id = lend_new (bench, 1, 1, 5);
  test_pad_await_waiting (bench->pad);
  g_assert_cmpuint (memory_stat (bench, "loans-open"), ==, 0);
  peer_round_trip (bench->peer);
  peer_expect_silence (bench->peer);
  test_pad_open (bench->pad);
  peer_expect (bench->peer, IPC_PACKET_MEMORY_RELEASE);
  peer_expect_ack (bench->peer, id, GST_FLOW_OK);
  /* and what another thread lets go of does not wait for anything */
  g_mutex_lock (&bench->pad->lock);
  bench->pad->forgets = FALSE;
  g_mutex_unlock (&bench->pad->lock);
  peer_expect_ack (bench->peer, lend_new (bench, 2, 2, 5), GST_FLOW_OK);
  test_pad_close (bench->pad);
  id = lend_new (bench, 3, 3, 5);
  test_pad_await_waiting (bench->pad);
  g_mutex_lock (&bench->pad->lock);
  g_ptr_array_set_size (bench->pad->items, 0);
  g_mutex_unlock (&bench->pad->lock);
  memory_expect_returned (bench, 2);
  test_pad_open (bench->pad);
  memory_expect_returned (bench, 3);
  peer_expect_ack (bench->peer, id, GST_FLOW_OK);
  g_assert_cmpuint (memory_stat (bench, "loans-open"), ==, 0);
  bench_free (bench);
}

/* MEM-8 */
static void
test_who_writes_gets_a_copy (void)
{
  TestBench *bench = borrowing_bench ();
  GstBuffer *buffer;
  GstMapInfo map;

  peer_expect_ack (bench->peer, lend_new (bench, 1, 1, 5), GST_FLOW_OK);
  test_pad_await_buffer (bench->pad, 1);
  g_mutex_lock (&bench->pad->lock);
  buffer = gst_buffer_ref (g_ptr_array_index (bench->pad->items, bench->pad->items->len - 1));
  g_ptr_array_set_size (bench->pad->items, 0);
  g_mutex_unlock (&bench->pad->lock);
  g_assert_true (GST_IS_BUFFER (buffer));
  buffer = gst_buffer_make_writable (buffer);
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READWRITE));
  memset (map.data, 0, map.size);
  gst_buffer_unmap (buffer, &map);
  /* what was lent is not needed any more */
  memory_expect_returned (bench, 1);
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, SIZE);
  gst_buffer_unref (buffer);
  bench_free (bench);
}

static void
test_a_loan_of_several_parts_is_returned_with_the_last (void)
{
  TestBench *bench = borrowing_bench ();
  const IpcMemoryLoan loan
      = { 9, 3, { { 1, 4096, 0, 4096, TRUE }, { 2, 8192, 10, 8000, TRUE }, { 1, 4096, 4095, 1 } } };
  gint fds[2] = { memory_new_fd (4096, TEST_SEALS, 1), memory_new_fd (8192, TEST_SEALS, 2) };
  GstBuffer *buffer;
  GstMemory *memory;

  peer_expect_ack (bench->peer, memory_send_loan (bench, &loan, fds, 2), GST_FLOW_OK);
  close (fds[0]);
  close (fds[1]);
  buffer = test_pad_await_buffer (bench->pad, 1);
  g_assert_cmpuint (gst_buffer_n_memory (buffer), ==, 3);
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, 4096 + 8000 + 1);
  memory = gst_buffer_get_memory (buffer, 1);
  memory_let_go_of_all (bench);
  peer_round_trip (bench->peer);
  peer_expect_silence (bench->peer);
  gst_memory_unref (memory);
  memory_expect_returned (bench, 9);
  bench_free (bench);
}

/* MEM-4: also what nobody wanted. */
static void
test_what_is_refused_is_returned (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");

  peer_greet (bench->peer, ALL, "");
  peer_expect_ack (bench->peer, lend_new (bench, 1, 1, 0), (guint32)GST_FLOW_FLUSHING);
  memory_expect_returned (bench, 1);
  bench_lead (bench, GST_STATE_PAUSED);
  /* before stream-start */
  peer_expect_ack (bench->peer, lend_new (bench, 2, 2, 0), (guint32)GST_FLOW_ERROR);
  memory_expect_returned (bench, 2);
  bench_free (bench);
  g_assert_cmpuint (memory_count_mappings ("ipctest"), ==, 0);
}

static void
test_what_is_flushed_is_returned (void)
{
  TestBench *bench = borrowing_bench ();
  guint32 ids[4];

  test_pad_close (bench->pad);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = lend_new (bench, i + 1, i + 1, 0);
  test_pad_await_waiting (bench->pad);
  peer_send_event (bench->peer, gst_event_new_flush_start (), FALSE);
  for (guint i = 1; i < G_N_ELEMENTS (ids); i++) {
    peer_expect_ack (bench->peer, ids[i], (guint32)GST_FLOW_FLUSHING);
    memory_expect_returned (bench, i + 1);
  }
  test_pad_open (bench->pad);
  memory_let_go_of_all (bench);
  peer_await_reply (bench->peer, ids[0]);
  memory_let_go_of_all (bench);
  memory_expect_returned (bench, 1);
  bench_free (bench);
  g_assert_cmpuint (memory_count_mappings ("ipctest"), ==, 0);
}

/* MEM-9: what is lent outlives element and peer, readable. */
static void
test_data_outlives_the_element (void)
{
  TestBench *bench = borrowing_bench ();
  GstBuffer *buffer;

  peer_expect_ack (bench->peer, lend_new (bench, 1, 1, 77), GST_FLOW_OK);
  buffer = gst_buffer_ref (test_pad_await_buffer (bench->pad, 1));
  bench_free (bench);
  g_assert_cmpuint (memory_count_mappings ("ipctest"), ==, 1);
  expect_data (buffer, 0, SIZE, 77);
  gst_buffer_unref (buffer);
  g_assert_cmpuint (memory_count_mappings ("ipctest"), ==, 0);
}

static void
test_what_is_given_up_is_kept_as_long_as_it_is_lent (void)
{
  TestBench *bench = borrowing_bench ();

  peer_expect_ack (bench->peer, lend_new (bench, 1, 1, 3), GST_FLOW_OK);
  peer_send_memory_release (bench->peer, 1);
  peer_round_trip (bench->peer);
  g_assert_cmpuint (memory_stat (bench, "memories"), ==, 0);
  expect_data (test_pad_await_buffer (bench->pad, 1), 0, SIZE, 3);
  g_assert_cmpuint (memory_count_mappings ("ipctest"), ==, 1);
  memory_let_go_of_all (bench);
  memory_expect_returned (bench, 1);
  g_assert_cmpuint (memory_count_mappings ("ipctest"), ==, 0);
  bench_free (bench);
}

/* MEM-6: the old peer's loans are nothing to the new one. */
static void
test_another_peer_is_not_told_of_old_loans (void)
{
  TestBench *bench = borrowing_bench ();
  GstBuffer *kept;

  peer_expect_ack (bench->peer, lend_new (bench, 1, 1, 3), GST_FLOW_OK);
  kept = gst_buffer_ref (test_pad_await_buffer (bench->pad, 1));
  memory_let_go_of_all (bench);
  bench_replace_peer (bench, TEST_SOCKETPAIR);
  peer_greet (bench->peer, ALL, "");
  g_assert_cmpuint (memory_stat (bench, "loans-open"), ==, 0);
  g_assert_cmpuint (memory_stat (bench, "memories"), ==, 0);
  peer_expect_ack (bench->peer, lend_new (bench, 1, 1, 4), GST_FLOW_OK);
  gst_buffer_unref (kept);
  peer_round_trip (bench->peer);
  peer_expect_silence (bench->peer);
  memory_let_go_of_all (bench);
  memory_expect_returned (bench, 1);
  bench_free (bench);
}

/* ---- MEM-7: whoever lies is given up, once, and leaves nothing ---- */

typedef gint (*MakeFd) (void);

static gint
good (void)
{
  return memory_new_fd (SIZE, TEST_SEALS, 0);
}

static gint
may_grow (void)
{
  return memory_new_fd (SIZE, F_SEAL_SHRINK | F_SEAL_SEAL, 0);
}

static gint
may_shrink (void)
{
  return memory_new_fd (SIZE, F_SEAL_GROW | F_SEAL_SEAL, 0);
}

static gint
may_be_sealed (void)
{
  return memory_new_fd (SIZE, F_SEAL_GROW | F_SEAL_SHRINK, 0);
}

static gint
smaller (void)
{
  return memory_new_fd (SIZE - 1, TEST_SEALS, 0);
}

static gint
larger (void)
{
  return memory_new_fd (SIZE + 1, TEST_SEALS, 0);
}

static gint
a_pipe (void)
{
  gint fds[2];

  g_assert_no_errno (pipe2 (fds, O_CLOEXEC));
  close (fds[1]);
  return fds[0];
}

static gint
a_file (void)
{
  gint fd = open (g_get_tmp_dir (), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  g_assert_no_errno (fd);
  g_assert_no_errno (ftruncate (fd, SIZE));
  return fd;
}

static gint
a_folder (void)
{
  return open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static gint
a_socket (void)
{
  return socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static gint
too_large (void)
{
  gint fd = memory_new_fd ((gsize)IPC_MEMORY_MAX_BYTES + 1, TEST_SEALS, 0);

  return fd;
}

typedef struct {
  const gchar *name;
  MakeFd make[2]; /* what comes with the BUFFER; NULL: nothing */
  IpcMemoryLoan loan;
} Lie;

/* Loan 1, which is not returned yet, has memory 1, of SIZE bytes. */
static const Lie lies[] = {
  { "a-file-that-may-grow", { may_grow }, { 2, 1, { { 2, SIZE, 0, SIZE, TRUE } } } },
  { "a-file-that-may-shrink", { may_shrink }, { 2, 1, { { 2, SIZE, 0, SIZE, TRUE } } } },
  { "a-file-whose-seals-may-change", { may_be_sealed }, { 2, 1, { { 2, SIZE, 0, SIZE, TRUE } } } },
  { "a-file-that-is-smaller", { smaller }, { 2, 1, { { 2, SIZE, 0, SIZE, TRUE } } } },
  { "a-file-that-is-larger", { larger }, { 2, 1, { { 2, SIZE, 0, SIZE, TRUE } } } },
  { "a-pipe", { a_pipe }, { 2, 1, { { 2, SIZE, 0, SIZE, TRUE } } } },
  { "a-file-on-disk", { a_file }, { 2, 1, { { 2, SIZE, 0, SIZE, TRUE } } } },
  { "a-folder", { a_folder }, { 2, 1, { { 2, SIZE, 0, SIZE, TRUE } } } },
  { "a-socket", { a_socket }, { 2, 1, { { 2, SIZE, 0, SIZE, TRUE } } } },
  { "the-second-of-two", { good, may_grow }, { 2, 2, { { 2, SIZE, 0, SIZE, TRUE }, { 3, SIZE, 0, SIZE, TRUE } } } },
  { "no-fd", { NULL }, { 2, 1, { { 2, SIZE, 0, SIZE, TRUE } } } },
  { "one-fd-too-few", { good }, { 2, 2, { { 2, SIZE, 0, SIZE, TRUE }, { 3, SIZE, 0, SIZE, TRUE } } } },
  { "an-id-that-was-never-shown", { NULL }, { 2, 1, { { 2, SIZE, 0, SIZE } } } },
  { "an-id-that-is-shown-twice", { good }, { 2, 1, { { 1, SIZE, 0, SIZE, TRUE } } } },
  { "twice-in-one-packet", { good, good }, { 2, 2, { { 2, SIZE, 0, SIZE, TRUE }, { 2, SIZE, 0, SIZE, TRUE } } } },
  { "another-size-than-before", { NULL }, { 2, 1, { { 1, SIZE + 1, 0, SIZE } } } },
  { "behind-its-end", { NULL }, { 2, 1, { { 1, 2 * SIZE, SIZE, SIZE } } } },
  { "a-loan-that-is-not-returned", { NULL }, { 1, 1, { { 1, SIZE, 0, SIZE } } } },
  { "more-bytes-than-the-limit", { too_large }, { 2, 1, { { 2, IPC_MEMORY_MAX_BYTES + 1, 0, SIZE, TRUE } } } },
};

static void
expect_given_up (TestBench *bench)
{
  log_expect_error (&bench->bus, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ);
  g_assert_cmpuint (bench_stat (bench, "protocol-errors"), ==, 1);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
  bench_free (bench);
  g_assert_cmpuint (memory_count_fds ("ipctest"), ==, 0);
  g_assert_cmpuint (memory_count_mappings ("ipctest"), ==, 0);
}

static void
test_a_lie (gconstpointer data)
{
  const Lie *lie = data;
  TestBench *bench = borrowing_bench ();
  gint fds[2];
  guint n_fds = 0;

  peer_expect_ack (bench->peer, lend_new (bench, 1, 1, 0), GST_FLOW_OK);
  while (n_fds < 2 && lie->make[n_fds] != NULL) {
    fds[n_fds] = lie->make[n_fds]();
    g_assert_no_errno (fds[n_fds]);
    n_fds++;
  }
  memory_send_loan (bench, &lie->loan, fds, n_fds);
  for (guint i = 0; i < n_fds; i++)
    close (fds[i]);
  expect_given_up (bench);
}

static void
show_too_many (gboolean gives_up)
{
  TestBench *bench = borrowing_bench ();
  IpcMemoryLoan loan = { 1, 1, { { 1, 1, 0, 1, TRUE } } };
  gint fd = memory_new_fd (1, TEST_SEALS, 0);

  for (guint i = 1; i <= IPC_MEMORY_MAX_MEMORIES; i++) {
    loan.number = loan.parts[0].id = i;
    peer_expect_ack (bench->peer, memory_send_loan (bench, &loan, &fd, 1), GST_FLOW_OK);
    if (gives_up)
      peer_send_memory_release (bench->peer, i);
  }
  if (!gives_up)
    g_assert_cmpuint (memory_stat (bench, "memories"), ==, IPC_MEMORY_MAX_MEMORIES);
  loan.number = loan.parts[0].id = IPC_MEMORY_MAX_MEMORIES + 1;
  memory_send_loan (bench, &loan, &fd, 1);
  close (fd);
  expect_given_up (bench);
}

static void
test_too_many_memories (void)
{
  show_too_many (FALSE);
}

/* Given up, but lent: it is still there. */
static void
test_giving_up_does_not_make_room_for_more (void)
{
  show_too_many (TRUE);
}

static void
test_a_release_of_what_was_never_shown (void)
{
  TestBench *bench = borrowing_bench ();

  peer_expect_ack (bench->peer, lend_new (bench, 1, 1, 0), GST_FLOW_OK);
  peer_send_memory_release (bench->peer, 2);
  expect_given_up (bench);
}

static void
test_a_text_that_is_wrong (gconstpointer text)
{
  TestBench *bench = borrowing_bench ();
  IpcPacket packet = { .header.type = IPC_PACKET_BUFFER };
  gint fd = good ();

  packet.buffer.metas = g_new0 (IpcPacketMeta, 1);
  packet.buffer.metas[0] = (IpcPacketMeta){ .api = IPC_MEMORY_META, .text = text };
  packet.buffer.n_metas = 1;
  peer_send_with_fds (bench->peer, &packet, &fd, 1);
  close (fd);
  expect_given_up (bench);
}

/* MEM-1: to who has not agreed it is a meta that nobody knows, and fds are closed. */
static void
test_without_an_agreement (void)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");

  gst_util_set_object_arg (G_OBJECT (bench->element), "memory", "copy");
  memory_follow (bench, ALL);
  peer_expect_ack (bench->peer, lend_new (bench, 1, 1, 0), GST_FLOW_OK);
  g_assert_cmpuint (gst_buffer_get_size (test_pad_await_buffer (bench->pad, 1)), ==, 0);
  g_assert_cmpuint (memory_count_fds ("ipctest"), ==, 0);
  g_assert_cmpuint (memory_count_mappings ("ipctest"), ==, 0);
  g_assert_cmpuint (bench_stat (bench, "metas-skipped"), ==, 1);
  bench_free (bench);
}

int
main (int argc, char **argv)
{
  const gchar *const texts[] = { "", "1", "1;1:100000:0:100001+", "1;1:100000:0:100000+ ", "2;1:100000:100000:0+" };

  test_begin (&argc, &argv);
  g_test_add_func ("/src/memory/a-loan-arrives-and-is-returned-once", test_a_loan_arrives_and_is_returned_once);
  g_test_add_func ("/src/memory/what-a-push-lets-go-of-is-returned-with-the-answer",
      test_what_a_push_lets_go_of_is_returned_with_the_answer);
  g_test_add_func ("/src/memory/who-writes-gets-a-copy", test_who_writes_gets_a_copy);
  g_test_add_func ("/src/memory/a-loan-of-several-parts-is-returned-with-the-last",
      test_a_loan_of_several_parts_is_returned_with_the_last);
  g_test_add_func ("/src/memory/what-is-refused-is-returned", test_what_is_refused_is_returned);
  g_test_add_func ("/src/memory/what-is-flushed-is-returned", test_what_is_flushed_is_returned);
  g_test_add_func ("/src/memory/data-outlives-the-element", test_data_outlives_the_element);
  g_test_add_func ("/src/memory/what-is-given-up-is-kept-as-long-as-it-is-lent",
      test_what_is_given_up_is_kept_as_long_as_it_is_lent);
  g_test_add_func ("/src/memory/another-peer-is-not-told-of-old-loans", test_another_peer_is_not_told_of_old_loans);
  for (guint i = 0; i < G_N_ELEMENTS (lies); i++) {
    g_autofree gchar *path = g_strdup_printf ("/src/memory/a-lie/%s", lies[i].name);

    g_test_add_data_func (path, &lies[i], test_a_lie);
  }
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree gchar *path = g_strdup_printf ("/src/memory/a-wrong-text/%u", i);

    g_test_add_data_func (path, texts[i], test_a_text_that_is_wrong);
  }
  g_test_add_func ("/src/memory/too-many-memories", test_too_many_memories);
  g_test_add_func ("/src/memory/giving-up-does-not-make-room-for-more", test_giving_up_does_not_make_room_for_more);
  g_test_add_func ("/src/memory/a-release-of-what-was-never-shown", test_a_release_of_what_was_never_shown);
  g_test_add_func ("/src/memory/without-an-agreement", test_without_an_agreement);
  return g_test_run ();
}
