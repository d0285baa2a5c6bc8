/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_SIGNALS_H
#define IPC_WORKER_SIGNALS_H

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * What the process does on signals: a plugin must leave that alone (PROC-1), and must get along with the defaults.
 */

/* Remembers what is so now; called once, before GStreamer is initialised. */
void ipc_signals_remember (void);
/* Names ("PIPE") of those that were not at their default then. */
JsonArray *ipc_signals_inherited (void);
/* Names of those that are otherwise now. */
JsonArray *ipc_signals_changed (void);

G_END_DECLS
#endif
