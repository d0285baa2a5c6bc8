/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugin `ipcpipeline` and its three elements. */

#include "gstipcpipelinesink.h"
#include "gstipcpipelinesrc.h"
#include "gstipcslavepipeline.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (ipcpipelinesink, plugin) && GST_ELEMENT_REGISTER (ipcpipelinesrc, plugin)
         && GST_ELEMENT_REGISTER (ipcslavepipeline, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, ipcpipeline, "Splits pipelines over processes", plugin_init,
    PACKAGE_VERSION, "LGPL", "gst-ipc-harness", "Unknown package origin")
