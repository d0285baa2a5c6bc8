/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Gives the two elements of a link their file descriptors: those of one connection when the link is direct, or those
 * of two connections with a relay between them.
 */

#include <gio/gio.h>

#include "case.h"
#include "transport.h"

/* Sends `end` to @element of @process, which owns the fds from then on. */
static IpcCall *
send_link (IpcProcess *process, const gchar *element, const IpcRelayEnd *end)
{
  JsonObject *members = json_object_new ();
  gboolean same = end->in == end->out;
  const gint fds[2] = { end->in, end->out };

  json_object_set_string_member (members, "element", element);
  json_object_set_boolean_member (members, "fdin", TRUE);
  json_object_set_boolean_member (members, "fdout", TRUE);
  json_object_set_boolean_member (members, "same", same);
  return ipc_process_call (process, "link", members, fds, same ? 1 : 2);
}

static void
record_connected (IpcCase *self, IpcCaseLink *link, IpcProcess *slave, const gchar *src)
{
  JsonObject *record = ipc_history_record ("link");
  g_autofree gchar *sink_name = g_strdup_printf ("%s.%s", link->spec->master, link->spec->sink);
  g_autofree gchar *src_name = g_strdup_printf ("%s.%s", slave->spec->name, src);

  json_object_set_string_member (record, "link", link->spec->name);
  json_object_set_string_member (record, "event", "connected");
  json_object_set_string_member (record, "master", sink_name);
  json_object_set_string_member (record, "slave", src_name);
  json_object_set_int_member (record, "generation", link->generation);
  json_object_set_string_member (record, "transport", ipc_transport_name (link->spec->transport));
  json_object_set_boolean_member (record, "relayed", link->spec->relay);
  ipc_history_add (self->host.history, record);
}

/* Two connections with a relay between; @master and @slave are the ends for the processes. */
static gboolean
connect_relayed (IpcCase *self, IpcCaseLink *link, IpcRelayEnd *master, IpcRelayEnd *slave, GError **error)
{
  IpcRelayEnd to_master, to_slave;
  IpcRelay *relay;

  if (!ipc_transport_connect (link->spec->transport, master, &to_master, error))
    return FALSE;
  if (!ipc_transport_connect (link->spec->transport, &to_slave, slave, error)) {
    ipc_transport_close (master);
    ipc_transport_close (&to_master);
    return FALSE;
  }
  relay = ipc_relay_new (self->host.context, self->host.history, self->folder, link->spec->name, link->generation,
      &to_master, &to_slave, link->faults, error);
  if (!relay) {
    ipc_transport_close (master);
    ipc_transport_close (slave);
    return FALSE;
  }
  g_ptr_array_add (link->relays, relay);
  return TRUE;
}

/**
 * ipc_case_connect:
 * @self: the case
 * @link: which link; its master must be alive
 * @slave: the process at its other end, alive
 * @src: the element there
 * @connection: (out): what is under way
 * @error: return location of an error
 *
 * Returns: whether both ends were sent their file descriptors
 */
gboolean
ipc_case_connect (
    IpcCase *self, IpcCaseLink *link, IpcProcess *slave, const gchar *src, IpcConnection *connection, GError **error)
{
  IpcProcess *master = ipc_case_process (self, link->spec->master);
  IpcRelayEnd master_end, slave_end;
  gboolean good;

  link->generation++;
  if (link->spec->relay)
    good = connect_relayed (self, link, &master_end, &slave_end, error);
  else
    good = ipc_transport_connect (link->spec->transport, &master_end, &slave_end, error);
  if (!good)
    return FALSE;
  record_connected (self, link, slave, src);
  connection->slave = send_link (slave, src, &slave_end);
  connection->master = send_link (master, link->spec->sink, &master_end);
  return TRUE;
}

/**
 * ipc_connection_is_over:
 * @connection: a connection under way
 *
 * Returns: whether both ends have answered, or never will
 */
gboolean
ipc_connection_is_over (const IpcConnection *connection)
{
  return ipc_call_is_over (connection->master) && ipc_call_is_over (connection->slave);
}

/**
 * ipc_connection_error:
 * @connection: a connection that is over
 *
 * Returns: (transfer full) (nullable): why an end did not take its fds
 */
gchar *
ipc_connection_error (const IpcConnection *connection)
{
  gchar *error = ipc_call_error (connection->slave);

  return error ? error : ipc_call_error (connection->master);
}

/**
 * ipc_connection_clear:
 * @connection: a connection, zeroed or under way
 */
void
ipc_connection_clear (IpcConnection *connection)
{
  g_clear_pointer (&connection->master, ipc_call_unref);
  g_clear_pointer (&connection->slave, ipc_call_unref);
}
