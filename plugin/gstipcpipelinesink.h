/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_IPC_PIPELINE_SINK_H
#define GST_IPC_PIPELINE_SINK_H

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_IPC_PIPELINE_SINK (gst_ipc_pipeline_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstIpcPipelineSink, gst_ipc_pipeline_sink, GST, IPC_PIPELINE_SINK, GstElement)

GST_ELEMENT_REGISTER_DECLARE (ipcpipelinesink);

G_END_DECLS
#endif
