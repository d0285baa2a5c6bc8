/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of samples: values, ratios, files, tables, pages. */
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "page.h"
#include "ratio.h"
#include "result.h"
#include "summary.h"

static void
add_sample (IpcBenchResult *result, guint round, const gchar *contestant, const gchar *work, guint64 count, gint64 wall,
    gint64 cpu)
{
  IpcBenchSample *sample = g_new0 (IpcBenchSample, 1);

  *sample = (IpcBenchSample){ .round = round,
    .contestant = g_strdup (contestant),
    .work = g_strdup (work),
    .count = count,
    .wall = wall,
    .master_cpu = cpu / 4,
    .slave_cpu = cpu - cpu / 4,
    .waits = 4 * count,
    .master_memory = 1000,
    .slave_memory = 2000,
    .memory = g_strdup ("ordinary") };
  g_ptr_array_add (result->samples, sample);
}

static void
add_failure (IpcBenchResult *result, const gchar *contestant, const gchar *work, const gchar *failure)
{
  IpcBenchSample *sample = g_new0 (IpcBenchSample, 1);

  *sample = (IpcBenchSample){
    .round = 1, .contestant = g_strdup (contestant), .work = g_strdup (work), .failure = g_strdup (failure)
  };
  g_ptr_array_add (result->samples, sample);
}

/* Three rounds, in the second of which the machine was ten times slower. */
static IpcBenchResult *
make_result (void)
{
  IpcBenchResult *result = ipc_bench_result_new ();
  const gint64 slow[] = { 1, 10, 1 };

  result->machine = json_object_new ();
  result->settings = json_object_new ();
  json_object_set_string_member (result->machine, "processor", "abacus <fast>");
  json_object_set_int_member (result->settings, "time", 1000);
  ipc_bench_result_add_entrant (result, "mine", "tested", "what I made", NULL);
  ipc_bench_result_add_entrant (result, "theirs", "legacy", "what they made", NULL);
  ipc_bench_result_add_entrant (result, "unixfd", "unixfd", "fds", "there is none");
  ipc_bench_result_add_entrant (result, "ping-pong", "ping-pong", "limit", NULL);
  for (guint round = 1; round <= 3; round++) {
    gint64 factor = slow[round - 1];
    add_sample (result, round, "mine", "buffers/64B", 10, 100 * factor, 80 * factor);
    add_sample (result, round, "theirs", "buffers/64B", 5, 200 * factor, 400 * factor);
    add_sample (result, round, "ping-pong", "buffers/64B", 10, 40 * factor, 40 * factor);
  }
  add_sample (result, 1, "mine", "fan-out/64B/1", 1, 10, 100);
  add_sample (result, 1, "mine", "fan-out/64B/16", 1, 100, 3200);
  add_failure (result, "theirs", "buffers/1080p", "slave1 was killed");
  add_sample (result, 1, "mine", "buffers/1080p", 1, 10, 100);
  return result;
}

static void
test_values (void)
{
  g_autoptr (IpcBenchResult) result = make_result ();
  const gchar *work = "buffers/64B";

  g_assert_cmpfloat (ipc_bench_result_spread (result, "mine", work, IPC_BENCH_WALL).median, ==, 10);
  g_assert_cmpfloat (ipc_bench_result_spread (result, "mine", work, IPC_BENCH_CPU).median, ==, 8);
  g_assert_cmpfloat (ipc_bench_result_spread (result, "mine", work, IPC_BENCH_MASTER_CPU).median, ==, 2);
  g_assert_cmpfloat (ipc_bench_result_spread (result, "mine", work, IPC_BENCH_SLAVE_CPU).median, ==, 6);
  g_assert_cmpfloat (ipc_bench_result_spread (result, "mine", work, IPC_BENCH_WAITS).median, ==, 4);
  g_assert_cmpfloat (ipc_bench_result_spread (result, "mine", work, IPC_BENCH_SLAVE_MEMORY).median, ==, 2000);
  g_assert_cmpfloat (
      ipc_bench_result_spread (result, "mine", "fan-out/64B/16", IPC_BENCH_CPU_PER_SLAVE).median, ==, 200);
  g_assert_cmpuint (ipc_bench_result_spread (result, "theirs", "buffers/1080p", IPC_BENCH_WALL).n, ==, 0);
  g_assert_cmpuint (ipc_bench_result_n_rounds (result), ==, 3);
  g_assert_cmpuint (ipc_bench_result_n_failures (result), ==, 1);
}

static const IpcBenchRatio *
find_ratio (GPtrArray *ratios, const gchar *work, const gchar *metric, const gchar *against)
{
  for (guint i = 0; i < ratios->len; i++) {
    const IpcBenchRatio *ratio = g_ptr_array_index (ratios, i);
    if (g_str_equal (ratio->work, work) && g_str_equal (ratio->metric, metric) && g_str_equal (ratio->against, against))
      return ratio;
  }
  g_error ("there is no ratio of %s, %s against %s", work, metric, against);
}

static void
test_ratios (void)
{
  g_autoptr (IpcBenchResult) result = make_result ();
  g_autoptr (GPtrArray) ratios = ipc_bench_ratios (result);
  const IpcBenchRatio *good = find_ratio (ratios, "64 B buffer", "wall", "legacy");
  const IpcBenchRatio *bad = find_ratio (ratios, "64 B to each of 16 slaves", "CPU per slave", "itself with 1 slave");

  g_assert_null (good->missing);
  g_assert_cmpfloat (good->value, ==, 0.25);
  g_assert_true (good->reached);
  /* a slow round is slow for both */
  g_assert_cmpfloat (good->spread.low, ==, 0.25);
  g_assert_cmpfloat (good->spread.high, ==, 0.25);
  g_assert_cmpfloat (bad->value, ==, 2);
  g_assert_false (bad->reached);
}

/* No ratio without both numbers, and why. */
static void
test_missing_ratios (void)
{
  g_autoptr (IpcBenchResult) result = make_result ();
  g_autoptr (GPtrArray) ratios = ipc_bench_ratios (result);
  const gchar *big = "1080p, producer does not touch the data";

  g_assert_cmpstr (find_ratio (ratios, big, "wall", "unixfd")->missing, ==, "there is none");
  g_assert_cmpstr (
      find_ratio (ratios, big, "wall", "legacy")->missing, ==, "theirs failed with buffers/1080p: slave1 was killed");
  g_assert_cmpstr (
      find_ratio (ratios, "4 KiB buffer", "wall", "legacy")->missing, ==, "mine with buffers/4KiB was not measured");
  g_assert_cmpstr (find_ratio (ratios, "64 B buffer, 16 in flight", "wall", "legacy")->missing, ==,
      "tested max-in-flight=16 took no part");
  g_assert_false (find_ratio (ratios, big, "wall", "legacy")->reached);
}

static gchar *
temporary_file (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("test-bench-XXXXXX", NULL);

  return g_build_filename (folder, "bench.json", NULL);
}

static void
remove_temporary (const gchar *path)
{
  g_autofree gchar *folder = g_path_get_dirname (path);

  g_unlink (path);
  g_rmdir (folder);
}

static void
test_save_and_load (void)
{
  g_autoptr (IpcBenchResult) result = make_result (), loaded = NULL;
  g_autofree gchar *path = temporary_file (), *before = NULL, *after = NULL;
  g_autoptr (GError) error = NULL;

  ipc_bench_result_save (result, path, &error);
  g_assert_no_error (error);
  loaded = ipc_bench_result_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (loaded->samples->len, ==, result->samples->len);
  before = ipc_bench_summary_text (result);
  after = ipc_bench_summary_text (loaded);
  g_assert_cmpstr (before, ==, after);
  remove_temporary (path);
}

static void
expect_refused (const gchar *content, const gchar *words)
{
  g_autofree gchar *path = temporary_file ();
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, content, -1, NULL));
  g_assert_null (ipc_bench_result_load (path, &error));
  g_assert_nonnull (error);
  if (strstr (error->message, words) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, words);
  remove_temporary (path);
}

#define HEAD "{\"format\": \"gst-ipc-bench\", \"version\": 1, \"machine\": {}, \"settings\": {}, "
#define ENTRANT "\"contestants\": [{\"name\": \"mine\", \"role\": \"tested\", \"what\": \"x\"}], "
#define NUMBERS                                                                                                        \
  "\"count\": 1, \"wall\": 1, \"master-cpu\": 0, \"slave-cpu\": 0, \"waits\": 0, \"master-memory\": 0, "               \
  "\"slave-memory\": 0"
#define SAMPLE(members) HEAD ENTRANT "\"samples\": [{\"contestant\": \"mine\", " members "}]}"

static void
test_load_refuses (void)
{
  expect_refused ("", "not a JSON object");
  expect_refused ("[1", "");
  expect_refused ("[]", "not a JSON object");
  expect_refused ("{\"format\": \"other\"}", "format");
  expect_refused ("{\"format\": \"gst-ipc-bench\", \"version\": 2}", "version");
  expect_refused ("{\"format\": \"gst-ipc-bench\", \"version\": 1}", "machine, settings");
  expect_refused (HEAD "\"contestants\": 1}", "contestants");
  expect_refused (HEAD "\"contestants\": [1], \"samples\": []}", "contestants[0]");
  expect_refused (HEAD "\"contestants\": [{\"name\": 1}], \"samples\": []}", "contestants[0]");
  expect_refused (HEAD ENTRANT "\"samples\": [{\"contestant\": \"other\"}]}", "samples[0]: \"contestant\"");
  expect_refused (SAMPLE ("\"round\": 1, \"work\": \"none\", " NUMBERS), "samples[0]: \"work\"");
  expect_refused (SAMPLE ("\"round\": 0, \"work\": \"start/1\", " NUMBERS), "samples[0]: \"round\"");
  expect_refused (SAMPLE ("\"round\": 1, \"work\": \"start/1\""), "samples[0]: \"count\"");
  /* by which values are divided */
  expect_refused (SAMPLE ("\"round\": 1, \"work\": \"start/1\", \"count\": 0"), "samples[0]: \"count\"");
}

static void
test_load_accepts (void)
{
  g_autofree gchar *path = temporary_file ();
  g_autoptr (IpcBenchResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, SAMPLE ("\"round\": 1, \"work\": \"start/1\", " NUMBERS), -1, NULL));
  result = ipc_bench_result_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->samples->len, ==, 1);
  remove_temporary (path);
}

/* Also without any sample, as a file is written at first. */
static void
test_empty (void)
{
  g_autoptr (IpcBenchResult) result = make_result ();
  g_autofree gchar *text = NULL, *page = NULL;

  g_ptr_array_set_size (result->samples, 0);
  text = ipc_bench_summary_text (result);
  page = ipc_bench_page (result);
  g_assert_null (strstr (text, "nan"));
  g_assert_null (strstr (page, "<svg"));
}

static void
test_page (void)
{
  g_autoptr (IpcBenchResult) result = make_result ();
  g_autofree gchar *page = ipc_bench_page (result);

  g_assert_nonnull (strstr (page, "abacus &lt;fast&gt;"));
  g_assert_null (strstr (page, "abacus <fast>"));
  g_assert_nonnull (strstr (page, "<title>mine, 64B: 10.0 ns (quartiles 10.0 ns ... 55.0 ns)</title>"));
  g_assert_nonnull (strstr (page, "<td>not reached</td>"));
  g_assert_nonnull (strstr (page, "slave1 was killed"));
  /* it needs nothing else */
  g_assert_null (strstr (page, "src="));
  g_assert_null (strstr (page, "href="));
  g_assert_null (strstr (page, "nan"));
}

static void
test_markdown (void)
{
  g_autoptr (IpcBenchResult) result = make_result ();
  g_autofree gchar *text = NULL;

  add_failure (result, "theirs", "buffers/4K", "two\nlines | of it");
  text = ipc_bench_summary_markdown (result);
  g_assert_nonnull (strstr (text, "| --- | --- | ---: |"));
  g_assert_nonnull (strstr (text, "two lines   of it"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/result/values", test_values);
  g_test_add_func ("/bench/result/ratios", test_ratios);
  g_test_add_func ("/bench/result/missing-ratios", test_missing_ratios);
  g_test_add_func ("/bench/result/save-and-load", test_save_and_load);
  g_test_add_func ("/bench/result/load-refuses", test_load_refuses);
  g_test_add_func ("/bench/result/load-accepts", test_load_accepts);
  g_test_add_func ("/bench/result/empty", test_empty);
  g_test_add_func ("/bench/result/page", test_page);
  g_test_add_func ("/bench/result/markdown", test_markdown);
  return g_test_run ();
}
