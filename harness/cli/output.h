/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CLI_OUTPUT_H
#define IPC_CLI_OUTPUT_H

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The report folder of a run. It carries a marker file, and only a folder with the marker, or an empty one, is ever
 * replaced. While a run writes it, it is locked.
 */
typedef struct _IpcOutput IpcOutput;

/* Makes @folder anew. NULL with @error when it is not ours to replace, in use, or cannot be made. */
IpcOutput *ipc_output_new (const gchar *folder, GError **error);
void ipc_output_free (IpcOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcOutput, ipc_output_free)

/* Absolute. */
const gchar *ipc_output_folder (IpcOutput *output);
/* Where a round of a case leaves its artifacts; its parent exists then. NULL with @error. Any thread. */
gchar *ipc_output_case_folder (IpcOutput *output, const gchar *name, guint round, GError **error);

/* The same below any report folder, without making anything. Caller frees. */
gchar *ipc_output_case_path (const gchar *folder, const gchar *name, guint round);

/* Makes the folder @to with the files in @from, those in folders below it not; they share the disk's blocks where that
 * is possible. FALSE with @error. */
gboolean ipc_output_copy_files (const gchar *from, const gchar *to, GError **error);

/* Removes the captures in @folder, the artifacts of a case that passed. */
void ipc_output_drop_captures (const gchar *folder);

G_END_DECLS
#endif
