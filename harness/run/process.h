/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RUN_PROCESS_H
#define IPC_RUN_PROCESS_H

#include "control.h"
#include "history/history.h"
#include "run.h"

G_BEGIN_DECLS

/* What the processes of a case share. One thread, the case's. */
typedef struct {
  GMainContext *context;
  IpcHistory *history;
  const gchar *folder;
  const IpcRunSettings *settings;
  gint64 next_id; /* of commands; one counter, so that an id is never used twice in a history */
  gchar *fault;   /* the first thing that makes the case worthless: a worker that lies, a wrong plugin; or NULL */
} IpcProcessHost;

/* A command that was sent, and its answer. */
typedef struct {
  gint64 id;
  gchar *command;
  JsonObject *members; /* as sent */
  JsonObject *reply;   /* NULL until answered */
  gboolean lost;       /* the process ended without an answer */
} IpcCall;

IpcCall *ipc_call_ref (IpcCall *call);
void ipc_call_unref (IpcCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcCall, ipc_call_unref)
/* TRUE when nothing more will come of it. */
gboolean ipc_call_is_over (const IpcCall *call);
/* NULL when it was answered with `ok`; else why it was not (transfer full). */
gchar *ipc_call_error (const IpcCall *call);

typedef enum {
  IPC_STAGE_ABSENT,   /* never started */
  IPC_STAGE_STARTING, /* spawned, has not said hello */
  IPC_STAGE_BUILDING, /* the right plugin; its pipeline is being made */
  IPC_STAGE_READY,    /* has its pipeline */
  IPC_STAGE_FAILED,   /* its pipeline could not be made */
  IPC_STAGE_ENDED     /* reaped */
} IpcStage;

/*
 * A process of a case. Life: new -> spawn -> (hello, then the `pipeline` command, sent by itself) -> ready -> commands
 * -> ended, when all it said has been recorded -> spawn again ... -> free. Freeing kills what still lives and reaps it.
 */
typedef struct {
  IpcProcessHost *host;
  const IpcScenarioProcess *spec;
  IpcStage stage;
  GPid pid;
  IpcControl *control;
  GSource *child_watch;
  GHashTable *calls; /* id -> IpcCall, those without an answer */
  IpcCall *build;    /* the `pipeline` command */
  GHashTable *states;
  gboolean finishing; /* was asked to exit with status 0 */
  gint asked_status;  /* was asked to exit at once with this status; -1: it was not */
  gboolean suspended; /* by SIGSTOP */
  guint64 sent;       /* signals that were sent to it: bit n for signal n */
  gint status;        /* once ended: exit status, or -1 */
  gint signal;        /* once ended: the signal that it died by, or 0 */
  gchar *end_text;    /* once ended: "was killed by signal 11 (Segmentation fault), core dumped" */
} IpcProcess;

IpcProcess *ipc_process_new (IpcProcessHost *host, const IpcScenarioProcess *spec);
void ipc_process_free (IpcProcess *process);

/* Starts it (stage ABSENT or ENDED). */
gboolean ipc_process_spawn (IpcProcess *process, GError **error);
gboolean ipc_process_is_alive (const IpcProcess *process);
/* Sends @command with @members (taken; NULL for none) and @fds (taken, at most 2). The process must be alive. */
IpcCall *ipc_process_call (
    IpcProcess *process, const gchar *command, JsonObject *members, const gint *fds, guint n_fds);
/* The processor time that it has used, ns; 0 when it is not alive. */
gint64 ipc_process_cpu_time (const IpcProcess *process);
/* Sends a signal to it and to what it is wrapped in. The process must be alive. */
void ipc_process_signal (IpcProcess *process, gint number);
/* The state that @element (NULL: the pipeline) was last seen to have reached with none pending, or NULL; @record: where
 * in the history (may be NULL). Everything begins in "null". */
const gchar *ipc_process_state (IpcProcess *process, const gchar *element, guint *record);

G_END_DECLS
#endif
