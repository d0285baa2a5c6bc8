/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every always-on rule has a test that feeds it a history in which it must find something. The programs with those
 * tests are the arguments; each is asked for the list of its tests, which name the rule in brackets.
 */
#include <string.h>

#include "check.h"

static gchar *lists; /* of all programs, a test a line */

static void
append_list (GString *all, const gchar *program)
{
  const gchar *const argv[] = { program, "-l", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree gchar *output = NULL;
  gint status;

  g_spawn_sync (NULL, (gchar **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  g_string_append (all, output);
}

static void
test_rule (gconstpointer data)
{
  const IpcRule *rule = data;
  g_autofree gchar *mark = g_strdup_printf (" [%s]\n", rule->name);

  if (strstr (lists, mark) == NULL)
    g_error ("no story in harness/check/test-*.c makes the rule %s find something", rule->name);
}

gint
main (gint argc, gchar **argv)
{
  g_autoptr (GString) all = g_string_new (NULL);
  guint n_rules;
  const IpcRule *rules = ipc_check_rules (&n_rules);

  g_test_init (&argc, &argv, NULL);
  for (gint i = 1; i < argc; i++)
    append_list (all, argv[i]);
  lists = all->str;
  for (guint i = 0; i < n_rules; i++) {
    g_autofree gchar *path = g_strdup_printf ("/check/%s-is-seen-to-find-something", rules[i].name);
    g_test_add_data_func (path, &rules[i], test_rule);
  }
  return g_test_run ();
}
