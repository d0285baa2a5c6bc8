/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Words for records. What is not known of a record is left out; nothing here fails.
 */
#include "html-texts.h"

#include <string.h>

#define MAX_TEXT 400 /* characters */

const gchar *
ipc_html_or_empty (const gchar *text)
{
  return text != NULL ? text : "";
}

gchar *
ipc_html_bounded (const gchar *text)
{
  g_autofree gchar *valid = g_utf8_make_valid (text, -1);

  if (g_utf8_strlen (valid, -1) <= MAX_TEXT)
    return g_steal_pointer (&valid);
  *g_utf8_offset_to_pointer (valid, MAX_TEXT) = '\0';
  return g_strconcat (valid, "\342\200\246", NULL);
}

gchar *
ipc_html_process_of (const gchar *end)
{
  const gchar *dot = end != NULL ? strrchr (end, '.') : NULL;
  return dot != NULL ? g_strndup (end, dot - end) : NULL;
}

/* --- packets --- */

static gboolean
is_type (const IpcModelPacket *packet, IpcPacketType type)
{
  return packet->info != NULL && packet->info->type == type;
}

/* What an ACK says depends on what was asked; @request is NULL when nothing was. */
static gchar *
result_text (const IpcModelPacket *request, gint64 result)
{
  if (request == NULL)
    return g_strdup_printf ("%" G_GINT64_FORMAT, result);
  if (is_type (request, IPC_PACKET_BUFFER))
    return g_strdup (gst_flow_get_name ((gint32)result));
  if (is_type (request, IPC_PACKET_STATE_CHANGE)) {
    const gchar *name = gst_element_state_change_return_get_name ((gint32)result);
    return g_ascii_strdown (name, -1);
  }
  return g_strdup (result == 1 ? "true" : result == 0 ? "false" : "not a boolean");
}

static gboolean
is_good_answer (const IpcModelPacket *request, const IpcModelPacket *reply)
{
  JsonNode *node = json_object_get_member (reply->json, "result");

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node);
  if (is_type (request, IPC_PACKET_BUFFER))
    return (gint32)ipc_record_int (reply->json, "result", -1) >= 0;
  return ipc_record_int (reply->json, "result", 0) != 0;
}

IpcHtmlOutcome
ipc_html_packet_outcome (const IpcModelPacket *packet)
{
  if (ipc_record_string (packet->json, "lost") != NULL)
    return IPC_HTML_OUTCOME_LOST;
  if (packet->info == NULL || ipc_record_string (packet->json, "error") != NULL)
    return IPC_HTML_OUTCOME_MALFORMED;
  if (packet->is_reply) {
    if (packet->request == NULL)
      return IPC_HTML_OUTCOME_STRAY;
    return is_good_answer (packet->request, packet) ? IPC_HTML_OUTCOME_GOOD : IPC_HTML_OUTCOME_REFUSED;
  }
  if (packet->info->reply == IPC_REPLY_NONE)
    return IPC_HTML_OUTCOME_NONE;
  if (packet->reply == NULL)
    return IPC_HTML_OUTCOME_UNANSWERED;
  return is_good_answer (packet, packet->reply) ? IPC_HTML_OUTCOME_GOOD : IPC_HTML_OUTCOME_REFUSED;
}

static gchar *
member (const IpcModelPacket *packet, const gchar *name)
{
  return g_strdup (ipc_record_string (packet->json, name));
}

static gchar *
state_change_label (const IpcModelPacket *packet)
{
  return g_strdup_printf ("%s \342\206\222 %s", ipc_html_or_empty (ipc_record_string (packet->json, "from")),
      ipc_html_or_empty (ipc_record_string (packet->json, "to-state")));
}

gchar *
ipc_html_packet_label (const IpcModelPacket *packet)
{
  if (packet->info == NULL)
    return g_strdup_printf ("type %s", ipc_html_or_empty (ipc_record_string (packet->json, "type")));
  if (ipc_record_string (packet->json, "error") != NULL)
    return g_strdup ("malformed");
  switch (packet->info->type) {
  case IPC_PACKET_ACK:
    return result_text (packet->request, ipc_record_int (packet->json, "result", -1));
  case IPC_PACKET_QUERY_RESULT:
    return g_strdup (ipc_record_bool (packet->json, "result", FALSE) ? "true" : "false");
  case IPC_PACKET_EVENT:
    return member (packet, "event");
  case IPC_PACKET_QUERY:
    return member (packet, "query");
  case IPC_PACKET_STATE_CHANGE:
    return state_change_label (packet);
  case IPC_PACKET_SINK_MESSAGE_EVENT:
  case IPC_PACKET_MESSAGE:
  case IPC_PACKET_GERROR_MESSAGE:
    return member (packet, "message");
  default:
    return NULL;
  }
}

static gchar *
seconds_text (gint64 ns)
{
  return ns < 0 ? g_strdup ("none") : g_strdup_printf ("%.3f s", ns / 1e9);
}

static gchar *
packet_content (const IpcModelPacket *packet)
{
  const gchar *error = ipc_record_string (packet->json, "error");
  g_autofree gchar *pts = NULL;

  if (error != NULL)
    return g_strdup (error);
  if (is_type (packet, IPC_PACKET_BUFFER)) {
    pts = seconds_text (ipc_record_int (packet->json, "pts", -1));
    return g_strdup_printf ("pts %s", pts);
  }
  if (is_type (packet, IPC_PACKET_GERROR_MESSAGE))
    return g_strdup_printf ("%s (%s %" G_GINT64_FORMAT ")",
        ipc_html_or_empty (ipc_record_string (packet->json, "text")),
        ipc_html_or_empty (ipc_record_string (packet->json, "domain")), ipc_record_int (packet->json, "code", 0));
  return member (packet, "structure");
}

gchar *
ipc_html_packet_details (const IpcModelPacket *packet)
{
  gchar *content = packet_content (packet);
  const gchar *lost = ipc_record_string (packet->json, "lost"), *forged = ipc_record_string (packet->json, "forged");
  gchar *details;

  if (lost == NULL && forged == NULL)
    return content;
  details = g_strdup_printf ("%s by the fault %s%s%s", lost != NULL ? "lost" : "made", lost != NULL ? lost : forged,
      content != NULL ? ": " : "", ipc_html_or_empty (content));
  g_free (content);
  return details;
}

gint64
ipc_html_packet_number (const IpcModelPacket *packet)
{
  if (is_type (packet, IPC_PACKET_BUFFER))
    return ipc_record_int (packet->json, "data-size", 0);
  if (is_type (packet, IPC_PACKET_EVENT))
    return ipc_record_int (packet->json, "seqnum", 0);
  return 0;
}

/* --- processes and what they were told --- */

gchar *
ipc_html_end_of_life (const IpcModelLife *life)
{
  if (life->exited == IPC_NO_INDEX)
    return NULL;
  if (life->signal >= 0)
    return g_strdup_printf ("%s signal %" G_GINT64_FORMAT " (%s)", life->sent ? "killed by the harness:" : "crashed by",
        life->signal, g_strsignal (life->signal));
  return g_strdup_printf ("exited with %" G_GINT64_FORMAT, life->status);
}

static gboolean
is_plain (const gchar *name, const gchar *const *without)
{
  return !g_str_equal (name, "t") && !g_str_equal (name, "kind") && !g_strv_contains (without, name);
}

/* The members of @record but for @without, as name=value. */
static void
append_members (GString *out, JsonObject *record, const gchar *const *without)
{
  g_autoptr (GList) names = json_object_get_members (record);

  for (GList *l = names; l != NULL; l = l->next) {
    JsonNode *node = json_object_get_member (record, l->data);
    g_autofree gchar *value = NULL;
    if (!is_plain (l->data, without) || JSON_NODE_HOLDS_NULL (node))
      continue;
    if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
      value = json_node_dup_string (node);
    else
      value = json_to_string (node, FALSE);
    g_string_append_printf (out, "%s%s=%s", out->len > 0 ? " " : "", (const gchar *)l->data, value);
  }
}

gchar *
ipc_html_command (JsonObject *record)
{
  static const gchar *const without[] = { "process", "id", "command", NULL };
  GString *out = g_string_new (ipc_html_or_empty (ipc_record_string (record, "command")));
  const gchar *state = ipc_record_string (record, "state");

  if (state != NULL && g_str_equal (out->str, "set-state"))
    return g_string_append_printf (out, " %s", state), g_string_free (out, FALSE);
  append_members (out, record, without);
  return g_string_free (out, FALSE);
}

gchar *
ipc_html_reply (JsonObject *record)
{
  static const gchar *const without[] = { "process", "reply", "ok", "structure", "dot", "signals", NULL };
  GString *out = g_string_new (NULL);

  append_members (out, record, without);
  return g_string_free (out, FALSE);
}

/* --- marks --- */

/* Messages that say how things go; states, tags, stream status and the like are too many. */
static gchar *
message_mark (JsonObject *record, const gchar **kind)
{
  static const gchar *const plain[] = { "eos", "async-done", "async-start", "segment-done", "segment-start", "latency",
    "element", "application", "state-lost", "request-state", "reset-time", "clock-lost", NULL };
  const gchar *type = ipc_html_or_empty (ipc_record_string (record, "type")),
              *source = ipc_html_or_empty (ipc_record_string (record, "source")),
              *text = ipc_record_string (record, "text");

  if (g_str_equal (type, "error") || g_str_equal (type, "warning")) {
    *kind = g_str_equal (type, "error") ? "error" : "warning";
    return g_strdup_printf ("%s message from %s: %s (%s %" G_GINT64_FORMAT ")", *kind, source, ipc_html_or_empty (text),
        ipc_html_or_empty (ipc_record_string (record, "domain")), ipc_record_int (record, "code", 0));
  }
  if (!g_strv_contains (plain, type))
    return NULL;
  *kind = "message";
  return g_strdup_printf ("message %s from %s", type, source);
}

static gchar *
process_mark (JsonObject *record, const gchar **kind)
{
  const gchar *event = ipc_html_or_empty (ipc_record_string (record, "event"));
  gint64 signal = ipc_record_int (record, "signal", -1), status = ipc_record_int (record, "status", 0);
  gboolean sent = ipc_record_bool (record, "sent", FALSE);

  *kind = "process";
  if (g_str_equal (event, "exited") && signal >= 0) {
    *kind = sent ? "killed" : "crash";
    return g_strdup_printf (
        "%s by signal %" G_GINT64_FORMAT " (%s)", sent ? "killed" : "crashed", signal, g_strsignal (signal));
  }
  if (g_str_equal (event, "exited")) {
    if (status != 0 && !sent)
      *kind = "crash";
    return g_strdup_printf ("exited with %" G_GINT64_FORMAT, status);
  }
  if (g_str_equal (event, "stuck")) {
    *kind = "crash";
    return g_strdup_printf ("stuck during %s", ipc_html_or_empty (ipc_record_string (record, "during")));
  }
  return g_strdup (event);
}

static gchar *
link_mark (JsonObject *record, const gchar **kind)
{
  const gchar *event = ipc_html_or_empty (ipc_record_string (record, "event")),
              *end = ipc_html_or_empty (ipc_record_string (record, "end")),
              *error = ipc_record_string (record, "error");
  gint64 partial = ipc_record_int (record, "partial", 0);

  *kind = "link";
  if (g_str_equal (event, "connected"))
    return g_strdup_printf ("connected by %s%s", ipc_html_or_empty (ipc_record_string (record, "transport")),
        ipc_record_bool (record, "relayed", TRUE) ? "" : ", direct: what goes over it is not seen");
  *kind = g_str_equal (event, "broken") ? "broken" : "closed";
  if (g_str_equal (event, "broken"))
    return g_strdup_printf ("%s sent what is not the protocol: %s", end, ipc_html_or_empty (error));
  if (partial > 0)
    return g_strdup_printf ("%s closed, in the middle of a packet (%" G_GINT64_FORMAT " bytes)", end, partial);
  return g_strdup_printf ("%s closed%s%s", end, error != NULL ? ": " : "", ipc_html_or_empty (error));
}

/* What it struck, what it did, and what came of that. */
static gchar *
fault_mark (JsonObject *record, const gchar **kind)
{
  static const gchar *const members[] = { "do", "effect", "point", "to" };
  const gchar *event = ipc_html_or_empty (ipc_record_string (record, "event"));
  GString *out = g_string_new (NULL);

  *kind = g_str_equal (event, "struck") ? "fault" : "fault-rule";
  g_string_append_printf (out, "fault %s %s", ipc_html_or_empty (ipc_record_string (record, "name")), event);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    const gchar *value = ipc_record_string (record, members[i]);
    if (value != NULL)
      g_string_append_printf (out, "%s%s %s", i == 0 ? ": " : ", ", members[i], value);
  }
  return g_string_free (out, FALSE);
}

gchar *
ipc_html_mark (JsonObject *record, const gchar **kind)
{
  const gchar *name = ipc_html_or_empty (ipc_record_string (record, "kind"));

  if (g_str_equal (name, "message"))
    return message_mark (record, kind);
  if (g_str_equal (name, "process"))
    return process_mark (record, kind);
  if (g_str_equal (name, "link"))
    return link_mark (record, kind);
  if (g_str_equal (name, "fault"))
    return fault_mark (record, kind);
  if (g_str_equal (name, "log")) {
    *kind = "log";
    return g_strdup_printf ("%s in the log, %s: %s", ipc_html_or_empty (ipc_record_string (record, "level")),
        ipc_html_or_empty (ipc_record_string (record, "domain")),
        ipc_html_or_empty (ipc_record_string (record, "text")));
  }
  if (g_str_equal (name, "leak")) {
    *kind = "leak";
    return g_strdup_printf ("leaked %s", ipc_html_or_empty (ipc_record_string (record, "description")));
  }
  if (g_str_equal (name, "mark") || g_str_equal (name, "teardown")) {
    *kind = g_str_equal (name, "mark") ? "mark" : "teardown";
    return g_strdup (ipc_html_or_empty (ipc_record_string (record, *name == 'm' ? "name" : "event")));
  }
  return NULL;
}
