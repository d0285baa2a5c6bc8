/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_PRINT_H
#define IPC_WORKER_PRINT_H

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * Structures as text, with what is in the objects that they hold, which GStreamer prints as addresses: so that what was
 * seen in one process can be compared with what was seen in another.
 */

/* The text of @structure. An event in it is not printed by GStreamer, which may run code of the plugin under test. */
gchar *ipc_structure_to_text (const GstStructure *structure);
/* Initialises @to with what is printed for @from. */
void ipc_print_value (const GValue *from, GValue *to);

G_END_DECLS
#endif
