/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The expansion of a file for one case. It walks the tree once and builds a new one. A place is known by two JSON
 * paths: `path` in what is built, `source` in the file; where the second does not follow from the first, the pair is
 * noted in the reader's `sources`. Names in scope are a list on the stack.
 */
#include "expand.h"

#include <string.h>

/* A value may refer to others, not to itself. */
#define MAX_DEPTH 16
#define REFERENCE_PATTERN "^\\$\\{([a-z][a-z0-9-]*)((?:\\.[A-Za-z0-9_-]+)*)\\}"

typedef struct _Scope Scope;
struct _Scope {
  const gchar *name;
  JsonNode *value;
  const gchar *source; /* where the value stands; NULL: it was made */
  const gchar *label;  /* of a parameter's value; NULL: it has none */
  const Scope *outer;
};

typedef struct {
  IpcReader *reader;
  guint n_nodes;
  guint depth; /* of values within values */
} Expander;

/* A place in both trees. */
typedef struct {
  const gchar *path, *source;
} Place;

static JsonNode *expand_node (Expander *expander, const Scope *scope, JsonNode *node, Place place);

static gboolean
is_full (Expander *expander)
{
  return expander->n_nodes > IPC_MAX_EXPANDED;
}

/* Notes where @place comes from unless that follows from @parent by @derived. */
static void
note_source (Expander *expander, Place place, const gchar *derived)
{
  if (!g_str_equal (place.source, derived))
    g_hash_table_replace (expander->reader->sources, g_strdup (place.path), g_strdup (place.source));
}

/* As ipc_reader_mistake(), of a place in the source. */
#define MISTAKE(expander, place, ...) ipc_reader_source_mistake ((expander)->reader, (place).source, __VA_ARGS__)

/* {{{ references */

static const Scope *
find_name (const Scope *scope, const gchar *name)
{
  for (; scope; scope = scope->outer)
    if (g_str_equal (scope->name, name))
      return scope;
  return NULL;
}

static void
report_unknown (Expander *expander, const Scope *scope, Place place, const gchar *name)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree gchar *hint = NULL;

  for (; scope; scope = scope->outer)
    g_ptr_array_add (names, (gpointer)scope->name);
  g_ptr_array_add (names, (gpointer) "media");
  g_ptr_array_add (names, NULL);
  hint = ipc_words_hint (name, (const gchar *const *)names->pdata);
  MISTAKE (expander, place, "unknown ${%s}%s", name, hint);
}

/* One step into a value; NULL with a mistake. */
static JsonNode *
look_into (Expander *expander, Place place, const gchar *so_far, JsonNode *value, const gchar *member)
{
  g_autoptr (GList) members = NULL;
  g_autofree const gchar **names = NULL;
  g_autofree gchar *hint = NULL;
  guint n_names = 0;

  if (!JSON_NODE_HOLDS_OBJECT (value)) {
    MISTAKE (expander, place, "${%s} is %s: it has no \"%s\"", so_far, ipc_reader_describe (value), member);
    return NULL;
  }
  if (json_object_has_member (json_node_get_object (value), member))
    return json_object_get_member (json_node_get_object (value), member);
  members = json_object_get_members (json_node_get_object (value));
  names = g_new0 (const gchar *, g_list_length (members) + 1);
  for (GList *l = members; l; l = l->next)
    names[n_names++] = l->data;
  hint = ipc_words_hint (member, names);
  MISTAKE (expander, place, "${%s} has no \"%s\"%s", so_far, member, hint);
  return NULL;
}

/* What @name with @members (".a.b") refers to, borrowed; @source gets where that stands. NULL with a mistake. */
static JsonNode *
resolve (Expander *expander, const Scope *scope, Place place, const gchar *name, const gchar *members, gchar **source)
{
  const Scope *found = find_name (scope, name);
  g_auto (GStrv) parts = g_strsplit (*members ? members + 1 : "", ".", -1);
  g_autoptr (GString) so_far = g_string_new (name);
  g_autofree gchar *at = NULL;
  JsonNode *value;

  if (!found) {
    report_unknown (expander, scope, place, name);
    return NULL;
  }
  value = found->value;
  at = g_strdup (found->source ? found->source : place.source);
  for (guint i = 0; parts[i] && value; i++) {
    gchar *inner = found->source ? ipc_json_path_member (at, parts[i]) : g_strdup (at);

    g_free (at);
    at = inner;
    value = look_into (expander, place, so_far->str, value, parts[i]);
    g_string_append_printf (so_far, ".%s", parts[i]);
  }
  *source = g_steal_pointer (&at);
  return value;
}

/* At the `$` of "${": what it refers to and its length in the text. FALSE with a mistake when it is no reference. */
static gboolean
read_reference (Expander *expander, Place place, const gchar *text, gchar **name, gchar **members, gsize *length)
{
  static GRegex *pattern;
  static gsize once;
  g_autoptr (GMatchInfo) match = NULL;
  const gchar *close = strchr (text, '}');

  if (g_once_init_enter (&once)) {
    pattern = g_regex_new (REFERENCE_PATTERN, G_REGEX_OPTIMIZE, 0, NULL);
    g_once_init_leave (&once, 1);
  }
  if (g_regex_match (pattern, text, 0, &match)) {
    g_autofree gchar *whole = g_match_info_fetch (match, 0);

    *length = strlen (whole);
    *name = g_match_info_fetch (match, 1);
    *members = g_match_info_fetch (match, 2);
    return TRUE;
  }
  if (!close)
    MISTAKE (expander, place, "\"${\" without a closing brace");
  else
    MISTAKE (expander, place, "%.*s is no reference: expected ${name} or ${name.member} (\"$${\" means \"${\")",
        (gint)MIN (close - text + 1, 64), text);
  return FALSE;
}

void
ipc_expand_references (const gchar *text, void (*found) (const gchar *name, gpointer data), gpointer data)
{
  for (const gchar *open = strstr (text, "${"); open; open = strstr (open + 2, "${")) {
    gsize length = strcspn (open + 2, ".}");
    g_autofree gchar *name = g_strndup (open + 2, length);

    if (open == text || open[-1] != '$')
      found (name, data);
  }
}

/* }}} */
/* {{{ texts */

static JsonNode *expand_value (Expander *expander, const Scope *scope, JsonNode *value, Place place, gchar *source);

/* Appends what the reference means as text; FALSE with a mistake. */
static gboolean
append_value (
    Expander *expander, const Scope *scope, Place place, const gchar *name, const gchar *members, GString *out)
{
  g_autofree gchar *source = NULL, *text = NULL;
  g_autoptr (JsonNode) full = NULL;
  JsonNode *value = resolve (expander, scope, place, name, members, &source);

  if (!value)
    return FALSE;
  if (JSON_NODE_HOLDS_ARRAY (value) || JSON_NODE_HOLDS_OBJECT (value)) {
    const gchar *label = *members ? NULL : find_name (scope, name)->label;

    if (label) { /* what else could a text say of it */
      g_string_append (out, label);
      return TRUE;
    }
    MISTAKE (expander, place, "${%s%s} is %s: it can only be used as a whole value, \"${%s%s}\"", name, members,
        ipc_reader_describe (value), name, members);
    return FALSE;
  }
  full = expand_value (expander, scope, value, place, source);
  text = ipc_reader_scalar_text (full);
  if (text)
    g_string_append (out, text);
  else
    MISTAKE (expander, place, "${%s%s} stands for %s: it can only be used as a whole value", name, members,
        ipc_reader_describe (full));
  return text != NULL;
}

/* The text with its references replaced; what is wrong stays and is reported. ${media} stays, and "$${" too: they are
 * for the reader, who knows where a pipeline needs quoting. Caller frees. */
static gchar *
expand_string (Expander *expander, const Scope *scope, const gchar *text, Place place)
{
  GString *out = g_string_new (NULL);
  const gchar *open;

  while ((open = strstr (text, "${"))) {
    g_autofree gchar *name = NULL, *members = NULL;
    gsize length = 2;

    g_string_append_len (out, text, open - text);
    if (open > text && open[-1] == '$')
      g_string_append (out, "${");
    else if (!read_reference (expander, place, open, &name, &members, &length)
             || (g_str_equal (name, "media") && !*members)
             || !append_value (expander, scope, place, name, members, out))
      g_string_append_len (out, open, (gssize)length);
    text = open + length;
  }
  g_string_append (out, text);
  return g_string_free (out, FALSE);
}

/* Whether the text is one reference and nothing else. */
static gboolean
is_reference (const gchar *text)
{
  return g_str_has_prefix (text, "${") && strchr (text, '}') == text + strlen (text) - 1
         && !g_str_equal (text, "${media}");
}

static JsonNode *
expand_text (Expander *expander, const Scope *scope, JsonNode *node, Place place)
{
  const gchar *text = json_node_get_string (node);
  g_autofree gchar *full = NULL, *name = NULL, *members = NULL, *source = NULL;
  JsonNode *value;
  gsize length;

  if (!strstr (text, "${"))
    return json_node_copy (node);
  if (is_reference (text)) {
    value = read_reference (expander, place, text, &name, &members, &length)
                ? resolve (expander, scope, place, name, members, &source)
                : NULL;
    return value ? expand_value (expander, scope, value, place, source) : json_node_copy (node);
  }
  full = expand_string (expander, scope, text, place);
  return json_node_init_string (json_node_alloc (), full);
}

/* }}} */
/* {{{ for */

/* What one name of a `for` goes through. */
static gboolean
read_range (Expander *expander, JsonArray *range, Place place, JsonArray *out)
{
  gint64 limits[2];

  for (guint i = 0; i < 2; i++) {
    JsonNode *node = json_array_get_length (range) == 2 ? json_array_get_element (range, i) : NULL;

    if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64
        || ABS (json_node_get_int (node)) > IPC_MAX_EXPANDED) {
      MISTAKE (expander, place, "expected [FROM, TO], two whole numbers, or {\"in\": [...]}");
      return FALSE;
    }
    limits[i] = json_node_get_int (node);
  }
  if (limits[1] - limits[0] >= IPC_MAX_EXPANDED)
    expander->n_nodes = IPC_MAX_EXPANDED + 1;
  for (gint64 i = limits[0]; i <= limits[1] && !is_full (expander); i++)
    json_array_add_int_element (out, i);
  return TRUE;
}

/* The values that @node ([from, to] or {"in": [...]}) stands for; NULL with a mistake. */
static JsonArray *
read_values (Expander *expander, const Scope *scope, JsonNode *node, Place place)
{
  g_autoptr (JsonNode) full = expand_node (expander, scope, node, place);
  g_autoptr (JsonArray) out = json_array_new ();
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (full) ? json_node_get_object (full) : NULL;
  JsonNode *in = object && json_object_get_size (object) == 1 ? json_object_get_member (object, "in") : NULL;

  if (in && JSON_NODE_HOLDS_ARRAY (in))
    return json_array_ref (json_node_get_array (in));
  if (!JSON_NODE_HOLDS_ARRAY (full)) {
    MISTAKE (expander, place, "expected [FROM, TO], two whole numbers, or {\"in\": [...]}");
    return NULL;
  }
  return read_range (expander, json_node_get_array (full), place, out) ? g_steal_pointer (&out) : NULL;
}

typedef struct {
  void (*once) (Expander *expander, const Scope *scope, gpointer data);
  gpointer data;
} Loop;

static gboolean
check_for_name (Expander *expander, const Scope *scope, Place place, const gchar *name)
{
  if (!g_regex_match_simple (IPC_PARAMETER_PATTERN, name, G_REGEX_DOLLAR_ENDONLY, 0) || g_str_equal (name, "media"))
    MISTAKE (expander, place, "\"%s\": a name has small letters, digits and `-` and begins with a letter", name);
  else if (find_name (scope, name))
    MISTAKE (expander, place, "\"%s\" means something here already", name);
  else
    return TRUE;
  return FALSE;
}

/* Calls the loop for each value of the first of @names, and so on for the others within. */
static void
run_names (Expander *expander, const Scope *scope, JsonObject *names, GList *left, Place place, Loop loop)
{
  g_autofree gchar *source = left ? ipc_json_path_member (place.source, left->data) : NULL;
  Place inner = { place.path, source };
  g_autoptr (JsonArray) values = NULL;

  if (!left) {
    loop.once (expander, scope, loop.data);
    return;
  }
  if (g_str_equal (left->data, "comment")) {
    run_names (expander, scope, names, left->next, place, loop);
    return;
  }
  if (!check_for_name (expander, scope, inner, left->data))
    return;
  values = read_values (expander, scope, json_object_get_member (names, left->data), inner);
  for (guint i = 0; values && i < json_array_get_length (values) && !is_full (expander); i++) {
    Scope named = { left->data, json_array_get_element (values, i), NULL, NULL, scope };

    expander->n_nodes++; /* also a loop over nothing ends */
    run_names (expander, &named, names, left->next, place, loop);
  }
}

/* @node: what stands behind "for", at @place. */
static void
run_for (Expander *expander, const Scope *scope, JsonNode *node, Place place, Loop loop)
{
  g_autoptr (GList) names = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node) || json_object_get_size (json_node_get_object (node)) == 0) {
    MISTAKE (expander, place, "expected {\"NAME\": [FROM, TO]} or {\"NAME\": {\"in\": [...]}}");
    return;
  }
  names = json_object_get_members (json_node_get_object (node));
  run_names (expander, scope, json_node_get_object (node), names, place, loop);
}

/* }}} */
/* {{{ lists and objects */

/* A list that is being built. */
typedef struct {
  JsonArray *out;
  Place place;     /* of the list */
  JsonArray *list; /* whose elements are added now */
  const gchar *source;
} List;

static void expand_elements (Expander *expander, const Scope *scope, List *list);

static void
add_element (Expander *expander, const Scope *scope, List *list, JsonNode *node, const gchar *source)
{
  guint index = json_array_get_length (list->out);
  g_autofree gchar *path = ipc_json_path_element (list->place.path, index);
  g_autofree gchar *derived = ipc_json_path_element (list->place.source, index);
  Place place = { path, source };

  note_source (expander, place, derived);
  json_array_add_element (list->out, expand_node (expander, scope, node, place));
}

static void
add_elements_once (Expander *expander, const Scope *scope, gpointer data)
{
  expand_elements (expander, scope, data);
}

static void
check_members (Expander *expander, Place place, JsonObject *object, const gchar *beside, const gchar *const *members)
{
  g_autoptr (GList) given = json_object_get_members (object);

  for (GList *l = given; l; l = l->next) {
    g_autofree gchar *hint = ipc_words_hint (l->data, members);

    if (!g_strv_contains (members, l->data))
      MISTAKE (expander, place, "unknown member \"%s\" beside \"%s\"%s", (const gchar *)l->data, beside, hint);
  }
}

/* {"for": ..., "do": [...]} */
static void
add_for (Expander *expander, const Scope *scope, List *list, JsonObject *object, const gchar *source)
{
  static const gchar *const members[] = { "for", "do", "comment", NULL };
  g_autofree gchar *for_source = ipc_json_path_member (source, "for");
  g_autofree gchar *do_source = ipc_json_path_member (source, "do");
  Place place = { list->place.path, source }, for_place = { list->place.path, for_source };
  JsonNode *body = json_object_get_member (object, "do");
  List inner = *list;
  Loop loop = { add_elements_once, &inner };

  check_members (expander, place, object, "for", members);
  if (!body || !JSON_NODE_HOLDS_ARRAY (body)) {
    MISTAKE (expander, place, "\"for\" needs \"do\": the list of what is repeated");
    return;
  }
  inner.list = json_node_get_array (body);
  inner.source = do_source;
  run_for (expander, scope, json_object_get_member (object, "for"), for_place, loop);
}

/* {"repeat": N, "steps": [...]} */
static void
add_repeat (Expander *expander, const Scope *scope, List *list, JsonObject *object, const gchar *source)
{
  static const gchar *const members[] = { "repeat", "steps", "comment", NULL };
  g_autofree gchar *repeat_source = ipc_json_path_member (source, "repeat");
  g_autofree gchar *steps_source = ipc_json_path_member (source, "steps");
  Place place = { list->place.path, source }, repeat_place = { list->place.path, repeat_source };
  g_autoptr (JsonNode) times = expand_node (expander, scope, json_object_get_member (object, "repeat"), repeat_place);
  JsonNode *steps = json_object_get_member (object, "steps");
  List inner = *list;

  check_members (expander, place, object, "repeat", members);
  if (!JSON_NODE_HOLDS_VALUE (times) || json_node_get_value_type (times) != G_TYPE_INT64
      || json_node_get_int (times) < 0) {
    MISTAKE (expander, repeat_place, "expected a whole number from 0 on, found %s", ipc_reader_describe (times));
    return;
  }
  if (!steps || !JSON_NODE_HOLDS_ARRAY (steps)) {
    MISTAKE (expander, place, "\"repeat\" needs \"steps\": the list of what is repeated");
    return;
  }
  inner.list = json_node_get_array (steps);
  inner.source = steps_source;
  for (gint64 i = 0; i < json_node_get_int (times) && !is_full (expander); i++) {
    expander->n_nodes++;
    expand_elements (expander, scope, &inner);
  }
}

/* A list that stands for an element gives its own elements instead; not where lists are elements. */
static gboolean
add_spliced (Expander *expander, const Scope *scope, List *list, JsonNode *node, const gchar *source)
{
  const gchar *text = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
                          ? json_node_get_string (node)
                          : "";
  g_autofree gchar *name = NULL, *members = NULL, *value_source = NULL;
  Place place = { list->place.path, source };
  List inner = *list;
  JsonNode *value;
  gsize length;

  if (!is_reference (text) || g_str_has_suffix (list->place.path, ".together") || expander->depth >= MAX_DEPTH
      || !read_reference (expander, place, text, &name, &members, &length) || !find_name (scope, name))
    return FALSE;
  value = resolve (expander, scope, place, name, members, &value_source);
  if (!value || !JSON_NODE_HOLDS_ARRAY (value))
    return FALSE;
  inner.list = json_node_get_array (value);
  inner.source = value_source;
  expander->depth++;
  expand_elements (expander, scope, &inner);
  expander->depth--;
  return TRUE;
}

static void
expand_elements (Expander *expander, const Scope *scope, List *list)
{
  for (guint i = 0; i < json_array_get_length (list->list) && !is_full (expander); i++) {
    JsonNode *node = json_array_get_element (list->list, i);
    g_autofree gchar *source = ipc_json_path_element (list->source, i);
    JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

    if (object && json_object_has_member (object, "for"))
      add_for (expander, scope, list, object, source);
    else if (object && json_object_has_member (object, "repeat"))
      add_repeat (expander, scope, list, object, source);
    else if (!add_spliced (expander, scope, list, node, source))
      add_element (expander, scope, list, node, source);
  }
}

/* @source: where the elements stand, which is not where the list is used when it is a parameter's value. */
static JsonNode *
expand_array (Expander *expander, const Scope *scope, JsonNode *node, Place place, const gchar *source)
{
  g_autoptr (JsonArray) out = json_array_new ();
  List list = { out, place, json_node_get_array (node), source };

  expand_elements (expander, scope, &list);
  return json_node_init_array (json_node_alloc (), out);
}

/* An object that is being built. */
typedef struct {
  JsonObject *out;
  Place place;         /* of the object */
  const gchar *name;   /* of the member that is added now, as it is written */
  JsonNode *node;      /* its value */
  const gchar *source; /* where that stands */
  gboolean repeated;   /* it has a "for" */
} Object;

static JsonNode *
without_for (JsonNode *node)
{
  JsonNode *copy = json_node_copy (node);
  JsonObject *object = json_object_new ();
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *inner;

  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &inner))
    if (!g_str_equal (name, "for"))
      json_object_set_member (object, name, json_node_copy (inner));
  json_node_take_object (copy, object);
  return copy;
}

static void
add_member_once (Expander *expander, const Scope *scope, gpointer data)
{
  Object *object = data;
  Place written = { object->place.path, object->source };
  g_autofree gchar *name = expand_string (expander, scope, object->name, written);
  g_autofree gchar *path = ipc_json_path_member (object->place.path, name);
  g_autofree gchar *derived = ipc_json_path_member (object->place.source, name);
  g_autoptr (JsonNode) node = object->repeated ? without_for (object->node) : json_node_copy (object->node);
  Place place = { path, object->source };

  if (json_object_has_member (object->out, name)) {
    MISTAKE (expander, place, "there is a \"%s\" already%s", name,
        object->repeated && g_str_equal (name, object->name) ? ": put what \"for\" counts into the name" : "");
    return;
  }
  note_source (expander, place, derived);
  json_object_set_member (object->out, name,
      g_str_equal (object->name, "comment") ? json_node_copy (node) : expand_node (expander, scope, node, place));
}

/* Processes and links: one for each that their "for" says. */
static void
add_repeated (Expander *expander, const Scope *scope, Object *object)
{
  g_autofree gchar *source = ipc_json_path_member (object->source, "for");
  Place place = { object->place.path, source };
  Loop loop = { add_member_once, object };

  object->repeated = TRUE;
  run_for (expander, scope, json_object_get_member (json_node_get_object (object->node), "for"), place, loop);
}

/* @source as in expand_array(). */
static JsonNode *
expand_object (Expander *expander, const Scope *scope, JsonNode *node, Place place, const gchar *source)
{
  g_autoptr (JsonObject) out = json_object_new ();
  gboolean named = g_str_equal (place.path, "$.processes") || g_str_equal (place.path, "$.links");
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *inner;

  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &inner) && !is_full (expander)) {
    g_autofree gchar *member_source = ipc_json_path_member (source, name);
    Object object = { out, place, name, inner, member_source, FALSE };

    if (named && JSON_NODE_HOLDS_OBJECT (inner) && json_object_has_member (json_node_get_object (inner), "for"))
      add_repeated (expander, scope, &object);
    else
      add_member_once (expander, scope, &object);
  }
  return json_node_init_object (json_node_alloc (), out);
}

static JsonNode *
expand_container (Expander *expander, const Scope *scope, JsonNode *node, Place place, const gchar *source)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    return expand_array (expander, scope, node, place, source);
  return expand_object (expander, scope, node, place, source);
}

/* What a name stands for, used at @place; it stands at @source. */
static JsonNode *
expand_value (Expander *expander, const Scope *scope, JsonNode *value, Place place, gchar *source)
{
  JsonNode *full;

  if (expander->depth >= MAX_DEPTH) {
    MISTAKE (expander, place, "a value refers to itself, or values to each other more than %u deep", MAX_DEPTH);
    return json_node_init_null (json_node_alloc ());
  }
  expander->depth++;
  if (JSON_NODE_HOLDS_ARRAY (value) || JSON_NODE_HOLDS_OBJECT (value))
    full = expand_container (expander, scope, value, place, source);
  else
    full = expand_node (expander, scope, value, place);
  expander->depth--;
  return full;
}

/* }}} */

static JsonNode *
expand_node (Expander *expander, const Scope *scope, JsonNode *node, Place place)
{
  expander->n_nodes++;
  if (JSON_NODE_HOLDS_ARRAY (node) || JSON_NODE_HOLDS_OBJECT (node))
    return expand_container (expander, scope, node, place, place.source);
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return expand_text (expander, scope, node, place);
  return json_node_copy (node);
}

/* The file without what is not for its cases. */
static JsonNode *
expand_root (Expander *expander, const Scope *scope, JsonNode *root)
{
  static const gchar *const left_out[] = { "parameters", "exclude", NULL };
  static const gchar *const as_they_are[] = { "$schema", "comment", "requirements", NULL };
  g_autoptr (JsonObject) out = json_object_new ();
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *inner;

  json_object_iter_init_ordered (&iter, json_node_get_object (root));
  while (json_object_iter_next_ordered (&iter, &name, &inner)) {
    g_autofree gchar *path = ipc_json_path_member ("$", name);
    Place place = { path, path };

    if (g_strv_contains (left_out, name))
      continue;
    json_object_set_member (out, name,
        g_strv_contains (as_they_are, name) ? json_node_copy (inner) : expand_node (expander, scope, inner, place));
  }
  return json_node_init_object (json_node_alloc (), out);
}

JsonNode *
ipc_expand (IpcReader *reader, JsonNode *root, const IpcParameters *parameters, const IpcCombination *combination)
{
  Expander expander = { .reader = reader };
  guint n = parameters->parameters->len;
  g_autofree Scope *scopes = g_new0 (Scope, n + 1);
  JsonNode *expanded;

  if (!JSON_NODE_HOLDS_OBJECT (root))
    return json_node_copy (root);
  for (guint i = 0; i < n; i++) {
    scopes[i].name = ((IpcParameter *)parameters->parameters->pdata[i])->name;
    scopes[i].value = combination->values[i]->value;
    scopes[i].source = combination->values[i]->source;
    scopes[i].label = combination->values[i]->label;
    scopes[i].outer = i ? &scopes[i - 1] : NULL;
  }
  expanded = expand_root (&expander, n ? &scopes[n - 1] : NULL, root);
  if (!is_full (&expander))
    return expanded;
  ipc_reader_source_mistake (
      reader, "$", "becomes more than %u values when what is repeated is written out", IPC_MAX_EXPANDED);
  json_node_unref (expanded);
  return NULL;
}
