/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a history to the lists of its picture. A lane is a process, a strip is what a link carries between two lanes.
 * Packets, by far the most, are kept in columns of numbers, which compress well; texts are kept once and named by
 * number.
 */
#include "html-timeline.h"

#include <string.h>

#include "html-texts.h"

#define MAX_OTHERS 3000 /* of each other list; no case of the suite comes near */

typedef struct {
  const gchar *name;
  gboolean master;
} Lane;

typedef struct {
  const gchar *link;
  const gchar *master, *slave; /* "process.element" */
  guint master_lane, slave_lane;
} Strip;

typedef struct {
  IpcModel *model;
  IpcHistory *history;
  gint64 t0;
  GArray *lanes;         /* of Lane */
  GArray *strips;        /* of Strip */
  GHashTable *texts;     /* text -> its number + 1 */
  JsonArray *text_array; /* owned by the timeline */
  guint left_others;
} Maker;

static gint64
since_start (const Maker *maker, gint64 t)
{
  return (t - maker->t0) / 1000;
}

static gint64
time_of (const Maker *maker, JsonObject *record)
{
  return since_start (maker, ipc_record_int (record, "t", maker->t0));
}

/* The number of @text; takes it. NULL is 0, the empty text. */
static guint
text_number (Maker *maker, gchar *text)
{
  g_autofree gchar *bounded = ipc_html_bounded (text != NULL ? text : "");
  gpointer number = g_hash_table_lookup (maker->texts, bounded);

  g_free (text);
  if (number == NULL) {
    json_array_add_string_element (maker->text_array, bounded);
    number = GUINT_TO_POINTER (json_array_get_length (maker->text_array));
    g_hash_table_insert (maker->texts, g_steal_pointer (&bounded), number);
  }
  return GPOINTER_TO_UINT (number) - 1;
}

static void
add_text (Maker *maker, JsonArray *row, const gchar *text)
{
  json_array_add_int_element (row, text_number (maker, g_strdup (text)));
}

/* --- lanes and strips --- */

static gint
lane_of (const Maker *maker, const gchar *process)
{
  for (guint i = 0; i < maker->lanes->len; i++)
    if (g_strcmp0 (g_array_index (maker->lanes, Lane, i).name, process) == 0)
      return i;
  return -1;
}

/* Masters first: the picture reads from top to bottom. */
static void
find_lanes (Maker *maker)
{
  for (guint masters = 0; masters < 2; masters++) {
    for (guint i = 0; i < maker->model->lives->len; i++) {
      const IpcModelLife *life = g_ptr_array_index (maker->model->lives, i);
      Lane lane = { life->name, life->master };
      if (life->master == (masters == 0) && lane_of (maker, life->name) < 0)
        g_array_append_val (maker->lanes, lane);
    }
  }
}

static gint
strip_of (const Maker *maker, const gchar *link, const gchar *slave)
{
  for (guint i = 0; i < maker->strips->len; i++) {
    const Strip *strip = &g_array_index (maker->strips, Strip, i);
    if (g_strcmp0 (strip->link, link) == 0 && (slave == NULL || g_strcmp0 (strip->slave, slave) == 0))
      return i;
  }
  return -1;
}

static void
find_strip (Maker *maker, JsonObject *record)
{
  const gchar *link = ipc_record_string (record, "link"), *master = ipc_record_string (record, "master"),
              *slave = ipc_record_string (record, "slave");
  g_autofree gchar *master_process = ipc_html_process_of (master), *slave_process = ipc_html_process_of (slave);
  Strip strip = { link, master, slave, 0, 0 };
  gint master_lane = lane_of (maker, master_process), slave_lane = lane_of (maker, slave_process);

  if (master_lane < 0 || slave_lane < 0 || strip_of (maker, link, slave) >= 0)
    return;
  strip.master_lane = master_lane;
  strip.slave_lane = slave_lane;
  g_array_append_val (maker->strips, strip);
}

static void
find_strips (Maker *maker)
{
  for (guint i = 0; i < ipc_history_length (maker->history); i++) {
    JsonObject *record = ipc_history_get (maker->history, i);

    if (ipc_record_is (record, "link"))
      find_strip (maker, record);
  }
}

/* The strip of a record that names a link and a generation. */
static gint
strip_of_record (const Maker *maker, JsonObject *record)
{
  const gchar *link = ipc_record_string (record, "link");
  gint64 generation = ipc_record_int (record, "generation", 1);

  if (ipc_record_is (record, "link") && ipc_record_string (record, "slave") != NULL)
    return strip_of (maker, link, ipc_record_string (record, "slave"));
  for (guint i = 0; link != NULL && i < maker->model->links->len; i++) {
    const IpcModelLink *other = g_ptr_array_index (maker->model->links, i);
    g_autofree gchar *slave = g_strdup_printf ("%s.%s", other->slave, other->src);
    if (g_str_equal (other->name, link) && other->generation == generation)
      return strip_of (maker, link, slave);
  }
  return strip_of (maker, link, NULL);
}

static JsonArray *
lanes_to_json (const Maker *maker)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < maker->lanes->len; i++) {
    const Lane *lane = &g_array_index (maker->lanes, Lane, i);
    JsonObject *object = json_object_new ();
    json_object_set_string_member (object, "name", lane->name);
    json_object_set_boolean_member (object, "master", lane->master);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonArray *
strips_to_json (const Maker *maker)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < maker->strips->len; i++) {
    const Strip *strip = &g_array_index (maker->strips, Strip, i);
    JsonObject *object = json_object_new ();
    json_object_set_string_member (object, "link", strip->link);
    json_object_set_string_member (object, "master", strip->master);
    json_object_set_string_member (object, "slave", strip->slave);
    json_object_set_int_member (object, "from", strip->master_lane);
    json_object_set_int_member (object, "to", strip->slave_lane);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonArray *
lives_to_json (Maker *maker)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < maker->model->lives->len; i++) {
    const IpcModelLife *life = g_ptr_array_index (maker->model->lives, i);
    JsonArray *row = json_array_new ();
    gboolean ended = life->exited != IPC_NO_INDEX;

    json_array_add_int_element (row, lane_of (maker, life->name));
    json_array_add_int_element (row, since_start (maker, life->t_spawned));
    json_array_add_int_element (row, ended ? since_start (maker, life->t_exited) : -1);
    json_array_add_int_element (row, text_number (maker, ipc_html_end_of_life (life)));
    json_array_add_boolean_element (row, ended && !life->sent && (life->signal >= 0 || life->status != 0));
    json_array_add_array_element (array, row);
  }
  return array;
}

/* --- packets --- */

typedef struct {
  JsonArray *time, *strip, *kind, *id, *label, *details, *number, *reply, *outcome, *line;
  gint64 last_time, last_line;
} Columns;

static void
add_packet (Maker *maker, Columns *c, const IpcModelPacket *packet, gint64 reply_distance)
{
  gint64 t = since_start (maker, packet->t);

  json_array_add_int_element (c->time, t - c->last_time);
  json_array_add_int_element (c->strip, strip_of_record (maker, packet->json));
  json_array_add_int_element (c->kind, (packet->info != NULL ? packet->info->type : 0) * 2 + !packet->to_slave);
  json_array_add_int_element (c->id, packet->id);
  json_array_add_int_element (c->label, text_number (maker, ipc_html_packet_label (packet)));
  json_array_add_int_element (c->details, text_number (maker, ipc_html_packet_details (packet)));
  json_array_add_int_element (c->number, ipc_html_packet_number (packet));
  json_array_add_int_element (c->reply, reply_distance);
  json_array_add_int_element (c->outcome, ipc_html_packet_outcome (packet));
  json_array_add_int_element (c->line, packet->record + 1 - c->last_line);
  c->last_time = t;
  c->last_line = packet->record + 1;
}

static gint
compare_records (gconstpointer a, gconstpointer b)
{
  const IpcModelPacket *one = *(const IpcModelPacket *const *)a, *other = *(const IpcModelPacket *const *)b;
  return one->record < other->record ? -1 : one->record > other->record;
}

/* Of all links, in order of the history. */
static GPtrArray *
all_packets (const Maker *maker)
{
  GPtrArray *packets = g_ptr_array_new ();

  for (guint i = 0; i < maker->model->links->len; i++) {
    const IpcModelLink *link = g_ptr_array_index (maker->model->links, i);
    for (guint j = 0; j < link->packets->len; j++)
      g_ptr_array_add (packets, g_ptr_array_index (link->packets, j));
  }
  g_ptr_array_sort (packets, compare_records);
  return packets;
}

/* Takes away the middle of @packets when there are more than @max. [how many, from, to], or NULL. */
static JsonArray *
leave_out_middle (const Maker *maker, GPtrArray *packets, guint max)
{
  guint n = packets->len > max ? packets->len - max : 0, first = max / 2;
  const IpcModelPacket *from, *to;
  JsonArray *left;

  if (n == 0)
    return NULL;
  from = g_ptr_array_index (packets, first);
  to = g_ptr_array_index (packets, first + n - 1);
  left = json_array_new ();
  json_array_add_int_element (left, n);
  json_array_add_int_element (left, since_start (maker, from->t));
  json_array_add_int_element (left, since_start (maker, to->t));
  g_ptr_array_remove_range (packets, first, n);
  return left;
}

static JsonObject *
packets_to_json (Maker *maker, GPtrArray *packets)
{
  JsonObject *object = json_object_new ();
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  Columns c = { json_array_new (), json_array_new (), json_array_new (), json_array_new (), json_array_new (),
    json_array_new (), json_array_new (), json_array_new (), json_array_new (), json_array_new (), 0, 0 };

  for (guint i = 0; i < packets->len; i++)
    g_hash_table_insert (places, g_ptr_array_index (packets, i), GUINT_TO_POINTER (i + 1));
  for (guint i = 0; i < packets->len; i++) {
    const IpcModelPacket *packet = g_ptr_array_index (packets, i);
    guint place = GPOINTER_TO_UINT (g_hash_table_lookup (places, packet->reply));
    add_packet (maker, &c, packet, place > 0 ? (gint64)place - 1 - i : 0);
  }
  json_object_set_array_member (object, "time", c.time);
  json_object_set_array_member (object, "strip", c.strip);
  json_object_set_array_member (object, "kind", c.kind);
  json_object_set_array_member (object, "id", c.id);
  json_object_set_array_member (object, "label", c.label);
  json_object_set_array_member (object, "details", c.details);
  json_object_set_array_member (object, "number", c.number);
  json_object_set_array_member (object, "reply", c.reply);
  json_object_set_array_member (object, "outcome", c.outcome);
  json_object_set_array_member (object, "line", c.line);
  return object;
}

/* --- what happens in lanes and strips --- */

/* FALSE when the list is full; that is counted. */
static gboolean
has_room (Maker *maker, JsonArray *list)
{
  if (json_array_get_length (list) < MAX_OTHERS)
    return TRUE;
  maker->left_others++;
  return FALSE;
}

/* States of whole pipelines: a source path with one element. */
static void
add_state (Maker *maker, JsonArray *states, JsonObject *record)
{
  static const gchar *const names[] = { "null", "ready", "paused", "playing", NULL };
  const gchar *path = ipc_record_string (record, "source-path"), *state = ipc_record_string (record, "new");
  const gchar *pending = ipc_record_string (record, "pending");
  JsonArray *row;
  guint number = 0;

  if (path == NULL || state == NULL || strchr (path + (*path == '/'), '/') != NULL || !has_room (maker, states))
    return;
  while (names[number] != NULL && !g_str_equal (names[number], state))
    number++;
  if (names[number] == NULL)
    return;
  row = json_array_new ();
  json_array_add_int_element (row, lane_of (maker, ipc_record_string (record, "process")));
  json_array_add_int_element (row, time_of (maker, record));
  json_array_add_int_element (row, number);
  add_text (maker, row, g_strcmp0 (pending, "void-pending") == 0 ? "" : pending);
  json_array_add_array_element (states, row);
}

static void
add_mark (Maker *maker, JsonArray *marks, JsonObject *record)
{
  const gchar *kind = NULL;
  g_autofree gchar *text = ipc_html_mark (record, &kind);
  JsonArray *row;

  if (text == NULL || !has_room (maker, marks))
    return;
  row = json_array_new ();
  json_array_add_int_element (row, time_of (maker, record));
  json_array_add_int_element (row, lane_of (maker, ipc_record_string (record, "process")));
  json_array_add_int_element (row, strip_of_record (maker, record));
  add_text (maker, row, kind);
  add_text (maker, row, text);
  json_array_add_array_element (marks, row);
}

/* A command begins a call, its reply ends it. @open: process and id -> row. */
static void
add_call (Maker *maker, JsonArray *calls, GHashTable *open, JsonObject *record)
{
  const gchar *process = ipc_record_string (record, "process");
  gboolean begins = ipc_record_is (record, "command");
  g_autofree gchar *key
      = g_strdup_printf ("%s %" G_GINT64_FORMAT, process, ipc_record_int (record, begins ? "id" : "reply", -1));
  g_autofree gchar *text = begins ? ipc_html_command (record) : ipc_html_reply (record);
  JsonArray *row = g_hash_table_lookup (open, key);

  if (begins && has_room (maker, calls)) {
    row = json_array_new ();
    json_array_add_int_element (row, lane_of (maker, process));
    json_array_add_int_element (row, time_of (maker, record));
    add_text (maker, row, text);
    json_array_add_array_element (calls, row);
    g_hash_table_insert (open, g_steal_pointer (&key), row);
  } else if (!begins && row != NULL) {
    json_array_add_int_element (row, time_of (maker, record));
    add_text (maker, row, text);
    g_hash_table_remove (open, key);
  }
}

/* @open: index -> row. */
static void
add_step (Maker *maker, JsonArray *steps, GHashTable *open, JsonObject *record)
{
  const gchar *event = ipc_record_string (record, "event");
  g_autofree gchar *key = g_strdup_printf ("%" G_GINT64_FORMAT, ipc_record_int (record, "index", -1));
  JsonObject *step = g_hash_table_lookup (open, key);

  if (g_strcmp0 (event, "started") == 0 && has_room (maker, steps)) {
    step = json_object_new ();
    json_object_set_int_member (step, "from", time_of (maker, record));
    json_object_set_string_member (step, "path", ipc_html_or_empty (ipc_record_string (record, "path")));
    json_object_set_string_member (step, "text", ipc_html_or_empty (ipc_record_string (record, "text")));
    json_object_set_int_member (step, "line", ipc_record_int (record, "line", 0));
    json_array_add_object_element (steps, step);
    g_hash_table_insert (open, g_steal_pointer (&key), step);
  } else if (step != NULL) {
    json_object_set_int_member (step, "until", time_of (maker, record));
    json_object_set_string_member (step, "event", ipc_html_or_empty (event));
    if (ipc_record_string (record, "expected") != NULL)
      json_object_set_string_member (step, "expected", ipc_record_string (record, "expected"));
    if (ipc_record_string (record, "seen") != NULL)
      json_object_set_string_member (step, "seen", ipc_record_string (record, "seen"));
    g_hash_table_remove (open, key);
  }
}

static void
add_render (Maker *maker, JsonArray *renders, JsonObject *record)
{
  JsonArray *row;

  if (!has_room (maker, renders))
    return;
  row = json_array_new ();
  json_array_add_int_element (row, lane_of (maker, ipc_record_string (record, "process")));
  json_array_add_int_element (row, time_of (maker, record));
  json_array_add_array_element (renders, row);
}

static void
add_records (Maker *maker, JsonObject *timeline)
{
  JsonArray *states = json_array_new (), *marks = json_array_new (), *calls = json_array_new (),
            *steps = json_array_new (), *renders = json_array_new ();
  g_autoptr (GHashTable) open_calls = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                         open_steps = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < maker->model->records->len; i++) {
    const IpcModelRecord *record = ipc_model_record (maker->model, i);
    if (ipc_model_record_is (record, "message") && g_strcmp0 (record->type, "state-changed") == 0)
      add_state (maker, states, record->json);
    else if (ipc_model_record_is (record, "command") || ipc_model_record_is (record, "reply"))
      add_call (maker, calls, open_calls, record->json);
    else if (ipc_model_record_is (record, "step"))
      add_step (maker, steps, open_steps, record->json);
    else if (ipc_model_record_is (record, "render"))
      add_render (maker, renders, record->json);
    else
      add_mark (maker, marks, record->json);
  }
  json_object_set_array_member (timeline, "states", states);
  json_object_set_array_member (timeline, "calls", calls);
  json_object_set_array_member (timeline, "steps", steps);
  json_object_set_array_member (timeline, "renders", renders);
  json_object_set_array_member (timeline, "marks", marks);
}

static gint64
first_time (IpcHistory *history)
{
  gint64 t0 = G_MAXINT64;

  for (guint i = 0; i < ipc_history_length (history); i++)
    t0 = MIN (t0, ipc_record_int (ipc_history_get (history, i), "t", G_MAXINT64));
  return t0 == G_MAXINT64 ? 0 : t0;
}

static void
maker_init (Maker *maker, IpcHistory *history, IpcModel *model)
{
  memset (maker, 0, sizeof *maker);
  maker->history = history;
  maker->model = model;
  maker->t0 = first_time (history);
  maker->lanes = g_array_new (FALSE, FALSE, sizeof (Lane));
  maker->strips = g_array_new (FALSE, FALSE, sizeof (Strip));
  maker->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  maker->text_array = json_array_new ();
  text_number (maker, NULL);
  find_lanes (maker);
  find_strips (maker);
}

static void
maker_clear (Maker *maker)
{
  g_array_unref (maker->lanes);
  g_array_unref (maker->strips);
  g_hash_table_unref (maker->texts);
  json_array_unref (maker->text_array);
}

/* [time, lane, strip] of each record; -1 for nowhere. */
static JsonArray *
places_to_json (const Maker *maker, GArray *records)
{
  JsonArray *places = json_array_new ();

  for (guint i = 0; records != NULL && i < records->len; i++) {
    guint index = g_array_index (records, guint, i);
    JsonObject *record = index < ipc_history_length (maker->history) ? ipc_history_get (maker->history, index) : NULL;
    JsonArray *place = json_array_new ();
    json_array_add_int_element (place, record != NULL ? time_of (maker, record) : -1);
    json_array_add_int_element (place, record != NULL ? lane_of (maker, ipc_record_string (record, "process")) : -1);
    json_array_add_int_element (place, record != NULL ? strip_of_record (maker, record) : -1);
    json_array_add_array_element (places, place);
  }
  return places;
}

JsonObject *
ipc_html_timeline (IpcHistory *history, guint max_packets, GArray *records)
{
  g_autoptr (IpcModel) model = ipc_model_new (history);
  JsonObject *timeline = json_object_new ();
  g_autoptr (GPtrArray) packets = NULL;
  JsonArray *left;
  Maker maker;

  maker_init (&maker, history, model);
  packets = all_packets (&maker);
  left = leave_out_middle (&maker, packets, max_packets);
  if (left != NULL)
    json_object_set_array_member (timeline, "left", left);
  json_object_set_int_member (timeline, "end", since_start (&maker, model->t_end));
  json_object_set_array_member (timeline, "lanes", lanes_to_json (&maker));
  json_object_set_array_member (timeline, "strips", strips_to_json (&maker));
  json_object_set_array_member (timeline, "lives", lives_to_json (&maker));
  json_object_set_object_member (timeline, "packets", packets_to_json (&maker, packets));
  add_records (&maker, timeline);
  json_object_set_int_member (timeline, "left-others", maker.left_others);
  json_object_set_array_member (timeline, "places", places_to_json (&maker, records));
  json_object_set_array_member (timeline, "texts", json_array_ref (maker.text_array));
  maker_clear (&maker);
  return timeline;
}
