/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RUN_CONTROL_H
#define IPC_RUN_CONTROL_H

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * The harness's end of a worker's control socket (docs/control-protocol.md): JSON lines both ways, fds along with those
 * that are sent. Never blocks. Driven by a main context, used only from the thread that runs it.
 */
typedef struct _IpcControl IpcControl;

typedef struct {
  /* A line came. The record is the callee's. */
  void (*line) (IpcControl *control, JsonObject *record, gpointer owner);
  /* The worker sent what is not the control protocol: nothing more is read. */
  void (*fault) (IpcControl *control, const gchar *text, gpointer owner);
} IpcControlHandler;

/* @fd becomes the control's. No callback may free the control. */
IpcControl *ipc_control_new (GMainContext *context, gint fd, const IpcControlHandler *handler, gpointer owner);
void ipc_control_free (IpcControl *control);

/* Sends @command as a line; the @n_fds fds (at most 2) go along and are closed here once they went, or never can. */
void ipc_control_send (IpcControl *control, JsonObject *command, const gint *fds, guint n_fds);
/* Reads, without waiting, all that the worker has sent. */
void ipc_control_drain (IpcControl *control);

G_END_DECLS
#endif
