/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on processes, each with a history that keeps it and one that breaks it; what a scenario expects in a log; and
 * the table of rules itself.
 */
#include "test-story.h"

#define LOG(process, text)                                                                                             \
  "{'kind':'log','process':'" process "','level':'critical','domain':'GLib','text':'" text "'}\n"

static const Story stories[] = {
  { "a-critical-is-told", "no-criticals", "LOG-1", "s: critical in the log: GLib: oops",
      BEGINS LOG ("s", "oops") ENDS },
  { "the-same-critical-is-told-once", "no-criticals", "LOG-1", "oops",
      BEGINS LOG ("s", "oops") LOG ("s", "oops") ENDS },
  { "a-leak-is-told", "no-leaks", "LIFE-4", "GstBuffer",
      BEGINS "{'kind':'leak','process':'m','type':'GstBuffer','description':'b'}\n" ENDS },
  { "null-that-fails-is-told", "null-in-time", "LIFE-2", "set_state() said failure",
      BEGINS COMMAND ("m", 7, "set-state", ",'state':'null'") REPLY ("m", 7, ",'result':'failure'") ENDS },
  { "paused-that-fails-is-the-scenarios-business", NULL, NULL, NULL,
      BEGINS COMMAND ("m", 7, "set-state", ",'state':'paused'") REPLY ("m", 7, ",'result':'failure'") ENDS },
  { "a-process-that-hangs-at-the-end-is-told", "null-in-time", "LIFE-2", "m: did not come to NULL",
      BEGINS TEARS_DOWN FINISHES ("s") COMMAND (
          "m", 90, "finish", "") "{'kind':'process','process':'m','event':'stuck','during':'finish'}\n" EXITED ("m",
          ",'signal':9,'sent':true") DONE },
  { "an-end-that-fails-is-told", "null-in-time", "LIFE-2", "m: expected NULL to be reached",
      BEGINS TEARS_DOWN FINISHES ("s") COMMAND ("m", 90, "finish", "") REPLY ("m", 90, ",'result':'failure'")
          EXITED ("m", ",'status':0") DONE },
  { "a-crash-is-told", "no-crash", "LIFE-3", "m: crashed by signal 11",
      BEGINS EXITED ("m", ",'signal':11,'sent':false") TEARS_DOWN FINISHES ("s") DONE },
  { "a-signal-that-was-sent-is-no-crash", NULL, NULL, NULL,
      BEGINS EXITED ("m", ",'signal':9,'sent':true") TEARS_DOWN FINISHES ("s") DONE },
  { "an-exit-status-is-told", "process-exit", "LIFE-3", "status 4",
      BEGINS TEARS_DOWN FINISHES ("s") COMMAND ("m", 90, "finish", "") REPLY ("m", 90, ",'result':'success'")
          EXITED ("m", ",'status':4") DONE },
  { "an-exit-status-that-was-asked-for-is-fine", NULL, NULL, NULL,
      BEGINS EXITED ("m", ",'status':4,'sent':true") TEARS_DOWN FINISHES ("s") DONE },
  { "a-process-that-never-ended-is-told", "process-exit", "LIFE-3", "m: its end was never seen",
      BEGINS TEARS_DOWN FINISHES ("s") DONE },
  { "a-signal-that-is-handled-otherwise-is-told", "signals-untouched", "PROC-1", "PIPE",
      BEGINS TEARS_DOWN FINISHES ("s") COMMAND ("m", 90, "finish", "")
          REPLY ("m", 90, ",'result':'success','signals':['PIPE']") EXITED ("m", ",'status':0") DONE },
  { "signals-left-alone-are-fine", NULL, NULL, NULL,
      BEGINS TEARS_DOWN FINISHES ("s") COMMAND ("m", 90, "finish", "")
          REPLY ("m", 90, ",'result':'success','signals':[]") EXITED ("m", ",'status':0") DONE },
  { "a-process-may-live-twice", NULL, NULL, NULL,
      BEGINS EXITED ("s", ",'signal':9,'sent':true") "{'kind':'process','process':'s','role':'slave','event':'spawned',"
                                                     "'pid':3}\n" ENDS },
};

static void
test_expected_log (void)
{
  g_autoptr (IpcHistory) history = ipc_test_history (BEGINS LOG ("s", "oops 42") ENDS);
  g_autoptr (GHashTable) log_of = g_hash_table_new (g_str_hash, g_str_equal);
  const IpcCheckAllowed allowed = { .log_of = log_of };
  g_autoptr (GPtrArray) none = NULL, of_another = NULL;
  gchar *patterns[] = { (gchar *)"oops [0-9]+$", NULL };

  g_hash_table_insert (log_of, (gchar *)"m", patterns);
  of_another = ipc_check_history (history, &allowed);
  g_assert_cmpuint (of_another->len, ==, 1);
  g_hash_table_insert (log_of, (gchar *)"s", patterns);
  none = ipc_check_history (history, &allowed);
  g_assert_cmpuint (none->len, ==, 0);
}

/* Each rule of processes is broken by both of them, and s does so on purpose: m is still told, however much there is of
 * s. */
static void
test_rules_of_one_process (void)
{
#define LEAK(process) "{'kind':'leak','process':'" process "','type':'GstBuffer','description':'b'}\n"
#define LEAVES(process)                                                                                                \
  COMMAND (process, 90, "finish", "")                                                                                  \
  REPLY (process, 90, ",'result':'failure','signals':['PIPE']") EXITED (process, ",'signal':11,'status':4")
  g_autoptr (IpcHistory) history = ipc_test_history (
      BEGINS LOG ("s", "1") LOG ("s", "2") LOG ("s", "3") LOG ("s", "4") LOG ("s", "5") LOG ("m", "1") LEAK ("s")
          LEAK ("s") LEAK ("s") LEAK ("s") LEAK ("s") LEAK ("m") TEARS_DOWN LEAVES ("s") LEAVES ("m") DONE);
  g_autoptr (GHashTable) rules_of = g_hash_table_new (g_str_hash, g_str_equal);
  const IpcCheckAllowed allowed = { .rules_of = rules_of };
  g_autoptr (GPtrArray) names = g_ptr_array_new (), findings = NULL;
  guint n_rules;
  const IpcRule *rules = ipc_check_rules (&n_rules);

  for (guint i = 0; i < n_rules; i++)
    if (rules[i].of_process)
      g_ptr_array_add (names, (gchar *)rules[i].name);
  g_assert_cmpuint (names->len, ==, 6);
  g_ptr_array_add (names, NULL);
  g_hash_table_insert (rules_of, (gchar *)"s", names->pdata);
  findings = ipc_check_history (history, &allowed);
  for (guint i = 0; i < findings->len; i++)
    g_assert_true (g_str_has_prefix (((IpcFinding *)findings->pdata[i])->text, "m: "));
  for (guint i = 0; i + 1 < names->len; i++) {
    guint n = 0;

    for (guint j = 0; j < findings->len; j++)
      n += g_str_equal (((IpcFinding *)findings->pdata[j])->rule, names->pdata[i]);
    g_assert_cmpuint (n, ==, 1);
  }
}

/* A history that was cut off in any place is judged without falling over. */
static void
test_any_prefix (void)
{
  const gchar *story = BEGINS PASSES (1, 0, "aa") EVENT_AT_SINK ("caps", 5) EVENT_DOWN (2, "caps", 5)
      EVENT_AT_SRC ("caps", 5) ACK_UP (2, 1) LOG ("s", "oops") ENDS;
  g_auto (GStrv) lines = g_strsplit (story, "\n", -1);

  for (guint n = 0; lines[n] != NULL; n++) {
    gchar *line = lines[n];
    g_autofree gchar *prefix = NULL;
    g_autoptr (IpcHistory) history = NULL;
    g_autoptr (GPtrArray) findings = NULL;
    lines[n] = NULL;
    prefix = g_strjoinv ("\n", lines);
    lines[n] = line;
    history = ipc_test_history (prefix);
    findings = ipc_check_history (history, NULL);
    g_assert_nonnull (findings);
  }
}

static void
test_rules_have_names (void)
{
  guint n_rules;
  const IpcRule *rules = ipc_check_rules (&n_rules);

  g_assert_cmpuint (n_rules, >, 0);
  for (guint i = 0; i < n_rules; i++) {
    g_assert_nonnull (rules[i].name);
    g_assert_nonnull (rules[i].requirement);
    g_assert_true (g_str_has_suffix (rules[i].doc, "."));
    for (guint j = 0; j < i; j++)
      g_assert_cmpstr (rules[i].name, !=, rules[j].name);
  }
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  ipc_test_add_stories ("processes", stories, G_N_ELEMENTS (stories));
  g_test_add_func ("/processes/a-log-that-the-scenario-expects-is-not-told", test_expected_log);
  g_test_add_func ("/processes/what-one-breaks-on-purpose-is-told-of-the-other", test_rules_of_one_process);
  g_test_add_func ("/check/a-history-cut-off-anywhere-is-judged", test_any_prefix);
  g_test_add_func ("/check/rules-have-names-and-ids", test_rules_have_names);
  return g_test_run ();
}
