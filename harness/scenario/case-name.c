/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of cases, and patterns for them. Nothing is kept.
 */
#include "case-name.h"

#include <string.h>

gsize
ipc_case_name_base (const gchar *name)
{
  const gchar *bracket = strchr (name, '[');

  return bracket ? (gsize)(bracket - name) : strlen (name);
}

/* "a=b", "c=d" of "base[a=b,c=d]", or NULL when the brackets are not closed or there are none. */
static gchar **
split_parameters (const gchar *name)
{
  gsize base = ipc_case_name_base (name), length = strlen (name);
  g_autofree gchar *inner = NULL;

  if (base == length || name[length - 1] != ']')
    return NULL;
  inner = g_strndup (name + base + 1, length - base - 2);
  return g_strsplit (inner, ",", -1);
}

static gboolean
any_matches (const gchar *pattern, gchar **texts)
{
  for (guint i = 0; texts[i]; i++)
    if (g_pattern_match_simple (pattern, texts[i]))
      return TRUE;
  return FALSE;
}

/* Whether each "name=label" of the pattern's brackets is a parameter of the case. */
static gboolean
parameters_match (const gchar *pattern, const gchar *name)
{
  g_auto (GStrv) wanted = split_parameters (pattern), given = split_parameters (name);

  if (!wanted || !wanted[0] || !given)
    return FALSE;
  for (guint i = 0; wanted[i]; i++)
    if (!strchr (wanted[i], '=') || !any_matches (wanted[i], given))
      return FALSE;
  return TRUE;
}

/**
 * ipc_case_name_matches:
 * @pattern: what a user wrote
 * @name: name of a case
 *
 * Returns: whether @name is meant
 */
gboolean
ipc_case_name_matches (const gchar *pattern, const gchar *name)
{
  gsize base_length = ipc_case_name_base (name), pattern_length = ipc_case_name_base (pattern);
  g_autofree gchar *base = g_strndup (name, base_length), *base_pattern = g_strndup (pattern, pattern_length);

  if (g_str_equal (pattern, name) || g_pattern_match_simple (pattern, name))
    return TRUE;
  if (!g_pattern_match_simple (base_pattern, base))
    return FALSE;
  return pattern[pattern_length] == '\0' || parameters_match (pattern, name);
}

/**
 * ipc_case_name_spells:
 * @pattern: what a user wrote
 * @labels: parameters of a case
 *
 * Returns: whether the user asked for every one of them by its name
 */
gboolean
ipc_case_name_spells (const gchar *pattern, const gchar *const *labels)
{
  g_auto (GStrv) given = split_parameters (pattern);

  for (guint i = 0; labels[i]; i++)
    if (!given || !g_strv_contains ((const gchar *const *)given, labels[i]))
      return FALSE;
  return TRUE;
}
