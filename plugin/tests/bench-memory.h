/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_TESTS_BENCH_MEMORY_H
#define IPC_TESTS_BENCH_MEMORY_H

#include <fcntl.h>

#include "bench.h"
#include "wire/memory.h"

G_BEGIN_DECLS

/*
 * Memory that is passed by reference: files for it, good and bad, and what is left of it in this process.
 */

#define TEST_SEALS (F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)

/* A memfd called "ipctest" with @size bytes and @seals; the bytes follow from @seed. */
gint memory_new_fd (gsize size, gint seals, guint8 seed);
/* That @fd has these from @offset on. */
void memory_expect (gint fd, gsize offset, gsize size, guint8 seed);
/* A GstMemory of such a file. */
GstMemory *memory_new (gsize size, gint seals, guint8 seed);
/* A buffer of such a memory (taken over); *@alive (atomic) is 1 for as long as there is the buffer. */
GstBuffer *memory_new_buffer (GstMemory *memory, gint *alive);
/* Waits until *@alive is 0. */
void memory_await_end (gint *alive);

/* File descriptors, and mappings, of memfds called @name that this process has. */
guint memory_count_fds (const gchar *name);
guint memory_count_mappings (const gchar *name);

G_END_DECLS
#endif
