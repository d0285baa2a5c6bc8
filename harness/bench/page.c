/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which plots there are stands in a table: the works along the x axis, and what is shown of them. */
#include "page.h"

#include <string.h>

#include "format.h"
#include "plot.h"
#include "summary.h"

static const gchar style[]
    = ":root { color-scheme: light dark; --line: #8884; --dim: #777; }\n"
      "body { font: 15px/1.45 system-ui, sans-serif; max-width: 1180px; margin: 2em auto; padding: 0 1em; }\n"
      "pre { color: var(--dim); white-space: pre-wrap; }\n"
      "figure { display: inline-block; width: 560px; max-width: 100%; margin: 0 1em 1.5em 0; }\n"
      "figcaption { font-weight: 600; margin-bottom: .3em; }\n"
      "svg { width: 100%; font-size: 12px; }\n"
      "svg text { fill: currentColor; }\n"
      ".grid { stroke: var(--line); } .fine { stroke-opacity: .5; }\n"
      ".series { stroke-width: 2; } .range { stroke-width: 6; stroke-opacity: .35; }\n"
      "table { border-collapse: collapse; font-variant-numeric: tabular-nums; }\n"
      "th, td { text-align: left; padding: .15em .9em .15em 0; border-bottom: 1px solid var(--line); }\n"
      ".n { text-align: right; }\n"
      ".first td { border-top: 2px solid var(--dim); }\n";

typedef struct {
  const gchar *title, *prefix, *suffix; /* of names of works; what is between them goes along the x axis */
  const gchar *places[6];
  IpcBenchMetric metric;
  IpcBenchPlotFormat format;
} Plan;

#define SIZES                                                                                                          \
  {                                                                                                                    \
    "64B", "4KiB", "64KiB", "1080p", "4K", NULL                                                                        \
  }
#define SLAVES                                                                                                         \
  {                                                                                                                    \
    "1", "2", "4", "8", "16", NULL                                                                                     \
  }

static const Plan plans[] = {
  { "Wall time for a buffer that nobody touches, by size", "buffers/", "", SIZES, IPC_BENCH_WALL,
      ipc_bench_format_time },
  { "CPU time of all processes for it", "buffers/", "", SIZES, IPC_BENCH_CPU, ipc_bench_format_time },
  { "Wall time for a buffer that is written and read", "buffers/", "+fill+read", SIZES, IPC_BENCH_WALL,
      ipc_bench_format_time },
  { "CPU time of all processes for it", "buffers/", "+fill+read", SIZES, IPC_BENCH_CPU, ipc_bench_format_time },
  { "How often a thread goes to sleep for a buffer", "buffers/", "", SIZES, IPC_BENCH_WAITS, ipc_bench_format_number },
  { "Wall time for an event, a query, a state change", "round-trips/", "", { "event", "query", "state", NULL },
      IPC_BENCH_WALL, ipc_bench_format_time },
  { "64 B to N slaves: CPU time of all processes for a buffer and slave", "fan-out/64B/", "", SLAVES,
      IPC_BENCH_CPU_PER_SLAVE, ipc_bench_format_time },
  { "1080p to N slaves: CPU time of all processes for a buffer and slave", "fan-out/1080p/", "", SLAVES,
      IPC_BENCH_CPU_PER_SLAVE, ipc_bench_format_time },
  { "64 B to N slaves: wall time for a buffer", "fan-out/64B/", "", SLAVES, IPC_BENCH_WALL, ipc_bench_format_time },
  { "1080p to N slaves: wall time for a buffer", "fan-out/1080p/", "", SLAVES, IPC_BENCH_WALL, ipc_bench_format_time },
  { "Start of N slaves: wall time until all have had buffers", "start/", "", SLAVES, IPC_BENCH_WALL,
      ipc_bench_format_time },
  { "1080p to N slaves: memory of the master", "fan-out/1080p/", "", SLAVES, IPC_BENCH_MASTER_MEMORY,
      ipc_bench_format_bytes },
  { "1080p to N slaves: memory of all slaves together", "fan-out/1080p/", "", SLAVES, IPC_BENCH_SLAVE_MEMORY,
      ipc_bench_format_bytes },
};

static void
append_plot (const IpcBenchResult *result, const Plan *plan, GString *out)
{
  IpcBenchPlot *plot = ipc_bench_plot_new (plan->title, plan->places, plan->format);

  for (guint e = 0; e < result->entrants->len; e++)
    for (guint p = 0; plan->places[p] != NULL; p++) {
      const gchar *name = ((const IpcBenchEntrant *)g_ptr_array_index (result->entrants, e))->name;
      g_autofree gchar *work = g_strconcat (plan->prefix, plan->places[p], plan->suffix, NULL);
      IpcBenchSpread spread = ipc_bench_result_spread (result, name, work, plan->metric);

      if (spread.n > 0)
        ipc_bench_plot_add (plot, name, e, p, spread.median, spread.low, spread.high);
    }
  ipc_bench_plot_append_svg (plot, out);
  ipc_bench_plot_free (plot);
}

gchar *
ipc_bench_page (const IpcBenchResult *result)
{
  g_autofree gchar *head = ipc_bench_summary_head (result);
  g_autofree gchar *escaped = g_markup_escape_text (head, -1);
  g_autoptr (GPtrArray) tables = ipc_bench_summary_tables (result);
  GString *out = g_string_new ("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                               "<meta name=\"viewport\" content=\"width=device-width\">\n"
                               "<title>gst-ipc-bench</title>\n<style>\n");

  g_string_append (out, style);
  g_string_append_printf (out, "</style></head><body>\n<h1>gst-ipc-bench</h1>\n<pre>%s</pre>\n", escaped);
  /* the answer comes first */
  ipc_bench_table_append_html (g_ptr_array_index (tables, tables->len - 1), out);
  g_string_append (out,
      "<h2>Plots</h2>\n<p>Less is better. Logarithmic scales; the pale bar at a point lies between the "
      "quartiles.</p>\n");
  for (guint i = 0; i < G_N_ELEMENTS (plans); i++)
    append_plot (result, &plans[i], out);
  g_string_append (out, "<h2>All numbers</h2>\n");
  for (guint i = 0; i + 1 < tables->len; i++)
    ipc_bench_table_append_html (g_ptr_array_index (tables, i), out);
  g_string_append (out, "</body></html>\n");
  return g_string_free (out, FALSE);
}
