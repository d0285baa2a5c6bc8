/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_HTML_TEXTS_H
#define IPC_REPORT_HTML_TEXTS_H

#include "check/model.h"

G_BEGIN_DECLS

/*
 * Records of a history in a few words, for the picture of a case. All strings that are returned are the caller's to
 * free.
 */

/* What became of a packet. */
typedef enum {
  IPC_HTML_OUTCOME_NONE,       /* it wants no answer */
  IPC_HTML_OUTCOME_GOOD,       /* answered: done */
  IPC_HTML_OUTCOME_REFUSED,    /* answered: not done */
  IPC_HTML_OUTCOME_UNANSWERED, /* it wants an answer, which was never seen */
  IPC_HTML_OUTCOME_MALFORMED,  /* not the protocol */
  IPC_HTML_OUTCOME_STRAY,      /* an answer to nothing */
  IPC_HTML_OUTCOME_LOST        /* a fault kept it from arriving */
} IpcHtmlOutcome;

IpcHtmlOutcome ipc_html_packet_outcome (const IpcModelPacket *packet);
/* "segment", "null -> ready", "ok": what stands at the arrow. */
gchar *ipc_html_packet_label (const IpcModelPacket *packet);
/* More of it, for who looks closer. */
gchar *ipc_html_packet_details (const IpcModelPacket *packet);
/* Of a BUFFER the bytes of data, of an EVENT its seqnum; otherwise 0. */
gint64 ipc_html_packet_number (const IpcModelPacket *packet);

/* "exited with 0", "crashed by signal 11 (Segmentation fault)", "killed by the scenario". NULL while it lives. */
gchar *ipc_html_end_of_life (const IpcModelLife *life);
/* A command with its arguments, and what came back. */
gchar *ipc_html_command (JsonObject *record);
gchar *ipc_html_reply (JsonObject *record);
/* What is worth a mark in the picture; NULL when the record is not. @kind: a static word. */
gchar *ipc_html_mark (JsonObject *record, const gchar **kind);

/* The process of "process.element", or NULL. */
gchar *ipc_html_process_of (const gchar *end);
/* At most some hundred characters of @text, with an ellipsis when it was cut. */
gchar *ipc_html_bounded (const gchar *text);
const gchar *ipc_html_or_empty (const gchar *text);

G_END_DECLS
#endif
