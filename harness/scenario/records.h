/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_RECORDS_H
#define IPC_SCENARIO_RECORDS_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * What the records of a history consist of (docs/history.md), so that a match on a member that no record has is a
 * mistake and not a wait for ever.
 */

typedef struct {
  const gchar *kind;
  const gchar *const *members; /* without `kind` and `t` */
} IpcRecordKind;

/* The entry of @kind, or NULL. */
const IpcRecordKind *ipc_record_kind_find (const gchar *kind);
/* All kinds, NULL-terminated. */
const gchar *const *ipc_record_kind_names (void);
/* Whether @member is in nanoseconds, so that a text with a unit is meant as a time. */
gboolean ipc_record_member_is_time (const gchar *member);

/* Members of the records that a step matches one of. */
extern const gchar *const ipc_message_members[];
extern const gchar *const ipc_buffer_members[];
extern const gchar *const ipc_event_members[];
extern const gchar *const ipc_render_members[];
extern const gchar *const ipc_packet_members[];
/* Members of a worker's answers. */
extern const gchar *const ipc_query_reply_members[];
extern const gchar *const ipc_property_reply_members[];

/* What may stand in `type` of these records: GStreamer's nicks, and the names of the protocol's packets. */
extern const gchar *const ipc_message_types[];
extern const gchar *const ipc_event_types[];
extern const gchar *const ipc_query_types[];
const gchar *const *ipc_packet_types (void);

G_END_DECLS
#endif
