/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WIRE_RULES_H
#define IPC_WIRE_RULES_H

#include "packet.h"

G_BEGIN_DECLS

/*
 * Private to wire/: which fields the structure of an event, query or message must have so that
 * GStreamer's gst_*_parse_*() find what they expect. They do not check: a field that is missing or of
 * another type is a critical in whatever element parses it.
 */

/* An answer is a query that was answered TRUE. */
typedef enum { IPC_RULES_EVENT, IPC_RULES_QUERY, IPC_RULES_ANSWER, IPC_RULES_MESSAGE } IpcRulesOf;

/* Checks the structure (NULL: none) of an object of @type. FALSE with error: VALUE for a type that is not known
 * or that only exists with objects, STRUCTURE or VALUE for what is in the structure. */
gboolean ipc_rules_check (IpcRulesOf of, guint32 type, const GstStructure *structure, GError **error);

/* Checks @structure for fields, as "name:Type name:Type"; rules.c says what may stand behind the type. Both may be
 * NULL. */
gboolean ipc_rules_check_fields (
    const GstStructure *structure, const gchar *required, const gchar *optional, GError **error);

/* The event type called @name by gst_event_type_get_name(). */
gboolean ipc_rules_event_type (const gchar *name, GstEventType *type);

G_END_DECLS
#endif
