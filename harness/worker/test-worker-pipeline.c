/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The worker's pipeline: what commands do to it, and what is reported of it. Plain elements only. */

#include "test-client.h"

#include <string.h>

#define LEAKS_TRACER                                                                                                   \
  "GST_TRACERS=leaks(filters=\"GstElement,GstPad,GstBus,GstTask,GstBuffer,GstBufferList,GstEvent,GstMessage,"          \
  "GstQuery\")"

static TestClient *
start_pipeline (const gchar *description, const gchar *observe)
{
  TestClient *client = test_client_start (LEAKS_TRACER);
  g_autofree gchar *command
      = g_strdup_printf ("'command': 'pipeline', 'description': '%s', 'observe': [%s]", description, observe);

  test_client_ok (client, command);
  return client;
}

static void
play_to_eos (TestClient *client)
{
  test_client_ok (client, "'command': 'set-state', 'state': 'playing'");
  test_client_wait (client, 0, "'kind': 'message', 'type': 'eos', 'source': 'pipeline'");
}

static void
test_pipeline_errors (void)
{
  TestClient *client = test_client_start (NULL);

  test_client_error (client, "'command': 'set-state', 'state': 'ready'", "no pipeline");
  test_client_error (client, "'command': 'dot'", "no pipeline");
  test_client_error (client, "'command': 'pipeline', 'description': 'nosuchelement'", "nosuchelement");
  test_client_error (client, "'command': 'pipeline', 'description': 'fakesrc ! ! fakesink'", "syntax");
  test_client_error (client, "'command': 'pipeline', 'description': 'fakesrc ! fakesink ) ('", "");
  test_client_error (client, "'command': 'pipeline', 'description': 'fakesink ) pipeline.( fakesink'", "");
  test_client_error (client, "'command': 'pipeline', 'description': 'fakesink', 'container': 'bin'", "bin");
  test_client_error (client, "'command': 'pipeline', 'description': 'fakesrc name=src ! fakesink', 'observe': ['sink']",
      "element.pad");
  test_client_error (client,
      "'command': 'pipeline', 'description': 'fakesrc name=src ! fakesink', 'observe': ['source.src']", "fakesink");
  test_client_error (client,
      "'command': 'pipeline', 'description': 'fakesrc name=src ! fakesink', 'observe': ['src.sink']", "now: src");
  test_client_ok (client, "'command': 'pipeline', 'description': 'fakesink name=sink'");
  test_client_error (client, "'command': 'pipeline', 'description': 'fakesink'", "already");
  test_client_error (client, "'command': 'set-state', 'state': 'flying'", "paused");
  test_client_error (client, "'command': 'set-state', 'state': 'void-pending'", "void-pending");
  test_client_error (client, "'command': 'get-state', 'element': 'nobody'", "sink");
  test_client_finish (client);
}

static void
assert_result (JsonObject *reply, const gchar *result)
{
  g_assert_cmpstr (json_object_get_string_member (reply, "result"), ==, result);
}

static void
test_states (void)
{
  TestClient *client = start_pipeline ("fakesrc name=src is-live=true ! fakesink name=sink", "");

  assert_result (test_client_ok (client, "'command': 'set-state', 'state': 'ready'"), "success");
  assert_result (test_client_ok (client, "'command': 'set-state', 'state': 'paused'"), "no-preroll");
  test_client_ok (client, "'command': 'set-state', 'state': 'playing'");
  JsonObject *reply = test_client_ok (client, "'command': 'get-state', 'timeout': 9223372036854775807");
  assert_result (reply, "success");
  g_assert_cmpstr (json_object_get_string_member (reply, "state"), ==, "playing");
  g_assert_cmpstr (json_object_get_string_member (reply, "pending"), ==, "void-pending");
  test_client_wait (client, 0, "'kind': 'message', 'type': 'async-done', 'running-time': null");

  assert_result (test_client_ok (client, "'command': 'set-state', 'element': 'sink', 'state': 'null'"), "success");
  reply = test_client_ok (client, "'command': 'get-state', 'element': 'sink'");
  g_assert_cmpstr (json_object_get_string_member (reply, "state"), ==, "null");
  assert_result (test_client_ok (client, "'command': 'set-state', 'state': 'null'"), "success");
  test_client_wait (client, 0,
      "'kind': 'message', 'type': 'state-changed', 'source': 'pipeline', 'source-path': '/GstPipeline:pipeline', "
      "'old': 'ready', 'new': 'null', 'pending': 'void-pending'");
  test_client_finish (client);
}

/* The sink says that it rendered a buffer once it has waited for the clock. */
static void
test_time (void)
{
  TestClient *client = start_pipeline (
      "fakesrc name=src is-live=true format=time datarate=1000 sizetype=fixed sizemax=10 do-timestamp=true ! "
      "fakesink name=sink sync=true",
      "'sink.sink'");

  JsonObject *reply = test_client_ok (client, "'command': 'get-time'");
  g_assert_true (json_object_get_null_member (reply, "clock"));
  test_client_ok (client, "'command': 'set-state', 'state': 'playing'");
  JsonObject *render = test_client_wait (client, 0, "'kind': 'render', 'pad': 'sink.sink'");
  reply = test_client_ok (client, "'command': 'get-time'");
  g_assert_cmpstr (json_object_get_string_member (reply, "clock"), ==, "monotonic");
  gint64 due = json_object_get_int_member (reply, "base-time") + json_object_get_int_member (render, "running-time")
               + json_object_get_int_member (json_object_get_object_member (reply, "latencies"), "sink");
  g_assert_cmpint (json_object_get_int_member (render, "t"), >=, due);
  test_client_finish (client);
}

static void
test_failure (void)
{
  TestClient *client = start_pipeline ("filesrc name=src location=/nonexistent/file ! fakesink", "");

  assert_result (test_client_ok (client, "'command': 'set-state', 'state': 'paused'"), "failure");
  JsonObject *message = test_client_wait (client, 0,
      "'kind': 'message', 'type': 'error', 'source': 'src', 'domain': 'gst-resource-error-quark', 'code': 3");
  g_assert_cmpstr (json_object_get_string_member (message, "text"), !=, "");
  g_assert_nonnull (strstr (json_object_get_string_member (message, "debug"), "/nonexistent/file"));
  test_client_finish (client);
}

static void
test_post_message (void)
{
  TestClient *client = start_pipeline ("fakesink name=sink", "");

  test_client_ok (client,
      "'command': 'post-message', 'element': 'sink', 'type': 'error', 'domain': 'gst-stream-error-quark', "
      "'code': 7, 'text': 'hej \\u00e5', 'debug': 'd\\n', 'structure': 'details, a=(int)5;'");
  JsonObject *message = test_client_wait (client, 0,
      "'kind': 'message', 'type': 'error', 'source': 'sink', 'domain': 'gst-stream-error-quark', 'code': 7, "
      "'text': 'hej \\u00e5', 'debug': 'd\\n'");
  g_assert_nonnull (strstr (json_object_get_string_member (message, "structure"), "a\\=\\(int\\)5"));

  test_client_ok (client, "'command': 'post-message', 'type': 'warning', 'domain': 'own', 'code': -1, 'text': 'w'");
  test_client_wait (
      client, 0, "'type': 'warning', 'source': 'pipeline', 'domain': 'own', 'code': -1, 'text': 'w', 'debug': null");
  test_client_ok (client, "'command': 'post-message', 'type': 'info', 'domain': 'own', 'text': 'i'");
  test_client_wait (client, 0, "'type': 'info', 'domain': 'own', 'code': 0, 'text': 'i'");
  test_client_ok (client,
      "'command': 'post-message', 'element': 'sink', 'type': 'element', 'structure': 'hallo, b=(boolean)true;'");
  test_client_wait (client, 0, "'type': 'element', 'source': 'sink', 'structure': 'hallo, b=(boolean)true;'");
  test_client_ok (client, "'command': 'post-message', 'type': 'latency'");
  test_client_wait (client, 0, "'type': 'latency', 'structure': null");

  test_client_error (client, "'command': 'post-message', 'type': 'error', 'text': 'x'", "domain");
  test_client_error (client, "'command': 'post-message', 'type': 'shout'", "application");
  test_client_error (client, "'command': 'post-message', 'type': 'any'", "one type");
  test_client_error (client, "'command': 'post-message', 'type': 'element'", "structure");
  test_client_error (client, "'command': 'post-message', 'type': 'element', 'structure': '='", "GstStructure");
  test_client_finish (client);
}

static void
test_tags (void)
{
  TestClient *client = start_pipeline ("fakesrc num-buffers=1 ! taginject tags=title=hej ! fakesink", "");

  play_to_eos (client);
  JsonObject *message = test_client_wait (client, 0, "'kind': 'message', 'type': 'tag'");
  g_assert_cmpstr (json_object_get_string_member (message, "tags"), ==, "taglist, title=(string)hej;");
  test_client_finish (client);
}

static void
test_buffers (void)
{
  TestClient *client = start_pipeline (
      "fakesrc name=src num-buffers=3 sizetype=fixed sizemax=10 filltype=zero ! fakesink name=sink", "'sink.sink'");

  play_to_eos (client);
  g_assert_cmpuint (test_client_count (client, "'kind': 'buffer'"), ==, 3);
  JsonObject *buffer = test_client_wait (client, 0,
      "'kind': 'buffer', 'pad': 'sink.sink', 'pts': null, 'dts': 0, 'duration': null, 'offset': 0, 'size': 10, "
      "'offset-end': null, 'md5': 'a63c90cc3684ad8b0a2176a6a8fe9005'");
  /* the first one is discont */
  g_assert_cmpint (json_object_get_int_member (buffer, "flags"), ==, 64);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (buffer, "metas")), ==, 0);
  test_client_finish (client);
}

static void
test_buffer_meta (void)
{
  TestClient *client = start_pipeline ("audiotestsrc num-buffers=2 samplesperbuffer=1000 ! "
                                       "audio/x-raw,format=S16LE,rate=10000,channels=2,layout=non-interleaved ! "
                                       "fakesink name=sink",
      "'sink.sink', 'sink.sink'");

  play_to_eos (client);
  /* named twice, observed once */
  g_assert_cmpuint (test_client_count (client, "'kind': 'buffer'"), ==, 2);
  test_client_wait (client, 0, "'kind': 'buffer', 'pts': 0, 'duration': 100000000, 'size': 4000");
  test_client_wait (client, 0, "'kind': 'buffer', 'pts': 100000000, 'metas': ['GstAudioMetaAPI']");
  test_client_finish (client);
}

static void
test_buffer_lists (void)
{
  TestClient *client = start_pipeline ("videotestsrc num-buffers=1 ! video/x-raw,format=UYVY,width=320,height=240 ! "
                                       "rtpvrawpay ! fakesink name=sink",
      "'sink.sink'");

  play_to_eos (client);
  /* more than fits into one packet, so a list of several */
  g_assert_cmpuint (test_client_count (client, "'kind': 'buffer', 'pad': 'sink.sink', 'pts': 0"), >, 10);
  test_client_finish (client);
}

static void
test_events_and_queries (void)
{
  TestClient *client = start_pipeline (
      "fakesrc num-buffers=1 is-live=true ! capsfilter name=filter caps=a/b ! fakesink name=sink", "'sink.sink'");

  play_to_eos (client);
  test_client_wait (client, 0,
      "'kind': 'event', 'pad': 'sink.sink', 'direction': 'downstream', 'type': 'stream-start', 'serialized': true");
  JsonObject *event = test_client_wait (client, 0, "'kind': 'event', 'type': 'caps'");
  g_assert_cmpstr (json_object_get_string_member (event, "structure"), ==, "GstEventCaps, caps=(GstCaps)a/b;");
  g_assert_cmpint (json_object_get_int_member (event, "seqnum"), >, 0);
  test_client_wait (client, 0, "'kind': 'event', 'type': 'eos', 'structure': null");
  test_client_wait (client, 0, "'kind': 'event', 'direction': 'upstream', 'type': 'latency', 'serialized': false");
  test_client_wait (client, 0,
      "'kind': 'query-seen', 'pad': 'sink.sink', 'direction': 'downstream', 'type': 'allocation', 'serialized': true");
  test_client_wait (client, 0, "'kind': 'query-seen', 'direction': 'upstream', 'type': 'latency', 'serialized': false");
  test_client_finish (client);
}

static void
test_send_event (void)
{
  TestClient *client = start_pipeline ("fakesrc name=src is-live=true ! fakesink name=sink", "'sink.sink'");

  test_client_ok (client, "'command': 'set-state', 'state': 'playing'");
  test_client_ok (client, "'command': 'get-state', 'timeout': 9223372036854775807");
  JsonObject *reply = test_client_ok (
      client, "'command': 'send-event', 'element': 'src', 'event': 'custom-downstream', 'structure': 'hej, n=(int)3;'");
  g_assert_true (json_object_get_boolean_member (reply, "result"));
  g_autofree gchar *wanted = g_strdup_printf ("'kind': 'event', 'type': 'custom-downstream', 'structure': "
                                              "'hej, n=(int)3;', 'seqnum': %" G_GINT64_FORMAT,
      json_object_get_int_member (reply, "seqnum"));
  test_client_wait (client, 0, wanted);
  reply = test_client_ok (client, "'command': 'send-event', 'event': 'eos'");
  g_assert_true (json_object_get_boolean_member (reply, "result"));
  test_client_wait (client, 0, "'kind': 'message', 'type': 'eos'");

  test_client_error (client, "'command': 'send-event', 'event': 'navigation'", "structure");
  test_client_error (client, "'command': 'send-event', 'event': 'party'", "flush-start");
  test_client_error (client, "'command': 'send-event', 'event': 'eos', 'structure': '('", "GstStructure");
  test_client_finish (client);
}

static void
test_seek (void)
{
  TestClient *client = start_pipeline ("videotestsrc ! video/x-raw,width=16,height=16,framerate=10/1 ! "
                                       "fakesink name=sink sync=true",
      "'sink.sink'");

  test_client_ok (client, "'command': 'set-state', 'state': 'paused'");
  test_client_ok (client, "'command': 'get-state', 'timeout': 9223372036854775807");
  JsonObject *reply = test_client_ok (client,
      "'command': 'seek', 'flags': ['flush', 'accurate'], 'start': 2000000000, 'stop-type': 'set', "
      "'stop': 3000000000, 'rate': 2");
  g_assert_true (json_object_get_boolean_member (reply, "result"));
  g_autofree gchar *wanted
      = g_strdup_printf ("'kind': 'event', 'direction': 'upstream', 'type': 'seek', 'seqnum': %" G_GINT64_FORMAT,
          json_object_get_int_member (reply, "seqnum"));
  test_client_wait (client, 0, wanted);
  test_client_wait (client, 0, "'kind': 'event', 'direction': 'downstream', 'type': 'flush-start'");
  test_client_wait (client, 0, "'kind': 'event', 'direction': 'downstream', 'type': 'flush-stop'");
  test_client_ok (client, "'command': 'get-state', 'timeout': 9223372036854775807");
  reply = test_client_ok (client, "'command': 'query', 'query': 'position'");
  g_assert_cmpint (json_object_get_int_member (reply, "position"), ==, 2000000000);
  reply = test_client_ok (client, "'command': 'query', 'query': 'segment'");
  g_assert_cmpfloat (json_object_get_double_member (reply, "rate"), ==, 2.0);
  g_assert_cmpint (json_object_get_int_member (reply, "stop"), ==, 3000000000);

  test_client_error (client, "'command': 'seek', 'rate': 0", "rate");
  test_client_error (client, "'command': 'seek', 'flags': ['flusch']", "flush accurate");
  test_client_error (client, "'command': 'seek', 'format': 'metres'", "bytes");
  test_client_error (client, "'command': 'seek', 'start-type': 'cur'", "set");
  test_client_error (client, "'command': 'seek', 'flags': ['instant-rate-change', 'flush']", "instant-rate-change");
  test_client_finish (client);
}

/* In the thread that posts it: the reply to set-state, which waits for that, is not there yet. */
static void
test_on_message (void)
{
  TestClient *client = start_pipeline ("fakesrc is-live=true ! fakesink name=sink", "");

  test_client_error (client, "'command': 'on-message', 'type': 'weather', 'state': 'paused'", "async-done");
  test_client_error (client, "'command': 'on-message', 'type': 'eos', 'state': 'flying'", "paused");
  test_client_error (client, "'command': 'on-message', 'type': 'eos', 'element': 'x', 'state': 'paused'", "no element");
  test_client_ok (
      client, "'command': 'on-message', 'type': 'state-changed', 'source': 'sink', 'element': 'sink', 'state': 'null'");
  test_client_ok (client, "'command': 'set-state', 'state': 'ready'");
  test_client_wait (client, 0, "'kind': 'message', 'type': 'application', 'source': 'pipeline'");
  g_assert_cmpuint (test_client_count (client,
                        "'kind': 'message', 'type': 'state-changed', 'source': 'sink', 'old': 'ready', 'new': 'null'"),
      ==, 1);
  /* once */
  test_client_ok (client, "'command': 'set-state', 'element': 'sink', 'state': 'ready'");
  g_assert_cmpuint (test_client_count (client, "'kind': 'message', 'type': 'application'"), ==, 1);
  /* one that never comes is forgotten at the end */
  test_client_ok (client, "'command': 'on-message', 'type': 'eos', 'element': 'sink', 'state': 'null'");
  test_client_finish (client);
}

static void
test_recalculate_latency (void)
{
  TestClient *client = test_client_start (NULL);

  test_client_error (client, "'command': 'recalculate-latency'", "no pipeline");
  test_client_ok (client, "'command': 'pipeline', 'description': 'audiotestsrc is-live=true ! fakesink name=sink "
                          "sync=true', 'observe': ['sink.sink']");
  test_client_ok (client, "'command': 'set-state', 'state': 'playing'");
  test_client_ok (client, "'command': 'get-state', 'timeout': 9223372036854775807");
  guint since = client->reports->len;
  JsonObject *reply = test_client_ok (client, "'command': 'recalculate-latency'");
  g_assert_true (json_object_get_boolean_member (reply, "result"));
  test_client_wait (client, since, "'kind': 'event', 'type': 'latency', 'pad': 'sink.sink'");
  test_client_finish (client);
}

static void
test_queries (void)
{
  TestClient *client = start_pipeline ("videotestsrc name=src num-buffers=20 is-live=true ! "
                                       "video/x-raw,width=16,height=16,framerate=10/1 ! fakesink name=sink sync=true",
      "'sink.sink'");

  test_client_ok (client, "'command': 'set-state', 'state': 'playing'");
  test_client_ok (client, "'command': 'get-state', 'timeout': 9223372036854775807");
  JsonObject *reply = test_client_ok (client, "'command': 'query', 'query': 'latency'");
  g_assert_true (json_object_get_boolean_member (reply, "result"));
  g_assert_true (json_object_get_boolean_member (reply, "live"));
  g_assert_cmpint (json_object_get_int_member (reply, "min-latency"), >, 0);
  reply = test_client_ok (client, "'command': 'query', 'query': 'duration'");
  g_assert_cmpint (json_object_get_int_member (reply, "duration"), ==, 2000000000);
  g_assert_nonnull (strstr (json_object_get_string_member (reply, "structure"), "GstQueryDuration"));
  /* seen when it was asked, and not again with its answer */
  g_assert_cmpuint (test_client_count (client, "'kind': 'query-seen', 'type': 'duration'"), ==, 1);
  reply = test_client_ok (client, "'command': 'query', 'query': 'seeking'");
  g_assert_true (json_object_has_member (reply, "seekable"));
  reply = test_client_ok (client, "'command': 'query', 'element': 'src', 'query': 'caps'");
  g_assert_true (json_object_has_member (reply, "result"));
  reply = test_client_ok (client, "'command': 'query', 'query': 'uri'");
  g_assert_false (json_object_get_boolean_member (reply, "result"));
  g_assert_false (json_object_has_member (reply, "uri"));
  reply = test_client_ok (client, "'command': 'query', 'query': 'custom', 'structure': 'mine, x=(int)1;'");
  g_assert_cmpstr (json_object_get_string_member (reply, "structure"), ==, "mine, x=(int)1;");

  test_client_error (client, "'command': 'query', 'query': 'accept-caps'", "structure");
  test_client_error (client, "'command': 'query', 'query': 'weather'", "position");
  test_client_error (client, "'command': 'query', 'query': 'position', 'format': 'x'", "time");
  test_client_finish (client);
}

static void
round_trip (TestClient *client, const gchar *property, const gchar *given, const gchar *expected)
{
  g_autofree gchar *set
      = g_strdup_printf ("'command': 'set-property', 'element': 'x', 'property': '%s', 'value': %s", property, given);
  g_autofree gchar *get = g_strdup_printf ("'command': 'get-property', 'element': 'x', 'property': '%s'", property);
  g_autoptr (JsonNode) wanted = NULL;

  test_client_ok (client, set);
  JsonObject *reply = test_client_ok (client, get);
  g_autofree gchar *json = g_strdelimit (g_strdup (expected), "'", '"');
  wanted = json_from_string (json, NULL);
  if (!json_node_equal (wanted, json_object_get_member (reply, "value"))) {
    g_autofree gchar *got = json_to_string (json_object_get_member (reply, "value"), FALSE);
    g_error ("%s: %s became %s, not %s", property, given, got, expected);
  }
}

static void
test_properties_of_a_queue (void)
{
  TestClient *client = start_pipeline ("queue name=x", "");

  round_trip (client, "max-size-buffers", "17", "17");
  round_trip (client, "max-size-time", "9223372036854775807", "'9223372036854775807'");
  round_trip (client, "max-size-time", "'18446744073709551615'", "'18446744073709551615'");
  round_trip (client, "silent", "true", "true");
  round_trip (client, "silent", "'false'", "false");
  round_trip (client, "leaky", "'downstream'", "'downstream'");
  round_trip (client, "leaky", "1", "'upstream'");

  test_client_error (
      client, "'command': 'set-property', 'element': 'x', 'property': 'silent', 'value': 'maybe'", "gboolean");
  test_client_error (
      client, "'command': 'set-property', 'element': 'x', 'property': 'leaky', 'value': 'side'", "leaky");
  test_client_error (
      client, "'command': 'set-property', 'element': 'x', 'property': 'max-size-buffers', 'value': -1", "-1");
  test_client_error (client,
      "'command': 'set-property', 'element': 'x', 'property': 'max-size-buffers', 'value': 4294967296", "4294967296");
  test_client_error (
      client, "'command': 'set-property', 'element': 'x', 'property': 'max-size-buffers', 'value': null", "null");
  test_client_error (client, "'command': 'set-property', 'element': 'x', 'property': 'current-level-time', 'value': 1",
      "not writable");
  test_client_error (client, "'command': 'get-property', 'element': 'x', 'property': 'colour'", "max-size-time");
  test_client_error (client, "'command': 'emit-signal', 'element': 'x', 'signal': 'overrun'", "action signal");
  test_client_error (client, "'command': 'emit-signal', 'element': 'x', 'signal': 'nothing'", "nothing");
  test_client_finish (client);
}

static void
test_properties_of_others (void)
{
  TestClient *client = start_pipeline ("audiotestsrc name=x ! capsfilter name=filter ! fakesink", "");

  round_trip (client, "freq", "440.5", "440.5");
  round_trip (client, "volume", "1", "1.0");
  test_client_error (client, "'command': 'set-property', 'element': 'x', 'property': 'volume', 'value': 1.5", "1.5");
  test_client_error (client, "'command': 'set-property', 'element': 'x', 'property': 'freq', 'value': 'a'", "gdouble");
  test_client_ok (
      client, "'command': 'set-property', 'element': 'filter', 'property': 'caps', 'value': 'audio/x-raw,rate=8000'");
  JsonObject *reply = test_client_ok (client, "'command': 'get-property', 'element': 'filter', 'property': 'caps'");
  g_assert_cmpstr (json_object_get_string_member (reply, "value"), ==, "audio/x-raw, rate=(int)8000");
  reply = test_client_ok (client, "'command': 'get-property', 'property': 'name'");
  g_assert_cmpstr (json_object_get_string_member (reply, "value"), ==, "pipeline");
  reply = test_client_ok (client, "'command': 'get-property', 'element': 'pipeline', 'property': 'parent'");
  g_assert_true (json_object_get_null_member (reply, "value"));
  test_client_finish (client);
}

static void
test_dot (void)
{
  TestClient *client = start_pipeline ("fakesrc ! fakesink name=unmistakable", "");
  const gchar *dot = json_object_get_string_member (test_client_ok (client, "'command': 'dot'"), "dot");

  g_assert_true (g_str_has_prefix (dot, "digraph pipeline {"));
  g_assert_nonnull (strstr (dot, "unmistakable"));
  test_client_finish (client);
}

static void
test_slave_container (void)
{
  TestClient *client = test_client_start (NULL);

  test_client_ok (client,
      "'command': 'pipeline', 'container': 'ipcslavepipeline', 'description': 'fakesrc num-buffers=1 ! identity "
      "name=i ! fakesink'");
  play_to_eos (client);
  JsonObject *message = test_client_wait (client, 0, "'kind': 'message', 'source': 'i'");
  /* the elements are the container's own */
  g_assert_cmpstr (
      json_object_get_string_member (message, "source-path"), ==, "/GstIpcSlavePipeline:pipeline/GstIdentity:i");
  test_client_finish (client);
}

static void
test_ends_of_links_are_observed (void)
{
  TestClient *client = start_pipeline ("bin.( ipcpipelinesrc name=end ! fakesink name=sink )", "");

  test_client_ok (client, "'command': 'query', 'element': 'sink', 'query': 'duration'");
  test_client_wait (client, 0, "'kind': 'query-seen', 'pad': 'end.src', 'direction': 'upstream', 'type': 'duration'");
  test_client_finish (client);
}

static void
test_log (void)
{
  TestClient *client = test_client_start (NULL);

  /* a query that goes the wrong way is a warning of GStreamer's */
  test_client_ok (client, "'command': 'pipeline', 'description': 'fakesrc ! fakesink'");
  test_client_ok (client, "'command': 'query', 'query': 'drain', 'structure': 'mine;'");
  JsonObject *report = test_client_wait (client, 0, "'kind': 'log', 'level': 'warning', 'domain': 'GStreamer'");
  g_assert_nonnull (strstr (json_object_get_string_member (report, "text"), "wrong direction"));
  test_client_ok (client, "'command': 'finish'");
  g_assert_cmpint (test_client_end (client), ==, 0);
}

/* Setting a property cannot fail: test elements tell of a mistake when they are asked. */
static void
test_mistakes_of_test_elements (void)
{
  TestClient *client = test_client_start (NULL);

  test_client_error (client,
      "'command': 'pipeline', 'description': 'ipctestsrc ! ipctestfilter actions=\\\"at buffer: dance\\\" ! "
      "ipctestsink'",
      "\"dance\" cannot be done");
  test_client_error (client, "'command': 'pipeline', 'description': 'ipctestsrc name=x sizes=many ! ipctestsink'",
      "x: sizes: must be");
  test_client_ok (client, "'command': 'pipeline', 'description': 'ipctestsrc ! ipctestfilter name=f ! ipctestsink'");
  test_client_error (client,
      "'command': 'set-property', 'element': 'f', 'property': 'actions', 'value': 'at tea: block'",
      "use state, buffer");
  test_client_ok (
      client, "'command': 'set-property', 'element': 'f', 'property': 'actions', 'value': 'at buffer 3: return eos'");
  test_client_error (
      client, "'command': 'add-branch', 'name': 'b', 'description': 'ipctestsrc sizes=x ! fakesink'", "sizes: must be");
  play_to_eos (client);
  test_client_finish (client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker/pipeline/mistakes-are-named-and-survived", test_pipeline_errors);
  g_test_add_func ("/worker/pipeline/mistakes-of-test-elements-are-named", test_mistakes_of_test_elements);
  g_test_add_func ("/worker/pipeline/elements-are-direct-children-of-the-container", test_slave_container);
  g_test_add_func ("/worker/pipeline/dot-is-the-graph", test_dot);
  g_test_add_func ("/worker/state/each-result-is-told", test_states);
  g_test_add_func ("/worker/state/failure-comes-with-its-error", test_failure);
  g_test_add_func ("/worker/time/is-told-and-kept-by-sinks", test_time);
  g_test_add_func ("/worker/message/posted-fields-are-reported", test_post_message);
  g_test_add_func ("/worker/message/tags-are-reported", test_tags);
  g_test_add_func ("/worker/observe/buffers-with-checksum", test_buffers);
  g_test_add_func ("/worker/observe/buffers-with-times-and-metas-once", test_buffer_meta);
  g_test_add_func ("/worker/observe/each-buffer-of-a-list", test_buffer_lists);
  g_test_add_func ("/worker/observe/events-and-queries", test_events_and_queries);
  g_test_add_func ("/worker/observe/ends-of-links-unasked", test_ends_of_links_are_observed);
  g_test_add_func ("/worker/observe/log-of-glib", test_log);
  g_test_add_func ("/worker/event/sent-events-arrive", test_send_event);
  g_test_add_func ("/worker/event/seek-moves-the-position", test_seek);
  g_test_add_func ("/worker/query/answers-are-told", test_queries);
  g_test_add_func ("/worker/on-message/acts-in-the-thread-that-posts", test_on_message);
  g_test_add_func ("/worker/latency/is-computed-anew", test_recalculate_latency);
  g_test_add_func ("/worker/property/of-many-types", test_properties_of_a_queue);
  g_test_add_func ("/worker/property/of-more-types", test_properties_of_others);
  return g_test_run ();
}
