/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* poll() with a deadline, on a clock that goes on each time that somebody looks. */
#include "link-test.h"

#include <poll.h>

static gint64 now, step;

/* In place of GLib's, for what is linked into this program. */
gint64
g_get_monotonic_time (void)
{
  return now += step;
}

/* It is no error, and not for ever either. */
static void
test_deadline_passes_while_it_is_looked_at (void)
{
  struct pollfd fds[] = { { .fd = ipc_poke_new (), .events = POLLIN } };

  step = 10;
  for (gint64 ahead = -30; ahead <= 30; ahead++)
    g_assert_cmpint (ipc_io_poll (fds, G_N_ELEMENTS (fds), now + ahead), ==, 0);
  ipc_poke (fds[0].fd);
  g_assert_cmpint (ipc_io_poll (fds, G_N_ELEMENTS (fds), now - 1), ==, 1);
  close (fds[0].fd);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/poll/deadline-passes-while-it-is-looked-at", test_deadline_passes_while_it_is_looked_at);
  return g_test_run ();
}
