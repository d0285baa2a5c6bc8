/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * result.json, read back: what result-json.c has written, of this version of the format. A file that is something else
 * is refused; a member that is missing (older files have fewer) is as if it had not been known.
 */
#include <math.h>

#include "check/check.h"
#include "history/history.h"
#include "history/json.h"
#include "report.h"

#define FORMAT "gst-ipc-harness-result"
#define FORMAT_VERSION 1

static JsonObject *
get_object (JsonObject *object, const gchar *member)
{
  JsonNode *node = json_object_get_member (object, member);
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonArray *
get_array (JsonObject *object, const gchar *member)
{
  JsonNode *node = json_object_get_member (object, member);
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* Borrowed; NULL for what is no object. */
static JsonObject *
get_element (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);
  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static gchar *
dup_text (JsonObject *object, const gchar *member)
{
  return g_strdup (ipc_record_string (object, member));
}

static gdouble
get_double (JsonObject *object, const gchar *member, gdouble fallback)
{
  JsonNode *node = json_object_get_member (object, member);
  gdouble value = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : fallback;
  return isfinite (value) && value >= 0 ? value : fallback;
}

static guint
get_count (JsonObject *object, const gchar *member, guint fallback)
{
  return (guint)CLAMP (ipc_record_int (object, member, fallback), 0, G_MAXINT);
}

static void
load_side (JsonObject *root, const gchar *member, IpcReportSide *side)
{
  JsonObject *object = get_object (root, member);

  if (object == NULL)
    return;
  side->name = dup_text (object, "implementation");
  side->folder = dup_text (object, "folder");
  side->plugin = dup_text (object, "plugin");
  side->plugin_version = dup_text (object, "plugin-version");
  side->gstreamer = dup_text (object, "gstreamer");
}

static void
load_findings (JsonArray *array, IpcResult *result)
{
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonObject *object = get_element (array, i);
    IpcFinding *finding;
    if (object == NULL)
      continue;
    finding = g_new0 (IpcFinding, 1);
    /* names of rules live for ever, and there are few */
    finding->rule = g_intern_string (ipc_record_string (object, "rule"));
    finding->requirement = g_intern_string (ipc_record_string (object, "requirement"));
    finding->text = dup_text (object, "text");
    finding->record = (guint)CLAMP (ipc_record_int (object, "record", G_MAXUINT), 0, G_MAXUINT);
    g_ptr_array_add (result->findings, finding);
  }
}

static void
load_measurements (JsonArray *array, IpcResult *result)
{
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonObject *object = get_element (array, i);
    const gchar *name = object != NULL ? ipc_record_string (object, "name") : NULL;
    const gchar *unit = object != NULL ? ipc_record_string (object, "unit") : NULL;
    if (name != NULL && unit != NULL)
      ipc_result_add_measurement (result, name, ipc_record_int (object, "value", 0), unit);
  }
}

static gchar **
load_words (JsonArray *array)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);
    if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
      g_strv_builder_add (words, json_node_get_string (node));
  }
  return g_strv_builder_end (words);
}

/* NULL with @error. @where: for the error. */
static IpcResult *
load_result (JsonObject *object, const gchar *where, GError **error)
{
  const gchar *name = object != NULL ? ipc_record_string (object, "case") : NULL;
  g_autoptr (IpcResult) result = NULL;

  if (name == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: a case has no name", where);
    return NULL;
  }
  result = ipc_result_new (name, MAX (get_count (object, "round", 1), 1));
  if (!ipc_verdict_from_name (ipc_record_string (object, "verdict"), &result->verdict)
      || !ipc_verdict_from_name (ipc_record_string (object, "verdict-before-known-failures"), &result->raw)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: the case %s has no verdict", where, name);
    return NULL;
  }
  result->file = dup_text (object, "file");
  result->shows = dup_text (object, "shows");
  g_strfreev (result->requirements);
  result->requirements = load_words (get_array (object, "requirements"));
  g_free (result->reason);
  result->reason = dup_text (object, "reason");
  if (result->reason == NULL)
    result->reason = g_strdup ("");
  result->expected = dup_text (object, "expected");
  result->seen = dup_text (object, "seen");
  result->known_why = dup_text (object, "known-failure");
  load_findings (get_array (object, "findings"), result);
  load_measurements (get_array (object, "measurements"), result);
  result->folder = dup_text (object, "folder");
  result->command = dup_text (object, "command");
  result->seconds = get_double (object, "seconds", 0);
  return g_steal_pointer (&result);
}

static void
load_selection (JsonObject *root, IpcRunReport *run)
{
  JsonObject *object = get_object (root, "selection");

  if (object == NULL)
    return;
  run->n_selected = get_count (object, "cases", 0);
  run->selection = dup_text (object, "checksum");
  run->shard = get_count (object, "shard", 1);
  run->n_shards = get_count (object, "shards", 1);
}

static void
load_run (JsonObject *root, IpcRunReport *run)
{
  const gchar *start = ipc_record_string (root, "start");
  g_autoptr (GDateTime) time = start != NULL ? g_date_time_new_from_iso8601 (start, NULL) : NULL;
  g_auto (GStrv) warnings = load_words (get_array (root, "warnings"));
  JsonObject *environment = get_object (root, "environment");
  JsonArray *parts = get_array (root, "parts");

  load_side (root, "master", &run->master);
  load_side (root, "slave", &run->slave);
  run->command = dup_text (root, "command");
  run->scenarios = dup_text (root, "scenarios");
  run->known_file = dup_text (root, "known-failures");
  if (time != NULL) {
    g_date_time_unref (run->start);
    run->start = g_steal_pointer (&time);
  }
  run->seconds = get_double (root, "seconds", 0);
  run->jobs = get_count (root, "jobs", 1);
  run->timeout_scale = get_double (root, "timeout-scale", 1);
  run->shuffled = json_object_has_member (root, "shuffle-seed");
  run->seed = (guint32)CLAMP (ipc_record_int (root, "shuffle-seed", 0), 0, G_MAXUINT32);
  run->n_planned = get_count (root, "planned", 0);
  run->interrupted = ipc_record_bool (root, "interrupted", FALSE);
  run->incomplete = dup_text (root, "incomplete");
  load_selection (root, run);
  for (guint i = 0; warnings[i] != NULL; i++)
    g_ptr_array_add (run->warnings, g_strdup (warnings[i]));
  run->environment = environment != NULL ? json_object_ref (environment) : NULL;
  run->parts = parts != NULL ? json_array_ref (parts) : NULL;
}

/**
 * ipc_run_report_load_json:
 * @path: a result.json
 * @error: return location of an error, which names @path
 *
 * Returns: (transfer full): the run; `output` is not known. Or %NULL
 */
IpcRunReport *
ipc_run_report_load_json (const gchar *path, GError **error)
{
  g_autoptr (IpcRunReport) run = ipc_run_report_new ();
  g_autoptr (JsonObject) root = ipc_json_load (path, error);
  JsonArray *cases;

  if (root == NULL)
    return NULL;
  cases = get_array (root, "cases");
  if (cases == NULL || g_strcmp0 (ipc_record_string (root, "format"), FORMAT) != 0
      || ipc_record_int (root, "format-version", 0) != FORMAT_VERSION) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "%s: expected a result.json of a run (format %s, version %d)", path, FORMAT, FORMAT_VERSION);
    return NULL;
  }
  load_run (root, run);
  for (guint i = 0; i < json_array_get_length (cases); i++) {
    IpcResult *result = load_result (get_element (cases, i), path, error);
    if (result == NULL)
      return NULL;
    g_ptr_array_add (run->results, result);
  }
  return g_steal_pointer (&run);
}
