/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rendezvous hashing with a limit: a case prefers shards in an order that comes from its name alone, and gets the first
 * that has room. Cases choose in an order that comes from their names, too, so that all machines agree.
 */
#include "shard.h"

#include <string.h>

#define MAX_SHARDS 1000

gboolean
ipc_shard_parse (const gchar *text, guint *shard, guint *n_shards, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 2);
  guint64 i, n;

  if (g_strv_length (parts) == 2 && g_ascii_string_to_unsigned (parts[1], 10, 1, MAX_SHARDS, &n, NULL)
      && g_ascii_string_to_unsigned (parts[0], 10, 1, n, &i, NULL)) {
    *shard = i;
    *n_shards = n;
    return TRUE;
  }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "--shard %s: expected I/N with 1 <= I <= N <= %d, as in 2/4", text, MAX_SHARDS);
  return FALSE;
}

/* The same on every machine, which g_str_hash() does not promise. */
static guint64
hash (const gchar *name, guint number)
{
  g_autofree gchar *text = g_strdup_printf ("%u/%s", number, name);
  g_autofree gchar *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  digest[16] = '\0';
  return g_ascii_strtoull (digest, NULL, 16);
}

typedef struct {
  const gchar *name;
  guint index;
  guint64 order;
} Entry;

static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *ea = a, *eb = b;

  if (ea->order != eb->order)
    return ea->order < eb->order ? -1 : 1;
  return strcmp (ea->name, eb->name);
}

/* The shard with room that @name likes best. @room: of shard n in n - 1. */
static guint
choose (const gchar *name, const guint *room, guint n_shards)
{
  guint best = 0;
  guint64 best_hash = 0;

  for (guint shard = 1; shard <= n_shards; shard++) {
    guint64 liked = room[shard - 1] > 0 ? hash (name, shard) : 0;
    if (room[shard - 1] > 0 && (best == 0 || liked > best_hash)) {
      best = shard;
      best_hash = liked;
    }
  }
  return best;
}

guint *
ipc_shard_assign (GPtrArray *names, guint n_shards)
{
  guint *shards = g_new (guint, MAX (names->len, 1));
  g_autofree Entry *entries = g_new (Entry, MAX (names->len, 1));
  g_autofree guint *room = g_new (guint, n_shards);

  for (guint i = 0; i < n_shards; i++)
    room[i] = names->len / n_shards + (i < names->len % n_shards ? 1 : 0);
  for (guint i = 0; i < names->len; i++) {
    const gchar *name = g_ptr_array_index (names, i);
    entries[i] = (Entry){ name, i, hash (name, 0) };
  }
  qsort (entries, names->len, sizeof *entries, compare_entries);
  for (guint i = 0; i < names->len; i++) {
    guint shard = choose (entries[i].name, room, n_shards);
    shards[entries[i].index] = shard;
    room[shard - 1]--;
  }
  return shards;
}
