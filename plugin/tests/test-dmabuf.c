/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loans of dmabufs: docs/protocol.md, MEM-10, and of MEM-2 and MEM-4 to MEM-9 what is different with them. First what
 * ipcpipelinesink lends to a raw peer, then what one lends to ipcpipelinesrc, then both.
 *
 * Skipped where there are no dmabufs.
 */

#include <unistd.h>

#include <gst/allocators/gstdmabuf.h>

#include "bench-dmabuf.h"
#include "bench-memory.h"
#include "session.h"

#define COPYING (IPC_FEATURE_OBJECTS | IPC_FEATURE_METAS | IPC_FEATURE_MEMORY)
#define ALL (COPYING | IPC_FEATURE_DMABUF)
#define PAGE 4096
#define SIZE (32 * PAGE)

static void
expect_nothing_left (void)
{
  g_assert_cmpuint (dmabuf_count_fds (), ==, 0);
  g_assert_cmpuint (dmabuf_count_mappings (), ==, 0);
  g_assert_cmpuint (memory_count_fds ("ipctest"), ==, 0);
}

/* ---- the sink's ---- */

static TestBench *
lending_bench (IpcFeatures features)
{
  TestBench *bench = bench_new_sink (TEST_SOCKETPAIR);

  memory_play (bench, features);
  return bench;
}

/* MEM-2, MEM-10, however small: to copy it would be to map it. */
static void
test_a_dmabuf_is_shown_once (void)
{
  TestBench *bench = lending_bench (ALL);
  GstMemory *memory = dmabuf_new (SIZE, 3);
  const IpcMemoryLoan first = memory_push_lent (bench, memory_new_buffer (gst_memory_ref (memory), NULL));
  const IpcMemoryLoan second = memory_push_lent (bench, memory_new_buffer (gst_memory_share (memory, PAGE, 100), NULL));
  gint fd;

  g_assert_cmpuint (peer_count_fds (bench->peer), ==, 1);
  fd = peer_take_fd (bench->peer);
  g_assert_true (dmabuf_is_same (fd, gst_dmabuf_memory_get_fd (memory)));
  close (fd);
  g_assert_true (first.parts[0].is_new);
  g_assert_cmpuint (first.parts[0].size, ==, SIZE);
  g_assert_cmpuint (first.parts[0].length, ==, SIZE);
  g_assert_false (second.parts[0].is_new);
  g_assert_cmpuint (second.parts[0].id, ==, first.parts[0].id);
  g_assert_cmpuint (second.parts[0].offset, ==, PAGE);
  g_assert_cmpuint (second.parts[0].length, ==, 100);
  g_assert_cmpuint (memory_stat (bench, "dmabufs"), ==, 1);
  g_assert_cmpuint (memory_stat (bench, "loans-open"), ==, 2);
  memory_give_back (bench, second.number);
  memory_give_back (bench, first.number);
  gst_memory_unref (memory);
  g_assert_cmpuint (memory_stat (bench, "dmabufs"), ==, 0);
  bench_free (bench);
  expect_nothing_left ();
}

/* MEM-10: who has not said that it knows about them gets a copy, in sealed memory. */
static void
test_a_dmabuf_is_copied_without_an_agreement (void)
{
  TestBench *bench = lending_bench (COPYING);
  const IpcMemoryLoan loan = memory_push_lent (bench, memory_new_buffer (dmabuf_new (SIZE, 3), NULL));
  gint fd = peer_take_fd (bench->peer);

  g_assert_cmpint (fcntl (fd, F_GET_SEALS) & TEST_SEALS, ==, TEST_SEALS);
  memory_expect (fd, 0, SIZE, 3);
  close (fd);
  g_assert_cmpuint (loan.parts[0].length, ==, SIZE);
  g_assert_cmpuint (memory_stat (bench, "dmabufs"), ==, 0);
  memory_give_back (bench, loan.number);
  bench_free (bench);
  expect_nothing_left ();
}

/* The agreement is with the peer, not with the memory. */
static void
test_the_next_peer_may_not_know_about_them (void)
{
  TestBench *bench = lending_bench (ALL);
  GstMemory *memory = dmabuf_new (SIZE, 3);
  TestCall *call;
  gint fd;

  memory_push_lent (bench, memory_new_buffer (gst_memory_ref (memory), NULL));
  bench_go (bench, GST_STATE_READY);
  peer_expect (bench->peer, IPC_PACKET_MEMORY_RELEASE);
  call = call_disconnect (bench->element);
  call_end (call);
  bench_replace_peer (bench, TEST_SOCKETPAIR);
  memory_play (bench, COPYING);
  memory_push_lent (bench, memory_new_buffer (gst_memory_ref (memory), NULL));
  fd = peer_take_fd (bench->peer);
  g_assert_false (dmabuf_is_same (fd, gst_dmabuf_memory_get_fd (memory)));
  close (fd);
  gst_memory_unref (memory);
  bench_free (bench);
  expect_nothing_left ();
}

/* MEM-5: of what the slave may have, half, since it may not have been told of others that have ended. */
static void
test_the_data_of_more_than_a_slave_takes_goes_along (void)
{
  TestBench *bench = lending_bench (ALL);
  g_autoptr (GPtrArray) memories = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_memory_unref);

  for (guint i = 0; i <= IPC_MEMORY_MAX_DMABUFS / 2; i++) {
    GstMemory *memory = dmabuf_new (SIZE, (guint8)i);
    const IpcPacket *packet = memory_push (bench, memory_new_buffer (gst_memory_ref (memory), NULL));

    g_ptr_array_add (memories, memory);
    g_assert_true (ipc_packet_is_loan (packet) == (i < IPC_MEMORY_MAX_DMABUFS / 2));
  }
  g_assert_cmpuint (peer_count_fds (bench->peer), ==, IPC_MEMORY_MAX_DMABUFS / 2);
  g_assert_cmpuint (memory_stat (bench, "dmabufs"), ==, IPC_MEMORY_MAX_DMABUFS / 2);
  g_ptr_array_set_size (memories, 0);
  bench_free (bench);
  expect_nothing_left ();
}

/* ---- the src's ---- */

static TestBench *
borrowing_bench (IpcFeatures features)
{
  TestBench *bench = bench_new_src ("ipcslavepipeline");

  memory_follow (bench, features);
  return bench;
}

/* Loan @number of a new dmabuf, whose id is the same. */
static guint32
lend_new (TestBench *bench, guint32 number, guint8 seed)
{
  const IpcMemoryLoan loan = { number, 1, { { number, SIZE, 0, SIZE, TRUE } } };
  gint fd = dmabuf_new_fd (SIZE, seed);
  const guint32 packet = memory_send_loan (bench, &loan, &fd, 1);

  close (fd);
  return packet;
}

/* Loan @number of @length bytes of dmabuf @id, from @offset on. */
static void
lend_again (TestBench *bench, guint32 number, guint32 id, guint64 offset, guint64 length)
{
  const IpcMemoryLoan loan = { number, 1, { { id, SIZE, offset, length, FALSE } } };

  peer_expect_ack (bench->peer, memory_send_loan (bench, &loan, NULL, 0), GST_FLOW_OK);
}

/* The memory of the @nth buffer that the pad has noted; the pad's. */
static GstMemory *
nth_memory (TestBench *bench, guint nth)
{
  GstBuffer *buffer = test_pad_await_buffer (bench->pad, nth);

  g_assert_cmpuint (gst_buffer_n_memory (buffer), ==, 1);
  return gst_buffer_peek_memory (buffer, 0);
}

static void
expect_data (GstMemory *memory, gsize offset, gsize length, guint8 seed)
{
  gint model = memory_new_fd (offset + length, 0, seed);
  g_autofree guint8 *expected = g_malloc (length);
  GstMapInfo map;

  g_assert_cmpint (pread (model, expected, length, (off_t)offset), ==, length);
  g_assert_true (gst_memory_map (memory, &map, GST_MAP_READ));
  g_assert_cmpmem (map.data, map.size, expected, length);
  gst_memory_unmap (memory, &map);
  close (model);
}

/* MEM-2, MEM-4, MEM-8, MEM-10 */
static void
test_it_arrives_as_a_dmabuf (void)
{
  TestBench *bench = borrowing_bench (ALL);
  const guint32 id = lend_new (bench, 1, 5);
  GstMemory *memory = nth_memory (bench, 1);

  peer_expect_ack (bench->peer, id, GST_FLOW_OK);
  g_assert_true (gst_is_dmabuf_memory (memory));
  g_assert_null (memory->parent);
  g_assert_true (GST_MEMORY_IS_READONLY (memory));
  expect_data (memory, 0, SIZE, 5);
  lend_again (bench, 2, 1, PAGE, 100);
  g_assert_true (gst_is_dmabuf_memory (nth_memory (bench, 2)));
  expect_data (nth_memory (bench, 2), PAGE, 100, 5);
  g_assert_cmpuint (memory_stat (bench, "loans-open"), ==, 2);
  g_assert_cmpuint (memory_stat (bench, "dmabufs"), ==, 1);
  memory_let_go_of_all (bench);
  memory_expect_returned (bench, 1);
  memory_expect_returned (bench, 2);
  peer_round_trip (bench->peer);
  peer_expect_silence (bench->peer);
  g_assert_cmpuint (memory_stat (bench, "loans-open"), ==, 0);
  bench_free (bench);
  expect_nothing_left ();
}

static GQuark
import_quark (void)
{
  return g_quark_from_static_string ("test-import");
}

static void
import_ended (gpointer alive)
{
  g_atomic_int_set ((gint *)alive, 0);
}

/* As an element does that has imported it. */
static void
attach_import (GstMemory *memory, gint *alive)
{
  g_atomic_int_set (alive, 1);
  gst_mini_object_set_qdata (GST_MINI_OBJECT (memory), import_quark (), alive, import_ended);
}

static gboolean
has_import (GstMemory *memory)
{
  return gst_mini_object_get_qdata (GST_MINI_OBJECT (memory), import_quark ()) != NULL;
}

/* What elements attach to a dmabuf that comes again and again is there for as long as the master refers to it. */
static void
test_it_is_the_same_memory_again (void)
{
  TestBench *bench = borrowing_bench (ALL);
  gint alive;

  peer_expect_ack (bench->peer, lend_new (bench, 1, 5), GST_FLOW_OK);
  attach_import (nth_memory (bench, 1), &alive);
  for (guint32 number = 2; number < 5; number++) {
    memory_let_go_of_all (bench);
    memory_expect_returned (bench, number - 1);
    lend_again (bench, number, 1, 0, SIZE);
    g_assert_true (has_import (nth_memory (bench, 1)));
    expect_data (nth_memory (bench, 1), 0, SIZE, 5);
  }
  peer_send_memory_release (bench->peer, 1);
  peer_round_trip (bench->peer);
  g_assert_cmpint (g_atomic_int_get (&alive), ==, 1);
  memory_let_go_of_all (bench);
  memory_expect_returned (bench, 4);
  g_assert_cmpint (g_atomic_int_get (&alive), ==, 0);
  g_assert_cmpuint (dmabuf_count_fds (), ==, 0);
  bench_free (bench);
  expect_nothing_left ();
}

/* Another stretch, or one that somebody uses, is another memory; the latest is kept. */
static void
test_another_stretch_is_another_memory (void)
{
  TestBench *bench = borrowing_bench (ALL);
  gint alive;

  peer_expect_ack (bench->peer, lend_new (bench, 1, 5), GST_FLOW_OK);
  attach_import (nth_memory (bench, 1), &alive);
  lend_again (bench, 2, 1, 0, SIZE);
  g_assert_false (has_import (nth_memory (bench, 2)));
  memory_let_go_of_all (bench);
  memory_expect_returned (bench, 1);
  memory_expect_returned (bench, 2);
  g_assert_cmpint (g_atomic_int_get (&alive), ==, 0);
  lend_again (bench, 3, 1, 0, SIZE);
  attach_import (nth_memory (bench, 1), &alive);
  memory_let_go_of_all (bench);
  memory_expect_returned (bench, 3);
  g_assert_cmpint (g_atomic_int_get (&alive), ==, 1);
  lend_again (bench, 4, 1, 0, PAGE);
  g_assert_false (has_import (nth_memory (bench, 1)));
  expect_data (nth_memory (bench, 1), 0, PAGE, 5);
  memory_let_go_of_all (bench);
  memory_expect_returned (bench, 4);
  g_assert_cmpint (g_atomic_int_get (&alive), ==, 0);
  bench_free (bench);
  expect_nothing_left ();
}

/* An element may make the memory smaller that it has for itself: that is not what the next one gets. */
static void
test_a_memory_that_was_changed_is_not_lent_again (void)
{
  TestBench *bench = borrowing_bench (ALL);

  peer_expect_ack (bench->peer, lend_new (bench, 1, 5), GST_FLOW_OK);
  gst_memory_resize (nth_memory (bench, 1), PAGE, 2 * PAGE);
  memory_let_go_of_all (bench);
  memory_expect_returned (bench, 1);
  lend_again (bench, 2, 1, 0, SIZE);
  g_assert_cmpuint (gst_memory_get_sizes (nth_memory (bench, 1), NULL, NULL), ==, SIZE);
  expect_data (nth_memory (bench, 1), 0, SIZE, 5);
  bench_free (bench);
  expect_nothing_left ();
}

/* MEM-4: a part of it that somebody shares is a use of it. */
static void
test_who_has_a_part_has_the_loan (void)
{
  TestBench *bench = borrowing_bench (ALL);
  GstMemory *part;

  peer_expect_ack (bench->peer, lend_new (bench, 1, 5), GST_FLOW_OK);
  part = gst_memory_share (nth_memory (bench, 1), PAGE, 100);
  memory_let_go_of_all (bench);
  peer_round_trip (bench->peer);
  peer_expect_silence (bench->peer);
  expect_data (part, PAGE, 100, 5);
  gst_memory_unref (part);
  memory_expect_returned (bench, 1);
  bench_free (bench);
  expect_nothing_left ();
}

/* MEM-8 */
static void
test_who_writes_gets_a_copy (void)
{
  TestBench *bench = borrowing_bench (ALL);
  GstBuffer *buffer;
  GstMapInfo map;

  peer_expect_ack (bench->peer, lend_new (bench, 1, 5), GST_FLOW_OK);
  buffer = gst_buffer_ref (test_pad_await_buffer (bench->pad, 1));
  memory_let_go_of_all (bench);
  buffer = gst_buffer_make_writable (buffer);
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READWRITE));
  gst_buffer_unmap (buffer, &map);
  memory_expect_returned (bench, 1);
  g_assert_false (gst_is_dmabuf_memory (gst_buffer_peek_memory (buffer, 0)));
  expect_data (gst_buffer_peek_memory (buffer, 0), 0, SIZE, 5);
  gst_buffer_unref (buffer);
  bench_free (bench);
  expect_nothing_left ();
}

/* MEM-9: what is lent outlives element and peer; what is not ends with them, with what elements have attached. */
static void
test_data_outlives_the_element (void)
{
  TestBench *bench = borrowing_bench (ALL);
  GstMemory *kept;
  gint alive;

  peer_expect_ack (bench->peer, lend_new (bench, 1, 5), GST_FLOW_OK);
  peer_expect_ack (bench->peer, lend_new (bench, 2, 6), GST_FLOW_OK);
  kept = gst_memory_ref (nth_memory (bench, 1));
  attach_import (nth_memory (bench, 2), &alive);
  memory_let_go_of_all (bench);
  memory_expect_returned (bench, 2);
  g_assert_cmpint (g_atomic_int_get (&alive), ==, 1);
  bench_free (bench);
  g_assert_cmpint (g_atomic_int_get (&alive), ==, 0);
  g_assert_cmpuint (dmabuf_count_fds (), ==, 1);
  expect_data (kept, 0, SIZE, 5);
  gst_memory_unref (kept);
  expect_nothing_left ();
}

/* MEM-6 */
static void
test_another_peer_shows_its_own (void)
{
  TestBench *bench = borrowing_bench (ALL);
  gint alive;

  peer_expect_ack (bench->peer, lend_new (bench, 1, 5), GST_FLOW_OK);
  attach_import (nth_memory (bench, 1), &alive);
  memory_let_go_of_all (bench);
  memory_expect_returned (bench, 1);
  bench_replace_peer (bench, TEST_SOCKETPAIR);
  g_assert_cmpint (g_atomic_int_get (&alive), ==, 0);
  g_assert_cmpuint (dmabuf_count_fds (), ==, 0);
  peer_greet (bench->peer, ALL, "");
  peer_expect_ack (bench->peer, lend_new (bench, 1, 6), GST_FLOW_OK);
  expect_data (nth_memory (bench, 1), 0, SIZE, 6);
  bench_free (bench);
  expect_nothing_left ();
}

static void
expect_given_up (TestBench *bench)
{
  log_expect_error (&bench->bus, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ);
  g_assert_cmpuint (bench_stat (bench, "protocol-errors"), ==, 1);
  bench_free (bench);
  expect_nothing_left ();
}

/* MEM-10 */
static void
test_one_without_an_agreement_is_a_lie (void)
{
  TestBench *bench = borrowing_bench (COPYING);

  lend_new (bench, 1, 5);
  expect_given_up (bench);
}

/* MEM-7 */
static void
test_one_of_another_size_is_a_lie (void)
{
  TestBench *bench = borrowing_bench (ALL);
  const IpcMemoryLoan loan = { 1, 1, { { 1, SIZE + 1, 0, SIZE + 1, TRUE } } };
  gint fd = dmabuf_new_fd (SIZE, 5);

  memory_send_loan (bench, &loan, &fd, 1);
  close (fd);
  expect_given_up (bench);
}

/* Those too that were given up and are still lent. */
static void
test_too_many_dmabufs (gconstpointer gives_up)
{
  TestBench *bench = borrowing_bench (ALL);

  for (guint32 i = 1; i <= IPC_MEMORY_MAX_DMABUFS; i++) {
    peer_expect_ack (bench->peer, lend_new (bench, i, 0), GST_FLOW_OK);
    if (gives_up != NULL)
      peer_send_memory_release (bench->peer, i);
  }
  g_assert_cmpuint (memory_stat (bench, "dmabufs"), ==, IPC_MEMORY_MAX_DMABUFS);
  lend_new (bench, IPC_MEMORY_MAX_DMABUFS + 1, 0);
  expect_given_up (bench);
}

/* ---- both ---- */

static GstPadProbeReturn
put_dmabuf (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = gst_buffer_copy (GST_PAD_PROBE_INFO_BUFFER (info));

  gst_buffer_replace_all_memory (buffer, gst_memory_ref (data));
  gst_buffer_unref (info->data);
  info->data = buffer;
  return GST_PAD_PROBE_OK;
}

static void
test_a_dmabuf_goes_from_master_to_slave (void)
{
  TestSession *session = session_new_simple ("fakesrc name=source num-buffers=20", "fakesink name=counter sync=false");
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (session->master), "source");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");
  GstMemory *memory = dmabuf_new (SIZE, 7), *arrived;
  g_autoptr (GstSample) sample = NULL;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, put_dmabuf, memory, NULL);
  session_go (session, GST_STATE_PLAYING);
  log_await (&session->bus, GST_MESSAGE_EOS, session->master, 1);
  g_object_get (session->slaves[0].sink, "last-sample", &sample, NULL);
  arrived = gst_buffer_peek_memory (gst_sample_get_buffer (sample), 0);
  g_assert_true (arrived != memory);
  g_assert_true (gst_is_dmabuf_memory (arrived));
  g_assert_true (dmabuf_is_same (gst_dmabuf_memory_get_fd (arrived), gst_dmabuf_memory_get_fd (memory)));
  expect_data (arrived, 0, SIZE, 7);
  g_clear_pointer (&sample, gst_sample_unref);
  g_clear_object (&pad);
  g_clear_object (&source);
  session_free (session);
  gst_memory_unref (memory);
  expect_nothing_left ();
}

int
main (int argc, char **argv)
{
  test_begin (&argc, &argv);
  if (dmabuf_why_not () != NULL) {
    g_print ("1..0 # SKIP %s\n", dmabuf_why_not ());
    return 0;
  }
  g_test_add_func ("/dmabuf/sink/is-shown-once", test_a_dmabuf_is_shown_once);
  g_test_add_func ("/dmabuf/sink/is-copied-without-an-agreement", test_a_dmabuf_is_copied_without_an_agreement);
  g_test_add_func ("/dmabuf/sink/the-next-peer-may-not-know-about-them", test_the_next_peer_may_not_know_about_them);
  g_test_add_func ("/dmabuf/sink/the-data-of-more-than-a-slave-takes-goes-along",
      test_the_data_of_more_than_a_slave_takes_goes_along);
  g_test_add_func ("/dmabuf/src/arrives-as-a-dmabuf", test_it_arrives_as_a_dmabuf);
  g_test_add_func ("/dmabuf/src/is-the-same-memory-again", test_it_is_the_same_memory_again);
  g_test_add_func ("/dmabuf/src/another-stretch-is-another-memory", test_another_stretch_is_another_memory);
  g_test_add_func (
      "/dmabuf/src/a-memory-that-was-changed-is-not-lent-again", test_a_memory_that_was_changed_is_not_lent_again);
  g_test_add_func ("/dmabuf/src/who-has-a-part-has-the-loan", test_who_has_a_part_has_the_loan);
  g_test_add_func ("/dmabuf/src/who-writes-gets-a-copy", test_who_writes_gets_a_copy);
  g_test_add_func ("/dmabuf/src/data-outlives-the-element", test_data_outlives_the_element);
  g_test_add_func ("/dmabuf/src/another-peer-shows-its-own", test_another_peer_shows_its_own);
  g_test_add_func ("/dmabuf/src/one-without-an-agreement-is-a-lie", test_one_without_an_agreement_is_a_lie);
  g_test_add_func ("/dmabuf/src/one-of-another-size-is-a-lie", test_one_of_another_size_is_a_lie);
  g_test_add_data_func ("/dmabuf/src/too-many", NULL, test_too_many_dmabufs);
  g_test_add_data_func ("/dmabuf/src/too-many-with-given-up", "", test_too_many_dmabufs);
  g_test_add_func ("/dmabuf/session/goes-from-master-to-slave", test_a_dmabuf_goes_from_master_to_slave);
  return g_test_run ();
}
