/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RUN_IMPLEMENTATION_H
#define IPC_RUN_IMPLEMENTATION_H

#include <json-glib/json-glib.h>

#include "run.h"

G_BEGIN_DECLS

/* Whether the worker that said @hello has its elements from @implementation. FALSE with @error naming both files. */
gboolean ipc_implementation_check (const IpcImplementation *implementation, JsonObject *hello, GError **error);

G_END_DECLS
#endif
