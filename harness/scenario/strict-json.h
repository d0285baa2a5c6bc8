/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_STRICT_JSON_H
#define IPC_SCENARIO_STRICT_JSON_H

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * A JSON document as RFC 8259 has it, and nothing else, as a tree of json-glib's nodes with the line of each value. It
 * is not json-glib that parses: that takes duplicate names, octal numbers, comments, single quotes, numbers beyond 64
 * bits and an empty file without a word, stops at the first thing that it does not take, and recurses without limit.
 */

#define IPC_STRICT_JSON_MAX_DEPTH 64
#define IPC_STRICT_JSON_MAX_SIZE (1024 * 1024) /* bytes */

typedef struct {
  JsonNode *root;     /* never NULL */
  GHashTable *lines;  /* path -> line, from 1 */
  GHashTable *spoilt; /* paths */
} IpcStrictJson;

/* Reads @file; what is wrong is appended to @mistakes (IpcScenarioMistake). A text that can be read as what was meant
 * (a name given twice, a comment, a comma too many) still gives a tree, so that all the rest that is wrong with the
 * file is told as well: it is good only when @mistakes has not grown. NULL when nobody can tell what was meant. */
IpcStrictJson *ipc_strict_json_read (const gchar *file, GPtrArray *mistakes);
/* The same for @length bytes of text; @file is only named in mistakes. */
IpcStrictJson *ipc_strict_json_parse (const gchar *file, const gchar *text, gsize length, GPtrArray *mistakes);
void ipc_strict_json_free (IpcStrictJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcStrictJson, ipc_strict_json_free)

/* The line of @path ("$.steps[2].process"); when there is no such value that of the nearest one around it. */
guint ipc_strict_json_line (IpcStrictJson *json, const gchar *path);

/* Takes those mistakes out of @mistakes, from index @from on, that are about values which nobody can read: what is
 * wrong with them was told when they were read. */
void ipc_strict_json_drop_spoilt (IpcStrictJson *json, GPtrArray *mistakes, guint from);

/* The paths of what is in @path. Caller frees. */
gchar *ipc_json_path_member (const gchar *path, const gchar *name);
gchar *ipc_json_path_element (const gchar *path, guint index);

G_END_DECLS
#endif
