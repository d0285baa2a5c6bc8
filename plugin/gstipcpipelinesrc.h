/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_IPC_PIPELINE_SRC_H
#define GST_IPC_PIPELINE_SRC_H

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_IPC_PIPELINE_SRC (gst_ipc_pipeline_src_get_type ())
G_DECLARE_FINAL_TYPE (GstIpcPipelineSrc, gst_ipc_pipeline_src, GST, IPC_PIPELINE_SRC, GstElement)

GST_ELEMENT_REGISTER_DECLARE (ipcpipelinesrc);

/* Sends @message (borrowed) to the master. FALSE when it could not be sent. */
gboolean gst_ipc_pipeline_src_forward_message (GstIpcPipelineSrc *src, GstMessage *message);
/* Whether that is still who is at the other end: no longer once it was disconnected. */
gboolean gst_ipc_pipeline_src_has_peer (GstIpcPipelineSrc *src, guint64 peer);
/* Whether the master has greeted us as a reference peer does. */
gboolean gst_ipc_pipeline_src_has_reference_peer (GstIpcPipelineSrc *src);
/* Tells the master that the slave pipeline has lost its state (STATE-10). */
void gst_ipc_pipeline_src_state_lost (GstIpcPipelineSrc *src);

/* While the slave pipeline goes down: flushes of the master's do not go downstream (LIFE-11). None is
 * on its way there when this returns (gstipcsrcflow.h). */
void gst_ipc_pipeline_src_hold_flushes (GstIpcPipelineSrc *src, gboolean hold);

/* Around a step of the pipeline (gstipcsrcflow.h). FALSE: not now. */
gboolean gst_ipc_pipeline_src_begin_step (GstIpcPipelineSrc *src);
void gst_ipc_pipeline_src_end_step (GstIpcPipelineSrc *src);

G_END_DECLS
#endif
