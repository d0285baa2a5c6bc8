/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_HTML_CASE_H
#define IPC_REPORT_HTML_CASE_H

#include "history/history.h"
#include "result.h"

G_BEGIN_DECLS

/* All that the page shows of one case when it is opened, as JSON text; caller frees. @result: its object in
 * result.json. @file: that result.json: the case's folder is looked for beside it, and else where it was.
 * @page_folder: where the page will lie, for links. @max_packets: in the picture; 0: there is none, and the history is
 * not read. It is not read either when @picture is that picture, drawn before; or NULL. Any thread, as long as @result
 * does not change. */
gchar *ipc_html_case (
    JsonObject *result, const gchar *file, const gchar *page_folder, guint max_packets, const gchar *picture);
/* Draws the picture of @result, which was judged, while @history is at hand: to read it again takes as long as to play
 * many a case. */
void ipc_html_case_draw (IpcResult *result, IpcHistory *history, guint max_packets);

G_END_DECLS
#endif
