/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The pipeline's life: built once, linked to its peers, moved through states, dropped. */

#include "commands.h"

#include "elements/elements.h"
#include "find.h"
#include "leaks.h"
#include "messages.h"
#include "observe.h"
#include "report.h"
#include "signals.h"
#include "words.h"

#include <string.h>
#include <unistd.h>

/* A leak is what is still there after this. */
#define SETTLE_US (5 * G_USEC_PER_SEC)

/* Parses @description straight into a @container, so that its elements are children of that one. */
static GstElement *
build (const gchar *container, const gchar *description, GError **error)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (container);
  g_autofree gchar *text = g_strdup_printf ("%s.( name=" IPC_WORKER_PIPELINE_NAME " %s )", container, description);
  g_autoptr (GError) parse_error = NULL;

  if (factory == NULL) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_UNKNOWN, "no element \"%s\" for the container", container);
    return NULL;
  }

  g_autoptr (GstElement) pipeline = gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &parse_error);
  if (pipeline != NULL)
    gst_object_ref_sink (pipeline);
  if (parse_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&parse_error));
    return NULL;
  }
  if (pipeline == NULL || !GST_IS_PIPELINE (pipeline)
      || !g_str_equal (GST_OBJECT_NAME (pipeline), IPC_WORKER_PIPELINE_NAME)) {
    g_set_error (
        error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "the description is not one pipeline: %s", description);
    return NULL;
  }
  return g_steal_pointer (&pipeline);
}

gboolean
ipc_command_pipeline (IpcCommand *command, GError **error)
{
  IpcChannel *channel = ipc_worker_channel (command->worker);
  const gchar *container = ipc_command_text (command, "container");

  if (container == NULL)
    container = "pipeline";
  if (!g_str_equal (container, "pipeline") && !g_str_equal (container, "ipcslavepipeline")) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE,
        "\"%s\" is no container: use \"pipeline\" or \"ipcslavepipeline\"", container);
    return FALSE;
  }
  if (!ipc_worker_begin_pipeline (command->worker, error))
    return FALSE;

  GstElement *pipeline = build (container, ipc_command_text (command, "description"), error);
  if (pipeline != NULL) {
    ipc_messages_watch (channel, ipc_worker_reactions (command->worker), pipeline);
    if (!ipc_elements_check (GST_BIN (pipeline), error)
        || !ipc_observe_pads (channel, GST_BIN (pipeline), ipc_command_texts (command, "observe"), error))
      gst_clear_object (&pipeline);
  }
  gboolean built = pipeline != NULL;
  ipc_worker_end_pipeline (command->worker, pipeline);
  return built;
}

static gboolean
has_fd_property (GstElement *element, const gchar *name)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), name);

  return spec != NULL && spec->value_type == G_TYPE_INT && (spec->flags & G_PARAM_WRITABLE) != 0;
}

gboolean
ipc_command_link (IpcCommand *command, GError **error)
{
  gboolean same = ipc_command_bool (command, "same", FALSE);
  gboolean in = same || ipc_command_bool (command, "fdin", FALSE);
  gboolean out = same || ipc_command_bool (command, "fdout", FALSE);
  guint needed = same ? 1 : in + out;
  g_autoptr (GstElement) element = ipc_command_element (command, error);

  if (element == NULL)
    return FALSE;
  if (!has_fd_property (element, "fdin") || !has_fd_property (element, "fdout")) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "\"%s\" has no properties fdin and fdout",
        GST_OBJECT_NAME (element));
    return FALSE;
  }
  if (needed == 0 || command->fds->len != needed) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE,
        "link: %u file descriptors must come with the line, %u came", MAX (needed, 1), command->fds->len);
    return FALSE;
  }

  gint fdin = in ? g_array_index (command->fds, gint, 0) : -1;
  gint fdout = out ? g_array_index (command->fds, gint, needed - 1) : -1;
  g_array_set_size (command->fds, 0);
  GArray *replaced = ipc_worker_replace_fds (command->worker, element, fdin, fdout);

  /* an element listens as soon as it has fdin, and then must be able to answer */
  if (out)
    g_object_set (element, "fdout", fdout, NULL);
  if (in)
    g_object_set (element, "fdin", fdin, NULL);
  ipc_fds_free (replaced);
  return TRUE;
}

static void
reply_state_change (IpcCommand *command, GstStateChangeReturn result)
{
  ipc_report_set_text (command->reply, "result", ipc_enum_to_word (GST_TYPE_STATE_CHANGE_RETURN, result));
}

static gboolean
read_state (IpcCommand *command, gint *state, GError **error)
{
  if (!ipc_word_to_enum (GST_TYPE_STATE, ipc_command_text (command, "state"), state, error))
    return FALSE;
  if (*state != GST_STATE_VOID_PENDING)
    return TRUE;
  g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE, "\"void-pending\" is not a state to go to");
  return FALSE;
}

gboolean
ipc_command_set_state (IpcCommand *command, GError **error)
{
  gint state;

  if (!read_state (command, &state, error))
    return FALSE;

  g_autoptr (GstElement) element = ipc_command_element (command, error);
  if (element == NULL)
    return FALSE;
  reply_state_change (command, gst_element_set_state (element, state));
  return TRUE;
}

gboolean
ipc_command_on_message (IpcCommand *command, GError **error)
{
  guint type;
  gint state;

  if (!ipc_word_to_flag (GST_TYPE_MESSAGE_TYPE, ipc_command_text (command, "type"), &type, error)
      || !read_state (command, &state, error))
    return FALSE;

  GstElement *element = ipc_command_element (command, error);
  if (element == NULL)
    return FALSE;
  ipc_reactions_add (
      ipc_worker_reactions (command->worker), type, ipc_command_text (command, "source"), element, state);
  return TRUE;
}

gboolean
ipc_command_get_state (IpcCommand *command, GError **error)
{
  GstState state, pending;
  g_autoptr (GstElement) element = ipc_command_element (command, error);

  if (element == NULL)
    return FALSE;
  reply_state_change (
      command, gst_element_get_state (element, &state, &pending, ipc_command_int (command, "timeout", 0)));
  ipc_report_set_text (command->reply, "state", ipc_enum_to_word (GST_TYPE_STATE, state));
  ipc_report_set_text (command->reply, "pending", ipc_enum_to_word (GST_TYPE_STATE, pending));
  return TRUE;
}

gboolean
ipc_command_dot (IpcCommand *command, GError **error)
{
  g_autoptr (GstElement) pipeline = ipc_worker_pipeline (command->worker, error);

  if (pipeline == NULL)
    return FALSE;
  ipc_report_take_text (
      command->reply, "dot", gst_debug_bin_to_dot_data (GST_BIN (pipeline), GST_DEBUG_GRAPH_SHOW_ALL));
  return TRUE;
}

static void
report_leaks (IpcChannel *channel)
{
  g_autoptr (GPtrArray) leaks = ipc_leaks_find (SETTLE_US);

  for (guint i = 0; i < leaks->len; i++) {
    const IpcLeak *leak = g_ptr_array_index (leaks, i);
    JsonObject *report = ipc_report_new ("leak");

    ipc_report_set_text (report, "type", leak->type);
    ipc_report_set_text (report, "description", leak->description);
    ipc_channel_send (channel, report);
  }
}

gboolean
ipc_command_finish (IpcCommand *command, GError **error)
{
  GstStateChangeReturn result = GST_STATE_CHANGE_SUCCESS;
  GstState state = GST_STATE_NULL;

  if (!ipc_worker_begin_finish (command->worker)) {
    g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_FAILED, "the worker is finishing already");
    return FALSE;
  }

  /* NULL first: it also ends other commands that wait for something */
  GstElement *pipeline = ipc_worker_pipeline (command->worker, NULL);
  if (pipeline != NULL) {
    result = gst_element_set_state (pipeline, GST_STATE_NULL);
    gst_element_get_state (pipeline, &state, NULL, 0);
    gst_object_unref (pipeline);
  }
  reply_state_change (command, result);
  ipc_report_set_text (command->reply, "final-state", ipc_enum_to_word (GST_TYPE_STATE, state));

  ipc_worker_drop_pipeline (command->worker);
  report_leaks (ipc_worker_channel (command->worker));
  json_object_set_array_member (command->reply, "signals", ipc_signals_changed ());
  return TRUE;
}

gboolean
ipc_command_exit (IpcCommand *command, GError **error)
{
  _exit (ipc_command_int (command, "status", 0));
}
