/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_OPTIONS_H
#define IPC_BENCH_OPTIONS_H

#include <glib.h>

G_BEGIN_DECLS

/* The command line. */
typedef struct {
  gchar **patterns;    /* of works; empty: those of the form */
  gchar **contestants; /* patterns of names; empty: all */
  gchar **with;        /* properties of ipcpipelinesink */
  gchar *implementation, *against, *worker;
  gchar *json, *html, *markdown, *load;
  gboolean full, list, quiet;
  gint rounds;
  gdouble seconds; /* of a measurement */
} IpcBenchOptions;

/* FALSE with @error (G_OPTION_ERROR) when there is a mistake; --help ends the program. */
gboolean ipc_bench_options_parse (IpcBenchOptions *options, gchar **argv, GError **error);
void ipc_bench_options_clear (IpcBenchOptions *options);

/* Whether @name matches one of @patterns, shell patterns whose stars match slashes too; or there are none. */
gboolean ipc_bench_options_match (gchar **patterns, const gchar *name);

G_END_DECLS
#endif
