/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <glib.h>

/* What stands behind "KEY : " in /proc/cpuinfo, the first time; or NULL. */
static gchar *
cpu_info (const gchar *key)
{
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    const gchar *colon = strchr (lines[i], ':');

    if (colon != NULL && g_str_has_prefix (lines[i], key))
      return g_strstrip (g_strdup (colon + 1));
  }
  return NULL;
}

static void
set_load (JsonObject *machine, const gchar *member)
{
  gdouble load[1];

  if (getloadavg (load, 1) == 1)
    json_object_set_double_member (machine, member, load[0]);
}

static gint
usable_cores (void)
{
  cpu_set_t set;

  return sched_getaffinity (0, sizeof set, &set) == 0 ? CPU_COUNT (&set) : get_nprocs ();
}

JsonObject *
ipc_bench_machine_describe (void)
{
  JsonObject *machine = json_object_new ();
  g_autofree gchar *processor = cpu_info ("model name"), *flags = cpu_info ("flags");
  g_autofree gchar *system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  g_autoptr (GDateTime) time = g_date_time_new_now_utc ();
  g_autofree gchar *time_text = g_date_time_format (time, "%Y-%m-%d %H:%M UTC");
  struct utsname names;
  struct sysinfo info;

  json_object_set_string_member (machine, "processor", processor != NULL ? processor : "unknown");
  json_object_set_int_member (machine, "cores", usable_cores ());
  json_object_set_boolean_member (machine, "virtual", flags != NULL && strstr (flags, "hypervisor") != NULL);
  if (sysinfo (&info) == 0)
    json_object_set_int_member (machine, "memory", (gint64)info.totalram * info.mem_unit);
  if (uname (&names) == 0)
    json_object_set_string_member (machine, "kernel", names.release);
  json_object_set_string_member (machine, "system", system != NULL ? system : "unknown");
  json_object_set_string_member (machine, "time", time_text);
  set_load (machine, "load");
  return machine;
}

void
ipc_bench_machine_end (JsonObject *machine)
{
  set_load (machine, "load-after");
}

gchar *
ipc_bench_machine_text (JsonObject *machine)
{
  return g_strdup_printf ("%s, %" G_GINT64_FORMAT " core(s)%s, %.0f GiB, %s, Linux %s\n"
                          "%s; load average %.2f at first, %.2f at the end\n",
      json_object_get_string_member_with_default (machine, "processor", "unknown"),
      json_object_get_int_member_with_default (machine, "cores", 0),
      json_object_get_boolean_member_with_default (machine, "virtual", FALSE) ? " of a virtual machine" : "",
      json_object_get_int_member_with_default (machine, "memory", 0) / (1024.0 * 1024 * 1024),
      json_object_get_string_member_with_default (machine, "system", "unknown"),
      json_object_get_string_member_with_default (machine, "kernel", "unknown"),
      json_object_get_string_member_with_default (machine, "time", "unknown"),
      json_object_get_double_member_with_default (machine, "load", 0),
      json_object_get_double_member_with_default (machine, "load-after", 0));
}
