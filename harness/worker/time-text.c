/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A number and a unit. Digits behind the point are counted in integers, so that what can be said exactly is exact. */

#include "time-text.h"

#include <string.h>

static const struct {
  const gchar *name;
  gint64 ns;
} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000 * 1000 }, { "s", 1000 * 1000 * 1000 } };

static gint64
unit_ns (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
    if (g_str_equal (units[i].name, name))
      return units[i].ns;
  }
  return 0;
}

gboolean
ipc_time_from_text (const gchar *text, gint64 *ns)
{
  const gchar *digits = *text == '-' ? text + 1 : text;
  gsize length = strspn (digits, "0123456789"), decimals = 0;
  guint64 whole;

  if (digits[length] == '.') {
    decimals = strspn (digits + length + 1, "0123456789");
    if (decimals == 0 || decimals > 9)
      return FALSE;
  }

  g_autofree gchar *number = g_strndup (digits, length);
  gint64 unit = unit_ns (digits + length + (decimals ? decimals + 1 : 0));
  if (unit == 0 || !g_ascii_string_to_unsigned (number, 10, 0, G_MAXINT64 / unit - 1, &whole, NULL))
    return FALSE;

  gint64 value = whole * unit, place = unit;
  for (gsize i = 0; i < decimals; i++) {
    place /= 10;
    value += place * g_ascii_digit_value (digits[length + 1 + i]);
  }
  *ns = *text == '-' ? -value : value;
  return TRUE;
}
