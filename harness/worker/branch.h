/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_BRANCH_H
#define IPC_WORKER_BRANCH_H

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * Branches of a pipeline: bins that come and go while it plays, each linked to one pad of it or standing by itself. One
 * is added, started (linked, and brought to the pipeline's state) and removed; each step may block in GStreamer.
 * Steps of different branches may run side by side; two steps of one branch do not: the second is an error.
 */
typedef struct _IpcBranches IpcBranches;

IpcBranches *ipc_branches_new (void);
/* Lets go of all branches; their pipeline has to be in NULL. */
void ipc_branches_free (IpcBranches *branches);

/* Makes the bin @name of @description (gst-launch) and puts it into @pipeline, in NULL whatever that does. @to: what it
 * is to be linked to when it starts: "element" for any free or request pad of it, "element.pad" for that pad or one of
 * that template ("tee.src_%u"); NULL: nothing. Returns the bin (transfer full), NULL with @error. */
GstBin *ipc_branches_add (IpcBranches *branches, GstBin *pipeline, const gchar *name, const gchar *description,
    const gchar *to, GError **error);
/* @reached: whether the branch takes part in the pipeline's state; when not, it was not linked. FALSE with @error. */
gboolean ipc_branches_start (IpcBranches *branches, const gchar *name, gboolean *reached, GError **error);
/* Unlinks the branch when nothing is under way at its pad (@at_once: does not wait for that), takes it to NULL and out
 * of the pipeline, and releases the pad. A pad that was not requested stays blocked until another branch starts there.
 * @result: of going to NULL. Returns the bin (transfer full), NULL with @error. */
GstBin *ipc_branches_remove (
    IpcBranches *branches, const gchar *name, gboolean at_once, GstStateChangeReturn *result, GError **error);

G_END_DECLS
#endif
