/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RUN_CASE_H
#define IPC_RUN_CASE_H

#include "process.h"
#include "relay/relay.h"

G_BEGIN_DECLS

/*
 * A case while it is played. Everything happens in one thread, that of ipc_run_case(), which runs the context: whoever
 * waits calls ipc_case_wait() with a question that is asked again whenever something has happened.
 */

typedef struct {
  const IpcScenarioLink *spec;
  guint generation;
  GPtrArray *relays; /* one per generation; all live until the case is over */
  IpcFaultSet *faults;
} IpcCaseLink;

typedef struct {
  const IpcScenarioCase *scenario;
  IpcProcessHost host;
  gchar *folder;
  GPtrArray *processes; /* IpcProcess, in order of the file */
  GPtrArray *links;     /* IpcCaseLink, in order of the file */
  GHashTable *marks;    /* name -> index of the record that follows it */
  guint act_start;      /* where in the history the latest act began, of the list of steps that starts one */
  gint64 step_begun;    /* when the latest step was started: until then nothing could be observed of it */
  gint64 wake;          /* when a question wants to be asked again at the latest, or 0; the question sets it */
  gint64 silent_until;  /* until then it is no wonder when nothing is observed; the question sets it too */

  GSource *alarm;  /* wakes the context at a limit */
  GSource *cancel; /* wakes the context when the case is cancelled, or NULL */
  gboolean interrupted;
  guint looked;        /* records that were looked at for `observed` */
  gint64 observed;     /* when something was last observed */
  guint64 moved;       /* bytes within packets that the relays had moved */
  gint64 progress;     /* when that last grew: a large packet is seen when it is complete */
  guint last_observed; /* index of it, G_MAXUINT for none */

  /* the outcome: the first that is concluded stays */
  const gchar *outcome;
  gchar *text, *expected, *seen;
} IpcCase;

IpcProcess *ipc_case_process (IpcCase *self, const gchar *name);
IpcCaseLink *ipc_case_link (IpcCase *self, const gchar *name);

/* @outcome: static, of docs/history.md. Others (taken): NULL for none. Only the first call counts. */
void ipc_case_conclude (IpcCase *self, const gchar *outcome, gchar *text, gchar *expected, gchar *seen);

typedef enum {
  IPC_CASE_FULFILLED,
  IPC_CASE_IDLE,  /* nothing was observed for too long */
  IPC_CASE_LATE,  /* the limit has come */
  IPC_CASE_BROKEN /* interrupted, or host.fault is set */
} IpcCaseWait;

typedef gboolean (*IpcCaseQuestion) (IpcCase *self, gpointer data);

/* Runs the context until @question answers TRUE. @idle: nanoseconds without any observation. @limit: a point of
 * ipc_history_now()'s time, or 0. */
IpcCaseWait ipc_case_wait (IpcCase *self, IpcCaseQuestion question, gpointer data, gint64 idle, gint64 limit);
/* @seconds in nanoseconds, scaled by --timeout-scale. */
gint64 ipc_case_time (IpcCase *self, gdouble seconds);
/* What was last observed and when, one line. */
gchar *ipc_case_last_seen (IpcCase *self);

/* connection.c: a link that gets its fds */

typedef struct {
  IpcCall *master, *slave;
} IpcConnection;

/* Makes new fds, one generation further, and gives them to the link's sink and to @src of @slave, both alive. */
gboolean ipc_case_connect (
    IpcCase *self, IpcCaseLink *link, IpcProcess *slave, const gchar *src, IpcConnection *connection, GError **error);
gboolean ipc_connection_is_over (const IpcConnection *connection);
/* NULL when both ends took their fds (transfer full). */
gchar *ipc_connection_error (const IpcConnection *connection);
void ipc_connection_clear (IpcConnection *connection);

/* needs.c: whether the processes have what the scenario needs; otherwise the case is concluded. */
gboolean ipc_case_check_needs (IpcCase *self);

/* The point at which @fault was to strike when that is a packet beyond the legacy protocol, on which no peers have
 * agreed; otherwise NULL. */
const gchar *ipc_case_packet_not_agreed (IpcCase *self, const gchar *fault);

/* steps-fault.c */

IpcFaultSet *ipc_case_faults_new (IpcCase *self);
/* Removes all faults and lets go on what they hold up. */
void ipc_case_end_faults (IpcCase *self);

/* teardown.c: the end of the processes */

/* Lets everything go to NULL and exit, masters first. @seconds: how long one may show nothing before it counts as
 * stuck. */
void ipc_case_teardown (IpcCase *self, gdouble seconds);
/* Kills and reaps all at once. */
void ipc_case_kill_all (IpcCase *self);
/* Asks for the graphs of the pipelines and writes PROCESS.dot. */
void ipc_case_write_dots (IpcCase *self);

G_END_DECLS
#endif
