/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Records what an implementation of ipcpipeline puts on its socket, one file for each kind of packet: the golden
 * vectors beside this file were made with it from Debian's plugin. It plays the other end of one ipcpipelinesink and of
 * one ipcpipelinesrc, answers whatever wants an answer, and provokes one packet after the other.
 *
 * The main thread drives the pipeline; one thread for each peer reads its socket and writes files and replies.
 */

#include <errno.h>
#include <gst/gst.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/framer.h"
#include "wire/object.h"

typedef struct {
  const gchar *folder;
  const gchar *side; /* whose bytes these are: "master" or "slave" */
  gint fd;
  IpcFramer *framer;
  GThread *thread;
  guint next_id; /* of packets that the peer sends on its own; under lock */
  guint n_buffers;
  GMutex lock;
  GCond answered;
  guint32 last_answer; /* id of the last reply; under lock */
} Peer;

static void
write_all (gint fd, const guint8 *bytes, gsize size)
{
  while (size > 0) {
    gssize n = write (fd, bytes, size);

    if (n < 0)
      g_error ("writing to the element: %s", g_strerror (errno));
    bytes += n;
    size -= (gsize)n;
  }
}

static void
peer_write (Peer *peer, IpcPacket *packet)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  ipc_packet_encode (packet, bytes);
  g_mutex_lock (&peer->lock);
  write_all (peer->fd, bytes->data, bytes->len);
  g_mutex_unlock (&peer->lock);
  ipc_packet_clear (packet);
}

/* Sends a request and waits until the element has answered it. */
static void
peer_ask (Peer *peer, IpcPacket *packet)
{
  guint32 id;

  g_mutex_lock (&peer->lock);
  id = packet->header.id = ++peer->next_id;
  g_mutex_unlock (&peer->lock);
  peer_write (peer, packet);
  g_mutex_lock (&peer->lock);
  while (peer->last_answer != id)
    g_cond_wait (&peer->answered, &peer->lock);
  g_mutex_unlock (&peer->lock);
}

/* What tells one packet of a type from another, for the file's name. */
static gchar *
packet_label (Peer *peer, const IpcPacket *packet)
{
  switch (packet->header.type) {
  case IPC_PACKET_BUFFER:
    return g_strdup_printf ("buffer-%u", ++peer->n_buffers);
  case IPC_PACKET_EVENT:
    return g_strdup_printf ("event-%s", gst_event_type_get_name (packet->event.type));
  case IPC_PACKET_QUERY:
    return g_strdup_printf ("query-%s", gst_query_type_get_name (packet->query.type));
  case IPC_PACKET_QUERY_RESULT:
    return g_strdup_printf ("query-result-%s-%s", gst_query_type_get_name (packet->query_result.type),
        packet->query_result.result ? "true" : "false");
  case IPC_PACKET_STATE_CHANGE:
    return g_strdup_printf ("state-change-%02x", packet->state_change.transition);
  case IPC_PACKET_MESSAGE:
    return g_strdup_printf ("message-%s", gst_message_type_get_name (packet->message.type));
  case IPC_PACKET_GERROR_MESSAGE:
    return g_strdup_printf ("gerror-%u", packet->gerror.kind);
  case IPC_PACKET_ACK:
    return g_strdup_printf ("ack-%u", packet->ack.result);
  default:
    return g_ascii_strdown (ipc_packet_info (packet->header.type)->name, -1);
  }
}

static void
save_packet (Peer *peer, const IpcHeader *header, GBytes *payload, const gchar *label)
{
  g_autofree gchar *name = g_strdup_printf ("%s-%s.bin", peer->side, label);
  g_autofree gchar *path = g_build_filename (peer->folder, name, NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  guint8 raw[IPC_HEADER_SIZE];

  ipc_header_write (header, raw);
  g_byte_array_append (bytes, raw, sizeof raw);
  g_byte_array_append (bytes, g_bytes_get_data (payload, NULL), (guint)g_bytes_get_size (payload));
  if (!g_file_test (path, G_FILE_TEST_EXISTS)
      && !g_file_set_contents (path, (const gchar *)bytes->data, bytes->len, &error))
    g_error ("%s", error->message);
}

static void
answer_packet (Peer *peer, const IpcPacket *packet)
{
  g_auto (IpcPacket) reply = { 0 };

  switch (ipc_packet_info (packet->header.type)->reply) {
  case IPC_REPLY_ACK:
    /* TRUE for an event, SUCCESS for a state change, OK for a buffer */
    ipc_packet_build_ack (&reply, packet->header.id, packet->header.type == IPC_PACKET_BUFFER ? 0 : 1);
    break;
  case IPC_REPLY_QUERY_RESULT:
    reply.header.type = IPC_PACKET_QUERY_RESULT;
    reply.header.id = packet->header.id;
    reply.query_result.result = TRUE;
    reply.query_result.type = packet->query.type;
    reply.query_result.structure = packet->query.structure;
    if (packet->query.type == GST_QUERY_ACCEPT_CAPS)
      reply.query_result.structure = "GstQueryAcceptCaps, caps=(GstCaps)EMPTY, result=(boolean)true;";
    break;
  case IPC_REPLY_NONE:
    return;
  }
  peer_write (peer, &reply);
}

static void
handle_frame (Peer *peer, const IpcHeader *header, GBytes *payload)
{
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree gchar *label = NULL;
  g_autofree gchar *line = NULL;

  if (!ipc_packet_decode (header, payload, &packet, &error)) {
    g_printerr ("%s: %s\n", peer->side, error->message);
    label = g_strdup_printf ("undecoded-%u", header->id);
    save_packet (peer, header, payload, label);
    return;
  }
  line = ipc_packet_describe (&packet);
  g_print ("%s: %s\n", peer->side, line);
  label = packet_label (peer, &packet);
  save_packet (peer, header, payload, label);
  answer_packet (peer, &packet);
  if (header->type == IPC_PACKET_ACK || header->type == IPC_PACKET_QUERY_RESULT) {
    g_mutex_lock (&peer->lock);
    peer->last_answer = header->id;
    g_cond_broadcast (&peer->answered);
    g_mutex_unlock (&peer->lock);
  }
}

static gpointer
peer_read (gpointer data)
{
  Peer *peer = data;

  for (;;) {
    gsize room;
    guint8 *to = ipc_framer_reserve (peer->framer, 65536, &room);
    gssize n = read (peer->fd, to, room);
    IpcHeader header;
    g_autoptr (GError) error = NULL;
    GBytes *payload;

    if (n <= 0)
      return NULL;
    ipc_framer_commit (peer->framer, (gsize)n);
    while (ipc_framer_next (peer->framer, &header, &payload, &error)) {
      handle_frame (peer, &header, payload);
      g_bytes_unref (payload);
    }
    if (error)
      g_error ("%s: %s", peer->side, error->message);
  }
}

/* @direction: of what the element sends. Gives @element the other end of a socket. */
static void
peer_start (Peer *peer, const gchar *folder, const gchar *side, IpcDirection direction, GstElement *element)
{
  gint fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM, 0, fds) < 0)
    g_error ("socketpair: %s", g_strerror (errno));
  peer->folder = folder;
  peer->side = side;
  peer->fd = fds[0];
  peer->framer = ipc_framer_new (direction, G_MAXUINT32);
  g_mutex_init (&peer->lock);
  g_cond_init (&peer->answered);
  peer->thread = g_thread_new (side, peer_read, peer);
  g_object_set (element, "fdin", fds[1], "fdout", fds[1], NULL);
}

/* The element lets go of the socket first: Debian's crashes when it meets EOF while it is being freed. */
static void
peer_end (Peer *peer, GstElement *element)
{
  g_signal_emit_by_name (element, "disconnect");
  shutdown (peer->fd, SHUT_RDWR);
  g_thread_join (peer->thread);
  ipc_framer_free (peer->framer);
  close (peer->fd);
}

static GstBuffer *
make_buffer (gsize size)
{
  guint8 *data = g_malloc (size);
  GstBuffer *buffer;

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8)i;
  buffer = gst_buffer_new_wrapped (data, size);
  GST_BUFFER_PTS (buffer) = 1 * GST_SECOND;
  GST_BUFFER_DTS (buffer) = 2 * GST_SECOND;
  GST_BUFFER_DURATION (buffer) = 3 * GST_SECOND;
  GST_BUFFER_OFFSET (buffer) = 4;
  GST_BUFFER_OFFSET_END (buffer) = 5;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_HEADER);
  return buffer;
}

static GstTagList *
make_tags (void)
{
  g_autoptr (GstBuffer) image = gst_buffer_new_memdup ("\x89PNG", 4);
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("image/png");
  g_autoptr (GstSample) sample = gst_sample_new (image, caps, NULL, NULL);
  g_autoptr (GstDateTime) date_time = gst_date_time_new_ym (2001, 2);
  GstTagList *tags = gst_tag_list_new (GST_TAG_TITLE, "He said \"\xc3\xa4h\" (GstBin), \\o/;", GST_TAG_TRACK_NUMBER, 7,
      GST_TAG_TRACK_PEAK, 0.1, GST_TAG_DATE_TIME, date_time, GST_TAG_IMAGE, sample, NULL);

  gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_ARTIST, "one", GST_TAG_ARTIST, "the other", NULL);
  return tags;
}

static void
send_events (GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-raw(memory:DMABuf, meta:Test), format=NV12, width=320, "
                                                   "framerate=30/1, mask=(bitmask)0x3, header=(buffer)< 0a0b, 0c >");
  g_autoptr (GstBuffer) data = gst_buffer_new_memdup ("pssh", 4);
  g_autoptr (GstStream) stream = gst_stream_new ("stream", NULL, GST_STREAM_TYPE_VIDEO, GST_STREAM_FLAG_NONE);
  GstSegment segment;
  GstStructure *inner = gst_structure_new ("inner", "a", G_TYPE_STRING, "b c;", NULL);
  GstEvent *event = gst_event_new_stream_start ("stream-1");

  gst_caps_set_simple (caps, "inner", GST_TYPE_STRUCTURE, inner, NULL);
  gst_structure_free (inner);
  gst_event_set_stream (event, stream);
  gst_event_set_group_id (event, 5);
  gst_event_set_stream_flags (event, GST_STREAM_FLAG_SELECT | GST_STREAM_FLAG_SPARSE);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.flags = GST_SEGMENT_FLAG_RESET | GST_SEGMENT_FLAG_SEGMENT;
  gst_pad_send_event (pad, event);
  gst_pad_send_event (pad, gst_event_new_caps (caps));
  gst_pad_send_event (pad, gst_event_new_segment (&segment));
  gst_pad_send_event (pad, gst_event_new_tag (make_tags ()));
  gst_pad_send_event (pad, gst_event_new_gap (GST_SECOND, 2 * GST_SECOND));
  gst_pad_send_event (pad, gst_event_new_protection ("9a04f079-9840-4286-ab92-e65be0885f95", data, "isobmff/moov"));
  gst_pad_send_event (pad, gst_event_new_buffer_size (GST_FORMAT_BYTES, 1, 2, TRUE));
  gst_pad_send_event (pad, gst_event_new_stream_group_done (5));
  gst_pad_send_event (pad, gst_event_new_segment_done (GST_FORMAT_TIME, GST_SECOND));
  gst_pad_send_event (pad, gst_event_new_instant_rate_change (2.0, GST_SEGMENT_FLAG_NONE));
  gst_pad_send_event (pad, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
                               gst_structure_new ("application/x-test", "int", G_TYPE_INT, -5, "range",
                                   GST_TYPE_INT_RANGE, 1, 9, "double", G_TYPE_DOUBLE, 0.1, "flag", G_TYPE_BOOLEAN, TRUE,
                                   "text", G_TYPE_STRING, "", "none", G_TYPE_STRING, NULL, NULL)));
  gst_pad_send_event (
      pad, gst_event_new_sink_message ("test-sink-message",
               gst_message_new_element (NULL, gst_structure_new ("inside", "n", G_TYPE_UINT, 3, NULL))));
}

static void
send_buffers (GstPad *pad)
{
  GstBuffer *buffer = make_buffer (16);

  gst_pad_chain (pad, buffer);
  gst_pad_chain (pad, gst_buffer_new ());
  buffer = make_buffer (4);
  gst_buffer_add_protection_meta (buffer,
      gst_structure_new ("application/x-cenc", "iv_size", G_TYPE_UINT, 8, "encrypted", G_TYPE_BOOLEAN, TRUE, NULL));
  gst_pad_chain (pad, buffer);
}

static void
send_buffer_with_metas (GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("timestamp/x-ntp");
  GstBuffer *buffer = make_buffer (4);

  gst_buffer_add_reference_timestamp_meta (buffer, caps, 1, 2);
  gst_pad_chain (pad, buffer);
  buffer = make_buffer (4);
  gst_buffer_add_reference_timestamp_meta (buffer, caps, 1, 2);
  gst_buffer_add_protection_meta (buffer, gst_structure_new ("application/x-cenc", "iv_size", G_TYPE_UINT, 8, NULL));
  gst_pad_chain (pad, buffer);
}

static void
ask_queries (GstPad *pad, GstElement *element)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-raw, width=[ 1, 5 ]; audio/x-raw");
  g_autoptr (GstCaps) fixed = gst_caps_from_string ("audio/x-raw, rate=8000");
  GstQuery *on_pad[] = { gst_query_new_caps (NULL), gst_query_new_accept_caps (fixed),
    gst_query_new_allocation (fixed, TRUE), gst_query_new_drain (), gst_query_new_context ("test.context"),
    gst_query_new_custom (GST_QUERY_CUSTOM, gst_structure_new_empty ("application/x-test-query")) };
  GstQuery *on_element[] = { gst_query_new_position (GST_FORMAT_TIME), gst_query_new_duration (GST_FORMAT_TIME),
    gst_query_new_latency (), gst_query_new_seeking (GST_FORMAT_TIME), gst_query_new_segment (GST_FORMAT_TIME),
    gst_query_new_convert (GST_FORMAT_TIME, 3, GST_FORMAT_BYTES), gst_query_new_formats (), gst_query_new_uri (),
    gst_query_new_buffering (GST_FORMAT_PERCENT) };

  for (guint i = 0; i < G_N_ELEMENTS (on_pad); i++) {
    gst_pad_query (pad, on_pad[i]);
    gst_query_unref (on_pad[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (on_element); i++) {
    gst_element_query (element, on_element[i]);
    gst_query_unref (on_element[i]);
  }
}

static void
ask_master (Peer *peer)
{
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GstQuery) position = gst_query_new_position (GST_FORMAT_TIME);
  g_autoptr (GstQuery) caps = gst_query_new_caps (NULL);
  g_autoptr (GstEvent) qos = gst_event_new_qos (GST_QOS_TYPE_THROTTLE, 1.0, -5, 10);

  ipc_packet_build_query (&packet, position, TRUE, NULL);
  peer_ask (peer, &packet);
  ipc_packet_build_query (&packet, caps, TRUE, NULL);
  peer_ask (peer, &packet);
  ipc_packet_build_event (&packet, qos, TRUE, NULL);
  peer_ask (peer, &packet);
}

static void
capture_master (const gchar *folder)
{
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  GstElement *sink = gst_element_factory_make ("ipcpipelinesink", NULL);
  g_autoptr (GstPad) pad = NULL;
  Peer peer = { 0 };

  if (!sink)
    g_error ("there is no ipcpipelinesink: install gstreamer1.0-plugins-bad");
  peer_start (&peer, folder, "master", IPC_TO_SLAVE, sink);
  gst_bin_add (GST_BIN (pipeline), sink);
  pad = gst_element_get_static_pad (sink, "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  send_events (pad);
  send_buffers (pad);
  send_buffer_with_metas (pad);
  ask_queries (pad, sink);
  ask_master (&peer);
  gst_element_send_event (sink, gst_event_new_latency (GST_MSECOND));
  gst_element_send_event (sink, gst_event_new_seek (1.5, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE,
                                    GST_SEEK_TYPE_SET, GST_SECOND, GST_SEEK_TYPE_NONE, -1));
  gst_element_send_event (sink, gst_event_new_step (GST_FORMAT_BUFFERS, 1, 1.0, TRUE, FALSE));
  gst_pad_send_event (pad, gst_event_new_flush_start ());
  gst_pad_send_event (pad, gst_event_new_flush_stop (TRUE));
  gst_pad_send_event (pad, gst_event_new_eos ());
  gst_element_set_state (pipeline, GST_STATE_NULL);
  peer_end (&peer, sink);
}

static void
tell_slave_state (Peer *peer, GstStateChange transition)
{
  g_auto (IpcPacket) packet = { 0 };

  ipc_packet_build_state_change (&packet, transition);
  peer_ask (peer, &packet);
}

static void
tell_slave_event (Peer *peer, GstEvent *event)
{
  g_auto (IpcPacket) packet = { 0 };

  ipc_packet_build_event (&packet, event, FALSE, NULL);
  gst_event_unref (event);
  peer_ask (peer, &packet);
}

static void
ask_slave (Peer *peer, GstQuery *query)
{
  g_auto (IpcPacket) packet = { 0 };

  ipc_packet_build_query (&packet, query, FALSE, NULL);
  gst_query_unref (query);
  peer_ask (peer, &packet);
}

static void
tell_slave_buffer (Peer *peer)
{
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GstBuffer) buffer = make_buffer (4);

  ipc_packet_build_buffer (&packet, buffer, NULL);
  packet.buffer.data = (const guint8 *)"data";
  peer_ask (peer, &packet);
}

static void
post_messages (GstElement *element)
{
  g_autoptr (GError) reason = g_error_new (GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE,
      "Cannot d\xc3\xa9"
      "code");
  g_autoptr (GError) mild = g_error_new (GST_CORE_ERROR, GST_CORE_ERROR_CLOCK, "mild");
  GstObject *source = GST_OBJECT (element);
  GstMessage *qos = gst_message_new_qos (source, TRUE, 1, 2, 3, 4);

  gst_element_post_message (element, gst_message_new_error (source, reason, "debug: line\nof text"));
  gst_element_post_message (element, gst_message_new_warning (source, mild, NULL));
  gst_element_post_message (element, gst_message_new_info (source, mild, ""));
  gst_element_post_message (element, gst_message_new_tag (source, make_tags ()));
  gst_element_post_message (element, gst_message_new_buffering (source, 30));
  gst_element_post_message (element, qos);
  gst_element_post_message (element, gst_message_new_latency (source));
  gst_element_post_message (element, gst_message_new_duration_changed (source));
  gst_element_post_message (element, gst_message_new_progress (source, GST_PROGRESS_TYPE_START, "code", "text"));
  gst_element_post_message (element,
      gst_message_new_element (source, gst_structure_new ("GstNavigationMessage", "type", G_TYPE_STRING, "event",
                                           "event", GST_TYPE_EVENT, gst_event_new_latency (4), NULL)));
}

static void
capture_slave (const gchar *folder)
{
  GstElement *pipeline = gst_element_factory_make ("ipcslavepipeline", NULL);
  GstElement *src = gst_element_factory_make ("ipcpipelinesrc", NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("test/x-caps");
  GstSegment segment;
  Peer peer = { 0 };

  gst_segment_init (&segment, GST_FORMAT_TIME);
  peer_start (&peer, folder, "slave", IPC_TO_MASTER, src);
  gst_bin_add_many (GST_BIN (pipeline), src, sink, NULL);
  gst_element_link (src, sink);
  tell_slave_state (&peer, GST_STATE_CHANGE_NULL_TO_READY);
  tell_slave_state (&peer, GST_STATE_CHANGE_READY_TO_PAUSED);
  tell_slave_event (&peer, gst_event_new_stream_start ("stream-1"));
  tell_slave_event (&peer, gst_event_new_caps (caps));
  tell_slave_event (&peer, gst_event_new_segment (&segment));
  tell_slave_state (&peer, GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  tell_slave_buffer (&peer);
  ask_slave (&peer, gst_query_new_position (GST_FORMAT_TIME));
  ask_slave (&peer, gst_query_new_caps (NULL));
  ask_slave (&peer, gst_query_new_allocation (caps, TRUE));
  ask_slave (&peer, gst_query_new_custom (GST_QUERY_CUSTOM, gst_structure_new_empty ("application/x-test-query")));
  tell_slave_event (&peer, gst_event_new_flush_start ());
  tell_slave_event (&peer, gst_event_new_flush_stop (TRUE));
  tell_slave_event (&peer, gst_event_new_segment (&segment));
  tell_slave_buffer (&peer);
  gst_element_send_event (sink,
      gst_event_new_seek (1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_NONE, GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, -1));
  tell_slave_event (&peer, gst_event_new_eos ());
  post_messages (sink);
  tell_slave_state (&peer, GST_STATE_CHANGE_PLAYING_TO_PAUSED);
  tell_slave_state (&peer, GST_STATE_CHANGE_PAUSED_TO_READY);
  tell_slave_state (&peer, GST_STATE_CHANGE_READY_TO_NULL);
  peer_end (&peer, src);
  gst_object_unref (pipeline);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  if (argc != 2) {
    g_printerr ("usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  capture_master (argv[1]);
  capture_slave (argv[1]);
  return 0;
}
