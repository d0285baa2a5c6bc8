/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_MESSAGES_H
#define IPC_WORKER_MESSAGES_H

#include "channel.h"
#include "reactions.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/* Reports every message on the bus of @pipeline, in the thread that posts it; none is kept. @reactions sees it then.
 * Both outlive the pipeline. */
void ipc_messages_watch (IpcChannel *channel, IpcReactions *reactions, GstElement *pipeline);

G_END_DECLS
#endif
