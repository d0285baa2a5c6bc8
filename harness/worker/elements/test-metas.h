/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_ELEMENTS_TEST_METAS_H
#define IPC_WORKER_ELEMENTS_TEST_METAS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Metas with known content, to be put on buffers. */

typedef enum {
  IPC_TEST_META_PROTECTION = 1 << 0,
  IPC_TEST_META_VIDEO = 1 << 1,
  IPC_TEST_META_REFERENCE_TIMESTAMP = 1 << 2,
  IPC_TEST_META_CUSTOM = 1 << 3
} IpcTestMetas;

#define IPC_TYPE_TEST_METAS (ipc_test_metas_get_type ())
GType ipc_test_metas_get_type (void);

/* @number: of the buffer, part of their content. */
void ipc_test_metas_add (GstBuffer *buffer, IpcTestMetas metas, guint64 number);

G_END_DECLS
#endif
