/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_PLOT_H
#define IPC_BENCH_PLOT_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * A plot as SVG: values over a few named places, one line for each series, with what lies between the quartiles as a
 * bar through each point. Values grow upwards on a logarithmic scale, since what is compared differs by factors.
 */
typedef struct _IpcBenchPlot IpcBenchPlot;

typedef gchar *(*IpcBenchPlotFormat) (gdouble value);

/* @places: names along the x axis, ended by NULL. @format: of values (transfer full). */
IpcBenchPlot *ipc_bench_plot_new (const gchar *title, const gchar *const *places, IpcBenchPlotFormat format);
void ipc_bench_plot_free (IpcBenchPlot *plot);
/* The series @name, which has the same colour in all plots of the same @colour, has @value at @place. Values that are
 * not above 0 are left out. */
void ipc_bench_plot_add (
    IpcBenchPlot *plot, const gchar *name, guint colour, guint place, gdouble value, gdouble low, gdouble high);
/* FALSE when there is nothing to be seen. */
gboolean ipc_bench_plot_append_svg (const IpcBenchPlot *plot, GString *out);

G_END_DECLS
#endif
