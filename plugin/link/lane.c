/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lanes over one pool of threads that all lanes of the process share and that grows as needed, so that a job that
 * blocks keeps nobody waiting but its own lane. A lane has up to `width` workers in the pool, each of which takes job
 * after job until there is none. The lane's memory belongs to its user and its workers together.
 */
#include "lane.h"

typedef struct {
  void (*func) (gpointer data);
  gpointer data;
  GDestroyNotify free_func;
} IpcJob;

struct _IpcLane {
  gint refs; /* atomic: the user, and each worker */
  gchar *name;
  guint width;

  GMutex lock;
  GQueue jobs;   /* of IpcJob: not begun */
  guint workers; /* in the pool */
  guint running; /* jobs */
};

static void
ipc_job_free (IpcJob *job)
{
  if (job->free_func)
    job->free_func (job->data);
  g_free (job);
}

static void
ipc_lane_unref (IpcLane *lane)
{
  if (!g_atomic_int_dec_and_test (&lane->refs))
    return;
  g_mutex_clear (&lane->lock);
  g_free (lane->name);
  g_free (lane);
}

/* A worker: runs jobs while there are any. */
static void
run_lane (gpointer data, gpointer unused)
{
  IpcLane *lane = data;
  IpcJob *job;

  g_mutex_lock (&lane->lock);
  while ((job = g_queue_pop_head (&lane->jobs))) {
    lane->running++;
    g_mutex_unlock (&lane->lock);
    job->func (job->data);
    ipc_job_free (job);
    g_mutex_lock (&lane->lock);
    lane->running--;
  }
  lane->workers--;
  g_mutex_unlock (&lane->lock);
  ipc_lane_unref (lane);
}

static GThreadPool *
shared_pool (void)
{
  static gsize pool = 0;

  if (g_once_init_enter (&pool))
    g_once_init_leave (&pool, (gsize)g_thread_pool_new (run_lane, NULL, -1, FALSE, NULL));
  return (GThreadPool *)pool;
}

/**
 * ipc_lane_new:
 * @name: for debugging
 * @width: how many jobs may run side by side; 1: strictly in order
 *
 * Returns: (transfer full): an empty lane; end with ipc_lane_free()
 */
IpcLane *
ipc_lane_new (const gchar *name, guint width)
{
  IpcLane *lane = g_new0 (IpcLane, 1);

  lane->refs = 1;
  lane->name = g_strdup (name);
  lane->width = MAX (width, 1);
  g_mutex_init (&lane->lock);
  g_queue_init (&lane->jobs);
  return lane;
}

/**
 * ipc_lane_free:
 * @lane: (transfer full): a lane
 *
 * Drops the jobs that have not begun. One that runs goes on; a job may free its own lane.
 */
void
ipc_lane_free (IpcLane *lane)
{
  ipc_lane_clear (lane);
  ipc_lane_unref (lane);
}

/**
 * ipc_lane_push:
 * @lane: a lane
 * @func: the job
 * @data: for @func
 * @free_func: (nullable): frees @data, after @func or instead of it
 *
 * Runs func(data) when its turn has come. Never blocks; from any thread.
 */
void
ipc_lane_push (IpcLane *lane, void (*func) (gpointer data), gpointer data, GDestroyNotify free_func)
{
  IpcJob *job = g_new (IpcJob, 1);
  gboolean need_worker;

  job->func = func;
  job->data = data;
  job->free_func = free_func;

  g_mutex_lock (&lane->lock);
  g_queue_push_tail (&lane->jobs, job);
  need_worker = lane->workers < lane->width;
  if (need_worker) {
    lane->workers++;
    g_atomic_int_inc (&lane->refs);
  }
  g_mutex_unlock (&lane->lock);

  /* Without memory for a thread the pool keeps it for the next thread that is free. */
  if (need_worker)
    g_thread_pool_push (shared_pool (), lane, NULL);
}

/**
 * ipc_lane_clear:
 * @lane: a lane
 *
 * Drops the jobs that have not begun; their data is freed here.
 */
void
ipc_lane_clear (IpcLane *lane)
{
  GQueue dropped;
  IpcJob *job;

  g_mutex_lock (&lane->lock);
  dropped = lane->jobs;
  g_queue_init (&lane->jobs);
  g_mutex_unlock (&lane->lock);
  while ((job = g_queue_pop_head (&dropped)))
    ipc_job_free (job);
}

/**
 * ipc_lane_length:
 * @lane: a lane
 *
 * Returns: how many jobs wait or run
 */
guint
ipc_lane_length (IpcLane *lane)
{
  guint length;

  g_mutex_lock (&lane->lock);
  length = lane->jobs.length + lane->running;
  g_mutex_unlock (&lane->lock);
  return length;
}
