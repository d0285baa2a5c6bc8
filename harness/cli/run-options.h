/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CLI_RUN_OPTIONS_H
#define IPC_CLI_RUN_OPTIONS_H

#include <gio/gio.h>

G_BEGIN_DECLS

/* The options of `run`, checked, with defaults filled in. */
typedef struct {
  gchar **patterns; /* may be NULL */
  gchar *implementation, *master, *slave;
  gint jobs;
  gint repeat; /* rounds; 0: until something is bad */
  gboolean until_fail, shuffle, tap, verbose, list, keep, full, cores, interactive;
  guint32 seed;
  guint shard, n_shards; /* 1/1: everything */
  gdouble timeout_scale;
  gchar *known; /* file, "none", or NULL for the default */
  gchar *output, *junit, *json, *html;
  gchar *scenarios, *media, *worker, *master_worker, *slave_worker, *wrap_master, *wrap_slave;
  gchar *master_debug, *slave_debug;
  gchar **presets;       /* may be NULL */
  gchar *repeat_command; /* repeats the run with a case's name behind it */
  gchar *command;        /* as it was given */
} IpcRunOptions;

/* NULL after a message on standard error. */
IpcRunOptions *ipc_run_options_new (gint argc, gchar **argv);
void ipc_run_options_free (IpcRunOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcRunOptions, ipc_run_options_free)

G_END_DECLS
#endif
