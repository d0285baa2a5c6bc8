/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_IPC_SLAVE_PIPELINE_H
#define GST_IPC_SLAVE_PIPELINE_H

#include "gstipcpipelinesrc.h"

G_BEGIN_DECLS

#define GST_TYPE_IPC_SLAVE_PIPELINE (gst_ipc_slave_pipeline_get_type ())
G_DECLARE_FINAL_TYPE (GstIpcSlavePipeline, gst_ipc_slave_pipeline, GST, IPC_SLAVE_PIPELINE, GstPipeline)

GST_ELEMENT_REGISTER_DECLARE (ipcslavepipeline);

/* Makes @pipeline, of any kind, take the @transition that the master asks for, and returns what to answer (SLAVE-2,
 * SLAVE-3). Several sources of one pipeline may ask at once: the first one does it. @src was asked by @peer, and
 * nothing is done any more when that is not its peer. */
GstStateChangeReturn gst_ipc_slave_pipeline_follow (
    GstElement *pipeline, GstStateChange transition, GstIpcPipelineSrc *src, guint64 peer);

G_END_DECLS
#endif
