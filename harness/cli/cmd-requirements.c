/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `requirements`: which rule of docs/protocol.md is shown by what. Says what scenarios claim; what was really seen on
 * the wire is the subject of protocol coverage.
 */
#include "check/check.h"
#include "cli.h"
#include "not-shown.h"
#include "report/requirements.h"
#include "report/text.h"
#include "scenario/scenario.h"
#include "selection.h"

static const gchar description[]
    = "A requirement is shown when a scenario names it, or an always-on rule of the checker, which\n"
      "looks at it in every case. One that neither does must stand, with the reason, in\n"
      "requirements-not-shown.txt beside the scenarios (lines \"ID: reason\"). One that stands there\n"
      "and is shown all the same is a mistake, too: take it out.\n"
      "\n"
      "ID is a requirement, or a glob over them ('SEEK-*'). Without one all are told.\n"
      "\n"
      "Examples:\n"
      "  gst-ipc-harness requirements\n"
      "  gst-ipc-harness requirements --missing\n"
      "  gst-ipc-harness requirements --verbose 'SEEK-*'\n";

typedef struct {
  gchar **patterns;
  gchar *scenarios, *not_shown;
  gboolean verbose, missing;
} Options;

typedef struct {
  GPtrArray *cases;     /* of IpcScenarioCase */
  GPtrArray *not_shown; /* of IpcNotShown */
  guint n_scenarios, n_rules, n_explained, n_missing, n_stale;
} Survey;

static gboolean
is_asked_for (gchar **patterns, const gchar *id)
{
  gboolean asked = patterns == NULL || patterns[0] == NULL;

  for (guint i = 0; !asked && patterns[i] != NULL; i++)
    asked = g_pattern_match_simple (patterns[i], id);
  return asked;
}

/* Names of the scenarios (cases without their parameters) that name @id, each once, with their numbers of cases. */
static GPtrArray *
scenarios_of (GPtrArray *cases, const gchar *id)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autofree gchar *last = NULL;
  guint n = 0;

  for (guint i = 0; i <= cases->len; i++) {
    const IpcScenarioCase *scenario_case = i < cases->len ? g_ptr_array_index (cases, i) : NULL;
    g_auto (GStrv) parts = g_strsplit (scenario_case != NULL ? scenario_case->name : "", "[", 2);
    if (scenario_case != NULL && !g_strv_contains ((const gchar *const *)scenario_case->requirements, id))
      continue;
    if (n > 0 && g_strcmp0 (last, parts[0]) != 0) {
      g_ptr_array_add (names, n > 1 ? g_strdup_printf ("%s (%u cases)", last, n) : g_strdup (last));
      n = 0;
    }
    n++;
    g_free (last);
    last = g_strdup (parts[0]);
  }
  return names;
}

/* Names of the always-on rules, with commas between them; or NULL. */
static gchar *
rules_of (const gchar *id)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_rules;
  const IpcRule *rules = ipc_check_rules (&n_rules);

  for (guint i = 0; i < n_rules; i++)
    if (g_strcmp0 (rules[i].requirement, id) == 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", rules[i].name);
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

static void
print_requirement (const IpcRequirement *requirement, GPtrArray *scenarios, const gchar *rules,
    const IpcNotShown *excuse, gboolean verbose)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree gchar *label = g_strdup_printf ("%-24s %-6s  ", requirement->id, requirement->level);
  g_autoptr (GString) text = g_string_new (NULL);

  if (scenarios->len > 0)
    g_string_append_printf (text, "%u scenario%s", scenarios->len, scenarios->len > 1 ? "s" : "");
  if (rules != NULL)
    g_string_append_printf (text, "%srule %s", text->len > 0 ? ", " : "", rules);
  if (text->len == 0 && excuse != NULL)
    g_string_append_printf (text, "not shown: %s", excuse->reason);
  else if (text->len == 0)
    g_string_append (text, "NOT SHOWN");
  ipc_text_wrapped (out, 0, label, text->str);
  if (verbose)
    ipc_text_wrapped (out, 4, "", requirement->text);
  for (guint i = 0; verbose && i < scenarios->len; i++)
    g_string_append_printf (out, "    %s\n", (gchar *)g_ptr_array_index (scenarios, i));
  g_print ("%s", out->str);
}

static void
look_at (Survey *survey, const Options *o, const IpcRequirement *requirement)
{
  g_autoptr (GPtrArray) scenarios = scenarios_of (survey->cases, requirement->id);
  g_autofree gchar *rules = rules_of (requirement->id);
  const IpcNotShown *excuse = ipc_not_shown_find (survey->not_shown, requirement->id);
  gboolean shown = scenarios->len > 0 || rules != NULL;

  survey->n_scenarios += scenarios->len > 0;
  survey->n_rules += scenarios->len == 0 && rules != NULL;
  survey->n_explained += !shown && excuse != NULL;
  survey->n_missing += !shown && excuse == NULL;
  survey->n_stale += shown && excuse != NULL;
  if (!o->missing || !shown)
    print_requirement (requirement, scenarios, rules, excuse, o->verbose);
  if (shown && excuse != NULL)
    g_printerr ("%s:%u: %s is shown by now: take this entry out\n", o->not_shown, excuse->line, requirement->id);
}

static gint
survey_all (Survey *survey, const Options *o)
{
  guint n, n_asked = 0;
  const IpcRequirement *requirements = ipc_requirements (&n);

  for (guint i = 0; i < n; i++) {
    if (!is_asked_for (o->patterns, requirements[i].id))
      continue;
    n_asked++;
    look_at (survey, o, &requirements[i]);
  }
  if (n_asked == 0) {
    ipc_cli_complain (
        "requirements: none is called %s (docs/protocol.md has them all; 'SEEK-*' means several)", o->patterns[0]);
    return IPC_EXIT_USAGE;
  }
  g_print (
      "%u requirements: %u shown by scenarios, %u by always-on rules alone, %u not shown for a reason, %u not shown\n",
      n_asked, survey->n_scenarios, survey->n_rules, survey->n_explained, survey->n_missing);
  return survey->n_missing == 0 && survey->n_stale == 0 ? IPC_EXIT_OK : IPC_EXIT_BAD;
}

static gint
run (Options *o)
{
  g_autofree gchar *media = ipc_cli_default_media ();
  Survey survey = { NULL, NULL, 0, 0, 0, 0, 0 };
  gint code = IPC_EXIT_USAGE;

  if (o->scenarios == NULL)
    o->scenarios = ipc_cli_default_scenarios ();
  if (o->not_shown == NULL)
    o->not_shown = g_build_filename (o->scenarios, "requirements-not-shown.txt", NULL);
  survey.cases = ipc_selection_load (o->scenarios, media, FALSE);
  survey.not_shown = survey.cases != NULL ? ipc_not_shown_load (o->not_shown) : NULL;
  if (survey.not_shown != NULL)
    code = survey_all (&survey, o);
  g_clear_pointer (&survey.cases, g_ptr_array_unref);
  g_clear_pointer (&survey.not_shown, g_ptr_array_unref);
  return code;
}

gint
ipc_cli_requirements (gint argc, gchar **argv)
{
  Options o = { NULL, NULL, NULL, FALSE, FALSE };
  const GOptionEntry entries[] = {
    { "missing", 0, 0, G_OPTION_ARG_NONE, &o.missing, "Only those that nothing shows", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &o.verbose, "Also what each says, and which scenarios show it", NULL },
    { "scenarios", 0, 0, G_OPTION_ARG_FILENAME, &o.scenarios, "Folder of scenarios", "DIR" },
    { "not-shown", 0, 0, G_OPTION_ARG_FILENAME, &o.not_shown,
        "List of those that nothing shows (requirements-not-shown.txt there)", "FILE" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.patterns, NULL, NULL },
    { NULL },
  };
  const IpcCliHelp help
      = { "requirements", "[ID...]", "Says which requirement of docs/protocol.md is shown by what.", description };
  gint code = IPC_EXIT_USAGE;

  if (ipc_cli_parse (argv, &help, entries, NULL))
    code = run (&o);
  g_strfreev (o.patterns);
  g_free (o.scenarios);
  g_free (o.not_shown);
  return code;
}
