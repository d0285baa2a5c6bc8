/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which packets a fault strikes. A set owns its faults, a fault its fields and its random numbers; what is done to a
 * packet is in strike.c.
 */

#include "fault.h"

#include <gio/gio.h>

#include "history/match.h"

/* Ids that no session comes to. */
#define FIRST_ID 0x70000000u

const gchar *const ipc_fault_names[] = { "delay", "drop", "duplicate", "reorder", "change", "flip", "truncate", "split",
  "coalesce", "stall", "close", "half-close", "reset", "signal", "inject", "answer", NULL };

static void
fault_free (IpcFault *fault)
{
  g_free (fault->name);
  json_object_unref (fault->spec);
  g_rand_free (fault->random);
  g_free (fault);
}

/**
 * ipc_fault_set_new:
 * @signal: (nullable): sends signals to processes
 * @failed: (nullable): told of faults that cannot be done
 * @data: passed to both
 *
 * Returns: (transfer full): no faults
 */
IpcFaultSet *
ipc_fault_set_new (IpcFaultSignal signal, IpcFaultFailed failed, gpointer data)
{
  IpcFaultSet *set = g_new0 (IpcFaultSet, 1);

  set->faults = g_ptr_array_new_with_free_func ((GDestroyNotify)fault_free);
  set->signal = signal;
  set->failed = failed;
  set->data = data;
  set->next_id = FIRST_ID;
  return set;
}

/**
 * ipc_fault_set_free:
 * @set: (transfer full) (nullable): faults that no relay uses any more
 */
void
ipc_fault_set_free (IpcFaultSet *set)
{
  if (!set)
    return;
  g_ptr_array_unref (set->faults);
  g_free (set);
}

static gint
kind_of (const gchar *name)
{
  for (gint i = 0; name && ipc_fault_names[i]; i++)
    if (g_str_equal (ipc_fault_names[i], name))
      return i;
  return -1;
}

/**
 * ipc_fault_set_add:
 * @set: faults
 * @spec: the fields of the step; a reference is kept
 * @error: return location of a G_IO_ERROR
 *
 * Returns: (transfer none) (nullable): the new fault
 */
IpcFault *
ipc_fault_set_add (IpcFaultSet *set, JsonObject *spec, GError **error)
{
  const gchar *name = ipc_record_string (spec, "name"), *what = ipc_record_string (spec, "do");
  gint kind = kind_of (what);
  JsonNode *when = json_object_get_member (spec, "when");
  IpcFault *fault;

  if (!name || kind < 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "there is no fault \"%s\"", what ? what : "(none)");
    return NULL;
  }
  if (ipc_fault_set_find (set, name)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "the link has a fault \"%s\" already: remove it first", name);
    return NULL;
  }
  fault = g_new0 (IpcFault, 1);
  fault->name = g_strdup (name);
  fault->kind = (IpcFaultKind)kind;
  fault->spec = json_object_ref (spec);
  fault->when = when && JSON_NODE_HOLDS_OBJECT (when) ? json_node_get_object (when) : NULL;
  fault->times = (guint64)ipc_record_int (spec, "times", 1);
  fault->random = g_rand_new_with_seed (fault->when ? (guint32)ipc_record_int (fault->when, "seed", 1) : 1);
  g_ptr_array_add (set->faults, fault);
  return fault;
}

/**
 * ipc_fault_set_find:
 * @set: faults
 * @name: name of a fault
 *
 * Returns: (transfer none) (nullable): the fault
 */
IpcFault *
ipc_fault_set_find (IpcFaultSet *set, const gchar *name)
{
  for (guint i = 0; i < set->faults->len; i++) {
    IpcFault *fault = g_ptr_array_index (set->faults, i);

    if (g_str_equal (fault->name, name))
      return fault;
  }
  return NULL;
}

/**
 * ipc_fault_set_remove:
 * @set: faults
 * @name: name of a fault that is installed
 */
void
ipc_fault_set_remove (IpcFaultSet *set, const gchar *name)
{
  IpcFault *fault = ipc_fault_set_find (set, name);

  if (fault)
    g_ptr_array_remove (set->faults, fault);
}

/**
 * ipc_fault_set_clear:
 * @set: faults, none of which strikes any more
 */
void
ipc_fault_set_clear (IpcFaultSet *set)
{
  g_ptr_array_set_size (set->faults, 0);
}

static gboolean
member_is (JsonObject *when, const gchar *name, JsonObject *record)
{
  JsonNode *wanted = json_object_get_member (when, name);

  return !wanted || ipc_match_value (wanted, json_object_get_member (record, name));
}

gboolean
ipc_fault_selects (const IpcFault *fault, JsonObject *record)
{
  JsonNode *match;

  if (!fault->when)
    return TRUE;
  match = json_object_get_member (fault->when, "match");
  return member_is (fault->when, "to", record) && member_is (fault->when, "type", record)
         && member_is (fault->when, "id", record) && member_is (fault->when, "point", record)
         && ipc_match (match && JSON_NODE_HOLDS_OBJECT (match) ? json_node_get_object (match) : NULL, record, NULL);
}

/* Whether it is this one of those that it selects. */
static gboolean
is_the_one (IpcFault *fault)
{
  guint64 nth = 1, every = 1;
  gdouble probability = 1.0;

  if (fault->when) {
    nth = (guint64)ipc_record_int (fault->when, "nth", 1);
    every = (guint64)ipc_record_int (fault->when, "every", 1);
    probability = json_object_get_double_member_with_default (fault->when, "probability", 1.0);
  }
  if (fault->n_wanted < nth || (fault->n_wanted - nth) % MAX (every, 1) != 0)
    return FALSE;
  return probability >= 1.0 || g_rand_double (fault->random) < probability;
}

/**
 * ipc_fault_set_pick:
 * @set: faults
 * @record: a `packet` record
 *
 * Returns: (transfer none) (nullable): the fault that strikes this packet
 */
IpcFault *
ipc_fault_set_pick (IpcFaultSet *set, JsonObject *record)
{
  IpcFault *picked = NULL;

  for (guint i = 0; i < set->faults->len; i++) {
    IpcFault *fault = g_ptr_array_index (set->faults, i);

    if (!ipc_fault_selects (fault, record))
      continue;
    fault->n_wanted++;
    if ((fault->times > 0 && fault->n_strikes >= fault->times) || !is_the_one (fault) || picked)
      continue;
    fault->n_strikes++;
    picked = fault;
  }
  return picked;
}

/**
 * ipc_fault_flip:
 * @fault: a fault of the kind flip
 * @bytes: what is damaged
 * @size: how many bytes
 * @place: (nullable): the byte that is hit; %NULL for any
 */
void
ipc_fault_flip (IpcFault *fault, guint8 *bytes, gsize size, const gsize *place)
{
  gint64 number = ipc_record_int (fault->spec, "number", 1), bit = ipc_record_int (fault->spec, "bit", -1);
  g_autoptr (GHashTable) turned = g_hash_table_new (NULL, NULL);
  gsize n_bits = (place ? 1 : MIN (size, G_MAXINT32 / 8)) * (bit >= 0 ? 1 : 8);

  /* the same bit twice would be as it was */
  while (g_hash_table_size (turned) < MIN ((guint64)number, n_bits)) {
    gsize at = place ? MIN (*place, size - 1)
                     : (gsize)g_rand_int_range (fault->random, 0, (gint32)MIN (size, G_MAXINT32 / 8));
    guint which = bit >= 0 ? (guint)bit : (guint)g_rand_int_range (fault->random, 0, 8);

    if (g_hash_table_add (turned, GSIZE_TO_POINTER (at * 8 + which)))
      bytes[at] ^= (guint8)(1u << which);
  }
}
