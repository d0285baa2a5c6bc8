/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_WORK_H
#define IPC_BENCH_WORK_H

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  IPC_BENCH_BUFFERS,
  IPC_BENCH_EVENTS,
  IPC_BENCH_QUERIES,
  IPC_BENCH_STATES,
  IPC_BENCH_START /* from nothing to the first buffers at all slaves */
} IpcBenchKind;

/*
 * One kind of work, the same for each contestant. Names are paths: "buffers/1080p+fill+read", "fan-out/64B/16",
 * "round-trips/query", "start/4".
 */
typedef struct {
  gchar *name;
  const gchar *group; /* the first part of the name */
  IpcBenchKind kind;
  const gchar *size_name; /* "1080p" */
  gsize size;
  const gchar *caps;
  gboolean fill;   /* the producer writes every byte */
  gboolean read;   /* the consumer reads every byte */
  gboolean system; /* ordinary memory, although downstream offers other */
  guint slaves;
  gboolean fan_out; /* through a tee and a queue for each, also when it is one */
  gboolean brief;   /* is in the short form */
} IpcBenchWork;

/* All there are, of IpcBenchWork; made once, never freed. */
GPtrArray *ipc_bench_works (void);
/* NULL: there is none of that name. */
const IpcBenchWork *ipc_bench_work_find (const gchar *name);

G_END_DECLS
#endif
