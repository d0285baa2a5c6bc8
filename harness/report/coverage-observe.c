/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a history to the cells that it reached. Each packet is looked at once, with the reply that the checker's model
 * found for it; what became of a request is decided by what happened first: the reply, a flush, a stop, the end of the
 * sender's patience, the end of the link.
 */
#include <gst/gst.h>
#include <stdlib.h>
#include <string.h>

#include "check/model.h"
#include "coverage-fate.h"
#include "coverage-table.h"
#include "coverage.h"

#define OBJECT_MARK "gst-ipc-object, type=(string)"

typedef struct {
  IpcModel *model;
  IpcFates *fates;
  GHashTable *cells; /* set of gchar * */
  gboolean passed;
} Observer;

static void
see (Observer *observer, const gchar *group, const gchar *row, const gchar *column)
{
  g_hash_table_add (observer->cells, g_strdup_printf ("%s/%s/%s", group, row, column));
}

static const gchar *
way_of (const IpcModelPacket *packet)
{
  return packet->to_slave ? "to-slave" : "to-master";
}

/* {{{ what a packet carries */

static void
see_size (Observer *observer, gint64 size)
{
  static const gint64 limits[] = { 0, 64, 4096, 65536, 1048576 };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++) {
    if (size <= limits[i]) {
      g_autofree gchar *row = g_strdup_printf ("%" G_GINT64_FORMAT, limits[i]);
      see (observer, "size", row, "to-slave");
      return;
    }
  }
  see (observer, "size", "more", "to-slave");
}

static void
see_times (Observer *observer, JsonObject *buffer)
{
  static const gchar *const members[] = { "pts", "dts", "duration", "offset", "offset-end" };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    JsonNode *node = json_object_get_member (buffer, members[i]);
    g_autofree gchar *none = g_strconcat ("no-", members[i], NULL);
    see (observer, "time", node == NULL || JSON_NODE_HOLDS_NULL (node) ? none : members[i], "to-slave");
  }
}

static void
see_flags (Observer *observer, gint64 value)
{
  g_autoptr (GFlagsClass) flags = g_type_class_ref (GST_TYPE_BUFFER_FLAGS);

  if (value == 0)
    see (observer, "flag", "none", "to-slave");
  for (guint i = 0; i < flags->n_values; i++)
    if (value & flags->values[i].value)
      see (observer, "flag", flags->values[i].value_nick, "to-slave");
}

static gboolean
is_listed_meta (const gchar *api)
{
  const GPtrArray *groups = ipc_coverage_groups ();

  for (guint i = 0; i < groups->len; i++) {
    const IpcCoverageGroup *group = g_ptr_array_index (groups, i);
    if (g_str_equal (group->name, "meta"))
      return g_ptr_array_find_with_equal_func (group->rows, api, g_str_equal, NULL);
  }
  return FALSE;
}

static void
see_metas (Observer *observer, JsonObject *buffer)
{
  JsonNode *metas = json_object_get_member (buffer, "metas"), *texts = json_object_get_member (buffer, "meta-texts");
  guint n_metas
      = metas != NULL && JSON_NODE_HOLDS_ARRAY (metas) ? json_array_get_length (json_node_get_array (metas)) : 0;
  guint n_texts
      = texts != NULL && JSON_NODE_HOLDS_ARRAY (texts) ? json_array_get_length (json_node_get_array (texts)) : 0;

  if (n_metas == 0)
    see (observer, "meta", "none", "to-slave");
  if (n_metas > n_texts)
    see (observer, "meta", "without-text", "to-slave");
  if (n_texts > 1)
    see (observer, "meta", "several", "to-slave");
  for (guint i = 0; i < n_texts; i++) {
    const gchar *api = json_array_get_string_element (json_node_get_array (texts), i);
    see (observer, "meta", is_listed_meta (api) ? api : "custom", "to-slave");
  }
}

static void
see_buffer (Observer *observer, JsonObject *buffer)
{
  see_size (observer, ipc_record_int (buffer, "data-size", 0));
  see_times (observer, buffer);
  see_flags (observer, ipc_record_int (buffer, "flags", 0));
  see_metas (observer, buffer);
}

/* OBJ-11: objects in a structure string, however deep. */
static void
see_objects (Observer *observer, const IpcModelPacket *packet)
{
  const gchar *text = ipc_record_string (packet->json, "structure");

  while (text != NULL && (text = strstr (text, OBJECT_MARK)) != NULL) {
    gsize length;
    g_autofree gchar *type = NULL;
    text += strlen (OBJECT_MARK);
    length = strspn (text, G_CSET_A_2_Z G_CSET_a_2_z);
    type = g_strndup (text, length);
    see (observer, "object", type, way_of (packet));
  }
}

/* }}} */
/* {{{ requests, and what has no answer */

/* GROUP, GROUP-upstream or GROUP-to-pipeline: the three ways of events and queries. */
static gchar *
group_of (const gchar *group, const IpcModelPacket *packet)
{
  gboolean upstream = g_strcmp0 (ipc_record_string (packet->json, "direction"), "upstream") == 0;

  if (!packet->to_slave)
    return g_strconcat (group, "-upstream", NULL);
  return upstream ? g_strconcat (group, "-to-pipeline", NULL) : g_strdup (group);
}

/* The elements' own questions are no queries of anybody (EXT-8). */
static gboolean
see_extension (Observer *observer, const IpcModelPacket *packet)
{
  static const gchar *const names[] = { "greeting", "time" };
  const gchar *structure = ipc_record_string (packet->json, "structure");

  if (structure == NULL || !g_str_has_prefix (structure, "gst-ipc-"))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (packet->reply != NULL && g_str_has_prefix (structure + strlen ("gst-ipc-"), names[i]))
      see (observer, "extension", names[i], ipc_record_bool (packet->reply->json, "result", FALSE) ? "true" : "false");
  }
  return TRUE;
}

static gboolean
was_taken (const IpcModelPacket *packet)
{
  JsonObject *reply = packet->reply != NULL ? packet->reply->json : NULL;

  if (reply == NULL)
    return FALSE;
  if (packet->info->reply == IPC_REPLY_QUERY_RESULT)
    return ipc_record_bool (reply, "result", FALSE);
  return (packet->info->type == IPC_PACKET_BUFFER) == (ipc_record_int (reply, "result", 0) == GST_FLOW_OK);
}

/* The relay writes a number when GStreamer has no name for a type (1.22 has none for selectable); its enumeration has.
 */
static gchar *
query_name (JsonObject *json)
{
  g_autoptr (GEnumClass) types = g_type_class_ref (GST_TYPE_QUERY_TYPE);
  GEnumValue *value = g_enum_get_value (types, ipc_record_int (json, "query", -1));

  return value != NULL ? g_strdup (value->value_nick) : ipc_record_text (json, "query");
}

/* What the answer was. */
static void
see_answer (Observer *observer, const IpcModelPacket *packet)
{
  JsonObject *json = packet->json;
  gint64 result = ipc_record_int (packet->reply->json, "result", 0);
  const gchar *column = was_taken (packet) ? "true" : "false";
  g_autofree gchar *row = NULL, *group = NULL;

  switch (packet->info->type) {
  case IPC_PACKET_BUFFER:
    see (observer, "flow", ipc_coverage_flow_name (result), "answered");
    break;
  case IPC_PACKET_STATE_CHANGE:
    row = g_strdup_printf ("%s-to-%s", ipc_record_string (json, "from"), ipc_record_string (json, "to-state"));
    see (observer, "state", row, ipc_coverage_state_return_name (result));
    break;
  case IPC_PACKET_EVENT:
    row = ipc_record_text (json, "event");
    group = group_of ("event", packet);
    see (observer, group, row, column);
    break;
  case IPC_PACKET_QUERY:
    row = query_name (json);
    group = group_of ("query", packet);
    see (observer, group, row, column);
    break;
  default:
    break;
  }
}

/* NULL: nothing that could be told. */
static const gchar *
fate_name (Observer *observer, const IpcModelLink *link, const IpcModelPacket *packet, gboolean taken)
{
  switch (ipc_fates_decide (observer->fates, link, packet)) {
  case IPC_FATE_ANSWERED:
    return taken ? "taken" : "refused";
  case IPC_FATE_TIMED_OUT:
    return "timed-out";
  case IPC_FATE_FLUSHED:
    return "flushed";
  case IPC_FATE_STOPPED:
    return "stopped";
  case IPC_FATE_DISCONNECTED:
    return "disconnected";
  case IPC_FATE_PEER_GONE:
    return "peer-gone";
  default:
    return NULL;
  }
}

static void
see_request (Observer *observer, const IpcModelLink *link, const IpcModelPacket *packet)
{
  const gchar *fate;

  if (packet->info->type == IPC_PACKET_QUERY && see_extension (observer, packet))
    return;
  fate = fate_name (observer, link, packet, was_taken (packet));
  if (fate != NULL)
    see (observer, "wait", ipc_fate_row (packet), fate);
  if (packet->reply != NULL)
    see_answer (observer, packet);
  if (packet->info->type == IPC_PACKET_SINK_MESSAGE_EVENT) {
    g_autofree gchar *message = ipc_record_text (packet->json, "message");
    see (observer, "sink-message", message, "seen");
  }
}

static void
see_message (Observer *observer, const IpcModelPacket *packet)
{
  g_autofree gchar *row = ipc_record_text (packet->json, "message");
  g_autofree gchar *sent = g_strdup_printf ("message/%s/sent", row);

  see (observer, "message", row, ipc_coverage_impossible (sent) != NULL ? "stray" : "sent");
}

static void
see_gerror (Observer *observer, const IpcModelPacket *packet)
{
  g_autofree gchar *row = ipc_record_text (packet->json, "message");

  see (observer, "gerror", row, ipc_record_string (packet->json, "debug") != NULL ? "with-debug" : "without-debug");
}

static void
see_reply (Observer *observer, const IpcModelLink *link, const IpcModelPacket *reply)
{
  g_autofree gchar *row
      = g_strdup_printf ("%s-%s", reply->info->type == IPC_PACKET_ACK ? "ack" : "query-result", way_of (reply));
  const gchar *column = "in-time";

  /* a fault either answers in somebody's stead, or adds to what is answered */
  if (reply->request == NULL || (reply->request->reply != reply && (!reply->forged || reply->request->reply != NULL)))
    column = "unsolicited";
  else if (!reply->forged && ipc_fates_decide (observer->fates, link, reply->request) != IPC_FATE_ANSWERED)
    column = "late";
  see (observer, "reply", row, column);
}

static void
see_memory (Observer *observer, const IpcModelPacket *packet)
{
  if (packet->info->type == IPC_PACKET_MEMORY_RELEASE)
    see (observer, "memory", packet->to_slave ? "memory-given-up" : "loan-returned", "seen");
  if (!json_object_has_member (packet->json, "loan"))
    return;
  see (observer, "memory", "buffer", "seen");
  if (ipc_record_int (packet->json, "fds", 0) > 0)
    see (observer, "memory", "new-memory", "seen");
}

static void
see_packet (Observer *observer, const IpcModelLink *link, const IpcModelPacket *packet)
{
  if (packet->info == NULL)
    return;
  if (ipc_record_string (packet->json, "error") != NULL) {
    see (observer, "malformed", packet->info->name, way_of (packet));
    return;
  }
  see_objects (observer, packet);
  see_memory (observer, packet);
  if (packet->is_reply)
    see_reply (observer, link, packet);
  else if (packet->info->reply != IPC_REPLY_NONE)
    see_request (observer, link, packet);
  if (packet->info->type == IPC_PACKET_BUFFER)
    see_buffer (observer, packet->json);
  else if (packet->info->type == IPC_PACKET_MESSAGE)
    see_message (observer, packet);
  else if (packet->info->type == IPC_PACKET_GERROR_MESSAGE)
    see_gerror (observer, packet);
}

/* }}} */
/* {{{ links and processes */

static void
see_link (Observer *observer, const IpcModelLink *link)
{
  JsonObject *connected = ipc_history_get (observer->model->history, link->connected);
  const gchar *transport = ipc_record_string (connected, "transport");

  if (transport != NULL)
    see (observer, "link", transport, link->relayed ? "relayed" : "direct");
  if (link->generation > 1)
    see (observer, "slaves", "new-peer", "seen");
  /* what a fault made is on the wire as well: the end that gets it has to cope with it */
  for (guint i = 0; i < link->all->len; i++)
    see_packet (observer, link, g_ptr_array_index (link->all, i));
}

/* How many slaves @master has, and whether one of them has two links to it. */
static void
see_slaves (Observer *observer, const gchar *master)
{
  g_autoptr (GHashTable) slaves = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *links = observer->model->links;
  guint n;

  for (guint i = 0; i < links->len; i++) {
    const IpcModelLink *link = g_ptr_array_index (links, i);
    if (link->generation > 1 || !g_str_equal (link->master, master))
      continue;
    if (!g_hash_table_add (slaves, link->slave))
      see (observer, "slaves", "links-to-one-slave-2", "seen");
  }
  n = g_hash_table_size (slaves);
  if (n > 8)
    return;
  see (observer, "slaves",
      n <= 1   ? "slaves-1"
      : n == 2 ? "slaves-2"
      : n <= 4 ? "slaves-3-to-4"
               : "slaves-5-to-8",
      "seen");
}

static void
see_life (Observer *observer, const IpcModelLife *life)
{
  const gchar *column = life->master ? "master" : "slave";

  if (life->exited == IPC_NO_INDEX)
    return;
  if (life->sent)
    see (observer, "end", life->signal > 0 ? "killed" : "told-to", column);
  else
    see (observer, "end", "by-itself", column);
}

/* The relay and the steps stop processes; what a step did stands in its text. */
static void
see_stop (Observer *observer, JsonObject *record)
{
  const gchar *text = ipc_record_string (record, "text");

  if (g_strcmp0 (ipc_record_string (record, "action"), "act signal-process") != 0
      || g_strcmp0 (ipc_record_string (record, "event"), "done") != 0 || text == NULL
      || strstr (text, "signal=stop") == NULL)
    return;
  for (guint i = 0; i < observer->model->lives->len; i++) {
    const IpcModelLife *life = g_ptr_array_index (observer->model->lives, i);
    g_autofree gchar *named = g_strdup_printf ("process=%s ", life->name);
    if (strstr (text, named) != NULL)
      see (observer, "end", "stopped", life->master ? "master" : "slave");
  }
}

/* A fault that struck. One that a case did not survive shows nothing; what it made of a packet is seen all the same. */
static void
see_fault (Observer *observer, JsonObject *record)
{
  const gchar *kind = ipc_record_string (record, "do"), *type = ipc_record_string (record, "type");
  const gchar *way = g_strcmp0 (ipc_record_string (record, "to"), "slave") == 0 ? "to-slave" : "to-master";

  if (g_strcmp0 (ipc_record_string (record, "event"), "struck") != 0 || kind == NULL)
    return;
  if (observer->passed)
    see (observer, "fault", kind, way);
  if (type != NULL && g_strcmp0 (ipc_record_string (record, "effect"), "spoiled") == 0)
    see (observer, "malformed", type, way);
}

static void
see_records (Observer *observer)
{
  for (guint i = 0; i < observer->model->records->len; i++) {
    const IpcModelRecord *record = ipc_model_record (observer->model, i);
    if (ipc_model_record_is (record, "step"))
      see_stop (observer, record->json);
    else if (ipc_model_record_is (record, "fault"))
      see_fault (observer, record->json);
  }
}

/* }}} */

gchar **
ipc_coverage_observe (IpcModel *model, gboolean passed)
{
  g_autoptr (IpcFates) fates = ipc_fates_new (model);
  g_autoptr (GHashTable) cells = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Observer observer = { model, fates, cells, passed };
  g_autoptr (GPtrArray) keys = NULL;

  for (guint i = 0; i < model->links->len; i++)
    see_link (&observer, g_ptr_array_index (model->links, i));
  for (guint i = 0; i < model->lives->len; i++) {
    const IpcModelLife *life = g_ptr_array_index (model->lives, i);
    see_life (&observer, life);
    if (life->master)
      see_slaves (&observer, life->name);
  }
  see_records (&observer);
  keys = ipc_coverage_sorted_keys (cells);
  g_ptr_array_add (keys, NULL);
  return g_strdupv ((gchar **)keys->pdata);
}

gchar **
ipc_coverage_observe_folder (const gchar *folder, gboolean passed)
{
  g_autofree gchar *path = g_build_filename (folder, "history.ndjson", NULL);
  g_autoptr (IpcHistory) history = ipc_history_load (path, NULL);
  g_autoptr (IpcModel) model = history != NULL ? ipc_model_new (history) : NULL;

  return model != NULL ? ipc_coverage_observe (model, passed) : NULL;
}
