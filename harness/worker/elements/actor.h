/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_WORKER_ELEMENTS_ACTOR_H
#define IPC_WORKER_ELEMENTS_ACTOR_H

#include <gst/gst.h>

#include "rule.h"

G_BEGIN_DECLS

/*
 * The part of a test element that acts by rules. The element embeds it, asks it wherever a rule may strike, and does
 * what it is told. Any thread; its lock is never held while waiting, posting or sending.
 */
typedef struct {
  GstElement *element;
  /* Pushes @event (taken) from the element's pad that it leaves by. */
  void (*send) (GstElement *element, GstEvent *event);
  GMutex lock;
  GCond changed;
  gchar *text;
  GPtrArray *rules;     /* IpcRule */
  GHashTable *mistakes; /* property -> text */
  guint64 released;     /* whoever is held goes on when it changes */
  gboolean flushing;    /* nobody is held but in a change of state */
  guint64 flushes;      /* how often flushing has begun */
} IpcActor;

typedef enum {
  IPC_VERDICT_PASS,    /* as if there were no rule */
  IPC_VERDICT_FAIL,    /* return failure or FALSE */
  IPC_VERDICT_RETURN,  /* return the value */
  IPC_VERDICT_SWALLOW, /* go no further, and say that all is well */
  IPC_VERDICT_ANSWERED /* a query has its answer */
} IpcVerdict;

void ipc_actor_init (IpcActor *actor, GstElement *element, void (*send) (GstElement *element, GstEvent *event));
void ipc_actor_clear (IpcActor *actor);

/* Installs the properties `actions` (@actions_id) and `mistake` (@mistake_id), and the action signal `release`. */
void ipc_actor_install (GObjectClass *klass, guint actions_id, guint mistake_id);
/* The actor of @element; NULL when it has none. */
IpcActor *ipc_actor_of (GstElement *element);

/* @text with a mistake changes no rule; the mistake is kept. Lets go of whoever is held. */
void ipc_actor_set_rules (IpcActor *actor, const gchar *text);
gchar *ipc_actor_get_rules (IpcActor *actor);
/* Something is wrong with the value of @property; NULL: all is well. */
void ipc_actor_set_mistake (IpcActor *actor, const gchar *property, const gchar *text);
/* (transfer full) What is wrong with the element's properties, or NULL. */
gchar *ipc_actor_mistake (IpcActor *actor);

/* Lets go of whoever is held now. */
void ipc_actor_release (IpcActor *actor);
/* While flushing, data, events and queries are not held. An actor begins as flushing. */
void ipc_actor_set_flushing (IpcActor *actor, gboolean flushing);
gboolean ipc_actor_has_rules (IpcActor *actor, IpcRulePoint point);

/* Carries out what the rules say of this occasion; may take long, or end the process. @query: at queries. @value:
 * return location for IPC_VERDICT_RETURN. */
IpcVerdict ipc_actor_at (IpcActor *actor, IpcRulePoint point, guint kind, GstQuery *query, gint *value);
/* A change of state by the rules, with @change for what the element does without. */
GstStateChangeReturn ipc_actor_change_state (IpcActor *actor, GstStateChange transition,
    GstStateChangeReturn (*change) (GstElement *element, GstStateChange transition));

G_END_DECLS
#endif
