/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_CLI_DECODE_PRINT_H
#define IPC_CLI_DECODE_PRINT_H

#include "relay/capture.h"

G_BEGIN_DECLS

/* One item of a capture on standard output: a line, all its fields when @verbose, its bytes when @hex. @where: stands
 * in front of it. */
void ipc_decode_print (const gchar *where, GBytes *bytes, const IpcCaptureItem *item, IpcDirection direction,
    gboolean verbose, gboolean hex);

G_END_DECLS
#endif
