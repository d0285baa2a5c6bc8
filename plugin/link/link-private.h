/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_LINK_LINK_PRIVATE_H
#define IPC_LINK_LINK_PRIVATE_H

#include <sys/uio.h>

#include "link.h"
#include "wire/framer.h"

G_BEGIN_DECLS

/*
 * What the files of the link share; nobody else includes this.
 *
 * Everything in IpcLink is guarded by its lock, except what is marked as belonging to a section. A section
 * is a stretch without the lock in which one thread uses an fd: the reading section polls and reads fdin
 * (and polls fdout for room), the writing section writes fdout. There is at most one of each, numbered. Who changes the
 * fds pokes both and waits until the sections that were there have ended. A section never calls out and blocks only in
 * poll(), next to an eventfd that is its poke; so that wait is short, and safe under whatever locks the caller
 * holds.
 */

#define IPC_LINK_NEVER G_MAXINT64                  /* a deadline */
#define IPC_LINK_MAX_PAYLOAD (256u * 1024u * 1024) /* default */
#define IPC_LINK_READ_CHUNK 65536u                 /* default */
/* How long the reader waits for a thread that reads in its place to come back. What overtakes a stream (a flush, a
 * change of state) may have to wait that long when that thread is busy. */
#define IPC_LINK_PATIENCE (2 * G_TIME_SPAN_MILLISECOND)
/* How long a guest looks before it sleeps, microseconds: about what sleeping and being woken cost. */
#define IPC_LINK_AWAKE 30
/* How long offering the processor takes when nobody wants it, at most; microseconds. */
#define IPC_LINK_YIELD 3
#define IPC_LINK_MAX_REPLIES (16u * 1024u * 1024) /* bytes of replies that a peer may leave unread */
#define IPC_LINK_MAX_PAST 4096u                   /* ids that are remembered although nobody waits for their replies */
#define IPC_LINK_MAX_ASKED 64u                    /* requests whose replies go to the handler */
#define IPC_LINK_MAX_FDS 64u                      /* that came and that no packet has declared; or that one sends */
#define IPC_LINK_MAX_IOV 64u                      /* parts of one write */

/* ---- link-io.c: one try at an fd; never blocks, never a signal, EINTR is dealt with ---- */

typedef enum {
  IPC_FD_UNKNOWN, /* not open */
  IPC_FD_SOCKET,
  IPC_FD_PIPE,
  IPC_FD_POLLED_PIPE, /* of a kernel that does not know better */
  IPC_FD_FILE,        /* never waits */
  IPC_FD_DEVICE       /* a terminal, and whatever else there is */
} IpcFdKind;

/* What a number stood for when it was set. */
typedef struct {
  IpcFdKind kind;
  gboolean is_local; /* a local stream socket: fds can be passed */
  guint64 device, inode;
} IpcFdFile;

typedef enum {
  IPC_IO_OK,
  IPC_IO_AGAIN, /* nothing to read, or no room to write */
  IPC_IO_EOF,
  IPC_IO_FAILED /* errno is set */
} IpcIoResult;

void ipc_io_identify (gint fd, IpcFdFile *file);
/* Whether @fd still stands for @file; errno says why not. */
gboolean ipc_io_is_still (gint fd, const IpcFdFile *file);
/* Both fail with ESTALE when @fd is no longer @file. */
IpcIoResult ipc_io_read (gint fd, IpcFdFile *file, guint8 *bytes, gsize room, gsize *n_read);
IpcIoResult ipc_io_write (gint fd, IpcFdFile *file, const struct iovec *iov, guint n_iov, gsize *n_written);
/* Whether @fd can be read or written at all; errno says why not. poll() would never say it of a pipe's wrong end. */
gboolean ipc_io_may_read (gint fd);
gboolean ipc_io_may_write (gint fd);
/* How many bytes could be read now. */
gsize ipc_io_readable_bytes (gint fd);

/* What to do about an errno, to be put behind its text; perhaps empty. */
const gchar *ipc_io_hint (gint code);

struct pollfd;
/* poll() until @deadline (monotonic microseconds); EINTR is dealt with. */
gint ipc_io_poll (struct pollfd *fds, guint n_fds, gint64 deadline);

/* ---- eager.c: looking a moment before sleeping ---- */

/* Whether that is worth it. */
typedef struct {
  gint64 limit; /* microseconds to look for at most; 0: never look */
  guint credit; /* 0: it was not, of late */
} IpcEager;

/* One wait. */
typedef struct {
  gint64 limit;     /* as above, 0: sleeps at once */
  gint64 waited;    /* microseconds, looking or sleeping */
  gboolean crowded; /* somebody else wanted the processor */
} IpcAwake;

/* Of no use on one processor: there it never looks. */
void ipc_eager_init (IpcEager *eager);
IpcAwake ipc_eager_begin (const IpcEager *eager);
/* As ipc_io_poll(), and says in @awake how it went. */
gint ipc_eager_poll (IpcAwake *awake, struct pollfd *fds, guint n_fds, gint64 deadline);
/* What was waited for came. */
void ipc_eager_learn (IpcEager *eager, const IpcAwake *awake);

/* -1 with errno when there are no more fds. */
gint ipc_poke_new (void);
void ipc_poke (gint poke);
void ipc_poke_clear (gint poke);

/* ---- fds.c: file descriptors that go along ---- */

/* Owned by who has it. */
typedef struct {
  gint fds[IPC_LINK_MAX_FDS];
  guint n;
} IpcFds;

void ipc_fds_close (IpcFds *fds);
/* FALSE when there are no more numbers: then there are none in @fds. */
gboolean ipc_fds_dup (IpcFds *fds, const gint *from, guint n);
/* Moves @more behind @fds. FALSE when they would be too many: nothing is moved. */
gboolean ipc_fds_append (IpcFds *fds, IpcFds *more);
/* Moves the first @n of @fds to @first, which is empty. FALSE when there are fewer: nothing is moved. */
gboolean ipc_fds_take (IpcFds *fds, guint n, IpcFds *first);
/* As ipc_io_read(), of a local socket; what comes along is put into @fds, which is empty. @fds_lost: there were more.
 */
IpcIoResult ipc_io_read_fds (
    gint fd, const IpcFdFile *file, guint8 *bytes, gsize room, gsize *n_read, IpcFds *fds, gboolean *fds_lost);
/* As ipc_io_write(), with @fds, which stay the caller's. They have gone with the first byte. */
IpcIoResult ipc_io_write_fds (
    gint fd, const IpcFdFile *file, const struct iovec *iov, guint n_iov, const IpcFds *fds, gsize *n_written);

/* ---- writer.c: what waits to be written ---- */

typedef struct _IpcWait IpcWait;

/* A packet on its way out. Owned by the queue, or by the writing section while `in_hand` and `orphan`. */
typedef struct {
  GList node; /* in IpcLink.outgoing */
  GByteArray *head, *tail;
  gboolean is_pair; /* the tail is a packet of its own, a reply; otherwise it is behind the body */
  GstBuffer *body;
  GstMapInfo *maps;
  guint n_maps;
  struct iovec *iov; /* what is still to be written begins at iov[at] */
  guint n_iov, at;
  IpcFds *fds;         /* to go with the first byte, or NULL; owned */
  gchar *fields;       /* for the log, or NULL */
  gchar *reply_fields; /* of the second of a pair */
  gsize size, written;
  gboolean is_reply; /* or sent by the reader: counts as one */
  gboolean numbered; /* has the number that it has taken, and not that of a request */
  gboolean in_hand;  /* the writing section is using it */
  gboolean orphan;   /* was dropped meanwhile: to be freed by the writing section */
  IpcWait *wait;     /* the thread that waits until it is written, or NULL */
} IpcOutgoing;

/* ---- request.c: threads that wait ---- */

/* One call of ipc_link_request() or ipc_link_send(), on the stack of its thread; or an IpcRequest's. */
struct _IpcWait {
  guint32 id;
  guint8 type;
  IpcForm form;         /* of the packet: for who agreed on that, and nobody else */
  IpcReplyKind expects; /* NONE: waits for being written only */
  guint classes;        /* mask of IpcWaitClass; 0 cannot be cancelled */
  gint64 begun, deadline;
  guint64 peer;     /* whose it is, from when it has an id */
  guint64 only_for; /* which peer it is for and no other, 0: whoever it is */
  gboolean sent;    /* a byte of it was, or will be, written */
  guint64 interval; /* microseconds between two calls of `look` */
  gint64 end;       /* whatever that says */
  IpcLookFunc look;
  gpointer look_data;
  const guint *tag;  /* the reply goes to the handler with this, or NULL */
  IpcOutgoing *item; /* NULL once written or dropped */
  GCond changed;
  gboolean away;    /* the thread is not waiting for the reply, and comes back for it */
  gboolean looking; /* the thread is in `look`, and nowhere else */
  gboolean reading; /* ... is the link's guest */
  gboolean done;
  IpcOutcome outcome;
  IpcPacket reply;
  GError *error;
};

/* ---- replies.c: what comes back ---- */

/* What ipc_link_ask() leaves behind until the reply comes. */
typedef struct {
  IpcReplyKind expects;
  guint tag;
  gint64 begun;
} IpcAsked;

/* Why nobody waits for the reply to an id. */
typedef enum {
  IPC_PAST_UNAWAITED = 1, /* nobody ever did */
  IPC_PAST_GIVEN_UP       /* timed out, cancelled, or the link was stopped */
} IpcPast;

typedef enum {
  IPC_REPLY_TAKEN,       /* who waited has it */
  IPC_REPLY_FOR_HANDLER, /* was asked for with ipc_link_ask() */
  IPC_REPLY_UNWANTED,    /* to what was only sent */
  IPC_REPLY_LATE,        /* to what was given up */
  IPC_REPLY_STRAY,       /* to what was never asked, or is answered already */
  IPC_REPLY_WRONG_KIND,  /* an ACK to a QUERY, say */
  IPC_REPLY_OF_THE_PAST  /* of a peer that is no longer ours */
} IpcReplyFate;

/* ---- reader.c ---- */

typedef struct {
  IpcLink *link;
  GThread *thread;   /* NULL: a guest */
  guint64 peer;      /* whose packet it is giving away, 0: none; of its own thread */
  IpcFds fds;        /* that came with that packet; of its own thread */
  gboolean quit;     /* another one has taken over, or none is wanted */
  gboolean gone;     /* the thread has nothing left to do but return */
  gboolean detached; /* nobody will join it: it frees itself */
} IpcReader;

/* One of the two fds. */
typedef struct {
  gint fd;
  gboolean spent;     /* belonged to a peer that was lost: not touched any more */
  guint64 generation; /* a new one each time that it is set */
  IpcFdFile file;
} IpcEnd;

/* ---- stats.c: what is counted; link.h says what each means ---- */

typedef struct {
  guint64 packets_sent, packets_received, bytes_sent, bytes_received;
  guint64 timeouts_state_change, timeouts_query, timeouts_other, cancelled;
  guint64 late_replies, stray_replies, protocol_errors, read_errors, write_errors, peers_closed;
  guint64 round_trip_last, round_trip_max, round_trip_sum, round_trips;
  guint waiting;
} IpcLinkStats;

struct _IpcLink {
  gint refs;  /* atomic: of the users */
  gint holds; /* atomic: of the memory: one for all users together, one for each reader thread */
  gchar *name;
  GWeakRef owner;
  IpcLinkHandler handler;
  IpcDirection receives;

  GMutex lock;

  IpcEnd in, out;
  gboolean out_is_ahead; /* fdout was changed while its peer lived: it may be that of the next peer */
  guint64 generations;
  gboolean started;
  guint read_chunk;
  guint32 max_payload;

  GError *loss;    /* the peer is lost, and why */
  gssize drain;    /* bytes to be read before the loss is reported; -1: none */
  gboolean report; /* `lost` is still to be called */

  IpcReader *reader; /* the present one, or NULL */
  GSList *retired;   /* of IpcReader: told to quit, not yet joined */

  /* guest.c */
  IpcReader *guest;           /* reads in the reader's place, or NULL */
  guint64 guests;             /* that there were */
  IpcEager eager;             /* what is worth it for guests */
  gint64 guest_left;          /* when one was last expected to come soon (monotonic microseconds) */
  gint64 patience;            /* microseconds that the reader waits for a guest to come back */
  gboolean has_stream_reader; /* ipc_link_read_while() is called */
  gboolean parked;            /* the reader has stepped back: a guest may read */
  gboolean parked_for_good;   /* ... until the guest that there is tells it that it leaves */
  GCond unpark;
  guint unsettled; /* threads that wait for the reader to be parked or in poll(): it is giving a packet away */
  GCond settled;

  guint64 sections;         /* counts them */
  guint64 reading, writing; /* number of the present section, or 0 */
  guint section_waits;
  GCond section_left;
  gint poke_reader, poke_writer; /* end a poll() in the section */

  /* of the reading section */
  struct {
    guint64 generation;
    IpcFramer *framer;
    IpcFdFile file;
  } input;
  /* of the writing section */
  struct {
    guint64 generation;
    IpcFdFile file;
    gboolean checked; /* that it can be written */
  } output;

  GQueue outgoing; /* of IpcOutgoing */
  gsize reply_bytes;
  IpcWait *writer; /* who is in the writing section, or NULL */

  GHashTable *waits; /* id -> IpcWait */
  GHashTable *asked; /* id -> IpcAsked, of requests whose reply is the handler's */
  GHashTable *past;  /* id -> IpcPast, of the ids in past_ids that have not been answered */
  guint32 past_ids[IPC_LINK_MAX_PAST];
  gsize n_past_ids; /* that there ever were; the last ones are kept */
  IpcForm form;     /* agreed on with the present peer */
  IpcFds fds;       /* that came from it, and that no packet has declared yet */
  guint32 last_id;
  guint cancelled; /* mask of IpcWaitClass */

  IpcLinkStats stats;
};

/* Functions called *_locked want the lock and give it back held. Those that drop items put them into @dropped, to be
 * freed by ipc_outgoing_free_all() without the lock (a buffer's end may call anybody). */

/* link.c */
void ipc_link_release_hold (IpcLink *link);
gboolean ipc_link_may_send_locked (IpcLink *link);
/* The peer is lost. Takes over @error; @drain as in IpcLink. Fails who waits; the reader will call `lost`. */
void ipc_link_lose_locked (IpcLink *link, GError *error, gssize drain, GQueue *dropped);
/* The same, if @generation is still that of fdin. */
void ipc_link_lose_input (IpcLink *link, guint64 generation, GError *error);
void ipc_link_leave_section_locked (IpcLink *link, guint64 *section);
/* Waits until the given sections (0: none), if they still go on, have ended. */
void ipc_link_await_sections_locked (IpcLink *link, guint64 reading, guint64 writing);

/* writer.c */
IpcOutgoing *ipc_outgoing_new (IpcPacket *packet, GstBuffer *body, GError **error);
IpcOutgoing *ipc_outgoing_new_pair (IpcPacket *packet, IpcPacket *reply);
void ipc_outgoing_free_all (GQueue *items);
void ipc_link_drop_outgoing_locked (IpcLink *link, gboolean keep_begun, GQueue *dropped);
void ipc_link_unqueue_locked (IpcLink *link, IpcOutgoing *item, GQueue *dropped);
/* Writes once; the lock is given up meanwhile. @wait: who asks, and waits for room until its deadline; NULL: does not
 * wait. Nobody else may be writing, and the queue must not be empty. */
void ipc_link_write_locked (IpcLink *link, IpcWait *wait);
/* Sees to it that somebody goes on with the queue. */
void ipc_link_hand_over_locked (IpcLink *link);

/* request.c */
gint64 ipc_link_deadline (gint64 begun, guint64 timeout);
/* Gives the packet the next id, but not one that somebody waits for. */
void ipc_link_number_locked (IpcLink *link, IpcWait *wait, IpcOutgoing *item);
/* Fails @wait if it may not begin. */
gboolean ipc_link_may_begin_locked (IpcLink *link, IpcWait *wait);
/* Sends and waits as @wait says, which has its outcome then. Takes over @item. Not under the lock. */
void ipc_link_call (IpcLink *link, IpcWait *wait, IpcOutgoing *item);
void ipc_link_finish_wait_locked (IpcLink *link, IpcWait *wait, IpcOutcome outcome, GError *error);
/* Fails everybody who waits, with GONE and copies of @error. */
void ipc_link_fail_waits_locked (IpcLink *link, const GError *error);

/* replies.c */
/* Remembers how a reply to @id, if one comes, is to be taken. */
void ipc_link_remember_locked (IpcLink *link, guint32 id, IpcPast past);
/* Whatever was asked so far has nobody who wants the reply any more. */
void ipc_link_give_up_asked_locked (IpcLink *link);
/* There is another peer, or none. */
void ipc_link_forget_replies_locked (IpcLink *link);
/* Gives a reply of the peer with this @generation to who waits for it (TAKEN: then its contents are taken over).
 * FOR_HANDLER: @tag is set. */
IpcReplyFate ipc_link_take_reply (IpcLink *link, guint64 generation, IpcPacket *packet, guint *tag);

/* stats.c */
void ipc_link_count_loss_locked (IpcLink *link, const GError *error);
void ipc_link_count_outcome_locked (IpcLink *link, const IpcWait *wait);
void ipc_link_count_reply_locked (IpcLink *link, IpcReplyFate fate);
void ipc_link_count_round_trip_locked (IpcLink *link, gint64 begun);

/* log.c: neither under the lock nor in a section. */
extern GstDebugCategory *ipc_link_debug;
void ipc_link_log_init (void);
/* Whether anybody would see it; costs two comparisons. */
#define IPC_LINK_LOGS(level)                                                                                           \
  G_UNLIKELY ((level) <= _gst_debug_min && (level) <= gst_debug_category_get_threshold (ipc_link_debug))
void ipc_link_log (IpcLink *link, GstDebugLevel level, const gchar *format, ...) G_GNUC_PRINTF (3, 4);
/* Those of @items that were written. */
void ipc_link_log_sent (IpcLink *link, const GQueue *items);
void ipc_link_log_received (IpcLink *link, const IpcPacket *packet);
void ipc_link_log_reply (IpcLink *link, const IpcPacket *packet, IpcReplyFate fate);
/* What has happened to the fds, and what they are now. */
void ipc_link_log_connection (IpcLink *link, const gchar *event);
/* How a call ended, unless well. */
void ipc_link_log_outcome (IpcLink *link, const IpcWait *wait);

/* reader.c */
gboolean ipc_link_is_reader_thread (IpcLink *link);
/* ... or that of another link. */
gboolean ipc_link_is_any_reader_thread (void);
void ipc_link_start_reader_locked (IpcLink *link);
void ipc_link_retire_reader_locked (IpcLink *link);
/* One turn of @reader, which is the present one or the guest: polls until @deadline, reads, gives away what came. The
 * lock is given up meanwhile. */
void ipc_link_turn_locked (IpcReader *reader, gint64 deadline);
/* The thread gives packets away for @reader from here on. Returns whom it did it for before. */
IpcReader *ipc_link_become_reader (IpcReader *reader);
/* Joins the threads of retired readers: all, or only those that have finished. Not under the lock. */
void ipc_link_join_readers (IpcLink *link, gboolean all);

/* guest.c */
/* In the reader's thread: waits while somebody else reads, or will in a moment. */
void ipc_link_park_locked (IpcReader *reader);
/* Has the reader look anew whether it should read. */
void ipc_link_unpark_locked (IpcLink *link);
/* The next one will come in a moment. */
void ipc_link_expect_guest_locked (IpcLink *link);
void ipc_link_retire_guest_locked (IpcLink *link);
/* Waits a moment, at most until @deadline, if the reader is about to step back or to read. FALSE: it is not. */
gboolean ipc_link_await_settled_locked (IpcLink *link, gint64 deadline);
/* Has those who wait for that look anew. */
void ipc_link_settle_locked (IpcLink *link);
gboolean ipc_link_may_be_guest_locked (IpcLink *link);
/* Reads in the reader's place until @wait has its outcome, or its deadline has passed. */
void ipc_link_read_for_wait_locked (IpcLink *link, IpcWait *wait);

G_END_DECLS
#endif
