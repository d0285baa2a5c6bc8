/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lanes: order, width, and that nothing waits for what it must not. */
#include "lane.h"

typedef struct {
  GMutex lock;
  GCond changed;
  GArray *order; /* of guint */
  guint running, most_running, freed;
  gboolean go_on;
} Shared;

typedef struct {
  Shared *shared;
  guint number;
} Job;

static void
shared_init (Shared *shared)
{
  *shared = (Shared){ .order = g_array_new (FALSE, FALSE, sizeof (guint)) };
  g_mutex_init (&shared->lock);
  g_cond_init (&shared->changed);
}

static void
shared_await (Shared *shared, const guint *what, guint at_least)
{
  g_mutex_lock (&shared->lock);
  while (*what < at_least)
    g_cond_wait (&shared->changed, &shared->lock);
  g_mutex_unlock (&shared->lock);
}

static void
shared_open (Shared *shared)
{
  g_mutex_lock (&shared->lock);
  shared->go_on = TRUE;
  g_cond_broadcast (&shared->changed);
  g_mutex_unlock (&shared->lock);
}

static void
shared_clear (Shared *shared)
{
  g_array_unref (shared->order);
  g_mutex_clear (&shared->lock);
  g_cond_clear (&shared->changed);
}

static void
note (gpointer data)
{
  Job *job = data;
  Shared *shared = job->shared;

  g_mutex_lock (&shared->lock);
  shared->running++;
  shared->most_running = MAX (shared->most_running, shared->running);
  g_array_append_val (shared->order, job->number);
  g_cond_broadcast (&shared->changed);
  g_mutex_unlock (&shared->lock);
  g_thread_yield ();
  g_mutex_lock (&shared->lock);
  shared->running--;
  g_mutex_unlock (&shared->lock);
}

static void
note_and_wait (gpointer data)
{
  Job *job = data;
  Shared *shared = job->shared;

  g_mutex_lock (&shared->lock);
  shared->running++;
  shared->most_running = MAX (shared->most_running, shared->running);
  g_cond_broadcast (&shared->changed);
  while (!shared->go_on)
    g_cond_wait (&shared->changed, &shared->lock);
  shared->running--;
  g_array_append_val (shared->order, job->number);
  g_mutex_unlock (&shared->lock);
}

static void
job_free (gpointer data)
{
  Job *job = data;
  Shared *shared = job->shared;

  g_free (job);
  g_mutex_lock (&shared->lock);
  shared->freed++;
  g_cond_broadcast (&shared->changed);
  g_mutex_unlock (&shared->lock);
}

static void
push (IpcLane *lane, Shared *shared, void (*func) (gpointer), guint number)
{
  Job *job = g_new (Job, 1);

  *job = (Job){ shared, number };
  ipc_lane_push (lane, func, job, job_free);
}

static void
test_in_order_one_at_a_time (void)
{
  IpcLane *lane = ipc_lane_new ("test", 1);
  Shared shared;
  guint i;

  shared_init (&shared);
  for (i = 0; i < 500; i++)
    push (lane, &shared, note, i);
  shared_await (&shared, &shared.freed, 500);
  g_assert_cmpuint (shared.most_running, ==, 1);
  for (i = 0; i < 500; i++)
    g_assert_cmpuint (g_array_index (shared.order, guint, i), ==, i);
  ipc_lane_free (lane);
  shared_clear (&shared);
}

static void
test_as_wide_as_said (void)
{
  IpcLane *lane = ipc_lane_new ("test", 3);
  Shared shared;
  guint i;

  shared_init (&shared);
  for (i = 0; i < 10; i++)
    push (lane, &shared, note_and_wait, i);
  shared_await (&shared, &shared.running, 3);
  g_assert_cmpuint (ipc_lane_length (lane), ==, 10);
  shared_open (&shared);
  shared_await (&shared, &shared.freed, 10);
  g_assert_cmpuint (shared.most_running, ==, 3);
  ipc_lane_free (lane);
  shared_clear (&shared);
}

/* More lanes than cores, all stuck: one more still runs. */
static void
test_lanes_do_not_wait_for_each_other (void)
{
  IpcLane *stuck[20], *lane = ipc_lane_new ("test", 1);
  Shared shared, other;
  guint i;

  shared_init (&shared);
  shared_init (&other);
  for (i = 0; i < G_N_ELEMENTS (stuck); i++) {
    stuck[i] = ipc_lane_new ("stuck", 1);
    push (stuck[i], &shared, note_and_wait, i);
  }
  shared_await (&shared, &shared.running, G_N_ELEMENTS (stuck));
  push (lane, &other, note, 0);
  shared_await (&other, &other.freed, 1);
  shared_open (&shared);
  shared_await (&shared, &shared.freed, G_N_ELEMENTS (stuck));
  for (i = 0; i < G_N_ELEMENTS (stuck); i++)
    ipc_lane_free (stuck[i]);
  ipc_lane_free (lane);
  shared_clear (&shared);
  shared_clear (&other);
}

static void
test_free_drops_what_has_not_begun (gconstpointer data)
{
  gboolean clear_only = GPOINTER_TO_INT (data);
  IpcLane *lane = ipc_lane_new ("test", 1);
  Shared shared;
  guint i;

  shared_init (&shared);
  for (i = 0; i < 10; i++)
    push (lane, &shared, note_and_wait, i);
  shared_await (&shared, &shared.running, 1);
  if (clear_only)
    ipc_lane_clear (lane);
  else
    ipc_lane_free (lane); /* does not wait for the one that runs */
  g_mutex_lock (&shared.lock);
  g_assert_cmpuint (shared.freed, ==, 9);
  g_mutex_unlock (&shared.lock);
  if (clear_only)
    g_assert_cmpuint (ipc_lane_length (lane), ==, 1);
  shared_open (&shared);
  shared_await (&shared, &shared.freed, 10);
  g_assert_cmpuint (shared.order->len, ==, 1);
  if (clear_only) {
    push (lane, &shared, note, 4711);
    shared_await (&shared, &shared.freed, 11);
    g_assert_cmpuint (g_array_index (shared.order, guint, 1), ==, 4711);
    ipc_lane_free (lane);
  }
  shared_clear (&shared);
}

static gpointer
run_pushes (gpointer data)
{
  gpointer *both = data;
  guint i;

  for (i = 0; i < 300; i++)
    push (both[0], both[1], note, i);
  return NULL;
}

static void
test_pushed_from_many_threads (void)
{
  IpcLane *lane = ipc_lane_new ("test", 2);
  Shared shared;
  gpointer both[] = { lane, &shared };
  GThread *threads[4];
  guint i;

  shared_init (&shared);
  for (i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("push", run_pushes, both);
  for (i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  shared_await (&shared, &shared.freed, 300 * G_N_ELEMENTS (threads));
  g_assert_cmpuint (shared.most_running, <=, 2);
  ipc_lane_free (lane);
  shared_clear (&shared);
}

static void
test_a_job_that_owns_nothing (void)
{
  IpcLane *lane = ipc_lane_new ("test", 1);
  Shared shared;
  Job job = { &shared, 1 };

  shared_init (&shared);
  ipc_lane_push (lane, note, &job, NULL);
  push (lane, &shared, note, 2);
  shared_await (&shared, &shared.freed, 1);
  g_assert_cmpuint (shared.order->len, ==, 2);
  g_assert_cmpuint (g_array_index (shared.order, guint, 0), ==, 1);
  ipc_lane_free (lane);
  shared_clear (&shared);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lane/in-order-one-at-a-time", test_in_order_one_at_a_time);
  g_test_add_func ("/lane/as-wide-as-said", test_as_wide_as_said);
  g_test_add_func ("/lane/lanes-do-not-wait-for-each-other", test_lanes_do_not_wait_for_each_other);
  g_test_add_data_func (
      "/lane/free-drops-what-has-not-begun", GINT_TO_POINTER (FALSE), test_free_drops_what_has_not_begun);
  g_test_add_data_func (
      "/lane/clear-drops-what-has-not-begun", GINT_TO_POINTER (TRUE), test_free_drops_what_has_not_begun);
  g_test_add_func ("/lane/pushed-from-many-threads", test_pushed_from_many_threads);
  g_test_add_func ("/lane/a-job-that-owns-nothing", test_a_job_that_owns_nothing);
  return g_test_run ();
}
