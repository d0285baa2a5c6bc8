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

/* Messages with objects, which no text has. */
static gboolean
has_streams (const IpcRule *rule)
{
  return rule->text == NULL
         && (g_str_equal (rule->word, "stream-collection") || g_str_equal (rule->word, "streams-selected"));
}

GstMessage *
ipc_rule_message (const IpcRule *rule, GstObject *source, GError **error)
{
  g_autoptr (IpcFields) fields = ipc_fields_new (rule->fields, rule->word);
  g_autoptr (GstStructure) structure = NULL;
  g_autoptr (GstStreamCollection) collection = NULL;
  IpcMessageWords words = { .type = rule->word };
  gboolean ok = TRUE;

  if (is_error (rule->word)) {
    words.text = rule->text;
    words.domain = ipc_fields_text (fields, "domain", "gst-stream-error-quark");
    words.code = ipc_fields_int (fields, "code", G_MININT, G_MAXINT, 1);
    words.debug = ipc_fields_text (fields, "debug", NULL);
  } else if (has_streams (rule)) {
    words.collection = collection = ipc_stream_collection_new (fields);
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

static void
answer_segment (IpcFields *fields, GstQuery *query)
{
  gdouble rate = ipc_fields_number (fields, "rate", 1.0);
  gint format = ipc_fields_enum (fields, "format", GST_TYPE_FORMAT, GST_FORMAT_TIME);
  gint64 start = ipc_fields_signed_time (fields, "start", 0), stop = ipc_fields_signed_time (fields, "stop", -1);

  if (query != NULL)
    gst_query_set_segment (query, rate, format, start, stop);
}

static void
answer_convert (IpcFields *fields, GstQuery *query)
{
  GstFormat from, to;
  gint64 value;

  ipc_fields_need (fields, "value");
  gint64 result = ipc_fields_signed_time (fields, "value", 0);
  if (query == NULL)
    return;
  gst_query_parse_convert (query, &from, &value, &to, NULL);
  gst_query_set_convert (query, from, value, to, result);
}

static void
answer_formats (IpcFields *fields, GstQuery *query)
{
  JsonArray *words = ipc_fields_texts (fields, "formats");
  guint n = words != NULL ? json_array_get_length (words) : 0;
  g_autofree GstFormat *formats = g_new0 (GstFormat, n + 1);

  ipc_fields_need (fields, "formats");
  for (guint i = 0; i < n; i++) {
    gint value = 0;
    if (!ipc_word_to_enum (GST_TYPE_FORMAT, json_array_get_string_element (words, i), &value, NULL))
      ipc_fields_mistake (fields, "a word that is no format");
    formats[i] = value;
  }
  if (query != NULL)
    gst_query_set_formatsv (query, (gint)n, formats);
}

static void
answer_buffering (IpcFields *fields, GstQuery *query)
{
  gboolean busy = ipc_fields_bool (fields, "busy", FALSE);
  gint percent = (gint)ipc_fields_int (fields, "percent", 0, 100, 100);

  if (query != NULL)
    gst_query_set_buffering_percent (query, busy, percent);
}

static void
answer_selectable (IpcFields *fields, GstQuery *query)
{
  gboolean selectable = ipc_fields_bool (fields, "selectable", TRUE);

  if (query != NULL)
    gst_query_set_selectable (query, selectable);
}

/* All fields, under their own names. */
static void
set_values (IpcFields *fields, GstStructure *structure)
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
    if (structure != NULL)
      gst_structure_set_value (structure, name->data, &value);
  }
}

/* Content of the asker's own: the fields are added to it. */
static void
answer_custom (IpcFields *fields, GstQuery *query)
{
  gboolean has_content = query != NULL && gst_query_get_structure (query) != NULL;

  set_values (fields, has_content ? gst_query_writable_structure (query) : NULL);
}

/* The context is of the type that is asked for, and has the fields. */
static void
answer_context (IpcFields *fields, GstQuery *query)
{
  const gchar *type = "none";

  if (query != NULL)
    gst_query_parse_context_type (query, &type);
  g_autoptr (GstContext) context = gst_context_new (type, TRUE);
  set_values (fields, gst_context_writable_structure (context));
  if (query != NULL)
    gst_query_set_context (query, context);
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
  { GST_QUERY_SEGMENT, answer_segment },
  { GST_QUERY_CONVERT, answer_convert },
  { GST_QUERY_FORMATS, answer_formats },
  { GST_QUERY_BUFFERING, answer_buffering },
  { GST_QUERY_SELECTABLE, answer_selectable },
  { GST_QUERY_CONTEXT, answer_context },
  { GST_QUERY_ALLOCATION, answer_custom },
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
