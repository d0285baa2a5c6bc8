/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_ELEMENTS_H
#define IPC_WORKER_ELEMENTS_H

#include <gst/base/gstbasesink.h>
#include <gst/base/gstpushsrc.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * Elements that do on command what others do by accident: ipctestsrc, ipctestfilter, ipctestsink. For pipelines of this
 * process only (docs/test-elements.md).
 */

#define IPC_TYPE_TEST_SRC (ipc_test_src_get_type ())
G_DECLARE_FINAL_TYPE (IpcTestSrc, ipc_test_src, IPC, TEST_SRC, GstPushSrc)
#define IPC_TYPE_TEST_FILTER (ipc_test_filter_get_type ())
G_DECLARE_FINAL_TYPE (IpcTestFilter, ipc_test_filter, IPC, TEST_FILTER, GstElement)
#define IPC_TYPE_TEST_SINK (ipc_test_sink_get_type ())
G_DECLARE_FINAL_TYPE (IpcTestSink, ipc_test_sink, IPC, TEST_SINK, GstBaseSink)

/* Once, after gst_init(). */
void ipc_elements_register (void);
/* Their factories, NULL-terminated. */
const gchar *const *ipc_elements_names (void);
/* FALSE with @error when a property of a test element in @bin has a mistake that setting it could not tell. */
gboolean ipc_elements_check (GstBin *bin, GError **error);

G_END_DECLS
#endif
