/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How an item of a capture is printed. Fields are in the words of the history, so that what is seen here can be looked
 * for there.
 */
#include "decode-print.h"

#include <string.h>

#include "relay/packet-record.h"

#define HEX_BYTES_A_LINE 16
#define MAX_HEX_BYTES (64 * 1024)

/* What came from a peer must not move the reader's cursor. */
static gchar *
one_line (const gchar *text)
{
  gchar *line = g_utf8_make_valid (text, -1);

  for (gchar *p = line; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  return line;
}

static void
print_fields (const IpcPacket *packet)
{
  g_autoptr (JsonObject) record = json_object_new ();
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;

  ipc_packet_record_fill (record, packet);
  json_object_iter_init_ordered (&iter, record);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    gboolean is_text = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
    g_autofree gchar *value = is_text ? json_node_dup_string (node) : json_to_string (node, FALSE);
    g_autofree gchar *line = one_line (value);
    if (!g_str_equal (name, "type") && !g_str_equal (name, "id") && !g_str_equal (name, "size"))
      g_print ("%14s%s: %s\n", "", name, line);
  }
}

static void
print_hex (GBytes *bytes, const IpcCaptureItem *item)
{
  const guint8 *data = (const guint8 *)g_bytes_get_data (bytes, NULL) + item->offset;
  gsize length = MIN (item->length, MAX_HEX_BYTES);

  for (gsize i = 0; i < length; i += HEX_BYTES_A_LINE) {
    g_autoptr (GString) line = g_string_new (NULL);
    g_string_append_printf (line, "  %9" G_GSIZE_FORMAT " ", item->offset + i);
    for (gsize k = i; k < i + HEX_BYTES_A_LINE; k++) {
      if (k < length)
        g_string_append_printf (line, " %02x", data[k]);
      else
        g_string_append (line, "   ");
    }
    g_string_append (line, "  ");
    for (gsize k = i; k < MIN (i + HEX_BYTES_A_LINE, length); k++)
      g_string_append_c (line, g_ascii_isprint (data[k]) ? data[k] : '.');
    g_print ("%s\n", line->str);
  }
  if (length < item->length)
    g_print ("  %" G_GSIZE_FORMAT " bytes more\n", item->length - length);
}

static gchar *
describe (GBytes *bytes, const IpcCaptureItem *item, gboolean verbose)
{
  const IpcPacketInfo *info = ipc_packet_info (item->header.type);
  g_auto (IpcPacket) packet = { 0 };

  if (item->kind == IPC_CAPTURE_NOISE || info == NULL)
    return g_strdup_printf ("?? %" G_GSIZE_FORMAT " bytes: %s", item->length, item->why);
  if (item->kind != IPC_CAPTURE_PACKET)
    return g_strdup_printf ("?? %s id %u size %u: %s", info->name, item->header.id, item->header.size, item->why);
  if (verbose)
    return g_strdup_printf ("%s id %u size %u", info->name, item->header.id, item->header.size);
  ipc_capture_packet (bytes, item, &packet);
  return ipc_packet_describe (&packet);
}

void
ipc_decode_print (const gchar *where, GBytes *bytes, const IpcCaptureItem *item, IpcDirection direction,
    gboolean verbose, gboolean hex)
{
  g_autofree gchar *text = describe (bytes, item, verbose);
  g_autofree gchar *line = one_line (text);

  g_print ("%s %s %s\n", where, direction == IPC_TO_SLAVE ? "->" : "<-", line);
  if (verbose && item->kind == IPC_CAPTURE_PACKET) {
    g_auto (IpcPacket) packet = { 0 };
    ipc_capture_packet (bytes, item, &packet);
    print_fields (&packet);
  }
  if (hex)
    print_hex (bytes, item);
}
