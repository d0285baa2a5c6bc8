/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_HTML_TIMELINE_H
#define IPC_REPORT_HTML_TIMELINE_H

#include "history/history.h"

G_BEGIN_DECLS

/*
 * A history as the picture needs it: small, of bounded size, times in microseconds since the first record. What each
 * member is stands in html/timeline.js, which draws it.
 *
 * @max_packets: of more packets than that the first and the last half are kept, and `left` says how many were left
 * out and from when to when. Other lists are bounded too (`left-others`); texts are cut (with an ellipsis).
 * @records: indexes (guint) of records whose places in the picture are wanted, or NULL. Caller unrefs.
 */
JsonObject *ipc_html_timeline (IpcHistory *history, guint max_packets, GArray *records);

G_END_DECLS
#endif
