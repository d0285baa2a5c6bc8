/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a relay writes down: packets, ends that close, bytes that are not the protocol. */

#include "packet-record.h"
#include "relay-private.h"

static JsonObject *
link_record (IpcRelay *relay, const gchar *event, const IpcEnd *end)
{
  JsonObject *record = ipc_history_record ("link");

  json_object_set_string_member (record, "link", relay->link);
  json_object_set_string_member (record, "event", event);
  json_object_set_int_member (record, "generation", relay->generation);
  json_object_set_string_member (record, "end", end->name);
  return record;
}

/* @error: why, or NULL for a plain end. @partial: bytes of the packet that was never completed. */
void
ipc_relay_record_closed (IpcRelay *relay, IpcEnd *end, const gchar *error, gsize partial)
{
  JsonObject *record;

  if (end->closed_recorded)
    return;
  end->closed_recorded = TRUE;
  record = link_record (relay, "closed", end);
  json_object_set_string_member (record, "how", error ? "error" : "eof");
  if (error)
    json_object_set_string_member (record, "error", error);
  if (partial > 0)
    json_object_set_int_member (record, "partial", (gint64)partial);
  ipc_history_add (relay->history, record);
}

void
ipc_flow_record_broken (IpcFlow *flow, const gchar *text)
{
  JsonObject *record;

  if (flow->broken)
    return;
  flow->broken = TRUE;
  record = link_record (flow->relay, "broken", flow->from);
  json_object_set_string_member (record, "error", text);
  json_object_set_string_member (record, "file", flow->capture_name);
  json_object_set_int_member (record, "capture-offset", (gint64)flow->offset);
  ipc_history_add (flow->relay->history, record);
}

/* Numbers of @marks, borrowed. */
static GArray *
fds_of (GArray *marks)
{
  GArray *fds = g_array_new (FALSE, FALSE, sizeof (gint));

  for (guint i = 0; marks && i < marks->len; i++) {
    gint n;
    const gint *numbers = g_unix_fd_list_peek_fds (g_array_index (marks, IpcFdMark, i).fds, &n);

    g_array_append_vals (fds, numbers, (guint)n);
  }
  return fds;
}

static void
look_at_memory (IpcFlow *flow, const IpcPacket *packet, GArray *fds, JsonObject *record)
{
  if (flow->direction != IPC_TO_SLAVE)
    return;
  ipc_relay_memory_note (flow->relay->memory, packet, (const gint *)(gpointer)fds->data, fds->len);
  ipc_relay_memory_fill (flow->relay->memory, packet, record);
}

JsonObject *
ipc_flow_packet_record (IpcFlow *flow, const IpcHeader *header, GBytes *frame, GArray *marks)
{
  g_autoptr (GArray) fds = fds_of (marks);
  IpcRelay *relay = flow->relay;
  JsonObject *record = ipc_history_record ("packet");
  g_autoptr (GBytes) payload = NULL;
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree gchar *point = NULL;

  json_object_set_string_member (record, "link", relay->link);
  json_object_set_int_member (record, "generation", relay->generation);
  json_object_set_string_member (record, "to", flow->to->name);
  json_object_set_int_member (record, "capture-offset", (gint64)flow->offset);
  json_object_set_string_member (record, "file", flow->capture_name);
  if (frame)
    payload = g_bytes_new_from_bytes (frame, IPC_HEADER_SIZE, header->size);
  if (payload && ipc_packet_decode (header, payload, &packet, &error)) {
    ipc_packet_record_fill (record, &packet);
    look_at_memory (flow, &packet, fds, record);
  } else {
    ipc_packet_record_fill_header (record, header);
    json_object_set_string_member (record, "error", error ? error->message : "too large to be looked into");
  }
  if (fds->len > 0)
    json_object_set_int_member (record, "fds", fds->len);
  point = ipc_points_name (relay->points, record);
  json_object_set_string_member (record, "point", point);
  return record;
}

void
ipc_flow_add_packet (IpcFlow *flow, JsonObject *record)
{
  const gchar *error = ipc_record_string (record, "error");

  ipc_history_add (flow->relay->history, record);
  if (error)
    ipc_flow_record_broken (flow, error);
}

void
ipc_flow_record_fault (
    IpcFlow *flow, const gchar *name, const gchar *what, const gchar *event, const gchar *effect, JsonObject *packet)
{
  static const gchar *const copied[] = { "type", "id", "point", "capture-offset" };
  IpcRelay *relay = flow->relay;
  JsonObject *record = ipc_history_record ("fault");

  json_object_set_string_member (record, "link", relay->link);
  json_object_set_int_member (record, "generation", relay->generation);
  json_object_set_string_member (record, "name", name);
  json_object_set_string_member (record, "event", event);
  if (what)
    json_object_set_string_member (record, "do", what);
  if (effect)
    json_object_set_string_member (record, "effect", effect);
  json_object_set_string_member (record, "to", flow->to->name);
  for (guint i = 0; packet && i < G_N_ELEMENTS (copied); i++)
    if (json_object_has_member (packet, copied[i]))
      json_object_set_member (record, copied[i], json_object_dup_member (packet, copied[i]));
  ipc_history_add (relay->history, record);
}
