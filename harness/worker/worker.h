/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_WORKER_H
#define IPC_WORKER_WORKER_H

#include "branch.h"
#include "channel.h"
#include "reactions.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * What the threads of a worker share: the channel, the pipeline, the descriptors that its elements were given, and
 * the commands under way. One lock, never held while calling GStreamer, reading or writing.
 *
 * The life of a worker: new, serve (commands run), finished by the `finish` command, stop, free.
 */
typedef struct _IpcWorker IpcWorker;

/* Name of the pipeline object, in message sources and as an element name. */
#define IPC_WORKER_PIPELINE_NAME "pipeline"

/* @channel: taken. */
IpcWorker *ipc_worker_new (IpcChannel *channel);
/* Reads commands on a thread of its own; the end of the control socket ends the process. */
void ipc_worker_serve (IpcWorker *worker);
/* Until `finish` has been answered and every command's thread has ended. */
void ipc_worker_wait_finished (IpcWorker *worker);
/* Stops reading. */
void ipc_worker_stop (IpcWorker *worker);
void ipc_worker_free (IpcWorker *worker);

IpcChannel *ipc_worker_channel (IpcWorker *worker);

/* Runs @command (IpcCommand) on a thread of its own. FALSE when the worker is finishing: @command is still the
 * caller's. */
gboolean ipc_worker_run (IpcWorker *worker, gpointer command);

/* The place of the one pipeline. begin: FALSE when it is taken; end: @pipeline (taken) or NULL for failure. */
gboolean ipc_worker_begin_pipeline (IpcWorker *worker, GError **error);
void ipc_worker_end_pipeline (IpcWorker *worker, GstElement *pipeline);
/* (transfer full), NULL with @error when there is none. */
GstElement *ipc_worker_pipeline (IpcWorker *worker, GError **error);

/* Branches of the pipeline; there until it is dropped. */
IpcBranches *ipc_worker_branches (IpcWorker *worker);
/* What is done about messages of the pipeline; as long as the worker. */
IpcReactions *ipc_worker_reactions (IpcWorker *worker);

/* No command is accepted from here on. FALSE when somebody else finishes already. */
gboolean ipc_worker_begin_finish (IpcWorker *worker);
/* Waits until the calling command is the only one, then drops the pipeline and closes its descriptors. */
void ipc_worker_drop_pipeline (IpcWorker *worker);

/* The worker now owns these descriptors of @element (-1: as before). Returns those that they replace, to be closed
 * with ipc_fds_free() once @element does not use them any more. */
GArray *ipc_worker_replace_fds (IpcWorker *worker, GstElement *element, gint fdin, gint fdout);
/* Closes those descriptors of @element that its properties do not name any more. */
void ipc_worker_release_fds (IpcWorker *worker, GstElement *element);
/* The descriptors of the elements in @bin, at any depth: the caller's to close. */
GArray *ipc_worker_forget_fds (IpcWorker *worker, GstBin *bin);

G_END_DECLS
#endif
