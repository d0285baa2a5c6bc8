/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_FORMAT_H
#define IPC_SCENARIO_FORMAT_H

#include <glib.h>

#include "step-kinds.h"

G_BEGIN_DECLS

/*
 * The members of a scenario file around its steps: what the loader accepts and the schema says. "comment" is allowed in
 * every object and not listed.
 */

typedef enum {
  IPC_MEMBER_TEXT,
  IPC_MEMBER_TEXT_OR_LIST, /* a list is joined with a space */
  IPC_MEMBER_LIST,         /* of texts */
  IPC_MEMBER_WORD,         /* one of `words` */
  IPC_MEMBER_BOOL,
  IPC_MEMBER_WITHIN,    /* a time: how long something may take */
  IPC_MEMBER_PROCESSES, /* object: name -> process */
  IPC_MEMBER_LINKS,     /* object: name -> link */
  IPC_MEMBER_STEPS,
  IPC_MEMBER_STEP_LISTS, /* list of lists of steps */
  IPC_MEMBER_NEEDS,      /* list of texts, or an object: role -> such a list */
  IPC_MEMBER_COUNT,      /* whole number from 0 on */
  IPC_MEMBER_PARAMETERS, /* object: name -> values */
  IPC_MEMBER_EXCLUDE,    /* list of objects: name of a parameter -> label or list of them */
  IPC_MEMBER_FOR         /* object: name -> [from, to] or {"in": [...]} */
} IpcMemberType;

typedef struct {
  const gchar *name;
  IpcMemberType type;
  gboolean required;
  const gchar *pattern;      /* of a text, or of each text of a list; NULL: any but the empty one */
  const gchar *expected;     /* what the pattern wants, in words */
  const gchar *const *words; /* for WORD */
  const gchar *fallback;     /* JSON text of the default, or NULL */
  const gchar *doc;
} IpcMember;

/* Names of processes, links and marks. */
#define IPC_NAME_PATTERN "^[A-Za-z][A-Za-z0-9_-]*$"

/* The field of a step that a WITHIN is like. */
IpcStepField ipc_member_field (const IpcMember *member);

/* Each ends with a name of NULL. */
extern const IpcMember ipc_file_members[];
extern const IpcMember ipc_process_members[];
extern const IpcMember ipc_link_members[];
/* Groups of steps, which stand where a step does. */
extern const IpcMember ipc_needs_members[];
extern const IpcMember ipc_together_members[];
extern const IpcMember ipc_until_members[];
extern const IpcMember ipc_repeat_members[];

G_END_DECLS
#endif
