/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_TEST_UTIL_H
#define IPC_SCENARIO_TEST_UTIL_H

#include "scenario.h"

G_BEGIN_DECLS

/* Media in /media; the rules are "data-intact" and "no-leaks". */
extern IpcScenarioWorld ipc_test_world;

/* Loads @text as a file called "scenario.json" and asserts that its mistakes are exactly @expected (lines joined with
 * "\n", each "scenario.json:LINE: PATH: TEXT"; "" for none; a "*" at the end stands for any text). Returns the cases or
 * NULL; caller unrefs. */
GPtrArray *ipc_test_load (const gchar *text, const gchar *expected);
/* A scenario that is right but for what the arguments put in: NULL leaves the usual thing. The steps begin in line 12.
 */
gchar *ipc_test_scenario (const gchar *processes, const gchar *links, const gchar *steps);
/* The mistakes, one a line. Caller frees. */
gchar *ipc_test_mistakes_text (GPtrArray *mistakes);

G_END_DECLS
#endif
