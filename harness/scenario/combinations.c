/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What no single field shows: members that exclude each other or need each other, steps on a process that does not run,
 * links that share an end, a scenario that shows nothing. Works on what the other parts have read; owns nothing.
 */
#include "reader.h"
#include "records.h"

#include <string.h>

static const gchar *
text_of (IpcScenarioStep *step, const gchar *name)
{
  return json_object_get_string_member_with_default (step->fields, name, NULL);
}

static gboolean
has (IpcScenarioStep *step, const gchar *name)
{
  return json_object_has_member (step->fields, name);
}

static gboolean
is_null (IpcScenarioStep *step, const gchar *name)
{
  return !has (step, name) || json_object_get_null_member (step->fields, name);
}

/* Reports at a member of the step, or at the step when @name is NULL. */
#define AT(reader, step, name, ...)                                                                                    \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree gchar *member_path = (name) ? ipc_json_path_member ((step)->place, (name) ? (name) : "") : NULL;        \
    ipc_reader_mistake (reader, member_path ? member_path : (step)->place, __VA_ARGS__);                               \
  }                                                                                                                    \
  G_STMT_END

/* An element that the pipeline cannot have. */
static void
check_element (IpcReader *reader, IpcScenarioStep *step, const gchar *member, const gchar *element)
{
  IpcPipelineNames *names = g_hash_table_lookup (reader->pipelines, text_of (step, "process"));

  if (names && !ipc_pipeline_names_allow (names, element)) {
    g_autofree gchar *hint = ipc_words_hint (element, (const gchar *const *)names->names->pdata);

    AT (reader, step, member, "the pipeline of %s has no `name=%s`%s", text_of (step, "process"), element, hint);
  }
}

/* Whether "element.pad" is a pad of a link's end, which are observed always. */
static gboolean
is_link_pad (IpcPipelineNames *names, const gchar *element, const gchar *pad)
{
  const gchar *factory = ipc_pipeline_names_factory (names, element);

  return (g_strcmp0 (factory, "ipcpipelinesink") == 0 && g_str_equal (pad, "sink"))
         || (g_strcmp0 (factory, "ipcpipelinesrc") == 0 && g_str_equal (pad, "src"));
}

static void
check_pad (IpcReader *reader, IpcScenarioStep *step)
{
  const gchar *pad = text_of (step, "pad");
  IpcScenarioProcess *process = ipc_scenario_case_find_process (reader->result, text_of (step, "process"));
  IpcPipelineNames *names = g_hash_table_lookup (reader->pipelines, process->name);
  g_auto (GStrv) parts = g_strsplit (pad, ".", 2);
  const gchar *nearest;

  if (!names || names->has_branches || g_strv_contains ((const gchar *const *)process->observe, pad)
      || is_link_pad (names, parts[0], parts[1]))
    return;
  nearest = ipc_words_nearest (pad, (const gchar *const *)process->observe);
  if (nearest)
    AT (reader, step, "pad", "%s is not observed: did you mean \"%s\"?", pad, nearest);
  else
    AT (reader, step, "pad", "%s is not observed: add it to $.processes.%s.observe", pad, process->name);
}

static void
check_seek (IpcReader *reader, IpcScenarioStep *step)
{
  g_autofree gchar *flags = json_to_string (json_object_get_member (step->fields, "flags"), FALSE);
  gboolean keeps_start = g_str_equal (text_of (step, "start-type"), "none");
  gboolean keeps_stop = g_str_equal (text_of (step, "stop-type"), "none");
  gdouble rate = json_object_get_double_member (step->fields, "rate");

  if (json_object_get_boolean_member (step->fields, "background") && has (step, "within"))
    AT (reader, step, "within", "\"within\" means nothing with \"background\": true");
  if (rate == 0)
    AT (reader, step, "rate", "a rate of 0 is none: pause the pipeline instead");
  if (!keeps_start && is_null (step, "start"))
    AT (reader, step, "start", "\"start-type\": \"%s\" needs a start", text_of (step, "start-type"));
  if (keeps_start && !is_null (step, "start") && json_object_get_int_member (step->fields, "start") != 0)
    AT (reader, step, "start", "\"start\" means nothing with \"start-type\": \"none\"");
  if (!keeps_stop && is_null (step, "stop"))
    AT (reader, step, "stop-type", "\"stop-type\": \"%s\" needs a stop", text_of (step, "stop-type"));
  if (keeps_stop && !is_null (step, "stop"))
    AT (reader, step, "stop", "\"stop\" means nothing with \"stop-type\": \"none\", which is the default");
  if (strstr (flags, "\"instant-rate-change\"") && (!keeps_start || !keeps_stop || strstr (flags, "\"flush\"")))
    AT (reader, step, "flags",
        "instant-rate-change goes with \"start-type\": \"none\" and \"stop-type\": \"none\" and without flush only");
}

static void
check_send_event (IpcReader *reader, IpcScenarioStep *step)
{
  static const gchar *const without[] = { "eos", "flush-start", "flush-stop", "latency", "reconfigure", "segment",
    "stream-collection", "buffersize", "toc", "segment-done", "qos", "seek", "step", NULL };
  const gchar *event = text_of (step, "event");

  if (!g_strv_contains (without, event) && !g_str_has_prefix (event, "custom-") && !has (step, "structure")
      && !has (step, "fields"))
    AT (reader, step, NULL, "an event of type %s needs \"fields\" or a \"structure\"", event);
  if (has (step, "structure") && has (step, "fields"))
    AT (reader, step, "structure", "an event is made of \"fields\" or of a \"structure\", not of both");
}

static void
check_post_message (IpcReader *reader, IpcScenarioStep *step)
{
  static const gchar *const of_errors[] = { "domain", "code", "text", "debug", NULL };
  gboolean error
      = !g_str_equal (text_of (step, "type"), "element") && !g_str_equal (text_of (step, "type"), "application");
  const gchar *type = text_of (step, "type");

  for (guint i = 0; of_errors[i]; i++) {
    if (error && !has (step, of_errors[i]) && !g_str_equal (of_errors[i], "debug"))
      AT (reader, step, NULL, "a message of type %s needs \"%s\"", type, of_errors[i]);
    if (!error && has (step, of_errors[i]))
      AT (reader, step, of_errors[i], "a message of type %s has no \"%s\"", type, of_errors[i]);
  }
  if (!error && !has (step, "structure"))
    AT (reader, step, NULL, "a message of type %s needs a \"structure\"", type);
}

static IpcReaderLife *
life_of (IpcReader *reader, IpcScenarioProcess *process)
{
  IpcReaderLife *life = g_hash_table_lookup (reader->lives, process->name);

  if (!life) {
    life = g_new0 (IpcReaderLife, 1);
    life->started = process->start;
    g_hash_table_insert (reader->lives, process->name, life);
  }
  return life;
}

void
ipc_reader_note_step (IpcReader *reader, IpcScenarioStep *step)
{
  const gchar *process = text_of (step, "process"), *name = text_of (step, "signal");
  IpcScenarioProcess *found = process ? ipc_scenario_case_find_process (reader->result, process) : NULL;
  IpcReaderLife *life = found ? life_of (reader, found) : NULL;

  switch (step->kind->id) {
  case IPC_STEP_ACT_SPAWN:
    life->started = TRUE;
    life->may_have_ended = FALSE;
    break;
  case IPC_STEP_WAIT_EXIT:
  case IPC_STEP_ACT_EXIT:
  case IPC_STEP_ACT_FINISH:
    life->may_have_ended = TRUE;
    break;
  case IPC_STEP_ACT_FAULT:
  case IPC_STEP_ACT_SIGNAL_PROCESS:
    if (life && name)
      life->may_have_ended |= !g_str_equal (name, "stop") && !g_str_equal (name, "continue");
    break;
  case IPC_STEP_ACT_MARK:
    g_ptr_array_add (reader->marks, (gpointer)text_of (step, "name"));
    break;
  default:
    break;
  }
}

static void
check_running (IpcReader *reader, IpcScenarioStep *step)
{
  IpcScenarioProcess *process = ipc_scenario_case_find_process (reader->result, text_of (step, "process"));
  const IpcReaderLife *life = life_of (reader, process);

  if (step->kind->id == IPC_STEP_ACT_SPAWN) {
    if (life->started && !life->may_have_ended)
      AT (reader, step, "process", "%s runs already: give it \"start\": false, or end it before", process->name);
  } else if (!life->started && step->kind->id != IPC_STEP_CHECK_COUNT) {
    AT (reader, step, "process", "%s does not run here: it has \"start\": false and no spawn step comes before this",
        process->name);
  }
}

/* connect: the default for `to`, and that the slave runs. */
static void
check_connect (IpcReader *reader, IpcScenarioStep *step)
{
  IpcScenarioLink *link = ipc_scenario_case_find_link (reader->result, text_of (step, "link"));
  g_autofree gchar *to_path = ipc_json_path_member (step->place, "to");
  g_autofree gchar *slave = NULL, *src = NULL;

  if (!link->slave || !link->src) /* the link was wrong, which is reported */
    return;
  if (!has (step, "to")) {
    g_autofree gchar *to = g_strdup_printf ("%s.%s", link->slave, link->src);

    json_object_set_string_member (step->fields, "to", to);
  }
  if (!ipc_reader_link_end (reader, to_path, text_of (step, "to"), IPC_ROLE_SLAVE, &slave, &src))
    return;
  if (!life_of (reader, ipc_scenario_case_find_process (reader->result, slave))->started)
    ipc_reader_mistake (
        reader, to_path, "%s does not run here: it has \"start\": false and no spawn step comes before this", slave);
}

static void
check_mark (IpcReader *reader, IpcScenarioStep *step)
{
  const gchar *name = text_of (step, "name");

  if (!g_regex_match_simple (IPC_NAME_PATTERN, name, G_REGEX_DOLLAR_ENDONLY, 0))
    AT (reader, step, "name", "\"%s\": a name has letters, digits, `-` and `_` and begins with a letter", name);
  for (guint i = 0; i < reader->marks->len; i++)
    if (g_str_equal (reader->marks->pdata[i], name))
      AT (reader, step, "name", i == 0 ? "\"%s\" is the beginning of the history" : "mark \"%s\" was set before", name);
}

/* The types that records of @kind have, or NULL when they have none. */
static const gchar *const *
types_of (const gchar *kind)
{
  if (g_str_equal (kind, "message"))
    return ipc_message_types;
  if (g_str_equal (kind, "event"))
    return ipc_event_types;
  if (g_str_equal (kind, "query-seen"))
    return ipc_query_types;
  if (g_str_equal (kind, "packet"))
    return ipc_packet_types ();
  return NULL;
}

static void
check_count_type (IpcReader *reader, IpcScenarioStep *step, const gchar *kind)
{
  const gchar *const *types = types_of (kind);
  const gchar *type = text_of (step, "type");

  if (type && !types) {
    AT (reader, step, "type", "a record of kind %s has no \"type\"", kind);
  } else if (type && !g_strv_contains (types, type)) {
    g_autofree gchar *hint = ipc_words_hint (type, types);

    AT (reader, step, "type", "unknown type \"%s\"%s", type, hint);
  }
}

static void
check_count_match (IpcReader *reader, IpcScenarioStep *step, const gchar *kind)
{
  const gchar *const *members = ipc_record_kind_find (kind)->members;
  g_autoptr (GList) given = NULL;

  if (!has (step, "match"))
    return;
  given = json_object_get_members (json_object_get_object_member (step->fields, "match"));
  for (GList *member = given; member; member = member->next) {
    g_autofree gchar *place = NULL;

    if (g_strv_contains (members, member->data))
      continue;
    place = g_strdup_printf ("%s.match.%s", step->place, (const gchar *)member->data);
    ipc_reader_unknown (reader, place, "member", member->data, members);
  }
}

static void
check_count_limits (IpcReader *reader, IpcScenarioStep *step)
{
  gboolean equals = has (step, "equals"), least = has (step, "at-least"), most = has (step, "at-most");

  if (!equals && !least && !most)
    AT (reader, step, NULL, "how many? Give \"equals\", \"at-least\" or \"at-most\"");
  if (equals && (least || most))
    AT (reader, step, "equals", "\"equals\" leaves nothing for \"at-least\" and \"at-most\"");
  if (least && most
      && json_object_get_int_member (step->fields, "at-least") > json_object_get_int_member (step->fields, "at-most"))
    AT (reader, step, "at-least", "\"at-least\" is above \"at-most\": nothing can fulfil both");
  if (least && !most && json_object_get_int_member (step->fields, "at-least") == 0)
    AT (reader, step, "at-least", "\"at-least\": 0 is always so");
}

static void
check_count (IpcReader *reader, IpcScenarioStep *step)
{
  const gchar *kind = text_of (step, "kind");
  gboolean packets = g_str_equal (kind, "packet");

  if (packets && has (step, "process"))
    AT (reader, step, "process", "packets are counted on a \"link\"");
  if (!packets && has (step, "link"))
    AT (reader, step, "link", "only packets are counted on a link: %s is counted in a \"process\"", kind);
  if (has (step, "pad") && !g_strv_contains (ipc_record_kind_find (kind)->members, "pad"))
    AT (reader, step, "pad", "a record of kind %s has no \"pad\"", kind);
  else if (has (step, "pad") && !has (step, "process"))
    AT (reader, step, "pad", "\"pad\" needs a \"process\"");
  check_count_type (reader, step, kind);
  check_count_match (reader, step, kind);
  check_count_limits (reader, step);
}

/* Names of processes and links, and types, in the items of an order. */
static void
check_order (IpcReader *reader, IpcScenarioStep *step)
{
  JsonArray *items = json_object_get_array_member (step->fields, "items");

  for (guint i = 0; i < json_array_get_length (items); i++) {
    JsonObject *item = json_array_get_object_element (items, i);
    const gchar *process = json_object_get_string_member_with_default (item, "process", NULL);
    const gchar *link = json_object_get_string_member_with_default (item, "link", NULL);
    const gchar *type = json_object_get_string_member_with_default (item, "type", NULL);
    const gchar *const *types = types_of (json_object_get_string_member (item, "kind"));
    g_autofree gchar *path = g_strdup_printf ("%s.items[%u]", step->place, i);
    g_autofree gchar *process_path = ipc_json_path_member (path, "process");
    g_autofree gchar *link_path = ipc_json_path_member (path, "link");
    g_autofree gchar *type_path = ipc_json_path_member (path, "type");
    g_autofree const gchar **links = ipc_reader_link_names (reader);

    if (process)
      ipc_reader_process (reader, process_path, process);
    if (link && !ipc_scenario_case_find_link (reader->result, link))
      ipc_reader_unknown (reader, link_path, "link", link, links);
    if (type && types && !g_strv_contains (types, type))
      ipc_reader_unknown (reader, type_path, "type", type, types);
  }
}

static void
check_time (IpcReader *reader, IpcScenarioStep *step)
{
  JsonArray *names = json_object_get_array_member (step->fields, "processes");

  for (guint i = 0; i < json_array_get_length (names); i++) {
    const gchar *name = json_array_get_string_element (names, i);

    if (!life_of (reader, ipc_scenario_case_find_process (reader->result, name))->started)
      AT (reader, step, "processes",
          "%s does not run here: it has \"start\": false and no spawn step comes before this", name);
  }
}

static void
check_query (IpcReader *reader, IpcScenarioStep *step)
{
  if (has (step, "pad") && has (step, "element"))
    AT (reader, step, "pad", "either an \"element\" is asked or a \"pad\"");
  if (json_object_get_boolean_member (step->fields, "peer") && !has (step, "pad"))
    AT (reader, step, "peer", "\"peer\" goes with \"pad\"");
  if (has (step, "structure") && has (step, "fields"))
    AT (reader, step, "structure", "the query is made of \"structure\" or of \"fields\", not of both");
}

static void
check_members_of_kind (IpcReader *reader, IpcScenarioStep *step)
{
  switch (step->kind->id) {
  case IPC_STEP_ACT_SEEK:
    check_seek (reader, step);
    break;
  case IPC_STEP_ACT_SEND_EVENT:
  case IPC_STEP_ACT_PUSH_EVENT:
    check_send_event (reader, step);
    break;
  case IPC_STEP_ACT_QUERY:
  case IPC_STEP_CHECK_QUERY:
    check_query (reader, step);
    break;
  case IPC_STEP_CHECK_DURATION:
    if (!has (step, "at-least") && !has (step, "at-most"))
      AT (reader, step, NULL, "how long? Give \"at-least\" or \"at-most\"");
    break;
  case IPC_STEP_ACT_POST_MESSAGE:
    check_post_message (reader, step);
    break;
  case IPC_STEP_ACT_CONNECT:
    check_connect (reader, step);
    break;
  case IPC_STEP_ACT_MARK:
    check_mark (reader, step);
    break;
  case IPC_STEP_WAIT_PACKET:
  case IPC_STEP_ACT_UNFAULT:
  case IPC_STEP_WAIT_FAULT:
    ipc_reader_check_relayed (reader, step);
    break;
  case IPC_STEP_ACT_FAULT:
    ipc_reader_check_fault (reader, step);
    break;
  case IPC_STEP_ACT_INJECT:
    ipc_reader_check_relayed (reader, step);
    ipc_reader_check_inject (reader, step);
    break;
  case IPC_STEP_ACT_CLOSE:
    ipc_reader_check_relayed (reader, step);
    ipc_reader_check_close (reader, step);
    break;
  case IPC_STEP_WAIT_EXIT:
    if (has (step, "status") && has (step, "signal"))
      AT (reader, step, "signal", "a process ends with a \"status\" or by a \"signal\", not both");
    break;
  case IPC_STEP_CHECK_PROPERTY:
    if (has (step, "value") == has (step, "match"))
      AT (reader, step, NULL, "check property needs either \"value\" or \"match\"");
    break;
  case IPC_STEP_CHECK_COUNT:
    check_count (reader, step);
    break;
  case IPC_STEP_CHECK_TIME:
    check_time (reader, step);
    break;
  case IPC_STEP_CHECK_ORDER:
    check_order (reader, step);
    break;
  default:
    break;
  }
}

/* Whether its `pad` is one to be observed, and not one to do something with. */
static gboolean
observes_pad (IpcScenarioStep *step)
{
  for (const IpcStepField *field = step->kind->fields; field->name; field++)
    if (g_str_equal (field->name, "pad"))
      return field->type == IPC_FIELD_PAD;
  return FALSE;
}

void
ipc_reader_check_step (IpcReader *reader, IpcScenarioStep *step)
{
  check_members_of_kind (reader, step);
  if (!has (step, "process"))
    return;
  check_running (reader, step);
  if (has (step, "element"))
    check_element (reader, step, "element", text_of (step, "element"));
  if (has (step, "pad") && observes_pad (step))
    check_pad (reader, step);
}

static gboolean
starts (IpcReader *reader, const gchar *name)
{
  IpcScenarioProcess *process = ipc_scenario_case_find_process (reader->result, name);

  return process && process->start;
}

static void
check_shared_ends (IpcReader *reader)
{
  GPtrArray *links = reader->result->links;

  for (guint i = 0; i < links->len; i++) {
    for (guint j = 0; j < i; j++) {
      IpcScenarioLink *link = links->pdata[i], *other = links->pdata[j];
      g_autofree gchar *path = ipc_json_path_member ("$.links", link->name);
      gboolean both = link->start && other->start && link->master && other->master && starts (reader, link->master)
                      && starts (reader, link->slave) && starts (reader, other->master)
                      && starts (reader, other->slave);

      if (both && g_str_equal (link->master, other->master) && g_str_equal (link->sink, other->sink))
        ipc_reader_mistake (
            reader, path, "%s.%s is the end of link \"%s\" already", link->master, link->sink, other->name);
      if (both && g_str_equal (link->slave, other->slave) && g_str_equal (link->src, other->src))
        ipc_reader_mistake (
            reader, path, "%s.%s is the end of link \"%s\" already", link->slave, link->src, other->name);
    }
  }
}

void
ipc_reader_check_case (IpcReader *reader)
{
  GPtrArray *processes = reader->result->processes, *steps = reader->order;
  gboolean master = FALSE, shows = FALSE;

  for (guint i = 0; i < processes->len; i++)
    master |= ((IpcScenarioProcess *)processes->pdata[i])->role == IPC_ROLE_MASTER;
  if (processes->len > 0 && !master)
    ipc_reader_mistake (reader, "$.processes", "no process is a master");
  for (guint i = 0; i < steps->len; i++)
    shows |= !g_str_equal (((IpcScenarioStep *)steps->pdata[i])->kind->verb, "act");
  if (steps->len > 0 && !shows)
    ipc_reader_mistake (reader, "$.steps", "no step waits for or checks anything: this shows nothing");
  check_shared_ends (reader);
  ipc_reader_check_fault_names (reader);
}
