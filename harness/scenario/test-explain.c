/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is made from the tables: the committed files are what the tables say, and explain finds things. To write the
 * files anew: `gst-ipc-harness explain --schema > scenarios/scenario.schema.json` and `gst-ipc-harness explain
 * --reference > docs/step-reference.md`, or this test with IPC_REGENERATE=1.
 */
#include <glib.h>
#include <gst/gst.h>
#include <string.h>

#include "explain.h"
#include "records.h"
#include "step-kinds.h"

/* @made is what @path below the source tree's top contains. Takes @made. */
static void
assert_committed (gchar *made, const gchar *folder, const gchar *name)
{
  g_autofree gchar *path = g_test_build_filename (G_TEST_DIST, "..", "..", folder, name, NULL);
  g_autofree gchar *text = made;
  g_autofree gchar *committed = NULL;

  if (g_getenv ("IPC_REGENERATE"))
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (g_file_get_contents (path, &committed, NULL, NULL));
  if (!g_str_equal (committed, text)) {
    g_test_message (
        "%s/%s is not what the tables say: run this test with IPC_REGENERATE=1 and commit it", folder, name);
    g_test_fail ();
  }
}

static void
test_schema_is_committed (void)
{
  assert_committed (ipc_scenario_schema (), "scenarios", "scenario.schema.json");
}

static void
test_reference_is_committed (void)
{
  assert_committed (ipc_scenario_step_reference (), "docs", "step-reference.md");
}

static void
assert_explains (const gchar *what, const gchar *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = ipc_scenario_explain (what, &error);

  g_assert_no_error (error);
  if (!strstr (text, expected))
    g_error ("explain %s does not say \"%s\" but:\n%s", what ? what : "", expected, text);
}

static void
test_explain_finds (void)
{
  const IpcStepKind *kinds = ipc_step_kinds ();

  for (guint i = 0; i < IPC_N_STEP_KINDS; i++) {
    g_autofree gchar *full = g_strdup_printf ("%s %s", kinds[i].verb, kinds[i].name);

    assert_explains (NULL, kinds[i].name);
    assert_explains (kinds[i].verb, kinds[i].name);
    assert_explains (kinds[i].name, kinds[i].example);
    assert_explains (full, kinds[i].example);
    for (const IpcStepField *field = kinds[i].fields; field->name; field++)
      assert_explains (full, field->name);
  }
  assert_explains ("state", "wait state");
  assert_explains ("state", "check state");
  assert_explains ("process", "allow-log");
  assert_explains ("link", "transport");
  assert_explains ("file", "requirements");
  assert_explains (NULL, "Around the steps: file, process, link, together, until, repeat.");
  assert_explains (NULL, "  send-sink-message  Sends");
}

static void
test_explain_names_the_nearest (void)
{
  g_autoptr (GError) error = NULL, other = NULL;

  g_assert_null (ipc_scenario_explain ("set-sate", &error));
  g_assert_error (error, IPC_SCENARIO_ERROR, IPC_SCENARIO_ERROR_UNKNOWN);
  g_assert_cmpstr (error->message, ==, "there is no step kind \"set-sate\": did you mean \"set-state\"?");
  g_assert_null (ipc_scenario_explain ("xyzzy", &other));
  g_assert_cmpstr (other->message, ==, "there is no step kind \"xyzzy\": `gst-ipc-harness explain` lists them");
}

/* What the tables call things is what GStreamer calls them: another word would be waited for in vain. */
static void
test_words_are_gstreamers (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  GEnumClass *events = g_type_class_ref (GST_TYPE_EVENT_TYPE), *queries = g_type_class_ref (GST_TYPE_QUERY_TYPE);
  GFlagsClass *messages = g_type_class_ref (GST_TYPE_MESSAGE_TYPE);

  for (guint i = 0; i < messages->n_values; i++)
    g_hash_table_add (names, (gpointer)gst_message_type_get_name (messages->values[i].value));
  for (guint i = 0; ipc_message_types[i]; i++)
    if (!g_hash_table_contains (names, ipc_message_types[i]))
      g_error ("GStreamer has no message type %s", ipc_message_types[i]);
  g_hash_table_remove_all (names);
  for (guint i = 0; i < events->n_values; i++)
    g_hash_table_add (names, (gpointer)gst_event_type_get_name (events->values[i].value));
  for (guint i = 0; ipc_event_types[i]; i++)
    if (!g_hash_table_contains (names, ipc_event_types[i]))
      g_error ("GStreamer has no event type %s", ipc_event_types[i]);
  g_hash_table_remove_all (names);
  /* by nick: GStreamer 1.22 has no name for selectable, though it has the type */
  for (guint i = 0; i < queries->n_values; i++)
    g_hash_table_add (names, (gpointer)queries->values[i].value_nick);
  for (guint i = 0; ipc_query_types[i]; i++)
    if (!g_hash_table_contains (names, ipc_query_types[i]))
      g_error ("GStreamer has no query type %s", ipc_query_types[i]);
  g_type_class_unref (events);
  g_type_class_unref (queries);
  g_type_class_unref (messages);
}

/* Every word of a field that becomes an enum or flags in the worker is a nick there. */
static void
assert_nicks (IpcStepKindId kind, const gchar *field_name, GType type)
{
  const IpcStepField *field = ipc_step_kinds ()[kind].fields;
  gpointer class = g_type_class_ref (type);

  while (g_strcmp0 (field->name, field_name) != 0)
    field++;
  for (guint i = 0; field->words[i]; i++) {
    gboolean known = G_TYPE_IS_ENUM (type) ? g_enum_get_value_by_nick (class, field->words[i]) != NULL
                                           : g_flags_get_value_by_nick (class, field->words[i]) != NULL;

    if (!known)
      g_error ("%s has no %s", g_type_name (type), field->words[i]);
  }
  g_type_class_unref (class);
}

static void
test_fields_are_gstreamers (void)
{
  assert_nicks (IPC_STEP_ACT_SET_STATE, "state", GST_TYPE_STATE);
  assert_nicks (IPC_STEP_CHECK_STATE, "pending", GST_TYPE_STATE);
  assert_nicks (IPC_STEP_ACT_SEEK, "flags", GST_TYPE_SEEK_FLAGS);
  assert_nicks (IPC_STEP_ACT_SEEK, "format", GST_TYPE_FORMAT);
  assert_nicks (IPC_STEP_ACT_SEEK, "start-type", GST_TYPE_SEEK_TYPE);
  assert_nicks (IPC_STEP_ACT_SEND_EVENT, "event", GST_TYPE_EVENT_TYPE);
  assert_nicks (IPC_STEP_CHECK_QUERY, "query", GST_TYPE_QUERY_TYPE);
  assert_nicks (IPC_STEP_ACT_POST_MESSAGE, "type", GST_TYPE_MESSAGE_TYPE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/explain/schema-is-committed", test_schema_is_committed);
  g_test_add_func ("/explain/reference-is-committed", test_reference_is_committed);
  g_test_add_func ("/explain/finds", test_explain_finds);
  g_test_add_func ("/explain/names-the-nearest", test_explain_names_the_nearest);
  g_test_add_func ("/explain/words-are-gstreamers", test_words_are_gstreamers);
  g_test_add_func ("/explain/fields-are-gstreamers", test_fields_are_gstreamers);
  return g_test_run ();
}
