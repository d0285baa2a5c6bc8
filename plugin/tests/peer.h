/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_TESTS_PEER_H
#define IPC_TESTS_PEER_H

#include "wire/greeting.h"
#include "wire/object.h"

G_BEGIN_DECLS

/*
 * A scripted raw peer: the test plays the other end of the link packet by packet, in its own thread. It plays the slave
 * for an ipcpipelinesink and the master for an ipcpipelinesrc.
 *
 * Every wait is for something to happen and has a deadline that only a hang reaches: then the test aborts and says what
 * it was waiting for. Packets that arrive are kept in order until somebody asks for them.
 */
typedef struct _TestPeer TestPeer;

/* Microseconds. */
#define TEST_DEADLINE (20 * G_TIME_SPAN_SECOND)

typedef enum { TEST_SOCKETPAIR, TEST_PIPES } TestWires;

/* @plays: IPC_TO_SLAVE for a peer that receives what goes to the slave, IPC_TO_MASTER for a master. */
TestPeer *peer_new (TestWires wires, IpcDirection plays);
/* Closes what is still open of both ends; no element may use them any more. */
void peer_free (TestPeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestPeer, peer_free)

/* Sets fdin and fdout of @element to its ends of the wires. */
void peer_attach (TestPeer *peer, GstElement *element);
gint peer_element_fdin (TestPeer *peer);
gint peer_element_fdout (TestPeer *peer);
/* The peer goes away: its ends are closed. */
void peer_close (TestPeer *peer);
/* Closes only what the element writes to, of TEST_PIPES. */
void peer_close_input (TestPeer *peer);

/* What it does with greetings. */
typedef enum {
  TEST_GREETINGS_REFUSED, /* as a legacy slave: answers FALSE; so it is at first */
  TEST_GREETINGS_ANSWERED,
  TEST_GREETINGS_KEPT /* for the test to see */
} TestGreetings;

/* @features: of the answer. Holds for what is read later. */
void peer_set_greetings (TestPeer *peer, TestGreetings greetings, IpcFeatures features);
/* Answers the greeting @question with TRUE. The time domain is the asker's own. */
void peer_answer_greeting (TestPeer *peer, const IpcPacket *question, IpcFeatures features);
/* As a master: greets, and takes the answer. @time_domain NULL: the element's own. */
void peer_greet (TestPeer *peer, IpcFeatures features, const gchar *time_domain);

/* ---- saying something; each returns the id under which it went out ---- */

void peer_send_bytes (TestPeer *peer, gconstpointer bytes, gsize size);
/* Takes over the contents of @packet, and numbers it unless it is a reply. */
guint32 peer_send (TestPeer *peer, IpcPacket *packet);
/* The same with @fds, which stay the caller's, on the first byte. */
guint32 peer_send_with_fds (TestPeer *peer, IpcPacket *packet, const gint *fds, guint n_fds);
guint32 peer_send_memory_release (TestPeer *peer, guint32 number);
guint32 peer_send_state_change (TestPeer *peer, GstStateChange transition);
guint32 peer_send_state_lost (TestPeer *peer);
/* These take over the object. */
guint32 peer_send_buffer (TestPeer *peer, GstBuffer *buffer);
guint32 peer_send_event (TestPeer *peer, GstEvent *event, gboolean upstream);
guint32 peer_send_query (TestPeer *peer, GstQuery *query, gboolean upstream);
guint32 peer_send_message (TestPeer *peer, GstMessage *message);

void peer_ack (TestPeer *peer, guint32 id, guint32 result);
/* @query: borrowed. */
void peer_answer_query (TestPeer *peer, guint32 id, GstQuery *query, gboolean result);

/* ---- hearing something; a packet that is returned is the peer's until the next call ---- */

/* The next packet, which must be of @type. */
IpcPacket *peer_expect (TestPeer *peer, IpcPacketType type);
/* The next packet of @type; those before it stay. */
IpcPacket *peer_await (TestPeer *peer, IpcPacketType type);
/* The next packet, whatever it is. */
IpcPacket *peer_next (TestPeer *peer);
/* The next EVENT of @type (GstEventType); packets before it stay. */
IpcPacket *peer_await_event (TestPeer *peer, GstEventType type);
/* The reply to @id, whatever comes before it stays. */
IpcPacket *peer_await_reply (TestPeer *peer, guint32 id);
/* Whether it is among what was read and not asked for. */
gboolean peer_has_reply (TestPeer *peer, guint32 id);
/* peer_await_reply() of what must be an ACK with @result. */
void peer_expect_ack (TestPeer *peer, guint32 id, guint32 result);
/* The next packet must be a STATE_CHANGE to make @transition. Returns its id. */
guint32 peer_expect_state_change (TestPeer *peer, GstStateChange transition);
/* The next packet must be the EVENT of @type. Returns its id. */
guint32 peer_expect_event (TestPeer *peer, GstEventType type);
/* The next packet must be a BUFFER. Returns its id. */
guint32 peer_expect_buffer (TestPeer *peer);

/* The next of the fds that came along, with whatever packet; the caller closes it. */
gint peer_take_fd (TestPeer *peer);
/* How many there are. */
guint peer_count_fds (TestPeer *peer);
/* Until the element has written something; does not read it. */
void peer_await_readable (TestPeer *peer);
/* What a slave has asked and told of latency; it gets its answers at once, and the test sees nothing else of it. */
guint peer_count_latency_queries (TestPeer *peer);
GstClockTime peer_last_latency (TestPeer *peer);
/* Asks the element something that it answers at once, and takes the answer: what the element was told before has been
 * read by then, and what it had said before has arrived here. */
void peer_round_trip (TestPeer *peer);
/* After a round trip: nothing is there that was not asked for. */
void peer_expect_silence (TestPeer *peer);

G_END_DECLS
#endif
