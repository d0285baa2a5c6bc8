/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The report for people. On a terminal the last line shows how far the run is and what is running, and is drawn
 * again a few times a second; what is bad scrolls away above it. Elsewhere (a log, a pipe) it is a line a case,
 * without control characters. Owns its list of running cases and its timer.
 */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "reporter.h"
#include "text.h"

#define REDRAW_MS 250
#define MIN_DONE_FOR_ESTIMATE 4

typedef struct {
  IpcReporter reporter;
  gboolean on_terminal, colour, verbose;
  GPtrArray *running; /* of gchar * */
  const IpcRunReport *run;
  gint64 start; /* us */
  guint timer;
} Terminal;

static guint
terminal_width (void)
{
  struct winsize size;
  return ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : IPC_TEXT_WIDTH;
}

static void
clear_line (Terminal *terminal)
{
  if (terminal->on_terminal)
    fputs ("\r\033[K", stdout);
}

/* "00:41", "1:02:03" */
static void
append_time (GString *line, guint seconds)
{
  if (seconds >= 3600)
    g_string_append_printf (line, "%u:%02u:%02u", seconds / 3600, seconds / 60 % 60, seconds % 60);
  else
    g_string_append_printf (line, "%02u:%02u", seconds / 60, seconds % 60);
}

/* What is left, if the rest goes on as what is done; nothing while that would be a guess. */
static void
append_time_left (GString *line, const IpcRunReport *run, guint seconds)
{
  guint n_done = run->results->len;

  if (n_done < MIN_DONE_FOR_ESTIMATE || run->n_planned <= n_done)
    return;
  g_string_append (line, ", ");
  append_time (line, (guint)((guint64)seconds * (run->n_planned - n_done) / n_done));
  g_string_append (line, " left");
}

/* "[12/58] 11 pass, 1 fail  00:12, 00:46 left  seek/flushing-playing, ..." */
static void
draw_line (Terminal *terminal)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree gchar *shown = NULL, *counts = NULL;
  guint seconds = (g_get_monotonic_time () - terminal->start) / G_USEC_PER_SEC;

  if (!terminal->on_terminal)
    return;
  counts = terminal->run->results->len > 0 ? ipc_run_report_counts (terminal->run) : g_strdup ("");
  g_string_append_printf (line, "[%u", terminal->run->results->len);
  if (terminal->run->n_planned > 0)
    g_string_append_printf (line, "/%u", terminal->run->n_planned);
  g_string_append_printf (line, "] %s%s", counts, *counts != '\0' ? "  " : "");
  append_time (line, seconds);
  append_time_left (line, terminal->run, seconds);
  for (guint i = 0; i < terminal->running->len; i++)
    g_string_append_printf (line, "%s%s", i > 0 ? ", " : "  ", (gchar *)g_ptr_array_index (terminal->running, i));
  shown = g_utf8_substring (line->str, 0, MIN (g_utf8_strlen (line->str, -1), (glong)terminal_width () - 1));
  clear_line (terminal);
  fputs (shown, stdout);
  fflush (stdout);
}

static gboolean
on_timer (gpointer data)
{
  draw_line (data);
  return G_SOURCE_CONTINUE;
}

static void
terminal_begin (IpcReporter *reporter, const IpcRunReport *run)
{
  Terminal *terminal = (Terminal *)reporter;

  terminal->run = run;
  terminal->start = g_get_monotonic_time ();
  printf ("%u case(s), %u at a time, master %s, slave %s%s", run->n_planned, run->jobs, run->master.name,
      run->slave.name, run->shuffled ? ", shuffled with seed " : "\n");
  if (run->shuffled)
    printf ("%u\n", run->seed);
  for (guint i = 0; i < run->warnings->len; i++)
    printf ("warning: %s\n", (gchar *)g_ptr_array_index (run->warnings, i));
  fflush (stdout);
  if (terminal->on_terminal)
    terminal->timer = g_timeout_add (REDRAW_MS, on_timer, terminal);
}

static void
terminal_started (IpcReporter *reporter, const IpcRunReport *run, const gchar *title)
{
  Terminal *terminal = (Terminal *)reporter;

  g_ptr_array_add (terminal->running, g_strdup (title));
  draw_line (terminal);
}

static IpcStyle
style_of (IpcVerdict verdict)
{
  if (ipc_verdict_is_bad (verdict))
    return IPC_STYLE_BAD;
  return verdict == IPC_VERDICT_PASS ? IPC_STYLE_GOOD : IPC_STYLE_DIM;
}

static void
append_measurements (GString *text, const IpcResult *result)
{
  for (guint i = 0; i < result->measurements->len; i++) {
    const IpcMeasurement *measurement = g_ptr_array_index (result->measurements, i);
    g_autofree gchar *value = ipc_measurement_text (measurement);
    g_string_append_printf (text, "              %s: %s\n", measurement->name, value);
  }
}

static void
terminal_finished (IpcReporter *reporter, const IpcRunReport *run, const IpcResult *result)
{
  Terminal *terminal = (Terminal *)reporter;
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree gchar *title = ipc_result_title (result);
  g_autofree gchar *verdict = g_strdup_printf ("%-13s", ipc_verdict_name (result->verdict));
  guint index;

  if (g_ptr_array_find_with_equal_func (terminal->running, title, g_str_equal, &index))
    g_ptr_array_remove_index (terminal->running, index);
  clear_line (terminal);
  ipc_text_styled (line, terminal->colour, style_of (result->verdict), verdict);
  g_string_append_printf (line, " %s (%.1f s)", title, result->seconds);
  if (result->known_why != NULL)
    g_string_append_printf (line, ": %s", result->known_why);
  g_string_append_c (line, '\n');
  if (ipc_verdict_is_bad (result->verdict)) {
    g_autofree gchar *block = ipc_failure_text (result, terminal->colour, run->known_file, run->slave.gstreamer);
    g_string_assign (line, "\n");
    g_string_append (line, block);
    g_string_append_c (line, '\n');
  }
  if (terminal->verbose)
    append_measurements (line, result);
  fputs (line->str, stdout);
  draw_line (terminal);
  fflush (stdout);
}

static void
terminal_end (IpcReporter *reporter, const IpcRunReport *run)
{
  Terminal *terminal = (Terminal *)reporter;
  g_autofree gchar *summary = ipc_summary_text (run, terminal->colour);

  g_clear_handle_id (&terminal->timer, g_source_remove);
  clear_line (terminal);
  printf ("\n%s", summary);
  fflush (stdout);
}

static void
terminal_free (IpcReporter *reporter)
{
  Terminal *terminal = (Terminal *)reporter;

  g_clear_handle_id (&terminal->timer, g_source_remove);
  g_ptr_array_unref (terminal->running);
  g_free (terminal);
}

IpcReporter *
ipc_terminal_new (gboolean verbose, gboolean shared)
{
  Terminal *terminal = g_new0 (Terminal, 1);
  const gchar *term = g_getenv ("TERM"), *no_color = g_getenv ("NO_COLOR");

  terminal->verbose = verbose;
  terminal->reporter.begin = terminal_begin;
  terminal->reporter.started = terminal_started;
  terminal->reporter.finished = terminal_finished;
  terminal->reporter.end = terminal_end;
  terminal->reporter.free = terminal_free;
  terminal->on_terminal = !shared && isatty (STDOUT_FILENO) && g_strcmp0 (term, "dumb") != 0;
  terminal->colour = terminal->on_terminal && (no_color == NULL || *no_color == '\0');
  terminal->running = g_ptr_array_new_with_free_func (g_free);
  return &terminal->reporter;
}

void
ipc_reporter_free (IpcReporter *reporter)
{
  if (reporter != NULL)
    reporter->free (reporter);
}
