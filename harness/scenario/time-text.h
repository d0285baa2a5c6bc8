/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_TIME_TEXT_H
#define IPC_SCENARIO_TIME_TEXT_H

#include <glib.h>

G_BEGIN_DECLS

/* What a time text looks like, for messages and the schema. */
#define IPC_TIME_PATTERN "-?[0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h)"

/* Reads "1.5s", "20ms", "-300us", "5ns", "2m", "1h" exactly into nanoseconds. FALSE when it is no time, does not fit
 * into 64 bits or is no whole number of nanoseconds. "none" is the caller's. */
gboolean ipc_time_parse (const gchar *text, gint64 *nanoseconds);

G_END_DECLS
#endif
