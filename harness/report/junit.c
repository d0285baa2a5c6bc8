/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JUnit XML, for CI servers; what it may consist of is in junit.xsd. A known failure is `skipped` with its reason,
 * never a plain pass; a crash and an error of the harness are `error`, everything else that is bad is `failure`. What
 * there is to read and to look at is in `system-out`: the text of the failure, and what it left, as GitLab and Jenkins
 * take attachments.
 */
#include <string.h>

#include "check/check.h"
#include "report.h"
#include "text.h"

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

/* Relative to where the run was started, if it lies there: so that servers find the file in their copy of it. */
static gchar *
shown_path (const gchar *path)
{
  g_autofree gchar *here = g_get_current_dir ();
  gsize length = strlen (here);

  if (path != NULL && g_str_has_prefix (path, here) && path[length] == '/')
    return g_strdup (path + length + 1);
  return g_strdup (path);
}

static void
append_line (GString *text, const gchar *label, const gchar *value)
{
  if (value != NULL && *value != '\0')
    g_string_append_printf (text, "%s: %s\n", label, value);
}

static void
append_bad (GString *xml, const IpcResult *result, const gchar *element)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree gchar *message = xml_escape (result->reason), *escaped = NULL;

  append_line (text, "expected", result->expected);
  append_line (text, "seen", result->seen);
  for (guint i = 0; i < result->findings->len; i++) {
    const IpcFinding *finding = g_ptr_array_index (result->findings, i);
    g_string_append_printf (text, "[%s %s] %s\n", finding->rule,
        finding->requirement != NULL ? finding->requirement : "-", finding->text != NULL ? finding->text : "");
  }
  append_line (text, "artifacts", result->folder);
  append_line (text, "repeat", result->command);
  escaped = xml_escape (text->str);
  g_string_append_printf (xml, "      <%s type=\"%s\" message=\"%s\">%s</%s>\n", element,
      ipc_verdict_name (result->verdict), message, escaped, element);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *)a, *(const gchar *const *)b);
}

static void
append_attachments (GString *text, const gchar *folder)
{
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "[[ATTACHMENT|%s/%s]]\n", folder, (gchar *)g_ptr_array_index (names, i));
}

/* Of everything that failed, also as it was known to. */
static void
append_output (GString *xml, const IpcResult *result)
{
  g_autofree gchar *block = ipc_failure_text (result, FALSE, NULL, NULL), *escaped = NULL;
  g_autoptr (GString) text = g_string_new (block);

  append_attachments (text, result->folder);
  escaped = xml_escape (text->str);
  g_string_append_printf (xml, "      <system-out>%s</system-out>\n", escaped);
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
  g_autofree gchar *path = shown_path (result->file);
  g_autofree gchar *file = xml_escape (path);
  gchar seconds[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (seconds, sizeof seconds, "%.3f", result->seconds);
  g_string_append_printf (
      xml, "    <testcase classname=\"%s\" name=\"%s\" file=\"%s\" time=\"%s\">\n", class_name, name, file, seconds);
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
  if (result->raw != IPC_VERDICT_PASS)
    append_output (xml, result);
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

static void
append_property (GString *xml, const gchar *name, const gchar *value)
{
  g_autofree gchar *escaped = xml_escape (value);

  if (value != NULL)
    g_string_append_printf (xml, "      <property name=\"%s\" value=\"%s\"/>\n", name, escaped);
}

/* What was judged, and how to do it again. */
static void
append_properties (GString *xml, const IpcRunReport *run)
{
  g_string_append (xml, "    <properties>\n");
  append_property (xml, "master", run->master.name);
  append_property (xml, "master.plugin", run->master.plugin);
  append_property (xml, "master.plugin-version", run->master.plugin_version);
  append_property (xml, "master.gstreamer", run->master.gstreamer);
  append_property (xml, "slave", run->slave.name);
  append_property (xml, "slave.plugin", run->slave.plugin);
  append_property (xml, "slave.plugin-version", run->slave.plugin_version);
  append_property (xml, "slave.gstreamer", run->slave.gstreamer);
  append_property (xml, "command", run->command);
  g_string_append (xml, "    </properties>\n");
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
  append_properties (xml, run);
  for (guint i = 0; i < run->results->len; i++)
    append_case (xml, g_ptr_array_index (run->results, i));
  if (!is_complete (run))
    append_missing (xml, run);
  g_string_append (xml, "  </testsuite>\n</testsuites>\n");
  return g_file_set_contents (path, xml->str, xml->len, error);
}
