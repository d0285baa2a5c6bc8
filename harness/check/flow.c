/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Gathers what was seen at the pads of an end and what its links carried. Items borrow from model and history;
 * keys live in the caller's chunk, where equal texts are one string, so that comparing many of them is cheap.
 */
#include "flow.h"

#include "agreement.h"

/* By when the last thing that a pad saw has been written. */
#define LAST_SECONDS 5

static void
flow_end_free (IpcFlowEnd *end)
{
  g_ptr_array_unref (end->links);
  g_array_unref (end->lost);
  g_free (end->pad);
  g_free (end);
}

IpcFlowEnd *
ipc_flow_end_of (GPtrArray *ends, const gchar *process, const gchar *element)
{
  for (guint i = 0; i < ends->len; i++) {
    IpcFlowEnd *end = g_ptr_array_index (ends, i);
    if (g_strcmp0 (end->process, process) == 0 && g_strcmp0 (end->element, element) == 0)
      return end;
  }
  return NULL;
}

/* The greatest number behind "max-in-flight" in what @text, a pipeline's, says. */
static guint
in_flight_of_text (const gchar *text)
{
  g_autoptr (GRegex) regex = g_regex_new ("max-in-flight=\"?([0-9]+)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  guint most = 1;

  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL)) {
    g_autofree gchar *number = g_match_info_fetch (match, 1);
    most = MAX (most, (guint)g_ascii_strtoull (number, NULL, 10));
  }
  return most;
}

/* What the commands to @process allow one of its sinks. */
static guint
in_flight_of (IpcModel *model, const gchar *process)
{
  guint most = 1;

  for (guint i = 0; i < model->records->len; i++) {
    const IpcModelRecord *record = ipc_model_record (model, i);
    const gchar *description;

    if (!ipc_model_record_is (record, "command") || g_strcmp0 (record->process, process) != 0)
      continue;
    description = ipc_record_string (record->json, "description");
    if (description != NULL)
      most = MAX (most, in_flight_of_text (description));
    else if (g_strcmp0 (ipc_record_string (record->json, "property"), "max-in-flight") == 0)
      most = MAX (most, (guint)ipc_record_int (record->json, "value", 1));
  }
  return most;
}

static void
add_end (IpcModel *model, GPtrArray *ends, IpcModelLink *link, gboolean is_sink)
{
  const gchar *process = is_sink ? link->master : link->slave, *element = is_sink ? link->sink : link->src;
  IpcFlowEnd *end = ipc_flow_end_of (ends, process, element);

  if (end == NULL) {
    end = g_new0 (IpcFlowEnd, 1);
    end->process = process;
    end->element = element;
    end->is_sink = is_sink;
    end->relayed = end->objects = TRUE;
    end->links = g_ptr_array_new ();
    end->hurt = ipc_model_was_hurt (model, process);
    end->pad = g_strdup_printf ("%s.%s", element, is_sink ? "sink" : "src");
    end->in_flight = is_sink ? in_flight_of (model, process) : 1;
    end->lost = ipc_lost_spans (model, process, element, is_sink);
    g_ptr_array_add (ends, end);
  }
  end->relayed = end->relayed && link->relayed;
  end->objects = end->objects && (ipc_agreement_of (link).agreed & IPC_AGREED_OBJECTS) != 0;
  g_ptr_array_add (end->links, link);
}

GPtrArray *
ipc_flow_ends (IpcModel *model)
{
  GPtrArray *ends = g_ptr_array_new_with_free_func ((GDestroyNotify)flow_end_free);

  for (guint i = 0; i < model->links->len; i++) {
    add_end (model, ends, g_ptr_array_index (model->links, i), TRUE);
    add_end (model, ends, g_ptr_array_index (model->links, i), FALSE);
  }
  return ends;
}

static GArray *
new_items (void)
{
  return g_array_new (FALSE, TRUE, sizeof (IpcFlowItem));
}

static void
add_item (GArray *items, guint record, JsonObject *json, const gchar *key, const IpcModelPacket *packet,
    const IpcModelLink *link)
{
  IpcFlowItem item = { record, json, key, ipc_record_int (json, "t", 0), IPC_NEVER, FALSE, packet, link };
  g_array_append_val (items, item);
}

static gboolean
is_seen_at (const IpcModelRecord *record, const IpcFlowEnd *end)
{
  return g_strcmp0 (record->process, end->process) == 0 && g_strcmp0 (record->pad, end->pad) == 0;
}

GArray *
ipc_flow_seen (
    IpcModel *model, const IpcFlowEnd *end, const gchar *kind, IpcFlowKeyFunc key, gpointer data, GStringChunk *chunk)
{
  GArray *items = new_items ();
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < model->records->len; i++) {
    const IpcModelRecord *record = ipc_model_record (model, i);
    if (!ipc_model_record_is (record, kind) || !is_seen_at (record, end))
      continue;
    g_string_truncate (text, 0);
    if (key (record->json, text, data))
      add_item (items, i, record->json, g_string_chunk_insert_const (chunk, text->str), NULL, NULL);
  }
  return items;
}

static gint
compare_items (gconstpointer a, gconstpointer b)
{
  const IpcFlowItem *ia = a, *ib = b;
  return ia->record < ib->record ? -1 : ia->record > ib->record;
}

GArray *
ipc_flow_packets (const IpcFlowEnd *end, gboolean to_slave, IpcFlowKeyFunc key, gpointer data, GStringChunk *chunk)
{
  GArray *items = new_items ();
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < end->links->len; i++) {
    IpcModelLink *link = g_ptr_array_index (end->links, i);
    GPtrArray *packets = end->is_sink == to_slave ? link->packets : link->arrivals;
    for (guint j = 0; j < packets->len; j++) {
      IpcModelPacket *packet = g_ptr_array_index (packets, j);
      g_string_truncate (text, 0);
      if (packet->to_slave == to_slave && packet->info != NULL && !packet->is_reply && key (packet->json, text, data))
        add_item (items, packet->record, packet->json, g_string_chunk_insert_const (chunk, text->str), packet, link);
    }
  }
  g_array_sort (items, compare_items);
  return items;
}

/* A buffer, or an event in order with buffers. */
static gboolean
is_serialized (const IpcModelRecord *record)
{
  return ipc_model_record_is (record, "buffer")
         || (ipc_model_record_is (record, "event") && ipc_record_bool (record->json, "serialized", FALSE)
             && g_strcmp0 (ipc_record_string (record->json, "direction"), "upstream") != 0);
}

void
ipc_flow_set_until (IpcModel *model, const IpcFlowEnd *end, GArray *items)
{
  guint next = 0;
  gint64 grace = model->t_signal != IPC_NEVER || model->held_up
                     ? IPC_NEVER
                     : (gint64)(LAST_SECONDS * GST_SECOND * model->time_scale);

  for (guint i = 0; i < items->len; i++) {
    IpcFlowItem *item = &g_array_index (items, IpcFlowItem, i);
    item->last = TRUE;
    item->until = grace == IPC_NEVER ? IPC_NEVER : item->t + grace;
  }
  for (guint i = 0; i < model->records->len && next < items->len; i++) {
    const IpcModelRecord *record = ipc_model_record (model, i);
    if (!is_seen_at (record, end) || !is_serialized (record))
      continue;
    for (; next < items->len && g_array_index (items, IpcFlowItem, next).record < i; next++) {
      g_array_index (items, IpcFlowItem, next).until = record->t;
      g_array_index (items, IpcFlowItem, next).last = FALSE;
    }
  }
}

void
ipc_flow_allow_in_flight (const IpcFlowEnd *end, GArray *buffers)
{
  for (guint i = 0; i < buffers->len; i++) {
    const guint behind = MIN (i + end->in_flight - 1, buffers->len - 1);
    g_array_index (buffers, IpcFlowItem, i).until = g_array_index (buffers, IpcFlowItem, behind).until;
  }
}

gboolean
ipc_flow_was_taken (const IpcModelPacket *packet)
{
  gint64 result;

  if (packet->reply == NULL)
    return FALSE;
  result = ipc_record_int (packet->reply->json, "result", -1);
  return packet->info->type == IPC_PACKET_BUFFER ? result == GST_FLOW_OK : result == TRUE;
}
