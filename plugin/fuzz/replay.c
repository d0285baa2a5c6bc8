/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a target over inputs that are given as files or folders, each once, and says so in TAP: what libFuzzer
 * found once stays found, also where there is no libFuzzer.
 */

#include "fuzz.h"

#include <stdio.h>

static void
add_folder (GPtrArray *paths, const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir)))
    g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const gchar *const *)a, *(const gchar *const *)b);
}

static gboolean
replay (const gchar *path, guint number)
{
  g_autofree gchar *contents = NULL;
  g_autofree gchar *name = g_path_get_basename (path);
  g_autoptr (GError) error = NULL;
  gsize size = 0;

  if (!g_file_get_contents (path, &contents, &size, &error)) {
    printf ("not ok %u - %s: %s\n", number, name, error->message);
    return FALSE;
  }
  /* said first, for whoever looks for the input that ends the process */
  fprintf (stderr, "# %s\n", path);
  LLVMFuzzerTestOneInput ((const guint8 *)contents, size);
  printf ("ok %u - %s\n", number, name);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  gboolean good;

  if (argc < 2) {
    fprintf (stderr, "Usage: %s FILE-OR-FOLDER...\n", argv[0]);
    return 2;
  }
  LLVMFuzzerInitialize (&argc, &argv);
  for (gint i = 1; i < argc; i++) {
    if (g_file_test (argv[i], G_FILE_TEST_IS_DIR))
      add_folder (paths, argv[i]);
    else
      g_ptr_array_add (paths, g_strdup (argv[i]));
  }
  g_ptr_array_sort (paths, compare);
  good = paths->len > 0;
  printf ("1..%u\n", paths->len);
  for (guint i = 0; i < paths->len; i++)
    good = replay (paths->pdata[i], i + 1) && good;
  return good ? 0 : 1;
}
