/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_HISTORY_MATCH_H
#define IPC_HISTORY_MATCH_H

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * MATCH: an object whose members say what the members of a record must be. A scalar is to be equal (null: also
 * missing), an object has any of "at-least", "at-most", "matches" (regular expression,
 * found anywhere in the text) and "not" (a scalar that it must not be equal to).
 */

/* @want is one member of a MATCH, @have the record's node or NULL when it has none. */
gboolean ipc_match_value (JsonNode *want, JsonNode *have);
/* TRUE when @record fulfils all of @match (NULL: nothing asked). Otherwise @why (may be NULL) is a text that names the
 * first member that does not, what was expected and what it is. */
gboolean ipc_match (JsonObject *match, JsonObject *record, gchar **why);
/* The node as text, for people: "playing", 1500000000, null. */
gchar *ipc_match_text (JsonNode *node);

G_END_DECLS
#endif
