/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check time: do pipelines of several processes go by the same time, and how far apart did they render the same frames?
 * The first is asked of the processes, the second is read off the history and told as a measurement.
 */

#include "history/match.h"
#include "step.h"

static JsonArray *
names_of (IpcStep *step)
{
  return json_object_get_array_member (step->fields, "processes");
}

static IpcProcess *
nth_process (IpcStep *step, guint index)
{
  return ipc_case_process (step->owner, json_array_get_string_element (names_of (step), index));
}

static void
time_start (IpcStep *step)
{
  step->calls = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_call_unref);
  for (guint i = 0; i < json_array_get_length (names_of (step)); i++) {
    IpcProcess *process = nth_process (step, i);

    if (process->stage != IPC_STAGE_READY) {
      ipc_step_fail (step, g_strdup_printf ("%s has no pipeline", process->spec->name));
      return;
    }
    g_ptr_array_add (step->calls, ipc_process_call (process, "get-time", NULL, NULL, 0));
  }
}

/* TRUE when all have answered well; fails the step when one never will. */
static gboolean
all_answered (IpcStep *step)
{
  for (guint i = 0; i < step->calls->len; i++) {
    IpcCall *call = g_ptr_array_index (step->calls, i);
    g_autofree gchar *error = NULL;

    if (!ipc_call_is_over (call))
      return FALSE;
    error = ipc_call_error (call);
    if (error) {
      ipc_step_fail (step, g_strdup_printf ("%s did not tell its time: %s", nth_process (step, i)->spec->name, error));
      return FALSE;
    }
  }
  return TRUE;
}

static void
measure (IpcStep *step, gchar *name, gint64 value, const gchar *unit)
{
  JsonObject *record = ipc_history_record ("measurement");

  json_object_set_string_member (record, "name", name);
  json_object_set_int_member (record, "value", value);
  json_object_set_string_member (record, "unit", unit);
  ipc_history_add (step->owner->host.history, record);
  g_free (name);
}

/* {{{ clock, base time, latency */

static JsonObject *
reply_of (IpcStep *step, guint index)
{
  return ((IpcCall *)g_ptr_array_index (step->calls, index))->reply;
}

/* What differs from the first process is added to @differences. */
static void
compare_member (IpcStep *step, const gchar *member, GString *differences)
{
  JsonNode *first = json_object_get_member (reply_of (step, 0), member);

  for (guint i = 1; i < step->calls->len; i++) {
    JsonNode *other = json_object_get_member (reply_of (step, i), member);
    g_autofree gchar *first_text = ipc_match_text (first), *other_text = ipc_match_text (other);

    if (!g_str_equal (first_text, other_text))
      g_string_append_printf (differences, "%sthe %s of %s is %s, that of %s is %s", differences->len > 0 ? ", " : "",
          member, nth_process (step, 0)->spec->name, first_text, nth_process (step, i)->spec->name, other_text);
  }
}

typedef struct {
  const gchar *process, *sink;
  gint64 latency;
} Sink;

static GArray *
sinks_of (IpcStep *step)
{
  GArray *sinks = g_array_new (FALSE, FALSE, sizeof (Sink));

  for (guint i = 0; i < step->calls->len; i++) {
    JsonObject *latencies = json_object_get_object_member (reply_of (step, i), "latencies");
    JsonObjectIter iter;
    Sink sink = { .process = nth_process (step, i)->spec->name };
    JsonNode *node;

    json_object_iter_init_ordered (&iter, latencies);
    while (json_object_iter_next_ordered (&iter, &sink.sink, &node)) {
      sink.latency = JSON_NODE_HOLDS_NULL (node) ? -1 : json_node_get_int (node);
      g_array_append_val (sinks, sink);
    }
  }
  return sinks;
}

static void
compare_latencies (IpcStep *step, GString *differences)
{
  g_autoptr (GArray) sinks = sinks_of (step);
  const Sink *first = &g_array_index (sinks, Sink, 0);

  for (guint i = 0; i < sinks->len; i++) {
    const Sink *sink = &g_array_index (sinks, Sink, i);

    measure (step, g_strdup_printf ("latency of %s.%s", sink->process, sink->sink), sink->latency, "ns");
    if (sink->latency != first->latency)
      g_string_append_printf (differences, "%sthe latency of %s.%s is %.3f ms, that of %s.%s is %.3f ms",
          differences->len > 0 ? ", " : "", first->process, first->sink, (gdouble)first->latency / 1e6, sink->process,
          sink->sink, (gdouble)sink->latency / 1e6);
  }
}

/* }}} */
/* {{{ skew */

/* Running time -> when it was rendered first, in nanoseconds; both as gint64 *. */
static GHashTable *
renders_of (IpcStep *step, const gchar *process)
{
  IpcHistory *history = step->owner->host.history;
  GHashTable *renders = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);

  for (guint i = step->since; i < ipc_history_length (history); i++) {
    JsonObject *record = ipc_history_get (history, i);
    gint64 running_time = ipc_record_int (record, "running-time", -1), t = ipc_record_int (record, "t", 0);

    if (ipc_record_is (record, "render") && running_time >= 0
        && g_strcmp0 (ipc_record_string (record, "process"), process) == 0
        && !g_hash_table_contains (renders, &running_time))
      g_hash_table_insert (renders, g_memdup2 (&running_time, sizeof running_time), g_memdup2 (&t, sizeof t));
  }
  return renders;
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a, other = *(const gint64 *)b;

  return (one > other) - (one < other);
}

/* How much later the frames came in @later than in @earlier, sorted; of those that both rendered. */
static GArray *
delays_between (IpcStep *step, const gchar *earlier, const gchar *later)
{
  g_autoptr (GHashTable) one = renders_of (step, earlier), other = renders_of (step, later);
  GArray *delays = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gint64 *running_time, *t;

  g_hash_table_iter_init (&iter, one);
  while (g_hash_table_iter_next (&iter, (gpointer *)&running_time, (gpointer *)&t)) {
    gint64 *other_t = g_hash_table_lookup (other, running_time);

    if (other_t) {
      gint64 delay = *other_t - *t;
      g_array_append_val (delays, delay);
    }
  }
  g_array_sort (delays, compare_times);
  return delays;
}

/* The median counts: a single frame may be late on a busy machine, with whatever clock. FALSE when they have no frame
 * in common. */
static gboolean
compare_renders (IpcStep *step, const gchar *one, const gchar *other, GString *differences)
{
  g_autoptr (GArray) delays = delays_between (step, one, other);
  gint64 within = ipc_step_int (step, "within", 0), median, last, first;

  if (delays->len == 0)
    return FALSE;
  measure (step, g_strdup_printf ("frames rendered by %s and %s", one, other), delays->len, "frames");
  median = g_array_index (delays, gint64, delays->len / 2);
  first = g_array_index (delays, gint64, 0);
  last = g_array_index (delays, gint64, delays->len - 1);
  measure (step, g_strdup_printf ("skew of %s behind %s, median", other, one), median, "ns");
  measure (step, g_strdup_printf ("skew of %s behind %s, greatest", other, one),
      ABS (first) > ABS (last) ? first : last, "ns");
  if (within > 0 && ABS (median) > ipc_case_time (step->owner, (gdouble)within / 1e9))
    g_string_append_printf (differences, "%s%s rendered the same frames %.3f ms after %s",
        differences->len > 0 ? ", " : "", other, (gdouble)median / 1e6, one);
  return TRUE;
}

/* Masters have no sinks that render: one pair is enough. */
static void
compare_all_renders (IpcStep *step, GString *differences)
{
  JsonArray *names = names_of (step);
  gboolean any = FALSE;

  for (guint i = 0; i < json_array_get_length (names); i++)
    for (guint j = i + 1; j < json_array_get_length (names); j++)
      any |= compare_renders (
          step, json_array_get_string_element (names, i), json_array_get_string_element (names, j), differences);
  if (!any && ipc_step_int (step, "within", 0) > 0)
    g_string_append_printf (
        differences, "%sno two of them rendered a frame in common", differences->len > 0 ? ", " : "");
}

/* }}} */

static void
time_poll (IpcStep *step)
{
  g_autoptr (GString) differences = g_string_new (NULL);

  if (step->status != IPC_STEP_RUNNING || !all_answered (step))
    return;
  compare_member (step, "clock", differences);
  compare_member (step, "base-time", differences);
  compare_latencies (step, differences);
  compare_all_renders (step, differences);
  if (differences->len == 0)
    ipc_step_done (step);
  else
    ipc_step_fail (step, g_string_free (g_steal_pointer (&differences), FALSE));
}

static gchar *
time_expectation (IpcStep *step)
{
  g_autofree gchar *names = json_to_string (json_object_get_member (step->fields, "processes"), FALSE);

  return g_strdup_printf ("the pipelines of %s to have one clock, one base time and one latency", names);
}

const IpcStepFuncs ipc_check_time = { time_start, time_poll, time_expectation };

/* {{{ duration */

static void
duration_start (IpcStep *step)
{
  IpcProcess *process = ipc_step_living (step);
  JsonObject *members;

  if (!process)
    return;
  members = json_object_new ();
  json_object_set_string_member (members, "element", ipc_step_string (step, "element"));
  json_object_set_string_member (members, "property", "ack-time");
  step->asked = ipc_history_now ();
  step->call = ipc_process_call (process, "get-property", members, NULL, 0);
}

/* When the mark was set; @fallback when there is none. */
static gint64
mark_time (IpcStep *step, const gchar *field, gint64 fallback)
{
  const gchar *name = ipc_step_string (step, field);
  gpointer index = NULL;

  if (!name)
    return fallback;
  g_hash_table_lookup_extended (step->owner->marks, name, NULL, &index); /* otherwise "start": the first record */
  return ipc_record_int (ipc_history_get (step->owner->host.history, GPOINTER_TO_UINT (index)), "t", fallback);
}

static void
duration_poll (IpcStep *step)
{
  gint64 took = mark_time (step, "to", step->asked) - mark_time (step, "from", step->asked), unit;
  gdouble least = json_object_get_double_member_with_default (step->fields, "at-least", 0);
  gdouble most = json_object_get_double_member_with_default (step->fields, "at-most", G_MAXDOUBLE);
  gdouble times;

  if (!ipc_step_answered (step))
    return;
  unit = ipc_record_int (step->call->reply, "value", 0) * 1000; /* microseconds */
  if (unit <= 0) {
    ipc_step_fail (step, g_strdup ("its ack-time is 0: nothing can be told in terms of it"));
    return;
  }
  times = (gdouble)took / (gdouble)unit;
  if (times >= least && times <= most * step->owner->host.settings->timeout_scale)
    ipc_step_done (step);
  else
    ipc_step_fail (step, g_strdup_printf ("it took %.3f s, %.3f times the ack-time", (gdouble)took / 1e9, times));
}

static gchar *
duration_expectation (IpcStep *step)
{
  GString *text = g_string_new ("it to take");

  if (json_object_has_member (step->fields, "at-least"))
    g_string_append_printf (text, " at least %.3f", json_object_get_double_member (step->fields, "at-least"));
  if (json_object_has_member (step->fields, "at-most"))
    g_string_append_printf (text, " at most %.3f", json_object_get_double_member (step->fields, "at-most"));
  g_string_append_printf (
      text, " times the ack-time of %s, from %s on", ipc_step_string (step, "element"), ipc_step_string (step, "from"));
  return g_string_free (text, FALSE);
}

const IpcStepFuncs ipc_check_duration = { duration_start, duration_poll, duration_expectation };

/* }}} */
