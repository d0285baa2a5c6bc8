/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Backtraces of cores. The thread that crashed comes last, because a failure's text shows the end of each log.
 */
#include "backtrace.h"

#include <string.h>

#define MAX_FRAMES "11"

static gchar *
run_gdb (const gchar *program, const gchar *core)
{
  const gchar *const argv[]
      = { "gdb", "-nx", "-batch", "-iex", "set debuginfod enabled off", "-ex", "thread apply all -q backtrace", "-ex",
          "echo \\nThe thread that crashed:\\n", "-ex", "backtrace " MAX_FRAMES, program, core, NULL };
  g_autofree gchar *output = NULL, *complaints = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_spawn_sync (NULL, (gchar **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &complaints, NULL, &error))
    return g_strdup_printf ("no backtrace of %s: %s\n", core, error->message);
  return *output != '\0' ? g_steal_pointer (&output) : g_steal_pointer (&complaints);
}

static void
write_backtrace (const gchar *folder, const gchar *name, const gchar *program)
{
  g_autofree gchar *core = g_build_filename (folder, name, NULL), *path = g_strconcat (core, ".backtrace.log", NULL);
  g_autofree gchar *text = run_gdb (program, core);
  g_autoptr (GError) error = NULL;

  if (!g_file_set_contents (path, text, -1, &error))
    g_printerr ("%s\n", error->message);
}

static gboolean
is_core (const gchar *name)
{
  return g_str_equal (name, "core") || (g_str_has_prefix (name, "core.") && !g_str_has_suffix (name, ".log"));
}

void
ipc_backtrace_write (const gchar *folder, const gchar *worker)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) cores = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) words = NULL;
  const gchar *name;

  if (!g_shell_parse_argv (worker, NULL, &words, NULL))
    return;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (is_core (name))
      g_ptr_array_add (cores, g_strdup (name));
  for (guint i = 0; i < cores->len; i++)
    write_backtrace (folder, g_ptr_array_index (cores, i), words[0]);
}
