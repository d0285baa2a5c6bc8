/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A measurement's life. The producer's process measures, the others serve; this one only says what is to be done, and
 * sleeps while it is measured. Every measurement has fresh processes, so that what one of them was lucky or unlucky
 * with (where its memory lies, which core it runs on) is lost in the median.
 */
#include "rig.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "history/history.h"
#include "process.h"
#include "run/transport.h"

/* Numbers of GstState; this program has no GStreamer. */
enum { STATE_READY = 2, STATE_PLAYING = 4 };

/* Of the memory in which consumers count. */
#define BOARD_SIZE 4096

/* Without an answer. The worker gives up a little earlier, and knows more of why. */
#define PATIENCE G_GINT64_CONSTANT (45000000000)

typedef struct {
  const IpcBenchRig *rig;
  const IpcBenchContestant *contestant;
  const IpcBenchWork *work;
  gint board;           /* fd */
  GPtrArray *processes; /* IpcBenchProcess: the producer's, then the slaves' */
  gint64 started;
} Setup;

static IpcBenchProcess *
process_of (const Setup *setup, guint index)
{
  return g_ptr_array_index (setup->processes, index);
}

static gint64
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return time.tv_sec * G_GINT64_CONSTANT (1000000000) + time.tv_nsec;
}

static gboolean
fail_errno (const gchar *what, GError **error)
{
  gint number = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "%s: %s", what, g_strerror (number));
  return FALSE;
}

static gboolean
start_processes (Setup *setup, GError **error)
{
  guint n_slaves = ipc_bench_contestant_n_slaves (setup->contestant, setup->work);

  setup->started = now ();
  for (guint i = 0; i <= n_slaves; i++) {
    const IpcBenchSide *side = i == 0 ? setup->contestant->master : setup->contestant->slave;
    g_autofree gchar *name = i == 0 ? g_strdup ("master") : g_strdup_printf ("slave%u", i);
    IpcBenchProcess *process
        = ipc_bench_process_new (side->implementation, setup->rig->worker, setup->rig->folder, name, error);

    if (process == NULL)
      return FALSE;
    g_ptr_array_add (setup->processes, process);
  }
  return TRUE;
}

static gboolean
wait_for (Setup *setup, guint index, GError **error)
{
  return ipc_bench_process_wait (process_of (setup, index), setup->processes, PATIENCE, setup->rig->cancellable, error)
         != NULL;
}

static gboolean
wait_for_all (Setup *setup, GError **error)
{
  for (guint i = 0; i < setup->processes->len; i++)
    if (!wait_for (setup, i, error))
      return FALSE;
  return TRUE;
}

static gboolean
check_plugins (Setup *setup, GError **error)
{
  for (guint i = 0; i < setup->processes->len; i++)
    if (!ipc_bench_process_hello (process_of (setup, i), PATIENCE, setup->rig->cancellable, error))
      return FALSE;
  return TRUE;
}

/* Shares the board with all. */
static gboolean
send_board (Setup *setup, GError **error)
{
  setup->board = memfd_create ("gst-ipc-bench", MFD_CLOEXEC);
  if (setup->board < 0 || ftruncate (setup->board, BOARD_SIZE) < 0)
    return fail_errno ("no memory to share", error);
  for (guint i = 0; i < setup->processes->len; i++) {
    gint copy = fcntl (setup->board, F_DUPFD_CLOEXEC, 0);

    if (copy < 0)
      return fail_errno ("no memory to share", error);
    ipc_bench_process_send (process_of (setup, i), "board", NULL, copy);
  }
  return TRUE;
}

/* A process's pipeline, which has consumers for the slots from @first on. */
static void
send_pipeline (Setup *setup, guint index, gchar *description, guint first, guint n_slots)
{
  JsonObject *members = json_object_new ();
  JsonArray *slots = json_array_new ();

  for (guint i = 0; i < n_slots; i++)
    json_array_add_int_element (slots, first + i);
  json_object_set_string_member (members, "description", description);
  json_object_set_array_member (members, "slots", slots);
  json_object_set_boolean_member (members, "read", setup->work->read);
  ipc_bench_process_send (process_of (setup, index), "pipeline", members, -1);
  g_free (description);
}

static void
send_pipelines (Setup *setup)
{
  const gchar *folder = setup->rig->folder;
  gboolean alone = setup->processes->len == 1;

  if (setup->contestant->means >= IPC_BENCH_PING_PONG)
    return;
  send_pipeline (setup, 0, ipc_bench_contestant_master_pipeline (setup->contestant, setup->work, folder), 0,
      alone ? setup->work->slaves : 0);
  for (guint i = 1; i < setup->processes->len; i++)
    send_pipeline (setup, i, ipc_bench_contestant_slave_pipeline (setup->contestant, setup->work, folder), i - 1, 1);
}

static void
send_link_end (Setup *setup, guint index, const gchar *element, gint fd)
{
  JsonObject *members = json_object_new ();

  if (element != NULL)
    json_object_set_string_member (members, "element", element);
  ipc_bench_process_send (process_of (setup, index), "link", members, fd);
}

/* The sockets: of elements, or bare. */
static gboolean
send_links (Setup *setup, GError **error)
{
  gboolean elements = setup->contestant->means == IPC_BENCH_IPC;

  if (setup->contestant->means == IPC_BENCH_SHM || setup->contestant->means == IPC_BENCH_UNIXFD)
    return TRUE;
  for (guint i = 1; i < setup->processes->len; i++) {
    g_autofree gchar *sink = g_strdup_printf ("sink%u", i - 1);
    IpcRelayEnd master, slave;

    if (!ipc_transport_connect (IPC_TRANSPORT_SOCKETPAIR, &master, &slave, error))
      return FALSE;
    send_link_end (setup, 0, elements ? sink : NULL, master.in);
    send_link_end (setup, i, elements ? "source" : NULL, slave.in);
  }
  return TRUE;
}

static void
send_state (Setup *setup, guint index, const gchar *command, gint state)
{
  JsonObject *members = json_object_new ();

  json_object_set_int_member (members, "state", state);
  ipc_bench_process_send (process_of (setup, index), command, members, -1);
}

static void
send_feed (Setup *setup)
{
  const IpcBenchWork *work = setup->work;
  JsonObject *members = json_object_new ();

  json_object_set_string_member (members, "entry", ipc_bench_contestant_entry (setup->contestant, work));
  json_object_set_string_member (members, "caps", work->caps);
  json_object_set_int_member (members, "size", work->size);
  json_object_set_boolean_member (members, "fill", work->fill);
  json_object_set_boolean_member (members, "system", work->system);
  json_object_set_int_member (members, "consumers", work->slaves);
  ipc_bench_process_send (process_of (setup, 0), "feed", members, -1);
}

/* The other side of the machine's limits. */
static void
send_serve (Setup *setup)
{
  JsonObject *members = json_object_new ();

  json_object_set_string_member (members, "how", setup->contestant->means == IPC_BENCH_STREAM ? "take" : "answer");
  json_object_set_int_member (members, "size", setup->work->size);
  ipc_bench_process_send (process_of (setup, 1), "serve", members, -1);
}

/* Slaves of ipcpipelinesink follow; others are on their own, and find a socket when the sink plays. */
static gboolean
begin_to_play (Setup *setup, GError **error)
{
  send_state (setup, 0, "state", STATE_PLAYING);
  if (setup->contestant->means == IPC_BENCH_IPC)
    return TRUE;
  if (!wait_for (setup, 0, error))
    return FALSE;
  for (guint i = 1; i < setup->processes->len; i++)
    send_state (setup, i, "state", STATE_PLAYING);
  return wait_for_all (setup, error);
}

/* Until the only thing that is missing is `measure`. */
static gboolean
prepare (Setup *setup, GError **error)
{
  if (!start_processes (setup, error) || !send_board (setup, error))
    return FALSE;
  send_pipelines (setup);
  if (!send_links (setup, error) || !wait_for_all (setup, error) || !check_plugins (setup, error))
    return FALSE;
  if (setup->contestant->means >= IPC_BENCH_PING_PONG) {
    if (setup->processes->len > 1)
      send_serve (setup);
    return TRUE;
  }
  if (setup->work->kind == IPC_BENCH_STATES) {
    send_state (setup, 0, "reach", STATE_READY);
    return wait_for (setup, 0, error);
  }
  if (!begin_to_play (setup, error))
    return FALSE;
  send_feed (setup);
  return wait_for (setup, 0, error);
}

static const gchar *
what_to_measure (const Setup *setup)
{
  static const gchar *const kinds[] = { "buffers", "events", "queries", "states" };

  switch (setup->contestant->means) {
  case IPC_BENCH_PING_PONG:
    return "ping-pong";
  case IPC_BENCH_STREAM:
    return "stream";
  case IPC_BENCH_MEMCPY:
    return "memcpy";
  default:
    return kinds[setup->work->kind];
  }
}

static void
send_measure (Setup *setup)
{
  JsonObject *members = json_object_new ();
  JsonArray *pids = json_array_new ();

  for (guint i = 0; i < setup->processes->len; i++)
    json_array_add_int_element (pids, ipc_bench_process_pid (process_of (setup, i)));
  json_object_set_string_member (members, "what", what_to_measure (setup));
  json_object_set_int_member (members, "size", setup->work->size);
  json_object_set_int_member (members, "time", setup->rig->time);
  json_object_set_boolean_member (members, "check", setup->work->fill && setup->work->read);
  json_object_set_array_member (members, "pids", pids);
  ipc_bench_process_send (process_of (setup, 0), "measure", members, -1);
}

static void
take_start (Setup *setup, IpcBenchSample *sample)
{
  sample->wall = now () - setup->started;
  sample->count = 1;
  for (guint i = 0; i < setup->processes->len; i++)
    *(i == 0 ? &sample->master_cpu : &sample->slave_cpu) += ipc_bench_process_cpu (process_of (setup, i));
}

static gboolean
take_reply (Setup *setup, IpcBenchSample *sample, GError **error)
{
  JsonObject *reply;
  JsonArray *cpu, *waits;

  send_measure (setup);
  reply = ipc_bench_process_wait (
      process_of (setup, 0), setup->processes, PATIENCE + setup->rig->time, setup->rig->cancellable, error);
  if (reply == NULL)
    return FALSE;
  cpu = json_object_get_array_member (reply, "cpu");
  waits = json_object_get_array_member (reply, "waits");
  sample->count = ipc_record_int (reply, "count", 0);
  sample->wall = ipc_record_int (reply, "wall", 0);
  for (guint i = 0; i < json_array_get_length (cpu); i++) {
    *(i == 0 ? &sample->master_cpu : &sample->slave_cpu) += json_array_get_int_element (cpu, i);
    sample->waits += json_array_get_int_element (waits, i);
  }
  return TRUE;
}

static void
take_memory (Setup *setup, IpcBenchSample *sample)
{
  for (guint i = 0; i < setup->processes->len; i++)
    *(i == 0 ? &sample->master_memory : &sample->slave_memory) += ipc_bench_process_memory (process_of (setup, i));
}

/* Takes the master to NULL, and with it its slaves. How they take it that it is gone then is no matter of speed: slaves
 * of gst-plugins-bad may die of it. */
static gboolean
finish (Setup *setup, GError **error)
{
  IpcBenchProcess *master = process_of (setup, 0);

  ipc_bench_process_send (master, "finish", NULL, -1);
  return ipc_bench_process_wait (master, NULL, PATIENCE, setup->rig->cancellable, error) != NULL;
}

static gboolean
measure (Setup *setup, IpcBenchSample *sample, GError **error)
{
  JsonObject *fed;

  if (!prepare (setup, error))
    return FALSE;
  fed = ipc_bench_process_wait (process_of (setup, 0), setup->processes, PATIENCE, setup->rig->cancellable, error);
  if (fed == NULL)
    return FALSE;
  sample->memory = g_strdup (ipc_record_string (fed, "memory"));
  if (setup->work->kind == IPC_BENCH_START)
    take_start (setup, sample);
  else if (!take_reply (setup, sample, error))
    return FALSE;
  take_memory (setup, sample);
  return finish (setup, error);
}

/* A shmsink that was killed leaves its memory. */
static void
remove_shm_of (GPid pid)
{
  g_autofree gchar *part = g_strdup_printf ("%5d.", pid);
  g_autoptr (GDir) dir = g_dir_open ("/dev/shm", 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "shmpipe.") && g_str_has_prefix (name + strlen ("shmpipe."), part)) {
      g_autofree gchar *path = g_build_filename ("/dev/shm", name, NULL);
      g_unlink (path);
    }
}

static void
clear (Setup *setup)
{
  GPid master = setup->processes->len > 0 ? ipc_bench_process_pid (process_of (setup, 0)) : 0;
  g_autofree gchar *socket = g_build_filename (setup->rig->folder, "socket", NULL);

  g_ptr_array_unref (setup->processes);
  if (setup->contestant->means == IPC_BENCH_SHM && master > 0)
    remove_shm_of (master);
  g_unlink (socket);
  if (setup->board >= 0)
    close (setup->board);
}

IpcBenchSample *
ipc_bench_rig_measure (
    const IpcBenchRig *rig, const IpcBenchContestant *contestant, const IpcBenchWork *work, guint round)
{
  Setup setup
      = { rig, contestant, work, -1, g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_bench_process_free), 0 };
  IpcBenchSample *sample = g_new0 (IpcBenchSample, 1);
  g_autoptr (GError) error = NULL;

  sample->round = round;
  sample->contestant = g_strdup (contestant->name);
  sample->work = g_strdup (work->name);
  if (!measure (&setup, sample, &error))
    sample->failure = g_strdup (error->message);
  clear (&setup);
  if (g_cancellable_is_cancelled (rig->cancellable))
    g_clear_pointer (&sample, ipc_bench_sample_free);
  return sample;
}

static gchar **
texts_of (JsonArray *array)
{
  GStrvBuilder *builder = g_strv_builder_new ();
  gchar **texts;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    g_strv_builder_add (builder, json_array_get_string_element (array, i));
  texts = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return texts;
}

IpcBenchSide *
ipc_bench_rig_side (const IpcBenchRig *rig, const gchar *what)
{
  IpcBenchSide *side = g_new0 (IpcBenchSide, 1);
  IpcBenchProcess *process = NULL;
  JsonObject *hello = NULL;
  g_autoptr (GError) error = NULL;

  side->name = g_strdup (what);
  side->implementation = ipc_implementation_new (what, &error);
  if (side->implementation != NULL && ipc_run_prepare (side->implementation, rig->worker, rig->folder, &error))
    process = ipc_bench_process_new (side->implementation, rig->worker, rig->folder, "hello", &error);
  if (process != NULL)
    hello = ipc_bench_process_hello (process, PATIENCE, rig->cancellable, &error);
  if (hello != NULL)
    side->capabilities = texts_of (json_object_get_array_member (hello, "capabilities"));
  else
    side->unavailable = g_strdup (error->message);
  if (process != NULL)
    ipc_bench_process_free (process);
  return side;
}

void
ipc_bench_side_free (IpcBenchSide *side)
{
  g_clear_pointer (&side->implementation, ipc_implementation_free);
  g_strfreev (side->capabilities);
  g_free (side->unavailable);
  g_free (side->name);
  g_free (side);
}
