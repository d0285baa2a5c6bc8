/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mistakes in a scenario file: one line each, with the place and, for a wrong word, the nearest right one. The list
 * belongs to the caller of the loader; texts are built here so that all of them read alike.
 */
#include "mistake.h"

#include <string.h>

void
ipc_mistake_add (GPtrArray *mistakes, const gchar *file, guint line, const gchar *path, const gchar *format, ...)
{
  IpcScenarioMistake *mistake = g_new0 (IpcScenarioMistake, 1);
  va_list args;

  va_start (args, format);
  mistake->text = g_strdup_vprintf (format, args);
  va_end (args);
  mistake->file = g_strdup (file);
  mistake->line = line;
  mistake->path = g_strdup (path ? path : "$");
  g_ptr_array_add (mistakes, mistake);
}

/**
 * ipc_scenario_mistake_free:
 * @mistake: (nullable): what to free, with its texts
 */
void
ipc_scenario_mistake_free (IpcScenarioMistake *mistake)
{
  if (!mistake)
    return;
  g_free (mistake->file);
  g_free (mistake->path);
  g_free (mistake->text);
  g_free (mistake);
}

/**
 * ipc_scenario_mistake_to_string:
 * @mistake: a mistake
 *
 * Returns: "FILE:LINE: PATH: TEXT", without the line when it is not known. Caller frees.
 */
gchar *
ipc_scenario_mistake_to_string (const IpcScenarioMistake *mistake)
{
  if (mistake->line == 0)
    return g_strdup_printf ("%s: %s: %s", mistake->file, mistake->path, mistake->text);
  return g_strdup_printf ("%s:%u: %s: %s", mistake->file, mistake->line, mistake->path, mistake->text);
}

/* Changes, insertions, deletions and swaps of neighbours that make @a into @b; case costs nothing, so that "PLAYING"
 * finds "playing". Bytes, not characters: the right words are ASCII. */
static guint
edit_distance (const gchar *a, const gchar *b)
{
  gsize length_a = strlen (a), length_b = strlen (b), width = length_b + 1;
  g_autofree guint *table = g_new0 (guint, (length_a + 1) * width);

  for (gsize i = 0; i <= length_a; i++) {
    for (gsize j = 0; j <= length_b; j++) {
      guint best, differs;

      if (i == 0 || j == 0) {
        table[i * width + j] = (guint)(i + j);
        continue;
      }
      differs = g_ascii_tolower (a[i - 1]) != g_ascii_tolower (b[j - 1]);
      best = table[(i - 1) * width + j - 1] + differs;
      best = MIN (best, table[(i - 1) * width + j] + 1);
      best = MIN (best, table[i * width + j - 1] + 1);
      if (differs && i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        best = MIN (best, table[(i - 2) * width + j - 2] + 1);
      table[i * width + j] = best;
    }
  }
  return table[length_a * width + length_b];
}

const gchar *
ipc_words_nearest (const gchar *word, const gchar *const *words)
{
  const gchar *nearest = NULL;
  guint least = G_MAXUINT;
  gsize length = strlen (word);

  /* a text of a size that no word has is no misspelt word, and its table would be large */
  if (length > 64)
    return NULL;
  for (guint i = 0; words[i]; i++) {
    guint distance = edit_distance (word, words[i]);
    gsize shorter = MIN (length, strlen (words[i]));
    guint allowed = shorter < 2 ? 0 : (guint)MAX (1, shorter / 3);

    if (distance <= allowed && distance < least) {
      least = distance;
      nearest = words[i];
    }
  }
  return nearest;
}

gchar *
ipc_words_hint (const gchar *word, const gchar *const *words)
{
  const gchar *nearest = word ? ipc_words_nearest (word, words) : NULL;
  g_autofree gchar *list = NULL;

  if (nearest)
    return g_strdup_printf (": did you mean \"%s\"?", nearest);
  if (!words[0])
    return g_strdup (": there is none");
  list = g_strjoinv (", ", (gchar **)words);
  return g_strdup_printf (": expected one of %s", list);
}
