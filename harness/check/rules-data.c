/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Buffers: what the master's sink pad saw against the BUFFER packets, and the packets that were answered OK against
 * what left the slave's src pad. On links without a relay the two pads are held against each other.
 *
 * Missing is fine: towards the wire what was chained while the element was flushing, without a peer or going
 * down; on the slave's side what was not answered OK. Appearing from nowhere or changed is never fine.
 */
#include "align.h"
#include "flow.h"
#include "rules.h"

#define MAX_FINDINGS 5

/* Bits that belong to the memory and the object, not to the content: the low four of GstMiniObject, TAG_MEMORY. */
#define FLAGS_OF_CONTENT (~(guint64)(0xf | GST_BUFFER_FLAG_TAG_MEMORY))

static const struct {
  const gchar *seen, *packet;
} members[] = {
  { "pts", "pts" },
  { "dts", "dts" },
  { "duration", "duration" },
  { "offset", "offset" },
  { "offset-end", "offset-end" },
  { "flags", "flags" },
  { "size", "data-size" },
  { "md5", "md5" },
};

static gchar *
member_text (JsonObject *json, guint member, gboolean is_packet)
{
  const gchar *name = is_packet ? members[member].packet : members[member].seen;
  g_autofree gchar *text = ipc_record_text (json, name);
  guint64 flags;

  if (!g_str_equal (name, "flags") || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &flags, NULL))
    return g_steal_pointer (&text);
  return g_strdup_printf ("0x%" G_GINT64_MODIFIER "x", flags & FLAGS_OF_CONTENT);
}

static gboolean
buffer_key (JsonObject *json, GString *text, gpointer data)
{
  gboolean is_packet = ipc_record_is (json, "packet");

  if (is_packet && g_strcmp0 (ipc_record_string (json, "type"), "BUFFER") != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    g_autofree gchar *value = member_text (json, i, is_packet);
    g_string_append (text, value);
    g_string_append_c (text, '|');
  }
  return TRUE;
}

typedef struct {
  IpcCheck *check;
  const IpcFlowEnd *sent_end, *arrived_end;
  GArray *sent, *arrived;
  const gchar *sent_at, *arrived_at; /* for the texts */
  gboolean sent_are_packets, arrived_are_packets;
  gint64 last_report; /* of the arrived end, when it was hurt */
  guint n_findings;
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
may_be_lost (guint sent, gpointer data)
{
  Comparison *c = data;
  IpcFlowItem *item = SENT (c, sent);

  if (!c->sent_are_packets)
    return ipc_lost_during (c->sent_end->lost, IPC_LOST_ANY, item->t, item->until) || (c->sent_end->hurt && item->last);
  return !ipc_flow_was_taken (item->packet) || (c->arrived_end->hurt && item->t >= c->last_report);
}

/* A process that was killed may not have reported what it sent last; its report comes before the packet, so
 * nobody else has this excuse. */
static gboolean
may_be_surplus (guint arrived, gpointer data)
{
  Comparison *c = data;
  return !c->sent_are_packets && c->sent_end->hurt
         && (c->sent->len == 0 || ARRIVED (c, arrived)->t >= SENT (c, c->sent->len - 1)->t);
}

static gchar *
item_name (const IpcFlowItem *item)
{
  g_autofree gchar *pts = ipc_record_text (item->json, "pts");

  if (item->packet != NULL)
    return g_strdup_printf ("BUFFER %" G_GINT64_FORMAT " (pts %s)", item->packet->id, pts);
  return g_strdup_printf ("the buffer with pts %s", pts);
}

/* Says what differs between two that stand in the same place. */
static void
report_changed (Comparison *c, const IpcFlowItem *sent, const IpcFlowItem *arrived)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree gchar *name = item_name (sent->packet != NULL ? sent : arrived);

  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    g_autofree gchar *was = member_text (sent->json, i, c->sent_are_packets);
    g_autofree gchar *is = member_text (arrived->json, i, c->arrived_are_packets);
    if (!g_str_equal (was, is))
      g_string_append_printf (text, "%s %s: %s became %s", text->len > 0 ? "," : "", members[i].seen, was, is);
  }
  ipc_check_found (c->check, NULL, arrived->record, "%s: %s changed between %s and %s:%s", c->arrived_end->process,
      name, c->sent_at, c->arrived_at, text->str);
}

static gboolean
is_in (GArray *items, const gchar *key)
{
  for (guint i = 0; i < items->len; i++)
    if (g_array_index (items, IpcFlowItem, i).key == key)
      return TRUE;
  return FALSE;
}

static void
report_missing (Comparison *c, const IpcFlowItem *sent)
{
  g_autofree gchar *name = item_name (sent);
  if (is_in (c->arrived, sent->key))
    ipc_check_found (c->check, "BUF-2", sent->record, "%s: %s seen at %s is out of order at %s", c->sent_end->process,
        name, c->sent_at, c->arrived_at);
  else
    ipc_check_found (c->check, NULL, sent->record, "%s: %s seen at %s never came to %s%s", c->sent_end->process, name,
        c->sent_at, c->arrived_at, c->sent_are_packets ? ", though it was answered OK" : "");
}

static void
report_surplus (Comparison *c, const IpcFlowItem *arrived)
{
  g_autofree gchar *name = item_name (arrived);
  ipc_check_found (c->check, NULL, arrived->record, "%s: %s at %s is not one that was seen at %s",
      c->arrived_end->process, name, c->arrived_at, c->sent_at);
}

/* The unmatched ones between two matches: pairs of them are taken as changed, the rest as missing or surplus. */
static void
report_gap (Comparison *c, guint sent, guint sent_end, guint arrived, guint arrived_end)
{
  while ((sent < sent_end || arrived < arrived_end) && c->n_findings < MAX_FINDINGS) {
    if (sent < sent_end && may_be_lost (sent, c) && sent_end - sent > arrived_end - arrived) {
      sent++;
      continue;
    }
    if (sent < sent_end && arrived < arrived_end) {
      report_changed (c, SENT (c, sent++), ARRIVED (c, arrived++));
    } else if (sent < sent_end) {
      report_missing (c, SENT (c, sent++));
    } else {
      if (may_be_surplus (arrived, c)) {
        arrived++;
        continue;
      }
      report_surplus (c, ARRIVED (c, arrived++));
    }
    c->n_findings++;
  }
}

static void
compare (Comparison *c)
{
  IpcAlignment alignment = { c->sent->len, c->arrived->len, same, may_be_lost, may_be_surplus, c };
  g_autofree guint *to_arrived = ipc_align (&alignment, NULL);
  guint sent = 0, arrived = 0;

  c->n_findings = 0;
  for (guint i = 0; i < c->sent->len; i++) {
    if (to_arrived[i] == G_MAXUINT)
      continue;
    report_gap (c, sent, i, arrived, to_arrived[i]);
    sent = i + 1;
    arrived = to_arrived[i] + 1;
  }
  report_gap (c, sent, c->sent->len, arrived, c->arrived->len);
}

static void
check_sink (IpcCheck *check, const IpcFlowEnd *end)
{
  g_autoptr (GStringChunk) chunk = g_string_chunk_new (16384);
  g_autoptr (GArray) sent = ipc_flow_seen (check->model, end, "buffer", buffer_key, NULL, chunk);
  g_autoptr (GArray) arrived = ipc_flow_packets (end, TRUE, buffer_key, NULL, chunk);
  g_autofree gchar *at = g_strdup_printf ("pad %s", end->pad);
  Comparison c = { check, end, end, sent, arrived, at, "the link", FALSE, TRUE, 0, 0 };

  ipc_flow_set_until (check->model, end, sent);
  ipc_flow_allow_in_flight (end, sent);
  compare (&c);
}

static void
check_src (IpcCheck *check, const IpcFlowEnd *end)
{
  g_autoptr (GStringChunk) chunk = g_string_chunk_new (16384);
  g_autoptr (GArray) sent = ipc_flow_packets (end, TRUE, buffer_key, NULL, chunk);
  g_autoptr (GArray) arrived = ipc_flow_seen (check->model, end, "buffer", buffer_key, NULL, chunk);
  g_autofree gchar *at = g_strdup_printf ("pad %s", end->pad);
  Comparison c = { check, end, end, sent, arrived, "the link", at, TRUE, FALSE, 0, 0 };

  if (arrived->len > 0)
    c.last_report = ARRIVED (&c, arrived->len - 1)->t;
  compare (&c);
}

/* Without a relay nobody knows how buffers were answered, so any may be missing: only what arrives is judged. */
static void
check_direct (IpcCheck *check, const IpcFlowEnd *sink, const IpcFlowEnd *src)
{
  g_autoptr (GStringChunk) chunk = g_string_chunk_new (16384);
  g_autoptr (GArray) sent = ipc_flow_seen (check->model, sink, "buffer", buffer_key, NULL, chunk);
  g_autoptr (GArray) arrived = ipc_flow_seen (check->model, src, "buffer", buffer_key, NULL, chunk);
  g_autofree gchar *sent_at = g_strdup_printf ("pad %s", sink->pad);
  g_autofree gchar *arrived_at = g_strdup_printf ("pad %s of %s", src->pad, src->process);
  Comparison c = { check, sink, src, sent, arrived, sent_at, arrived_at, FALSE, FALSE, 0, 0 };

  for (guint i = 0; i < sent->len; i++)
    SENT (&c, i)->until = IPC_NEVER;
  compare (&c);
}

static void
check_direct_peers (IpcCheck *check, GPtrArray *ends, const IpcFlowEnd *sink)
{
  IpcModelLink *link = g_ptr_array_index (sink->links, 0);

  if (sink->links->len != 1)
    return;
  for (guint i = 0; i < ends->len; i++) {
    IpcFlowEnd *end = g_ptr_array_index (ends, i);
    if (!end->is_sink && end->links->len == 1 && g_ptr_array_index (end->links, 0) == link)
      check_direct (check, sink, end);
  }
}

void
ipc_rule_data_intact (IpcCheck *check)
{
  for (guint i = 0; i < check->ends->len; i++) {
    IpcFlowEnd *end = g_ptr_array_index (check->ends, i);
    if (end->relayed && end->is_sink)
      check_sink (check, end);
    else if (end->relayed)
      check_src (check, end);
    else if (end->is_sink)
      check_direct_peers (check, check->ends, end);
  }
}
