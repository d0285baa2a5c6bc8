/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the list of requirements that no scenario shows. An entry without a reason, or of a requirement that there is
 * not, is a mistake: the list excuses nothing by accident.
 */
#include "not-shown.h"

#include "cli.h"
#include "report/requirements.h"

static void
entry_free (gpointer data)
{
  IpcNotShown *entry = data;

  g_free (entry->id);
  g_free (entry->reason);
  g_free (entry);
}

const IpcNotShown *
ipc_not_shown_find (GPtrArray *list, const gchar *id)
{
  for (guint i = 0; i < list->len; i++) {
    const IpcNotShown *entry = g_ptr_array_index (list, i);
    if (g_str_equal (entry->id, id))
      return entry;
  }
  return NULL;
}

/* FALSE after saying what is wrong with @line. */
static gboolean
add_line (GPtrArray *list, const gchar *file, guint number, const gchar *line)
{
  g_auto (GStrv) parts = g_strsplit (line, ": ", 2);
  const gchar *wrong = NULL;
  IpcNotShown *entry;

  if (g_strv_length (parts) != 2 || *g_strstrip (parts[1]) == '\0')
    wrong = "expected \"ID: reason\"";
  else if (ipc_requirement_find (parts[0]) == NULL)
    wrong = "docs/protocol.md has no such requirement";
  else if (ipc_not_shown_find (list, parts[0]) != NULL)
    wrong = "it is there twice";
  if (wrong != NULL) {
    g_printerr ("%s:%u: %s: %s\n", file, number, line, wrong);
    return FALSE;
  }
  entry = g_new0 (IpcNotShown, 1);
  entry->id = g_strdup (parts[0]);
  entry->reason = g_strdup (parts[1]);
  entry->line = number;
  g_ptr_array_add (list, entry);
  return TRUE;
}

static void
go_on (IpcNotShown *entry, const gchar *line)
{
  g_autofree gchar *rest = g_strstrip (g_strdup (line));
  gchar *reason = g_strdup_printf ("%s %s", entry->reason, rest);

  g_free (entry->reason);
  entry->reason = reason;
}

GPtrArray *
ipc_not_shown_load (const gchar *file)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (entry_free);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean good = TRUE;

  if (!g_file_get_contents (file, &text, NULL, &error)) {
    ipc_cli_complain ("%s", error->message);
    return NULL;
  }
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (*lines[i] == '#' || *lines[i] == '\0')
      continue;
    if (*lines[i] == ' ' && list->len > 0)
      go_on (g_ptr_array_index (list, list->len - 1), lines[i]);
    else
      good = add_line (list, file, i + 1, lines[i]) && good;
  }
  return good ? g_steal_pointer (&list) : NULL;
}
