/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_RESULT_H
#define IPC_REPORT_RESULT_H

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The verdict on a case and all that a report says of it. Everything is made from what the case left in its folder.
 */

typedef enum {
  IPC_VERDICT_PASS,
  IPC_VERDICT_FAIL,
  IPC_VERDICT_XFAIL, /* listed as known failure, failed as listed */
  IPC_VERDICT_XPASS, /* listed, but passed: counts against the run */
  IPC_VERDICT_SKIP,
  IPC_VERDICT_UNSUPPORTED,
  IPC_VERDICT_CRASH, /* a worker died by a signal that the scenario did not send */
  IPC_VERDICT_TIMEOUT,
  IPC_VERDICT_HARNESS_ERROR,
  IPC_N_VERDICTS
} IpcVerdict;

const gchar *ipc_verdict_name (IpcVerdict verdict);
gboolean ipc_verdict_from_name (const gchar *name, IpcVerdict *verdict);
/* TRUE for the verdicts that make the run red. */
gboolean ipc_verdict_is_bad (IpcVerdict verdict);

/* Something that a step has measured: told, not judged. */
typedef struct {
  gchar *name;
  gint64 value;
  gchar *unit; /* "ns" for times */
} IpcMeasurement;

typedef struct {
  gchar *name; /* of the case */
  guint round; /* with --repeat, from 1 */
  gchar *file;
  gchar *shows;
  gchar **requirements;
  IpcVerdict verdict;
  IpcVerdict raw;  /* before known failures */
  gchar *reason;   /* one line; empty for a pass. Known failures match against it */
  gchar *expected; /* of the step that was not done, or NULL */
  gchar *seen;
  gchar *known_why;        /* of the known failure, or NULL */
  GPtrArray *findings;     /* IpcFinding */
  GPtrArray *measurements; /* IpcMeasurement */
  gchar **cells;           /* of protocol coverage that the case has reached, or NULL */
  gchar *folder;           /* artifacts, absolute */
  gchar *command;          /* repeats exactly this case */
  gchar *packets;          /* the last ones, as the failure text has them; NULL: they are in the folder */
  gchar *picture;          /* the page's, of at most @picture_packets packets, as JSON; NULL: made from the folder */
  guint picture_packets;
  gdouble seconds;
} IpcResult;

/* A pass without a reason; @round from 1. */
IpcResult *ipc_result_new (const gchar *name, guint round);
void ipc_result_free (IpcResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcResult, ipc_result_free)
void ipc_result_add_measurement (IpcResult *result, const gchar *name, gint64 value, const gchar *unit);
/* "0.125 ms", "57 frames"; caller frees. */
gchar *ipc_measurement_text (const IpcMeasurement *measurement);
/* Makes it a harness-error. */
void ipc_result_set_error (IpcResult *result, const gchar *reason);

G_END_DECLS
#endif
