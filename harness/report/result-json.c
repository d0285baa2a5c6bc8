/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * result.json: the whole run for other programs, with all that is known of each case.
 */
#include <json-glib/json-glib.h>
#include <sys/utsname.h>

#include "check/check.h"
#include "report.h"

static void
set_text (JsonObject *object, const gchar *member, const gchar *text)
{
  g_autofree gchar *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  if (valid != NULL)
    json_object_set_string_member (object, member, valid);
  else
    json_object_set_null_member (object, member);
}

static JsonObject *
finding_to_json (const IpcFinding *finding)
{
  JsonObject *object = json_object_new ();

  set_text (object, "rule", finding->rule);
  set_text (object, "requirement", finding->requirement);
  set_text (object, "text", finding->text);
  if (finding->record != G_MAXUINT)
    json_object_set_int_member (object, "record", finding->record);
  return object;
}

static JsonObject *
measurement_to_json (const IpcMeasurement *measurement)
{
  JsonObject *object = json_object_new ();

  set_text (object, "name", measurement->name);
  json_object_set_int_member (object, "value", measurement->value);
  set_text (object, "unit", measurement->unit);
  return object;
}

static JsonObject *
result_to_json (const IpcResult *result)
{
  JsonObject *object = json_object_new ();
  JsonArray *requirements = json_array_new (), *findings = json_array_new (), *measurements = json_array_new ();

  for (guint i = 0; result->requirements[i] != NULL; i++)
    json_array_add_string_element (requirements, result->requirements[i]);
  for (guint i = 0; i < result->findings->len; i++)
    json_array_add_object_element (findings, finding_to_json (g_ptr_array_index (result->findings, i)));
  set_text (object, "case", result->name);
  json_object_set_int_member (object, "round", result->round);
  set_text (object, "file", result->file);
  set_text (object, "shows", result->shows);
  json_object_set_array_member (object, "requirements", requirements);
  set_text (object, "verdict", ipc_verdict_name (result->verdict));
  set_text (object, "verdict-before-known-failures", ipc_verdict_name (result->raw));
  set_text (object, "reason", result->reason);
  set_text (object, "expected", result->expected);
  set_text (object, "seen", result->seen);
  set_text (object, "known-failure", result->known_why);
  json_object_set_array_member (object, "findings", findings);
  for (guint i = 0; i < result->measurements->len; i++)
    json_array_add_object_element (measurements, measurement_to_json (g_ptr_array_index (result->measurements, i)));
  json_object_set_array_member (object, "measurements", measurements);
  set_text (object, "folder", result->folder);
  set_text (object, "command", result->command);
  json_object_set_double_member (object, "seconds", result->seconds);
  return object;
}

static JsonObject *
side_to_json (const IpcReportSide *side)
{
  JsonObject *object = json_object_new ();

  set_text (object, "implementation", side->name);
  set_text (object, "folder", side->folder);
  set_text (object, "plugin", side->plugin);
  set_text (object, "plugin-version", side->plugin_version);
  set_text (object, "gstreamer", side->gstreamer);
  return object;
}

static JsonObject *
environment_to_json (const IpcRunReport *run)
{
  JsonObject *object = json_object_new (), *variables = json_object_new ();
  g_auto (GStrv) environment = g_get_environ ();
  struct utsname name;

  if (uname (&name) == 0) {
    g_autofree gchar *system = g_strdup_printf ("%s %s %s", name.sysname, name.release, name.machine);
    set_text (object, "system", system);
  }
  json_object_set_int_member (object, "cores", g_get_num_processors ());
  for (guint i = 0; environment[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (environment[i], "=", 2);
    if (pair[0] != NULL && pair[1] != NULL && (g_str_has_prefix (pair[0], "GST_") || g_str_has_prefix (pair[0], "G_")))
      set_text (variables, pair[0], pair[1]);
  }
  json_object_set_object_member (object, "variables", variables);
  return object;
}

static JsonObject *
counts_to_json (const IpcRunReport *run)
{
  JsonObject *object = json_object_new ();

  for (guint verdict = 0; verdict < IPC_N_VERDICTS; verdict++)
    json_object_set_int_member (object, ipc_verdict_name (verdict), ipc_run_report_count (run, verdict));
  return object;
}

static JsonObject *
selection_to_json (const IpcRunReport *run)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "cases", run->n_selected);
  set_text (object, "checksum", run->selection);
  json_object_set_int_member (object, "shard", run->shard);
  json_object_set_int_member (object, "shards", run->n_shards);
  return object;
}

static JsonObject *
run_to_json (const IpcRunReport *run)
{
  JsonObject *object = json_object_new ();
  JsonArray *cases = json_array_new (), *warnings = json_array_new ();
  g_autofree gchar *start = g_date_time_format_iso8601 (run->start);

  for (guint i = 0; i < run->results->len; i++)
    json_array_add_object_element (cases, result_to_json (g_ptr_array_index (run->results, i)));
  for (guint i = 0; i < run->warnings->len; i++)
    json_array_add_string_element (warnings, g_ptr_array_index (run->warnings, i));
  set_text (object, "format", "gst-ipc-harness-result");
  json_object_set_int_member (object, "format-version", 1);
  set_text (object, "verdict", run->interrupted ? "interrupted" : ipc_verdict_name (ipc_run_report_verdict (run)));
  json_object_set_object_member (object, "counts", counts_to_json (run));
  json_object_set_int_member (object, "planned", run->n_planned);
  json_object_set_boolean_member (object, "interrupted", run->interrupted);
  json_object_set_object_member (object, "master", side_to_json (&run->master));
  json_object_set_object_member (object, "slave", side_to_json (&run->slave));
  json_object_set_object_member (
      object, "environment", run->environment != NULL ? json_object_ref (run->environment) : environment_to_json (run));
  set_text (object, "command", run->command);
  set_text (object, "scenarios", run->scenarios);
  set_text (object, "known-failures", run->known_file);
  set_text (object, "start", start);
  json_object_set_double_member (object, "seconds", run->seconds);
  json_object_set_int_member (object, "jobs", run->jobs);
  json_object_set_double_member (object, "timeout-scale", run->timeout_scale);
  if (run->shuffled)
    json_object_set_int_member (object, "shuffle-seed", run->seed);
  json_object_set_object_member (object, "selection", selection_to_json (run));
  set_text (object, "incomplete", run->incomplete);
  if (run->parts != NULL)
    json_object_set_array_member (object, "parts", json_array_ref (run->parts));
  json_object_set_array_member (object, "warnings", warnings);
  json_object_set_array_member (object, "cases", cases);
  return object;
}

/**
 * ipc_run_report_save_json:
 * @run: a run that has ended
 * @path: the file, which is replaced as a whole
 * @error: return location of a #GFileError
 *
 * Returns: %FALSE when it cannot be written
 */
gboolean
ipc_run_report_save_json (const IpcRunReport *run, const gchar *path, GError **error)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autofree gchar *text = NULL;
  gsize length;

  json_node_take_object (root, run_to_json (run));
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, &length);
  return g_file_set_contents (path, text, length, error);
}
