/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whatever is done to a good file, loading ends in cases or in mistakes, never in a crash or a critical (which are
 * fatal in tests). Each value of the complete example in turn is replaced by one of every type, and the text is cut off
 * at many places.
 */
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "test-util.h"

typedef struct {
  gchar *folder, *file;
  gchar *text; /* of the complete example */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *complete = g_test_build_filename (G_TEST_DIST, "testdata", "complete.json", NULL);

  fixture->folder = g_dir_make_tmp ("ipc-scenario-XXXXXX", NULL);
  fixture->file = g_build_filename (fixture->folder, "scenario.json", NULL);
  g_assert_true (g_file_get_contents (complete, &fixture->text, NULL, NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->file);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->file);
  g_free (fixture->text);
}

/* Whether @text is loaded; each mistake has a text and a line within the file. */
static gboolean
loads (Fixture *fixture, const gchar *text, gsize length)
{
  g_autoptr (GPtrArray) mistakes = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_scenario_mistake_free);
  GPtrArray *cases;
  guint lines = 1;
  FILE *file;

  for (gsize i = 0; i < length; i++)
    lines += text[i] == '\n';
  /* not g_file_set_contents(), and no truncation either: both would wait for the disk some thousand times */
  g_unlink (fixture->file);
  file = fopen (fixture->file, "w");
  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (text, 1, length, file), ==, length);
  g_assert_cmpint (fclose (file), ==, 0);
  cases = ipc_scenario_load_file (fixture->file, "scenario", &ipc_test_world, mistakes);
  g_assert_true ((cases == NULL) == (mistakes->len > 0));
  for (guint i = 0; i < mistakes->len; i++) {
    IpcScenarioMistake *mistake = mistakes->pdata[i];

    g_assert_true (*mistake->text != '\0');
    g_assert_cmpuint (mistake->line, >=, 1);
    g_assert_cmpuint (mistake->line, <=, lines);
  }
  if (!cases)
    return FALSE;
  g_ptr_array_unref (cases);
  return TRUE;
}

static void
test_cut_off_anywhere (Fixture *fixture, gconstpointer data)
{
  gsize last = strlen (g_strchomp (fixture->text));

  g_assert_true (loads (fixture, fixture->text, last));
  /* a prime, so that all kinds of places are met in a regular text */
  for (gsize length = 0; length < last; length += 7)
    if (loads (fixture, fixture->text, length))
      g_error ("the first %" G_GSIZE_FORMAT " bytes are a scenario", length);
}

/* Replaces the value number @index, counted in depth first order, by @value; FALSE when there are fewer. */
static gboolean
replace_value (JsonNode *node, guint *index, JsonNode *value)
{
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);
    g_autoptr (GList) names = json_object_get_members (object);

    for (GList *name = names; name; name = name->next) {
      if ((*index)-- == 0) {
        json_object_set_member (object, name->data, json_node_copy (value));
        return TRUE;
      }
      if (replace_value (json_object_get_member (object, name->data), index, value))
        return TRUE;
    }
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++) {
      if ((*index)-- == 0) {
        g_autoptr (JsonArray) changed = json_array_new ();

        for (guint j = 0; j < json_array_get_length (array); j++)
          json_array_add_element (changed, json_node_copy (j == i ? value : json_array_get_element (array, j)));
        json_node_set_array (node, changed);
        return TRUE;
      }
      if (replace_value (json_array_get_element (array, i), index, value))
        return TRUE;
    }
  }
  return FALSE;
}

static void
test_every_value_of_another_type (Fixture *fixture, gconstpointer data)
{
  static const gchar *const values[] = { "null", "true", "-1", "\"x\"", "[null]", "{}" };
  guint replaced = 0, loaded = 0;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autoptr (JsonNode) value = json_from_string (values[i], NULL);
    gboolean found = TRUE;

    for (guint at = 0; found; at++) {
      g_autoptr (JsonNode) root = json_from_string (fixture->text, NULL);
      g_autofree gchar *text = NULL;
      guint index = at;

      found = replace_value (root, &index, value);
      if (!found)
        break;
      text = json_to_string (root, TRUE);
      loaded += loads (fixture, text, strlen (text));
      replaced++;
    }
  }
  g_test_message ("%u of %u changed files are scenarios still", loaded, replaced);
  g_assert_cmpuint (replaced, >, 1000);
  g_assert_cmpuint (loaded, <, replaced / 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/mutations/cut-off-anywhere", Fixture, NULL, set_up, test_cut_off_anywhere, tear_down);
  g_test_add (
      "/mutations/every-value-of-another-type", Fixture, NULL, set_up, test_every_value_of_another_type, tear_down);
  return g_test_run ();
}
