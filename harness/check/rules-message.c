/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages: what a slave sends as MESSAGE or GERROR_MESSAGE is posted in the master, with the sink as its source.
 *
 * Only types that a bin passes on as they are can be judged from the master's bus. A pipeline in NULL or READY drops
 * messages, so what comes around a change downwards is left out.
 */
#include "flow.h"
#include "rules.h"

/* How long the posting may take when the pipeline goes down meanwhile. */
#define GRACE (2 * GST_SECOND)

static gboolean
is_passed_on (const gchar *type)
{
  static const gchar *const types[]
      = { "error", "warning", "info", "tag", "element", "application", "buffering", "qos", NULL };
  return type != NULL && g_strv_contains (types, type);
}

static gboolean
is_posting_of (const IpcModelRecord *record, const IpcModelLink *link, const IpcModelPacket *packet)
{
  JsonObject *json = record->json;

  if (!ipc_model_record_is (record, "message") || g_strcmp0 (record->process, link->master) != 0
      || !ipc_record_same (json, "type", packet->json, "message"))
    return FALSE;
  if (packet->info->type == IPC_PACKET_MESSAGE)
    return g_strcmp0 (ipc_record_string (json, "source"), link->sink) == 0;
  return ipc_record_same (json, "domain", packet->json, "domain")
         && ipc_record_same (json, "code", packet->json, "code")
         && ipc_record_same (json, "text", packet->json, "text");
}

/* TRUE when there is a posting of its own for @packet; takes it. */
static gboolean
take_posting (IpcModel *model, const IpcModelLink *link, const IpcModelPacket *packet, GHashTable *taken)
{
  for (guint i = 0; i < model->records->len; i++) {
    const IpcModelRecord *record = ipc_model_record (model, i);
    if (record->t >= packet->t && is_posting_of (record, link, packet)
        && g_hash_table_add (taken, GUINT_TO_POINTER (i + 1)))
      return TRUE;
  }
  return FALSE;
}

static void
check_link (IpcCheck *check, const IpcModelLink *link, GHashTable *taken)
{
  const IpcFlowEnd *end = ipc_flow_end_of (check->ends, link->master, link->sink);

  for (guint i = 0; i < link->packets->len; i++) {
    IpcModelPacket *packet = g_ptr_array_index (link->packets, i);
    g_autofree gchar *name = NULL;
    if (packet->info == NULL || packet->to_slave || packet->lost
        || (packet->info->type != IPC_PACKET_MESSAGE && packet->info->type != IPC_PACKET_GERROR_MESSAGE))
      continue;
    if (!is_passed_on (ipc_record_string (packet->json, "message")) || take_posting (check->model, link, packet, taken)
        || ipc_lost_during (end->lost, IPC_LOST_UNSERIALIZED, packet->t, packet->t + GRACE))
      continue;
    name = ipc_model_packet_name (link, packet);
    ipc_check_found (check, packet->info->type == IPC_PACKET_GERROR_MESSAGE ? "MSG-5" : NULL, packet->record,
        "%s: not posted in %s with its type%s", name, link->master,
        packet->info->type == IPC_PACKET_GERROR_MESSAGE ? ", domain, code and text" : " by the sink");
  }
}

void
ipc_rule_messages_intact (IpcCheck *check)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < check->model->links->len; i++) {
    IpcModelLink *link = g_ptr_array_index (check->model->links, i);
    if (!ipc_model_was_hurt (check->model, link->master))
      check_link (check, link, taken);
  }
}
