/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The report folder. Replacing means removing what an older run left, so everything here is careful: only a folder
 * that carries our marker is touched, links in it are removed and never followed, and the lock on the marker keeps two
 * runs apart.
 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define MARKER ".gst-ipc-harness-report"

struct _IpcOutput {
  gchar *folder;
  gint lock; /* fd of the marker */
};

static gboolean
set_errno_error (GError **error, const gchar *what, const gchar *path)
{
  gint saved = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "cannot %s %s: %s", what, path, g_strerror (saved));
  return FALSE;
}

static gboolean
is_empty (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  return dir != NULL && g_dir_read_name (dir) == NULL;
}

/* Takes the lock of the marker in @folder, which must exist when @create is FALSE. -1 with @error. */
static gint
lock_marker (const gchar *folder, gboolean create, GError **error)
{
  g_autofree gchar *path = g_build_filename (folder, MARKER, NULL);
  gint fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT : 0), 0666);

  if (fd < 0) {
    set_errno_error (error, "open", path);
    return -1;
  }
  if (flock (fd, LOCK_EX | LOCK_NB) < 0) {
    close (fd);
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, "another run is writing to %s (choose another --output)", folder);
    return -1;
  }
  return fd;
}

static gint
remove_entry (const gchar *path, const struct stat *status, gint type, struct FTW *ftw)
{
  return ftw->level == 0 ? 0 : remove (path);
}

/* Empties the folder of an older run. The marker's lock is held meanwhile. */
static gboolean
empty_folder (const gchar *folder, GError **error)
{
  g_autofree gchar *marker = g_build_filename (folder, MARKER, NULL);
  gint lock;
  gboolean good;

  if (!g_file_test (marker, G_FILE_TEST_EXISTS)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
        "%s exists and is not a report of this program: it is not replaced (choose another --output)", folder);
    return FALSE;
  }
  lock = lock_marker (folder, FALSE, error);
  if (lock < 0)
    return FALSE;
  good = nftw (folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0;
  if (!good)
    set_errno_error (error, "remove what is in", folder);
  close (lock);
  return good;
}

/**
 * ipc_output_new:
 * @folder: the report folder, which need not exist
 * @error: return location of a #GIOErrorEnum error
 *
 * Returns: (transfer full): the folder, empty and locked; or %NULL
 */
IpcOutput *
ipc_output_new (const gchar *folder, GError **error)
{
  g_autofree gchar *path = g_canonicalize_filename (folder, NULL);
  IpcOutput *output;
  gint lock;

  if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY, "%s is not a folder (choose another --output)", path);
    return NULL;
  }
  if (g_file_test (path, G_FILE_TEST_EXISTS) && !is_empty (path) && !empty_folder (path, error))
    return NULL;
  if (g_mkdir_with_parents (path, 0777) < 0) {
    set_errno_error (error, "make the folder", path);
    return NULL;
  }
  lock = lock_marker (path, TRUE, error);
  if (lock < 0)
    return NULL;
  output = g_new0 (IpcOutput, 1);
  output->folder = g_steal_pointer (&path);
  output->lock = lock;
  return output;
}

void
ipc_output_free (IpcOutput *output)
{
  if (output == NULL)
    return;
  close (output->lock);
  g_free (output->folder);
  g_free (output);
}

const gchar *
ipc_output_folder (IpcOutput *output)
{
  return output->folder;
}

gchar *
ipc_output_case_path (const gchar *folder, const gchar *name, guint round)
{
  g_autofree gchar *leaf = round > 1 ? g_strdup_printf ("%s.round-%u", name, round) : g_strdup (name);

  return g_build_filename (folder, "cases", leaf, NULL);
}

gchar *
ipc_output_case_folder (IpcOutput *output, const gchar *name, guint round, GError **error)
{
  g_autofree gchar *path = ipc_output_case_path (output->folder, name, round);
  g_autofree gchar *parent = g_path_get_dirname (path);

  if (g_mkdir_with_parents (parent, 0777) < 0) {
    set_errno_error (error, "make the folder", parent);
    return NULL;
  }
  return g_steal_pointer (&path);
}

/* Not links: what a report names lies in it. */
static gboolean
copy_file (const gchar *from, const gchar *to, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from), target = g_file_new_for_path (to);

  if (g_file_query_file_type (source, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL) != G_FILE_TYPE_REGULAR
      || link (from, to) == 0)
    return TRUE;
  return g_file_copy (source, target, G_FILE_COPY_NOFOLLOW_SYMLINKS, NULL, NULL, NULL, error);
}

gboolean
ipc_output_copy_files (const gchar *from, const gchar *to, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, error);
  const gchar *name;

  if (dir == NULL)
    return FALSE;
  if (g_mkdir_with_parents (to, 0777) < 0)
    return set_errno_error (error, "make the folder", to);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *source = g_build_filename (from, name, NULL), *target = g_build_filename (to, name, NULL);
    if (!copy_file (source, target, error))
      return FALSE;
  }
  return TRUE;
}

void
ipc_output_drop_captures (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) captures = g_ptr_array_new_with_free_func (g_free);
  const gchar *name;

  /* First all names: what is removed while a folder is read may hide others. */
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".bin"))
      g_ptr_array_add (captures, g_build_filename (folder, name, NULL));
  for (guint i = 0; i < captures->len; i++)
    unlink (g_ptr_array_index (captures, i));
}
