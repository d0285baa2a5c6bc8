/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_LINK_LINK_H
#define IPC_LINK_LINK_H

#include "wire/packet.h"

G_BEGIN_DECLS

/*
 * One peer: two fds that belong to the application, a reader thread, and the requests that wait
 * for an answer. Knows nothing of pads or elements: what arrives goes to the handler.
 *
 * Life: new -> set fds -> start (the reader thread begins as soon as fdin is valid) -> peer
 * lost or ipc_link_disconnect() -> new fds -> reading again ... -> stop -> unref. Nothing here ever closes an fd.
 *
 * Threads: every function may be called from any thread at any time, the handler's callbacks included.
 * One thread at a time reads and calls the handler: "the reader". That is a thread of the link's own, or one that would
 * wait for it and reads in its place meanwhile (guest.c), with whatever locks its callers hold.
 * No lock is held while reading, writing or calling the handler. The reader never waits for room to write: what it
 * sends (replies) is queued and written when there is room, by the reader itself or by the next sender.
 * Other senders wait for room, with their side still being read. SIGPIPE never happens.
 *
 * A peer is lost by EOF, HUP, a read or write error, or bytes that break the protocol. Then all
 * requests that wait fail at once with IPC_OUTCOME_GONE, further ones without blocking, fds are no longer
 * touched (they keep their values), and `lost` is called once, until new fds are set. (Only when there is no
 * memory for a reader thread, or no eventfd for it, there is nobody to call `lost`; the log says so, and who sends is
 * told.)
 *
 * The fds are any stream of bytes, blocking or not: their flags are not changed, and a blocking one does not block the
 * link. fdin may be a file, whose end is the peer's; a file as fdout is written, and nobody answers. What cannot be
 * read or written is a read or a write error, the latter when something is to be written. The application must not
 * close an fd that is set. If it does, that is a read or write error as soon as there is something to read or write;
 * the bytes of a file that has got the number are not touched then.
 */
typedef struct _IpcLink IpcLink;

#define IPC_LINK_ERROR (ipc_link_error_quark ())
GQuark ipc_link_error_quark (void);

typedef enum {
  IPC_LINK_ERROR_CLOSED,       /* the peer closed its end (EOF, HUP) */
  IPC_LINK_ERROR_READ,         /* reading failed */
  IPC_LINK_ERROR_WRITE,        /* writing failed (EPIPE included) */
  IPC_LINK_ERROR_PROTOCOL,     /* bytes that are not the protocol, or a limit exceeded */
  IPC_LINK_ERROR_TIMEOUT,      /* no answer in time */
  IPC_LINK_ERROR_CANCELLED,    /* ipc_link_cancel() or flush */
  IPC_LINK_ERROR_BUSY,         /* too many requests of ipc_link_ask() are not answered yet */
  IPC_LINK_ERROR_NOT_CONNECTED /* no fds, or the peer was lost before */
} IpcLinkError;

/* The error of a peer that broke the protocol, for ipc_link_fail(): @format says how. */
GError *ipc_link_protocol_error (const gchar *format, ...) G_GNUC_PRINTF (1, 2);

typedef enum {
  IPC_OUTCOME_REPLIED,
  IPC_OUTCOME_TIMED_OUT,
  IPC_OUTCOME_CANCELLED,
  IPC_OUTCOME_GONE /* not connected, disconnected, or lost while waiting */
} IpcOutcome;

typedef struct {
  /* A packet that is not a reply. Reader: must not block. Takes over the contents of @packet. */
  void (*packet) (IpcLink *link, IpcPacket *packet, gpointer owner);
  /* The peer is lost: @error is one of IPC_LINK_ERROR, with a text that an operator understands. Called once per
   * peer, always from the reader's own thread and never from within another call, after all waiting requests have
   * failed and what the peer said before it went away has been given to `packet`. Not called for ipc_link_disconnect()
   * or ipc_link_stop(), nor when fdin was changed meanwhile. */
  void (*lost) (IpcLink *link, const GError *error, gpointer owner);
  /* The reply to what ipc_link_ask() sent to this peer with @tag. Reader: must not block. Takes over the
   * contents of @packet. May be NULL: such replies are dropped then. */
  void (*reply) (IpcLink *link, IpcPacket *packet, guint tag, gpointer owner);
} IpcLinkHandler;

/* @owner: a GObject, held weakly; while a callback runs it is held strongly, and no callback comes once it is gone.
 * @receives: the direction of what arrives here (IPC_TO_SLAVE in a slave). @name: in logs (category "ipclink"). */
IpcLink *ipc_link_new (GObject *owner, const IpcLinkHandler *handler, IpcDirection receives, const gchar *name);
void ipc_link_set_name (IpcLink *link, const gchar *name);
IpcLink *ipc_link_ref (IpcLink *link);
/* Stops with the last reference; may be called from the reader thread. */
void ipc_link_unref (IpcLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcLink, ipc_link_unref)

/* Changing an fd ends the use of the old one before returning (the application may close it then), fails what waits
 * (GONE), and begins with the new one at once: reading needs fdin only, replies wait until fdout is there, requests
 * need both. A new fdin forgets what was half read, a new fdout what was half written. -1: none. The same value again
 * changes nothing, unless the peer was lost: then it is a new peer's fd. A new fdout of a peer that lives stays good
 * when that one is lost before fdin is changed too: so a peer can be replaced in any moment. Callbacks that run are not
 * waited for, here and in stop and disconnect: one that has begun may still end. */
void ipc_link_set_fdin (IpcLink *link, gint fd);
void ipc_link_set_fdout (IpcLink *link, gint fd);
gint ipc_link_get_fdin (IpcLink *link);
gint ipc_link_get_fdout (IpcLink *link);
/* Bytes asked for in one read. */
void ipc_link_set_read_chunk (IpcLink *link, guint bytes);
guint ipc_link_get_read_chunk (IpcLink *link);
/* Payloads above are refused, before memory is taken. Default 256 MiB; holds for peers whose fdin is set later. */
void ipc_link_set_max_payload (IpcLink *link, guint32 bytes);

/* Begin / end using the fds (element has a parent / has none). Idempotent. Stopping fails what waits (GONE). */
void ipc_link_start (IpcLink *link);
void ipc_link_stop (IpcLink *link);
/* Stops reading, forgets both fds (-1), fails every request that waits (GONE). */
void ipc_link_disconnect (IpcLink *link);
/* TRUE with both fds set and the peer not lost. */
gboolean ipc_link_is_connected (IpcLink *link);

#define IPC_WAIT_FOREVER G_MAXUINT64

/* A class of waits that can be cancelled together. */
typedef enum { IPC_WAIT_CONTROL = 1 << 0, IPC_WAIT_SERIALIZED = 1 << 1 } IpcWaitClass;

/* Sends @packet (with the next id; contents are taken over) and waits for its reply. @body: the data of a BUFFER, or
 * NULL; borrowed for the call (kept alive by a reference if still being written). @timeout: microseconds of monotonic
 * time, counted from the call, or IPC_WAIT_FOREVER. REPLIED: @reply is filled in (of the kind that the table says;
 * caller clears). Otherwise @error says what happened, naming packet and time. A reply that comes later is dropped and
 * counted. Never call this from the reader thread. */
IpcOutcome ipc_link_request (IpcLink *link, IpcPacket *packet, GstBuffer *body, IpcWaitClass wait_class,
    guint64 timeout, IpcPacket *reply, GError **error);
/* As ipc_link_request() with @limit as its time-out; but each time that @interval microseconds (more than 0) have
 * passed, @look is called in this thread, without any lock. When it returns FALSE the wait ends, TIMED_OUT. For peers
 * that may take long while they live. */
typedef gboolean (*IpcLookFunc) (IpcLink *link, gpointer user_data);
IpcOutcome ipc_link_request_watched (IpcLink *link, IpcPacket *packet, IpcWaitClass wait_class, guint64 interval,
    guint64 limit, IpcLookFunc look, gpointer user_data, IpcPacket *reply, GError **error);
/* Sends @packet, a request, as ipc_link_send() does; its reply, whenever it comes, goes to the handler's `reply`, once,
 * if the peer is still the same. Refused (BUSY) while 64 such requests are unanswered. */
gboolean ipc_link_ask (IpcLink *link, IpcPacket *packet, guint tag, guint64 timeout, GError **error);
/* Sends @packet (with the next id; contents taken over) and does not wait for a reply. From a thread other than the
 * reader it waits for room, at most @timeout microseconds. FALSE: @error is set. */
gboolean ipc_link_send (IpcLink *link, IpcPacket *packet, guint64 timeout, GError **error);
/* What goes along with a BUFFER that refers to memory (MEM-3). */
typedef struct {
  guint64 peer;    /* who it is for; nobody else gets it */
  const gint *fds; /* of new memories, at most 64; borrowed for the call */
  guint n_fds;
  gboolean sent; /* set by the call: a byte of the packet was written, or will be */
} IpcPassing;
/* ipc_link_request() in two parts, without limit in time, so that several can be on their way: the first returns when
 * the packet is written (or never will be), the second when the reply is there. @passing: or NULL; only for a peer
 * that has agreed on fds. Every request is to be ended, by one thread at a time; one that is not done ends like others
 * by ipc_link_cancel() and the loss of the peer. */
typedef struct _IpcRequest IpcRequest;
IpcRequest *ipc_link_request_begin (
    IpcLink *link, IpcPacket *packet, GstBuffer *body, IpcPassing *passing, IpcWaitClass wait_class);
/* TRUE: ipc_request_end() does not wait. */
gboolean ipc_request_is_done (IpcRequest *request);
/* Frees @request. The rest as in ipc_link_request(). */
IpcOutcome ipc_request_end (IpcRequest *request, IpcPacket *reply, GError **error);
/* Sends @packet, one without reply, to @peer, as a reply is sent: never blocks, from any thread. FALSE: there is no
 * such peer any more, or it is not connected. */
gboolean ipc_link_post (IpcLink *link, guint64 peer, IpcPacket *packet);
/* TRUE when both fds are set and local stream sockets: fds can be passed. */
gboolean ipc_link_passes_fds (IpcLink *link);
/* Those that came with the packet which is being given to `packet`, from its thread, as many as it declares: they
 * are the caller's then, to close. @fds has room for IPC_MEMORY_MAX_PARTS. Returns how many. What is not taken is
 * closed behind the callback; a packet with fewer than it declares is a breach of the protocol and is not given to
 * anybody. Of a peer that has not agreed on memory none are taken in. */
guint ipc_link_take_fds (IpcLink *link, gint *fds);
/* Sends a reply (header.id is already the request's; contents taken over). Never blocks. */
void ipc_link_reply (IpcLink *link, IpcPacket *packet);
/* The number of the present peer (grows); in a callback that of the one who sent the packet, or was lost. A job that
 * may outlive its peer takes it along, and answers with ipc_link_reply_to(), which does nothing when there is another
 * peer by then: ids of different peers are the same numbers. */
guint64 ipc_link_get_peer (IpcLink *link);
void ipc_link_reply_to (IpcLink *link, guint64 peer, IpcPacket *packet);
/* The same, and in the same write before it @before, which has no reply, to the same peer. */
void ipc_link_reply_behind (IpcLink *link, guint64 peer, IpcPacket *before, IpcPacket *packet);
/* For a thread that waits for what the handler's `packet` brings, as long as @goes_on returns TRUE: reads in the
 * reader's place, calls of the handler included, so that no packet needs two threads. FALSE when it did not, because
 * the reader reads itself: then wait as usual; the reader steps back behind the next BUFFER. @goes_on is called without
 * any lock. ipc_link_wake() has it called anew. */
typedef gboolean (*IpcGoesOnFunc) (gpointer user_data);
gboolean ipc_link_read_while (IpcLink *link, IpcGoesOnFunc goes_on, gpointer user_data);
void ipc_link_wake (IpcLink *link);
/* What has been agreed on with @peer, if it is still the present one; forgotten with it. What the present peer sends
 * afterwards has this `form` when it is given to `packet`, `reply` or who waits. A packet of a form that is not agreed
 * on with the present peer is not sent: it was written for one that has been replaced meanwhile. */
void ipc_link_set_form (IpcLink *link, guint64 peer, IpcForm form);
IpcForm ipc_link_get_form (IpcLink *link);
/* Fails the requests of these classes that wait, with CANCELLED, and those made until ipc_link_uncancel(). */
void ipc_link_cancel (IpcLink *link, IpcWaitClass classes);
void ipc_link_uncancel (IpcLink *link, IpcWaitClass classes);

/* Reports @error (taken over) as the loss of @peer, if it is still the present one, as if the reader had found it (a
 * packet that decodes but makes no sense). `lost` comes later, from the reader. */
void ipc_link_fail (IpcLink *link, guint64 peer, GError *error);

/* A new "application/x-ipc-pipeline-stats" structure (STAT-1). Everything is counted since the link was made, whoever
 * the peer was; uint64 where nothing else is said.
 *
 *   packets-sent           written to the last byte, replies included
 *   packets-received       read to the last byte, replies included
 *   bytes-sent             written, of half packets too
 *   bytes-received         read, of half packets too
 *   requests-waiting       uint: threads that wait for a reply now
 *   timeouts               packets that were not sent, or not answered, in time: the sum of the next three
 *   timeouts-state-change  of these, STATE_CHANGE
 *   timeouts-query         of these, QUERY
 *   timeouts-other         of these, all others
 *   cancelled-requests     ended or refused by ipc_link_cancel()
 *   late-replies           dropped: to what had been given up (timed out, cancelled, or the link was stopped)
 *   stray-replies          dropped: to ids that the peer was not asked with, or that it had answered before
 *   protocol-errors        peers given up because they broke the protocol or a limit, and replies of the wrong type
 *   read-errors            peers given up because reading failed
 *   write-errors           peers given up because writing failed, to a connection that they had closed included
 *   peers-closed           peers that closed the connection
 *   round-trip-last        microseconds from the call to its reply, of the last request that was answered
 *   round-trip-max         microseconds, of the slowest
 *   round-trip-average     microseconds, of all */
GstStructure *ipc_link_get_stats (IpcLink *link);

G_END_DECLS
#endif
