/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CLI_SELECTION_H
#define IPC_CLI_SELECTION_H

#include <gio/gio.h>

G_BEGIN_DECLS

/* Loads all cases below @scenarios. NULL after saying on standard error what is wrong. Array of IpcScenarioCase. */
GPtrArray *ipc_selection_load (const gchar *scenarios, const gchar *media);

/* Those of @cases that a pattern of @patterns matches (all when it is NULL or empty), in order. A pattern is a glob
 * over names, a name, or a folder. NULL after saying on standard error which pattern matches nothing. Borrows from
 * @cases. */
GPtrArray *ipc_selection_choose (GPtrArray *cases, gchar **patterns);

G_END_DECLS
#endif
