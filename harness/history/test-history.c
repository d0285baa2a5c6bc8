/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must hold of a history: what was added is on the disk at once, and comes back the same. */

#include <glib/gstdio.h>

#include "history/history.h"

typedef struct {
  gchar *folder;
  gchar *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("ipc-history-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "history.ndjson", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
add_two (IpcHistory *history)
{
  JsonObject *record = ipc_history_record ("mark");

  json_object_set_string_member (record, "name", "a \"quoted\"\nname");
  g_assert_cmpuint (ipc_history_add (history, record), ==, 0);
  record = json_object_new ();
  json_object_set_string_member (record, "kind", "reply");
  json_object_set_boolean_member (record, "ok", TRUE);
  json_object_set_int_member (record, "big", G_GINT64_CONSTANT (9007199254740991));
  json_object_set_null_member (record, "nothing");
  g_assert_cmpuint (ipc_history_add (history, record), ==, 1);
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpcHistory) history = ipc_history_new (fixture->path, &error);
  g_autoptr (IpcHistory) loaded = NULL;
  JsonObject *record;

  g_assert_no_error (error);
  add_two (history);
  g_assert_null (ipc_history_get_error (history));

  /* before it is freed: everything is in the file already */
  loaded = ipc_history_load (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ipc_history_length (loaded), ==, 2);
  record = ipc_history_get (loaded, 0);
  g_assert_true (ipc_record_is (record, "mark"));
  g_assert_cmpstr (ipc_record_string (record, "name"), ==, "a \"quoted\"\nname");
  g_assert_cmpint (ipc_record_int (record, "t", -1), ==, ipc_record_int (ipc_history_get (history, 0), "t", -2));
  record = ipc_history_get (loaded, 1);
  g_assert_true (ipc_record_bool (record, "ok", FALSE));
  g_assert_cmpint (ipc_record_int (record, "big", 0), ==, G_GINT64_CONSTANT (9007199254740991));
  g_assert_cmpint (ipc_record_int (record, "t", 0), >, 0);
}

static void
test_getters_are_lenient (void)
{
  g_autoptr (JsonObject) record = ipc_history_record ("mark");

  json_object_set_null_member (record, "null");
  json_object_set_array_member (record, "list", json_array_new ());
  json_object_set_string_member (record, "text", "7");
  g_assert_null (ipc_record_string (record, "missing"));
  g_assert_null (ipc_record_string (record, "null"));
  g_assert_null (ipc_record_string (record, "list"));
  g_assert_null (ipc_record_string (record, "t"));
  g_assert_null (ipc_record_string (NULL, "t"));
  g_assert_cmpint (ipc_record_int (record, "null", -1), ==, -1);
  g_assert_cmpint (ipc_record_int (record, "text", -1), ==, -1);
  g_assert_true (ipc_record_bool (record, "text", TRUE));
  g_assert_false (ipc_record_is (NULL, "mark"));
}

static void
test_cut_last_line (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpcHistory) history = ipc_history_new (fixture->path, &error);
  g_autofree gchar *contents = NULL;
  gsize length, first;

  g_assert_no_error (error);
  add_two (history);
  g_assert_true (g_file_get_contents (fixture->path, &contents, &length, &error));
  first = strchr (contents, '\n') - contents + 1;

  for (gsize cut = first; cut < length; cut++) {
    g_autoptr (IpcHistory) loaded = NULL;

    g_assert_true (g_file_set_contents (fixture->path, contents, cut, &error));
    loaded = ipc_history_load (fixture->path, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (ipc_history_length (loaded), ==, 1);
  }
}

static void
test_bad_line_is_named (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "{\"kind\":\"a\"}\n[1]\n", -1, &error));
  g_assert_null (ipc_history_load (fixture->path, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "history.ndjson:2: "));
}

static void
test_full_disk_is_remembered (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpcHistory) history = ipc_history_new ("/dev/full", &error);

  g_assert_no_error (error);
  add_two (history);
  g_assert_nonnull (ipc_history_get_error (history));
  g_assert_cmpuint (ipc_history_length (history), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/history/comes back as it was added", Fixture, NULL, set_up, test_round_trip, tear_down);
  g_test_add (
      "/history/a last line that was cut off is left out", Fixture, NULL, set_up, test_cut_last_line, tear_down);
  g_test_add ("/history/a line that is no record is named", Fixture, NULL, set_up, test_bad_line_is_named, tear_down);
  g_test_add_func ("/history/getters forgive members of other types", test_getters_are_lenient);
  g_test_add_func ("/history/a full disk is remembered", test_full_disk_is_remembered);
  return g_test_run ();
}
