/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The clocks are read closest to the moment, the files in /proc outside of them, so that neither time nor CPU contains
 * what measuring costs.
 */
#include "window.h"

#include <time.h>

#include <gio/gio.h>

typedef struct {
  gint64 pid;
  clockid_t clock;
  gint64 cpu, waits; /* between open and close; while it is open: what they were at first, negated */
} Measured;

struct _IpcBenchWindow {
  GArray *processes; /* Measured */
  gint64 wall;
};

static gint64
read_clock (clockid_t clock)
{
  struct timespec time = { 0 };

  clock_gettime (clock, &time);
  return time.tv_sec * G_GINT64_CONSTANT (1000000000) + time.tv_nsec;
}

gint64
ipc_bench_now (void)
{
  return read_clock (CLOCK_MONOTONIC);
}

static gint64
waits_of_thread (gint64 pid, const gchar *thread)
{
  static const gchar key[] = "\nvoluntary_ctxt_switches:";
  g_autofree gchar *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/task/%s/status", pid, thread);
  g_autofree gchar *text = NULL;
  const gchar *found;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (found = g_strstr_len (text, -1, key)) == NULL)
    return 0;
  return g_ascii_strtoll (found + sizeof key - 1, NULL, 10);
}

/* How often its threads have gone to sleep so far. */
static gint64
waits_of (gint64 pid)
{
  g_autofree gchar *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/task", pid);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *thread;
  gint64 waits = 0;

  while (dir != NULL && (thread = g_dir_read_name (dir)) != NULL)
    waits += waits_of_thread (pid, thread);
  return waits;
}

IpcBenchWindow *
ipc_bench_window_new (JsonArray *pids, GError **error)
{
  g_autoptr (IpcBenchWindow) window = g_new0 (IpcBenchWindow, 1);

  window->processes = g_array_new (FALSE, TRUE, sizeof (Measured));
  for (guint i = 0; pids != NULL && i < json_array_get_length (pids); i++) {
    Measured process = { .pid = json_array_get_int_element (pids, i) };
    gint code = clock_getcpuclockid (process.pid, &process.clock);

    if (code != 0) {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "no CPU clock of process %" G_GINT64_FORMAT ": %s",
          process.pid, g_strerror (code));
      return NULL;
    }
    g_array_append_val (window->processes, process);
  }
  return g_steal_pointer (&window);
}

void
ipc_bench_window_free (IpcBenchWindow *window)
{
  g_array_unref (window->processes);
  g_free (window);
}

#define PROCESS(window, i) (&g_array_index ((window)->processes, Measured, i))

void
ipc_bench_window_open (IpcBenchWindow *window)
{
  for (guint i = 0; i < window->processes->len; i++)
    PROCESS (window, i)->waits = -waits_of (PROCESS (window, i)->pid);
  for (guint i = 0; i < window->processes->len; i++)
    PROCESS (window, i)->cpu = -read_clock (PROCESS (window, i)->clock);
  window->wall = -ipc_bench_now ();
}

void
ipc_bench_window_close (IpcBenchWindow *window)
{
  window->wall += ipc_bench_now ();
  for (guint i = 0; i < window->processes->len; i++)
    PROCESS (window, i)->cpu += read_clock (PROCESS (window, i)->clock);
  for (guint i = 0; i < window->processes->len; i++)
    PROCESS (window, i)->waits += waits_of (PROCESS (window, i)->pid);
}

void
ipc_bench_window_report (const IpcBenchWindow *window, JsonObject *report)
{
  JsonArray *cpu = json_array_new (), *waits = json_array_new ();

  for (guint i = 0; i < window->processes->len; i++) {
    json_array_add_int_element (cpu, PROCESS (window, i)->cpu);
    /* a thread that has ended takes its count with it */
    json_array_add_int_element (waits, MAX (PROCESS (window, i)->waits, 0));
  }
  json_object_set_int_member (report, "wall", window->wall);
  json_object_set_array_member (report, "cpu", cpu);
  json_object_set_array_member (report, "waits", waits);
}
