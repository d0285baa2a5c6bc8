/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Lines to commands. The table below says what there is; a line is checked against it completely before anything
 * is done, so that a mistake of the sender is an answer that names it and never half a command. A command owns its
 * members, its descriptors and its reply. */

#include "commands.h"

#include "find.h"
#include "report.h"
#include "syntax.h"

#include <math.h>

G_DEFINE_QUARK (ipc - command - error - quark, ipc_command_error)

typedef enum {
  MEMBER_TEXT,
  MEMBER_BOOL,
  MEMBER_INT,
  MEMBER_NUMBER,
  MEMBER_SCALAR,
  MEMBER_TEXTS,
  MEMBER_OBJECT
} MemberType;

static const gchar *const member_type_names[]
    = { "a string", "true or false", "an integer", "a number", "a scalar", "a list of strings", "an object" };

typedef struct {
  const gchar *name;
  MemberType type;
  gboolean required;
  gint64 minimum, maximum; /* of MEMBER_INT; both 0: no limit */
} Member;

#define MAX_MEMBERS 12

typedef struct {
  const gchar *name;
  IpcCommandFunc func;
  Member members[MAX_MEMBERS]; /* ends with a name of NULL */
} CommandKind;

static const CommandKind command_kinds[] = {
  { "pipeline", ipc_command_pipeline,
      { { "description", MEMBER_TEXT, TRUE }, { "container", MEMBER_TEXT }, { "observe", MEMBER_TEXTS } } },
  { "link", ipc_command_link,
      { { "element", MEMBER_TEXT, TRUE }, { "fdin", MEMBER_BOOL }, { "fdout", MEMBER_BOOL },
          { "same", MEMBER_BOOL } } },
  { "set-state", ipc_command_set_state, { { "state", MEMBER_TEXT, TRUE }, { "element", MEMBER_TEXT } } },
  { "get-state", ipc_command_get_state,
      { { "element", MEMBER_TEXT }, { "timeout", MEMBER_INT, FALSE, 0, G_MAXINT64 } } },
  { "on-message", ipc_command_on_message,
      { { "type", MEMBER_TEXT, TRUE }, { "source", MEMBER_TEXT }, { "state", MEMBER_TEXT, TRUE },
          { "element", MEMBER_TEXT } } },
  { "recalculate-latency", ipc_command_recalculate_latency, { { NULL } } },
  { "seek", ipc_command_seek,
      { { "element", MEMBER_TEXT }, { "rate", MEMBER_NUMBER }, { "format", MEMBER_TEXT }, { "flags", MEMBER_TEXTS },
          { "start-type", MEMBER_TEXT }, { "start", MEMBER_INT }, { "stop-type", MEMBER_TEXT },
          { "stop", MEMBER_INT } } },
  { "send-event", ipc_command_send_event,
      { { "element", MEMBER_TEXT }, { "event", MEMBER_TEXT, TRUE }, { "structure", MEMBER_TEXT },
          { "fields", MEMBER_OBJECT }, { "seqnum", MEMBER_INT, FALSE, 1, G_MAXUINT32 } } },
  { "push-event", ipc_command_push_event,
      { { "pad", MEMBER_TEXT, TRUE }, { "event", MEMBER_TEXT, TRUE }, { "structure", MEMBER_TEXT },
          { "fields", MEMBER_OBJECT }, { "seqnum", MEMBER_INT, FALSE, 1, G_MAXUINT32 } } },
  { "send-sink-message", ipc_command_send_sink_message,
      { { "element", MEMBER_TEXT }, { "pad", MEMBER_TEXT }, { "name", MEMBER_TEXT }, { "type", MEMBER_TEXT, TRUE },
          { "domain", MEMBER_TEXT }, { "code", MEMBER_INT, FALSE, G_MININT, G_MAXINT }, { "text", MEMBER_TEXT },
          { "debug", MEMBER_TEXT }, { "structure", MEMBER_TEXT } } },
  { "query", ipc_command_query,
      { { "element", MEMBER_TEXT }, { "pad", MEMBER_TEXT }, { "peer", MEMBER_BOOL }, { "query", MEMBER_TEXT, TRUE },
          { "format", MEMBER_TEXT }, { "structure", MEMBER_TEXT }, { "fields", MEMBER_OBJECT } } },
  { "add-branch", ipc_command_add_branch,
      { { "name", MEMBER_TEXT, TRUE }, { "description", MEMBER_TEXT, TRUE }, { "to", MEMBER_TEXT },
          { "start", MEMBER_BOOL }, { "observe", MEMBER_TEXTS } } },
  { "start-branch", ipc_command_start_branch, { { "name", MEMBER_TEXT, TRUE } } },
  { "remove-branch", ipc_command_remove_branch, { { "name", MEMBER_TEXT, TRUE }, { "at-once", MEMBER_BOOL } } },
  { "get-time", ipc_command_get_time, { { NULL } } },
  { "set-property", ipc_command_set_property,
      { { "element", MEMBER_TEXT }, { "property", MEMBER_TEXT, TRUE }, { "value", MEMBER_SCALAR, TRUE } } },
  { "get-property", ipc_command_get_property, { { "element", MEMBER_TEXT }, { "property", MEMBER_TEXT, TRUE } } },
  { "emit-signal", ipc_command_emit_signal, { { "element", MEMBER_TEXT }, { "signal", MEMBER_TEXT, TRUE } } },
  { "post-message", ipc_command_post_message,
      { { "element", MEMBER_TEXT }, { "type", MEMBER_TEXT, TRUE }, { "domain", MEMBER_TEXT },
          { "code", MEMBER_INT, FALSE, G_MININT, G_MAXINT }, { "text", MEMBER_TEXT }, { "debug", MEMBER_TEXT },
          { "structure", MEMBER_TEXT } } },
  { "dot", ipc_command_dot, { { NULL } } },
  { "finish", ipc_command_finish, { { NULL } } },
  { "exit", ipc_command_exit, { { "status", MEMBER_INT, FALSE, 0, 255 } } },
};

static const CommandKind *
find_kind (const gchar *name, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (command_kinds); i++) {
    if (g_str_equal (command_kinds[i].name, name))
      return &command_kinds[i];
    g_string_append_printf (list, " %s", command_kinds[i].name);
  }
  g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_UNKNOWN, "no command \"%s\": use one of%s", name, list->str);
  return NULL;
}

/* The kind and the function are looked up again when the command runs: names are few. */
static const CommandKind *
kind_of (IpcCommand *command, GError **error)
{
  JsonNode *node = json_object_get_member (command->members, "command");

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_SYNTAX, "member \"command\" must be a string");
    return NULL;
  }
  return find_kind (json_node_get_string (node), error);
}

static gboolean
is_list_of_strings (JsonNode *node)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;

  JsonArray *list = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (list); i++) {
    if (json_node_get_value_type (json_array_get_element (list, i)) != G_TYPE_STRING)
      return FALSE;
  }
  return TRUE;
}

static gboolean
has_type (JsonNode *node, MemberType type)
{
  GType value_type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  switch (type) {
  case MEMBER_TEXT:
    return value_type == G_TYPE_STRING;
  case MEMBER_BOOL:
    return value_type == G_TYPE_BOOLEAN;
  case MEMBER_INT:
    return value_type == G_TYPE_INT64;
  case MEMBER_NUMBER:
    return value_type == G_TYPE_INT64 || (value_type == G_TYPE_DOUBLE && isfinite (json_node_get_double (node)));
  case MEMBER_SCALAR:
    return value_type != G_TYPE_INVALID || JSON_NODE_HOLDS_NULL (node);
  case MEMBER_TEXTS:
    return is_list_of_strings (node);
  case MEMBER_OBJECT:
    return JSON_NODE_HOLDS_OBJECT (node);
  default:
    g_return_val_if_reached (FALSE);
  }
}

static gboolean
check_member (const CommandKind *kind, const Member *member, JsonNode *node, GError **error)
{
  gboolean missing = node == NULL || (JSON_NODE_HOLDS_NULL (node) && member->type != MEMBER_SCALAR);

  if (missing && !member->required)
    return TRUE;
  if (missing) {
    g_set_error (
        error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "%s: member \"%s\" is missing", kind->name, member->name);
    return FALSE;
  }
  if (!has_type (node, member->type)) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "%s: member \"%s\" must be %s", kind->name,
        member->name, member_type_names[member->type]);
    return FALSE;
  }
  if (member->type == MEMBER_INT && (member->minimum != 0 || member->maximum != 0)) {
    gint64 value = json_node_get_int (node);

    if (value < member->minimum || value > member->maximum) {
      g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE,
          "%s: member \"%s\" must be within %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT, kind->name, member->name,
          member->minimum, member->maximum);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
is_known (const CommandKind *kind, const gchar *name)
{
  if (g_str_equal (name, "id") || g_str_equal (name, "command"))
    return TRUE;
  for (guint i = 0; i < MAX_MEMBERS && kind->members[i].name != NULL; i++) {
    if (g_str_equal (kind->members[i].name, name))
      return TRUE;
  }
  return FALSE;
}

static gboolean
check_members (IpcCommand *command, const CommandKind *kind, GError **error)
{
  JsonObjectIter iter;
  const gchar *name;

  json_object_iter_init (&iter, command->members);
  while (json_object_iter_next (&iter, &name, NULL)) {
    if (!is_known (kind, name)) {
      g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_UNKNOWN, "%s: unknown member \"%s\"", kind->name, name);
      return FALSE;
    }
  }
  for (guint i = 0; i < MAX_MEMBERS && kind->members[i].name != NULL; i++) {
    const Member *member = &kind->members[i];

    if (!check_member (kind, member, json_object_get_member (command->members, member->name), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_fds (IpcCommand *command, const CommandKind *kind, GError **error)
{
  if (command->fds->len == 0 || kind->func == ipc_command_link)
    return TRUE;
  g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_SYNTAX, "%s: no file descriptors are wanted, %u came",
      kind->name, command->fds->len);
  return FALSE;
}

static gint64
read_id (JsonObject *members)
{
  JsonNode *node = json_object_get_member (members, "id");

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_INT64)
    return 0;
  return MAX (json_node_get_int (node), 0);
}

static void
command_free (IpcCommand *command)
{
  g_clear_pointer (&command->members, json_object_unref);
  g_clear_pointer (&command->reply, json_object_unref);
  g_clear_pointer (&command->fds, ipc_fds_free);
  g_free (command);
}

static void
answer (IpcCommand *command, const GError *error)
{
  JsonObject *reply = g_steal_pointer (&command->reply);

  /* an answer means that everything is done: descriptors that were not taken are closed by then */
  g_clear_pointer (&command->fds, ipc_fds_free);
  json_object_set_int_member (reply, "t", ipc_report_now ());
  json_object_set_boolean_member (reply, "ok", error == NULL);
  if (error != NULL)
    ipc_report_set_text (reply, "error", error->message);
  ipc_channel_send (ipc_worker_channel (command->worker), reply);
}

void
ipc_command_run (IpcCommand *command)
{
  g_autoptr (GError) error = NULL;

  kind_of (command, NULL)->func (command, &error);
  answer (command, error);
  command_free (command);
}

static gboolean
understand (IpcCommand *command, IpcLine *line, GError **error)
{
  command->members = ipc_syntax_read (line, error);
  if (command->members == NULL)
    return FALSE;

  command->id = read_id (command->members);
  json_object_set_int_member (command->reply, "reply", command->id);
  if (command->id == 0) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_SYNTAX, "member \"id\" must be a positive integer");
    return FALSE;
  }

  const CommandKind *kind = kind_of (command, error);
  return kind != NULL && check_members (command, kind, error) && check_fds (command, kind, error);
}

void
ipc_command_dispatch (IpcWorker *worker, IpcLine *line)
{
  g_autoptr (IpcLine) taken = line;
  g_autoptr (GError) error = NULL;
  IpcCommand *command = g_new0 (IpcCommand, 1);

  command->worker = worker;
  command->fds = g_steal_pointer (&taken->fds);
  command->reply = ipc_report_new ("reply");
  json_object_set_int_member (command->reply, "reply", 0);

  if (understand (command, taken, &error)) {
    if (ipc_worker_run (worker, command))
      return;
    g_set_error (&error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_FAILED, "the worker is finishing");
  }
  answer (command, error);
  command_free (command);
}

static JsonNode *
get_member (IpcCommand *command, const gchar *member)
{
  JsonNode *node = json_object_get_member (command->members, member);

  return node == NULL || JSON_NODE_HOLDS_NULL (node) ? NULL : node;
}

const gchar *
ipc_command_text (IpcCommand *command, const gchar *member)
{
  JsonNode *node = get_member (command, member);

  return node ? json_node_get_string (node) : NULL;
}

gboolean
ipc_command_bool (IpcCommand *command, const gchar *member, gboolean fallback)
{
  JsonNode *node = get_member (command, member);

  return node ? json_node_get_boolean (node) : fallback;
}

gint64
ipc_command_int (IpcCommand *command, const gchar *member, gint64 fallback)
{
  JsonNode *node = get_member (command, member);

  return node ? json_node_get_int (node) : fallback;
}

gdouble
ipc_command_number (IpcCommand *command, const gchar *member, gdouble fallback)
{
  JsonNode *node = get_member (command, member);

  return node ? json_node_get_double (node) : fallback;
}

JsonArray *
ipc_command_texts (IpcCommand *command, const gchar *member)
{
  JsonNode *node = get_member (command, member);

  return node ? json_node_get_array (node) : NULL;
}

JsonObject *
ipc_command_object (IpcCommand *command, const gchar *member)
{
  JsonNode *node = get_member (command, member);

  return node ? json_node_get_object (node) : NULL;
}

GstElement *
ipc_command_element (IpcCommand *command, GError **error)
{
  const gchar *name = ipc_command_text (command, "element");
  g_autoptr (GstElement) pipeline = ipc_worker_pipeline (command->worker, error);

  if (pipeline == NULL)
    return NULL;
  if (name == NULL)
    return g_steal_pointer (&pipeline);
  return ipc_find_element (GST_BIN (pipeline), name, error);
}

GstPad *
ipc_command_pad (IpcCommand *command, GError **error)
{
  g_autoptr (GstElement) pipeline = ipc_worker_pipeline (command->worker, error);
  g_autoptr (GstElement) element = NULL;

  return pipeline ? ipc_find_pad (GST_BIN (pipeline), ipc_command_text (command, "pad"), &element, error) : NULL;
}

GstStructure *
ipc_command_structure (IpcCommand *command, gboolean *ok, GError **error)
{
  const gchar *text = ipc_command_text (command, "structure");
  GstStructure *structure = text ? gst_structure_new_from_string (text) : NULL;

  *ok = text == NULL || structure != NULL;
  if (!*ok)
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "\"%s\" is not the text of a GstStructure", text);
  return structure;
}
