/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on processes: their logs, what they leave behind, how they come to NULL and how they end.
 */
#include "rules.h"

#define MAX_LOG_FINDINGS 5
#define MAX_LEAK_FINDINGS 5

static gboolean
is_expected_log (IpcCheck *check, const gchar *process, const gchar *domain, const gchar *text)
{
  gchar **patterns
      = check->allow_log != NULL && process != NULL ? g_hash_table_lookup (check->allow_log, process) : NULL;
  g_autofree gchar *line = g_strdup_printf ("%s: %s", domain != NULL ? domain : "", text != NULL ? text : "");

  for (guint i = 0; patterns != NULL && patterns[i] != NULL; i++)
    if (g_regex_match_simple (patterns[i], line, 0, 0))
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
    g_autofree gchar *line = NULL;
    if (!ipc_model_record_is (record, "log"))
      continue;
    domain = ipc_record_string (record->json, "domain");
    text = ipc_record_string (record->json, "text");
    level = ipc_record_string (record->json, "level");
    if (is_expected_log (check, record->process, domain, text))
      continue;
    line = g_strdup_printf ("%s: %s in the log: %s%s%s", record->process, level != NULL ? level : "warning",
        domain != NULL ? domain : "", domain != NULL ? ": " : "", text != NULL ? text : "");
    if (g_hash_table_contains (told, line))
      continue;
    ipc_check_found (check, NULL, i, "%s", line);
    g_hash_table_add (told, g_steal_pointer (&line));
    n_findings++;
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
    ipc_check_found (check, NULL, i, "%s: still alive at the end: %s %s", record->process, record->type,
        ipc_record_string (record->json, "description"));
    n_findings++;
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
        ipc_check_found (check, NULL, i, "%s: expected NULL to be reached, set_state() said failure", process);
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
    ipc_check_found (check, NULL, i, "%s: did not come to NULL in time (stuck in %s)", life->name,
        during != NULL ? during : "finish");
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
    ipc_check_found (check, NULL, life->finish_reply, "%s: going to NULL at the end failed: %s", life->name,
        error != NULL ? error : "no reason given");
  else if (g_strcmp0 (result, "failure") == 0 || g_strcmp0 (result, "async") == 0)
    ipc_check_found (check, NULL, life->finish_reply, "%s: expected NULL to be reached at the end, set_state() said %s",
        life->name, result);
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
      ipc_check_found (check, NULL, life->exited, "%s: crashed by signal %" G_GINT64_FORMAT " (%s)", life->name,
          life->signal, g_strsignal (life->signal));
  }
}

void
ipc_rule_process_exit (IpcCheck *check)
{
  for (guint i = 0; i < check->model->lives->len; i++) {
    IpcModelLife *life = g_ptr_array_index (check->model->lives, i);
    if (life->exited == IPC_NO_INDEX && check->model->outcome != NULL)
      ipc_check_found (check, NULL, IPC_NO_INDEX, "%s: its end was never seen", life->name);
    else if (life->status > 0 && !life->sent && !was_interrupted (check->model))
      ipc_check_found (check, NULL, life->exited, "%s: exited with status %" G_GINT64_FORMAT ", expected 0", life->name,
          life->status);
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
    ipc_check_found (
        check, NULL, life->finish_reply, "%s: something has changed what is done on the signals %s", life->name, names);
  }
}
