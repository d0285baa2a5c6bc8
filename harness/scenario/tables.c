/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Types in words, and what is said of times, matches and verbs. Static texts; what is built is the caller's.
 */
#include "tables.h"

const IpcFilePart ipc_file_parts[] = {
  { "file", "The members of a scenario file. A \"comment\" is allowed in every object.", ipc_file_members },
  { "process", "A member of `processes`: one worker with one pipeline. Its name is the member's.",
      ipc_process_members },
  { "link", "A member of `links`: an ipcpipelinesink and its ipcpipelinesrc. Its name is the member's.",
      ipc_link_members },
  { "together", "A group that stands where a step does: steps side by side.", ipc_together_members },
  { "until", "A group that stands where a step does: steps until a fault has struck. What sweeps are made of.",
      ipc_until_members },
  { "repeat", "Stands where a step does: its steps, several times. Storms are made of it.", ipc_repeat_members },
  { NULL, NULL, NULL },
};

const gchar *const ipc_step_verbs[] = { "act", "wait", "check", NULL };

const gchar ipc_time_doc[] = "A time is a whole number of nanoseconds or a text with a unit: \"1.5s\", \"20ms\", "
                             "\"300us\", \"5ns\", \"2m\", \"1h\"; "
                             "\"none\" is no time at all.";
const gchar ipc_match_doc[]
    = "A match names members of a record and what they have to be: a text, number, true, false or null that the member "
      "equals, or an object with some of \"at-least\", \"at-most\" (numbers or times), \"matches\" (a regular "
      "expression, "
      "found anywhere in the text) and \"not\". Members that are times may be compared with time texts. The records "
      "and "
      "their members are in docs/history.md.";

const gchar *
ipc_step_verb_doc (const gchar *verb)
{
  if (g_str_equal (verb, "act"))
    return "An act does something and ends when that returned.";
  if (g_str_equal (verb, "wait"))
    return "A wait ends when something was observed, and fails when it cannot come any more or nothing happens.";
  return "A check looks at what is now or what was observed, and fails at once when it is not so.";
}

static gchar *
words_text (const gchar *before, const gchar *const *words)
{
  g_autofree gchar *list = g_strjoinv (", ", (gchar **)words);

  return g_strconcat (before, list, NULL);
}

static gchar *
range_text (const gchar *what, const IpcStepField *field)
{
  if (field->minimum == 0 && field->maximum == 0)
    return g_strdup (what);
  return g_strdup_printf ("%s, %.15g to %.15g", what, field->minimum, field->maximum);
}

gchar *
ipc_field_type_text (const IpcStepField *field)
{
  switch (field->type) {
  case IPC_FIELD_STRING:
    return g_strdup (field->expected ? field->expected : "text");
  case IPC_FIELD_ENUM:
    return words_text ("one of ", field->words);
  case IPC_FIELD_INT:
    return range_text ("whole number", field);
  case IPC_FIELD_NUMBER:
    return range_text ("number", field);
  case IPC_FIELD_BOOL:
    return g_strdup ("true or false");
  case IPC_FIELD_TIME:
    return g_strdup (field->minimum > 0 ? "time" : "time or \"none\"");
  case IPC_FIELD_PROCESS:
    return g_strdup ("name of a process");
  case IPC_FIELD_LINK:
    return g_strdup ("name of a link");
  case IPC_FIELD_MARK:
    return g_strdup ("name of a mark, or \"start\"");
  case IPC_FIELD_PROCESSES:
    return g_strdup ("list of names of processes, at least two");
  case IPC_FIELD_PAD:
    return g_strdup ("\"element.pad\"");
  case IPC_FIELD_WORDS:
    return words_text ("list of ", field->words);
  case IPC_FIELD_TEXTS:
    return g_strdup ("list of texts");
  case IPC_FIELD_OBJECT:
    return g_strdup ("object");
  case IPC_FIELD_PIPELINE:
    return g_strdup ("text or list of texts");
  case IPC_FIELD_REGEX:
    return g_strdup ("regular expression");
  case IPC_FIELD_SCALAR:
    return g_strdup ("text, number, true, false or null");
  case IPC_FIELD_MATCH:
    return field->words ? words_text ("match of ", field->words) : g_strdup ("match");
  case IPC_FIELD_MATCH_LIST:
    return g_strdup ("list of matches");
  case IPC_FIELD_FIELDS:
    return g_strdup ("object");
  }
  g_return_val_if_reached (NULL);
}

gchar *
ipc_member_type_text (const IpcMember *member)
{
  IpcStepField field;

  switch (member->type) {
  case IPC_MEMBER_TEXT:
    return g_strdup (member->expected ? member->expected : "text");
  case IPC_MEMBER_TEXT_OR_LIST:
    return g_strdup ("text or list of texts");
  case IPC_MEMBER_LIST:
    return g_strdup_printf ("list, each %s", member->expected ? member->expected : "a text");
  case IPC_MEMBER_WORD:
    return words_text ("one of ", member->words);
  case IPC_MEMBER_BOOL:
    return g_strdup ("true or false");
  case IPC_MEMBER_WITHIN:
    field = ipc_member_field (member);
    return ipc_field_type_text (&field);
  case IPC_MEMBER_PROCESSES:
    return g_strdup ("object: name to process");
  case IPC_MEMBER_LINKS:
    return g_strdup ("object: name to link");
  case IPC_MEMBER_STEPS:
    return g_strdup ("list of steps");
  case IPC_MEMBER_NEEDS:
    return g_strdup_printf ("list, each %s; or an object: `master`, `slave` to such a list", member->expected);
  case IPC_MEMBER_STEP_LISTS:
    return g_strdup ("list of lists of steps");
  case IPC_MEMBER_COUNT:
    return g_strdup ("whole number");
  case IPC_MEMBER_PARAMETERS:
    return g_strdup ("object: name to values");
  case IPC_MEMBER_EXCLUDE:
    return g_strdup ("list of objects");
  case IPC_MEMBER_FOR:
    return g_strdup ("object: name to [from, to] or {\"in\": list}");
  }
  g_return_val_if_reached (NULL);
}
