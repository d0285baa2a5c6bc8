/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WIRE_OBJECT_H
#define IPC_WIRE_OBJECT_H

#include "packet.h"

G_BEGIN_DECLS

/*
 * GStreamer objects <-> packets. "build" functions fill in a zeroed packet (header.type
 * and body; the id is the sender's business) that the caller clears. "from packet" functions
 * return a new object, or NULL with an error of IPC_WIRE_ERROR: never an object without its
 * structure when the peer sent one, never a critical, whatever the strings say.
 *
 * packet->form, set by the caller in the otherwise zeroed packet, or in the one that arrived, says what the peers have
 * agreed on: what is said below of what cannot be carried is true of IPC_FORM_LEGACY.
 */

void ipc_packet_build_ack (IpcPacket *packet, guint32 id, guint32 result);
/* @id: the request that is answered. */
void ipc_packet_build_query_result (IpcPacket *packet, guint32 id, GstQuery *query, gboolean result);
/* Fields and metas of @buffer; data stays in the buffer (buffer.data NULL, buffer.size set).
 * FALSE when it is larger than 2^32-1 bytes. Metas towards a legacy peer: at most one with a string, sent last. */
gboolean ipc_packet_build_buffer (IpcPacket *packet, GstBuffer *buffer, GError **error);
/* FALSE when the event cannot be carried in string form (stream-collection, toc ...): towards a legacy
 * peer it is not sent and counts as handled. STREAM_START goes without its "stream" field. */
gboolean ipc_packet_build_event (IpcPacket *packet, GstEvent *event, gboolean upstream, GError **error);
gboolean ipc_packet_build_sink_message (IpcPacket *packet, GstEvent *event, GError **error);
gboolean ipc_packet_build_query (IpcPacket *packet, GstQuery *query, gboolean upstream, GError **error);
void ipc_packet_build_state_change (IpcPacket *packet, GstStateChange transition);
void ipc_packet_build_state_lost (IpcPacket *packet);
/* ERROR, WARNING and INFO become GERROR_MESSAGE, everything else MESSAGE.
 * FALSE when the message cannot be carried in string form. */
gboolean ipc_packet_build_message (IpcPacket *packet, GstMessage *message, GError **error);

/* The memory of the payload is wrapped, not copied: the buffer keeps it. Metas that are not known, broken, or fit
 * neither the buffer nor @caps (the stream's; may be NULL) are skipped; @skipped_metas (may be NULL) counts them. */
GstBuffer *ipc_buffer_from_packet (const IpcPacket *packet, GstCaps *caps, guint *skipped_metas, GError **error);
/* The same of one that refers to memory: its data is @memories (of GstMemory, which are taken out of the array). */
GstBuffer *ipc_buffer_from_loan (
    const IpcPacket *packet, GPtrArray *memories, GstCaps *caps, guint *skipped_metas, GError **error);
/* seqnum kept. */
GstEvent *ipc_event_from_packet (const IpcPacket *packet, GError **error);
/* TRUE for the types of events whose content is an object that text form never carries (stream-collection, toc). A
 * legacy master sends them all the same. */
gboolean ipc_event_type_is_lost_in_text (guint32 type);
/* A sink-message event with its message (source: @source, may be NULL), both seqnums kept. */
GstEvent *ipc_sink_message_from_packet (const IpcPacket *packet, GstObject *source, GError **error);
/* NULL filter of a CAPS query handled. */
GstQuery *ipc_query_from_packet (const IpcPacket *packet, GError **error);
/* Updates the caller's own @query in place with the answer. FALSE with error when types differ or the
 * string does not parse; @query is then as it was. The boolean result is packet->query_result.result. */
gboolean ipc_query_update_from_packet (GstQuery *query, const IpcPacket *packet, GError **error);
/* For MESSAGE and GERROR_MESSAGE; @source becomes the message's source. */
GstMessage *ipc_message_from_packet (const IpcPacket *packet, GstObject *source, GError **error);

G_END_DECLS
#endif
