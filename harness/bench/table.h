/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_TABLE_H
#define IPC_BENCH_TABLE_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * Rows of texts, for a terminal, Markdown or HTML. A table owns its texts.
 */
typedef struct {
  gchar *title;
  GPtrArray *rows; /* GStrv; the first is the head */
  guint n_left;    /* so many columns are texts, the others numbers */
} IpcBenchTable;

/* @head: of the columns, ended by NULL. */
IpcBenchTable *ipc_bench_table_new (const gchar *title, guint n_left, const gchar *const *head);
void ipc_bench_table_free (IpcBenchTable *table);
/* Ends a row when it has as many as the head; until then cells are added to the last one. Takes @text. */
void ipc_bench_table_add (IpcBenchTable *table, gchar *text);

void ipc_bench_table_append_text (const IpcBenchTable *table, GString *out);
void ipc_bench_table_append_markdown (const IpcBenchTable *table, GString *out);
void ipc_bench_table_append_html (const IpcBenchTable *table, GString *out);

G_END_DECLS
#endif
