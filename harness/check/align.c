/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pairing of two lists. Taking the first equal entry each time is right nearly always and costs nothing; only when
 * that leaves something unexplained, the best pairing is searched by dynamic programming over a table of
 * one byte per pair of entries.
 */
#include "align.h"

/* Above this many cells the quick pairing has to do: memory is for the pipelines under test. */
#define MAX_CELLS (128u * 1024 * 1024)

enum { STEP_MATCH, STEP_SKIP_SENT, STEP_SKIP_ARRIVED };

static guint *
new_map (guint n)
{
  guint *map = g_new (guint, n + 1);
  for (guint i = 0; i <= n; i++)
    map[i] = G_MAXUINT;
  return map;
}

/* Returns TRUE when nothing is left unexplained. */
static gboolean
align_quickly (const IpcAlignment *a, guint *to_arrived, guint *to_sent)
{
  gboolean explained = TRUE;
  guint sent = 0;

  for (guint arrived = 0; arrived < a->n_arrived; arrived++) {
    guint at = sent;
    while (at < a->n_sent && !a->same (at, arrived, a->data))
      at++;
    if (at == a->n_sent) {
      explained = explained && a->may_be_surplus (arrived, a->data);
      continue;
    }
    to_arrived[at] = arrived;
    to_sent[arrived] = at;
    sent = at + 1;
  }
  for (guint i = 0; explained && i < a->n_sent; i++)
    explained = to_arrived[i] != G_MAXUINT || a->may_be_lost (i, a->data);
  return explained;
}

/* Fills in the table from its end, so that following it from the start gives the pairing. */
static void
fill_table (const IpcAlignment *a, guint8 *table)
{
  guint width = a->n_arrived + 1;
  g_autofree guint *below = g_new0 (guint, width), *row = g_new0 (guint, width);

  for (guint i = a->n_sent + 1; i-- > 0;) {
    guint sent_cost = i < a->n_sent && !a->may_be_lost (i, a->data) ? 1 : 0;
    for (guint j = width; j-- > 0;) {
      guint best = G_MAXUINT;
      guint8 step = STEP_SKIP_SENT;
      if (i < a->n_sent)
        best = below[j] + sent_cost;
      if (j < a->n_arrived) {
        guint cost = row[j + 1] + (a->may_be_surplus (j, a->data) ? 0 : 1);
        if (cost < best) {
          best = cost;
          step = STEP_SKIP_ARRIVED;
        }
      }
      if (i < a->n_sent && j < a->n_arrived && below[j + 1] <= best && a->same (i, j, a->data)) {
        best = below[j + 1];
        step = STEP_MATCH;
      }
      row[j] = best == G_MAXUINT ? 0 : best;
      table[(gsize)i * width + j] = step;
    }
    memcpy (below, row, width * sizeof (guint));
  }
}

static void
align_well (const IpcAlignment *a, guint *to_arrived, guint *to_sent)
{
  gsize width = a->n_arrived + 1;
  g_autofree guint8 *table = g_malloc ((a->n_sent + 1) * width);
  guint i = 0, j = 0;

  fill_table (a, table);
  while (i < a->n_sent || j < a->n_arrived) {
    switch (table[i * width + j]) {
    case STEP_MATCH:
      to_arrived[i] = j;
      to_sent[j++] = i++;
      break;
    case STEP_SKIP_SENT:
      i++;
      break;
    default:
      j++;
      break;
    }
  }
}

guint *
ipc_align (const IpcAlignment *alignment, guint **arrived_from)
{
  g_autofree guint *to_arrived = new_map (alignment->n_sent);
  g_autofree guint *to_sent = new_map (alignment->n_arrived);

  if (!align_quickly (alignment, to_arrived, to_sent)
      && (guint64)(alignment->n_sent + 1) * (alignment->n_arrived + 1) <= MAX_CELLS) {
    for (guint i = 0; i < alignment->n_sent; i++)
      to_arrived[i] = G_MAXUINT;
    for (guint j = 0; j < alignment->n_arrived; j++)
      to_sent[j] = G_MAXUINT;
    align_well (alignment, to_arrived, to_sent);
  }
  if (arrived_from != NULL)
    *arrived_from = g_steal_pointer (&to_sent);
  return g_steal_pointer (&to_arrived);
}
