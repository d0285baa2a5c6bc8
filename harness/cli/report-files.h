/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CLI_REPORT_FILES_H
#define IPC_CLI_REPORT_FILES_H

#include "report/report.h"

G_BEGIN_DECLS

/* What is left of a run in its report folder, and the exit code that it means. */

/* Files that are wanted in another place as well; NULL: not. */
typedef struct {
  const gchar *junit, *json, *html;
} IpcReportCopies;

/* Writes junit.xml, coverage.json, coverage.html, result.json and index.html to the folder `output` of @run. FALSE
 * after saying what could not be written. */
gboolean ipc_report_files_save (const IpcRunReport *run, const IpcReportCopies *copies);
gint ipc_report_exit_code (const IpcRunReport *run);

G_END_DECLS
#endif
