/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rules at work. On each occasion all rules of its kind count it under the lock; those that strike are then carried out
 * in their order, without it, until one decides what becomes of the occasion. */

#include "actor.h"

#include "../words.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static G_DEFINE_QUARK (ipc - actor, actor)

    void ipc_actor_init (IpcActor *actor, GstElement *element, void (*send) (GstElement *element, GstEvent *event))
{
  actor->element = element;
  actor->send = send;
  actor->rules = g_ptr_array_new ();
  actor->mistakes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  actor->flushing = TRUE;
  actor->flushes = 1;
  g_mutex_init (&actor->lock);
  g_cond_init (&actor->changed);
  g_object_set_qdata (G_OBJECT (element), actor_quark (), actor);
}

void
ipc_actor_clear (IpcActor *actor)
{
  g_free (actor->text);
  g_ptr_array_unref (actor->rules);
  g_hash_table_unref (actor->mistakes);
  g_mutex_clear (&actor->lock);
  g_cond_clear (&actor->changed);
}

IpcActor *
ipc_actor_of (GstElement *element)
{
  return g_object_get_qdata (G_OBJECT (element), actor_quark ());
}

static void
on_release (GstElement *element, gpointer user_data)
{
  ipc_actor_release (ipc_actor_of (element));
}

void
ipc_actor_install (GObjectClass *klass, guint actions_id, guint mistake_id)
{
  g_object_class_install_property (klass, actions_id,
      g_param_spec_string ("actions", "Actions", "Rules: what to do when (docs/test-elements.md)", NULL,
          G_PARAM_READWRITE | GST_PARAM_MUTABLE_PLAYING | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (klass, mistake_id,
      g_param_spec_string ("mistake", "Mistake", "What is wrong with the element's properties", NULL,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_signal_new_class_handler ("release", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (on_release), NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
take_mistake (IpcActor *actor, const gchar *property, gchar *text)
{
  g_mutex_lock (&actor->lock);
  if (text != NULL)
    g_hash_table_insert (actor->mistakes, (gpointer)property, text);
  else
    g_hash_table_remove (actor->mistakes, property);
  g_mutex_unlock (&actor->lock);
}

void
ipc_actor_set_mistake (IpcActor *actor, const gchar *property, const gchar *text)
{
  take_mistake (actor, property, text ? g_strdup_printf ("%s: %s", property, text) : NULL);
}

gchar *
ipc_actor_mistake (IpcActor *actor)
{
  GHashTableIter iter;
  gpointer text = NULL;

  g_mutex_lock (&actor->lock);
  g_hash_table_iter_init (&iter, actor->mistakes);
  gboolean any = g_hash_table_iter_next (&iter, NULL, &text);
  gchar *copy = any ? g_strdup (text) : NULL;
  g_mutex_unlock (&actor->lock);
  return copy;
}

void
ipc_actor_set_rules (IpcActor *actor, const gchar *text)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rules = ipc_rules_parse (text, &error);

  take_mistake (actor, "actions", error ? g_strdup (error->message) : NULL);
  if (rules == NULL)
    return;

  g_mutex_lock (&actor->lock);
  GPtrArray *before = actor->rules;
  actor->rules = rules;
  g_free (actor->text);
  actor->text = g_strdup (text);
  actor->released++;
  g_cond_broadcast (&actor->changed);
  g_mutex_unlock (&actor->lock);
  g_ptr_array_unref (before);
}

gchar *
ipc_actor_get_rules (IpcActor *actor)
{
  g_mutex_lock (&actor->lock);
  gchar *text = g_strdup (actor->text);
  g_mutex_unlock (&actor->lock);
  return text;
}

void
ipc_actor_release (IpcActor *actor)
{
  g_mutex_lock (&actor->lock);
  actor->released++;
  g_cond_broadcast (&actor->changed);
  g_mutex_unlock (&actor->lock);
}

void
ipc_actor_set_flushing (IpcActor *actor, gboolean flushing)
{
  g_mutex_lock (&actor->lock);
  actor->flushing = flushing;
  actor->flushes += flushing;
  g_cond_broadcast (&actor->changed);
  g_mutex_unlock (&actor->lock);
}

gboolean
ipc_actor_has_rules (IpcActor *actor, IpcRulePoint point)
{
  gboolean found = FALSE;

  g_mutex_lock (&actor->lock);
  for (guint i = 0; i < actor->rules->len && !found; i++)
    found = ((IpcRule *)g_ptr_array_index (actor->rules, i))->point == point;
  g_mutex_unlock (&actor->lock);
  return found;
}

/* {{{ striking */

static gboolean
strikes (IpcRule *rule)
{
  rule->count++;
  switch (rule->when) {
  case IPC_RULE_ONCE:
    return rule->count == rule->nth;
  case IPC_RULE_EVERY:
    return rule->count % rule->nth == 0;
  case IPC_RULE_FROM:
    return rule->count >= rule->nth;
  default:
    g_return_val_if_reached (FALSE);
  }
}

/* Grows when what is held at @point is to go on: also by a flush that is over before the thread that is held has seen
 * it. With the lock. */
static guint64
times_released (IpcActor *actor, IpcRulePoint point)
{
  return point == IPC_RULE_AT_STATE ? actor->released : actor->released + actor->flushes;
}

/* The rules that strike now; the reference to all of them keeps them alive. *released: since when to wait. */
static GPtrArray *
collect (IpcActor *actor, IpcRulePoint point, guint kind, GPtrArray **all, guint64 *released)
{
  GPtrArray *struck = NULL;

  g_mutex_lock (&actor->lock);
  *released = times_released (actor, point) - (point != IPC_RULE_AT_STATE && actor->flushing);
  *all = g_ptr_array_ref (actor->rules);
  for (guint i = 0; i < actor->rules->len; i++) {
    IpcRule *rule = g_ptr_array_index (actor->rules, i);

    if (rule->point != point || rule->kind != kind || !strikes (rule))
      continue;
    if (struck == NULL)
      struck = g_ptr_array_new ();
    g_ptr_array_add (struck, rule);
  }
  g_mutex_unlock (&actor->lock);
  return struck;
}

/* Until released, flushed (but for states) or, if @time is not none, that long. */
static void
hold (IpcActor *actor, IpcRulePoint point, GstClockTime time, guint64 released)
{
  gint64 end = time == GST_CLOCK_TIME_NONE ? 0 : g_get_monotonic_time () + (gint64)(time / 1000);
  gboolean in_time = TRUE;

  g_mutex_lock (&actor->lock);
  while (in_time && times_released (actor, point) == released) {
    if (time == GST_CLOCK_TIME_NONE)
      g_cond_wait (&actor->changed, &actor->lock);
    else
      in_time = g_cond_wait_until (&actor->changed, &actor->lock, end);
  }
  g_mutex_unlock (&actor->lock);
}

/* So that others can wait for it. */
static void
tell_held (IpcActor *actor, const IpcRule *rule)
{
  gst_element_post_message (
      actor->element, gst_message_new_element (GST_OBJECT (actor->element),
                          gst_structure_new ("ipctest-held", "rule", G_TYPE_STRING, rule->source, NULL)));
}

static void
send_event (IpcActor *actor, const IpcRule *rule)
{
  GstEvent *event = ipc_rule_event (rule, NULL);

  if (event != NULL)
    actor->send (actor->element, event);
}

/* The pipeline's, from within the thread that has come here. */
static void
set_state (IpcActor *actor, const IpcRule *rule)
{
  GstObject *top = gst_object_ref (actor->element), *parent;

  while ((parent = gst_object_get_parent (top)) != NULL) {
    gst_object_unref (top);
    top = parent;
  }
  GstStateChangeReturn result = gst_element_set_state (GST_ELEMENT (top), rule->value);
  gst_object_unref (top);
  gst_element_post_message (
      actor->element, gst_message_new_element (GST_OBJECT (actor->element),
                          gst_structure_new ("ipctest-set-state", "rule", G_TYPE_STRING, rule->source, "result",
                              G_TYPE_STRING, ipc_enum_to_word (GST_TYPE_STATE_CHANGE_RETURN, result), NULL)));
}

/* What decides nothing. */
static void
carry_out (IpcActor *actor, const IpcRule *rule, guint64 released)
{
  switch (rule->action) {
  case IPC_RULE_DELAY:
    hold (actor, rule->point, rule->time, released);
    break;
  case IPC_RULE_BLOCK:
    tell_held (actor, rule);
    hold (actor, rule->point, GST_CLOCK_TIME_NONE, released);
    break;
  case IPC_RULE_POST:
    gst_element_post_message (actor->element, ipc_rule_message (rule, GST_OBJECT (actor->element), NULL));
    break;
  case IPC_RULE_SEND:
    send_event (actor, rule);
    break;
  case IPC_RULE_SET_STATE:
    set_state (actor, rule);
    break;
  case IPC_RULE_ABORT:
    abort ();
  case IPC_RULE_SEGV:
    signal (SIGSEGV, SIG_DFL);
    raise (SIGSEGV);
    break;
  case IPC_RULE_EXIT:
    _exit (rule->value);
  default:
    break;
  }
}

static IpcVerdict
decide (const IpcRule *rule, GstQuery *query, gint *value)
{
  switch (rule->action) {
  case IPC_RULE_FAIL:
    return IPC_VERDICT_FAIL;
  case IPC_RULE_RETURN:
    *value = rule->value;
    return IPC_VERDICT_RETURN;
  case IPC_RULE_SWALLOW:
    return IPC_VERDICT_SWALLOW;
  case IPC_RULE_ANSWER:
    return ipc_rule_answer (rule, query, NULL) ? IPC_VERDICT_ANSWERED : IPC_VERDICT_FAIL;
  default:
    return IPC_VERDICT_PASS;
  }
}

IpcVerdict
ipc_actor_at (IpcActor *actor, IpcRulePoint point, guint kind, GstQuery *query, gint *value)
{
  g_autoptr (GPtrArray) all = NULL;
  IpcVerdict verdict = IPC_VERDICT_PASS;
  guint64 released;
  g_autoptr (GPtrArray) struck = collect (actor, point, kind, &all, &released);

  for (guint i = 0; struck != NULL && i < struck->len && verdict == IPC_VERDICT_PASS; i++) {
    const IpcRule *rule = g_ptr_array_index (struck, i);

    GST_INFO_OBJECT (actor->element, "%s", rule->source);
    carry_out (actor, rule, released);
    verdict = decide (rule, query, value);
  }
  return verdict;
}

static gboolean
is_well (IpcActor *actor)
{
  g_autofree gchar *text = ipc_actor_mistake (actor);

  if (text != NULL)
    GST_ELEMENT_ERROR (actor->element, LIBRARY, SETTINGS, ("%s", text), (NULL));
  return text == NULL;
}

GstStateChangeReturn
ipc_actor_change_state (IpcActor *actor, GstStateChange transition,
    GstStateChangeReturn (*change) (GstElement *element, GstStateChange transition))
{
  gint value = GST_STATE_CHANGE_SUCCESS;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !is_well (actor))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    ipc_actor_set_flushing (actor, FALSE);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    ipc_actor_set_flushing (actor, TRUE);

  IpcVerdict verdict = ipc_actor_at (actor, IPC_RULE_AT_STATE, transition, NULL, &value);
  if (verdict == IPC_VERDICT_FAIL || (verdict == IPC_VERDICT_RETURN && value == GST_STATE_CHANGE_FAILURE))
    return GST_STATE_CHANGE_FAILURE;
  GstStateChangeReturn result = change (actor->element, transition);
  return verdict == IPC_VERDICT_RETURN && result != GST_STATE_CHANGE_FAILURE ? (GstStateChangeReturn)value : result;
}

/* }}} */
