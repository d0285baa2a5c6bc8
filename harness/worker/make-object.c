/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One function a type. All that an object can say of itself is said: what goes over the wire has to keep it. */

#include "make-object.h"

static GstStructure *
content (void)
{
  return gst_structure_new ("ipctest", "n", G_TYPE_INT, 5, NULL);
}

static GstBuffer *
new_buffer (GstClockTime pts)
{
  GstBuffer *buffer = gst_buffer_new_memdup ("hello", 5);

  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DTS (buffer) = pts - 1;
  GST_BUFFER_DURATION (buffer) = 40;
  GST_BUFFER_OFFSET (buffer) = 7;
  GST_BUFFER_OFFSET_END (buffer) = 8;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

static void
add_buffer (GstStructure *structure, const gchar *field)
{
  g_autoptr (GstBuffer) buffer = new_buffer (1000);

  gst_structure_set (structure, field, GST_TYPE_BUFFER, buffer, NULL);
}

static void
add_buffer_list (GstStructure *structure, const gchar *field)
{
  g_autoptr (GstBufferList) list = gst_buffer_list_new ();

  gst_buffer_list_add (list, new_buffer (2000));
  gst_buffer_list_add (list, new_buffer (3000));
  gst_structure_set (structure, field, GST_TYPE_BUFFER_LIST, list, NULL);
}

static void
add_context (GstStructure *structure, const gchar *field)
{
  g_autoptr (GstContext) context = gst_context_new ("ipctest.context", TRUE);

  gst_structure_set (gst_context_writable_structure (context), "n", G_TYPE_INT, 5, NULL);
  gst_structure_set (structure, field, GST_TYPE_CONTEXT, context, NULL);
}

static void
add_event (GstStructure *structure, const gchar *field)
{
  g_autoptr (GstEvent) event = gst_event_new_custom (GST_EVENT_CUSTOM_BOTH, content ());

  gst_event_set_seqnum (event, 4711);
  gst_structure_set (structure, field, GST_TYPE_EVENT, event, NULL);
}

static void
add_message (GstStructure *structure, const gchar *field)
{
  g_autoptr (GstMessage) message = gst_message_new_application (NULL, content ());

  gst_message_set_seqnum (message, 4712);
  gst_structure_set (structure, field, GST_TYPE_MESSAGE, message, NULL);
}

static void
add_error (GstStructure *structure, const gchar *field)
{
  g_autoptr (GError) error = g_error_new_literal (GST_STREAM_ERROR, GST_STREAM_ERROR_DECRYPT, "no-key");

  gst_structure_set (structure, field, G_TYPE_ERROR, error, NULL);
}

static const gchar *const types[]
    = { "GstBuffer", "GstBufferList", "GstContext", "GstEvent", "GstMessage", "GError", NULL };

static void (*const adders[]) (GstStructure *structure, const gchar *field)
    = { add_buffer, add_buffer_list, add_context, add_event, add_message, add_error };

const gchar *const *
ipc_object_types (void)
{
  return types;
}

gboolean
ipc_object_add (GstStructure *structure, const gchar *type)
{
  for (guint i = 0; types[i] != NULL; i++) {
    if (!g_str_equal (types[i], type))
      continue;
    adders[i](structure, type);
    return TRUE;
  }
  return FALSE;
}
