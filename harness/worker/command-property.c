/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Properties and action signals. A value goes through its text, as with gst-launch, because that is where GStreamer
 * checks the range of numbers and reads enumerations, caps and structures. */

#include "commands.h"

#include "elements/actor.h"
#include "report.h"

#include <string.h>

static GParamSpec *
find_property (GstElement *element, const gchar *name, GParamFlags needed, GError **error)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), name);

  if (spec != NULL && (spec->flags & needed) == needed)
    return spec;
  if (spec != NULL) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_UNKNOWN, "property \"%s\" of \"%s\" is not %s", name,
        GST_OBJECT_NAME (element), needed & G_PARAM_WRITABLE ? "writable" : "readable");
    return NULL;
  }

  guint n;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (element), &n);
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (list, " %s", specs[i]->name);
  g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_UNKNOWN, "no property \"%s\" at \"%s\", which has%s", name,
      GST_OBJECT_NAME (element), list->str);
  return NULL;
}

/* NULL for null. */
static gchar *
scalar_to_text (JsonNode *node)
{
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];

  if (JSON_NODE_HOLDS_NULL (node))
    return NULL;
  switch (json_node_get_value_type (node)) {
  case G_TYPE_BOOLEAN:
    return g_strdup (json_node_get_boolean (node) ? "true" : "false");
  case G_TYPE_INT64:
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  case G_TYPE_DOUBLE:
    return g_strdup (g_ascii_dtostr (number, sizeof number, json_node_get_double (node)));
  default:
    return g_strdup (json_node_get_string (node));
  }
}

static gboolean
accepts_null (GType type)
{
  return type == G_TYPE_STRING || g_type_is_a (type, G_TYPE_BOXED) || g_type_is_a (type, G_TYPE_OBJECT);
}

static gboolean
is_integer_type (GType type)
{
  static const GType types[]
      = { G_TYPE_CHAR, G_TYPE_UCHAR, G_TYPE_INT, G_TYPE_UINT, G_TYPE_LONG, G_TYPE_ULONG, G_TYPE_INT64, G_TYPE_UINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    if (type == types[i])
      return TRUE;
  }
  return FALSE;
}

/* GStreamer lets integers wrap around: one that was written in decimal must still be the same. */
static gboolean
is_as_written (const GValue *value, const gchar *text)
{
  const gchar *digits = *text == '-' ? text + 1 : text;

  if (!is_integer_type (G_VALUE_TYPE (value)) || strspn (digits, "0123456789") != strlen (digits))
    return TRUE;
  g_autofree gchar *again = gst_value_serialize (value);
  return g_strcmp0 (again, text) == 0;
}

/* @value: of the type of @spec, still its default: what is null. */
static gboolean
read_value (GParamSpec *spec, const gchar *text, GValue *value, GError **error)
{
  gboolean ok;

  if (text == NULL)
    ok = accepts_null (spec->value_type);
  else if (spec->value_type == G_TYPE_STRING) {
    g_value_set_string (value, text);
    ok = TRUE;
  } else
    ok = gst_value_deserialize_with_pspec (value, text, spec) && is_as_written (value, text);

  if (!ok || !g_param_value_is_valid (spec, value)) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "\"%s\" is not a value for property \"%s\" (%s)",
        text ? text : "null", spec->name, g_type_name (spec->value_type));
    return FALSE;
  }
  return TRUE;
}

/* Test elements read some of their properties' texts themselves. */
static gboolean
is_well (GstElement *element, GError **error)
{
  IpcActor *actor = ipc_actor_of (element);
  g_autofree gchar *mistake = actor ? ipc_actor_mistake (actor) : NULL;

  if (mistake != NULL)
    g_set_error_literal (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, mistake);
  return mistake == NULL;
}

gboolean
ipc_command_set_property (IpcCommand *command, GError **error)
{
  const gchar *name = ipc_command_text (command, "property");
  g_autofree gchar *text = scalar_to_text (json_object_get_member (command->members, "value"));
  g_autoptr (GstElement) element = ipc_command_element (command, error);
  GParamSpec *spec = element ? find_property (element, name, G_PARAM_WRITABLE, error) : NULL;
  g_auto (GValue) value = G_VALUE_INIT;

  if (spec == NULL)
    return FALSE;
  g_value_init (&value, spec->value_type);
  if (!read_value (spec, text, &value, error))
    return FALSE;
  g_object_set_property (G_OBJECT (element), name, &value);
  return is_well (element, error);
}

gboolean
ipc_command_get_property (IpcCommand *command, GError **error)
{
  const gchar *name = ipc_command_text (command, "property");
  g_autoptr (GstElement) element = ipc_command_element (command, error);
  GParamSpec *spec = element ? find_property (element, name, G_PARAM_READABLE, error) : NULL;
  g_auto (GValue) value = G_VALUE_INIT;

  if (spec == NULL)
    return FALSE;
  g_value_init (&value, spec->value_type);
  g_object_get_property (G_OBJECT (element), name, &value);
  ipc_report_set_value (command->reply, "value", &value);
  return TRUE;
}

gboolean
ipc_command_emit_signal (IpcCommand *command, GError **error)
{
  const gchar *name = ipc_command_text (command, "signal");
  g_autoptr (GstElement) element = ipc_command_element (command, error);
  GSignalQuery signal = { 0 };

  if (element == NULL)
    return FALSE;

  guint id = g_signal_lookup (name, G_OBJECT_TYPE (element));
  if (id != 0)
    g_signal_query (id, &signal);
  if (id == 0 || !(signal.signal_flags & G_SIGNAL_ACTION) || signal.n_params > 0 || signal.return_type != G_TYPE_NONE) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_UNKNOWN,
        "\"%s\" has no action signal \"%s\" without arguments and result", GST_OBJECT_NAME (element), name);
    return FALSE;
  }
  g_signal_emit (element, id, 0);

  /* an element that has let go of its descriptors leaves them to the application: the peer has to see that */
  if (g_str_equal (name, "disconnect"))
    ipc_worker_release_fds (command->worker, element);
  return TRUE;
}
