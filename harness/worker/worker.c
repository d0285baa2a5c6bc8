/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The shared state of a worker. It owns the channel, the pipeline, the descriptors given to elements, the reading
 * thread and the threads of the commands. The reading thread lives until the very end, so that a harness that goes
 * away ends the worker whatever hangs. */

#include "worker.h"

#include "commands.h"

typedef struct {
  gint fdin, fdout; /* -1: none; may be the same */
} OwnedFds;

struct _IpcWorker {
  IpcChannel *channel;
  GThread *reader;
  GThreadPool *pool; /* one thread for each command */

  GMutex lock;
  GCond changed;
  gboolean stopping;  /* the reader ends because it was asked to */
  gboolean finishing; /* no new commands */
  gboolean building;  /* somebody makes the pipeline */
  guint running;      /* commands under way */
  GstElement *pipeline;
  IpcBranches *branches;
  IpcReactions *reactions;
  GHashTable *fds; /* GstElement (of the pipeline, not referenced) -> OwnedFds */
};

static void
close_owned (gpointer data)
{
  OwnedFds *owned = data;

  if (owned->fdin >= 0)
    ipc_fd_close (owned->fdin);
  if (owned->fdout >= 0 && owned->fdout != owned->fdin)
    ipc_fd_close (owned->fdout);
  g_free (owned);
}

static void
run_command (gpointer data, gpointer user_data)
{
  IpcWorker *worker = user_data;

  ipc_command_run (data);

  g_mutex_lock (&worker->lock);
  worker->running--;
  g_cond_broadcast (&worker->changed);
  g_mutex_unlock (&worker->lock);
}

IpcWorker *
ipc_worker_new (IpcChannel *channel)
{
  IpcWorker *worker = g_new0 (IpcWorker, 1);

  worker->channel = channel;
  worker->pool = g_thread_pool_new (run_command, worker, -1, FALSE, NULL);
  worker->fds = g_hash_table_new_full (NULL, NULL, NULL, close_owned);
  worker->branches = ipc_branches_new ();
  worker->reactions = ipc_reactions_new ();
  g_mutex_init (&worker->lock);
  g_cond_init (&worker->changed);
  return worker;
}

void
ipc_worker_free (IpcWorker *worker)
{
  g_thread_pool_free (worker->pool, FALSE, TRUE);
  g_clear_pointer (&worker->branches, ipc_branches_free);
  gst_clear_object (&worker->pipeline);
  ipc_reactions_free (worker->reactions);
  g_hash_table_unref (worker->fds);
  g_mutex_clear (&worker->lock);
  g_cond_clear (&worker->changed);
  ipc_channel_free (worker->channel);
  g_free (worker);
}

static gpointer
read_commands (gpointer data)
{
  IpcWorker *worker = data;
  IpcLine *line;

  while ((line = ipc_channel_read_line (worker->channel)) != NULL)
    ipc_command_dispatch (worker, line);

  g_mutex_lock (&worker->lock);
  gboolean stopping = worker->stopping;
  g_mutex_unlock (&worker->lock);
  if (!stopping)
    _exit (IPC_WORKER_EXIT_CONTROL_LOST);
  return NULL;
}

void
ipc_worker_serve (IpcWorker *worker)
{
  worker->reader = g_thread_new ("control", read_commands, worker);
}

void
ipc_worker_wait_finished (IpcWorker *worker)
{
  g_mutex_lock (&worker->lock);
  while (!worker->finishing || worker->running > 0)
    g_cond_wait (&worker->changed, &worker->lock);
  g_mutex_unlock (&worker->lock);
}

void
ipc_worker_stop (IpcWorker *worker)
{
  g_mutex_lock (&worker->lock);
  worker->stopping = TRUE;
  g_mutex_unlock (&worker->lock);

  ipc_channel_stop_reading (worker->channel);
  g_clear_pointer (&worker->reader, g_thread_join);
}

IpcChannel *
ipc_worker_channel (IpcWorker *worker)
{
  return worker->channel;
}

IpcBranches *
ipc_worker_branches (IpcWorker *worker)
{
  return worker->branches;
}

IpcReactions *
ipc_worker_reactions (IpcWorker *worker)
{
  return worker->reactions;
}

gboolean
ipc_worker_run (IpcWorker *worker, gpointer command)
{
  g_mutex_lock (&worker->lock);
  gboolean accepted = !worker->finishing;
  if (accepted)
    worker->running++;
  g_mutex_unlock (&worker->lock);

  if (accepted)
    g_thread_pool_push (worker->pool, command, NULL);
  return accepted;
}

gboolean
ipc_worker_begin_pipeline (IpcWorker *worker, GError **error)
{
  g_mutex_lock (&worker->lock);
  gboolean taken = worker->building || worker->pipeline != NULL;
  if (!taken)
    worker->building = TRUE;
  g_mutex_unlock (&worker->lock);

  if (taken)
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_FAILED, "this worker has its pipeline already");
  return !taken;
}

void
ipc_worker_end_pipeline (IpcWorker *worker, GstElement *pipeline)
{
  g_mutex_lock (&worker->lock);
  worker->building = FALSE;
  worker->pipeline = pipeline;
  g_mutex_unlock (&worker->lock);
}

GstElement *
ipc_worker_pipeline (IpcWorker *worker, GError **error)
{
  g_mutex_lock (&worker->lock);
  GstElement *pipeline = worker->pipeline ? gst_object_ref (worker->pipeline) : NULL;
  g_mutex_unlock (&worker->lock);

  if (pipeline == NULL)
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_FAILED,
        "there is no pipeline yet: send the command \"pipeline\" first");
  return pipeline;
}

gboolean
ipc_worker_begin_finish (IpcWorker *worker)
{
  g_mutex_lock (&worker->lock);
  gboolean first = !worker->finishing;
  worker->finishing = TRUE;
  g_mutex_unlock (&worker->lock);
  return first;
}

void
ipc_worker_drop_pipeline (IpcWorker *worker)
{
  g_autoptr (GHashTable) fds = NULL;
  g_autoptr (GstElement) pipeline = NULL;

  g_mutex_lock (&worker->lock);
  while (worker->running > 1)
    g_cond_wait (&worker->changed, &worker->lock);
  pipeline = g_steal_pointer (&worker->pipeline);
  IpcBranches *branches = g_steal_pointer (&worker->branches);
  worker->branches = ipc_branches_new ();
  fds = g_steal_pointer (&worker->fds);
  worker->fds = g_hash_table_new_full (NULL, NULL, NULL, close_owned);
  g_mutex_unlock (&worker->lock);

  ipc_reactions_clear (worker->reactions);
  ipc_branches_free (branches);
  /* elements first: one that still reads must not meet another file under its number */
  g_clear_pointer (&pipeline, gst_object_unref);
}

static gboolean
owns (const OwnedFds *owned, gint fd)
{
  return owned->fdin == fd || owned->fdout == fd;
}

GArray *
ipc_worker_replace_fds (IpcWorker *worker, GstElement *element, gint fdin, gint fdout)
{
  GArray *replaced = g_array_new (FALSE, FALSE, sizeof (gint));

  g_mutex_lock (&worker->lock);
  OwnedFds *owned = g_hash_table_lookup (worker->fds, element);
  if (owned == NULL) {
    owned = g_new (OwnedFds, 1);
    *owned = (OwnedFds){ -1, -1 };
    g_hash_table_insert (worker->fds, element, owned);
  }
  OwnedFds before = *owned;
  if (fdin >= 0)
    owned->fdin = fdin;
  if (fdout >= 0)
    owned->fdout = fdout;
  /* one that served both ways is one, and may still serve one way */
  if (before.fdin >= 0 && !owns (owned, before.fdin))
    g_array_append_val (replaced, before.fdin);
  if (before.fdout >= 0 && before.fdout != before.fdin && !owns (owned, before.fdout))
    g_array_append_val (replaced, before.fdout);
  g_mutex_unlock (&worker->lock);
  return replaced;
}

static gint
steal_fd (gint *fd)
{
  gint stolen = *fd;

  *fd = -1;
  return stolen;
}

void
ipc_worker_release_fds (IpcWorker *worker, GstElement *element)
{
  OwnedFds named = { -1, -1 }, gone = { -1, -1 };

  g_object_get (element, "fdin", &named.fdin, "fdout", &named.fdout, NULL);

  g_mutex_lock (&worker->lock);
  OwnedFds *owned = g_hash_table_lookup (worker->fds, element);
  if (owned != NULL && !owns (&named, owned->fdin))
    gone.fdin = steal_fd (&owned->fdin);
  if (owned != NULL && !owns (&named, owned->fdout))
    gone.fdout = steal_fd (&owned->fdout);
  g_mutex_unlock (&worker->lock);

  if (gone.fdin >= 0)
    ipc_fd_close (gone.fdin);
  if (gone.fdout >= 0 && gone.fdout != gone.fdin)
    ipc_fd_close (gone.fdout);
}

static void
collect (const GValue *item, gpointer elements)
{
  g_ptr_array_add (elements, g_value_get_object (item));
}

GArray *
ipc_worker_forget_fds (IpcWorker *worker, GstBin *bin)
{
  GArray *fds = g_array_new (FALSE, FALSE, sizeof (gint));
  g_autoptr (GPtrArray) elements = g_ptr_array_new ();
  g_autoptr (GstIterator) iterator = gst_bin_iterate_recurse (bin);

  gst_iterator_foreach (iterator, collect, elements);
  g_mutex_lock (&worker->lock);
  for (guint i = 0; i < elements->len; i++) {
    OwnedFds *owned = g_hash_table_lookup (worker->fds, elements->pdata[i]);

    if (owned == NULL)
      continue;
    gint fdin = steal_fd (&owned->fdin), fdout = steal_fd (&owned->fdout);
    if (fdin >= 0)
      g_array_append_val (fds, fdin);
    if (fdout >= 0 && fdout != fdin)
      g_array_append_val (fds, fdout);
    g_hash_table_remove (worker->fds, elements->pdata[i]);
  }
  g_mutex_unlock (&worker->lock);
  return fds;
}
