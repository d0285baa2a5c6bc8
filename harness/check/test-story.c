/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tells stories to the checker.
 */
#include "test-story.h"

#include <string.h>

#define STEP 1000000 /* ns between records */

IpcHistory *
ipc_test_history (const gchar *story)
{
  IpcHistory *history = ipc_history_new (NULL, NULL);
  g_auto (GStrv) lines = g_strsplit (story, "\n", -1);
  gint64 t = 0;

  for (guint i = 0; lines[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = NULL;
    if (*lines[i] == '\0')
      continue;
    g_strdelimit (lines[i], "'", '"');
    node = json_from_string (lines[i], &error);
    g_assert_no_error (error);
    t += ipc_record_int (json_node_get_object (node), "advance", 1) * STEP;
    json_object_set_int_member (json_node_get_object (node), "t", t);
    ipc_history_add (history, json_node_dup_object (node));
  }
  return history;
}

static void
print_findings (GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++) {
    const IpcFinding *finding = g_ptr_array_index (findings, i);
    g_test_message ("%s %s: %s", finding->rule, finding->requirement, finding->text);
  }
}

static void
test_story (gconstpointer data)
{
  const Story *story = data;
  g_autoptr (IpcHistory) history = ipc_test_history (story->story);
  g_autoptr (GPtrArray) findings = ipc_check_history (history, NULL);
  const gchar *const rules[] = { story->rule, NULL };
  const IpcCheckAllowed allowed = { .rules = rules };
  const IpcFinding *first;

  print_findings (findings);
  if (story->rule == NULL) {
    g_assert_cmpuint (findings->len, ==, 0);
    return;
  }
  g_assert_cmpuint (findings->len, ==, 1);
  first = g_ptr_array_index (findings, 0);
  g_assert_cmpstr (first->rule, ==, story->rule);
  g_assert_cmpstr (first->requirement, ==, story->requirement);
  if (strstr (first->text, story->text) == NULL)
    g_error ("\"%s\" is not in \"%s\"", story->text, first->text);
  /* What a scenario breaks on purpose is not told. */
  g_ptr_array_unref (g_steal_pointer (&findings));
  findings = ipc_check_history (history, &allowed);
  g_assert_cmpuint (findings->len, ==, 0);
}

void
ipc_test_add_stories (const gchar *group, const Story *stories, guint n_stories)
{
  for (guint i = 0; i < n_stories; i++) {
    const gchar *rule = stories[i].rule;
    /* the rule is in the name, so that a list of tests tells which rules are tested (test-every-rule.c) */
    g_autofree gchar *path = rule != NULL ? g_strdup_printf ("/%s/%s [%s]", group, stories[i].name, rule)
                                          : g_strdup_printf ("/%s/%s", group, stories[i].name);
    g_test_add_data_func (path, &stories[i], test_story);
  }
}
