/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs that are put together, and such that do not fit.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "check/check.h"
#include "merge.h"

/* @names: of cases, with a space between them; "!" in front: it fails. */
static IpcRunReport *
new_run (guint shard, guint n_shards, const gchar *names)
{
  IpcRunReport *run = ipc_run_report_new ();
  g_auto (GStrv) words = g_strsplit (names, " ", -1);

  run->master.name = g_strdup ("reference");
  run->slave.name = g_strdup ("gst-plugins-bad");
  run->slave.gstreamer = g_strdup ("1.22.0");
  run->shard = shard;
  run->n_shards = n_shards;
  run->n_selected = 6;
  run->selection = g_strdup ("sum");
  run->seconds = 2;
  for (guint i = 0; words[i] != NULL; i++) {
    IpcResult *result;
    if (*words[i] == '\0')
      continue;
    result = ipc_result_new (words[i] + (*words[i] == '!'), 1);
    if (*words[i] == '!')
      result->verdict = result->raw = IPC_VERDICT_FAIL;
    g_ptr_array_add (run->results, result);
  }
  run->n_planned = run->results->len;
  return run;
}

/* Takes the runs. */
static IpcRunReport *
merged (IpcRunReport **runs, guint n_runs, gboolean add_rounds, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_report_part_free);

  for (guint i = 0; i < n_runs; i++) {
    g_autofree gchar *name = g_strdup_printf ("part-%u", i + 1);
    g_ptr_array_add (parts, ipc_report_part_new (name, runs[i]));
  }
  return ipc_report_merge (parts, add_rounds, error);
}

static IpcRunReport *
merged_well (IpcRunReport *a, IpcRunReport *b, gboolean add_rounds)
{
  IpcRunReport *runs[] = { a, b };
  g_autoptr (GError) error = NULL;
  IpcRunReport *whole = merged (runs, 2, add_rounds, &error);

  g_assert_no_error (error);
  g_assert_nonnull (whole);
  return whole;
}

static void
expect_refused (IpcRunReport *a, IpcRunReport *b, const gchar *text)
{
  IpcRunReport *runs[] = { a, b };
  g_autoptr (GError) error = NULL;
  g_autoptr (IpcRunReport) whole = merged (runs, 2, FALSE, &error);

  g_assert_null (whole);
  g_assert_nonnull (error);
  if (strstr (error->message, text) == NULL)
    g_error ("no \"%s\" in \"%s\"", text, error->message);
}

static void
test_shards (void)
{
  g_autoptr (IpcRunReport) whole = merged_well (new_run (2, 2, "c d e"), new_run (1, 2, "a b f"), FALSE);

  g_assert_cmpuint (whole->results->len, ==, 6);
  g_assert_null (whole->incomplete);
  g_assert_cmpuint (whole->n_planned, ==, 6);
  g_assert_cmpint (ipc_run_report_verdict (whole), ==, IPC_VERDICT_PASS);
  g_assert_cmpuint (json_array_get_length (whole->parts), ==, 2);
}

static void
test_a_fail_stays (void)
{
  g_autoptr (IpcRunReport) whole = merged_well (new_run (1, 2, "a b !f"), new_run (2, 2, "c d e"), FALSE);
  g_assert_cmpint (ipc_run_report_verdict (whole), ==, IPC_VERDICT_FAIL);
}

static void
test_missing_shard (void)
{
  g_autoptr (IpcRunReport) whole = merged_well (new_run (1, 4, "a b"), new_run (3, 4, "c"), FALSE);

  g_assert_cmpstr (whole->incomplete, ==, "shards are missing: 2/4, 4/4");
  g_assert_cmpuint (whole->n_planned, ==, 6);
  g_assert_cmpint (ipc_run_report_verdict (whole), ==, IPC_VERDICT_HARNESS_ERROR);
}

/* A whole of which something was missing does not become complete by being merged. */
static void
test_missing_stays_missing (void)
{
  g_autoptr (IpcRunReport) half = new_run (1, 1, "a");
  g_autoptr (IpcRunReport) whole = NULL;

  half->incomplete = g_strdup ("a shard is missing: 2/2");
  whole = merged_well (g_steal_pointer (&half), new_run (1, 1, "b"), FALSE);
  g_assert_cmpstr (whole->incomplete, ==, "part-1: a shard is missing: 2/2");
}

static void
test_interrupted (void)
{
  IpcRunReport *half = new_run (1, 2, "a");
  g_autoptr (IpcRunReport) whole = NULL;

  half->interrupted = TRUE;
  half->n_planned = 3;
  whole = merged_well (half, new_run (2, 2, "b c d"), FALSE);
  g_assert_true (whole->interrupted);
  g_assert_cmpuint (whole->n_planned, ==, 6);
}

static void
test_runs_of_different_cases (void)
{
  g_autoptr (IpcRunReport) whole = NULL;
  IpcRunReport *other = new_run (1, 1, "b");

  g_free (other->selection);
  other->selection = g_strdup ("another");
  whole = merged_well (new_run (1, 1, "a"), other, FALSE);
  g_assert_cmpuint (whole->results->len, ==, 2);
  g_assert_cmpint (ipc_run_report_verdict (whole), ==, IPC_VERDICT_PASS);
}

static void
test_rounds (void)
{
  g_autoptr (IpcRunReport) whole = NULL;
  IpcRunReport *third = new_run (1, 1, "a");
  const IpcResult *last;

  ((IpcResult *)g_ptr_array_index (third->results, 0))->round = 2;
  whole = merged_well (new_run (1, 1, "a"), new_run (1, 1, "a b"), TRUE);
  whole = merged_well (g_steal_pointer (&whole), third, TRUE);
  g_assert_cmpuint (whole->results->len, ==, 4);
  last = g_ptr_array_index (whole->results, 3);
  g_assert_cmpstr (last->name, ==, "a");
  g_assert_cmpuint (last->round, ==, 3);
}

static void
test_refused (void)
{
  IpcRunReport *other = new_run (2, 2, "b");

  expect_refused (new_run (1, 1, "a b"), new_run (1, 1, "c b"), "both part-1 and part-2 have the case b");
  expect_refused (new_run (1, 2, "a"), new_run (1, 2, "b"), "both part-1 and part-2 are shard 1/2");
  expect_refused (new_run (1, 2, "a"), new_run (2, 3, "b"), "part-1 is shard 1/2, part-2 is shard 2/3");
  expect_refused (new_run (1, 2, "a"), new_run (1, 1, "b"), "part-2 is shard 1/1");
  expect_refused (new_run (1, 2, "a"), new_run (3, 2, "b"), "part-2: there is no shard 3/2");
  expect_refused (new_run (1, 2, "a"), new_run (0, 0, "b"), "part-2: there is no shard 0/0");
  g_free (other->selection);
  other->selection = NULL;
  expect_refused (new_run (1, 2, "a"), other, "shards of different selections");
}

static void
test_implementations (void)
{
  IpcRunReport *other = new_run (2, 2, "b");

  g_free (other->slave.gstreamer);
  other->slave.gstreamer = g_strdup ("1.26.2");
  expect_refused (new_run (1, 2, "a"), other, "the slaves are of different implementations: gst-plugins-bad ");
  other = new_run (2, 2, "b");
  g_free (other->master.plugin_version);
  other->master.plugin_version = g_strdup ("2");
  expect_refused (new_run (1, 2, "a"), other, "the masters are of different implementations");
}

/* Everything that is written comes back. */
static void
test_round_trip (void)
{
  g_autoptr (IpcRunReport) run = new_run (2, 3, "a !b"), again = NULL;
  g_autofree gchar *folder = g_dir_make_tmp ("ipc-test-XXXXXX", NULL);
  g_autofree gchar *one = g_build_filename (folder, "one", NULL), *two = g_build_filename (folder, "two", NULL);
  g_autofree gchar *text_one = NULL, *text_two = NULL;
  g_autoptr (GError) error = NULL;
  IpcResult *result = g_ptr_array_index (run->results, 1);
  IpcFinding *finding = g_new0 (IpcFinding, 1);

  finding->rule = "framing";
  finding->requirement = "FRAME-1";
  finding->text = g_strdup ("text");
  finding->record = 7;
  g_ptr_array_add (result->findings, finding);
  ipc_result_add_measurement (result, "skew", -5, "ns");
  result->shows = g_strdup ("shows");
  result->folder = g_strdup ("/folder");
  result->expected = g_strdup ("this");
  result->seen = g_strdup ("that");
  result->known_why = g_strdup ("why");
  g_strfreev (result->requirements);
  result->requirements = g_strsplit ("BUF-1 SEEK-1", " ", -1);
  result->seconds = 1.5;
  run->incomplete = g_strdup ("something");
  run->shuffled = TRUE;
  run->seed = G_MAXUINT32;
  g_ptr_array_add (run->warnings, g_strdup ("warning"));
  g_assert_true (ipc_run_report_save_json (run, one, &error));
  again = ipc_run_report_load_json (one, &error);
  g_assert_no_error (error);
  g_assert_true (ipc_run_report_save_json (again, two, &error));
  g_assert_true (g_file_get_contents (one, &text_one, NULL, NULL) && g_file_get_contents (two, &text_two, NULL, NULL));
  g_assert_cmpstr (text_one, ==, text_two);
  g_unlink (one);
  g_unlink (two);
  g_rmdir (folder);
}

static void
test_not_a_result (void)
{
  static const gchar *const texts[] = { "", "[]", "{", "{}", "{\"format\":\"x\",\"format-version\":1,\"cases\":[]}",
    "{\"format\":\"gst-ipc-harness-result\",\"format-version\":2,\"cases\":[]}",
    "{\"format\":\"gst-ipc-harness-result\",\"format-version\":1,\"cases\":{}}",
    "{\"format\":\"gst-ipc-harness-result\",\"format-version\":1,\"cases\":[1]}",
    "{\"format\":\"gst-ipc-harness-result\",\"format-version\":1,\"cases\":[{\"case\":\"a\"}]}",
    ("{\"format\":\"gst-ipc-harness-result\",\"format-version\":1,"
     "\"cases\":[{\"case\":\"a\",\"verdict\":\"good\",\"verdict-before-known-failures\":\"pass\"}]}") };
  g_autofree gchar *folder = g_dir_make_tmp ("ipc-test-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "result.json", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
    g_assert_null (ipc_run_report_load_json (path, &error));
    g_assert_nonnull (strstr (error->message, path));
  }
  g_unlink (path);
  g_rmdir (folder);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/merge/shards-become-a-whole", test_shards);
  g_test_add_func ("/merge/a-fail-stays-one", test_a_fail_stays);
  g_test_add_func ("/merge/a-missing-shard-is-named-and-no-pass", test_missing_shard);
  g_test_add_func ("/merge/what-was-missing-stays-so", test_missing_stays_missing);
  g_test_add_func ("/merge/an-interrupted-part-interrupts-the-whole", test_interrupted);
  g_test_add_func ("/merge/runs-of-different-cases-become-a-whole", test_runs_of_different_cases);
  g_test_add_func ("/merge/rounds-are-numbered-on", test_rounds);
  g_test_add_func ("/merge/what-does-not-fit-is-refused", test_refused);
  g_test_add_func ("/merge/different-implementations-are-refused", test_implementations);
  g_test_add_func ("/result-json/what-is-written-comes-back", test_round_trip);
  g_test_add_func ("/result-json/anything-else-is-refused", test_not_a_result);
  return g_test_run ();
}
