/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which cases are meant. A pattern that selects nothing is a mistake of the caller: a run of nothing must not look like
 * a run without failures.
 */
#include "selection.h"

#include <string.h>

#include "cli.h"
#include "scenario/case-name.h"
#include "scenario/mistake.h"
#include "scenario/scenario.h"

GPtrArray *
ipc_selection_load (const gchar *scenarios, const gchar *media, gboolean full)
{
  const IpcScenarioWorld world
      = { media, ipc_cli_rule_names (FALSE), full, ipc_cli_requirement_ids (), ipc_cli_rule_names (TRUE) };
  g_autoptr (GPtrArray) mistakes = ipc_cli_mistakes_new ();
  g_autoptr (GPtrArray) cases = NULL;

  if (!g_file_test (scenarios, G_FILE_TEST_IS_DIR)) {
    ipc_cli_complain ("there is no folder of scenarios %s (see --scenarios)", scenarios);
    return NULL;
  }
  cases = ipc_scenario_load_folder (scenarios, &world, mistakes);
  if (mistakes->len > 0) {
    ipc_cli_print_mistakes (mistakes);
    ipc_cli_complain ("%u mistake(s) in the scenarios: nothing was run", mistakes->len);
    return NULL;
  }
  if (cases == NULL || cases->len == 0) {
    ipc_cli_complain ("no scenario below %s", scenarios);
    return NULL;
  }
  return g_steal_pointer (&cases);
}

static gboolean
is_meant (const gchar *pattern, const gchar *name)
{
  g_autofree gchar *folder = g_str_has_suffix (pattern, "/") ? g_strdup (pattern) : g_strconcat (pattern, "/", NULL);

  return g_str_has_prefix (name, folder) || ipc_case_name_matches (pattern, name);
}

static gboolean
names_parameters (const gchar *pattern)
{
  return strchr (pattern, '[') != NULL;
}

gboolean
ipc_selection_names_parameters (gchar **patterns)
{
  for (guint i = 0; patterns != NULL && patterns[i] != NULL; i++)
    if (names_parameters (patterns[i]))
      return TRUE;
  return FALSE;
}

/* Whether nobody asks for it: one that is kept for --full is played without it only when the value that it is kept for
 * is named. Of a pattern that names another parameter, users expect what they get without the brackets, but less. */
static gboolean
is_kept (const IpcScenarioCase *scenario_case, const gchar *pattern, gboolean full)
{
  return scenario_case->full && !full
         && !ipc_case_name_spells (pattern, (const gchar *const *)scenario_case->full_labels);
}

/* Marks what @pattern means in @chosen; FALSE when that is nothing. */
static gboolean
mark (GPtrArray *cases, const gchar *pattern, gboolean full, gboolean *chosen)
{
  gboolean any = FALSE;

  for (guint i = 0; i < cases->len; i++) {
    const IpcScenarioCase *scenario_case = g_ptr_array_index (cases, i);
    if (!is_kept (scenario_case, pattern, full) && is_meant (pattern, scenario_case->name))
      any = chosen[i] = TRUE;
  }
  return any;
}

/* Appends @text to @words, unless it is the last of them already; takes it. */
static void
add_word (GPtrArray *words, gchar *text)
{
  if (words->len > 0 && g_str_equal (words->pdata[words->len - 1], text))
    g_free (text);
  else
    g_ptr_array_add (words, text);
}

/* The scenario file or folder that is called nearly like @word, or NULL. Caller frees. */
static gchar *
nearest (GPtrArray *cases, const gchar *word)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < cases->len; i++) {
    const gchar *name = ((const IpcScenarioCase *)g_ptr_array_index (cases, i))->name;
    gchar *file = g_strndup (name, strcspn (name, "["));
    gchar *folder = g_path_get_dirname (file);

    add_word (words, file);
    add_word (words, folder);
  }
  g_ptr_array_add (words, NULL);
  return g_strdup (ipc_words_nearest (word, (const gchar *const *)words->pdata));
}

/* Says what may have been meant by a @pattern that means nothing. */
static void
complain_of_pattern (GPtrArray *cases, const gchar *pattern)
{
  g_autofree gchar *file = g_strndup (pattern, strcspn (pattern, "["));
  g_autofree gchar *word = NULL;
  guint n_kept = 0;

  if (g_str_has_suffix (pattern, ".json")) {
    ipc_cli_complain ("no case matches \"%s\": a case is called by its place below the folder of scenarios, without "
                      ".json; what lies elsewhere is played with --scenarios FOLDER",
        pattern);
    return;
  }
  for (guint i = 0; i < cases->len; i++)
    n_kept += is_meant (pattern, ((const IpcScenarioCase *)g_ptr_array_index (cases, i))->name);
  if (n_kept > 0) {
    ipc_cli_complain ("no case matches \"%s\" but %u that are kept for --full", pattern, n_kept);
    return;
  }
  for (guint i = 0; i < cases->len; i++) {
    const gchar *name = ((const IpcScenarioCase *)g_ptr_array_index (cases, i))->name;

    if (ipc_case_name_matches (file, name)) {
      ipc_cli_complain ("no case matches \"%s\", but \"%s\" is one (gst-ipc-harness list '%s' shows all of them)",
          pattern, name, file);
      return;
    }
  }
  word = nearest (cases, file);
  if (word != NULL)
    ipc_cli_complain ("no case matches \"%s\": did you mean \"%s\"?", pattern, word);
  else
    ipc_cli_complain ("no case matches \"%s\" (gst-ipc-harness list shows them all)", pattern);
}

GPtrArray *
ipc_selection_choose (GPtrArray *cases, gchar **patterns, gboolean full)
{
  g_autofree gboolean *chosen = g_new0 (gboolean, cases->len);
  g_autoptr (GPtrArray) selected = g_ptr_array_new ();
  gboolean any = patterns != NULL && patterns[0] != NULL, good = TRUE;

  for (guint i = 0; any && patterns[i] != NULL; i++) {
    if (!mark (cases, patterns[i], full, chosen)) {
      complain_of_pattern (cases, patterns[i]);
      good = FALSE;
    }
  }
  for (guint i = 0; i < cases->len; i++)
    if (any ? chosen[i] : full || !((const IpcScenarioCase *)g_ptr_array_index (cases, i))->full)
      g_ptr_array_add (selected, g_ptr_array_index (cases, i));
  return good ? g_steal_pointer (&selected) : NULL;
}
