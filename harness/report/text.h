/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_TEXT_H
#define IPC_REPORT_TEXT_H

#include "history/history.h"
#include "report.h"

G_BEGIN_DECLS

/*
 * Text for people: colour where it is wanted, lines that fit into 80 columns.
 */

#define IPC_TEXT_WIDTH 80

typedef enum { IPC_STYLE_NONE, IPC_STYLE_BAD, IPC_STYLE_GOOD, IPC_STYLE_DIM, IPC_STYLE_BOLD } IpcStyle;

/* Appends @text in @style when @colour. */
void ipc_text_styled (GString *out, gboolean colour, IpcStyle style, const gchar *text);
/* Appends @label and @text behind it, broken at spaces into lines of IPC_TEXT_WIDTH, each indented by @indent; what
 * has no spaces stays whole (paths must be copyable). Control characters become visible. */
void ipc_text_wrapped (GString *out, guint indent, const gchar *label, const gchar *text);

/* All that there is to say of a result that is bad: expected, seen, findings, last packets of each link, tail of each
 * log, artifacts, how to repeat it, and the entry for the list of known failures @known_file when not NULL.
 * Caller frees. */
gchar *ipc_failure_text (const IpcResult *result, gboolean colour, const gchar *known_file, const gchar *since);

/* The last packets of each link in @history, for ipc_failure_text(): those of before the teardown when @verdict is of a
 * step that was not done. Caller frees. */
gchar *ipc_failure_packets (IpcHistory *history, IpcVerdict verdict);

/* The end of a run in a few lines. Caller frees. */
gchar *ipc_summary_text (const IpcRunReport *run, gboolean colour);

G_END_DECLS
#endif
