/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A text that is no object of sensible depth is an error that says so, and never the end of the process. */
#include "json.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  const gchar *name, *text, *expected;
} Trap;

static const Trap traps[] = {
  { "empty", "", "not a JSON object" },
  { "null", "null", "not a JSON object" },
  { "list", "[1]", "not a JSON object" },
  { "cut-off", "{\"a\": ", "not JSON: *" },
  { "not-utf8", "{\"a\": \"\xfc\"}", "not JSON: *" },
  { "words", "hello", "not JSON: *" },
};

static void
test_trap (gconstpointer data)
{
  const Trap *trap = data;
  g_autoptr (GError) error = NULL;

  g_assert_null (ipc_json_parse (trap->text, strlen (trap->text), &error));
  g_assert_nonnull (error);
  if (!g_pattern_match_simple (trap->expected, error->message))
    g_error ("expected %s, seen %s", trap->expected, error->message);
}

/* @depth objects in each other, then a text with brackets that are none. */
static gchar *
nested (guint depth)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 1; i < depth; i++)
    g_string_append (text, "{\"a\":");
  g_string_append (text, "{\"b\":\"[[\\\"{{\"}");
  for (guint i = 1; i < depth; i++)
    g_string_append_c (text, '}');
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_depth (void)
{
  g_autofree gchar *fits = nested (IPC_JSON_MAX_DEPTH), *deeper = nested (IPC_JSON_MAX_DEPTH + 1);
  g_autofree gchar *abyss = g_strnfill (300000, '[');
  const gchar *refused[] = { deeper, abyss };
  g_autoptr (JsonObject) object = ipc_json_parse (fits, strlen (fits), NULL);

  g_assert_nonnull (object);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ipc_json_parse (refused[i], strlen (refused[i]), &error));
    g_assert_cmpstr (error->message, ==, "nested more than 64 deep");
  }
}

static void
test_file_is_named (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("ipc-json-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "result.json", NULL);
  g_autofree gchar *expected = g_strdup_printf ("%s: not a JSON object", path);
  g_autoptr (GError) error = NULL, missing = NULL;
  JsonObject *object;

  g_assert_null (ipc_json_load (path, &missing));
  g_assert_nonnull (strstr (missing->message, path));
  g_assert_true (g_file_set_contents (path, "[]", -1, NULL));
  g_assert_null (ipc_json_load (path, &error));
  g_assert_cmpstr (error->message, ==, expected);
  g_assert_true (g_file_set_contents (path, "{\"a\": 1}", -1, NULL));
  object = ipc_json_load (path, NULL);
  g_assert_cmpint (json_object_get_int_member (object, "a"), ==, 1);
  json_object_unref (object);
  g_unlink (path);
  g_rmdir (folder);
}

static gchar *
text_of (JsonObject *object)
{
  g_autoptr (JsonNode) root = json_node_alloc ();

  json_node_init_object (root, object);
  return json_to_string (root, FALSE);
}

/* Neither objects nor lists are the same, at any depth: threads may let go of theirs at the same time. */
static void
test_copy_shares_nothing (void)
{
  static const gchar text[]
      = "{\"z\":{\"list\":[{\"deep\":true},[1,-2.5,null]]},\"a\":\"text\",\"n\":9007199254740993}";
  g_autoptr (JsonObject) object = ipc_json_parse (text, strlen (text), NULL), copy = ipc_json_copy (object);
  JsonObject *inner = json_object_get_object_member (object, "z"),
             *inner_copy = json_object_get_object_member (copy, "z");
  JsonArray *list = json_object_get_array_member (inner, "list"),
            *list_copy = json_object_get_array_member (inner_copy, "list");
  g_autofree gchar *copied = NULL, *left = NULL;

  g_assert_true (inner != inner_copy);
  g_assert_true (list != list_copy);
  g_assert_true (json_array_get_object_element (list, 0) != json_array_get_object_element (list_copy, 0));
  g_assert_true (json_array_get_array_element (list, 1) != json_array_get_array_element (list_copy, 1));
  copied = text_of (copy);
  g_assert_cmpstr (copied, ==, text);
  json_object_remove_member (inner_copy, "list");
  left = text_of (object);
  g_assert_cmpstr (left, ==, text);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (traps); i++) {
    g_autofree gchar *path = g_strconcat ("/json/trap/", traps[i].name, NULL);

    g_test_add_data_func (path, &traps[i], test_trap);
  }
  g_test_add_func ("/json/depth", test_depth);
  g_test_add_func ("/json/file-is-named", test_file_is_named);
  g_test_add_func ("/json/copy-shares-nothing", test_copy_shares_nothing);
  return g_test_run ();
}
