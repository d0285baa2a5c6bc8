/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Branches that come and go. IpcBranches owns the branches, and the probes that keep pads blocked whose branch has
 * gone; its lock guards the tables only. A branch under way is marked as busy and is then its user's alone.
 *
 * In which order things are done is what matters here. A branch that takes data must be up before it is linked, or
 * what is pushed into it comes back as flushing and stops everything; one that gives data must be linked before it is
 * up, or it gives to nobody. On the way out data is held at the pad first, so that none is under way in the link. */

#include "branch.h"

#include "commands.h"
#include "find.h"

#include <string.h>

typedef struct {
  gchar *name;
  GstBin *bin;
  GstElement *pipeline;
  gchar *to;        /* NULL: not to be linked */
  GstPad *own;      /* the bin's pad, of the branch once it has started */
  GstPad *attached; /* of the pipeline */
  gboolean busy;
} Branch;

struct _IpcBranches {
  GMutex lock;
  GHashTable *branches; /* name -> Branch */
  GHashTable *blocked;  /* GstPad -> gulong of the probe */
};

static void
branch_free (gpointer data)
{
  Branch *branch = data;

  g_free (branch->name);
  g_free (branch->to);
  gst_clear_object (&branch->own);
  gst_clear_object (&branch->attached);
  gst_clear_object (&branch->bin);
  gst_clear_object (&branch->pipeline);
  g_free (branch);
}

IpcBranches *
ipc_branches_new (void)
{
  IpcBranches *branches = g_new0 (IpcBranches, 1);

  g_mutex_init (&branches->lock);
  branches->branches = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, branch_free);
  branches->blocked = g_hash_table_new_full (NULL, NULL, gst_object_unref, NULL);
  return branches;
}

void
ipc_branches_free (IpcBranches *branches)
{
  g_hash_table_unref (branches->branches);
  g_hash_table_unref (branches->blocked);
  g_mutex_clear (&branches->lock);
  g_free (branches);
}

static gboolean
failed (GError **error, const gchar *name, const gchar *text)
{
  g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_FAILED, "branch \"%s\" %s", name, text);
  return FALSE;
}

/* Until ipc_branches release() it is the caller's alone. */
static Branch *
acquire (IpcBranches *branches, const gchar *name, GError **error)
{
  g_mutex_lock (&branches->lock);
  Branch *branch = g_hash_table_lookup (branches->branches, name);
  gboolean free = branch != NULL && !branch->busy;
  if (free)
    branch->busy = TRUE;
  g_mutex_unlock (&branches->lock);

  if (free)
    return branch;
  failed (error, name, branch ? "is being started or removed by another command" : "was not added");
  return NULL;
}

static void
release (IpcBranches *branches, Branch *branch)
{
  g_mutex_lock (&branches->lock);
  branch->busy = FALSE;
  g_mutex_unlock (&branches->lock);
}

/* {{{ added */

static void
find_taken (const GValue *item, gpointer data)
{
  GstElement *element = g_value_get_object (item);
  gpointer *search = data;
  g_autofree gchar *name = gst_object_get_name (GST_OBJECT (element));
  g_autoptr (GstElement) other = gst_bin_get_by_name (search[0], name);

  if (other != NULL)
    search[1] = other;
}

/* The name of the element in "element" or "element.pad". */
static gchar *
element_name (const gchar *to)
{
  const gchar *dot = strrchr (to, '.');

  return dot ? g_strndup (to, dot - to) : g_strdup (to);
}

static gboolean
has_element (GstBin *pipeline, const gchar *to, GError **error)
{
  g_autofree gchar *name = element_name (to);
  g_autoptr (GstElement) element = ipc_find_element (pipeline, name, error);

  return element != NULL;
}

/* Commands find elements by name at any depth. */
static gboolean
names_are_free (GstBin *pipeline, GstBin *bin, const gchar *name, GError **error)
{
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (bin);
  g_autoptr (GstElement) other = ipc_find_element (pipeline, name, NULL);
  gpointer search[] = { pipeline, other };

  gst_iterator_foreach (elements, find_taken, search);
  if (search[1] == NULL)
    return TRUE;
  g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE,
      "branch \"%s\": the pipeline has an element \"%s\" already", name, GST_OBJECT_NAME (search[1]));
  return FALSE;
}

static GstBin *
build (const gchar *name, const gchar *description, GError **error)
{
  g_autoptr (GError) parse_error = NULL;
  GstElement *bin
      = gst_parse_bin_from_description_full (description, TRUE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &parse_error);

  if (bin != NULL)
    gst_object_ref_sink (bin);
  if (parse_error != NULL) {
    gst_clear_object (&bin);
    g_propagate_error (error, g_steal_pointer (&parse_error));
    return NULL;
  }
  gst_object_set_name (GST_OBJECT (bin), name);
  return GST_BIN (bin);
}

static Branch *
branch_new (GstBin *pipeline, GstBin *bin, const gchar *name, const gchar *to)
{
  Branch *branch = g_new0 (Branch, 1);

  branch->name = g_strdup (name);
  branch->bin = gst_object_ref (bin);
  branch->pipeline = GST_ELEMENT (gst_object_ref (pipeline));
  branch->to = g_strdup (to);
  return branch;
}

GstBin *
ipc_branches_add (IpcBranches *branches, GstBin *pipeline, const gchar *name, const gchar *description, const gchar *to,
    GError **error)
{
  g_autoptr (GstBin) bin = build (name, description, error);

  if (bin == NULL || !names_are_free (pipeline, bin, name, error) || (to != NULL && !has_element (pipeline, to, error)))
    return NULL;
  /* or the pipeline would take it along with its next change of state */
  gst_element_set_locked_state (GST_ELEMENT (bin), TRUE);
  if (!gst_bin_add (pipeline, GST_ELEMENT (bin))) {
    failed (error, name, "cannot be put into the pipeline");
    return NULL;
  }

  g_mutex_lock (&branches->lock);
  Branch *branch = branch_new (pipeline, bin, name, to);
  g_hash_table_insert (branches->branches, branch->name, branch);
  g_mutex_unlock (&branches->lock);
  return g_steal_pointer (&bin);
}

/* }}} */
/* {{{ started */

static gboolean
was_requested (GstPad *pad)
{
  GstPadTemplate *template = GST_PAD_PAD_TEMPLATE (pad);

  return template != NULL && GST_PAD_TEMPLATE_PRESENCE (template) == GST_PAD_REQUEST;
}

/* A pad of the pipeline that goes with @own: free, or newly requested. (transfer full) */
static GstPad *
find_attachment (Branch *branch, GstPad *own)
{
  const gchar *dot = strrchr (branch->to, '.');
  g_autofree gchar *name = element_name (branch->to);
  g_autoptr (GstElement) element = ipc_find_element (GST_BIN (branch->pipeline), name, NULL);

  if (element == NULL)
    return NULL;
  if (dot == NULL)
    return gst_element_get_compatible_pad (element, own, NULL);

  GstPad *pad = gst_element_get_static_pad (element, dot + 1);
  return pad ? pad : gst_element_request_pad_simple (element, dot + 1);
}

static void
give_back (GstPad *pad)
{
  g_autoptr (GstElement) element = gst_pad_get_parent_element (pad);

  if (element != NULL && was_requested (pad))
    gst_element_release_request_pad (element, pad);
}

/* Of the bin's two possible pads the one for which there is a place. */
static gboolean
attach (Branch *branch, GError **error)
{
  static const gchar *const names[] = { "sink", "src" };
  gboolean any = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (names) && branch->attached == NULL; i++) {
    g_autoptr (GstPad) own = gst_element_get_static_pad (GST_ELEMENT (branch->bin), names[i]);
    GstPad *pad = own ? find_attachment (branch, own) : NULL;

    any |= own != NULL;
    if (pad != NULL && !gst_pad_is_linked (pad) && GST_PAD_DIRECTION (pad) != GST_PAD_DIRECTION (own)) {
      branch->own = g_steal_pointer (&own);
      branch->attached = pad;
    } else if (pad != NULL) {
      give_back (pad);
      gst_object_unref (pad);
    }
  }
  if (branch->attached != NULL)
    return TRUE;
  g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_VALUE,
      any ? "branch \"%s\": \"%s\" has no free pad for it" : "branch \"%s\" has no pad to be linked to \"%s\"",
      branch->name, branch->to);
  return FALSE;
}

static void
detach (Branch *branch)
{
  give_back (branch->attached);
  gst_clear_object (&branch->attached);
  gst_clear_object (&branch->own);
}

static gboolean
link_pads (Branch *branch, GError **error)
{
  gboolean takes = GST_PAD_IS_SINK (branch->own);
  GstPadLinkReturn result
      = takes ? gst_pad_link (branch->attached, branch->own) : gst_pad_link (branch->own, branch->attached);

  if (result == GST_PAD_LINK_OK)
    return TRUE;
  g_set_error (error, IPC_COMMAND_ERROR, IPC_COMMAND_ERROR_FAILED, "branch \"%s\" cannot be linked to \"%s\": %s",
      branch->name, branch->to, gst_pad_link_get_name (result));
  return FALSE;
}

/* Not while the pipeline takes its elements to a state, which it also does by itself, after an async-done: then it does
 * not notice that this one has begun to change its own, and leaves it on the way. */
static gboolean
go_up (Branch *branch)
{
  GstElement *pipeline = GST_ELEMENT (branch->pipeline);

  GST_STATE_LOCK (pipeline);
  gst_element_set_locked_state (GST_ELEMENT (branch->bin), FALSE);
  gboolean reached = gst_element_sync_state_with_parent (GST_ELEMENT (branch->bin));
  GST_STATE_UNLOCK (pipeline);
  return reached;
}

static void
unblock (IpcBranches *branches, GstPad *pad)
{
  gulong probe = 0;

  g_mutex_lock (&branches->lock);
  gpointer value = g_hash_table_lookup (branches->blocked, pad);
  probe = GPOINTER_TO_SIZE (value);
  g_hash_table_remove (branches->blocked, pad);
  g_mutex_unlock (&branches->lock);
  if (probe != 0)
    gst_pad_remove_probe (pad, probe);
}

static gboolean
start (IpcBranches *branches, Branch *branch, gboolean *reached, GError **error)
{
  if (branch->to == NULL) {
    *reached = go_up (branch);
    return TRUE;
  }
  if (branch->attached != NULL)
    return failed (error, branch->name, "has started already");
  if (!attach (branch, error))
    return FALSE;

  gboolean takes = GST_PAD_IS_SINK (branch->own);
  *reached = takes ? go_up (branch) : TRUE;
  if (*reached && link_pads (branch, error)) {
    unblock (branches, branch->attached);
    *reached = takes || go_up (branch);
    return TRUE;
  }
  gboolean link_failed = *reached;
  detach (branch);
  return !link_failed;
}

gboolean
ipc_branches_start (IpcBranches *branches, const gchar *name, gboolean *reached, GError **error)
{
  Branch *branch = acquire (branches, name, error);

  if (branch == NULL)
    return FALSE;
  gboolean ok = start (branches, branch, reached, error);
  release (branches, branch);
  return ok;
}

/* }}} */
/* {{{ removed */

/* An unlinking that waits for its pad to be idle; shared by the probe and who waits. */
typedef struct {
  GMutex lock;
  GCond changed;
  gboolean done;
  gboolean stay; /* blocked, after that */
  GstPad *src, *sink;
} Unlinking;

static void
unlinking_clear (gpointer data)
{
  Unlinking *unlinking = data;

  gst_clear_object (&unlinking->src);
  gst_clear_object (&unlinking->sink);
  g_mutex_clear (&unlinking->lock);
  g_cond_clear (&unlinking->changed);
}

static void
unlinking_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, unlinking_clear);
}

/* May be called again, for each item that a blocked pad holds back. */
static GstPadProbeReturn
on_idle (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Unlinking *unlinking = data;

  g_mutex_lock (&unlinking->lock);
  g_autoptr (GstPad) src = g_steal_pointer (&unlinking->src);
  g_autoptr (GstPad) sink = g_steal_pointer (&unlinking->sink);
  g_mutex_unlock (&unlinking->lock);
  if (src != NULL)
    gst_pad_unlink (src, sink);

  g_mutex_lock (&unlinking->lock);
  unlinking->done |= src != NULL;
  g_cond_broadcast (&unlinking->changed);
  g_mutex_unlock (&unlinking->lock);
  return unlinking->stay ? GST_PAD_PROBE_OK : GST_PAD_PROBE_REMOVE;
}

/* Returns the probe that keeps the giving pad blocked; 0 for none. */
static gulong
unlink_idle (Branch *branch)
{
  gboolean takes = GST_PAD_IS_SINK (branch->own);
  Unlinking *unlinking = g_atomic_rc_box_new0 (Unlinking);
  GstPadProbeType type = GST_PAD_PROBE_TYPE_IDLE;

  g_mutex_init (&unlinking->lock);
  g_cond_init (&unlinking->changed);
  unlinking->src = gst_object_ref (takes ? branch->attached : branch->own);
  unlinking->sink = gst_object_ref (takes ? branch->own : branch->attached);
  /* a tee does without the pad; anything else must not find out that it gives to nobody */
  unlinking->stay = !(takes && was_requested (branch->attached));
  if (unlinking->stay)
    type |= GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM;
  gulong probe
      = gst_pad_add_probe (unlinking->src, type, on_idle, g_atomic_rc_box_acquire (unlinking), unlinking_unref);

  g_mutex_lock (&unlinking->lock);
  while (!unlinking->done)
    g_cond_wait (&unlinking->changed, &unlinking->lock);
  g_mutex_unlock (&unlinking->lock);
  gboolean stay = unlinking->stay;
  unlinking_unref (unlinking);
  return stay ? probe : 0;
}

static void
unlink_at_once (Branch *branch)
{
  if (GST_PAD_IS_SINK (branch->own))
    gst_pad_unlink (branch->attached, branch->own);
  else
    gst_pad_unlink (branch->own, branch->attached);
}

/* A pad that the pipeline keeps stays blocked for the branch that comes next. */
static void
keep_blocked (IpcBranches *branches, GstPad *pad, gulong probe)
{
  g_mutex_lock (&branches->lock);
  g_hash_table_insert (branches->blocked, gst_object_ref (pad), GSIZE_TO_POINTER (probe));
  g_mutex_unlock (&branches->lock);
}

static void
part (IpcBranches *branches, Branch *branch, gboolean at_once)
{
  gulong probe = 0;

  /* released first, a tee takes no notice of what comes back from there */
  if (at_once && was_requested (branch->attached))
    give_back (branch->attached);
  else if (at_once)
    unlink_at_once (branch);
  else
    probe = unlink_idle (branch);

  if (!at_once)
    give_back (branch->attached);
  if (probe != 0 && GST_PAD_IS_SINK (branch->own))
    keep_blocked (branches, branch->attached, probe);
}

GstBin *
ipc_branches_remove (
    IpcBranches *branches, const gchar *name, gboolean at_once, GstStateChangeReturn *result, GError **error)
{
  Branch *branch = acquire (branches, name, error);

  if (branch == NULL)
    return NULL;
  if (branch->attached != NULL)
    part (branches, branch, at_once);
  gst_element_set_locked_state (GST_ELEMENT (branch->bin), TRUE);
  *result = gst_element_set_state (GST_ELEMENT (branch->bin), GST_STATE_NULL);
  gst_bin_remove (GST_BIN (branch->pipeline), GST_ELEMENT (branch->bin));

  GstBin *bin = gst_object_ref (branch->bin);
  g_mutex_lock (&branches->lock);
  g_hash_table_remove (branches->branches, name);
  g_mutex_unlock (&branches->lock);
  return bin;
}

/* }}} */
