/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CHECK_AGREEMENT_H
#define IPC_CHECK_AGREEMENT_H

#include "model.h"

G_BEGIN_DECLS

/*
 * What the two ends of a link agreed on (docs/protocol.md, Extensions), read off its packets. The texts are read here
 * once more, not by plugin/wire/: a mistake there is to be seen.
 */

typedef enum {
  IPC_AGREED_OBJECTS = 1 << 0,
  IPC_AGREED_METAS = 1 << 1,
  IPC_AGREED_TIME = 1 << 2,
  IPC_AGREED_MEMORY = 1 << 3
} IpcAgreed;

typedef struct {
  const IpcModelPacket *greeting; /* the first from the master, or NULL */
  guint record;                   /* of the TRUE answer that came back; IPC_NO_INDEX without agreement */
  guint agreed;                   /* mask of IpcAgreed: what both named */
} IpcAgreement;

IpcAgreement ipc_agreement_of (const IpcModelLink *link);

/* A QUERY, or QUERY_RESULT, with the structure gst-ipc-greeting or gst-ipc-time. */
gboolean ipc_packet_has_structure (const IpcModelPacket *packet, const gchar *name);
/* A field of the packet's structure as it is written there, without its type and quotes, or NULL. Caller frees. */
gchar *ipc_packet_field (const IpcModelPacket *packet, const gchar *field);

G_END_DECLS
#endif
