/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Dispositions of signals, then and now. One copy of them, written before there are threads. */

#include "signals.h"

#include <signal.h>
#include <string.h>

typedef void (*Disposition) (int);

static Disposition remembered[NSIG];

/* NULL (SIG_DFL) for signals that there are not. */
static Disposition
disposition_of (gint number)
{
  struct sigaction action;

  return sigaction (number, NULL, &action) == 0 ? action.sa_handler : SIG_DFL;
}

static void
append_name (JsonArray *names, gint number)
{
  const gchar *name = sigabbrev_np (number);

  if (name != NULL)
    json_array_add_string_element (names, name);
}

void
ipc_signals_remember (void)
{
  for (gint number = 1; number < NSIG; number++)
    remembered[number] = disposition_of (number);
}

JsonArray *
ipc_signals_inherited (void)
{
  JsonArray *names = json_array_new ();

  for (gint number = 1; number < NSIG; number++) {
    if (remembered[number] != SIG_DFL)
      append_name (names, number);
  }
  return names;
}

JsonArray *
ipc_signals_changed (void)
{
  JsonArray *names = json_array_new ();

  for (gint number = 1; number < NSIG; number++) {
    if (disposition_of (number) != remembered[number])
      append_name (names, number);
  }
  return names;
}
