/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_MAKE_EVENT_H
#define IPC_WORKER_MAKE_EVENT_H

#include <gst/gst.h>
#include <json-glib/json-glib.h>

#include "fields.h"

G_BEGIN_DECLS

/*
 * Events from words: every type of GStreamer's, by GStreamer's own constructors. Those treat wrong arguments as bugs
 * of the program and answer with criticals; here they come from outside, so they are looked at before.
 */

/* @type: nick. @structure (taken, or NULL): the event is made of it as it is. @fields (or NULL): what the type's
 * constructor takes, by name (docs/control-protocol.md). Not both. (transfer full), NULL with @error. */
GstEvent *ipc_event_new (const gchar *type, GstStructure *structure, JsonObject *fields, GError **error);

/* A seek of the fields rate, format, flags, start-type, start, stop-type, stop; NULL when they have a mistake. */
GstEvent *ipc_event_new_seek (IpcFields *fields);

/* A collection of the fields upstream-id and streams; the mistake is in @fields. (transfer full) */
GstStreamCollection *ipc_stream_collection_new (IpcFields *fields);

G_END_DECLS
#endif
