/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_OBSERVE_H
#define IPC_WORKER_OBSERVE_H

#include "channel.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * Pads under observation: what passes is reported in the streaming thread, before it is handled, and left as it is.
 */

/* Observes the pads of every ipcpipelinesink and ipcpipelinesrc in @pipeline, and those that @pads (list of
 * "element.pad") names. FALSE with @error when one does not exist. */
gboolean ipc_observe_pads (IpcChannel *channel, GstBin *pipeline, JsonArray *pads, GError **error);

G_END_DECLS
#endif
