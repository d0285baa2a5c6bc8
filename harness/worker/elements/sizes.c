/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The size of a buffer depends on its number alone, so that a seek finds the same buffers again. */

#include "sizes.h"

/* A buffer of more is a mistake rather than a test. */
#define SIZE_MAX_BYTES (G_GUINT64_CONSTANT (1) << 30)

static gboolean
read_size (const gchar *text, guint64 *size)
{
  return g_ascii_string_to_unsigned (text, 10, 0, SIZE_MAX_BYTES, size, NULL);
}

static gboolean
read_list (IpcSizes *sizes, const gchar *text)
{
  g_auto (GStrv) items = g_strsplit (text, ",", -1);
  guint64 size;

  sizes->list = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; items[i] != NULL; i++) {
    if (!read_size (items[i], &size))
      return FALSE;
    g_array_append_val (sizes->list, size);
  }
  return sizes->list->len > 0;
}

IpcSizes *
ipc_sizes_parse (const gchar *text)
{
  IpcSizes *sizes = g_new0 (IpcSizes, 1);
  g_auto (GStrv) ends = g_strsplit (text ? text : "", "-", 2);
  gboolean ok;

  if (g_strv_length (ends) == 2)
    ok = read_size (ends[0], &sizes->minimum) && read_size (ends[1], &sizes->maximum)
         && sizes->minimum <= sizes->maximum;
  else
    ok = text != NULL && read_list (sizes, text);
  if (!ok)
    g_clear_pointer (&sizes, ipc_sizes_free);
  return sizes;
}

void
ipc_sizes_free (IpcSizes *sizes)
{
  g_clear_pointer (&sizes->list, g_array_unref);
  g_free (sizes);
}

gsize
ipc_sizes_of (const IpcSizes *sizes, guint64 number)
{
  if (sizes->list != NULL)
    return g_array_index (sizes->list, guint64, number % sizes->list->len);
  return sizes->minimum
         + (number * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> 17) % (sizes->maximum - sizes->minimum + 1);
}
