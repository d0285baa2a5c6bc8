/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_SCENARIO_H
#define IPC_SCENARIO_SCENARIO_H

#include <json-glib/json-glib.h>

#include "step-kinds.h"

G_BEGIN_DECLS

/*
 * A scenario file, read strictly and checked, as a list of cases. Everything that is wrong with a file is found at
 * once and named by file:line, JSON path, what was expected and the nearest right word. Parameters make several cases
 * out of one file.
 */

typedef enum { IPC_ROLE_MASTER, IPC_ROLE_SLAVE } IpcRole;

typedef enum { IPC_TRANSPORT_SOCKETPAIR, IPC_TRANSPORT_PIPES, IPC_TRANSPORT_TCP } IpcTransport;

typedef struct {
  gchar *name;
  IpcRole role;
  gchar *pipeline;     /* gst-launch syntax, ${media} already replaced */
  gboolean start;      /* FALSE: a step of kind "act spawn" starts it */
  gchar **observe;     /* "element.pad", NULL-terminated, never NULL */
  gchar **environment; /* "NAME=value", NULL-terminated, never NULL */
  gchar **allow;       /* names of always-on rules that it breaks on purpose, never NULL */
  gchar **allow_log;   /* regular expressions: warnings and criticals that are expected in its log */
  guint line;
} IpcScenarioProcess;

typedef struct {
  gchar *name;
  gchar *master, *sink; /* process and element name */
  gchar *slave, *src;   /* of the first peer */
  IpcTransport transport;
  gboolean start; /* FALSE: a step of kind "act connect" connects it first */
  gboolean relay; /* FALSE: the fds go straight from process to process */
  guint line;
} IpcScenarioLink;

/* A step, or a group of steps: one that has lists. */
typedef struct {
  const IpcStepKind *kind; /* NULL for a group */
  JsonObject *fields;      /* checked: every member is known and of the right type; defaults filled in */
  guint index;             /* among the steps of the case, those in groups included and groups not */
  guint line;
  gchar *path;  /* where it stands in the file, "steps[3]", "steps[3].do[0]" */
  gchar *place; /* where it stands when everything is written out, "$.steps[12]" */
  gchar *text;  /* the step in one readable line */

  GPtrArray *lists; /* a group: of GPtrArray of IpcScenarioStep, played side by side; NULL for a step */
  gchar *fault;     /* a group that is played until the fault of that name has struck, or NULL */
} IpcScenarioStep;

typedef struct {
  gchar *name; /* stable: path below the scenario folder without .json, and parameters: "seek/flushing[source=wav]" */
  gchar *file;
  gboolean full;       /* one of those that only --full asks for */
  gchar **full_labels; /* why: "slaves=16", those of its values that are kept for it; NULL-terminated, never NULL */
  gchar *shows;
  gchar **requirements; /* never NULL */
  GPtrArray *processes; /* of IpcScenarioProcess, in order of the file */
  GPtrArray *links;     /* of IpcScenarioLink */
  GPtrArray *steps;     /* of IpcScenarioStep */
  gchar **needs[2];     /* by IpcRole: capabilities of the implementation, "element:NAME" of the machine; never NULL */
  gchar *needs_version; /* of GStreamer, "1.24", or NULL */
  gint64 within;        /* how long the steps may take, nanoseconds */
  gchar **allow;        /* names of always-on rules that the scenario breaks on purpose (docs/scenarios.md) */
} IpcScenarioCase;

typedef struct {
  gchar *file;
  guint line;  /* 0 when unknown */
  gchar *path; /* JSON path, "$.steps[2].process" */
  gchar *text; /* what is wrong, what was expected, the nearest right word */
} IpcScenarioMistake;

void ipc_scenario_case_free (IpcScenarioCase *scenario_case);
void ipc_scenario_mistake_free (IpcScenarioMistake *mistake);

IpcScenarioProcess *ipc_scenario_case_find_process (IpcScenarioCase *scenario_case, const gchar *name);
IpcScenarioLink *ipc_scenario_case_find_link (IpcScenarioCase *scenario_case, const gchar *name);

/* What a file may name that is not in it. */
typedef struct {
  const gchar *media;        /* what ${media} stands for; NULL leaves it as it is, which is enough to check a file */
  const gchar *const *rules; /* names of the always-on rules, NULL-terminated; NULL: `allow` is checked for its form */
  gboolean full;             /* also the cases that only --full asks for */
  const gchar *const *requirements;  /* the IDs that there are; NULL: any will do */
  const gchar *const *process_rules; /* those of `rules` that a process may break by itself; NULL likewise */
} IpcScenarioWorld;

/* Reads and checks @file. @name: the case's name. Returns the cases (IpcScenarioCase, free func set), or NULL with all
 * mistakes appended to @mistakes (IpcScenarioMistake, free func set by the caller's ipc_scenario_mistake_free). */
GPtrArray *ipc_scenario_load_file (
    const gchar *file, const gchar *name, const IpcScenarioWorld *world, GPtrArray *mistakes);
/* Loads every *.json below @folder (not known-failures/, not scenario.schema.json), sorted by name. */
GPtrArray *ipc_scenario_load_folder (const gchar *folder, const IpcScenarioWorld *world, GPtrArray *mistakes);
/* "FILE:LINE: PATH: TEXT" */
gchar *ipc_scenario_mistake_to_string (const IpcScenarioMistake *mistake);

G_END_DECLS
#endif
