/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RUN_PRESET_H
#define IPC_RUN_PRESET_H

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Presets, "ELEMENT.PROPERTY=VALUE": every element that a pipeline makes by that name begins with this property. What
 * the pipeline itself sets goes before.
 */

/* FALSE with @error when @preset is not of this form. */
gboolean ipc_preset_check (const gchar *preset, GError **error);
/* @description, in gst-launch's language, with @presets (or NULL), which are of the right form. Caller frees. */
gchar *ipc_presets_apply (const gchar *const *presets, const gchar *description);

G_END_DECLS
#endif
