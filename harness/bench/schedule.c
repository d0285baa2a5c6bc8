/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "schedule.h"

GArray *
ipc_bench_schedule (guint n_rounds, guint n_works, guint n_contestants,
    gboolean (*does) (guint contestant, guint work, gpointer data), gpointer data)
{
  GArray *turns = g_array_new (FALSE, FALSE, sizeof (IpcBenchTurn));

  for (guint round = 0; round < n_rounds; round++)
    for (guint work = 0; work < n_works; work++)
      for (guint i = 0; i < n_contestants; i++) {
        IpcBenchTurn turn = { round + 1, work, (i + round) % n_contestants };

        if (does (turn.contestant, work, data))
          g_array_append_val (turns, turn);
      }
  return turns;
}
