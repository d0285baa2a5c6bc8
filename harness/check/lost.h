/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CHECK_LOST_H
#define IPC_CHECK_LOST_H

#include "model.h"

G_BEGIN_DECLS

/*
 * When may something vanish between an element's pad and the wire, or the other way round? While its pad is
 * flushing, while it has no peer (disconnected, peer dead, error reported), while it goes down or is down, and after
 * the peer has refused, until a flush. Those spans of time are gathered from the history, generously: they excuse, they
 * never accuse.
 */

typedef struct {
  gint64 from, to;
} IpcSpan;

/* The spans of the element @element of @process, which is an ipcpipelinesink (@is_sink) or an ipcpipelinesrc. Array of
 * IpcSpan; caller unrefs. */
GArray *ipc_lost_spans (IpcModel *model, const gchar *process, const gchar *element, gboolean is_sink);
/* TRUE when one of @spans touches @from..@to. */
gboolean ipc_lost_during (GArray *spans, gint64 from, gint64 to);

G_END_DECLS
#endif
