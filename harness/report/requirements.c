/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of protocol.md, read out of its tables: | ID | MUST or SHOULD | the rule |, and for packets
 * | ID | number | name | direction | reply | payload |.
 */
#include "requirements.h"

#include <string.h>

#include "html.h"

static gboolean
is_id (const gchar *word)
{
  const gchar *dash = strchr (word, '-');

  return dash != NULL && dash > word && dash[1] != '\0'
         && strspn (word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == strlen (word) && g_ascii_isupper (word[0]);
}

/* Cells of a row of a table, stripped; NULL when the line is none. */
static gchar **
cells_of (const gchar *line)
{
  gchar **cells;
  gsize length = strlen (line);
  g_autofree gchar *inner = NULL;

  if (length < 4 || !g_str_has_prefix (line, "| ") || line[length - 1] != '|')
    return NULL;
  inner = g_strndup (line + 2, length - 3);
  cells = g_strsplit (inner, " | ", -1);
  for (guint i = 0; cells[i] != NULL; i++)
    g_strstrip (cells[i]);
  return cells;
}

/* What it takes from @cells stays allocated for the life of the process. */
static void
add_row (GArray *rules, gchar **cells)
{
  guint n = g_strv_length (cells);
  IpcRequirement rule = { NULL, "", NULL };

  if (n >= 6 && g_str_has_prefix (cells[0], "PKT-"))
    rule.text = g_strdup_printf ("%s (type %s, %s, reply %s): %s", cells[2], cells[1], cells[3], cells[4], cells[5]);
  else if (n >= 3 && (g_str_equal (cells[1], "MUST") || g_str_equal (cells[1], "SHOULD")))
    rule.text = g_strjoinv (" | ", cells + 2);
  if (rule.text == NULL)
    return;
  if (!g_str_has_prefix (cells[0], "PKT-"))
    rule.level = g_strdup (cells[1]);
  rule.id = g_strdup (cells[0]);
  g_array_append_val (rules, rule);
}

static GArray *
read_rules (void)
{
  GArray *rules = g_array_new (TRUE, TRUE, sizeof (IpcRequirement));
  g_auto (GStrv) lines = g_strsplit (ipc_html_file ("protocol.md"), "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) cells = cells_of (lines[i]);
    if (cells != NULL && cells[0] != NULL && is_id (cells[0]))
      add_row (rules, cells);
  }
  return rules;
}

const IpcRequirement *
ipc_requirements (guint *n_requirements)
{
  static GArray *rules;
  static gsize once;

  if (g_once_init_enter (&once)) {
    rules = read_rules ();
    g_once_init_leave (&once, 1);
  }
  *n_requirements = rules->len;
  return (const IpcRequirement *)(gconstpointer)rules->data;
}

const IpcRequirement *
ipc_requirement_find (const gchar *id)
{
  guint n;
  const IpcRequirement *rules = ipc_requirements (&n);

  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (rules[i].id, id) == 0)
      return &rules[i];
  return NULL;
}
