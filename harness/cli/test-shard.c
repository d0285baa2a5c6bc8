/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shards: every case in one, all of one size, the same everywhere, and little moves when cases come and go.
 */
#include <string.h>

#include "shard.h"

static GPtrArray *
new_names (guint n)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (names, g_strdup_printf ("folder-%u/case[n=%u]", i % 7, i));
  return names;
}

static void
test_balance (void)
{
  static const guint numbers[][2] = { { 1, 1 }, { 5, 1 }, { 7, 3 }, { 400, 4 }, { 401, 8 }, { 3, 5 }, { 0, 2 } };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autoptr (GPtrArray) names = new_names (numbers[i][0]);
    guint n_shards = numbers[i][1];
    g_autofree guint *shards = ipc_shard_assign (names, n_shards);
    g_autofree guint *counts = g_new0 (guint, n_shards + 1);
    for (guint k = 0; k < names->len; k++) {
      g_assert_cmpuint (shards[k], >=, 1);
      g_assert_cmpuint (shards[k], <=, n_shards);
      counts[shards[k]]++;
    }
    for (guint shard = 1; shard <= n_shards; shard++) {
      g_assert_cmpuint (counts[shard], >=, names->len / n_shards);
      g_assert_cmpuint (counts[shard], <=, names->len / n_shards + 1);
    }
  }
}

/* Shuffled machines agree. */
static void
test_order_is_of_no_matter (void)
{
  g_autoptr (GPtrArray) names = new_names (100), reversed = g_ptr_array_new ();
  g_autofree guint *shards = ipc_shard_assign (names, 4), *others = NULL;

  for (guint i = names->len; i > 0; i--)
    g_ptr_array_add (reversed, g_ptr_array_index (names, i - 1));
  others = ipc_shard_assign (reversed, 4);
  for (guint i = 0; i < names->len; i++)
    g_assert_cmpuint (shards[i], ==, others[names->len - 1 - i]);
}

static void
test_little_moves (void)
{
  g_autoptr (GPtrArray) names = new_names (401);
  g_autofree guint *before = NULL, *after = ipc_shard_assign (names, 4);
  guint n_moved = 0;

  g_ptr_array_set_size (names, 400);
  before = ipc_shard_assign (names, 4);
  for (guint i = 0; i < 400; i++)
    n_moved += before[i] != after[i];
  g_assert_cmpuint (n_moved, <=, 20);
}

/* Fixed for all time: machines with different builds share a run. */
static void
test_known_assignment (void)
{
  static const gchar *const known[] = { "a", "b", "seek/flushing-playing", "seek/flushing-paused" };
  static const guint expected[] = { 3, 1, 4, 2 };
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree guint *shards = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    g_ptr_array_add (names, (gpointer)known[i]);
  shards = ipc_shard_assign (names, 4);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    g_assert_cmpuint (shards[i], ==, expected[i]);
}

static void
test_parse (void)
{
  static const gchar *const bad[]
      = { "", "1", "/", "0/2", "3/2", "1/0", "1/1001", "-1/2", "+1/2", "1/2/3", "1 /2", "a/b", "1/", "/2" };
  guint shard, n_shards;
  g_autoptr (GError) none = NULL;

  g_assert_true (ipc_shard_parse ("2/4", &shard, &n_shards, &none));
  g_assert_no_error (none);
  g_assert_cmpuint (shard, ==, 2);
  g_assert_cmpuint (n_shards, ==, 4);
  g_assert_true (ipc_shard_parse ("1000/1000", &shard, &n_shards, &none));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (ipc_shard_parse (bad[i], &shard, &n_shards, &error));
    g_assert_nonnull (strstr (error->message, "expected I/N"));
  }
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shard/each-case-is-in-one-and-all-have-the-same-size", test_balance);
  g_test_add_func ("/shard/the-order-of-the-cases-is-of-no-matter", test_order_is_of_no_matter);
  g_test_add_func ("/shard/a-case-more-moves-few-others", test_little_moves);
  g_test_add_func ("/shard/what-was-assigned-once-stays-so", test_known_assignment);
  g_test_add_func ("/shard/only-i-of-n-is-a-shard", test_parse);
  return g_test_run ();
}
