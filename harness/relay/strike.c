/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What faults do to a packet. Everything becomes pieces in the queue of its flow, so that it happens in its place among
 * the bytes: a link that is closed behind the fourth byte of a header is closed when the receiver has those four.
 *
 * What was sent and does not arrive as it was gets a `lost` in its record; what arrives and was never sent
 * gets a record of its own with `forged`. So a history has both what each end did and what each end saw.
 */

#include "packet-build.h"
#include "packet-record.h"
#include "relay-private.h"

typedef struct {
  IpcFlow *flow;
  IpcFault *fault;
  JsonObject *record; /* borrowed from the history once it is there */
  const IpcHeader *header;
  GBytes *frame;
  GArray *marks; /* or NULL; whoever passes the bytes on takes it */
} Strike;

/* {{{ records */

/* The packet's record, then the fault's. @lost: it does not arrive as it was sent. */
static void
add_records (Strike *s, gboolean lost, const gchar *effect)
{
  if (lost)
    json_object_set_string_member (s->record, "lost", s->fault->name);
  ipc_flow_add_packet (s->flow, s->record);
  ipc_flow_record_fault (s->flow, s->fault->name, ipc_fault_names[s->fault->kind], "struck", effect, s->record);
}

/* A record of what @bytes are when they are one whole packet that may travel this way, or NULL. */
static JsonObject *
forged_record (IpcFlow *flow, GBytes *bytes, const gchar *fault)
{
  IpcRelay *relay = flow->relay;
  JsonObject *record;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GBytes) payload = NULL;
  g_auto (IpcPacket) packet = { 0 };
  IpcHeader header;

  if (size < IPC_HEADER_SIZE || !ipc_header_read (data, flow->direction, G_MAXUINT32, &header, NULL)
      || header.size != size - IPC_HEADER_SIZE)
    return NULL;
  payload = g_bytes_new_from_bytes (bytes, IPC_HEADER_SIZE, header.size);
  if (!ipc_packet_decode (&header, payload, &packet, NULL))
    return NULL;
  record = ipc_history_record ("packet");
  json_object_set_string_member (record, "link", relay->link);
  json_object_set_int_member (record, "generation", relay->generation);
  json_object_set_string_member (record, "to", flow->to->name);
  json_object_set_string_member (record, "forged", fault);
  ipc_packet_record_fill (record, &packet);
  if (flow->direction == IPC_TO_SLAVE)
    ipc_relay_memory_fill (flow->relay->memory, &packet, record);
  return record;
}

/* What the header of @bytes says, for a packet that is none; NULL when it says nothing. */
static JsonObject *
header_record (IpcFlow *flow, GBytes *bytes)
{
  JsonObject *record;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  IpcHeader header;

  if (size < IPC_HEADER_SIZE || !ipc_header_read (data, flow->direction, G_MAXUINT32, &header, NULL))
    return NULL;
  record = json_object_new ();
  ipc_packet_record_fill_header (record, &header);
  return record;
}

gboolean
ipc_flow_forge (IpcFlow *flow, GBytes *bytes, const gchar *fault)
{
  JsonObject *record = forged_record (flow, bytes, fault);
  JsonObject *header = record ? json_object_ref (record) : header_record (flow, bytes);

  ipc_flow_record_fault (flow, fault, "inject", "struck", record ? "forged" : "spoiled", header);
  g_clear_pointer (&header, json_object_unref);
  if (record)
    ipc_history_add (flow->relay->history, record);
  return record != NULL;
}

/* }}} */
/* {{{ pieces */

/* Where `at` is, in the frame; @otherwise when it does not say. */
static gsize
place_of (Strike *s, const gchar *otherwise)
{
  const gchar *at = ipc_record_string (s->fault->spec, "at");
  gsize size = g_bytes_get_size (s->frame), offset = 0;

  if (!ipc_packet_place (at ? at : otherwise, size, &offset))
    offset = 0;
  return offset;
}

static gint64
microseconds (Strike *s, const gchar *field, gint64 otherwise)
{
  gint64 time = ipc_record_int (s->fault->spec, field, -1);

  return time < 0 ? otherwise : time / 1000;
}

/* The bytes from @from to @to of the frame; all file descriptors go with what begins at 0. */
static void
push_part (Strike *s, gsize from, gsize to)
{
  g_autoptr (GBytes) part = NULL;
  IpcPiece *piece;

  if (from >= to)
    return;
  part = g_bytes_new_from_bytes (s->frame, from, to - from);
  piece = ipc_piece_new (part);
  if (from == 0)
    piece->marks = g_steal_pointer (&s->marks);
  while (
      piece->marks && piece->marks->len > 0 && g_array_index (piece->marks, IpcFdMark, piece->marks->len - 1).at >= to)
    g_array_remove_index (piece->marks, piece->marks->len - 1);
  ipc_flow_push (s->flow, piece);
}

/* Something to be done when its turn has come. */
static IpcPiece *
new_action (Strike *s, IpcPieceFunc func)
{
  IpcPiece *piece = ipc_piece_new (NULL);

  piece->func = func;
  piece->fault = g_strdup (s->fault->name);
  return piece;
}

/* Takes @action, which comes after the first @offset bytes of the packet. */
static void
push_with_action (Strike *s, gsize offset, IpcPiece *action)
{
  push_part (s, 0, offset);
  ipc_flow_push (s->flow, action);
  push_part (s, offset, g_bytes_get_size (s->frame));
}

/* Bytes that nobody has sent. */
static void
push_forged (IpcFlow *flow, GBytes *bytes, GArray *marks)
{
  IpcPiece *piece = ipc_piece_new (bytes);

  piece->marks = marks;
  ipc_flow_push (flow, piece);
}

/* }}} */
/* {{{ time and order */

static void
strike_delay (Strike *s)
{
  IpcPiece *piece = ipc_piece_new (s->frame);

  add_records (s, FALSE, "delayed");
  piece->marks = g_steal_pointer (&s->marks);
  piece->fault = g_strdup (s->fault->name);
  piece->due = g_get_monotonic_time () + microseconds (s, "time", 0);
  ipc_flow_push (s->flow, piece);
}

static void
strike_split (Strike *s)
{
  IpcPiece *piece = ipc_piece_new (s->frame);

  add_records (s, FALSE, "split");
  piece->marks = g_steal_pointer (&s->marks);
  piece->fault = g_strdup (s->fault->name);
  piece->chunk = (gsize)MAX (ipc_record_int (s->fault->spec, "size", 1), 1);
  piece->pause = microseconds (s, "pause", 0);
  ipc_flow_push (s->flow, piece);
}

void
ipc_batch_free (IpcBatch *batch)
{
  g_free (batch->fault);
  g_ptr_array_unref (batch->pieces);
  g_free (batch);
}

/* All bytes as one piece, so that they are written at once. */
static IpcPiece *
join_pieces (GPtrArray *pieces)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (GBytes) joined = NULL;
  GArray *marks = ipc_marks_new ();
  IpcPiece *whole;

  for (guint i = 0; i < pieces->len; i++) {
    IpcPiece *piece = g_ptr_array_index (pieces, i);

    for (guint j = 0; piece->marks && j < piece->marks->len; j++) {
      IpcFdMark *mark = &g_array_index (piece->marks, IpcFdMark, j);
      IpcFdMark moved = { mark->at + bytes->len, g_steal_pointer (&mark->fds) };

      g_array_append_val (marks, moved);
    }
    g_byte_array_append (bytes, g_bytes_get_data (piece->bytes, NULL), (guint)g_bytes_get_size (piece->bytes));
  }
  joined = g_byte_array_free_to_bytes (bytes);
  whole = ipc_piece_new (joined);
  whole->marks = marks;
  return whole;
}

void
ipc_flow_release_batch (IpcFlow *flow)
{
  IpcBatch *batch = g_steal_pointer (&flow->batch);

  if (!batch)
    return;
  if (!batch->reverse) {
    ipc_flow_push (flow, join_pieces (batch->pieces));
  } else {
    while (batch->pieces->len > 0)
      ipc_flow_push (flow, g_ptr_array_steal_index (batch->pieces, batch->pieces->len - 1));
  }
  ipc_batch_free (batch);
}

static void
batch_add (IpcFlow *flow, GBytes *frame, GArray *marks)
{
  IpcPiece *piece = ipc_piece_new (frame);

  piece->marks = marks;
  g_ptr_array_add (flow->batch->pieces, piece);
  if (flow->batch->pieces->len >= flow->batch->wanted)
    ipc_flow_release_batch (flow);
}

gboolean
ipc_flow_batch_take (IpcFlow *flow, JsonObject *record, GBytes *frame, GArray *marks)
{
  IpcFault *fault = flow->batch ? ipc_fault_set_find (flow->relay->faults, flow->batch->fault) : NULL;

  if (!flow->batch || (!flow->batch->all && (!fault || !ipc_fault_selects (fault, record))))
    return FALSE;
  batch_add (flow, frame, marks);
  return TRUE;
}

/* Reorder holds what its fault selects, coalesce all that comes. */
static void
strike_batch (Strike *s)
{
  IpcFlow *flow = s->flow;
  gboolean reorder = s->fault->kind == IPC_FAULT_REORDER;

  add_records (s, FALSE, reorder ? "reordered" : "coalesced");
  ipc_flow_release_batch (flow); /* of another fault: two cannot hold the same packets */
  flow->batch = g_new0 (IpcBatch, 1);
  flow->batch->fault = g_strdup (s->fault->name);
  flow->batch->pieces = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_piece_free);
  flow->batch->wanted = (guint)MAX (ipc_record_int (s->fault->spec, "number", 2), 2);
  flow->batch->all = !reorder;
  flow->batch->reverse = reorder;
  flow->batch->due = g_get_monotonic_time () + microseconds (s, "time", 200 * G_TIME_SPAN_MILLISECOND);
  batch_add (flow, s->frame, g_steal_pointer (&s->marks));
}

static void
begin_stall (IpcFlow *flow, const IpcPiece *piece)
{
  g_free (flow->stalled);
  flow->stalled = g_strdup (piece->fault);
  flow->stalled_until = piece->time >= 0 ? g_get_monotonic_time () + piece->time : 0;
}

static void
strike_stall (Strike *s)
{
  IpcPiece *action = new_action (s, begin_stall);

  add_records (s, FALSE, "stalled");
  action->time = microseconds (s, "time", -1);
  push_with_action (s, place_of (s, "before"), action);
}

void
ipc_flow_release_stall (IpcFlow *flow)
{
  ipc_flow_record_fault (flow, flow->stalled, "stall", "released", NULL, NULL);
  g_clear_pointer (&flow->stalled, g_free);
}

/* }}} */
/* {{{ content */

static void
strike_drop (Strike *s)
{
  add_records (s, TRUE, "lost");
}

/* Copies have no file descriptors: those were passed once. */
static void
strike_duplicate (Strike *s)
{
  gint64 number = ipc_record_int (s->fault->spec, "number", 1);

  add_records (s, FALSE, "forged");
  push_part (s, 0, g_bytes_get_size (s->frame));
  for (gint64 i = 0; i < number; i++) {
    ipc_history_add (s->flow->relay->history, forged_record (s->flow, s->frame, s->fault->name));
    push_forged (s->flow, s->frame, NULL);
  }
}

/* @bytes come in place of the packet, with its file descriptors. */
static void
replace (Strike *s, GBytes *bytes)
{
  JsonObject *forged;

  if (g_bytes_equal (bytes, s->frame)) {
    add_records (s, FALSE, "none");
  } else {
    forged = forged_record (s->flow, bytes, s->fault->name);
    add_records (s, TRUE, forged ? "forged" : "spoiled");
    if (forged)
      ipc_history_add (s->flow->relay->history, forged);
  }
  push_forged (s->flow, bytes, g_steal_pointer (&s->marks));
}

/* What was asked for cannot be done with this packet: it passes. */
static void
pass_with_error (Strike *s, const GError *error)
{
  IpcFaultSet *faults = s->flow->relay->faults;
  g_autofree gchar *text = g_strdup_printf ("fault %s cannot be done: %s", s->fault->name, error->message);

  add_records (s, FALSE, "none");
  push_part (s, 0, g_bytes_get_size (s->frame));
  if (faults->failed)
    faults->failed (text, faults->data);
}

static void
strike_change (Strike *s)
{
  JsonNode *set = json_object_get_member (s->fault->spec, "set");
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) changed = NULL;

  if (set && JSON_NODE_HOLDS_OBJECT (set))
    changed = ipc_packet_change (s->frame, json_node_get_object (set), &error);
  if (changed)
    replace (s, changed);
  else
    pass_with_error (s, error);
}

static void
strike_flip (Strike *s)
{
  gsize size, place;
  gconstpointer data = g_bytes_get_data (s->frame, &size);
  guint8 *copy = g_memdup2 (data, size);
  g_autoptr (GBytes) damaged = NULL;

  place = place_of (s, "before");
  ipc_fault_flip (s->fault, copy, size, ipc_record_string (s->fault->spec, "at") ? &place : NULL);
  damaged = g_bytes_new_take (copy, size);
  replace (s, damaged);
}

GBytes *
ipc_fault_bytes (IpcFaultSet *faults, JsonObject *spec, GError **error)
{
  JsonNode *packet = json_object_get_member (spec, "packet");
  const gchar *hex = ipc_record_string (spec, "bytes");
  GBytes *bytes;

  if (packet && JSON_NODE_HOLDS_OBJECT (packet))
    return ipc_packet_build (json_node_get_object (packet), faults->next_id++, error);
  bytes = hex ? ipc_bytes_from_hex (hex) : NULL;
  if (!bytes)
    g_set_error_literal (
        error, IPC_BUILD_ERROR, IPC_BUILD_ERROR_FIELD, "expected a \"packet\", or \"bytes\" in hexadecimal digits");
  return bytes;
}

/* Before or behind the packet. */
static void
strike_inject (Strike *s)
{
  IpcFlow *flow = s->flow;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = ipc_fault_bytes (flow->relay->faults, s->fault->spec, &error);
  JsonObject *forged;
  gsize place = place_of (s, "before");

  if (!bytes) {
    pass_with_error (s, error);
    return;
  }
  forged = forged_record (flow, bytes, s->fault->name);
  if (place > 0 && place < g_bytes_get_size (s->frame))
    g_clear_pointer (&forged, json_object_unref);
  add_records (s, FALSE, forged ? "forged" : "spoiled");
  if (forged)
    ipc_history_add (flow->relay->history, forged);
  push_part (s, 0, place);
  push_forged (flow, bytes, NULL);
  push_part (s, place, g_bytes_get_size (s->frame));
}

/* The answer that the peer would give, with @set in place of what is most likely. */
static GBytes *
build_answer (Strike *s, GError **error)
{
  JsonNode *set = json_object_get_member (s->fault->spec, "set");
  g_autoptr (JsonObject) fields = json_object_new ();
  const IpcPacketInfo *info = ipc_packet_info (s->header->type);
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;

  if (set && JSON_NODE_HOLDS_OBJECT (set) && json_object_has_member (json_node_get_object (set), "type")) {
    /* an answer of another kind: nothing is likely */
  } else if (info->reply == IPC_REPLY_QUERY_RESULT) {
    json_object_set_string_member (fields, "type", "QUERY_RESULT");
    json_object_set_boolean_member (fields, "result", FALSE);
    json_object_set_member (fields, "query", json_object_dup_member (s->record, "query"));
    json_object_set_member (fields, "structure", json_object_dup_member (s->record, "structure"));
  } else {
    json_object_set_string_member (fields, "type", "ACK");
    json_object_set_int_member (fields, "result", 0);
  }
  if (set && JSON_NODE_HOLDS_OBJECT (set)) {
    json_object_iter_init_ordered (&iter, json_node_get_object (set));
    while (json_object_iter_next_ordered (&iter, &name, &node))
      json_object_set_member (fields, name, json_node_copy (node));
  }
  return ipc_packet_build (fields, s->header->id, error);
}

static void
strike_answer (Strike *s)
{
  IpcFlow *back = ipc_flow_back (s->flow);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = NULL;
  JsonObject *forged;

  if (ipc_packet_info (s->header->type)->reply == IPC_REPLY_NONE)
    g_set_error_literal (&error, IPC_BUILD_ERROR, IPC_BUILD_ERROR_FIELD, "nobody waits for an answer to this");
  else if (back->raw_left > 0)
    g_set_error_literal (&error, IPC_BUILD_ERROR, IPC_BUILD_ERROR_FIELD, "a packet is on its way back just now");
  else
    answer = build_answer (s, &error);
  if (!answer) {
    pass_with_error (s, error);
    return;
  }
  forged = forged_record (back, answer, s->fault->name);
  add_records (s, TRUE, forged ? "forged" : "spoiled-back");
  if (forged)
    ipc_history_add (s->flow->relay->history, forged);
  push_forged (back, answer, NULL);
  ipc_flow_wake (back);
}

/* }}} */
/* {{{ ends */

static void
do_close (IpcFlow *flow, const IpcPiece *piece)
{
  ipc_relay_cut (flow->relay, piece->fault, FALSE);
}

static void
do_reset (IpcFlow *flow, const IpcPiece *piece)
{
  ipc_relay_cut (flow->relay, piece->fault, TRUE);
}

static void
do_half_close (IpcFlow *flow, const IpcPiece *piece)
{
  ipc_flow_half_close (flow, piece->fault);
}

static void
do_signal (IpcFlow *flow, const IpcPiece *piece)
{
  IpcFaultSet *faults = flow->relay->faults;

  if (faults->signal && piece->process)
    faults->signal (piece->process, piece->signal, faults->data);
}

/* What comes before the place arrives, and nothing behind it. */
static void
strike_end (Strike *s, IpcPieceFunc func)
{
  gsize place = place_of (s, "before");

  add_records (s, place < g_bytes_get_size (s->frame), "closed");
  push_part (s, 0, place);
  ipc_flow_push (s->flow, new_action (s, func));
}

/* Something of the packet is missing always. */
static void
strike_truncate (Strike *s)
{
  gsize place = MIN (place_of (s, "payload:0"), g_bytes_get_size (s->frame) - 1);
  gboolean closes = ipc_record_bool (s->fault->spec, "close", TRUE);

  add_records (s, TRUE, closes ? "closed" : "spoiled");
  push_part (s, 0, place);
  if (closes)
    ipc_flow_push (s->flow, new_action (s, do_close));
}

static void
strike_signal (Strike *s)
{
  IpcPiece *action = new_action (s, do_signal);

  add_records (s, FALSE, "signalled");
  action->process = g_strdup (ipc_record_string (s->fault->spec, "process"));
  action->signal = g_strdup (ipc_record_string (s->fault->spec, "signal"));
  push_with_action (s, place_of (s, "before"), action);
}

/* }}} */

static void
strike (Strike *s)
{
  switch (s->fault->kind) {
  case IPC_FAULT_DELAY:
    strike_delay (s);
    break;
  case IPC_FAULT_DROP:
    strike_drop (s);
    break;
  case IPC_FAULT_DUPLICATE:
    strike_duplicate (s);
    break;
  case IPC_FAULT_REORDER:
  case IPC_FAULT_COALESCE:
    strike_batch (s);
    break;
  case IPC_FAULT_CHANGE:
    strike_change (s);
    break;
  case IPC_FAULT_FLIP:
    strike_flip (s);
    break;
  case IPC_FAULT_TRUNCATE:
    strike_truncate (s);
    break;
  case IPC_FAULT_SPLIT:
    strike_split (s);
    break;
  case IPC_FAULT_STALL:
    strike_stall (s);
    break;
  case IPC_FAULT_CLOSE:
    strike_end (s, do_close);
    break;
  case IPC_FAULT_HALF_CLOSE:
    strike_end (s, do_half_close);
    break;
  case IPC_FAULT_RESET:
    strike_end (s, do_reset);
    break;
  case IPC_FAULT_SIGNAL:
    strike_signal (s);
    break;
  case IPC_FAULT_INJECT:
    strike_inject (s);
    break;
  case IPC_FAULT_ANSWER:
    strike_answer (s);
    break;
  case IPC_N_FAULTS:
    g_return_if_reached ();
  }
}

void
ipc_flow_strike (
    IpcFlow *flow, IpcFault *fault, JsonObject *record, const IpcHeader *header, GBytes *frame, GArray *marks)
{
  Strike s = { flow, fault, record, header, frame, marks };

  /* what a batch holds comes before what changes the stream */
  if (flow->batch && flow->batch->all && fault->kind != IPC_FAULT_COALESCE)
    ipc_flow_release_batch (flow);
  strike (&s);
  g_clear_pointer (&s.marks, g_array_unref);
}
