/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_ELEMENTS_SIZES_H
#define IPC_WORKER_ELEMENTS_SIZES_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * Sizes of buffers from a text: "100", "1,2,1000" (in turn), or "10-5000" (any, that follows from the number).
 */
typedef struct {
  GArray *list; /* guint64; NULL: a range */
  guint64 minimum, maximum;
} IpcSizes;

/* NULL when @text is something else. */
IpcSizes *ipc_sizes_parse (const gchar *text);
void ipc_sizes_free (IpcSizes *sizes);
gsize ipc_sizes_of (const IpcSizes *sizes, guint64 number);

G_END_DECLS
#endif
