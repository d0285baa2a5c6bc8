/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The faults that scenarios may name are those that the relay can make, in the same order. */

#include "relay/fault.h"
#include "scenario/step-kinds.h"

static const IpcStepField *
find_field (const IpcStepField *fields, const gchar *name)
{
  while (fields->name && !g_str_equal (fields->name, name))
    fields++;
  g_assert_nonnull (fields->name);
  return fields;
}

static void
test_names (void)
{
  const IpcStepField *field = find_field (ipc_step_kind_find ("act", "fault")->fields, "do");

  for (guint i = 0; i <= IPC_N_FAULTS; i++)
    g_assert_cmpstr (field->words[i], ==, ipc_fault_names[i]);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/faults/scenarios name those of the relay", test_names);
  return g_test_run ();
}
