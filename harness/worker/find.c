/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Elements and pads by name. */

#include "find.h"

#include "commands.h"

#include <string.h>

static void
append_element_name (const GValue *item, gpointer list)
{
  g_string_append_printf (list, " %s", GST_OBJECT_NAME (g_value_get_object (item)));
}

GstElement *
ipc_find_element (GstBin *pipeline, const gchar *name, GError **error)
{
  if (g_str_equal (name, GST_OBJECT_NAME (pipeline)))
    return gst_object_ref (GST_ELEMENT (pipeline));

  GstElement *element = gst_bin_get_by_name (pipeline, name);
  if (element == NULL) {
    g_autoptr (GstIterator) iterator = gst_bin_iterate_recurse (pipeline);
    g_autoptr (GString) list = g_string_new (NULL);

    gst_iterator_foreach (iterator, append_element_name, list);
    g_set_error (
        error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_UNKNOWN, "no element \"%s\": the pipeline has%s", name, list->str);
  }
  return element;
}

static gboolean
append_pad_name (GstElement *element, GstPad *pad, gpointer list)
{
  g_string_append_printf (list, " %s", GST_OBJECT_NAME (pad));
  return TRUE;
}

GstPad *
ipc_find_pad (GstBin *pipeline, const gchar *name, GstElement **element, GError **error)
{
  const gchar *dot = strrchr (name, '.');

  *element = NULL;
  if (dot == NULL) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "\"%s\" is not \"element.pad\"", name);
    return NULL;
  }

  g_autofree gchar *element_name = g_strndup (name, dot - name);
  g_autoptr (GstElement) found = ipc_find_element (pipeline, element_name, error);
  if (found == NULL)
    return NULL;

  GstPad *pad = gst_element_get_static_pad (found, dot + 1);
  if (pad == NULL) {
    g_autoptr (GString) list = g_string_new (NULL);

    gst_element_foreach_pad (found, append_pad_name, list);
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_UNKNOWN, "no pad \"%s\" at \"%s\", which has now:%s",
        dot + 1, element_name, list->len > 0 ? list->str : " none");
    return NULL;
  }
  *element = g_steal_pointer (&found);
  return pad;
}
