/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A list of what is waited for. Whoever posts a message that fits takes the entry off the list, and carries it out. */

#include "reactions.h"

#include "words.h"

typedef struct {
  GstMessageType type;
  gchar *source; /* or NULL */
  GstElement *element;
  GstState state;
} Reaction;

struct _IpcReactions {
  GMutex lock;
  GPtrArray *list; /* of Reaction */
};

static void
reaction_free (gpointer data)
{
  Reaction *reaction = data;

  g_free (reaction->source);
  gst_object_unref (reaction->element);
  g_free (reaction);
}

IpcReactions *
ipc_reactions_new (void)
{
  IpcReactions *reactions = g_new0 (IpcReactions, 1);

  g_mutex_init (&reactions->lock);
  reactions->list = g_ptr_array_new_with_free_func (reaction_free);
  return reactions;
}

void
ipc_reactions_free (IpcReactions *reactions)
{
  g_ptr_array_unref (reactions->list);
  g_mutex_clear (&reactions->lock);
  g_free (reactions);
}

void
ipc_reactions_add (
    IpcReactions *reactions, GstMessageType type, const gchar *source, GstElement *element, GstState state)
{
  Reaction *reaction = g_new (Reaction, 1);

  *reaction = (Reaction){ type, g_strdup (source), element, state };
  g_mutex_lock (&reactions->lock);
  g_ptr_array_add (reactions->list, reaction);
  g_mutex_unlock (&reactions->lock);
}

void
ipc_reactions_clear (IpcReactions *reactions)
{
  g_mutex_lock (&reactions->lock);
  GPtrArray *list = reactions->list;
  reactions->list = g_ptr_array_new_with_free_func (reaction_free);
  g_mutex_unlock (&reactions->lock);
  g_ptr_array_unref (list);
}

/* The first that fits, off the list. */
static Reaction *
take (IpcReactions *reactions, GstMessage *message)
{
  GstObject *source = GST_MESSAGE_SRC (message);
  Reaction *taken = NULL;

  g_mutex_lock (&reactions->lock);
  for (guint i = 0; i < reactions->list->len && taken == NULL; i++) {
    Reaction *reaction = g_ptr_array_index (reactions->list, i);

    if (reaction->type == GST_MESSAGE_TYPE (message)
        && (reaction->source == NULL
            || (source != NULL && g_strcmp0 (reaction->source, GST_OBJECT_NAME (source)) == 0)))
      taken = g_ptr_array_steal_index (reactions->list, i);
  }
  g_mutex_unlock (&reactions->lock);
  return taken;
}

void
ipc_reactions_see (IpcReactions *reactions, GstElement *pipeline, GstMessage *message)
{
  Reaction *reaction = take (reactions, message);

  if (reaction == NULL)
    return;
  GstStateChangeReturn result = gst_element_set_state (reaction->element, reaction->state);
  GstStructure *told = gst_structure_new ("ipc-reaction", "message", G_TYPE_STRING, GST_MESSAGE_TYPE_NAME (message),
      "state", G_TYPE_STRING, ipc_enum_to_word (GST_TYPE_STATE, reaction->state), "result", G_TYPE_STRING,
      ipc_enum_to_word (GST_TYPE_STATE_CHANGE_RETURN, result), NULL);
  gst_element_post_message (pipeline, gst_message_new_application (GST_OBJECT (pipeline), told));
  reaction_free (reaction);
}
