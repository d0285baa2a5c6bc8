/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One meta of each kind that implementations treat differently. */

#include "test-metas.h"

#include <gst/video/gstvideometa.h>

#define CUSTOM_NAME "IpcTestMeta"

GType
ipc_test_metas_get_type (void)
{
  static const GFlagsValue values[] = {
    { IPC_TEST_META_PROTECTION, "GstProtectionMeta", "protection" },
    { IPC_TEST_META_VIDEO, "GstVideoMeta: GRAY8, one line", "video" },
    { IPC_TEST_META_REFERENCE_TIMESTAMP, "GstReferenceTimestampMeta", "reference-timestamp" },
    { IPC_TEST_META_CUSTOM, "Custom meta " CUSTOM_NAME, "custom" },
    { 0 },
  };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_flags_register_static ("IpcTestMetas", values));
  return type;
}

static void
add_protection (GstBuffer *buffer, guint64 number)
{
  gst_buffer_add_protection_meta (
      buffer, gst_structure_new ("application/x-ipctest", "number", G_TYPE_UINT64, number, NULL));
}

static void
add_reference_timestamp (GstBuffer *buffer, guint64 number)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("timestamp/x-ipctest");

  gst_buffer_add_reference_timestamp_meta (buffer, caps, number * GST_MSECOND, GST_MSECOND);
}

static void
add_custom (GstBuffer *buffer, guint64 number)
{
  static const gchar *tags[] = { NULL };

  if (gst_meta_get_info (CUSTOM_NAME) == NULL)
    gst_meta_register_custom (CUSTOM_NAME, tags, NULL, NULL, NULL);
  GstCustomMeta *meta = gst_buffer_add_custom_meta (buffer, CUSTOM_NAME);
  gst_structure_set (gst_custom_meta_get_structure (meta), "number", G_TYPE_UINT64, number, NULL);
}

void
ipc_test_metas_add (GstBuffer *buffer, IpcTestMetas metas, guint64 number)
{
  if (metas & IPC_TEST_META_PROTECTION)
    add_protection (buffer, number);
  if (metas & IPC_TEST_META_VIDEO)
    gst_buffer_add_video_meta (
        buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, MAX (gst_buffer_get_size (buffer), 1), 1);
  if (metas & IPC_TEST_META_REFERENCE_TIMESTAMP)
    add_reference_timestamp (buffer, number);
  if (metas & IPC_TEST_META_CUSTOM)
    add_custom (buffer, number);
}
