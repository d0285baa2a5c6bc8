/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_MISTAKE_H
#define IPC_SCENARIO_MISTAKE_H

#include "scenario.h"

G_BEGIN_DECLS

/* How mistakes are collected (inside of scenario/ only), and what is said with a wrong word. */

/* Appends a mistake. @line 0: unknown. @path may be NULL: the file as a whole. */
void ipc_mistake_add (GPtrArray *mistakes, const gchar *file, guint line, const gchar *path, const gchar *format, ...)
    G_GNUC_PRINTF (5, 6);

/* The one of @words (NULL-terminated) that @word most likely was meant to be, or NULL. Borrowed. */
const gchar *ipc_words_nearest (const gchar *word, const gchar *const *words);
/* What to say behind a wrong word: `: did you mean "x"?`, or `: expected one of a, b, c`. Caller frees. */
gchar *ipc_words_hint (const gchar *word, const gchar *const *words);

G_END_DECLS
#endif
