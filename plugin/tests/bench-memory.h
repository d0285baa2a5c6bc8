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
/* The same of whatever has a path that begins with @prefix. */
guint memory_count_fds_of (const gchar *prefix);
guint memory_count_mappings_of (const gchar *prefix);

/* One of the numbers of the element's `stats` that are uint. */
guint memory_stat (TestBench *bench, const gchar *name);

/* Sink: goes to PLAYING with a slave that names @features, and begins the stream. */
void memory_play (TestBench *bench, IpcFeatures features);
/* Src: the same, with a master that does. */
void memory_follow (TestBench *bench, IpcFeatures features);

/* Sink: pushes @buffer (taken over) and answers it. The BUFFER is the peer's until the next call. */
const IpcPacket *memory_push (TestBench *bench, GstBuffer *buffer);
/* The same of a buffer that must be lent. */
IpcMemoryLoan memory_push_lent (TestBench *bench, GstBuffer *buffer);
/* Returns loan @number; it is back then. */
void memory_give_back (TestBench *bench, guint32 number);

/* Src: sends a BUFFER that refers to @loan, with @fds. Returns its id. */
guint32 memory_send_loan (TestBench *bench, const IpcMemoryLoan *loan, const gint *fds, guint n_fds);
/* The next MEMORY_RELEASE must return loan @number. */
void memory_expect_returned (TestBench *bench, guint32 number);
/* The pad notes what it gets, and keeps it: no more. */
void memory_let_go_of_all (TestBench *bench);

G_END_DECLS
#endif
