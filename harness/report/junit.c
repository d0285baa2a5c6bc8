/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JUnit XML, for CI servers. A known failure is `skipped` with its reason, never a plain pass; a crash and an error of
 * the harness are `error`, everything else that is bad is `failure`.
 */
#include <string.h>

#include "check/check.h"
#include "report.h"

/* XML 1.0 has no way to write most control characters, escaped neither: they become a visible mark. */
static gchar *
xml_escape (const gchar *text)
{
  g_autofree gchar *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  g_autoptr (GString) clean = g_string_new (NULL);

  for (const gchar *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    gboolean allowed = c >= 0x20 || c == '\t' || c == '\n' || c == '\r';
    g_string_append_unichar (clean, allowed && c != 0xfffe && c != 0xffff ? c : 0xfffd);
  }
  return g_markup_escape_text (clean->str, -1);
}

static void
append_bad (GString *xml, const IpcResult *result, const gchar *element)
{
  g_autofree gchar *message = xml_escape (result->reason);
  g_autofree gchar *folder = xml_escape (result->folder), *command = xml_escape (result->command);

  g_string_append_printf (
      xml, "      <%s type=\"%s\" message=\"%s\">", element, ipc_verdict_name (result->verdict), message);
  for (guint i = 0; i < result->findings->len; i++) {
    const IpcFinding *finding = g_ptr_array_index (result->findings, i);
    g_autofree gchar *text = xml_escape (finding->text);
    g_string_append_printf (
        xml, "[%s %s] %s\n", finding->rule, finding->requirement != NULL ? finding->requirement : "-", text);
  }
  g_string_append_printf (xml, "artifacts: %s\nrepeat: %s</%s>\n", folder, command, element);
}

static void
append_skipped (GString *xml, const gchar *what, const gchar *why, const gchar *reason)
{
  g_autofree gchar *text = g_strdup_printf ("%s%s%s%s%s", what, why != NULL ? ": " : "", why != NULL ? why : "",
      reason != NULL && *reason != '\0' ? ": " : "", reason != NULL ? reason : "");
  g_autofree gchar *message = xml_escape (text);
  g_string_append_printf (xml, "      <skipped message=\"%s\"/>\n", message);
}

static void
append_measurements (GString *xml, const IpcResult *result)
{
  if (result->measurements->len == 0)
    return;
  g_string_append (xml, "      <properties>\n");
  for (guint i = 0; i < result->measurements->len; i++) {
    const IpcMeasurement *measurement = g_ptr_array_index (result->measurements, i);
    g_autofree gchar *name = xml_escape (measurement->name), *unit = xml_escape (measurement->unit);
    g_string_append_printf (
        xml, "        <property name=\"%s (%s)\" value=\"%" G_GINT64_FORMAT "\"/>\n", name, unit, measurement->value);
  }
  g_string_append (xml, "      </properties>\n");
}

static void
append_case (GString *xml, const IpcResult *result)
{
  const gchar *slash = strrchr (result->name, '/');
  g_autofree gchar *folder = slash != NULL ? g_strndup (result->name, slash - result->name) : g_strdup ("scenarios");
  g_autofree gchar *title = ipc_result_title (result);
  g_autofree gchar *class_name = xml_escape (folder);
  g_autofree gchar *name = xml_escape (slash != NULL ? title + (slash - result->name) + 1 : title);
  gchar seconds[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (seconds, sizeof seconds, "%.3f", result->seconds);
  g_string_append_printf (xml, "    <testcase classname=\"%s\" name=\"%s\" time=\"%s\">\n", class_name, name, seconds);
  append_measurements (xml, result);
  switch (result->verdict) {
  case IPC_VERDICT_PASS:
    break;
  case IPC_VERDICT_XFAIL:
    append_skipped (xml, "known failure", result->known_why, result->reason);
    break;
  case IPC_VERDICT_SKIP:
  case IPC_VERDICT_UNSUPPORTED:
    append_skipped (xml, ipc_verdict_name (result->verdict), NULL, result->reason);
    break;
  case IPC_VERDICT_CRASH:
  case IPC_VERDICT_HARNESS_ERROR:
    append_bad (xml, result, "error");
    break;
  default:
    append_bad (xml, result, "failure");
    break;
  }
  g_string_append (xml, "    </testcase>\n");
}

static gboolean
is_complete (const IpcRunReport *run)
{
  return !run->interrupted && run->incomplete == NULL && run->results->len > 0;
}

/* What was not played must not be overlooked by a program that reads cases only. */
static void
append_missing (GString *xml, const IpcRunReport *run)
{
  guint n_left = run->n_planned > run->results->len ? run->n_planned - run->results->len : 0;
  g_autofree gchar *text = g_strdup_printf ("%s; %u case(s) were not played",
      run->incomplete != NULL ? run->incomplete
      : run->interrupted      ? "the run was interrupted"
                              : "no case was played",
      n_left);
  g_autofree gchar *message = xml_escape (text);

  g_string_append_printf (xml,
      "    <testcase classname=\"gst-ipc-harness\" name=\"complete\" time=\"0\">\n"
      "      <error type=\"harness-error\" message=\"%s\"/>\n    </testcase>\n",
      message);
}

static void
append_totals (GString *xml, const IpcRunReport *run)
{
  guint bad = ipc_run_report_count (run, IPC_VERDICT_CRASH) + ipc_run_report_count (run, IPC_VERDICT_HARNESS_ERROR);
  guint missing = is_complete (run) ? 0 : 1;
  guint skipped = ipc_run_report_count (run, IPC_VERDICT_XFAIL) + ipc_run_report_count (run, IPC_VERDICT_SKIP)
                  + ipc_run_report_count (run, IPC_VERDICT_UNSUPPORTED);
  gchar seconds[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (seconds, sizeof seconds, "%.3f", run->seconds);
  g_string_append_printf (xml, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\" time=\"%s\">\n",
      run->results->len + missing, ipc_run_report_count_bad (run) - bad, bad + missing, skipped, seconds);
}

/**
 * ipc_junit_save:
 * @run: a run that has ended
 * @path: the file, which is replaced as a whole
 * @error: return location of a #GFileError
 *
 * Returns: %FALSE when it cannot be written
 */
gboolean
ipc_junit_save (const IpcRunReport *run, const gchar *path, GError **error)
{
  g_autoptr (GString) xml = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
  g_autofree gchar *name = g_strdup_printf ("gst-ipc-harness %s/%s", run->master.name, run->slave.name);
  g_autofree gchar *escaped = xml_escape (name);
  g_autofree gchar *start = g_date_time_format (run->start, "%Y-%m-%dT%H:%M:%S");

  g_string_append_printf (xml, "  <testsuite name=\"%s\" timestamp=\"%s\"", escaped, start);
  append_totals (xml, run);
  for (guint i = 0; i < run->results->len; i++)
    append_case (xml, g_ptr_array_index (run->results, i));
  if (!is_complete (run))
    append_missing (xml, run);
  g_string_append (xml, "  </testsuite>\n</testsuites>\n");
  return g_file_set_contents (path, xml->str, xml->len, error);
}
