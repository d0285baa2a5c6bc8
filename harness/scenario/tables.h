/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_TABLES_H
#define IPC_SCENARIO_TABLES_H

#include "format.h"
#include "step-kinds.h"

G_BEGIN_DECLS

/* What explain and the reference say alike. */

/* What may stand in a field or member, in words. Caller frees. */
gchar *ipc_field_type_text (const IpcStepField *field);
gchar *ipc_member_type_text (const IpcMember *member);

/* The parts of a file around its steps. */
typedef struct {
  const gchar *name;
  const gchar *doc;
  const IpcMember *members;
} IpcFilePart;

/* Ends with a name of NULL. */
extern const IpcFilePart ipc_file_parts[];

/* "act", "wait", "check", NULL; and what each of them is. */
extern const gchar *const ipc_step_verbs[];
const gchar *ipc_step_verb_doc (const gchar *verb);

extern const gchar ipc_time_doc[];
extern const gchar ipc_match_doc[];

G_END_DECLS
#endif
