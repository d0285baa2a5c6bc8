/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Presets in the texts of pipelines. */

#include "preset.h"

static void
test_only_elements_of_the_name (void)
{
  const gchar *const presets[] = { "sink.max=16", NULL };
  const struct {
    const gchar *from, *to;
  } texts[] = {
    { "sink", "sink max=\"16\"" },
    { "src ! sink name=sink", "src ! sink max=\"16\" name=sink" },
    { "src !sink max=3", "src !sink max=\"16\" max=3" },
    { "bin.( sink ) t. ! sink async=false", "bin.( sink max=\"16\" ) t. ! sink max=\"16\" async=false" },
    { "mysink sink-2 sink.sink name=sink", "mysink sink-2 sink.sink name=sink" },
    { "src", "src" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree gchar *text = ipc_presets_apply (presets, texts[i].from);

    g_assert_cmpstr (text, ==, texts[i].to);
  }
}

static void
test_several_and_what_is_quoted (void)
{
  const gchar *const presets[] = { "a.x=1", "b.y=say \"\\1\"", "a.z=2", NULL };
  g_autofree gchar *text = ipc_presets_apply (presets, "a ! b"), *same = ipc_presets_apply (NULL, "a ! b");

  g_assert_cmpstr (text, ==, "a z=\"2\" x=\"1\" ! b y=\"say \\\"\\\\1\\\"\"");
  g_assert_cmpstr (same, ==, "a ! b");
}

static void
test_what_is_none (void)
{
  const gchar *const texts[] = { "", "sink", "sink.max", "sink.max=", ".max=1", "sink.=1", "si nk.max=1", "9.a=1" };

  g_assert_true (ipc_preset_check ("ipcpipelinesink.max-in-flight=16", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (ipc_preset_check (texts[i], &error));
    g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
  }
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/preset/only-elements-of-the-name", test_only_elements_of_the_name);
  g_test_add_func ("/run/preset/several-and-what-is-quoted", test_several_and_what_is_quoted);
  g_test_add_func ("/run/preset/what-is-none", test_what_is_none);
  return g_test_run ();
}
