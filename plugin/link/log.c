/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the link says in GStreamer's debug log. Who handles logs may be anybody and call anything, so nothing is logged
 * under the lock or in a section; what is only known there is noted and said later.
 */
#include "link-private.h"

GstDebugCategory *ipc_link_debug;

void
ipc_link_log_init (void)
{
  static gsize done = 0;

  if (!g_once_init_enter (&done))
    return;
  GST_DEBUG_CATEGORY_INIT (ipc_link_debug, "ipclink", 0, "packets, connections and time-outs between two processes");
  g_once_init_leave (&done, 1);
}

/* The name is copied: it may be changed while the line is handled. */
void
ipc_link_log (IpcLink *link, GstDebugLevel level, const gchar *format, ...)
{
  g_autofree gchar *name = NULL, *text = NULL;
  va_list arguments;

  if (!IPC_LINK_LOGS (level))
    return;
  g_mutex_lock (&link->lock);
  name = g_strdup (link->name);
  g_mutex_unlock (&link->lock);
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  GST_CAT_LEVEL_LOG_ID (ipc_link_debug, level, name, "%s", text);
}

static void
log_packet_sent (IpcLink *link, const GByteArray *bytes, const gchar *fields)
{
  IpcHeader header;

  ipc_header_read (bytes->data, IPC_TO_MASTER | IPC_TO_SLAVE, G_MAXUINT32, &header, NULL);
  ipc_link_log (link, GST_LEVEL_LOG, "sent %s id %u size %u%s", ipc_packet_info (header.type)->name, header.id,
      header.size, fields ? fields : "");
}

void
ipc_link_log_sent (IpcLink *link, const GQueue *items)
{
  const GList *node;

  if (!IPC_LINK_LOGS (GST_LEVEL_LOG))
    return;
  for (node = items->head; node; node = node->next) {
    const IpcOutgoing *item = node->data;

    if (item->written < item->size)
      continue;
    log_packet_sent (link, item->head, item->fields);
    if (item->is_pair)
      log_packet_sent (link, item->tail, item->reply_fields);
  }
}

void
ipc_link_log_received (IpcLink *link, const IpcPacket *packet)
{
  g_autofree gchar *line = NULL;

  if (!IPC_LINK_LOGS (GST_LEVEL_LOG))
    return;
  line = ipc_packet_describe (packet);
  ipc_link_log (link, GST_LEVEL_LOG, "received %s", line);
}

/* Only of those that should not have come is there anything to say. */
void
ipc_link_log_reply (IpcLink *link, const IpcPacket *packet, IpcReplyFate fate)
{
  const gchar *why = NULL;

  if (fate == IPC_REPLY_LATE)
    why = "it comes late, nobody waits for it any more";
  else if (fate == IPC_REPLY_STRAY)
    why = "the peer was not asked anything with this id";
  else if (fate == IPC_REPLY_WRONG_KIND)
    why = "what has this id is answered by another type of packet";
  if (why)
    ipc_link_log (link, fate == IPC_REPLY_LATE ? GST_LEVEL_INFO : GST_LEVEL_WARNING, "dropped %s id %u: %s",
        ipc_packet_info (packet->header.type)->name, packet->header.id, why);
}

void
ipc_link_log_connection (IpcLink *link, const gchar *event)
{
  gboolean connected;
  guint64 peer;
  gint in, out;

  if (!IPC_LINK_LOGS (GST_LEVEL_INFO))
    return;
  g_mutex_lock (&link->lock);
  connected = ipc_link_may_send_locked (link);
  peer = link->in.generation;
  in = link->in.fd;
  out = link->out.fd;
  g_mutex_unlock (&link->lock);
  if (connected)
    ipc_link_log (
        link, GST_LEVEL_INFO, "%s: connected to peer %" G_GUINT64_FORMAT " (fdin %d, fdout %d)", event, peer, in, out);
  else
    ipc_link_log (link, GST_LEVEL_INFO, "%s: not connected (fdin %d, fdout %d)", event, in, out);
}

void
ipc_link_log_outcome (IpcLink *link, const IpcWait *wait)
{
  if (wait->error)
    ipc_link_log (
        link, wait->outcome == IPC_OUTCOME_TIMED_OUT ? GST_LEVEL_WARNING : GST_LEVEL_INFO, "%s", wait->error->message);
}
