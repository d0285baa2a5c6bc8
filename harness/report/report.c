/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a run came to. It owns its results; reports only read it.
 */
#include "report.h"

#include <string.h>

IpcRunReport *
ipc_run_report_new (void)
{
  IpcRunReport *run = g_new0 (IpcRunReport, 1);

  run->start = g_date_time_new_now_local ();
  run->shard = run->n_shards = 1;
  run->results = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_result_free);
  run->warnings = g_ptr_array_new_with_free_func (g_free);
  return run;
}

static void
side_clear (IpcReportSide *side)
{
  g_free (side->name);
  g_free (side->folder);
  g_free (side->plugin);
  g_free (side->plugin_version);
  g_free (side->gstreamer);
}

void
ipc_run_report_free (IpcRunReport *run)
{
  if (run == NULL)
    return;
  side_clear (&run->master);
  side_clear (&run->slave);
  g_free (run->command);
  g_free (run->output);
  g_free (run->scenarios);
  g_free (run->known_file);
  g_date_time_unref (run->start);
  g_ptr_array_unref (run->results);
  g_ptr_array_unref (run->warnings);
  g_free (run->selection);
  g_free (run->incomplete);
  g_clear_pointer (&run->parts, json_array_unref);
  g_clear_pointer (&run->environment, json_object_unref);
  g_free (run);
}

guint
ipc_run_report_count (const IpcRunReport *run, IpcVerdict verdict)
{
  guint n = 0;

  for (guint i = 0; i < run->results->len; i++) {
    const IpcResult *result = g_ptr_array_index (run->results, i);
    n += result->verdict == verdict;
  }
  return n;
}

guint
ipc_run_report_count_bad (const IpcRunReport *run)
{
  guint n = 0;

  for (guint i = 0; i < run->results->len; i++) {
    const IpcResult *result = g_ptr_array_index (run->results, i);
    n += ipc_verdict_is_bad (result->verdict);
  }
  return n;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *)a, *(const gchar *const *)b);
}

gchar *
ipc_run_report_selection (GPtrArray *names)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (sorted, g_ptr_array_index (names, i));
  g_ptr_array_sort (sorted, compare_names);
  for (guint i = 0; i < sorted->len; i++) {
    const gchar *name = g_ptr_array_index (sorted, i);
    g_checksum_update (checksum, (const guchar *)name, strlen (name) + 1);
  }
  return g_strdup (g_checksum_get_string (checksum));
}

IpcVerdict
ipc_run_report_verdict (const IpcRunReport *run)
{
  if (run->results->len == 0 || run->incomplete != NULL || ipc_run_report_count (run, IPC_VERDICT_HARNESS_ERROR) > 0)
    return IPC_VERDICT_HARNESS_ERROR;
  return ipc_run_report_count_bad (run) > 0 ? IPC_VERDICT_FAIL : IPC_VERDICT_PASS;
}

gchar *
ipc_run_report_counts (const IpcRunReport *run)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint verdict = 0; verdict < IPC_N_VERDICTS; verdict++) {
    guint n = ipc_run_report_count (run, verdict);
    if (n > 0)
      g_string_append_printf (text, "%s%u %s", text->len > 0 ? ", " : "", n, ipc_verdict_name (verdict));
  }
  return g_strdup (text->len > 0 ? text->str : "no case was run");
}

gchar *
ipc_result_title (const IpcResult *result)
{
  return result->round > 1 ? g_strdup_printf ("%s (round %u)", result->name, result->round) : g_strdup (result->name);
}
