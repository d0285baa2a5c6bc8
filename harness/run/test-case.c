/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The life of a case with workers that misbehave: what hangs, dies or lies is named, and nothing is left over. The
 * worker is a fake one (fake-worker.c), told by its environment what to do.
 */

#include <signal.h>
#include <string.h>

#include <gio/gio.h>

#include "step.h"
#include "test-fake.h"

static guint
count_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir))
    count++;
  return count;
}

/* {{{ good ones */

static void
test_every_kind_has_functions (void)
{
  for (guint i = 0; i < IPC_N_STEP_KINDS; i++) {
    const IpcStepFuncs *funcs = ipc_step_funcs (i);

    g_assert_nonnull (funcs);
    g_assert_nonnull (funcs->start);
    g_assert_nonnull (funcs->poll);
    g_assert_nonnull (funcs->expectation);
  }
}

static void
test_good_case (IpcPlay *play, gconstpointer data)
{
  guint before;

  ipc_fake_load (play, "",
      IPC_FAKE_SET_STATE
      "," IPC_FAKE_WAIT_STATE ","
      "{\"act\": \"mark\", \"name\": \"here\"},"
      "{\"act\": \"set-property\", \"process\": \"master\", \"element\": \"out\", \"property\": \"a\", \"value\": 7},"
      "{\"check\": \"property\", \"process\": \"master\", \"element\": \"out\", \"property\": \"a\", \"value\": 7},"
      "{\"wait\": \"position\", \"process\": \"master\", \"at-least\": \"1s\"},"
      "{\"check\": \"count\", \"kind\": \"message\", \"process\": \"master\", \"equals\": 0, \"since\": \"here\"},"
      "{\"check\": \"order\", \"since\": \"start\", \"items\": [{\"kind\": \"message\", \"process\": \"master\"},"
      " {\"kind\": \"mark\", \"name\": \"here\"}]},"
      "{\"act\": \"set-state\", \"process\": \"master\", \"state\": \"null\"},"
      "{\"wait\": \"state\", \"process\": \"master\", \"state\": \"null\"}");
  before = count_fds ();
  ipc_play_run (play, NULL);
  g_assert_cmpuint (count_fds (), ==, before);
  ipc_play_assert_end (play, "done", "^$");
  ipc_fake_assert_all_reaped (play);
  g_assert_nonnull (ipc_play_find (play, "teardown", "done", NULL, 0));
  g_assert_true (ipc_record_bool (ipc_play_find (play, "process", "exited", "master", 0), "sent", FALSE));
}

static void
test_spawned_again (IpcPlay *play, gconstpointer data)
{
  ipc_fake_load (play, "",
      "{\"act\": \"signal-process\", \"process\": \"viewer\", \"signal\": \"kill\"},"
      "{\"wait\": \"exit\", \"process\": \"viewer\", \"signal\": \"kill\"},"
      "{\"act\": \"spawn\", \"process\": \"viewer\"},"
      "{\"act\": \"connect\", \"link\": \"audio\"}," IPC_FAKE_SET_STATE "," IPC_FAKE_WAIT_STATE);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "done", "^$");
  ipc_fake_assert_all_reaped (play);
  g_assert_cmpint (ipc_record_int (ipc_play_find (play, "link", "connected", NULL, 1), "generation", 0), ==, 2);
  g_assert_cmpint (ipc_record_int (ipc_play_find (play, "process", "exited", "viewer", 0), "signal", 0), ==, SIGKILL);
  g_assert_cmpint (ipc_record_int (ipc_play_find (play, "process", "exited", "viewer", 1), "status", -1), ==, 0);
}

/* The first list waits for what only the second brings about. */
static void
test_together (IpcPlay *play, gconstpointer data)
{
  ipc_fake_load (play, "",
      "{\"together\": [[" IPC_FAKE_WAIT_STATE "," IPC_FAKE_MARK ("a") "], [" IPC_FAKE_MARK (
          "b") "," IPC_FAKE_SET_STATE "," IPC_FAKE_MARK ("c") "]]}," IPC_FAKE_MARK ("d"));
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "done", "^$");
  g_assert_cmpint (ipc_fake_step_index (play, "steps[0].together[0][0]", "started"), <,
      ipc_fake_step_index (play, "steps[0].together[1][0]", "started"));
  g_assert_cmpint (ipc_fake_step_index (play, "steps[0].together[1][1]", "started"), <,
      ipc_fake_step_index (play, "steps[0].together[0][0]", "done"));
  g_assert_cmpint (ipc_fake_step_index (play, "steps[0].together[0][1]", "done"), <,
      ipc_fake_step_index (play, "steps[1]", "started"));
  g_assert_cmpint (ipc_fake_step_index (play, "steps[0].together[1][2]", "done"), <,
      ipc_fake_step_index (play, "steps[1]", "started"));
}

/* A step that fails ends all, although another could go on for ever. */
static void
test_together_fails (IpcPlay *play, gconstpointer data)
{
  /* what only ends because nothing is observed any more would not end here */
  play->settings.timeout_scale = 1000;
  ipc_fake_load (play, "",
      "{\"together\": [[" IPC_FAKE_WAIT_EOS "], [" IPC_FAKE_SET_STATE "," IPC_FAKE_WAIT_STATE
      ", {\"check\": \"state\", \"process\": \"master\", "
      "\"state\": \"null\"}]]}");
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "failed", "^steps\\[0\\]\\.together\\[1\\]\\[2\\] \\(check state .*expected .*null");
}

static void
test_together_deadline (IpcPlay *play, gconstpointer data)
{
  ipc_fake_load (play, "",
      "{\"together\": [[" IPC_FAKE_WAIT_EOS "], [{\"wait\": \"message\", \"process\": \"viewer\", \"type\": \"eos\", "
      "\"deadline\": \"10ms\"}]]}");
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "timeout", "^steps\\[0\\]\\.together\\[1\\]\\[0\\] .*the step's deadline passed");
}

#define CHECK_TIME(more) "{\"check\": \"time\", \"processes\": [\"viewer\", \"master\"], \"since\": \"start\"" more "}"

static void
assert_measured (IpcPlay *play, const gchar *name, gint64 value)
{
  for (guint i = 0; i < ipc_history_length (play->history); i++) {
    JsonObject *record = ipc_history_get (play->history, i);

    if (ipc_record_is (record, "measurement") && g_strcmp0 (ipc_record_string (record, "name"), name) == 0) {
      g_assert_cmpint (ipc_record_int (record, "value", -1), ==, value);
      return;
    }
  }
  g_error ("%s was not measured", name);
}

static void
test_same_time (IpcPlay *play, gconstpointer data)
{
  ipc_fake_load (play, "late", CHECK_TIME (", \"within\": \"3ms\""));
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "done", "^$");
  assert_measured (play, "latency of viewer.sink", 7000000);
  assert_measured (play, "frames rendered by viewer and master", 5);
  assert_measured (play, "skew of master behind viewer, median", 3000000);
  assert_measured (play, "skew of master behind viewer, greatest", 3000000);
}

/* }}} */
/* {{{ failures */

static void
test_other_time (IpcPlay *play, gconstpointer data)
{
  const gchar *const *trap = data;

  ipc_fake_load (play, trap[0], CHECK_TIME (", \"within\": \"2999us\""));
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "failed", trap[1]);
  assert_measured (play, "latency of viewer.sink", 7000000);
}

static void
test_wrong_check (IpcPlay *play, gconstpointer data)
{
  g_autofree gchar *dot = g_build_filename (play->artifacts, "master.dot", NULL);
  JsonObject *failed;

  ipc_fake_load (play, "",
      IPC_FAKE_SET_STATE
      ","
      "{\"check\": \"property\", \"process\": \"master\", \"element\": \"out\", \"property\": \"a\", \"value\": 8}");
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "failed", "steps\\[1\\].* expected a of out in master to be 8, but it is 7");
  failed = ipc_play_find (play, "step", "failed", NULL, 0);
  g_assert_cmpstr (ipc_record_string (failed, "path"), ==, "steps[1]");
  g_assert_cmpstr (ipc_record_string (failed, "seen"), ==, "it is 7");
  g_assert_true (g_file_test (dot, G_FILE_TEST_EXISTS));
  ipc_fake_assert_all_reaped (play);
}

static void
test_error_answer (IpcPlay *play, gconstpointer data)
{
  ipc_fake_load (play, "error set-state", IPC_FAKE_SET_STATE "," IPC_FAKE_WAIT_STATE);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "failed", "master answered set-state with an error: because FAKE says so");
}

static void
test_command_that_hangs (IpcPlay *play, gconstpointer data)
{
  play->settings.timeout_scale = 0.15;
  ipc_fake_load (play, "hang seek", "{\"act\": \"seek\", \"process\": \"master\"}," IPC_FAKE_WAIT_STATE);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "timeout", "steps\\[0\\].*nothing was observed any more while waiting for seek of master");
  g_assert_nonnull (ipc_play_find (play, "teardown", "done", NULL, 0));
  g_assert_cmpint (ipc_record_int (ipc_play_find (play, "process", "exited", "master", 0), "status", -1), ==, 0);
  ipc_fake_assert_all_reaped (play);
}

/* Silence is no wonder as long as a step says that its command may take: four times the idle limit. */
static void
test_command_that_may_take_long (IpcPlay *play, gconstpointer data)
{
  gint64 started, ended;

  play->settings.timeout_scale = 0.02;
  ipc_fake_load (
      play, "hang seek", "{\"act\": \"seek\", \"process\": \"master\", \"within\": \"60s\"}," IPC_FAKE_WAIT_STATE);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "timeout", "steps\\[0\\].*nothing was observed any more while waiting for seek of master");
  started = ipc_record_int (ipc_play_find (play, "step", "started", NULL, 0), "t", 0);
  ended = ipc_record_int (ipc_play_find (play, "step", "failed", NULL, 0), "t", 0);
  g_assert_cmpint (ended - started, >=, 1200 * G_GINT64_CONSTANT (1000000));
}

/* A nanosecond is too short for anything. */
static void
test_answer_that_is_late (IpcPlay *play, gconstpointer data)
{
  ipc_fake_load (play, "",
      "{\"act\": \"set-state\", \"process\": \"master\", \"state\": \"playing\", \"within\": \"1h\"},"
      "{\"check\": \"query\", \"process\": \"master\", \"query\": \"position\", \"within\": 1, \"match\": {\"result\": "
      "true}}");
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "failed", "steps\\[1\\].* but it took [0-9.]+ s, longer than 0.000 s");
}

/* The seek is never answered, and nobody minds. */
static void
test_background (IpcPlay *play, gconstpointer data)
{
  ipc_fake_load (play, "hang seek",
      "{\"act\": \"seek\", \"process\": \"master\", \"background\": true},"
      "{\"act\": \"query\", \"process\": \"master\", \"query\": \"position\"}," IPC_FAKE_SET_STATE
      "," IPC_FAKE_WAIT_STATE);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "done", "^$");
  g_assert_null (ipc_play_find (play, "step", "failed", NULL, 0));
}

static void
test_wait_in_vain (IpcPlay *play, gconstpointer data)
{
  play->settings.timeout_scale = 0.15;
  ipc_fake_load (play, "", IPC_FAKE_SET_STATE "," IPC_FAKE_WAIT_EOS);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "timeout", "steps\\[1\\].*while waiting for message eos of master");
  g_assert_nonnull (strstr (ipc_record_string (ipc_play_find (play, "step", "failed", NULL, 0), "seen"),
      "last seen: master: message state-changed"));
}

static void
test_polled_position_is_no_life (IpcPlay *play, gconstpointer data)
{
  play->settings.timeout_scale = 0.15;
  ipc_fake_load (play, "", "{\"wait\": \"position\", \"process\": \"master\", \"at-least\": \"100h\"}");
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "timeout", "nothing was observed any more while waiting for the position of master");
}

static void
test_deadline (IpcPlay *play, gconstpointer data)
{
  ipc_fake_load (
      play, "", "{\"wait\": \"message\", \"process\": \"viewer\", \"type\": \"eos\", \"deadline\": \"50ms\"}");
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "timeout", "the step's deadline passed while waiting for message eos of viewer");
}

static void
test_hard_limit (IpcPlay *play, gconstpointer data)
{
  play->settings.timeout_scale = 0.1;
  ipc_fake_load (play, "chatter set-state", IPC_FAKE_SET_STATE "," IPC_FAKE_WAIT_EOS);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "timeout", "the case's time was up while waiting for set_state");
  ipc_fake_assert_all_reaped (play);
}

static void
test_limit_of_the_scenario (IpcPlay *play, gconstpointer data)
{
  IpcScenarioCase *scenario;

  ipc_fake_load (play, "chatter set-state", IPC_FAKE_SET_STATE "," IPC_FAKE_WAIT_EOS);
  scenario = play->cases->pdata[0];
  g_assert_cmpint (scenario->within, ==, 120 * G_GINT64_CONSTANT (1000000000));
  scenario->within = G_GINT64_CONSTANT (1500000000);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "timeout", "the case's time was up while waiting for set_state");
  ipc_fake_assert_all_reaped (play);
}

static void
test_worker_that_dies (IpcPlay *play, gconstpointer data)
{
  JsonObject *exited;

  ipc_fake_load (play, "die set-state", IPC_FAKE_SET_STATE "," IPC_FAKE_WAIT_STATE);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "failed", "master was killed by signal 11 .* before it answered set-state");
  exited = ipc_play_find (play, "process", "exited", "master", 0);
  g_assert_cmpint (ipc_record_int (exited, "signal", 0), ==, SIGSEGV);
  g_assert_false (ipc_record_bool (exited, "sent", TRUE));
  ipc_fake_assert_all_reaped (play);
}

static void
test_last_words (IpcPlay *play, gconstpointer data)
{
  guint said = 0;

  ipc_fake_load (play, "flood set-state", IPC_FAKE_SET_STATE "," IPC_FAKE_WAIT_STATE);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "failed", "master exited with status 0 before it answered set-state");
  for (guint i = 0; i < ipc_history_length (play->history); i++) {
    JsonObject *record = ipc_history_get (play->history, i);

    if (ipc_record_is (record, "process") && g_str_equal (ipc_record_string (record, "event"), "exited"))
      break;
    said += g_strcmp0 (ipc_record_string (record, "source"), "noise") == 0;
  }
  g_assert_cmpuint (said, ==, 20000);
}

static void
test_waits_for_the_dead_fail (IpcPlay *play, gconstpointer data)
{
  ipc_fake_load (play, "",
      "{\"act\": \"signal-process\", \"process\": \"master\", \"signal\": \"kill\"},"
      "{\"wait\": \"exit\", \"process\": \"master\"}," IPC_FAKE_WAIT_EOS);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "failed", "master was killed by signal 9 .*none came");
}

static void
test_wrong_exit (IpcPlay *play, gconstpointer data)
{
  ipc_fake_load (play, "",
      "{\"act\": \"signal-process\", \"process\": \"master\", \"signal\": \"term\"},"
      "{\"wait\": \"exit\", \"process\": \"master\", \"status\": 0}");
  ipc_play_run (play, NULL);
  ipc_play_assert_end (
      play, "failed", "expected the end of master with the status 0, but master was killed by signal 15");
}

static void
test_dies_in_build (IpcPlay *play, gconstpointer data)
{
  ipc_fake_load (play, "exit pipeline", IPC_FAKE_WAIT_STATE);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "harness-error", "master exited with status 5 while its pipeline was built");
  ipc_fake_assert_all_reaped (play);
}

static void
test_pipeline_error (IpcPlay *play, gconstpointer data)
{
  ipc_fake_load (play, "error pipeline", IPC_FAKE_WAIT_STATE);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "harness-error", "the pipeline of master cannot be built: because FAKE says so");
}

/* }}} */
/* {{{ liars */

static void
test_liar (IpcPlay *play, gconstpointer data)
{
  const gchar *const *lie = data;

  ipc_fake_load (play, lie[0], IPC_FAKE_SET_STATE "," IPC_FAKE_WAIT_EOS);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "harness-error", lie[1]);
  ipc_fake_assert_all_reaped (play);
}

static void
test_silent_worker (IpcPlay *play, gconstpointer data)
{
  play->settings.timeout_scale = 0.15;
  ipc_fake_load (play, "mute", IPC_FAKE_WAIT_STATE);
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "timeout", "waiting for all workers to build their pipelines");
  ipc_fake_assert_all_reaped (play);
}

static void
test_probe (IpcPlay *play, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ipc_run_prepare (play->implementation, play->settings.master_worker, play->folder, &error));
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (play->implementation->plugin, "/plugins/libfake.so"));
  g_assert_cmpstr (play->implementation->gstreamer, ==, "1.22.0");
  g_assert_true (g_str_has_prefix (play->implementation->registry, play->folder));
}

static void
test_wrong_plugin_in_probe (IpcPlay *play, gconstpointer data)
{
  g_autofree gchar *liar = g_strdup_printf ("env 'FAKE=plugin /bin/sh' %s", play->settings.master_worker);
  g_autoptr (GError) error = NULL;

  g_assert_false (ipc_run_prepare (play->implementation, liar, play->folder, &error));
  g_assert_nonnull (strstr (error->message, "come from /bin/sh, expected a plugin in "));
  g_assert_nonnull (strstr (error->message, play->implementation->folder));
}

static void
test_no_worker (IpcPlay *play, gconstpointer data)
{
  ipc_fake_load (play, "", IPC_FAKE_WAIT_STATE);
  play->settings.master_worker = play->settings.slave_worker = "/nonexistent/worker";
  ipc_play_run (play, NULL);
  ipc_play_assert_end (play, "harness-error", "cannot start the worker of master: .*/nonexistent/worker");
}

static void
test_no_plugin (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ipc_implementation_new ("/nonexistent", &error));
  g_assert_nonnull (strstr (error->message, "there is no folder /nonexistent"));
  g_clear_error (&error);
  g_assert_null (ipc_implementation_new ("/proc/self/fd", &error));
  g_assert_nonnull (strstr (error->message, "no plugin (*.so) in"));
}

static void
test_folder_not_empty (IpcPlay *play, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  ipc_fake_load (play, "", IPC_FAKE_WAIT_STATE);
  g_assert_null (ipc_run_case (g_ptr_array_index (play->cases, 0), &play->settings, play->folder, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_EMPTY);
}

/* }}} */

static const gchar *const lies[][3] = {
  { "/case/a liar/not JSON", "text hello?", "master: the worker sent a line that is not JSON: .*hello\\?" },
  { "/case/a liar/not an object", "text [1]", "master: the worker sent a line that is not a JSON object: \\[1\\]" },
  { "/case/a liar/a text nested too deep", "nest",
      "master: the worker sent a line that is nested more than 64 deep: \\{" },
  { "/case/a liar/an answer to nothing", "text {'kind':'reply','t':1,'reply':77,'ok':true}",
      "master: the worker answered command 77, which it was not given" },
  { "/case/a liar/a kind of the harness", "text {'kind':'end','outcome':'done'}",
      "master: the worker sent a report of the kind \"end\"" },
  { "/case/a liar/two hellos", "text {'kind':'hello','worker':1}", "master: the worker said hello twice" },
  { "/case/a liar/another version", "version", "master: the worker speaks version 99 of the control protocol" },
  { "/case/a liar/another plugin", "plugin /bin/sh",
      "master: the elements come from /bin/sh, expected a plugin in /.*plugins" },
};

static const gchar *const times[][2] = {
  { "quartz", "the clock of viewer is .*monotonic.*, that of master is .*quartz" },
  { "odd", "the base-time of viewer is 5, that of master is 6" },
  { "slow", "the latency of viewer.sink is 7.000 ms, that of master.sink is 9.000 ms" },
  { "blind", "no two of them rendered a frame in common" },
  { "late", "master rendered the same frames 3.000 ms after viewer" },
};

#define ADD(name, func) g_test_add ("/case/" name, IpcPlay, NULL, ipc_fake_set_up, func, ipc_fake_tear_down)

static void
add_tests (void)
{
  g_test_add_func ("/case/every kind of step has its functions", test_every_kind_has_functions);
  ADD ("a good one is played and leaves nothing open", test_good_case);
  ADD ("a process is started again and connected", test_spawned_again);
  ADD ("lists of steps are played side by side", test_together);
  ADD ("a step that fails ends the lists beside it", test_together_fails);
  ADD ("a deadline in one of two lists", test_together_deadline);
  ADD ("a check that does not hold fails with what was seen", test_wrong_check);
  ADD ("an answer that is an error fails the step", test_error_answer);
  ADD ("a command that hangs times out", test_command_that_hangs);
  ADD ("a command that may take long is given its time", test_command_that_may_take_long);
  ADD ("an answer that comes later than allowed fails the step", test_answer_that_is_late);
  ADD ("what goes on in the background holds nothing up", test_background);
  ADD ("a wait in vain times out and says what was last seen", test_wait_in_vain);
  ADD ("asking for the position is no sign of life", test_polled_position_is_no_life);
  ADD ("a deadline of a step is kept", test_deadline);
  ADD ("noise does not hold a case up for ever", test_hard_limit);
  ADD ("a scenario has a limit of its own", test_limit_of_the_scenario);
  ADD ("a worker that dies fails the step at once", test_worker_that_dies);
  ADD ("what a worker said before its end is recorded before it", test_last_words);
  ADD ("a wait for something of the dead fails", test_waits_for_the_dead_fail);
  ADD ("another end than the expected one fails", test_wrong_exit);
  ADD ("a worker that ends while building is named", test_dies_in_build);
  ADD ("a pipeline that cannot be built is named", test_pipeline_error);
  ADD ("a silent worker is given up", test_silent_worker);
  ADD ("the probe says which plugin there is", test_probe);
  ADD ("pipelines that go by the same time are measured", test_same_time);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autofree gchar *path
        = g_strdup_printf ("/case/pipelines that do not go by the same time are told/%s", times[i][0]);

    g_test_add (path, IpcPlay, times[i], ipc_fake_set_up, test_other_time, ipc_fake_tear_down);
  }
  ADD ("a wrong plugin is found by the probe", test_wrong_plugin_in_probe);
  ADD ("a worker that does not exist is named", test_no_worker);
  g_test_add_func ("/case/an implementation without a plugin is refused", test_no_plugin);
  ADD ("a folder with something in it is refused", test_folder_not_empty);
  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    g_test_add (lies[i][0], IpcPlay, &lies[i][1], ipc_fake_set_up, test_liar, ipc_fake_tear_down);
}

int
main (int argc, char **argv)
{
  ipc_fake_init ();
  g_test_init (&argc, &argv, NULL);
  add_tests ();
  return g_test_run ();
}
