/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bytes -> framer -> packet -> object -> packet -> bytes. Input: one byte of settings, the nine bytes of a header, the
 * payload. Unless the settings say otherwise the header is given the size of what follows it, so that a payload may
 * grow and shrink without becoming useless.
 */

#include "fuzz.h"

#include <string.h>

#include "wire/codec.h"
#include "wire/framer.h"
#include "wire/object.h"

#define SETTING_TO_MASTER 0x01
#define SETTING_OBJECTS 0x02
#define SETTING_METAS 0x04
#define SETTING_RAW_SIZE 0x08 /* the header's size is not corrected */
#define SETTING_PIECES 0x70   /* how finely the bytes are cut */

#define MAX_PAYLOAD (1024 * 1024)

/* What the encoder makes of @packet: a decoded packet of the same form. */
static void
send_again (IpcPacket *packet, IpcPacket *received)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GError) error = NULL;
  const IpcForm form = packet->form;
  IpcHeader header;

  ipc_packet_encode (packet, bytes);
  header = packet->header;
  g_assert_cmpuint (header.size, ==, bytes->len - IPC_HEADER_SIZE);
  payload = g_bytes_new (bytes->data + IPC_HEADER_SIZE, header.size);
  if (!ipc_packet_decode (&header, payload, received, &error))
    g_error ("what was built does not decode: %s", error->message);
  received->form = form;
}

static const gchar *
structure_of (const IpcPacket *packet)
{
  switch (packet->header.type) {
  case IPC_PACKET_EVENT:
    return packet->event.structure;
  case IPC_PACKET_SINK_MESSAGE_EVENT:
    return packet->sink_message.structure;
  case IPC_PACKET_QUERY:
    return packet->query.structure;
  case IPC_PACKET_QUERY_RESULT:
    return packet->query_result.structure;
  case IPC_PACKET_MESSAGE:
    return packet->message.structure;
  default:
    return NULL;
  }
}

/* Any object; GstEvent, GstQuery, GstMessage are mini objects. */
typedef struct {
  gpointer (*from_packet) (const IpcPacket *packet, GError **error);
  gboolean (*build) (IpcPacket *packet, gpointer object, const IpcPacket *like, GError **error);
  void (*use) (gpointer object);
} ObjectKind;

static gpointer
event_from_packet (const IpcPacket *packet, GError **error)
{
  if (packet->header.type == IPC_PACKET_SINK_MESSAGE_EVENT)
    return ipc_sink_message_from_packet (packet, NULL, error);
  return ipc_event_from_packet (packet, error);
}

static gboolean
build_event (IpcPacket *packet, gpointer event, const IpcPacket *like, GError **error)
{
  if (like->header.type == IPC_PACKET_SINK_MESSAGE_EVENT)
    return ipc_packet_build_sink_message (packet, event, error);
  g_assert_cmpuint (gst_event_get_seqnum (event), ==, like->event.seqnum);
  return ipc_packet_build_event (packet, event, like->event.upstream, error);
}

static gpointer
query_from_packet (const IpcPacket *packet, GError **error)
{
  return ipc_query_from_packet (packet, error);
}

static gboolean
build_query (IpcPacket *packet, gpointer query, const IpcPacket *like, GError **error)
{
  return ipc_packet_build_query (packet, query, like->query.upstream, error);
}

static gpointer
message_from_packet (const IpcPacket *packet, GError **error)
{
  return ipc_message_from_packet (packet, NULL, error);
}

static gboolean
build_message (IpcPacket *packet, gpointer message, const IpcPacket *like, GError **error)
{
  return ipc_packet_build_message (packet, message, error);
}

static const ObjectKind event_kind = { event_from_packet, build_event, (void (*) (gpointer))fuzz_use_event };
static const ObjectKind query_kind = { query_from_packet, build_query, (void (*) (gpointer))fuzz_use_query };
static const ObjectKind message_kind = { message_from_packet, build_message, (void (*) (gpointer))fuzz_use_message };

/* What came as an object goes on as one: it can be sent again, arrives, and is the same. */
static void
check_object (const ObjectKind *kind, const IpcPacket *packet)
{
  g_auto (IpcPacket) first = { .form = packet->form };
  g_auto (IpcPacket) second = { .form = packet->form };
  g_auto (IpcPacket) arrived = { 0 };
  g_autoptr (GError) error = NULL;
  GstMiniObject *object = kind->from_packet (packet, &error);
  GstMiniObject *again;

  g_assert_true ((object == NULL) == (error != NULL));
  if (!object)
    return;
  kind->use (object);
  if (kind->build (&first, object, packet, &error)) {
    send_again (&first, &arrived);
    again = kind->from_packet (&arrived, &error);
    if (!again)
      g_error ("%s is not read again: %s", structure_of (&first), error->message);
    if (!kind->build (&second, again, packet, &error))
      g_error ("%s is not written again: %s", structure_of (&first), error->message);
    g_assert_cmpstr (structure_of (&first), ==, structure_of (&second));
    gst_mini_object_unref (again);
  }
  gst_mini_object_unref (object);
}

/* A query of the type that the answer names, with something in it. */
static GstQuery *
query_to_answer (const IpcPacket *answer)
{
  switch (answer->query_result.type) {
  case GST_QUERY_POSITION:
    return gst_query_new_position (GST_FORMAT_TIME);
  case GST_QUERY_DURATION:
    return gst_query_new_duration (GST_FORMAT_TIME);
  case GST_QUERY_LATENCY:
    return gst_query_new_latency ();
  case GST_QUERY_SEEKING:
    return gst_query_new_seeking (GST_FORMAT_TIME);
  case GST_QUERY_SEGMENT:
    return gst_query_new_segment (GST_FORMAT_TIME);
  case GST_QUERY_CONVERT:
    return gst_query_new_convert (GST_FORMAT_TIME, 1, GST_FORMAT_BYTES);
  case GST_QUERY_FORMATS:
    return gst_query_new_formats ();
  case GST_QUERY_BUFFERING:
    return gst_query_new_buffering (GST_FORMAT_TIME);
  case GST_QUERY_URI:
    return gst_query_new_uri ();
  case GST_QUERY_ALLOCATION:
    return gst_query_new_allocation (NULL, TRUE);
  case GST_QUERY_SCHEDULING:
    return gst_query_new_scheduling ();
  case GST_QUERY_ACCEPT_CAPS: {
    g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("a/b");

    return gst_query_new_accept_caps (caps);
  }
  case GST_QUERY_CAPS:
    return gst_query_new_caps (NULL);
  case GST_QUERY_DRAIN:
    return gst_query_new_drain ();
  case GST_QUERY_CONTEXT:
    return gst_query_new_context ("context");
  case GST_QUERY_BITRATE:
    return gst_query_new_bitrate ();
  default:
    return gst_query_new_custom (GST_QUERY_CUSTOM, gst_structure_new_empty ("question"));
  }
}

static void
assert_same (GstQuery *query, GstQuery *before)
{
  g_autofree gchar *now = gst_structure_to_string (gst_query_get_structure (query));
  g_autofree gchar *then = gst_structure_to_string (gst_query_get_structure (before));

  g_assert_cmpstr (now, ==, then);
}

static void
check_answer (const IpcPacket *packet)
{
  g_auto (IpcPacket) answer = { .form = packet->form };
  g_auto (IpcPacket) arrived = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GstQuery) query = query_to_answer (packet);
  g_autoptr (GstQuery) before = gst_query_copy (query);

  if (!ipc_query_update_from_packet (query, packet, &error)) {
    g_assert_nonnull (error);
    assert_same (query, before);
    return;
  }
  g_assert_no_error (error);
  fuzz_use_query (query);
  ipc_packet_build_query_result (&answer, 1, query, packet->query_result.result);
  send_again (&answer, &arrived);
  if (!ipc_query_update_from_packet (before, &arrived, &error))
    g_error ("the answer %s is not read again: %s", structure_of (&answer), error->message);
}

/* The stream's, of which metas have to agree with; chosen by the packet's id. */
static GstCaps *
caps_of (const IpcPacket *packet)
{
  static const gchar *const texts[] = { NULL, "video/x-raw, format=I420, width=8, height=8, framerate=25/1",
    "video/x-raw, format=NV12, width=16, height=4, framerate=0/1", "video/x-raw, format=BGRx, width=3, height=5",
    "audio/x-raw, format=S16LE, rate=8000, channels=2, layout=interleaved, channel-mask=(bitmask)3",
    "audio/x-raw, format=F32LE, rate=8000, channels=2, layout=non-interleaved, channel-mask=(bitmask)3",
    "video/x-h264, width=16, height=16" };
  const gchar *text = texts[packet->header.id % G_N_ELEMENTS (texts)];

  return text ? gst_caps_from_string (text) : NULL;
}

static void
check_buffer (const IpcPacket *packet)
{
  g_autoptr (GstCaps) caps = caps_of (packet);
  g_auto (IpcPacket) again = { .form = packet->form };
  g_autoptr (GError) error = NULL;
  guint skipped = 0;
  g_autoptr (GstBuffer) buffer = ipc_buffer_from_packet (packet, caps, &skipped, &error);

  g_assert_true ((buffer == NULL) == (error != NULL));
  if (!buffer)
    return;
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, packet->buffer.size);
  g_assert_cmpuint (skipped, <=, packet->buffer.n_metas);
  fuzz_use_buffer (buffer);
  if (caps)
    fuzz_use_media (buffer, caps);
  g_assert_true (ipc_packet_build_buffer (&again, buffer, &error));
  g_assert_cmpuint (again.buffer.pts, ==, packet->buffer.pts);
  g_assert_cmpuint (again.buffer.size, ==, packet->buffer.size);
}

static void
check_bytes (IpcPacket *packet, const guint8 *bytes, gsize size)
{
  g_autoptr (GByteArray) encoded = g_byte_array_new ();
  g_autofree gchar *line = ipc_packet_describe (packet);

  g_assert_true (g_utf8_validate (line, -1, NULL));
  g_assert_null (strchr (line, '\n'));
  ipc_packet_encode (packet, encoded);
  g_assert_cmpmem (encoded->data, encoded->len, bytes, size);
}

static void
check_frame (const IpcHeader *header, GBytes *payload, IpcForm form, const guint8 *bytes)
{
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;

  if (!ipc_packet_decode (header, payload, &packet, &error)) {
    g_assert_nonnull (error);
    return;
  }
  packet.form = form;
  check_bytes (&packet, bytes, IPC_HEADER_SIZE + header->size);
  switch (packet.header.type) {
  case IPC_PACKET_EVENT:
  case IPC_PACKET_SINK_MESSAGE_EVENT:
    check_object (&event_kind, &packet);
    break;
  case IPC_PACKET_QUERY:
    check_object (&query_kind, &packet);
    break;
  case IPC_PACKET_MESSAGE:
  case IPC_PACKET_GERROR_MESSAGE:
    check_object (&message_kind, &packet);
    break;
  case IPC_PACKET_QUERY_RESULT:
    check_answer (&packet);
    break;
  case IPC_PACKET_BUFFER:
    check_buffer (&packet);
    break;
  default:
    break;
  }
}

/* All frames that are there; FALSE when the stream is broken. */
static gboolean
take_frames (IpcFramer *framer, IpcForm form, const guint8 **taken)
{
  IpcHeader header;
  GBytes *payload;
  g_autoptr (GError) error = NULL;

  while (ipc_framer_next (framer, &header, &payload, &error)) {
    check_frame (&header, payload, form, *taken);
    *taken += IPC_HEADER_SIZE + header.size;
    g_bytes_unref (payload);
  }
  return error == NULL;
}

static void
read_stream (const guint8 *bytes, gsize size, guint8 settings)
{
  g_autoptr (IpcFramer) framer
      = ipc_framer_new (settings & SETTING_TO_MASTER ? IPC_TO_MASTER : IPC_TO_SLAVE, MAX_PAYLOAD);
  const IpcForm form = (settings & SETTING_OBJECTS ? IPC_FORM_OBJECTS : IPC_FORM_LEGACY)
                       | (settings & SETTING_METAS ? IPC_FORM_METAS : IPC_FORM_LEGACY);
  const gsize piece = settings & SETTING_PIECES ? (gsize)1 << ((settings & SETTING_PIECES) >> 4) : MAX_PAYLOAD;
  const guint8 *taken = bytes;

  for (gsize at = 0; at < size;) {
    gsize room = 0;
    guint8 *memory = ipc_framer_reserve (framer, piece, &room);
    gsize n = MIN (room, size - at);

    memcpy (memory, bytes + at, n);
    ipc_framer_commit (framer, n);
    at += n;
    if (!take_frames (framer, form, &taken))
      return;
  }
  g_assert_true (ipc_framer_at_boundary (framer) == (taken == bytes + size));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  const guint8 settings = fuzz_u8 (&input);
  g_autofree guint8 *bytes = g_memdup2 (input.next, input.left);

  fuzz_begin_input ();
  if (input.left < IPC_HEADER_SIZE)
    return -1;
  if (!(settings & SETTING_RAW_SIZE))
    ipc_write_u32 (bytes + 5, (guint32)(input.left - IPC_HEADER_SIZE));
  read_stream (bytes, input.left, settings);
  return 0;
}
