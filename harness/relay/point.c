/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Counters by name, and the names of the requests that were not answered yet by direction and id. All owned here.
 */

#include "point.h"

#include <string.h>

#include "history/history.h"
#include "wire/packet.h"

struct _IpcPoints {
  GHashTable *counts; /* "to-slave.BUFFER" -> how many */
  GHashTable *asked;  /* "slave 7", who was asked and the id -> "BUFFER.3" */
};

/**
 * ipc_points_new:
 *
 * Returns: (transfer full): names for the packets of a new connection
 */
IpcPoints *
ipc_points_new (void)
{
  IpcPoints *points = g_new0 (IpcPoints, 1);

  points->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  points->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return points;
}

/**
 * ipc_points_free:
 * @points: (transfer full) (nullable): names
 */
void
ipc_points_free (IpcPoints *points)
{
  if (!points)
    return;
  g_hash_table_unref (points->counts);
  g_hash_table_unref (points->asked);
  g_free (points);
}

/* A type that GStreamer has no name for is a number in the record. */
static gchar *
member_text (JsonObject *record, const gchar *member)
{
  JsonNode *node = json_object_get_member (record, member);

  if (!node || JSON_NODE_HOLDS_NULL (node))
    return NULL;
  return json_node_get_value_type (node) == G_TYPE_STRING ? json_node_dup_string (node) : json_to_string (node, FALSE);
}

/* Custom queries are told apart by the name of their structure. */
static gchar *
query_name (JsonObject *record)
{
  g_autofree gchar *query = member_text (record, "query");
  const gchar *structure = ipc_record_string (record, "structure");

  if (g_strcmp0 (query, "custom") != 0 || !structure)
    return g_steal_pointer (&query);
  return g_strndup (structure, strcspn (structure, ",; "));
}

/* What of its type the packet is, or NULL. */
static gchar *
subtype (JsonObject *record, IpcPacketType type)
{
  const gchar *from, *to;

  switch (type) {
  case IPC_PACKET_EVENT:
    return member_text (record, "event");
  case IPC_PACKET_QUERY:
    return query_name (record);
  case IPC_PACKET_SINK_MESSAGE_EVENT:
  case IPC_PACKET_MESSAGE:
  case IPC_PACKET_GERROR_MESSAGE:
    return member_text (record, "message");
  case IPC_PACKET_STATE_CHANGE:
    from = ipc_record_string (record, "from");
    to = ipc_record_string (record, "to-state");
    return from && to ? g_strdup_printf ("%s-to-%s", from, to) : NULL;
  default:
    return NULL;
  }
}

static gchar *
request_name (IpcPoints *points, JsonObject *record, const IpcPacketInfo *info, const gchar *to)
{
  g_autofree gchar *what = subtype (record, info->type);
  g_autofree gchar *name = what ? g_strconcat (info->name, ".", what, NULL) : g_strdup (info->name);
  g_autofree gchar *key = g_strconcat (to, ".", name, NULL);
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (points->counts, key)) + 1;
  g_autofree gchar *full = g_strdup_printf ("%s.%u", name, count);

  g_hash_table_insert (points->counts, g_steal_pointer (&key), GUINT_TO_POINTER (count));
  if (info->reply != IPC_REPLY_NONE) {
    g_autofree gchar *place = g_strdup_printf ("%s %" G_GINT64_FORMAT, to, ipc_record_int (record, "id", -1));

    g_hash_table_insert (points->asked, g_steal_pointer (&place), g_strdup (full));
  }
  return g_strdup_printf ("to-%s.%s", to, full);
}

static gchar *
reply_name (IpcPoints *points, JsonObject *record, const IpcPacketInfo *info, const gchar *to)
{
  const gchar *asked = g_str_equal (to, "slave") ? "master" : "slave";
  g_autofree gchar *place = g_strdup_printf ("%s %" G_GINT64_FORMAT, asked, ipc_record_int (record, "id", -1));
  const gchar *request = g_hash_table_lookup (points->asked, place);
  gchar *name = g_strdup_printf ("to-%s.%s.%s", to, info->name, request ? request : "unasked");

  g_hash_table_remove (points->asked, place);
  return name;
}

/**
 * ipc_points_name:
 * @points: names of a connection
 * @record: a `packet` record, complete but for its name
 *
 * Returns: (transfer full): its name
 */
gchar *
ipc_points_name (IpcPoints *points, JsonObject *record)
{
  const gchar *to = ipc_record_string (record, "to"), *type = ipc_record_string (record, "type");
  const IpcPacketInfo *info = type ? ipc_packet_info_by_name (type) : NULL;

  if (!to || !info)
    return g_strdup_printf ("to-%s.UNKNOWN", to ? to : "nobody");
  if (info->type == IPC_PACKET_ACK || info->type == IPC_PACKET_QUERY_RESULT)
    return reply_name (points, record, info, to);
  return request_name (points, record, info, to);
}
