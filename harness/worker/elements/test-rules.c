/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What test elements are told in words (rules, sizes), and the bytes that they make and check: without a pipeline. */

#include "pattern.h"
#include "rule.h"
#include "sizes.h"

#include <string.h>

static void
test_rules_parse (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rules
      = ipc_rules_parse (" at buffer 5: return eos;every event custom-upstream 2 : post element "
                         "'a, b=(string)\"x;y\"'; from state ready-to-paused: delay 1.5s ; ",
          &error);

  g_assert_no_error (error);
  g_assert_cmpuint (rules->len, ==, 3);
  const IpcRule *first = rules->pdata[0], *second = rules->pdata[1], *third = rules->pdata[2];
  g_assert_cmpint (first->point, ==, IPC_RULE_AT_BUFFER);
  g_assert_cmpint (first->when, ==, IPC_RULE_ONCE);
  g_assert_cmpuint (first->nth, ==, 5);
  g_assert_cmpint (first->value, ==, GST_FLOW_EOS);
  g_assert_cmpstr (first->source, ==, "at buffer 5: return eos");
  g_assert_cmpint (second->when, ==, IPC_RULE_EVERY);
  g_assert_cmpuint (second->nth, ==, 2);
  g_assert_cmpstr (second->text, ==, "a, b=(string)\"x;y\"");
  g_assert_cmpint (third->when, ==, IPC_RULE_FROM);
  g_assert_cmpuint (third->kind, ==, GST_STATE_CHANGE_READY_TO_PAUSED);
  g_assert_cmpuint (third->time, ==, 1500 * GST_MSECOND);
}

static void
test_rules_mistakes (void)
{
  static const gchar *const wrong[][2] = {
    { "sometimes buffer: block", "\"at\", \"every\" or \"from\"" },
    { "at", "nothing that happens" },
    { "at tea: block", "use state, buffer" },
    { "at buffer: set-state", "null ready paused playing" },
    { "at buffer: set-state flying", "null ready paused playing" },
    { "at buffer: set-state paused now", "too much" },
    { "at buffer", "\":\"" },
    { "at buffer 0: block", "from 1 on" },
    { "at buffer five: block", "five" },
    { "at buffer 5 block", "\":\"" },
    { "at buffer 5:", "use one of return" },
    { "at buffer: fail", "cannot be done at \"buffer\"" },
    { "at state: block", "which state" },
    { "at state up: block", "null-to-ready" },
    { "at event lunch: block", "flush-start" },
    { "at query weather: block", "position" },
    { "at event eos: return eos", "cannot be done at \"event\"" },
    { "at buffer: return", "return what" },
    { "at buffer: return home", "not-linked" },
    { "at buffer: return eos now", "\"now\" is too much" },
    { "at buffer: block now", "too much" },
    { "at buffer: delay", "needs a time" },
    { "at buffer: delay 5", "20ms" },
    { "at buffer: delay -5ms", "20ms" },
    { "at buffer: exit 256", "0 to 255" },
    { "at buffer: post", "type of a message" },
    { "at buffer: post letter", "application" },
    { "at buffer: post element", "structure" },
    { "at buffer: post element '='", "GstStructure" },
    { "at buffer: post error 'x' colour=red", "domain code debug" },
    { "at buffer: post error 'x' 'y'", "name=value" },
    { "at buffer: post error 'x", "no end" },
    { "at buffer: send", "type of an event" },
    { "at buffer: send gap", "timestamp" },
    { "at buffer: send gap timestamp=0 duration=long", "20ms" },
    { "at query position: answer duration=5s", "position" },
    { "at query scheduling: answer x=1", "cannot be answered" },
    { "at query convert: answer", "value" },
    { "at query formats: answer formats=[time,tea]", "no format" },
    { "at query buffering: answer percent=101", "within 0 and 100" },
    { "at query context: answer n=[a]", "a list" },
    { "at query caps: answer", "caps" },
    { "at buffer 1: swallow; at buffer 2: jump", "\"at buffer 2: jump\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    if (ipc_rules_parse (wrong[i][0], &error) != NULL)
      g_error ("\"%s\" has no mistake", wrong[i][0]);
    if (strstr (error->message, wrong[i][1]) == NULL)
      g_error ("\"%s\": the mistake must name \"%s\", but is \"%s\"", wrong[i][0], wrong[i][1], error->message);
  }
}

static void
test_pattern (void)
{
  static const gsize sizes[] = { 0, 1, 15, 16, 17, 1000 };
  guint8 data[1000];
  gchar *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint64 number = 7;

    ipc_pattern_fill (data, sizes[i], 7);
    g_assert_true (ipc_pattern_check (data, sizes[i], &number, &text));
    g_assert_cmpuint (number, ==, 7);
    for (gsize byte = 0; byte < sizes[i]; byte++) {
      data[byte] ^= 1;
      g_assert_false (ipc_pattern_check (data, sizes[i], &number, &text));
      g_clear_pointer (&text, g_free);
      data[byte] ^= 1;
      number = 7;
    }
  }
}

static void
test_sizes (void)
{
  IpcSizes *range = ipc_sizes_parse ("10-12"), *list = ipc_sizes_parse ("0,5");
  guint seen = 0;

  for (guint i = 0; i < 100; i++) {
    gsize size = ipc_sizes_of (range, i);

    g_assert_cmpuint (size, >=, 10);
    g_assert_cmpuint (size, <=, 12);
    seen |= 1u << (size - 10);
    g_assert_cmpuint (ipc_sizes_of (list, i), ==, i % 2 ? 5 : 0);
  }
  g_assert_cmpuint (seen, ==, 7);
  ipc_sizes_free (range);
  ipc_sizes_free (list);
  g_assert_null (ipc_sizes_parse (""));
  g_assert_null (ipc_sizes_parse ("5-3"));
  g_assert_null (ipc_sizes_parse ("5,"));
  g_assert_null (ipc_sizes_parse ("2000000000"));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/rules/are-read", test_rules_parse);
  g_test_add_func ("/elements/rules/mistakes-are-named", test_rules_mistakes);
  g_test_add_func ("/elements/pattern/each-byte-counts", test_pattern);
  g_test_add_func ("/elements/pattern/sizes", test_sizes);
  return g_test_run ();
}
