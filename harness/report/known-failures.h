/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_KNOWN_FAILURES_H
#define IPC_REPORT_KNOWN_FAILURES_H

#include "report.h"

G_BEGIN_DECLS

/*
 * The list of known failures of a pair of implementations: which cases fail, how and why. A case that fails as
 * listed is an xfail; one that is listed and passes is an xpass, which is bad (the list must go), unless
 * the entry says that it fails only sometimes; one that fails otherwise than listed stays as it is.
 */
typedef struct _IpcKnownFailures IpcKnownFailures;

/* Reads @file strictly. NULL when anything is wrong with it, all of which is appended to @mistakes
 * (IpcScenarioMistake). */
IpcKnownFailures *ipc_known_failures_load (const gchar *file, GPtrArray *mistakes);
void ipc_known_failures_free (IpcKnownFailures *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcKnownFailures, ipc_known_failures_free)

const gchar *ipc_known_failures_master (IpcKnownFailures *list);
const gchar *ipc_known_failures_slave (IpcKnownFailures *list);

/* The list for a pair of implementations below @folder (known-failures/), or NULL when there is none. Caller
 * frees. */
gchar *ipc_known_failures_default_file (const gchar *folder, const gchar *master, const gchar *slave);

/* Turns the raw verdict of @result into the final one. */
void ipc_known_failures_apply (IpcKnownFailures *list, IpcResult *result);

/* One warning text (gchar *, owned by the array) for each pattern, or shortest case, that no name of @cases (gchar *)
 * matches. @full: @cases has those that only --full plays. */
GPtrArray *ipc_known_failures_unmatched (IpcKnownFailures *list, GPtrArray *cases, gboolean full);

/* The entry that would list @result, as JSON text ready to paste; caller frees. */
gchar *ipc_known_failures_entry (const IpcResult *result, const gchar *since);

G_END_DECLS
#endif
