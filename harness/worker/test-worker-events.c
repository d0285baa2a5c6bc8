/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Events and queries of every type, from words. */

#include "test-client.h"

#include <string.h>

#define LEAKS_TRACER                                                                                                   \
  "GST_TRACERS=leaks(filters=\"GstElement,GstPad,GstBus,GstTask,GstBuffer,GstBufferList,GstEvent,GstMessage,"          \
  "GstQuery\")"

static TestClient *
start_playing (const gchar *description, const gchar *observe)
{
  TestClient *client = test_client_start (LEAKS_TRACER);
  g_autofree gchar *command
      = g_strdup_printf ("'command': 'pipeline', 'description': '%s', 'observe': [%s]", description, observe);

  test_client_ok (client, command);
  test_client_ok (client, "'command': 'set-state', 'state': 'playing'");
  test_client_ok (client, "'command': 'get-state', 'timeout': 9223372036854775807");
  return client;
}

static const struct {
  const gchar *type, *fields, *seen; /* a part of the structure's text as it arrives */
} downstream[] = {
  { "stream-start", "'stream-id': 's', 'flags': ['sparse'], 'group-id': 7", "stream-id=(string)s" },
  { "caps", "'caps': 'a/b, n=(int)5'", "a/b" },
  { "segment", "'start': '1s', 'stop': '2.5s', 'rate': 2", "GstSegment" },
  { "stream-collection", "'upstream-id': 'up', 'streams': ['video:v0', 'audio:a0']", "a0" },
  { "tag", "'tags': 'title=hello', 'scope': 'global'", "hello" },
  { "buffersize", "'minimum': 1, 'maximum': 2", "minsize=(gint64)1" },
  { "sink-message", "'message': 'mine, n=(int)5'", "application" },
  { "stream-group-done", "'group-id': 7", "group-id=(uint)7" },
  { "toc", "'chapters': ['one:0s:1s', 'two:1s:1500ms'], 'updated': true", "two" },
  { "protection", "'system-id': 'x', 'data': 'key', 'origin': 'o'", "system_id=(string)x" },
  { "segment-done", "'position': '3s'", "position=(gint64)3000000000" },
  { "gap", "'timestamp': '20ms', 'duration': '10ms', 'flags': ['data']", "timestamp=(guint64)20000000" },
  { "instant-rate-change", "'rate-multiplier': 2", "rate" },
};

static const struct {
  const gchar *type, *fields, *seen;
} upstream[] = {
  { "qos", "'type': 'throttle', 'proportion': 1.5, 'diff': '-1ms', 'timestamp': '2ms'", "diff=(gint64)-1000000" },
  { "seek", "'start': '1s', 'flags': ['accurate']", "cur=(gint64)1000000000" },
  { "latency", "'latency': '30ms'", "latency=(guint64)30000000" },
  { "step", "'format': 'buffers', 'amount': 3", "amount=(guint64)3" },
  { "reconfigure", "", NULL },
  { "toc-select", "'uid': 'two'", "two" },
  { "select-streams", "'streams': ['v0', 'a0']", "v0" },
  { "instant-rate-sync-time", "'rate-multiplier': 2, 'running-time': '1s'", "1000000000" },
};

static const struct {
  const gchar *pad, *type;
} custom[] = { { "i.src", "custom-downstream" }, { "i.src", "custom-downstream-oob" },
  { "i.src", "custom-downstream-sticky" }, { "i.src", "custom-both" }, { "i.src", "custom-both-oob" },
  { "sink.sink", "custom-upstream" }, { "sink.sink", "custom-both" }, { "sink.sink", "custom-both-oob" } };

/* Pushes it from @pad; what arrives at @seen_at, seqnum and content. */
static void
push_and_see (TestClient *client, const gchar *pad, const gchar *type, const gchar *fields, const gchar *seen)
{
  guint since = client->reports->len;
  g_autofree gchar *command = g_strdup_printf (
      "'command': 'push-event', 'pad': '%s', 'event': '%s', 'fields': {%s}, 'seqnum': 12345", pad, type, fields);

  JsonObject *reply = test_client_ok (client, command);
  g_assert_cmpint (json_object_get_int_member (reply, "seqnum"), ==, 12345);
  g_autofree gchar *members
      = g_strdup_printf ("'kind': 'event', 'pad': '%s', 'type': '%s', 'seqnum': 12345", pad, type);
  JsonObject *event = test_client_wait (client, since, members);
  const gchar *text
      = json_object_get_null_member (event, "structure") ? NULL : json_object_get_string_member (event, "structure");
  if (seen != NULL ? text == NULL || strstr (text, seen) == NULL : text != NULL)
    g_error ("%s with {%s} arrives as %s, without %s", type, fields, text, seen);
}

static void
test_push (void)
{
  TestClient *client = start_playing ("fakesrc name=src is-live=true format=time datarate=1 sizetype=fixed sizemax=100 "
                                      "! capsfilter caps=a/b ! identity "
                                      "name=i ! fakesink name=sink async=false",
      "'src.src', 'i.src', 'sink.sink'");

  for (guint i = 0; i < G_N_ELEMENTS (downstream); i++)
    push_and_see (client, "i.src", downstream[i].type, downstream[i].fields, downstream[i].seen);
  for (guint i = 0; i < G_N_ELEMENTS (upstream); i++)
    push_and_see (client, "sink.sink", upstream[i].type, upstream[i].fields, upstream[i].seen);
  for (guint i = 0; i < G_N_ELEMENTS (custom); i++) {
    g_autofree gchar *command
        = g_strdup_printf ("'command': 'push-event', 'pad': '%s', 'event': '%s', 'structure': 'mine, n=(int)%u;'",
            custom[i].pad, custom[i].type, i);
    g_autofree gchar *seen
        = g_strdup_printf ("'kind': 'event', 'pad': '%s', 'type': '%s', 'structure': 'mine, n=(int)%u;'", custom[i].pad,
            custom[i].type, i);

    test_client_ok (client, command);
    test_client_wait (client, 0, seen);
  }
  test_client_ok (client, "'command': 'push-event', 'pad': 'sink.sink', 'event': 'navigation', 'structure': "
                          "'application/x-gst-navigation, event=(string)key-press, key=(string)a;'");
  test_client_wait (client, 0, "'kind': 'event', 'pad': 'src.src', 'type': 'navigation', 'direction': 'upstream'");
  push_and_see (client, "i.src", "custom-downstream", "'objects': ['GstBuffer', 'GError', 'GstContext']", "no-key");
  push_and_see (
      client, "sink.sink", "custom-upstream", "'objects': ['GstEvent', 'GstMessage', 'GstBufferList']", "4712");
  push_and_see (client, "i.src", "eos", "", NULL);
  /* the source has heard of it and gives nothing more that would miss its segment after a flush */
  test_client_wait (client, 0, "'kind': 'event', 'pad': 'src.src', 'type': 'eos'");
  push_and_see (client, "i.src", "flush-start", "", NULL);
  push_and_see (client, "i.src", "flush-stop", "'reset-time': false", "reset-time=(boolean)false");

  test_client_error (client,
      "'command': 'push-event', 'pad': 'i.src', 'event': 'custom-both', 'fields': {'objects': ['GstElement']}",
      "GstElement: there are GstBuffer");
  test_client_error (client, "'command': 'push-event', 'pad': 'i.src', 'event': 'qos'", "does not leave a src pad");
  test_client_error (
      client, "'command': 'push-event', 'pad': 'sink.sink', 'event': 'eos'", "does not leave a sink pad");
  test_client_error (client, "'command': 'push-event', 'pad': 'sink.x', 'event': 'eos'", "no pad");
  test_client_finish (client);
}

static void
test_mistakes (void)
{
  static const struct {
    const gchar *event, *fields, *part;
  } wrong[] = {
    { "gap", "", "timestamp" },
    { "gap", "'timestamp': 'none'", "none" },
    { "gap", "'timestamp': -5", "not negative" },
    { "gap", "'timestamp': '1h'", "1.5s" },
    { "gap", "'timestamp': 0, 'stamp': 1", "it has timestamp duration flags" },
    { "gap", "'timestamp': 0, 'flags': ['many']", "data" },
    { "eos", "'timestamp': 0", "it has none" },
    { "caps", "'caps': '='", "text of caps" },
    { "caps", "'caps': 'a/b, n=[1,2]'", "not fixed" },
    { "caps", "'caps': 5", "a string" },
    { "segment", "'rate': 0", "rate 0" },
    { "segment", "'format': 'undefined'", "undefined" },
    { "stream-collection", "'streams': ['v0']", "video:ID" },
    { "tag", "'tags': '='", "title=hello" },
    { "toc", "'chapters': ['one:0']", "one:0s:1.5s" },
    { "qos", "'diff': '-2s', 'timestamp': '1s'", "diff" },
    { "seek", "'rate': 0", "rate" },
    { "step", "'rate': -1", "above 0" },
    { "step", "'flush': 1", "true or false" },
    { "select-streams", "'streams': []", "no streams" },
    { "select-streams", "'streams': 'v0'", "list of strings" },
    { "stream-group-done", "'group-id': 0", "within 1" },
    { "instant-rate-change", "'rate-multiplier': 'x'", "a number" },
    { "navigation", "'x': 1", "structure" },
    { "sink-message", "'x': 1", "structure" },
  };
  TestClient *client = start_playing ("fakesrc is-live=true ! fakesink name=sink", "");

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree gchar *command
        = g_strdup_printf ("'command': 'send-event', 'event': '%s', 'fields': {%s}", wrong[i].event, wrong[i].fields);
    test_client_error (client, command, wrong[i].part);
  }
  test_client_error (client, "'command': 'send-event', 'event': 'eos', 'fields': {}, 'structure': 'x'", "not both");
  test_client_error (client, "'command': 'send-event', 'event': 'eos', 'fields': 5", "an object");
  test_client_error (client, "'command': 'send-event', 'event': 'eos', 'seqnum': 0", "seqnum");
  test_client_finish (client);
}

static void
test_sink_message (void)
{
  TestClient *client = start_playing (
      "fakesrc name=src is-live=true ! identity name=i ! fakesink name=sink async=false", "'sink.sink'");

  JsonObject *reply = test_client_ok (client, "'command': 'send-sink-message', 'element': 'src', 'name': 'mine', "
                                              "'type': 'element', 'structure': 'hello, n=(int)3;'");
  g_assert_true (json_object_get_boolean_member (reply, "result"));
  g_autofree gchar *wanted = g_strdup_printf ("'kind': 'message', 'type': 'element', 'structure': 'hello, n=(int)3;', "
                                              "'source': 'src', 'seqnum': %" G_GINT64_FORMAT,
      json_object_get_int_member (reply, "message-seqnum"));
  test_client_wait (client, 0, wanted);
  test_client_wait (client, 0, "'kind': 'event', 'type': 'sink-message', 'pad': 'sink.sink'");

  test_client_ok (client,
      "'command': 'send-sink-message', 'pad': 'i.src', 'type': 'error', 'domain': 'own', 'code': 5, "
      "'text': 'bad', 'element': 'i'");
  test_client_wait (client, 0, "'kind': 'message', 'type': 'error', 'domain': 'own', 'code': 5, 'source': 'i'");
  test_client_error (client, "'command': 'send-sink-message', 'type': 'error'", "domain");
  test_client_error (
      client, "'command': 'send-sink-message', 'pad': 'sink.sink', 'type': 'eos'", "does not leave a sink pad");
  test_client_finish (client);
}

static void
test_queries (void)
{
  TestClient *client = start_playing ("audiotestsrc name=src is-live=true num-buffers=10 ! "
                                      "audio/x-raw,format=S16LE,rate=8000,channels=1 ! identity name=i ! fakesink "
                                      "name=sink async=false",
      "'sink.sink'");

  test_client_wait (client, 0, "'kind': 'buffer'");
  JsonObject *reply = test_client_ok (client, "'command': 'query', 'pad': 'i.src', 'peer': true, 'query': 'drain'");
  g_assert_true (json_object_has_member (reply, "result"));
  test_client_wait (client, 0, "'kind': 'query-seen', 'pad': 'sink.sink', 'direction': 'downstream', 'type': 'drain'");
  reply = test_client_ok (client, "'command': 'query', 'pad': 'sink.sink', 'peer': true, 'query': 'caps', 'fields': "
                                  "{'filter': 'audio/x-raw, channels=1'}");
  g_assert_nonnull (strstr (json_object_get_string_member (reply, "caps"), "S16LE"));
  reply = test_client_ok (client,
      "'command': 'query', 'pad': 'i.sink', 'peer': true, 'query': 'accept-caps', 'fields': {'caps': 'video/x-raw'}");
  g_assert_false (json_object_get_boolean_member (reply, "accepted"));
  reply = test_client_ok (client, "'command': 'query', 'pad': 'src.src', 'query': 'convert', 'fields': "
                                  "{'from': 'time', 'value': '1s', 'to': 'bytes'}");
  g_assert_cmpint (json_object_get_int_member (reply, "value"), ==, 16000);
  reply = test_client_ok (client, "'command': 'query', 'pad': 'src.src', 'query': 'scheduling'");
  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (reply, "modes"), 0), ==, "push");
  test_client_ok (client, "'command': 'query', 'pad': 'src.src', 'peer': true, 'query': 'allocation', 'fields': "
                          "{'caps': 'audio/x-raw', 'need-pool': true}");
  reply = test_client_ok (
      client, "'command': 'query', 'pad': 'sink.sink', 'query': 'context', 'fields': {'context-type': 'x'}");
  g_assert_false (json_object_get_boolean_member (reply, "result"));

  test_client_error (client, "'command': 'query', 'query': 'context'", "context-type");
  test_client_error (client, "'command': 'query', 'query': 'position', 'fields': {'x': 1}", "it has none");
  test_client_error (client, "'command': 'query', 'query': 'rate'", "structure");
  test_client_error (client, "'command': 'query', 'query': 'position', 'peer': true", "pad");
  test_client_error (client, "'command': 'query', 'query': 'caps', 'fields': {}, 'structure': 'x'", "not both");
  test_client_finish (client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker/event/pushed-from-a-pad", test_push);
  g_test_add_func ("/worker/event/mistakes-are-named", test_mistakes);
  g_test_add_func ("/worker/event/sink-message-is-posted", test_sink_message);
  g_test_add_func ("/worker/query/of-pads-and-with-fields", test_queries);
  return g_test_run ();
}
