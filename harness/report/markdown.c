/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Several runs as Markdown, for docs/conformance.md: how many cases came out how, of each subject and in all, why those
 * that did not pass did not, and each case in each run. Nothing in it depends on the machine or the time.
 */
#include <string.h>

#include "history/history.h"
#include "html-report.h"
#include "html-texts.h"
#include "result.h"

typedef struct {
  JsonObject *object;
  gchar *name;
  GHashTable *cases; /* name -> IpcVerdict + 1, the worst of all rounds; names borrowed */
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  json_object_unref (run->object);
  g_free (run->name);
  g_hash_table_unref (run->cases);
  g_free (run);
}

/* Nothing in @text is markup, and it is one line. */
static void
append_escaped (GString *out, const gchar *text)
{
  g_autofree gchar *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  for (const gchar *p = valid; *p != '\0'; p++) {
    if ((guchar)*p < 0x20) {
      g_string_append_c (out, ' ');
      continue;
    }
    if (strchr ("\\`*_[]<>|#", *p) != NULL)
      g_string_append_c (out, '\\');
    g_string_append_c (out, *p);
  }
}

static const gchar *
side_member (JsonObject *run, const gchar *side, const gchar *member)
{
  JsonNode *node = json_object_get_member (run, side);
  const gchar *text
      = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? ipc_record_string (json_node_get_object (node), member) : NULL;
  return text != NULL ? text : "?";
}

static gchar *
run_name (JsonObject *run)
{
  const gchar *master = side_member (run, "master", "implementation"),
              *slave = side_member (run, "slave", "implementation");
  const gchar *master_version = side_member (run, "master", "plugin-version"),
              *slave_version = side_member (run, "slave", "plugin-version");

  if (g_str_equal (master, slave) && g_str_equal (master_version, slave_version))
    return g_strdup_printf ("%s %s", master, master_version);
  return g_strdup_printf ("%s %s to %s %s", master, master_version, slave, slave_version);
}

static gchar *
gstreamer_of (JsonObject *run)
{
  const gchar *master = side_member (run, "master", "gstreamer"), *slave = side_member (run, "slave", "gstreamer");

  return g_str_equal (master, slave) ? g_strdup (master) : g_strdup_printf ("%s to %s", master, slave);
}

/* Bad ones are worse than others; among each the later one in IpcVerdict. */
static gboolean
is_worse (IpcVerdict a, IpcVerdict b)
{
  return ipc_verdict_is_bad (a) != ipc_verdict_is_bad (b) ? ipc_verdict_is_bad (a) : a > b;
}

static JsonObject *
case_at (JsonObject *run, guint index)
{
  JsonNode *node = json_array_get_element (json_object_get_array_member (run, "cases"), index);
  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static guint
n_cases (JsonObject *run)
{
  return json_array_get_length (json_object_get_array_member (run, "cases"));
}

static Run *
run_new (JsonObject *object)
{
  Run *run = g_new0 (Run, 1);

  run->object = object;
  run->name = run_name (object);
  run->cases = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < n_cases (object); i++) {
    JsonObject *one = case_at (object, i);
    const gchar *name = one != NULL ? ipc_record_string (one, "case") : NULL;
    guint before = name != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (run->cases, name)) : 0;
    IpcVerdict verdict;
    if (name == NULL || !ipc_verdict_from_name (ipc_record_string (one, "verdict"), &verdict))
      continue;
    if (before == 0 || is_worse (verdict, before - 1))
      g_hash_table_insert (run->cases, (gpointer)name, GUINT_TO_POINTER (verdict + 1));
  }
  return run;
}

/* The same plugins with other GStreamers: the name says which. */
static void
tell_apart (GPtrArray *runs)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) twice = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < runs->len; i++) {
    const Run *run = g_ptr_array_index (runs, i);
    if (!g_hash_table_add (seen, run->name))
      g_hash_table_add (twice, g_strdup (run->name));
  }
  for (guint i = 0; i < runs->len; i++) {
    Run *run = g_ptr_array_index (runs, i);
    g_autofree gchar *name = NULL, *gstreamer = NULL;
    if (!g_hash_table_contains (twice, run->name))
      continue;
    name = g_steal_pointer (&run->name);
    gstreamer = gstreamer_of (run->object);
    run->name = g_strdup_printf ("%s, GStreamer %s", name, gstreamer);
  }
}

static GPtrArray *
load_runs (const gchar *const *files, GError **error)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func (run_free);

  for (guint i = 0; files[i] != NULL; i++) {
    JsonObject *object = ipc_result_file_load (files[i], error);
    if (object == NULL)
      return NULL;
    g_ptr_array_add (runs, run_new (object));
  }
  tell_apart (runs);
  return g_steal_pointer (&runs);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *)a, *(const gchar *const *)b);
}

/* Of all runs, each once, in order; borrowed. */
static GPtrArray *
case_names (GPtrArray *runs)
{
  g_autoptr (GHashTable) all = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  for (guint i = 0; i < runs->len; i++) {
    const Run *run = g_ptr_array_index (runs, i);
    g_hash_table_iter_init (&iter, run->cases);
    while (g_hash_table_iter_next (&iter, &name, NULL))
      if (g_hash_table_add (all, name))
        g_ptr_array_add (names, name);
  }
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* "|---|---|" behind a row of @n cells that has been appended. */
static void
append_rule (GString *out, guint n)
{
  g_string_append (out, "\n|");
  for (guint i = 0; i < n; i++)
    g_string_append (out, " --- |");
  g_string_append_c (out, '\n');
}

static guint
count (const Run *run, IpcVerdict verdict)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, run->cases);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += GPOINTER_TO_UINT (value) - 1 == verdict;
  return n;
}

static void
append_counts (GString *out, GPtrArray *runs)
{
  gboolean used[IPC_N_VERDICTS] = { FALSE };
  guint n_columns = 2;

  for (guint verdict = 0; verdict < IPC_N_VERDICTS; verdict++) {
    for (guint i = 0; i < runs->len; i++)
      used[verdict] |= count (g_ptr_array_index (runs, i), verdict) > 0;
    n_columns += used[verdict];
  }
  g_string_append (out, "| implementation | GStreamer |");
  for (guint verdict = 0; verdict < IPC_N_VERDICTS; verdict++)
    if (used[verdict])
      g_string_append_printf (out, " %s |", ipc_verdict_name (verdict));
  append_rule (out, n_columns);
  for (guint i = 0; i < runs->len; i++) {
    const Run *run = g_ptr_array_index (runs, i);
    g_autofree gchar *gstreamer = gstreamer_of (run->object);
    g_string_append (out, "| ");
    append_escaped (out, run->name);
    g_string_append (out, " | ");
    append_escaped (out, gstreamer);
    g_string_append (out, " |");
    for (guint verdict = 0; verdict < IPC_N_VERDICTS; verdict++)
      if (used[verdict])
        g_string_append_printf (out, " %u |", count (run, verdict));
    g_string_append_c (out, '\n');
  }
}

static void
append_run_names (GString *out, GPtrArray *runs)
{
  for (guint i = 0; i < runs->len; i++) {
    g_string_append_c (out, ' ');
    append_escaped (out, ((const Run *)g_ptr_array_index (runs, i))->name);
    g_string_append (out, " |");
  }
}

static void
append_cases (GString *out, GPtrArray *runs, GPtrArray *names)
{
  g_string_append (out, "\n## Cases\n\n| case |");
  append_run_names (out, runs);
  append_rule (out, runs->len + 1);
  for (guint i = 0; i < names->len; i++) {
    g_string_append (out, "| ");
    append_escaped (out, g_ptr_array_index (names, i));
    for (guint j = 0; j < runs->len; j++) {
      const Run *run = g_ptr_array_index (runs, j);
      guint verdict = GPOINTER_TO_UINT (g_hash_table_lookup (run->cases, g_ptr_array_index (names, i)));
      const gchar *mark = verdict > 0 && verdict - 1 != IPC_VERDICT_PASS ? "**" : "";
      g_string_append_printf (
          out, " | %s%s%s", mark, verdict > 0 ? ipc_verdict_name (verdict - 1) : "\342\200\223", mark);
    }
    g_string_append (out, " |\n");
  }
}

/* --- subjects --- */

/* What stands before the last slash of a name, or before its parameters; caller frees. */
static gchar *
subject_of (const gchar *name)
{
  const gchar *slash = g_strrstr_len (name, (gssize)strcspn (name, "["), "/");
  return g_strndup (name, slash != NULL ? (gsize)(slash - name) : strcspn (name, "["));
}

static void
append_subject (GString *out, GPtrArray *runs, const gchar *subject, GPtrArray *names, guint first, guint end)
{
  g_string_append (out, "| ");
  append_escaped (out, subject);
  g_string_append_printf (out, " | %u |", end - first);
  for (guint i = 0; i < runs->len; i++) {
    const Run *run = g_ptr_array_index (runs, i);
    guint passed = 0;
    for (guint j = first; j < end; j++)
      passed
          += GPOINTER_TO_UINT (g_hash_table_lookup (run->cases, g_ptr_array_index (names, j))) == IPC_VERDICT_PASS + 1;
    g_string_append_printf (out, " %u |", passed);
  }
  g_string_append_c (out, '\n');
}

/* @names are in order, so that those of a subject stand together. */
static void
append_subjects (GString *out, GPtrArray *runs, GPtrArray *names)
{
  guint first = 0;

  g_string_append (out, "\n## Passed, by subject\n\n| subject | cases |");
  append_run_names (out, runs);
  append_rule (out, runs->len + 2);
  while (first < names->len) {
    g_autofree gchar *subject = subject_of (g_ptr_array_index (names, first));
    guint end = first + 1;
    for (; end < names->len; end++) {
      g_autofree gchar *other = subject_of (g_ptr_array_index (names, end));
      if (!g_str_equal (subject, other))
        break;
    }
    append_subject (out, runs, subject, names, first, end);
    first = end;
  }
}

/* --- reasons --- */

typedef struct {
  const gchar *why, *verdict; /* borrowed */
  GPtrArray *cases;           /* names, in order, borrowed */
} Reason;

static void
reason_free (gpointer data)
{
  Reason *reason = data;

  g_ptr_array_unref (reason->cases);
  g_free (reason);
}

static Reason *
find_reason (GPtrArray *reasons, const gchar *verdict, const gchar *why)
{
  Reason *reason;

  for (guint i = 0; i < reasons->len; i++) {
    reason = g_ptr_array_index (reasons, i);
    if (g_str_equal (reason->why, why) && g_str_equal (reason->verdict, verdict))
      return reason;
  }
  reason = g_new0 (Reason, 1);
  reason->why = why;
  reason->verdict = verdict;
  reason->cases = g_ptr_array_new ();
  g_ptr_array_add (reasons, reason);
  return reason;
}

static gint
compare_cases (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (
      ipc_record_string (*(JsonObject *const *)a, "case"), ipc_record_string (*(JsonObject *const *)b, "case"));
}

/* Those of most cases first. */
static gint
compare_reasons (gconstpointer a, gconstpointer b)
{
  const Reason *one = *(const Reason *const *)a, *other = *(const Reason *const *)b;
  gint order = (gint)other->cases->len - (gint)one->cases->len;
  return order != 0 ? order : strcmp (one->why, other->why);
}

/* Of the cases that did not pass; why a failure is known tells more than what was seen this time. Of several rounds of
 * a case the first that did not pass counts. */
static GPtrArray *
reasons_of (const Run *run)
{
  g_autoptr (GHashTable) said = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) cases = g_ptr_array_new ();
  GPtrArray *reasons = g_ptr_array_new_with_free_func (reason_free);

  for (guint i = 0; i < n_cases (run->object); i++) {
    JsonObject *one = case_at (run->object, i);
    if (one != NULL && ipc_record_string (one, "case") != NULL
        && g_strcmp0 (ipc_record_string (one, "verdict"), "pass") != 0)
      g_ptr_array_add (cases, one);
  }
  g_ptr_array_sort (cases, compare_cases);
  for (guint i = 0; i < cases->len; i++) {
    JsonObject *one = g_ptr_array_index (cases, i);
    const gchar *name = ipc_record_string (one, "case"), *why = ipc_record_string (one, "known-failure");
    if (!g_hash_table_add (said, (gpointer)name))
      continue;
    g_ptr_array_add (find_reason (reasons, ipc_html_or_empty (ipc_record_string (one, "verdict")),
                         ipc_html_or_empty (why != NULL ? why : ipc_record_string (one, "reason")))
                         ->cases,
        (gpointer)name);
  }
  g_ptr_array_sort (reasons, compare_reasons);
  return reasons;
}

static gboolean
is_of_file (const gchar *name, const gchar *file, gsize length)
{
  return strcspn (name, "[") == length && strncmp (name, file, length) == 0;
}

/* A case by its name, several of a file by the file's. */
static void
append_names (GString *out, GPtrArray *names)
{
  for (guint i = 0, n; i < names->len; i += n) {
    const gchar *name = g_ptr_array_index (names, i);
    gsize length = strcspn (name, "[");
    g_autofree gchar *file = g_strndup (name, length);
    for (n = 1; i + n < names->len && is_of_file (g_ptr_array_index (names, i + n), name, length); n++)
      ;
    g_string_append (out, i > 0 ? ", " : " ");
    append_escaped (out, n > 1 ? file : name);
    if (n > 1)
      g_string_append_printf (out, " (%u)", n);
  }
  g_string_append_c (out, '\n');
}

static void
append_reasons (GString *out, const Run *run)
{
  g_autoptr (GPtrArray) reasons = reasons_of (run);

  if (reasons->len == 0)
    return;
  g_string_append (out, "\n## Not passed: ");
  append_escaped (out, run->name);
  g_string_append (out, "\n\n");
  for (guint i = 0; i < reasons->len; i++) {
    const Reason *reason = g_ptr_array_index (reasons, i);
    g_string_append_printf (out, "- %u **%s**: ", reason->cases->len, reason->verdict);
    append_escaped (out, reason->why);
    g_string_append (out, "\n  \342\200\224");
    append_names (out, reason->cases);
  }
}

gchar *
ipc_markdown_matrix (const gchar *const *files, GError **error)
{
  g_autoptr (GPtrArray) runs = load_runs (files, error);
  g_autoptr (GPtrArray) names = NULL;
  GString *out;

  if (runs == NULL)
    return NULL;
  names = case_names (runs);
  out = g_string_new (
      "<!-- Made by ci/conformance-matrix; not to be edited. -->\n# Conformance\n\n"
      "Which implementation passes which case. \"A to B\" is a master with the plugin A and slaves with B;\n"
      "xfail is a failure that is known and listed in `scenarios/known-failures/`.\n\n");
  append_counts (out, runs);
  append_subjects (out, runs, names);
  for (guint i = 0; i < runs->len; i++)
    append_reasons (out, g_ptr_array_index (runs, i));
  append_cases (out, runs, names);
  return g_string_free (out, FALSE);
}
