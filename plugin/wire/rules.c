/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One table for events, one for queries, one for messages: what the structure of each type must hold. A type
 * that is in none of them is refused: either this GStreamer does not know it, or it lives by what means nothing in
 * another process (clocks, devices, elements). Types that live by an object which text does not carry (stream
 * collections, tables of contents, contexts) need not be refused: in the legacy form there is no way to write their
 * fields.
 *
 * Fields are written "name:Type", several with spaces between. '?' behind the type allows a NULL value, '*' says a list
 * and '#' an array of that type. Fields that the table does not mention may be there too.
 */

#include <math.h>
#include <string.h>

#include "meta.h"
#include "rules.h"

typedef enum {
  NEEDS_NOTHING,  /* no structure, or any */
  NEEDS_STRUCTURE /* one must be there */
} Need;

typedef struct {
  guint32 type;
  Need need;
  const gchar *required;
  const gchar *optional;
  gboolean (*judge) (const GstStructure *structure); /* what types cannot say, or NULL */
} Rule;

/* The judges see structures whose fields have been compared with the table. */

static gdouble
get_double (const GstStructure *structure, const gchar *field)
{
  return g_value_get_double (gst_structure_get_value (structure, field));
}

static gboolean
rate_is_good (const GstStructure *structure)
{
  gdouble rate = get_double (structure, "rate");

  return isfinite (rate) && rate != 0.0;
}

static gboolean
rate_is_positive (const GstStructure *structure)
{
  return rate_is_good (structure) && get_double (structure, "rate") > 0.0;
}

/* Every element that has to do with sound makes an info of such caps, and GStreamer warns of places that do not fit
 * the channels. */
static gboolean
caps_are_good (const GstStructure *structure)
{
  const GstCaps *caps = g_value_get_boxed (gst_structure_get_value (structure, "caps"));

  return !caps || (gst_caps_is_fixed (caps) && ipc_meta_places_are_known (gst_caps_get_structure (caps, 0)));
}

static gboolean
segment_has_format (const GstStructure *structure)
{
  const GstSegment *segment = g_value_get_boxed (gst_structure_get_value (structure, "segment"));

  return segment->format != GST_FORMAT_UNDEFINED;
}

static gboolean
time_is_valid (const GstStructure *structure, const gchar *field)
{
  return GST_CLOCK_TIME_IS_VALID (g_value_get_uint64 (gst_structure_get_value (structure, field)));
}

static gboolean
gap_is_good (const GstStructure *structure)
{
  return time_is_valid (structure, "timestamp");
}

static gboolean
latency_is_good (const GstStructure *structure)
{
  return time_is_valid (structure, "latency");
}

/* 0 is no group: GStreamer raises a critical when a sink makes a message of it. */
static gboolean
group_is_good (const GstStructure *structure)
{
  guint group = 1;

  gst_structure_get_uint (structure, "group-id", &group);
  return group != GST_GROUP_ID_INVALID;
}

/* gst_event_new_qos() refuses a difference that leads before time 0. */
static gboolean
qos_is_good (const GstStructure *structure)
{
  gint64 diff = g_value_get_int64 (gst_structure_get_value (structure, "diff"));
  guint64 timestamp = g_value_get_uint64 (gst_structure_get_value (structure, "timestamp"));

  return isfinite (get_double (structure, "proportion")) && (diff >= 0 || (guint64) - (diff + 1) < timestamp);
}

static gboolean
percent_is_good (const GstStructure *structure)
{
  gint percent = g_value_get_int (gst_structure_get_value (structure, "buffer-percent"));

  return percent >= 0 && percent <= 100;
}

/* gst_message_parse_redirect_entry() takes the same place of three lists. */
static gboolean
redirect_is_good (const GstStructure *structure)
{
  const gchar *const fields[] = { "redirect-entry-locations", "redirect-entry-taglists", "redirect-entry-structures" };
  guint sizes[G_N_ELEMENTS (fields)];

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    sizes[i] = gst_value_list_get_size (gst_structure_get_value (structure, fields[i]));
  return sizes[0] > 0 && sizes[0] == sizes[1] && sizes[0] == sizes[2];
}

/* The asker takes a context for one of the type that was asked for. */
static gboolean
context_fits (const GstStructure *structure)
{
  const GValue *value = gst_structure_get_value (structure, "context");
  const GstContext *context = value ? g_value_get_boxed (value) : NULL;

  return !context || gst_context_has_context_type (context, gst_structure_get_string (structure, "context-type"));
}

static const Rule event_rules[] = {
  { GST_EVENT_FLUSH_START, NEEDS_NOTHING },
  { GST_EVENT_FLUSH_STOP, NEEDS_STRUCTURE, "reset-time:gboolean" },
  { GST_EVENT_STREAM_START, NEEDS_STRUCTURE, "stream-id:gchararray",
      "stream:GstStream? flags:GstStreamFlags group-id:guint", group_is_good },
  { GST_EVENT_CAPS, NEEDS_STRUCTURE, "caps:GstCaps", NULL, caps_are_good },
  { GST_EVENT_SEGMENT, NEEDS_STRUCTURE, "segment:GstSegment", NULL, segment_has_format },
  { GST_EVENT_STREAM_COLLECTION, NEEDS_STRUCTURE, "collection:GstStreamCollection" },
  { GST_EVENT_TAG, NEEDS_STRUCTURE, "taglist:GstTagList" },
  { GST_EVENT_BUFFERSIZE, NEEDS_STRUCTURE, "format:GstFormat minsize:gint64 maxsize:gint64 async:gboolean" },
  { GST_EVENT_SINK_MESSAGE, NEEDS_STRUCTURE, "message:GstMessage" },
  { GST_EVENT_STREAM_GROUP_DONE, NEEDS_STRUCTURE, "group-id:guint", NULL, group_is_good },
  { GST_EVENT_EOS, NEEDS_NOTHING },
  { GST_EVENT_TOC, NEEDS_STRUCTURE, "toc:GstToc updated:gboolean" },
  { GST_EVENT_PROTECTION, NEEDS_STRUCTURE, "data:GstBuffer system_id:gchararray", "origin:gchararray?" },
  { GST_EVENT_SEGMENT_DONE, NEEDS_STRUCTURE, "format:GstFormat position:gint64" },
  { GST_EVENT_GAP, NEEDS_STRUCTURE, "timestamp:guint64 duration:guint64", "gap-flags:GstGapFlags", gap_is_good },
  { GST_EVENT_INSTANT_RATE_CHANGE, NEEDS_STRUCTURE, "rate:gdouble flags:GstSegmentFlags", NULL, rate_is_good },
  { GST_EVENT_QOS, NEEDS_STRUCTURE, "type:GstQOSType proportion:gdouble diff:gint64 timestamp:guint64", NULL,
      qos_is_good },
  { GST_EVENT_SEEK, NEEDS_STRUCTURE,
      "rate:gdouble format:GstFormat flags:GstSeekFlags cur-type:GstSeekType cur:gint64 stop-type:GstSeekType "
      "stop:gint64",
      "trickmode-interval:guint64", rate_is_good },
  { GST_EVENT_NAVIGATION, NEEDS_STRUCTURE },
  { GST_EVENT_LATENCY, NEEDS_STRUCTURE, "latency:guint64", NULL, latency_is_good },
  { GST_EVENT_STEP, NEEDS_STRUCTURE,
      "format:GstFormat amount:guint64 rate:gdouble flush:gboolean intermediate:gboolean", NULL, rate_is_positive },
  { GST_EVENT_RECONFIGURE, NEEDS_NOTHING },
  { GST_EVENT_TOC_SELECT, NEEDS_STRUCTURE, "uid:gchararray" },
  { GST_EVENT_SELECT_STREAMS, NEEDS_STRUCTURE, "streams:gchararray*" },
  { GST_EVENT_INSTANT_RATE_SYNC_TIME, NEEDS_STRUCTURE,
      "rate:gdouble running-time:guint64 upstream-running-time:guint64", NULL, rate_is_good },
  { GST_EVENT_CUSTOM_UPSTREAM, NEEDS_NOTHING },
  { GST_EVENT_CUSTOM_DOWNSTREAM, NEEDS_NOTHING },
  { GST_EVENT_CUSTOM_DOWNSTREAM_OOB, NEEDS_NOTHING },
  { GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, NEEDS_NOTHING },
  { GST_EVENT_CUSTOM_BOTH, NEEDS_NOTHING },
  { GST_EVENT_CUSTOM_BOTH_OOB, NEEDS_NOTHING },
};

static const Rule query_rules[] = {
  { GST_QUERY_POSITION, NEEDS_STRUCTURE, "format:GstFormat current:gint64" },
  { GST_QUERY_DURATION, NEEDS_STRUCTURE, "format:GstFormat duration:gint64" },
  { GST_QUERY_LATENCY, NEEDS_STRUCTURE, "live:gboolean min-latency:guint64 max-latency:guint64" },
  { GST_QUERY_SEGMENT, NEEDS_STRUCTURE, "rate:gdouble format:GstFormat start_value:gint64 stop_value:gint64" },
  { GST_QUERY_SEEKING, NEEDS_STRUCTURE, "format:GstFormat seekable:gboolean segment-start:gint64 segment-end:gint64" },
  { GST_QUERY_CONVERT, NEEDS_STRUCTURE,
      "src_format:GstFormat src_value:gint64 dest_format:GstFormat dest_value:gint64" },
  { GST_QUERY_FORMATS, NEEDS_STRUCTURE, NULL, "formats:GstFormat*" },
  { GST_QUERY_BUFFERING, NEEDS_STRUCTURE,
      "busy:gboolean buffer-percent:gint buffering-mode:GstBufferingMode avg-in-rate:gint avg-out-rate:gint "
      "buffering-left:gint64 estimated-total:gint64 format:GstFormat start_value:gint64 stop_value:gint64" },
  { GST_QUERY_CUSTOM, NEEDS_NOTHING },
  { GST_QUERY_URI, NEEDS_STRUCTURE, "uri:gchararray?",
      "uri-redirection:gchararray? uri-redirection-permanent:gboolean" },
  { GST_QUERY_ALLOCATION, NEEDS_STRUCTURE, "caps:GstCaps? need-pool:gboolean", NULL, caps_are_good },
  { GST_QUERY_SCHEDULING, NEEDS_STRUCTURE, "flags:GstSchedulingFlags minsize:gint maxsize:gint align:gint" },
  { GST_QUERY_ACCEPT_CAPS, NEEDS_STRUCTURE, "caps:GstCaps result:gboolean", NULL, caps_are_good },
  { GST_QUERY_CAPS, NEEDS_STRUCTURE, "filter:GstCaps? caps:GstCaps?" },
  { GST_QUERY_DRAIN, NEEDS_NOTHING },
  { GST_QUERY_CONTEXT, NEEDS_STRUCTURE, "context-type:gchararray", "context:GstContext?", context_fits },
  { GST_QUERY_BITRATE, NEEDS_STRUCTURE, NULL, "nominal-bitrate:guint" },
  { GST_QUERY_SELECTABLE, NEEDS_STRUCTURE, NULL, "selectable:gboolean" },
};

/* What the answer TRUE must have in addition: gst_pad_query_caps() and others do not ask whether it is there. */
static const Rule answer_rules[] = {
  { GST_QUERY_CAPS, NEEDS_STRUCTURE, "caps:GstCaps" },
  { GST_QUERY_BITRATE, NEEDS_STRUCTURE, "nominal-bitrate:guint" },
  { GST_QUERY_SELECTABLE, NEEDS_STRUCTURE, "selectable:gboolean" },
};

static const Rule message_rules[] = {
  { GST_MESSAGE_EOS, NEEDS_NOTHING },
  { GST_MESSAGE_ERROR, NEEDS_STRUCTURE, "gerror:GError", "debug:gchararray? details:GstStructure" },
  { GST_MESSAGE_WARNING, NEEDS_STRUCTURE, "gerror:GError", "debug:gchararray? details:GstStructure" },
  { GST_MESSAGE_INFO, NEEDS_STRUCTURE, "gerror:GError", "debug:gchararray? details:GstStructure" },
  { GST_MESSAGE_TAG, NEEDS_STRUCTURE, "taglist:GstTagList" },
  { GST_MESSAGE_BUFFERING, NEEDS_STRUCTURE,
      "buffer-percent:gint buffering-mode:GstBufferingMode avg-in-rate:gint avg-out-rate:gint buffering-left:gint64",
      NULL, percent_is_good },
  { GST_MESSAGE_STATE_CHANGED, NEEDS_STRUCTURE, "old-state:GstState new-state:GstState pending-state:GstState" },
  { GST_MESSAGE_STATE_DIRTY, NEEDS_NOTHING },
  { GST_MESSAGE_STEP_DONE, NEEDS_STRUCTURE,
      "format:GstFormat amount:guint64 rate:gdouble flush:gboolean intermediate:gboolean duration:guint64 "
      "eos:gboolean" },
  { GST_MESSAGE_APPLICATION, NEEDS_STRUCTURE },
  { GST_MESSAGE_ELEMENT, NEEDS_STRUCTURE },
  { GST_MESSAGE_SEGMENT_START, NEEDS_STRUCTURE, "format:GstFormat position:gint64" },
  { GST_MESSAGE_SEGMENT_DONE, NEEDS_STRUCTURE, "format:GstFormat position:gint64" },
  { GST_MESSAGE_DURATION_CHANGED, NEEDS_NOTHING },
  { GST_MESSAGE_LATENCY, NEEDS_NOTHING },
  { GST_MESSAGE_ASYNC_START, NEEDS_NOTHING },
  { GST_MESSAGE_ASYNC_DONE, NEEDS_STRUCTURE, "running-time:guint64" },
  { GST_MESSAGE_REQUEST_STATE, NEEDS_STRUCTURE, "new-state:GstState" },
  { GST_MESSAGE_STEP_START, NEEDS_STRUCTURE,
      "active:gboolean format:GstFormat amount:guint64 rate:gdouble flush:gboolean intermediate:gboolean" },
  { GST_MESSAGE_QOS, NEEDS_STRUCTURE,
      "live:gboolean running-time:guint64 stream-time:guint64 timestamp:guint64 duration:guint64 jitter:gint64 "
      "proportion:gdouble quality:gint format:GstFormat processed:guint64 dropped:guint64" },
  { GST_MESSAGE_PROGRESS, NEEDS_STRUCTURE,
      "type:GstProgressType code:gchararray text:gchararray percent:gint timeout:gint" },
  { GST_MESSAGE_RESET_TIME, NEEDS_STRUCTURE, "running-time:guint64" },
  { GST_MESSAGE_STREAM_START, NEEDS_STRUCTURE, NULL, "group-id:guint", group_is_good },
  { GST_MESSAGE_TOC, NEEDS_STRUCTURE, "toc:GstToc updated:gboolean" },
  { GST_MESSAGE_NEED_CONTEXT, NEEDS_STRUCTURE, "context-type:gchararray" },
  { GST_MESSAGE_HAVE_CONTEXT, NEEDS_STRUCTURE, "context:GstContext" },
  { GST_MESSAGE_PROPERTY_NOTIFY, NEEDS_STRUCTURE, "property-name:gchararray" },
  { GST_MESSAGE_STREAM_COLLECTION, NEEDS_STRUCTURE, "collection:GstStreamCollection" },
  { GST_MESSAGE_STREAMS_SELECTED, NEEDS_STRUCTURE, "collection:GstStreamCollection streams:GstStream#" },
  { GST_MESSAGE_REDIRECT, NEEDS_STRUCTURE,
      "redirect-entry-locations:gchararray* redirect-entry-taglists:GstTagList* "
      "redirect-entry-structures:GstStructure*",
      NULL, redirect_is_good },
  { GST_MESSAGE_INSTANT_RATE_REQUEST, NEEDS_STRUCTURE, "rate:gdouble", NULL, rate_is_good },
};

static const Rule *
find_rule (IpcRulesOf of, guint32 type)
{
  const struct {
    const Rule *rules;
    guint n;
  } tables[] = {
    [IPC_RULES_EVENT] = { event_rules, G_N_ELEMENTS (event_rules) },
    [IPC_RULES_QUERY] = { query_rules, G_N_ELEMENTS (query_rules) },
    [IPC_RULES_ANSWER] = { answer_rules, G_N_ELEMENTS (answer_rules) },
    [IPC_RULES_MESSAGE] = { message_rules, G_N_ELEMENTS (message_rules) },
  };

  for (guint i = 0; i < tables[of].n; i++) {
    if (tables[of].rules[i].type == type)
      return &tables[of].rules[i];
  }
  return NULL;
}

/* NULL pointers are in the text form too. */
static gboolean
value_is_null (const GValue *value)
{
  return g_value_fits_pointer (value) && g_value_peek_pointer (value) == NULL;
}

static gboolean
all_have_type (const GValue *list, gboolean is_array, GType type)
{
  guint size;

  if (is_array ? !GST_VALUE_HOLDS_ARRAY (list) : !GST_VALUE_HOLDS_LIST (list))
    return FALSE;
  size = is_array ? gst_value_array_get_size (list) : gst_value_list_get_size (list);
  for (guint i = 0; i < size; i++) {
    const GValue *value = is_array ? gst_value_array_get_value (list, i) : gst_value_list_get_value (list, i);

    if (G_VALUE_TYPE (value) != type || value_is_null (value))
      return FALSE;
  }
  return TRUE;
}

/* @spec: "name:Type", with '?', '*' or '#' behind; ends at a space or NUL. */
static gboolean
check_field (const GstStructure *structure, const gchar *spec, gsize length, gboolean required, GError **error)
{
  gchar text[96];
  gchar *type_name;
  gchar mark;
  const GValue *value;
  GType type;
  gboolean good;

  g_strlcpy (text, spec, MIN (length + 1, sizeof text));
  mark = text[strlen (text) - 1];
  if (strchr ("?*#", mark))
    text[strlen (text) - 1] = '\0';
  type_name = strchr (text, ':');
  *type_name++ = '\0';
  value = gst_structure_get_value (structure, text);
  if (!value) {
    if (required)
      g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE, "%s has no field %s",
          gst_structure_get_name (structure), text);
    return !required;
  }
  type = g_type_from_name (type_name);
  if (mark == '*' || mark == '#')
    good = all_have_type (value, mark == '#', type);
  else
    good = G_VALUE_TYPE (value) == type && (mark == '?' || !value_is_null (value));
  if (!good)
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE, "field %s of %s is NULL or not of type %s", text,
        gst_structure_get_name (structure), type_name);
  return good;
}

static gboolean
check_specs (const GstStructure *structure, const gchar *specs, gboolean required, GError **error)
{
  while (specs && *specs) {
    gsize length = strcspn (specs, " ");

    if (!check_field (structure, specs, length, required, error))
      return FALSE;
    specs += length;
    specs += strspn (specs, " ");
  }
  return TRUE;
}

gboolean
ipc_rules_check_fields (const GstStructure *structure, const gchar *required, const gchar *optional, GError **error)
{
  return check_specs (structure, required, TRUE, error) && check_specs (structure, optional, FALSE, error);
}

gboolean
ipc_rules_check (IpcRulesOf of, guint32 type, const GstStructure *structure, GError **error)
{
  static const gchar *const what[] = { "event", "query", "answer to query", "message" };
  const Rule *rule = find_rule (of, type);

  if (of == IPC_RULES_ANSWER && !ipc_rules_check (IPC_RULES_QUERY, type, structure, error))
    return FALSE;
  if (!rule) {
    if (of == IPC_RULES_ANSWER)
      return TRUE;
    g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE,
        "%s type 0x%x is not known, or cannot exist without an object of the other process", what[of], type);
    return FALSE;
  }
  if (!structure) {
    if (rule->need == NEEDS_STRUCTURE)
      g_set_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_STRUCTURE, "%s type 0x%x has no structure", what[of], type);
    return rule->need == NEEDS_NOTHING;
  }
  if (!ipc_rules_check_fields (structure, rule->required, rule->optional, error))
    return FALSE;
  if (rule->judge && !rule->judge (structure)) {
    g_set_error (
        error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE, "the values of %s cannot be", gst_structure_get_name (structure));
    return FALSE;
  }
  return TRUE;
}

gboolean
ipc_rules_event_type (const gchar *name, GstEventType *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (event_rules); i++) {
    if (g_strcmp0 (gst_event_type_get_name (event_rules[i].type), name) == 0) {
      *type = event_rules[i].type;
      return TRUE;
    }
  }
  return FALSE;
}
