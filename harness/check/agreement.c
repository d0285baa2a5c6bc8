/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Greetings among the packets of a link, and what came of them.
 */
#include "agreement.h"

#include <string.h>

static const struct {
  const gchar *word;
  IpcAgreed feature;
} words[] = {
  { "objects", IPC_AGREED_OBJECTS },
  { "metas", IPC_AGREED_METAS },
  { "time", IPC_AGREED_TIME },
  { "memory", IPC_AGREED_MEMORY },
};

gboolean
ipc_packet_has_structure (const IpcModelPacket *packet, const gchar *name)
{
  const gchar *structure = ipc_record_string (packet->json, "structure");

  if (packet->info == NULL || structure == NULL
      || (packet->info->type != IPC_PACKET_QUERY && packet->info->type != IPC_PACKET_QUERY_RESULT))
    return FALSE;
  return g_str_has_prefix (structure, name) && strcspn (structure, ",;") == strlen (name);
}

gchar *
ipc_packet_field (const IpcModelPacket *packet, const gchar *field)
{
  const gchar *structure = ipc_record_string (packet->json, "structure");
  g_autofree gchar *pattern = g_strdup_printf (", %s=\\(\\w+\\)(?|\"((?:\\\\.|[^\"\\\\])*)\"|([^,;]*))", field);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  if (structure == NULL || !g_regex_match (regex, structure, 0, &match))
    return NULL;
  return g_match_info_fetch (match, 1);
}

static guint
features_of (const IpcModelPacket *packet)
{
  g_autofree gchar *text = ipc_packet_field (packet, "features");
  g_auto (GStrv) named = NULL;
  guint features = 0;

  if (text == NULL)
    return 0;
  named = g_strsplit_set (text, ",\\", -1);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strv_contains ((const gchar *const *)named, words[i].word))
      features |= words[i].feature;
  return features;
}

IpcAgreement
ipc_agreement_of (const IpcModelLink *link)
{
  IpcAgreement agreement = { NULL, IPC_NO_INDEX, 0 };

  for (guint i = 0; i < link->all->len; i++) {
    const IpcModelPacket *packet = g_ptr_array_index (link->all, i);
    if (!ipc_packet_has_structure (packet, "gst-ipc-greeting"))
      continue;
    if (!packet->is_reply && packet->to_slave && !packet->forged && agreement.greeting == NULL)
      agreement.greeting = packet;
    if (packet->is_reply && !packet->to_slave && packet->request != NULL
        && ipc_packet_has_structure (packet->request, "gst-ipc-greeting")
        && ipc_record_bool (packet->json, "result", FALSE)) {
      agreement.record = packet->record;
      agreement.agreed = features_of (packet) & features_of (packet->request);
      break;
    }
  }
  return agreement;
}
