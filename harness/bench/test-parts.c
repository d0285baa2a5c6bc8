/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line, the list of works, the order of turns, contestants and their pipelines, numbers for people. */
#include <math.h>
#include <string.h>

#include "contestant.h"
#include "format.h"
#include "options.h"
#include "schedule.h"
#include "work.h"

/* @line: arguments, shell words. */
static gboolean
parse (IpcBenchOptions *options, const gchar *line, GError **error)
{
  g_autofree gchar *whole = g_strconcat ("gst-ipc-bench ", line, NULL);
  g_auto (GStrv) words = NULL;

  *options = (IpcBenchOptions){ 0 };
  g_assert_true (g_shell_parse_argv (whole, NULL, &words, NULL));
  return ipc_bench_options_parse (options, words, error);
}

static void
test_options (void)
{
  g_autoptr (GError) error = NULL;
  IpcBenchOptions options;

  g_assert_true (parse (&options, "", &error));
  g_assert_cmpint (options.rounds, ==, 3);
  g_assert_cmpfloat (options.seconds, ==, 0.1);
  ipc_bench_options_clear (&options);

  g_assert_true (parse (&options, "--full", &error));
  g_assert_cmpint (options.rounds, ==, 9);
  ipc_bench_options_clear (&options);

  g_assert_true (
      parse (&options, "--full -r 2 -t 0.5 --with 'memory=copy max-in-flight=4' 'buffers/*' start/1", &error));
  g_assert_cmpint (options.rounds, ==, 2);
  g_assert_cmpfloat (options.seconds, ==, 0.5);
  g_assert_cmpuint (g_strv_length (options.patterns), ==, 2);
  g_assert_cmpstr (options.with[0], ==, "memory=copy max-in-flight=4");
  ipc_bench_options_clear (&options);
}

static void
test_wrong_options (void)
{
  static const gchar *const lines[] = { "--rounds -1", "--rounds 1001", "--time 0.0001", "--time 61", "--time -1",
    "--time x", "--with memory", "--with 'memory=copy ! fakesink'", "--with =x", "--with ''", "--load x buffers/64B",
    "--load x --list", "--nothing" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (GError) error = NULL;
    IpcBenchOptions options;

    if (parse (&options, lines[i], &error))
      g_error ("%s was taken", lines[i]);
    g_assert_nonnull (error);
    ipc_bench_options_clear (&options);
  }
}

static void
test_match (void)
{
  gchar *patterns[] = { "buffers/*", "start/1", NULL };

  g_assert_true (ipc_bench_options_match (NULL, "anything"));
  g_assert_true (ipc_bench_options_match (patterns, "buffers/4K+fill"));
  g_assert_true (ipc_bench_options_match (patterns, "start/1"));
  g_assert_false (ipc_bench_options_match (patterns, "start/16"));
}

/* What ratios and plots name is there, and names say what they are. */
static void
test_works (void)
{
  GPtrArray *works = ipc_bench_works ();
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < works->len; i++) {
    const IpcBenchWork *work = g_ptr_array_index (works, i);

    g_assert_true (g_hash_table_add (names, work->name));
    g_assert_true (g_str_has_prefix (work->name, work->group));
    g_assert_true (ipc_bench_work_find (work->name) == work);
    g_assert_cmpuint (work->slaves, <=, 16);
  }
  g_assert_cmpuint (ipc_bench_work_find ("buffers/1080p")->size, ==, 1920 * 1080 * 3 / 2);
  g_assert_cmpuint (ipc_bench_work_find ("buffers/4K+fill+read")->size, ==, 3840 * 2160 * 3 / 2);
  g_assert_true (ipc_bench_work_find ("buffers/4K+fill+read")->fill);
  g_assert_true (ipc_bench_work_find ("buffers/4K+fill+read")->read);
  g_assert_true (ipc_bench_work_find ("buffers/1080p+system")->system);
  g_assert_cmpuint (ipc_bench_work_find ("fan-out/64B/16")->slaves, ==, 16);
  g_assert_null (ipc_bench_work_find ("buffers/8K"));
}

static gboolean
not_second_with_first (guint contestant, guint work, gpointer data)
{
  return !(contestant == 1 && work == 0);
}

static void
test_schedule (void)
{
  g_autoptr (GArray) turns = ipc_bench_schedule (2, 2, 3, not_second_with_first, NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < turns->len; i++) {
    const IpcBenchTurn *turn = &g_array_index (turns, IpcBenchTurn, i);
    g_string_append_printf (text, "%u%c%c ", turn->round, 'a' + turn->work, 'A' + turn->contestant);
  }
  g_assert_cmpstr (text->str, ==, "1aA 1aC 1bA 1bB 1bC 2aC 2aA 2bB 2bC 2bA ");
}

static IpcImplementation mine = { .name = (gchar *)"mine", .gstreamer = (gchar *)"1.22.0" };
static IpcImplementation theirs = { .name = (gchar *)"theirs", .gstreamer = (gchar *)"1.22.0" };
static gchar *my_capabilities[] = { (gchar *)"ipcpipelinesink.memory", (gchar *)"queue", (gchar *)"fakesink",
  (gchar *)"shmsink", (gchar *)"shmsrc", NULL };
static gchar *their_capabilities[] = { NULL };
static const IpcBenchSide my_side = { (gchar *)"mine", &mine, my_capabilities, NULL };
static const IpcBenchSide their_side = { (gchar *)"theirs", &theirs, their_capabilities, NULL };
static const gchar *const properties[] = { "memory=copy", "max-in-flight=16", NULL };

static const IpcBenchContestant *
find (GPtrArray *contestants, const gchar *role)
{
  for (guint i = 0; i < contestants->len; i++) {
    const IpcBenchContestant *contestant = g_ptr_array_index (contestants, i);
    if (g_str_equal (contestant->role, role))
      return contestant;
  }
  g_error ("there is no %s", role);
}

static void
test_contestants (void)
{
  g_autoptr (GPtrArray) all = ipc_bench_contestants (&my_side, &their_side, properties);

  g_assert_cmpstr (find (all, "tested")->name, ==, "mine");
  g_assert_cmpstr (find (all, "legacy")->name, ==, "theirs");
  g_assert_cmpstr (find (all, "tested-to-legacy")->name, ==, "mine-to-theirs");
  g_assert_true (find (all, "legacy-to-tested")->master == &their_side);
  g_assert_true (find (all, "legacy-to-tested")->slave == &my_side);
  g_assert_null (find (all, "tested memory=copy")->unavailable);
  g_assert_cmpstr (
      find (all, "tested max-in-flight=16")->unavailable, ==, "ipcpipelinesink of mine has no property max-in-flight");
  g_assert_null (find (all, "shm")->unavailable);
  g_assert_cmpstr (
      find (all, "unixfd")->unavailable, ==, "this GStreamer (1.22.0) has no unixfdsink: it came with 1.24");
}

/* Nobody is held against what is not there, but for a reason. */
static void
test_no_legacy (void)
{
  const IpcBenchSide none = { (gchar *)"theirs", NULL, NULL, (gchar *)"not installed" };
  g_autoptr (GPtrArray) all = ipc_bench_contestants (&my_side, &none, properties);

  g_assert_null (find (all, "tested")->unavailable);
  g_assert_cmpstr (find (all, "legacy")->unavailable, ==, "not installed");
  g_assert_cmpstr (find (all, "tested-to-legacy")->unavailable, ==, "not installed");
  g_assert_cmpstr (find (all, "legacy-to-tested")->unavailable, ==, "not installed");
}

static void
check_pipeline (const gchar *role, const gchar *work_name, const gchar *expected)
{
  g_autoptr (GPtrArray) all = ipc_bench_contestants (&my_side, &their_side, properties);
  g_autofree gchar *pipeline
      = ipc_bench_contestant_master_pipeline (find (all, role), ipc_bench_work_find (work_name), "/f");

  g_assert_cmpstr (pipeline, ==, expected);
}

static void
test_pipelines (void)
{
  check_pipeline ("tested", "buffers/64B", "pipeline.( ipcpipelinesink name=sink0  )");
  check_pipeline ("tested memory=copy", "buffers/64B", "pipeline.( ipcpipelinesink name=sink0 memory=copy )");
  check_pipeline ("tested", "fan-out/64B/2",
      "pipeline.( tee name=tee "
      "tee. ! queue max-size-buffers=4 max-size-bytes=0 max-size-time=0 ! ipcpipelinesink name=sink0  "
      "tee. ! queue max-size-buffers=4 max-size-bytes=0 max-size-time=0 ! ipcpipelinesink name=sink1  )");
  check_pipeline ("queue", "round-trips/state",
      "pipeline.( queue name=queue ! fakesink name=consumer0 sync=false enable-last-sample=false async=false )");
  check_pipeline ("memcpy", "buffers/64B", NULL);
}

static void
test_who_does_what (void)
{
  g_autoptr (GPtrArray) all = ipc_bench_contestants (&my_side, &their_side, properties);
  const struct {
    const gchar *role, *work;
    gboolean does;
    guint slaves;
  } expected[] = {
    { "tested", "round-trips/state", TRUE, 1 },
    { "tested", "start/4", TRUE, 4 },
    { "shm", "round-trips/query", FALSE, 0 },
    { "shm", "fan-out/64B/8", TRUE, 8 },
    { "shm", "buffers/1080p+system", TRUE, 1 },
    { "unixfd", "buffers/1080p", TRUE, 1 },
    { "unixfd", "buffers/1080p+system", FALSE, 0 },
    { "queue", "fan-out/64B/8", TRUE, 0 },
    { "queue", "start/1", FALSE, 0 },
    { "direct", "fan-out/64B/1", FALSE, 0 },
    { "memcpy", "buffers/1080p", TRUE, 0 },
    { "memcpy", "buffers/1080p+fill", FALSE, 0 },
    { "ping-pong", "buffers/64B", TRUE, 1 },
    { "ping-pong", "round-trips/event", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    const IpcBenchContestant *contestant = find (all, expected[i].role);
    const IpcBenchWork *work = ipc_bench_work_find (expected[i].work);

    g_assert_cmpint (ipc_bench_contestant_does (contestant, work), ==, expected[i].does);
    if (expected[i].does)
      g_assert_cmpuint (ipc_bench_contestant_n_slaves (contestant, work), ==, expected[i].slaves);
  }
}

static void
check_time (gdouble nanoseconds, const gchar *expected)
{
  g_autofree gchar *text = ipc_bench_format_time (nanoseconds);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_format (void)
{
  const IpcBenchSpread spread = { 5, 1000, 900, 1100, 50 }, one = { 1, 1000, 1000, 1000, 0 };
  g_autofree gchar *with = ipc_bench_format_spread (&spread), *without = ipc_bench_format_spread (&one);
  g_autofree gchar *bytes = ipc_bench_format_bytes (3 * 1024 * 1024);
  g_autofree gchar *few = ipc_bench_format_count (7), *many = ipc_bench_format_count (12345);

  check_time (0.0012, "0.0012 ns");
  check_time (0.5, "0.50 ns");
  check_time (12.34, "12.3 ns");
  check_time (999.4, "999 ns");
  check_time (999.9, "1.00 us");
  check_time (1234567, "1.23 ms");
  check_time (1e13, "10000 s");
  check_time (NAN, "-");
  g_assert_cmpstr (bytes, ==, "3.00 MiB");
  g_assert_cmpstr (few, ==, "7.00");
  g_assert_cmpstr (many, ==, "12.3 k");
  g_assert_cmpstr (with, ==, "1.00 us +-10 %");
  g_assert_cmpstr (without, ==, "1.00 us");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/parts/options", test_options);
  g_test_add_func ("/bench/parts/wrong-options", test_wrong_options);
  g_test_add_func ("/bench/parts/match", test_match);
  g_test_add_func ("/bench/parts/works", test_works);
  g_test_add_func ("/bench/parts/schedule", test_schedule);
  g_test_add_func ("/bench/parts/contestants", test_contestants);
  g_test_add_func ("/bench/parts/no-legacy", test_no_legacy);
  g_test_add_func ("/bench/parts/pipelines", test_pipelines);
  g_test_add_func ("/bench/parts/who-does-what", test_who_does_what);
  g_test_add_func ("/bench/parts/format", test_format);
  return g_test_run ();
}
