/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The greeting and the announcement of the master's time <-> QUERY and QUERY_RESULT. They are structures like those of
 * any custom query, and are read with the same reader; what is special is only that their fields are checked here.
 */

#include <string.h>

#include "greeting.h"
#include "text.h"

#define GREETING_NAME "gst-ipc-greeting"
#define TIME_NAME "gst-ipc-time"

static const struct {
  const gchar *word;
  IpcFeatures feature;
} feature_words[] = {
  { "objects", IPC_FEATURE_OBJECTS },
  { "metas", IPC_FEATURE_METAS },
  { "time", IPC_FEATURE_TIME },
  { "memory", IPC_FEATURE_MEMORY },
  { "dmabuf", IPC_FEATURE_DMABUF },
};

static const struct {
  const gchar *word;
  GstClockType clock;
} clock_words[] = {
  { "monotonic", GST_CLOCK_TYPE_MONOTONIC },
  { "realtime", GST_CLOCK_TYPE_REALTIME },
  { "tai", GST_CLOCK_TYPE_TAI },
};

/**
 * ipc_features_form:
 * @features: what was agreed on
 *
 * Returns: how packets are written; `time` changes nothing there
 */
IpcForm
ipc_features_form (IpcFeatures features)
{
  return (features & IPC_FEATURE_OBJECTS ? IPC_FORM_OBJECTS : 0) | (features & IPC_FEATURE_METAS ? IPC_FORM_METAS : 0)
         | (features & IPC_FEATURE_MEMORY ? IPC_FORM_MEMORY : 0)
         | ((features & IPC_FEATURE_MEMORY) && (features & IPC_FEATURE_DMABUF) ? IPC_FORM_DMABUF : 0);
}

/**
 * ipc_features_to_string:
 * @features: a mask
 *
 * Returns: (transfer full): their words, as in a greeting; "" for none
 */
gchar *
ipc_features_to_string (IpcFeatures features)
{
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (feature_words); i++) {
    if (features & feature_words[i].feature)
      g_string_append_printf (words, "%s%s", words->len ? "," : "", feature_words[i].word);
  }
  return g_string_free (words, FALSE);
}

/**
 * ipc_greeting_clear:
 * @greeting: a greeting, zeroed ones are fine
 */
void
ipc_greeting_clear (IpcGreeting *greeting)
{
  g_free (greeting->time_domain);
  memset (greeting, 0, sizeof *greeting);
}

/**
 * ipc_greeting_common_features:
 * @one: what one side said
 * @other: what the other said
 *
 * Returns: what both named (EXT-5)
 */
IpcFeatures
ipc_greeting_common_features (const IpcGreeting *one, const IpcGreeting *other)
{
  return one->features & other->features;
}

/**
 * ipc_greeting_shares_time:
 * @one: what one side said
 * @other: what the other said
 *
 * Returns: TRUE when both name the same time domain; "" is nobody's
 */
gboolean
ipc_greeting_shares_time (const IpcGreeting *one, const IpcGreeting *other)
{
  return one->time_domain && *one->time_domain && g_strcmp0 (one->time_domain, other->time_domain) == 0;
}

/* Takes @structure over. */
static const gchar *
keep_structure (IpcPacket *packet, GstStructure *structure)
{
  gchar *text = ipc_text_write (structure, IPC_TEXT_WHOLE, NULL);

  gst_structure_free (structure);
  return ipc_packet_keep (packet, text);
}

static const gchar *
keep_greeting (IpcPacket *packet, const IpcGreeting *greeting)
{
  g_autofree gchar *features = ipc_features_to_string (greeting->features);

  return keep_structure (
      packet, gst_structure_new (GREETING_NAME, "version", G_TYPE_UINT, IPC_GREETING_VERSION, "nonce", G_TYPE_UINT64,
                  greeting->nonce, "features", G_TYPE_STRING, features, "time-domain", G_TYPE_STRING,
                  greeting->time_domain ? greeting->time_domain : "", NULL));
}

static void
fill_question (IpcPacket *packet, const gchar *structure)
{
  packet->header.type = IPC_PACKET_QUERY;
  packet->query.type = GST_QUERY_CUSTOM;
  packet->query.upstream = TRUE;
  packet->query.structure = structure;
}

static void
fill_answer (IpcPacket *packet, guint32 id, guint32 type, gboolean result, const gchar *structure)
{
  packet->header.type = IPC_PACKET_QUERY_RESULT;
  packet->header.id = id;
  packet->query_result.result = result ? TRUE : FALSE;
  packet->query_result.type = type;
  packet->query_result.structure = structure;
}

/**
 * ipc_packet_build_greeting:
 * @packet: a zeroed packet
 * @greeting: the master's; its time domain is UTF-8 of at most IPC_GREETING_MAX_TEXT bytes
 */
void
ipc_packet_build_greeting (IpcPacket *packet, const IpcGreeting *greeting)
{
  fill_question (packet, keep_greeting (packet, greeting));
}

/**
 * ipc_packet_build_greeting_answer:
 * @packet: a zeroed packet
 * @id: the request that is answered
 * @greeting: the slave's, with the nonce of the master's
 */
void
ipc_packet_build_greeting_answer (IpcPacket *packet, guint32 id, const IpcGreeting *greeting)
{
  fill_answer (packet, id, GST_QUERY_CUSTOM, TRUE, keep_greeting (packet, greeting));
}

/**
 * ipc_packet_build_time:
 * @packet: a zeroed packet
 * @time: what the master's pipeline runs on
 */
void
ipc_packet_build_time (IpcPacket *packet, const IpcTime *time)
{
  const gchar *clock = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (clock_words); i++) {
    if (clock_words[i].clock == time->clock)
      clock = clock_words[i].word;
  }
  g_return_if_fail (clock && GST_CLOCK_TIME_IS_VALID (time->base_time));
  fill_question (packet, keep_structure (packet, gst_structure_new (TIME_NAME, "clock", G_TYPE_STRING, clock,
                                                     "base-time", G_TYPE_UINT64, time->base_time, NULL)));
}

/**
 * ipc_packet_build_query_echo:
 * @packet: a zeroed packet
 * @question: a decoded QUERY; its structure is copied
 * @result: what to answer
 */
void
ipc_packet_build_query_echo (IpcPacket *packet, const IpcPacket *question, gboolean result)
{
  const gchar *structure = question->query.structure;

  g_return_if_fail (question->header.type == IPC_PACKET_QUERY);
  fill_answer (packet, question->header.id, question->query.type, result,
      structure ? ipc_packet_keep (packet, g_strdup (structure)) : NULL);
}

static gboolean
is_named (const gchar *text, const gchar *name)
{
  return text && g_str_has_prefix (text, name) && !ipc_text_is_simple (text[strlen (name)]);
}

static gboolean
is_custom_named (const IpcPacket *packet, const gchar *name)
{
  if (packet->header.type == IPC_PACKET_QUERY)
    return packet->query.type == GST_QUERY_CUSTOM && packet->query.upstream && is_named (packet->query.structure, name);
  return packet->header.type == IPC_PACKET_QUERY_RESULT && packet->query_result.type == GST_QUERY_CUSTOM
         && is_named (packet->query_result.structure, name);
}

/**
 * ipc_packet_is_greeting:
 * @packet: any decoded packet
 *
 * Returns: TRUE when it is meant as a greeting or as the answer to one
 */
gboolean
ipc_packet_is_greeting (const IpcPacket *packet)
{
  return is_custom_named (packet, GREETING_NAME);
}

/**
 * ipc_packet_is_time:
 * @packet: any decoded packet
 *
 * Returns: TRUE when it is meant as an announcement of time or as the answer to one
 */
gboolean
ipc_packet_is_time (const IpcPacket *packet)
{
  return is_custom_named (packet, TIME_NAME);
}

/* The structure of a question, or of an answer that is TRUE. */
static GstStructure *
read_structure (const IpcPacket *packet, const gchar *name, GError **error)
{
  if (!is_custom_named (packet, name)) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE, "not a %s", name);
    return NULL;
  }
  if (packet->header.type == IPC_PACKET_QUERY)
    return ipc_text_read (packet->query.structure, IPC_TEXT_WHOLE, error);
  if (!packet->query_result.result) {
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE, "%s was answered FALSE", name);
    return NULL;
  }
  return ipc_text_read (packet->query_result.structure, IPC_TEXT_WHOLE, error);
}

static gboolean
bad_field (const gchar *name, const gchar *field, GError **error)
{
  g_set_error (
      error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE, "field %s of %s is missing or cannot be what it is", field, name);
  return FALSE;
}

static const gchar *
get_text (const GstStructure *structure, const gchar *field)
{
  const gchar *text = gst_structure_get_string (structure, field);

  return text && strlen (text) <= IPC_GREETING_MAX_TEXT ? text : NULL;
}

static IpcFeatures
read_features (const gchar *text)
{
  g_auto (GStrv) words = g_strsplit (text, ",", 0);
  IpcFeatures features = 0;

  for (guint i = 0; i < G_N_ELEMENTS (feature_words); i++) {
    if (g_strv_contains ((const gchar *const *)words, feature_words[i].word))
      features |= feature_words[i].feature;
  }
  return features;
}

/**
 * ipc_greeting_from_packet:
 * @packet: a decoded QUERY or QUERY_RESULT
 * @greeting: (out): what it says; untouched when FALSE is returned
 *
 * Returns: TRUE, or FALSE with @error when it is no greeting, or the greeting was refused
 */
gboolean
ipc_greeting_from_packet (const IpcPacket *packet, IpcGreeting *greeting, GError **error)
{
  g_autoptr (GstStructure) structure = read_structure (packet, GREETING_NAME, error);
  const gchar *features, *time_domain;
  guint version = 0;
  guint64 nonce = 0;

  if (!structure)
    return FALSE;
  if (!gst_structure_get_uint (structure, "version", &version) || version != IPC_GREETING_VERSION)
    return bad_field (GREETING_NAME, "version", error);
  if (!gst_structure_get_uint64 (structure, "nonce", &nonce))
    return bad_field (GREETING_NAME, "nonce", error);
  features = get_text (structure, "features");
  if (!features)
    return bad_field (GREETING_NAME, "features", error);
  time_domain = get_text (structure, "time-domain");
  if (!time_domain)
    return bad_field (GREETING_NAME, "time-domain", error);
  greeting->nonce = nonce;
  greeting->features = read_features (features);
  greeting->time_domain = g_strdup (time_domain);
  return TRUE;
}

/**
 * ipc_time_from_packet:
 * @packet: a decoded QUERY or QUERY_RESULT
 * @time: (out): what it says; untouched when FALSE is returned
 *
 * Returns: TRUE, or FALSE with @error when it is no announcement, or the announcement was refused
 */
gboolean
ipc_time_from_packet (const IpcPacket *packet, IpcTime *time, GError **error)
{
  g_autoptr (GstStructure) structure = read_structure (packet, TIME_NAME, error);
  const gchar *clock;
  guint64 base_time = GST_CLOCK_TIME_NONE;

  if (!structure)
    return FALSE;
  if (!gst_structure_get_uint64 (structure, "base-time", &base_time) || !GST_CLOCK_TIME_IS_VALID (base_time))
    return bad_field (TIME_NAME, "base-time", error);
  clock = gst_structure_get_string (structure, "clock");
  for (guint i = 0; i < G_N_ELEMENTS (clock_words); i++) {
    if (g_strcmp0 (clock, clock_words[i].word) == 0) {
      time->clock = clock_words[i].clock;
      time->base_time = base_time;
      return TRUE;
    }
  }
  return bad_field (TIME_NAME, "clock", error);
}
