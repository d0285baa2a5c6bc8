/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_READER_H
#define IPC_SCENARIO_READER_H

#include "format.h"
#include "mistake.h"
#include "pipeline.h"
#include "scenario.h"
#include "strict-json.h"

G_BEGIN_DECLS

/* What can be told of a process at a point of the steps. */
typedef struct {
  gboolean started;
  gboolean may_have_ended;
} IpcReaderLife;

/*
 * What the parts of the loader share while one file is read. One thread; borrowed by all, owned by
 * ipc_scenario_load_file().
 */
typedef struct {
  const gchar *file;
  const IpcScenarioWorld *world;
  IpcStrictJson *json; /* the file as it is written */
  GPtrArray *mistakes;
  JsonNode *root;      /* the file of one case: what is read */
  GHashTable *sources; /* JSON path in `root` -> path in the file, where that does not follow from the place around */
  IpcScenarioCase *result;
  GHashTable *pipelines; /* process name -> IpcPipelineNames */
  GHashTable *lives;     /* process name -> IpcReaderLife, as it is behind the steps so far */
  GPtrArray *order;      /* of IpcScenarioStep, borrowed: all steps so far, those of groups too */
  GPtrArray *marks;      /* names of the marks so far, borrowed from the steps; "start" first */
} IpcReader;

/* Where what is read at @path stands in the file. Caller frees. */
gchar *ipc_reader_source (IpcReader *reader, const gchar *path);
/* The line of that. */
guint ipc_reader_line (IpcReader *reader, const gchar *path);
/* Reports a mistake at @path; said is the place in the file. */
void ipc_reader_mistake (IpcReader *reader, const gchar *path, const gchar *format, ...) G_GNUC_PRINTF (3, 4);
/* The same for a path in the file. */
void ipc_reader_source_mistake (IpcReader *reader, const gchar *source, const gchar *format, ...) G_GNUC_PRINTF (3, 4);
/* The same for a wrong word: "UNKNOWN "word": did you mean ...". */
void ipc_reader_unknown (
    IpcReader *reader, const gchar *path, const gchar *what, const gchar *word, const gchar *const *words);

/* "a text", "a number" ... */
const gchar *ipc_reader_describe (JsonNode *node);
/* The text of @node, or NULL with a mistake when it is none or empty. Borrowed. */
const gchar *ipc_reader_text (IpcReader *reader, const gchar *path, JsonNode *node);
/* A scalar as it is written; NULL for lists and objects. Caller frees. */
gchar *ipc_reader_scalar_text (JsonNode *node);
/* The text with ${media} replaced, and "$${" made "${". @pipeline: escape it for gst-launch. NULL when there is another
 * reference in it, which expand.c has reported. Caller frees. */
gchar *ipc_reader_substitute (IpcReader *reader, const gchar *text, gboolean pipeline);
/* Whether @text is a regular expression; otherwise a mistake. */
gboolean ipc_reader_check_regex (IpcReader *reader, const gchar *path, const gchar *text);

/* Names of the processes or links that were read so far; NULL-terminated, free the array only. */
const gchar **ipc_reader_process_names (IpcReader *reader);
const gchar **ipc_reader_link_names (IpcReader *reader);
/* The process called @name, or NULL with a mistake. */
IpcScenarioProcess *ipc_reader_process (IpcReader *reader, const gchar *path, const gchar *name);
/* Reads "process.element" whose process must have @role and whose element must be that end of a link. FALSE with
 * mistakes. Caller frees what comes out. */
gboolean ipc_reader_link_end (
    IpcReader *reader, const gchar *path, const gchar *text, IpcRole role, gchar **process, gchar **element);

/* case.c */
/* Reads the root into the result. */
void ipc_reader_case (IpcReader *reader);

/* members.c */
/* Reads a node by a table of members; unknown ones, missing ones and wrong types are mistakes. Returns what was right,
 * by name, or NULL when the node is no object. */
GHashTable *ipc_reader_members (IpcReader *reader, const gchar *path, JsonNode *node, const IpcMember *members);

/* field.c */
/* Reads and normalises one field of a step: NULL with mistakes. Caller owns the node. */
JsonNode *ipc_reader_field (IpcReader *reader, const gchar *path, const IpcStepField *field, JsonNode *node);

/* object.c */
/* The same for a field that is an object with fields. */
JsonNode *ipc_reader_object (IpcReader *reader, const gchar *path, const IpcStepField *field, JsonNode *node);

/* match.c */
JsonNode *ipc_reader_match (IpcReader *reader, const gchar *path, JsonNode *node, const gchar *const *members);
JsonNode *ipc_reader_match_list (IpcReader *reader, const gchar *path, JsonNode *node);

/* scenario.c */
void ipc_scenario_step_free (IpcScenarioStep *step);

/* steps.c */
/* The steps at `$.steps` into the result. */
void ipc_reader_steps (IpcReader *reader, JsonNode *node);
/* combinations.c */
/* What is wrong with a step although each of its fields is right. */
void ipc_reader_check_step (IpcReader *reader, IpcScenarioStep *step);
/* Notes what the step makes of processes and marks, for the steps behind it. */
void ipc_reader_note_step (IpcReader *reader, IpcScenarioStep *step);
/* combinations-fault.c */
void ipc_reader_check_fault (IpcReader *reader, IpcScenarioStep *step);
void ipc_reader_check_close (IpcReader *reader, IpcScenarioStep *step);
void ipc_reader_check_inject (IpcReader *reader, IpcScenarioStep *step);
/* Whether each fault that is waited for or removed is installed somewhere: in another list of a group it may be later.
 */
void ipc_reader_check_fault_names (IpcReader *reader);
/* That the link of a step goes through the relay. */
void ipc_reader_check_relayed (IpcReader *reader, IpcScenarioStep *step);
/* combinations.c */
/* What is wrong with all of it together. */
void ipc_reader_check_case (IpcReader *reader);

G_END_DECLS
#endif
