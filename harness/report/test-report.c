/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reports of results with everything nasty in them: control characters, markup, broken UTF-8.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "check/check.h"
#include "history/history.h"
#include "known-failures.h"
#include "report.h"
#include "text.h"

#define NASTY "a\001b <c> & \"d\" \xff #e\033[31m"

static IpcResult *
new_result (const gchar *name, IpcVerdict verdict)
{
  IpcResult *result = ipc_result_new (name, 1);
  IpcFinding *finding = g_new0 (IpcFinding, 1);

  result->verdict = result->raw = verdict;
  g_free (result->reason);
  result->reason = g_strdup (NASTY);
  result->command = g_strdup (NASTY);
  finding->rule = "framing";
  finding->text = g_strdup (NASTY);
  finding->record = G_MAXUINT;
  g_ptr_array_add (result->findings, finding);
  ipc_result_add_measurement (result, "skew " NASTY, -1500000, "ns");
  return result;
}

/* One result of each verdict. */
static IpcRunReport *
new_run (void)
{
  IpcRunReport *run = ipc_run_report_new ();

  run->master.name = g_strdup ("reference");
  run->slave.name = g_strdup (NASTY);
  for (guint verdict = 0; verdict < IPC_N_VERDICTS; verdict++)
    g_ptr_array_add (run->results, new_result ("folder/" NASTY, verdict));
  return run;
}

static gchar *
saved (gboolean (*save) (const IpcRunReport *run, const gchar *path, GError **error))
{
  g_autoptr (IpcRunReport) run = new_run ();
  g_autofree gchar *folder = g_dir_make_tmp ("ipc-test-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "report", NULL);
  g_autoptr (GError) error = NULL;
  gchar *text = NULL;

  g_assert_true (save (run, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_unlink (path);
  g_rmdir (folder);
  return text;
}

static guint
count (const gchar *text, const gchar *word)
{
  guint n = 0;

  for (const gchar *p = text; (p = strstr (p, word)) != NULL; p += strlen (word))
    n++;
  return n;
}

static void
test_junit (void)
{
  g_autofree gchar *xml = saved (ipc_junit_save);
  GMarkupParser nothing = { 0 };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&nothing, 0, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_markup_parse_context_parse (context, xml, -1, &error));
  g_assert_true (g_markup_parse_context_end_parse (context, &error));
  g_assert_no_error (error);
  /* XML 1.0 has no way to say them, not escaped either. */
  for (const gchar *p = xml; *p != '\0'; p++)
    g_assert_true ((guchar)*p >= 0x20 || *p == '\n');
  g_assert_null (strstr (xml, "&#x1"));
  g_assert_cmpuint (count (xml, "<testcase "), ==, IPC_N_VERDICTS);
  /* xfail, skip and unsupported; fail, timeout and xpass; crash and harness-error: only a pass looks like one. */
  g_assert_cmpuint (count (xml, "<skipped "), ==, 3);
  g_assert_cmpuint (count (xml, "<failure "), ==, 3);
  g_assert_cmpuint (count (xml, "<error "), ==, 2);
  g_assert_cmpuint (count (xml, "value=\"-1500000\"/>"), ==, IPC_N_VERDICTS);
  /* What failed has its text, also when it was known to fail; what passed has nothing to say. */
  g_assert_cmpuint (count (xml, "<system-out>"), ==, IPC_N_VERDICTS - 1);
  g_assert_nonnull (strstr (xml, "failures=\"3\" errors=\"2\" skipped=\"3\""));
}

/* By another program, and by what others expect of the format. */
static void
test_junit_schema (void)
{
  g_autoptr (IpcRunReport) run = new_run ();
  g_autofree gchar *folder = g_dir_make_tmp ("ipc-test-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "junit.xml", NULL), *complaints = NULL;
  const gchar *argv[] = { "xmllint", "--noout", "--schema", g_getenv ("IPC_TEST_JUNIT_XSD"), path, NULL };
  g_autofree gchar *xmllint = g_find_program_in_path ("xmllint");
  gint status = 0;

  if (xmllint == NULL || argv[3] == NULL) {
    g_test_skip ("xmllint (libxml2-utils) is not installed, or IPC_TEST_JUNIT_XSD not set");
  } else {
    run->interrupted = TRUE;
    g_assert_true (ipc_junit_save (run, path, NULL));
    g_assert_true (
        g_spawn_sync (NULL, (gchar **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &complaints, &status, NULL));
    if (status != 0)
      g_error ("%s", complaints);
  }
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_json (void)
{
  g_autofree gchar *text = saved (ipc_run_report_save_json);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = json_from_string (text, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (ipc_record_string (json_node_get_object (root), "verdict"), ==, "harness-error");
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (json_node_get_object (root), "cases")), ==, IPC_N_VERDICTS);
  g_assert_cmpuint (count (text, "\"value\" : -1500000"), ==, IPC_N_VERDICTS);
}

static void
test_measurements (void)
{
  static const struct {
    gint64 value;
    const gchar *unit, *text;
  } cases[] = { { -1500000, "ns", "-1.500 ms" }, { 57, "frames", "57 frames" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (IpcResult) result = ipc_result_new ("a", 1);
    g_autofree gchar *text = NULL;
    ipc_result_add_measurement (result, "b", cases[i].value, cases[i].unit);
    text = ipc_measurement_text (g_ptr_array_index (result->measurements, 0));
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
test_verdict_of_a_run (void)
{
  static const struct {
    IpcVerdict verdict, of_run;
  } cases[] = {
    { IPC_VERDICT_PASS, IPC_VERDICT_PASS },
    { IPC_VERDICT_XFAIL, IPC_VERDICT_PASS },
    { IPC_VERDICT_SKIP, IPC_VERDICT_PASS },
    { IPC_VERDICT_XPASS, IPC_VERDICT_FAIL },
    { IPC_VERDICT_FAIL, IPC_VERDICT_FAIL },
    { IPC_VERDICT_CRASH, IPC_VERDICT_FAIL },
    { IPC_VERDICT_TIMEOUT, IPC_VERDICT_FAIL },
    { IPC_VERDICT_HARNESS_ERROR, IPC_VERDICT_HARNESS_ERROR },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (IpcRunReport) run = ipc_run_report_new ();
    g_assert_cmpint (ipc_run_report_verdict (run), ==, IPC_VERDICT_HARNESS_ERROR); /* nothing was run */
    g_ptr_array_add (run->results, new_result ("good", IPC_VERDICT_PASS));
    g_ptr_array_add (run->results, new_result ("other", cases[i].verdict));
    g_assert_cmpint (ipc_run_report_verdict (run), ==, cases[i].of_run);
  }
}

/* Nothing that a process wrote moves the reader's cursor, and lines fit where they can be broken. */
static void
test_text (void)
{
  g_autoptr (IpcResult) result = new_result ("case", IPC_VERDICT_FAIL);
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_free (result->reason);
  result->reason = g_strdup (NASTY " " NASTY " " NASTY " " NASTY " " NASTY " " NASTY " " NASTY " " NASTY);
  text = ipc_failure_text (result, FALSE, NULL, NULL);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_null (strchr (text, '\033'));
  g_assert_null (strchr (text, '\001'));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpint (g_utf8_strlen (lines[i], -1), <=, IPC_TEXT_WIDTH);
}

/* The numbers of a message differ from run to run: the entry to paste must match the next one too. */
static void
test_entry_matches_other_numbers (void)
{
  g_autoptr (IpcResult) result = ipc_result_new ("a/b", 1);
  g_autofree gchar *entry = NULL;
  g_autoptr (JsonNode) node = NULL;
  const gchar *pattern;

  g_free (result->reason);
  result->reason = g_strdup ("BUFFER 12 (pts 40): 1.5 s [x+y]");
  result->raw = IPC_VERDICT_FAIL;
  entry = ipc_known_failures_entry (result, "1.22.0");
  node = json_from_string (entry, NULL);
  g_assert_nonnull (node);
  pattern = ipc_record_string (json_node_get_object (node), "message");
  g_assert_true (g_regex_match_simple (pattern, "BUFFER 13 (pts 80): 22.75 s [x+y]", 0, 0));
  g_assert_false (g_regex_match_simple (pattern, "EVENT 13 (pts 80): 22.75 s [x+y]", 0, 0));
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/junit-is-well-formed-and-no-skip-passes", test_junit);
  g_test_add_func ("/report/junit-is-what-its-schema-says", test_junit_schema);
  g_test_add_func ("/report/json-parses-and-has-every-case", test_json);
  g_test_add_func ("/report/measurements-are-readable", test_measurements);
  g_test_add_func ("/report/the-worst-case-is-the-verdict", test_verdict_of_a_run);
  g_test_add_func ("/report/text-is-harmless-and-fits", test_text);
  g_test_add_func ("/report/the-entry-to-paste-matches-other-numbers", test_entry_matches_other_numbers);
  return g_test_run ();
}
