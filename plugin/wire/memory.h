/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WIRE_MEMORY_H
#define IPC_WIRE_MEMORY_H

#include "packet.h"

G_BEGIN_DECLS

/*
 * BUFFERs whose data does not go over the wire (MEM-2): instead of it they have a meta that says where it is, in
 * memories that both sides have. Only the words; file descriptors are the link's business, and memory is the
 * elements'.
 *
 * The text is `LOAN;ID:SIZE:OFFSET:LENGTH,...`, in decimal numbers, with a `+` behind the LENGTH of a memory that is
 * new: its file descriptor comes with the packet.
 */

/* The API name of the meta. */
#define IPC_MEMORY_META "GstIpcMemory"
/* Parts of one buffer. GStreamer has at most 16 memories in one. */
#define IPC_MEMORY_MAX_PARTS 64
/* What a slave takes in, of one master: memories, and bytes of them all. */
#define IPC_MEMORY_MAX_MEMORIES 1024
#define IPC_MEMORY_MAX_BYTES (sizeof (gpointer) >= 8 ? G_GUINT64_CONSTANT (16) << 30 : G_GUINT64_CONSTANT (1) << 29)
/* Memories of these that are dmabufs: each takes an fd of the slave for as long as it is known. */
#define IPC_MEMORY_MAX_DMABUFS 128
/* Numbers in one MEMORY_RELEASE. */
#define IPC_MEMORY_MAX_NUMBERS 4096

/* A stretch of a memory. */
typedef struct {
  guint32 id;      /* of the memory, never 0 */
  guint64 size;    /* of the whole memory, bytes */
  guint64 offset;  /* of the stretch in it */
  guint64 length;  /* bytes, never 0 */
  gboolean is_new; /* the peer has not seen the memory yet */
} IpcMemoryPart;

/* What one BUFFER lends: the data is its parts, one behind the other. Stays lent until the slave has returned it. */
typedef struct {
  guint32 number; /* of the loan, never 0 */
  guint n_parts;  /* at least 1 */
  IpcMemoryPart parts[IPC_MEMORY_MAX_PARTS];
} IpcMemoryLoan;

/* Bytes of all parts. */
guint64 ipc_memory_loan_length (const IpcMemoryLoan *loan);
/* Makes @packet, a BUFFER that was built, one without data that refers to @loan. Its form must have MEMORY. */
void ipc_packet_lend (IpcPacket *packet, const IpcMemoryLoan *loan);

/* TRUE for a BUFFER that means to refer to memory, whatever else is in it. (One of a peer with which nothing of the
 * kind was agreed on has a meta that is called so, and no more.) */
gboolean ipc_packet_is_loan (const IpcPacket *packet);
/* Reads what it refers to. Strict: FALSE with @error when anything is not as it should be, in itself; each stretch is
 * within the size that is said then, and no sum overflows. */
gboolean ipc_memory_loan_from_packet (const IpcPacket *packet, IpcMemoryLoan *loan, GError **error);
/* How many file descriptors belong to @packet. 0 when it cannot be read. */
guint ipc_packet_count_fds (const IpcPacket *packet);

/* @numbers: copied; 1 to IPC_MEMORY_MAX_NUMBERS of them. To the master: loans that are returned. To the slave: memories
 * that it will hear of no more. */
void ipc_packet_build_memory_release (IpcPacket *packet, const guint32 *numbers, guint n);

G_END_DECLS
#endif
