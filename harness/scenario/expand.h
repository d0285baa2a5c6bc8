/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_EXPAND_H
#define IPC_SCENARIO_EXPAND_H

#include "parameters.h"

G_BEGIN_DECLS

/*
 * A file -> the file of one case: parameters are replaced by their values, and what `for` says is written out. Which
 * place of the source each part comes from is kept in the reader's `sources`, so that mistakes name what the author
 * wrote.
 */

/* Values, lists and objects that one case may become. */
#define IPC_MAX_EXPANDED 200000

/* Returns the tree of @combination; mistakes go to @reader, whose `sources` is filled. NULL when it became too large.
 * Caller owns the node. */
JsonNode *ipc_expand (
    IpcReader *reader, JsonNode *root, const IpcParameters *parameters, const IpcCombination *combination);

/* Calls @found with each name (up to the first dot) that @text refers to as ${name}. */
void ipc_expand_references (const gchar *text, void (*found) (const gchar *name, gpointer data), gpointer data);

G_END_DECLS
#endif
