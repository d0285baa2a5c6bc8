/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Scenario files -> cases: one for each combination of the file's parameters. A case owns everything in it; nothing of
 * it changes after it was loaded, so any thread may read it.
 */
#include "scenario.h"

#include <string.h>

#include "case-name.h"
#include "expand.h"
#include "parameters.h"
#include "reader.h"

static void
process_free (IpcScenarioProcess *process)
{
  g_free (process->name);
  g_free (process->pipeline);
  g_strfreev (process->observe);
  g_strfreev (process->environment);
  g_strfreev (process->allow);
  g_strfreev (process->allow_log);
  g_free (process);
}

static void
link_free (IpcScenarioLink *link)
{
  g_free (link->name);
  g_free (link->master);
  g_free (link->sink);
  g_free (link->slave);
  g_free (link->src);
  g_free (link);
}

void
ipc_scenario_step_free (IpcScenarioStep *step)
{
  g_clear_pointer (&step->fields, json_object_unref);
  g_clear_pointer (&step->lists, g_ptr_array_unref);
  g_free (step->fault);
  g_free (step->place);
  g_free (step->path);
  g_free (step->text);
  g_free (step);
}

static IpcScenarioCase *
case_new (const gchar *file, const gchar *name)
{
  IpcScenarioCase *scenario_case = g_new0 (IpcScenarioCase, 1);

  scenario_case->name = g_strdup (name);
  scenario_case->file = g_strdup (file);
  scenario_case->processes = g_ptr_array_new_with_free_func ((GDestroyNotify)process_free);
  scenario_case->links = g_ptr_array_new_with_free_func ((GDestroyNotify)link_free);
  scenario_case->steps = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_scenario_step_free);
  return scenario_case;
}

/**
 * ipc_scenario_case_free:
 * @scenario_case: (nullable): the case, freed with everything in it
 */
void
ipc_scenario_case_free (IpcScenarioCase *scenario_case)
{
  if (!scenario_case)
    return;
  g_free (scenario_case->name);
  g_free (scenario_case->file);
  g_free (scenario_case->shows);
  g_strfreev (scenario_case->full_labels);
  g_strfreev (scenario_case->requirements);
  g_strfreev (scenario_case->allow);
  g_strfreev (scenario_case->needs[IPC_ROLE_MASTER]);
  g_strfreev (scenario_case->needs[IPC_ROLE_SLAVE]);
  g_free (scenario_case->needs_version);
  g_ptr_array_unref (scenario_case->processes);
  g_ptr_array_unref (scenario_case->links);
  g_ptr_array_unref (scenario_case->steps);
  g_free (scenario_case);
}

/**
 * ipc_scenario_case_find_process:
 * @scenario_case: a case
 * @name: name of a process
 *
 * Returns: (nullable): the process, borrowed
 */
IpcScenarioProcess *
ipc_scenario_case_find_process (IpcScenarioCase *scenario_case, const gchar *name)
{
  for (guint i = 0; i < scenario_case->processes->len; i++) {
    IpcScenarioProcess *process = scenario_case->processes->pdata[i];

    if (g_str_equal (process->name, name))
      return process;
  }
  return NULL;
}

/**
 * ipc_scenario_case_find_link:
 * @scenario_case: a case
 * @name: name of a link
 *
 * Returns: (nullable): the link, borrowed
 */
IpcScenarioLink *
ipc_scenario_case_find_link (IpcScenarioCase *scenario_case, const gchar *name)
{
  for (guint i = 0; i < scenario_case->links->len; i++) {
    IpcScenarioLink *link = scenario_case->links->pdata[i];

    if (g_str_equal (link->name, name))
      return link;
  }
  return NULL;
}

/* {{{ what is wrong with several cases */

/* A mistake, and in which cases it shows. */
typedef struct {
  IpcScenarioMistake *mistake;
  const gchar *name; /* of the first case, borrowed */
  guint n_cases;
} Shared;

typedef struct {
  GPtrArray *all;     /* of Shared, in order of their appearance */
  GHashTable *by_key; /* place and text -> Shared */
} Gathered;

static void
shared_free (Shared *shared)
{
  ipc_scenario_mistake_free (shared->mistake);
  g_free (shared);
}

/* Takes the mistakes of one case; what is repeated within it is one. */
static void
gather (Gathered *gathered, GPtrArray *mistakes, const gchar *name)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < mistakes->len; i++) {
    IpcScenarioMistake *mistake = mistakes->pdata[i];
    g_autofree gchar *key = ipc_scenario_mistake_to_string (mistake);
    Shared *shared = g_hash_table_lookup (gathered->by_key, key);

    if (!shared) {
      shared = g_new0 (Shared, 1);
      shared->mistake = mistake;
      shared->name = name;
      mistakes->pdata[i] = NULL;
      g_ptr_array_add (gathered->all, shared);
      g_hash_table_insert (gathered->by_key, g_strdup (key), shared);
    }
    shared->n_cases += g_hash_table_add (seen, g_steal_pointer (&key));
  }
}

static gint
compare_lines (gconstpointer a, gconstpointer b)
{
  const Shared *const *one = a, *const *other = b;

  return (gint)(*one)->mistake->line - (gint)(*other)->mistake->line;
}

/* Appends what was gathered to @mistakes, in order of lines; what does not show in all of @n_cases says where it does.
 */
static void
tell (Gathered *gathered, guint n_cases, GPtrArray *mistakes)
{
  g_ptr_array_sort (gathered->all, compare_lines);
  for (guint i = 0; i < gathered->all->len; i++) {
    Shared *shared = gathered->all->pdata[i];
    IpcScenarioMistake *mistake = g_steal_pointer (&shared->mistake);

    if (shared->n_cases < n_cases) {
      g_autofree gchar *text = mistake->text;
      g_autofree gchar *more = shared->n_cases > 1 ? g_strdup_printf (" and %u more", shared->n_cases - 1) : NULL;

      mistake->text = g_strdup_printf ("%s (in %s%s)", text, shared->name, more ? more : "");
    }
    g_ptr_array_add (mistakes, mistake);
  }
}

/* }}} */

static gchar **
full_labels (const IpcParameters *parameters, const IpcCombination *combination)
{
  g_autoptr (GStrvBuilder) labels = g_strv_builder_new ();

  for (guint i = 0; i < parameters->parameters->len; i++) {
    const IpcParameter *parameter = parameters->parameters->pdata[i];
    g_autofree gchar *label = g_strdup_printf ("%s=%s", parameter->name, combination->values[i]->label);

    if (combination->values[i]->full)
      g_strv_builder_add (labels, label);
  }
  return g_strv_builder_end (labels);
}

/* Reads the case of @combination; its mistakes go to @mistakes. */
static IpcScenarioCase *
load_case (const IpcReader *file, const gchar *name, const IpcParameters *parameters, const IpcCombination *combination,
    GPtrArray *mistakes)
{
  g_autoptr (GHashTable) sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) pipelines
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)ipc_pipeline_names_free);
  g_autoptr (GPtrArray) marks = g_ptr_array_new (), order = g_ptr_array_new ();
  g_autoptr (GHashTable) lives = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr (JsonNode) root = NULL;
  IpcReader reader = *file;

  reader.mistakes = mistakes;
  reader.sources = sources;
  reader.pipelines = pipelines;
  reader.marks = marks;
  reader.lives = lives;
  reader.order = order;
  reader.root = root = ipc_expand (&reader, file->json->root, parameters, combination);
  reader.result = case_new (file->file, name);
  reader.result->full = combination->full;
  reader.result->full_labels = full_labels (parameters, combination);
  g_ptr_array_add (marks, (gpointer) "start");
  if (root)
    ipc_reader_case (&reader);
  return reader.result;
}

/* The name is a folder's name. */
static void
check_case_name (IpcReader *reader, const gchar *name)
{
  const gchar *slash = strrchr (name, '/');

  if (strlen (slash ? slash + 1 : name) > IPC_CASE_NAME_LONGEST)
    ipc_reader_mistake (
        reader, "$.parameters", "%s: the name is longer than %u: use shorter labels", name, IPC_CASE_NAME_LONGEST);
}

static void
load_cases (
    IpcReader *reader, const gchar *name, const IpcParameters *parameters, GPtrArray *combinations, GPtrArray *cases)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify)shared_free);
  g_autoptr (GHashTable) by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Gathered gathered = { all, by_key };
  GPtrArray *mistakes = reader->mistakes;

  for (guint i = 0; i < combinations->len; i++) {
    const IpcCombination *combination = combinations->pdata[i];
    g_autoptr (GPtrArray) own = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_scenario_mistake_free);
    g_autofree gchar *full_name = g_strconcat (name, combination->name, NULL);
    IpcScenarioCase *loaded;

    if (combination->full && !reader->world->full)
      continue;
    check_case_name (reader, full_name);
    loaded = load_case (reader, full_name, parameters, combination, own);
    g_ptr_array_add (cases, loaded);
    gather (&gathered, own, loaded->name);
  }
  tell (&gathered, cases->len, mistakes);
}

static gint
compare_mistakes (gconstpointer one, gconstpointer other, gpointer data)
{
  return (gint)(*(IpcScenarioMistake *const *)one)->line - (gint)(*(IpcScenarioMistake *const *)other)->line;
}

/* As somebody who mends the file meets them: those of its syntax were found before all others. */
static void
sort_mistakes (GPtrArray *mistakes, guint from)
{
  g_qsort_with_data (mistakes->pdata + from, (gint)(mistakes->len - from), sizeof (gpointer), compare_mistakes, NULL);
}

/**
 * ipc_scenario_load_file:
 * @file: path of the file
 * @name: name of the case, or of the cases before their parameters
 * @world: what the file may name that is not in it
 * @mistakes: (element-type IpcScenarioMistake): everything that is wrong is appended
 *
 * Returns: (element-type IpcScenarioCase) (nullable): the cases of the file, or %NULL with mistakes. Caller unrefs.
 */
GPtrArray *
ipc_scenario_load_file (const gchar *file, const gchar *name, const IpcScenarioWorld *world, GPtrArray *mistakes)
{
  guint before = mistakes->len, syntax;
  g_autoptr (IpcStrictJson) json = ipc_strict_json_read (file, mistakes);
  g_autoptr (IpcParameters) parameters = NULL;
  g_autoptr (GPtrArray) combinations = NULL, cases = NULL;
  IpcReader reader = { .file = file, .world = world, .json = json, .mistakes = mistakes };

  if (!json)
    return NULL;
  syntax = mistakes->len;
  cases = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_scenario_case_free);
  parameters = ipc_parameters_read (&reader, json->root);
  combinations = parameters ? ipc_parameters_combine (&reader, parameters) : NULL;
  if (combinations)
    load_cases (&reader, name, parameters, combinations, cases);
  ipc_strict_json_drop_spoilt (json, mistakes, syntax);
  sort_mistakes (mistakes, before);
  return combinations && mistakes->len == before ? g_steal_pointer (&cases) : NULL;
}
