/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What Debian's plugin put on its socket (golden/) must be read and written byte by byte as it is, and must become the
 * objects that it was. And however such a packet is damaged, nothing in GStreamer may complain: g_test makes every
 * critical and warning fatal.
 */

#include <string.h>

#include "test-util.h"
#include "text.h"

typedef GstMiniObject TestObject;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestObject, gst_mini_object_unref)

typedef void (*VectorFunc) (const gchar *name, const guint8 *bytes, gsize size, IpcDirection direction);

static void
for_each_vector (VectorFunc func)
{
  const gchar *folder = g_getenv ("IPC_WIRE_GOLDEN");
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GError) error = NULL;
  const gchar *name;
  guint n = 0;

  g_assert_nonnull (folder);
  dir = g_dir_open (folder, 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir))) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);
    g_autofree gchar *bytes = NULL;
    gsize size = 0;

    if (!g_str_has_suffix (name, ".bin"))
      continue;
    g_file_get_contents (path, &bytes, &size, &error);
    g_assert_no_error (error);
    func (name, (const guint8 *)bytes, size, g_str_has_prefix (name, "master-") ? IPC_TO_SLAVE : IPC_TO_MASTER);
    n++;
  }
  g_assert_cmpuint (n, >=, 60);
}

static gboolean
decode_bytes (const guint8 *bytes, gsize size, IpcPacket *packet, GError **error)
{
  IpcHeader header;
  g_autoptr (GBytes) payload = g_bytes_new (bytes + IPC_HEADER_SIZE, size - IPC_HEADER_SIZE);

  ipc_header_read (bytes, IPC_TO_SLAVE, G_MAXUINT32, &header, NULL);
  header.size = (guint32)(size - IPC_HEADER_SIZE);
  return ipc_packet_decode (&header, payload, packet, error);
}

static void
check_bytes (IpcPacket *packet, const guint8 *bytes, gsize size)
{
  g_autoptr (GByteArray) again = g_byte_array_new ();

  ipc_packet_encode (packet, again);
  g_assert_cmpmem (again->data, again->len, bytes, size);
}

static void
encodes_to_same_bytes (const gchar *name, const guint8 *bytes, gsize size, IpcDirection direction)
{
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree gchar *line = NULL;
  IpcHeader header;

  g_test_message ("%s", name);
  g_assert_true (ipc_header_read (bytes, direction, G_MAXUINT32, &header, &error));
  g_assert_cmpuint (header.size + IPC_HEADER_SIZE, ==, size);
  decode_bytes (bytes, size, &packet, &error);
  g_assert_no_error (error);
  check_bytes (&packet, bytes, size);
  line = ipc_packet_describe (&packet);
  g_assert_true (g_str_has_prefix (line, ipc_packet_info (header.type)->name));
}

static guint types_seen;

static void
note_type (const gchar *name, const guint8 *bytes, gsize size, IpcDirection direction)
{
  types_seen |= 1u << bytes[0];
}

/* Each packet type of the legacy protocol has its bytes here. */
static void
test_golden_all_types (void)
{
  guint n = 0;
  const IpcPacketInfo *infos = ipc_packet_infos (&n);

  for_each_vector (note_type);
  for (guint i = 0; i < n && infos[i].type <= IPC_PACKET_GERROR_MESSAGE; i++)
    g_assert_cmpuint (types_seen & 1u << infos[i].type, !=, 0);
}

/* PKT-ACK, PKT-QUERY-RESULT, PKT-BUFFER, PKT-EVENT, PKT-SINK-MESSAGE-EVENT, PKT-QUERY, PKT-STATE-CHANGE,
 * PKT-STATE-LOST, PKT-MESSAGE, PKT-GERROR-MESSAGE: captured packets, read and written again */
static void
test_golden_same_bytes (void)
{
  for_each_vector (encodes_to_same_bytes);
}

/* The object of a packet, made into a packet again in @rebuilt. FALSE: an error, or no object in such a packet. */
static gboolean
rebuild (const IpcPacket *packet, IpcPacket *rebuilt, GError **error)
{
  g_autoptr (TestObject) object = NULL;

  switch (packet->header.type) {
  case IPC_PACKET_EVENT:
    object = (GstMiniObject *)ipc_event_from_packet (packet, error);
    return object && ipc_packet_build_event (rebuilt, (GstEvent *)object, packet->event.upstream, error);
  case IPC_PACKET_SINK_MESSAGE_EVENT:
    object = (GstMiniObject *)ipc_sink_message_from_packet (packet, NULL, error);
    return object && ipc_packet_build_sink_message (rebuilt, (GstEvent *)object, error);
  case IPC_PACKET_QUERY:
    object = (GstMiniObject *)ipc_query_from_packet (packet, error);
    return object && ipc_packet_build_query (rebuilt, (GstQuery *)object, packet->query.upstream, error);
  case IPC_PACKET_MESSAGE:
  case IPC_PACKET_GERROR_MESSAGE:
    object = (GstMiniObject *)ipc_message_from_packet (packet, NULL, error);
    return object && ipc_packet_build_message (rebuilt, (GstMessage *)object, error);
  case IPC_PACKET_BUFFER:
    object = (GstMiniObject *)ipc_buffer_from_packet (packet, NULL, NULL, error);
    if (!object || !ipc_packet_build_buffer (rebuilt, (GstBuffer *)object, error))
      return FALSE;
    rebuilt->buffer.data = packet->buffer.data;
    return TRUE;
  default:
    return FALSE;
  }
}

static void
objects_give_same_bytes (const gchar *name, const guint8 *bytes, gsize size, IpcDirection direction)
{
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcPacket) rebuilt = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean has_object;

  g_test_message ("%s", name);
  decode_bytes (bytes, size, &packet, &error);
  g_assert_no_error (error);
  has_object = rebuild (&packet, &rebuilt, &error);
  g_assert_no_error (error);
  /* metas that have no text are gone, their buffers are compared in test-object.c */
  if (!has_object || g_str_has_suffix (name, "-buffer-4.bin") || g_str_has_suffix (name, "-buffer-5.bin")
      || g_str_has_suffix (name, "-buffer-3.bin"))
    return;
  rebuilt.header.id = packet.header.id;
  check_bytes (&rebuilt, bytes, size);
}

static void
test_golden_same_objects (void)
{
  for_each_vector (objects_give_same_bytes);
}

static void
truncations_are_refused (const gchar *name, const guint8 *bytes, gsize size, IpcDirection direction)
{
  for (gsize n = IPC_HEADER_SIZE; n < size; n++) {
    g_auto (IpcPacket) packet = { 0 };
    g_autoptr (GError) error = NULL;

    g_assert_false (decode_bytes (bytes, n, &packet, &error));
    g_assert_true (error && error->domain == IPC_WIRE_ERROR);
    g_assert_cmpuint (packet.header.type, ==, 0);
    g_assert_null (packet.payload);
  }
}

static void
test_golden_truncated (void)
{
  for_each_vector (truncations_are_refused);
}

static void
one_byte_more_is_refused (const gchar *name, const guint8 *bytes, gsize size, IpcDirection direction)
{
  g_autofree guint8 *longer = g_malloc0 (size + 1);
  g_auto (IpcPacket) packet = { 0 };
  g_autoptr (GError) error = NULL;

  memcpy (longer, bytes, size);
  g_assert_false (decode_bytes (longer, size + 1, &packet, &error));
  g_assert_true (error && error->domain == IPC_WIRE_ERROR);
}

static void
test_golden_trailing (void)
{
  for_each_vector (one_byte_more_is_refused);
}

/* What elements do with what they get: take it apart. A field that is missing or of a wrong type is a critical here. */
static void
take_event_apart (GstEvent *event)
{
  const gchar *text;
  gchar *name = NULL;
  GstCaps *caps;
  GstSegment segment;
  const GstSegment *copied;
  GstTagList *tags;
  GstBuffer *data;
  GstFormat format;
  GstSeekFlags flags;
  GstSeekType types[2];
  GstQOSType qos;
  GstClockTime times[2];
  gint64 values[2];
  gdouble rate;
  gboolean yes;
  guint id;

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_FLUSH_STOP:
    gst_event_parse_flush_stop (event, &yes);
    break;
  case GST_EVENT_STREAM_START:
    gst_event_parse_stream_start (event, &text);
    gst_event_parse_group_id (event, &id);
    g_assert_nonnull (text);
    break;
  case GST_EVENT_CAPS:
    gst_event_parse_caps (event, &caps);
    g_assert_true (gst_caps_is_fixed (caps));
    break;
  case GST_EVENT_SEGMENT:
    gst_event_parse_segment (event, &copied);
    gst_segment_copy_into (copied, &segment);
    gst_segment_to_running_time (&segment, segment.format, segment.start);
    break;
  case GST_EVENT_TAG:
    gst_event_parse_tag (event, &tags);
    if (gst_tag_list_get_string (tags, GST_TAG_TITLE, &name))
      g_free (name);
    break;
  case GST_EVENT_BUFFERSIZE:
    gst_event_parse_buffer_size (event, &format, &values[0], &values[1], &yes);
    break;
  case GST_EVENT_PROTECTION:
    gst_event_parse_protection (event, &text, &data, NULL);
    g_assert_true (GST_IS_BUFFER (data));
    break;
  case GST_EVENT_SEGMENT_DONE:
    gst_event_parse_segment_done (event, &format, &values[0]);
    break;
  case GST_EVENT_GAP:
    gst_event_parse_gap (event, &times[0], &times[1]);
    break;
  case GST_EVENT_QOS:
    gst_event_parse_qos (event, &qos, &rate, &values[0], &times[0]);
    gst_event_unref (gst_event_new_qos (qos, rate, values[0], times[0]));
    break;
  case GST_EVENT_SEEK:
    gst_event_parse_seek (event, &rate, &format, &flags, &types[0], &values[0], &types[1], &values[1]);
    gst_event_unref (gst_event_new_seek (rate, format, flags, types[0], values[0], types[1], values[1]));
    break;
  case GST_EVENT_LATENCY:
    gst_event_parse_latency (event, &times[0]);
    gst_event_unref (gst_event_new_latency (times[0]));
    break;
  default:
    break;
  }
}

static void
take_query_apart (GstQuery *query)
{
  GstFormat format;
  gint64 value;
  gboolean yes;
  GstClockTime times[2];
  GstCaps *caps;
  guint n;

  switch (GST_QUERY_TYPE (query)) {
  case GST_QUERY_POSITION:
    gst_query_parse_position (query, &format, &value);
    break;
  case GST_QUERY_DURATION:
    gst_query_parse_duration (query, &format, &value);
    break;
  case GST_QUERY_LATENCY:
    gst_query_parse_latency (query, &yes, &times[0], &times[1]);
    break;
  case GST_QUERY_SEEKING:
    gst_query_parse_seeking (query, &format, &yes, &value, &value);
    break;
  case GST_QUERY_FORMATS:
    gst_query_parse_n_formats (query, &n);
    for (guint i = 0; i < n; i++)
      gst_query_parse_nth_format (query, i, &format);
    break;
  case GST_QUERY_ALLOCATION:
    gst_query_parse_allocation (query, &caps, &yes);
    g_assert_cmpuint (gst_query_get_n_allocation_pools (query), ==, 0);
    break;
  case GST_QUERY_ACCEPT_CAPS:
    gst_query_parse_accept_caps (query, &caps);
    g_assert_true (GST_IS_CAPS (caps));
    break;
  case GST_QUERY_CAPS:
    gst_query_parse_caps (query, &caps);
    gst_query_parse_caps_result (query, &caps);
    break;
  default:
    break;
  }
}

static void
take_message_apart (GstMessage *message)
{
  GstTagList *tags;
  gint percent;
  guint64 processed, dropped;
  GstFormat format;
  GError *reason;
  gchar *text = NULL;
  GstProgressType progress;
  gchar *code;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ERROR:
    gst_message_parse_error (message, &reason, &text);
    g_assert_nonnull (reason->message);
    g_error_free (reason);
    g_free (text);
    break;
  case GST_MESSAGE_TAG:
    gst_message_parse_tag (message, &tags);
    gst_tag_list_unref (tags);
    break;
  case GST_MESSAGE_BUFFERING:
    gst_message_parse_buffering (message, &percent);
    break;
  case GST_MESSAGE_QOS:
    gst_message_parse_qos_stats (message, &format, &processed, &dropped);
    break;
  case GST_MESSAGE_PROGRESS:
    gst_message_parse_progress (message, &progress, &code, &text);
    g_free (code);
    g_free (text);
    break;
  case GST_MESSAGE_ELEMENT:
    g_assert_nonnull (gst_message_get_structure (message));
    break;
  default:
    break;
  }
}

static void
take_query_result_apart (const IpcPacket *packet, GError **error)
{
  IpcPacket as_query = *packet;
  g_autoptr (GstQuery) query = NULL;

  as_query.header.type = IPC_PACKET_QUERY;
  as_query.query.type = packet->query_result.type;
  as_query.query.structure = packet->query_result.structure;
  query = ipc_query_from_packet (&as_query, error);
  if (query)
    take_query_apart (query);
  /* and as the answer to a query of ours */
  g_clear_pointer (&query, gst_query_unref);
  query = packet->query_result.type == GST_QUERY_CAPS ? gst_query_new_caps (NULL)
                                                      : gst_query_new_position (GST_FORMAT_TIME);
  if (ipc_query_update_from_packet (query, packet, NULL))
    take_query_apart (query);
}

static void
take_apart (const IpcPacket *packet)
{
  g_autoptr (TestObject) object = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *line = ipc_packet_describe (packet);
  g_auto (IpcPacket) rebuilt = { 0 };

  g_assert_nonnull (line);
  switch (packet->header.type) {
  case IPC_PACKET_EVENT:
    object = (GstMiniObject *)ipc_event_from_packet (packet, &error);
    if (object)
      take_event_apart ((GstEvent *)object);
    break;
  case IPC_PACKET_SINK_MESSAGE_EVENT:
    object = (GstMiniObject *)ipc_sink_message_from_packet (packet, NULL, &error);
    break;
  case IPC_PACKET_QUERY:
    object = (GstMiniObject *)ipc_query_from_packet (packet, &error);
    if (object)
      take_query_apart ((GstQuery *)object);
    break;
  case IPC_PACKET_MESSAGE:
  case IPC_PACKET_GERROR_MESSAGE:
    object = (GstMiniObject *)ipc_message_from_packet (packet, NULL, &error);
    if (object)
      take_message_apart ((GstMessage *)object);
    break;
  case IPC_PACKET_BUFFER:
    object = (GstMiniObject *)ipc_buffer_from_packet (packet, NULL, NULL, &error);
    break;
  case IPC_PACKET_QUERY_RESULT:
    take_query_result_apart (packet, &error);
    return;
  default:
    return;
  }
  /* an object or a reason why there is none */
  g_assert_true ((object == NULL) == (error != NULL));
  if (object)
    rebuild (packet, &rebuilt, NULL);
}

static void
damage_raises_no_critical (const gchar *name, const guint8 *bytes, gsize size, IpcDirection direction)
{
  static const guint8 damages[] = { 0x01, 0x10, 0x80, 0x07, 0x20 };
  g_autofree guint8 *damaged = g_memdup2 (bytes, size);

  for (gsize i = 0; i < size; i++) {
    for (guint j = 0; j < G_N_ELEMENTS (damages); j++) {
      g_auto (IpcPacket) packet = { 0 };
      g_autoptr (GError) error = NULL;

      damaged[i] = bytes[i] ^ damages[j];
      if (decode_bytes (damaged, size, &packet, &error))
        take_apart (&packet);
      else
        g_assert_nonnull (error);
    }
    damaged[i] = bytes[i];
  }
}

static void
test_golden_damaged (void)
{
  for_each_vector (damage_raises_no_critical);
}

/* Bytes that mean something to the text form, in the place of every byte of a structure string. */
static void
text_damage_raises_no_critical (const gchar *name, const guint8 *bytes, gsize size, IpcDirection direction)
{
  static const gchar damages[] = "\"\\()[]{}<>,;:=/ 0-1";
  g_autofree guint8 *damaged = g_memdup2 (bytes, size);

  for (gsize i = IPC_HEADER_SIZE; i < size; i++) {
    for (guint j = 0; damages[j]; j++) {
      g_auto (IpcPacket) packet = { 0 };

      damaged[i] = (guint8)damages[j];
      if (decode_bytes (damaged, size, &packet, NULL))
        take_apart (&packet);
    }
    damaged[i] = bytes[i];
  }
}

static void
test_golden_text_damaged (void)
{
  for_each_vector (text_damage_raises_no_critical);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/golden/each-packet-type-has-bytes", test_golden_all_types);
  g_test_add_func ("/wire/golden/encodes-to-the-same-bytes", test_golden_same_bytes);
  g_test_add_func ("/wire/golden/objects-give-the-same-bytes", test_golden_same_objects);
  g_test_add_func ("/wire/golden/truncated-anywhere-is-refused", test_golden_truncated);
  g_test_add_func ("/wire/golden/one-byte-more-is-refused", test_golden_trailing);
  g_test_add_func ("/wire/golden/damaged-byte-raises-no-critical", test_golden_damaged);
  g_test_add_func ("/wire/golden/damaged-text-raises-no-critical", test_golden_text_damaged);
  return g_test_run ();
}
