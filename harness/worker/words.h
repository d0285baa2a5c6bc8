/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_WORDS_H
#define IPC_WORKER_WORDS_H

#include <glib-object.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * GStreamer's enumerations by nick, straight from the type system, so that whatever the running GStreamer knows is
 * accepted. Errors name the possible words.
 */

gboolean ipc_word_to_enum (GType type, const gchar *word, gint *value, GError **error);
gboolean ipc_word_to_flag (GType type, const gchar *word, guint *value, GError **error);
/* @words: list of strings, or NULL for no flags. */
gboolean ipc_words_to_flags (GType type, JsonArray *words, guint *flags, GError **error);
/* Static text; "?" for a value that the type does not have. */
const gchar *ipc_enum_to_word (GType type, gint value);

G_END_DECLS
#endif
