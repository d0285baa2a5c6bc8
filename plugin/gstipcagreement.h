/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_IPC_AGREEMENT_H
#define GST_IPC_AGREEMENT_H

#include "link/link.h"
#include "wire/greeting.h"

G_BEGIN_DECLS

/*
 * What an element has agreed on with the peer that it has: docs/protocol.md, "Extensions". It begins with every peer
 * anew, as legacy.
 *
 * The master greets, the slave answers. Every function may be called from any thread, unless it says otherwise, and
 * none waits for an answer but gst_ipc_agreement_ping().
 */
typedef struct {
  GMutex lock;
  gboolean memory;      /* may be agreed on with the peers to come */
  IpcGreeting own;      /* what is said to every peer; the nonce is that of the last greeting */
  guint64 greeted;      /* master: which peer that was for, 0: none */
  guint64 partner;      /* which peer the following holds for, 0: none */
  IpcFeatures features; /* that both have */
  gboolean shares_time; /* clocks on both sides count alike */
} GstIpcAgreement;

void gst_ipc_agreement_init (GstIpcAgreement *agreement);
void gst_ipc_agreement_clear (GstIpcAgreement *agreement);

/* Whether buffers may be passed by reference, where fds can be passed. Holds for peers that are greeted later. */
void gst_ipc_agreement_allow_memory (GstIpcAgreement *agreement, gboolean allow);

/* TRUE for queries that are the elements' own business and never anybody else's: those called gst-ipc-*. */
gboolean gst_ipc_agreement_is_reserved_packet (const IpcPacket *packet);
gboolean gst_ipc_agreement_is_reserved_query (GstQuery *query);

/* Master: greets the present peer, unless that was done (EXT-5). Its answer goes to the link's `reply` with @tag. Waits
 * for room at most @timeout microseconds, and returns how long that took. With @error it was not sent, and will be by
 * the next call. */
guint64 gst_ipc_agreement_greet (GstIpcAgreement *agreement, IpcLink *link, guint tag, guint64 timeout, GError **error);
/* Master, from the link's `reply`: takes note of the answer. FALSE with @error: the peer is one without extensions. */
gboolean gst_ipc_agreement_take_answer (
    GstIpcAgreement *agreement, IpcLink *link, const IpcPacket *answer, GError **error);
/* Slave, from the link's `packet`: answers a greeting. The last one that a peer sends holds. FALSE with @error: it is
 * none, and was answered FALSE (EXT-6). */
gboolean gst_ipc_agreement_answer (
    GstIpcAgreement *agreement, IpcLink *link, const IpcPacket *greeting, GError **error);

/* Master: TRUE when the present peer has answered a greeting, and so would answer another one whatever its pipeline is
 * busy with, as long as it lives. */
gboolean gst_ipc_agreement_can_ping (GstIpcAgreement *agreement, IpcLink *link);
/* Master: greets such a peer again. FALSE when the answer did not come within @timeout microseconds; TRUE as well when
 * something else has ended the wait. */
gboolean gst_ipc_agreement_ping (GstIpcAgreement *agreement, IpcLink *link, guint64 timeout);

/* FALSE when nothing has been agreed on with the present peer (it has not answered, or is a legacy one). @features,
 * @shares_time (clocks count alike) may be NULL, and are set in either case. */
gboolean gst_ipc_agreement_get (
    GstIpcAgreement *agreement, IpcLink *link, IpcFeatures *features, gboolean *shares_time);

G_END_DECLS
#endif
