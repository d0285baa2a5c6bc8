/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_LINK_LANE_H
#define IPC_LINK_LANE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * A lane runs jobs one after the other, in order, on a thread of a shared pool; an idle lane has no
 * thread. The reader of a link never blocks: whatever may block is a job on a lane, and
 * what must not wait for each other is on different lanes.
 *
 * ipc_lane_push() may be called from any thread and never blocks.
 */
typedef struct _IpcLane IpcLane;

/* @name is for debugging. @width: how many jobs may run side by side (1: strictly in order). */
IpcLane *ipc_lane_new (const gchar *name, guint width);
/* Jobs that have not begun are dropped (their data is freed with the notify); does not wait for running ones. */
void ipc_lane_free (IpcLane *lane);
/* Runs func(data) later, then frees data. @free_func may be NULL. */
void ipc_lane_push (IpcLane *lane, void (*func) (gpointer data), gpointer data, GDestroyNotify free_func);
/* Drops the jobs that have not begun. */
void ipc_lane_clear (IpcLane *lane);
/* How many jobs wait or run. */
guint ipc_lane_length (IpcLane *lane);

G_END_DECLS
#endif
