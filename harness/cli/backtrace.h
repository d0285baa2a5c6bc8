/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CLI_BACKTRACE_H
#define IPC_CLI_BACKTRACE_H

#include <glib.h>

G_BEGIN_DECLS

/* For each core in @folder, of a process that was started as @worker (shell words), lets gdb write CORE.backtrace.log:
 * all threads, at the end once more the one that crashed. What does not work is said in that file. Any thread. */
void ipc_backtrace_write (const gchar *folder, const gchar *worker);

G_END_DECLS
#endif
