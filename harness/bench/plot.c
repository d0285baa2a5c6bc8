/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plot.h"

#include <math.h>

#define WIDTH 650.0
#define HEIGHT 340.0
/* Of the field within. */
#define LEFT 70.0
#define RIGHT 410.0
#define TOP 14.0
#define BOTTOM 304.0
#define LEGEND 424.0
#define LEGEND_STEP 19.0

typedef struct {
  gchar *name;
  guint colour;
  GArray *points; /* Point */
} Series;

typedef struct {
  guint place;
  gdouble value, low, high;
} Point;

struct _IpcBenchPlot {
  gchar *title;
  gchar **places;
  IpcBenchPlotFormat format;
  GPtrArray *series;
};

/* Apart from each other, for people who do not see all colours too: the dashes differ where hues are used again. */
static const gchar *const colours[] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#888888" };
static const gchar *const dashes[] = { "", "6 4", "2 3" };

static void
series_free (Series *series)
{
  g_free (series->name);
  g_array_unref (series->points);
  g_free (series);
}

IpcBenchPlot *
ipc_bench_plot_new (const gchar *title, const gchar *const *places, IpcBenchPlotFormat format)
{
  IpcBenchPlot *plot = g_new0 (IpcBenchPlot, 1);

  plot->title = g_strdup (title);
  plot->places = g_strdupv ((gchar **)places);
  plot->format = format;
  plot->series = g_ptr_array_new_with_free_func ((GDestroyNotify)series_free);
  return plot;
}

void
ipc_bench_plot_free (IpcBenchPlot *plot)
{
  g_free (plot->title);
  g_strfreev (plot->places);
  g_ptr_array_unref (plot->series);
  g_free (plot);
}

static Series *
series_of (IpcBenchPlot *plot, const gchar *name, guint colour)
{
  Series *series;

  for (guint i = 0; i < plot->series->len; i++) {
    series = g_ptr_array_index (plot->series, i);
    if (g_str_equal (series->name, name))
      return series;
  }
  series = g_new0 (Series, 1);
  *series = (Series){ g_strdup (name), colour, g_array_new (FALSE, FALSE, sizeof (Point)) };
  g_ptr_array_add (plot->series, series);
  return series;
}

void
ipc_bench_plot_add (
    IpcBenchPlot *plot, const gchar *name, guint colour, guint place, gdouble value, gdouble low, gdouble high)
{
  Point point = { place, value, low > 0 ? low : value, high > 0 ? high : value };

  if (value > 0 && isfinite (value))
    g_array_append_val (series_of (plot, name, colour)->points, point);
}

typedef struct {
  gdouble least, most; /* logarithms, whole decades */
} Scale;

/* FALSE: there are no points. */
static gboolean
scale_of (const IpcBenchPlot *plot, Scale *scale)
{
  *scale = (Scale){ G_MAXDOUBLE, -G_MAXDOUBLE };
  for (guint i = 0; i < plot->series->len; i++) {
    const Series *series = g_ptr_array_index (plot->series, i);

    for (guint p = 0; p < series->points->len; p++) {
      const Point *point = &g_array_index (series->points, Point, p);
      scale->least = MIN (scale->least, floor (log10 (point->low)));
      scale->most = MAX (scale->most, ceil (log10 (point->high)));
    }
  }
  if (scale->most == scale->least)
    scale->most++;
  return scale->most > scale->least;
}

static gdouble
y_of (const Scale *scale, gdouble value)
{
  return BOTTOM - (log10 (value) - scale->least) / (scale->most - scale->least) * (BOTTOM - TOP);
}

static gdouble
x_of (const IpcBenchPlot *plot, guint place)
{
  return LEFT + (place + 0.5) * (RIGHT - LEFT) / g_strv_length (plot->places);
}

/* Numbers without regard to the locale. */
static void
append_number (GString *out, const gchar *name, gdouble value)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (out, " %s=\"%s\"", name, g_ascii_formatd (text, sizeof text, "%.1f", value));
}

static void
append_line (GString *out, const gchar *class, gdouble x1, gdouble y1, gdouble x2, gdouble y2, const gchar *more)
{
  g_string_append_printf (out, "<line class=\"%s\"", class);
  append_number (out, "x1", x1);
  append_number (out, "y1", y1);
  append_number (out, "x2", x2);
  append_number (out, "y2", y2);
  g_string_append_printf (out, "%s/>\n", more);
}

static void
append_text (GString *out, const gchar *anchor, gdouble x, gdouble y, const gchar *text)
{
  g_autofree gchar *escaped = g_markup_escape_text (text, -1);

  g_string_append_printf (out, "<text text-anchor=\"%s\"", anchor);
  append_number (out, "x", x);
  append_number (out, "y", y);
  g_string_append_printf (out, ">%s</text>\n", escaped);
}

static void
append_axes (const IpcBenchPlot *plot, const Scale *scale, GString *out)
{
  /* with few decades also what lies between them */
  gboolean fine = scale->most - scale->least <= 3;

  for (gdouble decade = scale->least; decade <= scale->most; decade++)
    for (guint step = 1; step <= (fine && decade < scale->most ? 5 : 1); step = step == 1 ? 2 : step + 3) {
      gdouble value = step * pow (10, decade);
      g_autofree gchar *text = plot->format (value);

      append_line (out, step == 1 ? "grid" : "grid fine", LEFT, y_of (scale, value), RIGHT, y_of (scale, value), "");
      append_text (out, "end", LEFT - 8, y_of (scale, value) + 4, text);
    }
  for (guint i = 0; plot->places[i] != NULL; i++)
    append_text (out, "middle", x_of (plot, i), BOTTOM + 22, plot->places[i]);
}

static gchar *
stroke_of (const Series *series)
{
  guint hue = series->colour % G_N_ELEMENTS (colours);
  guint dash = series->colour / G_N_ELEMENTS (colours) % G_N_ELEMENTS (dashes);

  return g_strdup_printf (" stroke=\"%s\" stroke-dasharray=\"%s\"", colours[hue], dashes[dash]);
}

static void
append_point (const IpcBenchPlot *plot, const Scale *scale, const Series *series, const Point *point, GString *out)
{
  g_autofree gchar *value = plot->format (point->value), *low = plot->format (point->low);
  g_autofree gchar *high = plot->format (point->high), *name = g_markup_escape_text (series->name, -1);
  gdouble x = x_of (plot, point->place);

  g_string_append_printf (out, "<circle r=\"4\" fill=\"%s\"", colours[series->colour % G_N_ELEMENTS (colours)]);
  append_number (out, "cx", x);
  append_number (out, "cy", y_of (scale, point->value));
  g_string_append_printf (out, "><title>%s, %s: %s (quartiles %s ... %s)</title></circle>\n", name,
      plot->places[point->place], value, low, high);
}

static void
append_series (const IpcBenchPlot *plot, const Scale *scale, const Series *series, GString *out)
{
  g_autofree gchar *stroke = stroke_of (series);

  for (guint p = 0; p < series->points->len; p++) {
    const Point *point = &g_array_index (series->points, Point, p);
    gdouble x = x_of (plot, point->place);

    if (p > 0) {
      const Point *before = point - 1;
      append_line (out, "series", x_of (plot, before->place), y_of (scale, before->value), x,
          y_of (scale, point->value), stroke);
    }
    append_line (out, "range", x, y_of (scale, point->low), x, y_of (scale, point->high), stroke);
    append_point (plot, scale, series, point, out);
  }
}

gboolean
ipc_bench_plot_append_svg (const IpcBenchPlot *plot, GString *out)
{
  g_autofree gchar *title = g_markup_escape_text (plot->title, -1);
  Scale scale;

  if (!scale_of (plot, &scale))
    return FALSE;
  g_string_append_printf (out,
      "<figure><figcaption>%s</figcaption>\n<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">\n", title,
      WIDTH, HEIGHT, title);
  append_axes (plot, &scale, out);
  for (guint i = 0; i < plot->series->len; i++) {
    const Series *series = g_ptr_array_index (plot->series, i);
    g_autofree gchar *stroke = stroke_of (series);
    gdouble y = TOP + 8 + i * LEGEND_STEP;

    append_series (plot, &scale, series, out);
    append_line (out, "series", LEGEND, y, LEGEND + 26, y, stroke);
    append_text (out, "start", LEGEND + 34, y + 4, series->name);
  }
  g_string_append (out, "</svg></figure>\n");
  return TRUE;
}
