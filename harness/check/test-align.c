/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pairing of two lists, on lists of letters: a capital letter may be missing on the other side.
 */
#include <string.h>

#include "align.h"

typedef struct {
  const gchar *sent, *arrived;
} Lists;

static gboolean
same (guint sent, guint arrived, gpointer data)
{
  const Lists *lists = data;
  return g_ascii_toupper (lists->sent[sent]) == g_ascii_toupper (lists->arrived[arrived]);
}

static gboolean
may_be_lost (guint sent, gpointer data)
{
  return g_ascii_isupper (((const Lists *)data)->sent[sent]);
}

static gboolean
may_be_surplus (guint arrived, gpointer data)
{
  return g_ascii_isupper (((const Lists *)data)->arrived[arrived]);
}

/* @expected: for each sent one the position (from 0) of its arrived one, or `-`. */
static void
check (const gchar *sent, const gchar *arrived, const gchar *expected)
{
  Lists lists = { sent, arrived };
  IpcAlignment alignment = { strlen (sent), strlen (arrived), same, may_be_lost, may_be_surplus, &lists };
  g_autofree guint *back = NULL;
  g_autofree guint *map = ipc_align (&alignment, &back);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < alignment.n_sent; i++) {
    g_string_append_c (text, map[i] == G_MAXUINT ? '-' : '0' + map[i]);
    if (map[i] != G_MAXUINT)
      g_assert_cmpuint (back[map[i]], ==, i);
  }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_equal (void)
{
  check ("abc", "abc", "012");
  check ("", "", "");
  check ("abc", "", "---");
  check ("", "abc", "");
}

static void
test_missing (void)
{
  check ("abc", "ac", "0-1");
  check ("abc", "bc", "-01");
  check ("abc", "axc", "0-2");
}

/* The first one was lost in a flush, the second one, which looks the same, arrived. */
static void
test_excused_is_skipped (void)
{
  check ("Aab", "ab", "-01");
  check ("abCabc", "ababc", "01-234");
}

static void
test_surplus (void)
{
  check ("ab", "aAb", "02");
  check ("ab", "axb", "02");
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/align/equal-lists-pair-up", test_equal);
  g_test_add_func ("/align/a-missing-one-leaves-the-others-paired", test_missing);
  g_test_add_func ("/align/the-one-that-may-be-lost-is-the-lost-one", test_excused_is_skipped);
  g_test_add_func ("/align/a-surplus-one-leaves-the-others-paired", test_surplus);
  return g_test_run ();
}
