/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_COMMANDS_H
#define IPC_WORKER_COMMANDS_H

#include "worker.h"

G_BEGIN_DECLS

/*
 * Commands. One table tells every command's name, members and function (commands.c); the functions are in files by
 * subject. A function runs on a thread of its own, finds members that are already checked for presence, type and
 * range, and adds its results to `reply`.
 */

#define IPC_COMMAND_ERROR (ipc_command_error_quark ())
GQuark ipc_command_error_quark (void);

typedef enum {
  IPC_COMMAND_ERROR_SYNTAX,  /* a line that is not a command */
  IPC_COMMAND_ERROR_UNKNOWN, /* no such command, member, element, property, signal */
  IPC_COMMAND_ERROR_VALUE,   /* a member that is missing, of the wrong type, out of range */
  IPC_COMMAND_ERROR_FAILED   /* understood, and it did not work */
} IpcCommandError;

typedef struct {
  IpcWorker *worker;
  gint64 id;
  JsonObject *members;
  GArray *fds;       /* int; what a function takes it removes, the rest is closed with the command */
  JsonObject *reply; /* results; whose `reply`, `ok` and `error` are set by the caller */
} IpcCommand;

typedef gboolean (*IpcCommandFunc) (IpcCommand *command, GError **error);

/* Reads @line and carries it out on a thread of its own, or answers that it is not understood. @line is taken. */
void ipc_command_dispatch (IpcWorker *worker, IpcLine *line);

/* Carries out @command (taken) and answers it. */
void ipc_command_run (IpcCommand *command);

/* Members of a command; the fallback for those that are missing or null. */
const gchar *ipc_command_text (IpcCommand *command, const gchar *member);
gboolean ipc_command_bool (IpcCommand *command, const gchar *member, gboolean fallback);
gint64 ipc_command_int (IpcCommand *command, const gchar *member, gint64 fallback);
gdouble ipc_command_number (IpcCommand *command, const gchar *member, gdouble fallback);
JsonArray *ipc_command_texts (IpcCommand *command, const gchar *member);
/* The pipeline, or what `element` names in it. (transfer full) */
GstElement *ipc_command_element (IpcCommand *command, GError **error);
/* `structure`; NULL with *ok TRUE when there is none. (transfer full) */
GstStructure *ipc_command_structure (IpcCommand *command, gboolean *ok, GError **error);
/* (transfer none) */
JsonObject *ipc_command_object (IpcCommand *command, const gchar *member);
/* What `pad` names. (transfer full) */
GstPad *ipc_command_pad (IpcCommand *command, GError **error);
/* The message that `type`, `domain`, `code`, `text`, `debug` and `structure` describe. (transfer full) */
GstMessage *ipc_command_message (IpcCommand *command, GstElement *element, GError **error);

/* command-pipeline.c */
gboolean ipc_command_pipeline (IpcCommand *command, GError **error);
gboolean ipc_command_link (IpcCommand *command, GError **error);
gboolean ipc_command_set_state (IpcCommand *command, GError **error);
gboolean ipc_command_on_message (IpcCommand *command, GError **error);
gboolean ipc_command_get_state (IpcCommand *command, GError **error);
gboolean ipc_command_dot (IpcCommand *command, GError **error);
gboolean ipc_command_finish (IpcCommand *command, GError **error);
gboolean ipc_command_exit (IpcCommand *command, GError **error);
/* command-event.c */
gboolean ipc_command_seek (IpcCommand *command, GError **error);
gboolean ipc_command_send_event (IpcCommand *command, GError **error);
gboolean ipc_command_push_event (IpcCommand *command, GError **error);
gboolean ipc_command_send_sink_message (IpcCommand *command, GError **error);
/* command-message.c */
gboolean ipc_command_post_message (IpcCommand *command, GError **error);
/* command-branch.c */
gboolean ipc_command_add_branch (IpcCommand *command, GError **error);
gboolean ipc_command_start_branch (IpcCommand *command, GError **error);
gboolean ipc_command_remove_branch (IpcCommand *command, GError **error);
/* command-query.c */
gboolean ipc_command_query (IpcCommand *command, GError **error);
/* command-time.c */
gboolean ipc_command_recalculate_latency (IpcCommand *command, GError **error);
gboolean ipc_command_get_time (IpcCommand *command, GError **error);
/* command-property.c */
gboolean ipc_command_set_property (IpcCommand *command, GError **error);
gboolean ipc_command_get_property (IpcCommand *command, GError **error);
gboolean ipc_command_emit_signal (IpcCommand *command, GError **error);

G_END_DECLS
#endif
