/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_IPC_CLOCK_H
#define GST_IPC_CLOCK_H

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * The clocks that processes of one machine have in common: the system's, as they are. They need not be sent, only
 * named.
 */

/* TRUE with what it counts in @type when @clock (or NULL) is a clock of the system itself and shows what that shows:
 * no subclass, not calibrated, no slave of another clock (TIME-2). */
gboolean gst_ipc_clock_is_plain (GstClock *clock, GstClockType *type);

/* Returns: (transfer full): a plain clock that counts @type (MONOTONIC, REALTIME or TAI): @present (or NULL) if it is
 * one, else the process's system clock if that is one, else a new one */
GstClock *gst_ipc_clock_obtain (GstClockType type, GstClock *present);

G_END_DECLS
#endif
