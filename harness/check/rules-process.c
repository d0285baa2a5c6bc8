/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on processes: their logs, what they leave behind, how they come to NULL and how they end.
 */
#include "rules.h"

#define MAX_LOG_FINDINGS 5
#define MAX_LEAK_FINDINGS 5

/* What @process has of a table process -> gchar **. */
static const gchar *const *
list_of (GHashTable *table, const gchar *process)
{
  static const gchar *const none[] = { NULL };
  const gchar *const *list = table != NULL && process != NULL ? g_hash_table_lookup (table, process) : NULL;

  return list != NULL ? list : none;
}

/* Adds a finding about @process, unless it breaks the rule on purpose: then FALSE. */
G_GNUC_PRINTF (4, 5)
static gboolean
found (IpcCheck *check, const gchar *process, guint record, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  if (g_strv_contains (list_of (check->allowed->rules_of, process), check->rule->name))
    return FALSE;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  ipc_check_found (check, NULL, record, "%s: %s", process, text);
  return TRUE;
}

static gboolean
is_expected_log (IpcCheck *check, const gchar *process, const gchar *domain, const gchar *text)
{
  g_autofree gchar *line = g_strdup_printf ("%s: %s", domain != NULL ? domain : "", text != NULL ? text : "");

  for (const gchar *const *pattern = list_of (check->allowed->log_of, process); *pattern != NULL; pattern++)
    if (g_regex_match_simple (*pattern, line, 0, 0))
      return TRUE;
  return FALSE;
}

/* The same text of the same process is told once. */
void
ipc_rule_no_criticals (IpcCheck *check)
{
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_findings = 0;

  for (guint i = 0; i < check->model->records->len && n_findings < MAX_LOG_FINDINGS; i++) {
    const IpcModelRecord *record = ipc_model_record (check->model, i);
    const gchar *domain, *text, *level;
    g_autofree gchar *line = NULL, *key = NULL;
    if (!ipc_model_record_is (record, "log"))
      continue;
    domain = ipc_record_string (record->json, "domain");
    text = ipc_record_string (record->json, "text");
    level = ipc_record_string (record->json, "level");
    if (is_expected_log (check, record->process, domain, text))
      continue;
    line = g_strdup_printf ("%s in the log: %s%s%s", level != NULL ? level : "warning", domain != NULL ? domain : "",
        domain != NULL ? ": " : "", text != NULL ? text : "");
    key = g_strdup_printf ("%s: %s", record->process, line);
    if (g_hash_table_contains (told, key))
      continue;
    n_findings += found (check, record->process, i, "%s", line);
    g_hash_table_add (told, g_steal_pointer (&key));
  }
}

void
ipc_rule_no_leaks (IpcCheck *check)
{
  guint n_findings = 0;

  for (guint i = 0; i < check->model->records->len && n_findings < MAX_LEAK_FINDINGS; i++) {
    const IpcModelRecord *record = ipc_model_record (check->model, i);
    if (!ipc_model_record_is (record, "leak"))
      continue;
    n_findings += found (check, record->process, i, "still alive at the end: %s %s", record->type,
        ipc_record_string (record->json, "description"));
  }
}

/* set-state to NULL in the steps, whose answer says how it went. */
static void
check_null_commands (IpcCheck *check)
{
  g_autoptr (GHashTable) waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < check->model->records->len; i++) {
    const IpcModelRecord *record = ipc_model_record (check->model, i);
    const gchar *process = record->process;
    JsonObject *json = record->json;
    if (ipc_model_record_is (record, "command") && g_strcmp0 (ipc_record_string (json, "command"), "set-state") == 0
        && g_strcmp0 (ipc_record_string (json, "state"), "null") == 0) {
      g_hash_table_add (waiting, g_strdup_printf ("%s/%" G_GINT64_FORMAT, process, ipc_record_int (json, "id", -1)));
    } else if (ipc_model_record_is (record, "reply")) {
      g_autofree gchar *key = g_strdup_printf ("%s/%" G_GINT64_FORMAT, process, ipc_record_int (json, "reply", -1));
      if (g_hash_table_contains (waiting, key) && g_strcmp0 (ipc_record_string (json, "result"), "failure") == 0)
        found (check, process, i, "expected NULL to be reached, set_state() said failure");
    }
  }
}

static gboolean
was_interrupted (IpcModel *model)
{
  return model->outcome == NULL || g_str_equal (model->outcome, "interrupted")
         || g_str_equal (model->outcome, "harness-error");
}

/* The harness waited for @life to come to NULL in vain. TRUE when it did. */
static gboolean
check_stuck (IpcCheck *check, const IpcModelLife *life)
{
  for (guint i = life->spawned; i < check->model->records->len && i <= life->exited; i++) {
    const IpcModelRecord *record = ipc_model_record (check->model, i);
    const gchar *during;
    if (!ipc_model_record_is (record, "process") || g_strcmp0 (record->process, life->name) != 0
        || g_strcmp0 (ipc_record_string (record->json, "event"), "stuck") != 0)
      continue;
    during = ipc_record_string (record->json, "during");
    found (check, life->name, i, "did not come to NULL in time (stuck in %s)", during != NULL ? during : "finish");
    return TRUE;
  }
  return FALSE;
}

static void
check_finish (IpcCheck *check, const IpcModelLife *life)
{
  JsonObject *reply;
  const gchar *error, *result;

  if (life->finish_reply == IPC_NO_INDEX)
    return;
  reply = ipc_history_get (check->model->history, life->finish_reply);
  error = ipc_record_string (reply, "error");
  result = ipc_record_string (reply, "result");
  if (!ipc_record_bool (reply, "ok", TRUE))
    found (check, life->name, life->finish_reply, "going to NULL at the end failed: %s",
        error != NULL ? error : "no reason given");
  else if (g_strcmp0 (result, "failure") == 0 || g_strcmp0 (result, "async") == 0)
    found (
        check, life->name, life->finish_reply, "expected NULL to be reached at the end, set_state() said %s", result);
}

void
ipc_rule_null_in_time (IpcCheck *check)
{
  check_null_commands (check);
  if (was_interrupted (check->model))
    return;
  for (guint i = 0; i < check->model->lives->len; i++) {
    const IpcModelLife *life = g_ptr_array_index (check->model->lives, i);
    if (!check_stuck (check, life))
      check_finish (check, life);
  }
}

void
ipc_rule_no_crash (IpcCheck *check)
{
  for (guint i = 0; i < check->model->lives->len; i++) {
    IpcModelLife *life = g_ptr_array_index (check->model->lives, i);
    if (life->signal > 0 && !life->sent)
      found (check, life->name, life->exited, "crashed by signal %" G_GINT64_FORMAT " (%s)", life->signal,
          g_strsignal (life->signal));
  }
}

void
ipc_rule_process_exit (IpcCheck *check)
{
  for (guint i = 0; i < check->model->lives->len; i++) {
    IpcModelLife *life = g_ptr_array_index (check->model->lives, i);
    if (life->exited == IPC_NO_INDEX && check->model->outcome != NULL)
      found (check, life->name, IPC_NO_INDEX, "its end was never seen");
    else if (life->status > 0 && !life->sent && !was_interrupted (check->model))
      found (check, life->name, life->exited, "exited with status %" G_GINT64_FORMAT ", expected 0", life->status);
  }
}

void
ipc_rule_signals_untouched (IpcCheck *check)
{
  for (guint i = 0; i < check->model->lives->len; i++) {
    IpcModelLife *life = g_ptr_array_index (check->model->lives, i);
    JsonObject *reply
        = life->finish_reply != IPC_NO_INDEX ? ipc_history_get (check->model->history, life->finish_reply) : NULL;
    JsonNode *node = reply != NULL ? json_object_get_member (reply, "signals") : NULL;
    g_autofree gchar *names = NULL;
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) == 0)
      continue;
    names = json_to_string (node, FALSE);
    found (check, life->name, life->finish_reply, "something has changed what is done on the signals %s", names);
  }
}
