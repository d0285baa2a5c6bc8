/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_IPC_TOLD_TIME_H
#define GST_IPC_TOLD_TIME_H

#include <gst/gst.h>

#include "gstipcpeer.h"

G_BEGIN_DECLS

/*
 * What a master's element tells its peer of the clock and the base time that it has from its pipeline:
 * docs/protocol.md, "Feature time". Embedded in the element; under the element's object lock. The functions may be
 * called from any thread.
 */
typedef struct {
  GstClockTime outdated; /* the base time of before the last flush: running time has begun anew since */
  GstClockTime told;     /* the base time that was told last */
} GstIpcToldTime;

void gst_ipc_told_time_init (GstIpcToldTime *time);

/* Tells the peer, if it can have that (TIME-2). Waits for room at most @timeout microseconds, and returns how long that
 * took. The answer, which nobody waits for, goes to the link's `reply` with @tag. */
guint64 gst_ipc_told_time_tell (GstIpcToldTime *time, GstIpcPeer *peer, guint tag, guint64 timeout);
/* In the streaming thread: tells the peer again when the base time has moved in PLAYING. A pipeline that plays again
 * after a flush of some of its branches has a new one, with which the others go on playing. */
void gst_ipc_told_time_tell_moved (GstIpcToldTime *time, GstIpcPeer *peer, guint tag);
/* A FLUSH_STOP, @event, comes from upstream. */
void gst_ipc_told_time_note_flush_stop (GstIpcToldTime *time, GstIpcPeer *peer, GstEvent *event);

G_END_DECLS
#endif
