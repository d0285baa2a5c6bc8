/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Branches that are added to a pipeline and removed from it, in every state. */

#include "test-client.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>

#define LEAKS_TRACER                                                                                                   \
  "GST_TRACERS=leaks(filters=\"GstElement,GstPad,GstBus,GstTask,GstBuffer,GstBufferList,GstEvent,GstMessage,"          \
  "GstQuery\")"

#define TEE                                                                                                            \
  "fakesrc is-live=true do-timestamp=true format=time datarate=100000 sizetype=fixed sizemax=100 ! tee name=tee ! "    \
  "queue ! fakesink name=a async=false"

static TestClient *
start_pipeline (const gchar *container, const gchar *description, const gchar *observe)
{
  TestClient *client = test_client_start (LEAKS_TRACER);
  g_autofree gchar *command
      = g_strdup_printf ("'command': 'pipeline', 'container': '%s', 'description': '%s', 'observe': [%s]", container,
          description, observe);

  test_client_ok (client, command);
  return client;
}

static void
play (TestClient *client)
{
  test_client_ok (client, "'command': 'set-state', 'state': 'playing'");
}

static void
add_branch (TestClient *client, const gchar *members)
{
  g_autofree gchar *command = g_strdup_printf ("'command': 'add-branch', %s", members);

  g_assert_true (json_object_get_boolean_member (test_client_ok (client, command), "result"));
}

/* Buffers that are seen from now on at @pad. */
static void
wait_for_more (TestClient *client, const gchar *pad)
{
  g_autofree gchar *members = g_strdup_printf ("'kind': 'buffer', 'pad': '%s'", pad);

  /* what the worker sees after it has answered */
  test_client_ok (client, "'command': 'get-time'");
  guint since = client->reports->len;
  for (guint i = 0; i < 3; i++) {
    test_client_wait (client, since, members);
    since = client->reports->len;
  }
}

static void
assert_removed (TestClient *client, const gchar *members)
{
  g_autofree gchar *command = g_strdup_printf ("'command': 'remove-branch', %s", members);

  g_assert_cmpstr (json_object_get_string_member (test_client_ok (client, command), "result"), ==, "success");
}

static void
test_tee (void)
{
  TestClient *client = start_pipeline ("pipeline", TEE, "'a.sink'");

  play (client);
  for (guint i = 0; i < 5; i++) {
    guint since = client->reports->len;

    add_branch (client,
        "'name': 'b', 'description': 'queue ! fakesink name=sink async=false', 'to': 'tee.src_%u', 'observe': "
        "['sink.sink']");
    test_client_wait (client, since, "'kind': 'buffer', 'pad': 'sink.sink'");
    assert_removed (client, "'name': 'b'");
    test_client_error (client, "'command': 'get-state', 'element': 'sink'", "no element");
    wait_for_more (client, "a.sink");
  }
  g_assert_cmpuint (test_client_count (client, "'kind': 'message', 'type': 'error'"), ==, 0);
  test_client_finish (client);
}

/* A branch that holds its first buffer until the pipeline plays, which it will not. */
static void
test_at_once (void)
{
  TestClient *client = start_pipeline ("pipeline", "fakesrc ! tee name=tee ! fakesink name=a", "'a.sink'");

  test_client_ok (client, "'command': 'set-state', 'state': 'paused'");
  test_client_ok (client, "'command': 'get-state', 'timeout': 9223372036854775807");
  add_branch (client, "'name': 'b', 'description': 'fakesink name=sink async=false', 'to': 'tee'");
  assert_removed (client, "'name': 'b', 'at-once': true");
  play (client);
  wait_for_more (client, "a.sink");
  g_assert_cmpuint (test_client_count (client, "'kind': 'message', 'type': 'error'"), ==, 0);
  test_client_finish (client);
}

static void
test_static_pad (void)
{
  TestClient *client = start_pipeline ("pipeline",
      "fakesrc is-live=true do-timestamp=true format=time datarate=100000 sizetype=fixed "
      "sizemax=100 ! identity name=end",
      "");

  add_branch (client,
      "'name': 'b', 'description': 'fakesink name=first async=false', 'to': 'end.src', 'observe': ['first.sink']");
  play (client);
  wait_for_more (client, "first.sink");
  assert_removed (client, "'name': 'b'");
  add_branch (client,
      "'name': 'b', 'description': 'fakesink name=second async=false', 'to': 'end', 'observe': ['second.sink']");
  wait_for_more (client, "second.sink");
  g_assert_cmpuint (test_client_count (client, "'kind': 'message', 'type': 'error'"), ==, 0);
  test_client_finish (client);
}

static void
test_source (void)
{
  TestClient *client = start_pipeline ("pipeline",
      "fakesrc is-live=true datarate=100000 sizetype=fixed sizemax=100 ! "
      "funnel name=funnel ! fakesink name=a async=false",
      "'a.sink'");

  play (client);
  add_branch (client, "'name': 'more', 'description': 'fakesrc name=other sizetype=fixed sizemax=7 is-live=true "
                      "datarate=10000', 'to': 'funnel'");
  test_client_wait (client, 0, "'kind': 'buffer', 'pad': 'a.sink', 'size': 7");
  assert_removed (client, "'name': 'more'");
  wait_for_more (client, "a.sink");
  g_assert_cmpuint (test_client_count (client, "'kind': 'message', 'type': 'error'"), ==, 0);
  test_client_finish (client);
}

static void
test_alone_and_later (void)
{
  TestClient *client = start_pipeline ("pipeline", TEE, "");

  play (client);
  test_client_ok (client, "'command': 'add-branch', 'name': 'b', 'description': 'fakesrc is-live=true ! fakesink "
                          "name=sink async=false', 'start': false");
  /* not even a change of the pipeline's state takes it along */
  test_client_ok (client, "'command': 'set-state', 'state': 'paused'");
  JsonObject *reply = test_client_ok (client, "'command': 'get-state', 'element': 'sink'");
  g_assert_cmpstr (json_object_get_string_member (reply, "state"), ==, "null");
  play (client);
  reply = test_client_ok (client, "'command': 'start-branch', 'name': 'b'");
  g_assert_true (json_object_get_boolean_member (reply, "result"));
  reply = test_client_ok (client, "'command': 'get-state', 'element': 'sink', 'timeout': 9223372036854775807");
  g_assert_cmpstr (json_object_get_string_member (reply, "state"), ==, "playing");
  test_client_finish (client);
}

static void
test_mistakes (void)
{
  TestClient *client = start_pipeline ("pipeline", TEE, "");

  test_client_error (client, "'command': 'remove-branch', 'name': 'b'", "not added");
  test_client_error (client, "'command': 'start-branch', 'name': 'b'", "not added");
  test_client_error (client, "'command': 'add-branch', 'name': 'b', 'description': 'nosuch'", "nosuch");
  test_client_error (client, "'command': 'add-branch', 'name': 'tee', 'description': 'fakesink'", "already");
  test_client_error (client, "'command': 'add-branch', 'name': 'pipeline', 'description': 'fakesink'", "already");
  test_client_error (client, "'command': 'add-branch', 'name': 'b', 'description': 'fakesink name=a'", "\"a\" already");
  test_client_error (client, "'command': 'add-branch', 'name': 'b', 'description': 'fakesink', 'to': 'tea'", "tee");
  test_client_error (client, "'command': 'add-branch', 'name': 'b', 'description': 'fakesrc', 'to': 'tee'", "free pad");
  test_client_error (client, "'command': 'add-branch', 'name': 'b', 'description': 'fakesink', 'to': 'a'", "free pad");
  test_client_error (
      client, "'command': 'add-branch', 'name': 'b', 'description': 'fakesrc ! fakesink', 'to': 'tee'", "no pad");
  test_client_error (client,
      "'command': 'add-branch', 'name': 'b', 'description': 'fakesink', 'to': 'tee', 'observe': ['x.y']", "observe");
  /* what failed is not there */
  add_branch (client, "'name': 'b', 'description': 'fakesink', 'to': 'tee'");
  test_client_error (client, "'command': 'start-branch', 'name': 'b'", "started already");
  test_client_error (client, "'command': 'add-branch', 'name': 'b', 'description': 'fakesink', 'to': 'tee'", "already");
  test_client_finish (client);
}

/* A branch that cannot go up is not linked, so that the others play on; it can be removed. */
static void
test_failing_branch (void)
{
  TestClient *client = start_pipeline ("pipeline", TEE, "'a.sink'");

  play (client);
  JsonObject *reply = test_client_ok (client, "'command': 'add-branch', 'name': 'b', 'to': 'tee', 'description': "
                                              "'filesink location=/nonexistent/x'");
  g_assert_false (json_object_get_boolean_member (reply, "result"));
  wait_for_more (client, "a.sink");
  assert_removed (client, "'name': 'b'");
  test_client_finish (client);
}

static void
link_slave (TestClient *master, TestClient *slave)
{
  gint pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  test_client_reply (
      master, test_client_send_with_fds (master, "'command': 'link', 'element': 'out', 'same': true", &pair[0], 1));
  test_client_reply (
      slave, test_client_send_with_fds (slave, "'command': 'link', 'element': 'in', 'same': true", &pair[1], 1));
  g_close (pair[0], NULL);
  g_close (pair[1], NULL);
}

static void
test_slaves_come_and_go (void)
{
  TestClient *master = start_pipeline ("pipeline", TEE, "");

  play (master);
  for (guint i = 0; i < 2; i++) {
    TestClient *slave
        = start_pipeline ("ipcslavepipeline", "ipcpipelinesrc name=in ! fakesink name=sink", "'sink.sink'");

    test_client_ok (master, "'command': 'add-branch', 'name': 'b', 'description': 'queue ! ipcpipelinesink name=out', "
                            "'to': 'tee', 'start': false");
    link_slave (master, slave);
    JsonObject *reply = test_client_ok (master, "'command': 'start-branch', 'name': 'b'");
    g_assert_true (json_object_get_boolean_member (reply, "result"));
    wait_for_more (slave, "sink.sink");
    assert_removed (master, "'name': 'b'");
    test_client_wait (
        slave, 0, "'kind': 'message', 'type': 'state-changed', 'source': 'pipeline', 'old': 'ready', 'new': 'null'");
    test_client_finish (slave);
  }
  g_assert_cmpuint (test_client_count (master, "'kind': 'message', 'type': 'error'"), ==, 0);
  test_client_finish (master);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker/branch/of-a-tee", test_tee);
  g_test_add_func ("/worker/branch/of-a-pad-that-stays", test_static_pad);
  g_test_add_func ("/worker/branch/that-gives-data", test_source);
  g_test_add_func ("/worker/branch/by-itself-and-started-later", test_alone_and_later);
  g_test_add_func ("/worker/branch/that-holds-data-goes-at-once", test_at_once);
  g_test_add_func ("/worker/branch/that-cannot-go-up", test_failing_branch);
  g_test_add_func ("/worker/branch/with-slaves-that-come-and-go", test_slaves_come_and_go);
  g_test_add_func ("/worker/branch/mistakes-leave-nothing", test_mistakes);
  return g_test_run ();
}
