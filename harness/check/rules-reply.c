/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on requests and replies.
 *
 * When may a request stay without a reply? A slave in PAUSED keeps a buffer as long as it likes, and what is queued
 * behind it waits too: so no clock tells. But going to NULL ends every push, and answers what is queued; so once the
 * answering process has reported the end of its `finish`, each request that had reached it has its answer,
 * unless the link was gone by then, was cut by `disconnect`, or one of the two processes did not end by itself. That
 * is what is asked for. Had it reached it? At the end of a scenario the pipelines are taken to NULL first, which tells;
 * and what threads of their own are about to answer then, queries, is waited for (run/teardown.c).
 * A process that a step finishes in the middle may let go of its element with the last request unread, and so may one
 * that was stopped before it came to reading it, and goes on to finish; there the answer to a later one tells, but not
 * of what is answered by a thread of its own: the link may end before that has come to it. When the steps timed out,
 * what is unanswered is told as well: it is what a reader looks for first.
 *
 * A fault that loses a request explains that there is no answer, and one that doubles it that there are two; a link
 * that a fault has cut, spoiled or held up may leave anything unanswered.
 */
#include "rules.h"

/* A request that comes behind a `disconnect` is as lost as one that it cut: nobody reads. */
static gboolean
cut_by_command (IpcModel *model, const IpcModelLink *link)
{
  if (link->superseded)
    return TRUE;
  for (guint i = link->connected; i < model->records->len; i++) {
    const IpcModelRecord *record = ipc_model_record (model, i);
    JsonObject *json = record->json;
    const gchar *element;
    if (!ipc_model_record_is (record, "command"))
      continue;
    element = ipc_record_string (json, "element");
    if (((g_strcmp0 (record->process, link->master) == 0 && g_strcmp0 (element, link->sink) == 0)
            || (g_strcmp0 (record->process, link->slave) == 0 && g_strcmp0 (element, link->src) == 0))
        && g_strcmp0 (ipc_record_string (json, "command"), "emit-signal") == 0
        && g_strcmp0 (ipc_record_string (json, "signal"), "disconnect") == 0)
      return TRUE;
  }
  return FALSE;
}

/* TRUE when something was answered that its sender sent behind @request. */
static gboolean
was_read (const IpcModelLink *link, const IpcModelPacket *request)
{
  for (guint i = 0; i < link->packets->len; i++) {
    const IpcModelPacket *packet = g_ptr_array_index (link->packets, i);

    if (packet->to_slave == request->to_slave && packet->index > request->index && packet->n_replies > 0)
      return TRUE;
  }
  return FALSE;
}

/* TRUE when it is answered in its turn, behind what came before: not what overtakes the data. */
static gboolean
is_in_line (const IpcModelPacket *request)
{
  const gchar *query = ipc_record_string (request->json, "query");

  switch (request->info->type) {
  case IPC_PACKET_QUERY:
    return g_strcmp0 (query, "allocation") == 0 || g_strcmp0 (query, "drain") == 0;
  case IPC_PACKET_EVENT:
    return ipc_check_event_is_serialized (ipc_record_string (request->json, "event"));
  default:
    return TRUE;
  }
}

/* TRUE when the answer must have come: see the top. */
static gboolean
answer_is_due (IpcModel *model, const IpcModelLink *link, const IpcModelPacket *request)
{
  const gchar *answering = request->to_slave ? link->slave : link->master;
  const gchar *asking = request->to_slave ? link->master : link->slave;
  gint64 t_gone = link->t_closed[request->to_slave ? 0 : 1];    /* the asking end */
  gint64 t_hung_up = link->t_closed[request->to_slave ? 1 : 0]; /* the answering end, by finishing */
  IpcModelLife *life = ipc_model_life_at (model, answering, request->t);
  gint64 t_finished;

  if (request->lost || link->t_cut != IPC_NEVER || link->t_held_up != IPC_NEVER)
    return FALSE;
  if (ipc_model_was_hurt (model, answering) || ipc_model_was_hurt (model, asking))
    return FALSE;
  if (life == NULL || life->finish_reply == IPC_NO_INDEX)
    return FALSE;
  t_finished = ipc_record_int (ipc_history_get (model->history, life->finish_reply), "t", 0);
  /* Asked for while or after it went down, or while it was stopped: it may be in the socket still, unread. */
  if (request->t >= life->t_finish || request->t >= model->t_teardown || request->t >= model->t_signal)
    return FALSE;
  if ((life->t_finish < model->t_teardown || model->t_signal != IPC_NEVER)
      && (!is_in_line (request) || !was_read (link, request)))
    return FALSE;
  return t_gone > MIN (t_finished, t_hung_up);
}

static gboolean
steps_timed_out (IpcModel *model)
{
  return g_strcmp0 (model->outcome, "timeout") == 0;
}

static void
check_request (IpcCheck *check, const IpcModelLink *link, const IpcModelPacket *request)
{
  IpcModel *model = check->model;
  g_autofree gchar *name = NULL;

  if (request->n_replies == 1)
    return;
  name = ipc_model_packet_name (link, request);
  if (request->n_replies > 1)
    ipc_check_found (check, NULL, request->record, "%s: expected one answer, got %u", name, request->n_replies);
  else if (cut_by_command (model, link))
    return;
  else if (answer_is_due (model, link, request))
    ipc_check_found (check, NULL, request->record, "%s: never answered, though the %s went to NULL with the link open",
        name, request->to_slave ? "slave" : "master");
  else if (steps_timed_out (model) && !request->lost && request->t < model->t_teardown
           && link->t_ended >= model->t_teardown)
    ipc_check_found (check, NULL, request->record, "%s: still not answered when the time was up, %.1f s later", name,
        (model->t_teardown - request->t) / (gdouble)GST_SECOND);
}

void
ipc_rule_reply_once (IpcCheck *check)
{
  for (guint i = 0; i < check->model->links->len; i++) {
    IpcModelLink *link = g_ptr_array_index (check->model->links, i);
    for (guint j = 0; j < link->packets->len; j++) {
      IpcModelPacket *packet = g_ptr_array_index (link->packets, j);
      if (!packet->is_reply && packet->info != NULL && packet->info->reply != IPC_REPLY_NONE)
        check_request (check, link, packet);
    }
  }
}

static void
check_kind (IpcCheck *check, const IpcModelLink *link, const IpcModelPacket *packet)
{
  const IpcModelPacket *request = packet->request;
  g_autofree gchar *name = ipc_model_packet_name (link, packet);
  const IpcPacketInfo *wanted = ipc_packet_info (request->info->reply);

  if (wanted == NULL || packet->info == NULL)
    return;
  if ((guint)packet->info->type != (guint)request->info->reply) {
    ipc_check_found (check, NULL, packet->record, "%s: %s is answered by %s", name, request->info->name, wanted->name);
  } else if (request->info->type == IPC_PACKET_QUERY
             && !ipc_record_same (packet->json, "query", request->json, "query")) {
    g_autofree gchar *asked = ipc_record_text (request->json, "query");
    g_autofree gchar *answered = ipc_record_text (packet->json, "query");
    ipc_check_found (check, NULL, packet->record, "%s: the query was %s, the answer is to %s", name, asked, answered);
  }
}

void
ipc_rule_reply_kind (IpcCheck *check)
{
  for (guint i = 0; i < check->model->links->len; i++) {
    IpcModelLink *link = g_ptr_array_index (check->model->links, i);
    for (guint j = 0; j < link->packets->len; j++) {
      IpcModelPacket *packet = g_ptr_array_index (link->packets, j);
      if (packet->request != NULL)
        check_kind (check, link, packet);
    }
  }
}

void
ipc_rule_no_stray_reply (IpcCheck *check)
{
  for (guint i = 0; i < check->model->links->len; i++) {
    IpcModelLink *link = g_ptr_array_index (check->model->links, i);
    for (guint j = 0; j < link->packets->len; j++) {
      IpcModelPacket *packet = g_ptr_array_index (link->packets, j);
      if (packet->is_reply && packet->request == NULL && packet->t < link->t_spoiled[packet->to_slave ? 0 : 1]) {
        g_autofree gchar *name = ipc_model_packet_name (link, packet);
        ipc_check_found (check, NULL, packet->record, "%s: an answer that nobody asked for", name);
      }
    }
  }
}

/* TRUE for what may start the flow again after it has failed with @result: a flush, a state change, anything that the
 * slave was told to do itself; after EOS, which ends a segment, another segment (BUF-8). */
static gboolean
restarts_flow (const IpcModelLink *link, const IpcModelRecord *record, gint64 result)
{
  static const gchar *const new_segments[] = { "segment", "stream-start", NULL };
  const gchar *event;

  if (ipc_model_record_is (record, "command"))
    return TRUE;
  if (!ipc_model_record_is (record, "packet"))
    return FALSE;
  if (g_strcmp0 (record->type, "STATE_CHANGE") == 0)
    return TRUE;
  event = ipc_record_string (record->json, "event");
  if (g_strcmp0 (ipc_record_string (record->json, "link"), link->name) != 0 || g_strcmp0 (record->type, "EVENT") != 0
      || event == NULL)
    return FALSE;
  return g_str_equal (event, "flush-stop") || (result == GST_FLOW_EOS && g_strv_contains (new_segments, event));
}

/* A failing answer to a buffer of before a flush or a state change, which was on its way together with others. */
static gboolean
is_of_the_past (IpcCheck *check, const IpcModelLink *link, const IpcModelPacket *answer, gint64 result)
{
  for (guint r = answer->request->record; r < answer->record; r++) {
    const IpcModelRecord *record = ipc_model_record (check->model, r);
    if (ipc_model_record_is (record, "packet") && restarts_flow (link, record, result))
      return TRUE;
  }
  return FALSE;
}

/* A buffer sent after the failing answer was on its way to the master, and answered OK. */
static void
check_sticky_of (IpcCheck *check, const IpcModelLink *link)
{
  const IpcModelPacket *failed = NULL;

  for (guint i = 0; i < link->packets->len; i++) {
    IpcModelPacket *packet = g_ptr_array_index (link->packets, i);
    gint64 result;
    if (!packet->is_reply || packet->request == NULL || packet->request->info->type != IPC_PACKET_BUFFER)
      continue;
    for (guint r = failed != NULL ? failed->record : 0; failed != NULL && r < packet->record; r++)
      if (restarts_flow (
              link, ipc_model_record (check->model, r), (gint32)ipc_record_int (failed->json, "result", GST_FLOW_OK)))
        failed = NULL;
    result = (gint32)ipc_record_int (packet->json, "result", GST_FLOW_OK);
    if (failed != NULL && result == GST_FLOW_OK && packet->request->record > failed->record) {
      g_autofree gchar *name = ipc_model_packet_name (link, packet->request);
      ipc_check_found (check, NULL, packet->record,
          "%s: answered OK, though BUFFER %" G_GINT64_FORMAT " had failed with %d and no flush came between", name,
          failed->id, (gint32)ipc_record_int (failed->json, "result", 0));
      failed = NULL;
    } else if (failed == NULL && result < GST_FLOW_OK && !is_of_the_past (check, link, packet, result)) {
      failed = packet;
    }
  }
}

void
ipc_rule_sticky_failure (IpcCheck *check)
{
  for (guint i = 0; i < check->model->links->len; i++)
    check_sticky_of (check, g_ptr_array_index (check->model->links, i));
}
