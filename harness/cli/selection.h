/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CLI_SELECTION_H
#define IPC_CLI_SELECTION_H

#include <gio/gio.h>

G_BEGIN_DECLS

/* Loads all cases below @scenarios; @full: those for --full too. NULL after saying on standard error what is wrong.
 * Array of IpcScenarioCase. */
GPtrArray *ipc_selection_load (const gchar *scenarios, const gchar *media, gboolean full);
/* Whether @patterns can only be looked for among all cases: one that names parameters may mean some for --full. */
gboolean ipc_selection_names_parameters (gchar **patterns);

/* Those of @cases that a pattern of @patterns matches (all when it is NULL or empty), in order. A pattern is a glob
 * over names, a name, with or without (some of) its parameters, or a folder. Without @full, cases for --full are meant
 * only by patterns that name the very value that is kept for it. NULL after saying on standard error which pattern
 * matches nothing. Borrows from @cases. */
GPtrArray *ipc_selection_choose (GPtrArray *cases, gchar **patterns, gboolean full);

G_END_DECLS
#endif
