/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looking a moment before sleeping. When both sides are quick, putting a thread to sleep and waking it on another
 * processor costs more than all the rest of a small packet. So a guest goes on looking for as long as that takes, if
 * that has been worth it of late; who waits for something slower (a decoder, a clock) sleeps at once.
 *
 * Others are not to pay for it: between two looks the processor is offered to them, and as soon as one of them takes
 * it, or when there is only one processor, nobody looks.
 */
#include "link-private.h"

#include <poll.h>
#include <sched.h>

/* What is gained by one look that finds something, what one in vain costs, and how much can be saved up. */
#define GAIN 1
#define COST 4
#define MOST 16

/* (GLib's count is the machine's, whatever this process may use.) */
static gboolean
has_one_processor (void)
{
  cpu_set_t mine;

  return sched_getaffinity (0, sizeof mine, &mine) == 0 && CPU_COUNT (&mine) == 1;
}

void
ipc_eager_init (IpcEager *eager)
{
  *eager = (IpcEager){ .limit = has_one_processor () ? 0 : IPC_LINK_AWAKE };
}

IpcAwake
ipc_eager_begin (const IpcEager *eager)
{
  return (IpcAwake){ .limit = eager->credit > 0 ? eager->limit : 0 };
}

/* FALSE: the processor was taken. */
static gboolean
offer_processor (gint64 now)
{
  sched_yield ();
  return g_get_monotonic_time () - now <= IPC_LINK_YIELD;
}

gint
ipc_eager_poll (IpcAwake *awake, struct pollfd *fds, guint n_fds, gint64 deadline)
{
  const gint64 begun = g_get_monotonic_time ();
  const gint64 end = MIN (begun + awake->limit, deadline);
  gint64 now = begun;
  gint n = 0;

  while (now < end && !awake->crowded) {
    n = ipc_io_poll (fds, n_fds, 0);
    now = g_get_monotonic_time ();
    if (n != 0)
      break;
    awake->crowded = !offer_processor (now);
  }
  if (n == 0) {
    n = ipc_io_poll (fds, n_fds, deadline);
    now = g_get_monotonic_time ();
  }
  awake->waited = now - begun;
  return n;
}

void
ipc_eager_learn (IpcEager *eager, const IpcAwake *awake)
{
  if (awake->crowded)
    eager->credit = 0;
  else if (awake->waited < eager->limit)
    eager->credit = MIN (eager->credit + GAIN, MOST);
  else
    eager->credit -= MIN (eager->credit, COST);
}
