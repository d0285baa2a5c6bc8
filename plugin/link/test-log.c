/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the link says in GStreamer's debug log, and that whoever reads it may call the link (LOG-2). */
#include "link-test.h"
#include "wire/memory.h"

static GMutex lock;
static GCond changed;
static GPtrArray *lines; /* "LEVEL name: text", of the category ipclink */

static const gchar *act_at;
static IpcLink *act_on;

static void
note_line (GstDebugCategory *category, GstDebugLevel level, const gchar *file, const gchar *function, gint line,
    GObject *object, GstDebugMessage *message, gpointer user_data)
{
  const gchar *text = gst_debug_message_get (message);
  g_autofree gchar *name = g_strchomp (g_strdup (gst_debug_level_get_name (level)));
  gboolean acts;
  IpcLink *link;

  if (!g_str_equal (gst_debug_category_get_name (category), "ipclink"))
    return;
  g_mutex_lock (&lock);
  g_ptr_array_add (lines, g_strdup_printf ("%s %s: %s", name, gst_debug_message_get_id (message), text));
  acts = act_at && strstr (text, act_at);
  if (acts)
    act_at = NULL;
  link = act_on;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
  if (link && !acts) /* any call would hang if the link's lock were held */
    gst_structure_free (ipc_link_get_stats (link));
  if (acts)
    ipc_link_disconnect (link);
}

/* Whoever writes a line calls @link, and disconnects it when the line has @at in it (NULL: never). */
static void
call_back (IpcLink *link, const gchar *at)
{
  g_mutex_lock (&lock);
  act_on = link;
  act_at = at;
  g_mutex_unlock (&lock);
}

static void
begin_log (GstDebugLevel level)
{
  g_mutex_lock (&lock);
  g_ptr_array_set_size (lines, 0);
  g_mutex_unlock (&lock);
  gst_debug_set_threshold_for_name ("ipclink", level);
}

static guint
count_lines (const gchar *text)
{
  guint i, n = 0;

  g_mutex_lock (&lock);
  for (i = 0; i < lines->len; i++)
    n += strstr (g_ptr_array_index (lines, i), text) != NULL;
  g_mutex_unlock (&lock);
  return n;
}

/* Waits for a line that begins like this. */
static void
await_line (const gchar *text)
{
  guint i = 0;

  g_mutex_lock (&lock);
  for (;;) {
    for (; i < lines->len; i++) {
      if (g_str_has_prefix (g_ptr_array_index (lines, i), text)) {
        g_mutex_unlock (&lock);
        return;
      }
    }
    g_cond_wait (&changed, &lock);
  }
}

static void
test_each_packet (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  GstBuffer *body = patterned_buffer (100);
  g_auto (IpcPacket) packet = packet_event (TRUE), release = { 0 };
  const guint32 number = 1;
  Call *call;

  ipc_link_set_name (owner->link, "sink7");
  call_back (owner->link, NULL);
  begin_log (GST_LEVEL_LOG);
  call = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);
  peer_ack (wires.peer_out, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_BUFFER), 3);
  call_expect (call, IPC_OUTCOME_REPLIED);
  await_line ("LOG sink7: sent BUFFER id 1 size 156 pts ");
  await_line ("LOG sink7: received ACK id 1 size 4 result 3");

  packet.header.id = 9;
  peer_write_packet (wires.peer_out, &packet);
  test_owner_pop (owner, &packet);
  await_line ("LOG sink7: received EVENT id 9 size 10 flush-start seqnum 1 upstream no structure");
  ipc_packet_clear (&packet);
  packet = packet_ack (9, 1);
  ipc_link_reply (owner->link, &packet);
  peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_ACK);
  await_line ("LOG sink7: sent ACK id 9 size 4 result 1");
  ipc_packet_build_memory_release (&release, &number, 1);
  packet = packet_ack (10, 2);
  ipc_link_reply_behind (owner->link, ipc_link_get_peer (owner->link), &release, &packet);
  await_line ("LOG sink7: sent MEMORY_RELEASE id 2 size 8 ");
  await_line ("LOG sink7: sent ACK id 10 size 4 result 2");
  g_assert_cmpuint (count_lines (" sent "), ==, 4);
  g_assert_cmpuint (count_lines (" received "), ==, 2);
  begin_log (GST_LEVEL_NONE);
  call_back (NULL, NULL);
  end (owner, &wires);
}

/* Switched on between a packet's beginning and its end, it is said without what was not looked at then. */
static void
test_switched_on_in_the_middle (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  GstBuffer *body = patterned_buffer (4 * 1024 * 1024);
  Call *call = call_begin (owner->link, packet_buffer (body), body, IPC_WAIT_SERIALIZED, IPC_WAIT_FOREVER);

  peer_await_readable (wires.peer_in);
  begin_log (GST_LEVEL_LOG);
  peer_ack (wires.peer_out, peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_BUFFER), 0);
  call_expect (call, IPC_OUTCOME_REPLIED);
  await_line ("LOG test: sent BUFFER id 1 size 4194360");
  g_assert_cmpuint (count_lines ("pts"), ==, 0);
  begin_log (GST_LEVEL_NONE);
  end (owner, &wires);
}

static void
test_connections (void)
{
  Wires wires;
  TestOwner *owner;

  wires_open (&wires, WIRE_SOCKETPAIR, FALSE);
  begin_log (GST_LEVEL_INFO);
  owner = test_owner_new (IPC_TO_MASTER, NULL);
  test_owner_set_wires (owner, &wires);
  await_line ("INFO test: started: not connected (fdin -1, fdout -1)");
  await_line ("INFO test: fdin was changed: connected to peer ");
  ipc_link_start (owner->link);
  g_assert_cmpuint (count_lines ("started"), ==, 1);
  wires_close_peer (&wires);
  test_owner_await_lost (owner, 1);
  await_line ("INFO test: peer lost: the peer closed the connection");
  ipc_link_disconnect (owner->link);
  ipc_link_disconnect (owner->link);
  g_assert_cmpuint (count_lines ("disconnected: not connected (fdin -1, fdout -1)"), ==, 1);
  ipc_link_stop (owner->link);
  g_assert_cmpuint (count_lines ("stopped"), ==, 1);
  g_assert_cmpuint (count_lines ("LOG"), ==, 0);
  begin_log (GST_LEVEL_NONE);
  end (owner, &wires);
}

/* Warnings name the packet. */
static void
test_troubles (void)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  Call *call;

  begin_log (GST_LEVEL_INFO);
  call_expect (call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, 1000), IPC_OUTCOME_TIMED_OUT);
  await_line ("WARN test: the peer did not answer STATE_CHANGE 1 within 0.001 s");
  peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
  peer_ack (wires.peer_out, 1, 1);
  await_line ("INFO test: dropped ACK id 1: it comes late");
  peer_ack (wires.peer_out, 1, 1);
  await_line ("WARN test: dropped ACK id 1: the peer was not asked");
  call = call_begin (owner->link, packet_query ("q"), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_QUERY);
  peer_ack (wires.peer_out, 2, 1);
  await_line ("WARN test: dropped ACK id 2: what has this id is answered by another type");
  ipc_link_disconnect (owner->link);
  call_expect (call, IPC_OUTCOME_GONE);
  await_line ("INFO test: QUERY 2: disconnected");
  begin_log (GST_LEVEL_NONE);
  end (owner, &wires);
}

/* From whichever line: nothing is said under the lock or while an fd is in use. */
static void
test_disconnect_from_the_log (gconstpointer data)
{
  Wires wires;
  TestOwner *owner = master_on (&wires);
  IpcPacket packet = packet_event (FALSE);
  Call *call;

  begin_log (GST_LEVEL_LOG);
  call_back (owner->link, data);
  call = call_begin (owner->link, packet_state_change (), NULL, IPC_WAIT_CONTROL, IPC_WAIT_FOREVER);
  if (g_str_equal (data, "sent EVENT")) {
    ipc_link_send (owner->link, &packet, IPC_WAIT_FOREVER, NULL);
  } else if (!g_str_equal (data, "sent STATE_CHANGE")) {
    peer_expect (wires.peer_in, IPC_TO_SLAVE, IPC_PACKET_STATE_CHANGE);
    if (g_str_equal (data, "peer lost"))
      wires_close_peer (&wires);
    else
      peer_ack (wires.peer_out, 4711, 1);
  }
  call_expect (call, IPC_OUTCOME_GONE);
  await_line ("INFO test: disconnected");
  begin_log (GST_LEVEL_NONE);
  call_back (NULL, NULL);
  end (owner, &wires);
}

int
main (int argc, char **argv)
{
  static const gchar *places[] = { "sent EVENT", "sent STATE_CHANGE", "received ACK", "dropped ACK", "peer lost" };
  guint i;

  g_test_init (&argc, &argv, NULL);
  gst_debug_remove_log_function (gst_debug_log_default);
  gst_init (&argc, &argv);
  lines = g_ptr_array_new_with_free_func (g_free);
  gst_debug_add_log_function (note_line, NULL, NULL);
  g_test_add_func ("/link/log/each-packet", test_each_packet);
  g_test_add_func ("/link/log/switched-on-in-the-middle", test_switched_on_in_the_middle);
  g_test_add_func ("/link/log/connections", test_connections);
  g_test_add_func ("/link/log/troubles", test_troubles);
  for (i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree gchar *path = g_strconcat ("/link/log/disconnect-at/", places[i], NULL);

    g_strdelimit (path, " ", '-');
    g_test_add_data_func (path, places[i], test_disconnect_from_the_log);
  }
  return g_test_run ();
}
