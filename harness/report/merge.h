/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_MERGE_H
#define IPC_REPORT_MERGE_H

#include "report.h"

G_BEGIN_DECLS

/*
 * Several runs put together into one: the shards of a run, or runs of different cases. What does not fit together is
 * refused; what is missing is said, and keeps the whole from being a pass.
 */

/* One of the runs. */
typedef struct {
  gchar *name; /* for messages: where it comes from */
  IpcRunReport *run;
} IpcReportPart;

IpcReportPart *ipc_report_part_new (const gchar *name, IpcRunReport *run);
void ipc_report_part_free (IpcReportPart *part);

/* @parts: of IpcReportPart, at least one; their results move into the whole, in order of the parts. @add_rounds: a case
 * that is there already counts as a further round, and is no mistake. NULL with @error. */
IpcRunReport *ipc_report_merge (GPtrArray *parts, gboolean add_rounds, GError **error);

G_END_DECLS
#endif
