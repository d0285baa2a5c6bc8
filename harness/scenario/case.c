/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file of a case around its steps: processes, links, and what it is about. Everything goes into the reader's
 * result.
 */
#include "reader.h"

/* The texts of a list member, or an empty list. */
static gchar **
take_list (GHashTable *members, const gchar *name)
{
  JsonNode *node = g_hash_table_lookup (members, name);
  JsonArray *list = node ? json_node_get_array (node) : NULL;
  guint length = list ? json_array_get_length (list) : 0;
  gchar **texts = g_new0 (gchar *, length + 1);

  for (guint i = 0; i < length; i++)
    texts[i] = g_strdup (json_array_get_string_element (list, i));
  return texts;
}

/* The same with ${media} replaced; what is wrong stays as it is and is reported. */
static gchar **
take_substituted (IpcReader *reader, GHashTable *members, const gchar *name)
{
  gchar **texts = take_list (members, name);

  for (guint i = 0; texts[i]; i++) {
    gchar *full = ipc_reader_substitute (reader, texts[i], FALSE);

    if (full) {
      g_free (texts[i]);
      texts[i] = full;
    }
  }
  return texts;
}

static gboolean
take_bool (GHashTable *members, const gchar *name, gboolean fallback)
{
  JsonNode *node = g_hash_table_lookup (members, name);

  return node ? json_node_get_boolean (node) : fallback;
}

static gchar *
take_pipeline (IpcReader *reader, GHashTable *members)
{
  JsonNode *node = g_hash_table_lookup (members, "pipeline");
  g_autofree gchar *text = NULL;

  if (!node)
    return NULL;
  if (JSON_NODE_HOLDS_ARRAY (node)) {
    g_auto (GStrv) parts = take_list (members, "pipeline");

    text = g_strjoinv (" ", parts);
  } else {
    text = g_strdup (json_node_get_string (node));
  }
  return ipc_reader_substitute (reader, text, TRUE);
}

static gboolean
check_name (IpcReader *reader, const gchar *path, const gchar *name)
{
  if (g_regex_match_simple (IPC_NAME_PATTERN, name, G_REGEX_DOLLAR_ENDONLY, 0))
    return TRUE;
  ipc_reader_mistake (reader, path, "\"%s\": a name has letters, digits, `-` and `_` and begins with a letter", name);
  return FALSE;
}

/* Remembers the names in the pipeline, and that observed elements are among them. */
static void
check_pipeline (IpcReader *reader, const gchar *path, IpcScenarioProcess *process)
{
  IpcPipelineNames *names = ipc_pipeline_names_new (process->pipeline);
  g_autofree gchar *pipeline_path = ipc_json_path_member (path, "pipeline");
  g_autofree gchar *observe_path = ipc_json_path_member (path, "observe");

  g_hash_table_insert (reader->pipelines, process->name, names);
  if (names->duplicate)
    ipc_reader_mistake (reader, pipeline_path, "`name=%s` is given twice", names->duplicate);
  for (guint i = 0; process->observe[i]; i++) {
    g_auto (GStrv) parts = g_strsplit (process->observe[i], ".", 2);
    g_autofree gchar *place = ipc_json_path_element (observe_path, i);
    g_autofree gchar *hint = ipc_words_hint (parts[0], (const gchar *const *)names->names->pdata);

    if (!ipc_pipeline_names_allow (names, parts[0]))
      ipc_reader_mistake (reader, place, "the pipeline has no `name=%s`%s", parts[0], hint);
  }
}

/* A rule that is misspelt would stay on, or, once it got another name, be broken by accident. */
static void
check_allow (IpcReader *reader, const gchar *path, gchar **allow, const gchar *const *rules)
{
  const gchar *const *all = reader->world->rules;

  for (guint i = 0; rules && allow[i]; i++) {
    g_autofree gchar *place = ipc_json_path_element (path, i);

    if (g_strv_contains (rules, allow[i]))
      continue;
    if (all && g_strv_contains (all, allow[i]))
      ipc_reader_mistake (reader, place, "\"%s\" is not about one process: it is allowed for all in $.allow", allow[i]);
    else
      ipc_reader_unknown (reader, place, "rule", allow[i], rules);
  }
}

static void
read_process (IpcReader *reader, const gchar *name, JsonNode *node)
{
  g_autofree gchar *path = ipc_json_path_member ("$.processes", name);
  g_autofree gchar *allow_path = ipc_json_path_member (path, "allow");
  g_autofree gchar *log_path = ipc_json_path_member (path, "allow-log");
  g_autoptr (GHashTable) members = NULL;
  IpcScenarioProcess *process;
  JsonNode *role;

  if (!check_name (reader, path, name))
    return;
  members = ipc_reader_members (reader, path, node, ipc_process_members);
  if (!members)
    return;
  process = g_new0 (IpcScenarioProcess, 1);
  process->name = g_strdup (name);
  process->line = ipc_reader_line (reader, path);
  role = g_hash_table_lookup (members, "role");
  process->role = role && g_str_equal (json_node_get_string (role), "slave") ? IPC_ROLE_SLAVE : IPC_ROLE_MASTER;
  process->start = take_bool (members, "start", TRUE);
  process->observe = take_list (members, "observe");
  process->environment = take_substituted (reader, members, "environment");
  process->allow = take_list (members, "allow");
  process->allow_log = take_list (members, "allow-log");
  process->pipeline = take_pipeline (reader, members);
  g_ptr_array_add (reader->result->processes, process);
  check_allow (reader, allow_path, process->allow, reader->world->process_rules);
  for (guint i = 0; process->allow_log[i]; i++) {
    g_autofree gchar *place = ipc_json_path_element (log_path, i);

    ipc_reader_check_regex (reader, place, process->allow_log[i]);
  }
  if (process->pipeline)
    check_pipeline (reader, path, process);
}

static IpcTransport
take_transport (GHashTable *members)
{
  JsonNode *node = g_hash_table_lookup (members, "transport");
  const gchar *word = node ? json_node_get_string (node) : "socketpair";

  if (g_str_equal (word, "pipes"))
    return IPC_TRANSPORT_PIPES;
  return g_str_equal (word, "tcp") ? IPC_TRANSPORT_TCP : IPC_TRANSPORT_SOCKETPAIR;
}

static void
read_link (IpcReader *reader, const gchar *name, JsonNode *node)
{
  g_autofree gchar *path = ipc_json_path_member ("$.links", name);
  g_autofree gchar *from_path = ipc_json_path_member (path, "from");
  g_autofree gchar *to_path = ipc_json_path_member (path, "to");
  g_autoptr (GHashTable) members = NULL;
  IpcScenarioLink *link;
  JsonNode *from, *to;
  gboolean good;

  if (!check_name (reader, path, name))
    return;
  members = ipc_reader_members (reader, path, node, ipc_link_members);
  if (!members)
    return;
  link = g_new0 (IpcScenarioLink, 1);
  link->name = g_strdup (name);
  link->line = ipc_reader_line (reader, path);
  link->relay = take_bool (members, "relay", TRUE);
  link->start = take_bool (members, "start", TRUE);
  link->transport = take_transport (members);
  g_ptr_array_add (reader->result->links, link);
  from = g_hash_table_lookup (members, "from");
  to = g_hash_table_lookup (members, "to");
  good = from
         && ipc_reader_link_end (
             reader, from_path, json_node_get_string (from), IPC_ROLE_MASTER, &link->master, &link->sink);
  good = to
         && ipc_reader_link_end (reader, to_path, json_node_get_string (to), IPC_ROLE_SLAVE, &link->slave, &link->src)
         && good;
  if (!good) { /* all or nothing, so that nobody meets half a link */
    g_clear_pointer (&link->master, g_free);
    g_clear_pointer (&link->sink, g_free);
    g_clear_pointer (&link->slave, g_free);
    g_clear_pointer (&link->src, g_free);
  }
}

/* Calls @read for each named object in @node; a "comment" is none. */
static void
read_named (IpcReader *reader, const gchar *path, JsonNode *node, void (*read) (IpcReader *, const gchar *, JsonNode *))
{
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *inner;

  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &inner)) {
    g_autofree gchar *place = ipc_json_path_member (path, name);

    if (g_str_equal (name, "comment"))
      ipc_reader_text (reader, place, inner);
    else
      read (reader, name, inner);
  }
}

static void
read_needs (IpcReader *reader, GHashTable *members)
{
  JsonNode *node = g_hash_table_lookup (members, "needs"), *version = g_hash_table_lookup (members, "needs-version");
  g_autoptr (GHashTable) sides = NULL;
  gboolean both = !node || JSON_NODE_HOLDS_ARRAY (node);

  if (!both)
    sides = ipc_reader_members (reader, "$.needs", node, ipc_needs_members);
  reader->result->needs[IPC_ROLE_MASTER] = take_list (both ? members : sides, both ? "needs" : "master");
  reader->result->needs[IPC_ROLE_SLAVE] = take_list (both ? members : sides, both ? "needs" : "slave");
  reader->result->needs_version = version ? json_node_dup_string (version) : NULL;
}

/* The table of members has the default. */
static void
read_within (IpcReader *reader, GHashTable *members)
{
  JsonNode *node = g_hash_table_lookup (members, "within");
  const IpcMember *member = ipc_file_members;
  g_autoptr (JsonNode) fallback = NULL, value = NULL;
  IpcStepField field;

  while (member->type != IPC_MEMBER_WITHIN)
    member++;
  field = ipc_member_field (member);
  fallback = json_from_string (field.fallback, NULL);
  value = ipc_reader_field (reader, "$.within", &field, node ? node : fallback);
  reader->result->within = value ? json_node_get_int (value) : 0;
}

static void
check_requirements (IpcReader *reader)
{
  const gchar *const *known = reader->world->requirements;

  for (guint i = 0; known != NULL && reader->result->requirements[i]; i++) {
    const gchar *id = reader->result->requirements[i];
    g_autofree gchar *place = ipc_json_path_element ("$.requirements", i);
    const gchar *nearest;

    if (g_strv_contains (known, id))
      continue;
    nearest = ipc_words_nearest (id, known);
    if (nearest != NULL)
      ipc_reader_mistake (reader, place, "unknown requirement \"%s\": did you mean \"%s\"?", id, nearest);
    else
      ipc_reader_mistake (reader, place, "unknown requirement \"%s\": docs/protocol.md has them all", id);
  }
}

/* What branches that steps add may bring into the pipelines; what is wrong with them is reported where they are read.
 */
static void
collect_branches (IpcReader *reader, JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autoptr (GList) values = object ? json_object_get_values (object) : NULL;
  JsonNode *act = object ? json_object_get_member (object, "act") : NULL;

  if (JSON_NODE_HOLDS_ARRAY (node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      collect_branches (reader, json_array_get_element (json_node_get_array (node), i));
  for (GList *l = values; l; l = l->next)
    collect_branches (reader, l->data);
  if (act && JSON_NODE_HOLDS_VALUE (act) && g_strcmp0 (json_node_get_string (act), "add-branch") == 0) {
    JsonNode *process = json_object_get_member (object, "process");
    JsonNode *description = json_object_get_member (object, "description");
    const gchar *name = process && JSON_NODE_HOLDS_VALUE (process) ? json_node_get_string (process) : NULL;
    IpcPipelineNames *names = name ? g_hash_table_lookup (reader->pipelines, name) : NULL;
    g_autofree gchar *text = description ? json_to_string (description, FALSE) : NULL;

    if (names && text)
      ipc_pipeline_names_add (names, g_strdelimit (text, "\",[]", ' '));
  }
}

void
ipc_reader_case (IpcReader *reader)
{
  IpcScenarioCase *result = reader->result;
  g_autoptr (GHashTable) members = ipc_reader_members (reader, "$", reader->root, ipc_file_members);
  JsonNode *node;

  if (!members)
    return;
  node = g_hash_table_lookup (members, "shows");
  result->shows = node ? json_node_dup_string (node) : NULL;
  result->requirements = take_list (members, "requirements");
  result->allow = take_list (members, "allow");
  check_allow (reader, "$.allow", result->allow, reader->world->rules);
  check_requirements (reader);
  read_needs (reader, members);
  read_within (reader, members);
  node = g_hash_table_lookup (members, "processes");
  if (node && json_object_get_size (json_node_get_object (node)) == 0)
    ipc_reader_mistake (reader, "$.processes", "no processes");
  if (node)
    read_named (reader, "$.processes", node, read_process);
  if ((node = g_hash_table_lookup (members, "steps")))
    collect_branches (reader, node);
  if ((node = g_hash_table_lookup (members, "links")))
    read_named (reader, "$.links", node, read_link);
  if ((node = g_hash_table_lookup (members, "steps")))
    ipc_reader_steps (reader, node);
  ipc_reader_check_case (reader);
}
