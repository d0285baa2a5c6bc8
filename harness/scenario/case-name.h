/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_CASE_NAME_H
#define IPC_SCENARIO_CASE_NAME_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * Names of cases: "seek/flushing", or "seek/flushing[source=wav,slaves=2]" for one of a file with parameters. They are
 * what a user selects, what a list of known failures names, and a folder on disk; so labels have few characters, none
 * of which means anything to a shell, a glob or a file system, and brackets in a pattern are brackets.
 */

/* Of a label: what stands behind `=`. */
#define IPC_LABEL_PATTERN "^[A-Za-z0-9._+-]+$"
/* Of what stands behind the last slash; a folder's name has at most 255, and "round-N" comes behind it. */
#define IPC_CASE_NAME_LONGEST 200

/* The length of @name without its parameters. */
gsize ipc_case_name_base (const gchar *name);

/*
 * Whether @pattern means the case @name. `*` and `?` stand for any text and any character. A pattern without brackets
 * means the case and all cases of the file; with brackets those whose parameters are as the pattern says, in any order,
 * and it need not name them all.
 */
gboolean ipc_case_name_matches (const gchar *pattern, const gchar *name);
/* Whether @pattern has each of @labels ("name=label", NULL-terminated) in its brackets, letter by letter. */
gboolean ipc_case_name_spells (const gchar *pattern, const gchar *const *labels);

G_END_DECLS
#endif
