/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a scenario needs, compared with what the workers have said of themselves and with what their peers agreed on.
 * Works on the history; owns nothing.
 */

#include <string.h>

#include <gio/gio.h>

#include "case.h"

#define ELEMENT_PREFIX "element:"
/* In the point of a packet (relay/point.h) that is beyond the legacy protocol. */
#define EXTENSION ".gst-ipc-"
#define GREETING_ANSWER "to-master.QUERY_RESULT.QUERY.gst-ipc-greeting."

/* The hello of a process, or NULL. */
static JsonObject *
find_hello (IpcCase *self, IpcProcess *process)
{
  for (guint i = ipc_history_length (self->host.history); i > 0; i--) {
    JsonObject *record = ipc_history_get (self->host.history, i - 1);

    if (ipc_record_is (record, "hello") && g_strcmp0 (ipc_record_string (record, "process"), process->spec->name) == 0)
      return record;
  }
  return NULL;
}

static gboolean
has_capability (JsonObject *hello, const gchar *name)
{
  JsonNode *node = json_object_get_member (hello, "capabilities");
  JsonArray *list = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; list && i < json_array_get_length (list); i++)
    if (g_strcmp0 (json_array_get_string_element (list, i), name) == 0)
      return TRUE;
  return FALSE;
}

/* An element is missed where it was to be built, and the worker says so. */
static gboolean
misses_element (IpcProcess *process, const gchar *name)
{
  g_autofree gchar *error = process->stage == IPC_STAGE_FAILED ? ipc_call_error (process->build) : NULL;
  g_autofree gchar *said = g_strdup_printf ("no element \"%s\"", name);

  return error && strstr (error, said);
}

/* Dotted numbers; what is missing behind is 0. */
static gint
compare_versions (const gchar *one, const gchar *other)
{
  g_auto (GStrv) a = g_strsplit (one, ".", -1), b = g_strsplit (other, ".", -1);
  guint n_a = g_strv_length (a), n_b = g_strv_length (b);

  for (guint i = 0; i < MAX (n_a, n_b); i++) {
    gint64 left = i < n_a ? g_ascii_strtoll (a[i], NULL, 10) : 0,
           right = i < n_b ? g_ascii_strtoll (b[i], NULL, 10) : 0;

    if (left != right)
      return left < right ? -1 : 1;
  }
  return 0;
}

/* Concludes the case when @process has not what its role needs. */
static gboolean
check_process (IpcCase *self, IpcProcess *process)
{
  JsonObject *hello = find_hello (self, process);
  const gchar *version = hello ? ipc_record_string (hello, "gstreamer") : NULL;
  const gchar *least = self->scenario->needs_version;
  gchar **needs = self->scenario->needs[process->spec->role];

  if (version && least && compare_versions (version, least) < 0) {
    ipc_case_conclude (self, "skipped",
        g_strdup_printf ("%s has GStreamer %s, this needs %s", process->spec->name, version, least), NULL, NULL);
    return FALSE;
  }
  for (guint i = 0; hello && needs && needs[i]; i++) {
    gboolean element = g_str_has_prefix (needs[i], ELEMENT_PREFIX);

    if (element ? !misses_element (process, needs[i] + strlen (ELEMENT_PREFIX)) : has_capability (hello, needs[i]))
      continue;
    if (element)
      ipc_case_conclude (self, "skipped",
          g_strdup_printf (
              "this machine has no element %s for %s", needs[i] + strlen (ELEMENT_PREFIX), process->spec->name),
          NULL, NULL);
    else
      ipc_case_conclude (self, "unsupported",
          g_strdup_printf ("the implementation of %s has no %s", process->spec->name, needs[i]), NULL, NULL);
    return FALSE;
  }
  return TRUE;
}

gboolean
ipc_case_check_needs (IpcCase *self)
{
  for (guint i = 0; i < self->processes->len; i++)
    if (!check_process (self, g_ptr_array_index (self->processes, i)))
      return FALSE;
  return TRUE;
}

/* Where @list installs the fault: at the packet of this point, or NULL. */
static const gchar *
point_of_fault (GPtrArray *list, const gchar *fault)
{
  for (guint i = 0; i < list->len; i++) {
    const IpcScenarioStep *step = g_ptr_array_index (list, i);
    JsonNode *when = step->fields ? json_object_get_member (step->fields, "when") : NULL;

    if (when && JSON_NODE_HOLDS_OBJECT (when) && g_strcmp0 (ipc_record_string (step->fields, "name"), fault) == 0)
      return ipc_record_string (json_node_get_object (when), "point");
  }
  return NULL;
}

static gboolean
peers_agreed (IpcHistory *history)
{
  for (guint i = 0; i < ipc_history_length (history); i++) {
    JsonObject *record = ipc_history_get (history, i);
    const gchar *point = ipc_record_is (record, "packet") ? ipc_record_string (record, "point") : NULL;

    if (point && g_str_has_prefix (point, GREETING_ANSWER) && ipc_record_bool (record, "result", FALSE))
      return TRUE;
  }
  return FALSE;
}

const gchar *
ipc_case_packet_not_agreed (IpcCase *self, const gchar *fault)
{
  const gchar *point = point_of_fault (self->scenario->steps, fault);

  return point && strstr (point, EXTENSION) && !peers_agreed (self->host.history) ? point : NULL;
}
