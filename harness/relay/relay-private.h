/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RELAY_RELAY_PRIVATE_H
#define IPC_RELAY_RELAY_PRIVATE_H

#include <gio/gunixfdlist.h>

#include "fault.h"
#include "memory.h"
#include "point.h"
#include "relay.h"
#include "wire/packet.h"

G_BEGIN_DECLS

/*
 * What the files of the relay share: relay.c is what others call, flow.c moves bytes, records.c says so, io.c reads and
 * writes, strike.c makes faults.
 */

typedef struct {
  const gchar *name; /* "master", "slave" */
  gint in, out;      /* -1: closed */
  gboolean socket;   /* one stream for both ways */
  gboolean local;    /* a socket that file descriptors can be passed over */
  gboolean in_ended, out_ended;
  gboolean closed_recorded;
} IpcEnd;

/* File descriptors that belong to a byte. */
typedef struct {
  guint64 at; /* of `held`: offset in the capture; of a piece: offset in its bytes */
  GUnixFDList *fds;
} IpcFdMark;

typedef struct _IpcFlow IpcFlow;
typedef struct _IpcPiece IpcPiece;

/* What is done when the turn of a piece without bytes has come. It may end the flow. */
typedef void (*IpcPieceFunc) (IpcFlow *flow, const IpcPiece *piece);

/* What the receiver has still to take: bytes, or something to be done between bytes. */
struct _IpcPiece {
  GBytes *bytes; /* or NULL */
  gsize written; /* of bytes */
  GArray *marks; /* of IpcFdMark, in order, or NULL */
  gsize chunk;   /* at most so many bytes at once, and each only when the last was taken; 0: no limit */
  gint64 pause;  /* microseconds between chunks */
  gint64 due;    /* not before this time of g_get_monotonic_time(); 0: at once */
  IpcPieceFunc func;
  gchar *fault, *process, *signal; /* for func; or NULL */
  gint64 time;                     /* for func; microseconds, or -1 */
};

/* Packets that a fault holds until there are enough of them. */
typedef struct {
  gchar *fault;
  GPtrArray *pieces; /* of IpcPiece */
  guint wanted;
  gboolean all;     /* all that comes, not only what the fault selects */
  gboolean reverse; /* the last first */
  gint64 due;       /* when it ends without being full */
} IpcBatch;

struct _IpcFlow {
  IpcRelay *relay;
  IpcDirection direction;
  IpcEnd *from, *to;
  GSource *reader, *writer, *timer;

  GByteArray *held;    /* read, not yet passed on: begins with a header */
  GArray *marks;       /* of IpcFdMark, of bytes in held */
  gsize raw_left;      /* of a packet that is too large to be held */
  gboolean raw;        /* out of sync for good */
  gboolean broken;     /* was recorded */
  gchar *capture_name; /* without the folder */
  gint capture;        /* -1: cannot be written any more */
  guint64 offset;      /* of held's first byte in the capture */

  GQueue queue; /* of IpcPiece */
  gsize queued; /* bytes in it that are not written */
  IpcBatch *batch;
  gchar *stalled;       /* the fault that holds everything up, or NULL */
  gint64 stalled_until; /* microseconds, or 0 */
  gchar *swallowing;    /* the fault that lets nothing pass any more, or NULL */
  gboolean eof;         /* all was read */
  gboolean done;        /* ended in both `from` and `to` */
  GHashTable *asked;    /* ids of requests that went through unharmed, and whose reply has not come */
};

struct _IpcRelay {
  GMainContext *context;
  IpcHistory *history;
  IpcFaultSet *faults; /* borrowed, or NULL */
  IpcPoints *points;
  gchar *link;
  guint generation;
  IpcRelayMemory *memory;
  guint64 moved; /* bytes of packets that are not complete yet */
  IpcEnd master, slave;
  IpcFlow down, up;
};

/* flow.c */
IpcPiece *ipc_piece_new (GBytes *bytes);
void ipc_piece_free (IpcPiece *piece);
/* @folder: for the capture. FALSE with @error when that cannot be written. */
gboolean ipc_flow_init (IpcFlow *flow, IpcRelay *relay, IpcDirection direction, const gchar *folder, GError **error);
/* Nothing when it was never initialised. */
void ipc_flow_clear (IpcFlow *flow);
/* An empty list of IpcFdMark that frees what is in it. */
GArray *ipc_marks_new (void);
/* Takes @piece. */
void ipc_flow_push (IpcFlow *flow, IpcPiece *piece);
IpcFlow *ipc_flow_back (IpcFlow *flow);
/* Writes what can be written, and watches for what is to come next. */
void ipc_flow_update (IpcFlow *flow);
/* The same soon: for what is done in the middle of the other flow. */
void ipc_flow_wake (IpcFlow *flow);
/* Ends everything: what the ends have sent until now is still read, as what never arrived because of @fault. */
void ipc_relay_cut (IpcRelay *relay, const gchar *fault, gboolean reset);
/* The end of @flow is all that its receiver gets; what else comes is read and forgotten. */
void ipc_flow_half_close (IpcFlow *flow, const gchar *fault);

/* io.c */
void ipc_end_init (IpcEnd *end, const gchar *name, const IpcRelayEnd *fds);
void ipc_end_stop_in (IpcEnd *end);
void ipc_end_stop_out (IpcEnd *end);
/* Makes the kernel tell the process of a reset connection when the end is closed, where there is such a thing. */
void ipc_end_arm_reset (IpcEnd *end);
void ipc_close_fd (gint *fd);
/* Reads once. -1 with errno; 0 for the end. @fds: (out): those that came with the last byte that was read, or NULL. */
gssize ipc_end_read (IpcEnd *end, guint8 *data, gsize size, GUnixFDList **fds);
/* Writes once, @fds (or NULL) with the first byte. -1 with errno; raises no signal. */
gssize ipc_end_write (IpcEnd *end, const guint8 *data, gsize size, GUnixFDList *fds);
/* Whether the process has taken all that was written. */
gboolean ipc_end_took_all (IpcEnd *end);

/* records.c */
void ipc_relay_record_closed (IpcRelay *relay, IpcEnd *end, const gchar *error, gsize partial);
void ipc_flow_record_broken (IpcFlow *flow, const gchar *text);
/* A `packet` record of @frame, or of @header alone (@frame NULL, too large to be looked into); not in the history yet.
 * @marks: the file descriptors that came with it, or NULL. */
JsonObject *ipc_flow_packet_record (IpcFlow *flow, const IpcHeader *header, GBytes *frame, GArray *marks);
/* Takes @record, of a frame; says when that does not decode. */
void ipc_flow_add_packet (IpcFlow *flow, JsonObject *record);

/* A `fault` record. @what: the kind; @effect: what it comes to, one of docs/history.md; both may be NULL. @packet: the
 * record of what was struck, or NULL. */
void ipc_flow_record_fault (
    IpcFlow *flow, const gchar *name, const gchar *what, const gchar *event, const gchar *effect, JsonObject *packet);

/* strike.c */
/* @frame, whose @record was not added yet, is struck by @fault. Takes @record and @marks (or NULL). */
void ipc_flow_strike (
    IpcFlow *flow, IpcFault *fault, JsonObject *record, const IpcHeader *header, GBytes *frame, GArray *marks);
/* Writes down that @bytes, which nobody has sent, go into @flow: as a packet when they are one, and otherwise as
 * something that spoils the stream. @fault: whose work it is. Returns whether it is a packet. */
gboolean ipc_flow_forge (IpcFlow *flow, GBytes *bytes, const gchar *fault);
/* What the members `packet` or `bytes` of @spec say; NULL with @error. */
GBytes *ipc_fault_bytes (IpcFaultSet *faults, JsonObject *spec, GError **error);
/* TRUE when a batch took the packet. Takes @marks then. */
gboolean ipc_flow_batch_take (IpcFlow *flow, JsonObject *record, GBytes *frame, GArray *marks);
/* Passes on what the batch holds. */
void ipc_flow_release_batch (IpcFlow *flow);
void ipc_batch_free (IpcBatch *batch);
/* The stall is over. */
void ipc_flow_release_stall (IpcFlow *flow);

G_END_DECLS
#endif
