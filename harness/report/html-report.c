/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * result.json in, a page out. The page gets of each case what its list shows; the rest of it is a block of its own,
 * compressed, which is opened when somebody looks at the case.
 */
#include "html-report.h"

#include <string.h>

#include "history/history.h"
#include "history/json.h"
#include "html-case.h"
#include "html-texts.h"
#include "html.h"
#include "requirements.h"

/* Packets in the pictures of all cases together, and of one case: a page of any number of cases can be opened. */
#define ALL_PACKETS 400000
#define MIN_PACKETS 200
#define MAX_PACKETS 4000
#define MIN_PACKETS_BAD 1000 /* of a case that is worth a closer look */

JsonObject *
ipc_result_file_load (const gchar *file, GError **error)
{
  g_autoptr (JsonObject) object = ipc_json_load (file, error);

  if (object == NULL)
    return NULL;
  if (g_strcmp0 (ipc_record_string (object, "format"), "gst-ipc-harness-result") != 0
      || !json_object_has_member (object, "cases")
      || !JSON_NODE_HOLDS_ARRAY (json_object_get_member (object, "cases"))) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "%s: expected the result.json that `gst-ipc-harness run` leaves in its report folder", file);
    return NULL;
  }
  return g_steal_pointer (&object);
}

static void
copy_member (JsonObject *to, JsonObject *from, const gchar *name)
{
  JsonNode *node = json_object_get_member (from, name);

  if (node != NULL && !JSON_NODE_HOLDS_NULL (node))
    json_object_set_member (to, name, json_node_copy (node));
}

/* The objects among the cases; borrowed. */
static GPtrArray *
cases_of (JsonObject *result)
{
  JsonArray *all = json_object_get_array_member (result, "cases");
  GPtrArray *cases = g_ptr_array_new ();

  for (guint i = 0; i < json_array_get_length (all); i++)
    if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (all, i)))
      g_ptr_array_add (cases, json_array_get_object_element (all, i));
  return cases;
}

static gboolean
is_bad (JsonObject *result)
{
  const gchar *verdict = ipc_record_string (result, "verdict");
  return g_strcmp0 (verdict, "pass") != 0 && g_strcmp0 (verdict, "skip") != 0;
}

/* What the list shows of a case. */
static JsonObject *
case_summary (JsonObject *result)
{
  static const gchar *const names[]
      = { "case", "round", "verdict", "reason", "known-failure", "seconds", "shows", "requirements", NULL };
  JsonObject *object = json_object_new ();

  for (guint i = 0; names[i] != NULL; i++)
    copy_member (object, result, names[i]);
  return object;
}

/* The words of the requirements that @cases name, by ID. */
static void
add_requirements (JsonObject *known, JsonObject *result)
{
  JsonNode *node = json_object_get_member (result, "requirements");
  JsonArray *ids = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; ids != NULL && i < json_array_get_length (ids); i++) {
    JsonNode *element = json_array_get_element (ids, i);
    const IpcRequirement *rule
        = JSON_NODE_HOLDS_VALUE (element) ? ipc_requirement_find (json_node_get_string (element)) : NULL;
    JsonArray *words;
    if (rule == NULL || json_object_has_member (known, rule->id))
      continue;
    words = json_array_new ();
    json_array_add_string_element (words, rule->level);
    json_array_add_string_element (words, rule->text);
    json_object_set_array_member (known, rule->id, words);
  }
}

static void
add_finding_requirements (JsonObject *known, JsonObject *result)
{
  JsonNode *node = json_object_get_member (result, "findings");
  JsonArray *findings = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; findings != NULL && i < json_array_get_length (findings); i++) {
    JsonNode *element = json_array_get_element (findings, i);
    const gchar *id
        = JSON_NODE_HOLDS_OBJECT (element) ? ipc_record_string (json_node_get_object (element), "requirement") : NULL;
    JsonObject *one = json_object_new ();
    JsonArray *ids = json_array_new ();
    if (id != NULL)
      json_array_add_string_element (ids, id);
    json_object_set_array_member (one, "requirements", ids);
    add_requirements (known, one);
    json_object_unref (one);
  }
}

/* @known: gets the words of requirements. */
static JsonObject *
run_to_json (JsonObject *result, JsonObject *known)
{
  static const gchar *const names[] = { "verdict", "counts", "planned", "interrupted", "master", "slave", "environment",
    "command", "scenarios", "known-failures", "start", "seconds", "jobs", "timeout-scale", "shuffle-seed", "warnings",
    "incomplete", "shard", "shards", NULL };
  JsonObject *run = json_object_new ();
  g_autoptr (GPtrArray) all = cases_of (result);
  JsonArray *cases = json_array_new ();

  for (guint i = 0; names[i] != NULL; i++)
    copy_member (run, result, names[i]);
  for (guint i = 0; i < all->len; i++) {
    JsonObject *one = g_ptr_array_index (all, i);
    json_array_add_object_element (cases, case_summary (one));
    add_requirements (known, one);
    add_finding_requirements (known, one);
  }
  json_object_set_array_member (run, "cases", cases);
  return run;
}

guint
ipc_html_report_packets (guint n_cases, gboolean bad)
{
  return CLAMP (ALL_PACKETS / MAX (n_cases, 1), bad ? MIN_PACKETS_BAD : MIN_PACKETS, MAX_PACKETS);
}

/* One case on a thread of the pool. */
typedef struct {
  JsonObject *result;
  guint max_packets;
  const gchar *picture; /* with so many, or NULL */
  const gchar *file, *page_folder;
  gchar **block;
} Job;

static void
make_block (gpointer data, gpointer nothing)
{
  Job *job = data;
  *job->block = ipc_html_case (job->result, job->file, job->page_folder, job->max_packets, job->picture);
}

/* Sets max_packets of the bad (@bad) or the other jobs: the bad come first, until there are enough pictures. */
static void
share_pictures (Job *jobs, guint n_jobs, gboolean bad, guint *n_pictures)
{
  for (guint i = 0; i<n_jobs && * n_pictures> 0; i++) {
    if (is_bad (jobs[i].result) != bad)
      continue;
    jobs[i].max_packets = ipc_html_report_packets (n_jobs, bad);
    --*n_pictures;
  }
}

static gchar *
drawn_key (const gchar *name, gint64 round)
{
  return g_strdup_printf ("%s %" G_GINT64_FORMAT, name, round);
}

/* The results of a run by name and round; they stay the run's. */
static GHashTable *
drawn_by (const IpcRunReport *run)
{
  GHashTable *drawn = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < run->results->len; i++) {
    IpcResult *result = g_ptr_array_index (run->results, i);

    if (result->picture != NULL)
      g_hash_table_insert (drawn, drawn_key (result->name, result->round), result);
  }
  return drawn;
}

static void
take_pictures (Job *jobs, guint n_jobs, GHashTable *drawn)
{
  for (guint i = 0; i < n_jobs; i++) {
    const gchar *name = ipc_record_string (jobs[i].result, "case");
    g_autofree gchar *key = drawn_key (name != NULL ? name : "", ipc_record_int (jobs[i].result, "round", 1));
    const IpcResult *result = g_hash_table_lookup (drawn, key);

    if (result != NULL && result->picture_packets == jobs[i].max_packets)
      jobs[i].picture = result->picture;
  }
}

/* One for each case, in order. @drawn: of drawn_by(), or NULL. The other histories have to be read again, which is what
 * takes the time. */
static GPtrArray *
make_blocks (GPtrArray *cases, GHashTable *drawn, const gchar *file, const gchar *page_folder)
{
  GPtrArray *blocks = g_ptr_array_new_full (cases->len, g_free);
  g_autofree Job *jobs = g_new0 (Job, cases->len);
  GThreadPool *pool = g_thread_pool_new (make_block, NULL, g_get_num_processors (), FALSE, NULL);
  guint n_pictures = IPC_HTML_REPORT_PICTURES;

  g_ptr_array_set_size (blocks, cases->len);
  for (guint i = 0; i < cases->len; i++) {
    Job job = { g_ptr_array_index (cases, i), 0, NULL, file, page_folder, (gchar **)&blocks->pdata[i] };
    jobs[i] = job;
  }
  share_pictures (jobs, cases->len, TRUE, &n_pictures);
  share_pictures (jobs, cases->len, FALSE, &n_pictures);
  if (drawn != NULL)
    take_pictures (jobs, cases->len, drawn);
  for (guint i = 0; i < cases->len; i++)
    g_thread_pool_push (pool, &jobs[i], NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
  return blocks;
}

static const gchar *
side_name (JsonObject *run, const gchar *side)
{
  JsonNode *node = json_object_get_member (run, side);
  const gchar *name = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
                          ? ipc_record_string (json_node_get_object (node), "implementation")
                          : NULL;
  return name != NULL ? name : "?";
}

/* Of one run; NULL for the table of several. */
static gchar *
title_of (JsonObject *run)
{
  const gchar *master = side_name (run, "master"), *slave = side_name (run, "slave");

  if (g_str_equal (master, slave))
    return g_strdup_printf ("Conformance of %s", master);
  return g_strdup_printf ("Conformance of %s with %s", master, slave);
}

/* Where a file that lies beside the result.json @file is, as seen from @page_folder, when there is one. */
static void
add_link (JsonObject *run, const gchar *member, const gchar *file, const gchar *name, const gchar *page_folder)
{
  g_autofree gchar *parent = g_path_get_dirname (file), *absolute = g_canonicalize_filename (parent, NULL),
                   *path = g_build_filename (absolute, name, NULL), *uri = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return;
  uri = ipc_html_link (path, page_folder);
  json_object_set_string_member (run, member, uri);
}

static gboolean
load_all (const gchar *const *files, GPtrArray *results, GError **error)
{
  for (guint i = 0; files[i] != NULL; i++) {
    JsonObject *result = ipc_result_file_load (files[i], error);
    if (result == NULL)
      return FALSE;
    g_ptr_array_add (results, result);
  }
  return TRUE;
}

/* The text of #data. */
static gchar *
make_data (GPtrArray *results, const gchar *const *files, const gchar *page_folder)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *data = json_object_new (), *known = json_object_new ();
  JsonArray *runs = json_array_new ();

  json_node_take_object (root, data);
  for (guint i = 0; i < results->len; i++) {
    JsonObject *run = run_to_json (g_ptr_array_index (results, i), known);
    if (results->len > 1)
      add_link (run, "page", files[i], IPC_HTML_REPORT_NAME, page_folder);
    add_link (run, "coverage", files[i], "coverage.html", page_folder);
    json_array_add_object_element (runs, run);
  }
  json_object_set_array_member (data, "runs", runs);
  json_object_set_object_member (data, "requirements", known);
  return json_to_string (root, FALSE);
}

static gboolean
save (const gchar *const *files, GHashTable *drawn, const gchar *path, GError **error)
{
  static const gchar *const scripts[]
      = { "dom.js", "timeline-data.js", "timeline-draw.js", "timeline.js", "report.js", NULL };
  static const gchar *const matrix_scripts[] = { "dom.js", "matrix.js", NULL };
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify)json_object_unref), blocks = NULL;
  g_autofree gchar *absolute = g_canonicalize_filename (path, NULL), *folder = g_path_get_dirname (absolute);
  g_autofree gchar *title = NULL, *data = NULL;
  IpcHtmlPage page = { 0 };

  if (!load_all (files, results, error))
    return FALSE;
  if (results->len == 1) {
    g_autoptr (GPtrArray) cases = cases_of (g_ptr_array_index (results, 0));
    title = title_of (g_ptr_array_index (results, 0));
    blocks = make_blocks (cases, drawn, files[0], folder);
  } else {
    title = g_strdup ("Conformance of several implementations");
  }
  data = make_data (results, files, folder);
  page.title = title;
  page.scripts = results->len == 1 ? scripts : matrix_scripts;
  page.data = data;
  page.blocks = blocks;
  return ipc_html_save (&page, path, error);
}

gboolean
ipc_html_report_save (const gchar *const *files, const gchar *path, GError **error)
{
  return save (files, NULL, path, error);
}

gboolean
ipc_html_report_save_run (const IpcRunReport *run, const gchar *file, const gchar *path, GError **error)
{
  g_autoptr (GHashTable) drawn = drawn_by (run);
  const gchar *const files[] = { file, NULL };

  return save (files, drawn, path, error);
}
