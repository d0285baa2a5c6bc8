/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_RESULT_H
#define IPC_BENCH_RESULT_H

#include <json-glib/json-glib.h>

#include "stats.h"
#include "work.h"

G_BEGIN_DECLS

/* One measurement: a contestant, a work, a round. Times are nanoseconds, memory is bytes. */
typedef struct {
  guint round; /* from 1 */
  gchar *contestant, *work;
  guint64 count;
  gint64 wall;
  gint64 master_cpu, slave_cpu;       /* of all threads; the slaves' together */
  gint64 waits;                       /* how often a thread of any process went to sleep */
  gint64 master_memory, slave_memory; /* proportional set size; the slaves' together */
  gchar *memory;                      /* where the producer had its buffers from, or NULL */
  gchar *failure;                     /* why there are no numbers, or NULL */
} IpcBenchSample;

void ipc_bench_sample_free (IpcBenchSample *sample);

/* Who took part, as results keep it. */
typedef struct {
  gchar *name, *role, *what, *unavailable;
} IpcBenchEntrant;

/* What a run has measured: all that reports are made of, and what is written as JSON. */
typedef struct {
  JsonObject *machine, *settings;
  GPtrArray *entrants; /* IpcBenchEntrant */
  GPtrArray *samples;  /* IpcBenchSample */
  gboolean interrupted;
} IpcBenchResult;

IpcBenchResult *ipc_bench_result_new (void);
void ipc_bench_result_free (IpcBenchResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcBenchResult, ipc_bench_result_free)

void ipc_bench_result_add_entrant (
    IpcBenchResult *result, const gchar *name, const gchar *role, const gchar *what, const gchar *unavailable);
/* NULL: there is none of this role, or name. */
const IpcBenchEntrant *ipc_bench_result_by_role (const IpcBenchResult *result, const gchar *role);
const IpcBenchEntrant *ipc_bench_result_by_name (const IpcBenchResult *result, const gchar *name);

/* What can be said of a sample; all but memory for each thing that was counted. */
typedef enum {
  IPC_BENCH_WALL,
  IPC_BENCH_CPU,
  IPC_BENCH_CPU_PER_SLAVE,
  IPC_BENCH_MASTER_CPU,
  IPC_BENCH_SLAVE_CPU,
  IPC_BENCH_WAITS,
  IPC_BENCH_MASTER_MEMORY,
  IPC_BENCH_SLAVE_MEMORY /* of all slaves together */
} IpcBenchMetric;

gdouble ipc_bench_sample_value (const IpcBenchSample *sample, IpcBenchMetric metric);
/* Over all rounds that have numbers; n is 0 when there are none. */
IpcBenchSpread ipc_bench_result_spread (
    const IpcBenchResult *result, const gchar *contestant, const gchar *work, IpcBenchMetric metric);
/* A sample of them, for what is the same in all; NULL when there is none. */
const IpcBenchSample *ipc_bench_result_sample (
    const IpcBenchResult *result, const gchar *contestant, const gchar *work, guint round);
/* Why there are no numbers, or NULL. */
const gchar *ipc_bench_result_failure (const IpcBenchResult *result, const gchar *contestant, const gchar *work);
guint ipc_bench_result_n_failures (const IpcBenchResult *result);
guint ipc_bench_result_n_rounds (const IpcBenchResult *result);
/* The works of @group (NULL: of all) that there are samples of, in the order of the list. (transfer container) */
GPtrArray *ipc_bench_result_works (const IpcBenchResult *result, const gchar *group);

gboolean ipc_bench_result_save (const IpcBenchResult *result, const gchar *path, GError **error);
/* NULL with @error that names the place in the file. */
IpcBenchResult *ipc_bench_result_load (const gchar *path, GError **error);

G_END_DECLS
#endif
