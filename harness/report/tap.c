/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Test Anything Protocol. The plan comes first when the number of cases is known, so that a run that dies is not taken
 * for a short one; an interrupted run bails out. A known failure is "not ok # TODO", an unexpected pass "ok # TODO",
 * which meson counts as a failure.
 */
#include <stdio.h>
#include <string.h>

#include "reporter.h"
#include "text.h"

typedef struct {
  IpcReporter reporter;
  guint n; /* of the last test line */
} Tap;

/* `#` starts a directive, for readers that do not know the escape (meson's) anywhere; a line is a line. */
static gchar *
tap_escape (const gchar *text)
{
  g_autofree gchar *valid = g_utf8_make_valid (text, -1);
  g_auto (GStrv) parts = NULL;

  for (gchar *p = valid; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  parts = g_strsplit (valid, "#", -1);
  return g_strjoinv ("%23", parts);
}

static void
print_comment (const gchar *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      printf ("# %s\n", lines[i]);
}

static void
tap_begin (IpcReporter *reporter, const IpcRunReport *run)
{
  printf ("TAP version 13\n");
  if (run->n_planned > 0)
    printf ("1..%u\n", run->n_planned);
  for (guint i = 0; i < run->warnings->len; i++)
    print_comment (g_ptr_array_index (run->warnings, i));
  fflush (stdout);
}

static void
tap_started (IpcReporter *reporter, const IpcRunReport *run, const gchar *title)
{
}

static void
tap_finished (IpcReporter *reporter, const IpcRunReport *run, const IpcResult *result)
{
  Tap *tap = (Tap *)reporter;
  g_autofree gchar *title = ipc_result_title (result);
  g_autofree gchar *name = tap_escape (title), *reason = tap_escape (result->reason);
  g_autofree gchar *why = tap_escape (result->known_why != NULL ? result->known_why : "");

  tap->n++;
  switch (result->verdict) {
  case IPC_VERDICT_PASS:
    printf ("ok %u - %s\n", tap->n, name);
    break;
  case IPC_VERDICT_XFAIL:
    printf ("not ok %u - %s # TODO known failure: %s\n", tap->n, name, why);
    break;
  case IPC_VERDICT_XPASS:
    printf ("ok %u - %s # TODO known failure: %s\n", tap->n, name, why);
    break;
  case IPC_VERDICT_SKIP:
  case IPC_VERDICT_UNSUPPORTED:
    printf ("ok %u - %s # SKIP %s: %s\n", tap->n, name, ipc_verdict_name (result->verdict), reason);
    break;
  default:
    printf ("not ok %u - %s\n", tap->n, name);
    break;
  }
  if (ipc_verdict_is_bad (result->verdict)) {
    g_autofree gchar *block = ipc_failure_text (result, FALSE, run->known_file, run->slave.gstreamer);
    print_comment (block);
  }
  fflush (stdout);
}

static void
tap_end (IpcReporter *reporter, const IpcRunReport *run)
{
  Tap *tap = (Tap *)reporter;
  g_autofree gchar *summary = ipc_summary_text (run, FALSE);

  print_comment (summary);
  if (run->interrupted)
    printf ("Bail out! interrupted\n");
  else if (run->n_planned == 0)
    printf ("1..%u\n", tap->n);
  fflush (stdout);
}

static void
tap_free (IpcReporter *reporter)
{
  g_free (reporter);
}

IpcReporter *
ipc_tap_new (void)
{
  Tap *tap = g_new0 (Tap, 1);

  tap->reporter.begin = tap_begin;
  tap->reporter.started = tap_started;
  tap->reporter.finished = tap_finished;
  tap->reporter.end = tap_end;
  tap->reporter.free = tap_free;
  return &tap->reporter;
}
