/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RUN_SPAWN_H
#define IPC_RUN_SPAWN_H

#include "run.h"

G_BEGIN_DECLS

/* Where a worker finds its control socket. */
#define IPC_SPAWN_CONTROL_FD 3

/* Starts a program that cannot outlive the calling thread, in a process group of its own; the caller reaps it. Standard
 * output and error are appended to the file @log in @folder, standard input is empty. @control: becomes
 * IPC_SPAWN_CONTROL_FD there, -1 for none; no other fd is passed on. */
gboolean ipc_spawn (
    GStrv argv, GStrv environment, const gchar *folder, const gchar *log, gint control, GPid *pid, GError **error);

/* The same, but with this program's standard input, output and error, and its terminal: the child's process group is in
 * the foreground. When it has ended: ipc_spawn_take_terminal(). */
gboolean ipc_spawn_on_terminal (GStrv argv, GStrv environment, gint control, GPid *pid, GError **error);
/* Brings this program into the foreground of its terminal. */
void ipc_spawn_take_terminal (void);

/* The harness's own environment with that which chooses the plugin of @implementation. (transfer full) */
gchar **ipc_spawn_environment (const IpcImplementation *implementation);
/* Appends the shell words of @command (NULL: none), to be freed with g_free(). */
gboolean ipc_spawn_append_words (GPtrArray *argv, const gchar *command, GError **error);

G_END_DECLS
#endif
