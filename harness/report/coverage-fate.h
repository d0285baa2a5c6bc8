/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_COVERAGE_FATE_H
#define IPC_REPORT_COVERAGE_FATE_H

#include "check/model.h"

G_BEGIN_DECLS

/*
 * What became of a request, as far as it can be told from the wire and from what the harness did. Borrows from the
 * model.
 */

typedef enum {
  IPC_FATE_UNKNOWN, /* not answered, and nothing that explains it before the end */
  IPC_FATE_ANSWERED,
  IPC_FATE_TIMED_OUT,    /* ack-time was over first */
  IPC_FATE_FLUSHED,      /* a flush-start was sent first */
  IPC_FATE_STOPPED,      /* the slave was told to leave PAUSED first */
  IPC_FATE_DISCONNECTED, /* the sender gave the link up */
  IPC_FATE_PEER_GONE     /* the receiver's end, or its process, ended */
} IpcFate;

typedef struct _IpcFates IpcFates;

IpcFates *ipc_fates_new (IpcModel *model);
void ipc_fates_free (IpcFates *fates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcFates, ipc_fates_free)

/* @request: a packet of @link that wants an answer. */
IpcFate ipc_fates_decide (const IpcFates *fates, const IpcModelLink *link, const IpcModelPacket *request);
/* The row of the `wait` group; NULL when there is none. Static. */
const gchar *ipc_fate_row (const IpcModelPacket *request);

G_END_DECLS
#endif
