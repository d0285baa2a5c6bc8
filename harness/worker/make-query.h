/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_MAKE_QUERY_H
#define IPC_WORKER_MAKE_QUERY_H

#include <gst/gst.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * Queries from words, and answers to JSON.
 */

/* @fields: what the type's constructor takes, or NULL (docs/control-protocol.md). (transfer full), NULL with @error. */
GstQuery *ipc_query_new (GstQueryType type, GstFormat format, JsonObject *fields, GError **error);
/* Adds what an answered @query says, which must have been made by ipc_query_new(). */
void ipc_query_tell (JsonObject *reply, GstQuery *query);

G_END_DECLS
#endif
