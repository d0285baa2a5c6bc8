/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fate of a request: of all that could end the sender's wait, what came first. How long an element waits (ack-time)
 * is read from the descriptions of pipelines and from the properties that were set.
 */
#include "coverage-fate.h"

#include <gst/gst.h>

#define DEFAULT_ACK_TIME (10 * G_USEC_PER_SEC) /* us, ELEM-3 */

/* An element's ack-time from a time on. */
typedef struct {
  const gchar *process;
  gchar *element;
  gint64 since;    /* ns */
  gint64 ack_time; /* us */
} Patience;

/* The relay has closed a link. */
typedef struct {
  const gchar *link;
  guint generation;
  gint64 t;
} Cut;

struct _IpcFates {
  IpcModel *model;
  GArray *cuts;     /* of Cut */
  GArray *patience; /* of Patience, in order of time */
};

static void
patience_clear (Patience *patience)
{
  g_free (patience->element);
}

static void
add_patience (IpcFates *fates, JsonObject *command, const gchar *element, gint64 ack_time)
{
  Patience patience = { ipc_record_string (command, "process"), g_strdup (element), ipc_record_int (command, "t", 0),
    MAX (ack_time, 0) };

  g_array_append_val (fates->patience, patience);
}

/* What stands behind @member and an equals sign in one element of a description; caller frees. */
static gchar *
described (const gchar *element, const gchar *member)
{
  g_autofree gchar *expression = g_strdup_printf ("(?:^|\\s)%s=\"?([^\\s\"]+)", member);
  g_autoptr (GRegex) regex = g_regex_new (expression, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  return g_regex_match (regex, element, 0, &match) ? g_match_info_fetch (match, 1) : NULL;
}

static void
read_description (IpcFates *fates, JsonObject *command)
{
  const gchar *description = ipc_record_string (command, "description");
  g_auto (GStrv) elements = description != NULL ? g_regex_split_simple ("!|ipcpipeline(?=s)", description, 0, 0) : NULL;

  for (guint i = 0; elements != NULL && elements[i] != NULL; i++) {
    g_autofree gchar *name = described (elements[i], "name"), *ack_time = described (elements[i], "ack-time");
    if (name != NULL && ack_time != NULL)
      add_patience (fates, command, name, g_ascii_strtoll (ack_time, NULL, 10));
  }
}

static void
read_command (IpcFates *fates, JsonObject *command)
{
  const gchar *name = ipc_record_string (command, "command");

  if (g_strcmp0 (name, "pipeline") == 0) {
    read_description (fates, command);
  } else if (g_strcmp0 (name, "set-property") == 0
             && g_strcmp0 (ipc_record_string (command, "property"), "ack-time") == 0) {
    g_autofree gchar *value = ipc_record_text (command, "value");
    add_patience (fates, command, ipc_record_string (command, "element"), g_ascii_strtoll (value, NULL, 10));
  }
}

static void
read_fault (IpcFates *fates, JsonObject *fault)
{
  Cut cut
      = { ipc_record_string (fault, "link"), ipc_record_int (fault, "generation", 1), ipc_record_int (fault, "t", 0) };

  if (g_strcmp0 (ipc_record_string (fault, "effect"), "closed") == 0)
    g_array_append_val (fates->cuts, cut);
}

IpcFates *
ipc_fates_new (IpcModel *model)
{
  IpcFates *fates = g_new0 (IpcFates, 1);

  fates->model = model;
  fates->patience = g_array_new (FALSE, FALSE, sizeof (Patience));
  fates->cuts = g_array_new (FALSE, FALSE, sizeof (Cut));
  g_array_set_clear_func (fates->patience, (GDestroyNotify)patience_clear);
  for (guint i = 0; i < model->records->len; i++) {
    const IpcModelRecord *record = ipc_model_record (model, i);
    if (ipc_model_record_is (record, "command"))
      read_command (fates, record->json);
    else if (ipc_model_record_is (record, "fault"))
      read_fault (fates, record->json);
  }
  return fates;
}

void
ipc_fates_free (IpcFates *fates)
{
  g_array_unref (fates->patience);
  g_array_unref (fates->cuts);
  g_free (fates);
}

/* {{{ kinds of requests */

static gboolean
is_serialized (const IpcModelPacket *packet)
{
  const gchar *event = ipc_record_string (packet->json, "event"), *query = ipc_record_string (packet->json, "query");
  g_autoptr (GEnumClass) types = g_type_class_ref (event != NULL ? GST_TYPE_EVENT_TYPE : GST_TYPE_QUERY_TYPE);
  GEnumValue *value = g_enum_get_value_by_nick (types, event != NULL ? event : query != NULL ? query : "");

  if (value == NULL)
    return FALSE;
  return event != NULL ? gst_event_type_get_flags (value->value) & GST_EVENT_TYPE_SERIALIZED
                       : gst_query_type_get_flags (value->value) & GST_QUERY_TYPE_SERIALIZED;
}

const gchar *
ipc_fate_row (const IpcModelPacket *request)
{
  gboolean upstream = g_strcmp0 (ipc_record_string (request->json, "direction"), "upstream") == 0;

  switch (request->info->type) {
  case IPC_PACKET_BUFFER:
    return "buffer";
  case IPC_PACKET_EVENT:
    if (!request->to_slave || upstream)
      return request->to_slave ? "event-to-pipeline" : "event-upstream";
    return is_serialized (request) ? "event" : "event-out-of-band";
  case IPC_PACKET_SINK_MESSAGE_EVENT:
    return "sink-message";
  case IPC_PACKET_QUERY:
    if (!request->to_slave || upstream)
      return request->to_slave ? "query-to-pipeline" : "query-upstream";
    return is_serialized (request) ? "query-serialized" : "query";
  case IPC_PACKET_STATE_CHANGE:
    return "state-change";
  default:
    return NULL;
  }
}

/* Waits that a flush ends and ack-time does not. */
static gboolean
is_flow (const gchar *row)
{
  static const gchar *const flow[] = { "buffer", "event", "sink-message", "query-serialized", NULL };
  return g_strv_contains (flow, row);
}

/* So many times ack-time the sender waits at most; 0: without limit. */
static gint64
times_of_patience (const gchar *row)
{
  static const gchar *const once[] = { "query", "query-to-pipeline", "query-upstream", "state-change", NULL };
  static const gchar *const ten_times[] = { "event-upstream", "event-to-pipeline", NULL };

  return g_strv_contains (once, row) ? 1 : g_strv_contains (ten_times, row) ? 10 : 0;
}

/* WAIT-2; and a latency event of the slave's. */
static gboolean
is_waited_for (const IpcModelPacket *packet, const gchar *row)
{
  if (g_str_equal (row, "event-upstream"))
    return g_strcmp0 (ipc_record_string (packet->json, "event"), "latency") != 0;
  return !g_str_equal (row, "event-out-of-band");
}

/* }}} */
/* {{{ what may end the wait, each as a time; IPC_NEVER */

static gint64
time_of_patience (const IpcFates *fates, const IpcModelLink *link, const IpcModelPacket *request, gint64 times)
{
  const gchar *process = request->to_slave ? link->master : link->slave;
  const gchar *element = request->to_slave ? link->sink : link->src;
  gint64 ack_time = DEFAULT_ACK_TIME;

  for (guint i = 0; i < fates->patience->len; i++) {
    const Patience *patience = &g_array_index (fates->patience, Patience, i);
    if (patience->since <= request->t && g_strcmp0 (patience->process, process) == 0
        && g_strcmp0 (patience->element, element) == 0)
      ack_time = patience->ack_time;
  }
  /* LIFE-10: ten seconds when it is 0 */
  if (times > 1 && ack_time == 0)
    ack_time = DEFAULT_ACK_TIME / times;
  return ack_time > (IPC_NEVER - request->t) / 1000 / times ? IPC_NEVER : request->t + ack_time * 1000 * times;
}

static gboolean
is_flush (const IpcModelPacket *packet)
{
  return packet->to_slave && g_strcmp0 (ipc_record_string (packet->json, "event"), "flush-start") == 0;
}

static gboolean
is_stop (const IpcModelPacket *packet)
{
  return packet->info != NULL && packet->info->type == IPC_PACKET_STATE_CHANGE
         && g_strcmp0 (ipc_record_string (packet->json, "from"), "paused") == 0
         && g_strcmp0 (ipc_record_string (packet->json, "to-state"), "ready") == 0;
}

/* The next packet that @is, in front of the reply. */
static gint64
time_of_next (const IpcModelLink *link, const IpcModelPacket *request, gboolean (*is) (const IpcModelPacket *packet))
{
  for (guint i = request->index + 1; i < link->all->len; i++) {
    const IpcModelPacket *packet = g_ptr_array_index (link->all, i);
    if (packet == request->reply)
      return IPC_NEVER;
    if (is (packet))
      return packet->t;
  }
  return IPC_NEVER;
}

/* For both ends it looks as if the other one had gone. */
static gboolean
was_cut (const IpcFates *fates, const IpcModelLink *link, const IpcModelPacket *request)
{
  for (guint i = 0; i < fates->cuts->len; i++) {
    const Cut *cut = &g_array_index (fates->cuts, Cut, i);
    if (cut->t >= request->t && cut->generation == link->generation && g_strcmp0 (cut->link, link->name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* How a link that ended with the request unanswered ended for its sender. */
static IpcFate
end_of (const IpcFates *fates, const IpcModelLink *link, const IpcModelPacket *request)
{
  guint receiver = request->to_slave ? 1 : 0;
  IpcModelLife *receives = ipc_model_life_at (fates->model, receiver == 1 ? link->slave : link->master, request->t);
  IpcModelLife *sends = ipc_model_life_at (fates->model, receiver == 1 ? link->master : link->slave, request->t);
  gint64 t_receiver = MIN (link->t_closed[receiver], receives != NULL ? receives->t_exited : IPC_NEVER);
  gint64 t_sender = sends != NULL ? MIN (sends->t_finish, sends->t_exited) : IPC_NEVER;

  if (was_cut (fates, link, request))
    return IPC_FATE_PEER_GONE;
  /* at the teardown everything ends, and that shows nothing */
  if (MIN (t_receiver, link->t_ended) >= MIN (t_sender, fates->model->t_teardown))
    return IPC_FATE_UNKNOWN;
  if (t_receiver <= link->t_ended)
    return IPC_FATE_PEER_GONE;
  return link->t_ended != IPC_NEVER ? IPC_FATE_DISCONNECTED : IPC_FATE_UNKNOWN;
}

/* }}} */

IpcFate
ipc_fates_decide (const IpcFates *fates, const IpcModelLink *link, const IpcModelPacket *request)
{
  const gchar *row = ipc_fate_row (request);
  gint64 t_reply = request->reply != NULL ? request->reply->t : IPC_NEVER;
  gint64 times = times_of_patience (row);
  gint64 t_limit = times > 0 ? time_of_patience (fates, link, request, times) : IPC_NEVER;
  gboolean flow = is_flow (row);

  if (!is_waited_for (request, row))
    return t_reply != IPC_NEVER ? IPC_FATE_ANSWERED : IPC_FATE_UNKNOWN;

  if (t_limit < t_reply && t_limit < link->t_ended)
    return IPC_FATE_TIMED_OUT;
  if (flow && time_of_next (link, request, is_flush) != IPC_NEVER)
    return IPC_FATE_FLUSHED;
  if (flow && time_of_next (link, request, is_stop) != IPC_NEVER)
    return IPC_FATE_STOPPED;
  return t_reply != IPC_NEVER ? IPC_FATE_ANSWERED : end_of (fates, link, request);
}
