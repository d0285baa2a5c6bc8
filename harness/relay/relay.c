/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A relay is two flows, one per direction (flow.c), and what is done to them from outside.
 */

#include <gio/gio.h>

#include "relay-private.h"

/**
 * ipc_relay_new:
 * @context: what drives it; the calling thread runs it
 * @history: what it records to; must outlive it
 * @folder: for the capture files LINK.GENERATION.to-slave.bin and .to-master.bin
 * @link: name of the link
 * @generation: which connection of the link this is, from 1
 * @master: (transfer full): the connection to the master's end
 * @slave: (transfer full): the connection to the slave's end
 * @faults: (nullable): what is done wrong; must outlive it
 * @error: return location of a #GIOErrorEnum error
 *
 * Returns: (transfer full): a relay that is at work, or %NULL when a capture file cannot be written
 */
IpcRelay *
ipc_relay_new (GMainContext *context, IpcHistory *history, const gchar *folder, const gchar *link, guint generation,
    const IpcRelayEnd *master, const IpcRelayEnd *slave, IpcFaultSet *faults, GError **error)
{
  g_autoptr (IpcRelay) relay = g_new0 (IpcRelay, 1);

  relay->context = g_main_context_ref (context);
  relay->history = history;
  relay->link = g_strdup (link);
  relay->generation = generation;
  relay->faults = faults;
  relay->points = ipc_points_new ();
  relay->memory = ipc_relay_memory_new ();
  ipc_end_init (&relay->master, "master", master);
  ipc_end_init (&relay->slave, "slave", slave);
  if (!ipc_flow_init (&relay->down, relay, IPC_TO_SLAVE, folder, error)
      || !ipc_flow_init (&relay->up, relay, IPC_TO_MASTER, folder, error))
    return NULL;
  ipc_flow_update (&relay->down);
  ipc_flow_update (&relay->up);
  return g_steal_pointer (&relay);
}

/**
 * ipc_relay_free:
 * @relay: (transfer full) (nullable): a relay
 */
void
ipc_relay_free (IpcRelay *relay)
{
  if (!relay)
    return;
  ipc_flow_clear (&relay->down);
  ipc_flow_clear (&relay->up);
  ipc_end_stop_in (&relay->master);
  ipc_end_stop_out (&relay->master);
  ipc_end_stop_in (&relay->slave);
  ipc_end_stop_out (&relay->slave);
  g_main_context_unref (relay->context);
  ipc_points_free (relay->points);
  ipc_relay_memory_free (relay->memory);
  g_free (relay->link);
  g_free (relay);
}

/**
 * ipc_relay_is_done:
 * @relay: a relay
 *
 * Returns: whether both directions have ended and all fds are closed
 */
gboolean
ipc_relay_is_done (IpcRelay *relay)
{
  return relay->down.done && relay->up.done;
}

/**
 * ipc_relay_held:
 * @relay: a relay
 * @to_slave: which direction
 *
 * Returns: bytes that were read and not yet passed on
 */
gsize
ipc_relay_held (IpcRelay *relay, gboolean to_slave)
{
  const IpcFlow *flow = to_slave ? &relay->down : &relay->up;

  return flow->held->len + flow->queued;
}

/**
 * ipc_relay_moved:
 * @relay: a relay
 *
 * Returns: a count of bytes within packets
 */
guint64
ipc_relay_moved (IpcRelay *relay)
{
  return relay->moved;
}

static gboolean
may_still_answer (const IpcFlow *flow)
{
  return !flow->eof && !flow->done && !flow->raw && !flow->swallowing;
}

/**
 * ipc_relay_unanswered:
 * @relay: a relay
 *
 * Returns: how many replies can still come
 */
guint
ipc_relay_unanswered (IpcRelay *relay)
{
  if (!may_still_answer (&relay->down) || !may_still_answer (&relay->up))
    return 0;
  return g_hash_table_size (relay->down.asked) + g_hash_table_size (relay->up.asked);
}

/* Makes what is injected a record and a piece. */
static void
inject_bytes (IpcFlow *flow, GBytes *bytes, const gchar *name)
{
  ipc_flow_forge (flow, bytes, name);
  ipc_flow_push (flow, ipc_piece_new (bytes));
  ipc_flow_update (flow);
}

/**
 * ipc_relay_inject:
 * @relay: a relay that is not done
 * @to_slave: which way
 * @spec: `packet` or `bytes`, and `name`
 * @error: return location of an IPC_BUILD_ERROR, or a G_IO_ERROR when there is no link
 *
 * Returns: whether it is on its way
 */
gboolean
ipc_relay_inject (IpcRelay *relay, gboolean to_slave, JsonObject *spec, GError **error)
{
  IpcFlow *flow = to_slave ? &relay->down : &relay->up;
  g_autoptr (GBytes) bytes = NULL;

  if (flow->done || flow->swallowing || flow->raw_left > 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "nothing can be sent to the %s any more", flow->to->name);
    return FALSE;
  }
  bytes = ipc_fault_bytes (relay->faults, spec, error);
  if (!bytes)
    return FALSE;
  inject_bytes (flow, bytes, ipc_record_string (spec, "name"));
  return TRUE;
}

/**
 * ipc_relay_close:
 * @relay: a relay
 * @spec: `how` (close, half-close, reset), `name`; `to` of a half-close
 * @error: return location of a G_IO_ERROR when there is nothing to be closed
 *
 * Returns: whether it was done
 */
gboolean
ipc_relay_close (IpcRelay *relay, JsonObject *spec, GError **error)
{
  const gchar *how = ipc_record_string (spec, "how"), *name = ipc_record_string (spec, "name");
  gboolean half = g_strcmp0 (how, "half-close") == 0;
  IpcFlow *flow = half && g_strcmp0 (ipc_record_string (spec, "to"), "master") == 0 ? &relay->up : &relay->down;

  if (half ? flow->done || flow->swallowing : ipc_relay_is_done (relay)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "it has ended already");
    return FALSE;
  }
  how = how ? how : "close";
  name = name ? name : "close";
  ipc_flow_record_fault (flow, name, how, "struck", "closed", NULL);
  if (half)
    ipc_flow_half_close (flow, name);
  else
    ipc_relay_cut (relay, name, g_str_equal (how, "reset"));
  return TRUE;
}

/**
 * ipc_relay_release:
 * @relay: a relay
 * @fault: (nullable): name of a fault; %NULL for all of them
 *
 * Ends the stalls, delays and batches that a fault has made.
 */
void
ipc_relay_release (IpcRelay *relay, const gchar *fault)
{
  IpcFlow *const flows[] = { &relay->down, &relay->up };

  for (guint i = 0; i < G_N_ELEMENTS (flows); i++) {
    IpcFlow *flow = flows[i];

    if (flow->stalled && (!fault || g_str_equal (flow->stalled, fault)))
      ipc_flow_release_stall (flow);
    if (flow->batch && (!fault || g_str_equal (flow->batch->fault, fault)))
      ipc_flow_release_batch (flow);
    for (GList *link = flow->queue.head; link; link = link->next) {
      IpcPiece *piece = link->data;

      if (piece->fault && (!fault || g_str_equal (piece->fault, fault)))
        piece->due = piece->pause = 0;
    }
    ipc_flow_update (flow);
  }
}
