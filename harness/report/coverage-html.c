/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The heat map: a table a group, a cell a number of cases; what is missing stands out, what cannot occur says why. It
 * is plain HTML without scripts, so that it can be read with anything.
 */
#include <string.h>

#include "coverage-table.h"
#include "coverage.h"
#include "html.h"

typedef struct {
  const IpcCoverage *coverage;
  const gchar *lines;
  GString *out;
} Page;

static void
append_escaped (GString *out, const gchar *text)
{
  g_autofree gchar *escaped = ipc_html_escape (text);
  g_string_append (out, escaped);
}

static const gchar *
heat_of (guint n)
{
  return n == 0 ? "heat-0" : n == 1 ? "heat-1" : n < 10 ? "heat-2" : "heat-3";
}

static void
append_cell (Page *page, const gchar *cell)
{
  g_autoptr (GPtrArray) cases = ipc_coverage_cases (page->coverage, cell);
  const gchar *why = ipc_coverage_impossible (cell);

  if (cases->len == 0 && why != NULL) {
    g_string_append (page->out, "<td class=\"dim\" title=\"");
    append_escaped (page->out, why);
    g_string_append (page->out, "\">cannot be</td>");
  } else if (cases->len == 0) {
    g_string_append (page->out, "<td class=\"heat-0\"><strong>missing</strong></td>");
  } else {
    g_string_append_printf (page->out, "<td class=\"%s\" title=\"", heat_of (cases->len));
    append_escaped (page->out, g_ptr_array_index (cases, 0));
    if (cases->len > 1)
      g_string_append_printf (page->out, " and %u more", cases->len - 1);
    g_string_append_printf (page->out, "\">%u</td>", cases->len);
  }
}

static void
append_table (Page *page, const IpcCoverageGroup *group)
{
  g_string_append (page->out, "<div class=\"scroll\"><table class=\"heat\"><thead><tr><td></td>");
  for (guint column = 0; group->columns[column] != NULL; column++)
    g_string_append_printf (page->out, "<th scope=\"col\">%s</th>", group->columns[column]);
  g_string_append (page->out, "</tr></thead>\n<tbody>\n");
  for (guint row = 0; row < group->rows->len; row++) {
    const gchar *name = g_ptr_array_index (group->rows, row);
    g_string_append_printf (page->out, "<tr><th scope=\"row\">%s</th>", name);
    for (guint column = 0; group->columns[column] != NULL; column++) {
      g_autofree gchar *cell = ipc_coverage_cell (group, name, group->columns[column]);
      append_cell (page, cell);
    }
    g_string_append (page->out, "</tr>\n");
  }
  g_string_append (page->out, "</tbody></table></div>\n");
}

/* Without the name of the group, which stands above. */
static void
append_missing (Page *page, const IpcCoverageGroup *group)
{
  g_autoptr (GPtrArray) missing = ipc_coverage_missing (page->coverage);
  g_autofree gchar *prefix = g_strconcat (group->name, "/", NULL);
  guint n = 0;

  for (guint i = 0; i < missing->len; i++) {
    const gchar *cell = g_ptr_array_index (missing, i);
    if (!g_str_has_prefix (cell, prefix))
      continue;
    g_string_append (page->out, n++ == 0 ? "<p><strong>Missing:</strong> <span class=\"mono\">" : ", ");
    append_escaped (page->out, cell + strlen (prefix));
  }
  g_string_append (page->out, n > 0 ? "</span></p>\n" : "");
}

/* Which cases reach each cell, and why others cannot be reached: what the table shows on hovering, for all. */
static void
append_details (Page *page, const IpcCoverageGroup *group)
{
  g_string_append (page->out, "<details><summary>Which cases reach what</summary><dl>\n");
  for (guint row = 0; row < group->rows->len; row++) {
    for (guint column = 0; group->columns[column] != NULL; column++) {
      const gchar *name = g_ptr_array_index (group->rows, row);
      g_autofree gchar *cell = ipc_coverage_cell (group, name, group->columns[column]);
      g_autoptr (GPtrArray) cases = ipc_coverage_cases (page->coverage, cell);
      const gchar *why = ipc_coverage_impossible (cell);
      g_string_append_printf (page->out, "<dt>%s, %s</dt><dd class=\"dim\">", name, group->columns[column]);
      if (cases->len == 0)
        append_escaped (page->out, why != NULL ? why : "missing");
      for (guint i = 0; i < MIN (cases->len, 12); i++) {
        g_string_append (page->out, i > 0 ? ", " : "");
        append_escaped (page->out, g_ptr_array_index (cases, i));
      }
      if (cases->len > 12)
        g_string_append_printf (page->out, " and %u more", cases->len - 12);
      g_string_append (page->out, "</dd>\n");
    }
  }
  g_string_append (page->out, "</dl></details>\n");
}

static void
append_overview (Page *page)
{
  g_autofree gchar *count = ipc_coverage_count_text (ipc_coverage_count (page->coverage, NULL));
  GHashTableIter iter;
  gpointer run;

  g_string_append_printf (page->out, "<h1>Protocol coverage: %s</h1>\n", count);
  g_string_append (page->out, "<p>What was seen on the wire, of what can occur there. A number is how many cases reach "
                              "a cell.</p>\n<p class=\"note\">Runs:");
  g_hash_table_iter_init (&iter, page->coverage->runs);
  while (g_hash_table_iter_next (&iter, &run, NULL)) {
    g_string_append_c (page->out, ' ');
    append_escaped (page->out, run);
    g_string_append_c (page->out, ';');
  }
  g_string_append (page->out, "</p>\n");
  if (page->lines != NULL) {
    g_string_append (page->out, "<p><a href=\"");
    append_escaped (page->out, page->lines);
    g_string_append (page->out, "\">Which lines and branches of the code were run</a></p>\n");
  }
}

static void
append_contents (Page *page)
{
  GPtrArray *groups = ipc_coverage_groups ();

  g_string_append (page->out, "<h2>Groups</h2>\n<table><thead><tr><th>Group</th><th class=\"number\">Covered</th>"
                              "<th>What</th><th>Requirements</th></tr></thead><tbody>\n");
  for (guint i = 0; i < groups->len; i++) {
    const IpcCoverageGroup *group = g_ptr_array_index (groups, i);
    IpcCoverageCount count = ipc_coverage_count (page->coverage, group->name);
    g_string_append_printf (page->out, "<tr><td><a href=\"#%s\">%s</a></td><td class=\"number%s\">%u of %u</td><td>",
        group->name, group->name, count.covered < count.possible ? " heat-0" : "", count.covered, count.possible);
    append_escaped (page->out, group->title);
    g_string_append_printf (page->out, "</td><td>%s</td></tr>\n", group->requirements);
  }
  g_string_append (page->out, "</tbody></table>\n");
}

gboolean
ipc_coverage_save_html (const IpcCoverage *coverage, const gchar *path, const gchar *lines, GError **error)
{
  g_autoptr (GString) body = g_string_new (NULL);
  Page page = { coverage, lines, body };
  GPtrArray *groups = ipc_coverage_groups ();
  const IpcHtmlPage html = { .title = "Protocol coverage" };
  IpcHtmlPage whole = html;

  append_overview (&page);
  append_contents (&page);
  for (guint i = 0; i < groups->len; i++) {
    const IpcCoverageGroup *group = g_ptr_array_index (groups, i);
    g_string_append_printf (body, "<h2 id=\"%s\">", group->name);
    append_escaped (body, group->title);
    g_string_append_printf (body, "</h2>\n<p class=\"note\">%s</p>\n", group->requirements);
    append_missing (&page, group);
    append_table (&page, group);
    append_details (&page, group);
  }
  whole.body = body->str;
  return ipc_html_save (&whole, path, error);
}
