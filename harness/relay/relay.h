/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RELAY_RELAY_H
#define IPC_RELAY_RELAY_H

#include "fault.h"
#include "history/history.h"

G_BEGIN_DECLS

/*
 * Sits between the two ends of one connected link and passes every byte on, in order. What it sees goes into the
 * history (`packet`, and `link` with `closed` and `broken`) and into two capture files. It hides neither back-pressure
 * nor the end of a stream: a side that does not take stops the other one, an end that closes is seen as closed.
 * File descriptors that are passed go along with their byte. What faults do to the bytes is recorded too (`fault`).
 *
 * Driven by the main context that it is made for; used only from the thread that runs it.
 */
typedef struct _IpcRelay IpcRelay;

/* The harness's side of a connection to one end. One stream: `in` and `out` are the same fd. */
typedef struct {
  gint in;  /* what the end sends comes out here */
  gint out; /* what the end is to get goes in here */
} IpcRelayEnd;

/* The fds become the relay's, also on failure; it makes them non-blocking, so they must not be shared with the end's
 * own descriptions (socketpair(), pipe() and TCP do not). @folder: for the capture files. @faults: may be NULL, and
 * must outlive it. NULL with @error when the capture files cannot be written. */
IpcRelay *ipc_relay_new (GMainContext *context, IpcHistory *history, const gchar *folder, const gchar *link,
    guint generation, const IpcRelayEnd *master, const IpcRelayEnd *slave, IpcFaultSet *faults, GError **error);
/* Closes everything; bytes that were not passed on are lost. */
void ipc_relay_free (IpcRelay *relay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcRelay, ipc_relay_free)

/* TRUE when both directions have ended and all fds are closed. */
gboolean ipc_relay_is_done (IpcRelay *relay);
/* Bytes that were read of what the master (@to_slave) or the slave sent, and not yet passed on. */
gsize ipc_relay_held (IpcRelay *relay, gboolean to_slave);

/* Grows with each byte that is read or written of a packet which is not complete with it: of such nothing is in the
 * history yet. */
guint64 ipc_relay_moved (IpcRelay *relay);

/* Requests of both ends that went through unharmed and whose reply has not come, while it can come: none when either
 * end has hung up or talks nonsense. */
guint ipc_relay_unanswered (IpcRelay *relay);

/* Sends what was never sent: the `packet` or the `bytes` of @spec, as if it came from the other end; recorded under its
 * `name`. FALSE with @error when it cannot be built or the link has ended. */
gboolean ipc_relay_inject (IpcRelay *relay, gboolean to_slave, JsonObject *spec, GError **error);
/* Ends it for both ends, or (`how` half-close) for the one that @spec says; what was sent until then and not passed on
 * is lost. Recorded as a fault of the `name`. FALSE with @error when it has ended. */
gboolean ipc_relay_close (IpcRelay *relay, JsonObject *spec, GError **error);
/* Ends what @fault (NULL: all) has stalled, delayed or held back. What it has already lost or made up remains so. */
void ipc_relay_release (IpcRelay *relay, const gchar *fault);

G_END_DECLS
#endif
