/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_SYNTAX_H
#define IPC_WORKER_SYNTAX_H

#include "channel.h"

G_BEGIN_DECLS

/* The members of the JSON object in @line, with every number as it was written; NULL with @error. (transfer full) */
JsonObject *ipc_syntax_read (const IpcLine *line, GError **error);

G_END_DECLS
#endif
