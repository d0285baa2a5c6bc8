/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A static plugin of this process. */

#include "elements.h"

#include "../commands.h"
#include "actor.h"

const gchar *const *
ipc_elements_names (void)
{
  static const gchar *const names[] = { "ipctestsrc", "ipctestfilter", "ipctestsink", NULL };

  return names;
}

static gboolean
plugin_init (GstPlugin *plugin)
{
  const gchar *const *names = ipc_elements_names ();

  return gst_element_register (plugin, names[0], GST_RANK_NONE, IPC_TYPE_TEST_SRC)
         && gst_element_register (plugin, names[1], GST_RANK_NONE, IPC_TYPE_TEST_FILTER)
         && gst_element_register (plugin, names[2], GST_RANK_NONE, IPC_TYPE_TEST_SINK);
}

void
ipc_elements_register (void)
{
  gst_plugin_register_static (GST_VERSION_MAJOR, GST_VERSION_MINOR, "ipctest", "Test elements of gst-ipc-worker",
      plugin_init, "0.1", "LGPL", "gst-ipc-harness", "gst-ipc-harness", "gst-ipc-harness");
}

static void
find_mistake (const GValue *item, gpointer user_data)
{
  GstElement *element = g_value_get_object (item);
  IpcActor *actor = ipc_actor_of (element);
  g_autofree gchar *mistake = actor ? ipc_actor_mistake (actor) : NULL;
  GError **error = user_data;

  if (mistake != NULL && *error == NULL)
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "%s: %s", GST_OBJECT_NAME (element), mistake);
}

gboolean
ipc_elements_check (GstBin *bin, GError **error)
{
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (bin);
  GError *mistake = NULL;

  gst_iterator_foreach (elements, find_mistake, &mistake);
  if (mistake == NULL)
    return TRUE;
  g_propagate_error (error, mistake);
  return FALSE;
}
