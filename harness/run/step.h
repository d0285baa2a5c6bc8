/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RUN_STEP_H
#define IPC_RUN_STEP_H

#include "case.h"

G_BEGIN_DECLS

/*
 * A step while it is played: an object of its own, so that several can be under way. It is started once, then polled
 * whenever something has happened until it is over. What a kind of step does is a pair of functions in a table.
 */

typedef enum { IPC_STEP_RUNNING, IPC_STEP_DONE, IPC_STEP_FAILED } IpcStepStatus;

typedef struct {
  IpcCase *owner;
  const IpcScenarioStep *spec;
  JsonObject *fields; /* of @spec, a copy: cases that are played at the same time share theirs */
  IpcStepStatus status;
  gboolean expired; /* it failed because its deadline passed */
  guint since;      /* index of the first record that counts */
  gint64 deadline;  /* ipc_history_now()'s time, or 0 */

  /* once it failed: what it is about and what was instead */
  gchar *expected, *seen;

  /* what kinds need */
  gint64 wake;      /* when it wants to be polled at the latest, ipc_history_now()'s time, or 0 */
  gint64 quiet;     /* since when nothing has come */
  GArray *cpu;      /* of gint64: what each process of the case had used then, or NULL */
  guint next;       /* index of the next record to look at */
  guint found;      /* records that counted */
  gchar *near_miss; /* why the last record of the right type did not count, or NULL */
  IpcCall *call;
  GPtrArray *calls; /* of IpcCall, or NULL */
  gint64 asked;     /* when the call was made, ipc_history_now()'s time */
  IpcConnection connection;
  GSource *timer; /* when to ask again, or NULL */
  gboolean due;
} IpcStep;

typedef struct {
  void (*start) (IpcStep *step);
  /* Sets `status` (ipc_step_done(), ipc_step_fail()) when it is over. */
  void (*poll) (IpcStep *step);
  /* What the step expects, in words (transfer full). */
  gchar *(*expectation) (IpcStep *step);
} IpcStepFuncs;

/* The functions of a kind; every kind has all three. */
const IpcStepFuncs *ipc_step_funcs (IpcStepKindId id);

IpcStep *ipc_step_new (IpcCase *owner, const IpcScenarioStep *spec);
void ipc_step_free (IpcStep *step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcStep, ipc_step_free)
void ipc_step_start (IpcStep *step);
IpcStepStatus ipc_step_poll (IpcStep *step);
/* Its deadline has passed: fails it. */
IpcStepStatus ipc_step_expire (IpcStep *step);
/* Writes what has become of it into the history. @event: of docs/history.md. */
void ipc_case_record_step (IpcCase *self, const IpcStep *step, const gchar *event);
/* Sets `expected`. */
void ipc_step_expectation (IpcStep *step);

/* For the functions of the kinds */

void ipc_step_done (IpcStep *step);
/* Fails it; @seen is taken. */
void ipc_step_fail (IpcStep *step, gchar *seen);
const gchar *ipc_step_string (IpcStep *step, const gchar *field);
gint64 ipc_step_int (IpcStep *step, const gchar *field, gint64 fallback);
/* The object member @field, or NULL. */
JsonObject *ipc_step_object (IpcStep *step, const gchar *field);
/* The process of the field `process`. */
IpcProcess *ipc_step_process (IpcStep *step);
/* The process when it has a pipeline and lives; otherwise fails the step and returns NULL. */
IpcProcess *ipc_step_living (IpcStep *step);
/* Sends @command to the process with the step's fields named in @fields (NULL-terminated), those that are set. */
void ipc_step_call (IpcStep *step, const gchar *command, const gchar *const *fields);
/* The same with all fields of the step's kind that are not the harness's own business (process, expect, within,
 * background), so that a new one needs nothing here. */
void ipc_step_call_all (IpcStep *step, const gchar *command);
/* TRUE when the call was answered with `ok`, and within the time of the field `within`; otherwise FALSE, and when
 * nothing more will come of it the step fails. */
gboolean ipc_step_answered (IpcStep *step);

/* The number of a signal by its name in scenarios, 0 for none. */
gint ipc_signal_number (const gchar *name);

extern const IpcStepFuncs ipc_act_set_state, ipc_act_seek, ipc_act_query, ipc_act_send_event, ipc_act_set_property,
    ipc_act_emit_signal, ipc_act_post_message, ipc_act_spawn, ipc_act_connect, ipc_act_signal_process, ipc_act_mark,
    ipc_act_push_event, ipc_act_send_sink_message, ipc_act_add_branch, ipc_act_start_branch, ipc_act_remove_branch,
    ipc_act_exit, ipc_act_finish, ipc_act_fault, ipc_act_unfault, ipc_act_inject, ipc_act_close, ipc_act_on_message,
    ipc_act_recalculate_latency;
extern const IpcStepFuncs ipc_wait_message, ipc_wait_state, ipc_wait_buffers, ipc_wait_render, ipc_wait_event,
    ipc_wait_packet, ipc_wait_exit, ipc_wait_position, ipc_wait_quiet, ipc_wait_log, ipc_wait_fault;
extern const IpcStepFuncs ipc_check_state, ipc_check_query, ipc_check_property, ipc_check_count, ipc_check_order,
    ipc_check_time, ipc_check_duration, ipc_check_log;

G_END_DECLS
#endif
