/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "table.h"

#include <string.h>

IpcBenchTable *
ipc_bench_table_new (const gchar *title, guint n_left, const gchar *const *head)
{
  IpcBenchTable *table = g_new0 (IpcBenchTable, 1);

  table->title = g_strdup (title);
  table->n_left = n_left;
  table->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  g_ptr_array_add (table->rows, g_strdupv ((gchar **)head));
  return table;
}

void
ipc_bench_table_free (IpcBenchTable *table)
{
  g_free (table->title);
  g_ptr_array_unref (table->rows);
  g_free (table);
}

static guint
n_columns (const IpcBenchTable *table)
{
  return g_strv_length (g_ptr_array_index (table->rows, 0));
}

void
ipc_bench_table_add (IpcBenchTable *table, gchar *text)
{
  gchar **row = g_ptr_array_index (table->rows, table->rows->len - 1);
  guint length = g_strv_length (row);

  if (length == n_columns (table)) {
    row = g_new0 (gchar *, length + 1);
    g_ptr_array_add (table->rows, row);
    length = 0;
  }
  row[length] = text;
}

static guint
width_of (const IpcBenchTable *table, guint column)
{
  guint width = 0;

  for (guint i = 0; i < table->rows->len; i++) {
    gchar **row = g_ptr_array_index (table->rows, i);
    width = MAX (width, g_utf8_strlen (row[column], -1));
  }
  return width;
}

static void
append_padded (GString *out, const gchar *text, guint width, gboolean left)
{
  guint blanks = width - g_utf8_strlen (text, -1);

  g_string_append_printf (out, "%*s%s%*s", left ? 0 : blanks, "", text, left ? blanks : 0, "");
}

/* @begin, between and end of each line. */
static void
append_row (
    const IpcBenchTable *table, GString *out, guint index, const gchar *begin, const gchar *between, const gchar *end)
{
  gchar **row = g_ptr_array_index (table->rows, index);
  gsize start = out->len;

  g_string_append (out, begin);
  for (guint column = 0; row[column] != NULL; column++) {
    if (column > 0)
      g_string_append (out, between);
    append_padded (out, row[column], width_of (table, column), column < table->n_left);
  }
  g_string_append (out, end);
  while (out->len > start && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '\n');
}

void
ipc_bench_table_append_text (const IpcBenchTable *table, GString *out)
{
  g_string_append_printf (out, "\n%s\n\n", table->title);
  for (guint i = 0; i < table->rows->len; i++)
    append_row (table, out, i, "  ", "  ", "");
}

void
ipc_bench_table_append_markdown (const IpcBenchTable *table, GString *out)
{
  g_string_append_printf (out, "\n%s\n\n", table->title);
  for (guint i = 0; i < table->rows->len; i++) {
    append_row (table, out, i, "| ", " | ", " |");
    if (i > 0)
      continue;
    for (guint column = 0; column < n_columns (table); column++)
      g_string_append (out, column < table->n_left ? "| --- " : "| ---: ");
    g_string_append (out, "|\n");
  }
}

void
ipc_bench_table_append_html (const IpcBenchTable *table, GString *out)
{
  g_autofree gchar *title = g_markup_escape_text (table->title, -1);

  g_string_append_printf (out, "<h3>%s</h3>\n<table>\n", title);
  for (guint i = 0; i < table->rows->len; i++) {
    gchar **row = g_ptr_array_index (table->rows, i);
    gchar **before = g_ptr_array_index (table->rows, MAX (i, 1) - 1);

    /* rows that begin with the same belong together */
    g_string_append (out, i > 1 && !g_str_equal (row[0], before[0]) ? "<tr class=first>" : "<tr>");
    for (guint column = 0; row[column] != NULL; column++) {
      g_autofree gchar *text = g_markup_escape_text (row[column], -1);
      g_string_append_printf (out, "<%s%s>%s</%s>", i == 0 ? "th" : "td", column < table->n_left ? "" : " class=n",
          text, i == 0 ? "th" : "td");
    }
    g_string_append (out, "</tr>\n");
  }
  g_string_append (out, "</table>\n");
}
