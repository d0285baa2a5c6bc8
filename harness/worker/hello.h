/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_HELLO_H
#define IPC_WORKER_HELLO_H

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define IPC_WORKER_PROTOCOL_VERSION 1

/* The first report: who this is, and whose elements it would use. Loads their plugin. */
JsonObject *ipc_hello (void);

G_END_DECLS
#endif
