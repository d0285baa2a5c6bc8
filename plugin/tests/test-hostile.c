/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Peers that break the protocol, towards both elements: docs/protocol.md, HOST-1 to HOST-7. What the decoder makes of
 * broken bytes is tested in wire/; here it is what the application gets to see. Criticals abort the test.
 */

#include "bench.h"

typedef struct {
  const gchar *name;
  IpcDirection towards; /* mask: which element gets it */
  gsize size;
  const gchar *bytes;
} Attack;

#define BOTH (IPC_TO_SLAVE | IPC_TO_MASTER)
#define HEADER(type, size) type "\1\0\0\0" size
#define FIELD8 "\0\0\0\0\0\0\0\0"
#define BUFFER_FIELDS FIELD8 FIELD8 FIELD8 FIELD8 FIELD8 FIELD8
#define ATTACK(name, towards, bytes)                                                                                   \
  {                                                                                                                    \
    name, towards, sizeof (bytes) - 1, bytes                                                                           \
  }

static const Attack attacks[] = {
  ATTACK ("type 0", BOTH, HEADER ("\0", "\0\0\0\0")),
  ATTACK ("type 12", BOTH, HEADER ("\14", "\0\0\0\0")),
  ATTACK ("a release of nothing", BOTH, HEADER ("\13", "\0\0\0\0")),
  ATTACK ("a release that nothing was agreed on", BOTH,
      HEADER ("\13", "\10\0\0\0") "\1\0\0\0"
                                  "\1\0\0\0"),
  ATTACK ("type 255", BOTH, HEADER ("\377", "\0\0\0\0")),
  ATTACK ("text", BOTH, "GET / HTTP/1.1\r\n\r\n"),
  ATTACK ("4 GiB announced", BOTH, HEADER ("\4", "\377\377\377\377")),
  ATTACK ("a buffer for the master", IPC_TO_MASTER,
      HEADER ("\3", "\70\0\0\0") BUFFER_FIELDS "\0\0\0\0"
                                               "\0\0\0\0"),
  ATTACK ("a state change for the master", IPC_TO_MASTER, HEADER ("\7", "\4\0\0\0") "\12\0\0\0"),
  ATTACK ("lost state for the slave", IPC_TO_SLAVE, HEADER ("\10", "\0\0\0\0")),
  ATTACK ("a message for the slave", IPC_TO_SLAVE, HEADER ("\11", "\5\0\0\0") "\1\0\0\0\0"),
  ATTACK ("a buffer that lies about its data", IPC_TO_SLAVE,
      HEADER ("\3", "\70\0\0\0") BUFFER_FIELDS "\377\0\0\0"
                                               "\0\0\0\0"),
  ATTACK ("a buffer that lies about its metas", IPC_TO_SLAVE,
      HEADER ("\3", "\70\0\0\0") BUFFER_FIELDS "\0\0\0\0"
                                               "\377\377\377\377"),
  ATTACK ("a buffer that is too short", IPC_TO_SLAVE, HEADER ("\3", "\4\0\0\0") "\0\0\0\0"),
  ATTACK ("an event without NUL", BOTH,
      HEADER ("\4", "\13\0\0\0") "\1\0\0\0\1\0\0\0\1"
                                 "xx"),
  ATTACK ("an event with more behind the NUL", BOTH,
      HEADER ("\4", "\14\0\0\0") "\1\0\0\0\1\0\0\0\1"
                                 "\0x\0"),
  ATTACK ("an event whose flag is no boolean", BOTH,
      HEADER ("\4", "\12\0\0\0") "\1\0\0\0\1\0\0\0\7"
                                 "\0"),
  ATTACK ("a query that is empty", BOTH, HEADER ("\6", "\0\0\0\0")),
  ATTACK ("an ack that is too long", BOTH, HEADER ("\1", "\10\0\0\0") "\0\0\0\0\0\0\0\0"),
  ATTACK ("a query result without type", BOTH, HEADER ("\2", "\1\0\0\0") "\1"),
  ATTACK ("an error of no kind", IPC_TO_MASTER,
      HEADER ("\12", "\23\0\0\0") "\11"
                                  "\2\0\0\0d\0"
                                  "\0\0\0\0"
                                  "\0\0\0\0"
                                  "\0\0\0\0"),
  ATTACK ("a sink message that lies about its name", IPC_TO_SLAVE,
      HEADER ("\5", "\21\0\0\0") "\1\0\0\0\1\0\0\0\1\0\0\0"
                                 "\377\377\0\0"
                                 "\0"),
};

static TestBench *
paused_bench (IpcDirection towards)
{
  TestBench *bench;

  if (towards == IPC_TO_MASTER) {
    bench = bench_new_sink (TEST_SOCKETPAIR);
    bench_go (bench, GST_STATE_PAUSED);
  } else {
    bench = bench_new_src ("ipcslavepipeline");
    bench_lead (bench, GST_STATE_PAUSED);
  }
  return bench;
}

/* HOST-1, HOST-2, HOST-5, HOST-6 */
static void
attack (IpcDirection towards)
{
  for (guint i = 0; i < G_N_ELEMENTS (attacks); i++) {
    TestBench *bench;

    if (!(attacks[i].towards & towards))
      continue;
    g_test_message ("%s", attacks[i].name);
    bench = paused_bench (towards);
    peer_send_bytes (bench->peer, attacks[i].bytes, attacks[i].size);
    log_expect_error (&bench->bus, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ);
    g_assert_cmpuint (bench_stat (bench, "protocol-errors"), ==, 1);
    g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
    g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
    bench_free (bench);
  }
}

static void
test_broken_packets_end_the_sinks_link_with_one_error (void)
{
  attack (IPC_TO_MASTER);
}

static void
test_broken_packets_end_the_srcs_link_with_one_error (void)
{
  attack (IPC_TO_SLAVE);
}

/* HOST-2, HOST-7: well framed, but no sense in it. Refused, and the link lives. */
static void
test_nonsense_in_good_frames_is_refused (void)
{
  const guint32 event_types[] = { 0, 1, 0xffffffff, 0xffff03, 0xffff07, GST_EVENT_GAP, GST_EVENT_PROTECTION,
    GST_EVENT_SEEK, GST_EVENT_CAPS, GST_EVENT_SEGMENT, GST_EVENT_TAG, GST_EVENT_SINK_MESSAGE, GST_EVENT_STEP };
  const guint32 query_types[]
      = { 0, 1, 0xffffffff, 0xffff03, 0xffff07, GST_QUERY_CAPS, GST_QUERY_POSITION, GST_QUERY_ALLOCATION,
          GST_QUERY_SEEKING, GST_QUERY_CONVERT, GST_QUERY_ACCEPT_CAPS, GST_QUERY_LATENCY, GST_QUERY_URI };
  const gchar *const texts[] = { NULL, "", "x", "x;", "GstEventSegment, segment=(GstSegment)nothing;", "x, =,", "(((" };
  const IpcDirection directions[] = { IPC_TO_MASTER, IPC_TO_SLAVE };

  G_STATIC_ASSERT (G_N_ELEMENTS (event_types) == G_N_ELEMENTS (query_types));
  for (guint d = 0; d < G_N_ELEMENTS (directions); d++) {
    TestBench *bench = paused_bench (directions[d]);

    for (guint i = 0; i < G_N_ELEMENTS (event_types) * G_N_ELEMENTS (texts) * 2; i++) {
      const gchar *text = texts[i / 2 % G_N_ELEMENTS (texts)];
      IpcPacket event = { .header.type = IPC_PACKET_EVENT }, query = { .header.type = IPC_PACKET_QUERY };

      event.event.type = event_types[i / 2 / G_N_ELEMENTS (texts)];
      query.query.type = query_types[i / 2 / G_N_ELEMENTS (texts)];
      event.event.seqnum = i + 1;
      event.event.upstream = query.query.upstream = i % 2;
      event.event.structure = query.query.structure = text != NULL && *text != '\0' ? text : NULL;
      peer_expect_ack (bench->peer, peer_send (bench->peer, &event), FALSE);
      g_assert_false (peer_await_reply (bench->peer, peer_send (bench->peer, &query))->query_result.result);
    }
    peer_round_trip (bench->peer);
    g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 0);
    bench_free (bench);
  }
}

/* LOG-1, HOST-7: GStreamer warns of data without stream-start and segment, and of sticky events that come in another
 * order than theirs. No peer may bring that about. 's' stream-start, 'c' caps, 'S' segment, 't' tags, 'g' gap,
 * 'e' eos, 'm' sink message, 'x' custom, 'k' custom and sticky, 'b' buffer, 'f' flush. */
static void
send_letter (TestPeer *peer, gchar letter)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("audio/x-raw, rate=(int)8000");
  g_autoptr (GstMessage) message = gst_message_new_application (NULL, gst_structure_new_empty ("m"));
  GstEvent *event = NULL;

  if (letter == 's')
    event = gst_event_new_stream_start ("s");
  else if (letter == 'c')
    event = gst_event_new_caps (caps);
  else if (letter == 'S')
    event = test_segment_event ();
  else if (letter == 't')
    event = gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "t", NULL));
  else if (letter == 'g')
    event = gst_event_new_gap (0, 1);
  else if (letter == 'e')
    event = gst_event_new_eos ();
  else if (letter == 'm')
    event = gst_event_new_sink_message ("m", message);
  else if (letter == 'x')
    event = test_serialized_event ("x");
  else if (letter == 'k')
    event = gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, gst_structure_new_empty ("k"));
  else if (letter == 'f')
    peer_send_event (peer, gst_event_new_flush_start (), FALSE);
  if (letter == 'f')
    event = gst_event_new_flush_stop (TRUE);
  if (event != NULL)
    peer_await_reply (peer, peer_send_event (peer, event, FALSE));
  else
    peer_await_reply (peer, peer_send_buffer (peer, test_buffer (1)));
}

static void
test_data_and_events_out_of_order_bring_no_warning (void)
{
  const gchar *const orders[] = { "b", "sb", "Sb", "cb", "scb", "g", "sg", "e", "eb", "et", "t", "m", "x", "k", "kb",
    "Ss", "Sc", "SsSb", "cs", "cSs", "ssSb", "sSc", "sScb", "sSbc", "sScSb", "ts", "sts", "stScb", "sSeb", "sSet",
    "sSes", "sSesb", "sSeS", "sSeSb", "sSec", "sSem", "sSek", "sSex", "sSee", "sfb", "sSfb", "sSfSb", "sSefb", "sSefSb",
    "fb", "sSeft", "sStm", "sSkt", "sSmtk" };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    TestBench *bench = paused_bench (IPC_TO_SLAVE);

    g_test_message ("%s", orders[i]);
    for (const gchar *letter = orders[i]; *letter != '\0'; letter++)
      send_letter (bench->peer, *letter);
    g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 0);
    bench_free (bench);
  }
}

/* The stream that is in order comes through all the same. */
static void
test_data_in_order_arrives (void)
{
  const gchar *const orders[] = { "sSb", "scSb", "scSbeScSb", "sSbfSb", "sSbssSb", "stcSb", "sScb", "sSesSb" };
  const guint n_buffers[] = { 1, 1, 1, 2, 2, 1, 1, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    TestBench *bench = paused_bench (IPC_TO_SLAVE);

    g_test_message ("%s", orders[i]);
    for (const gchar *letter = orders[i]; *letter != '\0'; letter++)
      send_letter (bench->peer, *letter);
    g_assert_cmpuint (test_pad_count_buffers (bench->pad), ==, n_buffers[i]);
    bench_free (bench);
  }
}

/* HOST-3 */
static void
test_a_payload_above_the_limit_is_refused (void)
{
  const guint limit = 1024;
  TestBench *bench = bench_new_src ("ipcslavepipeline");
  const guint fields = 6 * 8 + 2 * 4;

  g_object_set (bench->element, "max-payload-size", limit, NULL);
  bench_replace_peer (bench, TEST_SOCKETPAIR);
  bench_lead (bench, GST_STATE_PAUSED);
  bench_send_stream_start (bench);
  bench_send_segment (bench);
  peer_expect_ack (bench->peer, peer_send_buffer (bench->peer, test_large_buffer (limit - fields)), GST_FLOW_OK);
  peer_send_buffer (bench->peer, test_large_buffer (limit - fields + 1));
  log_expect_error (&bench->bus, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ);
  g_assert_cmpuint (test_pad_count_buffers (bench->pad), ==, 1);
  bench_free (bench);
}

static void
append_packet (GByteArray *bytes, const IpcPacket *packet)
{
  IpcPacket copy = *packet;

  copy.header.id = bytes->len + 1000;
  ipc_packet_encode (&copy, bytes);
}

static void
send_flood (TestBench *bench, IpcPacket *packet)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 1100; i++)
    append_packet (bytes, packet);
  peer_send_bytes (bench->peer, bytes->data, bytes->len);
  gst_message_parse_error (log_await (&bench->bus, GST_MESSAGE_ERROR, bench->element, 1), &error, NULL);
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ);
  test_pad_open (bench->pad);
  g_assert_cmpint (call_end (call_set_state (bench->pipeline, GST_STATE_NULL)), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpuint (log_count (&bench->bus, GST_MESSAGE_ERROR, NULL), ==, 1);
  bench_free (bench);
}

/* A peer that never waits for answers is given up before it fills the memory. */
static void
test_a_flood_of_buffers_is_given_up (void)
{
  TestBench *bench = paused_bench (IPC_TO_SLAVE);
  IpcPacket packet = { .header.type = IPC_PACKET_BUFFER };

  bench_send_stream_start (bench);
  bench_send_segment (bench);
  test_pad_close (bench->pad);
  send_flood (bench, &packet);
}

/* Held up by a pad function that blocks. */
static gboolean
block_until_open (GstPad *pad, GstObject *parent, GstEvent *event)
{
  TestPad *self = gst_pad_get_element_private (pad);

  g_mutex_lock (&self->lock);
  while (self->closed)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
  gst_event_unref (event);
  return TRUE;
}

static void
test_a_flood_of_events_is_given_up (void)
{
  TestBench *bench = paused_bench (IPC_TO_MASTER);
  IpcPacket packet = { .header.type = IPC_PACKET_EVENT };

  packet.event.type = GST_EVENT_RECONFIGURE;
  packet.event.seqnum = 1;
  packet.event.upstream = TRUE;
  test_pad_close (bench->pad);
  gst_pad_set_event_function (bench->pad->pad, block_until_open);
  send_flood (bench, &packet);
}

gint
main (gint argc, gchar **argv)
{
  test_begin (&argc, &argv);
#define ADD(name) g_test_add_func ("/hostile/" #name, test_##name)
  ADD (broken_packets_end_the_sinks_link_with_one_error);
  ADD (broken_packets_end_the_srcs_link_with_one_error);
  ADD (nonsense_in_good_frames_is_refused);
  ADD (data_and_events_out_of_order_bring_no_warning);
  ADD (data_in_order_arrives);
  ADD (a_payload_above_the_limit_is_refused);
  ADD (a_flood_of_buffers_is_given_up);
  ADD (a_flood_of_events_is_given_up);
  return g_test_run ();
}
