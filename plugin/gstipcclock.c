/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which clocks are the system's own. An application may replace the system clock by one of its own, have it count
 * another time, or calibrate it: each of these shows something else than the clock of the same name in another process.
 */

#include "gstipcclock.h"

static gboolean
is_calibrated (GstClock *clock)
{
  g_autoptr (GstClock) master = gst_clock_get_master (clock);
  GstClockTime internal, external, numerator, denominator;

  gst_clock_get_calibration (clock, &internal, &external, &numerator, &denominator);
  return master != NULL || internal != external || numerator != denominator;
}

gboolean
gst_ipc_clock_is_plain (GstClock *clock, GstClockType *type)
{
  if (clock == NULL || G_OBJECT_TYPE (clock) != GST_TYPE_SYSTEM_CLOCK || is_calibrated (clock))
    return FALSE;
  g_object_get (clock, "clock-type", type, NULL);
  return *type == GST_CLOCK_TYPE_MONOTONIC || *type == GST_CLOCK_TYPE_REALTIME || *type == GST_CLOCK_TYPE_TAI;
}

static gboolean
counts (GstClock *clock, GstClockType type)
{
  GstClockType own;

  return gst_ipc_clock_is_plain (clock, &own) && own == type;
}

GstClock *
gst_ipc_clock_obtain (GstClockType type, GstClock *present)
{
  g_autoptr (GstClock) system = gst_system_clock_obtain ();

  if (counts (present, type))
    return gst_object_ref (present);
  if (counts (system, type))
    return g_steal_pointer (&system);
  return gst_object_ref_sink (g_object_new (GST_TYPE_SYSTEM_CLOCK, "clock-type", type, NULL));
}
