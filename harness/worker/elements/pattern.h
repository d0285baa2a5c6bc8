/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_ELEMENTS_PATTERN_H
#define IPC_WORKER_ELEMENTS_PATTERN_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * Content that can be checked without knowing what came before: a number, a checksum, and bytes that follow from the
 * number. Content shorter than IPC_PATTERN_HEAD has the bytes only, and its number must be known otherwise.
 */

#define IPC_PATTERN_HEAD 16

void ipc_pattern_fill (guint8 *data, gsize size, guint64 number);
/* *number: that of the content when it is long enough to have one; else it is the number to check against. FALSE with
 * *text (transfer full) saying what is wrong. */
gboolean ipc_pattern_check (const guint8 *data, gsize size, guint64 *number, gchar **text);

G_END_DECLS
#endif
