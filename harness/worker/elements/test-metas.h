/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_ELEMENTS_TEST_METAS_H
#define IPC_WORKER_ELEMENTS_TEST_METAS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Metas with known content, to be put on buffers, and to be compared with what has arrived. */

typedef enum {
  IPC_TEST_META_PROTECTION = 1 << 0,
  IPC_TEST_META_VIDEO = 1 << 1,
  IPC_TEST_META_REFERENCE_TIMESTAMP = 1 << 2,
  IPC_TEST_META_CUSTOM = 1 << 3,
  IPC_TEST_META_CROP = 1 << 4,
  IPC_TEST_META_REGION = 1 << 5,
  IPC_TEST_META_TIME_CODE = 1 << 6,
  IPC_TEST_META_CAPTION = 1 << 7,
  IPC_TEST_META_AFD = 1 << 8,
  IPC_TEST_META_BAR = 1 << 9,
  IPC_TEST_META_CLIPPING = 1 << 10,
  IPC_TEST_META_LEVEL = 1 << 11,
  IPC_TEST_META_AUDIO = 1 << 12,
  IPC_TEST_META_AUDIO_PLANES = 1 << 13 /* the same meta: one of the two */
} IpcTestMetas;

#define IPC_TYPE_TEST_METAS (ipc_test_metas_get_type ())
GType ipc_test_metas_get_type (void);

/* Makes those of @metas known to GStreamer that it does not know by itself (custom): a receiver does so before. */
void ipc_test_metas_register (IpcTestMetas metas);

/* @number: of the buffer, part of their content. Regions and bars are within a frame of 100 pixels by 1. */
void ipc_test_metas_add (GstBuffer *buffer, IpcTestMetas metas, guint64 number);

/* Whether @buffer has each of @metas, once and with the content that ipc_test_metas_add() gives it; what else it has is
 * not looked at. NULL when it has, otherwise a text that says what is wrong; caller frees. */
gchar *ipc_test_metas_check (GstBuffer *buffer, IpcTestMetas metas, guint64 number);

G_END_DECLS
#endif
