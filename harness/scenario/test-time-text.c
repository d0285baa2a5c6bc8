/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Time texts are exact, up to the last nanosecond that fits and not beyond.
 */
#include "time-text.h"

static void
assert_time (const gchar *text, gint64 expected)
{
  gint64 time = -1;

  g_assert_true (ipc_time_parse (text, &time));
  g_assert_cmpint (time, ==, expected);
}

static void
assert_none (const gchar *text)
{
  gint64 time = 42;

  if (ipc_time_parse (text, &time))
    g_error ("\"%s\" is taken for a time", text);
  g_assert_cmpint (time, ==, 42);
}

static void
test_units (void)
{
  assert_time ("5ns", 5);
  assert_time ("300us", 300000);
  assert_time ("20ms", 20000000);
  assert_time ("1.5s", 1500000000);
  assert_time ("2m", G_GINT64_CONSTANT (120000000000));
  assert_time ("0.5h", G_GINT64_CONSTANT (1800000000000));
  assert_time ("0s", 0);
  assert_time ("-1.5s", -1500000000);
  assert_time ("007s", G_GINT64_CONSTANT (7000000000));
}

static void
test_exact (void)
{
  assert_time ("0.3s", 300000000);
  assert_time ("0.123456789s", 123456789);
  assert_time ("0.1234567890000s", 123456789);
  assert_time ("1.000us", 1000);
  assert_time ("1.0ns", 1);
  assert_none ("0.5ns");
  assert_none ("0.1234567891s");
  assert_none ("1.0005us");
}

static void
test_limits (void)
{
  assert_time ("9223372036854775807ns", G_MAXINT64);
  assert_time ("-9223372036854775807ns", -G_MAXINT64);
  assert_time ("9223372036.854775807s", G_MAXINT64);
  assert_none ("9223372036854775808ns");
  assert_none ("9223372036.854775808s");
  assert_none ("9223372037s");
  assert_none ("99999999999999999999ns");
  assert_none ("2562048h");
}

static void
test_what_is_no_time (void)
{
  static const gchar *const texts[] = { "", "s", "1", "1 s", " 1s", "1s ", "1s\n", "+1s", "--1s", "1.s", ".5s",
    "1.5.5s", "1e3s", "1sec", "1S", "0x1s", "none", "-s" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_none (texts[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/time-text/units", test_units);
  g_test_add_func ("/time-text/exact", test_exact);
  g_test_add_func ("/time-text/limits", test_limits);
  g_test_add_func ("/time-text/what-is-no-time", test_what_is_no_time);
  return g_test_run ();
}
