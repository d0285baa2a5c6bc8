/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CHECK_LOST_H
#define IPC_CHECK_LOST_H

#include "model.h"

G_BEGIN_DECLS

/*
 * When may something vanish between an element's pad and the wire, or the other way round? While its pad is
 * flushing, while it has no peer (disconnected, peer dead, error reported, link cut by a fault), while it goes down or
 * is down, and after the peer has refused, until a flush. Those spans of time are gathered from the history,
 * generously: they excuse, they never accuse.
 */

/* Why something may vanish. */
typedef enum {
  IPC_LOST_FLUSH = 1 << 0,   /* the pad is flushing: what is in order with buffers */
  IPC_LOST_REFUSED = 1 << 1, /* the same, after a failed push */
  IPC_LOST_NO_PEER = 1 << 2,
  IPC_LOST_DOWN = 1 << 3,
  IPC_LOST_ERROR = 1 << 4 /* the element has said so */
} IpcLostWhy;

#define IPC_LOST_ANY 0x1f
/* What befalls events that are not in order with buffers. */
#define IPC_LOST_UNSERIALIZED (IPC_LOST_NO_PEER | IPC_LOST_DOWN | IPC_LOST_ERROR)

typedef struct {
  gint64 from, to;
  IpcLostWhy why;
} IpcSpan;

/* The spans of the element @element of @process, which is an ipcpipelinesink (@is_sink) or an ipcpipelinesrc. Array of
 * IpcSpan; caller unrefs. */
GArray *ipc_lost_spans (IpcModel *model, const gchar *process, const gchar *element, gboolean is_sink);
/* TRUE when one of @spans, for one of the reasons @why, touches @from..@to. */
gboolean ipc_lost_during (GArray *spans, guint why, gint64 from, gint64 to);

G_END_DECLS
#endif
