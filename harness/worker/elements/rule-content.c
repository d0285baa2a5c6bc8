/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What rules post, send and answer: made anew each time a rule strikes. */

#include "rule.h"

#include "../commands.h"
#include "../fields.h"
#include "../make-event.h"
#include "../make-message.h"
#include "../words.h"

/* *ok: whether there is no text, or it is one of a structure. */
static GstStructure *
structure_of (const IpcRule *rule, gboolean *ok, GError **error)
{
  GstStructure *structure = rule->text ? gst_structure_new_from_string (rule->text) : NULL;

  *ok = rule->text == NULL || structure != NULL;
  if (!*ok)
    g_set_error (
        error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "\"%s\" is not the text of a GstStructure", rule->text);
  return structure;
}

static gboolean
is_error (const gchar *type)
{
  return g_str_equal (type, "error") || g_str_equal (type, "warning") || g_str_equal (type, "info");
}

GstMessage *
ipc_rule_message (const IpcRule *rule, GstObject *source, GError **error)
{
  g_autoptr (IpcFields) fields = ipc_fields_new (rule->fields, rule->word);
  g_autoptr (GstStructure) structure = NULL;
  IpcMessageWords words = { .type = rule->word };
  gboolean ok = TRUE;

  if (is_error (rule->word)) {
    words.text = rule->text;
    words.domain = ipc_fields_text (fields, "domain", "gst-stream-error-quark");
    words.code = ipc_fields_int (fields, "code", G_MININT, G_MAXINT, 1);
    words.debug = ipc_fields_text (fields, "debug", NULL);
  } else {
    structure = structure_of (rule, &ok, error);
    words.structure = structure;
  }
  if (!ok || !ipc_fields_finish (fields, error))
    return NULL;
  return ipc_message_new (&words, source, error);
}

GstEvent *
ipc_rule_event (const IpcRule *rule, GError **error)
{
  gboolean ok;
  GstStructure *structure = structure_of (rule, &ok, error);

  return ok ? ipc_event_new (rule->word, structure, rule->fields, error) : NULL;
}

/* {{{ answers; @query NULL: only the fields are looked at */

static void
answer_position (IpcFields *fields, GstQuery *query)
{
  gint format = ipc_fields_enum (fields, "format", GST_TYPE_FORMAT, GST_FORMAT_TIME);
  gint64 position = ipc_fields_signed_time (fields, "position", -1);

  if (query != NULL)
    gst_query_set_position (query, format, position);
}

static void
answer_duration (IpcFields *fields, GstQuery *query)
{
  gint format = ipc_fields_enum (fields, "format", GST_TYPE_FORMAT, GST_FORMAT_TIME);
  gint64 duration = ipc_fields_signed_time (fields, "duration", -1);

  if (query != NULL)
    gst_query_set_duration (query, format, duration);
}

static void
answer_latency (IpcFields *fields, GstQuery *query)
{
  gboolean live = ipc_fields_bool (fields, "live", TRUE);
  GstClockTime minimum = ipc_fields_time (fields, "min", 0);
  GstClockTime maximum = ipc_fields_time (fields, "max", GST_CLOCK_TIME_NONE);

  if (query != NULL)
    gst_query_set_latency (query, live, minimum, maximum);
}

static void
answer_seeking (IpcFields *fields, GstQuery *query)
{
  gint format = ipc_fields_enum (fields, "format", GST_TYPE_FORMAT, GST_FORMAT_TIME);
  gboolean seekable = ipc_fields_bool (fields, "seekable", TRUE);
  gint64 start = ipc_fields_signed_time (fields, "start", 0), stop = ipc_fields_signed_time (fields, "stop", -1);

  if (query != NULL)
    gst_query_set_seeking (query, format, seekable, start, stop);
}

static void
answer_caps (IpcFields *fields, GstQuery *query)
{
  ipc_fields_need (fields, "caps");
  g_autoptr (GstCaps) caps = ipc_fields_caps (fields, "caps");

  if (query != NULL)
    gst_query_set_caps_result (query, caps);
}

static void
answer_accept_caps (IpcFields *fields, GstQuery *query)
{
  gboolean accepted = ipc_fields_bool (fields, "accepted", TRUE);

  if (query != NULL)
    gst_query_set_accept_caps_result (query, accepted);
}

static void
answer_uri (IpcFields *fields, GstQuery *query)
{
  ipc_fields_need (fields, "uri");
  const gchar *uri = ipc_fields_text (fields, "uri", NULL);

  if (query != NULL)
    gst_query_set_uri (query, uri);
}

static void
answer_bitrate (IpcFields *fields, GstQuery *query)
{
  guint bitrate = ipc_fields_int (fields, "bitrate", 0, G_MAXUINT32, 0);

  if (query != NULL)
    gst_query_set_bitrate (query, bitrate);
}

/* Content of the asker's own: the fields are added to it. */
static void
answer_custom (IpcFields *fields, GstQuery *query)
{
  g_autoptr (GList) names = fields->object ? json_object_get_members (fields->object) : NULL;

  for (GList *name = names; name != NULL; name = name->next) {
    JsonNode *node = json_object_get_member (fields->object, name->data);
    g_auto (GValue) value = G_VALUE_INIT;

    ipc_fields_skip (fields, name->data);
    if (!JSON_NODE_HOLDS_VALUE (node)) {
      ipc_fields_mistake (fields, "a list");
      continue;
    }
    json_node_get_value (node, &value);
    if (query != NULL && gst_query_get_structure (query) != NULL)
      gst_structure_set_value (gst_query_writable_structure (query), name->data, &value);
  }
}

/* }}} */

static const struct {
  GstQueryType type;
  void (*answer) (IpcFields *fields, GstQuery *query);
} answers[] = {
  { GST_QUERY_POSITION, answer_position },
  { GST_QUERY_DURATION, answer_duration },
  { GST_QUERY_LATENCY, answer_latency },
  { GST_QUERY_SEEKING, answer_seeking },
  { GST_QUERY_CAPS, answer_caps },
  { GST_QUERY_ACCEPT_CAPS, answer_accept_caps },
  { GST_QUERY_URI, answer_uri },
  { GST_QUERY_BITRATE, answer_bitrate },
  { GST_QUERY_DRAIN, answer_custom },
  { GST_QUERY_CUSTOM, answer_custom },
};

gboolean
ipc_rule_answer (const IpcRule *rule, GstQuery *query, GError **error)
{
  g_autoptr (IpcFields) fields = ipc_fields_new (rule->fields, "the answer");

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    if (answers[i].type != (GstQueryType)rule->kind)
      continue;
    answers[i].answer (fields, query);
    return ipc_fields_finish (fields, error);
  }
  g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "a query of this type cannot be answered by a rule");
  return FALSE;
}
