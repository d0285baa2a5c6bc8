/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One table says what there is besides the implementations; pipelines are put together from a few pieces. */
#include "contestant.h"

#include <string.h>

/* What the worker's pool may have under way, and room for how the sink aligns it. */
#define SHM_POOL_BYTES (64u * 1024 * 1024)

static const struct {
  const gchar *name, *what;
  IpcBenchMeans means;
  const gchar *elements[3]; /* that it needs */
} others[] = {
  { "shm", "shmsink and shmsrc: one way, buffers lose their times", IPC_BENCH_SHM, { "shmsink", "shmsrc" } },
  { "unixfd", "unixfdsink and unixfdsrc: one way", IPC_BENCH_UNIXFD, { "unixfdsink", "unixfdsrc" } },
  { "queue", "a queue in one process: the bound from above", IPC_BENCH_QUEUE, { "queue" } },
  { "direct", "a sink in one process: what the measuring itself costs", IPC_BENCH_DIRECT, { "fakesink" } },
  { "ping-pong", "a message over a socket and a 13-byte answer, without GStreamer", IPC_BENCH_PING_PONG, { NULL } },
  { "stream", "messages over a socket without answers, without GStreamer", IPC_BENCH_STREAM, { NULL } },
  { "memcpy", "a copy in memory", IPC_BENCH_MEMCPY, { NULL } },
};

void
ipc_bench_contestant_free (IpcBenchContestant *contestant)
{
  g_free (contestant->name);
  g_free (contestant->role);
  g_free (contestant->what);
  g_free (contestant->properties);
  g_free (contestant->unavailable);
  g_free (contestant);
}

static gboolean
has (const IpcBenchSide *side, const gchar *capability)
{
  return g_strv_contains ((const gchar *const *)side->capabilities, capability);
}

/* Why @side cannot have @properties set, or NULL. */
static gchar *
lacks_property (const IpcBenchSide *side, const gchar *properties)
{
  g_auto (GStrv) pairs = g_strsplit (properties, " ", -1);

  for (guint i = 0; pairs[i] != NULL; i++) {
    g_autofree gchar *name = g_strndup (pairs[i], strcspn (pairs[i], "="));
    g_autofree gchar *capability = g_strconcat ("ipcpipelinesink.", name, NULL);

    if (!has (side, capability))
      return g_strdup_printf ("ipcpipelinesink of %s has no property %s", side->name, name);
  }
  return NULL;
}

static IpcBenchContestant *
pair_new (const gchar *role, const IpcBenchSide *master, const IpcBenchSide *slave, const gchar *properties)
{
  IpcBenchContestant *contestant = g_new0 (IpcBenchContestant, 1);
  const gchar *from = master->name, *to = slave->name;

  contestant->means = IPC_BENCH_IPC;
  contestant->master = master;
  contestant->slave = slave;
  contestant->properties = g_strdup (properties);
  if (properties != NULL) {
    contestant->role = g_strconcat (role, " ", properties, NULL);
    contestant->name = g_strconcat (from, " ", properties, NULL);
    contestant->what = g_strdup_printf ("%s, its ipcpipelinesink with %s", from, properties);
  } else if (master == slave) {
    contestant->role = g_strdup (role);
    contestant->name = g_strdup (from);
    contestant->what = g_strdup_printf ("ipcpipelinesink and ipcpipelinesrc of %s", from);
  } else {
    contestant->role = g_strdup (role);
    contestant->name = g_strconcat (from, "-to-", to, NULL);
    contestant->what = g_strdup_printf ("master with the elements of %s, slaves with those of %s", from, to);
  }
  if (master->unavailable != NULL || slave->unavailable != NULL)
    contestant->unavailable = g_strdup (master->unavailable != NULL ? master->unavailable : slave->unavailable);
  else if (properties != NULL)
    contestant->unavailable = lacks_property (master, properties);
  return contestant;
}

static IpcBenchContestant *
other_new (guint index, const IpcBenchSide *tested)
{
  IpcBenchContestant *contestant = g_new0 (IpcBenchContestant, 1);

  contestant->name = g_strdup (others[index].name);
  contestant->role = g_strdup (others[index].name);
  contestant->what = g_strdup (others[index].what);
  contestant->means = others[index].means;
  contestant->master = contestant->slave = tested;
  for (guint i = 0; others[index].elements[i] != NULL; i++)
    if (!has (tested, others[index].elements[i]) && contestant->unavailable == NULL)
      contestant->unavailable = g_strdup_printf ("this GStreamer (%s) has no %s%s", tested->implementation->gstreamer,
          others[index].elements[i], contestant->means == IPC_BENCH_UNIXFD ? ": it came with 1.24" : "");
  return contestant;
}

GPtrArray *
ipc_bench_contestants (const IpcBenchSide *tested, const IpcBenchSide *legacy, const gchar *const *properties)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_bench_contestant_free);

  g_ptr_array_add (all, pair_new ("tested", tested, tested, NULL));
  g_ptr_array_add (all, pair_new ("legacy", legacy, legacy, NULL));
  g_ptr_array_add (all, pair_new ("tested-to-legacy", tested, legacy, NULL));
  g_ptr_array_add (all, pair_new ("legacy-to-tested", legacy, tested, NULL));
  for (guint i = 0; properties[i] != NULL; i++)
    g_ptr_array_add (all, pair_new ("tested", tested, tested, properties[i]));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_ptr_array_add (all, other_new (i, tested));
  return all;
}

gboolean
ipc_bench_contestant_does (const IpcBenchContestant *contestant, const IpcBenchWork *work)
{
  switch (contestant->means) {
  case IPC_BENCH_IPC:
    return TRUE;
  case IPC_BENCH_SHM:
    return work->kind == IPC_BENCH_BUFFERS || work->kind == IPC_BENCH_START;
  case IPC_BENCH_UNIXFD: /* which refuses memory that is no fd */
    return (work->kind == IPC_BENCH_BUFFERS || work->kind == IPC_BENCH_START) && !work->system;
  case IPC_BENCH_QUEUE:
    return work->kind != IPC_BENCH_START;
  case IPC_BENCH_DIRECT:
    return work->kind != IPC_BENCH_START && !work->fan_out;
  default: /* what nobody touches but who carries it */
    return work->kind == IPC_BENCH_BUFFERS && !work->fan_out && !work->fill && !work->read && !work->system;
  }
}

guint
ipc_bench_contestant_n_slaves (const IpcBenchContestant *contestant, const IpcBenchWork *work)
{
  switch (contestant->means) {
  case IPC_BENCH_QUEUE:
  case IPC_BENCH_DIRECT:
  case IPC_BENCH_MEMCPY:
    return 0;
  default:
    return work->slaves;
  }
}

/* A sink that keeps nothing. It is there at once for state changes, which are measured without data. */
static void
append_consumer (GString *text, const IpcBenchWork *work, guint number)
{
  g_string_append_printf (text, "fakesink name=consumer%u sync=false enable-last-sample=false%s ", number,
      work->kind == IPC_BENCH_STATES ? " async=false" : "");
}

/* The element that takes the data of slave @number. */
static void
append_sink (GString *text, const IpcBenchContestant *contestant, const IpcBenchWork *work, guint number)
{
  if (contestant->means == IPC_BENCH_IPC)
    g_string_append_printf (
        text, "ipcpipelinesink name=sink%u %s ", number, contestant->properties != NULL ? contestant->properties : "");
  else
    append_consumer (text, work, number);
}

/* One sink serves all clients. */
static void
append_server (GString *text, const IpcBenchContestant *contestant, const gchar *folder)
{
  g_autofree gchar *path = g_build_filename (folder, "socket", NULL);

  if (contestant->means == IPC_BENCH_SHM)
    g_string_append_printf (
        text, "shmsink name=sink0 sync=false socket-path=\"%s\" shm-size=%u ", path, SHM_POOL_BYTES);
  else
    g_string_append_printf (text, "unixfdsink name=sink0 sync=false socket-path=\"%s\" ", path);
}

gchar *
ipc_bench_contestant_master_pipeline (
    const IpcBenchContestant *contestant, const IpcBenchWork *work, const gchar *folder)
{
  GString *text;

  if (contestant->means >= IPC_BENCH_PING_PONG)
    return NULL;
  text = g_string_new ("pipeline.( ");
  if (contestant->means == IPC_BENCH_SHM || contestant->means == IPC_BENCH_UNIXFD) {
    append_server (text, contestant, folder);
  } else if (work->fan_out) {
    g_string_append (text, "tee name=tee ");
    for (guint i = 0; i < work->slaves; i++) {
      g_string_append (text, "tee. ! queue max-size-buffers=4 max-size-bytes=0 max-size-time=0 ! ");
      append_sink (text, contestant, work, i);
    }
  } else {
    if (contestant->means == IPC_BENCH_QUEUE)
      g_string_append (text, "queue name=queue ! ");
    append_sink (text, contestant, work, 0);
  }
  g_string_append (text, ")");
  return g_string_free (text, FALSE);
}

gchar *
ipc_bench_contestant_slave_pipeline (
    const IpcBenchContestant *contestant, const IpcBenchWork *work, const gchar *folder)
{
  g_autofree gchar *path = g_build_filename (folder, "socket", NULL);
  GString *text;

  switch (contestant->means) {
  case IPC_BENCH_IPC:
    text = g_string_new ("ipcslavepipeline.( ipcpipelinesrc name=source ! ");
    break;
  case IPC_BENCH_SHM:
    text = g_string_new (NULL);
    g_string_append_printf (text, "pipeline.( shmsrc socket-path=\"%s\" ! ", path);
    break;
  case IPC_BENCH_UNIXFD:
    text = g_string_new (NULL);
    g_string_append_printf (text, "pipeline.( unixfdsrc socket-path=\"%s\" ! ", path);
    break;
  default:
    return NULL;
  }
  append_consumer (text, work, 0);
  g_string_append (text, ")");
  return g_string_free (text, FALSE);
}

const gchar *
ipc_bench_contestant_entry (const IpcBenchContestant *contestant, const IpcBenchWork *work)
{
  switch (contestant->means) {
  case IPC_BENCH_SHM:
  case IPC_BENCH_UNIXFD:
    return "sink0";
  case IPC_BENCH_QUEUE:
    return work->fan_out ? "tee" : "queue";
  case IPC_BENCH_DIRECT:
    return "consumer0";
  default:
    return work->fan_out ? "tee" : "sink0";
  }
}
