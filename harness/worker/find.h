/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_FIND_H
#define IPC_WORKER_FIND_H

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * Things of a pipeline by the names that commands give. An error names what there is instead.
 */

/* @name: of an element in @pipeline at any depth, or of @pipeline itself. (transfer full) */
GstElement *ipc_find_element (GstBin *pipeline, const gchar *name, GError **error);
/* @name: "element.pad". @element: return location for the pad's element (transfer full), not NULL. (transfer full) */
GstPad *ipc_find_pad (GstBin *pipeline, const gchar *name, GstElement **element, GError **error);

G_END_DECLS
#endif
