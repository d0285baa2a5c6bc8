/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loans of memory <-> the meta of a BUFFER. The text comes from a peer that is not trusted: it is read number by
 * number, and whatever is not exactly what the writer writes is refused.
 */

#include "memory.h"

#include <string.h>

guint64
ipc_memory_loan_length (const IpcMemoryLoan *loan)
{
  guint64 length = 0;

  for (guint i = 0; i < loan->n_parts; i++)
    length += loan->parts[i].length;
  return length;
}

static gchar *
write_loan (const IpcMemoryLoan *loan)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%u;", loan->number);
  for (guint i = 0; i < loan->n_parts; i++) {
    const IpcMemoryPart *part = &loan->parts[i];

    g_string_append_printf (text, "%s%u:%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT "%s",
        i > 0 ? "," : "", part->id, part->size, part->offset, part->length, part->is_new ? "+" : "");
  }
  return g_string_free (text, FALSE);
}

/**
 * ipc_packet_lend:
 * @packet: a BUFFER that was built, of a form with MEMORY
 * @loan: where its data is
 */
void
ipc_packet_lend (IpcPacket *packet, const IpcMemoryLoan *loan)
{
  IpcPacketMeta *meta;

  g_return_if_fail (packet->header.type == IPC_PACKET_BUFFER && (packet->form & IPC_FORM_MEMORY));
  packet->buffer.metas = g_renew (IpcPacketMeta, packet->buffer.metas, packet->buffer.n_metas + 1);
  meta = &packet->buffer.metas[packet->buffer.n_metas++];
  *meta = (IpcPacketMeta){ .api = IPC_MEMORY_META, .text = ipc_packet_keep (packet, write_loan (loan)) };
  packet->buffer.data = NULL;
  packet->buffer.size = 0;
}

static const IpcPacketMeta *
find_meta (const IpcPacket *packet)
{
  for (guint32 i = 0; packet->header.type == IPC_PACKET_BUFFER && i < packet->buffer.n_metas; i++) {
    if (g_str_equal (packet->buffer.metas[i].api, IPC_MEMORY_META))
      return &packet->buffer.metas[i];
  }
  return NULL;
}

/**
 * ipc_packet_is_loan:
 * @packet: any decoded packet
 *
 * Returns: TRUE when its data is meant to be in memory that the peers share
 */
gboolean
ipc_packet_is_loan (const IpcPacket *packet)
{
  return find_meta (packet) != NULL;
}

/* The next number, from @least to @most, as the writer writes it: no sign, no space, no zero in front. */
static gboolean
read_number (const gchar **text, guint64 least, guint64 most, guint64 *number)
{
  const gchar *next = *text;
  guint64 value = 0;

  if (next[0] == '0' && g_ascii_isdigit (next[1]))
    return FALSE;
  for (; g_ascii_isdigit (*next); next++) {
    if (value > (G_MAXUINT64 - 9) / 10)
      return FALSE;
    value = value * 10 + (guint64)(*next - '0');
  }
  if (next == *text || value < least || value > most)
    return FALSE;
  *text = next;
  *number = value;
  return TRUE;
}

static gboolean
read_char (const gchar **text, gchar wanted)
{
  if (**text != wanted)
    return FALSE;
  (*text)++;
  return TRUE;
}

static gboolean
read_part (const gchar **text, IpcMemoryPart *part)
{
  guint64 id = 0;

  if (!read_number (text, 1, G_MAXUINT32, &id) || !read_char (text, ':')
      || !read_number (text, 1, G_MAXINT64, &part->size) || !read_char (text, ':')
      || !read_number (text, 0, part->size, &part->offset) || !read_char (text, ':')
      || !read_number (text, 1, part->size - part->offset, &part->length))
    return FALSE;
  part->id = (guint32)id;
  part->is_new = read_char (text, '+');
  return TRUE;
}

static gboolean
read_loan (const gchar *text, IpcMemoryLoan *loan)
{
  guint64 number = 0, length = 0;

  if (!read_number (&text, 1, G_MAXUINT32, &number) || !read_char (&text, ';'))
    return FALSE;
  loan->number = (guint32)number;
  loan->n_parts = 0;
  do {
    IpcMemoryPart *part = &loan->parts[loan->n_parts];

    if (loan->n_parts == IPC_MEMORY_MAX_PARTS || !read_part (&text, part))
      return FALSE;
    /* of each part it is known that it has at most G_MAXINT64 bytes */
    length += part->length;
    if (length > G_MAXINT64)
      return FALSE;
    loan->n_parts++;
  } while (read_char (&text, ','));
  return *text == '\0';
}

/**
 * ipc_memory_loan_from_packet:
 * @packet: a decoded packet that ipc_packet_is_loan()
 * @loan: (out): what it refers to
 *
 * Returns: FALSE with @error when it is not as it should be
 */
gboolean
ipc_memory_loan_from_packet (const IpcPacket *packet, IpcMemoryLoan *loan, GError **error)
{
  const IpcPacketMeta *meta = find_meta (packet);

  g_return_val_if_fail (meta != NULL, FALSE);
  if (packet->buffer.size > 0 || meta != &packet->buffer.metas[packet->buffer.n_metas - 1]) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE, "BUFFER (id %u) refers to memory, and has %s",
        packet->header.id, packet->buffer.size > 0 ? "data too" : "metas behind that");
    return FALSE;
  }
  if (!meta->text || !read_loan (meta->text, loan)) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE,
        "BUFFER (id %u) refers to memory as nobody does: \"%.80s\"", packet->header.id, meta->text ? meta->text : "");
    return FALSE;
  }
  return TRUE;
}

/**
 * ipc_packet_count_fds:
 * @packet: any decoded packet
 *
 * Returns: how many file descriptors come with it
 */
guint
ipc_packet_count_fds (const IpcPacket *packet)
{
  IpcMemoryLoan loan;
  guint n = 0;

  if (!ipc_packet_is_loan (packet) || !ipc_memory_loan_from_packet (packet, &loan, NULL))
    return 0;
  for (guint i = 0; i < loan.n_parts; i++)
    n += loan.parts[i].is_new ? 1 : 0;
  return n;
}

/**
 * ipc_packet_build_memory_release:
 * @packet: a zeroed packet, but for its form
 * @numbers: of loans or memories
 * @n: how many
 */
void
ipc_packet_build_memory_release (IpcPacket *packet, const guint32 *numbers, guint n)
{
  g_return_if_fail (n > 0 && n <= IPC_MEMORY_MAX_NUMBERS);
  packet->header.type = IPC_PACKET_MEMORY_RELEASE;
  packet->memory_release.numbers = g_memdup2 (numbers, n * sizeof *numbers);
  packet->memory_release.n = n;
}
