/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_BENCH_MACHINE_H
#define IPC_BENCH_MACHINE_H

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What there is to say of this machine, and of how busy it is: `processor`, `cores` (that may be used), `memory`
 * (bytes), `kernel`, `system`, `virtual` (it is one), `load` (at first), `time`. */
JsonObject *ipc_bench_machine_describe (void);
/* Adds `load-after`. */
void ipc_bench_machine_end (JsonObject *machine);
/* In a few lines, each with an end. (transfer full) */
gchar *ipc_bench_machine_text (JsonObject *machine);

G_END_DECLS
#endif
