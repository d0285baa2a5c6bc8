/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a worker says of itself and of the implementation under test: enough for the harness to prove which file serves
 * the elements, and to know what it can be asked. */

#include "hello.h"

#include "elements/elements.h"
#include "report.h"
#include "signals.h"

#include <unistd.h>

static const gchar *const factory_names[] = { "ipcpipelinesink", "ipcpipelinesrc", "ipcslavepipeline" };

static void
add_capability (JsonArray *list, const gchar *factory, const gchar *name, const gchar *end)
{
  g_autofree gchar *text = g_strdup_printf ("%s.%s%s", factory, name, end);

  json_array_add_string_element (list, text);
}

/* Only what the element's own type brings, not what every element or pipeline has. */
static void
add_own (JsonArray *list, const gchar *factory, GType type)
{
  g_autoptr (GTypeClass) type_class = g_type_class_ref (type);
  guint n;

  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_CLASS (type_class), &n);
  for (guint i = 0; i < n; i++) {
    if (specs[i]->owner_type == type)
      add_capability (list, factory, specs[i]->name, "");
  }

  g_autofree guint *signals = g_signal_list_ids (type, &n);
  for (guint i = 0; i < n; i++)
    add_capability (list, factory, g_signal_name (signals[i]), "()");
}

static JsonArray *
capabilities (void)
{
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (factory_names); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (factory_names[i]);
    g_autoptr (GstPluginFeature) loaded = factory ? gst_plugin_feature_load (GST_PLUGIN_FEATURE (factory)) : NULL;

    if (loaded == NULL)
      continue;
    json_array_add_string_element (list, factory_names[i]);
    add_own (list, factory_names[i], gst_element_factory_get_element_type (GST_ELEMENT_FACTORY (loaded)));
  }
  for (const gchar *const *name = ipc_elements_names (); *name != NULL; name++)
    json_array_add_string_element (list, *name);
  return list;
}

JsonObject *
ipc_hello (void)
{
  g_autoptr (GstPluginFeature) feature = gst_registry_lookup_feature (gst_registry_get (), factory_names[0]);
  g_autoptr (GstPlugin) plugin = feature ? gst_plugin_feature_get_plugin (feature) : NULL;
  guint major, minor, micro, nano;
  JsonObject *report = ipc_report_new ("hello");

  gst_version (&major, &minor, &micro, &nano);
  ipc_report_set_int (report, "pid", getpid ());
  ipc_report_set_int (report, "worker", IPC_WORKER_PROTOCOL_VERSION);
  ipc_report_take_text (report, "gstreamer", g_strdup_printf ("%u.%u.%u", major, minor, micro));
  ipc_report_set_text (report, "plugin", plugin ? gst_plugin_get_filename (plugin) : NULL);
  ipc_report_set_text (report, "plugin-version", plugin ? gst_plugin_get_version (plugin) : NULL);
  ipc_report_set_text (report, "package", plugin ? gst_plugin_get_package (plugin) : NULL);
  ipc_report_set_text (report, "origin", plugin ? gst_plugin_get_origin (plugin) : NULL);
  json_object_set_array_member (report, "capabilities", capabilities ());
  json_object_set_array_member (report, "signals", ipc_signals_inherited ());
  return report;
}
