/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on what peers agree on beyond the legacy protocol. The relay writes down a packet before it passes it on: so
 * what a master sends with the answer in its hands stands behind the answer, and what a slave sends behind its answer,
 * too.
 */
#include <string.h>

#include "agreement.h"
#include "rules.h"

/* What a packet makes use of, or 0. */
static guint
makes_use_of (const IpcModelPacket *packet)
{
  const gchar *structure = ipc_record_string (packet->json, "structure");
  JsonNode *texts = json_object_get_member (packet->json, "meta-texts");
  JsonArray *apis = texts != NULL && JSON_NODE_HOLDS_ARRAY (texts) ? json_node_get_array (texts) : NULL;
  guint n_apis = apis != NULL ? json_array_get_length (apis) : 0;

  if (json_object_has_member (packet->json, "loan")
      || (packet->info != NULL && packet->info->type == IPC_PACKET_MEMORY_RELEASE))
    return IPC_AGREED_MEMORY;
  if (ipc_packet_has_structure (packet, "gst-ipc-time"))
    return IPC_AGREED_TIME;
  if (structure != NULL && strstr (structure, "gst-ipc-object") != NULL)
    return IPC_AGREED_OBJECTS;
  if (n_apis > 1 || (n_apis == 1 && g_strcmp0 (json_array_get_string_element (apis, 0), "GstProtectionMetaAPI") != 0))
    return IPC_AGREED_METAS;
  return 0;
}

static const gchar *
name_of_use (guint use)
{
  switch (use) {
  case IPC_AGREED_TIME:
    return "an announcement of the master's time (gst-ipc-time)";
  case IPC_AGREED_OBJECTS:
    return "an object in a text (gst-ipc-object)";
  case IPC_AGREED_MEMORY:
    return "memory instead of data";
  default:
    return "texts of metas that the legacy protocol does not have";
  }
}

static void
check_use (
    IpcCheck *check, const IpcModelLink *link, const IpcAgreement *agreement, const IpcModelPacket *packet, guint use)
{
  g_autofree gchar *name = ipc_model_packet_name (link, packet);

  if (agreement->record == IPC_NO_INDEX)
    ipc_check_found (check, NULL, packet->record, "%s: %s, and nothing was agreed on", name, name_of_use (use));
  else if (packet->record < agreement->record)
    ipc_check_found (
        check, "EXT-7", packet->record, "%s: %s before the greeting was answered", name, name_of_use (use));
  else if (!(agreement->agreed & use))
    ipc_check_found (check, NULL, packet->record, "%s: %s, on which there was no agreement", name, name_of_use (use));
}

/* The first use of each kind tells. */
void
ipc_rule_agreed_first (IpcCheck *check)
{
  for (guint i = 0; i < check->model->links->len; i++) {
    IpcModelLink *link = g_ptr_array_index (check->model->links, i);
    IpcAgreement agreement = ipc_agreement_of (link);
    guint seen = 0;
    for (guint j = 0; j < link->packets->len; j++) {
      const IpcModelPacket *packet = g_ptr_array_index (link->packets, j);
      guint use = makes_use_of (packet);
      if (use != 0 && !(seen & use))
        check_use (check, link, &agreement, packet, use);
      seen |= use;
    }
  }
}

static void
check_greeting (IpcCheck *check, const IpcModelLink *link, const IpcModelPacket *first, const IpcModelPacket *packet,
    gboolean state_was_asked_for)
{
  g_autofree gchar *name = ipc_model_packet_name (link, packet);

  if (packet == first && state_was_asked_for)
    ipc_check_found (check, NULL, packet->record, "%s: the first greeting comes behind a STATE_CHANGE", name);
  else if (packet != first && !state_was_asked_for)
    ipc_check_found (check, NULL, packet->record, "%s: another greeting before the first STATE_CHANGE", name);
  else if (!ipc_record_same (packet->json, "structure", first->json, "structure"))
    ipc_check_found (check, NULL, packet->record, "%s: a greeting that is not the first one again", name);
}

/* TRUE must come with the nonce that the master chose. */
static void
check_greeting_answer (IpcCheck *check, const IpcModelLink *link, const IpcModelPacket *answer)
{
  g_autofree gchar *asked = ipc_packet_field (answer->request, "nonce"), *answered = ipc_packet_field (answer, "nonce");
  g_autofree gchar *name = ipc_model_packet_name (link, answer);

  if (ipc_record_bool (answer->json, "result", FALSE) && g_strcmp0 (asked, answered) != 0)
    ipc_check_found (check, NULL, answer->record, "%s: the greeting had the nonce %s, its answer has %s", name,
        asked != NULL ? asked : "(none)", answered != NULL ? answered : "(none)");
}

void
ipc_rule_greeting (IpcCheck *check)
{
  for (guint i = 0; i < check->model->links->len; i++) {
    IpcModelLink *link = g_ptr_array_index (check->model->links, i);
    IpcAgreement agreement = ipc_agreement_of (link);
    gboolean state_was_asked_for = FALSE;
    for (guint j = 0; j < link->packets->len; j++) {
      const IpcModelPacket *packet = g_ptr_array_index (link->packets, j);
      if (packet->info != NULL && packet->info->type == IPC_PACKET_STATE_CHANGE)
        state_was_asked_for = TRUE;
      if (packet->to_slave && !packet->is_reply && ipc_packet_has_structure (packet, "gst-ipc-greeting"))
        check_greeting (check, link, agreement.greeting, packet, state_was_asked_for);
      else if (!packet->to_slave && packet->request != NULL
               && ipc_packet_has_structure (packet->request, "gst-ipc-greeting"))
        check_greeting_answer (check, link, packet);
    }
  }
}

/* At the pad it could only be what came over the link. */
static void
check_passed_on (IpcCheck *check, const IpcModelLink *link)
{
  g_autofree gchar *pad = g_strdup_printf ("%s.sink", link->sink);

  for (guint i = link->connected; i < check->model->records->len; i++) {
    const IpcModelRecord *record = ipc_model_record (check->model, i);
    if (!ipc_model_record_is (record, "query-seen") || g_strcmp0 (record->process, link->master) != 0
        || g_strcmp0 (record->pad, pad) != 0
        || g_strcmp0 (ipc_record_string (record->json, "name"), "gst-ipc-greeting") != 0)
      continue;
    ipc_check_found (check, NULL, i, "%s: a greeting that came back left pad %s", link->master, pad);
    return;
  }
}

void
ipc_rule_returned_greeting (IpcCheck *check)
{
  for (guint i = 0; i < check->model->links->len; i++) {
    IpcModelLink *link = g_ptr_array_index (check->model->links, i);
    for (guint j = 0; j < link->arrivals->len; j++) {
      const IpcModelPacket *packet = g_ptr_array_index (link->arrivals, j);
      g_autofree gchar *name = NULL;
      if (packet->to_slave || packet->is_reply || !ipc_packet_has_structure (packet, "gst-ipc-greeting")
          || packet->reply == NULL || !ipc_record_bool (packet->reply->json, "result", FALSE))
        continue;
      name = ipc_model_packet_name (link, packet);
      ipc_check_found (check, NULL, packet->reply->record, "%s: a greeting that came back was answered TRUE", name);
    }
    check_passed_on (check, link);
  }
}
