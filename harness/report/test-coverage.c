/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From stories to cells, and from cells to files and back.
 */
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <string.h>

#include "check/test-story.h"
#include "coverage-table.h"
#include "coverage.h"

/* {{{ stories */

/* What a story must reach, and must not; cells with a space between. */
typedef struct {
  const gchar *name, *reached, *not_reached, *story;
} Reach;

#define SEEK_DOWN(id) EVENT_PACKET ("slave", id, "seek", 7, "upstream", "x, a=1;")
#define QUERY_DOWN(id, query, more) TO_SLAVE ("QUERY", id, ",'query':'" query "','direction':'downstream'" more)
#define RESULT_UP(id, result) TO_MASTER ("QUERY_RESULT", id, ",'result':" result ",'query':'caps'")
#define CHANGE(id, from, to) TO_SLAVE ("STATE_CHANGE", id, ",'from':'" from "','to-state':'" to "'")
#define PATIENCE COMMAND ("m", 2, "pipeline", ",'description':'fakesrc ! ipcpipelinesink name=e ack-time=2000'")

#define FORGED(to, type, id, more) PACKET (to, type, id, ",'forged':'f'" more)
#define STRUCK(to, kind, type, effect)                                                                                 \
  "{'kind':'fault','link':'l','generation':1,'name':'f','event':'struck','do':'" kind "','to':'" to "','type':'" type  \
  "','effect':'" effect "'}\n"

static const Reach reaches[] = {
  { "a_buffer_that_is_taken",
      "wait/buffer/taken flow/ok/answered size/64/to-slave time/pts/to-slave time/no-dts/to-slave",
      "wait/buffer/refused size/0/to-slave time/no-pts/to-slave", BEGINS PASSES (1, 0, "a") ENDS },
  { "a_buffer_that_is_refused", "wait/buffer/refused flow/eos/answered", "wait/buffer/taken flow/ok/answered",
      BEGINS BUFFER (1, 0, "a") ACK_UP (1, -3) ENDS },
  { "a_flush_comes_before_the_answer", "wait/buffer/flushed flow/flushing/answered reply/ack-to-master/late",
      "wait/buffer/refused",
      BEGINS BUFFER (1, 0, "a") EVENT_DOWN (2, "flush-start", 1) ACK_UP (1, -2) ACK_UP (2, 1) ENDS },
  { "a_flush_behind_the_answer_means_nothing", "wait/buffer/taken event/flush-start/true", "wait/buffer/flushed",
      BEGINS BUFFER (1, 0, "a") ACK_UP (1, 0) EVENT_DOWN (2, "flush-start", 1) ACK_UP (2, 1) ENDS },
  { "a_stop_comes_before_the_answer", "wait/buffer/stopped state/paused-to-ready/success", "wait/buffer/refused",
      BEGINS BUFFER (1, 0, "a") CHANGE (2, "paused", "ready") ACK_UP (1, -2) ACK_UP (2, 1) ENDS },
  { "the_slave_dies_with_a_buffer", "wait/buffer/peer-gone end/by-itself/slave", "wait/buffer/disconnected",
      BEGINS BUFFER (1, 0, "a") EXITED ("s", ",'signal':9") CLOSED ("slave") TEARS_DOWN FINISHES ("m") DONE },
  { "the_master_gives_the_link_up", "wait/buffer/disconnected", "wait/buffer/peer-gone",
      BEGINS BUFFER (1, 0, "a") CLOSED ("master") ENDS },
  { "the_end_of_a_case_shows_nothing", "", "wait/buffer/peer-gone wait/buffer/disconnected",
      BEGINS BUFFER (1, 0, "a") ENDS },
  { "a_state_change_times_out", "wait/state-change/timed-out reply/ack-to-master/late state/null-to-ready/success",
      "wait/state-change/taken", BEGINS PATIENCE CHANGE (1, "null", "ready") LATER ACK_UP (1, 1) ENDS },
  { "ack_time_is_ten_seconds_by_default", "wait/state-change/taken", "wait/state-change/timed-out",
      BEGINS CHANGE (1, "null", "ready") ACK_UP (1, 1) ENDS },
  { "ack_time_can_be_set", "wait/state-change/timed-out", "wait/state-change/taken",
      BEGINS COMMAND ("m", 2, "set-property", ",'element':'e','property':'ack-time','value':0")
          CHANGE (1, "null", "ready") ACK_UP (1, 1) ENDS },
  { "events_of_an_application_have_ten_times_as_long", "wait/event-to-pipeline/timed-out reply/ack-to-master/late",
      "wait/event-to-pipeline/taken", BEGINS PATIENCE SEEK_DOWN (1) LATER ACK_UP (1, 1) ENDS },
  { "events_of_a_slave_have_limits_too", "wait/event-upstream/timed-out reply/ack-to-slave/late",
      "wait/event-upstream/taken",
      BEGINS COMMAND ("s", 2, "set-property", ",'element':'r','property':'ack-time','value':1000")
          EVENT_PACKET ("master", 1, "qos", 9, "upstream", "x;") LATER ACK_DOWN (1, 1) ENDS },
  { "nobody_waits_for_what_is_out_of_band", "", "wait/event-out-of-band/peer-gone",
      BEGINS EVENT_DOWN (1, "flush-start", 1) EXITED ("s", ",'signal':9") CLOSED ("slave") TEARS_DOWN FINISHES ("m")
          DONE },
  { "buffers_have_no_limit", "wait/buffer/taken", "wait/buffer/timed-out",
      BEGINS PATIENCE BUFFER (1, 0, "a") LATER ACK_UP (1, 0) ENDS },
  { "a_reply_that_nobody_asked_for", "reply/ack-to-slave/unsolicited", "reply/ack-to-slave/in-time",
      BEGINS ACK_DOWN (5, 1) ENDS },
  { "the_second_reply_is_one_too_many", "reply/ack-to-master/unsolicited reply/ack-to-master/in-time", "",
      BEGINS BUFFER (1, 0, "a") ACK_UP (1, 0) ACK_UP (1, 0) ENDS },
  { "three_ways_of_events",
      "event/tag/true event-to-pipeline/seek/false event-upstream/qos/true wait/event/taken "
      "wait/event-to-pipeline/refused wait/event-upstream/taken",
      "event/seek/false event/qos/true",
      BEGINS EVENT_DOWN (1, "tag", 1) ACK_UP (1, 1) SEEK_DOWN (2) ACK_UP (2, 0)
          EVENT_PACKET ("master", 1, "qos", 9, "upstream", "x;") ACK_DOWN (1, 1) ENDS },
  { "queries_with_their_answers", "query/caps/true query/drain/false wait/query/taken wait/query-serialized/refused",
      "",
      BEGINS QUERY_DOWN (1, "caps", "") RESULT_UP (1, "true") QUERY_DOWN (2, "drain", "") RESULT_UP (2, "false") ENDS },
  { "the_elements_own_queries_are_no_queries", "extension/greeting/true", "query/custom/true wait/query/taken",
      BEGINS QUERY_DOWN (1, "custom", ",'structure':'gst-ipc-greeting, version=1;'") RESULT_UP (1, "true") ENDS },
  { "packets_that_do_not_decode", "malformed/EVENT/to-slave", "event/tag/true wait/event/taken",
      BEGINS TO_SLAVE ("EVENT", 1, ",'error':'a field does not fit'") ENDS },
  { "messages_that_stay_are_strays", "message/eos/sent message/async-start/stray gerror/error/without-debug",
      "message/async-start/sent message/error/sent",
      BEGINS TO_MASTER ("MESSAGE", 1, ",'message':'eos'") TO_MASTER ("MESSAGE", 2, ",'message':'async-start'")
          TO_MASTER ("GERROR_MESSAGE", 3, ",'message':'error','debug':null") ENDS },
  { "objects_in_structures", "object/GstToc/to-slave object/GstStream/to-slave", "object/GstToc/to-master",
      BEGINS EVENT_PACKET ("slave", 1, "toc", 1, "downstream",
          "x, t=[gst-ipc-object, type=(string)GstToc, s=[gst-ipc-object, type=(string)GstStream]];") ACK_UP (1, 1)
          ENDS },
  { "faults_that_struck", "fault/split/to-slave fault/flip/to-master malformed/ACK/to-master", "fault/drop/to-slave",
      BEGINS STRUCK ("slave", "split", "BUFFER", "split") STRUCK ("master", "flip", "ACK",
          "spoiled") "{'kind':'fault','link':'l','name':'f','event':'installed','do':'drop'}\n" ENDS },
  { "a_relay_that_closes_is_a_peer_that_goes", "wait/buffer/peer-gone fault/close/to-slave", "wait/buffer/disconnected",
      BEGINS BUFFER (1, 0, "a") STRUCK ("slave", "close", "BUFFER", "closed") ENDS },
  { "what_a_fault_made_is_on_the_wire", "query/duration/true reply/query-result-to-master/in-time",
      "reply/query-result-to-master/unsolicited",
      BEGINS FORGED ("slave", "QUERY", 900, ",'query':'duration','direction':'downstream'") RESULT_UP (900, "true")
          ENDS },
  { "a_reply_that_a_fault_adds_is_unsolicited", "reply/ack-to-master/unsolicited reply/ack-to-master/in-time", "",
      BEGINS BUFFER (1, 0, "a") ACK_UP (1, 0) FORGED ("master", "ACK", 1, ",'result':0") ENDS },
  { "a_fault_answers_in_somebodys_stead", "reply/ack-to-master/in-time", "reply/ack-to-master/unsolicited",
      BEGINS TO_SLAVE ("EVENT", 1, ",'event':'tag','direction':'downstream','lost':'f'")
          FORGED ("master", "ACK", 1, ",'result':0") ENDS },
  { "what_the_world_was_like", "link/socketpair/relayed slaves/slaves-1/seen",
      "slaves/new-peer/seen link/pipes/relayed", BEGINS ENDS },
  { "a_slave_that_was_stopped", "end/stopped/slave", "end/stopped/master",
      BEGINS "{'kind':'step','action':'act signal-process','event':'done','text':'act signal-process process=s "
             "signal=stop'}\n" ENDS },
};

static gboolean
has_cell (gchar **cells, const gchar *cell)
{
  return g_strv_contains ((const gchar *const *)cells, cell);
}

/* The table has the cell: a story that names one that is not there shows nothing. */
static void
assert_is_listed (const gchar *cell)
{
  GPtrArray *groups = ipc_coverage_groups ();
  g_auto (GStrv) parts = g_strsplit (cell, "/", 3);

  for (guint i = 0; i < groups->len; i++) {
    const IpcCoverageGroup *group = g_ptr_array_index (groups, i);
    if (g_str_equal (group->name, parts[0])) {
      if (!g_ptr_array_find_with_equal_func (group->rows, parts[1], g_str_equal, NULL)
          || !g_strv_contains (group->columns, parts[2]))
        g_error ("the table has no cell %s", cell);
      return;
    }
  }
  g_error ("the table has no group for %s", cell);
}

static void
test_reach (gconstpointer data)
{
  const Reach *reach = data;
  g_autoptr (IpcHistory) history = ipc_test_history (reach->story);
  g_autoptr (IpcModel) model = ipc_model_new (history);
  g_auto (GStrv) cells = ipc_coverage_observe (model, TRUE);
  g_auto (GStrv) wanted = g_strsplit (reach->reached, " ", -1), unwanted = g_strsplit (reach->not_reached, " ", -1);

  for (guint i = 0; cells[i] != NULL; i++)
    g_test_message ("%s", cells[i]);
  for (guint i = 0; wanted[i] != NULL; i++) {
    assert_is_listed (wanted[i]);
    if (!has_cell (cells, wanted[i]))
      g_error ("%s was not reached", wanted[i]);
  }
  for (guint i = 0; unwanted[i] != NULL; i++)
    if (has_cell (cells, unwanted[i]))
      g_error ("%s was reached", unwanted[i]);
}

/* }}} */
/* {{{ the table */

static void
test_what_cannot_be_is_in_the_table (void)
{
  GPtrArray *groups = ipc_coverage_groups ();
  guint n_impossible = 0, n = 0;

  for (guint i = 0; i < groups->len; i++) {
    const IpcCoverageGroup *group = g_ptr_array_index (groups, i);
    g_assert_cmpuint (group->rows->len, >, 0);
    for (guint row = 0; row < group->rows->len; row++) {
      for (guint column = 0; group->columns[column] != NULL; column++, n++) {
        g_autofree gchar *cell = ipc_coverage_cell (group, group->rows->pdata[row], group->columns[column]);
        n_impossible += ipc_coverage_impossible (cell) != NULL;
      }
    }
  }
  g_assert_cmpuint (n_impossible, >, 0);
  g_assert_cmpuint (n_impossible, <, n / 4);
}

/* }}} */
/* {{{ files */

static IpcCoverage *
new_coverage (const gchar *case_name, const gchar *const *cells)
{
  g_autoptr (IpcRunReport) run = ipc_run_report_new ();
  IpcResult *result = ipc_result_new (case_name, 1);
  IpcCoverage *coverage = ipc_coverage_new ();

  run->master.name = g_strdup ("reference");
  run->slave.name = g_strdup ("reference");
  result->cells = g_strdupv ((gchar **)cells);
  g_strfreev (result->requirements);
  result->requirements = g_strsplit ("BUF-1", " ", -1);
  g_ptr_array_add (run->results, result);
  ipc_coverage_add_run (coverage, run);
  return coverage;
}

static gchar *
new_path (gchar **folder)
{
  *folder = g_dir_make_tmp ("ipc-test-XXXXXX", NULL);
  return g_build_filename (*folder, "coverage.json", NULL);
}

static void
drop (const gchar *folder, const gchar *path)
{
  g_unlink (path);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static const gchar *const some[] = { "flow/ok/answered", "state/null-to-ready/success", NULL };
static const gchar *const other[] = { "flow/eos/answered", "flow/ok/answered", NULL };

static void
test_files_are_merged (void)
{
  g_autoptr (IpcCoverage) first = new_coverage ("a/first", some), second = new_coverage ("a/second", other);
  g_autofree gchar *folder = NULL, *path = new_path (&folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) cases = NULL;
  guint n_missing, n_now;
  g_autoptr (GPtrArray) missing = ipc_coverage_missing (second), now = NULL;

  g_assert_true (ipc_coverage_save (first, path, &error));
  /* a folder stands for the file in it */
  g_assert_true (ipc_coverage_add_file (second, folder, &error));
  g_assert_no_error (error);
  cases = ipc_coverage_cases (second, "flow/ok/answered");
  g_assert_cmpuint (cases->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (cases, 0), ==, "a/first");
  g_assert_cmpuint (ipc_coverage_count (second, "flow").covered, ==, 2);
  g_assert_cmpuint (ipc_coverage_count (second, "flow").possible, ==, 9);
  now = ipc_coverage_missing (second);
  n_missing = missing->len;
  n_now = now->len;
  g_assert_cmpuint (n_now, ==, n_missing - 1);
  drop (folder, path);
}

static void
assert_refused (const gchar *text, const gchar *words)
{
  g_autoptr (IpcCoverage) coverage = ipc_coverage_new ();
  g_autofree gchar *folder = NULL, *path = new_path (&folder);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_false (ipc_coverage_add_file (coverage, path, &error));
  if (strstr (error->message, words) == NULL || strstr (error->message, path) == NULL)
    g_error ("\"%s\" and the path are not in \"%s\"", words, error->message);
  drop (folder, path);
}

static void
test_what_is_no_coverage_is_refused (void)
{
  assert_refused ("{", "coverage.json");
  assert_refused ("[]", "not a JSON object");
  assert_refused ("{\"format\":\"else\"}", "gst-ipc-harness-coverage");
  assert_refused ("{\"format\":\"gst-ipc-harness-coverage\",\"format-version\":2}", "\"format-version\": 1");
  assert_refused ("{\"format\":\"gst-ipc-harness-coverage\",\"format-version\":1}", "numbers of");
  assert_refused ("{\"format\":\"gst-ipc-harness-coverage\",\"format-version\":1,\"cases\":[\"a\"],"
                  "\"cells\":{\"flow/ok/answered\":[1]}}",
      "numbers of");
}

static void
test_a_lost_cell_is_named (void)
{
  g_autoptr (IpcCoverage) before = new_coverage ("a/first", some), after = new_coverage ("a/second", other);
  g_autofree gchar *folder = NULL, *path = new_path (&folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (IpcCoverageChange) same = NULL, change = NULL;

  g_assert_true (ipc_coverage_save_baseline (before, path, &error));
  same = ipc_coverage_compare (before, path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (same->lost->len, ==, 0);
  g_assert_cmpuint (same->n_fresh, ==, 0);
  g_hash_table_remove (after->requirements, "BUF-1");
  change = ipc_coverage_compare (after, path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (change->lost->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (change->lost, 0), ==, "state/null-to-ready/success");
  g_assert_cmpstr (g_ptr_array_index (change->lost, 1), ==, "requirement BUF-1");
  g_assert_cmpuint (change->n_fresh, ==, 1);
  drop (folder, path);
}

/* What depends on luck may be missing, and stays marked when the baseline is written anew. */
static void
test_luck_is_no_loss (void)
{
  g_autoptr (IpcCoverage) before = new_coverage ("a/first", some), after = new_coverage ("a/second", other);
  g_autofree gchar *folder = NULL, *path = new_path (&folder), *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (IpcCoverageChange) change = NULL;

  g_assert_true (g_file_set_contents (path,
      "{\"format\":\"gst-ipc-harness-coverage-baseline\",\"format-version\":1,"
      "\"sometimes\":{\"state/null-to-ready/success\":\"luck\"}}",
      -1, NULL));
  g_assert_true (ipc_coverage_save_baseline (before, path, &error));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"luck\""));
  change = ipc_coverage_compare (after, path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (change->lost->len, ==, 0);
  g_assert_cmpuint (change->n_sometimes, ==, 1);
  drop (folder, path);
}

/* }}} */
/* {{{ for people */

static void
test_what_is_missing_is_in_plain_sight (void)
{
  g_autoptr (IpcCoverage) coverage = new_coverage ("a/<first>", some);
  g_autofree gchar *folder = NULL, *path = new_path (&folder), *page = NULL, *text = ipc_coverage_text (coverage);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GError) error = NULL;

  g_assert_true (ipc_coverage_save_html (coverage, path, "lines/index.html", &error));
  g_assert_true (g_file_get_contents (path, &page, NULL, NULL));
  g_assert_nonnull (strstr (page, "a/&lt;first&gt;"));
  g_assert_null (strstr (page, "a/<first>"));
  g_assert_nonnull (strstr (page, "href=\"lines/index.html\""));
  g_assert_nonnull (strstr (page, "not-linked/answered, flushing/answered"));
  g_assert_nonnull (strstr (page, ipc_coverage_impossible ("wait/buffer/timed-out")));
  g_assert_nonnull (strstr (text, "not-negotiated/answered"));
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpuint (strlen (lines[i]), <=, 100);
  drop (folder, path);
}

/* }}} */

gint
main (gint argc, gchar **argv)
{
  gst_registry_fork_set_enabled (FALSE);
  g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
  gst_init (NULL, NULL);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (reaches); i++) {
    g_autofree gchar *path = g_strdup_printf ("/coverage/reach/%s", reaches[i].name);
    g_test_add_data_func (path, &reaches[i], test_reach);
  }
  g_test_add_func ("/coverage/what_cannot_be_is_in_the_table", test_what_cannot_be_is_in_the_table);
  g_test_add_func ("/coverage/files_are_merged", test_files_are_merged);
  g_test_add_func ("/coverage/what_is_no_coverage_is_refused", test_what_is_no_coverage_is_refused);
  g_test_add_func ("/coverage/a_lost_cell_is_named", test_a_lost_cell_is_named);
  g_test_add_func ("/coverage/luck_is_no_loss", test_luck_is_no_loss);
  g_test_add_func ("/coverage/what_is_missing_is_in_plain_sight", test_what_is_missing_is_in_plain_sight);
  return g_test_run ();
}
