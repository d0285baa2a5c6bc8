/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What comes out of scenario files that are right.
 */
#include "test-util.h"

#include <glib/gstdio.h>

#define SEEK_STEP 8

static GPtrArray *
load_complete (const gchar *media)
{
  g_autoptr (GPtrArray) mistakes = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_scenario_mistake_free);
  g_autofree gchar *file = g_test_build_filename (G_TEST_DIST, "testdata", "complete.json", NULL);
  const IpcScenarioWorld world = { media, NULL };
  GPtrArray *cases = ipc_scenario_load_file (file, "testdata/complete", &world, mistakes);
  g_autofree gchar *text = ipc_test_mistakes_text (mistakes);

  g_assert_cmpstr (text, ==, "");
  g_assert_nonnull (cases);
  g_assert_cmpuint (cases->len, ==, 1);
  return cases;
}

static void
test_processes_and_links (void)
{
  g_autoptr (GPtrArray) cases = load_complete ("/media files");
  IpcScenarioCase *loaded = cases->pdata[0];
  IpcScenarioProcess *master = ipc_scenario_case_find_process (loaded, "master");
  IpcScenarioProcess *spare = ipc_scenario_case_find_process (loaded, "spare");
  IpcScenarioLink *video = ipc_scenario_case_find_link (loaded, "video");
  IpcScenarioLink *audio = ipc_scenario_case_find_link (loaded, "audio");

  g_assert_cmpstr (loaded->name, ==, "testdata/complete");
  g_assert_cmpstr (loaded->requirements[1], ==, "PKT-BUFFER-2");
  g_assert_cmpstr (loaded->allow[0], ==, "data-intact");
  g_assert_cmpint (loaded->within, ==, 150 * G_GINT64_CONSTANT (1000000000));
  g_assert_cmpuint (loaded->processes->len, ==, 4);
  g_assert_cmpint (master->role, ==, IPC_ROLE_MASTER);
  g_assert_true (
      g_str_has_prefix (master->pipeline, "filesrc location=/media\\ files/av.webm ! matroskademux name=demux "
                                          "demux.video_0 ! queue"));
  g_assert_cmpstr (master->environment[1], ==, "MEDIA=/media files");
  g_assert_null (master->observe[0]);
  g_assert_null (master->allow[0]);
  g_assert_cmpstr (ipc_scenario_case_find_process (loaded, "viewer")->allow[0], ==, "no-leaks");
  g_assert_cmpstr (ipc_scenario_case_find_process (loaded, "viewer")->allow_log[0], ==, "late by [0-9]+");
  g_assert_true (master->start);
  g_assert_false (spare->start);
  g_assert_cmpstr (spare->observe[0], ==, "sink.sink");
  g_assert_cmpstr (video->master, ==, "master");
  g_assert_cmpstr (video->sink, ==, "video");
  g_assert_cmpstr (video->slave, ==, "viewer");
  g_assert_cmpstr (video->src, ==, "src");
  g_assert_true (video->relay);
  g_assert_cmpint (video->transport, ==, IPC_TRANSPORT_SOCKETPAIR);
  g_assert_false (audio->relay);
  g_assert_cmpint (audio->transport, ==, IPC_TRANSPORT_PIPES);
  g_assert_null (ipc_scenario_case_find_link (loaded, "nothing"));
}

static void
test_fields_are_normalised (void)
{
  g_autoptr (GPtrArray) cases = load_complete (NULL);
  IpcScenarioCase *loaded = cases->pdata[0];
  IpcScenarioStep *seek = loaded->steps->pdata[SEEK_STEP], *buffers = loaded->steps->pdata[SEEK_STEP + 2];
  JsonObject *match = json_object_get_object_member (buffers->fields, "match");

  g_assert_cmpint (seek->kind->id, ==, IPC_STEP_ACT_SEEK);
  g_assert_cmpstr (seek->path, ==, "steps[8]");
  g_assert_cmpuint (seek->line, ==, 51);
  g_assert_cmpstr (seek->text, ==,
      "act seek process=master start=1.5s stop-type=set stop=4000000000 flags=[\"flush\",\"accurate\"] rate=2");
  g_assert_cmpint (json_object_get_int_member (seek->fields, "start"), ==, 1500000000);
  g_assert_cmpint (json_object_get_int_member (seek->fields, "stop"), ==, 4000000000);
  g_assert_cmpstr (json_object_get_string_member (seek->fields, "format"), ==, "time");
  g_assert_true (json_object_get_boolean_member (seek->fields, "expect"));
  g_assert_false (json_object_has_member (seek->fields, "act"));
  g_assert_cmpint (
      json_object_get_int_member (json_object_get_object_member (match, "pts"), "at-least"), ==, 1500000000);
  g_assert_true (json_object_get_null_member (match, "duration"));
  g_assert_true (json_object_is_immutable (seek->fields));
}

static void
test_defaults_are_filled_in (void)
{
  g_autofree gchar *text = ipc_test_scenario (NULL, NULL,
      "{\"act\": \"seek\", \"process\": \"master\", \"comment\": \"x\"},\n"
      "{\"act\": \"connect\", \"link\": \"video\"},\n"
      "{\"wait\": \"message\", \"process\": \"master\", \"type\": \"eos\"}");
  g_autoptr (GPtrArray) cases = ipc_test_load (text, "");
  IpcScenarioCase *loaded = cases->pdata[0];
  JsonObject *seek = ((IpcScenarioStep *)loaded->steps->pdata[0])->fields;
  JsonObject *connect = ((IpcScenarioStep *)loaded->steps->pdata[1])->fields;
  JsonObject *wait = ((IpcScenarioStep *)loaded->steps->pdata[2])->fields;
  JsonArray *flags = json_object_get_array_member (seek, "flags");

  g_assert_cmpfloat (json_object_get_double_member (seek, "rate"), ==, 1.0);
  g_assert_cmpint (json_object_get_int_member (seek, "start"), ==, 0);
  g_assert_true (json_object_get_null_member (seek, "stop"));
  g_assert_cmpuint (json_array_get_length (flags), ==, 1);
  g_assert_cmpstr (json_array_get_string_element (flags, 0), ==, "flush");
  g_assert_cmpstr (json_object_get_string_member (connect, "to"), ==, "viewer.src");
  g_assert_cmpint (json_object_get_int_member (wait, "count"), ==, 1);
  g_assert_false (json_object_has_member (wait, "deadline"));
  g_assert_false (json_object_has_member (wait, "since"));
}

/* Each example of the table is a step of a scenario that has the names they use. */
static void
test_examples_of_the_table_are_right (void)
{
  const IpcStepKind *kinds = ipc_step_kinds ();

  for (guint i = 0; i < IPC_N_STEP_KINDS; i++) {
    gboolean needs_spare = kinds[i].id == IPC_STEP_ACT_CONNECT;
    gboolean needs_fault = kinds[i].id == IPC_STEP_ACT_UNFAULT || kinds[i].id == IPC_STEP_WAIT_FAULT;
    g_autofree gchar *steps
        = g_strdup_printf ("%s%s,\n{\"wait\": \"message\", \"process\": \"master\", \"type\": \"eos\"}",
            needs_spare   ? "{\"act\": \"spawn\", \"process\": \"spare\"},"
            : needs_fault ? "{\"act\": \"fault\", \"link\": \"video\", \"name\": \"f1\", \"do\": \"drop\"},"
                          : "",
            kinds[i].example);
    g_autofree gchar *text = ipc_test_scenario (NULL, NULL, steps);
    g_autoptr (GPtrArray) cases = ipc_test_load (text, "");
    IpcScenarioCase *loaded = cases->pdata[0];
    IpcScenarioStep *step = loaded->steps->pdata[needs_spare || needs_fault ? 1 : 0];

    g_assert_true (step->kind == &kinds[i]);
    g_assert_cmpint (kinds[i].id, ==, i);
    g_assert_true (ipc_step_kind_find (kinds[i].verb, kinds[i].name) == &kinds[i]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/processes-and-links", test_processes_and_links);
  g_test_add_func ("/scenario/fields-are-normalised", test_fields_are_normalised);
  g_test_add_func ("/scenario/defaults-are-filled-in", test_defaults_are_filled_in);
  g_test_add_func ("/scenario/examples-of-the-table-are-right", test_examples_of_the_table_are_right);
  return g_test_run ();
}
