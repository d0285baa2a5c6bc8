/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list is made of a few short tables. */
#include "work.h"

static const struct {
  const gchar *name;
  gsize size;
  const gchar *caps;
} sizes[] = {
  { "64B", 64, "application/octet-stream" },
  { "4KiB", 4096, "application/octet-stream" },
  { "64KiB", 65536, "application/octet-stream" },
  { "1080p", 3110400, "video/x-raw,format=I420,width=1920,height=1080,framerate=30/1" },
  { "4K", 12441600, "video/x-raw,format=NV12,width=3840,height=2160,framerate=30/1" },
};
enum { SIZE_64B, SIZE_4KIB, SIZE_64KIB, SIZE_1080P, SIZE_4K };

static const struct {
  const gchar *suffix;
  gboolean fill, read, system;
  guint sizes, brief; /* bit n: of size n; of these in the short form */
} touches[] = {
  { "", FALSE, FALSE, FALSE, 0x1f, 0x1f },
  { "+fill", TRUE, FALSE, FALSE, 0x1f, 0 },
  { "+read", FALSE, TRUE, FALSE, 0x1f, 0 },
  { "+fill+read", TRUE, TRUE, FALSE, 0x1f, 1 << SIZE_1080P },
  { "+system", FALSE, FALSE, TRUE, 1 << SIZE_1080P | 1 << SIZE_4K, 1 << SIZE_1080P },
};

static const struct {
  const gchar *name;
  IpcBenchKind kind;
} round_trips[] = {
  { "event", IPC_BENCH_EVENTS },
  { "query", IPC_BENCH_QUERIES },
  { "state", IPC_BENCH_STATES },
};

static const guint slaves[] = { 1, 2, 4, 8, 16 };

static void
add (GPtrArray *works, guint size, IpcBenchWork work)
{
  work.size_name = sizes[size].name;
  work.size = sizes[size].size;
  work.caps = sizes[size].caps;
  g_ptr_array_add (works, g_memdup2 (&work, sizeof work));
}

static void
add_buffers (GPtrArray *works)
{
  for (guint touch = 0; touch < G_N_ELEMENTS (touches); touch++)
    for (guint size = 0; size < G_N_ELEMENTS (sizes); size++)
      if (touches[touch].sizes & 1 << size)
        add (works, size,
            (IpcBenchWork){
                .name = g_strconcat ("buffers/", sizes[size].name, touches[touch].suffix, NULL),
                .group = "buffers",
                .kind = IPC_BENCH_BUFFERS,
                .fill = touches[touch].fill,
                .read = touches[touch].read,
                .system = touches[touch].system,
                .slaves = 1,
                .brief = (touches[touch].brief & 1 << size) != 0,
            });
}

static void
add_fan_out (GPtrArray *works, guint size)
{
  for (guint i = 0; i < G_N_ELEMENTS (slaves); i++)
    add (works, size,
        (IpcBenchWork){
            .name = g_strdup_printf ("fan-out/%s/%u", sizes[size].name, slaves[i]),
            .group = "fan-out",
            .kind = IPC_BENCH_BUFFERS,
            .slaves = slaves[i],
            .fan_out = TRUE,
            .brief = slaves[i] == 1 || slaves[i] == 16,
        });
}

static void
add_start (GPtrArray *works)
{
  for (guint i = 0; i < G_N_ELEMENTS (slaves); i++)
    add (works, SIZE_64B,
        (IpcBenchWork){
            .name = g_strdup_printf ("start/%u", slaves[i]),
            .group = "start",
            .kind = IPC_BENCH_START,
            .slaves = slaves[i],
            .fan_out = TRUE,
            .brief = slaves[i] == 1,
        });
}

static gpointer
make_works (gpointer data)
{
  GPtrArray *works = g_ptr_array_new ();

  add_buffers (works);
  add_fan_out (works, SIZE_64B);
  add_fan_out (works, SIZE_1080P);
  for (guint i = 0; i < G_N_ELEMENTS (round_trips); i++)
    add (works, SIZE_64B,
        (IpcBenchWork){
            .name = g_strconcat ("round-trips/", round_trips[i].name, NULL),
            .group = "round-trips",
            .kind = round_trips[i].kind,
            .slaves = 1,
            .brief = TRUE,
        });
  add_start (works);
  return works;
}

GPtrArray *
ipc_bench_works (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, make_works, NULL);
}

const IpcBenchWork *
ipc_bench_work_find (const gchar *name)
{
  GPtrArray *works = ipc_bench_works ();

  for (guint i = 0; i < works->len; i++) {
    const IpcBenchWork *work = g_ptr_array_index (works, i);
    if (g_str_equal (work->name, name))
      return work;
  }
  return NULL;
}
