/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_HTML_REPORT_H
#define IPC_REPORT_HTML_REPORT_H

#include <json-glib/json-glib.h>

#include "report.h"

G_BEGIN_DECLS

/*
 * The report of a run, and the table of several runs, made from what runs left: result.json and the folders of the
 * cases. Needs nothing else, so that it can be made again at any time, also where the report folder was moved to.
 */

/* What the page of a run is called in its report folder. */
#define IPC_HTML_REPORT_NAME "index.html"
/* How many of its cases have a picture. */
#define IPC_HTML_REPORT_PICTURES 2500

/* Writes the page of the runs whose result.json are @files (NULL-terminated) to @path: of one run all that there is to
 * see of it; of several a table of scenarios and runs. FALSE with @error when a file cannot be read, is not a result
 * of this program, or @path cannot be written. */
gboolean ipc_html_report_save (const gchar *const *files, const gchar *path, GError **error);
/* The same of one run, whose result.json is @file, with the pictures that its results have, as far as they are as large
 * as they should be. */
gboolean ipc_html_report_save_run (const IpcRunReport *run, const gchar *file, const gchar *path, GError **error);
/* Packets of the picture of a case that is bad, or not, in a page of @n_cases. */
guint ipc_html_report_packets (guint n_cases, gboolean bad);

/* The table of several runs (or one) as Markdown. NULL with @error; caller frees. */
gchar *ipc_markdown_matrix (const gchar *const *files, GError **error);

/* The object in a result.json. NULL with @error when it is none; caller unrefs. */
JsonObject *ipc_result_file_load (const gchar *file, GError **error);

G_END_DECLS
#endif
