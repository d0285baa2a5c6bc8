/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_COVERAGE_H
#define IPC_REPORT_COVERAGE_H

#include "check/model.h"
#include "report.h"

G_BEGIN_DECLS

/*
 * What of the protocol was seen on the wire: cells of coverage-table.h, and the cases that reached them. Made from
 * histories, never from what a scenario meant to do; merged over cases, shards, runs and implementations.
 *
 * One thread at a time, but ipc_coverage_observe(), which any thread may call.
 */

/* The cells that a case has reached, sorted; caller frees. @passed: faults that a case did not survive do not count. */
gchar **ipc_coverage_observe (IpcModel *model, gboolean passed);
/* Those of the case that left @folder; NULL when its history is not there. */
gchar **ipc_coverage_observe_folder (const gchar *folder, gboolean passed);

typedef struct {
  GHashTable *cells;        /* cell -> set of names of cases */
  GHashTable *requirements; /* ID -> set of names of cases that passed and show it */
  GHashTable *runs;         /* set: "reference 0.1.0" or "master ..., slave ...", in words */
} IpcCoverage;

IpcCoverage *ipc_coverage_new (void);
void ipc_coverage_free (IpcCoverage *coverage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcCoverage, ipc_coverage_free)

/* Keys of @table (NULL: none), which are text, sorted; of const gchar *. */
GPtrArray *ipc_coverage_sorted_keys (GHashTable *table);
/* Adds @case_name to what reached @key, in `cells` or `requirements`. */
void ipc_coverage_add (GHashTable *sets, const gchar *key, const gchar *case_name);
/* Adds what all results of @run have reached. */
void ipc_coverage_add_run (IpcCoverage *coverage, const IpcRunReport *run);
/* Adds what @path (coverage.json) says, or the one in the folder @path. */
gboolean ipc_coverage_add_file (IpcCoverage *coverage, const gchar *path, GError **error);
/* Replaces @path as a whole. */
gboolean ipc_coverage_save (const IpcCoverage *coverage, const gchar *path, GError **error);

/* How many cells of @group (NULL: of all) can occur, and how many of these did. */
typedef struct {
  guint possible, covered;
} IpcCoverageCount;
IpcCoverageCount ipc_coverage_count (const IpcCoverage *coverage, const gchar *group);
/* "412 of 431 (95.6 %)"; caller frees. */
gchar *ipc_coverage_count_text (IpcCoverageCount count);
/* For people: a line a group, and what is missing, as much as 80 columns can show; caller frees. */
gchar *ipc_coverage_text (const IpcCoverage *coverage);
/* Cells that can occur and did not, in order of the table; of gchar *. */
GPtrArray *ipc_coverage_missing (const IpcCoverage *coverage);
/* Names of the cases that reached @cell, sorted; empty for none. Of const gchar *. */
GPtrArray *ipc_coverage_cases (const IpcCoverage *coverage, const gchar *cell);

/* A page with a heat map. @lines: where line coverage is to be found (a URL), or NULL. */
gboolean ipc_coverage_save_html (const IpcCoverage *coverage, const gchar *path, const gchar *lines, GError **error);

/*
 * The baseline: cells and requirements that were covered once and must stay so, but for those that depend on luck,
 * which are listed with a reason.
 */
typedef struct {
  GPtrArray *lost;   /* of gchar *: "state/null-to-ready/failure", "requirement SEEK-1" */
  guint n_fresh;     /* covered, but not in the baseline */
  guint n_sometimes; /* of those that depend on luck not covered this time */
} IpcCoverageChange;

/* NULL when @path cannot be read as a baseline. */
IpcCoverageChange *ipc_coverage_compare (const IpcCoverage *coverage, const gchar *path, GError **error);
void ipc_coverage_change_free (IpcCoverageChange *change);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcCoverageChange, ipc_coverage_change_free)
/* Writes what is covered now to @path; what it lists as depending on luck stays listed so. */
gboolean ipc_coverage_save_baseline (const IpcCoverage *coverage, const gchar *path, GError **error);

G_END_DECLS
#endif
