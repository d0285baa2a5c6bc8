/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Steps that are played until a fault has struck. The master sends one packet when it is told to, and the fault strikes
 * that; or it does not.
 */

#include <gio/gio.h>

#include "test-fake.h"

#define FAULT(name, type)                                                                                              \
  "{\"act\": \"fault\", \"link\": \"audio\", \"name\": \"" name "\", \"do\": \"drop\", \"when\": {\"type\": \"" type   \
  "\"}}"
#define UNTIL(name, steps) "{\"until\": \"" name "\", \"steps\": [" steps "]}"
#define SEEK "{\"act\": \"seek\", \"process\": \"master\", \"background\": true}"
#define STRUCK "{\"wait\": \"fault\", \"link\": \"audio\", \"name\": \"sweep\"}"
#define BEHIND IPC_FAKE_MARK ("behind")
/* Fails at once, by itself. */
#define WRONG_CHECK                                                                                                    \
  "{\"check\": \"count\", \"kind\": \"message\", \"process\": \"viewer\", \"since\": \"start\", \"equals\": 1}"

static gint64
index_of_strike (IpcPlay *play, const gchar *name)
{
  for (guint i = 0; i < ipc_history_length (play->history); i++) {
    JsonObject *record = ipc_history_get (play->history, i);

    if (ipc_record_is (record, "fault") && g_strcmp0 (ipc_record_string (record, "event"), "struck") == 0
        && g_strcmp0 (ipc_record_string (record, "name"), name) == 0)
      return i;
  }
  return -1;
}

static void
assert_went_on (IpcPlay *play, const gchar *behind)
{
  ipc_play_assert_end (play, "done", "^$");
  g_assert_cmpint (index_of_strike (play, "sweep"), >=, 0);
  g_assert_cmpint (ipc_fake_step_index (play, behind, "started"), >, index_of_strike (play, "sweep"));
  g_assert_cmpint (ipc_fake_step_index (play, behind, "done"), >, 0);
}

/* What is under way would go on for ever, in two lists within. */
static void
test_given_up (IpcPlay *play, gconstpointer data)
{
  gint64 struck;

  play->settings.timeout_scale = 1000;
  ipc_fake_load (play, "speak seek",
      FAULT ("sweep", "STATE_CHANGE") "," UNTIL ("sweep",
          "{\"together\": [[" SEEK "," IPC_FAKE_WAIT_EOS "], ["
          "{\"wait\": \"exit\", \"process\": \"viewer\"}," IPC_FAKE_MARK ("never") "]]}") "," BEHIND);
  ipc_play_run (play, NULL);
  assert_went_on (play, "steps[2]");
  struck = index_of_strike (play, "sweep");
  g_assert_cmpint (ipc_fake_step_index (play, "steps[1].steps[0].together[0][1]", "given-up"), >, struck);
  g_assert_cmpint (ipc_fake_step_index (play, "steps[1].steps[0].together[1][0]", "given-up"), >, struck);
  g_assert_cmpint (ipc_fake_step_index (play, "steps[1].steps[0].together[1][1]", "started"), ==, -1);
}

/* The check has failed long before the answer to the seek could bring the packet: the fault excuses it. */
static void
test_failed_before (IpcPlay *play, gconstpointer data)
{
  play->settings.timeout_scale = 1000;
  ipc_fake_load (play, "speak seek",
      FAULT ("sweep", "STATE_CHANGE") "," UNTIL ("sweep", SEEK "," WRONG_CHECK "," IPC_FAKE_MARK ("never")) "," BEHIND);
  ipc_play_run (play, NULL);
  assert_went_on (play, "steps[2]");
  g_assert_cmpint (ipc_fake_step_index (play, "steps[1].steps[1]", "given-up"), >, index_of_strike (play, "sweep"));
  g_assert_cmpint (ipc_fake_step_index (play, "steps[1].steps[2]", "started"), ==, -1);
}

/* The steps have ended, and the fault is still to come. */
static void
test_ended_before (IpcPlay *play, gconstpointer data)
{
  play->settings.timeout_scale = 1000;
  ipc_fake_load (play, "speak seek",
      FAULT ("sweep", "STATE_CHANGE") "," UNTIL ("sweep", SEEK "," IPC_FAKE_MARK ("last")) "," STRUCK);
  ipc_play_run (play, NULL);
  assert_went_on (play, "steps[2]");
  g_assert_cmpint (ipc_fake_step_index (play, "steps[1].steps[1]", "done"), <, index_of_strike (play, "sweep"));
}

/* The fault has struck before its group begins: nothing of that is played. */
static void
test_struck_already (IpcPlay *play, gconstpointer data)
{
  play->settings.timeout_scale = 1000;
  ipc_fake_load (play, "speak set-state",
      FAULT ("sweep", "STATE_CHANGE") "," IPC_FAKE_SET_STATE "," STRUCK
                                      "," UNTIL ("sweep", IPC_FAKE_WAIT_EOS) "," BEHIND);
  ipc_play_run (play, NULL);
  assert_went_on (play, "steps[4]");
  g_assert_cmpint (ipc_fake_step_index (play, "steps[3].steps[0]", "started"), ==, -1);
}

/* Another fault strikes, and excuses nothing. */
static void
test_another_fault (IpcPlay *play, gconstpointer data)
{
  play->settings.timeout_scale = 0.02;
  ipc_fake_load (play, "speak set-state",
      FAULT ("sweep", "BUFFER") "," FAULT ("other", "STATE_CHANGE") "," UNTIL (
          "sweep", IPC_FAKE_SET_STATE "," IPC_FAKE_WAIT_STATE "," WRONG_CHECK) "," BEHIND);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "failed", "^steps\\[2\\]\\.steps\\[2\\] \\(check count ");
  g_assert_cmpint (index_of_strike (play, "other"), >, 0);
  g_assert_cmpint (ipc_fake_step_index (play, "steps[3]", "started"), ==, -1);
}

static void
test_in_vain (IpcPlay *play, gconstpointer data)
{
  play->settings.timeout_scale = 0.02;
  ipc_fake_load (
      play, "", FAULT ("sweep", "BUFFER") "," UNTIL ("sweep", IPC_FAKE_SET_STATE "," IPC_FAKE_WAIT_STATE) "," BEHIND);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "failed", "^expected the fault sweep to strike, but it did not");
  g_assert_cmpint (ipc_fake_step_index (play, "steps[2]", "started"), ==, -1);
}

/* Nobody has to send what is beyond the legacy protocol, and a fault at such a packet shows nothing then. */
static void
test_beyond_legacy (IpcPlay *play, gconstpointer data)
{
  play->settings.timeout_scale = 0.02;
  ipc_fake_load (play, "",
      "{\"act\": \"fault\", \"link\": \"audio\", \"name\": \"sweep\", \"do\": \"drop\", "
      "\"when\": {\"point\": \"to-slave.QUERY.gst-ipc-time.1\"}}," UNTIL (
          "sweep", IPC_FAKE_SET_STATE "," IPC_FAKE_WAIT_STATE));
  ipc_play_run (play, NULL);
  ipc_play_assert_end (
      play, "unsupported", "^the peers agreed on nothing .*: there is no to-slave.QUERY.gst-ipc-time.1$");
}

#define ADD(name, func) g_test_add ("/until/" name, IpcPlay, NULL, ipc_fake_set_up, func, ipc_fake_tear_down)

int
main (int argc, char **argv)
{
  ipc_fake_init ();
  g_test_init (&argc, &argv, NULL);
  ADD ("what is under way when the fault strikes is given up", test_given_up);
  ADD ("a step that failed before the fault strikes is excused", test_failed_before);
  ADD ("steps that have ended wait for the fault", test_ended_before);
  ADD ("a fault that has struck already leaves nothing to play", test_struck_already);
  ADD ("another fault excuses nothing", test_another_fault);
  ADD ("a fault that does not strike is the failure", test_in_vain);
  ADD ("a fault at what the peers did not agree on is unsupported", test_beyond_legacy);
  return g_test_run ();
}
