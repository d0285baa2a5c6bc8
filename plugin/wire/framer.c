/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bytes in, frames out. Bytes are first read into `staged`, as many as there are, so that one read brings several
 * small packets. When the front packet's payload is not all there, a memory of its own is begun for it, which becomes
 * the GBytes that is handed out: what is missing is read straight into it, and nothing behind it. That
 * memory starts small and at most doubles each time that it is full: a peer has to send bytes to make it grow.
 */

#include <string.h>

#include "framer.h"

/* What a payload's memory starts with, and what staging never falls below. */
#define PAYLOAD_START (64 * 1024)
#define STAGED_MIN 4096
/* A BUFFER's data begins 52 bytes into its payload, and elements expect media to be aligned as malloc() does it. */
#define PAYLOAD_PAD 12

struct _IpcFramer {
  IpcDirection direction;
  guint32 max_payload;

  /* read, not yet cut: [start, end) of staged */
  guint8 *staged;
  gsize staged_size;
  gsize start;
  gsize end;

  /* the payload that is half read; NULL when there is none */
  IpcHeader header;
  guint8 *payload;
  gsize payload_size; /* bytes that fit; the memory has PAYLOAD_PAD more in front */
  gsize payload_fill; /* bytes read */

  guint8 *reserved; /* where the last reserve pointed, NULL without one */
  gsize room;
  GError *broken; /* why nothing is taken any more */
};

/**
 * ipc_framer_new:
 * @direction: the way the bytes travel
 * @max_payload: bytes, larger payloads are refused
 *
 * Returns: (transfer full): a framer at the beginning of a stream
 */
IpcFramer *
ipc_framer_new (IpcDirection direction, guint32 max_payload)
{
  IpcFramer *framer = g_new0 (IpcFramer, 1);

  framer->direction = direction;
  framer->max_payload = max_payload;
  return framer;
}

/**
 * ipc_framer_reset:
 * @framer: a framer
 *
 * Forgets everything that was read, an error included.
 */
void
ipc_framer_reset (IpcFramer *framer)
{
  g_clear_pointer (&framer->staged, g_free);
  g_clear_pointer (&framer->payload, g_free);
  g_clear_error (&framer->broken);
  framer->staged_size = framer->start = framer->end = 0;
  framer->payload_size = framer->payload_fill = 0;
  framer->reserved = NULL;
  framer->room = 0;
}

/**
 * ipc_framer_free:
 * @framer: (transfer full) (nullable): a framer
 */
void
ipc_framer_free (IpcFramer *framer)
{
  if (!framer)
    return;
  ipc_framer_reset (framer);
  g_free (framer);
}

/* A full payload memory is doubled, up to what was announced. FALSE when there is no memory: the stream is given up. */
static gboolean
payload_grow (IpcFramer *framer)
{
  gsize size = MIN ((gsize)framer->header.size, framer->payload_size * 2);
  guint8 *grown = g_try_realloc (framer->payload, PAYLOAD_PAD + size);

  if (!grown) {
    framer->broken = g_error_new (IPC_WIRE_ERROR, IPC_WIRE_ERROR_TOO_LARGE,
        "no memory for a payload of %u bytes: set a lower limit", framer->header.size);
    g_clear_pointer (&framer->payload, g_free);
    return FALSE;
  }
  framer->payload = grown;
  framer->payload_size = size;
  return TRUE;
}

/* Room behind the staged bytes, which are moved to the front first. */
static void
stage_reserve (IpcFramer *framer, gsize wanted)
{
  gsize fill;

  /* nothing is cut from a broken stream: what still comes is written over */
  if (framer->broken)
    framer->start = framer->end = 0;
  fill = framer->end - framer->start;
  if (framer->start > 0) {
    memmove (framer->staged, framer->staged + framer->start, fill);
    framer->start = 0;
    framer->end = fill;
  }
  /* half of what is wanted is worth a read: memory does not grow for the few bytes of a split header */
  if (framer->staged_size - fill < (wanted + 1) / 2 || framer->staged_size - fill == 0) {
    framer->staged_size = MAX (STAGED_MIN, fill + wanted);
    framer->staged = g_realloc (framer->staged, framer->staged_size);
  }
  framer->reserved = framer->staged + fill;
  framer->room = MIN (wanted, framer->staged_size - fill);
}

/**
 * ipc_framer_reserve:
 * @framer: a framer
 * @wanted: how many bytes the owner would like to read
 * @room: (out): how many fit, at least 1 and at most @wanted
 *
 * Returns: (transfer none): where to put them, until the next call
 */
guint8 *
ipc_framer_reserve (IpcFramer *framer, gsize wanted, gsize *room)
{
  wanted = MAX (wanted, 1);
  if (framer->payload && (framer->payload_fill < framer->payload_size || payload_grow (framer))) {
    framer->reserved = framer->payload + PAYLOAD_PAD + framer->payload_fill;
    framer->room = MIN (wanted, framer->payload_size - framer->payload_fill);
  } else {
    stage_reserve (framer, wanted);
  }
  *room = framer->room;
  return framer->reserved;
}

/**
 * ipc_framer_commit:
 * @framer: a framer
 * @n: bytes that were written to where reserve pointed
 */
void
ipc_framer_commit (IpcFramer *framer, gsize n)
{
  g_return_if_fail (framer->reserved != NULL && n <= framer->room);
  if (framer->payload)
    framer->payload_fill += n;
  else
    framer->end += n;
  framer->reserved = NULL;
  framer->room = 0;
}

/* The payload that is complete. */
static GBytes *
take_payload (IpcFramer *framer)
{
  guint8 *memory = g_steal_pointer (&framer->payload);

  return g_bytes_new_with_free_func (memory + PAYLOAD_PAD, framer->header.size, g_free, memory);
}

/* The header is known and staged bytes of its payload follow it. */
static void
begin_payload (IpcFramer *framer)
{
  gsize present = framer->end - framer->start - IPC_HEADER_SIZE;

  present = MIN (present, framer->header.size);
  framer->payload_size = MIN ((gsize)framer->header.size, MAX (PAYLOAD_START, present));
  framer->payload = g_malloc (PAYLOAD_PAD + framer->payload_size);
  memcpy (framer->payload + PAYLOAD_PAD, framer->staged + framer->start + IPC_HEADER_SIZE, present);
  framer->payload_fill = present;
  framer->start += IPC_HEADER_SIZE + present;
}

/**
 * ipc_framer_next:
 * @framer: a framer
 * @header: (out): the next frame's header
 * @payload: (out) (transfer full): its payload, possibly empty
 *
 * Returns: TRUE with a frame; FALSE without @error when more bytes are needed; FALSE with @error when the stream is
 * broken for good
 */
gboolean
ipc_framer_next (IpcFramer *framer, IpcHeader *header, GBytes **payload, GError **error)
{
  if (!framer->broken && !framer->payload && framer->end - framer->start >= IPC_HEADER_SIZE
      && ipc_header_read (
          framer->staged + framer->start, framer->direction, framer->max_payload, &framer->header, &framer->broken))
    begin_payload (framer);
  if (framer->broken) {
    if (error)
      *error = g_error_copy (framer->broken);
    return FALSE;
  }
  if (!framer->payload || framer->payload_fill < framer->header.size)
    return FALSE;
  *header = framer->header;
  *payload = take_payload (framer);
  return TRUE;
}

/**
 * ipc_framer_at_boundary:
 * @framer: a framer, whose complete frames were taken
 *
 * Returns: TRUE when no header or payload is half read
 */
gboolean
ipc_framer_at_boundary (IpcFramer *framer)
{
  return !framer->payload && framer->start == framer->end;
}

/**
 * ipc_framer_partial:
 * @framer: a framer, whose complete frames were taken
 * @header: (out): the frame that is half read; type 0 when that is not known yet
 * @n: (out): how many bytes of its payload have been read, or of its header when that is not known yet
 *
 * Returns: FALSE when nothing is half read
 */
gboolean
ipc_framer_partial (IpcFramer *framer, IpcHeader *header, gsize *n)
{
  if (ipc_framer_at_boundary (framer))
    return FALSE;
  *header = framer->payload ? framer->header : (IpcHeader){ 0 };
  *n = framer->payload ? framer->payload_fill : framer->end - framer->start;
  return TRUE;
}
