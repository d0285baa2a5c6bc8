/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CHECK_ALIGN_H
#define IPC_CHECK_ALIGN_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * What was sent against what arrived: two lists in order, of which some entries may be missing for a good reason.
 * Finds the pairing that leaves the fewest entries unexplained, so that equal entries (the same second played
 * twice after a seek) are not taken for each other.
 */

typedef struct {
  guint n_sent, n_arrived;
  /* TRUE when the two are the same thing, unchanged. */
  gboolean (*same) (guint sent, guint arrived, gpointer data);
  /* TRUE when there is a good reason for this one to be missing on the other side. */
  gboolean (*may_be_lost) (guint sent, gpointer data);
  gboolean (*may_be_surplus) (guint arrived, gpointer data);
  gpointer data;
} IpcAlignment;

/* Returns for each sent entry the index of its arrived one, or G_MAXUINT; n_sent entries, caller frees. @arrived_from
 * (may be NULL) gets the opposite, n_arrived entries. */
guint *ipc_align (const IpcAlignment *alignment, guint **arrived_from);

G_END_DECLS
#endif
