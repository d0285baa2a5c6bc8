/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tables as a JSON Schema, draft-07, which is what editors and Debian's python3-jsonschema read. A step's kind is
 * chosen by if/then on its verb: with oneOf a typo would be reported as "not valid under any of the given schemas". The
 * text is the caller's; nodes are built and freed here.
 */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "explain.h"
#include "parameters.h"
#include "records.h"
#include "tables.h"
#include "time-text.h"

#define REFERENCE "\\$\\{[a-z][a-zA-Z0-9._-]*\\}"

static JsonObject *
typed (const gchar *type, const gchar *doc)
{
  JsonObject *schema = json_object_new ();

  json_object_set_string_member (schema, "type", type);
  if (doc)
    json_object_set_string_member (schema, "description", doc);
  return schema;
}

static JsonObject *
reference (const gchar *to)
{
  JsonObject *schema = json_object_new ();
  g_autofree gchar *pointer = g_strconcat ("#/definitions/", to, NULL);

  json_object_set_string_member (schema, "$ref", pointer);
  return schema;
}

static JsonArray *
array_of (const gchar *const *words)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; words[i]; i++)
    json_array_add_string_element (array, words[i]);
  return array;
}

/* Gives @schema one of @types. */
static void
set_types (JsonObject *schema, const gchar *types)
{
  g_auto (GStrv) words = g_strsplit (types, " ", -1);

  json_object_set_array_member (schema, "type", array_of ((const gchar *const *)words));
}

static void
set_fallback (JsonObject *schema, const gchar *fallback)
{
  if (fallback)
    json_object_set_member (schema, "default", json_from_string (fallback, NULL));
}

/* What a reference to a parameter can stand for: @schema (taken) holds unless there is one. With anyOf a wrong word
 * would be reported as "not valid under any of the given schemas". */
static JsonObject *
or_reference (JsonObject *schema)
{
  JsonObject *choice = json_object_new ();

  json_object_set_object_member (choice, "if", reference ("reference"));
  json_object_set_object_member (choice, "else", schema);
  return choice;
}

/* An element of a list: @schema (taken), or {"for": ..., "do": [...]} whose elements are repeated. */
static JsonObject *
or_for (JsonObject *schema, const gchar *definition)
{
  static const gchar *const keyword[] = { "for", NULL };
  JsonObject *choice = json_object_new (), *condition = json_object_new ();

  json_object_set_string_member (condition, "type", "object");
  json_object_set_array_member (condition, "required", array_of (keyword));
  json_object_set_object_member (choice, "if", condition);
  json_object_set_object_member (choice, "then", reference (definition));
  json_object_set_object_member (choice, "else", or_reference (schema));
  return choice;
}

static JsonObject *
text_schema (const gchar *pattern, const gchar *doc)
{
  JsonObject *schema = typed ("string", doc);

  json_object_set_int_member (schema, "minLength", 1);
  if (pattern)
    json_object_set_string_member (schema, "pattern", pattern);
  return schema;
}

static JsonObject *
enum_schema (const gchar *const *words, const gchar *doc)
{
  JsonObject *schema = typed ("string", doc);

  json_object_set_array_member (schema, "enum", array_of (words));
  return schema;
}

/* A list of fewer elements may grow when its references and `for` are written out. */
static void
set_least (JsonObject *schema, guint least)
{
  JsonObject *condition, *rest;

  json_object_set_int_member (schema, "minItems", 1);
  if (least < 2)
    return;
  condition = json_object_new ();
  rest = json_object_new ();
  json_object_set_object_member (condition, "contains", reference ("grows"));
  json_object_set_int_member (rest, "minItems", least);
  json_object_set_object_member (schema, "if", condition);
  json_object_set_object_member (schema, "else", rest);
}

static JsonObject *
list_schema (JsonObject *items, guint least, const gchar *doc)
{
  JsonObject *schema = typed ("array", doc);

  json_object_set_object_member (schema, "items", or_for (items, "repeated"));
  if (least)
    set_least (schema, least);
  return schema;
}

/* An object of @properties (taken) and nothing else but a comment. */
static JsonObject *
closed_object (JsonObject *properties, JsonArray *required, const gchar *doc)
{
  JsonObject *schema = typed ("object", doc);

  json_object_set_object_member (properties, "comment", typed ("string", "For readers only."));
  if (json_array_get_length (required) > 0)
    json_object_set_array_member (schema, "required", required);
  else
    json_array_unref (required);
  json_object_set_object_member (schema, "properties", properties);
  json_object_set_boolean_member (schema, "additionalProperties", FALSE);
  return schema;
}

/* An object whose members are named by the author. */
static JsonObject *
named_object (const gchar *definition, gboolean required, const gchar *doc)
{
  JsonObject *schema = typed ("object", doc), *names = json_object_new (), *properties = json_object_new ();

  json_object_set_string_member (names, "pattern", "^([A-Za-z]|" REFERENCE ")([A-Za-z0-9_-]|" REFERENCE ")*$");
  json_object_set_object_member (properties, "comment", typed ("string", "For readers only."));
  if (required)
    json_object_set_int_member (schema, "minProperties", 1);
  json_object_set_object_member (schema, "propertyNames", names);
  json_object_set_object_member (schema, "properties", properties);
  json_object_set_object_member (schema, "additionalProperties", or_reference (reference (definition)));
  return schema;
}

/* {"i": [1, 4], "word": {"in": [...]}} */
static JsonObject *
for_schema (const gchar *doc)
{
  static const gchar *const in[] = { "in", NULL };
  JsonObject *schema = typed ("object", doc), *names = json_object_new (), *values = typed ("array", NULL),
             *bound = typed ("integer", NULL), *properties = json_object_new ();

  json_object_set_object_member (values, "items", or_reference (bound));
  json_object_set_int_member (values, "minItems", 2);
  json_object_set_int_member (values, "maxItems", 2);
  set_types (values, "array object");
  json_object_set_object_member (properties, "in", or_reference (typed ("array", NULL)));
  json_object_set_object_member (values, "properties", properties);
  json_object_set_array_member (values, "required", array_of (in));
  json_object_set_boolean_member (values, "additionalProperties", FALSE);
  json_object_set_string_member (names, "pattern", IPC_PARAMETER_PATTERN);
  json_object_set_object_member (schema, "propertyNames", names);
  json_object_set_int_member (schema, "minProperties", 1);
  properties = json_object_new ();
  json_object_set_object_member (properties, "comment", typed ("string", "For readers only."));
  json_object_set_object_member (schema, "properties", properties);
  json_object_set_object_member (schema, "additionalProperties", or_reference (values));
  return schema;
}

/* {"for": ..., "do": [...]}, whose elements are @items (taken; NULL: anything). */
static JsonObject *
repeated_schema (JsonObject *items, const gchar *doc)
{
  static const gchar *const both[] = { "for", "do", NULL };
  JsonObject *properties = json_object_new (), *body = typed ("array", "What is repeated.");

  if (items)
    json_object_set_object_member (body, "items", items);
  json_object_set_object_member (properties, "for",
      for_schema (
          "What counts: {\"i\": [1, 4]} from 1 to 4, {\"i\": {\"in\": [...]}} through a list. ${i} is the value."));
  json_object_set_object_member (properties, "do", body);
  return closed_object (properties, array_of (both), doc);
}

/* A list of scalars, an object of labels and values, or {"values": ..., "full": ...} of them. */
static JsonObject *
parameters_schema (const gchar *doc)
{
  JsonObject *schema = typed ("object", doc), *names = json_object_new (), *values = json_object_new (),
             *properties = json_object_new (), *scalar = json_object_new ();

  set_types (scalar, "string number boolean null");
  json_object_set_string_member (names, "pattern", IPC_PARAMETER_PATTERN);
  set_types (values, "array object");
  json_object_set_object_member (values, "items", scalar);
  json_object_set_int_member (values, "minItems", 1);
  json_object_set_int_member (values, "minProperties", 1);
  json_object_set_object_member (properties, "comment", typed ("string", "For readers only."));
  json_object_set_object_member (schema, "propertyNames", names);
  json_object_set_object_member (schema, "properties", properties);
  json_object_set_object_member (schema, "additionalProperties", values);
  return schema;
}

static JsonObject *
exclude_schema (const gchar *doc)
{
  JsonObject *schema = typed ("array", doc), *item = typed ("object", NULL), *labels = json_object_new ();

  set_types (labels, "string number boolean null array");
  json_object_set_object_member (item, "additionalProperties", labels);
  json_object_set_object_member (schema, "items", item);
  return schema;
}

/* A list, or one for each role. */
static JsonObject *
needs_schema (const IpcMember *member)
{
  static const gchar *const roles[] = { "master", "slave", NULL };
  JsonObject *schema = list_schema (text_schema (member->pattern, NULL), 0, member->doc),
             *properties = json_object_new ();

  set_types (schema, "array object");
  json_object_set_object_member (properties, "comment", typed ("string", "For readers only."));
  for (guint i = 0; roles[i]; i++)
    json_object_set_object_member (
        properties, roles[i], or_reference (list_schema (text_schema (member->pattern, NULL), 0, NULL)));
  json_object_set_object_member (schema, "properties", properties);
  json_object_set_boolean_member (schema, "additionalProperties", FALSE);
  return schema;
}

static JsonObject *
steps_schema (const gchar *doc)
{
  JsonObject *schema = typed ("array", doc);

  json_object_set_object_member (schema, "items", or_for (reference ("step"), "repeated-steps"));
  json_object_set_int_member (schema, "minItems", 1);
  return schema;
}

static JsonObject *field_schema (const IpcStepField *field);

static JsonObject *
member_schema (const IpcMember *member)
{
  JsonObject *schema = NULL;
  IpcStepField field;

  switch (member->type) {
  case IPC_MEMBER_TEXT:
    schema = text_schema (member->pattern, member->doc);
    break;
  case IPC_MEMBER_TEXT_OR_LIST:
    schema = list_schema (text_schema (NULL, NULL), 1, member->doc);
    set_types (schema, "string array");
    json_object_set_int_member (schema, "minLength", 1);
    break;
  case IPC_MEMBER_LIST:
    schema = list_schema (text_schema (member->pattern, NULL), member->required, member->doc);
    json_object_set_boolean_member (schema, "uniqueItems", TRUE);
    break;
  case IPC_MEMBER_WORD:
    schema = enum_schema (member->words, member->doc);
    break;
  case IPC_MEMBER_BOOL:
    schema = typed ("boolean", member->doc);
    break;
  case IPC_MEMBER_WITHIN:
    field = ipc_member_field (member);
    schema = field_schema (&field);
    break;
  case IPC_MEMBER_PROCESSES:
    schema = named_object ("process", TRUE, member->doc);
    break;
  case IPC_MEMBER_LINKS:
    schema = named_object ("link", FALSE, member->doc);
    break;
  case IPC_MEMBER_STEPS:
    schema = steps_schema (member->doc);
    break;
  case IPC_MEMBER_NEEDS:
    schema = needs_schema (member);
    break;
  case IPC_MEMBER_STEP_LISTS:
    schema = typed ("array", member->doc);
    json_object_set_object_member (schema, "items", or_for (steps_schema (NULL), "repeated"));
    set_least (schema, 2);
    break;
  case IPC_MEMBER_COUNT:
    schema = typed ("integer", member->doc);
    json_object_set_int_member (schema, "minimum", 0);
    break;
  case IPC_MEMBER_PARAMETERS:
    return parameters_schema (member->doc);
  case IPC_MEMBER_EXCLUDE:
    return exclude_schema (member->doc);
  case IPC_MEMBER_FOR:
    return for_schema (member->doc);
  }
  set_fallback (schema, member->fallback);
  return or_reference (schema);
}

static JsonObject *
members_schema (const IpcFilePart *part)
{
  JsonObject *properties = json_object_new ();
  JsonArray *required = json_array_new ();

  for (const IpcMember *member = part->members; member->name; member++) {
    json_object_set_object_member (properties, member->name, member_schema (member));
    if (member->required)
      json_array_add_string_element (required, member->name);
  }
  return closed_object (properties, required, part->doc);
}

/* Limits that a double can hold exactly, as whole numbers where they are. */
static void
set_limit (JsonObject *schema, const gchar *name, gdouble limit)
{
  if (fabs (limit) > 9e15)
    return;
  if (limit == floor (limit))
    json_object_set_int_member (schema, name, (gint64)limit);
  else
    json_object_set_double_member (schema, name, limit);
}

static void
set_limits (JsonObject *schema, const IpcStepField *field)
{
  if (field->minimum == 0 && field->maximum == 0)
    return;
  set_limit (schema, "minimum", field->minimum);
  set_limit (schema, "maximum", field->maximum);
}

static JsonObject *
match_schema (const gchar *const *members, const gchar *doc)
{
  JsonObject *schema = typed ("object", doc), *properties = json_object_new ();

  json_object_set_object_member (properties, "comment", typed ("string", "For readers only."));
  for (guint i = 0; members && members[i]; i++)
    json_object_set_object_member (properties, members[i], reference ("match-value"));
  json_object_set_int_member (schema, "minProperties", 1);
  json_object_set_object_member (schema, "properties", properties);
  if (members)
    json_object_set_boolean_member (schema, "additionalProperties", FALSE);
  else
    json_object_set_object_member (schema, "additionalProperties", reference ("match-value"));
  return schema;
}

static JsonObject *
match_list_schema (const gchar *doc)
{
  static const gchar *const kind[] = { "kind", NULL };
  JsonObject *item = match_schema (NULL, NULL);

  json_object_set_array_member (item, "required", array_of (kind));
  json_object_set_object_member (json_object_get_object_member (item, "properties"), "kind",
      enum_schema (ipc_record_kind_names (), "Kind of the record."));
  return list_schema (item, 2, doc);
}

static JsonObject *
time_schema (const IpcStepField *field)
{
  JsonObject *schema = json_object_new ();

  set_types (schema, "string integer");
  json_object_set_string_member (schema, "description", field->doc);
  json_object_set_string_member (
      schema, "pattern", field->minimum > 0 ? "^" IPC_TIME_PATTERN "$" : "^(none|" IPC_TIME_PATTERN ")$");
  set_limits (schema, field);
  return schema;
}

/* Adds the schemas of @fields, and the names of those that are required. */
static void
add_fields (JsonObject *properties, JsonArray *required, const IpcStepField *fields)
{
  for (; fields->name; fields++) {
    JsonObject *schema = field_schema (fields);

    set_fallback (schema, fields->fallback);
    json_object_set_object_member (properties, fields->name, or_reference (schema));
    if (fields->required)
      json_array_add_string_element (required, fields->name);
  }
}

static JsonObject *
object_schema (const IpcStepField *field)
{
  JsonObject *properties = json_object_new ();
  JsonArray *required = json_array_new ();

  add_fields (properties, required, field->members);
  return closed_object (properties, required, field->doc);
}

static JsonObject *
field_schema (const IpcStepField *field)
{
  JsonObject *schema;

  switch (field->type) {
  case IPC_FIELD_ENUM:
    return enum_schema (field->words, field->doc);
  case IPC_FIELD_INT:
  case IPC_FIELD_NUMBER:
    schema = typed (field->type == IPC_FIELD_INT ? "integer" : "number", field->doc);
    set_limits (schema, field);
    return schema;
  case IPC_FIELD_BOOL:
    return typed ("boolean", field->doc);
  case IPC_FIELD_TIME:
    return time_schema (field);
  case IPC_FIELD_PAD:
    return text_schema ("^[^.]+\\.[^.]+$", field->doc);
  case IPC_FIELD_WORDS:
    schema = list_schema (enum_schema (field->words, NULL), 0, field->doc);
    json_object_set_boolean_member (schema, "uniqueItems", TRUE);
    return schema;
  case IPC_FIELD_PROCESSES:
    schema = list_schema (text_schema (NULL, NULL), 2, field->doc);
    json_object_set_boolean_member (schema, "uniqueItems", TRUE);
    return schema;
  case IPC_FIELD_TEXTS:
    schema = list_schema (text_schema (NULL, NULL), 0, field->doc);
    json_object_set_boolean_member (schema, "uniqueItems", TRUE);
    return schema;
  case IPC_FIELD_OBJECT:
    return typed ("object", field->doc);
  case IPC_FIELD_PIPELINE:
    schema = list_schema (text_schema (NULL, NULL), 1, field->doc);
    set_types (schema, "string array");
    json_object_set_int_member (schema, "minLength", 1);
    return schema;
  case IPC_FIELD_SCALAR:
    schema = typed ("string", field->doc);
    set_types (schema, "string number boolean null");
    return schema;
  case IPC_FIELD_MATCH:
    return match_schema (field->words, field->doc);
  case IPC_FIELD_MATCH_LIST:
    return match_list_schema (field->doc);
  case IPC_FIELD_FIELDS:
    return object_schema (field);
  case IPC_FIELD_STRING:
    return text_schema (field->pattern, field->doc);
  case IPC_FIELD_REGEX:
  case IPC_FIELD_PROCESS:
  case IPC_FIELD_LINK:
  case IPC_FIELD_MARK:
    return text_schema (NULL, field->doc);
  }
  g_return_val_if_reached (NULL);
}

static JsonObject *
kind_schema (const IpcStepKind *kind)
{
  JsonObject *properties = json_object_new (), *verb = json_object_new ();
  JsonArray *required = json_array_new ();

  json_object_set_string_member (verb, "const", kind->name);
  json_object_set_object_member (properties, kind->verb, verb);
  json_array_add_string_element (required, kind->verb);
  add_fields (properties, required, kind->fields);
  return closed_object (properties, required, kind->doc);
}

/* "act-set-state" */
static gchar *
definition_name (const IpcStepKind *kind)
{
  return g_strdup_printf ("%s-%s", kind->verb, kind->name);
}

/* {"if": {the verb's member is the kind's name}, "then": {the kind's schema}} */
static JsonObject *
kind_choice (const IpcStepKind *kind)
{
  const gchar *const required[] = { kind->verb, NULL };
  JsonObject *choice = json_object_new (), *condition = json_object_new (), *properties = json_object_new (),
             *name = json_object_new ();
  g_autofree gchar *definition = definition_name (kind);

  json_object_set_string_member (name, "const", kind->name);
  json_object_set_object_member (properties, kind->verb, name);
  json_object_set_array_member (condition, "required", array_of (required));
  json_object_set_object_member (condition, "properties", properties);
  json_object_set_object_member (choice, "if", condition);
  json_object_set_object_member (choice, "then", reference (definition));
  return choice;
}

/* The names of a verb's kinds, so that an unknown one is reported as such and editors offer them. */
static JsonObject *
verb_schema (const gchar *verb)
{
  const IpcStepKind *kinds = ipc_step_kinds ();
  JsonObject *schema = typed ("string", ipc_step_verb_doc (verb));
  JsonArray *names = json_array_new ();

  for (guint i = 0; i < IPC_N_STEP_KINDS; i++)
    if (g_str_equal (kinds[i].verb, verb))
      json_array_add_string_element (names, kinds[i].name);
  json_object_set_array_member (schema, "enum", names);
  return schema;
}

static JsonObject *
step_schema (void)
{
  static const gchar *const group_names[] = { "together", "until", "repeat", NULL };
  const IpcStepKind *kinds = ipc_step_kinds ();
  JsonObject *schema = typed ("object", "A step: one of act, wait and check."), *properties = json_object_new ();
  JsonArray *verbs = json_array_new (), *choices = json_array_new ();

  for (guint i = 0; ipc_step_verbs[i]; i++) {
    const gchar *const required[] = { ipc_step_verbs[i], NULL };
    JsonObject *one = json_object_new ();

    json_object_set_object_member (properties, ipc_step_verbs[i], or_reference (verb_schema (ipc_step_verbs[i])));
    json_object_set_array_member (one, "required", array_of (required));
    json_array_add_object_element (verbs, one);
  }
  for (guint i = 0; i < IPC_N_STEP_KINDS; i++)
    json_array_add_object_element (choices, kind_choice (&kinds[i]));
  for (guint i = 0; group_names[i]; i++) {
    const gchar *const required[] = { group_names[i], NULL };
    JsonObject *one = json_object_new (), *choice = json_object_new (), *condition = json_object_new ();

    json_object_set_array_member (one, "required", array_of (required));
    json_array_add_object_element (verbs, one);
    json_object_set_array_member (condition, "required", array_of (required));
    json_object_set_object_member (choice, "if", condition);
    json_object_set_object_member (choice, "then", reference (group_names[i]));
    json_array_add_object_element (choices, choice);
  }
  json_object_set_object_member (schema, "properties", properties);
  json_object_set_array_member (schema, "anyOf", verbs);
  json_object_set_array_member (schema, "allOf", choices);
  return schema;
}

/* A scalar, or an object of conditions. */
static JsonObject *
match_value_schema (void)
{
  static const gchar *const bounds[] = { "at-least", "at-most", NULL };
  JsonObject *schema = json_object_new (), *properties = json_object_new (), *scalar = json_object_new ();

  set_types (schema, "string number boolean null object");
  json_object_set_string_member (schema, "description", ipc_match_doc);
  json_object_set_int_member (schema, "minProperties", 1);
  for (guint i = 0; bounds[i]; i++) {
    JsonObject *bound = json_object_new ();

    set_types (bound, "number string");
    json_object_set_object_member (properties, bounds[i], bound);
  }
  json_object_set_object_member (properties, "matches", text_schema (NULL, "A regular expression."));
  set_types (scalar, "string number boolean null");
  json_object_set_object_member (properties, "not", scalar);
  json_object_set_object_member (properties, "comment", typed ("string", "For readers only."));
  json_object_set_object_member (schema, "properties", properties);
  json_object_set_boolean_member (schema, "additionalProperties", FALSE);
  return schema;
}

/* A text that is, or has within, ${...}. */
static JsonObject *
reference_schema (void)
{
  JsonObject *schema = typed ("string", "What the parameter stands for.");

  json_object_set_string_member (schema, "pattern", REFERENCE);
  return schema;
}

/* An element that may become several. */
static JsonObject *
grows_schema (void)
{
  static const gchar *const keyword[] = { "for", NULL };
  JsonObject *schema = json_object_new ();

  set_types (schema, "string object");
  json_object_set_string_member (schema, "pattern", REFERENCE);
  json_object_set_array_member (schema, "required", array_of (keyword));
  return schema;
}

static JsonObject *
definitions (void)
{
  const IpcStepKind *kinds = ipc_step_kinds ();
  JsonObject *all = json_object_new ();

  for (guint i = 1; ipc_file_parts[i].name; i++)
    json_object_set_object_member (all, ipc_file_parts[i].name, members_schema (&ipc_file_parts[i]));
  json_object_set_object_member (all, "step", step_schema ());
  json_object_set_object_member (all, "match-value", match_value_schema ());
  for (guint i = 0; i < IPC_N_STEP_KINDS; i++) {
    g_autofree gchar *name = definition_name (&kinds[i]);

    json_object_set_object_member (all, name, kind_schema (&kinds[i]));
  }
  json_object_set_object_member (all, "reference", reference_schema ());
  json_object_set_object_member (all, "grows", grows_schema ());
  json_object_set_object_member (all, "repeated", repeated_schema (NULL, "Elements that are repeated."));
  json_object_set_object_member (all, "repeated-steps",
      repeated_schema (or_for (reference ("step"), "repeated-steps"), "Steps that are repeated."));
  return all;
}

/**
 * ipc_scenario_schema:
 *
 * Returns: scenarios/scenario.schema.json. Caller frees.
 */
gchar *
ipc_scenario_schema (void)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autofree gchar *text = NULL;
  JsonObject *schema = members_schema (&ipc_file_parts[0]);

  json_object_set_string_member (schema, "$schema", "http://json-schema.org/draft-07/schema#");
  json_object_set_string_member (schema, "title", "gst-ipc-harness scenario");
  json_object_set_string_member (schema, "$comment", "Written by `gst-ipc-harness explain --schema`; do not edit.");
  json_object_set_object_member (schema, "definitions", definitions ());
  json_node_take_object (root, schema);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, NULL);
  return g_strconcat (text, "\n", NULL);
}
