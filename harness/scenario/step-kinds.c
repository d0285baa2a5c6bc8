/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of step kinds, put together from its parts. What is written there is what the loader accepts, `explain`
 * says, and the schema and docs/step-reference.md contain. Static; nothing is owned.
 */
#include "step-kinds-private.h"

#include "records.h"

const gchar *const ipc_words_states[] = { "null", "ready", "paused", "playing", NULL };
const gchar *const ipc_words_formats[] = { "time", "bytes", "default", "buffers", "percent", "undefined", NULL };
/* those that mean something without a structure of one's own */
const gchar *const ipc_words_queries[]
    = { "position", "duration", "latency", "seeking", "segment", "formats", "buffering", "uri", "caps", "accept-caps",
        "allocation", "convert", "context", "scheduling", "drain", "bitrate", "selectable", "custom", NULL };
const gchar *const ipc_words_signals[] = { "kill", "stop", "continue", "term", "abrt", "segv", NULL };
const gchar *const ipc_words_ends[] = { "slave", "master", NULL };

/* The packet types stand in the table of wire/, which cannot be named in a constant: a field called `type` of a kind
 * that is about packets has none and gets them here. */
static const IpcStepField *
packet_fields_complete (const IpcStepField *fields)
{
  IpcStepField *complete;
  guint n_fields = 0;

  while (fields[n_fields].name)
    n_fields++;
  complete = g_new (IpcStepField, n_fields + 1);
  for (guint i = 0; i <= n_fields; i++) {
    complete[i] = fields[i];
    if (complete[i].type == IPC_FIELD_ENUM && !complete[i].words)
      complete[i].words = ipc_packet_types ();
    if (complete[i].members)
      complete[i].members = packet_fields_complete (complete[i].members);
  }
  return complete;
}

static gboolean
needs_packet_types (const IpcStepField *fields)
{
  for (; fields->name; fields++)
    if ((fields->type == IPC_FIELD_ENUM && !fields->words) || (fields->members && needs_packet_types (fields->members)))
      return TRUE;
  return FALSE;
}

static void
add_part (IpcStepKind *complete, const IpcStepKind *part)
{
  for (; part->verb; part++) {
    g_assert (!complete[part->id].verb); /* two entries with the same id */
    complete[part->id] = *part;
    if (needs_packet_types (part->fields))
      complete[part->id].fields = packet_fields_complete (part->fields);
  }
}

/**
 * ipc_step_kinds:
 *
 * Returns: the table, IPC_N_STEP_KINDS entries in order of their id
 */
const IpcStepKind *
ipc_step_kinds (void)
{
  static IpcStepKind complete[IPC_N_STEP_KINDS];
  static gsize once;

  if (g_once_init_enter (&once)) {
    add_part (complete, ipc_step_kinds_act);
    add_part (complete, ipc_step_kinds_wait);
    add_part (complete, ipc_step_kinds_check);
    add_part (complete, ipc_step_kinds_fault);
    for (guint i = 0; i < IPC_N_STEP_KINDS; i++)
      g_assert (complete[i].verb); /* an id without an entry */
    g_once_init_leave (&once, 1);
  }
  return complete;
}

/**
 * ipc_step_kind_find:
 * @verb: "act", "wait" or "check"
 * @name: name of the kind
 *
 * Returns: (nullable): the entry
 */
const IpcStepKind *
ipc_step_kind_find (const gchar *verb, const gchar *name)
{
  const IpcStepKind *table = ipc_step_kinds ();

  for (guint i = 0; i < IPC_N_STEP_KINDS; i++)
    if (g_str_equal (table[i].verb, verb) && g_str_equal (table[i].name, name))
      return &table[i];
  return NULL;
}
