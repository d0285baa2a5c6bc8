/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Branches that are added to the pipeline and removed from it while it plays. */

#include "commands.h"

#include "branch.h"
#include "elements/elements.h"
#include "observe.h"
#include "report.h"
#include "words.h"

static gboolean
start (IpcCommand *command, GError **error)
{
  gboolean reached;

  if (!ipc_branches_start (ipc_worker_branches (command->worker), ipc_command_text (command, "name"), &reached, error))
    return FALSE;
  json_object_set_boolean_member (command->reply, "result", reached);
  return TRUE;
}

/* Its descriptors are closed when the branch is gone: an element that still reads must not meet another file. */
static gboolean
remove_branch (IpcCommand *command, gboolean at_once, GError **error)
{
  GstStateChangeReturn result;
  GstBin *bin = ipc_branches_remove (
      ipc_worker_branches (command->worker), ipc_command_text (command, "name"), at_once, &result, error);

  if (bin == NULL)
    return FALSE;
  GArray *fds = ipc_worker_forget_fds (command->worker, bin);
  gst_object_unref (bin);
  ipc_fds_free (fds);
  ipc_report_set_text (command->reply, "result", ipc_enum_to_word (GST_TYPE_STATE_CHANGE_RETURN, result));
  return TRUE;
}

gboolean
ipc_command_add_branch (IpcCommand *command, GError **error)
{
  const gchar *name = ipc_command_text (command, "name");
  g_autoptr (GstElement) pipeline = ipc_worker_pipeline (command->worker, error);
  g_autoptr (GstBin) bin = pipeline ? ipc_branches_add (ipc_worker_branches (command->worker), GST_BIN (pipeline), name,
                               ipc_command_text (command, "description"), ipc_command_text (command, "to"), error)
                                    : NULL;

  if (bin == NULL)
    return FALSE;
  gboolean ok
      = ipc_elements_check (bin, error)
        && ipc_observe_pads (ipc_worker_channel (command->worker), bin, ipc_command_texts (command, "observe"), error);
  gst_clear_object (&bin);
  if (ok && ipc_command_bool (command, "start", TRUE))
    ok = start (command, error);
  /* a command that fails has done nothing */
  if (!ok)
    remove_branch (command, TRUE, NULL);
  return ok;
}

gboolean
ipc_command_start_branch (IpcCommand *command, GError **error)
{
  return start (command, error);
}

gboolean
ipc_command_remove_branch (IpcCommand *command, GError **error)
{
  return remove_branch (command, ipc_command_bool (command, "at-once", FALSE), error);
}
