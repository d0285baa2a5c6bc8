/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a step has of its scenario, which others may play at the same time. */

#include "history/json.h"
#include "step.h"

static void
test_fields_are_its_own (void)
{
  static const gchar text[] = "{\"kind\": \"packet\", \"match\": {\"references\": {\"at-least\": 1}}}";
  IpcCase owner = { 0 };
  IpcScenarioStep spec = { .kind = ipc_step_kind_find ("check", "count") };
  JsonObject *match;
  IpcStep *step;

  spec.fields = ipc_json_parse (text, sizeof text - 1, NULL);
  match = json_object_get_object_member (spec.fields, "match");
  step = ipc_step_new (&owner, &spec);
  g_assert_cmpstr (ipc_step_string (step, "kind"), ==, "packet");
  g_assert_true (ipc_step_object (step, "match") != match);
  g_assert_true (json_object_get_object_member (ipc_step_object (step, "match"), "references")
                 != json_object_get_object_member (match, "references"));
  ipc_step_free (step);
  json_object_unref (spec.fields);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/step/fields-are-its-own", test_fields_are_its_own);
  return g_test_run ();
}
