/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Results as JSON: written with json-glib, read with a look at every member, since what is read may be anybody's file.
 * `summary` and `ratios` are for other programs; when results are loaded they are made anew.
 */
#include "result.h"

#include <gio/gio.h>
#include <math.h>

#include "history/json.h"
#include "ratio.h"

#define FORMAT "gst-ipc-bench"
#define VERSION 1

static void
set_text (JsonObject *object, const gchar *member, const gchar *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
  else
    json_object_set_null_member (object, member);
}

static void
set_number (JsonObject *object, const gchar *member, gdouble value)
{
  if (isfinite (value))
    json_object_set_double_member (object, member, value);
  else
    json_object_set_null_member (object, member);
}

static const struct {
  const gchar *name;
  gsize offset;
} numbers[] = {
  { "count", G_STRUCT_OFFSET (IpcBenchSample, count) },
  { "wall", G_STRUCT_OFFSET (IpcBenchSample, wall) },
  { "master-cpu", G_STRUCT_OFFSET (IpcBenchSample, master_cpu) },
  { "slave-cpu", G_STRUCT_OFFSET (IpcBenchSample, slave_cpu) },
  { "waits", G_STRUCT_OFFSET (IpcBenchSample, waits) },
  { "master-memory", G_STRUCT_OFFSET (IpcBenchSample, master_memory) },
  { "slave-memory", G_STRUCT_OFFSET (IpcBenchSample, slave_memory) },
};

static JsonArray *
samples_to_json (const IpcBenchResult *result)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < result->samples->len; i++) {
    IpcBenchSample *sample = g_ptr_array_index (result->samples, i);
    JsonObject *object = json_object_new ();

    json_object_set_int_member (object, "round", sample->round);
    set_text (object, "contestant", sample->contestant);
    set_text (object, "work", sample->work);
    if (sample->failure != NULL)
      set_text (object, "failure", sample->failure);
    for (guint n = 0; sample->failure == NULL && n < G_N_ELEMENTS (numbers); n++)
      json_object_set_int_member (object, numbers[n].name, G_STRUCT_MEMBER (gint64, sample, numbers[n].offset));
    if (sample->memory != NULL)
      set_text (object, "memory", sample->memory);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonArray *
entrants_to_json (const IpcBenchResult *result)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < result->entrants->len; i++) {
    const IpcBenchEntrant *entrant = g_ptr_array_index (result->entrants, i);
    JsonObject *object = json_object_new ();

    set_text (object, "name", entrant->name);
    set_text (object, "role", entrant->role);
    set_text (object, "what", entrant->what);
    set_text (object, "unavailable", entrant->unavailable);
    json_array_add_object_element (array, object);
  }
  return array;
}

static void
add_spread (JsonObject *object, const gchar *member, IpcBenchSpread spread)
{
  JsonObject *values = json_object_new ();

  set_number (values, "median", spread.median);
  set_number (values, "low-quartile", spread.low);
  set_number (values, "high-quartile", spread.high);
  set_number (values, "mad", spread.mad);
  json_object_set_int_member (values, "rounds", spread.n);
  json_object_set_object_member (object, member, values);
}

static JsonArray *
summary_to_json (const IpcBenchResult *result)
{
  JsonArray *array = json_array_new ();
  g_autoptr (GPtrArray) works = ipc_bench_result_works (result, NULL);

  for (guint w = 0; w < works->len; w++)
    for (guint e = 0; e < result->entrants->len; e++) {
      const gchar *work = ((const IpcBenchWork *)g_ptr_array_index (works, w))->name;
      const gchar *name = ((const IpcBenchEntrant *)g_ptr_array_index (result->entrants, e))->name;
      IpcBenchSpread wall = ipc_bench_result_spread (result, name, work, IPC_BENCH_WALL);
      JsonObject *object;

      if (wall.n == 0)
        continue;
      object = json_object_new ();
      set_text (object, "work", work);
      set_text (object, "contestant", name);
      add_spread (object, "wall", wall);
      add_spread (object, "cpu", ipc_bench_result_spread (result, name, work, IPC_BENCH_CPU));
      add_spread (object, "waits", ipc_bench_result_spread (result, name, work, IPC_BENCH_WAITS));
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonArray *
ratios_to_json (const IpcBenchResult *result)
{
  JsonArray *array = json_array_new ();
  g_autoptr (GPtrArray) ratios = ipc_bench_ratios (result);

  for (guint i = 0; i < ratios->len; i++) {
    const IpcBenchRatio *ratio = g_ptr_array_index (ratios, i);
    JsonObject *object = json_object_new ();

    set_text (object, "work", ratio->work);
    set_text (object, "metric", ratio->metric);
    set_text (object, "against", ratio->against);
    set_number (object, "at-most", ratio->at_most);
    set_number (object, "ratio", ratio->value);
    set_number (object, "low-quartile", ratio->spread.low);
    set_number (object, "high-quartile", ratio->spread.high);
    set_text (object, "missing", ratio->missing);
    if (ratio->missing == NULL)
      json_object_set_boolean_member (object, "reached", ratio->reached);
    json_array_add_object_element (array, object);
  }
  return array;
}

gboolean
ipc_bench_result_save (const IpcBenchResult *result, const gchar *path, GError **error)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  g_autofree gchar *text = NULL;

  set_text (object, "format", FORMAT);
  json_object_set_int_member (object, "version", VERSION);
  json_object_set_boolean_member (object, "interrupted", result->interrupted);
  json_object_set_object_member (object, "machine", json_object_ref (result->machine));
  json_object_set_object_member (object, "settings", json_object_ref (result->settings));
  json_object_set_array_member (object, "contestants", entrants_to_json (result));
  json_object_set_array_member (object, "ratios", ratios_to_json (result));
  json_object_set_array_member (object, "summary", summary_to_json (result));
  json_object_set_array_member (object, "samples", samples_to_json (result));
  json_node_take_object (root, object);
  text = json_to_string (root, TRUE);
  return g_file_set_contents (path, text, -1, error);
}

static gboolean
wrong (GError **error, const gchar *where, const gchar *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", where, what);
  return FALSE;
}

/* The member's text, NULL for null or none. FALSE when it is something else, or has to be there. */
static gboolean
get_text (JsonObject *object, const gchar *member, gboolean needed, const gchar **text)
{
  JsonNode *node = json_object_get_member (object, member);

  *text = NULL;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return !needed;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return FALSE;
  *text = json_node_get_string (node);
  return TRUE;
}

static gboolean
get_number (JsonObject *object, const gchar *member, gint64 least, gint64 *number)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *number = json_node_get_int (node);
  return *number >= least;
}

static gboolean
load_numbers (JsonObject *object, IpcBenchSample *sample, const gchar *where, GError **error)
{
  for (guint n = 0; n < G_N_ELEMENTS (numbers); n++)
    if (!get_number (object, numbers[n].name, n < 2, &G_STRUCT_MEMBER (gint64, sample, numbers[n].offset))) {
      g_autofree gchar *what = g_strdup_printf ("\"%s\" is not a number that it can be", numbers[n].name);
      return wrong (error, where, what);
    }
  return TRUE;
}

static gboolean
load_sample (IpcBenchResult *result, JsonObject *object, const gchar *where, GError **error)
{
  IpcBenchSample *sample = g_new0 (IpcBenchSample, 1);
  const gchar *contestant, *work, *failure, *memory;
  gint64 round;

  g_ptr_array_add (result->samples, sample);
  if (!get_text (object, "contestant", TRUE, &contestant) || !ipc_bench_result_by_name (result, contestant))
    return wrong (error, where, "\"contestant\" names none of the contestants");
  if (!get_text (object, "work", TRUE, &work) || !ipc_bench_work_find (work))
    return wrong (error, where, "\"work\" names no work that this program knows");
  if (!get_number (object, "round", 1, &round) || round > G_MAXUINT16)
    return wrong (error, where, "\"round\" is not a number that it can be");
  if (!get_text (object, "failure", FALSE, &failure) || !get_text (object, "memory", FALSE, &memory))
    return wrong (error, where, "\"failure\" and \"memory\" are texts");
  sample->round = round;
  sample->contestant = g_strdup (contestant);
  sample->work = g_strdup (work);
  sample->failure = g_strdup (failure);
  sample->memory = g_strdup (memory);
  return failure != NULL || load_numbers (object, sample, where, error);
}

static gboolean
load_entrant (IpcBenchResult *result, JsonObject *object, const gchar *where, GError **error)
{
  const gchar *name, *role, *what, *unavailable;

  if (!get_text (object, "name", TRUE, &name) || !get_text (object, "role", TRUE, &role)
      || !get_text (object, "what", TRUE, &what) || !get_text (object, "unavailable", FALSE, &unavailable))
    return wrong (error, where, "a contestant has the texts \"name\", \"role\", \"what\" and perhaps \"unavailable\"");
  ipc_bench_result_add_entrant (result, name, role, what, unavailable);
  return TRUE;
}

typedef gboolean (*LoadItem) (IpcBenchResult *, JsonObject *, const gchar *where, GError **);

static gboolean
load_list (IpcBenchResult *result, JsonObject *root, const gchar *member, LoadItem load, GError **error)
{
  JsonNode *node = json_object_get_member (root, member);
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return wrong (error, member, "there is no such list");
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    g_autofree gchar *where = g_strdup_printf ("%s[%u]", member, i);
    JsonNode *item = json_array_get_element (array, i);

    if (!JSON_NODE_HOLDS_OBJECT (item))
      return wrong (error, where, "is no object");
    if (!load (result, json_node_get_object (item), where, error))
      return FALSE;
  }
  return TRUE;
}

static JsonObject *
get_object (JsonObject *root, const gchar *member)
{
  JsonNode *node = json_object_get_member (root, member);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_object_ref (json_node_get_object (node)) : NULL;
}

static gboolean
load_root (IpcBenchResult *result, JsonObject *root, GError **error)
{
  const gchar *format;
  gint64 version;

  if (!get_text (root, "format", TRUE, &format) || !g_str_equal (format, FORMAT))
    return wrong (error, "format", "these are no results of " FORMAT);
  if (!get_number (root, "version", 1, &version) || version != VERSION)
    return wrong (error, "version", "results of another version of this program");
  result->machine = get_object (root, "machine");
  result->settings = get_object (root, "settings");
  if (result->machine == NULL || result->settings == NULL)
    return wrong (error, "machine, settings", "there are no such objects");
  result->interrupted = json_object_get_boolean_member_with_default (root, "interrupted", FALSE);
  return load_list (result, root, "contestants", load_entrant, error)
         && load_list (result, root, "samples", load_sample, error);
}

IpcBenchResult *
ipc_bench_result_load (const gchar *path, GError **error)
{
  g_autoptr (IpcBenchResult) result = ipc_bench_result_new ();
  g_autoptr (JsonObject) root = ipc_json_load (path, error);

  if (root == NULL)
    return NULL;
  if (load_root (result, root, error))
    return g_steal_pointer (&result);
  g_prefix_error (error, "%s: ", path);
  return NULL;
}
