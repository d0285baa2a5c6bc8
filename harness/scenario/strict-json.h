/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_STRICT_JSON_H
#define IPC_SCENARIO_STRICT_JSON_H

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * A JSON document as RFC 8259 has it, and nothing else, with the line of each value. json-glib builds the tree, but
 * only of a text that was scanned before: by itself it takes duplicate names, octal numbers, comments, single quotes,
 * numbers beyond 64 bits and an empty file without a word, and recurses without limit.
 */

#define IPC_STRICT_JSON_MAX_DEPTH 64
#define IPC_STRICT_JSON_MAX_SIZE (1024 * 1024) /* bytes */

typedef struct {
  JsonNode *root;    /* never NULL */
  GHashTable *lines; /* path -> line, from 1 */
} IpcStrictJson;

/* Reads @file. NULL when it cannot be trusted; what is wrong is appended to @mistakes (IpcScenarioMistake). A name that
 * is given twice is a mistake but still gives a tree, so that the rest of the file can be looked at. */
IpcStrictJson *ipc_strict_json_read (const gchar *file, GPtrArray *mistakes);
/* The same for @length bytes of text; @file is only named in mistakes. */
IpcStrictJson *ipc_strict_json_parse (const gchar *file, const gchar *text, gsize length, GPtrArray *mistakes);
void ipc_strict_json_free (IpcStrictJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcStrictJson, ipc_strict_json_free)

/* The line of @path ("$.steps[2].process"); when there is no such value that of the nearest one around it. */
guint ipc_strict_json_line (IpcStrictJson *json, const gchar *path);

/* The paths of what is in @path. Caller frees. */
gchar *ipc_json_path_member (const gchar *path, const gchar *name);
gchar *ipc_json_path_element (const gchar *path, guint index);

G_END_DECLS
#endif
