/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_MAKE_OBJECT_H
#define IPC_WORKER_MAKE_OBJECT_H

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * Objects that no text can be written for, each with known content that is not the default, so that what is lost on the
 * way shows (print.h prints them).
 */

/* Names of the types, for error messages and documents; NULL-terminated. */
const gchar *const *ipc_object_types (void);

/* Gives @structure a field called @type, with an object of that type. FALSE when there is no such type. */
gboolean ipc_object_add (GstStructure *structure, const gchar *type);

G_END_DECLS
#endif
