/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Known failures: a strict reader of the list, and what it makes of a verdict. The list owns its entries and
 * compiled expressions.
 */
#include "known-failures.h"

#include <string.h>

#include "history/history.h"
#include "scenario/case-name.h"
#include "scenario/mistake.h"
#include "scenario/strict-json.h"

/* One way in which cases fail. Those of one cause have a text each. */
typedef struct {
  gchar **cases; /* patterns of case-name.h */
  IpcVerdict verdict;
  GRegex *message;
  gchar *why;      /* with the shortest case */
  gchar *shortest; /* a case that shows it, or NULL */
  gboolean sometimes;
  guint line;
} Entry;

struct _IpcKnownFailures {
  gchar *file, *master, *slave;
  GPtrArray *entries;
};

typedef struct {
  IpcKnownFailures *list;
  IpcStrictJson *json;
  GPtrArray *mistakes;
} Reader;

static void
entry_free (Entry *entry)
{
  g_strfreev (entry->cases);
  g_clear_pointer (&entry->message, g_regex_unref);
  g_free (entry->why);
  g_free (entry->shortest);
  g_free (entry);
}

void
ipc_known_failures_free (IpcKnownFailures *list)
{
  if (list == NULL)
    return;
  g_free (list->file);
  g_free (list->master);
  g_free (list->slave);
  g_ptr_array_unref (list->entries);
  g_free (list);
}

const gchar *
ipc_known_failures_master (IpcKnownFailures *list)
{
  return list->master;
}

const gchar *
ipc_known_failures_slave (IpcKnownFailures *list)
{
  return list->slave;
}

G_GNUC_PRINTF (3, 4)
static void
mistake (Reader *reader, const gchar *path, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  ipc_mistake_add (reader->mistakes, reader->list->file, ipc_strict_json_line (reader->json, path), path, "%s", text);
}

/* Complains of members that are not among @known. */
static void
check_members (Reader *reader, JsonObject *object, const gchar *path, const gchar *const *known)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *l = members; l != NULL; l = l->next) {
    g_autofree gchar *member_path = ipc_json_path_member (path, l->data);
    g_autofree gchar *hint = NULL;
    if (g_strv_contains (known, l->data) || g_str_equal (l->data, "comment"))
      continue;
    hint = ipc_words_hint (l->data, known);
    mistake (reader, member_path, "unknown member \"%s\"%s", (gchar *)l->data, hint);
  }
}

static gchar *
read_string (Reader *reader, JsonObject *object, const gchar *path, const gchar *member)
{
  g_autofree gchar *member_path = ipc_json_path_member (path, member);
  const gchar *text = ipc_record_string (object, member);

  if (!json_object_has_member (object, member))
    mistake (reader, path, "\"%s\" is missing", member);
  else if (text == NULL || *text == '\0')
    mistake (reader, member_path, "\"%s\" must be a text that is not empty", member);
  else
    return g_strdup (text);
  return NULL;
}

static JsonObject *
read_object (Reader *reader, JsonNode *node, const gchar *path)
{
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  mistake (reader, path, "expected an object");
  return NULL;
}

static void
read_verdict (Reader *reader, JsonObject *object, const gchar *path, Entry *entry)
{
  g_autofree gchar *text = read_string (reader, object, path, "verdict");
  g_autofree gchar *member_path = ipc_json_path_member (path, "verdict");

  if (text == NULL)
    return;
  if (!ipc_verdict_from_name (text, &entry->verdict)
      || (entry->verdict != IPC_VERDICT_FAIL && entry->verdict != IPC_VERDICT_CRASH
          && entry->verdict != IPC_VERDICT_TIMEOUT))
    mistake (reader, member_path, "\"%s\" is not one of: fail, crash, timeout", text);
}

/* "case": a pattern, or a list of them. */
static gchar **
read_cases (Reader *reader, JsonObject *object, const gchar *path)
{
  g_autofree gchar *member_path = ipc_json_path_member (path, "case");
  g_autoptr (GStrvBuilder) cases = g_strv_builder_new ();
  JsonNode *node = json_object_get_member (object, "case");
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node)) {
    g_autofree gchar *text = read_string (reader, object, path, "case");
    if (text != NULL)
      g_strv_builder_add (cases, text);
    return g_strv_builder_end (cases);
  }
  array = json_node_get_array (node);
  if (json_array_get_length (array) == 0)
    mistake (reader, member_path, "\"case\" must name a case");
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);
    const gchar *text = json_node_get_value_type (element) == G_TYPE_STRING ? json_node_get_string (element) : NULL;
    if (text != NULL && *text != '\0') {
      g_strv_builder_add (cases, text);
    } else {
      g_autofree gchar *element_path = ipc_json_path_element (member_path, i);
      mistake (reader, element_path, "a case must be a text that is not empty");
    }
  }
  return g_strv_builder_end (cases);
}

static gboolean
read_sometimes (Reader *reader, JsonObject *object, const gchar *path)
{
  JsonNode *node = json_object_get_member (object, "sometimes");
  g_autofree gchar *member_path = ipc_json_path_member (path, "sometimes");

  if (node == NULL)
    return FALSE;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node);
  mistake (reader, member_path, "\"sometimes\" must be true or false");
  return FALSE;
}

/* Which cases fail, and how. */
static void
read_failure (Reader *reader, JsonObject *object, const gchar *path, const Entry *cause)
{
  g_autofree gchar *message_path = ipc_json_path_member (path, "message");
  g_autofree gchar *message = NULL;
  g_autoptr (GError) error = NULL;
  Entry *entry = g_new0 (Entry, 1);

  g_ptr_array_add (reader->list->entries, entry);
  entry->line = ipc_strict_json_line (reader->json, path);
  entry->why = g_strdup (cause->why);
  entry->shortest = g_strdup (cause->shortest);
  entry->cases = read_cases (reader, object, path);
  read_verdict (reader, object, path, entry);
  message = read_string (reader, object, path, "message");
  if (message != NULL) {
    entry->message = g_regex_new (message, 0, 0, &error);
    if (entry->message == NULL)
      mistake (reader, message_path, "not a regular expression: %s", error->message);
  }
  entry->sometimes = read_sometimes (reader, object, path);
}

/* "fails": all ways in which something fails for the cause that the entry tells. */
static void
read_failures (Reader *reader, JsonObject *entry, const gchar *path, const Entry *cause)
{
  static const gchar *const known[] = { "case", "verdict", "message", "sometimes", NULL };
  g_autofree gchar *member_path = ipc_json_path_member (path, "fails");
  JsonNode *node = json_object_get_member (entry, "fails");
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL || json_array_get_length (array) == 0) {
    mistake (reader, member_path, "\"fails\" must be a list that is not empty");
    return;
  }
  for (guint i = 0; i < json_array_get_length (array); i++) {
    g_autofree gchar *element_path = ipc_json_path_element (member_path, i);
    JsonObject *object = read_object (reader, json_array_get_element (array, i), element_path);
    if (object == NULL)
      continue;
    check_members (reader, object, element_path, known);
    read_failure (reader, object, element_path, cause);
  }
}

/* A cause with all that fails for it, or one failure and its cause in one. */
static void
read_entry (Reader *reader, JsonNode *node, const gchar *path)
{
  static const gchar *const known_in_cause[] = { "why", "shortest", "since", "fails", NULL };
  static const gchar *const known[] = { "case", "verdict", "message", "why", "shortest", "since", "sometimes", NULL };
  JsonObject *object = read_object (reader, node, path);
  g_autofree gchar *why = NULL, *shortest = NULL, *since = NULL, *text = NULL;
  gboolean in_cause;
  Entry cause = { NULL };

  if (object == NULL)
    return;
  in_cause = json_object_has_member (object, "fails");
  check_members (reader, object, path, in_cause ? known_in_cause : known);
  why = read_string (reader, object, path, "why");
  since = read_string (reader, object, path, "since");
  if (json_object_has_member (object, "shortest"))
    shortest = read_string (reader, object, path, "shortest");
  text = shortest != NULL ? g_strdup_printf ("%s Shortest: %s.", why, shortest) : g_strdup (why);
  cause.why = text;
  cause.shortest = shortest;
  if (in_cause)
    read_failures (reader, object, path, &cause);
  else
    read_failure (reader, object, path, &cause);
}

static void
read_implementation (Reader *reader, JsonObject *root)
{
  static const gchar *const known[] = { "master", "slave", NULL };
  JsonObject *object;

  if (!json_object_has_member (root, "implementation")) {
    mistake (reader, "$", "\"implementation\" is missing: {\"master\": NAME, \"slave\": NAME}");
    return;
  }
  object = read_object (reader, json_object_get_member (root, "implementation"), "$.implementation");
  if (object == NULL)
    return;
  check_members (reader, object, "$.implementation", known);
  reader->list->master = read_string (reader, object, "$.implementation", "master");
  reader->list->slave = read_string (reader, object, "$.implementation", "slave");
}

static void
read_root (Reader *reader, JsonNode *node)
{
  static const gchar *const known[] = { "$schema", "implementation", "failures", NULL };
  JsonObject *root = read_object (reader, node, "$");
  JsonNode *failures;
  JsonArray *array;

  if (root == NULL)
    return;
  check_members (reader, root, "$", known);
  read_implementation (reader, root);
  failures = json_object_get_member (root, "failures");
  if (failures == NULL || !JSON_NODE_HOLDS_ARRAY (failures)) {
    mistake (reader, failures != NULL ? "$.failures" : "$", "\"failures\" must be a list of entries");
    return;
  }
  array = json_node_get_array (failures);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    g_autofree gchar *path = ipc_json_path_element ("$.failures", i);
    read_entry (reader, json_array_get_element (array, i), path);
  }
}

/**
 * ipc_known_failures_load:
 * @file: a list of known failures
 * @mistakes: (element-type IpcScenarioMistake): gets everything that is wrong with it
 *
 * Returns: (transfer full): the list, or %NULL when there are mistakes
 */
IpcKnownFailures *
ipc_known_failures_load (const gchar *file, GPtrArray *mistakes)
{
  g_autoptr (IpcKnownFailures) list = g_new0 (IpcKnownFailures, 1);
  guint n_before = mistakes->len, n_syntax;
  g_autoptr (IpcStrictJson) json = NULL;
  Reader reader = { list, NULL, mistakes };

  list->file = g_strdup (file);
  list->entries = g_ptr_array_new_with_free_func ((GDestroyNotify)entry_free);
  json = ipc_strict_json_read (file, mistakes);
  if (json == NULL)
    return NULL;
  reader.json = json;
  n_syntax = mistakes->len;
  read_root (&reader, json->root);
  ipc_strict_json_drop_spoilt (json, mistakes, n_syntax);
  return mistakes->len > n_before ? NULL : g_steal_pointer (&list);
}

gchar *
ipc_known_failures_default_file (const gchar *folder, const gchar *master, const gchar *slave)
{
  g_autofree gchar *name = g_str_equal (master, slave) ? g_strdup_printf ("%s.json", master)
                                                       : g_strdup_printf ("%s-to-%s.json", master, slave);
  g_autofree gchar *path = NULL;

  if (strchr (name, G_DIR_SEPARATOR) != NULL) /* a folder as implementation has no list of its own */
    return NULL;
  path = g_build_filename (folder, "known-failures", name, NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

static gboolean
is_listed (const Entry *entry, const gchar *name)
{
  for (gchar **pattern = entry->cases; *pattern != NULL; pattern++)
    if (ipc_case_name_matches (*pattern, name))
      return TRUE;
  return FALSE;
}

static void
set_known (IpcResult *result, IpcVerdict verdict, const Entry *entry)
{
  result->verdict = verdict;
  g_free (result->known_why);
  result->known_why = g_strdup (entry->why);
}

static void
note (IpcResult *result, const gchar *text)
{
  gchar *reason = g_strdup_printf ("%s%s%s", result->reason, *result->reason != '\0' ? " " : "", text);
  g_free (result->reason);
  result->reason = reason;
}

void
ipc_known_failures_apply (IpcKnownFailures *list, IpcResult *result)
{
  const Entry *listed = NULL;

  for (guint i = 0; i < list->entries->len; i++) {
    const Entry *entry = g_ptr_array_index (list->entries, i);
    if (!is_listed (entry, result->name))
      continue;
    if (entry->verdict == result->raw && g_regex_match (entry->message, result->reason, 0, NULL)) {
      set_known (result, IPC_VERDICT_XFAIL, entry);
      return;
    }
    if (listed == NULL || !entry->sometimes)
      listed = entry;
  }
  if (listed == NULL)
    return;
  if (result->raw == IPC_VERDICT_PASS && !listed->sometimes) {
    set_known (result, IPC_VERDICT_XPASS, listed);
    g_free (result->reason);
    result->reason = g_strdup_printf (
        "passed, but is listed as a known failure (%s:%u): take the entry out", list->file, listed->line);
  } else if (result->raw == IPC_VERDICT_FAIL || result->raw == IPC_VERDICT_CRASH
             || result->raw == IPC_VERDICT_TIMEOUT) {
    note (result, "[listed as a known failure, but with another verdict or message]");
  }
}

static gboolean
matches_any (const gchar *pattern, GPtrArray *cases)
{
  for (guint i = 0; i < cases->len; i++)
    if (ipc_case_name_matches (pattern, g_ptr_array_index (cases, i)))
      return TRUE;
  return FALSE;
}

static void
warn_when_unmatched (IpcKnownFailures *list, const Entry *entry, const gchar *pattern, GPtrArray *cases, gboolean full,
    GPtrArray *warnings)
{
  g_autofree gchar *base = g_strndup (pattern, ipc_case_name_base (pattern));

  /* Cases with parameters may be kept for --full. */
  if (!matches_any (full ? pattern : base, cases))
    g_ptr_array_add (warnings, g_strdup_printf ("%s:%u: no case is called \"%s\"", list->file, entry->line, pattern));
}

GPtrArray *
ipc_known_failures_unmatched (IpcKnownFailures *list, GPtrArray *cases, gboolean full)
{
  GPtrArray *warnings = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < list->entries->len; i++) {
    const Entry *entry = g_ptr_array_index (list->entries, i);
    for (gchar **pattern = entry->cases; *pattern != NULL; pattern++)
      warn_when_unmatched (list, entry, *pattern, cases, full, warnings);
    if (entry->shortest != NULL)
      warn_when_unmatched (list, entry, entry->shortest, cases, full, warnings);
  }
  return warnings;
}

/* Numbers (pts, ids, seconds) differ from run to run. */
static gchar *
message_pattern (const gchar *reason)
{
  g_autofree gchar *escaped = g_regex_escape_string (reason, -1);
  g_autoptr (GRegex) numbers = g_regex_new ("[0-9]+(\\\\\\.[0-9]+)?", 0, 0, NULL);
  g_autofree gchar *pattern = g_regex_replace_literal (numbers, escaped, -1, 0, "[0-9.]+", 0, NULL);

  return g_strdup_printf ("^%s", pattern);
}

gchar *
ipc_known_failures_entry (const IpcResult *result, const gchar *since)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autofree gchar *pattern = message_pattern (result->reason);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "case", result->name);
  json_object_set_string_member (object, "verdict", ipc_verdict_name (result->raw));
  json_object_set_string_member (object, "message", pattern);
  json_object_set_string_member (object, "why", "say here what goes wrong inside");
  json_object_set_string_member (object, "since", since != NULL ? since : "unknown");
  json_node_take_object (root, object);
  return json_to_string (root, TRUE);
}
