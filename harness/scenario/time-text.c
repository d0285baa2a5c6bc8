/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Times as people write them. Integer arithmetic throughout: "0.3s" is 300000000 ns and not one less. Owns nothing.
 */
#include "time-text.h"

#include <string.h>

static gint64
unit_of (const gchar *text)
{
  static const struct {
    const gchar *name;
    gint64 nanoseconds;
  } units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 },
    { "m", 60 * G_GINT64_CONSTANT (1000000000) }, { "h", 3600 * G_GINT64_CONSTANT (1000000000) } };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_equal (text, units[i].name))
      return units[i].nanoseconds;
  return 0;
}

/**
 * ipc_time_parse:
 * @text: a time with a unit
 * @nanoseconds: (out): what it is; left alone on failure
 *
 * Returns: whether it is a whole number of nanoseconds that fits
 */
gboolean
ipc_time_parse (const gchar *text, gint64 *nanoseconds)
{
  gint64 sign = *text == '-' ? -1 : 1, unit, part, sum = 0;
  const gchar *digit;

  if (!g_regex_match_simple ("^" IPC_TIME_PATTERN "$", text, G_REGEX_DOLLAR_ENDONLY, 0))
    return FALSE;
  if (*text == '-')
    text++;
  unit = unit_of (text + strspn (text, "0123456789."));
  for (digit = text; g_ascii_isdigit (*digit); digit++)
    if (__builtin_mul_overflow (sum, 10, &sum) || __builtin_add_overflow (sum, *digit - '0', &sum))
      return FALSE;
  if (__builtin_mul_overflow (sum, unit, &sum))
    return FALSE;
  if (*digit == '.')
    digit++;
  for (; g_ascii_isdigit (*digit); digit++) {
    /* trailing zeroes are exact however many there are */
    if (*digit != '0' && unit % 10 != 0)
      return FALSE;
    unit /= 10;
    part = (*digit - '0') * unit;
    if (__builtin_add_overflow (sum, part, &sum))
      return FALSE;
  }
  *nanoseconds = sign * sum;
  return TRUE;
}
