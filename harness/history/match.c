/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evaluates MATCH objects of scenarios over records. Pure: owns nothing, changes nothing. */

#include <string.h>

#include "match.h"

typedef struct {
  gboolean whole;
  gint64 integer; /* valid when whole */
  gdouble real;
} Number;

/* A number, or text that is one: what JSON readers would round is written so. */
static gboolean
node_number (JsonNode *node, Number *number)
{
  GType type = json_node_get_value_type (node);
  const gchar *text;
  gchar *end;

  if (type == G_TYPE_DOUBLE) {
    *number = (Number){ .real = json_node_get_double (node) };
    return TRUE;
  }
  if (type == G_TYPE_INT64) {
    *number = (Number){ TRUE, json_node_get_int (node), (gdouble)json_node_get_int (node) };
    return TRUE;
  }
  if (type != G_TYPE_STRING)
    return FALSE;
  text = json_node_get_string (node);
  if (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &number->integer, NULL)) {
    number->whole = TRUE;
    number->real = (gdouble)number->integer;
    return TRUE;
  }
  number->whole = FALSE;
  number->real = g_ascii_strtod (text, &end);
  return end != text && !*end;
}

static gint
compare (const Number *a, const Number *b)
{
  if (a->whole && b->whole)
    return (a->integer > b->integer) - (a->integer < b->integer);
  return (a->real > b->real) - (a->real < b->real);
}

static gboolean
is_none (JsonNode *node)
{
  return !node || JSON_NODE_HOLDS_NULL (node);
}

static gboolean
equal (JsonNode *want, JsonNode *have)
{
  GType want_type, have_type;
  Number a, b;

  if (is_none (want) || is_none (have))
    return is_none (want) && is_none (have);
  if (!JSON_NODE_HOLDS_VALUE (want) || !JSON_NODE_HOLDS_VALUE (have))
    return json_node_equal (want, have);
  want_type = json_node_get_value_type (want);
  have_type = json_node_get_value_type (have);
  if (want_type == G_TYPE_BOOLEAN || have_type == G_TYPE_BOOLEAN)
    return want_type == have_type && json_node_get_boolean (want) == json_node_get_boolean (have);
  if (want_type == G_TYPE_STRING && have_type == G_TYPE_STRING
      && g_str_equal (json_node_get_string (want), json_node_get_string (have)))
    return TRUE;
  return node_number (want, &a) && node_number (have, &b) && compare (&a, &b) == 0;
}

/* @sign: 1 for at-least, -1 for at-most. What is none is neither. */
static gboolean
within (JsonNode *bound, JsonNode *have, gint sign)
{
  Number a, b;

  return !is_none (have) && JSON_NODE_HOLDS_VALUE (have) && node_number (have, &a) && node_number (bound, &b)
         && compare (&a, &b) * sign >= 0;
}

static gboolean
matches (JsonNode *expression, JsonNode *have)
{
  g_autofree gchar *text = NULL;
  const gchar *pattern = JSON_NODE_HOLDS_VALUE (expression) ? json_node_get_string (expression) : NULL;

  if (!pattern || !have || JSON_NODE_HOLDS_NULL (have))
    return FALSE;
  text = json_node_get_value_type (have) == G_TYPE_STRING ? json_node_dup_string (have) : json_to_string (have, FALSE);
  return g_regex_match_simple (pattern, text, 0, 0);
}

/**
 * ipc_match_value:
 * @want: one member of a MATCH
 * @have: (nullable): the record's member, or %NULL when it has none
 *
 * Returns: whether @have is what @want asks for; %FALSE for a condition that does not exist
 */
gboolean
ipc_match_value (JsonNode *want, JsonNode *have)
{
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *bound;

  if (!JSON_NODE_HOLDS_OBJECT (want))
    return equal (want, have);
  json_object_iter_init (&iter, json_node_get_object (want));
  while (json_object_iter_next (&iter, &name, &bound)) {
    gboolean holds = FALSE;

    if (g_str_equal (name, "at-least"))
      holds = within (bound, have, 1);
    else if (g_str_equal (name, "at-most"))
      holds = within (bound, have, -1);
    else if (g_str_equal (name, "matches"))
      holds = matches (bound, have);
    else if (g_str_equal (name, "not"))
      holds = !equal (bound, have);
    else if (g_str_equal (name, "comment"))
      holds = TRUE;
    if (!holds)
      return FALSE;
  }
  return TRUE;
}

/**
 * ipc_match_text:
 * @node: (nullable): a JSON node, or %NULL for a member that is missing
 *
 * Returns: (transfer full): the node as people read it
 */
gchar *
ipc_match_text (JsonNode *node)
{
  return node ? json_to_string (node, FALSE) : g_strdup ("missing");
}

/**
 * ipc_match:
 * @match: (nullable): what is asked for
 * @record: the record
 * @why: (out) (optional): which member is not as asked for
 *
 * Returns: whether all members of @match are fulfilled
 */
gboolean
ipc_match (JsonObject *match, JsonObject *record, gchar **why)
{
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *want;

  if (!match)
    return TRUE;
  json_object_iter_init_ordered (&iter, match);
  while (json_object_iter_next_ordered (&iter, &name, &want)) {
    JsonNode *have = json_object_get_member (record, name);

    if (g_str_equal (name, "comment") || ipc_match_value (want, have))
      continue;
    if (why) {
      g_autofree gchar *wanted = ipc_match_text (want);
      g_autofree gchar *had = ipc_match_text (have);

      *why = g_strdup_printf ("%s is %s, expected %s", name, had, wanted);
    }
    return FALSE;
  }
  return TRUE;
}
