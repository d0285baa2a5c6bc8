/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CLI_SHARD_H
#define IPC_CLI_SHARD_H

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Which of N machines plays which case. The same selection is divided in the same way everywhere and always; no two
 * shards differ by more than one case; and a case that is added or taken away moves few others.
 */

/* "I/N", 1 <= I <= N <= 1000. FALSE with @error. */
gboolean ipc_shard_parse (const gchar *text, guint *shard, guint *n_shards, GError **error);

/* For each of @names (gchar *, no two alike) its shard, from 1; caller frees. */
guint *ipc_shard_assign (GPtrArray *names, guint n_shards);

G_END_DECLS
#endif
