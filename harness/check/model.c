/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A history, sorted into lives of processes, generations of links and packets with their replies, in one pass
 * over the records. The model owns its lists; names and JSON objects belong to the history.
 */
#include "model.h"

static void
link_free (IpcModelLink *link)
{
  g_free (link->master);
  g_free (link->sink);
  g_free (link->slave);
  g_free (link->src);
  g_ptr_array_unref (link->packets);
  g_ptr_array_unref (link->arrivals);
  g_ptr_array_unref (link->all);
  g_free (link);
}

static IpcModelLife *
last_life (IpcModel *model, const gchar *process)
{
  for (guint i = model->lives->len; i > 0; i--) {
    IpcModelLife *life = g_ptr_array_index (model->lives, i - 1);
    if (g_strcmp0 (life->name, process) == 0)
      return life;
  }
  return NULL;
}

static void
add_process (IpcModel *model, guint index, JsonObject *json)
{
  const gchar *name = ipc_record_string (json, "process");
  const gchar *event = ipc_record_string (json, "event");
  gint64 t = ipc_record_int (json, "t", 0);

  if (name == NULL || event == NULL)
    return;
  if (g_str_equal (event, "spawned")) {
    IpcModelLife *life = g_new0 (IpcModelLife, 1);
    life->name = name;
    life->master = g_strcmp0 (ipc_record_string (json, "role"), "master") == 0;
    life->spawned = index;
    life->t_spawned = t;
    life->exited = life->finish_reply = IPC_NO_INDEX;
    life->t_exited = life->t_finish = IPC_NEVER;
    life->signal = life->status = -1;
    g_ptr_array_add (model->lives, life);
  } else if (g_str_equal (event, "exited")) {
    IpcModelLife *life = last_life (model, name);
    if (life == NULL || life->exited != IPC_NO_INDEX)
      return;
    life->exited = index;
    life->t_exited = t;
    life->signal = ipc_record_int (json, "signal", -1);
    life->status = ipc_record_int (json, "status", -1);
    life->sent = ipc_record_bool (json, "sent", FALSE);
  }
}

static IpcModelLink *
last_link (IpcModel *model, const gchar *name, guint generation)
{
  for (guint i = model->links->len; i > 0; i--) {
    IpcModelLink *link = g_ptr_array_index (model->links, i - 1);
    if (g_strcmp0 (link->name, name) == 0 && (generation == 0 || link->generation == generation))
      return link;
  }
  return NULL;
}

static void
split_end (const gchar *end, gchar **process, gchar **element)
{
  const gchar *dot = end != NULL ? strchr (end, '.') : NULL;
  *process = dot != NULL ? g_strndup (end, dot - end) : g_strdup (end != NULL ? end : "");
  *element = g_strdup (dot != NULL ? dot + 1 : "");
}

static void
add_connected (IpcModel *model, guint index, JsonObject *json)
{
  const gchar *name = ipc_record_string (json, "link");
  gint64 t = ipc_record_int (json, "t", 0);
  IpcModelLink *before = last_link (model, name, 0);
  IpcModelLink *link = g_new0 (IpcModelLink, 1);

  if (before != NULL) {
    before->superseded = TRUE;
    before->t_ended = MIN (before->t_ended, t);
  }
  link->name = name;
  link->generation = ipc_record_int (json, "generation", 1);
  split_end (ipc_record_string (json, "master"), &link->master, &link->sink);
  split_end (ipc_record_string (json, "slave"), &link->slave, &link->src);
  link->relayed = ipc_record_bool (json, "relayed", TRUE);
  link->connected = index;
  link->t_connected = t;
  link->t_ended = link->t_closed[0] = link->t_closed[1] = IPC_NEVER;
  link->t_cut = link->t_spoiled[0] = link->t_spoiled[1] = link->t_held_up = IPC_NEVER;
  link->packets = g_ptr_array_new ();
  link->arrivals = g_ptr_array_new ();
  link->all = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (model->links, link);
}

static void
add_link (IpcModel *model, guint index, JsonObject *json)
{
  const gchar *event = ipc_record_string (json, "event");

  if (g_strcmp0 (event, "connected") == 0) {
    add_connected (model, index, json);
  } else if (g_strcmp0 (event, "closed") == 0 || g_strcmp0 (event, "broken") == 0) {
    guint generation = ipc_record_int (json, "generation", 0);
    IpcModelLink *link = last_link (model, ipc_record_string (json, "link"), generation);
    guint end = g_strcmp0 (ipc_record_string (json, "end"), "slave") == 0 ? 1 : 0;
    gint64 t = ipc_record_int (json, "t", 0);
    if (link == NULL)
      return;
    link->t_ended = MIN (link->t_ended, t);
    link->t_closed[end] = MIN (link->t_closed[end], t);
  }
}

static void
add_packet (IpcModel *model, guint index, JsonObject *json)
{
  IpcModelLink *link = last_link (model, ipc_record_string (json, "link"), ipc_record_int (json, "generation", 0));
  const gchar *type = ipc_record_string (json, "type");
  IpcModelPacket *packet;

  if (link == NULL)
    return;
  packet = g_new0 (IpcModelPacket, 1);
  packet->record = index;
  packet->json = json;
  packet->t = ipc_record_int (json, "t", 0);
  packet->info = type != NULL ? ipc_packet_info_by_name (type) : NULL;
  packet->to_slave = g_strcmp0 (ipc_record_string (json, "to"), "slave") == 0;
  packet->id = ipc_record_int (json, "id", -1);
  packet->generation = link->generation;
  packet->is_reply
      = packet->info != NULL && (packet->info->type == IPC_PACKET_ACK || packet->info->type == IPC_PACKET_QUERY_RESULT);
  packet->lost = ipc_record_string (json, "lost") != NULL;
  packet->forged = ipc_record_string (json, "forged") != NULL;
  packet->index = link->all->len;
  g_ptr_array_add (link->all, packet);
  if (!packet->forged)
    g_ptr_array_add (link->packets, packet);
  if (!packet->lost)
    g_ptr_array_add (link->arrivals, packet);
}

/* What a fault did to the link as a whole; what it did to single packets stands in those. */
static void
add_fault (IpcModel *model, JsonObject *json)
{
  IpcModelLink *link = last_link (model, ipc_record_string (json, "link"), ipc_record_int (json, "generation", 0));
  const gchar *event = ipc_record_string (json, "event"), *effect = ipc_record_string (json, "effect");
  guint to = g_strcmp0 (ipc_record_string (json, "to"), "slave") == 0 ? 1 : 0;
  gint64 t = ipc_record_int (json, "t", 0);

  if (link == NULL)
    return;
  if (g_strcmp0 (event, "released") == 0 && model->t_teardown == IPC_NEVER)
    link->t_held_up = IPC_NEVER;
  if (g_strcmp0 (event, "struck") != 0 || effect == NULL)
    return;
  if (g_str_equal (effect, "signalled")) {
    model->t_signal = MIN (model->t_signal, t);
  } else if (g_str_equal (effect, "stalled") || g_str_equal (effect, "delayed") || g_str_equal (effect, "reordered")
             || g_str_equal (effect, "coalesced") || g_str_equal (effect, "split")) {
    link->t_held_up = MIN (link->t_held_up, t);
    model->held_up = TRUE;
  } else if (g_str_equal (effect, "closed") || g_str_has_prefix (effect, "spoiled")) {
    link->t_cut = MIN (link->t_cut, t);
    link->t_ended = MIN (link->t_ended, t);
    if (g_str_equal (effect, "spoiled-back"))
      to = 1 - to;
    if (g_str_has_prefix (effect, "spoiled"))
      link->t_spoiled[to] = MIN (link->t_spoiled[to], t);
  }
}

static void
add_command (IpcModel *model, JsonObject *json)
{
  const gchar *command = ipc_record_string (json, "command");
  IpcModelLife *life = last_life (model, ipc_record_string (json, "process"));

  if (life == NULL || g_strcmp0 (command, "finish") != 0)
    return;
  life->t_finish = ipc_record_int (json, "t", 0);
  life->finish_id = ipc_record_int (json, "id", -1);
}

static void
add_reply (IpcModel *model, guint index, JsonObject *json)
{
  IpcModelLife *life = last_life (model, ipc_record_string (json, "process"));

  if (life != NULL && life->t_finish != IPC_NEVER && ipc_record_int (json, "reply", -2) == life->finish_id)
    life->finish_reply = index;
}

static void
add_record (IpcModel *model, guint index, const IpcModelRecord *record)
{
  JsonObject *json = record->json;

  if (ipc_model_record_is (record, "process")) {
    add_process (model, index, json);
  } else if (ipc_model_record_is (record, "link")) {
    add_link (model, index, json);
  } else if (ipc_model_record_is (record, "packet")) {
    add_packet (model, index, json);
  } else if (ipc_model_record_is (record, "fault")) {
    add_fault (model, json);
  } else if (ipc_model_record_is (record, "command")) {
    add_command (model, json);
  } else if (ipc_model_record_is (record, "reply")) {
    add_reply (model, index, json);
  } else if (ipc_model_record_is (record, "step")) {
    if (g_strcmp0 (ipc_record_string (json, "action"), "act signal-process") == 0)
      model->t_signal = MIN (model->t_signal, record->t);
  } else if (ipc_model_record_is (record, "teardown")) {
    model->t_teardown = MIN (model->t_teardown, record->t);
  } else if (ipc_model_record_is (record, "case")) {
    JsonNode *scale = json_object_get_member (json, "time-scale");
    if (scale != NULL && JSON_NODE_HOLDS_VALUE (scale))
      model->time_scale = json_node_get_double (scale);
  } else if (ipc_model_record_is (record, "end")) {
    model->outcome = ipc_record_string (json, "outcome");
  }
}

static gint64 *
packet_key (gboolean to_slave, gint64 id)
{
  gint64 *key = g_new (gint64, 1);
  *key = id * 2 + (to_slave ? 1 : 0);
  return key;
}

/* Of several with one id, which only faults make, each is answered once. */
static IpcModelPacket *
unanswered (GPtrArray *requests)
{
  IpcModelPacket *first = NULL;

  for (guint i = 0; requests != NULL && i < requests->len; i++) {
    IpcModelPacket *request = g_ptr_array_index (requests, i);
    if (request->info == NULL || request->info->reply == IPC_REPLY_NONE)
      continue;
    if (request->n_replies == 0)
      return request;
    if (first == NULL)
      first = request;
  }
  return first;
}

static void
add_request (GHashTable *requests, IpcModelPacket *packet)
{
  gint64 *key = packet_key (packet->to_slave, packet->id);
  GPtrArray *list = g_hash_table_lookup (requests, key);
  IpcModelPacket *last = list != NULL && list->len > 0 ? g_ptr_array_index (list, list->len - 1) : NULL;

  /* an id that comes again without a fault begins anew */
  if (list == NULL || (!packet->forged && !last->forged && last->n_replies > 0)) {
    list = g_ptr_array_new ();
    g_hash_table_replace (requests, key, list);
  } else {
    g_free (key);
  }
  g_ptr_array_add (list, packet);
}

/* Ids are looked up as they come, so that a reply in front of its request is one that nobody asked for. An end answers
 * what has arrived there; what a fault answers in its stead goes with what was sent. */
static void
match_replies (IpcModelLink *link)
{
  g_autoptr (GHashTable) arrived
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  g_autoptr (GHashTable) sent = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < link->all->len; i++) {
    IpcModelPacket *packet = g_ptr_array_index (link->all, i);
    if (!packet->is_reply) {
      if (!packet->lost)
        add_request (arrived, packet);
      if (!packet->forged)
        g_hash_table_replace (sent, packet_key (packet->to_slave, packet->id), packet);
      continue;
    }
    g_autofree gint64 *key = packet_key (!packet->to_slave, packet->id);
    if (packet->forged) {
      packet->request = g_hash_table_lookup (sent, key);
      continue;
    }
    packet->request = unanswered (g_hash_table_lookup (arrived, key));
    if (packet->request != NULL && packet->request->n_replies++ == 0)
      packet->request->reply = packet;
  }
}

static const gchar *
read_name (IpcModel *model, JsonObject *json, const gchar *member)
{
  const gchar *name = ipc_record_string (json, member);

  return name != NULL ? g_string_chunk_insert_const (model->names, name) : NULL;
}

static void
read_records (IpcModel *model)
{
  guint n = ipc_history_length (model->history);

  model->names = g_string_chunk_new (1024);
  model->records = g_array_sized_new (FALSE, FALSE, sizeof (IpcModelRecord), n);
  for (guint i = 0; i < n; i++) {
    JsonObject *json = ipc_history_get (model->history, i);
    IpcModelRecord record = { json, read_name (model, json, "kind"), read_name (model, json, "process"),
      read_name (model, json, "pad"), read_name (model, json, "type"), ipc_record_int (json, "t", 0) };
    g_array_append_val (model->records, record);
  }
}

IpcModel *
ipc_model_new (IpcHistory *history)
{
  IpcModel *model = g_new0 (IpcModel, 1);

  model->history = history;
  model->lives = g_ptr_array_new_with_free_func (g_free);
  model->links = g_ptr_array_new_with_free_func ((GDestroyNotify)link_free);
  model->t_teardown = model->t_signal = IPC_NEVER;
  model->time_scale = 1.0;
  read_records (model);
  for (guint i = 0; i < model->records->len; i++) {
    const IpcModelRecord *record = ipc_model_record (model, i);
    add_record (model, i, record);
    model->t_end = MAX (model->t_end, record->t);
  }
  for (guint i = 0; i < model->links->len; i++)
    match_replies (g_ptr_array_index (model->links, i));
  return model;
}

void
ipc_model_free (IpcModel *model)
{
  g_array_unref (model->records);
  g_string_chunk_free (model->names);
  g_ptr_array_unref (model->lives);
  g_ptr_array_unref (model->links);
  g_free (model);
}

const IpcModelRecord *
ipc_model_record (IpcModel *model, guint index)
{
  return &g_array_index (model->records, IpcModelRecord, index);
}

gboolean
ipc_model_record_is (const IpcModelRecord *record, const gchar *kind)
{
  return g_strcmp0 (record->kind, kind) == 0;
}

IpcModelLife *
ipc_model_life_at (IpcModel *model, const gchar *process, gint64 t)
{
  IpcModelLife *found = NULL;

  for (guint i = 0; i < model->lives->len; i++) {
    IpcModelLife *life = g_ptr_array_index (model->lives, i);
    if (g_strcmp0 (life->name, process) == 0 && (life->t_spawned <= t || found == NULL))
      found = life;
  }
  return found;
}

gboolean
ipc_model_was_hurt (IpcModel *model, const gchar *process)
{
  for (guint i = 0; i < model->lives->len; i++) {
    IpcModelLife *life = g_ptr_array_index (model->lives, i);
    if (g_strcmp0 (life->name, process) != 0)
      continue;
    if (life->signal > 0 || life->status > 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
ipc_model_steps_done (IpcModel *model)
{
  return g_strcmp0 (model->outcome, "done") == 0;
}

gchar *
ipc_model_packet_name (const IpcModelLink *link, const IpcModelPacket *packet)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const gchar *event = ipc_record_string (packet->json, "event");
  const gchar *query = ipc_record_string (packet->json, "query");
  const gchar *message = ipc_record_string (packet->json, "message");
  const gchar *state = ipc_record_string (packet->json, "to-state");
  const gchar *type = ipc_record_string (packet->json, "type");

  g_string_append (text, link->name);
  if (link->generation > 1)
    g_string_append_printf (text, " (generation %u)", link->generation);
  g_string_append_printf (text, ": %s %" G_GINT64_FORMAT, type != NULL ? type : "packet", packet->id);
  if (event != NULL || query != NULL || message != NULL || state != NULL)
    g_string_append_printf (text, " (%s)", event ? event : query ? query : message ? message : state);
  g_string_append_printf (text, " to %s", packet->to_slave ? "slave" : "master");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static JsonNode *
value_of (JsonObject *record, const gchar *member)
{
  JsonNode *node = json_object_get_member (record, member);
  return node == NULL || JSON_NODE_HOLDS_NULL (node) ? NULL : node;
}

gchar *
ipc_record_text (JsonObject *record, const gchar *member)
{
  JsonNode *node = value_of (record, member);

  if (node == NULL)
    return g_strdup ("none");
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_dup_string (node);
  /* most are; a generator for each would cost more than all else that is done with it */
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  return json_to_string (node, FALSE);
}

gboolean
ipc_record_same (JsonObject *a, const gchar *a_member, JsonObject *b, const gchar *b_member)
{
  JsonNode *a_node = value_of (a, a_member), *b_node = value_of (b, b_member);
  g_autofree gchar *a_text = NULL, *b_text = NULL;

  if (a_node == NULL || b_node == NULL)
    return a_node == b_node;
  a_text = ipc_record_text (a, a_member);
  b_text = ipc_record_text (b, b_member);
  return g_str_equal (a_text, b_text);
}
