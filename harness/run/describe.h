/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RUN_DESCRIBE_H
#define IPC_RUN_DESCRIBE_H

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A record of the history in one line for people: "master: message eos from pipeline". (transfer full) */
gchar *ipc_record_describe (JsonObject *record);

G_END_DECLS
#endif
