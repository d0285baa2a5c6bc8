/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_LINK_LINK_TEST_H
#define IPC_LINK_LINK_TEST_H

#include "link-private.h"

G_BEGIN_DECLS

/*
 * What the tests of the link have in common: wires between a link and a raw peer that the test plays byte by byte, an
 * owner that notes what its link calls back, and requests made in threads of their own. Nothing here waits for time to
 * pass: every wait is for something to happen, and meson ends a test that waits for ever.
 */

typedef enum { WIRE_SOCKETPAIR, WIRE_PIPES, WIRE_TCP, WIRE_TERMINAL } WireKind;

/* link_* for the link, peer_* for the test; in and out of a side may be the same fd. */
typedef struct {
  gint link_in, link_out, peer_in, peer_out;
} Wires;

/* Small buffers; @nonblocking: the link's end. The peer's end is blocking. */
void wires_open (Wires *wires, WireKind kind, gboolean nonblocking);
void wires_close (Wires *wires);
void wires_close_peer (Wires *wires);

/* The link's owner. */
#define TEST_TYPE_OWNER (test_owner_get_type ())
G_DECLARE_FINAL_TYPE (TestOwner, test_owner, TEST, OWNER, GObject)

struct _TestOwner {
  GObject parent;
  IpcLink *link; /* owned */
  /* Called in the reader thread before what came is noted. on_packet is guarded by the lock once fds are set. */
  void (*on_packet) (TestOwner *self, IpcPacket *packet);
  void (*on_reply) (TestOwner *self, IpcPacket *packet, guint tag);
  void (*on_lost) (TestOwner *self, const GError *error);
  gpointer data;
  GMutex lock;
  GCond changed;
  GQueue packets;                /* of IpcPacket */
  GQueue replies;                /* of TestReply */
  GPtrArray *lost;               /* of GError */
  gboolean *finalized_in_reader; /* set when finalized */
  GMutex *finalized_lock;
  GCond *finalized_cond;
};

typedef struct {
  IpcPacket packet;
  guint tag;
} TestReply;

/* With a link that @receives, started, with the link's ends of @wires (NULL: no fds). */
TestOwner *test_owner_new (IpcDirection receives, const Wires *wires);
void test_owner_set_wires (TestOwner *self, const Wires *wires);
/* Disconnects, so that the wires can be closed even if a callback that is just ending holds the owner a little longer.
 */
void test_owner_free (TestOwner *self);
/* Waits for the next packet that was given to the handler, and puts it in the place of what @packet holds. The caller
 * clears it. */
void test_owner_pop (TestOwner *self, IpcPacket *packet);
/* The same for replies that were asked for. Returns the tag. */
guint test_owner_pop_reply (TestOwner *self, IpcPacket *packet);
/* Waits until `lost` was called for the @nth time (from 1). The error stays the owner's. */
const GError *test_owner_await_lost (TestOwner *self, guint nth);
guint test_owner_n_lost (TestOwner *self);
guint64 test_owner_stat (TestOwner *self, const gchar *name);
/* Turns of the reader so far: none is added while it rests. */
guint64 test_owner_n_turns (TestOwner *self);

/* A master's on a new socket pair, and its end. */
TestOwner *master_on (Wires *wires);
void end (TestOwner *self, Wires *wires);
/* A STATE_CHANGE and its ACK. When this returns the link has read what the peer has written so far. */
void round_trip (TestOwner *self, Wires *wires);

/* The raw peer. */
void peer_write (gint fd, gconstpointer bytes, gsize size);
/* Reads exactly @size bytes. FALSE at the end of the stream. */
gboolean peer_read (gint fd, gpointer bytes, gsize size);
/* Reads one packet, which must be one that travels in @direction. FALSE at the end of the stream (on a boundary). */
gboolean peer_read_packet (gint fd, IpcDirection direction, IpcPacket *packet);
/* Takes over the contents of @packet. */
void peer_write_packet (gint fd, IpcPacket *packet);
void peer_ack (gint fd, guint32 id, guint32 result);
/* Reads a packet that must be of @type. Returns its id. */
guint32 peer_expect (gint fd, IpcDirection direction, IpcPacketType type);
/* Until there is something to read; does not read it. */
void peer_await_readable (gint fd);

/* Packets. */
IpcPacket packet_state_change (void);
IpcPacket packet_state_lost (void);
IpcPacket packet_event (gboolean upstream);
IpcPacket packet_query (const gchar *structure);
IpcPacket packet_ack (guint32 id, guint32 result);
IpcPacket packet_buffer (GstBuffer *body);
GstBuffer *patterned_buffer (gsize size);
void assert_patterned (const guint8 *bytes, gsize size);
/* That its text contains @text. */
void assert_says (const GError *error, const gchar *text);

/* A request in a thread of its own. */
typedef struct {
  IpcLink *link;
  IpcPacket packet;
  GstBuffer *body;
  IpcWaitClass wait_class;
  guint64 timeout; /* or the interval between looks */
  guint64 limit;   /* of a watched one */
  IpcLookFunc look;
  gpointer look_data;
  GThread *thread;
  IpcOutcome outcome;
  IpcPacket reply;
  GError *error;
} Call;

/* Takes over @packet's contents and @body. */
Call *call_begin (IpcLink *link, IpcPacket packet, GstBuffer *body, IpcWaitClass wait_class, guint64 timeout);
/* The same with ipc_link_request_watched(). */
Call *call_begin_watched (
    IpcLink *link, IpcPacket packet, guint64 interval, guint64 limit, IpcLookFunc look, gpointer look_data);
/* Waits for its end; the results stay until call_free(). */
IpcOutcome call_end (Call *call);
void call_free (Call *call);
/* call_end() with this outcome, then frees it. */
void call_expect (Call *call, IpcOutcome outcome);

G_END_DECLS
#endif
