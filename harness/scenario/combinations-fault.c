/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What no single field of the steps about faults shows: which members go with which kind of fault, and on which links
 * there can be one. Owns nothing.
 */
#include "reader.h"

/* What must be there has an exclamation mark in front. */
static const struct {
  const gchar *kind;
  const gchar *members[6];
} kinds[] = {
  { "delay", { "!time" } },
  { "drop", { NULL } },
  { "duplicate", { "number" } },
  { "reorder", { "number", "time" } },
  { "change", { "!set" } },
  { "flip", { "number", "at", "bit" } },
  { "truncate", { "at", "close" } },
  { "split", { "size", "pause" } },
  { "coalesce", { "number", "time" } },
  { "stall", { "at", "time" } },
  { "close", { "at" } },
  { "half-close", { "at" } },
  { "reset", { "at" } },
  { "signal", { "!process", "!signal", "at" } },
  { "inject", { "packet", "bytes", "at" } },
  { "answer", { "set" } },
};

/* Members that only some kinds have. */
static const gchar *const special[]
    = { "at", "time", "number", "bit", "size", "pause", "close", "set", "packet", "bytes", "process", "signal", NULL };

static void
mistake_at (IpcReader *reader, IpcScenarioStep *step, const gchar *member, const gchar *text)
{
  g_autofree gchar *path = ipc_json_path_element ("$.steps", step->index);
  g_autofree gchar *member_path = member ? ipc_json_path_member (path, member) : NULL;

  ipc_reader_mistake (reader, member_path ? member_path : path, "%s", text);
}

static gboolean
has (IpcScenarioStep *step, const gchar *name)
{
  return json_object_has_member (step->fields, name);
}

void
ipc_reader_check_relayed (IpcReader *reader, IpcScenarioStep *step)
{
  IpcScenarioLink *link
      = ipc_scenario_case_find_link (reader->result, json_object_get_string_member (step->fields, "link"));
  g_autofree gchar *text
      = g_strdup_printf ("%s goes without the relay, no packet of it is seen: leave out \"relay\": false", link->name);

  if (!link->relay)
    mistake_at (reader, step, "link", text);
}

void
ipc_reader_check_close (IpcReader *reader, IpcScenarioStep *step)
{
  const gchar *how = json_object_get_string_member_with_default (step->fields, "how", "close");
  gboolean half = g_str_equal (how, "half-close");

  if (half && !has (step, "to"))
    mistake_at (reader, step, NULL, "who sees the end? Say \"to\": \"slave\" or \"master\"");
  if (!half && has (step, "to"))
    mistake_at (reader, step, "to", "both ends see it: \"to\" goes with \"how\": \"half-close\"");
}

void
ipc_reader_check_inject (IpcReader *reader, IpcScenarioStep *step)
{
  JsonNode *packet = json_object_get_member (step->fields, "packet");

  if (has (step, "packet") == has (step, "bytes"))
    mistake_at (reader, step, NULL, "what is injected? Give either \"packet\" or \"bytes\"");
  if (packet && !json_object_has_member (json_node_get_object (packet), "type"))
    mistake_at (reader, step, "packet", "a packet that is made up needs a \"type\"");
}

/* Whether the kind at @index has @member; @required: (out). */
static gboolean
goes_with (guint index, const gchar *member, gboolean *required)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds[index].members) && kinds[index].members[i]; i++) {
    const gchar *name = kinds[index].members[i];

    *required = name[0] == '!';
    if (g_str_equal (name + (*required ? 1 : 0), member))
      return TRUE;
  }
  *required = FALSE;
  return FALSE;
}

static void
check_members (IpcReader *reader, IpcScenarioStep *step, guint index)
{
  for (guint i = 0; special[i]; i++) {
    gboolean required, fits = goes_with (index, special[i], &required);
    g_autofree gchar *text = NULL;

    if (has (step, special[i]) && !fits) {
      text = g_strdup_printf ("\"%s\" means nothing with \"do\": \"%s\"", special[i], kinds[index].kind);
      mistake_at (reader, step, special[i], text);
    } else if (required && !has (step, special[i])) {
      text = g_strdup_printf ("\"do\": \"%s\" needs \"%s\"", kinds[index].kind, special[i]);
      mistake_at (reader, step, NULL, text);
    }
  }
}

/* Requests in another order would be other requests. */
static void
check_reorder (IpcReader *reader, IpcScenarioStep *step)
{
  JsonNode *when = json_object_get_member (step->fields, "when");
  const gchar *type
      = when ? json_object_get_string_member_with_default (json_node_get_object (when), "type", NULL) : NULL;

  if (g_strcmp0 (type, "ACK") != 0 && g_strcmp0 (type, "QUERY_RESULT") != 0)
    mistake_at (reader, step, "when", "only answers may come in any order: give \"type\": \"ACK\" or \"QUERY_RESULT\"");
}

void
ipc_reader_check_fault (IpcReader *reader, IpcScenarioStep *step)
{
  const gchar *what = json_object_get_string_member (step->fields, "do");
  IpcScenarioLink *link
      = ipc_scenario_case_find_link (reader->result, json_object_get_string_member (step->fields, "link"));

  ipc_reader_check_relayed (reader, step);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].kind, what))
      check_members (reader, step, i);
  if (g_str_equal (what, "inject"))
    ipc_reader_check_inject (reader, step);
  if (g_str_equal (what, "reset") && link->transport != IPC_TRANSPORT_TCP)
    mistake_at (reader, step, "do", "only a link with \"transport\": \"tcp\" can be reset: use close");
  if (g_str_equal (what, "reorder"))
    check_reorder (reader, step);
  if (g_str_equal (what, "flip") && has (step, "at")) {
    const gchar *at = json_object_get_string_member (step->fields, "at");

    if (g_str_equal (at, "before") || g_str_equal (at, "after"))
      mistake_at (reader, step, "at", "which byte? Expected header:N or payload:N");
  }
}

/* Names of the faults that the case installs on @link (NULL: on any), NULL at the end. Free the array only. */
static GPtrArray *
fault_names (IpcReader *reader, const gchar *link)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < reader->order->len; i++) {
    IpcScenarioStep *step = reader->order->pdata[i];

    if (step->kind->id != IPC_STEP_ACT_FAULT && step->kind->id != IPC_STEP_ACT_INJECT)
      continue;
    if (link == NULL || g_str_equal (json_object_get_string_member (step->fields, "link"), link))
      g_ptr_array_add (names, (gpointer)json_object_get_string_member (step->fields, "name"));
  }
  g_ptr_array_add (names, NULL);
  return names;
}

static void
check_fault_name (IpcReader *reader, IpcScenarioStep *step, const gchar *member, const gchar *link, const gchar *name)
{
  g_autoptr (GPtrArray) names = fault_names (reader, link);
  g_autofree gchar *path = ipc_json_path_member (step->place, member);

  if (!g_strv_contains ((const gchar *const *)names->pdata, name))
    ipc_reader_unknown (
        reader, path, link != NULL ? "fault on this link" : "fault", name, (const gchar *const *)names->pdata);
}

static void
check_groups (IpcReader *reader, GPtrArray *steps)
{
  for (guint i = 0; i < steps->len; i++) {
    IpcScenarioStep *step = steps->pdata[i];

    if (step->fault != NULL)
      check_fault_name (reader, step, "until", NULL, step->fault);
    for (guint k = 0; step->lists != NULL && k < step->lists->len; k++)
      check_groups (reader, step->lists->pdata[k]);
  }
}

void
ipc_reader_check_fault_names (IpcReader *reader)
{
  /* a fault that is broken itself has no name to be relied on */
  if (reader->mistakes->len > 0)
    return;
  for (guint i = 0; i < reader->order->len; i++) {
    IpcScenarioStep *step = reader->order->pdata[i];

    if (step->kind->id == IPC_STEP_WAIT_FAULT || step->kind->id == IPC_STEP_ACT_UNFAULT)
      check_fault_name (reader, step, "name", json_object_get_string_member (step->fields, "link"),
          json_object_get_string_member (step->fields, "name"));
  }
  check_groups (reader, reader->result->steps);
}
