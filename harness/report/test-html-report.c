/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reports of runs that left everything: thousands of packets, markup for names, nothing at all.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "check/check.h"
#include "history/history.h"
#include "html-case.h"
#include "html-report.h"
#include "html-texts.h"
#include "html-timeline.h"

#define NASTY "</script><b>&\"|*"

static JsonObject *
record (const gchar *kind, gint64 t)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "t", t);
  json_object_set_string_member (object, "kind", kind);
  return object;
}

static void
add_process (IpcHistory *history, const gchar *name, const gchar *role)
{
  JsonObject *object = record ("process", 1000);

  json_object_set_string_member (object, "process", name);
  json_object_set_string_member (object, "role", role);
  json_object_set_string_member (object, "event", "spawned");
  ipc_history_add (history, object);
}

static void
add_packet (IpcHistory *history, gint64 t, const gchar *to, const gchar *type, gint64 id)
{
  JsonObject *object = record ("packet", t);

  json_object_set_string_member (object, "link", "video");
  json_object_set_int_member (object, "generation", 1);
  json_object_set_string_member (object, "to", to);
  json_object_set_string_member (object, "type", type);
  json_object_set_int_member (object, "id", id);
  if (g_str_equal (type, "ACK"))
    json_object_set_int_member (object, "result", 0);
  ipc_history_add (history, object);
}

/* Buffers that are answered, but for the last one, in the microseconds from 1000 on. */
static IpcHistory *
new_history (const gchar *path, guint n_buffers)
{
  IpcHistory *history = ipc_history_new (path, NULL);
  JsonObject *link = record ("link", 2000);

  add_process (history, "master", "master");
  add_process (history, "viewer", "slave");
  json_object_set_string_member (link, "link", "video");
  json_object_set_string_member (link, "event", "connected");
  json_object_set_string_member (link, "master", "master.video");
  json_object_set_string_member (link, "slave", "viewer.src");
  json_object_set_int_member (link, "generation", 1);
  json_object_set_boolean_member (link, "relayed", TRUE);
  ipc_history_add (history, link);
  for (guint i = 0; i < n_buffers; i++) {
    add_packet (history, 1001000 + i * 2000, "slave", "BUFFER", i + 1);
    if (i + 1 < n_buffers)
      add_packet (history, 1002000 + i * 2000, "master", "ACK", i + 1);
  }
  return history;
}

static JsonArray *
column (JsonObject *timeline, const gchar *name)
{
  return json_object_get_array_member (json_object_get_object_member (timeline, "packets"), name);
}

static void
test_packets (void)
{
  g_autoptr (IpcHistory) history = new_history (NULL, 2);
  g_autoptr (GArray) records = g_array_new (FALSE, FALSE, sizeof (guint));
  guint last = ipc_history_length (history) - 1, nowhere = G_MAXUINT;
  g_autoptr (JsonObject) timeline = NULL;
  JsonArray *places;

  g_array_append_val (records, last);
  g_array_append_val (records, nowhere);
  timeline = ipc_html_timeline (history, 100, records);
  g_assert_cmpuint (json_array_get_length (column (timeline, "time")), ==, 3);
  g_assert_cmpint (json_array_get_int_element (column (timeline, "time"), 0), ==, 1000);
  g_assert_cmpint (json_array_get_int_element (column (timeline, "time"), 1), ==, 1);
  /* The answer is the next packet; the last buffer has none. */
  g_assert_cmpint (json_array_get_int_element (column (timeline, "reply"), 0), ==, 1);
  g_assert_cmpint (json_array_get_int_element (column (timeline, "reply"), 2), ==, 0);
  g_assert_cmpint (json_array_get_int_element (column (timeline, "outcome"), 0), ==, 1);
  g_assert_cmpint (json_array_get_int_element (column (timeline, "outcome"), 2), ==, 3);
  places = json_object_get_array_member (timeline, "places");
  g_assert_cmpint (json_array_get_int_element (json_array_get_array_element (places, 0), 0), ==, 1002);
  g_assert_cmpint (json_array_get_int_element (json_array_get_array_element (places, 0), 2), ==, 0);
  g_assert_cmpint (json_array_get_int_element (json_array_get_array_element (places, 1), 0), ==, -1);
  g_assert_false (json_object_has_member (timeline, "left"));
}

/* Answers that nobody asked for, of either kind. */
static void
test_stray_answers (void)
{
  g_autoptr (IpcHistory) history = new_history (NULL, 2);
  g_autoptr (JsonObject) timeline = NULL;
  guint n;

  add_packet (history, 1010000, "master", "ACK", 77);
  add_packet (history, 1011000, "slave", "QUERY_RESULT", 78);
  timeline = ipc_html_timeline (history, 100, NULL);
  n = json_array_get_length (column (timeline, "outcome"));
  g_assert_cmpuint (n, ==, 5);
  for (guint i = n - 2; i < n; i++)
    g_assert_cmpint (json_array_get_int_element (column (timeline, "outcome"), i), ==, IPC_HTML_OUTCOME_STRAY);
}

/* At the limit everything is there; beyond it the middle is missing, and is said to be. */
static void
test_bounded (void)
{
  g_autoptr (IpcHistory) history = new_history (NULL, 501);
  g_autoptr (JsonObject) whole = ipc_html_timeline (history, 1001, NULL), cut = ipc_html_timeline (history, 1000, NULL),
                         small = ipc_html_timeline (history, 200, NULL);
  JsonArray *left;

  g_assert_cmpuint (json_array_get_length (column (whole, "time")), ==, 1001);
  g_assert_false (json_object_has_member (whole, "left"));
  g_assert_cmpuint (json_array_get_length (column (cut, "time")), ==, 1000);
  g_assert_cmpint (json_array_get_int_element (json_object_get_array_member (cut, "left"), 0), ==, 1);
  left = json_object_get_array_member (small, "left");
  g_assert_cmpuint (json_array_get_length (column (small, "time")), ==, 200);
  g_assert_cmpint (json_array_get_int_element (left, 0), ==, 801);
  g_assert_cmpint (json_array_get_int_element (left, 1), ==, 1000 + 100);
  g_assert_cmpint (json_array_get_int_element (left, 2), ==, 1000 + 900);
}

/* Records of nothing, for nobody, from nowhere. */
static void
test_odd_records (void)
{
  static const gchar *const odd[] = { "{}", "{\"kind\": 1}", "{\"kind\": \"packet\"}",
    "{\"kind\": \"packet\", \"link\": \"x\", \"type\": \"NONE\"}",
    "{\"kind\": \"message\", \"type\": \"state-changed\"}", "{\"kind\": \"message\", \"type\": \"error\"}",
    "{\"kind\": \"message\", \"type\": \"state-changed\", \"source-path\": \"/a\", \"new\": \"playing\"}",
    "{\"kind\": \"step\"}", "{\"kind\": \"step\", \"event\": \"started\"}", "{\"kind\": \"reply\"}",
    "{\"kind\": \"command\"}", "{\"kind\": \"render\"}", "{\"kind\": \"link\", \"event\": \"broken\"}",
    "{\"kind\": \"process\", \"event\": \"exited\", \"signal\": 99999}", "{\"kind\": \"fault\"}", "{\"kind\": \"log\"}",
    "{\"kind\": \"leak\"}", "{\"kind\": \"mark\"}", "{\"kind\": \"end\"}" };
  g_autoptr (IpcHistory) history = new_history (NULL, 1);

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++) {
    g_autoptr (JsonNode) node = json_from_string (odd[i], NULL);
    ipc_history_add (history, json_object_ref (json_node_get_object (node)));
  }
  json_object_unref (ipc_html_timeline (history, 100, NULL));
}

/* --- files --- */

static gchar *
new_folder (void)
{
  gchar *folder = g_dir_make_tmp ("ipc-test-XXXXXX", NULL);
  g_assert_nonnull (folder);
  return folder;
}

static void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *entry = g_build_filename (path, name, NULL);
    remove_tree (entry);
  }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static gchar *
write_file (const gchar *folder, const gchar *name, const gchar *text)
{
  gchar *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

/* A run with one case that failed; its folder is said to be elsewhere. Returns its result.json. */
static gchar *
write_run (const gchar *folder)
{
  g_autofree gchar *path = g_build_filename (folder, "cases", "a", "case[x=1]", NULL);
  g_autofree gchar *file = g_build_filename (path, "history.ndjson", NULL), *log = NULL;
  g_autoptr (IpcHistory) history = NULL;

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  history = new_history (file, 3);
  log = write_file (path, "viewer.log", "the end of the log " NASTY "\n");
  return write_file (folder, "result.json",
      "{\"format\": \"gst-ipc-harness-result\", \"verdict\": \"fail\","
      " \"master\": {\"implementation\": \"one\", \"plugin-version\": \"1\", \"gstreamer\": \"1.22.0\"},"
      " \"slave\": {\"implementation\": \"one\", \"plugin-version\": \"1\"}, \"cases\": [ 1, {},"
      "  {\"case\": \"a/case[x=1]\", \"round\": 1, \"verdict\": \"fail\", \"reason\": \"</script><b>&|*\","
      "   \"requirements\": [\"ACK-1\", \"NONE-1\"], \"folder\": \"/nowhere/a\","
      "   \"findings\": [ {\"rule\": \"framing\", \"text\": \"t\", \"record\": 3}, 7 ]} ]}");
}

static gchar *
save (const gchar *const *files, const gchar *path)
{
  g_autoptr (GError) error = NULL;
  gchar *text = NULL;

  g_assert_true (ipc_html_report_save (files, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
test_page (void)
{
  g_autofree gchar *folder = new_folder (), *result = write_run (folder);
  g_autofree gchar *path = g_build_filename (folder, "index.html", NULL);
  const gchar *const files[] = { result, NULL };
  g_autofree gchar *once = save (files, path), *again = save (files, path);

  g_assert_cmpstr (once, ==, again);
  g_assert_true (g_utf8_validate (once, -1, NULL));
  g_assert_nonnull (strstr (once, "<title>Conformance of one</title>"));
  g_assert_nonnull (strstr (once, "\\u003c/script>\\u003cb>&|*"));
  g_assert_null (strstr (once, NASTY));
  g_assert_nonnull (strstr (once, "id=\"block-1\""));
  g_assert_null (strstr (once, "id=\"block-2\""));
  remove_tree (folder);
}

/* A page of a run that was just played, as the text of the file. */
static gchar *
save_run (const IpcRunReport *run, const gchar *file, const gchar *path)
{
  g_autoptr (GError) error = NULL;
  gchar *text = NULL;

  g_assert_true (ipc_html_report_save_run (run, file, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* What write_run() says, as the run has it, with its picture. */
static IpcRunReport *
drawn_run (const gchar *folder, guint max_packets)
{
  g_autofree gchar *path = g_build_filename (folder, "cases", "a", "case[x=1]", "history.ndjson", NULL);
  g_autoptr (IpcHistory) history = ipc_history_load (path, NULL);
  IpcRunReport *run = ipc_run_report_new ();
  IpcResult *result = ipc_result_new ("a/case[x=1]", 1);
  IpcFinding *finding = g_new0 (IpcFinding, 1);

  finding->rule = "framing";
  finding->text = g_strdup ("t");
  finding->record = 3;
  g_ptr_array_add (result->findings, finding);
  ipc_html_case_draw (result, history, max_packets);
  g_ptr_array_add (run->results, result);
  return run;
}

static void
test_drawn_before (void)
{
  g_autofree gchar *folder = new_folder (), *file = write_run (folder);
  g_autofree gchar *path = g_build_filename (folder, "index.html", NULL);
  g_autofree gchar *history = g_build_filename (folder, "cases", "a", "case[x=1]", "history.ndjson", NULL);
  const gchar *const files[] = { file, NULL };
  g_autoptr (IpcRunReport) run = drawn_run (folder, ipc_html_report_packets (2, TRUE)), other = drawn_run (folder, 1);
  g_autofree gchar *read = save (files, path), *drawn = save_run (run, file, path),
                   *redrawn = save_run (other, file, path);
  g_autofree gchar *without = NULL, *unread = NULL;

  g_assert_true (g_str_equal (drawn, read));
  g_assert_true (g_str_equal (redrawn, read));
  /* and it was not read for it, but where the picture has another size */
  g_assert_true (g_file_set_contents (history, "", 0, NULL));
  unread = save_run (run, file, path);
  without = save_run (other, file, path);
  g_assert_true (g_str_equal (unread, read));
  g_assert_false (g_str_equal (without, read));
  remove_tree (folder);
}

static void
test_wrong_files (void)
{
  static const gchar *const wrong[] = { "", "{", "[]", "{\"format\": \"other\", \"cases\": []}",
    "{\"format\": \"gst-ipc-harness-result\"}", "{\"format\": \"gst-ipc-harness-result\", \"cases\": 1}" };
  g_autofree gchar *folder = new_folder ();
  g_autofree gchar *path = g_build_filename (folder, "index.html", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree gchar *file = write_file (folder, "result.json", wrong[i]);
    const gchar *const files[] = { file, NULL };
    g_autoptr (GError) error = NULL, markdown_error = NULL;
    g_assert_false (ipc_html_report_save (files, path, &error));
    g_assert_nonnull (strstr (error->message, "result.json"));
    g_assert_null (ipc_markdown_matrix (files, &markdown_error));
    g_assert_nonnull (markdown_error);
  }
  remove_tree (folder);
}

static void
test_markdown (void)
{
  g_autofree gchar *folder = new_folder (), *result = write_run (folder);
  g_autofree gchar *other = write_file (folder, "other.json",
      "{\"format\": \"gst-ipc-harness-result\", \"master\": {\"implementation\": \"one\", \"plugin-version\": \"1\"},"
      " \"slave\": {\"implementation\": \"two\", \"plugin-version\": \"2\"}, \"cases\": ["
      "  {\"case\": \"b\", \"round\": 1, \"verdict\": \"pass\"}, {\"case\": \"b\", \"round\": 2, \"verdict\": "
      "\"crash\"},"
      "  {\"case\": \"b\", \"round\": 3, \"verdict\": \"pass\"} ]}");
  const gchar *const files[] = { result, other, NULL };
  g_autofree gchar *text = ipc_markdown_matrix (files, NULL);

  g_assert_nonnull (strstr (text, "| case | one 1 | one 1 to two 2 |\n"));
  g_assert_nonnull (strstr (text, "| a/case\\[x=1\\] | **fail** | \342\200\223 |\n"));
  /* The worst of the rounds. */
  g_assert_nonnull (strstr (text, "| b | \342\200\223 | **crash** |\n"));
  g_assert_nonnull (strstr (text, "- 1 **fail**: \\</script\\>\\<b\\>&\\|\\*\n  \342\200\224 a/case\\[x=1\\]\n"));
  g_assert_nonnull (strstr (text, "| subject | cases | one 1 | one 1 to two 2 |\n| --- | --- | --- | --- |\n| a | "));
  remove_tree (folder);
}

static void
test_markdown_of_two_systems (void)
{
  static const gchar *const systems[][2] = { { "1.22.0", "1.22.0" }, { "1.22.0", "1.26.2" } };
  g_autofree gchar *folder = new_folder (), *text = NULL;
  g_auto (GStrv) files = g_new0 (gchar *, G_N_ELEMENTS (systems) + 1);

  for (guint i = 0; i < G_N_ELEMENTS (systems); i++) {
    g_autofree gchar *name = g_strdup_printf ("%u.json", i);
    g_autofree gchar *run = g_strdup_printf (
        "{\"format\": \"gst-ipc-harness-result\", \"master\": {\"implementation\": \"one\","
        " \"plugin-version\": \"1\", \"gstreamer\": \"%s\"}, \"slave\": {\"implementation\": \"one\","
        " \"plugin-version\": \"1\", \"gstreamer\": \"%s\"}, \"cases\": ["
        " {\"case\": \"b\", \"round\": 1, \"verdict\": \"pass\"} ]}",
        systems[i][0], systems[i][1]);
    files[i] = write_file (folder, name, run);
  }
  text = ipc_markdown_matrix ((const gchar *const *)files, NULL);
  g_assert_nonnull (strstr (text, "| one 1, GStreamer 1.22.0 | 1.22.0 | 1 |\n"));
  g_assert_nonnull (strstr (text, "| one 1, GStreamer 1.22.0 to 1.26.2 | 1.22.0 to 1.26.2 | 1 |\n"));
  remove_tree (folder);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/html-report/packets-and-their-answers", test_packets);
  g_test_add_func ("/html-report/answers-that-nobody-asked-for", test_stray_answers);
  g_test_add_func ("/html-report/many-packets-are-bounded-and-it-says-so", test_bounded);
  g_test_add_func ("/html-report/odd-records-do-no-harm", test_odd_records);
  g_test_add_func ("/html-report/hostile-text-stays-text-and-pages-repeat", test_page);
  g_test_add_func ("/html-report/what-was-drawn-is-not-drawn-again", test_drawn_before);
  g_test_add_func ("/html-report/wrong-files-are-refused", test_wrong_files);
  g_test_add_func ("/html-report/markdown-tells-the-worst-of-all-rounds", test_markdown);
  g_test_add_func ("/html-report/markdown-tells-systems-apart", test_markdown_of_two_systems);
  return g_test_run ();
}
