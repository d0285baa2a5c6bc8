/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_WORKER_SESSION_H
#define IPC_BENCH_WORKER_SESSION_H

#include <gst/gst.h>
#include <json-glib/json-glib.h>

#include "board.h"
#include "feeder.h"

G_BEGIN_DECLS

/* What one process of a measurement has. One thread uses it, the one that obeys. */
typedef struct {
  IpcBenchBoard *board;
  GstElement *pipeline;
  IpcBenchFeeder *feeder;
  GArray *fds;      /* of links: they are the application's */
  gint limits_fd;   /* of a session without elements; -1 */
  GMutex lock;      /* for: */
  gchar *complaint; /* the first error that the pipeline posted */
} IpcBenchSession;

void ipc_bench_session_init (IpcBenchSession *session);
/* The pipeline goes to NULL. */
void ipc_bench_session_clear (IpcBenchSession *session);

/* Carries out one command, with the fds that came with it (those that are kept are taken out), and adds what there is
 * to say to @reply. FALSE with @error when it could not be done. */
gboolean ipc_bench_session_obey (
    IpcBenchSession *session, JsonObject *command, GArray *fds, JsonObject *reply, GError **error);

/* The command `measure`. */
gboolean ipc_bench_session_measure (IpcBenchSession *session, JsonObject *command, JsonObject *reply, GError **error);

/* Takes the pipeline to @state and waits until it is there. */
gboolean ipc_bench_session_reach (IpcBenchSession *session, GstState state, GError **error);

G_END_DECLS
#endif
