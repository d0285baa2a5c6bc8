/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The verdict on one case: names, and which of them make a run red. The result owns all its strings and
 * findings.
 */
#include "result.h"

#include "check/check.h"

static const struct {
  const gchar *name;
  gboolean bad;
} verdicts[] = {
  [IPC_VERDICT_PASS] = { "pass", FALSE },
  [IPC_VERDICT_FAIL] = { "fail", TRUE },
  [IPC_VERDICT_XFAIL] = { "xfail", FALSE },
  [IPC_VERDICT_XPASS] = { "xpass", TRUE },
  [IPC_VERDICT_SKIP] = { "skip", FALSE },
  [IPC_VERDICT_UNSUPPORTED] = { "unsupported", FALSE },
  [IPC_VERDICT_CRASH] = { "crash", TRUE },
  [IPC_VERDICT_TIMEOUT] = { "timeout", TRUE },
  [IPC_VERDICT_HARNESS_ERROR] = { "harness-error", TRUE },
};

G_STATIC_ASSERT (G_N_ELEMENTS (verdicts) == IPC_N_VERDICTS);

const gchar *
ipc_verdict_name (IpcVerdict verdict)
{
  g_return_val_if_fail ((guint)verdict < G_N_ELEMENTS (verdicts), "unknown");
  return verdicts[verdict].name;
}

gboolean
ipc_verdict_from_name (const gchar *name, IpcVerdict *verdict)
{
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++) {
    if (g_strcmp0 (name, verdicts[i].name) == 0) {
      *verdict = i;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
ipc_verdict_is_bad (IpcVerdict verdict)
{
  g_return_val_if_fail ((guint)verdict < G_N_ELEMENTS (verdicts), TRUE);
  return verdicts[verdict].bad;
}

static void
measurement_free (gpointer data)
{
  IpcMeasurement *measurement = data;

  g_free (measurement->name);
  g_free (measurement->unit);
  g_free (measurement);
}

void
ipc_result_add_measurement (IpcResult *result, const gchar *name, gint64 value, const gchar *unit)
{
  IpcMeasurement *measurement = g_new (IpcMeasurement, 1);

  measurement->name = g_strdup (name);
  measurement->value = value;
  measurement->unit = g_strdup (unit);
  g_ptr_array_add (result->measurements, measurement);
}

gchar *
ipc_measurement_text (const IpcMeasurement *measurement)
{
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];

  if (!g_str_equal (measurement->unit, "ns"))
    return g_strdup_printf ("%" G_GINT64_FORMAT " %s", measurement->value, measurement->unit);
  return g_strconcat (g_ascii_formatd (number, sizeof number, "%.3f", measurement->value / 1e6), " ms", NULL);
}

IpcResult *
ipc_result_new (const gchar *name, guint round)
{
  IpcResult *result = g_new0 (IpcResult, 1);

  result->name = g_strdup (name);
  result->round = round;
  result->reason = g_strdup ("");
  result->requirements = g_new0 (gchar *, 1);
  result->findings = g_ptr_array_new_with_free_func ((GDestroyNotify)ipc_finding_free);
  result->measurements = g_ptr_array_new_with_free_func (measurement_free);
  return result;
}

void
ipc_result_free (IpcResult *result)
{
  if (result == NULL)
    return;
  g_free (result->name);
  g_free (result->file);
  g_free (result->shows);
  g_strfreev (result->requirements);
  g_free (result->reason);
  g_free (result->expected);
  g_free (result->seen);
  g_free (result->known_why);
  g_ptr_array_unref (result->findings);
  g_ptr_array_unref (result->measurements);
  g_strfreev (result->cells);
  g_free (result->folder);
  g_free (result->command);
  g_free (result->packets);
  g_free (result->picture);
  g_free (result);
}

void
ipc_result_set_error (IpcResult *result, const gchar *reason)
{
  result->verdict = result->raw = IPC_VERDICT_HARNESS_ERROR;
  g_free (result->reason);
  result->reason = g_strdup (reason);
  g_strdelimit (result->reason, "\r\n", ' ');
}
