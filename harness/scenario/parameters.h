/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_SCENARIO_PARAMETERS_H
#define IPC_SCENARIO_PARAMETERS_H

#include "reader.h"

G_BEGIN_DECLS

/*
 * The members `parameters` and `exclude` of a file: which combinations of values make a case each. Borrows the nodes of
 * the file's tree, which must live longer.
 */

#define IPC_MAX_CASES 4096 /* of one file */
/* Names of parameters and of what `for` counts. */
#define IPC_PARAMETER_PATTERN "^[a-z][a-z0-9-]*$"

typedef struct {
  gchar *label;
  JsonNode *value; /* borrowed */
  gchar *source;   /* JSON path of the value */
  gboolean full;   /* only with --full */
} IpcParameterValue;

typedef struct {
  gchar *name;
  GPtrArray *values; /* of IpcParameterValue, at least one */
} IpcParameter;

typedef struct {
  GPtrArray *parameters; /* of IpcParameter, in order of the file */
  GPtrArray *exclusions; /* of GHashTable: name -> set of labels */
  GPtrArray *files;      /* of IpcStrictJson: those that values are taken from */
} IpcParameters;

/* One case: the value of each parameter. */
typedef struct {
  gchar *name; /* "[source=wav,slaves=2]", or "" */
  gboolean full;
  const IpcParameterValue **values; /* one a parameter */
} IpcCombination;

/* Reads them; NULL with mistakes when no case can be made of the file. What is wrong with single values is reported
 * and left out, so that the rest of the file can be looked at. */
IpcParameters *ipc_parameters_read (IpcReader *reader, JsonNode *root);
void ipc_parameters_free (IpcParameters *parameters);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcParameters, ipc_parameters_free)

/* All combinations that are not excluded (IpcCombination, free func set), in order; those with a value of `full` are
 * among them. NULL with mistakes. */
GPtrArray *ipc_parameters_combine (IpcReader *reader, IpcParameters *parameters);

G_END_DECLS
#endif
