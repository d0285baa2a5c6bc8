/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CHECK_MODEL_H
#define IPC_CHECK_MODEL_H

#include "history/history.h"
#include "wire/packet.h"

G_BEGIN_DECLS

/*
 * A history, sorted: which processes lived when, which links there were and which packets went over them, which
 * request belongs to which reply. For the rules and for reports. Everything borrows from the history, which must
 * outlive it.
 *
 * Records of one source are in order; those of different sources are compared by `t` only, since the harness may
 * learn of them in another order than that in which they happened.
 */

#define IPC_NO_INDEX G_MAXUINT
#define IPC_NEVER G_MAXINT64

/* A record with those of its members that many rules ask all records for: looking them up each time would be most of
 * what checking costs. */
typedef struct {
  JsonObject *json;
  const gchar *kind, *process, *pad, *type; /* NULL when it has none */
  gint64 t;
} IpcModelRecord;

/* One life of a process: a process that is spawned again has another one. */
typedef struct {
  const gchar *name;
  gboolean master;
  guint spawned, exited; /* record, exited may be IPC_NO_INDEX */
  gint64 t_spawned, t_exited;
  gint64 signal, status; /* how it ended; -1 for not */
  gboolean sent;         /* the harness asked for that end */
  gint64 t_finish;       /* `finish` was sent; IPC_NEVER */
  gint64 finish_id;
  guint finish_reply; /* record */
} IpcModelLife;

typedef struct _IpcModelPacket IpcModelPacket;
struct _IpcModelPacket {
  guint record;
  guint index; /* in `all` of its link */
  JsonObject *json;
  gint64 t;
  const IpcPacketInfo *info; /* NULL: a type that the protocol does not have */
  gboolean to_slave;
  gint64 id;
  gboolean is_reply;
  guint generation;
  gboolean lost;   /* a fault kept it from arriving as it was sent */
  gboolean forged; /* a fault made it: nobody has sent it */
  /* Requests: the first reply, and how many came, of those that the other end has sent. Replies: the request, NULL when
   * nobody asked. */
  IpcModelPacket *reply, *request;
  guint n_replies;
};

/* One generation of a link: the same two fds. */
typedef struct {
  const gchar *name;
  guint generation;
  gchar *master, *sink; /* process and element */
  gchar *slave, *src;
  gboolean relayed;
  guint connected; /* record */
  gint64 t_connected;
  gboolean superseded; /* by another generation */
  gint64 t_ended;      /* the first end closed or broke, or the next generation began; IPC_NEVER */
  gint64 t_closed[2];  /* by end: master, slave; IPC_NEVER */
  gint64 t_cut;        /* a fault closed it, or made bytes arrive that are not the protocol; IPC_NEVER */
  gint64 t_spoiled[2]; /* the latter, by who gets those bytes: master, slave; IPC_NEVER */
  gint64 t_held_up;    /* a fault let packets wait, and that did not end before the teardown; IPC_NEVER */
  GPtrArray *packets;  /* of IpcModelPacket: what the ends have sent, in order of the relay, both directions */
  GPtrArray
      *arrivals;  /* what has arrived as far as the relay knows: those that are not lost, and those that are forged */
  GPtrArray *all; /* owns them */
} IpcModelLink;

typedef struct {
  IpcHistory *history;
  GArray *records;     /* of IpcModelRecord: all of the history, in order */
  GStringChunk *names; /* of the records: each once, so that comparing them stays within the processor's cache */
  GPtrArray *lives;    /* of IpcModelLife, in order */
  GPtrArray *links;    /* of IpcModelLink, in order */
  gint64 t_teardown;   /* IPC_NEVER when there was none */
  gint64 t_signal;     /* the scenario sent a signal to a process for the first time; IPC_NEVER */
  gboolean held_up;    /* a fault let packets wait */
  gint64 t_end;
  const gchar *outcome; /* of the steps, or NULL when the history was cut off */
  gdouble time_scale;
} IpcModel;

IpcModel *ipc_model_new (IpcHistory *history);
void ipc_model_free (IpcModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcModel, ipc_model_free)

/* Record @index, below records->len. */
const IpcModelRecord *ipc_model_record (IpcModel *model, guint index);
gboolean ipc_model_record_is (const IpcModelRecord *record, const gchar *kind);

/* The life of @process at time @t, or NULL. */
IpcModelLife *ipc_model_life_at (IpcModel *model, const gchar *process, gint64 t);
/* TRUE when a life of @process ended by a signal or with another status than 0: what it reported last may be lost. */
gboolean ipc_model_was_hurt (IpcModel *model, const gchar *process);
/* TRUE when the teardown was reached by steps that were all done. */
gboolean ipc_model_steps_done (IpcModel *model);

/* "video#2: BUFFER 57 to slave", for findings; caller frees. */
gchar *ipc_model_packet_name (const IpcModelLink *link, const IpcModelPacket *packet);

/* TRUE when member @a_member of @a says the same as @b_member of @b. Missing and null are the same, a number and the
 * text that spells it are the same. */
gboolean ipc_record_same (JsonObject *a, const gchar *a_member, JsonObject *b, const gchar *b_member);
/* The member as text ("none" for missing or null); caller frees. */
gchar *ipc_record_text (JsonObject *record, const gchar *member);

G_END_DECLS
#endif
