/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_LOG_H
#define IPC_WORKER_LOG_H

#include "channel.h"

G_BEGIN_DECLS

/* Reports GLib log of level warning and worse to @channel, besides writing it as usual. Once per process. */
void ipc_log_watch (IpcChannel *channel);
/* No more reports: the channel goes. */
void ipc_log_unwatch (void);

G_END_DECLS
#endif
