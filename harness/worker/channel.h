/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_CHANNEL_H
#define IPC_WORKER_CHANNEL_H

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * The control socket of a worker: lines with file descriptors in, reports out (docs/control-protocol.md). One thread
 * reads; any thread sends. A worker without a harness has nothing to do: a failed write ends the process at once.
 */

/* Exit status of a worker that has lost its harness. */
#define IPC_WORKER_EXIT_CONTROL_LOST 3

/* Longest line that is accepted, in bytes without its end. */
#define IPC_CHANNEL_LINE_MAX (4u * 1024 * 1024)

typedef struct _IpcChannel IpcChannel;

typedef struct {
  GString *text;     /* without the line end */
  GArray *fds;       /* int, in the order in which they were sent; closed with the line */
  gboolean too_long; /* more than IPC_CHANNEL_LINE_MAX: @text holds the beginning only */
} IpcLine;

void ipc_line_free (IpcLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcLine, ipc_line_free)

/* Closes what is left in @fds (of int) and frees it. */
void ipc_fds_free (GArray *fds);
/* A warning is logged when it is closed already: elements never close what they are given (CONN-7). */
void ipc_fd_close (gint fd);

IpcChannel *ipc_channel_new (gint fd, GError **error);
void ipc_channel_free (IpcChannel *channel);
IpcLine *ipc_channel_read_line (IpcChannel *channel);
void ipc_channel_stop_reading (IpcChannel *channel);
void ipc_channel_send (IpcChannel *channel, JsonObject *report);

G_END_DECLS
#endif
