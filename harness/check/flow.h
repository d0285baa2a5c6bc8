/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CHECK_FLOW_H
#define IPC_CHECK_FLOW_H

#include "lost.h"
#include "model.h"

G_BEGIN_DECLS

/*
 * The lists that are held against each other: what was seen at a pad and what went over the wire, of one end of
 * links, over all its generations. Each item has a key: same key, same thing.
 */

typedef struct {
  guint record;
  JsonObject *json;
  const gchar *key; /* of the flow's chunk: equal keys are the same pointer */
  gint64 t;
  gint64 until;                 /* what happened to it has happened by then: the next one is seen here */
  gboolean last;                /* none is seen behind it */
  const IpcModelPacket *packet; /* for packets */
  const IpcModelLink *link;     /* for packets */
} IpcFlowItem;

typedef struct {
  const gchar *process; /* borrows from the model's links */
  const gchar *element;
  gboolean is_sink;
  GPtrArray *links; /* of IpcModelLink: the generations of links that end here */
  gboolean relayed; /* all of them */
  gboolean objects; /* on all of them objects in texts were agreed on */
  gboolean hurt;    /* the process did not end by itself */
  guint in_flight;  /* of a sink: how many buffers may have been on their way at once (BUF-9) */
  gchar *pad;
  GArray *lost; /* of IpcSpan */
} IpcFlowEnd;

/* Each ipcpipelinesink and ipcpipelinesrc that a link was connected to, once. Array of IpcFlowEnd. */
GPtrArray *ipc_flow_ends (IpcModel *model);
/* The one among @ends, or NULL. */
IpcFlowEnd *ipc_flow_end_of (GPtrArray *ends, const gchar *process, const gchar *element);

/* Makes the key of a record in @text, or returns FALSE when the record does not belong to the flow. */
typedef gboolean (*IpcFlowKeyFunc) (JsonObject *record, GString *text, gpointer data);

/* Records of @kind at the end's pad. @chunk: keeps the keys. Array of IpcFlowItem; caller unrefs. */
GArray *ipc_flow_seen (
    IpcModel *model, const IpcFlowEnd *end, const gchar *kind, IpcFlowKeyFunc key, gpointer data, GStringChunk *chunk);
/* Requests that the end has sent over its links, or that have arrived there. */
GArray *ipc_flow_packets (
    const IpcFlowEnd *end, gboolean to_slave, IpcFlowKeyFunc key, gpointer data, GStringChunk *chunk);

/* Sets `until` of each item: when the next buffer or serialized event is seen at the same pad. What comes last must
 * have left by some seconds later: nothing but a peer that was stopped, or a fault, keeps it from being written. */
void ipc_flow_set_until (IpcModel *model, const IpcFlowEnd *end, GArray *items);
/* Postpones `until` of @buffers, all that were seen at the pad: with several in flight what is written may still be
 * lost with the connection, until as many more are seen. (Events are waited for.) */
void ipc_flow_allow_in_flight (const IpcFlowEnd *end, GArray *buffers);

/* TRUE when the answer says that the other side took it: GST_FLOW_OK, or TRUE. */
gboolean ipc_flow_was_taken (const IpcModelPacket *packet);

G_END_DECLS
#endif
