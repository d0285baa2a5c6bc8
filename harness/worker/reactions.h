/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_REACTIONS_H
#define IPC_WORKER_REACTIONS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * What is done when a message comes, in the thread that posts it and before that goes on: what an application with a
 * synchronous bus handler does. Any thread; its lock is not held while something is done.
 */
typedef struct _IpcReactions IpcReactions;

IpcReactions *ipc_reactions_new (void);
void ipc_reactions_free (IpcReactions *reactions);

/* The next message of @type from @source (a name; NULL: anybody) sets @element (taken) to @state, once. */
void ipc_reactions_add (
    IpcReactions *reactions, GstMessageType type, const gchar *source, GstElement *element, GstState state);
/* Forgets all that has not come. */
void ipc_reactions_clear (IpcReactions *reactions);
/* @message has been posted. What set_state returned is told by an application message of @pipeline. */
void ipc_reactions_see (IpcReactions *reactions, GstElement *pipeline, GstMessage *message);

G_END_DECLS
#endif
