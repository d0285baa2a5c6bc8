/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looking before sleeping, on a clock that the test turns: it goes on each time that somebody looks at it, and more
 * while somebody else has the processor.
 */
#include "link-test.h"

#include <poll.h>
#include <sched.h>
#include <unistd.h>

static gint64 now;
static guint offers; /* of the processor */
static guint taken;  /* the offer that somebody takes, from 1 */
static gint ready;   /* a poke that comes then, or -1 */

/* In place of GLib's and libc's, for what is linked into this program. */
gint64
g_get_monotonic_time (void)
{
  return now++;
}

gint
sched_yield (void)
{
  if (++offers != taken)
    return 0;
  if (ready >= 0)
    ipc_poke (ready);
  else
    now += 1000;
  return 0;
}

/* Waits with @limit until @deadline, or for what comes with the @nth offer. */
static IpcAwake
wait_once (gint64 limit, gint64 deadline, guint nth, gboolean comes, gint expected)
{
  struct pollfd fds[] = { { .fd = ipc_poke_new (), .events = POLLIN } };
  IpcAwake awake = { .limit = limit };

  offers = 0;
  taken = nth;
  ready = comes ? fds[0].fd : -1;
  g_assert_cmpint (ipc_eager_poll (&awake, fds, G_N_ELEMENTS (fds), deadline), ==, expected);
  close (fds[0].fd);
  return awake;
}

static void
test_finds_what_comes_while_it_looks (void)
{
  IpcAwake awake = wait_once (IPC_LINK_AWAKE, IPC_LINK_NEVER, 3, TRUE, 1);

  g_assert_cmpuint (offers, ==, 3);
  g_assert_false (awake.crowded);
  g_assert_cmpint (awake.waited, <, IPC_LINK_AWAKE);
}

static void
test_sleeps_in_the_end (void)
{
  IpcAwake awake = wait_once (IPC_LINK_AWAKE, now + 1000, 0, FALSE, 0);

  g_assert_cmpuint (offers, >, 1);
  g_assert_cmpint (awake.waited, >=, IPC_LINK_AWAKE);
  wait_once (0, now + 1000, 0, FALSE, 0);
  g_assert_cmpuint (offers, ==, 0);
  /* what comes when it has looked for the last time ends the sleep */
  wait_once (1, IPC_LINK_NEVER, 1, TRUE, 1);
}

static void
test_sleeps_when_somebody_wants_the_processor (void)
{
  IpcAwake awake = wait_once (100000, now + 10, 2, FALSE, 0);

  g_assert_cmpuint (offers, ==, 2);
  g_assert_true (awake.crowded);
}

/* Not a look more than there is time for. */
static void
test_deadline_goes_before (void)
{
  wait_once (100000, now + 10, 0, FALSE, 0);
  g_assert_cmpuint (offers, <, 10);
  wait_once (100000, 0, 0, FALSE, 0);
  g_assert_cmpuint (offers, ==, 0);
}

static void
learn (IpcEager *eager, gint64 waited, gboolean crowded, guint times)
{
  const IpcAwake awake = { .waited = waited, .crowded = crowded };

  for (guint i = 0; i < times; i++)
    ipc_eager_learn (eager, &awake);
}

static void
assert_looks (const IpcEager *eager, gboolean looks)
{
  g_assert_cmpint (ipc_eager_begin (eager).limit, ==, looks ? eager->limit : 0);
}

static void
test_learns_what_is_worth_it (void)
{
  IpcEager eager = { .limit = IPC_LINK_AWAKE };

  assert_looks (&eager, FALSE);
  learn (&eager, IPC_LINK_AWAKE - 1, FALSE, 1);
  assert_looks (&eager, TRUE);
  learn (&eager, IPC_LINK_AWAKE, FALSE, 1);
  assert_looks (&eager, FALSE);
  /* One that is slow among many that are quick changes nothing, and many quick ones are soon forgotten. */
  learn (&eager, 0, FALSE, 1000);
  learn (&eager, 10000, FALSE, 1);
  assert_looks (&eager, TRUE);
  learn (&eager, 10000, FALSE, 4);
  assert_looks (&eager, FALSE);
  learn (&eager, 0, FALSE, 1000);
  learn (&eager, 0, TRUE, 1);
  assert_looks (&eager, FALSE);
}

/* Who looks there keeps the peer from answering. */
static void
test_never_looks_on_one_processor (void)
{
  IpcEager eager;
  cpu_set_t all, one;

  g_assert_cmpint (sched_getaffinity (0, sizeof all, &all), ==, 0);
  CPU_ZERO (&one);
  for (gint i = 0; CPU_COUNT (&one) == 0; i++)
    if (CPU_ISSET (i, &all))
      CPU_SET (i, &one);
  g_assert_cmpint (sched_setaffinity (0, sizeof one, &one), ==, 0);
  ipc_eager_init (&eager);
  learn (&eager, 0, FALSE, 10);
  assert_looks (&eager, FALSE);
  g_assert_cmpint (ipc_eager_begin (&eager).limit, ==, 0);

  g_assert_cmpint (sched_setaffinity (0, sizeof all, &all), ==, 0);
  ipc_eager_init (&eager);
  learn (&eager, 0, FALSE, 10);
  g_assert_cmpint (ipc_eager_begin (&eager).limit, ==, CPU_COUNT (&all) > 1 ? IPC_LINK_AWAKE : 0);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/eager/finds-what-comes-while-it-looks", test_finds_what_comes_while_it_looks);
  g_test_add_func ("/link/eager/sleeps-in-the-end", test_sleeps_in_the_end);
  g_test_add_func (
      "/link/eager/sleeps-when-somebody-wants-the-processor", test_sleeps_when_somebody_wants_the_processor);
  g_test_add_func ("/link/eager/deadline-goes-before", test_deadline_goes_before);
  g_test_add_func ("/link/eager/learns-what-is-worth-it", test_learns_what_is_worth_it);
  g_test_add_func ("/link/eager/never-looks-on-one-processor", test_never_looks_on_one_processor);
  return g_test_run ();
}
