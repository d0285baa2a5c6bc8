/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_REPORTER_H
#define IPC_REPORT_REPORTER_H

#include "report.h"

G_BEGIN_DECLS

/*
 * Tells of a run while it goes on, on standard output. Called from the main thread only.
 */
typedef struct _IpcReporter IpcReporter;

struct _IpcReporter {
  void (*begin) (IpcReporter *reporter, const IpcRunReport *run);
  /* A case starts. */
  void (*started) (IpcReporter *reporter, const IpcRunReport *run, const gchar *title);
  /* @result is the latest of the run's results. */
  void (*finished) (IpcReporter *reporter, const IpcRunReport *run, const IpcResult *result);
  void (*end) (IpcReporter *reporter, const IpcRunReport *run);
  void (*free) (IpcReporter *reporter);
};

/* For people: a progress line on a terminal, a line a case elsewhere, or where the terminal is somebody else's
 * (@shared).
 * @verbose: what was measured, too. */
IpcReporter *ipc_terminal_new (gboolean verbose, gboolean shared);
/* Test Anything Protocol, for meson and prove. */
IpcReporter *ipc_tap_new (void);
/* Leaves the terminal as it was; safe to call at any time. */
void ipc_reporter_free (IpcReporter *reporter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcReporter, ipc_reporter_free)

G_END_DECLS
#endif
