/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_RIG_H
#define IPC_BENCH_RIG_H

#include <gio/gio.h>

#include "contestant.h"
#include "result.h"

G_BEGIN_DECLS

typedef struct {
  const gchar *worker; /* command (shell words) */
  const gchar *folder; /* for sockets and logs */
  gint64 time;         /* how long a measurement takes, ns */
  GCancellable *cancellable;
} IpcBenchRig;

/* One measurement, on processes of its own: started, connected without anything in between, warmed up, measured,
 * ended. NULL when it was cancelled; what else goes wrong is the sample's `failure`. */
IpcBenchSample *ipc_bench_rig_measure (
    const IpcBenchRig *rig, const IpcBenchContestant *contestant, const IpcBenchWork *work, guint round);

/* Finds out what @what ("reference", "gst-plugins-bad", a folder) has, with a worker. Never NULL: see `unavailable`. */
IpcBenchSide *ipc_bench_rig_side (const IpcBenchRig *rig, const gchar *what);
void ipc_bench_side_free (IpcBenchSide *side);

G_END_DECLS
#endif
