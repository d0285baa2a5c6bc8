/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Queries <-> QUERY and QUERY_RESULT. A caller's query keeps what text does not carry (the pools of an allocation
 * query, say) and takes over the rest of the answer.
 */

#include "object.h"
#include "rules.h"
#include "text.h"

/* Query types with fields that an answer adds and that are not carried: the question is complete without them. */
static gboolean
may_go_without_fields (GstQueryType type)
{
  return type == GST_QUERY_ALLOCATION || type == GST_QUERY_BUFFERING || type == GST_QUERY_SCHEDULING
         || type == GST_QUERY_CONTEXT;
}

/* A legacy peer cannot take a filter that has no structure. ANY asks for the same as no filter; nothing passes EMPTY.
 */
static gchar *
write_caps_query (const GstStructure *structure, GError **error)
{
  const GValue *filter = gst_structure_get_value (structure, "filter");
  const GstCaps *caps = filter && G_VALUE_HOLDS (filter, GST_TYPE_CAPS) ? gst_value_get_caps (filter) : NULL;
  g_autoptr (GstStructure) unfiltered = NULL;

  if (caps && gst_caps_is_any (caps)) {
    unfiltered = gst_structure_copy (structure);
    gst_structure_set (unfiltered, "filter", GST_TYPE_CAPS, NULL, NULL);
    return ipc_text_write (unfiltered, IPC_TEXT_WHOLE, error);
  }
  if (caps && gst_caps_is_empty (caps)) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE,
        "a caps query with an EMPTY filter is not sent: its answer is EMPTY");
    return NULL;
  }
  return ipc_text_write (structure, IPC_TEXT_WHOLE, error);
}

/**
 * ipc_packet_build_query:
 * @packet: a zeroed packet, but for its form
 * @query: what to ask
 * @upstream: which way it goes
 *
 * Returns: TRUE, or FALSE with @error when the query cannot be carried in text form
 */
gboolean
ipc_packet_build_query (IpcPacket *packet, GstQuery *query, gboolean upstream, GError **error)
{
  const GstStructure *structure = gst_query_get_structure (query);
  IpcTextFlags flags = may_go_without_fields (GST_QUERY_TYPE (query)) ? IPC_TEXT_SKIP_UNCARRIED : IPC_TEXT_WHOLE;
  gchar *text = NULL;

  if (structure) {
    if (GST_QUERY_TYPE (query) == GST_QUERY_CAPS && !(packet->form & IPC_FORM_OBJECTS))
      text = write_caps_query (structure, error);
    else
      text = ipc_text_write (structure, ipc_text_flags (packet->form, flags), error);
    if (!text)
      return FALSE;
    ipc_packet_keep (packet, text);
  }
  packet->header.type = IPC_PACKET_QUERY;
  packet->query.type = GST_QUERY_TYPE (query);
  packet->query.upstream = upstream ? TRUE : FALSE;
  packet->query.structure = text;
  return TRUE;
}

/**
 * ipc_packet_build_query_result:
 * @packet: a zeroed packet, but for its form
 * @id: the request that is answered
 * @query: the answered query; fields that text does not carry are left out
 * @result: what the query returned
 */
void
ipc_packet_build_query_result (IpcPacket *packet, guint32 id, GstQuery *query, gboolean result)
{
  const GstStructure *structure = gst_query_get_structure (query);

  packet->header.type = IPC_PACKET_QUERY_RESULT;
  packet->header.id = id;
  packet->query_result.result = result ? TRUE : FALSE;
  packet->query_result.type = GST_QUERY_TYPE (query);
  if (structure)
    packet->query_result.structure = ipc_packet_keep (
        packet, ipc_text_write (structure, ipc_text_flags (packet->form, IPC_TEXT_SKIP_UNCARRIED), NULL));
}

static gboolean
read_query_structure (
    IpcRulesOf of, guint32 type, const gchar *text, IpcForm form, GstStructure **structure, GError **error)
{
  g_autoptr (GstStructure) read = NULL;

  if (text) {
    read = ipc_text_read (text, ipc_text_flags (form, IPC_TEXT_SKIP_UNCARRIED), error);
    if (!read)
      return FALSE;
  }
  if (!ipc_rules_check (of, type, read, error))
    return FALSE;
  *structure = g_steal_pointer (&read);
  return TRUE;
}

/**
 * ipc_query_from_packet:
 * @packet: a decoded QUERY, its form set
 *
 * Returns: (transfer full) (nullable): the query, or NULL with @error
 */
GstQuery *
ipc_query_from_packet (const IpcPacket *packet, GError **error)
{
  GstStructure *structure = NULL;

  g_return_val_if_fail (packet->header.type == IPC_PACKET_QUERY, NULL);
  if (!read_query_structure (
          IPC_RULES_QUERY, packet->query.type, packet->query.structure, packet->form, &structure, error))
    return NULL;
  return gst_query_new_custom (packet->query.type, structure);
}

static gboolean
remove_carried (GQuark field, GValue *value, gpointer user_data)
{
  return ipc_text_kind (G_VALUE_TYPE (value)) == IPC_TEXT_NONE;
}

static gboolean
take_over_field (GQuark field, const GValue *value, gpointer target)
{
  gst_structure_id_set_value (target, field, value);
  return TRUE;
}

/**
 * ipc_query_update_from_packet:
 * @query: the caller's own query, writable
 * @packet: a decoded QUERY_RESULT, the answer to it; its form set
 * @error: types differ, or the structure is not one that this query may have; @query is then as it was
 *
 * An answer of FALSE without structure leaves @query as it was.
 *
 * Returns: TRUE when @query has the answer
 */
gboolean
ipc_query_update_from_packet (GstQuery *query, const IpcPacket *packet, GError **error)
{
  g_autoptr (GstStructure) answer = NULL;
  GstStructure *target;

  g_return_val_if_fail (packet->header.type == IPC_PACKET_QUERY_RESULT, FALSE);
  g_return_val_if_fail (gst_query_is_writable (query), FALSE);
  if (packet->query_result.type != (guint32)GST_QUERY_TYPE (query)) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE, "a %s query was answered with type 0x%x",
        GST_QUERY_TYPE_NAME (query), packet->query_result.type);
    return FALSE;
  }
  if (!packet->query_result.result && !packet->query_result.structure)
    return TRUE;
  if (!read_query_structure (packet->query_result.result ? IPC_RULES_ANSWER : IPC_RULES_QUERY,
          packet->query_result.type, packet->query_result.structure, packet->form, &answer, error))
    return FALSE;
  /* without a structure of its own a query has no place for what came */
  target = gst_query_get_structure (query) ? gst_query_writable_structure (query) : NULL;
  if (!target || !answer)
    return TRUE;
  gst_structure_filter_and_map_in_place (target, remove_carried, NULL);
  gst_structure_set_name (target, gst_structure_get_name (answer));
  gst_structure_foreach (answer, take_over_field, target);
  return TRUE;
}
