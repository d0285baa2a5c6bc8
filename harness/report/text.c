/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text for people: styles, wrapping and the summary of a run.
 */
#include "text.h"

#include "coverage.h"

#include <string.h>

#define MAX_SUMMARY_REASON 180 /* characters */

void
ipc_text_styled (GString *out, gboolean colour, IpcStyle style, const gchar *text)
{
  static const gchar *const codes[] = { "", "\033[1;31m", "\033[32m", "\033[2m", "\033[1m" };

  if (!colour || style == IPC_STYLE_NONE)
    g_string_append (out, text);
  else
    g_string_append_printf (out, "%s%s\033[0m", codes[style], text);
}

/* What a process wrote must not move the reader's cursor. */
static gchar *
printable (const gchar *text)
{
  g_autofree gchar *valid = g_utf8_make_valid (text, -1);
  GString *clean = g_string_new (NULL);

  for (const gchar *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (c == '\t' || c == '\n')
      g_string_append_c (clean, ' ');
    else
      g_string_append_unichar (clean, g_unichar_iscntrl (c) ? 0xfffd : c);
  }
  return g_string_free (clean, FALSE);
}

void
ipc_text_wrapped (GString *out, guint indent, const gchar *label, const gchar *text)
{
  g_autofree gchar *clean = printable (text);
  g_auto (GStrv) words = g_strsplit (clean, " ", -1);
  guint column = indent + g_utf8_strlen (label, -1);
  guint hang = column;
  gboolean at_start = TRUE;

  g_string_append_printf (out, "%*s%s", (gint)indent, "", label);
  for (guint i = 0; words[i] != NULL; i++) {
    guint width = g_utf8_strlen (words[i], -1);
    if (width == 0)
      continue;
    if (!at_start && column + 1 + width > IPC_TEXT_WIDTH) {
      g_string_append_printf (out, "\n%*s", (gint)hang, "");
      column = hang;
      at_start = TRUE;
    }
    g_string_append_printf (out, "%s%s", at_start ? "" : " ", words[i]);
    column += width + (at_start ? 0 : 1);
    at_start = FALSE;
  }
  g_string_append_c (out, '\n');
}

/* The summary is an overview: what it leaves out stands in the blocks above it. */
static gchar *
shortened (const gchar *reason)
{
  g_autofree gchar *valid = g_utf8_make_valid (reason, -1);
  g_autofree gchar *head = NULL;

  if (g_utf8_strlen (valid, -1) <= MAX_SUMMARY_REASON)
    return g_steal_pointer (&valid);
  head = g_utf8_substring (valid, 0, MAX_SUMMARY_REASON);
  return g_strconcat (head, "...", NULL);
}

static void
append_side (GString *out, const gchar *label, const IpcReportSide *side)
{
  g_autofree gchar *text = g_strdup_printf ("%s %s, GStreamer %s, %s", side->name != NULL ? side->name : "?",
      side->plugin_version != NULL ? side->plugin_version : "", side->gstreamer != NULL ? side->gstreamer : "?",
      side->plugin != NULL ? side->plugin : "?");
  ipc_text_wrapped (out, 0, label, text);
}

static void
append_coverage (GString *out, const IpcRunReport *run)
{
  g_autoptr (IpcCoverage) coverage = ipc_coverage_new ();
  g_autofree gchar *count = NULL;

  ipc_coverage_add_run (coverage, run);
  if (g_hash_table_size (coverage->cells) == 0)
    return;
  count = ipc_coverage_count_text (ipc_coverage_count (coverage, NULL));
  g_string_append_printf (out, "covered %s of what can occur on a link\n", count);
}

gchar *
ipc_summary_text (const IpcRunReport *run, gboolean colour)
{
  GString *out = g_string_new (NULL);
  g_autofree gchar *counts = ipc_run_report_counts (run);
  IpcVerdict verdict = ipc_run_report_verdict (run);
  guint n_left = run->n_planned > run->results->len ? run->n_planned - run->results->len : 0;

  for (guint i = 0; i < run->results->len; i++) {
    const IpcResult *result = g_ptr_array_index (run->results, i);
    g_autofree gchar *title = ipc_result_title (result);
    g_autofree gchar *reason = shortened (result->reason);
    if (!ipc_verdict_is_bad (result->verdict))
      continue;
    g_string_append_printf (out, "%-13s %s\n", ipc_verdict_name (result->verdict), title);
    ipc_text_wrapped (out, 14, "", reason);
  }
  for (guint i = 0; i < run->warnings->len; i++)
    ipc_text_wrapped (out, 0, "warning: ", g_ptr_array_index (run->warnings, i));
  append_side (out, "master  ", &run->master);
  append_side (out, "slave   ", &run->slave);
  append_coverage (out, run);
  g_string_append_printf (out, "%s in %.1f s", counts, run->seconds);
  if (run->interrupted)
    g_string_append_printf (out, ", interrupted%s", n_left > 0 ? "" : " at the end");
  if (n_left > 0)
    g_string_append_printf (out, ", %u not run", n_left);
  if (run->incomplete != NULL)
    g_string_append_printf (out, "\n%s", run->incomplete);
  g_string_append (out, "\nverdict: ");
  if (run->interrupted)
    ipc_text_styled (out, colour, IPC_STYLE_BAD, "INTERRUPTED");
  else if (verdict == IPC_VERDICT_PASS)
    ipc_text_styled (out, colour, IPC_STYLE_GOOD, "PASS");
  else
    ipc_text_styled (out, colour, IPC_STYLE_BAD, verdict == IPC_VERDICT_FAIL ? "FAIL" : "HARNESS-ERROR");
  g_string_append_c (out, '\n');
  ipc_text_wrapped (out, 0, "report: ", run->output != NULL ? run->output : "");
  return g_string_free (out, FALSE);
}
