/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_HISTORY_JSON_H
#define IPC_HISTORY_JSON_H

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * JSON that programs have written: lines of workers, histories, results. json-glib parses it, recursing with each array
 * and object, so that a text of brackets would end the process; here it is an error. Files that people write are read
 * by scenario/strict-json.h.
 */

/* Nobody writes deeper than this. */
#define IPC_JSON_MAX_DEPTH 64

gboolean ipc_json_is_too_deep (const gchar *text, gsize length);
/* The object that @length bytes of @text are; NULL with @error for anything else. */
JsonObject *ipc_json_parse (const gchar *text, gsize length, GError **error);
/* The same for a file, which errors name. */
JsonObject *ipc_json_load (const gchar *path, GError **error);
/* A copy of @object that has nothing in common with it. json-glib's own copies share what is below, and count who
 * shares it without care for threads. The caller owns it. */
JsonObject *ipc_json_copy (JsonObject *object);

G_END_DECLS
#endif
