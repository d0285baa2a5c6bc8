/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_PIPELINE_H
#define IPC_SCENARIO_PIPELINE_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * The element names in a pipeline text, found by its words: enough to catch a misspelt name before anything is
 * started, without loading a plugin.
 */
typedef struct {
  GHashTable *factories; /* name (of `name=NAME`) -> factory name, "" when not recognised */
  GPtrArray *names;      /* in order of the text, ends with NULL */
  gchar *duplicate;      /* a name that is given twice, or NULL */
  gboolean has_bins;     /* a bin that makes elements with names of its own: names cannot be judged */
  gboolean has_branches; /* there may be more, at times */
} IpcPipelineNames;

/* Adds the names of a branch that may be added to the pipeline. */
void ipc_pipeline_names_add (IpcPipelineNames *names, const gchar *pipeline);
IpcPipelineNames *ipc_pipeline_names_new (const gchar *pipeline);
void ipc_pipeline_names_free (IpcPipelineNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcPipelineNames, ipc_pipeline_names_free)

/* Whether an element called @name may exist: named in the text, or of the kind that GStreamer makes up ("queue0"). */
gboolean ipc_pipeline_names_allow (IpcPipelineNames *names, const gchar *name);
/* The factory of @name, or NULL when there is no such name. */
const gchar *ipc_pipeline_names_factory (IpcPipelineNames *names, const gchar *name);

G_END_DECLS
#endif
