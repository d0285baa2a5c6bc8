/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What checks check. Those of a process ask it with one command and look at the answer; those of the history look at
 * what is there when they begin.
 */

#include "describe.h"
#include "history/match.h"
#include "step.h"

/* {{{ of a process */

static void
state_start (IpcStep *step)
{
  static const gchar *const fields[] = { "element", NULL };

  ipc_step_call (step, "get-state", fields);
}

/* GStreamer has several spellings for "nothing is pending". */
static gboolean
same_state (const gchar *wanted, const gchar *state)
{
  if (!wanted)
    return TRUE;
  if (g_str_has_prefix (wanted, "void"))
    return !state || g_ascii_strncasecmp (state, "void", 4) == 0;
  return state && g_ascii_strcasecmp (wanted, state) == 0;
}

static void
state_poll (IpcStep *step)
{
  const gchar *state, *pending;

  if (!ipc_step_answered (step))
    return;
  state = ipc_record_string (step->call->reply, "state");
  pending = ipc_record_string (step->call->reply, "pending");
  if (same_state (ipc_step_string (step, "state"), state) && same_state (ipc_step_string (step, "pending"), pending))
    ipc_step_done (step);
  else
    ipc_step_fail (
        step, g_strdup_printf ("it is in the state %s, pending %s", state ? state : "?", pending ? pending : "none"));
}

static gchar *
state_expectation (IpcStep *step)
{
  const gchar *element = ipc_step_string (step, "element");
  const gchar *pending = ipc_step_string (step, "pending");

  return g_strdup_printf ("%s of %s to be in the state %s%s%s", element ? element : "the pipeline",
      ipc_step_string (step, "process"), ipc_step_string (step, "state"), pending ? ", pending " : "",
      pending ? pending : "");
}

const IpcStepFuncs ipc_check_state = { state_start, state_poll, state_expectation };

static void
query_start (IpcStep *step)
{
  static const gchar *const fields[] = { "element", "pad", "peer", "query", "format", "fields", "structure", NULL };

  ipc_step_call (step, "query", fields);
}

/* The answer has to fit `match`. */
static void
poll_match (IpcStep *step)
{
  gchar *why = NULL;

  if (!ipc_step_answered (step))
    return;
  if (ipc_match (ipc_step_object (step, "match"), step->call->reply, &why))
    ipc_step_done (step);
  else
    ipc_step_fail (step, why);
}

static gchar *
match_text (IpcStep *step)
{
  JsonNode *node = json_object_get_member (step->fields, "match");

  return node ? json_to_string (node, FALSE) : g_strdup ("{}");
}

static gchar *
query_expectation (IpcStep *step)
{
  g_autofree gchar *match = match_text (step);

  return g_strdup_printf ("the answer of %s to the query %s to be %s", ipc_step_string (step, "process"),
      ipc_step_string (step, "query"), match);
}

const IpcStepFuncs ipc_check_query = { query_start, poll_match, query_expectation };

static void
property_start (IpcStep *step)
{
  static const gchar *const fields[] = { "element", "property", NULL };

  ipc_step_call (step, "get-property", fields);
}

static void
property_poll (IpcStep *step)
{
  JsonNode *wanted = json_object_get_member (step->fields, "value");
  JsonNode *have;

  if (!wanted) {
    poll_match (step);
    return;
  }
  if (!ipc_step_answered (step))
    return;
  have = json_object_get_member (step->call->reply, "value");
  if (ipc_match_value (wanted, have)) {
    ipc_step_done (step);
  } else {
    g_autofree gchar *text = ipc_match_text (have);

    ipc_step_fail (step, g_strdup_printf ("it is %s", text));
  }
}

static gchar *
property_expectation (IpcStep *step)
{
  JsonNode *wanted = json_object_get_member (step->fields, "value");
  g_autofree gchar *value = wanted ? ipc_match_text (wanted) : match_text (step);

  return g_strdup_printf ("%s of %s in %s to be %s", ipc_step_string (step, "property"),
      ipc_step_string (step, "element"), ipc_step_string (step, "process"), value);
}

const IpcStepFuncs ipc_check_property = { property_start, property_poll, property_expectation };

/* }}} */
/* {{{ of the history */

static void
poll_nothing (IpcStep *step)
{
}

/* Whether @record is one of those that are counted. */
static gboolean
counts (IpcStep *step, JsonObject *record)
{
  static const gchar *const fields[] = { "process", "link", "type", "pad" };

  if (!ipc_record_is (record, ipc_step_string (step, "kind")))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    const gchar *wanted = ipc_step_string (step, fields[i]);

    if (wanted && g_strcmp0 (wanted, ipc_record_string (record, fields[i])) != 0)
      return FALSE;
  }
  return ipc_match (ipc_step_object (step, "match"), record, NULL);
}

static void
count_start (IpcStep *step)
{
  IpcHistory *history = step->owner->host.history;
  guint end = ipc_history_length (history);
  gint64 equals = ipc_step_int (step, "equals", -1);

  for (guint i = step->since; i < end; i++)
    if (counts (step, ipc_history_get (history, i)))
      step->found++;
  if ((equals < 0 || step->found == equals) && step->found >= ipc_step_int (step, "at-least", 0)
      && step->found <= ipc_step_int (step, "at-most", G_MAXINT64))
    ipc_step_done (step);
  else
    ipc_step_fail (step, g_strdup_printf ("there are %u", step->found));
}

static void
append_bound (GString *text, IpcStep *step, const gchar *field, const gchar *word)
{
  gint64 value = ipc_step_int (step, field, -1);

  if (value >= 0)
    g_string_append_printf (text, "%s%s%" G_GINT64_FORMAT, text->len > 0 ? " and " : "", word, value);
}

static gchar *
count_expectation (IpcStep *step)
{
  GString *text = g_string_new (NULL);
  const gchar *type = ipc_step_string (step, "type");
  const gchar *where = ipc_step_string (step, "process");
  JsonObject *match = ipc_step_object (step, "match");

  append_bound (text, step, "equals", "");
  append_bound (text, step, "at-least", "at least ");
  append_bound (text, step, "at-most", "at most ");
  g_string_append_printf (text, " records %s", ipc_step_string (step, "kind"));
  if (type)
    g_string_append_printf (text, " %s", type);
  if (!where)
    where = ipc_step_string (step, "link");
  if (where)
    g_string_append_printf (text, " of %s", where);
  if (match && json_object_get_size (match) > 0) {
    g_autofree gchar *json = match_text (step);

    g_string_append_printf (text, " with %s", json);
  }
  return g_string_free (text, FALSE);
}

const IpcStepFuncs ipc_check_count = { count_start, poll_nothing, count_expectation };

static JsonArray *
order_items (IpcStep *step)
{
  return json_object_get_array_member (step->fields, "items");
}

/* Each item takes the first record after the one before it: when that does not work nothing does. */
static void
order_start (IpcStep *step)
{
  IpcHistory *history = step->owner->host.history;
  JsonArray *items = order_items (step);
  guint length = json_array_get_length (items), end = ipc_history_length (history);
  guint item = 0;
  g_autofree gchar *missing = NULL;

  for (guint i = step->since; i < end && item < length; i++)
    if (ipc_match (json_array_get_object_element (items, item), ipc_history_get (history, i), NULL))
      item++;
  if (item == length) {
    ipc_step_done (step);
    return;
  }
  missing = json_to_string (json_array_get_element (items, item), FALSE);
  ipc_step_fail (step, item == 0 ? g_strdup_printf ("there is no %s", missing)
                                 : g_strdup_printf ("after the first %u of them there is no %s", item, missing));
}

static gchar *
order_expectation (IpcStep *step)
{
  return g_strdup_printf ("%u things to have happened in the given order", json_array_get_length (order_items (step)));
}

const IpcStepFuncs ipc_check_order = { order_start, poll_nothing, order_expectation };

/* }}} */
