/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The greeting and the announcement of time: what is built is read as it was, and what is no greeting is refused
 * (EXT-6). g_test makes every critical and warning fatal.
 */

#include <string.h>

#include "greeting.h"
#include "test-util.h"

static const gchar good_greeting[]
    = "gst-ipc-greeting, version=(uint)1, nonce=(guint64)7, features=(string)objects, time-domain=(string)here;";
static const gchar good_time[] = "gst-ipc-time, clock=(string)monotonic, base-time=(guint64)5;";

static void
receive_query (IpcPacket *packet, guint32 type, gboolean upstream, const gchar *text)
{
  g_auto (IpcPacket) built = { 0 };

  built.header.type = IPC_PACKET_QUERY;
  built.header.id = 9;
  built.query.type = type;
  built.query.upstream = upstream;
  built.query.structure = text;
  test_send (&built, packet);
}

static void
test_greeting (void)
{
  IpcGreeting sent = { 0xfedcba9876543210u, IPC_FEATURE_OBJECTS | IPC_FEATURE_METAS | IPC_FEATURE_TIME,
    (gchar *)"a \"machine\", \xc3\xa4;" };
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcPacket) received = { 0 };
  g_auto (IpcPacket) answer = { 0 };
  g_auto (IpcPacket) answered = { 0 };
  g_auto (IpcGreeting) read = { 0 };
  g_auto (IpcGreeting) read_back = { 0 };
  g_autoptr (GError) error = NULL;

  ipc_packet_build_greeting (&packet, &sent);
  test_send (&packet, &received);
  g_assert_cmpint (received.header.type, ==, IPC_PACKET_QUERY);
  g_assert_true (received.query.upstream);
  g_assert_cmpuint (received.query.type, ==, GST_QUERY_CUSTOM);
  g_assert_true (ipc_packet_is_greeting (&received));
  g_assert_false (ipc_packet_is_time (&received));
  g_assert_true (ipc_greeting_from_packet (&received, &read, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (read.nonce, ==, sent.nonce);
  g_assert_cmpint (read.features, ==, sent.features);
  g_assert_cmpstr (read.time_domain, ==, sent.time_domain);
  read.features = IPC_FEATURE_METAS;
  ipc_packet_build_greeting_answer (&answer, 12, &read);
  test_send (&answer, &answered);
  g_assert_cmpint (answered.header.type, ==, IPC_PACKET_QUERY_RESULT);
  g_assert_cmpuint (answered.header.id, ==, 12);
  g_assert_true (answered.query_result.result);
  g_assert_true (ipc_packet_is_greeting (&answered));
  g_assert_true (ipc_greeting_from_packet (&answered, &read_back, &error));
  g_assert_cmpuint (read_back.nonce, ==, sent.nonce);
  g_assert_cmpint (read_back.features, ==, IPC_FEATURE_METAS);
}

static void
test_agreement (void)
{
  IpcGreeting one = { 1, IPC_FEATURE_OBJECTS | IPC_FEATURE_TIME, (gchar *)"here" };
  IpcGreeting other = { 1, IPC_FEATURE_OBJECTS | IPC_FEATURE_METAS, (gchar *)"there" };

  g_assert_cmpint (ipc_greeting_common_features (&one, &other), ==, IPC_FEATURE_OBJECTS);
  g_assert_false (ipc_greeting_shares_time (&one, &other));
  other.time_domain = (gchar *)"here";
  g_assert_true (ipc_greeting_shares_time (&one, &other));
  one.time_domain = other.time_domain = (gchar *)"";
  g_assert_false (ipc_greeting_shares_time (&one, &other));
  one.time_domain = other.time_domain = NULL;
  g_assert_false (ipc_greeting_shares_time (&one, &other));
  g_assert_cmpint (ipc_features_form (0), ==, IPC_FORM_LEGACY);
  g_assert_cmpint (ipc_features_form (IPC_FEATURE_OBJECTS), ==, IPC_FORM_OBJECTS);
  g_assert_cmpint (ipc_features_form (IPC_FEATURE_METAS), ==, IPC_FORM_METAS);
  g_assert_cmpint (ipc_features_form (IPC_FEATURE_TIME), ==, IPC_FORM_LEGACY);
  g_assert_cmpint (ipc_features_form (IPC_FEATURE_MEMORY), ==, IPC_FORM_MEMORY);
  g_assert_cmpint (ipc_features_form (IPC_FEATURE_DMABUF), ==, IPC_FORM_LEGACY);
  g_assert_cmpint (ipc_features_form (IPC_FEATURE_MEMORY | IPC_FEATURE_DMABUF), ==, IPC_FORM_MEMORY | IPC_FORM_DMABUF);
}

/* EXT-6: unknown features are as if not named; none at all is a greeting too. */
static void
test_features (void)
{
  const struct {
    const gchar *text;
    IpcFeatures features;
  } cases[] = {
    { "gst-ipc-greeting, version=(uint)1, nonce=(guint64)0, features=(string)\"\", time-domain=(string)\"\";", 0 },
    { "gst-ipc-greeting, version=(uint)1, nonce=(guint64)0, features=(string)\"fds\\,metas\\,\\,metas\\,x\", "
      "time-domain=(string)x, more=(int)1;",
        IPC_FEATURE_METAS },
    { "gst-ipc-greeting, version=(uint)1, nonce=(guint64)0, features=(string)\"Objects\\, time\", "
      "time-domain=(string)x;",
        0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (IpcPacket) packet = { 0 };
    g_auto (IpcGreeting) greeting = { 0 };
    g_autoptr (GError) error = NULL;

    receive_query (&packet, GST_QUERY_CUSTOM, TRUE, cases[i].text);
    ipc_greeting_from_packet (&packet, &greeting, &error);
    g_assert_no_error (error);
    g_assert_cmpint (greeting.features, ==, cases[i].features);
  }
}

static const gchar *const bad_greetings[] = {
  "gst-ipc-greeting",
  "gst-ipc-greeting;",
  "gst-ipc-greeting, version=",
  "gst-ipc-greeting, version=(uint)2, nonce=(guint64)7, features=(string)objects, time-domain=(string)here;",
  "gst-ipc-greeting, version=(int)1, nonce=(guint64)7, features=(string)objects, time-domain=(string)here;",
  "gst-ipc-greeting, version=(uint)1, nonce=(gint64)7, features=(string)objects, time-domain=(string)here;",
  "gst-ipc-greeting, version=(uint)1, features=(string)objects, time-domain=(string)here;",
  "gst-ipc-greeting, version=(uint)1, nonce=(guint64)7, features=(string)NULL, time-domain=(string)here;",
  "gst-ipc-greeting, version=(uint)1, nonce=(guint64)7, features=(uint)1, time-domain=(string)here;",
  "gst-ipc-greeting, version=(uint)1, nonce=(guint64)7, features=(string)objects;",
  "gst-ipc-greeting, version=(uint)1, nonce=(guint64)7, features=(string)objects, time-domain=(string)here, x=(No)1;",
};

static const gchar *const bad_times[] = {
  "gst-ipc-time",
  "gst-ipc-time, base-time=(guint64)5;",
  "gst-ipc-time, clock=(string)monotonic;",
  "gst-ipc-time, clock=(string)sundial, base-time=(guint64)5;",
  "gst-ipc-time, clock=(string)NULL, base-time=(guint64)5;",
  "gst-ipc-time, clock=(int)1, base-time=(guint64)5;",
  "gst-ipc-time, clock=(string)monotonic, base-time=(gint64)5;",
  "gst-ipc-time, clock=(string)monotonic, base-time=(guint64)18446744073709551615;",
};

static void
check_refused (const gchar *text, gboolean is_greeting)
{
  g_auto (IpcPacket) packet = { 0 };
  g_auto (IpcPacket) answer = { 0 };
  g_auto (IpcPacket) answered = { 0 };
  g_auto (IpcGreeting) greeting = { 0 };
  g_autoptr (GError) error = NULL;
  IpcTime time;

  g_test_message ("%s", text);
  receive_query (&packet, GST_QUERY_CUSTOM, TRUE, text);
  /* it is meant as one, and goes to no pipeline */
  g_assert_cmpint (ipc_packet_is_greeting (&packet), ==, is_greeting);
  g_assert_cmpint (ipc_packet_is_time (&packet), ==, !is_greeting);
  if (is_greeting)
    g_assert_false (ipc_greeting_from_packet (&packet, &greeting, &error));
  else
    g_assert_false (ipc_time_from_packet (&packet, &time, &error));
  g_assert_true (error && error->domain == IPC_WIRE_ERROR);
  ipc_packet_build_query_echo (&answer, &packet, FALSE);
  test_send (&answer, &answered);
  g_assert_cmpuint (answered.header.id, ==, 9);
  g_assert_false (answered.query_result.result);
  g_assert_cmpstr (answered.query_result.structure, ==, text);
}

static void
test_refused (void)
{
  g_autofree gchar *filling = g_strnfill (IPC_GREETING_MAX_TEXT + 1, 'x');
  g_autofree gchar *features = g_strdup_printf (
      "gst-ipc-greeting, version=(uint)1, nonce=(guint64)7, features=(string)%s, time-domain=(string)x;", filling);
  g_autofree gchar *domain = g_strdup_printf (
      "gst-ipc-greeting, version=(uint)1, nonce=(guint64)7, features=(string)x, time-domain=(string)%s;", filling);

  for (guint i = 0; i < G_N_ELEMENTS (bad_greetings); i++)
    check_refused (bad_greetings[i], TRUE);
  check_refused (features, TRUE);
  check_refused (domain, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (bad_times); i++)
    check_refused (bad_times[i], FALSE);
}

static void
test_not_meant (void)
{
  const struct {
    guint32 type;
    gboolean upstream;
    const gchar *text;
  } cases[] = {
    { GST_QUERY_CUSTOM, FALSE, good_greeting },
    { GST_QUERY_URI, TRUE, good_greeting },
    { GST_QUERY_CUSTOM, TRUE, NULL },
    { GST_QUERY_CUSTOM, TRUE, "gst-ipc-greetings, version=(uint)1;" },
    { GST_QUERY_CUSTOM, TRUE, "gst-ipc-time-of-day;" },
    { GST_QUERY_CUSTOM, TRUE, " gst-ipc-time;" },
    { GST_QUERY_CUSTOM, FALSE, good_time },
  };
  IpcPacket lost = { .header.type = IPC_PACKET_STATE_LOST };
  IpcPacket position = { .header.type = IPC_PACKET_QUERY_RESULT, .query_result.type = GST_QUERY_POSITION };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (IpcPacket) packet = { 0 };
    g_auto (IpcGreeting) greeting = { 0 };
    IpcTime time;

    receive_query (&packet, cases[i].type, cases[i].upstream, cases[i].text);
    g_assert_false (ipc_packet_is_greeting (&packet));
    g_assert_false (ipc_packet_is_time (&packet));
    g_assert_false (ipc_greeting_from_packet (&packet, &greeting, NULL));
    g_assert_false (ipc_time_from_packet (&packet, &time, NULL));
  }
  g_assert_false (ipc_packet_is_greeting (&lost));
  g_assert_false (ipc_packet_is_time (&position));
}

/* What a legacy slave does: the structure comes back with FALSE. */
static void
test_answered_false (void)
{
  g_auto (IpcPacket) question = { 0 };
  g_auto (IpcPacket) answer = { 0 };
  g_auto (IpcPacket) answered = { 0 };
  g_auto (IpcGreeting) greeting = { 0 };
  g_autoptr (GError) error = NULL;

  receive_query (&question, GST_QUERY_CUSTOM, TRUE, good_greeting);
  ipc_packet_build_query_echo (&answer, &question, FALSE);
  test_send (&answer, &answered);
  g_assert_true (ipc_packet_is_greeting (&answered));
  g_assert_false (ipc_greeting_from_packet (&answered, &greeting, &error));
  g_assert_error (error, IPC_WIRE_ERROR, IPC_WIRE_ERROR_VALUE);
}

static void
test_time (void)
{
  const GstClockType clocks[] = { GST_CLOCK_TYPE_MONOTONIC, GST_CLOCK_TYPE_REALTIME, GST_CLOCK_TYPE_TAI };

  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++) {
    IpcTime sent = { clocks[i], GST_CLOCK_TIME_NONE - 1 };
    IpcTime read = { 0 };
    IpcTime accepted = { 0 };
    g_auto (IpcPacket) packet = { 0 };
    g_auto (IpcPacket) received = { 0 };
    g_auto (IpcPacket) answer = { 0 };
    g_auto (IpcPacket) answered = { 0 };
    g_autoptr (GError) error = NULL;

    ipc_packet_build_time (&packet, &sent);
    test_send (&packet, &received);
    g_assert_true (ipc_packet_is_time (&received));
    g_assert_true (ipc_time_from_packet (&received, &read, &error));
    g_assert_no_error (error);
    g_assert_cmpint (read.clock, ==, sent.clock);
    g_assert_cmpuint (read.base_time, ==, sent.base_time);
    ipc_packet_build_query_echo (&answer, &received, TRUE);
    test_send (&answer, &answered);
    g_assert_true (ipc_time_from_packet (&answered, &accepted, &error));
    g_assert_cmpuint (accepted.base_time, ==, sent.base_time);
  }
}

/* HOST-7: each byte changed in turn, each length. */
static void
test_damage (void)
{
  const gchar *const texts[] = { good_greeting, good_time };

  for (guint t = 0; t < G_N_ELEMENTS (texts); t++) {
    for (gsize i = 0; i <= 2 * strlen (texts[t]); i++) {
      g_autofree gchar *damaged = g_strdup (texts[t]);
      g_auto (IpcPacket) packet = { 0 };
      g_auto (IpcGreeting) greeting = { 0 };
      IpcTime time;

      damaged[i / 2] ^= i % 2 ? 1 : damaged[i / 2];
      receive_query (&packet, GST_QUERY_CUSTOM, TRUE, *damaged ? damaged : NULL);
      ipc_greeting_from_packet (&packet, &greeting, NULL);
      ipc_time_from_packet (&packet, &time, NULL);
    }
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/greeting/is-read-as-it-was-and-answered", test_greeting);
  g_test_add_func ("/wire/greeting/both-sides-agree", test_agreement);
  g_test_add_func ("/wire/greeting/unknown-features-are-not-named", test_features);
  g_test_add_func ("/wire/greeting/what-is-none-is-refused", test_refused);
  g_test_add_func ("/wire/greeting/other-queries-are-not-meant", test_not_meant);
  g_test_add_func ("/wire/greeting/an-answer-of-false-agrees-on-nothing", test_answered_false);
  g_test_add_func ("/wire/greeting/time-is-read-as-it-was", test_time);
  g_test_add_func ("/wire/greeting/damage-is-an-error", test_damage);
  return g_test_run ();
}
