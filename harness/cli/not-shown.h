/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CLI_NOT_SHOWN_H
#define IPC_CLI_NOT_SHOWN_H

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The list of requirements that no scenario shows, with the reason of each. Lines "ID: reason"; a reason goes on in
 * lines that begin with a space; lines that begin with # and empty lines say nothing.
 */
typedef struct {
  gchar *id, *reason;
  guint line;
} IpcNotShown;

/* Array of IpcNotShown; NULL after saying on standard error all that is wrong with @file. */
GPtrArray *ipc_not_shown_load (const gchar *file);
/* The entry of @id, or NULL. */
const IpcNotShown *ipc_not_shown_find (GPtrArray *list, const gchar *id);

G_END_DECLS
#endif
