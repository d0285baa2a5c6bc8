/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RELAY_POINT_H
#define IPC_RELAY_POINT_H

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * Names the packets of a connection by what they are and how many of that came before, so that the same moment of a
 * session can be found again in another run of it: "to-slave.EVENT.caps.1", "to-slave.BUFFER.3". An answer has the
 * name of what it answers: "to-master.ACK.BUFFER.3".
 */
typedef struct _IpcPoints IpcPoints;

IpcPoints *ipc_points_new (void);
void ipc_points_free (IpcPoints *points);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcPoints, ipc_points_free)

/* Counts the packet of a `packet` record and returns its name; caller frees. */
gchar *ipc_points_name (IpcPoints *points, JsonObject *record);

G_END_DECLS
#endif
