/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_IPC_SLAVE_PIPELINE_H
#define GST_IPC_SLAVE_PIPELINE_H

#include "gstipcpipelinesrc.h"

#include "wire/greeting.h"

G_BEGIN_DECLS

#define GST_TYPE_IPC_SLAVE_PIPELINE (gst_ipc_slave_pipeline_get_type ())
G_DECLARE_FINAL_TYPE (GstIpcSlavePipeline, gst_ipc_slave_pipeline, GST, IPC_SLAVE_PIPELINE, GstPipeline)

GST_ELEMENT_REGISTER_DECLARE (ipcslavepipeline);

/* Makes @pipeline, of any kind, take the @transition that the master asks for, and returns what to answer (SLAVE-2,
 * SLAVE-3). Several sources of one pipeline may ask at once: the first one does it. @src was asked by @peer, and
 * nothing is done any more when that is not its peer. */
GstStateChangeReturn gst_ipc_slave_pipeline_follow (
    GstElement *pipeline, GstStateChange transition, GstIpcPipelineSrc *src, guint64 peer);

/* Has @pipeline run on the clock and base time of the master's pipeline: from its next change to PLAYING on, or at once
 * when it is there (TIME-1). @time comes from the peer; NULL: what the master runs on is not known, and the pipeline
 * chooses as any other with its next change to PLAYING (TIME-2). Returns FALSE when @time is not used: it cannot be,
 * the application has chosen clock or base time itself, or @pipeline is no ipcslavepipeline. */
gboolean gst_ipc_slave_pipeline_set_time (GstElement *pipeline, const IpcTime *time);

/* The @latency, in nanoseconds, that a master which is a reference peer configures, or GST_CLOCK_TIME_NONE. The
 * pipeline gives it to sinks that have not had it, instead of one of its own (TIME-3). Does nothing for any other kind
 * of pipeline. */
void gst_ipc_slave_pipeline_set_latency (GstElement *pipeline, GstClockTime latency);

G_END_DECLS
#endif
