/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The process that all targets run in: GStreamer with its core elements and the three of the plugin, nothing
 * else that happens to be installed; no registry file, no scanner process, no debug output.
 */

#include "fuzz.h"

#include <stdlib.h>

#include "wire/text.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define WITH_LEAK_SANITIZER
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define WITH_LEAK_SANITIZER
#endif

#ifdef WITH_LEAK_SANITIZER
#include <dlfcn.h>
#include <sanitizer/lsan_interface.h>

/* Before the constructors of libraries, where GLib makes its first table. */
static void
begin_quietly (void)
{
  __lsan_disable ();
}

__attribute__ ((section (".preinit_array"), used)) static void (*const at_start) (void) = begin_quietly;

/* In place of GLib's, which each time that its table grows drops the old one without freeing it, for who still reads
 * it. With the names of millions of inputs that becomes very often, and LeakSanitizer is told not to count it. */
GQuark
g_quark_from_string (const gchar *string)
{
  static GQuark (*real) (const gchar *string);
  GQuark quark;

  if (!real)
    real = dlsym (RTLD_NEXT, "g_quark_from_string");
  __lsan_disable ();
  quark = real (string);
  __lsan_enable ();
  return quark;
}
#endif

/* Of the plugin, whose objects are linked in (GST_PLUGIN_DEFINE). */
void gst_plugin_ipcpipeline_register (void);

/* A pad that is shut and opened again while somebody pushes a sticky event to it counts as one that has received it,
 * though it has forgotten it: then it has a segment without stream-start. A pipeline's streaming thread has stopped
 * before; the bench's has not, as that of an application that restarts the sink alone. */
static gboolean
is_gstreamers_own (const gchar *text)
{
  return strstr (text, "<ipcpipelinesink") && strstr (text, "misordering, got 'segment' before 'stream-start'");
}

static void
judge_log (GLogLevelFlags level, const gchar *domain, const gchar *text)
{
  if (!(level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) || is_gstreamers_own (text))
    return;
  g_printerr ("%s: %s\n", domain ? domain : "log", text);
  abort ();
}

static void
on_log (const gchar *domain, GLogLevelFlags level, const gchar *text, gpointer unused)
{
  judge_log (level, domain, text);
}

static GLogWriterOutput
on_structured_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer unused)
{
  for (gsize i = 0; i < n_fields; i++) {
    if (g_str_equal (fields[i].key, "MESSAGE"))
      judge_log (level, NULL, fields[i].value);
  }
  return G_LOG_WRITER_HANDLED;
}

static void
load_core_elements (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPlugin) plugin = gst_plugin_load_file (FUZZ_CORE_ELEMENTS, &error);

  if (!plugin)
    g_error ("%s", error->message);
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  static const gchar *const settings[]
      = { "GST_PLUGIN_SYSTEM_PATH_1_0=", "GST_PLUGIN_PATH_1_0=", "GST_REGISTRY_DISABLE=yes", "GST_REGISTRY_FORK=no",
          "GST_DEBUG=", "G_DEBUG=" };

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    g_auto (GStrv) parts = g_strsplit (settings[i], "=", 2);

    g_setenv (parts[0], parts[1], TRUE);
  }
  g_log_set_default_handler (on_log, NULL);
  g_log_set_writer_func (on_structured_log, NULL, NULL);
  gst_init (NULL, NULL);
  gst_debug_remove_log_function (NULL);
  gst_debug_set_active (FALSE);
  load_core_elements ();
  gst_plugin_ipcpipeline_register ();
#ifdef WITH_LEAK_SANITIZER
  __lsan_enable ();
#endif
  return 0;
}

guint8
fuzz_u8 (FuzzInput *input)
{
  if (input->left == 0)
    return 0;
  input->left--;
  return *input->next++;
}

guint32
fuzz_u32 (FuzzInput *input)
{
  guint32 value = 0;

  for (guint i = 0; i < 4; i++)
    value |= (guint32)fuzz_u8 (input) << (8 * i);
  return value;
}

gchar *
fuzz_rest_as_text (FuzzInput *input)
{
  gchar *text = g_malloc (input->left + 1);

  memcpy (text, input->next, input->left);
  text[input->left] = '\0';
  input->left = 0;
  return text;
}

void
fuzz_begin_input (void)
{
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  ipc_text_forget_new_names ();
#endif
}
