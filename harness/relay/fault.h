/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IPC_RELAY_FAULT_H
#define IPC_RELAY_FAULT_H

#include "history/history.h"

G_BEGIN_DECLS

/*
 * Faults: what a relay is to do wrong, and with which packets. A fault belongs to a link and lives over all its
 * connections until it is removed; it strikes a packet that its `when` selects, so many times. Of several faults that
 * select a packet the one that was installed first strikes.
 *
 * Whatever is random comes from a seed: the same packets are struck in the same way in each run.
 */

typedef enum {
  IPC_FAULT_DELAY,
  IPC_FAULT_DROP,
  IPC_FAULT_DUPLICATE,
  IPC_FAULT_REORDER,
  IPC_FAULT_CHANGE,
  IPC_FAULT_FLIP,
  IPC_FAULT_TRUNCATE,
  IPC_FAULT_SPLIT,
  IPC_FAULT_COALESCE,
  IPC_FAULT_STALL,
  IPC_FAULT_CLOSE,
  IPC_FAULT_HALF_CLOSE,
  IPC_FAULT_RESET,
  IPC_FAULT_SIGNAL,
  IPC_FAULT_INJECT,
  IPC_FAULT_ANSWER,
  IPC_N_FAULTS
} IpcFaultKind;

/* "delay", "drop" ...: IPC_N_FAULTS names in order, then NULL. */
extern const gchar *const ipc_fault_names[];

typedef struct {
  gchar *name;
  IpcFaultKind kind;
  JsonObject *spec; /* the fields of an `act fault` step (docs/step-reference.md) */
  JsonObject *when; /* a part of it, or NULL */
  guint64 times;    /* how often it strikes; 0: always */
  guint64 n_wanted; /* packets that `when` has selected, but for nth, every and probability */
  guint64 n_strikes;
  GRand *random;
} IpcFault;

/* @signal is to be sent to @process, in words of the scenario: the relay knows of no processes. */
typedef void (*IpcFaultSignal) (const gchar *process, const gchar *signal, gpointer data);

/* A fault that was asked for cannot be done: why. */
typedef void (*IpcFaultFailed) (const gchar *text, gpointer data);

/* The faults of one link. Used from one thread, that of the link's relays, which must not outlive it. */
typedef struct {
  GPtrArray *faults;     /* of IpcFault, in order of installation */
  IpcFaultSignal signal; /* or NULL */
  IpcFaultFailed failed; /* or NULL */
  gpointer data;
  guint32 next_id; /* of packets that are made up and say no id */
} IpcFaultSet;

IpcFaultSet *ipc_fault_set_new (IpcFaultSignal signal, IpcFaultFailed failed, gpointer data);
void ipc_fault_set_free (IpcFaultSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpcFaultSet, ipc_fault_set_free)

/* Installs a fault of @spec, which is kept. NULL with @error (G_IO_ERROR) when there is one of that name, or
 * @spec is none. Borrowed. */
IpcFault *ipc_fault_set_add (IpcFaultSet *set, JsonObject *spec, GError **error);
IpcFault *ipc_fault_set_find (IpcFaultSet *set, const gchar *name);
void ipc_fault_set_remove (IpcFaultSet *set, const gchar *name);
void ipc_fault_set_clear (IpcFaultSet *set);

/* The fault that strikes the packet of a `packet` record, or NULL. Every fault that selects it counts it. Borrowed. */
IpcFault *ipc_fault_set_pick (IpcFaultSet *set, JsonObject *record);
/* Whether `when` of @fault selects a packet, but for nth, every and probability. Counts nothing. */
gboolean ipc_fault_selects (const IpcFault *fault, JsonObject *record);

/* Turns over as many bits of @size bytes at @bytes as the fault says, each another one: anywhere, or in the byte @place
 * when that is not NULL. */
void ipc_fault_flip (IpcFault *fault, guint8 *bytes, gsize size, const gsize *place);

G_END_DECLS
#endif
