/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_EXPLAIN_H
#define IPC_SCENARIO_EXPLAIN_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * The tables of the scenario format as people and editors read them. Everything here is made from the tables that the
 * loader works with, so it cannot say anything else than what is accepted.
 */

#define IPC_SCENARIO_ERROR (ipc_scenario_error_quark ())
GQuark ipc_scenario_error_quark (void);

typedef enum {
  IPC_SCENARIO_ERROR_UNKNOWN /* explain: there is nothing of this name */
} IpcScenarioError;

/* Text for a terminal. @what: NULL for the list of all step kinds; "wait" for those of a verb; "set-state" or "wait
 * state" for a kind; "file", "process", "link" for the members around the steps. Caller frees. */
gchar *ipc_scenario_explain (const gchar *what, GError **error);
/* scenarios/scenario.schema.json: JSON Schema, draft-07. Caller frees. */
gchar *ipc_scenario_schema (void);
/* docs/step-reference.md. Caller frees. */
gchar *ipc_scenario_step_reference (void);

G_END_DECLS
#endif
