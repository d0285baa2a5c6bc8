/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `points`: plays a case without its faults and lists the packets of its session by name, which is what a sweep goes
 * through. With --check the list that the cases of a scenario have is held against it.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "cli.h"
#include "history/history.h"
#include "run/run.h"
#include "scenario/scenario.h"
#include "selection.h"

static const gchar description[]
    = "CASE is a case, or a scenario file's name: then its first case is played. The faults of the\n"
      "case are left out, and what is done behind them with them. A point is the name of a packet:\n"
      "to-slave.EVENT.caps.1 is the first caps event to the slave, to-master.ACK.EVENT.caps.1 its answer.\n"
      "\n"
      "With --repeat a point that is not in every session is said on standard error: it cannot be\n"
      "part of a sweep. With --check the values of the parameter `point` in all cases of the scenario\n"
      "are compared with the session: what is missing and what is not there any more is listed, and\n"
      "the exit code is 1.\n"
      "\n"
      "Examples:\n"
      "  gst-ipc-harness points play/wav-one-slave\n"
      "  gst-ipc-harness points sweep/close --repeat 10 --check\n";

typedef struct {
  gchar *scenarios, *media, *worker, *implementation;
  gint repeat;
  gboolean check;
} Options;

/* {{{ playing */

/* Removes @folder with the files in it; a case's folder has no others. */
static void
remove_folder (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
      remove_folder (path);
    else
      g_unlink (path);
  }
  g_rmdir (folder);
}

/* Names of the packets before the teardown, in order, each once. */
static GPtrArray *
points_of (IpcHistory *history)
{
  GPtrArray *points = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = ipc_history_length (history);

  for (guint i = 0; i < n; i++) {
    JsonObject *record = ipc_history_get (history, i);
    const gchar *point = ipc_record_string (record, "point");
    if (ipc_record_is (record, "teardown"))
      break;
    if (ipc_record_is (record, "packet") && point != NULL && g_hash_table_add (seen, (gpointer)point))
      g_ptr_array_add (points, g_strdup (point));
  }
  return points;
}

/* NULL after saying why. */
static GPtrArray *
play (const IpcScenarioCase *scenario_case, const IpcRunSettings *settings, const gchar *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpcHistory) history = ipc_run_case (scenario_case, settings, folder, NULL, &error);

  if (history == NULL) {
    ipc_cli_complain ("%s: %s", scenario_case->name, error->message);
    return NULL;
  }
  return points_of (history);
}

/* }}} */
/* {{{ comparing */

static gboolean
contains (GPtrArray *points, const gchar *point)
{
  return g_ptr_array_find_with_equal_func (points, point, g_str_equal, NULL);
}

/* The names that the cases of @file have in their parameter `point`. */
static GPtrArray *
points_of_cases (GPtrArray *cases, const gchar *file)
{
  GPtrArray *points = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GRegex) regex = g_regex_new ("[\\[,]point=([^,\\]]*)", 0, 0, NULL);

  for (guint i = 0; i < cases->len; i++) {
    const IpcScenarioCase *scenario_case = g_ptr_array_index (cases, i);
    g_autoptr (GMatchInfo) match = NULL;
    if (!g_str_equal (scenario_case->file, file) || !g_regex_match (regex, scenario_case->name, 0, &match))
      continue;
    g_autofree gchar *point = g_match_info_fetch (match, 1);
    if (!contains (points, point))
      g_ptr_array_add (points, g_steal_pointer (&point));
  }
  return points;
}

/* FALSE when something was said. */
static gboolean
say_missing (GPtrArray *wanted, GPtrArray *there, const gchar *text)
{
  gboolean good = TRUE;

  for (guint i = 0; i < wanted->len; i++) {
    const gchar *point = g_ptr_array_index (wanted, i);
    if (contains (there, point))
      continue;
    g_print ("%s: %s\n", text, point);
    good = FALSE;
  }
  return good;
}

/* Those of @points that are in @others, too; says the rest. */
static GPtrArray *
keep_common (GPtrArray *points, GPtrArray *others)
{
  GPtrArray *common = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < points->len; i++) {
    const gchar *point = g_ptr_array_index (points, i);
    if (contains (others, point))
      g_ptr_array_add (common, g_strdup (point));
    else
      g_printerr ("not in every session: %s\n", point);
  }
  for (guint i = 0; i < others->len; i++)
    if (!contains (points, g_ptr_array_index (others, i)))
      g_printerr ("not in every session: %s\n", (const gchar *)g_ptr_array_index (others, i));
  return common;
}

/* }}} */

static gint
finish (const Options *o, GPtrArray *cases, const IpcScenarioCase *scenario_case, GPtrArray *points)
{
  g_autoptr (GPtrArray) written = NULL;
  gboolean good;

  if (!o->check) {
    for (guint i = 0; i < points->len; i++)
      g_print ("%s\n", (const gchar *)g_ptr_array_index (points, i));
    return points->len > 0 ? IPC_EXIT_OK : IPC_EXIT_BAD;
  }
  written = points_of_cases (cases, scenario_case->file);
  good = say_missing (points, written, "in the session, and in no case");
  good &= say_missing (written, points, "in a case, and not in the session");
  return good ? IPC_EXIT_OK : IPC_EXIT_BAD;
}

/* @folder: for what the sessions leave. */
static gint
play_all (const Options *o, GPtrArray *cases, const IpcScenarioCase *scenario_case, const gchar *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpcImplementation) implementation = ipc_implementation_new (o->implementation, &error);
  g_autoptr (GPtrArray) points = NULL;

  if (implementation == NULL || !ipc_run_prepare (implementation, o->worker, folder, &error)) {
    ipc_cli_complain ("%s", error->message);
    return IPC_EXIT_HARNESS_ERROR;
  }
  for (gint i = 0; i < o->repeat; i++) {
    const IpcRunSettings settings = { .master = implementation,
      .slave = implementation,
      .master_worker = o->worker,
      .slave_worker = o->worker,
      .timeout_scale = 1.0,
      .repeat_command = "",
      .without_faults = TRUE };
    g_autofree gchar *session = g_strdup_printf ("%s/%d", folder, i);
    g_autoptr (GPtrArray) found = play (scenario_case, &settings, session);
    GPtrArray *common;

    if (found == NULL)
      return IPC_EXIT_HARNESS_ERROR;
    common = points != NULL ? keep_common (points, found) : g_steal_pointer (&found);
    g_clear_pointer (&points, g_ptr_array_unref);
    points = common;
  }
  return finish (o, cases, scenario_case, points);
}

static gint
run (const Options *o, const gchar *pattern)
{
  gchar *patterns[] = { (gchar *)pattern, NULL };
  g_autoptr (GPtrArray) cases = ipc_selection_load (o->scenarios, o->media, TRUE);
  g_autoptr (GPtrArray) selected = cases != NULL ? ipc_selection_choose (cases, patterns, TRUE) : NULL;
  g_autofree gchar *folder = NULL;
  g_autoptr (GError) error = NULL;
  gint code;

  if (selected == NULL)
    return IPC_EXIT_USAGE;
  folder = g_dir_make_tmp ("gst-ipc-points-XXXXXX", &error);
  if (folder == NULL) {
    ipc_cli_complain ("%s", error->message);
    return IPC_EXIT_HARNESS_ERROR;
  }
  code = play_all (o, cases, g_ptr_array_index (selected, 0), folder);
  remove_folder (folder);
  return code;
}

gint
ipc_cli_points (gint argc, gchar **argv)
{
  Options o = { NULL, ipc_cli_default_media (), ipc_cli_default_worker (), NULL, 1, FALSE };
  g_auto (GStrv) patterns = NULL;
  const GOptionEntry entries[] = {
    { "implementation", 'i', 0, G_OPTION_ARG_STRING, &o.implementation,
        "reference, gst-plugins-bad, or a plugin folder", "NAME|DIR" },
    { "repeat", 0, 0, G_OPTION_ARG_INT, &o.repeat, "Play N times, and keep what is in all of them (1)", "N" },
    { "check", 0, 0, G_OPTION_ARG_NONE, &o.check, "Compare with the points of the scenario's cases", NULL },
    { "scenarios", 0, 0, G_OPTION_ARG_FILENAME, &o.scenarios, "Folder of scenarios", "DIR" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &patterns, NULL, NULL },
    { NULL },
  };
  const IpcCliHelp help = { "points", "CASE", "Lists the packets of a case's session by name.", description };
  gint code = IPC_EXIT_USAGE;

  if (ipc_cli_parse (argv, &help, entries, NULL)) {
    if (patterns == NULL || patterns[0] == NULL || patterns[1] != NULL || o.repeat < 1) {
      ipc_cli_complain ("points: which CASE? One, and at least one session (see gst-ipc-harness points --help)");
    } else {
      if (o.scenarios == NULL)
        o.scenarios = ipc_cli_default_scenarios ();
      if (o.implementation == NULL)
        o.implementation = g_strdup ("reference");
      code = run (&o, patterns[0]);
    }
  }
  g_free (o.scenarios);
  g_free (o.media);
  g_free (o.worker);
  g_free (o.implementation);
  return code;
}
