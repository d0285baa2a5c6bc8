/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_REPORT_H
#define IPC_REPORT_REPORT_H

#include <json-glib/json-glib.h>

#include "result.h"

G_BEGIN_DECLS

/*
 * One run and its results: what all reports are made from. Owned and changed by the main thread only.
 */

typedef struct {
  gchar *name, *folder, *plugin, *plugin_version, *gstreamer; /* any may be NULL */
} IpcReportSide;

typedef struct {
  IpcReportSide master, slave;
  gchar *command;    /* of the whole run */
  gchar *output;     /* folder, absolute */
  gchar *scenarios;  /* folder */
  gchar *known_file; /* list of known failures, or NULL */
  GDateTime *start;
  gdouble seconds;
  guint jobs;
  gdouble timeout_scale;
  gboolean shuffled;
  guint32 seed;
  guint n_planned; /* cases times rounds; 0 when nobody knows (--until-fail) */
  gboolean interrupted;
  GPtrArray *results;  /* of IpcResult, in order of completion */
  GPtrArray *warnings; /* of gchar * */
  /* Which cases there were to play, so that parts of a run can be put together again */
  guint shard, n_shards; /* 1/1: all that were selected */
  guint n_selected;      /* cases that were selected for all shards together */
  gchar *selection;      /* checksum of their names, ipc_run_report_selection(); or NULL */
  /* Of a run that was put together or read back */
  gchar *incomplete;       /* which parts are missing, or NULL */
  JsonArray *parts;        /* what is said of each part in result.json, or NULL */
  JsonObject *environment; /* of the machine that played, or NULL: this one */
} IpcRunReport;

IpcRunReport *ipc_run_report_new (void);
void ipc_run_report_free (IpcRunReport *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcRunReport, ipc_run_report_free)

guint ipc_run_report_count (const IpcRunReport *run, IpcVerdict verdict);
guint ipc_run_report_count_bad (const IpcRunReport *run);
/* Checksum of the names of cases (gchar *), in whatever order they are; caller frees. */
gchar *ipc_run_report_selection (GPtrArray *names);
/* The worst that can be said of the run: PASS, FAIL or HARNESS_ERROR. A run without results, and one of which parts are
 * missing, is a HARNESS_ERROR. */
IpcVerdict ipc_run_report_verdict (const IpcRunReport *run);
/* "12 pass, 1 fail, 3 xfail"; caller frees. */
gchar *ipc_run_report_counts (const IpcRunReport *run);
/* "seek/flush" or "seek/flush (round 3)"; caller frees. */
gchar *ipc_result_title (const IpcResult *result);

/* JUnit XML to @path. */
gboolean ipc_junit_save (const IpcRunReport *run, const gchar *path, GError **error);
/* result.json to @path. */
gboolean ipc_run_report_save_json (const IpcRunReport *run, const gchar *path, GError **error);
/* Reads it back. NULL with @error when @path is no such file. */
IpcRunReport *ipc_run_report_load_json (const gchar *path, GError **error);

G_END_DECLS
#endif
