/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_TIME_TEXT_H
#define IPC_WORKER_TIME_TEXT_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * Lengths of time as people write them: "2s", "1.5s", "20ms", "-3us", "7ns".
 */

/* @ns: in nanoseconds. FALSE when @text is something else, or more than 64 bits hold. */
gboolean ipc_time_from_text (const gchar *text, gint64 *ns);

G_END_DECLS
#endif
