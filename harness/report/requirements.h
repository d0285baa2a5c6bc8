/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_REPORT_REQUIREMENTS_H
#define IPC_REPORT_REQUIREMENTS_H

#include <glib.h>

G_BEGIN_DECLS

/* A rule of docs/protocol.md, which is compiled in. Static. */
typedef struct {
  const gchar *id;    /* "ACK-1" */
  const gchar *level; /* "MUST", "SHOULD"; "" for packets, whose layout is the rule */
  const gchar *text;  /* Markdown, one line */
} IpcRequirement;

/* All of them, in order of the page. Any thread. */
const IpcRequirement *ipc_requirements (guint *n_requirements);
/* NULL when there is none. Any thread. */
const IpcRequirement *ipc_requirement_find (const gchar *id);

G_END_DECLS
#endif
