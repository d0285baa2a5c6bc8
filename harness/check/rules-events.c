/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events: seen at one pad, over the wire, seen at the other pad, with the same type, seqnum and content.
 *
 * Serialized downstream ones keep their order; others (flush-start, everything upstream) only have to be there. A pad
 * sends its sticky events again whenever it must, so the same event may be seen more than once anywhere.
 * Objects that do not survive the form of a string may be kept back (they count as handled), unless the two sides
 * agreed on them: then they arrive whole, which is seen by holding the pads of both processes against each other, since
 * the link has its own form of them. An event that was answered FALSE may or may not have been pushed.
 */
#include <string.h>

#include "align.h"
#include "flow.h"
#include "rules.h"

#define MAX_FINDINGS 5
/* How long an upstream event may be under way from the pad to the wire when the link ends meanwhile. */
#define UPSTREAM_GRACE (2 * GST_SECOND)

typedef struct {
  const gchar *direction;
  gint serialized; /* TRUE, FALSE, or -1 for both */
} EventFilter;

/* What holds objects: it need not be sent to a peer that did not agree on them. */
static gboolean
may_be_kept_back (JsonObject *json)
{
  static const gchar *const types[] = { "stream-collection", "toc", "select-streams", "protection", NULL };
  const gchar *type = ipc_record_string (json, ipc_record_is (json, "packet") ? "event" : "type");
  const gchar *structure = ipc_record_string (json, "structure");

  if (type != NULL && g_strv_contains (types, type))
    return TRUE;
  return structure != NULL
         && (strstr (structure, "(GstSample)") != NULL || strstr (structure, "(sample)") != NULL
             || strstr (structure, "(GstBuffer)") != NULL || strstr (structure, "(buffer)") != NULL);
}

/* What text of the legacy form never carries: in a packet all the same, it counts as handled (OBJ-12). */
static gboolean
may_be_swallowed (JsonObject *packet)
{
  static const gchar *const types[] = { "stream-collection", "toc", NULL };
  const gchar *type = ipc_record_string (packet, "event");

  return type != NULL && g_strv_contains (types, type);
}

/* By name, so that packets need no flag for it. Unknown types count as serialized nowhere. */
gboolean
ipc_check_event_is_serialized (const gchar *type)
{
  static const GstEventType all[] = { GST_EVENT_FLUSH_STOP, GST_EVENT_STREAM_START, GST_EVENT_CAPS, GST_EVENT_SEGMENT,
    GST_EVENT_STREAM_COLLECTION, GST_EVENT_TAG, GST_EVENT_BUFFERSIZE, GST_EVENT_SINK_MESSAGE,
    GST_EVENT_STREAM_GROUP_DONE, GST_EVENT_EOS, GST_EVENT_TOC, GST_EVENT_PROTECTION, GST_EVENT_SEGMENT_DONE,
    GST_EVENT_GAP, GST_EVENT_INSTANT_RATE_CHANGE, GST_EVENT_CUSTOM_DOWNSTREAM };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (g_strcmp0 (type, gst_event_type_get_name (all[i])) == 0)
      return (gst_event_type_get_flags (all[i]) & GST_EVENT_TYPE_SERIALIZED) != 0;
  return FALSE;
}

static gboolean
event_key (JsonObject *json, GString *text, gpointer data)
{
  const EventFilter *filter = data;
  gboolean is_packet = ipc_record_is (json, "packet"), is_sink_message = FALSE;
  const gchar *type = ipc_record_string (json, is_packet ? "event" : "type");
  const gchar *direction = ipc_record_string (json, "direction");
  g_autofree gchar *seqnum = NULL;

  if (is_packet) {
    const gchar *packet_type = ipc_record_string (json, "type");
    is_sink_message = g_strcmp0 (packet_type, "SINK_MESSAGE_EVENT") == 0;
    if (!is_sink_message && g_strcmp0 (packet_type, "EVENT") != 0)
      return FALSE;
  }
  if (is_sink_message) {
    type = "sink-message";
    direction = "downstream";
  }
  if (type == NULL || g_strcmp0 (direction, filter->direction) != 0)
    return FALSE;
  if (filter->serialized >= 0 && ipc_check_event_is_serialized (type) != filter->serialized)
    return FALSE;
  seqnum = ipc_record_text (json, is_sink_message ? "event-seqnum" : "seqnum");
  g_string_append_printf (text, "%s with seqnum %s", type, seqnum);
  return TRUE;
}

typedef struct {
  IpcCheck *check;
  const IpcFlowEnd *end;
  GArray *sent, *arrived;
  const gchar *sent_at, *arrived_at;
  gboolean sent_are_packets;
  gint64 grace; /* ns that an event may need to the wire; 0: until the next one is seen */
  gint64 last_report;
  gboolean any_surplus; /* events may enter between the two places: send_event() on the element */
} Comparison;

#define SENT(c, i) (&g_array_index ((c)->sent, IpcFlowItem, i))
#define ARRIVED(c, i) (&g_array_index ((c)->arrived, IpcFlowItem, i))

static gboolean
same (guint sent, guint arrived, gpointer data)
{
  Comparison *c = data;
  return SENT (c, sent)->key == ARRIVED (c, arrived)->key;
}

static gboolean
is_before (GArray *items, guint end, const gchar *key)
{
  for (guint i = 0; i < end; i++)
    if (g_array_index (items, IpcFlowItem, i).key == key)
      return TRUE;
  return FALSE;
}

static gboolean
may_be_lost (guint sent, gpointer data)
{
  Comparison *c = data;
  IpcFlowItem *item = SENT (c, sent);
  gint64 until = c->grace > 0 ? item->t + c->grace : item->until;

  if (is_before (c->sent, sent, item->key)) /* a sticky event that is sent again */
    return TRUE;
  if (c->sent_are_packets)
    return (!c->end->objects && may_be_swallowed (item->json)) || !ipc_flow_was_taken (item->packet)
           || (c->end->hurt && item->t >= c->last_report);
  return (!c->end->objects && may_be_kept_back (item->json))
         || ipc_lost_during (c->end->lost, c->grace > 0 ? IPC_LOST_UNSERIALIZED : IPC_LOST_ANY, item->t, until)
         || (c->end->hurt && item->last);
}

static gboolean
may_be_surplus (guint arrived, gpointer data)
{
  Comparison *c = data;

  if (c->any_surplus || is_before (c->arrived, arrived, ARRIVED (c, arrived)->key))
    return TRUE;
  return !c->sent_are_packets && c->end->hurt
         && (c->sent->len == 0 || ARRIVED (c, arrived)->t >= SENT (c, c->sent->len - 1)->t);
}

/* "caps with seqnum 7" -> "caps" */
static gchar *
type_of_key (const gchar *key)
{
  return g_strndup (key, strcspn (key, " "));
}

static gboolean
is_in (GArray *items, const gchar *key)
{
  return is_before (items, items->len, key);
}

/* An event of the same type as the missing one that nobody has sent: the number was lost on the way. */
static const IpcFlowItem *
renumbered (Comparison *c, const IpcFlowItem *missing)
{
  g_autofree gchar *type = type_of_key (missing->key);

  for (guint i = 0; i < c->arrived->len; i++) {
    g_autofree gchar *other = type_of_key (ARRIVED (c, i)->key);
    if (g_str_equal (type, other) && !may_be_surplus (i, c) && !is_in (c->sent, ARRIVED (c, i)->key))
      return ARRIVED (c, i);
  }
  return NULL;
}

static void
report_missing (Comparison *c, const IpcFlowItem *item, const IpcFlowItem *other)
{
  g_autofree gchar *id = item->packet != NULL
                             ? g_strdup_printf ("%s: EVENT %" G_GINT64_FORMAT ", ", item->link->name, item->packet->id)
                             : g_strdup_printf ("%s: ", c->end->process);

  if (other != NULL)
    ipc_check_found (c->check, "EVT-2", item->record, "%sevent %s at %s became %s at %s", id, item->key, c->sent_at,
        other->key, c->arrived_at);
  else if (is_in (c->arrived, item->key))
    ipc_check_found (c->check, NULL, item->record, "%sevent %s seen at %s is out of order at %s", id, item->key,
        c->sent_at, c->arrived_at);
  else
    ipc_check_found (c->check, NULL, item->record, "%sevent %s seen at %s never came to %s%s", id, item->key,
        c->sent_at, c->arrived_at, c->sent_are_packets ? ", though it was answered TRUE" : "");
}

static gboolean
has_object (JsonObject *packet)
{
  const gchar *structure = ipc_record_string (packet, "structure");

  return structure != NULL && strstr (structure, "gst-ipc-object") != NULL;
}

/* The `stream` field of stream-start holds an object and stays behind, unless objects were agreed on. */
static gchar *
comparable_structure (JsonObject *json, gboolean objects)
{
  const gchar *structure = ipc_record_string (json, "structure");
  g_autoptr (GRegex) regex = NULL;

  if (structure == NULL || objects)
    return g_strdup (structure);
  regex = g_regex_new (", stream=\\((?:GstStream|structure)\\)(\"(\\\\.|[^\"\\\\])*\"|[^,;]*)", 0, 0, NULL);
  return g_regex_replace_literal (regex, structure, -1, 0, "", 0, NULL);
}

static void
compare_content (Comparison *c, const IpcFlowItem *sent, const IpcFlowItem *arrived)
{
  g_autofree gchar *was = NULL, *is = NULL;

  const IpcModelPacket *packet = c->sent_are_packets ? sent->packet : arrived->packet;

  if (g_str_has_prefix (sent->key, "sink-message ") || has_object (c->sent_are_packets ? sent->json : arrived->json))
    return;
  if (packet != NULL && packet->forged) /* the text may be anything */
    return;
  was = comparable_structure (sent->json, c->end->objects);
  is = comparable_structure (arrived->json, c->end->objects);
  if (g_strcmp0 (was, is) == 0
      || (is != NULL && !c->end->objects && (may_be_kept_back (sent->json) || may_be_kept_back (arrived->json))))
    return;
  ipc_check_found (c->check, is == NULL ? "OBJ-9" : NULL, arrived->record,
      "%s: event %s was \"%s\" at %s and is \"%s\" at %s", c->end->process, sent->key, was != NULL ? was : "(none)",
      c->sent_at, is != NULL ? is : "(none)", c->arrived_at);
}

/* The sent one at @index has no arrived one. Returns TRUE when that is told. */
static gboolean
judge_missing (Comparison *c, guint index)
{
  const IpcFlowItem *other = is_before (c->sent, index, SENT (c, index)->key) ? NULL : renumbered (c, SENT (c, index));

  if (other == NULL && may_be_lost (index, c))
    return FALSE;
  report_missing (c, SENT (c, index), other);
  return TRUE;
}

static void
report_surplus (Comparison *c)
{
  for (guint i = 0; i < c->arrived->len; i++) {
    const IpcFlowItem *item = ARRIVED (c, i);
    if (may_be_surplus (i, c) || is_in (c->sent, item->key))
      continue;
    ipc_check_found (c->check, NULL, item->record, "%s: event %s at %s is not one that was seen at %s", c->end->process,
        item->key, c->arrived_at, c->sent_at);
    return;
  }
}

static void
compare_in_order (Comparison *c)
{
  IpcAlignment alignment = { c->sent->len, c->arrived->len, same, may_be_lost, may_be_surplus, c };
  g_autofree guint *to_arrived = ipc_align (&alignment, NULL);
  guint n_findings = 0;

  for (guint i = 0; i < c->sent->len && n_findings < MAX_FINDINGS; i++) {
    if (to_arrived[i] != G_MAXUINT)
      compare_content (c, SENT (c, i), ARRIVED (c, to_arrived[i]));
    else
      n_findings += judge_missing (c, i);
  }
  if (n_findings == 0)
    report_surplus (c);
}

/* Of several with one number (an event and the answer to it, say) the one with the content that was sent. */
static const IpcFlowItem *
find_arrived (Comparison *c, const IpcFlowItem *sent)
{
  const gchar *was = ipc_record_string (sent->json, "structure");
  const IpcFlowItem *first = NULL;

  for (guint i = 0; i < c->arrived->len; i++) {
    const IpcFlowItem *arrived = ARRIVED (c, i);

    if (arrived->key != sent->key)
      continue;
    if (g_strcmp0 (ipc_record_string (arrived->json, "structure"), was) == 0)
      return arrived;
    if (first == NULL)
      first = arrived;
  }
  return first;
}

static void
compare_unordered (Comparison *c)
{
  guint n_findings = 0;

  for (guint i = 0; i < c->sent->len && n_findings < MAX_FINDINGS; i++) {
    const IpcFlowItem *sent = SENT (c, i), *arrived = find_arrived (c, sent);
    if (arrived != NULL)
      compare_content (c, sent, arrived);
    else
      n_findings += judge_missing (c, i);
  }
  /* What leaves a pad may be the element's own; what goes over the wire was somebody's. */
  if (n_findings == 0 && !c->sent_are_packets)
    report_surplus (c);
}

/* Somebody calls send_event() on the element itself, which no pad sees. */
static gboolean
gets_events_otherwise (IpcModel *model, const IpcFlowEnd *end)
{
  for (guint i = 0; i < model->records->len; i++) {
    const IpcModelRecord *record = ipc_model_record (model, i);
    if (ipc_model_record_is (record, "command") && g_strcmp0 (record->process, end->process) == 0
        && g_strcmp0 (ipc_record_string (record->json, "command"), "send-event") == 0)
      return TRUE;
  }
  return FALSE;
}

typedef struct {
  EventFilter filter;
  gboolean to_slave;
  gboolean from_pad; /* pad -> wire, otherwise wire -> pad */
  gint64 grace;
} Passage;

static void
check_passage (IpcCheck *check, const IpcFlowEnd *end, const Passage *passage)
{
  g_autoptr (GStringChunk) chunk = g_string_chunk_new (4096);
  gpointer filter = (gpointer)&passage->filter;
  g_autoptr (GArray) seen = ipc_flow_seen (check->model, end, "event", event_key, filter, chunk);
  g_autoptr (GArray) packets = ipc_flow_packets (end, passage->to_slave, event_key, filter, chunk);
  g_autofree gchar *pad = g_strdup_printf ("pad %s", end->pad);
  Comparison c = { .check = check, .end = end, .grace = passage->grace };

  ipc_flow_set_until (check->model, end, seen);
  c.sent = passage->from_pad ? seen : packets;
  c.arrived = passage->from_pad ? packets : seen;
  c.sent_at = passage->from_pad ? pad : "the link";
  c.arrived_at = passage->from_pad ? "the link" : pad;
  c.sent_are_packets = !passage->from_pad;
  c.any_surplus = gets_events_otherwise (check->model, end);
  if (seen->len > 0)
    c.last_report = g_array_index (seen, IpcFlowItem, seen->len - 1).t;
  if (passage->filter.serialized == TRUE)
    compare_in_order (&c);
  else
    compare_unordered (&c);
}

/* The events at @end's pad that have @key: content -> record. */
static GHashTable *
contents_at (const IpcFlowEnd *end, IpcModel *model, const EventFilter *filter, const gchar *key, GStringChunk *chunk)
{
  g_autoptr (GArray) seen = ipc_flow_seen (model, end, "event", event_key, (gpointer)filter, chunk);
  GHashTable *contents = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < seen->len; i++) {
    IpcFlowItem *item = &g_array_index (seen, IpcFlowItem, i);
    const gchar *structure = ipc_record_string (item->json, "structure");
    if (g_str_equal (item->key, key))
      g_hash_table_insert (
          contents, (gpointer)(structure != NULL ? structure : "(none)"), GUINT_TO_POINTER (item->record));
  }
  return contents;
}

static gboolean
was_tampered_with (const IpcFlowEnd *end)
{
  for (guint i = 0; i < end->links->len; i++) {
    IpcModelLink *link = g_ptr_array_index (end->links, i);
    if (link->arrivals->len != link->packets->len || link->all->len != link->packets->len)
      return TRUE;
  }
  return FALSE;
}

/* An event that went over the wire with objects in it looks the same at both pads. */
static void
compare_objects (
    IpcCheck *check, const IpcFlowEnd *from, const IpcFlowEnd *to, const EventFilter *filter, const gchar *key)
{
  g_autoptr (GStringChunk) chunk = g_string_chunk_new (4096);
  g_autoptr (GHashTable) sent = contents_at (from, check->model, filter, key, chunk);
  g_autoptr (GHashTable) arrived = contents_at (to, check->model, filter, key, chunk);
  GHashTableIter iter;
  gpointer content, record;

  g_hash_table_iter_init (&iter, arrived);
  while (g_hash_table_iter_next (&iter, &content, &record)) {
    g_autofree gchar **contents = NULL;
    g_autofree gchar *was = NULL;
    if (g_hash_table_size (sent) == 0 || g_hash_table_contains (sent, content))
      continue;
    contents = (gchar **)g_hash_table_get_keys_as_array (sent, NULL);
    was = g_strjoinv ("\" or \"", contents);
    ipc_check_found (check, "OBJ-11", GPOINTER_TO_UINT (record),
        "%s: event %s was \"%s\" at pad %s of %s and is \"%s\" at pad %s", to->process, key, was, from->pad,
        from->process, (const gchar *)content, to->pad);
  }
}

static const IpcFlowEnd *
other_end (GPtrArray *ends, const IpcFlowEnd *end)
{
  for (guint i = 0; i < ends->len; i++) {
    const IpcFlowEnd *other = g_ptr_array_index (ends, i);
    if (other->is_sink != end->is_sink && other->links->len == 1 && end->links->len == 1
        && g_ptr_array_index (other->links, 0) == g_ptr_array_index (end->links, 0))
      return other;
  }
  return NULL;
}

static void
check_objects (IpcCheck *check, GPtrArray *ends, const IpcFlowEnd *from, const EventFilter *filter)
{
  g_autoptr (GStringChunk) chunk = g_string_chunk_new (4096);
  gboolean to_slave = g_str_equal (filter->direction, "downstream");
  const IpcFlowEnd *to = other_end (ends, from);
  g_autoptr (GArray) packets = ipc_flow_packets (from, to_slave, event_key, (gpointer)filter, chunk);
  g_autoptr (GHashTable) done = g_hash_table_new (NULL, NULL);

  for (guint i = 0; to != NULL && !was_tampered_with (from) && i < packets->len; i++) {
    IpcFlowItem *item = &g_array_index (packets, IpcFlowItem, i);
    if (has_object (item->json) && !g_str_has_prefix (item->key, "sink-message ")
        && g_hash_table_add (done, (gpointer)item->key))
      compare_objects (check, from, to, filter, item->key);
  }
}

void
ipc_rule_events_intact (IpcCheck *check)
{
  for (guint i = 0; i < check->ends->len; i++) {
    IpcFlowEnd *end = g_ptr_array_index (check->ends, i);
    Passage serialized = { { "downstream", TRUE }, TRUE, end->is_sink, 0 };
    Passage others = { { "downstream", FALSE }, TRUE, end->is_sink, UPSTREAM_GRACE };
    if (!end->relayed)
      continue;
    check_passage (check, end, &serialized);
    check_passage (check, end, &others);
    if (end->is_sink)
      check_objects (check, check->ends, end, &(EventFilter){ "downstream", -1 });
  }
}

void
ipc_rule_upstream_events_intact (IpcCheck *check)
{
  for (guint i = 0; i < check->ends->len; i++) {
    IpcFlowEnd *end = g_ptr_array_index (check->ends, i);
    Passage passage = { { "upstream", -1 }, FALSE, !end->is_sink, UPSTREAM_GRACE };
    if (end->relayed)
      check_passage (check, end, &passage);
    if (end->relayed && !end->is_sink)
      check_objects (check, check->ends, end, &passage.filter);
  }
}

/* The EOS messages that the slave's pipeline posted, while up and linked, against those that went to the master. */
static void
check_eos_messages (IpcCheck *check, const IpcFlowEnd *end)
{
  IpcModel *model = check->model;
  guint n_posted = 0, n_sent = 0, last = IPC_NO_INDEX;

  for (guint i = 0; i < model->records->len; i++) {
    const IpcModelRecord *record = ipc_model_record (model, i);
    if (!ipc_model_record_is (record, "message") || g_strcmp0 (record->type, "eos") != 0
        || g_strcmp0 (record->process, end->process) != 0
        || ipc_lost_during (end->lost, IPC_LOST_UNSERIALIZED, record->t, record->t + UPSTREAM_GRACE))
      continue;
    n_posted++;
    last = i;
  }
  for (guint i = 0; i < end->links->len; i++) {
    IpcModelLink *link = g_ptr_array_index (end->links, i);
    for (guint j = 0; j < link->packets->len; j++) {
      IpcModelPacket *packet = g_ptr_array_index (link->packets, j);
      if (packet->info != NULL && packet->info->type == IPC_PACKET_MESSAGE
          && g_strcmp0 (ipc_record_string (packet->json, "message"), "eos") == 0)
        n_sent++;
    }
  }
  if (n_sent < n_posted)
    ipc_check_found (check, NULL, last, "%s: the pipeline posted %u EOS message(s), %s sent %u to the master",
        end->process, n_posted, end->element, n_sent);
}

void
ipc_rule_eos_forwarded (IpcCheck *check)
{
  for (guint i = 0; i < check->ends->len; i++) {
    IpcFlowEnd *end = g_ptr_array_index (check->ends, i);
    if (end->relayed && !end->is_sink && !end->hurt)
      check_eos_messages (check, end);
  }
}
