/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_HISTORY_HISTORY_H
#define IPC_HISTORY_HISTORY_H

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * The history of a case (docs/history.md): a list of JSON objects in memory, written to a file as it grows so
 * that nothing is lost when the harness dies. Written by one thread (that of the case).
 */
typedef struct _IpcHistory IpcHistory;

/* @path: the file to write, or NULL for none. */
IpcHistory *ipc_history_new (const gchar *path, GError **error);
/* Reads a file back. A last line that was cut off is left out. */
IpcHistory *ipc_history_load (const gchar *path, GError **error);
void ipc_history_free (IpcHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcHistory, ipc_history_free)

/* Takes @record; sets `t` to now when it has none. Returns its index. */
guint ipc_history_add (IpcHistory *history, JsonObject *record);
/* Borrowed: why the file is not complete (a full disk), or NULL. */
const GError *ipc_history_get_error (IpcHistory *history);
/* Begins a record of @kind with `t` = now; complete it and give it to ipc_history_add(). */
JsonObject *ipc_history_record (const gchar *kind);
guint ipc_history_length (IpcHistory *history);
/* Borrowed. */
JsonObject *ipc_history_get (IpcHistory *history, guint index);
/* Nanoseconds of CLOCK_MONOTONIC. */
gint64 ipc_history_now (void);

/* Lenient getters for records: NULL / @fallback when the member is missing, null or of another type. */
const gchar *ipc_record_string (JsonObject *record, const gchar *member);
gint64 ipc_record_int (JsonObject *record, const gchar *member, gint64 fallback);
gboolean ipc_record_bool (JsonObject *record, const gchar *member, gboolean fallback);
gboolean ipc_record_is (JsonObject *record, const gchar *kind);

G_END_DECLS
#endif
