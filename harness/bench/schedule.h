/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_SCHEDULE_H
#define IPC_BENCH_SCHEDULE_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * In which order things are measured. A round has each work once, and in it each contestant, one right behind the
 * other; who begins is another one in each round. So what the machine does to a minute it does to all that are
 * compared, and a run that is interrupted has whole rounds.
 */
typedef struct {
  guint round; /* from 1 */
  guint work, contestant;
} IpcBenchTurn;

/* @does: whether @contestant does @work, both by number. (transfer full) (element-type IpcBenchTurn) */
GArray *ipc_bench_schedule (guint n_rounds, guint n_works, guint n_contestants,
    gboolean (*does) (guint contestant, guint work, gpointer data), gpointer data);

G_END_DECLS
#endif
