/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_COVERAGE_TABLE_H
#define IPC_REPORT_COVERAGE_TABLE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * The one table of what can happen on a link: groups of cells, each a row and a column. Types come from the packet
 * table and from GStreamer's own enumerations, so that a newer GStreamer has more cells. A cell is named
 * GROUP/ROW/COLUMN.
 */

typedef struct {
  const gchar *name;           /* "state" */
  const gchar *title;          /* a line for people */
  const gchar *requirements;   /* of docs/protocol.md, with spaces between */
  GPtrArray *rows;             /* of gchar * */
  const gchar *const *columns; /* NULL-terminated */
} IpcCoverageGroup;

/* All groups, made once; array of IpcCoverageGroup. Any thread, after gst_init(). */
GPtrArray *ipc_coverage_groups (void);
/* "state/null-to-ready/success"; caller frees. */
gchar *ipc_coverage_cell (const IpcCoverageGroup *group, const gchar *row, const gchar *column);
/* Why the cell cannot occur; NULL for one that can. Static. */
const gchar *ipc_coverage_impossible (const gchar *cell);

/* The names that several groups and whoever fills the table share. */
const gchar *ipc_coverage_flow_name (gint64 result);
const gchar *ipc_coverage_state_return_name (gint64 result);

G_END_DECLS
#endif
