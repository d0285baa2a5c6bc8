/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Big-endian: 4 bytes of magic, 8 of number, 4 of checksum over number, size and the bytes behind. */

#include "pattern.h"

#include <gst/gst.h>
#include <string.h>

#define MAGIC 0x49504374u

/* The state of a small generator of bytes; the same number gives the same bytes on every machine. */
static guint64
seed (guint64 number)
{
  return (number + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
}

static guint8
next_byte (guint64 *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state >> 24;
}

/* FNV-1a */
static guint32
checksum (const guint8 *data, gsize size, guint64 number)
{
  guint32 sum = 2166136261u ^ (guint32)size ^ (guint32)number ^ (guint32)(number >> 32);

  for (gsize i = 0; i < size; i++)
    sum = (sum ^ data[i]) * 16777619u;
  return sum;
}

/* Nothing says that buffers begin where numbers may. */
static void
put_u32 (guint8 *data, guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (data, &value, sizeof value);
}

static void
put_u64 (guint8 *data, guint64 value)
{
  value = GUINT64_TO_BE (value);
  memcpy (data, &value, sizeof value);
}

static guint32
get_u32 (const guint8 *data)
{
  guint32 value;

  memcpy (&value, data, sizeof value);
  return GUINT32_FROM_BE (value);
}

static guint64
get_u64 (const guint8 *data)
{
  guint64 value;

  memcpy (&value, data, sizeof value);
  return GUINT64_FROM_BE (value);
}

void
ipc_pattern_fill (guint8 *data, gsize size, guint64 number)
{
  gsize head = size >= IPC_PATTERN_HEAD ? IPC_PATTERN_HEAD : 0;
  guint64 state = seed (number);

  for (gsize i = head; i < size; i++)
    data[i] = next_byte (&state);
  if (head == 0)
    return;
  put_u32 (data, MAGIC);
  put_u64 (data + 4, number);
  put_u32 (data + 12, checksum (data + head, size - head, number));
}

static gboolean
check_head (const guint8 *data, gsize size, guint64 *number, gchar **text)
{
  if (get_u32 (data) != MAGIC) {
    *text = g_strdup ("does not begin as ipctestsrc's buffers do");
    return FALSE;
  }
  *number = get_u64 (data + 4);
  if (get_u32 (data + 12) == checksum (data + IPC_PATTERN_HEAD, size - IPC_PATTERN_HEAD, *number))
    return TRUE;
  *text = g_strdup_printf ("says that it is number %" G_GUINT64_FORMAT
                           ", but has the wrong checksum for its %" G_GSIZE_FORMAT " bytes",
      *number, size);
  return FALSE;
}

gboolean
ipc_pattern_check (const guint8 *data, gsize size, guint64 *number, gchar **text)
{
  gsize head = size >= IPC_PATTERN_HEAD ? IPC_PATTERN_HEAD : 0;

  if (head > 0 && !check_head (data, size, number, text))
    return FALSE;

  guint64 state = seed (*number);
  for (gsize i = head; i < size; i++) {
    if (data[i] == next_byte (&state))
      continue;
    *text = g_strdup_printf ("is not number %" G_GUINT64_FORMAT ": byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                             " is wrong",
        *number, i, size);
    return FALSE;
  }
  return TRUE;
}
