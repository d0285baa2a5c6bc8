/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The verdict: a crash beats all, then what the steps came to, then what the rules found. The reason is one line that
 * does not change from run to run, so that known failures can name it.
 */
#include "verdict.h"

#include <string.h>

#include "check/check.h"
#include "coverage.h"
#include "history/json.h"
#include "text.h"

#define TERMS_FILE "case.json"

IpcVerdictTerms *
ipc_verdict_terms_new (void)
{
  IpcVerdictTerms *terms = g_new0 (IpcVerdictTerms, 1);

  terms->requirements = g_new0 (gchar *, 1);
  terms->allow = g_new0 (gchar *, 1);
  terms->allow_of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
  terms->allow_log = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
  return terms;
}

void
ipc_verdict_terms_free (IpcVerdictTerms *terms)
{
  if (terms == NULL)
    return;
  g_free (terms->shows);
  g_strfreev (terms->requirements);
  g_strfreev (terms->allow);
  g_hash_table_unref (terms->allow_of);
  g_hash_table_unref (terms->allow_log);
  g_free (terms);
}

static JsonArray *
strv_to_json (gchar **strv)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; strv != NULL && strv[i] != NULL; i++)
    json_array_add_string_element (array, strv[i]);
  return array;
}

static gchar **
strv_from_json (JsonObject *object, const gchar *member)
{
  JsonNode *node = json_object_get_member (object, member);
  GPtrArray *strv = g_ptr_array_new ();

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);
    for (guint i = 0; i < json_array_get_length (array); i++) {
      JsonNode *element = json_array_get_element (array, i);
      if (JSON_NODE_HOLDS_VALUE (element) && json_node_get_value_type (element) == G_TYPE_STRING)
        g_ptr_array_add (strv, json_node_dup_string (element));
    }
  }
  g_ptr_array_add (strv, NULL);
  return (gchar **)g_ptr_array_free (strv, FALSE);
}

/* process name -> list of texts */
static JsonObject *
table_to_json (GHashTable *table)
{
  JsonObject *object = json_object_new ();
  GHashTableIter iter;
  gpointer process, texts;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &process, &texts))
    json_object_set_array_member (object, process, strv_to_json (texts));
  return object;
}

static void
table_from_json (GHashTable *table, JsonObject *object, const gchar *member)
{
  JsonNode *node = json_object_get_member (object, member);
  JsonObject *lists = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autoptr (GList) processes = lists != NULL ? json_object_get_members (lists) : NULL;

  for (GList *l = processes; l != NULL; l = l->next)
    g_hash_table_insert (table, g_strdup (l->data), strv_from_json (lists, l->data));
}

gboolean
ipc_verdict_terms_save (const IpcVerdictTerms *terms, const gchar *folder, GError **error)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autofree gchar *path = g_build_filename (folder, TERMS_FILE, NULL);
  JsonObject *object = json_object_new ();

  if (terms->shows != NULL)
    json_object_set_string_member (object, "shows", terms->shows);
  json_object_set_array_member (object, "requirements", strv_to_json (terms->requirements));
  json_object_set_array_member (object, "allow", strv_to_json (terms->allow));
  json_object_set_object_member (object, "allow-of", table_to_json (terms->allow_of));
  json_object_set_object_member (object, "allow-log", table_to_json (terms->allow_log));
  json_node_take_object (root, object);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  return json_generator_to_file (generator, path, error);
}

IpcVerdictTerms *
ipc_verdict_terms_load (const gchar *folder, GError **error)
{
  g_autoptr (IpcVerdictTerms) terms = ipc_verdict_terms_new ();
  g_autofree gchar *path = g_build_filename (folder, TERMS_FILE, NULL);
  g_autoptr (JsonObject) object = ipc_json_load (path, error);

  if (object == NULL)
    return NULL;
  terms->shows = g_strdup (ipc_record_string (object, "shows"));
  g_strfreev (terms->requirements);
  terms->requirements = strv_from_json (object, "requirements");
  g_strfreev (terms->allow);
  terms->allow = strv_from_json (object, "allow");
  table_from_json (terms->allow_of, object, "allow-of");
  table_from_json (terms->allow_log, object, "allow-log");
  return g_steal_pointer (&terms);
}

static JsonObject *
find_record (IpcHistory *history, const gchar *kind)
{
  for (guint i = ipc_history_length (history); i > 0; i--)
    if (ipc_record_is (ipc_history_get (history, i - 1), kind))
      return ipc_history_get (history, i - 1);
  return NULL;
}

static void
take_measurements (IpcResult *result, IpcHistory *history)
{
  for (guint i = 0; i < ipc_history_length (history); i++) {
    JsonObject *record = ipc_history_get (history, i);
    const gchar *name = ipc_record_string (record, "name"), *unit = ipc_record_string (record, "unit");
    if (ipc_record_is (record, "measurement") && name != NULL && unit != NULL)
      ipc_result_add_measurement (result, name, ipc_record_int (record, "value", 0), unit);
  }
}

static const IpcFinding *
find_crash (IpcResult *result)
{
  for (guint i = 0; i < result->findings->len; i++) {
    const IpcFinding *finding = g_ptr_array_index (result->findings, i);
    if (g_str_equal (finding->rule, "no-crash"))
      return finding;
  }
  return NULL;
}

static void
set_verdict (IpcResult *result, IpcVerdict verdict, gchar *reason)
{
  result->verdict = result->raw = verdict;
  g_free (result->reason);
  result->reason = reason;
  g_strdelimit (result->reason, "\r\n", ' ');
}

/* The step that was not done, in one line. */
static gchar *
step_reason (IpcResult *result, JsonObject *end)
{
  const gchar *text = ipc_record_string (end, "text");

  result->expected = g_strdup (ipc_record_string (end, "expected"));
  result->seen = g_strdup (ipc_record_string (end, "seen"));
  if (text != NULL)
    return g_strdup (text);
  if (result->expected == NULL)
    return g_strdup ("a step failed without saying why");
  return g_strdup_printf ("expected %s, seen %s", result->expected, result->seen != NULL ? result->seen : "nothing");
}

static void
judge_end (IpcResult *result, JsonObject *end)
{
  const gchar *outcome = ipc_record_string (end, "outcome");
  const IpcFinding *crash = find_crash (result);

  if (g_strcmp0 (outcome, "harness-error") == 0) {
    const gchar *text = ipc_record_string (end, "text");
    ipc_result_set_error (result, text != NULL ? text : "the harness gave up without saying why");
  } else if (crash != NULL) {
    set_verdict (result, IPC_VERDICT_CRASH, g_strdup (crash->text));
    g_free (step_reason (result, end));
  } else if (g_strcmp0 (outcome, "timeout") == 0) {
    set_verdict (result, IPC_VERDICT_TIMEOUT, step_reason (result, end));
  } else if (g_strcmp0 (outcome, "skipped") == 0 || g_strcmp0 (outcome, "unsupported") == 0) {
    set_verdict (result, g_str_equal (outcome, "skipped") ? IPC_VERDICT_SKIP : IPC_VERDICT_UNSUPPORTED,
        step_reason (result, end));
  } else if (g_strcmp0 (outcome, "failed") == 0) {
    set_verdict (result, IPC_VERDICT_FAIL, step_reason (result, end));
  } else if (g_strcmp0 (outcome, "done") != 0) {
    ipc_result_set_error (result, "the history ends with an unknown outcome");
  } else if (result->findings->len > 0) {
    const IpcFinding *first = g_ptr_array_index (result->findings, 0);
    set_verdict (result, IPC_VERDICT_FAIL, g_strdup_printf ("%s: %s", first->rule, first->text));
  } else {
    set_verdict (result, IPC_VERDICT_PASS, g_strdup (""));
  }
}

static void
set_terms (IpcResult *result, const gchar *folder, const IpcVerdictTerms *terms)
{
  g_free (result->folder);
  result->folder = g_canonicalize_filename (folder, NULL);
  g_free (result->shows);
  result->shows = g_strdup (terms->shows);
  g_strfreev (result->requirements);
  result->requirements = g_strdupv (terms->requirements);
}

gboolean
ipc_verdict_judge (IpcResult *result, IpcHistory *history, const gchar *folder, const IpcVerdictTerms *terms)
{
  g_autoptr (IpcModel) model = ipc_model_new (history);
  const IpcCheckAllowed allowed = { (const gchar *const *)terms->allow, terms->allow_of, terms->allow_log };
  JsonObject *end, *about;

  set_terms (result, folder, terms);
  about = find_record (history, "case");
  if (about != NULL && result->command == NULL)
    result->command = g_strdup (ipc_record_string (about, "command"));
  if (about != NULL && result->file == NULL)
    result->file = g_strdup (ipc_record_string (about, "file"));
  end = find_record (history, "end");
  if (end != NULL && g_strcmp0 (ipc_record_string (end, "outcome"), "interrupted") == 0)
    return FALSE;
  take_measurements (result, history);
  g_ptr_array_unref (result->findings);
  result->findings = ipc_check_model (model, &allowed);
  if (end == NULL)
    ipc_result_set_error (result, "the history is cut off: it has no end record");
  else
    judge_end (result, end);
  /* now that the history is there, which may be large; a report asks for them, and a known failure has them, too */
  g_clear_pointer (&result->packets, g_free);
  if (result->verdict != IPC_VERDICT_PASS)
    result->packets = ipc_failure_packets (history, result->verdict);
  g_strfreev (result->cells);
  result->cells = ipc_coverage_observe (model, result->verdict == IPC_VERDICT_PASS);
  return TRUE;
}

gboolean
ipc_verdict_judge_folder (IpcResult *result, const gchar *folder, const IpcVerdictTerms *terms)
{
  g_autofree gchar *path = g_build_filename (folder, "history.ndjson", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (IpcHistory) history = ipc_history_load (path, &error);

  if (history != NULL)
    return ipc_verdict_judge (result, history, folder, terms);
  set_terms (result, folder, terms);
  ipc_result_set_error (result, error->message);
  return TRUE;
}
