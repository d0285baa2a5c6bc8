/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One pass over the history with a small state per reason: the time since when it holds, or IPC_NEVER.
 */
#include "lost.h"

#define N_WHYS 5 /* bits of IpcLostWhy */

typedef struct {
  IpcModel *model;
  const gchar *process, *element;
  gchar *pad;
  gboolean is_sink;
  gint64 since[N_WHYS]; /* by number of the bit */
  gint64 link_command;  /* id of the last `link` command for the element */
  GArray *spans;
} Gatherer;

static void
begins (Gatherer *g, IpcLostWhy why, gint64 t)
{
  gint64 *since = &g->since[g_bit_nth_lsf (why, -1)];
  *since = MIN (*since, t);
}

static void
ends (Gatherer *g, IpcLostWhy why, gint64 t)
{
  gint64 *since = &g->since[g_bit_nth_lsf (why, -1)];
  IpcSpan span = { *since, t, why };

  if (span.from == IPC_NEVER)
    return;
  g_array_append_val (g->spans, span);
  *since = IPC_NEVER;
}

static gboolean
is_our_end (Gatherer *g, const IpcModelLink *link)
{
  const gchar *process = g->is_sink ? link->master : link->slave;
  const gchar *element = g->is_sink ? link->sink : link->src;
  return g_strcmp0 (process, g->process) == 0 && g_strcmp0 (element, g->element) == 0;
}

static IpcModelLink *
our_link (Gatherer *g, const gchar *name, gint64 generation)
{
  for (guint i = g->model->links->len; i > 0; i--) {
    IpcModelLink *link = g_ptr_array_index (g->model->links, i - 1);
    if (is_our_end (g, link) && g_strcmp0 (link->name, name) == 0
        && (generation == 0 || link->generation == generation))
      return link;
  }
  return NULL;
}

static void
see_state (Gatherer *g, const gchar *state, gint64 t)
{
  if (g_strcmp0 (state, "null") == 0 || g_strcmp0 (state, "ready") == 0) {
    begins (g, IPC_LOST_DOWN, t);
  } else if (g_strcmp0 (state, "paused") == 0 || g_strcmp0 (state, "playing") == 0) {
    ends (g, IPC_LOST_DOWN, t);
    ends (g, IPC_LOST_ERROR, t);
  }
}

static void
see_command (Gatherer *g, JsonObject *json, gint64 t)
{
  const gchar *command = ipc_record_string (json, "command");
  gboolean ours = g_strcmp0 (ipc_record_string (json, "element"), g->element) == 0;

  if (g_strcmp0 (command, "set-state") == 0) {
    see_state (g, ipc_record_string (json, "state"), t);
  } else if (g_strcmp0 (command, "finish") == 0 || g_strcmp0 (command, "exit") == 0) {
    begins (g, IPC_LOST_DOWN, t);
  } else if (g_strcmp0 (command, "link") == 0 && ours) {
    begins (g, IPC_LOST_NO_PEER, t);
    g->link_command = ipc_record_int (json, "id", -1);
  } else if (g_strcmp0 (command, "emit-signal") == 0 && ours) {
    begins (g, IPC_LOST_NO_PEER, t);
  }
}

static void
see_process (Gatherer *g, JsonObject *json, gint64 t)
{
  const gchar *process = ipc_record_string (json, "process");

  if (g_strcmp0 (ipc_record_string (json, "event"), "exited") != 0)
    return;
  if (g_strcmp0 (process, g->process) == 0)
    begins (g, IPC_LOST_DOWN, t);
  for (guint i = 0; i < g->model->links->len; i++) {
    IpcModelLink *link = g_ptr_array_index (g->model->links, i);
    const gchar *peer = g->is_sink ? link->slave : link->master;
    if (is_our_end (g, link) && g_strcmp0 (peer, process) == 0 && t >= link->t_connected && t < link->t_ended)
      begins (g, IPC_LOST_NO_PEER, t);
  }
}

static void
see_own_report (Gatherer *g, const IpcModelRecord *record)
{
  JsonObject *json = record->json;
  gint64 t = record->t;

  if (ipc_model_record_is (record, "command")) {
    see_command (g, json, t);
  } else if (ipc_model_record_is (record, "reply")) {
    if (ipc_record_int (json, "reply", -2) != g->link_command)
      return;
    ends (g, IPC_LOST_NO_PEER, t);
    ends (g, IPC_LOST_ERROR, t);
  } else if (ipc_model_record_is (record, "message")) {
    if (g_strcmp0 (record->type, "error") == 0 && g_strcmp0 (ipc_record_string (json, "source"), g->element) == 0)
      begins (g, IPC_LOST_ERROR, t);
  } else if (ipc_model_record_is (record, "event") && g_strcmp0 (record->pad, g->pad) == 0) {
    if (g_strcmp0 (record->type, "flush-start") == 0)
      begins (g, IPC_LOST_FLUSH, t);
    else if (g_strcmp0 (record->type, "flush-stop") == 0)
      ends (g, IPC_LOST_FLUSH, t);
  }
}

/* A link that a fault has cut or spoiled has no peer at either end; one that it stalls has none for a while. */
static void
see_fault (Gatherer *g, JsonObject *json, gint64 t)
{
  const gchar *event = ipc_record_string (json, "event"), *effect = ipc_record_string (json, "effect");

  if (our_link (g, ipc_record_string (json, "link"), ipc_record_int (json, "generation", 0)) == NULL)
    return;
  if (g_strcmp0 (event, "released") == 0)
    ends (g, IPC_LOST_NO_PEER, t);
  else if (g_strcmp0 (event, "struck") == 0 && effect != NULL
           && (g_str_equal (effect, "closed") || g_str_equal (effect, "stalled")
               || g_str_has_prefix (effect, "spoiled")))
    begins (g, IPC_LOST_NO_PEER, t);
}

static void
see_link (Gatherer *g, JsonObject *json, gint64 t)
{
  const gchar *event = ipc_record_string (json, "event");

  if ((g_strcmp0 (event, "closed") == 0 || g_strcmp0 (event, "broken") == 0)
      && our_link (g, ipc_record_string (json, "link"), ipc_record_int (json, "generation", 0)) != NULL)
    begins (g, IPC_LOST_NO_PEER, t);
}

static void
see_record (Gatherer *g, const IpcModelRecord *record)
{
  if (ipc_model_record_is (record, "process"))
    see_process (g, record->json, record->t);
  else if (ipc_model_record_is (record, "fault"))
    see_fault (g, record->json, record->t);
  else if (ipc_model_record_is (record, "link"))
    see_link (g, record->json, record->t);
  else if (!g->is_sink && ipc_model_record_is (record, "packet") && g_strcmp0 (record->type, "STATE_CHANGE") == 0)
    see_state (g, ipc_record_string (record->json, "to-state"), record->t);
  else if (g_strcmp0 (record->process, g->process) == 0)
    see_own_report (g, record);
}

/* Upstream of a refused buffer may stop, or the sink may keep the refusal for itself, until the flow begins anew. */
static void
see_refusals (Gatherer *g, const IpcModelLink *link)
{
  for (guint i = 0; i < link->all->len; i++) {
    IpcModelPacket *packet = g_ptr_array_index (link->all, i);
    if (packet->info == NULL || (packet->is_reply && packet->lost))
      continue;
    if (packet->is_reply && packet->request != NULL && packet->request->info->type == IPC_PACKET_BUFFER) {
      if (ipc_record_int (packet->json, "result", 0) != GST_FLOW_OK)
        begins (g, IPC_LOST_REFUSED, packet->t);
    } else if (packet->info->type == IPC_PACKET_STATE_CHANGE
               || (packet->info->type == IPC_PACKET_EVENT
                   && g_strcmp0 (ipc_record_string (packet->json, "event"), "flush-stop") == 0)) {
      ends (g, IPC_LOST_REFUSED, packet->t);
    }
  }
  ends (g, IPC_LOST_REFUSED, link->t_ended);
}

GArray *
ipc_lost_spans (IpcModel *model, const gchar *process, const gchar *element, gboolean is_sink)
{
  Gatherer g = { model, process, element, NULL, is_sink, { 0 }, -1, NULL };

  g.pad = g_strdup_printf ("%s.%s", element, is_sink ? "sink" : "src");
  g.spans = g_array_new (FALSE, FALSE, sizeof (IpcSpan));
  for (guint bit = 0; bit < N_WHYS; bit++)
    g.since[bit] = IPC_NEVER;
  for (guint i = 0; i < model->records->len; i++)
    see_record (&g, ipc_model_record (model, i));
  for (guint i = 0; is_sink && i < model->links->len; i++)
    if (is_our_end (&g, g_ptr_array_index (model->links, i)))
      see_refusals (&g, g_ptr_array_index (model->links, i));
  for (guint bit = 0; bit < N_WHYS; bit++)
    ends (&g, 1 << bit, IPC_NEVER);
  g_free (g.pad);
  return g.spans;
}

gboolean
ipc_lost_during (GArray *spans, guint why, gint64 from, gint64 to)
{
  for (guint i = 0; i < spans->len; i++) {
    const IpcSpan *span = &g_array_index (spans, IpcSpan, i);
    if ((span->why & why) != 0 && span->from <= to && span->to >= from)
      return TRUE;
  }
  return FALSE;
}
