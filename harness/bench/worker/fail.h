/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_WORKER_FAIL_H
#define IPC_BENCH_WORKER_FAIL_H

#include <gio/gio.h>

G_BEGIN_DECLS

/* Sets @error to what could not be done, in words for the user. Returns FALSE, for the caller to return. */
gboolean ipc_bench_fail (GError **error, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
#endif
