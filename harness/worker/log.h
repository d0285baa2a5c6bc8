/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_LOG_H
#define IPC_WORKER_LOG_H

#include "channel.h"

G_BEGIN_DECLS

/*
 * GLib log of level warning and worse as reports, besides writing it as usual. Once per process.
 */

/* From here on. Reports are held back until there is a channel. */
void ipc_log_watch (void);
/* What was held back, and everything from now on, goes to @channel. */
void ipc_log_connect (IpcChannel *channel);
/* No more reports: the channel goes. For the end, when no other thread logs any more. */
void ipc_log_unwatch (void);

G_END_DECLS
#endif
